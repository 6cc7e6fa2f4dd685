"""Lines judged together: those of which nothing has become of yet differ by their quantity alone, and are judged once.

An order of thirty lines that was just confirmed is promised in one or two windows; so are its verdicts.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from promesa.results.rules.causes import Loss, quantity_losses
from promesa.results.rules.facts import ZERO, Basis, LineFacts, Part
from promesa.results.rules.verdicts import LineVerdict, judge_bases


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is to be said of a line on each basis, and where its quantity was lost.

    Lines may share verdicts: one that is shared bears the id of the first of its lines, `compared` is each line's own.
    """

    verdicts: tuple[LineVerdict, ...]
    compared: tuple[Decimal, ...]
    losses: tuple[Loss, ...]


def judge_lines(lines: Sequence[LineFacts], *, bases: Sequence[Basis]) -> list[Judgement]:
    """As `judge_bases` and `quantity_losses` of each line, in order of the bases; lines that are alike are judged once."""
    known: dict[Hashable, Judgement | None] = {}
    judged: list[Judgement] = []
    for line in lines:
        shape = _shape(line)
        model = known.get(shape) if shape is not None else None
        if model is not None:
            judged.append(_of_quantity(model, line.ordered))
            continue
        one = _judged(line, bases)
        judged.append(one)
        if shape is not None and shape not in known:
            known[shape] = one if _is_of_whole(one, line.ordered) else None
    return judged


def _judged(line: LineFacts, bases: Sequence[Basis]) -> Judgement:
    verdicts = tuple(judge_bases(line, bases=bases).values())
    lost = () if line.substitute_of is not None or line.void else quantity_losses(line)
    return Judgement(verdicts, tuple(verdict.compared for verdict in verdicts), lost)


def _shape(line: LineFacts) -> Hashable | None:
    """All that a line's verdict hangs on beside its quantity, as long as nothing has become of it and each word is about
    all of it in one window; none for any other line."""
    if line.despatches or line.deliveries or line.cancellations or line.changes or line.promise_changes:
        return None
    if line.faults or line.returns or line.captured is not None or line.ordered <= 0:
        return None
    words = (line.requested, line.feasible, line.first, line.last, (line.standard,) if line.standard else ())
    windows = tuple(_window(parts, line.ordered) for parts in words)
    if _PARTLY in windows:
        return None
    return (
        windows, line.zone, id(line.calendar), line.tolerance, line.confirmed_at, line.released_at, line.substitute_of is None,
        line.substitutes_agreed, line.credit_blocks, line.note_present, line.invoiced_at, line.invoice_required,
        line.deviations, line.overruns, line.history, line.closed, line.void,
    )  # fmt: skip


_PARTLY = ("partly",)


def _window(parts: Sequence[Part], ordered: Decimal) -> tuple[object, ...]:
    if not parts:
        return ()
    if len(parts) > 1 or parts[0].quantity != ordered:
        return _PARTLY
    return parts[0].start, parts[0].end, parts[0].ship_by


def _is_of_whole(one: Judgement, ordered: Decimal) -> bool:
    """Whether each quantity in a judgement is all of the line or nothing of it, so that another line's may stand there."""
    on_time = (clocked.on_time_quantity for verdict in one.verdicts for clocked in verdict.at or ())
    return (
        all(quantity in (ZERO, ordered) for quantity in one.compared)
        and all(loss.quantity == ordered for loss in one.losses)
        and not any(on_time)
        and not any(verdict.unordered_accepted for verdict in one.verdicts)
    )


def _of_quantity(model: Judgement, ordered: Decimal) -> Judgement:
    return Judgement(
        model.verdicts,
        tuple(ordered if quantity else ZERO for quantity in model.compared),
        tuple(Loss(loss.step, loss.cause, ordered) for loss in model.losses),
    )
