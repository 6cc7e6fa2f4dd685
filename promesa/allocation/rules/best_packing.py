"""Whole orders over scarce items as arrays: which orders to complete, so that their weights sum up to the most.

Only items of which there is not enough for all are in it, and only orders that could be completed at all; quantities and
weights are divided by what they have in common, so that everything fits into 64 bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Packing:
    """Orders as runs of needs: order o needs `quantity[k]` of `item[k]` for k from `begin[o]` to `begin[o + 1]`.

    `turn` is the order in which an operator would serve them. Every order has at least one need.
    """

    weight: Ints
    begin: Ints
    item: NDArray[np.int32]
    quantity: Ints
    supply: Ints
    turn: Ints

    @property
    def orders(self) -> int:
        return len(self.weight)

    @property
    def items(self) -> int:
        return len(self.supply)

    def cost(self, price: Floats) -> Floats:
        """What each order takes at these prices."""
        return np.add.reduceat(price[self.item] * self.quantity, self.begin[:-1]) if self.orders else np.zeros(0)

    def fitting(self, free: Ints) -> Flags:
        """Which orders fit into what is free."""
        short = free[self.item] < self.quantity
        return ~np.logical_or.reduceat(short, self.begin[:-1]) if self.orders else np.zeros(0, bool)

    def needs(self, chosen: Ints) -> tuple[NDArray[np.int32], Ints, Ints]:
        """Items, quantities and run lengths of some orders, one after the other."""
        lengths = self.begin[chosen + 1] - self.begin[chosen]
        ends = np.cumsum(lengths)
        total = int(ends[-1]) if len(ends) else 0
        place = np.arange(total) - np.repeat(ends - lengths, lengths) + np.repeat(self.begin[chosen], lengths)
        return self.item[place], self.quantity[place], lengths

    def used(self, chosen: Ints) -> Ints:
        """What some orders take of each item, exactly."""
        item, quantity, _ = self.needs(chosen)
        total = np.zeros(self.items, np.int64)
        np.add.at(total, item, quantity)
        return total

    def worth(self, taken: Flags) -> int:
        return int(self.weight[taken].sum())

    def holds(self, taken: Flags) -> bool:
        """Whether no item is used beyond its supply, in whole numbers."""
        return bool((self.used(np.flatnonzero(taken)) <= self.supply).all())


def in_turn(packing: Packing, turn: NDArray[Any], taken: Flags | None = None) -> Flags:
    """Serve orders whole, one after the other, as long as they fit; on top of what is taken already."""
    chosen = np.zeros(packing.orders, bool) if taken is None else taken.copy()
    free = packing.supply - packing.used(np.flatnonzero(chosen))
    waiting = turn[~chosen[turn]]
    waiting = waiting[packing.fitting(free)[waiting]]
    left, begin = free.tolist(), packing.begin.tolist()
    item, quantity = packing.item.tolist(), packing.quantity.tolist()
    for o in waiting.tolist():
        needs = range(begin[o], begin[o + 1])
        if all(left[item[k]] >= quantity[k] for k in needs):
            for k in needs:
                left[item[k]] -= quantity[k]
            chosen[o] = True
    return chosen


def swap(packing: Packing, taken: Flags, free: Ints, out: int, rate: Floats) -> bool:
    """Take one order out and the best others in, if they are worth more; `taken` and `free` are changed in place."""
    mine = slice(packing.begin[out], packing.begin[out + 1])
    free[packing.item[mine]] += packing.quantity[mine]
    candidates = np.flatnonzero(packing.fitting(free) & ~taken)
    chosen: list[int] = []
    gain = -int(packing.weight[out])
    for one in candidates[np.argsort(-rate[candidates], kind="stable")].tolist():
        needs = slice(packing.begin[one], packing.begin[one + 1])
        if (free[packing.item[needs]] >= packing.quantity[needs]).all():
            free[packing.item[needs]] -= packing.quantity[needs]
            chosen.append(one)
            gain += int(packing.weight[one])
    if gain > 0:
        taken[out] = False
        taken[chosen] = True
        return True
    for one in chosen:
        needs = slice(packing.begin[one], packing.begin[one + 1])
        free[packing.item[needs]] += packing.quantity[needs]
    free[packing.item[mine]] -= packing.quantity[mine]
    return False
