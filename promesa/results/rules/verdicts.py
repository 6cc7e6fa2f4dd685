"""The verdict on a line: full, on time, with right documents, in good condition, and from when that is final."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from promesa.core.calendars import end_of_day, local_day
from promesa.results.rules import causes, clock
from promesa.results.rules.comparison import (
    Exclusion,
    Piece,
    compared_parts,
    exclusion_of,
    offered_pieces,
    pieces_at,
    waited_pieces,
)
from promesa.results.rules.facts import (
    ZERO,
    Basis,
    Component,
    LineFacts,
    Maturity,
    Part,
    Party,
    Point,
)

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Clocked:
    """Quantity and time at one point of measurement."""

    full: bool
    on_time: bool
    on_time_quantity: Decimal
    excused: str = ""
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LineVerdict:
    """What is to be said of one line on one basis.

    `at` holds the clocks of the three points. `invoice_by` is set while an invoice is missing: from that moment on the
    documents are not right any more.
    """

    line_id: int
    basis: Basis
    exclusion: Exclusion | None
    due_at: datetime | None = None
    latest_at: datetime | None = None
    matures_at: datetime | None = None
    compared: Decimal = ZERO
    shipped: bool = False
    at: tuple[Clocked, Clocked, Clocked] | None = None
    full_strict: bool = False
    documents: bool = False
    delivery_note: bool = False
    invoice_by: datetime | None = None
    condition: bool = False
    unordered_accepted: Decimal = ZERO
    clock_suspect: bool = False
    blames: tuple[causes.Blame, ...] = ()
    symptoms: tuple[str, ...] = ()

    def clocked(self, point: Point) -> Clocked:
        """The clock at one point.

        :raises ValueError: if the line isn't counted at all.
        """
        ship, arrive, pod = self.clocks
        return pod if point == Point.POD else ship if point == Point.SHIP else arrive

    @property
    def clocks(self) -> tuple[Clocked, Clocked, Clocked]:
        """Shipping, arrival, signature.

        :raises ValueError: if the line isn't counted at all.
        """
        if self.at is None:
            raise ValueError("a line without a word has no clock")
        return self.at

    @property
    def marks(self) -> tuple[bool, bool, bool, bool]:
        """Full, on time, documents, condition, at the customer's signature."""
        pod = self.clocks[2]
        return pod.full, pod.on_time, self.documents, self.condition

    @property
    def kept(self) -> dict[Component, bool]:
        """The marks by component."""
        return dict(zip(Component, self.marks, strict=True))

    @property
    def perfect(self) -> bool:
        return all(self.marks)

    @property
    def counted(self) -> bool:
        """In the population of the perfect order."""
        return self.at is not None and (self.exclusion is None or not self.exclusion.perfect)

    @property
    def in_service(self) -> bool:
        """In the population of punctuality and fill."""
        return self.at is not None and (self.exclusion is None or not self.exclusion.service)

    def provisional(self, at: datetime) -> bool:
        """Whether what is owed, claims or disputes may still change the verdict."""
        return self.matures_at is None or at < self.matures_at

    @property
    def countable_at(self) -> datetime | None:
        """From when the line can be judged: when its window is over and it has come in full, or is out of time."""
        if self.due_at is None or self.latest_at is None:
            return None
        settled = self.clocks[2].settled_at
        ended = self.latest_at + clock.INSTANT
        return max(self.due_at, ended if settled is None else min(settled, ended))


_NO_MATURITY = Maturity()


def judge(line: LineFacts, *, basis: Basis, maturity: Maturity = _NO_MATURITY) -> LineVerdict:
    """Judge one line against one word.

    The verdict supposes that nothing more happens, so that it needs no second look when a time has passed:
    `countable_at` says from when it may be counted, `invoice_by` until when a missing invoice is no fault.
    """
    return _blamed(line, _weighed(line, basis, compared_parts(line, basis), maturity))


