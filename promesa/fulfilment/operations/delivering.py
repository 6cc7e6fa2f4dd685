"""Delivery: what happened at the customer's door, part by part, with its proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from promesa.core import bulk, locks
from promesa.core.actors import Actor
from promesa.core.errors import NotFound, RefusedForFaults
from promesa.core.events import emit
from promesa.core.verbs import verb
from promesa.fulfilment.events import Delivered
from promesa.fulfilment.operations.excess import Kept, excess_faults, keep_excess
from promesa.fulfilment.operations.proofs import keep_signature
from promesa.fulfilment.operations.work import open_work
from promesa.fulfilment.rules import (
    LEDGER,
    TAKEN,
    Arrival,
    Excess,
    OnNote,
    Part,
    Settled,
    comes_back_blocked,
    corrected_moment,
    plan_outcomes,
)
from promesa.fulfilment.states import Outcome
from promesa.inventory import operations as inventory
from promesa.orders import operations as orders
from promesa.orders.operations import exposure

ZERO = Decimal(0)


class DeliveryDoesNotAddUp(RefusedForFaults):
    """What is said of the delivery does not match its note: each line is named."""


class DeliveredGoods(NamedTuple):
    """A delivery that was recorded."""

    delivery_id: int
    number: str
    advice_id: int
    advice: str
    order_id: int
    order: str
    delivered_at: datetime
    clock_suspect: bool
    settled: tuple[Settled, ...]


class Lot(NamedTuple):
    """Where a quantity on a note came from, so that it can come back."""

    stock_id: int | None
    item_id: int
    warehouse_id: int
    lot: str
    expires_on: date | None


class Note(NamedTuple):
    """A delivery note under the lock: its lines of which nothing has been said, and where they came from."""

    id: int
    number: str
    order_id: int
    order: str
    customer_id: int
    customer: str
    ship_to_id: int
    despatched_at: datetime
    lines: list[OnNote]
    lots: dict[int, Lot]


@verb
def deliver(
    *,
    by: Actor,
    at: datetime,
    advice_id: int | None = None,
    number: str = "",
    outcomes: Mapping[int, Sequence[Part]] | None = None,
    signed_by: str = "",
    signature: bytes | None = None,
    arrived_at: datetime | None = None,
    device_at: datetime | None = None,
    server_at: datetime | None = None,
    site_id: int | None = None,
    cause: str = "",
    note: str = "",
) -> DeliveredGoods:
    """Record what happened with one delivery note, named by id or number. See `deliver_many`.

    :raises ProofNotAnImage, ProofTooLarge: if the signature isn't a small PNG, JPEG or GIF.
    """
    if advice_id is None:
        found = bulk.row("SELECT id FROM fulfilment_despatchadvice WHERE number = %s", [number])
        if found is None:
            raise NotFound(what=number)
        advice_id = int(found[0])
    arrival = Arrival(
        advice_id=advice_id, outcomes=outcomes, signed_by=signed_by, arrived_at=arrived_at, device_at=device_at,
        server_at=server_at, site_id=site_id, cause=cause, note=note,
        signature_sha256=keep_signature(signature) if signature else "",
    )  # fmt: skip
    return deliver_many(arrivals=[arrival], by=by, at=at)[0]


@verb
def deliver_many(*, arrivals: Sequence[Arrival], by: Actor, at: datetime) -> list[DeliveredGoods]:
    """Record what happened at these customers' doors, one delivery note each, in the order given.

    Of each line the parts sum to what was on the note; what was taken on top of it becomes a line of its own.
    What was taken (with or without reserve) is accepted; what was refused for good is settled; what was short, damaged
    or to be brought again is open again. Goods that come back are in stock again, doubtful ones blocked; those to be
    brought again are claimed for their line at once.

    :raises NotFound: if there is no such note.
    :raises DeliveryDoesNotAddUp: with every line whose parts do not add up, or that lacks a reason.
    """
    if not arrivals:
        return []
    notes = _locked([arrival.advice_id for arrival in arrivals])
    planned: list[tuple[Arrival, Note, list[Settled]]] = []
    excesses: list[tuple[int, Excess]] = []
    for n, arrival in enumerate(arrivals):
        note = notes.get(arrival.advice_id)
        if note is None:
            raise NotFound(what=str(arrival.advice_id))
        settled, excess, faults = plan_outcomes(note.lines, arrival.outcomes)
        faults = faults or excess_faults(excess, {line_id: lot.stock_id for line_id, lot in note.lots.items()})
        if faults:
            raise DeliveryDoesNotAddUp(note.number, faults, number=note.number)
        planned.append((arrival, note, settled))
        excesses.extend((n, one) for one in excess)
    made = _write(planned, by, at)
    before = exposure.weights(line_ids=sorted({row.line_id for one in made for row in one.settled}))
    _record(made, by)
    added = keep_excess(kept=[_kept(made[n], notes[made[n].advice_id], one) for n, one in excesses], by=by)
    exposure.move_from(before._replace(line_ids=(*before.line_ids, *added)))
    _bring_back(made, notes, by)
    for (arrival, note, _), one in zip(planned, made, strict=True):
        emit(_told(arrival, note, one), by=by, at=one.delivered_at)
        open_work(order_id=note.order_id, order=note.order, customer_id=note.customer_id, customer=note.customer,
                  number=one.number, parts=[row.part for row in one.settled], by=by, at=one.delivered_at)  # fmt: skip
    return made


def _locked(advice_ids: Sequence[int]) -> dict[int, Note]:
    """Find who is concerned, lock them, and read the notes."""
    concerned = bulk.rows(
        """SELECT o.customer_id, o.id, array(SELECT DISTINCT l.stock_id FROM fulfilment_despatchline l
               WHERE l.advice_id = a.id AND l.stock_id IS NOT NULL)
           FROM fulfilment_despatchadvice a JOIN orders_order o ON o.id = a.order_id WHERE a.id = ANY(%s::bigint[])""",
        [list(advice_ids)],
    )
    locks.take(
        credit=[row[0] for row in concerned],
        orders=[row[1] for row in concerned],
        stock=[stock for row in concerned for stock in row[2]],
    )
    return _read(advice_ids)


_NOTES = """
SELECT a.id, a.number, o.id, o.number, o.customer_id, c.name, a.ship_to_id, a.despatched_at,
    l.id, ol.id, ol.line_number, i.name,
    l.quantity - coalesce((SELECT sum(d.quantity) FROM fulfilment_deliveryline d WHERE d.despatch_line_id = l.id), 0),
    l.stock_id, ol.item_id, coalesce(s.warehouse_id, a.warehouse_id), l.lot, l.expires_on
