"""The economic service level of item classes, from what was counted and what the company assumes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from promesa.allocation.queries.economic import service_of_classes
from promesa.catalog.models import Item
from promesa.core.models import Parameter
from promesa.inventory.models import DemandRate

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
