"""Results: was the promise kept? Perfect order, punctuality, fill, quality at capture; and the orders behind each figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, re_path, reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_GET

from promesa.access.doors import requires
from promesa.access.queries import names_of
from promesa.core import sheets
from promesa.core.ui.format import format_month
from promesa.core.ui.speech import current_language
from promesa.desk import asked, results_told
from promesa.desk.queries.flowers import flower_of
from promesa.desk.results_asked import (
    Question,
    cause_word,
    chips,
    choices,
    component_words,
    division_words,
    question_of,
    unit_words,
)
from promesa.results.measures import MEASURES
from promesa.results.queries import (
    BehindRow,
    MeasureAnswer,
    OrdersBehind,
    audited,
    capture_errors,
    cause_waterfall,
    measure,
    orders_behind,
    repair_times,
    touchless,
    trend_by_month,
)
from promesa.results.rules.facts import Basis, Component, Unit

PATHS = {
    "perfect-order": "results",
    "on-time": "results_on_time",
    "fill-rate": "results_fill_rate",
    "order-quality": "results_order_quality",
}
PAGE = 50
SHOWN = 30  # groups of errors of capture, those with most of them
CAPTURE_DIVISIONS = ("customer", "channel", "sender", "item", "person", "field")
CLOCKS = (Basis.REQUESTED, Basis.FIRST, Basis.LAST)


# --- Perfect order ---------------------------------------------------------------------------------------------------


@requires("see_results")
@require_GET
def perfect_order(request: HttpRequest) -> HttpResponse:
    """The perfect order of a month: rate, petals, trend, causes, and how it is counted."""
    question = question_of(request, "perfect-order")
    now = timezone.now()
    answer = _measured(question, now)
    row = answer.total
    assert row is not None
    trend = _trend(question, now)
    fall = cause_waterfall(as_of=now, **question.period)
    context = {
        "heading": results_told.heading(question, row),
        "compared": results_told.compared(question, row, trend),
        "failed_for": results_told.failed_for(fall),
        "row": row,
        "trend": results_told.trend_of(question, trend, reverse("results"), f"{timezone.localdate():%Y-%m}"),
        "flower": results_told.flower_of(question, row),
        "causes": results_told.causes_of(question, fall),
        "against": _against(question, now),
        **_shared(request, question, answer),
    }
    return render(request, "desk/results/perfect_order.html", context)


def _against(question: Question, now: Any) -> dict[str, Any]:
    """The same month against what the customer asked for (or the first promise, if that is what was asked)."""
    other = Basis.REQUESTED if question.basis != Basis.REQUESTED else Basis.FIRST
    found = measure(name=question.name, as_of=now, **{**question.period, "basis": other}).total
    href = question.address(reverse("results"), basis="" if other == Basis.FIRST else other.value)
    return {"value": found.value if found else None, "basis": other.value, "href": href}


# --- The other measures ----------------------------------------------------------------------------------------------


@requires("see_results")
@require_GET
def on_time(request: HttpRequest) -> HttpResponse:
    """Punctuality on its three clocks."""
    question, now = question_of(request, "on-time"), timezone.now()
    found = {
        basis: measure(
            name="on-time", as_of=now, unit=question.unit, point=question.point, **{**question.period, "basis": basis}
        ).total
        for basis in CLOCKS
    }
    clocks = [
        {"basis": basis.value, "row": row, "href": question.address(reverse("results_on_time"), basis=_plain(basis)),
         "here": basis == question.basis}
        for basis, row in found.items()
    ]  # fmt: skip
    return _rate_page(request, question, now, {"clocks": clocks})


@requires("see_results")
@require_GET
def fill_rate(request: HttpRequest) -> HttpResponse:
    """What the first shipment brought, by order, line, case and value."""
    question, now = question_of(request, "fill-rate"), timezone.now()
    rows = {
        unit: measure(name="fill-rate", as_of=now, unit=unit, point=question.point, **question.period).total
        for unit in MEASURES["fill-rate"].units
    }
    units = [
        {
            "word": unit_words()[unit],
            "row": row,
            "strict": row.more["strict"] / row.denominator if row and row.denominator else None,
            "href": question.address(reverse("results_fill_rate"), unit="" if unit == Unit.ORDER else unit.value),
            "here": unit == question.unit,
        }
        for unit, row in rows.items()
    ]
    return _rate_page(request, question, now, {"units": units})


@requires("see_results")
@require_GET
def order_quality(request: HttpRequest) -> HttpResponse:
    """What was captured right the first time."""
    question, now = question_of(request, "order-quality"), timezone.now()
    by = asked.one_of(request.GET.get("errors", ""), CAPTURE_DIVISIONS, "customer")
    period: dict[str, Any] = {"from_": question.month, "to": question.to, "as_of": now}
    path = reverse("results_order_quality")
    (whole,), (untouched,) = capture_errors(**period), touchless(**period)
    rows = capture_errors(by=by, **period)[:SHOWN]
    names = names_of({one.group for one in rows}) if by == "person" else {}
    capture = {
        "whole": whole,
        "touchless": untouched,
        "repairs": repair_times(**period),
        "audited": audited(from_=question.month, to=question.to),
        "divisions": [
            (division_words()[one], question.address(path, errors=one), one == by) for one in CAPTURE_DIVISIONS
        ],
        "word": division_words()[by],
        "rows": [{"one": one, "name": results_told.capture_group(by, one.group, one.label, names)} for one in rows],
        "can_score": by == "customer",
    }
    return _rate_page(request, question, now, {"capture": capture})


def _rate_page(request: HttpRequest, question: Question, now: Any, more: dict[str, Any]) -> HttpResponse:
    answer = _measured(question, now)
    row = answer.total
    assert row is not None
    trend = _trend(question, now)
    context = {
        "heading": results_told.rate_heading(question, row),
        "compared": results_told.compared(question, row, trend),
        "row": row,
        "failed": row.denominator - row.numerator,
        "counts_things": question.unit in (Unit.ORDER, Unit.LINE),
        "trend": results_told.trend_of(question, trend, _path(question), f"{timezone.localdate():%Y-%m}"),
        **_shared(request, question, answer),
        **more,
    }
    return render(request, "desk/results/rate.html", context)


# --- What all of them share --------------------------------------------------------------------------------------------


def _measured(question: Question, now: Any) -> MeasureAnswer:
    return measure(name=question.name, as_of=now, unit=question.unit, point=question.point, **question.period)


def _trend(question: Question, now: Any) -> MeasureAnswer:
    return trend_by_month(
        name=question.name, as_of=now, basis=question.basis, point=question.point, unit=question.unit,
        filters=dict(question.filters),
    )  # fmt: skip


def _path(question: Question) -> str:
    return reverse(PATHS[question.name])


def _plain(basis: Basis) -> str:
    return "" if basis == Basis.FIRST else basis.value


def _shared(request: HttpRequest, question: Question, answer: MeasureAnswer) -> dict[str, Any]:
    lang = current_language()
    return {
        "question": question,
        "tabs": [
            {"word": getattr(MEASURES[name].title, lang), "here": name == question.name,
             "href": question.address(reverse(path), basis="", point="", unit="")}
            for name, path in PATHS.items()
        ],
        "month": format_month(question.month, lang, long=True),
        "month_short": format_month(question.month, lang, year=False),
        "choices": choices(question),
        "chips": chips(request, question),
        "rule": answer.rule[lang],
        "measure": answer.measure,
        "target": answer.measure.target,
        "basis": question.basis.value,
        "point": question.point.value,
        "unit_word": unit_words()[question.unit],
        "fresh_at": answer.fresh_at,
        "excluded": results_told.excluded_of(answer.total) if answer.total else [],
        "divided": _divided(question),
        "path": _path(question),
        "behind": question.behind(results_told.orders_path()),
        "export": request.GET.urlencode(),
    }  # fmt: skip


def _divided(question: Question) -> dict[str, Any] | None:
    """The answer divided by a dimension, the worst first."""
    if not question.by:
        return None
    found = measure(
        name=question.name,
        as_of=timezone.now(),
        unit=question.unit,
        point=question.point,
        by=question.by,
        **question.period,
    )
    rows = sorted(found.rows, key=lambda row: (row.value is None, row.value, -row.denominator))
    most = max((row.denominator - row.numerator for row in rows), default=0)
    can_filter = question.by != "agent"
    return {
        "word": division_words()[question.by],
        "rows": [
            {
                "name": row.label or row.group or "—",
                "group": row.group if row.label else "",
                "row": row,
                "lost": row.denominator - row.numerator,
                "most": most,
                "href": question.address(_path(question), **{question.by: row.group})
                if can_filter and row.group
                else "",
                "behind": question.behind(results_told.orders_path(), **{question.by: row.group})
                if can_filter and row.group
                else "",
            }
            for row in rows
        ],
    }


# --- The orders behind -------------------------------------------------------------------------------------------------


@requires("see_results")
@require_GET
def behind(request: HttpRequest) -> HttpResponse:
    """The orders behind one figure."""
    query = request.GET
    name = asked.one_of(query.get("measure", ""), MEASURES, "perfect-order")
    question = question_of(request, name)
    found = _behind(request, question, PAGE)
    lang = current_language()
    flowers = [
        (
            one,
            flower_of((one.full, one.on_time, one.documents, one.condition), not one.provisional),
            cause_word(one.cause, lang),
        )
        for one in found.rows
    ]
    context = {
        "question": question,
        "rows": [{"row": one, "flower": flower, "cause": cause} for one, flower, cause in flowers],
        "total": found.total,
        "next_url": asked.with_(request, after=found.after) if found.after else "",
        "first_url": asked.without(request) if query.get("after") else "",
        "chips": _behind_chips(request, question),
        "month": format_month(question.month, lang, long=True),
        "heading": _behind_heading(request, found.total),
        "back": question.address(_path(question)),
        "measure_title": getattr(MEASURES[name].title, lang),
        "by_causes": name == "perfect-order",
        "export": query.urlencode(),
        "may_flower": name != "order-quality",
    }
    return render(request, "desk/results/orders.html", context)


def _behind(request: HttpRequest, question: Question, limit: int) -> OrdersBehind:
    query = request.GET
    component = query.get("component", "")
    cause = asked.text_of(query, "cause", 4)
    return orders_behind(
        name=question.name,
        as_of=timezone.now(),
        point=question.point,
        outcome=asked.one_of(query.get("outcome", ""), ("kept", "all"), "failed"),
        component=Component(component) if component in set(Component) else None,
        cause=cause or None,
        sole_cause=query.get("sole") == "1",
        limit=limit,
        after=min(asked.key_of(query.get("after", "")), 10**6),
        **question.period,
    )


def _behind_heading(request: HttpRequest, total: int) -> str:
    lang = current_language()
    outcome = request.GET.get("outcome")
    component, cause = request.GET.get("component", ""), asked.text_of(request.GET, "cause", 4)
    what = (
        pgettext("orders behind a figure", "kept") if outcome == "kept"
        else pgettext("orders behind a figure", "counted") if outcome == "all"
        else pgettext("orders behind a figure", "failed")
    )  # fmt: skip
    why = component_words(lang).get(component, "") or (cause_word(cause, lang) if cause else "")
    if why and request.GET.get("sole") == "1":
        why = gettext("only %(cause)s") % {"cause": why.lower()}
    said = gettext("%(n)s orders %(what)s: %(why)s") if why else gettext("%(n)s orders %(what)s")
    return said % {"n": total, "what": what, "why": why.lower() if component else why}


def _behind_chips(request: HttpRequest, question: Question) -> list[dict[str, str]]:
    lang = current_language()
    cause, component = asked.text_of(request.GET, "cause", 4), request.GET.get("component", "")
    own = asked.chips(
        request,
        [
            ("component", gettext("Petal"), component_words(lang).get(component, "")),
            ("cause", gettext("Cause"), cause_word(cause, lang) if cause else ""),
            ("sole", gettext("Cause"), gettext("the only one") if request.GET.get("sole") == "1" else ""),
            ("outcome", gettext("Outcome"), request.GET.get("outcome", "") and _outcome_word(request.GET["outcome"])),
        ],
    )
    return [*chips(request, question), *own]


def _outcome_word(outcome: str) -> str:
    return {
        "kept": pgettext("orders behind a figure", "kept"),
        "all": pgettext("orders behind a figure", "counted"),
    }.get(outcome, "")


# --- Files -------------------------------------------------------------------------------------------------------------


@requires("see_results")
@require_GET
def export_months(request: HttpRequest, name: str, kind: str) -> HttpResponse:
    """The months of a measure as a file."""
    question = question_of(request, name)
    heads = [gettext("Month"), gettext("Counted"), gettext("Kept"), gettext("Rate"), gettext("From"), gettext("To")]
    rows: list[list[sheets.Cell]] = [
        [str(row.group), row.denominator, row.numerator, row.value, *(row.interval or (None, None))]
        for row in _trend(question, timezone.now()).rows
    ]
    return asked.sheet(kind, name, heads, rows)


@requires("see_results")
@require_GET
def export_behind(request: HttpRequest, kind: str) -> HttpResponse:
    """The orders behind a figure as a file."""
    name = asked.one_of(request.GET.get("measure", ""), MEASURES, "perfect-order")
    found = _behind(request, question_of(request, name), asked.MOST_EXPORTED)
    names = component_words(current_language())
    heads = [
        gettext("Order"), gettext("Customer number"), gettext("Customer"), gettext("Due"), gettext("Value"),
        *names.values(), gettext("Cause"), gettext("Causes"), gettext("Provisional"),
    ]  # fmt: skip
    return asked.sheet(kind, gettext("orders-behind"), heads, _behind_cells(found.rows))


def _behind_cells(rows: Sequence[BehindRow]) -> Iterator[list[sheets.Cell]]:
    lang, here = current_language(), timezone.get_current_timezone()
    yes, no = gettext("yes"), gettext("no")
    for one in rows:
        yield [
            one.number, one.customer_number, one.customer, one.due_at.astimezone(here) if one.due_at else None, one.value,
            *(yes if kept else no for kept in (one.full, one.on_time, one.documents, one.condition)),
            cause_word(one.cause, lang) if one.cause else "", ", ".join(one.causes), yes if one.provisional else no,
        ]  # fmt: skip


urlpatterns = [
    path("results", perfect_order, name="results"),
    path("results/on-time", on_time, name="results_on_time"),
    path("results/fill-rate", fill_rate, name="results_fill_rate"),
    path("results/order-quality", order_quality, name="results_order_quality"),
    path("results/orders", behind, name="results_orders"),
    re_path(r"^results/orders\.(?P<kind>csv|xlsx)$", export_behind, name="results_orders_export"),
    re_path(
        r"^results/(?P<name>perfect-order|on-time|fill-rate|order-quality)\.(?P<kind>csv|xlsx)$",
        export_months,
        name="results_export",
    ),
]
