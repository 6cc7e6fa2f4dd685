"""UBL and Voxel documents that others wrote, read against values taken from them by hand, and written again."""

import tarfile
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from promesa.exchange import formats
from promesa.exchange.formats.neutral import Allowance, Lot, Package, Reported, Window
from promesa.exchange.formats.ubl.write import write

PEPPOL = (
    "Order_Example.xml", "UC1_Order.xml", "OrderResponse_Example.xml", "UC3_Order_response.xml",
    "DespatchAdvice_Example.xml", "DespatchAdvice_UseCase2.xml", "adv_sc1_1_Order.xml", "adv_sc1_2_OrderResponse.xml",
    "adv_sc1_3_OrderChange.xml", "adv_sc1_4_OrderCancellation.xml", "InvoiceResponse_Example.xml",
)  # fmt: skip
EXTRA = (
    "UC3_Order.xml", "UC5_Order.xml", "UC1_Order_response.xml", "DespatchAdvice_UseCase4.xml",
    "OrderCancellation_Example.xml",
)  # fmt: skip


@pytest.fixture
def read(shared_data):
    def _read(name):
        documents = formats.read((shared_data / name).read_bytes(), filename=name)
        assert len(documents) == 1
        return documents[0]

    return _read


@pytest.fixture
def read_extra(shared_data):
    def _read(name):
        with tarfile.open(shared_data / "extra_documents.tar.gz") as archive:
            (document,) = formats.read(archive.extractfile(f"extra/{name}").read(), filename=name)
        return document

    return _read


def codes(document):
    return sorted({fault.code for fault in document.faults})


def figures(document):
    return [
        (line.line_number, str(line.quantity), line.unit_code, str(line.price), str(line.amount))
        for line in document.lines
    ]


def test_the_full_peppol_order_says_all_it_holds(read):
    order = read("peppol-ubl/Order_Example.xml")
    assert (order.format, order.kind, order.number, order.type_code) == ("ubl-order", "order", "34", "220")
    assert (order.issued_on, order.currency, order.terms) == (date(2018, 9, 1), "NOK", "Payment terms description")
    assert order.notes == ("Information text for the whole order",)
    assert order.references == {
        "seller_order": "112233", "customer": "9000012345", "accounting": "Project123", "quotation": "QuoteID123",
        "previous_order": "RjectedOrderID123", "originator": "MAFO", "catalogue": "Cat2023-03-07", "contract": "34322",
        "project": "PID33",
    }  # fmt: skip
    assert order.period == Window(None, date(2013, 1, 31))
    assert order.requested == Window(
        datetime.fromisoformat("2012-10-10T12:30"), datetime.fromisoformat("2012-10-20T18:00")
    )
    buyer = order.party("buyer")
    assert (buyer.gln, buyer.code, buyer.agency, buyer.tax_id) == (
        "7300010000001",
        "7300010000001",
        "0088",
        "NO9311867455MVA",
    )
    assert (buyer.name, buyer.trade_name, buyer.legal_id) == ("Helseforetak AS", "Helseforetak", "931186755")
    assert (buyer.street, buyer.street_2, buyer.street_3) == ("Sinsenveien 40", "Oppgang B", "Address Line 3")
    assert (buyer.city, buyer.postcode, buyer.region, buyer.country) == ("Oslo", "0501", "Region", "NO")
    assert (buyer.contact, buyer.phone, buyer.email) == ("Ole Olsen", "23055000", "post@helseforetak.no")
    assert (buyer.endpoint, buyer.endpoint_scheme) == ("987654325", "0192")
    assert order.party("seller").name == "Medical AS"
    assert order.party("invoicee").street == "Sinsenveien 42"
    assert order.party("originator").contact == "Julie Jensen"
    ship_to = order.party("ship_to")
    assert (ship_to.gln, ship_to.codes, ship_to.name) == ("7300010000001", {"0082": "13691234"}, "Helseavdeling")
    assert (ship_to.street, ship_to.city, ship_to.postcode) == ("Solheimsveien 10", "Lørenskog", "1473")
    assert {name: str(value) for name, value in order.totals.items()} == {
        "lines": "6525.00", "taxable": "6272.50", "with_tax": "6372.50", "allowances": "652.50", "charges": "400.00",
        "prepaid": "10.00", "rounding": "0.50", "payable": "6363", "tax": "100.00",
    }  # fmt: skip
    assert order.allowances[1] == Allowance(
        False, Decimal("652.50"), Decimal("6525.00"), Decimal(10), "Discount", "95", "S", Decimal(25)
    )
    assert [one.get("number") for one in order.attachments] == ["Doc1", "Doc2"]
    assert order.attachments[0]["uri"] == "http://www.suppliersite.eu/sheet001.html"
    assert order.attachments[1]["content"].startswith(b"R0lGODlhcgG")
    # The sample's item number is no GTIN: its check digit is wrong.
    assert [(fault.code, fault.received, fault.right) for fault in order.faults] == [
        ("check_digit_wrong", "7560000012345", "7560000012340")
    ]


