"""Reading EDIFACT: whole files at once, or one document after the other in little memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from promesa.core.memory import collector_resting
from promesa.exchange.formats.edifact.interchange import InterchangeReader
from promesa.exchange.formats.edifact.syntax import interchanges
from promesa.exchange.formats.en16931.judging import EDIFACT, rules_of
from promesa.exchange.formats.given import Buffer
from promesa.exchange.formats.neutral import NeutralDocument, fault, unreadable

INVOICES = frozenset({"invoice", "credit_note", "debit_note"})


def read_all(content: bytes, *, room: int) -> list[NeutralDocument]:
    """Every message of every interchange, at most `room` of them. Never raises."""
    documents: list[NeutralDocument] = []
    with collector_resting():
        for raw in interchanges(content):
            documents.extend(map(_judged, InterchangeReader(raw, room=room - len(documents)).read()))
            if len(documents) >= room:
                break
    return documents or [_nothing()]


def read_each(content: Buffer) -> Iterator[NeutralDocument]:
    """The same documents one by one, however many there are: only the message being read is in memory."""
    found = False
    for raw in interchanges(content):
        for document in InterchangeReader(raw).stream():
            found = True
            yield _judged(document)
    if not found:
        yield _nothing()


def _judged(document: NeutralDocument) -> NeutralDocument:
    """An invoice that says to follow EN 16931 is held to it, as in UBL and CII; others promise nothing of the kind."""
    if document.kind not in INVOICES or "en16931" not in document.profile.get("customization", "").lower():
        return document
    return replace(document, faults=(*document.faults, *rules_of(document, names=EDIFACT)))


def _nothing() -> NeutralDocument:
    return unreadable("edifact", fault("no_interchange", where="UNB"))
