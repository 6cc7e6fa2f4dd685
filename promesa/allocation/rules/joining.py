"""What hangs together: things that are joined, directly or through others."""

from __future__ import annotations

from collections.abc import Iterable


class Joined:
    """So many things by number; each part is known by the lowest number in it."""

    def __init__(self, count: int) -> None:
        self._above = list(range(count))

    def part_of(self, one: int) -> int:
        """The lowest of all that hang together with this."""
        above = self._above
        while above[one] != one:
            above[one] = one = above[above[one]]
        return one

    def join(self, some: Iterable[int]) -> None:
        """From now on these hang together."""
        first = -1
        for one in some:
            top = self.part_of(one)
            if first < 0:
                first = top
            elif top != first:
                low, high = (first, top) if first < top else (top, first)
                self._above[high] = first = low
