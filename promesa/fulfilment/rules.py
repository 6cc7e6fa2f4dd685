"""Pure rules of despatch and delivery: what may leave and out of which lot, what became of it, which clock to believe."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from promesa.core.words import Sentence
from promesa.fulfilment.states import Outcome, Reason

ZERO = Decimal(0)
CLOCKS_MAY_DIFFER = timedelta(minutes=5)
Faults = list[tuple[str, Sentence]]

# --- Despatch ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shipment:
    """What should leave of an order. No quantities: all that is claimed on stock. `at`: when it left, if not now."""

    order_id: int
    quantities: Mapping[int, Decimal] | None = None
    carrier: str = ""
    cause: str = ""
    planned_on: date | None = None
    at: datetime | None = None


class OnClaim(NamedTuple):
    """What a line has first right to in one lot."""

    stock_id: int
    lot: str
    expires_on: date | None
    quantity: Decimal
    blocked: bool = False


@dataclass(slots=True)
class ShippableLine:
    """A line as the warehouse sees it: what is still to leave, and its claims on stock."""

    line_id: int
    line_number: int
    item: str
    is_service: bool
    released: bool
    to_ship: Decimal  # open and not already on its way
    claims: list[OnClaim] = field(default_factory=list)
    planned_on: date | None = None

    @property
    def claimed(self) -> Decimal:
        return sum((claim.quantity for claim in self.claims if not claim.blocked), ZERO)

    @property
    def shippable(self) -> Decimal:
        """What could leave now."""
        if not self.released:
            return ZERO
        return max(ZERO, self.to_ship if self.is_service else min(self.to_ship, self.claimed))


class Pick(NamedTuple):
    """A quantity of a line out of one lot; services come out of none."""

    line_id: int
    line_number: int
    stock_id: int | None
    lot: str
    expires_on: date | None
    quantity: Decimal


def plan_picks(lines: Sequence[ShippableLine], quantities: Mapping[int, Decimal] | None) -> tuple[list[Pick], Faults]:
    """What leaves, first expiry first; or every reason why it cannot."""
    if quantities is None:
        wanted = {line.line_number: line.shippable for line in lines if line.shippable > 0}
        faults: Faults = [] if wanted else [("lines", Sentence("nothing_to_despatch"))]
    else:
        wanted = {number: quantity for number, quantity in quantities.items() if quantity}
        faults = _despatch_faults(lines, quantities)
        if not faults and not wanted:
            faults = [("lines", Sentence("nothing_to_despatch"))]
    if faults:
        return [], faults
    return [pick for line in lines if line.line_number in wanted for pick in _picks(line, wanted[line.line_number])], []


def _despatch_faults(lines: Sequence[ShippableLine], quantities: Mapping[int, Decimal]) -> Faults:
    by_number = {line.line_number: line for line in lines}
    faults: Faults = []
    for number, quantity in quantities.items():
        line = by_number.get(number)
        place = f"lines.{number}"
        if line is None:
            faults.append((place, Sentence("despatch_no_such_line", {"line": number})))
        elif quantity < 0:
            faults.append(
                (place, Sentence("despatch_negative", {"line": number, "item": line.item, "quantity": quantity}))
            )
        elif quantity and not line.released:
            faults.append((place, Sentence("despatch_line_not_released", {"line": number, "item": line.item})))
        elif quantity > line.shippable:
            code = "despatch_beyond_open" if quantity > line.to_ship else "despatch_beyond_claimed"
            params = {"line": number, "item": line.item, "quantity": quantity, "left_quantity": line.shippable}
            faults.append((place, Sentence(code, params)))
    return faults


def _picks(line: ShippableLine, quantity: Decimal) -> Iterable[Pick]:
    if line.is_service:
        yield Pick(line.line_id, line.line_number, None, "", None, quantity)
        return
    in_order = sorted(
        (claim for claim in line.claims if not claim.blocked),
        key=lambda claim: (claim.expires_on or date.max, claim.lot, claim.stock_id),
    )
    for claim in in_order:
        taken = min(claim.quantity, quantity)
        if taken > 0:
            yield Pick(line.line_id, line.line_number, claim.stock_id, claim.lot, claim.expires_on, taken)
        quantity -= taken


# --- Delivery ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """What became of a part of a line at the door."""

    outcome: str
    quantity: Decimal
    reason: str = ""
    cause: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What happened at the customer's door with the goods of one delivery note.

    `outcomes` by line number of the order; a line that is not named was accepted whole, and so was everything when
    there are none. `at` is when the goods were signed for, unless the device says so.
    """

    advice_id: int
    outcomes: Mapping[int, Sequence[Part]] | None = None
    signed_by: str = ""
    signature_sha256: str = ""
    arrived_at: datetime | None = None
    device_at: datetime | None = None
    server_at: datetime | None = None
    site_id: int | None = None
    cause: str = ""
    note: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OnNote:
    """A quantity of one lot on the delivery note of which nothing has been said yet."""

    despatch_line_id: int
    line_id: int
    line_number: int
    item: str
    quantity: Decimal


