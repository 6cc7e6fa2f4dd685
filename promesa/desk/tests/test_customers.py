"""Customers: the list, the page, and changing what was agreed."""

from datetime import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from promesa.customers.models import Customer, Person, ReceivingWindow, Site
from promesa.desk.tests.conftest import SignedIn
from promesa.desk.tests.ground import D, capture, text_of
from promesa.orders.tests.world import World, another_customer, make_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wired")]


@pytest.fixture
def world() -> World:
    return make_world(stock=1000, credit=D(1000))


def terms(**changes: object) -> dict[str, object]:
    """The form of the customer of the world, as a browser sends it."""
    return {
        "name": "Distribuciones Ribera Alta, S.L.", "language": "es", "segment": "protect",
        "payment_days": "30", "credit_limit": "1000", "invoice_from": "delivery", "early_days": "1", "late_days": "0",
        "under_percent": "0", "over_percent": "0", "price_tolerance_percent": "0", "partial_deliveries": "on",
        "version": "1", **changes,
    }  # fmt: skip


def test_the_page_tells_what_is_promised_and_what_was_agreed(signed_in: SignedIn, world: World) -> None:
    order = capture(world, 5)
    page = text_of(signed_in().get("/customers/C-001").content)
    assert "1 open promise" in page
    assert order.number in page
    assert "1 day early, 0 days late" in page


def test_the_list_finds_by_name_without_accents_and_by_number(signed_in: SignedIn, world: World) -> None:
    another_customer(world, 2)
    client = signed_in()
    assert client.get("/customers?q=RIBERA").content.count(b'class="id"') == 1
    assert client.get("/customers?q=C-002").content.count(b'class="id"') == 1
    assert "No customer fits" in text_of(client.get("/customers?q=nadie%25").content)


def test_the_list_runs_page_by_page_without_loss(signed_in: SignedIn, world: World) -> None:
    for n in range(2, 54):
        another_customer(world, n)
    client = signed_in()
    first = client.get("/customers").content.decode()
    assert first.count('class="id"') == 50
    following = first.split('rel="next"')[0].rpartition('href="')[2].split('"')[0].replace("&amp;", "&")
    assert client.get(f"/customers{following}").content.count(b'class="id"') == 3


def test_terms_are_changed_and_new_orders_use_them(signed_in: SignedIn, world: World) -> None:
    answer = signed_in("manager").post(
        "/customers/C-001/terms", terms(late_days="2", credit_limit="2,500.50", substitutes="on")
    )
    assert answer.status_code == 302
    customer = Customer.objects.get(number="C-001")
    assert (customer.late_days, customer.credit_limit, customer.substitutes, customer.version) == (
        2,
        D("2500.50"),
        True,
        2,
    )
    assert capture(world, 5).late_days == 2


def test_a_form_that_grew_old_shows_the_difference_and_loses_nothing(signed_in: SignedIn, world: World) -> None:
    Customer.objects.filter(number="C-001").update(phone="+34 955 111 222", version=2)
    client = signed_in("manager")
    answer = client.post("/customers/C-001/terms", terms(phone="+34 955 999 999"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody changed this while you had it open." in page
    assert "+34 955 111 222" in page
    assert 'value="+34 955 999 999"' in page
    assert Customer.objects.get(number="C-001").phone == "+34 955 111 222"
    assert client.post("/customers/C-001/terms", terms(phone="+34 955 999 999", version="2")).status_code == 302
    assert Customer.objects.get(number="C-001").phone == "+34 955 999 999"


def test_who_may_not_change_credit_does_not_even_see_its_fields(signed_in: SignedIn, world: World) -> None:
    client = signed_in("customer_service")
    assert 'name="credit_limit"' not in client.get("/customers/C-001/terms").content.decode()
    assert client.post("/customers/C-001/terms", terms(credit_limit="999999", late_days="1")).status_code == 302
    customer = Customer.objects.get(number="C-001")
    assert (customer.credit_limit, customer.late_days) == (D(1000), 1)


def test_all_that_is_wrong_is_told_at_once(signed_in: SignedIn, world: World) -> None:
    answer = signed_in("manager").post("/customers/C-001/terms", terms(name="", payment_days="400", under_percent="x"))
    page = text_of(answer.content)
    assert answer.status_code == 422
    assert "3 things to correct" in page
    assert "“x” is no number." in page


def test_a_place_with_its_hours_is_saved(signed_in: SignedIn, world: World) -> None:
    said = {
        "number": "2", "name": "Tienda Centro", "country": "es", "time_zone": "Europe/Madrid", "transit_days": "1",
        "day1": "7:00-12:00, 15:00-17:30",
    }  # fmt: skip
    assert signed_in().post("/customers/C-001/sites/new", said).status_code == 302
    site = Site.objects.get(number="2")
    assert (site.country, site.is_default) == ("ES", False)
    assert list(ReceivingWindow.objects.filter(site=site).order_by("opens").values_list("weekday", "opens", "closes")) == [
        (1, time(7), time(12)), (1, time(15), time(17, 30)),
    ]  # fmt: skip


def test_hours_that_cannot_be_read_are_told_beside_their_day(signed_in: SignedIn, world: World) -> None:
    said = {
        "number": "2",
        "name": "T",
        "country": "ES",
        "time_zone": "Europe/Madrid",
        "transit_days": "1",
        "day0": "mañana",
    }
    answer = signed_in().post("/customers/C-001/sites/new", said)
    assert answer.status_code == 422
    assert "Monday : Write hours such as 07:00-12:00, 15:00-17:00." in text_of(answer.content)
    assert Site.objects.filter(number="2").count() == 0


def test_a_person_is_added(signed_in: SignedIn, world: World) -> None:
    assert (
        signed_in().post("/customers/C-001/people/new", {"name": "Rosa", "phone": "+34 600 000 000"}).status_code == 302
    )
    assert Person.objects.get(customer=world.customer).phone == "+34 600 000 000"


@pytest.mark.parametrize("n", [1, 12])
def test_the_list_takes_the_same_statements_for_one_customer_and_for_many(
    signed_in: SignedIn, world: World, n: int
) -> None:
    for number in range(2, n + 1):
        another_customer(world, number)
    client = signed_in()
    client.get("/customers")
    with CaptureQueriesContext(connection) as told:
        page = client.get("/customers")
    assert page.content.count(b'class="id"') == n
    assert len(told) <= 6


def test_the_page_takes_the_same_statements_whatever_is_open(signed_in: SignedIn, world: World) -> None:
    client, told = signed_in(), []
    for orders in (1, 6):
        for _ in range(orders):
            capture(world, 1)
        client.get("/customers/C-001")
        with CaptureQueriesContext(connection) as found:
            client.get("/customers/C-001")
        told.append(len(found))
    assert told[0] == told[1]
    assert told[0] <= 14
