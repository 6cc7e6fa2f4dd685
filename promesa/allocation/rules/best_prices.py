"""Prices of scarce items: what one more unit would be worth, and with them a bound that no choice of orders can pass.

Any prices give a bound: all supply at its price, and for each order what its weight exceeds the price of its needs by. It is
reckoned in whole numbers, so it is a certificate whatever the search for prices did.
"""

from __future__ import annotations

from typing import NamedTuple

import highspy
import numpy as np

from promesa.allocation.rules.best_packing import Floats, Packing
from promesa.allocation.rules.best_solver import Clock, new_solver

ROUNDS = 600
PATIENCE = 8
SHARE_OF_TIME = 0.4  # of what is left, for the linear programme
ROOM = 2**61


class Prices(NamedTuple):
    """A price for one unit of each item, the bound that they prove, and how much of each order goes with them."""

    price: Floats
    bound: int
    part: Floats


def certificate(packing: Packing, price: Floats) -> int:
    """The bound that prices prove, in exact arithmetic (prices rounded to a grid)."""
    reach = int(packing.weight.sum()) + 1
    scale = max(1, min(10**6, ROOM // (4 * reach)))
    most = np.maximum(1, packing.supply.max(initial=1))
    grid = np.minimum(np.rint(np.maximum(price, 0.0) * scale), float(ROOM // (int(most) * max(1, packing.items) * 4)))
    whole = grid.astype(np.int64)
    # No order costs more than its weight needs to know: beyond it the surplus is nothing.
    cost = np.add.reduceat(whole[packing.item] * packing.quantity, packing.begin[:-1])
    surplus = int(np.maximum(packing.weight * scale - cost, 0).sum())
    total = sum(p * s for p, s in zip(whole.tolist(), packing.supply.tolist(), strict=True)) + surplus
    return int(min(int(packing.weight.sum()), total // scale))


def find_prices(packing: Packing, clock: Clock) -> Prices:
    """The best prices found: by small steps first, then by the linear programme where it ends in time."""
    best = _by_steps(packing, clock)
    price, part = _by_programme(packing, SHARE_OF_TIME * clock.left)
    if len(part) == packing.orders:
        best = best._replace(part=part)
    if price is not None and (found := certificate(packing, price)) < best.bound:
        best = Prices(price, found, best.part)
    return best


def _by_steps(packing: Packing, clock: Clock) -> Prices:
    """Subgradient steps: raise the price of what is asked too much, lower that of what is left over."""
    weight, supply = packing.weight.astype(float), packing.supply.astype(float)
    quantity, lengths = packing.quantity.astype(float), np.diff(packing.begin)
    until = 0.75 * clock.left
    price = np.full(packing.items, 0.5 * weight.sum() / max(1.0, supply.sum()))
    best_price, best, step, idle = price, np.inf, 0.05, 0
    for _ in range(ROUNDS):
        surplus = weight - packing.cost(price)
        wanted = surplus > 0
        value = float(price @ supply + surplus[wanted].sum())
        idle = 0 if value < best else idle + 1
        if value < best:
            best, best_price = value, price
        elif idle >= PATIENCE:
            step, idle, price = step * 0.7, 0, best_price
            if step < 1e-5:
                break
            continue
        asked = np.bincount(packing.item, quantity * np.repeat(wanted, lengths), packing.items)
        slope = supply - asked
        price = np.maximum(0.0, price - step * best / max(float(slope @ slope), 1e-9) * slope)
        if clock.left <= until:
            break
    part = (weight > packing.cost(best_price)).astype(float)
    return Prices(best_price, certificate(packing, best_price), part)


def _by_programme(packing: Packing, seconds: float) -> tuple[Floats | None, Floats]:
    """The duals of the linear programme, if the method ends with them in time, and how much it takes of each order."""
    solver = new_solver(seconds)
    for name, value in (("solver", "ipm"), ("run_crossover", "off"), ("ipm_optimality_tolerance", 1e-5)):
        solver.setOptionValue(name, value)
    solver.passModel(programme(packing, np.arange(packing.orders), packing.supply))
    solver.run()
    answer = solver.getSolution()
    part = np.array(answer.col_value) if answer.value_valid else np.zeros(0)
    return (np.maximum(0.0, np.array(answer.row_dual)) if answer.dual_valid else None), part


def programme(packing: Packing, chosen: np.ndarray, supply: np.ndarray, *, whole: bool = False) -> highspy.HighsLp:
    """Which of some orders to take out of a supply, as HiGHS wants it. Rows are all items for the full problem."""
    item, quantity, lengths = packing.needs(chosen)
    rows, place = np.arange(packing.items), item.astype(np.int64)
    if len(chosen) < packing.orders:
        rows, place = np.unique(place, return_inverse=True)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(chosen), len(rows)
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = packing.weight[chosen].astype(float)
    lp.col_lower_, lp.col_upper_ = np.zeros(len(chosen)), np.ones(len(chosen))
    lp.row_lower_ = np.full(len(rows), -highspy.kHighsInf)
    lp.row_upper_ = supply[rows].astype(float)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.concatenate(([0], np.cumsum(lengths))).astype(np.int32)
    lp.a_matrix_.index_ = place.astype(np.int32)
    lp.a_matrix_.value_ = quantity.astype(float)
    if whole:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * len(chosen)
    return lp
