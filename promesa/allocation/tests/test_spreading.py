"""A sharing that is cut, decided in bundles and made one again is the sharing that one process makes of the whole."""

from __future__ import annotations

import pickle
import random
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promesa.allocation.rules import best, best_search, deciding, spreading
from promesa.allocation.rules.best import decide_best
from promesa.allocation.rules.best_solver import Clock
from promesa.allocation.rules.cutting import Cut
from promesa.allocation.rules.deciding import decide
from promesa.allocation.rules.instance import MILLION, Decision, Floor, Instance, Line, Lot, Rule, Share
from promesa.allocation.rules.sharing import share_out
from promesa.allocation.rules.spreading import OtherVersion, decide_bundle, pack, spread, unpack
from promesa.allocation.tests.sharing_by_hand import small_instances
from promesa.allocation.tests.sharings import TODAY, drawn, instances


def here(packed: Sequence[bytes]) -> list[bytes]:
    return [decide_bundle(one) for one in packed]


def many(some: Sequence[Instance], **more: Any) -> Instance:
    """Several instances side by side as one: their items, lots, lines, orders and customers are others."""
    supply, lines, floors, ceilings, retain = [], [], [], [], {}
    for at, one in enumerate(some):
        supply += [lot._replace(id=f"{lot.id}.{at}", item=f"{lot.item}.{at}") for lot in one.supply]
        lines += [
            line._replace(id=f"{line.id}.{at}", order=f"{line.order}.{at}", customer=f"{line.customer}.{at}", item=f"{line.item}.{at}")
            for line in one.lines
        ]  # fmt: skip
        for limits, found in ((one.floors, floors), (one.ceilings, ceilings)):
            for limit in limits:
                item = None if limit.item is None else f"{limit.item}.{at}"
                group = [(name, f"{value}.{at}" if name == "customer" else value) for name, value in limit.group]
                named = item is not None or any(name == "customer" for name, _ in group)
                found += [limit._replace(group=tuple(group), item=item)] if named else []
        retain |= {f"{item}.{at}": quantity for item, quantity in one.retain.items()}
    return Instance(TODAY, some[0].rule, supply, lines, floors, ceilings, retain=retain, **more)


def parts_of(instance: Instance) -> int:
    return len(Cut(instance).parts)


@given(instances(), st.integers(1, 3))
@settings(max_examples=40)
def test_a_sharing_in_bundles_is_the_sharing_of_the_whole(instance: Instance, places: int) -> None:
    assert spread(instance, places=places, run=here).decision == decide(instance)


