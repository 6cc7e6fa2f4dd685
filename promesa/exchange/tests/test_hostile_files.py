"""Files that nobody meant well: every one gives documents with faults, never an error, in time that grows with its size."""

import io
import random
import time
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promesa.exchange import formats
from promesa.exchange.formats import edifact, labels, order_table
from promesa.exchange.formats.edifact import syntax

MEGABYTE = 1_000_000
ORDER = (
    b"UNA:+.? 'UNB+UNOC:3+A:14+B:14+261120:1000+7'UNH+1+ORDERS:D:96A:UN:EAN008'BGM+220+PO1+9'DTM+137:20261120:102'"
    b"NAD+BY+5412345000013::9++Casa ?+ Co+Calle 1+Madrid++28001+ES'LIN+1++8437002000202:EN'IMD+F++:::Aceite:5 L'QTY+21:12:CS'"
    b"PRI+AAA:12.5'UNS+S'CNT+2:1'UNT+11+1'UNZ+1+7'"
)


def check(content, **said):
    """At least one document; whatever makes no order has a reason from the list; every sentence can be said."""
    documents = formats.read(content, **said)
    assert documents
    for document in documents:
        if document.kind in ("unreadable", "not_an_order"):
            assert document.rejection_reason is not None
        for fault in document.faults:
            assert fault.severity in ("blocking", "warning", "note")
            assert "…" not in fault.sentence("es").replace("…", "", 1) or fault.received
        document.as_json()
    return documents


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "EMPTY"),
        (b" \r\n\t\x00", "EMPTY"),
        (b"\x00" * 1000, "EMPTY"),
        (b"hello", "UNREADABLE"),
        (b"%PDF-1.7 ...", "UNREADABLE"),
        (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", "UNREADABLE"),
        (
            b"ISA*00*          *00*          *ZZ*A              *ZZ*B              *261120*1000*U*00401*000000001*0*P*>~GS*PO",
            "BAD_ENVELOPE",
        ),
        (b"PK\x03\x04", "UNREADABLE"),
        (b"PK\x05\x06" + b"\x00" * 18, "UNREADABLE"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "ENCRYPTED"),
        (b"UNB", "UNREADABLE"),
        (b"UNB+", "BAD_ENVELOPE"),
        (b"UNA:+.? '", "UNREADABLE"),
        (b"UNH+1+ORDERS:D:96A:UN'BGM+220+1+9'", "BAD_ENVELOPE"),
        (b"UNB+UNOC:3'UNZ'", "BAD_ENVELOPE"),
        (b"UNA''''''UNB+UNOC:3+A+B+1+1'UNH+1+ORDERS'", "BAD_ENVELOPE"),
        (b"\xff\xfe", "EMPTY"),
        (b"Pedido;SKU;Cantidad\n", "EMPTY"),
    ],
)
def test_each_bad_file_has_its_named_reason(content, reason):
    (document,) = check(content)
    assert document.rejection_reason == reason


def test_ten_megabytes_of_noise_are_answered_quickly():
    noise = random.Random(7).randbytes(10 * MEGABYTE)
    started = time.process_time()
    (document,) = check(noise)
    assert document.kind == "unreadable"
    assert time.process_time() - started < 5


def test_a_file_over_the_limit_is_not_read():
    (document,) = check(b"UNB+UNOC:3+A+B+1+1'" + b"x" * formats.MAX_BYTES)
    assert document.rejection_reason == "TOO_LARGE"


