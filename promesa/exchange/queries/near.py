"""What unknown codes may mean: proposals from the masters and from what each customer buys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from promesa.core import bulk
from promesa.exchange.queries.repairs import Repair
from promesa.exchange.rules.near import Bought, Known, Masters, Near, Sought

YEAR = timedelta(days=365)

_KNOWN = """
SELECT i.sku, i.name,
       array_remove(array_agg(DISTINCT c.code) || array_agg(DISTINCT nullif(p.gtin, '')) || ARRAY[nullif(i.gtin, '')::text], NULL)
FROM catalog_item i
LEFT JOIN catalog_pack p ON p.item_id = i.id
LEFT JOIN (SELECT item_id, code::text FROM catalog_itemcode WHERE customer_id = ANY(%(customers)s::bigint[])) c ON c.item_id = i.id
WHERE i.active_to IS NULL OR i.active_to > %(day)s
GROUP BY i.id
"""
# The price of the latest order is that of one base unit.
_BOUGHT = """
SELECT o.customer_id, i.sku, count(DISTINCT o.id),
       (array_agg(l.unit_price / l.price_basis ORDER BY o.ordered_at DESC) FILTER (WHERE l.unit_price IS NOT NULL))[1]
FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id JOIN catalog_item i ON i.id = l.item_id
WHERE o.customer_id = ANY(%(customers)s::bigint[]) AND o.ordered_at >= %(since)s AND o.state NOT IN ('draft', 'refused')
GROUP BY o.customer_id, i.sku
"""
_CUSTOMERS = """
SELECT number, name, array_remove(ARRAY[nullif(gln, ''), nullif(tax_id, '')]::text[], NULL)
FROM customers_customer WHERE active_to IS NULL OR active_to > %(day)s
"""
_BUYERS = "SELECT id, customer_id FROM orders_order WHERE id = ANY(%(orders)s::bigint[])"


Cause = tuple[str, str, int | None]


def near_matches(*, causes: Sequence[Repair], at: datetime) -> dict[Cause, list[Near]]:
    """For each cause that is an item or a buyer nobody knows: up to three active masters that it may mean, by its code, what
    was received and the customer. Proposals only: a person says which it is.

    Four questions to the database at most, whatever the number of causes.
    """
    items = _near_items([one for one in causes if one.code == "unknown_item"], at)
    buyers = _near_buyers([one for one in causes if one.code == "unknown_buyer"], at)
    return items | buyers


def _near_items(causes: Sequence[Repair], at: datetime) -> dict[Cause, list[Near]]:
    if not causes:
        return {}
    buyer_of = dict(bulk.rows(_BUYERS, {"orders": sorted({order for one in causes for order in one.order_ids})}))
    customers = sorted(set(buyer_of.values()))
    rows = bulk.rows(_KNOWN, {"customers": customers, "day": at.date()})
    masters = Masters(Known(sku, name, tuple(codes)) for sku, name, codes in rows)
    bought: dict[int, dict[str, Bought]] = {}
    for customer_id, sku, times, price in bulk.rows(_BOUGHT, {"customers": customers, "since": at - YEAR}):
        bought.setdefault(customer_id, {})[sku] = Bought(times, price)
    found = {}
    for one in causes:
        history: dict[str, Bought] = {}
        for buyer in {buyer_of[order] for order in one.order_ids if order in buyer_of}:
            history |= bought.get(buyer, {})
        sought = Sought(code=one.received, text=one.text, price=_price(one.price))
        found[one.code, one.received, one.customer_id] = masters.near(sought, bought=history)
    return found


def _near_buyers(causes: Sequence[Repair], at: datetime) -> dict[Cause, list[Near]]:
    if not causes:
        return {}
    masters = Masters(
        Known(number, name, tuple(codes)) for number, name, codes in bulk.rows(_CUSTOMERS, {"day": at.date()})
    )
    return {(one.code, one.received, one.customer_id): masters.near(Sought(one.received, one.text)) for one in causes}


def _price(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None
