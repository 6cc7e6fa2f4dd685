"""What runs short: of each item what there is, where it goes, who goes without; and the same if a receipt came late or light."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from promesa.core import bulk
from promesa.desk.queries.catalogue import used_of

ZERO = Decimal(0)
LIMIT = 60
TIGHT = Decimal("0.1")
SORTS = {
    "": "worth DESC, missing DESC, sku", "missing": "missing DESC, worth DESC, sku", "service": "served, worth DESC, sku",
    "name": "name, sku",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Supposed:
    """What if: a receipt (or all of them, `*`) comes so many days later, or so much per cent lighter."""

    receipt: str = ""
    late: int = 0
    less: int = 0

    @property
    def anything(self) -> bool:
        return bool(self.receipt and (self.late or self.less))


@dataclass(frozen=True, slots=True)
class Asked:
    """What the board is asked for. `until` is the first moment after the horizon."""

    until: datetime
    text: str = ""
    family: str = ""
    warehouse: str = ""
    view: str = ""
    sort: str = ""
    sku: str = ""
    supposed: Supposed = Supposed()


@dataclass(frozen=True, slots=True)
class Short:
    """One item of the board; quantities in its base unit, worth in company currency."""

    id: int
    sku: str
    name: str
    family: str
    base_unit: str
    stock: Decimal
    coming: Decimal
    next_at: datetime | None
    next_quantity: Decimal
    promised: Decimal
    protected: Decimal
    free: Decimal
    missing: Decimal
    missing_now: Decimal  # without what is supposed
    asked: Decimal
    lines: int
    orders: int
    customers: int
    worth: Decimal
    used: Decimal = ZERO

    @property
    def has(self) -> Decimal:
        return self.stock + self.coming

    @property
    def served(self) -> Decimal | None:
        """The share of what is asked that can be served."""
        return max(ZERO, 1 - self.missing / self.asked) if self.asked else None

    @property
    def cover(self) -> int | None:
        """For how many days the stock lasts at the pace of the last 90."""
        return int(self.stock / (self.used / 90)) if self.used > 0 else None


class Totals(NamedTuple):
    """All items that the filters mean, together."""

    items: int = 0
    short_items: int = 0
    lines: int = 0
    orders: int = 0
    customers: int = 0
    missing: Decimal = ZERO
    worth: Decimal = ZERO
    worth_asked: Decimal = ZERO

    @property
    def lost(self) -> Decimal | None:
        """The share of the value asked of the items that are short that will not be served."""
        return self.worth / self.worth_asked if self.worth_asked else None


_OPEN = (
    "l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us - l.substituted - l.despatched + l.brought_back"
)
_HOME = "(SELECT w.id FROM inventory_warehouse w WHERE w.is_default)"
# Supply within the horizon, each receipt as it is (`before`) and as it is supposed to be. Claims on it are served by tier and
# age when it is lighter. Who loses a claim takes what is free; what then lacks is missing.
_LINES = f"""
WITH receipts AS MATERIALIZED (
    SELECT r.id, r.item_id, r.number, r.claimed, r.quantity AS before, r.expected_at AS before_at,
        r.quantity * CASE WHEN %(receipt)s IN ('*', r.number) THEN 1 - %(less)s / 100.0 ELSE 1 END AS quantity,
        r.expected_at + CASE WHEN %(receipt)s IN ('*', r.number) THEN %(late)s ELSE 0 END * interval '1 day' AS expected_at
    FROM inventory_receipt r
    WHERE r.state = 'expected' AND (%(warehouse)s::bigint IS NULL OR r.warehouse_id = %(warehouse)s)
), picked AS MATERIALIZED (
    SELECT l.item_id FROM orders_orderline l WHERE l.lacking
    UNION SELECT r.item_id FROM receipts r WHERE r.claimed > 0 AND (r.expected_at >= %(until)s OR r.quantity < r.before)
    UNION SELECT p.item_id FROM allocation_protection p WHERE p.kind = 'floor' AND p.ended_at IS NULL AND p.item_id IS NOT NULL
    UNION SELECT x.item_id FROM (
        SELECT s.item_id, s.on_hand AS there, s.on_hand - s.claimed AS free FROM inventory_stock s WHERE NOT s.blocked
        UNION ALL SELECT r.item_id, r.quantity, r.quantity - r.claimed FROM receipts r WHERE r.expected_at < %(until)s
    ) x GROUP BY x.item_id HAVING sum(x.free) <= sum(x.there) * %(tight)s
), wishes AS MATERIALIZED (
    SELECT l.id, l.line_number, l.item_id, l.order_id, o.number, o.customer_id, o.segment, o.tier, o.channel, o.ordered_at,
        o.ship_to_id, {_OPEN} AS open, coalesce(l.unit_price / nullif(l.price_basis, 0) * o.exchange_rate, 0) AS price,
        coalesce(l.requested_to, o.requested_to) AS wanted_at, l.released_at IS NOT NULL AS released
    FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id JOIN catalog_item i ON i.id = l.item_id
    WHERE o.state IN ('submitted', 'confirmed') AND o.origin <> 'history' AND NOT l.held AND i.kind = 'goods' AND {_OPEN} > 0
      AND (coalesce(l.requested_to, o.requested_to) IS NULL OR coalesce(l.requested_to, o.requested_to) < %(until)s)
      AND (%(warehouse)s::bigint IS NULL OR coalesce(o.warehouse_id, {_HOME}) = %(warehouse)s)
      /* picked */ AND (%(sku)s = '' OR i.sku = %(sku)s) AND (%(family)s = '' OR i.family = %(family)s)
      AND (%(text)s = '' OR i.sku ILIKE %(starts)s OR promesa_folded(i.name) LIKE promesa_folded(%(like)s))
), claims AS MATERIALIZED (
    SELECT c.demand_line_id AS line_id, s.item_id, c.quantity AS before, c.quantity AS after
    FROM inventory_claim c JOIN inventory_stock s ON s.id = c.stock_id
    WHERE s.item_id IN (SELECT item_id FROM wishes) AND NOT s.blocked
      AND (%(warehouse)s::bigint IS NULL OR s.warehouse_id = %(warehouse)s)
    UNION ALL
    SELECT c.demand_line_id, r.item_id, CASE WHEN r.before_at < %(until)s THEN c.quantity ELSE 0 END,
        CASE WHEN r.expected_at < %(until)s THEN greatest(0, least(c.quantity, r.quantity - (sum(c.quantity)
            OVER (PARTITION BY r.id ORDER BY o.tier, o.ordered_at, c.id) - c.quantity))) ELSE 0 END
    FROM inventory_claim c JOIN receipts r ON r.id = c.receipt_id LEFT JOIN orders_orderline l ON l.id = c.demand_line_id
    LEFT JOIN orders_order o ON o.id = l.order_id WHERE r.item_id IN (SELECT item_id FROM wishes)
), held AS MATERIALIZED (
    SELECT line_id, sum(before) AS before, sum(after) AS after FROM claims GROUP BY line_id
), protected AS (
    SELECT p.item_id, sum(greatest(0, CASE WHEN p.decay = 'linear'
            THEN floor(p.quantity * (p.valid_to - %(today)s::date) / (p.valid_to - p.valid_from)) ELSE p.quantity END
        - coalesce((SELECT sum(least(h.after, w.open)) FROM wishes w JOIN held h ON h.line_id = w.id
            LEFT JOIN customers_site s ON s.id = w.ship_to_id
            WHERE w.item_id = p.item_id AND (p.customer_id IS NULL OR w.customer_id = p.customer_id)
              AND (p.segment = '' OR w.segment = p.segment) AND (p.region = '' OR s.region = p.region)
              AND (p.channel = '' OR w.channel = p.channel) AND (p.tier IS NULL OR w.tier = p.tier)), 0))) AS quantity
    FROM allocation_protection p
    WHERE p.kind = 'floor' AND p.ended_at IS NULL AND p.item_id IN (SELECT item_id FROM wishes)
      AND p.valid_from <= %(today)s AND p.valid_to > %(today)s
      AND (%(warehouse)s::bigint IS NULL OR p.warehouse_id = %(warehouse)s) GROUP BY p.item_id
), items AS MATERIALIZED (
    SELECT x.item_id, coalesce(s.stock, 0) AS stock, coalesce(r.coming, 0) AS coming, r.next_at, coalesce(r.next, 0) AS next,
        coalesce(c.promised, 0) AS promised, greatest(0, least(coalesce(p.quantity, 0),
            coalesce(s.stock, 0) + coalesce(r.coming, 0) - coalesce(c.promised, 0))) AS protected
    FROM (SELECT DISTINCT item_id FROM wishes) x
    LEFT JOIN LATERAL (SELECT sum(s.on_hand) AS stock FROM inventory_stock s WHERE s.item_id = x.item_id AND NOT s.blocked
        AND (s.expires_on IS NULL OR s.expires_on > %(today)s OR s.claimed > 0)
        AND (%(warehouse)s::bigint IS NULL OR s.warehouse_id = %(warehouse)s)) s ON true
    LEFT JOIN LATERAL (SELECT sum(r.quantity) FILTER (WHERE r.expected_at < %(until)s) AS coming, min(r.expected_at) AS next_at,
        (array_agg(r.quantity ORDER BY r.expected_at))[1] AS next FROM receipts r WHERE r.item_id = x.item_id) r ON true
    LEFT JOIN (SELECT item_id, sum(after) AS promised FROM claims GROUP BY item_id) c ON c.item_id = x.item_id
    LEFT JOIN protected p ON p.item_id = x.item_id
), lost AS MATERIALIZED (
    SELECT w.*, coalesce(h.after, 0) AS has, greatest(w.open - coalesce(h.before, 0), 0) AS lacked,
        greatest(least(w.open, coalesce(h.before, 0)) - coalesce(h.after, 0), 0) AS loses,
        i.stock + i.coming - i.promised - i.protected AS free
    FROM wishes w JOIN items i ON i.item_id = w.item_id LEFT JOIN held h ON h.line_id = w.id
), lines AS MATERIALIZED (
    SELECT *, lacked + least(loses, greatest(0, sum(loses) OVER (PARTITION BY item_id ORDER BY tier, ordered_at, id)
        - greatest(free, 0))) AS missing FROM lost
)
"""
_BOARD = (
    _LINES
    + """, figures AS MATERIALIZED (
    SELECT i.id, i.sku, i.name, i.family, i.base_unit, t.stock, t.coming, t.next_at, t.next,
        t.promised + l.regained AS promised, t.protected, greatest(0, t.stock + t.coming - t.promised - t.protected - l.regained) AS free,
        l.missing, l.lacked, l.asked, l.lines, l.orders, l.customers, l.worth, l.worth_asked, l.all_lines,
        CASE WHEN l.asked > 0 THEN 1 - l.missing / l.asked END AS served
    FROM (SELECT item_id, sum(missing) AS missing, sum(lacked) AS lacked, sum(open) AS asked, sum(loses + lacked - missing) AS regained,
            count(*) FILTER (WHERE missing > 0) AS lines, count(DISTINCT order_id) FILTER (WHERE missing > 0) AS orders,
            count(DISTINCT customer_id) FILTER (WHERE missing > 0) AS customers, sum(missing * price) AS worth,
            sum(open * price) AS worth_asked, count(*) AS all_lines
          FROM lines GROUP BY item_id) l
    JOIN items t ON t.item_id = l.item_id JOIN catalog_item i ON i.id = l.item_id
), shown AS (
    SELECT * FROM figures WHERE %(view)s = 'all' OR missing > 0
        OR (%(view)s = '' AND free <= (stock + coming) * %(tight)s)
)
"""
)
_ROWS = (
    _BOARD
    + """SELECT id, sku, name, family, base_unit, stock, coming, next_at, next, promised, protected, free, missing, lacked, asked,
    lines, orders, customers, round(worth, 2), count(*) OVER () FROM shown ORDER BY """
)
_TOTALS = (
    _BOARD
    + """SELECT (SELECT count(*) FROM shown), (SELECT count(*) FROM figures WHERE missing > 0),
    count(*) FILTER (WHERE missing > 0), count(DISTINCT order_id) FILTER (WHERE missing > 0),
    count(DISTINCT customer_id) FILTER (WHERE missing > 0), coalesce(sum(missing), 0), coalesce(round(sum(missing * price), 2), 0),
    coalesce(sum(open * price) FILTER (WHERE item_id IN (SELECT id FROM figures WHERE missing > 0)), 0) FROM lines"""
)


def _params(asked: Asked, today: date) -> dict[str, Any]:
    escaped = asked.text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    known = [one for one in warehouses() if one[1] == asked.warehouse] if asked.warehouse else []
    return {
        "until": asked.until, "today": today, "text": asked.text, "starts": f"{escaped}%", "like": f"%{escaped}%",
        "family": asked.family, "sku": asked.sku, "view": asked.view, "tight": TIGHT,
        "warehouse": known[0][0] if known else None, "receipt": asked.supposed.receipt if asked.supposed.anything else "",
        "late": asked.supposed.late, "less": asked.supposed.less,
    }  # fmt: skip


def board(asked: Asked, *, now: datetime, today: date, limit: int = LIMIT) -> tuple[list[Short], Totals]:
    """The items that the filters mean, and all of them together. Two statements, and one for their pace."""
    params = _params(asked, today)
    order = SORTS.get(asked.sort, SORTS[""])
    rows = bulk.rows(_picked(f"{_ROWS}{order} LIMIT %(limit)s", asked), {**params, "limit": limit})
    found = bulk.row(_picked(_TOTALS, asked), params)
    return _paced(rows, now), Totals(*found) if found else Totals()


def _picked(sql: str, asked: Asked) -> str:
    """Unless all items are asked for, only lines of those that can be short or tight are read: few of many."""
    return sql if asked.view == "all" else sql.replace("/* picked */", "AND l.item_id IN (SELECT item_id FROM picked)")


def one(asked: Asked, *, now: datetime, today: date) -> Short | None:
    """The figures of one item (`asked.sku`); none if nobody asks for it within the horizon."""
    rows = bulk.rows(f"{_ROWS}sku", _params(replace(asked, view="all"), today))
    return _paced(rows, now)[0] if rows else None


def _paced(rows: Sequence[tuple[Any, ...]], now: datetime) -> list[Short]:
    used = used_of([row[0] for row in rows], now=now)
    return [bulk.made(Short, *row[:19], used[row[0]]) for row in rows]


# --- Who gets what today -----------------------------------------------------------------------------------------------


class Wants(NamedTuple):
    """One line that asks for the item: what it has within the horizon and what it lacks."""

    line_id: int
    line_number: int
    order: str
    customer_number: str
    customer: str
    segment: str
    tier: int
    wanted_at: datetime | None
    zone: str
    open: Decimal
    has: Decimal
    missing: Decimal
    loses: Decimal
    worth: Decimal
    released: bool
    promised_to: datetime | None
    plan: str


_WANTS = (
    _LINES
    + """SELECT w.id, w.line_number, w.number, c.number, c.name, w.segment, w.tier, w.wanted_at, coalesce(s.time_zone, 'UTC'), w.open,
    w.open - w.missing, w.missing, w.missing - w.lacked, round(w.missing * w.price, 2), w.released,
    (SELECT max(p.window_to) FROM orders_promise p JOIN orders_orderline l ON l.id = p.line_id AND l.promise_sequence = p.sequence
     WHERE p.line_id = w.id), coalesce(r.number, '')