@pytest.mark.parametrize(
    "content",
    [
        b"UNB+UNOC:3+A+B+1+1'UNH+1+ORDERS:D:96A:UN'BGM+220+" + b"1" * (2 * MEGABYTE) + b"+9'UNT+3+1'UNZ+1+1'",
        b"UNB+UNOC:3+A+B+1+1'UNH+1+ORDERS:D:96A:UN'IMD" + b"+:" * (MEGABYTE) + b"'UNT+3+1'UNZ+1+1'",
        b"UNB+UNOC:3+A+B+1+1'UNH+1+ORDERS:D:96A:UN'" + b"'" * (MEGABYTE) + b"UNT+2+1'UNZ+1+1'",
        b"UNB+UNOC:3+A+B+1+1'UNH+1+ORDERS:D:96A:UN'" + b"?" * (MEGABYTE) + b"'UNT+2+1'UNZ+1+1'",
        b"UNB+UNOC:3+A+B+1+1'" + b"UNZ" * 300_000,
        b"UNB+" * 300_000,
        b"UNA:+.? '" * 300_000,
        b"UNB+UNOC:3+A+B+1+1'" + b"UNH+1+ORDERS:D:96A:UN'" * 50_000,
        b"UNB+UNOC:3+A+B+1+1'UNH+1+ORDERS:D:96A:UN'" + b"LIN+1++8437002000200:EN'" * 40_000,
        b"UNB+UNOC:3+A+B+1+1'UNH+1+ORDERS:D:96A:UN'" + b"\r\n" * MEGABYTE,
        b'PO,SKU,Qty\n1,"' + b"a" * (MEGABYTE),
        b"PO,SKU,Qty\n" + b'"' * (MEGABYTE),
        b"PO,SKU,Qty\n" + b"\n" * (MEGABYTE),
        b"PO,SKU,Qty\n" + b"1,a,1.234\n" * 40_000,
        b"PO;SKU;Qty\n" + b";" * (MEGABYTE),
        b"PO;SKU;Qty\n" + b"1;a;" + b"9" * (MEGABYTE) + b"\n",
        b"PO;SKU;Date;Qty\n1;a;" + b"1/" * MEGABYTE + b";1\n",
        b"a" * (2 * MEGABYTE),
    ],
)  # fmt: skip
def test_what_is_built_to_be_slow_takes_a_few_seconds_at_most(content):
    started = time.process_time()
    check(content)
    assert time.process_time() - started < 8


def test_time_grows_with_size_and_not_faster():
    def seconds(times):
        message = ORDER.partition(b"'UNH")[2].partition(b"UNZ")[0]
        content = b"UNB+UNOC:3+A:14+B:14+261120:1000+7'" + (b"UNH" + message) * times + b"UNZ+%d+7'" % times
        started = time.process_time()
        edifact.read(content)
        return time.process_time() - started

    seconds(200)
    assert seconds(4000) < 40 * max(seconds(400), 0.005)


def test_more_messages_than_the_limit_are_refused_by_name(monkeypatch):
    monkeypatch.setattr(edifact, "MAX_MESSAGES", 3)
    content = (
        b"UNB+UNOC:3+A+B+1+1'" + b"UNH+1+ORDERS:D:96A:UN'BGM+220+1+9'LIN+1++A:SA'QTY+21:1'UNT+5+1'" * 5 + b"UNZ+5+1'"
    )
    documents = edifact.read(content)
    assert len(documents) == 3
    assert {document.rejection_reason for document in documents} == {"TOO_LARGE"}


def test_more_segments_than_the_limit_are_refused_by_name(monkeypatch):
    monkeypatch.setattr(syntax, "MAX_SEGMENTS", 10)
    (document,) = edifact.read(
        b"UNB+UNOC:3+A+B+1+1'UNH+1+ORDERS:D:96A:UN'" + b"LIN+1++A:SA'QTY+21:1'" * 10 + b"UNT+22+1'UNZ+1+1'"
    )
    assert "too_many_segments" in [fault.code for fault in document.faults]
    assert document.blocked is True


def test_a_document_tells_at_most_so_many_faults_and_that_there_are_more():
    lines = b"".join(b"LIN+%d++A:SA'QTY+21:x'" % number for number in range(1000))
    (document,) = edifact.read(
        b"UNB+UNOC:3+A+B+1+1'UNH+1+ORDERS:D:96A:UN'BGM+220+1+9'NAD+BY+X'" + lines + b"UNT+2004+1'UNZ+1+1'"
    )
    assert len(document.faults) == 301
    assert (document.faults[-1].code, document.faults[-1].severity) == ("more_faults", "blocking")


def packed(parts, **said):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, **said) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return stream.getvalue()


