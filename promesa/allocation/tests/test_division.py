"""The published results of dividing what is scarce."""

from datetime import date
from fractions import Fraction

import pytest

from promesa.allocation.rules.deciding import decide
from promesa.allocation.rules.division import Want, divide
from promesa.allocation.rules.instance import MILLION, Instance, Line, Lot, Rule
from promesa.allocation.tests.verified import no_waste, verify

TODAY = date(2026, 11, 21)
ASKED = {"A": 60, "B": 50, "C": 20, "D": 10}


def line(name: str, asked: int, **more: object) -> Line:
    return Line(name, f"O{name}", f"C{name}", "S", 1, MILLION, "X", asked * MILLION)._replace(**more)


def shares(rule: str, lines: list[Line], supply: int = 100, **more: object) -> dict[object, int]:
    instance = Instance(TODAY, rule, [Lot("L", "X", supply * MILLION, TODAY)], lines, **more)  # type: ignore[arg-type]
    decision = decide(instance)
    assert verify(instance, decision) == []
    if not instance.retain:
        assert no_waste(instance, decision) == []
    return {one.line: one.quantity for one in decision.outcomes}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Rule.PROPORTIONAL, [43, 36, 14, 7]),
        (Rule.MAX_MIN, [35, 35, 20, 10]),
        (Rule.EQUAL_LOSSES, [50, 40, 10, 0]),
        (Rule.PRIORITY, [60, 40, 0, 0]),
    ],
)
def test_a_hundred_among_a_hundred_and_forty_by_each_rule(rule: str, expected: list[int]) -> None:
    found = shares(rule, [line(name, asked) for name, asked in ASKED.items()])
    assert [found[name] for name in ASKED] == [one * MILLION for one in expected]


def test_weights_raise_a_share_until_others_have_all_they_ask() -> None:
    lines = [
        line(name, asked, pack=10_000, weight=(2 if name == "A" else 1) * MILLION) for name, asked in ASKED.items()
    ]
    assert list(shares(Rule.WEIGHTED_MAX_MIN, lines).values()) == [46_670_000, 23_330_000, 20_000_000, 10_000_000]


def test_equal_awards_of_keshav() -> None:
    wants = [Want(most, most) for most in (2_000_000, 2_600_000, 4_000_000, 5_000_000)]
    assert divide(Rule.MAX_MIN, 10_000_000, wants) == [2_000_000, 2_600_000, 2_700_000, 2_700_000]


def test_the_same_days_of_supply_of_bowersox() -> None:
    wants = [
        Want(10**12, 0, stock=stock * MILLION, daily_demand=daily * MILLION)
        for stock, daily in ((50, 10), (100, 50), (75, 15))
    ]
    assert divide(Rule.DAYS_OF_SUPPLY, 500 * MILLION, wants) == [
        Fraction(140_000_000, 3), Fraction(1_150_000_000, 3), 70_000_000,
    ]  # fmt: skip
    lines = [
        line(str(number), 10_000, pack=1000, stock=stock * MILLION, daily_demand=daily * MILLION)
        for number, (stock, daily) in enumerate([(50, 10), (100, 50), (75, 15)])
    ]
    found = shares(Rule.DAYS_OF_SUPPLY, lines, 600, retain={"X": 100 * MILLION})
    assert found == {"0": 46_667_000, "1": 383_333_000, "2": 70_000_000}


def test_who_has_stock_for_longer_than_the_others_gets_nothing_and_is_left_out() -> None:
    wants = [
        Want(1000, 0, stock=500, daily_demand=10),
        Want(1000, 0, stock=0, daily_demand=10),
        Want(1000, 0, stock=20, daily_demand=20),
    ]
    assert divide(Rule.DAYS_OF_SUPPLY, 100, wants) == [0, 40, 60]


def test_a_quota_is_what_proportions_go_by_and_nobody_gets_more_than_is_open() -> None:
    found = shares(Rule.PROPORTIONAL, [line("A", 100, base=30 * MILLION), line("B", 20, base=60 * MILLION)], 60)
    assert found == {"A": 40 * MILLION, "B": 20 * MILLION}


def test_who_has_no_quota_gets_what_the_others_leave() -> None:
    found = shares(Rule.PROPORTIONAL, [line("A", 100, base=0), line("B", 20, base=60 * MILLION)], 60)
    assert found == {"A": 40 * MILLION, "B": 20 * MILLION}


def test_ties_fall_to_service_debt_then_age_then_identity() -> None:
    lines = [
        line("10", 2), line("9", 2), line("old", 2, entered_at="2026-11-01"), line("owed", 2, service_debt=MILLION),
    ]  # fmt: skip
    assert shares(Rule.MAX_MIN, lines, 1) == {"10": 0, "9": 0, "old": 0, "owed": MILLION}
    assert shares(Rule.MAX_MIN, lines, 2) == {"10": 0, "9": 0, "old": MILLION, "owed": MILLION}
    assert shares(Rule.MAX_MIN, lines, 3) == {"10": 0, "9": MILLION, "old": MILLION, "owed": MILLION}


def test_a_better_tier_is_served_before_the_others() -> None:
    found = shares(Rule.PROPORTIONAL, [line("A", 60, tier=2), line("B", 50), line("C", 20, tier=2)])
    assert found == {"A": 38 * MILLION, "B": 50 * MILLION, "C": 12 * MILLION}
