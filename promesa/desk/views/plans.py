"""Plans: all of them, a new one, and one whole: scenarios beside each other, who signed, what happened, what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, re_path
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from promesa.access.doors import actor, requires
from promesa.access.queries import names_of
from promesa.allocation import operations
from promesa.allocation.queries.comparing import compare
from promesa.allocation.queries.plans import PlanPage, PlanRow, plan_page, plans_page
from promesa.allocation.states import PlanState, Side
from promesa.core import words
from promesa.core.errors import Refused
from promesa.core.ui.speech import current_language
from promesa.desk import asked, plans_told, refusals
from promesa.desk.forms_plans import OpenForm
from promesa.desk.queries import plans as queries
from promesa.desk.queries.shortages import warehouses

NUMBER = r"(?P<number>(?!new$)[^/]{1,20})"
LETTER = r"(?P<letter>[A-Za-z]{1,3})"
TONES = {PlanState.DRAFT: "info", PlanState.PROPOSED: "risk", PlanState.SIGNED: "prov", PlanState.PUBLISHED: "kept"}
PAGE = 50
SIGNS = {Side.SALES: "sign_plan_sales", Side.CUSTOMER_SERVICE: "sign_plan_service"}


@requires("see_plans")
@require_GET
def plans(request: HttpRequest) -> HttpResponse:
    """All plans, the newest first."""
    state = asked.one_of(request.GET.get("state", ""), tuple(PlanState))
    found = plans_page(after=asked.text_of(request.GET, "after", 20), limit=PAGE, state=state)
    shown = found[:PAGE]
    known = [("", gettext("All")), *((one.value, state_word(one)) for one in PlanState)]
    context = {
        "rows": [{"one": one, "chip": chip(one.state), "left": _left(one)} for one in shown],
        "tabs": [
            {"word": word, "here": value == state,
             "href": asked.with_(request, state=value) if value else asked.without(request, "state")}
            for value, word in known
        ],
        "state": state,
        "next_url": asked.with_(request, after=shown[-1].number) if len(found) > PAGE else "",
        "first_url": asked.without(request) if request.GET.get("after") else "",
        "may": actor(request).verbs,
    }  # fmt: skip
    return render(request, "desk/plans/list.html", context)


def _left(one: PlanRow) -> int:
    """How many signatures a proposal still lacks."""
    return len(Side) - one.signatures if one.state == PlanState.PROPOSED else 0


def state_word(state: str) -> str:
    """`signed` -> Firmado"""
    said = words.say(f"plan_state_{state}", {}, current_language())
    return said[:1].upper() + said[1:]


def chip(state: str) -> dict[str, str]:
    """The state as a chip."""
    return {"word": state_word(state), "tone": TONES.get(PlanState(state), "")}


@requires("edit_plan")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a plan of some items, with its first scenario."""
    today = timezone.localdate()
    if request.method == "GET":
        items = [text[:60] for text in request.GET.getlist("item")[:200] if text.strip()]
        initial = {
            "items": "\n".join(items), "horizon_to": today + timedelta(days=14), "valid_to": today + timedelta(days=28),
        }  # fmt: skip
        return _drawn(request, OpenForm(initial=initial, places=warehouses()))
    form = OpenForm(request.POST, places=warehouses())
    if form.is_valid():
        try:
            made = operations.open_plan(**form.said(today), by=actor(request), at=timezone.now())
        except Refused as refused:
            refusals.show(form, refused, field="items", names={"item": "items"})
        else:
            messages.success(request, gettext("The plan is open. Write its first scenario, or work it out as it is."))
            return redirect("plan_scenario", made.number, "A")
    return _drawn(request, form)


def _drawn(request: HttpRequest, form: OpenForm) -> HttpResponse:
    return render(request, "desk/plans/new.html", {"form": form}, status=422 if form.errors else 200)


# --- One plan ------------------------------------------------------------------------------------------------------------


@requires("see_plans")
@require_GET
def plan(request: HttpRequest, number: str) -> HttpResponse:
    """One plan whole."""
    return draw(request, number)


def draw(request: HttpRequest, number: str, status: int = 200, **extra: Any) -> HttpResponse:
    """The page of a plan, with what an act that was refused has to say (`extra`)."""
    page = plan_page(number=number)
    return render(request, "desk/plans/plan.html", {**context_of(request, page), **extra}, status=status)


