"""The one reckoning of what runs short: which lines lack what, with every receipt as it is or as it is supposed to be.

Lines that lack are found by their own index, those that wait for a receipt by that of claims on receipts; what is there and promised are
counters of the stock and the receipts. So the cost is that of the items and of what is short, never of all lines. A line's
claims are what it was promised; of those on receipts the promise says when they arrive.
"""

from __future__ import annotations

OPEN = (
    "l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us - l.substituted - l.despatched + l.brought_back"
)
_ITEMS = "(%(items)s::bigint[] IS NULL OR {0}.item_id = ANY(%(items)s::bigint[]))"
_PLACE = "(%(warehouse)s::bigint IS NULL OR {0}.warehouse_id = %(warehouse)s)"
_COLUMNS = f"""l.id, l.line_number, l.item_id, l.order_id, l.requested_from, l.requested_to, l.net_amount, l.ordered_quantity, l.promised,
        l.promise_sequence, l.released_at, {OPEN} AS to_send"""

# Receipts as they are.
_AS_THEY_ARE = f"""
r AS MATERIALIZED (
    SELECT r.id, r.item_id, r.number, r.expected_at, r.quantity, r.claimed
    FROM inventory_receipt r WHERE r.state = 'expected' AND {_PLACE.format("r")} AND {_ITEMS.format("r")}
), waits AS MATERIALIZED (
    SELECT c.demand_line_id AS id, sum(c.quantity) FILTER (WHERE r.expected_at >= %(until)s) AS outside
    FROM inventory_claim c JOIN r ON r.id = c.receipt_id WHERE c.receipt_id IS NOT NULL GROUP BY 1
), coming AS MATERIALIZED (
    SELECT item_id, coalesce(sum(quantity) FILTER (WHERE expected_at < %(until)s), 0) AS quantity,
        coalesce(sum(claimed) FILTER (WHERE expected_at < %(until)s), 0) AS claimed, min(expected_at) AS next_at FROM r GROUP BY 1
)"""
# Some come later or lighter. Of one that is lighter the oldest claims stay, as when goods arrive.
_SUPPOSED = f"""
r0 AS MATERIALIZED (
    SELECT r.*, %(receipt)s IN ('*', r.number) AS supposed FROM inventory_receipt r
    WHERE r.state = 'expected' AND {_PLACE.format("r")} AND {_ITEMS.format("r")}
), c AS MATERIALIZED (
    SELECT c.receipt_id, c.demand_line_id, c.quantity, CASE WHEN r.supposed THEN greatest(0, least(c.quantity,
            r.quantity * (1 - %(less)s / 100.0) - (sum(c.quantity) OVER (PARTITION BY c.receipt_id ORDER BY c.id) - c.quantity)))
        ELSE c.quantity END AS kept
    FROM inventory_claim c JOIN r0 r ON r.id = c.receipt_id WHERE c.receipt_id IS NOT NULL
), r AS MATERIALIZED (
    SELECT r.id, r.item_id, r.number, r.expected_at AS was_at, coalesce(k.claimed, 0) AS claimed,
        CASE WHEN r.supposed THEN r.quantity * (1 - %(less)s / 100.0) ELSE r.quantity END AS quantity,
        r.expected_at + CASE WHEN r.supposed THEN %(late)s ELSE 0 END * interval '1 day' AS expected_at
    FROM r0 r LEFT JOIN (SELECT receipt_id, sum(kept) AS claimed FROM c GROUP BY 1) k ON k.receipt_id = r.id
), waits AS MATERIALIZED (
    SELECT c.demand_line_id AS id, sum(c.kept) FILTER (WHERE r.expected_at >= %(until)s) AS outside, sum(c.quantity - c.kept) AS cut,
        sum(c.quantity) FILTER (WHERE r.was_at >= %(until)s) AS outside_before,
        sum(c.kept) FILTER (WHERE r.expected_at > r.was_at) AS slips, max(r.expected_at) FILTER (WHERE r.expected_at > r.was_at)
            AS slips_to
    FROM c JOIN r ON r.id = c.receipt_id GROUP BY 1
), coming AS MATERIALIZED (
    SELECT item_id, coalesce(sum(quantity) FILTER (WHERE expected_at < %(until)s), 0) AS quantity,
        coalesce(sum(claimed) FILTER (WHERE expected_at < %(until)s), 0) AS claimed, min(expected_at) AS next_at FROM r GROUP BY 1
)"""
_HEAD = """l.id, l.line_number, l.item_id, l.order_id, l.released_at, o.customer_id, o.tier, o.ordered_at, l.to_send,
            l.net_amount / nullif(l.ordered_quantity, 0) * o.exchange_rate AS worth"""
