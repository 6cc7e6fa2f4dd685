"""The daily audit of capture: draw the sample, take what the auditor read, keep what differs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from promesa.core import bulk
from promesa.core.actors import Actor
from promesa.core.calendars import end_of_day, start_of_day
from promesa.core.errors import NotFound, Refused
from promesa.core.events import emit
from promesa.core.parameters import company_zone
from promesa.core.verbs import verb
from promesa.orders import operations as orders
from promesa.orders.states import Fault
from promesa.results.events import OrderAudited
from promesa.results.models import Audit
from promesa.results.queries.auditing import kept_order
from promesa.results.rules.audit import Difference, Typed, differences, drawn


class AuditedAlready(Refused):
    """The order has been keyed again already."""


class CapturedByAuditor(Refused):
    """Nobody audits what they captured themselves."""


_CAPTURED = """
SELECT number, id FROM orders_order
WHERE captured_at >= %(start)s AND captured_at < %(end)s AND origin = 'live' AND state NOT IN ('draft', 'refused')
"""
_DRAWN = """
INSERT INTO results_audit (order_id, day, drawn_at, audited_by, typed, found, wrong)
SELECT id, %(day)s, %(at)s, '', '{}', '[]', false FROM unnest(%(ids)s::bigint[]) id
ON CONFLICT (order_id) DO NOTHING
"""


@verb
def draw_sample(*, day: date, by: Actor, at: datetime) -> int:
    """Draw the sample of a day that has ended: one per cent of the orders captured, twenty at least. Returns how many are
    drawn for it in all; drawing again draws nobody else.

    :raises Refused: never; a day that goes on is not drawn, since its orders are still coming.
    """
    zone = company_zone(on=day)
    if end_of_day(day, zone) > at:
        return Audit.objects.filter(day=day).count()
    if not Audit.objects.filter(day=day).exists():
        captured = dict(bulk.rows(_CAPTURED, {"start": start_of_day(day, zone), "end": end_of_day(day, zone)}))
        chosen = [captured[number] for number in drawn(captured, day=day)]
        bulk.run(_DRAWN, {"ids": chosen, "day": day, "at": at})
    return Audit.objects.filter(day=day).count()


@verb
def record_audit(
    *,
    order_number: str,
    typed: Typed,
    by: Actor,
    at: datetime,
    faults: Mapping[int, str] | None = None,
    minutes: Decimal | None = None,
) -> list[Difference]:
    """Keep what an auditor read in the source of an order, and every difference as an error of its capture.

    A difference is ours unless `faults` says for its place in the list whose it is (ours, customer, masters, nobody): the
    list is the one that `differences` gives, and is returned. Those that are somebody's become findings of the order; ours
    count against its quality, escaped if the order was released by then.

    :raises NotFound: if the order was not drawn.
    :raises AuditedAlready: if it was keyed again before.
    :raises CapturedByAuditor: if the auditor captured the order.
    """
    audit = Audit.objects.select_for_update().filter(order__number=order_number).first()
    if audit is None:
        raise NotFound(what=f"audit {order_number}")
    if audit.audited_at is not None:
        raise AuditedAlready(order_number, order=order_number)
    source = kept_order(order_number=order_number)
    if source.captured_by == str(by):
        raise CapturedByAuditor(order_number, order=order_number)
    found, whose = differences(source.kept, typed), dict(faults or {})
    judged = [(one, Fault(whose.get(place, Fault.OURS))) for place, one in enumerate(found)]
    for one, fault in judged:
        if fault != Fault.NOBODY:
            orders.record_error(
                order_id=source.order_id, aspect=one.aspect, line_number=one.line_number, received=one.stored,
                right=one.source, fault=fault, escaped=source.released, by=by, at=at,
            )  # fmt: skip
    wrong = any(fault == Fault.OURS and one.aspect != "price" for one, fault in judged)
    audit.audited_at, audit.audited_by, audit.minutes, audit.wrong = at, str(by), minutes, wrong
    audit.typed = as_json(typed)
    audit.found = [one.as_json() | {"fault": str(fault)} for one, fault in judged]
    audit.save(update_fields=["audited_at", "audited_by", "minutes", "wrong", "typed", "found"])
    emit(OrderAudited(order_id=source.order_id, differences=len(found), wrong=wrong), by=by, at=at)
    return found


def as_json(typed: Typed) -> dict[str, Any]:
    """What was typed, as it is kept."""
    lines = [
        {"code": one.code, "quantity": str(one.quantity), "unit_code": one.unit_code, "price": str(one.price or "")}
        for one in typed.lines
    ]
    days = {name: day.isoformat() for name in ("requested_from", "requested_to") if (day := getattr(typed, name))}
    return {"po_number": typed.po_number, "ship_to": typed.ship_to, **days, "lines": lines}
