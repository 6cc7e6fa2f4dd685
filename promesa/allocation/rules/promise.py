"""The promise: how many units of each line will arrive when, from which stock or receipt, and why.

Pure and deterministic. The caller locks, reads free supply into a `SupplyPool`, asks `promise_order` for one
order after another in the order in which they are to be served, and writes the claims that come back. The pool
goes down as it is claimed, so that no unit is promised twice.

Stock goes first, the lot that expires first before the others, but never one that would not live long enough
after delivery; then receipts, the earliest first. A line ordered by the case is served in whole cases, each from one
lot or receipt; only the last of it may be less than a case, when less is open. Goods leave on open days of the warehouse, after its cut-off
and the lead time, and as late as still meets the start of the requested window; they arrive in the receiving
windows of the site, never before the customer wants them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from promesa.allocation.rules.supply import RECEIPT, STOCK, ZERO, Claim, Supply, SupplyPool
from promesa.core.calendars import (
    BusinessCalendar,
    ReceivingWindows,
    Window,
    end_of_day,
    local_day,
    moment_at,
    order_day,
    start_of_day,
)

GOODS = "goods"
SERVICE = "service"
_NOTHING: dict[str, Any] = {}
# Beyond this nothing is promised: such dates are mistakes, and the calendar ends at 9999.
_LAST_YEAR = 9_000
_KEPT_SLOTS = 20_000
_MOMENT = timedelta(microseconds=1)


class Source(NamedTuple):
    """Who an item is bought from, and the days on which they work: its lead time is counted in those."""

    name: str
    calendar: BusinessCalendar


class Demand(NamedTuple):
    """A line that wants a promise. Quantity in base units; the requested window is [from, to) in UTC, or none.

    `pack` is how many base units the unit of the line holds; 0 when it may be divided as one likes.
    """

    key: int
    item_id: int
    quantity: Decimal
    requested_from: datetime | None = None
    requested_to: datetime | None = None
    minimum_life_days: int = 0
    lead_days: int | None = None
    kind: str = GOODS
    pack: Decimal = ZERO
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class DeliveryTerms:
    """How an order may be served. Share one object among orders of a site: it keeps the days it has worked out.

    `lead_days` serves items that have none of their own. `transit_days` are open days of the warehouse.
    """

    warehouse: BusinessCalendar
    site: ReceivingWindows
    cut_off: time | None = None
    ships_at: time = time(17)
    transit_days: int = 1
    lead_days: int = 0
    one_delivery: bool = False
    partial_deliveries: bool = True
    _slots: dict[tuple[Any, ...], "Slot | None"] = field(default_factory=dict, init=False, repr=False, compare=False)


class Part(NamedTuple):
    """A quantity that arrives in one window, and why in that one."""

    quantity: Decimal
    claims: tuple[Claim, ...]
    ship_date: date
    window_from: datetime
    window_to: datetime
    reason: str
    params: dict[str, Any]


class LinePromise(NamedTuple):
    """What a line is promised, and what it is not, and why not."""

    key: int
    parts: tuple[Part, ...]
    missing_quantity: Decimal
    missing_reason: str
    missing_params: dict[str, Any]


class OrderPromise(NamedTuple):
    """The lines in the order in which they were asked; the common window when it must be one delivery."""

    lines: tuple[LinePromise, ...]
    complete: bool
    window: Window | None


class Slot(NamedTuple):
    """A shipping day and the window it arrives in. `met` is None without request, else `met`, `late` or `closed`."""

    ship_date: date
    window_from: datetime
    window_to: datetime
    day: date
    met: str | None


class AgreedCutOff(NamedTuple):
    """By when the sender of an order has to send it, told in the warehouse's zone, and when it came."""

    cut_off: time
    received_at: datetime


def promise_order(
    *, lines: Sequence[Demand], supply: SupplyPool, terms: DeliveryTerms, at: datetime, agreed: AgreedCutOff | None = None
) -> OrderPromise:  # fmt: skip
    """Promise the lines of one order received at a moment, claiming from the pool what is promised.

    What came after the cut-off that is `agreed` with its sender counts as received on the next open day.

    Without partial deliveries a line is promised whole or not at all; with one delivery, all lines in one window
    or nothing. Quantities are base units and must be finite.
    """
    run = _Run(supply, terms, at, agreed)
    if terms.one_delivery:
        return run.together(lines)
    serve = run.serve if terms.partial_deliveries else run.undivided
    promised = tuple([serve(line) for line in lines])
    return OrderPromise(promised, not any(line.missing_quantity for line in promised), None)


def earliest_window(*, terms: DeliveryTerms, at: datetime, lead_days: int | None = None) -> Window | None:
    """The first window in which goods in stock can arrive: the standard promise for who names no date."""
    slot = _Run(SupplyPool(()), terms, at).slot_of(Demand(0, 0, ZERO, lead_days=lead_days), None)
    return None if slot is None else Window(slot.window_from, slot.window_to)


