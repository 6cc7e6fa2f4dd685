"""Rows of facts and verdicts into the tables, one statement a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from promesa.core import bulk
from promesa.results.queries.books import OrderBook
from promesa.results.rules.causes import Loss
from promesa.results.rules.facts import Basis, Component, Point
from promesa.results.rules.fill import LineFill
from promesa.results.rules.orders import OrderVerdict
from promesa.results.rules.quality import CaptureQuality
from promesa.results.rules.verdicts import LineVerdict

# Names and types of the columns that orders and lines have in common on a basis.
_VERDICT = (
    ("basis", "text"),
    ("exclusion", "text"),
    ("counted", "bool"),
    ("in_service", "bool"),
    ("due_at", "timestamptz"),
    ("countable_at", "timestamptz"),
    ("matures_at", "timestamptz"),
    ("shipped", "bool"),
    ("in_full", "bool"),
    ("on_time", "bool"),
    ("documents", "bool"),
    ("condition", "bool"),
    ("perfect", "bool"),
    ("delivery_note", "bool"),
    ("in_full_ship", "bool"),
    ("in_full_arrive", "bool"),
    ("on_time_ship", "bool"),
    ("on_time_arrive", "bool"),
    ("excused", "text"),
    ("cause", "text"),
    ("causes", "text[]"),
)
_ORDER_VERDICT = (("order_id", "bigint"), *_VERDICT)
_LINE_VERDICT = (
    ("line_id", "bigint"),
    *_VERDICT,
    ("compared", "numeric"),
    ("on_time_quantity", "numeric"),
    ("on_time_quantity_ship", "numeric"),
    ("on_time_quantity_arrive", "numeric"),
    ("cause_full", "text"),
    ("cause_on_time", "text"),
    ("cause_documents", "text"),
    ("cause_condition", "text"),
    ("symptoms", "text[]"),
)
_ORDER_FACT = (
    ("order_id", "bigint"),
    ("number", "text"),
    ("customer_id", "bigint"),
    ("segment", "text"),
    ("channel", "text"),
    ("agent", "text"),
    ("carrier", "text"),
    ("origin", "text"),
    ("state", "text"),
    ("captured_at", "timestamptz"),
    ("value", "numeric"),
    ("first_pass", "bool"),
    ("escaped", "bool"),
    ("defects", "text[]"),
    ("price_defect", "bool"),
    ("customers_error", "bool"),
    ("masters_error", "bool"),
    ("first_shipment_on", "date"),
    ("filled_first", "bool"),
    ("filled_first_strict", "bool"),
    ("refreshed_at", "timestamptz"),
)
_LINE_FACT = (
    ("line_id", "bigint"),
    ("order_id", "bigint"),
    ("line_number", "int"),
    ("item_id", "bigint"),
    ("ordered", "numeric"),
    ("filled", "numeric"),
    ("filled_strict", "numeric"),
    ("accepted", "numeric"),
    ("unordered_accepted", "numeric"),
    ("unit_price", "numeric"),
    ("case_size", "numeric"),
    ("clock_suspect", "bool"),
)
_LOSS = (("line_id", "bigint"), ("position", "int"), ("step", "text"), ("cause", "text"), ("quantity", "numeric"))

Columns = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Judged:
    """One order with all that is to be kept of it."""

    book: OrderBook
    first_shipment: date | None
    fills: Sequence[LineFill]
    losses: Sequence[Iterable[Loss]]
    quality: CaptureQuality
    lines: Mapping[Basis, Sequence[LineVerdict]]
    orders: Sequence[OrderVerdict]


def write(judged: Sequence[Judged], *, at: datetime) -> int:
    """Keep what was judged; returns how many final verdicts had to be restated."""
    if not judged:
        return 0
    order_ids = [one.book.order.id for one in judged]
    bulk.run(_upsert("results_orderfact", _ORDER_FACT, ("order_id",)), [_json(_order_facts(judged, at))])
    bulk.run(_upsert("results_linefact", _LINE_FACT, ("line_id",)), [_json(_line_facts(judged))])
    bulk.run(_FORGET_FEASIBLE_LINES, [order_ids])
    bulk.run(_FORGET_FEASIBLE_ORDERS, [order_ids])
    restated = _verdicts("results_orderverdict", _ORDER_VERDICT, "order_id", _order_verdicts(judged), at)
    restated += _verdicts("results_lineverdict", _LINE_VERDICT, "line_id", _line_verdicts(judged), at)
    bulk.run(_FORGET_LOSSES, [order_ids])
    losses = list(_losses(judged))
    if losses:
        bulk.copy("results_lineloss", [name for name, _ in _LOSS], losses)
    return restated


def _json(rows: Iterable[Sequence[Any]]) -> str:
    return bulk.as_json(list(rows))


def _input(columns: Columns) -> str:
    """Rows given as JSON arrays, unpacked by position: no column name is repeated a thousand times."""
    fields = ", ".join(_field(n, kind, name) for n, (name, kind) in enumerate(columns))
    return f"SELECT {fields} FROM json_array_elements(%s::json) AS j(r)"


def _field(n: int, kind: str, name: str) -> str:
    if kind == "text[]":
        return f"string_to_array(nullif(r->>{n}, ''), ',') AS {name}"
    return f"(r->>{n})::{kind} AS {name}"


def _upsert(table: str, columns: Columns, key: Sequence[str]) -> str:
    names = [name for name, _ in columns]
    rest = [name for name in names if name not in key]
    return f"""
    WITH input AS MATERIALIZED ({_input(columns)})
    INSERT INTO {table} ({", ".join(names)})
    SELECT {", ".join(_kept(name, kind) for name, kind in columns)} FROM input
    ON CONFLICT ({", ".join(key)}) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in rest)}
    """


def _kept(name: str, kind: str) -> str:
    return f"coalesce({name}, '{{}}')" if kind == "text[]" else name


# What a restatement tells; causes of a kept verdict are empty on both sides.
_TOLD = ("in_full", "on_time", "documents", "condition", "perfect", "cause", "causes")


def _verdicts(table: str, columns: Columns, key: str, rows: Iterable[Sequence[Any]], at: datetime) -> int:
    """Write verdicts that may still change; beside those that are final write a restatement if they would differ."""
    names = [name for name, _ in columns]
    rest = ", ".join(f"{name} = excluded.{name}" for name in names if name not in (key, "basis"))
    of_line = key == "line_id"
    order = "(SELECT f.order_id FROM results_linefact f WHERE f.line_id = i.line_id)" if of_line else "i.order_id"
    line = "i.line_id" if of_line else "NULL::bigint"
    same = "r.line_id = i.line_id" if of_line else "r.order_id = i.order_id AND r.line_id IS NULL"
    sql = f"""
    WITH input AS MATERIALIZED ({_input(columns)}),
    clean AS (SELECT {", ".join(f"{_kept(name, kind)} AS {name}" for name, kind in columns)} FROM input),
    restated AS (
        INSERT INTO results_restatement (order_id, line_id, basis, restated_at, {", ".join(_TOLD)})
        SELECT {order}, {line}, i.basis, %s::timestamptz, {", ".join(f"i.{name}" for name in _TOLD)}
        FROM clean i JOIN {table} v ON v.{key} = i.{key} AND v.basis = i.basis
        LEFT JOIN LATERAL (
            SELECT * FROM results_restatement r WHERE {same} AND r.basis = i.basis
            ORDER BY r.restated_at DESC, r.id DESC LIMIT 1
        ) r ON true
        WHERE v.counted AND i.counted AND v.matures_at <= %s::timestamptz AND ({", ".join(f"i.{name}" for name in _TOLD[:5])})
            IS DISTINCT FROM ({", ".join(f"coalesce(r.{name}, v.{name})" for name in _TOLD[:5])})
        RETURNING 1
    ), written AS (
        INSERT INTO {table} AS v ({", ".join(names)}) SELECT {", ".join(names)} FROM clean
        ON CONFLICT ({key}, basis) DO UPDATE SET {rest}
        WHERE v.matures_at IS NULL OR v.matures_at > %s::timestamptz OR NOT v.counted
    )
    SELECT count(*) FROM restated
    """
    found = bulk.row(sql, [_json(rows), at, at, at])
    return int(found[0]) if found else 0


_FORGET_LOSSES = """
DELETE FROM results_lineloss USING results_linefact f
WHERE f.line_id = results_lineloss.line_id AND f.order_id = ANY(%s::bigint[])
"""
# A feasible verdict is kept only where it differs from the requested one; it is written again if it still does.
_FORGET_FEASIBLE_LINES = """
DELETE FROM results_lineverdict v USING results_linefact f
WHERE f.line_id = v.line_id AND v.basis = 'feasible' AND f.order_id = ANY(%s::bigint[])
"""
_FORGET_FEASIBLE_ORDERS = "DELETE FROM results_orderverdict WHERE basis = 'feasible' AND order_id = ANY(%s::bigint[])"


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _order_facts(judged: Iterable[Judged], at: datetime) -> Iterable[tuple[Any, ...]]:
    refreshed = _moment(at)
    for one in judged:
        order, quality = one.book.order, one.quality
        fills = [f for f, row in zip(one.fills, one.book.rows, strict=True) if row.substitute_of is None and f.ordered]
        yield (
            order.id, order.number, order.customer_id, order.segment, order.channel, order.agent, one.book.carrier,
            order.origin, order.state, _moment(order.captured_at), order.value, quality.first_pass, quality.escaped,
            ",".join(quality.aspects), quality.price_defect, quality.customers_error, quality.masters_error,
            one.first_shipment, bool(fills) and all(f.full for f in fills),
            bool(fills) and all(f.full_strict for f in fills), refreshed,
        )  # fmt: skip


def _line_facts(judged: Iterable[Judged]) -> Iterable[tuple[Any, ...]]:
    for one in judged:
        first = one.lines[Basis.FIRST]
        for row, fill, verdict in zip(one.book.rows, one.fills, first, strict=True):
            yield (
                row.id, row.order_id, row.line_number, row.item_id, fill.ordered, fill.filled, fill.filled_strict,
                fill.accepted, verdict.unordered_accepted, fill.unit_price, fill.case_size, verdict.clock_suspect,
            )  # fmt: skip


def _order_verdicts(judged: Iterable[Judged]) -> Iterable[tuple[Any, ...]]:
    for one in judged:
        for v in one.orders:
            full_ship, full_arrive, _ = v.full_at
            time_ship, time_arrive, _ = v.on_time_at
            yield (
                one.book.order.id, v.basis.value, v.exclusion, v.counted, v.in_service, _moment(v.due_at),
                _moment(v.countable_at), _moment(v.matures_at), v.shipped, *v.kept, v.perfect, v.delivery_note,
                full_ship, full_arrive, time_ship, time_arrive, v.excused, v.cause, ",".join(v.causes),
            )  # fmt: skip


_NOTHING = (False,) * 4
_ZERO = Decimal(0)


def _line_verdicts(judged: Iterable[Judged]) -> Iterable[tuple[Any, ...]]:
    for one in judged:
        for basis, verdicts in one.lines.items():
            for v in verdicts:
                yield _line_verdict(v, basis.value)


def _line_verdict(v: LineVerdict, basis: str) -> tuple[Any, ...]:
    reason = v.exclusion.reason if v.exclusion is not None else ""
    if v.at is None:
        return (
            v.line_id, basis, reason, False, False, _moment(v.due_at), None, None, False, *_NOTHING, False, False,
            *_NOTHING, "", "", "", _ZERO, _ZERO, _ZERO, _ZERO, "", "", "", "", "",
        )  # fmt: skip
    ship, arrive, pod = (v.clocked(point) for point in (Point.SHIP, Point.ARRIVE, Point.POD))
    blamed = {blame.component: blame.cause for blame in v.blames}
    chain = sorted(v.blames, key=lambda blame: (blame.stage, blame.cause))
    causes = list(dict.fromkeys(blame.cause for blame in chain))
    return (
        v.line_id, basis, reason, v.counted, v.in_service, _moment(v.due_at), _moment(v.countable_at),
        _moment(v.matures_at), v.shipped, pod.full, pod.on_time, v.documents, v.condition, v.perfect, v.delivery_note,
        ship.full, arrive.full, ship.on_time, arrive.on_time, pod.excused, causes[0] if causes else "",
        ",".join(causes), v.compared, pod.on_time_quantity, ship.on_time_quantity, arrive.on_time_quantity,
        *(blamed.get(component, "") for component in Component), ",".join(v.symptoms),
    )  # fmt: skip


def _losses(judged: Iterable[Judged]) -> Iterable[tuple[Any, ...]]:
    for one in judged:
        for row, losses in zip(one.book.rows, one.losses, strict=True):
            for position, loss in enumerate(losses, start=1):
                yield row.id, position, loss.step, loss.cause, loss.quantity
