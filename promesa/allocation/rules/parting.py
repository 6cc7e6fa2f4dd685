"""What hangs together of a sharing: lines that change and meet in an item or an order are put in force together."""

from __future__ import annotations

from collections.abc import Iterable


def parts_of(changed: Iterable[tuple[int, int, int]]) -> dict[int, int]:
    """Line -> number of its part, from 1 in the order of the lowest line; from (line, order, item) of lines that change."""
    lines = sorted(changed)
    nodes: dict[int, int] = {}  # orders by their ids, items by theirs with the sign turned
    parent: list[int] = []
    places: list[int] = []
    for _, order, item in lines:
        ends = []
        for key in (order, -item):
            at = nodes.get(key)
            if at is None:
                at = nodes[key] = len(parent)
                parent.append(at)
            while parent[at] != at:
                parent[at] = at = parent[parent[at]]
            ends.append(at)
        first, second = ends
        if first != second:
            parent[second] = first
        places.append(first)
    numbers: dict[int, int] = {}
    found: dict[int, int] = {}
    for (line, _, _), at in zip(lines, places, strict=True):
        while parent[at] != at:
            parent[at] = at = parent[parent[at]]
        found[line] = numbers.setdefault(at, len(numbers) + 1)
    return found
