"""One notice for each customer whom a published run touches. Who is short is owed."""

from __future__ import annotations

from datetime import date, datetime

from promesa.core import bulk

# Every line that moved in a part in force is told; who gets less than they ask may choose.
_NOTICES = """
WITH told AS MATERIALIZED (
    SELECT o.customer_id, r.line_id, r.before_quantity, r.share_quantity, r.open_quantity, o.substitutes, l.item_id
    FROM allocation_runline r JOIN allocation_runpart p ON p.run_id = r.run_id AND p.number = r.part AND p.state = 'published'
    JOIN orders_orderline l ON l.id = r.line_id JOIN orders_order o ON o.id = l.order_id
    WHERE r.run_id = %(run)s AND r.share_quantity <> r.before_quantity
), heads AS (
    INSERT INTO allocation_notice (run_id, customer_id, made_at, answer_by, told_how, answered_by)
    SELECT %(run)s, customer_id, %(at)s, %(answer_by)s, '', '' FROM told GROUP BY customer_id
    ON CONFLICT (run_id, customer_id) DO NOTHING RETURNING id, customer_id
), lines AS (
    INSERT INTO allocation_noticeline (notice_id, line_id, before_quantity, share_quantity, open_quantity, choices, answer, reason)
    SELECT h.id, t.line_id, t.before_quantity, t.share_quantity, t.open_quantity,
        CASE WHEN t.share_quantity >= t.open_quantity THEN '[]'::jsonb
             ELSE CASE WHEN t.share_quantity > 0 THEN '["accept_partial"]'::jsonb ELSE '[]'::jsonb END || '["wait", "cancel"]'::jsonb
                || CASE WHEN EXISTS (SELECT 1 FROM catalog_item i WHERE i.id = t.item_id AND i.substitute_id IS NOT NULL)
                     OR EXISTS (SELECT 1 FROM catalog_substitution u WHERE u.item_id = t.item_id AND u.valid_from <= %(at)s::date
                        AND (u.valid_to IS NULL OR u.valid_to > %(at)s::date))
                   THEN '["substitute"]'::jsonb ELSE '[]'::jsonb END END, '', ''
    FROM told t JOIN heads h ON h.customer_id = t.customer_id
)
SELECT count(*) FROM heads
"""


def make_notices(*, run_id: int, answer_by: date, at: datetime) -> int:
    """Write the notices of a run, one for each customer; says how many. Part of a verb; again it writes none."""
    found = bulk.row(_NOTICES, {"run": run_id, "answer_by": answer_by, "at": at})
    return int(found[0]) if found else 0


def owe(*, run_id: int, plan_id: int, at: datetime) -> None:
    """What customers go short of in a run is remembered, in place of what the plan left them short of before. Part of a verb."""
    bulk.run("DELETE FROM allocation_servicedebt WHERE plan_id = %s", [plan_id])
    bulk.run(
        """INSERT INTO allocation_servicedebt (plan_id, customer_id, item_id, quantity, incurred_at)
           SELECT %s, o.customer_id, l.item_id, sum(r.open_quantity - r.share_quantity), %s
           FROM allocation_runline r JOIN orders_orderline l ON l.id = r.line_id JOIN orders_order o ON o.id = l.order_id
           WHERE r.run_id = %s GROUP BY 2, 3 HAVING sum(r.open_quantity - r.share_quantity) > 0""",
        [plan_id, at, run_id],
    )
