"""EDIFACT syntax: separators, characters, counts and references, cut files; what is wrong is told, and where."""

from decimal import Decimal

import pytest

from promesa.exchange import formats
from promesa.exchange.formats.edifact.read import read_all
from promesa.exchange.tests.interchanges import ORDER, codes, counted, fault_of, one, small


def test_the_offset_of_a_fault_is_the_place_of_its_segment_in_the_interchange():
    document = one(ORDER)
    interchange = ORDER[ORDER.index("UNB") :]
    assert interchange[document.faults[0].offset :].startswith("QTY+59:4'")


@pytest.mark.parametrize(
    ("service", "separators"),
    [
        ("UNA:+.? '", ":+?'"),
        ("UNA:+,? '", ":+?'"),
        ("UNA|*.# ~", "|*#~"),
        ("UNA\x1f\x1d. \x20\x1c", "\x1f\x1d \x1c"),
        ("UNA:+.? \n", ":+?\n"),
    ],
)
def test_the_service_string_decides_the_separators(service, separators):
    body = ORDER.split("\n", 1)[1].replace("'\n", "'").replace("?+", "y")
    component, element, _release, terminator = separators
    text = service + body.translate(str.maketrans(":+'", component + element + terminator))
    text = text.replace("12.50", "12,50").replace("1.5", "1,5") if "," in service else text
    document = one(text)
    assert document.number == "PO-1001"
    assert [line.quantity for line in document.lines] == [Decimal("12"), Decimal("1.5")]
    assert document.lines[0].price == Decimal("12.50")
    assert codes(document, "blocking") == []


def test_a_service_string_that_cannot_be_right_is_reported_and_the_usual_separators_are_used():
    document = one(ORDER.replace("UNA:+.? '", "UNA::.? '"))
    assert document.number == "PO-1001"
    assert fault_of(document, "service_string_wrong").received == "::.? '"


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\r", " \r\n\t", "\n\n\n"])
def test_whatever_stands_between_segments_does_not_matter(end):
    document = one("\r\n  " + ORDER.replace("'\n", "'" + end))
    assert len(document.lines) == 2
    assert codes(document) == ["quantity_ignored"]


def test_line_breaks_inside_segments_are_taken_out_and_noted():
    document = one(ORDER.replace("Aceite de oliva:virgen", "Aceite de \r\noliva:virgen"))
    assert document.lines[0].text == "Aceite de oliva virgen 5 L"
    assert fault_of(document, "line_breaks_inside").severity == "note"


def test_released_characters_are_text_and_do_not_cut():
    document = small("LIN+1++R??1?+2:SA", "IMD+F++:::50?:50 ?'mix?' 5?+1??", "QTY+21:1")
    assert document.lines[0].seller_code == "R?1+2"
    assert document.lines[0].text == "50:50 'mix' 5+1?"
    assert document.blocked is False


def test_a_text_cut_by_an_unreleased_colon_is_put_together_and_reported():
    document = small("LIN+1++A1:SA", "IMD+F++:::Caldo:1:10 y 1:6", "QTY+21:1")
    assert document.lines[0].text == "Caldo 1:10 y 1:6"
    fault = fault_of(document, "text_split")
    assert (fault.severity, fault.line, fault.right) == ("warning", "1", "1?:10 y 1?:6")


def test_a_language_after_the_text_is_no_cut_text():
    document = small("LIN+1++A1:SA", "IMD+F++:::Caldo:de pollo:ES", "QTY+21:1")
    assert document.lines[0].text == "Caldo de pollo"
    assert codes(document) == []


