"""Secrets of partners: rows only name where they are, `env:PROMESA_PARTNER_X` or `file:NAME` in the folder `secrets`.

Only names made for the purpose are read, so that whoever may set a partner's address cannot have another secret sent to it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from django.conf import settings

from promesa.exchange.channels.parcel import NotBrought

PREFIX = "PROMESA_PARTNER_"
_NAME = re.compile(r"env:PROMESA_PARTNER_[A-Z0-9_]{1,80}|file:[A-Za-z0-9][A-Za-z0-9_.-]{0,80}")


def is_name(text: str) -> bool:
    """Whether each word of a text names a place where a secret may be."""
    return all(_NAME.fullmatch(word) for word in text.split())


def read(names: str) -> list[str]:
    """The secrets of these places, the newest first, as they are named.

    :raises NotBrought: if one of them is not there.
    """
    return [_one(name) for name in names.split()]


def _one(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise NotBrought("secret_missing", secret=name)
    kind, _, where = name.partition(":")
    if kind == "env":
        found = os.environ.get(where, "")
    else:
        place = Path(settings.HOME) / "secrets" / where
        found = place.read_text(encoding="utf-8") if place.is_file() else ""
    if not found.strip():
        raise NotBrought("secret_missing", secret=name)
    return found.strip()
