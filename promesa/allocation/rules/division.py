"""How one pool is divided: every rule but priority is one level that rises until the pool is empty.

A claim gives the part of a line at a level: `rate x level - start`, never below nothing, never above `most`. Proportional shares
raise everybody's fill together, equal awards raise units, weighted ones units by weight, equal losses lower the loss, days of
supply raise the days that stock and award will last together. Levels are fractions, so nothing is lost before whole packs
are made of the awards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from heapq import heapify, heappop
from math import lcm
from typing import Any, NamedTuple

from promesa.allocation.rules.instance import MILLION, Rule


class Claim(NamedTuple):
    """What one line draws as the level rises."""

    rate: int
    start: int
    most: int


class Want(NamedTuple):
    """What a rule needs to know of a line: how much it may still get, and what its claim goes by."""

    most: int
    base: int
    weight: int = MILLION
    stock: int = 0
    daily_demand: int = 0


def claims_of(rule: str, wants: Sequence[Want]) -> list[Claim]:
    """The claims of lines under a rule. Who has no rate (no quota, no weight, no demand) draws only when others are full."""
    if rule in (Rule.PROPORTIONAL, Rule.BEST):
        return [Claim(want.base, 0, want.most) for want in wants]
    if rule == Rule.MAX_MIN:
        return [Claim(1, 0, want.most) for want in wants]
    if rule == Rule.WEIGHTED_MAX_MIN:
        return [Claim(want.weight, 0, want.most) for want in wants]
    if rule == Rule.EQUAL_LOSSES:
        highest = max((want.base for want in wants), default=0)
        return [Claim(1, highest - want.base, want.most) for want in wants]
    if rule == Rule.DAYS_OF_SUPPLY:
        return [Claim(want.daily_demand, want.stock, want.most) for want in wants]
    raise ValueError(rule)


def award(claim: Claim, level: Fraction) -> Fraction:
    """What a claim draws at a level, exactly."""
    drawn = claim.rate * level - claim.start
    return Fraction(0) if drawn <= 0 else Fraction(claim.most) if drawn >= claim.most else drawn


def drawn_at(claim: Claim, over: int, under: int) -> int:
    """What a claim draws at the level `over / under`, times `under`."""
    drawn = claim.rate * over - claim.start * under
    most = claim.most * under
    return 0 if drawn <= 0 else most if drawn >= most else drawn


def level_of(pool: int | Fraction, claims: Sequence[Claim]) -> Fraction | None:
    """The highest level at which the claims draw no more than the pool; None if the pool has enough for all of them.

    Claims without rate draw nothing at any level.
    """
    drawing = [claim for claim in claims if claim.rate > 0 and claim.most > 0]
    if sum(claim.most for claim in drawing) <= pool:
        return None
    if all(not claim.start for claim in drawing):
        return _level_from_nothing(pool, drawing)
    return _level_between(pool, drawing)


def _level_from_nothing(pool: int | Fraction, drawing: list[Claim]) -> Fraction:
    """Fill, set aside who is full, fill again: the level only rises, so a round or two are enough."""
    left: int | Fraction = pool
    while True:
        rates = sum(claim.rate for claim in drawing)
        full = [claim for claim in drawing if claim.most * rates <= claim.rate * left]
        if not full:
            return Fraction(left) / rates
        drawing = [claim for claim in drawing if claim.most * rates > claim.rate * left]
        left -= sum(claim.most for claim in full)


def _level_between(pool: int | Fraction, drawing: list[Claim]) -> Fraction:
    """Claims that begin at different levels: find the two turns between which the pool runs out."""
    turns = sorted(
        {Fraction(claim.start, claim.rate) for claim in drawing}
        | {Fraction(claim.start + claim.most, claim.rate) for claim in drawing}
    )
    low, high = 0, len(turns) - 1
    while high - low > 1:
        middle = (low + high) // 2
        if _drawn(drawing, turns[middle]) <= pool:
            low = middle
        else:
            high = middle
    if low == 0 and _drawn(drawing, turns[0]) > pool:
        return turns[0]
    begin, end = turns[low], turns[high]
    rising = [c for c in drawing if c.start <= begin * c.rate and end * c.rate <= c.start + c.most]
    full = sum(c.most for c in drawing if c.start + c.most <= begin * c.rate)
    return (Fraction(pool) - full + sum(c.start for c in rising)) / sum(c.rate for c in rising)


def _drawn(drawing: list[Claim], level: Fraction) -> Fraction:
    over, under = level.numerator, level.denominator
    return Fraction(sum(drawn_at(claim, over, under) for claim in drawing), under)


def divide(rule: str, pool: int, wants: Sequence[Want]) -> list[Fraction]:
    """What each want gets of one pool under a rule, before packs. Priority serves them in the order given.

    What is left when all claims are met goes, in proportion to what they still lack, to who claims nothing.
    """
    if rule == Rule.PRIORITY:
        served = []
        for want in wants:
            served.append(Fraction(min(pool, want.most)))
            pool -= min(pool, want.most)
        return served
    claims = claims_of(rule, wants)
    level = level_of(pool, claims)
    if level is not None:
        return [award(claim, level) if claim.rate > 0 else Fraction(0) for claim in claims]
    awards = [Fraction(claim.most if claim.rate > 0 else 0) for claim in claims]
    idle = [Claim(claim.most if claim.rate <= 0 else 0, 0, claim.most) for claim in claims]
    rest = level_of(pool - sum(awards), idle)
    for place, claim in enumerate(idle):
        if claim.rate > 0:
            awards[place] = Fraction(claim.most) if rest is None else award(claim, rest)
    return awards


def whole_packs(
    awards: Sequence[Fraction | int],
    packs: Sequence[int],
    ties: Sequence[Any],
    give: Callable[[int, int], int],
) -> int:
    """Make whole packs of awards: each gets those that its award holds, then the largest remainders one more while it fits.

    `give(place, quantity)` hands over as much of the quantity as it can, in whole packs, and says how much that was.
    Returns what was given. Ties fall to who comes first by `ties`.
    """
    given = 0
    queue: list[tuple[Any, Any, int]] = []
    common = lcm(*set(packs)) if packs else 1
    for place in sorted(range(len(awards)), key=ties.__getitem__):
        pack, due = packs[place], awards[place]
        whole = int(due // pack) * pack
        got = give(place, whole) if whole else 0
        given += got
        if due > got:
            queue.append((-(due - got) * (common // pack), ties[place], place))
    heapify(queue)
    while queue:
        _, _, place = heappop(queue)
        given += give(place, packs[place])
    return given
