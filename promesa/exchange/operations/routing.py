"""What was read and is no order gets its outcome here: each document in a transaction of its own.

A refusal changes nothing: it becomes a finding, and the document waits for a person. The same document twice (however it
came) does nothing the second time and says which it repeats.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from promesa.core import bulk, words
from promesa.core.actors import Actor
from promesa.core.errors import Refused, RefusedForFaults
from promesa.core.events import emit
from promesa.core.verbs import verb
from promesa.exchange.events import DocumentSettled
from promesa.exchange.formats.neutral import NeutralDocument
from promesa.exchange.models import Document, DocumentFinding
from promesa.exchange.operations.routes import ROUTES
from promesa.exchange.operations.routes.routed import Case, Routed
from promesa.exchange.queries.buyers import names_known
from promesa.exchange.queries.mail import awaiting_confirmation
from promesa.exchange.queries.recipients import partner_named
from promesa.exchange.rules import names_of, revived
from promesa.exchange.rules.routing import ROUTED, Problem, content_hash
from promesa.exchange.states import Outcome
from promesa.work.operations import close_items, open_items
from promesa.work.rules import WorkDraft

log = logging.getLogger(__name__)

_UNROUTED = """
SELECT d.id FROM exchange_document d WHERE d.outcome = 'waiting' AND d.order_id IS NULL AND d.kind = ANY(%s::text[])
  AND NOT EXISTS (SELECT 1 FROM exchange_documentfinding f
                  WHERE f.document_id = d.id AND f.resolved_at IS NULL AND f.severity = 'blocking')
  AND (%s::bigint IS NULL OR d.file_id = %s::bigint)
