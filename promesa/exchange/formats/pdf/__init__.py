"""PDFs with a text layer; pages that are only a picture are handed to the reader of scans."""

from __future__ import annotations

import re

from promesa.exchange.formats.given import Given
from promesa.exchange.formats.neutral import NeutralDocument, unreadable
from promesa.exchange.formats.pdf.read import THRESHOLD, read_pages
from promesa.exchange.formats.pdf.text import open_pdf

__all__ = ["THRESHOLD", "looks_like", "read"]

_BEGINS = re.compile(rb"%PDF-[0-9]")


def looks_like(content: bytes) -> bool:
    """A PDF says so in its first kilobyte."""
    return _BEGINS.search(content[:1024]) is not None


def read(content: bytes, given: Given, *, threshold: float = THRESHOLD) -> list[NeutralDocument]:
    """The order in a PDF, or what it is instead; pages without text are read as pictures."""
    opened = open_pdf(content)
    if not opened.pages:
        return [unreadable("pdf", *opened.faults)]
    return [read_pages(opened.pages, syntax="pdf", templates=given.templates, threshold=threshold, faults=opened.faults)]
