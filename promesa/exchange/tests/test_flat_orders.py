"""TRADACOMS, SAP IDoc and Ediversa's flat orders: read by hand, wrong on purpose, damaged."""

import random
import time
from datetime import date
from decimal import Decimal

import pytest

from promesa.exchange import formats
from promesa.exchange.formats import ediversa, idoc, tradacoms
from promesa.exchange.formats.neutral import Window
from promesa.exchange.tests.flat_files import EDIVERSA, IDOC_ROWS, TRADACOMS, generate, idoc_row
from promesa.exchange.tests.flat_files import idoc as idoc_file

READERS = {"tradacoms": tradacoms, "idoc": idoc, "ediversa": ediversa}


def one(content):
    (document,) = formats.read(content if isinstance(content, bytes) else content.encode())
    return document


def told(document):
    return [(fault.code, fault.where, fault.received, fault.right) for fault in document.faults]


# --- documents of others ------------------------------------------------------------------------------------------------


def test_a_real_tradacoms_order_is_read(shared_data):
    document = one((shared_data / "other-edi/tradacoms_orders2.tra").read_bytes())
    assert (document.format, document.kind, document.number, document.issued_on) == (
        "tradacoms-orders", "order", "04821057", date(2008, 5, 24),
    )  # fmt: skip
    assert document.requested == Window(date(2008, 5, 27), None)
    assert {role: party.code for role, party in document.parties.items()} == {
        "seller": "5425008349985", "buyer": "5010011900016", "ship_to": "5010011090489",
    }  # fmt: skip
    assert (document.party("buyer").name, document.party("seller").references) == ("J.SAINSBURY PLC", {"code": "N8132"})
    assert [(line.line_number, line.gtin, str(line.quantity), line.quantities) for line in document.lines] == [
        ("1", "5425008340104", "80", {"per_pack": Decimal(12)}), ("2", "5425008340975", "80", {"per_pack": Decimal(12)}),
    ]  # fmt: skip
    assert told(document) == [
        ("check_digit_wrong", "CLO", "5010011090489", "5010011090483"), ("check_digit_wrong", "CDT", "5010011900016", "5010011900010"),
    ]  # fmt: skip
    assert document.envelope.reference == "S90422"


def test_a_real_idoc_is_read_with_its_price_for_a_hundred(shared_data):
    document = one((shared_data / "other-edi/sap_ORDERS01001.idoc").read_bytes())
    assert (document.format, document.kind, document.number) == ("idoc-orders01", "order", "4200003091")
    assert (document.issued_on, document.currency, document.totals) == (
        date(2007, 9, 7),
        "EUR",
        {"lines": Decimal("6.75")},
    )
    (line,) = document.lines
    assert (line.line_number, line.seller_code, line.buyer_code, line.text) == (
        "00010",
        "LL-01020304",
        "82102002",
        "EDV - Alg. infoblok p1",
    )
    assert (line.quantity, line.unit_code, line.price, line.price_basis, line.amount) == (
        Decimal(100), "PCE", Decimal("6.75"), Decimal(100), Decimal("6.75"),
    )  # fmt: skip
    assert line.requested == Window(date(2007, 9, 10), date(2007, 9, 10))
    assert (document.party("ship_to").city, document.party("ship_to").postcode) == ("Waddinxveen", "2742 RB")
    assert (document.party("seller").gln, document.party("buyer").code) == ("8710934000008", "0001")
    assert told(document) == []


def test_a_real_ediversa_order_is_read(shared_data):
    document = one((shared_data / "other-edi/ediversa_pedido_existing_es.txt").read_bytes())
    assert (document.format, document.number, document.type_code, document.currency) == (
        "ediversa-orders",
        "0000000001",
        "220",
        "EUR",
    )
    assert (document.issued_on, document.requested) == (date(2025, 1, 1), Window(date(2025, 2, 1), date(2025, 2, 1)))
    assert [(line.gtin, line.text, str(line.quantity), str(line.price)) for line in document.lines] == [
        ("11111111", "Product", "10", "50")
    ]
    assert document.totals == {"lines": Decimal(500), "payable": Decimal(500)}
    assert (document.party("buyer").name, document.party("buyer").city, document.party("ship_to").name) == (
        "Customer", "Customer City", "Shipping Contact",
    )  # fmt: skip
    assert document.notes == ("Sale Order Notes",)
    assert told(document) == [("check_digit_wrong", "LIN", "11111111", "11111115")]


# --- TRADACOMS ----------------------------------------------------------------------------------------------------------


