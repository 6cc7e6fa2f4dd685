"""Order lines for the tests: 100 units promised for Tuesday 24 November 2026 in Madrid."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from promesa.core.calendars import BusinessCalendar, end_of_day, start_of_day
from promesa.results.rules.facts import (
    Basis,
    Cancellation,
    Delivery,
    Despatch,
    LineFacts,
    Part,
    Party,
)
from promesa.results.rules.verdicts import LineVerdict, judge

MADRID = "Europe/Madrid"
WORKDAYS = BusinessCalendar(zone=MADRID)
CONFIRMED = datetime(2026, 11, 20, 9, tzinfo=UTC)
RELEASED = datetime(2026, 11, 23, 8, tzinfo=UTC)
SHIPPED = datetime(2026, 11, 23, 15, tzinfo=UTC)
TUESDAY = date(2026, 11, 24)


def q(number: str | int) -> Decimal:
    return Decimal(number)


def day_part(day: date, quantity: str | int = 100, zone: str = MADRID) -> Part:
    return Part(
        quantity=q(quantity), start=start_of_day(day, zone), end=end_of_day(day, zone), ship_by=start_of_day(day, zone)
    )


def on(day: date, hour: int = 10, zone: str = MADRID) -> datetime:
    return start_of_day(day, zone) + timedelta(hours=hour)


def left(quantity: str | int = 100, day: date = date(2026, 11, 23), **more: Any) -> Despatch:
    return Despatch(quantity=q(quantity), shipped_at=on(day, 16), planned_on=day, shipped_on=day, **more)


def came(quantity: str | int = 100, at: datetime | None = None, **more: Any) -> Delivery:
    return Delivery(at=at or on(TUESDAY), accepted=q(quantity), **more)


def cancelled(quantity: str | int, by: Party, at: datetime, **more: Any) -> Cancellation:
    return Cancellation(quantity=q(quantity), by=by, at=at, **more)


def line(**facts: Any) -> LineFacts:
    """A line that was promised for Tuesday, left on Monday, came on Tuesday and was invoiced, unless told otherwise."""
    part = day_part(TUESDAY, facts.get("ordered", 100))
    usual: dict[str, Any] = {
        "line_id": 1,
        "order_id": 1,
        "ordered": q(100),
        "unit_price": q("2.50"),
        "zone": MADRID,
        "calendar": WORKDAYS,
        "confirmed_at": CONFIRMED,
        "released_at": RELEASED,
        "requested": (part,),
        "first": (part,),
        "last": (part,),
        "despatches": (left(facts.get("ordered", 100)),),
        "deliveries": (came(facts.get("ordered", 100)),),
        "invoiced_at": on(TUESDAY, 18),
    }
    made = {**usual, **facts}
    made["ordered"] = q(made["ordered"])
    return LineFacts(**made)


def verdict(facts: LineFacts, basis: Basis = Basis.FIRST) -> LineVerdict:
    return judge(facts, basis=basis)
