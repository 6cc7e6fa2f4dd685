"""Release, holds, changes, cancellations, drafts checked again, and what is promised anew."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal as D  # noqa: N817

import pytest

from promesa.allocation.operations import promise_again
from promesa.catalog.models import Item
from promesa.core import events, relay
from promesa.core.errors import Stale
from promesa.core.models import Event
from promesa.customers.models import CreditStanding
from promesa.inventory import operations as inventory
from promesa.inventory.models import Claim, Stock
from promesa.orders import operations as orders
from promesa.orders.models import Finding, Hold, LineEntry, Order, OrderChange, OrderLine, Promise
from promesa.orders.rules import DraftLine, OrderDraft
from promesa.orders.tests.world import AT, CLERK, World, expect, make_item, make_world
from promesa.work.models import WorkItem

pytestmark = [pytest.mark.django_db, pytest.mark.wired]
LATER = AT + timedelta(hours=1)


def captured(world: World, *quantities: int, **changes: object) -> Order:
    done = orders.capture_order(draft=world.draft(*quantities, **changes), by=CLERK, at=AT)
    return Order.objects.get(pk=done.order_id)


def test_what_is_confirmed_and_in_stock_goes_to_the_warehouse_and_counts_as_credit_used() -> None:
    world = make_world(credit=D(1000))
    order = captured(world, 10)
    relay.drain()
    line = order.lines.get()
    assert line.released_at == AT
    assert CreditStanding.objects.get().released_not_delivered == D("110.00")
    assert Event.objects.filter(kind="LinesReleased", subject_id=order.pk).count() == 1


def test_releasing_twice_changes_nothing() -> None:
    world = make_world()
    order = captured(world, 10)
    assert orders.release_lines(order_ids=[order.pk], by=CLERK, at=AT) == {order.pk: [order.lines.get().pk]}
    assert orders.release_lines(order_ids=[order.pk], by=CLERK, at=LATER) == {}
    assert CreditStanding.objects.get().released_not_delivered == D("110.00")


def test_an_order_that_no_longer_fits_the_credit_when_it_could_leave_gets_a_hold() -> None:
    world = make_world(credit=D(200))
    first, second = captured(world, 10), captured(world, 10)
    assert (first.state, second.state) == ("confirmed", "confirmed")
    released = orders.release_lines(order_ids=[first.pk, second.pk], by=CLERK, at=AT)
    assert list(released) == [first.pk]
    hold = Hold.objects.get(order=second)
    assert (hold.kind, hold.role, hold.reason["params"]["excess_amount"]) == ("credit", "finance", "20.00")
    orders.release_hold(hold_id=hold.pk, by=CLERK, at=LATER, reason="ya pagó")
    assert list(orders.release_lines(order_ids=[second.pk], by=CLERK, at=LATER)) == [second.pk]


def test_releasing_the_last_hold_confirms_the_order_with_a_hard_claim() -> None:
    world = make_world()
    line = DraftLine(sku=world.items[0].sku, quantity=D(5), price=D(9))
    done = orders.capture_order(draft=OrderDraft(lines=(line,), customer_id=world.customer.pk), by=CLERK, at=AT)
    hold = Hold.objects.get()
    orders.release_hold(hold_id=hold.pk, by=CLERK, at=LATER, reason="vale el acuerdo", minutes=D(3))
    relay.drain()
    order = Order.objects.get(pk=done.order_id)
    assert order.state == "confirmed"
    assert Claim.objects.get().strength == "hard"
    assert Promise.objects.filter(is_first=True).count() == 1
    finding = Finding.objects.get()
    assert (finding.resolution, finding.resolved_by, finding.minutes) == ("accepted", CLERK, 3)
    assert WorkItem.objects.get().state == "done"
    with pytest.raises(orders.HoldAlreadyReleased):
        orders.release_hold(hold_id=hold.pk, by=CLERK, at=LATER, reason="otra vez")


def test_short_stock_is_promised_from_the_receipt_and_a_late_receipt_gives_a_new_promise_keeping_the_first() -> None:
    world = make_world(stock=28)
    expect(world, 20, days=3)
    order = captured(world, 40)
    parts = list(Promise.objects.filter(line__order=order).order_by("part").values_list("quantity", "sequence"))
    assert parts == [(28, 1), (12, 1)]
    inventory.move_receipt(number="R-1", expected_at=AT + timedelta(days=8), by=CLERK, at=LATER, reason="cargó tarde")
    relay.drain()
    assert Promise.objects.filter(line__order=order, sequence=1, is_first=True).count() == 2
    late = Promise.objects.get(line__order=order, sequence=2, part=2)
    assert (late.quantity, late.cause, late.is_first) == (12, "C1", False)
    order.refresh_from_db()
    assert order.promised_to is not None
    assert order.first_promised_to is not None
    assert order.promised_to > order.first_promised_to


def test_what_no_supply_covers_is_promised_when_a_receipt_is_planned() -> None:
    world = make_world(stock=30)
    order = captured(world, 40)
    assert order.state == "confirmed"
    assert Finding.objects.get().code == "supply_short"
    assert WorkItem.objects.get(kind="shortage").state == "open"
    plan = inventory.ReceiptPlan("R-9", world.items[0].pk, world.warehouse.pk, D(50), AT + timedelta(days=4))
    inventory.plan_receipts(plans=[plan], by=CLERK, at=LATER)
    relay.drain()
    line = order.lines.get()
    assert (line.promised, line.promise_sequence) == (40, 2)
    inventory.receive(number="R-9", by=CLERK, at=AT + timedelta(days=4))
    relay.drain()
    assert sorted(Claim.objects.filter(stock__isnull=False).values_list("quantity", flat=True)) == [10, 30]
    assert sorted(Stock.objects.filter(item=world.items[0]).values_list("claimed", flat=True)) == [10, 30]


def test_with_one_delivery_only_a_shortage_holds_the_order_and_claims_nothing() -> None:
    world = make_world(stock=30, one_delivery=True)
    order = captured(world, 40, 5)
    assert order.state == "submitted"
    assert Hold.objects.get().kind == "shortage"
    assert Claim.objects.count() == 0


def test_less_of_a_line_is_a_cancellation_with_its_cause_and_frees_credit() -> None:
    world = make_world()
    order = captured(world, 10)
    orders.release_lines(order_ids=[order.pk], by=CLERK, at=AT)
    orders.change_line(
        order_id=order.pk, line_number=1, quantity=D(4), by=CLERK, at=LATER, reason="sobraba", cause="K4"
    )
    relay.drain()
    line = order.lines.get()
    assert (line.ordered_quantity, line.cancelled_by_customer, line.open_quantity, line.promised) == (10, 6, 4, 4)
    entry = LineEntry.objects.get()
    assert (entry.kind, entry.quantity, entry.cause, entry.reason) == ("cancelled_by_customer", 6, "K4", "sobraba")
    assert CreditStanding.objects.get().released_not_delivered == D("44.00")
    order.refresh_from_db()
    assert order.total_amount == D("44.00")
    assert Stock.objects.filter(item=world.items[0]).get().claimed == 4
    assert OrderChange.objects.get().after == {"quantity": "4.000000"}


def test_more_of_a_line_is_priced_and_promised_like_a_new_one() -> None:
    world = make_world(stock=50)
    order = captured(world, 10)
    orders.change_line(order_id=order.pk, line_number=1, quantity=D(30), by=CLERK, at=LATER)
    relay.drain()
    line = order.lines.get()
    assert (line.ordered_quantity, line.promised, line.net_amount) == (30, 30, D("300.00"))
    assert Stock.objects.filter(item=world.items[0]).get().claimed == 30


def test_a_change_on_a_stale_page_is_refused_and_changes_nothing() -> None:
    world = make_world()
    order = captured(world, 10)
    version = order.version
    orders.change_line(order_id=order.pk, line_number=1, quantity=D(9), by=CLERK, at=LATER, version=version)
    before = Event.objects.count()
    with pytest.raises(Stale):
        orders.change_line(order_id=order.pk, line_number=1, quantity=D(1), by=CLERK, at=LATER, version=version)
    assert order.lines.get().cancelled_by_customer == 1
    assert Event.objects.count() == before


def test_a_cancelled_order_gives_its_stock_back_and_keeps_who_asked() -> None:
    world = make_world()
    order = captured(world, 10, 20)
    orders.cancel_order(order_id=order.pk, by=CLERK, at=LATER, reason="se arrepintió", cause="K4")
    order.refresh_from_db()
    assert order.state == "cancelled"
    assert Claim.objects.count() == 0
    assert [line.cancelled_by_customer for line in order.lines.order_by("line_number")] == [10, 20]
    with pytest.raises(orders.OrderNotChangeable):
        orders.cancel_order(order_id=order.pk, by=CLERK, at=LATER)


def test_the_requested_date_moves_and_the_earlier_wish_stays_on_record() -> None:
    world = make_world()
    order = captured(world, 10, requested_from=AT.date() + timedelta(days=2))
    wanted = AT + timedelta(days=9)
    orders.move_request(
        order_id=order.pk, window_from=wanted, window_to=wanted + timedelta(hours=4), by=CLERK, at=LATER
    )
    relay.drain()
    assert order.requested_windows.count() == 2
    again = Promise.objects.get(line__order=order, sequence=2)
    assert again.initiator == "customer"
    assert again.window_from is not None
    assert again.window_from >= wanted


def test_a_draft_is_checked_again_after_its_master_was_created_and_goes_on() -> None:
    world = make_world()
    line = DraftLine(sku="20001", quantity=D(3))
    done = orders.capture_order(draft=OrderDraft(lines=(line,), customer_id=world.customer.pk), by=CLERK, at=AT)
    assert done.state == "draft"
    item = make_item(7, world.prices, world.warehouse)
    Item.objects.filter(pk=item.pk).update(sku="20001")
    (again,) = orders.recheck_orders(order_ids=[done.order_id or 0], by=CLERK, at=LATER)
    assert (again.state, again.findings) == ("confirmed", ())
    assert Finding.objects.get().resolution == "mended"
    assert OrderLine.objects.get().net_amount == D("30.00")
    assert WorkItem.objects.get().state == "done"


def test_promising_again_without_news_changes_nothing() -> None:
    world = make_world()
    order = captured(world, 10)
    promise_again(order_ids=[order.pk], by=CLERK, at=AT)
    assert Promise.objects.count() == 1
    assert order.lines.get().promise_sequence == 1
    assert Claim.objects.get().quantity == 10


def test_every_refusal_has_a_sentence_in_both_languages() -> None:
    for refusal in (orders.BelowFloor("x", order="P-1", line=1, floor_quantity=D(2)), orders.LineOverrun(lines=1)):
        assert refusal.sentence("es") != refusal.sentence("en")
        assert "…" not in refusal.sentence("es")


def test_a_later_listener_that_fails_is_tried_again_and_ends_as_a_dead_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world()
    captured(world, 1)

    def broken(heard: object) -> None:
        raise ValueError("no")

    monkeypatch.setitem(events._wiring.listeners, "orders.release", broken)
    relay.drain()
    state = Event.objects.get(kind="OrderConfirmed").deliveries.get(listener="orders.release")
    assert (state.state, state.attempts) == ("waiting", 1)
    assert "ValueError: no" in state.last_error
