"""What is promised, from what, for when, and why."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from promesa.allocation import labels as labels
from promesa.allocation.rules import (
    SERVICE,
    Claim,
    DeliveryTerms,
    Demand,
    LinePromise,
    OrderPromise,
    Supply,
    SupplyPool,
    earliest_window,
    promise_order,
)
from promesa.core import words
from promesa.core.calendars import BusinessCalendar, ReceivingWindows, end_of_day, start_of_day

D = Decimal
MADRID = "Europe/Madrid"
MON, TUE, WED, THU, FRI, SAT, SUN = (date(2026, 11, 23) + timedelta(days=n) for n in range(7))
NEXT_MON, NEXT_TUE = date(2026, 11, 30), date(2026, 12, 1)
WAREHOUSE = BusinessCalendar(zone=MADRID)
OIL, TUNA = 1, 2


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment by the clock of Madrid in winter."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - timedelta(hours=1)


MONDAY_MORNING = at(MON, 9)


def terms(**more: Any) -> DeliveryTerms:
    hours = more.pop("hours", {weekday: [(time(8), time(12))] for weekday in range(5)})
    site = more.pop("site", BusinessCalendar(zone=MADRID))
    return DeliveryTerms(
        **{
            "warehouse": WAREHOUSE,
            "site": ReceivingWindows.of(MADRID, hours, site),
            "cut_off": time(14),
            **more,
        }
    )


def lot(row_id: int, free: str, item: int = OIL, expires_on: date | None = None) -> Supply:
    return Supply(row_id, item, D(free), expires_on)


def receipt(row_id: int, free: str, expected: datetime, item: int = OIL) -> Supply:
    return Supply(row_id, item, D(free), None, expected)


def wanted(day: date | None, quantity: str = "10", *, key: int = 1, item: int = OIL, **more: Any) -> Demand:
    if day is not None:
        more = {"requested_from": at(day, 0), "requested_to": at(day + timedelta(days=1), 0), **more}
    return Demand(key, item, D(quantity), **more)


def promise(lines: list[Demand] | Demand, supply: list[Supply], when: datetime = MONDAY_MORNING, **more: Any) -> Any:
    asked = lines if isinstance(lines, list) else [lines]
    result = promise_order(lines=asked, supply=SupplyPool(supply), terms=terms(**more), at=when)
    return result if isinstance(lines, list) else result.lines[0]


def parts(line: LinePromise) -> list[tuple[str, date, datetime, datetime, str]]:
    return [(str(p.quantity), p.ship_date, p.window_from, p.window_to, p.reason) for p in line.parts]


def test_goods_in_stock_arrive_in_the_requested_window_and_leave_as_late_as_they_can() -> None:
    line = promise(wanted(FRI), [lot(1, "50")])
    assert parts(line) == [("10", THU, at(FRI, 8), at(FRI, 12), "promise_as_requested")]
    assert line.parts[0].claims == (Claim("stock", 1, D(10)),)
    assert line.missing_quantity == 0


def test_nothing_arrives_before_it_is_wanted_nor_after_the_end_of_the_request() -> None:
    asked = Demand(1, OIL, D(1), at(FRI, 9), at(FRI, 11))
    assert parts(promise(asked, [lot(1, "50")])) == [
        ("1", THU, at(FRI, 9), at(FRI, 11), "promise_as_requested"),
    ]


def test_without_a_date_goods_come_in_the_first_window_they_can() -> None:
    assert parts(promise(wanted(None), [lot(1, "50")])) == [
        ("10", MON, at(TUE, 8), at(TUE, 12), "promise_first_possible"),
    ]
    assert earliest_window(terms=terms(), at=MONDAY_MORNING) == (at(TUE, 8), at(TUE, 12))


def test_an_order_after_the_cut_off_leaves_the_next_day_and_the_reason_says_so() -> None:
    line = promise(wanted(TUE), [lot(1, "50")], at(MON, 14, 1))
    assert parts(line) == [("10", TUE, at(WED, 8), at(WED, 12), "promise_after_cut_off")]
    assert line.parts[0].params["cut_off"] == "14:00"


def test_an_order_on_a_closed_day_starts_on_the_next_open_one() -> None:
    assert parts(promise(wanted(SUN), [lot(1, "50")], at(SAT, 9))) == [
        ("10", NEXT_MON, at(NEXT_TUE, 8), at(NEXT_TUE, 12), "promise_too_late_for_wish"),
    ]


def test_a_request_shorter_than_the_lead_time_gets_the_first_feasible_day_and_the_reason() -> None:
    line = promise(wanted(TUE, lead_days=2), [lot(1, "50")])
    assert parts(line) == [("10", WED, at(THU, 8), at(THU, 12), "promise_lead_time")]
    assert line.parts[0].params["lead_days"] == 2
    assert line.parts[0].params["ship_date"] == WED


def test_an_item_without_lead_time_takes_the_default_one() -> None:
    assert parts(promise(wanted(None), [lot(1, "50")], lead_days=1))[0][1:3] == (TUE, at(WED, 8))
    assert parts(promise(wanted(None, lead_days=0), [lot(1, "50")], lead_days=1))[0][1:3] == (MON, at(TUE, 8))


def test_a_holiday_of_the_warehouse_delays_the_shipment_and_one_of_the_site_the_arrival() -> None:
    closed_tuesday = BusinessCalendar(zone=MADRID, holidays=frozenset({TUE}))
    assert parts(promise(wanted(TUE), [lot(1, "50")], warehouse=closed_tuesday))[0][1:3] == (MON, at(WED, 8))
    assert parts(promise(wanted(TUE), [lot(1, "50")], site=closed_tuesday)) == [
        ("10", TUE, at(WED, 8), at(WED, 12), "promise_site_closed"),
    ]


def test_a_site_that_takes_no_goods_on_the_day_asked_gets_them_in_its_next_hours() -> None:
    mondays = {0: [(time(8), time(12))]}
    assert parts(promise(wanted(WED), [lot(1, "50")], hours=mondays)) == [
        ("10", FRI, at(NEXT_MON, 8), at(NEXT_MON, 12), "promise_site_closed"),
    ]


def test_a_window_that_passed_before_goods_could_come_is_a_matter_of_time_not_of_a_closed_site() -> None:
    mondays = {0: [(time(8), time(12))]}
    week = Demand(1, OIL, D(1), at(MON, 0), at(SAT, 0))
    assert parts(promise(week, [lot(1, "50")], hours=mondays))[0][2:] == (
        at(NEXT_MON, 8), at(NEXT_MON, 12), "promise_too_late_for_wish",
    )  # fmt: skip


def test_a_site_that_never_takes_goods_is_promised_nothing() -> None:
    line = promise(wanted(MON), [lot(1, "50")], hours={6: [(time(8), time(12))]})
    assert (line.parts, line.missing_quantity, line.missing_reason) == ((), D(10), "promise_no_window")


def test_the_hours_of_the_site_are_told_in_its_own_zone() -> None:
    canary = ReceivingWindows.of("Atlantic/Canary", {4: [(time(8), time(12))]})
    own = DeliveryTerms(warehouse=WAREHOUSE, site=canary, cut_off=time(14))
    line = promise_order(lines=[wanted(FRI)], supply=SupplyPool([lot(1, "9999")]), terms=own, at=MONDAY_MORNING)
    assert line.lines[0].parts[0].window_from == at(FRI, 9)


def test_a_van_of_the_same_day_arrives_after_it_has_left() -> None:
    whole_days = {"hours": {}, "transit_days": 0, "ships_at": time(15)}
    line = promise(wanted(MON), [lot(1, "50")], **whole_days)
    assert parts(line) == [("10", MON, at(MON, 15), at(TUE, 0), "promise_as_requested")]
    mornings = promise(wanted(WED), [lot(1, "50")], transit_days=0, ships_at=time(15))
    assert parts(mornings) == [("10", TUE, at(WED, 8), at(WED, 12), "promise_as_requested")]


def test_the_lot_that_expires_first_goes_first_and_one_without_expiry_last() -> None:
    lots = [lot(3, "4"), lot(1, "4", expires_on=date(2027, 5, 1)), lot(2, "4", expires_on=date(2027, 3, 1))]
    assert promise(wanted(FRI), lots).parts[0].claims == (
        Claim("stock", 2, D(4)),
        Claim("stock", 1, D(4)),
        Claim("stock", 3, D(2)),
    )


def test_a_lot_that_would_expire_too_soon_after_delivery_is_never_promised() -> None:
    def lots() -> list[Supply]:
        return [lot(1, "10", expires_on=FRI + timedelta(days=29)), lot(2, "10", expires_on=FRI + timedelta(days=30))]

    assert promise(wanted(FRI, minimum_life_days=30), lots()).parts[0].claims == (Claim("stock", 2, D(10)),)
    short = promise(wanted(FRI, minimum_life_days=31), lots())
    assert short.parts == ()
    assert short.missing_reason == "promise_short_life"
    assert short.missing_params["stock_quantity"] == D(20)


def test_what_stock_lacks_comes_from_the_earliest_receipt_in_a_second_part() -> None:
    supply = [lot(1, "6"), receipt(9, "50", at(NEXT_MON, 10)), receipt(8, "2", at(THU, 10))]
    line = promise(wanted(TUE), supply)
    assert parts(line) == [
        ("6", MON, at(TUE, 8), at(TUE, 12), "promise_as_requested"),
        ("2", THU, at(FRI, 8), at(FRI, 12), "promise_waits_for_receipt"),
        ("2", NEXT_MON, at(NEXT_TUE, 8), at(NEXT_TUE, 12), "promise_waits_for_receipt"),
    ]
    assert line.parts[1].params == {"expected_on": THU}
    assert line.parts[2].claims == (Claim("receipt", 9, D(2)),)


def test_a_receipt_that_comes_in_time_joins_the_stock_in_one_part() -> None:
    line = promise(wanted(FRI), [lot(1, "6"), receipt(8, "50", at(WED, 10))])
    assert parts(line) == [("10", THU, at(FRI, 8), at(FRI, 12), "promise_receipt_in_time")]
    assert line.parts[0].claims == (Claim("stock", 1, D(6)), Claim("receipt", 8, D(4)))


def test_a_receipt_after_the_cut_off_can_leave_only_the_next_day() -> None:
    assert parts(promise(wanted(None), [receipt(8, "50", at(THU, 14, 1))]))[0][1] == FRI


def test_an_overdue_receipt_is_hoped_for_the_next_business_day_and_not_for_today() -> None:
    assert parts(promise(wanted(None), [receipt(8, "50", at(MON, 8))]))[0][1] == TUE


def test_what_nothing_supplies_stays_unpromised_with_its_reason() -> None:
    line = promise(wanted(FRI), [lot(1, "6")])
    assert str(line.parts[0].quantity) == "6"
    assert (line.missing_quantity, line.missing_reason) == (D(4), "promise_no_supply")
    assert line.missing_params == {"missing_quantity": D(4), "quantity": D(10)}


def test_a_line_that_may_not_be_split_waits_for_its_last_unit() -> None:
    supply = [lot(1, "6"), receipt(8, "50", at(WED, 10))]
    line = promise(wanted(TUE), supply, partial_deliveries=False)
    assert parts(line) == [("10", WED, at(THU, 8), at(THU, 12), "promise_undivided")]
    assert line.parts[0].claims == (Claim("stock", 1, D(6)), Claim("receipt", 8, D(4)))


def test_a_line_that_may_not_be_split_and_cannot_be_whole_claims_nothing() -> None:
    pool = SupplyPool([lot(1, "6")])
    result = promise_order(
        lines=[wanted(TUE), wanted(TUE, "5", key=2)],
        supply=pool,
        terms=terms(partial_deliveries=False),
        at=MONDAY_MORNING,
    )
    first, second = result.lines
    assert (first.parts, first.missing_quantity, first.missing_reason) == ((), D(10), "promise_line_incomplete")
    assert second.parts[0].claims == (Claim("stock", 1, D(5)),)
    assert not result.complete


def test_a_lot_too_old_for_the_later_day_is_left_when_an_undivided_line_waits() -> None:
    supply = [lot(1, "6", expires_on=WED), receipt(8, "6", at(WED, 10)), receipt(9, "6", at(FRI, 10))]
    line = promise(wanted(TUE), supply, partial_deliveries=False)
    assert line.parts[0].claims == (Claim("receipt", 8, D(6)), Claim("receipt", 9, D(4)))
    assert line.parts[0].window_from == at(NEXT_MON, 8)


def test_one_delivery_brings_everything_when_the_latest_line_comes() -> None:
    supply = [lot(1, "50"), receipt(8, "50", at(WED, 10), TUNA)]
    lines = [wanted(TUE), wanted(TUE, key=2, item=TUNA)]
    result: OrderPromise = promise(lines, supply, one_delivery=True)
    assert [parts(line) for line in result.lines] == [
        [("10", WED, at(THU, 8), at(THU, 12), "promise_with_the_rest")],
        [("10", WED, at(THU, 8), at(THU, 12), "promise_waits_for_receipt")],
    ]
    assert result.window == (at(THU, 8), at(THU, 12))
    assert result.complete


def test_one_delivery_promises_nothing_when_a_line_has_no_supply() -> None:
    pool = SupplyPool([lot(1, "50")])
    lines = [wanted(TUE), wanted(TUE, key=2, item=TUNA)]
    result = promise_order(lines=lines, supply=pool, terms=terms(one_delivery=True), at=MONDAY_MORNING)
    assert [(line.parts, line.missing_quantity, line.missing_reason) for line in result.lines] == [
        ((), D(10), "promise_order_incomplete"),
        ((), D(10), "promise_no_supply"),
    ]
    assert pool.by_item[OIL][0][0].free == D(50)
    assert not result.complete


def test_one_delivery_narrows_lines_that_ask_for_other_hours_to_the_common_ones() -> None:
    lines = [Demand(1, OIL, D(1), at(TUE, 8), at(TUE, 10)), Demand(2, OIL, D(1), at(TUE, 9), at(TUE, 12))]
    result: OrderPromise = promise(lines, [lot(1, "50")], one_delivery=True)
    assert result.window == (at(TUE, 9), at(TUE, 10))
    assert {parts(line)[0][2:4] for line in result.lines} == {(at(TUE, 9), at(TUE, 10))}


def test_a_service_needs_no_stock_and_comes_with_the_rest() -> None:
    lines = [wanted(TUE, key=1, item=77, kind=SERVICE), wanted(TUE, key=2)]
    result: OrderPromise = promise(lines, [receipt(8, "50", at(WED, 10))], one_delivery=True)
    service, goods = result.lines
    assert parts(service) == [("10", WED, at(THU, 8), at(THU, 12), "promise_with_the_rest")]
    assert service.parts[0].claims == ()
    assert goods.parts[0].window_from == at(THU, 8)
    assert parts(promise(wanted(TUE, item=77, kind=SERVICE), []))[0][4] == "promise_service"


def test_two_lines_of_an_item_never_get_the_same_units() -> None:
    result = promise([wanted(TUE, "6"), wanted(TUE, "6", key=2)], [lot(1, "10")])
    assert [line.missing_quantity for line in result.lines] == [D(0), D(2)]


def test_an_empty_order_and_a_line_of_nothing_are_promised_nothing() -> None:
    assert promise([], [], one_delivery=True) == OrderPromise((), complete=True, window=None)
    assert promise(wanted(TUE, "0"), [lot(1, "10")]) == LinePromise(1, (), D(0), "", {})


def test_a_date_at_the_end_of_time_is_promised_nothing_instead_of_failing() -> None:
    never = datetime(9999, 12, 31, tzinfo=UTC)
    line = promise(Demand(1, OIL, D(1), never, never), [lot(1, "10")])
    assert line.missing_reason == "promise_no_window"


def test_trying_a_promise_on_a_copy_claims_nothing() -> None:
    pool = SupplyPool([lot(1, "10"), receipt(2, "10", at(WED, 9))])
    promise_order(lines=[wanted(TUE, "15")], supply=pool.copy(), terms=terms(), at=MONDAY_MORNING)
    assert [row.free for shelf in pool.by_item[OIL] for row in shelf] == [D(10), D(10)]


REASONS = [code for code in words.codes() if code.startswith("promise_")]


@pytest.mark.parametrize("code", REASONS)
def test_every_reason_has_a_sentence_in_both_languages(code: str) -> None:
    said = {lang: words.say(code, {"quantity": D(10), "missing_quantity": D(4)}, lang) for lang in ("es", "en")}
    assert said["es"] != said["en"]
    assert code.replace("_", " ") not in said.values()


# --- Packs ---------------------------------------------------------------------------------------------------------


def test_a_line_by_the_case_gets_whole_cases_and_says_what_is_left_loose() -> None:
    line = promise(wanted(FRI, "36", pack=D(12)), [lot(1, "30")])
    assert [(p.quantity, p.claims) for p in line.parts] == [(D(24), (Claim("stock", 1, D(24)),))]
    assert (line.missing_quantity, line.missing_reason) == (D(12), "promise_broken_packs")
    assert words.say(line.missing_reason, line.missing_params, "en") == (
        "12 of 36 are missing: 6 are left loose, which do not fill a pack of 12."
    )


def test_the_last_case_comes_whole_from_the_receipt_and_no_case_is_made_of_two_lots() -> None:
    line = promise(wanted(None, "24", pack=D(12)), [lot(1, "7"), lot(2, "17"), receipt(3, "20", at(WED, 9))])
    assert [(p.quantity, p.claims) for p in line.parts] == [
        (D(12), (Claim("stock", 2, D(12)),)),
        (D(12), (Claim("receipt", 3, D(12)),)),
    ]


def test_what_is_left_of_a_broken_case_is_promised_as_it_is() -> None:
    line = promise(wanted(FRI, "30", pack=D(12)), [lot(1, "25"), lot(2, "6")])
    assert [claim.quantity for claim in line.parts[0].claims] == [D(24), D(6)]
    assert line.missing_quantity == 0


# --- The clock changes ---------------------------------------------------------------------------------------------

MARCH = date(2026, 3, 29)  # a Sunday: Madrid's clocks go from 2 to 3
OCTOBER = date(2026, 10, 25)  # a Sunday: Madrid's clocks go from 3 back to 2
BOGOTA = "America/Bogota"
ALL_DAYS = frozenset(range(7))


def site_in(zone: str, opens: time, closes: time) -> ReceivingWindows:
    every_day = BusinessCalendar(zone=zone, open_weekdays=ALL_DAYS)
    return ReceivingWindows.of(zone, {weekday: [(opens, closes)] for weekday in range(7)}, every_day)


def day_of(day: date, zone: str, key: int = 1) -> Demand:
    """Wanted on a whole day of the customer's, 23 to 25 hours long."""
    return Demand(key, OIL, D(1), start_of_day(day, zone), end_of_day(day, zone))


