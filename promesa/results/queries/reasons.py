"""What the rooms recorded about causes, told as deviations from the plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from promesa.results.queries.gathering import FindingRow, HoldRow, PromiseRow
from promesa.results.rules.facts import (
    Basis,
    Component,
    Delivery,
    Despatch,
    Deviation,
    Overrun,
    Part,
    Party,
    Stage,
)

OF_SERVICE = frozenset({Component.FULL, Component.ON_TIME})
WISHES = frozenset({Basis.REQUESTED, Basis.FEASIBLE})
BUT_THE_LAST = frozenset({Basis.REQUESTED, Basis.FEASIBLE, Basis.FIRST})
FROM_THE_FIRST = frozenset({Basis.FIRST, Basis.LAST})

# What an error at capture spoils when it reaches the warehouse or the customer.
SPOILS: dict[str, frozenset[Component]] = {
    "reference": frozenset({Component.FULL}),
    "quantity": frozenset({Component.FULL}),
    "time": frozenset({Component.ON_TIME}),
    "address": frozenset({Component.ON_TIME, Component.FULL}),
    "price": frozenset({Component.DOCUMENTS}),
}
CAUSE_OF_FAULT = {"ours": "C2", "masters": "C3", "customer": "K1"}
CAUSE_OF_HOLD = {"price": "C3", "capture": "C2", "duplicate": "K1", "shortage": "C1"}


def deviations_of(
    promises: Sequence[PromiseRow],
    findings: Iterable[FindingRow],
    *,
    line_id: int,
    requested: Sequence[Part],
    feasible: Part | None,
) -> tuple[Deviation, ...]:
    """Promises that left the customer's wish or the first promise, and errors that got past capture."""
    found = list(_of_promises(promises))
    if not found and requested and feasible is not None and promises:
        wish, first = max(part.end for part in requested), [p.window_to for p in promises if p.is_first and p.window_to]
        if first and wish < feasible.end and max(first) <= feasible.end:
            # Asked for sooner than agreed, and promised as soon as agreed: the wish itself was late.
            found.append(
                Deviation(
                    "K4", frozenset({Component.ON_TIME}), code="short_notice", against=frozenset({Basis.REQUESTED})
                )
            )
    for finding in findings:
        if finding.after_release and finding.line_id in (None, line_id):
            cause = CAUSE_OF_FAULT.get(finding.fault, "U")
            found.append(Deviation(cause, SPOILS.get(finding.aspect, OF_SERVICE), code="escaped"))
    return tuple(found)


def _of_promises(promises: Sequence[PromiseRow]) -> Iterable[Deviation]:
    first = [p for p in promises if p.is_first]
    if not first:
        return
    for promise in first:
        if promise.cause:
            yield Deviation(promise.cause, OF_SERVICE, code="first_promise", against=WISHES)
    word = max((p.window_to for p in first if p.window_to is not None), default=None)
    for promise in promises:
        if promise.sequence <= first[0].sequence or not promise.cause or promise.initiator == Party.CUSTOMER:
            continue
        later = word is not None and promise.window_to is not None and promise.window_to > word
        yield Deviation(promise.cause, OF_SERVICE, decisive=later, code="promised_again", against=BUT_THE_LAST)


def overruns_of(
    holds: Sequence[HoldRow],
    *,
    first: Sequence[Part],
    despatches: Sequence[Despatch],
    deliveries: Sequence[Delivery],
) -> tuple[Overrun, ...]:
    """By how much holds, the warehouse and the road took longer than the first promise had planned.

    Against the customer's wish a hold counts whole; against our own word only what went beyond the planned departure.
    """
    found: list[Overrun] = []
    ship_by = min((part.ship_by for part in first if part.ship_by is not None), default=None)
    held = timedelta(0)
    for hold in holds:
        cause = CAUSE_OF_FAULT.get(hold.fault, "") or CAUSE_OF_HOLD.get(hold.kind, "")
        if not cause or hold.kind == "credit" or hold.released_at is None:
            continue
        found.append(Overrun(cause, hold.released_at - hold.since, against=WISHES))
        if ship_by is not None and hold.released_at > ship_by:
            found.append(Overrun(cause, hold.released_at - ship_by, against=FROM_THE_FIRST))
            held = max(held, hold.released_at - ship_by)
    left_late = timedelta(0)
    if ship_by is not None and despatches:
        left_late = max(max(d.shipped_at for d in despatches) - ship_by, timedelta(0))
        found.append(Overrun("C5", left_late - held, stage=Stage.PICKING))
    if first and deliveries:
        late = max(d.at for d in deliveries) - max(part.end for part in first)
        found.append(Overrun("C5", late - left_late, stage=Stage.TRANSPORT))
    return tuple(overrun for overrun in found if overrun.by > timedelta(0))
