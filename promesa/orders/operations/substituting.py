"""A line that is served, in part or whole, by another line of the order with another item."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from promesa.core import locks
from promesa.core.actors import Actor
from promesa.core.errors import NotFound, Refused
from promesa.core.events import emit
from promesa.core.verbs import verb
from promesa.orders.events import LineChanged
from promesa.orders.models import Order, OrderChange, OrderLine
from promesa.orders.operations.exposure import move_from, weights
from promesa.orders.operations.ledger import Entry, record
from promesa.orders.operations.lines import add_lines
from promesa.orders.operations.sums import resum
from promesa.orders.rules import DraftLine, floor_of_change
from promesa.orders.states import EntryKind


class NothingToSubstitute(Refused):
    """The line has not so much left that has neither gone, arrived nor been invoiced."""


@verb
def substitute_line(
    *,
    order_id: int,
    line_number: int,
    quantity: Decimal,
    sku: str,
    substitute_quantity: Decimal,
    unit: str,
    by: Actor,
    at: datetime,
    initiator: str = "us",
    reason: str = "",
) -> int:
    """Take `quantity` (base units) off a line and put a new line with so much of another item beside it.

    The new line is resolved, priced and checked as at capture and asks for its promise; it points at the line that it
    stands for. Who may consent to it is the caller's business. Returns the new line's number.

    :raises NothingToSubstitute: if less than that is left of the line.
    :raises LinesNotRight: if the other item cannot be sold to this customer like that.
    """
    order = Order.objects.filter(pk=order_id).first()
    if order is None:
        raise NotFound(what=f"{order_id}")
    locks.take(credit=[order.customer_id], orders=[order_id])
    line = OrderLine.objects.filter(order_id=order_id, line_number=line_number).first()
    if line is None:
        raise NotFound(what=f"{order.number}/{line_number}")
    gone = line.cancelled_by_customer + line.cancelled_by_us + line.substituted
    left = line.ordered_quantity - gone - floor_of_change(
        despatched=line.despatched, accepted=line.accepted, refused_final=line.refused_final,
        brought_back=line.brought_back, invoiced=line.invoiced, credited=line.credited,
    )  # fmt: skip
    if not 0 < quantity <= left:
        raise NothingToSubstitute(order.number, order=order.number, line=line_number, open_quantity=left)
    weighed = weights(line_ids=[line.pk])
    draft = DraftLine(
        sku=sku, quantity=substitute_quantity, unit=unit,
        requested_from=line.requested_from, requested_to=line.requested_to,
    )  # fmt: skip
    (number,) = add_lines(order_id=order_id, lines=[draft], by=by, at=at, initiator=initiator, reason=reason)
    OrderLine.objects.filter(order_id=order_id, line_number=number).update(substitute_of=line)
    record(entries=[Entry(line.pk, EntryKind.SUBSTITUTED, quantity, order.number, "", reason)], by=by, at=at)
    order.refresh_from_db()
    resum(order)
    move_from(weighed)
    _note(order, line, number, line.ordered_quantity - gone, quantity, initiator, reason, by, at)
    return number


def _note(
    order: Order, line: OrderLine, number: int, before: Decimal, quantity: Decimal, initiator: str, reason: str, by: Actor,
    at: datetime,
) -> None:  # fmt: skip
    OrderChange.objects.create(
        order=order, line=line, kind="substitute", initiator=initiator, before={"quantity": str(before)},
        after={"quantity": str(before - quantity), "line": number}, reason=reason[:200], actor=by, happened_at=at,
        recorded_at=at,
    )  # fmt: skip
    emit(
        LineChanged(order_id=order.pk, line_number=line.line_number, kind="substitute", before=f"{before.normalize():f}",
                    after=f"{(before - quantity).normalize():f}", initiator=initiator),
        by=by, at=at,
    )  # fmt: skip