def test_tradacoms_numbers_have_the_decimals_of_the_standard():
    document = one(TRADACOMS)
    assert told(document) == []
    first, second = document.lines
    assert (first.seller_code, first.buyer_code, first.quantity, first.price) == (
        "V9",
        "B9",
        Decimal(80),
        Decimal("4.5000"),
    )
    assert (second.quantity, second.unit_code, second.unit_received, second.price) == (
        Decimal("12.500"),
        "KGM",
        "KG",
        Decimal("1.2500"),
    )
    assert (document.requested, document.notes) == (Window(date(2026, 12, 1), date(2026, 12, 3)), ("CALL FIRST",))
    ship_to = document.party("ship_to")
    assert (ship_to.name, ship_to.street, ship_to.postcode) == ("DEPOT", "ROAD 1, TOWN", "AB1 2CD")
    assert first.text == "TIN OF TEA"


@pytest.mark.parametrize(
    ("was", "became", "fault"),
    [
        ("MTR=9", "MTR=8", ("segment_count_wrong", "MTR", "8", "9")),
        ("OTR=2", "OTR=3", ("line_count_wrong", "OTR", "3", "2")),
        ("OFT=1", "OFT=2", ("group_count_wrong", "OFT", "2", "1")),
        ("END=4'", "END=5'", ("group_count_wrong", "END", "5", "4")),
        ("END=4'", "", ("interchange_trailer_missing", "END", None, "END=4")),
        ("RSG=R77", "RSG=R78", ("reference_mismatch", "RSG", "R78", "R77")),
        ("+80+", "+8O+", ("number_wrong", "OLD", "8O", "8")),
        ("DIN=261201", "DIN=261301", ("date_wrong", "DIN", "261301", "YYMMDD")),
        ("DIN=261201+261203", "DIN=261204+261203", ("window_reversed", "DIN", "2026-12-04 – 2026-12-03", None)),
        ("5012345678900", "5012345678901", ("check_digit_wrong", "OLD", "5012345678901", "5012345678900")),
    ],
)
def test_what_is_wrong_in_tradacoms_is_told(was, became, fault):
    assert TRADACOMS.count(was) == 1
    assert fault in told(one(TRADACOMS.replace(was, became)))


def test_a_released_apostrophe_is_part_of_the_text():
    assert one(TRADACOMS.replace("TIN OF TEA", "O?'NEILL?+ SON?:S")).lines[0].text == "O'NEILL+ SON:S"


def test_two_orders_in_one_transmission_share_their_header():
    message = TRADACOMS[TRADACOMS.index("MHD=2") : TRADACOMS.index("MHD=3")]
    text = TRADACOMS.replace("MHD=3", message.replace("MHD=2", "MHD=3").replace("PO1", "PO2") + "MHD=4", 1).replace(
        "MHD=4+RSG", "MHD=5+RSG"
    )
    first, second = formats.read(text.replace("OFT=1", "OFT=2").replace("END=4", "END=5").encode())
    assert (first.number, second.number) == ("PO1", "PO2")
    assert first.party("buyer") == second.party("buyer")
    assert [told(first), told(second)] == [[], []]


def test_a_tradacoms_invoice_is_said_to_be_no_order():
    document = one("STX=ANAA:1+A+B+261120+R++INVFIL'MHD=1+INVOIC:9'CLO=1'MTR=3'END=1'")
    assert (document.kind, document.rejection_reason) == ("not_an_order", "NOT_AN_ORDER")


# --- IDoc ---------------------------------------------------------------------------------------------------------------


def test_an_idoc_has_its_parties_dates_and_codes():
    document = one(idoc_file(*IDOC_ROWS))
    assert told(document) == []
    assert (document.format, document.number, document.issued_on) == ("idoc-orders05", "PO1", date(2026, 11, 19))
    assert document.requested == Window(date(2026, 12, 1), date(2026, 12, 1))
    buyer = document.party("buyer")
    assert (buyer.gln, buyer.code, buyer.name, buyer.country) == ("5412345000013", "1000", "Käufer AG", "DE")
    (line,) = document.lines
    assert (line.gtin, line.seller_code, line.buyer_code, line.text) == ("8437002000202", "V9", "B9", "Tee")
    assert (line.quantity, line.price, line.price_basis, line.amount) == (
        Decimal(48),
        Decimal("12.50"),
        None,
        Decimal(600),
    )


def test_an_idoc_with_several_schedule_lines_or_a_wrong_count_is_told():
    rows = [
        *IDOC_ROWS[:8],
        idoc_row("E2EDP20", WMENG="1.000", EDATU="20261209"),
        *IDOC_ROWS[8:],
        idoc_row("E2EDS01", SUMID="001", SUMME="2"),
    ]
    assert told(one(idoc_file(*rows))) == [
        ("line_count_wrong", "E1EDS01", "2", "1"),
        ("delivery_split_ignored", "E1EDP20", "48.000 / 20261202, 1.000 / 20261209", None),
    ]


