"""Why a line failed: one primary cause a component by the causal chain, and where its quantity was lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from promesa.results.rules.facts import (
    STAGE_OF,
    ZERO,
    Basis,
    Cancellation,
    Component,
    Delivery,
    LineFacts,
    Overrun,
    Party,
    Stage,
)

# A stage answers for lateness from a fifth of all overruns on.
DECISIVE_SHARE = Decimal("0.2")
MICROSECOND = timedelta(microseconds=1)

# Reasons at the door: whether they speak of the goods' condition, and whose they are if nothing earlier explains them.
DOOR_REASONS: dict[str, tuple[bool, str]] = {
    "damage": (True, "C4"),
    "quality": (True, "X3"),
    "shelf_life": (True, "X3"),
    "late": (False, "C4"),
    "early": (False, "C4"),
    "timetable": (False, "C4"),
    "no_appointment": (False, "C4"),
    "no_staff": (False, "K3"),
    "absent": (False, "K3"),
    "not_ordered": (False, "C4"),
    "duplicate": (False, "C4"),
    "wrong_item": (False, "C5"),
    "price": (False, "X2"),
    "label": (False, "X2"),
    "left_behind": (False, "C5"),
    "lost": (False, "C5"),
    "other": (False, "C4"),
}


@dataclass(frozen=True, slots=True)
class Blame:
    """The primary cause of one failed component, and its place in the chain."""

    component: Component
    cause: str
    stage: Stage


@dataclass(frozen=True, slots=True)
class Loss:
    """Units lost at one stage of the waterfall."""

    step: str
    cause: str
    quantity: Decimal


def is_about_condition(reason: str) -> bool:
    """Whether a reason given at the door speaks of the goods' condition."""
    return DOOR_REASONS.get(reason, (False, ""))[0]


def primary_causes(
    line: LineFacts, failed: Sequence[Component], basis: Basis = Basis.FIRST
) -> tuple[tuple[Blame, ...], tuple[str, ...]]:
    """Walk the chain for each failed component: the first decisive deviation is its cause.

    Without a recorded deviation the cause is inferred from where quantity or time was lost. What came after the
    primary cause is a symptom, never a second cause.
    """
    blames = tuple(_blame(line, component, basis) for component in failed)
    blamed = {blame.cause for blame in blames}
    symptoms = [d.cause for d in line.deviations if d.cause not in blamed]
    symptoms += [
        DOOR_REASONS.get(refusal.reason, (False, "C4"))[1]
        for delivery in line.deliveries
        for refusal in delivery.refusals
    ]
    return blames, tuple(dict.fromkeys(cause for cause in symptoms if cause not in blamed))


def _blame(line: LineFacts, component: Component, basis: Basis) -> Blame:
    found = [
        (d.place, d.cause)
        for d in line.deviations
        if d.decisive and component in d.affects and (d.against is None or basis in d.against)
    ]
    found += [(STAGE_OF.get(cause, Stage.UNKNOWN), cause) for cause in _inferred(line, component, basis, bool(found))]
    known = [pair for pair in found if pair[1] != "U"]
    stage, cause = min(known, default=(Stage.UNKNOWN, "U"))
    return Blame(component=component, cause=cause, stage=stage)


def _inferred(line: LineFacts, component: Component, basis: Basis, explained: bool) -> Iterable[str]:
    if component == Component.FULL:
        return _of_quantity(line, basis, explained)
    if component == Component.ON_TIME:
        return _of_time(line, basis, explained)
    if component == Component.DOCUMENTS:
        return [fault.cause or "X2" for fault in line.faults if fault.ours] or ["X2"]
    return _of_condition(line)


def _of_quantity(line: LineFacts, basis: Basis, explained: bool) -> list[str]:
    if any(d.substitute and d.taken for d in line.deliveries) and not line.substitutes_agreed:
        return ["C1"]
    if _accepted(line) > line.ordered:
        # Too much was loaded: the goods were there, and the wrong number of them was picked.
        return ["C5"]
    told = [cause for cause in _told_at_the_door(line) if cause]
    told += [c.cause for c in line.cancellations if c.cause]
    if explained or told:
        return told
    return [loss.cause for loss in quantity_losses(line)] or _of_time(line, basis, explained)


