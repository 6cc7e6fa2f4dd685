"""Writers of documents: the neutral form in, bytes of a format out. Pure: the same document gives the same bytes.

A format to write is named as partners' settings name it: the family, and after a dash which version of it (`edifact-d96a`,
`x12-004010`, `ubl`). A family registers one `Writing`; its function gets the document and the version (empty if not said).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from promesa.exchange.formats.cii import write as cii_write
from promesa.exchange.formats.edifact.write import KINDS as EDIFACT_KINDS
from promesa.exchange.formats.edifact.write import write_version as write_edifact
from promesa.exchange.formats.facturae.write import write_version as write_facturae
from promesa.exchange.formats.facturx.write import KINDS as FACTURX_KINDS
from promesa.exchange.formats.facturx.write import write_version as write_facturx
from promesa.exchange.formats.neutral import CannotWrite, Envelope, NeutralDocument
from promesa.exchange.formats.ubl import write as ubl
from promesa.exchange.formats.x12.write import KINDS as X12_KINDS
from promesa.exchange.formats.x12.write import write_version as write_x12

__all__ = ["ALL_KINDS", "WRITERS", "CannotWrite", "WriteBytes", "Writing", "Written", "can_write", "family_of", "write"]

WriteBytes = Callable[[NeutralDocument, str], bytes]


class Written(NamedTuple):
    """The bytes of a document, what they are, and how their file name ends."""

    content: bytes
    content_type: str
    extension: str


@dataclass(frozen=True, slots=True)
class Writing:
    """What a family of formats can write."""

    kinds: frozenset[str]
    content_type: str
    extension: str
    write: WriteBytes


def _json(document: NeutralDocument, version: str) -> bytes:
    """The neutral form itself, as `document show` prints it, without faults: ours has none."""
    said = document.as_json()
    said.pop("faults", None)
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()


def _letter(document: NeutralDocument, version: str) -> bytes:
    """A letter is its text."""
    return "\n".join(document.notes).encode()


ALL_KINDS = frozenset({
    "order", "order_response", "despatch_advice", "invoice", "credit_note", "acknowledgement", "price_catalogue",
    "sales_report",
})  # fmt: skip

WRITERS: dict[str, Writing] = {
    "letter": Writing(frozenset({"plan_notice"}), "text/plain; charset=utf-8", "txt", _letter),
    "json": Writing(ALL_KINDS, "application/json", "json", _json),
    "ubl": Writing(ubl.KINDS, "application/xml", "xml", ubl.write_version),
    "cii": Writing(cii_write.KINDS, "application/xml", "xml", cii_write.write_version),
    "facturae": Writing(frozenset({"invoice", "credit_note"}), "application/xml", "xml", write_facturae),
    "facturx": Writing(FACTURX_KINDS, "application/pdf", "pdf", write_facturx),
    "edifact": Writing(EDIFACT_KINDS, "application/edifact", "edi", write_edifact),
    "x12": Writing(X12_KINDS, "application/edi-x12", "x12", write_x12),
}


def family_of(format_: str) -> str:
    """The family of a format: `edifact` of `edifact-d96a`."""
    return format_.partition("-")[0]


def can_write(kind: str, *, format_: str) -> bool:
    """Whether documents of this kind can be written in this format."""
    writing = WRITERS.get(family_of(format_))
    return writing is not None and kind in writing.kinds


def write(document: NeutralDocument, *, format_: str, prepared_at: datetime | None = None) -> Written:
    """The bytes of a document in a format. `prepared_at` is when, by the company's clock: EDIFACT and X12 say it on the outside;
    without it the day of issue stands there, so that the same document gives the same bytes.

    :raises CannotWrite: if nobody writes such documents in that format, or the document lacks what it needs.
    """
    family, _, version = format_.partition("-")
    writing = WRITERS.get(family)
    if writing is None or document.kind not in writing.kinds:
        raise CannotWrite(f"{document.kind} in {format_}")
    if prepared_at is not None:
        document = replace(document, envelope=replace(document.envelope or Envelope(), prepared_at=prepared_at))
    return Written(writing.write(document, version), writing.content_type, writing.extension)
