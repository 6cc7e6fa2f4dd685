"""`promesa measure`, as a person and as a program use it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner

from promesa.cli.measure import measure as command
from promesa.results.operations import refresh_facts
from promesa.results.tests.companies import LATER, MONDAY, TUESDAY, company, on

pytestmark = pytest.mark.django_db


@pytest.fixture
def history():
    """Three orders of loaded history: shipped in time, shipped late, not shipped."""
    made = company()
    orders = [made.order(origin="history", confirmed_at=None, released_at=None) for _ in range(3)]
    for order, day in zip(orders, (MONDAY, TUESDAY + timedelta(days=1)), strict=False):
        made.entry(order.lines.get(), "despatched", 100, on(day))
    refresh_facts(order_ids=[order.pk for order in orders], at=LATER)
    return orders


def run(*words):
    return CliRunner().invoke(command, [*words])


def test_json_is_one_document_with_counts_as_integers_and_shares_as_strings(history):
    result = run("on-time", "--basis", "requested", "--point", "ship", "--json")
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert answer["measure"] == "on-time"
    (row,) = answer["rows"]
    assert (row["group"], row["numerator"], row["denominator"], row["value"]) == (None, 1, 2, "0.500000")
    assert row["interval"] == ["0.094531", "0.905469"]
    assert (row["provisional"], row["excluded"]) == (0, {"not_shipped": 1})


def test_people_get_a_table_and_the_rule_in_their_language(history):
    spanish = run("on-time", "--basis", "requested", "--point", "ship")
    assert "50,00\N{NO-BREAK SPACE}%" in spanish.stdout
    assert "Fuera de la cuenta: 1 sin salir." in spanish.stdout
    assert "Cómo se cuenta (regla 1): Pedidos con todas sus líneas a tiempo" in spanish.stdout
    english = run("on-time", "--basis", "requested", "--point", "ship", "--lang", "en")
    assert "50.00%" in english.stdout
    assert "Not counted: 1 not shipped." in english.stdout


def test_the_orders_behind_a_figure_are_named(history):
    result = run("on-time", "--basis", "requested", "--point", "ship", "--orders", "failed", "--json")
    assert json.loads(result.stdout)["orders"] == [history[1].number]


def test_perfect_order_tells_its_components_and_both_indices():
    made = company()
    order = made.whole()
    refresh_facts(order_ids=[order.pk], at=LATER)
    result = run("perfect-order", "--as-of", "2026-06-01", "--lang", "en")
    assert "In full 100.00%; On time 100.00%; Documents 100.00%; Condition 100.00%." in result.stdout
    assert "All at once 100.00%; product of rates 100.00%; gap 0.0 points; final 1." in result.stdout


@pytest.mark.parametrize("words", [("perfection",), ("perfect-order", "--unit", "case"), ("on-time", "--by", "item")])
def test_what_cannot_be_measured_is_wrong_use(words):
    assert run(*words).exit_code == 2


def test_an_engine_that_is_not_there_is_refused():
    result = run("on-time", "--engine", "spark", "--lang", "en")
    assert result.exit_code == 1
    assert "The engine spark is not installed; use postgres." in result.stderr


def test_nothing_to_measure_is_a_row_of_nought():
    result = run("fill-rate", "--unit", "value", "--json")
    assert json.loads(result.stdout)["rows"][0]["denominator"] == 0