_PROMISED_LATE = """CROSS JOIN LATERAL (SELECT least(coalesce(l.requested_to, o.requested_to, %(until)s), %(until)s) AS due OFFSET 0) d
        CROSS JOIN LATERAL (SELECT CASE WHEN w.id IS NULL THEN 0 ELSE coalesce((
            SELECT sum(p.quantity) FROM orders_promise p WHERE p.line_id = l.id AND p.sequence = l.promise_sequence
              AND p.window_from >= d.due), 0) END AS late OFFSET 0) t"""
_ASKED_FOR = """o.state IN ('submitted', 'confirmed') AND o.origin <> 'history'
          AND (%(warehouse)s::bigint IS NULL OR coalesce(o.warehouse_id, %(home)s) = %(warehouse)s)"""
_WITHIN = "coalesce(l.requested_from, o.requested_from, %(at)s) < %(until)s"
# What a line lacks (of what it asks for up to the horizon), and what of that comes up to the horizon, but too late for it.
_RISK = f"""
, open_ AS (
    {{lines}}
), risk AS MATERIALIZED (
    SELECT p.*, p.to_send - p.in_time AS lacking, p.to_send - p.in_time - p.late AS missing, 0::numeric AS loses, 0::numeric AS back
    FROM (
        SELECT {_HEAD}, greatest(t.late - coalesce(w.outside, 0), 0) AS late, greatest(least(l.promised, l.to_send) - t.late, 0) AS in_time
        FROM open_ l JOIN orders_order o ON o.id = l.order_id LEFT JOIN waits w ON w.id = l.id {_PROMISED_LATE}
        WHERE {_ASKED_FOR} AND {_WITHIN}
        OFFSET 0
    ) p {{which}}
)"""
# The same by what is supposed; who then loses goods takes what is free, by tier and age (`back`).
_RISK_SUPPOSED = f"""
, open_ AS (
    {{lines}}
), then_ AS MATERIALIZED (
    SELECT p.*, p.to_send - p.in_time AS lacking0, greatest(p.before - p.in_time - p.late, 0) AS loses0 FROM (
        SELECT {_HEAD}, greatest(u.late - coalesce(w.outside, 0), 0) AS late,
            greatest(least(l.promised - coalesce(w.cut, 0), l.to_send) - u.late, 0) AS in_time,
            greatest(least(l.promised, l.to_send) - t.late, 0) + greatest(t.late - coalesce(w.outside_before, 0), 0) AS before
        FROM open_ l JOIN orders_order o ON o.id = l.order_id LEFT JOIN waits w ON w.id = l.id {_PROMISED_LATE}
        -- What is lost is not late any more.
        CROSS JOIN LATERAL (SELECT least(greatest(t.late, CASE WHEN w.slips_to >= d.due THEN w.slips END),
            greatest(l.promised - coalesce(w.cut, 0), 0)) AS late OFFSET 0) u
        WHERE {_ASKED_FOR} AND {_WITHIN}
        OFFSET 0
    ) p {{which}}
), spare AS (
    SELECT q.item_id, greatest(0, coalesce((SELECT sum(s.on_hand - s.claimed) FROM inventory_stock s WHERE s.item_id = q.item_id
            AND NOT s.blocked AND (s.expires_on IS NULL OR s.expires_on >= %(today)s) AND {_PLACE.format("s")}), 0)
        + coalesce(g.quantity - g.claimed, 0)
        - coalesce((SELECT f.quantity FROM unnest(%(floor_items)s::bigint[], %(floor_quantities)s::numeric[]) AS f(item_id, quantity)
            WHERE f.item_id = q.item_id), 0)) AS free
    FROM (SELECT DISTINCT item_id FROM then_ WHERE loses0 > 0) q LEFT JOIN coming g ON g.item_id = q.item_id
), risk AS MATERIALIZED (
    SELECT k.*, k.lacking0 - k.back AS lacking, k.lacking0 - k.late - k.back AS missing, k.loses0 - k.back AS loses FROM (
        SELECT n.*, n.loses0 - least(n.loses0, greatest(0, sum(n.loses0) OVER (PARTITION BY n.item_id ORDER BY n.tier, n.ordered_at, n.id)
            - coalesce(f.free, 0))) AS back
        FROM then_ n LEFT JOIN spare f ON f.item_id = n.item_id
    ) k {{still}}
)"""
_AT_RISK = f"""SELECT {_COLUMNS} FROM orders_orderline l WHERE l.lacking AND NOT l.held AND {_ITEMS.format("l")}
    UNION ALL
    SELECT {_COLUMNS} FROM waits w JOIN orders_orderline l ON l.id = w.id WHERE NOT l.lacking AND NOT l.held"""
