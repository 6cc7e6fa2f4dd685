"""Numbers and days as people and spreadsheets write them. What can be read in two ways is never guessed.

A column decides together: when one value of it can only be read with a decimal comma, the others are read so too, and a note
says which row decided. When nothing decides, each value that has two readings is a blocking fault that names both.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

MAX_WHOLE_FIGURES = 12
MAX_DECIMALS = 6
MAX_TEXT = 64
DECIMAL_MARKS = (",", ".")
DATE_ORDERS = {
    "d/m/y": "dmy",
    "m/d/y": "mdy",
    "y/m/d": "ymd",
    "iso": "ymd",
    "y-m-d": "ymd",
    "d-m-y": "dmy",
    "d.m.y": "dmy",
}
Cell = Any  # text, int, float, bool, date, datetime or None

_POINT = re.compile(r"[+-]?(?:[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.[0-9]+)?|[+-]?\.[0-9]+")
_COMMA = re.compile(r"[+-]?(?:[0-9]+|[1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,[0-9]+)?|[+-]?,[0-9]+")
_SPACED = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:[ '’\u00a0\u202f\u2009][0-9]{3})+(?:[.,][0-9]+)?")
_SPACES = re.compile(r"[ '’\u00a0\u202f\u2009]")
_MONEY = re.compile(r"(?:€|\$|£|EUR|USD|COP|MXN|GBP|CLP|PEN|ARS)")
_LEADING = re.compile(r"[^0-9+-]*([+-]?[0-9]+(?:[.,][0-9]+)?)")
_YEAR_FIRST = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?:[T ].*)?")
_YEAR_LAST = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4}|[0-9]{2})(?:[T ,].*)?")
_SOLID = re.compile(r"[0-9]{8}")
_DAY_NAMED = re.compile(r"([0-9]{1,2})[-/. ]+(?:de )?([a-z]{3,12})\.?[-/., ]+(?:de )?([0-9]{4}|[0-9]{2})")
_MONTH_NAMED = re.compile(r"([a-z]{3,12})\.? ([0-9]{1,2}),? ([0-9]{4})")
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("ene enero jan january", "feb febrero february", "mar marzo march", "abr abril apr april", "may mayo", "jun junio june",
         "jul julio july", "ago agosto aug august", "sep sept septiembre setiembre september", "oct octubre october",
         "nov noviembre november", "dic diciembre dec december"), start=1)
    for name in names.split()
}  # fmt: skip


@dataclass(slots=True)
class Trouble:
    """What is wrong with one cell, by its place in the column (0 is the first); no place: with the whole column."""

    code: str
    place: int | None
    received: str
    right: str | None = None
    params: dict[str, Any] = field(default_factory=dict)


class Unreadable(ValueError):
    """A cell that can't be read, or not in one way only; `trouble` says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.code)
        self.trouble = trouble


def text_of(cell: Cell) -> str:
    """A cell as text: whole numbers without decimals, days as ISO, one leading apostrophe taken off, no NUL."""
    if isinstance(cell, str):
        text = cell.strip()
        if text[:1] == "'":
            text = text[1:]
        return text.replace("\x00", "") if "\x00" in text else text
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e18 else format(cell, ".15g")
    if isinstance(cell, datetime) and not (cell.hour or cell.minute or cell.second):
        cell = cell.date()
    return str(cell)


# -- numbers


@lru_cache(maxsize=65536)
def number_readings(text: str) -> tuple[Decimal | None, Decimal | None]:
    """What a text says with a decimal point and what it says with a decimal comma; None where it can't be read so."""
    if text.isascii() and text.isdigit() and len(text) <= MAX_TEXT:
        value = Decimal(text)
        return value, value
    text = _MONEY.sub("", text).strip()
    if len(text) > MAX_TEXT:
        return None, None
    if text[-1:] == "-" and text[:1] not in "+-":
        text = "-" + text[:-1].strip()
    if _SPACED.fullmatch(text):
        text = _SPACES.sub("", text)
    point = Decimal(text.replace(",", "")) if _POINT.fullmatch(text) else None
    comma = Decimal(text.replace(".", "").replace(",", ".")) if _COMMA.fullmatch(text) else None
    return point, comma


