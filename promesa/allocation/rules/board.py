"""The table at which one group of items that hang together is shared out: who has what, and how much is left of what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from promesa.allocation.rules.division import Claim, Want, award, claims_of, level_of, whole_packs
from promesa.allocation.rules.filling import Bound, Flow, Sum, fill
from promesa.allocation.rules.instance import Id, Line, Lot, Rule
from promesa.allocation.rules.limits import priority, tie
from promesa.allocation.rules.lots import Lots, Pool, fefo, serves

Shelf = Pool | Lots
UNBOUND = 1 << 80


class Quota:
    """What a ceiling, or the need of a floor, still allows; a need may be met by a pack that goes beyond it."""

    __slots__ = ("left", "soft")

    def __init__(self, left: int, *, soft: bool = False) -> None:
        self.left, self.soft = left, soft

    def allows(self, quantity: int, pack: int) -> int:
        if self.left <= 0:
            return 0
        room = -(-self.left // pack) * pack if self.soft else self.left
        return min(quantity, room)


class Board:
    """Lines by their place in the instance. Quantities are millionths."""

    def __init__(self, *, rule: str, lines: Sequence[Line], most: list[int], kept: list[int]) -> None:
        self.rule, self.lines, self.most, self.kept = rule, lines, most, kept
        self.given = [0] * len(lines)
        self.closed: set[int] = set()
        self.shelf_of: dict[Id, Shelf] = {}
        self.quotas: dict[int, list[Quota]] = {}
        self.notes: dict[int, list[tuple[Any, ...]]] = {}

    # what is there

    def open_item(self, item: Id, lots: Sequence[Lot], places: Sequence[int], as_of: Any) -> None:
        """Lay out the lots of an item for its lines, as one pool where that says the same."""
        self.shelf_of[item] = make_shelf(sorted(lots, key=fefo), places, self, as_of)

    def shelf(self, line: int) -> Shelf:
        return self.shelf_of[self.lines[line].item]

    # giving and taking

    def give(self, line: int, quantity: int, needs: Sequence[Quota] = ()) -> int:
        """Give whole packs, as many as lots, ceilings, needs and the line itself allow; returns how much that was."""
        pack = self.lines[line].pack
        quantity = min(quantity, self.most[line] - self.given[line])
        quotas = self.quotas.get(line, ())
        for quota in (*quotas, *needs):
            quantity = quota.allows(quantity, pack)
        quantity = quantity // pack * pack
        if quantity <= 0:
            return 0
        got = self.shelf(line).add(line, quantity, pack)
        if got:
            self._book(line, got, (*quotas, *needs))
        return got

    def keep(self, line: int) -> int:
        """Give a line what it keeps, though a ceiling says otherwise; returns how much of it there was."""
        got = 0 if line in self.closed else self.shelf(line).add_loose(line, self.kept[line], self.lines[line].pack)
        self._book(line, got, self.quotas.get(line, ()))
        return got

    def take(self, line: int, quantity: int, needs: Sequence[Quota] = ()) -> None:
        self.shelf(line).remove(line, quantity)
        self._book(line, -quantity, (*self.quotas.get(line, ()), *needs))

    def _book(self, line: int, quantity: int, quotas: Iterable[Quota]) -> None:
        self.given[line] += quantity
        for quota in quotas:
            quota.left -= quantity

    def step(self, line: int) -> int:
        """The least that can be added to a line: a pack, or what brings it to its minimum."""
        pack, short = self.lines[line].pack, self.lines[line].minimum - self.given[line]
        return max(pack, -(-short // pack) * pack)

    def room(self, line: int, needs: Sequence[Quota] = ()) -> int:
        """What the line could be given if all supply that is left were its own."""
        pack = self.lines[line].pack
        quantity = min(self.most[line] - self.given[line], self.shelf(line).reachable(line))
        for quota in (*self.quotas.get(line, ()), *needs):
            quantity = quota.allows(quantity, pack)
        return quantity

    # dividing

    def share(self, lines: Iterable[int], needs: Mapping[int, Sequence[Quota]] | None = None) -> None:
        """Divide what is left among lines of one turn and tier by the rule, in whole packs, minimums met or nothing."""
        wanted = needs or {}
        hungry = [line for line in lines if self.most[line] > self.given[line]]
        if not any(self.lines[line].minimum > self.given[line] for line in hungry):
            self._divide(hungry, wanted)
            return
        before = {line: self.given[line] for line in hungry}
        out: set[int] = set()
        while True:
            self._divide([line for line in hungry if line not in out], wanted)
            poor = [line for line in hungry if before[line] < self.given[line] < self.lines[line].minimum]
            if not poor:
                break
            for line in hungry:
                if self.given[line] > before[line]:
                    self.take(line, self.given[line] - before[line], wanted.get(line, ()))
            poor.sort(key=lambda line: priority(self.lines[line]))
            out.update(poor[-max(1, len(poor) // 8) :])
        for line in sorted(out, key=lambda line: priority(self.lines[line])):
            self._give_step(line, wanted.get(line, ()))
            self.note(line, "share_minimum", self.lines[line].minimum)
        self._divide([line for line in out if self.given[line] > before[line]], wanted)

    def _give_step(self, line: int, needs: Sequence[Quota]) -> None:
        step = self.step(line)
        if self.room(line, needs) >= step:
            got = self.give(line, step, needs)
            if got < step:
                self.take(line, got, needs)

    def _divide(self, lines: Sequence[int], needs: Mapping[int, Sequence[Quota]]) -> None:
        if self.rule == Rule.PRIORITY:
            for line in sorted(lines, key=lambda line: priority(self.lines[line])):
                got = self.give(line, self.most[line] - self.given[line], needs.get(line, ()))
                if got and self.given[line] < self.lines[line].minimum:
                    self.take(line, got, needs.get(line, ()))
            return
        wants = [self._want(line) for line in lines]
        claims = dict(zip(lines, claims_of(self.rule, wants), strict=True))
        self._raise({line: claim for line, claim in claims.items() if claim.rate > 0}, needs)
        self._raise(
            {line: Claim(claim.most, 0, claim.most) for line, claim in claims.items() if claim.rate <= 0}, needs
        )

    def _want(self, line: int) -> Want:
        """What the rule goes by, after what the line has already."""
        one, has = self.lines[line], self.given[line]
        base = one.open_quantity if one.base is None else one.base
        return Want(self.most[line] - has, max(0, base - has), one.weight, one.stock + has, one.daily_demand)

    def _raise(self, claims: dict[int, Claim], needs: Mapping[int, Sequence[Quota]]) -> None:
        """Raise the level, make whole packs, and offer again what is left, until no pack of anybody fits."""
        first = True
        before = {line: self.given[line] for line in claims}
        while claims:
            awards = self._awards(claims, needs)
            places = list(claims)

            def hand_over(place: int, quantity: int, places: list[int] = places) -> int:
                return self.give(places[place], quantity, needs.get(places[place], ()))

            if first:
                self._note_shares(awards)
            given = whole_packs(
                [awards[line] for line in places],
                [self.lines[line].pack for line in places],
                [tie(self.lines[line]) for line in places],
                hand_over,
            )
            if not given:
                break
            first = False
            claims = {
                line: Claim(
                    claim.rate, claim.start + self.given[line] - before[line], self.most[line] - self.given[line]
                )
                for line, claim in claims.items()
                if self.room(line, needs.get(line, ())) >= self.lines[line].pack
            }
            before = {line: self.given[line] for line in claims}

    def _awards(self, claims: dict[int, Claim], needs: Mapping[int, Sequence[Quota]]) -> Mapping[int, Fraction | int]:
        bounds = self._bounds(claims, needs)
        if len(bounds) == 1 and isinstance(bounds[0], Sum):
            level = level_of(bounds[0].capacity, list(claims.values()))
            if level is None:
                return {line: claim.most for line, claim in claims.items()}
            return {line: award(claim, level) for line, claim in claims.items()}
        return fill(claims, bounds)

    def _bounds(self, claims: Mapping[int, Claim], needs: Mapping[int, Sequence[Quota]]) -> list[Bound]:
        by_shelf: dict[int, tuple[Shelf, list[int]]] = {}
        by_quota: dict[int, tuple[Quota, list[int]]] = {}
        for line in claims:
            shelf = self.shelf(line)
            by_shelf.setdefault(id(shelf), (shelf, []))[1].append(line)
            for quota in (*self.quotas.get(line, ()), *needs.get(line, ())):
                by_quota.setdefault(id(quota), (quota, []))[1].append(line)
        bounds: list[Bound] = [
            Sum(shelf.free, members) if isinstance(shelf, Pool) else Flow(shelf, members)
            for shelf, members in by_shelf.values()
        ]
        bounds.extend(Sum(quota.left, members) for quota, members in by_quota.values())
        return bounds

    # telling

    def note(self, line: int, *said: Any) -> None:
        self.notes.setdefault(line, []).append(said)

    def _note_shares(self, awards: Mapping[int, Fraction | int]) -> None:
        for line, due in awards.items():
            one = self.lines[line]
            said = self.notes.setdefault(line, [])
            if said and said[-1][0] == f"share_by_{self.rule}":
                said.pop()
            said.append((f"share_by_{self.rule}", one.tier, due.__floor__()))


def make_shelf(lots: list[Lot], places: Sequence[int], board: Board, as_of: Any) -> Shelf:
    """A pool where all lines may use all lots and nothing can get stuck between lots; else the lots one by one."""
    lines = board.lines
    known: dict[tuple[Any, Any, int], tuple[int, ...]] = {}
    open_to: dict[int, tuple[int, ...]] = {}
    for place in places:
        line = lines[place]
        key = (line.requested_on, line.latest_on, line.minimum_life_days)
        if key not in known:
            known[key] = tuple(at for at, lot in enumerate(lots) if serves(lot, line, as_of))
        open_to[place] = known[key]
        if not known[key]:
            board.most[place] = 0
            board.closed.add(place)
    kinds = {kind for kind in known.values() if kind}
    packs = {lines[place].pack for place in places}
    if len(kinds) <= 1:
        used = [lots[at] for at in next(iter(kinds), ())]
        alike = len(packs) == 1 and not any(board.kept[place] % lines[place].pack for place in places)
        if len(used) <= 1 or alike:
            return Pool(used, next(iter(packs))) if used else Pool([], 1)
    return Lots(lots, open_to.__getitem__, lambda place: lines[place].pack)
