"""A sharing as columns and rows: what every solution must keep, whatever it is worth.

A column is the packs that one line gets of one lot. Lines and lots are put into an order of their own first, so that the order in
which they came changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from promesa.allocation.rules.best_model import Model
from promesa.allocation.rules.best_solver import divisor
from promesa.allocation.rules.instance import Ceiling, Id, Instance, Line, Lot, Share
from promesa.allocation.rules.limits import ask_of, is_fixed, kept_of, members_of, most_of, priority
from promesa.allocation.rules.lots import fefo, serves


class Arc(NamedTuple):
    """A lot that a line may use, and the column that says how many pieces of which size it takes."""

    lot: int
    column: int
    size: int
    loose: bool = False  # part of what the line keeps, which need not be whole packs


@dataclass
class Problem:
    """An instance in its own order, with its model; in units what each line asks, may get at most, and may not lose."""

    instance: Instance
    lines: list[Line]
    lots: list[Lot]
    asks: list[int]
    most: list[int]
    keep: list[int]
    arcs: list[list[Arc]]
    model: Model
    orders: dict[Id, list[int]]
    over: list[Ceiling]
    # Columns that say whether lines get more than they keep.
    switches: list[tuple[int, list[int]]] = field(default_factory=list)

    def terms(self, lines: Iterable[int], factor: int = 1) -> dict[int, int]:
        """What some lines get together, in units, as terms of the model."""
        return {arc.column: arc.size * factor for n in lines for arc in self.arcs[n]}

    def share(self, line: int) -> int:
        """What the line gets as things stand, in units."""
        return sum(arc.size * self.model.values[arc.column] for arc in self.arcs[line])

    def grain(self, lines: Iterable[int]) -> int:
        """What all shares of some lines are multiples of."""
        return divisor(*(arc.size for n in lines for arc in self.arcs[n]))

    def adopt(self, shares: Iterable[Share]) -> bool:
        """Take shares as they are, if they keep every row; otherwise change nothing."""
        given = {(share.line, share.lot): share.quantity for share in shares}
        before, self.model.values = self.model.values, [0] * len(self.model.values)
        for n, line in enumerate(self.lines):
            for arc in sorted(self.arcs[n], key=lambda arc: -arc.size):
                left = given.get((line.id, self.lots[arc.lot].id), 0)
                pieces = min(left // arc.size, self.model.upper[arc.column])
                self.model.values[arc.column] = pieces
                if left:
                    given[line.id, self.lots[arc.lot].id] = left - pieces * arc.size
        for column, lines in self.switches:
            self.model.values[column] = int(any(self.share(n) > self.keep[n] for n in lines))
        if any(given.values()) or not self.model.holds():
            self.model.values = before
            return False
        return True

    def shares(self) -> list[Share]:
        """All shares as things stand."""
        values = self.model.values
        found: dict[tuple[Id, Id], int] = defaultdict(int)
        for n, line in enumerate(self.lines):
            for arc in self.arcs[n]:
                found[line.id, self.lots[arc.lot].id] += values[arc.column] * arc.size
        return [Share(line, lot, quantity) for (line, lot), quantity in found.items() if quantity]


def build(instance: Instance) -> Problem:
    """The model of an instance. Its values are the solution in which nobody gets anything."""
    lines = sorted(instance.lines, key=priority)
    lots = sorted((lot for lot in instance.supply if lot.quantity > 0), key=fefo)
    by_item: dict[Id, list[int]] = defaultdict(list)
    for k, lot in enumerate(lots):
        by_item[lot.item].append(k)
    able = [[k for k in by_item.get(line.item, ()) if serves(lots[k], line, instance.as_of)] for line in lines]
    keep, most = [kept_of(line) for line in lines], [most_of(line) for line in lines]
    orders: dict[Id, list[int]] = defaultdict(list)
    for n, line in enumerate(lines):
        orders[line.order].append(n)
    over = _reached_ceilings(instance, lines, most, keep)
    model = Model()
    arcs = [_arcs(model, line, most[n], keep[n], able[n], lots) for n, line in enumerate(lines)]
    problem = Problem(
        instance, lines, lots, [ask_of(line) for line in lines], most, keep, arcs, model, dict(orders), over
    )
    _supply(problem)
    _demand(problem)
    _ceilings(problem)
    _whole_orders(problem)
    return problem


def _arcs(model: Model, line: Line, most: int, keep: int, able: Sequence[int], lots: Sequence[Lot]) -> list[Arc]:
    """The columns of a line: whole packs of each lot; what it keeps need not be whole packs."""
    arcs = []
    loose = keep if is_fixed(line) or keep % line.pack else 0
    if loose:
        grain = divisor(loose, line.pack, *(lots[k].quantity for k in able))
        arcs += [Arc(k, model.column(min(loose, lots[k].quantity) // grain), grain, True) for k in able]
    if most > loose:
        arcs += [Arc(k, model.column(min(most - loose, lots[k].quantity) // line.pack), line.pack) for k in able]
    return arcs


def _reached_ceilings(instance: Instance, lines: Sequence[Line], most: list[int], keep: Sequence[int]) -> list[Ceiling]:
    """Ceilings that what is kept lies above: then nothing is added to their lines."""
    over = []
    for ceiling, mine in zip(instance.ceilings, members_of(instance.ceilings, lines), strict=True):
        if sum(keep[n] for n in mine) > ceiling.quantity:
            over.append(ceiling)
            for n in mine:
                most[n] = keep[n]
    return over


def _supply(problem: Problem) -> None:
    """No lot gives more than it has."""
    by_lot: list[dict[int, int]] = [{} for _ in problem.lots]
    for arcs in problem.arcs:
        for arc in arcs:
            by_lot[arc.lot][arc.column] = arc.size
    for lot, terms in zip(problem.lots, by_lot, strict=True):
        problem.model.row(terms, upper=lot.quantity)


def _demand(problem: Problem) -> None:
    """No line gets more than it may; above what it keeps not less than its minimum, unless nothing."""
    model = problem.model
    for n, line in enumerate(problem.lines):
        share, most, keep = problem.terms([n]), problem.most[n], problem.keep[n]
        loose = keep if any(arc.loose for arc in problem.arcs[n]) else 0
        model.row({arc.column: arc.size for arc in problem.arcs[n] if arc.loose}, upper=loose)
        model.row({arc.column: arc.size for arc in problem.arcs[n] if not arc.loose}, upper=most - loose)
        if not share or is_fixed(line) or line.minimum <= max(keep, line.pack):
            continue
        served = model.column(1)
        problem.switches.append((served, [n]))
        model.row({**share, served: keep - most}, upper=keep)
        model.row({**share, served: -line.minimum}, lower=0)


def _ceilings(problem: Problem) -> None:
    ceilings = problem.instance.ceilings
    for ceiling, mine in zip(ceilings, members_of(ceilings, problem.lines), strict=True):
        if ceiling not in problem.over:
            problem.model.row(problem.terms(mine), upper=ceiling.quantity)


def _whole_orders(problem: Problem) -> None:
    """Lines that are wanted whole or not at all move together, by order; what they keep stays theirs."""
    model = problem.model
    for lines in problem.orders.values():
        together = [n for n in lines if problem.lines[n].complete_order and not is_fixed(problem.lines[n])]
        if not together:
            continue
        possible = all(problem.most[n] >= problem.lines[n].open_quantity for n in together)
        whole = model.column(1 if possible else 0)
        problem.switches.append((whole, together))
        for n in together:
            asked, keep = problem.asks[n], problem.keep[n]
            if asked and not keep:
                model.row({**problem.terms([n]), whole: -asked}, lower=0, upper=0)
            elif asked:
                model.row({**problem.terms([n]), whole: -asked}, lower=0)
                model.row({**problem.terms([n]), whole: keep - asked}, upper=keep)
