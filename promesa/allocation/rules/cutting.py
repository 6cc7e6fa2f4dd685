"""A sharing cut into what hangs together: lines of one part never change what lines of another get.

Lines hang together by their item; items by a floor or a ceiling that spans several, and by an order that wants all or
nothing. For `best` they also do by any order whose completeness or whose drops the objective counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from heapq import heappop, heappush

from promesa.allocation.rules.instance import Id, Instance, Lot, Rule
from promesa.allocation.rules.joining import Joined
from promesa.allocation.rules.limits import is_fixed, members_of

# What of the objective of `best` is said of whole orders.
OF_ORDERS = frozenset({"complete", "weighted_complete", "drops"})


class Cut:
    """The parts of a sharing: `parts` are the places of their lines, `part(...)` makes a sharing of some of them."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.places_of: dict[Id, list[int]] = defaultdict(list)
        for place, line in enumerate(instance.lines):
            self.places_of[line.item].append(place)
        self.floor_members = members_of(instance.floors, instance.lines, self.places_of)
        self.ceiling_members = members_of(instance.ceilings, instance.lines, self.places_of)
        self._lots_of: dict[Id, list[Lot]] = defaultdict(list)
        for lot in instance.supply:
            self._lots_of[lot.item].append(lot)
        by_part: dict[int, list[Id]] = defaultdict(list)
        joined, number = self._joined()
        for item, at in number.items():
            by_part[joined.part_of(at)].append(item)
        self._items = list(by_part.values())
        self.parts = [self._places(items) for items in self._items]
        at_part = {item: part for part, items in enumerate(self._items) for item in items}
        self._floors_of = self._by_part(self.floor_members, at_part)
        self._ceilings_of = self._by_part(self.ceiling_members, at_part)

    def part(self, parts: Iterable[int]) -> tuple[list[int], Instance]:
        """A sharing of its own of some parts, and the places that its lines have in the whole."""
        chosen = list(parts)
        whole = self.instance
        items = [item for part in chosen for item in self._items[part]]
        places = sorted(place for part in chosen for place in self.parts[part])
        floors = sorted(at for part in chosen for at in self._floors_of.get(part, ()))
        ceilings = sorted(at for part in chosen for at in self._ceilings_of.get(part, ()))
        made = replace(
            whole,
            supply=[lot for item in items for lot in self._lots_of.get(item, ())],
            lines=[whole.lines[place] for place in places],
            floors=[whole.floors[at] for at in floors],
            ceilings=[whole.ceilings[at] for at in ceilings],
            retain={item: whole.retain[item] for item in items if item in whole.retain} if whole.retain else {},
            whole_lines=whole.whole_lines or len(whole.lines),
        )
        return places, made

    def bundles(self, most: int) -> list[list[int]]:
        """The parts in at most so many bundles of about equal work: the largest first, each where there is least so far."""
        count = max(1, min(most, len(self.parts)))
        found: list[list[int]] = [[] for _ in range(count)]
        heap = [(0, at) for at in range(count)]
        for part in sorted(range(len(self.parts)), key=lambda part: -len(self.parts[part])):
            work, at = heappop(heap)
            found[at].append(part)
            heappush(heap, (work + len(self.parts[part]), at))
        return [one for one in found if one]

    def _joined(self) -> tuple[Joined, dict[Id, int]]:
        lines = self.instance.lines
        number = {item: at for at, item in enumerate(self.places_of)}
        joined = Joined(len(number))
        for members in (*self.floor_members, *self.ceiling_members):
            joined.join({number[lines[place].item] for place in members})
        every = self.instance.rule == Rule.BEST and not OF_ORDERS.isdisjoint(self.instance.objective)
        orders: dict[Id, set[int]] = defaultdict(set)
        for line in lines:
            if every or (line.complete_order and not is_fixed(line)):
                orders[line.order].add(number[line.item])
        for items in orders.values():
            joined.join(items)
        return joined, number

    def _places(self, items: Sequence[Id]) -> list[int]:
        if len(items) == 1:
            return self.places_of[items[0]]
        return sorted(place for item in items for place in self.places_of[item])

    def _by_part(self, members: Sequence[Sequence[int]], at_part: dict[Id, int]) -> dict[int, list[int]]:
        """The limits of each part; all lines of a limit are in one."""
        found: dict[int, list[int]] = defaultdict(list)
        for at, places in enumerate(members):
            if places:
                found[at_part[self.instance.lines[places[0]].item]].append(at)
        return found
