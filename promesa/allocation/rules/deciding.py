"""Who gets what when there is not enough: every rule but `best`, which starts from here.

Items that hang together through a limit are shared out on one board: first what nobody may take, then the floors by rank, then
the strategies in their turn, tier by tier. An order that wants all or nothing and does not come out whole is dropped, lowest
priority first, and what it leaves is divided again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from promesa.allocation.rules.answering import answer
from promesa.allocation.rules.board import UNBOUND, Board, Quota
from promesa.allocation.rules.instance import Decision, Id, Instance, Lot, Rule, Strategy
from promesa.allocation.rules.joining import Joined
from promesa.allocation.rules.limits import TURN, amounts_of, floor_target, is_fixed, limit_order, members_of
from promesa.allocation.rules.lots import Lots, Pool, by_id
from promesa.allocation.rules.quick import share_pool
from promesa.core.memory import collector_resting

MOST_ROUNDS = 8
# To decide one by one which orders cannot be whole, each line may be divided again so many times; in a small sharing more often,
# until so many were divided again in all. What hangs together has its budget by its own lines, so that it is decided alike
# whatever else is shared at the same time, and wherever it is decided.
AGAIN, AFFORDABLE = 10, 50_000


def decide(instance: Instance) -> Decision:
    """Share out the supply of an instance. The same instance, in any order, gives the same decision.

    Quantities are millionths. `best` is decided here as proportional; `best.decide_best` improves on it.
    """
    # A large decision is millions of small tuples and no cycles: looking for cycles among them takes as long as the rest.
    with collector_resting():
        return _Sharing(instance).decide()


class _Sharing:
    """One run."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.lines = lines = instance.lines
        self.rule = Rule.PROPORTIONAL if instance.rule == Rule.BEST else Rule(instance.rule)
        self.kept, self.asks, self.mosts = amounts_of(lines)
        self.board = Board(rule=self.rule, lines=lines, most=list(self.mosts), kept=self.kept)
        self.dropped: set[Id] = set()
        self.lots_of: dict[Id, list[Lot]] = defaultdict(list)
        for lot in instance.supply:
            self.lots_of[lot.item].append(lot)
        self.places_of: dict[Id, list[int]] = defaultdict(list)
        for place, line in enumerate(lines):
            self.places_of[line.item].append(place)
        self.floor_members = members_of(instance.floors, lines, self.places_of)
        self.ceiling_members = members_of(instance.ceilings, lines, self.places_of)
        self.floors_of = self._by_item(self.floor_members)
        self.ceilings_of = self._by_item(self.ceiling_members)
        self.group_of, self.groups = self._groups()

    def decide(self) -> Decision:
        for group in self.groups:
            self._share_out(group)
        self._complete()
        return answer(
            self.instance, self.board, self.lots_of, self.places_of, self.asks,
            (self.floor_members, self.ceiling_members),
        )  # fmt: skip

    def _by_item(self, members: Sequence[Sequence[int]]) -> dict[Id, list[int]]:
        """The limits that bind an item."""
        found: dict[Id, list[int]] = defaultdict(list)
        for at, places in enumerate(members):
            for item in {self.lines[place].item for place in places}:
                found[item].append(at)
        return found

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
        listed = [sorted(items, key=by_id) if len(items) > 1 else items for items in groups.values()]
        return {item: at for at, items in enumerate(listed) for item in items}, listed

    # sharing one group

    def _share_out(self, items: Sequence[Id]) -> None:
        board = self.board
        for item in items:
            places = self.places_of[item]
            if board.touched:
                self._clear(places)
            board.open_item(item, self.lots_of.get(item, ()), places, self.instance.as_of)
        if len(items) == 1 and self._share_quickly(items[0]):
            return
        places = [place for item in items for place in self.places_of[item]]
        places.sort(key=board.priority)
        retained = self._limit(items)
        self._keep(places)
        self._serve_floors(items)
        for item, quota in retained:
            quota.left = max(0, board.shelf_of[item].total_free() - self.instance.retain[item])
        self._serve_turns(places)

    def _clear(self, places: Sequence[int]) -> None:
        """Begin again with nothing given, and nothing for orders that were dropped."""
        board, lines = self.board, self.lines
        for place in places:
            line = lines[place]
            dropped = line.complete_order and line.order in self.dropped and not is_fixed(line)
            board.most[place] = self.kept[place] if dropped else self.mosts[place]
            board.given[place] = 0
            board.notes.pop(place, None)
            board.quotas.pop(place, None)

    def _share_quickly(self, item: Id) -> bool:
        """Where nothing binds but the supply itself, and that is one pool."""
        board, places, shelf = self.board, self.places_of[item], self.board.shelf_of[item]
        if not isinstance(shelf, Pool) or item in self.floors_of or item in self.ceilings_of:
            return False
        if self.rule == Rule.DAYS_OF_SUPPLY and self.instance.retain.get(item):
            return False
        lines = self.lines
        if any(lines[place].minimum for place in places) and sum(board.most[place] for place in places) > shelf.free:
            return False
        share_pool(board, shelf, places)
        return True

    def _limit(self, items: Sequence[Id]) -> list[tuple[Id, Quota]]:
        """Lay the ceilings on; returns what keeps a part of an item back for days of supply."""
        board = self.board
        retained = []
        for item in items:
            if self.rule == Rule.DAYS_OF_SUPPLY and self.instance.retain.get(item):
                quota = Quota(UNBOUND)
                retained.append((item, quota))
                for place in self.places_of[item]:
                    board.quotas.setdefault(place, []).append(quota)
        for at in sorted({at for item in items for at in self.ceilings_of.get(item, ())}):
            quota = Quota(self.instance.ceilings[at].quantity)
            for place in self.ceiling_members[at]:
                board.quotas.setdefault(place, []).append(quota)
        return retained

    def _keep(self, places: Sequence[int]) -> None:
        """First what is frozen or untouched, then what may only get better."""
        board, lines = self.board, self.lines
        keeping = [place for place in places if self.kept[place]]
        keeping.sort(key=lambda place: (not is_fixed(lines[place]), board.priority(place)))
        for place in keeping:
            got = board.keep(place)
            board.note(place, "share_fixed" if is_fixed(lines[place]) else "share_kept", got)

    def _serve_floors(self, items: Sequence[Id]) -> None:
        here = {at for item in items for at in self.floors_of.get(item, ())}
        found = [(limit_order(self.instance.floors[at]), at) for at in here]
        by_rank: dict[int, list[int]] = defaultdict(list)
        for _, at in sorted(found):
            by_rank[self.instance.floors[at].rank].append(at)
        for rank in sorted(by_rank):
            waiting = by_rank[rank]
            while waiting:
                # floors that share no line rise together; one that shares lines with an earlier one waits for it
                taken: set[int] = set()
                wave = []
                for at in waiting:
                    if taken.isdisjoint(self.floor_members[at]):
                        wave.append(at)
                        taken.update(self.floor_members[at])
                waiting = [at for at in waiting if at not in wave]
                self._serve_needs({at: Quota(self._need(at), soft=True) for at in wave})

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
            board.quiet = True
            board.share(turns[turn], of_line)
            board.quiet = False
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
                turns[(TURN[line.strategy], line.tier)].append(place)
                if line.strategy == Strategy.IMPROVE and line.confirmed:
                    improving.append(place)
        for turn in sorted(turns):
            if improving and turn[0] >= TURN[Strategy.IMPROVE]:
                board.keep_up(improving)
                improving = []
            board.share(turns[turn])
        self._sweep(places, [turns[turn] for turn in sorted(turns)])

    def _sweep(self, places: Sequence[int], turns: Sequence[list[int]]) -> None:
        """Where packs of several sizes were moved between lots, something may fit now that did not before."""
        board = self.board
        shelves = {id(shelf): shelf for shelf in (board.shelf(place) for place in places)}.values()
        while any(isinstance(shelf, Lots) and shelf.is_mixed() and shelf.total_free() for shelf in shelves):
            before = sum(board.given[place] for turn in turns for place in turn)
            board.quiet = True
            for turn in turns:
                board.share(turn)
            board.quiet = False
            if sum(board.given[place] for turn in turns for place in turn) == before:
                break

    # all or nothing

    def _complete(self) -> None:
        """Drop orders that cannot be whole, lowest priority first; divide again; then try them with what is left."""
        orders: dict[Id, list[int]] = defaultdict(list)
        for place, line in enumerate(self.lines):
            if line.complete_order and not is_fixed(line):
                orders[line.order].append(place)
        if not orders:
            return
        self.board.touched = True
        for places in orders.values():
            places.sort(key=self.board.priority)
        for together in self._hanging_together(orders):
            self._complete_these({order: orders[order] for order in together})

    def _hanging_together(self, orders: dict[Id, list[int]]) -> list[list[Id]]:
        """Orders in parts that share no group of items, directly or through others."""
        joined = Joined(len(self.groups))
        for order in orders:
            joined.join(self._groups_of([order], orders))
        parts: dict[int, list[Id]] = defaultdict(list)
        for order, places in orders.items():
            parts[joined.part_of(self.group_of[self.lines[places[0]].item])].append(order)
        return list(parts.values())

    def _complete_these(self, orders: dict[Id, list[int]]) -> None:
        rank = {order: at for at, order in enumerate(sorted(orders, key=lambda order: self._order_key(orders[order])))}
        unable = {order for order in rank if any(not self._can_be_full(place) for place in orders[order])}
        if unable:
            self.dropped.update(unable)
            self._again(unable, orders)
        self._drop_torn(orders, rank)
        dropped = [order for order in rank if order in self.dropped]
        again = [order for order in dropped if order not in unable]
        exact = self._affordable(again, orders)
        for order in again:
            if self._taken_back(order, orders) if exact else self._whole_from_leftovers(orders[order]):
                self.dropped.discard(order)
        for order in dropped:
            if order in self.dropped:
                for place in orders[order]:
                    self.board.note(place, "share_incomplete", self.lines[place].order)

    def _drop_torn(self, orders: dict[Id, list[int]], rank: dict[Id, int]) -> None:
        """One by one where that can be afforded, else in rounds; at last all at once."""
        torn = self._torn(orders, orders)
        one_by_one = self._affordable(torn, orders)
        rounds = 0
        while torn:
            rounds += 1
            if one_by_one:
                out = {max(torn, key=rank.__getitem__)}
            else:
                out = set(torn) if rounds > MOST_ROUNDS else self._to_drop(torn, orders, rank)
            self.dropped |= out
            self._again(out, orders)
            torn = self._torn(orders, orders)

    def _torn(self, among: Iterable[Id], orders: dict[Id, list[int]]) -> list[Id]:
        return [o for o in among if o not in self.dropped and not all(self._full(place) for place in orders[o])]

    def _groups_of(self, some: Iterable[Id], orders: dict[Id, list[int]]) -> set[int]:
        return {self.group_of[self.lines[place].item] for order in some for place in orders[order]}

    def _again(self, some: Iterable[Id], orders: dict[Id, list[int]]) -> None:
        for group in sorted(self._groups_of(some, orders)):
            self._share_out(self.groups[group])

    def _affordable(self, some: Iterable[Id], orders: dict[Id, list[int]]) -> bool:
        """Whether each of these orders may be tried alone, though all lines of its items are divided again then."""
        size = {
            group: sum(len(self.places_of[item]) for item in self.groups[group])
            for group in self._groups_of(orders, orders)
        }
        work = sum(size[group] for order in some for group in self._groups_of([order], orders))
        whole = self.instance.whole_lines or len(self.lines)
        return work <= sum(size.values()) * max(AGAIN, AFFORDABLE // whole)

    def _taken_back(self, order: Id, orders: dict[Id, list[int]]) -> bool:
        """Try a dropped order again: it comes back if it is whole then, and tears no other."""
        self.dropped.discard(order)
        self._again([order], orders)
        if not self._torn(orders, orders):
            return True
        self.dropped.add(order)
        self._again([order], orders)
        return False

    def _full(self, place: int) -> bool:
        return self.board.given[place] >= self.lines[place].open_quantity

    def _can_be_full(self, place: int) -> bool:
        return self.mosts[place] >= self.lines[place].open_quantity

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
            board.most[place] = 0 if place in board.closed else self.mosts[place]
            got = board.give(place, self.asks[place] - board.given[place])
            done.append((place, got))
            if not self._full(place):
                for back, quantity in done:
                    board.take(back, quantity)
                    board.most[back] = self.kept[back]
                return False
        return True
