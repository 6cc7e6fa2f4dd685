"""The customer's orders: the list and one of them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from promesa.access.doors import actor, requires
from promesa.allocation.queries.order_reasons import reasons_of_order
from promesa.core.errors import NotFound
from promesa.core.ui.speech import current_language
from promesa.portal import queries, told


def whose(request: HttpRequest) -> int:
    """The customer whose person asks.

    :raises NotFound: for somebody who is no customer's; the right to be here is theirs alone, so this is a second wall.
    """
    customer_id = actor(request).customer_id
    if customer_id is None:
        raise NotFound(what="portal")
    return customer_id


@requires("portal_see")
@require_GET
def orders(request: HttpRequest) -> HttpResponse:
    """The customer's orders, the newest first."""
    found = queries.orders_of(customer_id=whose(request), after=request.GET.get("after", ""))
    lang, today = current_language(), timezone.localdate()
    rows = [
        {"order": one, "chip": told.chip(one), "promised": told.promised_day(one, lang, today)} for one in found.orders
    ]
    return render(request, "portal/orders.html", {"rows": rows, "after": found.after, "more": bool(request.GET)})


@requires("portal_see")
@require_GET
def order(request: HttpRequest, number: str) -> HttpResponse:
    """One order of the customer: lines, promises, what left and came.

    :raises NotFound: alike for another's order and for none at all.
    """
    page = queries.order_of(customer_id=whose(request), number=number)
    if page is None:
        raise NotFound(number, what=number)
    lang, today = current_language(), timezone.localdate()
    context = {
        "order": page.standing,
        "head": page.head,
        "chip": told.chip(page.standing),
        "waits": told.waits_for(page, lang),
        "promised": told.promised_day(page.standing, lang, today),
        "lines": told.shown_lines(page, lang, today),
        "shipments": queries.shipments_of(order_id=page.head.id),
    }
    return render(request, "portal/order.html", context)


@requires("portal_see")
@require_GET
def why(request: HttpRequest, number: str) -> HttpResponse:
    """Why each line of the customer's own order is promised as it is; nothing of anybody else's.

    :raises NotFound: alike for another's order and for none at all.
    """
    found = reasons_of_order(order=number, within=whose(request))
    if not found:
        raise NotFound(number, what=number)
    lang = current_language()
    rows = [
        {
            "one": one,
            "said": [told.reason(reason, lang) for reason in (*one.shared, *one.promise)],
            "by_plan": bool(one.shared),
        }
        for one in found
    ]
    return render(request, "portal/why.html", {"number": number, "rows": rows})
