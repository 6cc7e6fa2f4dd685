"""Changes and cancellations of orders, done by the orders' own verbs: same prices, checks, floors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from promesa.core import locks
from promesa.core.calendars import end_of_day, start_of_day
from promesa.exchange.operations.routes.routed import Case, Routed, unknown_sender, waits
from promesa.exchange.queries.concerned import OPEN, OrderFound, lines_known, orders_named, window_wanted
from promesa.exchange.rules.changes import ChangePlan, plan_change
from promesa.exchange.rules.drafts import window
from promesa.exchange.rules.routing import Problem
from promesa.exchange.states import Outcome
from promesa.orders import operations as orders
from promesa.orders.states import Cause


def route(case: Case) -> Routed:
    """Find the order by its buyer and purchase order number and do what the document asks for.

    A change of an order that nobody knows is rejected as such. What cannot be done waits; the rest of the change is done
    when the partner's tolerance is to hold the rest.
    """
    if case.customer_id is None:
        return unknown_sender(case)
    said = case.neutral.references
    po_number = said.get("order") or case.neutral.number or ""
    found = orders_named(customer_id=case.customer_id, po_number=po_number, our_number=said.get("seller_order", ""))
    if not found:
        problem = Problem("change_of_unknown", field="order", received=po_number)
        return Routed(Outcome.REJECTED, "CHANGE_OF_UNKNOWN", problems=(problem,))
    standing = [one for one in found if one.state in OPEN]
    if len(standing) > 1:
        numbers = ", ".join(one.number for one in standing)
        return waits(Problem("change_ambiguous", field="order", received=po_number, right=numbers))
    order = (standing or found)[0]
    subject = f"order:{order.id}"
    # The order is read and held against the change under its lock, so that nothing of it leaves meanwhile.
    locks.take(credit=[case.customer_id], orders=[order.id])
    plan = plan_change(case.neutral, lines_known(order_id=order.id))
    if plan.cancels:
        return _cancel(case, order, subject)
    if not standing:
        late = Problem("change_too_late", field="order", received=po_number, right=order.number, aspect="time")
        return waits(late, subject=subject)
    blocking = [one for one in plan.problems if one.blocking]
    if blocking and not case.holds_rest:
        return waits(*plan.problems, subject=subject)
    _change(case, order, plan)
    if blocking:
        return waits(*plan.problems, subject=subject)
    return Routed(Outcome.APPLIED, subject=subject, order_id=order.id, problems=plan.problems)


def _cancel(case: Case, order: OrderFound, subject: str) -> Routed:
    if order.state in OPEN:
        orders.cancel_order(
            order_id=order.id,
            initiator="customer",
            cause=Cause.CUSTOMER_CHANGE,
            reason=_reason(case),
            by=case.by,
            at=case.at,
        )
    elif order.state != "cancelled":
        late = Problem("change_too_late", field="order", received=order.number, right=order.number, aspect="time")
        return waits(late, subject=subject)
    return Routed(Outcome.APPLIED, subject=subject, order_id=order.id)


def _change(case: Case, order: OrderFound, plan: ChangePlan) -> None:
    for step in plan.quantities:
        orders.change_line(
            order_id=order.id, line_number=step.line_number, quantity=step.quantity, initiator="customer",
            reason=_reason(case), cause=Cause.CUSTOMER_CHANGE, by=case.by, at=case.at,
        )  # fmt: skip
    start, end = _moments(window(plan.requested, order.zone), order.zone)
    if start is not None and end is not None and window_wanted(order_id=order.id) != (start, end):
        orders.move_request(
            order_id=order.id, window_from=start, window_to=end, initiator="customer", reason=_reason(case), by=case.by,
            at=case.at,
        )  # fmt: skip


def _moments(
    ends: tuple[datetime | date | None, datetime | date | None], zone: str
) -> tuple[datetime | None, datetime | None]:
    """Both ends as moments: a day is all of it; one end alone is its own day."""
    first, last = ends[0] or ends[1], ends[1] or ends[0]
    if first is None or last is None:
        return None, None
    start = first if isinstance(first, datetime) else start_of_day(first, zone)
    end = last if isinstance(last, datetime) else end_of_day(last, zone)
    return start, end


def _reason(case: Case) -> str:
    """Why the customer changes it, in their words; else the document's number."""
    said: Sequence[str] = case.neutral.notes
    return (said[0] if said else case.neutral.number or "")[:200]
