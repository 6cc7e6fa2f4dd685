"""The audit of capture (a sample keyed again and compared), and the scorecard of a customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path, re_path
from django.utils import timezone
from django.utils.translation import gettext, ngettext, override
from django.views.decorators.http import require_GET, require_http_methods

from promesa.access.doors import actor, requires
from promesa.access.queries import names_of
from promesa.core.errors import Refused
from promesa.core.ui.speech import current_language
from promesa.desk import asked, typed
from promesa.desk.fields import unit_choices
from promesa.desk.labels import actor_word, channel_word
from promesa.orders.states import Fault
from promesa.results import operations, queries
from promesa.results.rules.audit import Difference, Typed, TypedLine, differences

DAYS = 14
ROWS = 10  # rows of the empty form come in tens, so that their number does not give away the order's
MOST_ROWS = 500
LANGUAGES = {"es": "Español", "en": "English"}


# --- The audit -------------------------------------------------------------------------------------------------------


@requires("audit_capture")
@require_GET
def audits(request: HttpRequest) -> HttpResponse:
    """The samples of the last days: what is still to be keyed again, and what came of the rest."""
    lang, today = current_language(), timezone.localdate()
    yesterday, since = today - timedelta(days=1), today - timedelta(days=DAYS)
    rows = queries.sample(from_=since, to=yesterday)
    names = names_of({one.audited_by for one in rows if one.audited_by})
    month = queries.audited(from_=today - timedelta(days=90), to=yesterday)
    context = {
        "rows": [
            {
                "one": one,
                "channel": channel_word(one.channel, lang),
                "who": actor_word(one.audited_by, names, lang) if one.audited_by else "",
            }
            for one in rows
        ],
        "left": sum(one.audited_at is None for one in rows),
        "month": month,
        "right": 1 - Decimal(month.wrong) / month.audited if month.audited else None,
    }  # fmt: skip
    return render(request, "desk/quality/audits.html", context)


@requires("audit_capture")
@require_http_methods(["GET", "POST"])
def audit(request: HttpRequest, number: str) -> HttpResponse:
    """Key one order again from its source; then see what differs, and say whose it is."""
    drawn = queries.drawn_order(order_number=number)
    source = queries.kept_order(order_number=number)
    form = _typed(request, len(source.kept.lines))
    errors: list[str] = []
    if request.method == "POST":
        read, errors = _read(form)
        if not errors:
            return _compared(request, number, source, form, read)
    return _form(request, number, source, form, errors=errors, drawn=drawn)


def _compared(
    request: HttpRequest, number: str, source: queries.Source, form: dict[str, Any], read: Typed
) -> HttpResponse:
    found = differences(source.kept, read)
    if found and "judged" not in request.POST:
        return _form(request, number, source, form, found=found)
    faults = {
        place: asked.one_of(request.POST.get(f"fault-{place}", ""), set(Fault), Fault.OURS)
        for place in range(len(found))
    }
    try:
        operations.record_audit(
            order_number=number, typed=read, faults=faults, minutes=typed.number(request.POST.get("minutes", "")[:20], current_language()),
            by=actor(request), at=timezone.now(),
        )  # fmt: skip
    except Refused as refused:
        return _form(
            request, number, source, form, errors=[refused.sentence(current_language())], found=found, status=409
        )
    said = ngettext("%(order)s: %(n)s difference kept.", "%(order)s: %(n)s differences kept.", len(found))
    messages.success(
        request, (said if found else gettext("%(order)s was captured right.")) % {"order": number, "n": len(found)}
    )
    return redirect("audits")


def _form(
    request: HttpRequest, number: str, source: queries.Source, form: dict[str, Any], *, errors: Sequence[str] = (),
    found: Sequence[Difference] = (), drawn: queries.Drawn | None = None, status: int = 0,
) -> HttpResponse:  # fmt: skip
    lang = current_language()
    context = {
        "number": number, "source": source, "channel": channel_word(source.channel, lang), "form": form, "errors": errors,
        "captured_by": actor_word(source.captured_by, names_of({source.captured_by}), lang),
        "units": unit_choices(empty=True), "found": [_told(one) for one in found], "done": drawn and drawn.audited_at,
        "differences": drawn.found if drawn and drawn.audited_at else [], "own": source.captured_by == str(actor(request)),
        "faults": _faults(),
    }  # fmt: skip
    return render(request, "desk/quality/audit.html", context, status=status or (422 if errors else 200))


def _faults() -> list[tuple[Fault, str]]:
    return [
        (Fault.OURS, gettext("ours: captured wrong")),
        (Fault.CUSTOMER, gettext("the customer's: they changed it or said it wrong")),
        (Fault.MASTERS, gettext("the master records'")),
        (Fault.NOBODY, gettext("none: I misread, or it was agreed later")),
    ]


def _told(one: Difference) -> dict[str, Any]:
    fields = {
        "po_number": gettext("Order number of the customer"), "ship_to": gettext("Place of delivery"), "item": gettext("Item"),
        "requested_from": gettext("Wanted from"), "requested_to": gettext("Wanted until"), "quantity": gettext("Quantity"),
        "unit": gettext("Unit"), "price": gettext("Price"),
    }  # fmt: skip
    return {"one": one, "field": fields[one.field]}


def _typed(request: HttpRequest, lines: int) -> dict[str, Any]:
    """What was typed, or as many empty rows as hide how many lines there are."""
    post = request.POST
    count = min(MOST_ROWS, max(ROWS, -(-(lines + 1) // ROWS) * ROWS))
    codes, quantities, units, prices = (
        post.getlist(name)[:MOST_ROWS] for name in ("code", "quantity", "unit", "price")
    )
    rows = []
    for place in range(max(count, len(codes))):
        rows.append({
            name: values[place].strip()[:60] if place < len(values) else ""
            for name, values in (("code", codes), ("quantity", quantities), ("unit", units), ("price", prices))
        })  # fmt: skip
    head = {
        name: asked.text_of(post, name, 60)
        for name in ("po_number", "ship_to", "requested_from", "requested_to", "minutes")
    }
    return head | {"rows": rows}


def _read(form: dict[str, Any]) -> tuple[Typed, list[str]]:
    """What was typed as values, and every row that cannot be read."""
    lang, lines, errors = current_language(), [], []
    for place, row in enumerate(form["rows"], 1):
        if not (row["code"] or row["quantity"]):
            continue
        quantity, price = (
            typed.number(row["quantity"], lang),
            typed.number(row["price"], lang) if row["price"] else None,
        )
        if not row["code"]:
            errors.append(gettext("Row %(n)s has no code.") % {"n": place})
        if quantity is None:
            errors.append(gettext("Row %(n)s: “%(text)s” is no quantity.") % {"n": place, "text": row["quantity"]})
        if row["price"] and price is None:
            errors.append(gettext("Row %(n)s: “%(text)s” is no price.") % {"n": place, "text": row["price"]})
        lines.append(TypedLine(row["code"], quantity or Decimal(0), row["unit"], price))
    days = {}
    for name, word in (("requested_from", gettext("Wanted from")), ("requested_to", gettext("Wanted until"))):
        days[name] = asked.day_of(form[name]) if form[name] else None
        if form[name] and days[name] is None:
            errors.append(gettext("%(word)s: “%(text)s” is no day.") % {"word": word, "text": form[name]})
    if not lines:
        errors.append(gettext("Key at least one line: its code and its quantity."))
    return Typed(form["po_number"], form["ship_to"], days["requested_from"], days["requested_to"], tuple(lines)), errors


# --- The scorecard ---------------------------------------------------------------------------------------------------


@requires("see_customers")
@require_GET
def scorecard(request: HttpRequest, number: str) -> HttpResponse:
    """What was wrong in a customer's last hundred orders, in either language, to print or to send."""
    found = queries.scorecard(customer_number=number, as_of=timezone.now())
    if request.GET.get("format") == "json":
        return JsonResponse(found.as_json())
    lang = asked.one_of(request.GET.get("lang", ""), ("es", "en"), current_language())
    other = "es" if lang == "en" else "en"
    with override(lang):
        context = {
            "card": found, "lang": lang, "sentence": found.sentence(lang),
            "mistakes": [{"one": one, "text": one.sentence(lang)} for one in found.mistakes],
            "other": other, "other_word": LANGUAGES[other], "share": Decimal(found.faultless) / found.orders if found.orders else None,
        }  # fmt: skip
        return render(request, "desk/quality/scorecard.html", context)


urlpatterns = [
    path("results/audit", audits, name="audits"),
    re_path(r"^results/audit/(?P<number>[A-Za-z0-9-]{1,20})$", audit, name="audit"),
    re_path(r"^customers/(?P<number>[^/]+)/scorecard$", scorecard, name="scorecard"),
]
