"""Who is counted: the one place where period, basis, point and filters become SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from promesa.core.calendars import start_of_day
from promesa.core.parameters import company_zone
from promesa.results.rules.facts import Basis, Component, Point, Unit

_SUFFIX = {Point.SHIP: "_ship", Point.ARRIVE: "_arrive", Point.POD: ""}

# What each dimension groups by, and how a person calls the group. `{due}` is the moment that places the row in time.
DIMENSIONS: dict[str, tuple[str, str]] = {
    "month": ("to_char({due} AT TIME ZONE %(zone)s, 'YYYY-MM')", "NULL::text"),
    "customer": ("c.number", "c.name"),
    "segment": ("f.segment", "NULL::text"),
    "item": ("i.sku", "i.name"),
    "channel": ("f.channel", "NULL::text"),
    "carrier": ("f.carrier", "NULL::text"),
    "agent": ("f.agent", "NULL::text"),
}


# Perfect, of the columns that `judged_sql` gives.
PERFECT = "in_full AND on_time AND documents AND condition"


# An invoice that is still missing when it should long have come is a fault of ours from then on.
_NO_INVOICE = "coalesce(x.invoice_by <= %(as_of)s, false)"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: which word, where the clock is read, what is counted, of which period, as known when.

    `zone` is the one in which months and days of the period are judged.
    """

    as_of: datetime
    basis: Basis = Basis.FIRST
    point: Point = Point.POD
    unit: Unit = Unit.ORDER
    from_: date | None = None
    to: date | None = None
    filters: dict[str, str] = field(default_factory=dict)

    zone: str = "UTC"

    @property
    def by_line(self) -> bool:
        return self.unit != Unit.ORDER


def ask(
    *,
    as_of: datetime,
    basis: Basis = Basis.FIRST,
    point: Point = Point.POD,
    unit: Unit = Unit.ORDER,
    from_: date | None = None,
    to: date | None = None,
    filters: Mapping[str, str] | None = None,
    zone: str = "",
) -> Asked:
    """The question, with months and days in the company's zone (read, unless the asker knows it)."""
    return Asked(as_of, basis, point, unit, from_, to, dict(filters or {}), zone or company_zone(on=as_of.date()))


def _period(asked: Asked) -> tuple[datetime | None, datetime | None]:
    """The moments between which the period lies; its last day belongs to it."""
    start = start_of_day(asked.from_, asked.zone) if asked.from_ else None
    end = start_of_day(asked.to + timedelta(days=1), asked.zone) if asked.to else None
    return start, end


def params_of(asked: Asked) -> dict[str, Any]:
    """The parameters that `judged_sql` and its neighbours need."""
    start, end = _period(asked)
    bases = ["feasible", "requested"] if asked.basis == Basis.FEASIBLE else [asked.basis.value]
    return {
        "zone": asked.zone,
        "bases": bases,
        "as_of": asked.as_of,
        "start": start or datetime(1, 1, 1, tzinfo=UTC),
        "end": end or datetime(9999, 1, 1, tzinfo=UTC),
        "whole_time": start is None and end is None,
        **{f"only_{name}": value for name, value in asked.filters.items()},
    }


