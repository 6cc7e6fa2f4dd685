"""Documents that others wrote, read against values taken from them by hand."""

import tarfile
from datetime import date, datetime
from decimal import Decimal

import pytest

from promesa.exchange import formats
from promesa.exchange.formats import Mapping
from promesa.exchange.formats.neutral import Window


@pytest.fixture
def read(shared_data):
    def _read(name, **said):
        return formats.read((shared_data / name).read_bytes(), filename=name, **said)

    return _read


@pytest.fixture
def read_extra(shared_data):
    def _read(name):
        with tarfile.open(shared_data / "extra_documents.tar.gz") as archive:
            return formats.read(archive.extractfile(f"extra/{name}").read(), filename=name)

    return _read


def said(document, *severities):
    return sorted({fault.code for fault in document.faults if not severities or fault.severity in severities})


def lines_of(document):
    return [(line.line_number, line.gtin, str(line.quantity)) for line in document.lines]


def test_two_interchanges_of_three_orders_are_three_orders(read):
    documents = read("edifact/bots_order01.edi")
    assert [document.number for document in documents] == ["ORDT0000000004-1", "ORDT0000000004-2", "ORDT0000000004-3"]
    assert {document.format for document in documents} == {"edifact-d96a-orders"}
    assert {document.issued_on for document in documents} == {date(2005, 8, 19)}
    assert {document.party("buyer").code for document in documents} == {"PARTNER1"}
    assert {document.party("seller").code for document in documents} == {"PARTNER2"}
    assert [document.envelope.reference for document in documents] == [
        "T0000000004-1",
        "T0000000004-1",
        "T0000000004-2",
    ]
    assert lines_of(documents[0]) == [("1", "2000100873151", "1")]
    assert lines_of(documents[1]) == [("1", "2000100873151", "1")]
    assert lines_of(documents[2]) == [
        ("1", "2000100873151", "10"),
        ("2", "2000100873168", "100"),
        ("3", "2000100873175", "1000"),
        ("4", "2000100873182", "10000"),
    ]
    assert [said(document) for document in documents] == [["not_a_gln"]] * 3
    assert [document.requested for document in documents] == [None] * 3


def test_four_orders_with_windows_and_places_are_read(read):
    documents = read("edifact/bots_orders_csvdemo.edi")
    assert [document.number for document in documents] == ["BGMREF", "1-4500094289", "1-4500094290", "1-4500094291"]
    day = Window(date(2005, 8, 29), date(2005, 8, 29))
    assert [document.requested for document in documents] == [day, day, None, None]
    first, second, third, fourth = documents
    assert first.function == "provisional"
    assert lines_of(first) == [
        ("1", "8712345004002", "1"),
        ("2", "8712345005009", "1.00"),
        ("3", "8712345006006", "1.00"),
        ("4", "8712345002206", "1.00"),
    ]
    assert {role: party.code for role, party in first.parties.items()} == {
        "buyer": "PARTNER1", "seller": "PARTNER2", "ship_to": "8712345002206", "ship_from": "8712345003203",
        "ultimate_consignee": "8712345002015", "invoicee": "8799999000000",
    }  # fmt: skip
    assert first.references == {"blanket_order": "RAAMORDER", "promotion": "ACTIENUMMER"}
    assert said(first, "warning") == ["dates_conflict", "function_unusual", "test_indicator"]
    conflict = next(fault for fault in first.faults if fault.code == "dates_conflict")
    assert conflict.received == "1997-08-30"
    assert lines_of(second) == [("1", "8712345678901", "1"), ("2", "8712345678901", "1.00")]
    assert second.party("ship_to").gln == "8712345678901"
    assert lines_of(third) == [("1", "8712345678901", "1")]
    assert lines_of(fourth) == [("1", "8712345678901", "9")]
    assert [said(document, "blocking") for document in documents] == [[], [], [], []]


def test_a_retail_order_has_its_prices_window_and_tax_identifier(read):
    (document,) = read("edifact/oca_Retail_EDIFACT_ORDERS_sample1.txt")
    assert (document.number, document.issued_on, document.currency) == ("1AA1TEST", date(2023, 6, 6), "EUR")
    assert document.requested == Window(date(2023, 6, 6), date(2023, 6, 6))
    assert document.references == {"customer": "ABCD5"}
    assert document.party("buyer").gln == "5450534000017"
    assert (document.party("ship_to").gln, document.party("ship_to").country) == ("5450534008617", "GB")
    invoicee = document.party("invoicee")
    assert (invoicee.name, invoicee.street, invoicee.city, invoicee.postcode, invoicee.country, invoicee.tax_id) == (
        "AMAZON EU SARL", "38 Avenue J.F. Kennedy", "Luxembourg", "1855", "LU", "LU20260743",
    )  # fmt: skip
    assert [(line.gtin, line.quantity, line.price) for line in document.lines] == [
        ("9783898307529", Decimal(5), Decimal("27.5")),
        ("9783898307538", Decimal(1), Decimal("10.87")),
        ("9783898307645", Decimal(3), Decimal("3.85")),
    ]
    assert said(document) == ["check_digit_wrong"]
    assert document.blocked is False


