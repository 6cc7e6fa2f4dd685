"""Documents over the API: bytes in, what became of them out; documents of ours and how far they have come."""

from __future__ import annotations

import json
import time
from datetime import datetime
from typing import Annotated, Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from promesa.access.doors import actor, key
from promesa.core import store, words
from promesa.core.actors import Actor
from promesa.core.api import MAX_DOCUMENT, READ, WRITE, Made, Page, answer, creating, paged
from promesa.core.errors import NotFound, Refused
from promesa.exchange import operations, queries
from promesa.exchange.models import Document, InboxFile, OutgoingDocument
from promesa.exchange.operations.filed import is_bill
from promesa.exchange.queries.outgoing import outgoing, outgoing_page
from promesa.exchange.schemas import DocumentTold, FileTold, SentPage, SentWhole
from promesa.exchange.states import FileState
from promesa.exchange.tasks import defer_reading

router = Router(tags=["documents"])

CHANNEL = "api"
LONGEST_WAIT = 25
# So much is read at once when the sender waits for it; more is the worker's.
READ_AT_ONCE = 1_000_000


class NoDocument(Refused):
    """The request carries no bytes."""

    status = 400


@router.post(
    "/documents",
    auth=key("take_in"),
    response={200: FileTold, 202: FileTold, **WRITE},
    summary="Bring a document",
    openapi_extra={"requestBody": {"required": True, "content": {
        "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        "multipart/form-data": {"schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}},
    }}},
)  # fmt: skip
def bring_document(
    request: HttpRequest,
    name: Annotated[str, Query(max_length=255)] = "",
    partner: Annotated[str, Query(max_length=40)] = "",
    wait: Annotated[int, Query(ge=0, le=LONGEST_WAIT)] = 0,
) -> HttpResponse:
    """Any format that is read, as the body itself (with `?name=`) or as one file of a form. The bytes are kept before this is
    answered. 202: they are read next; ask for the file. With `?wait=` (seconds) 200 and the outcomes, if they are there by then.

    A file that became orders, or waits, is not taken twice; with the same Idempotency-Key it is not even received twice."""
    who = actor(request)
    content, given = _content(request)
    request.parsed = {"sha256": store.keep(content), "name": name or given, "partner": partner}  # type: ignore[attr-defined]

    def act(at: datetime) -> Made:
        file = operations.receive_file(
            content=content, name=name or given, channel=CHANNEL, partner_code=partner, by=who, at=at
        )
        return Made(_file(file, ()), status=202)

    response = creating(request, "bring_document", act)
    file = InboxFile.objects.get(pk=json.loads(response.content)["file"])
    if file.state != FileState.DONE:
        defer_reading(file_id=file.pk)
    if wait and _is_read(file, content, who, wait):
        return _repeated(response, answer(_whole(file.pk)))
    return response


def _content(request: HttpRequest) -> tuple[bytes, str]:
    """The bytes, and the name that came with them.

    :raises NoDocument: if there are none.
    """
    if (request.content_type or "").startswith("multipart/"):
        first = next(iter(request.FILES.values()), None)
        if not isinstance(first, UploadedFile):
            raise NoDocument
        content, name = first.read(), first.name or ""
    else:
        content, name = request.read(MAX_DOCUMENT), ""  # its length was looked at before
    if not content:
        raise NoDocument
    return content, name or "document"


def _is_read(file: InboxFile, content: bytes, who: Actor, wait: int) -> bool:
    """Wait for what becomes of a file; a small one is read here and now."""
    until = time.monotonic() + wait
    while True:
        file.refresh_from_db(fields=["state"])
        if file.state == FileState.DONE:
            return True
        if len(content) <= READ_AT_ONCE and operations.read_file(file_id=file.pk, by=who, at=file.received_at):
            return True
        if time.monotonic() >= until:
            return False
        time.sleep(0.2)


def _repeated(first: HttpResponse, response: HttpResponse) -> HttpResponse:
    if "Idempotent-Replay" in first:
        response["Idempotent-Replay"] = first["Idempotent-Replay"]
    return response


@router.get("/files/{file_id}", auth=key("see_documents"), response={200: FileTold, **READ}, summary="A file")
def show_file(request: HttpRequest, file_id: str) -> HttpResponse:
    """Whether it has been read, and what each of its documents became, with all that was found."""
    return answer(_whole(_id(file_id)))


@router.get(
    "/documents/{document_id}",
    auth=key("see_documents"),
    response={200: DocumentTold, **READ},
    summary="A document",
)
def show_document(request: HttpRequest, document_id: str) -> HttpResponse:
    """What it became, with all that was found in it and in the order made of it."""
    rows = list(Document.objects.select_related("order", "file").filter(pk=_id(document_id)))
    if not rows:
        raise NotFound(what=f"document {document_id}")
    return answer(_told(rows)[0])


