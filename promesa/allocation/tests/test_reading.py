"""An instance as JSON: what it means, and all that can be wrong with it at once."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from promesa.allocation import labels_sharing as labels_sharing
from promesa.allocation.rules.instance import DEFAULT_OBJECTIVE, MILLION, Ceiling, Floor, Line, Lot
from promesa.allocation.rules.reading import Unreadable, read_instance
from promesa.core import words

LINE = {"line": "1", "order": "O1", "customer": "C1", "item": "A", "open_quantity": "60"}
LOT = {"lot": "L1", "item": "A", "quantity": "100", "available_on": "2026-11-21"}


def document(**more: Any) -> dict[str, Any]:
    return {"as_of": "2026-11-21", "rule": "max_min", "supply": [LOT], "lines": [LINE], **more}


def faults(given: Any) -> list[tuple[str, str]]:
    with pytest.raises(Unreadable) as refusal:
        read_instance(given if isinstance(given, str | bytes) else json.dumps(given))
    for fault in refusal.value.faults:
        for lang in words.LANGUAGES:
            said = words.say(fault.code, fault.params, lang)
            assert words.known(fault.code)
            assert "…" not in said
            assert len(said) < 400
    return [(fault.where, fault.code) for fault in refusal.value.faults]


def test_what_is_not_named_is_left_at_its_default() -> None:
    found = read_instance(json.dumps(document()))
    assert found.supply == [Lot("L1", "A", 100 * MILLION, date(2026, 11, 21))]
    assert found.lines == [Line("1", "O1", "C1", "", 1, MILLION, "A", 60 * MILLION)]
    assert (found.rule, found.objective, found.time_limit_s, found.node_limit) == (
        "max_min",
        DEFAULT_OBJECTIVE,
        60.0,
        None,
    )


def test_every_field_of_the_contract_is_read() -> None:
    line = {
        **LINE, "segment": "S", "tier": 2, "weight": "1.5", "pack": "6", "minimum": "12", "complete_order": True,
        "requested_on": "2026-11-24", "entered_at": "2026-11-20T10:00:00+01:00", "minimum_life_days": 30, "strategy": "improve",
        "confirmed": "6", "margin": "-1.25", "service_debt": "3", "frozen": True, "base": "50", "stock": "1", "daily_demand": "2",
        "groups": {"region": "north"},
    }  # fmt: skip
    found = read_instance(
        json.dumps(
            document(
                lines=[line],
                floors=[{"group": {"customer": "C1", "tier": "2"}, "item": "A", "quantity": "10", "rank": 2}],
                ceilings=[{"group": {"region": "north"}, "quantity": 50}],
                objective=["floors", "weighted_complete"],
                time_limit_s="2.5",
                node_limit=100,
                retain={"A": "7"},
            )
        )
    )
    assert found.lines[0] == Line(
        "1", "O1", "C1", "S", 2, 1_500_000, "A", 60 * MILLION, 6 * MILLION, 12 * MILLION, True, date(2026, 11, 24),
        "2026-11-20T09:00:00.000000+00:00", 30, "improve", 6 * MILLION, -1_250_000, 3 * MILLION, True, 50 * MILLION, MILLION,
        2 * MILLION, (("region", "north"),),
    )  # fmt: skip
    assert found.floors == [Floor((("customer", "C1"), ("tier", 2)), "A", 10 * MILLION, 2)]
    assert found.ceilings == [Ceiling((("region", "north"),), None, 50 * MILLION)]
    assert (found.objective, found.time_limit_s, found.node_limit) == (("floors", "weighted_complete"), 2.5, 100)
    assert found.retain == {"A": 7 * MILLION}


def test_numbers_are_never_binary_fractions() -> None:
    text = json.dumps(document()).replace('"60"', "0.1").replace('"100"', "1e2")
    found = read_instance(text)
    assert (found.lines[0].open_quantity, found.supply[0].quantity) == (100_000, 100 * MILLION)


def test_all_faults_are_told_at_once_and_where_they_are() -> None:
    line = {
        "line": "", "order": ["O"], "item": "A", "open_quantity": "1e30", "pack": "0", "tier": 1.5, "weight": "-1", "minimum": "1,5",
        "complete_order": "yes", "requested_on": "24/11/2026", "entered_at": "yesterday", "minimum_life_days": -1, "strategy": "best",
        "confirmed": "0.0000001", "base": "NaN", "groups": {"customer": "C"},
    }  # fmt: skip
    found = faults(
        document(rule="fair", lines=[LINE, line, LINE], supply=[LOT, 7], objective=["floors", "profit", "floors"])
    )
    assert found == [
        ("rule", "instance_unknown"),
        ("supply[1]", "instance_not_object"),
        ("lines[1].line", "instance_bad_text"),
        ("lines[1].order", "instance_bad_text"),
        ("lines[1].customer", "instance_missing"),
        ("lines[1].tier", "instance_not_whole"),
        ("lines[1].weight", "instance_negative"),
        ("lines[1].open_quantity", "instance_too_large"),
        ("lines[1].pack", "instance_too_small"),
        ("lines[1].minimum", "instance_bad_number"),
        ("lines[1].complete_order", "instance_not_flag"),
        ("lines[1].requested_on", "instance_bad_day"),
        ("lines[1].entered_at", "instance_bad_moment"),
        ("lines[1].minimum_life_days", "instance_out_of_range"),
        ("lines[1].strategy", "instance_unknown"),
        ("lines[1].confirmed", "instance_too_fine"),
        ("lines[1].base", "instance_bad_number"),
        ("lines[1].groups", "instance_taken"),
        ("lines[2].line", "instance_twice"),
        ("objective[1]", "instance_unknown"),
        ("objective[2]", "instance_twice"),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "instance_not_json"),
        ("{", "instance_not_json"),
        ("[]", "instance_not_object"),
        ("7", "instance_not_object"),
        ("[" * 100_000, "instance_too_deep"),
        (b"\xff\xfe", "instance_not_utf8"),
    ],
)
def test_what_is_no_instance_is_refused_with_one_sentence(text: str | bytes, code: str) -> None:
    assert faults(text) == [("", code)]


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-Infinity", "1e999999", "9" * 5000, "true", "[]", '"１２"', '" 1"', '"1_000"']
)
def test_what_is_no_number_to_share_is_refused(number: str) -> None:
    text = json.dumps(document()).replace('"60"', number)
    assert [where for where, _ in faults(text)] == ["lines[0].open_quantity"]


def test_what_is_missing_altogether_is_told() -> None:
    assert faults({}) == [
        ("as_of", "instance_missing"), ("rule", "instance_missing"), ("supply", "instance_missing"), ("lines", "instance_missing"),
    ]  # fmt: skip


def test_days_of_supply_need_stock_and_daily_demand() -> None:
    assert faults(document(rule="days_of_supply")) == [
        ("lines[0].stock", "instance_missing"), ("lines[0].daily_demand", "instance_missing"),
    ]  # fmt: skip


def test_a_group_that_nobody_can_belong_to_is_a_slip_of_the_pen() -> None:
    floors = [
        {"group": {"costumer": "C1"}, "quantity": "1"},
        {"quantity": "1"},
        {"group": [], "quantity": "1", "rank": 0},
    ]
    assert faults(document(floors=floors)) == [
        ("floors[0].group", "instance_unknown"),
        ("floors[1].group", "instance_missing"),
        ("floors[2].group", "instance_not_object"),
        ("floors[2].rank", "instance_out_of_range"),
    ]


def test_identities_are_texts() -> None:
    found = read_instance(json.dumps(document(lines=[{**LINE, "line": 7, "item": 5}], supply=[{**LOT, "item": 5}])))
    assert (found.lines[0].id, found.lines[0].item, found.supply[0].item) == ("7", "5", "5")
    assert faults(document(lines=[{**LINE, "line": 7}, {**LINE, "line": "7"}])) == [("lines[1].line", "instance_twice")]


def test_what_no_file_can_hold_is_no_name_and_what_is_no_number_is_shown_as_written() -> None:
    broken = json.dumps(document(lines=[{**LINE, "customer": "C\ud800", "open_quantity": "@"}])).replace(
        '"@"', "Infinity"
    )
    assert faults(broken) == [
        ("lines[0].customer", "instance_bad_text"),
        ("lines[0].open_quantity", "instance_bad_number"),
    ]
    with pytest.raises(Unreadable) as refusal:
        read_instance(broken)
    assert [fault.params["value"] for fault in refusal.value.faults] == ["C\ufffd", "Infinity"]
    assert faults(json.dumps(document(lines=[{**LINE, "order": "@"}])).replace('"@"', "NaN")) == [
        ("lines[0].order", "instance_bad_text")
    ]
    assert faults(document(lines=[{**LINE, "tier": 1.5}])) == [("lines[0].tier", "instance_not_whole")]
    assert (
        read_instance(json.dumps(document(lines=[{**LINE, "customer": "\U0001f642"}]))).lines[0].customer
        == "\U0001f642"
    )


def test_a_name_that_stands_twice_in_one_object_is_told_and_not_passed_over() -> None:
    twice = json.dumps(document(rule="fair")).replace('"line": "1"', '"line": "1", "line": "2"')
    assert faults(twice) == [("", "instance_twice"), ("rule", "instance_unknown")]
