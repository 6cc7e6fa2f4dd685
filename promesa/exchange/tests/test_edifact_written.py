"""What is written as EDIFACT: read again it says the same; what has no place is refused by name."""

import json
import random
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promesa.exchange import formats
from promesa.exchange.formats import edifact
from promesa.exchange.formats.edifact import interchange, plain
from promesa.exchange.formats.edifact.acknowledge import acknowledgement_of, reported
from promesa.exchange.formats.edifact.compose import NoPlaceFor, ValueTooLong
from promesa.exchange.formats.edifact.write import write
from promesa.exchange.formats.edifact.write_control import control_of, write_control
from promesa.exchange.formats.neutral import CannotWrite, Lot, NeutralDocument, NeutralLine, Package, Party, Payment
from promesa.exchange.tests import edifact_documents as chance
from promesa.exchange.tests.interchanges import ORDER, counted, one

KINDS = ("order", "order_response", "despatch_advice", "invoice", "credit_note")
QUIETLY = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def said(document):
    """What a document says, without what is only of its wrapping."""
    shown = document.as_json()
    for name in ("faults", "format"):
        shown.pop(name)
    return shown


def again(content):
    documents = edifact.read(content)
    assert len(documents) == 1
    assert [fault.code for fault in documents[0].faults if fault.blocking] == []
    return documents[0]


@QUIETLY
@given(st.data(), st.sampled_from(KINDS), st.sampled_from(["96A", "01B"]))
def test_what_is_written_says_the_same_when_it_is_read(data, kind, directory):
    document = data.draw(chance.documents(kind))
    assert said(again(write(document, directory=directory))) == said(document)


@QUIETLY
@given(chance.acknowledgements(), st.sampled_from(["96A", "01B"]))
def test_an_acknowledgement_says_the_same_when_it_is_read(document, directory):
    assert said(again(write(document, directory=directory))) == said(document)


@pytest.mark.parametrize("directory", ["96A", "01B"])
def test_real_documents_of_the_kinds_that_are_written_say_the_same(shared_data, directory):
    refused = {}
    for path in [*sorted((shared_data / "edifact").iterdir()), *sorted((shared_data / "en16931").glob("*.TXT"))]:
        for document in edifact.read(path.read_bytes()):
            if document.kind in KINDS or document.kind == "acknowledgement":
                try:
                    content = write(document, directory=directory)
                except ValueTooLong as refusal:
                    refused[path.name] = (refusal.where, refusal.value)
                    continue
                assert said(again(content)) == said(document), path.name
    assert refused == ({"php_orders_d01b_error.edi": ("QTY 6411", "GBND")} if directory == "96A" else {})


def test_the_envelope_counts_and_escapes():
    document = replace(one(ORDER), notes=("¿50 % + 'IVA': sí?",))
    content = write(document, prepared_at=datetime(2026, 11, 20, 10, 5, tzinfo=UTC)).decode("latin-1")
    lines = content.splitlines()
    assert lines[:3] == [
        "UNA:+.? '", "UNB+UNOC:3+5412345000013:14+8437002000011:14+261120:1005+77'", "UNH+1+ORDERS:D:96A:UN:EAN008'",
    ]  # fmt: skip
    assert "FTX+AAI+++¿50 % ?+ ?'IVA?'?: sí??'" in lines
    assert lines[-2:] == [f"UNT+{len(lines) - 3}+1'", "UNZ+1+77'"]
    assert "LIN+1++8437002000202:EN'" in lines
    assert b"UNH+1+ORDERS:D:01B:UN:EAN010'" in write(document, directory="01B")
    assert b"LIN+1++8437002000202:SRV'" in write(document, directory="01B")


def test_characters_outside_western_europe_make_the_interchange_utf_8():
    document = replace(one(ORDER), notes=("Łódź", "报文"))
    content = write(document)
    assert content.split(b"'")[1].strip().startswith(b"UNB+UNOW:4+")
    assert again(content).notes == ("Łódź", "报文")


