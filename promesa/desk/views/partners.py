"""Partners: who documents are exchanged with, how theirs are read, what they are sent; and what else stands beside us."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, re_path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from promesa.access.doors import actor, requires
from promesa.access.queries import names_of
from promesa.core.errors import NotFound, Refused
from promesa.core.ui.format import joined
from promesa.core.ui.speech import current_language
from promesa.desk import asked, intake_told, refusals, sent_told
from promesa.desk.forms_partners import AddressForm, AnswerForm, PartnerForm, answer_kinds, partner_initial
from promesa.desk.labels import actor_word, channel_word
from promesa.desk.queries import intake as came
from promesa.desk.queries import outgoing as went
from promesa.desk.queries import partners as queries
from promesa.exchange import operations
from promesa.exchange.operations.mailbox import put_mail_addresses
from promesa.exchange.operations.partners import ANSWER_KINDS
from promesa.exchange.queries import findings_of
from promesa.exchange.queries.beside import (
    addresses_of,
    formats_of,
    layouts_of,
    mailbox_states,
    system_states,
)
from promesa.exchange.queries.outgoing import partner as partner_of

SINCE = timedelta(days=90)
LAST = 6
CODE = r"(?P<code>(?!new$)[^/]{1,40})"
FORM = "desk/partners/form.html"


@requires("see_documents")
@require_GET
def partners(request: HttpRequest) -> HttpResponse:
    """Who documents are exchanged with."""
    lang, now = current_language(), timezone.now()
    shown = [
        {
            "row": one,
            "channel": channel_word(one.channel, lang),
            "answers": joined([sent_told.kind_word(kind, lang).lower() for kind in one.answers], lang),
        }
        for one in queries.partners(since=now - SINCE, now=now)
    ]
    return render(request, "desk/partners/list.html", {"rows": shown, "may": actor(request).verbs})


@requires("see_documents")
@require_GET
def partner(request: HttpRequest, code: str) -> HttpResponse:
    """One of them: what comes, what it is sent, whose addresses and layouts are its own."""
    return _page(request, _known(code))


def _known(code: str) -> Any:
    found = partner_of(code=code)
    if found is None:
        raise NotFound(what=code)
    return found


def _page(request: HttpRequest, found: Any, address: AddressForm | None = None, status: int = 200) -> HttpResponse:
    lang, now, zone = current_language(), timezone.now(), timezone.get_current_timezone_name()
    documents = came.documents_page(came.Asked(partner=found.code), zone=zone, limit=LAST)[:LAST]
    findings = findings_of(document_ids=[one.id for one in documents])
    layouts = layouts_of(partner_id=found.pk)
    names = names_of({one.taught_by for one in layouts})
    answers = list(found.answers.all())
    taken = {one.kind for one in answers}
    context = {
        "partner": found,
        "closed": found.active_to is not None and found.active_to <= timezone.localdate(),
        "channel": channel_word(found.channel, lang),
        "tolerance": {
            "all_or_nothing": gettext("A document half of which is right waits whole."),
            "hold_rest": gettext("Of a document half of which is right, that half goes on and the rest waits."),
        }[found.tolerance],
        "acknowledges": {
            "never": gettext("Its files are not acknowledged."),
            "on_request": gettext("Its files are acknowledged when it asks for it."),
            "always": gettext("All its files are acknowledged."),
        }[found.acknowledges],
        "mapping": _mapping(found.mapping),
        "formats": [
            {"format": sent_told.format_word(format_), "kind": intake_told.kind_word(kind), "count": count, "last_at": last_at}
            for format_, kind, count, last_at in formats_of(partner_id=found.pk, since=now - SINCE)
        ],
        "rows": [intake_told.row(one, findings.get(one.id, ()), lang) for one in documents],
        "answers": [_answer(one, lang) for one in answers],
        "more_kinds": [(kind, word) for kind, word in answer_kinds(lang) if kind not in taken],
        "sent_rows": sent_told.rows(went.sent_page(went.Asked(partner=found.code), now=now, limit=LAST)[:LAST], now, lang),
        "addresses": addresses_of(partner_id=found.pk),
        "address_form": address or AddressForm(auto_id="a-%s"),
        "layouts": [{"one": one, "who": actor_word(one.taught_by, names, lang)} for one in layouts],
        "may": actor(request).verbs,
    }  # fmt: skip
    return render(request, "desk/partners/partner.html", context, status=status)


def _mapping(mapping: dict[str, Any]) -> list[tuple[str, str]]:
    """How it writes tables, as facts; nothing where the file itself is asked."""
    names = {
        "delimiter": gettext("Divides columns"),
        "decimal": gettext("Decimal mark"),
        "dates": gettext("Order of dates"),
        "encoding": gettext("Encoding"),
        "header_row": gettext("Row of headings"),
        "sheet": gettext("Sheet of the workbook"),
    }
    found = [(word, str(mapping[name])) for name, word in names.items() if mapping.get(name) not in (None, "")]
    for name, word in (("columns", gettext("Columns")), ("constants", gettext("What no column says"))):
        if mapping.get(name):
            found.append((word, ", ".join(f"{ours} = {theirs}" for ours, theirs in mapping[name].items())))
    return found


def _answer(one: Any, lang: str) -> dict[str, Any]:
    return {
        "one": one,
        "kind": sent_told.kind_word(one.kind, lang),
        "format": sent_told.format_word(one.format),
        "channel": channel_word(one.channel, lang),
        "within": _within(one.acknowledge_minutes),
    }


def _within(minutes: int | None) -> str:
    """How soon they say that they have it, as people say it."""
    if minutes is None:
        return ""
    for size, word in ((1440, gettext("%(n)s days")), (60, gettext("%(n)s h"))):
        if minutes >= size and minutes % size == 0:
            return word % {"n": minutes // size}
    return gettext("%(n)s min") % {"n": minutes}


# --- Setting it up ---------------------------------------------------------------------------------------------------


@requires("change_item_code")
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, code: str = "") -> HttpResponse:
    """Who it is and how it writes; a new one without a code in the address."""
    stored = _known(code) if code else None
    initial = partner_initial(stored) if stored else {"channel": "edi"}
    form = PartnerForm(request.POST or None, initial=initial, is_new=stored is None)
    if request.method == "POST" and form.is_valid():
        code = code or form.cleaned_data["code"]
        if stored is None and partner_of(code=code) is not None:
            form.add_error("code", gettext("There is a partner with this code already."))
        elif _did(
            form,
            lambda: operations.put_partner(code=code, by=actor(request), at=timezone.now(), **form.values()),
            "columns",
        ):
            messages.success(request, gettext("Saved. What comes from now on is read like this."))
            return redirect("partner", code)
    title = gettext("Change the partner") if stored else gettext("New partner")
    context = {"title": title, "partner": stored, "form": form, "keep": request.path}
    return render(request, FORM, context, status=422 if form.errors else 200)


@requires("change_item_code")
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """What documents of one kind it gets, how, and how soon it says that it has them."""
    found, lang = _known(code), current_language()
    if kind not in ANSWER_KINDS:
        raise NotFound(what=kind)
    stored = next((one for one in found.answers.all() if one.kind == kind), None)
    initial: dict[str, Any] = {"channel": "folder"}
    if stored is not None:
        initial = {
            name: getattr(stored, name) for name in ("format", "channel", "address", "acknowledge_minutes", "secret")
        }
    form = AnswerForm(request.POST or None, initial=initial, kind=kind, stored=stored.format if stored else "")
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        format_ = said.pop("format")

        def act() -> object:
            return operations.set_answer(
                partner_code=code, kind=kind, format_=format_, by=actor(request), at=timezone.now(), **said
            )

        if _did(form, act, "address"):
            messages.success(request, gettext("Saved. What happens from now on is told like this."))
            return redirect("partner", code)
    word = sent_told.kind_word(kind, lang)
    context = {
        "title": gettext("What it is sent: %(kind)s") % {"kind": word.lower()},
        "partner": found, "form": form, "keep": request.path, "drop": kind if stored else "", "kind": word,
    }  # fmt: skip
    return render(request, "desk/partners/answer.html", context, status=422 if form.errors else 200)


def _did(form: forms.Form, act: Callable[[], object], field: str) -> bool:
    """Whether it was done; a refusal is put beside the field that it is about."""
    try:
        act()
    except Refused as refused:
        refusals.show(form, refused, field=field)
        return False
    return True


@requires("change_item_code")
@require_POST
def drop(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Send it no documents of this kind any more."""
    operations.drop_answer(partner_code=code, kind=kind, by=actor(request), at=timezone.now())
    messages.success(request, gettext("It gets no more of them."))
    return redirect("partner", code)


