"""Scarcity plans: what was agreed and by whom, what each run decided and why, what customers were told of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from promesa.allocation.states import Answer, PartState, PlanState, ProtectionKind, RunState, Side
from promesa.catalog.models import Item
from promesa.core import fields
from promesa.customers.models import Customer
from promesa.inventory.models import Receipt, Stock, Warehouse
from promesa.orders.models import OrderLine


class Plan(models.Model):
    """Who gets what of scarce items in one warehouse, for a time. `scenario` is the one proposed, signed or in force."""

    number = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=10, default=PlanState.DRAFT)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="plans", db_index=False)
    horizon_to = models.DateField(help_text="supply that comes before this day is shared")
    valid_from = models.DateField(help_text="floors and ceilings bind promises from this day")
    valid_to = models.DateField(help_text="and from this day no more")
    scenario = models.ForeignKey(
        "Scenario", null=True, on_delete=models.PROTECT, related_name="chosen_by", db_index=False
    )
    reason = models.CharField(max_length=200, blank=True, default="", help_text="why there is not enough")
    opened_by = models.CharField(max_length=80)
    opened_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, help_text="first time that it was put in force")
    closed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[s.value for s in PlanState]), name="plan_state_known"),
            models.CheckConstraint(condition=Q(valid_to__gt=F("valid_from")), name="plan_span"),
            models.CheckConstraint(
                condition=Q(state__in=[PlanState.DRAFT, PlanState.CLOSED]) | Q(scenario__isnull=False),
                name="plan_has_its_scenario",
            ),
        ]
        indexes = [models.Index(fields=["state", "valid_to"], name="plan_by_state")]

    def __str__(self) -> str:
        return self.number


class Scenario(models.Model):
    """One way of sharing, as JSON (`rules.agreement`): a draft may be written over, what was proposed never changes."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="scenarios", db_index=False)
    letter = models.CharField(max_length=2)
    name = models.CharField(max_length=80, blank=True, default="")
    content = models.JSONField()
    hash = models.CharField(max_length=64, help_text="SHA-256 of the content, its keys in order")
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=80, blank=True, default="")
    proposed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "letter"], name="scenario_letter")]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.letter}"


