"""UBL 2.0 to 2.4 and Peppol BIS 3: each document by the name of its root element.

A reader is `read(root, given) -> list[NeutralDocument]`. Whoever reads another root (Invoice, CreditNote) adds it to
`READERS`; what all share (parties, periods, items) stands in `parties`.
"""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from promesa.exchange.formats.given import Given
from promesa.exchange.formats.neutral import NeutralDocument
from promesa.exchange.formats.ubl import answers_read, despatch_read, invoice_read, orders_read, quotation_read
from promesa.exchange.formats.ubl.parties import UBL

Reader = Callable[[etree._Element, Given], list[NeutralDocument]]

READERS: dict[str, Reader] = {
    "Order": orders_read.read_order,
    "OrderChange": orders_read.read_change,
    "OrderCancellation": orders_read.read_cancellation,
    "Quotation": quotation_read.read_quotation,
    "RequestForQuotation": orders_read.read_quotation_request,
    "OrderResponse": answers_read.read_response,
    "OrderResponseSimple": answers_read.read_simple_response,
    "ApplicationResponse": answers_read.read_application_response,
    "DespatchAdvice": despatch_read.read_despatch,
    "ReceiptAdvice": despatch_read.read_receipt,
    "Invoice": invoice_read.read_root,
    "CreditNote": invoice_read.read_root,
    "DebitNote": invoice_read.read_root,
}


def recognises(root: etree._Element) -> bool:
    """Whether a document is a UBL 2 one that is read here."""
    return _name(root) in READERS


def read_root(root: etree._Element, given: Given) -> list[NeutralDocument]:
    """The document under a root that is recognised, with all its faults."""
    return READERS[_name(root)](root, given)


def _name(root: etree._Element) -> str:
    """The local name of a root in the namespace that UBL 2 gives it, or an empty text."""
    name = etree.QName(root)
    return name.localname if name.namespace == f"{UBL}{name.localname}-2" else ""
