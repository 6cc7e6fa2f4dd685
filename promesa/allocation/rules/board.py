"""The table at which one group of items that hang together is shared out: who has what, and how much is left of what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from promesa.allocation.rules.division import Claim, Want, award, claims_of, level_of, whole_packs
from promesa.allocation.rules.filling import Bound, Flow, Sum, fill
from promesa.allocation.rules.instance import Id, Line, Lot, Rule
from promesa.allocation.rules.limits import ask_of, tie
from promesa.allocation.rules.lots import Lots, Pool, fefo

Shelf = Pool | Lots
UNBOUND = 1 << 80


class Quota:
    """What a ceiling, or the need of a floor, still allows; a need may be met by a pack or a minimum that goes beyond it."""

    __slots__ = ("left", "soft")

    def __init__(self, left: int, *, soft: bool = False) -> None:
        self.left, self.soft = left, soft

    def allows(self, quantity: int, pack: int, step: int) -> int:
        if self.left <= 0:
            return 0
        room = max(-(-self.left // pack) * pack, step) if self.soft else self.left
        return min(quantity, room)


class Board:
    """Lines by their place in the instance. Quantities are millionths."""

    def __init__(self, *, rule: str, lines: Sequence[Line], most: list[int], kept: list[int]) -> None:
        self.rule, self.lines, self.most, self.kept = rule, lines, most, kept
        self.given = [0] * len(lines)
        self.closed: set[int] = set()
        self.touched = False
        self.quiet = False
        self.shelf_of: dict[Id, Shelf] = {}
        self.quotas: dict[int, list[Quota]] = {}
        self.notes: dict[int, list[tuple[Any, ...]]] = {}
        self._ties: dict[int, Any] = {}
        self._by = f"share_by_{rule}"

    def tie(self, line: int) -> Any:
        """Who comes first among equals (`limits.tie`), reckoned once."""
        found = self._ties.get(line)
        if found is None:
            found = self._ties[line] = tie(self.lines[line])
        return found

    def priority(self, line: int) -> Any:
        """`limits.priority`, as a key."""
        one = self.lines[line]
        return (one.tier, -one.weight, self.tie(line))

    # what is there

    def open_item(self, item: Id, lots: Sequence[Lot], places: Sequence[int], as_of: date) -> None:
        """Lay out the lots of an item for its lines, as one pool where that says the same."""
        self.shelf_of[item] = make_shelf(sorted(lots, key=fefo) if len(lots) > 1 else list(lots), places, self, as_of)

    def shelf(self, line: int) -> Shelf:
        return self.shelf_of[self.lines[line].item]

    # giving and taking

    def give(self, line: int, quantity: int, needs: Sequence[Quota] = ()) -> int:
        """Give whole packs, as many as lots, ceilings, needs and the line itself allow; returns how much that was."""
        pack = self.lines[line].pack
        quantity = min(quantity, self.most[line] - self.given[line])
        quotas = self.quotas.get(line, ())
        if quotas or needs:
            step = self.step(line)
            for quota in (*quotas, *needs):
                quantity = quota.allows(quantity, pack, step)
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
        quantity = min(self.most[line] - self.given[line], self.shelf(line).total_free())
        quotas = self.quotas.get(line, ())
        if quotas or needs:
            step = self.step(line)
            for quota in (*quotas, *needs):
                quantity = quota.allows(quantity, pack, step)
        return quantity

    # dividing

    def share(self, lines: Iterable[int], needs: Mapping[int, Sequence[Quota]] | None = None) -> None:
        """Divide what is left among lines of one turn and tier by the rule, in whole packs, minimums met or nothing."""
        wanted = needs or {}
        hungry = []
        for line in lines:
            if self.most[line] > self.given[line]:
                if self.shelf(line).total_free() >= self.lines[line].pack:
                    hungry.append(line)
                else:
                    self.note_share(line, 0)
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
            poor.sort(key=self.priority)
            out.update(poor[-max(1, len(poor) // 8) :])
        for line in sorted(out, key=self.priority):
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
        if len(lines) <= 1 or self.rule == Rule.PRIORITY:
            for line in sorted(lines, key=self.priority) if len(lines) > 1 else lines:
                got = self.give(line, self.most[line] - self.given[line], needs.get(line, ()))
                if got and self.given[line] < self.lines[line].minimum:
                    self.take(line, got, needs.get(line, ()))
                    got = 0
                self.note_share(line, got)
            return
        if not needs and self._all_in_full(lines):
            return
        claims = dict(zip(lines, claims_of(self.rule, [self.want(line) for line in lines]), strict=True))
        self._raise({line: claim for line, claim in claims.items() if claim.rate > 0}, needs)
        # in proportion to what they still ask: what a spare line may get at most goes by what it had
        self._raise(
            {
                line: Claim(ask_of(self.lines[line]) - self.given[line], 0, claim.most)
                for line, claim in claims.items()
                if claim.rate <= 0
            },
            needs,
        )

    def _all_in_full(self, lines: Sequence[int]) -> bool:
        """Give everybody all they ask if that can be; else nothing."""
        done: list[tuple[int, int]] = []
        for line in sorted(lines, key=self.tie):
            wanted = self.most[line] - self.given[line]
            got = self.give(line, wanted) if self.room(line) >= wanted else 0
            done.append((line, got))
            if got < wanted:
                for back, quantity in done:
                    if quantity:
                        self.take(back, quantity)
                return False
        return True

    def want(self, line: int) -> Want:
        """What the rule goes by, after what the line has already."""
        one, has = self.lines[line], self.given[line]
        base = one.open_quantity if one.base is None else one.base
        return Want(
            self.most[line] - has, base - has if base > has else 0, one.weight, one.stock + has, one.daily_demand
        )

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
                for line, due in awards.items():
                    self.note_share(line, due.__floor__())
            given = whole_packs(
                [awards[line] for line in places],
                [self.lines[line].pack for line in places],
                [self.tie(line) for line in places],
                hand_over,
            )
            first = False
            if not given:
                # what is left is too little for those whose turn it is: those who claim nothing yet may have use for it
                idle = {line: claim for line, claim in claims.items() if not awards[line]}
                claims = idle if len(idle) < len(claims) else {}
                continue
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

    def note_share(self, line: int, due: int) -> None:
        """What the rule gave before whole packs were made of it; of one turn only the last word counts."""
        if self.quiet or (not due and self.given[line]):
            return
        said = self.notes.setdefault(line, [])
        if said and said[-1][0] == self._by:
            said.pop()
        said.append((self._by, self.lines[line].tier, due))

    def keep_up(self, improving: Iterable[int]) -> None:
        """Who is to improve gets back what they had, before anybody rises."""
        for place in sorted(improving, key=self.priority):
            line = self.lines[place]
            wanted = min(line.confirmed, line.open_quantity) // line.pack * line.pack - self.given[place]
            if wanted > 0:
                got = self.give(place, wanted)
                if got and self.given[place] < line.minimum:
                    self.take(place, got)
                elif got:
                    self.note(place, "share_had", got)


def make_shelf(lots: list[Lot], places: Sequence[int], board: Board, as_of: date) -> Shelf:
    """A pool where all lines may use all lots and nothing can get stuck between lots; else the lots one by one."""
    lines = board.lines
    if len(lots) == 1 and lots[0].expires_on is None and lots[0].available_on <= as_of:
        return Pool(lots, lines[places[0]].pack)
    spans = [(lot.available_on.toordinal(), lot.expires_on.toordinal() if lot.expires_on else None) for lot in lots]
    last_came = max([came for came, _ in spans], default=0)
    first_expires = min([expires for _, expires in spans if expires is not None], default=None)
    every = tuple(range(len(lots)))
    known: dict[tuple[date | None, date | None, int], tuple[int, ...]] = {}
    open_to: dict[int, tuple[int, ...]] = {}
    today = as_of.toordinal()
    for place in places:
        line = lines[place]
        key = (line.requested_on, line.latest_on, line.minimum_life_days)
        kind = known.get(key)
        if kind is None:
            requested, latest, life = key
            day = max(today, requested.toordinal()) if requested else today
            last = latest or requested
            limit = max(today, last.toordinal()) if last else None
            if (limit is None or last_came <= limit) and (
                first_expires is None or first_expires - max(day, last_came) >= life
            ):
                kind = every  # the last to come and the first to expire would serve together: so does each
            else:
                kind = _serving(spans, day, limit, life)
            known[key] = kind
        open_to[place] = kind
        if not kind:
            board.most[place] = 0
            board.closed.add(place)
    kinds = {kind for kind in known.values() if kind}
    if len(kinds) <= 1:
        packs = {lines[place].pack for place in places}
        used = [lots[at] for at in next(iter(kinds), ())]
        alike = len(packs) == 1 and not any(board.kept[place] % lines[place].pack for place in places)
        if len(used) <= 1 or alike:
            pool = Pool(used, next(iter(packs)))
            # who keeps more than there are whole packs gets the broken ones too, lot by lot
            if len(used) <= 1 or sum([board.kept[place] for place in places]) <= pool.free:
                return pool
    return Lots(lots, open_to.__getitem__, lambda place: lines[place].pack)


def _serving(spans: Sequence[tuple[int, int | None]], day: int, limit: int | None, life: int) -> tuple[int, ...]:
    """`lots.serves` for all lots of an item at once, in days counted from the same day."""
    return tuple(
        [
            at
            for at, (came, expires) in enumerate(spans)
            if (limit is None or came <= limit) and (expires is None or expires - max(day, came) >= life)
        ]
    )
