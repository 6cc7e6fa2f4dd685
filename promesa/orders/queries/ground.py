"""What writing orders needs beside their checks: identities, the warehouse, and orders that may be the same."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time
from functools import cache
from typing import Any

from promesa.core import prepared
from promesa.customers.terms import Named, who
from promesa.orders.pending import Shipper


@dataclass(frozen=True, slots=True)
class Ground:
    """Fresh ids of orders and lines, running numbers, the warehouse if there is one, and earlier orders by customer and
    PO number, oldest first, as (number, content hash)."""

    order_ids: list[int]
    numbers: list[int]
    line_ids: list[int]
    shipper: Shipper | None
    earlier: dict[tuple[int, str], list[tuple[str, str]]]


# The counts and the numbers stand in a SELECT of their own and the search of earlier orders is fenced by OFFSET, so that the
# plan is the same for one order and for a thousand: it is made once, and looks each number up in its index.
_READ = """
SELECT (SELECT json_agg(nextval('orders_order_id_seq')) FROM generate_series(1, (SELECT %(orders)s::int)))::text,
    (SELECT json_agg(nextval('orders_number')) FROM generate_series(1, (SELECT %(orders)s::int)))::text,
    (SELECT json_agg(nextval('orders_orderline_id_seq')) FROM generate_series(1, (SELECT %(lines)s::int)))::text,
    (SELECT json_build_array(w.id, w.time_zone, w.calendar_id, w.cut_off, w.ships_at) FROM inventory_warehouse w
     WHERE w.is_default)::text,
    (SELECT json_agg(json_build_array(o.customer_id, o.po_number, o.number, o.content_hash) ORDER BY o.id)
     FROM unnest(ARRAY(SELECT unnest(%(po_numbers)s::text[]))) AS a(po), LATERAL (
        SELECT x.id, x.customer_id, x.po_number, x.number, x.content_hash FROM orders_order x
        WHERE x.po_number = a.po AND x.po_number <> '' AND x.state NOT IN ('cancelled', 'refused')
          AND x.customer_id = ANY(ARRAY(SELECT c.id FROM customers_customer c WHERE {who}))
        OFFSET 0) o)::text
"""


def question(*, orders: int, lines: int, customers: Named, po_numbers: Iterable[str]) -> prepared.Question[Ground]:
    """Ids for so many orders and lines, and what stands of these customers under these PO numbers."""
    params = {"orders": orders, "lines": lines, "po_numbers": list(po_numbers), **customers.params}
    return prepared.Question(_statement(customers.kinds), params, _ground)


@cache
def _statement(kinds: tuple[str, ...]) -> str:
    return _READ.replace("{who}", who(kinds))


def _ground(found: list[tuple[Any, ...]]) -> Ground:
    order_ids, numbers, line_ids, shipper, earlier = (json.loads(text) if text else [] for text in found[0])
    by_number: dict[tuple[int, str], list[tuple[str, str]]] = {}
    for customer, po_number, number, content_hash in earlier:
        by_number.setdefault((customer, po_number), []).append((number, content_hash))
    return Ground(order_ids, numbers, line_ids, _shipper(shipper) if shipper else None, by_number)


def _shipper(row: list[object]) -> Shipper:
    warehouse_id, zone, calendar_id, cut_off, ships_at = row
    return Shipper(
        int(str(warehouse_id)), str(zone), calendar_id if isinstance(calendar_id, int) else None,
        time.fromisoformat(str(cut_off)), time.fromisoformat(str(ships_at)),
    )  # fmt: skip
