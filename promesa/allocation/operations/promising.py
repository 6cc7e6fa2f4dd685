"""Giving promises: lock supply, read it, decide, claim, tell the orders. Who gets scarce stock is decided here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from promesa.allocation.queries.protection import Guard
from promesa.allocation.rules import (
    RECEIPT,
    STOCK,
    Claim,
    LinePromise,
    OrderPromise,
    Supply,
    SupplyPool,
)
from promesa.allocation.terms import promise_wanted
from promesa.core import locks
from promesa.core.actors import Actor
from promesa.core.verbs import verb
from promesa.inventory import operations as inventory
from promesa.inventory import queries as supply
from promesa.inventory.operations.claims import ClaimRow
from promesa.orders import operations as orders
from promesa.orders.queries import Wanted, known_before, lines_to_promise, turns
from promesa.orders.rules import PromisedLine, PromisedPart

Shelves = dict[int, SupplyPool]
Own = Mapping[int, Sequence[Claim]]
_NO_SEQUENCES: Mapping[int, int] = MappingProxyType({})
_NOTHING: Own = MappingProxyType({})


@verb
def promise_orders(*, order_ids: Iterable[int], by: Actor, at: datetime) -> list[int]:
    """Promise every line of these orders, claim what is promised, and settle them; returns the ids confirmed.

    Better tiers, then older orders, are served first; what others were promised is not touched. What was held for a
    quotation is offered to it before anybody else.
    """
    order_ids = list(order_ids)
    wanted = lines_to_promise(order_ids)
    shelves = _shelves(wanted)
    before = set(known_before(order_ids))
    own = give_up([order for order in wanted if order.order_id in before], shelves, by, at) if before else _NOTHING
    promised = _decide(wanted, shelves, by, at, own)
    return orders.settle_orders(promises=promised, by=by, at=at, sequences=_in_force(wanted))


@verb
def promise_again(
    *, order_ids: Iterable[int], by: Actor, at: datetime, cause: str = "", initiator: str = "us"
) -> list[int]:
    """Give up the claims of these orders' lines and promise them anew; earlier promises stay on record.

    Each order is offered first what it had, so that none loses to another of them what it was promised. Lines whose
    promise comes out the same keep it. Returns the ids of orders that this confirmed.
    """
    order_ids = sorted(set(order_ids))
    locks.take(orders=order_ids)
    wanted = lines_to_promise(order_ids)
    shelves = lock_supply(wanted)
    promised = _decide(wanted, shelves, by, at, give_up(wanted, shelves, by, at))
    changed = orders.only_changed(promises=promised)
    return orders.settle_orders(
        promises=changed, by=by, at=at, sequences=_in_force(wanted), cause=cause, initiator=initiator
    )


def _shelves(wanted: Sequence[Wanted]) -> Shelves:
    """Free supply by warehouse. Of a capture in several turns it is locked and read with the first of them, for all."""
    capture = turns()
    if capture is None:
        return lock_supply(wanted)
    if "allocation.shelves" not in capture.kept:
        capture.kept["allocation.shelves"] = lock_supply(wanted, capture.items)
    shelves: Shelves = capture.kept["allocation.shelves"]
    return shelves


def lock_supply(wanted: Sequence[Wanted], others: Collection[int] = ()) -> Shelves:
    """Lock and read the supply of these orders' items, and of these others, at their warehouses."""
    items = {line.item_id for order in wanted for line in order.lines if line.kind == "goods"}.union(others)
    pools: dict[int, list[Supply]] = {}
    guarded: set[int] = set()
    if items:
        for row in supply.lock_free_supply(items=items, warehouses={order.warehouse_id for order in wanted}):
            pools.setdefault(row.warehouse_id, []).append(
                Supply(row.id, row.item_id, row.free, row.expires_on, row.expected_at, row.supplier)
            )
            if row.guarded:
                guarded.add(row.warehouse_id)
    shelves = {warehouse: SupplyPool(rows) for warehouse, rows in pools.items()}
    for warehouse in guarded:
        shelves[warehouse].guard = Guard(warehouse, items)
    return shelves


def give_up(wanted: Sequence[Wanted], shelves: Shelves, by: Actor, at: datetime) -> Own:
    """Give up all claims of these orders' lines, whose supply is locked: order -> what it had.

    Plans in force are asked first, while what they give counts as theirs.
    """
    for pool in shelves.values():
        if pool.guard is not None:
            pool.guard.protections(at)
    given = inventory.give_up_claims(line_ids=[line.id for order in wanted for line in order.lines], by=by, at=at)
    if not given:
        return _NOTHING
    return {
        order.order_id: [
            Claim(STOCK, stock, quantity) if stock is not None else Claim(RECEIPT, receipt or 0, quantity)
            for line in order.lines for stock, receipt, quantity in given.get(line.id, ())
        ]
        for order in wanted
    }  # fmt: skip


def answer_of(order: Wanted, shelves: Shelves, own: Own, at: datetime) -> OrderPromise:
    """What can be promised of an order, its own goods first given back; the shelves go down by it."""
    shelf = shelves.setdefault(order.warehouse_id, SupplyPool(()))
    if order.order_id in own:
        shelf.give_back(own[order.order_id])
    return promise_wanted(order, shelf, at)


def _decide(
    wanted: Sequence[Wanted], shelves: Shelves, by: Actor, at: datetime, own: Own
) -> dict[int, list[PromisedLine]]:
    """Decide in memory, claim in one statement."""
    claims: list[ClaimRow] = []
    promised: dict[int, list[PromisedLine]] = {}
    for order in wanted:
        answer = answer_of(order, shelves, own, at)
        strength = "soft" if order.held else "hard"
        promised[order.order_id] = [as_promise(line, claims, strength) for line in answer.lines]
    if claims:
        _reserve(claims, by, at)
    return promised


def _reserve(claims: list[ClaimRow], by: Actor, at: datetime) -> None:
    """Claim now; in a capture of several turns with each of them, while the counters rise once, at its end."""
    capture = turns()
    if capture is None:
        inventory.reserve(claims=claims, by=by, at=at)
        return
    reserving: inventory.Reserving | None = capture.kept.get("allocation.claims")
    if reserving is None:
        reserving = capture.kept["allocation.claims"] = inventory.Reserving()
        capture.at_end.append(reserving.end)
    reserving.add(claims)


def claims_of(line: LinePromise, strength: str) -> list[ClaimRow]:
    """What a promise claims, as inventory takes it."""
    return [
        (line.key, claim.id, None, claim.quantity, strength) if claim.source == STOCK
        else (line.key, None, claim.id, claim.quantity, strength)
        for part in line.parts for claim in part.claims
    ]  # fmt: skip


def as_promise(line: LinePromise, claims: list[ClaimRow], strength: str) -> PromisedLine:
    """A promise as the orders record it; what it claims is added to `claims`."""
    claims += claims_of(line, strength)
    parts = [
        PromisedPart(part.quantity, part.ship_date, part.window_from, part.window_to, part.reason, part.params)
        for part in line.parts
    ]
    return PromisedLine(line.key, tuple(parts), line.missing_quantity, line.missing_reason, line.missing_params)


def _in_force(wanted: Sequence[Wanted]) -> Mapping[int, int]:
    found = {line.id: line.promise_sequence for order in wanted for line in order.lines if line.promise_sequence}
    return found or _NO_SEQUENCES