class Signature(models.Model):
    """That a person agreed to a scenario for one side. Two people sign, each for one side, on the same hash."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="signatures")
    scenario = models.ForeignKey(Scenario, on_delete=models.PROTECT, related_name="signatures", db_index=False)
    side = models.CharField(max_length=16)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="plan_signatures")
    hash = models.CharField(max_length=64)
    signed_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scenario", "side"], name="one_signature_a_side"),
            models.UniqueConstraint(fields=["scenario", "user"], name="two_people_sign"),
            models.CheckConstraint(condition=Q(side__in=[s.value for s in Side]), name="signature_side_known"),
        ]

    def __str__(self) -> str:
        return f"{self.scenario_id} {self.side}"


class Run(models.Model):
    """One working out of a scenario on what there was at a moment. Simulated, it changes nothing outside itself."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="runs", db_index=False)
    scenario = models.ForeignKey(Scenario, on_delete=models.PROTECT, related_name="runs")
    number = models.PositiveIntegerField(help_text="within the plan")
    state = models.CharField(max_length=10, default=RunState.SIMULATED)
    rule = models.CharField(max_length=20)
    snapshot_hash = models.CharField(max_length=64, help_text="of the demand and supply that were shared")
    as_of = models.DateField()
    lines = models.PositiveIntegerField(default=0)
    stats = models.JSONField(default=dict, help_text="totals, objective, bound and gap, seconds of each step")
    exceptions = models.JSONField(
        default=list, help_text="what was agreed and could not be kept: code, subject, params"
    )
    seconds = models.DecimalField(max_digits=10, decimal_places=3, default=0)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    publishing_at = models.DateTimeField(null=True, help_text="somebody began to put it in force")
    published_by = models.CharField(max_length=80, blank=True, default="")
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="run_number"),
            models.CheckConstraint(condition=Q(state__in=[s.value for s in RunState]), name="run_state_known"),
            models.CheckConstraint(
                condition=Q(state=RunState.SIMULATED, published_at__isnull=True)
                | Q(state=RunState.PUBLISHED, published_at__isnull=False),
                name="run_published_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id}/{self.number}"


class RunSupply(models.Model):
    """What was there to share: one stock row or receipt. `quantity` is without what lines outside the run have claimed."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="supply", db_constraint=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    stock = models.ForeignKey(
        Stock, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    receipt = models.ForeignKey(
        Receipt, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    quantity = fields.quantity()
    others_quantity = fields.quantity(default=0, help_text="claimed by lines outside the run")
    available_on = models.DateField()
    expires_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(stock__isnull=False, receipt__isnull=True) | Q(stock__isnull=True, receipt__isnull=False),
                name="run_supply_of_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.quantity}"


class RunPart(models.Model):
    """What hangs together of a run by items and orders: put in force in one transaction, or refused whole."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="parts", db_index=False)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, default=PartState.WAITING)
    lines = models.PositiveIntegerField(default=0)
    changes = models.JSONField(default=list, help_text="what had changed when it was refused: code, params")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="run_part_number"),
            models.CheckConstraint(condition=Q(state__in=[s.value for s in PartState]), name="run_part_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}.{self.number}"


class RunLine(models.Model):
    """What one order line had, asked and got, and why. `part` is 0 where nothing moves."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(
        Run, on_delete=models.CASCADE, related_name="run_lines", db_index=False, db_constraint=False
    )
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="run_lines", db_constraint=False)
    part = models.PositiveIntegerField(default=0)
    segment = models.CharField(max_length=20, blank=True, default="")
    tier = models.PositiveSmallIntegerField()
    strategy = models.CharField(max_length=16)
    frozen = models.BooleanField(default=False)
    open_quantity = fields.quantity()
    before_quantity = fields.quantity(default=0, help_text="claimed when the run was made")
    share_quantity = fields.quantity(default=0)
    unit_price = fields.price(default=0, help_text="net, of one base unit, in company currency")
    penalty_amount = fields.amount(default=0, help_text="what giving less than promised costs")
    ready_on = models.DateField(null=True, help_text="when the last of it comes; none: it is on hand")
    asked = models.JSONField(default=dict, help_text="all else that the engine was told of the line")
    steps = models.JSONField(default=list, help_text="the rules that spoke, in order: [code, params]")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "line"], name="run_line_once"),
            models.CheckConstraint(
                condition=Q(share_quantity__gte=0) & (Q(share_quantity__lte=F("open_quantity")) | Q(frozen=True)),
                name="share_within_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.line_id}: {self.share_quantity}"


class RunShare(models.Model):
    """So much of one stock row or receipt for one line of a run."""

    id = models.BigAutoField(primary_key=True)
    run_line = models.ForeignKey(RunLine, on_delete=models.CASCADE, related_name="shares", db_constraint=False)
    stock = models.ForeignKey(
        Stock, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    receipt = models.ForeignKey(
        Receipt, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    quantity = fields.quantity()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="share_positive"),
            models.CheckConstraint(
                condition=Q(stock__isnull=False, receipt__isnull=True) | Q(stock__isnull=True, receipt__isnull=False),
                name="share_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_line_id}: {self.quantity}"


class Protection(models.Model):
    """A floor or ceiling of a plan in force, as it binds promises. Empty traits match everybody."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="protections")
    kind = models.CharField(max_length=7)
    item = models.ForeignKey(Item, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    items = models.JSONField(
        default=list, help_text="ids of the items of the plan, over all of which it goes if none is named"
    )
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    segment = models.CharField(max_length=20, blank=True, default="")
    region = models.CharField(max_length=100, blank=True, default="")
    channel = models.CharField(max_length=20, blank=True, default="")
    tier = models.PositiveSmallIntegerField(null=True)
    quantity = fields.quantity()
    rank = models.PositiveSmallIntegerField(default=1)
    decay = models.CharField(max_length=6, default="none", help_text="none, or linear down to 0 at its end")
    valid_from = models.DateField()
    valid_to = models.DateField()
    ended_at = models.DateTimeField(null=True, help_text="the plan was closed, or published anew")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[k.value for k in ProtectionKind]), name="protection_kind_known"
            ),
            models.CheckConstraint(condition=Q(valid_to__gt=F("valid_from")), name="protection_span"),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="protection_quantity"),
        ]
        indexes = [
            models.Index(fields=["warehouse", "item"], name="protection_in_force", condition=Q(ended_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.kind} {self.quantity}"


class Notice(models.Model):
    """What a customer is told of one published run, once, with what they may answer."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="notices", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="plan_notices")
    made_at = models.DateTimeField()
    answer_by = models.DateField(null=True, help_text="who says nothing until this day, waits")
    told_at = models.DateTimeField(null=True)
    told_how = models.CharField(max_length=10, blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "customer"], name="one_notice_a_customer")]

    def __str__(self) -> str:
        return f"{self.run_id} to {self.customer_id}"


class NoticeLine(models.Model):
    """A line of a notice: what it had, what it gets, what may be answered, and the answer."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="notice_lines", db_index=False)
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+")
    before_quantity = fields.quantity()
    share_quantity = fields.quantity()
    open_quantity = fields.quantity()
    choices = models.JSONField(default=list)
    answer = models.CharField(max_length=16, blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "line"], name="notice_line_once"),
            models.CheckConstraint(condition=Q(answer__in=["", *(a.value for a in Answer)]), name="answer_known"),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.line_id}"


class Override(models.Model):
    """A move at the last minute, against or beside the plan: from whom (a line, or what was free) to whom, how much, why."""

    plan = models.ForeignKey(Plan, null=True, on_delete=models.PROTECT, related_name="overrides")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    donor = models.ForeignKey(OrderLine, null=True, on_delete=models.PROTECT, related_name="given_away")
    receiver = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="given_more")
    stock = models.ForeignKey(Stock, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    receipt = models.ForeignKey(Receipt, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    quantity = fields.quantity()
    worth_amount = fields.amount(default=0, help_text="net, in company currency: what limits of authority go by")
    reason_code = models.CharField(max_length=40)
    reason = models.CharField(max_length=200, blank=True, default="")
    impact = models.JSONField(default=dict, help_text="what it did to plan, floors and promises, as shown when decided")
    requested_by = models.CharField(max_length=80, help_text="who wanted it")
    decided_by = models.CharField(max_length=80)
    decided_at = models.DateTimeField()
    donor_told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="override_quantity")]
        indexes = [models.Index(fields=["-decided_at"], name="override_newest")]

    def __str__(self) -> str:
        return f"{self.donor_id} -> {self.receiver_id}: {self.quantity}"


class ServiceDebt(models.Model):
    """What a customer went short of in a plan: who was short last time comes first among equals. It halves in 8 weeks."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="debts", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="service_debts", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+", db_index=False)
    quantity = fields.quantity()
    incurred_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "customer", "item"], name="debt_once_a_plan"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="debt_positive"),
        ]
        indexes = [models.Index(fields=["customer", "item"], name="debt_of_customer")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.item_id}: {self.quantity}"
