"""One item whose supply is one pool and which no floor or ceiling binds: the same sharing as on the board, in whole numbers only.

Most items of a large instance are like that. What this cannot do it leaves to the board.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from promesa.allocation.rules.division import Claim, claims_of, level_of
from promesa.allocation.rules.instance import Rule, Strategy
from promesa.allocation.rules.limits import TURN, is_fixed
from promesa.allocation.rules.lots import Pool

if TYPE_CHECKING:
    from promesa.allocation.rules.board import Board

FROM_NOTHING = frozenset({Rule.PROPORTIONAL, Rule.MAX_MIN, Rule.WEIGHTED_MAX_MIN})


def share_pool(board: Board, pool: Pool, places: Sequence[int]) -> None:
    """Share a pool among the lines of its item, in turns and tiers. Lines have no minimum, or there is enough for all."""
    lines, most, given, kept = board.lines, board.most, board.given, board.kept
    keeping = [place for place in places if kept[place]]
    if keeping:
        keeping.sort(key=lambda place: (not is_fixed(lines[place]), board.priority(place)))
        for place in keeping:
            got = board.keep(place)
            board.note(place, "share_fixed" if is_fixed(lines[place]) else "share_kept", got)
    rising = [place for place in places if most[place] > given[place] and not (kept[place] and is_fixed(lines[place]))]
    if sum([most[place] - given[place] for place in rising]) <= pool.free:
        for place in rising:
            pool.free -= most[place] - given[place]
            given[place] = most[place]
        return
    turns: dict[tuple[int, int], list[int]] = defaultdict(list)
    for place in rising:
        line = lines[place]
        turns[(TURN[line.strategy], line.tier)].append(place)
    improving = [place for place in rising if lines[place].strategy == Strategy.IMPROVE and lines[place].confirmed]
    for turn in sorted(turns):
        if improving and turn[0] >= TURN[Strategy.IMPROVE]:
            board.keep_up(improving)
            improving = []
        divide_pool(board, pool, turns[turn])


def divide_pool(board: Board, pool: Pool, places: list[int]) -> None:
    """Divide a pool among lines of one turn and tier."""
    given, most, free = board.given, board.most, pool.free
    places = [place for place in places if most[place] > given[place]]
    if len(places) > 1 and len({board.lines[place].pack for place in places}) > 1:
        board.share(places)
        return
    if len(places) == 1 or board.rule == Rule.PRIORITY:
        places.sort(key=board.priority)
        for place in places:
            pack = board.lines[place].pack
            got = min(most[place] - given[place], pool.free // pack * pack)
            board.note_share(place, got)
            given[place] += got
            pool.free -= got
        return
    wants = [most[place] - given[place] for place in places]
    if sum(wants) <= free:
        for place, want in zip(places, wants, strict=True):
            given[place] += want
        pool.free = free - sum(wants)
        return
    dues, under = _dues(board, free, places, wants)
    _give_packs(board, pool, places, dues, under)


def _dues(board: Board, free: int, places: list[int], wants: list[int]) -> tuple[list[int], int]:
    """What each is due, in parts of a common denominator."""
    claims = claims_of(board.rule, [board.want(place) for place in places])
    if all(claim.rate for claim in claims) and board.rule in FROM_NOTHING:
        return _level_dues(free, claims)
    drawing = [claim for claim in claims if claim.rate]
    level = level_of(free, drawing)
    if level is None:
        # who claims nothing shares what the others leave
        left = free - sum(claim.most for claim in drawing)
        idle, under = _level_dues(left, [Claim(claim.most, 0, claim.most) for claim in claims if not claim.rate])
        rest = iter(idle)
        return [claim.most * under if claim.rate else next(rest) for claim in claims], under
    over, under = level.numerator, level.denominator
    return [max(0, min(c.most * under, c.rate * over - c.start * under)) if c.rate else 0 for c in claims], under


def _level_dues(free: int, claims: Sequence[Claim]) -> tuple[list[int], int]:
    """Dues of claims that begin at nothing and ask for more than there is."""
    left, rates = free, sum(claim.rate for claim in claims)
    full: set[int] = set()
    while True:
        more = [at for at, c in enumerate(claims) if at not in full and c.most * rates <= c.rate * left]
        if not more:
            break
        full.update(more)
        left = free - sum(claims[at].most for at in full)
        rates = sum(c.rate for at, c in enumerate(claims) if at not in full)
    return [c.most * rates if at in full else c.rate * left for at, c in enumerate(claims)], rates


def _give_packs(board: Board, pool: Pool, places: list[int], dues: list[int], under: int) -> None:
    """Whole packs of what is due, then one more by the largest remainder as long as there are any."""
    given, pack = board.given, board.lines[places[0]].pack
    rest: list[tuple[int, int]] = []
    free = pool.free
    for place, due in zip(places, dues, strict=True):
        board.note_share(place, due // under)
        whole = due // (under * pack) * pack
        given[place] += whole
        free -= whole
        if due > whole * under:
            rest.append((whole * under - due, place))
    more = min(free // pack, len(rest))
    if more:
        rest.sort(key=lambda one: (one[0], board.tie(one[1])))
        for _, place in rest[:more]:
            given[place] += pack
        free -= more * pack
    pool.free = free
