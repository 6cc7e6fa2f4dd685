"""PDFs with a text layer; pages that are only a picture are handed to the reader of scans."""

from __future__ import annotations

import re

from promesa.exchange.formats import scan
from promesa.exchange.formats.given import Given
from promesa.exchange.formats.neutral import Fault, NeutralDocument, fault, unreadable
from promesa.exchange.formats.pdf import picture as rendered
from promesa.exchange.formats.pdf.page import Page
from promesa.exchange.formats.pdf.read import THRESHOLD, read_pages
from promesa.exchange.formats.pdf.text import Opened, open_pdf
from promesa.exchange.formats.scan import engine, picture

__all__ = ["THRESHOLD", "looks_like", "pages_of", "read"]

_BEGINS = re.compile(rb"%PDF-[0-9]")


def looks_like(content: bytes) -> bool:
    """A PDF says so in its first kilobyte."""
    return _BEGINS.search(content[:1024]) is not None


def read(content: bytes, given: Given, *, threshold: float = THRESHOLD) -> list[NeutralDocument]:
    """The order in a PDF, or what it is instead; pages without text are read as pictures."""
    opened = open_pdf(content)
    if not opened.pages:
        return [unreadable("pdf", *opened.faults)]
    faults = list(opened.faults)
    if opened.pictures:
        faults += _read_pictures(content, opened)
    scanned = bool(opened.pictures) and len(opened.pictures) == len(opened.pages)
    syntax = "scan" if scanned else "pdf"
    return [read_pages(opened.pages, syntax=syntax, templates=given.templates, threshold=threshold, faults=faults)]


def pages_of(content: bytes) -> list[Page]:
    """The pages of a PDF as words with their places, those without text read as pictures."""
    opened = open_pdf(content)
    if opened.pictures:
        _read_pictures(content, opened)
    return opened.pages


def _read_pictures(content: bytes, opened: Opened) -> list[Fault]:
    """Put the words of pictures on the pages that have none of their own."""
    if not engine.available():
        return [scan.missing()]
    faults: list[Fault] = []
    for number in opened.pictures[: picture.MAX_FRAMES]:
        pixels, hindrance = rendered.pixels_of(content, number)
        if hindrance is not None:
            faults.append(hindrance)
        if pixels is None:
            continue
        page = picture.page_of(pixels, number)
        opened.pages[[one.number for one in opened.pages].index(number)] = page
        note = picture.turned_fault(page)
        if note is not None:
            faults.append(note)
    if len(opened.pictures) > picture.MAX_FRAMES:
        faults.append(fault("too_many_pages", received=len(opened.pictures), right=picture.MAX_FRAMES))
    return faults
