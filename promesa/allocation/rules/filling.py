"""A level that rises for many lines at once under several bounds: pools, lots with dates, ceilings, the need of a floor.

Everybody rises together. Whoever meets a bound stops there, and the others go on. As what lines draw depends on the level alone,
each bound has its own highest level, and the lowest of them is the next to bind; a bound's level only rises as others stop,
so a heap of stale levels is enough.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from heapq import heapify, heappop, heappush
from math import lcm
from typing import Protocol

from promesa.allocation.rules.division import Claim, award, drawn_at, level_of
from promesa.allocation.rules.lots import Lots

Awards = dict[int, Fraction]
Kind = tuple[int, ...]


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
        self.kinds: dict[Kind, list[int]] = {}
        for line in members:
            self.kinds.setdefault(tuple(lots.open_to(line)), []).append(line)
        self.held: dict[Kind, int] = dict.fromkeys(self.kinds, 0)
        for line, held in lots.held.items():
            kind = tuple(lots.open_to(line))
            self.held[kind] = self.held.get(kind, 0) + sum(held.values())
        grains = set(lots.grain.values()) | {lots.pack_of(line) for line in members}
        grain = grains.pop() if len(grains) == 1 else 1
        self.supply = [lot.quantity // grain * grain for lot in lots.lots]

    def highest(self, claims: Mapping[int, Claim], stopped: Awards) -> tuple[Fraction, Sequence[int]] | None:
        level: Fraction | None = None
        tight: set[Kind] = set()
        rising = {kind: [line for line in lines if line not in stopped] for kind, lines in self.kinds.items()}
        settled: dict[Kind, int | Fraction] = dict(self.held)
        unit = 1
        if stopped:
            for kind, lines in self.kinds.items():
                settled[kind] += sum((stopped[line] for line in lines if line in stopped), Fraction(0))
            unit = lcm(*(one.denominator for one in settled.values()))
        while True:
            over, under = (level.numerator, level.denominator) if level is not None else (0, 1)
            scale = lcm(unit, under)
            asked = {}
            for kind, fixed in settled.items():
                drawn = sum(
                    claims[line].most * under if level is None else drawn_at(claims[line], over, under)
                    for line in rising.get(kind, ())
                )
                asked[kind] = int(fixed * scale) + drawn * (scale // under)
            kinds = crowded(asked, [quantity * scale for quantity in self.supply])
            if not kinds:
                break
            tight = kinds
            reach = set().union(*tight)
            members = [claims[line] for kind in tight for line in rising.get(kind, ())]
            room = sum(self.supply[lot] for lot in reach) - sum(settled[kind] for kind in tight)
            lower = level_of(max(0, room), members)
            if lower is None or (level is not None and lower >= level):
                break
            level = lower
        return None if level is None else (level, [line for kind in tight for line in rising.get(kind, ())])


def crowded(asked: Mapping[Kind, int], supply: Sequence[int]) -> set[Kind]:
    """Kinds of lines that ask for more than the lots open to them hold; empty if all can be served (a largest flow)."""
    free = list(supply)
    waiting = dict(asked)
    sent: dict[tuple[Kind, int], int] = {}
    kinds = sorted(asked, key=lambda kind: (len(kind), kind))
    for kind in kinds:
        for lot in kind:
            amount = min(free[lot], waiting[kind])
            if amount:
                free[lot] -= amount
                waiting[kind] -= amount
                sent[(kind, lot)] = amount
    while True:
        short = [kind for kind in kinds if waiting[kind] > 0]
        if not short:
            return set()
        came: dict[int, tuple[Kind, int | None]] = {}
        reached: dict[Kind, int | None] = dict.fromkeys(short)
        end = _way_out(short, reached, came, free, sent)
        if end is None:
            return set(reached)
        _send(end, came, waiting, free, sent)


def _way_out(
    queue: list[Kind],
    reached: dict[Kind, int | None],
    came: dict[int, tuple[Kind, int | None]],
    free: Sequence[int],
    sent: Mapping[tuple[Kind, int], int],
) -> int | None:
    """A lot with something free that can be reached by moving others; None if there is none."""
    queue = list(queue)
    for kind in queue:
        for lot in kind:
            if lot in came:
                continue
            came[lot] = (kind, reached[kind])
            if free[lot] > 0:
                return lot
            for other, held_lot in list(sent):
                if held_lot == lot and other not in reached and sent[(other, lot)] > 0:
                    reached[other] = lot
                    queue.append(other)
    return None


def _send(
    end: int,
    came: Mapping[int, tuple[Kind, int | None]],
    waiting: dict[Kind, int],
    free: list[int],
    sent: dict[tuple[Kind, int], int],
) -> None:
    """Send as much as the found way allows, and book it."""
    way: list[tuple[Kind, int, int | None]] = []
    lot: int | None = end
    amount = free[end]
    while lot is not None:
        kind, before = came[lot]
        way.append((kind, lot, before))
        amount = min(amount, waiting[kind] if before is None else sent[(kind, before)])
        lot = before
    for kind, lot_to, lot_from in way:
        sent[(kind, lot_to)] = sent.get((kind, lot_to), 0) + amount
        if lot_from is None:
            waiting[kind] -= amount
        else:
            sent[(kind, lot_from)] -= amount
    free[end] -= amount


def fill(claims: Mapping[int, Claim], bounds: Sequence[Bound]) -> Awards:
    """What each line draws when all rise together until each has met a bound or has all it claims."""
    stopped: Awards = {}
    heap: list[tuple[Fraction, int, int, Sequence[int]]] = []
    for place, bound in enumerate(bounds):
        found = bound.highest(claims, stopped)
        if found is not None:
            heap.append((found[0], place, 0, found[1]))
    heapify(heap)
    while heap:
        level, place, known, tight = heappop(heap)
        if known != len(stopped):
            found = bounds[place].highest(claims, stopped)
            if found is None:
                continue
            level, tight = found
            if heap and level > heap[0][0]:
                heappush(heap, (level, place, len(stopped), tight))
                continue
        for line in tight:
            stopped[line] = award(claims[line], level)
        if tight and any(line not in stopped for line in bounds[place].members):
            heappush(heap, (level, place, -1, tight))
    for line, claim in claims.items():
        if line not in stopped:
            stopped[line] = Fraction(claim.most)
    return stopped
