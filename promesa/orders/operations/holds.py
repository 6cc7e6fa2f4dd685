"""Holds and findings: what keeps an order standing, and who decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from promesa.core import bulk, locks, words
from promesa.core.actors import Actor
from promesa.core.errors import NotFound, Refused
from promesa.core.events import emit
from promesa.core.verbs import verb
from promesa.orders.events import FindingResolved, HoldReleased, OrderHeld
from promesa.orders.models import Finding, Hold, Order
from promesa.orders.rules import HOLD_ROLE, PromisedLine
from promesa.orders.states import HoldKind, OrderState
from promesa.work.operations import close_items, open_items
from promesa.work.rules import WorkDraft, due_after


class HoldAlreadyReleased(Refused):
    """Somebody has released the hold."""


class OrderNotHoldable(Refused):
    """Only a submitted or confirmed order can be held."""


_SHORT = """
WITH t AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%(rows)s::json) AS t(o bigint, line bigint, missing numeric, reason text, params jsonb)
), o AS MATERIALIZED (
    SELECT o.id, o.number, o.one_delivery, o.customer_id, c.name, c.service_owner_id FROM orders_order o
    JOIN customers_customer c ON c.id = o.customer_id WHERE o.id IN (SELECT t.o FROM t)
), f AS (
    INSERT INTO orders_finding (order_id, line_id, code, aspect, severity, fault, brought_in_by, field, received, "right",
        params, found_at, found_after_release, resolved_by, resolution)
    SELECT o.id, t.line, CASE WHEN o.one_delivery THEN 'supply_short_one_delivery' ELSE 'supply_short' END, 'quantity',
        'warning', 'nobody', %(by)s, 'supply', '', '',
        t.params || jsonb_build_object('missing_quantity', t.missing, 'reason', t.reason, 'item', i.name), %(at)s, false, '', ''
    FROM t JOIN o ON o.id = t.o JOIN orders_orderline l ON l.id = t.line JOIN catalog_item i ON i.id = l.item_id
    WHERE NOT EXISTS (SELECT 1 FROM orders_finding x WHERE x.line_id = t.line AND x.resolved_at IS NULL
                      AND x.code IN ('supply_short', 'supply_short_one_delivery'))
    RETURNING order_id, line_id, params
), h AS (
    INSERT INTO orders_hold (order_id, kind, role, reason, since, opened_by, released_by, release_reason)
    SELECT o.id, 'shortage', 'customer_service',
        jsonb_build_object('code', 'supply_short_one_delivery', 'params', (
            SELECT f.params FROM f WHERE f.order_id = o.id LIMIT 1)), %(at)s, %(by)s, '', ''
    FROM o WHERE o.one_delivery AND NOT EXISTS (
        SELECT 1 FROM orders_hold x WHERE x.order_id = o.id AND x.kind = 'shortage' AND x.released_at IS NULL)
)
SELECT o.id, o.number, o.one_delivery, o.customer_id, o.name, o.service_owner_id,
    (SELECT i.name FROM t JOIN orders_orderline l ON l.id = t.line JOIN catalog_item i ON i.id = l.item_id
     WHERE t.o = o.id ORDER BY l.line_number LIMIT 1), (SELECT t.missing FROM t WHERE t.o = o.id LIMIT 1)
