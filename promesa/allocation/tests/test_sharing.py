"""Who gets what when there is not enough: each rule of the plan by an example that can be reckoned by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from promesa.allocation import labels_sharing as labels_sharing
from promesa.allocation.rules.deciding import decide
from promesa.allocation.rules.instance import (
    MILLION,
    STEP_PARAMS,
    Ceiling,
    Decision,
    Floor,
    Instance,
    Line,
    Lot,
    Rule,
    Strategy,
)
from promesa.allocation.rules.writing import why
from promesa.allocation.tests.verified import no_undercutting, no_waste, verify
from promesa.core import words

TODAY = date(2026, 11, 21)


def day(number: int) -> date:
    return TODAY + timedelta(number)


def lot(name: str, quantity: int, *, came: int = 0, expires: int | None = None, item: str = "X") -> Lot:
    return Lot(name, item, quantity * MILLION, day(came), None if expires is None else day(expires))


def line(name: str, asked: int, *, confirmed: int = 0, pack: int = 1, minimum: int = 0, **more: Any) -> Line:
    plain = Line(name, f"O{name}", f"C{name}", "S", 1, MILLION, "X", asked * MILLION, pack * MILLION, minimum * MILLION)
    return plain._replace(confirmed=confirmed * MILLION, **more)


def shared(
    lines: list[Line], lots: list[Lot] | int = 100, *, rule: str = Rule.PROPORTIONAL, **more: Any
) -> tuple[Decision, dict[Any, int]]:
    supply = [lot("L", lots)] if isinstance(lots, int) else lots
    instance = Instance(TODAY, rule, supply, lines, **more)
    decision = decide(instance)
    assert verify(instance, decision) == []
    assert no_waste(instance, decision) == []
    assert no_undercutting(instance, decision) == []
    return decision, {one.line: one.quantity // MILLION for one in decision.outcomes}


def got(*arguments: Any, **more: Any) -> dict[Any, int]:
    return shared(*arguments, **more)[1]


def codes(decision: Decision) -> list[tuple[str, Any]]:
    return [(one.code, one.subject) for one in decision.exceptions]


# strategies


def test_what_is_frozen_or_untouched_stays_as_it_is_and_the_rest_is_shared() -> None:
    lines = [
        line("A", 60, confirmed=50, frozen=True),
        line("B", 60, confirmed=3, strategy=Strategy.UNTOUCHED),
        line("C", 90),
    ]
    assert got(lines) == {"A": 50, "B": 3, "C": 47}


def test_keep_or_better_is_never_worse_and_gains_only_after_guarantees() -> None:
    lines = [
        line("A", 80, confirmed=30, strategy=Strategy.KEEP_OR_BETTER),
        line("B", 60, strategy=Strategy.GUARANTEE),
        line("C", 50),
    ]
    assert got(lines) == {"A": 40, "B": 60, "C": 0}


def test_what_is_kept_need_not_be_whole_packs_but_what_comes_on_top_is() -> None:
    assert got([line("A", 20, confirmed=5, pack=6, strategy=Strategy.KEEP_OR_BETTER)], 100) == {"A": 17}


def test_a_guarantee_that_cannot_be_kept_is_told() -> None:
    decision, found = shared([line("A", 120, strategy=Strategy.GUARANTEE), line("B", 10)])
    assert found == {"A": 100, "B": 0}
    assert codes(decision) == [("guarantee_short", "A")]


def test_what_was_confirmed_and_is_gone_is_told() -> None:
    decision, found = shared(
        [line("A", 60, confirmed=60, frozen=True), line("B", 60, confirmed=60, strategy=Strategy.KEEP_OR_BETTER)]
    )
    assert found == {"A": 60, "B": 40}
    assert codes(decision) == [("kept_short", "B")]


def test_improve_gets_back_what_it_had_before_anybody_of_its_turn_rises() -> None:
    lines = [line("A", 90, confirmed=40, strategy=Strategy.IMPROVE), line("B", 90, strategy=Strategy.IMPROVE)]
    assert got(lines, rule=Rule.MAX_MIN) == {"A": 70, "B": 30}


def test_spare_never_gains_and_donors_get_what_all_others_leave() -> None:
    lines = [
        line("A", 60, confirmed=60, strategy=Strategy.DONOR), line("B", 60, confirmed=20, strategy=Strategy.SPARE), line("C", 50),
    ]  # fmt: skip
    assert got(lines) == {"A": 30, "B": 20, "C": 50}


# floors and ceilings


def test_a_floor_is_served_first_and_the_rule_divides_the_rest() -> None:
    lines = [line("A", 60), line("B", 50), line("C", 20), line("D", 10)]
    floor = Floor((("customer", "CD"),), "X", 10 * MILLION)
    assert got(lines, floors=[floor]) == {"A": 41, "B": 35, "C": 14, "D": 10}


def test_a_floor_counts_what_the_group_keeps() -> None:
    lines = [
        line("A", 60, confirmed=8, strategy=Strategy.KEEP_OR_BETTER, customer="C"), line("B", 60, customer="C", tier=2), line("C", 100),
    ]  # fmt: skip
    floor = Floor((("customer", "C"),), "X", 10 * MILLION)
    assert got(lines, 20, floors=[floor], rule=Rule.PRIORITY) == {"A": 20, "B": 0, "C": 0}
    assert got(lines, 10, floors=[floor], rule=Rule.PRIORITY) == {"A": 10, "B": 0, "C": 0}


def test_a_better_rank_is_never_undercut_and_what_is_missing_is_told() -> None:
    lines = [line("A", 60), line("B", 60)]
    floors = [Floor((("customer", "CA"),), "X", 40 * MILLION, 2), Floor((("customer", "CB"),), "X", 70 * MILLION, 1)]
    decision, found = shared(lines, 80, floors=floors)
    assert found == {"A": 20, "B": 60}
    assert codes(decision) == [("floor_short", 0)]
    assert decision.objective.floors_missed == 20 * MILLION


def test_floors_of_one_rank_rise_together() -> None:
    floors = [Floor((("customer", "CA"),), "X", 40 * MILLION), Floor((("customer", "CB"),), "X", 40 * MILLION)]
    assert got([line("A", 60), line("B", 60)], 50, floors=floors) == {"A": 25, "B": 25}


def test_a_floor_in_cases_is_met_by_the_case_that_goes_beyond_it() -> None:
    floor = Floor((("customer", "CA"),), "X", 10 * MILLION)
    assert got([line("A", 60, pack=6, tier=2), line("B", 90)], 90, floors=[floor]) == {"A": 12, "B": 78}


def test_a_quota_over_all_items_stops_a_customer_and_the_others_go_on() -> None:
    lines = [line("A", 60), line("B", 60), line("A2", 60, item="Y", customer="CA"), line("B2", 60, item="Y")]
    ceiling = Ceiling((("customer", "CA"),), None, 50 * MILLION)
    found = got(lines, [lot("L", 100), lot("M", 100, item="Y")], ceilings=[ceiling])
    assert found == {"A": 25, "B": 60, "A2": 25, "B2": 60}


def test_who_is_above_a_quota_already_keeps_it_but_gets_nothing_more() -> None:
    ceiling = Ceiling((("segment", "S"),), "X", 20 * MILLION)
    decision, found = shared(
        [line("A", 60, confirmed=30, strategy=Strategy.KEEP_OR_BETTER), line("B", 60), line("C", 60, segment="T")],
        ceilings=[ceiling],
    )
    assert found == {"A": 30, "B": 0, "C": 60}
    assert codes(decision) == [("ceiling_passed", 0)]


def test_a_group_may_be_named_by_further_traits() -> None:
    ceiling = Ceiling((("channel", "web"), ("tier", 1)), None, 5 * MILLION)
    lines = [
        line("A", 60, groups=(("channel", "web"),)),
        line("B", 60, groups=(("channel", "web"),), tier=2),
        line("C", 60),
    ]
    assert got(lines, 150, ceilings=[ceiling]) == {"A": 5, "B": 60, "C": 60}


# lots


def test_the_lot_that_expires_first_goes_first() -> None:
    decision, _ = shared([line("A", 15)], [lot("late", 10, expires=60), lot("soon", 10, expires=30), lot("never", 10)])
    assert [(one.lot, one.quantity // MILLION) for one in decision.shares] == [("soon", 10), ("late", 5)]


def test_a_lot_too_young_or_too_late_is_not_used() -> None:
    lots = [lot("late", 50, came=5), lot("old", 50, expires=20)]
    lines = [
        line("A", 60, requested_on=day(4), minimum_life_days=16), line("B", 60, requested_on=day(5), minimum_life_days=16),
        line("C", 60, requested_on=day(4), minimum_life_days=17),
    ]  # fmt: skip
    assert got(lines, lots) == {"A": 50, "B": 50, "C": 0}


def test_a_day_that_has_passed_counts_as_today() -> None:
    assert got([line("A", 60, requested_on=day(-9))], [lot("L", 10), lot("M", 10, came=1)]) == {"A": 10}


def test_who_can_use_only_one_lot_is_not_stranded_by_who_can_use_both() -> None:
    lines = [line("A", 10, minimum_life_days=0, weight=9 * MILLION), line("B", 10, requested_on=day(0))]
    assert got(lines, [lot("now", 10, expires=30), lot("later", 10, came=3)], rule=Rule.PRIORITY) == {"A": 10, "B": 10}


def test_equal_awards_over_lots_that_not_all_may_use() -> None:
    lines = [line("A", 30, requested_on=day(0)), line("B", 30, requested_on=day(0)), line("C", 30)]
    lots = [lot("now", 20), lot("later", 25, came=3)]
    assert got(lines, lots, rule=Rule.MAX_MIN) == {"A": 10, "B": 10, "C": 25}


# packs, minimums, whole orders


def test_cases_are_exact_in_every_lot() -> None:
    assert got([line("A", 60, pack=12), line("B", 60, pack=5)], [lot("L", 17), lot("M", 17)]) == {"A": 12, "B": 20}


def test_less_than_the_minimum_is_nothing_and_the_others_have_the_rest() -> None:
    lines = [line("A", 60), line("B", 50), line("C", 20), line("D", 10, minimum=8)]
    assert got(lines) == {"A": 46, "B": 39, "C": 15, "D": 0}


def test_an_order_that_wants_all_or_nothing_gets_nothing_if_its_part_is_not_all() -> None:
    lines = [line("A", 60), line("B", 50, complete_order=True), line("C", 20), line("D", 10)]
    assert got(lines) == {"A": 60, "B": 0, "C": 20, "D": 10}


def test_equal_awards_complete_small_orders_and_drop_the_large_one() -> None:
    lines = [line(name, asked, complete_order=True) for name, asked in (("A", 60), ("B", 50), ("C", 20), ("D", 10))]
    assert got(lines, rule=Rule.MAX_MIN) == {"A": 60, "B": 0, "C": 20, "D": 10}


def test_a_dropped_order_comes_back_when_a_worse_one_leaves_enough() -> None:
    lines = [
        line("A", 60, complete_order=True, weight=3 * MILLION), line("B", 50, complete_order=True, weight=2 * MILLION),
        line("C", 40, complete_order=True),
    ]  # fmt: skip
    assert got(lines) == {"A": 60, "B": 0, "C": 40}


def test_an_order_is_complete_in_all_its_items_or_in_none() -> None:
    lines = [
        line("A", 10, order="O", complete_order=True), line("A2", 10, order="O", item="Y", complete_order=True), line("B", 10, item="Y"),
    ]  # fmt: skip
    assert got(lines, [lot("L", 50), lot("M", 9, item="Y")]) == {"A": 0, "A2": 0, "B": 9}


# telling


def said(decision: Decision, name: str, lang: str) -> str:
    return next(why(one.why)[lang] for one in decision.outcomes if one.line == name)


def test_the_reason_can_be_read_aloud() -> None:
    decision, _ = shared([line("A", 60), line("B", 50), line("C", 20), line("D", 10)])
    assert said(decision, "A", "es") == (
        "Hay 100 para 140 pedidas. Su grupo (nivel 1) va a partes proporcionales: le tocan 42,857. En unidades enteras, 43."
    )
    assert said(decision, "A", "en") == (
        "There are 100 for 140 asked. Its group (tier 1) shares in proportion: its part is 42.857. In whole units, 43."
    )


def test_cases_floors_and_nothing_are_told() -> None:
    floor = Floor((("customer", "CA"),), "X", 10 * MILLION)
    decision, _ = shared(
        [line("A", 60, pack=6, tier=2), line("B", 90), line("C", 5, minimum_life_days=9)],
        [lot("L", 90, expires=3)],
        floors=[floor],
    )
    assert said(decision, "A", "es") == (
        "Hay 90 para 155 pedidas. Su grupo tiene un mínimo garantizado: le tocan 12. Recibe 12 de 60."
    )
    assert said(decision, "C", "es").startswith("Hay 90 para 155 pedidas. Nada de eso le sirve")
    assert said(decision, "C", "es").endswith("No recibe nada.")


def test_a_quota_and_lots_that_come_too_late_are_told() -> None:
    ceiling = Ceiling((("customer", "CA"),), "X", 5 * MILLION)
    lots = [lot("L", 40), lot("M", 60, came=9)]
    decision, _ = shared([line("A", 60, tier=2), line("B", 50, requested_on=day(1))], lots, ceilings=[ceiling])
    assert said(decision, "A", "es") == (
        "Hay 100 para 110 pedidas. Su grupo (nivel 2) va a partes proporcionales: le tocan 5. "
        "Su cupo es de 5 y no puede pasar de ahí. Recibe 5 de 60."
    )
    assert said(decision, "B", "es").startswith("Hay 100 para 110 pedidas. Le sirven 40; lo demás llega tarde")


def test_every_step_has_words_in_both_languages() -> None:
    unknown = [code for code in STEP_PARAMS if not words.known(code)]
    assert unknown == []
    for code, names in STEP_PARAMS.items():
        for lang in words.LANGUAGES:
            assert "…" not in words.say(code, dict.fromkeys(names, 3), lang)


def test_what_it_is_worth_is_counted() -> None:
    lines = [line("A", 60, margin=2 * MILLION), line("B", 50, tier=2, weight=3 * MILLION, margin=MILLION)]
    decision, _ = shared(lines)
    worth = decision.objective
    assert (worth.tiers, worth.complete_orders, worth.weighted_complete) == ((60 * MILLION, 120 * MILLION), 1, MILLION)
    assert worth.margin == 160 * MILLION


def test_the_same_sharing_again_is_equal_and_another_is_not() -> None:
    instance = Instance(TODAY, Rule.MAX_MIN, [lot("L", 100)], [line("A", 60), line("B", 60)])
    assert decide(instance) == decide(instance)
    assert decide(instance) != decide(replace(instance, supply=[lot("L", 90)]))
