"""Intake: what came in, what each document became, and the bytes as they came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, re_path, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_POST

from promesa.access.doors import actor, requires
from promesa.access.queries import names_of
from promesa.core import sheets, store
from promesa.core.errors import NotFound, Refused
from promesa.core.ui.speech import current_language
from promesa.desk import asked, intake_told, mail_told
from promesa.desk.labels import actor_word, channel_word
from promesa.desk.neutral_told import neutral
from promesa.desk.queries import intake as queries
from promesa.desk.queries.outgoing import unsettled
from promesa.desk.queries.rows import rows_of
from promesa.desk.views.intake_mend import doors_of, prefills, told
from promesa.exchange import operations
from promesa.exchange.queries import DocumentFound, document_page, findings_of, repairs
from promesa.exchange.queries.beside import thread_of_file
from promesa.exchange.rules.confirming import AWAITS_A_PERSON
from promesa.exchange.states import REASON_OF, REASONS, Outcome
from promesa.exchange.tasks import defer_reading

# How documents come, as the filter offers it: what was called otherwise once is meant too.
CHANNELS = {
    "edi": ("edi",), "mail": ("mail", "email"), "folder": ("folder",), "file": ("file", "csv", "xlsx"), "api": ("api",),
    "portal": ("portal",),
}  # fmt: skip
AT_ONCE = 512 * 1024  # bytes that are read while the person waits; larger files are the worker's
LARGEST = 20_000_000
MOST_FILES = 100


# --- The list --------------------------------------------------------------------------------------------------------


@requires("see_documents")
@require_GET
def intake(request: HttpRequest) -> HttpResponse:
    """Documents received, with what each became, and the place to bring more."""
    return _list(request)


def _list(request: HttpRequest, status: int = 200, upload_error: str = "") -> HttpResponse:
    wanted, zone = _asked(request), timezone.get_current_timezone_name()
    unread = request.GET.get("view") == "unread"
    rows = [] if unread else queries.documents_page(wanted, zone=zone, after=asked.key_of(request.GET.get("after", "")))
    counts = queries.documents_count(wanted, zone=zone)
    found = findings_of(document_ids=[one.id for one in rows if one.outcome in (Outcome.WAITING, Outcome.REJECTED)])
    causes = repairs(limit=4)
    waiting_files = queries.unread_files()
    lang = current_language()
    context = {
        "rows": [intake_told.row(one, found.get(one.id, ()), lang) for one in rows[: queries.PAGE]],
        "unread": waiting_files if unread else [],
        "is_unread": unread,
        "tabs": _tabs(request, wanted, counts, len(waiting_files), unread),
        "chips": asked.chips(
            request,
            [
                ("q", gettext("Text"), wanted.text),
                ("channel", gettext("Channel"), channel_word(wanted.channel, lang) if wanted.channel else ""),
                ("partner", gettext("Partner"), wanted.partner),
                ("day", gettext("Received on"), wanted.day.isoformat() if wanted.day else ""),
            ],
        ),
        "asked": wanted,
        "channels": [(code, channel_word(code, lang)) for code in CHANNELS],
        "partners": queries.partner_names(),
        "causes": [{"text": one.sentence(lang), "since": one.since} for one in causes],
        "waiting": counts.get(Outcome.WAITING, 0),
        "total": sum(counts.values()) if not wanted.outcome else counts.get(wanted.outcome, 0),
        "next_url": asked.with_(request, after=rows[queries.PAGE - 1].id) if len(rows) > queries.PAGE else "",
        "first_url": asked.without(request) if request.GET.get("after") else "",
        "export": request.GET.urlencode(),
        "may": actor(request).verbs,
        "upload_error": upload_error,
        "formats": intake_told.formats_read(),
        "unsettled": unsettled(now=timezone.now()),
        "largest": LARGEST // 1_000_000,
    }
    return render(request, "desk/intake/list.html", context, status=status)


def _asked(request: HttpRequest) -> queries.Asked:
    query = request.GET
    return queries.Asked(
        outcome=asked.one_of(query.get("outcome", ""), set(Outcome)),
        channel=asked.one_of(query.get("channel", ""), CHANNELS),
        channels=CHANNELS.get(query.get("channel", ""), ()),
        partner=asked.text_of(query, "partner", 40),
        day=asked.day_of(query.get("day", "")),
        text=asked.text_of(query, "q"),
    )


def _tabs(
    request: HttpRequest, wanted: queries.Asked, counts: Mapping[str, int], unread: int, is_unread: bool
) -> list[dict[str, Any]]:
    known = [
        ("", gettext("All documents"), sum(counts.values())),
        (Outcome.WAITING, gettext("Wait for a person"), counts.get(Outcome.WAITING, 0)),
        (Outcome.ORDERS, gettext("Became orders"), counts.get(Outcome.ORDERS, 0)),
        (Outcome.APPLIED, gettext("Applied"), counts.get(Outcome.APPLIED, 0)),
        (Outcome.FILED, gettext("Filed"), counts.get(Outcome.FILED, 0)),
        (Outcome.REJECTED, gettext("Rejected"), counts.get(Outcome.REJECTED, 0)),
        (Outcome.DUPLICATE, gettext("Duplicates"), counts.get(Outcome.DUPLICATE, 0)),
    ]
    tabs = [
        {
            "word": word,
            "count": count,
            "here": not is_unread and wanted.outcome == outcome,
            "href": asked.with_(request, outcome=str(outcome), view="")
            if outcome
            else asked.without(request, "outcome", "view"),
        }
        for outcome, word, count in known
    ]
    if unread or is_unread:
        tabs.append({"word": gettext("Not read yet"), "count": unread, "here": is_unread, "href": "?view=unread"})
    return tabs


@requires("see_documents")
@require_GET
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The documents that the filters mean, as a file."""
    rows = queries.documents_page(
        _asked(request), zone=timezone.get_current_timezone_name(), limit=asked.MOST_EXPORTED
    )[: asked.MOST_EXPORTED]
    heads = [
        gettext("Document"), gettext("File"), gettext("Position"), gettext("Channel"), gettext("Partner"), gettext("Received"),
        gettext("Number"), gettext("Outcome"), gettext("Reason"), gettext("Order"), gettext("Customer"), gettext("Buyer code"),
    ]  # fmt: skip
    return asked.sheet(kind, gettext("documents"), heads, _cells(rows))


