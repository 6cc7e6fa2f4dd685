"""The list of orders, the page of one, what is done from it, search and the frame, as people of each role have them."""

import gzip
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from promesa.billing.models import Invoice
from promesa.core import relay
from promesa.core.models import Event
from promesa.desk.tests.conftest import SignedIn
from promesa.orders.models import Hold, Order, OrderLine
from promesa.orders.operations import capture_order, change_line
from promesa.orders.rules import DraftLine
from promesa.orders.tests.world import CLERK, World, make_world

D = Decimal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wired")]


@pytest.fixture
def world() -> World:
    return make_world(stock=100)


def capture(world: World, *quantities: int, **changes: object) -> Order:
    captured = capture_order(draft=world.draft(*(quantities or (5,)), **changes), by=CLERK, at=timezone.now())
    relay.drain()
    return Order.objects.get(pk=captured.order_id)


def held(world: World, kind: str = "manual") -> Hold:
    order = capture(world)
    Order.objects.filter(pk=order.pk).update(state="submitted")
    return Hold.objects.create(
        order=order, kind=kind, role="finance" if kind == "credit" else "customer_service", since=timezone.now(),
        opened_by="user:1",
    )  # fmt: skip


def text_of(html: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.decode()).split())


# --- The list ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 9])
def test_the_list_takes_the_same_statements_for_one_order_and_for_many(
    signed_in: SignedIn, world: World, n: int
) -> None:
    for _ in range(n):
        capture(world)
    client = signed_in()
    client.get("/orders")  # counts of views and rail are kept for a while
    with CaptureQueriesContext(connection) as told:
        page = client.get("/orders")
    assert page.content.count(b'class="id"') == n
    assert len(told) <= 8


def test_a_first_page_is_under_120_kb_and_a_later_one_under_40(signed_in: SignedIn, world: World) -> None:
    for _ in range(50):
        capture(world, 1)
    client = signed_in()
    page = client.get("/orders")
    assert page.content.count(b'class="id"') == 50
    links = re.findall(rb'(?:href|src)="(/static/[^"#]+)', page.content)
    own = len(gzip.compress(page.content))
    rest = sum(len(gzip.compress(b"".join(client.get(link.decode()).streaming_content))) for link in set(links))
    assert own < 40_000
    assert own + rest < 120_000


def test_an_empty_list_says_what_to_do_next(signed_in: SignedIn, world: World) -> None:
    client = signed_in()
    assert "No orders yet" in text_of(client.get("/orders").content)
    assert "No order fits these filters" in text_of(client.get("/orders?state=closed").content)


def test_filters_that_cannot_be_read_are_as_if_they_were_not_there(signed_in: SignedIn, world: World) -> None:
    order = capture(world)
    client = signed_in()
    odd = "/orders?state=%00x&from=2026-13-45&to=99999-01-01&due=x&sort=drop&after=~&promise=maybe&channel=pigeon"
    page = client.get(odd.replace("%00", ""))
    assert order.number in text_of(page.content)


def test_the_export_holds_what_is_filtered_and_no_formula(signed_in: SignedIn, world: World) -> None:
    order = capture(world, po_number="=cmd|1")
    capture(world, po_number="PO-2")
    client = signed_in(language="es")
    page = client.get("/orders/export.csv?q=%3Dcmd")
    lines = page.content.decode("utf-8-sig").splitlines()
    assert [line.split(";")[0] for line in lines[1:]] == [order.number]
    assert "'=cmd|1" in lines[1]
    assert client.get("/orders/export.xlsx").content[:2] == b"PK"


def test_chosen_columns_are_remembered(signed_in: SignedIn, world: World) -> None:
    capture(world)
    client = signed_in()
    assert b'<th scope="col">Channel</th>' not in client.get("/orders").content
    assert (
        client.post("/orders/columns", {"column": ["channel", "nonsense"], "next": "open=1"}).headers["Location"]
        == "/orders?open=1"
    )
    assert b'<th scope="col">Channel</th>' in client.get("/orders").content


def test_releasing_several_says_first_what_it_will_do_and_leaves_what_others_decide(
    signed_in: SignedIn, world: World
) -> None:
    mine, theirs, free = held(world), held(world, "credit"), capture(world)
    client = signed_in()
    numbers = [mine.order.number, theirs.order.number, free.number]
    asked = client.post("/orders/bulk", {"order": numbers, "action": "release"})
    assert "Release 1 hold" in text_of(asked.content)
    assert "1 order that you chose is not on hold" in text_of(asked.content)
    assert Hold.objects.filter(released_at=None).count() == 2
    nameless = client.post("/orders/bulk", {"order": numbers, "action": "release_now", "reason": " "})
    assert (nameless.status_code, Hold.objects.filter(released_at=None).count()) == (422, 2)
    client.post("/orders/bulk", {"order": numbers, "action": "release_now", "reason": "talked"})
    assert list(Hold.objects.filter(released_at=None)) == [theirs]


