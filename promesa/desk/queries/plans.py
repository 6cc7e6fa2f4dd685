"""Plans for their pages: who gets what today and by each scenario, what there was to share, what happened, who is told."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from promesa.core import bulk

SHOWN = 60


class Shared(NamedTuple):
    """One line: what it asks and has, and what each run gives it (run id -> quantity, strategy)."""

    line_id: int
    line_number: int
    order: str
    customer_number: str
    customer: str
    sku: str
    item: str
    segment: str
    open: Decimal
    before: Decimal
    gets: Mapping[int, tuple[Decimal, str]]


class Counted(NamedTuple):
    """What all lines of a run ask, have and get."""

    lines: int
    open: Decimal
    before: Decimal
    gets: Mapping[int, Decimal]


_SHARED = """
WITH base AS (
    SELECT r.line_id, r.segment, r.tier, r.open_quantity, r.before_quantity, l.line_number, l.item_id, o.number, o.customer_id,
        g.tier AS rank, row_number() OVER (ORDER BY coalesce(g.tier, 99), r.segment, r.open_quantity DESC, r.line_id) AS place
    FROM allocation_runline r JOIN orders_orderline l ON l.id = r.line_id JOIN orders_order o ON o.id = l.order_id
    LEFT JOIN customers_segment g ON g.code = o.segment
    WHERE r.run_id = %(base)s AND (%(item)s = '' OR l.item_id = (SELECT i.id FROM catalog_item i WHERE i.sku = %(item)s))
)
SELECT b.line_id, b.line_number, b.number, c.number, c.name, i.sku, i.name, b.segment, b.open_quantity, b.before_quantity,
    (SELECT jsonb_object_agg(x.run_id, jsonb_build_array(x.share_quantity::text, x.strategy)) FROM allocation_runline x
     WHERE x.line_id = b.line_id AND x.run_id = ANY(%(runs)s::bigint[]))::text
FROM base b JOIN customers_customer c ON c.id = b.customer_id JOIN catalog_item i ON i.id = b.item_id
WHERE b.place > %(after)s ORDER BY b.place LIMIT %(limit)s
"""
_COUNTED = """
SELECT count(*) FILTER (WHERE r.run_id = %(base)s), coalesce(sum(r.open_quantity) FILTER (WHERE r.run_id = %(base)s), 0),
    coalesce(sum(r.before_quantity) FILTER (WHERE r.run_id = %(base)s), 0),
    (SELECT jsonb_object_agg(y.run_id, y.gets)::text FROM (SELECT x.run_id, sum(x.share_quantity)::text AS gets
        FROM allocation_runline x WHERE x.run_id = ANY(%(runs)s::bigint[]) GROUP BY x.run_id) y)
