"""Which orders want another look."""

from __future__ import annotations

from collections.abc import Iterable

from promesa.core import bulk


def free_to_settle(order_ids: Iterable[int]) -> list[int]:
    """Submitted orders of these that no hold stops any more."""
    return _ids(
        """SELECT o.id FROM orders_order o WHERE o.id = ANY(%s::bigint[]) AND o.state = 'submitted'
           AND NOT EXISTS (SELECT 1 FROM orders_hold h WHERE h.order_id = o.id AND h.released_at IS NULL)""",
        [sorted(set(order_ids))],
    )


def orders_on_receipt(receipt_id: int) -> list[int]:
    """Open orders with a claim on this receipt."""
    return _ids(
        """SELECT DISTINCT l.order_id FROM inventory_claim c JOIN orders_orderline l ON l.id = c.demand_line_id
           JOIN orders_order o ON o.id = l.order_id
           WHERE c.receipt_id = %s AND o.state IN ('submitted', 'confirmed')""",
        [receipt_id],
    )


def orders_hit(*, receipt_id: int) -> list[int]:
    """Open orders whose promise a change of this receipt touches: those with a claim on it, and those that lack
    something of its item."""
    return _ids(
        """SELECT l.order_id FROM inventory_claim c JOIN orders_orderline l ON l.id = c.demand_line_id
           JOIN orders_order o ON o.id = l.order_id
           WHERE c.receipt_id = %(receipt)s AND o.state IN ('submitted', 'confirmed')
           UNION """
        + _LACKING
        + " AND l.item_id = (SELECT r.item_id FROM inventory_receipt r WHERE r.id = %(receipt)s) ORDER BY 1",
        {"receipt": receipt_id},
    )


# Most lines of an item are history of which nothing is open: claims are summed for the others alone.
_WHERE_LACKING = """
FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
WHERE o.state IN ('submitted', 'confirmed') AND o.origin = 'live' AND NOT l.held
  AND l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us - l.substituted - l.despatched + l.brought_back > 0
  AND l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us - l.substituted - l.despatched + l.brought_back
      > coalesce((SELECT sum(c.quantity) FROM inventory_claim c WHERE c.demand_line_id = l.id), 0)
  AND NOT EXISTS (SELECT 1 FROM catalog_item i WHERE i.id = l.item_id AND i.kind = 'service')
  AND NOT EXISTS (SELECT 1 FROM orders_hold h WHERE h.order_id = o.id AND h.released_at IS NULL AND h.kind <> 'shortage')
"""


_LACKING = "SELECT DISTINCT o.id" + _WHERE_LACKING


def items_lacking(item_ids: Iterable[int]) -> set[int]:
    """Those of these items that some open order lacks."""
    return set(
        _ids(f"SELECT DISTINCT l.item_id {_WHERE_LACKING} AND l.item_id = ANY(%s::bigint[])", [sorted(set(item_ids))])
    )


def orders_lacking(*, item_id: int) -> list[int]:
    """Open orders with a line of this item of which less is claimed than is open and not on its way."""
    return _ids(_LACKING + "AND l.item_id = %s", [item_id])


def lacking_of(order_ids: Iterable[int]) -> list[int]:
    """Of these orders, the open ones with a line of which less is claimed than is open and not on its way."""
    return _ids(_LACKING + "AND o.id = ANY(%s::bigint[])", [sorted(set(order_ids))])


def why_brought_back(order_ids: Iterable[int]) -> dict[int, str]:
    """Of these orders, those of which something came back or never arrived -> the cause told of the last such goods."""
    return dict(
        bulk.rows(
            """SELECT DISTINCT ON (l.order_id) l.order_id, coalesce(nullif(e.cause, ''), 'C5')
               FROM orders_orderline l JOIN orders_lineentry e ON e.line_id = l.id AND e.kind = 'brought_back'
               WHERE l.order_id = ANY(%s::bigint[]) AND l.brought_back > 0 ORDER BY l.order_id, e.id DESC""",
            [sorted(set(order_ids))],
        )
    )


def still_to_promise(order_ids: Iterable[int]) -> list[int]:
    """Open orders of these."""
    return _ids(
        "SELECT id FROM orders_order WHERE id = ANY(%s::bigint[]) AND state IN ('submitted', 'confirmed')",
        [sorted(set(order_ids))],
    )


def _ids(sql: str, params: list[object] | dict[str, object]) -> list[int]:
    return [row[0] for row in bulk.rows(sql, params)]
