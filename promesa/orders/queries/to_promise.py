"""What still wants a promise."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from promesa.core import bulk


@dataclass(frozen=True, slots=True)
class WantedLine:
    """A line that wants a promise; `quantity` is open and not on its way, in base units."""

    id: int
    item_id: int
    kind: str
    quantity: Decimal
    lead_days: int
    minimum_life_days: int
    requested_from: datetime | None
    requested_to: datetime | None
    promise_sequence: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """An order with its lines and the terms that bind a promise."""

    order_id: int
    state: str
    tier: int
    ordered_at: datetime
    received_at: datetime
    one_delivery: bool
    partial_deliveries: bool
    held: bool
    warehouse_id: int
    warehouse_zone: str
    warehouse_calendar_id: int | None
    cut_off: time
    ships_at: time
    site_zone: str
    site_calendar_id: int | None
    transit_days: int
    windows: tuple[tuple[int, time, time], ...]
    lines: tuple[WantedLine, ...]


# ARRAY(SELECT unnest(...)) hides the number of ids from the planner, so that one plan serves for good and none is made anew.
_READ = """
SELECT o.id, o.state, o.tier, o.ordered_at, o.received_at, o.one_delivery, o.partial_deliveries,
       EXISTS (SELECT 1 FROM orders_hold h WHERE h.order_id = o.id AND h.released_at IS NULL),
       coalesce(w.id, 0), coalesce(w.time_zone, s.time_zone), w.calendar_id, coalesce(w.cut_off, time '14:00'),
       coalesce(w.ships_at, time '17:00'), s.time_zone, s.calendar_id, s.transit_days,
       (SELECT json_agg(json_build_array(r.weekday, r.opens, r.closes) ORDER BY r.weekday, r.opens)
        FROM customers_receivingwindow r WHERE r.site_id = s.id)::text,
       (SELECT json_agg(json_build_array(l.id, l.item_id, i.kind,
            l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us - l.substituted - l.refused_final
                - l.accepted - (l.despatched - l.accepted - l.refused_final - l.brought_back),
            i.lead_days, i.minimum_life_days, coalesce(l.requested_from, o.requested_from),
            coalesce(l.requested_to, o.requested_to), l.promise_sequence) ORDER BY l.line_number)
        FROM orders_orderline l JOIN catalog_item i ON i.id = l.item_id WHERE l.order_id = o.id)::text
FROM orders_order o
JOIN customers_site s ON s.id = o.ship_to_id
LEFT JOIN inventory_warehouse w ON w.id = coalesce(o.warehouse_id, (SELECT d.id FROM inventory_warehouse d WHERE d.is_default))
WHERE o.id = ANY(ARRAY(SELECT unnest(%s::bigint[])))
ORDER BY o.tier, o.ordered_at, o.id
"""


def lines_to_promise(order_ids: Iterable[int]) -> list[Wanted]:
    """These orders with what binds their promise, in the order in which they are served: tier, then age. One statement."""
    return [_wanted(row) for row in bulk.rows(_READ, [list(order_ids)])]


def _wanted(row: tuple[Any, ...]) -> Wanted:
    *plain, windows, lines = row
    return Wanted(
        *plain,
        tuple(
            (day, time.fromisoformat(opens), time.fromisoformat(closes))
            for day, opens, closes in json.loads(windows or "[]")
        ),
        tuple(_line(one) for one in json.loads(lines or "[]", parse_float=Decimal)),
    )


def _line(row: list[Any]) -> WantedLine:
    *plain, start, end, sequence = row
    return WantedLine(
        *plain,
        datetime.fromisoformat(start) if start else None,
        datetime.fromisoformat(end) if end else None,
        sequence,
    )
