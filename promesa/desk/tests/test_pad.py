"""The order pad: what it says while it is typed, and what becomes of it when it is sent."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from promesa.catalog.models import Item
from promesa.core import relay
from promesa.customers.models import Customer
from promesa.desk.tests.conftest import SignedIn
from promesa.inventory.models import Claim
from promesa.orders.models import Order
from promesa.orders.operations import cancel_order, capture_order
from promesa.orders.tests.world import CLERK, World, expect, make_world, name_for_customer

D = Decimal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wired")]


@pytest.fixture
def world() -> World:
    return make_world(stock=100, credit=D(2000))


def quote(client: Client, *lines: dict[str, Any], **head: str) -> dict[str, Any]:
    rows = [{"index": place, "unit_code": "", "price": "", **line} for place, line in enumerate(lines)]
    sent = {"customer": "C-001", "ship_to": "", "po_number": "", "requested_on": "", **head, "lines": rows}
    answer = client.post("/orders/new/quote", json.dumps(sent), content_type="application/json")
    assert answer.status_code == 200
    return dict(json.loads(answer.content.decode().replace("\\u00a0", " ").replace("\N{NO-BREAK SPACE}", " ")))


def send(client: Client, codes: list[str], quantities: list[str], **head: Any) -> Any:
    sent = {
        "customer": "C-001", "customer_name": "", "po_number": "", "code": codes, "quantity": quantities,
        "unit_code": [""] * len(codes), "price": [""] * len(codes), "intent": "confirm", "form_key": "k1", **head,
    }  # fmt: skip
    return client.post("/orders/new", sent)


def test_a_line_says_price_origin_and_promise_and_nothing_is_written(signed_in: SignedIn, world: World) -> None:
    (line,) = quote(signed_in(), {"code": "10001", "quantity": "12"})["lines"]
    assert (line["item"], line["text"], line["price"], line["price_origin"]) == ("10001", "Aceite 1", "10.00", "list")
    assert (line["amount"], line["warnings"], len(line["promise"])) == ("120.00", [], 1)
    assert [unit["code"] for unit in line["units"]] == ["CS", "C62"]
    assert (Order.objects.count(), Claim.objects.count()) == (0, 0)


def test_a_case_costs_what_is_in_it(signed_in: SignedIn, world: World) -> None:
    (line,) = quote(signed_in(language="es"), {"code": "10001", "quantity": "2", "unit_code": "CS"})["lines"]
    assert (line["unit"], line["price"], line["amount"]) == ("caja de 12", "120,00", "240,00")


def test_the_customers_own_code_and_a_gtin_name_the_item(signed_in: SignedIn, world: World) -> None:
    name_for_customer(world, "ACE-7")
    lines = quote(signed_in(), {"code": "ACE-7", "quantity": "1"}, {"code": world.items[1].gtin, "quantity": "1"})[
        "lines"
    ]
    assert [line["item"] for line in lines] == ["10001", "10002"]


def test_lines_share_what_is_free_and_the_rest_says_when_more_comes(signed_in: SignedIn, world: World) -> None:
    world.customer.__class__.objects.update(credit_limit=None)
    receipt = expect(world, 500)
    receipt.__class__.objects.update(expected_at=timezone.now() + timedelta(days=10))
    day = (timezone.localdate() + timedelta(days=3)).isoformat()
    first, second = quote(
        signed_in(), {"code": "10001", "quantity": "80"}, {"code": "10001", "quantity": "50"}, requested_on=day
    )["lines"]
    assert first["warnings"] == []
    assert len(second["promise"]) == 2
    assert second["promise"][1]["text"].startswith("30, ")
    assert second["warnings"][0]["tone"] == "risk"
    assert second["warnings"][0]["text"].startswith("30 units do not make the day that is wanted. More arrives ")


def test_a_shortage_without_receipt_is_said(signed_in: SignedIn, world: World) -> None:
    (line,) = quote(signed_in(), {"code": "10001", "quantity": "140"})["lines"]
    assert [part["text"].split(",")[0] for part in line["promise"]] == ["100", "40 without a date"]
    assert line["warnings"][0]["text"] == "40 units are missing and no receipt is expected."


def test_an_unusual_quantity_is_asked_about(signed_in: SignedIn, world: World) -> None:
    for _ in range(3):
        capture_order(draft=world.draft(5), by=CLERK, at=timezone.now())
    usual, odd = quote(signed_in(), {"code": "10001", "quantity": "6"}, {"code": "10001", "quantity": "18"})["lines"]
    assert usual["warnings"] == []
    assert odd["warnings"][0]["text"] == "Asks for 18; 5 units is usual. Is that right?"


def test_a_line_that_is_still_typed_is_not_scolded(signed_in: SignedIn, world: World) -> None:
    (line,) = quote(signed_in(), {"code": "ace", "quantity": ""})["lines"]
    assert line["warnings"] == []


def test_credit_totals_and_what_we_shall_say_are_told(signed_in: SignedIn, world: World) -> None:
    answer = quote(signed_in(), {"code": "10001", "quantity": "10"}, {"code": "10002", "quantity": "10"})
    assert [(row["label"], row["amount"]) for row in answer["totals"]] == [
        ("Net, tax 10 %", "€200.00"), ("Tax", "€20.00"), ("To pay", "€220.00")
    ]  # fmt: skip
    assert (answer["credit"]["this"], answer["credit"]["sentence"]) == ("0.1100", "Credit: €1,780.00 more fit")
    assert answer["say"].startswith("20 units arrive on ")
    over = quote(signed_in("back_office"), {"code": "10001", "quantity": "100"}, {"code": "10002", "quantity": "100"})
    assert over["credit"]["tone"] == "risk"


def test_a_repeated_order_number_is_an_error_with_a_link(signed_in: SignedIn, world: World) -> None:
    number = capture_order(draft=world.draft(5, po_number="PO-1"), by=CLERK, at=timezone.now()).number
    (same,) = quote(signed_in(), {"code": "10001", "quantity": "5", "unit_code": "C62"}, po_number="PO-1")["errors"]
    assert (same["field"], same["href"]) == ("po_number", f"/orders/{number}")
    assert "with the same lines" in same["text"]


@pytest.mark.parametrize("n", [1, 40])
def test_a_quote_takes_the_same_statements_for_one_line_and_for_forty(
    signed_in: SignedIn, world: World, n: int
) -> None:
    client = signed_in()
    quote(client, {"code": "10001", "quantity": "1"})
    with CaptureQueriesContext(connection) as told:
        quote(client, *[{"code": "10001", "quantity": "1"} for _ in range(n)], po_number="X")
    assert len(told) <= 9


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"lines": 3}', b'{"lines": [1, null]}', b'{"lines": [{"quantity": {}}]}']
)
def test_a_quote_of_nonsense_is_never_a_defect(signed_in: SignedIn, world: World, body: bytes) -> None:
    answer = signed_in().post("/orders/new/quote", body, content_type="application/json")
    assert answer.status_code in (200, 400)


def test_sent_it_becomes_an_order_once_however_often_it_is_sent(signed_in: SignedIn, world: World) -> None:
    client = signed_in()
    for _ in range(2):
        answer = send(client, ["10001", "", "10002"], ["12", "", "3"], po_number="PO-9", note="ring first")
        order = Order.objects.get()
        assert answer.headers["Location"] == f"/orders/{order.number}"
    assert (order.state, order.channel, order.po_number, order.line_count) == ("confirmed", "phone", "PO-9", 2)
    assert order.note == "ring first"
    assert order.captured_by == f"user:{client.session['_auth_user_id']}"


def test_all_that_is_wrong_comes_back_at_once_with_all_that_was_typed(signed_in: SignedIn, world: World) -> None:
    capture_order(draft=world.draft(5, po_number="PO-1"), by=CLERK, at=timezone.now())
    page = send(signed_in(), ["10001", "77777"], ["some", "4"], po_number="PO-1")
    html = page.content.decode()
    assert (page.status_code, Order.objects.count()) == (422, 1)
    assert "3 things to correct" in html
    for kept in ('value="some"', 'value="77777"', 'value="PO-1"'):
        assert kept in html
    assert 'name="repeat"' in html


def test_who_has_the_right_goes_on_with_a_repeated_number(signed_in: SignedIn, world: World) -> None:
    capture_order(draft=world.draft(5, po_number="PO-1"), by=CLERK, at=timezone.now())
    answer = send(signed_in(), ["10001"], ["4"], po_number="PO-1", repeat="1")
    assert (answer.status_code, Order.objects.count()) == (302, 2)
    assert Order.objects.order_by("-id")[0].state == "confirmed"


def test_a_pad_that_is_saved_is_a_draft_with_its_faults(signed_in: SignedIn, world: World) -> None:
    assert send(signed_in(), ["77777"], ["4"], intent="save").status_code == 302
    order = Order.objects.get()
    assert (order.state, order.findings.get().code) == ("draft", "unknown_item")


def test_a_customer_typed_by_name_is_the_one_that_has_it(signed_in: SignedIn, world: World) -> None:
    answer = send(signed_in(), ["10001"], ["4"], customer="", customer_name="Ribera")
    assert (answer.status_code, Order.objects.get().customer_id) == (302, world.customer.pk)
    Customer.objects.create(number="C-9", name="Ribera Baja")
    page = send(signed_in("back_office"), ["10001"], ["4"], customer="", customer_name="Ribera", form_key="k2")
    assert (page.status_code, "Choose the customer" in page.content.decode()) == (422, True)


def test_a_new_order_can_begin_like_another(signed_in: SignedIn, world: World) -> None:
    number = capture_order(draft=world.draft(5, 7), by=CLERK, at=timezone.now()).number
    relay.drain()
    html = signed_in().get(f"/orders/new?like={number}").content.decode()
    assert 'value="C-001"' in html
    assert 'name="code" value="10002"' in html


def test_who_may_not_enter_orders_has_no_pad(signed_in: SignedIn, world: World) -> None:
    assert signed_in("warehouse").get("/orders/new").status_code == 403


def test_suggestions_say_price_and_what_is_free(signed_in: SignedIn, world: World) -> None:
    (option,) = signed_in().get("/orders/new/items?q=aceite%202&customer=C-001").json()["options"]
    assert (option["value"], option["note"], option["unit_code"]) == ("10002", "€10.00 · 100 free", "C62")


def short(world: World) -> None:
    """The first item may be replaced by the second, one for one."""
    Item.objects.filter(pk=world.items[0].pk).update(substitute=world.items[1])


def test_a_short_line_offers_its_substitute_with_quantity_day_and_price_and_takes_none(
    signed_in: SignedIn, world: World
) -> None:
    short(world)
    client = signed_in()
    (line,) = quote(client, {"code": "10001", "quantity": "130"})["lines"]
    (offer,) = line["substitutes"]
    assert (offer["sku"], offer["taken"], offer["ask"]) == ("10002", False, True)
    assert offer["text"].startswith("Send instead: 30 units of Aceite 2, ")
    assert offer["text"].endswith(", at €10.00 each")
    assert "The customer takes no substitutes unasked: ask first." in [one["text"] for one in line["warnings"]]
    assert [one["text"] for one in line["promise"]][-1] == "30 without a date"
    assert quote(client, {"code": "10001", "quantity": "90"})["lines"][0]["substitutes"] == []


def test_a_substitute_that_is_said_yes_to_is_in_the_promise_and_the_totals(signed_in: SignedIn, world: World) -> None:
    short(world)
    Customer.objects.update(substitutes=True)
    client = signed_in()
    without = quote(client, {"code": "10001", "quantity": "130"})
    answer = quote(client, {"code": "10001", "quantity": "130", "substitute": "10002"})
    (line,) = answer["lines"]
    assert (line["substitutes"][0]["taken"], line["substitutes"][0]["ask"], line["warnings"]) == (True, False, [])
    assert line["promise"][-1]["text"].startswith("30 of the substitute, ")
    assert "30 units of Aceite 1 have no date yet" in without["say"]
    assert "no date yet" not in answer["say"]
    assert answer["totals"][-1] == without["totals"][-1]
    other = quote(client, {"code": "10001", "quantity": "130", "substitute": "99999"})
    assert other["lines"][0]["substitutes"][0]["taken"] is False
    assert Order.objects.count() == 0


def test_only_a_substitute_that_was_said_yes_to_is_sent_and_it_stands_for_its_line(
    signed_in: SignedIn, world: World
) -> None:
    short(world)
    client = signed_in()
    send(client, ["10001"], ["130"], form_key="k0")
    assert Order.objects.get().lines.count() == 1
    cancel_order(order_id=Order.objects.get().pk, by=CLERK, at=timezone.now())
    relay.drain()
    for _ in range(2):  # sent twice, it is one
        answer = send(client, ["10001"], ["130"], substitute=["10002"])
        assert answer.status_code == 302
    order = Order.objects.order_by("pk").last()
    assert order is not None
    relay.drain()
    first, second = order.lines.order_by("line_number")
    assert (int(first.ordered_quantity), int(first.substituted), int(first.promised)) == (130, 30, 100)
    assert (second.item_id, int(second.ordered_quantity), second.substitute_of_id) == (world.items[1].pk, 30, first.pk)
    assert int(second.promised) == 30
    assert Order.objects.count() == 2


def test_a_substitute_that_is_no_longer_needed_or_was_never_offered_is_not_sent(
    signed_in: SignedIn, world: World
) -> None:
    short(world)
    send(signed_in(), ["10001", "10003"], ["90", "130"], substitute=["10002", "10002"])
    assert [(line.line_number, int(line.substituted)) for line in Order.objects.get().lines.order_by("pk")] == [
        (1, 0), (2, 0),
    ]  # fmt: skip


def test_a_pad_that_comes_back_keeps_what_was_said_yes_to(signed_in: SignedIn, world: World) -> None:
    short(world)
    html = send(signed_in(), ["10001", "77777"], ["130", "1"], substitute=["10002", ""]).content.decode()
    assert 'name="substitute" value="10002"' in html


def test_a_substitute_that_is_sold_by_the_case_is_offered_and_sent_in_whole_cases(
    signed_in: SignedIn, world: World
) -> None:
    short(world)
    Item.objects.filter(pk=world.items[1].pk).update(sales_unit="CS")
    client = signed_in()
    (offer,) = quote(client, {"code": "10001", "quantity": "130"})["lines"][0]["substitutes"]
    assert offer["text"].startswith("Send instead: 36 units of Aceite 2, ")
    send(client, ["10001"], ["130"], substitute=["10002"])
    first, second = Order.objects.get().lines.order_by("line_number")
    assert (int(first.substituted), int(second.ordered_quantity)) == (30, 36)
