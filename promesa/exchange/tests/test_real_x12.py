"""X12 documents that others wrote, read against values taken from them by hand."""

import tarfile
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from promesa.exchange import formats
from promesa.exchange.formats.neutral import Package, Payment, Tax, Window
from promesa.exchange.formats.x12.write import KINDS, write


@pytest.fixture
def read(shared_data):
    def _read(name):
        path = shared_data / "x12" / name
        if path.exists():
            return formats.read(path.read_bytes(), filename=name)
        with tarfile.open(shared_data / "extra_documents.tar.gz") as archive:
            return formats.read(archive.extractfile(f"extra/x12/{name}").read(), filename=name)

    return _read


def faults(document):
    return [(one.code, one.where, one.line, one.received, one.right) for one in document.faults]


def test_an_order_with_line_feeds_for_terminators_has_eight_lines_in_colours(read):
    (document,) = read("bots_850-004010-01.x12")
    assert (document.format, document.kind, document.number) == ("x12-004010-850", "order", "91393058")
    assert (document.issued_on, document.function) == (date(1997, 11, 7), "original")
    assert document.references == {"department": "845", "vendor": "047431", "cancel_after": "1998-03-01"}
    assert {role: party.code for role, party in document.parties.items()} == {
        "ship_from": "222", "buyer": "33333", "ship_to": "333333",
    }  # fmt: skip
    ship_to = document.party("ship_to")
    assert (ship_to.city, ship_to.region, ship_to.postcode) == ("GUAYNABO", "PR", "00928")
    assert document.requested == Window(date(1998, 2, 10), date(1998, 2, 10))
    assert [line.buyer_code for line in document.lines] == [
        "17920108", "17920207", "17930107", "17930206", "17940106", "17940205", "17950105", "17950204",
    ]  # fmt: skip
    assert {(line.quantity, line.unit_code, line.price) for line in document.lines} == {(Decimal(6), "EA", Decimal(12))}
    assert [line.text for line in document.lines][::2] == [
        "KAK S/S PRINT CAMP", "KAK PRINT SKIRT", "KAK S/S V-NK JKT TRM", "KAK PRINT PANT",
    ]  # fmt: skip
    assert document.lines[0].attributes == {"color": "OR/BK"}
    assert faults(document) == [("ship_date_used", "DTM", None, "1998-02-10", None)]


def test_four_orders_with_pipes_have_their_lines_and_the_last_its_true_faults(read):
    documents = read("bots_850-004010.15.x12")
    assert [(one.number, len(one.lines), one.blocked) for one in documents] == [
        ("P1234567", 5, False), ("Q1234567", 2, False), ("V1234567", 1, False), ("W1234567", 11, True),
    ]  # fmt: skip
    window = Window(date(2002, 8, 27), date(2002, 9, 9))
    assert [one.requested for one in documents] == [window, None, window, None]
    assert [one.party("ship_to").code for one in documents] == ["1566008", "1553992", "1566008", "1553992"]
    assert [(line.line_number, line.gtin, str(line.quantity)) for line in documents[0].lines] == [
        ("1", "717119850241", "25"), ("2", "717119724047", "30"), ("3", "717119826147", "6"), ("4", "717119404048", "800"),
        ("5", "717119782146", "1"),
    ]  # fmt: skip
    assert faults(documents[3])[:-1] == [
        ("not_a_gtin", "PO107", "1", "71711964140", None),
        ("not_a_gtin", "PO107", "3", "6305929653", None),
        ("not_a_gtin", "PO107", "7", "717119.837242", None),
        ("not_a_gtin", "PO107", "8", "B000056EWE", None),
        ("quantity_not_positive", "PO102", "9", "0", None),
        ("check_digit_wrong", "PO107", "11", "7171197912470", "7171197912476"),
    ]
    assert documents[3].rejection_reason == "BAD_QUANTITY"


