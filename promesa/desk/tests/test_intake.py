"""Intake: files brought by hand, what each document became, mending what is missing."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from promesa.catalog.models import Item, ItemCode
from promesa.core import relay
from promesa.desk.tests.conftest import SignedIn
from promesa.desk.tests.ground import text_of
from promesa.exchange.models import Document, InboxFile
from promesa.orders.models import Order
from promesa.orders.tests.world import World, another_customer, make_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wired")]
HEAD = "order number;customer;sku;quantity;unit;requested date"
DAY = "2027-03-15"


@pytest.fixture
def world() -> World:
    return make_world(stock=1000)


def bring(client: Client, *lines: str, name: str = "pedidos.csv") -> InboxFile:
    file = SimpleUploadedFile(name, "\n".join([HEAD, *lines, ""]).encode())
    answer = client.post("/intake/upload", {"file": file})
    relay.drain()
    found = InboxFile.objects.order_by("-pk").first()
    assert found is not None
    assert answer["Location"] == f"/intake/files/{found.pk}"
    return found


def test_a_file_that_is_brought_becomes_orders_and_its_page_says_so(signed_in: SignedIn, world: World) -> None:
    client = signed_in()
    file = bring(client, f"PO-1;C-001;{world.items[0].sku};12;C62;{DAY}")
    order = Order.objects.get()
    assert (order.po_number, order.captured_by) == ("PO-1", f"user:{client.session['_auth_user_id']}")
    page = text_of(client.get(f"/intake/files/{file.pk}").content)
    assert "1 document" in page
    assert order.number in page


def test_the_bytes_come_back_as_they_came_and_are_never_shown(signed_in: SignedIn, world: World) -> None:
    client = signed_in()
    file = bring(client, f"PO-1;C-001;{world.items[0].sku};12;C62;{DAY}", name="<img src=x>.csv")
    answer = client.get(f"/intake/files/{file.pk}/bytes")
    assert hashlib.sha256(answer.content).hexdigest() == file.sha256
    assert answer["Content-Disposition"] == 'attachment; filename="_img src_x_.csv"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "application/octet-stream"
    assert b"<img src=x>" not in client.get(f"/intake/files/{file.pk}").content


def test_no_file_is_told_beside_the_field_and_nothing_comes_in(signed_in: SignedIn, world: World) -> None:
    answer = signed_in().post("/intake/upload", {})
    assert answer.status_code == 422
    assert "Choose at least one file." in text_of(answer.content)
    assert InboxFile.objects.count() == 0


def test_the_same_file_again_is_a_duplicate_that_leads_to_the_first(signed_in: SignedIn, world: World) -> None:
    client = signed_in()
    line = f"PO-1;C-001;{world.items[0].sku};12;C62;{DAY}"
    first, again = bring(client, line), bring(client, line)
    assert Order.objects.count() == 1
    page = client.get(f"/intake/files/{again.pk}").content.decode()
    assert f'href="/intake/files/{first.pk}"' in page


def test_an_unknown_code_of_two_customers_is_mended_once_and_both_orders_go_on(
    signed_in: SignedIn, world: World
) -> None:
    another_customer(world, 2)
    client = signed_in("back_office")
    bring(client, f"PO-1;C-001;NEW-1;12;C62;{DAY}", f"PO-2;C-002;NEW-1;5;C62;{DAY}")
    assert set(Document.objects.values_list("outcome", flat=True)) == {"waiting"}
    page = text_of(client.get("/intake/mend").content)
    assert "NEW-1 unknown: 2 lines, 2 orders, 2 customers" in page
    said = {
        "door": "map_item_code",
        "code": "unknown_item",
        "received": "NEW-1",
        "customer_id": "",
        "sku": world.items[0].sku,
    }
    answer = client.post("/intake/mend/one", said, follow=True)
    relay.drain()
    assert "2 documents became orders" in text_of(answer.content) or ItemCode.objects.count() == 2
    assert set(Document.objects.values_list("outcome", flat=True)) == {"orders"}
    assert ItemCode.objects.filter(code="NEW-1", item=world.items[0]).count() == 2


def test_the_missing_item_is_created_from_what_the_document_says(signed_in: SignedIn, world: World) -> None:
    client = signed_in("back_office")
    bring(client, f"PO-1;C-001;NEW-1;12;C62;{DAY}")
    said = {
        "door": "create_missing_item", "code": "unknown_item", "received": "NEW-1", "customer_id": "", "sku": "NEW-1",
        "name": "Nuevo", "unit": "C62", "tax_code": "general", "price": "4.50", "currency": "EUR",
    }  # fmt: skip
    answer = client.post("/intake/mend/one", said | {"customer_id": _customer_of(client)}, follow=True)
    relay.drain()
    assert Item.objects.get(sku="NEW-1").name == "Nuevo"
    assert "1 document became an order" in text_of(answer.content)


def _customer_of(client: Client) -> str:
    """The hidden field that the page drew: a code that all customers share belongs to none."""
    page = client.get("/intake/mend").content.decode()
    return page.split('name="customer_id" value="')[1].split('"')[0]


def test_what_is_wrong_in_a_repair_is_told_and_what_was_typed_stays(signed_in: SignedIn, world: World) -> None:
    client = signed_in("back_office")
    bring(client, f"PO-1;C-001;NEW-1;12;C62;{DAY}")
    said = {
        "door": "map_item_code", "code": "unknown_item", "received": "NEW-1", "customer_id": _customer_of(client),
        "sku": "NOT-THERE",
    }  # fmt: skip
    answer = client.post("/intake/mend/one", said)
    assert answer.status_code == 422
    assert 'value="NOT-THERE"' in answer.content.decode()
    assert ItemCode.objects.count() == 0
    assert Document.objects.get().outcome == "waiting"


def test_a_waiting_document_can_be_rejected_with_a_reason(signed_in: SignedIn, world: World) -> None:
    client = signed_in()
    bring(client, f"PO-1;NOBODY;{world.items[0].sku};12;C62;{DAY}")
    document = Document.objects.get()
    assert "What would mend it" in text_of(client.get(f"/intake/documents/{document.pk}").content)
    client.post(f"/intake/documents/{document.pk}/reject", {"reason": "UNKNOWN_BUYER", "note": "not ours"})
    document.refresh_from_db()
    assert (document.outcome, document.reason) == ("rejected", "UNKNOWN_BUYER")


@pytest.mark.parametrize("n", [1, 8])
def test_the_list_takes_the_same_statements_for_one_document_and_for_many(
    signed_in: SignedIn, world: World, n: int
) -> None:
    client = signed_in()
    bring(client, *(f"PO-{i};C-001;NEW-{i};12;C62;{DAY}" for i in range(n)))
    client.get("/intake")
    with CaptureQueriesContext(connection) as told:
        page = client.get("/intake")
    assert page.content.count(b'class="id"') == n
    assert len(told) <= 10


def test_sales_does_not_see_documents(signed_in: SignedIn, world: World) -> None:
    assert signed_in("sales").get("/intake").status_code == 403
