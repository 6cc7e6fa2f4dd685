"""The economic service level of item classes, from what was counted and what the company assumes."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test.utils import CaptureQueriesContext

from promesa.allocation.queries.economic import service_of_classes
from promesa.catalog.models import Item
from promesa.cli.allocating.service import service_level
from promesa.cli.allocating.shortages import shortages, what_if_
from promesa.core.models import Parameter
from promesa.inventory.models import DemandRate
from promesa.orders.operations import capture_order
from promesa.orders.tests.world import AT, CLERK, expect, make_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.wired]
D = Decimal
TODAY = date(2026, 3, 2)


def rate(family: str, daily: str, deviation: str, value: str = "10") -> None:
    n = Item.objects.count()
    item = Item.objects.create(sku=f"E{n}", name=f"Item {n}", family=family)
    DemandRate.objects.create(
        item=item, daily_quantity=D(daily), daily_deviation=D(deviation), unit_value=D(value), days=56, counted_to=TODAY
    )


def assume(**said: Any) -> None:
    Parameter.objects.create(code="allocation.economics", value=said, valid_from=date(2026, 1, 1))


# Price 10, cost 7.30, a year's holding 100 % of it: 0.10 a cycle of five days; a short unit costs 1.90.
HAND = {
    "cost_share": "0.73", "holding_rate": "1", "obsolescence_rate": "0", "lost_share": "0", "penalty_share": "0.19",
    "patience_share": "0", "lead_days": 4, "cycle_days": 5,
}  # fmt: skip


def test_a_class_has_the_curve_that_was_worked_out_by_hand() -> None:
    rate("oils", "100", "20")
    assume(**HAND)
    (oils,) = service_of_classes(on=TODAY)
    assert oils.curve is not None
    assert (oils.name, oils.items, oils.curve.best, oils.curve.economic) == ("oils", 1, D("0.9500"), D("0.950"))
    level = next(one for one in oils.curve.levels if one.service == D("0.95"))
    assert (level.stock_cost, level.short_cost) == (D("729.60"), D("173.87"))
    assert oils.excess is None


def test_what_differs_in_a_class_counts_for_it_alone_its_target_too() -> None:
    rate("oils", "100", "20")
    rate("fish", "100", "20")
    assume(**HAND, classes={"fish": {"penalty_share": "0.01", "target": "0.99"}})
    fish, oils = service_of_classes(on=TODAY)
    assert (fish.name, oils.name, oils.excess) == ("fish", "oils", None)
    assert fish.curve is not None
    assert fish.curve.best == D("0.5000")  # both cost 0.10
    assert fish.excess is not None
    assert fish.excess.target == D("0.99")


@pytest.mark.parametrize("items", [1, 40])
def test_it_takes_two_statements_for_any_number_of_items(items: int) -> None:
    for n in range(items):
        rate(f"family {n % 7}", "10", "3")
    with CaptureQueriesContext(connection) as statements:
        assert len(service_of_classes(on=TODAY)) == min(items, 7)
    assert len(statements.captured_queries) == 2


def run(command: Any, *arguments: str) -> Any:
    return CliRunner().invoke(command, [*arguments, "--at", AT.isoformat()], catch_exceptions=False)


def test_the_command_line_warns_of_a_target_that_does_not_pay_and_exits_with_1() -> None:
    rate("oils", "100", "20")
    rate("calm", "5", "0")
    assume(**HAND)
    fine = run(service_level, "oils", "--target", "95", "--json")
    assert fine.exit_code == 0
    told = json.loads(fine.stdout)["classes"][0]
    assert (told["class"], told["economic"], told["warning"]) == ("oils", "0.950", None)
    over = run(service_level, "--target", "99", "--lang", "en")
    assert over.exit_code == 1
    assert (
        "oils: a target of 99.0 % costs 145.16 a year more than 95.0 %, the last that pays. "
        "It would pay if a shortage cost 5.2 times as much."
    ) in over.stdout
    assert run(service_level, "--target", "100").exit_code == 2


def test_the_command_line_shows_shortages_and_what_a_receipt_that_slips_would_do() -> None:
    world = make_world(items=1, stock=20)
    expect(world, 30, days=1)
    capture_order(draft=world.draft(60, requested_from=date(2026, 3, 5)), by=CLERK, at=AT)
    told = json.loads(run(shortages, "--json").stdout)
    assert (told["horizon_to"], told["short_items"], told["value"]) == ("2026-03-09", 1, "100.00")
    (item,) = told["items"]
    assert {name: D(item[name]) for name in ("supply", "promised", "free", "short", "lacking")} == {
        "supply": 50, "promised": 50, "free": 0, "short": 10, "lacking": 10,
    }  # fmt: skip
    assert "10001" in run(shortages, "--lang", "en").stdout
    slipped = json.loads(run(what_if_, "R-1", "--short", "50", "--json").stdout)
    assert [(hit["now"]["quantity"], hit["then"]["quantity"]) for hit in slipped["worse"]] == [
        ("50.000000", "35.000000")
    ]
    assert run(what_if_, "R-1", "--late", "9").stdout.count("P-2026") == 1
    assert run(what_if_, "R-1", "--short", "101").exit_code == 2
