"""What capture costs and where it goes wrong: errors per hundred lines, orders that nobody had to touch, minutes of repair.

Of live orders captured in a period (both days counted, in the company's zone); drafts and refused orders are none yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from promesa.core import bulk
from promesa.core.calendars import end_of_day, start_of_day
from promesa.core.parameters import company_zone
from promesa.results.measures.base import NotMeasurable
from promesa.results.rules.indices import ratio, wilson

ASPECTS = ("reference", "quantity", "time", "address", "price")
LOOK_BACK = timedelta(days=7)  # a release that a person corrects within a week was not touchless

# By what errors are divided: the group of an order's line, its name, and the group of a finding. `sender` is the partner.
_OF_LINE: dict[str, tuple[str, str, str]] = {
    "channel": ("b.channel", "''", "b.channel"),
    "customer": ("b.customer", "b.customer_name", "b.customer"),
    "sender": ("b.sender", "b.sender_name", "b.sender"),
    "item": ("coalesce(b.sku, '')", "coalesce(b.item_name, '')", "coalesce(b.sku, '')"),
    "person": ("b.captured_by", "''", "f.brought_in_by"),
    "month": ("b.month", "''", "b.month"),
}
# These divide the errors alone: every line of the period could have had each of them.
_OF_ERROR = {"field": "coalesce(nullif(f.field, ''), f.aspect)", "aspect": "f.aspect", "code": "f.code"}
DIVISIONS = (*_OF_LINE, *_OF_ERROR)

_BASE = """
WITH b AS MATERIALIZED (
    SELECT l.id AS line_id, o.id AS order_id, o.channel, o.captured_by, c.number AS customer, c.name AS customer_name,
           i.sku, i.name AS item_name, to_char(o.captured_at AT TIME ZONE %(zone)s, 'YYYY-MM') AS month,
           coalesce(d.code, '') AS sender, coalesce(d.name, '') AS sender_name,
           row_number() OVER (PARTITION BY o.id ORDER BY l.line_number, l.id) AS place
    FROM orders_order o
    JOIN orders_orderline l ON l.order_id = o.id
    JOIN customers_customer c ON c.id = o.customer_id
    LEFT JOIN catalog_item i ON i.id = l.item_id
    LEFT JOIN LATERAL (
        SELECT p.code, p.name FROM exchange_document x JOIN exchange_inboxfile y ON y.id = x.file_id
        JOIN exchange_partner p ON p.id = y.partner_id WHERE x.order_id = o.id ORDER BY x.id LIMIT 1) d ON true
    WHERE o.origin = 'live' AND o.state NOT IN ('draft', 'refused') AND o.captured_at >= %(start)s AND o.captured_at < %(end)s
), f AS MATERIALIZED (
    SELECT f.* FROM orders_finding f WHERE f.order_id IN (SELECT order_id FROM b) AND f.severity <> 'note'
      AND f.fault IN ('ours', 'customer', 'masters') AND f.aspect = ANY(%(aspects)s::text[]) AND f.found_at <= %(as_of)s
)
"""


@dataclass(frozen=True, slots=True)
class Errors:
    """Errors of one group: by whose they are and by aspect, and the lines among which they were made."""

    group: str
    label: str
    lines: int
    ours: int
    customers: int
    masters: int
    aspects: dict[str, int]
    minutes: Decimal

    @property
    def errors(self) -> int:
        return self.ours + self.customers + self.masters

    @property
    def per_hundred(self) -> Decimal | None:
        """Errors per 100 lines, whoever's they are."""
        return None if not self.lines else (Decimal(100 * self.errors) / self.lines).quantize(Decimal("0.0001"))

    def as_json(self) -> dict[str, Any]:
        return {
            "group": self.group or None, "label": self.label or None, "lines": self.lines, "errors": self.errors,
            "per_hundred_lines": None if self.per_hundred is None else str(self.per_hundred), "ours": self.ours,
            "customers": self.customers, "masters": self.masters, "aspects": self.aspects, "minutes": str(self.minutes),
        }  # fmt: skip


