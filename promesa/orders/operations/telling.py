"""Telling the customer: when an answer with the promise in force, or the word of a person, reached them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from promesa.core import bulk
from promesa.core.actors import Actor
from promesa.core.errors import NotFound, Refused
from promesa.core.events import emit
from promesa.core.verbs import verb
from promesa.orders.events import CustomerNotReached, CustomerTold
from promesa.orders.models import Order
from promesa.orders.states import TellingBy


class NothingToTell(Refused):
    """The customer knows all that there is to say: or nothing is promised for certain yet."""


# Before an order is confirmed its promises are proposals: whoever saw one was told nothing yet.
_PROMISES = """
UPDATE orders_promise p SET told_at = %(at)s FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
WHERE l.id = p.line_id AND o.id = ANY(%(orders)s::bigint[]) AND o.state IN ('confirmed', 'closed')
  AND p.sequence = l.promise_sequence AND p.told_at IS NULL
RETURNING o.id
"""
_NOT_TOLD = """
UPDATE orders_promise p SET told_at = NULL FROM orders_orderline l
WHERE l.id = p.line_id AND l.order_id = %s AND p.told_at = ANY(%s::timestamptz[]) RETURNING p.id
"""
_HOLDS = """
UPDATE orders_hold SET told_customer_at = %(at)s
WHERE order_id = %(order)s AND released_at IS NULL AND told_customer_at IS NULL RETURNING id
"""


@verb
def record_told(*, order_ids: Iterable[int], how: str, by: Actor, at: datetime) -> int:
    """The customers were told of the promises in force, in one of the ways of `TellingBy`; says how many promises that were.

    Promises told before keep their moment; what is not confirmed is not told.
    """
    way = TellingBy(how)
    told = bulk.rows(_PROMISES, {"at": at, "orders": sorted(set(order_ids))})
    counts: dict[int, int] = {}
    for (order_id,) in told:
        counts[order_id] = counts.get(order_id, 0) + 1
    if counts:
        emit(
            *(CustomerTold(order_id=order, promises=count, how=way) for order, count in sorted(counts.items())),
            by=by, at=at,
        )  # fmt: skip
    return len(told)


@verb
def record_not_told(*, order_id: int, moments: Collection[datetime], by: Actor, at: datetime) -> int:
    """What told the customer at these moments came back: the promises that count as told since then do not any more; says how
    many. What was told otherwise, earlier or later, stays told."""
    count = len(bulk.rows(_NOT_TOLD, [order_id, sorted(moments)]))
    if count:
        emit(CustomerNotReached(order_id=order_id, promises=count), by=by, at=at)
    return count


@verb
def tell_customer(*, order_id: int, how: str, by: Actor, at: datetime) -> int:
    """A person told the customer of the promises in force, and of what holds the order up; says how many promises that were.

    A credit hold of which the customer was told in time is the customer's affair, not ours, when results judge.

    :raises NotFound: if there is no such order.
    :raises NothingToTell: if all was told before, or nothing is promised for certain and nothing holds it.
    """
    order = Order.objects.filter(pk=order_id).only("number").first()
    if order is None:
        raise NotFound(what=str(order_id))
    held = bulk.rows(_HOLDS, {"at": at, "order": order_id})
    promises = record_told(order_ids=[order_id], how=how, by=by, at=at)
    if not held and not promises:
        raise NothingToTell(order.number, order=order.number)
    if held and not promises:
        emit(CustomerTold(order_id=order_id, promises=0, how=TellingBy(how)), by=by, at=at)
    return promises
