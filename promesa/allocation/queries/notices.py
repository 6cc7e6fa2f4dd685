"""Notices as they stand: what customers were told, and what they may still answer."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from promesa.allocation.offering import whole_packs
from promesa.allocation.rules.noticing import ToldLine, still_offered, why_over
from promesa.catalog.queries import substitutes_of
from promesa.catalog.resolution import ItemRecord
from promesa.core import bulk
from promesa.core.calendars import local_day
from promesa.core.quantities import to_base
from promesa.orders.operations import read_catalogue

# What left is what the ledger says since the notice; goods of a line are its claims. A newer notice of the same line replaces this.
_NOW = """
SELECT x.line_id, x.choices::text, x.share_quantity, x.open_quantity,
    l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us - l.substituted - l.despatched + l.brought_back,
    coalesce((SELECT sum(CASE e.kind WHEN 'despatched' THEN e.quantity ELSE -e.quantity END) FROM orders_lineentry e
        WHERE e.line_id = x.line_id AND e.kind IN ('despatched', 'brought_back') AND e.happened_at >= n.made_at), 0),
    coalesce((SELECT sum(c.quantity) FROM inventory_claim c WHERE c.demand_line_id = x.line_id), 0),
    l.released_at IS NOT NULL, o.state NOT IN ('submitted', 'confirmed'),
    EXISTS (SELECT 1 FROM allocation_noticeline y WHERE y.line_id = x.line_id AND y.notice_id > x.notice_id)
FROM allocation_noticeline x JOIN allocation_notice n ON n.id = x.notice_id JOIN orders_orderline l ON l.id = x.line_id
JOIN orders_order o ON o.id = l.order_id
WHERE x.notice_id = ANY(%s::bigint[]) ORDER BY o.number, l.line_number
"""


def lines_now(*, notice_ids: Collection[int]) -> dict[int, ToldLine]:
    """By order line, what these notices said of it and how it stands now. One statement."""
    rows = bulk.rows(_NOW, [list(notice_ids)])
    return {row[0]: ToldLine(row[0], tuple(json.loads(row[1])), *row[2:]) for row in rows}


# --- For the customer's own eyes -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NoticeHead:
    """One notice of a customer. `over` is why it is answered no more, as a code; `lines` how many lines it tells of, `asks`
    of how many it wants an answer."""

    id: int
    plan: str
    made_at: datetime
    answer_by: date | None
    answered_at: datetime | None
    over: str
    lines: int
    asks: int

    @property
    def open(self) -> bool:
        """Whether an answer is waited for."""
        return bool(self.asks) and self.answered_at is None and not self.over


@dataclass(frozen=True, slots=True)
class NoticeLineTold:
    """A line of a notice. Quantities are base units; `numerator`/`denominator` make the unit that was ordered of them.
    `arrives` is the promise in force as (quantity, end of its window); `choices` those that can still be made."""

    line_id: int
    order: str
    po_number: str
    line_number: int
    sku: str
    item: str
    unit_code: str
    numerator: int
    denominator: int
    zone: str
    before: Decimal
    share: Decimal
    open: Decimal
    open_now: Decimal
    missing: Decimal
    answer: str
    arrives: tuple[tuple[Decimal, datetime], ...]
    choices: tuple[str, ...]
    released: bool
    substitute: str
    substitute_unit: str
    substitute_quantity: Decimal

    def in_unit(self, base: Decimal) -> Decimal:
        """A quantity in the unit that was ordered."""
        return to_base(base, self.denominator, self.numerator)


_HEADS = """
SELECT n.id, p.number, n.made_at, n.answer_by, n.answered_at, p.state, w.time_zone, count(*),
    count(*) FILTER (WHERE x.choices <> '[]'::jsonb)
