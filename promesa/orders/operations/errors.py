"""Errors of capture that come to light later: whose they were, and whether they reached the warehouse or the customer."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from promesa.core import locks
from promesa.core.actors import Actor
from promesa.core.errors import NotFound
from promesa.core.events import emit
from promesa.core.verbs import verb
from promesa.orders.events import FindingResolved
from promesa.orders.models import Finding, Order, OrderLine
from promesa.orders.states import Aspect, Fault, Severity

CODE = "captured_wrong"


@verb
def record_error(
    *,
    order_id: int,
    aspect: str,
    by: Actor,
    at: datetime,
    line_number: int | None = None,
    received: str = "",
    right: str = "",
    fault: str = Fault.OURS,
    escaped: bool = False,
    minutes: Decimal | None = None,
) -> Finding:
    """Say that an order was captured otherwise than the customer said it: `received` is what was written, `right` what
    they had said.

    `escaped`: it was noticed only after the goods had been picked, or by the customer. What is left to mend is done by
    a change of the order; this keeps the fact, for the quality of capture and for the cause of what it spoilt.

    :raises NotFound: if there is no such order or line.
    """
    order = Order.objects.filter(pk=order_id).only("id", "captured_by").first()
    line = None
    if order is not None and line_number is not None:
        line = OrderLine.objects.filter(order_id=order_id, line_number=line_number).first()
    if order is None or (line_number is not None and line is None):
        raise NotFound(what=f"{order_id}/{line_number or ''}")
    locks.take(orders=[order_id])
    finding = Finding.objects.create(
        order=order, line=line, code=CODE, aspect=Aspect(aspect), severity=Severity.WARNING, fault=Fault(fault),
        brought_in_by=order.captured_by, received=received[:300], right=right[:300],
        params={"received": received[:300], "right": right[:300]}, found_at=at, found_after_release=escaped,
        resolved_at=at, resolved_by=by, resolution="mended", minutes=minutes,
    )  # fmt: skip
    emit(FindingResolved(order_id=order_id, code=CODE, resolution="mended"), by=by, at=at)
    return finding
