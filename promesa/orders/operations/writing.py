"""Writing orders: one statement for all rows of all orders, each row in its final form."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from promesa.core import bulk, prepared
from promesa.core.rowtext import array
from promesa.orders.operations.written import ZERO, finding_record, line_row, order_record, promise_rows
from promesa.orders.pending import Pending

_ORDERS = """o AS (
    INSERT INTO orders_order (id, number, customer_id, ship_to_id, warehouse_id, po_number, channel, origin, state,
        captured_by, ordered_at, received_at, captured_at, submitted_at, confirmed_at, requested_from, requested_to,
        first_promised_to, promised_to, currency, payment_days, invoice_from, early_days, late_days, under_percent,
        over_percent, one_delivery, partial_deliveries, substitutes, segment, tier, line_count, net_amount, tax_amount,
        total_amount, content_hash, note, hold_rest, cut_off)
    SELECT id, number, customer, ship_to, %(warehouse)s::bigint, po, channel, origin, state, %(by)s::text, ordered,
        received, %(at)s::timestamptz, submitted, confirmed, rf, rt, first, promised, currency, pay, inv, early, late,
        under, over_, one, part, subst, segment, tier, lines, net, tax, total, hash, note, rest, cut
    FROM json_to_recordset(%(orders)s::json) AS t(
        id bigint, number text, customer bigint, ship_to bigint, po text, channel text, origin text, state text,
        ordered timestamptz, received timestamptz, submitted timestamptz, confirmed timestamptz, rf timestamptz,
        rt timestamptz, first timestamptz, promised timestamptz, currency text, pay int, inv text, early int, late int,
        under numeric, over_ numeric, one boolean, part boolean, subst boolean, segment text, tier int, lines int,
        net numeric, tax numeric, total numeric, hash text, note text, rest boolean, cut time)
)"""
_LINES = """l AS (
    INSERT INTO orders_orderline (id, order_id, line_number, item_id, received, ordered_quantity, unit_quantity, unit_code,
        pack_numerator, pack_denominator, unit_price, price_basis, price_origin, price_reference, net_amount,
        tax_category, tax_rate, free, requested_from, requested_to, promised, promise_sequence)
    SELECT id, n, line, item, received, qty, uqty, unit, num, den, price, basis, origin, ref, net, cat, rate, free, rf, rt,
        promised, seq
    FROM unnest(%(lines)s::orders_linerow[])
)"""
_PROMISES = """p AS (
    INSERT INTO orders_promise (line_id, sequence, part, quantity, ship_date, window_from, window_to, is_first, initiator,
        cause, reason, actor, made_at)
    SELECT line, seq, part, qty, ship, wf, wt, first, initiator, cause, reason, %(by)s::text, %(at)s::timestamptz
    FROM unnest(%(promises)s::orders_promiserow[])
)"""
_ASKED = """a AS (
    INSERT INTO orders_requestedwindow (order_id, line_id, sequence, window_from, window_to, initiator, agreed,
        because_we_were_late, reason, actor, happened_at, recorded_at)
    SELECT o, line, 1, rf, rt, 'customer', true, false, '', %(by)s::text, ordered, now()
    FROM json_to_recordset(%(asked)s::json) AS t(o bigint, line bigint, rf timestamptz, rt timestamptz, ordered timestamptz)
)"""
_FINDINGS = """fsrc AS MATERIALIZED (
    SELECT nextval('orders_finding_id_seq') AS id, t.* FROM json_to_recordset(%(findings)s::json) AS t(
        n bigint, line bigint, code text, aspect text, severity text, fault text, field text, received text, "right" text,
        params jsonb, hold text, role text)
), f AS (
    INSERT INTO orders_finding (id, order_id, line_id, code, aspect, severity, fault, brought_in_by, field, received, "right",
        params, found_at, found_after_release, resolved_by, resolution)
    SELECT id, n, line, code, aspect, severity, fault, %(by)s::text, field, received, "right", params, %(at)s::timestamptz,
        false, '', '' FROM fsrc
), h AS (
    INSERT INTO orders_hold (order_id, kind, finding_id, role, reason, since, opened_by, released_by, release_reason)
    SELECT DISTINCT ON (n, hold) n, hold, id, role, jsonb_build_object('code', code, 'params', params), %(at)s::timestamptz,
        %(by)s::text, '', '' FROM fsrc WHERE hold <> '' ORDER BY n, hold, id
)"""
# Lines that come to orders which are there already.
INSERT_LINES = "WITH " + _LINES + " SELECT 1"
_HOLD = "UPDATE orders_orderline SET held = true WHERE id = ANY(%(lines)s::bigint[])"


def write(orders: Sequence[Pending]) -> None:
    """Insert all that belongs to these orders: lines, promises, requested windows, findings, holds. One statement.

    They are of one capture, so that actor, moment and warehouse are the same.
    """
    if not orders:
        return
    records: list[dict[str, Any]] = []
    lines: list[str] = []
    promises: list[str] = []
    asked: list[dict[str, Any]] = []
    findings: list[dict[str, Any]] = []
    for order in orders:
        records.append(order_record(order))
        _add_lines(order, lines, asked)
        promises.extend(promise_rows(order.promises, order.id, first=order.confirmed))
        for one in order.checked.findings:
            findings.append(record := finding_record(one, order.id))
            record["line"] = order.line_ids[one.line - 1] if one.line else None
        order.written = True
    first = orders[0]
    kept = {}
    if promises:
        kept["promises"] = array(promises)
    if asked:
        kept["asked"] = bulk.as_json(asked)
    if findings:
        kept["findings"] = bulk.as_json(findings)
    prepared.effect(
        _statement(*kept),
        {
            "orders": bulk.as_json(records),
            "lines": array(lines),
            "warehouse": first.shipper.id if first.shipper else None,
            "by": first.by,
            "at": first.at,
            **kept,
        },
    )
    held = [
        line_id
        for order in orders
        for line_id, line in zip(order.line_ids, order.checked.lines, strict=True)
        if line.held
    ]
    if held:
        prepared.effect(_HOLD, {"lines": held})


@cache
def _statement(*parts: str) -> str:
    """Only the parts that have rows: the database prepares each of these statements once."""
    texts = {"promises": _PROMISES, "asked": _ASKED, "findings": _FINDINGS}
    return "WITH " + ", ".join([_ORDERS, _LINES, *(texts[part] for part in parts)]) + " SELECT 1"


def _add_lines(order: Pending, lines: list[str], asked: list[dict[str, Any]]) -> None:
    checked, ids = order.checked, order.line_ids
    promised = {
        line.line_id: line.parts[0].quantity
        if len(line.parts) == 1
        else sum((part.quantity for part in line.parts), ZERO)
        for line in order.promises
    }
    if checked.requested_from is not None:
        asked.append({"o": order.id, "line": None, "rf": checked.requested_from, "rt": checked.requested_to,
                      "ordered": checked.ordered_at})  # fmt: skip
    for line_id, (position, line) in zip(ids, enumerate(checked.lines, 1), strict=True):
        word = promised.get(line_id)
        lines.append(line_row(line, order.id, position, line_id, word or ZERO, 0 if word is None else 1))
        if line.requested_from is not None:
            asked.append({"o": order.id, "line": line_id, "rf": line.requested_from, "rt": line.requested_to,
                          "ordered": checked.ordered_at})  # fmt: skip
