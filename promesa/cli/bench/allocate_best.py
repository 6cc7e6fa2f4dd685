"""`promesa bench best`: which orders to complete when there is not enough, beside four other ways, in the same time."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np

from promesa.allocation.rules.best_packing import Packing
from promesa.allocation.rules.instance import MILLION, Instance, Line, Lot, Rule
from promesa.allocation.rules.sharing import share_out
from promesa.cli.bench.best_rivals import Result, by_cp_sat, by_duals, by_exchange, by_highs, by_operator

TODAY = date(2026, 11, 21)
PER_ORDER = 10
REACH = 0.999
LEVELS = (1, 2, 3, 5, 8)


class Family(NamedTuple):
    """Instances of one kind: orders of 10 lines, weights, and the part of the demand that is in stock.

    `zipf`: demand by popularity, plenty of all but 15 % of the items, of which there is that part.
    """

    orders: int
    items: int
    weights: tuple[int, ...]
    stock: float
    zipf: bool = False


HUNDRED = tuple(range(1, 101))
FAMILIES = {
    "levels-500": Family(500, 500, LEVELS, 0.6),
    "levels-2000": Family(2_000, 2_000, LEVELS, 0.6),
    "all-short-60": Family(2_000, 500, HUNDRED, 0.6),
    "all-short-90": Family(2_000, 500, HUNDRED, 0.9),
    "some-short": Family(2_000, 500, HUNDRED, 0.6, zipf=True),
    "levels-10000": Family(10_000, 2_000, LEVELS, 0.6),
    "levels-50000": Family(50_000, 2_000, LEVELS, 0.6),
}


class Drawn(NamedTuple):
    """Arrays of one instance: weights of orders, items and quantities of their lines, supply."""

    weight: np.ndarray
    item: np.ndarray
    quantity: np.ndarray
    supply: np.ndarray


@click.command(name="best")
@click.option(
    "--family", "families", multiple=True, type=click.Choice(list(FAMILIES)), help="Only these (default: all)."
)
@click.option("--seconds", default=60.0, show_default=True, help="Time for each way.")
@click.option("--seed", default=1, show_default=True, help="Of the instances.")
@click.option("--rivals", type=click.Path(path_type=Path), default=Path(".venv-rivals/bin/python"), show_default=True,
              help="An interpreter that has OR-Tools (`make rivals`).")  # fmt: skip
@click.option("--workers", default=2, show_default=True, help="Threads of CP-SAT; all others use one.")
@click.option("--alone", is_flag=True, help="Without the rivals.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def allocate_best(
    families: tuple[str, ...], seconds: float, seed: int, rivals: Path, workers: int, alone: bool, as_json: bool
) -> None:
    """Complete orders worth the most together: `best` beside an operator's greedy, LP duals, greedy with exchange, HiGHS and
    CP-SAT, on the same instance in the same time; values, bounds, seconds."""
    report: dict[str, Any] = {}
    for name in families or FAMILIES:
        print(f"{name} ...", file=sys.stderr, flush=True)
        drawn = draw(FAMILIES[name], seed)
        found = {"best": _best(drawn, seconds)}
        if not alone:
            found |= _rivals(drawn, seconds, rivals, workers)
        report[name] = _judged(found)
        if not as_json:
            click.echo(told(name, report[name]))
    if as_json:
        click.echo(json.dumps(report))


def draw(family: Family, seed: int) -> Drawn:
    """An instance of a family."""
    chance = np.random.default_rng(seed)
    popularity = 1 / np.arange(1, family.items + 1) if family.zipf else np.ones(family.items)
    popularity /= popularity.sum()
    # The first of so many exponential waiting times are a draw without replacement; row by row, to stay small.
    item = np.empty((family.orders, PER_ORDER), np.int64)
    for order in range(family.orders):
        item[order] = np.argpartition(chance.exponential(size=family.items) / popularity, PER_ORDER)[:PER_ORDER]
    quantity = chance.integers(1, 11, item.shape)
    weight = chance.choice(np.array(family.weights), family.orders)
    asked = np.bincount(item.ravel(), quantity.ravel(), family.items).astype(np.int64)
    supply = (asked * family.stock).astype(np.int64)
    if family.zipf:
        plenty = chance.permutation(family.items)[int(0.15 * family.items) :]
        supply[plenty] = asked[plenty] * 2
    return Drawn(weight, item, quantity, supply)


def instance_of(drawn: Drawn, seconds: float) -> Instance:
    """The instance as the engine takes it."""
    lines = [
        Line(f"{o}-{k}", f"O{o}", f"C{o % 97}", "S", 1, weight * MILLION, f"I{item}", quantity * MILLION, complete_order=True)
        for o, (weight, items, quantities) in enumerate(
            zip(drawn.weight.tolist(), drawn.item.tolist(), drawn.quantity.tolist(), strict=True)
        )
        for k, (item, quantity) in enumerate(zip(items, quantities, strict=True))
    ]  # fmt: skip
    lots = [Lot(f"L{i}", f"I{i}", quantity * MILLION, TODAY) for i, quantity in enumerate(drawn.supply.tolist())]
    return Instance(
        TODAY, Rule.BEST, lots, lines, objective=("floors", "weighted_complete"), time_limit_s=seconds
    )  # fmt: skip


def packing_of(drawn: Drawn) -> Packing:
    """The instance as rivals take it: nothing left out, arrays ready."""
    orders = len(drawn.weight)
    return Packing(
        weight=drawn.weight.astype(np.int64),
        begin=np.arange(0, orders * PER_ORDER + 1, PER_ORDER),
        item=drawn.item.ravel().astype(np.int32),
        quantity=drawn.quantity.ravel().astype(np.int64),
        supply=drawn.supply,
        turn=np.argsort(-drawn.weight, kind="stable"),
    )


def _best(drawn: Drawn, seconds: float) -> Result:
    instance = instance_of(drawn, seconds)
    began = time.perf_counter()
    decision = share_out(instance)
    spent = time.perf_counter() - began
    return Result(decision.objective.weighted_complete // MILLION, (decision.bound or 0) // MILLION, spent)


def _rivals(drawn: Drawn, seconds: float, interpreter: Path, workers: int) -> dict[str, Result]:
    packing = packing_of(drawn)
    ways: dict[str, Callable[[Packing, float], Result | None]] = {
        "operator": by_operator, "duals": by_duals, "exchange": by_exchange, "highs": by_highs,
        "cp_sat": partial(by_cp_sat, interpreter=interpreter, workers=workers),
    }  # fmt: skip
    found = {}
    for name, way in ways.items():
        print(f"  {name}", file=sys.stderr, flush=True)
        result = way(packing, seconds)
        if result is not None:
            found[name] = result
    return found


def _judged(found: dict[str, Result]) -> dict[str, Any]:
    """The results with the tightest bound, and `best` against the best rival."""
    bound = min(one.bound for one in found.values() if one.bound)
    rival = max((one.value for name, one in found.items() if name != "best"), default=0)
    best = found["best"]
    return {
        "ways": {name: one._asdict() for name, one in found.items()},
        "bound": bound,
        "gap": round(1 - best.value / bound, 6),
        "to_best_rival": round(best.value / rival, 6) if rival else None,
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def told(name: str, one: dict[str, Any]) -> str:
    """One family in a few lines."""
    rows = [f"{name}: bound {one['bound']}, gap {one['gap']:.2%}, memory {one['memory_mb']} MB"]
    for way, result in one["ways"].items():
        bound = f"  bound {result['bound']}" if result["bound"] else ""
        rows.append(f"  {way:9} {result['value']:>9}  {result['seconds']:7.2f} s{bound}")
    if one["to_best_rival"]:
        reached = "reached" if one["to_best_rival"] >= REACH else "missed"
        rows.append(f"  best is {one['to_best_rival']:.4f} of the best rival (reach {REACH}: {reached})")
    return "\n".join(rows)
