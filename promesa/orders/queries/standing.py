"""How far orders have come: one statement for one order or a page of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from promesa.core import bulk
from promesa.core.calendars import moment_at
from promesa.orders.stages import Standing

_STANDING = """
SELECT o.id, o.number, o.state, o.channel, o.origin, o.ordered_at, o.received_at, o.captured_at, o.submitted_at,
    o.confirmed_at, o.released_at, o.closed_at, o.first_promised_to, o.promised_to, o.payment_days, o.late_days,
    o.invoice_from, o.po_number, o.customer_id, c.number AS customer_number, c.name AS customer_name, o.net_amount,
    o.currency, o.line_count, coalesce(s.time_zone, 'UTC') AS site_zone, s.calendar_id AS site_calendar_id,
    coalesce(w.name, '') AS warehouse_name, w.time_zone AS warehouse_zone, w.ships_at, p.ship_date,
    coalesce(lm.missing, 0) AS missing, coalesce(lm.missing_lines, 0) AS missing_lines, coalesce(m.item, '') AS missing_item,
    coalesce(m.unit, '') AS missing_unit, coalesce(m.quantity, 0) AS missing_quantity,
    coalesce(lm.promised, 0) AS promised, coalesce(lm.open, 0) AS open, coalesce(lm.to_ship, 0) AS to_ship,
    coalesce(lm.in_transit, 0) AS in_transit, coalesce(lm.to_invoice, 0) AS to_invoice,
    e.despatched_at, e.delivered_at, e.invoiced_at, coalesce(h.kind, '') AS hold_kind, coalesce(h.role, '') AS hold_role,
    coalesce(h.reason, '{}'::jsonb)::text AS hold_reason, h.since AS hold_since,
    (SELECT count(*) FROM orders_finding f WHERE f.order_id = o.id AND f.resolved_at IS NULL AND f.severity <> 'note') AS findings
FROM orders_order o
JOIN customers_customer c ON c.id = o.customer_id
LEFT JOIN customers_site s ON s.id = o.ship_to_id
LEFT JOIN inventory_warehouse w ON w.id = o.warehouse_id
LEFT JOIN LATERAL (
    SELECT sum(x.missing) AS missing, sum(x.promised) AS promised, sum(x.open) AS open, sum(x.open - x.on_way) AS to_ship,
        sum(x.on_way) AS in_transit, sum(CASE WHEN x.free OR x.unit_price = 0 THEN 0 ELSE greatest(
            CASE WHEN o.invoice_from = 'despatch' THEN x.despatched - x.brought_back - x.refused_final ELSE x.accepted END
            - x.invoiced, 0) END) AS to_invoice,
        count(*) FILTER (WHERE x.missing > 0) AS missing_lines,
        (array_agg(x.line_number ORDER BY x.line_number) FILTER (WHERE x.missing > 0))[1] AS missing_line,
        (array_agg(x.missing ORDER BY x.line_number) FILTER (WHERE x.missing > 0))[1] AS missing_quantity
    FROM (
        SELECT y.*, CASE WHEN o.origin = 'history' OR o.state NOT IN ('submitted', 'confirmed') OR y.service THEN 0
            WHEN why.code = 'promise_order_incomplete' THEN 0
            ELSE greatest(least(y.open - y.on_way - coalesce((SELECT sum(c.quantity) FROM inventory_claim c
                WHERE c.demand_line_id = y.id), 0), why.missing), 0) END AS missing
        FROM (
            SELECT l.*, coalesce(i.kind = 'service', false) AS service,
                l.despatched - l.accepted - l.refused_final - l.brought_back AS on_way,
                l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us - l.substituted - l.accepted
                    - l.refused_final AS open
            FROM orders_orderline l LEFT JOIN catalog_item i ON i.id = l.item_id WHERE l.order_id = o.id
        ) y
        LEFT JOIN LATERAL (
            SELECT p.reason->>'code' AS code, (p.reason->'params'->>'missing_quantity')::numeric AS missing
            FROM orders_promise p WHERE p.line_id = y.id AND p.sequence = y.promise_sequence AND p.quantity = 0
                AND y.promised = 0 LIMIT 1  -- a part of 0 stands alone: where anything is promised none is looked for
        ) why ON true
    ) x
) lm ON true
LEFT JOIN LATERAL (
    SELECT coalesce(i.name, l.received->>'text', '') AS item, CASE WHEN whole.of THEN l.unit_code ELSE i.base_unit END AS unit,
        CASE WHEN whole.of THEN trim_scale(lm.missing_quantity * l.pack_denominator / l.pack_numerator)
            ELSE lm.missing_quantity END AS quantity
    FROM orders_orderline l LEFT JOIN catalog_item i ON i.id = l.item_id CROSS JOIN LATERAL (
        SELECT mod(lm.missing_quantity * l.pack_denominator, l.pack_numerator) = 0 AS of) whole
    WHERE l.order_id = o.id AND l.line_number = lm.missing_line
) m ON true
LEFT JOIN LATERAL (
    SELECT max(e.happened_at) FILTER (WHERE e.kind = 'despatched') AS despatched_at,
        max(e.happened_at) FILTER (WHERE e.kind IN ('accepted', 'refused_final')) AS delivered_at,
        max(e.happened_at) FILTER (WHERE e.kind = 'invoiced') AS invoiced_at
    FROM orders_lineentry e JOIN orders_orderline l ON l.id = e.line_id WHERE l.order_id = o.id
) e ON true
LEFT JOIN LATERAL (
    SELECT h.kind, h.role, h.reason, h.since FROM orders_hold h
    WHERE h.order_id = o.id AND h.released_at IS NULL ORDER BY h.since, h.id LIMIT 1
) h ON true
LEFT JOIN LATERAL (
    SELECT coalesce(max(p.ship_date) FILTER (WHERE p.is_first), max(p.ship_date)) AS ship_date
    FROM orders_promise p JOIN orders_orderline l ON l.id = p.line_id
    WHERE l.order_id = o.id AND (p.is_first OR p.sequence = l.promise_sequence)
) p ON true
WHERE o.id = ANY(%s::bigint[])
"""


def standings(order_ids: Sequence[int]) -> list[Standing]:
    """How far these orders have come, in the order asked. One statement."""
    if not order_ids:
        return []
    found = {row["id"]: _standing(row) for row in bulk.named(_STANDING, [list(order_ids)])}
    return [found[order_id] for order_id in order_ids if order_id in found]


def _standing(row: dict[str, Any]) -> Standing:
    row["hold_reason"] = json.loads(row["hold_reason"])
    row["ship_at"] = ship_moment(row.pop("ship_date"), row.pop("ships_at"), row.pop("warehouse_zone"))
    return Standing(**row)


def ship_moment(day: date | None, hour: time | None, zone: str | None) -> datetime | None:
    """When the lorry of a day leaves."""
    return None if day is None or hour is None or zone is None else moment_at(day, hour, zone)
