"""A partner whose tolerance is to hold the rest: what is right of an order goes on, what is not waits and is said."""

from datetime import timedelta
from decimal import Decimal

import pytest

from promesa.catalog import operations as catalog
from promesa.core import relay
from promesa.exchange import operations, queries
from promesa.exchange.models import OutgoingDocument
from promesa.exchange.tests.company import AT, BY, CSV, add_customer, add_item, open_shop, take_in
from promesa.exchange.tests.partners import add_partner
from promesa.fulfilment import operations as fulfilment
from promesa.fulfilment.models import DespatchAdvice
from promesa.inventory.models import Claim
from promesa.orders import operations as orders
from promesa.orders.models import LineEntry, Promise
from promesa.work.models import WorkItem

D = Decimal
pytestmark = [pytest.mark.django_db, pytest.mark.wired]
LATER = AT + timedelta(hours=2)
RIGHT_AND_WRONG = CSV + "PO-1;C-1;A1;40;2026-03-10\nPO-1;C-1;ZZ;12;2026-03-10\nPO-1;C-1;A2;6;2026-03-10\n"


@pytest.fixture
def shop():
    open_shop()
    customer = add_customer("C-1", name="Almacenes Uno")
    add_item("A1", "10")
    add_item("A2", "5")
    return customer


def order_of(text: str, *, tolerance: str = "hold_rest"):
    add_partner(kinds=("order_response",), tolerance=tolerance, channel="none")
    (document,) = take_in(text.encode(), partner_code="P-1")
    relay.drain()
    return document, document.order


def lines(order):
    rows = order.lines.order_by("line_number").values_list(
        "item__sku", "ordered_quantity", "promised", "held", "net_amount", "promise_sequence"
    )
    return [tuple(row) for row in rows]


def responses(order):
    rows = OutgoingDocument.objects.filter(order=order, kind="order_response").order_by("version")
    return [row.neutral for row in rows]


def said(response):
    return [
        (one["line_number"], one["response"], one["quantity"], one.get("quantities", {}).get("back_ordered"))
        for one in response["lines"]
    ]


def test_what_is_right_is_promised_and_confirmed_and_the_rest_waits(shop):
    document, order = order_of(RIGHT_AND_WRONG)
    assert (document.outcome, order.state, order.hold_rest) == ("orders", "confirmed", True)
    assert lines(order) == [
        ("A1", 40, 40, False, D("400.00"), 1), (None, 12, 0, True, 0, 0), ("A2", 6, 6, False, D("30.00"), 1),
    ]  # fmt: skip
    assert (order.net_amount, order.tax_amount, order.total_amount) == (430, 43, 473)
    assert Claim.objects.filter(strength="hard").count() == 2
    assert list(order.lines.filter(released_at=None).values_list("line_number", flat=True)) == [2]
    work = WorkItem.objects.get(kind="draft", state="open")
    assert (work.title["code"], work.title["params"]["count"]) == ("work_lines_held", 1)


def test_all_or_nothing_keeps_the_whole_order_back(shop):
    document, order = order_of(RIGHT_AND_WRONG, tolerance="all_or_nothing")
    assert (document.outcome, order.state) == ("waiting", "draft")
    assert not Promise.objects.exists()
    assert not order.lines.filter(held=True).exists()


def test_the_answer_says_which_lines_are_accepted_and_which_wait_and_why(shop):
    _, order = order_of(RIGHT_AND_WRONG)
    (response,) = responses(order)
    assert response["response"] == "changed"
    assert said(response) == [("1", "accepted", "40", None), ("2", "changed", "0", "12"), ("3", "accepted", "6", None)]
    waiting = response["lines"][1]
    assert waiting["reason_code"] == "answer_held"
    assert waiting["reason"].startswith("Esta línea espera y el resto sigue. No conocemos el código ZZ")


def test_mending_the_cause_confirms_the_rest_and_tells_it(shop):
    document, order = order_of(RIGHT_AND_WRONG)
    (repair,) = queries.repairs()
    assert (repair.code, repair.received, repair.lines, repair.orders, repair.document_ids) == (
        "unknown_item", "ZZ", 1, 1, [document.pk],
    )  # fmt: skip
    done = operations.create_missing_item(code="ZZ", name="Miel", sku="ZZ", price=D(4), by=BY, at=LATER)
    assert done.orders == (order.number,)
    relay.drain()
    order.refresh_from_db()
    assert lines(order)[1] == ("ZZ", 12, 0, False, D("48.00"), 1)
    assert (order.state, order.net_amount) == ("confirmed", 478)
    assert queries.repairs() == []
    assert not order.findings.filter(resolved_at=None, severity="blocking").exists()
    assert not WorkItem.objects.filter(kind="draft", state="open").exists()
    assert list(order.changes.values_list("kind", "initiator")) == [("take_up", "us")]


