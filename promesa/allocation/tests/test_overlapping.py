"""Floors that the same customer can fill count once: the larger keeps enough for both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations, product
from typing import Any

import highspy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promesa.allocation.rules import overlapping
from promesa.allocation.rules.overlapping import overlap, set_aside

D = Decimal


@dataclass
class Floor:
    group: dict[str, Any]
    left: Decimal
    known: dict[str, frozenset[Any]] = field(default_factory=dict)


def floor(quantity: int, **group: Any) -> Floor:
    customer = group.get("customer")
    return Floor(group, D(quantity), {} if customer is None else known_of(customer, group))


def known_of(customer: int, group: dict[str, Any]) -> dict[str, frozenset[Any]]:
    """Customers 1 and 2 are of the first segment, 3 of the second; each has one site, 2 in the south."""
    known = {
        "segment": frozenset({"a" if customer < 3 else "b"}),
        "region": frozenset({"south" if customer == 2 else "north"}),
    }
    return {name: values for name, values in known.items() if name not in group}


def test_a_customer_and_their_segment_keep_the_larger_of_both() -> None:
    assert set_aside([floor(60, customer=1), floor(80, segment="a")]) == 80
    assert set_aside([floor(60, customer=1), floor(40, segment="a")]) == 60


def test_two_customers_of_a_segment_add_up_under_it() -> None:
    assert set_aside([floor(60, customer=1), floor(50, customer=2), floor(80, segment="a")]) == 110
    assert set_aside([floor(60, customer=1), floor(50, customer=2), floor(200, segment="a")]) == 200


def test_a_customer_of_another_segment_is_kept_beside() -> None:
    assert set_aside([floor(60, customer=3), floor(80, segment="a")]) == 140


def test_the_same_customer_twice_keeps_the_larger() -> None:
    assert set_aside([floor(60, customer=1), floor(45, customer=1)]) == 60


def test_what_may_be_the_same_people_counts_once_and_what_cannot_be_adds_up() -> None:
    assert set_aside([floor(60, channel="edi"), floor(50, region="south")]) == 60
    assert set_aside([floor(60, channel="edi"), floor(50, channel="phone")]) == 110
    assert set_aside([floor(60, region="south"), floor(50, customer=1)]) == 110


def test_a_floor_that_is_filled_keeps_nothing() -> None:
    assert set_aside([floor(0, customer=1), floor(30, customer=2)]) == 30
    assert set_aside([]) == 0


GROUPS = st.fixed_dictionaries(
    {},
    optional={
        "customer": st.integers(1, 3), "segment": st.sampled_from("ab"), "region": st.sampled_from(["north", "south"]),
        "channel": st.sampled_from(["edi", "phone"]),
    },
)  # fmt: skip
FLOORS = st.lists(st.builds(lambda group, quantity: floor(quantity, **group), GROUPS, st.integers(0, 90)), max_size=6)


def people() -> list[dict[str, Any]]:
    """All who may ask: the three customers, and others whose traits are anything."""
    found = []
    for customer, segment, region, channel in product((1, 2, 3, 4), "ab", ("north", "south"), ("edi", "phone")):
        known = known_of(customer, {})
        if customer == 4 or (segment in known["segment"] and region in known["region"]):
            found.append({"customer": customer, "segment": segment, "region": region, "channel": channel})
    return found


def least_cover(floors: Sequence[Floor]) -> float:
    """The least that can be given to people so that each group has its floor, by linear programming."""
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    cells = people()
    given_to = [solver.addVariable(lb=0, obj=1) for _ in cells]
    for one in floors:
        mine = [
            amount
            for cell, amount in zip(cells, given_to, strict=True)
            if all(cell[name] == value for name, value in one.group.items())
        ]
        if mine:
            solver.addConstr(sum(mine[1:], mine[0] * 1) >= float(one.left))
    solver.minimize()
    return float(solver.getObjectiveValue())


@settings(max_examples=150, deadline=None, derandomize=True)
@given(floors=FLOORS)
def test_what_is_set_aside_is_the_least_that_keeps_every_floor(floors: list[Floor]) -> None:
    possible = [one for one in floors if any(all(cell[n] == v for n, v in one.group.items()) for cell in people())]
    assert float(set_aside(possible)) == pytest.approx(least_cover(possible))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(floors=FLOORS)
def test_in_haste_more_is_kept_and_never_less(floors: list[Floor]) -> None:
    exact = set_aside(floors)
    best = max(
        (
            sum((one.left for one in some), D(0))
            for size in range(len(floors) + 1)
            for some in combinations(floors, size)
            if not any(overlap(one, other) for one, other in combinations(some, 2))
        ),
        default=D(0),
    )
    assert exact == best
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(overlapping, "MOST_STEPS", 0)
        assert set_aside(floors) >= exact


def test_a_hundred_floors_take_no_time() -> None:
    floors = [floor(10 + n, customer=n) for n in range(100)]
    floors += [floor(900, segment="b"), floor(700, channel="edi"), floor(40, region="south")]
    # Of the south there is one customer, with 12: another 28 are for whoever else comes from there.
    assert set_aside(floors) == sum(one.left for one in floors[:100]) + 28
