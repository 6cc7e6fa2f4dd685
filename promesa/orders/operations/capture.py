"""Capture: the one way in for orders, whoever brings them, one or a thousand at a time.

Every statement is set-based and their number is the same for any number of orders and lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from promesa.catalog import resolution
from promesa.core import bulk
from promesa.core.actors import Actor
from promesa.core.events import emit
from promesa.core.identifiers import pad_gtin
from promesa.core.verbs import verb
from promesa.customers.rules import Terms
from promesa.customers.terms import terms_of
from promesa.orders import checks
from promesa.orders.checks import CheckedOrder
from promesa.orders.events import OrderCaptured, OrderHeld, OrderSubmitted
from promesa.orders.operations.written import order_record, work_drafts
from promesa.orders.queries import repeats
from promesa.orders.rules import Captured, DraftLine, Found, OrderDraft, found, is_blocked
from promesa.orders.states import OrderState
from promesa.work.operations import open_items

ZERO = Decimal(0)


@verb
def capture_order(*, draft: OrderDraft, by: Actor, at: datetime, submit: bool = True) -> Captured:
    """Capture one order. See `capture_orders`."""
    return capture_orders(drafts=[draft], by=by, at=at, submit=submit)[0]


@verb
def capture_orders(*, drafts: Sequence[OrderDraft], by: Actor, at: datetime, submit: bool = True) -> list[Captured]:
    """Resolve, price and check drafts, and write them as orders.

    Clean ones are submitted (and so promised and confirmed in the same transaction); those with findings that need a
    person are submitted with a hold; those with a blocking finding stay drafts. A draft whose buyer is not known
    becomes no order: its answer says so. Nothing received is lost.
    """
    terms = _terms(drafts)
    answers: list[Captured | None] = [None] * len(drafts)
    known: list[tuple[int, OrderDraft, Terms]] = []
    for place, draft in enumerate(drafts):
        buyer = _buyer(draft, terms)
        if buyer is None:
            answers[place] = Captured(place, None, "", "", (), "unknown_buyer")
        else:
            known.append((place, draft, buyer))
    if known:
        orders = _checked([(draft, buyer) for _, draft, buyer in known], at)
        _find_repeats(orders, [draft for _, draft, _ in known])
        _check_credit(orders)
        written = _write(orders, by, at, submit)
        for (place, _, _), captured in zip(known, written, strict=True):
            answers[place] = replace(captured, draft=place)
    return [answer for answer in answers if answer is not None]


def _terms(drafts: Sequence[OrderDraft]) -> dict[str, Terms]:
    """Terms under every name a draft may use; their credit is locked, so that orders of one buyer come one by one."""
    found_terms = terms_of(
        ids={draft.customer_id for draft in drafts if draft.customer_id is not None},
        numbers={draft.customer_number for draft in drafts if draft.customer_id is None and draft.customer_number},
        glns={draft.customer_gln for draft in drafts if draft.customer_id is None and draft.customer_gln},
        lock_credit=True,
    )
    by_name: dict[str, Terms] = {}
    for one in found_terms:
        by_name[f"id:{one.id}"] = by_name[f"number:{one.number}"] = one
        if one.gln:
            by_name[f"gln:{one.gln}"] = one
    return by_name


def _buyer(draft: OrderDraft, terms: dict[str, Terms]) -> Terms | None:
    if draft.customer_id is not None:
        return terms.get(f"id:{draft.customer_id}")
    return terms.get(f"number:{draft.customer_number}") or terms.get(f"gln:{draft.customer_gln}")


def _checked(drafts: Sequence[tuple[OrderDraft, Terms]], at: datetime) -> list[CheckedOrder]:
    catalogue = read_catalogue(
        customers={buyer.id: buyer for _, buyer in drafts}, lines=(line for draft, _ in drafts for line in draft.lines)
    )
    return [checks.check(draft, buyer, catalogue, at) for draft, buyer in drafts]


def read_catalogue(
    *, customers: dict[int, Terms], lines: Iterable[DraftLine], ids: Iterable[int] = ()
) -> resolution.Catalogue:
    """All that these lines may need of the catalogue, in one statement."""
    skus: set[str] = set()
    gtins: set[str] = set()
    codes: set[str] = set()
    for line in lines:
        if line.sku:
            skus.add(line.sku)
            codes.add(line.sku)
        if line.gtin:
            gtins.add(pad_gtin(line.gtin))
            codes.add(line.gtin)
        if line.buyer_code:
            codes.add(line.buyer_code)
        if line.code:
            skus.add(line.code)
            codes.add(line.code)
            gtins.add(pad_gtin(line.code))
    countries = {one.country for one in customers.values()}
    countries.update(site.country for one in customers.values() for site in one.sites)
    return resolution.resolve(customers=customers, countries=countries, skus=skus, gtins=gtins, codes=codes, ids=ids)


def _find_repeats(orders: Sequence[CheckedOrder], drafts: Sequence[OrderDraft]) -> None:
    """The same buyer and PO number again: the same lines (a repeat) or others (a change, or a new order?)."""
    asked = {
        (order.terms.id, draft.po_number)
        for order, draft in zip(orders, drafts, strict=True)
        if draft.po_number and not draft.repeat_allowed
    }
    if not asked:
        return
    seen = repeats.by_po_number(asked)
    for order, draft in zip(orders, drafts, strict=True):
        if draft.repeat_allowed or not draft.po_number:
            continue
        key = (order.terms.id, draft.po_number)
        for number, content_hash in seen.get(key, ()):
            code = "po_repeated_same" if content_hash == order.content_hash else "po_repeated_other"
            order.findings.append(
                found(code, field="po_number", received=draft.po_number, right=number, order=number, po=draft.po_number)
            )
            break
        seen.setdefault(key, []).append((draft.po_number, order.content_hash))


def _check_credit(orders: Sequence[CheckedOrder]) -> None:
    """An order that exceeds what is left is held, never refused; orders of one batch count one after another."""
    left: dict[int, Decimal] = {}
    for order in orders:
        limit = order.terms.credit_limit
        if limit is None or order.draft.origin != "live":
            continue
        free = left.setdefault(order.terms.id, limit - order.terms.exposure)
        if order.total > free:
            order.findings.append(
                found("credit_exceeded", field="credit", received=order.total, right=max(free, ZERO),
                      excess_amount=order.total - free, limit_amount=limit, currency=order.terms.currency)
            )  # fmt: skip
        else:
            left[order.terms.id] = free - order.total


_INSERT = """
WITH src AS MATERIALIZED (
    SELECT nextval('orders_order_id_seq') AS id,
           'P-' || to_char(t.at_, 'YYYY') || '-' || lpad(nextval('orders_number')::text, 6, '0') AS number, t.*
    FROM json_to_recordset(%(orders)s::json) AS t(
        n int, customer bigint, ship_to bigint, po text, channel text, origin text, state text, by_ text,
        ordered timestamptz, received timestamptz, at_ timestamptz, submitted timestamptz,
        rf timestamptz, rt timestamptz, currency text, pay int, inv text, early int, late int, under numeric, over_ numeric,
        one boolean, part boolean, subst boolean, segment text, tier int, lines int, net numeric, tax numeric, total numeric,
        hash text, note text)
), o AS (
    INSERT INTO orders_order (id, number, customer_id, ship_to_id, warehouse_id, po_number, channel, origin, state,
        captured_by, ordered_at, received_at, captured_at, submitted_at, requested_from, requested_to, currency,
        payment_days, invoice_from, early_days, late_days, under_percent, over_percent, one_delivery,
        partial_deliveries, substitutes, segment, tier, line_count, net_amount, tax_amount, total_amount, content_hash, note)
    SELECT id, number, customer, ship_to, (SELECT w.id FROM inventory_warehouse w WHERE w.is_default), po, channel, origin,
        state, by_, ordered, received, at_, submitted, rf, rt, currency, pay, inv, early, late, under, over_, one, part,
        subst, segment, tier, lines, net, tax, total, hash, note FROM src ORDER BY n
), lsrc AS MATERIALIZED (
    SELECT nextval('orders_orderline_id_seq') AS id, t.* FROM (SELECT s.id AS order_id, t.*
    FROM json_to_recordset(%(lines)s::json) AS t(
        n int, line int, item bigint, received jsonb, qty numeric, uqty numeric, unit text, num int, den int, price numeric,
        basis numeric, origin text, ref text, net numeric, cat text, rate numeric, free boolean,
        rf timestamptz, rt timestamptz) JOIN src s ON s.n = t.n ORDER BY t.n, t.line) t
), l AS (
    INSERT INTO orders_orderline (id, order_id, line_number, item_id, received, ordered_quantity, unit_quantity, unit_code,
        pack_numerator, pack_denominator, unit_price, price_basis, price_origin, price_reference, net_amount,
        tax_category, tax_rate, free, requested_from, requested_to)
    SELECT id, order_id, line, item, received, qty, uqty, unit, num, den, price, basis, origin, ref, net, cat, rate, free,
        rf, rt FROM lsrc ORDER BY n, line
), asked AS (
    INSERT INTO orders_requestedwindow (order_id, line_id, sequence, window_from, window_to, initiator, agreed,
        because_we_were_late, reason, actor, happened_at, recorded_at)
    SELECT id, NULL, 1, rf, rt, 'customer', true, false, '', by_, ordered, now() FROM src WHERE rf IS NOT NULL
    UNION ALL
    SELECT l.order_id, l.id, 1, l.rf, l.rt, 'customer', true, false, '', s.by_, s.ordered, now()
    FROM lsrc l JOIN src s ON s.id = l.order_id WHERE l.rf IS NOT NULL
), fsrc AS MATERIALIZED (
    SELECT nextval('orders_finding_id_seq') AS id, s.id AS order_id, l.id AS line_id, s.by_, s.at_, t.*
    FROM json_to_recordset(%(findings)s::json) AS t(
        n int, line int, code text, aspect text, severity text, fault text, field text, received text, "right" text,
        params jsonb, hold text, role text)
    JOIN src s ON s.n = t.n LEFT JOIN lsrc l ON l.order_id = s.id AND l.line = t.line
), f AS (
    INSERT INTO orders_finding (id, order_id, line_id, code, aspect, severity, fault, brought_in_by, field, received, "right",
        params, found_at, found_after_release, resolved_by, resolution)
    SELECT id, order_id, line_id, code, aspect, severity, fault, by_, field, received, "right", params, at_, false, '', ''
    FROM fsrc
), h AS (
    INSERT INTO orders_hold (order_id, kind, finding_id, role, reason, since, opened_by, released_by, release_reason)
    SELECT DISTINCT ON (order_id, hold) order_id, hold, id, role, jsonb_build_object('code', code, 'params', params), at_, by_,
        '', '' FROM fsrc WHERE hold <> '' ORDER BY order_id, hold, id
)
SELECT n, id, number FROM src ORDER BY n
"""


def _write(orders: Sequence[CheckedOrder], by: Actor, at: datetime, submit: bool) -> list[Captured]:
    """One statement for all rows of all orders, each in its final form; then the events and the work for people."""
    records: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    findings: list[dict[str, Any]] = []
    for n, order in enumerate(orders):
        state = OrderState.SUBMITTED if submit and not is_blocked(order.findings) else OrderState.DRAFT
        order_record(order, n, state, by, at, records, lines, findings)
    rows = bulk.rows(
        _INSERT,
        {
            "orders": bulk.as_json(records),
            "lines": bulk.as_json(lines),
            "findings": bulk.as_json(findings),
        },
    )
    captured = [
        Captured(n, order_id, number, records[n]["state"], tuple(orders[n].findings)) for n, order_id, number in rows
    ]
    _tell(orders, captured, by, at)
    return captured


def _tell(orders: Sequence[CheckedOrder], captured: Sequence[Captured], by: Actor, at: datetime) -> None:
    work = [draft for order, one in zip(orders, captured, strict=True) for draft in work_drafts(order, one, at)]
    if work:
        open_items(items=work, by=by, at=at)
    told: list[Any] = []
    for order, one in zip(orders, captured, strict=True):
        assert one.order_id is not None
        kind = OrderSubmitted if one.state == OrderState.SUBMITTED else OrderCaptured
        told.append(
            kind(
                order_id=one.order_id, lines=len(order.lines), findings=len(order.findings),
                channel=order.draft.channel, po_number=order.draft.po_number,
            )
        )  # fmt: skip
        told.extend(OrderHeld(order_id=one.order_id, kind=hold.hold, role="") for hold in _holds(order.findings))
    emit(*told, by=by, at=at)


def _holds(findings: Iterable[Found]) -> list[Found]:
    seen: dict[str, Found] = {}
    for one in findings:
        if one.hold:
            seen.setdefault(one.hold, one)
    return list(seen.values())
