"""Scarcity plans over the API."""

from __future__ import annotations

from typing import Any

import pytest

from promesa.allocation.models import Notice, Plan, RunPart
from promesa.allocation.operations import publishing
from promesa.allocation.plan_schemas import ComparisonTold, PlansTold, PlanTold, PublicationTold, ReasonsTold
from promesa.allocation.tests.scarce import scarce, signed
from promesa.allocation.tests.test_publishing import run_of, two_items
from promesa.core import idempotency
from promesa.core.models import Event
from promesa.core.tests.races import race
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


def two_parts() -> tuple[Any, Any, str]:
    """A run of two parts that two people signed: its program, its run, where it is published."""
    case = two_items()
    run = run_of(case)
    return case, run, f"/plans/{run.plan.number}/runs/{run.number}/publication"


def test_each_part_that_a_program_publishes_stands_and_the_same_request_goes_on_after_a_stop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, run, there = two_parts()
    real = publishing.publish_part

    def dies(*, run_id: int, part: int, **rest: Any) -> str:
        if part == 2:
            raise RuntimeError("killed")
        state: str = real(run_id=run_id, part=part, **rest)
        return state

    post = poster("plans:write")
    monkeypatch.setattr(publishing, "publish_part", dies)
    assert post(there, {}, key="k1").status_code == 500
    assert [part.state for part in RunPart.objects.filter(run=run).order_by("number")] == ["published", "waiting"]
    assert Notice.objects.count() == 0
    monkeypatch.undo()
    # The key is this request's: another run under it is refused, and this one goes on.
    other = post(there.replace("/1/publication", "/9/publication"), {}, key="k1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    done = post(there, {}, key="k1")
    assert (done.status_code, done.headers.get("Idempotent-Replay")) == (201, None)
    assert done.json() == {"published": [1, 2], "refused": [], "changes": [], "notices": 6}
    events = Event.objects.count()
    again = post(there, {}, key="k1")
    assert (again.status_code, again.json(), again.headers["Idempotent-Replay"]) == (201, done.json(), "true")
    assert (Event.objects.count(), Notice.objects.count()) == (events, 6)


def test_a_stop_before_the_answer_was_kept_gives_the_same_answer_when_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, _, there = two_parts()

    def dies(*_: Any) -> Any:
        raise RuntimeError("killed")

    post = poster("plans:write")
    monkeypatch.setattr(idempotency, "_ended", dies)
    assert post(there, {}, key="k1").status_code == 500
    monkeypatch.undo()
    assert Notice.objects.count() == 6
    events = Event.objects.count()
    assert post(there, {}, key="k1").json() == {"published": [1, 2], "refused": [], "changes": [], "notices": 6}
    assert (Event.objects.count(), Notice.objects.count()) == (events, 6)


def test_the_key_of_a_refused_publication_may_come_again_when_it_is_signed() -> None:
    scarce()
    post = poster("plans:write")
    number = post("/plans", NEW).json()["number"]
    post(f"/plans/{number}/proposal", {"letter": "A"})
    post(f"/plans/{number}/runs", {})
    there = f"/plans/{number}/runs/1/publication"
    assert post(there, {}, key="k1").json()["code"] == "plan_not_signed"
    signed(Plan.objects.get())
    assert post(there, {}, key="k1").status_code == 201


def test_the_same_publication_twice_at_once_is_one_and_both_are_told_the_same() -> None:
    _, _, there = two_parts()
    post = poster("plans:write")
    first, second = race([lambda: post(there, {}, key="k1"), lambda: post(there, {}, key="k1")])
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json() == {"published": [1, 2], "refused": [], "changes": [], "notices": 6}
    assert Event.objects.filter(kind="PartPublished").count() == 2
    assert Event.objects.filter(kind="PlanPublished").count() == 1
    assert Notice.objects.count() == 6
