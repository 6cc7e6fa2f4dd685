"""Reading X12: envelopes, separators, counts, dates, codes, and the fault of each thing that is wrong."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from promesa.exchange import formats
from promesa.exchange.formats import x12
from promesa.exchange.formats.neutral import Allowance, Lot, Package, Reported, Tax, Window
from promesa.exchange.tests.x12_files import HEAD, ORDER, interchange, order

HALF_PAST_EIGHT = datetime.fromisoformat("2026-12-01T08:30")


def one(content):
    (document,) = x12.read(content)
    return document


def told(document):
    return [(fault.code, fault.where, fault.received, fault.right) for fault in document.faults]


def test_a_plain_order_has_no_fault():
    document = one(order())
    assert told(document) == []
    assert (document.number, document.issued_on, document.type_code) == ("PO1", date(2026, 11, 20), "220")
    assert document.envelope.as_json() == {
        "sender": "SENDER", "receiver": "RECEIVER", "reference": "000000007", "message_reference": "0001", "group": "7",
        "group_kind": "PO", "version": "004010",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("element", "terminator"),
    [("|", "~"), ("*", "\n"), ("*", "\r\n"), ("*", "'\r\n"), ("\x1d", "\x15"), ("\t", "~"), ("*", "~\n\n")],
)
def test_separators_are_those_that_the_header_has(element, terminator):
    text = order().decode().replace("~\n", "\x00").replace("*", element).replace("\x00", terminator)
    assert formats.read(text.encode())[0].number == "PO1"
    document = one(text.encode())
    assert [(line.gtin, line.quantity) for line in document.lines] == [("036000291452", Decimal(5))]
    assert [fault.code for fault in document.faults if fault.severity != "note"] == []


def test_a_header_of_odd_length_and_blanks_around_the_file_do_no_harm():
    content = (
        b"\r\n "
        + order().replace(b"SENDER         ", b"A").replace(b"RECEIVER       ", b"B-LONGER-THAN-FIFTEEN")
        + b"\r\n\r\n "
    )
    document = one(content)
    assert told(document) == []
    assert (document.envelope.sender, document.envelope.receiver) == ("A", "B-LONGER-THAN-FIFTEEN")


def test_a_last_segment_without_its_terminator_is_believed():
    assert told(one(order().rstrip(b"\n~"))) == []


def test_several_interchanges_with_other_separators_are_read_each_by_its_own():
    second = order().replace(b"*", b"|").replace(b"PO1|1", b"PO1|9")
    documents = x12.read(order() + second)
    assert [(one.number, one.lines[0].line_number) for one in documents] == [("PO1", "1"), ("PO1", "9")]
    assert [told(one) for one in documents] == [[], []]


@pytest.mark.parametrize(
    ("was", "became", "fault"),
    [
        (b"SE*6*", b"SE*5*", ("segment_count_wrong", "SE01", "5", "6")),
        (b"SE*6*0001", b"SE*6*0002", ("reference_mismatch", "SE02", "0002", "0001")),
        (b"GE*1*7", b"GE*2*7", ("group_count_wrong", "GE01", "2", "1")),
        (b"GE*1*7", b"GE*1*8", ("reference_mismatch", "GE02", "8", "7")),
        (b"IEA*1*", b"IEA*3*", ("group_count_wrong", "IEA01", "3", "1")),
        (b"IEA*1*000000007", b"IEA*1*000000070", ("reference_mismatch", "IEA02", "000000070", "000000007")),
        (b"CTT*1", b"CTT*2", ("line_count_wrong", "CTT01", "2", "1")),
        (b"CTT*1*5", b"CTT*1*6", ("quantity_total_wrong", "CTT02", "6", "5")),
        (b"PO1*1*5*", b"PO1*1*5A*", ("number_wrong", "PO102", "5A", "5")),
        (b"PO1*1*5*", b"PO1*1*1,020*", ("ambiguous_number", "PO102", "1,020", "1020 / 1.020")),
        (b"PO1*1*5*EA*2.5", b"PO1*1*5*EA*-2.5", ("price_negative", "PO104", "-2.5", None)),
        (b"20261120~\nN1", b"20261320~\nN1", ("date_wrong", "BEG05", "20261320", "CCYYMMDD")),
        (b"PO1*1*5*EA", b"PO1*1**EA", ("quantity_missing", "PO102", None, "PO102")),
        (b"**UP*036000291452", b"", ("item_missing", "PO1", None, None)),
        (b"SA*PO1", b"SA*", ("number_missing", "BEG03", None, None)),
        (b"036000291452", b"036000291451", ("check_digit_wrong", "PO107", "036000291451", "036000291452")),
        (b"GS*PO", b"GS*IN", ("x12_group_kind", "GS01", "IN", "PO")),
        (b"N1*BY", b"ZZZ*1~\nN1*BY", ("segment_unknown", "ZZZ", "ZZZ", None)),
        (b"N1*BY", b"n$*1~\nN1*BY", ("segment_unreadable", "n$", "n$", None)),
        (b"X*004010", b"X*009090", ("x12_version_other", "GS08", "009090", "004010, 005010")),
        (b"EA*2.5", b"Q7*2.5", ("unit_unknown", "PO103", "Q7", None)),
        (b"BEG*00", b"BEG*07", ("copy_of_document", "BEG01", "07", None)),
    ],
)
def test_each_thing_that_is_wrong_has_its_fault_and_its_place(was, became, fault):
    content = order()
    assert content.count(was) == 1
    assert fault in told(one(content.replace(was, became)))


def test_a_fault_tells_its_line_segment_and_character():
    content = order().replace(b"PO1*1*5*", b"PO1*1*5A*")
    (fault, *_) = [fault for fault in one(content).faults if fault.code == "number_wrong"]
    assert (fault.line, fault.segment, fault.severity) == ("1", 6, "blocking")
    assert content.decode()[fault.offset :].startswith("PO1*1*5A")
    assert fault.sentence("es") == "Línea 1: «5A» no es un número; debería ser, por ejemplo, 5."


def test_a_file_cut_short_tells_what_is_missing():
    document = one(order().partition(b"CTT")[0])
    assert [fault for fault in told(document) if fault[0].endswith("missing")] == [
        ("message_trailer_missing", "SE", None, "SE*5*0001"),
        ("interchange_trailer_missing", "GE", None, "GE*1*7"),
        ("interchange_trailer_missing", "IEA", None, "IEA*1*000000007"),
    ]
    assert [line.quantity for line in document.lines] == [Decimal(5)]


def test_an_envelope_that_was_taken_off_is_told_and_the_order_read():
    document = one(order().partition(b"ST*")[2].join([b"ST*", b""]))
    assert ("x12_header_missing", "ISA", "ST*850*0001", None) in told(document)
    assert (document.number, document.blocked) == ("PO1", True)


def test_only_the_documents_of_a_wrong_group_are_told_so():
    content = order().replace(
        b"IEA*1",
        b"GS*PO*A*B*20261120*1000*8*X*004010~\nST*850*0001~\n"
        + "".join(f"{one}~\n" for one in ORDER).encode()
        + b"SE*6*0001~\nGE*5*8~\nIEA*2",
    )
    first, second = x12.read(content)
    assert told(first) == []
    assert told(second) == [("group_count_wrong", "GE01", "5", "1")]


@pytest.mark.parametrize(
    ("segments", "window"),
    [
        (["DTM*002*20261201"], Window(date(2026, 12, 1), date(2026, 12, 1))),
        (["DTM*064*261201", "DTM*063*261205"], Window(date(2026, 12, 1), date(2026, 12, 5))),
        (["DTM*002*20261201*0830"], Window(HALF_PAST_EIGHT, HALF_PAST_EIGHT)),
        (["DTM*002****RD8*20261201-20261203"], Window(date(2026, 12, 1), date(2026, 12, 3))),
        (["DTM*037*20261201", "DTM*038*20261203"], Window(date(2026, 12, 1), date(2026, 12, 3))),
        (["DTM*106*20261201"], Window(date(2026, 12, 1), date(2026, 12, 1))),
        (["DTM*004*20261201"], None),
    ],
)  # fmt: skip
def test_requested_dates_are_days_moments_or_windows(segments, window):
    document = one(interchange(ORDER[0], *segments, *ORDER[1:]))
    assert document.requested == window
    assert document.blocked is False


def test_item_codes_go_where_their_qualifier_says():
    line = one(interchange(*ORDER[:2], "PO1*1*5*CA*2.5*HP*UI*03600029145*VN*V1*IN*B1*SK*S1*CB*B2")).lines[0]
    assert (line.gtin, line.seller_code, line.buyer_code) == ("036000291452", "V1", "B1")
    assert line.codes == {"UI": "03600029145", "SK": "S1", "CB": "B2"}
    assert (line.unit_code, line.unit_received, line.price_basis) == ("CS", "CA", Decimal(100))


def test_allowances_and_taxes_are_read_in_hundredths():
    document = one(
        interchange(ORDER[0], "SAC*C*D240***1250**********FREIGHT", *ORDER[1:3], "SAC*A*C310***50*3*2", "TXI*VA**21")
    )
    assert document.allowances == (Allowance(True, Decimal("12.50"), reason="FREIGHT", reason_code="D240"),)
    assert document.lines[0].allowances == (Allowance(False, Decimal("0.50"), percent=Decimal(2), reason_code="C310"),)
    assert document.lines[0].tax_rate == Decimal(21)


def test_a_line_for_many_places_is_named_and_its_parts_kept():
    document = one(interchange(*ORDER[:3], "SDQ*EA*92*0014*2*0015*4"))
    assert document.lines[0].attributes == {"place 0014": "2", "place 0015": "4"}
    assert ("delivery_split_ignored", "SDQ", "SDQ", None) in told(document)
    assert ("x12_split_differs", "SDQ", "6", "5") in told(document)


def test_one_schedule_gives_the_line_its_date_and_several_are_named():
    single = one(interchange(*ORDER[:3], "SCH*5*EA***002*20261201"))
    assert (single.lines[0].requested.from_, told(single)) == (date(2026, 12, 1), [])
    several = one(interchange(*ORDER[:3], "SCH*2*EA***002*20261201", "SCH*3*EA***002*20261208"))
    assert ("delivery_split_ignored", "SCH", "2 / 20261201, 3 / 20261208", None) in told(several)


def test_parties_have_their_codes_addresses_and_contacts():
    buyer = ["N1*BY*Casa SA*UL*5412345000013", "N2*Compras", "N3*Calle 1*Piso 2", "N4*Madrid*M*28001*ES"]
    buyer.append("PER*BD*Ana*TE*600*EM*ana@example.com")
    document = one(interchange(ORDER[0], *buyer, "N1*ST**1*123456789", "N1*BT**FI*B12345678", *ORDER[2:]))
    buyer, ship_to, invoicee = (document.party(role) for role in ("buyer", "ship_to", "invoicee"))
    assert (buyer.gln, buyer.agency, buyer.street, buyer.country) == ("5412345000013", "9", "Calle 1, Piso 2", "ES")
    assert (buyer.contact, buyer.phone, buyer.email, buyer.references) == (
        "Ana",
        "600",
        "ana@example.com",
        {"additional_name": "Compras"},
    )
    assert (ship_to.code, ship_to.agency, invoicee.tax_id) == ("123456789", "16", "B12345678")


def test_a_change_says_what_becomes_of_each_line():
    document = one(
        interchange(
            "BCH*04*SA*PO1**2*20261120*****20261122", "POC*1*QD*3*2*EA*2.5**VP*A", "POC*2*DI*0*0*EA***VP*B", kind="860"
        )
    )
    assert (document.kind, document.number, document.issued_on) == ("order_change", "PO1", date(2026, 11, 22))
    assert document.references == {"change": "2", "order": "PO1"}
    assert [(line.quantity, line.attributes, line.reason_code) for line in document.lines] == [
        (Decimal(3), {"action": "change"}, "QD"), (Decimal(0), {"action": "delete"}, "DI"),
    ]  # fmt: skip
    assert one(interchange("BCH*01*SA*PO1***20261120", kind="860")).kind == "order_cancellation"


def test_a_response_answers_each_line_by_its_parts():
    document = one(interchange(
        "BAK*00*AC*PO1*20261120****S77*20261121", "PO1*1*10*EA*2**VP*A", "ACK*IA*10*EA*067*20261201", "PO1*2*10*EA*2**VP*B",
        "ACK*IA*6*EA", "ACK*IB*4*EA", "PO1*3*10*EA*2**VP*C", "ACK*R2", "PO1*4*10*EA*2**VP*D", "ACK*IH", "CTT*4", kind="855",
    ))  # fmt: skip
    assert (document.response, document.references) == (
        "changed", {"order": "PO1", "seller_order": "S77", "order_date": "2026-11-20"},
    )  # fmt: skip
    assert [(line.response, line.quantities, line.reason_code) for line in document.lines] == [
        ("accepted", {"accepted": Decimal(10)}, "IA"),
        ("changed", {"accepted": Decimal(6), "back_ordered": Decimal(4)}, "IB"),
        ("rejected", None, "R2"),
        (None, None, "IH"),
    ]
    assert document.lines[0].promised == Window(date(2026, 12, 1), date(2026, 12, 1))
    assert told(document) == []


def test_a_despatch_advice_has_pallets_parcels_and_lots():
    document = one(interchange(
        "BSN*00*D1*20261120*0930*0001", "HL*1**S", "TD1*PLT*1****G*120.5*LB", "DTM*011*20261120", "DTM*017*20261122*1400",
        "HL*2*1*O", "PRF*PO1***20261118", "HL*3*2*T", "MAN*GM*00384370020000000017", "HL*4*3*P", "MAN*GM*384370020000000024",
        "HL*5*4*I", "LIN*7*UP*036000291452*LT*L9", "SN1**12*CA**15*CA", "DTM*036*20270131", "CTT*1*12", kind="856",
    ))  # fmt: skip
    assert document.packages == (
        Package("1", "384370020000000017"), Package("2", "384370020000000024", within="1"),
    )  # fmt: skip
    (line,) = document.lines
    assert (line.line_number, line.package, line.references) == ("7", "2", {"order": "PO1", "order_date": "2026-11-18"})
    assert line.lots == (Lot("L9", date(2027, 1, 31)),)
    assert line.quantities == {"despatched": Decimal(12), "ordered": Decimal(15)}
    assert (document.despatched_on, document.promised.from_) == (
        date(2026, 11, 20),
        datetime.fromisoformat("2026-11-22T14:00"),
    )
    assert document.totals == {"packages": Decimal(1), "weight": Decimal("120.5")}
    assert document.references == {"order": "PO1", "order_date": "2026-11-18"}


def test_a_credit_note_is_told_by_its_type_and_a_total_with_a_point_is_believed_and_said():
    document = one(
        interchange("BIG*20261120*C1**PO1***CR", "IT1*1*2*EA*5**VP*A", "TDS*10.00", "TXI*VA*0*0", "CTT*1", kind="810")
    )
    assert (document.kind, document.type_code, document.totals["payable"]) == ("credit_note", "381", Decimal("10.00"))
    assert told(document) == [("x12_implied_decimals", "TDS01", "10.00", "10.00")]
    assert document.taxes == (Tax(rate=Decimal(0), amount=Decimal(0), kind="VAT"),)


def test_a_remittance_with_a_deduction_adds_up():
    document = one(
        interchange(
            "BPR*I*90*C*CHK************20261121", "TRN*1*77", "RMR*IV*F1**100*100", "ADX*-10*01**DAMAGED", kind="820"
        )
    )
    assert document.lines[0].allowances == (Allowance(False, Decimal(10), reason="DAMAGED", reason_code="01"),)
    assert (document.payments[0].code, document.due_on, told(document)) == ("20", date(2026, 11, 21), [])


def test_an_acknowledgement_reports_segments_and_elements():
    document = one(
        interchange(
            "AK1*PO*7",
            "AK2*850*0001",
            "AK3*PO1*5**8",
            "AK4*2*330*6*5A",
            "AK5*R*5",
            "AK2*850*0002",
            "AK5*A",
            "AK9*P*2*2*1",
            kind="997",
        )
    )
    assert (document.response, document.references) == (
        "changed", {"acknowledged": "7", "acknowledged_kind": "PO", "850 0001": "R", "850 0002": "A"},
    )  # fmt: skip
    assert document.reported == (
        Reported("segment 8", where="850 0001 / PO1 5"), Reported("element 6", "5A", "850 0001 / PO1 5 / 2"),
        Reported("set 5", where="850 0001"),
    )  # fmt: skip


def test_an_interchange_acknowledgement_is_read():
    (document,) = x12.read((HEAD + "TA1*000000009*261120*1000*R*006~IEA*0*000000007~").encode())
    assert (document.kind, document.response, document.references["acknowledged"]) == (
        "acknowledgement",
        "rejected",
        "000000009",
    )
    assert document.reported == (Reported("interchange 006"),)


def test_a_set_that_is_no_order_is_said_not_to_be_one():
    document = one(interchange("B2**SCAC*1", kind="850").replace(b"ST*850", b"ST*204"))
    assert (document.kind, document.blocked) == ("not_an_order", True)
    assert ("not_an_order", "ST01", "204", "850") in told(document)


def test_letters_beyond_ascii_are_read_whatever_they_came_in():
    for charset in ("utf-8", "latin-1", "cp1252"):
        document = one(order().replace(b"Buyer", "Señor Núñez".encode(charset)))
        assert document.party("buyer").name == "Señor Núñez"
