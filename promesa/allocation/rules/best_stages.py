"""The goals of the best sharing, one after the other: what was agreed first, then the objective, then what nobody named.

Each goal adds the columns that it needs to the model, with the value that they have in the solution at hand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from promesa.allocation.rules.best_model import Reached
from promesa.allocation.rules.best_problem import Problem
from promesa.allocation.rules.best_solver import divisor
from promesa.allocation.rules.instance import Id, Strategy
from promesa.allocation.rules.limits import floor_target, is_fixed, members_of

Terms = dict[int, int]
LATE = ("drops", "churn", "fefo")
ALWAYS = ("fixed", "kept", "guaranteed")
NOT_FOR_DONORS = ("floors",)  # they have no part in them


class Goal(NamedTuple):
    """Bring these terms as high (or as low) as they go. `rank`: of the floors, or the tier; `turn`: 1 when donors take part."""

    key: str
    terms: Terms
    highest: bool = True
    rank: int = 0
    turn: int = 0


class Stage(NamedTuple):
    """What a goal reached, in the units of its terms."""

    key: str
    highest: bool
    reached: Reached
    rank: int = 0
    turn: int = 0


def full_objective(objective: Iterable[str]) -> tuple[str, ...]:
    """The objective with what it leaves open: serve as much as it allows, change little, take what expires first.

    To serve comes before the goals that serving costs something.
    """
    named = tuple(dict.fromkeys(objective))
    if "tiers" not in named:
        at = next((n for n, key in enumerate(named) if key in LATE), len(named))
        named = (*named[:at], "tiers", *named[at:])
    return named + tuple(key for key in ("churn", "fefo") if key not in named)


def goals(problem: Problem, objective: Iterable[str]) -> Iterator[Goal]:
    """All goals in order: what stays, what is kept, what is guaranteed, then the objective; donors come after all others."""
    lines = range(len(problem.lines))
    givers = [n for n in lines if problem.lines[n].strategy == Strategy.DONOR and not is_fixed(problem.lines[n])]
    others = [n for n in lines if n not in set(givers)]
    fixed = [n for n in others if is_fixed(problem.lines[n])]
    sure = [n for n in others if problem.lines[n].strategy == Strategy.GUARANTEE]
    yield Goal("fixed", problem.terms(fixed))
    yield _keep(problem, [n for n in others if problem.keep[n] and n not in set(fixed)])
    yield Goal("guaranteed", problem.terms(sure))
    keys = full_objective(objective)
    for turn, who in enumerate((others, list(lines)) if givers else (others,)):
        for key in keys:
            if key in NOT_FOR_DONORS and turn:
                continue
            for goal in GOALS[key](problem, who):
                yield goal._replace(turn=turn)


def together(found: Sequence[Sequence[Stage]], objective: Iterable[str]) -> list[Stage]:
    """The stages of parts that never touch as those of the whole, in the order in which its goals come."""
    place = {key: at for at, key in enumerate((*ALWAYS, *full_objective(objective)))}
    donors = any(stage.turn for stages in found for stage in stages)
    sums: dict[tuple[int, int, int], Stage] = {}
    for stages in found:
        again = [
            stage._replace(turn=1) for stage in stages
            if stage.key not in NOT_FOR_DONORS and stage.key not in ALWAYS
        ] if donors and not any(stage.turn for stage in stages) else []  # fmt: skip
        for stage in (*stages, *again):
            at = (stage.turn, place[stage.key], stage.rank)
            known = sums.get(at)
            if known is not None:
                value, bound = known.reached
                stage = stage._replace(reached=Reached(value + stage.reached.value, bound + stage.reached.bound))
            sums[at] = stage
    return [sums[at] for at in sorted(sums)]


def _keep(problem: Problem, lines: list[int]) -> Goal:
    """As much as possible of what may not be lost."""
    model = problem.model
    terms: Terms = {}
    for n in lines:
        unit = divisor(problem.grain([n]), problem.keep[n])
        held = model.column(problem.keep[n] // unit, min(problem.share(n), problem.keep[n]) // unit)
        model.row({**problem.terms([n], -1), held: unit}, upper=0)
        terms[held] = unit
    return Goal("kept", terms)


def _floors(problem: Problem, who: Iterable[int]) -> Iterator[Goal]:
    model, there, floors = problem.model, set(who), problem.instance.floors
    groups = members_of(floors, problem.lines)
    for rank in sorted({floor.rank for floor in floors}):
        terms: Terms = {}
        for floor, group in zip(floors, groups, strict=True):
            mine = [n for n in group if n in there]
            target = floor_target(floor, [problem.lines[n] for n in mine])
            if floor.rank != rank or target <= 0:
                continue
            unit = divisor(target, problem.grain(mine))
            missed = max(0, target - sum(problem.share(n) for n in mine))
            short = model.column(target // unit, -(-missed // unit))
            model.row({**problem.terms(mine), short: unit}, lower=target)
            terms[short] = unit
        yield Goal("floors", terms, highest=False, rank=rank)


def _tiers(problem: Problem, who: Iterable[int]) -> Iterator[Goal]:
    by_tier: dict[int, Terms] = defaultdict(dict)
    for n in who:
        by_tier[problem.lines[n].tier].update(problem.terms([n], problem.lines[n].weight))
    for tier in sorted(by_tier):
        yield Goal("tiers", by_tier[tier], rank=tier)


def countable(problem: Problem, who: Iterable[int]) -> list[tuple[Id, list[int]]]:
    """Orders that can be complete: all of their lines are here and may get all they ask."""
    there = set(who)
    return [
        (order, lines)
        for order, lines in problem.orders.items()
        if all(n in there for n in lines) and all(problem.most[n] >= problem.lines[n].open_quantity for n in lines)
    ]


def worth(problem: Problem, lines: Iterable[int]) -> int:
    """What a complete order counts: the largest weight of its lines."""
    return max(problem.lines[n].weight for n in lines)


def _complete(problem: Problem, who: Iterable[int]) -> Iterator[Goal]:
    yield Goal("complete", {full: 1 for full, _ in _full_columns(problem, who)})


def _weighted_complete(problem: Problem, who: Iterable[int]) -> Iterator[Goal]:
    yield Goal("weighted_complete", {full: worth(problem, lines) for full, lines in _full_columns(problem, who)})


def _full_columns(problem: Problem, who: Iterable[int]) -> list[tuple[int, list[int]]]:
    """For each order that can be complete a column that says whether it is."""
    model = problem.model
    found = []
    for _, lines in countable(problem, who):
        needs = [n for n in lines if problem.asks[n]]
        is_full = all(problem.share(n) >= problem.asks[n] for n in needs)
        full = model.column(1, int(is_full))
        for n in needs:
            model.row({**problem.terms([n]), full: -problem.asks[n]}, lower=0)
        found.append((full, lines))
    return found


def _margin(problem: Problem, who: Iterable[int]) -> Iterator[Goal]:
    terms: Terms = {}
    for n in who:
        terms.update(problem.terms([n], problem.lines[n].margin))
    yield Goal("margin", terms)


def _drops(problem: Problem, who: Iterable[int]) -> Iterator[Goal]:
    """Days on which an order is served."""
    model = problem.model
    by_drop: dict[tuple[Id, date], list[tuple[int, int]]] = defaultdict(list)
    for n in who:
        for arc in problem.arcs[n]:
            by_drop[problem.lines[n].order, problem.lots[arc.lot].available_on].append((n, arc.column))
    terms: Terms = {}
    for uses in by_drop.values():
        used = model.column(1, int(any(model.values[column] for _, column in uses)))
        for n in dict.fromkeys(n for n, _ in uses):
            mine = {column for m, column in uses if m == n}
            share = {arc.column: arc.size for arc in problem.arcs[n] if arc.column in mine}
            room = min(problem.most[n], sum(size * model.upper[column] for column, size in share.items()))
            model.row({**share, used: -room}, upper=0)
        terms[used] = 1
    yield Goal("drops", terms, highest=False)


def _churn(problem: Problem, who: Iterable[int]) -> Iterator[Goal]:
    """What changes against today; the sum without its constant part."""
    model = problem.model
    terms: Terms = {}
    for n in who:
        had, share = problem.lines[n].confirmed, problem.terms([n])
        if had >= problem.most[n]:
            terms.update({column: -size for column, size in share.items()})
        elif had <= 0:
            terms.update(share)
        elif share:
            unit = divisor(problem.grain([n]), had)
            change = abs(problem.share(n) - had)
            moved = model.column(max(had, problem.most[n]) // unit, change // unit)
            model.row({**share, moved: -unit}, upper=had)
            model.row({**share, moved: unit}, lower=had)
            terms[moved] = unit
    yield Goal("churn", terms, highest=False)


def expiry_ranks(problem: Problem) -> list[int]:
    """The place of each lot among the expiry days of its item, from 0."""
    days: dict[Id, set[date]] = defaultdict(set)
    for lot in problem.lots:
        days[lot.item].add(lot.expires_on or date.max)
    places = {item: {day: place for place, day in enumerate(sorted(found))} for item, found in days.items()}
    return [places[lot.item][lot.expires_on or date.max] for lot in problem.lots]


def _fefo(problem: Problem, who: Iterable[int]) -> Iterator[Goal]:
    ranks = expiry_ranks(problem)
    terms = {arc.column: arc.size * ranks[arc.lot] for n in who for arc in problem.arcs[n]}
    yield Goal("fefo", terms, highest=False)


GOALS: dict[str, Callable[[Problem, Iterable[int]], Iterator[Goal]]] = {
    "floors": _floors,
    "tiers": _tiers,
    "complete": _complete,
    "weighted_complete": _weighted_complete,
    "margin": _margin,
    "drops": _drops,
    "churn": _churn,
    "fefo": _fefo,
}
