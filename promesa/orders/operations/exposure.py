"""How order lines weigh on their customer's credit: what was released and not delivered, delivered and not invoiced.

Every verb that moves a line's progress asks for the weights before and moves the counters by the difference after, so
that each counter always equals the sum over the lines.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from promesa.core import bulk
from promesa.customers.operations import move_credit
from promesa.customers.rules import CreditMove
from promesa.orders.rules import value_with_tax

ZERO = Decimal(0)


class Weights(NamedTuple):
    """The weights of some lines by customer, and which lines they are."""

    line_ids: tuple[int, ...]
    by_customer: Mapping[int, CreditMove]


# By despatch terms a line counts as delivered, for credit, when it leaves; what comes back counts as released again.
_WEIGHED = """
SELECT o.customer_id, l.net_amount, l.tax_rate, l.ordered_quantity, o.exchange_rate,
    CASE WHEN l.released_at IS NULL THEN 0 ELSE greatest(
        l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us - l.substituted - l.refused_final - t.taken, 0) END,
    t.taken, l.invoiced
FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
CROSS JOIN LATERAL (SELECT CASE WHEN o.invoice_from = 'despatch'
    THEN l.despatched - l.brought_back - l.refused_final ELSE l.accepted END AS taken) t
WHERE l.id = ANY(%s::bigint[]) AND o.origin <> 'history'
"""


def weights(*, line_ids: Collection[int]) -> Weights:
    """What these lines weigh now; ask under the credit lock."""
    found: dict[int, CreditMove] = {}
    for customer_id, net, tax_rate, ordered, rate, open_released, taken, invoiced in bulk.rows(
        _WEIGHED, [list(line_ids)]
    ):
        worth = partial(value_with_tax, net=net, tax_rate=tax_rate, of=ordered, exchange_rate=rate)
        move = CreditMove(
            delivered_not_invoiced=worth(quantity=taken) - worth(quantity=invoiced) if taken > invoiced else ZERO,
            released_not_delivered=worth(quantity=ordered) - worth(quantity=ordered - open_released),
        )
        found[customer_id] = found.get(customer_id, CreditMove()).and_also(move)
    return Weights(tuple(line_ids), found)


def move_from(before: Weights, extra: Mapping[int, CreditMove] | None = None) -> None:
    """Move the counters by what the lines weigh now less what they weighed before; `extra` is added to it."""
    after = weights(line_ids=before.line_ids).by_customer
    none = CreditMove()
    moves: dict[int, CreditMove] = {}
    for customer_id in {*after, *before.by_customer, *(extra or {})}:
        now, then = after.get(customer_id, none), before.by_customer.get(customer_id, none)
        change = CreditMove(*(mine - theirs for mine, theirs in zip(now, then, strict=True)))
        moves[customer_id] = change.and_also((extra or {}).get(customer_id, none))
    move_credit(moves=moves)
