"""Settling: promises are written, and the order is confirmed or stays submitted with its holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from promesa.core import bulk, words
from promesa.core.actors import Actor
from promesa.core.events import emit
from promesa.core.verbs import verb
from promesa.orders.events import LinesPromised, OrderConfirmed, OrderHeld, PromisesChanged
from promesa.orders.operations.holds import find_short_supply
from promesa.orders.rules import PromisedLine

# One statement: the promise parts, the word on the line, the word and state on the order. An order with an open hold
# stays as it is; the promise that is in force when an order is first confirmed becomes its first promise.
_SETTLE_FIRST = """
WITH given AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%(promises)s::json) AS t(
        o bigint, line bigint, seq smallint, part smallint, qty numeric, ship date, wf timestamptz, wt timestamptz,
        initiator text, cause text, reason jsonb)
), orders AS MATERIALIZED (
    SELECT o.id, o.promised_to,
        (o.state = 'submitted' AND %(confirm)s AND o.id = ANY(ARRAY(SELECT unnest(%(confirmable)s::bigint[])))
         AND NOT EXISTS (SELECT 1 FROM orders_hold h WHERE h.order_id = o.id AND h.released_at IS NULL)) AS confirms,
        (SELECT max(g.wt) FROM given g WHERE g.o = o.id) AS until
    FROM orders_order o WHERE o.id = ANY(ARRAY(SELECT unnest(%(orders)s::bigint[])))
), written AS (
    INSERT INTO orders_promise (line_id, sequence, part, quantity, ship_date, window_from, window_to, is_first, initiator,
        cause, reason, actor, made_at)
    SELECT g.line, g.seq, g.part, g.qty, g.ship, g.wf, g.wt, o.confirms, g.initiator, g.cause, g.reason, %(by)s, %(at)s
    FROM given g JOIN orders o ON o.id = g.o ORDER BY g.line, g.part
), lines AS (
    UPDATE orders_orderline l SET promised = s.qty, promise_sequence = s.seq
    FROM (SELECT line, max(seq) AS seq, sum(qty) AS qty FROM given GROUP BY line) s WHERE l.id = s.line
)
UPDATE orders_order o SET
    warehouse_id = coalesce(o.warehouse_id, (SELECT w.id FROM inventory_warehouse w WHERE w.is_default)),
    promised_to = coalesce(s.until, o.promised_to),
    state = CASE WHEN s.confirms THEN 'confirmed' ELSE o.state END,
    confirmed_at = CASE WHEN s.confirms THEN %(at)s ELSE o.confirmed_at END,
    first_promised_to = CASE WHEN s.confirms THEN coalesce(s.until, o.promised_to) ELSE o.first_promised_to END,
    version = o.version + CASE WHEN s.confirms OR s.until IS NOT NULL THEN 1 ELSE 0 END
FROM orders s WHERE s.id = o.id RETURNING o.id, s.confirms
"""

# When an order is confirmed later, lines whose promise stays as it was have theirs made the first.
_KEPT = """    UPDATE orders_promise p SET is_first = true
    FROM orders o JOIN orders_orderline l ON l.order_id = o.id
    WHERE o.confirms AND o.promised_to IS NOT NULL AND p.line_id = l.id AND p.sequence = l.promise_sequence
      AND NOT EXISTS (SELECT 1 FROM given g WHERE g.line = l.id)
"""
_SETTLE_AGAIN = _SETTLE_FIRST.replace("), lines AS (", "), kept AS (" + _KEPT + "), lines AS (")


@verb
def settle_orders(
    *,
    promises: Mapping[int, Sequence[PromisedLine]],
    by: Actor,
    at: datetime,
    initiator: str = "us",
    cause: str = "",
    sequences: Mapping[int, int] | None = None,
    confirm: bool = True,
) -> list[int]:
    """Record the promises of each order (order id -> its lines) and confirm the orders that nothing holds.

    A line of which a part could not be promised gets a finding; with 'one delivery only' that holds the order.
    Returns the ids of the orders that this confirmed. `sequences` gives the promise sequence in force by line.
    """
    rows, short = _rows(promises, sequences or {}, initiator, cause)
    held = find_short_supply(short=short, by=by, at=at) if short else set()
    any_in_force = bool(sequences and any(sequences.values()))
    settled = bulk.rows(
        _SETTLE_AGAIN if any_in_force else _SETTLE_FIRST,
        {
            "promises": bulk.as_json(rows),
            "orders": sorted(promises),
            "confirmable": sorted(set(promises) - held),
            "confirm": confirm,
            "by": by,
            "at": at,
        },
    )
    confirmed = sorted(order_id for order_id, confirms in settled if confirms)
    _tell(promises, short, confirmed, held, by, at, initiator, cause, again=any_in_force)
    return confirmed


def _rows(
    promises: Mapping[int, Sequence[PromisedLine]], sequences: Mapping[int, int], initiator: str, cause: str
) -> tuple[list[dict[str, Any]], dict[int, list[PromisedLine]]]:
    rows: list[dict[str, Any]] = []
    short: dict[int, list[PromisedLine]] = {}
    for order_id, lines in promises.items():
        for line in lines:
            sequence = sequences.get(line.line_id, 0) + 1
            for part, one in enumerate(line.parts, 1):
                rows.append({
                    "o": order_id, "line": line.line_id, "seq": sequence, "part": part, "qty": one.quantity,
                    "ship": one.ship_date, "wf": one.window_from, "wt": one.window_to, "initiator": initiator,
                    "cause": cause, "reason": {"code": one.reason, "params": words.plain(one.params)},
                })  # fmt: skip
            if line.missing:
                short.setdefault(order_id, []).append(line)
                if not line.parts:
                    rows.append({
                        "o": order_id, "line": line.line_id, "seq": sequence, "part": 1, "qty": 0, "ship": None,
                        "wf": None, "wt": None, "initiator": initiator, "cause": cause or "C1",
                        "reason": {"code": line.missing_reason, "params": words.plain(line.missing_params or {})},
                    })  # fmt: skip
    return rows, short


def _tell(
    promises: Mapping[int, Sequence[PromisedLine]],
    short: Mapping[int, Sequence[PromisedLine]],
    confirmed: Sequence[int],
    held: set[int],
    by: Actor,
    at: datetime,
    initiator: str,
    cause: str,
    again: bool,
) -> None:
    told: list[Any] = []
    for order_id, lines in promises.items():
        if again:
            told.append(PromisesChanged(order_id=order_id, lines=len(lines), initiator=initiator, cause=cause))
        elif lines:
            told.append(LinesPromised(order_id=order_id, lines=len(lines), short_lines=len(short.get(order_id, ()))))
        if order_id in held:
            told.append(OrderHeld(order_id=order_id, kind="shortage", role="customer_service"))
    told.extend(OrderConfirmed(order_id=order_id, lines=len(promises[order_id])) for order_id in confirmed)
    if told:
        emit(*told, by=by, at=at)
