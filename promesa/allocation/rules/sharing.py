"""The one door to a sharing, whatever its rule: the solver that `best` needs is loaded only when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from promesa.allocation.rules.deciding import decide
from promesa.allocation.rules.instance import Decision, Instance, Rule


def share_out(instance: Instance, *, stop: Callable[[], bool] | None = None) -> Decision:
    """Decide an instance by its rule. `best` stops early, with the best so far, when `stop()` says so."""
    if instance.rule != Rule.BEST:
        return decide(instance)
    decision: Decision = import_module("promesa.allocation.rules.best").decide_best(instance, stop=stop)
    return decision
