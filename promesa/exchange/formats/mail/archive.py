"""The files in a zip attachment, unpacked within bounds: how many, how large, and how much they may swell."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib

from promesa.exchange.formats.neutral import Fault, fault

MAX_FILES = 50
MAX_TOTAL = 20_000_000
MAX_RATIO = 100
_OFFICE = ("[Content_Types].xml", "mimetype", "META-INF/manifest.xml", "word/document.xml", "xl/workbook.xml")
_PIECE = 65_536
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError,
    IndexError, KeyError, AttributeError, TypeError,
)  # fmt: skip


def is_archive(content: bytes) -> bool:
    """Whether bytes are a zip of files, not a document whose format is a zip (XLSX, ODS, DOCX)."""
    if not content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return not set(_OFFICE).intersection(archive.namelist())
    except _DAMAGE:
        return not any(one.encode() in content[:4096] for one in _OFFICE)


def unpacked(content: bytes, *, name: str) -> tuple[list[tuple[str, bytes]], list[Fault]]:
    """Names and bytes of the files in a zip. Never raises; a bomb is named, and nothing more of it is unpacked."""
    faults: list[Fault] = []
    found: list[tuple[str, bytes]] = []
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [one for one in archive.infolist() if not one.is_dir() and not _is_clutter(one.filename)]
            if len(entries) > MAX_FILES:
                faults.append(fault("archive_too_many", where=name, received=len(entries), right=MAX_FILES, name=name))
            room = min(MAX_TOTAL, max(1_000_000, len(content) * MAX_RATIO))
            for entry in entries[:MAX_FILES]:
                if entry.flag_bits & 1:
                    faults.append(fault("archive_encrypted", where=name, received=entry.filename, name=name))
                    continue
                said = _read(archive, entry, room)
                if said is None:
                    faults.append(
                        fault("archive_bomb", where=name, received=entry.filename, right=f"{room} bytes", name=name)
                    )
                    return [], faults
                room -= len(said)
                found.append((entry.filename.replace("\\", "/").rsplit("/", 1)[-1], said))
    except _DAMAGE as error:
        faults.append(fault("archive_damaged", where=name, received=type(error).__name__, name=name))
    return found, faults


def _is_clutter(name: str) -> bool:
    return name.startswith("__MACOSX/") or name.endswith((".DS_Store", "Thumbs.db"))


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int) -> bytes | None:
    """The bytes of an entry, counted while they are unpacked: what the entry declares may be a lie."""
    pieces: list[bytes] = []
    size = 0
    with archive.open(entry) as file:
        while piece := file.read(_PIECE):
            size += len(piece)
            if size > room:
                return None
            pieces.append(piece)
    return b"".join(pieces)
