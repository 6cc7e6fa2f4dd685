"""UN/EDIFACT: files of interchanges of messages become neutral documents, each with all its faults, and back."""

from __future__ import annotations

import re
from collections.abc import Iterator

from promesa.exchange.formats.edifact.read import read_all, read_each
from promesa.exchange.formats.given import Buffer, Given
from promesa.exchange.formats.neutral import NeutralDocument

__all__ = ["MAX_MESSAGES", "documents", "looks_like", "read"]

MAX_MESSAGES = 10_000
_BEGINS = re.compile(rb"\s*(?:UNA.{6}\s{0,99}UN[BGH]|UN[BGH]\+)", re.DOTALL)
_HOLDS = re.compile(rb"(?:UNA.{6}\s{0,99}UNB|UNB\+UNO[A-Z]:)", re.DOTALL)


def looks_like(content: Buffer) -> bool:
    """Whether bytes are an EDIFACT file, or have one within the first 64 kB (a mail, a transfer header)."""
    return _BEGINS.match(content) is not None or _HOLDS.search(content, 0, 65536) is not None


def read(content: bytes, given: Given | None = None) -> list[NeutralDocument]:
    """Read every message of every interchange. Never raises; at most `MAX_MESSAGES` messages of a file are read."""
    return read_all(content, room=MAX_MESSAGES)


def documents(content: Buffer, given: Given | None = None) -> Iterator[NeutralDocument]:
    """The same documents one by one, for files of any size: their limits hold for each message, not for the file."""
    return read_each(content)
