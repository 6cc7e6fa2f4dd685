"""Bytes that came from outside (documents, signatures), kept for ever in a folder under their own SHA-256.

A row that names bytes is committed only after they are on the disk, so a row never names bytes that are not there.
Called before any lock is taken: it does file I/O.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings


def digest(content: bytes) -> str:
    """The SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def place_of(sha256: str) -> Path:
    """Where the bytes of a digest lie."""
    return Path(settings.HOME) / "files" / sha256[:2] / sha256


def keep(content: bytes) -> str:
    """Write bytes and wait until the disk has them, their folder included; returns their digest.

    The same bytes are kept once; a half-written file of an earlier try is never taken for them.
    """
    sha256 = digest(content)
    place = place_of(sha256)
    if place.exists() and place.stat().st_size == len(content):
        return sha256
    folder = place.parent
    made = not folder.exists()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(place)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(folder)
    if made:
        _sync_folder(folder.parent)
    return sha256


def load(sha256: str) -> bytes:
    """The bytes of a digest.

    :raises FileNotFoundError: if they are gone, which only damage to the data folder can do.
    """
    return place_of(sha256).read_bytes()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
