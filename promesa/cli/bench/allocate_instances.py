"""Instances of any size to share out, always the same for the same seed.

Families: `uniform` (every item alike), `zipf` (a few items are asked by everybody), `tiers` (five tiers, strategies, floors, quotas, lots
with dates), `complete` (orders of ten lines that want all or nothing).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta

from promesa.allocation.rules.instance import MILLION, Ceiling, Floor, Instance, Line, Lot, Rule, Strategy

TODAY = date(2026, 11, 21)
FAMILIES = ("uniform", "zipf", "tiers", "complete")
STRATEGIES = (
    *[Strategy.SHARE] * 12, *[Strategy.KEEP_OR_BETTER] * 3, Strategy.GUARANTEE, Strategy.IMPROVE, Strategy.SPARE, Strategy.DONOR,
    Strategy.UNTOUCHED,
)  # fmt: skip
WEIGHTS = (1, 2, 3, 5, 8)


def instance_of(
    *,
    family: str,
    lines: int,
    items: int,
    customers: int,
    seed: int = 1,
    rule: str = Rule.PROPORTIONAL,
    fill: float = 0.7,
) -> Instance:
    """An instance of a family. Supply is about `fill` of what is asked; a third of the items have enough."""
    draw = random.Random(f"{family} {lines} {items} {customers} {seed}")
    asked: dict[int, int] = {}
    found = [_line(draw, family, place, items, customers, asked) for place in range(lines)]
    supply = _supply(draw, family, asked, fill)
    tiered = family == "tiers"
    return Instance(
        as_of=TODAY,
        rule=rule,
        supply=supply,
        lines=found,
        floors=_floors(draw, asked, customers) if tiered else (),
        ceilings=_ceilings(draw, asked, customers) if tiered else (),
    )


def _line(draw: random.Random, family: str, place: int, items: int, customers: int, asked: dict[int, int]) -> Line:
    whole = family == "complete"
    order = place // 10
    by = random.Random(order) if whole else draw
    item = min(items - 1, int(items ** draw.random()) - 1) if family == "zipf" else draw.randrange(items)
    pack = draw.choice((1, 1, 1, 6, 12)) if family == "tiers" else 1
    quantity = draw.randint(1, 20) * pack
    asked[item] = asked.get(item, 0) + quantity
    tiered = family == "tiers"
    customer = by.randrange(customers)
    return Line(
        id=place + 1,
        order=order + 1,
        customer=customer + 1,
        segment=customer % 4 + 1,
        tier=customer % 5 + 1 if tiered else 1,
        weight=by.choice(WEIGHTS) * MILLION,
        item=item + 1,
        open_quantity=quantity * MILLION,
        pack=pack * MILLION,
        complete_order=whole,
        requested_on=TODAY + timedelta(draw.randrange(15)) if tiered else None,
        entered_at=f"2026-11-{by.randint(1, 20):02d}T{by.randrange(24):02d}:00:00",
        minimum_life_days=draw.choice((0, 0, 30)) if tiered else 0,
        strategy=draw.choice(STRATEGIES) if tiered else Strategy.SHARE,
        confirmed=quantity // 2 // pack * pack * MILLION if tiered and draw.random() < 0.3 else 0,
        margin=draw.randint(1, 9) * MILLION,
        frozen=tiered and draw.random() < 0.02,
    )


def _supply(draw: random.Random, family: str, asked: dict[int, int], fill: float) -> list[Lot]:
    supply = []
    for item in sorted(asked):
        quantity = int(asked[item] * (fill if draw.random() < 0.67 else 1.2)) or 1
        if family != "tiers":
            supply.append(Lot(item + 1, item + 1, quantity * MILLION, TODAY))
            continue
        parts = draw.choice((1, 1, 2, 3))
        for part in range(parts):
            came = TODAY if part == 0 else TODAY + timedelta(draw.randint(1, 10))
            expires = draw.choice((None, came + timedelta(draw.randint(20, 90))))
            supply.append(Lot(item * 4 + part + 1, item + 1, quantity // parts * MILLION, came, expires))
    return supply


def _floors(draw: random.Random, asked: dict[int, int], customers: int) -> Sequence[Floor]:
    """A guaranteed minimum of a customer or a segment for one item in twenty."""
    floors = []
    for item in sorted(asked):
        if draw.random() < 0.05:
            group = ("segment", draw.randint(1, 4)) if draw.random() < 0.5 else ("customer", draw.randint(1, customers))
            floors.append(Floor((group,), item + 1, max(1, asked[item] // 10) * MILLION, draw.randint(1, 3)))
    return floors


def _ceilings(draw: random.Random, asked: dict[int, int], customers: int) -> Sequence[Ceiling]:
    """A quota of a segment for one item in ten."""
    return [
        Ceiling((("segment", draw.randint(1, 4)),), item + 1, max(1, asked[item] // 5) * MILLION)
        for item in sorted(asked)
        if draw.random() < 0.1
    ]
