"""Delivery terms as the promise takes them: one object for all orders of the same terms."""

from __future__ import annotations

from datetime import time
from functools import lru_cache

from promesa.allocation.rules import DeliveryTerms
from promesa.core.calendar_store import calendar
from promesa.core.calendars import BusinessCalendar, ReceivingWindows


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