LINE = NeutralLine("1", seller_code="A", quantity=Decimal(1), quantity_received="1", price_kind="net", price=Decimal(2))
PLAIN = NeutralDocument(
    format="", kind="invoice", number="F-1", issued_on=date(2026, 3, 2), lines=(LINE,),
    parties={"seller": Party(gln="8437002000011"), "buyer": Party(gln="5412345000013")},
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "error", "where"),
    [
        ({"number": "F" * 36}, ValueTooLong, "BGM 1004"),
        ({"number": None}, NoPlaceFor, "BGM 1004"),
        (
            {"parties": {"seller": Party(gln="8437002000011", city="x" * 36), "buyer": Party(gln="5412345000013")}},
            ValueTooLong,
            "NAD 3164",
        ),
        ({"parties": {"seller": Party(code="x" * 18), "buyer": Party(gln="5412345000013")}}, ValueTooLong, "NAD 3039"),
        ({"parties": {"buyer": Party(gln="5412345000013")}}, NoPlaceFor, "UNB 0004"),
        ({"notes": ("palabra " * 60,)}, ValueTooLong, "FTX 4440"),
        ({"notes": ("a\x07b",)}, NoPlaceFor, "FTX 4440"),
        ({"payments": (Payment(code="49", mandate="M-1"),)}, NoPlaceFor, "PAI mandate"),
        ({"totals": {"invented": Decimal(1)}}, NoPlaceFor, "MOA 5025"),
        ({"lines": (replace(LINE, text="x" * 40),)}, ValueTooLong, "IMD 7008"),
        ({"lines": (replace(LINE, quantities={"invented": Decimal(1)}),)}, NoPlaceFor, "QTY 6063"),
        ({"lines": (replace(LINE, quantity=Decimal("1E+30")),)}, ValueTooLong, "QTY+47 6060"),
    ],
)
def test_what_does_not_fit_is_refused_by_name_and_never_cut(change, error, where):
    with pytest.raises(CannotWrite) as refusal:
        write(replace(PLAIN, **change))
    assert isinstance(refusal.value, error)
    assert (getattr(refusal.value, "where", None) or getattr(refusal.value, "what", None)) == where


def test_the_later_directory_holds_more():
    assert again(write(replace(PLAIN, notes=("palabra " * 60,)), directory="01B")).notes == (("palabra " * 60).strip(),)


def test_packages_hold_their_lines_and_lots():
    lines = (
        NeutralLine("1", gtin="8437002000202", quantity=Decimal(5), quantity_received="5", package="2",
                    quantities={"despatched": Decimal(5)}, lots=(Lot("L1", date(2027, 1, 31), Decimal(3)), Lot("L2", None, Decimal(2)))),
    )  # fmt: skip
    packages = (
        Package("1", kind="201", count=Decimal(1)),
        Package("2", sscc="384370020000000018", kind="CT", within="1"),
    )
    document = replace(PLAIN, kind="despatch_advice", lines=lines, packages=packages)
    content = write(document).decode("latin-1").replace("'\n", "'")
    assert (
        "CPS+1'PAC+1++201'CPS+2+1'PAC+++CT'PCI+33E'GIN+BJ+384370020000000018'LIN+1++8437002000202:EN'QTY+12:5'"
        "PCI+36E'DTM+361:20270131:102'QTY+12:3'GIN+BX+L1'PCI+36E'QTY+12:2'GIN+BX+L2'"
    ) in content
    found = again(content.encode("latin-1"))
    assert (found.packages, found.lines[0].lots, found.lines[0].package) == (packages, lines[0].lots, "2")


def test_the_versions_of_partners_choose_the_directory():
    document = one(ORDER)
    assert b"ORDERS:D:01B:UN:EAN010" in formats.write(document, format_="edifact-d01b").content
    assert b"ORDERS:D:96A:UN:EAN008" in formats.write(document, format_="edifact").content
    with pytest.raises(CannotWrite):
        formats.write(document, format_="edifact-d50z")


# -- what is answered to the syntax and to the document


def test_a_file_without_faults_is_acknowledged_whole():
    control = control_of(edifact.read(ORDER.encode("latin-1")))
    assert (control.response, control.reported, control.references) == ("accepted", (), {"acknowledged": "77"})
    assert b"UCI+77+5412345000013:14+8437002000011:14+7'" in write_control(control)
    found = again(write_control(control))
    assert (found.kind, found.response, found.references["acknowledged"]) == ("acknowledgement", "accepted", "77")


def test_what_the_syntax_check_found_is_said_by_message_segment_and_code():
    good = "UNH+2+ORDERS:D:96A:UN'BGM+220+2+9'NAD+BY+X'LIN+1++A:SA'QTY+21:5'UNT+6+2'"
    bad = "UNH+1+ORDERS:D:96A:UN'BGM+220+1+9'NAD+BY+X'LIN+1++A:SA'QTY+21:1020A'UNT+9+1'"
    content = f"UNB+UNOC:3+A:14+B:14+261120:1000+7'{good.replace('+2', '+2')}{bad}UNZ+2+7'".encode()
    control = control_of(edifact.read(content))
    written = write_control(control).decode().replace("'\n", "'")
    assert "UCI+7+A+B+7'UCM+1+ORDERS:D:96A:UN+4'UCS+5+37'UCS+6+29'UNT+" in written
    found = again(written.encode())
    assert found.response == "changed"
    assert [(one.code, one.where) for one in found.reported] == [
        (None, "ORDERS 1"), ("37", "ORDERS 1, 5"), ("29", "ORDERS 1, 6"),
    ]  # fmt: skip
    assert found.reported == control.reported


