"""What a text can mean: orders, customers, items, invoices, despatches. One statement a kind."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from promesa.core import bulk
from promesa.orders.queries.listing import MEANT_BY, meant_by

FEW = 6


class Customer(NamedTuple):
    """A customer that fits."""

    id: int
    number: str
    name: str
    city: str


class Item(NamedTuple):
    """An item that fits, and what is free of it, in base units."""

    id: int
    sku: str
    name: str
    base_unit: str
    sales_unit: str
    free: Decimal
    next_at: datetime | None


class Paper(NamedTuple):
    """An invoice or a despatch, its order and customer."""

    number: str
    order: str
    customer: str


def like(text: str) -> str:
    """A text as the inside of a LIKE pattern."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def orders(text: str, now: datetime, few: int = FEW) -> list[int]:
    """Ids of orders by number, the customer's own number, or the customer, the newest first."""
    return [
        row[0]
        for row in bulk.rows(
            f"SELECT id FROM orders_order WHERE id IN ({MEANT_BY}) ORDER BY ordered_at DESC, id DESC LIMIT %(few)s",
            {**meant_by(text, now), "few": few},
        )
    ]


def customers(text: str, few: int = FEW) -> list[Customer]:
    """Customers by name, number, GLN, tax number, e-mail or the digits of a phone (theirs or one of their people's)."""
    digits = re.sub(r"\D", "", text)
    found = bulk.rows(
        """SELECT c.id, c.number, c.name, coalesce((SELECT s.city FROM customers_site s WHERE s.customer_id = c.id
               ORDER BY s.is_default DESC, s.id LIMIT 1), '')
           FROM customers_customer c
           WHERE c.number LIKE %(starts)s OR promesa_folded(c.name) LIKE promesa_folded(%(holds)s)
              OR c.gln = %(text)s OR c.tax_id = %(upper)s OR lower(c.email) = lower(%(text)s)
              OR (%(digits)s <> '' AND (regexp_replace(c.phone, '\\D', '', 'g') LIKE %(phone)s OR EXISTS (
                  SELECT 1 FROM customers_person p WHERE p.customer_id = c.id
                  AND regexp_replace(p.phone, '\\D', '', 'g') LIKE %(phone)s)))
           ORDER BY c.number = %(text)s DESC, promesa_folded(c.name) LIKE promesa_folded(%(starts)s) DESC, c.name, c.id
           LIMIT %(few)s""",
        {
            "text": text, "upper": text.upper(), "starts": f"{like(text)}%", "holds": f"%{like(text)}%",
            "digits": digits if len(digits) >= 6 else "", "phone": f"%{digits}%", "few": few,
        },
    )  # fmt: skip
    return [Customer(*row) for row in found]


_ITEMS = """
SELECT i.id, i.sku, i.name, i.base_unit, i.sales_unit,
    coalesce((SELECT sum(s.on_hand - s.claimed) FROM inventory_stock s WHERE s.item_id = i.id AND NOT s.blocked), 0),
    (SELECT min(r.expected_at) FROM inventory_receipt r WHERE r.item_id = i.id AND r.state = 'expected' AND r.quantity > r.claimed)
FROM catalog_item i
WHERE (i.active_to IS NULL OR i.active_to > %(day)s) AND (
    i.sku LIKE %(upper)s OR promesa_folded(i.name) LIKE promesa_folded(%(holds)s)
    OR (%(digits)s AND i.gtin LIKE %(gtin)s)
    OR i.id IN (SELECT item_id FROM catalog_itemcode WHERE customer_id = %(customer)s AND code LIKE %(starts)s))
ORDER BY i.sku = %(text)s DESC, i.sku LIKE %(upper)s DESC, promesa_folded(i.name) LIKE promesa_folded(%(starts)s) DESC, i.name, i.id
LIMIT %(few)s
"""


def items(text: str, now: datetime, customer_id: int | None = None, few: int = FEW) -> list[Item]:
    """Items by SKU, name, GTIN or the customer's own code."""
    params: dict[str, Any] = {
        "text": text, "starts": f"{like(text)}%", "upper": f"{like(text.upper())}%", "holds": f"%{like(text)}%",
        "digits": text.isdecimal() and len(text) >= 6, "gtin": f"%{text}%", "customer": customer_id, "day": now.date(),
        "few": few,
    }  # fmt: skip
    return [Item(*row) for row in bulk.rows(_ITEMS, params)]


def invoices(text: str, few: int = FEW) -> list[Paper]:
    """Invoices and credit notes whose number begins or ends so."""
    return _papers("billing_invoice", text, few)


def despatches(text: str, few: int = FEW) -> list[Paper]:
    """Despatches whose number begins or ends so."""
    return _papers("fulfilment_despatchadvice", text, few)


def _papers(table: str, text: str, few: int) -> list[Paper]:
    if not any(letter.isdecimal() for letter in text):
        return []
    plain = like(text.upper())
    found: Sequence[tuple[Any, ...]] = bulk.rows(
        f"""SELECT p.number, coalesce(o.number, ''), c.name FROM {table} p LEFT JOIN orders_order o ON o.id = p.order_id
            JOIN customers_customer c ON c.id = o.customer_id
            WHERE p.number LIKE %s OR p.number LIKE %s ORDER BY p.id DESC LIMIT %s""",
        [f"{plain}%", f"%-{plain.zfill(6)}" if plain.isdecimal() else plain, few],
    )
    return [Paper(*row) for row in found]
