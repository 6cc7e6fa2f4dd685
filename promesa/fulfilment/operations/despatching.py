"""Despatch: goods leave with a delivery note, out of the lots that their lines have a claim on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from promesa.core import bulk, locks
from promesa.core.actors import Actor
from promesa.core.errors import NotFound, Refused, RefusedForFaults
from promesa.core.events import emit
from promesa.core.verbs import verb
from promesa.fulfilment.events import Despatched
from promesa.fulfilment.rules import OnClaim, Pick, Shipment, ShippableLine, plan_picks
from promesa.inventory import operations as inventory
from promesa.orders import operations as orders
from promesa.orders.operations import exposure
from promesa.orders.states import EntryKind, OrderState

# Orders of which nothing can leave any more, and what to call that.
OVER = {
    OrderState.CLOSED: {"es": "cerrado: todo se entregó o se anuló", "en": "closed: all of it was delivered or cancelled"},
    OrderState.CANCELLED: {"es": "anulado", "en": "cancelled"},
    OrderState.REFUSED: {"es": "rechazado", "en": "refused"},
}  # fmt: skip


class OrderNotShippable(Refused):
    """Only a confirmed order is despatched."""


class OrderOver(Refused):
    """The order is closed, cancelled or refused: nothing of it is left to leave."""


class OrderOnHold(Refused):
    """The order stands still until somebody decides."""


class OrderHeldNow(OrderOnHold):
    """To release its lines would use more credit than the customer has: it is on hold since this moment, and stays so."""

    code = "order_on_hold"


class CannotDespatch(RefusedForFaults):
    """Some lines cannot leave as asked: each is named."""


class DespatchedGoods(NamedTuple):
    """A delivery note that was made."""

    advice_id: int
    number: str
    order_id: int
    order: str
    despatched_at: datetime
    picks: tuple[Pick, ...]


class _Order(NamedTuple):
    id: int
    number: str
    state: str
    held: str
    lines: list[ShippableLine]


def despatch(
    *,
    order_id: int,
    by: Actor,
    at: datetime,
    quantities: Mapping[int, Decimal] | None = None,
    carrier: str = "",
    cause: str = "",
    planned_on: date | None = None,
) -> DespatchedGoods:
    """Send goods of one order: `quantities` in base units by line number, or all that is claimed on stock.

    See `despatch_many`.
    """
    shipment = Shipment(order_id, quantities, carrier, cause, planned_on)
    return despatch_many(shipments=[shipment], by=by, at=at)[0]


def despatch_many(*, shipments: Sequence[Shipment], by: Actor, at: datetime) -> list[DespatchedGoods]:
    """Send goods of these orders, one delivery note each, in the order given.

    Lines that nobody has released yet are released first; if that opens a hold, for credit, the hold stays though nothing
    leaves. Goods leave by the lines' own claims on stock, first expiry first; services need none. Claims and stock fall,
    the ledger gets its entries.

    :raises NotFound: if there is no such order.
    :raises OrderNotShippable: if an order isn't confirmed.
    :raises OrderOver: if it is closed, cancelled or refused.
    :raises OrderOnHold: if somebody still has to decide about it; `OrderHeldNow` if only since this moment.
    :raises CannotDespatch: if a line is unknown, not released, or less of it is open or claimed than asked.
    """
    made, held = _despatch(shipments=shipments, by=by, at=at)
    if held:
        raise OrderHeldNow(held[0], order=held[0], hold="credit")
    return made


@verb
def _despatch(*, shipments: Sequence[Shipment], by: Actor, at: datetime) -> tuple[list[DespatchedGoods], list[str]]:
    """What left; or nothing, and the orders that have a hold since now. It is an answer, for a refusal would undo the hold."""
    if not shipments:
        return [], []
    order_ids = sorted({shipment.order_id for shipment in shipments})
    _lock(order_ids)
    held = _release(order_ids, by, at)
    if held:
        return [], held
    known = _read(order_ids)
    planned: list[tuple[Shipment, _Order, list[Pick]]] = []
    for shipment in shipments:
        order = known.get(shipment.order_id)
        if order is None:
            raise NotFound(what=str(shipment.order_id))
        planned.append((shipment, order, _plan(order, shipment)))
    made = _write(planned, by, at)
    _move(made, by, at)
    notes = {order.id: shipment for shipment, order, _ in planned}
    for one in made:
        shipment = notes[one.order_id]
        emit(
            Despatched(
                order_id=one.order_id, advice_id=one.advice_id, number=one.number,
                lines=len({pick.line_id for pick in one.picks}), carrier=shipment.carrier,
                planned_on=(shipment.planned_on or _planned_on(known[one.order_id], one.picks) or "").__str__(),
                cause=shipment.cause,
            ),
            by=by, at=one.despatched_at,
        )  # fmt: skip
    return made, []


def _lock(order_ids: Sequence[int]) -> None:
    """Find who is concerned, then lock: credit, orders, stock."""
    found = bulk.rows(
        """SELECT o.customer_id, array(SELECT DISTINCT c.stock_id FROM inventory_claim c
               JOIN orders_orderline l ON l.id = c.demand_line_id WHERE l.order_id = o.id AND c.stock_id IS NOT NULL)
           FROM orders_order o WHERE o.id = ANY(%s::bigint[])""",
        [list(order_ids)],
    )
    locks.take(credit=[row[0] for row in found], orders=order_ids, stock=[stock for row in found for stock in row[1]])


def _release(order_ids: Sequence[int], by: Actor, at: datetime) -> list[str]:
    """Release what is confirmed, held by nobody and ready, but was not released yet; the numbers of orders which that put
    on hold."""
    ready = bulk.rows(
        """SELECT DISTINCT o.id FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id
           JOIN catalog_item i ON i.id = l.item_id
           WHERE o.id = ANY(%s::bigint[]) AND o.state = 'confirmed' AND l.released_at IS NULL
             AND (i.kind = 'service' OR EXISTS (
                 SELECT 1 FROM inventory_claim c WHERE c.demand_line_id = l.id AND c.stock_id IS NOT NULL))
             AND NOT EXISTS (SELECT 1 FROM orders_hold h WHERE h.order_id = o.id AND h.released_at IS NULL)""",
        [list(order_ids)],
    )
    if not ready:
        return []
    wanted = sorted(row[0] for row in ready)
    released = orders.release_lines(order_ids=wanted, by=by, at=at)
    left = [order_id for order_id in wanted if order_id not in released]
    return [
        number
        for (number,) in bulk.rows(
            """SELECT o.number FROM orders_order o WHERE o.id = ANY(%s::bigint[])
                 AND EXISTS (SELECT 1 FROM orders_hold h WHERE h.order_id = o.id AND h.released_at IS NULL)
               ORDER BY o.id""",
            [left],
        )
    ]


# The day planned is the ship date of the first part of the promise that has not left yet.
_LINES = """
SELECT o.id, o.number, o.state,
    coalesce((SELECT min(h.kind) FROM orders_hold h WHERE h.order_id = o.id AND h.released_at IS NULL), ''),
    l.id, l.line_number, i.name, i.kind = 'service', l.released_at IS NOT NULL,
    l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us - l.substituted - l.accepted - l.refused_final
        - (l.despatched - l.accepted - l.refused_final - l.brought_back),
    (SELECT min(p.ship_date) FROM (
        SELECT ship_date, sum(quantity) OVER (ORDER BY part) AS upto FROM orders_promise
        WHERE line_id = l.id AND sequence = l.promise_sequence) p WHERE p.upto > l.despatched - l.brought_back)
