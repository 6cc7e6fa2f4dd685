"""What still wants a promise."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import Any, NamedTuple

from promesa.catalog.resolution import SupplierTerms
from promesa.core import bulk, quantities
from promesa.orders import pending
from promesa.orders.checks import CheckedOrder
from promesa.orders.pending import Pending, Shipper
from promesa.orders.states import OrderState

# Of a warehouse that is not there yet; the statement below says the same.
CUT_OFF, SHIPS_AT = time(14), time(17)


class WantedLine(NamedTuple):
    """A line that wants a promise; `quantity` is open and not on its way, in base units, and so is `pack`: what one of
    the ordered unit holds, 0 where it may be divided. `supplier` is given where there is a lead time."""

    id: int
    item_id: int
    kind: str
    quantity: Decimal
    lead_days: int
    minimum_life_days: int
    requested_from: datetime | None
    requested_to: datetime | None
    promise_sequence: int
    pack: Decimal
    supplier: SupplierTerms | None = None


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
    agreed_cut_off: time | None
    customer_id: int
    segment: str
    channel: str
    site_id: int
    windows: tuple[tuple[int, time, time], ...]
    lines: tuple[WantedLine, ...]


# ARRAY(SELECT unnest(...)) hides the number of ids from the planner, so that one plan serves for good and none is made anew.
_READ = """
SELECT o.id, o.state, o.tier, o.ordered_at, o.received_at, o.one_delivery, o.partial_deliveries,
       EXISTS (SELECT 1 FROM orders_hold h WHERE h.order_id = o.id AND h.released_at IS NULL),
       coalesce(w.id, 0), coalesce(w.time_zone, s.time_zone), w.calendar_id, coalesce(w.cut_off, time '14:00'),
       coalesce(w.ships_at, time '17:00'), s.time_zone, s.calendar_id, s.transit_days, o.cut_off,
       o.customer_id, o.segment, o.channel, s.id,
       (SELECT json_agg(json_build_array(r.weekday, r.opens, r.closes) ORDER BY r.weekday, r.opens)
        FROM customers_receivingwindow r WHERE r.site_id = s.id)::text,
       (SELECT json_agg(json_build_array(l.id, l.item_id, i.kind,
            l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us - l.substituted - l.refused_final
                - l.accepted - (l.despatched - l.accepted - l.refused_final - l.brought_back),
            i.lead_days, i.minimum_life_days, coalesce(l.requested_from, o.requested_from),
            coalesce(l.requested_to, o.requested_to), l.promise_sequence, l.pack_numerator,
            l.pack_denominator, l.unit_code, CASE WHEN i.lead_days > 0 THEN (
                SELECT json_build_array(u.name, u.calendar_id, u.time_zone) FROM catalog_supplier u WHERE u.id = i.supplier_id) END
            ) ORDER BY l.line_number)
        FROM orders_orderline l JOIN catalog_item i ON i.id = l.item_id WHERE l.order_id = o.id AND NOT l.held)::text
FROM orders_order o
JOIN customers_site s ON s.id = o.ship_to_id
LEFT JOIN inventory_warehouse w ON w.id = coalesce(o.warehouse_id, (SELECT d.id FROM inventory_warehouse d WHERE d.is_default))
WHERE o.id = ANY(ARRAY(SELECT unnest(%s::bigint[])))
ORDER BY o.tier, o.ordered_at, o.id
"""


def lines_to_promise(order_ids: Iterable[int]) -> list[Wanted]:
    """These orders with what binds their promise, in the order in which they are served: tier, then age.

    One statement; none for orders that the running transaction has made and not written yet.
    """
    ids = list(order_ids)
    fresh = pending.unwritten()
    found = [wanted for order_id in ids if order_id in fresh and (wanted := _of_pending(fresh[order_id]))]
    asked = [order_id for order_id in ids if order_id not in fresh]
    if asked:
        found += [_wanted(row) for row in bulk.rows(_READ, [asked])]
    if len(found) > 1 and fresh:
        found.sort(key=lambda one: (one.tier, one.ordered_at, one.order_id))
    return found


def known_before(order_ids: Iterable[int]) -> list[int]:
    """Of these orders, those that the running transaction has not made itself: only they can have claims yet."""
    return [order_id for order_id in order_ids if pending.find(order_id) is None]


def _of_pending(order: Pending) -> Wanted | None:
    return wanted_of(
        order.checked, order.shipper, line_ids=order.line_ids, order_id=order.id, state=order.state, held=order.held
    )


def wanted_of(
    checked: CheckedOrder,
    shipper: Shipper | None,
    *,
    line_ids: Sequence[int],
    order_id: int = 0,
    state: str = OrderState.DRAFT,
    held: bool = False,
) -> Wanted | None:
    """A checked order, written or not, as its promise takes it; `line_ids` say how its lines are called.

    Without a place of delivery nothing is promised; without a warehouse nothing is there.
    """
    terms, site = checked.terms, checked.site
    if site is None:
        return None
    shipper = shipper or Shipper(0, site.time_zone, None, CUT_OFF, SHIPS_AT)
    asked_from, asked_to = checked.requested_from, checked.requested_to
    return bulk.made(
        Wanted,
        order_id, state, terms.tier, checked.ordered_at, checked.received_at, terms.one_delivery,
        terms.partial_deliveries, held, shipper.id, shipper.time_zone, shipper.calendar_id, shipper.cut_off,
        shipper.ships_at, site.time_zone, site.calendar_id, site.transit_days, checked.draft.cut_off,
        terms.id, terms.segment, checked.draft.channel, site.id, site.windows,
        tuple([
            WantedLine(
                line_id, line.item.id, line.item.kind, line.quantity, line.item.lead_days, line.item.minimum_life_days,
                line.requested_from or asked_from, line.requested_to or asked_to, 0,
                quantities.whole_pack(line.numerator, line.denominator, line.unit_code), line.item.supplier,
            )
            for line_id, line in zip(line_ids, checked.lines, strict=True)
            if line.item is not None and not line.held
        ]),
    )  # fmt: skip


def _wanted(row: tuple[Any, ...]) -> Wanted:
    *plain, windows, lines = row
    return bulk.made(
        Wanted,
        *plain,
        tuple(
            (day, time.fromisoformat(opens), time.fromisoformat(closes))
            for day, opens, closes in json.loads(windows or "[]")
        ),
        tuple(_line(one) for one in json.loads(lines or "[]", parse_float=Decimal)),
    )


def _line(row: list[Any]) -> WantedLine:
    *plain, start, end, sequence, numerator, denominator, unit, supplier = row
    return bulk.made(
        WantedLine,
        *plain,
        datetime.fromisoformat(start) if start else None,
        datetime.fromisoformat(end) if end else None,
        sequence,
        quantities.whole_pack(numerator, denominator, unit),
        SupplierTerms(*supplier) if supplier else None,
    )