# --- The page ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lines", [1, 3])
def test_the_page_takes_the_same_statements_whatever_the_lines(signed_in: SignedIn, world: World, lines: int) -> None:
    order = capture(world, *([2] * lines))
    client = signed_in()
    client.get("/orders")
    with CaptureQueriesContext(connection) as told:
        page = client.get(f"/orders/{order.number}")
    assert page.content.count(b'id="line-') == lines
    assert len(told) <= 22


def test_an_unknown_number_is_not_found(signed_in: SignedIn, world: World) -> None:
    assert signed_in().get("/orders/P-1999-000001").status_code == 404


def test_who_may_not_release_sees_who_decides_and_cannot(signed_in: SignedIn, world: World) -> None:
    hold = held(world, "credit")
    client = signed_in()
    page = text_of(client.get(f"/orders/{hold.order.number}").content)
    assert "Finance decides. The order waits." in page
    sent = client.post(f"/orders/{hold.order.number}/decide", {"hold": hold.pk, "choice": "release", "reason": "x"})
    hold.refresh_from_db()
    assert (sent.status_code, hold.released_at) == (403, None)


def test_a_hold_is_released_with_its_reason_and_without_one_nothing_typed_is_lost(
    signed_in: SignedIn, world: World
) -> None:
    hold = held(world)
    client = signed_in()
    address = f"/orders/{hold.order.number}/decide"
    without = client.post(address, {"hold": hold.pk, "choice": "cancel", "reason": ""})
    assert without.status_code == 422
    assert b'value="cancel" checked' in without.content
    assert "Say why" in text_of(without.content)
    assert client.post(address, {"hold": hold.pk, "choice": "release", "reason": "agreed by phone"}).status_code == 302
    hold.refresh_from_db()
    assert (hold.release_reason, hold.released_by) == ("agreed by phone", f"user:{client.session['_auth_user_id']}")


def test_one_order_goes_from_the_warehouse_to_cash_from_its_own_page(signed_in: SignedIn, world: World) -> None:
    order = capture(world)
    client, address = signed_in("manager"), f"/orders/{order.number}"
    assert client.post(f"{address}/despatch", {"carrier": "Ruta 4"}).status_code == 302
    assert "is on its way" in text_of(client.get(address).content)
    advice = order.despatches.get().number
    assert client.post(f"{address}/deliver", {"advice": advice, "signed_by": ""}).status_code == 422
    assert client.post(f"{address}/deliver", {"advice": advice, "signed_by": "Lola"}).status_code == 302
    assert "Delivered and not invoiced yet" in text_of(client.get(address).content)
    assert client.post(f"{address}/invoice").status_code == 302
    invoice = Invoice.objects.get()
    assert f"of {invoice.number} are unpaid" in text_of(client.get(address).content)
    assert client.post(f"{address}/pay", {"invoice": invoice.number, "amount": "none"}).status_code == 422
    assert client.post(f"{address}/pay", {"invoice": invoice.number, "amount": "55.00"}).status_code == 302
    page = text_of(client.get(address).content)
    assert "Paid" in page
    assert Order.objects.get().state == "closed"


def test_quantities_change_and_the_earlier_ones_stay_on_record(signed_in: SignedIn, world: World) -> None:
    order = capture(world)
    client = signed_in()
    sent = {"version": order.version, "quantity-1": "3", "initiator": "customer", "reason": "too many"}
    assert client.post(f"/orders/{order.number}/change", sent).status_code == 302
    line = OrderLine.objects.get()
    assert (line.ordered_quantity, line.cancelled_by_customer) == (D(5), D(2))


def test_what_cannot_be_read_is_said_beside_its_field_and_above(signed_in: SignedIn, world: World) -> None:
    order = capture(world)
    sent = {"version": order.version, "quantity-1": "some", "requested": "soon"}
    page = signed_in().post(f"/orders/{order.number}/change", sent)
    assert page.status_code == 422
    assert b'href="#quantity-1"' in page.content
    assert b'href="#requested"' in page.content
    assert b'value="some"' in page.content
    assert OrderLine.objects.get().cancelled_by_customer == 0


def test_a_form_that_was_overtaken_shows_the_difference_and_keeps_what_was_typed(
    signed_in: SignedIn, world: World
) -> None:
    order = capture(world)
    change_line(order_id=order.pk, line_number=1, quantity=D(4), by=CLERK, at=timezone.now())
    page = signed_in().post(f"/orders/{order.number}/change", {"version": order.version, "quantity-1": "2"})
    assert page.status_code == 409
    assert "What you typed is still here" in text_of(page.content)
    assert b'data-take="quantity-1" data-value="4"' in page.content
    assert b'value="2"' in page.content
    assert OrderLine.objects.get().cancelled_by_customer == 1


