"""Customers: the list, and the page of one: what was agreed, what is promised, how it went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, re_path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from promesa.access.doors import actor, requires
from promesa.billing.queries import open_invoices
from promesa.core import sheets
from promesa.core.ui import charts
from promesa.core.ui.signs import petal_names
from promesa.core.ui.speech import current_language
from promesa.customers.queries import customer as customer_of
from promesa.desk import asked, customers_told, results_told, telling
from promesa.desk.labels import hands_word, next_word
from promesa.desk.order_line import stages_of
from promesa.desk.queries import customers as queries
from promesa.desk.queries.rows import Row, rows_of
from promesa.desk.results_asked import Question, month_before
from promesa.desk.views.orders import promised_day
from promesa.results.queries import measure, trend_by_month

RECENT = timedelta(days=90)
LEAVES = ("full", "on_time", "documents", "condition")


# --- The list --------------------------------------------------------------------------------------------------------


@requires("see_customers")
@require_GET
def customers(request: HttpRequest) -> HttpResponse:
    """Customers by name, with what is open, what is owed and how well they are served."""
    wanted, now, today = _asked(request), timezone.now(), timezone.localdate()
    rows, after = queries.customers_page(wanted, now=now, today=today, after=request.GET.get("after", "")[:250])
    lang = current_language()
    segments = queries.segments()
    context = {
        "rows": [_row(one, lang) for one in rows],
        "total": queries.customers_count(wanted, now=now, today=today),
        "asked": wanted,
        "tabs": _tabs(request, wanted),
        "chips": asked.chips(
            request,
            [
                ("q", gettext("Text"), wanted.text),
                (
                    "segment",
                    gettext("Segment"),
                    next((s[f"name_{lang}"] for s in segments if s["code"] == wanted.segment), ""),
                ),
            ],
        ),
        "segments": [(one["code"], one[f"name_{lang}"]) for one in segments],
        "next_url": asked.with_(request, after=after) if after else "",
        "first_url": asked.without(request) if request.GET.get("after") else "",
        "export": request.GET.urlencode(),
        "may": actor(request).verbs,
    }
    return render(request, "desk/customers/list.html", context)


def _asked(request: HttpRequest) -> queries.Asked:
    query = request.GET
    view = query.get("view", "")
    return queries.Asked(
        text=asked.text_of(query, "q"),
        segment=asked.text_of(query, "segment", 20),
        owner_id=request.user.pk if view == "mine" else None,
        closed=view == "closed",
        trouble=view == "trouble",
    )


def _tabs(request: HttpRequest, wanted: queries.Asked) -> list[dict[str, Any]]:
    here = request.GET.get("view", "")
    known = [
        ("", gettext("All customers")),
        ("mine", gettext("Mine")),
        ("trouble", gettext("With something in danger")),
        ("closed", gettext("Closed")),
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
    used = one.used
    return {
        "one": one,
        "segment": one.segment_es if lang == "es" else one.segment_en,
        "meter": charts.meter(max(Decimal(0), one.exposure), one.credit_limit) if one.credit_limit else "",
        "over": used is not None and used > 1,
    }


@requires("see_customers")
@require_GET
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The customers that the filters mean, as a file."""
    rows, _ = queries.customers_page(
        _asked(request), now=timezone.now(), today=timezone.localdate(), limit=asked.MOST_EXPORTED
    )
    heads = [
        gettext("Number"), gettext("Name"), gettext("City"), gettext("Segment"), gettext("Looked after by"),
        gettext("Open orders"), gettext("On hold"), gettext("Credit limit"), gettext("Credit used"), gettext("Overdue"),
        gettext("Due, 90 days"), gettext("Perfect, 90 days"),
    ]  # fmt: skip
    return asked.sheet(kind, gettext("customers"), heads, _cells(rows))


def _cells(rows: Sequence[queries.Listed]) -> Iterator[list[sheets.Cell]]:
    lang = current_language()
    for one in rows:
        yield [
            one.number, one.name, one.city, one.segment_es if lang == "es" else one.segment_en, one.owner, one.open_orders,
            one.held, one.credit_limit, one.exposure, one.overdue_amount, one.due, one.perfect,
        ]  # fmt: skip


# --- The page --------------------------------------------------------------------------------------------------------


