"""Invoices and cash: what is to be invoiced, owed, overdue, disputed; an invoice with its sums, payments and credit notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, re_path
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_POST

from promesa.access.doors import actor, requires
from promesa.billing import operations
from promesa.billing.queries import ageing
from promesa.billing.queries import invoice as invoice_of
from promesa.core import sheets, words
from promesa.core.errors import NotFound, Refused
from promesa.core.ui import charts
from promesa.core.ui.format import joined
from promesa.core.ui.speech import current_language
from promesa.desk import asked, refusals, sent_told
from promesa.desk.forms_invoices import CreditForm, DisputeForm
from promesa.desk.queries import invoices as queries
from promesa.desk.queries.deliveries import orders_by_number
from promesa.desk.queries.outgoing import sent_about
from promesa.desk.results_asked import cause_word

VIEWS = ("to_invoice", "blocked", "open", "overdue", "disputed", "credits", "all")
MOST_AT_ONCE = 200
ZERO = Decimal(0)


@requires("see_invoices")
@require_GET
def invoices(request: HttpRequest) -> HttpResponse:
    """What is to be invoiced and what is owed, by age."""
    text, today, lang = asked.text_of(request.GET, "q"), timezone.localdate(), current_language()
    usual = "all" if text else "open"
    view = asked.one_of(request.GET.get("view", ""), VIEWS, usual)
    waiting = queries.to_invoice(text=text if view in ("to_invoice", "blocked") else "")
    context: dict[str, Any] = {
        "view": view,
        "text": text,
        "today": today,
        "tabs": _tabs(request, view, waiting, queries.counts(today=today)),
        "ages": [_age(one) for one in ageing(on=today)],
        "may": actor(request).verbs,
        "export": request.GET.urlencode(),
    }
    if view in ("to_invoice", "blocked"):
        blocked = view == "blocked"
        context["waiting"] = [
            {"one": one, "faults": [words.say(f["code"], {**f["params"], "line": f["line"]}, lang) for f in one.faults]}
            for one in waiting
            if bool(one.faults) == blocked
        ]
    else:
        rows, after = queries.bills(view, today=today, text=text, after=request.GET.get("after", "")[:40])
        context |= {
            "rows": [_bill(one, today, lang) for one in rows],
            "next_url": asked.with_(request, after=after) if after else "",
            "first_url": asked.without(request) if request.GET.get("after") else "",
        }
    return render(request, "desk/invoices/list.html", context)


def _tabs(
    request: HttpRequest, view: str, waiting: Sequence[queries.ToInvoice], known: dict[str, int]
) -> list[dict[str, Any]]:
    blocked = sum(bool(one.faults) for one in waiting)
    counts = {**known, "to_invoice": len(waiting) - blocked, "blocked": blocked}
    names = {
        "open": gettext("To be paid"),
        "overdue": gettext("Overdue"),
        "disputed": gettext("Disputed"),
        "to_invoice": gettext("To invoice"),
        "blocked": gettext("Held back"),
        "credits": gettext("Credit notes"),
        "all": gettext("All of them"),
    }
    return [
        {"word": word, "href": asked.with_(request, view=name), "here": name == view, "count": counts.get(name)}
        for name, word in names.items()
        if name != "blocked" or blocked or view == "blocked"
    ]


def _age(one: Any) -> dict[str, Any]:
    parts = [
        (gettext("not due yet"), one.current, "bar-kept"),
        (gettext("1 to 30 days"), one.to_30, "bar-amber"),
        (gettext("31 to 60 days"), one.to_60, "bar-amber"),
        (gettext("61 to 90 days"), one.to_90, "bar-lost"),
        (gettext("more than 90 days"), one.beyond, "bar-lost"),
    ]
    most = max((amount for _, amount, _ in parts), default=ZERO)
    return {"one": one, "parts": [(word, amount, charts.plain_bar(amount, most, css)) for word, amount, css in parts]}


def _bill(one: queries.Bill, today: Any, lang: str) -> dict[str, Any]:
    late = (today - one.due_on).days if one.kind == "invoice" and one.open_amount > 0 and one.due_on < today else 0
    return {"one": one, "late": late, "cause": cause_word(one.cause, lang) if one.cause else ""}


@requires("see_invoices")
@require_GET
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The invoices of a view as a file."""
    text = asked.text_of(request.GET, "q")
    view = asked.one_of(request.GET.get("view", ""), tuple(queries.VIEWS), "all" if text else "open")
    rows, _ = queries.bills(view, today=timezone.localdate(), text=text, limit=asked.MOST_EXPORTED)
    heads = [
        gettext("Invoice"), gettext("Kind"), gettext("Order"), gettext("Customer number"), gettext("Customer"), gettext("Issued"),
        gettext("Due"), gettext("Gross"), gettext("Open amount"), gettext("Currency"), gettext("Corrects"), gettext("Cause"),
        gettext("Disputed"),
    ]  # fmt: skip
    return asked.sheet(kind, gettext("invoices"), heads, _cells(rows))


