"""What the other side says of our documents: they have it, or they refuse it; and what they should have said and did not."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from promesa.access.queries import insist
from promesa.core import bulk, words
from promesa.core.actors import Actor
from promesa.core.errors import NotFound, Refused
from promesa.core.events import emit
from promesa.core.verbs import verb
from promesa.exchange.events import OutgoingAcknowledged, OutgoingRefused, OutgoingStopped
from promesa.exchange.models import OutgoingDocument, PartnerAnswer
from promesa.exchange.operations.addresses import open_address
from promesa.exchange.operations.sending import LETTER, tell_notices, tell_promises
from promesa.exchange.queries.answering import company, orders_to_tell
from promesa.exchange.queries.recipients import recipient_of_partner
from promesa.exchange.rules import revived
from promesa.exchange.rules.answers import addressed, standing
from promesa.exchange.states import SendingState
from promesa.work.operations import close_items, open_items
from promesa.work.rules import WorkDraft


class NotStoppable(Refused):
    """What has left cannot be called back."""


class NotSendable(Refused):
    """There is a newer version, or it was never ready to be sent."""


@verb
def acknowledge(
    *,
    outgoing_id: int,
    accepted: bool,
    by: Actor,
    at: datetime,
    how: str = "document",
    reported: Sequence[dict[str, Any]] = (),
    document_id: int | None = None,
) -> OutgoingDocument:
    """The other side says that it has one of our documents, or that it refuses it, and why.

    What is refused gives work to a person; a later word of acceptance does not take that back, since the parts of an
    acknowledgement come in any order. Saying the same again does nothing.
    """
    row = (
        OutgoingDocument.objects.select_for_update(of=("self",))
        .select_related("partner", "customer")
        .get(pk=outgoing_id)
    )
    state = SendingState.ACKNOWLEDGED if accepted else SendingState.REFUSED
    if row.state == SendingState.ACKNOWLEDGED and accepted and reported:
        row.reported = list(reported)  # they go on answering: it is under query, then paid
        row.save(update_fields=["reported"])
    if row.state == state or row.state == SendingState.REFUSED:
        return row
    row.state, row.next_try_at = state, None
    row.sent_at = row.sent_at or at  # who answers it has it, even if its sender died before it said so
    row.acknowledged_at, row.acknowledged_how, row.acknowledgement_id = at, how, document_id
    row.reported = list(reported)
    row.save(
        update_fields=["state", "next_try_at", "sent_at", "acknowledged_at", "acknowledged_how", "acknowledgement", "reported"]
    )  # fmt: skip
    close_items(keys=[f"outgoing-unanswered:{row.pk}", f"outgoing-failed:{row.pk}"], by=by, at=at)
    if accepted:
        tell_promises(outgoing_ids=[row.pk], by=by, at=at)
        if row.kind == LETTER:
            tell_notices(subjects=[row.subject], by=by, at=at)
        emit(OutgoingAcknowledged(row.pk, row.kind, row.subject, row.number, how), by=by, at=at)
    else:
        open_items(items=[_refused(row, row.reported)], by=by, at=at)
        emit(OutgoingRefused(row.pk, row.kind, row.subject, row.number, len(reported)), by=by, at=at)
    return row


# What an invoice response says that only a person can settle: it is under query, it is accepted on a condition.
QUERIES = {"UQ": "work_outgoing_questioned", "CA": "work_outgoing_conditional"}


@verb
def follow_query(*, outgoing_id: int, status: str, reported: Sequence[dict[str, Any]], by: Actor, at: datetime) -> None:
    """The other side has a question or a condition before it takes a document whole: a person gets it. Any other word of it
    (UNCL4343) ends that."""
    row = OutgoingDocument.objects.select_related("partner", "customer").get(pk=outgoing_id)
    key = f"outgoing-query:{row.pk}"
    if status not in QUERIES:
        close_items(keys=[key], by=by, at=at)
        return
    open_items(
        items=[dataclasses.replace(_refused(row, reported), kind="outgoing_questioned", key=key, code=QUERIES[status])],
        by=by,
        at=at,
    )


def _refused(row: OutgoingDocument, reported: Sequence[dict[str, Any]]) -> WorkDraft:
    said = "; ".join(str(one.get("text") or one.get("code") or "") for one in reported if one)[:300]
    return WorkDraft(
        kind="outgoing_refused", subject=f"outgoing:{row.pk}", key=f"outgoing-refused:{row.pk}", role="back_office",
        code="work_outgoing_refused", customer_id=row.customer_id,
        params={"kind": words.both("kind_" + row.kind), "number": row.number, "partner": row.to_name, "problem": said},
    )  # fmt: skip


_UNANSWERED = """
SELECT d.id, d.kind, d.number, p.name, d.customer_id, d.acknowledge_by FROM exchange_outgoingdocument d
JOIN exchange_partner p ON p.id = d.partner_id
WHERE d.state = 'sent' AND d.acknowledge_by < %s AND NOT EXISTS (
    SELECT 1 FROM work_workitem w WHERE w.key = 'outgoing-unanswered:' || d.id AND w.opened_at >= d.acknowledge_by)
