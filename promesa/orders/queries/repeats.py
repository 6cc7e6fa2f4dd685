"""Orders that may be the same as one that comes in."""

from __future__ import annotations

from collections.abc import Iterable

from promesa.core import bulk


def by_po_number(asked: Iterable[tuple[int, str]]) -> dict[tuple[int, str], list[tuple[str, str]]]:
    """(customer, PO number) -> [(order number, content hash)] of orders that stand, oldest first. One statement."""
    wanted = list(asked)
    found: dict[tuple[int, str], list[tuple[str, str]]] = {}
    for customer, po_number, number, content_hash in bulk.rows(
        """SELECT o.customer_id, o.po_number, o.number, o.content_hash FROM orders_order o
           JOIN unnest(%s::bigint[], %s::text[]) AS a(customer, po) ON o.customer_id = a.customer AND o.po_number = a.po
           WHERE o.po_number <> '' AND o.state NOT IN ('cancelled', 'refused') ORDER BY o.id""",
        [[customer for customer, _ in wanted], [po_number for _, po_number in wanted]],
    ):
        found.setdefault((customer, po_number), []).append((number, content_hash))
    return found
