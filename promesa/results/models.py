"""What each order and each line was worth, kept so that every figure is one sum and drills to its orders.

Facts are derived and can be rebuilt from the rooms below. A verdict that is final is not edited any more: what is
learnt later becomes a dated restatement.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from promesa.catalog.models import Item
from promesa.core import fields
from promesa.customers.models import Customer
from promesa.orders.models import Order, OrderLine


def _cause() -> models.CharField[str, str]:
    return models.CharField(max_length=4, blank=True, default="")


def _causes() -> ArrayField[list[str], list[str]]:
    return ArrayField(models.CharField(max_length=4), default=list)


class OrderFact(models.Model):
    """One order: by what it is grouped, how its capture went, what its first shipment brought."""

    order = models.OneToOneField(Order, primary_key=True, on_delete=models.PROTECT, related_name="fact")
    number = models.CharField(max_length=20)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    segment = models.CharField(max_length=20, blank=True, default="")
    channel = models.CharField(max_length=20)
    agent = models.CharField(max_length=80)
    carrier = models.CharField(max_length=80, blank=True, default="")
    origin = models.CharField(max_length=10, default="live")
    state = models.CharField(max_length=10)
    captured_at = models.DateTimeField()
    value = fields.amount(default=0, help_text="net, in the company's currency at the order's rate")
    # Capture
    first_pass = models.BooleanField(default=True)
    escaped = models.BooleanField(default=False)
    defects = ArrayField(models.CharField(max_length=12), default=list, help_text="families of our own defects")
    price_defect = models.BooleanField(default=False)
    customers_error = models.BooleanField(default=False)
    masters_error = models.BooleanField(default=False)
    # First shipment
    first_shipment_on = models.DateField(null=True)
    filled_first = models.BooleanField(default=False)
    filled_first_strict = models.BooleanField(default=False)
    refreshed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["captured_at"], name="results_captured")]

    def __str__(self) -> str:
        return self.number


class LineFact(models.Model):
    """One order line: what was asked, what the first shipment brought, what was taken in the end."""

    line = models.OneToOneField(OrderLine, primary_key=True, on_delete=models.PROTECT, related_name="fact")
    order = models.ForeignKey(OrderFact, on_delete=models.PROTECT, related_name="lines")
    line_number = models.PositiveIntegerField()
    item = models.ForeignKey(Item, null=True, on_delete=models.PROTECT, related_name="+")
    ordered = fields.quantity(help_text="base units, less what the customer took off")
    filled = fields.quantity(default=0)
    filled_strict = fields.quantity(default=0)
    accepted = fields.quantity(default=0)
    unordered_accepted = fields.quantity(default=0)
    unit_price = fields.price(default=0, help_text="for one base unit, in the company's currency; 0 for free goods")
    case_size = fields.quantity(default=1)
    clock_suspect = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.order_id}/{self.line_number}"


class Verdict(models.Model):
    """What orders and lines have in common, on one basis. Shipping and arrival have their own quantity and clock."""

    basis = models.CharField(max_length=10, help_text="requested, feasible, first or last")
    exclusion = models.CharField(max_length=30, blank=True, default="")
    counted = models.BooleanField(default=False, help_text="in the population of the perfect order")
    in_service = models.BooleanField(default=False, help_text="in the population of punctuality and fill")
    due_at = models.DateTimeField(null=True, help_text="last moment of the window: the period that it belongs to")
    countable_at = models.DateTimeField(null=True, help_text="from when it is judged: come in full, or out of time")
    matures_at = models.DateTimeField(null=True, help_text="from when it is final; none while something is owed")
    shipped = models.BooleanField(default=False)
    in_full = models.BooleanField(default=False)
    on_time = models.BooleanField(default=False)
    documents = models.BooleanField(default=False)
    condition = models.BooleanField(default=False)
    perfect = models.BooleanField(default=False)
    delivery_note = models.BooleanField(default=False)
    invoice_by = models.DateTimeField(null=True, help_text="an invoice is missing: from then on that is a fault")
    in_full_ship = models.BooleanField(default=False)
    in_full_arrive = models.BooleanField(default=False)
    on_time_ship = models.BooleanField(default=False)
    on_time_arrive = models.BooleanField(default=False)
    excused = models.CharField(
        max_length=4, blank=True, default="", help_text="a cause of the customer's that let it pass"
    )
    cause = _cause()
    causes = _causes()

    class Meta:
        abstract = True


class OrderVerdict(Verdict):
    """One order on one basis."""

    order = models.ForeignKey(OrderFact, on_delete=models.PROTECT, related_name="verdicts")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "basis"], name="results_order_basis")]
        indexes = [models.Index(fields=["basis", "due_at"], name="results_order_due")]

    def __str__(self) -> str:
        return f"{self.order_id} on {self.basis}"


class LineVerdict(Verdict):
    """One order line on one basis, with the cause of each failed component."""

    line = models.ForeignKey(LineFact, on_delete=models.PROTECT, related_name="verdicts")
    compared = fields.quantity(default=0)
    on_time_quantity = fields.quantity(default=0)
    on_time_quantity_ship = fields.quantity(default=0)
    on_time_quantity_arrive = fields.quantity(default=0)
    cause_full = _cause()
    cause_on_time = _cause()
    cause_documents = _cause()
    cause_condition = _cause()
    symptoms = _causes()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "basis"], name="results_line_basis")]
        indexes = [models.Index(fields=["basis", "due_at"], name="results_line_due")]

    def __str__(self) -> str:
        return f"{self.line_id} on {self.basis}"


class LineLoss(models.Model):
    """Units of a line that were lost at one step on their way, and why. They sum to ordered less accepted."""

    line = models.ForeignKey(LineFact, on_delete=models.CASCADE, related_name="losses")
    position = models.PositiveSmallIntegerField()
    step = models.CharField(max_length=20)
    cause = _cause()
    quantity = fields.quantity()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "position"], name="results_loss_position")]

    def __str__(self) -> str:
        return f"{self.line_id} {self.step} {self.quantity}"


class Restatement(models.Model):
    """That a final verdict would be another today: dated, beside the verdict, which stays as it was."""

    order = models.ForeignKey(OrderFact, on_delete=models.PROTECT, related_name="restatements")
    line = models.ForeignKey(LineFact, null=True, on_delete=models.PROTECT, related_name="restatements")
    basis = models.CharField(max_length=10)
    restated_at = models.DateTimeField()
    in_full = models.BooleanField()
    on_time = models.BooleanField()
    documents = models.BooleanField()
    condition = models.BooleanField()
    perfect = models.BooleanField()
    cause = _cause()
    causes = _causes()

    class Meta:
        indexes = [models.Index(fields=["order", "basis", "-restated_at"], name="results_restated")]

    def __str__(self) -> str:
        return f"{self.order_id} on {self.basis} restated {self.restated_at:%Y-%m-%d}"


class Audit(models.Model):
    """An order drawn for the audit of capture: keyed again by somebody else from its source, and compared."""

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="audit")
    day = models.DateField(help_text="the day of capture, in the company's zone")
    drawn_at = models.DateTimeField()
    audited_at = models.DateTimeField(null=True)
    audited_by = models.CharField(max_length=80, blank=True, default="")
    typed = models.JSONField(default=dict, help_text="what the auditor read in the source")
    found = models.JSONField(default=list, help_text="differences: aspect, field, stored, source, line_number, fault")
    wrong = models.BooleanField(default=False, help_text="we captured otherwise than the customer said")
    minutes = models.DecimalField(max_digits=8, decimal_places=2, null=True)

    class Meta:
        indexes = [models.Index(fields=["day"], name="results_audit_day")]

    def __str__(self) -> str:
        return f"{self.order_id} on {self.day}"
