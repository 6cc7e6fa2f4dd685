"""A day of the last weeks: every order, despatch, delivery and invoice by itself, many of them out of documents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from promesa.billing import operations as billing
from promesa.core.actors import Actor
from promesa.demo import documents, papers
from promesa.demo.life import Coming, Life, clock
from promesa.demo.operations import partners, twists
from promesa.demo.operations.days import close_day, draft_of, keep, noon, open_day, set_off, shipments_of
from promesa.demo.operations.door import arrival_of
from promesa.demo.tale import Wish
from promesa.exchange import operations as exchange
from promesa.exchange.models import Document
from promesa.exchange.operations import mailbox as mailing
from promesa.fulfilment import operations as fulfilment
from promesa.orders import operations as orders
from promesa.orders.rules import Captured

OTHER_WAYS = (partners.BY_UBL, partners.ON_PAPER, partners.BY_MAIL)
POSTMAN = Actor("schedule:mail")


def live_day(*, life: Life, day: date, wishes: Sequence[Wish]) -> None:
    """Live one day order by order; of the last day only what lies before the story's last moment."""
    open_day(life=life, day=day)
    for one in sorted(life.coming.pop(day, []), key=lambda coming: coming.at):
        if one.at <= life.tale.now:
            deliver_one(life=life, one=one, day=day)
        else:
            life.comes(one)
    for wish in wishes:
        capture_one(life=life, wish=wish, day=day)
    noon(life=life, day=day)
    if day < life.tale.today:
        send_off_one_by_one(life=life, day=day)
    if life.tale.company.warehouse.is_open(day):
        partners.trade(life=life, day=day)
    close_day(life=life, day=day)


def capture_one(*, life: Life, wish: Wish, day: date) -> None:
    """An order comes in its own way: a document, the portal, or a call."""
    company = life.tale.company
    if wish.customer in OTHER_WAYS:
        captured = _in_another_way(life=life, wish=wish)
    elif wish.channel == "edi":
        content = documents.edifact_order(company, wish, reference=1000 + wish.amount)
        by = Actor(f"edi:{life.customer(wish).gln}")
        captured = take_in(life=life, content=content, name=f"ORDERS_{wish.customer}_{wish.at:%m%d%H%M}.edi",
                           channel="edi", partner=wish.customer, by=by, at=wish.at)  # fmt: skip
    elif wish.channel == "csv":
        captured = take_in(
            life=life, content=documents.sheet_order(company, [wish]), name=f"pedido {wish.po.replace('/', '-')}.csv",
            channel="csv", by=life.someone(wish), at=wish.at,
        )  # fmt: skip
    else:
        by = Actor("promesa") if wish.channel == "portal" else life.someone(wish)
        # Whoever answers the telephone writes while the customer speaks.
        at = wish.at + timedelta(minutes=1 + wish.amount % 12 if wish.channel == "phone" else 0)
        captured = [orders.capture_order(draft=draft_of(life, wish), by=by, at=min(at, life.tale.now))]
    keep(life=life, wishes=[wish], captured=captured, day=day)


def _in_another_way(*, life: Life, wish: Wish) -> list[Captured]:
    """By Peppol, on paper, or attached to a letter."""
    company, name = life.tale.company, wish.po.replace("/", "-")
    if wish.customer == partners.BY_MAIL:
        return take_mail(content=papers.mail_with_sheet(company, wish), name=f"{name}.eml", at=wish.at)
    if wish.customer == partners.BY_UBL:
        return take_in(life=life, content=papers.ubl_order(company, wish), name=f"Order-{name}.xml", channel="edi",
                       partner=wish.customer, by=Actor(f"edi:{life.customer(wish).gln}"), at=wish.at)  # fmt: skip
    return take_in(life=life, content=papers.pdf_order(company, wish), name=f"pedido {name}.pdf", channel="email",
                   partner=wish.customer, by=life.someone(wish), at=wish.at)  # fmt: skip


def take_mail(*, content: bytes, name: str, at: datetime) -> list[Captured]:
    """Take in a letter; the orders that it became."""
    taken = mailing.take_message(content=content, name=name, box=None, by=POSTMAN, at=at)
    return _read(file_id=taken.file_id, by=POSTMAN, at=at)


def take_in(
    *, life: Life, content: bytes, name: str, channel: str, by: Actor, at: datetime, partner: str = ""
) -> list[Captured]:
    """Take a document in, of a partner if one sent it; the orders that it became, drafts that wait among them."""
    file = exchange.receive_file(content=content, name=name, channel=channel, partner_code=partner, by=by, at=at)
    return _read(file_id=file.pk, by=by, at=at)


def _read(*, file_id: int, by: Actor, at: datetime) -> list[Captured]:
    exchange.read_file(file_id=file_id, by=by, at=at)
    found = Document.objects.filter(file_id=file_id, order__isnull=False).select_related("order").order_by("position")
    return [Captured(n, one.order.pk, one.order.number, one.order.state) for n, one in enumerate(found) if one.order]


def send_off_one_by_one(*, life: Life, day: date) -> None:
    """What is due leaves in the course of the afternoon, a note at a time."""
    if not life.tale.company.warehouse.is_open(day):
        return
    for n, (shipment, promised) in enumerate(shipments_of(life=life, day=day)):
        if shipment.order_id in life.left_standing:
            continue
        goods = fulfilment.despatch(
            order_id=shipment.order_id, quantities=shipment.quantities, carrier=shipment.carrier, cause=shipment.cause,
            by=life.users["antonio"], at=clock(day, 15) + timedelta(minutes=4 * (n % 30)),
        )  # fmt: skip
        set_off(life=life, goods=goods, promised=promised, day=day)


def deliver_one(*, life: Life, one: Coming, day: date) -> None:
    """A lorry's device says what happened at a door, with the signature; some invoices are written by hand."""
    told = arrival_of(life, one)
    signed = documents.signature(one.advice_id % 24) if told.signed_by else None
    fulfilment.deliver(
        advice_id=one.advice_id, outcomes=told.outcomes, signed_by=told.signed_by, signature=signed, cause=told.cause,
        arrived_at=told.arrived_at, device_at=one.at, server_at=one.at + timedelta(seconds=40),
        by=life.users["sofia"], at=one.at,
    )  # fmt: skip
    twists.after_delivery(life, one.order_id, one.at, day)
    wish = life.wishes[one.order_id]
    later = one.at + timedelta(minutes=35)
    on_delivery = life.customer(wish).row["invoice_from"] == "delivery"
    if on_delivery and wish.chapter is None and wish.amount % 6 == 0 and later <= life.tale.now:
        billing.issue_invoice(order_id=one.order_id, by=life.users["emma"], at=later)
