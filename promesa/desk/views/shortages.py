"""Shortages: what there is and where it goes, who goes without, and what if a receipt came late or light."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, re_path
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from promesa.access.doors import actor, requires
from promesa.catalog.queries import item as item_of
from promesa.core import sheets
from promesa.core.ui.speech import current_language
from promesa.desk import asked, shortages_told
from promesa.desk.queries import shortages as queries
from promesa.desk.queries.catalogue import coming, families
from promesa.desk.queries.plans import segments


@requires("see_plans")
@require_GET
def shortages(request: HttpRequest) -> HttpResponse:
    """Items that run short within the horizon, the dearest first. Asked by htmx it answers with the board alone."""
    now, today, lang = timezone.now(), timezone.localdate(), current_language()
    wanted = shortages_told.asked_of(request, today=today)
    found, totals = queries.board(wanted, now=now)
    context = {
        "rows": shortages_told.rows(found, queries.open_plans(skus=[one.sku for one in found]), lang),
        "totals": totals,
        "finding": shortages_told.finding(found, totals, lang),
        "asked": wanted,
        "last_day": shortages_told.last_day(wanted),
        "now": now,
        "may": actor(request).verbs,
        "query": request.GET.urlencode(),
    }
    if getattr(request, "htmx", False):
        return render(request, "desk/shortages/_live.html", {**context, "swapped": True})
    receipts = queries.receipts(item_ids=[one.id for one in found])
    context |= {
        "choices": shortages_told.choices(wanted, receipts, lang, today),
        "days": shortages_told.days_of(request),
        "horizons": shortages_told.HORIZONS,
        "tabs": shortages_told.tabs(request),
        "sorts": shortages_told.sort_words(),
        "families": families(),
        "warehouses": queries.warehouses(),
        "chips": asked.chips(
            request, [("q", gettext("Text"), wanted.text), ("family", gettext("Family"), wanted.family)]
        ),
    }
    return render(request, "desk/shortages/board.html", context)


@requires("see_plans")
@require_GET
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The items that the filters mean, as a file."""
    today = timezone.localdate()
    wanted = shortages_told.asked_of(request, today=today)
    found, _ = queries.board(wanted, now=timezone.now(), limit=asked.MOST_EXPORTED)
    heads = [
        gettext("Our code (SKU)"), gettext("Name"), gettext("Family"), gettext("Unit"), gettext("In stock"), gettext("Coming"),
        gettext("Promised"), gettext("Protected"), gettext("Free"), gettext("Asked for"), gettext("Missing"), gettext("Lines at risk"),
        gettext("Orders at risk"), gettext("Customers at risk"), gettext("Value at stake"), gettext("Days of cover"),
    ]  # fmt: skip
    return asked.sheet(kind, gettext("shortages"), heads, _cells(found))


def _cells(found: Sequence[queries.Short]) -> Iterator[list[sheets.Cell]]:
    for one in found:
        figures = (one.stock, one.coming, one.promised, one.protected, one.free, one.asked, one.missing)
        yield [
            one.sku, one.name, one.family, one.base_unit, *(figure.normalize() + 0 for figure in figures),
            one.lines, one.orders, one.customers, one.worth, one.cover,
        ]  # fmt: skip


@requires("see_plans")
@require_GET
def item(request: HttpRequest, sku: str) -> HttpResponse:
    """One item that is short: who asks for it, who has it today, who goes without."""
    now, today, lang = timezone.now(), timezone.localdate(), current_language()
    known: dict[str, Any] = item_of(sku=sku)
    wanted = shortages_told.asked_of(request, today=today, sku=sku)
    figures = queries.one(wanted, item_id=known["id"], now=now)
    found = queries.wants(wanted, item_id=known["id"], now=now)
    plans = queries.open_plans(skus=[sku])
    most = max((one.open for one in found), default=0)
    names = {one["code"]: one[f"name_{lang}"] for one in segments()}
    context = {
        "item": known,
        "row": shortages_told.rows([figures], plans, lang)[0] if figures else None,
        "wants": [
            {"one": one, "segment": names.get(one.segment, one.segment), "bar": _bar(one, most)} for one in found
        ],
        "waits": sum(one.missing > 0 for one in found),
        "plans": plans,
        "choices": shortages_told.choices(wanted, queries.receipts(item_ids=[known["id"]]), lang, today),
        "coming": [{"one": one, "late": one.expected_at < now} for one in coming(item_id=known["id"])],
        "asked": wanted,
        "days": shortages_told.days_of(request),
        "horizons": shortages_told.HORIZONS,
        "last_day": shortages_told.last_day(wanted),
        "now": now,
        "may": actor(request).verbs,
    }
    return render(request, "desk/shortages/item.html", context)


def _bar(one: queries.Wants, most: Any) -> dict[str, str]:
    """Per cents of the widest line: what is asked and what it has."""
    whole = float(most or 1)
    return {"asked": f"{float(one.open) / whole * 100:.2f}", "has": f"{float(one.has) / whole * 100:.2f}"}


SKU = r"(?P<sku>[^/]{1,60})"
urlpatterns = [
    path("shortages", shortages, name="shortages"),
    re_path(r"^shortages/export\.(?P<kind>csv|xlsx)$", export, name="shortages_export"),
    re_path(rf"^shortages/items/{SKU}$", item, name="shortage"),
]
