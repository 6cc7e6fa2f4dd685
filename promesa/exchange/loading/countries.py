"""Countries as files write them: the ISO code, or a name in Spanish or English."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale

from promesa.exchange.formats.headings import plain

_OTHER = {"uk": "GB", "u k": "GB", "england": "GB", "inglaterra": "GB", "scotland": "GB", "usa": "US", "u s a": "US", "eeuu": "US",
          "ee uu": "US", "holland": "NL", "holanda": "NL", "czech republic": "CZ", "republica checa": "CZ", "korea": "KR"}  # fmt: skip


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for language in ("en", "es"):
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():
                names.setdefault(plain(name), code)
                names[plain(code)] = code
    return names | _OTHER


@lru_cache(maxsize=1024)
def country_code(text: str) -> str:
    """The ISO code of a country; what names none comes back as it was."""
    return _names().get(plain(text), text)