FROM orders_order o LEFT JOIN orders_orderline l ON l.order_id = o.id AND l.item_id IS NOT NULL
LEFT JOIN catalog_item i ON i.id = l.item_id
WHERE o.id = ANY(%s::bigint[]) ORDER BY o.id, l.line_number
"""

_CLAIMS = """
SELECT c.demand_line_id, s.id, s.lot, s.expires_on, sum(c.quantity), s.blocked
FROM inventory_claim c JOIN orders_orderline l ON l.id = c.demand_line_id JOIN inventory_stock s ON s.id = c.stock_id
WHERE l.order_id = ANY(%s::bigint[]) GROUP BY c.demand_line_id, s.id
"""


def _read(order_ids: Sequence[int]) -> dict[int, _Order]:
    """Orders, lines and claims as they are under the locks."""
    found: dict[int, _Order] = {}
    lines: dict[int, ShippableLine] = {}
    for order_id, number, state, held, line_id, line_number, item, service, released, left, planned in bulk.rows(
        _LINES, [list(order_ids)]
    ):
        order = found.setdefault(order_id, _Order(order_id, number, state, held, []))
        if line_id is not None:
            lines[line_id] = ShippableLine(line_id, line_number, item, service, released, left, [], planned)
            order.lines.append(lines[line_id])
    for line_id, *claim in bulk.rows(_CLAIMS, [list(order_ids)]):
        if line_id in lines:
            lines[line_id].claims.append(OnClaim(*claim))
    return found


def _plan(order: _Order, shipment: Shipment) -> list[Pick]:
    if order.state in OVER:
        raise OrderOver(order.number, order=order.number, state=OVER[OrderState(order.state)])
    if order.state != OrderState.CONFIRMED:
        raise OrderNotShippable(order.number, order=order.number, state=order.state)
    if order.held:
        raise OrderOnHold(order.number, order=order.number, hold=order.held)
    picks, faults = plan_picks(order.lines, shipment.quantities)
    if faults:
        raise CannotDespatch(order.number, faults, order=order.number)
    return picks


def _planned_on(order: _Order, picks: Sequence[Pick]) -> date | None:
    """The earliest day on which one of the lines that leave was to leave."""
    leaving = {pick.line_id for pick in picks}
    return min((line.planned_on for line in order.lines if line.line_id in leaving and line.planned_on), default=None)


_WRITE = """
WITH src AS MATERIALIZED (
    SELECT nextval('fulfilment_despatchadvice_id_seq') AS id,
        'A-' || to_char(t.at_, 'YYYY') || '-' || lpad(nextval('fulfilment_despatch_number')::text, 6, '0') AS number, t.*
    FROM json_to_recordset(%(advices)s::json) AS t(n int, o bigint, carrier text, planned date, at_ timestamptz, cause text)
), a AS (
    INSERT INTO fulfilment_despatchadvice (id, number, order_id, ship_to_id, warehouse_id, carrier, planned_on,
        despatched_at, recorded_at, actor, cause)
    SELECT s.id, s.number, o.id, o.ship_to_id, o.warehouse_id, s.carrier, s.planned, s.at_, now(), %(by)s, s.cause
    FROM src s JOIN orders_order o ON o.id = s.o ORDER BY s.n
), l AS (
    INSERT INTO fulfilment_despatchline (advice_id, order_line_id, stock_id, lot, expires_on, quantity)
    SELECT s.id, t.line, t.stock, t.lot, t.expires, t.qty
    FROM json_to_recordset(%(lines)s::json) AS t(n int, i int, line bigint, stock bigint, lot text, expires date, qty numeric)
    JOIN src s ON s.n = t.n ORDER BY t.n, t.i
)
SELECT n, id, number FROM src ORDER BY n
"""


def _write(planned: Sequence[tuple[Shipment, _Order, list[Pick]]], by: Actor, at: datetime) -> list[DespatchedGoods]:
    """All delivery notes and their lines in one statement."""
    advices = [
        {
            "n": n, "o": order.id, "carrier": shipment.carrier[:80], "at_": shipment.at or at, "cause": shipment.cause,
            "planned": shipment.planned_on or _planned_on(order, picks),
        }
        for n, (shipment, order, picks) in enumerate(planned)
    ]  # fmt: skip
    lines = [
        {
            "n": n, "i": i, "line": pick.line_id, "stock": pick.stock_id, "lot": pick.lot, "expires": pick.expires_on,
            "qty": pick.quantity,
        }
        for n, (_, _, picks) in enumerate(planned) for i, pick in enumerate(picks)
    ]  # fmt: skip
    written = bulk.rows(_WRITE, {"advices": bulk.as_json(advices), "lines": bulk.as_json(lines), "by": by})
    return [
        DespatchedGoods(
            advice_id, number, planned[n][1].id, planned[n][1].number, planned[n][0].at or at, tuple(planned[n][2])
        )
        for n, advice_id, number in written
    ]


def _move(made: Sequence[DespatchedGoods], by: Actor, at: datetime) -> None:
    """The ledger gets its entries, claims and stock fall, by despatch terms the credit counters move."""
    before = exposure.weights(line_ids=sorted({pick.line_id for one in made for pick in one.picks}))
    entries: list[orders.Entry] = []
    left: list[inventory.Left] = []
    for one in made:
        by_line: dict[int, Decimal] = {}
        for pick in one.picks:
            by_line[pick.line_id] = by_line.get(pick.line_id, Decimal(0)) + pick.quantity
        entries.extend(
            orders.Entry(line_id, EntryKind.DESPATCHED, quantity, one.number, at=one.despatched_at)
            for line_id, quantity in by_line.items()
        )
        picked = [(pick.line_id, pick.stock_id, pick.quantity) for pick in one.picks if pick.stock_id is not None]
        left.append(inventory.Left(one.number, one.despatched_at, picked))
    inventory.consume_many(left=left, by=by)
    orders.record(entries=entries, by=by, at=at)
    exposure.move_from(before)
