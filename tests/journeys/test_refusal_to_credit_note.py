"""Goods refused at the door, and a damage found after the invoice: back into stock, and a credit note that says why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from promesa.billing import operations as billing
from promesa.billing.models import Invoice
from promesa.cli.check import broken
from promesa.customers.models import CreditStanding
from promesa.fulfilment import operations as fulfilment
from promesa.fulfilment.rules import Part
from promesa.orders import operations as orders
from promesa.orders.models import Order
from promesa.orders.tests.world import AT, CLERK, make_world
from promesa.results import queries as results

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_was_refused_is_not_invoiced_and_what_was_wrong_is_credited(settle: Callable[[], None]) -> None:
    world = make_world()
    captured = orders.capture_order(draft=world.draft(10, 20), by=CLERK, at=AT)
    assert captured.order_id is not None
    settle()
    advice = fulfilment.despatch(order_id=captured.order_id, by=CLERK, at=AT + timedelta(hours=6))
    door = AT + timedelta(days=1)
    fulfilment.deliver(
        number=advice.number, by=CLERK, at=door, signed_by="Luis",
        outcomes={1: [Part("accepted", Decimal(8)), Part("refused", Decimal(2), "damage", "C4")], 2: [Part("accepted", Decimal(20))]},
    )  # fmt: skip
    settle()
    invoice = billing.issue_invoice(order_id=captured.order_id, by=CLERK, at=door)
    issued = Invoice.objects.get(number=invoice.number)
    assert issued.net_amount == Decimal("280.00")
    assert [(line.order_line.line_number if line.order_line else 0, line.quantity) for line in issued.lines.order_by("position")] == [
        (1, 8), (2, 20),
    ]  # fmt: skip

    note = billing.issue_credit_note(
        invoice_id=issued.pk,
        lines={1: Decimal(3)},
        cause="X2",
        note="precio equivocado",
        by=CLERK,
        at=door + timedelta(days=2),
    )
    settle()
    credit = Invoice.objects.get(number=note.number)
    assert (credit.kind, credit.corrects_id, credit.cause, credit.net_amount) == (
        "credit_note",
        issued.pk,
        "X2",
        Decimal("30.00"),
    )
    order = Order.objects.get()
    line = order.lines.get(line_number=1)
    assert (line.accepted, line.refused_final, line.invoiced, line.credited) == (8, 2, 8, 3)
    assert CreditStanding.objects.get().exposure == Decimal("275.00")
    assert [one["rows"] for one in broken()] == [0] * 20
    answer = results.measure(name="perfect-order", as_of=door + timedelta(days=60)).as_json()
    (row,) = answer["rows"]
    assert (row["numerator"], row["denominator"]) == (0, 1)
