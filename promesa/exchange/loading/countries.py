"""Countries as files write them: the ISO code, or a name in Spanish or English."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale
from babel.core import get_global

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


# Countries of several zones: the one where most of their trade is.
_CHIEF_ZONE = {
    "ES": "Europe/Madrid", "PT": "Europe/Lisbon", "DE": "Europe/Berlin", "US": "America/New_York", "CA": "America/Toronto",
    "MX": "America/Mexico_City", "BR": "America/Sao_Paulo", "AR": "America/Argentina/Buenos_Aires", "CL": "America/Santiago",
    "AU": "Australia/Sydney", "NZ": "Pacific/Auckland", "EC": "America/Guayaquil", "CN": "Asia/Shanghai",
}  # fmt: skip
# The standard rate of VAT by country, in per cent: proposed, never used without somebody's word.
STANDARD_RATES = {
    "ES": 21, "PT": 23, "FR": 20, "DE": 19, "IT": 22, "GB": 20, "IE": 23, "BE": 21, "NL": 21, "LU": 17, "AT": 20, "CH": "8.1",
    "DK": 25, "SE": 25, "NO": 25, "FI": "25.5", "PL": 23, "CZ": 21, "GR": 24, "CO": 19, "MX": 16, "CL": 19, "PE": 18, "AR": 21,
    "EC": 15, "UY": 22, "CR": 13, "PA": 7, "DO": 18,
}  # fmt: skip


@lru_cache(maxsize=512)
def zone_of(country: str) -> str:
    """The time zone of a country, or its chief one; UTC when nothing is known."""
    if country in _CHIEF_ZONE:
        return _CHIEF_ZONE[country]
    zones = sorted(zone for zone, territory in get_global("zone_territories").items() if territory == country)
    return zones[0] if len(zones) == 1 else "UTC"
