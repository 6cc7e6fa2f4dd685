"""The shortage board: what there is, to whom it is promised, what is missing, and what if a receipt slips."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from promesa.allocation import operations
from promesa.allocation.queries.shortage import Board, Supposed, shortage_board
from promesa.allocation.queries.slipping import WhatIf, Word, what_if
from promesa.allocation.rules.shortage import figures, fitting
from promesa.core.errors import NotFound
from promesa.core.relay import drain
from promesa.inventory import operations as inventory
from promesa.inventory.models import Claim, DemandRate, Receipt, Stock
from promesa.orders.models import Order, OrderLine, Promise
from promesa.orders.operations import capture_order
from promesa.orders.tests.world import AT, CLERK, World, another_customer, expect, make_world

D = Decimal
FRIDAY, THURSDAY = date(2026, 3, 6), date(2026, 3, 5)


def order(world: World, *quantities: int, **changes: Any) -> int:
    wish = {"requested_from": THURSDAY, "requested_to": THURSDAY}
    captured = capture_order(draft=world.draft(*quantities, **{**wish, **changes}), by=CLERK, at=AT)
    assert captured.order_id is not None
    return captured.order_id


def board(**more: Any) -> Board:
    return shortage_board(**{"horizon_to": FRIDAY, "at": AT, **more})


# --- The numbers -----------------------------------------------------------------------------------------------------


def numbers(supply: int, promised: int, protected: int, lacking: int, late: int = 0, rate: str | None = None) -> Any:
    return figures(
        supply=D(supply), promised=D(promised), protected=D(protected), lacking=D(lacking), late=D(late),
        daily_demand=D(rate) if rate else None,
    )  # fmt: skip


def test_oil_before_christmas_has_the_numbers_of_the_board() -> None:
    oil = numbers(316, 276, 40, 126, rate="40")
    assert (oil.supply, oil.promised, oil.protected, oil.free, oil.short, oil.demand) == (316, 276, 40, 0, 86, 402)
    assert (oil.days_of_cover, oil.loss) == (D("7.9"), D("0.3134"))


def test_an_item_that_just_suffices_lacks_nothing_and_has_a_little_free() -> None:
    tomato = numbers(420, 356, 40, 0)
    assert (tomato.free, tomato.short, tomato.loss, tomato.days_of_cover) == (24, 0, 0, None)


def test_a_floor_never_keeps_back_more_than_there_is() -> None:
    assert numbers(100, 90, 40, 0)[2:4] == (10, 0)


def test_goods_that_come_in_the_horizon_but_late_for_their_line_are_counted_once() -> None:
    late = numbers(100, 60, 0, 60, late=60)
    assert (late.demand, late.short, late.free, late.loss) == (60, 0, 40, 1)


def test_of_a_receipt_that_shrinks_the_oldest_claims_stay() -> None:
    assert fitting([(3, D(30)), (1, D(20)), (2, D(15))], D(40)) == {1: D(20), 2: D(15), 3: D(5)}
    assert fitting([(1, D(20)), (2, D(15))], D(20)) == {1: D(20)}
    assert fitting([(1, D(20))], D(0)) == {}


# --- The board -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.wired
def test_the_board_tells_supply_promised_free_and_short_of_each_item_and_who_is_hit() -> None:
    world = make_world(items=3, stock=100)
    expect(world, 50, days=3)  # on Thursday, too late for what is wanted on Thursday
    expect(world, 40, days=10, number="R-2")
    order(world, 80, 10)
    order(world, 90, customer_id=another_customer(world, 2).pk)
    (oil,) = board().items
    figure = oil.figures
    assert (figure.supply, figure.promised, figure.free) == (150, 150, 0)
    # 90 wanted, 20 are there: 50 come in on Thursday and are there on Friday, of 20 nothing comes before the horizon.
    assert (figure.lacking, figure.short, figure.demand) == (70, 20, 170)
    assert (oil.lines, oil.orders, oil.customers, oil.value) == (1, 1, 1, D("700.00"))
    assert (oil.next_on, oil.next_quantity, oil.next_number) == (THURSDAY, D(50), "R-1")
    whole = board()
    assert (whole.count, whole.short_items, whole.orders, whole.customers, whole.value) == (1, 1, 1, 1, D("700.00"))
    assert whole.open_value == 1800
    assert whole.loss == D("0.3889")


@pytest.mark.django_db(transaction=True)
@pytest.mark.wired
def test_goods_that_come_late_and_are_supposed_not_to_come_at_all_are_missing_not_late() -> None:
    world = make_world(items=1, stock=100)
    expect(world, 50, days=3)
    order(world, 80)
    order(world, 90, customer_id=another_customer(world, 2).pk)
    (now,) = board().items
    assert (now.figures.missing, now.loses) == (20, 0)
    (then,) = board(supposed=Supposed("R-1", less=D(100))).items
    assert (then.figures.supply, then.figures.promised) == (100, 100)
    assert (then.figures.missing, then.loses) == (70, 50)


@pytest.mark.django_db(transaction=True)
@pytest.mark.wired
def test_what_is_wanted_after_the_horizon_and_what_has_gone_is_not_on_the_board() -> None:
    world = make_world(items=1, stock=0)
    order_id = order(world, 10, requested_from=date(2026, 3, 20), requested_to=date(2026, 3, 20))
    assert board().items == []
    assert board(horizon_to=date(2026, 3, 20)).items[0].figures.short == 10
    Order.objects.filter(pk=order_id).update(state="cancelled")
    assert board(horizon_to=date(2026, 3, 20)).items == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.wired
def test_items_with_few_days_of_free_stock_are_shown_and_sorted_by_how_long_they_last() -> None:
    world = make_world(items=3, stock=100)
    for item, rate in zip(world.items, (60, 20, 50), strict=True):
        DemandRate.objects.create(
            item=item, daily_quantity=rate, daily_deviation=1, unit_value=10, days=56, counted_to=FRIDAY
        )
    assert [(one.sku, one.figures.days_of_cover) for one in board().items] == [("10001", D("1.7")), ("10003", D("2.0"))]
    assert [one.sku for one in board(cover_days=6, limit=2, offset=1).items] == ["10003", "10002"]
    assert [one.sku for one in board(items=[world.items[1].pk]).items] == ["10002"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.wired
def test_a_line_that_is_served_later_leaves_the_board() -> None:
    world = make_world(items=1, stock=0)
    order(world, 10)
    assert OrderLine.objects.get().lacking is True
    assert board().items[0].figures.lacking == 10
    row = inventory.StockRow(world.items[0].pk, world.warehouse.pk, "L2", None, D(30))
    inventory.add_stock(rows=[row], kind="count", reference="", by=CLERK, at=AT)
    drain()
    assert OrderLine.objects.get().lacking is False
    assert board().items == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.wired
@pytest.mark.parametrize("many", [1, 12])
def test_the_board_takes_two_statements_for_any_number_of_items_and_lines(many: int) -> None:
    world = make_world(items=many, stock=5)
    for _ in range(many):
        order(world, *([8] * many))
    with CaptureQueriesContext(connection) as statements:
        found = board()
    assert found.count == many
    assert len(statements.captured_queries) == 2


# --- What if -----------------------------------------------------------------------------------------------------------


def slipping(**more: Any) -> WhatIf:
    return what_if(**{"receipt": "R-1", "at": AT, "horizon_to": FRIDAY, **more})


def state() -> list[Any]:
    return [
        list(Receipt.objects.values()), list(Stock.objects.values()), list(Claim.objects.order_by("id").values()),
        list(OrderLine.objects.order_by("id").values()), Promise.objects.count(),
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.wired
def test_a_receipt_five_days_late_moves_its_lines_and_only_them_and_nothing_is_written() -> None:
    world = make_world(items=1, stock=20)
    expect(world, 50, days=1)
    plain = another_customer(world, 2)
    Order.objects.update(segment="")
    order(world, 20, customer_id=plain.pk)
    hit = order(world, 30)
    before = state()
    found = slipping(late_days=5)
    assert state() == before
    (line,) = found.worse
    number = Order.objects.get(pk=hit).number
    assert (line.order, line.line, line.now, line.then) == (
        number, 1, Word(D(30), THURSDAY), Word(D(30), date(2026, 3, 10)),
    )  # fmt: skip
    assert (line.value, line.protected, found.orders, found.customers, found.value) == (300, True, 1, 1, 300)
    assert found.then_expected_at == AT + timedelta(days=6)
    assert found.better == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.wired
def test_what_would_happen_is_what_happens() -> None:
    world = make_world(items=2, stock=10)
    expect(world, 100, days=1)
    for n, quantity in enumerate((40, 30, 30, 25)):
        order(world, quantity, 2, customer_id=another_customer(world, n + 10).pk)
    drain()
    found = slipping(short_percent=D(45))
    assert found.then_quantity == 55
    inventory.change_receipt_quantity(number="R-1", quantity=D(55), by=CLERK, at=AT)
    drain()
    lines = {
        (Order.objects.get(pk=line.order_id).number, line.line_number): line.promised
        for line in OrderLine.objects.all()
    }  # fmt: skip
    assert {(hit.order, hit.line): hit.then.quantity for hit in found.worse} == {
        key: lines[key] for key in [(hit.order, hit.line) for hit in found.worse]
    }
    assert sum(hit.now.quantity - hit.then.quantity for hit in found.worse) == 45
    assert slipping(short_percent=D(0)).worse == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.wired
@pytest.mark.parametrize("many", [1, 15])
def test_a_question_takes_the_same_statements_for_any_number_of_lines(many: int) -> None:
    world = make_world(items=1, stock=0)
    expect(world, 100, days=1)
    for _ in range(many):
        order(world, 5)
    with CaptureQueriesContext(connection) as statements:
        found = slipping(short_percent=D(100))
    assert len(found.worse) == many
    assert len(statements.captured_queries) == 9


@pytest.mark.django_db(transaction=True)
def test_a_receipt_that_is_not_expected_has_no_what_if() -> None:
    make_world(items=1)
    with pytest.raises(NotFound):
        slipping(late_days=1)


# --- How much is asked for in a day ----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_rate_counts_days_without_orders_and_forgets_items_nobody_asks_for() -> None:
    world = make_world(items=2, stock=500)
    DemandRate.objects.create(
        item=world.items[1], daily_quantity=1, daily_deviation=1, unit_value=1, days=56, counted_to=FRIDAY
    )
    for day, quantity in ((1, 30), (1, 10), (3, 20)):
        moment = datetime(2026, 2, 20 + day, 9, tzinfo=UTC)
        capture_order(draft=world.draft(quantity, ordered_at=moment), by=CLERK, at=moment)
    Order.objects.update(state="confirmed")
    assert operations.count_demand(to=date(2026, 2, 25), days=4) == 1
    rate = DemandRate.objects.get()
    # 40, 0, 20, 0 in four days: mean 15; squares 2000 - 900 = 1100, over 3.
    assert (rate.item_id, rate.daily_quantity, rate.daily_deviation) == (world.items[0].pk, D(15), D("19.148542"))
    assert (rate.unit_value, rate.days, rate.counted_to) == (D(10), 4, date(2026, 2, 25))