def test_two_orders_in_one_group_have_dates_by_line_and_list_prices(read):
    first, second = read("bots_850-004010-05.x12")
    assert (first.number, first.issued_on, first.currency) == ("801104", date(2005, 7, 18), "USD")
    assert [(line.line_number, line.buyer_code, str(line.quantity), line.unit_received or line.unit_code) for line in first.lines] == [
        ("0001", "MPDGART", "8", "CR"), ("0002", "MPDGSBOS", "1", "CR"), ("0003", "MPTS112374-1C", "80", "EA"),
    ]  # fmt: skip
    assert [line.requested.from_ for line in first.lines] == [date(2005, 8, 3), date(2005, 8, 3), date(2005, 8, 11)]
    assert first.party("seller").name == "Supplier Name"
    assert (second.number, second.issued_on) == ("PONUM-1234567", date(1998, 1, 31))
    assert second.requested == Window(date(1998, 2, 5), None)
    assert [str(line.quantity) for line in second.lines] == ["12", "23", "32", "34", "20", "40", "34", "18"]
    assert [str(line.price) for line in second.lines] == ["29", "29.5", "26", "24", "6.99", "5.5", "6.99", "8.95"]
    assert {line.price_kind for line in second.lines} == {"information"}
    assert second.lines[0].codes == {"IB": "0835209881"}
    assert (first.blocked, second.blocked) == (False, False)


def test_an_order_in_cases_keeps_the_unit_that_came(read):
    (document,) = read("bots_850-004010-ascii-lf.x12")
    assert (document.number, document.issued_on) == ("12345678", date(2007, 8, 31))
    assert {(line.unit_code, line.unit_received) for line in document.lines} == {("CS", "CA")}
    assert [(str(line.quantity), str(line.price)) for line in document.lines] == [
        ("1", "23.52"), ("2", "26.28"), ("1", "23.52"), ("1", "26.28"),
    ]  # fmt: skip
    assert [(line.gtin, line.codes) for line in document.lines] == [
        ("123456789012", None), ("234567890123", None), (None, {"N4": "34567890123"}), ("456789012345", None),
    ]  # fmt: skip
    assert document.party("ship_to") == document.party("invoicee")
    assert [one[:3] for one in faults(document)] == [
        ("check_digit_wrong", "PO107", "2"),
        ("check_digit_wrong", "PO107", "4"),
    ]


def test_six_responses_promise_days_for_whole_orders(read):
    documents = read("bots_855-004010UCS-01.x12")
    assert [(one.kind, one.number, len(one.lines)) for one in documents] == [
        ("order_response", "194207", 26), ("order_response", "194208", 1), ("order_response", "194721", 1),
        ("order_response", "194722", 17), ("order_response", "194723", 22), ("order_response", "194724", 1),
    ]  # fmt: skip
    assert {(one.response, one.issued_on) for one in documents} == {("accepted", date(2003, 5, 7))}
    assert [one.promised.from_.day for one in documents] == [12, 20, 20, 20, 12, 12]
    first = documents[0]
    assert first.references == {"order": "194207"}
    assert first.party("ship_to").name == "SAFEWAY/VONS EL MONTE GROCERY"
    assert [str(line.quantity) for line in first.lines[:4]] == ["102", "90", "204", "28"]
    assert (first.lines[0].codes, first.lines[0].gtin) == ({"UA": "001119432383"}, "0011194323837")
    assert [faults(one) for one in documents] == [[]] * 6


def test_two_despatch_advices_have_parcels_of_several_orders(read):
    first, second = read("bots_PARTNER2_20130123_1.x12")
    assert (first.kind, first.number, first.issued_on) == ("despatch_advice", "4167427123", date(2006, 4, 2))
    assert first.despatched_on == date(2006, 4, 2)
    assert [(line.gtin, str(line.quantity), line.references["order"], line.package) for line in first.lines] == [
        ("8712345678913", "24", "ordernumber1", "1"), ("8712345678906", "36", "ordernumber1", "2"),
        ("8712345678913", "24", "ordernumber2", "3"), ("8712345678906", "36", "ordernumber2", "4"),
        ("8712345678920", "24", "ordernumber2", "4"), ("8712345678906", "36", "ordernumber4", "5"),
    ]  # fmt: skip
    assert first.lines[0].quantities == {"despatched": Decimal(24), "ordered": Decimal(36)}
    assert first.packages[0] == Package("1", "123456781234567891")
    assert first.party("ship_to").city == "JUAREZ"
    assert {one.code for one in first.faults} == {"x12_not_an_sscc"}
    assert [(line.gtin, str(line.quantity)) for line in second.lines] == [
        ("499762800308", "24"),
        ("499762800094", "36"),
    ]
    assert second.references == {"order": "ordernumber", "order_date": "2004-08-08"}
    assert second.party("buyer").code == "00996"


