"""Which lots serve what each line gets: decided by the quantities alone, so that a second run which keeps them keeps the lots."""

from __future__ import annotations

from dataclasses import replace

from promesa.allocation.rules.best_problem import Problem, build
from promesa.allocation.rules.best_solver import Clock
from promesa.allocation.rules.best_stages import GOALS
from promesa.allocation.rules.instance import Id, Share, Strategy
from promesa.allocation.rules.limits import is_fixed


def settle_lots(problem: Problem, clock: Clock) -> list[Share]:
    """The shares by lot: few drops if the objective counts them, then what expires first, for quantities as they stand."""
    served = {line.id: quantity for n, line in enumerate(problem.lines) if (quantity := problem.share(n))}
    mixed = any(arc.loose for n, line in enumerate(problem.lines) if not is_fixed(line) for arc in problem.arcs[n])
    if mixed or all(len(problem.arcs[n]) < 2 for n, line in enumerate(problem.lines) if line.id in served):
        return problem.shares()
    givers = {line.id for line in problem.lines if line.strategy == Strategy.DONOR and not is_fixed(line)}
    alone = _alone(problem, served)
    if not (alone.adopt(placed(alone)) or alone.adopt(problem.shares())):
        return problem.shares()
    others = [n for n, line in enumerate(alone.lines) if line.id not in givers]
    for who in (others, range(len(alone.lines))) if givers else (others,):
        for key in ("drops", "fefo"):
            if key == "fefo" or key in problem.instance.objective:
                for goal in GOALS[key](alone, who):
                    alone.model.minimise(goal.terms, clock=clock)
    return alone.shares()


def _alone(problem: Problem, served: dict[Id, int]) -> Problem:
    """The same lots and the lines that get something, each with exactly what it gets."""
    lines = [
        line._replace(
            open_quantity=served[line.id], confirmed=0, pack=problem.grain([n]), minimum=0,
            complete_order=False, frozen=False, strategy=Strategy.SHARE,
        )
        for n, line in enumerate(problem.lines) if line.id in served
    ]  # fmt: skip
    alone = build(replace(problem.instance, lines=lines, floors=(), ceilings=()))
    for n, line in enumerate(alone.lines):
        alone.model.row(alone.terms([n]), lower=line.open_quantity, upper=line.open_quantity)
    return alone


def placed(problem: Problem) -> list[Share]:
    """A first assignment: lines in their order take what expires first."""
    free = [lot.quantity for lot in problem.lots]
    shares = []
    for n, line in enumerate(problem.lines):
        wanted = line.open_quantity
        for arc in problem.arcs[n]:
            taken = min(free[arc.lot], wanted) // arc.size * arc.size
            if taken:
                shares.append(Share(line.id, problem.lots[arc.lot].id, taken))
            free[arc.lot] -= taken
            wanted -= taken
    return shares
