"""What keeps documents from becoming orders, grouped by its cause: mend it once, and all that waited goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_POST

from promesa.access.doors import actor, requires
from promesa.core.errors import NotFound, Refused
from promesa.core.ui.format import joined
from promesa.core.ui.speech import current_language
from promesa.desk import asked, mending, refusals
from promesa.desk.queries.intake import neutral_forms
from promesa.exchange import operations
from promesa.exchange.operations import Rerun
from promesa.exchange.operations.asking import HOW, note_asked, questions
from promesa.exchange.queries import Repair, near_matches, repairs
from promesa.exchange.queries.repairs import DOORS as CAUSES

SHOWN = 40
PROPOSED = 12  # causes, the heaviest, that get proposals: each is compared with every master
NAMED = 5


def prefills(causes: Sequence[Repair]) -> Mapping[int, Mapping[str, Any]]:
    """What the first document of each cause says."""
    return neutral_forms(document_ids=[one.document_ids[0] for one in causes if one.document_ids])


def doors_of(
    causes: Sequence[Repair], read: Mapping[int, Mapping[str, Any]], verbs: frozenset[str], *, back: str,
    bound: tuple[str, str, str, forms.Form] | None = None,
) -> list[dict[str, Any]]:  # fmt: skip
    """Each cause with the forms of its doors; `bound` is a form that was sent and has to be mended first."""
    lang, shown = current_language(), []
    near = near_matches(causes=causes[:PROPOSED], at=timezone.now())
    for place, one in enumerate(causes):
        neutral = read.get(one.document_ids[0], {}) if one.document_ids else {}
        doors: list[Any] = []
        for name in one.doors:
            door = mending.DOORS[name]
            auto_id = f"m{place}-{name}-%s"
            form = door.form(initial=door.prefill(one, neutral), auto_id=auto_id)
            if bound and bound[:3] == (name, one.code, one.received):
                form = bound[3]
                form.auto_id = auto_id
            doors.append(
                {
                    "name": name,
                    "door": door,
                    "form": form,
                    "may": door.verb in verbs,
                    "open": form.is_bound or not doors,
                }
            )
        proposals = [
            {"near": found, "why": found.why(lang)} for found in near.get((one.code, one.received, one.customer_id), ())
        ]
        through = mending.NEAR.get(one.code, mending.NOWHERE)
        may = through.name in mending.DOORS and mending.DOORS[through.name].verb in verbs
        shown.append(
            {
                "repair": one,
                "text": one.sentence(lang),
                "doors": doors,
                "back": back,
                "near": proposals if may else [],
                "by": through,
            }
        )
    return shown


@requires("see_documents")
@require_GET
def mend(request: HttpRequest) -> HttpResponse:
    """All causes, the heaviest first."""
    return _page(request)


def _page(
    request: HttpRequest, bound: tuple[str, str, str, forms.Form] | None = None, status: int = 200
) -> HttpResponse:
    found = repairs(limit=SHOWN + 1)
    causes = found[:SHOWN]
    verbs = actor(request).verbs
    documents = sorted({one for cause in found for one in cause.document_ids})
    missing = operations.missing_for(document_ids=documents[:200]) if documents and "load_masters" in verbs else None
    context = {
        "causes": doors_of(causes, prefills(causes), verbs, back=reverse("intake_mend"), bound=bound),
        "more": len(found) > SHOWN,
        "documents": len(documents),
        "orders": len({one for cause in found for one in cause.order_ids}),
        "missing": [one(current_language()) for one in missing.sentences] if missing else [],
        "may": verbs,
        "form": bound[3] if bound else None,
    }
    return render(request, "desk/intake/mend.html", context, status=status)


@requires("take_in")
@require_POST
def mend_one(request: HttpRequest) -> HttpResponse:
    """Make the master or cross-reference that one cause lacks, and run again all that waited for it."""
    name, code = request.POST.get("door", ""), request.POST.get("code", "")
    received, customer = request.POST.get("received", ""), asked.key_of(request.POST.get("customer_id", ""))
    door = mending.DOORS.get(name)
    cause = next(
        (one for one in repairs(limit=10_000, codes=[code]) if mending.same_cause(one, code, received, customer or None)), None
    ) if door else None  # fmt: skip
    if door is None or cause is None or name not in cause.doors:
        messages.success(request, gettext("This was mended already."))
        return redirect(_back(request))
    form = door.form(request.POST)
    if not form.is_valid():
        return _page(request, (name, code, received, form), 422)
    try:
        done = door.call(cause, form.cleaned_data, actor(request), timezone.now())
    except Refused as refused:
        _tell(form, refused)
        return _page(request, (name, code, received, form), 422)
    messages.success(request, told(done))
    return redirect(_back(request))


def _tell(form: forms.Form, refused: Refused) -> None:
    """Put what was refused beside the field that it is about."""
    named = next((name for name in ("customer", "sku") if name in form.fields), "")
    refusals.show(form, refused, field=named if isinstance(refused, NotFound) else "")


def told(done: Sequence[Rerun]) -> str:
    """What came of it, in one sentence."""
    documents = sum(one.documents for one in done)
    orders = [number for one in done for number in one.orders]
    if not documents and not orders:
        return gettext("It is mended. Nothing that waited could go on yet: something else is still missing.")
    said = ngettext("%(n)s document became an order", "%(n)s documents became orders", documents) % {"n": documents}
    if not orders:
        return f"{said}."
    shown = joined(orders[:NAMED], current_language()) if len(orders) <= NAMED else f"{', '.join(orders[:NAMED])} …"
    return f"{said}: {shown}."


@requires("see_documents")
@require_GET
def ask_customer(request: HttpRequest) -> HttpResponse:
    """The letter to each customer whose orders wait for one cause, in their language."""
    cause = _cause(request.GET)
    if cause is None:
        raise NotFound(what=request.GET.get("received", "")[:60])
    context = {
        "cause": cause,
        "text": cause.sentence(current_language()),
        "questions": questions(cause=cause),
        "how": list(zip(HOW, (gettext("by mail"), gettext("by telephone"), gettext("in person")), strict=True)),
        "may": actor(request).verbs,
    }
    return render(request, "desk/intake/ask.html", context)


@requires("take_in")
@require_POST
def asked_customer(request: HttpRequest) -> HttpResponse:
    """Note on each order that waits for a cause that its customer was asked."""
    cause = _cause(request.POST)
    if cause is not None:
        how = asked.one_of(request.POST.get("how", ""), HOW, HOW[0])
        count = note_asked(
            order_ids=cause.order_ids,
            code=cause.code,
            received=cause.received,
            how=how,
            by=actor(request),
            at=timezone.now(),
        )
        said = ngettext("Noted on %(n)s order.", "Noted on %(n)s orders.", count)
        messages.success(request, said % {"n": count})
    return redirect("intake_mend")


def _cause(said: Mapping[str, Any]) -> Repair | None:
    """The cause that an address or a form names, if it is still there."""
    code, received, customer = said.get("code", ""), said.get("received", ""), asked.key_of(said.get("customer_id", ""))
    found = repairs(limit=10_000, codes=[code]) if code in CAUSES else []
    return next((one for one in found if mending.same_cause(one, code, received, customer or None)), None)


@requires("take_in")
@require_POST
def run_again(request: HttpRequest) -> HttpResponse:
    """Try waiting documents again: those named, or all of them."""
    ids = [found for text in request.POST.getlist("document")[:500] if (found := asked.key_of(text))]
    done = operations.rerun(document_ids=ids or None, by=actor(request), at=timezone.now())
    if done.documents or done.orders:
        messages.success(request, told([done]))
    else:
        said = ngettext(
            "%(n)s document was tried again; it still waits.",
            "%(n)s documents were tried again; they still wait.",
            done.tried,
        )
        messages.info(request, said % {"n": done.tried})
    return redirect(_back(request))


@requires("load_masters")
@require_POST
def create_missing(request: HttpRequest) -> HttpResponse:
    """Make every master that the waiting documents say enough of, and run them again."""
    ids = [found for text in request.POST.getlist("document")[:500] if (found := asked.key_of(text))]
    if not ids:
        ids = sorted({one for cause in repairs(limit=10_000) for one in cause.document_ids})[:200]
    missing = operations.missing_for(document_ids=ids)
    done = operations.create_missing(missing=missing, document_ids=ids, by=actor(request), at=timezone.now())
    messages.success(request, told([done]))
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    back = request.POST.get("next", "")
    return back if back and url_has_allowed_host_and_scheme(back, None) else reverse("intake_mend")


urlpatterns = [
    path("intake/mend", mend, name="intake_mend"),
    path("intake/mend/ask", ask_customer, name="intake_ask"),
    path("intake/mend/asked", asked_customer, name="intake_asked"),
    path("intake/mend/one", mend_one, name="intake_mend_one"),
    path("intake/mend/all", create_missing, name="intake_create_missing"),
    path("intake/again", run_again, name="intake_again"),
]