def _told_at_the_door(line: LineFacts) -> Iterable[str]:
    for delivery in line.deliveries:
        yield from (delivery.damage_cause, delivery.short_cause)
        yield from (_refusal_cause(line, refusal.reason, refusal.cause) for refusal in delivery.refusals)


def _of_time(line: LineFacts, basis: Basis, explained: bool) -> list[str]:
    """What delayed the line: causes told first, then stages that overran, the road; stock if nothing was promised."""
    told = [credit_cause(line)] if _block_delayed(line) else []
    told += [d.cause for d in line.despatches if d.cause]
    told += [d.cause for d in line.deliveries if d.cause]
    told += [cause for d in line.deliveries for cause in _brought_again(d)]
    told += [c.cause for c in line.cancellations if c.cause]
    if told or explained:
        return told
    late_stage = primary_overrun([o for o in line.overruns if o.against is None or basis in o.against])
    if late_stage is not None:
        return [late_stage.cause]
    if any(c.by == Party.US for c in line.cancellations):
        return ["U"]
    promised = sum((part.quantity for part in line.last or line.first), ZERO)
    return ["C5"] if line.despatches or promised > 0 else ["C1"]


def _of_condition(line: LineFacts) -> list[str]:
    found = []
    for delivery in line.deliveries:
        found += [r.cause or DOOR_REASONS[r.reason][1] for r in delivery.refusals if is_about_condition(r.reason)]
        if delivery.damaged > 0:
            found.append(delivery.damage_cause or "C4")
        if delivery.short_life:
            found.append("X3")
    found += [back.cause or "X3" for back in line.returns if back.for_quality]
    return found


def _brought_again(delivery: Delivery) -> Iterable[str]:
    """Why goods that were at the door, or should have been, had to be brought a second time."""
    if delivery.damaged > 0:
        yield delivery.damage_cause or "C4"
    if delivery.short > 0:
        yield delivery.short_cause or "C5"
    if delivery.brought_back > 0:
        # That nobody was there has to be proved; without proof the second way is ours.
        unproved = delivery.customer_absent and delivery.arrived_at is None
        yield "C5" if unproved else delivery.back_cause or "C4"


def _block_delayed(line: LineFacts) -> bool:
    """Whether a block for credit lasted beyond the moment at which the goods should have left."""
    ship_by = min((part.ship_by for part in line.first if part.ship_by is not None), default=None)
    return any(block.until is None or ship_by is None or block.until > ship_by for block in line.credit_blocks)


def credit_cause(line: LineFacts) -> str:
    """A block for credit is the customer's only if all of it was told before the first promise was confirmed."""
    told = all(
        block.told_at is not None and line.confirmed_at is not None and block.told_at < line.confirmed_at
        for block in line.credit_blocks
    )
    return "K2" if told else "X1"


def quantity_losses(line: LineFacts) -> tuple[Loss, ...]:
    """Where each unit of the order was lost on its way to the customer, exactly.

    The losses sum to what was ordered less what was accepted. A quantity is lost at the first step at which it drops.
    """
    accepted = min(_accepted(line), line.ordered)
    if accepted == line.ordered:
        return ()
    steps: list[Loss] = []
    level = line.ordered

    def drop(step: str, cause: str, to: Decimal) -> None:
        nonlocal level
        to = max(accepted, min(level, to))
        if to < level:
            steps.append(Loss(step=step, cause=cause, quantity=level - to))
            level = to

    recorded = {d.place: d.cause for d in sorted(line.deviations, key=lambda d: d.place, reverse=True)}
    captured = line.ordered if line.captured is None else line.captured
    drop("captured", recorded.get(Stage.CAPTURE, recorded.get(Stage.MASTER_DATA, "C2")), captured)
    for cancellation in line.cancellations:
        drop("cancelled", _of_cancellation(cancellation), level - cancellation.quantity)
    _drop_before_door(line, drop, recorded)
    for delivery in line.deliveries:
        drop("damaged", delivery.damage_cause or "C4", level - delivery.damaged)
        for refusal in delivery.refusals:
            drop("refused", _refusal_cause(line, refusal.reason, refusal.cause), level - refusal.quantity)
    missing = next((d.short_cause for d in line.deliveries if d.short_cause), "")
    drop("short_at_door", missing or recorded.get(Stage.PICKING, "C5"), accepted)
    return tuple(steps)


