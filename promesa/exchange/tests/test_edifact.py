"""EDIFACT orders: what is read of a message and what is found wrong in it."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from promesa.exchange import formats
from promesa.exchange.formats.neutral import Window
from promesa.exchange.tests.interchanges import ORDER, codes, counted, fault_of, one, small


def test_a_whole_order_is_read_value_by_value():
    document = one(ORDER)
    assert document.as_json() == {
        "format": "edifact-d96a-orders",
        "kind": "order",
        "number": "PO-1001",
        "function": "original",
        "issued_on": "2026-11-20",
        "currency": "EUR",
        "parties": {
            "buyer": {
                "gln": "5412345000013", "code": "5412345000013", "agency": "9", "tax_id": "ESA12345674",
                "name": "Mercados + Más, S.A.", "street": "Calle Mayor 1", "street_2": "Puerta 2", "city": "Madrid", "postcode": "28001",
                "country": "ES", "contact": "Ana Ruiz", "phone": "910000000", "email": "ana@mercados.example",
            },
            "seller": {"gln": "8437002000011", "code": "8437002000011", "agency": "9"},
            "ship_to": {"gln": "5412345000020", "code": "5412345000020", "agency": "9"},
        },
        "requested": {"from": "2026-11-24", "to": "2026-11-25"},
        "references": {"contract": "C-77"},
        "lines": [
            {
                "line_number": "1", "gtin": "8437002000202", "seller_code": "R100", "buyer_code": "B200",
                "text": "Aceite de oliva virgen 5 L", "quantity": "12", "quantity_received": "12", "unit_code": "CS",
                "unit_received": "CS", "price": "12.50", "price_kind": "net", "price_basis": "1", "amount": "150.00",
            },
            {
                "line_number": "2", "gtin": "8437002000219", "quantity": "1.5", "quantity_received": "1.5", "unit_code": "KGM",
                "unit_received": "KGM", "requested": {"from": "2026-11-24T10:30:00", "to": "2026-11-24T10:30:00"},
            },
        ],
        "totals": {"lines": "150.00"},
        "notes": ["Muelle 3, antes de las 10"],
        "envelope": {"sender": "5412345000013", "receiver": "8437002000011", "reference": "77", "message_reference": "1"},
        "faults": [
            {
                "code": "quantity_ignored", "severity": "note", "where": "QTY", "line": "1", "segment": 21, "offset": 568,
                "received": "59",
                "sentence": {
                    "es": "Línea 1: No se ha usado la cantidad de tipo 59: sólo cuenta la pedida (21).",
                    "en": "Line 1: A quantity of kind 59 was not used: only the ordered one (21) counts.",
                },
            }
        ],
    }  # fmt: skip
    assert document.blocked is False


@pytest.mark.parametrize(
    ("quantity", "code", "right"),
    [
        ("1020A", "number_wrong", "1020"),
        ("", "number_wrong", None),
        ("1E30", "number_wrong", "1"),
        ("1" + "0" * 30, "number_too_large", None),
        ("0.0000001", "too_many_decimals", None),
        ("-3", "quantity_not_positive", None),
        ("0", "quantity_not_positive", None),
        ("١٢", "number_wrong", None),
    ],
)
def test_a_bad_quantity_blocks_and_keeps_what_was_received(quantity, code, right):
    text = counted(["BGM+220+1+9", "NAD+BY+X", "LIN+1++A:SA", f"QTY+21:{quantity}"]).replace("UNOC", "UNOY")
    document = formats.read(text.encode())[0]
    fault = fault_of(document, code)
    assert (fault.severity, fault.line, fault.received, fault.right) == ("blocking", "1", quantity, right)
    assert document.lines[0].quantity_received == quantity
    assert document.rejection_reason == "BAD_QUANTITY"


@pytest.mark.parametrize(
    ("mark", "said", "right"),
    [
        (",", "1.250,5", "1250,5"),
        (".", "1.250,5", "1250.5"),
        (".", "-1,234,250.75", "-1234250.75"),
        (",", "1.250.5", "1.250"),
    ],
)
def test_a_number_with_marks_between_thousands_is_told_whole_as_it_would_be_right(mark, said, right):
    document = small("LIN+1++A:SA", f"QTY+21:{said}", service=f"UNA:+{mark}? '")
    assert (fault_of(document, "number_wrong").right, document.lines[0].quantity) == (right, None)


def test_a_comma_where_the_service_string_says_point_is_ambiguous_before_three_figures():
    lines = ("LIN+1++A:SA", "QTY+21:1,234", "LIN+2++B:SA", "QTY+21:1,5")
    document = small(*lines, service="UNA:+.? '")
    assert fault_of(document, "ambiguous_number").right == "1234 / 1.234"
    assert [line.quantity for line in document.lines] == [None, Decimal("1.5")]
    assert fault_of(document, "decimal_mark_other").line == "2"
    assert [line.quantity for line in small(*lines).lines] == [Decimal("1.234"), Decimal("1.5")]


@pytest.mark.parametrize(
    ("dates", "window", "fault"),
    [
        (["2:20261124:102"], Window(date(2026, 11, 24), date(2026, 11, 24)), None),
        (
            ["2:202611241030:203"],
            Window(datetime.fromisoformat("2026-11-24T10:30"), datetime.fromisoformat("2026-11-24T10:30")),
            None,
        ),
        (["2:202611240000:203"], Window(date(2026, 11, 24), date(2026, 11, 24)), None),
        (
            ["2:2611241030:201"],
            Window(datetime.fromisoformat("2026-11-24T10:30"), datetime.fromisoformat("2026-11-24T10:30")),
            None,
        ),
        (["2:20261124"], Window(date(2026, 11, 24), date(2026, 11, 24)), None),
        (["2:20261124-20261126:718"], Window(date(2026, 11, 24), date(2026, 11, 26)), None),
        (["2:2026112420261126:718"], Window(date(2026, 11, 24), date(2026, 11, 26)), None),
        (["2:202648:616"], Window(date(2026, 11, 23), date(2026, 11, 29)), None),
        (["2:202612:610"], Window(date(2026, 12, 1), date(2026, 12, 31)), None),
        (["64:20261124:102", "63:20261126:102"], Window(date(2026, 11, 24), date(2026, 11, 26)), None),
        (["63:20261126:102"], Window(None, date(2026, 11, 26)), None),
        (
            ["64:20261124:102", "2:20261125:102", "63:20261126:102"],
            Window(date(2026, 11, 24), date(2026, 11, 26)),
            None,
        ),
        (["2:20261125:102", "63:20261126:102"], Window(date(2026, 11, 25), date(2026, 11, 26)), None),
        (
            ["64:20261124:102", "2:19970830:102", "63:20261126:102"],
            Window(date(2026, 11, 24), date(2026, 11, 26)),
            "dates_conflict",
        ),
        (["64:20261126:102", "63:20261124:102"], Window(date(2026, 11, 26), date(2026, 11, 24)), "window_reversed"),
        (["10:20261124:102"], Window(date(2026, 11, 24), date(2026, 11, 24)), "ship_date_used"),
        (["2:20261340:102"], None, "date_wrong"),
        (["2:mañana:102"], None, "date_wrong"),
        (["2:20261124:999"], None, "date_format_unknown"),
        (["2:20991231:102"], Window(date(2099, 12, 31), date(2099, 12, 31)), None),
        ([], None, None),
    ],
)
def test_the_requested_window_is_what_the_dates_say(dates, window, fault):
    document = small(*[f"DTM+{value}" for value in dates], "LIN+1++A:SA", "QTY+21:1")
    assert document.requested == window
    assert codes(document) == ([fault] if fault else [])


def test_a_wrong_document_date_is_only_a_warning_and_a_wrong_delivery_date_blocks():
    document = small("DTM+137:20261399:102", "DTM+2:20261399:102", "LIN+1++A:SA", "QTY+21:1")
    assert [fault.severity for fault in document.faults] == ["warning", "blocking"]
    assert document.issued_on is None


@pytest.mark.parametrize(
    ("prices", "price", "kind"),
    [
        (["AAA:10.5"], "10.5", "net"),
        (["AAB:12", "AAA:10.5"], "10.5", "net"),
        (["AAA:10.5", "AAB:12"], "10.5", "net"),
        (["AAB:12"], "12", "gross"),
        (["AAE:13"], "13", "information"),
        (["AAE:19.99:CA:SRP"], None, None),
    ],
)
def test_the_best_price_of_a_line_counts(prices, price, kind):
    line = small("LIN+1++A:SA", "QTY+21:1", *[f"PRI+{value}" for value in prices]).lines[0]
    assert (line.price, line.price_kind) == (None if price is None else Decimal(price), kind)


def test_a_negative_price_and_a_basis_of_nothing_block():
    document = small("LIN+1++A:SA", "QTY+21:1", "PRI+AAA:-5", "LIN+2++B:SA", "QTY+21:1", "PRI+AAA:5:::0")
    assert codes(document, "blocking") == ["price_negative", "price_basis_wrong"]
    assert document.rejection_reason == "PRICE_MISMATCH"


def test_a_price_for_a_hundred_keeps_its_basis():
    line = small("LIN+1++A:SA", "QTY+21:1", "PRI+AAA:363.02::NTP:100:C62").lines[0]
    assert (line.price, line.price_basis) == (Decimal("363.02"), Decimal(100))


@pytest.mark.parametrize(
    ("head", "kind", "blocking"),
    [
        ("BGM+220+1+9", "order", []),
        ("BGM+50E+1+9", "order", []),
        ("BGM+220::9+1", "order", []),
        ("BGM+220+1+46", "order", []),
        ("BGM+220+1+31", "order", []),
        ("BGM+220+1+1", "order_cancellation", []),
        ("BGM+220+1+4", "order_change", []),
        ("BGM+220+1+5", "order_change", []),
        ("BGM+220++9", "order", ["number_missing"]),
    ],
)
def test_the_name_and_the_function_of_the_message_decide_its_kind(head, kind, blocking):
    document = small("LIN+1++A:SA", "QTY+21:1", head=(head, "NAD+BY+X"))
    assert (document.kind, codes(document, "blocking")) == (kind, blocking)


def test_a_change_says_what_becomes_of_each_line_and_may_bring_it_to_nothing():
    for head, message in (("BGM+220+1+4", "ORDERS"), ("BGM+230+1+9", "ORDCHG")):
        lines = ("LIN+1+3+A:SA", "QTY+21:5", "LIN+2+2+B:SA", "QTY+21:0", "LIN+3+1+C:SA", "QTY+21:1")
        document = one(counted([head, "NAD+BY+X", *lines], head=f"UNH+1+{message}:D:96A:UN"))
        assert (document.kind, codes(document, "blocking")) == ("order_change", [])
        assert [line.attributes for line in document.lines] == [
            {"action": "changed"},
            {"action": "deleted"},
            {"action": "added"},
        ]
        assert [line.quantity for line in document.lines] == [Decimal(5), Decimal(0), Decimal(1)]


@pytest.mark.parametrize(
    ("message", "kind"),
    [("DESADV", "despatch_advice"), ("INVOIC", "invoice"), ("RECADV", "receipt_advice"), ("ORDRSP", "order_response"),
     ("APERAK", "acknowledgement"), ("PRICAT", "price_catalogue"), ("SLSRPT", "sales_report"), ("REQOTE", "quotation_request")],
)  # fmt: skip
def test_other_messages_say_what_they_are(message, kind):
    document = one(counted(["BGM+1+99+9", "LIN+1++A:SA"], head=f"UNH+1+{message}:D:96A:UN"))
    assert (document.kind, document.number, len(document.lines)) == (kind, "99", 1)
    assert document.rejection_reason is None


def test_a_message_that_nobody_reads_is_no_order_and_says_so():
    document = one(counted(["BGM+1+99+9", "LIN+1++A:SA"], head="UNH+1+IFTMIN:D:96A:UN"))
    assert (document.kind, document.number, document.rejection_reason) == ("not_an_order", "99", "NOT_AN_ORDER")


@pytest.mark.parametrize("directory", ["D:93A", "D:96A", "D:01B"])
def test_the_usual_directories_are_read_without_a_word(directory):
    text = counted(["BGM+220+1+9", "NAD+BY+X", "LIN+1++A:SA", "QTY+21:1"], head=f"UNH+1+ORDERS:{directory}:UN")
    document = one(text)
    assert document.format == f"edifact-{directory.replace(':', '').lower()}-orders"
    assert codes(document) == []


def test_an_order_without_lines_blocks():
    assert codes(small(), "blocking") == ["no_lines"]


def test_a_line_without_quantity_or_item_blocks():
    document = small("LIN+1++A:SA", "LIN+2", "QTY+21:1")
    assert [(fault.code, fault.line) for fault in document.faults if fault.blocking] == [
        ("quantity_missing", "1"),
        ("item_missing", "2"),
    ]


def test_two_different_ordered_quantities_in_a_line_block_and_the_same_twice_does_not():
    assert codes(small("LIN+1++A:SA", "QTY+21:5", "QTY+21:6")) == ["quantity_repeated"]
    assert codes(small("LIN+1++A:SA", "QTY+21:5", "QTY+21:5")) == []


def test_repeated_line_numbers_are_a_warning_each_number_once():
    document = small("LIN+1++A:SA", "QTY+21:5", "LIN+1++B:SA", "QTY+21:5", "LIN+1++C:SA", "QTY+21:5")
    assert [(fault.code, fault.severity) for fault in document.faults] == [("line_number_repeated", "warning")]
    assert len(document.lines) == 3


def test_sublines_are_left_aside_with_a_note():
    document = small("LIN+1++A:SA", "QTY+21:5", "LIN+2++B:SA+1:1", "QTY+21:99", "LIN+3++C:SA", "QTY+21:1")
    assert [(line.line_number, line.quantity) for line in document.lines] == [("1", Decimal(5)), ("3", Decimal(1))]
    assert codes(document) == ["subline_ignored"]


def test_a_wrong_check_digit_is_a_warning_that_says_the_right_one():
    document = small("LIN+1++8437002000200:EN", "QTY+21:1")
    fault = fault_of(document, "check_digit_wrong")
    assert (fault.severity, fault.received, fault.right) == ("warning", "8437002000200", "8437002000202")
    assert document.lines[0].gtin == "8437002000200"


def test_a_code_sent_as_a_gln_that_is_none_is_kept_as_a_code():
    document = small("LIN+1++A:SA", "QTY+21:1", head=("BGM+220+1+9", "NAD+BY+PARTNER1::9"))
    buyer = document.party("buyer")
    assert (buyer.gln, buyer.code, buyer.agency) == (None, "PARTNER1", "9")
    assert fault_of(document, "not_a_gln").severity == "note"


def test_a_code_of_the_seller_is_no_gln_even_with_thirteen_figures():
    buyer = small("LIN+1++A:SA", "QTY+21:1", head=("BGM+220+1+9", "NAD+BY+5412345000013::91")).party("buyer")
    assert (buyer.gln, buyer.code, buyer.agency) == (None, "5412345000013", "91")


def test_an_unknown_unit_is_kept_as_received_with_a_note():
    document = small("LIN+1++A:SA", "QTY+21:1:GBND", "LIN+2++B:SA", "QTY+21:1:GBND", "LIN+3++B:SA", "QTY+21:1:PCE")
    assert [line.unit_code for line in document.lines] == ["GBND", "GBND", "PCE"]
    assert codes(document) == ["unit_unknown"]


def test_a_damaged_tag_is_reported():
    document = small("LIN+1++A:SA", "QTY+21:1", "L1N+2++B:SA", "lin+3", "QTX+21:7")
    assert [(fault.code, fault.received) for fault in document.faults] == [
        ("segment_unknown", "L1N"), ("segment_unreadable", "lin"), ("segment_unknown", "QTX"),
    ]  # fmt: skip


def test_all_faults_of_a_document_are_told_at_once():
    document = small(
        "DTM+2:20261399:102",
        "LIN+1++A:SA",
        "QTY+21:x",
        "LIN+2++B:SA",
        "LIN+3++C:SA",
        "QTY+21:-1",
        "UNS+S",
        "CNT+2:9",
        count=5,
    )
    assert sorted(codes(document, "blocking")) == [
        "date_wrong", "line_count_wrong", "number_wrong", "quantity_missing", "quantity_not_positive", "segment_count_wrong",
    ]  # fmt: skip


def test_an_order_of_two_thousand_lines_is_read_whole():
    lines = [segment for n in range(1, 2001) for segment in (f"LIN+{n}++R{n}:SA", f"QTY+21:{n}")]
    document = small(*lines, "UNS+S", "CNT+2:2000")
    assert len(document.lines) == 2000
    assert sum(line.quantity for line in document.lines) == Decimal(2001000)
    assert codes(document) == []


def test_nothing_but_an_envelope_is_unreadable_by_name():
    document = one("UNB+UNOC:3+A:14+B:14+261120:1000+7'UNZ+0+7'")
    assert (document.kind, codes(document)) == ("unreadable", ["no_messages"])


def test_text_around_the_interchange_is_reported_and_left_aside():
    text = counted(["BGM+220+1+9", "NAD+BY+X", "LIN+1++A:SA", "QTY+21:1"])
    document = one("Content-Type: application/edifact\n\n" + text + "\n-- \nend of mail")
    assert codes(document) == ["noise_around", "noise_around"]
    assert document.number == "1"
