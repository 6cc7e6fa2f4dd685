"""What came in: the bytes first, then the documents in them and what each became."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from promesa.exchange.models.partners import Partner
from promesa.exchange.states import Outcome
from promesa.orders.models import Order


class InboxFile(models.Model):
    """Bytes that arrived, kept for ever under their SHA-256, before anything else is done."""

    sha256 = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    channel = models.CharField(max_length=20)
    partner = models.ForeignKey(Partner, null=True, on_delete=models.PROTECT)
    brought_by = models.CharField(max_length=80)
    happened_at = models.DateTimeField(help_text="the moment that counts for the orders in it")
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="received", help_text="received, done")
    attempts = models.PositiveSmallIntegerField(default=0)
    duplicate_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="repeats")

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="file_to_read", condition=Q(state="received")),
            models.Index(fields=["-received_at", "-id"], name="file_newest"),
        ]

    def __str__(self) -> str:
        return self.name


class Document(models.Model):
    """One document of a file: it is orders, or rejected by name, or waits for a person, or repeats another."""

    file = models.ForeignKey(InboxFile, on_delete=models.PROTECT, related_name="documents", db_index=False)
    position = models.PositiveIntegerField(default=1)
    format = models.CharField(max_length=40, blank=True, default="")
    kind = models.CharField(max_length=30)
    number = models.CharField(max_length=80, blank=True, default="")
    outcome = models.CharField(max_length=10, help_text="orders, applied, filed, rejected, waiting or duplicate")
    reason = models.CharField(max_length=40, blank=True, default="", help_text="name of the rejection")
    neutral = models.JSONField(default=dict, help_text="what was read, in the neutral form")
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="documents", db_index=False)
    duplicate_of = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="repeats", db_index=False
    )
    buyer_code = models.CharField(max_length=80, blank=True, default="")
    subject = models.CharField(
        max_length=60,
        blank=True,
        default="",
        db_default="",
        help_text="what it changed or is about: payment:4, outgoing:9",
    )
    content_hash = models.CharField(
        max_length=64, blank=True, default="", db_default="", help_text="of what it says, if it is no order"
    )
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "position"], name="document_position"),
            models.CheckConstraint(
                condition=Q(outcome__in=[one.value for one in Outcome]), name="document_outcome_known"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="orders") | Q(order__isnull=False), name="orders_have_an_order"
            ),
            models.CheckConstraint(condition=~Q(outcome="rejected") | ~Q(reason=""), name="rejections_have_a_name"),
        ]
        indexes = [
            models.Index(fields=["outcome", "-id"], name="document_outcome"),
            models.Index(fields=["order"], name="document_order"),
            models.Index(fields=["duplicate_of"], name="document_repeats", condition=Q(duplicate_of__isnull=False)),
            models.Index(fields=["content_hash"], name="document_content", condition=~Q(content_hash="")),
            models.Index(fields=["subject"], name="document_subject", condition=~Q(subject="")),
        ]

    def __str__(self) -> str:
        return f"{self.file_id}/{self.position} {self.outcome}"


class DocumentFinding(models.Model):
    """A fault of the document itself, or why no order could be made of it."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="findings")
    code = models.CharField(max_length=40)
    aspect = models.CharField(max_length=10, default="format")
    severity = models.CharField(max_length=8)
    line = models.CharField(max_length=20, blank=True, default="")
    field = models.CharField(max_length=60, blank=True, default="")
    received = models.CharField(max_length=300, blank=True, default="")
    right = models.CharField(max_length=300, blank=True, default="")
    params = models.JSONField(default=dict)
    resolved_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.document_id} {self.code}"