@requires("change_item_code")
@require_POST
def add_address(request: HttpRequest, code: str) -> HttpResponse:
    """Say that it writes from an address, and whether that is proof enough for its orders."""
    found = _known(code)
    form = AddressForm(request.POST, auto_id="a-%s")
    if form.is_valid():
        said = form.cleaned_data

        def act() -> object:
            return put_mail_addresses(
                partner_code=code,
                addresses=[said["address"]],
                trusted=said["trusted"],
                by=actor(request),
                at=timezone.now(),
            )

        if _did(form, act, "address"):
            messages.success(request, gettext("Saved. Mails from there are this partner's."))
            return redirect("partner", code)
    return _page(request, found, form, 422)


@requires("change_item_code")
@require_POST
def drop_address(request: HttpRequest, code: str) -> HttpResponse:
    """Forget an address."""
    address = asked.text_of(request.POST, "address", 200)
    operations.drop_mail_address(partner_code=code, address=address, by=actor(request), at=timezone.now())
    messages.success(request, gettext("Mails from %(address)s are nobody's now.") % {"address": address})
    return redirect("partner", code)


@requires("change_item_code")
@require_POST
def layout(request: HttpRequest, code: str) -> HttpResponse:
    """Put a learnt layout out of use, or into use again."""
    active = request.POST.get("active") == "1"
    operations.use_layout(
        partner_code=code, layout_id=asked.key_of(request.POST.get("layout", "")), active=active, by=actor(request),
        at=timezone.now(),
    )  # fmt: skip
    messages.success(request, gettext("It is in use again.") if active else gettext("It is out of use."))
    return redirect(reverse("partner", args=[code]) + "#layouts")


