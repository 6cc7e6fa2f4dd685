"""How much waits for a person, for the counts of the rail."""

from __future__ import annotations

from datetime import datetime

from promesa.core import bulk


def waiting_for(*, role: str, user_id: int, until: datetime) -> dict[str, int]:
    """Open work of the role or the person, documents that wait, items of which goods are missing until a moment. One statement."""
    found = bulk.row(
        """SELECT (SELECT count(*) FROM work_workitem WHERE state = 'open' AND (owner_id = %s OR (role = %s AND owner_id IS NULL))),
                  (SELECT count(*) FROM exchange_document WHERE outcome = 'waiting'),
                  (SELECT count(DISTINCT l.item_id) FROM (
                       SELECT l.id FROM orders_orderline l WHERE l.lacking
                       UNION SELECT c.demand_line_id FROM inventory_claim c JOIN inventory_receipt r ON r.id = c.receipt_id
                       WHERE c.receipt_id IS NOT NULL AND r.state = 'expected' AND r.expected_at >= %s
                   ) x JOIN orders_orderline l ON l.id = x.id JOIN orders_order o ON o.id = l.order_id
                   WHERE o.state IN ('submitted', 'confirmed') AND o.origin <> 'history' AND NOT l.held
                     AND coalesce(l.requested_to, o.requested_to, %s) <= %s)""",
        [user_id, role, until, until, until],
    )
    work, documents, short = found or (0, 0, 0)
    return {"work": work, "documents": documents, "short": short}
