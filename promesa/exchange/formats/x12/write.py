"""Writing ANSI X12: order responses (855), despatch advices (856), invoices (810) and acknowledgements (997)."""

from __future__ import annotations

from promesa.exchange.formats.neutral import CannotWrite, NeutralDocument
from promesa.exchange.formats.x12.wrapping import Segment, Wrapping, wrapped
from promesa.exchange.formats.x12.write_acknowledgement import acknowledgement_segments
from promesa.exchange.formats.x12.write_despatch import despatch_segments
from promesa.exchange.formats.x12.write_lines import invoice_segments, response_segments

KINDS = frozenset({"order_response", "despatch_advice", "invoice", "credit_note", "debit_note", "acknowledgement"})


def write(document: NeutralDocument, *, wrapping: Wrapping | None = None) -> bytes:
    """One interchange with the document in it.

    :raises CannotWrite: if X12 has no such document, or cannot say a value of it; a `NotInX12` tells which, and why.
    """
    return wrapped(_segments(document), document, wrapping or Wrapping())


def write_version(document: NeutralDocument, version: str) -> bytes:
    """As partners' settings name the version: `004010`, `4010`, `005010`, or nothing for the usual one."""
    figures = version.strip().upper()
    return write(
        document, wrapping=Wrapping(version=f"00{figures}" if figures[:4].isdigit() and len(figures) == 4 else figures)
    )


def _segments(document: NeutralDocument) -> list[Segment]:
    if document.kind == "order_response":
        return response_segments(document)
    if document.kind == "despatch_advice":
        return despatch_segments(document)
    if document.kind == "acknowledgement":
        return acknowledgement_segments(document)
    if document.kind in KINDS:
        return invoice_segments(document)
    raise CannotWrite(f"{document.kind} in x12")
