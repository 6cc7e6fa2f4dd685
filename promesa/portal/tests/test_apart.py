"""Customers apart: nobody sees another's things, nor learns that there are any."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from promesa.access.models import User
from promesa.catalog.models import ItemCode
from promesa.customers.models import Site
from promesa.orders.models import Order
from promesa.orders.operations import capture_order
from promesa.orders.tests.world import CLERK, World, name_for_customer
from promesa.portal.tests.conftest import person_of
from promesa.portal.tests.sending import quote, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wired")]


@pytest.fixture
def theirs(world: World) -> str:
    """The number of an order of the customer whose person `rosa` is."""
    return capture_order(draft=world.draft(5, po_number="SECRET-1"), by=CLERK, at=timezone.now()).number


@pytest.mark.parametrize("address", ["/portal/orders/{}", "/portal/orders/new?like={}"])
def test_anothers_order_is_as_if_it_did_not_exist(stranger: Client, rosa: Client, theirs: str, address: str) -> None:
    other, none = stranger.get(address.format(theirs)), stranger.get(address.format("P-2026-999999"))
    assert (other.status_code, none.status_code) == (404, 404)
    assert _told(other, theirs) == _told(none, "P-2026-999999")
    assert rosa.get(address.format(theirs)).status_code == 200


def _told(answer: object, number: str) -> str:
    html = answer.content.decode()  # type: ignore[attr-defined]
    return str(html.split("<main")[-1].replace(number, "#").split("If you ask for help")[0])


def test_the_list_holds_nothing_of_another_whatever_its_key(stranger: Client, theirs: str) -> None:
    after = Order.objects.get().pk
    for address in ("/portal", f"/portal?after={after + 1}", f"/portal?after={after}"):
        html = stranger.get(address).content.decode()
        assert theirs not in html
        assert "SECRET-1" not in html


def test_a_quote_and_an_order_are_ones_own_whoever_is_named(stranger: Client, world: World, theirs: str) -> None:
    name_for_customer(world, "ACE-7")
    answer = quote(
        stranger, {"code": "ACE-7", "quantity": "1"}, {"code": "10001", "quantity": "1"}, customer="C-001",
        po_number="SECRET-1",
    )  # fmt: skip
    assert answer["errors"] == []
    assert "item" not in answer["lines"][0]
    send(stranger, ["10001"], ["1"], customer="C-001", customer_id=world.customer.pk, po_number="SECRET-1")
    made = Order.objects.exclude(number=theirs).get()
    assert made.customer.number == "C-002"


def test_anothers_place_of_delivery_is_unknown(stranger: Client, world: World) -> None:
    Site.objects.create(customer=world.customer, number="9", name="Secreta")
    page = send(stranger, ["10001"], ["1"], ship_to="9", wait="1")
    assert (page.status_code, Order.objects.count()) == (422, 0)
    html = page.content.decode()
    assert "We do not know delivery place 9" in html
    assert "Secreta" not in html


def test_anothers_code_suggests_nothing(stranger: Client, world: World, rosa: Client) -> None:
    ItemCode.objects.create(customer=world.customer, item=world.items[0], code="ZZTOP")
    address = "/portal/orders/new/items?q=ZZTOP&customer=C-001"
    assert stranger.get(address).json() == {"options": []}
    assert [one["value"] for one in rosa.get(address).json()["options"]] == ["10001"]


def test_staff_have_no_portal_and_customers_no_desk(rosa: Client, world: World, theirs: str) -> None:
    for n, role in enumerate(("administrator", "manager", "customer_service")):
        client = Client()
        client.force_login(User.objects.create(username=f"s{n}", role=role))
        for address in ("/portal", "/portal/orders/new", f"/portal/orders/{theirs}"):
            assert client.get(address).status_code == 403
    for address in ("/orders", f"/orders/{theirs}", "/orders/new", "/search?q=PO", "/customers", "/results"):
        assert rosa.get(address).status_code == 403
    assert rosa.get("/api/v1/orders").status_code == 401
    assert rosa.post(f"/orders/{theirs}/cancel").status_code == 403


def test_customers_come_home_to_the_portal_and_find_nothing_of_the_desk_there(rosa: Client, world: World) -> None:
    answer = rosa.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/portal")
    html = rosa.get("/portal").content.decode()
    for address in ('href="/orders"', 'href="/customers"', 'href="/results"', 'href="/intake"', 'action="/search"'):
        assert address not in html
    assert world.customer.name in html
    assert rosa.get("/account").status_code == 200


def test_every_form_needs_its_token(world: World) -> None:
    user = User.objects.create(username="eva", role="customer", customer=world.customer.pk)
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    assert send(client, ["10001"], ["1"]).status_code == 403
    assert client.post("/portal/orders/new/quote", "{}", content_type="application/json").status_code == 403
    assert Order.objects.count() == 0


def test_who_is_shut_out_or_of_no_customer_that_is_there_sees_nothing(rosa: Client, world: World, theirs: str) -> None:
    User.objects.update(is_active=False)
    assert rosa.get("/portal").status_code == 302
    nobody = person_of(999_999)
    assert "SECRET-1" not in nobody.get("/portal").content.decode()
    assert [nobody.get(f"/portal/orders/{one}").status_code for one in (theirs, "new")] == [404, 404]
