"""What can be promised, as programs and the command line are told it: quantities as asked and in base units, days, sources,
and the reason of each part as a sentence in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from promesa.allocation.offering import Offer
from promesa.allocation.queries.shortage import Board, ShortItem
from promesa.allocation.quoting import Quote
from promesa.allocation.rules import LinePromise, Part
from promesa.core import words
from promesa.core.calendars import local_day
from promesa.core.quantities import to_base
from promesa.orders.checks import CheckedLine
from promesa.orders.labels_customer import outward

_MOMENT = timedelta(microseconds=1)


def answer_of(quote: Quote, *, at: datetime, with_sources: bool = True) -> dict[str, Any]:
    """The whole answer. Without sources nobody is told of lots and receipts: they are the company's own business."""
    zone = quote.site.time_zone if quote.site else "UTC"
    lines = [
        _line(quote, position, line, zone, with_sources) for position, line in enumerate(quote.checked.lines, start=1)
    ]
    ends = [part.window_to for promise in quote.promises.values() for part in promise.parts]
    return {
        "customer": quote.terms.number,
        "ship_to": quote.site.number if quote.site else None,
        "time_zone": zone,
        "at": at,
        "currency": quote.checked.currency,
        "complete": bool(lines) and all(line["complete"] for line in lines),
        "until": max(ends, default=None),
        "warehouse": quote.warehouse if with_sources else None,
        "net_amount": quote.checked.net,
        "lines": lines,
        "findings": [
            {
                "line": one.line, "code": one.code, "severity": str(one.severity), "received": one.received,
                "right": one.right,
                "sentence": words.both(one.code, {**one.params, "received": one.received, "right": one.right}),
            }
            for one in quote.checked.findings
        ],
    }  # fmt: skip


def board_of(board: Board) -> dict[str, Any]:
    """The shortage board as programs and the command line are told it."""
    return {
        "horizon_to": board.horizon_to, "at": board.at, "count": board.count, "short_items": board.short_items,
        "orders": board.orders, "customers": board.customers, "missing": board.missing, "value": board.value, "loss": board.loss,
        "items": [short_item(one) for one in board.items],
    }  # fmt: skip


def short_item(one: ShortItem) -> dict[str, Any]:
    """One item of the board."""
    return {
        "item": one.sku, "name": one.name, "unit": one.unit, "pack": one.pack, **one.figures._asdict(), "lines": one.lines,
        "orders": one.orders, "customers": one.customers, "value": one.value,
        "next": {"on": one.next_on, "quantity": one.next_quantity, "receipt": one.next_number} if one.next_on else None,
    }  # fmt: skip


def _line(quote: Quote, position: int, line: CheckedLine, zone: str, with_sources: bool) -> dict[str, Any]:
    promise = quote.promises.get(position)
    wanted = line.requested_to or quote.checked.requested_to
    return {
        "line": position,
        "item": line.item.sku if line.item else None,
        "asked": line.draft.code or line.draft.sku or line.draft.gtin or line.draft.buyer_code,
        "quantity": line.unit_quantity,
        "unit_code": line.unit_code,
        "base_quantity": line.quantity,
        "complete": promise is not None and not promise.missing_quantity,
        "in_time": _in_time(promise, wanted),
        "parts": [_part(part, line, zone, quote.sources, with_sources) for part in promise.parts] if promise else [],
        "missing": _missing(promise, line),
        "substitutes": [_offer(one, zone, quote.sources, with_sources) for one in quote.substitutes.get(position, ())],
    }


def _in_time(promise: LinePromise | None, wanted: datetime | None) -> bool:
    if promise is None or promise.missing_quantity:
        return False
    return wanted is None or all(part.window_from < wanted for part in promise.parts)


def _part(
    part: Part, line: CheckedLine | None, zone: str, names: Mapping[tuple[str, int], str], with_sources: bool
) -> dict[str, Any]:
    code, params = (part.reason, part.params) if with_sources else outward(part.reason, part.params)
    told: dict[str, Any] = {
        "base_quantity": part.quantity,
        "ship_date": part.ship_date,
        "from": part.window_from,
        "to": part.window_to,
        "day": local_day(part.window_to - _MOMENT, zone),
        "reason": {"code": code, "params": words.plain(params)},
        "sentence": words.both(code, params),
    }
    if line is not None:
        told["quantity"] = to_base(part.quantity, line.denominator, line.numerator)
    if with_sources:
        told["sources"] = [
            {"kind": claim.source, "name": names.get((claim.source, claim.id), ""), "base_quantity": claim.quantity}
            for claim in part.claims
        ]
    return told


def _missing(promise: LinePromise | None, line: CheckedLine) -> dict[str, Any] | None:
    if promise is None or not promise.missing_quantity:
        return None
    return {
        "quantity": to_base(promise.missing_quantity, line.denominator, line.numerator),
        "base_quantity": promise.missing_quantity,
        "reason": {"code": promise.missing_reason, "params": words.plain(promise.missing_params)},
        "sentence": words.both(promise.missing_reason, promise.missing_params),
    }


def _offer(offer: Offer, zone: str, names: Mapping[tuple[str, int], str], with_sources: bool) -> dict[str, Any]:
    sentence = offer.sentence
    return {
        "item": offer.item.sku,
        "name": offer.item.name,
        "base_quantity": offer.quantity,
        "replaces_base_quantity": offer.replaces,
        "unit_price": offer.price.unit_price if offer.price else None,
        "price_basis": offer.price.basis_quantity if offer.price else None,
        "needs_consent": offer.needs_consent,
        "parts": [_part(part, None, zone, names, with_sources) for part in offer.promise.parts],
        "sentence": words.both(sentence.code, sentence.params),
    }
