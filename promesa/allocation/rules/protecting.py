"""What a plan in force keeps from whom: floors of others are set aside before a promise, ceilings cap it.

Free to promise is usable stock and receipts, less claims, less what is still guaranteed to other groups, up to what the own group may
still get. A floor keeps the stock that lives longest, then the first receipts; what is over a ceiling is kept back from the last
receipts on. What an order had already is not kept from it: only a plan takes that away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any

from promesa.allocation.rules.overlapping import set_aside
from promesa.allocation.rules.supply import ZERO, Supply, SupplyPool

NEVER = date.max
SIXTH = Decimal("0.000001")
GUARANTEED = "promise_protected"
CAPPED = "promise_at_ceiling"


def standing(quantity: Decimal, decay: str, begins: date, ends: date, on: date) -> Decimal:
    """What is left of a floor or ceiling on a day of its period: all of it, or evenly less down to nothing at its end."""
    if decay != "linear":
        return quantity
    return (quantity * (ends - on).days / (ends - begins).days).quantize(SIXTH, ROUND_DOWN)


@dataclass(slots=True)
class Protected:
    """A floor or ceiling in force: so much for (or at most for) a group, of which it `had` so much; base units.

    `known` says of who is named which values other traits can have: the segment of a customer, the tier of a segment.
    """

    is_floor: bool
    group: Mapping[str, Any]
    items: frozenset[int]
    quantity: Decimal
    had: Decimal = ZERO
    id: int = 0
    known: Mapping[str, frozenset[Any]] = field(default_factory=dict)

    @property
    def left(self) -> Decimal:
        """What its group must still get (floor) or may still get (ceiling)."""
        return max(ZERO, self.quantity - self.had)

    def is_of(self, traits: Mapping[str, Any]) -> bool:
        """Whether a demand belongs to the group."""
        return all(traits.get(name) == value for name, value in self.group.items())


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks: traits (customer, segment, tier, region, channel), what of which item, and what of it was theirs before."""

    traits: Mapping[str, Any]
    wanted: Mapping[int, Decimal]
    own: Mapping[int, Decimal] = field(default_factory=dict)


Kept = list[tuple[Supply, Decimal]]


@contextmanager
def protect(pool: SupplyPool, protections: Sequence[Protected], demand: Asking) -> Iterator[None]:
    """Within this, the pool holds what may be promised to the demand. Afterwards what was kept back is there again, and what was
    taken counts for its group."""
    kept: Kept = []
    for item in demand.wanted:
        others = set_aside(
            [one for one in protections if one.is_floor and item in one.items and not one.is_of(demand.traits)]
        )
        if others:
            others = min(others, _free(pool, item) - demand.own.get(item, ZERO))
            _keep(pool, item, others, kept, GUARANTEED)
    for one in protections:
        if not one.is_floor and one.is_of(demand.traits):
            _cap(pool, one, demand, kept)
    before = {item: _free(pool, item) for item in demand.wanted}
    try:
        yield
    finally:
        taken = {item: free - _free(pool, item) for item, free in before.items()}
        for row, quantity in kept:
            row.free += quantity
        pool.withheld.clear()
        got = {item: quantity - demand.own.get(item, ZERO) for item, quantity in taken.items()}
        count(protections, demand.traits, got)


def count(protections: Sequence[Protected], traits: Mapping[str, Any], got: Mapping[int, Decimal]) -> None:
    """So much more (or less) of some items is a demand's of these traits: it counts in each of its groups."""
    for one in protections:
        if one.is_of(traits):
            one.had += sum((quantity for item, quantity in got.items() if item in one.items), ZERO)


def _cap(pool: SupplyPool, ceiling: Protected, demand: Asking, kept: Kept) -> None:
    """Keep back what would take the group above its ceiling; what the demand had before may come to it again."""
    items = [item for item in demand.wanted if item in ceiling.items]
    left = ceiling.left + sum((demand.own.get(item, ZERO) for item in items), ZERO)
    for item in items:
        free = _free(pool, item)
        may = min(left, demand.wanted[item], free)
        _keep(pool, item, free - may, kept, CAPPED if may < demand.wanted[item] else "")
        left -= may


def _keep(pool: SupplyPool, item: int, quantity: Decimal, kept: Kept, why: str) -> None:
    """Keep so much of an item back, and note why if that may leave something unpromised."""
    if quantity <= 0:
        return
    if why:
        pool.withheld[item] = why
    lots, receipts = pool.by_item.get(item, ((), ()))
    living = sorted(lots, key=lambda row: (row.expires_on or NEVER, row.id), reverse=True)
    for row in [*living, *receipts] if why == GUARANTEED else [*reversed(receipts), *living]:
        part = min(row.free, quantity)
        if part > 0:
            row.free -= part
            quantity -= part
            kept.append((row, part))


def _free(pool: SupplyPool, item: int) -> Decimal:
    lots, receipts = pool.by_item.get(item, ((), ()))
    return sum((row.free for row in (*lots, *receipts)), ZERO)