class _Run:
    """The work on one order: what was taken from the pool, so that it can be given back."""

    __slots__ = ("at", "missed", "order_day", "supply", "taken", "terms")

    def __init__(
        self, supply: SupplyPool, terms: DeliveryTerms, at: datetime, agreed: AgreedCutOff | None = None
    ) -> None:
        self.supply = supply
        self.terms = terms
        self.at = at
        self.order_day = order_day(at, terms.cut_off, terms.warehouse)
        self.missed: time | None = None  # the agreed cut-off, if it is what makes the order wait a day
        if agreed is not None:
            counts = order_day(agreed.received_at, agreed.cut_off, terms.warehouse)
            if counts > self.order_day:
                self.order_day, self.missed = counts, agreed.cut_off
        self.taken: list[tuple[Supply, Decimal]] = []

    def serve(self, line: Demand, not_before: datetime | None = None) -> LinePromise:
        """Promise what there is of a line, in as many parts as its supply arrives in."""
        need = line.quantity
        if need <= 0:
            return LinePromise(line.key, (), ZERO, "", _NOTHING)
        slot = self.slot_of(line, not_before)
        if slot is None:
            return LinePromise(line.key, (), need, "promise_no_window", _NOTHING)
        if line.kind == SERVICE:
            part = Part(need, (), slot.ship_date, slot.window_from, slot.window_to, "promise_service", _NOTHING)
            return LinePromise(line.key, (part,), ZERO, "", _NOTHING)
        lots, receipts = self.supply.by_item.get(line.item_id) or ((), ())
        claims: list[Claim] = []
        good_until = slot.day + timedelta(line.minimum_life_days)
        left = self.take(lots, STOCK, need, good_until, claims, line.pack)
        if not left:
            return LinePromise(line.key, (self.part(line, slot, need, claims),), ZERO, "", _NOTHING)
        found = [self.part(line, slot, need - left, claims)] if claims else []
        left = self.serve_from_receipts(line, slot, receipts, left, not_before, found)
        if not left:
            return LinePromise(line.key, tuple(found), ZERO, "", _NOTHING)
        code, params = _missing(line, lots, receipts, left, good_until, self.supply.withheld.get(line.item_id, ""))
        return LinePromise(line.key, tuple(found), left, code, params)

    def serve_from_receipts(
        self,
        line: Demand,
        slot: Slot,
        receipts: Sequence[Supply],
        left: Decimal,
        not_before: datetime | None,
        found: list[Part],
    ) -> Decimal:
        """Add parts from the receipts, the earliest first, and return what is still missing."""
        ready = self.ready_day(line)
        for row in receipts:
            if not row.free or row.expected_at is None:
                continue
            arrived = self.arrival_day(row.expected_at)
            later = slot if arrived <= ready else self.slot(arrived, line, not_before)
            if later is None:
                break
            claims: list[Claim] = []
            good_until = later.day + timedelta(line.minimum_life_days)
            still = self.take((row,), RECEIPT, left, good_until, claims, line.pack)
            if not claims:
                continue
            if found and found[-1].window_from == later.window_from:
                last = found.pop()
                part = last._replace(quantity=last.quantity + left - still, claims=(*last.claims, *claims))
            else:
                part = self.part(line, later, left - still, claims)
            found.append(self.explained(part, row, governs=later is not slot, met=later.met))
            left = still
            if not left:
                break
        return left

    def undivided(self, line: Demand) -> LinePromise:
        """Promise a line whole, when the last of it arrives, or not at all."""
        mark = len(self.taken)
        promise = first = self.serve(line)
        while not promise.missing_quantity and len(promise.parts) > 1:
            self.give_back(mark)
            promise = self.serve(line, promise.parts[-1].window_from)
        if promise.missing_quantity:
            self.give_back(mark)
            return _nothing_for(line, promise, "promise_line_incomplete")
        if promise is first:
            return promise
        (part,) = promise.parts
        params = {"first_quantity": first.parts[0].quantity, "quantity": line.quantity}
        return promise._replace(parts=(part._replace(reason="promise_undivided", params=params),))

    def together(self, lines: Sequence[Demand]) -> OrderPromise:
        """Promise all lines in the window of the latest, or nothing when one of them cannot be supplied."""
        first = promises = [self.serve(line) for line in lines]
        while True:
            starts = {part.window_from for promise in promises for part in promise.parts}
            if len(starts) <= 1 or any(promise.missing_quantity for promise in promises):
                break
            self.give_back(0)
            common = max(starts)
            promises = [self.serve(line, common) for line in lines]
        if any(promise.missing_quantity for promise in promises):
            self.give_back(0)
            none = tuple(
                _nothing_for(line, promise, "promise_order_incomplete")
                for line, promise in zip(lines, promises, strict=True)
            )
            return OrderPromise(none, complete=False, window=None)
        if not starts:
            return OrderPromise(tuple(promises), complete=True, window=None)
        window = Window(starts.pop(), min(part.window_to for promise in promises for part in promise.parts))
        together = tuple(_moved(promise, was, window) for promise, was in zip(promises, first, strict=True))
        return OrderPromise(together, complete=True, window=window)

    def take(
        self, rows: Sequence[Supply], source: str, need: Decimal, good_until: date, claims: list[Claim], pack: Decimal
    ) -> Decimal:
        """Claim from rows that live until a day, whole packs of each unless it has all, and return what is still needed."""
        for row in rows:
            free = row.free
            if free <= 0 or (row.expires_on is not None and row.expires_on < good_until):
                continue
            if free >= need:
                self.taken.append((row, free))
                row.free = free - need
                claims.append(Claim(source, row.id, need))
                return ZERO
            whole = free - free % pack if pack else free
            if not whole:
                continue
            self.taken.append((row, free))
            row.free = free - whole
            claims.append(Claim(source, row.id, whole))
            need -= whole
        return need

    def give_back(self, mark: int) -> None:
        """Undo what was taken since `len(taken)` was `mark`."""
        while len(self.taken) > mark:
            row, free = self.taken.pop()
            row.free = free

    def ready_day(self, line: Demand) -> date:
        """The first day on which a line in stock can leave."""
        return self.ready_from(self.order_day, line)

    def ready_from(self, day: date, line: Demand) -> date:
        """The first day on which it can leave if it counts as received on a day: after its lead time, if it has one."""
        lead = self.terms.lead_days if line.lead_days is None else line.lead_days
        if not lead:
            return day
        if line.source is None:
            return self.terms.warehouse.next_open(day, lead)
        return self.terms.warehouse.next_open(line.source.calendar.next_open(day, lead))

    def arrival_day(self, expected_at: datetime) -> date:
        """The first day on which goods of a receipt can leave; one overdue is hoped for the next business day."""
        if expected_at < self.at:
            return self.terms.warehouse.next_open(self.order_day, 1)
        return order_day(expected_at, self.terms.cut_off, self.terms.warehouse)

    def slot_of(self, line: Demand, not_before: datetime | None) -> Slot | None:
        return self.slot(self.ready_day(line), line, not_before)

    def slot(self, ready: date, line: Demand, not_before: datetime | None) -> Slot | None:
        """The slot of goods that can leave on a day; worked out once for each day, request and floor."""
        kept = self.terms._slots
        key = (ready, line.requested_from, line.requested_to, not_before)
        try:
            return kept[key]
        except KeyError:
            if len(kept) >= _KEPT_SLOTS:
                kept.clear()
            slot = kept[key] = _slot(self.terms, *key)
            return slot

    def part(self, line: Demand, slot: Slot, quantity: Decimal, claims: list[Claim]) -> Part:
        """A part with the reason of goods that are there."""
        reason, params = _AS_ASKED.get(slot.met) or self.why_late(line, slot)
        if slot.met is None and self.missed:
            reason, params = self.why_next_day()
        return Part(quantity, tuple(claims), slot.ship_date, slot.window_from, slot.window_to, reason, params)

    def why_late(self, line: Demand, slot: Slot) -> tuple[str, dict[str, Any]]:
        """Why goods in stock miss the requested window: the site is shut, the cut-off passed, no time is left, or the lead time."""
        asked = {"requested_from": line.requested_from, "requested_to": line.requested_to}
        if slot.met == "closed":
            return "promise_site_closed", asked
        lead = self.terms.lead_days if line.lead_days is None else line.lead_days
        calendar = self.terms.warehouse
        called = local_day(self.at, calendar.zone)
        if called != self.order_day and calendar.is_open(called):
            in_time = self.slot(self.ready_from(called, line), line, None)
            if in_time is not None and in_time.met == "met":
                code, params = self.why_next_day()
                return code, {**asked, **params}
        if not lead or (line.requested_to is not None and line.requested_to <= self.at):
            return "promise_too_late_for_wish", {**asked, "ship_date": slot.ship_date}
        params = {**asked, "lead_days": lead, "ship_date": slot.ship_date}
        if line.source is None:
            return "promise_lead_time", params
        return "promise_supplier_lead_time", {**params, "supplier": line.source.name}

    def why_next_day(self) -> tuple[str, dict[str, Any]]:
        hour = self.missed or self.terms.cut_off or time()
        return "promise_after_agreed_cut_off" if self.missed else "promise_after_cut_off", {"cut_off": f"{hour:%H:%M}"}

    def explained(self, part: Part, row: Supply, *, governs: bool, met: str | None) -> Part:
        """The part with the reason of goods that are still to come."""
        if row.expected_at is None or (not governs and met != "met"):
            return part
        params: dict[str, Any] = {"expected_on": local_day(row.expected_at, self.terms.warehouse.zone)}
        if met == "met":
            return part._replace(reason="promise_receipt_in_time", params=params)
        if row.supplier:
            return part._replace(reason="promise_waits_for_supplier", params={**params, "supplier": row.supplier})
        return part._replace(reason="promise_waits_for_receipt", params=params)


