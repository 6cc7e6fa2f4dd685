"""Delivery notes and deliveries as programs are told of them: JSON that the database writes."""

from __future__ import annotations

from typing import Any

from promesa.core import bulk
from promesa.core.errors import NotFound

_DESPATCH = """
    json_build_object('number', d.number, 'order', o.number, 'customer', c.number, 'ship_to', s.number,
        'warehouse', w.code, 'carrier', d.carrier, 'planned_on', d.planned_on, 'despatched_at', d.despatched_at,
        'cause', d.cause,
        'deliveries', coalesce((SELECT json_agg(v.number ORDER BY v.id) FROM fulfilment_delivery v
                                WHERE v.advice_id = d.id), '[]'),
        'lines', (SELECT json_agg(json_build_object('line_number', l.line_number, 'item', i.sku, 'lot', x.lot,
                      'expires_on', x.expires_on, 'quantity', trim_scale(x.quantity)::text) ORDER BY x.id)
                  FROM fulfilment_despatchline x JOIN orders_orderline l ON l.id = x.order_line_id
                  LEFT JOIN catalog_item i ON i.id = l.item_id WHERE x.advice_id = d.id))
    FROM fulfilment_despatchadvice d JOIN orders_order o ON o.id = d.order_id
    JOIN customers_customer c ON c.id = o.customer_id JOIN customers_site s ON s.id = d.ship_to_id
    JOIN inventory_warehouse w ON w.id = d.warehouse_id
"""

_DELIVERY = """
    json_build_object('number', v.number, 'despatch', d.number, 'order', o.number, 'customer', c.number,
        'site', s.number, 'arrived_at', v.arrived_at, 'delivered_at', v.delivered_at, 'device_at', v.device_at,
        'clock_suspect', v.clock_suspect, 'signed_by', v.signed_by, 'signature_sha256', v.signature_sha256,
        'cause', v.cause, 'note', v.note,
        'lines', (SELECT json_agg(json_build_object('line_number', l.line_number, 'item', i.sku, 'outcome', x.outcome,
                      'quantity', trim_scale(x.quantity)::text, 'reason', x.reason, 'cause', x.cause, 'note', x.note)
                      ORDER BY x.id)
                  FROM fulfilment_deliveryline x JOIN fulfilment_despatchline y ON y.id = x.despatch_line_id
                  JOIN orders_orderline l ON l.id = y.order_line_id
                  LEFT JOIN catalog_item i ON i.id = l.item_id WHERE x.delivery_id = v.id))
    FROM fulfilment_delivery v JOIN fulfilment_despatchadvice d ON d.id = v.advice_id
    JOIN orders_order o ON o.id = d.order_id JOIN customers_customer c ON c.id = o.customer_id
    JOIN customers_site s ON s.id = v.site_id
"""

_WITHIN = "(%(within)s::bigint IS NULL OR o.customer_id = %(within)s) AND (%(order)s = '' OR o.number = %(order)s)"


def despatches_page(*, after: str, limit: int, within: int | None = None, order: str = "") -> list[dict[str, Any]]:
    """Delivery notes, the newest first, one more than `limit` if there are more."""
    return _rows(
        f"""SELECT {_DESPATCH} WHERE {_WITHIN} AND (%(after)s = '' OR (d.despatched_at, d.id) < (
                SELECT a.despatched_at, a.id FROM fulfilment_despatchadvice a WHERE a.number = %(after)s))
            ORDER BY d.despatched_at DESC, d.id DESC LIMIT %(limit)s""",
        {"after": after, "limit": limit + 1, "within": within, "order": order},
    )


def despatch(*, number: str, within: int | None = None) -> dict[str, Any]:
    """A delivery note with its lots.

    :raises NotFound: if there is none, or none within reach.
    """
    return _one(f"SELECT {_DESPATCH} WHERE {_WITHIN} AND d.number = %(number)s", number, within)


def deliveries_page(*, after: str, limit: int, within: int | None = None, order: str = "") -> list[dict[str, Any]]:
    """Deliveries, the newest first, one more than `limit` if there are more."""
    return _rows(
        f"""SELECT {_DELIVERY} WHERE {_WITHIN} AND (%(after)s = '' OR (v.delivered_at, v.id) < (
                SELECT a.delivered_at, a.id FROM fulfilment_delivery a WHERE a.number = %(after)s))
            ORDER BY v.delivered_at DESC, v.id DESC LIMIT %(limit)s""",
        {"after": after, "limit": limit + 1, "within": within, "order": order},
    )


def delivery(*, number: str, within: int | None = None) -> dict[str, Any]:
    """A delivery with its outcomes.

    :raises NotFound: if there is none, or none within reach.
    """
    return _one(f"SELECT {_DELIVERY} WHERE {_WITHIN} AND v.number = %(number)s", number, within)


def _rows(sql: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    return [row[0] for row in bulk.rows(sql, params)]


def _one(sql: str, number: str, within: int | None) -> dict[str, Any]:
    found = _rows(sql, {"number": number, "within": within, "order": ""})
    if not found:
        raise NotFound(number, what=number)
    return found[0]
