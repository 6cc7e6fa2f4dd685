"""UBL documents written: which function writes which kind."""

from __future__ import annotations

from collections.abc import Callable

from promesa.exchange.formats.neutral import CannotWrite, NeutralDocument
from promesa.exchange.formats.ubl import answers_write, despatch_write, invoice_write, orders_write

# Whoever writes another kind adds it here.
WRITERS: dict[str, Callable[[NeutralDocument], bytes]] = {
    "order": orders_write.write_order,
    "order_change": orders_write.write_change,
    "order_cancellation": orders_write.write_cancellation,
    "order_response": answers_write.write_response,
    "acknowledgement": answers_write.write_application_response,
    "despatch_advice": despatch_write.write_despatch,
    "receipt_advice": despatch_write.write_receipt,
    "invoice": invoice_write.write,
    "credit_note": invoice_write.write,
    "debit_note": invoice_write.write,
}
KINDS = frozenset(WRITERS)


def write(document: NeutralDocument) -> bytes:
    """The document as UBL 2.1; Peppol BIS 3 when it is our own.

    :raises CannotWrite: if no document of this kind is written, or it has no number or no day.
    """
    writer = WRITERS.get(document.kind)
    if writer is None:
        raise CannotWrite(f"{document.kind} in UBL")
    if not document.number:
        raise CannotWrite("UBL: number")
    return writer(document)


def write_version(document: NeutralDocument, version: str) -> bytes:
    """As `write`; UBL has one version for all."""
    return write(document)
