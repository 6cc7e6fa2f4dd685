"""Ratios, intervals and the two indices of perfect orders, against the worked examples."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promesa.results.rules.indices import (
    frechet_bounds,
    indices_of,
    indices_of_counts,
    product_index,
    ratio,
    wilson,
)


def ten_orders():
    failed = {"full": {1, 2}, "on_time": {2, 3}, "documents": {4}, "condition": {2, 5}}
    return [tuple(number not in failed[name] for name in failed) for number in range(1, 11)]


def test_ten_orders_of_the_worked_example_give_fifty_per_cent_counted_and_46_08_multiplied():
    indices = indices_of(ten_orders())
    assert indices.rates == (Decimal("0.8"), Decimal("0.8"), Decimal("0.9"), Decimal("0.8"))
    assert indices.and_index == Decimal("0.500000")
    assert indices.product_index == Decimal("0.460800")
    assert indices.gap == Decimal("0.039200")


def test_the_product_of_the_published_rates_is_77_16_per_cent():
    rates = [Decimal(rate) for rate in (".98", ".97", ".99", ".82")]
    assert product_index(rates).quantize(Decimal("0.0001")) == Decimal("0.7717")
    assert int(product_index(rates) * 10_000) == 7716


def test_the_counted_index_of_the_example_lies_within_frechets_bounds():
    indices = indices_of(ten_orders())
    assert frechet_bounds(indices.rates) == (Decimal("0.3"), Decimal("0.8"))
    assert indices.consistent is True


def test_a_counted_index_above_the_smallest_rate_is_inconsistent():
    assert indices_of_counts(10, 9, (8, 10, 10, 10)).consistent is False
    assert indices_of_counts(10, 8, (8, 10, 10, 10)).consistent is True


def test_410_of_500_lies_between_784_and_851_thousandths():
    low, high = wilson(410, 500)
    assert low.quantize(Decimal("0.001")) == Decimal("0.784")
    assert high.quantize(Decimal("0.001")) == Decimal("0.851")


def test_772_of_809_is_95_4265_per_cent():
    assert ratio(772, 809) == Decimal("0.954265")


@pytest.mark.parametrize(("k", "n", "low", "high"), [(0, 10, "0.000000", "0.277533"), (10, 10, "0.722467", "1.000000")])
def test_an_interval_at_either_end_stays_within_nought_and_one(k, n, low, high):
    assert wilson(k, n) == (Decimal(low), Decimal(high))


def test_without_trials_there_is_neither_ratio_nor_interval():
    assert wilson(0, 0) is None
    assert ratio(0, 0) is None
    assert indices_of([]).and_index is None
    assert indices_of([]).consistent is True


def test_more_successes_than_trials_are_refused():
    with pytest.raises(ValueError, match="successes"):
        wilson(11, 10)


@given(st.lists(st.tuples(*[st.booleans()] * 4), min_size=1, max_size=60))
def test_the_counted_index_always_lies_within_frechets_bounds(verdicts):
    indices = indices_of(verdicts)
    assert indices.consistent
    low, high = frechet_bounds(indices.rates)
    assert low - Decimal("1e-6") <= indices.and_index <= high + Decimal("1e-6")


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60))
def test_otif_is_at_most_the_lesser_of_its_parts_and_at_least_their_sum_less_one(verdicts):
    n = len(verdicts)
    on_time = sum(t for t, _ in verdicts)
    in_full = sum(f for _, f in verdicts)
    both = indices_of(verdicts).perfect
    assert both <= min(on_time, in_full)
    assert both >= on_time + in_full - n


@given(st.integers(1, 2_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_always_holds_the_share(pair):
    k, n = pair
    low, high = wilson(k, n)
    assert 0 <= low <= ratio(k, n) <= high <= 1
