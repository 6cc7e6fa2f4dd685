"""Scarcity plans over the API."""

from __future__ import annotations

import pytest

from promesa.allocation.models import Plan
from promesa.allocation.plan_schemas import ComparisonTold, PlansTold, PlanTold, PublicationTold, ReasonsTold
from promesa.allocation.tests.scarce import scarce, signed
from promesa.orders.tests.test_api import poster

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.wired]

NEW = {"name": "Aceite", "items": ["10001"], "horizon_to": "2026-12-20", "valid_to": "2027-01-07",
       "content": {"rule": "max_min", "tiers": {"protect": 1, "build": 1}}}  # fmt: skip


def test_a_program_writes_a_plan_works_it_out_and_publishes_what_people_signed() -> None:
    case = scarce()
    post = poster("plans:write")
    made = post("/plans", NEW)
    assert made.status_code == 201, made.content
    number = PlanTold.model_validate(made.json()).number
    assert post(f"/plans/{number}/proposal", {"letter": "A"}).json()["state"] == "proposed"
    run = post(f"/plans/{number}/runs", {}).json()["runs"][0]
    assert (run["number"], run["rule"], run["stats"]["share"]) == (1, "max_min", "100")
    refused = post(f"/plans/{number}/runs/1/publication", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "plan_not_signed")
    signed(Plan.objects.get())
    done = post(f"/plans/{number}/runs/1/publication", {})
    assert PublicationTold.model_validate(done.json()).model_dump() == {
        "published": [1], "refused": [], "changes": [], "notices": 4,
    }  # fmt: skip
    client = post.client  # type: ignore[attr-defined]
    found = ComparisonTold.model_validate(client.get(f"/api/v1/plans/{number}/runs/1/comparison").json())
    assert (found.first, found.second, found.today.units, found.first_figures.jain) == (
        f"{number}/1",
        None,
        "100",
        "0.9522",
    )
    order = case.line(0).order.number
    why = ReasonsTold.model_validate(client.get(f"/api/v1/plans/{number}/runs/1/lines/{order}/1").json())
    assert (why.share_quantity, len(why.why["es"]) > 1) == ("35", True)
    assert PlansTold.model_validate(client.get("/api/v1/plans").json()).items[0].number == number


def test_every_fault_of_a_scenario_comes_back_at_once() -> None:
    scarce(asked=(10,))
    post = poster("plans:write")
    number = post("/plans", NEW).json()["number"]
    refused = post(f"/plans/{number}/scenarios", {"content": {"items": ["10001", "x"], "rule": "loudest"}})
    assert (refused.status_code, {one["field"] for one in refused.json()["errors"]}) == (422, {"rule", "item"})


def test_who_may_only_read_plans_writes_none() -> None:
    scarce(asked=(10,))
    assert poster("plans:read")("/plans", NEW).status_code == 403
