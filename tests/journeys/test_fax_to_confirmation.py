"""A scanned order, from the fax to its confirmation: a person reads what the reader is not sure of, once for each layout."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes

import pytest
import typst

from promesa.cli.check import broken
from promesa.exchange import formats, operations
from promesa.exchange.models import Document, Layout
from promesa.exchange.operations.checking import check_document, learn_layout
from promesa.exchange.operations.mailbox import put_mailbox
from promesa.exchange.rules.checking import values_of
from promesa.exchange.tests.company import AT, BY, add_customer, add_item, codes, open_shop, take_in
from promesa.exchange.tests.postboxes import SmtpServer
from promesa.exchange.tests.postmen import smtp
from promesa.exchange.tests.scans import scanned
from promesa.orders.models import Order
from promesa.work.models import WorkItem

__all__ = ["smtp"]
pytestmark = [pytest.mark.django_db(transaction=True)]

# Headings of a trade of its own, and a day that can be read in two ways.
FAX = """
#set page(paper: "a4", margin: 2cm)
#set text(font: "Libertinus Serif", size: 11pt)
#text(size: 16pt)[PEDIDO] \\
Ultramarinos Vega, S.L. \\
NIF: B12345674 \\
#v(4mm)
Nº de pedido: {number} \\
Fecha: {day} \\
#v(5mm)
#table(columns: (1fr, auto, auto, auto, auto), align: (left, left, right, right, right),
  [Género],[Clave],[Bultos],[A],[Son],
  {rows})
"""


ROWS = "[Aceite de oliva 5 L],[AC-05],[12],[31,20],[374,40],[Atún claro 120 g],[AT-12],[1.200],[4,50],[5.400,00]"
AGAIN = "[Atún claro 120 g],[AT-12],[240],[4,50],[1.080,00],[Aceite de oliva 5 L],[AC-05],[6],[31,20],[187,20]"


def fax(number: str, day: str, rows: str, *, format_: str) -> bytes:
    """The order as it leaves the fax machine: 200 dots an inch, turned by a degree, with noise."""
    paper = typst.compile(FAX.format(number=number, day=day, rows=rows).encode())
    assert isinstance(paper, bytes)
    return scanned(paper, format_=format_)


def open_company(smtp: SmtpServer) -> None:
    """A seller with a customer that is answered by mail."""
    open_shop()
    customer = add_customer("C-1", name="Ultramarinos Vega", tax_id="ESB12345674")
    add_item("AC-05", "31.20", name="Aceite de oliva 5 L")
    add_item("AT-12", "4.50", name="Atún claro 120 g", stock=2000)
    operations.put_partner(code="VEGA", name="Ultramarinos Vega", customer_id=customer, by=BY, at=AT)
    operations.set_answer(
        partner_code="VEGA",
        kind="order_response",
        format_="ubl",
        channel="mail",
        address="ana@vega.example",
        by=BY,
        at=AT,
    )
    values = {
        "smtp_host": "127.0.0.1",
        "smtp_port": smtp.port,
        "smtp_security": "plain",
        "address": "fax@seller.example",
    }
    put_mailbox(name="orders", values=values, by=BY, at=AT)


def read_by_hand(paper: Document, settle: Callable[[], None], later: datetime) -> None:
    """A person reads it beside its picture, and it is an order."""
    read = values_of(paper.neutral)
    assert read["number"] == "UV-771"
    typed = {
        "issued_on": "2026-04-03", "lines.1.code": "AC-05", "lines.1.text": "Aceite de oliva 5 L", "lines.1.quantity": "12",
        "lines.1.price": "31.20", "lines.2.code": "AT-12", "lines.2.text": "Atún claro 120 g", "lines.2.quantity": "1200",
        "lines.2.price": "4.50",
    }  # fmt: skip
    done = check_document(document_id=paper.pk, said=typed, by=BY, at=later)
    settle()
    paper.refresh_from_db()
    order = Order.objects.get()
    assert (paper.outcome, done.orders, order.state, order.po_number) == (
        "orders",
        (order.number,),
        "confirmed",
        "UV-771",
    )
    assert order.customer.number == "C-1"
    assert [(line.item.sku if line.item else "", line.ordered_quantity) for line in order.lines.order_by("line_number")] == [
        ("AC-05", 12), ("AT-12", 1200),
    ]  # fmt: skip
    assert not WorkItem.objects.filter(state="open", key=f"document:{paper.pk}").exists()


@pytest.mark.skipif(importlib.util.find_spec("rapidocr") is None, reason="the extra `scan` is not installed")
def test_a_scanned_order_from_fax_to_confirmation(smtp: SmtpServer, settle: Callable[[], None]) -> None:
    open_company(smtp)
    later = AT + timedelta(hours=1)

    # The fax: nobody knows these headings, and the day has two readings. No order comes of it by itself.
    (paper,) = take_in(fax("UV-771", "03/04/2026", ROWS, format_="TIFF"), "fax0001.tif")
    settle()
    operations.send_due(by=BY, at=AT)
    assert (paper.kind, paper.outcome, paper.format) == ("order", "waiting", "scan-order")
    assert codes(paper) == ["ambiguous_date", "paper_in_doubt", "table_not_found"]
    assert (Order.objects.count(), smtp.letters.taken) == (0, [])
    assert operations.rerun(by=BY, at=AT).documents == 0  # trying again is not looking at it
    assert WorkItem.objects.get(state="open").key == f"document:{paper.pk}"

    read_by_hand(paper, settle, later)

    # The customer is told by mail.
    operations.send_due(by=BY, at=later)
    ((_, to, content),) = smtp.letters.taken
    attached = message_from_bytes(content).get_payload()[1]
    (said,) = formats.read(attached.get_payload(decode=True), filename=attached.get_filename())
    assert (to, said.kind, said.references["order"], said.response) == (
        ["ana@vega.example"], "order_response", "UV-771", "accepted",
    )  # fmt: skip

    # What was corrected is the layout of this sender; the second fax needs nobody.
    assert learn_layout(document_id=paper.pk, by=BY, at=later)
    assert Layout.objects.get().sender == "B12345674"
    (second,) = take_in(fax("UV-802", "05/06/2026", AGAIN, format_="PNG"), "fax0002.png", at=later + timedelta(days=1))
    settle()
    assert (second.outcome, codes(second)) == ("orders", [])
    order = Order.objects.get(po_number="UV-802")
    assert (order.state, second.neutral["issued_on"]) == ("confirmed", "2026-06-05")
    assert [(line.item.sku if line.item else "", line.ordered_quantity) for line in order.lines.order_by("line_number")] == [
        ("AT-12", 240), ("AC-05", 6),
    ]  # fmt: skip
    operations.send_due(by=BY, at=later + timedelta(days=1))
    assert len(smtp.letters.taken) == 2
    assert [(one["invariant"], one["keys"]) for one in broken() if one["rows"]] == []
