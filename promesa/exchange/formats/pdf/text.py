"""The words of a PDF with their places, by pdfium. Bounded: pages, letters and what streams unpack to have a limit.

pdfium knows no threads: whoever uses it holds `PDFIUM`.
"""

from __future__ import annotations

import ctypes
import re
import threading
import zlib
from dataclasses import dataclass, field
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from promesa.exchange.formats.neutral import Fault, fault
from promesa.exchange.formats.pdf.page import Page, Word

PDFIUM = threading.RLock()

MAX_PAGES = 40
MAX_LETTERS = 60_000  # of a page
MAX_ALL_LETTERS = 400_000
MAX_UNPACKED = 150_000_000
MAX_STREAMS = 20_000
MAX_IMAGE_PIXELS = 80_000_000
FEW_LETTERS = 25  # a page with fewer holds no text worth the name
_SCALE = 1_000_000
_STREAM = re.compile(rb"stream\r?\n")
_TWICE = re.compile(rb"/Fl(?:ateDecode)?\s*/Fl(?:ateDecode)?\b")
_GAP = 0.22  # of the height of a letter: wider than this, the next letter begins a word


@dataclass(slots=True)
class Opened:
    """What a PDF holds: its pages (without words where there is no text layer) and what hinders reading."""

    pages: list[Page] = field(default_factory=list)
    pictures: list[int] = field(default_factory=list)  # numbers of pages whose words are only in a picture
    faults: list[Fault] = field(default_factory=list)
    author: str = ""


def open_pdf(content: bytes) -> Opened:
    """Read the text layer of every page. Never raises: what hinders is in `faults`."""
    opened = Opened()
    if unpacks_too_far(content):
        opened.faults.append(fault("pdf_unpacks_too_far", right=MAX_UNPACKED))
        return opened
    with PDFIUM:
        try:
            document = pypdfium2.PdfDocument(content)
        except pypdfium2.PdfiumError as error:
            code = "pdf_encrypted" if "password" in str(error).lower() else "pdf_damaged"
            opened.faults.append(fault(code))
            return opened
        try:
            _read_pages(document, opened)
        except (pypdfium2.PdfiumError, ValueError, OverflowError, MemoryError, ctypes.ArgumentError):
            opened.faults.append(fault("pdf_damaged"))
        finally:
            document.close()
    return opened


def unpacks_too_far(content: bytes) -> bool:
    """Whether the packed streams of a PDF grow beyond `MAX_UNPACKED`, found without unpacking more than that."""
    if _TWICE.search(content):
        return True
    left = MAX_UNPACKED
    view = memoryview(content)
    for count, match in enumerate(_STREAM.finditer(content)):
        if count >= MAX_STREAMS:
            return True
        start = match.end()
        if content[start : start + 1] not in (b"\x78", b"\x58", b"\x68", b"\x48"):
            continue
        unpacker = zlib.decompressobj()
        piece: Any = view[start:]
        try:
            while piece and not unpacker.eof:
                left -= len(unpacker.decompress(piece, 1 << 20))
                if left < 0:
                    return True
                piece = unpacker.unconsumed_tail
        except zlib.error:
            continue
    return False


def _read_pages(document: Any, opened: Opened) -> None:
    count = len(document)
    if count == 0:
        opened.faults.append(fault("pdf_damaged"))
        return
    if count > MAX_PAGES:
        opened.faults.append(fault("too_many_pages", received=count, right=MAX_PAGES))
    opened.author = str((document.get_metadata_dict() or {}).get("Author", ""))
    letters = 0
    for index in range(min(count, MAX_PAGES)):
        try:
            page = document[index]
        except pypdfium2.PdfiumError:
            opened.faults.append(fault("page_damaged", received=index + 1))
            continue
        try:
            read, used, unknown = _read_page(page, index + 1)
            letters += used
            opened.pages.append(read)
            shown = sum(len(word.text) for word in read.words)
            if (shown < FEW_LETTERS or unknown > 0.2 * max(used, 1)) and _has_picture(page, text=shown > 0):
                opened.pictures.append(index + 1)
        finally:
            page.close()
        if letters > MAX_ALL_LETTERS:
            opened.faults.append(fault("too_much_text", right=MAX_ALL_LETTERS))
            return