def test_an_order_with_a_wrong_segment_count_is_rejected_and_still_read(read):
    (document,) = read("edifact/oca_test_orders_no_PRI_segments.txt")
    assert (document.number, document.issued_on) == ("COM-004017", date(2023, 3, 20))
    assert document.requested == Window(date(2023, 3, 21), date(2023, 3, 21))
    (fault,) = [fault for fault in document.faults if fault.blocking]
    assert (fault.code, fault.where, fault.received, fault.right) == ("segment_count_wrong", "UNT", "267", "21")
    assert document.rejection_reason == "BAD_ENVELOPE"
    assert [(line.seller_code, line.buyer_code, str(line.quantity), line.unit_code, line.price) for line in document.lines] == [
        ("7076", "30007", "8", "6", None), ("7065", "38812", "4", "6", None), ("7056", "30008", "1", "24", None),
    ]  # fmt: skip
    buyer = document.party("buyer")
    assert (buyer.code, buyer.agency, buyer.gln) == ("5450534008617", "91", None)
    assert said(document, "note") == ["not_a_gln", "party_repeated", "unit_unknown"]


def test_the_order_with_a_planted_error_has_all_its_lines_and_the_error_is_told(read):
    (document,) = read("edifact/php_orders_d01b_error.edi")
    assert (document.format, document.number) == ("edifact-d01b-orders", "2019265563")
    assert (document.issued_on, document.requested) == (date(2018, 12, 5), Window(date(2018, 12, 6), date(2018, 12, 6)))
    assert (document.party("buyer").gln, document.party("seller").gln) == ("4250159300001", "4399901760448")
    assert document.party("ship_to").gln == "4250159399005"
    assert len(document.lines) == 146
    assert [line.line_number for line in document.lines] == [str(number) for number in range(1, 147)]
    assert sum(line.quantity for line in document.lines) == Decimal(454)
    first, last = document.lines[0], document.lines[-1]
    assert (first.seller_code, first.buyer_code, first.text, str(first.quantity), first.unit_code) == (
        "1001", "6001001", "Butter 40x250g Alu", "2", "GBND",
    )  # fmt: skip
    assert (last.seller_code, last.buyer_code, str(last.quantity)) == ("983253", "6983253", "2")
    split = [fault for fault in document.faults if fault.code == "text_split"]
    assert [fault.line for fault in split] == ["87", "88"]
    assert document.lines[86].text.endswith("Einlage f Sup 1:10 und So\ufffd 1:6")
    assert said(document, "warning") == ["charset_wrong", "test_indicator", "text_damaged", "text_split"]
    assert next(fault for fault in document.faults if fault.code == "text_damaged").params["count"] == 90
    assert document.blocked is False


def test_eight_despatch_advices_say_what_they_are(read):
    documents = read("edifact/bots_desadv_8msgs.edi")
    assert [document.kind for document in documents] == ["despatch_advice"] * 8
    assert [document.number for document in documents] == [f"VERZENDVB{number}" for number in range(8, 0, -1)]
    assert [len(document.lines) for document in documents] == [12, 2, 2, 2, 2, 2, 2, 2]
    assert documents[0].lines[-1].quantities == {"despatched": Decimal("121212121212.121")}
    assert documents[0].references["order"] == "124"
    assert [line.quantity for line in documents[1].lines] == [Decimal("48.000"), Decimal("250.000")]
    assert documents[0].promised == Window(
        datetime.fromisoformat("1998-11-01T12:00"), datetime.fromisoformat("1998-11-01T12:00")
    )
    assert {document.rejection_reason for document in documents} == {None}


