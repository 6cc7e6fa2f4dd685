"""Reading ANSI X12: every set of every group of every interchange of a file."""

from __future__ import annotations

from collections.abc import Iterator

from promesa.core.memory import collector_resting
from promesa.exchange.formats.given import Buffer, Given
from promesa.exchange.formats.neutral import NeutralDocument, fault, unreadable
from promesa.exchange.formats.x12 import syntax
from promesa.exchange.formats.x12.interchange import NO_END, opened

MAX_SETS = 10_000


def looks_like(content: Buffer) -> bool:
    """Whether bytes are an X12 file: they begin with ISA (or GS, or ST), or have an ISA within the first 64 kB."""
    head = content[:65536].lstrip(b" \t\r\n\x00\xef\xbb\xbf")
    if syntax.ISA.match(head) or syntax.BARE.match(head):
        return True
    found = syntax.ISA.search(head)
    return found is not None and b"GS" + found.group("e") in content[: 65536 + 200]


def read(content: bytes, given: Given | None = None) -> list[NeutralDocument]:
    """Read every set of every interchange. Never raises; at most `MAX_SETS` sets of a file are read."""
    documents: list[NeutralDocument] = []
    with collector_resting():
        for raw in syntax.interchanges(content):
            documents.extend(opened(raw, room=MAX_SETS - len(documents)).read())
            if len(documents) >= MAX_SETS:
                break
    return documents or [unreadable("x12", fault("x12_no_interchange", where="ISA"))]


def read_each(content: Buffer) -> Iterator[NeutralDocument]:
    """The same documents one by one, however many there are: of one interchange at a time the text is in memory."""
    found = False
    for raw in syntax.interchanges(content):
        for document in opened(raw, room=NO_END).stream():
            found = True
            yield document
    if not found:
        yield unreadable("x12", fault("x12_no_interchange", where="ISA"))
