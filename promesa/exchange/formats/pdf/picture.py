"""Pages as pictures: for the reader of scans, and for people who check what was read."""

from __future__ import annotations

import importlib
import importlib.util
import io
import struct
import zlib
from typing import Any

from promesa.exchange.formats.neutral import Fault, fault
from promesa.exchange.formats.pdf import apart
from promesa.exchange.formats.pdf.pdfium import MAX_PIXELS, MAX_WIDTH


def page_png(content: bytes, page: int, width: int) -> bytes | None:
    """A page (from 1) of a PDF, PNG, JPEG or TIFF as a PNG of that many pixels across; None when there is none to show."""
    width = max(16, min(width, MAX_WIDTH))
    if b"%PDF-" not in content[:1024]:
        return _picture_png(content, page, width)
    said = _rendered(content, page, width)
    return png(said["width"], said["height"], said["data"]) if "width" in said else None


def pixels_of(content: bytes, page: int) -> tuple[Any, Fault | None]:
    """A page of a PDF as an array of pixels for the reader of scans, or why there is none."""
    said = _rendered(content, page, None)
    if "width" not in said:
        code, params = said.get("fault") or ("page_damaged", {"received": page})
        return None, fault(code, **params)
    numpy = importlib.import_module("numpy")
    return numpy.frombuffer(said["data"], dtype=numpy.uint8).reshape(said["height"], said["width"], 3), None


def png(width: int, height: int, data: bytes) -> bytes:
    """Pixels (three bytes each, rows from the top) as a PNG file."""
    rows = b"".join(b"\x00" + data[start : start + 3 * width] for start in range(0, 3 * width * height, 3 * width))

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 6)) + chunk(b"IEND", b"")


def _rendered(content: bytes, page: int, width: int | None) -> dict[str, Any]:
    if apart.look(content).too_far:
        return {"fault": ["pdf_unpacks_too_far", {"right": apart.MAX_UNPACKED}]}
    return apart.pixels_of(content, page, width)


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
        return png(shown.size[0], shown.size[1], shown.tobytes())
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, OverflowError, TypeError, KeyError, IndexError, AttributeError,
            ArithmeticError, RuntimeError, struct.error, zlib.error, image.DecompressionBombError):  # fmt: skip
        return None
