"""The page, the API and the command line say the same numbers of what runs short: they ask one question."""

from __future__ import annotations

import csv
import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client
from django.utils import timezone

from promesa.access.operations import create_key
from promesa.allocation import operations
from promesa.allocation.tests.scarce import plan_of, scarce, signed
from promesa.cli.allocating.shortages import shortages as command
from promesa.core.actors import Actor
from promesa.core.relay import drain
from promesa.desk.tests.conftest import SignedIn, fresh, signed_in
from promesa.desk.tests.ground import D
from promesa.inventory.models import DemandRate, Receipt
from promesa.orders.operations import capture_order
from promesa.orders.tests.world import CLERK, another_customer, expect

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wired")]
__all__ = ["fresh", "signed_in"]  # fixtures of the desk, used here too
BOSS = Actor("command")


@pytest.fixture
def company() -> None:
    """Oil that is short, of which some is guaranteed and some comes too late for its line; soap that a receipt just covers."""
    case = scarce(asked=(60, 50, 20), items=2, stock=100)
    now = timezone.now()
    plan = plan_of(case, floors=[{"group": {"segment": "build"}, "item": "10001", "quantity": "45"}])
    run = operations.simulate(plan_id=signed(plan).pk, by=BOSS, at=now)
    operations.publish_run(run_id=run.pk, by=BOSS, at=now)
    expect(case.world, 30, number="R-1")
    expect(case.world, 60, item=1, number="R-2")
    Receipt.objects.update(expected_at=now + timedelta(days=3))
    for n, quantities in enumerate(((25, 90), (10, 40), (12, 25))):
        other = another_customer(case.world, 20 + n)
        tomorrow = (now + timedelta(days=1)).date()
        draft = case.world.draft(*quantities, customer_id=other.pk, requested_from=tomorrow, requested_to=tomorrow)
        capture_order(draft=draft, by=CLERK, at=now)
    DemandRate.objects.create(
        item=case.world.items[0], daily_quantity=9, daily_deviation=1, unit_value=10, days=56, counted_to=now.date()
    )
    drain()


def of_page(client: Client, query: str) -> dict[str, dict[str, str]]:
    text = client.get(f"/shortages/export.csv?days=7{query}").content.decode("utf-8-sig")
    return {
        row["Our code (SKU)"]: row for row in csv.DictReader(text.splitlines(), delimiter=text[len("Our code (SKU)")])
    }


def of_command(*options: str) -> dict[str, Any]:
    answer = CliRunner().invoke(command, ["--json", "--sort", "value", *options], catch_exceptions=False)
    return dict(json.loads(answer.stdout))


def of_program(query: str) -> dict[str, Any]:
    made = create_key(name=f"t{query}", scopes=("plans:read",), by=Actor("promesa"), at=timezone.now())
    client = Client(headers={"Authorization": f"Bearer {made.token}"})
    answer = client.get(f"/api/v1/shortages?sort=value{query}")
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


SAME = {
    "Promised": "promised", "Protected": "protected", "Free": "free", "Asked for": "demand", "Missing": "missing",
    "Lines at risk": "lines", "Orders at risk": "orders", "Customers at risk": "customers", "Value at stake": "value",
}  # fmt: skip


@pytest.mark.parametrize(
    ("page", "command_line", "program"),
    [
        ("", (), ""),
        ("&receipt=R-2&late=5", ("--receipt", "R-2", "--late", "5"), "&receipt=R-2&late=5"),
        ("&receipt=*&less=50", ("--receipt", "*", "--less", "50"), "&receipt=*&less=50"),
    ],
)
def test_page_command_line_and_api_say_the_same(
    signed_in: SignedIn, company: None, page: str, command_line: tuple[str, ...], program: str
) -> None:
    shown, told, answered = of_page(signed_in(), page), of_command(*command_line), of_program(program)
    for name in ("count", "short_items", "orders", "customers"):
        assert told[name] == answered[name]
    assert [one["item"] for one in told["items"]] == [one["item"] for one in answered["items"]] == list(shown)
    assert "10001" in shown
    for mine, theirs in zip(told["items"], answered["items"], strict=True):
        row = shown[mine["item"]]
        for heading, name in SAME.items():
            assert D(row[heading].replace(",", "")) == Decimal(mine[name]) == Decimal(theirs[name]), (
                heading,
                row,
                mine,
            )
        supply = D(row["In stock"].replace(",", "")) + D(row["Coming"].replace(",", ""))
        assert supply == Decimal(mine["supply"]) == Decimal(theirs["supply"])


def test_what_is_supposed_is_who_then_goes_without(signed_in: SignedIn, company: None) -> None:
    before, later = of_command(), of_command("--receipt", "R-2", "--late", "21")
    soap = {one["item"]: one for one in before["items"]}["10002"]
    then = {one["item"]: one for one in later["items"]}["10002"]
    # 155 are asked for, 100 are there: the 55 of the receipt come too late for their lines, and then not at all.
    assert (soap["missing"], then["missing"]) == ("0.000000", "55.000000")
    assert Decimal(soap["lacking"]) == Decimal(then["lacking"]) >= 55
    page = of_page(signed_in(), "&receipt=R-2&late=21&view=short")
    assert page["10002"]["Missing"] == "55"