def test_the_lines_of_the_full_peppol_order(read):
    first, second = read("peppol-ubl/Order_Example.xml").lines
    assert (first.line_number, first.quantity, first.unit_code) == ("1", Decimal(120), "EA")
    assert (first.gtin, first.seller_code, first.buyer_code, first.codes) == (
        "7560000012345",
        "121212",
        "123456",
        {"MF": "manid659"},
    )
    assert (first.text, first.price, first.price_basis, first.amount) == (
        "Needle 4mm",
        Decimal(50),
        Decimal(1),
        Decimal(6300),
    )
    assert (first.gross_price, first.price_discount, first.tax_rate, first.tax_category) == (60, 10, 25, "S")
    assert first.requested == Window(
        datetime.fromisoformat("2010-02-10T12:30"), datetime.fromisoformat("2010-02-25T18:00")
    )
    assert [(one.charge, one.amount) for one in first.allowances] == [(True, Decimal(600)), (False, Decimal(300))]
    assert first.lots == (Lot("LO-123456", None, None, "SE-123456"),)
    assert first.attributes == {"classification MP": "12345678", "Length": "30 mm"}
    assert first.notes == ("Freetext note on line 1",)
    assert (second.text, second.description, second.quantity) == (
        "Wet tissues",
        "Wet tissues for children",
        Decimal(15),
    )
    assert second.requested == Window(date(2012, 10, 15), date(2012, 10, 31))
    assert second.references == {"accounting": "ProjectID123", "partial_delivery": "true"}


def test_an_order_of_numbered_articles(read):
    order = read("peppol-ubl/UC1_Order.xml")
    assert (order.number, order.issued_on, order.currency) == ("1", date(2013, 7, 1), "EUR")
    assert figures(order) == [
        ("1", "10", "NAR", "4", "40"),
        ("2", "5", "NAR", "6", "30"),
        ("3", "15", "NAR", "3", "45"),
    ]
    assert [line.gtin for line in order.lines] == ["05704066204093", "08722700575887", "08722700577584"]
    assert [line.text for line in order.lines] == ["Brown sauce", "White sauce", "Pepper sauce"]
    assert order.requested == Window(date(2013, 7, 15), date(2013, 7, 16))
    assert order.totals == {"lines": Decimal(115), "payable": Decimal("143.75"), "tax": Decimal("28.75")}
    assert (order.party("seller").code, order.party("seller").agency, order.party("seller").gln) == (
        "987654325",
        "0192",
        None,
    )
    assert order.party("ship_to").street == "Lower street 5"
    assert order.faults == ()


def test_the_chain_order_response_change_cancellation_hangs_together(read):
    order, response, change, cancellation = (
        read(f"peppol-ubl/adv_sc1_{name}.xml")
        for name in ("1_Order", "2_OrderResponse", "3_OrderChange", "4_OrderCancellation")
    )
    assert [one.kind for one in (order, response, change, cancellation)] == [
        "order", "order_response", "order_change", "order_cancellation",
    ]  # fmt: skip
    assert order.number == "Order-1"
    assert {one.references["order"] for one in (response, change, cancellation)} == {"Order-1"}
    assert figures(order) == [("1", "10", "NAR", "40", "400"), ("2", "50", "NAR", "6", "300")]
    assert (response.response, response.references["status"]) == ("changed", "CA")
    assert [(line.response, line.quantity, line.seller_code, line.reason) for line in response.lines] == [
        ("changed", Decimal(5), "SN-1", "Reduced quantity to 5 and added Sellers item identification"),
        ("changed", None, "SN-2", "Added Sellers item identification"),
    ]
    assert response.promised == Window(date(2022, 2, 15), date(2022, 2, 20))
    assert figures(change) == [("1", "5", "NAR", "40", "200"), ("2", "50", "NAR", "6", "300")]
    assert [line.references["action"] for line in change.lines] == ["changed", "changed"]
    assert (change.number, change.function, change.totals["payable"]) == ("Change-1", "change", Decimal(600))
    assert (cancellation.function, cancellation.notes) == ("cancel", ("With reference to phone call",))
    assert {one.party("buyer").code for one in (order, response, change, cancellation)} == {"5541277710"}
    assert {one.party("buyer").gln for one in (order, response, change, cancellation)} == {"7300010000001"}
    assert [one.faults for one in (order, response, change, cancellation)] == [(), (), (), ()]