_ALL = f"""SELECT {_COLUMNS} FROM orders_orderline l JOIN catalog_item i ON i.id = l.item_id
    WHERE l.item_id = ANY(%(items)s::bigint[]) AND NOT l.held AND i.kind = 'goods' AND {OPEN} > 0"""


def lines_sql(*, supposed: bool, all_lines: bool = False) -> str:
    """The beginning of a statement, up to the table expression `risk`: lines that lack something, or all lines of some items.

    Parameters: warehouse and items (or null), until, at, today, home, floor_items and floor_quantities; and of what is supposed: receipt
    (`*`: all), late, less.
    """
    lines = _ALL if all_lines else _AT_RISK
    which = "" if all_lines else "WHERE p.to_send > p.in_time"
    if not supposed:
        return "WITH " + _AS_THEY_ARE + _RISK.format(lines=lines, which=which)
    still = "" if all_lines else "WHERE k.lacking0 > k.back"
    return "WITH " + _SUPPOSED + _RISK_SUPPOSED.format(lines=lines, which=which, still=still)


PAGE = f"""
, lack AS MATERIALIZED (
    SELECT item_id, sum(lacking) AS lacking, sum(late) AS late, sum(loses) AS loses, sum(back) AS back, count(*) AS lines,
        count(DISTINCT order_id) AS orders, count(DISTINCT customer_id) AS customers, sum(lacking * worth) AS value
    FROM risk GROUP BY item_id
), floors AS MATERIALIZED (
    SELECT f.item_id, f.quantity FROM unnest(%(floor_items)s::bigint[], %(floor_quantities)s::numeric[]) AS f(item_id, quantity)
    WHERE {_ITEMS.format("f")}
), rates AS MATERIALIZED (
    SELECT d.item_id, d.daily_quantity FROM inventory_demandrate d WHERE {_ITEMS.format("d")}
), held AS (
    SELECT item_id, sum(supply) AS supply, sum(claimed) AS claimed FROM (
        SELECT s.item_id, s.on_hand AS supply, s.claimed FROM inventory_stock s
        WHERE {_PLACE.format("s")} AND NOT s.blocked AND (s.expires_on IS NULL OR s.expires_on >= %(today)s OR s.claimed > 0)
          AND {_ITEMS.format("s")}
        UNION ALL SELECT item_id, quantity, claimed FROM coming
        UNION ALL SELECT item_id, 0, 0 FROM floors
        UNION ALL SELECT item_id, 0, 0 FROM lack
    ) one GROUP BY item_id
), x AS MATERIALIZED (
    SELECT h.item_id, i.sku, i.name, i.family, i.base_unit, i.sales_unit, t.stock, t.coming, t.stock + t.coming AS supply,
        t.promised + coalesce(k.back, 0) AS promised, g.next_at, d.daily_quantity AS rate, coalesce(f.quantity, 0) AS protected,
        coalesce(k.lacking, 0) AS lacking, coalesce(k.late, 0) AS late,
        coalesce(k.loses, 0) AS loses, coalesce(k.lacking - k.late, 0) AS missing, coalesce(k.lines, 0) AS lines,
        coalesce(k.orders, 0) AS orders, coalesce(k.customers, 0) AS customers, coalesce(k.value, 0) AS value,
        (t.stock + t.coming) / nullif(d.daily_quantity, 0) AS cover, t.promised + coalesce(k.back + k.lacking - k.late, 0) AS asked,
        greatest(coalesce(k.lacking - k.late, 0) - greatest(t.stock + t.coming - t.promised - coalesce(k.back, 0), 0), 0) AS short
    FROM held h LEFT JOIN coming g ON g.item_id = h.item_id LEFT JOIN rates d ON d.item_id = h.item_id
    LEFT JOIN lack k ON k.item_id = h.item_id LEFT JOIN floors f ON f.item_id = h.item_id
    CROSS JOIN LATERAL (SELECT h.supply - coalesce(g.quantity, 0) AS stock, coalesce(g.quantity, 0) AS coming, h.claimed AS promised) t
    JOIN catalog_item i ON i.id = h.item_id
    WHERE ({{having}}) AND {{shown}}
), page AS (
    SELECT * FROM x ORDER BY {{order}} LIMIT %(limit)s OFFSET %(offset)s
)
SELECT x.item_id, x.sku, x.name, x.family, x.base_unit, CASE WHEN k.id IS NULL THEN x.base_unit ELSE x.sales_unit END,
    coalesce(k.numerator::numeric / k.denominator, 1), x.stock, x.coming, x.promised, x.protected, x.lacking, x.late, x.loses, x.rate,
    x.lines, x.orders, x.customers, round(x.value, 2), n.expected_at, n.quantity, coalesce(n.number, ''), a.*
FROM (SELECT
    (SELECT count(*) FROM x), (SELECT count(*) FROM x WHERE missing > 0),
    (SELECT count(*) FROM risk y WHERE y.item_id IN (SELECT x.item_id FROM x)),
    (SELECT count(DISTINCT order_id) FROM risk y WHERE y.item_id IN (SELECT x.item_id FROM x)),
    (SELECT count(DISTINCT customer_id) FROM risk y WHERE y.item_id IN (SELECT x.item_id FROM x)),
    (SELECT coalesce(sum(missing), 0) FROM x), (SELECT coalesce(round(sum(value), 2), 0) FROM x),
    (SELECT coalesce(round(sum(value * asked / nullif(lacking, 0)), 2), 0) FROM x WHERE lacking > 0),
    {{open_value}}) a
LEFT JOIN page x ON true LEFT JOIN catalog_pack k ON k.item_id = x.item_id AND k.unit_code = x.sales_unit
LEFT JOIN (SELECT DISTINCT ON (r.item_id) r.item_id, r.number, r.expected_at, r.quantity FROM r JOIN page p ON p.item_id = r.item_id
    ORDER BY r.item_id, r.expected_at, r.id) n ON n.item_id = x.item_id
ORDER BY {{order}}
"""
OPEN_VALUE = f"""(SELECT coalesce(sum(o.net_amount * o.exchange_rate), 0) FROM orders_order o
     WHERE {_ASKED_FOR} AND coalesce(o.requested_from, %(at)s) < %(until)s)"""