FROM lines w JOIN customers_customer c ON c.id = w.customer_id LEFT JOIN customers_site s ON s.id = w.ship_to_id
LEFT JOIN LATERAL (SELECT p.number FROM allocation_runline a JOIN allocation_run n ON n.id = a.run_id
    JOIN allocation_plan p ON p.id = n.plan_id
    WHERE a.line_id = w.id AND n.state = 'published' ORDER BY n.published_at DESC LIMIT 1) r ON true
ORDER BY w.missing = 0, w.tier, w.ordered_at, w.id LIMIT %(limit)s"""
)


def wants(asked: Asked, *, today: date, limit: int = 200) -> list[Wants]:
    """Lines that ask for one item (`asked.sku`): who goes short first. One statement."""
    return [Wants(*row) for row in bulk.rows(_WANTS, {**_params(asked, today), "limit": limit})]


# --- What comes, and the plans -----------------------------------------------------------------------------------------


class Coming(NamedTuple):
    """A receipt of which something may be supposed."""

    number: str
    sku: str
    item: str
    quantity: Decimal
    base_unit: str
    expected_at: datetime


def receipts(*, item_ids: Sequence[int], limit: int = 60) -> list[Coming]:
    """Receipts expected of these items, the soonest first. One statement."""
    return [
        Coming(*row)
        for row in bulk.rows(
            """SELECT r.number, i.sku, i.name, r.quantity, i.base_unit, r.expected_at FROM inventory_receipt r
               JOIN catalog_item i ON i.id = r.item_id
               WHERE r.state = 'expected' AND r.item_id = ANY(%s::bigint[]) ORDER BY r.expected_at, r.id LIMIT %s""",
            [list(item_ids), limit],
        )
    ]


class OpenPlan(NamedTuple):
    """A plan that is not closed, and one item that it shares."""

    number: str
    name: str
    state: str
    sku: str


def open_plans(*, skus: Sequence[str]) -> list[OpenPlan]:
    """Plans that are not closed and share any of these items, the newest first. One statement."""
    return [
        OpenPlan(*row)
        for row in bulk.rows(
            """SELECT DISTINCT p.number, p.name, p.state, x.sku FROM allocation_plan p
               JOIN allocation_scenario s ON s.id = coalesce(p.scenario_id,
                   (SELECT max(y.id) FROM allocation_scenario y WHERE y.plan_id = p.id))
               CROSS JOIN LATERAL jsonb_array_elements_text(s.content->'items') AS x(sku)
               WHERE p.state <> 'closed' AND x.sku = ANY(%s::text[]) ORDER BY p.number DESC""",
            [list(skus)],
        )
    ]


def warehouses() -> list[tuple[int, str, str]]:
    """Id, code and name of every warehouse, the default one first."""
    return bulk.rows("SELECT id, code, name FROM inventory_warehouse ORDER BY is_default DESC, code")
