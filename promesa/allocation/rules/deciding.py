"""Who gets what when there is not enough: every rule but `best`, which starts from here.

Items that hang together through a limit are shared out on one board: first what nobody may take, then the floors by rank, then
the strategies in their turn, tier by tier. An order that wants all or nothing and does not come out whole is dropped, lowest
priority first, and what it leaves is divided again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from promesa.allocation.rules.board import UNBOUND, Board, Quota
from promesa.allocation.rules.instance import (
    MILLION,
    Decision,
    Id,
    Instance,
    Lot,
    Outcome,
    Rule,
    Share,
    Strategy,
    Trace,
)
from promesa.allocation.rules.limits import (
    TURN,
    ask_of,
    floor_target,
    is_fixed,
    kept_of,
    limit_order,
    members_of,
    most_of,
    priority,
)
from promesa.allocation.rules.lots import by_id
from promesa.allocation.rules.valuing import objective_of, unkept_of

MOST_ROUNDS = 8
GUARANTEE_TURN, DONOR_TURN = TURN[Strategy.GUARANTEE], TURN[Strategy.DONOR]


def decide(instance: Instance) -> Decision:
    """Share out the supply of an instance. The same instance, in any order, gives the same decision.

    Quantities are millionths. `best` is decided here as proportional; `best.decide_best` improves on it.
    """
    return _Sharing(instance).decide()


class _Sharing:
    """One run."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.lines = lines = instance.lines
        self.rule = Rule.PROPORTIONAL if instance.rule == Rule.BEST else Rule(instance.rule)
        self.kept = [kept_of(line) for line in lines]
        self.asks = [ask_of(line) for line in lines]
        self.board = Board(rule=self.rule, lines=lines, most=[0] * len(lines), kept=self.kept)
        self.dropped: set[Id] = set()
        self.lots_of: dict[Id, list[Lot]] = defaultdict(list)
        for lot in instance.supply:
            self.lots_of[lot.item].append(lot)
        self.places_of: dict[Id, list[int]] = defaultdict(list)
        for place, line in enumerate(lines):
            self.places_of[line.item].append(place)
        for places in self.places_of.values():
            places.sort(key=lambda place: priority(lines[place]))
        self.floor_members = members_of(instance.floors, lines)
        self.ceiling_members = members_of(instance.ceilings, lines)
        self.group_of, self.groups = self._groups()

    def decide(self) -> Decision:
        for group in self.groups:
            self._share_out(group)
        self._complete()
        return self._decision()

    # items that hang together

    def _groups(self) -> tuple[dict[Id, int], list[list[Id]]]:
        """Items joined by a floor or ceiling that spans several of them."""
        parent: dict[Id, Id] = {item: item for item in self.places_of}

        def root(item: Id) -> Id:
            while parent[item] != item:
                parent[item] = parent[parent[item]]
                item = parent[item]
            return item

        for members in (*self.floor_members, *self.ceiling_members):
            roots = {root(self.lines[place].item) for place in members}
            first = min(roots, key=by_id, default=None)
            for other in roots:
                parent[other] = first
        groups: dict[Id, list[Id]] = defaultdict(list)
        for item in parent:
            groups[root(item)].append(item)
        listed = [sorted(items, key=by_id) for items in groups.values()]
        return {item: at for at, items in enumerate(listed) for item in items}, listed

    # sharing one group

    def _share_out(self, items: Sequence[Id]) -> None:
        board, lines = self.board, self.lines
        places = [place for item in items for place in self.places_of[item]]
        for place in places:
            line = lines[place]
            dropped = line.complete_order and line.order in self.dropped and not is_fixed(line)
            board.most[place] = self.kept[place] if dropped else most_of(line)
            board.given[place] = 0
            board.notes.pop(place, None)
            board.quotas.pop(place, None)
        retained = self._open(items)
        self._keep(places)
        self._serve_floors(places)
        for item, quota in retained:
            quota.left = max(0, board.shelf_of[item].total_free() - self.instance.retain[item])
        self._serve_turns(places)

    def _open(self, items: Sequence[Id]) -> list[tuple[Id, Quota]]:
        """Lay out lots and ceilings; returns what keeps a part of an item back for days of supply."""
        board = self.board
        retained = []
        for item in items:
            places = self.places_of[item]
            board.open_item(item, self.lots_of.get(item, ()), places, self.instance.as_of)
            if self.rule == Rule.DAYS_OF_SUPPLY and self.instance.retain.get(item):
                quota = Quota(UNBOUND)
                retained.append((item, quota))
                for place in places:
                    board.quotas.setdefault(place, []).append(quota)
        here = set(items)
        for at in self._limits_here(self.ceiling_members, here):
            quota = Quota(self.instance.ceilings[at].quantity)
            for place in self.ceiling_members[at]:
                board.quotas.setdefault(place, []).append(quota)
        return retained

    def _limits_here(self, members: Sequence[Sequence[int]], items: set[Id]) -> Iterable[int]:
        return [at for at, places in enumerate(members) if places and self.lines[places[0]].item in items]

    def _keep(self, places: Sequence[int]) -> None:
        """First what is frozen or untouched, then what may only get better."""
        board, lines = self.board, self.lines
        keeping = [place for place in places if self.kept[place]]
        keeping.sort(key=lambda place: (not is_fixed(lines[place]), priority(lines[place])))
        for place in keeping:
            got = board.keep(place)
            board.note(place, "share_fixed" if is_fixed(lines[place]) else "share_kept", got)

    def _serve_floors(self, places: Sequence[int]) -> None:
        here = {self.lines[place].item for place in places}
        found = [(limit_order(self.instance.floors[at]), at) for at in self._limits_here(self.floor_members, here)]
        by_rank: dict[int, list[int]] = defaultdict(list)
        for _, at in sorted(found):
            by_rank[self.instance.floors[at].rank].append(at)
        for rank in sorted(by_rank):
            needs = {at: Quota(self._need(at), soft=True) for at in by_rank[rank]}
            self._serve_needs(needs)
            for at in by_rank[rank]:
                if needs[at].left > 0:
                    self._serve_needs({at: needs[at]})
                    for other in by_rank[rank]:
                        needs[other].left = self._need(other)

    def _need(self, at: int) -> int:
        members = self.floor_members[at]
        target = floor_target(self.instance.floors[at], [self.lines[place] for place in members])
        return target - sum(self.board.given[place] for place in members)

    def _serve_needs(self, needs: dict[int, Quota]) -> None:
        """Serve floors of one rank together: who keeps what they have first, then tier by tier."""
        board, lines = self.board, self.lines
        of_line: dict[int, list[Quota]] = defaultdict(list)
        for at, quota in needs.items():
            if quota.left > 0:
                for place in self.floor_members[at]:
                    if lines[place].strategy != Strategy.DONOR:
                        of_line[place].append(quota)
        turns: dict[tuple[bool, int], list[int]] = defaultdict(list)
        for place in of_line:
            turns[(lines[place].strategy != Strategy.KEEP_OR_BETTER, lines[place].tier)].append(place)
        for turn in sorted(turns):
            before = {place: board.given[place] for place in turns[turn]}
            board.share(turns[turn], of_line)
            for place, had in before.items():
                if board.given[place] > had:
                    board.note(place, "share_floor", board.given[place] - had)

    def _serve_turns(self, places: Sequence[int]) -> None:
        board, lines = self.board, self.lines
        turns: dict[tuple[int, int], list[int]] = defaultdict(list)
        improving: list[int] = []
        for place in places:
            line = lines[place]
            if board.given[place] < board.most[place] and not is_fixed(line):
                turns[(TURN[Strategy(line.strategy)], line.tier)].append(place)
                if line.strategy == Strategy.IMPROVE and line.confirmed:
                    improving.append(place)
        kept_up = not improving
        for turn in sorted(turns):
            if not kept_up and turn[0] > GUARANTEE_TURN:
                self._keep_up(improving)
                kept_up = True
            board.share(turns[turn])

    def _keep_up(self, improving: Sequence[int]) -> None:
        """Who is to improve gets back what they had, before anybody rises."""
        for place in sorted(improving, key=lambda place: priority(self.lines[place])):
            line = self.lines[place]
            wanted = min(line.confirmed, line.open_quantity) // line.pack * line.pack - self.board.given[place]
            if wanted > 0 and wanted >= self.board.step(place) - line.pack * (self.board.given[place] > 0):
                got = self.board.give(place, wanted)
                if self.board.given[place] < line.minimum:
                    self.board.take(place, got)
                elif got:
                    self.board.note(place, "share_had", got)

    # all or nothing

    def _complete(self) -> None:
        """Drop orders that cannot be whole, lowest priority first; divide again; then try them with what is left."""
        orders: dict[Id, list[int]] = defaultdict(list)
        for place, line in enumerate(self.lines):
            if line.complete_order and not is_fixed(line):
                orders[line.order].append(place)
        if not orders:
            return
        for places in orders.values():
            places.sort(key=lambda place: priority(self.lines[place]))
        rank = {order: at for at, order in enumerate(sorted(orders, key=lambda order: self._order_key(orders[order])))}
        for count in range(MOST_ROUNDS + 1):
            torn = [o for o in orders if o not in self.dropped and not all(self._full(place) for place in orders[o])]
            if not torn:
                break
            out = set(torn) if count == MOST_ROUNDS else self._to_drop(torn, orders, rank)
            self.dropped |= out
            again = {self.group_of[self.lines[place].item] for order in out for place in orders[order]}
            for group in sorted(again):
                self._share_out(self.groups[group])
        for order in sorted(self.dropped, key=rank.__getitem__):
            if self._whole_from_leftovers(orders[order]):
                self.dropped.discard(order)
            else:
                for place in orders[order]:
                    self.board.note(place, "share_incomplete", self.lines[place].order)

    def _full(self, place: int) -> bool:
        return self.board.given[place] >= self.asks[place]

    def _order_key(self, places: Sequence[int]) -> Any:
        lines = [self.lines[place] for place in places]
        return (
            min(line.tier for line in lines),
            -max(line.weight for line in lines),
            -max(line.service_debt for line in lines),
            min(line.entered_at or "~" for line in lines),
            by_id(lines[0].order),
        )

    def _to_drop(self, torn: Sequence[Id], orders: dict[Id, list[int]], rank: dict[Id, int]) -> set[Id]:
        """In each item the lowest orders, until what they leave would complete the others there."""
        by_item: dict[Id, list[tuple[int, Id, int]]] = defaultdict(list)
        for order in torn:
            for place in orders[order]:
                if not self._full(place):
                    by_item[self.lines[place].item].append((-rank[order], order, place))
        out: set[Id] = set()
        for found in by_item.values():
            found.sort(key=lambda one: (one[0], one[2]))
            missing = sum(self.asks[place] - self.board.given[place] for _, _, place in found)
            freed = 0
            for _, order, place in found:
                if freed >= missing:
                    break
                out.add(order)
                freed += self.board.given[place] - self.kept[place]
                missing -= self.asks[place] - self.board.given[place]
        return out

    def _whole_from_leftovers(self, places: Sequence[int]) -> bool:
        board = self.board
        done: list[tuple[int, int]] = []
        for place in places:
            board.most[place] = 0 if place in board.closed else most_of(self.lines[place])
            got = board.give(place, self.asks[place] - board.given[place])
            done.append((place, got))
            if not self._full(place):
                for back, quantity in done:
                    board.take(back, quantity)
                    board.most[back] = self.kept[back]
                return False
        return True

    # the answer

    def _decision(self) -> Decision:
        totals = self.board.given
        shares = self._shares()
        outcomes = tuple(Outcome(line.id, totals[place], self._trace(place)) for place, line in enumerate(self.lines))
        return Decision(shares, outcomes, unkept_of(self.instance, totals), objective_of(self.instance, totals))

    def _shares(self) -> tuple[Share, ...]:
        found: list[tuple[int, Share]] = []
        for item, places in self.places_of.items():
            shelf = self.board.shelf_of[item]
            given = [(place, self.board.given[place]) for place in places if self.board.given[place]]
            for place, lot, quantity in shelf.placed(given):
                found.append((place, Share(self.lines[place].id, shelf.lots[lot].id, quantity)))
        found.sort(key=lambda one: one[0])
        return tuple(share for _, share in found)

    def _trace(self, place: int) -> Trace:
        line, board = self.lines[place], self.board
        lots = self.lots_of.get(line.item, ())
        supply = sum(lot.quantity for lot in lots)
        asked = sum(self.lines[other].open_quantity for other in self.places_of[line.item])
        steps: list[tuple[Any, ...]] = [("share_supply", supply, asked)]
        if place in board.closed:
            steps.append(("share_no_lot", len(lots)))
        steps.extend(board.notes.get(place, ()))
        got = board.given[place]
        if steps[-1][0].startswith("share_by_") and steps[-1][2] != got and line.pack > 1:
            steps.append(("share_units", got) if line.pack == MILLION else ("share_packs", line.pack, got))
        elif got >= line.open_quantity:
            steps.append(("share_all", got))
        elif got:
            steps.append(("share_part", got, line.open_quantity))
        else:
            steps.append(("share_nothing",))
        return Trace(tuple(steps))
