"""An order as a program is told of it, in the transaction that made it: the same JSON as `told`, from memory."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from promesa.core import bulk, words
from promesa.core.api import decimal_text
from promesa.orders import pending
from promesa.orders.checks import CheckedLine
from promesa.orders.pending import Pending
from promesa.orders.rules import PromisedLine
from promesa.orders.states import OrderState

# What has not begun yet.
_NONE_YET = dict.fromkeys(("cancelled", "despatched", "accepted", "refused", "returned", "invoiced", "credited"), "0")


def fresh_order(*, order_id: int, within: int | None = None) -> str:
    """The order as JSON text, or nothing where only the database can tell: it has findings, or is not of this transaction."""
    order = pending.find(order_id)
    if order is None or order.checked.findings or not order.told_whole:
        return ""
    if within is not None and order.checked.terms.id != within:
        return ""
    return bulk.as_json(_order(order))


def _order(order: Pending) -> dict[str, Any]:
    checked, at = order.checked, _moment(order.at)
    promises = {line.line_id: line for line in order.promises}
    numbered = list(enumerate(zip(order.line_ids, checked.lines, strict=True), 1))
    return {
        "number": order.number,
        "state": OrderState.CONFIRMED if order.confirmed else order.state,
        "customer": checked.terms.number,
        "ship_to": checked.site.number if checked.site else None,
        "po_number": checked.draft.po_number[:60],
        "channel": checked.draft.channel,
        "currency": checked.currency[:3],
        "ordered_at": _moment(checked.ordered_at),
        "submitted_at": None if order.state == OrderState.DRAFT else at,
        "confirmed_at": at if order.confirmed else None,
        "released_at": None,
        "closed_at": None,
        "requested": {"from": _moment(checked.requested_from), "to": _moment(checked.requested_to)},
        "first_promised_to": _moment(order.promised_to) if order.confirmed else None,
        "promised_to": _moment(order.promised_to),
        "line_count": len(checked.lines),
        "net_amount": decimal_text(checked.net),
        "tax_amount": decimal_text(checked.tax),
        "total_amount": decimal_text(checked.total),
        "version": 1,
        "lines": [_line(number, line, promises.get(line_id)) for number, (line_id, line) in numbered],
        "promises": [
            part
            for number, (line_id, _) in numbered
            if line_id in promises
            for part in _parts(number, promises[line_id], order.confirmed, at)
        ],
        "findings": [],
        "holds": [],
    }


def _line(number: int, line: CheckedLine, promise: PromisedLine | None) -> dict[str, Any]:
    return {
        "line_number": number,
        "item": line.item.sku if line.item else None,
        "text": line.item.name if line.item else line.draft.text[:300],
        "received": line.draft.received(),
        "quantity": decimal_text(line.unit_quantity),
        "unit_code": line.unit_code or line.draft.unit[:6],
        "base_quantity": decimal_text(line.quantity),
        "price": None if line.unit_price is None else decimal_text(line.unit_price),
        "price_basis": decimal_text(line.price_basis),
        "price_origin": line.price_origin,
        "net_amount": decimal_text(line.net),
        "tax_category": line.tax_category,
        "tax_rate": decimal_text(line.tax_rate),
        "promised": decimal_text(sum((part.quantity for part in promise.parts), Decimal(0))) if promise else "0",
        "released_at": None,
        **_NONE_YET,
    }


def _parts(number: int, promise: PromisedLine, is_first: bool, at: str | None) -> list[dict[str, Any]]:
    return [
        {
            "line_number": number, "sequence": 1, "part": place, "quantity": decimal_text(part.quantity),
            "ship_date": part.ship_date, "from": _moment(part.window_from), "to": _moment(part.window_to),
            "is_first": is_first, "reason": {"code": part.reason, "params": words.plain(part.params)}, "cause": "",
            "made_at": at, "told_at": None,
        }
        for place, part in enumerate(promise.parts, 1)
    ]  # fmt: skip


@lru_cache(maxsize=4_096)
def _moment(moment: datetime | None) -> str | None:
    """As the database writes it in JSON: in UTC, without idle zeros."""
    if moment is None:
        return None
    text = moment.astimezone(UTC).isoformat()
    return f"{text[:-6].rstrip('0')}+00:00" if moment.microsecond else text
