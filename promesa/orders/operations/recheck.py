"""Checking drafts again, after a master was mended or a person corrected them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from promesa.core import bulk, locks
from promesa.core.actors import Actor
from promesa.core.errors import Refused
from promesa.core.events import emit
from promesa.core.rowtext import array
from promesa.core.verbs import verb
from promesa.customers.terms import terms_of
from promesa.orders import checks
from promesa.orders.checks import CheckedOrder
from promesa.orders.events import FindingResolved, OrderSubmitted
from promesa.orders.models import Finding, Order, OrderLine
from promesa.orders.operations.capture import read_catalogue
from promesa.orders.operations.written import finding_record, line_row, work_drafts
from promesa.orders.rules import Captured, DraftLine, OrderDraft
from promesa.orders.states import OrderState
from promesa.work.operations import close_items, open_items
from promesa.work.rules import WorkDraft


class OrderNotDraft(Refused):
    """Only a draft can be checked again; change a submitted order instead."""


_UPDATE = """
WITH src AS MATERIALIZED (
    SELECT * FROM unnest(%(lines)s::orders_linerow[])
), l AS (
    UPDATE orders_orderline x SET item_id = s.item, ordered_quantity = s.qty, unit_quantity = s.uqty, unit_code = s.unit,
        pack_numerator = s.num, pack_denominator = s.den, unit_price = s.price, price_basis = s.basis,
        price_origin = s.origin, price_reference = s.ref, net_amount = s.net, tax_category = s.cat, tax_rate = s.rate,
        requested_from = s.rf, requested_to = s.rt
    FROM src s WHERE x.order_id = s.n AND x.line_number = s.line
), fsrc AS MATERIALIZED (
    SELECT t.*, x.id AS line_id FROM json_to_recordset(%(findings)s::json) AS t(
        n int, line int, code text, aspect text, severity text, fault text, field text, received text, "right" text,
        params jsonb, hold text, role text) LEFT JOIN orders_orderline x ON x.order_id = t.n AND x.line_number = t.line
), gone AS (
    UPDATE orders_finding f SET resolved_at = %(at)s, resolved_by = %(by)s, resolution = 'mended'
    WHERE f.order_id = ANY(%(orders)s::bigint[]) AND f.resolved_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM fsrc s WHERE s.n = f.order_id AND s.code = f.code AND s.line_id IS NOT DISTINCT FROM f.line_id)
    RETURNING f.order_id, f.code
), new AS (
    INSERT INTO orders_finding (order_id, line_id, code, aspect, severity, fault, brought_in_by, field, received, "right",
        params, found_at, found_after_release, resolved_by, resolution)
    SELECT s.n, s.line_id, s.code, s.aspect, s.severity, s.fault, %(by)s, s.field, s.received, s."right", s.params, %(at)s,
        false, '', '' FROM fsrc s WHERE NOT EXISTS (
        SELECT 1 FROM orders_finding f WHERE f.order_id = s.n AND f.code = s.code AND f.resolved_at IS NULL
          AND f.line_id IS NOT DISTINCT FROM s.line_id)
    RETURNING id, order_id, code
), h AS (
    INSERT INTO orders_hold (order_id, kind, finding_id, role, reason, since, opened_by, released_by, release_reason)
    SELECT DISTINCT ON (s.n, s.hold) s.n, s.hold, new.id, s.role, jsonb_build_object('code', s.code, 'params', s.params),
        %(at)s, %(by)s, '', '' FROM fsrc s JOIN new ON new.order_id = s.n AND new.code = s.code
    WHERE s.hold <> '' ORDER BY s.n, s.hold, new.id
)
SELECT order_id, code FROM gone
"""


@verb
def recheck_orders(*, order_ids: Iterable[int], by: Actor, at: datetime) -> list[Captured]:
    """Run all checks of drafts again, on what was received; what is clean now is submitted, and so is what is right of an
    order whose rest may be held.

    Findings that are no more are resolved as mended, new ones are added, those that stand keep their age.
    """
    wanted = sorted(set(order_ids))
    drafts = {order.pk: order for order in Order.objects.filter(pk__in=wanted).order_by("pk")}
    locks.take(credit={order.customer_id for order in drafts.values()}, orders=drafts)
    drafts = {
        order.pk: order
        for order in Order.objects.select_related("ship_to")
        .filter(pk__in=wanted, state=OrderState.DRAFT)
        .order_by("pk")
    }
    if not drafts:
        return []
    checked = _checked(drafts, at)
    gone = _write(checked, by, at)
    clean = [order_id for order_id, order in checked.items() if not order.stopped]
    emit(*(FindingResolved(order_id=order_id, code=code, resolution="mended") for order_id, code in gone), by=by, at=at)
    if clean:
        close_items(keys=[f"draft:{order_id}" for order_id in clean], by=by, at=at)
        open_items(
            items=[one for order_id in clean for one in _work(drafts[order_id], checked[order_id], at)], by=by, at=at
        )
        emit(
            *(
                OrderSubmitted(
                    order_id=order_id, lines=len(checked[order_id].lines), findings=len(checked[order_id].findings),
                    channel=drafts[order_id].channel, po_number=drafts[order_id].po_number,
                )
                for order_id in clean
            ),
            by=by, at=at,
        )  # fmt: skip
    states = dict(Order.objects.filter(pk__in=list(drafts)).values_list("pk", "state"))
    return [
        Captured(n, order_id, drafts[order_id].number, states[order_id], tuple(order.findings))
        for n, (order_id, order) in enumerate(checked.items())
    ]


@verb
def submit_orders(*, order_ids: Iterable[int], by: Actor, at: datetime) -> list[Captured]:
    """Submit drafts that were captured without submitting; they are checked again first."""
    return recheck_orders(order_ids=order_ids, by=by, at=at)


def _checked(drafts: dict[int, Order], at: datetime) -> dict[int, CheckedOrder]:
    lines: dict[int, list[OrderLine]] = {order_id: [] for order_id in drafts}
    for line in OrderLine.objects.filter(order_id__in=list(drafts)).order_by("order_id", "line_number"):
        lines[line.order_id].append(line)
    terms = {one.id: one for one in terms_of(ids={order.customer_id for order in drafts.values()})}
    places = _places_named(drafts)
    as_drafts = {
        order_id: _draft(order, lines[order_id], places.get(order_id, "")) for order_id, order in drafts.items()
    }
    catalogue = read_catalogue(customers=terms, lines=(line for draft in as_drafts.values() for line in draft.lines))
    return {
        order_id: checks.check(draft, terms[drafts[order_id].customer_id], catalogue, at)
        for order_id, draft in as_drafts.items()
    }


def _places_named(drafts: dict[int, Order]) -> dict[int, str]:
    """The place that a document named and nobody knew yet: it is looked for again, never replaced by the usual one."""
    nowhere = [order_id for order_id, order in drafts.items() if order.ship_to_id is None]
    found = Finding.objects.filter(order_id__in=nowhere, code="unknown_ship_to", resolved_at=None)
    return dict(found.values_list("order_id", "received"))


def _draft(order: Order, lines: list[OrderLine], place: str) -> OrderDraft:
    """The draft as it was received, with the place of delivery that is known by now."""
    return OrderDraft(
        lines=tuple(draft_line(line) for line in lines), customer_id=order.customer_id,
        ship_to_number=order.ship_to.number if order.ship_to else place, ship_to_gln=place, po_number=order.po_number,
        channel=order.channel,
        currency=order.currency, requested_from=order.requested_from, requested_to=order.requested_to,
        ordered_at=order.ordered_at, received_at=order.received_at, note=order.note, origin=order.origin,
        hold_rest=order.hold_rest, cut_off=order.cut_off,
    )  # fmt: skip


def draft_line(line: OrderLine) -> DraftLine:
    """A line as it was received."""
    kept: dict[str, Any] = line.received
    return replace(
        DraftLine(
            line=kept.get("line", ""), sku=kept.get("sku", ""), gtin=kept.get("gtin", ""),
            buyer_code=kept.get("buyer_code", ""), code=kept.get("code", ""), text=kept.get("text", ""),
            quantity=_number(kept.get("quantity")), quantity_text=kept.get("quantity", ""), unit=kept.get("unit", ""),
            price=_number(kept.get("price")), price_basis=_number(kept.get("basis")) or Decimal(1), free=line.free,
        ),
        requested_from=line.requested_from, requested_to=line.requested_to,
    )  # fmt: skip


def _number(text: str | None) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None


def _work(order: Order, checked: CheckedOrder, at: datetime) -> Iterable[WorkDraft]:
    """What somebody has to mend before the lines that are held can go on."""
    captured = Captured(0, order.pk, order.number, OrderState.SUBMITTED, tuple(checked.findings))
    return [one for one in work_drafts(checked, captured, at) if one.kind == "draft"]


def _write(checked: dict[int, CheckedOrder], by: Actor, at: datetime) -> list[tuple[int, str]]:
    lines: list[str] = []
    findings: list[dict[str, Any]] = []
    for order_id, order in checked.items():
        lines.extend(line_row(line, order_id, position) for position, line in enumerate(order.lines, 1))
        findings.extend(finding_record(one, order_id) for one in order.findings)
    gone = bulk.rows(
        _UPDATE,
        {"lines": array(lines), "findings": bulk.as_json(findings), "orders": list(checked), "by": by, "at": at},
    )
    heads = [
        {"id": order_id, "ship": order.site.id if order.site else None, "net": order.net, "tax": order.tax,
         "total": order.total, "hash": order.content_hash, "blocked": order.stopped}
        for order_id, order in checked.items()
    ]  # fmt: skip
    bulk.run(
        """UPDATE orders_order o SET ship_to_id = h.ship, net_amount = h.net, tax_amount = h.tax, total_amount = h.total,
               content_hash = h.hash, state = CASE WHEN h.blocked THEN 'draft' ELSE 'submitted' END,
               submitted_at = CASE WHEN h.blocked THEN NULL ELSE %s END, version = o.version + 1
           FROM json_to_recordset(%s::json) AS h(id bigint, ship bigint, net numeric, tax numeric, total numeric, hash text,
               blocked boolean) WHERE o.id = h.id""",
        [at, bulk.as_json(heads)],
    )
    held = {order_id: [n for n, line in enumerate(one.lines, 1) if line.held] for order_id, one in checked.items()}
    for order_id, numbers in held.items():
        if numbers:
            OrderLine.objects.filter(order_id=order_id, line_number__in=numbers).update(held=True)
    return [(order_id, code) for order_id, code in gone]