_AS_ASKED: dict[str | None, tuple[str, dict[str, Any]]] = {
    None: ("promise_first_possible", _NOTHING),
    "met": ("promise_as_requested", _NOTHING),
}


def _slot(
    terms: DeliveryTerms, ready: date, asked: datetime | None, until: datetime | None, not_before: datetime | None
) -> Slot | None:
    """The first window of the site that goods which leave on `ready` or later can meet, and the last day to leave."""
    site, warehouse, transit = terms.site, terms.warehouse, terms.transit_days
    arrival = warehouse.next_open(ready, transit)
    there = start_of_day(arrival, site.zone) if transit else moment_at(ready, terms.ships_at, warehouse.zone)
    when = max(moment for moment in (there, asked, not_before) if moment is not None)
    if when.year >= _LAST_YEAR:
        return None
    window = site.first_window_at_or_after(when)
    if window is not None and window.closes <= when:  # its last minute: no time left to promise
        window = site.first_window_at_or_after(when + _MOMENT)
    if window is None:
        return None
    opens, closes = max(window.opens, when), window.closes
    day = local_day(opens, site.zone)
    leaves = warehouse.previous_open(day)
    if transit:
        leaves = warehouse.add_business_days(leaves, -transit)
    elif leaves > ready and moment_at(leaves, terms.ships_at, warehouse.zone) > closes:
        leaves = warehouse.add_business_days(leaves, -1)
    leaves = max(leaves, ready)
    if asked is None:
        return Slot(leaves, opens, closes, day, None)
    if until is None or until <= asked:
        until = end_of_day(local_day(asked, site.zone), site.zone)
    if opens < until:
        return Slot(leaves, opens, min(closes, until), day, "met")
    shut = there < until and not_before is None and not _receives(site, asked, until)
    return Slot(leaves, opens, closes, day, "closed" if shut else "late")


