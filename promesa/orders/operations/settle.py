"""Settling: promises are written, and the order is confirmed or stays submitted with its holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from promesa.core import bulk
from promesa.core.actors import Actor
from promesa.core.events import emit
from promesa.core.rowtext import array
from promesa.core.verbs import verb
from promesa.orders import pending
from promesa.orders.events import LinesPromised, OrderConfirmed, OrderHeld, PromisesChanged
from promesa.orders.operations.holds import find_short_supply
from promesa.orders.operations.writing import write
from promesa.orders.operations.written import promise_rows
from promesa.orders.rules import PromisedLine
from promesa.orders.states import OrderState

# One statement: the promise parts, the word on the line, the word and state on the order. An order with an open hold
# stays as it is; the promise that is in force when an order is first confirmed becomes its first promise. A line that came
# to it later, or was held, has its own first one then.
_SETTLE_FIRST = """
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(%(promises)s::orders_promiserow[])
), orders AS MATERIALIZED (
    SELECT o.id, o.promised_to, o.confirmed_at IS NOT NULL AS stood,
        (o.state = 'submitted' AND %(confirm)s AND o.id = ANY(ARRAY(SELECT unnest(%(confirmable)s::bigint[])))
         AND NOT EXISTS (SELECT 1 FROM orders_hold h WHERE h.order_id = o.id AND h.released_at IS NULL)) AS confirms,
        (SELECT max(g.wt) FROM given g WHERE g.o = o.id) AS until
    FROM orders_order o WHERE o.id = ANY(ARRAY(SELECT unnest(%(orders)s::bigint[])))
), written AS (
    INSERT INTO orders_promise (line_id, sequence, part, quantity, ship_date, window_from, window_to, is_first, initiator,
        cause, reason, actor, made_at)
    SELECT g.line, g.seq, g.part, g.qty, g.ship, g.wf, g.wt, o.confirms OR (o.stood AND g.seq = 1), g.initiator, g.cause,
        g.reason, %(by)s, %(at)s
    FROM given g JOIN orders o ON o.id = g.o ORDER BY g.line, g.part
), lines AS (
    UPDATE orders_orderline l SET promised = s.qty, promise_sequence = s.seq, lacking = s.qty < l.ordered_quantity
        - l.cancelled_by_customer - l.cancelled_by_us - l.substituted - l.despatched + l.brought_back
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
# The word on the order is that of its latest line, also when the promise of that one stays as it was.
_STANDING = """promised_to = CASE WHEN s.until IS NOT NULL THEN greatest(s.until, (
        SELECT max(p.window_to) FROM orders_orderline l
        JOIN orders_promise p ON p.line_id = l.id AND p.sequence = l.promise_sequence
        WHERE l.order_id = o.id AND NOT EXISTS (SELECT 1 FROM given g WHERE g.line = l.id)
          AND l.ordered_quantity > l.cancelled_by_customer + l.cancelled_by_us + l.substituted)) ELSE o.promised_to END"""
_SETTLE_AGAIN = _SETTLE_FIRST.replace("), lines AS (", "), kept AS (" + _KEPT + "), lines AS (").replace(
    "promised_to = coalesce(s.until, o.promised_to)", _STANDING, 1
)


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
    short = {order_id: missing for order_id, lines in promises.items() if (missing := [p for p in lines if p.missing])}
    fresh = _settle_unwritten(promises, short, at, plain=confirm and initiator == "us" and not cause)
    rest = {order_id: lines for order_id, lines in promises.items() if order_id not in fresh}
    any_in_force = bool(sequences and any(sequences.values()))
    held: set[int] = set()
    confirmed = [order_id for order_id, confirms in fresh.items() if confirms]
    if rest:
        held = find_short_supply(short=short, by=by, at=at) if short else held
        confirmed += _settle_written(rest, held, sequences or {}, any_in_force, by, at, initiator, cause, confirm)
    _tell(promises, short, sorted(confirmed), held, by, at, initiator, cause, again=any_in_force)
    return sorted(confirmed)


def _settle_unwritten(
    promises: Mapping[int, Sequence[PromisedLine]], short: Mapping[int, object], at: datetime, plain: bool
) -> dict[int, bool]:
    """Orders that this transaction has not written yet get their promise in memory; says of each whether it confirms.

    Those with a shortage are written first and settled like any other: their finding and hold stand beside rows.
    """
    unwritten = pending.unwritten()
    settled: dict[int, bool] = {}
    for order_id, lines in promises.items():
        order = unwritten.get(order_id)
        if order is None or order_id in short or not plain:
            continue
        order.promises = lines
        ends = [part.window_to for line in lines for part in line.parts if part.window_to is not None]
        order.promised_to = max(ends, default=None)
        order.confirmed = settled[order_id] = order.state == OrderState.SUBMITTED and not order.held
    others = [unwritten[order_id] for order_id in promises if order_id in unwritten and order_id not in settled]
    for order in others:
        order.told_whole = False
    write(others)
    return settled


def _settle_written(
    promises: Mapping[int, Sequence[PromisedLine]],
    held: set[int],
    sequences: Mapping[int, int],
    any_in_force: bool,
    by: Actor,
    at: datetime,
    initiator: str,
    cause: str,
    confirm: bool,
) -> list[int]:
    rows: list[str] = []
    for order_id, lines in promises.items():
        rows.extend(promise_rows(lines, order_id, sequences=sequences, initiator=initiator, cause=cause))
    settled = bulk.rows(
        _SETTLE_AGAIN if any_in_force else _SETTLE_FIRST,
        {
            "promises": array(rows),
            "orders": sorted(promises),
            "confirmable": sorted(set(promises) - held),
            "confirm": confirm,
            "by": by,
            "at": at,
        },
    )
    return [order_id for order_id, confirms in settled if confirms]


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
        if again and lines:
            told.append(PromisesChanged(order_id=order_id, lines=len(lines), initiator=initiator, cause=cause))
        elif lines and not again:
            told.append(LinesPromised(order_id=order_id, lines=len(lines), short_lines=len(short.get(order_id, ()))))
        if order_id in held:
            told.append(OrderHeld(order_id=order_id, kind="shortage", role="customer_service"))
    told.extend(OrderConfirmed(order_id=order_id, lines=len(promises[order_id])) for order_id in confirmed)
    if told:
        emit(*told, by=by, at=at)
