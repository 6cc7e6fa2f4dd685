"""Floors and ceilings of plans in force bind every promise; where none is in force nothing is asked."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from promesa.allocation import operations
from promesa.allocation.models import Plan
from promesa.allocation.rules import Supply, SupplyPool
from promesa.allocation.rules.protecting import Asking, Protected, protect
from promesa.allocation.tests.scarce import BOSS, LATER, Scarce, more_stock, plan_of, scarce, signed
from promesa.inventory.models import Receipt, Stock, Warehouse
from promesa.orders.models import Finding, OrderLine
from promesa.orders.operations import capture_order
from promesa.orders.tests.world import AT, CLERK, D, another_customer, expect

pytestmark = [pytest.mark.django_db, pytest.mark.wired]

PUBLISHED = LATER + timedelta(hours=1)


def in_force(case: Scarce, **content: Any) -> Plan:
    plan = signed(plan_of(case, **content))
    run = operations.simulate(plan_id=plan.pk, by=BOSS, at=LATER)
    operations.publish_run(run_id=run.pk, by=BOSS, at=PUBLISHED)
    return plan


def promised(case: Scarce, customer: Any, quantity: int, at: Any = PUBLISHED, **draft: Any) -> int:
    """How much of a new order of this customer is promised."""
    captured = capture_order(draft=case.world.draft(quantity, customer_id=customer.pk, **draft), by=CLERK, at=at)
    return int(OrderLine.objects.get(order_id=captured.order_id).promised)


def test_what_is_guaranteed_to_one_is_not_promised_to_another() -> None:
    case = scarce(asked=(10, 10), stock=100)
    in_force(case, floors=[{"group": {"customer": "C-002"}, "item": "10001", "quantity": "60"}])
    # 80 are free; 50 of them are still guaranteed to the second customer, who has 10 of their 60.
    other = another_customer(case.world, 7)
    assert promised(case, other, 80) == 30
    assert promised(case, case.customers[1], 45) == 45
    assert promised(case, other, 80) == 0
    assert promised(case, case.customers[1], 80) == 5


def test_a_group_gets_no_more_than_its_ceiling() -> None:
    case = scarce(asked=(10, 10), stock=100)
    in_force(case, ceilings=[{"group": {"segment": "protect"}, "item": "10001", "quantity": "50"}])
    assert promised(case, case.customers[0], 70) == 30
    assert promised(case, case.customers[1], 70) == 0
    other = another_customer(
        case.world,
        7,
    )
    other.segment = None
    other.save()
    assert promised(case, other, 70) == 50


def test_channel_and_region_are_groups_too() -> None:
    case = scarce(asked=(10,), stock=100)
    case.world.site.region = "Sevilla"
    case.world.site.save()
    in_force(
        case,
        ceilings=[
            {"group": {"region": "Sevilla"}, "item": "10001", "quantity": "40"},
            {"group": {"channel": "edi"}, "item": "10001", "quantity": "5"},
        ],
    )
    assert promised(case, case.customers[0], 7, channel="edi") == 5
    assert promised(case, case.customers[0], 80) == 25
    assert promised(case, another_customer(case.world, 7), 80) == 60


def test_a_floor_that_decays_lets_go_day_by_day_and_ends_with_the_plan() -> None:
    case = scarce(asked=(10, 10), stock=100)
    plan = in_force(
        case, floors=[{"group": {"customer": "C-002"}, "item": "10001", "quantity": "40", "decay": "linear"}]
    )
    # Thirty days from 2 March to 1 April: on the 17th, half of the 40 stands, and they have 10.
    assert promised(case, another_customer(case.world, 7), 80, at=AT + timedelta(days=15)) == 70
    operations.close_plan(plan_id=plan.pk, by=BOSS, at=PUBLISHED)
    assert promised(case, another_customer(case.world, 8), 80) == 10
    assert not Stock.objects.filter(guarded=True).exists()
    assert not Warehouse.objects.get().guarded


def test_goods_that_come_in_later_are_guarded_too() -> None:
    case = scarce(asked=(10,), stock=10)
    in_force(case, floors=[{"group": {"customer": "C-001"}, "item": "10001", "quantity": "60"}])
    more_stock(case.world, 40, lot="L2")
    expect(case.world, 30, days=3)
    assert not Receipt.objects.get().guarded
    assert promised(case, another_customer(case.world, 7), 80) == 20


def test_a_new_promise_keeps_what_the_order_had_under_its_ceiling() -> None:
    case = scarce(asked=(40,), stock=100)
    in_force(case, ceilings=[{"group": {"customer": "C-001"}, "item": "10001", "quantity": "40"}])
    operations.promise_again(order_ids=case.orders, by=CLERK, at=PUBLISHED)
    assert int(case.line(0).promised) == 40


def test_two_plans_that_guarantee_the_same_customer_something_keep_the_larger() -> None:
    case = scarce(asked=(10, 10), stock=100)
    in_force(case, floors=[{"group": {"customer": "C-002"}, "item": "10001", "quantity": "50"}])
    in_force(case, floors=[{"group": {"segment": "protect"}, "item": "10001", "quantity": "60"}])
    # Both guarantee something to C-002: 40 of their own, and 40 more of the segment, of which theirs are a part.
    other = another_customer(case.world, 7)
    other.segment = None
    other.save()
    assert promised(case, other, 80) == 40


def test_who_is_promised_anew_loses_nothing_to_a_minimum_of_another() -> None:
    case = scarce(asked=(40, 60), stock=100)
    in_force(case, floors=[{"group": {"customer": "C-002"}, "item": "10001", "quantity": "60"}])
    operations.promise_again(order_ids=case.orders, by=CLERK, at=PUBLISHED)
    assert [int(line.promised) for line in case.lines()] == [40, 60]
    Stock.objects.update(on_hand=110)
    later = capture_order(draft=case.world.draft(10, customer_id=case.customers[1].pk), by=CLERK, at=PUBLISHED).order_id
    assert later is not None
    operations.promise_again(order_ids=[later, *case.orders], by=CLERK, at=PUBLISHED)
    assert [int(line.promised) for line in case.lines()] == [40, 60]


def test_a_ceiling_is_not_passed_by_promising_anew() -> None:
    case = scarce(asked=(60,), stock=40)
    in_force(case, ceilings=[{"group": {"customer": "C-001"}, "item": "10001", "quantity": "45"}])
    more_stock(case.world, 60)
    operations.promise_again(order_ids=case.orders, by=CLERK, at=PUBLISHED)
    assert int(case.line(0).promised) == 45


def test_what_a_plan_keeps_from_somebody_is_the_reason_they_are_told() -> None:
    case = scarce(asked=(10, 10), stock=100)
    in_force(
        case,
        floors=[{"group": {"customer": "C-002"}, "item": "10001", "quantity": "60"}],
        ceilings=[{"group": {"customer": "C-001"}, "item": "10001", "quantity": "20"}],
    )
    promised(case, case.customers[0], 20)
    promised(case, another_customer(case.world, 7), 80)
    reasons = Finding.objects.filter(code="supply_short").order_by("id").values_list("params__reason", flat=True)
    assert list(reasons) == ["promise_at_ceiling", "promise_protected"]


def statements(case: Scarce, customer: Any) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        promised(case, customer, 1)
    return len(caught)


def test_a_plan_in_force_costs_one_statement_and_none_costs_nothing() -> None:
    case = scarce(asked=(10,), stock=100, items=2)
    other = another_customer(case.world, 7)
    promised(case, other, 1)
    before = statements(case, other)
    plan = signed(plan_of(case))
    run = operations.simulate(plan_id=plan.pk, by=BOSS, at=LATER)
    operations.publish_run(run_id=run.pk, by=BOSS, at=PUBLISHED)  # no floors and no ceilings: nothing is guarded
    assert statements(case, other) == before
    in_force(case, floors=[{"group": {"customer": "C-001"}, "item": "10001", "quantity": "20"}])
    assert statements(case, other) == before + 1


def test_floors_keep_the_longest_lived_stock_and_ceilings_hold_back_the_last_receipts() -> None:
    def supply() -> SupplyPool:
        return SupplyPool(
            [
                Supply(1, 5, D(10), AT.date(), None),
                Supply(2, 5, D(10), AT.date() + timedelta(days=9), None),
                Supply(3, 5, D(10), None, AT + timedelta(days=1)),
            ]
        )

    pool = supply()
    floor = Protected(True, {"customer": 1}, frozenset({5}), D(15))
    with protect(pool, [floor], Asking({"customer": 2}, {5: D(30)})):
        assert [row.free for shelf in pool.by_item[5] for row in shelf] == [D(5), D(0), D(10)]
    assert [row.free for shelf in pool.by_item[5] for row in shelf] == [D(10), D(10), D(10)]
    ceiling = Protected(False, {"customer": 1}, frozenset({5}), D(15))
    with protect(pool, [floor, ceiling], Asking({"customer": 1}, {5: D(30)})):
        assert [row.free for shelf in pool.by_item[5] for row in shelf] == [D(10), D(5), D(0)]
        pool.by_item[5][0][0].free = Decimal(3)
    assert (floor.left, ceiling.left) == (D(8), D(8))
