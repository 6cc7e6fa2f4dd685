"""`promesa allocate adherence` and `move`: whether a plan is kept, and goods moved at the last minute."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from promesa.allocation import operations
from promesa.allocation.models import Override, Plan
from promesa.allocation.tests.scarce import BOSS, LATER, Scarce, plan_of, scarce, signed
from promesa.cli.allocate import allocate

pytestmark = [pytest.mark.django_db, pytest.mark.wired]


def run(*options: str) -> Result:
    return CliRunner().invoke(allocate, list(options))


def told(*options: str) -> dict[str, Any]:
    result = run(*options, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.fixture
def case() -> Scarce:
    case = scarce()
    plan = signed(plan_of(case, tiers={"protect": 1, "build": 1}))
    made = operations.simulate(plan_id=plan.pk, by=BOSS, at=LATER)
    operations.publish_run(run_id=made.pk, by=BOSS, at=LATER)
    return case


def lines(case: Scarce) -> list[str]:
    return [f"{line.order.number}/{line.line_number}" for line in case.lines()]


def test_a_plan_that_is_kept_says_so_by_customer_and_by_day(case: Scarce) -> None:
    found = told("adherence", Plan.objects.get().number)
    assert (float(found["adherence"]), float(found["leaked"]), len(found["customers"])) == (1, 0, 4)
    assert found["days"][0]["day"] == LATER.date().isoformat()
    said = run("adherence", Plan.objects.get().number, "--lang", "es").stdout
    assert f"El plan {Plan.objects.get().number} se cumple al 100,0 %" in said


def test_a_move_is_shown_before_it_is_made_and_counts_as_a_leak_afterwards(case: Scarce) -> None:
    first, _, _, last = lines(case)
    shown = told("move", last, "--from", first, "--quantity", "3", "--dry-run")
    assert (shown["donor"]["after"], shown["receiver"]["after"], shown["allowed"]) == ("40", "10", True)
    assert not Override.objects.exists()
    for quantity, why in (("4", "le faltan 3"), ("-1", "mayor que cero"), ("44", "Solo hay 43")):
        result = run("move", last, "--from", first, "--quantity", quantity, "--dry-run", "--lang", "es")
        assert result.exit_code == 1
        assert why in result.output
    refused = run("move", last, "--from", first, "--quantity", "3")
    assert (refused.exit_code, Override.objects.exists()) == (1, False)
    result = run("move", last, "--from", first, "--quantity", "3", "--reason", "emergency", "--requested-by", "Marta")
    assert result.exit_code == 0, result.output
    found = told("adherence", Plan.objects.get().number)
    assert (float(found["leaked"]), found["overrides"][0]["requested_by"]) == (3, "Marta")


def test_a_plan_of_which_nothing_is_published_says_so() -> None:
    draft = plan_of(scarce())
    assert run("adherence", draft.number, "--lang", "en").stdout == f"Nothing of plan {draft.number} is published.\n"
