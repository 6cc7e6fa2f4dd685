"""The measures, each one statement over the facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from promesa.core import bulk
from promesa.results.measures import Measure, measure_named
from promesa.results.measures.base import DIMENSIONS, NotMeasurable
from promesa.results.queries.answers import MeasureAnswer, Row, index_columns, interval_of
from promesa.results.queries.population import (
    PERFECT,
    Asked,
    ask,
    cause_columns,
    cause_sql,
    fresh_at,
    group_of,
    judged_sql,
    params_of,
    population_sql,
    waits_sql,
)
from promesa.results.rules.facts import Basis, Component, Point, Unit


def measure(
    *,
    name: str,
    as_of: datetime,
    from_: date | None = None,
    to: date | None = None,
    basis: Basis = Basis.FIRST,
    point: Point = Point.POD,
    unit: Unit = Unit.ORDER,
    by: str | None = None,
    filters: Mapping[str, str] | None = None,
    zone: str = "",
    bare: bool = False,
) -> MeasureAnswer:
    """Answer a measure for a period (both days counted, in the company's zone), as known at a moment.

    `by` divides the answer by month, customer, segment, item, channel, cause, carrier or agent; `filters` keep one
    group of any of these. Without `by` there is exactly one row, even if nothing was counted. Who knows the company's
    `zone` may give it; a `bare` answer of the perfect order is its rates alone, in one statement: neither what was left
    out nor how fresh the figures are.

    :raises UnknownMeasure: if there is no measure of that name.
    :raises NotMeasurable: if the measure does not come on that basis, point, unit or dimension.
    """
    found = measure_named(name)
    found.check(basis=basis, point=point, unit=unit)
    check_dimension(name, by, unit, filters or {})
    asked = ask(as_of=as_of, basis=basis, point=point, unit=unit, from_=from_, to=to, filters=filters, zone=zone)
    rows = _perfect(asked, by, bare=True) if bare and name == "perfect-order" else _ROWS[name](asked, by)
    if not rows and by is None:
        rows = [_nothing(asked, name)]
    fresh = None if bare else bulk.row(fresh_at())
    return MeasureAnswer(
        measure=found, basis=basis, point=point, unit=unit, by=by, from_=from_, to=to, as_of=as_of,
        rows=tuple(rows), fresh_at=fresh[0] if fresh else None,
    )  # fmt: skip


def check_dimension(name: str, by: str | None, unit: Unit, filters: Mapping[str, str]) -> None:
    """Refuse a dimension that a measure cannot be divided by.

    :raises NotMeasurable: if it can't.
    """
    for given in (by, *filters):
        if given is not None and (given not in DIMENSIONS or (given == "cause" and given in filters)):
            raise NotMeasurable(name, given=given, choices=", ".join(DIMENSIONS))
        if given == "item" and unit == Unit.ORDER:
            raise NotMeasurable(name, given="item", choices="--unit line")


def _excluded(asked: Asked, by: str | None, name: str) -> dict[str | None, dict[str, int]]:
    """Why rows of the period are not counted, by group."""
    population = population_sql(asked, name)
    reason = f"""CASE WHEN exclusion <> '' AND NOT {population} THEN exclusion
                      WHEN NOT {population} THEN 'not_promised'
                      WHEN {waits_sql(asked)} THEN '{"not_shipped" if asked.point == Point.SHIP else "not_due"}' END"""
    rows = bulk.rows(
        f"""SELECT grp, reason, count(*) FROM (SELECT grp, {reason} AS reason FROM ({judged_sql(asked, by=by)}) v) e
            WHERE reason IS NOT NULL GROUP BY grp, reason ORDER BY grp, reason""",
        params_of(asked),
    )
    found: dict[str | None, dict[str, int]] = {}
    for group, why, count in rows:
        found.setdefault(group, {})[why] = count
    return found


def _perfect(asked: Asked, by: str | None, *, bare: bool = False) -> list[Row]:
    if by == "cause":
        return _causes(asked, "perfect-order", failed=f"NOT ({PERFECT})", cause="cause")
    rows = bulk.named(
        f"""
        SELECT grp, min(label) AS label, count(*) AS orders, count(*) FILTER (WHERE {PERFECT}) AS perfect,
            count(*) FILTER (WHERE in_full) AS in_full, count(*) FILTER (WHERE on_time) AS on_time,
            count(*) FILTER (WHERE documents) AS documents, count(*) FILTER (WHERE condition) AS condition,
            count(*) FILTER (WHERE provisional) AS provisional,
            count(*) FILTER (WHERE in_full AND on_time AND delivery_note AND condition) AS without_invoice,
            count(*) FILTER (WHERE {PERFECT} OR (causes <> '{{}}' AND causes <@ '{{K1,K2,K3,K4}}')) AS controllable,
            count(*) FILTER (WHERE {PERFECT} AND excused = '') AS experienced
        FROM ({judged_sql(asked, by=by)}) v
        WHERE counted AND NOT ({waits_sql(asked)}) GROUP BY grp ORDER BY grp
        """,
        params_of(asked),
    )
    excluded = {} if bare else _excluded(asked, by, "perfect-order")
    return [_perfect_row(asked, row, excluded.get(row["grp"], {})) for row in rows]


def _perfect_row(asked: Asked, row: Mapping[str, Any], excluded: dict[str, int]) -> Row:
    kept = {
        Component.FULL.value: row["in_full"],
        Component.ON_TIME.value: row["on_time"],
        Component.DOCUMENTS.value: row["documents"],
        Component.CONDITION.value: row["condition"],
    }
    more = index_columns(row["orders"], row["perfect"], kept, row["provisional"])
    more["variants"] = {
        "without_invoice": row["without_invoice"],
        "controllable": row["controllable"],
        "experienced": row["experienced"],
    }
    return Row(
        row["grp"], row["label"], row["perfect"], row["orders"],
        interval_of(row["perfect"], row["orders"], asked.unit), row["provisional"], excluded, more,
    )  # fmt: skip


# What is added up, of what, for each unit.
_CLOCKED = {
    Point.SHIP: "x.on_time_quantity_ship",
    Point.ARRIVE: "x.on_time_quantity_arrive",
    Point.POD: "x.on_time_quantity",
}
_WEIGHT = {Unit.CASE: "/ lf.case_size", Unit.VALUE: "* lf.unit_price"}


def _on_time(asked: Asked, by: str | None) -> list[Row]:
    if asked.unit in _WEIGHT:
        weight = _WEIGHT[asked.unit]
        columns = f"{_CLOCKED[asked.point]} {weight} AS part, x.compared {weight} AS whole,"
        sums = "coalesce(sum(part), 0), coalesce(sum(whole), 0)"
    else:
        columns, sums = "", "count(*) FILTER (WHERE on_time), count(*)"
    if by == "cause":
        return _causes(asked, "on-time", failed="NOT on_time", cause=cause_sql(asked, Component.ON_TIME))
    counted = f"NOT ({waits_sql(asked)})"
    return _shares(asked, by, columns=columns, sums=sums, counted=counted)


def _shares(asked: Asked, by: str | None, *, columns: str, sums: str, counted: str) -> list[Row]:
    rows = bulk.rows(
        f"""SELECT grp, min(label), {sums}, count(*) FILTER (WHERE provisional)
            FROM ({judged_sql(asked, by=by, columns=columns)}) v
            WHERE {population_sql(asked, "on-time")} AND {counted} GROUP BY grp ORDER BY grp""",
        params_of(asked),
    )
    excluded = _excluded(asked, by, "on-time")
    return [
        Row(
            row[0], row[1], _number(row[2]), _number(row[3]), interval_of(row[2], row[3], asked.unit), row[4],
            excluded.get(row[0], {}),
        )
        for row in rows
    ]  # fmt: skip


def _causes(asked: Asked, name: str, *, failed: str, cause: str) -> list[Row]:
    """Failed orders or lines by their one primary cause, as shares of all that were counted."""
    counted = f"NOT ({waits_sql(asked)})"
    rows = bulk.rows(
        f"""SELECT coalesce(nullif({cause}, ''), 'U') AS why, count(*) FILTER (WHERE {failed}), sum(count(*)) OVER (),
                count(*) FILTER (WHERE {failed} AND provisional)
            FROM ({judged_sql(asked, columns=cause_columns(asked))}) v WHERE {population_sql(asked, name)} AND {counted}
            GROUP BY why ORDER BY 2 DESC, 1""",
        params_of(asked),
    )
    return [
        Row(cause, None, failed, int(whole), interval_of(failed, int(whole), Unit.ORDER), provisional)
        for cause, failed, whole, provisional in rows
        if failed
    ]


def _fill(asked: Asked, by: str | None) -> list[Row]:
    if by == "cause":
        raise NotMeasurable(
            "fill-rate", given="cause", choices="month, customer, segment, item, channel, carrier, agent"
        )
    if asked.unit == Unit.ORDER:
        columns, sums = "f.filled_first AS full_, f.filled_first_strict AS strict_,", _COUNTED_FILL
    elif asked.unit == Unit.LINE:
        columns = "lf.filled >= lf.ordered AS full_, lf.filled_strict >= lf.ordered AS strict_,"
        sums = _COUNTED_FILL
    else:
        weight = _WEIGHT[asked.unit]
        columns = f"lf.filled {weight} AS full_, lf.filled_strict {weight} AS strict_, lf.ordered {weight} AS whole,"
        sums = "coalesce(sum(full_), 0), coalesce(sum(whole), 0), coalesce(sum(strict_), 0)"
    rows = bulk.rows(
        f"""SELECT grp, min(label), {sums}, count(*) FILTER (WHERE provisional)
            FROM ({judged_sql(asked, by=by, columns=columns)}) v WHERE in_service AND ripe GROUP BY grp ORDER BY grp""",
        params_of(asked),
    )
    excluded = _excluded(asked, by, "fill-rate")
    return [
        Row(
            group, label, _number(part), _number(whole), interval_of(part, whole, asked.unit), provisional,
            excluded.get(group, {}), {"strict": _number(strict)},
        )
        for group, label, part, whole, strict, provisional in rows
    ]  # fmt: skip


_COUNTED_FILL = "count(*) FILTER (WHERE full_), count(*), count(*) FILTER (WHERE strict_)"


def _quality(asked: Asked, by: str | None) -> list[Row]:
    if by == "cause":
        raise NotMeasurable("order-quality", given="cause", choices="month, customer, segment, channel, carrier, agent")
    group, label = group_of(by, due="f.captured_at")
    only = " ".join(f"AND {group_of(name, due='f.captured_at')[0]} = %(only_{name})s::text" for name in asked.filters)
    families = ", ".join(
        f"count(*) FILTER (WHERE live AND '{family}' = ANY(defects)) AS {family}"
        for family in ("reference", "quantity", "time", "address")
    )
    rows = bulk.named(
        f"""
        SELECT grp, min(label) AS label, count(*) FILTER (WHERE live) AS orders,
            count(*) FILTER (WHERE live AND first_pass) AS first_pass, count(*) FILTER (WHERE live AND escaped) AS escaped,
            count(*) FILTER (WHERE live AND price_defect) AS price,
            count(*) FILTER (WHERE live AND customers_error) AS customers, {families},
            count(*) FILTER (WHERE live AND masters_error) AS masters,
            count(*) FILTER (WHERE origin = 'history') AS history, count(*) FILTER (WHERE origin = 'opening') AS opening
        FROM (
            SELECT {group} AS grp, {label} AS label, f.*, f.origin = 'live' AS live
            FROM results_orderfact f JOIN customers_customer c ON c.id = f.customer_id
            WHERE f.captured_at >= %(start)s::timestamptz AND f.captured_at < %(end)s::timestamptz
              AND f.captured_at <= %(as_of)s::timestamptz {only}
        ) q GROUP BY grp ORDER BY grp
        """,
        params_of(asked),
    )
    return [_quality_row(row) for row in rows]


def _quality_row(row: Mapping[str, Any]) -> Row:
    orders = row["orders"]
    kept = orders - row["escaped"]
    more = {
        "escaped": row["escaped"],
        "escaped_quality": Decimal(kept) / orders if orders else None,
        "aspects": {family: row[family] for family in ("reference", "quantity", "time", "address")},
        "price_defects": row["price"],
        "not_ours": {"K1": row["customers"], "C3": row["masters"]},
        "method": "reported",
    }
    if more["escaped_quality"] is not None:
        more["escaped_quality"] = more["escaped_quality"].quantize(Decimal("0.000001"))
    excluded = {name: row[name] for name in ("history", "opening") if row[name]}
    interval = interval_of(row["first_pass"], orders, Unit.ORDER)
    return Row(row["grp"], row["label"], row["first_pass"], orders, interval, 0, excluded, more)


def _nothing(asked: Asked, name: str) -> Row:
    """The row of a question to which nothing belongs, with why."""
    if name == "order-quality":
        return Row(None, None, 0, 0, None)
    excluded = _excluded(asked, None, name).get(None, {})
    more: dict[str, Any] = {}
    if name == "perfect-order":
        more = index_columns(0, 0, dict.fromkeys((c.value for c in Component), 0), 0)
    return Row(None, None, 0, 0, None, 0, excluded, more)


def _number(value: Decimal | int) -> Decimal | int:
    """Counts are integers; sums of cases and money are decimals to six places."""
    return value if isinstance(value, int) else value.quantize(Decimal("0.000001"))


_ROWS = {"perfect-order": _perfect, "on-time": _on_time, "fill-rate": _fill, "order-quality": _quality}

__all__ = ["Measure", "check_dimension", "measure"]
