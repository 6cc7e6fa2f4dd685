"""The clock of the story: its last moment is half past eleven of the last working day, as the reader of it lives.

So the pages of today show today's work, whenever the company is built. All else of the story counts back from there.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from promesa.demo.company import ZONE, Company

LAST_HOUR = time(11, 30)


def last_moment(now: datetime) -> datetime:
    """The last half past eleven of a working day of the warehouse that is not after `now`."""
    local = now.astimezone(ZoneInfo(ZONE))
    day = local.date() if local.time() >= LAST_HOUR else local.date() - timedelta(days=1)
    day = Company(day - timedelta(days=30), day).warehouse.previous_open(day)
    return datetime.combine(day, LAST_HOUR, ZoneInfo(ZONE)).astimezone(UTC)


def story_now() -> datetime:
    """The last moment of the story, told from the real clock."""
    return last_moment(datetime.now(UTC))
