"""Scans and photos: PNG, JPEG, TIFF. Their words are read by `engine`, their fields by the reader of PDFs."""

from __future__ import annotations

from promesa.exchange.formats.given import Given
from promesa.exchange.formats.neutral import Fault, NeutralDocument, fault, unreadable
from promesa.exchange.formats.pdf.page import Page
from promesa.exchange.formats.pdf.read import THRESHOLD, read_pages
from promesa.exchange.formats.scan import engine, picture

__all__ = ["looks_like", "missing", "pages_of", "read"]

EXTRA = "pip install 'promesa[scan]'"
_BEGINS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")


def looks_like(content: bytes) -> bool:
    """PNG, JPEG and TIFF say so in their first bytes."""
    return content.startswith(_BEGINS)


def read(content: bytes, given: Given, *, threshold: float = THRESHOLD) -> list[NeutralDocument]:
    """The order in a picture, or what it is instead."""
    if not engine.available():
        return [unreadable("scan", missing())]
    frames, faults = picture.frames_of(content)
    if not frames:
        return [unreadable("scan", *(faults or [fault("picture_damaged")]))]
    pages, notes = pages_of(frames)
    return [read_pages(pages, syntax="scan", templates=given.templates, threshold=threshold, faults=[*faults, *notes])]


def missing() -> Fault:
    """That pictures can't be read here, and what to install."""
    return fault("scan_reader_missing", right=EXTRA)


def pages_of(frames: list[object]) -> tuple[list[Page], list[Fault]]:
    """Pictures as pages of words, and the notes on those that were set straight."""
    pages = [picture.page_of(pixels, number) for number, pixels in enumerate(frames, start=1)]
    return pages, [note for page in pages if (note := picture.turned_fault(page)) is not None]
