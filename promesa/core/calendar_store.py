"""Calendars from their rows, kept in memory: a version of a calendar never changes."""

from __future__ import annotations

from functools import lru_cache

from promesa.core import bulk
from promesa.core.calendars import ALWAYS_OPEN, BusinessCalendar


@lru_cache(maxsize=512)
def calendar(*, calendar_id: int | None, zone: str) -> BusinessCalendar:
    """The business calendar of that row, judged in a zone; without a row every day is open."""
    if calendar_id is None:
        return BusinessCalendar(zone=zone, open_weekdays=ALWAYS_OPEN.open_weekdays)
    found = bulk.row(
        """SELECT c.open_weekdays, (SELECT array_agg(h.day) FROM core_holiday h WHERE h.calendar_id = c.id)
           FROM core_calendar c WHERE c.id = %s""",
        [calendar_id],
    )
    if found is None:
        raise LookupError(f"no calendar {calendar_id}")
    return BusinessCalendar(
        zone=zone, open_weekdays=frozenset(int(day) for day in found[0]), holidays=frozenset(found[1] or ())
    )


def forget() -> None:
    """Drop what is kept (tests, and after calendars were loaded)."""
    calendar.cache_clear()
