"""Invoices and cash: what is owed, giving back, recording money."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from promesa.billing.models import Application, Invoice, Payment
from promesa.core.models import Parameter
from promesa.desk.tests.conftest import SignedIn
from promesa.desk.tests.ground import D, delivered, text_of
from promesa.orders.tests.world import World, make_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wired")]


@pytest.fixture
def world() -> World:
    """A company that invoices by itself."""
    Parameter.objects.create(
        code="billing.automatic", value=True, valid_from=timezone.localdate() - timedelta(days=1), changed_by="test"
    )
    return make_world(stock=1000)


def moment() -> str:
    return f"{timezone.localtime():%Y-%m-%dT%H:%M}"


def test_what_was_delivered_is_invoiced_from_the_list(signed_in: SignedIn, world: World) -> None:
    Parameter.objects.update(value=False)
    order, _ = delivered(world, 12)
    client = signed_in("finance")
    assert order.number in text_of(client.get("/invoices?view=to_invoice").content)
    answer = client.post("/invoices/issue", {"order": [order.number]}, follow=True)
    invoice = Invoice.objects.get()
    assert f"1 invoice was issued: {invoice.number}." in text_of(answer.content)
    assert (invoice.net_amount, invoice.gross_amount) == (D("120.00"), D("132.00"))
    assert order.number not in text_of(client.get("/invoices?view=to_invoice").content)


def test_an_invoice_shows_its_sums_by_their_names_in_the_norm(signed_in: SignedIn, world: World) -> None:
    delivered(world, 12)
    invoice = Invoice.objects.get()
    page = text_of(signed_in("finance").get(f"/invoices/{invoice.number}").content)
    for said in ("BT-106 €120.00", "BT-117 €12.00", "BT-112 €132.00", "BT-115 €132.00"):
        assert said in page.replace(" dd ", " "), said


def test_a_credit_note_wants_its_cause_and_keeps_what_was_typed(signed_in: SignedIn, world: World) -> None:
    delivered(world, 12)
    invoice = Invoice.objects.get()
    answer = signed_in("finance").post(f"/invoices/{invoice.number}/credit", {"quantity1": "2", "cause": ""})
    assert answer.status_code == 422
    assert re.search(r'name="quantity1"[^>]*value="2"|value="2"[^>]*name="quantity1"', answer.content.decode())
    assert Invoice.objects.count() == 1


def test_more_than_was_invoiced_is_never_given_back(signed_in: SignedIn, world: World) -> None:
    delivered(world, 12)
    invoice = Invoice.objects.get()
    answer = signed_in("finance").post(f"/invoices/{invoice.number}/credit", {"quantity1": "13", "cause": "X2"})
    assert answer.status_code == 422
    assert "13 would be credited and 12 are left" in text_of(answer.content)
    assert Invoice.objects.count() == 1


def test_a_credit_note_for_two_of_twelve_refers_to_its_invoice(signed_in: SignedIn, world: World) -> None:
    delivered(world, 12)
    invoice = Invoice.objects.get()
    client = signed_in("finance")
    said = {"quantity1": "2", "cause": "X3", "note": "caducidad"}
    assert client.post(f"/invoices/{invoice.number}/credit", said).status_code == 302
    note = Invoice.objects.get(kind="credit_note")
    assert (note.corrects, note.cause, note.net_amount) == (invoice, "X3", D("20.00"))
    page = text_of(client.get(f"/invoices/{invoice.number}").content)
    assert note.number in page
    assert "Open amount €110.00" in page


def test_money_pays_the_oldest_invoice_unless_somebody_says_otherwise(signed_in: SignedIn, world: World) -> None:
    delivered(world, 12)
    delivered(world, 6)
    first, second = Invoice.objects.order_by("id")
    client = signed_in("finance")
    page = client.get("/invoices/payments/new?customer=C-001&amount=140").content.decode()
    assert re.search(rf'name="pays-{first.number}" value="132"', page)
    assert re.search(rf'name="pays-{second.number}" value="8"', page)
    said = {"customer": "C-001", "amount": "140", "received_at": moment(), "method": "transfer", "reference": "TR-1",
            f"pays-{first.number}": "100", f"pays-{second.number}": "40"}  # fmt: skip
    assert client.post("/invoices/payments/new", said).status_code == 302
    assert list(Application.objects.order_by("id").values_list("invoice__number", "amount")) == [
        (first.number, D("100.00")), (second.number, D("40.00")),
    ]  # fmt: skip


def test_more_than_came_in_cannot_be_applied_and_nothing_is_recorded(signed_in: SignedIn, world: World) -> None:
    delivered(world, 12)
    number = Invoice.objects.get().number
    said = {"customer": "C-001", "amount": "50", "received_at": moment(), "method": "transfer", f"pays-{number}": "60"}
    answer = signed_in("finance").post("/invoices/payments/new", said)
    assert answer.status_code == 422
    assert f'name="pays-{number}" value="60"' in answer.content.decode()
    assert Payment.objects.count() == 0


def test_a_number_is_read_as_the_reader_writes_it(signed_in: SignedIn, world: World) -> None:
    delivered(world, 200)
    said = {"customer": "C-001", "amount": "1.234,50", "received_at": moment(), "method": "transfer"}
    assert signed_in("finance", language="es").post("/invoices/payments/new", said).status_code == 302
    assert Payment.objects.get().amount == D("1234.50")


def test_a_dispute_is_noted_and_settled(signed_in: SignedIn, world: World) -> None:
    delivered(world, 12)
    number = Invoice.objects.get().number
    client = signed_in("finance")
    client.post(f"/invoices/{number}/dispute", {"reason": "otro precio"})
    assert Invoice.objects.get().dispute_reason == "otro precio"
    assert number in text_of(client.get("/invoices?view=disputed").content)
    client.post(f"/invoices/{number}/dispute", {"action": "settle"})
    assert Invoice.objects.get().disputed_at is None


def test_customer_service_sees_invoices_and_changes_none(signed_in: SignedIn, world: World) -> None:
    delivered(world, 12)
    number = Invoice.objects.get().number
    client = signed_in("customer_service")
    assert "Give something back" not in text_of(client.get(f"/invoices/{number}").content)
    assert client.post(f"/invoices/{number}/credit", {"all": "1", "cause": "X2"}).status_code == 403
    assert signed_in("warehouse").get("/invoices").status_code == 403


@pytest.mark.parametrize("n", [1, 5])
def test_the_lists_take_the_same_statements_for_one_invoice_and_for_many(
    signed_in: SignedIn, world: World, n: int
) -> None:
    for _ in range(n):
        delivered(world, 6)
    client = signed_in("finance")
    client.get("/invoices")
    for view in ("open", "all", "to_invoice"):
        with CaptureQueriesContext(connection) as told:
            client.get(f"/invoices?view={view}")
        assert len(told) <= 10, view