FROM allocation_notice n JOIN allocation_run r ON r.id = n.run_id JOIN allocation_plan p ON p.id = r.plan_id
JOIN inventory_warehouse w ON w.id = p.warehouse_id JOIN allocation_noticeline x ON x.notice_id = n.id
WHERE n.customer_id = %(customer)s AND (%(notice)s::bigint IS NULL OR n.id = %(notice)s)
GROUP BY n.id, p.number, p.state, w.time_zone ORDER BY n.made_at DESC, n.id DESC LIMIT %(limit)s
"""


def notices_of(*, customer_id: int, at: datetime, limit: int = 50) -> list[NoticeHead]:
    """What a customer was told of plans, the newest first. One statement."""
    rows = bulk.rows(_HEADS, {"customer": customer_id, "notice": None, "limit": limit})
    return [_head(row, at) for row in rows]


def notice_of(*, customer_id: int, notice_id: int, at: datetime) -> NoticeHead | None:
    """One notice of a customer; another's is as if it did not exist."""
    row = bulk.row(_HEADS, {"customer": customer_id, "notice": notice_id, "limit": 1})
    return None if row is None else _head(row, at)


# How many notices the customer `c.id` has still to answer on the day `%(on)s`.
OPEN_NOTICES = """
SELECT count(*) FROM allocation_notice n JOIN allocation_run r ON r.id = n.run_id JOIN allocation_plan p ON p.id = r.plan_id
WHERE n.customer_id = c.id AND n.answered_at IS NULL AND p.state <> 'closed' AND (n.answer_by IS NULL OR n.answer_by >= %(on)s)
  AND EXISTS (SELECT 1 FROM allocation_noticeline x WHERE x.notice_id = n.id AND x.choices <> '[]'::jsonb)
"""


def _head(row: tuple[Any, ...], at: datetime) -> NoticeHead:
    id_, plan, made_at, answer_by, answered_at, state, zone, lines, asks = row
    over = why_over(state=state, answer_by=answer_by, today=local_day(at, zone), theirs=True)
    return NoticeHead(id_, plan, made_at, answer_by, answered_at, over, lines, asks)


_LINES = """
SELECT l.id, o.number, o.po_number, l.line_number, i.id, i.sku, i.name, l.unit_code, l.pack_numerator, l.pack_denominator,
    coalesce(s.time_zone, 'UTC'), x.before_quantity, x.share_quantity, x.open_quantity, x.answer,
    coalesce((SELECT jsonb_agg(jsonb_build_array(q.quantity::text, q.window_to) ORDER BY q.window_to) FROM orders_promise q
        WHERE q.line_id = l.id AND q.sequence = l.promise_sequence AND q.quantity > 0), '[]')::text
FROM allocation_noticeline x JOIN orders_orderline l ON l.id = x.line_id JOIN orders_order o ON o.id = l.order_id
JOIN catalog_item i ON i.id = l.item_id LEFT JOIN customers_site s ON s.id = o.ship_to_id
WHERE x.notice_id = %s ORDER BY o.number, l.line_number
"""


def notice_lines(*, notice_id: int, customer_id: int, on: date) -> list[NoticeLineTold]:
    """The lines of a customer's notice with what may still be answered. Three statements, more where there are substitutes."""
    rows = bulk.rows(_LINES, [notice_id])
    now = lines_now(notice_ids=[notice_id])
    instead = _substitutes({row[4] for row in rows}, customer_id, on)
    return [_told(row, now[row[0]], instead) for row in rows]


_Instead = tuple[ItemRecord, int, int]


def _told(row: tuple[Any, ...], now: ToldLine, instead: Mapping[int, _Instead]) -> NoticeLineTold:
    line_id, order, po_number, number, item_id, *rest = row
    other, over, under = instead.get(item_id, (None, 1, 1))
    arrives = tuple((Decimal(quantity), datetime.fromisoformat(until)) for quantity, until in json.loads(rest[10]))
    return bulk.made(
        NoticeLineTold, line_id, order, po_number, number, *rest[:9], now.open_now, now.missing, rest[9], arrives,
        tuple(one for one in still_offered(now) if one != "substitute" or other), now.released,
        other.name if other else "", other.base_unit if other else "",
        whole_packs(other, to_base(now.missing, over, under)) if other else Decimal(0),
    )  # fmt: skip


def _substitutes(items: Collection[int], customer_id: int, on: date) -> dict[int, _Instead]:
    """By item, what would be sent in its place, and how much of it for one."""
    found = substitutes_of(items=items, on=on)
    if not found:
        return {}
    known = read_catalogue(customers=[customer_id], lines=(), ids={one.substitute_id for one in found}).items
    first: dict[int, _Instead] = {}
    for one in found:
        first.setdefault(one.item_id, (known[one.substitute_id], one.numerator, one.denominator))
    return first
