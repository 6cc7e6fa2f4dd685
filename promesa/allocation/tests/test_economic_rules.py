"""Where service stops paying: golden numbers worked out by hand, and what holds of every curve."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promesa.allocation.rules.economic import ItemEconomics, curve, excess, loss, newsvendor

D = Decimal

# 100 a day give or take 20; goods come again after 4 days, ordered every 5: nine days, so 60 units of deviation.
# One unit costs 7.30 a year to hold: 73 cycles a year, so 0.10 a cycle. A short one costs 1.90: cu / (cu + co) = 95 %.
OIL = ItemEconomics(D(100), D(20), D(9), D(5), D("7.30"), D("1.90"))


@pytest.mark.parametrize(
    ("underage", "overage", "level"),
    [("3", "1", "0.75"), ("1.90", "0.10", "0.95"), ("1", "1", "0.5"), ("0", "2", "0"), ("9.5", "0.5", "0.95")],
)
def test_the_newsvendor_meets_demand_in_cu_of_cu_and_co(underage: str, overage: str, level: str) -> None:
    assert newsvendor(underage=D(underage), overage=D(overage)) == D(level)


def test_costs_below_zero_or_none_at_all_have_no_best_level() -> None:
    for underage, overage in (("-1", "2"), ("1", "-2"), ("0", "0")):
        with pytest.raises(ValueError, match="costs are not below zero"):
            newsvendor(underage=D(underage), overage=D(overage))


@pytest.mark.parametrize(("z", "expected"), [(0.0, 0.398942), (1.0, 0.083315), (1.645, 0.020886), (2.326, 0.003394)])
def test_the_loss_function_is_that_of_the_tables(z: float, expected: float) -> None:
    assert loss(z) == pytest.approx(expected, abs=2e-6)


def test_the_factors_of_the_usual_levels_are_those_of_the_tables() -> None:
    found = curve(items=[OIL])
    assert found is not None
    z = {level.service: level.z for level in found.levels}
    assert [z[D(p)] for p in ("0.900", "0.950", "0.980", "0.990", "0.995")] == [
        D("1.282"), D("1.645"), D("2.054"), D("2.326"), D("2.576"),
    ]  # fmt: skip


def test_an_item_costs_at_95_per_cent_what_the_hand_calculation_says() -> None:
    found = curve(items=[OIL])
    assert found is not None
    level = next(one for one in found.levels if one.service == D("0.95"))
    # z 1.644854, φ(z) 0.1031356, L(z) = φ - 0.05z = 0.0208929: safety stock 60z = 98.69;
    # left over 60(z + L) = 99.945 at 7.30 = 729.60 a year;
    # short 60L = 1.25357 a cycle, 73 cycles: 91.51 units a year at 1.90 = 173.87; fill 1 - 91.51 / 36500.
    assert level.safety_stock == D("98.69")
    assert level.stock_cost == D("729.60")
    assert level.short_units == D("91.51")
    assert level.short_cost == D("173.87")
    assert level.fill == D("0.9975")
    assert level.total == D("903.47")


def test_the_next_half_point_pays_up_to_the_newsvendors_level_and_no_further() -> None:
    found = curve(items=[OIL])
    assert found is not None
    assert (found.best, found.economic) == (D("0.9500"), D("0.950"))
    steps = {level.service: level.step_gain - level.step_cost for level in found.levels}
    assert steps[D("0.950")] > 0 > steps[D("0.955")]


def test_a_target_above_it_is_warned_of_with_its_price_and_one_below_is_not() -> None:
    assert excess(items=[OIL], target=D("0.95")) is None
    warned = excess(items=[OIL], target=D("0.99"))
    assert warned is not None
    # At 99 %: z 2.326348, φ 0.0266521, L = φ - 0.01z = 0.0033887: stock 438(z + L) = 1020.42, short 8322 L = 28.20;
    # 1048.63 less 903.47.
    assert (warned.economic, warned.cost) == (D("0.950"), D("145.16"))
    # It would pay if a short unit cost 99 / 1 x 0.10 = 9.90, 5.2 times as much.
    assert warned.underage_factor == D("5.2")


def test_a_hundred_per_cent_is_refused_as_a_target() -> None:
    with pytest.raises(ValueError, match="stock without end"):
        excess(items=[OIL], target=D(1))


def test_two_items_of_a_class_cost_together_what_each_costs_alone() -> None:
    tuna = ItemEconomics(D(40), D(30), D(16), D(7), D("2.10"), D("0.80"))
    both, oil, other = curve(items=[OIL, tuna]), curve(items=[OIL]), curve(items=[tuna])
    assert both is not None
    assert oil is not None
    assert other is not None
    for together, one, two in zip(both.levels, oil.levels, other.levels, strict=True):
        assert together.stock_cost == pytest.approx(one.stock_cost + two.stock_cost, abs=D("0.02"))
        assert together.short_cost == pytest.approx(one.short_cost + two.short_cost, abs=D("0.02"))


def test_a_demand_that_never_varies_has_no_curve() -> None:
    assert curve(items=[replace(OIL, daily_deviation=D(0))]) is None
    assert excess(items=[], target=D("0.99")) is None


MONEY = st.decimals("0.01", "50", places=2)


@given(st.decimals("0.5", "90", places=1), MONEY, MONEY, st.integers(1, 60), st.integers(1, 60))
def test_more_service_always_costs_more_stock_each_half_point_more_than_the_last_and_is_short_of_less(
    deviation: Decimal, holding: Decimal, underage: Decimal, protected: int, cycle: int
) -> None:
    found = curve(items=[ItemEconomics(D(100), deviation, D(protected), D(cycle), holding, underage)])
    assert found is not None
    costs = [level.stock_cost for level in found.levels]
    assert costs == sorted(costs)
    steps = [level.step_cost for level in found.levels[1:]]
    assert all(later >= earlier - D("0.01") for earlier, later in pairwise(steps))
    fills = [level.fill for level in found.levels]
    assert fills == sorted(fills)
    cheapest = min(found.levels, key=lambda level: level.total)
    assert abs(cheapest.service - min(max(found.best, D("0.5")), D("0.995"))) <= D("0.0101") or all(
        abs(level.total - cheapest.total) <= D("0.05") for level in found.levels if level.service == found.economic
    )
