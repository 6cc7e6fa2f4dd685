"""Catalogue and stock: items with what there is, what is coming and who waits; receipts moved and taken in; lots counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, re_path
from django.utils import timezone
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_GET, require_POST

from promesa.access.doors import actor, requires
from promesa.access.queries import names_of
from promesa.catalog.queries import item as item_of
from promesa.core import sheets, words
from promesa.core.errors import NotFound, Refused
from promesa.core.ui import charts
from promesa.core.ui.format import format_number, format_quantity
from promesa.core.ui.speech import current_language
from promesa.desk import asked, refusals
from promesa.desk.forms_catalogue import CountForm, ExpectForm, MoveForm, ReceiveForm
from promesa.desk.labels import actor_word
from promesa.desk.queries import catalogue as queries
from promesa.desk.queries.rows import rows_of
from promesa.inventory import operations
from promesa.inventory.operations import ReceiptPlan, StockRow


@requires("see_catalogue")
@require_GET
def catalogue(request: HttpRequest) -> HttpResponse:
    """Items by SKU with what is free, what is coming, what is missing and for how long it lasts."""
    wanted, today = _asked(request), timezone.localdate()
    verbs, lang = actor(request).verbs, current_language()
    if request.GET.get("view") == "coming":
        return _coming(request)
    rows = queries.items_page(wanted, now=timezone.now(), today=today, after=asked.text_of(request.GET, "after", 60))
    shown = rows[: queries.PAGE]
    context = {
        "rows": [_row(one, lang) for one in shown],
        "total": queries.items_count(wanted, today=today),
        "asked": wanted,
        "tabs": _tabs(request),
        "chips": asked.chips(
            request, [("q", gettext("Text"), wanted.text), ("family", gettext("Family"), wanted.family)]
        ),
        "families": queries.families(),
        "next_url": asked.with_(request, after=shown[-1].sku) if len(rows) > queries.PAGE else "",
        "first_url": asked.without(request) if request.GET.get("after") else "",
        "export": request.GET.urlencode(),
        "with_stock": "see_stock" in verbs,
        "with_prices": "see_prices" in verbs,
        "may": verbs,
    }
    return render(request, "desk/catalogue/list.html", context)


def _asked(request: HttpRequest) -> queries.Asked:
    view = request.GET.get("view", "")
    return queries.Asked(
        text=asked.text_of(request.GET, "q", 60), family=asked.text_of(request.GET, "family", 80), short=view == "short",
        closed=view == "closed",
    )  # fmt: skip


def _tabs(request: HttpRequest) -> list[dict[str, Any]]:
    here = request.GET.get("view", "")
    known = [
        ("", gettext("All items")),
        ("short", gettext("Missing for somebody")),
        ("coming", gettext("On their way to us")),
        ("closed", gettext("No longer sold")),
    ]
    return [
        {
            "word": word,
            "here": here == view,
            "href": asked.with_(request, view=view) if view else asked.without(request, "view"),
        }
        for view, word in known
    ]


def _row(one: queries.Listed, lang: str) -> dict[str, Any]:
    most = max(one.on_hand + one.coming, one.claimed + one.missing)
    bar = (
        charts.scarcity(one.on_hand, one.coming, one.claimed, 0, max(one.free, Decimal(0)), one.missing) if most else ""
    )
    return {"one": one, "bar": bar, "short": one.missing > 0, "days": one.days}


def _coming(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    context = {
        "tabs": _tabs(request),
        "coming": [{"one": one, "late": one.expected_at < now} for one in queries.coming()],
        "may": actor(request).verbs,
        "export": "",
    }
    return render(request, "desk/catalogue/coming.html", context)


@requires("see_stock")
@require_GET
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The items that the filters mean, as a file."""
    rows = queries.items_page(
        _asked(request), now=timezone.now(), today=timezone.localdate(), limit=asked.MOST_EXPORTED
    )
    heads = [
        gettext("Our code (SKU)"), gettext("Name"), gettext("GTIN"), gettext("Family"), gettext("Unit"), gettext("In stock"),
        gettext("Reserved"), gettext("Free"), gettext("Coming"), gettext("Next receipt"), gettext("Missing"),
        gettext("Days of cover"), gettext("Price"), gettext("Currency"),
    ]  # fmt: skip
    return asked.sheet(kind, gettext("catalogue"), heads, _cells(rows, "see_prices" in actor(request).verbs))


