"""What has become of the invoices of orders."""

from __future__ import annotations

from collections.abc import Sequence

from promesa.core import bulk
from promesa.orders.stages import Settlement

# Credit notes of an invoice lower what is to be paid only once they are applied, like money.
_SETTLEMENTS = """
SELECT i.order_id, count(*), (array_agg(i.number ORDER BY i.issued_at DESC, i.id DESC))[1],
    max(i.due_on) FILTER (WHERE i.payable_amount > coalesce(a.amount, 0)),
    sum(greatest(i.payable_amount - coalesce(a.amount, 0), 0)), max(a.applied_at), bool_or(i.disputed_at IS NOT NULL
        AND i.payable_amount > coalesce(a.amount, 0)), max(i.due_on)
FROM billing_invoice i
LEFT JOIN LATERAL (
    SELECT sum(p.amount) AS amount, max(p.applied_at) AS applied_at FROM billing_application p WHERE p.invoice_id = i.id
) a ON true
WHERE i.order_id = ANY(%s::bigint[]) AND i.kind = 'invoice' GROUP BY i.order_id
"""


def settlements(order_ids: Sequence[int]) -> dict[int, Settlement]:
    """Order -> its invoices and what is unpaid of them; orders without invoice are left out. One statement."""
    return {
        order_id: Settlement(
            invoices=count, last_number=number, due_on=unpaid_due or due, unpaid=unpaid, paid_at=paid_at,
            disputed=bool(disputed),
        )
        for order_id, count, number, unpaid_due, unpaid, paid_at, disputed, due in bulk.rows(
            _SETTLEMENTS, [list(order_ids)]
        )
    }  # fmt: skip
