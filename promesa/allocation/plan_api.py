"""Scarcity plans over the API: write, propose, work out, compare, publish, ask why. People sign them, programs do not."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from promesa.access.doors import actor, key
from promesa.allocation import operations
from promesa.allocation.plan_schemas import (
    ComparisonFilters,
    ComparisonTold,
    NewPlan,
    NewRun,
    NewScenario,
    PlanFilters,
    PlansTold,
    PlanTold,
    Proposed,
    PublicationTold,
    ReasonsTold,
)
from promesa.allocation.queries import comparing, explaining, plans
from promesa.core import words
from promesa.core.api import READ, WRITE, Made, answer, creating, paged

router = Router(tags=["plans"])


@router.get("/plans", auth=key("see_plans"), response={200: PlansTold, **READ}, summary="List plans")
def list_plans(request: HttpRequest, filters: Query[PlanFilters]) -> HttpResponse:
    """Newest first."""
    found = [_plain(one) for one in plans.plans_page(after=filters.after, limit=filters.limit, state=filters.state)]
    return answer(paged(found, limit=filters.limit, key=lambda one: one["number"]))


@router.post("/plans", auth=key("edit_plan"), response={201: PlanTold, **WRITE}, summary="Open a plan")
def open_plan(request: HttpRequest, body: NewPlan) -> HttpResponse:
    """With its scenario A: in proportion to the orders, by the tiers of the segments, or as `content` says."""

    def act(at: datetime) -> Made:
        made = operations.open_plan(
            name=body.name, items=body.items, horizon_to=body.horizon_to, valid_to=body.valid_to,
            valid_from=body.valid_from, warehouse=body.warehouse, reason=body.reason, content=body.content,
            by=actor(request), at=at,
        )  # fmt: skip
        return Made(_plan(made.number))

    return creating(request, "open_plan", act)


@router.get("/plans/{number}", auth=key("see_plans"), response={200: PlanTold, **READ}, summary="A plan")
def show_plan(request: HttpRequest, number: str) -> HttpResponse:
    """Scenarios with their signatures, and runs."""
    return answer(_plan(number))


@router.post(
    "/plans/{number}/scenarios", auth=key("edit_plan"), response={201: PlanTold, **WRITE}, summary="Write a scenario"
)
def save_scenario(request: HttpRequest, number: str, body: NewScenario) -> HttpResponse:
    """Every fault is told at once. What was proposed is not written over: its change is a new scenario."""

    def act(at: datetime) -> Made:
        operations.save_scenario(
            plan_id=plans.plan_id(number=number), content=body.content, letter=body.letter, name=body.name,
            by=actor(request), at=at,
        )  # fmt: skip
        return Made(_plan(number))

    return creating(request, "save_scenario", act)


@router.post(
    "/plans/{number}/proposal",
    auth=key("propose_plan"),
    response={201: PlanTold, **WRITE},
    summary="Propose a scenario",
)
def propose_plan(request: HttpRequest, number: str, body: Proposed) -> HttpResponse:
    """From here on it never changes; sales and customer service sign it in the application."""

    def act(at: datetime) -> Made:
        operations.propose_plan(plan_id=plans.plan_id(number=number), letter=body.letter, by=actor(request), at=at)
        return Made(_plan(number))

    return creating(request, "propose_plan", act)


@router.post(
    "/plans/{number}/runs", auth=key("edit_plan"), response={201: PlanTold, **WRITE}, summary="Work a plan out"
)
def run_plan(request: HttpRequest, number: str, body: NewRun) -> HttpResponse:
    """On what there is now; the newest run comes first. Nothing but the run is written."""

    def act(at: datetime) -> Made:
        operations.simulate(plan_id=plans.plan_id(number=number), letter=body.letter, by=actor(request), at=at)
        return Made(_plan(number))

    return creating(request, "run_plan", act)


@router.get(
    "/plans/{number}/runs/{run}/comparison", auth=key("see_plans"), response={200: ComparisonTold, **READ},
    summary="Compare a run",
)  # fmt: skip
def compare_runs(request: HttpRequest, number: str, run: int, filters: Query[ComparisonFilters]) -> HttpResponse:
    """With what customers have today, and with the run `beside` of the same plan."""
    second = comparing.run_id(label=f"{number}/{filters.beside}") if filters.beside else None
    found = comparing.compare(first=comparing.run_id(label=f"{number}/{run}"), second=second)
    told = _plain(found)
    told["first"], told["second"] = found.first.label, found.second.label if found.second else None
    return answer(told)


@router.post(
    "/plans/{number}/runs/{run}/publication", auth=key("publish_plan"), response={201: PublicationTold, **WRITE},
    summary="Put a run in force",
)  # fmt: skip
def publish_run(request: HttpRequest, number: str, run: int) -> HttpResponse:
    """Of a signed plan, part by part: each stands when it is done. What changed since the run is refused and told, the rest goes
    through; broken off, the same request goes on where it stopped."""

    def act(at: datetime) -> Made:
        run_id = comparing.run_id(label=f"{number}/{run}")
        made = operations.publish_run(run_id=run_id, by=actor(request), at=at)
        changes = [{**one, "sentence": words.both(one["code"], one["params"])} for one in made.changes]
        return Made(
            {
                "published": list(made.published),
                "refused": list(made.refused),
                "changes": changes,
                "notices": made.notices,
            }
        )

    return creating(request, "publish_run", act, in_steps=True)


@router.get(
    "/plans/{number}/runs/{run}/lines/{order}/{line}", auth=key("see_plans"), response={200: ReasonsTold, **READ},
    summary="Why a line got its share",
)  # fmt: skip
def explain_line(request: HttpRequest, number: str, run: int, order: str, line: int) -> HttpResponse:
    """The rules that spoke, in order."""
    run_id = comparing.run_id(label=f"{number}/{run}")
    line_id = explaining.line_id(order=order, line_number=line)
    found = explaining.explain(run_id=run_id, line_id=line_id, again=False, within=actor(request).customer_id)
    return answer({
        "order": found.order, "line": found.line_number, "item": found.item, "strategy": found.strategy, "tier": found.tier,
        "open_quantity": _text(found.open_quantity), "before_quantity": _text(found.before_quantity),
        "share_quantity": _text(found.share_quantity), "why": {lang: found.sentences(lang) for lang in words.LANGUAGES},
    })  # fmt: skip


def _plan(number: str) -> dict[str, Any]:
    return _plain(plans.plan_page(number=number))


def _plain(found: Any) -> Any:
    """As JSON: ids stay inside, decimals are text."""
    if dataclasses.is_dataclass(found) and not isinstance(found, type):
        return {
            one.name: _plain(getattr(found, one.name))
            for one in dataclasses.fields(found)
            if one.name != "id" and not one.name.endswith("_id")
        }
    if isinstance(found, tuple | list):
        return [_plain(one) for one in found]
    if isinstance(found, Decimal):
        return _text(found)
    return found.isoformat() if isinstance(found, date) else found


def _text(quantity: Decimal) -> str:
    return f"{quantity.normalize():f}"
