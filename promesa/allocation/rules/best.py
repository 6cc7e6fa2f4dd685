"""The best sharing: goal after goal over whole packs, proved where it can be, and told with how far from proved it is.

An instance becomes a model (`best_problem`), its goals come one by one (`best_stages`), each part of the model that a goal touches
is solved for itself (`best_model`). Many complete orders over scarce items, where no search can end, have a road of their
own (`best_packing`). The greedy sharing is where the search starts, so that the result is never worse.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from promesa.allocation.rules.best_lots import settle_lots
from promesa.allocation.rules.best_problem import Problem, build
from promesa.allocation.rules.best_solver import Clock
from promesa.allocation.rules.best_stages import Stage, goals
from promesa.allocation.rules.best_telling import told
from promesa.allocation.rules.best_whole import share_whole
from promesa.allocation.rules.deciding import decide
from promesa.allocation.rules.instance import Decision, Instance, Rule, Share


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
    problem = build(instance)
    problem.adopt(start or decide(replace(instance, rule=Rule.PRIORITY)).shares)
    stages = search(problem, clock)
    proved = all(stage.reached.proved for stage in stages)
    shares = settle_lots(problem, clock) if proved else problem.shares()
    return told(instance, shares, stages, {}, problem.model.troubles)


def search(problem: Problem, clock: Clock) -> list[Stage]:
    """Goal after goal, each held at what it reached."""
    stages = []
    for goal in goals(problem, problem.instance.objective):
        model = problem.model
        reached = (model.maximise if goal.highest else model.minimise)(goal.terms, clock=clock)
        stages.append(Stage(goal.key, goal.highest, reached))
    return stages


def worth(problem: Problem) -> tuple[int, ...]:
    """The values of all goals as things stand, larger is better; nothing is searched."""
    values = problem.model.values
    return tuple(
        (1 if goal.highest else -1) * sum(c * values[n] for n, c in goal.terms.items())
        for goal in goals(problem, problem.instance.objective)
    )
