"""An order by EDIFACT, from its bytes to the money, with nobody touching it on the way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from promesa.billing import operations as billing
from promesa.billing.models import Invoice
from promesa.cli.check import broken, invariants
from promesa.core.actors import Actor
from promesa.core.models import Event
from promesa.customers.models import CreditStanding
from promesa.exchange import operations as exchange
from promesa.exchange.models import Document
from promesa.fulfilment import operations as fulfilment
from promesa.inventory.models import Claim
from promesa.orders.models import Order, Promise
from promesa.orders.tests.world import AT, CLERK, World, make_world
from promesa.results import queries as results

pytestmark = pytest.mark.django_db(transaction=True)

DOOR = Actor("command")


def orders_message(world: World, po_number: str, *lines: tuple[int, str, str]) -> bytes:
    """An ORDERS D.96A of the customer: (item, quantity, price) a line, wanted on Thursday 5 March."""
    body = [
        "UNH+1+ORDERS:D:96A:UN:EAN008'", f"BGM+220+{po_number}+9'", "DTM+137:20260302:102'", "DTM+2:20260305:102'",
        f"NAD+BY+{world.customer.gln}::9'", "NAD+SU+8410000000006::9'", "CUX+2:EUR:9'",
    ]  # fmt: skip
    for n, (item, quantity, price) in enumerate(lines, 1):
        body += [f"LIN+{n}++{world.items[item].gtin[1:]}:EN'", f"QTY+21:{quantity}'", f"PRI+AAA:{price}'"]
    body += ["UNS+S'", f"CNT+2:{len(lines)}'"]
    text = f"UNB+UNOC:3+{world.customer.gln}:14+8410000000006:14+260302:1000+77'" + "".join(body)
    return (text + f"UNT+{len(body) + 1}+1'UNZ+1+77'").encode("latin-1")


def taken_in(content: bytes, at: datetime = AT) -> Document:
    file = exchange.receive_file(content=content, name="order.edi", channel="edi", by=DOOR, at=at)
    exchange.read_file(file_id=file.pk, by=DOOR, at=at)
    return Document.objects.get(file=file)


def test_an_edifact_order_becomes_a_promise_a_delivery_an_invoice_and_cash(settle: Callable[[], None]) -> None:
    world = make_world(credit=Decimal(5000))
    document = taken_in(orders_message(world, "4500-7731", (0, "12", "10"), (1, "24", "10")))
    assert document.outcome == "orders"
    order = Order.objects.get()
    settle()
    order.refresh_from_db()
    assert (order.state, order.po_number, order.channel) == ("confirmed", "4500-7731", "edi")
    assert order.requested_from is not None
    assert [(p.quantity, p.ship_date) for p in Promise.objects.order_by("line_id")] == [
        (12, date(2026, 3, 4)), (24, date(2026, 3, 4)),
    ]  # fmt: skip
    assert order.released_at == AT

    advice = fulfilment.despatch(order_id=order.pk, by=CLERK, at=AT + timedelta(days=2))
    arrived = AT + timedelta(days=3, hours=1)
    fulfilment.deliver(number=advice.number, by=CLERK, at=arrived, signed_by="Ana Ruiz")
    invoice = billing.issue_invoice(order_id=order.pk, by=CLERK, at=arrived)
    issued = Invoice.objects.get(number=invoice.number)
    assert (issued.net_amount, issued.tax_amount, issued.payable_amount) == (
        Decimal("360.00"), Decimal("36.00"), Decimal("396.00"),
    )  # fmt: skip
    billing.receive_payment(
        customer_id=world.customer.pk, amount=Decimal("396.00"), by=CLERK, at=arrived + timedelta(days=20),
        applications={invoice.number: Decimal("396.00")},
    )  # fmt: skip
    settle()

    order.refresh_from_db()
    standing = CreditStanding.objects.get()
    assert order.state == "closed"
    assert standing.exposure == 0
    assert Claim.objects.count() == 0
    assert [one["rows"] for one in broken()] == [0] * len(invariants())
    told = list(
        Event.objects.filter(subject_kind="order", subject_id=order.pk)
        .order_by("number")
        .values_list("kind", flat=True)
    )
    assert told[:3] == ["OrderSubmitted", "LinesPromised", "OrderConfirmed"]
    assert {"LinesReleased", "Despatched", "Delivered", "InvoiceIssued", "OrderClosed"} <= set(told)
    answer = results.measure(name="perfect-order", as_of=arrived + timedelta(days=60))
    (row,) = answer.as_json()["rows"]
    assert (row["numerator"], row["denominator"], row["provisional"]) == (1, 1, 0)


def test_the_same_file_twice_is_one_order_and_says_which(settle: Callable[[], None]) -> None:
    world = make_world()
    content = orders_message(world, "A-1", (0, "5", "10"))
    first, second = taken_in(content), taken_in(content)
    settle()
    assert (first.outcome, second.outcome) == ("orders", "duplicate")
    assert second.duplicate_of_id == first.pk
    assert Order.objects.count() == 1


def test_the_same_purchase_order_in_other_bytes_waits_for_somebody_to_say_what_it_is(
    settle: Callable[[], None],
) -> None:
    world = make_world()
    taken_in(orders_message(world, "A-1", (0, "5", "10")))
    taken_in(orders_message(world, "A-1", (0, "6", "10")))
    settle()
    first, second = Order.objects.order_by("id")
    assert (first.state, second.state) == ("confirmed", "submitted")
    hold = second.holds.get()
    assert (hold.kind, hold.finding.code if hold.finding else "") == ("duplicate", "po_repeated_other")
