"""Where an order stands: the six stages against their plan, who has the ball, and what comes next. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from promesa.core.calendars import BusinessCalendar, end_of_day, local_day
from promesa.orders.rules import PlanMoments, plan_of
from promesa.orders.states import OrderState

ZERO = Decimal(0)
INSTANT = timedelta(microseconds=1)
OVER = (OrderState.CANCELLED, OrderState.REFUSED)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of an order's way so far. Quantities are base units over all its lines."""

    id: int
    number: str
    state: str
    channel: str
    origin: str
    ordered_at: datetime
    received_at: datetime
    captured_at: datetime
    submitted_at: datetime | None
    confirmed_at: datetime | None
    released_at: datetime | None
    closed_at: datetime | None
    first_promised_to: datetime | None
    promised_to: datetime | None
    payment_days: int
    late_days: int
    invoice_from: str
    po_number: str
    customer_id: int
    customer_number: str
    customer_name: str
    net_amount: Decimal
    currency: str
    line_count: int
    site_zone: str
    site_calendar_id: int | None
    warehouse_name: str
    # The word given and the way gone
    ship_at: datetime | None
    missing: Decimal
    missing_lines: int
    missing_item: str  # of the first line that lacks something: what, in which unit, how much
    missing_unit: str
    missing_quantity: Decimal
    promised: Decimal
    open: Decimal
    to_ship: Decimal
    in_transit: Decimal
    to_invoice: Decimal
    despatched_at: datetime | None
    delivered_at: datetime | None
    invoiced_at: datetime | None
    # What keeps it standing
    hold_kind: str = ""
    hold_role: str = ""
    hold_reason: Mapping[str, Any] = field(default_factory=dict)
    hold_since: datetime | None = None
    findings: int = 0


@dataclass(frozen=True, slots=True)
class Settlement:
    """What has become of an order's invoices."""

    invoices: int = 0
    last_number: str = ""
    due_on: date | None = None
    unpaid: Decimal = ZERO
    paid_at: datetime | None = None
    disputed: bool = False


NOT_INVOICED = Settlement()


class Judged(NamedTuple):
    """One stage: its code for the promise line, its plan, what is (a moment, if it is done or was begun)."""

    state: str
    planned: datetime | date | None
    fact: datetime | None
    done: bool


class Line(NamedTuple):
    """The promise line of an order. `at` is the stage that is being worked on, 6 when all is done."""

    stages: tuple[Judged, ...]
    at: int

    @property
    def code(self) -> str:
        return " ".join(stage.state for stage in self.stages)

    @property
    def days_late(self) -> int | None:
        """Business days by which the delivery is late, or none if it is not."""
        delivery = self.stages[4].state
        return int(delivery[1:] or 0) if delivery.startswith("b") else None


def days_late(planned: datetime, actual: datetime, zone: str, calendar: BusinessCalendar, grace: int = 0) -> int | None:
    """Business days from the plan to the fact in the ship-to's zone; none if in time, 0 if late within the day.

    A midnight that ends a window belongs to the day before; `grace` are business days that the terms let pass.
    """
    if actual <= planned:
        return None
    days = max(0, calendar.business_days_between(local_day(planned - INSTANT, zone), local_day(actual, zone)))
    return None if grace and days <= grace else days


def line_of(standing: Standing, money: Settlement, calendar: BusinessCalendar, now: datetime) -> Line:
    """Judge the six stages at a moment."""
    judge = _Judge(standing, money, calendar, now)
    found = [
        Judged("d", None, standing.ordered_at, True),
        judge.acquisition(),
        judge.processing(),
        judge.shipment(),
        judge.delivery(),
        judge.payment(),
    ]
    at = next((place for place, stage in enumerate(found) if not stage.done), 6)
    if standing.state in OVER:
        return Line(tuple(stage if stage.done else stage._replace(state="x") for stage in found), 6)
    if at < 6 and found[at].state == "n":
        found[at] = found[at]._replace(state="g")
    return Line(tuple(found), at)


