"""Trying again what waited, once masters were mended; and settling documents whose order was decided elsewhere."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from promesa.access.queries import insist
from promesa.core import bulk, store
from promesa.core.actors import Actor
from promesa.core.errors import NotFound, Refused
from promesa.core.events import emit
from promesa.core.verbs import verb
from promesa.exchange import formats
from promesa.exchange.events import DocumentSettled
from promesa.exchange.formats.neutral import NeutralDocument
from promesa.exchange.models import Document, DocumentFinding
from promesa.exchange.operations.outcomes import (
    BLOCKING,
    FAILED,
    Decision,
    decide,
    storable,
    take_orders,
    work_draft,
)
from promesa.exchange.operations.reading import mapping_of
from promesa.exchange.operations.routing import route_again
from promesa.exchange.queries.buyers import names_known
from promesa.exchange.queries.mail import awaiting_confirmation
from promesa.exchange.queries.recipients import partners_named
from promesa.exchange.rules import names_of, revived
from promesa.exchange.rules.confirming import AWAITS_A_PERSON
from promesa.exchange.rules.routing import ROUTED
from promesa.exchange.states import REASON_OF, REASONS, Outcome
from promesa.orders.operations import orders_with_held, recheck_orders, take_up_lines
from promesa.work.operations import close_items, open_items


class DocumentNotWaiting(Refused):
    """The document has its outcome already."""


@dataclass(frozen=True, slots=True)
class Rerun:
    """What trying again brought: documents tried, those that are orders now, the numbers of those orders, and drafts
    without a document that went on."""

    tried: int = 0
    documents: int = 0
    orders: tuple[str, ...] = ()


def rerun(
    *, document_ids: Collection[int] | None = None, order_ids: Collection[int] = (), by: Actor, at: datetime
) -> Rerun:
    """Try waiting documents (all of them when none are named) and draft orders again.

    Documents whose buyer was unknown are taken from their stored neutral form; drafts, and lines that are held while their
    order goes on, are checked again as they stand.
    What still cannot go on stays as it was. Each step is a transaction of its own, since each locks credit first.

    :raises NotAllowed: without the right to take in documents.
    """
    insist(by, "take_in")
    return run_again(document_ids=document_ids, order_ids=order_ids, by=by, at=at)


def run_again(
    *, document_ids: Collection[int] | None = None, order_ids: Collection[int] = (), by: Actor, at: datetime
) -> Rerun:
    """As `rerun`, for whoever had the right to mend what was missing."""
    found = Document.objects.filter(outcome=Outcome.WAITING).select_related("file").order_by("pk")
    if document_ids is not None:
        found = found.filter(pk__in=list(document_ids))
    waiting = list(found)
    documents = [one for one in waiting if one.kind not in ROUTED]
    routed = route_again(document_ids=[one.pk for one in waiting if one.kind in ROUTED], by=by, at=at)
    again = _read_again(document_ids)
    loose = set(order_ids) - {one.order_id for one in documents}
    numbers = _take_up(held_orders(document_ids=document_ids, order_ids=order_ids), by=by, at=at)
    settled = len(routed)
    for moment in sorted({_moment(one, at) for one in documents} | ({at} if loose else set())):
        same = [one for one in documents if _moment(one, at) == moment]
        bare = [one.pk for one in same if one.order_id is None]
        drafts = {one.order_id for one in same if one.order_id is not None} | (loose if moment == at else set())
        if bare:
            taken = _take_bare(document_ids=bare, again=again, by=by, at=moment)
            numbers += taken
            settled += len(taken)
        if drafts:
            moved, count = _check_drafts(order_ids=sorted(drafts), by=by, at=moment)
            numbers += moved
            settled += count
    return Rerun(tried=len(waiting), documents=settled, orders=tuple(numbers))


def held_orders(*, document_ids: Collection[int] | None, order_ids: Collection[int]) -> list[int]:
    """Of what is tried again, the orders that went on without some of their lines; all of them when none are named."""
    if document_ids is None:
        return orders_with_held()
    named = Document.objects.filter(pk__in=list(document_ids), order__isnull=False).values_list("order_id", flat=True)
    return orders_with_held(order_ids={*order_ids, *named})


def _take_up(order_ids: Sequence[int], *, by: Actor, at: datetime) -> list[str]:
    """Let lines that were held go on, if they can now; the numbers of their orders."""
    return [one.number for one in take_up_lines(order_ids=order_ids, by=by, at=at)] if order_ids else []


def _moment(document: Document, at: datetime) -> datetime:
    """A document of the past counts from its own moment, however late what it lacked was made; others from now."""
    file = document.file
    return at if file.happened_at == file.received_at else file.happened_at


def _read_again(document_ids: Collection[int] | None) -> dict[int, NeutralDocument]:
    """Documents that a fault of ours stopped are read from their bytes, since their stored form may be the fault's."""
    broken = Document.objects.filter(outcome=Outcome.WAITING, order=None, findings__code=FAILED)
    if document_ids is not None:
        broken = broken.filter(pk__in=list(document_ids))
    found: dict[int, NeutralDocument] = {}
    for document in broken.select_related("file__partner").distinct():
        file = document.file
        read = formats.read(store.load(file.sha256), filename=file.name, mapping=mapping_of(file))
        if document.position <= len(read):
            found[document.pk] = read[document.position - 1]
    return found


