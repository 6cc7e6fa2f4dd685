"""The XML parser against documents made to do harm, in every charset, and the door that tells the kinds apart."""

import codecs
import time
import tracemalloc
from datetime import date, datetime
from decimal import Decimal

import pytest

from promesa.exchange import formats
from promesa.exchange.formats.neutral import Envelope
from promesa.exchange.formats.xml import documents, parsing
from promesa.exchange.formats.xml.values import Walk, path_of
from promesa.exchange.tests.ubl_documents import order


def parsed(content):
    if isinstance(content, str):
        content = content.encode()
    root, faults = parsing.parse(content)
    return root, [fault.code for fault in faults]


def refused(content):
    root, codes = parsed(content)
    assert root is None
    return codes


BILLION_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY l0 "lol">'
    + "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 10))
    + "]><Order>&l9;</Order>"
)
QUADRATIC = f'<!DOCTYPE o [<!ENTITY a "{"a" * 100_000}">]><Order>{"&a;" * 50_000}</Order>'


@pytest.mark.parametrize(
    "content",
    [
        BILLION_LAUGHS,
        QUADRATIC,
        "<!DOCTYPE Order><Order/>",
        '<?xml version="1.0"?>\n<!-- first --><?other pi?>\n<!DOCTYPE Order SYSTEM "http://127.0.0.1:9/x.dtd"><Order/>',
        "<!ENTITY a 'b'><Order/>",
        "<Order>&unknown;</Order>",
        '<Order note="&unknown;"/>',
    ],
    ids=["laughs", "quadratic", "bare", "after a comment", "entity alone", "in text", "in an attribute"],
)
def test_a_doctype_or_an_entity_is_refused_by_name(content):
    assert refused(content) == ["xml_doctype"]


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("kind", ["SYSTEM", "PUBLIC 'x'"])
def test_an_external_entity_is_never_read(tmp_path, charset, kind):
    canary = tmp_path / "canary.txt"
    canary.write_text("canary-5521")
    text = f"<?xml version='1.0'?><!DOCTYPE Order [<!ENTITY x {kind} '{canary.as_uri()}'>]><Order><ID>&x;</ID></Order>"
    (document,) = formats.read(text.encode(charset), filename="order.xml")
    assert [fault.code for fault in document.faults] == ["xml_doctype"]
    assert "canary-5521" not in str(document.as_json())


def test_a_parameter_entity_is_never_fetched(tmp_path):
    canary = tmp_path / "evil.dtd"
    canary.write_text("<!ENTITY x 'canary-5521'>")
    text = f"<!DOCTYPE Order [<!ENTITY % d SYSTEM '{canary.as_uri()}'> %d;]><Order>&x;</Order>"
    assert refused(text) == ["xml_doctype"]


def test_xinclude_and_stylesheets_are_only_elements_and_instructions(tmp_path):
    canary = tmp_path / "canary.txt"
    canary.write_text("canary-5521")
    root, codes = parsed(
        f"<?xml-stylesheet type='text/xsl' href='{canary.as_uri()}'?><a xmlns:xi='http://www.w3.org/2001/XInclude'>"
        f"<xi:include href='{canary.as_uri()}' parse='text'/></a>"
    )
    assert codes == []
    assert "".join(root.itertext()) == ""
    assert len(root) == 1


@pytest.mark.parametrize("content", [b"<a>" * 100_000, b"<a>" * 100_000 + b"</a>" * 100_000])
def test_deep_nesting_is_refused_with_its_place(content):
    root, faults = parsing.parse(content)
    assert root is None
    assert [(fault.code, fault.params["at_line"]) for fault in faults] == [("xml_too_deep", 1)]


@pytest.mark.parametrize(
    "content",
    [
        b'<a x="' + b"y" * 10_500_000 + b'"/>',
        b"<a>" + b"y" * 10_500_000 + b"</a>",
        b"<a>" + b"<b/>" * 450_000 + b"</a>",
        b"<a " + b" ".join(b'a%d=""' % count for count in range(850_000)) + b"/>",
        b"<a>" + b" " * 20_000_001 + b"</a>",
    ],
    ids=["attribute", "text", "elements", "attributes", "bytes"],
)
def test_what_is_too_large_is_refused_quickly(content):
    started = time.process_time()
    assert refused(content) == ["xml_too_large"]
    assert time.process_time() - started < 3


