"""Orders that go through the whole house, and what results say of them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from promesa.billing import operations as billing
from promesa.billing.models import Invoice
from promesa.core import relay
from promesa.fulfilment import operations as fulfilment
from promesa.fulfilment.rules import Part
from promesa.orders import operations as orders
from promesa.orders.models import Order
from promesa.orders.tests.world import AT, CLERK, make_world
from promesa.results.models import LineLoss, OrderFact, OrderVerdict
from promesa.results.queries import measure, orders_behind

pytestmark = [pytest.mark.django_db, pytest.mark.wired]
MONTHS_LATER = AT + timedelta(days=90)


def captured(world, *quantities):
    done = orders.capture_order(draft=world.draft(*quantities), by=CLERK, at=AT)
    relay.drain()
    return Order.objects.get(pk=done.order_id)


def sent(order, at):
    note = fulfilment.despatch(order_id=order.pk, by=CLERK, at=at)
    relay.drain()
    return note


def delivered(order, note, at, **outcome):
    fulfilment.deliver(advice_id=note.advice_id, by=CLERK, at=at, signed_by="Marta", **outcome)
    relay.drain()
    return OrderVerdict.objects.get(order_id=order.pk, basis="first")


def invoiced(order, at):
    billing.issue_invoice(order_id=order.pk, by=CLERK, at=at)
    relay.drain()
    return Invoice.objects.get()


def test_an_order_from_capture_to_invoice_is_perfect_and_its_facts_follow_every_step():
    order = captured(make_world(), 10, 20)
    assert OrderFact.objects.get().first_pass is True
    assert OrderVerdict.objects.get(basis="first").perfect is False
    note = sent(order, AT + timedelta(hours=6))
    assert OrderVerdict.objects.get(basis="first").on_time_ship is True
    verdict = delivered(order, note, order.promised_to - timedelta(hours=8))
    assert (verdict.in_full, verdict.on_time, verdict.documents, verdict.condition) == (True, True, True, True)
    assert verdict.invoice_by is not None
    invoiced(order, order.promised_to)
    row = measure(name="perfect-order", as_of=MONTHS_LATER).total
    assert (row.numerator, row.denominator, row.more["final"]) == (1, 1, 1)


def test_goods_refused_at_the_door_fail_the_order_and_can_be_found_behind_the_figure():
    order = captured(make_world(), 10)
    note = sent(order, AT + timedelta(hours=6))
    parts = [Part("accepted", Decimal(7)), Part("refused", Decimal(3), "damage")]
    verdict = delivered(order, note, order.promised_to - timedelta(hours=8), outcomes={1: parts})
    assert (verdict.in_full, verdict.condition, verdict.cause) == (False, False, "C4")
    loss = LineLoss.objects.get()
    assert (loss.step, loss.cause, loss.quantity) == ("refused", "C4", 3)
    behind = orders_behind(name="perfect-order", as_of=MONTHS_LATER, cause="C4")
    assert [row.number for row in behind.rows] == [order.number]


def test_a_truck_that_comes_late_fails_on_time_with_the_cause_that_the_driver_told():
    order = captured(make_world(), 10)
    note = sent(order, AT + timedelta(hours=6))
    verdict = delivered(order, note, order.promised_to + timedelta(days=1), cause="C5")
    assert (verdict.in_full, verdict.on_time, verdict.cause) == (True, False, "C5")


def test_what_came_on_top_and_was_kept_fails_the_order_as_too_full():
    order = captured(make_world(), 10)
    note = sent(order, AT + timedelta(hours=6))
    parts = [Part("accepted", Decimal(12))]
    verdict = delivered(order, note, order.promised_to - timedelta(hours=8), outcomes={1: parts})
    assert (verdict.in_full, verdict.on_time, verdict.cause) == (False, True, "C5")


def test_an_order_that_the_customer_cancels_in_time_is_not_counted():
    order = captured(make_world(stock=0), 10)
    orders.cancel_order(order_id=order.pk, by=CLERK, at=AT + timedelta(hours=1), reason="ya no hace falta")
    relay.drain()
    row = measure(name="perfect-order", as_of=MONTHS_LATER).total
    assert (row.denominator, row.excluded) == (0, {"cancelled_by_customer": 1})


def test_an_invoice_that_had_to_be_corrected_fails_documents_by_the_credit_notes_cause():
    order = captured(make_world(), 10)
    note = sent(order, AT + timedelta(hours=6))
    delivered(order, note, order.promised_to - timedelta(hours=8))
    invoice = invoiced(order, order.promised_to)
    billing.issue_credit_note(
        invoice_id=invoice.pk, cause="C3", note="precio de la tarifa vieja", by=CLERK, at=AT + timedelta(days=5)
    )
    relay.drain()
    verdict = OrderVerdict.objects.get(basis="first")
    assert (verdict.documents, verdict.cause) == (False, "C3")