def confirm_document(*, document_id: int, by: Actor, at: datetime) -> Rerun:
    """Let a document go on that only a person may let go on: an order written in a mail, a mail whose sender is not proven.

    What else is wrong with it stays so: then it waits for that.

    :raises DocumentNotWaiting: if it does not wait.
    :raises NotAllowed: without the right to take in documents.
    """
    insist(by, "take_in")
    _confirm(document_id=document_id, by=by, at=at)
    return run_again(document_ids=[document_id], by=by, at=at)


@verb
def _confirm(*, document_id: int, by: Actor, at: datetime) -> None:
    document = Document.objects.select_for_update(of=("self",)).filter(pk=document_id).first()
    if document is None:
        raise NotFound(what=f"document {document_id}")
    if document.outcome != Outcome.WAITING:
        raise DocumentNotWaiting(subject=f"document:{document_id}", outcome=document.outcome)
    document.findings.filter(code__in=AWAITS_A_PERSON, resolved_at=None).update(resolved_at=at)
    document.findings.create(
        code="confirmed_by_hand", aspect="reference", severity="note", received=str(by)[:300], resolved_at=at
    )


@verb
def _check_drafts(*, order_ids: Sequence[int], by: Actor, at: datetime) -> tuple[list[str], int]:
    """Check drafts again; the numbers of those that went on, and how many documents that settled."""
    checked = recheck_orders(order_ids=order_ids, by=by, at=at)
    moved = [one for one in checked if one.order_id is not None and one.state != "draft"]
    settled = settle_documents(order_ids=[one.order_id for one in moved if one.order_id is not None], by=by, at=at)
    return [one.number for one in moved], settled


# --- Documents without an order ------------------------------------------------------------------------------------


@verb
def _take_bare(
    *, document_ids: Sequence[int], again: Mapping[int, NeutralDocument], by: Actor, at: datetime
) -> list[str]:
    """Decide anew about documents whose buyer was unknown; returns the numbers of those that are orders now."""
    waiting = Document.objects.select_for_update(of=("self",)).select_related("file__partner")
    documents = list(waiting.filter(pk__in=document_ids, outcome=Outcome.WAITING, order=None).order_by("pk"))
    decisions = _decisions(documents, again, at)
    take_orders([one for one in decisions if one.draft is not None], by, at)
    _say_why(documents, decisions, by, at)
    changed = [(document, one) for document, one in zip(documents, decisions, strict=True) if _moved(one)]
    if not changed:
        return []
    _update(changed, at)
    close_items(keys=[f"document:{document.pk}" for document, _ in changed], by=by, at=at)
    settled = [(document, one) for document, one in changed if one.outcome != Outcome.WAITING]
    emit(
        *(
            DocumentSettled(document_id=document.pk, outcome=one.outcome, reason=one.reason, order_id=one.order_id)
            for document, one in settled
        ),
        by=by, at=at,
    )  # fmt: skip
    orders = [one.order_id for _, one in settled if one.outcome == Outcome.ORDERS]
    return [
        row[0]
        for row in bulk.rows("SELECT number FROM orders_order WHERE id = ANY(%s::bigint[]) ORDER BY id", [orders])
    ]


def _say_why(documents: Sequence[Document], decisions: Sequence[Decision], by: Actor, at: datetime) -> None:
    """What was confirmed and still cannot go on says what it lacks now: nothing waits without a reason."""
    still = [(document, one) for document, one in zip(documents, decisions, strict=True) if not _moved(one)]
    ids = [document.pk for document, _ in still]
    told = set(DocumentFinding.objects.filter(document_id__in=ids, resolved_at=None).values_list("document_id", "code"))
    for document, one in still:
        fresh = [
            said for said in one.findings if said["severity"] == BLOCKING and (document.pk, said["code"]) not in told
        ]
        if fresh:
            DocumentFinding.objects.bulk_create(DocumentFinding(document=document, **said) for said in fresh)
            close_items(keys=[f"document:{document.pk}"], by=by, at=at)
            open_items(items=[work_draft(document.pk, one)], by=by, at=at)


def _moved(decision: Decision) -> bool:
    return decision.order_id is not None or decision.outcome != Outcome.WAITING


