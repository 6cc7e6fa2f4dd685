"""A customer's list of orders and the page of one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from promesa.core import relay
from promesa.core.actors import Actor
from promesa.fulfilment.operations import deliver, despatch
from promesa.orders.operations import capture_order, capture_orders
from promesa.orders.tests.world import CLERK, World
from promesa.portal.tests.conftest import person_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wired")]


def test_the_list_has_fifty_a_page_and_then_the_rest(rosa: Client, world: World) -> None:
    now = timezone.now()
    made = capture_orders(drafts=[world.draft(1) for _ in range(53)], by=CLERK, at=now)
    first = rosa.get("/portal").content.decode()
    assert first.count('class="link" href="/portal/orders/') == 50
    after = first.split("?after=")[1].split('"')[0]
    rest = rosa.get(f"/portal?after={after}").content.decode()
    seen = {one.number for one in made if f">{one.number}<" in first} | {
        one.number for one in made if f">{one.number}<" in rest
    }
    assert (rest.count('class="link" href="/portal/orders/'), len(seen)) == (3, 53)


@pytest.mark.parametrize("after", ["x", "-1", "9" * 30, "1'", "²"])
def test_a_key_that_is_none_is_the_first_page_or_nothing(rosa: Client, after: str) -> None:
    assert rosa.get("/portal", {"after": after}).status_code == 200


def test_the_list_takes_the_same_statements_for_one_order_and_for_twenty(rosa: Client, world: World) -> None:
    counts = []
    for n in (1, 19):
        capture_orders(drafts=[world.draft(1) for _ in range(n)], by=CLERK, at=timezone.now())
        rosa.get("/portal")
        with CaptureQueriesContext(connection) as told:
            rosa.get("/portal")
        counts.append(len(told))
    assert counts[0] == counts[1] <= 7


def test_one_order_says_what_was_promised_left_and_came(rosa: Client, world: World) -> None:
    now = timezone.now() - timedelta(hours=5)
    order_id = capture_order(draft=world.draft(5, 7, po_number="PO-3"), by=CLERK, at=now).order_id
    relay.drain()
    assert order_id is not None
    note = despatch(order_id=order_id, by=Actor("demo"), at=now + timedelta(hours=1), carrier="Ruta 1").number
    number = f"/portal/orders/P-{now:%Y}-"
    html = rosa.get(next(one for one in _links(rosa) if one.startswith(number))).content.decode()
    for words in ("PO-3", "Aceite 1", "Aceite 2", "On its way", note, "Ruta 1", "Promised for"):
        assert words in html
    deliver(number=note, signed_by="Rosa", by=Actor("demo"), at=now + timedelta(hours=2))
    relay.drain()
    html = rosa.get(_links(rosa)[0]).content.decode()
    assert "signed by Rosa" in html
    assert "Delivered" in html


def test_one_order_takes_the_same_statements_for_one_line_and_for_three(rosa: Client, world: World) -> None:
    counts = []
    for quantities in ((1,), (1, 2, 3)):
        number = capture_order(draft=world.draft(*quantities), by=CLERK, at=timezone.now()).number
        rosa.get(f"/portal/orders/{number}")
        with CaptureQueriesContext(connection) as told:
            assert rosa.get(f"/portal/orders/{number}").status_code == 200
        counts.append(len(told))
    assert counts[0] == counts[1] <= 16


def test_an_order_speaks_spanish(world: World) -> None:
    number = capture_order(draft=world.draft(5, 500), by=CLERK, at=timezone.now()).number
    html = person_of(world.customer.pk, "es").get(f"/portal/orders/{number}").content.decode()
    for words in ("Repetir este pedido", "sin fecha", "Aún no ha salido nada", "Mis pedidos"):
        assert words in html


def _links(client: Client) -> list[str]:
    html = client.get("/portal").content.decode()
    return [one.split('"')[0] for one in html.split('class="link" href="')[1:]]