def _has_picture(page: Any, *, text: bool) -> bool:
    """Whether a page without text shows anything; letters that can't be told are a picture too."""
    return text or pdfium.FPDFPage_CountObjects(page.raw) > 0


def _read_page(page: Any, number: int) -> tuple[Page, int, int]:
    """A page with its words, how many letters it has, and how many of them say no known character."""
    width, height = page.get_size()
    found = Page(number=number, ratio=width / height if height > 0 else 1.0)
    textpage = page.get_textpage()
    try:
        count = min(textpage.count_chars(), MAX_LETTERS)
        letters = _Letters(number)
        unknown = 0
        box = pdfium.FS_RECTF()
        x0, y0, x1, y1 = (ctypes.c_int() for _ in range(4))
        for index in range(count):
            code = pdfium.FPDFText_GetUnicode(textpage.raw, index)
            character = _character(code)
            if not character or character.isspace():
                letters.end()
                continue
            if not pdfium.FPDFText_GetLooseCharBox(textpage.raw, index, box):
                continue
            pdfium.FPDF_PageToDevice(page.raw, 0, 0, _SCALE, _SCALE, 0, box.left, box.top, x0, y0)
            pdfium.FPDF_PageToDevice(page.raw, 0, 0, _SCALE, _SCALE, 0, box.right, box.bottom, x1, y1)
            unknown += character == "\ufffd" or 0xE000 <= code <= 0xF8FF
            sides = sorted((x0.value, x1.value)), sorted((y0.value, y1.value))
            letters.add(character, sides[0][0], sides[1][0], sides[0][1], sides[1][1], found.ratio)
        letters.end()
    finally:
        textpage.close()
    found.words = letters.words
    return found, count, unknown


def _character(code: int) -> str:
    if code in (0, 0xFFFE, 0xFFFF) or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        return ""
    if code in (0x02, 0xAD):  # a hyphen where a word is divided
        return "-"
    character = chr(code)
    if code in (0xA0, 0x202F, 0x2009, 0x2002, 0x2003, 0x200B):
        return " "
    if code < 32 or 0x200C <= code <= 0x200F or 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069:
        return " " if code in (9, 10, 13) else ""
    return character


class _Letters:
    """Gathers letters into words: a word ends at a space, at a gap, or where the next letter is on another line."""

    def __init__(self, page: int) -> None:
        self.page = page
        self.words: list[Word] = []
        self._text: list[str] = []
        self._box = [0, 0, 0, 0]

    def add(self, character: str, x0: int, y0: int, x1: int, y1: int, ratio: float) -> None:
        if self._text:
            height = max(min(self._box[3] - self._box[1], y1 - y0), 1)
            gap = (x0 - self._box[2]) * ratio / height
            apart = abs((y0 + y1) - (self._box[1] + self._box[3])) / 2 > 0.6 * height
            if apart or gap > _GAP or (x0 + x1) < (self._box[0] + self._box[2]) - (self._box[2] - self._box[0]):
                self.end()
        if not self._text:
            self._box = [x0, y0, x1, y1]
        box = self._box
        self._box = [min(box[0], x0), min(box[1], y0), max(box[2], x1), max(box[3], y1)]
        self._text.append(character)

    def end(self) -> None:
        text, box = "".join(self._text), self._box
        self._text = []
        if not text or box[2] <= 0 or box[3] <= 0 or box[0] >= _SCALE or box[1] >= _SCALE or box[3] <= box[1]:
            return
        x0, y0, x1, y1 = (one / _SCALE for one in box)
        self.words.append(Word(text, self.page, x0, y0, max(x1, x0 + 1e-6), y1))
