"""Order documents that others wrote, from their bytes to confirmed orders; the expected values are read off the files."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from promesa.exchange import operations, queries
from promesa.exchange.models import Document
from promesa.exchange.operations import PlaceDraft
from promesa.exchange.tests.company import (
    BY,
    add_customer,
    add_item,
    codes,
    lines_of,
    open_shop,
    take_in_file,
)
from promesa.orders.models import Order

D = Decimal
pytestmark = [pytest.mark.django_db, pytest.mark.wired]

ORDERS = {
    "bots_order01.edi": ["waiting", "waiting", "waiting"],
    "bots_orders_csvdemo.edi": ["waiting", "waiting", "waiting", "waiting"],
    "oca_Retail_EDIFACT_ORDERS_sample1.txt": ["waiting"],
    "oca_test_orders_no_PRI_segments.txt": ["rejected"],
    "php_orders_d01b_error.edi": ["waiting"],
}
# What is no order is kept, or waits: a receipt and an acknowledgement of nobody and nothing that we know.
OTHERS = {
    "bots_aperak.edi": ["waiting"],
    "bots_desadv_8msgs.edi": ["filed"] * 8,
    "koha_ordrsp1.edi": ["filed"],
    "smooks_recadv_d01b.edi": ["waiting"],
    "staedi_invoic_d93a_una.edi": ["filed"],
}


def day(year, month, number):
    """Noon of the document's own date."""
    return datetime(year, month, number, 12, tzinfo=UTC)


def test_every_file_of_the_folder_ends_by_name_is_kept_or_waits(shared_data):
    for path in sorted((shared_data / "edifact").iterdir()):
        documents = take_in_file(path)
        assert documents, path.name
        assert [one.outcome for one in documents] == (ORDERS | OTHERS)[path.name], path.name
        for one in documents:
            if one.outcome == "rejected":
                assert one.reason == "BAD_ENVELOPE", path.name
            if one.outcome == "waiting" and path.name in ORDERS:
                assert codes(one) == ["unknown_buyer"], path.name
    assert Order.objects.count() == 0


def test_a_segment_count_that_lies_rejects_the_order_and_says_what_would_be_right(shared_data):
    (document,) = take_in_file(shared_data / "edifact/oca_test_orders_no_PRI_segments.txt")
    assert (document.outcome, document.reason) == ("rejected", "BAD_ENVELOPE")
    (found,) = [
        one for one in queries.findings_of(document_ids=[document.pk])[document.pk] if one.code == "segment_count_wrong"
    ]
    assert (found.received, found.right, found.severity) == ("267", "21", "blocking")
    assert found.sentence("en") == "UNT declares 267 segments and there are 21."


def test_orders_of_a_party_code_go_on_when_its_customer_and_items_are_known(shared_data):
    at = day(2005, 8, 19)
    documents = take_in_file(shared_data / "edifact/bots_order01.edi", at=at)
    open_shop(at)
    customer = add_customer("C-7", name="Partner One", at=at)
    for sku, gtin, price in (
        ("P1", "2000100873151", "1.25"), ("P2", "2000100873168", "2"), ("P3", "2000100873175", "0.40"),
    ):  # fmt: skip
        add_item(sku, price, gtin=gtin, stock=20_000, at=at)
    done = operations.map_party(code="PARTNER1", customer_id=customer, by=BY, at=at)
    assert (done.tried, done.documents) == (3, 2)
    (repair,) = queries.repairs()
    assert (repair.code, repair.received, repair.lines, repair.orders, repair.documents) == (
        "unknown_item", "2000100873182", 1, 1, 1,
    )  # fmt: skip
    assert repair.sentence("en") == "Code 2000100873182 unknown: 1 line, 1 order, 1 customer"
    done = operations.create_missing_item(code="2000100873182", name="Cuarto", sku="P4", price=D("0.05"), by=BY, at=at)
    assert (done.tried, done.documents) == (1, 1)
    orders = list(Order.objects.order_by("po_number"))
    assert [one.po_number for one in orders] == ["ORDT0000000004-1", "ORDT0000000004-2", "ORDT0000000004-3"]
    assert lines_of(orders[0]) == [("P1", D(1), D("1.25"), D("1.25"))]
    assert lines_of(orders[1]) == [("P1", D(1), D("1.25"), D("1.25"))]
    assert lines_of(orders[2]) == [
        ("P1", D(10), D("1.25"), D("12.50")),
        ("P2", D(100), D(2), D("200.00")),
        ("P3", D(1000), D("0.4"), D("400.00")),
        ("P4", D(10000), D("0.05"), D("500.00")),
    ]
    assert [(one.requested_from, one.requested_to) for one in orders] == [(None, None)] * 3
    assert {one.ordered_at for one in orders} == {at}
    assert {Document.objects.get(pk=one.pk).outcome for one in documents} == {"orders"}
    # There are no goods of the fourth yet: its line is short, and the order waits for them, not for a person's typing.
    assert [one.state for one in orders[:2]] == ["confirmed", "confirmed"]
    assert list(orders[2].findings.filter(resolved_at=None).values_list("code", flat=True)) == ["supply_short"]