class Settled(NamedTuple):
    """That a quantity of a lot came to an outcome."""

    despatch_line_id: int
    line_id: int
    part: Part


class Excess(NamedTuple):
    """A quantity that came on top of a line of the note and was kept; it came out of the line's last lot."""

    despatch_line_id: int
    line_id: int
    line_number: int
    item: str
    quantity: Decimal


class Outcomes(NamedTuple):
    """What is said of a delivery, laid over its lots; what came on top; or the faults."""

    settled: list[Settled]
    excess: list[Excess]
    faults: Faults


LEDGER: dict[str, str] = {
    Outcome.ACCEPTED: "accepted",
    Outcome.RESERVE: "accepted",
    Outcome.SHORT: "brought_back",
    Outcome.DAMAGED: "brought_back",
    Outcome.REFUSED: "refused_final",
    Outcome.REDELIVER: "brought_back",
}
TAKEN = frozenset({Outcome.ACCEPTED, Outcome.RESERVE})
# An outcome that says enough by itself has its usual reason; the others must be given one.
USUAL_REASON: dict[str, str] = {Outcome.SHORT: Reason.LEFT_BEHIND, Outcome.DAMAGED: Reason.DAMAGE}
NEEDS_REASON = frozenset({Outcome.REFUSED, Outcome.REDELIVER, Outcome.RESERVE})
# The cause that a reason points to unless somebody knows better.
USUAL_CAUSE: dict[str, str] = {
    Reason.NOT_ORDERED: "U",
    Reason.DUPLICATE: "C2",
    Reason.WRONG_ITEM: "C5",
    Reason.DAMAGE: "C4",
    Reason.QUALITY: "X3",
    Reason.SHELF_LIFE: "X3",
    Reason.LABEL: "C3",
    Reason.PRICE: "C3",
    Reason.LATE: "C5",
    Reason.EARLY: "C5",
    Reason.TIMETABLE: "C4",
    Reason.NO_APPOINTMENT: "C4",
    Reason.NO_STAFF: "K3",
    Reason.ABSENT: "K3",
    Reason.LEFT_BEHIND: "C5",
    Reason.LOST: "C5",
    Reason.OTHER: "U",
}
# Goods that come back for these reasons are not sold again until somebody has looked at them.
BLOCKING_REASONS = frozenset(
    {Reason.DAMAGE, Reason.QUALITY, Reason.SHELF_LIFE, Reason.WRONG_ITEM, Reason.LEFT_BEHIND, Reason.LOST}
)


def comes_back_blocked(part: Part) -> bool:
    """Whether goods that were not taken are kept apart: damaged or doubtful ones, and those that nobody has seen."""
    return part.outcome in (Outcome.SHORT, Outcome.DAMAGED) or part.reason in BLOCKING_REASONS


