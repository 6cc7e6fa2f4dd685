"""Business days, receiving windows and cut-offs: pure arithmetic over plain values.

A calendar knows which days are open; windows know at what local hours a site takes goods. Days are judged in
an IANA zone, moments are UTC. What has been worked out for a day is kept, since thousands of lines ask for the
same few weeks; the objects themselves never change.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
WORKING_WEEK = frozenset(range(5))
EVERY_DAY = frozenset(range(7))
# A site whose windows never fall on an open day has no window; a year is enough to know.
SEARCHED_DAYS = 400
_KEPT_DAYS = 4_000
_MIDNIGHT = time.min


class Window(NamedTuple):
    """A span of time: `opens` belongs to it and, for receiving hours, `closes` does too. Both are UTC moments."""

    opens: datetime
    closes: datetime


@lru_cache(maxsize=8_192)
def start_of_day(day: date, zone: str) -> datetime:
    """The UTC moment at which a local day begins (the first moment that exists in it)."""
    return datetime.combine(day, _MIDNIGHT, ZoneInfo(zone)).astimezone(UTC)


def end_of_day(day: date, zone: str) -> datetime:
    """The UTC moment at which a local day has ended: the start of the next, 23 to 25 hours after its own."""
    return start_of_day(day + ONE_DAY, zone)


def local_day(moment: datetime, zone: str) -> date:
    """The day that it is in a zone at a moment.

    :raises ValueError: if the moment knows no zone.
    """
    return _local(moment, zone).date()


@lru_cache(maxsize=8_192)
def moment_at(day: date, hour: time, zone: str) -> datetime:
    """The UTC moment of a local hour; of an hour that comes twice, the first; of one that is skipped, an hour later."""
    return datetime.combine(day, hour.replace(fold=0), ZoneInfo(zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """The open days of a country, a warehouse or a customer.

    `open_weekdays` are 0 (Monday) to 6; `holidays` are closed whatever their weekday.
    """

    zone: str = "UTC"
    open_weekdays: frozenset[int] = WORKING_WEEK
    holidays: frozenset[date] = frozenset()
    _next: dict[date, date] = field(default_factory=dict, init=False, repr=False, compare=False)
    _closed: tuple[date, ...] = field(default=(), init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.open_weekdays or not self.open_weekdays <= EVERY_DAY:
            raise ValueError("a calendar needs at least one open weekday, from 0 (Monday) to 6")
        closed = tuple(sorted(day for day in self.holidays if day.weekday() in self.open_weekdays))
        object.__setattr__(self, "_closed", closed)

    def is_open(self, day: date) -> bool:
        """Whether business is done on this day."""
        return day.weekday() in self.open_weekdays and day not in self.holidays

    def next_open(self, day: date, n: int = 0) -> date:
        """The first open day at or after `day`, or the n-th open one after that."""
        found = self._next.get(day)
        if found is None:
            found = day
            while not self.is_open(found):
                found += ONE_DAY
            if len(self._next) >= _KEPT_DAYS:
                self._next.clear()
            self._next[day] = found
        for _ in range(n):
            found = self.next_open(found + ONE_DAY)
        return found

    def previous_open(self, day: date) -> date:
        """The last open day at or before `day`."""
        while not self.is_open(day):
            day -= ONE_DAY
        return day

    def add_business_days(self, day: date, n: int) -> date:
        """The n-th open day after `day` (before it, when n is negative); 0 gives the first open day at or after it."""
        if n >= 0:
            return self.next_open(day) if n == 0 else self.next_open(day + ONE_DAY, n - 1)
        for _ in range(-n):
            day = self.previous_open(day - ONE_DAY)
        return day

    def business_days_between(self, start: date, end: date) -> int:
        """Open days after `start` up to and with `end`; negative when `end` comes first.

        The inverse of counting: from any day, `add_business_days(day, n)` is n business days away.
        """
        if end < start:
            return -self.business_days_between(end - ONE_DAY, start - ONE_DAY)
        weeks, rest = divmod((end - start).days, 7)
        weekday = start.weekday()
        days = weeks * len(self.open_weekdays)
        days += sum((weekday + step) % 7 in self.open_weekdays for step in range(1, rest + 1))
        return days - (bisect_right(self._closed, end) - bisect_right(self._closed, start))

    def holidays_between(self, start: date, end: date) -> tuple[date, ...]:
        """Closed days that fall on an open weekday from `start` to `end`, both counted."""
        return self._closed[bisect_left(self._closed, start) : bisect_right(self._closed, end)]


ALWAYS_OPEN = BusinessCalendar(open_weekdays=EVERY_DAY)


@dataclass(frozen=True, slots=True)
class ReceivingWindows:
    """When a site takes goods: local hours by weekday, on the open days of its calendar.

    Without any hours, open days are taken whole, from midnight to midnight. The closing minute belongs to a window.
    """

    zone: str
    calendar: BusinessCalendar = ALWAYS_OPEN
    hours: tuple[tuple[tuple[time, time], ...], ...] = ()
    _windows: dict[date, tuple[Window, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(
        cls,
        zone: str,
        hours: Mapping[int, Iterable[tuple[time, time]]] | None = None,
        calendar: BusinessCalendar = ALWAYS_OPEN,
    ) -> "ReceivingWindows":
        """Windows from weekday -> [(opens, closes)].

        :raises ValueError: if a window closes before it opens or a weekday is not 0 to 6.
        """
        if not hours or not any(hours.values()):
            return cls(zone=zone, calendar=calendar)
        if not hours.keys() <= EVERY_DAY or any(closes <= opens for day in hours.values() for opens, closes in day):
            raise ValueError("windows are (opens, closes) in order, by weekday 0 to 6")
        return cls(
            zone=zone, calendar=calendar, hours=tuple(tuple(sorted(hours.get(weekday, ()))) for weekday in range(7))
        )

    def on(self, day: date) -> tuple[Window, ...]:
        """The windows of a local day, in order; none when the site is closed."""
        windows = self._windows.get(day)
        if windows is None:
            windows = self._worked_out(day)
            if len(self._windows) >= _KEPT_DAYS:
                self._windows.clear()
            self._windows[day] = windows
        return windows

    def first_window_at_or_after(self, when: datetime | date) -> Window | None:
        """The first window that has not closed at a moment, or that opens on a local day or later.

        None when no window falls on an open day: the hours and the calendar exclude each other.
        """
        if isinstance(when, datetime):
            day, moment = _local(when, self.zone).date(), when
        else:
            day, moment = when, start_of_day(when, self.zone)
        whole_days = not self.hours
        for _ in range(SEARCHED_DAYS):
            for window in self.on(day):
                # A whole day ends where the next begins, and that moment is not its own.
                if window.closes > moment or (window.closes == moment and not whole_days):
                    return window
            day = self.calendar.next_open(day + ONE_DAY)
        return None

    def _worked_out(self, day: date) -> tuple[Window, ...]:
        if not self.calendar.is_open(day):
            return ()
        if not self.hours:
            return (Window(start_of_day(day, self.zone), end_of_day(day, self.zone)),)
        return tuple(
            Window(moment_at(day, opens, self.zone), _last_moment_at(day, closes, self.zone))
            for opens, closes in self.hours[day.weekday()]
        )


def first_window_at_or_after(when: datetime | date, windows: ReceivingWindows) -> Window | None:
    """As the method of the same name, for those who hold plain values."""
    return windows.first_window_at_or_after(when)


def order_day(at: datetime, cut_off: time | None, calendar: BusinessCalendar) -> date:
    """The business day on which an order received at a moment starts to count.

    The same day when it is open and the cut-off, told in the calendar's zone and itself in time, has not passed;
    else the next open day.
    """
    local = _local(at, calendar.zone)
    day = local.date()
    if cut_off is not None and local.time() > cut_off:
        day += ONE_DAY
    return calendar.next_open(day)


def next_ship_day(at: datetime, cut_off: time | None, lead_days: int, calendar: BusinessCalendar) -> date:
    """The first day on which an order received at a moment can leave: its order day and `lead_days` business days."""
    return calendar.next_open(order_day(at, cut_off, calendar), lead_days)


def _local(moment: datetime, zone: str) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its zone; days without an hour are dates")
    return moment.astimezone(ZoneInfo(zone))


def _last_moment_at(day: date, hour: time, zone: str) -> datetime:
    """As `moment_at`, but of an hour that comes twice, the second: a dock that closes at 2:30 is open for both."""
    second = datetime.combine(day, hour.replace(fold=1), ZoneInfo(zone)).astimezone(UTC)
    return max(moment_at(day, hour, zone), second)
