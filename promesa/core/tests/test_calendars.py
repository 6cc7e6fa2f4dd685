"""Business days, receiving windows, cut-offs and days of 23 and 25 hours."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promesa.core.calendars import (
    ALWAYS_OPEN,
    BusinessCalendar,
    ReceivingWindows,
    Window,
    end_of_day,
    first_window_at_or_after,
    local_day,
    moment_at,
    next_ship_day,
    order_day,
    start_of_day,
)

MADRID = "Europe/Madrid"
MON, TUE, WED, THU, FRI, SAT, SUN = (date(2026, 11, 23) + timedelta(days=n) for n in range(7))
SPAIN = BusinessCalendar(zone=MADRID, holidays=frozenset({date(2026, 12, 8), date(2026, 12, 25)}))
CUT_OFF = time(14, 0)


def utc(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def test_weekends_and_holidays_are_closed() -> None:
    assert SPAIN.is_open(MON)
    assert not SPAIN.is_open(SAT)
    assert not SPAIN.is_open(date(2026, 12, 8))
    assert SPAIN.next_open(SAT) == MON + timedelta(days=7)
    assert SPAIN.next_open(date(2026, 12, 5)) == date(2026, 12, 7)
    assert SPAIN.next_open(date(2026, 12, 5), 1) == date(2026, 12, 9)
    assert SPAIN.previous_open(SUN) == FRI
    assert SPAIN.previous_open(FRI) == FRI


def test_business_days_are_added_and_counted_over_weekends_and_holidays() -> None:
    assert SPAIN.add_business_days(FRI, 1) == date(2026, 11, 30)
    assert SPAIN.add_business_days(FRI, 0) == FRI
    assert SPAIN.add_business_days(SAT, 0) == date(2026, 11, 30)
    assert SPAIN.add_business_days(date(2026, 12, 7), 1) == date(2026, 12, 9)
    assert SPAIN.add_business_days(date(2026, 12, 9), -1) == date(2026, 12, 7)
    assert SPAIN.business_days_between(date(2026, 12, 4), date(2026, 12, 9)) == 2
    assert SPAIN.business_days_between(date(2026, 12, 9), date(2026, 12, 4)) == -2
    assert SPAIN.business_days_between(MON, MON) == 0
    assert SPAIN.holidays_between(date(2026, 12, 8), date(2026, 12, 25)) == (date(2026, 12, 8), date(2026, 12, 25))


def test_a_calendar_that_never_opens_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one open weekday"):
        BusinessCalendar(open_weekdays=frozenset())
    with pytest.raises(ValueError, match="at least one open weekday"):
        BusinessCalendar(open_weekdays=frozenset({7}))


def test_two_calendars_with_the_same_days_are_the_same_whatever_they_have_worked_out() -> None:
    one, other = BusinessCalendar(zone=MADRID), BusinessCalendar(zone=MADRID)
    one.next_open(SAT)
    assert one == other
    assert hash(one) == hash(other)


DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
CALENDARS = st.builds(
    BusinessCalendar,
    open_weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    holidays=st.frozensets(st.dates(date(2024, 1, 1), date(2024, 3, 31)), max_size=20),
)


@given(CALENDARS, DAYS, st.integers(1, 60))
def test_counting_undoes_adding_in_both_directions(calendar: BusinessCalendar, day: date, n: int) -> None:
    later = calendar.add_business_days(day, n)
    assert calendar.is_open(later)
    assert calendar.business_days_between(day, later) == n
    earlier = calendar.add_business_days(day, -n)
    assert calendar.is_open(earlier)
    assert calendar.business_days_between(day, earlier) == -n


@given(CALENDARS, st.dates(date(2023, 12, 1), date(2024, 5, 1)), st.integers(0, 100))
def test_the_count_of_business_days_is_the_count_of_open_days(
    calendar: BusinessCalendar, start: date, span: int
) -> None:
    open_days = [n for n in range(1, span + 1) if calendar.is_open(start + timedelta(days=n))]
    assert calendar.business_days_between(start, start + timedelta(days=span)) == len(open_days)


def test_an_order_after_the_cut_off_or_on_a_closed_day_starts_on_the_next_business_day() -> None:
    assert order_day(utc(MON, 12, 59), CUT_OFF, SPAIN) == MON
    assert order_day(utc(MON, 13, 0), CUT_OFF, SPAIN) == MON
    assert order_day(utc(MON, 13, 1), CUT_OFF, SPAIN) == TUE
    assert order_day(utc(FRI, 15), CUT_OFF, SPAIN) == date(2026, 11, 30)
    assert order_day(utc(SAT, 8), CUT_OFF, SPAIN) == date(2026, 11, 30)
    assert order_day(utc(date(2026, 12, 7), 20), CUT_OFF, SPAIN) == date(2026, 12, 9)
    assert order_day(utc(MON, 22, 30), None, SPAIN) == MON
    assert order_day(utc(MON, 23, 30), None, SPAIN) == TUE


def test_the_lead_time_counts_business_days_from_the_order_day() -> None:
    assert next_ship_day(utc(THU, 9), CUT_OFF, 0, SPAIN) == THU
    assert next_ship_day(utc(THU, 9), CUT_OFF, 2, SPAIN) == date(2026, 11, 30)
    assert next_ship_day(utc(THU, 15), CUT_OFF, 2, SPAIN) == date(2026, 12, 1)
    assert next_ship_day(utc(SUN, 9), CUT_OFF, 1, SPAIN) == date(2026, 12, 1)


def test_the_cut_off_is_told_in_the_warehouse_zone() -> None:
    bogota = BusinessCalendar(zone="America/Bogota")
    assert order_day(utc(MON, 18, 59), CUT_OFF, bogota) == MON
    assert order_day(utc(MON, 19, 1), CUT_OFF, bogota) == TUE
    assert order_day(utc(TUE, 2), None, bogota) == MON


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs its zone"):
        order_day(datetime(2026, 11, 23, 9), CUT_OFF, SPAIN)  # noqa: DTZ001
    with pytest.raises(ValueError, match="needs its zone"):
        local_day(datetime(2026, 11, 23, 9), MADRID)  # noqa: DTZ001


SHORT_DAY, LONG_DAY = date(2026, 3, 29), date(2026, 10, 25)


def test_the_day_the_clocks_go_forward_has_23_hours_and_the_day_they_go_back_25() -> None:
    assert end_of_day(SHORT_DAY, MADRID) - start_of_day(SHORT_DAY, MADRID) == timedelta(hours=23)
    assert end_of_day(LONG_DAY, MADRID) - start_of_day(LONG_DAY, MADRID) == timedelta(hours=25)
    assert start_of_day(SHORT_DAY, MADRID) == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert end_of_day(LONG_DAY, MADRID) == datetime(2026, 10, 25, 23, tzinfo=UTC)


def test_an_hour_that_is_skipped_or_comes_twice_has_one_moment() -> None:
    assert moment_at(SHORT_DAY, time(2, 30), MADRID) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert moment_at(LONG_DAY, time(2, 30), MADRID) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_day_begins_at_its_first_moment_where_clocks_change_at_midnight() -> None:
    santiago = date(2026, 9, 6)
    assert start_of_day(santiago, "America/Santiago") == datetime(2026, 9, 6, 4, tzinfo=UTC)
    assert local_day(start_of_day(santiago, "America/Santiago"), "America/Santiago") == santiago
    assert end_of_day(santiago, "America/Santiago") - start_of_day(santiago, "America/Santiago") == timedelta(hours=23)


def test_a_window_over_the_repeated_hour_stays_open_for_both() -> None:
    night = ReceivingWindows.of(MADRID, {6: [(time(1), time(2, 30))]})
    assert night.on(LONG_DAY) == (
        Window(datetime(2026, 10, 24, 23, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
    )


MORNINGS = ReceivingWindows.of(
    MADRID,
    {0: [(time(8), time(12))], 2: [(time(16), time(18)), (time(8), time(12))]},
    SPAIN,
)


def test_the_first_window_is_the_one_still_open_or_the_next_to_open() -> None:
    monday = Window(utc(MON, 7), utc(MON, 11))
    assert first_window_at_or_after(utc(MON, 5), MORNINGS) == monday
    assert first_window_at_or_after(utc(MON, 10), MORNINGS) == monday
    assert first_window_at_or_after(utc(MON, 11), MORNINGS) == monday
    assert first_window_at_or_after(utc(MON, 11, 1), MORNINGS) == Window(utc(WED, 7), utc(WED, 11))
    assert first_window_at_or_after(utc(WED, 12), MORNINGS) == Window(utc(WED, 15), utc(WED, 17))
    assert first_window_at_or_after(TUE, MORNINGS) == Window(utc(WED, 7), utc(WED, 11))
    assert first_window_at_or_after(THU, MORNINGS) == Window(utc(date(2026, 11, 30), 7), utc(date(2026, 11, 30), 11))


def test_a_holiday_of_the_customer_has_no_window() -> None:
    tuesdays = ReceivingWindows.of(MADRID, {1: [(time(8), time(12))]}, SPAIN)
    assert tuesdays.on(date(2026, 12, 8)) == ()
    found = tuesdays.first_window_at_or_after(date(2026, 12, 8))
    assert found is not None
    assert local_day(found.opens, MADRID) == date(2026, 12, 15)


def test_a_site_without_hours_takes_whole_open_days() -> None:
    whole = ReceivingWindows.of(MADRID, {}, SPAIN)
    assert whole.on(MON) == (Window(utc(SUN - timedelta(days=7), 23), utc(MON, 23)),)
    assert whole.first_window_at_or_after(utc(FRI, 23)) == whole.on(date(2026, 11, 30))[0]
    assert whole.first_window_at_or_after(utc(FRI, 22, 59)) == whole.on(FRI)[0]


def test_hours_that_never_fall_on_an_open_day_give_no_window() -> None:
    sundays = ReceivingWindows.of(MADRID, {6: [(time(8), time(12))]}, SPAIN)
    assert sundays.first_window_at_or_after(MON) is None


def test_hours_that_close_before_they_open_are_refused() -> None:
    with pytest.raises(ValueError, match="in order"):
        ReceivingWindows.of(MADRID, {0: [(time(12), time(8))]})
    with pytest.raises(ValueError, match="in order"):
        ReceivingWindows.of(MADRID, {7: [(time(8), time(12))]})


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_first_window_has_not_closed_and_no_open_one_was_passed_over(moment: datetime) -> None:
    window = MORNINGS.first_window_at_or_after(moment)
    assert window is not None
    assert window.opens < window.closes
    assert window.closes >= moment
    day = local_day(moment, MADRID)
    while day <= local_day(window.opens, MADRID):
        assert all(other.closes < moment or other >= window for other in MORNINGS.on(day))
        day += timedelta(days=1)


def test_a_calendar_that_is_always_open_is_open_on_sundays() -> None:
    assert ALWAYS_OPEN.is_open(SUN)
    assert ALWAYS_OPEN.business_days_between(MON, SUN) == 6