ORDER BY d.acknowledge_by, d.id LIMIT 500
"""


@verb
def call_unanswered(*, by: Actor, at: datetime) -> int:
    """Give a person, once, each document that should have been acknowledged by now and was not; returns how many."""
    items = [
        WorkDraft(
            kind="outgoing_unanswered", subject=f"outgoing:{id_}", key=f"outgoing-unanswered:{id_}", role="back_office",
            code="work_outgoing_unanswered", customer_id=customer_id,
            params={"kind": words.both("kind_" + kind), "number": number, "partner": partner, "acknowledge_at": due.isoformat()},
        )
        for id_, kind, number, partner, customer_id, due in bulk.rows(_UNANSWERED, [at])
    ]  # fmt: skip
    return len(open_items(items=items, by=by, at=at)) if items else 0


@verb
def send_again(*, outgoing_id: int, by: Actor, at: datetime) -> OutgoingDocument:
    """Send a document once more: the same bytes, a new try. It goes to where its partner is answered by now, and a letter to
    where its customer gets mail: a wrong address is often why it is sent again. An address that was gone is tried again.

    :raises NotFound: if there is no such document.
    :raises NotSendable: if a newer version replaced it.
    """
    insist(by, "take_in")
    row = _row(outgoing_id)
    newer = OutgoingDocument.objects.filter(
        partner=row.partner, kind=row.kind, subject=row.subject, version__gt=row.version
    )
    if newer.exists():
        raise NotSendable(row.number, number=row.number)
    if row.state == SendingState.TO_SEND and row.next_try_at is not None and row.next_try_at > at:
        OutgoingDocument.objects.filter(pk=row.pk).update(next_try_at=None)
        return row
    row.state, row.next_try_at, row.last_error = SendingState.TO_SEND, None, {}
    row.acknowledge_by = row.acknowledged_at = row.acknowledgement = None
    row.acknowledged_how, row.reported = "", []
    _readdress(row)
    open_address(address=row.address)
    if not row.sha256:
        _restate(row, at)
    row.save(
        update_fields=["state", "next_try_at", "last_error", "address", "acknowledge_by", "acknowledged_at", "acknowledgement",
                       "acknowledged_how", "reported", "channel", "secret", "format", "acknowledge_minutes", "neutral"]
    )  # fmt: skip
    close_items(keys=[f"outgoing-{why}:{row.pk}" for why in ("failed", "refused", "unanswered")], by=by, at=at)
    emit(OutgoingStopped(row.pk, row.kind, row.subject, row.number, row.state), by=by, at=at)
    return row


def _readdress(row: OutgoingDocument) -> None:
    if row.kind == LETTER and row.customer is not None:
        row.address = row.customer.email or ""
    answer = PartnerAnswer.objects.filter(partner=row.partner_id, kind=row.kind, active=True).first()
    if answer is not None:
        row.channel, row.address, row.secret = answer.channel, answer.address, answer.secret
        row.acknowledge_minutes = answer.acknowledge_minutes
        row.format = row.format if row.sha256 else answer.format


def _restate(row: OutgoingDocument, at: datetime) -> None:
    """What could not be written says how we, the partner and the customer stand by now: a name or number was missing."""
    us, document = company(on=at.date()), revived(row.neutral)
    to = recipient_of_partner(partner_id=row.partner_id, kind=row.kind) if row.partner_id is not None else None
    if to is None:
        return
    parties = {"seller": us.party}
    for facts in orders_to_tell(order_ids=[row.order_id] if row.order_id is not None else []):
        parties |= {"buyer": facts.buyer, "ship_to": facts.ship_to}
    document = standing(document, parties, row.format)
    document = addressed(document, us=to.our_identifier or us.identifier, them=to.identifier, reference=row.reference)
    row.neutral = document.as_json(faults=False)


@verb
def stop_sending(*, outgoing_id: int, by: Actor, at: datetime) -> OutgoingDocument:
    """Keep a document from being sent.

    :raises NotFound: if there is no such document.
    :raises NotStoppable: if it has left, or a sender is at it.
    """
    insist(by, "take_in")
    row = _row(outgoing_id)
    if row.state not in (SendingState.TO_SEND, SendingState.FAILED):
        raise NotStoppable(row.number, number=row.number)
    row.state, row.next_try_at = SendingState.CANCELLED, None
    row.save(update_fields=["state", "next_try_at"])
    close_items(keys=[f"outgoing-failed:{row.pk}"], by=by, at=at)
    emit(OutgoingStopped(row.pk, row.kind, row.subject, row.number, row.state), by=by, at=at)
    return row


@verb
def settle_by_hand(*, outgoing_id: int, accepted: bool, note: str = "", by: Actor, at: datetime) -> OutgoingDocument:
    """A person heard, by telephone say, that the other side has a document or refuses it.

    :raises NotFound: if there is no such document.
    """
    insist(by, "take_in")
    row = _row(outgoing_id)
    reported = [{"text": note[:300]}] if note else []
    return acknowledge(outgoing_id=row.pk, accepted=accepted, how="person", reported=reported, by=by, at=at)


def _row(outgoing_id: int) -> OutgoingDocument:
    row = OutgoingDocument.objects.select_for_update().filter(pk=outgoing_id).first()
    if row is None:
        raise NotFound(what=f"document {outgoing_id}")
    return row
