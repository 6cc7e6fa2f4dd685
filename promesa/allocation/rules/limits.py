"""Groups that floors and ceilings name, and the lines that belong to them; and the order in which lines are served."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from promesa.allocation.rules.instance import Ceiling, Floor, Id, Line, Strategy
from promesa.allocation.rules.lots import by_id

TRAITS: dict[str, Callable[[Line], Id]] = {
    name: attrgetter(name) for name in ("customer", "segment", "tier", "order", "item")
}
# What a line keeps before anybody is served, and the turn in which it is served afterwards.
FIXED = frozenset({Strategy.UNTOUCHED})
TURN: dict[str, int] = {
    Strategy.GUARANTEE: 0,
    Strategy.KEEP_OR_BETTER: 1,
    Strategy.IMPROVE: 1,
    Strategy.SHARE: 2,
    Strategy.SPARE: 3,
    Strategy.DONOR: 4,
}
LAST = "~"
# Strategies under which nothing is kept and all may be got.
PLAIN = frozenset({Strategy.GUARANTEE, Strategy.IMPROVE, Strategy.SHARE, Strategy.DONOR})


def tie(line: Line) -> tuple[int, str, int, str]:
    """Who comes first among equals: the larger service debt, then the older, then by identity."""
    text = str(line.id)
    return (-line.service_debt, line.entered_at or LAST, len(text), text)


def priority(line: Line) -> tuple[int, int, int, str, int, str]:
    """The better tier, then the greater weight, then as ties fall."""
    text = str(line.id)
    return (line.tier, -line.weight, -line.service_debt, line.entered_at or LAST, len(text), text)


def is_fixed(line: Line) -> bool:
    """Whether nothing may be done to what the line has."""
    return line.frozen or line.strategy in FIXED


def kept_of(line: Line) -> int:
    """What nobody may take from the line, never above what is open."""
    if is_fixed(line) or line.strategy == Strategy.KEEP_OR_BETTER:
        return min(line.confirmed, line.open_quantity)
    return 0


def most_of(line: Line) -> int:
    """The most that the line may get by itself: whole packs on top of what it keeps, nothing if its minimum cannot be met."""
    kept = kept_of(line)
    if is_fixed(line):
        return kept
    limit = min(line.open_quantity, line.confirmed) if line.strategy == Strategy.SPARE else line.open_quantity
    most = kept + (limit - kept) // line.pack * line.pack
    return most if most >= line.minimum else kept


def ask_of(line: Line) -> int:
    """All that the line asks: its open quantity in whole packs (on top of what it keeps)."""
    kept = kept_of(line)
    return kept + (line.open_quantity - kept) // line.pack * line.pack


def floor_target(floor: Floor, members: Sequence[Line]) -> int:
    """What the floor guarantees: so much, or all that the group asks and may get. Donors ask for nothing here."""
    asks = sum(most_of(line) for line in members if line.strategy != Strategy.DONOR)
    return min(floor.quantity, asks)


def amounts_of(lines: Sequence[Line]) -> tuple[list[int], list[int], list[int]]:
    """What each line keeps, asks and may get at most: `kept_of`, `ask_of` and `most_of`, for many lines."""
    kept, asks, mosts = [], [], []
    for line in lines:
        if line.frozen or line.strategy not in PLAIN:
            kept.append(kept_of(line))
            asks.append(ask_of(line))
            mosts.append(most_of(line))
        else:
            asked = line.open_quantity // line.pack * line.pack
            kept.append(0)
            asks.append(asked)
            mosts.append(asked if asked >= line.minimum else 0)
    return kept, asks, mosts


def members_of(
    limits: Sequence[Floor | Ceiling], lines: Sequence[Line], places_of: Mapping[Id, Sequence[int]] | None = None
) -> list[list[int]]:
    """For each floor or ceiling the places of its lines: those that equal the group in every pair.

    `places_of` (the places of each item's lines) spares looking through all lines for a limit of one item.
    """
    found: list[list[int]] = [[] for _ in limits]
    by_names: dict[tuple[str, ...], dict[tuple[Hashable, ...], list[tuple[int, frozenset[tuple[str, Id]]]]]] = {}
    for place, limit in enumerate(limits):
        if limit.item is not None and places_of is not None:
            found[place] = [at for at in places_of.get(limit.item, ()) if _belongs(lines[at], limit.group)]
            continue
        pairs = dict(limit.group)
        if limit.item is not None:
            if pairs.get("item", limit.item) != limit.item:
                continue
            pairs["item"] = limit.item
        names = tuple(sorted(name for name in pairs if name in TRAITS))
        further = frozenset((name, value) for name, value in limit.group if name not in TRAITS)
        entry = by_names.setdefault(names, {}).setdefault(tuple(pairs[name] for name in names), [])
        entry.append((place, further))
    for names, entries in by_names.items():
        getters = [TRAITS[name] for name in names]
        for at, line in enumerate(lines):
            for place, further in entries.get(tuple([get(line) for get in getters]), ()):
                if not further or further <= set(line.groups):
                    found[place].append(at)
    return found


def _belongs(line: Line, group: Sequence[tuple[str, Id]]) -> bool:
    return all(TRAITS[name](line) == value if name in TRAITS else (name, value) in line.groups for name, value in group)


def limit_order(limit: Floor | Ceiling) -> tuple[Any, ...]:
    """Floors and ceilings in an order of their own, whatever the order in which they were written."""
    group = sorted((name, by_id(value)) for name, value in limit.group)
    return (getattr(limit, "rank", 0), group, by_id(limit.item), limit.quantity)


def group_text(limit: Floor | Ceiling) -> str:
    """A group as people write it: `customer C1, item A`."""
    pairs = [f"{name} {value}" for name, value in sorted(limit.group, key=lambda pair: pair[0])]
    return ", ".join([*pairs, *([f"item {limit.item}"] if limit.item is not None else [])])
