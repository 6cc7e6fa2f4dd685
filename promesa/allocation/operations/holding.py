"""Goods held for a quotation: a draft order has first right to them until a moment, then they are everybody's again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from promesa.allocation.events import GoodsHeld, HoldLapsed
from promesa.allocation.operations.promising import answer_of, claims_of, give_up, lock_supply
from promesa.allocation.queries.holding import lapsed_orders
from promesa.allocation.rules import LinePromise
from promesa.core import bulk, locks, parameters
from promesa.core.actors import Actor
from promesa.core.errors import NotFound, Refused
from promesa.core.events import emit
from promesa.core.verbs import verb
from promesa.inventory import operations as inventory
from promesa.orders.queries import lines_to_promise
from promesa.orders.states import OrderState

LONGEST_PARAMETER = "allocation.longest_hold_days"
LONGEST_DAYS = 30


class NotAQuotation(Refused):
    """Only a draft can hold goods for a while; an order that was submitted has its promise."""


class NothingHeld(Refused):
    """No goods are held for the quotation any more; hold them anew."""


class HoldTooLong(Refused):
    """Goods may be held from now on and for so many days at most."""


class Held(NamedTuple):
    """What is held for a quotation, line by line as it could be promised now, and until when."""

    order_id: int
    until: datetime
    lines: tuple[LinePromise, ...]


@verb
def hold_goods(*, order_id: int, until: datetime, by: Actor, at: datetime) -> Held:
    """Hold what can be promised of a draft until a moment; what it held before is given up first, so this also renews.

    Others can be promised that much less meanwhile. The draft has no promise yet: submitting it gives one, from these
    goods before any others.

    :raises NotAQuotation: if the order is not a draft.
    :raises HoldTooLong: if the moment has passed, or is farther off than the company allows.
    """
    _draft(order_id)
    _check_until(until, at)
    wanted = lines_to_promise([order_id])
    shelves = lock_supply(wanted)
    own = give_up(wanted, shelves, by, at)
    lines = tuple(line for order in wanted for line in answer_of(order, shelves, own, at).lines)
    inventory.reserve(claims=[claim for line in lines for claim in claims_of(line, "soft")], by=by, at=at)
    inventory.set_expiry(line_ids=[line.key for line in lines], until=until, by=by, at=at)
    short = sum(bool(line.missing_quantity) for line in lines)
    emit(GoodsHeld(order_id=order_id, until=until.isoformat(), lines=len(lines), short_lines=short), by=by, at=at)
    return Held(order_id, until, lines)


@verb
def renew_hold(*, order_id: int, until: datetime, by: Actor, at: datetime) -> int:
    """Hold the same goods until another moment; returns how many lines have any.

    :raises NotAQuotation: if the order is not a draft.
    :raises NothingHeld: if nothing is held any more.
    :raises HoldTooLong: if the moment has passed, or is farther off than the company allows.
    """
    number = _draft(order_id)
    _check_until(until, at)
    lines = inventory.set_expiry(line_ids=_lines_of([order_id]), until=until, by=by, at=at)
    if not lines:
        raise NothingHeld(number, order=number)
    emit(GoodsHeld(order_id=order_id, until=until.isoformat(), lines=lines, short_lines=0), by=by, at=at)
    return lines


@verb
def give_up_hold(*, order_id: int, by: Actor, at: datetime) -> None:
    """Let go what is held for a draft; who waits for these goods is served.

    :raises NotAQuotation: if the order is not a draft.
    """
    _draft(order_id)
    _let_go([order_id], lapsed=False, by=by, at=at)


@verb
def give_up_lapsed(*, by: Actor, at: datetime) -> list[int]:
    """Let go what was held for drafts whose time is up; returns their ids. A draft submitted meanwhile keeps its goods."""
    found = lapsed_orders(at=at)
    if not found:
        return []
    locks.take(orders=found)
    lapsed = lapsed_orders(at=at, order_ids=found)
    _let_go(lapsed, lapsed=True, by=by, at=at)
    return lapsed


def _let_go(order_ids: Collection[int], *, lapsed: bool, by: Actor, at: datetime) -> None:
    wanted = lines_to_promise(order_ids)
    lock_supply(wanted)
    given = inventory.free_claims(line_ids=_lines_of(order_ids), by=by, at=at)
    if given:
        emit(*(HoldLapsed(order_id=order_id, lapsed=lapsed) for order_id in order_ids), by=by, at=at)


def _draft(order_id: int) -> str:
    """Lock a draft and return its number."""
    locks.take(orders=[order_id])
    found = bulk.row("SELECT number, state FROM orders_order WHERE id = %s", [order_id])
    if found is None:
        raise NotFound(what=f"{order_id}")
    number, state = found
    if state != OrderState.DRAFT:
        raise NotAQuotation(number, order=number, state=state)
    return str(number)


def _check_until(until: datetime, at: datetime) -> None:
    longest = parameters.value(code=LONGEST_PARAMETER, on=at.date(), default=LONGEST_DAYS)
    if not at < until <= at + timedelta(days=longest):
        raise HoldTooLong(until=until, days=longest)


def _lines_of(order_ids: Collection[int]) -> list[int]:
    return [
        row[0]
        for row in bulk.rows("SELECT id FROM orders_orderline WHERE order_id = ANY(%s::bigint[])", [[*order_ids]])
    ]