FROM allocation_runline r WHERE r.run_id = %(base)s
"""


def shared(
    *, base: int, runs: Sequence[int], item: str = "", after: int = 0, limit: int = SHOWN
) -> tuple[list[Shared], Counted]:
    """Lines of the run `base` with what each of `runs` gives them, the better segment and the larger first. Two statements."""
    params = {"base": base, "runs": [*runs], "item": item, "after": after, "limit": limit}
    found = []
    for *plain, gets in bulk.rows(_SHARED, params):
        read = {int(run): (Decimal(one[0]), one[1]) for run, one in json.loads(gets or "{}").items()}
        found.append(bulk.made(Shared, *plain, read))
    row = bulk.row(_COUNTED, params)
    assert row is not None
    sums = {int(run): Decimal(value) for run, value in json.loads(row[3] or "{}").items()}
    return found, Counted(row[0], row[1], row[2], sums)


class Supplied(NamedTuple):
    """What a run had to share of one item and what became of it."""

    sku: str
    item: str
    base_unit: str
    stock: Decimal
    coming: Decimal
    next_on: date | None
    open: Decimal
    before: Decimal
    share: Decimal
    lots: int

    @property
    def supply(self) -> Decimal:
        return self.stock + self.coming


def supplied(*, run_id: int, limit: int = 12) -> list[Supplied]:
    """The items of a run, who lacks most first; what is not touched counts as in stock. One statement."""
    return [
        Supplied(*row)
        for row in bulk.rows(
            """SELECT i.sku, i.name, i.base_unit, coalesce(s.stock, 0) + coalesce(l.fixed, 0), coalesce(s.coming, 0), s.next_on,
                   coalesce(l.open, 0),
                   coalesce(l.before, 0), coalesce(l.share, 0), coalesce(s.lots, 0)
               FROM (SELECT s.item_id, sum(s.quantity) FILTER (WHERE s.stock_id IS NOT NULL) AS stock,
                         sum(s.quantity) FILTER (WHERE s.receipt_id IS NOT NULL) AS coming,
                         min(s.available_on) FILTER (WHERE s.receipt_id IS NOT NULL) AS next_on, count(*) AS lots
                     FROM allocation_runsupply s WHERE s.run_id = %(run)s GROUP BY s.item_id) s
               FULL JOIN (SELECT o.item_id, sum(r.open_quantity) AS open, sum(r.before_quantity) AS before,
                              sum(r.share_quantity) AS share,
                              sum(r.before_quantity) FILTER (WHERE r.frozen OR r.strategy = 'untouched') AS fixed
                          FROM allocation_runline r JOIN orders_orderline o ON o.id = r.line_id
                          WHERE r.run_id = %(run)s GROUP BY o.item_id) l ON l.item_id = s.item_id
               JOIN catalog_item i ON i.id = coalesce(s.item_id, l.item_id)
               ORDER BY coalesce(l.open, 0) - coalesce(l.share, 0) DESC, i.sku LIMIT %(limit)s""",
            {"run": run_id, "limit": limit},
        )
    ]


def touched(*, run_id: int) -> tuple[int, int, int, int, Decimal]:
    """Of a run: customers whose lines change, lines that change, lines that get less, orders that change, what getting less
    costs. One statement."""
    found = bulk.row(
        """SELECT count(DISTINCT o.customer_id) FILTER (WHERE r.share_quantity <> r.before_quantity),
               count(*) FILTER (WHERE r.share_quantity <> r.before_quantity),
               count(*) FILTER (WHERE r.share_quantity < r.before_quantity),
               count(DISTINCT o.id) FILTER (WHERE r.share_quantity <> r.before_quantity), coalesce(sum(r.penalty_amount), 0)
           FROM allocation_runline r JOIN orders_orderline l ON l.id = r.line_id JOIN orders_order o ON o.id = l.order_id
           WHERE r.run_id = %s""",
        [run_id],
    )
    assert found is not None
    return found


class Happened(NamedTuple):
    """One entry of a plan's journal."""

    kind: str
    actor: str
    at: datetime
    facts: Mapping[str, Any]


def journal(*, plan_id: int, limit: int = 30) -> list[Happened]:
    """What happened to a plan and against it, the newest first. One statement."""
    return [
        Happened(kind, actor, at, json.loads(facts))
        for kind, actor, at, facts in bulk.rows(
            """SELECT e.kind, e.actor, e.happened_at, e.facts::text FROM (
                   SELECT * FROM core_event WHERE subject_kind = 'plan' AND subject_id = %(plan)s
                   UNION ALL
                   SELECT e.* FROM allocation_override v JOIN orders_orderline l ON l.id = v.receiver_id
                   JOIN core_event e ON e.subject_kind = 'order' AND e.subject_id = l.order_id AND e.kind = 'ShareMoved'
                     AND (e.facts->>'override')::bigint = v.id
                   WHERE v.plan_id = %(plan)s) e
               ORDER BY e.id DESC LIMIT %(limit)s""",
            {"plan": plan_id, "limit": limit},
        )
    ]


