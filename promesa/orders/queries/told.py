"""Orders as programs are told of them: JSON that the database writes, so that a hundred lines are one statement."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from promesa.core import bulk, words
from promesa.core.errors import NotFound
from promesa.orders.labels_customer import OUTWARD_SQL

_MONEY = "trim_scale({0})::text"

# Columns of the head, for the whole order and for rows of a list. `o` is the order, `c` its customer, `s` its site.
_HEAD = """
    'number', o.number, 'state', o.state, 'customer', c.number, 'ship_to', s.number, 'po_number', o.po_number,
    'channel', o.channel, 'currency', o.currency,
    'ordered_at', o.ordered_at, 'submitted_at', o.submitted_at, 'confirmed_at', o.confirmed_at,
    'released_at', o.released_at, 'closed_at', o.closed_at,
    'requested', json_build_object('from', o.requested_from, 'to', o.requested_to),
    'first_promised_to', o.first_promised_to, 'promised_to', o.promised_to, 'line_count', o.line_count,
    'net_amount', trim_scale(o.net_amount)::text, 'tax_amount', trim_scale(o.tax_amount)::text,
    'total_amount', trim_scale(o.total_amount)::text, 'version', o.version
"""

_JOINS = """
    FROM orders_order o JOIN customers_customer c ON c.id = o.customer_id
    LEFT JOIN customers_site s ON s.id = o.ship_to_id
"""

_LINES = """
    SELECT json_agg(json_build_object(
        'line_number', l.line_number, 'item', i.sku, 'text', coalesce(i.name, l.received->>'text', ''),
        'received', l.received, 'quantity', trim_scale(l.unit_quantity)::text, 'unit_code', l.unit_code,
        'base_quantity', trim_scale(l.ordered_quantity)::text,
        'price', trim_scale(l.unit_price)::text, 'price_basis', trim_scale(l.price_basis)::text,
        'price_origin', l.price_origin, 'net_amount', trim_scale(l.net_amount)::text,
        'tax_category', l.tax_category, 'tax_rate', trim_scale(l.tax_rate)::text,
        'promised', trim_scale(l.promised)::text, 'released_at', l.released_at,
        'cancelled', trim_scale(l.cancelled_by_customer + l.cancelled_by_us + l.substituted)::text,
        'despatched', trim_scale(l.despatched)::text, 'accepted', trim_scale(l.accepted)::text,
        'refused', trim_scale(l.refused_final)::text, 'returned', trim_scale(l.returned)::text,
        'invoiced', trim_scale(l.invoiced)::text, 'credited', trim_scale(l.credited)::text
    ) ORDER BY l.line_number)
    FROM orders_orderline l LEFT JOIN catalog_item i ON i.id = l.item_id WHERE l.order_id = o.id
"""

_PROMISES = f"""
    SELECT json_agg(json_build_object(
        'line_number', l.line_number, 'sequence', p.sequence, 'part', p.part, 'quantity', trim_scale(p.quantity)::text,
        'ship_date', p.ship_date, 'from', p.window_from, 'to', p.window_to, 'is_first', p.is_first,
        'reason', {OUTWARD_SQL}, 'cause', p.cause, 'made_at', p.made_at, 'told_at', p.told_at
    ) ORDER BY l.line_number, p.sequence, p.part)
    FROM orders_promise p JOIN orders_orderline l ON l.id = p.line_id
    WHERE l.order_id = o.id
"""
_IN_FORCE = _PROMISES + " AND p.sequence = l.promise_sequence"

_FINDINGS = """
    SELECT json_agg(json_build_object(
        'id', f.id, 'line', l.line_number, 'code', f.code, 'aspect', f.aspect, 'severity', f.severity,
        'fault', f.fault, 'field', f.field, 'received', f.received, 'right', f."right", 'params', f.params,
        'found_at', f.found_at, 'resolved_at', f.resolved_at, 'resolution', f.resolution
    ) ORDER BY f.id)
    FROM orders_finding f LEFT JOIN orders_orderline l ON l.id = f.line_id WHERE f.order_id = o.id
"""

_HOLDS = """
    SELECT json_agg(json_build_object(
        'id', h.id, 'kind', h.kind, 'role', h.role, 'reason', h.reason, 'since', h.since,
        'released_at', h.released_at, 'released_by', h.released_by, 'release_reason', h.release_reason
    ) ORDER BY h.id)
    FROM orders_hold h WHERE h.order_id = o.id
