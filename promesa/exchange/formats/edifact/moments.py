"""Days and moments of a DTM segment, by their format qualifier (code list 2379)."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache

from promesa.exchange.formats.neutral import Window

DELIVERY_EXACT = ("2", "76", "69")
DELIVERY_FROM = ("64", "71")
DELIVERY_TO = ("63", "74")
SHIPMENT = ("10", "200")
ISSUED = ("137", "4", "3")
WANTED = frozenset((*DELIVERY_EXACT, *DELIVERY_FROM, *DELIVERY_TO, *SHIPMENT))

REQUESTED = frozenset(("2", *DELIVERY_FROM, *DELIVERY_TO, "10", "200"))
PROMISED = ("67", "69", "17", "358", "76", "132", "44", "191", "79")
DELIVERED = ("35", "50", "178", "310")
DESPATCHED = ("11", "110")
DUE = ("13", "140", "265")
PERIODS = (("167", "168"), ("206", "194"), ("194", "206"), ("90", "91"), ("157", "36"))
WHOLE_PERIODS = ("263", "356", "325", "273", "324")

# Every format as pieces with their width: years of two or four figures, month, day, week, hour, minute, second.
_FORMATS = {
    "2": "DDMMYY",
    "3": "MMDDYY",
    "101": "YYMMDD",
    "102": "CCYYMMDD",
    "103": "YYWWD",
    "201": "YYMMDDHHmm",
    "202": "YYMMDDHHmmSS",
    "203": "CCYYMMDDHHmm",
    "204": "CCYYMMDDHHmmSS",
    "205": "CCYYMMDDHHmmZHHmm",
    "303": "CCYYMMDDHHmmZZZ",
    "304": "CCYYMMDDHHmmSSZZZ",
    "602": "CCYY",
    "609": "YYMM",
    "610": "CCYYMM",
    "615": "YYWW",
    "616": "CCYYWW",
}
_PERIODS = {"711": "102", "718": "102", "713": "201", "719": "203", "715": "615", "716": "616"}
_WIDTHS = {"CCYY": 4, "YY": 2, "MM": 2, "DD": 2, "WW": 2, "HH": 2, "mm": 2, "SS": 2}
_PIECE = re.compile("CCYY|YY|MM|DD|WW|HH|mm|SS")


class UnknownFormat(ValueError):
    """The format qualifier isn't one that says a day or a moment."""


@lru_cache(maxsize=4096)
def window_of(value: str, form: str) -> Window:
    """The day, moment or period that a DTM says, both ends included. Midnight means the day.

    :raises UnknownFormat: if the format is none of those known.
    :raises ValueError: if the value isn't a date in that format.
    """
    period = _PERIODS.get(form)
    if period is not None:
        first, dash, last = value.partition("-")
        if not dash and len(value) % 2 == 0:
            first, last = value[: len(value) // 2], value[len(value) // 2 :]
        return Window(_ends(first, period)[0], _ends(last, period)[1])
    first_end, last_end = _ends(value, form or ("203" if len(value) == 12 else "102"))
    return Window(first_end, last_end)


def _ends(value: str, form: str) -> tuple[date | datetime, date | datetime]:
    pattern = _FORMATS.get(form)
    if pattern is None:
        raise UnknownFormat(form)
    if not value.isascii():
        raise ValueError(value)
    pieces = _PIECE.findall(pattern.split("Z")[0])
    digits = value[: sum(_WIDTHS[piece] for piece in pieces)]
    if not digits.isdigit() or len(digits) < sum(_WIDTHS[piece] for piece in pieces):
        raise ValueError(value)
    if "Z" not in pattern and len(value) != len(digits):
        raise ValueError(value)
    numbers: dict[str, int] = {}
    for piece in pieces:
        numbers[piece], digits = int(digits[: _WIDTHS[piece]]), digits[_WIDTHS[piece] :]
    year = numbers["CCYY"] if "CCYY" in numbers else _century(numbers["YY"])
    if "WW" in numbers:
        monday = date.fromisocalendar(year, numbers["WW"], 1)
        return monday, monday + timedelta(days=6)
    if "DD" not in numbers:
        return _month(year, numbers.get("MM"))
    day = date(year, numbers["MM"], numbers["DD"])
    if "HH" not in numbers or (numbers["HH"] in (0, 24) and not numbers["mm"] and not numbers.get("SS")):
        return day, day
    moment = datetime(day.year, day.month, day.day, numbers["HH"], numbers["mm"], numbers.get("SS", 0))  # noqa: DTZ001 - the document names no zone
    return moment, moment


def _century(year: int) -> int:
    return year + (2000 if year < 70 else 1900)


def _month(year: int, month: int | None) -> tuple[date, date]:
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    first = date(year, month, 1)
    return first, date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
