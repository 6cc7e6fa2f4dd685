"""What the company exchanges: a partner with answers that arrived and that did not, a mailbox, a conversation, a paper."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

import typst

from promesa.core import relay
from promesa.core.actors import Actor
from promesa.core.calendars import local_day
from promesa.core.parameters import company_zone
from promesa.exchange import operations as exchange
from promesa.exchange.loading.masters import load_masters
from promesa.exchange.models import Document, ErpLink, ErpSystem, Layout, Mailbox, OutgoingDocument, PartnerAnswer
from promesa.exchange.operations.mailbox import put_mail_addresses, put_mailbox, take_message
from promesa.exchange.tests.papers import SPANISH_RULED
from promesa.orders.tests.world import World
from promesa.results.models import Audit
from promesa.results.operations import draw_sample

BY = Actor("command")
PARTNER = "MERCASUR"


class Exchanged(NamedTuple):
    """What the walks need to know of it."""

    late: int
    failed: int
    refused: int
    mail: int
    reply: int
    paper: int
    audited: str


def open_exchange(world: World, now: datetime) -> Exchanged:
    """A partner with everything that its page can show; `now` is a morning behind us."""
    exchange.put_partner(
        code=PARTNER, name="Mercasur EDI", identifier="8437000000006", customer_id=world.customer.pk, tolerance="hold_rest",
        mapping={"decimal": ",", "delimiter": ";"}, by=BY, at=now,
    )  # fmt: skip
    for kind, format_ in (("order_response", "ubl"), ("invoice", "ubl"), ("despatch_advice", "edifact-d96a")):
        exchange.set_answer(
            partner_code=PARTNER, kind=kind, format_=format_, channel="folder", acknowledge_minutes=60, by=BY, at=now
        )
    PartnerAnswer.objects.update(since=now)  # the company's morning is behind us
    put_mail_addresses(partner_code=PARTNER, addresses=["compras@mercasur.example"], trusted=True, by=BY, at=now)
    put_mail_addresses(partner_code=PARTNER, addresses=["@mercasur.example"], by=BY, at=now)
    late, refused, failed = _answers(world, now)
    mail, reply = _letters(world, now)
    paper = _paper(now)
    Layout.objects.create(
        partner_id=OutgoingDocument.objects.get(pk=late).partner_id, sender="Mercasur, S.A.", learnt_from_id=paper,
        template={"fields": {"number": {}}, "columns": [1, 2, 3]}, taught_by="command", taught_at=now,
    )  # fmt: skip
    _beside(now)
    load_masters(
        files=[("catalogo.csv", f"su codigo;ean;sku;descripcion;precio\n7;{world.items[0].gtin};{world.items[0].sku};Aceite;9,50\n"
                f"8;;;Mejillones;2,00\n".encode())],
        role="customer_catalogue", usual={"customer": world.customer.number}, by=BY, at=now,
    )  # fmt: skip
    draw_sample(day=local_day(now - timedelta(days=13), company_zone(on=now.date())), by=BY, at=now)
    audited = Audit.objects.select_related("order").first()
    assert audited is not None
    return Exchanged(late, failed, refused, mail, reply, paper, audited.order.number)


def _answers(world: World, now: datetime) -> tuple[int, int, int]:
    """Three order responses: one that nobody acknowledged, one that was refused, one that did not arrive."""
    made = []
    for n in range(3):
        if n == 2:
            exchange.set_answer(
                partner_code=PARTNER, kind="order_response", format_="ubl", channel="http", address="https://edi.example/in",
                secret="env:PROMESA_PARTNER_MERCASUR", by=BY, at=now,
            )  # fmt: skip
        day = (now + timedelta(days=8)).date()
        content = f"pedido;gln cliente;ean;cantidad;fecha entrega\nEDI-{n};{world.customer.gln};{world.items[1].gtin[1:]};12;{day}\n"
        file = exchange.receive_file(
            content=content.encode(), name=f"EDI-{n}.csv", channel="folder", partner_code=PARTNER, by=BY, at=now
        )
        exchange.read_file(file_id=file.pk, by=BY, at=now)
        relay.drain()
        exchange.send_due(by=BY, at=now)
        made.append(OutgoingDocument.objects.order_by("-pk").values_list("pk", flat=True)[0])
    late, refused, failed = made
    exchange.acknowledge(
        outgoing_id=refused,
        accepted=False,
        reported=[{"code": "4", "text": "No conocemos el pedido EDI-1", "line": "1"}],
        by=BY,
        at=now,
    )
    return late, refused, failed


def _letters(world: World, now: datetime) -> tuple[int, int]:
    """A mail with an order attached, and an answer to it."""
    day = (now + timedelta(days=9)).date()
    table = f"pedido;cliente;sku;cantidad;fecha entrega\nM-77;{world.customer.number};{world.items[2].sku};24;{day}\n"
    first = (
        "Message-ID: <m1@mercasur.example>\r\nFrom: Ana Ruiz <ana@mercasur.example>\r\nTo: pedidos@aceites.example\r\n"
        "Subject: Pedido M-77\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\nBuenos días:\n\nVa el pedido de esta semana.\n\nAna\r\n--b\r\n"
        "Content-Type: text/csv; name=pedido.csv\r\nContent-Disposition: attachment; filename=pedido.csv\r\n\r\n"
        f"{table}\r\n--b\r\nContent-Type: text/calendar; name=cita.ics\r\n"
        "Content-Disposition: attachment; filename=cita.ics\r\n\r\nBEGIN:VCALENDAR\r\n--b--\r\n"
    )
    second = (
        "Message-ID: <m2@mercasur.example>\r\nFrom: Ana Ruiz <ana@mercasur.example>\r\nTo: pedidos@aceites.example\r\n"
        "Subject: Re: Pedido M-77\r\nIn-Reply-To: <m1@mercasur.example>\r\nReferences: <m1@mercasur.example>\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\nGracias. ¿Puede llegar antes de las 9?\r\n\r\n"
        "El lun, 2 mar 2026 a las 9:00, Ana <ana@mercasur.example> escribió:\r\n> Va el pedido de esta semana.\r\n"
    )
    found = []
    for n, text in enumerate((first, second)):
        taken = take_message(
            content=text.encode(), name=f"pedidos-{n + 1}.eml", box=None, by=BY, at=now + timedelta(minutes=n)
        )
        exchange.read_file(file_id=taken.file_id, by=BY, at=now)
        found.append(
            Document.objects.filter(file_id=taken.file_id).order_by("position").values_list("pk", flat=True)[0]
        )
    return found[0], found[1]


def _paper(now: datetime) -> int:
    """An order on paper that waits for a person."""
    file = exchange.receive_file(
        content=typst.compile(SPANISH_RULED.encode()), name="fax 4500123.pdf", channel="folder", by=BY, at=now
    )
    exchange.read_file(file_id=file.pk, by=BY, at=now)
    return Document.objects.filter(file=file, neutral__has_key="places").values_list("pk", flat=True)[0]


def _beside(now: datetime) -> None:
    """A mailbox that is well, one that is not, and an ERP that did not take an order."""
    put_mailbox(
        name="pedidos",
        values={"host": "imap.example", "user": "pedidos", "address": "pedidos@aceites.example"},
        by=BY,
        at=now,
    )
    Mailbox.objects.filter(name="pedidos").update(fetched_at=now)
    put_mailbox(
        name="ventas", values={"host": "imap.example", "user": "ventas", "smtp_host": "smtp.example"}, by=BY, at=now
    )
    trouble = {
        "code": "mail_login_refused",
        "params": {"host": "imap.example", "user": "ventas", "problem": "AUTHENTICATIONFAILED"},
    }
    Mailbox.objects.filter(name="ventas").update(fetched_at=now, last_error=trouble)
    system = ErpSystem.objects.create(
        code="central", kind="folder", pushes=["orders", "invoices"], pulled_at=now, pushed_at=now
    )
    error = {"code": "erp_no_item", "params": {"sku": "10004"}}
    ErpLink.objects.create(system=system, kind="order", number="P-2026-000003", attempts=1, last_error=error)