def context_of(request: HttpRequest, page: PlanPage) -> dict[str, Any]:
    """What the template of the plan draws."""
    lang = current_language()
    names = plans_told.names_in([one.content for one in page.scenarios], lang)
    cols = plans_told.columns(page)
    happened = queries.journal(plan_id=page.id)
    people = names_of({one.actor for one in happened} | {page.opened_by})
    return {
        "plan": page,
        "chip": chip(page.state),
        "next": next_of(page, actor(request).verbs, request.user.pk or 0),
        "cards": [
            {"one": col.scenario, "run": col.run, "css": col.css, "deeds": plans_told.deeds(col.scenario.content, names, lang)}
            for col in cols
        ],
        "older": [one for one in page.scenarios if one.id not in {col.scenario.id for col in cols}],
        "signatures": signatures_of(page, lang),
        "timeline": plans_told.timeline(happened, people, lang),
        "opened_by": people.get(page.opened_by, ""),
        "may": actor(request).verbs,
        "changeable": page.state != PlanState.CLOSED,
        **_compared(request, page, cols, names, lang),
    }  # fmt: skip


def _compared(
    request: HttpRequest, page: PlanPage, cols: Sequence[plans_told.Column], names: plans_told.Names, lang: str
) -> dict[str, Any]:
    """Who gets what, effects, supply and exceptions: of the scenarios that were worked out."""
    worked = [col for col in cols if col.run is not None]
    if not worked:
        return {"worked": False, "effect_heading": plans_told.effect_heading((), lang)}
    compared = [(col, compare(first=col.run.id)) for col in worked if col.run]
    main = next((col for col in worked if col.scenario.is_chosen), worked[-1])
    runs = [col.run.id for col in worked if col.run]
    assert main.run is not None
    skus = list(main.scenario.content.get("items", ()))
    item = asked.one_of(request.GET.get("item", ""), skus)
    after = asked.key_of(request.GET.get("after", ""))
    found, counted = queries.shared(base=main.run.id, runs=runs, item=item, after=after)
    supply = queries.supplied(run_id=main.run.id)
    return {
        "worked": True,
        "main": main,
        "columns": worked,
        "rows": plans_told.who_gets(found, worked, names, lang),
        "counted": counted,
        "sums": [counted.gets.get(run) for run in runs],
        "next_url": asked.with_(request, after=after + len(found))
        if after + len(found) < counted.lines and found
        else "",
        "first_url": asked.without(request, "after") if after else "",
        "several": len(skus) > 1,
        "item": item,
        "effects": plans_told.effects(compared, lang),
        "effect_heading": plans_told.effect_heading(compared, lang, state=page.state),
        "supply": plans_told.supply_bars(supply, lang),
        "exceptions": plans_told.exceptions(queries.exceptions_of(run_id=main.run.id), lang),
        "refused": plans_told.changes(queries.refused_changes(run_id=main.run.id), lang),
        "inflation": list(main.run.stats.get("inflation", ()))[:8],
    }


def signatures_of(page: PlanPage, lang: str) -> list[dict[str, Any]]:
    """Both sides: who signed and when, or that the signature is wanted."""
    signed = {one.side: one for one in page.chosen.signatures} if page.chosen else {}
    return [
        {"side": side.value, "word": words.say(f"plan_side_{side}", {}, lang), "one": signed.get(side.value)}
        for side in Side
    ]


def next_of(page: PlanPage, verbs: frozenset[str], user_id: int) -> dict[str, Any]:
    """The one next action of a plan, who has it, and whether this person can do it."""
    chosen = page.chosen
    latest = page.runs[0] if page.runs else None
    if page.state == PlanState.DRAFT:
        if latest is None:
            return {"kind": "run", "letter": page.scenarios[-1].letter, "mine": True}
        return {"kind": "propose", "letter": latest.letter, "mine": "propose_plan" in verbs}
    if page.state == PlanState.PROPOSED and chosen is not None:
        signed = {one.side for one in chosen.signatures}
        mine = any(verb in verbs and side not in signed for side, verb in SIGNS.items())
        mine = mine and user_id not in {one.user_id for one in chosen.signatures}
        wanted = [words.say(f"plan_side_{side}", {}, current_language()) for side in Side if side not in signed]
        return {"kind": "sign", "letter": chosen.letter, "mine": mine, "wanted": wanted}
    if page.state == PlanState.SIGNED and chosen is not None:
        return {"kind": "publish", "letter": chosen.letter, "mine": "publish_plan" in verbs}
    if page.state == PlanState.PUBLISHED and chosen is not None:
        return {"kind": "keep", "letter": chosen.letter, "mine": True}
    return {"kind": "closed", "mine": False}


urlpatterns = [
    path("shortages/plans", plans, name="plans"),
    path("shortages/plans/new", new, name="plan_new"),
    re_path(rf"^shortages/plans/{NUMBER}$", plan, name="plan"),
]