# Which items are shown: those that lack something or have a floor, and those of which little is free.
_NAMED = "k.item_id IS NOT NULL OR f.item_id IS NOT NULL"
_LOW = "h.supply - h.claimed < d.daily_quantity * %(cover)s"
_TIGHT = "(h.claimed > 0 AND h.supply - h.claimed <= h.supply * %(tight)s)"
HAVING = {
    "": f"{_NAMED} OR {_LOW} OR {_TIGHT}",
    "short": "k.item_id IS NOT NULL",
    "all": f"{_NAMED} OR h.claimed > 0",
    "these": "true",
}
SHOWN = {"short": "k.lacking - k.late > 0"}
FILTERS = {
    "family": "i.family = %(family)s",
    "text": "(i.sku ILIKE %(starts)s OR promesa_folded(i.name) LIKE promesa_folded(%(like)s))",
}
ORDER = {
    "cover": "x.cover ASC NULLS LAST, x.value DESC, x.item_id",
    "value": "x.value DESC, x.missing DESC, x.sku",
    "short": "x.short DESC, x.missing DESC, x.item_id",
    "missing": "x.missing DESC, x.value DESC, x.sku",
    "lines": "x.lines DESC, x.value DESC, x.item_id",
    "service": "x.missing / nullif(x.asked, 0) DESC NULLS LAST, x.value DESC, x.sku",
    "name": "x.name, x.sku",
}
