"""One search over everything, and the suggestions of its fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from promesa.access.doors import actor, requires
from promesa.core.ui.format import format_date, format_quantity
from promesa.core.ui.frame import Hit, Hits
from promesa.core.ui.speech import current_language
from promesa.desk.labels import next_word
from promesa.desk.queries import found
from promesa.desk.queries.rows import rows_of

LEAST = 2
MANY = 20


@requires("see_orders")
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """What a text can mean, by kind: a panel under the field, or a page."""
    text = _text(request)
    is_panel = bool(getattr(request, "htmx", False))
    groups = _groups(request, text, found.FEW if is_panel else MANY) if len(text) >= LEAST else []
    context = {"groups": groups, "text": text, "search_text": text}
    return render(request, "core/_found.html" if is_panel else "desk/search.html", context)


def _groups(request: HttpRequest, text: str, few: int) -> list[Hits]:
    verbs = actor(request).verbs
    known: tuple[tuple[str, Callable[[str, int], Hits]], ...] = (
        ("see_orders", _orders),
        ("see_customers", _customers),
        ("see_catalogue", _items),
        ("see_invoices", _invoices),
        ("see_deliveries", _despatches),
    )
    return [hits for verb, find in known if verb in verbs and (hits := find(text, few)).hits]


def _orders(text: str, few: int) -> Hits:
    lang = current_language()
    hits = [
        Hit(
            reverse("order", args=[row.standing.number]),
            row.standing.number,
            " · ".join(filter(None, (row.standing.customer_name, row.standing.po_number, next_word(row.step, lang)))),
            line=row.line.code,
        )
        for row in rows_of(found.orders(text, timezone.now(), few), timezone.now())
    ]
    return Hits(gettext("Orders"), "orders", hits, f"{reverse('orders')}?{urlencode({'q': text})}")


def _customers(text: str, few: int) -> Hits:
    hits = [
        Hit(_address("customer", "orders", "customer", one.number), one.name, one.number, one.city)
        for one in found.customers(text, few)
    ]
    return Hits(gettext("Customers"), "customers", hits)


def _items(text: str, few: int) -> Hits:
    lang = current_language()
    hits = []
    for one in found.items(text, timezone.now(), few=few):
        note = gettext("%(quantity)s free") % {"quantity": format_quantity(one.free, one.base_unit, lang)}
        hits.append(Hit(_address("item", "orders", "item", one.sku), one.name, one.sku, note))
    return Hits(gettext("Items"), "catalog", hits)


def _invoices(text: str, few: int) -> Hits:
    hits = [
        Hit(_address("invoice", "order", "", one.number, one.order), one.number, f"{one.customer} · {one.order}")
        for one in found.invoices(text, few)
    ]
    return Hits(gettext("Invoices"), "invoice", hits)


def _despatches(text: str, few: int) -> Hits:
    hits = [
        Hit(_address("delivery", "order", "", one.number, one.order), one.number, f"{one.customer} · {one.order}")
        for one in found.despatches(text, few)
    ]
    return Hits(gettext("Deliveries"), "truck", hits)


def _address(name: str, otherwise: str, parameter: str, key: str, order: str = "") -> str:
    """The page of a thing; where there is none, the orders that it is about."""
    try:
        return reverse(name, args=[key])
    except NoReverseMatch:
        if order:
            return reverse(otherwise, args=[order])
        return f"{reverse(otherwise)}?{urlencode({parameter: key})}"


# --- Suggestions ---------------------------------------------------------------------------------------------------


@requires("see_orders")
@require_GET
def customer_options(request: HttpRequest) -> JsonResponse:
    """Customers that fit what was typed, for a field with suggestions."""
    options = [{"value": one.number, "text": one.name, "sub": one.city} for one in found.customers(_text(request), 8)]
    return JsonResponse({"options": options})


@requires("see_orders")
@require_GET
def item_options(request: HttpRequest) -> JsonResponse:
    """Items that fit what was typed, for a field with suggestions."""
    lang = current_language()
    options: list[dict[str, Any]] = []
    for one in found.items(_text(request), timezone.now(), few=8):
        note = gettext("%(quantity)s free") % {"quantity": format_quantity(one.free, one.base_unit, lang)}
        if one.free <= 0 and one.next_at:
            note = gettext("arrives %(day)s") % {"day": format_date(timezone.localdate(one.next_at), lang)}
        options.append({"value": one.sku, "text": one.name, "note": note})
    return JsonResponse({"options": options})


def _text(request: HttpRequest) -> str:
    return " ".join(request.GET.get("q", "").replace("\x00", "").split())[:100]


urlpatterns = [
    path("search", search, name="search"),
    path("options/customers", customer_options, name="customer_options"),
    path("options/items", item_options, name="item_options"),
]