@given(st.lists(instances(), min_size=2, max_size=5), st.integers(1, 2), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_many_parts_in_any_order_of_writing_are_shared_as_by_one_process(
    some: list[Instance], places: int, by: random.Random
) -> None:
    whole = many(some)
    whole = replace(whole, lines=by.sample(list(whole.lines), len(whole.lines)))
    found = spread(whole, places=places, run=here)
    assert found.decision == decide(whole)
    assert found.bundles == min(parts_of(whole), places * spreading.BUNDLES_A_PLACE) * (parts_of(whole) > 1)


@pytest.mark.parametrize(("again", "affordable"), [(10, 50_000), (1, 20), (-1, -1)])
def test_orders_that_want_all_are_dropped_alike_whatever_can_be_afforded(
    again: int, affordable: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deciding, "AGAIN", again)
    monkeypatch.setattr(deciding, "AFFORDABLE", affordable)
    wrong = []
    for seed in range(0, 150, 5):
        whole = many([drawn(seed + at) for at in range(5)])
        whole = replace(whole, lines=[line._replace(complete_order=True) for line in whole.lines])
        if spread(whole, places=1, run=here).decision != decide(whole):
            wrong.append(seed)
    assert wrong == []


def test_what_hangs_together_is_decided_alike_whatever_else_is_shared() -> None:
    """The budget for torn orders is of the part, and not of what happens elsewhere."""
    lines = [
        Line(f"{n}", f"O{n}", "C", "S", 1, MILLION, "X", (n % 7 + 1) * MILLION, complete_order=True) for n in range(60)
    ]
    others = [Line(f"a{n}", f"A{n}", "C", "S", 1, MILLION, "Y", 5 * MILLION, complete_order=True) for n in range(4_940)]
    supply = [Lot("L", "X", 100 * MILLION, TODAY), Lot("M", "Y", 12_349 * MILLION, TODAY)]
    alone = decide(Instance(TODAY, Rule.PROPORTIONAL, supply[:1], lines, whole_lines=5_000))
    beside = decide(Instance(TODAY, Rule.PROPORTIONAL, supply, [*others, *lines]))
    assert beside.outcomes[-60:] == alone.outcomes


def test_parts_are_what_items_limits_and_whole_orders_hold_together() -> None:
    def line(number: int, item: str, **more: Any) -> Line:
        return Line(number, f"O{number % 2}", "C1", "S", 1, MILLION, item, MILLION)._replace(**more)

    lines = [line(n, item) for n, item in enumerate("ABCDA")]
    plain = Instance(TODAY, Rule.MAX_MIN, (), lines)
    assert Cut(plain).parts == [[0, 4], [1], [2], [3]]
    wide, narrow = Floor((("customer", "C1"),), None, 1), Floor((("customer", "C1"),), "A", 1)
    assert parts_of(replace(plain, floors=[wide])) == 1
    assert parts_of(replace(plain, floors=[narrow])) == 4
    whole = [one._replace(complete_order=True) for one in lines]
    assert Cut(replace(plain, lines=whole)).parts == [[0, 2, 4], [1, 3]]
    assert parts_of(replace(plain, lines=[one._replace(frozen=True) for one in whole])) == 4
    assert parts_of(replace(plain, rule=Rule.BEST, objective=("floors", "tiers"))) == 4
    assert Cut(replace(plain, rule=Rule.BEST, objective=("floors", "drops"))).parts == [[0, 2, 4], [1, 3]]


def test_bundles_have_about_equal_work() -> None:
    sizes = [100, 90, 40, 30, 20, 20, 10, 5, 5]
    lines = [
        Line(f"{item}-{n}", f"{item}-{n}", "C", "S", 1, MILLION, item, MILLION)
        for item, size in enumerate(sizes)
        for n in range(size)
    ]
    cut = Cut(Instance(TODAY, Rule.MAX_MIN, (), lines))
    bundles = cut.bundles(3)
    assert sorted(part for bundle in bundles for part in bundle) == list(range(9))
    assert [sum(len(cut.parts[part]) for part in bundle) for bundle in bundles] == [105, 110, 105]


def test_what_hangs_together_in_one_piece_is_worked_out_here() -> None:
    def nobody(packed: Sequence[bytes]) -> Sequence[bytes]:
        raise AssertionError("nothing was to be sent")

    lines = [Line("1", "O", "C", "S", 1, MILLION, "A", 5 * MILLION), Line("2", "O", "C", "S", 1, MILLION, "A", MILLION)]
    one = Instance(TODAY, Rule.MAX_MIN, [Lot("L", "A", 3 * MILLION, TODAY)], lines)
    assert spread(one, places=4, run=nobody) == (decide(one), 0)
    nothing = replace(one, lines=())
    assert spread(nothing, places=4, run=nobody).decision == decide(nothing)


def test_the_best_sharing_in_bundles_is_the_best_of_the_whole() -> None:
    found = [instance for _, instance in small_instances(20261122, 60)]
    some = 0
    for at in range(0, 60, 4):
        whole = many([replace(one, rule=Rule.BEST) for one in found[at : at + 4]], objective=found[at].objective)
        spread_out = spread(whole, places=1, run=here)
        assert spread_out.decision == decide_best(whole)
        assert spread_out.decision.proved
        some += spread_out.bundles > 1
    assert some == 15


def test_the_best_sharing_stopped_by_nodes_is_the_same_in_bundles() -> None:
    draw = random.Random(5)
    lines = [
        Line(f"{group}-{n}-{k}", f"{group}-{n}", f"C{n}", "S", 1 + n % 2, draw.randint(1, 9) * MILLION, f"I{group}-{draw.randrange(5)}",
             draw.randint(1, 10) * MILLION, margin=draw.randint(1, 99) * MILLION)
        for group in range(3) for n in range(14) for k in range(3)
    ]  # fmt: skip
    items = sorted({line.item for line in lines})
    supply = [
        Lot(item, item, sum(line.open_quantity for line in lines if line.item == item) // 2, TODAY) for item in items
    ]
    objective = ("floors", "weighted_complete", "margin")
    floors = [Floor((("customer", "C1"),), items[0], MILLION)]
    whole = Instance(TODAY, Rule.BEST, supply, lines, floors, objective=objective, node_limit=1, time_limit_s=900)
    found = spread(whole, places=1, run=here)
    assert (found.bundles, found.decision.proved) == (3, False)
    assert found.decision == decide_best(whole)


def test_what_proved_parts_leave_of_the_time_is_for_those_that_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = many([drawn(2), drawn(4), drawn(6)])
    whole = replace(whole, rule=Rule.BEST, objective=("floors", "tiers"), time_limit_s=90.0)
    really = best._search_part
    asked: list[tuple[int, bool, bool]] = []

    def search_part(part: Instance, clock: Clock, start: Sequence[Share]) -> best.Found:
        found = really(part, clock, start)
        asked.append((len(part.lines), bool(start), clock.seconds > 80))
        slow = part.lines[0].id == hard and len([one for one in asked if one[0] == len(part.lines)]) == 1
        stage = found.stages[-1]
        unproved = stage._replace(reached=stage.reached._replace(bound=stage.reached.value + 1))
        return found._replace(stages=[*found.stages[:-1], unproved]) if slow else found

    cut = Cut(whole)
    sizes = [len(places) for places in cut.parts]
    part = sizes.index(max(sizes))
    assert sizes.count(sizes[part]) == 1
    hard = whole.lines[cut.parts[part][0]].id
    expected = decide_best(whole)
    monkeypatch.setattr(best, "_search_part", search_part)
    assert decide_best(whole) == expected
    assert asked == [
        *((size, False, False) for size in sorted(sizes)[:-1]),
        (sizes[part], False, True),
        (sizes[part], True, True),
    ]


def test_many_whole_orders_of_the_best_stay_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(best_search, "ROUNDS_BY_NODES", 2)
    lines = [
        Line(f"{n}", f"O{n}", "C", "S", 1, MILLION, f"I{n % 3}", (n % 5 + 1) * MILLION, complete_order=True)
        for n in range(200)
    ]
    supply = [Lot(f"L{n}", f"I{n}", 60 * MILLION, TODAY) for n in range(3)]
    whole = Instance(TODAY, Rule.BEST, supply, lines, objective=("floors", "weighted_complete"), node_limit=1)
    assert parts_of(whole) == 3
    found = spread(whole, places=2, run=here)
    assert found == (share_out(whole), 0)


def test_a_bundle_goes_there_and_back_as_it_was() -> None:
    for seed in range(50):
        instance = drawn(seed)
        there = unpack(pack(instance))
        assert there == replace(instance, objective=tuple(instance.objective), rule=str(instance.rule))


def test_another_version_is_told_and_not_trusted() -> None:
    old = pickle.dumps(("0.0.1", *pickle.loads(pack(drawn(1)))[1:]))
    with pytest.raises(OtherVersion):
        unpack(old)

    def elsewhere(packed: Sequence[bytes]) -> list[bytes]:
        return [decide_bundle(old) for _ in packed]

    with pytest.raises(OtherVersion):
        spread(many([drawn(2), drawn(4)]), places=1, run=elsewhere)


def test_a_bundle_is_decided_without_settings_or_django() -> None:
    program = (
        "import sys, promesa.allocation.rules.spreading as s; sys.stdout.buffer.write(s.decide_bundle(sys.stdin.buffer.read()));"
        "assert not any(name.split('.')[0] in ('django', 'highspy', 'numpy', 'distributed') for name in sys.modules)"
    )
    whole = many([drawn(2), drawn(4)])

    def elsewhere(packed: Sequence[bytes]) -> list[bytes]:
        return [
            subprocess.run(
                [sys.executable, "-c", program], input=one, stdout=subprocess.PIPE, env={}, check=True
            ).stdout
            for one in packed
        ]

    found = spread(whole, places=1, run=elsewhere)
    assert found.bundles == parts_of(whole) > 1
    expected: Decision = decide(whole)
    assert found.decision == expected