def test_the_demo_orders_of_four_messages_become_confirmed_orders(shared_data):
    at = day(2005, 8, 19)
    open_shop(at)
    customer = add_customer("PARTNER1", sites=("CENTRAL", "8712345002206", "8712345678901"), at=at)
    for sku, gtin in (
        ("D1", "8712345004002"),
        ("D2", "8712345005009"),
        ("D3", "8712345006006"),
        ("D4", "8712345002206"),
    ):
        add_item(sku, "3", gtin=gtin, at=at)
    add_item("D5", "7", at=at)
    documents = take_in_file(shared_data / "edifact/bots_orders_csvdemo.edi", at=at)
    # 8712345678901 fails its check digit, so it can be no item's GTIN: it is this customer's code.
    assert [one.outcome for one in documents] == ["orders", "waiting", "waiting", "waiting"]
    assert [(one.received, one.lines, one.orders, one.customer_id) for one in queries.repairs()] == [
        ("8712345678901", 4, 3, customer)
    ]
    done = operations.map_item_code(customer_id=customer, code="8712345678901", sku="D5", by=BY, at=at)
    assert (done.tried, done.documents) == (3, 3)
    first, second, third, fourth = Order.objects.order_by("id")
    assert {one.state for one in (first, second, third, fourth)} == {"confirmed"}
    assert [one.po_number for one in (first, second, third, fourth)] == [
        "BGMREF", "1-4500094289", "1-4500094290", "1-4500094291",
    ]  # fmt: skip
    assert lines_of(first) == [(sku, D(1), D(3), D("3.00")) for sku in ("D1", "D2", "D3", "D4")]
    assert lines_of(second) == [("D5", D(1), D(7), D("7.00"))] * 2
    assert lines_of(third) == [("D5", D(1), D(7), D("7.00"))]
    assert lines_of(fourth) == [("D5", D(9), D(7), D("63.00"))]
    assert (first.ship_to.number, second.ship_to.number, third.ship_to.number) == (
        "8712345002206", "8712345678901", "CENTRAL",
    )  # fmt: skip
    # 29 August 2005 in Madrid, from midnight to midnight; the last two name no day
    assert [(one.requested_from.isoformat(), one.requested_to.isoformat()) for one in (first, second)] == [
        ("2005-08-28T22:00:00+00:00", "2005-08-29T22:00:00+00:00")
    ] * 2
    assert (third.requested_from, fourth.requested_from) == (None, None)