def test_a_line_that_is_mended_gets_a_first_promise_of_its_own_and_the_others_keep_theirs(shop):
    _, order = order_of(RIGHT_AND_WRONG)
    add_item("Z9", "4", at=AT)
    done = operations.map_item_code(customer_id=shop, code="ZZ", sku="Z9", by=BY, at=LATER)
    relay.drain()
    assert done.orders == (order.number,)
    rows = Promise.objects.filter(line__order=order).order_by("line__line_number", "sequence")
    assert list(rows.values_list("line__line_number", "sequence", "quantity", "is_first")) == [
        (1, 1, 40, True), (2, 1, 12, True), (3, 1, 6, True),
    ]  # fmt: skip
    first, second = responses(order)
    assert [one[1] for one in said(second)] == ["accepted", "accepted", "accepted"]
    assert (first["number"], second["number"]) == (f"{order.number}-1", f"{order.number}-2")


def test_a_line_without_its_unit_waits_and_goes_on_when_the_unit_is_known(shop):
    text = "pedido;cliente;referencia;cantidad;unidad\nPO-1;C-1;A1;40;C62\nPO-1;C-1;A2;3;BULTO\n"
    _, order = order_of(text)
    assert lines(order)[1][:4] == ("A2", 3, 0, True)
    operations.map_unit(customer_id=shop, received="BULTO", unit_code="CS", sku="A2", units=6, by=BY, at=LATER)
    relay.drain()
    assert lines(order)[1] == ("A2", 18, 18, False, D("90.00"), 1)


def test_when_the_head_is_wrong_or_no_line_is_right_all_of_it_waits(shop):
    _, order = order_of(CSV + "PO-1;C-1;ZZ;12;2026-03-10\nPO-1;C-1;YY;1;2026-03-10\n")
    assert (order.state, order.lines.filter(held=True).count()) == ("draft", 0)
    catalog.put_item_codes(rows=[{"customer": "C-1", "code": "ZZ", "sku": "A1"}], by=BY, at=LATER)
    operations.rerun(by=BY, at=LATER)
    relay.drain()
    order.refresh_from_db()
    assert order.state == "confirmed"
    assert [(row[0], row[3]) for row in lines(order)] == [("A1", False), (None, True)]
    assert WorkItem.objects.get(kind="draft", state="open").title["code"] == "work_lines_held"


def test_a_customer_of_one_delivery_gets_nothing_in_parts(shop):
    add_customer("C-1", one_delivery=True)
    document, order = order_of(RIGHT_AND_WRONG)
    assert (document.outcome, order.state) == ("waiting", "draft")


def test_a_line_that_waits_can_be_given_up_and_the_order_ends(shop):
    _, order = order_of(RIGHT_AND_WRONG)
    fulfilment.despatch(order_id=order.pk, by=BY, at=LATER)
    fulfilment.deliver(advice_id=DespatchAdvice.objects.get().pk, by=BY, at=LATER)
    relay.drain()
    assert orders.close_if_done(order_ids=[order.pk], by=BY, at=LATER) == []
    orders.change_line(order_id=order.pk, line_number=2, quantity=D(0), initiator="us", by=BY, at=LATER)
    relay.drain()
    entry = LineEntry.objects.get(line__order=order, line__line_number=2)
    assert (entry.kind, entry.quantity) == ("cancelled_by_us", 12)
    assert not order.lines.filter(held=True).exists()
    assert order.findings.get(code="unknown_item").resolution == "given_up"
    assert said(responses(order)[-1])[1] == ("2", "rejected", "0", None)


def test_a_quantity_that_puts_a_waiting_line_right_lets_it_go_on_and_another_is_refused(shop):
    case = {"level": "case", "unit_code": "CS", "numerator": 6}
    catalog.put_items(rows=[{"sku": "A2", "packs": [case], "sales_unit": "CS"}], by=BY, at=AT)
    _, order = order_of(CSV + "PO-1;C-1;A1;40;2026-03-10\nPO-1;C-1;A2;7;2026-03-10\n")
    assert lines(order)[1][:4] == ("A2", 7, 0, True)
    with pytest.raises(orders.LineHeld) as refusal:
        orders.change_line(order_id=order.pk, line_number=2, quantity=D(8), by=BY, at=LATER)
    assert "8" in refusal.value.sentence("en")
    orders.change_line(order_id=order.pk, line_number=2, quantity=D(12), by=BY, at=LATER)
    relay.drain()
    assert lines(order)[1] == ("A2", 12, 12, False, D("60.00"), 1)


def test_cancelling_the_order_ends_what_waits_too(shop):
    _, order = order_of(RIGHT_AND_WRONG)
    orders.cancel_order(order_id=order.pk, by=BY, at=LATER)
    order.refresh_from_db()
    assert order.state == "cancelled"
    assert not order.lines.filter(held=True).exists()
    assert not WorkItem.objects.filter(state="open", subject=f"order:{order.pk}").exists()