def judged_sql(asked: Asked, *, by: str | None = None, columns: str = "") -> str:
    """Verdicts of the period as a subquery named `v`, restated to what was known at the moment asked for.

    Its columns: grp, label, in_full, on_time, documents, condition, perfect and delivery_note at the point asked for;
    cause and causes; counted, in_service, exclusion, shipped; `ripe` (may be counted already), provisional, excused.
    """
    table, key = ("results_lineverdict", "line_id") if asked.by_line else ("results_orderverdict", "order_id")
    suffix = _SUFFIX[asked.point]
    group, label = group_of(by, due="x.due_at")
    facts = (
        "JOIN results_linefact lf ON lf.line_id = x.line_id JOIN results_orderfact f ON f.order_id = lf.order_id"
        if asked.by_line
        else "JOIN results_orderfact f ON f.order_id = x.order_id"
    )
    restated = "r.line_id = x.line_id" if asked.by_line else "r.order_id = x.order_id AND r.line_id IS NULL"
    return f"""
    SELECT {group} AS grp, {label} AS label, {columns}
        x.counted, x.in_service, x.exclusion, x.shipped, x.excused, x.delivery_note,
        coalesce(r.in_full, x.in_full{suffix}) AS in_full, coalesce(r.on_time, x.on_time{suffix}) AS on_time,
        coalesce(r.documents, x.documents AND NOT {_NO_INVOICE}) AS documents,
        coalesce(r.condition, x.condition) AS condition,
        coalesce(r.cause, CASE WHEN x.cause = '' AND {_NO_INVOICE} THEN 'X2' ELSE x.cause END) AS cause,
        coalesce(r.causes, CASE WHEN {_NO_INVOICE} AND NOT 'X2' = ANY(x.causes) THEN x.causes || 'X2'::varchar
            ELSE x.causes END) AS causes,
        coalesce(x.countable_at <= %(as_of)s, false) AS ripe,
        x.matures_at IS NULL OR x.matures_at > %(as_of)s AS provisional
    FROM {table} x {facts}
    JOIN customers_customer c ON c.id = f.customer_id {_joins(asked, by)}
    LEFT JOIN (
        SELECT DISTINCT ON (order_id, line_id, basis) * FROM results_restatement
        WHERE restated_at <= %(as_of)s ORDER BY order_id, line_id, basis, restated_at DESC, id DESC
    ) r ON {restated} AND r.basis = x.basis {"" if asked.point == Point.POD else "AND false"}
    WHERE x.basis = ANY(%(bases)s::text[]) AND {_within()} {_feasible(asked, table, key)} {_filters(asked)}
    """


def _within() -> str:
    return """(x.due_at >= %(start)s::timestamptz AND x.due_at < %(end)s::timestamptz
        OR x.due_at IS NULL AND %(whole_time)s::boolean)"""


def _feasible(asked: Asked, table: str, key: str) -> str:
    """The feasible verdict where there is one, else the requested one, which is then the same."""
    if asked.basis != Basis.FEASIBLE:
        return ""
    return f"""AND (x.basis = 'feasible' OR NOT EXISTS (
        SELECT 1 FROM {table} y WHERE y.{key} = x.{key} AND y.basis = 'feasible'))"""


def _joins(asked: Asked, by: str | None) -> str:
    if asked.by_line and (by == "item" or "item" in asked.filters):
        return "LEFT JOIN catalog_item i ON i.id = lf.item_id"
    return ""


def _filters(asked: Asked) -> str:
    return " ".join(
        f"AND {DIMENSIONS[name][0].format(due='x.due_at')} = %(only_{name})s::text" for name in asked.filters
    )


def group_of(by: str | None, *, due: str) -> tuple[str, str]:
    """The SQL of a group and of its label; causes are grouped after judging."""
    if by is None or by == "cause":
        return "NULL::text", "NULL::text"
    group, label = DIMENSIONS[by]
    return f"{group.format(due=due)}::text", f"{label}::text"


def waits_sql(asked: Asked) -> str:
    """SQL: in the population, but not to be counted yet. Punctuality of shipping counts what has left."""
    return "NOT shipped" if asked.point == Point.SHIP else "NOT ripe"


def population_sql(asked: Asked, name: str) -> str:
    """SQL: who belongs to a measure. What is known only of its departure has no punctuality at the door."""
    if name == "perfect-order":
        return "counted"
    at_the_door = name == "on-time" and asked.point != Point.SHIP
    return "(in_service AND exclusion <> 'delivery_unknown')" if at_the_door else "in_service"


def cause_columns(asked: Asked) -> str:
    """The columns that tell the cause of each component, where they are kept: on lines."""
    if not asked.by_line:
        return ""
    return "".join(f"x.cause_{component.value}, " for component in Component)


def cause_sql(asked: Asked, component: Component) -> str:
    """SQL: the cause of one failed component; an order tells only its primary one."""
    return f"cause_{component.value}" if asked.by_line else "cause"


def fresh_at() -> str:
    """SQL: when the facts were last refreshed."""
    return "SELECT max(refreshed_at) FROM results_orderfact"
