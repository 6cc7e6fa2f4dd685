"""`promesa allocate shortages`, `what-if` and `service-level`."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from click.testing import CliRunner

from promesa.allocation.tests.test_economic import HAND, assume, rate
from promesa.cli.allocating.service import service_level
from promesa.cli.allocating.shortages import shortages, what_if_
from promesa.orders.operations import capture_order
from promesa.orders.tests.world import AT, CLERK, expect, make_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.wired]
D = Decimal


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
