"""Giving promises: lock supply, read it, decide, claim, tell the orders. Who gets scarce stock is decided here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, time
from functools import lru_cache
from types import MappingProxyType

from promesa.allocation.rules import (
    STOCK,
    DeliveryTerms,
    Demand,
    LinePromise,
    Supply,
    SupplyPool,
    promise_order,
)
from promesa.core import locks
from promesa.core.actors import Actor
from promesa.core.calendar_store import calendar
from promesa.core.calendars import BusinessCalendar, ReceivingWindows
from promesa.core.verbs import verb
from promesa.inventory import operations as inventory
from promesa.inventory import queries as supply
from promesa.inventory.operations.claims import ClaimRow
from promesa.orders import operations as orders
from promesa.orders.queries import Wanted, WantedLine, lines_to_promise, turns
from promesa.orders.rules import PromisedLine, PromisedPart

Shelves = dict[int, SupplyPool]
_NO_SEQUENCES: Mapping[int, int] = MappingProxyType({})


@verb
def promise_orders(*, order_ids: Iterable[int], by: Actor, at: datetime) -> list[int]:
    """Promise every line of these orders, claim what is promised, and settle them; returns the ids confirmed.

    Better tiers, then older orders, are served first; what others were promised is not touched.
    """
    wanted = lines_to_promise(order_ids)
    promised = _decide(wanted, _shelves(wanted), by, at)
    return orders.settle_orders(promises=promised, by=by, at=at, sequences=_in_force(wanted))


@verb
def promise_again(
    *, order_ids: Iterable[int], by: Actor, at: datetime, cause: str = "", initiator: str = "us"
) -> list[int]:
    """Give up the claims of these orders' lines and promise them anew; earlier promises stay on record.

    Lines whose promise comes out the same keep it. Returns the ids of orders that this confirmed.
    """
    order_ids = sorted(set(order_ids))
    locks.take(orders=order_ids)
    wanted = lines_to_promise(order_ids)
    items = {line.item_id for order in wanted for line in order.lines}
    supply.lock_free_supply(items=items, warehouses={order.warehouse_id for order in wanted})
    inventory.free_claims(line_ids=[line.id for order in wanted for line in order.lines], by=by, at=at)
    promised = _decide(wanted, _lock(wanted), by, at)
    changed = orders.only_changed(promises=promised)
    return orders.settle_orders(
        promises=changed, by=by, at=at, sequences=_in_force(wanted), cause=cause, initiator=initiator
    )


def _shelves(wanted: Sequence[Wanted]) -> Shelves:
    """Free supply by warehouse. Of a capture in several turns it is locked and read with the first of them, for all."""
    capture = turns()
    if capture is None:
        return _lock(wanted)
    if "allocation.shelves" not in capture.kept:
        capture.kept["allocation.shelves"] = _lock(wanted, capture.items)
    shelves: Shelves = capture.kept["allocation.shelves"]
    return shelves


def _lock(wanted: Sequence[Wanted], others: Collection[int] = ()) -> Shelves:
    """Lock and read the supply of these orders' items, and of these others, at their warehouses."""
    items = {line.item_id for order in wanted for line in order.lines if line.kind == "goods"}.union(others)
    pools: dict[int, list[Supply]] = {}
    if items:
        for row in supply.lock_free_supply(items=items, warehouses={order.warehouse_id for order in wanted}):
            pools.setdefault(row.warehouse_id, []).append(
                Supply(row.id, row.item_id, row.free, row.expires_on, row.expected_at)
            )
    return {warehouse: SupplyPool(rows) for warehouse, rows in pools.items()}


def _decide(wanted: Sequence[Wanted], shelves: Shelves, by: Actor, at: datetime) -> dict[int, list[PromisedLine]]:
    """Decide in memory, claim in one statement."""
    claims: list[ClaimRow] = []
    promised: dict[int, list[PromisedLine]] = {}
    for order in wanted:
        answer = promise_order(
            lines=[_demand(line) for line in order.lines if line.quantity > 0],
            supply=shelves.setdefault(order.warehouse_id, SupplyPool(())),
            terms=_terms(order),
            at=at,
        )
        strength = "soft" if order.held else "hard"
        promised[order.order_id] = [_as_promise(line, claims, strength) for line in answer.lines]
    if claims:
        _reserve(claims, by, at)
    return promised


def _reserve(claims: list[ClaimRow], by: Actor, at: datetime) -> None:
    """Claim now, or, in a capture of several turns, all at its end: then each counter rises once."""
    capture = turns()
    if capture is None:
        inventory.reserve(claims=claims, by=by, at=at)
        return
    kept: list[ClaimRow] | None = capture.kept.get("allocation.claims")
    if kept is None:
        capture.kept["allocation.claims"] = claims
        capture.at_end.append(lambda: inventory.reserve(claims=claims, by=by, at=at))
    else:
        kept += claims


def _demand(line: WantedLine) -> Demand:
    return Demand(
        line.id, line.item_id, line.quantity, line.requested_from, line.requested_to,
        line.minimum_life_days, line.lead_days, line.kind,
    )  # fmt: skip


def _as_promise(line: LinePromise, claims: list[ClaimRow], strength: str) -> PromisedLine:
    parts = []
    for part in line.parts:
        for claim in part.claims:
            on_stock = claim.source == STOCK
            claims.append(
                (line.key, claim.id if on_stock else None, None if on_stock else claim.id, claim.quantity, strength)
            )
        parts.append(
            PromisedPart(part.quantity, part.ship_date, part.window_from, part.window_to, part.reason, part.params)
        )
    return PromisedLine(line.key, tuple(parts), line.missing_quantity, line.missing_reason, line.missing_params)


def _in_force(wanted: Sequence[Wanted]) -> Mapping[int, int]:
    found = {line.id: line.promise_sequence for order in wanted for line in order.lines if line.promise_sequence}
    return found or _NO_SEQUENCES


def _terms(order: Wanted) -> DeliveryTerms:
    return _shared_terms(
        calendar(calendar_id=order.warehouse_calendar_id, zone=order.warehouse_zone),
        order.site_calendar_id, order.site_zone, order.windows, order.cut_off, order.ships_at, order.transit_days,
        order.one_delivery, order.partial_deliveries,
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _shared_terms(
    warehouse: BusinessCalendar,
    site_calendar_id: int | None,
    site_zone: str,
    windows: tuple[tuple[int, time, time], ...],
    cut_off: time,
    ships_at: time,
    transit_days: int,
    one_delivery: bool,
    partial_deliveries: bool,
) -> DeliveryTerms:
    """One object for all orders of the same terms: it remembers the windows it has worked out for a day."""
    hours: dict[int, list[tuple[time, time]]] = {}
    for weekday, opens, closes in windows:
        hours.setdefault(weekday, []).append((opens, closes))
    site = calendar(calendar_id=site_calendar_id, zone=site_zone)
    return DeliveryTerms(
        warehouse=warehouse,
        site=ReceivingWindows.of(site_zone, hours, site),
        cut_off=cut_off, ships_at=ships_at, transit_days=transit_days, one_delivery=one_delivery,
        partial_deliveries=partial_deliveries,
    )  # fmt: skip
