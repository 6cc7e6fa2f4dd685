"""What pdfium is asked for: the words of a PDF with their places, and pages as pixels.

This file stands alone (it knows only pypdfium2), since it is also run as a program of its own: a PDF that may take long, or
much memory, is read apart, where it can be stopped (`apart.py`). Everything goes in and out as plain values.
"""

from __future__ import annotations

import ctypes
import json
import resource
import struct
import sys
import threading
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

LOCK = threading.RLock()  # pdfium knows no threads

MAX_PAGES = 40
MAX_LETTERS = 30_000  # of a page
MAX_ALL_LETTERS = 200_000
MAX_IMAGE_PIXELS = 80_000_000
MAX_PIXELS = 50_000_000
MAX_WIDTH = 2400
MAX_SIDE = 2600
DOTS_PER_INCH = 200
FEW_LETTERS = 25  # a page with fewer holds no text worth the name
MEMORY = 1_600_000_000
SECONDS = 10
_MOST_OBJECTS = 20_000
_SCALE = 1_000_000
_GAP = 0.22  # of the height of a letter: wider than this, the next letter begins a word
_WRONG = (pypdfium2.PdfiumError, ValueError, OverflowError, MemoryError, ctypes.ArgumentError)


def extract(content: bytes) -> dict[str, Any]:
    """The pages of a PDF: number, ratio, words as [text, x0, y0, x1, y1], and whether they are only a picture."""
    said: dict[str, Any] = {"pages": [], "faults": []}
    with LOCK:
        try:
            document = pypdfium2.PdfDocument(content)
        except pypdfium2.PdfiumError as error:
            said["faults"].append(["pdf_encrypted" if "password" in str(error).lower() else "pdf_damaged", {}])
            return said
        try:
            _pages(document, said)
        except _WRONG:
            said["faults"].append(["pdf_damaged", {}])
        finally:
            document.close()
    return said


def _pages(document: Any, said: dict[str, Any]) -> None:
    count, damaged, letters = len(document), [], 0
    if count == 0:
        said["faults"].append(["pdf_damaged", {}])
        return
    if count > MAX_PAGES:
        said["faults"].append(["too_many_pages", {"received": count, "right": MAX_PAGES}])
    for index in range(min(count, MAX_PAGES)):
        try:
            page = document[index]
        except pypdfium2.PdfiumError:
            damaged.append(index + 1)
            continue
        try:
            read = _page(page, index + 1)
        finally:
            page.close()
        letters += read["letters"]
        said["pages"].append(read)
        if letters > MAX_ALL_LETTERS:
            said["faults"].append(["too_much_text", {"right": MAX_ALL_LETTERS}])
            break
    if damaged:
        said["faults"].append(["page_damaged", {"received": ", ".join(map(str, damaged[:10]))}])


def _page(page: Any, number: int) -> dict[str, Any]:
    width, height = page.get_size()
    ratio = width / height if height > 0 and width > 0 else 1.0
    textpage = page.get_textpage()
    try:
        count = min(textpage.count_chars(), MAX_LETTERS)
        letters, unknown = _Letters(ratio), 0
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
            across, down = sorted((x0.value, x1.value)), sorted((y0.value, y1.value))
            letters.add(character, across[0], down[0], across[1], down[1])
        letters.end()
    finally:
        textpage.close()
    shown = sum(len(word[0]) for word in letters.words)
    poor = shown < FEW_LETTERS or unknown > 0.2 * max(count, 1)
    picture = poor and (shown > 0 or pdfium.FPDFPage_CountObjects(page.raw) > 0)
    return {"number": number, "ratio": ratio, "words": letters.words, "letters": count, "picture": picture}


def _character(code: int) -> str:
    if code in (0, 0xFFFE, 0xFFFF) or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        return ""
    if code in (0x02, 0xAD):  # a hyphen where a word is divided
        return "-"
    if code in (9, 10, 13, 0xA0, 0x202F, 0x2009, 0x2002, 0x2003, 0x200B):
        return " "
    if code < 32 or 0x200C <= code <= 0x200F or 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069:
        return ""
    return chr(code)