def read_numbers(cells: Sequence[Cell], *, decimal: str | None = None) -> tuple[list[Decimal | None], list[Trouble]]:
    """Read a column of numbers. Empty cells are None; cells that can't be read are None with a trouble each.

    `decimal` is the decimal mark of the partner's mapping; without it the column decides, or nothing does.
    """
    seen: dict[Cell, tuple[Decimal | None, str, str | None]] = {}
    values: dict[Cell, tuple[Decimal | None, Decimal | None]] = {}
    for cell in dict.fromkeys(cells):
        if isinstance(cell, str):
            text = text_of(cell)
            values[cell] = number_readings(text) if text else (None, None)
            if not text:
                seen[cell] = (None, "", None)
        else:
            seen[cell] = _typed_number(cell)
    mark, troubles = _decided_mark(cells, values, decimal)
    for cell, (point, comma) in values.items():
        if cell not in seen:
            seen[cell] = _chosen(text_of(cell), point, comma, mark, given=decimal is not None)
    found = [seen[cell] for cell in cells]
    if any(code for _, code, _ in seen.values()):
        troubles += [
            Trouble(code, place, text_of(cells[place]), right) for place, (_, code, right) in enumerate(found) if code
        ]
    return [value for value, _, _ in found], troubles


def _decided_mark(
    cells: Sequence[Cell], values: dict[Cell, tuple[Decimal | None, Decimal | None]], decimal: str | None
) -> tuple[str | None, list[Trouble]]:
    """The decimal mark of a column, and what to say about it."""
    if decimal is not None:
        return decimal, []
    points = [cell for cell, (point, comma) in values.items() if point is not None and comma is None]
    commas = [cell for cell, (point, comma) in values.items() if comma is not None and point is None]
    if points and commas:
        return None, [Trouble("decimal_marks_mixed", None, text_of(points[0]), text_of(commas[0]))]
    if not points and not commas:
        return None, []
    mark, deciding = (".", points[0]) if points else (",", commas[0])
    if not any(point is not None and comma is not None and point != comma for point, comma in values.values()):
        return mark, []
    return mark, [Trouble("decimal_mark_decided", None, text_of(deciding), mark, {"decided_in": cells.index(deciding)})]


def _chosen(
    text: str, point: Decimal | None, comma: Decimal | None, mark: str | None, *, given: bool
) -> tuple[Decimal | None, str, str | None]:
    if point is None and comma is None:
        leading = _LEADING.match(text[:MAX_TEXT])
        return None, "number_wrong", leading.group(1) if leading else None
    if point == comma:
        return _fitting(point)
    if mark is not None:
        value = point if mark == "." else comma
        if value is not None:
            return _fitting(value)
        other = comma if mark == "." else point
        if given:
            return None, "number_wrong", format(other or Decimal(0), "f").replace(".", mark)
        return _fitting(other)
    if point is None or comma is None:
        return _fitting(comma if point is None else point)
    whole, fraction = max(point, comma, key=abs), min(point, comma, key=abs)
    return None, "ambiguous_number", f"{whole:f} / {fraction:f}"


def _fitting(value: Decimal | None) -> tuple[Decimal | None, str, str | None]:
    if value is None:
        return None, "number_wrong", None
    if abs(value) >= Decimal(10) ** MAX_WHOLE_FIGURES:
        return None, "number_too_large", None
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > MAX_DECIMALS and value != round(value, MAX_DECIMALS):
        return None, "too_many_decimals", None
    return value, "", None


def _typed_number(cell: Cell) -> tuple[Decimal | None, str, str | None]:
    """A number that the spreadsheet holds as one, to the 15 figures that spreadsheets keep."""
    if cell is None:
        return None, "", None
    if isinstance(cell, bool) or not isinstance(cell, int | float | Decimal):
        return None, "number_wrong", None
    value = Decimal(format(cell, ".15g")) if isinstance(cell, float) else Decimal(cell)
    if not value.is_finite():
        return None, "number_wrong", None
    value, code, right = _fitting(value)  # type: ignore[assignment]
    return (Decimal(format(value, "f")) if value is not None else None), code, right


# -- days


@lru_cache(maxsize=65536)
def date_readings(text: str) -> dict[str, date]:
    """The days that a text may mean, by the order of its parts: `ymd`, `dmy`, `mdy`."""
    if len(text) > MAX_TEXT:
        return {}
    match = _YEAR_FIRST.fullmatch(text)
    if match:
        return _valid({"ymd": (match.group(1), match.group(2), match.group(3))})
    match = _YEAR_LAST.fullmatch(text)
    if match:
        first, second, third = match.groups()
        orders = {"dmy": (third, second, first), "mdy": (third, first, second)}
        if len(third) == 2 and len(first) == 2:
            orders["ymd"] = (first, second, third)
        return _valid(orders)
    if _SOLID.fullmatch(text):
        return _valid({"ymd": (text[:4], text[4:6], text[6:]), "dmy": (text[4:], text[2:4], text[:2])})
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    match = _DAY_NAMED.fullmatch(plain)
    if match and match.group(2) in _MONTHS:
        return _valid({"ymd": (match.group(3), str(_MONTHS[match.group(2)]), match.group(1))})
    match = _MONTH_NAMED.fullmatch(plain)
    if match and match.group(1) in _MONTHS:
        return _valid({"ymd": (match.group(3), str(_MONTHS[match.group(1)]), match.group(2))})
    return {}