FROM fulfilment_despatchadvice a JOIN orders_order o ON o.id = a.order_id JOIN customers_customer c ON c.id = o.customer_id
JOIN fulfilment_despatchline l ON l.advice_id = a.id JOIN orders_orderline ol ON ol.id = l.order_line_id
JOIN catalog_item i ON i.id = ol.item_id LEFT JOIN inventory_stock s ON s.id = l.stock_id
WHERE a.id = ANY(%s::bigint[]) ORDER BY a.id, ol.line_number, l.id
"""


def _read(advice_ids: Sequence[int]) -> dict[int, Note]:
    found: dict[int, Note] = {}
    for row in bulk.rows(_NOTES, [list(advice_ids)]):
        note = found.setdefault(row[0], Note(*(*row[:8], [], {})))
        line_id, order_line_id, line_number, item, left = row[8:13]
        note.lots[line_id] = Lot(*row[13:])
        if left > 0:
            note.lines.append(OnNote(line_id, order_line_id, line_number, item, left))
    return found


_WRITE = """
WITH src AS MATERIALIZED (
    SELECT nextval('fulfilment_delivery_id_seq') AS id,
        'E-' || to_char(t.delivered, 'YYYY') || '-' || lpad(nextval('fulfilment_delivery_number')::text, 6, '0') AS number, t.*
    FROM json_to_recordset(%(deliveries)s::json) AS t(n int, advice bigint, site bigint, arrived timestamptz,
        delivered timestamptz, device timestamptz, server timestamptz, suspect boolean, signed text, sha text, cause text,
        note text)
), d AS (
    INSERT INTO fulfilment_delivery (id, number, advice_id, site_id, arrived_at, delivered_at, device_at, server_at,
        clock_suspect, signed_by, signature_sha256, actor, cause, note)
    SELECT id, number, advice, site, arrived, delivered, device, server, suspect, signed, sha, %(by)s, cause, note
    FROM src ORDER BY n
), l AS (
    INSERT INTO fulfilment_deliveryline (delivery_id, despatch_line_id, outcome, quantity, reason, cause, note)
    SELECT s.id, t.line, t.outcome, t.qty, t.reason, t.cause, t.note
    FROM json_to_recordset(%(lines)s::json) AS t(n int, i int, line bigint, outcome text, qty numeric, reason text, cause text,
        note text) JOIN src s ON s.n = t.n ORDER BY t.n, t.i
)
SELECT n, id, number FROM src ORDER BY n
"""


def _write(planned: Sequence[tuple[Arrival, Note, list[Settled]]], by: Actor, at: datetime) -> list[DeliveredGoods]:
    """All deliveries and their lines in one statement."""
    records: list[dict[str, object]] = []
    lines: list[dict[str, object]] = []
    moments: list[tuple[datetime, bool]] = []
    for n, (arrival, note, settled) in enumerate(planned):
        server_at = arrival.server_at or arrival.at or at
        delivered_at, suspect = corrected_moment(
            device_at=arrival.device_at, server_at=server_at, despatched_at=note.despatched_at
        )
        moments.append((delivered_at, suspect))
        records.append({
            "n": n, "advice": note.id, "site": arrival.site_id or note.ship_to_id, "arrived": arrival.arrived_at,
            "delivered": delivered_at, "device": arrival.device_at, "server": server_at, "suspect": suspect,
            "signed": arrival.signed_by[:120], "sha": arrival.signature_sha256, "cause": arrival.cause,
            "note": arrival.note[:300],
        })  # fmt: skip
        lines.extend(
            {
                "n": n, "i": i, "line": row.despatch_line_id, "outcome": str(row.part.outcome), "qty": row.part.quantity,
                "reason": str(row.part.reason), "cause": row.part.cause, "note": row.part.note[:300],
            }
            for i, row in enumerate(settled)
        )  # fmt: skip
    written = bulk.rows(_WRITE, {"deliveries": bulk.as_json(records), "lines": bulk.as_json(lines), "by": by})
    made = []
    for n, delivery_id, number in written:
        _, note, settled = planned[n]
        delivered_at, suspect = moments[n]
        made.append(
            DeliveredGoods(
                delivery_id,
                number,
                note.id,
                note.number,
                note.order_id,
                note.order,
                delivered_at,
                suspect,
                tuple(settled),
            )
        )
    return made


def _kept(one: DeliveredGoods, note: Note, excess: Excess) -> Kept:
    stock_id = note.lots[excess.despatch_line_id].stock_id
    return Kept(one.delivery_id, note.id, note.number, one.delivered_at, excess, stock_id)


def _record(made: Sequence[DeliveredGoods], by: Actor) -> None:
    """The ledger gets one entry for each line, kind, cause and reason, under the note's number."""
    entries: list[orders.Entry] = []
    for one in made:
        sums: dict[tuple[int, str, str, str], Decimal] = {}
        for row in one.settled:
            key = (row.line_id, LEDGER[row.part.outcome], row.part.cause, str(row.part.reason))
            sums[key] = sums.get(key, ZERO) + row.part.quantity
        entries.extend(
            orders.Entry(line_id, kind, quantity, one.advice, cause, reason, one.delivered_at)
            for (line_id, kind, cause, reason), quantity in sums.items()
        )
    orders.record(entries=entries, by=by, at=made[0].delivered_at)


