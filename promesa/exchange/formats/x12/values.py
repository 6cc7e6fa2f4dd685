"""Numbers and days as X12 writes them."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

MAX_WHOLE_FIGURES = 12
MAX_DECIMALS = 6
_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:E[+-]?[0-9]{1,2})?")
_COMMA = re.compile(r"-?[0-9]*,[0-9]+")
_TRIAD = re.compile(r"-?[1-9][0-9]{0,2},[0-9]{3}")
_LEADING = re.compile(r"\s*(-?[0-9]+(?:\.[0-9]+)?)")
_IMPLIED = re.compile(r"-?[0-9]+")
_HUNDREDTH = Decimal("0.01")

Number = tuple[Decimal | None, str, str]


@lru_cache(maxsize=65536)
def number_of(text: str) -> Number:
    """The number that a text of type R says, the code of what is wrong with it (or empty), and what would be right."""
    if _NUMBER.fullmatch(text):
        return _fitting(text, "")
    if _TRIAD.fullmatch(text):
        return None, "ambiguous_number", f"{text.replace(',', '')} / {text.replace(',', '.')}"
    if _COMMA.fullmatch(text):
        return _fitting(text.replace(",", "."), "x12_decimal_comma")
    leading = _LEADING.match(text)
    return None, "number_wrong", leading.group(1) if leading else ""


@lru_cache(maxsize=16384)
def hundredths_of(text: str) -> Number:
    """An amount of type N2: its last two figures are decimals. One with a point is believed as it stands, and said."""
    if _IMPLIED.fullmatch(text):
        value, code, right = _fitting(text, "")
        return (None if value is None else value * _HUNDREDTH), code, right
    value, code, right = number_of(text)
    return value, code or "x12_implied_decimals", right or ("" if value is None else format(value, "f"))


def _fitting(text: str, code: str) -> Number:
    value = Decimal(text)
    if value and value.adjusted() >= MAX_WHOLE_FIGURES:
        return None, "number_too_large", ""
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -MAX_DECIMALS and value != value.quantize(Decimal("0.000001")):
        return None, "too_many_decimals", ""
    if isinstance(exponent, int) and exponent > 0:
        value = Decimal(format(value, "f"))
    return value, code, format(value, "f") if code else ""


@lru_cache(maxsize=16384)
def day_of(text: str, century: str = "") -> date:
    """A day of eight figures (CCYYMMDD), or of six (YYMMDD) whose century may stand beside it.

    :raises ValueError: if it is no day.
    """
    if not (text.isascii() and text.isdigit()):
        raise ValueError(text)
    if len(text) == 6:
        first = century if len(century) == 2 and century.isdigit() else ("20" if int(text[:2]) < 70 else "19")
        text = first + text
    if len(text) != 8:
        raise ValueError(text)
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


def moment_of(day: date, time: str) -> date | datetime:
    """A day, or the moment on it when a time (HHMM or longer) is said that isn't midnight; a wrong time is no time."""
    if len(time) < 4 or not (time.isascii() and time.isdigit()):
        return day
    hour, minute, second = int(time[:2]), int(time[2:4]), int(time[4:6] or 0) if len(time) >= 6 else 0
    if (hour, minute, second) == (0, 0, 0) or hour > 23 or minute > 59 or second > 59:
        return day
    return datetime(day.year, day.month, day.day, hour, minute, second)  # noqa: DTZ001 - the document names no zone


# Element 374: what a date is for.
DELIVERY_EXACT = ("002", "106", "077")
DELIVERY_FROM = ("064", "071")
DELIVERY_TO = ("063", "074", "061")
SHIPMENT_EXACT = ("010", "087", "118")
SHIPMENT_FROM = ("037", "081")
SHIPMENT_TO = ("038", "084")
CANCEL_AFTER = ("001", "177")
REQUESTED = frozenset(DELIVERY_EXACT + DELIVERY_FROM + DELIVERY_TO + SHIPMENT_EXACT + SHIPMENT_FROM + SHIPMENT_TO)
# When something will arrive, the surest first; then when it will leave.
PROMISED = ("067", "069", "065", "017", "371", "002", "068", "079", "066", "010")
DESPATCHED = ("011", "370", "068")
DELIVERED = ("035", "372", "050")
EXPIRY = ("036", "208", "511")
PROMISED_FROM = ("070", "072")
PROMISED_TO = ("073", "075")