def _valid(orders: dict[str, tuple[str, str, str]]) -> dict[str, date]:
    found: dict[str, date] = {}
    for order, (year, month, day) in orders.items():
        number = int(year)
        if len(year) == 2:
            number += 2000 if number < 70 else 1900
        if 1900 <= number <= 2200:
            try:
                found[order] = date(number, int(month), int(day))
            except ValueError:
                continue
    return found


def read_dates(cells: Sequence[Cell], *, order: str | None = None) -> tuple[list[date | None], list[Trouble]]:
    """Read a column of days. `order` is `dmy`, `mdy` or `ymd` of the partner's mapping; ISO is always understood.

    Without it, day first is taken when a row of the column can only be read so; month first never is.
    """
    seen: dict[Cell, tuple[date | None, str, str | None]] = {}
    texts: dict[Cell, dict[str, date]] = {}
    for cell in dict.fromkeys(cells):
        if isinstance(cell, datetime):
            seen[cell] = (cell.date(), "", None)
        elif isinstance(cell, date):
            seen[cell] = (cell, "", None)
        elif not isinstance(cell, str):
            seen[cell] = (None, "", None) if cell is None else (None, "date_wrong", "YYYY-MM-DD")
        elif not (text := text_of(cell)):
            seen[cell] = (None, "", None)
        else:
            texts[cell] = date_readings(text)
    decided, deciding = (order, None) if order else _decided_order(texts)
    noted = False
    for cell, readings in texts.items():
        seen[cell] = _chosen_day(readings, decided, given=order is not None)
        noted = noted or (deciding is not None and len(set(readings.values())) > 1)
    troubles: list[Trouble] = []
    if noted and deciding is not None:
        params = {"decided_in": cells.index(deciding)}
        troubles.append(Trouble("date_order_decided", None, text_of(deciding), "d/m/y", params))
    found = [seen[cell] for cell in cells]
    if any(code for _, code, _ in seen.values()):
        troubles += [
            Trouble(code, place, text_of(cells[place]), right) for place, (_, code, right) in enumerate(found) if code
        ]
    return [value for value, _, _ in found], troubles


def _decided_order(texts: dict[Cell, dict[str, date]]) -> tuple[str | None, Cell]:
    """Day first, when some row can only be read so and none only with the month first; and the cell that decided."""
    only = {next(iter(readings)): cell for cell, readings in texts.items() if len(readings) == 1}
    if "dmy" in only and "mdy" not in only:
        return "dmy", only["dmy"]
    return None, None


def _chosen_day(readings: dict[str, date], order: str | None, *, given: bool) -> tuple[date | None, str, str | None]:
    if not readings:
        return None, "date_wrong", "YYYY-MM-DD"
    days = sorted(set(readings.values()))
    if order in readings:
        return readings[order], "", None
    if "ymd" in readings and len(readings) == 1:
        return days[0], "", None
    if given:
        return None, "date_wrong", order
    if len(readings) == 1 and "mdy" in readings:
        return None, "date_month_first", days[0].isoformat()
    if len(days) == 1:
        return days[0], "", None
    shown = [readings[name] for name in ("dmy", "mdy", "ymd") if name in readings]
    return None, "ambiguous_date", " / ".join(dict.fromkeys(day.isoformat() for day in shown))


# -- one cell at a time


def parse_quantity(cell: Cell, *, decimal: str | None = None) -> Decimal | None:
    """One quantity by itself; None when the cell is empty.

    :raises Unreadable: if it is no number, has two readings, or doesn't fit.
    """
    return _single(*read_numbers([cell], decimal=decimal))


def parse_money(cell: Cell, *, decimal: str | None = None) -> Decimal | None:
    """One price or amount by itself, currency signs left aside; None when the cell is empty.

    :raises Unreadable: if it is no number, has two readings, or doesn't fit.
    """
    return _single(*read_numbers([cell], decimal=decimal))


def parse_date(cell: Cell, *, order: str | None = None) -> date | None:
    """One day by itself; None when the cell is empty. `order` is `dmy`, `mdy`, `ymd` or as a mapping writes it.

    :raises Unreadable: if it is no day, or two.
    """
    return _single(*read_dates([cell], order=DATE_ORDERS.get(order, order) if order else None))


def _single(values: list[Any], troubles: list[Trouble]) -> Any:
    for trouble in troubles:
        if trouble.place is not None:
            raise Unreadable(trouble)
    return values[0]
