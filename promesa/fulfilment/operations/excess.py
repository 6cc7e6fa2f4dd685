"""Goods that came on top of the delivery note and were kept: a line of their own, so that they can be invoiced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from promesa.core import bulk, words
from promesa.core.actors import Actor
from promesa.fulfilment.rules import Excess
from promesa.inventory import operations as inventory
from promesa.orders import operations as orders
from promesa.orders.operations.unordered import add_unordered_lines
from promesa.orders.states import EntryKind


class Kept(NamedTuple):
    """An excess of one delivery and the lot it came out of (none for services)."""

    delivery_id: int
    advice_id: int
    advice: str
    at: datetime
    excess: Excess
    stock_id: int | None


def excess_faults(excesses: Sequence[Excess], lots: Mapping[int, int | None]) -> list[tuple[str, words.Sentence]]:
    """Why an excess cannot have come out of the lot of its line: the books have less of it than that."""
    wanted: dict[int, Decimal] = {}
    for excess in excesses:
        stock_id = lots[excess.despatch_line_id]
        if stock_id is not None:
            wanted[stock_id] = wanted.get(stock_id, Decimal(0)) + excess.quantity
    if not wanted:
        return []
    free = dict(
        bulk.rows("SELECT id, on_hand - claimed FROM inventory_stock WHERE id = ANY(%s::bigint[])", [sorted(wanted)])
    )
    return [
        (
            f"lines.{excess.line_number}",
            words.Sentence(
                "excess_without_stock",
                {
                    "line": excess.line_number,
                    "item": excess.item,
                    "quantity": excess.quantity,
                    "free_quantity": free[stock_id],
                },
            ),
        )
        for excess in excesses
        if (stock_id := lots[excess.despatch_line_id]) is not None and wanted[stock_id] > free[stock_id]
    ]


def keep_excess(*, kept: Sequence[Kept], by: Actor) -> list[int]:
    """Add a line for each, let its goods leave and arrive; returns the new lines' ids."""
    added: list[int] = []
    for one in kept:
        ((line_id, _),) = add_unordered_lines(like=[(one.excess.line_id, one.excess.quantity)], by=by, at=one.at)
        added.append(line_id)
        if one.stock_id is not None:
            quantity = one.excess.quantity
            inventory.reserve(claims=[(line_id, one.stock_id, None, quantity, "hard")], by=by, at=one.at)
            inventory.consume(picks=[(line_id, one.stock_id, quantity)], reference=one.advice, by=by, at=one.at)
        bulk.run(
            """WITH l AS (
                   INSERT INTO fulfilment_despatchline (advice_id, order_line_id, stock_id, lot, expires_on, quantity)
                   SELECT advice_id, %s, stock_id, lot, expires_on, %s FROM fulfilment_despatchline WHERE id = %s RETURNING id)
               INSERT INTO fulfilment_deliveryline (delivery_id, despatch_line_id, outcome, quantity, reason, cause, note)
               SELECT %s, l.id, 'accepted', %s, 'excess', 'C5', '' FROM l""",
            [line_id, one.excess.quantity, one.excess.despatch_line_id, one.delivery_id, one.excess.quantity],
        )
        entries = [
            orders.Entry(line_id, kind, one.excess.quantity, one.advice, "C5", "excess")
            for kind in (EntryKind.DESPATCHED, EntryKind.ACCEPTED)
        ]
        orders.record(entries=entries, by=by, at=one.at)
    return added
