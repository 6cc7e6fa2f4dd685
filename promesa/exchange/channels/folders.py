"""The folder that is shared with other programs: `inbox/<partner>`, `outbox/<partner>`, `done`, `refused`."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from django.conf import settings

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def root() -> Path:
    """Where it is: PROMESA_EXCHANGE, or `exchange` in the data folder."""
    return Path(getattr(settings, "EXCHANGE_FOLDER", "") or Path(settings.HOME) / "exchange")


def safe(name: str) -> str:
    """A name that is one plain file name everywhere."""
    return _UNSAFE.sub("-", name).strip(".-")[:120] or "x"


def put(folder: Path, name: str, content: bytes) -> Path:
    """Write a file so that nobody ever sees half of it, and wait until the disk has it."""
    folder.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).chmod(0o644)
        Path(draft).replace(folder / name)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    sync(folder)
    return folder / name


def sync(folder: Path) -> None:
    """Wait until the disk has the names in a folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
