"""Goods to leave, on their way, arrived, and to be brought again, for the lists of the deliveries page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from promesa.core import bulk
from promesa.core.calendars import end_of_day, start_of_day

PAGE = 50


@dataclass(frozen=True, slots=True)
class Note:
    """A delivery note of the list."""

    id: int
    number: str
    order_id: int
    order: str
    customer: str
    customer_number: str
    place: str
    city: str
    zone: str
    carrier: str
    despatched_at: datetime
    promised_to: datetime | None
    lines: int
    unsaid: int
    delivered_at: datetime | None
    signed_by: str


_NOTE = """
SELECT a.id, a.number, o.id, o.number, c.name, c.number, s.name, s.city, s.time_zone, a.carrier, a.despatched_at,
    o.first_promised_to, x.lines, x.unsaid, d.delivered_at, coalesce(d.signed_by, '')
FROM fulfilment_despatchadvice a JOIN orders_order o ON o.id = a.order_id JOIN customers_customer c ON c.id = o.customer_id
JOIN customers_site s ON s.id = a.ship_to_id
CROSS JOIN LATERAL (SELECT count(DISTINCT l.order_line_id) AS lines, count(*) FILTER (WHERE NOT EXISTS (
    SELECT 1 FROM fulfilment_deliveryline y WHERE y.despatch_line_id = l.id)) AS unsaid
    FROM fulfilment_despatchline l WHERE l.advice_id = a.id) x
LEFT JOIN LATERAL (SELECT delivered_at, signed_by FROM fulfilment_delivery e WHERE e.advice_id = a.id
    ORDER BY e.delivered_at DESC, e.id DESC LIMIT 1) d ON true
