"""How a checked order is laid out in rows: shared by capture and by checking again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

from promesa.core import bulk, words
from promesa.core.rowtext import plain, text, texts, word
from promesa.orders.checks import CheckedLine, CheckedOrder
from promesa.orders.pending import Pending
from promesa.orders.rules import HOLD_ROLE, Captured, Found, PromisedLine
from promesa.orders.states import OrderState, Severity
from promesa.work.rules import WorkDraft, due_after

ZERO = Decimal(0)


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
        "rest": draft.hold_rest, "cut": draft.cut_off,
    }  # fmt: skip


def line_row(
    line: CheckedLine,
    order_id: int,
    position: int,
    line_id: int | None = None,
    promised: Decimal = ZERO,
    sequence: int = 0,
) -> str:
    """One line as it is written: the fields of the row type `orders_linerow`."""
    item, draft = line.item, line.draft
    opens, closes = line.requested_from, line.requested_to
    asked = "," if opens is closes is None else f"{plain(opens)},{plain(closes)}"
    return (
        f"{'' if line_id is None else line_id},{order_id},{position},{'' if item is None else item.id},"
        f"{texts(draft.received())},{line.quantity!s},{line.unit_quantity!s},{word(line.unit_code or draft.unit[:6])},"
        f"{line.numerator},{line.denominator},{'' if line.unit_price is None else line.unit_price!s},{line.price_basis!s},"
        f"{word(line.price_origin)},{word(line.price_reference)},{line.net!s},{word(line.tax_category)},{line.tax_rate!s},"
        f"{draft.free},{asked},{promised!s},{sequence}"
    )


def finding_record(one: Found, n: int) -> dict[str, Any]:
    """One finding as it is written."""
    return {
        "n": n, "line": one.line, "code": one.code, "aspect": one.aspect, "severity": one.severity, "fault": one.fault,
        "field": one.field, "received": one.received, "right": one.right, "params": words.plain(one.params),
        "hold": one.hold, "role": HOLD_ROLE.get(one.hold, ""),
    }  # fmt: skip


def promise_rows(
    promises: Iterable[PromisedLine],
    order_id: int,
    *,
    first: bool = False,
    sequences: Mapping[int, int] = MappingProxyType({}),
    initiator: str = "us",
    cause: str = "",
) -> Iterator[str]:
    """The parts of each promise as they are written, the fields of the row type `orders_promiserow`; a line of which
    nothing can be promised says so in one part of 0."""
    whose = f"{first},{word(initiator)},{word(cause)}"
    for line in promises:
        sequence = sequences.get(line.line_id, 0) + 1
        for number, part in enumerate(line.parts, 1):
            said = _reason(part.reason, part.params) if part.params else _bare_reason(part.reason)
            when = _window(part.ship_date, part.window_from, part.window_to)
            yield f"{order_id},{line.line_id},{sequence},{number},{part.quantity!s},{when},{whose},{said}"
        if line.missing and not line.parts:
            why = _reason(line.missing_reason, line.missing_params or {})
            yield f"{order_id},{line.line_id},{sequence},1,0,,,,{first},{word(initiator)},{word(cause or 'C1')},{why}"


@lru_cache(maxsize=4_096)
def _window(day: date | None, start: datetime | None, end: datetime | None) -> str:
    """When a part leaves and arrives; the orders of a file have few of these among them."""
    return f"{plain(day)},{plain(start)},{plain(end)}"


def _reason(code: str, params: Mapping[str, Any]) -> str:
    if not params:
        return _bare_reason(code)
    return text(bulk.as_json({"code": code, "params": words.plain(params)}))


@cache
def _bare_reason(code: str) -> str:
    return text(bulk.as_json({"code": code, "params": {}}))


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
    if blocking and captured.order_id is not None:
        code = "work_draft_blocked" if captured.state == OrderState.DRAFT else "work_lines_held"
        count = len(blocking) if captured.state == OrderState.DRAFT else len({one.line for one in blocking})
        yield stuck_work(
            captured.order_id, captured.number, order.terms.id, order.terms.name, blocking[0], count, code, at
        )


def stuck_work(
    order_id: int, number: str, customer_id: int, customer: str, first: Found, count: int, code: str, at: datetime
) -> WorkDraft:
    """What somebody has to mend before a draft, or the lines of an order that are held, can go on."""
    return WorkDraft(
        kind="draft", subject=f"order:{order_id}", key=f"draft:{order_id}", role="back_office", owner_id=None,
        customer_id=customer_id, code=code,
        params={"order": number, "customer": customer, "count": count,
                "first": words.both(first.code, {**first.params, "received": first.received})},
        due_at=due_after("draft", at),
    )  # fmt: skip
