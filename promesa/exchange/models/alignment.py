"""What customers' catalogues say of our items, and where that differs from our masters."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from promesa.catalog.models import Item
from promesa.core import fields
from promesa.customers.models import Customer
from promesa.exchange.models.inbox import Document


class CatalogueEntry(models.Model):
    """An item as a customer's own catalogue has it, the last that they said."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="catalogue_entries", db_index=False)
    key = models.CharField(max_length=80, help_text="their code, else the GTIN, else our code")
    buyer_code = models.CharField(max_length=60, blank=True, default="")
    gtin = models.CharField(max_length=14, blank=True, default="")
    seller_code = models.CharField(max_length=60, blank=True, default="")
    text = models.CharField(max_length=300, blank=True, default="")
    unit_code = models.CharField(max_length=6, blank=True, default="")
    pack = fields.quantity(null=True, help_text="base units in one of the unit")
    price = fields.price(null=True, help_text="net, for `price_basis` of the unit")
    price_basis = fields.quantity(default=1)
    currency = models.CharField(max_length=3, blank=True, default="")
    document = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "key"], name="catalogue_entry_once")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.key}"


class Misalignment(models.Model):
    """One field of one item on which a customer and we do not agree: since when, and who has to mend it."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="misalignments", db_index=False)
    key = models.CharField(max_length=80)
    item = models.ForeignKey(Item, null=True, on_delete=models.PROTECT, related_name="+")
    field = models.CharField(max_length=12)
    ours = models.CharField(max_length=300, blank=True, default="")
    theirs = models.CharField(max_length=300, blank=True, default="")
    owner = models.CharField(max_length=12, help_text="back_office, sales or customer")
    found_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, help_text="when the customer was told")
    settled_at = models.DateTimeField(null=True, help_text="when both sides agreed again")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "key", "field"], condition=Q(settled_at__isnull=True), name="misalignment_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.key} {self.field}"