def _cells(rows: Sequence[queries.Came]) -> Iterator[list[sheets.Cell]]:
    lang, here = current_language(), timezone.get_current_timezone()
    for one in rows:
        yield [
            one.id, one.file, one.position, channel_word(one.channel, lang), one.partner, one.received_at.astimezone(here),
            one.number, intake_told.outcome_word(one.outcome, lang), intake_told.reason_word(one.reason, lang), one.order,
            one.customer, one.buyer_code,
        ]  # fmt: skip


# --- Bringing files --------------------------------------------------------------------------------------------------


@requires("take_in")
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Keep the bytes of each file first; then read it, or leave a large one to the worker."""
    files = request.FILES.getlist("file")[:MOST_FILES]
    if not files:
        return _list(request, 422, gettext("Choose at least one file."))
    large = next((one for one in files if (one.size or 0) > LARGEST), None)
    if large is not None:
        said = gettext("“%(name)s” is too large: %(most)s MB is the most that is read. Nothing was taken in.")
        return _list(request, 422, said % {"name": large.name, "most": LARGEST // 1_000_000})
    who, now, taken = actor(request), timezone.now(), []
    partner = asked.text_of(request.POST, "partner", 40)
    for one in files:
        kept = operations.receive_file(
            content=one.read(), name=one.name or "?", channel="file", partner_code=partner, by=who, at=now
        )
        taken.append((kept.pk, one.size or 0))
    for file_id, size in taken:
        if size > AT_ONCE or not _read(file_id, who, now):
            defer_reading(file_id=file_id)
    if len(taken) == 1:
        return redirect("intake_file", taken[0][0])
    said = ngettext("%(n)s file is in.", "%(n)s files are in.", len(taken)) % {"n": len(taken)}
    messages.success(request, said)
    return redirect("intake")


def _read(file_id: int, who: Any, now: Any) -> bool:
    """Read a file at once; if that is refused, the worker tries again."""
    try:
        return operations.read_file(file_id=file_id, by=who, at=now)
    except Refused:
        return False


# --- A file and its bytes --------------------------------------------------------------------------------------------


@requires("see_documents")
@require_GET
def file(request: HttpRequest, file_id: int) -> HttpResponse:
    """One file: when it came, from whom, and each document in it."""
    found = queries.file_of(file_id=file_id)
    if found is None:
        raise NotFound(what=f"file {file_id}")
    rows = queries.documents_in(file_id=file_id)
    findings = findings_of(document_ids=[one.id for one in rows])
    lang = current_language()
    context = {
        "file": found,
        "rows": [intake_told.row(one, findings.get(one.id, ()), lang) for one in rows],
        "channel": channel_word(found.channel, lang),
        "brought_by": actor_word(found.brought_by, names_of({found.brought_by}), lang),
        "sums": intake_told.sums(rows, lang),
        "is_unread": found.state != "done",
    }
    return render(request, "desk/intake/file.html", context)


@requires("see_documents")
@require_GET
def file_bytes(request: HttpRequest, file_id: int) -> HttpResponse:
    """The bytes as they came, to be saved and never shown by the browser."""
    found = queries.file_of(file_id=file_id)
    if found is None:
        raise NotFound(what=f"file {file_id}")
    try:
        content = store.load(found.sha256)
    except FileNotFoundError:
        raise NotFound(what=found.name) from None
    return asked.saved(content, found.name)


# --- A document ------------------------------------------------------------------------------------------------------


@requires("see_documents")
@require_GET
def document(request: HttpRequest, document_id: int) -> HttpResponse:
    """What was read, what was found in it, what it became, and what would mend it."""
    found = document_page(document_id=document_id)
    if found is None:
        raise NotFound(what=f"document {document_id}")
    lang, verbs = current_language(), actor(request).verbs
    findings = sorted(findings_of(document_ids=[document_id]).get(document_id, []), key=_weight)
    waits = found.outcome == Outcome.WAITING
    causes = [one for one in repairs(limit=1000) if document_id in one.document_ids] if waits else []
    missing = operations.missing_for(document_ids=[document_id]) if waits and causes else None
    order_rows = rows_of([found.order_id], timezone.now()) if found.order_id else []
    context = {
        "document": found,
        "file": found.file,
        "channel": channel_word(found.file.channel, lang),
        "outcome": intake_told.outcome_word(found.outcome, lang),
        "tone": intake_told.TONES[found.outcome],
        "reason": intake_told.reason_word(found.reason, lang),
        "kind": intake_told.kind_word(found.kind),
        "read": neutral(found.neutral, lang),
        "findings": [
            {"found": one, "text": one.sentence(lang), "tone": intake_told.SEVERITY_TONES.get(one.severity, "")}
            for one in findings
        ],
        "open_count": sum(one.open and one.severity == "blocking" for one in findings),
        "repairs": doors_of(causes, prefills(causes), verbs, back=request.path),
        "missing": [one(lang) for one in missing.sentences] if missing else [],
        "order": order_rows[0] if order_rows else None,
        "waits": waits,
        "paper": bool(found.neutral.get("places")),
        "confirmable": waits
        and not found.neutral.get("places")
        and any(one.open and one.code in AWAITS_A_PERSON for one in findings),
        "mail": _mail(found, lang),
        "about": _about(found.subject, verbs),
        "rejectable": waits and found.order_id is None and "take_in" in verbs,
        "reasons": sorted((intake_told.reason_word(one, lang), one) for one in REASONS),
        "usual_reason": next((REASON_OF[one.code] for one in findings if one.code in REASON_OF), ""),
        "may": verbs,
    }
    return render(request, "desk/intake/document.html", context)


def _mail(found: Any, lang: str) -> dict[str, Any] | None:
    """What an e-mail says; nothing for other documents."""
    if found.kind != "e_mail":
        return None
    documents, thread = queries.documents_in(file_id=found.file_id), thread_of_file(file_id=found.file_id)
    return mail_told.mail(found.neutral, documents=documents, thread=thread, own=found.pk, lang=lang)


def _about(subject: str, verbs: frozenset[str]) -> dict[str, str] | None:
    """The page of what a document changed or answers, if this person may see it."""
    kind, _, key = subject.partition(":")
    if kind == "outgoing" and key.isdecimal():
        return {"href": reverse("sent", args=[int(key)]), "word": gettext("a document of ours")}
    verb, name, word = {
        "order": ("see_orders", "order", gettext("order %(number)s")),
        "despatch": ("see_deliveries", "delivery", gettext("delivery note %(number)s")),
        "invoice": ("see_invoices", "invoice", gettext("invoice %(number)s")),
    }.get(kind, ("", "", ""))
    number = queries.number_of(kind=kind, key=int(key)) if verb in verbs and key.isdecimal() else ""
    return {"href": reverse(name, args=[number]), "word": word % {"number": number}} if number else None


def _weight(one: DocumentFound) -> tuple[bool, int]:
    """What is open and blocks stands first."""
    return not one.open, ("blocking", "warning", "note").index(one.severity)


@requires("take_in")
@require_POST
def reject(request: HttpRequest, document_id: int) -> HttpResponse:
    """Say that no order will be made of a waiting document."""
    reason = asked.one_of(request.POST.get("reason", ""), REASONS)
    if not reason:
        messages.error(request, gettext("Choose why it is rejected."))
        return redirect("document", document_id)
    operations.reject_document(
        document_id=document_id,
        reason=reason,
        note=asked.text_of(request.POST, "note", 300),
        by=actor(request),
        at=timezone.now(),
    )
    messages.success(request, gettext("The document is rejected; whoever sent it can be told why."))
    return redirect("document", document_id)


@requires("take_in")
@require_POST
def confirm(request: HttpRequest, document_id: int) -> HttpResponse:
    """Let a document go on that only a person may let go on."""
    try:
        done = operations.confirm_document(document_id=document_id, by=actor(request), at=timezone.now())
    except Refused as refused:
        messages.error(request, refused.sentence(current_language()))
    else:
        messages.success(request, told([done]))
    return redirect("document", document_id)


urlpatterns = [
    path("intake", intake, name="intake"),
    re_path(r"^intake/documents\.(?P<kind>csv|xlsx)$", export, name="intake_export"),
    path("intake/upload", upload, name="intake_upload"),
    path("intake/files/<int:file_id>", file, name="intake_file"),
    path("intake/files/<int:file_id>/bytes", file_bytes, name="intake_bytes"),
    path("intake/documents/<int:document_id>", document, name="document"),
    path("intake/documents/<int:document_id>/confirm", confirm, name="document_confirm"),
    path("intake/documents/<int:document_id>/reject", reject, name="document_reject"),
]
