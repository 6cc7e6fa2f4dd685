"""Changes and cancellations of orders, done by the orders' own verbs: same prices, checks, floors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from promesa.core import locks
from promesa.core.calendars import end_of_day, start_of_day
from promesa.exchange.formats.neutral import NeutralLine, Window
from promesa.exchange.operations.routes.routed import Case, Routed, unknown_sender, waits
from promesa.exchange.queries.concerned import OPEN, OrderFound, lines_known, orders_named, window_wanted
from promesa.exchange.rules.changes import ChangePlan, plan_change
from promesa.exchange.rules.drafts import draft_lines, window
from promesa.exchange.rules.routing import Problem
from promesa.exchange.states import Outcome
from promesa.orders import operations as orders
from promesa.orders.rules import DraftLine, Found
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
    new, wrong = _new_lines(case, order, plan)
    problems = (*plan.problems, *wrong)
    blocking = any(one.blocking for one in problems)
    if blocking and not case.holds_rest:
        return waits(*problems, subject=subject)
    _change(case, order, plan, new)
    if blocking:
        return waits(*problems, subject=subject)
    return Routed(Outcome.APPLIED, subject=subject, order_id=order.id, problems=problems)


def _new_lines(case: Case, order: OrderFound, plan: ChangePlan) -> tuple[list[DraftLine], list[Problem]]:
    """The lines to add of which nothing is wrong, and what is wrong with the others: they are checked as at capture, and
    what would hold the order is left to a person too."""
    if not plan.added:
        return [], []
    if order.state == "draft":
        return [], [_cannot_add(one) for one in plan.added]
    drafts = [(one, draft) for one in plan.added for draft in draft_lines([one], order.zone)]
    faults = orders.faults_of_lines(order_id=order.id, lines=[draft for _, draft in drafts], at=case.at)
    wrong = [_as_problem(one, drafts[one.line - 1][0].line_number) for one in faults]
    bad = {drafts[one.line - 1][0].line_number for one in faults}
    return [draft for line, draft in drafts if line.line_number not in bad], wrong


def _cannot_add(line: NeutralLine) -> Problem:
    named = " ".join(filter(None, [line.gtin or line.buyer_code or line.seller_code, line.text]))
    return Problem("change_adds_line", line.line_number[:20], "quantity", named[:300])


def _as_problem(found: Found, number: str) -> Problem:
    return Problem(found.code, number[:20], found.field, found.received, found.right, found.aspect, params=found.params)


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


def _change(case: Case, order: OrderFound, plan: ChangePlan, new: Sequence[DraftLine]) -> None:
    for step in plan.quantities:
        orders.change_line(
            order_id=order.id, line_number=step.line_number, quantity=step.quantity, initiator="customer",
            reason=_reason(case), cause=Cause.CUSTOMER_CHANGE, by=case.by, at=case.at,
        )  # fmt: skip
    _move(case, order, plan.requested)
    for move in plan.days:
        _move(case, order, move.requested, move.line_number)
    if new:
        orders.add_lines(
            order_id=order.id, lines=new, initiator="customer", reason=_reason(case), by=case.by, at=case.at
        )


def _move(case: Case, order: OrderFound, wanted: Window | None, line_number: int | None = None) -> None:
    """Ask for another time, for the order or one line, unless it is wanted then already."""
    start, end = _moments(window(wanted, order.zone), order.zone)
    if start is None or end is None or window_wanted(order_id=order.id, line_number=line_number) == (start, end):
        return
    orders.move_request(
        order_id=order.id, line_number=line_number, window_from=start, window_to=end, initiator="customer",
        reason=_reason(case), by=case.by, at=case.at,
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
