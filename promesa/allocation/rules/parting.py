"""What hangs together of a sharing: lines that change and meet in an item or an order are put in force together."""

from __future__ import annotations

from collections.abc import Hashable, Iterable


def parts_of(changed: Iterable[tuple[int, int, int]]) -> dict[int, int]:
    """Line -> number of its part, from 1 in the order of the lowest line; from (line, order, item) of lines that change."""
    parent: dict[Hashable, Hashable] = {}

    def root(one: Hashable) -> Hashable:
        parent.setdefault(one, one)
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    lines = sorted(changed)
    for _, order, item in lines:
        first, second = root(("order", order)), root(("item", item))
        if first != second:
            parent[second] = first
    numbers: dict[Hashable, int] = {}
    return {line: numbers.setdefault(root(("order", order)), len(numbers) + 1) for line, order, _ in lines}
