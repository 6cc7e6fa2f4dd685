"""Whose a file is: the partner whose door brought it, or the one that its envelope names; and whose the order in it is."""

from datetime import time, timedelta

import pytest

from promesa.exchange import operations
from promesa.exchange.models import OutgoingDocument
from promesa.exchange.rules.envelopes import asks_for_acknowledgement, sender_of
from promesa.exchange.tests.company import AT, BY, add_customer, add_item, codes, open_shop, take_in
from promesa.exchange.tests.partners import add_partner
from promesa.orders.models import Order

pytestmark = pytest.mark.django_db

EDI = (
    "UNB+UNOA:2+8499000010003:14+US:14+260302:0134+7'UNH+1+ORDERS:D:96A:UN'BGM+220+{po}+9'DTM+137:20260302:102'"
    "{buyer}LIN+1++A1:SA'QTY+21:5'UNS+S'UNT+{count}+1'UNZ+1+7'"
)


def order_of(buyer: str = "", po: str = "PO-9") -> bytes:
    return EDI.format(buyer=f"NAD+BY+{buyer}::91'" if buyer else "", count=8 if buyer else 7, po=po).encode()


@pytest.fixture
def shop():
    open_shop()
    add_item("A1")
    return add_customer("C-1", name="Uno"), add_customer("C-2", name="Dos")


@pytest.mark.parametrize("partner_code", ["", "VAN"])
def test_a_file_of_nobodys_door_is_acknowledged_to_the_partner_that_its_envelope_names(shop, partner_code):
    add_partner(
        "VAN", kinds=("acknowledgement",), format_="edifact-contrl", identifier="8499000010003", acknowledges="always"
    )
    (document,) = take_in(order_of("C-1"), "a.edi", partner_code=partner_code)
    operations.acknowledge_files(file_ids=[document.file_id], by=BY, at=AT)
    (sent,) = OutgoingDocument.objects.filter(kind="acknowledgement")
    assert (document.outcome, sent.partner.code, sent.number) == ("orders", "VAN", "7")


def test_an_envelope_that_names_no_partner_or_one_that_is_none_any_more_is_not_acknowledged(shop):
    (unknown,) = take_in(order_of("C-1"), "a.edi")
    add_partner("VAN", kinds=("acknowledgement",), format_="edifact-contrl", identifier="8499000010003")
    operations.put_partner(code="VAN", acknowledges="always", active_to=AT.date(), by=BY, at=AT)
    (ended,) = take_in(order_of("C-1", "PO-10"), "b.edi")
    operations.acknowledge_files(file_ids=[unknown.file_id, ended.file_id], by=BY, at=AT)
    assert not OutgoingDocument.objects.filter(kind="acknowledgement").exists()


def test_what_names_another_customer_than_the_partner_that_brought_it_waits_for_a_person(shop):
    first, _ = shop
    add_partner("P-1", customer="C-1")
    (document,) = take_in(order_of("C-2"), "a.edi", partner_code="P-1")
    assert (document.outcome, codes(document), Order.objects.count()) == ("waiting", ["buyer_is_another"], 0)
    operations.confirm_document(document_id=document.pk, by=BY, at=AT)
    document.refresh_from_db()
    assert (document.outcome, document.order.customer_id) == ("orders", first)


def test_a_name_that_nobody_has_is_the_partners_own_and_the_envelope_never_outweighs_a_name(shop):
    first, second = shop
    add_partner("P-1", customer="C-1", identifier="8499000010003")
    (own,) = take_in(order_of("WHO"), "a.edi", partner_code="P-1")
    (named,) = take_in(order_of("C-2", "PO-10"), "b.edi")
    assert (own.order.customer_id, named.order.customer_id) == (first, second)


@pytest.mark.parametrize(
    ("content", "sender", "asks"),
    [
        (b"UNB+UNOC:3+8437000000006:14+X:14+261120:0930+1++++1'", "8437000000006", True),
        (b"\xef\xbb\xbfUNA*|,\\ ~UNB|UNOC*3|BUY*14|X|261120*0930|1~", "BUY", False),
        (b"ISA*00*          *00*          *ZZ*BUYER          *ZZ*SELLER         *261120*0930*U*00401*000000101*1*P*>~GS", "BUYER", True),
        (b"<Invoice>UNB+UNOC:3+A+B'</Invoice>", "", False),
        (b"pedido;cliente\nUNB+UNOA:1+A+B'", "", False),
        (b"", "", False),
    ],
)  # fmt: skip
def test_an_envelope_says_who_sent_it_and_whether_it_wants_an_answer(content, sender, asks):
    assert (sender_of(content), asks_for_acknowledgement(content)) == (sender, asks)


def test_what_was_agreed_with_the_partner_of_an_envelope_holds_when_its_buyer_is_known_only_later(shop):
    operations.put_partner(code="VAN", identifier="8499000010003", tolerance="hold_rest", cut_off="11:00", by=BY, at=AT)
    (document,) = take_in(order_of("NEW"), "a.edi")
    assert (document.outcome, codes(document)) == ("waiting", ["unknown_buyer"])
    operations.put_parties(rows=[{"code": "NEW", "customer": "C-1"}], by=BY, at=AT)
    operations.rerun(by=BY, at=AT)
    order = Order.objects.get()
    assert (order.hold_rest, order.cut_off) == (True, time(11))


def test_who_is_a_partner_until_a_later_day_still_is_one(shop):
    add_partner("VAN", kinds=(), identifier="8499000010003", tolerance="hold_rest")
    operations.put_partner(code="VAN", active_to=AT.date() + timedelta(days=1), by=BY, at=AT)
    (today,) = take_in(order_of("C-1"), "a.edi")
    (tomorrow,) = take_in(order_of("C-1", "PO-10"), "b.edi", at=AT + timedelta(days=1))
    assert (today.order.hold_rest, tomorrow.order.hold_rest) == (True, False)
