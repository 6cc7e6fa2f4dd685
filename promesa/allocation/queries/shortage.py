"""The shortage board: which items run short up to a horizon, who is hit, what it is worth. One statement for a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from promesa.allocation.rules.shortage import Figures, figures
from promesa.core import bulk
from promesa.core.calendars import end_of_day, local_day
from promesa.inventory.queries import default_warehouse

Sort = Literal["cover", "value", "short", "lines"]
_ORDER: dict[str, str] = {
    "cover": "x.cover ASC NULLS LAST, x.value DESC, x.item_id",
    "value": "x.value DESC, x.item_id",
    "short": "x.short DESC, x.item_id",
    "lines": "x.lines DESC, x.value DESC, x.item_id",
}


@dataclass(frozen=True, slots=True)
class ShortItem:
    """One item of the board. `value` is the net price of what lacks, in the company's currency; `next_on` the day and
    `next_quantity` the size of the next receipt, whether inside the horizon or after it."""

    item_id: int
    sku: str
    name: str
    unit: str
    pack: Decimal
    figures: Figures
    lines: int
    orders: int
    customers: int
    value: Decimal
    next_on: date | None
    next_quantity: Decimal | None
    next_number: str


@dataclass(frozen=True, slots=True)
class Board:
    """A page of the board and the sums of all of it. `loss` is the share of what is ordered up to the horizon, by value, that
    will not be served in time; `short_items` counts items with something missing."""

    items: Sequence[ShortItem]
    count: int
    short_items: int
    orders: int
    customers: int
    value: Decimal
    open_value: Decimal
    horizon_to: date
    at: datetime

    @property
    def loss(self) -> Decimal:
        return (self.value / self.open_value).quantize(Decimal("0.0001")) if self.open_value else Decimal(0)


# Lines that lack are found by their own index, those that wait for a receipt by that of claims on receipts; what is there and
# promised are counters of the stock and the receipts. So the cost is that of the items and of what is short, never of all lines.
# A line's claims are what it was promised; of those on receipts the promise says when they arrive.
_RISK = """
waits AS MATERIALIZED (
    SELECT c.demand_line_id AS id, sum(c.quantity) FILTER (WHERE r.expected_at < %(until)s) AS inside
    FROM inventory_claim c JOIN inventory_receipt r ON r.id = c.receipt_id
    WHERE c.receipt_id IS NOT NULL AND r.expected_at >= %(at)s AND ({items} IS NULL OR r.item_id = ANY({items})) GROUP BY 1
), open_ AS (
    SELECT l.id, l.item_id, l.order_id, l.requested_from, l.requested_to, l.net_amount, l.ordered_quantity, l.promised,
        l.promise_sequence, l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us - l.substituted - l.despatched
            + l.brought_back AS to_send
    FROM orders_orderline l WHERE l.lacking AND NOT l.held AND ({items} IS NULL OR l.item_id = ANY({items}))
    UNION ALL
    SELECT l.id, l.item_id, l.order_id, l.requested_from, l.requested_to, l.net_amount, l.ordered_quantity, l.promised,
        l.promise_sequence, l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us - l.substituted - l.despatched
            + l.brought_back
    FROM waits w JOIN orders_orderline l ON l.id = w.id WHERE NOT l.lacking AND NOT l.held
), risk AS MATERIALIZED (
    SELECT p.*, p.to_send - p.in_time AS missing FROM (
        SELECT l.item_id, l.order_id, o.customer_id, l.to_send, least(t.late, coalesce(w.inside, 0)) AS late,
            greatest(least(l.promised, l.to_send) - t.late, 0) AS in_time,
            l.net_amount / nullif(l.ordered_quantity, 0) * o.exchange_rate AS worth
        FROM open_ l JOIN orders_order o ON o.id = l.order_id LEFT JOIN waits w ON w.id = l.id
        CROSS JOIN LATERAL (SELECT CASE WHEN w.id IS NULL THEN 0 ELSE coalesce((
            SELECT sum(p.quantity) FROM orders_promise p WHERE p.line_id = l.id AND p.sequence = l.promise_sequence
              AND p.window_from >= least(coalesce(l.requested_to, o.requested_to, %(until)s), %(until)s)), 0) END AS late OFFSET 0) t
        WHERE o.state IN ('submitted', 'confirmed') AND o.origin = 'live' AND o.warehouse_id = %(warehouse)s
          AND coalesce(l.requested_from, o.requested_from, %(at)s) < %(until)s
        OFFSET 0
    ) p WHERE p.to_send > p.in_time
)"""
_PAGE = (
    "WITH "
    + _RISK
    + """, lack AS MATERIALIZED (
    SELECT item_id, sum(missing) AS missing, sum(late) AS late, count(*) AS lines, count(DISTINCT order_id) AS orders,
        count(DISTINCT customer_id) AS customers, sum(missing * worth) AS value
    FROM risk GROUP BY item_id
), floors AS MATERIALIZED (
    SELECT f.item_id, sum(greatest(f.quantity - f.served, 0)) AS quantity FROM (
        SELECT p.item_id, p.quantity, coalesce((
            SELECT sum(c.quantity) FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
            JOIN inventory_claim c ON c.demand_line_id = l.id
            WHERE l.item_id = p.item_id AND o.state IN ('submitted', 'confirmed')
              AND (p.customer_id IS NULL OR o.customer_id = p.customer_id)
              AND (p.segment = '' OR o.segment = p.segment)), 0) AS served
        FROM allocation_protection p
        WHERE p.kind = 'floor' AND p.ended_at IS NULL AND p.item_id IS NOT NULL AND p.warehouse_id = %(warehouse)s
          AND p.valid_from <= %(today)s AND p.valid_to > %(today)s AND ({items} IS NULL OR p.item_id = ANY({items}))
    ) f GROUP BY f.item_id
), held AS (
    SELECT item_id, sum(quantity) AS supply, sum(claimed) AS promised, min(next_at) AS next_at, max(rate) AS rate
    FROM (
        SELECT item_id, on_hand AS quantity, claimed, NULL::timestamptz AS next_at, NULL::numeric AS rate, false AS named
        FROM inventory_stock
        WHERE warehouse_id = %(warehouse)s AND NOT blocked AND (expires_on IS NULL OR expires_on >= %(today)s)
          AND ({items} IS NULL OR item_id = ANY({items}))
        UNION ALL
        SELECT item_id, CASE WHEN expected_at < %(until)s THEN quantity END,
            CASE WHEN expected_at < %(until)s THEN claimed END, expected_at, NULL, false
        FROM inventory_receipt
        WHERE state = 'expected' AND warehouse_id = %(warehouse)s AND ({items} IS NULL OR item_id = ANY({items}))
        UNION ALL SELECT item_id, NULL, NULL, NULL, daily_quantity, false FROM inventory_demandrate
        WHERE {items} IS NULL OR item_id = ANY({items})
        UNION ALL SELECT item_id, NULL, NULL, NULL, NULL, true FROM floors
        UNION ALL SELECT item_id, NULL, NULL, NULL, NULL, true FROM lack
    ) one GROUP BY item_id
    HAVING {items} IS NOT NULL OR bool_or(named)
        OR coalesce(sum(quantity), 0) - coalesce(sum(claimed), 0) < max(rate) * %(cover)s
), x AS MATERIALIZED (
    SELECT h.item_id, t.supply, t.promised, h.next_at, h.rate, coalesce(f.quantity, 0) AS protected,
        coalesce(k.missing, 0) AS missing, coalesce(k.late, 0) AS late, coalesce(k.lines, 0) AS lines,
        coalesce(k.orders, 0) AS orders, coalesce(k.customers, 0) AS customers, coalesce(k.value, 0) AS value,
        t.supply / nullif(h.rate, 0) AS cover,
        greatest(coalesce(k.missing - k.late, 0) - greatest(t.supply - t.promised, 0), 0) AS short
    FROM held h LEFT JOIN lack k ON k.item_id = h.item_id LEFT JOIN floors f ON f.item_id = h.item_id
    CROSS JOIN LATERAL (SELECT coalesce(h.supply, 0) AS supply, coalesce(h.promised, 0) AS promised) t
), page AS (
    SELECT * FROM x ORDER BY {order} LIMIT %(limit)s OFFSET %(offset)s
)
SELECT x.item_id, i.sku, i.name, CASE WHEN k.id IS NULL THEN i.base_unit ELSE i.sales_unit END,
    coalesce(k.numerator::numeric / k.denominator, 1), x.supply, x.promised, x.protected, x.missing, x.late, x.rate, x.lines, x.orders,
    x.customers, round(x.value, 2), n.expected_at, n.quantity, coalesce(n.number, ''),
    w.time_zone,
    (SELECT count(*) FROM x), (SELECT count(*) FROM x WHERE missing > 0),
    (SELECT count(DISTINCT order_id) FROM risk), (SELECT count(DISTINCT customer_id) FROM risk),
    (SELECT coalesce(round(sum(value), 2), 0) FROM x),
    (SELECT coalesce(sum(o.net_amount * o.exchange_rate), 0) FROM orders_order o
     WHERE o.state IN ('submitted', 'confirmed') AND o.origin = 'live' AND o.warehouse_id = %(warehouse)s
       AND coalesce(o.requested_from, %(at)s) < %(until)s)