def _cells(rows: Sequence[queries.Listed], with_prices: bool) -> Iterator[list[sheets.Cell]]:
    here = timezone.get_current_timezone()
    for one in rows:
        yield [
            one.sku, one.name, one.gtin, one.family, one.base_unit, one.on_hand, one.claimed, one.free, one.coming,
            one.next_at.astimezone(here) if one.next_at else None, one.missing, one.days,
            one.price if with_prices else None, one.currency if with_prices else "",
        ]  # fmt: skip


# --- An item -------------------------------------------------------------------------------------------------------------


@requires("see_catalogue")
@require_GET
def item(request: HttpRequest, sku: str) -> HttpResponse:
    """An item with packs, prices, lots, receipts, who waits for it and how long it lasts."""
    return _page(request, sku)


def _page(request: HttpRequest, sku: str, status: int = 200, **forms_sent: forms.Form) -> HttpResponse:
    now, today, lang = timezone.now(), timezone.localdate(), current_language()
    found = item_of(sku=sku)
    verbs, item_id = actor(request).verbs, found["id"]
    figures = queries.one_item(sku=sku, now=now, today=today)
    waiting = queries.waiting_for(item_id=item_id)
    codes = {row.standing.id: row.line.code for row in rows_of(sorted({one.order_id for one in waiting}), now)}
    with_stock, with_prices = "see_stock" in verbs, "see_prices" in verbs
    context = {
        "item": found,
        "figures": _row(figures, lang) if figures else None,
        "lots": queries.lots(item_id=item_id) if with_stock else [],
        "coming": [{"one": one, "late": one.expected_at < now} for one in queries.coming(item_id=item_id)],
        "waiting": [{"one": one, "line": codes.get(one.order_id, "")} for one in waiting],
        "missing_from": sum(one.missing > 0 for one in waiting),
        "prices": queries.prices(item_id=item_id, today=today) if with_prices else [],
        "agreements": queries.agreements(item_id=item_id, today=today) if with_prices else [],
        "codes": queries.codes(item_id=item_id),
        "moves": _moves(item_id, found["base_unit"], lang) if with_stock else [],
        "packs": [{**one, "holds": _holds(one, found["base_unit"], lang)} for one in found["packs"]],
        "with_stock": with_stock,
        "with_prices": with_prices,
        "today": today,
        "may": verbs,
        "expect": forms_sent.get("expect") or ExpectForm(auto_id="e-%s"),
        "count": forms_sent.get("count") or CountForm(auto_id="c-%s"),
        "sent": next(iter(forms_sent.values()), None),
    }
    return render(request, "desk/catalogue/item.html", context, status=status)


def _holds(pack: dict[str, Any], base_unit: str, lang: str) -> str:
    if pack["denominator"] == 1:
        return format_quantity(pack["numerator"], base_unit, lang)
    return f"{format_number(pack['numerator'], lang)}/{format_quantity(pack['denominator'], base_unit, lang)}"


def _moves(item_id: int, unit: str, lang: str) -> list[dict[str, Any]]:
    found = queries.moves(item_id=item_id)
    names = names_of({one["actor"] for one in found})
    words = {
        "opening": pgettext("stock move", "Opening stock"),
        "receipt": pgettext("stock move", "Received"),
        "despatch": pgettext("stock move", "Left"),
        "return": pgettext("stock move", "Came back"),
        "count": pgettext("stock move", "Counted"),
        "scrap": pgettext("stock move", "Thrown away"),
        "transfer": pgettext("stock move", "Moved"),
    }
    return [
        {**one, "word": words.get(one["kind"], one["kind"]), "who": actor_word(one["actor"], names, lang),
         "said": f"{format_number(one['quantity'], lang, sign=True)}"}
        for one in found
    ]  # fmt: skip


@requires("plan_receipt")
@require_POST
def expect(request: HttpRequest, sku: str) -> HttpResponse:
    """Expect a receipt of the item: lines that lack a promise get one."""
    found, form = item_of(sku=sku), ExpectForm(request.POST, auto_id="e-%s")
    if form.is_valid():
        said = form.cleaned_data
        plan = ReceiptPlan(
            said["number"], found["id"], int(said["warehouse"]), said["quantity"], said["expected_at"], said["supplier"]
        )
        if operations.plan_receipts(plans=[plan], by=actor(request), at=timezone.now()):
            messages.success(request, gettext("It is expected; who waits for it gets a promise."))
            for one in operations.closed_days([plan.number]).values():
                messages.warning(request, words.say(one.code, one.params, current_language()))
            return redirect("item", sku)
        form.add_error("number", gettext("There is a receipt with this number already."))
    return _page(request, sku, 422, expect=form)