@pytest.mark.parametrize(
    ("syntax", "encoding", "text"),
    [("UNOC", "latin-1", "Muñoz"), ("UNOD", "iso8859_2", "Łódź"), ("UNOE", "iso8859_5", "Москва"), ("UNOF", "iso8859_7", "Αθήνα"),
     ("UNOY", "utf-8", "天津"), ("UNOA", "ascii", "ALMACEN")],
)  # fmt: skip
def test_the_declared_characters_are_read(syntax, encoding, text):
    content = (
        counted(["BGM+220+1+9", f"NAD+BY+X++ {text}", "LIN+1++A:SA", "QTY+21:1"])
        .replace("UNOC", syntax)
        .encode(encoding)
    )
    document = formats.read(content)[0]
    assert document.party("buyer").name == text
    assert "charset_wrong" not in codes(document)


@pytest.mark.parametrize(
    ("syntax", "encoding", "used"),
    [
        ("UNOA", "utf-8", "UTF-8"),
        ("UNOC", "utf-8", "UTF-8"),
        ("UNOB", "cp1252", "Windows-1252"),
        ("UNOY", "latin-1", "Windows-1252"),
    ],
)
def test_characters_that_do_not_fit_the_declared_set_are_reported_and_read_all_the_same(syntax, encoding, used):
    content = (
        counted(["BGM+220+1+9", "NAD+BY+X++Muñoz", "LIN+1++A:SA", "QTY+21:1"]).replace("UNOC", syntax).encode(encoding)
    )
    document = formats.read(content)[0]
    assert document.party("buyer").name == "Muñoz"
    assert fault_of(document, "charset_wrong").right == used
    assert document.blocked is False


def test_an_unknown_character_set_is_a_warning():
    document = one(counted(["BGM+220+1+9", "NAD+BY+X", "LIN+1++A:SA", "QTY+21:1"]).replace("UNOC", "UNOZ"))
    assert fault_of(document, "charset_unknown").received == "UNOZ"


def test_nul_characters_are_taken_out_and_counted():
    document = small("LIN+1++A\x00B:SA", "QTY+21:1")
    assert document.lines[0].seller_code == "AB"
    assert fault_of(document, "nul_characters").params["count"] == 1


# -- counts and references


def test_a_wrong_segment_count_blocks_and_says_both_numbers():
    document = small("LIN+1++A:SA", "QTY+21:1", count=267)
    fault = fault_of(document, "segment_count_wrong")
    assert (fault.severity, fault.where, fault.received, fault.right) == ("blocking", "UNT", "267", "6")
    assert document.rejection_reason == "BAD_ENVELOPE"
    assert fault.sentence("es") == "UNT declara 267 segmentos y hay 6."


@pytest.mark.parametrize(
    ("was", "becomes", "code", "right"),
    [
        ("UNT+6+1", "UNT+6+2", "reference_mismatch", "1"),
        ("UNZ+1+7", "UNZ+1+8", "reference_mismatch", "7"),
        ("UNZ+1+7", "UNZ+2+7", "message_count_wrong", "1"),
        ("UNZ+1+7", "UNZ+x+7", "message_count_wrong", "1"),
        ("UNZ+1+7'", "", "interchange_trailer_missing", "UNZ+1+7"),
        ("UNT+6+1'", "", "message_trailer_missing", "UNT+6+1"),
        ("UNB+UNOC:3+A:14+B:14+261120:1000+7'", "", "interchange_header_missing", "UNB"),
    ],
)
def test_what_the_envelope_says_wrong_blocks(was, becomes, code, right):
    text = counted(["BGM+220+1+9", "NAD+BY+X", "LIN+1++A:SA", "QTY+21:1"])
    document = one(text.replace(was, becomes))
    fault = fault_of(document, code)
    assert (fault.severity, fault.right) == ("blocking", right)


@pytest.mark.parametrize("length", range(60, 300, 7))
def test_an_interchange_cut_anywhere_is_never_taken_as_whole(length):
    text = counted(["BGM+220+1+9", "NAD+BY+5412345000013::9", "LIN+1++A:SA", "QTY+21:1", "LIN+2++B:SA", "QTY+21:2"])
    if length >= len(text):
        length = len(text) - 1
    for document in formats.read(text[:length].encode()):
        assert document.blocked is True
        assert document.rejection_reason is not None


