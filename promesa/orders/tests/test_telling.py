"""When the customer was told of a promise: by our answer to their own program, or by a person who says so."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from promesa.core.errors import NotFound
from promesa.core.models import Event
from promesa.orders import operations
from promesa.orders.models import Hold, Order, Promise
from promesa.orders.operations import NothingToTell
from promesa.orders.tests.test_api import order_of, poster
from promesa.orders.tests.world import AT, CLERK, World, make_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.wired]
LATER = AT + timedelta(hours=1)


def captured(world: World, **changes: object) -> Order:
    made = operations.capture_order(draft=world.draft(10, 5, **changes), by=CLERK, at=AT)
    return Order.objects.get(pk=made.order_id)


def told(order: Order) -> list[object]:
    return list(Promise.objects.filter(line__order=order).order_by("id").values_list("told_at", flat=True))


def test_a_person_says_how_the_customer_was_told_and_the_journal_keeps_it() -> None:
    order = captured(make_world())
    assert told(order) == [None, None]
    assert operations.tell_customer(order_id=order.pk, how="phone", by=CLERK, at=LATER) == 2
    assert told(order) == [LATER, LATER]
    event = Event.objects.get(kind="CustomerTold")
    assert (event.actor, event.happened_at, event.facts["promises"], event.facts["how"]) == (CLERK, LATER, 2, "phone")


def test_what_was_told_once_keeps_its_moment_and_telling_it_again_is_refused() -> None:
    order = captured(make_world())
    operations.tell_customer(order_id=order.pk, how="phone", by=CLERK, at=LATER)
    with pytest.raises(NothingToTell):
        operations.tell_customer(order_id=order.pk, how="email", by=CLERK, at=LATER + timedelta(days=1))
    assert told(order) == [LATER, LATER]
    assert Event.objects.filter(kind="CustomerTold").count() == 1


def test_the_promises_of_an_order_that_is_not_confirmed_are_proposals_and_nobody_was_told_them() -> None:
    world = make_world()
    order = captured(world)
    Order.objects.filter(pk=order.pk).update(state="submitted")
    with pytest.raises(NothingToTell):
        operations.tell_customer(order_id=order.pk, how="phone", by=CLERK, at=LATER)
    assert told(order) == [None, None]


def test_a_customer_who_is_told_of_a_hold_is_told_once() -> None:
    order = captured(make_world(credit=Decimal(1)))
    operations.open_hold(order_id=order.pk, kind="manual", reason_code="by_hand", by=CLERK, at=AT)
    Order.objects.filter(pk=order.pk).update(state="submitted")
    assert operations.tell_customer(order_id=order.pk, how="email", by=CLERK, at=LATER) == 0
    assert set(Hold.objects.filter(order=order).values_list("told_customer_at", flat=True)) == {LATER}
    assert Event.objects.get(kind="CustomerTold").facts["promises"] == 0
    with pytest.raises(NothingToTell):
        operations.tell_customer(order_id=order.pk, how="email", by=CLERK, at=LATER)


def test_an_order_that_is_not_there_is_not_told() -> None:
    with pytest.raises(NotFound):
        operations.tell_customer(order_id=4711, how="phone", by=CLERK, at=AT)


def test_the_answer_to_a_customers_own_program_tells_them_and_the_answer_to_ours_does_not() -> None:
    world = make_world()
    ours = poster("orders:write")("/orders", order_of(world, 2)).json()
    assert {one["told_at"] for one in ours["promises"]} == {None}
    before = timezone.now()
    theirs = poster("orders:write", customer_id=world.customer.pk)("/orders", order_of(world, 2)).json()
    assert theirs["state"] == "confirmed"
    assert all(one["told_at"] for one in theirs["promises"])
    moments = told(Order.objects.get(number=theirs["number"]))
    assert len(moments) == 2
    assert all(before <= moment <= timezone.now() for moment in moments)  # type: ignore[operator]
    assert Event.objects.get(kind="CustomerTold").facts["how"] == "api"
    assert told(Order.objects.get(number=ours["number"])) == [None, None]


def test_a_customer_who_reads_their_order_with_their_own_key_was_told_then() -> None:
    world = make_world()
    number = poster("orders:write")("/orders", order_of(world, 2)).json()["number"]
    ours, theirs = poster("orders:read"), poster("orders:read", customer_id=world.customer.pk)
    ours.client.get(f"/api/v1/orders/{number}/promises")
    assert told(Order.objects.get(number=number)) == [None, None]
    read = theirs.client.get(f"/api/v1/orders/{number}/promises").json()["items"]
    assert all(one["told_at"] for one in read)
    moments = told(Order.objects.get(number=number))
    theirs.client.get(f"/api/v1/orders/{number}")
    assert told(Order.objects.get(number=number)) == moments


def test_a_program_of_ours_says_that_the_customer_was_told_and_a_customers_own_cannot() -> None:
    world = make_world()
    post = poster("orders:write")
    number = post("/orders", order_of(world, 1)).json()["number"]
    assert post(f"/orders/{number}/told", {"how": "smoke"}).status_code == 422
    theirs = poster("orders:write", customer_id=world.customer.pk)
    assert theirs(f"/orders/{number}/told", {"how": "email"}).status_code == 403
    assert told(Order.objects.get(number=number)) == [None]
    answer = post(f"/orders/{number}/told", {"how": "email"})
    assert (answer.status_code, bool(answer.json()["promises"][0]["told_at"])) == (200, True)
    again = post(f"/orders/{number}/told", {"how": "email"})
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_tell")