def capture_errors(*, from_: date, to: date, as_of: datetime, by: str = "", zone: str = "") -> list[Errors]:
    """Errors per hundred lines, the groups with most of them first; one row when they aren't divided.

    `by`: channel, customer, sender, item, person (who brought the error in), month, field, aspect or code.

    :raises NotMeasurable: for another division.
    """
    if by and by not in DIVISIONS:
        raise NotMeasurable("order-errors", given=by, choices=", ".join(DIVISIONS))
    of_line, label, of_finding = _OF_LINE.get(by, ("''", "''", "''"))
    of_finding = _OF_ERROR.get(by, of_finding)
    # A finding of a whole order is told of its first line, so that it counts once.
    sums = ", ".join(f"count(f.id) FILTER (WHERE f.aspect = '{one}') AS {one}" for one in ASPECTS)
    sql = f"""{_BASE}, lines AS (
        SELECT {of_line} AS grp, min({label}) AS label, count(*) AS lines FROM b GROUP BY 1
    ), errors AS (
        SELECT {of_finding} AS grp, count(f.id) AS n, count(f.id) FILTER (WHERE f.fault = 'ours') AS ours,
               count(f.id) FILTER (WHERE f.fault = 'customer') AS customers,
               count(f.id) FILTER (WHERE f.fault = 'masters') AS masters, {sums}, coalesce(sum(f.minutes), 0) AS minutes
        FROM f JOIN b ON b.order_id = f.order_id AND CASE WHEN f.line_id IS NULL THEN b.place = 1 ELSE b.line_id = f.line_id END
        GROUP BY 1
    )
    SELECT coalesce(e.grp, l.grp) AS grp, coalesce(l.label, '') AS label,
           {"(SELECT coalesce(sum(lines), 0)::bigint FROM lines)" if by in _OF_ERROR else "coalesce(l.lines, 0)"} AS lines,
           coalesce(e.ours, 0) AS ours, coalesce(e.customers, 0) AS customers, coalesce(e.masters, 0) AS masters,
           {", ".join(f"coalesce(e.{one}, 0) AS {one}" for one in ASPECTS)}, coalesce(e.minutes, 0) AS minutes
    FROM errors e {"LEFT" if by in _OF_ERROR else "FULL"} JOIN lines l ON {"false" if by in _OF_ERROR else "l.grp = e.grp"}
    ORDER BY coalesce(e.n, 0) DESC, lines DESC, grp
    """
    rows = bulk.named(sql, _params(from_, to, as_of, zone))
    found = [
        Errors(
            row["grp"], row["label"], row["lines"], row["ours"], row["customers"], row["masters"],
            {one: row[one] for one in ASPECTS}, row["minutes"],
        )
        for row in rows
    ]  # fmt: skip
    return found or ([] if by else [Errors("", "", 0, 0, 0, 0, dict.fromkeys(ASPECTS, 0), Decimal(0))])


@dataclass(frozen=True, slots=True)
class Touchless:
    """Orders that went from receipt to release without a person, of those released."""

    group: str
    untouched: int
    released: int
    not_released: int
    touches: int

    @property
    def rate(self) -> Decimal | None:
        return ratio(self.untouched, self.released)

    @property
    def interval(self) -> tuple[Decimal, Decimal] | None:
        return wilson(self.untouched, self.released)

    @property
    def touches_per_order(self) -> Decimal | None:
        """What people did to an order on its way, on average, those untouched included."""
        return None if not self.released else (Decimal(self.touches) / self.released).quantize(Decimal("0.01"))

    def as_json(self) -> dict[str, Any]:
        said = {"rate": self.rate, "touches_per_order": self.touches_per_order}
        return {
            "group": self.group or None, "numerator": self.untouched, "denominator": self.released,
            "value": None if said["rate"] is None else str(said["rate"]),
            "interval": None if self.interval is None else [str(one) for one in self.interval],
            "excluded": {"not_released": self.not_released} if self.not_released else {},
            "touches_per_order": None if said["touches_per_order"] is None else str(said["touches_per_order"]),
        }  # fmt: skip


