"""What people type into forms: numbers and days, in their language."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

from promesa.core.calendars import end_of_day, start_of_day

_PLAIN = re.compile(r"[+-]?\d{1,30}(\.\d{1,12})?", re.ASCII)


def number(text: str, lang: str) -> Decimal | None:
    """`1.234,5` in Spanish, `1,234.5` in English; `12.5` is meant as it stands in both. None: it is no number."""
    bare = re.sub(r"[\s\u00a0\u202f']", "", text).replace("\N{MINUS SIGN}", "-")
    decimal, thousands = (",", ".") if lang == "es" else (".", ",")
    if thousands in bare:
        head, *groups = bare.split(decimal)[0].lstrip("+-").split(thousands)
        grouped = 1 <= len(head) <= 3 and head != "0" and all(len(group) == 3 for group in groups)
        if grouped:
            bare = bare.replace(thousands, "")
        elif decimal in bare or bare.count(thousands) > 1:
            return None
        else:
            bare = bare.replace(thousands, decimal)
    bare = bare.replace(decimal, ".")
    return Decimal(bare) if _PLAIN.fullmatch(bare) else None


def day(text: str) -> date | None:
    """An ISO day, as the field of a browser sends it."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def whole_day(when: date, zone: str) -> tuple[datetime, datetime]:
    """The window of a whole day at a place."""
    return start_of_day(when, zone), end_of_day(when, zone)


def line(text: str, most: int) -> str:
    """One line of text without control characters."""
    return " ".join("".join(letter if letter >= " " else " " for letter in _storable(text)).split())[:most]


def paragraph(text: str, most: int) -> str:
    """Text that may have lines."""
    plain = _storable(text).replace("\r\n", "\n")
    return "".join(letter for letter in plain if letter >= " " or letter == "\n").strip()[:most]


def _storable(text: str) -> str:
    """Half of a pair of surrogates, which JSON can bring, is no letter: no database keeps it."""
    return text.encode("utf-8", "ignore").decode()
