"""What one customer may see: every question here names the customer, and answers about nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from promesa.allocation.queries.notices import OPEN_NOTICES
from promesa.core import bulk
from promesa.customers.rules import Terms
from promesa.customers.terms import terms_of
from promesa.orders.queries.page import OrderPage, order_page
from promesa.orders.queries.standing import standings
from promesa.orders.stages import Standing

PAGE = 50


class Listed(NamedTuple):
    """One page of orders, and the key after which the next begins."""

    orders: list[Standing]
    after: str


def buyer(*, customer_id: int) -> Terms | None:
    """What was agreed with the customer; None if there is none of that id."""
    found = terms_of(ids=[customer_id])
    return found[0] if found else None


class Around(NamedTuple):
    """What stands around every page: what the customer is called, how many notices wait for their answer."""

    name: str
    notices: int


def around(*, customer_id: int, on: date) -> Around:
    """What the frame says of the customer. One statement."""
    found = bulk.row(
        f"SELECT c.name, ({OPEN_NOTICES}) FROM customers_customer c WHERE c.id = %(customer)s",
        {"customer": customer_id, "on": on},
    )
    return Around(*found) if found else Around("", 0)


def orders_of(*, customer_id: int, after: str = "") -> Listed:
    """The customer's orders, the newest first, 50 a page by the key. Two statements."""
    bound = int(after) if after.isascii() and after.isdecimal() and len(after) < 18 else None
    found = bulk.rows(
        """SELECT o.id FROM orders_order o WHERE o.customer_id = %(customer)s AND (%(after)s::bigint IS NULL OR
               (o.ordered_at, o.id) < (SELECT a.ordered_at, a.id FROM orders_order a
                                       WHERE a.id = %(after)s AND a.customer_id = %(customer)s))
           ORDER BY o.ordered_at DESC, o.id DESC LIMIT %(limit)s""",
        {"customer": customer_id, "after": bound, "limit": PAGE + 1},
    )
    ids = [row[0] for row in found]
    return Listed(standings(ids[:PAGE]), str(ids[PAGE - 1]) if len(ids) > PAGE else "")


def order_of(*, customer_id: int, number: str) -> OrderPage | None:
    """One order of the customer. Another's is as if it did not exist."""
    mine = bulk.row("SELECT 1 FROM orders_order WHERE number = %s AND customer_id = %s", [number, customer_id])
    return order_page(number=number) if mine else None


# --- What left and came ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shipment:
    """Goods that left, and what became of them at the door."""

    number: str
    carrier: str
    planned_on: date | None
    despatched_at: datetime
    delivered_at: datetime | None
    signed_by: str
    lines: int
    refused: Decimal


_SHIPMENTS = """
SELECT a.number, a.carrier, a.planned_on, a.despatched_at, d.delivered_at, coalesce(d.signed_by, '') AS signed_by,
    (SELECT count(*) FROM fulfilment_despatchline l WHERE l.advice_id = a.id) AS lines,
    coalesce((SELECT sum(x.quantity) FROM fulfilment_deliveryline x JOIN fulfilment_despatchline l ON l.id = x.despatch_line_id
        WHERE l.advice_id = a.id AND x.outcome NOT IN ('accepted', 'reserve')), 0) AS refused
FROM fulfilment_despatchadvice a
LEFT JOIN LATERAL (SELECT d.delivered_at, d.signed_by FROM fulfilment_delivery d WHERE d.advice_id = a.id
    ORDER BY d.delivered_at DESC, d.id DESC LIMIT 1) d ON true
WHERE a.order_id = %s ORDER BY a.despatched_at, a.id
"""


def shipments_of(*, order_id: int) -> list[Shipment]:
    """What left of an order. One statement."""
    return [Shipment(**row) for row in bulk.named(_SHIPMENTS, [order_id])]


# --- Items -------------------------------------------------------------------------------------------------------------


class Item(NamedTuple):
    """An item that fits a text."""

    id: int
    sku: str
    name: str


_ITEMS = """
SELECT i.id, i.sku, i.name FROM catalog_item i
WHERE (i.active_to IS NULL OR i.active_to > %(day)s) AND (
    i.sku LIKE %(upper)s OR promesa_folded(i.name) LIKE promesa_folded(%(holds)s)
    OR (%(digits)s AND i.gtin LIKE %(gtin)s)
    OR i.id IN (SELECT item_id FROM catalog_itemcode WHERE customer_id = %(customer)s AND code LIKE %(starts)s))
ORDER BY i.sku = %(text)s DESC, i.sku LIKE %(upper)s DESC, i.name, i.id LIMIT %(few)s
"""


def items_like(*, text: str, customer_id: int, on: date, few: int = 8) -> list[Item]:
    """Items by our code, name, GTIN or the customer's own code; no stock is told."""
    plain = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    params: dict[str, Any] = {
        "text": text, "starts": f"{plain}%", "upper": f"{plain.upper()}%", "holds": f"%{plain}%",
        "digits": text.isdecimal() and len(text) >= 6, "gtin": f"%{plain}%", "customer": customer_id, "day": on,
        "few": few,
    }  # fmt: skip
    return [Item(*row) for row in bulk.rows(_ITEMS, params)]
