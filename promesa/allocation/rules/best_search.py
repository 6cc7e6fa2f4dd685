"""Which orders to complete when no search can end: prices, a greedy start, then one neighbourhood after the other.

A neighbourhood is some hundreds of orders about which the prices are undecided; all others stay as they are, and HiGHS
chooses among these exactly. Nothing is ever given up for less, so it may be stopped at any moment.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from promesa.allocation.rules.best_packing import Flags, Floats, Ints, Packing, in_turn, swap
from promesa.allocation.rules.best_prices import Prices, find_prices, programme
from promesa.allocation.rules.best_solver import SEED, Clock, new_solver

FEW, MANY = 60, 5_000
FIRST = 250  # orders of the first neighbourhood
LOOK = 2.0  # seconds for one neighbourhood
# When the search ends by nodes instead of time: so many neighbourhoods of so many orders.
ROUNDS_BY_NODES, SIZE_BY_NODES = 20, 80
# At last all orders together, up to so many, for a part of the time: it seldom finds more, but it brings the bound down.
AT_ONCE, AT_LAST = 5_000, 0.3


@dataclass
class Choice:
    """Orders to complete, with what is known of how good they are."""

    taken: Flags
    value: int
    prices: Prices

    @property
    def proved(self) -> bool:
        return self.value >= self.prices.bound


def choose(packing: Packing, clock: Clock, start: Flags | None = None) -> Choice:
    """The best orders found while the clock runs; never fewer by worth than an operator would complete, nor than `start`."""
    prices = find_prices(packing, clock)
    surplus = packing.weight - packing.cost(prices.price)
    best = max(_starts(packing, prices, start), key=packing.worth)
    rate = packing.weight / np.maximum(packing.cost(prices.price), 1e-9)
    if not clock.over:
        _exchange(packing, best, rate, clock)
    choice = Choice(best, packing.worth(best), prices)
    if not choice.proved and not clock.over:
        _Search(packing, choice, surplus, clock).run()
    return choice


def _exchange(packing: Packing, taken: Flags, rate: Floats, clock: Clock) -> None:
    """One order out for others in, as long as that helps, in a tenth of the time; by nodes, once for each order."""
    free = packing.supply - packing.used(np.flatnonzero(taken))
    until = clock.left * 0.9
    draw = np.random.default_rng(SEED)
    better = True
    while better:
        better = False
        for out in draw.permutation(np.flatnonzero(taken)).tolist():
            if taken[out]:
                better |= swap(packing, taken, free, out, rate)
            if clock.left < until:
                return
        better &= clock.node_limit is None


def _starts(packing: Packing, prices: Prices, start: Flags | None) -> list[Flags]:
    """Sharings to begin with: an operator's, by weight for what it takes, and what was there before."""
    rate = packing.weight / np.maximum(packing.cost(prices.price), 1e-9)
    found = [in_turn(packing, packing.turn), in_turn(packing, np.argsort(-rate, kind="stable"))]
    found.append(in_turn(packing, np.lexsort((-rate, -np.round(prices.part, 3)))))
    if start is not None and packing.holds(start):
        found.append(in_turn(packing, packing.turn, start))
    return found


@dataclass
class Way:
    """One way of choosing neighbourhoods: how many orders it takes at once, and how well it did lately."""

    size: float
    success: float = 1.0


