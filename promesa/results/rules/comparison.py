"""What a line is held against, and what arrived for it: the two sides of the judgement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from promesa.results.rules.facts import ZERO, Basis, Change, Delivery, LineFacts, Part, Party, Point


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Why a line is not counted: in measures of service, in the perfect order, or in both."""

    reason: str
    service: bool = True
    perfect: bool = True


@dataclass(frozen=True, slots=True)
class Piece:
    """A quantity at a moment, as the point of measurement sees it. `excused_at`: when it would have been there."""

    moment: datetime
    quantity: Decimal
    right_site: bool = True
    excused_at: datetime | None = None


def exclusion_of(line: LineFacts) -> Exclusion | None:
    """Why a line stays out of the population; none when it is in.

    The customer's cancellation before release takes it out of everything; one between release and shipping too, unless
    our delay or shortage was the reason: then the perfect order has failed. What we cancel stays in. Loaded history
    without deliveries is measured where it left and by its first shipment, never at the door.
    """
    if line.void:
        return Exclusion(line.void)
    if line.ordered <= 0:
        return Exclusion("empty")
    if line.substitute_of is not None:
        return Exclusion("substitute")
    by_customer = [c for c in line.cancellations if c.by == Party.CUSTOMER]
    if sum((c.quantity for c in by_customer), ZERO) < line.ordered:
        # A history that tells what left and not what arrived says nothing of the door.
        unknown = line.history and line.despatches and not line.deliveries
        return Exclusion("delivery_unknown", service=False) if unknown else None
    shipped_at = line.first_shipped_at
    last = max(by_customer, key=lambda c: c.at)
    if line.released_at is None or last.at < line.released_at:
        return Exclusion("cancelled_by_customer")
    if shipped_at is not None and shipped_at <= last.at:
        return None
    if any(c.for_our_lateness for c in by_customer):
        return Exclusion("cancelled_after_release", perfect=False)
    return Exclusion("cancelled_after_release")


def excused_quantity(line: LineFacts) -> Decimal:
    """What the customer took off the line for reasons of their own."""
    return sum((c.quantity for c in line.cancellations if c.by == Party.CUSTOMER and not c.for_our_lateness), ZERO)


def compared_quantity(line: LineFacts) -> Decimal:
    """The quantity that has to arrive: ordered, less what the customer took off for reasons of their own."""
    return max(line.ordered - excused_quantity(line), ZERO)


def compared_parts(line: LineFacts, basis: Basis) -> tuple[Part, ...]:
    """The quantities and windows that the line is held against, in order of their ends; none if there is no word yet.

    A change that the customer wanted and we accepted replaces the word, unless the customer wanted it because we had
    announced a delay. A new promise of our own moves the last word, never the first. What was confirmed without a
    window, or less than what was ordered, is still owed in the last window given.
    """
    parts = _word(line, basis)
    if not parts:
        return ()
    parts = tuple(sorted(parts, key=lambda part: part.end))
    return tuple(_fitted(parts, compared_quantity(line)))


def _word(line: LineFacts, basis: Basis) -> tuple[Part, ...]:
    if basis == Basis.LAST:
        return line.last or line.first or (_requested(line) if line.confirmed_at else ())
    customers = _customers(line.changes)
    changed = max(customers, key=lambda c: c.at).parts if customers else ()
    if basis == Basis.FIRST:
        return _first_word(line)
    if basis == Basis.FEASIBLE:
        return changed or _later(line.feasible, _requested(line))
    return changed or _requested(line)


def _first_word(line: LineFacts) -> tuple[Part, ...]:
    """The first promise, or what replaced it by the customer's wish: our answer to the wish if there was one."""
    if line.confirmed_at is None and not line.first:
        return ()
    since = line.confirmed_at
    asked = [c for c in _customers(line.changes) if since is None or c.at >= since]
    answered = _customers(line.promise_changes)
    if asked or answered:
        # The answer is given at the wish's own moment: of the two, the answer is the word.
        return max([*answered, *asked], key=lambda c: c.at).parts
    return line.first or _requested(line)


def _customers(changes: Sequence[Change]) -> list[Change]:
    return [c for c in changes if c.initiator == Party.CUSTOMER and c.agreed and not c.because_we_were_late and c.parts]


def _requested(line: LineFacts) -> tuple[Part, ...]:
    """Without a date of the customer's own, the request is the standard promise of the portfolio."""
    if line.requested:
        return line.requested
    if line.standard is not None:
        return (line.standard,)
    return ()


def _later(feasible: tuple[Part, ...], requested: tuple[Part, ...]) -> tuple[Part, ...]:
    if not feasible:
        return requested
    if not requested:
        return feasible
    return feasible if max(p.end for p in feasible) > max(p.end for p in requested) else requested


def _fitted(parts: Sequence[Part], quantity: Decimal) -> Iterable[Part]:
    """The parts cut, or the last one stretched, to the quantity that has to arrive."""
    rest = quantity
    for number, part in enumerate(parts, start=1):
        size = rest if number == len(parts) else min(part.quantity, rest)
        rest -= size
        if size > 0:
            yield part if size == part.quantity else replace(part, quantity=size)


def pieces_at(line: LineFacts, point: Point) -> list[Piece]:
    """What counts as come, in order of time, at the point of measurement."""
    if point == Point.SHIP:
        pieces = [
            Piece(moment=d.shipped_at, quantity=d.quantity)
            for d in line.despatches
            if not d.substitute or line.substitutes_agreed
        ]
        return sorted(pieces, key=lambda piece: piece.moment)
    counted = [d for d in line.deliveries if not d.substitute or line.substitutes_agreed]
    if len(counted) == 1:
        return list(_proved(counted, point))
    counted.sort(key=lambda d: d.at)
    return sorted(_proved(counted, point), key=lambda piece: piece.moment)


def _proved(deliveries: Sequence[Delivery], point: Point) -> Iterable[Piece]:
    """Accepted quantities, each with the moment at which we stood at a closed door with it, if that is proved."""
    waited: list[tuple[datetime, Decimal]] = []
    for delivery in deliveries:
        if delivery.customer_absent:
            if delivery.arrived_at is not None:
                waited.append((delivery.arrived_at, delivery.brought_back))
            continue
        if delivery.taken <= 0:
            continue
        moment = delivery.at
        if point == Point.ARRIVE and delivery.arrived_at is not None:
            moment = delivery.arrived_at
        rest = delivery.taken
        while rest > 0 and waited:
            since, quantity = waited.pop(0)
            size = min(rest, quantity)
            yield Piece(moment=moment, quantity=size, right_site=delivery.right_site, excused_at=since)
            rest -= size
            if quantity > size:
                waited.insert(0, (since, quantity - size))
        if rest > 0:
            yield Piece(moment=moment, quantity=rest, right_site=delivery.right_site)


def offered_pieces(line: LineFacts) -> list[Piece]:
    """What stood at the door, taken or not: the clock of a line of which nothing was taken."""
    return sorted(
        (
            Piece(moment=d.at, quantity=d.offered, right_site=d.right_site)
            for d in line.deliveries
            if d.offered > 0 and not d.substitute
        ),
        key=lambda piece: piece.moment,
    )


def waited_pieces(line: LineFacts) -> list[Piece]:
    """Proved arrivals at a closed door that no later delivery made good."""
    return [
        Piece(moment=d.at, quantity=d.brought_back, excused_at=d.arrived_at)
        for d in line.deliveries
        if d.customer_absent and d.arrived_at is not None
    ]