ORDER BY d.id LIMIT 5000
"""


def route_waiting(*, by: Actor, at: datetime | None = None, file_id: int | None = None) -> int:
    """Give every document that was read and not routed yet its outcome, in the order in which they came; says how many.

    `at` is when it happened; not said, it is the moment of each document's file.
    """
    ids = [row[0] for row in bulk.rows(_UNROUTED, [sorted(ROUTED), file_id, file_id])]
    for document_id in ids:
        route_document(document_id=document_id, by=by, at=at)
    return len(ids)


def route_document(*, document_id: int, by: Actor, at: datetime | None = None) -> str:
    """Let one document do what it asks for; returns its outcome. Documents that have theirs are left alone."""
    try:
        return _route(document_id=document_id, by=by, at=at)
    except Refused as refusal:
        return _hold(document_id=document_id, problems=_refused(refusal), by=by, at=at)
    except Exception as error:
        if _is_passing(error):
            raise
        log.exception("document %s could not be routed", document_id)
        failed = Problem("reading_failed", received=type(error).__name__)
        return _hold(document_id=document_id, problems=[failed], by=by, at=at)


def route_again(*, document_ids: Collection[int], by: Actor, at: datetime) -> list[int]:
    """Try documents that wait once more, now that something was mended; the ids of those that went on."""
    settled = []
    for document_id in sorted(set(document_ids) - awaiting_confirmation(document_ids=document_ids)):
        _forget_findings(document_id=document_id, at=at)
        if route_document(document_id=document_id, by=by, at=at) != Outcome.WAITING:
            settled.append(document_id)
    return settled


@dataclass(frozen=True, slots=True)
class _Opened:
    """A document under its lock, with what it says and who it comes from."""

    row: Document
    neutral: NeutralDocument
    case: Case


@verb
def _route(*, document_id: int, by: Actor, at: datetime | None) -> str:
    row = _locked(document_id)
    if row is None or row.outcome != Outcome.WAITING or row.kind not in ROUTED or row.order_id is not None:
        return row.outcome if row is not None else ""
    neutral = revived(row.neutral)
    hash_ = content_hash(neutral)
    # The same request in two files at once: one of them waits here, and then finds the other's row.
    bulk.rows("SELECT pg_advisory_xact_lock(%s)", [int(hash_[:15], 16)])
    moment = at or row.file.happened_at
    case = _case(row, neutral, by, moment)
    first = _first_of(row, hash_, case.customer_id)
    if first is not None:
        return _write(row, Routed(Outcome.DUPLICATE, "DUPLICATE", duplicate_of=first), hash_, by, moment)
    return _write(row, ROUTES[row.kind](case), hash_, by, moment)


def _locked(document_id: int) -> Document | None:
    rows = Document.objects.select_for_update(of=("self",)).select_related("file__partner")
    return rows.filter(pk=document_id).first()


def _case(row: Document, neutral: NeutralDocument, by: Actor, at: datetime) -> Case:
    named, partner = names_of(neutral), row.file.partner
    if not named.key and neutral.parties.get("payer"):
        named = names_of(NeutralDocument("", "", parties={"buyer": neutral.party("payer")}))
    own = partner.customer_id if partner is not None else None
    known = names_known(named=[named], customers=() if own is None else (own,))
    buyer = known.buyer(named, partner_customer=own)
    agreed = partner or partner_named(named.sender, on=at.date())
    return Case(
        document_id=row.pk, neutral=neutral, customer_id=buyer.customer_id if buyer else None,
        partner_id=partner.pk if partner is not None else None, named=named.key or named.name,
        sender=(neutral.envelope.sender if neutral.envelope else "") or "",
        holds_rest=agreed is not None and agreed.tolerance == "hold_rest", by=by, at=at,
    )  # fmt: skip


def _first_of(row: Document, hash_: str, customer_id: int | None) -> int | None:
    """The document that asked for the same before and was done, of the same sender."""
    found = bulk.row(
        """SELECT d.id FROM exchange_document d JOIN exchange_inboxfile f ON f.id = d.file_id
           WHERE d.content_hash = %s AND d.kind = %s AND d.outcome = 'applied' AND d.id <> %s
             AND (d.buyer_code = %s OR f.partner_id IS NOT DISTINCT FROM %s::bigint) ORDER BY d.id LIMIT 1""",
        [hash_, row.kind, row.pk, row.buyer_code, row.file.partner_id],
    )
    return found[0] if found else None


def _write(row: Document, routed: Routed, hash_: str, by: Actor, at: datetime) -> str:
    row.outcome, row.reason, row.subject = routed.outcome, routed.reason, routed.subject[:60]
    row.content_hash, row.decided_at, row.duplicate_of_id = hash_, at, routed.duplicate_of
    if routed.order_id is not None and routed.outcome == Outcome.APPLIED:
        row.order_id = routed.order_id
    row.save(update_fields=["outcome", "reason", "subject", "content_hash", "decided_at", "duplicate_of", "order"])
    _note(row.pk, routed.problems)
    if routed.outcome == Outcome.WAITING:
        open_items(items=[_work(row, routed.problems)], by=by, at=at)
        return routed.outcome
    close_items(keys=[f"document:{row.pk}"], by=by, at=at)
    emit(
        DocumentSettled(document_id=row.pk, outcome=routed.outcome, reason=routed.reason, order_id=row.order_id),
        by=by, at=at,
    )  # fmt: skip
    return routed.outcome


@verb
def _hold(*, document_id: int, problems: Sequence[Problem], by: Actor, at: datetime | None) -> str:
    """The document waits for a person, who sees why."""
    row = _locked(document_id)
    if row is None or row.outcome != Outcome.WAITING:
        return row.outcome if row is not None else ""
    _note(document_id, problems)
    open_items(items=[_work(row, problems)], by=by, at=at or row.file.happened_at)
    return Outcome.WAITING


@verb
def _forget_findings(*, document_id: int, at: datetime) -> None:
    rows = DocumentFinding.objects.filter(document_id=document_id, resolved_at=None, document__kind__in=ROUTED)
    rows.filter(document__outcome=Outcome.WAITING).exclude(aspect="format").update(resolved_at=at)


def _note(document_id: int, problems: Sequence[Problem]) -> None:
    DocumentFinding.objects.bulk_create(
        DocumentFinding(
            document_id=document_id, code=one.code[:40], aspect=one.aspect, severity=one.severity, line=one.line[:20],
            field=one.field[:60], received=one.received[:300], right=one.right[:300], params=words.plain(one.params),
        )
        for one in problems
    )  # fmt: skip


def _work(row: Document, problems: Sequence[Problem]) -> WorkDraft:
    first = next((one for one in problems if one.blocking), problems[0] if problems else None)
    problem = {} if first is None else words.both(first.code, _values(first))
    return WorkDraft(
        kind="document", subject=f"document:{row.pk}", key=f"document:{row.pk}", role="back_office",
        code="work_document_waits",
        params={"kind": words.both("kind_" + row.kind), "document": row.number or row.pk, "problem": problem or ""},
    )  # fmt: skip


def _values(problem: Problem) -> Mapping[str, object]:
    return {"received": problem.received, "right": problem.right, "line": problem.line, **problem.params}


def _refused(refusal: Refused) -> list[Problem]:
    """A refusal of a room below as findings: one for each of its faults."""
    errors: Sequence[Mapping[str, object]] = getattr(refusal, "errors", ())
    if not errors or not isinstance(refusal, RefusedForFaults):
        return [Problem(refusal.code[:40], aspect=_ASPECTS.get(refusal.code, "reference"), params=refusal.params)]
    return [
        Problem(
            "route_refused", field=str(one.get("field", "")), aspect="reference", params={"problem": one["sentence"]}
        )
        for one in errors
    ]


_ASPECTS = {"below_floor": "quantity", "stale": "time", "order_not_changeable": "time", "order_not_cancellable": "time"}


def _is_passing(error: Exception) -> bool:
    """Whether the database was busy or away: it is tried again by the sweep, and nobody has to look."""
    return error.__class__.__name__ in ("OperationalError", "InterfaceError")
