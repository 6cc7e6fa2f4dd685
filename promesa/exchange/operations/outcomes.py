"""What each document of a file becomes: one capture for all of them, one statement for their rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from promesa.core import bulk, prepared, words
from promesa.core.actors import Actor
from promesa.core.events import emit
from promesa.exchange.events import DocumentRead
from promesa.exchange.formats import labels
from promesa.exchange.formats.neutral import Fault, NeutralDocument
from promesa.exchange.models import InboxFile, Partner
from promesa.exchange.operations.filed import compare_bills
from promesa.exchange.queries.buyers import Names, names_known
from promesa.exchange.queries.mail import claimed_sender
from promesa.exchange.queries.recipients import partners_named
from promesa.exchange.rules import Buyer, Named, draft_of, names_of
from promesa.exchange.rules.confirming import (
    AWAITS_A_PERSON,
    BUYER_IS_ANOTHER,
    PAPER_IN_DOUBT,
    SENDER_UNPROVEN,
    awaits_a_person,
    is_paper_in_doubt,
)
from promesa.exchange.rules.routing import FILED, ROUTED
from promesa.exchange.states import Outcome
from promesa.orders.operations import capture_orders
from promesa.orders.rules import Captured, OrderDraft
from promesa.orders.states import OrderState
from promesa.work.operations import open_items
from promesa.work.rules import WorkDraft

Numbered = tuple[int, NeutralDocument]
BLOCKING = "blocking"
MAIL = "mail"
HOLD_REST = "hold_rest"
FAILED = "reading_failed"
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
# Channels that an order may have; a file that came by none of them is named after its format.
ORDER_CHANNELS = frozenset({"edi", "api", "portal", "email", "csv", "phone", "desk"})


@dataclass(slots=True)
class Decision:
    """What one document became, with what was found in it."""

    position: int
    document: NeutralDocument
    named: Named
    outcome: str
    reason: str = ""
    order_id: int | None = None
    findings: list[dict[str, Any]] = field(default_factory=list)
    buyer: Buyer | None = None
    draft: OrderDraft | None = None
    subject: str = ""
    content_hash: str = ""
    duplicate_of: int | None = None


def failed(problem: str, document: NeutralDocument | None = None) -> NeutralDocument:
    """A document that a fault of ours kept from being taken in: what was read of it is kept, and it waits."""
    fault = Fault(code=FAILED, severity=BLOCKING, received=problem)
    if document is None:
        return NeutralDocument(format="", kind="unreadable", faults=(fault,))
    return replace(document, faults=(*document.faults, fault))


def write_outcomes(*, file: InboxFile, numbered: Sequence[Numbered], by: Actor, at: datetime) -> list[str]:
    """Decide about these documents of a file and write them; returns their outcomes. Runs inside the reader's transaction.

    What is written is sent ahead: the database writes the orders while the documents are laid out.
    """
    if not numbered:
        return []
    customer = file.partner.customer_id if file.partner else None
    named = [names_of(document) for _, document in numbered]
    known = names_known(named=named, customers=() if customer is None else (customer,))
    ids = [row[0] for row in prepared.rows(_IDS, {"count": len(numbered)})]
    senders = {name.sender for name in named if name.sender} if file.partner is None else ()
    partners = partners_named(senders, on=at.date())
    decisions = [
        decide(position, document, name, known, file, customer, agreed=partners.get(name.sender))
        for (position, document), name in zip(numbered, named, strict=True)
    ]
    places = dict(zip((one.position for one in decisions), ids, strict=True))
    compare_bills(decisions, places)
    with prepared.ahead():
        take_orders([one for one in decisions if one.draft is not None], by, at)
        _write(file, places, decisions, by, at)
    return [one.outcome for one in decisions]


def decide(
    position: int,
    document: NeutralDocument,
    named: Named,
    known: Names,
    file: InboxFile,
    customer: int | None,
    *,
    confirmed: bool = False,
    agreed: Partner | None = None,
) -> Decision:
    """Reject, hold back or make a draft of one document, by what its reader and its buyer's name say.

    What only a person may let go on waits, until it is `confirmed`. `agreed` is the partner that the envelope of a file names
    which came by nobody's door: what was agreed with it holds, and the buyer is whom the document names.
    """
    decision = Decision(
        position, document, named, Outcome.WAITING, findings=[_format_finding(one) for one in document.faults]
    )
    if any(one.code == FAILED for one in document.faults):
        return decision
    if not confirmed and awaits_a_person(document.faults):
        return decision
    if not confirmed and is_paper_in_doubt(document):
        decision.findings.append(_finding(PAPER_IN_DOUBT, "format"))
        return decision
    if document.blocked:
        decision.outcome, decision.reason = Outcome.REJECTED, document.rejection_reason or "UNREADABLE"
        return decision
    if not confirmed and file.channel == MAIL and document.kind in (*ROUTED, "order"):
        address, proven = claimed_sender(file_id=file.pk)
        if not proven:
            decision.findings.append(_finding(SENDER_UNPROVEN, "format", field="from", received=address))
            return decision
    if document.kind in ROUTED:
        return decision  # it waits for its turn, right after this
    if document.kind in FILED:
        decision.outcome = Outcome.FILED
        return decision
    if document.kind != "order":
        decision.outcome, decision.reason = Outcome.REJECTED, "NOT_AN_ORDER"
        decision.findings.append(_finding("no_order_inside", "reference", received=document.kind.replace("_", " ")))
        return decision
    buyer = decision.buyer = known.buyer(named, partner_customer=customer)
    if buyer is None or (not confirmed and _is_another(known, named, customer)):
        decision.findings.append(_about_buyer(named, known=buyer is not None))
        return decision
    partner = file.partner or agreed
    decision.draft = draft_of(
        document, buyer=buyer, channel=order_channel(file.channel, document.format), happened_at=file.happened_at,
        received_at=file.happened_at, hold_rest=partner is not None and partner.tolerance == HOLD_REST,
        cut_off=partner.cut_off if partner is not None else None,
    )  # fmt: skip
    return decision


def _is_another(known: Names, named: Named, customer: int | None) -> bool:
    """Whether a document names a customer of ours that is not the one of the partner that brought it."""
    other = known.buyer(named) if customer is not None else None
    return other is not None and other.customer_id != customer


def _about_buyer(named: Named, *, known: bool) -> dict[str, Any]:
    if known:
        return _finding(BUYER_IS_ANOTHER, "reference", field="buyer", received=named.key, name=named.name)
    if named.key:
        return _finding("unknown_buyer", "reference", field="buyer", received=named.key, name=named.name)
    return _finding("no_buyer", "reference", field="buyer", name=named.name)


def order_channel(channel: str, format_: str) -> str:
    """The channel of the order: that of the file, or of its format when it came from a folder or a command."""
    if channel in ORDER_CHANNELS or channel == MAIL:
        return "email" if channel == MAIL else channel
    return "edi" if format_.startswith("edifact") else "csv"


def take_orders(decisions: Sequence[Decision], by: Actor, at: datetime) -> None:
    """Capture all drafts in one call, and note what became of each."""
    if not decisions:
        return
    captured = capture_orders(drafts=[one.draft for one in decisions if one.draft is not None], by=by, at=at)
    for decision, one in zip(decisions, captured, strict=True):
        note_captured(decision, one)


def note_captured(decision: Decision, captured: Captured) -> None:
    """A document waits while its order has a blocking finding; without an order its finding says why."""
    decision.order_id = captured.order_id
    if captured.order_id is None:
        code = captured.problem or "unknown_buyer"
        decision.findings.append(
            _finding(code, "reference", field="buyer", received=decision.named.key, name=decision.named.name)
        )
    elif captured.state != OrderState.DRAFT:
        decision.outcome = Outcome.ORDERS


def _finding(code: str, aspect: str, *, received: str = "", field: str = "", **params: Any) -> dict[str, Any]:
    return {
        "code": code, "aspect": aspect, "severity": BLOCKING, "line": "", "field": field, "received": received[:300],
        "right": "", "params": words.plain(params),
    }  # fmt: skip


def _format_finding(fault: Fault) -> dict[str, Any]:
    return {
        "code": fault.code, "aspect": aspect_of(fault), "severity": fault.severity, "line": (fault.line or "")[:20],
        "field": fault.where[:60], "received": (fault.received or "")[:300], "right": (fault.right or "")[:300],
        "params": words.plain(fault.params),
    }  # fmt: skip


def aspect_of(fault: Fault) -> str:
    """All that a reader finds is about the form of the document."""
    return "format" if fault.code in labels.SEVERITIES or fault.code == FAILED else "reference"


# --- Rows ----------------------------------------------------------------------------------------------------------

_WRITE = """
WITH src AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%(documents)s::json) AS t(
        id bigint, p int, format text, kind text, number text, outcome text, reason text, neutral jsonb, "order" bigint, buyer text,
        subject text, hash text, first bigint)
), d AS (
    INSERT INTO exchange_document (id, file_id, position, format, kind, number, outcome, reason, neutral, order_id,
        buyer_code, subject, content_hash, duplicate_of_id, decided_at)
    SELECT id, %(file)s::bigint, p, format, kind, number, outcome, reason, neutral, "order", buyer, subject, hash, first,
        %(at)s::timestamptz FROM src
), f AS (
    INSERT INTO exchange_documentfinding (document_id, code, aspect, severity, line, field, received, "right", params)
    SELECT s.id, t.code, t.aspect, t.severity, t.line, t.field, t.received, t."right", t.params
    FROM json_to_recordset(%(findings)s::json) AS t(
        p int, n int, code text, aspect text, severity text, line text, field text, received text, "right" text, params jsonb)
    JOIN src s ON s.p = t.p ORDER BY s.p, t.n
)
SELECT 1
"""
_IDS = "SELECT nextval('exchange_document_id_seq') FROM generate_series(1, %(count)s::int)"


def _write(file: InboxFile, ids: Mapping[int, int], decisions: Sequence[Decision], by: Actor, at: datetime) -> None:
    documents = [
        {
            "id": ids[one.position], "p": one.position, "format": one.document.format[:40],
            "kind": one.document.kind[:30], "number": (one.document.number or "")[:80], "outcome": one.outcome,
            "reason": one.reason, "neutral": _stored(one), "order": one.order_id, "buyer": one.named.key[:80],
            "subject": one.subject, "hash": one.content_hash, "first": one.duplicate_of,
        }
        for one in decisions
    ]  # fmt: skip
    findings = [{"p": one.position, "n": n, **said} for one in decisions for n, said in enumerate(one.findings)]
    prepared.effect(
        _WRITE,
        {
            "documents": storable(bulk.as_json(documents)),
            "findings": storable(bulk.as_json(findings)),
            "file": file.pk,
            "at": at,
        },
    )
    _tell(file, decisions, ids, by, at)


def storable(text: str) -> str:
    """JSON that a text column can hold: no NUL, no half of a character."""
    return _NUL.sub(r"\1", text).encode("utf-8", "replace").decode("utf-8")


def _stored(decision: Decision) -> dict[str, Any]:
    """The neutral form without its faults, which are rows. What became an order at once keeps no lines: the order has
    them as received, and the bytes are kept."""
    document = decision.document
    return document.as_json(faults=False, lines=decision.outcome != Outcome.ORDERS)


def _tell(file: InboxFile, decisions: Sequence[Decision], ids: Mapping[int, int], by: Actor, at: datetime) -> None:
    emit(
        *(
            DocumentRead(
                document_id=ids[one.position], file_id=file.pk, outcome=one.outcome, reason=one.reason, order_id=one.order_id
            )
            for one in decisions
        ),
        by=by, at=at,
    )  # fmt: skip
    work = [
        work_draft(ids[one.position], one)
        for one in decisions
        if one.outcome == Outcome.WAITING and one.order_id is None and not _is_routed(one)
    ]
    if work:
        open_items(items=work, by=by, at=at)


def _is_routed(decision: Decision) -> bool:
    """Whether it is to be routed; a person is called then, if one is needed."""
    held = {FAILED, *AWAITS_A_PERSON}
    return decision.document.kind in ROUTED and not any(one["code"] in held for one in decision.findings)


def work_draft(document_id: int, decision: Decision) -> WorkDraft:
    """The work that a document without an order gives to the back office. A draft order has its own."""
    codes = {one["code"] for one in decision.findings if one["severity"] == BLOCKING}
    code = (
        "work_document_failed"
        if FAILED in codes
        else "work_document_confirm"
        if codes & AWAITS_A_PERSON
        else "work_document_buyer"
    )
    return WorkDraft(
        kind="document", subject=f"document:{document_id}", key=f"document:{document_id}", role="back_office",
        code=code,
        params={"document": decision.document.number or document_id, "received": decision.named.key, "name": decision.named.name},
    )  # fmt: skip
