"""What is free of each item: the rows are locked as they are read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from promesa.core import bulk, locks


class FreeRow(NamedTuple):
    """Free supply: a stock row, or a receipt when `expected_at` is given. Quantity in base units."""

    id: int
    warehouse_id: int
    item_id: int
    free: Decimal
    expires_on: date | None
    expected_at: datetime | None


# FOR UPDATE gives the latest version of each row even if it had to wait for it, so lock and read are one statement.
_FREE = """
WITH s AS MATERIALIZED (
    SELECT id, warehouse_id, item_id, on_hand - claimed AS free, expires_on FROM inventory_stock
    WHERE item_id = ANY(%(items)s::bigint[]) AND warehouse_id = ANY(%(warehouses)s::bigint[]) AND NOT blocked
    ORDER BY id FOR UPDATE
), r AS MATERIALIZED (
    SELECT id, warehouse_id, item_id, quantity - claimed AS free, expires_on, expected_at FROM inventory_receipt
    WHERE item_id = ANY(%(items)s::bigint[]) AND warehouse_id = ANY(%(warehouses)s::bigint[]) AND state = 'expected'
    ORDER BY id FOR UPDATE
)
SELECT id, warehouse_id, item_id, free, expires_on, NULL::timestamptz FROM s
UNION ALL SELECT id, warehouse_id, item_id, free, expires_on, expected_at FROM r
"""


def lock_free_supply(*, items: Iterable[int], warehouses: Iterable[int]) -> list[FreeRow]:
    """Lock all supply of these items in these warehouses and say what is free. One statement."""
    found = [
        FreeRow(*row) for row in bulk.rows(_FREE, {"items": sorted(set(items)), "warehouses": sorted(set(warehouses))})
    ]
    locks.note("stock", [row.id for row in found if row.expected_at is None])
    locks.note("receipts", [row.id for row in found if row.expected_at is not None])
    return found


def claimed_on_stock(line_ids: Iterable[int]) -> dict[int, Decimal]:
    """Demand line -> quantity that it has claimed on stock that is there."""
    return dict(
        bulk.rows(
            """SELECT demand_line_id, sum(quantity) FROM inventory_claim
               WHERE stock_id IS NOT NULL AND demand_line_id = ANY(%s::bigint[]) GROUP BY 1""",
            [list(line_ids)],
        )
    )