def _receives(site: ReceivingWindows, start: datetime, end: datetime) -> bool:
    """Whether a site takes goods at all between two moments."""
    window = site.first_window_at_or_after(start + _MOMENT)
    return window is not None and window.opens < end


def _missing(
    line: Demand, lots: Sequence[Supply], receipts: Sequence[Supply], left: Decimal, good_until: date, withheld: str
) -> tuple[str, dict[str, Any]]:
    """Why part of a line has no supply: a plan keeps what there is, it would expire too soon, makes no whole pack, or there is
    nothing."""
    params: dict[str, Any] = {"missing_quantity": left, "quantity": line.quantity}
    if withheld:
        return withheld, params
    free = [row for row in lots if row.free > 0]
    dying = sum((row.free for row in free if row.expires_on is not None and row.expires_on < good_until), ZERO)
    if dying > 0:
        return "promise_short_life", {**params, "stock_quantity": dying, "life_days": line.minimum_life_days}
    loose = sum((row.free for row in (*free, *receipts) if 0 < row.free < line.pack), ZERO)
    if loose > 0:
        return "promise_broken_packs", {**params, "stock_quantity": loose, "pack_quantity": line.pack}
    return "promise_no_supply", params


def _nothing_for(line: Demand, promise: LinePromise, code: str) -> LinePromise:
    """No promise for a line. One that has nothing at all keeps its own reason; the rest are told what they wait for."""
    if promise.missing_quantity and (not promise.parts or code == "promise_order_incomplete"):
        return LinePromise(line.key, (), line.quantity, promise.missing_reason, promise.missing_params)
    params = {"quantity": line.quantity, "missing_quantity": promise.missing_quantity}
    return LinePromise(line.key, (), line.quantity, code, params)


def _moved(promise: LinePromise, was: LinePromise, window: Window) -> LinePromise:
    """A line in the common window: one that could have come earlier says that it waits for the rest."""
    if not promise.parts:
        return promise
    (part,) = promise.parts
    last = was.parts[-1]
    if last.window_from < window.opens:
        reason, params = "promise_with_the_rest", {"own_from": last.window_from, "common_from": window.opens}
    else:
        reason, params = last.reason, last.params
    return promise._replace(
        parts=(part._replace(window_from=window.opens, window_to=window.closes, reason=reason, params=params),)
    )
