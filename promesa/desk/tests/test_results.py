"""Results: the figure, its causes, and the orders behind it."""

from datetime import date, datetime, timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone
from django.utils.translation import override

from promesa.core import relay
from promesa.core.models import Parameter
from promesa.desk.results_asked import question_of
from promesa.desk.results_told import causes_of
from promesa.desk.tests.conftest import SignedIn
from promesa.desk.tests.ground import DRIVER, D, capture, text_of
from promesa.fulfilment.operations import deliver, despatch
from promesa.fulfilment.rules import Part
from promesa.orders.models import Order
from promesa.orders.tests.world import World, make_world
from promesa.results.operations import refresh_facts
from promesa.results.queries import CauseRow, Waterfall

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wired")]


@pytest.fixture
def world() -> World:
    """A company that invoices by itself, so that documents are right."""
    Parameter.objects.create(code="billing.automatic", value=True, valid_from=date(2020, 1, 1), changed_by="test")
    return make_world(stock=1000)


def last_month(day: int, hour: int) -> datetime:
    first = timezone.now().replace(day=1, hour=hour, minute=0, second=0, microsecond=0)
    return (first - timedelta(days=1)).replace(day=day)


def month() -> str:
    return f"{last_month(10, 8):%Y-%m}"


def fell_due(world: World, *, damaged: int = 0) -> Order:
    """An order of last month: promised for a day, delivered on it, with so many units damaged."""
    order = capture(world, 12, at=last_month(10, 8))
    promised = Order.objects.get(pk=order.pk).promised_to
    note = despatch(order_id=order.pk, by=DRIVER, at=last_month(10, 16)).number
    parts = {1: [Part("accepted", D(12 - damaged)), Part("damaged", D(damaged))]} if damaged else None
    deliver(number=note, signed_by="Rosa", outcomes=parts, by=DRIVER, at=promised - timedelta(hours=2))
    relay.drain()
    refresh_facts(order_ids=[order.pk], at=timezone.now())
    return order


def test_with_nothing_due_the_page_says_what_it_waits_for(signed_in: SignedIn, world: World) -> None:
    page = text_of(signed_in().get("/results").content)
    assert "no order fell due" in page
    assert "No order has fallen due yet" in page


def test_the_title_states_the_finding_and_the_figure_leads_to_its_orders(signed_in: SignedIn, world: World) -> None:
    fell_due(world)
    failed = fell_due(world, damaged=2)
    client = signed_in()
    answer = client.get(f"/results?month={month()}")
    assert "1 of 2 orders were perfect" in text_of(answer.content)
    assert f'href="/results/orders?month={month()}&amp;component=condition"' in answer.content.decode()
    behind = text_of(client.get(f"/results/orders?month={month()}&component=condition").content)
    assert "1 orders failed: condition" in behind
    assert failed.number in behind
    kept = text_of(client.get(f"/results/orders?month={month()}&outcome=kept").content)
    assert failed.number not in kept


def test_every_measure_prints_its_rule_with_its_version(signed_in: SignedIn, world: World) -> None:
    fell_due(world)
    client = signed_in()
    for path, name in (
        ("/results", "perfect-order"), ("/results/on-time", "on-time"), ("/results/fill-rate", "fill-rate"),
        ("/results/order-quality", "order-quality"),
    ):  # fmt: skip
        page = text_of(client.get(f"{path}?month={month()}").content)
        assert f"{name} · version 1" in page
        assert "How is this counted?" in page


def test_the_months_are_a_table_too_and_a_file(signed_in: SignedIn, world: World) -> None:
    fell_due(world)
    client = signed_in()
    assert "The same as a table" in text_of(client.get(f"/results?month={month()}").content)
    body = client.get("/results/perfect-order.csv").content.decode()
    assert f"{month()},1,1,1" in body.replace("1.000000", "1")


def test_a_month_divided_by_customer_leads_to_that_customer(signed_in: SignedIn, world: World) -> None:
    fell_due(world)
    page = signed_in().get(f"/results?month={month()}&by=customer").content.decode()
    assert f'href="/results?month={month()}&amp;customer=C-001"' in page


def test_what_cannot_be_read_is_as_if_it_were_not_there(signed_in: SignedIn, world: World) -> None:
    client = signed_in()
    for address in (
        "/results?month=2026-99&basis=x&unit=x&by=x", "/results/orders?measure=x&cause=%27&component=x&after=99999999999",
        "/results/on-time?point=x", "/results?customer=%00",
    ):  # fmt: skip
        assert client.get(address).status_code in (200, 400), address


def test_the_warehouse_does_not_see_results(signed_in: SignedIn, world: World) -> None:
    assert signed_in("warehouse").get("/results").status_code == 403


def test_many_causes_share_one_bar_so_that_no_name_stands_on_another() -> None:
    codes = ("C1", "C5", "C4", "X5", "C2", "C3", "X3", "X1", "X4")
    steps = tuple(CauseRow(code, 1, D(0), D(0), D("0.01"), 1, D(1), D(10)) for code in codes)
    question = question_of(RequestFactory().get("/results"), "perfect-order")
    with override("en"):
        nine = causes_of(question, Waterfall(due=100, perfect=91, steps=steps))
        seven = causes_of(question, Waterfall(due=100, perfect=93, steps=steps[:7]))
    assert (nine["chart"].count("3 more causes") > 0, seven["chart"].count("more causes")) == (True, 0)
    # one link a bar and one for the perfect orders
    assert (nine["chart"].count("<a "), seven["chart"].count("<a ")) == (8, 8)
    assert "−3.0" in nine["chart"]
    assert len(nine["rows"]) == 9
