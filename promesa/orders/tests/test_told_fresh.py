"""What a program is told of the order it has just made is what it is told when it asks again."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal as D  # noqa: N817
from typing import Any

import pytest

from promesa.core.verbs import verb
from promesa.inventory.models import Receipt
from promesa.orders.operations import capture_order
from promesa.orders.queries.told import whole_order
from promesa.orders.queries.told_fresh import fresh_order
from promesa.orders.rules import DraftLine, OrderDraft
from promesa.orders.tests.world import AT, CLERK, make_world, name_for_customer

pytestmark = [pytest.mark.django_db, pytest.mark.wired]


@verb
def captured(draft: OrderDraft, at: Any, within: int | None = None, submit: bool = True) -> tuple[str, str]:
    one = capture_order(draft=draft, by=CLERK, at=at, submit=submit)
    assert one.order_id is not None
    return one.number, fresh_order(order_id=one.order_id, within=within)


@pytest.mark.parametrize("microseconds", [0, 120_000, 123_456])
@pytest.mark.parametrize("submit", [True, False])
def test_an_order_told_from_memory_is_the_order_told_by_the_database(microseconds: int, submit: bool) -> None:
    world = make_world(stock="10.5")
    name_for_customer(world, "CLI-77", unit="CS")
    Receipt.objects.create(
        number="R1", item=world.items[1], warehouse=world.warehouse, expected_at=AT + timedelta(days=2), quantity=50
    )
    lines = (
        DraftLine(line="10", sku=world.items[0].sku, quantity=D("3.50"), text="Aceite «virgen»"),
        DraftLine(line="20", sku=world.items[1].sku, quantity=D(30), price=D("10.00")),
        DraftLine(line="30", sku=world.items[2].sku, quantity=D(1), free=True, requested_from=date(2026, 3, 20)),
    )
    wanted = None if submit else date(2026, 3, 6)
    draft = world.draft(1, lines=lines, po_number="A/1", requested_from=wanted, channel="api", note="ñ")
    number, fresh = captured(draft, AT + timedelta(microseconds=microseconds), submit=submit)
    told = json.loads(fresh)
    assert told == json.loads(whole_order(number=number))
    assert [(one["line_number"], one["quantity"]) for one in told["promises"]] == (
        [(1, "3.5"), (2, "10.5"), (2, "19.5"), (3, "1")] if submit else []
    )


def test_an_order_with_findings_is_left_to_the_database_to_tell() -> None:
    world = make_world()
    assert captured(world.draft(101), AT)[1] == ""
    assert captured(world.draft(1, lines=(DraftLine(sku="99999", quantity=D(1)),)), AT)[1] == ""


def test_an_order_of_another_customer_is_not_told() -> None:
    world = make_world()
    assert captured(world.draft(1), AT, within=world.customer.pk)[1] != ""
    assert captured(world.draft(1), AT, within=world.customer.pk + 1)[1] == ""
    assert fresh_order(order_id=1) == ""
