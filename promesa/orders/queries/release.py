"""Which orders could go to the warehouse."""

from __future__ import annotations

from promesa.core import bulk


def waiting_for_release(*, item_id: int) -> list[int]:
    """Confirmed orders with a line of this item that is not released and has stock claimed."""
    return [
        row[0]
        for row in bulk.rows(
            """SELECT DISTINCT o.id FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
               WHERE l.item_id = %s AND l.released_at IS NULL AND o.state = 'confirmed' AND EXISTS (
                 SELECT 1 FROM inventory_claim c WHERE c.demand_line_id = l.id AND c.stock_id IS NOT NULL)""",
            [item_id],
        )
    ]