class _Letters:
    """Gathers letters into words: a word ends at a space, at a gap, or where the next letter is on another line."""

    def __init__(self, ratio: float) -> None:
        self.words: list[list[Any]] = []
        self._ratio = ratio
        self._text: list[str] = []
        self._box = (0, 0, 0, 0)

    def add(self, character: str, x0: int, y0: int, x1: int, y1: int) -> None:
        left, top, right, bottom = self._box
        if self._text:
            height = max(min(bottom - top, y1 - y0), 1)
            apart = abs((y0 + y1) - (top + bottom)) / 2 > 0.6 * height
            if apart or (x0 - right) * self._ratio / height > _GAP or x0 + x1 < left + right - (right - left):
                self.end()
        if self._text:
            self._box = (min(left, x0), min(top, y0), max(right, x1), max(bottom, y1))
        else:
            self._box = (x0, y0, x1, y1)
        self._text.append(character)

    def end(self) -> None:
        text, (x0, y0, x1, y1) = "".join(self._text), self._box
        self._text = []
        if text and x1 > 0 and y1 > 0 and x0 < _SCALE and y0 < _SCALE and y1 > y0:
            self.words.append([text, x0 / _SCALE, y0 / _SCALE, max(x1, x0 + 1) / _SCALE, y1 / _SCALE])


# -- pixels


def render(content: bytes, number: int, width: int | None) -> dict[str, Any]:
    """A page (from 1) as pixels of three bytes, so many across or fit for reading; or a fault."""
    with LOCK:
        try:
            document = pypdfium2.PdfDocument(content)
        except pypdfium2.PdfiumError:
            return {"fault": ["pdf_damaged", {}]}
        try:
            if not 1 <= number <= len(document):
                return {}
            return _pixels(document[number - 1], number, width)
        except _WRONG:
            return {"fault": ["page_damaged", {"received": number}]}
        finally:
            document.close()


def _pixels(page: Any, number: int, width: int | None) -> dict[str, Any]:
    large = _large_image(page)
    if large is not None:
        return {"fault": ["picture_too_large", {"received": large, "right": MAX_IMAGE_PIXELS, "where": f"p. {number}"}]}
    across, down = page.get_size()
    if across <= 0 or down <= 0 or max(across, down) > 100 * min(across, down):
        return {"fault": ["page_damaged", {"received": number}]}
    scale = min(width, MAX_WIDTH) / across if width else DOTS_PER_INCH / 72
    scale = min(
        scale, (3 * MAX_WIDTH if width else MAX_SIDE) / max(across, down), (MAX_PIXELS / (across * down)) ** 0.5
    )
    bitmap = page.render(scale=scale, rev_byteorder=True)
    data, step, wide, high = bytes(bitmap.buffer), bitmap.n_channels, bitmap.width, bitmap.height
    whole = b"".join(data[row * bitmap.stride : row * bitmap.stride + wide * step] for row in range(high))
    if step != 3:
        colours = bytearray(3 * wide * high)
        for channel in range(3):
            colours[channel::3] = whole[min(channel, step - 1) :: step]
        whole = bytes(colours)
    return {"width": wide, "height": high, "data": whole}


def _large_image(page: Any) -> str | None:
    """The size of an image of the page that is too large to be decoded."""
    width, height = ctypes.c_uint(), ctypes.c_uint()
    for index in range(min(pdfium.FPDFPage_CountObjects(page.raw), _MOST_OBJECTS)):
        one = pdfium.FPDFPage_GetObject(page.raw, index)
        if pdfium.FPDFPageObj_GetType(one) != pdfium.FPDF_PAGEOBJ_IMAGE:
            continue
        if pdfium.FPDFImageObj_GetImagePixelSize(one, width, height) and width.value * height.value > MAX_IMAGE_PIXELS:
            return f"{width.value} × {height.value}"
    return None


def main(words: list[str]) -> None:
    """`text`, or `render PAGE WIDTH` (0: fit for reading), with the PDF on standard input; a JSON head, then pixels."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    content = sys.stdin.buffer.read()
    said = extract(content) if words[0] == "text" else render(content, int(words[1]), int(words[2]) or None)
    data = said.pop("data", b"")
    head = json.dumps(said).encode()
    sys.stdout.buffer.write(struct.pack(">I", len(head)) + head + data)


if __name__ == "__main__":
    main(sys.argv[1:])
