"""A company small enough to be built for each walk, with something to see on every page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from promesa.access import operations as access
from promesa.billing import operations as billing
from promesa.core import relay
from promesa.core.actors import PROMESA, Actor
from promesa.customers.models import Person
from promesa.exchange import operations as exchange
from promesa.exchange.models import Document
from promesa.fulfilment import operations as fulfilment
from promesa.fulfilment.rules import Part
from promesa.orders import operations as orders
from promesa.orders.models import Order
from promesa.orders.rules import DraftLine, OrderDraft
from promesa.orders.tests.world import World, another_customer, expect, make_world
from tests.browser.exchanged import Exchanged, open_exchange

BY = Actor("command")
PASSWORD = "una-frase-larga-2026"


class Company(NamedTuple):
    """What the walks need to know of it."""

    world: World
    delivered: str
    refused: str
    held: str
    waiting_document: int
    waiting_file: int
    despatch: str
    invoice: str
    credit_note: str
    on_its_way: str
    person: str
    exchanged: Exchanged


def open_company() -> Company:
    """Orders of a month in every state, a document that waits, people who may sign in."""
    # the last morning that is wholly behind us
    now = (datetime.now(UTC) - timedelta(hours=8)).replace(hour=8, minute=0, second=0, microsecond=0)
    for role in ("customer_service", "manager", "administrator", "warehouse"):
        access.add_user(username=role, password=PASSWORD, role=role, name="Ana Ruiz", by=PROMESA, at=now)
    world = make_world(items=5, stock=2000, credit=Decimal(90_000))
    theirs = world.customer.pk
    access.add_user(username="rosa", password=PASSWORD, role="customer", customer_id=theirs, by=PROMESA, at=now)
    another_customer(world, 2)
    expect(world, 100, days=400)
    person = Person.objects.create(customer=world.customer, name="Luis Vega", phone="600 123 123")
    past = _past(world, now)
    credited = billing.issue_credit_note(
        invoice=past[3][2], lines={1: Decimal(2)}, cause="C4", note="Dos latas abolladas", by=BY, at=now
    )
    held = orders.capture_order(
        draft=OrderDraft(
            lines=(DraftLine(sku=world.items[0].sku, quantity=Decimal(24), price=Decimal("9.50")),),
            customer_id=world.customer.pk, po_number="4500-7731", channel="edi",
        ),
        by=BY, at=now,
    )  # fmt: skip
    leaving = orders.capture_order(draft=world.draft(12, 24, 36, po_number="4500-7732"), by=BY, at=now)
    relay.drain()
    assert leaving.order_id is not None
    on_its_way = fulfilment.despatch(order_id=leaving.order_id, by=BY, at=now)
    orders.capture_order(draft=world.draft(0, 0, 3000, channel="portal"), by=BY, at=now)
    document = _waiting(world, now)
    relay.drain()
    return Company(
        world=world,
        delivered=past[3][0],
        refused=past[1][0],
        held=held.number,
        waiting_document=document.pk,
        waiting_file=document.file_id,
        despatch=past[3][1],
        invoice=past[3][2],
        credit_note=credited.number,
        on_its_way=on_its_way.number,
        person=person.name,
        exchanged=open_exchange(world, now),
    )


def _past(world: World, now: datetime) -> list[tuple[str, str, str]]:
    """Four orders that went their whole way, two of them with a refusal: order, delivery note and invoice of each."""
    found = []
    for n in range(4):
        at = now - timedelta(days=28 - n * 5)
        captured = orders.capture_order(draft=world.draft(12, 12 * (n + 1), po_number=f"PO-{n}"), by=BY, at=at)
        assert captured.order_id is not None
        relay.drain()
        advice = fulfilment.despatch(order_id=captured.order_id, by=BY, at=at + timedelta(hours=6))
        parts = (
            {1: [Part("accepted", Decimal(10)), Part("refused", Decimal(2), "damage", "C4")]} if n in (1, 2) else None
        )
        fulfilment.deliver(
            number=advice.number, by=BY, at=at + timedelta(days=1, hours=3), signed_by="Luis", outcomes=parts
        )
        invoice = billing.issue_invoice(order_id=captured.order_id, by=BY, at=at + timedelta(days=1, hours=4))
        if not n:
            billing.receive_payment(
                customer_id=world.customer.pk, amount=Decimal("100"), by=BY, at=at + timedelta(days=9)
            )
        found.append((Order.objects.get(pk=captured.order_id).number, advice.number, invoice.number))
    return found


def _waiting(world: World, now: datetime) -> Document:
    day = (now + timedelta(days=4)).date()
    content = (
        "pedido;gln cliente;ean;cantidad;fecha entrega\n"
        f"PO-55;{world.customer.gln};{world.items[0].gtin[1:]};12;{day:%Y-%m-%d}\n"
        f"PO-55;{world.customer.gln};8410000999990;24;{day:%Y-%m-%d}\n"
    ).encode()
    file = exchange.receive_file(content=content, name="pedidos.csv", channel="csv", by=BY, at=now)
    exchange.read_file(file_id=file.pk, by=BY, at=now)
    return Document.objects.get(file=file)