def one_part(line: Demand, site: ReceivingWindows, when: datetime) -> Any:
    every_day = BusinessCalendar(zone=MADRID, open_weekdays=ALL_DAYS)
    delivery = DeliveryTerms(warehouse=every_day, site=site, cut_off=time(14))
    (promised,) = promise_order(lines=[line], supply=SupplyPool([lot(1, "5")]), terms=delivery, at=when).lines
    (part,) = promised.parts
    return part


@pytest.mark.parametrize(
    ("day", "zone", "opens", "closes"),
    [
        # 8 to 12 by the customer's clock is an hour earlier in UTC from the last Sunday of March on.
        (
            MARCH - timedelta(days=1),
            MADRID,
            datetime(2026, 3, 28, 7, tzinfo=UTC),
            datetime(2026, 3, 28, 11, tzinfo=UTC),
        ),
        (MARCH, MADRID, datetime(2026, 3, 29, 6, tzinfo=UTC), datetime(2026, 3, 29, 10, tzinfo=UTC)),
        (OCTOBER, MADRID, datetime(2026, 10, 25, 7, tzinfo=UTC), datetime(2026, 10, 25, 11, tzinfo=UTC)),
        # Bogotá has no summer time: the same hours on the days on which Madrid's clocks change.
        (MARCH, BOGOTA, datetime(2026, 3, 29, 13, tzinfo=UTC), datetime(2026, 3, 29, 17, tzinfo=UTC)),
        (OCTOBER, BOGOTA, datetime(2026, 10, 25, 13, tzinfo=UTC), datetime(2026, 10, 25, 17, tzinfo=UTC)),
    ],
)
def test_receiving_hours_are_the_customers_on_days_on_which_clocks_change(
    day: date, zone: str, opens: datetime, closes: datetime
) -> None:
    part = one_part(day_of(day, zone), site_in(zone, time(8), time(12)), opens - timedelta(days=3))
    assert (part.window_from, part.window_to, part.reason) == (opens, closes, "promise_as_requested")


