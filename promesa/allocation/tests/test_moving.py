"""The release desk: goods go from one line to another within authority, with a reason, and the donor is promised anew."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from promesa.access.states import Role
from promesa.allocation import operations
from promesa.allocation.models import Override, Protection
from promesa.allocation.operations import moving
from promesa.allocation.operations.moving import impact_of, move_share
from promesa.allocation.tests.scarce import BOSS, LATER, Scarce, more_stock, plan_of, scarce, signed, who
from promesa.core.errors import NotAllowed, Refused
from promesa.core.models import Event
from promesa.inventory.models import Claim
from promesa.orders.models import OrderLine
from promesa.orders.operations import release_lines
from promesa.orders.tests.world import AT, D

pytestmark = [pytest.mark.django_db, pytest.mark.wired]


def has(case: Scarce) -> list[int]:
    """What each line has claimed."""
    found = {line.pk: 0 for line in case.lines()}
    for claim in Claim.objects.filter(demand_line_id__in=found):
        found[claim.demand_line_id] += int(claim.quantity)
    return list(found.values())


def move(case: Scarce, donor: int | None, receiver: int, quantity: str = "5", **said: Any) -> Override:
    lines = case.lines()
    return move_share(
        receiver_id=lines[receiver].pk, donor_id=None if donor is None else lines[donor].pk, quantity=D(quantity),
        **{"reason_code": "emergency", "requested_by": "Marta, ventas", "by": BOSS, "at": LATER, **said},
    )  # fmt: skip


def test_goods_go_from_one_line_to_another_and_both_are_promised_anew() -> None:
    case = scarce()
    assert has(case) == [60, 40, 0, 0]
    override = move(case, 0, 2)
    assert has(case) == [55, 40, 5, 0]
    assert [int(line.promised) for line in case.lines()] == [55, 40, 5, 0]
    assert (override.quantity, override.requested_by, override.reason_code) == (5, "Marta, ventas", "emergency")
    assert override.impact["donor"]["before"] == "60"
    assert override.impact["receiver"]["after"] == "5"
    assert Event.objects.filter(kind="ShareMoved").count() == 1


def test_what_nobody_has_claimed_can_be_given() -> None:
    case = scarce()
    more_stock(case.world, 7)
    move(case, None, 2, "7")
    assert has(case) == [60, 40, 7, 0]
    with pytest.raises(moving.DonorHasLess):
        move(case, None, 2, "1")


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"quantity": "61"}, moving.DonorHasLess),
        ({"quantity": "21"}, moving.ReceiverWantsLess),
        ({"quantity": "0"}, moving.DonorHasLess),
        ({"quantity": "-3"}, moving.DonorHasLess),
        ({"requested_by": " "}, moving.MoveReasonMissing),
        ({"reason_code": "because"}, moving.MoveReasonMissing),
        ({"reason_code": "other"}, moving.MoveReasonMissing),
    ],
)
def test_a_move_that_is_refused_changes_nothing(said: dict[str, Any], refusal: type[Refused]) -> None:
    case = scarce()
    with pytest.raises(refusal):
        move(case, 0, 2, **said)
    assert has(case) == [60, 40, 0, 0]
    assert not Override.objects.exists()
    assert not Event.objects.filter(kind="ShareMoved").exists()


def test_a_line_gives_nothing_to_itself() -> None:
    case = scarce()
    with pytest.raises(moving.LinesNotAlike):
        move(case, 0, 0)


def test_what_is_in_the_warehouse_is_not_taken_away() -> None:
    case = scarce()
    release_lines(order_ids=[case.orders[0]], by=BOSS, at=LATER)
    if OrderLine.objects.get(order_id=case.orders[0]).released_at is None:
        OrderLine.objects.filter(order_id=case.orders[0]).update(released_at=LATER)
    with pytest.raises(moving.DonorInTheWarehouse):
        move(case, 0, 2)
    assert has(case) == [60, 40, 0, 0]


def test_the_front_line_moves_two_per_cent_of_the_supply_a_day_and_no_more() -> None:
    case = scarce()
    clerk = who("lola", Role.CUSTOMER_SERVICE)
    move(case, 0, 2, "1", by=clerk)
    move(case, 0, 2, "1", by=clerk)
    with pytest.raises(moving.BeyondAuthority) as refused:
        move(case, 0, 2, "1", by=clerk)
    assert "quedan 0" in refused.value.sentence("es")
    move(case, 0, 2, "1", by=clerk, at=LATER + timedelta(days=1))
    move(case, 0, 2, "10", by=BOSS)
    assert has(case) == [47, 40, 13, 0]


def test_who_has_no_right_moves_nothing() -> None:
    case = scarce()
    with pytest.raises(NotAllowed):
        move(case, 0, 2, "1", by=who("nadie", Role.WAREHOUSE))
    assert has(case) == [60, 40, 0, 0]


def test_a_minimum_that_was_signed_is_undercut_by_the_manager_alone() -> None:
    case = scarce()
    first = case.lines()[0].order.customer
    floors = [{"group": {"customer": first.number}, "item": case.world.items[0].sku, "quantity": "58"}]
    plan = signed(plan_of(case, tiers={"protect": 1, "build": 1}, floors=floors))
    run = operations.simulate(plan_id=plan.pk, by=BOSS, at=LATER)
    operations.publish_run(run_id=run.pk, by=BOSS, at=LATER)
    now = has(case)
    assert now[0] >= 58
    lines = case.lines()
    with pytest.raises(moving.FloorUndercut):
        move(case, 0, 2, "2", by=who("lola", Role.CUSTOMER_SERVICE), at=LATER + timedelta(hours=2))
    shown = impact_of(
        receiver_id=lines[2].pk, donor_id=lines[0].pk, quantity=D("2"), by=BOSS, at=LATER + timedelta(hours=2)
    )
    assert [(one.plan, int(one.floor), int(one.keeps)) for one in shown.floors] == [(plan.number, 58, now[0] - 2)]
    override = move(case, 0, 2, "2", at=LATER + timedelta(hours=2))
    assert override.plan_id == plan.pk
    assert override.impact["floors"][0]["plan"] == plan.number
    assert has(case)[0] == now[0] - 2


def test_a_minimum_over_the_items_of_another_plan_stops_no_move() -> None:
    case = scarce(items=2)
    donor = case.lines()[0].order.customer
    plan = operations.open_plan(
        name="Otro aceite", items=[case.world.items[1].sku], horizon_to=date(2026, 3, 20), valid_to=date(2026, 4, 1),
        warehouse="DH", by=BOSS, at=AT, content={"floors": [{"group": {"customer": donor.number}, "quantity": "90"}]},
    )  # fmt: skip
    signed(plan)
    Protection.objects.create(
        plan=plan, kind="floor", items=[case.world.items[1].pk], warehouse=case.world.warehouse, customer=donor,
        quantity=D(90), valid_from=date(2026, 3, 1), valid_to=date(2026, 4, 1),
    )  # fmt: skip
    move(case, 0, 2, "2", by=who("lola", Role.CUSTOMER_SERVICE))
    assert has(case) == [58, 40, 2, 0]
    Protection.objects.update(items=[case.world.items[0].pk, case.world.items[1].pk])
    with pytest.raises(moving.FloorUndercut):
        move(case, 0, 3, "1", by=who("pepa", Role.CUSTOMER_SERVICE))


def test_goods_that_expire_too_soon_for_the_receiver_stay_where_they_are() -> None:
    case = scarce()
    case.world.items[0].minimum_life_days = 30
    case.world.items[0].save(update_fields=["minimum_life_days"])
    more_stock(case.world, 7, lot="OLD", expires_on=AT.date() + timedelta(days=10))
    with pytest.raises(moving.ReceiverCannotUse):
        move(case, None, 2, "7")
    assert has(case) == [60, 40, 0, 0]
