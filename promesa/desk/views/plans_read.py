"""What a plan says to whom: why a line got its share, the letters to customers, and the page that is printed and signed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import re_path
from django.utils import timezone
from django.views.decorators.http import require_GET

from promesa.access.doors import actor, requires
from promesa.allocation.queries.comparing import Comparison, compare
from promesa.allocation.queries.explaining import explain
from promesa.allocation.queries.order_reasons import reasons_of_order
from promesa.allocation.queries.plans import plan_page
from promesa.core.errors import NotFound
from promesa.core.ui.speech import current_language
from promesa.desk import plans_told, sent_told
from promesa.desk.frame import company_name
from promesa.desk.queries import plans as queries
from promesa.desk.queries.outgoing import letters_of_run
from promesa.desk.views.order import NUMBER as ORDER
from promesa.desk.views.plans import NUMBER, chip, signatures_of


@requires("see_plans")
@require_GET
def why(request: HttpRequest, number: str, run: str, line_id: str) -> HttpResponse:
    """Why a line got its share by a run, rule by rule, and worked out once more."""
    lang = current_language()
    page = plan_page(number=number)
    found = next((one for one in page.runs if one.number == int(run)), None)
    if found is None:
        raise NotFound(number, what=number)
    told = explain(run_id=found.id, line_id=int(line_id))
    names = queries.names(customers=[told.customer], items=[told.item])
    context = {
        "plan": page, "run": found, "told": told, "sentences": told.sentences(lang),
        "customer": names[0].get(told.customer, told.customer), "item": names[1].get(told.item, told.item),
        "strategy": plans_told.strategy_word(told.strategy, lang), "same": told.again == told.share_quantity,
    }  # fmt: skip
    return render(request, "desk/plans/why.html", context)


@requires("see_orders")
@require_GET
def order_why(request: HttpRequest, number: str) -> HttpResponse:
    """Why each line of an order is promised as it is, and by which plan."""
    lang = current_language()
    found = reasons_of_order(order=number)
    if not found:
        raise NotFound(number, what=number)
    context = {
        "order": number,
        "rows": [
            {"one": one, "promise": [reason(lang) for reason in one.promise], "shared": [reason(lang) for reason in one.shared],
             "strategy": plans_told.strategy_word(one.strategy, lang) if one.strategy else ""}
            for one in found
        ],
        "may": actor(request).verbs,
    }  # fmt: skip
    return render(request, "desk/plans/order_why.html", context)


@requires("see_plans")
@require_GET
def letters(request: HttpRequest, number: str) -> HttpResponse:
    """What each customer is told: the notices of the run in force, or what they would be."""
    lang, today = current_language(), timezone.localdate()
    page = plan_page(number=number)
    letter = page.chosen.letter if page.chosen else ""
    in_force = next((one for one in page.runs if one.published_at), None)
    run = in_force or next((one for one in page.runs if not letter or one.letter == letter), None)
    found = queries.letters(run_id=run.id, published=in_force is not None) if run else []
    shown = plans_told.letters(found, lang, today)
    sent = letters_of_run(run_id=run.id) if in_force and run else {}
    for one in shown:
        mail = sent.get(one["notice"])
        one["mail"] = mail and {
            "id": mail.id,
            "state": sent_told.state_word(mail.state, lang),
            "error": sent_told.error_said(mail.error, lang),
        }
    context = {
        "plan": page, "chip": chip(page.state), "run": run, "in_force": in_force is not None, "letters": shown,
        "less": sum(one["less"] > 0 for one in shown), "answered": sum(one["answered_at"] is not None for one in shown),
        "told": sum(one["told_at"] is not None for one in shown), "may": actor(request).verbs,
    }  # fmt: skip
    return render(request, "desk/plans/letters.html", context)


def _segments(compared: Comparison, names: plans_told.Names) -> list[dict[str, Any]]:
    """What each segment asks, has and gets, the best served segment first."""
    places = {code: at for at, code in enumerate(names.segments)}
    return [
        {"name": names.segments.get(one.key, one.key or "—"), "today": one.today, "first": one.first}
        for one in sorted(compared.segments, key=lambda one: (places.get(one.key, len(places)), one.key))
    ]


@requires("see_plans")
@require_GET
def agreement(request: HttpRequest, number: str) -> HttpResponse:
    """How we share what is scarce: a page for sales, to be printed and signed."""
    lang, now = current_language(), timezone.now()
    page = plan_page(number=number)
    scenario = page.chosen or page.scenarios[-1]
    names = plans_told.names_in([scenario.content], lang)
    run = next((one for one in page.runs if one.letter == scenario.letter), None)
    compared = compare(first=run.id) if run else None
    context = {
        "plan": page, "chip": chip(page.state), "scenario": scenario, "deeds": plans_told.deeds(scenario.content, names, lang),
        "items": plans_told.supply_bars(queries.supplied(run_id=run.id), lang) if run else [],
        "names": [(sku, names.items.get(sku, sku)) for sku in scenario.content.get("items", ())][:60],
        "segments": _segments(compared, names) if compared else [],
        "whole": compared, "signatures": signatures_of(page, lang), "company": company_name(now), "now": now,
    }  # fmt: skip
    return render(request, "desk/plans/agreement.html", context)


urlpatterns = [
    re_path(
        rf"^shortages/plans/{NUMBER}/runs/(?P<run>[0-9]{{1,9}})/lines/(?P<line_id>[0-9]{{1,17}})$", why, name="plan_why"
    ),
    re_path(rf"^shortages/plans/{NUMBER}/letters$", letters, name="plan_letters"),
    re_path(rf"^shortages/plans/{NUMBER}/agreement$", agreement, name="plan_agreement"),
    re_path(rf"^orders/{ORDER}/why$", order_why, name="order_why"),
]
