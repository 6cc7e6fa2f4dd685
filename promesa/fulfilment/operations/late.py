"""Lines that should have left: found by the clock, given to a person."""

from __future__ import annotations

from datetime import datetime

from promesa.core import bulk
from promesa.core.actors import Actor
from promesa.core.verbs import verb
from promesa.work.operations import open_items
from promesa.work.rules import WorkDraft

# A line is late to leave when the day of a promise's part has ended in the warehouse's zone and less has left by now
# than the parts up to that day.
_LATE = """
SELECT o.id, o.number, o.customer_id, c.name, c.service_owner_id, count(*), min(l.line_number), min(d.ship_date),
    min(i.name)
FROM orders_order o JOIN customers_customer c ON c.id = o.customer_id
JOIN orders_orderline l ON l.order_id = o.id JOIN catalog_item i ON i.id = l.item_id
LEFT JOIN inventory_warehouse w ON w.id = o.warehouse_id
CROSS JOIN LATERAL (SELECT sum(p.quantity) AS due, min(p.ship_date) AS ship_date FROM orders_promise p
    WHERE p.line_id = l.id AND p.sequence = l.promise_sequence
      AND p.ship_date < (%s::timestamptz AT TIME ZONE coalesce(w.time_zone, 'UTC'))::date) d
WHERE o.state = 'confirmed' AND o.origin <> 'history'
  AND least(coalesce(d.due, 0), l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us - l.substituted)
      > l.despatched - l.brought_back
GROUP BY o.id, c.id ORDER BY o.id
"""


@verb
def call_late_lines(*, by: Actor, at: datetime) -> int:
    """Open one piece of work for each order with lines that should have left by now; returns how many are new."""
    late = bulk.rows(_LATE, [at])
    return len(
        open_items(
            items=[
                WorkDraft(
                    kind="late_line", subject=f"order:{order_id}", key=f"late_line:{order_id}", role="customer_service",
                    owner_id=owner, customer_id=customer_id, code="work_late_line",
                    params={"order": number, "customer": name, "count": count, "line": line, "item": item,
                            "planned_on": planned_on},
                )
                for order_id, number, customer_id, name, owner, count, line, planned_on, item in late
            ],
            by=by, at=at,
        )
    )  # fmt: skip
