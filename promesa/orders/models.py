"""The order and its line: the spine that every other room asks and tells."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from promesa.catalog.models import Item
from promesa.core import fields
from promesa.customers.models import Customer, Site
from promesa.inventory.models import Warehouse
from promesa.orders.states import EntryKind, OrderState


class Order(models.Model):
    """A customer's order. Terms are copied from the customer when it is captured."""

    number = models.CharField(max_length=20, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="orders", db_index=False)
    ship_to = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="orders", db_index=False)
    warehouse = models.ForeignKey(Warehouse, null=True, on_delete=models.PROTECT, related_name="orders", db_index=False)
    po_number = models.CharField(max_length=60, blank=True, default="")
    channel = models.CharField(max_length=20, help_text="edi, api, portal, email, csv, phone, desk")
    origin = models.CharField(max_length=10, default="live", help_text="live, history or opening")
    state = models.CharField(max_length=10, default=OrderState.DRAFT)
    captured_by = models.CharField(max_length=80)
    # Moments
    ordered_at = models.DateTimeField(help_text="when the customer placed it: its document's or call's moment")
    received_at = models.DateTimeField(help_text="when it reached us")
    captured_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True, help_text="first release of a line")
    closed_at = models.DateTimeField(null=True)
    # What the customer asked for
    requested_from = models.DateTimeField(null=True)
    requested_to = models.DateTimeField(null=True)
    # The word given: end of the latest window promised first, and now
    first_promised_to = models.DateTimeField(null=True)
    promised_to = models.DateTimeField(null=True)
    # Terms in force when it was captured
    currency = models.CharField(max_length=3)
    exchange_rate = models.DecimalField(max_digits=18, decimal_places=8, db_default=Decimal(1))
    payment_days = models.PositiveSmallIntegerField(default=30)
    invoice_from = models.CharField(max_length=10, default="delivery")
    early_days = models.PositiveSmallIntegerField(default=1)
    late_days = models.PositiveSmallIntegerField(default=0)
    under_percent = fields.rate(default=0)
    over_percent = fields.rate(default=0)
    one_delivery = models.BooleanField(default=False)
    partial_deliveries = models.BooleanField(default=True)
    substitutes = models.BooleanField(default=False)
    segment = models.CharField(max_length=20, blank=True, default="")
    tier = models.PositiveSmallIntegerField(default=9)
    # Sums
    line_count = models.PositiveIntegerField(default=0)
    net_amount = fields.amount(default=0)
    tax_amount = fields.amount(default=0)
    total_amount = fields.amount(default=0)
    content_hash = models.CharField(max_length=64, help_text="of buyer, items and quantities: same lines or others?")
    note = models.TextField(blank=True, db_default="")
    cut_off = models.TimeField(
        null=True,
        help_text="agreed with its sender, in the warehouse's zone: what came later counts from the next open day",
    )
    hold_rest = models.BooleanField(
        db_default=False, help_text="lines that nothing can be made of yet wait, and the others go on"
    )
    version = models.PositiveIntegerField(db_default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[s.value for s in OrderState]), name="order_state_known"),
            models.CheckConstraint(condition=Q(origin__in=["live", "history", "opening"]), name="order_origin_known"),
            models.CheckConstraint(
                condition=Q(requested_to__isnull=True) | Q(requested_to__gte=F("requested_from")), name="requested_span"
            ),
        ]
        indexes = [
            models.Index(fields=["-ordered_at", "-id"], name="order_newest"),
            models.Index(fields=["customer", "-ordered_at"], name="order_customer"),
            models.Index(fields=["po_number", "customer"], name="order_po", condition=~Q(po_number="")),
            models.Index(
                fields=["state", "promised_to"], name="order_open", condition=Q(state__in=["submitted", "confirmed"])
            ),
            models.Index(F("net_amount") * F("exchange_rate"), F("id"), name="order_net"),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    """One line: what was received beside what it was resolved to, and how far it has come.

    Quantities are in the item's base unit. The columns below `Progress` are sums of the line's ledger.
    """

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines", db_index=False)
    line_number = models.PositiveIntegerField()
    item = models.ForeignKey(Item, null=True, on_delete=models.PROTECT, related_name="order_lines")
    received = models.JSONField(
        default=dict,
        help_text="as received, never lost: line, gtin, buyer_code, seller_code, text, quantity, unit, price, basis",
    )
    # Resolved
    ordered_quantity = fields.quantity(default=0, help_text="base units")
    unit_quantity = fields.quantity(default=0, help_text="in the ordered unit")
    unit_code = models.CharField(max_length=6, default="C62")
    pack_numerator = models.PositiveIntegerField(default=1)
    pack_denominator = models.PositiveIntegerField(default=1)
    unit_price = fields.price(null=True, help_text="for `price_basis` base units")
    price_basis = fields.quantity(default=1)
    price_origin = models.CharField(
        max_length=20, blank=True, default="", help_text="agreement, list, default, received, manual"
    )
    price_reference = models.CharField(max_length=60, blank=True, default="")
    net_amount = fields.amount(default=0)
    tax_category = models.CharField(max_length=3, default="S")
    tax_rate = fields.rate(default=0)
    free = models.BooleanField(default=False, help_text="free goods: price 0 by agreement")
    requested_from = models.DateTimeField(null=True, help_text="if the line asks for another time than the order")
    requested_to = models.DateTimeField(null=True)
    substitute_of = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="substitutes", db_index=False
    )
    # The word given and the release
    promised = fields.quantity(db_default=Decimal(0), help_text="sum of the promise in force")
    promise_sequence = models.PositiveSmallIntegerField(db_default=0)
    lacking = models.BooleanField(
        db_default=False, help_text="the promise in force is less than was to be sent when it was given"
    )
    released_at = models.DateTimeField(null=True)
    held = models.BooleanField(db_default=False, help_text="waits for its blocking findings while the order goes on")
    # Progress: sums of the ledger
    cancelled_by_customer = fields.quantity(db_default=Decimal(0))
    cancelled_by_us = fields.quantity(db_default=Decimal(0))
    substituted = fields.quantity(db_default=Decimal(0))
    despatched = fields.quantity(db_default=Decimal(0))
    accepted = fields.quantity(db_default=Decimal(0))
    refused_final = fields.quantity(db_default=Decimal(0))
    brought_back = fields.quantity(db_default=Decimal(0))
    returned = fields.quantity(db_default=Decimal(0))
    invoiced = fields.quantity(db_default=Decimal(0))
    credited = fields.quantity(db_default=Decimal(0))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "line_number"], name="line_number_in_order"),
            models.CheckConstraint(condition=Q(ordered_quantity__gte=0), name="ordered_not_negative"),
            models.CheckConstraint(
                condition=Q(
                    ordered_quantity__gte=F("cancelled_by_customer")
                    + F("cancelled_by_us")
                    + F("substituted")
                    + F("accepted")
                    + F("refused_final")
                ),
                name="line_open_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(despatched__gte=F("accepted") + F("refused_final") + F("brought_back")),
                name="in_transit_not_negative",
            ),
            models.CheckConstraint(condition=Q(invoiced__lte=F("despatched")), name="invoiced_within_despatched"),
            models.CheckConstraint(condition=Q(credited__lte=F("invoiced")), name="credited_within_invoiced"),
            models.CheckConstraint(condition=Q(returned__lte=F("accepted")), name="returned_within_accepted"),
            models.CheckConstraint(
                condition=Q(
                    cancelled_by_customer__gte=0, cancelled_by_us__gte=0, substituted__gte=0, accepted__gte=0,
                    refused_final__gte=0, brought_back__gte=0, returned__gte=0, credited__gte=0, promised__gte=0,
                ),
                name="progress_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(held=False) | Q(promised=0, despatched=0, released_at__isnull=True), name="held_stays_here"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["order"], name="line_held", condition=Q(held=True)),
            models.Index(fields=["item"], name="line_lacking", condition=Q(lacking=True)),
            models.Index(fields=["substitute_of"], name="line_substitutes", condition=Q(substitute_of__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.line_number}"

    @property
    def open_quantity(self):  # type: ignore[no-untyped-def]
        return (
            self.ordered_quantity
            - self.cancelled_by_customer
            - self.cancelled_by_us
            - self.substituted
            - self.accepted
            - self.refused_final
        )

    @property
    def in_transit(self):  # type: ignore[no-untyped-def]
        return self.despatched - self.accepted - self.refused_final - self.brought_back


class LineEntry(models.Model):
    """One entry of the line ledger: append-only, the source of the line's progress."""

    id = models.BigAutoField(primary_key=True)
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=24)
    quantity = fields.quantity(help_text="negative only to compensate")
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    reference = models.CharField(
        max_length=60, blank=True, default="", help_text="number of the despatch, delivery, invoice"
    )
    cause = models.CharField(max_length=4, blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in EntryKind]), name="entry_kind_known"),
            models.CheckConstraint(condition=~Q(quantity=0), name="entry_not_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.kind} {self.quantity}"


class RequestedWindow(models.Model):
    """When the customer wants it: one row each time they say so (line empty: the whole order)."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="requested_windows", db_index=False)
    line = models.ForeignKey(OrderLine, null=True, on_delete=models.PROTECT, related_name="requested_windows")
    sequence = models.PositiveSmallIntegerField(default=1)
    window_from = models.DateTimeField()
    window_to = models.DateTimeField()
    initiator = models.CharField(max_length=10, default="customer", help_text="customer, us or carrier")
    agreed = models.BooleanField(default=True)
    because_we_were_late = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, blank=True, default="")
    actor = models.CharField(max_length=80)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "line", "sequence"], name="request_sequence", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"{self.order_id} wants {self.window_from:%Y-%m-%d}"


class Promise(models.Model):
    """A date and a quantity given to the customer, never changed. A later sequence replaces an earlier one.

    A promise may have parts (28 on Tuesday, 12 on Thursday). The first is the one in force when the order was first
    confirmed; promises before it are proposals and never measured.
    """

    id = models.BigAutoField(primary_key=True)
    line = models.ForeignKey(
        OrderLine, on_delete=models.PROTECT, related_name="promises", db_index=False, db_constraint=False
    )
    sequence = models.PositiveSmallIntegerField()
    part = models.PositiveSmallIntegerField(default=1)
    quantity = fields.quantity()
    ship_date = models.DateField(null=True)
    window_from = models.DateTimeField(null=True, help_text="none: nothing could be promised yet (quantity 0)")
    window_to = models.DateTimeField(null=True)
    is_first = models.BooleanField(default=False)
    initiator = models.CharField(max_length=10, default="us", help_text="customer, us or carrier")
    cause = models.CharField(max_length=4, blank=True, default="")
    reason = models.JSONField(default=dict, help_text="code and params")
    actor = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "sequence", "part"], name="promise_part"),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="promise_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} #{self.sequence}.{self.part}: {self.quantity}"


class Finding(models.Model):
    """Something that the checks found: in the order, in our masters or in our own capture."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="findings")
    line = models.ForeignKey(OrderLine, null=True, on_delete=models.PROTECT, related_name="findings")
    code = models.CharField(max_length=40)
    aspect = models.CharField(max_length=10)
    severity = models.CharField(max_length=8)
    fault = models.CharField(max_length=10, help_text="customer, ours, masters or nobody")
    brought_in_by = models.CharField(max_length=80)
    field = models.CharField(max_length=40, blank=True, default="")
    received = models.CharField(max_length=300, blank=True, default="")
    right = models.CharField(max_length=300, blank=True, default="")
    params = models.JSONField(default=dict)
    found_at = models.DateTimeField()
    found_after_release = models.BooleanField(default=False, help_text="it escaped to picking or to the customer")
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.CharField(max_length=80, blank=True, default="")
    resolution = models.CharField(max_length=60, blank=True, default="")
    minutes = models.DecimalField(max_digits=8, decimal_places=2, null=True, help_text="minutes of a person")

    class Meta:
        indexes = [
            models.Index(fields=["order"], name="finding_open", condition=Q(resolved_at__isnull=True)),
            models.Index(fields=["code", "received"], name="finding_alike", condition=Q(resolved_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.code}"


class Hold(models.Model):
    """Why an order stands still, and who has to decide."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="holds")
    kind = models.CharField(max_length=12)
    finding = models.ForeignKey(Finding, null=True, on_delete=models.PROTECT, related_name="holds")
    role = models.CharField(max_length=20, help_text="the role that decides")
    reason = models.JSONField(default=dict)
    since = models.DateTimeField()
    opened_by = models.CharField(max_length=80)
    told_customer_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=80, blank=True, default="")
    release_reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["order"], name="hold_open", condition=Q(released_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind}"


class OrderChange(models.Model):
    """A change or cancellation asked for after submission, with what was before and after."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="changes")
    line = models.ForeignKey(OrderLine, null=True, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(
        max_length=20, help_text="quantity, window, add_line, cancel_line, cancel_order, price, ship_to"
    )
    initiator = models.CharField(max_length=10, default="customer")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.CharField(max_length=200, blank=True, default="")
    cause = models.CharField(max_length=4, blank=True, default="")
    actor = models.CharField(max_length=80)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind}"
