"""Fill rates against the worked examples, and what is a law among them and what is not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from promesa.results.rules.fill import LineFill, fill_rates, first_shipment, line_fill
from promesa.results.tests.lines import TUESDAY, left, line, on, q

MONDAY = date(2026, 11, 23)


def filled(order_id, ordered, first, price="1", strict=None, case="1"):
    return LineFill(
        order_id=order_id,
        ordered=q(ordered),
        filled=q(first),
        filled_strict=q(first if strict is None else strict),
        accepted=q(ordered),
        unit_price=q(price),
        case_size=q(case),
    )


def test_one_failed_order_of_ten_lines_beside_a_good_one_of_one_line_fills_half_the_orders_and_nine_per_cent_of_lines():
    lines = [filled(1, 10, 0) for _ in range(10)] + [filled(2, 10, 10)]
    rates = fill_rates(lines)
    assert rates.rate("order") == Decimal("0.500000")
    assert rates.rate("line") == Decimal("0.090909")
    assert rates.rate("case") == Decimal("0.090909")


def test_case_fill_counts_cases_and_value_fill_weighs_by_price():
    rates = fill_rates([filled(1, 24, 12, price="2", case="12"), filled(1, 10, 10, price="10")])
    assert rates.case == (q(11), q(12))
    assert rates.value == (q(124), q(148))
    assert rates.line == (1, 2)
    assert rates.order == (0, 1)


def test_substitutes_agreed_fill_in_one_variant_and_not_in_the_strict_one():
    lines = [filled(1, 10, 10, strict=0), filled(2, 10, 10)]
    assert fill_rates(lines).rate("case") == 1
    assert fill_rates(lines, strict=True).rate("case") == Decimal("0.5")


def test_depots_that_ship_on_the_same_planned_date_are_one_first_shipment():
    two = line(despatches=(left(60, MONDAY), left(40, MONDAY)))
    assert line_fill(two, first_shipment([two])).full is True


def test_a_truck_that_left_late_for_its_planned_date_still_belongs_to_the_first_shipment():
    late = left(40, MONDAY)
    slipped = type(late)(quantity=late.quantity, shipped_at=on(TUESDAY), planned_on=MONDAY, shipped_on=TUESDAY)
    two = line(despatches=(left(60, MONDAY), slipped))
    assert line_fill(two, first_shipment([two])).full is True


def test_a_line_planned_for_a_second_shipment_is_not_filled_by_the_first():
    first = line()
    second = line(line_id=2, despatches=(left(100, TUESDAY),))
    start = first_shipment([first, second])
    assert start == MONDAY
    assert line_fill(first, start).full is True
    assert line_fill(second, start).full is False


def test_nothing_shipped_fills_nothing():
    waiting = line(despatches=(), deliveries=())
    fill = line_fill(waiting, first_shipment([waiting]))
    assert (fill.filled, fill.full) == (0, False)


lines_of_orders = st.lists(
    st.builds(
        filled,
        st.integers(1, 5),
        st.integers(1, 20),
        st.integers(0, 20),
        st.sampled_from(["0", "1", "2.5"]),
    ).filter(lambda fill: fill.filled <= fill.ordered),
    min_size=1,
    max_size=20,
)


@given(lines_of_orders)
def test_a_full_order_has_only_full_lines_and_full_lines_only_full_cases(lines):
    orders = {fill.order_id for fill in lines}
    for order in orders:
        own = [fill for fill in lines if fill.order_id == order]
        rates = fill_rates(own)
        if rates.rate("order") == 1:
            assert rates.rate("line") == 1
        if rates.rate("line") == 1:
            assert rates.rate("case") == 1
