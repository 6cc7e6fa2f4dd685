"""What the rooms below say of some orders, read set-wise: a dozen statements, however many orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from promesa.core import bulk

R = TypeVar("R")


class OrderRow(NamedTuple):
    id: int
    number: str
    customer_id: int
    segment: str
    channel: str
    agent: str
    origin: str
    state: str
    captured_at: datetime
    received_at: datetime
    submitted_at: datetime | None
    confirmed_at: datetime | None
    value: Decimal
    exchange_rate: Decimal
    requested_from: datetime | None
    requested_to: datetime | None
    early_days: int
    late_days: int
    under_percent: Decimal
    over_percent: Decimal
    substitutes: bool
    ship_to_id: int | None
    zone: str
    calendar_id: int | None
    transit_days: int
    warehouse_zone: str
    warehouse_calendar_id: int | None
    cut_off: time | None


class LineRow(NamedTuple):
    id: int
    order_id: int
    line_number: int
    item_id: int | None
    ordered: Decimal
    unit_price: Decimal | None
    price_basis: Decimal
    free: bool
    substitute_of: int | None
    requested_from: datetime | None
    requested_to: datetime | None
    released_at: datetime | None
    cancelled: Decimal
    lead_days: int
    minimum_life_days: int
    case_size: Decimal
    on_top_of: int | None


class RequestRow(NamedTuple):
    order_id: int
    line_id: int | None
    sequence: int
    window_from: datetime
    window_to: datetime
    initiator: str
    agreed: bool
    because_we_were_late: bool
    happened_at: datetime


class PromiseRow(NamedTuple):
    line_id: int
    sequence: int
    quantity: Decimal
    ship_date: date | None
    window_from: datetime | None
    window_to: datetime | None
    is_first: bool
    initiator: str
    cause: str
    made_at: datetime


class EntryRow(NamedTuple):
    line_id: int
    kind: str
    quantity: Decimal
    happened_at: datetime
    cause: str
    reason: str


class DespatchRow(NamedTuple):
    line_id: int
    quantity: Decimal
    despatched_at: datetime
    planned_on: date | None
    cause: str
    carrier: str


class OutcomeRow(NamedTuple):
    line_id: int
    delivery_id: int
    delivered_at: datetime
    arrived_at: datetime | None
    right_site: bool
    clock_suspect: bool
    delivery_cause: str
    outcome: str
    quantity: Decimal
    reason: str
    cause: str
    expires_on: date | None


class HoldRow(NamedTuple):
    order_id: int
    kind: str
    since: datetime
    told_at: datetime | None
    released_at: datetime | None
    fault: str


class FindingRow(NamedTuple):
    order_id: int
    line_id: int | None
    aspect: str
    fault: str
    after_release: bool
    brought_in_by: str


class FaultRow(NamedTuple):
    order_id: int
    line_id: int | None
    code: str
    ours: bool
    cause: str
    found_at: datetime


@dataclass(frozen=True, slots=True)
class Rows:
    """Everything read for some orders, each kind under the key by which it is looked up."""

    orders: list[OrderRow]
    lines: dict[int, list[LineRow]]
    requests: dict[int, list[RequestRow]]
    promises: dict[int, list[PromiseRow]]
    entries: dict[int, list[EntryRow]]
    despatches: dict[int, list[DespatchRow]]
    outcomes: dict[int, list[OutcomeRow]]
    holds: dict[int, list[HoldRow]]
    findings: dict[int, list[FindingRow]]
    invoiced: dict[int, datetime]
    faults: dict[int, list[FaultRow]]


_ORDERS = """
SELECT o.id, o.number, o.customer_id, o.segment, o.channel, o.captured_by, o.origin, o.state, o.captured_at,
       o.received_at, o.submitted_at, o.confirmed_at, o.net_amount * o.exchange_rate, o.exchange_rate,
       o.requested_from, o.requested_to, o.early_days, o.late_days, o.under_percent, o.over_percent, o.substitutes,
       o.ship_to_id, coalesce(s.time_zone, 'UTC'), s.calendar_id, coalesce(s.transit_days, 0),
       coalesce(w.time_zone, s.time_zone, 'UTC'), w.calendar_id, least(w.cut_off, o.cut_off)
FROM orders_order o
LEFT JOIN customers_site s ON s.id = o.ship_to_id
LEFT JOIN inventory_warehouse w ON w.id = o.warehouse_id
WHERE o.id = ANY(%s::bigint[]) AND o.state <> 'draft' ORDER BY o.id
"""

_LINES = """
SELECT l.id, l.order_id, l.line_number, l.item_id, l.ordered_quantity, l.unit_price, l.price_basis, l.free,
       l.substitute_of_id, l.requested_from, l.requested_to, l.released_at,
       l.cancelled_by_customer + l.cancelled_by_us, coalesce(i.lead_days, 0), coalesce(i.minimum_life_days, 0),
       coalesce(p.numerator::numeric / p.denominator, 1), (l.received->>'unordered')::int
FROM orders_orderline l
LEFT JOIN catalog_item i ON i.id = l.item_id
LEFT JOIN (
    SELECT DISTINCT ON (item_id) item_id, numerator, denominator FROM catalog_pack
    WHERE level = 'case' ORDER BY item_id, id
) p ON p.item_id = l.item_id
WHERE l.order_id = ANY(%s::bigint[]) ORDER BY l.order_id, l.line_number
"""

_REQUESTS = """
SELECT order_id, line_id, sequence, window_from, window_to, initiator, agreed, because_we_were_late, happened_at
FROM orders_requestedwindow WHERE order_id = ANY(%s::bigint[]) ORDER BY order_id, line_id NULLS FIRST, sequence
"""

_PROMISES = """
SELECT p.line_id, p.sequence, p.quantity, p.ship_date, p.window_from, p.window_to, p.is_first, p.initiator, p.cause,
       p.made_at