class _Search:
    """Neighbourhoods of a choice, larger while they are solved quickly; ways that help are taken more often."""

    def __init__(self, packing: Packing, choice: Choice, surplus: Floats, clock: Clock) -> None:
        self.packing, self.choice, self.surplus, self.clock = packing, choice, surplus, clock
        self.free: Ints = packing.supply - packing.used(np.flatnonzero(choice.taken))
        self.draw = np.random.default_rng(SEED)
        self.doubt = np.abs(surplus)
        self.effort = packing.quantity / np.maximum(packing.supply[packing.item], 1)
        first = FIRST if clock.node_limit is None else SIZE_BY_NODES
        self.ways = [Way(float(min(first, packing.orders))) for _ in range(3)]

    def run(self) -> None:
        by_nodes = self.clock.node_limit is not None
        count = 0
        last = AT_LAST * self.clock.left if self.packing.orders <= AT_ONCE and not by_nodes else 0.0
        while not self.choice.proved and self.clock.left > last and not (by_nodes and count >= ROUNDS_BY_NODES):
            count += 1
            most = max(way.success for way in self.ways)
            chances = np.array([way.success / most + 0.15 if most > 0 else 1.0 for way in self.ways])
            which = int(self.draw.choice(len(self.ways), p=chances / chances.sum()))
            way = self.ways[which]
            orders = self._neighbourhood(which, min(self.packing.orders, int(way.size)))
            before = self.choice.value
            solved, seconds = self._improve(orders, count)
            if not by_nodes:
                _resize(way, solved, seconds, self.packing.orders)
            spent = 1.0 if by_nodes else 0.05 + seconds
            way.success = 0.7 * way.success + 0.3 * (self.choice.value - before) / spent
            if solved and len(orders) == self.packing.orders:
                self._prove(self.choice.value)
        if last and not self.choice.proved and not self.clock.over:
            self._improve(np.arange(self.packing.orders), SEED, self.clock.left)

    def _prove(self, bound: int) -> None:
        """Remember a bound, if it is nearer than the one that is known."""
        known = self.choice.prices
        self.choice.prices = known._replace(bound=max(self.choice.value, min(known.bound, bound)))

    def _neighbourhood(self, which: int, size: int) -> Ints:
        """Orders about which the prices are undecided, orders that want the same, or any."""
        if size >= self.packing.orders:
            return np.arange(self.packing.orders)
        if which == 0:
            spread = float(np.quantile(self.doubt, self.draw.choice((0.1, 0.3, 0.6, 0.9))))
            score = self.doubt - self.draw.exponential(max(spread, 1e-9), self.packing.orders)
        elif which == 1:
            score = -self._kinship(int(self.draw.integers(self.packing.orders)))
            score *= self.draw.random(self.packing.orders)
        else:
            score = self.draw.random(self.packing.orders)
        return np.sort(np.argpartition(score, size)[:size])

    def _kinship(self, order: int) -> Floats:
        """How much each order competes with those that compete with one order."""
        packing = self.packing
        kin = np.zeros(packing.orders)
        kin[order] = 1.0
        lengths = np.diff(packing.begin)
        for _ in range(2):
            asked = np.bincount(packing.item, self.effort * np.repeat(kin, lengths), packing.items)
            kin = np.add.reduceat(asked[packing.item] * self.effort, packing.begin[:-1])
            kin /= max(float(kin.max()), 1e-12)
        return kin

    def _improve(self, orders: Ints, seed: int, seconds: float = LOOK) -> tuple[bool, float]:
        """Choose anew among some orders; whether that was proved, and how long it took."""
        packing, taken = self.packing, self.choice.taken
        inside = orders[taken[orders]]
        supply = self.free + packing.used(inside)
        item, quantity, lengths = packing.needs(orders)
        starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
        orders = orders[~np.logical_or.reduceat(supply[item] < quantity, starts)]
        every = len(orders) == packing.orders
        solver = new_solver(min(seconds, self.clock.left) if self.clock.node_limit is None else self.clock.left)
        solver.setOptionValue("random_seed", seed)
        if self.clock.node_limit is not None:
            solver.setOptionValue("mip_max_nodes", self.clock.node_limit)
        solver.passModel(programme(packing, orders, supply, whole=True))
        known = highspy.HighsSolution()
        known.col_value = list(taken[orders].astype(float))
        solver.setSolution(known)
        solver.run()
        values = np.array(solver.getSolution().col_value)
        if len(values) == len(orders):
            self._take(inside, orders[values > 0.5], supply)
        proved = solver.getInfo().mip_dual_bound
        if every and abs(proved) < highspy.kHighsInf:
            self._prove(int(np.floor(proved + 1e-6 * max(1.0, abs(proved) / 1e6))))
        return solver.getModelStatus() == highspy.HighsModelStatus.kOptimal, solver.getRunTime()

    def _take(self, before: Ints, after: Ints, supply: Ints) -> None:
        """Put some orders in the place of others, if that is worth no less and keeps to the supply."""
        gain = int(self.packing.weight[after].sum() - self.packing.weight[before].sum())
        free = supply - self.packing.used(after)
        if gain < 0 or (free < 0).any():
            return
        self.choice.taken[before] = False
        self.choice.taken[after] = True
        self.choice.value += gain
        self.free = free


def _resize(way: Way, solved: bool, seconds: float, orders: int) -> None:
    if solved and seconds < 0.4 * LOOK:
        way.size = min(way.size * 1.15 + 1, MANY, orders)
    elif not solved:
        way.size = max(way.size * 0.9, FEW)