def _cells(rows: Sequence[queries.Bill]) -> Iterator[list[sheets.Cell]]:
    lang = current_language()
    kinds = {"invoice": gettext("invoice"), "credit_note": gettext("credit note")}
    for one in rows:
        yield [
            one.number, kinds.get(one.kind, one.kind), one.order, one.customer_number, one.customer, one.issued_on, one.due_on,
            one.gross_amount, one.open_amount, one.currency, one.corrects, cause_word(one.cause, lang) if one.cause else "",
            one.dispute_reason,
        ]  # fmt: skip


# --- Issuing -----------------------------------------------------------------------------------------------------------


@requires("invoice")
@require_POST
def issue(request: HttpRequest) -> HttpResponse:
    """Invoice the chosen orders; with a reason also those whose invoice differs."""
    ids = orders_by_number(numbers=request.POST.getlist("order")[:MOST_AT_ONCE])
    despite, now = asked.text_of(request.POST, "despite", 200), timezone.now()
    made, refused = [], []
    for order_id in ids.values():
        try:
            made.append(operations.issue_invoice(order_id=order_id, despite=despite, by=actor(request), at=now).number)
        except Refused as error:
            refused.append(error.sentence(current_language()))
    if made:
        said = ngettext("%(n)s invoice was issued: %(numbers)s.", "%(n)s invoices were issued: %(numbers)s.", len(made))
        shown = joined(made[:6], current_language()) + (" …" if len(made) > 6 else "")
        messages.success(request, said % {"n": len(made), "numbers": shown})
    for sentence in refused[:5]:
        messages.error(request, sentence)
    if not ids:
        messages.info(request, gettext("Choose the orders to invoice."))
    view = "blocked" if refused else "to_invoice"
    return redirect(f"{request.path.removesuffix('/issue')}?view={view}")


# --- One invoice -------------------------------------------------------------------------------------------------------


@requires("see_invoices")
@require_GET
def invoice(request: HttpRequest, number: str) -> HttpResponse:
    """An invoice (or credit note) with lines, taxes, sums, what paid it and what gave it back."""
    return _page(request, _invoice(number))


def _invoice(number: str) -> Any:
    found = invoice_of(number=number)
    if found is None:
        raise NotFound(number, what=number)
    return found


