"""Notes: what people tell one another about an order."""

from __future__ import annotations

from datetime import datetime

from promesa.core.actors import Actor
from promesa.core.errors import Invalid, NotFound
from promesa.core.events import emit
from promesa.core.verbs import verb
from promesa.orders.events import OrderNoted
from promesa.orders.models import Order

LONGEST = 500


@verb
def note_order(*, order_id: int, text: str, by: Actor, at: datetime) -> None:
    """Write a note into the journal of an order. It stays: notes are answered by notes.

    :raises Invalid: if it is empty or longer than 500 letters.
    """
    order = Order.objects.filter(pk=order_id).only("number").first()
    if order is None:
        raise NotFound(what=str(order_id))
    if not text.strip() or len(text) > LONGEST:
        raise Invalid(order.number, [{"field": "text", "received": text[:40], "code": "bad_note"}])
    emit(OrderNoted(order_id=order_id, text=text.strip()), by=by, at=at)
