"""PDFs that may take long or much memory are read by a process of their own, which is stopped when it does.

Most are plain: a look at their streams says that what pdfium will do with them is bounded, and they are read here.
"""

from __future__ import annotations

import json
import re
import struct
import subprocess
import sys
import zlib
from dataclasses import dataclass
from typing import Any

from promesa.exchange.formats.pdf import pdfium

MAX_UNPACKED = 150_000_000
MAX_STREAMS = 20_000
SECONDS = 8.0  # before a process that reads a PDF is stopped
_PLAIN_UNPACKED = 40_000_000
_PLAIN_WORK = 60_000  # operators of text, and calls of forms
_PLAIN_FORMS = 20_000_000  # calls of forms x the bytes of the largest
_STREAM = re.compile(rb"stream\r?\n")
_TWICE = re.compile(rb"/Fl(?:ateDecode)?\s*/Fl(?:ateDecode)?\b")
_HIDING = re.compile(
    rb"/(?:LZW|RunLengthDecode|RL\b|ASCII85|ASCIIHex|A85|AHx|Encrypt\b)|/[A-Za-z]*#[0-9A-Fa-f]{2}[A-Za-z]*(?:code|e)\b"
)
_TEXT = re.compile(rb"T[jJ]\b|['\"]\s")
_CALL = re.compile(rb"/[^\s/]{1,60}\s+Do\b")
_FORM = re.compile(rb"/Subtype\s*/Form\b")


@dataclass(slots=True)
class Look:
    """What a look at the streams of a PDF says: whether they unpack too far, and whether the file is plain."""

    too_far: bool = False
    plain: bool = True


def look(content: bytes) -> Look:
    """Unpack the streams of a PDF as far as the limit allows, and count what there is to do."""
    if _TWICE.search(content):
        return Look(too_far=True, plain=False)
    plain = _HIDING.search(content) is None
    left, work, calls, largest = MAX_UNPACKED, 0, 0, 0
    for count, match in enumerate(_STREAM.finditer(content)):
        if count >= MAX_STREAMS:
            return Look(too_far=True, plain=False)
        unpacked = _unpacked(content, match.end(), left)
        if unpacked is None:
            return Look(too_far=True, plain=False)
        left -= len(unpacked)
        here = len(_CALL.findall(unpacked))
        work += len(_TEXT.findall(unpacked)) + here
        calls += here
        if _FORM.search(content, max(0, match.start() - 2000), match.start()):
            largest = max(largest, len(unpacked))
            plain = plain and here <= 1
        plain = plain and work <= _PLAIN_WORK
    return Look(plain=plain and MAX_UNPACKED - left <= _PLAIN_UNPACKED and calls * largest <= _PLAIN_FORMS)


def _unpacked(content: bytes, start: int, left: int) -> bytes | None:
    """A stream unpacked as far as it can be; None when it grows beyond what is left."""
    end = content.find(b"endstream", start)
    piece: Any = memoryview(content)[start : end if end > 0 else len(content)]
    if content[start : start + 1] not in (b"\x78", b"\x58", b"\x68", b"\x48"):
        return bytes(piece[:1_000_000])
    unpacker, parts = zlib.decompressobj(), []
    piece = memoryview(content)[start:]
    try:
        while len(piece) and not unpacker.eof:
            part = unpacker.decompress(piece, 1 << 20)
            left -= len(part)
            if left < 0:
                return None
            parts.append(part)
            piece = unpacker.unconsumed_tail
            if not part and not len(piece):
                break
    except zlib.error:
        pass
    return b"".join(parts)


def words_of(content: bytes, *, plain: bool) -> dict[str, Any]:
    """What `pdfium.extract` says; of a PDF that isn't plain by another process."""
    return pdfium.extract(content) if plain else _run(content, "text")


def pixels_of(content: bytes, page: int, width: int | None) -> dict[str, Any]:
    """What `pdfium.render` says, by another process: pictures and patterns of a page tell their cost only when drawn."""
    return _run(content, "render", str(page), str(width or 0))


def _run(content: bytes, *words: str) -> dict[str, Any]:
    try:
        done = subprocess.run(
            [sys.executable, "-I", pdfium.__file__, *words],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"pages": [], "faults": [["pdf_too_heavy", {}]], "fault": ["pdf_too_heavy", {}]}
    if done.returncode or len(done.stdout) < 4:
        code = "pdf_too_heavy" if done.returncode in (-24, -9) else "pdf_damaged"
        return {"pages": [], "faults": [[code, {}]], "fault": [code, {}]}
    (length,) = struct.unpack(">I", done.stdout[:4])
    said: dict[str, Any] = json.loads(done.stdout[4 : 4 + length])
    return said | {"data": done.stdout[4 + length :]}
