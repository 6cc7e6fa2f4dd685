"""How much waits for a person, for the counts of the rail."""

from __future__ import annotations

from promesa.core import bulk


def waiting_for(*, role: str, user_id: int) -> dict[str, int]:
    """Open work of the role or the person, documents that wait, items of which a promise lacks goods. One statement."""
    found = bulk.row(
        """SELECT (SELECT count(*) FROM work_workitem WHERE state = 'open' AND (owner_id = %s OR (role = %s AND owner_id IS NULL))),
                  (SELECT count(*) FROM exchange_document WHERE outcome = 'waiting'),
                  (SELECT count(DISTINCT l.item_id) FROM orders_promise p
                   JOIN orders_orderline l ON l.id = p.line_id AND l.promise_sequence = p.sequence
                   JOIN orders_order o ON o.id = l.order_id
                   WHERE p.quantity = 0 AND o.state IN ('submitted', 'confirmed') AND o.origin <> 'history' AND NOT l.held)""",
        [user_id, role],
    )
    work, documents, short = found or (0, 0, 0)
    return {"work": work, "documents": documents, "short": short}