def _page(
    request: HttpRequest,
    found: Any,
    credit: CreditForm | None = None,
    disputing: DisputeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    lang, today, verbs = current_language(), timezone.localdate(), actor(request).verbs
    is_invoice = found.kind == "invoice"
    lines = list(found.lines.all())
    back = queries.credited(invoice_id=found.pk) if is_invoice else {}
    left = {}
    for line in lines:
        quantity, amount = back.get(line.position, (ZERO, ZERO))
        left[line.position] = (line.quantity - quantity, line.net_amount - amount)
    creditable = is_invoice and any(amount > 0 for _, amount in left.values())
    if credit is None and creditable:
        credit = CreditForm(positions=[line.position for line in lines])
    late = (today - found.due_on).days if is_invoice and found.open_amount > 0 and found.due_on < today else 0
    context = {
        "invoice": found,
        "is_invoice": is_invoice,
        "late": late,
        "lines": [
            {
                "line": line,
                "back": back.get(line.position),
                "left_quantity": left[line.position][0],
                "left_amount": left[line.position][1],
                "quantity": credit[f"quantity{line.position}"] if credit else None,
                "amount": credit[f"amount{line.position}"] if credit else None,
            }
            for line in lines
        ],
        "taxes": list(found.taxes.all()),
        "applied": queries.applied_to(invoice_id=found.pk),
        "corrections": list(found.corrections.all()) if is_invoice else [],
        "faults": [
            {
                "fault": one,
                "text": words.say(one.code, one.params, lang),
                "cause": cause_word(one.cause, lang) if one.cause else "",
            }
            for one in found.faults.all()
        ],
        "cause": cause_word(found.cause, lang) if found.cause else "",
        "paid": found.payable_amount - found.open_amount,
        "sent_rows": sent_told.rows(sent_about(subject=f"invoice:{found.pk}"), timezone.now(), lang),
        "credit": credit if creditable and "credit" in verbs else None,
        "disputing": disputing or DisputeForm(),
        "may": verbs,
    }
    return render(request, "desk/invoices/invoice.html", context, status=status)


@requires("credit")
@require_POST
def give_back(request: HttpRequest, number: str) -> HttpResponse:
    """Issue a credit note for what was typed of each line, or for all that is left."""
    found = _invoice(number)
    form = CreditForm(request.POST, positions=[line.position for line in found.lines.all()])
    whole = request.POST.get("all") == "1"
    if not form.is_valid() and not (whole and form.cleaned_data.get("cause")):
        return _page(request, found, credit=form, status=422)
    said = form.cleaned_data
    how: dict[str, Any] = {} if whole else {"lines": form.quantities or {}, "amounts": form.amounts or {}}
    try:
        done = operations.issue_credit_note(
            invoice=number, cause=said["cause"], note=said.get("note", ""), by=actor(request), at=timezone.now(), **how
        )
    except Refused as refused:
        names = {f"lines.{position}": f"quantity{position}" for position in form.positions}
        names |= {f"amounts.{position}": f"amount{position}" for position in form.positions}
        refusals.show(form, refused, field="cause", names=names)
        return _page(request, found, credit=form, status=422)
    messages.success(request, gettext("Credit note %(number)s is issued.") % {"number": done.number})
    return redirect("invoice", done.number)


@requires("record_payment")
@require_POST
def dispute(request: HttpRequest, number: str) -> HttpResponse:
    """The customer disputes an invoice, or the dispute is settled."""
    found, now = _invoice(number), timezone.now()
    if request.POST.get("action") == "settle":
        operations.undispute(number=number, by=actor(request), at=now)
        messages.success(request, gettext("The dispute is settled: the invoice is to be paid."))
        return redirect("invoice", number)
    form = DisputeForm(request.POST)
    if not form.is_valid():
        return _page(request, found, disputing=form, status=422)
    operations.dispute(number=number, reason=form.cleaned_data["reason"], by=actor(request), at=now)
    messages.success(request, gettext("Noted. Nobody is reminded of it until it is settled."))
    return redirect("invoice", number)


NUMBER = r"(?P<number>(?!export\.|issue$|payments(?:/|$))[^/]{1,24})"
urlpatterns = [
    path("invoices", invoices, name="invoices"),
    path("invoices/issue", issue, name="invoices_issue"),
    re_path(r"^invoices/export\.(?P<kind>csv|xlsx)$", export, name="invoices_export"),
    re_path(rf"^invoices/{NUMBER}$", invoice, name="invoice"),
    re_path(rf"^invoices/{NUMBER}/credit$", give_back, name="invoice_credit"),
    re_path(rf"^invoices/{NUMBER}/dispute$", dispute, name="invoice_dispute"),
]
