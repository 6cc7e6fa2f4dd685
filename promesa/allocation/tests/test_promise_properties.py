"""What holds of every promise, whatever is asked and whatever there is."""

import random
import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from promesa.allocation import labels as labels
from promesa.allocation.operations import publishing
from promesa.allocation.rules import DeliveryTerms, Demand, OrderPromise, Supply, SupplyPool, promise_order, protecting
from promesa.allocation.rules import promise as decided
from promesa.core import words
from promesa.core.calendars import BusinessCalendar, ReceivingWindows, local_day, next_ship_day

D = Decimal
MADRID = "Europe/Madrid"
START = datetime(2026, 11, 23, 8, tzinfo=UTC)
MOMENTS = st.integers(-24 * 3, 24 * 20).map(lambda hours: START + timedelta(hours=hours))
QUANTITIES = st.integers(1, 60).map(lambda tenths: D(tenths) / 2)
FREE = st.integers(0, 60).map(lambda tenths: D(tenths) / 2)
DAYS = st.dates(date(2026, 11, 23), date(2026, 12, 31))
ITEMS = st.integers(1, 3)
PACKS = [D(0), D(0), D("2.5"), D(6)]
WAREHOUSE = BusinessCalendar(zone=MADRID, holidays=frozenset({date(2026, 12, 8)}))


@st.composite
def supplies(draw: st.DrawFn) -> list[tuple[int, int, D, date | None, datetime | None]]:
    count = draw(st.integers(0, 8))
    return [
        (row_id, draw(ITEMS), draw(FREE), draw(st.none() | DAYS), draw(st.none() | MOMENTS)) for row_id in range(count)
    ]


@st.composite
def demands(draw: st.DrawFn) -> list[Demand]:
    lines = []
    for key in range(draw(st.integers(1, 4))):
        asked = draw(st.none() | MOMENTS)
        until = None if asked is None else asked + timedelta(hours=draw(st.integers(0, 72)))
        life, lead = draw(st.integers(0, 10)), draw(st.none() | st.integers(0, 3))
        kind = draw(st.sampled_from(["goods", "goods", "goods", "service"]))
        pack = draw(st.sampled_from(PACKS))
        lines.append(Demand(key, draw(ITEMS), draw(QUANTITIES), asked, until, life, lead, kind, pack))
    return lines


HOURS = st.sampled_from(
    [None, {day: [(time(8), time(12))] for day in range(5)}, {1: [(time(7), time(9)), (time(16), time(18))]}]
)
TERMS = st.builds(
    lambda hours, transit, one, partial, cut_off: DeliveryTerms(
        warehouse=WAREHOUSE,
        site=ReceivingWindows.of("Atlantic/Canary", hours, BusinessCalendar(zone="Atlantic/Canary")),
        cut_off=cut_off,
        transit_days=transit,
        lead_days=1,
        one_delivery=one,
        partial_deliveries=partial,
    ),
    HOURS,
    st.integers(0, 3),
    st.booleans(),
    st.booleans(),
    st.none() | st.just(time(14)),
)


def pool(rows: Iterable[tuple[int, int, D, date | None, datetime | None]]) -> SupplyPool:
    return SupplyPool(Supply(*row) for row in rows)


def free(of: SupplyPool) -> dict[int, D]:
    return {row.id: row.free for shelf in of.by_item.values() for rows in shelf for row in rows}


@given(supplies(), demands(), TERMS, MOMENTS)
def test_every_unit_claimed_leaves_the_pool_once_and_serves_its_own_item(
    rows: list, lines: list[Demand], terms: DeliveryTerms, at: datetime
) -> None:
    supply = pool(rows)
    result = promise_order(lines=lines, supply=supply, terms=terms, at=at)
    claimed: Counter[int] = Counter()
    owner = {row_id: (item, expected is None) for row_id, item, _, _, expected in rows}
    for line, promised in zip(lines, result.lines, strict=True):
        for part in promised.parts:
            for claim in part.claims:
                assert claim.quantity > 0
                assert owner[claim.id] == (line.item_id, claim.source == "stock")
                claimed[claim.id] += claim.quantity
    left = free(supply)
    assert all(left[row_id] >= 0 and left[row_id] + claimed[row_id] == before for row_id, _, before, _, _ in rows)


@given(supplies(), demands(), TERMS, MOMENTS)
def test_what_is_promised_and_what_is_missing_add_up_to_what_was_asked(
    rows: list, lines: list[Demand], terms: DeliveryTerms, at: datetime
) -> None:
    result = promise_order(lines=lines, supply=pool(rows), terms=terms, at=at)
    for line, promised in zip(lines, result.lines, strict=True):
        assert promised.key == line.key
        assert sum((part.quantity for part in promised.parts), promised.missing_quantity) == line.quantity
        assert bool(promised.missing_quantity) == bool(promised.missing_reason)
        for part in promised.parts:
            assert part.quantity > 0
            if line.kind == "goods":
                assert sum((claim.quantity for claim in part.claims), D(0)) == part.quantity
    assert result.complete == all(not line.missing_quantity for line in result.lines)


