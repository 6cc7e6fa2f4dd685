"""What a plan shares and who asks for it: read by sets, in whole millionths, one statement for each kind of row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from promesa.allocation.rules.agreement import Agreement
from promesa.allocation.rules.asking import Gone, Had, Loaded, Source, Wish
from promesa.core import bulk, quantities

_OPEN = """l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us - l.substituted - l.despatched + l.brought_back"""

# What is weighed or measured is shared to the thousandth, the rest by whole packs of the ordered unit; where a part of a pack
# is open (the rest of it left, or was given up), by pieces of which both are made, so that all of it can still be served.
# A line is frozen once it is in the warehouse, or when it is to leave within the days that the agreement leaves alone.
_WISHES = f"""
SELECT l.id, l.order_id, o.customer_id, o.segment, o.tier, l.item_id, (({_OPEN}) * 1000000)::bigint,
    gcd((({_OPEN}) * 1000000)::bigint, CASE WHEN l.unit_code = ANY(%(measured)s::text[]) THEN 1000
        WHEN l.pack_numerator::bigint * 1000000 %% l.pack_denominator = 0
        THEN l.pack_numerator::bigint * 1000000 / l.pack_denominator ELSE 1 END),
    o.partial_deliveries, o.one_delivery, (coalesce(l.requested_to, o.requested_to) AT TIME ZONE s.time_zone)::date,
    to_char(o.ordered_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), i.minimum_life_days,
    coalesce(l.unit_price / nullif(l.price_basis, 0) * o.exchange_rate * 1000000, 0)::bigint,
    l.released_at IS NOT NULL OR (%(frozen_days)s > 0 AND EXISTS (SELECT 1 FROM orders_promise p WHERE p.line_id = l.id
        AND p.sequence = l.promise_sequence AND p.quantity > 0 AND p.ship_date < %(as_of)s::date + %(frozen_days)s)),
    s.region, o.channel
FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id JOIN catalog_item i ON i.id = l.item_id
JOIN customers_site s ON s.id = o.ship_to_id
WHERE l.item_id = ANY(%(items)s::bigint[]) AND o.state IN ('submitted', 'confirmed') AND o.origin <> 'history'
  AND (o.warehouse_id = %(warehouse)s OR o.warehouse_id IS NULL
    AND (SELECT w.is_default FROM inventory_warehouse w WHERE w.id = %(warehouse)s))
  AND i.kind = 'goods' AND NOT l.held AND {_OPEN} > 0
ORDER BY l.id
"""

_HAD = """
SELECT c.demand_line_id, c.stock_id, c.receipt_id, (c.quantity * 1000000)::bigint
FROM inventory_claim c LEFT JOIN inventory_stock s ON s.id = c.stock_id LEFT JOIN inventory_receipt r ON r.id = c.receipt_id
WHERE coalesce(s.item_id, r.item_id) = ANY(%(items)s::bigint[]) AND coalesce(s.warehouse_id, r.warehouse_id) = %(warehouse)s
ORDER BY c.demand_line_id, c.id
"""

_SOURCES = """
SELECT s.id, NULL::bigint, s.item_id, (s.on_hand * 1000000)::bigint, (s.claimed * 1000000)::bigint, %(as_of)s::date, s.expires_on
FROM inventory_stock s
WHERE s.item_id = ANY(%(items)s::bigint[]) AND s.warehouse_id = %(warehouse)s AND NOT s.blocked AND s.on_hand > 0
UNION ALL
SELECT NULL, r.id, r.item_id, (r.quantity * 1000000)::bigint, (r.claimed * 1000000)::bigint,
    greatest((r.expected_at AT TIME ZONE w.time_zone)::date, %(as_of)s::date), r.expires_on
FROM inventory_receipt r JOIN inventory_warehouse w ON w.id = r.warehouse_id
WHERE r.item_id = ANY(%(items)s::bigint[]) AND r.warehouse_id = %(warehouse)s AND r.state = 'expected'
  AND (r.expected_at AT TIME ZONE w.time_zone)::date < %(horizon)s::date
ORDER BY 3, 1, 2
"""

# What left counts on the day on which it left, in the warehouse's zone.
GONE = """
SELECT o.customer_id, o.segment, o.tier, s.region, o.channel, l.item_id, (e.happened_at AT TIME ZONE w.time_zone)::date,
    (sum(CASE e.kind WHEN 'despatched' THEN e.quantity ELSE -e.quantity END) * 1000000)::bigint
FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id JOIN customers_site s ON s.id = o.ship_to_id
JOIN orders_lineentry e ON e.line_id = l.id AND e.kind IN ('despatched', 'brought_back')
JOIN inventory_warehouse w ON w.id = %(warehouse)s
WHERE l.item_id = ANY(%(items)s::bigint[]) AND o.warehouse_id = w.id AND o.origin <> 'history'
  AND e.happened_at >= %(since)s::date - interval '1 day'
GROUP BY 1, 2, 3, 4, 5, 6, 7
"""

# Who was short last time: it halves in eight weeks.
_DEBTS = """
SELECT d.customer_id, d.item_id, (sum(d.quantity
    * power(0.5, greatest(extract(epoch FROM %(at)s::timestamptz - d.incurred_at), 0) / (56 * 86400))::numeric) * 1000000)::bigint
FROM allocation_servicedebt d WHERE d.item_id = ANY(%(items)s::bigint[]) GROUP BY 1, 2
"""

# What each customer ordered a week before the lines that are open now.
_USUAL = """
SELECT o.customer_id, l.item_id, (sum(l.ordered_quantity - l.cancelled_by_customer - l.substituted) * 1000000 / %(weeks)s)::bigint
FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
WHERE l.item_id = ANY(%(items)s::bigint[]) AND o.state IN ('confirmed', 'closed')
  AND o.ordered_at >= %(as_of)s::date - %(weeks)s * interval '7 days' AND o.ordered_at < %(as_of)s::date
  AND l.despatched > l.brought_back
GROUP BY 1, 2
"""


def load(*, agreement: Agreement, warehouse_id: int, as_of: date, at: datetime) -> Loaded:
    """Read demand, claims and supply of an agreement whose names are ids. Of the moment `at`, on the day `as_of`."""
    params: dict[str, Any] = {
        "items": list(agreement.items), "warehouse": warehouse_id, "as_of": as_of, "at": at,
        "horizon": agreement.horizon_to, "frozen_days": agreement.frozen_days, "weeks": agreement.history_weeks,
        "measured": quantities.measured_units(),
        "since": min((one.valid_from or agreement.valid_from or as_of for one in agreement.limits), default=as_of),
    }  # fmt: skip
    with one_snapshot():
        wishes = [*map(Wish._make, bulk.rows(_WISHES, params))]
        had = [*map(Had._make, bulk.rows(_HAD, params))]
        sources = [*map(Source._make, bulk.rows(_SOURCES, params))]
        gone = [*map(Gone._make, bulk.rows(GONE, params))] if agreement.limits else []
        debts = {(customer, item): debt for customer, item, debt in bulk.rows(_DEBTS, params)}
        usual = bulk.rows(_USUAL, params)
    weeks = max(1, ((agreement.horizon_to or as_of) - as_of) // timedelta(days=1)) / 7
    return Loaded(
        wishes, had, sources, gone, debts,
        {(customer, item): int(weekly * weeks) for customer, item, weekly in usual},
    )  # fmt: skip


@contextmanager
def one_snapshot() -> Iterator[None]:
    """All statements within see the database at one moment, where no transaction is running yet."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        bulk.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