def test_a_changed_order_and_a_foreign_idoc_are_told_apart():
    assert one(idoc_file(*IDOC_ROWS, message="ORDCHG")).kind == "order_change"
    assert one(idoc_file(*IDOC_ROWS, message="ZZORDERS")).kind == "order"
    assert one(idoc_file(*IDOC_ROWS, message="MATMAS")).rejection_reason == "NOT_AN_ORDER"


def test_the_same_idoc_as_xml_says_the_same():
    xml = (
        '<?xml version="1.0"?><ORDERS05><IDOC BEGIN="1"><EDI_DC40 SEGMENT="1"><IDOCTYP>ORDERS05</IDOCTYP><MESTYP>ORDERS</MESTYP>'
        "<SNDPRN>KUNDE</SNDPRN></EDI_DC40><E1EDK01 SEGMENT='1'><CURCY>EUR</CURCY></E1EDK01><E1EDK02><QUALF>001</QUALF><BELNR>PO1</BELNR>"
        "</E1EDK02><E1EDKA1><PARVW>AG</PARVW><PARTN>1000</PARTN></E1EDKA1><E1EDP01><POSEX>000010</POSEX><MENGE>48.000</MENGE>"
        "<MENEE>PCE</MENEE><E1EDP20><EDATU>20261202</EDATU></E1EDP20><E1EDP19><QUALF>003</QUALF><IDTNR>8437002000202</IDTNR></E1EDP19>"
        "</E1EDP01></IDOC></ORDERS05>"
    )
    document = one(xml)
    assert (document.format, document.kind, document.number, document.envelope.sender) == (
        "idoc-orders05",
        "order",
        "PO1",
        "KUNDE",
    )
    assert [(line.line_number, line.gtin, line.quantity) for line in document.lines] == [
        ("000010", "8437002000202", Decimal(48))
    ]
    assert told(document) == []


# --- Ediversa -----------------------------------------------------------------------------------------------------------


def test_an_ediversa_order_has_net_prices_free_goods_and_a_window():
    document = one(EDIVERSA)
    assert told(document) == []
    (line,) = document.lines
    assert (line.gtin, line.seller_code, line.quantity, line.unit_code, line.free) == (
        "8437002000202",
        "V9",
        Decimal(12),
        "CS",
        Decimal(1),
    )
    assert (line.price, line.price_kind, line.text) == (Decimal("2.5"), "net", "Té")
    assert (document.requested, document.notes) == (Window(date(2026, 12, 1), date(2026, 12, 3)), ("Llamar antes",))
    assert document.totals == {"lines": Decimal(30), "payable": Decimal("36.3")}


@pytest.mark.parametrize(
    ("was", "became", "fault"),
    [
        ("QTYLIN|21|12|CS", "QTYLIN|21|1020A|CS", ("number_wrong", "QTYLIN", "1020A", "1020")),
        ("CNTRES|2|1", "CNTRES|2|2", ("line_count_wrong", "CNTRES", "2", "1")),
        ("|20261201|", "|20261301|", ("date_wrong", "DTM", "20261301", "CCYYMMDD")),
        ("CUX|EUR", "CUX|EURO", ("currency_wrong", "CUX", "EURO", "EUR")),
        ("ORD|PO1", "ORD|", ("number_missing", "ORD", None, None)),
        ("|220|9", "|220|7", ("copy_of_document", "ORD", "7", None)),
    ],
)
def test_what_is_wrong_in_ediversa_is_told(was, became, fault):
    assert EDIVERSA.count(was) == 1
    assert fault in told(one(EDIVERSA.replace(was, became)))


# --- damage -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(READERS))
def test_generated_flat_orders_have_no_fault(kind):
    for seed in range(40):
        content = generate(random.Random(seed), kind=kind)
        assert READERS[kind].looks_like(content) is True
        documents = formats.read(content)
        assert [told(document) for document in documents] == [[]] * len(documents)


@pytest.mark.parametrize(
    "content",
    [
        b"STX=ANAA:1" * 100_000, b"STX=ANAA:1'" + b"MHD=1+ORDERS:9'" * 60_000, b"STX=ANAA:1'MHD=1+ORDERS:9'" + b"OLD=1+1'" * 100_000,
        b"STX=ANAA:1'" + b"?" * 1_000_000, b"EDI_DC40 \n" * 90_000, b"EDI_DC40 " + b"x" * 1_000_000,
        b"ORDERS_D_93A_UN_EAN007\n" * 40_000, b"ORDERS_D_93A_UN_EAN007\n" + b"LIN|1|EN|1\n" * 80_000,
        b"ORDERS_D_93A_UN_EAN007\nLIN" + b"|" * 1_000_000,
    ],
)  # fmt: skip
def test_flat_orders_built_to_be_slow_take_a_few_seconds_at_most(content):
    started = time.process_time()
    assert formats.read(content)
    assert time.process_time() - started < 8