@given(supplies(), demands(), TERMS, MOMENTS)
def test_nothing_leaves_before_it_can_nor_arrives_before_it_is_wanted_or_outside_receiving_hours(
    rows: list, lines: list[Demand], terms: DeliveryTerms, at: datetime
) -> None:
    result = promise_order(lines=lines, supply=pool(rows), terms=terms, at=at)
    expected = {row_id: moment for row_id, _, _, _, moment in rows}
    for line, promised in zip(lines, result.lines, strict=True):
        lead = terms.lead_days if line.lead_days is None else line.lead_days
        earliest = next_ship_day(at, terms.cut_off, lead, WAREHOUSE)
        for part in promised.parts:
            assert part.ship_date >= earliest
            assert WAREHOUSE.is_open(part.ship_date)
            assert part.window_from < part.window_to
            assert line.requested_from is None or part.window_from >= line.requested_from
            arrival = local_day(part.window_from, terms.site.zone)
            assert arrival >= WAREHOUSE.next_open(part.ship_date, terms.transit_days)
            assert any(
                window.opens <= part.window_from and part.window_to <= window.closes
                for window in terms.site.on(arrival)
            )
            for claim in part.claims:
                moment = expected[claim.id]
                assert moment is None or part.ship_date >= local_day(moment, MADRID)


@given(supplies(), demands(), TERMS, MOMENTS)
def test_no_lot_expires_before_its_delivery_and_the_life_asked_for(
    rows: list, lines: list[Demand], terms: DeliveryTerms, at: datetime
) -> None:
    result = promise_order(lines=lines, supply=pool(rows), terms=terms, at=at)
    expires = {row_id: day for row_id, _, _, day, _ in rows}
    for line, promised in zip(lines, result.lines, strict=True):
        for part in promised.parts:
            good_until = local_day(part.window_from, terms.site.zone) + timedelta(days=line.minimum_life_days)
            assert all((expires[claim.id] or date.max) >= good_until for claim in part.claims)


@given(supplies(), demands(), TERMS, MOMENTS)
def test_one_delivery_is_one_window_or_nothing_and_an_undivided_line_one_part_or_none(
    rows: list, lines: list[Demand], terms: DeliveryTerms, at: datetime
) -> None:
    supply = pool(rows)
    result = promise_order(lines=lines, supply=supply, terms=terms, at=at)
    if terms.one_delivery:
        windows = {(part.ship_date, part.window_from, part.window_to) for line in result.lines for part in line.parts}
        assert len(windows) == (1 if result.complete else 0)
        assert result.complete or free(supply) == {row[0]: row[2] for row in rows}
    elif not terms.partial_deliveries:
        assert all(len(line.parts) == (0 if line.missing_quantity else 1) for line in result.lines)
    else:
        for line in result.lines:
            starts = [part.window_from for part in line.parts]
            assert starts == sorted(set(starts))


@given(supplies(), demands(), TERMS, MOMENTS, st.randoms(use_true_random=False))
def test_the_same_question_has_the_same_answer_whatever_the_order_of_the_rows_and_what_was_asked_before(
    rows: list, lines: list[Demand], terms: DeliveryTerms, at: datetime, chance: random.Random
) -> None:
    first: OrderPromise = promise_order(lines=lines, supply=pool(rows), terms=terms, at=at)
    shuffled = chance.sample(rows, len(rows))
    assert promise_order(lines=lines, supply=pool(shuffled), terms=terms, at=at) == first


@given(supplies(), demands(), TERMS, MOMENTS)
def test_a_divisible_line_lacks_something_only_when_no_unit_that_would_serve_is_left(
    rows: list, lines: list[Demand], terms: DeliveryTerms, at: datetime
) -> None:
    supply = pool(rows)
    result = promise_order(lines=lines, supply=supply, terms=terms, at=at)
    if terms.one_delivery or not terms.partial_deliveries:
        return
    left = free(supply)
    for line, promised in zip(lines, result.lines, strict=True):
        if promised.missing_quantity:
            assert all(
                left[row_id] == 0 or left[row_id] < line.pack or expires is not None
                for row_id, item, _, expires, _ in rows
                if item == line.item_id
            )


@given(supplies(), demands(), TERMS, MOMENTS)
def test_whole_packs_come_of_each_lot_and_only_the_last_of_a_line_is_less_than_one(
    rows: list, lines: list[Demand], terms: DeliveryTerms, at: datetime
) -> None:
    result = promise_order(lines=lines, supply=pool(rows), terms=terms, at=at)
    for line, promised in zip(lines, result.lines, strict=True):
        if not line.pack or line.kind == "service":
            continue
        broken = [claim for part in promised.parts for claim in part.claims if claim.quantity % line.pack]
        assert len(broken) <= 1
        if broken:
            assert not promised.missing_quantity
            assert broken[0].quantity % line.pack == line.quantity % line.pack


@given(supplies(), demands(), TERMS, MOMENTS)
def test_what_is_given_back_can_be_promised_again_to_the_same(
    rows: list, lines: list[Demand], terms: DeliveryTerms, at: datetime
) -> None:
    supply = pool(rows)
    first = promise_order(lines=lines, supply=supply, terms=terms, at=at)
    supply.give_back(claim for line in first.lines for part in line.parts for claim in part.claims)
    assert free(supply) == {row[0]: row[2] for row in rows}
    assert promise_order(lines=lines, supply=supply, terms=terms, at=at) == first


def test_every_reason_that_the_rules_give_has_a_sentence() -> None:
    written = set(re.findall(r'"(promise_[a-z_]+)"', Path(decided.__file__).read_text(encoding="utf-8")))
    by_plan = set(re.findall(r'"(promise_[a-z_]+)"', Path(publishing.__file__).read_text(encoding="utf-8")))
    by_plan |= set(re.findall(r'"(promise_[a-z_]+)"', Path(protecting.__file__).read_text(encoding="utf-8")))
    assert written | by_plan == {code for code in words.codes() if code.startswith("promise_")}
