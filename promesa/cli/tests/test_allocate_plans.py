"""Scarcity plans from the command line."""

import json

import pytest
from click.testing import CliRunner

from promesa.allocation.models import Plan
from promesa.allocation.tests.scarce import scarce, signed
from promesa.cli.allocating.plans import compare, explain, plan, publish, run
from promesa.orders.models import Order
from promesa.orders.operations import capture_order, change_line
from promesa.orders.tests.world import AT, CLERK, D

pytestmark = [pytest.mark.django_db, pytest.mark.wired]
NOW = ["--at", "2026-03-02T11:00+00:00"]


def told(command, *words, code=0):
    done = CliRunner().invoke(command, list(words))
    assert done.exit_code == code, done.output + done.stderr + str(done.exception)
    return done.stdout


def answer(command, *words, code=0):
    return json.loads(told(command, *words, "--json", code=code))


def opened():
    made = answer(plan, "open", "Aceite", "--item", "10001", "--horizon", "2026-03-20", "--until", "2026-04-01", *NOW)
    return made["number"]


def test_a_plan_goes_from_its_opening_to_the_reason_of_a_line(tmp_path):
    case = scarce()
    number = opened()
    file = tmp_path / "b.json"
    file.write_text(json.dumps({"items": ["10001"], "rule": "max_min", "tiers": {"protect": 1, "build": 1}}))
    page = answer(plan, "save", number, str(file), "--name", "iguales", *NOW)
    assert [one["letter"] for one in page["scenarios"]] == ["A", "B"]
    assert told(plan, "propose", number, "B", *NOW) == (
        f"{number}: propuesta B. Ahora la firman ventas y atención al cliente.\n"
    )
    signed(Plan.objects.get(), "B")
    made = answer(run, number, *NOW)
    assert (made["run"], made["rule"], made["stats"]["share"]) == (f"{number}/1", "max_min", "100")
    found = answer(compare, f"{number}/1")
    assert (found["today"]["units"], found["first_figures"]["complete_orders"]) == ("100.000000", 2)
    assert "Jain" in told(compare, f"{number}/1")
    put = answer(publish, f"{number}/1", *NOW)
    assert (put["published"], put["refused"], put["notices"]) == ([1], [], 4)
    why = answer(explain, f"{number}/1", case.line(0).order.number, "1")
    assert (why["share_quantity"], why["again"]) == ("35.000000", "35")
    assert told(explain, f"{number}/1", case.line(0).order.number, "1", "--lang", "en").endswith(
        "Worked out again it comes to the same: 35.\n"
    )
    assert [one["number"] for one in answer(plan, "list")["plans"]] == [number]
    assert answer(plan, "close", number, *NOW)["state"] == "closed"


def test_what_changed_since_the_run_is_told_and_the_command_fails():
    case = scarce()
    number = opened()
    told(plan, "propose", number, "A", *NOW)
    signed(Plan.objects.get())
    told(run, number, *NOW)
    change_line(order_id=case.orders[0], line_number=1, quantity=D(55), by=CLERK, at=AT)
    said = told(publish, f"{number}/1", *NOW, code=1)
    assert f"{case.line(0).order.number}, línea 1: quedaban 60 por servir y ahora 55." in said


def test_what_is_no_scenario_and_a_line_that_has_no_part_are_told(tmp_path):
    case = scarce()
    number = opened()
    for text in ("[]", "{", "[" * 100_000):
        file = tmp_path / "c.json"
        file.write_text(text)
        assert "CONTENT" in CliRunner().invoke(plan, ["save", number, str(file), *NOW]).output
    answer(run, number, "--letter", "A", *NOW)
    capture = case.world.draft(3, po_number="LATER")
    late = Order.objects.get(pk=capture_order(draft=capture, by=CLERK, at=AT).order_id)
    refused = CliRunner().invoke(explain, [f"{number}/1", late.number, "1"])
    assert (refused.exit_code, f"{late.number}/1" in refused.output) == (1, True)
