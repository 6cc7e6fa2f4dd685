"""What every room needs: the journal, its deliveries, idempotency, calendars, number series, parameters."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Event(models.Model):
    """One fact of the journal, never changed. Facts are JSON of scalars."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField(default=1)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.BigIntegerField()
    number = models.PositiveIntegerField(help_text="1..n without gap in its subject")
    actor = models.CharField(max_length=80)
    happened_at = models.DateTimeField(help_text="when it was so")
    recorded_at = models.DateTimeField(help_text="when we learnt it")
    facts = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject_kind", "subject_id", "number"], name="event_numbered_by_subject")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_kind}:{self.subject_id}#{self.number}"


class EventDelivery(models.Model):
    """That one listener still has to hear one event (or has heard it)."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        DEAD = "dead"

    id = models.BigAutoField(primary_key=True)
    # db_index=False: the unique constraint begins with it. So wherever it stands here below and in other rooms: an index
    # that no question needs is paid for with every row.
    # db_constraint=False: the statement that writes an event writes its deliveries, and events are append-only.
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="deliveries", db_index=False, db_constraint=False
    )
    listener = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "listener"], name="delivery_once_per_listener")]
        indexes = [
            models.Index(fields=["id"], name="delivery_waiting", condition=Q(state="waiting")),
            models.Index(
                fields=["subject_kind", "subject_id", "listener", "id"],
                name="delivery_order",
                condition=Q(state="waiting"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} to {self.listener}: {self.state}"


class IdempotentAnswer(models.Model):
    """What was answered to a request with an Idempotency-Key; kept 72 hours."""

    principal = models.CharField(max_length=80)
    route = models.CharField(max_length=120)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["principal", "route", "key"], name="one_answer_per_key")]
        indexes = [models.Index(fields=["created_at"], name="answer_age")]

    def __str__(self) -> str:
        return f"{self.principal} {self.route} {self.key}"


class Calendar(models.Model):
    """Open weekdays and holidays of a country, a warehouse or a customer; a new version replaces, never edits."""

    code = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=1)
    name = models.CharField(max_length=120)
    open_weekdays = models.CharField(max_length=7, default="01234", help_text="0 is Monday")
    active_to = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="calendar_version")]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class Holiday(models.Model):
    """A closed day, frozen into a row so that yesterday's judgement never changes with a library."""

    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="holidays")
    day = models.DateField()
    name = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["calendar", "day"], name="holiday_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class NumberSeries(models.Model):
    """The last number given in a legal series (kind and year); locked last, so that there is no gap."""

    series = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "year"], name="series_year")]

    def __str__(self) -> str:
        return f"{self.series} {self.year}: {self.last_number}"


class Parameter(models.Model):
    """A value that the company may change: versioned by date, never a constant in code."""

    code = models.CharField(max_length=60)
    value = models.JSONField()
    valid_from = models.DateField()
    changed_by = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "valid_from"], name="parameter_from")]

    def __str__(self) -> str:
        return f"{self.code} from {self.valid_from}"
