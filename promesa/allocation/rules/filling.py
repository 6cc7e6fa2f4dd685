"""A level that rises for many lines at once under several bounds: pools, lots with dates, ceilings, the need of a floor.

Everybody rises together. Whoever meets a bound stops there, and the others go on. As what lines draw depends on the level alone,
each bound has its own highest level, and the lowest of them is the next to bind; a bound's level only rises as others stop,
so a heap of stale levels is enough.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from heapq import heapify, heappop, heappush
from typing import Protocol

from promesa.allocation.rules.division import Claim, award, level_of
from promesa.allocation.rules.lots import Lots

Awards = dict[int, Fraction]


class Bound(Protocol):
    """Something that ends the rise of its members."""

    members: Sequence[int]

    def highest(self, claims: Mapping[int, Claim], stopped: Awards) -> tuple[Fraction, Sequence[int]] | None:
        """The highest level it allows and who stops there; None if it allows all that its members claim."""


class Sum:
    """Members together get no more than so much."""

    def __init__(self, capacity: int, members: Sequence[int]) -> None:
        self.capacity, self.members = max(0, capacity), members

    def highest(self, claims: Mapping[int, Claim], stopped: Awards) -> tuple[Fraction, Sequence[int]] | None:
        rising = [line for line in self.members if line not in stopped]
        left = self.capacity - sum((stopped[line] for line in self.members if line in stopped), Fraction(0))
        level = level_of(max(left, Fraction(0)), [claims[line] for line in rising])
        return None if level is None else (level, rising)


class Flow:
    """Lots that serve some lines and not others: what any set of lines gets must fit into the lots open to it."""

    def __init__(self, lots: Lots, members: Sequence[int]) -> None:
        self.members = members
        self.kinds: dict[tuple[int, ...], list[int]] = {}
        for line in members:
            self.kinds.setdefault(tuple(lots.open_to(line)), []).append(line)
        self.held: dict[tuple[int, ...], int] = dict.fromkeys(self.kinds, 0)
        for line, held in lots.held.items():
            kind = tuple(lots.open_to(line))
            self.held[kind] = self.held.get(kind, 0) + sum(held.values())
        grains = set(lots.grain.values()) | {lots.pack_of(line) for line in members}
        grain = grains.pop() if len(grains) == 1 else 1
        self.supply = [lot.quantity // grain * grain for lot in lots.lots]

    def highest(self, claims: Mapping[int, Claim], stopped: Awards) -> tuple[Fraction, Sequence[int]] | None:
        kinds = set(self.held)
        level: Fraction | None = None
        tight: set[tuple[int, ...]] = set()
        while True:
            asked = {kind: self._asked(kind, claims, stopped, level) for kind in self.held}
            kinds = crowded(asked, self.supply)
            if not kinds:
                break
            tight = kinds
            reach = set().union(*tight)
            rising = self._rising(tight, stopped)
            fixed = sum((self._settled(kind, stopped) for kind in tight), Fraction(0))
            room = max(Fraction(0), sum(self.supply[lot] for lot in reach) - fixed)
            lower = level_of(room, [claims[line] for line in rising])
            if lower is None or (level is not None and lower >= level):
                break
            level = lower
        return None if level is None else (level, self._rising(tight, stopped))

    def _rising(self, kinds: set[tuple[int, ...]], stopped: Awards) -> list[int]:
        return [line for kind in kinds for line in self.kinds.get(kind, ()) if line not in stopped]

    def _settled(self, kind: tuple[int, ...], stopped: Awards) -> Fraction:
        held = Fraction(self.held[kind])
        return held + sum((stopped[line] for line in self.kinds.get(kind, ()) if line in stopped), Fraction(0))

    def _asked(
        self, kind: tuple[int, ...], claims: Mapping[int, Claim], stopped: Awards, level: Fraction | None
    ) -> Fraction:
        total = self._settled(kind, stopped)
        for line in self.kinds.get(kind, ()):
            if line not in stopped:
                claim = claims[line]
                total += claim.most if level is None else award(claim, level)
        return total


def crowded(asked: Mapping[tuple[int, ...], Fraction], supply: Sequence[int]) -> set[tuple[int, ...]]:
    """Kinds of lines that ask for more than the lots open to them hold; empty if all can be served (a largest flow)."""
    free = [Fraction(quantity) for quantity in supply]
    sent: dict[tuple[tuple[int, ...], int], Fraction] = {}
    waiting = dict(asked)
    kinds = sorted(asked)
    while True:
        came: dict[int, tuple[tuple[int, ...], int | None]] = {}
        reached = {kind: None for kind in kinds if waiting[kind] > 0}
        line_of: dict[tuple[int, ...], int | None] = dict(reached)
        queue = list(reached)
        end: int | None = None
        while queue and end is None:
            kind = queue.pop(0)
            for lot in kind:
                if lot in came:
                    continue
                came[lot] = (kind, line_of[kind])
                if free[lot] > 0:
                    end = lot
                    break
                for other in kinds:
                    if other not in line_of and sent.get((other, lot), 0) > 0:
                        line_of[other] = lot
                        queue.append(other)
        if end is None:
            return set(line_of)
        _send(end, came, waiting, free, sent)


def _send(
    end: int,
    came: Mapping[int, tuple[tuple[int, ...], int | None]],
    waiting: dict[tuple[int, ...], Fraction],
    free: list[Fraction],
    sent: dict[tuple[tuple[int, ...], int], Fraction],
) -> None:
    """Send as much as the found way allows, and book it."""
    way: list[tuple[tuple[int, ...], int, int | None]] = []
    lot: int | None = end
    amount = free[end]
    while lot is not None:
        kind, before = came[lot]
        way.append((kind, lot, before))
        amount = min(amount, waiting[kind] if before is None else sent[(kind, before)])
        lot = before
    for kind, lot_to, lot_from in way:
        sent[(kind, lot_to)] = sent.get((kind, lot_to), Fraction(0)) + amount
        if lot_from is None:
            waiting[kind] -= amount
        else:
            sent[(kind, lot_from)] -= amount
    free[end] -= amount


def fill(claims: Mapping[int, Claim], bounds: Sequence[Bound]) -> Awards:
    """What each line draws when all rise together until each has met a bound or has all it claims."""
    stopped: Awards = {}
    heap: list[tuple[Fraction, int]] = []
    for place, bound in enumerate(bounds):
        found = bound.highest(claims, stopped)
        if found is not None:
            heap.append((found[0], place))
    heapify(heap)
    while heap:
        _, place = heappop(heap)
        found = bounds[place].highest(claims, stopped)
        if found is None:
            continue
        level, tight = found
        if heap and level > heap[0][0]:
            heappush(heap, (level, place))
            continue
        for line in tight:
            stopped[line] = award(claims[line], level)
        if len(tight) and any(line not in stopped for line in bounds[place].members):
            heappush(heap, (level, place))
    for line, claim in claims.items():
        if line not in stopped:
            stopped[line] = Fraction(claim.most)
    return stopped