@requires("see_customers")
@require_GET
def customer(request: HttpRequest, number: str) -> HttpResponse:
    """All there is to know of one customer."""
    found = customer_of(number=number)
    customer_id = found["id"]
    now, today, lang = timezone.now(), timezone.localdate(), current_language()
    verbs = actor(request).verbs
    figures = queries.figures(customer_id=customer_id, now=now, today=today, open_orders=11)
    open_ids = figures.open_ids
    agreements, codes = queries.agreed(customer_id=customer_id, on=today, prices="see_prices" in verbs)
    ids = [*open_ids[:10], *([figures.last_broken_id] if figures.last_broken_id else [])]
    known = {row.standing.id: row for row in rows_of(ids, now)}
    rows = [known[id_] for id_ in open_ids[:10] if id_ in known]
    broken = known.get(figures.last_broken_id or 0)
    context = {
        "customer": found,
        "figures": figures,
        "rows": [_order_row(row, lang) for row in rows],
        "more_orders": len(open_ids) > 10,
        "promises_title": customers_told.promises_title(rows, len(rows)),
        "urgent": next((_order_row(row, lang) for row in rows if row.step.tone), None),
        "broken": {"row": broken, "stages": stages_of(broken, lang, today)} if broken else None,
        "terms": customers_told.terms_words(found, lang),
        "sites": [{"site": one, "hours": customers_told.hours_words(one["windows"], lang)} for one in found["sites"]],
        "credit": customers_told.credit_of(found, lang) if "see_invoices" in verbs else {},
        "aspects": customers_told.aspects_of(figures.aspects),
        "timeline": _timeline(customer_id, lang),
        "results": _results(number, now) if "see_results" in verbs else None,
        "invoices": _invoices(customer_id, today) if "see_invoices" in verbs else None,
        "agreements": agreements,
        "codes": codes,
        "segment": figures.segment_es if lang == "es" else figures.segment_en,
        "today": today,
        "may": verbs,
        "orders_href": f"{reverse('orders')}?customer={number}",
    }
    return render(request, "desk/customers/customer.html", context)


def _order_row(row: Row, lang: str) -> dict[str, Any]:
    return {
        "row": row,
        "order": row.standing,
        "line": row.line.code,
        "days": row.line.days_late,
        "flower": row.flower,
        "hands": hands_word(row.step.hands, lang),
        "next": next_word(row.step, lang),
        "tone": row.step.tone,
        "promised": promised_day(row.standing.promised_to),
    }


def _timeline(customer_id: int, lang: str) -> list[dict[str, Any]]:
    found, names = queries.history(customer_id=customer_id)
    return [
        {"order": one.order, "at": one.happened_at, **telling.told(one.kind, one.facts, one.actor, names, lang)}
        for one in found
    ]


def _results(number: str, now: Any) -> dict[str, Any]:
    """The petals of the last 90 days, and the trend of the year."""
    today = timezone.localdate()
    filters, zone = {"customer": number}, timezone.get_current_timezone_name()
    row = measure(
        name="perfect-order", as_of=now, from_=today - RECENT, to=today, filters=filters, zone=zone, bare=True
    ).total
    assert row is not None
    question = Question("perfect-order", month_before(today.replace(day=1)), filters=filters)
    trend = trend_by_month(name="perfect-order", as_of=now, filters=filters, zone=zone, bare=True)
    rates = row.more["components"]
    return {
        "row": row,
        "petals": list(zip(range(4), petal_names(), (rates[leaf] for leaf in LEAVES), strict=True)),
        "trend": results_told.trend_of(question, trend, reverse("results"), f"{today:%Y-%m}"),
        "href": question.address(reverse("results")),
    }


def _invoices(customer_id: int, today: Any) -> dict[str, Any]:
    found = list(open_invoices(customer_id=customer_id)[:9])
    return {
        "rows": [{"invoice": one, "days": (today - one.due_on).days if one.due_on < today else 0} for one in found[:8]],
        "more": len(found) > 8,
        "overdue": sum(one.due_on < today for one in found),
    }


urlpatterns = [
    path("customers", customers, name="customers"),
    re_path(r"^customers/export\.(?P<kind>csv|xlsx)$", export, name="customers_export"),
    re_path(r"^customers/(?P<number>(?!export\.)[^/]{1,40})$", customer, name="customer"),
]
