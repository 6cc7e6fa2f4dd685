"""What stands in the way of orders, grouped by its one cause: mend it once and all that waited go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from promesa.core import bulk, words

# The doors that mend each cause, the likeliest first (names of operations of this room).
DOORS: dict[str, tuple[str, ...]] = {
    "unknown_buyer": ("map_party", "create_customer_for"),
    "no_buyer": ("map_party", "create_customer_for"),
    "unknown_item": ("map_item_code", "create_missing_item"),
    "ambiguous_item": ("map_item_code",),
    "codes_disagree": ("map_item_code",),
    "unknown_unit": ("map_unit",),
    "unknown_ship_to": ("create_site_for",),
    "no_ship_to": ("create_site_for",),
    "no_price": ("set_missing_price",),
    "no_tax_rate": ("set_missing_tax_rate",),
}

# What makes two findings one cause: an item code that all customers share (GTIN, our SKU) or a customer's own.
_REPAIRS = """
WITH stuck AS (
    SELECT f.code, o.customer_id, f.order_id, d.id AS document_id, f.line_id, l.item_id, o.currency, d.decided_at, o.captured_at,
           CASE WHEN f.code IN ('no_price', 'codes_disagree') THEN coalesce(i.sku, f.received) ELSE f.received END AS received,
           coalesce(l.received->>'text', '') AS text,
           CASE WHEN f.code = 'unknown_item' AND (l.received ? 'sku' OR l.received ? 'gtin') THEN ''
                WHEN f.code = 'no_price' THEN o.currency
                WHEN f.code = 'no_tax_rate' THEN coalesce(f.params->>'country', '')
                WHEN f.code = 'unknown_unit' THEN o.customer_id || ':' || coalesce(l.item_id, 0)
                ELSE o.customer_id::text END AS scope,
           coalesce(f.params->>'country', '') AS country, l.received->>'price' AS price
    FROM orders_finding f
    JOIN orders_order o ON o.id = f.order_id
    LEFT JOIN orders_orderline l ON l.id = f.line_id
    LEFT JOIN catalog_item i ON i.id = l.item_id
    LEFT JOIN exchange_document d ON d.order_id = o.id AND d.outcome = CASE WHEN l.held THEN 'orders' ELSE 'waiting' END
    WHERE (o.state = 'draft' OR l.held) AND f.resolved_at IS NULL AND f.severity = 'blocking' AND f.code = ANY(%(codes)s::text[])
    UNION ALL
    SELECT f.code, NULL, NULL, d.id, NULL, NULL, '', d.decided_at, d.decided_at, f.received, f.params->>'name', '', '', NULL
    FROM exchange_documentfinding f JOIN exchange_document d ON d.id = f.document_id AND d.outcome = 'waiting'
    WHERE f.resolved_at IS NULL AND f.severity = 'blocking' AND f.code = ANY(%(codes)s::text[])
), cause AS (
    SELECT code, received, scope, count(DISTINCT line_id) AS lines, count(DISTINCT order_id) AS orders,
           count(DISTINCT document_id) AS documents, count(DISTINCT customer_id) AS customers,
           min(customer_id) AS customer_id, min(item_id) AS item_id, coalesce(min(nullif(text, '')), '') AS text,
           min(country) AS country, min(currency) AS currency, min(price) AS price, min(captured_at) AS since,
           coalesce(array_agg(DISTINCT document_id) FILTER (WHERE document_id IS NOT NULL), '{}') AS document_ids,
           coalesce(array_agg(DISTINCT order_id) FILTER (WHERE order_id IS NOT NULL), '{}') AS order_ids
    FROM stuck GROUP BY code, received, scope
)
SELECT c.code, c.received, c.lines, c.orders, c.documents, c.customers, CASE WHEN c.customers = 1 THEN c.customer_id END,
       CASE WHEN c.customers = 1 THEN k.name ELSE '' END, c.item_id, coalesce(i.name, ''), c.text, c.country, c.currency,
       coalesce(c.price, ''), c.since, c.document_ids, c.order_ids
FROM cause c LEFT JOIN customers_customer k ON k.id = c.customer_id LEFT JOIN catalog_item i ON i.id = c.item_id
ORDER BY c.documents + c.orders DESC, c.lines DESC, c.since, c.code, c.received, c.scope LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Repair:
    """One cause, how much it holds up since when, and what would mend it."""

    code: str
    received: str
    lines: int
    orders: int
    documents: int
    customers: int
    customer_id: int | None
    customer: str
    item_id: int | None
    item: str
    text: str
    country: str
    currency: str
    price: str
    since: datetime
    document_ids: list[int]
    order_ids: list[int]

    @property
    def doors(self) -> tuple[str, ...]:
        """The operations that mend it, the likeliest first."""
        return DOORS[self.code]

    @property
    def params(self) -> dict[str, Any]:
        """What its sentence names."""
        return {
            "received": self.received, "lines": self.lines, "orders": self.orders, "documents": self.documents,
            "customers": self.customers, "customer": self.customer, "item": self.item or self.text, "country": self.country,
            "currency": self.currency,
        }  # fmt: skip

    def sentence(self, lang: str = "es") -> str:
        """The cause and what it holds up, in one line."""
        return words.say("repair_" + self.code, self.params, lang)


_FIELDS = tuple(one.name for one in fields(Repair))


def repairs(*, limit: int = 200, codes: Sequence[str] = ()) -> list[Repair]:
    """Open blocking findings that a master or a cross-reference would mend, one row a cause, the heaviest first."""
    rows = bulk.rows(_REPAIRS, {"codes": list(codes or DOORS), "limit": limit})
    return [Repair(**dict(zip(_FIELDS, row, strict=True))) for row in rows]
