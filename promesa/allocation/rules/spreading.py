"""A sharing worked out in several places: cut into bundles, each decided alone by `decide_bundle`, and made one again.

What comes of it equals what one process makes of the whole: shares, outcomes with their traces, exceptions, objective, bound. For
`best` that holds when all is proved or the search ends by nodes; time runs differently in different places.

Bundles and answers are bytes of plain tuples. Where they are decided nothing is needed but this package.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any, NamedTuple

from promesa import __version__
from promesa.allocation.rules.cutting import Cut
from promesa.allocation.rules.deciding import decide
from promesa.allocation.rules.instance import (
    Ceiling,
    Decision,
    Floor,
    Instance,
    Line,
    Lot,
    Outcome,
    Rule,
    Share,
    Trace,
)
from promesa.allocation.rules.sharing import share_out
from promesa.allocation.rules.valuing import objective_of, unkept_of
from promesa.core.memory import collector_resting

# So many bundles for each place that works at the same time: when one is lost or slow, little is done again or waited for.
BUNDLES_A_PLACE = 4
Run = Callable[[Sequence[bytes]], Sequence[bytes]]


class OtherVersion(Exception):
    """Another version, which may decide otherwise. `args`: the worker's version, and who asked's."""


class Spread(NamedTuple):
    """A decision, and in how many bundles it was worked out elsewhere (0: here, since all hangs together)."""

    decision: Decision
    bundles: int


def spread(instance: Instance, *, places: int, run: Run) -> Spread:
    """Decide a sharing in so many places at the same time. `run` has bundles decided, and gives the answers in their order.

    :raises OtherVersion: if the places run another version than this.
    """
    with collector_resting():
        cut = Cut(instance)
        if len(cut.parts) < 2 or (instance.rule == Rule.BEST and _is_one(instance)):
            return Spread(share_out(instance), 0)
        bundles = cut.bundles(places * BUNDLES_A_PLACE)
        found: list[list[int]] = []
        packed: list[bytes] = []
        # Each place works bundles off one after the other, so that all are over when the whole may take so long.
        hurry = min(1.0, places / len(bundles))
        for bundle in bundles:
            mine, part = cut.part(bundle)
            found.append(mine)
            packed.append(pack(replace(part, time_limit_s=part.time_limit_s * hurry)))
        answers = [_read_answer(one) for one in run(packed)]
        if instance.rule == Rule.BEST:
            decision: Decision = _best().told_of(instance, [_best().Found.read(one) for one in answers])
        else:
            decision = _joined(cut, found, answers)
        return Spread(decision, len(bundles))


def _best() -> Any:
    """`best`, whose solver is loaded only where it is needed."""
    return import_module("promesa.allocation.rules.best")


def _is_one(instance: Instance) -> bool:
    """Whether `best` looks at all orders together, whatever hangs together."""
    return bool(import_module("promesa.allocation.rules.best_whole").is_open(instance))


# there and back


def pack(instance: Instance) -> bytes:
    """A sharing as bytes of plain tuples, with the version that made it."""
    lists = [
        [tuple(one) for one in many] for many in (instance.supply, instance.lines, instance.floors, instance.ceilings)
    ]
    rest = (
        tuple(instance.objective), instance.time_limit_s, instance.node_limit, dict(instance.retain),
        instance.whole_lines,
    )  # fmt: skip
    return pickle.dumps((__version__, instance.as_of, str(instance.rule), lists, rest), 5)


def unpack(packed: bytes) -> Instance:
    """The sharing that was packed.

    :raises OtherVersion: if another version packed it.
    """
    version, as_of, rule, (supply, lines, floors, ceilings), rest = pickle.loads(packed)  # noqa: S301 (from a cluster that is trusted to run code)
    if version != __version__:
        raise OtherVersion(__version__, version)
    return Instance(
        as_of, rule, [*map(Lot._make, supply)], [*map(Line._make, lines)], [*map(Floor._make, floors)],
        [*map(Ceiling._make, ceilings)], *rest,
    )  # fmt: skip


def decide_bundle(packed: bytes) -> bytes:
    """Decide a bundle, wherever this runs."""
    with collector_resting():
        try:
            instance = unpack(packed)
        except OtherVersion:
            return pickle.dumps((__version__, None))
        if instance.rule == Rule.BEST:
            return pickle.dumps((__version__, _best().search(instance).plain()), 5)
        decision = decide(instance)
        shares: dict[Any, list[tuple[Any, int]]] = {}
        for line, lot, quantity in decision.shares:
            shares.setdefault(line, []).append((lot, quantity))
        told = [(one.quantity, _bare(one), shares.get(one.line, ())) for one in decision.outcomes]
        return pickle.dumps((__version__, told), 5)


def _bare(outcome: Outcome) -> Any:
    why = outcome.why
    return why.bare if isinstance(why, Trace) else tuple(why)


def _read_answer(answer: bytes) -> Any:
    version, told = pickle.loads(answer)  # noqa: S301 (from a cluster that is trusted to run code)
    if version != __version__ or told is None:
        raise OtherVersion(version, __version__)
    return told


def _joined(cut: Cut, found: Sequence[Sequence[int]], answers: Sequence[Any]) -> Decision:
    """One decision of the answers, as if it had been made at once."""
    instance = cut.instance
    lines = instance.lines
    totals = [0] * len(lines)
    outcomes: list[Any] = [None] * len(lines)
    shares: list[Any] = [()] * len(lines)
    for places, told in zip(found, answers, strict=True):
        for place, (quantity, bare, given) in zip(places, told, strict=True):
            line = lines[place].id
            totals[place] = quantity
            outcomes[place] = Outcome(line, quantity, Trace(bare))
            shares[place] = given
    members = cut.floor_members, cut.ceiling_members
    return Decision(
        shares=tuple(
            [Share(lines[at].id, lot, quantity) for at, given in enumerate(shares) for lot, quantity in given]
        ),
        outcomes=tuple(outcomes),
        exceptions=unkept_of(instance, totals, members),
        objective=objective_of(instance, totals, floor_members=cut.floor_members),
    )
