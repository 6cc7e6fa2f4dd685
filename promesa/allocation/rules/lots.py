"""Which lots may serve which lines, and who stands on which lot.

Two kinds of store hold the supply of an item. A `Pool` counts one sum: enough when every lot may serve every line and all take packs
of one size. `Lots` keeps who holds what of which lot, and moves others aside when that lets somebody be served.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from promesa.allocation.rules.instance import Id, Line, Lot

NEVER = date.max
# How far somebody is moved to make room.
ALONE, AT_ONCE, FURTHER = range(3)


def by_id(one: Id) -> tuple[int, str]:
    """Identities in their order: shorter text first, then by text."""
    text = str(one)
    return (len(text), text)


def fefo(lot: Lot) -> tuple[date, date, tuple[int, str]]:
    """Lots in the order in which they are used: who expires first, then who comes first, then by identity."""
    return (lot.expires_on or NEVER, lot.available_on, by_id(lot.id))


def in_time(lot: Lot, line: Line, as_of: date) -> bool:
    """Whether the lot is there by the day that the line asks for or takes at the latest (or today, if that has passed)."""
    asked = line.latest_on or line.requested_on
    return asked is None or lot.available_on <= (asked if asked > as_of else as_of)


def lives(lot: Lot, line: Line, as_of: date) -> bool:
    """Whether the lot keeps the life that the line needs, counted from the day on which it can be there."""
    if lot.expires_on is None:
        return True
    there = max(as_of, lot.available_on, line.requested_on or as_of)
    return lot.expires_on - there >= timedelta(days=line.minimum_life_days)


def serves(lot: Lot, line: Line, as_of: date) -> bool:
    """Whether a lot may serve a line: of its item, in time, young enough and not expired."""
    return lot.item == line.item and in_time(lot, line, as_of) and lives(lot, line, as_of)


class Pool:
    """The supply of an item as one number."""

    __slots__ = ("free", "lots", "pack")

    def __init__(self, lots: Sequence[Lot], pack: int) -> None:
        self.lots, self.pack = lots, pack
        self.free = lots[0].quantity if len(lots) == 1 else sum(lot.quantity // pack * pack for lot in lots)

    def add(self, line: int, quantity: int, pack: int) -> int:
        got = quantity if quantity <= self.free else self.free // pack * pack
        self.free -= got
        return got

    def add_loose(self, line: int, quantity: int, pack: int) -> int:
        return self.add(line, quantity, 1 if len(self.lots) == 1 else pack)

    def remove(self, line: int, quantity: int) -> None:
        self.free += quantity

    def usable(self, line: int) -> int:
        return sum([lot.quantity for lot in self.lots])

    def total_free(self) -> int:
        return self.free

    def placed(self, given: Sequence[tuple[int, int]]) -> list[tuple[int, int, int]]:
        """(line, place of the lot, quantity) for lines in serving order, from the lot to be used first."""
        if len(self.lots) == 1:
            return [(line, 0, quantity) for line, quantity in given]
        out, place, pack = [], 0, self.pack
        left = self.lots[0].quantity // pack * pack if self.lots else 0
        for line, quantity in given:
            while quantity:
                while not left:
                    place += 1
                    left = self.lots[place].quantity // pack * pack
                took = min(left, quantity)
                out.append((line, place, took))
                left -= took
                quantity -= took
        return out


class Lots:
    """The supply of an item lot by lot. `open_to` says for each line which lots it may use, in FEFO order."""

    __slots__ = ("free", "grain", "held", "lots", "open_to", "pack_of")

    def __init__(
        self, lots: Sequence[Lot], open_to: Callable[[int], Sequence[int]], pack_of: Callable[[int], int]
    ) -> None:
        self.lots, self.pack_of = lots, pack_of
        self.free = [lot.quantity for lot in lots]
        self.open_to = open_to
        self.held: dict[int, dict[int, int]] = {}
        self.grain: dict[int, int] = {}

    def add(self, line: int, quantity: int, pack: int) -> int:
        """Give whole packs of lots to a line, as many as there can be up to the quantity; others are moved if that helps."""
        self.grain.setdefault(line, pack)
        return self._add(line, quantity, pack)

    def add_loose(self, line: int, quantity: int, pack: int) -> int:
        """Give what a line already has: by whole packs as far as that goes, the rest cut as it comes."""
        got = self.add(line, quantity // pack * pack, pack)
        if got < quantity:
            self.grain[line] = 1
            got += self._add(line, quantity - got, 1)
        return got

    def _add(self, line: int, quantity: int, pack: int) -> int:
        got = self._take(line, quantity, pack)
        while got < quantity and sum(self.free) >= pack:
            more = 0
            for lot in self.open_to(line):
                wanted = min(quantity - got - more, self.lots[lot].quantity) // pack * pack
                if wanted:
                    self._make_room(lot, wanted, line, set())
                    more += self._take(line, quantity - got - more, pack)
            if not more:
                break
            got += more
        return got

    def _take(self, line: int, quantity: int, pack: int) -> int:
        got = 0
        for lot in self.open_to(line):
            took = min(self.free[lot], quantity - got) // pack * pack
            if took:
                self.free[lot] -= took
                held = self.held.setdefault(line, {})
                held[lot] = held.get(lot, 0) + took
                got += took
        return got

    def _make_room(self, lot: int, wanted: int, asking: int, seen: set[int]) -> None:
        """Move holders of the lot elsewhere until `wanted` is free in it, or as much as will go."""
        seen.add(lot)
        # Who makes all the room alone goes first, then who can go at once: of the small who went before them, packs may be left
        # too little, and a lot in which room was sought in vain for many is not looked at again for few.
        for way in (ALONE, AT_ONCE, FURTHER):
            if self.free[lot] >= wanted:
                return
            for other in [line for line, held in self.held.items() if lot in held and line != asking]:
                if self.free[lot] >= wanted:
                    return
                self._move_out(other, lot, wanted, asking, seen, way)

    def _move_out(self, line: int, lot: int, wanted: int, asking: int, seen: set[int], way: int) -> None:
        """Move what a line holds of a lot into others; if it goes `FURTHER`, room is made there too."""
        grain = self.grain[line]
        for target in self.open_to(line):
            short, holds = wanted - self.free[lot], self.held[line].get(lot, 0)
            if target in seen or short <= 0 or not holds:
                continue
            moving = min(-(-short // grain) * grain, holds)
            if way == ALONE and (moving < short or self.free[target] < moving):
                continue
            if way == FURTHER and self.free[target] < moving:
                self._make_room(target, moving, asking, seen)
            moved = min(moving, self.free[target]) // grain * grain
            if moved:
                self._move(line, lot, target, moved)

    def _move(self, line: int, lot: int, target: int, quantity: int) -> None:
        held = self.held[line]
        held[lot] -= quantity
        if not held[lot]:
            del held[lot]
        held[target] = held.get(target, 0) + quantity
        self.free[lot] += quantity
        self.free[target] -= quantity

    def remove(self, line: int, quantity: int) -> None:
        """Take back so much of what a line holds, from the lot used last."""
        held = self.held.get(line, {})
        for lot in sorted(held, reverse=True):
            back = min(held[lot], quantity)
            held[lot] -= back
            self.free[lot] += back
            quantity -= back
            if not held[lot]:
                del held[lot]

    def total_free(self) -> int:
        return sum(self.free)

    def is_mixed(self) -> bool:
        """Whether packs of several sizes stand in these lots."""
        return len(set(self.grain.values())) > 1

    def usable(self, line: int) -> int:
        """All that the line may use, whoever has it."""
        return sum(self.lots[lot].quantity for lot in self.open_to(line))

    def placed(self, given: Sequence[tuple[int, int]]) -> list[tuple[int, int, int]]:
        return [(line, lot, quantity) for line, _ in given for lot, quantity in sorted(self.held.get(line, {}).items())]
