"""The customer's order form: what it says while it is typed, and what becomes of it when it is sent."""

from __future__ import annotations

import threading
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from promesa.catalog.models import Item
from promesa.customers.models import Customer
from promesa.inventory.models import Claim
from promesa.orders.models import Order
from promesa.orders.operations import capture_order
from promesa.orders.tests.world import CLERK, World, name_for_customer
from promesa.portal.tests.conftest import person_of
from promesa.portal.tests.sending import quote, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wired")]


def test_a_line_says_its_price_and_promise_and_nothing_is_written(rosa: Client, world: World) -> None:
    name_for_customer(world, "ACE-7")
    answer = quote(rosa, {"code": "ACE-7", "quantity": "2", "unit_code": "CS"}, {"code": "10002", "quantity": "3"})
    first, second = answer["lines"]
    assert (first["item"], first["unit"], first["price"], first["amount"]) == (
        "10001",
        "case of 12",
        "120.00",
        "240.00",
    )
    assert (second["item"], second["amount"], len(second["promise"])) == ("10002", "30.00", 1)
    assert answer["totals"][-1]["amount"] == "€297.00"
    assert " arrive on " in answer["say"]
    assert (Order.objects.count(), Claim.objects.count()) == (0, 0)


def test_every_fault_is_said_before_sending(rosa: Client, world: World) -> None:
    capture_order(draft=world.draft(5, po_number="PO-1"), by=CLERK, at=timezone.now())
    answer = quote(
        rosa, {"code": "77777", "quantity": "4"}, {"code": "10001", "quantity": "some"}, po_number="PO-1",
        requested_on="2026-02-31",
    )  # fmt: skip
    assert [line["warnings"][0]["tone"] for line in answer["lines"]] == ["broken", "broken"]
    assert answer["lines"][0]["warnings"][0]["text"].startswith("We do not know the code 77777.")
    assert [error["field"] for error in answer["errors"]] == ["requested_on", "po_number"]


def test_sent_it_becomes_one_order_of_the_portal_however_often_it_is_sent(rosa: Client, world: World) -> None:
    for _ in range(3):
        answer = send(rosa, ["10001", "", "10002"], ["1", "", "2"], po_number="PO-9", note="ring first")
        order = Order.objects.get()
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/portal/orders/{order.number}")
    assert (order.state, order.channel, order.po_number, order.line_count) == ("confirmed", "portal", "PO-9", 2)
    assert (order.customer_id, order.note) == (world.customer.pk, "ring first")
    assert order.captured_by == f"user:{rosa.session['_auth_user_id']}"


def test_one_form_makes_one_order_even_when_it_was_changed_meanwhile(rosa: Client, world: World) -> None:
    send(rosa, ["10001"], ["1"])
    page = send(rosa, ["10001"], ["2"])
    html = page.content.decode()
    assert (page.status_code, Order.objects.count()) == (422, 1)
    assert "This form was sent already" in html
    assert 'name="form_key" value="k1"' not in html
    assert send(rosa, ["10001"], ["2"], form_key="k2").status_code == 302
    assert Order.objects.count() == 2