def test_a_wrong_count_of_messages_rejects_the_interchange():
    content = counted(["BGM+220+1+9", "NAD+BY+X", "LIN+1++A:SA", "QTY+21:1"]).replace("UNZ+1", "UNZ+3").encode()
    control = control_of(edifact.read(content))
    assert (control.response, [(one.code, one.where) for one in control.reported]) == ("rejected", [("29", "UCI, UNZ")])
    assert b"UCI+7+A+B+4+29+UNZ'" in write_control(control)
    assert again(write_control(control)).response == "rejected"


def test_reasons_become_an_acknowledgement_of_the_application():
    document = one(ORDER)
    found = [
        reported("UNKNOWN_ITEM", "No conocemos el artículo R100.", line="1"),
        reported("PAST_DATE", "La fecha ya pasó."),
    ]
    answer = acknowledgement_of(document, number="A-1", issued_on=date(2026, 11, 20), found=found)
    assert (answer.response, answer.references) == ("rejected", {"order": "PO-1001", "acknowledged": "PO-1001"})
    read = again(write(answer))
    assert [(one.code, one.text, one.line) for one in read.reported] == [
        ("301", "No conocemos el artículo R100.", "1"), ("502", "La fecha ya pasó.", None),
    ]  # fmt: skip
    assert (read.response, read.references["order"], read.envelope.receiver) == ("rejected", "PO-1001", "5412345000013")


# -- reading: in one go, piece by piece, and what nobody meant


def lines_and_faults(content):
    documents = edifact.read(content)
    return json.dumps([one.as_json() for one in documents], sort_keys=True)


@pytest.mark.parametrize("seed", range(150))
def test_lines_read_in_one_go_are_those_read_segment_by_segment(seed, monkeypatch):
    content = chance.generate(random.Random(seed))
    quickly = edifact.read(content)
    assert [fault.code for document in quickly for fault in document.faults if fault.blocking] == []
    assert all(document.lines for document in quickly)
    shown = lines_and_faults(content)
    monkeypatch.setattr(interchange, "take", lambda *_: False)
    assert lines_and_faults(content) == shown


def test_nearly_all_plain_lines_are_read_in_one_go(monkeypatch):
    taken = []
    monkeypatch.setattr(interchange, "take", lambda *said: taken.append(plain.take(*said)) or taken[-1])
    one(ORDER)
    assert taken == [True, True]


@pytest.mark.parametrize("size", [7, 64, 300])
def test_a_file_read_in_pieces_gives_the_same_documents(size, monkeypatch):
    contents = [ORDER.encode("latin-1") * 3, *(chance.generate(random.Random(seed)) for seed in range(40))]
    contents.append(ORDER.replace("UNT+29", "UNT+28").replace("UNZ+1", "UNZ+4").encode("latin-1"))
    whole = [lines_and_faults(content) for content in contents]
    monkeypatch.setattr("promesa.exchange.formats.edifact.syntax.CHUNK", size)
    assert [lines_and_faults(content) for content in contents] == whole
    streamed = [
        json.dumps([one.as_json() for one in formats.documents(content)], sort_keys=True) for content in contents
    ]
    assert streamed == whole


def test_a_stream_has_no_limit_of_messages(monkeypatch):
    monkeypatch.setattr(edifact, "MAX_MESSAGES", 2)
    content = (
        "UNB+UNOC:3+A+B+1+1'"
        + "".join(f"UNH+{n}+ORDERS:D:96A:UN'BGM+220+{n}+9'UNT+3+{n}'" for n in range(5))
        + "UNZ+5+1'"
    ).encode()
    assert len(edifact.read(content)) == 2
    assert [document.number for document in formats.documents(content)] == ["0", "1", "2", "3", "4"]


def test_what_is_no_file_of_a_stream_is_one_document_that_says_so(monkeypatch):
    assert [one.kind for one in formats.documents(b"UNA:+.? 'UNB")] == ["unreadable"]
    monkeypatch.setattr(formats, "MAX_BYTES", 10)
    (document,) = formats.documents(b"<?xml version='1.0'?><Order/>")
    assert document.rejection_reason == "TOO_LARGE"
