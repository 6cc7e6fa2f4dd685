"""A paper that a person checked: what they typed put in the place of what was read, every mistake in it told at once."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

# The fields that a person checks, in the order of a paper: of the head, then of each line.
HEAD = (
    "number",
    "issued_on",
    "requested",
    "currency",
    "parties.buyer.name",
    "parties.buyer.tax_id",
    "parties.ship_to.name",
    "parties.ship_to.street",
    "parties.ship_to.postcode",
)
LINE = ("code", "text", "quantity", "unit", "price", "amount")
CODES = ("seller_code", "buyer_code", "gtin")
_DAYS = frozenset({"issued_on", "requested"})
_NUMBERS = frozenset({"quantity", "price", "amount"})
_LINE_KEY = re.compile(r"lines\.(\d{1,4})\.(\w+)")
MOST_LINES = 2_000
LONGEST = 300


@dataclass(slots=True)
class Checked:
    """The neutral form as it is right, the fields that were changed, and what cannot be read: by field, code and what came."""

    neutral: dict[str, Any]
    changed: dict[str, str] = field(default_factory=dict)
    faults: list[tuple[str, str, str]] = field(default_factory=list)


def values_of(neutral: Mapping[str, Any]) -> dict[str, str]:
    """Every field that is checked, as text, by its key: `number`, `lines.1.quantity` ..."""
    found = {key: _at(neutral, key) for key in HEAD}
    for place, line in enumerate(neutral.get("lines", ()), 1):
        for name in LINE:
            found[f"lines.{place}.{name}"] = _of_line(line, name)
    return found


def checked(neutral: Mapping[str, Any], said: Mapping[str, str]) -> Checked:
    """Put what a person said (keys of `values_of`; days as YYYY-MM-DD, numbers with a point) into a neutral form.

    A line whose code, quantity and text are all emptied is taken out; a line after the last is added. Fields that are not
    said stay as they were read.
    """
    result = Checked(copy.deepcopy(dict(neutral)))
    lines = result.neutral.setdefault("lines", [])
    before = values_of(neutral)
    for key, text in said.items():
        value = " ".join(text.replace("\x00", "").split())
        match = _LINE_KEY.fullmatch(key)
        if value == before.get(key, "") or (match is None and key not in HEAD):
            continue
        name = match[2] if match else key
        if len(value) > LONGEST:
            result.faults.append((key, "text_too_long", value[:40]))
        elif value and name in _DAYS and not _is_day(value):
            result.faults.append((key, "not_a_day", value))
        elif value and name in _NUMBERS and not _is_number(value, above_zero=name == "quantity"):
            result.faults.append((key, "not_a_number", value))
        elif match is None:
            result.changed[key] = value
            _put(result.neutral, key, value)
        elif name in LINE and 0 < int(match[1]) <= min(len(lines) + 1, MOST_LINES):
            result.changed[key] = value
            if int(match[1]) > len(lines):
                lines.append({"line_number": match[1]})
            _put_line(lines[int(match[1]) - 1], name, value)
    result.neutral["lines"] = [
        line for line in lines if any(_of_line(line, name) for name in ("code", "text", "quantity"))
    ]
    return result


def _at(neutral: Mapping[str, Any], key: str) -> str:
    value: Any = neutral
    for name in key.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    if key == "requested" and isinstance(value, Mapping):
        value = str(value.get("to") or value.get("from") or "")[:10]
    return "" if value is None else str(value)


def _of_line(line: Mapping[str, Any], name: str) -> str:
    if name == "code":
        return next((str(line[code]) for code in CODES if line.get(code)), "")
    if name == "unit":
        return str(line.get("unit_received") or line.get("unit_code") or "")
    return str(line.get(name) or (line.get("quantity_received") if name == "quantity" else "") or "")


def _put(neutral: dict[str, Any], key: str, value: str) -> None:
    *way, last = key.split(".")
    place = neutral
    for name in way:
        place = place.setdefault(name, {})
    if not value:
        place.pop(last, None)
    else:
        place[last] = {"from": value, "to": value} if key == "requested" else value


def _put_line(line: dict[str, Any], name: str, value: str) -> None:
    if name == "code":
        own = next((code for code in CODES if line.get(code)), CODES[0])
        line.pop(own, None)
        if value:
            line[_kind(value, own)] = value
    elif name == "unit":
        line.pop("unit_code", None)
        line.update({"unit_received": value} if value else {})
        if not value:
            line.pop("unit_received", None)
    elif value:
        line[name] = value
        if name == "quantity":
            line["quantity_received"] = value
    else:
        line.pop(name, None)
        if name == "quantity":
            line.pop("quantity_received", None)


def _kind(code: str, usual: str) -> str:
    """A code of 8, 12, 13 or 14 digits is a GTIN; any other is of the kind that stood there."""
    if code.isdecimal() and len(code) in (8, 12, 13, 14):
        return "gtin"
    return usual if usual != "gtin" else "seller_code"


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10


def _is_number(text: str, *, above_zero: bool) -> bool:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return False
    return value.is_finite() and abs(value) < Decimal(10) ** 12 and (value > 0 or not above_zero)
