"""What is held for quotations, and for how long."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from promesa.allocation.rules import RECEIPT, STOCK, Claim
from promesa.core import bulk


class HeldLine(NamedTuple):
    """A line of a draft for which goods are held, in base units."""

    line_number: int
    sku: str
    quantity: Decimal
    until: datetime


def held_for(*, order_id: int) -> list[HeldLine]:
    """What a draft holds, by line."""
    return [
        HeldLine(*row)
        for row in bulk.rows(
            """SELECT l.line_number, i.sku, sum(c.quantity), min(c.expires_at) FROM inventory_claim c
               JOIN orders_orderline l ON l.id = c.demand_line_id JOIN catalog_item i ON i.id = l.item_id
               WHERE l.order_id = %s AND c.expires_at IS NOT NULL GROUP BY 1, 2 ORDER BY 1""",
            [order_id],
        )
    ]


def lapsed_orders(*, at: datetime, order_ids: Collection[int] | None = None) -> list[int]:
    """Drafts (of these) that hold goods although their time is up, by id."""
    return [
        row[0]
        for row in bulk.rows(
            """SELECT DISTINCT o.id FROM inventory_claim c JOIN orders_orderline l ON l.id = c.demand_line_id
               JOIN orders_order o ON o.id = l.order_id
               WHERE c.expires_at <= %(at)s AND o.state = 'draft'
                 AND (%(orders)s::bigint[] IS NULL OR o.id = ANY(%(orders)s::bigint[])) ORDER BY o.id""",
            {"at": at, "orders": None if order_ids is None else [*order_ids]},
        )
    ]


def items_of(*, order_ids: Collection[int]) -> list[int]:
    """The items of these orders."""
    return [
        row[0]
        for row in bulk.rows(
            "SELECT DISTINCT item_id FROM orders_orderline WHERE order_id = ANY(%s::bigint[]) AND item_id IS NOT NULL",
            [[*order_ids]],
        )
    ]


def own_claims(*, order_id: int) -> list[Claim]:
    """What an order has claimed of stock and receipts."""
    return [
        Claim(STOCK, stock, quantity) if stock is not None else Claim(RECEIPT, receipt, quantity)
        for stock, receipt, quantity in bulk.rows(
            """SELECT c.stock_id, c.receipt_id, sum(c.quantity) FROM inventory_claim c
               JOIN orders_orderline l ON l.id = c.demand_line_id WHERE l.order_id = %s GROUP BY 1, 2""",
            [order_id],
        )
    ]