def _bring_back(made: Sequence[DeliveredGoods], notes: Mapping[int, Note], by: Actor) -> None:
    """Goods that were not taken are in stock again; those to be brought again are claimed for their line."""
    for one in made:
        back: list[inventory.StockRow] = []
        again: list[tuple[Settled, Lot]] = []
        for row in one.settled:
            lot = notes[one.advice_id].lots[row.despatch_line_id]
            if row.part.outcome in TAKEN or lot.stock_id is None:
                continue
            blocked = comes_back_blocked(row.part)
            back.append(
                inventory.StockRow(lot.item_id, lot.warehouse_id, lot.lot, lot.expires_on, row.part.quantity, blocked)
            )
            if row.part.outcome == Outcome.REDELIVER and not blocked:
                again.append((row, lot))
        stock = inventory.take_back(rows=back, reference=one.number, by=by, at=one.delivered_at)
        claims = [
            (row.line_id, stock[lot.item_id, lot.warehouse_id, lot.lot], None, row.part.quantity, "hard")
            for row, lot in again
        ]
        inventory.reserve(claims=claims, by=by, at=one.delivered_at)


def _told(arrival: Arrival, note: Note, one: DeliveredGoods) -> Delivered:
    outcomes = {row.part.outcome for row in one.settled}
    return Delivered(
        order_id=one.order_id, advice_id=one.advice_id, delivery_id=one.delivery_id, number=one.number, advice=note.number,
        lines=len({row.line_id for row in one.settled}), accepted=bool(outcomes & TAKEN),
        whole=outcomes <= {Outcome.ACCEPTED}, signed_by=arrival.signed_by[:120], cause=arrival.cause,
    )  # fmt: skip
