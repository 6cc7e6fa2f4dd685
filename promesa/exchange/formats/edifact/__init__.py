"""UN/EDIFACT: files of interchanges of messages become neutral documents, each with all its faults."""

from __future__ import annotations

import re

from promesa.exchange.formats.edifact.interchange import InterchangeReader
from promesa.exchange.formats.edifact.syntax import interchanges
from promesa.exchange.formats.given import Given
from promesa.exchange.formats.neutral import NeutralDocument, fault, unreadable

MAX_MESSAGES = 10_000
_BEGINS = re.compile(rb"\s*(?:UNA.{6}\s{0,99}UN[BGH]|UN[BGH]\+)", re.DOTALL)
_HOLDS = re.compile(rb"(?:UNA.{6}\s{0,99}UNB|UNB\+UNO[A-Z]:)", re.DOTALL)


def looks_like(content: bytes) -> bool:
    """Whether bytes are an EDIFACT file, or have one within the first 64 kB (a mail, a transfer header)."""
    return _BEGINS.match(content) is not None or _HOLDS.search(content, 0, 65536) is not None


def read(content: bytes, given: Given | None = None) -> list[NeutralDocument]:
    """Read every message of every interchange. Never raises; at most `MAX_MESSAGES` messages of a file are read."""
    documents: list[NeutralDocument] = []
    for raw in interchanges(content):
        documents.extend(InterchangeReader(raw, room=MAX_MESSAGES - len(documents)).read())
        if len(documents) >= MAX_MESSAGES:
            break
    return documents or [unreadable("edifact", fault("no_interchange", where="UNB"))]
