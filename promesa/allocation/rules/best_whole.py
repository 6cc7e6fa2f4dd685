"""Many complete orders over scarce items: from an instance to arrays, and from the orders chosen back to shares.

This road is open where an order is either complete or not and nothing else binds: every lot of an item serves every line of it, no
floors, ceilings or kept quantities. What complete orders leave goes to lines that take a part, by priority.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from promesa.allocation.rules.best_model import Reached
from promesa.allocation.rules.best_packing import Flags, Packing
from promesa.allocation.rules.best_search import Choice, choose
from promesa.allocation.rules.best_solver import Clock, divisor
from promesa.allocation.rules.best_stages import Stage
from promesa.allocation.rules.instance import Id, Instance, Line, Lot, Share, Strategy
from promesa.allocation.rules.limits import ask_of, is_fixed, priority
from promesa.allocation.rules.lots import fefo, serves

GOALS = ("complete", "weighted_complete")
FEWEST = 150  # orders; fewer are solved exactly, goal by goal
TELLING = 3.0  # to make shares and reasons takes so many times what reading took


@dataclass
class Orders:
    """Orders of an instance: `numbers[o]` is the place of order o among `names`; `needs` what it asks of which item."""

    names: list[Id]
    lines: list[list[int]]
    possible: list[int]
    needs: list[dict[Id, int]]
    supply: dict[Id, int]


@dataclass
class Whole:
    """What came of it: shares, the goal with its bound, and the price of a whole unit of each scarce item."""

    shares: list[Share]
    stage: Stage
    price: dict[Id, float]


def share_whole(instance: Instance, clock: Clock, start: Sequence[Share] = ()) -> Whole | None:
    """Complete the orders that are worth most together; None if this road is not open to the instance."""
    orders = _read(instance)
    if orders is None:
        return None
    weights = [_weight(instance, orders.lines[o]) for o in range(len(orders.names))]
    asked: dict[Id, int] = defaultdict(int)
    for o in orders.possible:
        for item, quantity in orders.needs[o].items():
            asked[item] += quantity
    scarce = sorted((i for i in asked if asked[i] > orders.supply[i]), key=lambda i: (len(str(i)), str(i)))
    held = set(scarce)
    free = [o for o in orders.possible if not any(item in held for item in orders.needs[o])]
    contested = [o for o in orders.possible if any(item in held for item in orders.needs[o])]
    # In an order of their own, an operator's: so that the order in which lines came changes nothing.
    contested.sort(key=lambda o: min(priority(instance.lines[n]) for n in orders.lines[o]))
    taken, value, bound = list(free), sum(weights[o] for o in free), 0
    price: dict[Id, float] = {}
    clock.keep_back(TELLING)
    if contested:
        packing, unit, grains = _packing(orders, contested, scarce, weights)
        choice = choose(packing, clock, _started(orders, contested, instance, start))
        taken += [contested[n] for n in np.flatnonzero(choice.taken).tolist()]
        value, bound = value + choice.value * unit, choice.prices.bound * unit
        price = _by_unit(choice, scarce, grains, unit)
    bound += sum(weights[o] for o in free)
    key = next(key for key in instance.objective if key in GOALS)
    return Whole(_shares(instance, orders, taken), Stage(key, True, Reached(value, bound)), price)


def is_open(instance: Instance) -> bool:
    """Whether this road is open to the instance."""
    return _read(instance) is not None


def _read(instance: Instance) -> Orders | None:
    """The orders and what they ask, if nothing but supply binds them."""
    named = [key for key in instance.objective if key in GOALS]
    if not _counts_orders_first(instance) or not named:
        return None
    lots: dict[Id, list[Lot]] = defaultdict(list)
    for lot in instance.supply:
        lots[lot.item].append(lot)
    places: dict[Id, int] = {}
    lines: list[list[int]] = []
    packs: dict[Id, int] = {}
    asked_for: dict[tuple[object, ...], Line] = {}
    for n, line in enumerate(instance.lines):
        if is_fixed(line) or line.strategy not in (Strategy.SHARE, Strategy.IMPROVE):
            return None
        if packs.setdefault(line.item, line.pack) != line.pack and len(lots[line.item]) > 1:
            return None
        asked_for.setdefault((line.item, line.requested_on, line.latest_on, line.minimum_life_days), line)
        place = places.setdefault(line.order, len(lines))
        if place == len(lines):
            lines.append([])
        lines[place].append(n)
    if len(lines) < FEWEST or not all(
        serves(lot, line, instance.as_of) for line in asked_for.values() for lot in lots[line.item]
    ):
        return None
    supply = {item: _capacity(lots[item], pack) for item, pack in packs.items()}
    return _asking(instance, Orders(list(places), lines, [], [], supply))


def _counts_orders_first(instance: Instance) -> bool:
    first = next((key for key in instance.objective if key != "floors"), None)
    return first in GOALS and not instance.floors and not instance.ceilings


def _capacity(lots: Sequence[Lot], pack: int) -> int:
    """What the lots of an item can give: one lot to its last unit, several in whole packs each."""
    if len(lots) == 1:
        return max(0, lots[0].quantity)
    return sum(max(0, lot.quantity) // pack * pack for lot in lots)


def _asking(instance: Instance, orders: Orders) -> Orders:
    """What each order asks of each item, and which orders could be complete at all."""
    for o, mine in enumerate(orders.lines):
        needs: dict[Id, int] = {}
        possible = True
        for n in mine:
            line = instance.lines[n]
            asked = ask_of(line)
            possible &= asked == line.open_quantity
            if asked:
                needs[line.item] = needs.get(line.item, 0) + asked
                possible &= asked >= line.minimum
        orders.needs.append(needs)
        if possible and all(quantity <= orders.supply[item] for item, quantity in needs.items()):
            orders.possible.append(o)
    return orders


def _weight(instance: Instance, lines: Sequence[int]) -> int:
    by_weight = next(key for key in instance.objective if key in GOALS) == "weighted_complete"
    return max(instance.lines[n].weight for n in lines) if by_weight else 1


def _packing(
    orders: Orders, contested: Sequence[int], scarce: Sequence[Id], weights: Sequence[int]
) -> tuple[Packing, int, list[int]]:
    """Arrays of the contested orders; with what weights, and the quantities of each item, were divided by."""
    place = {item: at for at, item in enumerate(scarce)}
    grains = [0] * len(scarce)
    needs = [
        sorted((place[item], quantity) for item, quantity in orders.needs[o].items() if item in place)
        for o in contested
    ]
    for mine in needs:
        for at, quantity in mine:
            grains[at] = divisor(grains[at], quantity)
    unit = divisor(*(weights[o] for o in contested))
    packing = Packing(
        weight=np.array([weights[o] // unit for o in contested], np.int64),
        begin=np.cumsum([0, *(len(mine) for mine in needs)]),
        item=np.array([at for mine in needs for at, _ in mine], np.int32),
        quantity=np.array([quantity // grains[at] for mine in needs for at, quantity in mine], np.int64),
        supply=np.array([orders.supply[item] // grain for item, grain in zip(scarce, grains, strict=True)], np.int64),
        turn=np.arange(len(contested)),
    )
    return packing, unit, grains


def _started(orders: Orders, contested: Sequence[int], instance: Instance, start: Sequence[Share]) -> Flags | None:
    """Which orders are complete in the shares to begin with, or in what is confirmed today."""
    got: dict[Id, int] = defaultdict(int)
    for share in start:
        got[share.line] += share.quantity
    lines = instance.lines
    if not start:
        got.update({line.id: line.confirmed for line in lines if line.confirmed})
    if not got:
        return None
    return np.array([all(got.get(lines[n].id, 0) >= ask_of(lines[n]) for n in orders.lines[o]) for o in contested])


def _by_unit(choice: Choice, scarce: Sequence[Id], grains: Sequence[int], unit: int) -> dict[Id, float]:
    """Prices as weight for one whole unit of an item."""
    prices = choice.prices.price.tolist()
    return {item: one * unit / grain for item, one, grain in zip(scarce, prices, grains, strict=True) if one > 0}


def _shares(instance: Instance, orders: Orders, taken: Sequence[int]) -> list[Share]:
    """Shares by lot: complete orders first, then by priority what is left, to lines that take a part."""
    lines = instance.lines
    whole = set(taken)
    by_item: dict[Id, list[tuple[bool, int]]] = defaultdict(list)
    for o, mine in enumerate(orders.lines):
        for n in mine:
            if o in whole or not lines[n].complete_order:
                by_item[lines[n].item].append((o not in whole, n))
    lots: dict[Id, list[Lot]] = defaultdict(list)
    for lot in sorted(instance.supply, key=fefo):
        lots[lot.item].append(lot)
    shares: list[Share] = []
    for item, waiting in by_item.items():
        waiting.sort(key=lambda one: (one[0], priority(lines[one[1]])))
        left = [([lot.quantity], lot.id) for lot in lots[item] if lot.quantity > 0]
        for _, n in waiting:
            _serve(lines[n], left, shares)
    return shares


def _serve(line: Line, left: list[tuple[list[int], Id]], shares: list[Share]) -> None:
    """Give a line whole packs of what is left, from the lot to be used first; nothing if its minimum cannot be met."""
    wanted, found = ask_of(line), []
    for place, (free, lot) in enumerate(left):
        taken = min(free[0], wanted) // line.pack * line.pack
        if taken:
            found.append((place, Share(line.id, lot, taken)))
            wanted -= taken
        if not wanted:
            break
    if sum(share.quantity for _, share in found) >= line.minimum:
        for place, share in found:
            left[place][0][0] -= share.quantity
            shares.append(share)