def refused_changes(*, run_id: int) -> list[dict[str, Any]]:
    """What had changed since a run, of its parts that were refused: code and params. One statement."""
    return [
        change
        for (changes,) in bulk.rows(
            "SELECT changes::text FROM allocation_runpart WHERE run_id = %s AND state = 'refused' ORDER BY number",
            [run_id],
        )
        for change in json.loads(changes)
    ]


def exceptions_of(*, run_id: int) -> list[dict[str, Any]]:
    """What was agreed and could not be kept, by the run. One statement."""
    found = bulk.row("SELECT exceptions::text FROM allocation_run WHERE id = %s", [run_id])
    return list(json.loads(found[0])) if found else []


class LetterLine(NamedTuple):
    """One line of what a customer is told."""

    customer_number: str
    customer: str
    language: str
    order: str
    po_number: str
    line_number: int
    sku: str
    item: str
    base_unit: str
    before: Decimal
    share: Decimal
    open: Decimal
    choices: Sequence[str]
    answer: str
    answer_by: date | None
    told_at: datetime | None
    answered_at: datetime | None
    line_id: int
    notice_id: int | None


# The notices of a published run; before that, what they will be.
_LETTERS = """
SELECT c.number, c.name, c.language, o.number, o.po_number, l.line_number, i.sku, i.name, i.base_unit, x.before_quantity,
    x.share_quantity, x.open_quantity, x.choices::text, x.answer, n.answer_by, n.told_at, n.answered_at, l.id, n.id
FROM allocation_notice n JOIN allocation_noticeline x ON x.notice_id = n.id JOIN orders_orderline l ON l.id = x.line_id
JOIN orders_order o ON o.id = l.order_id JOIN customers_customer c ON c.id = n.customer_id JOIN catalog_item i ON i.id = l.item_id
WHERE n.run_id = %(run)s ORDER BY c.name, c.id, o.number, l.line_number LIMIT %(limit)s
"""
_LETTERS_TO_BE = """
SELECT c.number, c.name, c.language, o.number, o.po_number, l.line_number, i.sku, i.name, i.base_unit, r.before_quantity,
    r.share_quantity, r.open_quantity,
    CASE WHEN r.share_quantity >= r.open_quantity THEN '[]' WHEN r.share_quantity > 0 THEN '["accept_partial", "wait", "cancel"]'
         ELSE '["wait", "cancel"]' END, '', NULL::date, NULL::timestamptz, NULL::timestamptz, l.id, NULL::bigint
FROM allocation_runline r JOIN orders_orderline l ON l.id = r.line_id JOIN orders_order o ON o.id = l.order_id
JOIN customers_customer c ON c.id = o.customer_id JOIN catalog_item i ON i.id = l.item_id
WHERE r.run_id = %(run)s AND r.share_quantity <> r.before_quantity
ORDER BY c.name, c.id, o.number, l.line_number LIMIT %(limit)s
"""


def letters(*, run_id: int, published: bool, limit: int = 400) -> list[LetterLine]:
    """Lines of the notices of a run, by customer. One statement."""
    sql = _LETTERS if published else _LETTERS_TO_BE
    return [
        bulk.made(LetterLine, *row[:12], json.loads(row[12]), *row[13:])
        for row in bulk.rows(sql, {"run": run_id, "limit": limit})
    ]


def names(*, customers: Collection[str], items: Collection[str]) -> tuple[dict[str, str], dict[str, str]]:
    """What customers and items are called, by number and SKU. One statement."""
    found = bulk.rows(
        """SELECT 'c', c.number, c.name FROM customers_customer c WHERE c.number = ANY(%s::text[])
           UNION ALL SELECT 'i', i.sku, i.name FROM catalog_item i WHERE i.sku = ANY(%s::text[])""",
        [sorted(customers), sorted(items)],
    )
    return (
        {number: name for kind, number, name in found if kind == "c"},
        {number: name for kind, number, name in found if kind == "i"},
    )


def segments() -> list[dict[str, Any]]:
    """Segments of customers, the best served first."""
    return bulk.named("SELECT code, name_es, name_en, tier FROM customers_segment ORDER BY tier, code")


