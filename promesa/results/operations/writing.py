"""Rows of facts and verdicts into the tables, one statement a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from promesa.core import bulk
from promesa.results.queries.books import OrderBook
from promesa.results.rules.alike import Judgement
from promesa.results.rules.facts import Basis, Component
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
    ("invoice_by", "timestamptz"),
    ("in_full_ship", "bool"),
    ("in_full_arrive", "bool"),
    ("on_time_ship", "bool"),
    ("on_time_arrive", "bool"),
    ("excused", "text"),
    ("cause", "text"),
    ("causes", "text[]"),
)
_ORDER_VERDICT = (("order_id", "bigint"), *_VERDICT)
# What a verdict says of its line; how many were compared is each line's own.
_SAID_OF_LINE = (
    *_VERDICT,
    ("on_time_quantity", "numeric"),
    ("on_time_quantity_ship", "numeric"),
    ("on_time_quantity_arrive", "numeric"),
    ("cause_full", "text"),
    ("cause_on_time", "text"),
    ("cause_documents", "text"),
    ("cause_condition", "text"),
    ("symptoms", "text[]"),
)
_LINE_VERDICT = (("line_id", "bigint"), *_SAID_OF_LINE, ("compared", "numeric"))
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
    """One order with all that is to be kept of it, as seen at a moment."""

    book: OrderBook
    at: datetime
    first_shipment: date | None
    fills: Sequence[LineFill]
    quality: CaptureQuality
    bases: Sequence[Basis]
    lines: Sequence[Judgement]
    orders: Sequence[OrderVerdict]


def write(judged: Sequence[Judged]) -> int:
    """Keep what was judged; returns how many final verdicts had to be restated."""
    if not judged:
        return 0
    order_ids = [one.book.order.id for one in judged]
    bulk.run(_upsert("results_orderfact", _ORDER_FACT, "order_id"), [_json(_ORDER_FACT, _order_facts(judged))])
    bulk.run(_upsert("results_linefact", _LINE_FACT, "line_id"), [_json(_LINE_FACT, _line_facts(judged))])
    bulk.run(_FORGET_FEASIBLE_LINES, [order_ids])
    bulk.run(_FORGET_FEASIBLE_ORDERS, [order_ids])
    of_orders = _json((*_ORDER_VERDICT, _SEEN), _order_verdicts(judged))
    restated = _verdicts(
        "results_orderverdict", _ORDER_VERDICT, "order_id", _input((*_ORDER_VERDICT, _SEEN)), [of_orders]
    )
    restated += _verdicts("results_lineverdict", _LINE_VERDICT, "line_id", _OF_LINES, _line_verdicts(judged))
    bulk.run(_FORGET_LOSSES, [order_ids])
    losses = list(_losses(judged))
    if losses:
        bulk.copy("results_lineloss", [name for name, _ in _LOSS], losses)
    return restated


def _json(columns: Columns, rows: Iterable[Sequence[Any]]) -> str:
    names = [name for name, _ in columns]
    return bulk.as_json([dict(zip(names, row, strict=True)) for row in rows])


def _input(columns: Columns) -> str:
    fields = ", ".join(f"{name} {kind}" for name, kind in columns)
    return f"SELECT * FROM json_to_recordset(%s::json) AS t({fields})"


def _upsert(table: str, columns: Columns, key: str) -> str:
    """Insert rows or change those that differ; a moment of refreshing alone is a difference worth keeping."""
    names = [name for name, _ in columns]
    return f"""
    INSERT INTO {table} AS v ({", ".join(names)}) {_input(columns)}
    ON CONFLICT ({key}) DO UPDATE SET {_assigned(names, key)} WHERE {_differs(names)}
    """


def _assigned(names: Sequence[str], *keys: str) -> str:
    return ", ".join(f"{name} = excluded.{name}" for name in names if name not in keys)


def _differs(names: Sequence[str]) -> str:
    """SQL: the row would change. Rows that would not are left alone: a refresh is mostly of what is known."""
    old, new = (", ".join(f"{row}.{name}" for name in names) for row in ("v", "excluded"))
    return f"({old}) IS DISTINCT FROM ({new})"


_SEEN = ("seen_at", "timestamptz")
# What a restatement tells; causes of a kept verdict are empty on both sides.
_TOLD = ("in_full", "on_time", "documents", "condition", "perfect", "cause", "causes")


def _of_lines() -> str:
    """SQL: the verdicts of lines out of what is said, told once, and of which lines it is said."""
    said = ", ".join(f"{name} {kind}" for name, kind in _SAID_OF_LINE)
    return f"""
    SELECT p.line_id, {", ".join(f"s.{name}" for name, _ in _SAID_OF_LINE)}, p.compared, p.seen_at
    FROM json_to_recordset(%s::json) AS p(line_id bigint, compared numeric, said int, seen_at timestamptz)
    JOIN json_to_recordset(%s::json) AS s(n int, {said}) ON s.n = p.said
    """


_OF_LINES = _of_lines()


def _verdicts(table: str, columns: Columns, key: str, given: str, params: Sequence[str]) -> int:
    """Write verdicts that may still change; beside those that are final write a restatement if they would differ.

    `given` selects the rows; the last field of each is the moment at which it was seen.
    """
    names = [name for name, _ in columns]
    of_line = key == "line_id"
    order = "(SELECT f.order_id FROM results_linefact f WHERE f.line_id = i.line_id)" if of_line else "i.order_id"
    line = "i.line_id" if of_line else "NULL::bigint"
    same = "r.line_id = i.line_id" if of_line else "r.order_id = i.order_id AND r.line_id IS NULL"
    told, said = ", ".join(f"i.{name}" for name in _TOLD[:5]), ", ".join(f"coalesce(r.{n}, v.{n})" for n in _TOLD[:5])
    sql = f"""
    WITH input AS MATERIALIZED ({given}),
    restated AS (
        INSERT INTO results_restatement (order_id, line_id, basis, restated_at, {", ".join(_TOLD)})
        SELECT {order}, {line}, i.basis, i.seen_at, {", ".join(f"i.{name}" for name in _TOLD)}
        FROM input i JOIN {table} v ON v.{key} = i.{key} AND v.basis = i.basis
        LEFT JOIN LATERAL (
            SELECT * FROM results_restatement r WHERE {same} AND r.basis = i.basis
            ORDER BY r.restated_at DESC, r.id DESC LIMIT 1
        ) r ON true
        WHERE v.counted AND i.counted AND v.matures_at <= i.seen_at AND ({told}) IS DISTINCT FROM ({said})
        RETURNING 1
    ), written AS (
        INSERT INTO {table} AS v ({", ".join(names)}) SELECT {", ".join(f"i.{name}" for name in names)}
        FROM input i LEFT JOIN {table} o ON o.{key} = i.{key} AND o.basis = i.basis
        WHERE o.id IS NULL OR o.matures_at IS NULL OR o.matures_at > i.seen_at OR NOT o.counted
        ON CONFLICT ({key}, basis) DO UPDATE SET {_assigned(names, key, "basis")} WHERE {_differs(names)}
    )
    SELECT count(*) FROM restated
    """
    found = bulk.row(sql, params)
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


def _order_facts(judged: Iterable[Judged]) -> Iterable[tuple[Any, ...]]:
    for one in judged:
        order, quality = one.book.order, one.quality
        lines = zip(one.fills, one.book.lines, strict=True)
        fills = [fill for fill, line in lines if line.substitute_of is None and not line.void and fill.ordered]
        yield (
            order.id, order.number, order.customer_id, order.segment, order.channel, order.agent, one.book.carrier,
            order.origin, order.state, _moment(order.captured_at), order.value, quality.first_pass, quality.escaped,
            list(quality.aspects), quality.price_defect, quality.customers_error, quality.masters_error,
            one.first_shipment, bool(fills) and all(f.full for f in fills),
            bool(fills) and all(f.full_strict for f in fills), _moment(one.at),
        )  # fmt: skip


def _line_facts(judged: Iterable[Judged]) -> Iterable[tuple[Any, ...]]:
    for one in judged:
        place = one.bases.index(Basis.FIRST)
        for row, fill, judgement in zip(one.book.rows, one.fills, one.lines, strict=True):
            verdict = judgement.verdicts[place]
            yield (
                row.id, row.order_id, row.line_number, row.item_id, fill.ordered, fill.filled, fill.filled_strict,
                fill.accepted, verdict.unordered_accepted, fill.unit_price, fill.case_size, verdict.clock_suspect,
            )  # fmt: skip


def _order_verdicts(judged: Iterable[Judged]) -> Iterable[tuple[Any, ...]]:
    for one in judged:
        seen = _moment(one.at)
        for v in one.orders:
            full_ship, full_arrive, _ = v.full_at
            time_ship, time_arrive, _ = v.on_time_at
            yield (
                one.book.order.id, v.basis.value, v.exclusion, v.counted, v.in_service, _moment(v.due_at),
                _moment(v.countable_at), _moment(v.matures_at), v.shipped, *v.kept, v.perfect, v.delivery_note,
                _moment(v.invoice_by), full_ship, full_arrive, time_ship, time_arrive, v.excused, v.cause, list(v.causes), seen,
            )  # fmt: skip


_NOTHING = (False,) * 4
_NO_BLAME = ("",) * 4
_ZERO = Decimal(0)


def _line_verdicts(judged: Iterable[Judged]) -> list[str]:
    """Which lines have which verdict, and the verdicts."""
    places: dict[int, int] = {}
    said: list[dict[str, Any]] = []
    of: list[dict[str, Any]] = []
    names = [name for name, _ in _SAID_OF_LINE]
    for one in judged:
        seen = _moment(one.at)
        for row, line in zip(one.book.rows, one.lines, strict=True):
            for basis, verdict, compared in zip(one.bases, line.verdicts, line.compared, strict=True):
                place = places.get(id(verdict))
                if place is None:
                    place = places[id(verdict)] = len(said)
                    said.append({"n": place, **dict(zip(names, _line_verdict(verdict, basis.value), strict=True))})
                of.append({"line_id": row.id, "compared": compared, "said": place, "seen_at": seen})
    return [bulk.as_json(of), bulk.as_json(said)]


def _line_verdict(v: LineVerdict, basis: str) -> tuple[Any, ...]:
    reason = v.exclusion.reason if v.exclusion is not None else ""
    if v.at is None:
        return (
            basis, reason, False, False, _moment(v.due_at), None, None, False, *_NOTHING, False, False, None,
            *_NOTHING, "", "", [], _ZERO, _ZERO, _ZERO, "", "", "", "", [],
        )  # fmt: skip
    ship, arrive, pod = v.clocks
    blamed = {blame.component: blame.cause for blame in v.blames}
    chain = sorted((blame.stage, blame.cause) for blame in v.blames)
    causes = list(dict.fromkeys(cause for _, cause in chain))
    return (
        basis, reason, v.counted, v.in_service, _moment(v.due_at), _moment(v.countable_at),
        _moment(v.matures_at), v.shipped, pod.full, pod.on_time, v.documents, v.condition, v.perfect, v.delivery_note,
        _moment(v.invoice_by), ship.full, arrive.full, ship.on_time, arrive.on_time, pod.excused, causes[0] if causes else "",
        causes, pod.on_time_quantity, ship.on_time_quantity, arrive.on_time_quantity,
        *([blamed.get(component, "") for component in Component] if blamed else _NO_BLAME), list(v.symptoms),
    )  # fmt: skip


def _losses(judged: Iterable[Judged]) -> Iterable[tuple[Any, ...]]:
    for one in judged:
        for row, line in zip(one.book.rows, one.lines, strict=True):
            for position, loss in enumerate(line.losses, start=1):
                yield row.id, position, loss.step, loss.cause, loss.quantity
