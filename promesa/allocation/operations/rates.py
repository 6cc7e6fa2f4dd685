"""How much of each item is asked for in a day: counted every night, so that boards and curves need not count it."""

from __future__ import annotations

from datetime import date, timedelta

from promesa.core import bulk
from promesa.core.verbs import verb

DAYS = 56

# Days without any order count too: the deviation is over all of them, with n - 1.
_COUNT = """
WITH asked AS (
    SELECT l.item_id, (o.ordered_at AT TIME ZONE 'UTC')::date AS day, sum(l.ordered_quantity) AS quantity,
        sum(l.net_amount * o.exchange_rate) AS amount
    FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id
    JOIN catalog_item i ON i.id = l.item_id AND i.kind = 'goods'
    WHERE o.ordered_at >= %(from)s AND o.ordered_at < %(to)s AND o.state IN ('submitted', 'confirmed', 'closed')
      AND l.substitute_of_id IS NULL
    GROUP BY 1, 2
), counted AS (
    SELECT item_id, sum(quantity) AS total, sum(quantity * quantity) AS squares, sum(amount) AS amount FROM asked GROUP BY 1
), gone AS (
    DELETE FROM inventory_demandrate d WHERE NOT EXISTS (SELECT 1 FROM counted c WHERE c.item_id = d.item_id)
)
INSERT INTO inventory_demandrate (item_id, daily_quantity, daily_deviation, unit_value, days, counted_to)
SELECT item_id, round(total / %(days)s, 6),
    round(sqrt(greatest((squares - total * total / %(days)s) / (%(days)s - 1), 0)), 6),
    coalesce(round(amount / nullif(total, 0), 6), 0), %(days)s, %(to)s
FROM counted ORDER BY item_id
ON CONFLICT (item_id) DO UPDATE SET daily_quantity = excluded.daily_quantity, daily_deviation = excluded.daily_deviation,
    unit_value = excluded.unit_value, days = excluded.days, counted_to = excluded.counted_to
"""


@verb
def count_demand(*, to: date, days: int = DAYS) -> int:
    """Count what was ordered of every item in so many days up to a day (which no longer counts), and keep its mean and
    standard deviation a day; returns how many items were asked for. Orders loaded from the past count like our own."""
    return bulk.run(_COUNT, {"from": to - timedelta(days=days), "to": to, "days": days})
