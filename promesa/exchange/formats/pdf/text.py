"""The words of a PDF with their places. Bounded: pages, letters, time and what streams unpack to have a limit."""

from __future__ import annotations

from dataclasses import dataclass, field

from promesa.exchange.formats.neutral import Fault, fault
from promesa.exchange.formats.pdf import apart
from promesa.exchange.formats.pdf.page import Page, Word


@dataclass(slots=True)
class Opened:
    """What a PDF holds: its pages (without words where there is no text layer) and what hinders reading."""

    pages: list[Page] = field(default_factory=list)
    pictures: list[int] = field(default_factory=list)  # numbers of pages whose words are only in a picture
    faults: list[Fault] = field(default_factory=list)


def open_pdf(content: bytes) -> Opened:
    """Read the text layer of every page. Never raises: what hinders is in `faults`."""
    looked = apart.look(content)
    if looked.too_far:
        return Opened(faults=[fault("pdf_unpacks_too_far", right=apart.MAX_UNPACKED)])
    said = apart.words_of(content, plain=looked.plain)
    opened = Opened(faults=[fault(code, **params) for code, params in said["faults"]])
    for page in said["pages"]:
        number = page["number"]
        words = [Word(text, number, x0, y0, x1, y1) for text, x0, y0, x1, y1 in page["words"]]
        opened.pages.append(Page(number=number, ratio=page["ratio"], words=words))
        if page["picture"]:
            opened.pictures.append(number)
    return opened
