"""Questions about the audit of capture: what is stored of an order, what is to be keyed again, what came of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from promesa.core import bulk
from promesa.core.calendars import local_day
from promesa.core.errors import NotFound
from promesa.results.rules.audit import Kept, KeptLine
from promesa.results.rules.indices import wilson

MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Source:
    """An order for its audit: what is stored, who captured it, and the document that it came in, if it came in one."""

    order_id: int
    number: str
    customer: str
    channel: str
    captured_by: str
    captured_at: datetime
    released: bool
    note: str
    document_id: int | None
    file_id: int | None
    sites: tuple[tuple[str, str], ...]
    kept: Kept


_HEAD = """
SELECT o.id, o.number, c.name AS customer, o.channel, o.captured_by, o.captured_at, o.released_at IS NOT NULL AS released, o.note,
       o.po_number, o.requested_from, o.requested_to, coalesce(s.time_zone, 'UTC') AS zone,
       ARRAY[coalesce(s.number, ''), coalesce(s.gln, '')] AS ship_to,
       (SELECT min(d.id) FROM exchange_document d WHERE d.order_id = o.id) AS document_id,
       (SELECT min(d.file_id) FROM exchange_document d WHERE d.order_id = o.id) AS file_id,
       (SELECT coalesce(json_agg(json_build_array(x.number, x.name) ORDER BY x.number), '[]') FROM customers_site x
        WHERE x.customer_id = o.customer_id AND x.active_to IS NULL) AS sites
FROM orders_order o JOIN customers_customer c ON c.id = o.customer_id LEFT JOIN customers_site s ON s.id = o.ship_to_id
WHERE o.number = %(number)s
"""
# As first captured: what was changed, split or added later is the customer's, not the capture's.
_LINES = """
SELECT l.line_number, l.unit_quantity, l.unit_code, i.sku, l.received,
       l.unit_price * l.pack_numerator / (l.price_basis * l.pack_denominator) AS price,
       array_remove(ARRAY[i.sku::text, i.gtin::text] || (SELECT array_agg(p.gtin::text) FROM catalog_pack p WHERE p.item_id = i.id)
           || (SELECT array_agg(k.code::text) FROM catalog_itemcode k WHERE k.item_id = i.id AND k.customer_id = o.customer_id),
           NULL) AS codes
FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id LEFT JOIN catalog_item i ON i.id = l.item_id
WHERE o.number = %(number)s AND l.substitute_of_id IS NULL ORDER BY l.line_number
"""


def kept_order(*, order_number: str) -> Source:
    """An order as it is stored.

    :raises NotFound: if there is none.
    """
    heads = bulk.named(_HEAD, {"number": order_number})
    if not heads:
        raise NotFound(what=f"order {order_number}")
    head = heads[0]
    start, end = head["requested_from"], head["requested_to"]
    kept = Kept(
        po_number=head["po_number"],
        ship_to=frozenset(one for one in head["ship_to"] if one),
        requested_from=local_day(start, head["zone"]) if start else None,
        requested_to=local_day(end - MOMENT, head["zone"]) if end else None,
        lines=tuple(_line(row) for row in bulk.named(_LINES, {"number": order_number})),
    )
    said = ("number", "customer", "channel", "captured_by", "captured_at", "released", "note", "document_id", "file_id")
    sites = tuple((number, name) for number, name in head["sites"])
    return Source(order_id=head["id"], sites=sites, kept=kept, **{name: head[name] for name in said})


def _line(row: dict[str, Any]) -> KeptLine:
    received = json.loads(row["received"])
    codes = {
        *row["codes"],
        *(str(received[name]) for name in ("sku", "gtin", "buyer_code", "code") if received.get(name)),
    }
    return KeptLine(
        row["line_number"], frozenset(code for code in codes if code), row["unit_quantity"], row["unit_code"], row["price"],
        row["sku"] or next(iter(sorted(codes)), ""),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Drawn:
    """An order of the sample."""

    number: str
    customer: str
    channel: str
    day: date
    lines: int
    audited_at: datetime | None
    audited_by: str
    wrong: bool
    found: list[dict[str, Any]]


_DRAWN = """
SELECT o.number, c.name, o.channel, a.day, o.line_count, a.audited_at, a.audited_by, a.wrong, a.found
FROM results_audit a JOIN orders_order o ON o.id = a.order_id JOIN customers_customer c ON c.id = o.customer_id
WHERE a.day BETWEEN %(from_)s AND %(to)s ORDER BY a.day DESC, a.audited_at IS NOT NULL, o.number LIMIT %(limit)s
"""


def sample(*, from_: date, to: date, limit: int = 200) -> list[Drawn]:
    """The orders drawn on days, the newest day first, those still to be keyed before the others."""
    rows = bulk.rows(_DRAWN, {"from_": from_, "to": to, "limit": limit})
    return [_drawn(row) for row in rows]


_ONE = """
SELECT o.number, c.name, o.channel, a.day, o.line_count, a.audited_at, a.audited_by, a.wrong, a.found
FROM results_audit a JOIN orders_order o ON o.id = a.order_id JOIN customers_customer c ON c.id = o.customer_id
WHERE o.number = %(number)s
"""


def drawn_order(*, order_number: str) -> Drawn:
    """One order of a sample.

    :raises NotFound: if it was not drawn.
    """
    row = bulk.row(_ONE, {"number": order_number})
    if row is None:
        raise NotFound(what=f"audit {order_number}")
    return _drawn(row)


def _drawn(row: tuple[Any, ...]) -> Drawn:
    return bulk.made(Drawn, *row[:-1], json.loads(row[-1]))


@dataclass(frozen=True, slots=True)
class Audited:
    """What the audits of a period say: how many orders were drawn, keyed again, and captured wrong; of these Wilson's
    interval of 95 %."""

    drawn: int
    audited: int
    wrong: int

    @property
    def interval(self) -> tuple[Decimal, Decimal] | None:
        """Between which shares of right captures the truth lies."""
        return wilson(self.audited - self.wrong, self.audited) if self.audited else None


def audited(*, from_: date, to: date) -> Audited:
    """What the audits of days of capture say."""
    found = bulk.row(
        """SELECT count(*), count(*) FILTER (WHERE audited_at IS NOT NULL), count(*) FILTER (WHERE wrong)
           FROM results_audit WHERE day BETWEEN %(from_)s AND %(to)s""",
        {"from_": from_, "to": to},
    )
    assert found is not None
    return Audited(*found)
