"""What there is, what is coming, and who has a claim on it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from promesa.catalog.models import Item
from promesa.core import fields
from promesa.core.models import Calendar


class Warehouse(models.Model):
    """A place that ships. Its calendar and cut-off start the lead time."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=60, default="Europe/Madrid")
    calendar = models.ForeignKey(Calendar, null=True, on_delete=models.PROTECT)
    cut_off = models.TimeField(default="14:00")
    ships_at = models.TimeField(default="17:00", help_text="when the lorries leave")
    is_default = models.BooleanField(default=False)
    guarded = models.BooleanField(db_default=False, help_text="a plan in force says who may be promised its goods")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="one_default_warehouse")
        ]

    def __str__(self) -> str:
        return self.name


class Stock(models.Model):
    """One item in one warehouse and lot. `claimed` is the sum of its claims; both are kept by operations under its lock."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="stock", db_index=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="stock", db_index=False)
    lot = models.CharField(max_length=40, blank=True, default="")
    expires_on = models.DateField(null=True)
    on_hand = fields.quantity(default=0)
    claimed = fields.quantity(default=0)
    blocked = models.BooleanField(default=False)
    guarded = models.BooleanField(db_default=False, help_text="as of the warehouse: seen by whoever waited for the row")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "warehouse", "lot"], name="stock_row"),
            models.CheckConstraint(condition=Q(on_hand__gte=0), name="on_hand_not_negative"),
            models.CheckConstraint(condition=Q(claimed__gte=0, claimed__lte=F("on_hand")), name="claimed_within_stock"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}/{self.warehouse_id}/{self.lot}"


class Receipt(models.Model):
    """Goods on their way to a warehouse."""

    number = models.CharField(max_length=40, unique=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="receipts")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="receipts")
    supplier = models.CharField(max_length=120, blank=True, default="")
    expected_at = models.DateTimeField()
    quantity = fields.quantity()
    claimed = fields.quantity(default=0)
    received = fields.quantity(default=0)
    lot = models.CharField(max_length=40, blank=True, default="")
    expires_on = models.DateField(null=True)
    state = models.CharField(max_length=10, default="expected", help_text="expected, received or cancelled")
    guarded = models.BooleanField(db_default=False, help_text="as of the warehouse: seen by whoever waited for the row")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="receipt_quantity"),
            models.CheckConstraint(
                condition=Q(claimed__gte=0, claimed__lte=F("quantity")), name="claimed_within_receipt"
            ),
        ]
        indexes = [models.Index(fields=["item", "expected_at"], name="receipt_open", condition=Q(state="expected"))]

    def __str__(self) -> str:
        return self.number


class Claim(models.Model):
    """That a demand line has first right to a quantity of one stock row or receipt.

    `demand_line_id` is an order line's id: the one id without a foreign key, since orders stand above; it is checked.
    """

    id = models.BigAutoField(primary_key=True)
    demand_line_id = models.BigIntegerField(db_index=True)
    stock = models.ForeignKey(Stock, null=True, on_delete=models.PROTECT, related_name="claims")
    receipt = models.ForeignKey(Receipt, null=True, on_delete=models.PROTECT, related_name="claims", db_index=False)
    quantity = fields.quantity()
    strength = models.CharField(max_length=4, default="hard", help_text="hard or soft")
    expires_at = models.DateTimeField(null=True, help_text="of what a draft holds: until when")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="claim_positive"),
            models.CheckConstraint(
                condition=Q(stock__isnull=False, receipt__isnull=True) | Q(stock__isnull=True, receipt__isnull=False),
                name="claim_on_one_thing",
            ),
        ]
        indexes = [
            models.Index(fields=["receipt"], name="claim_receipt", condition=Q(receipt__isnull=False)),
            models.Index(fields=["expires_at"], name="claim_expires", condition=Q(expires_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.demand_line_id}: {self.quantity}"


class DemandRate(models.Model):
    """How much of an item is asked for in a day, and how much that varies: worked out every night from the orders.

    Base units; `unit_value` is the average net price of one, in the company's currency.
    """

    item = models.OneToOneField(Item, primary_key=True, on_delete=models.CASCADE, related_name="demand_rate")
    daily_quantity = fields.quantity()
    daily_deviation = fields.quantity()
    unit_value = fields.price(default=0)
    days = models.PositiveSmallIntegerField(help_text="how many days it was counted over")
    counted_to = models.DateField()

    def __str__(self) -> str:
        return f"{self.item_id}: {self.daily_quantity} a day"


class StockMove(models.Model):
    """Why stock changed. Its legs sum to zero."""

    kind = models.CharField(max_length=20, help_text="opening, receipt, despatch, return, count, scrap, transfer")
    reference = models.CharField(max_length=60, blank=True, default="")
    actor = models.CharField(max_length=80)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class StockLeg(models.Model):
    """One side of a move: a stock row, or one of the accounts outside (supplier, customer, count, scrap)."""

    id = models.BigAutoField(primary_key=True)
    move = models.ForeignKey(StockMove, on_delete=models.PROTECT, related_name="legs")
    item = models.ForeignKey(Item, on_delete=models.PROTECT)
    stock = models.ForeignKey(Stock, null=True, on_delete=models.PROTECT, related_name="legs")
    account = models.CharField(max_length=12, blank=True, default="")
    quantity = fields.quantity()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(stock__isnull=False, account="") | (Q(stock__isnull=True) & ~Q(account="")), name="leg_side"
            )
        ]

    def __str__(self) -> str:
        return f"{self.move_id} {self.quantity}"
