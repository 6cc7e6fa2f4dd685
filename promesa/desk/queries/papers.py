"""What was made of one order by the rooms above it: despatches, deliveries, invoices, payments, documents."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from promesa.core import bulk


class Outcome(NamedTuple):
    """What became of a quantity at the door."""

    line_number: int
    outcome: str
    quantity: Decimal
    unit: str
    reason: str
    note: str


@dataclass(frozen=True, slots=True)
class Despatch:
    """Goods that left."""

    id: int
    number: str
    carrier: str
    planned_on: date | None
    despatched_at: datetime
    cause: str
    lines: int
    quantity: Decimal
    in_transit: bool


@dataclass(frozen=True, slots=True)
class Delivery:
    """Goods that arrived, with what was not simply taken."""

    number: str
    advice: str
    delivered_at: datetime
    arrived_at: datetime | None
    signed_by: str
    signature: bool
    clock_suspect: bool
    cause: str
    note: str
    accepted: Decimal
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """An invoice or credit note, and what is paid of it."""

    number: str
    kind: str
    issued_on: date
    due_on: date
    currency: str
    net_amount: Decimal
    payable_amount: Decimal
    paid_amount: Decimal
    corrects: str
    cause: str
    cause_note: str
    disputed_at: datetime | None
    dispute_reason: str

    @property
    def unpaid_amount(self) -> Decimal:
        return max(self.payable_amount - self.paid_amount, Decimal(0))


@dataclass(frozen=True, slots=True)
class Payment:
    """Money, or a credit note, that paid part of an invoice of the order."""

    number: str
    invoice: str
    amount: Decimal
    currency: str
    applied_at: datetime
    reference: str


@dataclass(frozen=True, slots=True)
class Source:
    """The document that the order came in with."""

    id: int
    number: str
    kind: str
    format: str
    file: str
    size: int
    channel: str
    received_at: datetime
    outcome: str


@dataclass(frozen=True, slots=True)
class Papers:
    """All of them."""

    despatches: tuple[Despatch, ...]
    deliveries: tuple[Delivery, ...]
    invoices: tuple[Paper, ...]
    payments: tuple[Payment, ...]
    sources: tuple[Source, ...]


_DESPATCHES = """
SELECT a.id, a.number, a.carrier, a.planned_on, a.despatched_at, a.cause, count(l.id), coalesce(sum(l.quantity), 0),
    bool_or(l.id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM fulfilment_deliveryline x WHERE x.despatch_line_id = l.id))
FROM fulfilment_despatchadvice a LEFT JOIN fulfilment_despatchline l ON l.advice_id = a.id
WHERE a.order_id = %s GROUP BY a.id ORDER BY a.despatched_at, a.id
"""
_DELIVERIES = """
SELECT d.number, a.number, d.delivered_at, d.arrived_at, d.signed_by, d.signature_sha256 <> '', d.clock_suspect, d.cause, d.note,
    coalesce((SELECT sum(x.quantity) FROM fulfilment_deliveryline x WHERE x.delivery_id = d.id
        AND x.outcome IN ('accepted', 'reserve')), 0),
    coalesce((SELECT json_agg(json_build_array(l.line_number, x.outcome, x.quantity, coalesce(i.base_unit, ''), x.reason, x.note)
        ORDER BY l.line_number, x.id) FROM fulfilment_deliveryline x JOIN fulfilment_despatchline s ON s.id = x.despatch_line_id
        JOIN orders_orderline l ON l.id = s.order_line_id LEFT JOIN catalog_item i ON i.id = l.item_id
        WHERE x.delivery_id = d.id AND x.outcome <> 'accepted'), '[]')::text
FROM fulfilment_delivery d JOIN fulfilment_despatchadvice a ON a.id = d.advice_id
WHERE a.order_id = %s ORDER BY d.delivered_at, d.id
"""
_INVOICES = """
SELECT i.number, i.kind, i.issued_on, i.due_on, i.currency, i.net_amount, i.payable_amount,
    coalesce((SELECT sum(p.amount) FROM billing_application p
        WHERE CASE WHEN i.kind = 'invoice' THEN p.invoice_id ELSE p.credit_note_id END = i.id), 0),
    coalesce(c.number, ''), i.cause, i.cause_note, i.disputed_at, i.dispute_reason
FROM billing_invoice i LEFT JOIN billing_invoice c ON c.id = i.corrects_id
WHERE i.order_id = %s ORDER BY i.issued_at, i.id
"""
_PAYMENTS = """
SELECT coalesce(p.number, n.number), i.number, a.amount, i.currency, a.applied_at, coalesce(p.reference, '')
FROM billing_application a JOIN billing_invoice i ON i.id = a.invoice_id
LEFT JOIN billing_payment p ON p.id = a.payment_id LEFT JOIN billing_invoice n ON n.id = a.credit_note_id
WHERE i.order_id = %s ORDER BY a.applied_at, a.id
"""
_SOURCES = """
SELECT d.id, d.number, d.kind, d.format, f.name, f.size, f.channel, f.received_at, d.outcome
FROM exchange_document d JOIN exchange_inboxfile f ON f.id = d.file_id WHERE d.order_id = %s ORDER BY d.id
"""


def papers_of(order_id: int) -> Papers:
    """What the rooms above made of this order. Five statements."""
    return Papers(
        despatches=tuple(Despatch(*row) for row in bulk.rows(_DESPATCHES, [order_id])),
        deliveries=tuple(_delivery(row) for row in bulk.rows(_DELIVERIES, [order_id])),
        invoices=tuple(Paper(*row) for row in bulk.rows(_INVOICES, [order_id])),
        payments=tuple(Payment(*row) for row in bulk.rows(_PAYMENTS, [order_id])),
        sources=tuple(Source(*row) for row in bulk.rows(_SOURCES, [order_id])),
    )


def _delivery(row: tuple[Any, ...]) -> Delivery:
    parts = [Outcome(*one) for one in json.loads(row[-1], parse_float=Decimal)]
    whole = tuple(one._replace(quantity=Decimal(one.quantity)) for one in parts)
    return Delivery(*row[:-1], outcomes=whole)  # type: ignore[misc]
