"""How a checked order is laid out in rows: shared by capture and by checking again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from promesa.core import words
from promesa.orders.checks import CheckedLine, CheckedOrder
from promesa.orders.pending import Pending
from promesa.orders.rules import HOLD_ROLE, Captured, Found, PromisedLine
from promesa.orders.states import OrderState, Severity
from promesa.work.rules import WorkDraft, due_after


def order_record(order: Pending) -> dict[str, Any]:
    """The row of an order, as far as it has come in its transaction."""
    checked = order.checked
    draft, terms = checked.draft, checked.terms
    return {
        "id": order.id, "number": order.number, "customer": terms.id, "ship_to": checked.site.id if checked.site else None,
        "po": draft.po_number[:60], "channel": draft.channel, "origin": draft.origin,
        "state": OrderState.CONFIRMED if order.confirmed else order.state, "ordered": checked.ordered_at,
        "received": checked.received_at, "submitted": None if order.state == OrderState.DRAFT else order.at,
        "confirmed": order.at if order.confirmed else None, "rf": checked.requested_from, "rt": checked.requested_to,
        "first": order.promised_to if order.confirmed else None, "promised": order.promised_to,
        "currency": checked.currency[:3], "pay": terms.payment_days,
        "inv": terms.invoice_from, "early": terms.early_days, "late": terms.late_days, "under": terms.under_percent,
        "over_": terms.over_percent, "one": terms.one_delivery, "part": terms.partial_deliveries,
        "subst": terms.substitutes, "segment": terms.segment, "tier": terms.tier, "lines": len(checked.lines),
        "net": checked.net, "tax": checked.tax, "total": checked.total, "hash": checked.content_hash, "note": draft.note,
    }  # fmt: skip


def line_record(line: CheckedLine, n: int, position: int) -> dict[str, Any]:
    """One line as it is written."""
    return {
        "n": n, "line": position, "item": line.item.id if line.item else None, "received": line.draft.received(),
        "qty": str(line.quantity), "uqty": str(line.unit_quantity), "unit": line.unit_code or line.draft.unit[:6],
        "num": line.numerator, "den": line.denominator,
        "price": None if line.unit_price is None else str(line.unit_price), "basis": str(line.price_basis),
        "origin": line.price_origin, "ref": line.price_reference, "net": str(line.net), "cat": line.tax_category,
        "rate": str(line.tax_rate), "free": line.draft.free, "rf": line.requested_from, "rt": line.requested_to,
    }  # fmt: skip


def finding_record(one: Found, n: int) -> dict[str, Any]:
    """One finding as it is written."""
    return {
        "n": n, "line": one.line, "code": one.code, "aspect": one.aspect, "severity": one.severity, "fault": one.fault,
        "field": one.field, "received": one.received, "right": one.right, "params": words.plain(one.params),
        "hold": one.hold, "role": HOLD_ROLE.get(one.hold, ""),
    }  # fmt: skip


def promise_records(
    promises: Iterable[PromisedLine],
    *,
    first: bool = False,
    sequences: Mapping[int, int] = MappingProxyType({}),
    initiator: str = "us",
    cause: str = "",
) -> Iterator[dict[str, Any]]:
    """The parts of each promise as they are written; a line of which nothing can be promised says so in one part of 0."""
    for line in promises:
        sequence = sequences.get(line.line_id, 0) + 1
        for part, one in enumerate(line.parts, 1):
            yield {
                "line": line.line_id, "seq": sequence, "part": part, "qty": str(one.quantity), "ship": one.ship_date,
                "wf": one.window_from, "wt": one.window_to, "first": first, "initiator": initiator, "cause": cause,
                "reason": {"code": one.reason, "params": words.plain(one.params)},
            }  # fmt: skip
        if line.missing and not line.parts:
            yield {
                "line": line.line_id, "seq": sequence, "part": 1, "qty": 0, "ship": None, "wf": None, "wt": None,
                "first": first, "initiator": initiator, "cause": cause or "C1",
                "reason": {"code": line.missing_reason, "params": words.plain(line.missing_params or {})},
            }  # fmt: skip


def work_drafts(order: CheckedOrder, captured: Captured, at: datetime) -> Iterator[WorkDraft]:
    """The work that the findings of an order give to people: one item a hold, one for a draft that cannot go on."""
    subject = f"order:{captured.order_id}"
    holds = {one.hold: one for one in reversed(order.findings) if one.hold}
    for kind, one in holds.items():
        yield WorkDraft(
            kind="hold", subject=subject, key=f"hold:{captured.order_id}:{kind}", role=HOLD_ROLE[kind],
            owner_id=order.terms.service_owner_id if HOLD_ROLE[kind] == "customer_service" else None,
            customer_id=order.terms.id, code="work_hold_" + kind,
            params={"order": captured.number, "customer": order.terms.name, **words.plain(one.params)},
            due_at=due_after("hold", at),
        )  # fmt: skip
    blocking = [one for one in order.findings if one.severity == Severity.BLOCKING]
    if blocking:
        yield WorkDraft(
            kind="draft", subject=subject, key=f"draft:{captured.order_id}", role="back_office",
            owner_id=None, customer_id=order.terms.id, code="work_draft_blocked",
            params={"order": captured.number, "customer": order.terms.name, "count": len(blocking),
                    "first": words.both(blocking[0].code, {**blocking[0].params, "received": blocking[0].received})},
            due_at=due_after("draft", at),
        )  # fmt: skip
