"""By when a partner sends: what comes later counts from the next open day, and the promise says so."""

from datetime import UTC, datetime, time

import pytest

from promesa.core import relay, words
from promesa.exchange import operations
from promesa.exchange.models import Partner
from promesa.exchange.operations import AnswerUnusable
from promesa.exchange.tests.company import AT, BY, CSV, add_customer, add_item, open_shop, take_in
from promesa.orders.models import Promise

pytestmark = [pytest.mark.django_db, pytest.mark.wired]
# Monday 2 March; the warehouse's own cut-off is 14:00 there (13:00 UTC).
BEFORE, AFTER = datetime(2026, 3, 2, 9, 30, tzinfo=UTC), datetime(2026, 3, 2, 10, 30, tzinfo=UTC)


@pytest.fixture
def shop():
    open_shop()
    customer = add_customer("C-1")
    add_item("A1", "10")
    operations.put_partner(code="P-1", customer_id=customer, cut_off="11:00", by=BY, at=AT)


def promised(at, day="2026-03-03", **said):
    (document,) = take_in((CSV + f"PO-1;C-1;A1;4;{day}\n").encode(), at=at, partner_code="P-1", **said)
    relay.drain()
    promise = Promise.objects.get(line__order=document.order)
    return promise, document.order


def test_what_comes_in_time_leaves_the_same_day(shop):
    promise, order = promised(BEFORE)
    assert (promise.ship_date.isoformat(), promise.reason["code"]) == ("2026-03-02", "promise_as_requested")
    assert order.cut_off == time(11)


def test_what_comes_later_counts_from_the_next_open_day_and_the_promise_says_so(shop):
    promise, _ = promised(AFTER)
    assert promise.ship_date.isoformat() == "2026-03-03"
    assert promise.reason["code"] == "promise_after_agreed_cut_off"
    assert words.say(promise.reason["code"], promise.reason["params"], "es") == (
        "El pedido entró después de las 11:00, la hora acordada con quien lo envía, y cuenta desde el día hábil siguiente."
    )


def test_without_a_wish_the_promise_says_so_too(shop):
    promise, _ = promised(AFTER, day="")
    assert (promise.ship_date.isoformat(), promise.reason["code"]) == ("2026-03-03", "promise_after_agreed_cut_off")


def test_a_wish_that_is_met_all_the_same_is_promised_as_asked(shop):
    promise, _ = promised(AFTER, day="2026-03-10")
    assert promise.reason["code"] == "promise_as_requested"


def test_the_same_order_of_nobody_in_particular_counts_from_its_own_day(shop):
    (document,) = take_in((CSV + "PO-1;C-1;A1;4;2026-03-03\n").encode(), at=AFTER)
    assert Promise.objects.get(line__order=document.order).ship_date.isoformat() == "2026-03-02"


def test_an_hour_that_is_none_is_refused_and_an_empty_one_takes_it_away(shop):
    with pytest.raises(AnswerUnusable) as refusal:
        operations.put_partner(code="P-1", cut_off="25:00", by=BY, at=AT)
    assert refusal.value.sentence("en").endswith("“25:00” is no hour: write it like 14:00.")
    operations.put_partner(code="P-1", cut_off="", by=BY, at=AT)
    assert Partner.objects.get().cut_off is None
