"""What answers are made of, read from the rooms below: one statement for the heads and one for the lines, however many."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from promesa.core import bulk, parameters
from promesa.core.calendars import local_day
from promesa.exchange.formats.neutral import Party
from promesa.exchange.rules.answering import (
    BilledFacts,
    DespatchFacts,
    InvoiceFacts,
    ItemFacts,
    LineFacts,
    LotFacts,
    OrderFacts,
    PartFacts,
    TaxFacts,
    Us,
)

_COMPANY = ("name", "gln", "tax_id", "street", "postcode", "city", "region", "country", "email", "phone")
_BESIDE = ("identifier", "account", "bank")


def company(*, on: date) -> Us:
    """The company as it stands on documents: the parameters `company.name`, `company.gln`, `company.tax_id`, `company.street`,
    `company.account` ... in force on a day; `company.identifier` is its EDI name, its GLN if there is none."""
    said = parameters.values(codes=[f"company.{name}" for name in (*_COMPANY, *_BESIDE)], on=on)
    values = {name: str(said[f"company.{name}"]) for name in _COMPANY if said.get(f"company.{name}")}
    beside = {name: str(said.get(f"company.{name}", "")) for name in _BESIDE}
    values.setdefault("name", "Promesa")
    beside["identifier"] = beside["identifier"] or values.get("gln", "") or values.get("tax_id", "")
    return Us(Party(**cast("Any", values)), **beside)


# The buyer as its masters say, and the codes by which its order named it, which it knows itself by.
_PARTIES = """
    json_build_object('gln', nullif(c.gln, ''), 'code', coalesce(nullif(n.neutral#>>'{{parties,buyer,code}}', ''), c.number),
        'tax_id', nullif(c.tax_id, ''), 'name', c.name, 'country', c.country, 'email', nullif(c.email, ''),
        'street', u.street, 'postcode', u.postcode, 'city', u.city, 'region', u.region)::text,
    coalesce(json_build_object('gln', nullif(s.gln, ''), 'code', s.number, 'name', s.name, 'street', nullif(s.street, ''),
        'postcode', nullif(s.postcode, ''), 'city', nullif(s.city, ''), 'region', nullif(s.region, ''),
        'country', s.country), '{{}}')::text
"""
_PLACE = """
LEFT JOIN customers_site s ON s.id = {site}
LEFT JOIN LATERAL (SELECT d.neutral FROM exchange_document d WHERE d.order_id = o.id AND d.kind = 'order'
    ORDER BY d.id LIMIT 1) n ON true
LEFT JOIN LATERAL (SELECT nullif(x.street, '') AS street, nullif(x.postcode, '') AS postcode, nullif(x.city, '') AS city,
    nullif(x.region, '') AS region FROM customers_site x WHERE x.customer_id = c.id AND x.is_default LIMIT 1) u ON true
"""
_ITEM = """
    l.line_number, coalesce(l.received->>'line', l.line_number::text), coalesce(i.sku, l.received->>'sku', ''),
    coalesce(nullif(l.received->>'gtin', ''), ltrim(i.gtin, '0'), ''), coalesce(l.received->>'buyer_code', ''),
    coalesce(l.received->>'text', i.name, ''), l.unit_code, coalesce(l.received->>'unit', ''),
    coalesce(i.base_unit, l.unit_code), l.pack_numerator, l.pack_denominator
"""
_ITEM_WIDTH = 11

_ORDERS = f"""
SELECT o.id, o.customer_id, o.number, o.po_number, o.state, o.currency, c.language, coalesce(s.time_zone, 'UTC'),
    o.requested_from, o.requested_to,
    coalesce((SELECT h.initiator FROM orders_orderchange h WHERE h.order_id = o.id AND h.kind = 'cancel_order'
        ORDER BY h.id DESC LIMIT 1), ''), {_PARTIES.format()}
FROM orders_order o JOIN customers_customer c ON c.id = o.customer_id {_PLACE.format(site="o.ship_to_id")}
WHERE o.id = ANY(%s::bigint[]) ORDER BY o.id
"""
_LINES = f"""
SELECT l.order_id, {_ITEM}, l.ordered_quantity, l.cancelled_by_customer, l.cancelled_by_us, l.substituted,
    CASE WHEN l.despatched = 0 THEN 0 ELSE coalesce((
        SELECT sum(CASE e.kind WHEN 'despatched' THEN e.quantity ELSE -e.quantity END) FROM orders_lineentry e
        WHERE e.line_id = l.id AND e.kind IN ('despatched', 'brought_back') AND e.happened_at <= p.made_at), 0) END,
    l.unit_price, l.price_basis, l.received->>'price', l.received->>'basis', l.net_amount, l.tax_category, l.tax_rate,
    l.requested_from, l.requested_to, l.promise_sequence, g.starts, g.ends, p.parts,
    (SELECT json_build_array(f.code, f.params || jsonb_build_object('received', f.received, 'right', f."right"))
     FROM orders_finding f WHERE l.held AND f.line_id = l.id AND f.resolved_at IS NULL AND f.severity = 'blocking'
     ORDER BY f.id LIMIT 1)::text
FROM orders_orderline l LEFT JOIN catalog_item i ON i.id = l.item_id
LEFT JOIN LATERAL (
    SELECT min(p.made_at) AS made_at, json_agg(json_build_array(p.quantity::text, p.window_from, p.window_to, p.ship_date,
        p.reason) ORDER BY p.part)::text AS parts
    FROM orders_promise p WHERE p.line_id = l.id AND p.sequence = l.promise_sequence
) p ON true
LEFT JOIN LATERAL (
    SELECT min(b.window_from) AS starts, max(b.window_to) AS ends FROM orders_promise b
    WHERE l.despatched > 0 AND b.line_id = l.id AND b.quantity > 0 AND b.sequence = (
        SELECT max(c.sequence) FROM orders_promise c
        WHERE c.line_id = l.id AND c.sequence < l.promise_sequence AND c.quantity > 0)
) g ON true
WHERE l.order_id = ANY(%s::bigint[]) ORDER BY l.order_id, l.line_number
"""


def orders_to_tell(*, order_ids: Collection[int]) -> list[OrderFacts]:
    """What answers to these orders are made of. Two statements."""
    if not order_ids:
        return []
    lines: dict[int, list[LineFacts]] = {}
    for row in bulk.rows(_LINES, [list(order_ids)]):
        lines.setdefault(row[0], []).append(_line(row[1:]))
    return [
        bulk.made(
            OrderFacts,
            *row[:11],
            _party(row[11]),
            _party(row[12]),
            tuple(lines.get(row[0], ())),
        )
        for row in bulk.rows(_ORDERS, [list(order_ids)])
    ]


def _line(row: tuple[Any, ...]) -> LineFacts:
    item, rest = ItemFacts(*row[:_ITEM_WIDTH]), row[_ITEM_WIDTH:]
    price, basis = _decimal(rest[7]), _decimal(rest[8])
    parts = [_part(one) for one in json.loads(rest[17] or "[]")]
    # A part of nothing says why the rest could not be promised.
    missing = next((one for one in parts if not one.quantity), None)
    return bulk.made(
        LineFacts, item, *rest[:7], price, basis, *rest[9:17], tuple(one for one in parts if one.quantity),
        missing.code if missing else "", missing.params if missing else {}, *json.loads(rest[18] or '["", {}]'),
    )  # fmt: skip


def _part(said: list[Any]) -> PartFacts:
    quantity, start, end, ship, reason = said
    return PartFacts(
        Decimal(quantity), _moment(start), _moment(end), date.fromisoformat(ship) if ship else None,
        str((reason or {}).get("code", "")), (reason or {}).get("params") or {},
    )  # fmt: skip


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _decimal(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


def _party(text: str) -> Party:
    said: Mapping[str, Any] = json.loads(text)
    return Party(**{name: value for name, value in said.items() if value})


def _day(moment: datetime, zone: str) -> date:
    return local_day(moment, zone)


# --- Despatches ----------------------------------------------------------------------------------------------------

_DESPATCHES = f"""
SELECT a.id, o.id, o.customer_id, a.number, o.number, o.po_number, c.language, coalesce(s.time_zone, 'UTC'),
    a.despatched_at, p.starts, p.ends, a.carrier, {_PARTIES.format()}
FROM fulfilment_despatchadvice a JOIN orders_order o ON o.id = a.order_id JOIN customers_customer c ON c.id = o.customer_id
{_PLACE.format(site="a.ship_to_id")}
LEFT JOIN LATERAL (
    SELECT min(p.window_from) AS starts, max(p.window_to) AS ends FROM fulfilment_despatchline x
    JOIN orders_orderline l ON l.id = x.order_line_id JOIN orders_promise p ON p.line_id = l.id
        AND p.sequence = l.promise_sequence AND p.quantity > 0 AND p.ship_date IS NOT DISTINCT FROM a.planned_on
    WHERE x.advice_id = a.id
) p ON true
WHERE a.id = ANY(%s::bigint[]) ORDER BY a.id
"""
_LOTS = f"""
SELECT x.advice_id, {_ITEM}, x.quantity, l.ordered_quantity - l.cancelled_by_customer, x.lot, x.expires_on
FROM fulfilment_despatchline x JOIN orders_orderline l ON l.id = x.order_line_id LEFT JOIN catalog_item i ON i.id = l.item_id
WHERE x.advice_id = ANY(%s::bigint[]) ORDER BY x.advice_id, l.line_number, x.id
"""


def despatches_to_tell(*, advice_ids: Collection[int]) -> list[DespatchFacts]:
    """What despatch advices are made of. Two statements."""
    if not advice_ids:
        return []
    lots: dict[int, list[LotFacts]] = {}
    for row in bulk.rows(_LOTS, [list(advice_ids)]):
        lot = LotFacts(ItemFacts(*row[1 : 1 + _ITEM_WIDTH]), *row[1 + _ITEM_WIDTH :])
        lots.setdefault(row[0], []).append(lot)
    return [
        bulk.made(
            DespatchFacts,
            *row[:12],
            _party(row[12]),
            _party(row[13]),
            tuple(lots[row[0]]),
        )
        for row in bulk.rows(_DESPATCHES, [list(advice_ids)])
    ]


# --- Invoices ------------------------------------------------------------------------------------------------------

_INVOICES = f"""
SELECT v.id, v.order_id, v.customer_id, v.kind, v.number, coalesce(o.number, ''), coalesce(o.po_number, ''), c.language,
    v.issued_on, v.due_on, (SELECT max(e.happened_at) FROM billing_invoiceline x JOIN orders_lineentry e ON e.id = x.entry_id
        WHERE x.invoice_id = coalesce(v.corrects_id, v.id)), coalesce(s.time_zone, 'UTC'), coalesce(o.payment_days, 0),
    v.currency, v.net_amount, v.tax_amount, v.gross_amount, v.prepaid_amount, v.rounding_amount, v.payable_amount, v.cause_note,
    coalesce(k.number, ''), k.issued_on, {_PARTIES.format()}
FROM billing_invoice v JOIN customers_customer c ON c.id = v.customer_id LEFT JOIN orders_order o ON o.id = v.order_id
LEFT JOIN billing_invoice k ON k.id = v.corrects_id {_PLACE.format(site="o.ship_to_id")}
WHERE v.id = ANY(%s::bigint[]) ORDER BY v.id
"""
_BILLED = f"""
SELECT x.invoice_id, l.id IS NOT NULL, {_ITEM}, x.position, x.text, x.quantity, x.unit_code, x.unit_price, x.price_basis,
    x.net_amount, x.tax_category, x.tax_rate, x.despatch_number
FROM billing_invoiceline x LEFT JOIN orders_orderline l ON l.id = x.order_line_id LEFT JOIN catalog_item i ON i.id = l.item_id
WHERE x.invoice_id = ANY(%s::bigint[]) ORDER BY x.invoice_id, x.position
"""
_TAXES = """
SELECT invoice_id, category, rate, base_amount, tax_amount FROM billing_invoicetax WHERE invoice_id = ANY(%s::bigint[])
ORDER BY invoice_id, category, rate
"""


def invoices_to_tell(*, invoice_ids: Collection[int]) -> list[InvoiceFacts]:
    """What invoices and credit notes to send are made of. Three statements."""
    if not invoice_ids:
        return []
    lines: dict[int, list[BilledFacts]] = {}
    for row in bulk.rows(_BILLED, [list(invoice_ids)]):
        item = ItemFacts(*row[2 : 2 + _ITEM_WIDTH]) if row[1] else None
        lines.setdefault(row[0], []).append(BilledFacts(item, *row[2 + _ITEM_WIDTH :]))
    taxes: dict[int, list[TaxFacts]] = {}
    for invoice_id, *tax in bulk.rows(_TAXES, [list(invoice_ids)]):
        taxes.setdefault(invoice_id, []).append(TaxFacts(*tax))
    return [
        bulk.made(
            InvoiceFacts, *row[:10], _day(row[10], row[11]) if row[10] else None, *row[12:23], _party(row[23]), _party(row[24]),
            tuple(lines.get(row[0], ())), tuple(taxes.get(row[0], ())),
        )
        for row in bulk.rows(_INVOICES, [list(invoice_ids)])
    ]  # fmt: skip
