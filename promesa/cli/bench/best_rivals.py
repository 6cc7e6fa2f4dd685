"""Other ways of choosing which orders to complete, on the same arrays and in the same time as `best`."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

import highspy
import numpy as np

from promesa.allocation.rules.best_packing import Packing, in_turn, swap
from promesa.allocation.rules.best_prices import programme
from promesa.allocation.rules.best_solver import new_solver

SEED = 11


class Result(NamedTuple):
    """What a rival found: the value, a bound if it proves one, and the seconds it took."""

    value: int
    bound: int | None
    seconds: float


def by_operator(packing: Packing, seconds: float) -> Result:
    """By priority and date, whole orders, as long as they fit."""
    began = time.perf_counter()
    taken = in_turn(packing, packing.turn)
    return Result(packing.worth(taken), None, time.perf_counter() - began)


def by_duals(packing: Packing, seconds: float) -> Result:
    """The linear programme by HiGHS (simplex), then by weight for what an order takes at its duals."""
    began = time.perf_counter()
    solver = new_solver(seconds)
    solver.passModel(programme(packing, np.arange(packing.orders), packing.supply))
    solver.run()
    price = np.maximum(0.0, np.array(solver.getSolution().row_dual))
    rate = packing.weight / np.maximum(packing.cost(price), 1e-9)
    taken = in_turn(packing, np.argsort(-rate, kind="stable"))
    return Result(packing.worth(taken), None, time.perf_counter() - began)


def by_exchange(packing: Packing, seconds: float) -> Result:
    """By weight for scarcity, then one order out for others in, until nothing gets better or time is up."""
    began = time.perf_counter()
    asked = np.bincount(packing.item, packing.quantity, packing.items)
    rate = packing.weight / np.maximum(packing.cost(asked / np.maximum(packing.supply, 1) ** 2), 1e-12)
    taken = in_turn(packing, np.argsort(-rate, kind="stable"))
    free = packing.supply - packing.used(np.flatnonzero(taken))
    draw = np.random.default_rng(SEED)
    better = True
    while better:
        better = False
        for out in draw.permutation(np.flatnonzero(taken)).tolist():
            if time.perf_counter() - began > seconds:
                return Result(packing.worth(taken), None, time.perf_counter() - began)
            gained = swap(packing, taken, free, out, rate)
            better |= gained
    return Result(packing.worth(taken), None, time.perf_counter() - began)


def by_highs(packing: Packing, seconds: float) -> Result:
    """HiGHS on the whole, cold, one thread."""
    began = time.perf_counter()
    solver = new_solver(seconds)
    solver.passModel(programme(packing, np.arange(packing.orders), packing.supply, whole=True))
    solver.run()
    info = solver.getInfo()
    taken = np.array(solver.getSolution().col_value) > 0.5
    value = packing.worth(taken) if len(taken) and packing.holds(taken) else 0
    bound = int(info.mip_dual_bound + 1e-6) if abs(info.mip_dual_bound) < highspy.kHighsInf else None
    return Result(value, bound, time.perf_counter() - began)


def by_cp_sat(packing: Packing, seconds: float, interpreter: Path, workers: int) -> Result | None:
    """CP-SAT on the whole, cold; None where its interpreter is not prepared."""
    if not interpreter.exists():
        return None
    given = {
        name: getattr(packing, name).tolist() for name in ("weight", "begin", "item", "quantity", "supply")
    } | {"seconds": seconds, "workers": workers}  # fmt: skip
    script = Path(__file__).with_name("cp_sat_alone.py")
    said = subprocess.run([interpreter, script], input=json.dumps(given), capture_output=True, text=True, check=True)
    answer = json.loads(said.stdout)
    taken = np.zeros(packing.orders, bool)
    taken[answer["taken"]] = True
    value = packing.worth(taken) if packing.holds(taken) else 0
    return Result(value, answer["bound"], answer["seconds"])