def test_other_messages_say_what_they_are(read):
    (aperak,) = read("edifact/bots_aperak.edi")
    assert (aperak.kind, aperak.number, aperak.references["order"], aperak.lines) == (
        "acknowledgement",
        "14",
        "T0000000015",
        (),
    )
    (recadv,) = read("edifact/smooks_recadv_d01b.edi")
    assert (recadv.kind, recadv.number, recadv.lines[0].quantities) == (
        "receipt_advice", "20220808112809950", {"received": Decimal(200)},
    )  # fmt: skip
    assert recadv.party("seller").name == "CSP test d'This is also a test section"
    (ordrsp,) = read("edifact/koha_ordrsp1.edi")
    assert (ordrsp.kind, ordrsp.number, ordrsp.currency) == ("order_response", "R967634", "GBP")
    assert ordrsp.response == "changed"
    assert [line.response for line in ordrsp.lines] == ["changed", "rejected", "changed"]
    assert ordrsp.lines[0].promised == Window(date(1997, 11, 20), date(1997, 11, 20))
    assert [line.reason_code for line in ordrsp.lines] == ["NP", "OP", "OP"]
    assert ordrsp.lines[2].references == {"substitute": "0870701428", "order_line": "P28846"}
    assert ordrsp.lines[0].quantities == {"ordered": Decimal(2), "back_ordered": Decimal(2)}
    assert ordrsp.lines[0].codes == {"IB": "0316907235"}


def test_an_invoice_with_decimal_commas_is_read_to_the_cent(read):
    (invoice,) = read("edifact/staedi_invoic_d93a_una.edi")
    assert (invoice.kind, invoice.number, invoice.issued_on) == ("invoice", "9908001", date(1999, 8, 2))
    assert [(line.price, line.amount) for line in invoice.lines] == [
        (Decimal(750), Decimal(750)), (Decimal("19.9"), Decimal("19.9")), (Decimal("2.5"), Decimal("7.5")),
    ]  # fmt: skip
    assert invoice.totals == {"lines": Decimal("777.4"), "tax": Decimal("124.38"), "payable": Decimal("901.78")}
    assert invoice.party("buyer").city == "München"


def test_the_further_samples_are_read(read_extra):
    documents = read_extra("edifact/bots_orders01.edi")
    assert [(document.number, len(document.lines), document.blocked) for document in documents] == [
        ("1", 4, False),
        ("12", 1, False),
    ]
    (order,) = read_extra("edifact/pydifact_order.edi")
    assert (order.number, order.issued_on, order.requested) == (
        "801715918011",
        date(2015, 8, 3),
        Window(date(2015, 8, 6), date(2015, 8, 6)),
    )
    assert lines_of(order) == [("1", "5020436373085", "8"), ("2", "5020436373108", "8")]
    assert said(order, "blocking") == ["interchange_trailer_missing"]
    assert [document.kind for document in read_extra("edifact/bots_invoic_2msgs.edi")] == ["invoice", "invoice"]
    (credit,) = read_extra("edifact/pydifact_invoice_with_colon_at_end.edi")
    assert (credit.kind, credit.number, credit.totals["payable"]) == (
        "credit_note",
        "1060113800026",
        Decimal("1960.29"),
    )
    (despatch,) = read_extra("edifact/php_desadv_d96a.edi")
    assert (despatch.format, despatch.kind, len(despatch.lines)) == ("edifact-096a-desadv", "despatch_advice", 2)


def test_an_order_file_without_headings_is_read_by_a_mapping_of_places(read):
    mapping = Mapping(
        header_row=0, dates="y/m/d", decimal=".",
        columns={"po_number": 5, "issued_on": 6, "buyer": 9, "ship_to": 11, "requested_to": 17, "requested_from": 16,
                 "line_number": 26, "gtin": 27, "quantity": 30},
    )  # fmt: skip
    documents = read("other-edi/bots_orders.csv", mapping=mapping)
    assert [document.number for document in documents] == ["BGMREF", "1-4500094289", "1-4500094290", "1-4500094291"]
    assert [len(document.lines) for document in documents] == [4, 2, 1, 1]
    assert documents[0].issued_on == date(2005, 8, 19)
    assert documents[0].requested == Window(date(2005, 8, 29), date(2005, 8, 29))
    assert documents[0].lines[1].quantity == Decimal("1.000")
    assert documents[3].lines[0].quantity == Decimal("9.000")
    assert documents[0].party("ship_to").gln == "8712345002206"
    assert [said(document, "blocking") for document in documents] == [[], [], [], []]


def test_without_its_mapping_the_same_file_is_unreadable_by_name(read):
    (document,) = read("other-edi/bots_orders.csv")
    assert (document.kind, said(document, "blocking")) == ("unreadable", ["header_not_found"])


@pytest.mark.parametrize("folder", ["icalendar", "vcard"])
def test_every_other_document_gives_a_named_reason_and_no_order(shared_data, folder):
    for path in sorted((shared_data / folder).iterdir()):
        for document in formats.read(path.read_bytes(), filename=path.name):
            assert document.kind == "unreadable", path.name
            assert document.rejection_reason == "UNREADABLE", path.name


def test_moments_of_real_documents_keep_their_hour(read):
    document = read("edifact/bots_desadv_8msgs.edi")[0]
    assert document.issued_on == date(2013, 1, 23)
    assert not isinstance(document.issued_on, datetime)