def test_a_response_says_line_by_line_what_it_changes(read):
    response = read("peppol-ubl/OrderResponse_Example.xml")
    assert (response.number, response.response, response.references["order"]) == ("101", "changed", "11233")
    assert response.references["seller_order"] == "101-111"
    assert [line.response for line in response.lines] == ["changed", "accepted", "changed"]
    first = response.lines[0]
    assert (first.quantity, first.unit_code, first.price, first.gtin) == (10, "C62", Decimal("1.50"), "7400000001234")
    assert first.quantities == {"back_ordered": Decimal(3)}
    assert first.promised == Window(
        datetime.fromisoformat("2018-08-10T12:30"), datetime.fromisoformat("2018-08-12T18:00")
    )
    assert first.reason == "Order line note text"
    assert response.lines[2].references == {
        "substitute_line": "1", "substitute": "8722700577588", "substitute_seller_code": "SN-36",
        "substitute_text": "Pepper sauce",
    }  # fmt: skip
    assert codes(response) == ["check_digit_wrong"]


def test_a_rejection_of_the_whole_order(read):
    response = read("peppol-ubl/UC3_Order_response.xml")
    assert (response.response, response.references["order"], response.lines) == ("rejected", "5", ())
    assert response.notes == ("No available translators",)
    assert response.faults == ()


def test_a_despatch_advice_with_lots_and_units(read):
    advice = read("peppol-ubl/DespatchAdvice_Example.xml")
    assert (advice.kind, advice.number, advice.issued_on) == ("despatch_advice", "565899", date(2018, 9, 20))
    assert advice.references == {"order": "AEG012345", "shipment": "1", "consignment": "1", "tracking": "456789"}
    assert advice.despatched_on == date(2018, 9, 25)
    assert advice.promised == Window(
        datetime.fromisoformat("2018-09-25T12:00"), datetime.fromisoformat("2018-09-27T12:00")
    )
    assert advice.packages == (
        Package("5454", None, "4H"), Package("126", None, "BX", within="5454"), Package("667", None, "BX", within="5454"),
    )  # fmt: skip
    (line,) = advice.lines
    assert line.quantities == {"despatched": Decimal(10), "back_ordered": Decimal(2)}
    assert (line.reason, line.package, line.references) == ("text", "5454", {"order": "AEG012345"})
    assert line.lots == (Lot("546378239", date(2010, 1, 1), None, "4558784"),)
    assert (advice.party("ship_from").name, advice.party("ship_to").contact) == ("Consortial", "Mr Fred Churchill")
    assert advice.party("carrier").name == "Name"


def test_a_despatch_advice_says_what_is_still_to_come(read):
    advice = read("peppol-ubl/DespatchAdvice_UseCase2.xml")
    assert [str(line.quantity) for line in advice.lines] == ["10", "6", "6", "6", "12"]
    assert [(line.quantities or {}).get("back_ordered") for line in advice.lines] == [None, 4, 0, 3, None]
    assert [line.reason for line in advice.lines] == [None, "AV", "AV", "AV", "WQ"]
    assert advice.despatched_on == date(2013, 3, 13)
    assert codes(advice) == ["check_digit_wrong"]


def test_units_with_an_sscc_and_their_weight(read_extra):
    advice = read_extra("peppol-ubl/DespatchAdvice_UseCase4.xml")
    assert [(line.quantity, line.unit_code, line.package) for line in advice.lines[:2]] == [
        (Decimal("4.25"), "KGM", "173111000000000013"),
        (Decimal("5.97"), "KGM", "173111000000000020"),
    ]
    assert (advice.packages[0].sscc, advice.packages[0].weight, advice.packages[0].weight_unit) == (
        "173111000000000013", Decimal("4.50"), "KGM",
    )  # fmt: skip
    assert advice.lines[2].lots == (Lot("898A123", date(2021, 7, 1)),)
    assert [lot.serial for lot in advice.lines[3].lots][:2] == ["OR250RHZ444", "OR250RHZ4445"]