SHEET = b'<?xml version="1.0" encoding="%s"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"xl/worksheets/sheet1.xml": b"<a>" + b"0" * 90_000_000}, "spreadsheet_swells"),
        ({f"xl/{n}": b"" for n in range(2500)}, "spreadsheet_too_large"),
        (
            {
                "xl/worksheets/sheet1.xml": SHEET
                % (b"UTF-8", b'<row r="1"><c r="A1"/></row><row r="2"><c r="XFD190000"/></row>')
            },
            "spreadsheet_too_large",
        ),
        (
            {
                "xl/hidden.xml": SHEET
                % (b"UTF-8", b'<row r="1"><c r="A1"/></row><row r="1048576"><c r="B1048576"/></row>')
            },
            "too_many_rows",
        ),
        (
            {"xl/worksheets/sheet1.xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a/>'},
            "spreadsheet_unreadable",
        ),
        ({"xl/worksheets/sheet1.xml": (SHEET % (b"UTF-16", b"")).decode().encode("utf-16")}, "spreadsheet_unreadable"),
        ({"xl/worksheets/sheet1.xml": SHEET % (b"ISO-2022-JP", b"")}, "spreadsheet_unreadable"),
        # Places that a reader takes for far ones: it makes room for all between, and asks for more memory than there is.
        ({"xl/s.xml": SHEET % (b"UTF-8", b'<row r="4294967290"><c><v>1</v></c></row>')}, "spreadsheet_unreadable"),
        ({"xl/s.xml": SHEET % (b"UTF-8", b'<row r="1"><c r="ABCDEFG9"/></row>')}, "spreadsheet_unreadable"),
        ({"xl/s.xml": SHEET % (b"UTF-8", b'<row r="1"><c r="A&#49;9"/></row>')}, "spreadsheet_unreadable"),
        ({"xl/s.xml": SHEET % (b"UTF-8", b"<row r=1><c r=XFD1048576 /></row>")}, "too_many_rows"),
        ({"xl/s.xml": b'<sst count="1" uniqueCount="99999999999999"/>'}, "spreadsheet_too_large"),
        ({"xl/workbook.xml": b"<workbook/>"}, "spreadsheet_unreadable"),
        ({"word/document.xml": b"<document/>"}, "spreadsheet_unreadable"),
    ],
)
def test_a_package_built_to_swell_or_to_deceive_is_not_opened(parts, code):
    started = time.process_time()
    (document,) = check(packed(parts), filename="p.xlsx")
    assert [fault.code for fault in document.faults] == [code]
    assert time.process_time() - started < 5


def test_a_package_that_swells_too_many_times_is_told_how_many_and_the_most():
    (document,) = check(packed({"xl/sheet1.xml": b"<a>" + b"0" * 60_000_000}), filename="p.xlsx")
    (fault,) = document.faults
    assert (fault.right, int(fault.received) > 400) == ("400", True)
    assert fault.sentence("en").startswith(f"The part “xl/sheet1.xml” of the workbook swells {fault.received} times")


def test_a_package_that_lies_about_its_sizes_is_not_opened():
    content = bytearray(packed({"xl/worksheets/sheet1.xml": SHEET % (b"UTF-8", b"x" * 5000)}))
    directory = content.rindex(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = (100).to_bytes(4, "little")
    (document,) = check(bytes(content), filename="p.xlsx")
    assert [fault.code for fault in document.faults] == ["spreadsheet_unreadable"]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_raise(content):
    check(content)
    edifact.read(content)
    order_table.read(content)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=6), max_size=8), st.sampled_from(";,\t|"))
def test_no_table_of_any_text_raises(rows, delimiter):
    headings = ["Pedido", "SKU", "Cantidad", "Precio", "Fecha entrega"]
    text = "\n".join(delimiter.join(row) for row in [headings, *rows])
    check(text.encode("utf-8", "surrogatepass"), filename="p.csv")


def test_every_fault_has_its_words_in_both_languages():
    for code, (severity, reason, spanish, english) in labels.FAULTS.items():
        assert severity in (labels.BLOCKING, labels.WARNING, labels.NOTE), code
        assert reason.isupper(), code
        assert spanish != english, code
        assert spanish[-1] == english[-1] == ".", code