class SentFilters(Page):
    """Which documents of ours."""

    state: Annotated[str, Field(max_length=12)] = ""
    partner: Annotated[str, Field(max_length=40)] = ""
    kind: Annotated[str, Field(max_length=20)] = ""


@router.get("/outgoing", auth=key("see_documents"), response={200: SentPage, **READ}, summary="Documents of ours")
def list_outgoing(request: HttpRequest, filters: Query[SentFilters]) -> HttpResponse:
    """Order responses, despatch advices, invoices ..., newest first: sent, acknowledged, refused, and why one did not arrive."""
    rows = outgoing(state=filters.state, partner=filters.partner, kind=filters.kind)
    if filters.after.isdecimal():
        rows = rows.filter(pk__lt=int(filters.after[:18]))
    found = [_sent(row) for row in rows[: filters.limit + 1]]
    return answer(paged(found, limit=filters.limit, key=lambda one: str(one["id"])))


@router.get(
    "/outgoing/{outgoing_id}",
    auth=key("see_documents"),
    response={200: SentWhole, **READ},
    summary="A document of ours",
)
def show_outgoing(request: HttpRequest, outgoing_id: str) -> HttpResponse:
    """How far it has come, with every try to bring it and what the other side said of it."""
    return answer(_sent_whole(_id(outgoing_id)))


@router.post(
    "/outgoing/{outgoing_id}/resend",
    auth=key("take_in"),
    response={200: SentWhole, **WRITE},
    summary="Send a document of ours once more",
)
def resend(request: HttpRequest, outgoing_id: str) -> HttpResponse:
    """The same bytes, to where its partner is answered by now, within a minute. What a newer version replaced is not sent."""

    def act(at: datetime) -> Made:
        row = operations.send_again(outgoing_id=_id(outgoing_id), by=actor(request), at=at)
        return Made(_sent_whole(row.pk), status=200)

    return creating(request, f"resend_outgoing:{outgoing_id[:18]}", act)


def _id(text: str) -> int:
    """An id in an address.

    :raises NotFound: if it is none.
    """
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise NotFound(what=text[:60])
    return int(text)


# --- In the shape of the schemas -----------------------------------------------------------------------------------


def _whole(file_id: int) -> dict[str, Any]:
    file = InboxFile.objects.filter(pk=file_id).first()
    if file is None:
        raise NotFound(what=f"file {file_id}")
    return _file(file, queries.documents_of_file(file_id=file_id))


def _file(file: InboxFile, documents: Any) -> dict[str, Any]:
    return {
        "file": file.pk, "name": file.name, "sha256": file.sha256, "size": file.size, "state": file.state,
        "received_at": file.received_at, "documents": _told(list(documents)),
    }  # fmt: skip


def _told(rows: list[Document]) -> list[dict[str, Any]]:
    found = queries.findings_of(document_ids=[row.pk for row in rows]) if rows else {}
    return [
        {
            "document": row.pk, "file": row.file_id, "position": row.position, "format": row.format, "kind": row.kind,
            "number": row.number, "outcome": row.outcome, "reason": row.reason or None,
            "orders": [row.order.number] if row.order else [], "about": None if is_bill(row.subject) else row.subject or None,
            "duplicate_of": row.duplicate_of_id, "decided_at": row.decided_at,
            "findings": [one.as_json() for one in found.get(row.pk, []) if one.open or one.severity != "blocking"],
        }
        for row in rows
    ]  # fmt: skip


def _sent_whole(outgoing_id: int) -> dict[str, Any]:
    row = outgoing_page(outgoing_id=outgoing_id)
    if row is None:
        raise NotFound(what=f"document {outgoing_id}")
    tries = [
        {"number": one.number, "began_at": one.began_at, "ended_at": one.ended_at, "delivered": one.delivered,
         "error": words.both(one.error["code"], one.error.get("params")) if one.error.get("code") else None}
        for one in row.tries.all()
    ]  # fmt: skip
    reported = [str(one.get("text") or one.get("code") or "") for one in row.reported if one]
    return {**_sent(row), "acknowledged_how": row.acknowledged_how or None, "reported": reported, "tries": tries}


def _sent(row: OutgoingDocument) -> dict[str, Any]:
    said = row.last_error
    return {
        "id": row.pk, "kind": row.kind, "number": row.number, "version": row.version, "partner": row.to_code,
        "order": row.order.number if row.order else None, "about": row.subject, "format": row.format, "channel": row.channel,
        "state": row.state, "attempts": row.attempts, "next_try_at": row.next_try_at,
        "error": words.both(said["code"], said.get("params")) if said.get("code") else None, "made_at": row.made_at,
        "sent_at": row.sent_at, "acknowledge_by": row.acknowledge_by, "acknowledged_at": row.acknowledged_at,
    }  # fmt: skip