def test_an_invoice_response_says_what_is_wrong_with_which_invoice(read):
    answer = read("peppol-ubl/InvoiceResponse_Example.xml")
    assert (answer.kind, answer.number, answer.response) == ("acknowledgement", "imrid001", "rejected")
    assert answer.references == {"status": "RE", "acknowledged": "inv021", "invoice": "inv021"}
    assert answer.reported == (Reported("NOA", "VAT Reference not found", "BT-48 = EU123456789"),)
    assert (answer.party("message_sender").name, answer.party("issuer").name) == (
        "Buyer organization",
        "Test Company AS",
    )
    assert answer.faults == ()


def test_the_order_of_oasis_is_read_though_it_is_not_peppol_s(read):
    order = read("oasis-ubl/UBL-Order-2.1-Example.xml")
    assert (order.number, order.issued_on, order.currency) == ("34", date(2010, 1, 20), "SEK")
    assert figures(order) == [("1", "120", "LTR", "50", "6000"), ("2", "15", "C62", "15", "225")]
    buyer = order.party("buyer")
    assert (buyer.gln, buyer.agency, buyer.codes) == ("7300070011115", "GLN", {"other": "PartyID123"})
    assert (buyer.contact, buyer.street, buyer.tax_id) == ("Pelle Svensson", "Rådhusgatan 5", "SE1234567801")
    assert order.requested == Window(date(2010, 2, 10), date(2010, 2, 25))
    assert order.totals["payable"] == Decimal(6225)
    assert [line.text for line in order.lines] == ["Falu Rödfärg", "Pensel 20 mm"]
    # Its codes are made up: the check digits of five GLN and one GTIN are wrong, and one GTIN is too short.
    assert [(fault.code, fault.params.get("field")) for fault in order.faults] == [
        ("check_digit_wrong", "GTIN"), ("not_a_gtin", "GTIN"), ("customization_other", None),
        *[("check_digit_wrong", "GLN")] * 5,
    ]  # fmt: skip
    assert not order.blocked


def test_a_request_for_quotation_is_read(read_extra):
    request = read_extra("oasis-ubl/UBL-RequestForQuotation-2.0-Example.xml")
    assert (request.kind, request.number, request.issued_on) == ("quotation_request", "G867B", date(2005, 6, 19))
    assert (request.party("buyer").name, request.party("buyer").tax_id) == ("The Terminus", "12356478")
    assert (request.party("seller").name, request.party("seller").code) == ("Consortial", "CO001")
    assert request.references == {"catalogue": "2005-9A", "contract": "GHJ76849"}
    assert request.requested.first_day == date(2005, 6, 29)
    (line,) = request.lines
    assert (line.quantity, line.unit_code, line.buyer_code, line.seller_code) == (100, "KGM", "6578489", "17589683")
    assert (line.text, line.description) == ("beeswax", "Acme beeswax")
    assert request.faults == ()


def test_a_voxel_order_is_read(read):
    order = read("other-edi/voxel_Pedido_es.xml")
    assert (order.format, order.kind, order.number, order.currency) == ("voxel-pedido", "order", "1111", "EUR")
    assert order.requested == Window(date(2019, 6, 19), date(2019, 6, 19))
    assert (order.party("buyer").code, order.party("buyer").agency) == ("1", "92")
    seller, ship_to = order.party("seller"), order.party("ship_to")
    assert (seller.code, seller.tax_id, seller.name) == ("222-3333", "ESA12345674", "COMPANY TEST, S.A.")
    assert (ship_to.code, ship_to.name, ship_to.city, ship_to.country) == ("F111", "CUSTOMER TEST", "Vila-seca", "ES")
    assert [
        (line.seller_code, line.buyer_code, line.text, str(line.quantity), line.unit_code, line.unit_received)
        for line in order.lines
    ] == [
        ("SP11111", "005555", "PRODUCT TEST", "2.0", "CS", "Cajas"),
        ("222222", "006666", "PRODUCT TEST 2", "2.0", "C62", "Unidades"),
    ]
    assert order.faults == ()


@pytest.mark.parametrize("name", PEPPOL)
def test_what_was_read_is_written_and_read_the_same(read, name):
    document = read(f"peppol-ubl/{name}")
    _same_again(document)


@pytest.mark.parametrize("name", EXTRA)
def test_what_was_read_of_further_documents_is_written_and_read_the_same(read_extra, name):
    _same_again(read_extra(f"peppol-ubl/{name}"))


def test_the_order_of_oasis_is_written_and_read_the_same(read):
    _same_again(read("oasis-ubl/UBL-Order-2.1-Example.xml"))


def _same_again(document):
    content = write(document)
    (again,) = formats.read(content)
    assert replace(again, faults=()) == replace(document, faults=())
    assert codes(again) == codes(document)
    assert write(again) == content
