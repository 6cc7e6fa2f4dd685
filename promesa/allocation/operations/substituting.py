"""Sending another item in place of the one that runs short: only what the catalogue allows, and only with consent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from promesa.catalog.queries import substitutes_of
from promesa.core import bulk, locks
from promesa.core.actors import Actor
from promesa.core.errors import NeedsConsent, NotFound, Refused
from promesa.core.quantities import to_base
from promesa.core.verbs import verb
from promesa.orders import operations as orders


class SubstituteNeedsConsent(NeedsConsent):
    """The customer takes no substitutes unasked, and nobody said that they were asked."""


class NoSuchSubstitute(Refused):
    """The catalogue does not know the one as a substitute of the other on that day."""


@verb
def take_substitute(
    *,
    order_id: int,
    line_number: int,
    substitute: str,
    quantity: Decimal,
    by: Actor,
    at: datetime,
    consent: bool = False,
    initiator: str = "us",
    reason: str = "",
    substitute_quantity: Decimal | None = None,
) -> int:
    """Serve so much of a line (base units of its item) with a substitute (its SKU): a new line of the order, which is priced
    and promised like any other. Returns its number. `substitute_quantity` is how much of it (base units), where it is sold by
    packs that do not go into what is missing; else what the catalogue's factor says.

    :raises SubstituteNeedsConsent: without `consent`, if the order's terms do not accept substitutes.
    :raises NoSuchSubstitute: if the catalogue does not allow it.
    """
    found = bulk.row(
        """SELECT o.number, o.substitutes, i.id, i.name, z.id, z.name, z.base_unit FROM orders_orderline l
           JOIN orders_order o ON o.id = l.order_id JOIN catalog_item i ON i.id = l.item_id
           LEFT JOIN catalog_item z ON z.sku = %s WHERE l.order_id = %s AND l.line_number = %s""",
        [substitute, order_id, line_number],
    )
    if found is None:
        raise NotFound(what=f"{order_id}/{line_number}")
    number, accepts, item_id, item, substitute_id, name, unit = found
    factor = next(
        (
            (one.numerator, one.denominator)
            for one in substitutes_of(items=[item_id], on=at.date()) if one.substitute_id == substitute_id
        ),
        None,
    )  # fmt: skip
    if factor is None:
        raise NoSuchSubstitute(number, item=item, substitute=name or substitute)
    if not (accepts or consent):
        raise SubstituteNeedsConsent(number, order=number, item=item, substitute=name)
    return orders.substitute_line(
        order_id=order_id, line_number=line_number, quantity=quantity, sku=substitute, unit=unit,
        substitute_quantity=substitute_quantity or to_base(quantity, *factor), by=by, at=at, initiator=initiator, reason=reason,
    )  # fmt: skip


@verb
def take_agreed(
    *, order: str, agreed: Sequence[tuple[int, str, Decimal, Decimal]], by: Actor, at: datetime
) -> list[int]:
    """Serve lines of an order that was just made with what its customer said yes to: (line, SKU, so much of the line, so much of
    the other).

    A line that has that substitute already is left as it is, so that doing it again does nothing. Returns the new lines.

    :raises NoSuchSubstitute: if the catalogue does not allow it any more.
    """
    if not agreed:
        return []
    row = bulk.row("SELECT id, customer_id FROM orders_order WHERE number = %s", [order])
    if row is None:
        raise NotFound(order, what=order)
    order_id, customer_id = row
    locks.take(credit=[customer_id], orders=[order_id])
    there = {
        (line, sku)
        for line, sku in bulk.rows(
            """SELECT l.line_number, i.sku FROM orders_orderline s JOIN orders_orderline l ON l.id = s.substitute_of_id
               JOIN catalog_item i ON i.id = s.item_id WHERE l.order_id = %s""",
            [order_id],
        )
    }
    return [
        take_substitute(
            order_id=order_id, line_number=line, substitute=sku, quantity=quantity, by=by, at=at, consent=True,
            initiator="customer", reason="substitute", substitute_quantity=other,
        )
        for line, sku, quantity, other in agreed if (line, sku) not in there
    ]  # fmt: skip
