"""What there is to promise from: lots and receipts by item, which go down as they are claimed. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

STOCK = "stock"
RECEIPT = "receipt"
ZERO = Decimal(0)
_NO_EXPIRY = date.max


class Claim(NamedTuple):
    """So much of one stock lot or receipt (`source` says which) is for this line."""

    source: str
    id: int
    quantity: Decimal


@dataclass(slots=True)
class Supply:
    """A stock lot, or goods on their way (`expected_at`); `free` is what nobody has claimed, and goes down."""

    id: int
    item_id: int
    free: Decimal
    expires_on: date | None = None
    expected_at: datetime | None = None
    supplier: str = ""


class SupplyPool:
    """Free supply by item: lots in first-expiry order, receipts in order of arrival."""

    __slots__ = ("_rows", "back", "by_item", "guard", "withheld")

    def __init__(self, rows: Iterable[Supply]) -> None:
        self.guard: Any = None  # what plans in force keep from whom, see `protecting`
        self.back: dict[int, Decimal] = {}  # what an order had and was given back, while there is a guard
        self.withheld: dict[int, str] = {}  # items of which more is there than may be promised now, and why
        self._rows: dict[tuple[str, int], Supply] = {}
        self.by_item: dict[int, tuple[list[Supply], list[Supply]]] = {}
        self.add(rows)

    def add(self, rows: Iterable[Supply]) -> None:
        """More supply, of items that the pool does not have yet."""
        fresh: dict[int, tuple[list[Supply], list[Supply]]] = {}
        for row in rows:
            shelf = fresh.setdefault(row.item_id, ([], []))
            shelf[0 if row.expected_at is None else 1].append(row)
        for lots, receipts in fresh.values():
            lots.sort(key=lambda row: (row.expires_on or _NO_EXPIRY, row.id))
            receipts.sort(key=lambda row: (row.expected_at, row.id))
        self.by_item.update(fresh)
        self._rows.clear()

    def give_back(self, claims: Iterable[Claim]) -> None:
        """What an order had is free again, and its own to have anew while there is a guard."""
        for row, quantity in self.put_back(claims):
            if self.guard is not None:
                self.back[row.item_id] = self.back.get(row.item_id, ZERO) + quantity

    def put_back(self, claims: Iterable[Claim]) -> list[tuple[Supply, Decimal]]:
        """What was claimed is free again; claims on what may no longer be promised (blocked, cancelled) are lost."""
        if not self._rows:
            for lots, receipts in self.by_item.values():
                self._rows.update(((STOCK, row.id), row) for row in lots)
                self._rows.update(((RECEIPT, row.id), row) for row in receipts)
        found: list[tuple[Supply, Decimal]] = []
        for source, row_id, quantity in claims:
            row = self._rows.get((source, row_id))
            if row is not None:
                row.free += quantity
                found.append((row, quantity))
        return found

    def copy(self) -> SupplyPool:
        """The same supply again, to try a promise without claiming anything."""
        return SupplyPool(replace(row) for shelf in self.by_item.values() for rows in shelf for row in rows)
