"""The list of orders: what each filter means, one page after another, sums, and how few statements it takes."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from promesa.core.actors import PROMESA
from promesa.orders.models import Hold, Order, OrderLine
from promesa.orders.operations import Entry, cancel_order, capture_orders, record
from promesa.orders.queries.habits import usual_quantities
from promesa.orders.queries.listing import Asked, numbers_of, page_of, totals_of
from promesa.orders.queries.page import order_page
from promesa.orders.queries.standing import standings
from promesa.orders.tests.world import AT, CLERK, World, another_customer, make_world

D = Decimal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wired")]
ZONE = "Europe/Madrid"
LATER = AT + timedelta(days=30)


@pytest.fixture
def world() -> World:
    return make_world(stock=1000)


def capture(world: World, n: int = 1, **changes: object) -> list[Order]:
    made = []
    for place in range(n):
        at = AT + timedelta(minutes=place)
        drafts = [world.draft(place + 1, **{"ordered_at": at, "received_at": at, **changes})]
        captured = capture_orders(drafts=drafts, by=CLERK, at=at)[0]
        made.append(Order.objects.get(pk=captured.order_id))
    return made


def ids(asked: Asked, **more: object) -> list[int]:
    return page_of(asked, now=more.pop("now", AT), zone=ZONE, **more).ids  # type: ignore[arg-type]


def test_pages_follow_one_another_by_key_and_no_order_is_left_out_or_comes_twice(world: World) -> None:
    made = [order.pk for order in capture(world, 7)]
    for sort, expected in (("", made[::-1]), ("ordered", made), ("net", made), ("-net", made[::-1]), ("number", made)):
        seen: list[int] = []
        after = ""
        while True:
            page = page_of(Asked(sort=sort), now=AT, zone=ZONE, after=after, limit=3)
            seen += page.ids
            after = page.after
            if not after:
                break
        assert seen == expected, sort


def test_a_key_that_nobody_gave_is_ignored(world: World) -> None:
    capture(world, 2)
    for after in ("~", "x~1", "2026-03-02~9", "'; drop table x --~1", "1~999999999999999999999"):
        assert len(ids(Asked(), after=after)) == 2


def test_filters_leave_what_they_say(world: World) -> None:
    first, second, third = capture(world, 3)
    other = another_customer(world, 2)
    theirs = Order.objects.get(
        pk=capture_orders(drafts=[world.draft(0, 5, customer_id=other.pk, po_number="PO-77")], by=CLERK, at=AT)[
            0
        ].order_id
    )
    cancel_order(order_id=second.pk, by=CLERK, at=AT)
    Hold.objects.create(order=third, kind="manual", role="customer_service", since=AT, opened_by="user:1")
    open_ones = {first.pk, third.pk, theirs.pk}
    assert set(ids(Asked(customer="C-002"))) == {theirs.pk}
    assert set(ids(Asked(state="cancelled"))) == {second.pk}
    assert set(ids(Asked(open_only=True))) == open_ones
    assert set(ids(Asked(held=True))) == {third.pk}
    assert set(ids(Asked(item=world.items[1].sku))) == {theirs.pk}
    assert set(ids(Asked(text="po-77"))) == {theirs.pk}
    assert ids(Asked(text="O-77")) == []
    assert set(ids(Asked(text="PO-7"))) == {theirs.pk}
    assert set(ids(Asked(text="ribera"))) == {first.pk, second.pk, third.pk}
    assert set(ids(Asked(text=first.number))) == {first.pk}
    assert set(ids(Asked(promise="risk"))) == {third.pk}
    assert set(ids(Asked(promise="pending"))) == {first.pk, theirs.pk}
    assert set(ids(Asked(promise="broken"), now=LATER)) == open_ones
    assert ids(Asked(promise="broken")) == []
    assert set(ids(Asked(ordered_from=date(2026, 3, 2), ordered_to=date(2026, 3, 2)))) == {second.pk, *open_ones}
    assert ids(Asked(ordered_from=date(2026, 3, 3))) == []
    due = first.promised_to.date()  # type: ignore[union-attr]
    assert set(ids(Asked(due_from=due, due_to=due))) == open_ones


def test_what_was_delivered_in_time_is_kept_and_waits_for_its_invoice(world: World) -> None:
    (order,) = capture(world)
    line = OrderLine.objects.get(order=order)
    Order.objects.filter(pk=order.pk).update(released_at=AT)
    assert ids(Asked(to_invoice=True)) == []
    record(entries=[Entry(line.pk, "despatched", D(1)), Entry(line.pk, "accepted", D(1))], by=PROMESA, at=AT)
    assert ids(Asked(to_invoice=True)) == [order.pk]
    assert ids(Asked(promise="kept"), now=LATER) == [order.pk]
    assert ids(Asked(promise="broken"), now=LATER) == []
    record(entries=[Entry(line.pk, "invoiced", D(1))], by=PROMESA, at=AT)
    assert ids(Asked(to_invoice=True)) == []


def test_totals_add_up_in_the_companys_currency_and_say_when_they_were_cut_short(world: World) -> None:
    orders = capture(world, 3)
    Order.objects.filter(pk=orders[0].pk).update(exchange_rate=D("0.5"))
    assert totals_of(Asked(), now=AT, zone=ZONE) == (3, D("55.00"), False)
    assert totals_of(Asked(), now=AT, zone=ZONE, cap=2)[::2] == (2, True)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("P-2026-000123", ["P-2026-000123"]),
        ("p-2026-123", ["P-2026-000123"]),
        ("2025-000123", ["P-2025-000123"]),
        ("123", [f"P-{year}-000123" for year in (2026, 2025, 2024, 2023, 2022)]),
        ("10248x", ["10248X"]),
    ],
)
def test_a_number_is_found_as_people_say_it(text: str, numbers: list[str]) -> None:
    assert numbers_of(text, AT) == numbers


@pytest.mark.parametrize("n", [1, 12])
def test_a_page_takes_two_statements_however_many_orders_it_has(world: World, n: int) -> None:
    capture(world, n)
    with CaptureQueriesContext(connection) as told:
        found = standings(page_of(Asked(), now=AT, zone=ZONE).ids)
    assert (len(found), len(told)) == (n, 2)


def test_one_order_whole_takes_eight_statements(world: World) -> None:
    (order,) = capture(world)
    with CaptureQueriesContext(connection) as told:
        page = order_page(number=order.number)
    assert page is not None
    assert (page.head.id, len(page.lines), len(page.promises), len(told)) == (order.pk, 1, 1, 8)


def test_what_lacks_supply_is_said_in_the_unit_that_was_ordered(world: World) -> None:
    (order,) = capture(world, lines=(world.draft(1).lines[0].__class__(sku="10001", quantity=D(90), unit="CS"),))
    standing = standings([order.pk])[0]
    # Ninety are seven cases and a half: of the ten that are there no case can be made, the half is served.
    assert (standing.missing, standing.missing_quantity, standing.missing_unit) == (D(84), D(7), "CS")
    assert (standing.missing_item, standing.missing_lines) == ("Aceite 1", 1)


def test_the_usual_quantity_is_the_median_of_the_last_orders_and_needs_three(world: World) -> None:
    item = world.items[0].pk
    capture(world, 2)
    assert usual_quantities(customer_id=world.customer.pk, items=[item]) == {}
    capture(world, 3)
    assert usual_quantities(customer_id=world.customer.pk, items=[item]) == {item: D(2)}
