"""What a customer usually orders."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from promesa.core import bulk

ORDERS = 12
ENOUGH = 3


def usual_quantities(*, customer_id: int, items: Collection[int]) -> dict[int, Decimal]:
    """Item -> median of what was ordered of it, in base units, over the customer's last 12 orders with it; at least 3."""
    if not items:
        return {}
    return dict(
        bulk.rows(
            """SELECT item_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY quantity)::numeric(18, 6) FROM (
                 SELECT l.item_id, sum(l.ordered_quantity) AS quantity,
                     row_number() OVER (PARTITION BY l.item_id ORDER BY o.ordered_at DESC, o.id DESC) AS n
                 FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id
                 WHERE o.customer_id = %s AND l.item_id = ANY(%s::bigint[]) AND o.state NOT IN ('draft', 'cancelled', 'refused')
                 GROUP BY o.id, l.item_id, o.ordered_at) t
               WHERE n <= %s GROUP BY item_id HAVING count(*) >= %s""",
            [customer_id, sorted(items), ORDERS, ENOUGH],
        )
    )
