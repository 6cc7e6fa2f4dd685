"""Calling somebody when a customer whom we protect will not get what was promised."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from promesa.allocation.queries.slipping import PROTECTED, PROTECTED_PARAMETER
from promesa.core import bulk, parameters
from promesa.core.actors import Actor
from promesa.core.calendars import local_day
from promesa.core.verbs import verb
from promesa.work.operations import close_items, open_items
from promesa.work.rules import WorkDraft

KIND = "protected_short"
_MOMENT = timedelta(microseconds=1)

# Lines whose word fell since a moment: less is promised than before, or the last of it arrives later. A line as short as it
# was before is no news.
_FELL = """
SELECT o.id, o.number, o.customer_id, c.name, c.service_owner_id, i.name, b.quantity - n.quantity AS less, n.until,
    coalesce(s.time_zone, 'UTC')
FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id JOIN customers_customer c ON c.id = o.customer_id
JOIN catalog_item i ON i.id = l.item_id LEFT JOIN customers_site s ON s.id = o.ship_to_id
CROSS JOIN LATERAL (SELECT sum(p.quantity) AS quantity, max(p.window_to) AS until, min(p.made_at) AS made_at
    FROM orders_promise p WHERE p.line_id = l.id AND p.sequence = l.promise_sequence) n
CROSS JOIN LATERAL (SELECT sum(p.quantity) AS quantity, max(p.window_to) AS until
    FROM orders_promise p WHERE p.line_id = l.id AND p.sequence = l.promise_sequence - 1) b
WHERE l.order_id = ANY(%(orders)s::bigint[]) AND n.made_at >= %(since)s
  AND (n.quantity < b.quantity OR n.until > b.until) AND o.state IN ('submitted', 'confirmed')
  AND (o.segment = ANY(%(segments)s::text[]) OR EXISTS (
    SELECT 1 FROM allocation_protection f WHERE f.kind = 'floor' AND f.ended_at IS NULL AND f.valid_from <= %(on)s
      AND f.valid_to > %(on)s AND (f.item_id IS NULL OR f.item_id = l.item_id)
      AND (f.customer_id = o.customer_id OR (f.customer_id IS NULL AND f.segment <> '' AND f.segment = o.segment))))
ORDER BY o.id, n.quantity - b.quantity, l.line_number
"""


@verb
def call_for_protected(
    *,
    order_ids: Collection[int],
    since: datetime,
    receipt: str,
    by: Actor,
    at: datetime,
) -> list[int]:
    """Open one piece of work for each of these orders of a protected customer whose promise fell since a moment; returns the
    ids of the new ones.

    Protected are the segments of the parameter `allocation.protected_segments`, and those for whom a floor of a plan in force
    keeps the item.
    """
    segments = parameters.value(code=PROTECTED_PARAMETER, on=at.date(), default=PROTECTED)
    drafts: dict[int, WorkDraft] = {}
    for order_id, number, customer_id, name, owner, item, less, until, zone in bulk.rows(
        _FELL, {"orders": [*order_ids], "since": since, "segments": segments, "on": at.date()}
    ):
        if order_id not in drafts:
            drafts[order_id] = _draft(order_id, number, customer_id, name, owner, receipt, item, less, until, zone)
    return open_items(items=list(drafts.values()), by=by, at=at)


def _draft(
    order_id: int, number: str, customer_id: int, name: str, owner: int | None, receipt: str, item: str, less: Decimal,
    until: datetime | None, zone: str,
) -> WorkDraft:  # fmt: skip
    params: dict[str, Any] = {"order": number, "customer": name, "item": item, "receipt": receipt}
    if less > 0:
        code, params = "work_protected_short", {**params, "missing_quantity": less}
    else:
        code, params = (
            "work_protected_late",
            {**params, "promised_on": local_day(until - _MOMENT, zone) if until else ""},
        )
    return WorkDraft(
        kind=KIND, subject=f"order:{order_id}", key=f"{KIND}:{order_id}", role="customer_service",
        code=code, params=params, owner_id=owner, customer_id=customer_id,
    )  # fmt: skip


_SETTLED = """
SELECT w.key FROM work_workitem w JOIN orders_order o ON w.subject = 'order:' || o.id
WHERE w.state = 'open' AND w.kind = %(kind)s AND w.key = ANY(%(keys)s::text[])
  AND (o.state NOT IN ('submitted', 'confirmed') OR NOT EXISTS (
    SELECT 1 FROM orders_orderline l WHERE l.order_id = o.id AND
      l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us - l.substituted - l.despatched + l.brought_back > 0))
"""


@verb
def settle_alarms(*, order_ids: Collection[int], by: Actor, at: datetime) -> int:
    """Close what somebody was called for about these orders where nothing is left to decide: all is on its way, or the order
    is over. Returns how many."""
    keys = [f"{KIND}:{order_id}" for order_id in order_ids]
    settled = bulk.rows(_SETTLED, {"kind": KIND, "keys": keys})
    return close_items(keys=[key for (key,) in settled], by=by, at=at)
