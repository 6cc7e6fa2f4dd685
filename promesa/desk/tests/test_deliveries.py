"""Deliveries: what leaves, what travels, what happened at the door."""

from base64 import b64decode
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from promesa.core import relay
from promesa.desk.tests.conftest import SignedIn
from promesa.desk.tests.ground import D, capture, on_its_way, text_of
from promesa.fulfilment.models import Delivery, DeliveryLine, DespatchAdvice
from promesa.orders.models import OrderLine
from promesa.orders.tests.world import World, make_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wired")]
PIXEL = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


@pytest.fixture
def world() -> World:
    return make_world(stock=1000)


def moment() -> str:
    return f"{timezone.localtime(timezone.now() - timedelta(minutes=5)):%Y-%m-%dT%H:%M}"


def test_the_warehouse_sends_what_is_reserved_from_the_list(signed_in: SignedIn, world: World) -> None:
    order = capture(world, 12)
    client = signed_in("warehouse")
    assert order.number in text_of(client.get("/deliveries").content)
    answer = client.post("/deliveries/send", {"order": [order.number], "carrier": "Ruta 2"}, follow=True)
    note = DespatchAdvice.objects.get()
    assert note.carrier == "Ruta 2"
    assert f"1 delivery note was made: {note.number}." in text_of(answer.content)
    relay.drain()
    assert note.number in text_of(client.get("/deliveries?view=transit").content)


def test_one_who_may_only_look_cannot_send(signed_in: SignedIn, world: World) -> None:
    order = capture(world, 12)
    client = signed_in("transport")
    assert client.post("/deliveries/send", {"order": [order.number]}).status_code == 403
    assert DespatchAdvice.objects.count() == 0


def test_a_refusal_without_a_reason_is_told_and_what_was_typed_stays(signed_in: SignedIn, world: World) -> None:
    _, note = on_its_way(world, 12)
    said = {"signed_by": "Rosa", "delivered_at": moment(), "1-accepted": "10", "1-refused": "2"}
    answer = signed_in("transport").post(f"/deliveries/{note}/record", said)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Say the reason." in page
    assert 'name="1-refused" value="2"' in page
    assert 'value="Rosa"' in page
    assert Delivery.objects.count() == 0


def test_parts_that_do_not_add_up_are_told_beside_their_line(signed_in: SignedIn, world: World) -> None:
    _, note = on_its_way(world, 12)
    said = {"signed_by": "Rosa", "delivered_at": moment(), "1-accepted": "5"}
    answer = signed_in("transport").post(f"/deliveries/{note}/record", said)
    assert answer.status_code == 422
    assert 'href="#l1"' in answer.content.decode()
    assert Delivery.objects.count() == 0


def test_a_delivery_keeps_who_signed_with_the_picture_and_each_part(signed_in: SignedIn, world: World) -> None:
    order, note = on_its_way(world, 12)
    said = {
        "signed_by": "Rosa Marín", "delivered_at": moment(), "1-accepted": "9", "1-damaged": "1", "1-refused": "2",
        "1-reason": "shelf_life", "signature": SimpleUploadedFile("firma.png", PIXEL, "image/png"),
    }  # fmt: skip
    client = signed_in("transport")
    assert client.post(f"/deliveries/{note}/record", said).status_code == 302
    delivery = Delivery.objects.get()
    assert (delivery.signed_by, delivery.clock_suspect) == ("Rosa Marín", False)
    parts = DeliveryLine.objects.order_by("id").values_list("outcome", "quantity", "reason")
    assert set(parts) == {
        ("accepted", D(9), ""), ("damaged", D(1), "shelf_life"), ("refused", D(2), "shelf_life"),
    }  # fmt: skip
    line = OrderLine.objects.get(order=order)
    assert (line.accepted, line.refused_final, line.brought_back) == (D(9), D(2), D(1))
    picture = client.get(f"/deliveries/{note}/signature/{delivery.number}")
    assert (picture["Content-Type"], picture.content) == ("image/png", PIXEL)
    assert "Rosa Marín" in text_of(client.get(f"/deliveries/{note}").content)


def test_what_is_no_picture_is_refused_beside_its_field(signed_in: SignedIn, world: World) -> None:
    _, note = on_its_way(world, 12)
    picture = SimpleUploadedFile("firma.svg", b"<svg onload=alert(1)>", "image/svg+xml")
    said = {"signed_by": "Rosa", "delivered_at": moment(), "1-accepted": "12", "signature": picture}
    answer = signed_in("transport").post(f"/deliveries/{note}/record", said)
    assert answer.status_code == 422
    assert "PNG, JPEG or GIF image" in text_of(answer.content)
    assert Delivery.objects.count() == 0


def test_nothing_is_signed_for_before_it_left_or_in_times_to_come(signed_in: SignedIn, world: World) -> None:
    _, note = on_its_way(world, 12)
    client = signed_in("transport")
    for hours, words in ((-48, "It left later than that."), (48, "That moment is still to come.")):
        when = f"{timezone.localtime(timezone.now() + timedelta(hours=hours)):%Y-%m-%dT%H:%M}"
        answer = client.post(f"/deliveries/{note}/record", {"signed_by": "R", "delivered_at": when, "1-accepted": "12"})
        assert words in text_of(answer.content)
    assert Delivery.objects.count() == 0


def test_what_has_to_be_brought_again_stands_in_its_list(signed_in: SignedIn, world: World) -> None:
    order, note = on_its_way(world, 12)
    said = {
        "signed_by": "Rosa",
        "delivered_at": moment(),
        "1-accepted": "10",
        "1-redeliver": "2",
        "1-reason": "no_staff",
    }
    signed_in("transport").post(f"/deliveries/{note}/record", said)
    page = text_of(signed_in("customer_service").get("/deliveries?view=again").content)
    assert order.number in page
    assert "nobody to unload" in page


@pytest.mark.parametrize("n", [1, 6])
def test_the_lists_take_the_same_statements_for_one_note_and_for_many(
    signed_in: SignedIn, world: World, n: int
) -> None:
    for _ in range(n):
        on_its_way(world, 12)
    client = signed_in("warehouse")
    client.get("/deliveries")
    for view in ("ship", "transit", "all"):
        with CaptureQueriesContext(connection) as told:
            client.get(f"/deliveries?view={view}")
        assert len(told) <= 10, view