# --- What stands beside us -------------------------------------------------------------------------------------------


@requires("see_documents")
@require_GET
def connections(request: HttpRequest) -> HttpResponse:
    """The mailboxes that are read and the systems beside us: when each was asked last, and what was wrong."""
    lang = current_language()
    context = {
        "boxes": [
            {"one": one, "error": sent_told.error_said(one.error, lang)}
            for one in mailbox_states(since=timezone.now() - SINCE)
        ],
        "systems": [
            {
                "one": one,
                "error": sent_told.error_said(one.error, lang),
                "refusal": sent_told.error_said(one.refusal, lang),
                "kind": {"folder": gettext("folder"), "odoo": "Odoo"}.get(one.kind, one.kind),
                "pushes": joined([_pushed(name) for name in one.pushes], lang),
            }
            for one in system_states()
        ],
    }
    return render(request, "desk/partners/connections.html", context)


def _pushed(name: str) -> str:
    return {"orders": gettext("orders"), "invoices": gettext("invoices")}.get(name, name)


urlpatterns = [
    path("intake/partners", partners, name="intake_partners"),
    path("intake/partners/new", change, name="partner_new"),
    path("intake/connections", connections, name="connections"),
    re_path(rf"^intake/partners/{CODE}$", partner, name="partner"),
    re_path(rf"^intake/partners/{CODE}/change$", change, name="partner_change"),
    re_path(rf"^intake/partners/{CODE}/answers/(?P<kind>[a-z_]{{1,20}})$", answer, name="partner_answer"),
    re_path(rf"^intake/partners/{CODE}/answers/(?P<kind>[a-z_]{{1,20}})/drop$", drop, name="partner_answer_drop"),
    re_path(rf"^intake/partners/{CODE}/addresses$", add_address, name="partner_address"),
    re_path(rf"^intake/partners/{CODE}/addresses/drop$", drop_address, name="partner_address_drop"),
    re_path(rf"^intake/partners/{CODE}/layouts$", layout, name="partner_layout"),
]
