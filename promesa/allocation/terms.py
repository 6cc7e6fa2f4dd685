"""An order as the promise takes it: its lines, and its delivery terms, one object for all orders of the same terms."""

from __future__ import annotations

from datetime import datetime, time
from functools import lru_cache

from promesa.allocation.queries.protection import guarding
from promesa.allocation.rules import (
    AgreedCutOff,
    DeliveryTerms,
    Demand,
    OrderPromise,
    Source,
    SupplyPool,
    promise_order,
)
from promesa.catalog.resolution import SupplierTerms
from promesa.core.calendar_store import calendar
from promesa.core.calendars import BusinessCalendar, ReceivingWindows
from promesa.orders.queries import Wanted


def promise_wanted(order: Wanted, supply: SupplyPool, at: datetime, *, until: datetime | None = None) -> OrderPromise:
    """What can be promised of an order's lines, by the plans in force; the supply goes down by it.

    The one answer for whoever asks: orders, quotations, changes, what if. What would arrive at `until` or later is not taken.
    """
    lines = [
        Demand(
            line.id, line.item_id, line.quantity, line.requested_from, line.requested_to,
            line.minimum_life_days, line.lead_days, line.kind, line.pack,
            None if line.supplier is None else _source(line.supplier),
        )
        for line in order.lines if line.quantity > 0
    ]  # fmt: skip
    agreed = None if order.agreed_cut_off is None else AgreedCutOff(order.agreed_cut_off, order.received_at)
    with guarding(order, supply, at):
        answer = promise_order(lines=lines, supply=supply, terms=terms_of_order(order), at=at, agreed=agreed)
        return answer if until is None else _in_time(answer, supply, until)


def _in_time(answer: OrderPromise, supply: SupplyPool, until: datetime) -> OrderPromise:
    """The parts that arrive before a moment; the goods of the others are free again."""
    lines = []
    for line in answer.lines:
        late = [part for part in line.parts if part.window_from >= until]
        supply.put_back(claim for part in late for claim in part.claims)
        parts = tuple(part for part in line.parts if part.window_from < until)
        missing = line.missing_quantity + sum(part.quantity for part in late)
        lines.append(line._replace(parts=parts, missing_quantity=missing))
    return OrderPromise(tuple(lines), not any(line.missing_quantity for line in lines), answer.window)


def _source(supplier: SupplierTerms) -> Source:
    return Source(supplier.name, calendar(calendar_id=supplier.calendar_id, zone=supplier.time_zone))


def terms_of_order(order: Wanted) -> DeliveryTerms:
    """The terms that bind the promise of an order."""
    return shared_terms(
        calendar(calendar_id=order.warehouse_calendar_id, zone=order.warehouse_zone),
        order.site_calendar_id, order.site_zone, order.windows, order.cut_off, order.ships_at, order.transit_days,
        order.one_delivery, order.partial_deliveries,
    )  # fmt: skip


@lru_cache(maxsize=4096)
def shared_terms(
    warehouse: BusinessCalendar,
    site_calendar_id: int | None,
    site_zone: str,
    windows: tuple[tuple[int, time, time], ...],
    cut_off: time,
    ships_at: time,
    transit_days: int,
    one_delivery: bool,
    partial_deliveries: bool,
) -> DeliveryTerms:
    """The terms of a warehouse, a site and its customer; they remember the windows worked out for a day."""
    hours: dict[int, list[tuple[time, time]]] = {}
    for weekday, opens, closes in windows:
        hours.setdefault(weekday, []).append((opens, closes))
    site = calendar(calendar_id=site_calendar_id, zone=site_zone)
    return DeliveryTerms(
        warehouse=warehouse,
        site=ReceivingWindows.of(site_zone, hours, site),
        cut_off=cut_off, ships_at=ships_at, transit_days=transit_days, one_delivery=one_delivery,
        partial_deliveries=partial_deliveries,
    )  # fmt: skip