"""

# The whole order as text; `told` then adds the sentences. Parameters: order_id, and within (a customer's id or null).
WHOLE = f"""
(SELECT coalesce((SELECT json_build_object({_HEAD},
    'lines', coalesce(({_LINES}), '[]'), 'promises', coalesce(({_IN_FORCE}), '[]'),
    'findings', coalesce(({_FINDINGS}), '[]'), 'holds', coalesce(({_HOLDS}), '[]'))::text {_JOINS}
  WHERE o.id = %(order_id)s AND (%(within)s::bigint IS NULL OR o.customer_id = %(within)s)), ''))
"""


# How an order without findings and holds ends, as the database and as we write it.
_CLEAN = ('"findings" : [], "holds" : []}', '"findings":[],"holds":[]}')


def whole_order(*, number: str, within: int | None = None) -> str:
    """An order with lines, promises in force, findings and holds, as JSON text.

    :raises NotFound: if there is none, or none within reach.
    """
    order_id = id_of(number=number, within=within)
    found = bulk.row(f"SELECT {WHOLE}", {"order_id": order_id, "within": within})
    assert found is not None
    return told(found[0])


def told(text: str) -> str:
    """The order's JSON with the sentence of each finding and hold, in both languages."""
    if text.endswith(_CLEAN):
        return text
    order = json.loads(text)
    for finding in order["findings"]:
        params = {"received": finding["received"], "right": finding["right"], **(finding.pop("params") or {})}
        finding["sentence"] = words.both(finding["code"], params)
    for hold in order["holds"]:
        reason = hold.pop("reason") or {}
        code = str(reason.get("code", hold["kind"]))
        hold["code"] = code
        hold["sentence"] = words.both(code, reason.get("params") or {})
    return json.dumps(order, ensure_ascii=False, separators=(",", ":"))


def orders_page(
    *,
    after: str = "",
    limit: int = 50,
    within: int | None = None,
    state: str = "",
    customer: str = "",
    po_number: str = "",
    ordered_from: date | None = None,
    ordered_to: date | None = None,
) -> list[dict[str, Any]]:
    """Heads of orders, newest first, one more than `limit` if there are more."""
    found = bulk.rows(
        f"""SELECT json_build_object({_HEAD}) {_JOINS}
            WHERE (%(after)s = '' OR (o.ordered_at, o.id) < (SELECT a.ordered_at, a.id FROM orders_order a
                                                             WHERE a.number = %(after)s))
              AND (%(within)s::bigint IS NULL OR o.customer_id = %(within)s)
              AND (%(state)s = '' OR o.state = %(state)s) AND (%(customer)s = '' OR c.number = %(customer)s)
              AND (%(po)s = '' OR o.po_number = %(po)s)
              AND (%(from)s::date IS NULL OR o.ordered_at >= %(from)s::date)
              AND (%(to)s::date IS NULL OR o.ordered_at < %(to)s::date + 1)
            ORDER BY o.ordered_at DESC, o.id DESC LIMIT %(limit)s""",
        {
            "after": after, "within": within, "state": state, "customer": customer, "po": po_number,
            "from": ordered_from, "to": ordered_to, "limit": limit + 1,
        },
    )  # fmt: skip
    return [row[0] for row in found]


def promises_of(*, number: str, within: int | None = None) -> list[dict[str, Any]]:
    """Every promise that was ever given for an order, with its reason in words."""
    order_id = id_of(number=number, within=within)
    found = bulk.row(
        f"SELECT coalesce(({_PROMISES}), '[]') FROM orders_order o WHERE o.id = %(order_id)s",
        {"order_id": order_id, "within": within},
    )
    promises: list[dict[str, Any]] = found[0] if found else []
    for promise in promises:
        reason = promise["reason"] or {}
        promise["sentence"] = words.both(str(reason.get("code", "")), reason.get("params") or {})
    return promises


def id_of(*, number: str, within: int | None = None) -> int:
    """The id of an order.

    :raises NotFound: if there is none, or none within reach.
    """
    found = bulk.row(
        "SELECT id FROM orders_order WHERE number = %s AND (%s::bigint IS NULL OR customer_id = %s)",
        [number, within, within],
    )
    if found is None:
        raise NotFound(number, what=number)
    return int(found[0])


def open_hold(*, order_id: int, hold_id: int) -> tuple[int, str]:
    """Id and kind of a hold of this order.

    :raises NotFound: if the order has no such hold.
    """
    found = bulk.row("SELECT id, kind FROM orders_hold WHERE id = %s AND order_id = %s", [hold_id, order_id])
    if found is None:
        raise NotFound(str(hold_id), what=str(hold_id))
    return int(found[0]), str(found[1])
