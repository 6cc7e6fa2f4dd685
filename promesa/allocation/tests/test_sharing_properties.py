"""What holds of every sharing by rule, whatever there is and whoever asks."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from promesa.allocation.rules import deciding
from promesa.allocation.rules.deciding import decide
from promesa.allocation.rules.division import Want, divide
from promesa.allocation.rules.instance import MILLION, Ceiling, Decision, Floor, Instance, Line, Lot, Rule, Strategy
from promesa.allocation.tests.sharings import RULES, TODAY, drawn, instances
from promesa.allocation.tests.verified import no_undercutting, no_waste, verify


def totals(decision: Decision) -> dict[object, int]:
    return {one.line: one.quantity for one in decision.outcomes}


def on_its_own_result(instance: Instance, decision: Decision) -> Instance:
    got = totals(decision)
    return replace(instance, lines=[line._replace(confirmed=got[line.id]) for line in instance.lines])


@given(instances())
@settings(max_examples=40)
def test_every_sharing_keeps_every_rule(instance: Instance) -> None:
    assert verify(instance, decide(instance)) == []


@given(instances())
@settings(max_examples=40)
def test_nothing_lies_idle_that_a_line_could_use(instance: Instance) -> None:
    decision = decide(instance)
    if not (instance.rule == Rule.DAYS_OF_SUPPLY and instance.retain):
        assert no_waste(instance, decision) == []


@given(instances())
@settings(max_examples=40)
def test_no_floor_is_missed_while_others_hold_what_would_mend_it(instance: Instance) -> None:
    assert no_undercutting(instance, decide(instance)) == []


@given(instances(), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_the_order_in_which_things_are_written_changes_nothing(instance: Instance, by: random.Random) -> None:
    mixed = replace(
        instance,
        supply=by.sample(list(instance.supply), len(instance.supply)),
        lines=by.sample(list(instance.lines), len(instance.lines)),
        floors=by.sample(list(instance.floors), len(instance.floors)),
        ceilings=by.sample(list(instance.ceilings), len(instance.ceilings)),
    )
    one, other = decide(instance), decide(mixed)
    assert totals(one) == totals(other)
    assert sorted(one.shares) == sorted(other.shares)
    assert one.objective == other.objective


@given(instances(packs=(1,)))
@settings(max_examples=40)
def test_a_sharing_of_its_own_result_changes_nothing(instance: Instance) -> None:
    decision = decide(instance)
    assert totals(decide(on_its_own_result(instance, decision))) == totals(decision)


# before rounding: packs of a millionth, so that nothing is lost in making them whole

FAIR = (Rule.PROPORTIONAL, Rule.MAX_MIN)
GRAINS = 12  # so many millionths may be gained or lost by the last pack of each line


def fine(instance: Instance, **more: Any) -> Instance:
    """The instance with packs of a millionth, without whole orders and minimums."""
    lines = [line._replace(pack=1, minimum=0, complete_order=False, frozen=False) for line in instance.lines]
    return replace(instance, lines=lines, retain={}, **more)


@given(instances(rules=FAIR, strategies=(Strategy.SHARE,), limits=False, whole=False), st.data())
@settings(max_examples=40)
def test_more_supply_takes_nothing_from_anybody_before_rounding(instance: Instance, data: st.DataObject) -> None:
    instance = fine(instance)
    assume(instance.supply)
    lots = list(instance.supply)
    place = data.draw(st.integers(0, len(lots) - 1))
    lots[place] = lots[place]._replace(quantity=lots[place].quantity + data.draw(st.integers(1, 20)) * MILLION)
    less, more = totals(decide(instance)), totals(decide(replace(instance, supply=lots)))
    assert [(line, less[line], more[line]) for line in less if more[line] < less[line] - GRAINS] == []


@given(instances(rules=FAIR, strategies=(Strategy.SHARE,), limits=False, whole=False))
@settings(max_examples=40)
def test_nobody_envies_another_of_the_same_tier_and_lots(instance: Instance) -> None:
    """Of two lines with the same rights, who gets less (in fill, or in units) than the other by more than a pack has all it asks."""
    lines = [
        line._replace(minimum=0, frozen=False, base=None, requested_on=None, minimum_life_days=0)
        for line in instance.lines
    ]
    instance = replace(instance, lines=lines)
    got = totals(decide(instance))
    for one in lines:
        for other in lines:
            alike = (one.item, one.tier, one.pack) == (other.item, other.tier, other.pack)
            if not alike or not other.open_quantity or got[one.id] + one.pack > one.open_quantity:
                continue
            if instance.rule == Rule.MAX_MIN:
                assert got[other.id] <= got[one.id] + 2 * one.pack
            else:
                fair = Fraction(got[other.id] - other.pack, other.open_quantity) * one.open_quantity
                assert got[one.id] + one.pack >= fair


@given(
    st.sampled_from([rule for rule in RULES if rule != Rule.PRIORITY]), st.integers(0, 10**9),
    st.lists(
        st.builds(
            Want, most=st.integers(0, 10**8), base=st.integers(0, 10**8), weight=st.integers(0, 10**7), stock=st.integers(0, 10**7),
            daily_demand=st.integers(0, 10**7),
        ), max_size=8,
    ), st.integers(0, 10**8),
)  # fmt: skip
def test_a_division_gives_all_there_is_or_all_that_is_wanted_and_more_supply_only_adds(
    rule: str, pool: int, wants: list[Want], further: int
) -> None:
    awards = divide(rule, pool, wants)
    assert sum(awards) == min(pool, sum(want.most for want in wants))
    assert all(0 <= award <= want.most for award, want in zip(awards, wants, strict=True))
    assert all(more >= less for less, more in zip(awards, divide(rule, pool + further, wants), strict=True))


@given(instances(packs=(1, 6), limits=False))
@settings(max_examples=40)
def test_a_limit_that_binds_nobody_changes_nothing(instance: Instance) -> None:
    """Items with limits are divided on the board, others in whole numbers: both must say the same."""
    free = Ceiling((), None, 10**12), Floor((("customer", "nobody"),), None, MILLION)
    assert totals(decide(replace(instance, ceilings=[free[0]], floors=[free[1]]))) == totals(decide(instance))


def test_a_million_of_everything_is_shared_exactly() -> None:
    """Largest numbers of the database: nothing overflows, nothing is lost."""
    lines = [Line(f"{n}", "O", "C", "S", 1, 10**18, "X", 10**18 - n) for n in range(7)]
    decision = decide(Instance(TODAY, Rule.WEIGHTED_MAX_MIN, [Lot("L", "X", 10**18, TODAY)], lines))
    assert sum(one.quantity for one in decision.outcomes) == 10**18


def faults_of(instance: Instance, by: random.Random) -> list[str]:
    """Everything at once: what `verify` finds, idle supply, floors undercut, another order of writing, its own result."""
    decision = decide(instance)
    found = verify(instance, decision) + no_undercutting(instance, decision)
    if not (instance.rule == Rule.DAYS_OF_SUPPLY and instance.retain):
        found += no_waste(instance, decision)
    if totals(decide(on_its_own_result(instance, decision))) != totals(decision):
        found.append("its own result is shared otherwise")
    lines, lots = (
        by.sample(list(instance.lines), len(instance.lines)),
        by.sample(list(instance.supply), len(instance.supply)),
    )
    if sorted(decide(replace(instance, lines=lines, supply=lots)).shares) != sorted(decision.shares):
        found.append("another order of writing is shared otherwise")
    return found


def test_a_thousand_drawn_instances_keep_everything() -> None:
    wrong = {seed: found for seed in range(1000) if (found := faults_of(drawn(seed), random.Random(seed)))}
    assert wrong == {}, f"seeds {sorted(wrong)}"


def test_a_spare_line_shares_a_minimum_by_what_it_asks_and_not_by_what_it_had() -> None:
    """What was confirmed to it bounds it, so that a share in proportion to the bound would shrink when it is shared again."""
    lines = [
        Line("1", "O1", "C", "S", 1, 0, "X", 17 * MILLION, strategy=Strategy.GUARANTEE),
        Line("2", "O2", "C", "S", 1, 0, "X", 20 * MILLION, strategy=Strategy.SPARE, confirmed=30 * MILLION),
    ]
    floor = Floor((("tier", 1),), "X", 10 * MILLION)
    instance = Instance(TODAY, Rule.WEIGHTED_MAX_MIN, [Lot("L", "X", 10 * MILLION, TODAY)], lines, floors=[floor])
    decision = decide(instance)
    assert totals(decision) == {"1": 5 * MILLION, "2": 5 * MILLION}
    assert totals(decide(on_its_own_result(instance, decision))) == totals(decision)


def test_cases_of_several_sizes_stand_the_same_in_the_lots_when_their_own_result_is_shared() -> None:
    """To make room somebody is moved who makes it alone, and a lot sought for many packs is looked at again for few."""
    for seed in (1726, 6446):
        instance = drawn(seed)
        decision = decide(instance)
        assert totals(decide(on_its_own_result(instance, decision))) == totals(decision)


def test_dropping_in_rounds_keeps_every_rule_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Large instances drop torn orders in rounds; small ones do here."""
    monkeypatch.setattr(deciding, "AFFORDABLE", -1)
    monkeypatch.setattr(deciding, "AGAIN", -1)
    wrong = {}
    for seed in range(300):
        instance = drawn(seed)
        lines = [line._replace(complete_order=True) for line in instance.lines]
        instance = replace(instance, lines=lines, retain={})
        decision = decide(instance)
        if found := verify(instance, decision) + no_waste(instance, decision):
            wrong[seed] = found
    assert wrong == {}