def judge_bases(
    line: LineFacts, *, bases: Sequence[Basis], maturity: Maturity = _NO_MATURITY
) -> dict[Basis, LineVerdict]:
    """As `judge` on each basis. The word that was given twice alike is weighed once; causes are told for each basis."""
    verdicts: dict[Basis, LineVerdict] = {}
    weighed: list[tuple[tuple[Part, ...], LineVerdict]] = []
    for basis in bases:
        parts = compared_parts(line, basis)
        verdict = next((replace(same, basis=basis) for known, same in weighed if known == parts), None)
        if verdict is None:
            verdict = _weighed(line, basis, parts, maturity)
            weighed.append((parts, verdict))
        verdicts[basis] = _blamed(line, verdict)
    return verdicts


def _weighed(line: LineFacts, basis: Basis, parts: Sequence[Part], maturity: Maturity) -> LineVerdict:
    """The verdict without its causes."""
    exclusion = exclusion_of(line)
    if exclusion is not None and exclusion.perfect and exclusion.service:
        due = clock.last_instant(parts[-1].end, line.zone) if parts else _fallback_due(line)
        return LineVerdict(line_id=line.line_id, basis=basis, exclusion=exclusion, due_at=due)
    if exclusion is not None and exclusion.service:
        return _failed_by_cancellation(line, basis, parts, exclusion, maturity)
    if not parts:
        return LineVerdict(line_id=line.line_id, basis=basis, exclusion=Exclusion("not_promised"))
    latest = _latest(line, parts)
    clocks = _clocks(line, parts)
    mature = clock.matures_at(line, max(latest), maturity)
    documents, note, invoice_by = _documents(line, maturity)
    return LineVerdict(
        line_id=line.line_id,
        basis=basis,
        exclusion=exclusion,
        due_at=clock.last_instant(parts[-1].end, line.zone),
        latest_at=max(latest),
        matures_at=mature,
        compared=sum((part.quantity for part in parts), ZERO),
        shipped=bool(line.despatches),
        at=clocks,
        full_strict=clocks[2].full and not any(d.substitute and d.taken for d in line.deliveries),
        documents=documents,
        delivery_note=note,
        invoice_by=invoice_by,
        condition=_condition(line, maturity),
        unordered_accepted=_unordered(line, parts),
        clock_suspect=any(d.clock_suspect for d in line.deliveries),
    )


def _fallback_due(line: LineFacts) -> datetime | None:
    return line.cancellations[-1].at if line.cancellations else None


def _failed_by_cancellation(
    line: LineFacts, basis: Basis, parts: Sequence[Part], exclusion: Exclusion, maturity: Maturity
) -> LineVerdict:
    """The customer gave up after release because we were late or short: the perfect order has failed."""
    if not parts:
        return LineVerdict(line_id=line.line_id, basis=basis, exclusion=Exclusion("not_promised"))
    latest = max(_latest(line, parts))
    missed = Clocked(full=False, on_time=False, on_time_quantity=ZERO)
    return LineVerdict(
        line_id=line.line_id,
        basis=basis,
        exclusion=exclusion,
        due_at=clock.last_instant(parts[-1].end, line.zone),
        latest_at=latest,
        matures_at=clock.matures_at(line, latest, maturity),
        compared=sum((part.quantity for part in parts), ZERO),
        at=(missed, missed, missed),
        documents=True,
        delivery_note=True,
        condition=True,
    )


def _blamed(line: LineFacts, verdict: LineVerdict) -> LineVerdict:
    if verdict.at is None or not verdict.counted or verdict.perfect:
        return verdict
    failed = [component for component, kept in verdict.kept.items() if not kept]
    blames, symptoms = causes.primary_causes(line, failed, verdict.basis)
    return replace(verdict, blames=blames, symptoms=symptoms)


def _latest(line: LineFacts, parts: Sequence[Part]) -> list[datetime]:
    return [clock.latest_of(part, line.tolerance, zone=line.zone, calendar=line.calendar) for part in parts]


def _clocks(line: LineFacts, parts: Sequence[Part]) -> tuple[Clocked, Clocked, Clocked]:
    """The three clocks. Where no arrival is proved, arrival is what the signature says."""
    pod = _clocked(line, parts, Point.POD)
    proved = any(delivery.arrived_at is not None for delivery in line.deliveries)
    arrive = _clocked(line, parts, Point.ARRIVE) if proved else pod
    return _clocked(line, parts, Point.SHIP), arrive, pod


