"""Capture: what comes in becomes an order, or says why not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D  # noqa: N817

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from promesa.core import relay
from promesa.core.models import Event
from promesa.inventory.models import Claim, Warehouse
from promesa.inventory.operations import StockRow, add_stock
from promesa.orders.models import Finding, Hold, Order, OrderLine, Promise
from promesa.orders.operations import capture_order, capture_orders
from promesa.orders.rules import DraftLine, OrderDraft
from promesa.orders.tests.world import AT, CLERK, make_world, name_for_customer
from promesa.work.models import WorkItem

pytestmark = pytest.mark.django_db


@pytest.mark.wired
def test_a_clean_order_is_priced_promised_claimed_and_confirmed_in_one_go() -> None:
    world = make_world()
    captured = capture_order(draft=world.draft(12, 24), by=CLERK, at=AT)
    order = Order.objects.get(pk=captured.order_id)
    assert (order.state, order.number) == ("confirmed", captured.number)
    assert (order.net_amount, order.tax_amount, order.total_amount) == (D("360.00"), D("36.00"), D("396.00"))
    assert [(line.ordered_quantity, line.promised) for line in order.lines.order_by("line_number")] == [
        (12, 12),
        (24, 24),
    ]
    assert [(p.quantity, p.ship_date, p.is_first, p.sequence) for p in Promise.objects.order_by("line_id")] == [
        (12, date(2026, 3, 2), True, 1),
        (24, date(2026, 3, 2), True, 1),
    ]
    assert [c.quantity for c in Claim.objects.order_by("demand_line_id")] == [12, 24]
    assert world.stock_of(0).claimed == 12
    assert list(Event.objects.order_by("id").values_list("kind", "number")) == [
        ("OrderSubmitted", 1),
        ("LinesPromised", 2),
        ("OrderConfirmed", 3),
    ]


@pytest.mark.wired
@pytest.mark.parametrize("lines", [1, 10, 100])
def test_capture_costs_the_same_seven_statements_for_one_ten_and_a_hundred_lines(lines: int) -> None:
    world = make_world(items=lines)
    draft = world.draft(*([1] * lines), po_number="4500-1")
    capture_order(draft=world.draft(1), by=CLERK, at=AT)  # calendars are read once in a process
    with CaptureQueriesContext(
        connection,
    ) as queries:
        capture_order(draft=draft, by=CLERK, at=AT)
    statements = [q["sql"] for q in queries.captured_queries if "SAVEPOINT" not in q["sql"]]
    assert len(statements) == 7


def test_what_was_received_is_kept_beside_what_it_was_resolved_to() -> None:
    world = make_world()
    name_for_customer(world, "CLI-77", unit="CS")
    line = DraftLine(line="10", buyer_code="CLI-77", text="ACEITE 5L CJ", quantity=D(2), price=D("120.00"))
    captured = capture_order(draft=OrderDraft(lines=(line,), customer_id=world.customer.pk), by=CLERK, at=AT)
    kept = OrderLine.objects.get(order_id=captured.order_id)
    assert kept.received == {
        "line": "10",
        "buyer_code": "CLI-77",
        "text": "ACEITE 5L CJ",
        "quantity": "2",
        "price": "120.00",
    }
    assert (kept.ordered_quantity, kept.unit_quantity, kept.unit_code, kept.pack_numerator) == (24, 2, "CS", 12)
    assert kept.unit_price == 10
    assert captured.findings == ()


def test_all_faults_of_an_order_are_found_at_once_and_it_waits_as_a_draft() -> None:
    world = make_world()
    lines = (
        DraftLine(sku="99999", text="Algo", quantity=D(1)),
        DraftLine(sku=world.items[0].sku, quantity=D(-3), quantity_text="-3"),
        DraftLine(sku=world.items[1].sku, quantity=D(5), unit="GBND"),
        DraftLine(sku=world.items[2].sku, quantity=D("1e30"), quantity_text="1e30"),
    )
    captured = capture_order(draft=OrderDraft(lines=lines, customer_id=world.customer.pk), by=CLERK, at=AT)
    assert captured.state == "draft"
    assert [(f.line, f.code) for f in captured.findings] == [
        (1, "unknown_item"),
        (2, "bad_quantity"),
        (3, "unknown_unit"),
        (4, "too_large"),
    ]
    assert Finding.objects.filter(order_id=captured.order_id, severity="blocking").count() == 4
    assert WorkItem.objects.get().kind == "draft"
    assert Claim.objects.count() == 0


@pytest.mark.wired
def test_a_price_that_differs_holds_the_order_and_says_both_prices() -> None:
    world = make_world()
    line = DraftLine(sku=world.items[0].sku, quantity=D(1), price=D("9.50"))
    captured = capture_order(draft=OrderDraft(lines=(line,), customer_id=world.customer.pk), by=CLERK, at=AT)
    order = Order.objects.get(pk=captured.order_id)
    assert order.state == "submitted"
    hold = Hold.objects.get(order=order)
    assert (hold.kind, hold.role, hold.released_at) == ("price", "customer_service", None)
    assert Promise.objects.get(line__order=order).is_first is False
    assert Claim.objects.get().strength == "soft"
    (finding,) = captured.findings
    assert (finding.received, finding.right) == ("9.50", "10")


def test_the_same_purchase_order_again_is_held_as_repeat_or_as_change() -> None:
    world = make_world()
    capture_order(draft=world.draft(5, po_number="A1"), by=CLERK, at=AT)
    same, other = capture_orders(
        drafts=[world.draft(5, po_number="A1"), world.draft(6, po_number="A1")], by=CLERK, at=AT
    )
    assert [f.code for f in same.findings] == ["po_repeated_same"]
    assert [f.code for f in other.findings] == ["po_repeated_other"]
    assert Hold.objects.filter(kind="duplicate").count() == 2


@pytest.mark.wired
def test_an_order_beyond_the_credit_is_held_never_refused() -> None:
    world = make_world(credit=D(100))
    captured = capture_order(draft=world.draft(10), by=CLERK, at=AT)
    assert captured.state == "submitted"
    assert [f.code for f in captured.findings] == ["credit_exceeded"]
    assert Hold.objects.get().role == "finance"


def test_a_draft_without_known_buyer_becomes_no_order() -> None:
    world = make_world()
    captured = capture_order(draft=world.draft(1, customer_id=None, customer_gln="8499999999999"), by=CLERK, at=AT)
    assert (captured.order_id, captured.problem) == (None, "unknown_buyer")
    assert Order.objects.count() == 0
    assert Event.objects.count() == 0


def test_two_codes_that_name_different_items_are_not_guessed_between() -> None:
    world = make_world()
    line = DraftLine(sku=world.items[0].sku, gtin=world.items[1].gtin, quantity=D(1))
    captured = capture_order(draft=OrderDraft(lines=(line,), customer_id=world.customer.pk), by=CLERK, at=AT)
    assert [f.code for f in captured.findings] == ["codes_disagree"]


@pytest.mark.wired
def test_an_order_that_comes_before_any_warehouse_is_confirmed_without_a_date_and_finds_its_warehouse_later() -> None:
    world = make_world(stock=0)
    Warehouse.objects.all().delete()
    captured = capture_order(draft=world.draft(5), by=CLERK, at=AT)
    order = Order.objects.get(pk=captured.order_id)
    assert (order.state, order.warehouse_id) == ("confirmed", None)
    assert Promise.objects.get().quantity == 0
    warehouse = Warehouse.objects.create(code="N", name="Nuevo", is_default=True)
    add_stock(
        rows=[StockRow(world.items[0].pk, warehouse.pk, "L", None, D(50))],
        kind="opening",
        reference="",
        by=CLERK,
        at=AT,
    )
    relay.drain()
    order.refresh_from_db()
    assert order.warehouse_id == warehouse.pk
    assert order.lines.get().promised == 5
