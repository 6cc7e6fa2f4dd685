"""How much several floors on one item keep together: a unit counts for every group to which whoever gets it belongs.

So of floors that the same customer can fill, the larger keeps enough for both; only floors that nobody can fill at once add up. In
general that is the dearest set of floors no two of which can be filled by one unit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol

ZERO = Decimal(0)
TRAITS = ("customer", "segment", "region", "channel", "tier")
# Looking further would take too long; then what is kept may be more than the least that would do, and never less.
MOST_STEPS = 2_000


class Floor(Protocol):
    """A floor: its group, what is known of who is named, what must still be kept."""

    @property
    def group(self) -> Mapping[str, Any]: ...
    @property
    def known(self) -> Mapping[str, frozenset[Any]]: ...
    @property
    def left(self) -> Decimal: ...


def overlap(one: Floor, other: Floor) -> bool:
    """Whether somebody can belong to both groups. What is not known is taken to be possible."""
    for trait in TRAITS:
        mine, theirs = _values(one, trait), _values(other, trait)
        if mine is not None and theirs is not None and mine.isdisjoint(theirs):
            return False
    return True


def _values(floor: Floor, trait: str) -> frozenset[Any] | None:
    if trait in floor.group:
        return frozenset((floor.group[trait],))
    return floor.known.get(trait)


def set_aside(floors: Sequence[Floor]) -> Decimal:
    """The least that keeps all of these floors on one item."""
    asking = [floor for floor in floors if floor.left > 0]
    if len(asking) < 2:
        return asking[0].left if asking else ZERO
    near: dict[int, set[int]] = {n: set() for n in range(len(asking))}
    for n, one in enumerate(asking):
        for m in range(n):
            if overlap(one, asking[m]):
                near[n].add(m)
                near[m].add(n)
    return _Search([floor.left for floor in asking], near).dearest(frozenset(near))


class _Search:
    """The dearest set of floors that share nobody, group by group of those that hang together."""

    def __init__(self, worth: Sequence[Decimal], near: Mapping[int, set[int]]) -> None:
        self.worth, self.near = worth, near
        self.steps = 0

    def dearest(self, among: frozenset[int]) -> Decimal:
        """What the dearest set among these keeps."""
        total, left = ZERO, set(among)
        while left:
            joined = self._joined(min(left), left)
            left -= joined
            total += self._of_joined(frozenset(joined))
        return total

    def _joined(self, first: int, among: set[int]) -> set[int]:
        found, border = {first}, [first]
        while border:
            for one in self.near[border.pop()] & among - found:
                found.add(one)
                border.append(one)
        return found

    def _of_joined(self, among: frozenset[int]) -> Decimal:
        if len(among) == 1:
            return self.worth[min(among)]
        self.steps += 1
        if self.steps > MOST_STEPS:
            return self._enough(among)
        hub = max(sorted(among), key=lambda one: len(self.near[one] & among))
        if len(self.near[hub] & among) == len(among) - 1 and all(
            len(self.near[one] & among) == len(among) - 1 for one in among
        ):
            return max(self.worth[one] for one in among)
        without = among - {hub}
        return max(self.worth[hub] + self.dearest(without - self.near[hub]), self.dearest(without))

    def _enough(self, among: frozenset[int]) -> Decimal:
        """What is surely enough: each unit set aside counts only for floors all of which overlap."""
        total, left = ZERO, sorted(among, key=lambda one: (-self.worth[one], one))
        while left:
            together: list[int] = []
            for one in left:
                if all(one in self.near[other] for other in together):
                    together.append(one)
            total += self.worth[together[0]]
            left = [one for one in left if one not in together]
        return total
