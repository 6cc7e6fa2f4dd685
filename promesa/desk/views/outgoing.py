"""What goes out: every document of ours to another side, what it says, whether it arrived, what was answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, re_path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from promesa.access.doors import actor, requires
from promesa.access.queries import names_of
from promesa.core import store
from promesa.core.errors import NotFound, Refused
from promesa.core.ui.speech import current_language
from promesa.desk import asked, sent_told
from promesa.desk.labels import actor_word, channel_word
from promesa.desk.neutral_told import neutral
from promesa.desk.queries import intake as came
from promesa.desk.queries import outgoing as queries
from promesa.desk.queries.outgoing import LATE
from promesa.exchange import operations
from promesa.exchange.operations.partners import ANSWER_KINDS
from promesa.exchange.operations.sending import LETTER
from promesa.exchange.queries.outgoing import outgoing_page
from promesa.exchange.states import SendingState

KINDS = (*ANSWER_KINDS, LETTER)
ALWAYS = (
    "",
    SendingState.TO_SEND,
    SendingState.SENT,
    SendingState.ACKNOWLEDGED,
    SendingState.REFUSED,
    SendingState.FAILED,
)
ON_DEMAND = (SendingState.KEPT, SendingState.CANCELLED)


@requires("see_documents")
@require_GET
def outgoing(request: HttpRequest) -> HttpResponse:
    """All that went out or is to go out, the newest first."""
    wanted, lang, now = _asked(request), current_language(), timezone.now()
    found = queries.sent_page(wanted, now=now, after=asked.key_of(request.GET.get("after", "")))
    counts = queries.sent_counts(wanted, now=now)
    partners = came.partner_names()
    context = {
        "rows": sent_told.rows(found[: queries.PAGE], now, lang),
        "tabs": _tabs(request, wanted, counts, lang),
        "late": counts[LATE],
        "chips": asked.chips(
            request,
            [
                ("q", gettext("Text"), wanted.text),
                ("partner", gettext("Partner"), dict(partners).get(wanted.partner, wanted.partner)),
                ("kind", gettext("Kind"), sent_told.kind_word(wanted.kind, lang) if wanted.kind else ""),
            ],
        ),
        "asked": wanted,
        "partners": partners,
        "kinds": [(kind, sent_told.kind_word(kind, lang)) for kind in KINDS],
        "next_url": asked.with_(request, after=found[queries.PAGE - 1].id) if len(found) > queries.PAGE else "",
        "first_url": asked.without(request) if request.GET.get("after") else "",
        "export": request.GET.urlencode(),
    }
    return render(request, "desk/outgoing/list.html", context)


def _asked(request: HttpRequest) -> queries.Asked:
    query = request.GET
    return queries.Asked(
        state=asked.one_of(query.get("state", ""), {*SendingState, LATE}),
        partner=asked.text_of(query, "partner", 40),
        kind=asked.one_of(query.get("kind", ""), KINDS),
        text=asked.text_of(query, "q"),
    )


def _tabs(request: HttpRequest, wanted: queries.Asked, counts: Mapping[str, int], lang: str) -> list[dict[str, Any]]:
    named = [*ALWAYS[:3], *([LATE] if counts[LATE] or wanted.state == LATE else []), *ALWAYS[3:]]
    named += [one for one in ON_DEMAND if counts.get(one) or wanted.state == one]
    whole = sum(count for state, count in counts.items() if state != LATE)
    return [
        {
            "word": sent_told.state_word(state, lang) if state else gettext("All documents"),
            "count": counts.get(state, 0) if state else whole,
            "here": wanted.state == state,
            "href": asked.with_(request, state=str(state)) if state else asked.without(request, "state"),
        }
        for state in named
    ]


@requires("see_documents")
@require_GET
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The documents that the filters mean, as a file."""
    lang, here, now = current_language(), timezone.get_current_timezone(), timezone.now()
    rows = queries.sent_page(_asked(request), now=now, limit=asked.MOST_EXPORTED)[: asked.MOST_EXPORTED]
    heads = [
        gettext("Document"), gettext("Kind"), gettext("Number"), gettext("Version"), gettext("Partner"), gettext("Order"),
        gettext("Customer"), gettext("Format"), gettext("Channel"), gettext("State"), gettext("Tries"), gettext("Made"),
        gettext("Sent"), gettext("Acknowledged"), gettext("Problem"),
    ]  # fmt: skip
    cells = (
        [
            one.id, sent_told.kind_word(one.kind, lang), one.number, one.version, one.partner_name, one.order, one.customer,
            one.format, channel_word(one.channel, lang), sent_told.state_word(LATE if one.is_late(now) else one.state, lang),
            one.attempts, one.made_at.astimezone(here), one.sent_at and one.sent_at.astimezone(here),
            one.acknowledged_at and one.acknowledged_at.astimezone(here), sent_told.error_said(one.error, lang),
        ]
        for one in rows
    )  # fmt: skip
    return asked.sheet(kind, gettext("documents-sent"), heads, cells)


# --- One document ----------------------------------------------------------------------------------------------------


