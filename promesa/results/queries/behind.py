"""From a figure to the orders behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from promesa.core import bulk
from promesa.results.measures import measure_named
from promesa.results.measures.base import NotMeasurable
from promesa.results.queries.measuring import check_dimension
from promesa.results.queries.population import (
    PERFECT,
    Asked,
    ask,
    group_of,
    judged_sql,
    params_of,
    population_sql,
    waits_sql,
)
from promesa.results.rules.facts import Basis, Component, Point, Unit

OUTCOMES = ("failed", "kept", "all")
COLUMNS = {
    Component.FULL: "in_full",
    Component.ON_TIME: "on_time",
    Component.DOCUMENTS: "documents",
    Component.CONDITION: "condition",
}


@dataclass(frozen=True, slots=True)
class BehindRow:
    """One order behind a figure."""

    order_id: int
    number: str
    customer: str
    customer_number: str
    due_at: datetime | None
    value: Decimal
    full: bool
    on_time: bool
    documents: bool
    condition: bool
    kept: bool
    cause: str
    causes: tuple[str, ...]
    provisional: bool


@dataclass(frozen=True, slots=True)
class OrdersBehind:
    """Some of the orders behind a figure, and how many there are in all. `after` asks for the next ones."""

    rows: tuple[BehindRow, ...]
    total: int
    after: int | None


def orders_behind(
    *,
    name: str,
    as_of: datetime,
    from_: date | None = None,
    to: date | None = None,
    basis: Basis = Basis.FIRST,
    point: Point = Point.POD,
    outcome: str = "failed",
    component: Component | None = None,
    cause: str | None = None,
    sole_cause: bool = False,
    filters: Mapping[str, str] | None = None,
    limit: int = 50,
    after: int = 0,
) -> OrdersBehind:
    """The orders that make a figure: those that failed it, kept it, or all; newest due first.

    `component` keeps orders that failed (or kept) one of the four; `cause` those of one primary cause, or, with
    `sole_cause`, those that this cause alone made imperfect. `filters` are groups as `measure` gives them
    (`{"month": "2026-10"}`). The counts agree with `measure` of the same question in orders.

    :raises UnknownMeasure: if there is no measure of that name.
    :raises NotMeasurable: if the measure does not come in that form.
    """
    found = measure_named(name)
    found.check(basis=basis, point=point, unit=Unit.ORDER)
    check_dimension(name, None, Unit.ORDER, filters or {})
    if outcome not in OUTCOMES:
        raise NotMeasurable(name, given=outcome, choices=", ".join(OUTCOMES))
    asked = ask(as_of=as_of, basis=basis, point=point, from_=from_, to=to, filters=filters)
    params = {**params_of(asked), "limit": limit, "after": after, "cause": cause}
    if name == "order-quality":
        source, kept = _captured_sql(asked), "first_pass"
    else:
        source, kept = _due_sql(asked, name), _kept(name, component)
    where = {"failed": f"NOT ({kept})", "kept": kept, "all": "true"}[outcome]
    if cause is not None:
        where += " AND causes = ARRAY[%(cause)s::varchar]" if sole_cause else " AND cause = %(cause)s::text"
    rows = bulk.named(
        f"""SELECT order_id, number, name AS customer, customer_number, due_at, value, in_full AS "full", on_time, documents,
                condition, {kept} AS kept, cause, causes, provisional, count(*) OVER () AS total
            FROM ({source}) v WHERE {where}
            ORDER BY due_at DESC NULLS LAST, order_id DESC LIMIT %(limit)s::bigint OFFSET %(after)s::bigint""",
        params,
    )
    total = int(rows[0]["total"]) if rows else 0
    shown = tuple(
        BehindRow(**{name: row[name] for name in BehindRow.__slots__ if name != "causes"}, causes=tuple(row["causes"]))
        for row in rows
    )
    following = after + len(shown)
    return OrdersBehind(rows=shown, total=total, after=following if following < total else None)


def _kept(name: str, component: Component | None) -> str:
    if component is not None:
        return COLUMNS[component]
    return {"perfect-order": PERFECT, "on-time": "on_time", "fill-rate": "filled_first"}[name]


def _due_sql(asked: Asked, name: str) -> str:
    columns = "x.order_id, f.number, c.name, c.number AS customer_number, x.due_at, f.value, f.filled_first,"
    population = population_sql(asked, name)
    # Fill is judged by what was due, wherever punctuality's clock is read.
    waits = "NOT ripe" if name == "fill-rate" else waits_sql(asked)
    return f"SELECT * FROM ({judged_sql(asked, columns=columns)}) j WHERE {population} AND NOT ({waits})"


def _captured_sql(asked: Asked) -> str:
    """Orders by their capture, in the columns of the others. Causes are those of capture."""
    only = " ".join(f"AND {group_of(name, due='f.captured_at')[0]} = %(only_{name})s::text" for name in asked.filters)
    return f"""
    SELECT f.order_id, f.number, c.name, c.number AS customer_number, f.captured_at AS due_at, f.value, f.first_pass,
        true AS in_full, true AS on_time, true AS documents, true AS condition,
        CASE WHEN f.first_pass THEN '' ELSE 'C2' END AS cause,
        CASE WHEN f.first_pass THEN '{{}}' ELSE '{{C2}}' END::varchar[] AS causes, false AS provisional
    FROM results_orderfact f JOIN customers_customer c ON c.id = f.customer_id
    WHERE f.origin = 'live' AND f.captured_at >= %(start)s::timestamptz AND f.captured_at < %(end)s::timestamptz
      AND f.captured_at <= %(as_of)s::timestamptz {only}
    """