def _clocked(line: LineFacts, parts: Sequence[Part], point: Point) -> Clocked:
    """Let what came flow into the parts in order of time, and judge each part by what it received."""
    pieces = pieces_at(line, point)
    plain = _plainly(line, parts, pieces, point)
    if plain is not None:
        return plain
    full = on_time = True
    kept = ZERO
    excused = ""
    settled: datetime | None = None
    came = sum((piece.quantity for piece in pieces), ZERO)
    compared = sum((part.quantity for part in parts), ZERO)
    for number, part in enumerate(parts, start=1):
        received = list(_flow(pieces, part.quantity, last=number == len(parts)))
        judged = _judge_part(line, part, received, point)
        full = full and judged.full
        on_time = on_time and judged.on_time
        kept += min(judged.on_time_quantity, part.quantity)
        excused = excused or judged.excused
        if judged.settled_at is not None:
            settled = max(settled, judged.settled_at) if settled else judged.settled_at
    if point != Point.SHIP and came > compared * (ONE + line.tolerance.over):
        full = False
    if came <= 0 and point != Point.SHIP:
        on_time, excused = _of_nothing_taken(line, parts[-1])
    complete = came >= sum((part.quantity * (ONE - line.tolerance.under) for part in parts), ZERO)
    return Clocked(full, on_time, kept, excused, settled if complete and came > 0 else None)


def _plainly(line: LineFacts, parts: Sequence[Part], pieces: Sequence[Piece], point: Point) -> Clocked | None:
    """The usual case, without any reckoning: just what was owed came at once, to the right door, in its time."""
    if len(parts) != 1 or len(pieces) != 1:
        return None
    (part,), (piece,) = parts, pieces
    if piece.quantity != part.quantity or not piece.right_site:
        return None
    earliest, latest = _times(line, part, point)
    if piece.moment > latest or (earliest is not None and piece.moment < earliest):
        return None
    return Clocked(full=True, on_time=True, on_time_quantity=part.quantity, settled_at=piece.moment)


def _times(line: LineFacts, part: Part, point: Point) -> tuple[datetime | None, datetime]:
    """Between which moments a part is on time at a point. Leaving early is never a failure, nor is early history."""
    if point == Point.SHIP:
        return None, clock.last_instant(part.ship_by or part.end, line.zone)
    latest = clock.latest_of(part, line.tolerance, zone=line.zone, calendar=line.calendar)
    if line.history:
        return None, latest
    return clock.earliest_of(part, line.tolerance, zone=line.zone, calendar=line.calendar), latest


def _flow(pieces: list[Piece], wanted: Decimal, *, last: bool) -> list[Piece]:
    """Take from the front of what came as much as the part wants; the last part takes all the rest."""
    taken: list[Piece] = []
    while pieces and (last or wanted > 0):
        piece = pieces.pop(0)
        size = piece.quantity if last else min(piece.quantity, wanted)
        taken.append(Piece(piece.moment, size, piece.right_site, piece.excused_at))
        wanted -= size
        if size < piece.quantity:
            rest = piece.quantity - size
            pieces.insert(0, Piece(piece.moment, rest, piece.right_site, piece.excused_at))
    return taken


def _judge_part(line: LineFacts, part: Part, received: Sequence[Piece], point: Point) -> Clocked:
    lower = part.quantity * (ONE - line.tolerance.under)
    came = sum((piece.quantity for piece in received), ZERO)
    earliest, latest = _times(line, part, point)
    pause = clock.paused(latest, blocks=line.credit_blocks, promised_at=line.confirmed_at, zone=line.zone)
    # A line that comes whole after its time is full and late; one of which a part came by then was short.
    cut = pause if not received else max(pause, _end_of_day(line, received[0].moment))
    by_then = sum((p.quantity for p in received if (p.excused_at or p.moment) <= cut), ZERO)
    kept = counted = ZERO
    on_time, excused, settled = True, "", None
    for piece in received:
        good, why = _in_time(piece, earliest=earliest, latest=latest, pause=pause)
        kept += piece.quantity if good else ZERO
        if counted < lower:
            on_time = on_time and good
            excused = excused or why
            settled = piece.moment
        counted += piece.quantity
    if came < lower and _still_owed(line, part, came, point):
        on_time = False
    return Clocked(by_then >= lower, on_time, kept, excused if on_time else "", settled)