FROM orders_promise p JOIN orders_orderline l ON l.id = p.line_id
WHERE l.order_id = ANY(%s::bigint[]) ORDER BY p.line_id, p.sequence, p.part
"""

# History has no despatches and deliveries of its own: there the ledger says what left and what was taken.
_ENTRIES = """
SELECT e.line_id, e.kind, e.quantity, e.happened_at, e.cause, e.reason
FROM orders_lineentry e JOIN orders_orderline l ON l.id = e.line_id JOIN orders_order o ON o.id = l.order_id
WHERE o.id = ANY(%s::bigint[])
  AND (e.kind IN ('cancelled_by_customer', 'cancelled_by_us', 'returned') OR o.origin = 'history')
ORDER BY e.line_id, e.id
"""

_DESPATCHES = """
SELECT d.order_line_id, d.quantity, a.despatched_at, a.planned_on, a.cause, a.carrier
FROM fulfilment_despatchadvice a JOIN fulfilment_despatchline d ON d.advice_id = a.id
WHERE a.order_id = ANY(%s::bigint[]) ORDER BY a.despatched_at, d.id
"""

_OUTCOMES = """
SELECT d.order_line_id, v.id, v.delivered_at, v.arrived_at, v.site_id = a.ship_to_id, v.clock_suspect, v.cause,
       o.outcome, o.quantity, o.reason, o.cause, d.expires_on
FROM fulfilment_despatchadvice a
JOIN fulfilment_delivery v ON v.advice_id = a.id
JOIN fulfilment_deliveryline o ON o.delivery_id = v.id
JOIN fulfilment_despatchline d ON d.id = o.despatch_line_id
WHERE a.order_id = ANY(%s::bigint[]) ORDER BY d.order_line_id, v.delivered_at, v.id, o.id
"""

_HOLDS = """
SELECT h.order_id, h.kind, h.since, h.told_customer_at, h.released_at, coalesce(f.fault, '')
FROM orders_hold h LEFT JOIN orders_finding f ON f.id = h.finding_id
WHERE h.order_id = ANY(%s::bigint[]) ORDER BY h.order_id, h.since
"""

# A note is no defect, and what is nobody's fault is none either.
_FINDINGS = """
SELECT order_id, line_id, aspect, fault, found_after_release, brought_in_by
FROM orders_finding WHERE order_id = ANY(%s::bigint[]) AND severity <> 'note' AND fault <> 'nobody' ORDER BY order_id, id
"""

_INVOICED = """
SELECT l.order_line_id, min(i.issued_at)
FROM billing_invoiceline l JOIN billing_invoice i ON i.id = l.invoice_id
JOIN orders_orderline o ON o.id = l.order_line_id
WHERE o.order_id = ANY(%s::bigint[]) AND i.kind = 'invoice' GROUP BY l.order_line_id
"""

# A fault found before the invoice left has no invoice and spoilt nothing. A credit note for a wrong document tells
# of a fault even when nobody recorded it; other credit notes are returns, refusals or goodwill.
_FAULTS = """
SELECT f.order_id, f.order_line_id, f.code, f.ours, f.cause, f.found_at
FROM billing_invoicefault f WHERE f.order_id = ANY(%(orders)s::bigint[]) AND f.invoice_id IS NOT NULL
UNION ALL
SELECT o.order_id, l.order_line_id, 'corrected', true, i.cause, i.issued_at
FROM billing_invoice i JOIN billing_invoiceline l ON l.invoice_id = i.id
JOIN orders_orderline o ON o.id = l.order_line_id
WHERE o.order_id = ANY(%(orders)s::bigint[]) AND i.kind = 'credit_note' AND i.cause = 'X2'
"""


def _by(rows: Sequence[R], key: Callable[[R], Hashable]) -> dict[Any, list[R]]:
    grouped: dict[Any, list[R]] = defaultdict(list)
    for row in rows:
        grouped[key(row)].append(row)
    return grouped


def gather(order_ids: Sequence[int]) -> Rows:
    """Read all that the judgement needs of these orders, drafts left out: eleven statements."""
    ids = list(order_ids)

    def read(kind: Callable[[Any], R], sql: str) -> list[R]:
        return [kind(row) for row in bulk.rows(sql, [ids])]

    return Rows(
        orders=read(OrderRow._make, _ORDERS),
        lines=_by(read(LineRow._make, _LINES), lambda r: r.order_id),
        requests=_by(read(RequestRow._make, _REQUESTS), lambda r: r.order_id),
        promises=_by(read(PromiseRow._make, _PROMISES), lambda r: r.line_id),
        entries=_by(read(EntryRow._make, _ENTRIES), lambda r: r.line_id),
        despatches=_by(read(DespatchRow._make, _DESPATCHES), lambda r: r.line_id),
        outcomes=_by(read(OutcomeRow._make, _OUTCOMES), lambda r: r.line_id),
        holds=_by(read(HoldRow._make, _HOLDS), lambda r: r.order_id),
        findings=_by(read(FindingRow._make, _FINDINGS), lambda r: r.order_id),
        invoiced=dict(bulk.rows(_INVOICED, [ids])),
        faults=_by([FaultRow._make(row) for row in bulk.rows(_FAULTS, {"orders": ids})], lambda r: r.order_id),
    )
