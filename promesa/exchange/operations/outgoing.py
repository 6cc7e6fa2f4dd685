"""Documents to send: made once for each state of what they tell, never twice for the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from promesa.core import bulk, locks
from promesa.core.actors import Actor
from promesa.core.events import emit
from promesa.core.verbs import verb
from promesa.exchange.events import OutgoingMade
from promesa.exchange.formats.neutral import NeutralDocument
from promesa.exchange.queries.answering import company, despatches_to_tell, invoices_to_tell, orders_to_tell
from promesa.exchange.queries.recipients import Recipient, recipients
from promesa.exchange.rules.answering import OrderFacts, Us
from promesa.exchange.rules.answers import (
    addressed,
    despatch_advice,
    in_terms_of,
    invoice,
    order_response,
    state_hash,
)
from promesa.orders import operations as orders
from promesa.orders.states import TellingBy

# Orders that are answered: what was only submitted may still be promised otherwise.
ANSWERED = frozenset({"confirmed", "closed", "cancelled", "refused"})


@dataclass(frozen=True, slots=True)
class ToSend:
    """A document for a partner. `document` bears its number; its envelope is added here. `hash` is of what it says, where
    that is known already."""

    recipient: Recipient
    subject: str
    version: int
    document: NeutralDocument
    customer_id: int | None = None
    order_id: int | None = None
    basis: Mapping[str, int] = field(default_factory=dict)
    hash: str = ""


class _Last:
    """The last version that was made of each subject: its number, what it says, its row."""

    def __init__(self, kind: str, subjects: Collection[str]) -> None:
        rows = bulk.rows(
            """SELECT DISTINCT ON (partner_id, subject) partner_id, subject, version, state_hash, id, state
               FROM exchange_outgoingdocument WHERE kind = %s AND subject = ANY(%s::text[])
               ORDER BY partner_id, subject, version DESC""",
            [kind, list(subjects)],
        )
        self.rows: dict[tuple[int | None, str], tuple[int, str, int, str]] = {(row[0], row[1]): row[2:] for row in rows}

    def version(self, partner_id: int | None, subject: str) -> int:
        return self.rows.get((partner_id, subject), (0, "", 0, ""))[0]

    def says(self, partner_id: int | None, subject: str, hash_: str) -> tuple[int, str] | None:
        """Id and state of the last version, if it says the same."""
        found = self.rows.get((partner_id, subject))
        return found[2:] if found is not None and found[1] == hash_ else None


@verb
def answer_orders(*, order_ids: Collection[int], by: Actor, at: datetime) -> list[int]:
    """Make an order response for each of these orders whose partner is to get one and has not been told its state yet.

    A response that was not sent yet and is out of date is cancelled. Returns the ids of the new ones. What was told before
    in the same words counts as told of the promises in force.
    """
    told = recipients(order_ids=order_ids, kinds=["order_response"], on=at.date())
    wanted = sorted({order_id for order_id, _ in told})
    if not wanted:
        return []
    locks.take(orders=wanted)
    facts = [one for one in orders_to_tell(order_ids=wanted) if one.state in ANSWERED]
    last = _Last("order_response", [_of_order(one) for one in facts])
    us = company(on=at.date())
    fresh: list[ToSend] = []
    same: list[tuple[int, str, OrderFacts]] = []
    for one in facts:
        recipient, subject = told[one.order_id, "order_response"], _of_order(one)
        version = last.version(recipient.partner_id, subject) + 1
        if version == 1 and _nothing_was_told(one):
            continue
        document = order_response(one, us=us, number=f"{one.number}-{version}", issued_on=at.date())
        hash_ = state_hash(document)
        known = last.says(recipient.partner_id, subject, hash_)
        if known is None:
            fresh.append(ToSend(recipient, subject, version, document, one.customer_id, one.order_id, one.basis, hash_))
        else:
            same.append((*known, one))
    _still_told(same, by, at)
    return put_out(drafts=fresh, us=us, by=by, at=at)


def _of_order(facts: OrderFacts) -> str:
    return f"order:{facts.order_id}"


def _nothing_was_told(facts: OrderFacts) -> bool:
    """An order that the customer cancelled before we answered needs no answer."""
    return facts.state == "cancelled" and facts.cancelled_by == "customer"


def _still_told(same: Sequence[tuple[int, str, OrderFacts]], by: Actor, at: datetime) -> None:
    """The promise was renewed and says what it said: the last response tells of it too."""
    if not same:
        return
    records = [{"id": row_id, "basis": facts.basis} for row_id, _, facts in same]
    bulk.run(
        """UPDATE exchange_outgoingdocument d SET basis = t.basis FROM json_to_recordset(%s::json) AS t(id bigint, basis jsonb)
           WHERE d.id = t.id AND d.basis <> t.basis""",
        [bulk.as_json(records)],
    )
    reached = [facts.order_id for _, state, facts in same if state in ("sent", "acknowledged")]
    if reached:
        orders.record_told(order_ids=reached, how=TellingBy.DOCUMENT, by=by, at=at)


@verb
def advise_despatches(*, advice_ids: Collection[int], by: Actor, at: datetime) -> list[int]:
    """Make a despatch advice for each of these delivery notes whose partner is to get one; once for each note."""
    facts = despatches_to_tell(advice_ids=advice_ids)
    told = recipients(order_ids={one.order_id for one in facts}, kinds=["despatch_advice"], on=at.date())
    us = company(on=at.date())
    drafts = [
        ToSend(
            told[one.order_id, "despatch_advice"], f"despatch:{one.advice_id}", 1,
            despatch_advice(one, us=us, issued_on=at.date()), one.customer_id, one.order_id,
        )
        for one in facts if (one.order_id, "despatch_advice") in told
    ]  # fmt: skip
    return put_out(drafts=_not_made(drafts), us=us, by=by, at=at)


@verb
def send_invoices(*, invoice_ids: Collection[int], by: Actor, at: datetime) -> list[int]:
    """Make a document for each of these invoices and credit notes whose partner is to get one; once for each."""
    facts = [one for one in invoices_to_tell(invoice_ids=invoice_ids) if one.order_id is not None]
    order_ids = {one.order_id for one in facts if one.order_id is not None}
    told = recipients(order_ids=order_ids, kinds=["invoice", "credit_note"], on=at.date())
    us = company(on=at.date())
    drafts = [
        ToSend(
            told[one.order_id, one.kind], f"invoice:{one.invoice_id}", 1, invoice(one, us=us), one.customer_id, one.order_id
        )
        for one in facts if one.order_id is not None and (one.order_id, one.kind) in told
    ]  # fmt: skip
    return put_out(drafts=_not_made(drafts), us=us, by=by, at=at)


def _not_made(drafts: Sequence[ToSend]) -> list[ToSend]:
    """Those of which nothing was made yet, for whatever partner: what is issued once is sent to one."""
    made = bulk.rows(
        "SELECT kind, subject FROM exchange_outgoingdocument WHERE subject = ANY(%s::text[])",
        [[one.subject for one in drafts]],
    )
    known = set(made)
    return [one for one in drafts if (one.document.kind, one.subject) not in known]


_IDS = "SELECT nextval('exchange_outgoingdocument_id_seq') FROM generate_series(1, %s::int)"
_PUT = """
WITH src AS (
    SELECT * FROM json_to_recordset(%(rows)s::json) AS t(id bigint, partner bigint, customer bigint, "order" bigint, kind text,
        subject text, version int, number text, reference text, format text, channel text, address text, secret text,
        neutral jsonb, basis jsonb, hash text, minutes int)
), older AS (
    UPDATE exchange_outgoingdocument d SET state = 'cancelled', next_try_at = NULL FROM src s
    WHERE d.partner_id = s.partner AND d.kind = s.kind AND d.subject = s.subject AND d.version < s.version
      AND d.state = 'to_send'
)
INSERT INTO exchange_outgoingdocument (id, partner_id, customer_id, order_id, kind, subject, version, number, reference, format,
    channel, address, secret, neutral, basis, state_hash, sha256, name, content_type, size, state, attempts, last_error,
    message_id, made_at, acknowledge_minutes, acknowledged_how, reported)
