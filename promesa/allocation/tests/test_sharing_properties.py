"""What holds of every sharing by rule, whatever there is and whoever asks."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from promesa.allocation.rules.deciding import decide
from promesa.allocation.rules.instance import Decision, Instance, Rule
from promesa.allocation.tests.sharings import instances
from promesa.allocation.tests.verified import no_undercutting, no_waste, verify


def totals(decision: Decision) -> dict[object, int]:
    return {one.line: one.quantity for one in decision.outcomes}


def on_its_own_result(instance: Instance, decision: Decision) -> Instance:
    got = totals(decision)
    return replace(instance, lines=[line._replace(confirmed=got[line.id]) for line in instance.lines])


@given(instances())
@settings(max_examples=300)
def test_every_sharing_keeps_every_rule(instance: Instance) -> None:
    assert verify(instance, decide(instance)) == []


@given(instances())
@settings(max_examples=300)
def test_nothing_lies_idle_that_a_line_could_use(instance: Instance) -> None:
    decision = decide(instance)
    if not (instance.rule == Rule.DAYS_OF_SUPPLY and instance.retain):
        assert no_waste(instance, decision) == []


@given(instances())
@settings(max_examples=300)
def test_no_floor_is_missed_while_others_hold_what_would_mend_it(instance: Instance) -> None:
    assert no_undercutting(instance, decide(instance)) == []


@given(instances(), st.randoms(use_true_random=False))
@settings(max_examples=300)
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
@settings(max_examples=300)
def test_a_sharing_of_its_own_result_changes_nothing(instance: Instance) -> None:
    decision = decide(instance)
    assert totals(decide(on_its_own_result(instance, decision))) == totals(decision)