def test_a_note_stands_in_the_timeline(signed_in: SignedIn, world: World) -> None:
    order = capture(world)
    client = signed_in()
    client.post(f"/orders/{order.number}/note", {"text": "Call before <noon>"})
    page = client.get(f"/orders/{order.number}").content
    assert "“Call before &lt;noon&gt;”" in page.decode()
    assert client.post(f"/orders/{order.number}/note", {"text": " "}).status_code == 422
    assert Event.objects.filter(kind="OrderNoted").count() == 1


def test_what_the_customer_does_not_know_is_shown_until_somebody_says_that_they_were_told(
    signed_in: SignedIn, world: World
) -> None:
    order = capture(world)
    client = signed_in()
    page = client.get(f"/orders/{order.number}").content.decode()
    assert f'action="/orders/{order.number}/told"' in page
    assert client.post(f"/orders/{order.number}/told", {"how": "smoke"}).status_code == 422
    assert client.post(f"/orders/{order.number}/told", {"how": "phone"}).status_code == 302
    page = client.get(f"/orders/{order.number}").content.decode()
    assert f'action="/orders/{order.number}/told"' not in page
    assert "told by telephone of" in page
    assert Event.objects.filter(kind="CustomerTold").count() == 1


def test_a_draft_shows_what_was_received_and_goes_on_once_it_is_mended(signed_in: SignedIn, world: World) -> None:
    order = capture(world, lines=(DraftLine(code="99999", text="Girasol", quantity=D(3)),))
    client = signed_in()
    page = text_of(client.get(f"/orders/{order.number}").content)
    assert "One thing to mend before the order can go on" in page
    assert "Received: 99999 · “Girasol” · 3" in page
    client.post(f"/orders/{order.number}/recheck")
    assert Order.objects.get().state == "draft"
    world.items[0].__class__.objects.filter(pk=world.items[0].pk).update(sku="99999")
    client.post(f"/orders/{order.number}/recheck")
    assert Order.objects.get().state == "confirmed"


def test_an_order_is_cancelled_only_with_a_reason(signed_in: SignedIn, world: World) -> None:
    order = capture(world)
    client = signed_in()
    assert client.post(f"/orders/{order.number}/cancel", {"cancel_reason": ""}).status_code == 422
    assert client.post(f"/orders/{order.number}/cancel", {"cancel_reason": "closed shop"}).status_code == 302
    assert Order.objects.get().state == "cancelled"


# --- Search, changes, frame ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ribera", "Ribera Alta"),
        ("PO-4", "PO-4711"),
        ("10002", "Aceite 2"),
        ("aceite 3", "10003"),
        ("600 112", "Ribera Alta"),
    ],
)
def test_the_search_finds_by_kind(signed_in: SignedIn, world: World, text: str, expected: str) -> None:
    world.customer.__class__.objects.update(phone="+34 600 11 22 33")
    capture(world, po_number="PO-4711")
    panel = signed_in().get("/search", {"q": text}, headers={"HX-Request": "true"})
    assert expected in text_of(panel.content)
    assert b"<html" not in panel.content


def test_the_search_shows_a_role_only_what_it_may_see(signed_in: SignedIn, world: World) -> None:
    page = text_of(signed_in("transport").get("/search?q=aceite").content)
    assert "Nothing was found" in page


def test_what_others_changed_is_told_until_it_was_seen(signed_in: SignedIn, world: World) -> None:
    client = signed_in(date_joined=timezone.now() - timedelta(days=1))
    order = capture(world)
    change_line(order_id=order.pk, line_number=1, quantity=D(4), by=CLERK, at=timezone.now())
    page = client.get("/changes")
    assert "Line 1 went from 5 to 4." in text_of(page.content)
    client.post("/changes")
    assert "Nothing changed" in text_of(client.get("/changes").content)


@pytest.mark.parametrize(
    ("role", "there", "absent"),
    [
        ("warehouse", "Catalogue", "Invoices and cash"),
        ("finance", "Invoices and cash", "New order"),
        ("customer_service", "New order", "Nothing such"),
    ],
)
def test_the_rail_shows_only_what_a_role_may_use(
    signed_in: SignedIn, world: World, role: str, there: str, absent: str
) -> None:
    page = text_of(signed_in(role).get("/orders").content)
    assert there in page
    assert absent not in page


def test_nobody_sees_orders_without_signing_in(world: World) -> None:
    assert Client().get("/orders").headers["Location"] == "/sign-in?next=%2Forders"


def test_what_others_wrote_is_text_in_the_list_and_never_markup(signed_in: SignedIn, world: World) -> None:
    world.customer.name = "Sal & Mar <b>S.L.</b>"
    world.customer.save()
    order = capture(world, po_number='PC"><script>')
    page = signed_in().get("/orders").content.decode()
    assert "Sal &amp; Mar &lt;b&gt;S.L.&lt;/b&gt;" in page
    assert "PC&quot;&gt;&lt;script&gt;" in page
    assert "<b>S.L." not in page
    assert f'href="/orders/{order.number}"' in page