def test_two_posts_of_one_form_at_the_same_moment_make_one_order(rosa: Client, world: World) -> None:
    answers: list[Any] = []
    start = threading.Barrier(2)

    def post() -> None:
        client = Client()
        client.cookies = rosa.cookies
        start.wait()
        try:
            answers.append(send(client, ["10001"], ["1"], po_number="PO-1"))
        finally:
            connection.close()

    threads = [threading.Thread(target=post) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    number = Order.objects.get().number
    assert [(one.status_code, one.headers["Location"]) for one in answers] == [(302, f"/portal/orders/{number}")] * 2


def test_the_same_key_in_two_hands_makes_two_orders(rosa: Client, stranger: Client) -> None:
    assert [send(one, ["10001"], ["1"]).status_code for one in (rosa, stranger)] == [302, 302]
    assert Order.objects.values("customer").distinct().count() == 2


def test_all_that_is_wrong_comes_back_with_all_that_was_typed(rosa: Client, world: World) -> None:
    page = send(rosa, ["10001", "77777"], ["some", "4"], po_number="PO-1")
    html = page.content.decode()
    assert (page.status_code, Order.objects.count()) == (422, 0)
    assert "2 things to correct" in html
    for kept in ('value="some"', 'value="77777"', 'value="PO-1"', 'name="wait"', 'name="form_key" value="k1"'):
        assert kept in html


def test_sent_all_the_same_it_is_a_draft_that_waits_and_says_what_is_missing(rosa: Client, world: World) -> None:
    answer = send(rosa, ["10001", "77777"], ["1", "4"], wait="1")
    order = Order.objects.get()
    assert (answer.status_code, order.state, order.findings.get().code) == (302, "draft", "unknown_item")
    html = rosa.get(answer.headers["Location"]).content.decode()
    assert "Waits: something is missing" in html
    assert "Line 2: We do not know the code 77777." in html
    assert Claim.objects.count() == 0


def test_what_exceeds_the_credit_is_taken_and_says_that_it_is_looked_at(rosa: Client, world: World) -> None:
    type(world.customer).objects.update(credit_limit=Decimal(5))
    answer = send(rosa, ["10001"], ["1"])
    html = rosa.get(answer.headers["Location"]).content.decode()
    assert "Being looked at" in html
    assert "The order exceeds the agreed credit." in html


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ({"po_number": "9" * 61}, "60 characters at most"),
        ({"requested_on": "2026-02-31"}, "That day does not exist"),
        ({"requested_on": "9999-12-31"}, "That day does not exist"),
        ({"requested_on": "0001-01-01"}, "That day does not exist"),
        ({"ship_to": "77"}, "We do not know delivery place 77"),
    ],
)
def test_what_nobody_could_put_right_never_passes(rosa: Client, world: World, head: dict[str, str], words: str) -> None:
    page = send(rosa, ["10001"], ["1"], wait="1", **head)
    assert (page.status_code, Order.objects.count()) == (422, 0)
    assert words in page.content.decode()


def test_an_empty_form_is_not_sent(rosa: Client, world: World) -> None:
    page = send(rosa, ["", " "], ["", ""], wait="1")
    assert (page.status_code, "Write at least one line" in page.content.decode()) == (422, True)


@pytest.mark.parametrize("quantity", ["1e30", "1" + "0" * 40, "-3", "0", "NaN", "Infinity", "1\x00", "٣", "1,,2"])
def test_a_figure_that_is_none_is_a_fault_and_never_another_figure(rosa: Client, world: World, quantity: str) -> None:
    page = send(rosa, ["10001"], [quantity])
    if page.status_code == 302:  # what remains of `1` and a control character is one
        assert (quantity, Order.objects.get().lines.get().unit_quantity) == ("1\x00", Decimal(1))
        return
    assert (page.status_code, Order.objects.count()) == (422, 0)
    kept = send(rosa, ["10001"], [quantity], wait="1")
    assert (kept.status_code, Order.objects.get().state) == (302, "draft")


def test_markup_and_control_characters_in_text_stay_text(rosa: Client, world: World) -> None:
    bad = "<script>alert(1)</script>\x00'\"><img src=x>"
    page = send(rosa, [bad], [bad], po_number=bad[:40], note=bad, ship_to="1")
    answer = send(rosa, [bad], [bad], po_number=bad[:40], note=bad, ship_to="1", wait="1")
    shown = rosa.get(answer.headers["Location"])
    for one in (page, shown, rosa.get("/portal")):
        assert "<script>alert" not in one.content.decode()
        assert "<img src=x" not in one.content.decode()
    assert "\x00" not in Order.objects.get().note
    half = quote(rosa, {"code": "\ud800", "quantity": "\udfff"}, po_number="\ud800")
    assert len(half["lines"]) == 1


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"lines": 3}', b'{"lines": [1, null]}', b'{"lines": [{"quantity": {}}]}', b"\xff"]
)
def test_a_quote_of_nonsense_is_never_a_defect(rosa: Client, world: World, body: bytes) -> None:
    answer = rosa.post("/portal/orders/new/quote", body, content_type="application/json")
    assert answer.status_code in (200, 400)


