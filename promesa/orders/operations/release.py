"""Release: the only way for lines to go to the warehouse; and closing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from promesa.core import bulk, locks
from promesa.core.actors import Actor
from promesa.core.events import emit
from promesa.core.verbs import verb
from promesa.customers.operations import move_credit
from promesa.customers.terms import terms_of
from promesa.orders.events import LinesReleased, OrderClosed
from promesa.orders.operations.holds import open_hold
from promesa.orders.rules import value_with_tax

ZERO = Decimal(0)

# A line may be released when stock is claimed for it (services need none); where the customer takes no part of a line,
# for all of it; where they want one delivery, for all lines of the order.
_READY = """
WITH line AS MATERIALIZED (
    SELECT l.id, l.order_id, o.customer_id, o.one_delivery, o.partial_deliveries, l.released_at, l.net_amount, l.tax_rate,
        l.ordered_quantity, o.exchange_rate,
        l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us - l.substituted - l.accepted - l.refused_final
            - (l.despatched - l.accepted - l.refused_final - l.brought_back) AS open,
        CASE WHEN i.kind = 'service' THEN l.ordered_quantity ELSE coalesce((SELECT sum(c.quantity) FROM inventory_claim c
            WHERE c.demand_line_id = l.id AND c.stock_id IS NOT NULL), 0) END AS there,
        l.cancelled_by_customer + l.cancelled_by_us + l.substituted + l.accepted + l.refused_final AS done
    FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id JOIN catalog_item i ON i.id = l.item_id
    WHERE o.id = ANY(%s::bigint[]) AND o.state = 'confirmed' AND NOT l.held
      AND NOT EXISTS (SELECT 1 FROM orders_hold h WHERE h.order_id = o.id AND h.released_at IS NULL)
)
SELECT id, order_id, customer_id, net_amount, tax_rate, ordered_quantity, done, exchange_rate FROM line
WHERE released_at IS NULL AND open > 0 AND there > 0
  AND (partial_deliveries OR there >= open)
  AND (NOT one_delivery OR NOT EXISTS (SELECT 1 FROM line x WHERE x.order_id = line.order_id AND x.open > x.there))
ORDER BY order_id, id
"""


@verb
def release_lines(*, order_ids: Iterable[int], by: Actor, at: datetime) -> dict[int, list[int]]:
    """Release what may be released of these orders (order -> lines), and count it as credit used.

    An order that would exceed the customer's credit gets a hold instead, unless such a hold was released before.
    """
    wanted = sorted(set(order_ids))
    customers = dict(bulk.rows("SELECT id, customer_id FROM orders_order WHERE id = ANY(%s::bigint[])", [wanted]))
    locks.take(credit=customers.values(), orders=wanted)
    ready: dict[int, list[tuple[Any, ...]]] = {}
    for row in bulk.rows(_READY, [wanted]):
        ready.setdefault(row[1], []).append(row)
    if not ready:
        return {}
    allowed, moves = _within_credit(ready, by, at)
    released = {order_id: [row[0] for row in rows] for order_id, rows in ready.items() if order_id in allowed}
    if released:
        bulk.run(
            """WITH l AS (UPDATE orders_orderline SET released_at = %(at)s WHERE id = ANY(%(lines)s::bigint[]))
               UPDATE orders_order SET released_at = coalesce(released_at, %(at)s) WHERE id = ANY(%(orders)s::bigint[])""",
            {"at": at, "lines": [line for lines in released.values() for line in lines], "orders": list(released)},
        )
        move_credit(moves={customer: (ZERO, ZERO, amount, ZERO) for customer, amount in moves.items()})
        emit(
            *(LinesReleased(order_id=order_id, lines=len(lines)) for order_id, lines in released.items()), by=by, at=at
        )
    return released


def _within_credit(
    ready: dict[int, list[tuple[Any, ...]]], by: Actor, at: datetime
) -> tuple[set[int], dict[int, Decimal]]:
    """Orders that fit into their customer's credit, oldest first, and what each customer's use of it rises by."""
    terms = {one.id: one for one in terms_of(ids={rows[0][2] for rows in ready.values()})}
    forgiven = {
        row[0]
        for row in bulk.rows(
            """SELECT DISTINCT order_id FROM orders_hold
               WHERE kind = 'credit' AND released_at IS NOT NULL AND order_id = ANY(%s::bigint[])""",
            [list(ready)],
        )
    }
    allowed: set[int] = set()
    moves: dict[int, Decimal] = {}
    for order_id, rows in sorted(ready.items()):
        customer = terms[rows[0][2]]
        amount = sum((_value(row) for row in rows), ZERO)
        left = customer.credit_left()
        used = moves.get(customer.id, ZERO)
        if left is not None and amount > left - used and order_id not in forgiven:
            open_hold(
                order_id=order_id, kind="credit", reason_code="credit_exceeded", by=by, at=at,
                params={"excess_amount": amount - (left - used), "limit_amount": customer.credit_limit,
                        "currency": customer.currency},
            )  # fmt: skip
            continue
        allowed.add(order_id)
        moves[customer.id] = used + amount
    return allowed, moves


def _value(row: tuple[Any, ...]) -> Decimal:
    """What the open part of a line is worth with tax, as the credit counters count it."""
    _, _, _, net, rate, ordered, done, exchange = row
    whole, over = (
        value_with_tax(net=net, tax_rate=rate, quantity=quantity, of=ordered, exchange_rate=exchange)
        for quantity in (ordered, done)
    )
    return whole - over


@verb
def close_if_done(*, order_ids: Iterable[int], by: Actor, at: datetime) -> list[int]:
    """Close confirmed orders of which nothing is open, on its way or still to be invoiced. The caller knows of payment.

    What costs nothing, free goods or a price of 0, need not be invoiced.
    """
    closed = [
        row[0]
        for row in bulk.rows(
            """UPDATE orders_order o SET state = 'closed', closed_at = %s, version = o.version + 1
               WHERE o.id = ANY(%s::bigint[]) AND o.state = 'confirmed' AND NOT EXISTS (
                 SELECT 1 FROM orders_orderline l WHERE l.order_id = o.id AND (l.held OR
                   l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us - l.substituted - l.accepted
                       - l.refused_final > 0
                   OR l.despatched - l.accepted - l.refused_final - l.brought_back > 0
                   OR (l.accepted > l.invoiced AND NOT l.free AND l.unit_price IS DISTINCT FROM 0)))
               RETURNING o.id""",
            [at, sorted(set(order_ids))],
        )
    ]
    if closed:
        emit(*(OrderClosed(order_id=order_id) for order_id in sorted(closed)), by=by, at=at)
    return closed
