"""All that the orders themselves know of one order, for its page: a fixed number of statements whatever its size."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from promesa.core import bulk
from promesa.orders.queries.standing import standings
from promesa.orders.rules import floor_of_change
from promesa.orders.stages import Standing

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Head:
    """What was agreed for the order, and who is concerned."""

    id: int
    number: str
    version: int
    note: str
    tax_amount: Decimal
    total_amount: Decimal
    requested_from: datetime | None
    requested_to: datetime | None
    one_delivery: bool
    partial_deliveries: bool
    substitutes: bool
    early_days: int
    under_percent: Decimal
    over_percent: Decimal
    segment: str
    segment_es: str
    segment_en: str
    tier: int
    captured_by: str
    phone: str
    email: str
    owner: str
    credit_limit: Decimal | None
    exposure: Decimal
    site_number: str
    site_name: str
    street: str
    postcode: str
    city: str
    windows: tuple[tuple[int, str, str], ...]


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line: what was received, what it was resolved to, and how far it has come. Quantities in base units."""

    id: int
    line_number: int
    sku: str
    item: str
    item_kind: str
    received: Mapping[str, str]
    ordered: Decimal
    unit_quantity: Decimal
    unit_code: str
    base_unit: str
    numerator: int
    denominator: int
    unit_price: Decimal | None
    price_basis: Decimal
    price_origin: str
    price_reference: str
    net_amount: Decimal
    tax_rate: Decimal
    free: bool
    promised: Decimal
    promise_sequence: int
    released_at: datetime | None
    cancelled: Decimal
    substituted: Decimal
    despatched: Decimal
    accepted: Decimal
    refused_final: Decimal
    brought_back: Decimal
    returned: Decimal
    invoiced: Decimal
    credited: Decimal
    reserved: Decimal

    @property
    def stands(self) -> Decimal:
        """What is still ordered."""
        return self.ordered - self.cancelled - self.substituted

    @property
    def open(self) -> Decimal:
        return self.stands - self.accepted - self.refused_final

    @property
    def to_ship(self) -> Decimal:
        return self.open - (self.despatched - self.accepted - self.refused_final - self.brought_back)

    @property
    def missing(self) -> Decimal:
        """What is to leave and has no supply."""
        return Decimal(0) if self.item_kind == "service" else max(self.to_ship - self.reserved, Decimal(0))

    @property
    def floor(self) -> Decimal:
        """The least that it may be changed to."""
        return floor_of_change(
            despatched=self.despatched, accepted=self.accepted, refused_final=self.refused_final,
            brought_back=self.brought_back, invoiced=self.invoiced, credited=self.credited,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """One part of a promise that was given for a line."""

    line_number: int
    sequence: int
    part: int
    quantity: Decimal
    ship_date: date | None
    window_from: datetime | None
    window_to: datetime | None
    is_first: bool
    in_force: bool
    initiator: str
    cause: str
    reason: Mapping[str, Any]
    actor: str
    made_at: datetime
    told_at: datetime | None


@dataclass(frozen=True, slots=True)
class RequestRow:
    """When the customer wanted it, each time they said so."""

    line_number: int | None
    sequence: int
    window_from: datetime
    window_to: datetime
    initiator: str
    reason: str
    actor: str
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class FindingRow:
    """Something that a check found."""

    id: int
    line_number: int | None
    code: str
    aspect: str
    severity: str
    fault: str
    field: str
    received: str
    right: str
    params: Mapping[str, Any]
    found_at: datetime
    resolved_at: datetime | None
    resolved_by: str
    resolution: str
    held: bool


@dataclass(frozen=True, slots=True)
class HoldRow:
    """Why it stands, or stood, still."""

    id: int
    kind: str
    role: str
    reason: Mapping[str, Any]
    since: datetime
    opened_by: str
    released_at: datetime | None
    released_by: str
    release_reason: str
    told_customer_at: datetime | None


@dataclass(frozen=True, slots=True)
class EventRow:
    """One entry of the order's journal."""

    number: int
    kind: str
    actor: str
    happened_at: datetime
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OrderPage:
    """One order, whole, as far as the orders know it."""

    head: Head
    standing: Standing
    lines: tuple[LineRow, ...]
    promises: tuple[PromiseRow, ...]
    requests: tuple[RequestRow, ...]
    findings: tuple[FindingRow, ...]
    holds: tuple[HoldRow, ...]
    events: tuple[EventRow, ...]

    @property
    def open_holds(self) -> list[HoldRow]:
        return [hold for hold in self.holds if hold.released_at is None]

    @property
    def open_findings(self) -> list[FindingRow]:
        return [one for one in self.findings if one.resolved_at is None and one.severity != "note"]


_HEAD = """
SELECT o.id, o.number, o.version, o.note, o.tax_amount, o.total_amount, o.requested_from, o.requested_to, o.one_delivery,
    o.partial_deliveries, o.substitutes, o.early_days, o.under_percent, o.over_percent, o.segment,
    coalesce(g.name_es, o.segment) AS segment_es, coalesce(g.name_en, o.segment) AS segment_en, o.tier, o.captured_by,
    c.phone, c.email, coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username, '') AS owner, c.credit_limit,
    coalesce(k.receivable + k.delivered_not_invoiced + k.released_not_delivered - k.unapplied_credit, 0) AS exposure,
    coalesce(s.number, '') AS site_number, coalesce(s.name, '') AS site_name, coalesce(s.street, '') AS street,
    coalesce(s.postcode, '') AS postcode, coalesce(s.city, '') AS city,
    coalesce((SELECT json_agg(json_build_array(w.weekday, to_char(w.opens, 'HH24:MI'), to_char(w.closes, 'HH24:MI'))
        ORDER BY w.weekday, w.opens) FROM customers_receivingwindow w WHERE w.site_id = s.id), '[]')::text AS windows
FROM orders_order o JOIN customers_customer c ON c.id = o.customer_id
LEFT JOIN customers_creditstanding k ON k.customer_id = c.id
LEFT JOIN customers_site s ON s.id = o.ship_to_id
LEFT JOIN customers_segment g ON g.code = o.segment
LEFT JOIN access_user u ON u.id = c.service_owner_id
WHERE o.number = %s
"""
_LINES = """
SELECT l.id, l.line_number, coalesce(i.sku, '') AS sku, coalesce(i.name, '') AS item, coalesce(i.kind, 'goods') AS item_kind,
    l.received::text AS received, l.ordered_quantity AS ordered, l.unit_quantity, l.unit_code,
    coalesce(i.base_unit, l.unit_code) AS base_unit, l.pack_numerator AS numerator, l.pack_denominator AS denominator,
    l.unit_price, l.price_basis, l.price_origin, l.price_reference, l.net_amount, l.tax_rate, l.free, l.promised,
    l.promise_sequence, l.released_at, l.cancelled_by_customer + l.cancelled_by_us AS cancelled, l.substituted, l.despatched,
    l.accepted, l.refused_final, l.brought_back, l.returned, l.invoiced, l.credited,
    coalesce((SELECT sum(c.quantity) FROM inventory_claim c WHERE c.demand_line_id = l.id), 0) AS reserved
FROM orders_orderline l LEFT JOIN catalog_item i ON i.id = l.item_id WHERE l.order_id = %s ORDER BY l.line_number
"""
_PROMISES = """
SELECT l.line_number, p.sequence, p.part, p.quantity, p.ship_date, p.window_from, p.window_to, p.is_first,
    p.sequence = l.promise_sequence AS in_force, p.initiator, p.cause, p.reason::text AS reason, p.actor, p.made_at, p.told_at
FROM orders_promise p JOIN orders_orderline l ON l.id = p.line_id
WHERE l.order_id = %s ORDER BY l.line_number, p.sequence, p.part
"""
_REQUESTS = """
SELECT l.line_number, r.sequence, r.window_from, r.window_to, r.initiator, r.reason, r.actor, r.happened_at
FROM orders_requestedwindow r LEFT JOIN orders_orderline l ON l.id = r.line_id
WHERE r.order_id = %s ORDER BY l.line_number NULLS FIRST, r.sequence
"""
_FINDINGS = """
SELECT f.id, l.line_number, f.code, f.aspect, f.severity, f.fault, f.field, f.received, f."right", f.params::text AS params,
    f.found_at, f.resolved_at, f.resolved_by, f.resolution,
    EXISTS (SELECT 1 FROM orders_hold h WHERE h.finding_id = f.id AND h.released_at IS NULL) AS held
FROM orders_finding f LEFT JOIN orders_orderline l ON l.id = f.line_id
WHERE f.order_id = %s ORDER BY f.resolved_at IS NOT NULL, array_position(ARRAY['blocking', 'warning', 'note'], f.severity::text),
    l.line_number NULLS FIRST, f.id
"""
_HOLDS = """
SELECT id, kind, role, reason::text AS reason, since, opened_by, released_at, released_by, release_reason, told_customer_at
FROM orders_hold WHERE order_id = %s ORDER BY since, id
"""
_EVENTS = """
SELECT number, kind, actor, happened_at, facts::text AS facts FROM core_event
WHERE subject_kind = 'order' AND subject_id = %s ORDER BY number DESC LIMIT 200
"""


def order_page(*, number: str) -> OrderPage | None:
    """The order of that number. Eight statements."""
    heads = bulk.named(_HEAD, [number])
    if not heads:
        return None
    windows = tuple((day, opens, closes) for day, opens, closes in json.loads(heads[0].pop("windows")))
    head = Head(**heads[0], windows=windows)
    return OrderPage(
        head=head,
        standing=standings([head.id])[0],
        lines=_read(LineRow, _LINES, head.id, "received"),
        promises=_read(PromiseRow, _PROMISES, head.id, "reason"),
        requests=_read(RequestRow, _REQUESTS, head.id),
        findings=_read(FindingRow, _FINDINGS, head.id, "params"),
        holds=_read(HoldRow, _HOLDS, head.id, "reason"),
        events=_read(EventRow, _EVENTS, head.id, "facts"),
    )


def _read(kind: type[T], sql: str, order_id: int, *documents: str) -> tuple[T, ...]:
    """Rows of a statement as dataclasses; some of their columns are JSON."""
    found: Sequence[dict[str, Any]] = bulk.named(sql, [order_id])
    for row in found:
        for column in documents:
            row[column] = json.loads(row[column])
    return tuple(kind(**row) for row in found)


def order_id_of(*, number: str) -> int | None:
    """The id of the order of that number."""
    found = bulk.row("SELECT id FROM orders_order WHERE number = %s", [number])
    return int(found[0]) if found else None
