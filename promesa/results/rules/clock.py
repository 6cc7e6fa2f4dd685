"""When a word is due, until when it is kept, and what the clocks of a proof are worth."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from promesa.core.calendars import (
    BusinessCalendar,
    end_of_day,
    local_day,
    next_ship_day,
    start_of_day,
)
from promesa.results.rules.facts import ZERO, CreditBlock, LineFacts, Maturity, Part, Tolerance

INSTANT = timedelta(microseconds=1)
CLOCKS_MAY_DIFFER = timedelta(minutes=5)
_MIDNIGHT = time.min


@lru_cache(maxsize=16_384)
def last_instant(end: datetime, zone: str) -> datetime:
    """The last moment of a window: a midnight in the ship-to's zone belongs to the next day already."""
    return end - INSTANT if _is_midnight(end, zone) else end


def _is_midnight(moment: datetime, zone: str) -> bool:
    return moment.astimezone(ZoneInfo(zone)).time() == _MIDNIGHT


@lru_cache(maxsize=32_768)
def _latest(end: datetime, late_days: int, zone: str, calendar: BusinessCalendar) -> datetime:
    last = last_instant(end, zone)
    if not late_days:
        return last
    return end_of_day(calendar.add_business_days(local_day(last, zone), late_days), zone) - INSTANT


@lru_cache(maxsize=32_768)
def _earliest(start: datetime, early_days: int, zone: str, calendar: BusinessCalendar) -> datetime:
    if not early_days:
        return start
    return start_of_day(calendar.add_business_days(local_day(start, zone), -early_days), zone)


def latest_of(part: Part, tolerance: Tolerance, *, zone: str, calendar: BusinessCalendar) -> datetime:
    """The last moment at which the part is still on time: the window's, or the end of the last day of grace."""
    return _latest(part.end, tolerance.late_days, zone, calendar)


def earliest_of(part: Part, tolerance: Tolerance, *, zone: str, calendar: BusinessCalendar) -> datetime | None:
    """The first moment at which the part may come; none when the word has no beginning."""
    if part.start is None:
        return None
    return _earliest(part.start, tolerance.early_days, zone, calendar)


def paused(latest: datetime, *, blocks: tuple[CreditBlock, ...], promised_at: datetime | None, zone: str) -> datetime:
    """The last moment on time when blocks for overdue balance stop the clock.

    A block stops it only if the customer had been told of it before the first promise was confirmed.
    """
    if not blocks:
        return latest
    stopped = timedelta(0)
    for block in blocks:
        if block.told_at is None or promised_at is None or block.told_at >= promised_at:
            continue
        until = min(block.until, latest) if block.until is not None and block.until < latest else latest
        stopped += max(until - max(block.since, promised_at), timedelta(0))
    if not stopped:
        return latest
    moved = latest + stopped
    if _is_midnight(latest + INSTANT, zone):
        return end_of_day(local_day(moved, zone), zone) - INSTANT
    return moved


def corrected_time(
    *, device_at: datetime | None, server_at: datetime, shipped_at: datetime | None = None
) -> tuple[datetime, bool]:
    """The moment of a proof, and whether its clocks disagree by more than five minutes.

    The server's receipt bounds the device's time from above, the departure from below: goods are never proved
    before they left or after the proof was received.
    """
    if device_at is None:
        return server_at, False
    suspect = abs(server_at - device_at) > CLOCKS_MAY_DIFFER
    moment = min(device_at, server_at)
    if shipped_at is not None and moment < shipped_at <= server_at:
        moment = shipped_at
    return moment, suspect


def feasible_part(
    *,
    quantity: Decimal,
    received_at: datetime,
    lead_days: int,
    transit_days: int,
    cut_off: time | None,
    supplier: BusinessCalendar,
    customer: BusinessCalendar,
    zone: str,
) -> Part:
    """What could be done at best for an order received at a moment: the whole day on which it would arrive.

    The lead time starts on the next business day of ours that the cut-off allows and runs in our calendar; the day
    of arrival is one of the customer's.
    """
    ship_day = next_ship_day(received_at, cut_off, lead_days, supplier)
    day = customer.next_open(ship_day + timedelta(days=transit_days))
    return Part(
        quantity=quantity,
        start=start_of_day(day, zone),
        end=end_of_day(day, zone),
        ship_by=end_of_day(ship_day, supplier.zone),
    )


def matures_at(line: LineFacts, latest: datetime, maturity: Maturity) -> datetime | None:
    """The moment from which the verdict is final; none while something is still owed.

    The latest of: the end of grace, the times in which visible and hidden damage may be claimed after the proof,
    and the time in which the invoice may be disputed.
    """
    if _owed(line):
        return None
    moments = [latest]
    proof = line.last_proof_at
    if proof is not None:
        moments.append(proof + timedelta(days=maturity.claim_visible))
        moments.append(proof + timedelta(days=maturity.claim_hidden))
    if line.invoiced_at is not None:
        moments.append(line.invoiced_at + timedelta(days=maturity.dispute))
    return max(moments)


def _owed(line: LineFacts) -> bool:
    """Whether the customer still waits for more than the tolerance lets go."""
    if line.closed:
        return False
    settled = sum((c.quantity for c in line.cancellations), ZERO)
    if line.history and not line.deliveries:
        settled += sum((d.quantity for d in line.despatches), ZERO)
    else:
        settled += sum((d.taken + d.refused for d in line.deliveries), ZERO)
    return settled < line.ordered * (1 - line.tolerance.under)