"""
_TEXT = """(%(text)s = '' OR a.number = %(text)s OR o.number = %(text)s OR c.number = %(text)s
    OR promesa_folded(c.name) LIKE promesa_folded(%(like)s) OR a.carrier ILIKE %(like)s)"""


def _like(text: str) -> str:
    escaped = text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%"


def in_transit(*, text: str = "", after: int = 0, limit: int = PAGE) -> list[Note]:
    """Delivery notes of which nothing has been said yet, the oldest first; one more than `limit` if there are more."""
    rows = bulk.rows(
        f"""{_NOTE} WHERE x.unsaid > 0 AND a.id > %(after)s AND {_TEXT} ORDER BY a.id LIMIT %(limit)s""",
        {"text": text, "like": _like(text), "after": after, "limit": limit + 1},
    )
    return [Note(*row) for row in rows]


def notes(*, text: str = "", after: int = 0, limit: int = PAGE) -> list[Note]:
    """All delivery notes, the newest first; one more than `limit` if there are more."""
    rows = bulk.rows(
        f"""{_NOTE} WHERE (%(after)s = 0 OR a.id < %(after)s) AND {_TEXT} ORDER BY a.id DESC LIMIT %(limit)s""",
        {"text": text, "like": _like(text), "after": after, "limit": limit + 1},
    )
    return [Note(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Arrived:
    """A delivery of a day, with what was not simply taken."""

    id: int
    number: str
    note: str
    order_id: int
    order: str
    customer: str
    delivered_at: datetime
    zone: str
    signed_by: str
    has_signature: bool
    clock_suspect: bool
    accepted: Decimal
    reserve: Decimal
    not_taken: Decimal


def arrived(*, day: date, zone: str, text: str = "", limit: int = 500) -> list[Arrived]:
    """What was delivered on a day, the newest first. One statement."""
    rows = bulk.rows(
        f"""SELECT d.id, d.number, a.number, o.id, o.number, c.name, d.delivered_at, s.time_zone, d.signed_by,
                d.signature_sha256 <> '', d.clock_suspect, coalesce(sum(l.quantity) FILTER (WHERE l.outcome = 'accepted'), 0),
                coalesce(sum(l.quantity) FILTER (WHERE l.outcome = 'reserve'), 0),
                coalesce(sum(l.quantity) FILTER (WHERE l.outcome NOT IN ('accepted', 'reserve')), 0)
            FROM fulfilment_delivery d JOIN fulfilment_despatchadvice a ON a.id = d.advice_id
            JOIN orders_order o ON o.id = a.order_id JOIN customers_customer c ON c.id = o.customer_id
            JOIN customers_site s ON s.id = d.site_id LEFT JOIN fulfilment_deliveryline l ON l.delivery_id = d.id
            WHERE d.delivered_at >= %(start)s AND d.delivered_at < %(end)s AND {_TEXT}
            GROUP BY d.id, a.id, o.id, c.id, s.id ORDER BY d.delivered_at DESC, d.id DESC LIMIT %(limit)s""",
        {
            "start": start_of_day(day, zone),
            "end": end_of_day(day, zone),
            "text": text,
            "like": _like(text),
            "limit": limit,
        },
    )
    return [Arrived(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Again:
    """Something that was not taken and has to be brought again."""

    order_id: int
    order: str
    customer: str
    note: str
    delivered_at: datetime
    item: str
    sku: str
    unit: str
    quantity: Decimal
    outcome: str
    reason: str
    open: Decimal


# What an order line still wants that is not on the road.
_WANTED = """(l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us - l.substituted - l.accepted - l.refused_final
    - (l.despatched - l.accepted - l.refused_final - l.brought_back))"""


def to_bring_again(*, text: str = "", limit: int = 200) -> list[Again]:
    """Lines that came back and whose order still wants them, the oldest first. One statement."""
    rows = bulk.rows(
        f"""SELECT o.id, o.number, c.name, a.number, d.delivered_at, i.name, i.sku, i.base_unit, sum(x.quantity), x.outcome,
                x.reason, min({_WANTED})
            FROM fulfilment_deliveryline x JOIN fulfilment_delivery d ON d.id = x.delivery_id
            JOIN fulfilment_despatchline f ON f.id = x.despatch_line_id JOIN fulfilment_despatchadvice a ON a.id = f.advice_id
            JOIN orders_orderline l ON l.id = f.order_line_id JOIN catalog_item i ON i.id = l.item_id
            JOIN orders_order o ON o.id = l.order_id JOIN customers_customer c ON c.id = o.customer_id
            WHERE x.outcome IN ('redeliver', 'short', 'damaged') AND o.state = 'confirmed' AND {_TEXT}
              AND {_WANTED} > 0
            GROUP BY o.id, c.id, a.id, d.id, i.id, l.id, x.outcome, x.reason
            ORDER BY d.delivered_at, o.id, i.sku LIMIT %(limit)s""",
        {"text": text, "like": _like(text), "limit": limit},
    )
    return [Again(*row) for row in rows]


def counts(*, day: date, zone: str) -> dict[str, int]:
    """How many are on their way, how many arrived on a day, how many orders want something brought again. One
    statement; only open orders are looked at, which a long history does not make more."""
    found = bulk.row(
        f"""SELECT (SELECT count(DISTINCT f.advice_id) FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id
                    JOIN fulfilment_despatchline f ON f.order_line_id = l.id
                WHERE o.state = 'confirmed' AND l.despatched > l.accepted + l.refused_final + l.brought_back
                  AND NOT EXISTS (SELECT 1 FROM fulfilment_deliveryline y WHERE y.despatch_line_id = f.id)),
            (SELECT count(*) FROM fulfilment_delivery d WHERE d.delivered_at >= %s AND d.delivered_at < %s),
            (SELECT count(DISTINCT o.id) FROM fulfilment_deliveryline x
                    JOIN fulfilment_despatchline f ON f.id = x.despatch_line_id
                    JOIN orders_orderline l ON l.id = f.order_line_id JOIN orders_order o ON o.id = l.order_id
                WHERE x.outcome IN ('redeliver', 'short', 'damaged') AND o.state = 'confirmed' AND {_WANTED} > 0)""",
        [start_of_day(day, zone), end_of_day(day, zone)],
    )
    transit, today, again = found or (0, 0, 0)
    return {"transit": transit, "today": today, "again": again}


# --- One note --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A lot of one order line on a note, with what became of it."""

    id: int
    line_number: int
    sku: str
    item: str
    unit: str
    lot: str
    expires_on: date | None
    quantity: Decimal
    outcomes: list[dict[str, Any]]


def note_lines(*, note_id: int) -> list[NoteLine]:
    """The lots of a note in the order of its lines, with outcomes. One statement."""
    rows = bulk.rows(
        """SELECT l.id, ol.line_number, i.sku, i.name, i.base_unit, l.lot, l.expires_on, l.quantity,
               coalesce((SELECT json_agg(json_build_object('delivery', d.number, 'outcome', x.outcome, 'quantity', x.quantity::text,
                   'reason', x.reason, 'cause', x.cause, 'note', x.note) ORDER BY x.id)
                FROM fulfilment_deliveryline x JOIN fulfilment_delivery d ON d.id = x.delivery_id
                WHERE x.despatch_line_id = l.id), '[]')
           FROM fulfilment_despatchline l JOIN orders_orderline ol ON ol.id = l.order_line_id
           JOIN catalog_item i ON i.id = ol.item_id WHERE l.advice_id = %s ORDER BY ol.line_number, l.expires_on, l.id""",
        [note_id],
    )
    return [NoteLine(*row) for row in rows]


def orders_by_number(*, numbers: list[str]) -> dict[str, int]:
    """Ids of these orders."""
    return dict(bulk.rows("SELECT number, id FROM orders_order WHERE number = ANY(%s::text[])", [numbers]))
