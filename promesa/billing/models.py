"""Invoices and credit notes (immutable once issued), payments and what they pay."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from promesa.core import fields
from promesa.customers.models import Customer
from promesa.orders.models import LineEntry, Order, OrderLine


class Invoice(models.Model):
    """An invoice, or a credit note that refers to one. `number` is gap-free in its series and year."""

    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=12, default="invoice", help_text="invoice or credit_note")
    series = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="invoices")
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="invoices")
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="corrections")
    cause = models.CharField(max_length=4, blank=True, default="")
    cause_note = models.CharField(max_length=200, blank=True, default="")
    issued_on = models.DateField()
    issued_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    due_on = models.DateField()
    currency = models.CharField(max_length=3)
    exchange_rate = models.DecimalField(max_digits=18, decimal_places=8, default=1)
    net_amount = fields.amount()
    tax_amount = fields.amount()
    gross_amount = fields.amount()
    prepaid_amount = fields.amount(default=0)
    rounding_amount = fields.amount(default=0)
    payable_amount = fields.amount()
    actor = models.CharField(max_length=80)
    disputed_at = models.DateTimeField(null=True)
    dispute_reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "year", "sequence"], name="invoice_series_number"),
            models.CheckConstraint(
                condition=Q(gross_amount=F("net_amount") + F("tax_amount")), name="gross_is_net_and_tax"
            ),
            models.CheckConstraint(
                condition=Q(payable_amount=F("gross_amount") - F("prepaid_amount") + F("rounding_amount")),
                name="payable_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(kind="invoice", corrects__isnull=True)
                | (Q(kind="credit_note", corrects__isnull=False) & ~Q(cause="")),
                name="credit_note_refers_and_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "due_on"], name="invoice_customer_due"),
            models.Index(fields=["-issued_at", "-id"], name="invoice_newest"),
        ]

    def __str__(self) -> str:
        return self.number


class InvoiceLine(models.Model):
    """A quantity of one order line, pointing at the ledger entry that it bills."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    order_line = models.ForeignKey(OrderLine, null=True, on_delete=models.PROTECT, related_name="invoice_lines")
    entry = models.ForeignKey(LineEntry, null=True, on_delete=models.PROTECT, related_name="invoice_lines")
    despatch_number = models.CharField(max_length=20, blank=True, default="")
    text = models.CharField(max_length=300)
    quantity = fields.quantity()
    unit_code = models.CharField(max_length=6)
    unit_price = fields.price()
    price_basis = fields.quantity(default=1)
    net_amount = fields.amount()
    tax_category = models.CharField(max_length=3)
    tax_rate = fields.rate()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["invoice", "position"], name="invoice_line_position")]

    def __str__(self) -> str:
        return f"{self.invoice_id}/{self.position}"


class InvoiceTax(models.Model):
    """Tax of one category and rate."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="taxes")
    category = models.CharField(max_length=3)
    rate = fields.rate()
    base_amount = fields.amount()
    tax_amount = fields.amount()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["invoice", "category", "rate"], name="invoice_tax_once")]

    def __str__(self) -> str:
        return f"{self.invoice_id} {self.category} {self.rate}"


class InvoiceFault(models.Model):
    """What was wrong with an invoice: found before it left (then it did not), or after."""

    invoice = models.ForeignKey(Invoice, null=True, on_delete=models.PROTECT, related_name="faults")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="invoice_faults")
    order_line = models.ForeignKey(OrderLine, null=True, on_delete=models.PROTECT)
    code = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    ours = models.BooleanField(default=True)
    cause = models.CharField(max_length=4, blank=True, default="")
    found_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.CharField(max_length=80, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.order_id} {self.code}"


class Payment(models.Model):
    """Money received from a customer."""

    number = models.CharField(max_length=20, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="payments")
    received_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    exchange_rate = models.DecimalField(max_digits=18, decimal_places=8, default=1)
    amount = fields.amount()
    method = models.CharField(max_length=20, default="transfer")
    reference = models.CharField(max_length=80, blank=True, default="")
    actor = models.CharField(max_length=80)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive")]

    def __str__(self) -> str:
        return self.number


class Application(models.Model):
    """That a payment (or a credit note) pays part of an invoice."""

    payment = models.ForeignKey(Payment, null=True, on_delete=models.PROTECT, related_name="applications")
    credit_note = models.ForeignKey(Invoice, null=True, on_delete=models.PROTECT, related_name="applied_to")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="applications")
    amount = fields.amount()
    applied_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="application_positive"),
            models.CheckConstraint(
                condition=Q(payment__isnull=False, credit_note__isnull=True)
                | Q(payment__isnull=True, credit_note__isnull=False),
                name="application_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id}: {self.amount}"