FROM o
"""


def find_short_supply(*, short: Mapping[int, Sequence[PromisedLine]], by: Actor, at: datetime) -> set[int]:
    """Findings (and, with one delivery only, holds) for lines that could not be promised whole.

    Returns the ids of the orders that are held for it. Part of settling; two statements for any number of lines.
    """
    rows = [
        {"o": order_id, "line": line.line_id, "missing": line.missing, "reason": line.missing_reason,
         "params": words.plain(line.missing_params or {})}
        for order_id, lines in short.items() for line in lines
    ]  # fmt: skip
    found = bulk.rows(_SHORT, {"rows": bulk.as_json(rows), "by": by, "at": at})
    open_items(
        items=[
            WorkDraft(
                kind="shortage", subject=f"order:{order_id}", key=f"shortage:{order_id}", role="customer_service",
                owner_id=owner, customer_id=customer_id, code="work_shortage",
                params={"order": number, "customer": name, "item": item, "missing_quantity": str(missing)},
                due_at=due_after("shortage", at),
            )
            for order_id, number, _, customer_id, name, owner, item, missing in found
        ],
        by=by, at=at,
    )  # fmt: skip
    return {row[0] for row in found if row[2]}


@verb
def open_hold(
    *, order_id: int, kind: str, reason_code: str, by: Actor, at: datetime, params: Mapping[str, Any] | None = None
) -> Hold:
    """Stop an order until somebody with the right decides. Nothing more of it is released meanwhile.

    :raises OrderNotHoldable: if it is a draft, closed, cancelled or refused.
    """
    locks.take(orders=[order_id])
    order = Order.objects.select_related("customer").get(pk=order_id)
    if order.state not in (OrderState.SUBMITTED, OrderState.CONFIRMED):
        raise OrderNotHoldable(order.number, order=order.number, state=order.state)
    standing = Hold.objects.filter(order_id=order_id, kind=kind, released_at=None).first()
    if standing is not None:
        return standing
    role = HOLD_ROLE[HoldKind(kind)]
    reason = {"code": reason_code, "params": words.plain(params or {})}
    hold = Hold.objects.create(order_id=order_id, kind=kind, role=role, reason=reason, since=at, opened_by=by)
    open_items(
        items=[
            WorkDraft(
                kind="hold", subject=f"order:{order_id}", key=f"hold:{order_id}:{kind}", role=role, owner_id=None,
                customer_id=order.customer_id, code="work_hold_" + kind,
                params={"order": order.number, "customer": order.customer.name, **words.plain(params or {})},
                due_at=due_after("hold", at),
            )
        ],
        by=by, at=at,
    )  # fmt: skip
    emit(OrderHeld(order_id=order_id, kind=kind, role=role), by=by, at=at)
    return hold


@verb
def release_hold(*, hold_id: int, by: Actor, at: datetime, reason: str, minutes: Decimal | None = None) -> Hold:
    """Let the order go on. Its finding, if any, is resolved; when no hold is left the order is settled again.

    :raises HoldAlreadyReleased: if it was released meanwhile.
    """
    hold = Hold.objects.select_related("order").filter(pk=hold_id).first()
    if hold is None:
        raise NotFound(what=f"{hold_id}")
    locks.take(credit=[hold.order.customer_id], orders=[hold.order_id])
    hold.refresh_from_db(from_queryset=Hold.objects.select_related("order"))
    if hold.released_at is not None:
        raise HoldAlreadyReleased(hold.order.number, order=hold.order.number, by=hold.released_by)
    hold.released_at, hold.released_by, hold.release_reason = at, by, reason[:300]
    hold.save(update_fields=["released_at", "released_by", "release_reason"])
    for finding in Finding.objects.filter(order_id=hold.order_id, resolved_at=None, holds__kind=hold.kind).distinct():
        _resolve(finding, "accepted", by, at, minutes)
    close_items(keys=[f"hold:{hold.order_id}:{hold.kind}"], by=by, at=at)
    emit(HoldReleased(order_id=hold.order_id, kind=hold.kind, reason=reason[:200]), by=by, at=at)
    return hold


@verb
def resolve_finding(
    *, finding_id: int, resolution: str, by: Actor, at: datetime, minutes: Decimal | None = None
) -> Finding:
    """Say how a finding was resolved, by whom and in how many minutes."""
    finding = Finding.objects.filter(pk=finding_id).first()
    if finding is None:
        raise NotFound(what=f"{finding_id}")
    locks.take(orders=[finding.order_id])
    finding.refresh_from_db()
    if finding.resolved_at is None:
        _resolve(finding, resolution, by, at, minutes)
    return finding


def _resolve(finding: Finding, resolution: str, by: Actor, at: datetime, minutes: Decimal | None) -> None:
    finding.resolved_at, finding.resolved_by, finding.resolution, finding.minutes = at, by, resolution[:60], minutes
    finding.save(update_fields=["resolved_at", "resolved_by", "resolution", "minutes"])
    emit(FindingResolved(order_id=finding.order_id, code=finding.code, resolution=resolution[:60]), by=by, at=at)
