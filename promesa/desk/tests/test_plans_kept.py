"""The pages of a plan that is kept, and of the release desk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from promesa.access.models import User
from promesa.access.states import Role
from promesa.allocation import operations
from promesa.allocation.models import Override, Plan
from promesa.allocation.tests.scarce import BOSS, LATER, Scarce, plan_of, scarce, signed
from promesa.orders.models import Order

pytestmark = [pytest.mark.django_db, pytest.mark.wired]


@pytest.fixture
def case() -> Scarce:
    case = scarce()
    plan = signed(plan_of(case, tiers={"protect": 1, "build": 1}))
    run = operations.simulate(plan_id=plan.pk, by=BOSS, at=LATER)
    operations.publish_run(run_id=run.pk, by=BOSS, at=LATER + timedelta(hours=1))
    return case


def signed_in(role: Role, language: str = "es") -> Client:
    client = Client()
    user = User.objects.create(username=f"u-{role}", role=role, language=language)
    client.force_login(user)
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_plan_says_how_far_it_is_kept_in_the_language_of_who_reads(case: Scarce) -> None:
    number = Plan.objects.get().number
    assert "El plan se cumple al 100,0" in text(signed_in(Role.CUSTOMER_SERVICE).get(f"/shortages/plans/{number}/kept"))
    assert "The plan is kept to 100.0" in text(signed_in(Role.SALES, "en").get(f"/shortages/plans/{number}/kept"))


def test_the_desk_shows_what_a_move_does_and_makes_it_when_it_is_sent_with_its_reason(case: Scarce) -> None:
    client, lines = signed_in(Role.MANAGER), case.lines()
    address = f"/shortages/items/{case.world.items[0].sku}/desk"
    asked = {"from": lines[0].pk, "to": lines[3].pk, "quantity": "3"}
    shown = client.get(address, asked)
    assert "Qué provoca" in text(shown)
    assert not Override.objects.exists()
    assert client.post(address, asked).status_code == 409
    assert not Override.objects.exists()
    done = client.post(address, {**asked, "reason": "emergency", "requested_by": "Marta"})
    assert (done.status_code, Override.objects.get().quantity) == (302, 3)


def test_who_may_not_move_so_much_is_told_so_before_and_after(case: Scarce) -> None:
    client, lines = signed_in(Role.CUSTOMER_SERVICE), case.lines()
    address = f"/shortages/items/{case.world.items[0].sku}/desk"
    asked = {"from": lines[0].pk, "to": lines[3].pk, "quantity": "3"}
    assert "Su responsable sí puede" in text(client.get(address, asked))
    refused = client.post(address, {**asked, "reason": "emergency", "requested_by": "Marta"})
    assert (refused.status_code, Override.objects.exists()) == (409, False)
    assert "Hoy le quedan 2" in text(refused)


def test_what_is_no_quantity_is_told_and_nothing_typed_is_lost(case: Scarce) -> None:
    answer = signed_in(Role.MANAGER).get(f"/shortages/items/{case.world.items[0].sku}/desk", {"quantity": "tres"})
    assert answer.status_code == 422
    assert 'value="tres"' in text(answer)


def test_the_warehouse_sees_neither_page(case: Scarce) -> None:
    client = signed_in(Role.WAREHOUSE)
    assert client.get(f"/shortages/items/{case.world.items[0].sku}/desk").status_code == 403
    assert client.get(f"/shortages/plans/{Plan.objects.get().number}/kept").status_code == 403


def test_a_move_stands_in_the_history_of_the_plan_that_it_went_against(case: Scarce) -> None:
    client, lines, number = signed_in(Role.MANAGER), case.lines(), Plan.objects.get().number
    assert "Se movió mercancía" not in text(client.get(f"/shortages/plans/{number}"))
    asked = {"from": lines[0].pk, "to": lines[3].pk, "quantity": "3", "reason": "emergency", "requested_by": "Marta"}
    client.post(f"/shortages/items/{case.world.items[0].sku}/desk", asked)
    assert "Se movió mercancía a última hora: 3" in text(client.get(f"/shortages/plans/{number}"))


def test_what_was_before_a_plan_is_called_today_only_until_it_is_in_force(case: Scarce) -> None:
    client, plan = signed_in(Role.SALES, "en"), Plan.objects.get()
    shown = text(client.get(f"/shortages/plans/{plan.number}"))
    assert (">Before<" in shown, "; before, " in shown, "Today it is" in shown) == (True, True, False)
    printed = text(client.get(f"/shortages/plans/{plan.number}/agreement"))
    assert (">Had before<" in printed, "Has today" in printed) == (True, False)
    other = plan_of(case)
    operations.simulate(plan_id=other.pk, letter="A", by=BOSS, at=LATER)
    shown = text(client.get(f"/shortages/plans/{other.number}"))
    assert (">Today<" in shown, ">Before<" in shown) == (True, False)
    assert "everything went where" not in text(client.get(f"/shortages/plans/{other.number}/kept"))


def test_two_orders_of_one_customer_are_said_to_be_so() -> None:
    case = scarce(asked=(110, 20))
    Order.objects.update(customer=case.customers[0])
    assert "2 orders of one customer and" in text(signed_in(Role.SALES, "en").get("/shortages"))
    assert "Tocan 2 pedidos de un cliente y" in text(signed_in(Role.MANAGER).get("/shortages"))
