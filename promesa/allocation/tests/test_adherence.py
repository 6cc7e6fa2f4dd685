"""Whether a plan was kept: adherence, leaks, protected service, who asked for moves, forgotten floors, and the watch."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from promesa.allocation import operations
from promesa.allocation.models import Plan
from promesa.allocation.operations.moving import move_share
from promesa.allocation.operations.watching import watch_plans
from promesa.allocation.queries.adherence import adherence, floors_standing, kept_days, overrides_by_requester
from promesa.allocation.tests.scarce import BOSS, LATER, Scarce, plan_of, scarce, signed
from promesa.orders.tests.world import D
from promesa.work.models import WorkItem

pytestmark = [pytest.mark.django_db, pytest.mark.wired]

FLAT = {"tiers": {"protect": 1, "build": 1}}
AFTER = LATER + timedelta(hours=2)


def published(case: Scarce, **content: Any) -> Plan:
    plan = signed(plan_of(case, **{**FLAT, **content}))
    run = operations.simulate(plan_id=plan.pk, by=BOSS, at=LATER)
    operations.publish_run(run_id=run.pk, by=BOSS, at=LATER + timedelta(hours=1))
    return Plan.objects.get(pk=plan.pk)


def whole(*quantities: Decimal) -> list[int]:
    return [int(quantity) for quantity in quantities]


def move(case: Scarce, donor: int, receiver: int, quantity: int, who: str = "Marta, ventas") -> None:
    lines = case.lines()
    move_share(
        receiver_id=lines[receiver].pk, donor_id=lines[donor].pk, quantity=D(quantity), reason_code="sales_request",
        requested_by=who, by=BOSS, at=AFTER,
    )  # fmt: skip


def test_a_plan_just_published_is_kept_whole() -> None:
    case = scarce()
    plan = published(case)
    found = adherence(plan_id=plan.pk)
    assert whole(found.planned, found.holds, found.leaked, found.supply) == [100, 100, 0, 100]
    assert found.adherence == 1
    assert [whole(one.planned, one.holds, one.short) for one in sorted(found.customers, key=lambda one: -one.planned)] == [
        [43, 43, 0], [36, 36, 0], [14, 14, 0], [7, 7, 0],
    ]  # fmt: skip


def test_goods_that_go_to_others_than_the_plan_says_are_a_leak() -> None:
    case = scarce()
    plan = published(case)
    move(case, 0, 3, 3)
    found = adherence(plan_id=plan.pk)
    # 40 instead of 43 and 10 instead of 7: six of a hundred are elsewhere than planned.
    assert found.adherence == D("0.94")
    assert (found.leaked, found.leak_share) == (D(3), D("0.03"))
    assert [(line.customer_id, int(line.leaked)) for line in found.leaks] == [(case.customers[3].pk, 3)]
    by_customer = {one.customer_id: one for one in found.customers}
    first = by_customer[case.customers[0].pk]
    assert (first.short, first.adherence) == (D(3), D(1) - D(3) / D(43))


def test_moves_are_counted_by_who_asked_for_them() -> None:
    case = scarce()
    plan = published(case)
    move(case, 0, 3, 1, "Marta, ventas")
    move(case, 0, 2, 2, "Jorge, zona sur")
    move(case, 0, 3, 2, "Marta, ventas")
    assert [(one.requested_by, one.moves, int(one.quantity)) for one in overrides_by_requester(plan_id=plan.pk)] == [
        ("Marta, ventas", 2, 3), ("Jorge, zona sur", 1, 2),
    ]  # fmt: skip


def test_day_by_day_what_was_promised_stands_beside_what_left() -> None:
    case = scarce()
    plan = published(case)
    days = kept_days(plan_id=plan.pk, until=AFTER.date() + timedelta(days=2), zone="Europe/Madrid")
    assert [whole(day.promised, day.despatched, day.leaked) for day in days] == [[100, 0, 0]] * 3
    assert days[0].day == LATER.date()


def test_a_floor_that_decays_goes_down_day_by_day_and_one_nobody_asks_for_is_forgotten() -> None:
    case = scarce()
    customer = case.customers[0].number
    sku = case.world.items[0].sku
    plan = published(case, floors=[{"group": {"customer": customer}, "item": sku, "quantity": "90", "decay": "linear"}])
    (floor,) = floors_standing(on=plan.valid_from, plan_id=plan.pk)
    assert whole(floor.signed, floor.stands, floor.holds + floor.asked) == [90, 90, 60]
    half = plan.valid_from + (plan.valid_to - plan.valid_from) / 2
    (later,) = floors_standing(on=half, plan_id=plan.pk)
    assert 40 < later.stands < 50
    (idle,) = floors_standing(on=plan.valid_from + timedelta(days=8), plan_id=plan.pk)
    assert idle.days_idle == 8
    assert idle.forgotten == (idle.stands > 60)


def test_what_a_minimum_keeps_for_who_asks_is_protected_too() -> None:
    case = scarce()
    customer, sku = case.customers[3].number, case.world.items[0].sku
    plan = published(case, floors=[{"group": {"customer": customer}, "item": sku, "quantity": "15"}])
    floors = floors_standing(on=plan.valid_from, plan_id=plan.pk)
    found = adherence(plan_id=plan.pk, floors=floors)
    assert (found.protected_service, [one.customer_id for one in found.customers if one.protected]) == (
        1,
        [case.customers[3].pk],
    )
    move(case, 3, 1, 4)
    lost = adherence(plan_id=plan.pk, floors=floors_standing(on=plan.valid_from, plan_id=plan.pk))
    assert lost.protected_service == D("0.6")  # six of the ten that it asks


def test_somebody_is_called_once_when_a_guaranteed_customer_lost_what_the_plan_gave_and_no_more_when_it_is_back() -> (
    None
):
    case = scarce()
    guarantee = [{"group": {"customer": case.customers[0].number}, "strategy": "guarantee"}]
    published(case, treatments=guarantee)
    assert watch_plans(by=BOSS, at=AFTER) == []
    move(case, 0, 3, 4)
    assert len(watch_plans(by=BOSS, at=AFTER)) == 1
    assert watch_plans(by=BOSS, at=AFTER) == []
    (item,) = WorkItem.objects.filter(kind="protected_short", state="open")
    assert (item.customer_id, item.title["params"]["has_quantity"]) == (case.customers[0].pk, "56.000000")
    move(case, 3, 0, 4)
    assert watch_plans(by=BOSS, at=AFTER) == []
    assert not WorkItem.objects.filter(kind="protected_short", state="open").exists()


def test_the_cost_of_asking_does_not_grow_with_the_lines(django_assert_num_queries: Any) -> None:
    case = scarce()
    plan = published(case)
    with django_assert_num_queries(2):
        adherence(plan_id=plan.pk)