SELECT id, partner, customer, "order", kind, subject, version, number, reference, format, channel, address, secret, neutral,
    basis, hash, '', '', '', 0, 'to_send', 0, '{}', '', %(at)s, minutes, '', '[]' FROM src ORDER BY id
ON CONFLICT DO NOTHING RETURNING id, kind, subject, number, version
"""


@verb
def put_out(*, drafts: Sequence[ToSend], us: Us, by: Actor, at: datetime) -> list[int]:
    """Lay documents out to be sent, under control references of their own; returns their ids.

    An older version of the same that has not left is cancelled. A version that is there already is left as it is.
    """
    if not drafts:
        return []
    ids = [int(row[0]) for row in bulk.rows(_IDS, [len(drafts)])]
    rows = []
    for id_, one in zip(ids, drafts, strict=True):
        to, reference = one.recipient, f"{id_:09d}"
        document = addressed(
            in_terms_of(one.document, to.format),
            us=to.our_identifier or us.identifier,
            them=to.identifier,
            reference=reference,
        )
        rows.append(_row(id_, one, document, reference))
    made = bulk.rows(_PUT, {"rows": bulk.as_json(rows), "at": at})
    emit(
        *(
            OutgoingMade(outgoing_id=id_, kind=kind, about=subject, number=number, version=version)
            for id_, kind, subject, number, version in sorted(made)
        ),
        by=by, at=at,
    )  # fmt: skip
    return sorted(row[0] for row in made)


def _row(id_: int, one: ToSend, document: NeutralDocument, reference: str) -> dict[str, Any]:
    to = one.recipient
    said = document.as_json()
    said.pop("faults", None)
    return {
        "id": id_, "partner": to.partner_id, "customer": one.customer_id, "order": one.order_id, "kind": document.kind,
        "subject": one.subject, "version": one.version, "number": (document.number or reference)[:80], "reference": reference,
        "format": to.format, "channel": to.channel, "address": to.address, "secret": to.secret, "neutral": said,
        "basis": dict(one.basis), "hash": one.hash or state_hash(one.document), "minutes": to.acknowledge_minutes,
    }  # fmt: skip