def test_two_invoices_have_totals_with_two_implied_decimals_and_their_tax(read):
    first, second = read("bots_810-004010-01.x12")
    assert [(one.kind, one.number, one.totals["payable"], len(one.lines)) for one in (first, second)] == [
        ("invoice", "465266", Decimal("8432.02"), 4), ("invoice", "465267", Decimal("1129.92"), 1),
    ]  # fmt: skip
    assert (first.issued_on, first.due_on) == (date(2002, 5, 24), date(2002, 6, 23))
    assert first.references["order"] == "539893"
    assert [(str(line.quantity), str(line.price), line.unit_code) for line in first.lines] == [
        ("16", "52.56", "CS"), ("12", "207.72", "CS"), ("18", "169.2", "CS"), ("9", "166.8", "CS"),
    ]  # fmt: skip
    assert first.taxes == (Tax(rate=Decimal(7), amount=Decimal("551.62"), kind="GST"),)
    assert first.party("seller").name == "BARRY AND LAMB CAN"
    assert first.party("invoicee").code == "2100988529600"
    assert [faults(one) for one in (first, second)] == [[], []]


def test_an_invoice_whose_lines_do_not_add_up_is_told(read):
    first, second = read("staedi_simple810.edi")
    assert [(one.number, str(one.totals["payable"]), len(one.lines)) for one in (first, second)] == [
        ("00001", "2554.38", 7), ("00001", "2554.38", 2),
    ]  # fmt: skip
    assert [str(line.quantity) for line in first.lines] == ["16", "13", "32", "51", "9", "85", "1"]
    assert {line.price for line in first.lines} == {Decimal("12.34")}
    assert [one.code for one in first.faults] == ["test_indicator"]
    assert faults(second)[0] == ("x12_total_differs", "TDS01", None, "2554.38", "1851.00")
    assert first.party("payee").name == "FOODSELLER"
    assert first.terms == "1/15 NET 30"


def test_a_remittance_pays_six_invoices_and_tells_that_the_sum_is_another(read):
    (document,) = read("bots_820-004010-01.x12")
    assert (document.kind, document.number, document.totals["payable"]) == (
        "remittance_advice", "4311000190", Decimal("416093.15"),
    )  # fmt: skip
    assert (document.issued_on, document.due_on) == (date(2005, 10, 19), date(2005, 10, 20))
    rows = [
        (line.references["invoice"], *(str(line.amounts.get(name)) for name in ("paid", "due", "discount")))
        for line in document.lines
    ]
    assert rows == [
        ("6092392", "20430.34", "20851.11", "420.77"), ("6093694", "20888.5", "21318.71", "430.21"),
        ("6093695", "99701.8", "101757.74", "2055.94"), ("6093696", "17380.29", "17738.82", "358.53"),
        ("P7340039-25PB", "4153", "4153", "None"), ("6093692", "286308.83", "292210.59", "5901.76"),
    ]  # fmt: skip
    assert document.party("payer").name == "Safeway - U. S. Corporate"
    assert document.payments == (
        Payment("2", "ACH", "XXXXXXXXXX", None, "XXXXXXXXX", "4311000190", debited_account="2000014804300"),
    )
    assert faults(document) == [("x12_payment_differs", "BPR02", None, "416093.15", "448862.76")]


def test_an_acknowledgement_names_what_it_answers(read):
    (document,) = read("bots_997-004010VICS-01.x12")
    assert (document.kind, document.response, document.reported) == ("acknowledgement", "accepted", ())
    assert document.references == {"acknowledged": "10001", "acknowledged_kind": "PR", "855 1294": "A"}
    assert (document.lines, faults(document)) == ((), [])


@pytest.mark.parametrize(
    "name",
    [
        "bots_855-004010UCS-01.x12", "bots_PARTNER2_20130123_1.x12", "bots_810-004010-01.x12", "staedi_simple810.edi",
        "bots_997-004010VICS-01.x12",
    ],
)  # fmt: skip
def test_what_is_read_is_written_and_read_the_same(read, name):
    def said(document):
        return replace(document, faults=(), lines=tuple(replace(line, place=None) for line in document.lines))

    for document in read(name):
        assert document.kind in KINDS
        (again,) = formats.read(write(document))
        assert said(again) == said(document)
