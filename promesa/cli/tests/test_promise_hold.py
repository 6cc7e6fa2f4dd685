"""Goods held for a quotation: others get less, time frees them, submitting keeps them."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, connections

from promesa.allocation import operations, queries
from promesa.allocation.operations import HoldTooLong, NotAQuotation, NothingHeld
from promesa.allocation.tasks import lapsed_task
from promesa.cli.check import broken
from promesa.core.models import Event
from promesa.core.relay import drain
from promesa.inventory.models import Claim, Stock
from promesa.orders.models import Order, OrderLine
from promesa.orders.operations import capture_order, submit_orders
from promesa.orders.tests.world import AT, CLERK, World, another_customer, expect, make_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.wired]
D = Decimal
TOMORROW = AT + timedelta(days=1)


def quotation(world: World, *quantities: int, **changes: object) -> int:
    captured = capture_order(draft=world.draft(*quantities, **changes), by=CLERK, at=AT, submit=False)
    assert captured.order_id is not None
    return captured.order_id


def claims() -> list[tuple[Decimal, str, bool]]:
    return [(one.quantity, one.strength, one.expires_at is not None) for one in Claim.objects.order_by("id")]


def broken_now() -> list[str]:
    return [answer["invariant"] for answer in broken() if answer["rows"]]


def test_goods_held_for_a_quotation_lower_what_can_be_promised_to_others() -> None:
    world = make_world(items=1, stock=100)
    held = operations.hold_goods(order_id=quotation(world, 70), until=TOMORROW, by=CLERK, at=AT)
    assert [(line.missing_quantity, [part.quantity for part in line.parts]) for line in held.lines] == [(0, [D(70)])]
    assert claims() == [(D(70), "soft", True)]
    other = capture_order(draft=world.draft(50), by=CLERK, at=AT)
    assert OrderLine.objects.get(order_id=other.order_id).promised == 30
    assert broken_now() == []


def test_submitting_turns_what_was_held_into_a_promise_although_nothing_else_is_free() -> None:
    world = make_world(items=1, stock=100)
    order_id = quotation(world, 70)
    operations.hold_goods(order_id=order_id, until=TOMORROW, by=CLERK, at=AT)
    capture_order(draft=world.draft(50), by=CLERK, at=AT)
    submit_orders(order_ids=[order_id], by=CLERK, at=AT)
    assert Order.objects.get(pk=order_id).state == "confirmed"
    assert OrderLine.objects.get(order_id=order_id).promised == 70
    assert sorted(claims()) == [(D(30), "hard", False), (D(70), "hard", False)]
    assert Stock.objects.get().claimed == 100
    assert broken_now() == []


def test_of_drafts_submitted_together_each_keeps_what_was_held_for_it_whatever_the_tier() -> None:
    world = make_world(items=1, stock=100)
    later = another_customer(world, 2)
    later.segment = None
    later.save(update_fields=["segment"])
    first, second = quotation(world, 80), quotation(world, 60, customer_id=later.pk)
    operations.hold_goods(order_id=second, until=TOMORROW, by=CLERK, at=AT)
    submit_orders(order_ids=[first, second], by=CLERK, at=AT)
    promised = dict(OrderLine.objects.values_list("order_id", "promised"))
    assert promised == {first: 40, second: 60}


def test_holding_again_renews_and_takes_what_has_come_meanwhile() -> None:
    world = make_world(items=1, stock=10)
    order_id = quotation(world, 30)
    first = operations.hold_goods(order_id=order_id, until=TOMORROW, by=CLERK, at=AT)
    assert first.lines[0].missing_quantity == 20
    expect(world, 40)
    again = operations.hold_goods(order_id=order_id, until=TOMORROW + timedelta(days=2), by=CLERK, at=AT)
    assert again.lines[0].missing_quantity == 0
    assert [(one.sku, one.quantity, one.until) for one in queries.held_for(order_id=order_id)] == [
        ("10001", D(30), TOMORROW + timedelta(days=2))
    ]


def test_renewing_moves_only_the_moment_and_refuses_when_nothing_is_held() -> None:
    world = make_world(items=1, stock=10)
    order_id = quotation(world, 4)
    with pytest.raises(NothingHeld):
        operations.renew_hold(order_id=order_id, until=TOMORROW, by=CLERK, at=AT)
    operations.hold_goods(order_id=order_id, until=TOMORROW, by=CLERK, at=AT)
    before = Claim.objects.get().pk
    assert operations.renew_hold(order_id=order_id, until=TOMORROW + timedelta(hours=3), by=CLERK, at=AT) == 1
    claim = Claim.objects.get()
    assert (claim.pk, claim.expires_at) == (before, TOMORROW + timedelta(hours=3))


def test_when_the_time_is_up_the_goods_are_free_and_go_to_who_waits() -> None:
    world = make_world(items=1, stock=100)
    order_id = quotation(world, 70)
    operations.hold_goods(order_id=order_id, until=TOMORROW, by=CLERK, at=AT)
    other = capture_order(draft=world.draft(50), by=CLERK, at=AT)
    lapsed_task(timestamp=int((TOMORROW - timedelta(seconds=1)).timestamp()))
    assert len(claims()) == 2
    lapsed_task(timestamp=int(TOMORROW.timestamp()))
    drain()
    assert OrderLine.objects.get(order_id=other.order_id).promised == 50
    assert Event.objects.filter(kind="HoldLapsed", subject_id=order_id).count() == 1
    assert sum(quantity for quantity, _, _ in claims()) == 50
    assert broken_now() == []
    lapsed_task(timestamp=int(TOMORROW.timestamp()))
    assert Event.objects.filter(kind="HoldLapsed").count() == 1


def test_what_is_given_up_by_hand_is_free_at_once() -> None:
    world = make_world(items=1, stock=10)
    order_id = quotation(world, 10)
    operations.hold_goods(order_id=order_id, until=TOMORROW, by=CLERK, at=AT)
    operations.give_up_hold(order_id=order_id, by=CLERK, at=AT)
    assert claims() == []
    assert Stock.objects.get().claimed == 0


def test_a_confirmed_order_a_moment_past_and_one_too_far_are_refused_and_change_nothing() -> None:
    world = make_world(items=1, stock=10)
    confirmed = capture_order(draft=world.draft(1), by=CLERK, at=AT).order_id
    assert confirmed is not None
    with pytest.raises(NotAQuotation):
        operations.hold_goods(order_id=confirmed, until=TOMORROW, by=CLERK, at=AT)
    draft = quotation(world, 4)
    for until in (AT, AT + timedelta(days=31)):
        with pytest.raises(HoldTooLong):
            operations.hold_goods(order_id=draft, until=until, by=CLERK, at=AT)
    assert claims() == [(D(1), "hard", False)]
    assert Event.objects.filter(kind="GoodsHeld").count() == 0


CLIENTS, EACH = 20, 7


def test_twenty_quotations_and_twenty_orders_for_a_hundred_units_hold_exactly_a_hundred() -> None:
    world = make_world(items=1, stock=100)
    customers = [another_customer(world, n + 100) for n in range(CLIENTS)]
    drafts = [quotation(world, EACH, customer_id=one.pk) for one in customers]
    ready = threading.Barrier(2 * CLIENTS)
    errors: list[BaseException] = []

    def run(act: str, key: int) -> None:
        try:
            connection.ensure_connection()
            ready.wait()
            if act == "hold":
                operations.hold_goods(order_id=key, until=TOMORROW, by=CLERK, at=AT)
            else:
                capture_order(draft=world.draft(EACH, customer_id=key), by=CLERK, at=AT)
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    wanted = [("hold", key) for key in drafts] + [("order", one.pk) for one in customers]
    threads = [threading.Thread(target=run, args=one) for one in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sum(quantity for quantity, _, _ in claims()) == 100
    assert Stock.objects.get().claimed == 100
    assert broken_now() == []


def test_a_hold_that_lapses_while_it_is_submitted_is_either_promised_or_free_never_both() -> None:
    world = make_world(items=1, stock=100)
    drafts = [quotation(world, 10, customer_id=another_customer(world, n + 100).pk) for n in range(10)]
    for order_id in drafts:
        operations.hold_goods(order_id=order_id, until=TOMORROW, by=CLERK, at=AT)
    ready = threading.Barrier(2)
    errors: list[BaseException] = []

    def submit() -> None:
        try:
            ready.wait()
            for order_id in drafts:
                submit_orders(order_ids=[order_id], by=CLERK, at=TOMORROW)
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    def lapse() -> None:
        try:
            ready.wait()
            operations.give_up_lapsed(by=CLERK, at=TOMORROW)
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=submit), threading.Thread(target=lapse)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert set(OrderLine.objects.values_list("promised", flat=True)) == {D(10)}
    assert {(strength, expires) for _, strength, expires in claims()} == {("hard", False)}
    assert broken_now() == []
