"""A mail of ours that came back: the document that it brought did not get there."""

from __future__ import annotations

from datetime import datetime

from promesa.allocation.operations.notices_told import record_notices_not_told
from promesa.core import bulk, words
from promesa.core.actors import Actor
from promesa.core.events import emit
from promesa.core.verbs import verb
from promesa.exchange.events import OutgoingFailed
from promesa.exchange.operations.sending import LETTER
from promesa.exchange.states import SendingState
from promesa.orders import operations as orders
from promesa.work.operations import open_items
from promesa.work.rules import WorkDraft

_RETURN = """
UPDATE exchange_outgoingdocument d SET state = %(failed)s, next_try_at = NULL, acknowledge_by = NULL, last_error = %(error)s
WHERE d.channel = 'mail' AND d.state = %(sent)s AND (d.message_id = %(message)s OR d.id = (
    SELECT m.outgoing_id FROM exchange_mailmessage m WHERE m.outbound AND m.message_id = %(message)s LIMIT 1))
RETURNING d.id, d.kind, d.subject, d.number, d.attempts, d.order_id, coalesce(
    (SELECT p.code FROM exchange_partner p WHERE p.id = d.partner_id),
    (SELECT c.name FROM customers_customer c WHERE c.id = d.customer_id))
"""
# When it told the customer: each time that it left, and when a renewed promise said no more than it had said.
_MOMENTS = """
SELECT ended_at FROM exchange_sendingattempt WHERE outgoing_id = %(id)s AND delivered
UNION SELECT e.happened_at FROM core_event e WHERE e.kind = 'CustomerTold' AND e.subject_kind = 'order' AND e.subject_id = %(order)s
    AND e.facts->>'how' = 'document' AND e.actor NOT LIKE 'user:%%' AND e.happened_at >= (
        SELECT min(ended_at) FROM exchange_sendingattempt WHERE outgoing_id = %(id)s AND delivered)
"""


@verb
def tell_bounce(*, message_id: str, reason: str, by: Actor, at: datetime) -> bool:
    """Say of the document that a mail of ours brought that the mail came back: it did not get there, and a person gets it. What
    it told does not count as told.

    False when no mail of ours that is on its way has that Message-ID: anybody can write a report.
    """
    params = {"problem": reason or "—"}
    error = bulk.as_json({"code": "mail_bounced", "params": params})
    values = {
        "failed": SendingState.FAILED.value,
        "sent": SendingState.SENT.value,
        "error": error,
        "message": message_id,
    }
    row = bulk.row(_RETURN, values)
    if row is None:
        return False
    id_, kind, subject, number, attempts, order_id, partner = row
    _untell(id_, kind, subject, order_id, by, at)
    emit(OutgoingFailed(id_, kind, subject, number, "mail_bounced", attempts), by=by, at=at)
    open_items(
        items=[
            WorkDraft(
                kind="outgoing_failed", subject=f"outgoing:{id_}", key=f"outgoing-failed:{id_}", role="back_office",
                code="work_outgoing_failed",
                params={"kind": words.both("kind_" + kind), "number": number, "partner": partner,
                        "problem": words.both("mail_bounced", params)},
            )
        ],
        by=by, at=at,
    )  # fmt: skip
    return True


def _untell(id_: int, kind: str, subject: str, order_id: int | None, by: Actor, at: datetime) -> None:
    moments = [moment for (moment,) in bulk.rows(_MOMENTS, {"id": id_, "order": order_id}) if moment is not None]
    if kind == LETTER:
        record_notices_not_told(notice_ids=[int(subject.partition(":")[2])], moments=moments, by=by, at=at)
    elif kind == "order_response" and order_id is not None:
        orders.record_not_told(order_id=order_id, moments=moments, by=by, at=at)
