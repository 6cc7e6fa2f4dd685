"""An order by e-mail: from an address that is trusted it is answered by itself; from another it waits for a person."""

from __future__ import annotations

import mailbox
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import typst

from promesa.cli.check import broken
from promesa.core.models import Event, Parameter
from promesa.exchange import formats, operations, queries
from promesa.exchange.models import Document, MailMessage, OutgoingDocument
from promesa.exchange.operations import mailbox as mailing
from promesa.exchange.tests.company import AT, BY, add_customer, add_item, codes, open_shop
from promesa.exchange.tests.postboxes import PostServer, SmtpServer
from promesa.exchange.tests.postmen import box_at, server, smtp
from promesa.orders.models import Order
from promesa.work.models import WorkItem

__all__ = ["server", "smtp"]
pytestmark = pytest.mark.django_db(transaction=True)

D = Decimal
TABLE = "pedido;referencia;cantidad;fecha entrega\n{number};AC-05;12;2026-03-20\n{number};AT-12;24;2026-03-20\n"
PAPER = """
#set text(font: "DejaVu Sans Mono", size: 10pt)
= PEDIDO
Nº de pedido: {number} \\
Fecha: 02/03/2026 \\
Cliente: Ultramarinos Vega \\
NIF: B12345674

#table(columns: 5, [Referencia], [Descripción], [Cantidad], [Precio], [Importe],
  [AC-05], [Aceite de oliva 5 L], [12], [31,20], [374,40],
  [AT-12], [Atún claro 120 g], [24], [4,50], [108,00])
Total: 482,40 EUR
"""


def letter(number: str, *, sender: str, pdf: bool = False) -> bytes:
    """A mail of a person with the order attached, as their program writes it."""
    message = EmailMessage()
    message["Message-ID"] = f"<{number}@vega.example>"
    message["From"], message["To"] = f"Ana Ruiz <{sender}>", "pedidos@seller.example"
    message["Subject"], message["Date"] = f"Pedido {number}", "Mon, 2 Mar 2026 09:30:00 +0100"
    message.set_content("Buenos días:\n\nAdjunto el pedido. ¿Nos confirmáis la entrega?\n\nGracias,\nAna\n")
    if pdf:
        paper = typst.compile(PAPER.format(number=number).encode())
        assert isinstance(paper, bytes)
        message.add_attachment(paper, maintype="application", subtype="pdf", filename=f"pedido {number}.pdf")
    else:
        table = TABLE.format(number=number)
        message.add_attachment(table.encode(), maintype="text", subtype="csv", filename=f"pedido {number}.csv")
    return message.as_bytes()


def read(fetched: mailing.Fetched, at: datetime) -> list[Document]:
    assert fetched.trouble == {}
    documents = []
    for one in fetched.taken:
        assert operations.read_file(file_id=one.file_id, by=BY, at=at)
        documents += queries.documents_of_file(file_id=one.file_id)
    return documents


@pytest.fixture
def shop(server: PostServer, smtp: SmtpServer, settle: Callable[[], None]) -> Any:
    open_shop()
    Parameter.objects.create(
        code="company.name", value="Aceites del Sur, S.A.", valid_from=date(2000, 1, 1), changed_by="test"
    )
    number = add_customer("C-1", name="Ultramarinos Vega", tax_id="ESB12345674")
    add_item("AC-05", "31.20", name="Aceite de oliva 5 L")
    add_item("AT-12", "4.50", name="Atún claro 120 g")
    operations.put_partner(code="VEGA", name="Ultramarinos Vega", customer_id=number, by=BY, at=AT)
    operations.set_answer(
        partner_code="VEGA",
        kind="order_response",
        format_="ubl",
        channel="mail",
        address="ana@vega.example",
        by=BY,
        at=AT,
    )
    mailing.put_mail_addresses(partner_code="VEGA", addresses=["ana@vega.example"], trusted=True, by=BY, at=AT)
    return box_at(server, smtp_host="127.0.0.1", smtp_port=smtp.port, smtp_security="plain")


