"""Changes and cancellations after submission: the same pricing, checks and locks as capture, down to the floor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from promesa.core import bulk, locks, quantities
from promesa.core.actors import Actor
from promesa.core.errors import Invalid, NotFound, Refused, Stale
from promesa.core.events import emit
from promesa.core.money import line_net
from promesa.core.verbs import verb
from promesa.customers.terms import terms_of
from promesa.inventory import operations as inventory
from promesa.inventory import queries as supply
from promesa.orders.events import LineChanged, OrderCancelled, RequestMoved
from promesa.orders.models import Finding, Hold, Order, OrderChange, OrderLine, RequestedWindow
from promesa.orders.operations.capture import read_catalogue
from promesa.orders.operations.exposure import move_from, weights
from promesa.orders.operations.ledger import Entry, record
from promesa.orders.operations.lines import change_held
from promesa.orders.operations.sums import resum
from promesa.orders.rules import PromisedLine, floor_of_change
from promesa.orders.states import NEXT, EntryKind, OrderState
from promesa.work.operations import close_items

ZERO = Decimal(0)


class OrderNotChangeable(Refused):
    """Closed, cancelled and refused orders stay as they are."""


class BelowFloor(Refused):
    """What has been delivered, is on its way or was invoiced cannot be taken back by a change."""


class OrderNotCancellable(Refused):
    """Something of it is on its way or was delivered; cancel what is still open, line by line."""


def _locked(order_id: int, version: int | None) -> Order:
    order = Order.objects.filter(pk=order_id).first()
    if order is None:
        raise NotFound(what=f"{order_id}")
    locks.take(credit=[order.customer_id], orders=[order_id])
    order.refresh_from_db()
    if version is not None and order.version != version:
        raise Stale(order.number, order=order.number)
    if order.state not in (OrderState.DRAFT, OrderState.SUBMITTED, OrderState.CONFIRMED):
        raise OrderNotChangeable(order.number, order=order.number, state=order.state)
    return order


@verb
def change_line(
    *,
    order_id: int,
    line_number: int,
    quantity: Decimal,
    by: Actor,
    at: datetime,
    initiator: str = "customer",
    reason: str = "",
    cause: str = "",
    version: int | None = None,
) -> OrderLine:
    """Set what a line is ordered for (in its ordered unit), price it anew and ask for a new promise.

    Less than before is a cancellation of the difference, recorded with who asked and why; zero cancels the line. A line
    that is held is given up by zero, and goes on by a quantity that puts it right.

    :raises LineHeld: if it is held and something else stands in its way.
    :raises BelowFloor: if less than what arrived, is on its way or is invoiced.
    :raises Stale: if the order changed since `version`.
    """
    order = _locked(order_id, version)
    line = OrderLine.objects.select_related("item").filter(order_id=order_id, line_number=line_number).first()
    if line is None:
        raise NotFound(what=f"{order.number}/{line_number}")
    if not quantity.is_finite() or quantity < 0 or not quantities.fits(quantity):
        raise Invalid(order.number, [{"field": "quantity", "received": str(quantity), "code": "bad_quantity"}])
    if line.held:
        return change_held(
            order=order, line=line, quantity=quantity, initiator=initiator, reason=reason, cause=cause, by=by, at=at
        )
    base = quantities.to_base(quantity, line.pack_numerator, line.pack_denominator)
    _refuse_below_floor(order, line, base)
    gone = line.cancelled_by_customer + line.cancelled_by_us + line.substituted
    before = line.ordered_quantity - gone
    if base == before:
        return line
    weighed = weights(line_ids=[line.pk])
    if base < before:
        kind = EntryKind.CANCELLED_BY_CUSTOMER if initiator == "customer" else EntryKind.CANCELLED_BY_US
        record(entries=[Entry(line.pk, kind, before - base, order.number, cause, reason)], by=by, at=at)
    else:
        _enlarge(order, line, base + gone)
    line.refresh_from_db()
    resum(order)
    move_from(weighed)
    OrderChange.objects.create(
        order=order, line=line, kind="quantity", initiator=initiator, before={"quantity": str(before)},
        after={"quantity": str(base)}, reason=reason[:200], cause=cause, actor=by, happened_at=at,
        recorded_at=at,
    )  # fmt: skip
    emit(
        LineChanged(order_id=order_id, line_number=line_number, kind="quantity", before=f"{before.normalize():f}",
                    after=f"{base.normalize():f}", initiator=initiator),
        by=by, at=at,
    )  # fmt: skip
    return line


def _refuse_below_floor(order: Order, line: OrderLine, base: Decimal) -> None:
    floor = floor_of_change(
        despatched=line.despatched, accepted=line.accepted, refused_final=line.refused_final,
        brought_back=line.brought_back, invoiced=line.invoiced, credited=line.credited,
    )  # fmt: skip
    if base < floor:
        raise BelowFloor(order.number, order=order.number, line=line.line_number, floor_quantity=floor)


def _enlarge(order: Order, line: OrderLine, ordered: Decimal) -> None:
    """More of a line: priced as if it came in now, so that breaks count."""
    if line.item is None:
        raise OrderNotChangeable(order.number, order=order.number, state=order.state)
    terms = terms_of(ids=[order.customer_id])[0]
    catalogue = read_catalogue(customers={terms.id: terms}, lines=(), ids=[line.item.pk])
    price = catalogue.prices(terms.id, order.currency, order.ordered_at.date()).price(
        line.item.pk, ordered, order.ordered_at.date()
    )
    if price is not None and not line.free:
        line.unit_price, line.price_basis = price.unit_price, price.basis_quantity
        line.price_origin, line.price_reference = price.origin, price.reference
    line.ordered_quantity = ordered
    line.unit_quantity = quantities.to_base(ordered, line.pack_denominator, line.pack_numerator)
    line.net_amount = line_net(ordered, line.unit_price or ZERO, line.price_basis, order.currency)
    line.save(
        update_fields=["unit_price", "price_basis", "price_origin", "price_reference", "ordered_quantity", "unit_quantity",
                       "net_amount"]
    )  # fmt: skip


@verb
def move_request(
    *,
    order_id: int,
    window_from: datetime,
    window_to: datetime,
    by: Actor,
    at: datetime,
    line_number: int | None = None,
    initiator: str = "customer",
    because_we_were_late: bool = False,
    reason: str = "",
    version: int | None = None,
) -> RequestedWindow:
    """The order, or one line of it, is wanted at another time; the earlier wish stays on record.

    A customer who moves it because we announced a delay has not moved it by themselves: say so.
    """
    order = _locked(order_id, version)
    if window_to < window_from:
        raise Invalid(order.number, [{"field": "requested", "received": str(window_to), "code": "bad_date"}])
    line = None
    if line_number is not None:
        line = OrderLine.objects.filter(order=order, line_number=line_number).first()
        if line is None:
            raise NotFound(what=f"{order.number}/{line_number}")
    last = RequestedWindow.objects.filter(order=order, line=line).order_by("-sequence").first()
    window = RequestedWindow.objects.create(
        order=order, line=line, sequence=(last.sequence if last else 0) + 1, window_from=window_from,
        window_to=window_to, initiator=initiator, because_we_were_late=because_we_were_late, reason=reason[:200],
        actor=by, happened_at=at, recorded_at=at,
    )  # fmt: skip
    wanted = order if line is None else line
    wanted.requested_from, wanted.requested_to = window_from, window_to
    wanted.save(update_fields=["requested_from", "requested_to"])
    order.version += 1
    order.save(update_fields=["version"])
    OrderChange.objects.create(
        order=order, line=line, kind="window", initiator=initiator,
        before={"from": last.window_from.isoformat(), "to": last.window_to.isoformat()} if last else {},
        after={"from": window_from.isoformat(), "to": window_to.isoformat()}, reason=reason[:200], actor=by,
        happened_at=at, recorded_at=at,
    )  # fmt: skip
    emit(RequestMoved(order_id=order_id, initiator=initiator, because_we_were_late=because_we_were_late), by=by, at=at)
    return window


@verb
def cancel_order(
    *,
    order_id: int,
    by: Actor,
    at: datetime,
    initiator: str = "customer",
    cause: str = "",
    reason: str = "",
    version: int | None = None,
) -> Order:
    """Cancel all that is still open of an order and give its stock back.

    :raises OrderNotCancellable: if something of it is on its way or was delivered.
    """
    order = _locked(order_id, version)
    lines = list(OrderLine.objects.filter(order_id=order_id).order_by("line_number"))
    if any(line.despatched for line in lines) or OrderState.CANCELLED not in NEXT[order.state]:
        raise OrderNotCancellable(order.number, order=order.number)
    weighed = weights(line_ids=[line.pk for line in lines])
    kind = EntryKind.CANCELLED_BY_CUSTOMER if initiator == "customer" else EntryKind.CANCELLED_BY_US
    supply.lock_free_supply(
        items={line.item_id for line in lines if line.item_id}, warehouses=[order.warehouse_id or 0]
    )
    inventory.free_claims(line_ids=[line.pk for line in lines], by=by, at=at)
    record(
        entries=[Entry(line.pk, kind, line.open_quantity, order.number, cause, reason) for line in lines if line.open_quantity],
        by=by, at=at,
    )  # fmt: skip
    order.state, order.closed_at = OrderState.CANCELLED, at
    order.version += 1
    order.save(update_fields=["state", "closed_at", "version"])
    move_from(weighed)
    OrderLine.objects.filter(order=order, held=True).update(held=False)
    Hold.objects.filter(order=order, released_at=None).update(
        released_at=at, released_by=by, release_reason="cancelled"
    )
    Finding.objects.filter(order=order, resolved_at=None).update(resolved_at=at, resolved_by=by, resolution="cancelled")
    close_items(subject=f"order:{order_id}", state="dropped", by=by, at=at)
    OrderChange.objects.create(
        order=order, kind="cancel_order", initiator=initiator, reason=reason[:200], cause=cause, actor=by, happened_at=at,
        recorded_at=at,
    )  # fmt: skip
    emit(OrderCancelled(order_id=order_id, initiator=initiator, cause=cause, reason=reason[:200]), by=by, at=at)
    return order


def only_changed(*, promises: Mapping[int, Sequence[PromisedLine]]) -> dict[int, list[PromisedLine]]:
    """Of new promises, those that differ from the one in force (quantity or window), and those of lines that had none yet;
    every order stays in the answer."""
    line_ids = [line.line_id for lines in promises.values() for line in lines]
    standing: dict[int, list[tuple[Any, ...]]] = {}
    for line_id, *part in bulk.rows(
        """SELECT l.id, p.quantity, p.window_from, p.window_to FROM orders_orderline l
           LEFT JOIN orders_promise p ON p.line_id = l.id AND p.sequence = l.promise_sequence AND p.quantity > 0
           WHERE l.id = ANY(%s::bigint[]) AND l.promise_sequence > 0 ORDER BY l.id, p.part""",
        [line_ids],
    ):
        standing.setdefault(line_id, [])
        if part[0] is not None:
            standing[line_id].append(tuple(part))
    return {
        order_id: [
            line for line in lines
            if [(part.quantity, part.window_from, part.window_to) for part in line.parts] != standing.get(line.line_id)
        ]
        for order_id, lines in promises.items()
    }  # fmt: skip
