"""What allocation does when it hears something."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from promesa.allocation import operations, queries
from promesa.core.actors import PROMESA, Actor
from promesa.core.events import Heard
from promesa.orders.events import OrderSubmitted


def promise_submitted(events: Sequence[OrderSubmitted], by: Actor, at: datetime) -> None:
    """Now: an order that is submitted is promised in the same transaction."""
    operations.promise_orders(order_ids=[event.order_id for event in events], by=by, at=at)


def settle_after_hold(events: Sequence[Heard]) -> None:
    """Later: when the last hold of a submitted order is released, it is promised anew and confirmed."""
    waiting = queries.free_to_settle(event.subject_id for event in events)
    if waiting:
        operations.promise_again(order_ids=waiting, by=PROMESA, at=max(event.at for event in events))


def promise_after_receipt_moved(events: Sequence[Heard]) -> None:
    """Later: orders whose promise hangs on a receipt that moved, shrank or was cancelled are promised anew, and somebody is
    called where a protected customer falls short by it."""
    for event in events:
        hit = queries.orders_hit(receipt_id=event.subject_id)
        if hit:
            operations.promise_again(order_ids=hit, by=PROMESA, at=event.at, cause="C1")
            operations.call_for_protected(
                order_ids=hit, since=event.at, receipt=str(event.facts.get("number", "")), by=PROMESA, at=event.at
            )


def settle_alarms(events: Sequence[Heard]) -> None:
    """Later: where all of an order has left, or it is over, nobody has to decide about it any more."""
    operations.settle_alarms(
        order_ids={event.subject_id for event in events}, by=PROMESA, at=max(event.at for event in events)
    )


def promise_after_supply(events: Sequence[Heard]) -> None:
    """Later: new supply of an item goes to the lines that still lack a promise, the better tier and the older first."""
    lacking = queries.items_lacking(int(event.facts["item_id"]) for event in events)
    for event in events:
        if (item_id := int(event.facts["item_id"])) in lacking:
            _promise_lacking(queries.orders_lacking(item_id=item_id), event.at)


def promise_after_freed(events: Sequence[Heard]) -> None:
    """Later: what an order or a quotation let go is for those who wait for it, the better tier and the older first."""
    at = max(event.at for event in events)
    let_go = queries.items_of(order_ids={event.subject_id for event in events})
    for item_id in sorted(queries.items_lacking(let_go)):
        _promise_lacking(queries.orders_lacking(item_id=item_id), at)


def promise_after_delivery(events: Sequence[Heard]) -> None:
    """Later: what came back from the door, or never arrived, wants a new promise."""
    _promise_lacking(queries.lacking_of(event.subject_id for event in events), max(event.at for event in events))


def _promise_lacking(lacking: Collection[int], at: datetime) -> None:
    """Who waits because goods came back waits for what the door told of them, the others for want of stock."""
    if not lacking:
        return
    came_back = queries.why_brought_back(lacking)
    by_cause: dict[str, list[int]] = {}
    for order_id in lacking:
        by_cause.setdefault(came_back.get(order_id, ""), []).append(order_id)
    for cause, order_ids in sorted(by_cause.items(), reverse=True):
        operations.promise_again(order_ids=order_ids, by=PROMESA, at=at, cause=cause)


def promise_after_change(events: Sequence[Heard]) -> None:
    """Later: a line that was changed, or is wanted at another time, gets a new promise; what it let go is for those who wait."""
    changed = queries.still_to_promise(event.subject_id for event in events)
    if changed:
        by_customer = [event for event in events if event.facts.get("initiator") == "customer"]
        operations.promise_again(
            order_ids=changed, by=PROMESA, at=max(event.at for event in events),
            initiator="customer" if by_customer else "us", cause="K4" if by_customer else "",
        )  # fmt: skip
    promise_after_freed(events)
