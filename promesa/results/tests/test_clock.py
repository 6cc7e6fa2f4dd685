"""Days are judged where the goods arrive, across changes of clocks, grace and holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promesa.core.calendars import BusinessCalendar, end_of_day, start_of_day
from promesa.results.rules import verdicts
from promesa.results.rules.facts import Basis, Component, Part, Point, Tolerance
from promesa.results.tests.lines import MADRID, TUESDAY, WORKDAYS, came, day_part, line, on, q, verdict

MEXICO = "America/Mexico_City"


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_a_day_of_23_or_25_hours_is_whole(day, hours):
    part = day_part(day)
    assert part.end - part.start == timedelta(hours=hours)
    last = line(first=(part,), deliveries=(came(100, part.end - timedelta(seconds=1)),))
    assert verdict(last).kept[Component.ON_TIME] is True
    after = line(first=(part,), deliveries=(came(100, part.end),))
    assert verdict(after).kept[Component.ON_TIME] is False


def test_midnight_belongs_to_the_next_day_and_a_docks_closing_moment_to_the_window():
    assert verdict(line(deliveries=(came(100, day_part(TUESDAY).end),))).kept[Component.ON_TIME] is False
    slot = Part(quantity=q(100), start=on(TUESDAY, 8), end=on(TUESDAY, 14))
    at_closing = line(first=(slot,), deliveries=(came(100, on(TUESDAY, 14)),))
    assert verdict(at_closing).kept[Component.ON_TIME] is True
    late = line(first=(slot,), deliveries=(came(100, on(TUESDAY, 14) + timedelta(seconds=1)),))
    assert verdict(late).kept[Component.ON_TIME] is False


def test_a_day_of_grace_is_a_business_day_of_the_ship_tos_calendar():
    friday, monday, tuesday = date(2026, 12, 4), date(2026, 12, 7), date(2026, 12, 8)
    calendar = BusinessCalendar(zone=MADRID, holidays=frozenset({tuesday}))
    promised = {"first": (day_part(friday),), "calendar": calendar, "tolerance": Tolerance(late_days=2)}
    # Saturday and Sunday are closed, Tuesday is a holiday: the second day of grace is Wednesday.
    assert verdict(line(**promised, deliveries=(came(100, on(date(2026, 12, 9), 20)),))).kept[Component.ON_TIME] is True
    assert verdict(line(**promised, deliveries=(came(100, on(date(2026, 12, 10))),))).kept[Component.ON_TIME] is False
    assert verdict(line(**promised, deliveries=(came(100, on(monday)),))).due_at == end_of_day(
        friday, MADRID
    ) - timedelta(microseconds=1)


def test_early_is_a_failure_before_the_days_that_the_customer_lets_pass():
    saturday_after = {"first": (day_part(date(2026, 11, 23)),), "calendar": WORKDAYS}
    friday = on(date(2026, 11, 20))
    one_day = line(**saturday_after, tolerance=Tolerance(early_days=1), deliveries=(came(100, friday),))
    assert verdict(one_day).kept[Component.ON_TIME] is True
    none = line(**saturday_after, deliveries=(came(100, friday),))
    assert verdict(none).kept[Component.ON_TIME] is False


def test_history_has_no_early_limit():
    early = line(history=True, deliveries=(came(100, on(date(2026, 11, 2))),))
    assert verdict(early).kept[Component.ON_TIME] is True


def test_the_same_moment_is_on_time_in_mexico_and_late_in_madrid():
    moment = datetime(2026, 11, 25, 1, tzinfo=UTC)
    mexico = line(zone=MEXICO, first=(day_part(TUESDAY, 100, MEXICO),), deliveries=(came(100, moment),))
    assert verdict(mexico).kept[Component.ON_TIME] is True
    assert verdict(line(deliveries=(came(100, moment),))).kept[Component.ON_TIME] is False


def test_at_the_wrong_door_nothing_is_on_time():
    assert verdict(line(deliveries=(came(100, right_site=False),))).kept[Component.ON_TIME] is False


def test_the_three_points_read_three_clocks():
    facts = line(deliveries=(came(100, on(date(2026, 11, 25)), arrived_at=on(TUESDAY, 20)),))
    judged = verdict(facts)
    assert judged.clocked(Point.SHIP).on_time is True
    assert judged.clocked(Point.ARRIVE).on_time is True
    assert judged.clocked(Point.POD).on_time is False


def test_shipping_on_time_is_shipping_by_the_planned_day_and_never_too_early():
    part = Part(
        q(100),
        start_of_day(TUESDAY, MADRID),
        end_of_day(TUESDAY, MADRID),
        ship_by=end_of_day(date(2026, 11, 23), MADRID),
    )
    assert verdict(line(first=(part,))).clocked(Point.SHIP).on_time is True
    early = Part(q(100), part.start, part.end, ship_by=end_of_day(date(2026, 11, 27), MADRID))
    assert verdict(line(first=(early,))).clocked(Point.SHIP).on_time is True
    missed = Part(q(100), part.start, part.end, ship_by=end_of_day(date(2026, 11, 20), MADRID))
    assert verdict(line(first=(missed,))).clocked(Point.SHIP).on_time is False


days = st.integers(-2, 3).map(lambda n: TUESDAY + timedelta(days=n))
deliveries = st.lists(
    st.builds(lambda day, hour, quantity: came(quantity, on(day, hour)), days, st.integers(0, 23), st.integers(0, 120)),
    max_size=2,
)


@given(deliveries, st.integers(0, 1), st.integers(0, 1), st.sampled_from(["0", "0.05"]))
def test_the_usual_case_told_shortly_is_what_the_whole_reckoning_tells(tries, early, late, share):
    tolerance = Tolerance(under=q(share), over=q(share), early_days=early, late_days=late)
    facts = line(deliveries=tuple(tries), tolerance=tolerance)
    shortly = verdict(facts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verdicts, "_plainly", lambda *_: None)
        assert verdict(facts) == shortly


def test_a_line_is_counted_when_its_time_is_over_or_when_it_came_in_full():
    waiting = verdict(line(despatches=(), deliveries=(), tolerance=Tolerance(late_days=1)))
    end = day_part(TUESDAY).end
    assert waiting.countable_at == end + timedelta(days=1)
    served = verdict(line(tolerance=Tolerance(late_days=1)))
    assert served.countable_at == end - timedelta(microseconds=1)
    on_the_day_of_grace = line(tolerance=Tolerance(late_days=1), deliveries=(came(100, on(date(2026, 11, 25))),))
    assert verdict(on_the_day_of_grace).countable_at == on(date(2026, 11, 25))


def test_while_something_is_owed_the_verdict_is_provisional_for_ever():
    waiting = verdict(line(despatches=(), deliveries=()))
    assert waiting.matures_at is None
    assert waiting.provisional(on(date(2030, 1, 1))) is True
    settled = verdict(line(despatches=(), deliveries=(), invoiced_at=None, closed=True))
    assert settled.matures_at == day_part(TUESDAY).end - timedelta(microseconds=1)


def test_a_line_never_confirmed_is_in_no_promise_but_in_the_request():
    draft = line(confirmed_at=None, first=(), last=(), despatches=(), deliveries=())
    assert verdict(draft, Basis.FIRST).exclusion.reason == "not_promised"
    assert verdict(draft, Basis.REQUESTED).counted is True


def test_a_quantity_confirmed_without_a_date_is_owed_with_the_rest():
    short = line(first=(day_part(TUESDAY, 60),), deliveries=(came(60),), despatches=(left_60(),))
    assert verdict(short).compared == q(100)
    assert verdict(short).kept[Component.FULL] is False


def left_60():
    from_despatches = line(ordered=60).despatches
    return from_despatches[0]


def test_a_missing_invoice_is_a_fault_from_when_the_time_to_dispute_it_would_be_over():
    missing = verdict(line(invoiced_at=None))
    assert (missing.documents, missing.invoice_by) == (True, on(TUESDAY) + timedelta(days=15))
    late = verdict(line(invoiced_at=on(TUESDAY) + timedelta(days=15)))
    assert (late.documents, late.invoice_by) == (False, None)
    assert late.blames[0].cause == "X2"
    assert verdict(line(invoiced_at=None, invoice_required=False)).invoice_by is None
