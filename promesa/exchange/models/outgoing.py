"""What goes out: one row for each document, with every try to send it and what the other side said of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from promesa.customers.models import Customer
from promesa.exchange.models.inbox import Document
from promesa.exchange.models.partners import Partner
from promesa.exchange.states import SendingState
from promesa.orders.models import Order


class OutgoingDocument(models.Model):
    """A document for a partner, or a letter to a customer (then there is no partner). Its content never changes: what is new
    is a new version.

    `subject` is what it is about (`order:17`, `despatch:3`, `invoice:5`, `file:9`, `notice:4`); `state_hash` is of what it says, so that
    nothing is said twice; `sha256` is of its bytes once they are written, the same for every try.
    """

    partner = models.ForeignKey(Partner, null=True, on_delete=models.PROTECT, related_name="outgoing")
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="outgoing")
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="outgoing")
    kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=60)
    version = models.PositiveIntegerField(default=1)
    number = models.CharField(max_length=80, help_text="of the document, as the other side sees it")
    reference = models.CharField(max_length=20, help_text="control reference of its envelope")
    format = models.CharField(max_length=40)
    channel = models.CharField(max_length=10)
    address = models.CharField(max_length=500, blank=True, default="")
    secret = models.CharField(max_length=300, blank=True, default="")
    neutral = models.JSONField()
    basis = models.JSONField(default=dict, help_text="promises that it tells of: line -> sequence")
    state_hash = models.CharField(max_length=64)
    # Its bytes
    sha256 = models.CharField(max_length=64, blank=True, default="")
    name = models.CharField(max_length=120, blank=True, default="")
    content_type = models.CharField(max_length=80, blank=True, default="")
    size = models.BigIntegerField(default=0)
    # Sending
    state = models.CharField(max_length=12, default=SendingState.TO_SEND)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(
        null=True, help_text="not before; while a sender is at it, when its time is over"
    )
    last_error = models.JSONField(default=dict, help_text="code and params of the sentence")
    message_id = models.CharField(max_length=200, blank=True, default="", help_text="of the transport")
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    # Acknowledgement
    acknowledge_minutes = models.PositiveIntegerField(null=True)
    acknowledge_by = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_how = models.CharField(max_length=20, blank=True, default="", help_text="document, transport, person")
    acknowledgement = models.ForeignKey(
        Document, null=True, on_delete=models.PROTECT, related_name="acknowledges", db_index=False
    )
    reported = models.JSONField(default=list, help_text="what the other side says is wrong")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "kind", "partner", "version"], name="outgoing_version"),
            models.UniqueConstraint(
                fields=["subject", "kind", "version"], name="outgoing_letter_once", condition=Q(partner__isnull=True)
            ),
            models.CheckConstraint(
                condition=Q(partner__isnull=False) | Q(customer__isnull=False), name="outgoing_to_somebody"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in SendingState]), name="outgoing_state_known"
            ),
            models.CheckConstraint(condition=~Q(state="sent") | ~Q(sha256=""), name="outgoing_sent_has_bytes"),
        ]
        indexes = [
            models.Index(fields=["next_try_at", "id"], name="outgoing_to_send", condition=Q(state="to_send")),
            models.Index(
                fields=["acknowledge_by"], name="outgoing_unanswered",
                condition=Q(state="sent", acknowledge_by__isnull=False),
            ),
            models.Index(fields=["id"], name="outgoing_troubled", condition=Q(state__in=["failed", "refused"])),
            models.Index(fields=["number"], name="outgoing_number"),
            models.Index(fields=["reference"], name="outgoing_reference"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"

    @property
    def to_code(self) -> str:
        """Whom it goes to: the partner's code, or the customer's number."""
        return (
            self.partner.code if self.partner is not None else self.customer.number if self.customer is not None else ""
        )

    @property
    def to_name(self) -> str:
        """What they are called."""
        return (
            self.partner.name if self.partner is not None else self.customer.name if self.customer is not None else ""
        )


class SendingAttempt(models.Model):
    """One try to bring a document's bytes to the other side; append-only."""

    outgoing = models.ForeignKey(OutgoingDocument, on_delete=models.PROTECT, related_name="tries", db_index=False)
    number = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    delivered = models.BooleanField(null=True, help_text="none: it is under way, or its sender died")
    error = models.JSONField(default=dict, help_text="code and params")
    message_id = models.CharField(max_length=200, blank=True, default="")
    actor = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["outgoing", "number"], name="sending_attempt_number")]

    def __str__(self) -> str:
        return f"{self.outgoing_id} try {self.number}"