def _decisions(documents: Sequence[Document], again: Mapping[int, NeutralDocument], at: datetime) -> list[Decision]:
    read = [again.get(document.pk) or revived(document.neutral) for document in documents]
    named = [names_of(one) for one in read]
    customers = [document.file.partner.customer_id if document.file.partner else None for document in documents]
    known = names_known(named=named, customers={one for one in customers if one is not None})
    held = awaiting_confirmation(document_ids=[document.pk for document in documents])
    partners = partners_named({name.sender for name in named if name.sender}, on=at.date())
    return [
        Decision(document.position, one, name, Outcome.WAITING)
        if document.pk in held
        else decide(
            document.position,
            one,
            name,
            known,
            document.file,
            customer,
            confirmed=True,
            agreed=partners.get(name.sender),
        )
        for document, one, name, customer in zip(documents, read, named, customers, strict=True)
    ]


_UPDATE = """
WITH src AS (
    SELECT * FROM json_to_recordset(%(rows)s::json) AS t(id bigint, outcome text, reason text, "order" bigint)
), d AS (
    UPDATE exchange_document d SET outcome = s.outcome, reason = s.reason, order_id = s."order", decided_at = %(at)s
    FROM src s WHERE d.id = s.id
)
UPDATE exchange_documentfinding f SET resolved_at = %(at)s FROM src s
WHERE f.document_id = s.id AND f.resolved_at IS NULL AND f.severity = 'blocking' AND s."order" IS NOT NULL
"""


def _update(changed: Sequence[tuple[Document, Decision]], at: datetime) -> None:
    rows = [
        {"id": document.pk, "outcome": one.outcome, "reason": one.reason, "order": one.order_id}
        for document, one in changed
    ]
    bulk.run(_UPDATE, {"rows": storable(json.dumps(rows)), "at": at})


# --- Documents whose order was decided elsewhere -------------------------------------------------------------------

_SETTLE = """
UPDATE exchange_document d SET decided_at = %(at)s,
    outcome = CASE WHEN o.state IN ('cancelled', 'refused') THEN 'rejected' ELSE 'orders' END,
    reason = CASE WHEN o.state IN ('cancelled', 'refused') THEN coalesce((
        SELECT %(reasons)s::jsonb->>f.code FROM orders_finding f
        WHERE f.order_id = o.id AND %(reasons)s::jsonb ? f.code ORDER BY f.severity, f.id LIMIT 1), 'NOT_AUTHORISED') ELSE '' END
FROM orders_order o
WHERE o.id = d.order_id AND d.outcome = 'waiting' AND o.state <> 'draft' AND o.id = ANY(%(orders)s::bigint[])
RETURNING d.id, d.outcome, d.reason, d.order_id
"""


@verb
def settle_documents(*, order_ids: Iterable[int], by: Actor, at: datetime) -> int:
    """Give documents whose draft order was submitted or given up their outcome; returns how many became orders."""
    orders = list(order_ids)
    if not orders:
        return 0
    rows = bulk.rows(_SETTLE, {"orders": orders, "at": at, "reasons": json.dumps(REASON_OF)})
    emit(
        *(DocumentSettled(document_id=row[0], outcome=row[1], reason=row[2], order_id=row[3]) for row in sorted(rows)),
        by=by, at=at,
    )  # fmt: skip
    return sum(row[1] == Outcome.ORDERS for row in rows)


def settle_left_behind(*, by: Actor, at: datetime) -> int:
    """Settle every waiting document whose order is a draft no more: the sweep's belt beside the events."""
    rows = bulk.rows(
        """SELECT d.order_id FROM exchange_document d JOIN orders_order o ON o.id = d.order_id
           WHERE d.outcome = 'waiting' AND o.state <> 'draft'"""
    )
    return settle_documents(order_ids=[row[0] for row in rows], by=by, at=at) if rows else 0


@verb
def reject_document(*, document_id: int, reason: str, note: str = "", by: Actor, at: datetime) -> Document:
    """Say that no order will be made of a waiting document, under one of the named reasons.

    A document that has a draft order ends with its order: cancel that.

    :raises DocumentNotWaiting: if it has an outcome already, or a draft order.
    """
    insist(by, "take_in")
    document = Document.objects.select_for_update(of=("self",)).filter(pk=document_id).first()
    if document is None:
        raise NotFound(what=f"document {document_id}")
    if document.outcome != Outcome.WAITING or document.order_id is not None:
        raise DocumentNotWaiting(subject=f"document:{document_id}", outcome=document.outcome)
    if reason not in REASONS:
        raise ValueError(f"{reason!r} is no name of a rejection")
    document.outcome, document.reason, document.decided_at = Outcome.REJECTED, reason, at
    document.save(update_fields=["outcome", "reason", "decided_at"])
    document.findings.create(code="rejected_by_hand", aspect="reference", severity="note", received=note[:300])
    close_items(keys=[f"document:{document_id}"], by=by, at=at)
    emit(DocumentSettled(document_id=document_id, outcome=Outcome.REJECTED, reason=reason, order_id=None), by=by, at=at)
    return document