FROM inventory_warehouse w LEFT JOIN page x ON true LEFT JOIN catalog_item i ON i.id = x.item_id
LEFT JOIN catalog_pack k ON k.item_id = i.id AND k.unit_code = i.sales_unit
LEFT JOIN LATERAL (SELECT r.number, r.expected_at, r.quantity FROM inventory_receipt r
    WHERE r.item_id = x.item_id AND r.state = 'expected' AND r.expected_at = x.next_at ORDER BY r.id LIMIT 1) n ON true
WHERE w.id = %(warehouse)s
ORDER BY {order}
"""
)


def shortage_board(
    *,
    horizon_to: date,
    at: datetime,
    sort: Sort = "cover",
    limit: int = 50,
    offset: int = 0,
    items: Sequence[int] | None = None,
    cover_days: int = 3,
) -> Board:
    """Items that run short up to the end of a day at the default warehouse, or have not `cover_days` of free stock left.

    Two statements whatever there is. `items` asks for these only, short or not.
    """
    warehouse = default_warehouse()
    if warehouse is None:
        return Board((), 0, 0, 0, 0, Decimal(0), Decimal(0), horizon_to, at)
    sql = _PAGE.format(order=_ORDER[sort], items="%(items)s::bigint[]")
    found = bulk.rows(
        sql,
        {
            "warehouse": warehouse.id, "until": end_of_day(horizon_to, warehouse.time_zone), "at": at, "today": at.date(),
            "cover": cover_days, "limit": limit, "offset": offset,
            "items": None if items is None else [*items],
        },
    )  # fmt: skip
    rows = [_item(row) for row in found if row[0] is not None]
    count, short, orders, customers, value, open_value = found[0][-6:]
    return Board(rows, count, short, orders, customers, value, open_value, horizon_to, at)


def _item(row: tuple[Any, ...]) -> ShortItem:
    (item_id, sku, name, unit, pack, supply, promised, protected, lacking, late, rate, lines, orders, customers, value, next_at,
     next_quantity, next_number, zone, *_) = row  # fmt: skip
    return ShortItem(
        item_id=item_id, sku=sku, name=name, unit=unit, pack=pack,
        figures=figures(supply=supply, promised=promised, protected=protected, lacking=lacking, late=late, daily_demand=rate),
        lines=lines, orders=orders, customers=customers, value=value,
        next_on=local_day(next_at, zone) if next_at else None, next_quantity=next_quantity,
        next_number=next_number,
    )  # fmt: skip
