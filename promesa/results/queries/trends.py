"""A measure month by month, without gaps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from promesa.core.calendars import local_day
from promesa.core.parameters import company_zone
from promesa.results.queries.answers import MeasureAnswer, Row
from promesa.results.queries.measuring import measure
from promesa.results.rules.facts import Basis, Point, Unit


def trend_by_month(
    *,
    name: str,
    as_of: datetime,
    months: int = 13,
    basis: Basis = Basis.FIRST,
    point: Point = Point.POD,
    unit: Unit = Unit.ORDER,
    filters: Mapping[str, str] | None = None,
    zone: str = "",
    bare: bool = False,
) -> MeasureAnswer:
    """The last months up to the running one, oldest first; a month of which nothing was due is a row of nought.
    `zone` and `bare` as for `measure`."""
    zone = zone or company_zone(on=as_of.date())
    today = local_day(as_of, zone)
    first = _month_before(today.replace(day=1), months - 1)
    answer = measure(
        name=name,
        as_of=as_of,
        from_=first,
        to=today,
        basis=basis,
        point=point,
        unit=unit,
        by="month",
        filters=filters,
        zone=zone,
        bare=bare,
    )
    known = {row.group: row for row in answer.rows}
    rows = []
    month = first
    while month <= today:
        key = f"{month:%Y-%m}"
        rows.append(known.get(key) or Row(key, None, 0, 0, None))
        month = (month + timedelta(days=32)).replace(day=1)
    return MeasureAnswer(
        measure=answer.measure, basis=basis, point=point, unit=unit, by="month", from_=first, to=today, as_of=as_of,
        rows=tuple(rows), fresh_at=answer.fresh_at,
    )  # fmt: skip


def _month_before(day: date, months: int) -> date:
    for _ in range(months):
        day = (day - timedelta(days=1)).replace(day=1)
    return day
