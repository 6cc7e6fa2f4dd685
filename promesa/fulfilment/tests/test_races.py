"""Two at once: what the locks prevent, and what happens without them."""

from decimal import Decimal

import pytest

from promesa.core import locks
from promesa.core.tests.races import Meeting, race
from promesa.fulfilment import operations
from promesa.fulfilment.models import Delivery, DespatchAdvice
from promesa.fulfilment.operations import delivering, despatching
from promesa.fulfilment.tests import ground
from promesa.fulfilment.tests.ground import BY
from promesa.inventory.models import Stock
from promesa.orders.models import OrderLine

pytestmark = pytest.mark.django_db(transaction=True)
D = Decimal


def both_despatch(order, at, monkeypatch):
    meeting = Meeting(2)
    monkeypatch.setattr(despatching, "_plan", meeting.before(despatching._plan))
    return race([lambda: operations.despatch(order_id=order.pk, by=BY, at=at) for _ in range(2)]), meeting


def released_service(at):
    order = ground.order(at, (ground.item("service"), 3, []))
    OrderLine.objects.update(released_at=at)
    return order


def test_the_same_line_leaves_once_though_two_send_it_at_once(at, monkeypatch):
    oil = ground.item()
    order = ground.order(at, (oil, 40, [(ground.stock(oil, 100), 40)]))
    results, meeting = both_despatch(order, at, monkeypatch)
    assert not meeting.met
    assert sorted(type(result).__name__ for result in results) == ["CannotDespatch", "DespatchedGoods"]
    assert (DespatchAdvice.objects.count(), OrderLine.objects.get().despatched) == (1, 40)
    assert Stock.objects.values_list("on_hand", "claimed").get() == (60, 0)


def test_a_service_leaves_once_though_two_send_it_at_once(at, monkeypatch):
    order = released_service(at)
    both_despatch(order, at, monkeypatch)
    assert (DespatchAdvice.objects.count(), OrderLine.objects.get().despatched) == (1, 3)


def test_without_the_lock_a_service_leaves_twice(at, monkeypatch):
    order = released_service(at)
    monkeypatch.setattr(locks, "take", lambda **kwargs: None)
    _, meeting = both_despatch(order, at, monkeypatch)
    assert meeting.met
    assert (DespatchAdvice.objects.count(), OrderLine.objects.get().despatched) == (2, 6)


def both_deliver(at, monkeypatch):
    # Twice as much is on its way as the note says, so that no CHECK on the line can hide the race.
    order = released_service(at)
    note = operations.despatch(order_id=order.pk, quantities={1: D(1)}, by=BY, at=at)
    operations.despatch(order_id=order.pk, quantities={1: D(2)}, by=BY, at=at)
    meeting = Meeting(2)
    monkeypatch.setattr(delivering, "plan_outcomes", meeting.before(delivering.plan_outcomes))
    return race([lambda: operations.deliver(advice_id=note.advice_id, by=BY, at=at) for _ in range(2)])


def test_a_note_is_delivered_once_though_two_record_it_at_once(at, monkeypatch):
    results = both_deliver(at, monkeypatch)
    assert sorted(type(result).__name__ for result in results) == ["DeliveredGoods", "DeliveryDoesNotAddUp"]
    assert (Delivery.objects.count(), OrderLine.objects.get().accepted) == (1, 1)


def test_without_the_lock_a_note_is_delivered_twice(at, monkeypatch):
    take = locks.take
    monkeypatch.setattr(locks, "take", lambda **kwargs: None)
    both_deliver(at, monkeypatch)
    monkeypatch.setattr(locks, "take", take)
    assert (Delivery.objects.count(), OrderLine.objects.get().accepted) == (2, 2)
