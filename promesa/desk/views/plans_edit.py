"""The editor of a scenario: all that is agreed on one page, weighed while it is typed, with all faults at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import re_path
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from promesa.access.doors import actor, requires
from promesa.allocation import operations
from promesa.allocation.models import Scenario
from promesa.allocation.queries.plans import PlanPage, ScenarioRow, plan_page
from promesa.allocation.rules.instance import MILLION
from promesa.core.errors import NotFound, Refused, Stale
from promesa.core.ui.speech import current_language
from promesa.desk import asked, plans_told, scenario_form
from promesa.desk.forms_plans import codes_in
from promesa.desk.queries import plans as queries
from promesa.desk.scenario_form import Typed
from promesa.desk.views.plans import NUMBER, chip

MOST_WEIGHED = 12
NEW = "new"


@requires("edit_plan")
@require_http_methods(["GET", "POST"])
def scenario(request: HttpRequest, number: str, letter: str) -> HttpResponse:
    """Write a scenario over, or a new one that begins as the last."""
    page, lang = plan_page(number=number), current_language()
    stored = _stored(page, letter)
    codes = [one["code"] for one in queries.segments()]
    if request.method == "GET":
        content = {**_head(page), **stored.content}
        name = "" if letter == NEW else stored.name
        return _drawn(request, page, stored, letter, scenario_form.shown(content, name, codes, lang))
    said = scenario_form.read(request.POST, codes)
    more = asked.one_of(request.POST.get("more", ""), tuple(scenario_form.TABLES))
    if more:
        said.tables[more].append(dict.fromkeys(scenario_form.TABLES[more], ""))
        return _drawn(request, page, stored, letter, said, focus=f"{more}-{len(said.tables[more]) - 1}-value")
    return _save(request, page, stored, letter, said)


def _save(request: HttpRequest, page: PlanPage, stored: ScenarioRow, letter: str, said: Typed) -> HttpResponse:
    lang, by, at = current_language(), actor(request), timezone.now()
    content, places = scenario_form.content_of(said, lang)
    over = "" if letter == NEW else stored.letter
    try:
        made = operations.save_scenario(
            plan_id=page.id, content={**_unseen(stored.content), **content}, by=by, at=at, letter=over,
            name=said.head["name"], version=asked.key_of(request.POST.get("version", "")) or None,
        )  # fmt: skip
    except Stale:
        return _drawn(request, page, stored, letter, said, stale=True, status=409)
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        faults = _faults(refused, places, lang)
        return _drawn(request, page, stored, letter, said, faults=faults, status=refused.status)
    if "run" not in request.POST:
        messages.success(request, gettext("Scenario %(letter)s is saved.") % {"letter": made.letter})
        return redirect("plan_scenario", page.number, made.letter)
    try:
        operations.simulate(plan_id=page.id, letter=made.letter, by=by, at=at, as_of=timezone.localdate())
    except Refused as refused:
        messages.error(request, refused.sentence(lang))
        return redirect("plan_scenario", page.number, made.letter)
    messages.success(request, gettext("Scenario %(letter)s is saved and worked out.") % {"letter": made.letter})
    return redirect("plan", page.number)


def _stored(page: PlanPage, letter: str) -> ScenarioRow:
    """The scenario of this letter; for a new one, the last that there is."""
    if letter == NEW:
        return page.chosen or page.scenarios[-1]
    found = next((one for one in page.scenarios if one.letter == letter.upper()), None)
    if found is None:
        raise NotFound(page.number, what=f"{page.number} {letter}")
    return found


def _head(page: PlanPage) -> dict[str, Any]:
    return {
        "horizon_to": page.horizon_to.isoformat(), "valid_from": page.valid_from.isoformat(), "valid_to": page.valid_to.isoformat(),
    }  # fmt: skip


def _unseen(content: Mapping[str, Any]) -> dict[str, Any]:
    """What the editor does not show, kept as it is."""
    return {name: value for name, value in content.items() if name in ("warehouse", "node_limit")}


def _faults(refused: Refused, places: Mapping[str, str], lang: str) -> list[dict[str, str]]:
    """Every fault with the field that it is about; a refusal without faults is about the whole."""
    found: Sequence[Mapping[str, Any]] = getattr(refused, "errors", ())
    return [
        {"field": scenario_form.field_of(str(one["field"]), places), "text": one["sentence"][lang]} for one in found
    ] or [{"field": "", "text": refused.sentence(lang)}]


def _drawn(
    request: HttpRequest, page: PlanPage, stored: ScenarioRow, letter: str, said: Typed, *, status: int = 200,
    faults: Sequence[Mapping[str, str]] = (), stale: bool = False, focus: str = "",
) -> HttpResponse:  # fmt: skip
    lang = current_language()
    items = codes_in(said.head["items"])
    known = queries.segments()
    names = {one["code"]: one[f"name_{lang}"] for one in known}
    tables = {table: [*rows, dict.fromkeys(scenario_form.TABLES[table], "")] for table, rows in said.tables.items()}
    by_field: dict[str, str] = {}
    for fault in faults:
        by_field[fault["field"]] = (
            f"{by_field[fault['field']]} {fault['text']}" if fault["field"] in by_field else fault["text"]
        )
    context = {
        "plan": page, "chip": chip(page.state), "letter": letter, "stored": stored, "is_new": letter == NEW, "said": said,
        "segments": [{"code": code, "name": names.get(code, code), **one} for code, one in said.segments.items()],
        "tables": [_table(name, rows) for name, rows in tables.items()],
        "choices": scenario_form.choices(lang), "faults": faults, "by_field": by_field,
        "items": items[:60], "whom": queries.whom(skus=items[:200]), "segment_names": sorted(names.items()),
        "stale": stale, "stored_deeds": plans_told.deeds(stored.content, plans_told.names_in([stored.content], lang), lang)
        if stale or stored.proposed_at else [],
        "focus": focus, "bound": request.method == "POST", **_weighed(page, said),
    }  # fmt: skip
    return render(request, "desk/plans/scenario.html", context, status=status)


def _table(name: str, rows: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    cells = scenario_form.TABLES[name]
    return {
        "name": name,
        "count": len(rows),
        "cells": cells,
        "rows": [
            {"at": at, "cells": [{"cell": cell, "name": f"{name}-{at}-{cell}", "value": row[cell]} for cell in cells]}
            for at, row in enumerate(rows)
        ],
    }


@requires("edit_plan")
@require_POST
def weigh(request: HttpRequest, number: str) -> HttpResponse:
    """What is typed, weighed against what there is: nothing is written."""
    page = plan_page(number=number)
    said = scenario_form.read(request.POST, [one["code"] for one in queries.segments()])
    return render(request, "desk/plans/_weigh.html", {"plan": page, **_weighed(page, said)})


def _weighed(page: PlanPage, said: Typed) -> dict[str, Any]:
    """By item: what there is and what this scenario would give; by segment: what is asked and given."""
    lang, at, today = current_language(), timezone.now(), timezone.localdate()
    content, _ = scenario_form.content_of(said, lang)
    items = content["items"]
    if not items or len(items) > MOST_WEIGHED:
        return {"too_many": len(items) > MOST_WEIGHED, "weigh_rows": []}
    full = {"warehouse": page.warehouse, **content}
    try:
        worked = operations.work_out(scenario=Scenario(plan_id=page.id, letter="", content=full), as_of=today, at=at)
    except Refused as refused:
        return {"weigh_rows": [], "weigh_faults": len(getattr(refused, "errors", ())) or 1}
    lines = [*worked.prepared.instance.lines, *worked.prepared.fixed]
    gets: dict[Any, int] = {one.line: one.quantity for one in worked.decision.outcomes}
    gets |= {one.id: one.confirmed for one in worked.prepared.fixed}
    by_item: dict[Any, list[int]] = {}
    by_segment: dict[Any, list[int]] = {}
    torn: set[Any] = set()
    for line in lines:
        if gets.get(line.id, 0) < line.open_quantity:
            torn.add(line.order)
        for sums in (by_item.setdefault(line.item, [0, 0]), by_segment.setdefault(line.segment, [0, 0])):
            sums[0] += line.open_quantity
            sums[1] += gets.get(line.id, 0)
    supply: dict[Any, list[int]] = {}
    for pool in worked.prepared.pools.values():
        kind = supply.setdefault(pool.source.item, [0, 0])
        kind[0 if pool.source.stock is not None else 1] += pool.quantity
    for one in worked.prepared.fixed:
        supply.setdefault(one.item, [0, 0])[0] += one.confirmed
    wished = {row[0]: row[1:] for row in queries.items_by_id(ids=[*by_item, *supply])}
    found = [
        queries.Supplied(*wished[item], _units(supply.get(item, [0, 0])[0]), _units(supply.get(item, [0, 0])[1]), None,
                         _units(sums[0]), Decimal(0), _units(sums[1]), 0)
        for item, sums in ((item, by_item.get(item, [0, 0])) for item in wished)
    ]  # fmt: skip
    names = {one["code"]: one[f"name_{lang}"] for one in queries.segments()}
    places = {code: place for place, code in enumerate(names)}
    return {
        "weigh_rows": plans_told.supply_bars(found, lang),
        "weigh_segments": [
            {"name": names.get(code, code or "—"), "asked": _units(sums[0]), "gets": _units(sums[1]),
             "fill": Decimal(sums[1]) / sums[0] if sums[0] else None}
            for code, sums in sorted(by_segment.items(), key=lambda one: (places.get(one[0], len(places)), one[0]))
        ],
        "weigh_complete": len({line.order for line in lines} - torn),
        "weigh_exceptions": len(worked.decision.exceptions),
        "now": at,
    }  # fmt: skip


def _units(millionths: int) -> Decimal:
    return Decimal(millionths) / MILLION


urlpatterns = [
    re_path(rf"^shortages/plans/{NUMBER}/scenarios/(?P<letter>[A-Za-z]{{1,3}})$", scenario, name="plan_scenario"),
    re_path(rf"^shortages/plans/{NUMBER}/weigh$", weigh, name="plan_weigh"),
]
