"""The best sharing beside every sharing there is, and what must hold of it whatever the instance.

`PROMESA_SHARINGS=2000 pytest -s promesa/allocation/tests/test_best_sharing.py` compares as many; the seed is printed.
"""

import os
import random
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from itertools import product

import numpy as np
import pytest

from promesa.allocation import labels_best as labels_best
from promesa.allocation.rules import best_prices, best_search
from promesa.allocation.rules.best import decide_best
from promesa.allocation.rules.best_packing import Packing
from promesa.allocation.rules.best_solver import Clock
from promesa.allocation.rules.deciding import decide
from promesa.allocation.rules.instance import MILLION, Ceiling, Decision, Floor, Instance, Line, Lot, Rule, Strategy
from promesa.allocation.rules.sharing import share_out
from promesa.allocation.rules.writing import why
from promesa.allocation.tests.sharing_by_hand import TODAY, small_instances
from promesa.allocation.tests.verified import verify

SEED = 20261121
COUNT = int(os.environ.get("PROMESA_SHARINGS", "150"))


def line(number: str, quantity: int, *, item: str = "A", order: str = "", **more: object) -> Line:
    return Line(number, order or f"O{number}", "C1", "S", 1, MILLION, item, quantity * MILLION)._replace(**more)  # type: ignore[arg-type]


def lot(quantity: int, *, item: str = "A", number: str = "L1") -> Lot:
    return Lot(number, item, quantity * MILLION, TODAY)


