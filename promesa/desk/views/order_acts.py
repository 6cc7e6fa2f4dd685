"""What is done to one order from its page: each a POST that calls one verb and leads back."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import re_path
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from promesa.access.doors import actor, requires
from promesa.access.queries import insist
from promesa.access.rules import hold_verb
from promesa.billing import operations as billing
from promesa.core.errors import NotFound, Refused
from promesa.core.ui.format import format_money
from promesa.core.ui.speech import current_language
from promesa.desk import order_told, typed
from promesa.desk.views.order import NUMBER, draw
from promesa.fulfilment import operations as fulfilment
from promesa.orders import operations as orders
from promesa.orders.queries.page import OrderPage, order_page


def _found(number: str) -> OrderPage:
    found = order_page(number=number)
    if found is None:
        raise NotFound(number, what=number)
    return found


def _typed(request: HttpRequest) -> dict[str, str]:
    return {name: str(value)[:600] for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}


def _again(request: HttpRequest, number: str, errors: dict[str, str]) -> HttpResponse:
    """The page once more, with what was typed and what is wrong with it."""
    return draw(request, number, 422, typed=_typed(request), errors=errors)


def _try(request: HttpRequest, number: str, act: Callable[[], Any], done: str) -> HttpResponse:
    """One verb; a refusal is said on the page itself, where what was typed still stands."""
    try:
        act()
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        sentence = refused.sentence(current_language())
        return draw(request, number, refused.status, typed=_typed(request), refused=sentence)
    messages.success(request, done)
    return redirect("order", number)


# --- Deciding ------------------------------------------------------------------------------------------------------


@requires("see_orders")
@require_POST
def decide(request: HttpRequest, number: str) -> HttpResponse:
    """Take one of the choices of a hold: release it, take off what is missing, or cancel the order."""
    page = _found(number)
    hold = next((one for one in page.open_holds if str(one.id) == request.POST.get("hold", "")), None)
    if hold is None:
        messages.info(request, gettext("That hold was released meanwhile."))
        return redirect("order", number)
    choice, reason = request.POST.get("choice", ""), typed.line(request.POST.get("reason", ""), 300)
    by, at = actor(request), timezone.now()
    insist(by, "cancel_order" if choice == "cancel" else hold_verb(hold.kind))
    if not reason:
        return _again(request, number, {"reason": gettext("Say why: it is written into the order.")})

    def act() -> None:
        if choice == "cancel":
            repeat = hold.kind == "duplicate"
            orders.cancel_order(
                order_id=page.head.id, initiator="customer" if repeat else "us", cause="K1" if repeat else "",
                reason=reason, by=by, at=at,
            )  # fmt: skip
            return
        if choice == "reduce":
            insist(by, "change_order")
            lacking = order_told.lacking(page)
            for line in page.lines:
                if line.line_number in lacking:
                    left = max(line.stands - lacking[line.line_number], line.floor)
                    orders.change_line(
                        order_id=page.head.id, line_number=line.line_number, quantity=_ordered_unit(line, left),
                        initiator="us", cause="C1", reason=reason, by=by, at=at,
                    )  # fmt: skip
        orders.release_hold(hold_id=hold.id, reason=reason, by=by, at=at)

    done = gettext("The order is cancelled.") if choice == "cancel" else gettext("Decided. The order goes on.")
    return _try(request, number, act, done)


def _ordered_unit(line: Any, base: Decimal) -> Decimal:
    return base * line.denominator / line.numerator


@requires("resolve_finding")
@require_POST
def resolve(request: HttpRequest, number: str) -> HttpResponse:
    """A person has looked at a finding: it is right so."""
    page = _found(number)
    finding = next((one for one in page.open_findings if str(one.id) == request.POST.get("finding", "")), None)
    if finding is None:
        return redirect("order", number)

    def act() -> None:
        orders.resolve_finding(finding_id=finding.id, resolution="accepted", by=actor(request), at=timezone.now())

    return _try(request, number, act, gettext("Resolved."))


@requires("enter_order")
@require_POST
def recheck(request: HttpRequest, number: str) -> HttpResponse:
    """Check a draft again, and submit it if all is right; or the lines that are held of an order that went on."""
    page = _found(number)
    by, at = actor(request), timezone.now()
    found = orders.recheck_orders(order_ids=[page.head.id], by=by, at=at)
    if not found and orders.orders_with_held(order_ids=[page.head.id]):
        taken = orders.take_up_lines(order_ids=[page.head.id], by=by, at=at)
        if taken:
            messages.success(request, gettext("What was mended goes on, and asks for its promise."))
        else:
            messages.error(request, gettext("Nothing that waits can go on yet."))
    elif found and found[0].state == "draft":
        count = sum(one.severity == "blocking" for one in found[0].findings)
        messages.error(
            request, ngettext("%(n)s thing is still to mend.", "%(n)s things are still to mend.", count) % {"n": count}
        )
    else:
        messages.success(request, gettext("All is right: the order is submitted and promised."))
    return redirect("order", number)


# --- Shipping and money --------------------------------------------------------------------------------------------


@requires("despatch")
@require_POST
def despatch(request: HttpRequest, number: str) -> HttpResponse:
    """Send what is reserved."""
    page, carrier = _found(number), typed.line(request.POST.get("carrier", ""), 80)

    def act() -> None:
        fulfilment.despatch(order_id=page.head.id, carrier=carrier, by=actor(request), at=timezone.now())

    return _try(request, number, act, gettext("Despatched."))


@requires("deliver")
@require_POST
def deliver(request: HttpRequest, number: str) -> HttpResponse:
    """Record that all of a delivery note was accepted."""
    signed_by, advice = (
        typed.line(request.POST.get("signed_by", ""), 120),
        typed.line(request.POST.get("advice", ""), 20),
    )
    if not signed_by:
        return _again(request, number, {"signed_by": gettext("Write who signed.")})

    def act() -> None:
        fulfilment.deliver(number=advice, signed_by=signed_by, by=actor(request), at=timezone.now())

    return _try(request, number, act, gettext("The delivery is recorded."))


@requires("invoice")
@require_POST
def invoice(request: HttpRequest, number: str) -> HttpResponse:
    """Invoice what was delivered."""
    page = _found(number)

    def act() -> None:
        billing.issue_invoice(order_id=page.head.id, by=actor(request), at=timezone.now())

    return _try(request, number, act, gettext("The invoice is issued."))


@requires("record_payment")
@require_POST
def pay(request: HttpRequest, number: str) -> HttpResponse:
    """Record money for an invoice of the order."""
    page, lang = _found(number), current_language()
    amount = typed.number(request.POST.get("amount", ""), lang)
    if amount is None or amount <= 0:
        return _again(request, number, {"amount": gettext("Write an amount above zero.")})
    invoice_number = typed.line(request.POST.get("invoice", ""), 24)

    def act() -> None:
        billing.receive_payment(
            customer_id=page.standing.customer_id, amount=amount, currency=page.standing.currency,
            applications={invoice_number: None}, reference=typed.line(request.POST.get("reference", ""), 80),
            by=actor(request), at=timezone.now(),
        )  # fmt: skip

    said = format_money(amount, page.standing.currency, lang)
    return _try(request, number, act, gettext("%(amount)s recorded.") % {"amount": said})


# --- Notes and cancelling ------------------------------------------------------------------------------------------


@requires("see_orders")
@require_POST
def note(request: HttpRequest, number: str) -> HttpResponse:
    """Write a note for whoever looks at the order next."""
    page, text = _found(number), typed.paragraph(request.POST.get("text", ""), 500)
    if not text:
        return _again(request, number, {"text": gettext("Write the note.")})

    def act() -> None:
        orders.note_order(order_id=page.head.id, text=text, by=actor(request), at=timezone.now())

    return _try(request, number, act, gettext("Note saved."))


@requires("change_order")
@require_POST
def told(request: HttpRequest, number: str) -> HttpResponse:
    """The customer was told of the promises in force, and of what holds the order."""
    page = _found(number)
    how = request.POST.get("how", "")
    if how not in order_told.WAYS:
        return _again(request, number, {"how": gettext("Say how they were told.")})

    def act() -> None:
        orders.tell_customer(order_id=page.head.id, how=how, by=actor(request), at=timezone.now())

    return _try(request, number, act, gettext("Written down: the customer knows."))


@requires("cancel_order")
@require_POST
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """Cancel all of the order."""
    page, reason = _found(number), typed.line(request.POST.get("cancel_reason", ""), 200)
    if not reason:
        return _again(request, number, {"cancel_reason": gettext("Say why: it is written into the order.")})
    by_customer = request.POST.get("initiator") != "us"
    version = request.POST.get("version", "")

    def act() -> None:
        orders.cancel_order(
            order_id=page.head.id, initiator="customer" if by_customer else "us", cause="K4" if by_customer else "U",
            reason=reason, version=int(version) if version.isdecimal() and len(version) < 10 else None,
            by=actor(request), at=timezone.now(),
        )  # fmt: skip

    return _try(request, number, act, gettext("The order is cancelled."))


urlpatterns = [
    re_path(rf"^orders/{NUMBER}/decide$", decide, name="order_decide"),
    re_path(rf"^orders/{NUMBER}/resolve$", resolve, name="order_resolve"),
    re_path(rf"^orders/{NUMBER}/recheck$", recheck, name="order_recheck"),
    re_path(rf"^orders/{NUMBER}/despatch$", despatch, name="order_despatch"),
    re_path(rf"^orders/{NUMBER}/deliver$", deliver, name="order_deliver"),
    re_path(rf"^orders/{NUMBER}/invoice$", invoice, name="order_invoice"),
    re_path(rf"^orders/{NUMBER}/pay$", pay, name="order_pay"),
    re_path(rf"^orders/{NUMBER}/note$", note, name="order_note"),
    re_path(rf"^orders/{NUMBER}/told$", told, name="order_told"),
    re_path(rf"^orders/{NUMBER}/cancel$", cancel, name="order_cancel"),
]
