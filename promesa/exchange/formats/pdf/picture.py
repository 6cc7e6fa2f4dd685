"""Pages as pictures: for the reader of scans, and for people who check what was read."""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import io
import struct
import zlib
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from promesa.exchange.formats.neutral import Fault, fault
from promesa.exchange.formats.pdf.text import MAX_IMAGE_PIXELS, PDFIUM, unpacks_too_far

MAX_WIDTH = 2400
DOTS_PER_INCH = 200
MAX_SIDE = 2600
MAX_PIXELS = 50_000_000
_MOST_OBJECTS = 20_000


def page_png(content: bytes, page: int, width: int) -> bytes | None:
    """A page (from 1) of a PDF, PNG, JPEG or TIFF as a PNG of that many pixels across; None when there is none to show."""
    width = max(16, min(width, MAX_WIDTH))
    if b"%PDF-" in content[:1024]:
        pixels, _ = _rendered(content, page, width=width)
        return None if pixels is None else png(*pixels)
    return _picture_png(content, page, width)


def pixels_of(content: bytes, page: int) -> tuple[Any, Fault | None]:
    """A page of a PDF as an array of pixels for the reader of scans, or why there is none."""
    rendered, hindrance = _rendered(content, page, width=None)
    if rendered is None:
        return None, hindrance
    numpy = importlib.import_module("numpy")
    width, height, data = rendered
    return numpy.frombuffer(data, dtype=numpy.uint8).reshape(height, width, 3), None


def png(width: int, height: int, data: bytes) -> bytes:
    """Pixels (three bytes each, rows from the top) as a PNG file."""
    rows = b"".join(b"\x00" + data[start : start + 3 * width] for start in range(0, 3 * width * height, 3 * width))

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 6)) + chunk(b"IEND", b"")


def _rendered(content: bytes, number: int, *, width: int | None) -> tuple[tuple[int, int, bytes] | None, Fault | None]:
    if unpacks_too_far(content):
        return None, fault("pdf_unpacks_too_far", right=MAX_IMAGE_PIXELS)
    with PDFIUM:
        try:
            document = pypdfium2.PdfDocument(content)
        except pypdfium2.PdfiumError:
            return None, fault("pdf_damaged")
        try:
            if not 1 <= number <= len(document):
                return None, None
            page = document[number - 1]
            large = _large_image(page)
            if large is not None:
                return None, fault("picture_too_large", received=large, right=MAX_IMAGE_PIXELS, where=f"p. {number}")
            across, down = page.get_size()
            if across <= 0 or down <= 0:
                return None, fault("page_damaged", received=number)
            scale = width / across if width else DOTS_PER_INCH / 72
            scale = min(
                scale,
                (MAX_SIDE if width is None else 3 * MAX_WIDTH) / max(across, down),
                (MAX_PIXELS / (across * down)) ** 0.5,
            )
            bitmap = page.render(scale=scale, rev_byteorder=True)
            return _bytes_of(bitmap), None
        except (pypdfium2.PdfiumError, ValueError, MemoryError, OverflowError, ctypes.ArgumentError):
            return None, fault("page_damaged", received=number)
        finally:
            document.close()


def _bytes_of(bitmap: Any) -> tuple[int, int, bytes]:
    """The pixels of a bitmap without what fills its rows up, as red, green, blue."""
    data, step, across = bytes(bitmap.buffer), bitmap.n_channels, bitmap.width
    rows = [data[row * bitmap.stride : row * bitmap.stride + across * step] for row in range(bitmap.height)]
    whole = b"".join(rows)
    if step == 3:
        return across, bitmap.height, whole
    colours = bytearray(3 * across * bitmap.height)
    for channel in range(3):
        colours[channel::3] = whole[min(channel, step - 1) :: step]
    return across, bitmap.height, bytes(colours)


def _large_image(page: Any) -> str | None:
    """The size of an image of the page that is too large to be decoded."""
    count = min(pdfium.FPDFPage_CountObjects(page.raw), _MOST_OBJECTS)
    width, height = ctypes.c_uint(), ctypes.c_uint()
    for index in range(count):
        one = pdfium.FPDFPage_GetObject(page.raw, index)
        if pdfium.FPDFPageObj_GetType(one) != pdfium.FPDF_PAGEOBJ_IMAGE:
            continue
        if pdfium.FPDFImageObj_GetImagePixelSize(one, width, height) and width.value * height.value > MAX_IMAGE_PIXELS:
            return f"{width.value} × {height.value}"
    return None


def _picture_png(content: bytes, number: int, width: int) -> bytes | None:
    """A picture file scaled to a width, by the library that comes with the reader of scans; None without it."""
    if importlib.util.find_spec("PIL") is None:
        return None
    image = importlib.import_module("PIL.Image")
    operations = importlib.import_module("PIL.ImageOps")
    try:
        opened = image.open(io.BytesIO(content), formats=("PNG", "JPEG", "TIFF"))
        if not 1 <= number <= int(getattr(opened, "n_frames", 1)):
            return None
        opened.seek(number - 1)
        if opened.size[0] * opened.size[1] > MAX_PIXELS:
            return None
        shown = operations.exif_transpose(opened).convert("RGB")
        across, down = shown.size
        shown = shown.resize((width, max(1, min(round(down * width / across), 4 * MAX_WIDTH))))
        return png(*shown.size, shown.tobytes())
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, OverflowError, TypeError, KeyError, IndexError, AttributeError,
            ArithmeticError, RuntimeError, struct.error, zlib.error, image.DecompressionBombError):  # fmt: skip
        return None