class _Judge:
    def __init__(self, standing: Standing, money: Settlement, calendar: BusinessCalendar, now: datetime) -> None:
        self.order, self.money, self.calendar, self.now = standing, money, calendar, now
        self.zone = standing.site_zone
        self.plan: PlanMoments = plan_of(
            channel=standing.channel, received_at=standing.received_at, ship_at=standing.ship_at,
            promised_to=standing.first_promised_to or standing.promised_to, payment_days=standing.payment_days,
            invoiced_at=standing.invoiced_at,
        )  # fmt: skip

    def acquisition(self) -> Judged:
        plan, fact = self.plan.acquisition, self.order.submitted_at
        if fact is not None:
            return self.done(plan, plan, fact)
        if self.order.state == OrderState.CONFIRMED or self.order.origin == "history":
            return Judged("d", None, self.order.captured_at, True)
        days = self.late(plan, self.now)
        return Judged(f"b{days}" if days else "r", plan, None, False)

    def processing(self) -> Judged:
        plan, order = self.plan.processing, self.order
        fact = order.released_at or order.despatched_at
        if fact is not None:
            return self.done(plan, self.day_end(plan), fact)
        return self.waiting(plan, self.day_end(plan), risky=self.in_danger(), begun=None)

    def shipment(self) -> Judged:
        plan, order = self.plan.shipment, self.order
        if order.despatched_at is not None and not order.to_ship:
            return self.done(plan, self.day_end(plan), order.despatched_at)
        risky = bool(order.despatched_at and order.missing)
        return self.waiting(plan, self.day_end(plan), risky=risky, begun=order.despatched_at)

    def delivery(self) -> Judged:
        plan, order = self.plan.delivery, self.order
        if order.delivered_at is not None and not order.open:
            return self.done(plan, plan, order.delivered_at, order.late_days)
        moved = bool(order.first_promised_to and order.promised_to and order.promised_to > order.first_promised_to)
        risky = moved or self.in_danger() or self.shipment().state[0] == "b"
        return self.waiting(plan, plan, risky=risky, begun=order.delivered_at, grace=order.late_days)

    def payment(self) -> Judged:
        order, money = self.order, self.money
        plan: datetime | date | None = money.due_on or self.plan.payment
        until = end_of_day(money.due_on, self.zone) if money.due_on else self.day_end(self.plan.payment)
        if money.invoices and not money.unpaid and not order.to_invoice and not order.open:
            return self.done(plan, until, money.paid_at or order.closed_at or order.invoiced_at or self.now)
        if money.invoices and money.unpaid:
            return self.waiting(plan, until, risky=money.disputed, begun=None)
        if order.state == OrderState.CLOSED:
            return Judged("d", plan, order.closed_at, True)
        return Judged("n", plan, None, False)

    def in_danger(self) -> bool:
        """Whether a hold, an open finding or a shortage stands between the order and its promise."""
        order = self.order
        return order.submitted_at is not None and bool(order.hold_kind or order.findings or order.missing)

    def late(self, until: datetime | None, actual: datetime, grace: int = 0) -> int | None:
        return None if until is None else days_late(until, actual, self.zone, self.calendar, grace)

    def day_end(self, plan: datetime | None) -> datetime | None:
        return None if plan is None else end_of_day(local_day(plan, self.zone), self.zone)

    def done(self, plan: datetime | date | None, until: datetime | None, fact: datetime, grace: int = 0) -> Judged:
        if until is None:
            return Judged("d", None, fact, True)
        days = self.late(until, fact, grace)
        return Judged("k" if days is None else f"b{days}", plan, fact, True)

    def waiting(
        self,
        plan: datetime | date | None,
        until: datetime | None,
        *,
        risky: bool,
        begun: datetime | None,
        grace: int = 0,
    ) -> Judged:
        days = self.late(until, self.now, grace)
        state = f"b{days}" if days is not None else "r" if risky else "g" if begun else "n"
        return Judged(state, plan, begun, False)


# --- Who has the ball, and what comes next -----------------------------------------------------------------------------


class NextStep(NamedTuple):
    """Who has the ball (a role, `purchasing`, `customer`, `promesa` or nobody), and what to do: code and parameters."""

    hands: str
    code: str
    params: Mapping[str, Any]
    tone: str = ""


def next_step(standing: Standing, money: Settlement, line: Line) -> NextStep:
    """The one thing that moves the order on."""
    order = standing
    tone = "broken" if line.days_late is not None and not line.stages[4].done else ""
    if order.state in OVER or (order.state == OrderState.CLOSED and line.at == 6):
        return NextStep("", f"next_{order.state}", {})
    if order.state == OrderState.DRAFT:
        code = "next_mend" if order.findings else "next_submit"
        return NextStep(
            "back_office" if order.findings else "customer_service", code, {"count": order.findings}, "risk"
        )
    if order.hold_kind:
        params = {**order.hold_reason.get("params", {}), "count": order.findings, **_missing(order)}
        return NextStep(order.hold_role, f"next_hold_{order.hold_kind}", params, tone or "risk")
    if order.to_ship:
        return _to_ship(order, tone)
    if order.in_transit:
        return NextStep("transport", "next_deliver", {}, tone)
    if order.open:
        return NextStep("warehouse", "next_bring_again", {}, tone or "risk")
    return _to_cash(order, money)


def _missing(order: Standing) -> dict[str, Any]:
    if not order.missing:
        return {}
    return {
        "missing": order.missing_quantity, "unit": order.missing_unit, "item": order.missing_item,
        "lines": order.missing_lines,
    }  # fmt: skip


def _to_ship(order: Standing, tone: str) -> NextStep:
    if order.missing:
        params = _missing(order)
        if order.missing >= order.to_ship:
            return NextStep("purchasing", "next_wait_stock", params, tone or "risk")
        return NextStep("warehouse", "next_despatch_part", params, tone or "risk")
    if order.state == OrderState.SUBMITTED:
        return NextStep("promesa", "next_promise", {}, tone)
    if order.released_at is None:
        return NextStep("promesa", "next_release", {"ship_at": order.ship_at}, tone)
    return NextStep("warehouse", "next_despatch", {"ship_at": order.ship_at}, tone)


def _to_cash(order: Standing, money: Settlement) -> NextStep:
    if order.to_invoice:
        return NextStep("finance", "next_invoice", {})
    if money.disputed:
        return NextStep("finance", "next_dispute", {"invoice": money.last_number}, "risk")
    if money.unpaid:
        return NextStep("customer", "next_wait_payment", {"due_on": money.due_on})
    if order.state == OrderState.CLOSED:
        return NextStep("", "next_closed", {})
    return NextStep("promesa", "next_close", {})
