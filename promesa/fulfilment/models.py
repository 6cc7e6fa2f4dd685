"""Goods leave (despatch advice) and arrive (delivery, with its proof and its outcome line by line)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from promesa.core import fields
from promesa.customers.models import Site
from promesa.inventory.models import Stock, Warehouse
from promesa.orders.models import Order, OrderLine


class DespatchAdvice(models.Model):
    """The delivery note (albarán) of one shipment of one order."""

    number = models.CharField(max_length=20, unique=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="despatches")
    ship_to = models.ForeignKey(Site, on_delete=models.PROTECT)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT)
    carrier = models.CharField(max_length=80, blank=True, default="")
    planned_on = models.DateField(null=True, help_text="ship date of the promise")
    despatched_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    cause = models.CharField(max_length=4, blank=True, default="", help_text="why it left late, if it did")

    class Meta:
        indexes = [models.Index(fields=["-despatched_at", "-id"], name="despatch_newest")]

    def __str__(self) -> str:
        return self.number


class DespatchLine(models.Model):
    """A quantity of one order line out of one lot."""

    advice = models.ForeignKey(DespatchAdvice, on_delete=models.PROTECT, related_name="lines")
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="despatch_lines")
    stock = models.ForeignKey(Stock, null=True, on_delete=models.PROTECT, help_text="none for services")
    lot = models.CharField(max_length=40, blank=True, default="")
    expires_on = models.DateField(null=True)
    quantity = fields.quantity()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="despatch_line_positive")]

    def __str__(self) -> str:
        return f"{self.advice_id}: {self.quantity}"


class Delivery(models.Model):
    """An arrival at the customer's door, with its proof. One despatch may need more than one try."""

    number = models.CharField(max_length=20, unique=True)
    advice = models.ForeignKey(DespatchAdvice, on_delete=models.PROTECT, related_name="deliveries")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, help_text="where it really arrived")
    arrived_at = models.DateTimeField(null=True, help_text="proved arrival at the dock, if before the signature")
    delivered_at = models.DateTimeField(help_text="signature: corrected device time, bounded by the server's")
    device_at = models.DateTimeField(null=True)
    server_at = models.DateTimeField()
    clock_suspect = models.BooleanField(default=False, help_text="device and server differ by more than five minutes")
    signed_by = models.CharField(max_length=120, blank=True, default="")
    signature_sha256 = models.CharField(max_length=64, blank=True, default="")
    actor = models.CharField(max_length=80)
    cause = models.CharField(max_length=4, blank=True, default="", help_text="why it came late, if it did")
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["-delivered_at", "-id"], name="delivery_newest")]

    def __str__(self) -> str:
        return self.number


class DeliveryLine(models.Model):
    """What became of a despatched quantity: its parts sum to what was offered."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="lines")
    despatch_line = models.ForeignKey(DespatchLine, on_delete=models.PROTECT, related_name="outcomes")
    outcome = models.CharField(
        max_length=12, help_text="accepted, reserve (accepted with reserve), short, damaged, refused, redeliver"
    )
    quantity = fields.quantity()
    reason = models.CharField(max_length=40, blank=True, default="")
    cause = models.CharField(max_length=4, blank=True, default="")
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="delivery_line_positive"),
            models.CheckConstraint(
                condition=Q(outcome__in=["accepted", "reserve", "short", "damaged", "refused", "redeliver"]),
                name="delivery_outcome_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.outcome} {self.quantity}"
