"""The daily audit of capture: how many orders, which ones, and where what was re-keyed differs from what was stored.

A sample that nobody chose: as many as rules say, in an order that anybody can work out again. Differences are told with
the aspect that each spoils (domain: reference, quantity, time, address; prices apart).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

LEAST, SHARE = 20, 100  # twenty orders, or one in a hundred if that is more


def sample_size(captured: int) -> int:
    """Orders to re-key of so many captured in a day: one per cent, twenty at least, never more than there are."""
    return min(captured, max(LEAST, -(-captured // SHARE)))


def drawn(numbers: Iterable[str], *, day: date) -> list[str]:
    """The sample of a day: order numbers by the digest of day and number, the first `sample_size` of them."""
    known = list(numbers)
    ranked = sorted(known, key=lambda number: (hashlib.sha256(f"{day}/{number}".encode()).digest(), number))
    return ranked[: sample_size(len(known))]


@dataclass(frozen=True, slots=True)
class KeptLine:
    """A line as it is stored: every code that means its item, its quantity in the ordered unit, its price for one of it."""

    line_number: int
    codes: frozenset[str]
    quantity: Decimal
    unit_code: str
    price: Decimal | None = None
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """An order as it is stored, as far as the customer said it."""

    po_number: str
    ship_to: frozenset[str]
    requested_from: date | None
    requested_to: date | None
    lines: tuple[KeptLine, ...]


@dataclass(frozen=True, slots=True)
class TypedLine:
    """A line as the auditor reads it in the source."""

    code: str
    quantity: Decimal
    unit_code: str = ""
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Typed:
    """An order as the auditor reads it in the source. What the source does not say stays empty and is not compared."""

    po_number: str = ""
    ship_to: str = ""
    requested_from: date | None = None
    requested_to: date | None = None
    lines: tuple[TypedLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is stored otherwise than the source says it."""

    aspect: str
    field: str
    stored: str
    source: str
    line_number: int | None = None

    def as_json(self) -> dict[str, str | int | None]:
        return {name: getattr(self, name) for name in self.__slots__}


def differences(kept: Kept, typed: Typed) -> list[Difference]:
    """Where an order differs from its source. Lines are paired by item, in their order; the rest are missing or too many."""
    found = []
    if typed.po_number and _bare(typed.po_number) != _bare(kept.po_number):
        found.append(Difference("reference", "po_number", kept.po_number, typed.po_number))
    if typed.ship_to and _bare(typed.ship_to) not in {_bare(one) for one in kept.ship_to}:
        found.append(Difference("address", "ship_to", min(kept.ship_to, default=""), typed.ship_to))
    for field in ("requested_from", "requested_to"):
        said, stored = getattr(typed, field), getattr(kept, field)
        if said is not None and said != stored:
            found.append(Difference("time", field, stored.isoformat() if stored else "", said.isoformat()))
    return found + _lines(kept.lines, typed.lines)


def _lines(kept: Sequence[KeptLine], typed: Sequence[TypedLine]) -> list[Difference]:
    found, left = [], list(kept)
    for said in typed:
        own = [one for one in left if _bare(said.code) in {_bare(code) for code in one.codes}]
        # Of several lines of one item the one with the same quantity is meant, else the first.
        line = next((one for one in own if one.quantity == said.quantity), own[0] if own else None)
        if line is None:
            found.append(Difference("reference", "item", "", said.code))
            continue
        left.remove(line)
        if line.quantity != said.quantity:
            found.append(
                Difference("quantity", "quantity", _number(line.quantity), _number(said.quantity), line.line_number)
            )
        if said.unit_code and said.unit_code != line.unit_code:
            found.append(Difference("reference", "unit", line.unit_code, said.unit_code, line.line_number))
        if said.price is not None and line.price is not None and said.price != line.price:
            found.append(Difference("price", "price", _number(line.price), _number(said.price), line.line_number))
    found += [Difference("reference", "item", one.shown, "", one.line_number) for one in left]
    return found


def _number(value: Decimal) -> str:
    return format(value.normalize(), "f")


def _bare(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum()).lstrip("0")