class Wished(NamedTuple):
    """What is asked of one item and what there is, now; by segment what is asked."""

    sku: str
    name: str
    base_unit: str
    stock: Decimal
    coming: Decimal
    claimed: Decimal
    asked: Decimal
    by_segment: Mapping[str, Decimal]


_WISHED = """
WITH i AS (SELECT id, sku, name, base_unit FROM catalog_item WHERE sku = ANY(%(skus)s::text[])),
w AS (SELECT id, time_zone FROM inventory_warehouse WHERE code = %(warehouse)s OR (%(warehouse)s = '' AND is_default)),
asked AS (
    SELECT l.item_id, o.segment, sum(l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us - l.substituted - l.despatched
        + l.brought_back) AS quantity
    FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
    WHERE l.item_id IN (SELECT id FROM i) AND o.state IN ('submitted', 'confirmed') AND o.origin <> 'history' AND NOT l.held
      AND coalesce(o.warehouse_id, (SELECT h.id FROM inventory_warehouse h WHERE h.is_default)) = (SELECT id FROM w)
    GROUP BY 1, 2
)
SELECT i.sku, i.name, i.base_unit,
    coalesce((SELECT sum(s.on_hand) FROM inventory_stock s WHERE s.item_id = i.id AND s.warehouse_id = (SELECT id FROM w)
        AND NOT s.blocked), 0),
    coalesce((SELECT sum(r.quantity) FROM inventory_receipt r, w WHERE r.item_id = i.id AND r.warehouse_id = w.id
        AND r.state = 'expected' AND (r.expected_at AT TIME ZONE w.time_zone)::date < %(horizon)s::date), 0),
    coalesce((SELECT sum(s.claimed) FROM inventory_stock s WHERE s.item_id = i.id AND s.warehouse_id = (SELECT id FROM w)
        AND NOT s.blocked), 0),
    coalesce((SELECT sum(a.quantity) FROM asked a WHERE a.item_id = i.id), 0),
    coalesce((SELECT jsonb_object_agg(a.segment, a.quantity::text) FROM asked a WHERE a.item_id = i.id)::text, '{}')
FROM i ORDER BY i.sku
"""


def wished(*, skus: Sequence[str], warehouse: str, horizon: date) -> list[Wished]:
    """Supply and demand of these items up to a day. One statement."""
    return [
        bulk.made(Wished, *row[:7], {name: Decimal(value) for name, value in json.loads(row[7]).items()})
        for row in bulk.rows(_WISHED, {"skus": [*skus], "warehouse": warehouse, "horizon": horizon})
    ]


def whom(*, skus: Sequence[str], limit: int = 300) -> list[tuple[str, str]]:
    """Customers, regions and orders that ask for these items: what a group may name, with what it is called. One statement."""
    return bulk.rows(
        """WITH asks AS MATERIALIZED (
               SELECT DISTINCT o.customer_id, o.number, s.region FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
               JOIN catalog_item i ON i.id = l.item_id LEFT JOIN customers_site s ON s.id = o.ship_to_id
               WHERE i.sku = ANY(%(skus)s::text[]) AND o.state IN ('submitted', 'confirmed') AND o.origin <> 'history'
           )
           (SELECT c.number, c.name FROM customers_customer c WHERE c.id IN (SELECT customer_id FROM asks) ORDER BY c.name
            LIMIT %(limit)s)
           UNION ALL (SELECT DISTINCT region, '' FROM asks WHERE region <> '' ORDER BY 1 LIMIT 60)""",
        {"skus": [*skus], "limit": limit},
    )


def items_by_id(*, ids: Sequence[int]) -> list[tuple[int, str, str, str]]:
    """Id, SKU, name and unit of these items, by SKU. One statement."""
    return bulk.rows(
        "SELECT id, sku, name, base_unit FROM catalog_item WHERE id = ANY(%s::bigint[]) ORDER BY sku", [[*ids]]
    )