def test_two_thousand_lines_are_taken_and_one_more_is_not(rosa: Client, world: World) -> None:
    page = send(rosa, ["10001"] * 2_001, ["1"] * 2_001)
    assert (page.status_code, Order.objects.count()) == (422, 0)
    assert "At most 2000 lines" in page.content.decode()
    assert send(rosa, ["10001"] * 2_000, ["1"] * 2_000, wait="1").status_code == 302
    assert Order.objects.get().line_count == 2_000


@pytest.mark.parametrize("n", [1, 40])
def test_a_quote_takes_the_same_statements_for_one_line_and_for_forty(rosa: Client, world: World, n: int) -> None:
    quote(rosa, {"code": "10001", "quantity": "1"})
    with CaptureQueriesContext(connection) as told:
        quote(rosa, *[{"code": "10001", "quantity": "1"} for _ in range(n)], po_number="X")
    assert len(told) <= 10


def test_a_new_order_can_begin_like_an_earlier_one(rosa: Client, world: World) -> None:
    number = capture_order(draft=world.draft(5, 7), by=CLERK, at=timezone.now()).number
    html = rosa.get(f"/portal/orders/new?like={number}").content.decode()
    assert 'name="code" value="10001"' in html
    assert 'name="code" value="10002"' in html
    assert 'name="quantity" value="7"' in html


def test_suggestions_say_the_price_and_no_stock(rosa: Client, world: World) -> None:
    (option,) = rosa.get("/portal/orders/new/items?q=aceite%202").json()["options"]
    assert (option["value"], option["note"], option["unit_code"]) == ("10002", "€10.00", "C62")
    assert rosa.get("/portal/orders/new/items").json() == {"options": []}


def test_the_form_speaks_spanish(world: World) -> None:
    html = person_of(world.customer.pk, "es").get("/portal/orders/new").content.decode()
    for words in ("Nuevo pedido", "Su número de pedido", "Enviar el pedido", "Pegar de una hoja"):
        assert words in html


def test_what_runs_short_offers_its_substitute_and_nothing_else_is_sent_unless_it_is_said(
    rosa: Client, world: World
) -> None:
    Item.objects.filter(pk=world.items[0].pk).update(substitute=world.items[1])
    asked = {"code": "10001", "quantity": "130"}
    (offer,) = quote(rosa, asked)["lines"][0]["substitutes"]
    assert (offer["sku"], offer["taken"]) == ("10002", False)
    assert offer["text"].replace("\xa0", " ").startswith("Send instead: 30 units of Aceite 2, ")
    answer = quote(rosa, {**asked, "substitute": "10002"})
    assert answer["lines"][0]["substitutes"][0]["taken"] is True
    assert answer["lines"][0]["warnings"] == []
    assert Order.objects.count() == 0
    send(rosa, ["10001"], ["130"], substitute=["10002"])
    first, second = Order.objects.get().lines.order_by("line_number")
    assert (int(first.substituted), second.item_id, int(second.ordered_quantity)) == (30, world.items[1].pk, 30)
    assert second.substitute_of_id == first.pk


def test_without_a_word_of_the_customer_no_substitute_is_sent(rosa: Client, world: World) -> None:
    Item.objects.filter(pk=world.items[0].pk).update(substitute=world.items[1])
    Customer.objects.update(substitutes=True)
    send(rosa, ["10001"], ["130"])
    (line,) = Order.objects.get().lines.all()
    assert (int(line.ordered_quantity), int(line.substituted)) == (130, 0)