def test_a_window_over_the_hour_that_comes_twice_is_an_hour_longer_and_over_the_skipped_one_shorter() -> None:
    night = site_in(MADRID, time(1), time(4))
    twice = one_part(day_of(OCTOBER, MADRID), night, datetime(2026, 10, 22, 9, tzinfo=UTC))
    assert twice.window_to - twice.window_from == timedelta(hours=4)
    skipped = one_part(day_of(MARCH, MADRID), night, datetime(2026, 3, 26, 9, tzinfo=UTC))
    assert skipped.window_to - skipped.window_from == timedelta(hours=2)


@pytest.mark.parametrize(("day", "hours"), [(MARCH, 23), (OCTOBER, 25)])
def test_a_site_without_hours_takes_goods_all_the_day_however_long_it_is(day: date, hours: int) -> None:
    always = ReceivingWindows.of(MADRID, None, BusinessCalendar(zone=MADRID, open_weekdays=ALL_DAYS))
    part = one_part(day_of(day, MADRID), always, datetime(day.year, day.month, day.day - 3, 9, tzinfo=UTC))
    assert part.window_to - part.window_from == timedelta(hours=hours)


def test_the_closing_minute_belongs_to_the_window_and_the_next_does_not() -> None:
    site = site_in(MADRID, time(8), time(12))
    noon = datetime(2026, 3, 29, 10, tzinfo=UTC)
    before = Demand(1, OIL, D(1), noon - timedelta(minutes=1), noon + timedelta(hours=2))
    assert one_part(before, site, datetime(2026, 3, 26, 9, tzinfo=UTC)).window_to == noon
    after = Demand(1, OIL, D(1), noon + timedelta(minutes=1), noon + timedelta(hours=2))
    part = one_part(after, site, datetime(2026, 3, 26, 9, tzinfo=UTC))
    assert (part.window_from, part.reason) == (datetime(2026, 3, 30, 6, tzinfo=UTC), "promise_site_closed")


def test_the_cut_off_is_told_by_the_clock_of_the_warehouse_on_both_sides_of_the_change() -> None:
    site = site_in(MADRID, time(8), time(12))
    in_winter = one_part(Demand(1, OIL, D(1)), site, datetime(2026, 3, 27, 13, tzinfo=UTC))  # 14:00 in Madrid: in time
    assert in_winter.ship_date == date(2026, 3, 27)
    in_summer = one_part(Demand(1, OIL, D(1)), site, datetime(2026, 3, 30, 13, tzinfo=UTC))  # 15:00: too late
    assert in_summer.ship_date == date(2026, 3, 31)
