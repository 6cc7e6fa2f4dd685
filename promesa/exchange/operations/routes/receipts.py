"""What customers say they received, recorded through the verbs of delivery."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time
from decimal import Decimal

from promesa.core import locks
from promesa.core.calendars import moment_at
from promesa.exchange.operations.routes.routed import Case, Routed, unknown_sender, waits
from promesa.exchange.queries.concerned import (
    NoteFound,
    lines_known,
    notes_named,
    orders_named,
    outcomes_of_note,
)
from promesa.exchange.rules.receipts import ReceiptPlan, plan_receipt
from promesa.exchange.rules.routing import Problem
from promesa.exchange.states import Outcome
from promesa.fulfilment import operations as fulfilment
from promesa.fulfilment.rules import Part

ZERO = Decimal(0)


def route(case: Case) -> Routed:
    """Find the delivery note and record what became of it; differences are named on the document.

    When the delivery was recorded already and says the same, there is nothing to do; when it says otherwise, the document
    waits with the differences.
    """
    if case.customer_id is None:
        return unknown_sender(case)
    number, notes = _notes(case)
    if not notes:
        return waits(Problem("receipt_of_unknown", field="despatch_advice", received=number))
    open_ones = [one for one in notes if one.open]
    if len(open_ones) > 1 or (len(notes) > 1 and not open_ones):
        known = ", ".join(one.number for one in notes)
        return waits(Problem("receipt_ambiguous", field="despatch_advice", received=number, right=known))
    note = (open_ones or notes)[0]
    locks.take(credit=[case.customer_id], orders=[note.order_id])
    note = notes_named(customer_id=case.customer_id, number=note.number)[0]
    offered = note.open or note.offered
    plan = plan_receipt(case.neutral, lines_known(order_id=note.order_id), offered)
    subject = f"despatch:{note.id}"
    if plan.problems:
        return waits(*plan.problems, *plan.differences, subject=subject)
    if not note.open:
        return _compare(note, plan, subject)
    fulfilment.deliver(
        advice_id=note.id, outcomes=plan.parts, signed_by=_signed_by(case), note=(case.neutral.number or "")[:300],
        by=case.by, at=_moment(case, note),
    )  # fmt: skip
    return Routed(Outcome.APPLIED, subject=subject, order_id=note.order_id, problems=plan.differences)


def _notes(case: Case) -> tuple[str, list[NoteFound]]:
    """The note that it names, on its head or on all its lines; else those of the order that it names."""
    assert case.customer_id is not None
    said = case.neutral.references
    named = {(line.references or {}).get("despatch_advice", "") for line in case.neutral.lines} - {""}
    number = said.get("despatch_advice") or said.get("delivery_note") or (named.pop() if len(named) == 1 else "")
    if number:
        found = notes_named(customer_id=case.customer_id, number=number)
        if found:
            return number, found
    order = said.get("order", "")
    orders = orders_named(customer_id=case.customer_id, po_number=order, our_number=said.get("seller_order", ""))
    if not orders:
        return number or order, []
    return number or order, notes_named(customer_id=case.customer_id, order_ids=[one.id for one in orders])


def _moment(case: Case, note: NoteFound) -> datetime:
    """When they received it: the day that they say, at noon there, but not later than it was told."""
    day = case.neutral.delivered_on
    if day is None:
        return case.at
    return min(moment_at(day, time(12), note.zone).astimezone(UTC), case.at)


def _signed_by(case: Case) -> str:
    party = case.neutral.party("ship_to")
    return (party.contact or party.name or "")[:120]


def _compare(note: NoteFound, plan: ReceiptPlan, subject: str) -> Routed:
    """Hold what they say against what was recorded at the door."""
    recorded = outcomes_of_note(note_id=note.id)
    differing = [number for number, parts in plan.parts.items() if _sums(parts) != _said(recorded.get(number, {}))]
    if not differing:
        return Routed(Outcome.APPLIED, subject=subject, order_id=note.order_id, problems=plan.differences)
    problems = [
        Problem(
            "receipt_recorded_otherwise", str(number), "quantity", _shown(_sums(plan.parts[number])),
            _shown(_said(recorded.get(number, {}))), "quantity",
        )
        for number in differing
    ]  # fmt: skip
    return waits(*problems, subject=subject)


def _sums(parts: Sequence[Part]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for part in parts:
        name = str(part.outcome)
        sums[name] = sums.get(name, ZERO) + part.quantity
    return _said(sums)


def _said(outcomes: dict[str, Decimal]) -> dict[str, Decimal]:
    """What was taken, under reserve or not, is one thing here."""
    said = {name: quantity for name, quantity in outcomes.items() if quantity and name != "reserve"}
    if outcomes.get("reserve"):
        said["accepted"] = said.get("accepted", ZERO) + outcomes["reserve"]
    return said


def _shown(sums: dict[str, Decimal]) -> str:
    return ", ".join(f"{name} {quantity.normalize():f}" for name, quantity in sorted(sums.items()))
