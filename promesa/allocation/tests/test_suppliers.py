"""Suppliers and their calendars: lead times in their working days, receipts on days on which they do not deliver."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from promesa.allocation.answers import answer_of
from promesa.allocation.queries.order_reasons import reasons_of_order
from promesa.allocation.quoting import Typed, quote
from promesa.allocation.rules import DeliveryTerms, Demand, Source, Supply, SupplyPool, promise_order
from promesa.catalog.models import Item, Supplier
from promesa.catalog.operations import put_items, put_suppliers
from promesa.core import words
from promesa.core.actors import Actor
from promesa.core.calendar_masters import put_calendars
from promesa.core.calendars import BusinessCalendar, ReceivingWindows
from promesa.core.errors import Invalid
from promesa.inventory.models import Receipt
from promesa.inventory.operations import put_receipts
from promesa.orders.models import Order, OrderLine, Promise
from promesa.orders.operations import capture_order
from promesa.orders.queries.told import promises_of
from promesa.orders.tests.world import AT, D, World, make_world

MADRID = "Europe/Madrid"
BY = Actor("command")
# Monday 2 March 2026. The mill is shut on Tuesdays and Wednesdays of that week.
TUE, WED, THU, FRI, NEXT_MON, NEXT_TUE = (date(2026, 3, day) for day in (3, 4, 5, 6, 9, 10))
MILL = Source("Almazara", BusinessCalendar(zone=MADRID, holidays=frozenset({TUE, WED})))


def terms() -> DeliveryTerms:
    week = BusinessCalendar(zone=MADRID)
    return DeliveryTerms(warehouse=week, site=ReceivingWindows.of(MADRID, None, week), cut_off=time(14))


def asked(**more: Any) -> Any:
    line = Demand(1, 5, Decimal(10), **more)
    return promise_order(lines=[line], supply=SupplyPool([Supply(1, 5, Decimal(50))]), terms=terms(), at=AT).lines[0]


def test_a_lead_time_is_counted_in_the_suppliers_working_days() -> None:
    assert asked(lead_days=2).parts[0].ship_date == WED
    # Two of the mill's days after Monday: Thursday and Friday.
    assert asked(lead_days=2, source=MILL).parts[0].ship_date == FRI
    assert asked(lead_days=0, source=MILL).parts[0].ship_date == AT.date()


def test_a_supplier_who_works_when_the_warehouse_does_not_is_waited_for_until_it_opens() -> None:
    daily = Source("Siempre", BusinessCalendar(zone=MADRID, open_weekdays=frozenset(range(7))))
    assert asked(lead_days=5, source=daily).parts[0].ship_date == NEXT_MON


def test_august_is_left_out() -> None:
    august = Source(
        "Almazara", BusinessCalendar(zone=MADRID, holidays=frozenset(date(2026, 8, day) for day in range(1, 32)))
    )
    line = Demand(1, 5, Decimal(10), lead_days=3, source=august)
    at = AT.replace(month=7, day=30)  # a Thursday
    (promised,) = promise_order(
        lines=[line], supply=SupplyPool([Supply(1, 5, Decimal(50))]), terms=terms(), at=at
    ).lines
    assert promised.parts[0].ship_date == date(2026, 9, 2)


def test_the_reason_names_the_supplier_whose_lead_time_it_is() -> None:
    wish = {"requested_from": AT + timedelta(days=1), "requested_to": AT + timedelta(days=2)}
    part = asked(lead_days=2, source=MILL, **wish).parts[0]
    assert (part.reason, part.params["supplier"]) == ("promise_supplier_lead_time", "Almazara")
    said = words.say(part.reason, part.params, "es")
    assert said == (
        "Se pidió antes de lo que permite el plazo de Almazara (2 de sus días hábiles): sale vie 6 mar, lo antes posible."
    )


# --- On record ---------------------------------------------------------------------------------------------------------


def supplied(**item: Any) -> World:
    """The first item comes from the mill, which is shut on Tuesday and Wednesday."""
    world = make_world(items=2, stock=20)
    shut = [{"code": "MILL", "day": day, "holiday": "Cierre"} for day in (TUE, WED)]
    put_calendars(rows=shut, by=BY, at=AT)
    put_suppliers(rows=[{"supplier": "ALM", "name": "Almazara", "calendar": "MILL"}], by=BY, at=AT)
    put_items(rows=[{"sku": "10001", "supplier": "ALM", **item}], by=BY, at=AT)
    return world


@pytest.mark.django_db
@pytest.mark.wired
def test_an_order_and_its_quotation_wait_for_the_suppliers_days() -> None:
    world = supplied(lead_days=2)
    lines = [Typed(1, "10001", D(10), "10", "", None)]
    told = quote(customer="C-001", ship_to="", po_number="", requested_on=TUE, lines=lines, at=AT)
    assert told is not None
    part = told.promises[1].parts[0]
    order = capture_order(draft=world.draft(10, requested_from=TUE, requested_to=TUE), by=BY, at=AT)
    promise = Promise.objects.get(line__order_id=order.order_id)
    assert (
        (part.ship_date, part.reason)
        == (promise.ship_date, promise.reason["code"])
        == (FRI, "promise_supplier_lead_time")
    )


@pytest.mark.django_db
@pytest.mark.wired
def test_who_supplies_us_is_not_told_to_customers() -> None:
    world = supplied()
    row = {"number": "R-9", "sku": "10001", "expected_on": FRI, "quantity": 50, "supplier": "Almazara"}
    put_receipts(rows=[row], by=BY, at=AT)
    order = capture_order(draft=world.draft(40, requested_from=TUE, requested_to=TUE), by=BY, at=AT)
    number, customer = Order.objects.get(pk=order.order_id).number, world.customer.pk
    ours = promises_of(number=number)[1]
    assert ours["reason"]["code"] == "promise_waits_for_supplier"
    assert ours["sentence"]["en"] == "It waits for goods of Almazara that come in Fri 6 Mar."
    theirs = promises_of(number=number, within=customer)[1]
    assert theirs["reason"]["code"] == "promise_waits_for_receipt"
    assert "Almazara" not in str(theirs)
    assert [one.code for one in reasons_of_order(order=number)[0].promise][1] == "promise_waits_for_supplier"
    assert "Almazara" not in str(reasons_of_order(order=number, within=customer))
    lines = [Typed(1, "10001", D(30), "30", "", None)]
    told = quote(customer="C-001", ship_to="", po_number="", requested_on=TUE, lines=lines, at=AT)
    assert told is not None
    assert "Almazara" in str(answer_of(told, at=AT))
    assert "Almazara" not in str(answer_of(told, at=AT, with_sources=False))


@pytest.mark.django_db
def test_a_new_version_of_a_calendar_is_the_suppliers_too() -> None:
    supplied()
    before = Supplier.objects.get().calendar_id
    put_calendars(rows=[{"code": "MILL", "day": FRI, "holiday": "Fiesta local"}], by=BY, at=AT)
    calendar = Supplier.objects.get().calendar
    assert calendar is not None
    assert (calendar.pk != before, calendar.version) == (True, 2)


@pytest.mark.django_db
def test_an_unknown_supplier_or_calendar_is_a_fault_of_its_row() -> None:
    make_world(items=1)
    with pytest.raises(Invalid) as refused:
        put_items(rows=[{"sku": "10001", "supplier": "NOBODY"}], by=BY, at=AT)
    assert [(one["field"], one["code"]) for one in refused.value.errors] == [("supplier", "reference_unknown")]
    with pytest.raises(Invalid):
        put_suppliers(rows=[{"supplier": "X", "name": "X", "calendar": "NONE"}], by=BY, at=AT)
    assert (Item.objects.get().supplier_id, Supplier.objects.count()) == (None, 0)


@pytest.mark.django_db
@pytest.mark.wired
def test_a_receipt_on_a_day_on_which_its_supplier_does_not_deliver_is_taken_in_and_noted() -> None:
    world = supplied()
    capture_order(draft=world.draft(40), by=BY, at=AT)
    row = {"number": "R-9", "sku": "10001", "expected_on": TUE, "quantity": 50}
    put = put_receipts(rows=[row, {**row, "number": "R-8", "expected_on": THU}], by=BY, at=AT)
    assert (put.created, put.changed, put.rejected) == (2, 0, [])
    assert [(one["row"], one["code"], one["sentence"]["en"]) for one in put.noted] == [
        (1, "receipt_on_closed_day", "Almazara does not deliver on Tue 3 Mar. The first day they can is Thu 5 Mar: check the date.")
    ]  # fmt: skip
    again = put_receipts(rows=[{**row, "expected_on": FRI, "quantity": 60}], by=BY, at=AT)
    assert (again.created, again.changed, again.noted) == (0, 1, [])
    receipt = Receipt.objects.get(number="R-9")
    assert (receipt.quantity, receipt.expected_at.date()) == (60, FRI)
    assert OrderLine.objects.get().promised == 20
