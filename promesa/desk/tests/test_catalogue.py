"""Catalogue and stock: what there is, what is coming, who waits."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from promesa.core import relay
from promesa.desk.tests.conftest import SignedIn
from promesa.desk.tests.ground import D, capture, text_of
from promesa.inventory.models import Receipt, Stock
from promesa.orders.models import OrderLine, Promise
from promesa.orders.tests.world import World, make_item, make_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wired")]


@pytest.fixture
def world() -> World:
    return make_world(stock=100)


def later(days: int) -> str:
    return f"{timezone.localtime(timezone.now() + timedelta(days=days)):%Y-%m-%dT%H:%M}"


def test_the_item_tells_what_is_reserved_and_who_waits_for_what_is_missing(signed_in: SignedIn, world: World) -> None:
    kept, short = capture(world, 60), capture(world, 70)
    page = text_of(signed_in().get(f"/catalogue/{world.items[0].sku}").content)
    assert "2 lines wait for it, 1 without goods" in page
    assert kept.number in page
    assert short.number in page
    listed = text_of(signed_in(language="es").get("/catalogue?view=short").content)
    assert world.items[0].name in listed
    assert world.items[1].name not in listed


def test_a_receipt_that_is_expected_gives_a_promise_to_who_waits(signed_in: SignedIn, world: World) -> None:
    order = capture(world, 130)
    said = {
        "number": "R-77",
        "quantity": "50",
        "expected_at": later(3),
        "supplier": "Almazara",
        "warehouse": world.warehouse.pk,
    }
    client = signed_in("warehouse")
    assert client.post(f"/catalogue/{world.items[0].sku}/expect", said).status_code == 302
    relay.drain()
    assert Receipt.objects.get().claimed == D(30)
    assert OrderLine.objects.get(order=order).promised == D(130)
    again = client.post(f"/catalogue/{world.items[0].sku}/expect", said)
    assert "There is a receipt with this number already." in text_of(again.content)


def test_a_receipt_that_moves_moves_the_promise_and_keeps_the_first_one(signed_in: SignedIn, world: World) -> None:
    client = signed_in("warehouse")
    sku = world.items[0].sku
    client.post(
        f"/catalogue/{sku}/expect",
        {"number": "R-77", "quantity": "50", "expected_at": later(3), "warehouse": world.warehouse.pk},
    )
    order = capture(world, 130)
    first = order.first_promised_to
    answer = client.post("/catalogue/receipts/R-77/move", {"expected_at": later(9), "reason": "cargó tarde"})
    assert answer.status_code == 302
    relay.drain()
    order.refresh_from_db()
    assert order.first_promised_to == first
    assert order.promised_to > first
    assert set(Promise.objects.values_list("sequence", flat=True)) == {1, 2}


def test_a_receipt_is_moved_only_with_a_reason(signed_in: SignedIn, world: World) -> None:
    client = signed_in("warehouse")
    sku = world.items[0].sku
    client.post(
        f"/catalogue/{sku}/expect",
        {"number": "R-77", "quantity": "50", "expected_at": later(3), "warehouse": world.warehouse.pk},
    )
    before = Receipt.objects.get().expected_at
    answer = client.post("/catalogue/receipts/R-77/move", {"expected_at": later(9), "reason": ""})
    assert answer.status_code == 422
    assert Receipt.objects.get().expected_at == before


def test_what_arrived_is_stock_in_its_lot(signed_in: SignedIn, world: World) -> None:
    client = signed_in("warehouse")
    sku = world.items[0].sku
    client.post(
        f"/catalogue/{sku}/expect",
        {"number": "R-77", "quantity": "50", "expected_at": later(3), "warehouse": world.warehouse.pk},
    )
    said = {"quantity": "48", "lot": "L-9", "expires_on": "2027-06-30"}
    assert client.post("/catalogue/receipts/R-77/receive", said).status_code == 302
    row = Stock.objects.get(lot="L-9")
    assert (row.on_hand, str(row.expires_on)) == (D(48), "2027-06-30")
    assert client.get("/catalogue/receipts/R-77").status_code == 404


def test_a_count_sets_the_lot_to_what_was_counted(signed_in: SignedIn, world: World) -> None:
    said = {"warehouse": world.warehouse.pk, "lot": "L1", "quantity": "93", "reference": "inventario"}
    assert signed_in("warehouse").post(f"/catalogue/{world.items[0].sku}/count", said).status_code == 302
    assert world.stock_of().on_hand == D(93)


def test_customer_service_looks_at_stock_and_changes_nothing(signed_in: SignedIn, world: World) -> None:
    client = signed_in()
    sku = world.items[0].sku
    assert "Count a lot" not in text_of(client.get(f"/catalogue/{sku}").content)
    assert client.post(f"/catalogue/{sku}/count", {"quantity": "1"}).status_code == 403
    assert world.stock_of().on_hand == D(100)


@pytest.mark.parametrize("n", [3, 12])
def test_the_list_takes_the_same_statements_for_few_items_and_for_many(
    signed_in: SignedIn, world: World, n: int
) -> None:
    for number in range(4, n + 1):
        make_item(number, world.prices, world.warehouse)
    client = signed_in()
    client.get("/catalogue")
    with CaptureQueriesContext(connection) as told:
        page = client.get("/catalogue")
    assert page.content.count(b'class="id"') == n
    assert len(told) <= 6
