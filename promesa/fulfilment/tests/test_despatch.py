"""Goods leave."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from promesa.core import words
from promesa.core.models import Event
from promesa.customers.models import CreditStanding
from promesa.fulfilment import operations
from promesa.fulfilment.models import DespatchAdvice, DespatchLine
from promesa.fulfilment.rules import Shipment
from promesa.fulfilment.tests import ground
from promesa.fulfilment.tests.ground import BY
from promesa.inventory.models import Claim, Stock, StockLeg
from promesa.orders.models import Hold, LineEntry, OrderLine

pytestmark = pytest.mark.django_db
D = Decimal


def rows() -> tuple:
    """All that a refused despatch must leave as it was."""
    return (
        list(OrderLine.objects.order_by("id").values_list("despatched", "released_at")),
        list(Stock.objects.order_by("id").values_list("on_hand", "claimed")),
        list(Claim.objects.order_by("id").values_list("quantity")),
        DespatchAdvice.objects.count(), LineEntry.objects.count(), Event.objects.count(), StockLeg.objects.count(),
        list(CreditStanding.objects.values_list("released_not_delivered", "delivered_not_invoiced")),
    )  # fmt: skip


def test_all_that_is_claimed_leaves_when_nobody_says_how_much(at):
    oil = ground.item()
    row = ground.stock(oil, 100)
    order = ground.order(at, (oil, 40, [(row, 40)]))
    made = operations.despatch(order_id=order.pk, carrier="Transportes Ruiz", by=BY, at=at)
    advice = DespatchAdvice.objects.get()
    assert (advice.number, made.number, advice.carrier, advice.planned_on) == (
        made.number, advice.number, "Transportes Ruiz", at.date(),
    )  # fmt: skip
    assert (made.number[:7], len(made.number)) == ("A-2026-", 13)
    row.refresh_from_db()
    line = OrderLine.objects.get()
    assert (row.on_hand, row.claimed, line.despatched, line.in_transit) == (60, 0, 40, 40)
    entry = LineEntry.objects.get()
    assert (entry.kind, entry.quantity, entry.reference, entry.happened_at) == ("despatched", 40, made.number, at)
    assert list(Event.objects.filter(kind="Despatched").values_list("subject_kind", "subject_id", "happened_at")) == [
        ("order", order.pk, at)
    ]
    assert not Claim.objects.exists()


def test_what_nobody_had_released_is_released_first_and_counts_as_credit(at):
    oil = ground.item()
    order = ground.order(at, (oil, 40, [(ground.stock(oil, 40), 40)]))
    operations.despatch(order_id=order.pk, by=BY, at=at)
    assert OrderLine.objects.get().released_at == at
    standing = CreditStanding.objects.get()
    assert (standing.released_not_delivered, standing.delivered_not_invoiced) == (D("88.00"), 0)


def test_goods_that_expire_first_leave_first(at):
    oil = ground.item()
    late = ground.stock(oil, 10, "LATE", date(2027, 1, 1))
    soon = ground.stock(oil, 10, "SOON", date(2026, 6, 1))
    never = ground.stock(oil, 10, "NEVER")
    order = ground.order(at, (oil, 30, [(never, 10), (late, 10), (soon, 10)]))
    operations.despatch(order_id=order.pk, quantities={1: D(15)}, by=BY, at=at)
    assert list(DespatchLine.objects.order_by("id").values_list("lot", "quantity")) == [("SOON", 10), ("LATE", 5)]
    assert sorted(Claim.objects.values_list("stock__lot", "quantity")) == [("LATE", 5), ("NEVER", 10)]


def test_services_need_no_stock(at):
    advice = ground.item("service")
    order = ground.order(at, (advice, 3, []))
    operations.despatch(order_id=order.pk, quantities={1: D(2)}, by=BY, at=at)
    line = DespatchLine.objects.get()
    assert (line.stock, line.lot, line.quantity, OrderLine.objects.get().despatched) == (None, "", 2, 2)


def test_every_line_that_cannot_leave_is_told_at_once(at):
    oil, tuna, salt = ground.item(name="Aceite"), ground.item(name="Atún"), ground.item(name="Sal")
    order = ground.order(
        at, (oil, 40, [(ground.stock(oil, 40), 40)]), (tuna, 10, [(ground.stock(tuna, 9), 4)]), (salt, 5, [])
    )
    asked = {1: D(41), 2: D(5), 3: D(1), 7: D(1), 5: D(-1)}
    before = rows()
    with pytest.raises(operations.CannotDespatch) as refusal:
        operations.despatch(order_id=order.pk, quantities=asked, by=BY, at=at)
    assert [(fault["field"], fault["code"]) for fault in refusal.value.errors] == [
        ("lines.1", "despatch_beyond_open"), ("lines.2", "despatch_beyond_claimed"),
        ("lines.3", "despatch_line_not_released"), ("lines.7", "despatch_no_such_line"), ("lines.5", "despatch_no_such_line"),
    ]  # fmt: skip
    assert "Atún: se piden 5 y hay 4 reservadas" in refusal.value.sentence("es")
    assert rows() == before


def test_an_order_that_waits_for_a_decision_does_not_leave(at):
    oil = ground.item()
    order = ground.order(at, (oil, 4, [(ground.stock(oil, 4), 4)]))
    Hold.objects.create(order=order, kind="credit", role="finance", since=at, opened_by=BY)
    before = rows()
    with pytest.raises(operations.OrderOnHold):
        operations.despatch(order_id=order.pk, by=BY, at=at)
    assert rows() == before


@pytest.mark.parametrize("state", ["draft", "submitted"])
def test_only_a_confirmed_order_leaves(at, state):
    oil = ground.item()
    order = ground.order(at, (oil, 4, [(ground.stock(oil, 4), 4)]), state=state)
    before = rows()
    with pytest.raises(operations.OrderNotShippable):
        operations.despatch(order_id=order.pk, by=BY, at=at)
    assert rows() == before


@pytest.mark.parametrize(("state", "word"), [("closed", "cerrado"), ("cancelled", "anulado"), ("refused", "rechazado")])
def test_an_order_that_is_over_says_so(at, state, word):
    oil = ground.item()
    order = ground.order(at, (oil, 4, [(ground.stock(oil, 4), 4)]), state=state)
    before = rows()
    with pytest.raises(operations.OrderOver) as refused:
        operations.despatch(order_id=order.pk, by=BY, at=at)
    assert refused.value.sentence("es").startswith(f"El pedido {order.number} está {word}")
    assert rows() == before


def test_a_despatch_that_is_refused_for_credit_leaves_its_hold_behind(at):
    oil = ground.item()
    buyer = ground.customer(credit_limit=D(1))
    order = ground.order(at, (oil, 4, [(ground.stock(oil, 4), 4)]), buyer=buyer)
    with pytest.raises(operations.OrderOnHold) as refused:
        operations.despatch(order_id=order.pk, by=BY, at=at)
    assert refused.value.code == "order_on_hold"
    hold = Hold.objects.get()
    assert (hold.order_id, hold.kind, hold.released_at) == (order.pk, "credit", None)
    assert list(Event.objects.values_list("kind", flat=True)) == ["WorkOpened", "OrderHeld"]
    assert (OrderLine.objects.get().released_at, DespatchAdvice.objects.count()) == (None, 0)
    with pytest.raises(operations.OrderOnHold):
        operations.despatch(order_id=order.pk, by=BY, at=at)
    assert Hold.objects.count() == 1


def test_what_left_does_not_leave_again(at):
    oil = ground.item()
    order = ground.order(at, (oil, 4, [(ground.stock(oil, 50), 4)]))
    operations.despatch(order_id=order.pk, by=BY, at=at)
    before = rows()
    for quantities in (None, {1: D(1)}):
        with pytest.raises(operations.CannotDespatch):
            operations.despatch(order_id=order.pk, quantities=quantities, by=BY, at=at)
    assert rows() == before


def test_blocked_stock_does_not_leave(at):
    oil = ground.item()
    row = ground.stock(oil, 4)
    order = ground.order(at, (oil, 4, [(row, 4)]))
    Stock.objects.update(blocked=True)
    with pytest.raises(operations.CannotDespatch):
        operations.despatch(order_id=order.pk, by=BY, at=at)


def test_one_order_of_many_that_cannot_leave_stops_them_all(at):
    oil = ground.item()
    row = ground.stock(oil, 50)
    good, bad = ground.order(at, (oil, 4, [(row, 4)])), ground.order(at, (oil, 4, []))
    before = rows()
    with pytest.raises(operations.CannotDespatch):
        operations.despatch_many(shipments=[Shipment(good.pk), Shipment(bad.pk)], by=BY, at=at)
    assert rows() == before


def test_one_by_one_and_all_at_once_give_the_same_rows(at):
    oil, tuna = ground.item(), ground.item()
    row, other = ground.stock(oil, 100), ground.stock(tuna, 100)
    buyer = ground.customer()
    single = [ground.order(at, (oil, 4, [(row, 4)]), (tuna, 3, [(other, 3)]), buyer=buyer) for _ in range(3)]
    many = [ground.order(at, (oil, 4, [(row, 4)]), (tuna, 3, [(other, 3)]), buyer=buyer) for _ in range(3)]
    moments = [at + timedelta(hours=n) for n in range(3)]
    for order, moment in zip(single, moments, strict=True):
        operations.despatch(order_id=order.pk, quantities={1: D(2), 2: D(3)}, carrier="R", cause="C5", by=BY, at=moment)
    operations.despatch_many(
        shipments=[
            Shipment(order.pk, {1: D(2), 2: D(3)}, "R", "C5", at=moment)
            for order, moment in zip(many, moments, strict=True)
        ],
        by=BY, at=at,
    )  # fmt: skip

    def seen(orders):
        ids = [order.pk for order in orders]
        advices = DespatchAdvice.objects.filter(order__in=ids).order_by("id")
        left = DespatchLine.objects.filter(advice__order__in=ids).order_by("id")
        entries = LineEntry.objects.filter(line__order__in=ids).order_by("id")
        told = Event.objects.filter(kind="Despatched", subject_id__in=ids).order_by("id")
        return (
            list(advices.values_list("carrier", "cause", "despatched_at", "planned_on")),
            list(left.values_list("order_line__line_number", "lot", "quantity")),
            list(entries.values_list("kind", "quantity", "happened_at")),
            list(OrderLine.objects.filter(order__in=ids).order_by("id").values_list("despatched", "line_number")),
            list(told.values_list("happened_at", "facts__cause")),
        )

    assert seen(single) == seen(many)
    assert CreditStanding.objects.get().released_not_delivered == 6 * D("15.40")


def test_what_happened_reads_as_a_sentence():
    params = {"number": "A-2026-000001", "lines": 2}
    assert words.say("despatched", params, "es") == "Salió el albarán A-2026-000001 con 2 líneas."
    assert words.say("despatched", params, "en") == "Delivery note A-2026-000001 left with 2 lines."
