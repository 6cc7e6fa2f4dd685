"""The best sharing: goal after goal over whole packs, proved where it can be, and told with how far from proved it is.

What hangs together (`cutting`) becomes a model of its own (`best_problem`), its goals come one by one (`best_stages`), each part of the
model that a goal touches is solved for itself (`best_model`). Many complete orders over scarce items, where no search can end, have a
road of their own (`best_packing`). The greedy sharing is where the search starts, so that the result is never worse.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from promesa.allocation.rules.best_lots import settle_lots
from promesa.allocation.rules.best_model import Reached
from promesa.allocation.rules.best_problem import Problem, build
from promesa.allocation.rules.best_solver import Clock
from promesa.allocation.rules.best_stages import Stage, goals, together
from promesa.allocation.rules.best_telling import told
from promesa.allocation.rules.best_whole import share_whole
from promesa.allocation.rules.cutting import Cut
from promesa.allocation.rules.deciding import decide
from promesa.allocation.rules.instance import Decision, Id, Instance, Rule, Share
from promesa.allocation.rules.lots import fefo

TURNS = 3  # so often a part that is not proved gets a share of the time that is left


class Found(NamedTuple):
    """What a search came to: its stages, shares as they stand, shares once lots are settled (if proved), answers that were no use."""

    stages: Sequence[Stage]
    shares: Sequence[Share]
    settled: Sequence[Share]
    troubles: int

    @property
    def worth(self) -> tuple[tuple[int, ...], bool]:
        """The values of all goals, larger is better; among equals what is proved."""
        values = tuple((1 if one.highest else -1) * one.reached.value for one in self.stages)
        return values, self.proved

    @property
    def proved(self) -> bool:
        return all(stage.reached.proved for stage in self.stages)

    def plain(self) -> tuple[Any, ...]:
        """As plain tuples."""
        stages = [(*one[:2], tuple(one.reached), *one[3:]) for one in self.stages]
        return stages, [tuple(one) for one in self.shares], [tuple(one) for one in self.settled], self.troubles

    @classmethod
    def read(cls, plain: tuple[Any, ...]) -> Found:
        """The same from plain tuples."""
        stages, shares, settled, troubles = plain
        return cls(
            [Stage(key, highest, Reached(*reached), *rest) for key, highest, reached, *rest in stages],
            [*map(Share._make, shares)], [*map(Share._make, settled)], troubles,
        )  # fmt: skip


def decide_best(instance: Instance, *, start: Sequence[Share] = (), stop: Callable[[], bool] | None = None) -> Decision:
    """Share scarce supply as well as the objective says, lexicographically.

    Quantities are millionths. The search ends when all is proved, after `instance.time_limit_s` seconds, after
    `instance.node_limit` nodes a programme, or when `stop()` says so: then the best so far is given, with `bound` and `gap` of the
    first goal that is not proved. The same instance gives the same decision when proved or ended by nodes.

    :param start: shares to begin with instead of the greedy sharing; if they keep every rule, the result is never worse.
    """
    clock = Clock(instance.time_limit_s, instance.node_limit, stop)
    whole = share_whole(instance, clock, start)
    if whole is not None:
        return told(instance, whole.shares, [whole.stage], whole.price)
    return told_of(instance, [search(instance, clock=clock, start=start)])


def search(instance: Instance, *, clock: Clock | None = None, start: Sequence[Share] = ()) -> Found:
    """Search part by part, each for its share of the time; what parts leave is for those that are not proved yet."""
    clock = clock or Clock(instance.time_limit_s, instance.node_limit)
    cut = Cut(instance)
    if not cut.parts:
        return _search_part(instance, clock, start)
    begun: dict[Id, list[Share]] = defaultdict(list)
    for share in start:
        begun[share.line].append(share)
    found: dict[int, Found] = {}
    waiting = sorted(range(len(cut.parts)), key=lambda part: len(cut.parts[part]))
    for _ in range(TURNS if clock.node_limit is None else 1):
        left = sum(len(cut.parts[at]) for at in waiting)
        for at in waiting:
            places, part = cut.part([at])
            mine = [share for place in places for share in begun.get(instance.lines[place].id, ())] if start else []
            seconds = clock.left * len(places) / left
            left -= len(places)
            if (known := found.get(at)) is None:
                found[at] = _search_part(part, Clock(seconds, clock.node_limit, clock.stop), mine)
            elif not clock.over:
                again = _search_part(part, Clock(seconds, clock.node_limit, clock.stop), known.shares)
                found[at] = max(known, again, key=lambda one: one.worth)
        waiting = [at for at in waiting if not found[at].proved]
    return _together([found[at] for at in sorted(found)], instance)


def _search_part(part: Instance, clock: Clock, start: Sequence[Share]) -> Found:
    problem = build(part)
    problem.adopt(start or decide(replace(part, rule=Rule.PRIORITY)).shares)
    stages = search_goals(problem, clock)
    shares = problem.shares()
    proved = all(stage.reached.proved for stage in stages)
    return Found(stages, shares, settle_lots(problem, clock) if proved else shares, problem.model.troubles)


def search_goals(problem: Problem, clock: Clock) -> list[Stage]:
    """Goal after goal, each held at what it reached."""
    stages = []
    for goal in goals(problem, problem.instance.objective):
        model = problem.model
        reached = (model.maximise if goal.highest else model.minimise)(goal.terms, clock=clock)
        stages.append(Stage(goal.key, goal.highest, reached, goal.rank, goal.turn))
    return stages


def _together(found: Sequence[Found], instance: Instance) -> Found:
    return Found(
        together([one.stages for one in found], instance.objective),
        [share for one in found for share in one.shares],
        [share for one in found for share in one.settled],
        sum(one.troubles for one in found),
    )


def told_of(instance: Instance, found: Sequence[Found]) -> Decision:
    """The decision that searches of its parts come to. Lots are settled where every part is proved."""
    one = _together(found, instance)
    shares = _in_order(instance, one.settled if one.proved else one.shares)
    return told(instance, shares, one.stages, {}, one.troubles)


def _in_order(instance: Instance, shares: Iterable[Share]) -> list[Share]:
    """Shares in the order of the lines, from the lot to be used first."""
    place = {line.id: at for at, line in enumerate(instance.lines)}
    turn = {lot.id: at for at, lot in enumerate(sorted(instance.supply, key=fefo))}
    return sorted(shares, key=lambda share: (place[share.line], turn[share.lot]))


def worth(problem: Problem) -> tuple[int, ...]:
    """The values of all goals as things stand, larger is better; nothing is searched."""
    values = problem.model.values
    return tuple(
        (1 if goal.highest else -1) * sum(c * values[n] for n, c in goal.terms.items())
        for goal in goals(problem, problem.instance.objective)
    )