def _drop_before_door(line: LineFacts, drop: Callable[[str, str, Decimal], None], recorded: dict[Stage, str]) -> None:
    gone = sum((c.quantity for c in line.cancellations), ZERO)
    promised = max(sum((part.quantity for part in line.first), ZERO), sum((part.quantity for part in line.last), ZERO))
    left = sum((d.quantity for d in line.despatches if not d.substitute or line.substitutes_agreed), ZERO)
    back = sum((d.brought_back for d in line.deliveries), ZERO)
    offered = sum((d.offered + d.short for d in line.deliveries), ZERO)
    stock = recorded.get(Stage.PROMISE, recorded.get(Stage.STOCK, "C1"))
    drop("not_promised", stock, max(promised - gone, left))
    held = credit_cause(line) if any(b.until is None for b in line.credit_blocks) else ""
    waiting = held or recorded.get(Stage.STOCK) or recorded.get(Stage.PICKING) or "C5"
    drop("not_shipped", waiting, left - back)
    drop("not_offered", recorded.get(Stage.TRANSPORT, "C5"), max(offered, _accepted(line)))


def _accepted(line: LineFacts) -> Decimal:
    return sum((d.taken for d in line.deliveries if not d.substitute or line.substitutes_agreed), ZERO)


def _of_cancellation(cancellation: Cancellation) -> str:
    return cancellation.cause or ("K4" if cancellation.by == Party.CUSTOMER else "U")


def _refusal_cause(line: LineFacts, reason: str, cause: str) -> str:
    """The door's own reason, unless an earlier stage explains it: capture, masters, customer, or a late truck."""
    if cause and cause != "U":
        return cause
    earlier = [d for d in line.deviations if d.decisive and Component.FULL in d.affects and d.place < Stage.DOOR]
    if earlier:
        return min(earlier, key=lambda d: d.place).cause
    if reason == "late":
        late_stage = primary_overrun(line.overruns)
        if late_stage is not None:
            return late_stage.cause
    return cause or DOOR_REASONS.get(reason, (False, "C4"))[1]


def lateness_shares(lateness: timedelta, overruns: Sequence[Overrun]) -> tuple[tuple[Overrun, timedelta], ...]:
    """The lateness divided among the stages that overran, in proportion; the shares sum to it exactly."""
    positive = [o for o in overruns if o.by > timedelta(0)]
    if not positive or lateness <= timedelta(0):
        return ()
    # In whole microseconds: a product of two spans would leave what a timedelta can hold.
    late = lateness // MICROSECOND
    total = sum(o.by // MICROSECOND for o in positive)
    shares = [late * (o.by // MICROSECOND) // total for o in positive]
    shares[-1] += late - sum(shares)
    return tuple((o, share * MICROSECOND) for o, share in zip(positive, shares, strict=True))


def primary_overrun(overruns: Sequence[Overrun]) -> Overrun | None:
    """The earliest stage in the chain that has at least a fifth of all overruns."""
    positive = [o for o in overruns if o.by > timedelta(0)]
    total = sum((o.by for o in positive), timedelta(0))
    decisive = [o for o in positive if Decimal(o.by / total) >= DECISIVE_SHARE]
    return min(decisive, key=lambda o: o.place, default=None)
