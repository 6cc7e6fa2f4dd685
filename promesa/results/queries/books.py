"""From the rows of the rooms below to the facts that the rules judge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from promesa.core.calendar_store import calendar
from promesa.core.calendars import BusinessCalendar, end_of_day, local_day
from promesa.results.queries.gathering import (
    DespatchRow,
    EntryRow,
    FaultRow,
    FindingRow,
    LineRow,
    OrderRow,
    OutcomeRow,
    PromiseRow,
    RequestRow,
    Rows,
    gather,
)
from promesa.results.queries.reasons import deviations_of, overruns_of
from promesa.results.rules import causes
from promesa.results.rules.clock import feasible_part
from promesa.results.rules.facts import (
    ZERO,
    Cancellation,
    Change,
    CreditBlock,
    Delivery,
    Despatch,
    DocumentFault,
    LineFacts,
    Part,
    Party,
    Refusal,
    Return,
    Tolerance,
)
from promesa.results.rules.quality import Defect, Fault

HUNDRED = Decimal(100)
# Reasons at the door that mean that nobody was there to take the goods.
ABSENT = frozenset({"absent", "no_staff"})
PAPERS = frozenset({"label"})
OURS = ("C", "X")


@dataclass(frozen=True, slots=True)
class OrderBook:
    """One order as results see it: its row, its lines with their facts, and what was wrong at capture."""

    order: OrderRow
    rows: tuple[LineRow, ...]
    lines: tuple[LineFacts, ...]
    defects: tuple[Defect, ...]
    carrier: str


class Kin(NamedTuple):
    """A line with those whose goods count for it: what came on top of it, and what came in its stead."""

    line_id: int
    on_top: Sequence[int]
    substitutes: Sequence[int]

    @property
    def all(self) -> Iterable[tuple[int, bool]]:
        """Each line, and whether it is a substitute."""
        return [
            (self.line_id, False),
            *((one, False) for one in self.on_top),
            *((one, True) for one in self.substitutes),
        ]


def order_books(order_ids: Sequence[int]) -> list[OrderBook]:
    """The books of these orders, in order of their ids; drafts have none."""
    rows = gather(order_ids)
    return [_book(order, rows) for order in rows.orders]


def _book(order: OrderRow, rows: Rows) -> OrderBook:
    lines = rows.lines.get(order.id, [])
    substitutes: dict[int, list[int]] = {}
    on_top: dict[int, list[int]] = {}
    for line in lines:
        if line.substitute_of is not None:
            substitutes.setdefault(line.substitute_of, []).append(line.id)
        if line.on_top_of is not None:
            on_top.setdefault(line.on_top_of, []).append(line.id)
    carriers = [d.carrier for line in lines for d in rows.despatches.get(line.id, ()) if d.carrier]
    return OrderBook(
        order=order,
        rows=tuple(lines),
        lines=tuple(
            _line(order, line, rows, Kin(line.id, on_top.get(line.line_number, []), substitutes.get(line.id, [])))
            for line in lines
        ),
        defects=tuple(_defect(finding) for finding in rows.findings.get(order.id, ())),
        carrier=carriers[0] if carriers else "",
    )


def _line(order: OrderRow, line: LineRow, rows: Rows, kin: Kin) -> LineFacts:
    ours = calendar(calendar_id=order.warehouse_calendar_id, zone=order.warehouse_zone)
    theirs = calendar(calendar_id=order.calendar_id, zone=order.zone)
    promises = [p for p in rows.promises.get(line.id, ()) if p.window_to is not None]
    requests = _requests_of(line, rows.requests.get(order.id, ()))
    entries = rows.entries.get(line.id, [])
    despatches = tuple(_despatches(order, rows, kin, entries))
    deliveries = tuple(_deliveries(order, line, rows, kin, entries))
    requested = _requested(order, line, requests)
    feasible = _feasible(order, line, ours, theirs)
    first = _parts(order, [p for p in promises if p.is_first])
    last = _parts(order, [p for p in promises if p.sequence == promises[-1].sequence]) if promises else ()
    holds = rows.holds.get(order.id, [])
    basis = line.price_basis or Decimal(1)
    return LineFacts(
        line_id=line.id,
        order_id=order.id,
        ordered=line.ordered,
        unit_price=(line.unit_price or ZERO) / basis * order.exchange_rate,
        case_size=line.case_size,
        free=line.free,
        substitute_of=line.substitute_of,
        zone=order.zone,
        calendar=theirs,
        tolerance=_tolerance(order),
        confirmed_at=order.confirmed_at,
        released_at=line.released_at,
        requested=requested,
        standard=None if requested or order.origin == "history" else feasible,
        feasible=(feasible,) if feasible else (),
        first=first,
        last=last,
        changes=tuple(_change(line, request) for request in requests if request.sequence > 1),
        promise_changes=tuple(_promise_changes(order, promises, requests)),
        despatches=despatches,
        deliveries=deliveries,
        cancellations=tuple(_cancellations(entries)),
        substitutes_agreed=order.substitutes,
        credit_blocks=tuple(CreditBlock(h.since, h.released_at, h.told_at) for h in holds if h.kind == "credit"),
        invoiced_at=rows.invoiced.get(line.id),
        invoice_required=order.origin == "live" and not line.free,
        faults=tuple(_faults(line, rows.faults.get(order.id, ()), rows.outcomes.get(line.id, ()))),
        returns=tuple(_returns(entries)),
        deviations=deviations_of(
            promises, rows.findings.get(order.id, ()), line_id=line.id, requested=requested, feasible=feasible
        ),
        overruns=overruns_of(holds, first=first, despatches=despatches, deliveries=deliveries),
        history=order.origin == "history",
        closed=order.state in ("closed", "cancelled", "refused"),
        void=_void(order, line),
    )


def _void(order: OrderRow, line: LineRow) -> str:
    if order.state == "refused":
        return "refused"
    if line.on_top_of is not None:
        return "unordered"
    return "cancelled_by_customer" if order.state == "cancelled" and not line.cancelled else ""


def _tolerance(order: OrderRow) -> Tolerance:
    return Tolerance(
        under=order.under_percent / HUNDRED,
        over=order.over_percent / HUNDRED,
        early_days=order.early_days,
        late_days=order.late_days,
    )


def _requests_of(line: LineRow, requests: Iterable[RequestRow]) -> list[RequestRow]:
    """What was asked for this line; a word about the line outdoes one about the whole order."""
    own = [request for request in requests if request.line_id == line.id]
    return own or [request for request in requests if request.line_id is None]


def _requested(order: OrderRow, line: LineRow, requests: Sequence[RequestRow]) -> tuple[Part, ...]:
    original = next((request for request in requests if request.sequence == 1), None)
    if original is not None:
        return (Part(line.ordered, original.window_from, original.window_to),)
    start, end = (
        (line.requested_from, line.requested_to)
        if line.requested_to
        else (
            order.requested_from,
            order.requested_to,
        )
    )
    return (Part(line.ordered, start, end),) if end is not None else ()


def _feasible(order: OrderRow, line: LineRow, ours: BusinessCalendar, theirs: BusinessCalendar) -> Part | None:
    """The earliest day that the agreed lead time allows; services and history have no lead time of ours."""
    if order.origin != "live" or line.item_id is None:
        return None
    return feasible_part(
        quantity=line.ordered,
        received_at=order.received_at,
        lead_days=line.lead_days,
        transit_days=order.transit_days,
        cut_off=order.cut_off,
        supplier=ours,
        customer=theirs,
        zone=order.zone,
    )


def _parts(order: OrderRow, promises: Sequence[PromiseRow]) -> tuple[Part, ...]:
    return tuple(
        Part(
            quantity=promise.quantity,
            start=promise.window_from,
            end=promise.window_to,
            ship_by=end_of_day(promise.ship_date, order.warehouse_zone) if promise.ship_date else None,
        )
        for promise in promises
        if promise.window_to is not None and promise.quantity > 0
    )


def _change(line: LineRow, request: RequestRow) -> Change:
    return Change(
        at=request.happened_at,
        initiator=Party(request.initiator),
        parts=(Part(line.ordered, request.window_from, request.window_to),),
        agreed=request.agreed,
        because_we_were_late=request.because_we_were_late,
    )


def _promise_changes(
    order: OrderRow, promises: Sequence[PromiseRow], requests: Sequence[RequestRow]
) -> Iterable[Change]:
    """Promises made because the customer wished so, after the first; not those that our own delay had forced."""
    first = max((p.sequence for p in promises if p.is_first), default=None)
    sequences = sorted({p.sequence for p in promises if first is not None and p.sequence > first})
    for sequence in sequences:
        parts = [p for p in promises if p.sequence == sequence]
        if parts[0].initiator != Party.CUSTOMER:
            continue
        before = [r for r in requests if r.sequence > 1 and r.happened_at <= parts[0].made_at]
        yield Change(
            at=parts[0].made_at,
            initiator=Party.CUSTOMER,
            parts=_parts(order, parts),
            because_we_were_late=bool(before) and before[-1].because_we_were_late,
        )


def _despatches(order: OrderRow, rows: Rows, kin: Kin, entries: Sequence[EntryRow]) -> Iterable[Despatch]:
    def of(row: DespatchRow, substitute: bool) -> Despatch:
        return Despatch(
            quantity=row.quantity,
            shipped_at=row.despatched_at,
            planned_on=row.planned_on,
            shipped_on=local_day(row.despatched_at, order.warehouse_zone),
            substitute=substitute,
            cause=row.cause,
        )

    for line_id, substitute in kin.all:
        for row in rows.despatches.get(line_id, ()):
            yield of(row, substitute)
    if order.origin == "history":
        for entry in entries:
            if entry.kind == "despatched":
                day = local_day(entry.happened_at, order.warehouse_zone)
                yield Despatch(entry.quantity, entry.happened_at, shipped_on=day, cause=entry.cause)


def _deliveries(
    order: OrderRow, line: LineRow, rows: Rows, kin: Kin, entries: Sequence[EntryRow]
) -> Iterable[Delivery]:
    for line_id, substitute in kin.all:
        yield from _of_outcomes(order, line, rows.outcomes.get(line_id, ()), substitute=substitute)
    if order.origin == "history":
        for entry in entries:
            if entry.kind == "accepted":
                yield Delivery(at=entry.happened_at, accepted=entry.quantity, cause=entry.cause)
            elif entry.kind == "refused_final":
                yield Delivery(
                    at=entry.happened_at, refusals=(Refusal(entry.quantity, entry.reason or "refused", entry.cause),)
                )


def _of_outcomes(
    order: OrderRow, line: LineRow, outcomes: Sequence[OutcomeRow], *, substitute: bool
) -> Iterable[Delivery]:
    by_delivery: dict[int, list[OutcomeRow]] = {}
    for outcome in outcomes:
        by_delivery.setdefault(outcome.delivery_id, []).append(outcome)
    for parts in by_delivery.values():
        yield _delivery(order, line, parts, substitute=substitute)


def _delivery(order: OrderRow, line: LineRow, parts: Sequence[OutcomeRow], *, substitute: bool) -> Delivery:
    def total(outcome: str) -> Decimal:
        return sum((part.quantity for part in parts if part.outcome == outcome), ZERO)

    def cause(outcome: str) -> str:
        return next((part.cause for part in parts if part.outcome == outcome and part.cause), "")

    head = parts[0]
    best_before = [part.expires_on for part in parts if part.outcome in ("accepted", "reserve") and part.expires_on]
    day = local_day(head.delivered_at, order.zone)
    return Delivery(
        at=head.delivered_at,
        accepted=total("accepted"),
        with_reserve=total("reserve"),
        damaged=total("damaged"),
        short=total("short"),
        brought_back=total("redeliver"),
        refusals=tuple(
            Refusal(part.quantity, part.reason or "refused", part.cause) for part in parts if part.outcome == "refused"
        ),
        arrived_at=head.arrived_at,
        right_site=head.right_site,
        customer_absent=any(part.outcome == "redeliver" and part.reason in ABSENT for part in parts),
        substitute=substitute,
        clock_suspect=head.clock_suspect,
        short_life=bool(line.minimum_life_days)
        and any(expiry - day < timedelta(days=line.minimum_life_days) for expiry in best_before),
        cause=head.delivery_cause,
        damage_cause=cause("damaged"),
        short_cause=cause("short"),
        back_cause=cause("redeliver"),
    )


def _cancellations(entries: Iterable[EntryRow]) -> Iterable[Cancellation]:
    for entry in entries:
        if entry.kind == "cancelled_by_us":
            yield Cancellation(entry.quantity, Party.US, entry.happened_at, cause=entry.cause)
        elif entry.kind == "cancelled_by_customer":
            yield Cancellation(
                entry.quantity,
                Party.CUSTOMER,
                entry.happened_at,
                for_our_lateness=entry.cause.startswith(OURS),
                cause=entry.cause,
            )


def _returns(entries: Iterable[EntryRow]) -> Iterable[Return]:
    for entry in entries:
        if entry.kind == "returned":
            for_quality = entry.cause in ("C4", "X3") or causes.is_about_condition(entry.reason)
            yield Return(entry.quantity, entry.happened_at, for_quality=for_quality, cause=entry.cause)


def _faults(line: LineRow, faults: Iterable[FaultRow], outcomes: Iterable[OutcomeRow]) -> Iterable[DocumentFault]:
    for fault in faults:
        if fault.line_id in (None, line.id):
            yield DocumentFault(code=fault.code, at=fault.found_at, ours=fault.ours, cause=fault.cause)
    for outcome in outcomes:
        if outcome.reason in PAPERS:
            yield DocumentFault(
                code=outcome.reason, at=outcome.delivered_at, cause=outcome.cause or "X2", on_invoice=False
            )


def _defect(finding: FindingRow) -> Defect:
    return Defect(
        aspect=finding.aspect,
        fault=Fault(finding.fault),
        escaped=finding.after_release,
        brought_in_by=finding.brought_in_by,
    )
