"""Who documents are exchanged with, how to read theirs, and what they are answered."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from promesa.customers.models import Customer


class Partner(models.Model):
    """Who sends documents, and how to read theirs."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    identifier = models.CharField(
        max_length=60, blank=True, default="", help_text="GLN or EDI identifier of the sender"
    )
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="partners")
    channel = models.CharField(max_length=20, default="edi")
    mapping = models.JSONField(default=dict, help_text="columns, delimiter, decimal mark, order of dates")
    active_to = models.DateField(null=True)
    our_identifier = models.CharField(
        max_length=60, blank=True, default="", db_default="", help_text="under which name they know us; ours if empty"
    )
    tolerance = models.CharField(
        max_length=16, default="all_or_nothing", db_default="all_or_nothing",
        help_text="hold_rest: take what is right and hold the rest; all_or_nothing",
    )  # fmt: skip
    cut_off = models.TimeField(
        null=True, help_text="in the warehouse's zone: orders that come later count as received the next open day"
    )
    keys = models.CharField(
        max_length=300, blank=True, default="", db_default="",
        help_text="where the keys are that its documents are checked with (DIAN): env:PROMESA_PARTNER_X or file:NAME",
    )  # fmt: skip
    acknowledges = models.CharField(
        max_length=12, default="never", db_default="never",
        help_text="whether their files are acknowledged: never, on_request, always",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["identifier"], condition=~Q(identifier=""), name="partner_identifier"),
            models.CheckConstraint(
                condition=Q(tolerance__in=["hold_rest", "all_or_nothing"]), name="partner_tolerance_known"
            ),
            models.CheckConstraint(
                condition=Q(acknowledges__in=["never", "on_request", "always"]), name="partner_acknowledges_known"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class PartyCode(models.Model):
    """How a sender names a buyer or a place (cross-reference for parties)."""

    code = models.CharField(max_length=60, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="party_codes")

    def __str__(self) -> str:
        return self.code


class PartnerAnswer(models.Model):
    """What a partner is sent: documents of one kind, in which format, by which channel, and how soon they say they have it.

    `secret` names where secrets are (`env:NAME` or `file:PATH`, several separated by spaces while they change over); the
    secrets themselves are never here.
    """

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="answers", db_index=False)
    kind = models.CharField(max_length=20)
    format = models.CharField(max_length=40)
    channel = models.CharField(max_length=10, help_text="folder, http, webhook, mail, none")
    address = models.CharField(max_length=500, blank=True, default="", help_text="URL or mail address")
    acknowledge_minutes = models.PositiveIntegerField(
        null=True, help_text="within which they acknowledge; none: they do not"
    )
    secret = models.CharField(max_length=300, blank=True, default="")
    active = models.BooleanField(default=True)
    since = models.DateTimeField(db_default=Now(), help_text="what was confirmed before need not have been told")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "kind"], name="partner_answer_once"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "order_response", "despatch_advice", "invoice", "credit_note", "acknowledgement",
                        "price_catalogue", "order", "sales_report",
                    ]
                ),
                name="partner_answer_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(channel__in=["folder", "http", "webhook", "mail", "none"]),
                name="partner_answer_channel_known",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.partner_id} {self.kind}"