@requires("see_documents")
@require_GET
def sent(request: HttpRequest, outgoing_id: int) -> HttpResponse:
    """What it says, every try to bring it, what the other side said of it."""
    found = outgoing_page(outgoing_id=outgoing_id)
    if found is None:
        raise NotFound(what=f"document {outgoing_id}")
    lang, now, verbs = current_language(), timezone.now(), actor(request).verbs
    tries = list(found.tries.all())
    names = names_of({one.actor for one in tries})
    versions = queries.versions_of(partner_id=found.partner_id, kind=found.kind, subject=found.subject)
    newest = versions[0][0] == found.pk
    late = found.state == SendingState.SENT and found.acknowledge_by is not None and found.acknowledge_by < now
    may = "take_in" in verbs
    context = {
        "sent": found,
        "kind": sent_told.kind_word(found.kind, lang),
        "state": sent_told.state_word(LATE if late else found.state, lang),
        "tone": "risk" if late else sent_told.TONES[found.state],
        "late": late,
        "error": sent_told.error_said(found.last_error, lang),
        "format": sent_told.format_word(found.format),
        "channel": channel_word(found.channel, lang),
        "how": sent_told.how_word(found.acknowledged_how),
        "reported": sent_told.report_words(found.reported),
        "said": neutral(found.neutral, lang),
        "tries": [_try(one, names, lang) for one in tries],
        "versions": [
            {"id": key, "n": version, "number": number, "state": sent_told.state_word(state, lang), "made_at": made_at}
            for key, version, number, state, made_at in versions
        ],
        "newer": None if newest else versions[0][0],
        "waits": found.state == SendingState.TO_SEND,
        "again": may and newest and (found.state != SendingState.TO_SEND or found.next_try_at is not None),
        "stoppable": may and found.state in (SendingState.TO_SEND, SendingState.FAILED),
        "settleable": may and found.state in (SendingState.SENT, SendingState.KEPT),
        "about": _about(found, verbs),
        "may": verbs,
    }
    return render(request, "desk/outgoing/sent.html", context)


def _try(one: Any, names: Mapping[str, str], lang: str) -> dict[str, Any]:
    if one.delivered:
        word, tone = gettext("arrived"), "kept"
    elif one.delivered is None:
        word, tone = gettext("under way"), "info"
    else:
        word, tone = gettext("did not arrive"), "broken"
    return {
        "one": one, "word": word, "tone": tone, "error": sent_told.error_said(one.error, lang),
        "who": actor_word(one.actor, dict(names), lang),
    }  # fmt: skip


def _about(found: Any, verbs: frozenset[str]) -> dict[str, str] | None:
    """The page of what it is about, if this person may see it."""
    pages = {
        "despatch": ("see_deliveries", "delivery", gettext("the delivery note")),
        "invoice": ("see_invoices", "invoice", gettext("the invoice")),
        "notice": ("see_plans", "plan_letters", gettext("the letters of the plan")),
    }
    verb, name, word = pages.get(found.subject.partition(":")[0], ("", "", ""))
    return {"href": reverse(name, args=[found.number]), "word": word} if verb in verbs and found.number else None


@requires("see_documents")
@require_GET
def sent_bytes(request: HttpRequest, outgoing_id: int) -> HttpResponse:
    """The bytes as they went, to be saved and never shown by the browser."""
    found = outgoing_page(outgoing_id=outgoing_id)
    if found is None or not found.sha256:
        raise NotFound(what=f"document {outgoing_id}")
    try:
        content = store.load(found.sha256)
    except FileNotFoundError:
        raise NotFound(what=found.name) from None
    return asked.saved(content, found.name or f"{found.number}.txt")


# --- What a person does ----------------------------------------------------------------------------------------------


@requires("take_in")
@require_POST
def again(request: HttpRequest, outgoing_id: int) -> HttpResponse:
    """Send it once more; the sender takes it within a minute."""
    return _done(
        request, outgoing_id, operations.send_again, gettext("It is sent again within a minute."),
    )  # fmt: skip


@requires("take_in")
@require_POST
def stop(request: HttpRequest, outgoing_id: int) -> HttpResponse:
    """Keep it from being sent."""
    return _done(request, outgoing_id, operations.stop_sending, gettext("It is withdrawn and will not be sent."))


@requires("take_in")
@require_POST
def settle(request: HttpRequest, outgoing_id: int) -> HttpResponse:
    """A person heard that the other side has it, or refuses it."""
    accepted = request.POST.get("accepted") != "0"
    note = asked.text_of(request.POST, "note", 300)

    def act(*, outgoing_id: int, by: Any, at: datetime) -> object:
        return operations.settle_by_hand(outgoing_id=outgoing_id, accepted=accepted, note=note, by=by, at=at)

    return _done(request, outgoing_id, act, gettext("Noted. Nothing more is waited for."))


def _done(request: HttpRequest, outgoing_id: int, act: Callable[..., object], said: str) -> HttpResponse:
    try:
        act(outgoing_id=outgoing_id, by=actor(request), at=timezone.now())
    except NotFound:
        raise
    except Refused as refused:
        messages.error(request, refused.sentence(current_language()))
    else:
        messages.success(request, said)
    return redirect("sent", outgoing_id)


urlpatterns = [
    path("intake/outgoing", outgoing, name="outgoing"),
    re_path(r"^intake/outgoing\.(?P<kind>csv|xlsx)$", export, name="outgoing_export"),
    path("intake/outgoing/<int:outgoing_id>", sent, name="sent"),
    path("intake/outgoing/<int:outgoing_id>/bytes", sent_bytes, name="sent_bytes"),
    path("intake/outgoing/<int:outgoing_id>/again", again, name="sent_again"),
    path("intake/outgoing/<int:outgoing_id>/stop", stop, name="sent_stop"),
    path("intake/outgoing/<int:outgoing_id>/settle", settle, name="sent_settle"),
]