def _in_time(piece: Piece, *, earliest: datetime | None, latest: datetime, pause: datetime) -> tuple[bool, str]:
    """Whether a piece came in time, and which of the customer's causes excuses it if only so."""
    if not piece.right_site or (earliest is not None and piece.moment < earliest):
        return False, ""
    if piece.moment <= latest:
        return True, ""
    if (
        piece.excused_at is not None
        and (earliest is None or earliest <= piece.excused_at)
        and piece.excused_at <= latest
    ):
        return True, "K3"
    if piece.moment <= pause:
        return True, "K2"
    return False, ""


def _end_of_day(line: LineFacts, moment: datetime) -> datetime:
    return end_of_day(local_day(moment, line.zone), line.zone) - clock.INSTANT


def _still_owed(line: LineFacts, part: Part, came: Decimal, point: Point) -> bool:
    """Whether what did not come is late, rather than cancelled by us or refused."""
    if came <= 0:
        return True
    given_up = line.cancelled_by(Party.US) + sum((c.quantity for c in line.cancellations if c.for_our_lateness), ZERO)
    if point != Point.SHIP:
        given_up += sum((d.refused for d in line.deliveries), ZERO)
    return came + given_up < part.quantity * (ONE - line.tolerance.under)


def _of_nothing_taken(line: LineFacts, part: Part) -> tuple[bool, str]:
    """Nothing was taken: on time if it stood at the door in time, refused, or found the door closed."""
    latest = clock.latest_of(part, line.tolerance, zone=line.zone, calendar=line.calendar)
    earliest = clock.earliest_of(part, line.tolerance, zone=line.zone, calendar=line.calendar)
    offered = offered_pieces(line)
    if offered:
        good, why = _in_time(offered[-1], earliest=earliest, latest=latest, pause=latest)
        return good, why
    for piece in waited_pieces(line):
        good, why = _in_time(piece, earliest=earliest, latest=latest, pause=latest)
        if good:
            return True, why or "K3"
    return False, ""


def _documents(line: LineFacts, maturity: Maturity) -> tuple[bool, bool, datetime | None]:
    """Whether all documents are right, whether the delivery note alone is, and by when a missing invoice is due."""
    swapped = any(d.substitute and d.ordered_item_on_note for d in line.despatches)
    wrongly_named = swapped and not line.substitutes_agreed
    note = line.note_present and not wrongly_named and not any(f.ours and not f.on_invoice for f in line.faults)
    invoice = not any(f.ours and f.on_invoice for f in line.faults)
    proof = line.last_proof_at
    if not line.invoice_required or proof is None or not any(d.taken > 0 for d in line.deliveries):
        return note and invoice, note, None
    by = proof + timedelta(days=maturity.dispute)
    if line.invoiced_at is None:
        return note and invoice, note, by
    return note and invoice and line.invoiced_at < by, note, None


def _condition(line: LineFacts, maturity: Maturity) -> bool:
    """Whether nothing was damaged, refused for its state, too near its end of life, or sent back for quality."""
    for delivery in line.deliveries:
        if delivery.damaged > 0 or delivery.short_life:
            return False
        if any(causes.is_about_condition(refusal.reason) for refusal in delivery.refusals):
            return False
    proof = line.last_proof_at
    return not any(
        back.for_quality and (proof is None or (back.at - proof).days <= maturity.claim_hidden) for back in line.returns
    )


def _unordered(line: LineFacts, parts: Sequence[Part]) -> Decimal:
    """What was accepted beyond the tolerance: it becomes a line of its own for the invoice."""
    limit = sum((part.quantity for part in parts), ZERO) * (ONE + line.tolerance.over)
    taken = sum((d.taken for d in line.deliveries if not d.substitute), ZERO)
    return max(taken - limit, ZERO)