# Human events on an order from its receipt to its release, and corrections within a week after it. An audit touches nothing.
_TOUCHED = """
SELECT {group} AS grp, count(*) FILTER (WHERE released AND touches = 0), count(*) FILTER (WHERE released),
       count(*) FILTER (WHERE NOT released), coalesce(sum(touches) FILTER (WHERE released), 0)::bigint
FROM (
    SELECT o.channel, c.number AS customer, to_char(o.captured_at AT TIME ZONE %(zone)s, 'YYYY-MM') AS month,
           o.released_at IS NOT NULL AND o.released_at <= %(as_of)s AS released,
           (SELECT count(*) FROM core_event e WHERE e.subject_kind = 'order' AND e.subject_id = o.id
              AND e.actor LIKE 'user:%%' AND e.kind <> 'OrderAudited' AND e.happened_at <= %(as_of)s
              AND (o.released_at IS NULL OR e.happened_at <= o.released_at
                   OR e.kind IN ('LineChanged', 'RequestMoved', 'FindingResolved') AND e.happened_at <= o.released_at + %(back)s)
           ) AS touches
    FROM orders_order o JOIN customers_customer c ON c.id = o.customer_id
    WHERE o.origin = 'live' AND o.state NOT IN ('draft', 'refused') AND o.captured_at >= %(start)s AND o.captured_at < %(end)s
) t GROUP BY 1 ORDER BY 1
"""


def touchless(*, from_: date, to: date, as_of: datetime, by: str = "", zone: str = "") -> list[Touchless]:
    """The share of orders that nobody had to touch, and touches an order; divided by channel, customer or month if asked.

    :raises NotMeasurable: for another division.
    """
    if by not in ("", "channel", "customer", "month"):
        raise NotMeasurable("touchless", given=by, choices="channel, customer, month")
    params = _params(from_, to, as_of, zone) | {"back": LOOK_BACK}
    rows = [Touchless(*row) for row in bulk.rows(_TOUCHED.format(group=by or "''"), params)]
    return rows or ([] if by else [Touchless("", 0, 0, 0, 0)])


@dataclass(frozen=True, slots=True)
class Repairs:
    """How long what was wrong took: findings settled, minutes of people where they said them, and hours that orders stood
    still for it (half of them, nine of ten)."""

    settled: int
    minutes: Decimal
    told: int
    hours_half: Decimal | None
    hours_most: Decimal | None

    @property
    def minutes_each(self) -> Decimal | None:
        return None if not self.told else (self.minutes / self.told).quantize(Decimal("0.1"))


_REPAIRED = """
SELECT count(*), coalesce(sum(f.minutes), 0), count(f.minutes),
       round((percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM f.resolved_at - f.found_at)) / 3600)::numeric, 2),
       round((percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM f.resolved_at - f.found_at)) / 3600)::numeric, 2)
FROM orders_finding f JOIN orders_order o ON o.id = f.order_id
WHERE o.origin = 'live' AND o.captured_at >= %(start)s AND o.captured_at < %(end)s AND f.severity = 'blocking'
  AND f.resolved_at IS NOT NULL AND f.resolved_at <= %(as_of)s
"""


def repair_times(*, from_: date, to: date, as_of: datetime, zone: str = "") -> Repairs:
    """How long blocking findings of the period's orders took to be settled."""
    row = bulk.row(_REPAIRED, _params(from_, to, as_of, zone))
    assert row is not None
    return Repairs(*row)


def _params(from_: date, to: date, as_of: datetime, zone: str) -> dict[str, Any]:
    zone = zone or company_zone(on=as_of.date())
    return {
        "zone": zone, "start": start_of_day(from_, zone), "end": end_of_day(to, zone), "as_of": as_of,
        "aspects": list(ASPECTS),
    }  # fmt: skip
