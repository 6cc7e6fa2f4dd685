"""Orders as lists show them: where they stand, their flower, who has the ball."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from promesa.core.calendar_store import calendar
from promesa.desk.queries.flowers import flower, verdicts
from promesa.desk.queries.money import settlements
from promesa.orders.queries.standing import standings
from promesa.orders.stages import NOT_INVOICED, Line, NextStep, Settlement, Standing, line_of, next_step


@dataclass(frozen=True, slots=True)
class Row:
    """One order of a list."""

    standing: Standing
    money: Settlement
    line: Line
    step: NextStep
    flower: str


def rows_of(order_ids: Sequence[int], now: datetime) -> list[Row]:
    """These orders, in the order asked. Three statements for one or a thousand, calendars apart, which are kept."""
    if not order_ids:
        return []
    money, judged = settlements(order_ids), verdicts(order_ids, now)
    return [row_of(one, money.get(one.id, NOT_INVOICED), judged, now) for one in standings(order_ids)]


def row_of(standing: Standing, money: Settlement, judged: dict[int, str], now: datetime) -> Row:
    """One order judged at a moment."""
    line = line_of(standing, money, calendar(calendar_id=standing.site_calendar_id, zone=standing.site_zone), now)
    return Row(standing, money, line, next_step(standing, money, line), flower(standing, line, judged))
