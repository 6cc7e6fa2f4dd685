"""Money that came in: the list, recording it with what it pays, applying what lies open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, re_path
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from promesa.access.doors import actor, requires
from promesa.billing import operations
from promesa.billing.queries import invoice as invoice_of
from promesa.billing.queries import open_invoices
from promesa.core import sheets
from promesa.core.errors import NotFound, Refused
from promesa.core.ui.format import format_money
from promesa.core.ui.speech import current_language
from promesa.customers.queries import customer as customer_of
from promesa.desk import asked, refusals, typed
from promesa.desk.forms_invoices import PaymentForm
from promesa.desk.queries import invoices as queries

ZERO = Decimal(0)
SHOWN = 60


@requires("see_invoices")
@require_GET
def payments(request: HttpRequest) -> HttpResponse:
    """Payments, the newest first, with what each paid."""
    text, unapplied = asked.text_of(request.GET, "q"), request.GET.get("view") == "unapplied"
    rows = queries.payments(text=text, unapplied=unapplied, after=asked.key_of(request.GET.get("after", "")))
    shown = rows[: queries.PAGE]
    context = {
        "rows": shown,
        "text": text,
        "unapplied": unapplied,
        "next_url": asked.with_(request, after=shown[-1].id) if len(rows) > queries.PAGE else "",
        "first_url": asked.without(request) if request.GET.get("after") else "",
        "may": actor(request).verbs,
        "export": request.GET.urlencode(),
    }
    return render(request, "desk/invoices/payments.html", context)


@requires("see_invoices")
@require_GET
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The payments as a file."""
    rows = queries.payments(text=asked.text_of(request.GET, "q"), limit=asked.MOST_EXPORTED)
    heads = [
        gettext("Payment"), gettext("Customer number"), gettext("Customer"), gettext("Received"), gettext("Amount"),
        gettext("Currency"), gettext("How"), gettext("Reference"), gettext("Not applied"), gettext("Paid"),
    ]  # fmt: skip
    return asked.sheet(kind, gettext("payments"), heads, _cells(rows))


def _cells(rows: Sequence[queries.Paid]) -> Iterator[list[sheets.Cell]]:
    here = timezone.get_current_timezone()
    for one in rows:
        yield [
            one.number, one.customer_number, one.customer, one.received_at.astimezone(here), one.amount, one.currency,
            one.method, one.reference, one.unapplied, ", ".join(paid["number"] for paid in one.applied_to),
        ]  # fmt: skip


# --- Recording -----------------------------------------------------------------------------------------------------------


@requires("record_payment")
@require_http_methods(["GET", "POST"])
def record(request: HttpRequest) -> HttpResponse:
    """Money from a customer: first who and how much, then what it pays, the oldest due first unless told otherwise."""
    data = request.POST if request.method == "POST" else request.GET
    found = _customer(asked.text_of(data, "customer", 40), asked.text_of(data, "invoice", 24))
    owed = list(open_invoices(customer_id=found["id"]).filter(currency=found["currency"])[:SHOWN]) if found else []
    names = [one.number for one in owed]
    if request.method == "GET" or data.get("intent") == "propose":
        amount = _amount(data, owed)
        initial = {
            "customer": found["number"] if found else asked.text_of(data, "customer", 40),
            "received_at": data.get("received_at") or timezone.now(), "amount": data.get("amount") or amount,
            "method": data.get("method", "transfer"), "reference": asked.text_of(data, "reference", 80),
            **_proposed(owed, amount),
        }  # fmt: skip
        form = PaymentForm(initial=initial, invoices=names)
        return _form(request, form, found, owed, unknown=bool(initial["customer"]) and found is None)
    form = PaymentForm(request.POST, invoices=names)
    if not form.is_valid() or found is None:
        if found is None and "customer" not in form.errors:
            form.add_error("customer", gettext("There is no such customer."))
        return _form(request, form, found, owed, 422)
    said = form.cleaned_data
    try:
        done = operations.receive_payment(
            customer_id=found["id"], amount=said["amount"], method=said["method"], reference=said["reference"],
            applications=form.applications if owed else None, by=actor(request), at=said["received_at"],
        )  # fmt: skip
    except Refused as refused:
        refusals.show(form, refused, names={f"invoices.{number}": f"pays-{number}" for number in names})
        return _form(request, form, found, owed, 422)
    messages.success(request, _told(done))
    return redirect("payments")


def _customer(number: str, invoice: str) -> dict[str, Any] | None:
    """The customer who was named, by number or by one of its invoices."""
    if not number and invoice:
        known = invoice_of(number=invoice)
        number = known.customer.number if known else ""
    if not number:
        return None
    try:
        return customer_of(number=number)
    except NotFound:
        return None


def _amount(data: QueryDict, owed: Sequence[Any]) -> Decimal | None:
    """What was typed, or what is open of the invoice that was named."""
    text = data.get("amount", "")
    if text:
        return typed.number(text, current_language())
    return next((one.open_amount for one in owed if one.number == data.get("invoice")), None)


def _proposed(owed: Sequence[Any], amount: Decimal | None) -> dict[str, Decimal]:
    """What the money would pay, the oldest due first; disputed invoices come last."""
    left, found = amount or ZERO, dict[str, Decimal]()
    for one in sorted(owed, key=lambda one: (one.disputed_at is not None, one.due_on, one.pk)):
        part = min(left, one.open_amount)
        if part > 0:
            found[f"pays-{one.number}"] = part
            left -= part
    return found


def _form(
    request: HttpRequest, form: PaymentForm, found: dict[str, Any] | None, owed: Sequence[Any], status: int = 200, *,
    unknown: bool = False,
) -> HttpResponse:  # fmt: skip
    today = timezone.localdate()
    context = {
        "form": form,
        "customer": found,
        "owed": [
            {
                "invoice": one,
                "field": form[f"pays-{one.number}"],
                "late": (today - one.due_on).days if one.due_on < today else 0,
            }
            for one in owed
        ],
        "total": sum((one.open_amount for one in owed), ZERO),
        "unknown": unknown,
    }
    return render(request, "desk/invoices/payment_form.html", context, status=status)


def _told(done: Any) -> str:
    lang = current_language()
    params = {
        "number": done.number,
        "n": len(done.applications),
        "left": format_money(done.unapplied_amount, done.currency, lang),
    }
    said = ngettext(
        "Payment %(number)s is recorded and pays %(n)s invoice.", "Payment %(number)s is recorded and pays %(n)s invoices.",
        len(done.applications),
    ) % params  # fmt: skip
    return f"{said} {gettext('%(left)s lie open.') % params}" if done.unapplied_amount else said


@requires("record_payment")
@require_POST
def apply(request: HttpRequest, number: str) -> HttpResponse:
    """Let what lies open of a payment pay the oldest invoices."""
    done = operations.apply_payment(number=number, by=actor(request), at=timezone.now())
    if done:
        said = ngettext("It paid %(n)s invoice.", "It paid %(n)s invoices.", len(done)) % {"n": len(done)}
        messages.success(request, said)
    else:
        messages.info(request, gettext("There is no open invoice that it could pay."))
    return redirect("payments")


urlpatterns = [
    path("invoices/payments", payments, name="payments"),
    path("invoices/payments/new", record, name="payment_new"),
    re_path(r"^invoices/payments/export\.(?P<kind>csv|xlsx)$", export, name="payments_export"),
    re_path(r"^invoices/payments/(?P<number>(?!export\.|new$)[^/]{1,20})/apply$", apply, name="payment_apply"),
]