def test_a_bomb_takes_little_memory():
    tracemalloc.start()
    refused(BILLION_LAUGHS)
    refused(QUADRATIC)
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_what_is_broken_says_line_and_column():
    _, (fault,) = parsing.parse(b"<a>\n <b></a>")
    assert (fault.code, fault.where, fault.params["at_line"], fault.params["at_column"]) == ("xml_broken", "2:9", 2, 9)
    assert fault.sentence("es").startswith("El XML está mal formado (línea 2, columna 9)")


@pytest.mark.parametrize("content", [b"<a>\x00</a>", b"<a>\x01</a>", b"<a b='\x00'/>", "<a>\x00</a>".encode("utf-16")])
def test_control_characters_are_named_with_their_place(content):
    _, faults = parsing.parse(content)
    assert [fault.code for fault in faults] == ["xml_broken"]
    assert faults[0].received in ("U+0000", "U+0001")


@pytest.mark.parametrize(
    ("charset", "declared", "codes"),
    [
        ("utf-8", "UTF-8", []),
        ("utf-8", None, []),
        ("utf-8-sig", "UTF-8", []),
        ("latin-1", "ISO-8859-1", []),
        ("cp1252", "windows-1252", []),
        ("iso8859-15", "ISO-8859-15", []),
        ("utf-16", "UTF-16", []),
        ("utf-16-le", "UTF-16LE", []),
        ("utf-16-be", "UTF-16", []),
        ("utf-16-le", "UTF-8", ["xml_charset_other"]),
        ("utf-8-sig", "ISO-8859-1", ["xml_charset_other"]),
        ("utf-8", "UTF-16", ["xml_charset_other"]),
        ("utf-8", "US-ASCII", ["xml_charset_wrong"]),
        ("latin-1", "UTF-8", ["xml_charset_wrong"]),
        ("cp1252", None, ["xml_charset_wrong"]),
    ],
)
def test_the_same_text_is_read_from_every_charset(charset, declared, codes):
    said = f'<?xml version="1.0" encoding="{declared}"?>\n' if declared else ""
    root, found = parsed(f"{said}<Order>Almacén Ñandú</Order>".encode(charset))
    assert root.text == "Almacén Ñandú"
    assert found == codes


@pytest.mark.parametrize("charset", ["UTF-7", "UTF-32", "cp037", "rot13", "no-such", "zlib", "idna", "unicode_escape"])
def test_a_charset_that_is_not_for_documents_is_refused(charset):
    assert refused(f'<?xml version="1.0" encoding="{charset}"?><a/>') == ["xml_charset_unknown"]


def test_a_lying_charset_says_where_and_what_it_seems_to_be():
    _, (fault,) = parsing.parse('<?xml version="1.0" encoding="UTF-8"?>\n<a>\n  Ñ</a>'.encode("latin-1"))
    assert (fault.severity, fault.where, fault.received, fault.right) == ("blocking", "3:3", "UTF-8", "Windows-1252")


def test_a_comment_does_not_cut_a_value_short():
    root, _ = parsed("<a>12<!-- nothing -->34<?pi x?>5<![CDATA[6]]></a>")
    assert root.text == "123456"


def test_spaces_before_the_declaration_are_forgiven():
    assert parsed('\r\n  <?xml version="1.0"?><a/>')[1] == ["xml_leading_text"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"<?xml version='1.0'?><a/>", True),
        (b"\n <ns:Order xmlns:ns='urn:x'>", True),
        (codecs.BOM_UTF8 + b"<Order>", True),
        ("<Order/>".encode("utf-16"), True),
        ("<Order/>".encode("utf-16-be"), True),
        (b"<!DOCTYPE Order><Order/>", True),
        (b"<!doctype html><html>", False),
        (b"<!DOCTYPE html><html>", False),
        (b"<html lang='es'>", False),
        (b"UNB+UNOA:1", False),
        (b"SKU;Cantidad\n<1>;2", False),
        (b"", False),
    ],
)
def test_xml_is_told_by_how_it_begins(content, expected):
    assert documents.looks_like(content) is expected


def test_an_xml_of_no_known_kind_is_refused_by_the_name_of_its_root():
    (document,) = formats.read(b'<x:Catalogue xmlns:x="urn:other"/>', filename="a.xml")
    assert document.kind == "unreadable"
    (fault,) = document.faults
    assert (fault.code, fault.received, fault.where) == ("xml_kind_unknown", "Catalogue (urn:other)", "/Catalogue")