@pytest.mark.parametrize("pdf", [False, True], ids=["csv", "pdf"])
def test_a_mail_from_a_trusted_address_is_an_order_and_its_answer_stands_in_the_thread(
    shop: Any, server: PostServer, smtp: SmtpServer, settle: Callable[[], None], pdf: bool
) -> None:
    server.inbox.add(letter("4501", sender="ana@vega.example", pdf=pdf))
    documents = read(mailing.fetch_mailbox(box=shop, by=BY, at=AT), AT)
    settle()
    order = Order.objects.get()
    assert (order.state, order.po_number, order.customer.number) == ("confirmed", "4501", "C-1")
    assert [(line.item.sku if line.item else "", line.ordered_quantity) for line in order.lines.order_by("line_number")] == [
        ("AC-05", 12), ("AT-12", 24),
    ]  # fmt: skip
    assert {one.kind: one.outcome for one in documents} == {"e_mail": "filed", "order": "orders"}

    operations.send_due(by=BY, at=AT + timedelta(minutes=1))
    settle()
    ((sender, to, content),) = smtp.letters.taken
    answer = message_from_bytes(content)
    assert (sender, to) == ("pedidos@seller.example", ["ana@vega.example"])
    assert (answer["In-Reply-To"], answer["References"]) == ("<4501@vega.example>", "<4501@vega.example>")
    assert answer["Auto-Submitted"] == "auto-replied"
    attached = answer.get_payload()[1]
    (said,) = formats.read(attached.get_payload(decode=True), filename=attached.get_filename())
    assert (said.kind, said.references["order"], said.response) == ("order_response", "4501", "accepted")
    row = OutgoingDocument.objects.get()
    assert row.state == "sent"
    assert [one.facts["how"] for one in Event.objects.filter(kind="CustomerTold")] == ["email"]
    assert set(MailMessage.objects.values_list("thread", "outbound")) == {
        ("4501@vega.example", False), ("4501@vega.example", True),
    }  # fmt: skip

    # The answer to our answer is read in the same thread, and nothing is answered to it.
    thanks = (
        f"Message-ID: <gracias@vega.example>\r\nFrom: ana@vega.example\r\nTo: pedidos@seller.example\r\n"
        f"Subject: Re: Pedido 4501\r\nIn-Reply-To: <{row.message_id}>\r\nReferences: <4501@vega.example> <{row.message_id}>\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\nPerfecto, gracias.\r\n"
    ).encode()
    server.inbox.add(thanks)
    shop.refresh_from_db()
    read(mailing.fetch_mailbox(box=shop, by=BY, at=AT + timedelta(hours=1)), AT + timedelta(hours=1))
    settle()
    operations.send_due(by=BY, at=AT + timedelta(hours=1))
    assert MailMessage.objects.get(message_id="gracias@vega.example").thread == "4501@vega.example"
    assert (Order.objects.count(), len(smtp.letters.taken)) == (1, 1)
    assert [(one["invariant"], one["keys"]) for one in broken() if one["rows"]] == []


def test_a_mail_from_an_address_that_anybody_could_write_waits_until_a_person_confirms_it(
    shop: Any, smtp: SmtpServer, settle: Callable[[], None], tmp_path: Path
) -> None:
    box = mailbox.Maildir(str(tmp_path / "mail"), create=True)
    box.add(letter("4502", sender="ana.vega@gratis.example", pdf=True))
    _, waiting = read(mailing.fetch_maildir(path=tmp_path / "mail", by=BY, at=AT), AT)
    settle()
    operations.send_due(by=BY, at=AT)
    assert (waiting.kind, waiting.outcome, codes(waiting)) == ("order", "waiting", ["mail_sender_unproven"])
    assert (Order.objects.count(), smtp.letters.taken) == (0, [])
    assert WorkItem.objects.get(state="open").key == f"document:{waiting.pk}"

    # Ana is asked by telephone, and it is hers. Who answers is the partner that we know, not the address that it came from.
    later = AT + timedelta(hours=1)
    done = operations.confirm_document(document_id=waiting.pk, by=BY, at=later)
    settle()
    operations.send_due(by=BY, at=later)
    waiting.refresh_from_db()
    order = Order.objects.get()
    assert (waiting.outcome, done.orders, order.state, order.po_number) == (
        "orders",
        (order.number,),
        "confirmed",
        "4502",
    )
    assert not WorkItem.objects.filter(state="open").exists()
    ((_, to, _),) = smtp.letters.taken
    assert to == ["ana@vega.example"]
    assert [(one["invariant"], one["keys"]) for one in broken() if one["rows"]] == []