@pytest.mark.parametrize(
    ("control", "blocked"), [("CNT+2:2", False), ("CNT+2:3", True), ("CNT+1:8", False), ("CNT+1:9", True)]
)
def test_the_control_totals_are_checked(control, blocked):
    document = small("LIN+1++A:SA", "QTY+21:5", "LIN+2++B:SA", "QTY+21:3", "UNS+S", control)
    assert document.blocked is blocked
    assert codes(document) == (
        [] if not blocked else ["line_count_wrong" if control[4] == "2" else "quantity_total_wrong"]
    )


def test_several_messages_and_several_interchanges_become_a_document_each():
    first = counted(["BGM+220+1+9", "NAD+BY+X", "LIN+1++A:SA", "QTY+21:1"])
    second = counted(["BGM+220+2+9", "NAD+BY+X", "LIN+1++A:SA", "QTY+21:1"], service="UNA:+,? '").replace(
        "QTY+21:1", "QTY+21:1,5"
    )
    documents = formats.read((first + "\r\n" + second).encode())
    assert [document.number for document in documents] == ["1", "2"]
    assert [document.lines[0].quantity for document in documents] == [Decimal(1), Decimal("1.5")]
    assert [document.blocked for document in documents] == [False, False]


def test_a_fault_of_the_envelope_stands_in_every_document_of_its_interchange_only():
    good = counted(["BGM+220+1+9", "NAD+BY+X", "LIN+1++A:SA", "QTY+21:1"])
    bad = good.replace("UNZ+1", "UNZ+5")
    documents = formats.read((good + bad).encode())
    assert [document.blocked for document in documents] == [False, True]


def test_a_missing_trailer_before_another_interchange_is_noticed():
    good = counted(["BGM+220+1+9", "NAD+BY+X", "LIN+1++A:SA", "QTY+21:1"])
    documents = formats.read((good.replace("UNZ+1+7'", "") + good).encode())
    assert [codes(document, "blocking") for document in documents] == [["interchange_trailer_missing"], []]


def test_faults_of_an_envelope_that_every_document_bears_are_few_however_broken_it_is():
    message = "UNH+{n}+ORDERS:D:96A:UN'BGM+220+{n}+9'UNT+3+{n}'"
    text = "UNB+UNOC:3+A:14+B:14+261120:1000+7'" + "".join(message.format(n=n) + "UNT+9+9'" * 9 for n in range(300))
    documents = formats.read(text.encode())
    assert len(documents) == 300
    assert all(codes(one).count("segment_out_of_place") == 20 for one in documents)


def test_messages_beyond_the_room_of_a_file_are_told_once():
    message = "UNH+{n}+ORDERS:D:96A:UN'BGM+220+{n}+9'UNT+3+{n}'"
    text = "UNB+UNOC:3+A:14+B:14+261120:1000+7'" + "".join(message.format(n=n) for n in range(50)) + "UNZ+50+7'"
    documents = read_all(text.encode(), room=2)
    assert [codes(one).count("too_many_messages") for one in documents] == [1, 1]


def test_functional_groups_are_counted():
    text = counted(["BGM+220+1+9", "NAD+BY+X", "LIN+1++A:SA", "QTY+21:1"])
    text = text.replace("UNH+1", "UNG+ORDERS+A+B+261120:1000+1+UN+D:96A'UNH+1").replace("UNZ", "UNE+1+1'UNZ")
    assert codes(one(text), "blocking") == []
    assert codes(one(text.replace("UNE+1", "UNE+2")), "blocking") == ["group_count_wrong"]


def test_an_interchange_marked_as_a_test_says_so():
    text = counted(["BGM+220+1+9", "NAD+BY+X", "LIN+1++A:SA", "QTY+21:1"]).replace("1000+7'", "1000+7++++++1'")
    document = one(text)
    assert document.envelope.test is True
    assert fault_of(document, "test_indicator").severity == "warning"
