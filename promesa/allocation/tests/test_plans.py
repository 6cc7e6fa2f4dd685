"""A plan from its draft to two signatures: each refusal changes nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from promesa.access.models import User
from promesa.access.queries import person
from promesa.access.rules import Principal
from promesa.access.states import Role
from promesa.allocation import operations
from promesa.allocation.models import Plan, Scenario, Signature
from promesa.allocation.queries.plans import plan_page, plans_page
from promesa.allocation.rules.agreement import digest
from promesa.core.actors import Actor
from promesa.core.errors import NotAllowed, Stale
from promesa.core.models import Event
from promesa.orders.tests.world import AT, World, make_world

pytestmark = pytest.mark.django_db


def who(name: str, role: Role) -> Principal:
    return person(User.objects.create(username=name, role=role))


@pytest.fixture
def world() -> World:
    return make_world(items=2)


@pytest.fixture
def seller() -> Principal:
    return who("sofia", Role.SALES)


@pytest.fixture
def clerk() -> Principal:
    return who("clara", Role.CUSTOMER_SERVICE)


def open_plan(by: Actor, **changes: Any) -> Plan:
    return operations.open_plan(
        **{"name": "Aceite", "items": ["10001"], "horizon_to": date(2026, 3, 20), "valid_to": date(2026, 4, 1),
           "warehouse": "DH", "by": by, "at": AT, **changes}
    )  # fmt: skip


def test_a_plan_opens_with_a_scenario_by_the_tiers_of_the_segments(world: World, clerk: Principal) -> None:
    plan = open_plan(clerk)
    (scenario,) = Scenario.objects.all()
    assert (plan.number, plan.state, plan.version) == ("R-2026-000001", "draft", 1)
    assert (plan.valid_from, plan.valid_to, plan.horizon_to) == (date(2026, 3, 2), date(2026, 4, 1), date(2026, 3, 20))
    assert (scenario.letter, scenario.content["tiers"], scenario.content["rule"]) == (
        "A",
        {"protect": 1},
        "proportional",
    )
    assert scenario.hash == digest(scenario.content)
    assert [event.kind for event in Event.objects.filter(subject_kind="plan").order_by("id")] == [
        "PlanOpened", "ScenarioSaved",
    ]  # fmt: skip
    assert [(row.number, row.items, row.scenarios) for row in plans_page()] == [("R-2026-000001", 1, 1)]


def test_every_fault_of_an_agreement_is_told_at_once(world: World, clerk: Principal) -> None:
    plan = open_plan(clerk)
    bad = {
        "items": ["10001", "none"],
        "rule": "loudest",
        "colour": "red",
        "floors": [{"group": {"customer": "C-9"}, "item": "10002", "quantity": "-1"}],
        "ceilings": [{"group": {"moon": 1}, "quantity": "x", "valid_from": "2026-04-01", "valid_to": "2026-03-01"}],
        "exceptions": [{"group": {"customer": "C-001"}, "strategy": "guarantee"}],
        "treatments": [{"group": {}}],
    }
    with pytest.raises(operations.AgreementInvalid) as refused:
        operations.save_scenario(plan_id=plan.pk, content=bad, by=clerk, at=AT)
    assert sorted((one["field"], one["code"]) for one in refused.value.errors) == sorted(
        [
            ("rule", "agreement_unknown_choice"),
            ("colour", "agreement_unknown_key"),
            ("floors[0].quantity", "agreement_not_a_quantity"),
            ("floors[0].item", "agreement_item_outside"),
            ("ceilings[0].group", "agreement_unknown_choice"),
            ("ceilings[0].quantity", "agreement_not_a_quantity"),
            ("ceilings[0].valid_to", "agreement_ends_before"),
            ("exceptions[0].reason", "agreement_no_reason"),
            ("treatments[0].group", "agreement_no_group"),
            ("treatments[0]", "agreement_says_nothing"),
            ("item", "agreement_unknown_reference"),
            ("customer", "agreement_unknown_reference"),
        ]
    )
    assert "No existe el cliente: C-9." in refused.value.sentence("es")
    assert Scenario.objects.count() == 1


def test_a_draft_is_written_over_and_the_same_agreement_has_the_same_hash(world: World, clerk: Principal) -> None:
    plan = open_plan(clerk)
    one = operations.save_scenario(
        plan_id=plan.pk, letter="A", by=clerk, at=AT,
        content={"items": ["10001"], "floors": [{"group": {"customer": "C-001"}, "item": "10001", "quantity": 10.50}]},
    )  # fmt: skip
    two = operations.save_scenario(
        plan_id=plan.pk, by=clerk, at=AT,
        content={"floors": [{"quantity": "10.5", "item": "10001", "group": {"customer": "C-001"}}], "items": ["10001"]},
    )  # fmt: skip
    assert (one.letter, two.letter) == ("A", "B")
    assert one.hash == two.hash == digest(Scenario.objects.get(letter="A").content)
    assert one.content["floors"] == [
        {"group": {"customer": "C-001"}, "item": "10001", "quantity": "10.5", "rank": 1, "decay": "none"}
    ]


def test_a_form_that_is_older_than_the_plan_is_refused(world: World, clerk: Principal) -> None:
    plan = open_plan(clerk)
    operations.save_scenario(plan_id=plan.pk, letter="A", content={"items": ["10002"]}, by=clerk, at=AT, version=1)
    with pytest.raises(Stale):
        operations.save_scenario(plan_id=plan.pk, letter="A", content={"items": ["10001"]}, by=clerk, at=AT, version=1)
    assert Scenario.objects.get().content["items"] == ["10002"]


def proposed(by: Actor) -> tuple[Plan, Scenario]:
    plan = operations.propose_plan(plan_id=open_plan(by).pk, letter="A", by=by, at=AT)
    assert plan.scenario is not None
    return plan, plan.scenario


def test_two_people_sign_the_same_hash_each_for_their_side(world: World, clerk: Principal, seller: Principal) -> None:
    plan, scenario = proposed(clerk)
    operations.sign_plan(plan_id=plan.pk, side="sales", agreed_hash=scenario.hash, by=seller, at=AT)
    plan.refresh_from_db()
    assert plan.state == "proposed"
    operations.sign_plan(
        plan_id=plan.pk, side="customer_service", agreed_hash=scenario.hash, by=clerk, at=AT + timedelta(hours=1)
    )
    page = plan_page(number=plan.number)
    assert page.state == "signed"
    assert page.chosen is not None
    assert [(one.side, one.name) for one in page.chosen.signatures] == [
        ("sales", "sofia"), ("customer_service", "clara"),
    ]  # fmt: skip


def test_one_person_does_not_sign_for_both_sides(world: World, clerk: Principal) -> None:
    plan, scenario = proposed(clerk)
    boss = who("marta", Role.MANAGER)
    operations.sign_plan(plan_id=plan.pk, side="sales", agreed_hash=scenario.hash, by=boss, at=AT)
    with pytest.raises(operations.SameSigner):
        operations.sign_plan(plan_id=plan.pk, side="customer_service", agreed_hash=scenario.hash, by=boss, at=AT)
    assert [one.side for one in Signature.objects.all()] == ["sales"]


def test_a_side_signs_once_and_only_who_has_its_right(world: World, clerk: Principal, seller: Principal) -> None:
    plan, scenario = proposed(clerk)
    with pytest.raises(NotAllowed):
        operations.sign_plan(plan_id=plan.pk, side="sales", agreed_hash=scenario.hash, by=clerk, at=AT)
    with pytest.raises(operations.SignerNotAPerson):
        operations.sign_plan(plan_id=plan.pk, side="sales", agreed_hash=scenario.hash, by=Actor("command"), at=AT)
    operations.sign_plan(plan_id=plan.pk, side="sales", agreed_hash=scenario.hash, by=seller, at=AT)
    other = who("saul", Role.SALES)
    with pytest.raises(operations.SideAlreadySigned) as refused:
        operations.sign_plan(plan_id=plan.pk, side="sales", agreed_hash=scenario.hash, by=other, at=AT)
    assert refused.value.sentence("es") == "Ventas ya firmó la propuesta A del plan R-2026-000001."


def test_a_draft_is_not_signed_nor_another_hash_than_was_read(
    world: World, clerk: Principal, seller: Principal
) -> None:
    draft = open_plan(clerk)
    with pytest.raises(operations.PlanNotProposed):
        operations.sign_plan(plan_id=draft.pk, side="sales", agreed_hash="", by=seller, at=AT)
    plan, _ = proposed(clerk)
    with pytest.raises(operations.AgreementChanged):
        operations.sign_plan(plan_id=plan.pk, side="sales", agreed_hash="0" * 64, by=seller, at=AT)
    assert Signature.objects.count() == 0


def test_a_proposal_that_was_tampered_with_is_not_signed(world: World, clerk: Principal, seller: Principal) -> None:
    plan, scenario = proposed(clerk)
    Scenario.objects.filter(pk=scenario.pk).update(content={**scenario.content, "items": ["10002"]})
    with pytest.raises(operations.AgreementChanged):
        operations.sign_plan(plan_id=plan.pk, side="sales", agreed_hash=scenario.hash, by=seller, at=AT)


def test_a_change_after_a_signature_is_a_new_scenario_that_nobody_signed(
    world: World, clerk: Principal, seller: Principal
) -> None:
    plan, scenario = proposed(clerk)
    operations.sign_plan(plan_id=plan.pk, side="sales", agreed_hash=scenario.hash, by=seller, at=AT)
    new = operations.save_scenario(plan_id=plan.pk, letter="A", content={"items": ["10002"]}, by=seller, at=AT)
    plan.refresh_from_db()
    scenario.refresh_from_db()
    assert (new.letter, plan.state, plan.scenario_id) == ("B", "draft", None)
    assert scenario.content["items"] == ["10001"]
    operations.propose_plan(plan_id=plan.pk, letter="B", by=clerk, at=AT)
    operations.sign_plan(plan_id=plan.pk, side="customer_service", agreed_hash=new.hash, by=clerk, at=AT)
    plan.refresh_from_db()
    assert plan.state == "proposed"


def test_a_proposal_that_was_dropped_comes_back_as_a_new_one_without_its_signatures(
    world: World, clerk: Principal, seller: Principal
) -> None:
    plan, scenario = proposed(clerk)
    operations.sign_plan(plan_id=plan.pk, side="sales", agreed_hash=scenario.hash, by=seller, at=AT)
    operations.save_scenario(plan_id=plan.pk, content={"items": ["10002"]}, by=clerk, at=AT)
    operations.propose_plan(plan_id=plan.pk, letter="B", by=clerk, at=AT)
    again = operations.propose_plan(plan_id=plan.pk, letter="A", by=clerk, at=AT)
    assert again.scenario is not None
    assert (again.scenario.letter, again.scenario.hash) == ("C", scenario.hash)
    assert Signature.objects.filter(scenario=again.scenario).count() == 0


def test_a_closed_plan_is_neither_changed_nor_proposed(world: World, clerk: Principal) -> None:
    plan = open_plan(clerk)
    operations.close_plan(plan_id=plan.pk, by=clerk, at=AT, reason="llegó el camión")
    for act in (
        lambda: operations.save_scenario(plan_id=plan.pk, content={"items": ["10001"]}, by=clerk, at=AT),
        lambda: operations.propose_plan(plan_id=plan.pk, letter="A", by=clerk, at=AT),
        lambda: operations.close_plan(plan_id=plan.pk, by=clerk, at=AT),
    ):
        with pytest.raises(operations.PlanNotChangeable):
            act()


def test_who_has_no_right_opens_no_plan(world: World) -> None:
    with pytest.raises(NotAllowed):
        open_plan(who("wally", Role.WAREHOUSE))
    assert Plan.objects.count() == 0
