"""A receipt slips, shrinks or is cancelled: who is hit, what they are promised now, and who is called."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from promesa.allocation.models import Plan, Protection
from promesa.cli.check import broken
from promesa.core.errors import Invalid
from promesa.core.models import Event
from promesa.core.relay import drain
from promesa.fulfilment import operations as fulfilment
from promesa.inventory import operations as inventory
from promesa.inventory.models import Claim, Receipt
from promesa.inventory.operations import ReceiptNotExpected
from promesa.orders.models import OrderLine, Promise
from promesa.orders.operations import capture_order
from promesa.orders.tests.world import AT, CLERK, World, another_customer, expect, make_world
from promesa.work.models import WorkItem

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.wired]
D = Decimal
LATER = AT + timedelta(hours=2)


def order(world: World, quantity: int, **changes: Any) -> int:
    captured = capture_order(draft=world.draft(quantity, **changes), by=CLERK, at=AT)
    assert captured.order_id is not None
    return captured.order_id


def promised(order_id: int) -> list[tuple[Decimal, str, str]]:
    line = OrderLine.objects.get(order_id=order_id)
    rows = Promise.objects.filter(line=line, sequence=line.promise_sequence).order_by("part")
    return [(row.quantity, row.cause, row.reason["code"]) for row in rows]


def broken_now() -> list[str]:
    return [answer["invariant"] for answer in broken() if answer["rows"]]


def unprotected(world: World, n: int) -> int:
    customer = another_customer(world, n)
    customer.segment = None
    customer.save(update_fields=["segment"])
    return customer.pk


def test_a_cancelled_receipt_leaves_its_orders_without_date_and_says_why() -> None:
    world = make_world(items=1, stock=10)
    expect(world, 50)
    order_id = order(world, 40, customer_id=unprotected(world, 2))
    drain()
    inventory.cancel_receipt(number="R-1", by=CLERK, at=LATER, reason="The supplier went bankrupt")
    drain()
    assert promised(order_id) == [(D(10), "C1", "promise_first_possible")]
    assert Receipt.objects.get().state == "cancelled"
    assert [claim.stock_id is not None for claim in Claim.objects.all()] == [True]
    assert Event.objects.get(kind="ReceiptCancelled").facts["reason"] == "The supplier went bankrupt"
    assert WorkItem.objects.filter(kind="protected_short").count() == 0
    assert broken_now() == []
    with pytest.raises(ReceiptNotExpected):
        inventory.cancel_receipt(number="R-1", by=CLERK, at=LATER)


def test_a_receipt_that_shrinks_keeps_the_oldest_promises_and_the_last_is_told() -> None:
    world = make_world(items=1, stock=0)
    expect(world, 60)
    first, second = order(world, 30), order(world, 30, customer_id=unprotected(world, 2))
    drain()
    inventory.change_receipt_quantity(
        number="R-1", quantity=D(40), by=CLERK, at=LATER, reason="A pallet was left behind"
    )
    drain()
    assert [(quantity, cause) for quantity, cause, _ in promised(first)] == [(D(30), "")]
    assert [(quantity, cause) for quantity, cause, _ in promised(second)] == [(D(10), "C1")]
    assert sorted(claim.quantity for claim in Claim.objects.all()) == [D(10), D(30)]
    assert broken_now() == []


def test_a_receipt_that_grows_serves_who_waited() -> None:
    world = make_world(items=1, stock=0)
    expect(world, 20)
    order_id = order(world, 30)
    drain()
    inventory.change_receipt_quantity(number="R-1", quantity=D(35), by=CLERK, at=LATER)
    drain()
    assert OrderLine.objects.get(order_id=order_id).promised == 30
    assert Receipt.objects.get().claimed == 30


def test_no_quantity_is_refused_and_nothing_changes() -> None:
    world = make_world(items=1, stock=0)
    expect(world, 20)
    for quantity in (D(0), D(-1), D("NaN")):
        with pytest.raises(Invalid):
            inventory.change_receipt_quantity(number="R-1", quantity=quantity, by=CLERK, at=LATER)
    assert Receipt.objects.get(number="R-1").quantity == 20
    assert world.items[0].receipts.count() == 1


def test_somebody_is_called_when_a_protected_customer_falls_short_or_late_once_an_order() -> None:
    world = make_world(items=1, stock=0)
    expect(world, 50)
    short = order(world, 30)
    other = order(world, 20, customer_id=unprotected(world, 2))
    drain()
    inventory.move_receipt(number="R-1", expected_at=datetime(2026, 3, 12, 9, tzinfo=UTC), by=CLERK, at=LATER)
    drain()
    (item,) = WorkItem.objects.filter(kind="protected_short")
    assert (item.subject, item.customer_id, item.title["code"]) == (
        f"order:{short}", world.customer.pk, "work_protected_late",
    )  # fmt: skip
    assert item.title["params"]["promised_on"] == "2026-03-13"
    assert item.due_at == LATER + timedelta(minutes=60)
    inventory.change_receipt_quantity(number="R-1", quantity=D(10), by=CLERK, at=LATER)
    drain()
    assert WorkItem.objects.filter(kind="protected_short").count() == 1
    assert not WorkItem.objects.filter(kind="protected_short", subject=f"order:{other}").exists()
    assert broken_now() == []


def test_nobody_has_to_decide_any_more_once_all_of_the_order_has_left() -> None:
    world = make_world(items=1, stock=0)
    expect(world, 50)
    order_id = order(world, 30)
    drain()
    slipped, arrived = datetime(2026, 3, 12, 9, tzinfo=UTC), datetime(2026, 3, 12, 10, tzinfo=UTC)
    inventory.move_receipt(number="R-1", expected_at=slipped, by=CLERK, at=LATER)
    drain()
    inventory.receive(number="R-1", by=CLERK, at=arrived)
    drain()
    fulfilment.despatch(order_id=order_id, quantities={1: D(20)}, by=CLERK, at=arrived)
    drain()
    (item,) = WorkItem.objects.filter(kind="protected_short")
    assert item.state == "open"  # 10 still stand here
    fulfilment.despatch(order_id=order_id, by=CLERK, at=arrived + timedelta(hours=1))
    drain()
    item.refresh_from_db()
    assert (item.state, item.closed_by) == ("done", "promesa")
    assert broken_now() == []


def test_a_receipt_that_comes_earlier_calls_nobody() -> None:
    world = make_world(items=1, stock=0)
    expect(world, 50, days=8)
    order_id = order(world, 30)
    drain()
    inventory.move_receipt(number="R-1", expected_at=datetime(2026, 3, 4, 9, tzinfo=UTC), by=CLERK, at=LATER)
    drain()
    assert promised(order_id)[0][0] == 30
    assert WorkItem.objects.filter(kind="protected_short").count() == 0


def test_no_order_loses_what_it_has_on_the_shelf_to_another_when_a_receipt_slips() -> None:
    world = make_world(items=1, stock=20)
    expect(world, 30)
    plain = order(world, 20, customer_id=unprotected(world, 2))  # all that is on the shelf
    waiting = order(world, 30)  # a better tier, from the receipt
    drain()
    inventory.cancel_receipt(number="R-1", by=CLERK, at=LATER)
    drain()
    assert OrderLine.objects.get(order_id=plain).promised == 20
    assert OrderLine.objects.get(order_id=waiting).promised == 0
    assert broken_now() == []


def test_who_has_a_floor_of_a_plan_in_force_is_protected_too_while_it_stands() -> None:
    world = make_world(items=1, stock=0)
    expect(world, 50)
    buyer = unprotected(world, 2)
    order_id = order(world, 20, customer_id=buyer)
    drain()
    plan = Plan.objects.create(
        number="A-1", name="Oil", warehouse=world.warehouse, horizon_to=date(2026, 3, 31), valid_from=date(2026, 3, 1),
        valid_to=date(2026, 4, 1), opened_by=CLERK, opened_at=AT,
    )  # fmt: skip
    floor = Protection.objects.create(
        plan=plan, kind="floor", item=world.items[0], warehouse=world.warehouse, customer_id=buyer, quantity=20,
        valid_from=date(2026, 3, 1), valid_to=date(2026, 4, 1), ended_at=AT,
    )  # fmt: skip
    inventory.change_receipt_quantity(number="R-1", quantity=D(15), by=CLERK, at=LATER)
    drain()
    assert WorkItem.objects.filter(kind="protected_short").count() == 0
    floor.ended_at = None
    floor.save(update_fields=["ended_at"])
    inventory.change_receipt_quantity(number="R-1", quantity=D(5), by=CLERK, at=LATER + timedelta(hours=1))
    drain()
    (item,) = WorkItem.objects.filter(kind="protected_short")
    assert (item.subject, item.title["code"], D(item.title["params"]["missing_quantity"])) == (
        f"order:{order_id}", "work_protected_short", D(10),
    )  # fmt: skip