def got(decision: Decision) -> dict[object, int]:
    return {one.line: one.quantity // MILLION for one in decision.outcomes}


def test_it_equals_the_best_of_all_sharings_of_small_instances() -> None:
    print(f"seed {SEED}, {COUNT} instances")  # noqa: T201
    for by_hand, instance in small_instances(SEED, COUNT):
        decision = decide_best(instance)
        given = by_hand.given(decision.shares)
        assert by_hand.is_allowed(given), instance
        mine = [{k: amount for (m, k), amount in given.items() if m == n} for n in range(len(by_hand.lines))]
        assert all(one in options for one, options in zip(mine, by_hand.options, strict=True)), instance
        assert by_hand.value(given) == by_hand.best(), instance
        assert (decision.proved, decision.gap) == (True, 0.0)
        assert [one.line for one in decision.outcomes] == [one.id for one in instance.lines]


def test_it_is_never_worse_than_the_greedy_sharing_goal_by_goal() -> None:
    for by_hand, instance in small_instances(SEED + 1, 60):
        best = by_hand.value(by_hand.given(decide_best(instance).shares))
        for rule in (Rule.PRIORITY, Rule.PROPORTIONAL):
            greedy = by_hand.given(decide(replace(instance, rule=rule)).shares)
            if by_hand.is_allowed(greedy):
                assert best >= by_hand.value(greedy), instance


def test_any_order_of_lines_and_lots_gives_the_same_decision() -> None:
    draw = random.Random(SEED)
    for _, instance in small_instances(SEED + 2, 60):
        lines, lots = list(instance.lines), list(instance.supply)
        draw.shuffle(lines)
        draw.shuffle(lots)
        first, second = decide_best(instance), decide_best(replace(instance, lines=lines, supply=lots))
        assert sorted(first.shares) == sorted(second.shares), instance
        assert (first.objective, first.bound) == (second.objective, second.bound)


def test_running_on_its_own_result_changes_nothing() -> None:
    for _, instance in small_instances(SEED + 3, 60):
        first = decide_best(instance)
        has = {one.line: one.quantity for one in first.outcomes}
        again = decide_best(replace(instance, lines=[one._replace(confirmed=has[one.id]) for one in instance.lines]))
        assert {one.line: one.quantity for one in again.outcomes} == has, instance


def test_what_was_agreed_and_cannot_be_is_told_and_stops_nothing() -> None:
    lines = [
        line("1", 8, strategy=Strategy.KEEP_OR_BETTER, confirmed=8 * MILLION),
        line("2", 9, strategy=Strategy.GUARANTEE),
        line("3", 7, frozen=True, confirmed=7 * MILLION),
    ]
    ceilings = [Ceiling((("customer", "C1"),), "A", 2 * MILLION)]
    decision = decide_best(Instance(TODAY, Rule.BEST, [lot(10)], lines, ceilings=ceilings))
    assert got(decision) == {"1": 3, "2": 0, "3": 7}
    assert [(one.code, one.subject) for one in decision.exceptions] == [
        ("kept_short", "1"), ("guarantee_short", "2"), ("ceiling_passed", 0),
    ]  # fmt: skip


def test_two_small_orders_are_completed_rather_than_a_large_one() -> None:
    lines = [line("1", 10, weight=3 * MILLION), line("2", 5, weight=2 * MILLION), line("3", 5, weight=2 * MILLION)]
    instance = Instance(TODAY, Rule.BEST, [lot(10)], lines, objective=("floors", "weighted_complete"))
    decision = share_out(instance)
    assert got(decision) == {"1": 0, "2": 5, "3": 5}
    assert (decision.objective.weighted_complete, decision.bound, decision.proved) == (4 * MILLION, 4 * MILLION, True)


def orders_over_scarce_items(seed: int, orders: int, items: int, per_order: int = 4, whole: bool = True) -> Instance:
    """Orders that ask for more than there is of every item."""
    draw = random.Random(seed)
    lines, asked = [], dict.fromkeys(range(items), 0)
    for o in range(orders):
        weight = draw.choice((1, 2, 3, 5, 8)) * MILLION
        for item in draw.sample(range(items), per_order):
            quantity = draw.randint(1, 9)
            asked[item] += quantity
            lines.append(
                line(f"{o}-{item}", quantity, item=f"I{item}", order=f"O{o}", weight=weight, complete_order=whole)
            )
    lots = [lot(quantity * 6 // 10, item=f"I{item}", number=f"L{item}") for item, quantity in asked.items()]
    return Instance(TODAY, Rule.BEST, lots, lines, objective=("floors", "weighted_complete"), time_limit_s=60.0)


def operators_value(instance: Instance) -> int:
    """What an operator completes who goes by weight, then by age."""
    free = {one.item: one.quantity for one in instance.supply}
    orders: dict[object, list[Line]] = {}
    for one in instance.lines:
        orders.setdefault(one.order, []).append(one)
    value = 0
    for mine in sorted(orders.values(), key=lambda mine: -mine[0].weight):
        if all(free[one.item] >= one.open_quantity for one in mine):
            value += mine[0].weight
            for one in mine:
                free[one.item] -= one.open_quantity
    return value


def assert_it_holds(instance: Instance, decision: Decision) -> None:
    free = {one.id: one.quantity for one in instance.supply}
    asked = {one.id: one for one in instance.lines}
    for share in decision.shares:
        free[share.lot] -= share.quantity
        assert share.lot == asked[share.line].item.replace("I", "L")
    assert min(free.values()) >= 0
    has = {one.line: one.quantity for one in decision.outcomes}
    assert all(0 <= has[one.id] <= one.open_quantity for one in instance.lines)


@pytest.fixture
def few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer and smaller neighbourhoods, so that a test takes a second."""
    monkeypatch.setattr(best_search, "ROUNDS_BY_NODES", 4)
    monkeypatch.setattr(best_search, "SIZE_BY_NODES", 40)


@pytest.mark.usefixtures("few_rounds")
@pytest.mark.parametrize("whole", [True, False])
def test_many_orders_end_by_nodes_always_alike_and_above_an_operator(whole: bool) -> None:
    instance = replace(orders_over_scarce_items(3, 160, 40, whole=whole), node_limit=1)
    first = decide_best(instance)
    assert_it_holds(instance, first)
    assert operators_value(instance) < first.objective.weighted_complete <= (first.bound or 0)
    shuffled = list(instance.lines)
    random.Random(1).shuffle(shuffled)
    again = decide_best(replace(instance, lines=shuffled))
    assert sorted(again.shares) == sorted(first.shares)
    assert (again.bound, again.gap) == (first.bound, first.gap)
    if whole:
        full = {one.order: one.id for one in instance.lines}
        has = {one.line: one.quantity for one in first.outcomes}
        for order in full:
            mine = [one for one in instance.lines if one.order == order]
            assert len({has[one.id] == one.open_quantity for one in mine}) == 1
            assert all(has[one.id] in (0, one.open_quantity) for one in mine)


def test_a_search_that_is_stopped_at_once_gives_the_start_and_its_bound() -> None:
    instance = orders_over_scarce_items(4, 300, 50)
    decision = share_out(instance, stop=lambda: True)
    assert_it_holds(instance, decision)
    assert decision.objective.weighted_complete >= operators_value(instance)
    assert decision.bound is not None
    assert decision.bound >= decision.objective.weighted_complete
    assert not decision.proved


@pytest.mark.usefixtures("few_rounds")
def test_what_complete_orders_leave_goes_to_lines_that_take_a_part() -> None:
    instance = replace(orders_over_scarce_items(5, 160, 40, whole=False), node_limit=1)
    decision = decide_best(instance)
    has = {one.line: one.quantity for one in decision.outcomes}
    for one in instance.supply:
        mine = [each for each in instance.lines if each.item == one.item]
        assert sum(has[each.id] for each in mine) == min(one.quantity, sum(each.open_quantity for each in mine))


def test_goods_that_come_too_late_for_some_take_the_general_road() -> None:
    late = Lot("late", "A", 6 * MILLION, TODAY + timedelta(5))
    lines = [line("1", 4, requested_on=TODAY), line("2", 6, requested_on=TODAY + timedelta(6)), line("3", 5)]
    decision = decide_best(Instance(TODAY, Rule.BEST, [lot(5), late], lines, objective=("floors", "complete")))
    assert decision.objective.complete_orders == 2
    assert sum(got(decision).values()) == 11
    assert not any(share.line == "1" and share.lot == "late" for share in decision.shares)


def test_who_asks_why_not_me_is_told_what_was_scarce_in_words() -> None:
    lines = [
        line("1", 30, order="O1", item="Aceite 5 L"), line("2", 40, order="O2", item="Aceite 5 L"),
        line("3", 20, order="O3", item="Aceite 5 L"), line("4", 90, order="O4", item="Aceite 5 L"),
        line("5", 1, order="O2", item="Sal"),
    ]  # fmt: skip
    lots = [lot(50, item="Aceite 5 L"), lot(5, item="Sal", number="L2")]
    objective = ("floors", "weighted_complete", "churn")
    decision = decide_best(Instance(TODAY, Rule.BEST, lots, lines, objective=objective))
    assert got(decision) == {"1": 30, "2": 0, "3": 20, "4": 0, "5": 1}
    said = {one.line: why(one.why) for one in decision.outcomes}
    assert said["2"]["es"] == (
        "No recibe nada de 40. De Aceite 5 L hay 50 para 180 pedidas. "
        "Su pedido necesita 40 de Aceite 5 L, lo más escaso; otros pedidos completan más con ello. "
        "Está probado que no hay mejor reparto."
    )
    assert said["4"]["en"] == (
        "It gets nothing of 90. There are 50 of Aceite 5 L for 180 asked. "
        "Its order needs 90 of Aceite 5 L and there are only 50: it cannot be completed. "
        "It is proved that there is no better sharing."
    )
    assert said["5"]["es"] == "Hay para todos: recibe lo que pide, 1. Está probado que no hay mejor reparto."


@pytest.mark.usefixtures("few_rounds")
def test_the_price_of_a_scarce_item_is_told_for_many_orders() -> None:
    decision = decide_best(replace(orders_over_scarce_items(6, 160, 30), node_limit=1))
    codes = [[step.code for step in one.why] for one in decision.outcomes if not one.quantity]
    assert all(one[:2] == ["best_none", "best_scarce"] and one[-1] in ("best_gap", "best_proved") for one in codes)
    prices = [step.params for one in decision.outcomes for step in one.why if step.code == "best_price"]
    assert prices
    assert all(float(one["price"]) > 0 for one in prices)


def test_every_step_has_its_words() -> None:
    said = set()
    for _, instance in small_instances(SEED + 4, 40):
        decision = decide_best(instance)
        said |= {step.code for one in decision.outcomes for step in one.why}
        assert all("…" not in text for one in decision.outcomes for text in why(one.why).values())
    assert said >= {
        "best_stays",
        "best_full",
        "best_full_scarce",
        "best_part",
        "best_none",
        "best_scarce",
        "best_proved",
    }


def test_prices_of_any_kind_bound_what_can_be_completed() -> None:
    draw = np.random.default_rng(SEED)
    for _ in range(30):
        orders, items = 9, 4
        begin = np.arange(0, orders * 2 + 1, 2)
        item = np.concatenate([draw.permutation(items)[:2] for _ in range(orders)]).astype(np.int32)
        quantity = draw.integers(1, 6, orders * 2)
        packing = Packing(
            draw.integers(1, 9, orders), begin, item, quantity, draw.integers(3, 12, items), np.arange(orders)
        )
        chosen = [np.array(one) for one in product((False, True), repeat=orders)]
        best = max(packing.worth(one) for one in chosen if packing.holds(one))
        assert all(best_prices.certificate(packing, draw.random(items) * scale) >= best for scale in (0.0, 0.5, 3.0))
        choice = best_search.choose(packing, Clock(20.0, node_limit=100))
        assert (choice.value, packing.holds(choice.taken)) == (best, True)
        assert choice.prices.bound >= best


def test_the_solver_is_loaded_only_when_the_best_is_asked_for() -> None:
    program = "import sys, promesa.allocation.rules.sharing; print('highspy' in sys.modules, 'numpy' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["False", "False"]


def test_an_order_wanted_whole_keeps_what_it_keeps_when_it_cannot_be_whole() -> None:
    keeps = line("1", 28, order="O", complete_order=True, strategy=Strategy.KEEP_OR_BETTER, confirmed=24 * MILLION)
    more = line("2", 10, order="O", complete_order=True)
    decision = decide_best(Instance(TODAY, Rule.BEST, [lot(30)], [keeps, more, line("3", 4)]))
    assert (got(decision), decision.exceptions) == ({"1": 24, "2": 0, "3": 4}, ())
    assert got(decide_best(Instance(TODAY, Rule.BEST, [lot(40)], [keeps, more]))) == {"1": 28, "2": 10}


def test_seven_in_twos_can_never_be_whole() -> None:
    seven = line("1", 7, pack=2 * MILLION, complete_order=True, strategy=Strategy.GUARANTEE)
    for rule in Rule:
        decision = share_out(Instance(TODAY, rule, [lot(100)], [seven, line("2", 7, pack=2 * MILLION)]))
        assert (got(decision), decision.objective.complete_orders) == ({"1": 0, "2": 6}, 0)
        assert [(one.code, one.params["quantity"]) for one in decision.exceptions] == [("guarantee_short", 7 * MILLION)]


def test_more_pieces_than_the_solver_can_tell_apart_end_in_time_and_are_told() -> None:
    billion = 10**9
    lots = [Lot(f"L{n}", "A", n * 7 * billion * MILLION, TODAY + timedelta(n % 2)) for n in range(1, 5)]
    lines = [
        line(f"{n}", n * 9 * billion + n, weight=(1 + n % 2) * MILLION, margin=n * MILLION, requested_on=TODAY + timedelta(n % 3))
        for n in range(1, 6)
    ]  # fmt: skip
    instance = Instance(TODAY, Rule.BEST, lots, lines, [Floor((("customer", "C1"),), "A", 5 * billion * MILLION)])
    decision = decide_best(instance)
    assert verify(instance, decision) == []
    assert not decision.proved
    assert [one.code for one in decision.exceptions] == ["best_trouble"]