def test_a_retail_order_agrees_with_our_prices_line_by_line(shared_data):
    at = day(2023, 6, 6)
    open_shop(at)
    add_item("9783898307529", "27.5", gtin="9783898307529", at=at)
    add_item("9783898307538", "10.87", at=at)  # fails its check digit, as the next one
    add_item("9783898307645", "3.85", at=at)
    (document,) = take_in_file(shared_data / "edifact/oca_Retail_EDIFACT_ORDERS_sample1.txt", at=at)
    (repair,) = queries.repairs()
    assert (repair.code, repair.received, repair.text, repair.doors) == (
        "unknown_buyer", "5450534000017", "AMAZON EU SARL", ("map_party", "create_customer_for"),
    )  # fmt: skip
    place = PlaceDraft(number="5450534008617", country="GB", time_zone="Europe/London")
    said = {"name": "AMAZON EU SARL", "number": "AMZ", "country": "LU", "tax_id": "LU20260743"}
    done = operations.create_customer_for(code="5450534000017", places=[place], **said, by=BY, at=at)
    assert done.documents == 1
    document.refresh_from_db()
    order = Order.objects.get()
    assert (document.outcome, document.order_id) == ("orders", order.pk)
    assert lines_of(order) == [
        ("9783898307529", D(5), D("27.5"), D("137.50")),
        ("9783898307538", D(1), D("10.87"), D("10.87")),
        ("9783898307645", D(3), D("3.85"), D("11.55")),
    ]
    assert (order.net_amount, order.tax_amount, order.total_amount) == (D("159.92"), D("31.98"), D("191.90"))
    assert (order.customer.number, order.ship_to.number, order.currency) == ("AMZ", "5450534008617", "EUR")
    # 6 June 2023 in London
    assert (order.requested_from.isoformat(), order.requested_to.isoformat()) == (
        "2023-06-05T23:00:00+00:00", "2023-06-06T23:00:00+00:00",
    )  # fmt: skip
    assert order.state == "confirmed"
    assert list(order.findings.values_list("code", flat=True)) == []


def test_a_long_order_of_146_lines_is_made_from_its_own_words_and_two_units_are_asked_for(shared_data):
    at = day(2018, 12, 5)
    open_shop(at)
    (document,) = take_in_file(shared_data / "edifact/php_orders_d01b_error.edi", at=at)
    for _ in range(3):
        missing = operations.missing_for(document_ids=[document.pk])
        operations.create_missing(missing=missing, document_ids=[document.pk], by=BY, at=at)
    assert not operations.missing_for(document_ids=[document.pk])
    order = Order.objects.get()
    assert order.customer.name == "A+A K\ufffdlte GmbH"  # the letter was lost before the file was sent
    assert (order.ship_to.number, order.ship_to.city, order.ship_to.time_zone) == (
        "4250159399005", "TestCity", "Europe/Berlin",
    )  # fmt: skip
    assert order.lines.count() == 146
    # The items took the unit of their first line; 5519 and 5715 come in a second unit whose content nobody says.
    wanted = {(one.code, one.received, one.item_id is not None) for one in queries.repairs(codes=["unknown_unit"])}
    assert wanted == {("unknown_unit", "GBND", True), ("unknown_unit", "PACK", True)}
    assert {one.code for one in queries.repairs()} == {"unknown_unit", "no_price"}
    customer = order.customer_id
    operations.map_unit(customer_id=customer, received="GBND", unit_code="GBND", sku="5519", units=6, by=BY, at=at)
    operations.map_unit(customer_id=customer, received="PACK", unit_code="PK", sku="5715", units=1, by=BY, at=at)
    skus = list(dict.fromkeys(order.lines.order_by("line_number").values_list("item__sku", flat=True)))
    assert len(skus) == 144
    for sku in skus:
        operations.set_missing_price(sku=sku, price=D("1.00"), by=BY, at=at)
    document.refresh_from_db()
    assert document.outcome == "orders"


def test_orders_in_the_past_are_asked_for_at_their_own_date(shared_data):
    at = day(2018, 12, 5)
    open_shop(at)
    add_customer("X", at=at)
    (document,) = take_in_file(shared_data / "edifact/php_orders_d01b_error.edi", at=at)
    assert document.neutral["issued_on"] == "2018-12-05"
    assert document.neutral["requested"] == {"from": "2018-12-06", "to": "2018-12-06"}
    assert document.file.happened_at.date() == date(2018, 12, 5)