def walk_of(text):
    return Walk({"x": "urn:x"}), parsing.parse(text.encode())[0]


def test_values_are_read_by_their_path():
    walk, root = walk_of(
        "<o xmlns='urn:x'><a unit=' KGM '> 12.50\n</a><d>2024-02-29+01:00</d><t>10:30:00Z</t><n>  a \n b </n></o>"
    )
    assert walk.decimal(root, "x:a") == Decimal("12.50")
    assert walk.text(root, "x:a/@unit") == "KGM"
    assert walk.day(root, "x:d") == date(2024, 2, 29)
    assert walk.moment(root, "x:d", "x:t") == datetime.fromisoformat("2024-02-29T10:30")
    assert walk.text(root, "x:n") == "a b"
    assert walk.text(root, "x:none") is None
    assert walk.faults == []


def test_a_wrong_value_is_noted_with_its_place_and_what_would_be_right():
    walk, root = walk_of("<o xmlns='urn:x'><l><q>1</q></l><l><q>1,5</q><d>20240229</d><e>2024-02-30</e></l></o>")
    second = walk.all(root, "x:l")[1]
    walk.line = "2"
    assert walk.quantity(second, "x:q") is None
    assert walk.day(second, "x:d") == date(2024, 2, 29)
    assert walk.day(second, "x:e") is None
    assert [(fault.code, fault.where, fault.received, fault.right, fault.line) for fault in walk.faults] == [
        ("number_wrong", "/o/l[2]/q", "1,5", "1.5", "2"),
        ("date_wrong", "/o/l[2]/d", "20240229", "2024-02-29", "2"),
        ("date_wrong", "/o/l[2]/e", "2024-02-30", None, "2"),
    ]
    assert path_of(second) == "/o/l[2]"


@pytest.mark.parametrize("text", ["NaN", "INF", "1e5", "0x1", "1 000", "--1", "١٢", "1_0", "12A"])
def test_what_python_would_take_as_a_number_and_xml_would_not_is_a_fault(text):
    walk, root = walk_of(f"<o>{text}</o>")
    assert walk.decimal(root) is None
    assert [fault.code for fault in walk.faults] == ["number_wrong"]


def test_faults_without_end_are_counted_and_not_kept():
    walk, root = walk_of("<o>x</o>")
    for _ in range(1000):
        walk.decimal(root)
    assert len(walk.found()) == 301
    assert walk.found()[-1].code == "more_faults"


def test_an_sbdh_envelope_is_opened_and_says_sender_and_receiver():
    header = (
        "<s:StandardBusinessDocumentHeader><s:Sender><s:Identifier>0192:987654325</s:Identifier></s:Sender><s:Receiver>"
        "<s:Identifier>0088:8498765000014</s:Identifier></s:Receiver><s:DocumentIdentification><s:InstanceIdentifier>77"
        "</s:InstanceIdentifier></s:DocumentIdentification></s:StandardBusinessDocumentHeader>"
    )
    space = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
    inner = order().decode()
    (document,) = formats.read(
        f'<s:StandardBusinessDocument xmlns:s="{space}">{header}{inner}</s:StandardBusinessDocument>'.encode()
    )
    assert (document.kind, document.number, document.faults) == ("order", "PO-77", ())
    assert document.envelope == Envelope("0192:987654325", "0088:8498765000014", "77")
    (empty,) = formats.read(
        f'<s:StandardBusinessDocument xmlns:s="{space}">{header}</s:StandardBusinessDocument>'.encode()
    )
    assert [fault.code for fault in empty.faults] == ["file_empty"]


def test_an_order_in_a_charset_that_lies_is_read_and_blocked():
    (document,) = formats.read(b'<?xml version="1.0" encoding="UTF-8"?>' + order().decode().encode("cp1252"))
    assert (document.number, document.party("buyer").name) == ("PO-77", "Clínica Ñandú")
    assert [(fault.code, fault.severity) for fault in document.faults] == [("xml_charset_wrong", "blocking")]


def test_ubl_of_another_version_than_two_is_refused_by_its_name():
    (document,) = formats.read(
        b'<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-1.0"><ID>1</ID></Order>'
    )
    assert [fault.code for fault in document.faults] == ["xml_kind_unknown"]
    assert document.faults[0].received.startswith("Order (urn:oasis")