def plan_outcomes(notes: Sequence[OnNote], outcomes: Mapping[int, Sequence[Part]] | None) -> Outcomes:
    """Lay the parts of each line over its lots, in the order given; or every reason why they do not add up.

    The parts of a line sum to what its note says. Only what was taken may be more: the rest is an excess.
    """
    if not notes:
        return Outcomes([], [], [("lines", Sentence("already_delivered"))])
    given = {number: [_completed(part) for part in parts] for number, parts in (outcomes or {}).items()}
    faults = _delivery_faults(notes, given)
    if faults:
        return Outcomes([], [], faults)
    settled: list[Settled] = []
    excess: list[Excess] = []
    for number in dict.fromkeys(note.line_number for note in notes):
        lots = [note for note in notes if note.line_number == number]
        offered = sum((lot.quantity for lot in lots), ZERO)
        parts = given.get(number, [Part(Outcome.ACCEPTED, offered)])
        beyond = sum((part.quantity for part in parts), ZERO) - offered
        if beyond > 0:
            last = lots[-1]
            excess.append(Excess(last.despatch_line_id, last.line_id, number, last.item, beyond))
            parts = _less_taken(parts, beyond)
        settled.extend(_laid_over(lots, parts))
    return Outcomes(settled, excess, [])


def _less_taken(parts: Sequence[Part], beyond: Decimal) -> list[Part]:
    """The parts without what was taken on top."""
    kept: list[Part] = []
    for part in parts:
        off = min(part.quantity, beyond) if part.outcome in TAKEN else ZERO
        beyond -= off
        if part.quantity > off:
            kept.append(replace(part, quantity=part.quantity - off))
    return kept


def _completed(part: Part) -> Part:
    reason = part.reason or USUAL_REASON.get(part.outcome, "")
    cause = part.cause or ("" if part.outcome in TAKEN and not reason else USUAL_CAUSE.get(reason, ""))
    return Part(part.outcome, part.quantity, reason, cause, part.note)


def _delivery_faults(notes: Sequence[OnNote], given: Mapping[int, Sequence[Part]]) -> Faults:
    offered: dict[int, Decimal] = {}
    for note in notes:
        offered[note.line_number] = offered.get(note.line_number, ZERO) + note.quantity
    faults: Faults = []
    for number, parts in given.items():
        place = f"lines.{number}"
        if number not in offered:
            faults.append((place, Sentence("delivery_no_such_line", {"line": number})))
            continue
        faults.extend((place, fault) for part in parts for fault in _part_faults(number, part))
        told = sum((part.quantity for part in parts), ZERO)
        not_taken = sum((part.quantity for part in parts if part.outcome not in TAKEN), ZERO)
        if told < offered[number] or not_taken > offered[number]:
            code = "delivery_beyond_note" if told > offered[number] else "delivery_below_note"
            faults.append((place, Sentence(code, {"line": number, "quantity": told, "note_quantity": offered[number]})))
    return faults


def _part_faults(number: int, part: Part) -> Iterable[Sentence]:
    if part.outcome not in set(Outcome):
        yield Sentence("delivery_unknown_outcome", {"line": number, "outcome": part.outcome})
    elif part.outcome in NEEDS_REASON and not part.reason:
        yield Sentence("delivery_needs_reason", {"line": number})
    elif part.reason and part.reason not in set(Reason):
        yield Sentence("delivery_unknown_reason", {"line": number, "reason": part.reason})
    if part.quantity <= 0:
        yield Sentence("delivery_not_positive", {"line": number, "quantity": part.quantity})


def _laid_over(lots: Sequence[OnNote], parts: Sequence[Part]) -> Iterable[Settled]:
    left = [lot.quantity for lot in lots]
    place = 0
    for part in parts:
        wanted = part.quantity
        while wanted > 0:
            if not left[place]:
                place += 1
                continue
            taken = min(wanted, left[place])
            left[place] -= taken
            wanted -= taken
            yield Settled(
                lots[place].despatch_line_id,
                lots[place].line_id,
                Part(part.outcome, taken, part.reason, part.cause, part.note),
            )


def corrected_moment(
    *, device_at: datetime | None, server_at: datetime, despatched_at: datetime | None = None
) -> tuple[datetime, bool]:
    """When the goods were signed for, and whether the clocks differ by more than five minutes.

    The server bounds the device's time from above, the departure from below: nothing is signed for after its proof
    was received or before it left.
    """
    if device_at is None:
        return server_at, False
    moment = min(device_at, server_at)
    if despatched_at is not None and moment < despatched_at <= server_at:
        moment = despatched_at
    return moment, abs(server_at - device_at) > CLOCKS_MAY_DIFFER
