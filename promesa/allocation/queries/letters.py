"""What letters to customers are made of: everything that the notices of a run tell, in one statement."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from promesa.core import bulk
from promesa.core.calendars import local_day
from promesa.core.quantities import to_base

INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class LetterLine:
    """A line of a letter, in the unit that was ordered. `arrives` is what was promised: how much on which day at the door."""

    order: str
    po_number: str
    line_number: int
    sku: str
    item: str
    unit_code: str
    before: Decimal
    share: Decimal
    open: Decimal
    choices: tuple[str, ...]
    arrives: tuple[tuple[date, Decimal], ...]


@dataclass(frozen=True, slots=True)
class LetterTold:
    """What one customer is told, and where. `language` is one that we speak."""

    notice_id: int
    plan: str
    customer_id: int
    customer_number: str
    customer: str
    language: str
    email: str
    answer_by: date | None
    made_at: datetime
    lines: tuple[LetterLine, ...]

    @property
    def asks(self) -> bool:
        """Whether an answer is wanted."""
        return any(one.choices for one in self.lines)


_LETTERS = """
SELECT n.id, p.number, c.id, c.number, c.name, CASE WHEN c.language LIKE 'en%%' THEN 'en' ELSE 'es' END, coalesce(c.email, ''),
    n.answer_by, n.made_at, o.number, o.po_number, l.line_number, i.sku, i.name, l.unit_code, l.pack_numerator,
    l.pack_denominator, x.before_quantity, x.share_quantity, x.open_quantity, x.choices::text, coalesce(s.time_zone, 'UTC'),
    coalesce((SELECT jsonb_agg(jsonb_build_array(q.quantity::text, q.window_to) ORDER BY q.window_to) FROM orders_promise q
        WHERE q.line_id = l.id AND q.sequence = l.promise_sequence AND q.quantity > 0), '[]')::text
FROM allocation_notice n JOIN allocation_run r ON r.id = n.run_id JOIN allocation_plan p ON p.id = r.plan_id
JOIN customers_customer c ON c.id = n.customer_id JOIN allocation_noticeline x ON x.notice_id = n.id
JOIN orders_orderline l ON l.id = x.line_id JOIN orders_order o ON o.id = l.order_id JOIN catalog_item i ON i.id = l.item_id
LEFT JOIN customers_site s ON s.id = o.ship_to_id
WHERE n.id = ANY(%s::bigint[]) ORDER BY n.id, o.number, l.line_number
"""


def notices_of_run(*, plan_id: int, run: int) -> list[int]:
    """The notices that the run of this number gave rise to."""
    rows = bulk.rows(
        """SELECT n.id FROM allocation_notice n JOIN allocation_run r ON r.id = n.run_id
           WHERE r.plan_id = %s AND r.number = %s ORDER BY n.id""",
        [plan_id, run],
    )
    return [row[0] for row in rows]


def letters_to_tell(*, notice_ids: Collection[int]) -> list[LetterTold]:
    """What the letters of these notices say. One statement."""
    heads: dict[int, tuple[object, ...]] = {}
    lines: dict[int, list[LetterLine]] = {}
    for row in bulk.rows(_LETTERS, [list(notice_ids)]):
        heads[row[0]] = row[:9]
        lines.setdefault(row[0], []).append(_line(*row[9:]))
    return [bulk.made(LetterTold, *head, tuple(lines[notice])) for notice, head in heads.items()]


def _line(
    order: str, po_number: str, number: int, sku: str, item: str, unit: str, over: int, under: int, before: Decimal,
    share: Decimal, asked: Decimal, choices: str, zone: str, parts: str,
) -> LetterLine:  # fmt: skip
    days: dict[date, Decimal] = {}
    for quantity, until in json.loads(parts):
        # a window that ends at midnight is the day before's
        day = local_day(datetime.fromisoformat(until) - INSTANT, zone)
        days[day] = days.get(day, Decimal(0)) + to_base(Decimal(quantity), under, over)
    had, gets, wanted = (to_base(one, under, over) for one in (before, share, asked))
    return LetterLine(
        order, po_number, number, sku, item, unit, had, gets, wanted, tuple(json.loads(choices)), tuple(days.items())
    )