@requires("adjust_stock")
@require_POST
def count(request: HttpRequest, sku: str) -> HttpResponse:
    """Set a lot to what was counted."""
    found, form = item_of(sku=sku), CountForm(request.POST, auto_id="c-%s")
    if not form.is_valid():
        return _page(request, sku, 422, count=form)
    said = form.said()
    row = StockRow(found["id"], said["warehouse"], said["lot"], said["expires_on"], said["quantity"])
    try:
        operations.count_stock(rows=[row], reference=said["reference"], by=actor(request), at=timezone.now())
    except Refused as refused:
        refusals.show(form, refused, field="quantity")
        return _page(request, sku, 422, count=form)
    messages.success(request, gettext("The count is written down."))
    return redirect("item", sku)


# --- A receipt ---------------------------------------------------------------------------------------------------------


@requires("see_stock")
@require_GET
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """A receipt that is expected: move it, or take it in."""
    return _receipt(request, number)


def _receipt(request: HttpRequest, number: str, status: int = 200, **sent: forms.Form) -> HttpResponse:
    found = queries.receipt(number=number)
    if found is None:
        raise NotFound(number, what=number)
    context = {
        "receipt": found,
        "late": found.expected_at < timezone.now(),
        "move": sent.get("move") or MoveForm(initial={"expected_at": found.expected_at}, auto_id="m-%s"),
        "receive": sent.get("receive") or ReceiveForm(initial={"quantity": found.quantity}, auto_id="r-%s"),
        "sent": next(iter(sent.values()), None),
        "may": actor(request).verbs,
    }
    return render(request, "desk/catalogue/receipt.html", context, status=status)


@requires("plan_receipt")
@require_POST
def move_receipt(request: HttpRequest, number: str) -> HttpResponse:
    """Say that a receipt comes at another time: the promises that hang on it are given anew."""
    form = MoveForm(request.POST, auto_id="m-%s")
    if not form.is_valid():
        return _receipt(request, number, 422, move=form)
    said = form.cleaned_data
    when: datetime = said["expected_at"]
    operations.move_receipt(
        number=number, expected_at=when, reason=said["reason"], by=actor(request), at=timezone.now()
    )
    messages.success(request, gettext("It is moved; whoever waits for it gets a new promise."))
    return redirect("receipt", number)


@requires("plan_receipt")
@require_POST
def take_receipt(request: HttpRequest, number: str) -> HttpResponse:
    """The goods are here: they are stock, and those who waited are served."""
    found, form = queries.receipt(number=number), ReceiveForm(request.POST, auto_id="r-%s")
    if found is None:
        raise NotFound(number, what=number)
    if not form.is_valid():
        return _receipt(request, number, 422, receive=form)
    said = form.cleaned_data
    operations.receive(
        number=number, quantity=said["quantity"], lot=said["lot"] or None, expires_on=said["expires_on"], by=actor(request),
        at=timezone.now(),
    )  # fmt: skip
    messages.success(request, gettext("It is in stock; those who waited are served first."))
    return redirect("item", found.sku)


SKU = r"(?P<sku>(?!export\.|receipts(?:/|$))[^/]{1,60})"
RECEIPT = r"(?P<number>[^/]{1,40})"
urlpatterns = [
    path("catalogue", catalogue, name="catalogue"),
    re_path(r"^catalogue/export\.(?P<kind>csv|xlsx)$", export, name="catalogue_export"),
    re_path(rf"^catalogue/receipts/{RECEIPT}$", receipt, name="receipt"),
    re_path(rf"^catalogue/receipts/{RECEIPT}/move$", move_receipt, name="receipt_move"),
    re_path(rf"^catalogue/receipts/{RECEIPT}/receive$", take_receipt, name="receipt_receive"),
    re_path(rf"^catalogue/{SKU}$", item, name="item"),
    re_path(rf"^catalogue/{SKU}/expect$", expect, name="item_expect"),
    re_path(rf"^catalogue/{SKU}/count$", count, name="item_count"),
]
