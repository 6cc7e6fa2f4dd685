"""PDFs with XML inside: Factur-X, ZUGFeRD, Order-X and any other, whole, damaged and hostile; and Factur-X written."""

import importlib
import io
import tarfile
import time
from dataclasses import fields, replace
from datetime import date, datetime
from decimal import Decimal

import pypdf
import pytest
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, TextStringObject

from promesa.exchange import formats
from promesa.exchange.formats.facturx import inside, profiles
from promesa.exchange.formats.facturx import read as facturx
from promesa.exchange.formats.facturx.write import write
from promesa.exchange.formats.neutral import CannotWrite, NeutralDocument, NeutralLine, Party, Payment, Tax, Window

D = Decimal
SELLER = Party(
    tax_id="ESB23103039", name="Aceites del Sur «S.L.»", street="Camino Viejo 3", postcode="23001", city="Jaén", country="ES"
)  # fmt: skip
BUYER = Party(
    tax_id="ESB77436020",
    name="Ultramarinos Peña & hijos",
    street="Plaza Mayor 1",
    postcode="45083",
    city="Nombela",
    country="ES",
)


def invoice(**more):
    line = NeutralLine(
        "1", text="Aceite de oliva <5 L> #1", seller_code="A-5", quantity=D(10), unit_code="C62", price=D("12.50"), price_kind="net",
        amount=D("125.00"), tax_rate=D(21), tax_category="S",
    )  # fmt: skip
    said = {
        "number": "F-2026-17", "type_code": "380", "issued_on": date(2026, 3, 2), "due_on": date(2026, 4, 1), "currency": "EUR",
        "parties": {"seller": SELLER, "buyer": BUYER}, "references": {"order": "PO-7"}, "lines": (line,),
        "taxes": (Tax("S", D(21), D("125.00"), D("26.25"), "VAT"),),
        "payments": (Payment("30", account="ES9121000418450200051332"),),
        "totals": {
            "lines": D("125.00"), "taxable": D("125.00"), "tax": D("26.25"), "with_tax": D("151.25"), "payable": D("151.25"),
        },
    }  # fmt: skip
    return NeutralDocument("cii-invoice", more.pop("kind", "invoice"), **(said | more))


@pytest.fixture(scope="module")
def made():
    return write(invoice())


def xml_of(content):
    return inside.look_inside(content).xml_files[0].content


def carrying(*files, metadata=b"", pages=1, tree=None):
    """A PDF with pages of nothing, these files (name, bytes) attached, and metadata."""
    writer = pypdf.PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(100, 100)
    for name, content in files:
        writer.add_attachment(name, content)
    root = writer.root_object
    if metadata:
        stream = DecodedStreamObject()
        stream.set_data(metadata)
        stream.update({NameObject("/Type"): NameObject("/Metadata"), NameObject("/Subtype"): NameObject("/XML")})
        root[NameObject("/Metadata")] = writer._add_object(stream)
    if tree is not None:
        tree(writer, root)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def claim(level="EN 16931", name="factur-x.xml"):
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><fx:x xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"><fx:DocumentType>'
        f"INVOICE</fx:DocumentType><fx:DocumentFileName>{name}</fx:DocumentFileName><fx:ConformanceLevel>{level}"
        "</fx:ConformanceLevel></fx:x></x:xmpmeta>"
    ).encode()


def codes(document):
    return [one.code for one in document.faults]


# -- documents that others wrote


@pytest.fixture
def real(shared_data):
    return lambda name: formats.read((shared_data / name).read_bytes(), filename=name)


def test_the_invoice_inside_a_zugferd_pdf_is_that_of_its_xml(real):
    [document] = real("facturx-zugferd/EN16931_Einfach.pdf")
    [alone] = real("facturx-zugferd/EN16931_Einfach.cii.xml")
    assert document == alone
    assert (document.kind, document.number, document.issued_on) == ("invoice", "471102", date(2018, 3, 5))
    assert [(one.text, one.quantity, one.price, one.amount, one.tax_rate) for one in document.lines] == [
        ("Trennblätter A4", D("20.0000"), D("9.90"), D("198.00"), D("19.00")),
        ("Joghurt Banane", D("50.0000"), D("5.50"), D("275.00"), D("7.00")),
    ]
    assert (document.totals["taxable"], document.totals["tax"], document.totals["payable"]) == (
        D("473.00"),
        D("56.87"),
        D("529.87"),
    )
    assert document.faults == ()


def test_another_zugferd_pdf_is_read_as_its_xml(shared_data):
    with tarfile.open(shared_data / "extra_documents.tar.gz") as archive:
        pdf, cii = (
            archive.extractfile(f"extra/facturx-zugferd/EN16931_Innergemeinschaftliche_Lieferungen.{kind}").read()
            for kind in ("pdf", "cii.xml")
        )
    assert formats.read(pdf) == formats.read(cii)
    assert formats.read(pdf)[0].totals["payable"] == D("2000.00")


def test_an_invoice_of_profile_minimum_has_no_lines_and_says_so_as_a_note(real):
    [document] = real("facturx-zugferd/Facture_FR_MINIMUM.pdf")
    assert (document.kind, document.number, document.issued_on) == ("invoice", "FA-2017-0010", date(2017, 11, 13))
    assert (document.party("seller").name, document.party("buyer").name) == ("Au bon moulin", "Ma jolie boutique")
    assert (document.party("seller").tax_id, document.references["order"]) == ("FR11999999998", "PO445")
    assert document.lines == ()
    assert document.totals == {
        "taxable": D("624.90"),
        "tax": D("46.25"),
        "with_tax": D("671.15"),
        "payable": D("470.15"),
    }
    assert [(one.code, one.severity, one.received) for one in document.faults] == [
        ("pdf_profile_without_lines", "note", "MINIMUM")
    ]


def test_the_credit_of_the_folder_of_failures_is_refused_for_its_profile_and_told_to_be_no_invoice(real):
    [document] = real("facturx-zugferd/Avoir_FR_type380_BASIC.pdf")
    assert (document.number, document.totals["payable"], document.references["invoice"]) == (
        "AV-2017-0005", D("-233.47"), "FA-2017-0010",
    )  # fmt: skip
    assert [(one.quantity, one.price, one.amount) for one in document.lines] == [
        (D("-5.000"), D("4.10"), D("-20.48")),
        (D("-10.000"), D("19.80"), D("-198.00")),
    ]
    found = {one.code: (one.severity, one.received, one.right) for one in document.faults}
    assert found == {
        "pdf_profile_unknown": (
            "blocking",
            "urn:cen.eu:en16931:2017:compliant:factur-x.eu:1p0:basic",
            "urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic",
        ),
        "sum_wrong": ("warning", "-20.48", "-20.50"),
        "invoice_negative": ("warning", "-233.47", "381"),
    }
    assert document.blocked


def test_a_quotation_inside_a_pdf_is_read_whole_and_is_no_order(real):
    [document] = real("po-pdf/quote-PO00004.pdf")
    assert (document.format, document.kind, document.number) == ("ubl-quotation", "not_an_order", "SO008")
    assert (document.issued_on, document.currency, document.totals["payable"]) == (
        date(2017, 2, 28),
        "EUR",
        D("12149.0"),
    )
    assert [(one.seller_code, one.text, one.quantity, one.price, one.amount) for one in document.lines] == [
        ("PROD_DEL02", "Datacard", D("6.0"), D("90.0"), D("540.0")),
        ("MBi9", "Motherboard I9P57", D("5.0"), D("1500.0"), D("7500.0")),
        ("E-COM07", "iPad Mini", D("7.0"), D("330.0"), D("2310.0")),
        ("E-COM09", "iMac", D("1.0"), D("1799.0"), D("1799.0")),
    ]
    assert document.rejection_reason == "NOT_AN_ORDER"


def test_orders_on_paper_are_left_to_who_reads_pages(shared_data):
    for name in (
        "Contoso-PO-Adatum-Adel",
        "Contoso-PO-Fabrikam-Christie",
        "Contoso-PO-WWI-Lidia",
        "TradeConfirmation114400",
    ):
        assert not facturx.looks_like((shared_data / f"po-pdf/{name}.pdf").read_bytes())


# -- how a PDF carries its XML


def test_a_pdf_that_claims_an_invoice_and_holds_none_is_named():
    [document] = formats.read(carrying(metadata=claim("EXTENDED")))
    assert [(one.code, one.received, one.right) for one in document.faults] == [
        ("pdf_xml_missing", "Factur-X/ZUGFeRD EXTENDED", "factur-x.xml")
    ]
    assert (document.kind, document.blocked, document.rejection_reason) == ("unreadable", True, "EMPTY")


def test_what_the_metadata_say_of_profile_and_name_is_held_against_the_xml(made):
    [document] = formats.read(carrying(("rechnung.xml", xml_of(made)), metadata=claim("MINIMUM")))
    assert (document.number, codes(document)) == ("F-2026-17", ["pdf_file_name_differs", "pdf_profile_differs"])
    [document] = formats.read(carrying(("factur-x.xml", xml_of(made))))
    assert codes(document) == ["pdf_claim_missing"]


def test_a_file_name_that_climbs_out_of_its_folder_is_told_and_never_used(made, tmp_path):
    [document] = formats.read(
        carrying(("../../x/factur-x.xml", xml_of(made)), ("C:\\a\\b.txt", b"hello"), metadata=claim())
    )
    assert document.number == "F-2026-17"
    assert [(one.received, one.right) for one in document.faults if one.code == "pdf_file_name_unsafe"] == [
        ("../../x/factur-x.xml", "factur-x.xml"),
        ("C:\\a\\b.txt", "b.txt"),
    ]
    assert document.attachments == ({"filename": "b.txt"},)
    assert inside.Attached("..").safe_name == "file.xml"


def test_of_several_xml_files_the_one_with_the_name_of_the_standard_is_read(made):
    content = carrying(("a.xml", b"<a/>"), ("factur-x.xml", xml_of(made)), metadata=claim())
    [document] = formats.read(content)
    assert (document.number, codes(document)) == ("F-2026-17", ["pdf_several_xml"])


def test_a_pdf_with_an_xml_that_nobody_reads_is_left_to_who_reads_pages():
    assert not facturx.looks_like(carrying(("layout.xml", b"<layout/>")))
    assert not facturx.looks_like(carrying(("broken.xml", b"<layout")))
    assert not facturx.looks_like(b"no PDF at all EmbeddedFile")


def test_a_file_that_is_only_associated_with_the_document_is_found(made):
    def associate(writer, root):
        names = root["/Names"]["/EmbeddedFiles"]
        root[NameObject("/AF")] = ArrayObject([names["/Names"][1]])
        del root["/Names"]

    [document] = formats.read(carrying(("factur-x.xml", xml_of(made)), metadata=claim(), tree=associate))
    assert document.number == "F-2026-17"


# -- hostile


def test_an_xml_inside_with_a_doctype_is_refused_and_no_file_is_read():
    hostile = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>'
    [document] = formats.read(carrying(("factur-x.xml", hostile), metadata=claim()))
    assert (document.kind, codes(document)) == ("unreadable", ["xml_doctype"])


def test_a_bomb_inside_a_pdf_is_refused_in_little_time():
    def swell(writer, root):
        stream = DecodedStreamObject()
        stream.set_data(b"<a>" + b" " * 90_000_000 + b"</a>")
        held = DictionaryObject({NameObject("/F"): writer._add_object(stream.flate_encode())})
        spec = DictionaryObject({NameObject("/F"): TextStringObject("factur-x.xml"), NameObject("/EF"): held})
        root[NameObject("/AF")] = ArrayObject([writer._add_object(spec)])

    content = carrying(metadata=claim(), tree=swell)
    assert len(content) < 1_000_000
    start = time.perf_counter()
    [document] = formats.read(content)
    assert time.perf_counter() - start < 10
    assert codes(document) == ["pdf_xml_unreadable"]


def test_a_pdf_of_ten_thousand_pages_is_read_without_touching_them(made):
    content = carrying(("factur-x.xml", xml_of(made)), metadata=claim(), pages=10_000)
    start = time.perf_counter()
    assert formats.read(content)[0].number == "F-2026-17"
    assert time.perf_counter() - start < 5


def test_a_tree_of_names_that_bites_its_tail_ends():
    def knot(writer, root):
        node = DictionaryObject()
        reference = writer._add_object(node)
        node[NameObject("/Kids")] = ArrayObject([reference, reference])
        root[NameObject("/Names")] = DictionaryObject({NameObject("/EmbeddedFiles"): reference})

    [document] = formats.read(carrying(metadata=claim(), tree=knot))
    assert codes(document) == ["pdf_xml_missing"]


def test_an_encrypted_pdf_is_left_to_who_names_it(made):
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_attachment("factur-x.xml", xml_of(made))
    writer.encrypt("secret", algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    assert not facturx.looks_like(file.getvalue())
    [document] = formats.read(file.getvalue())
    assert codes(document) == ["pdf_encrypted"]


def test_a_truncated_pdf_that_claimed_an_invoice_says_that_it_is_damaged(made):
    content = made[: int(len(made) * 0.6)]
    [document] = formats.read(content)
    assert (document.kind, document.blocked) == ("unreadable", True)


# -- profiles


def test_profiles_are_known_by_the_names_of_the_standards_only():
    assert profiles.profile_of("urn:cen.eu:en16931:2017") == "EN 16931"
    assert profiles.profile_of("urn:ferd:CrossIndustryDocument:invoice:1p0:comfort") == "COMFORT"
    assert profiles.profile_of("urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0") == "XRECHNUNG"
    assert profiles.profile_of("urn:factur-x.eu:1p0:nothing") is None
    assert profiles.right_name("urn:x:basicwl") == "urn:factur-x.eu:1p0:basicwl"
    assert profiles.same("EN16931", "EN 16931")
    assert not profiles.same("BASIC WL", "BASIC")


# -- Order-X

RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:128"
UDT = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:128"
ORDER_X = f"""<rsm:SCRDMCCBDACIOMessageStructure xmlns:rsm="urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100"
 xmlns:ram="{RAM}" xmlns:udt="{UDT}"><rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter><ram:ID
>urn:order-x.eu:1p0:comfort</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext><rsm:ExchangedDocument>
<ram:ID>PO-1</ram:ID><ram:TypeCode>220</ram:TypeCode><ram:IssueDateTime><udt:DateTimeString format="102">20260302</udt:DateTimeString>
</ram:IssueDateTime><ram:PurposeCode>9</ram:PurposeCode></rsm:ExchangedDocument><rsm:SupplyChainTradeTransaction>
<ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument><ram:LineID>1</ram:LineID></ram:AssociatedDocumentLineDocument>
<ram:SpecifiedTradeProduct><ram:GlobalID schemeID="0160">4006381333931</ram:GlobalID><ram:SellerAssignedID>A-5</ram:SellerAssignedID>
<ram:Name>Aceite</ram:Name></ram:SpecifiedTradeProduct><ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice><ram:ChargeAmount>
12.50</ram:ChargeAmount></ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement><ram:SpecifiedLineTradeDelivery>
<ram:RequestedQuantity unitCode="C62">10</ram:RequestedQuantity></ram:SpecifiedLineTradeDelivery><ram:SpecifiedLineTradeSettlement>
<ram:SpecifiedTradeSettlementLineMonetarySummation><ram:LineTotalAmount>125.00</ram:LineTotalAmount>
</ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>
<ram:ApplicableHeaderTradeAgreement><ram:SellerTradeParty><ram:Name>Sur</ram:Name></ram:SellerTradeParty><ram:BuyerTradeParty>
<ram:GlobalID schemeID="0088">8437000000006</ram:GlobalID><ram:Name>Peña</ram:Name></ram:BuyerTradeParty>
</ram:ApplicableHeaderTradeAgreement>
<ram:ApplicableHeaderTradeDelivery><ram:RequestedDeliverySupplyChainEvent><ram:OccurrenceSpecifiedPeriod><ram:StartDateTime>
<udt:DateTimeString format="203">202603050800</udt:DateTimeString></ram:StartDateTime><ram:EndDateTime><udt:DateTimeString format="203"
>202603051200</udt:DateTimeString></ram:EndDateTime></ram:OccurrenceSpecifiedPeriod></ram:RequestedDeliverySupplyChainEvent>
</ram:ApplicableHeaderTradeDelivery><ram:ApplicableHeaderTradeSettlement><ram:OrderCurrencyCode>EUR</ram:OrderCurrencyCode>
<ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:LineTotalAmount>125.00</ram:LineTotalAmount></ram:SpecifiedTradeSettlementHeaderMonetarySummation>
</ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction></rsm:SCRDMCCBDACIOMessageStructure>"""


def test_an_order_x_alone_and_inside_a_pdf_is_an_order():
    for content in (
        ORDER_X.encode(),
        carrying(("order-x.xml", ORDER_X.encode()), metadata=claim("COMFORT", "order-x.xml")),
    ):
        [document] = formats.read(content)
        assert (document.format, document.kind, document.number, document.function) == (
            "order-x-order",
            "order",
            "PO-1",
            "original",
        )
        assert (document.issued_on, document.currency, document.party("buyer").gln) == (
            date(2026, 3, 2),
            "EUR",
            "8437000000006",
        )
        assert document.requested == Window(
            datetime.fromisoformat("2026-03-05T08:00"), datetime.fromisoformat("2026-03-05T12:00")
        )
        [line] = document.lines
        assert (line.gtin, line.seller_code, line.text, line.quantity) == ("4006381333931", "A-5", "Aceite", D(10))
        assert (line.unit_code, line.price, line.amount) == ("C62", D("12.50"), D("125.00"))
        assert document.faults == ()


def test_an_order_x_response_says_accepted_changed_or_rejected_a_line():
    content = ORDER_X.replace(">220<", ">231<").replace("<ram:PurposeCode>9", "<ram:PurposeCode>4")
    content = content.replace("</ram:LineID>", "</ram:LineID><ram:LineStatusCode>3</ram:LineStatusCode>")
    content = content.replace(
        "</ram:RequestedQuantity>", '</ram:RequestedQuantity><ram:AgreedQuantity unitCode="C62">8</ram:AgreedQuantity>'
    )
    [document] = formats.read(content.encode())
    assert (document.format, document.kind) == ("order-x-order-response", "order_response")
    assert (document.lines[0].response, document.lines[0].quantities) == ("changed", {"accepted": D(8)})


# -- writing


def test_what_is_written_as_factur_x_is_read_equal(made):
    document = invoice()
    [back] = formats.read(made)
    different = {
        field.name: (getattr(document, field.name), getattr(back, field.name))
        for field in fields(document)
        if getattr(document, field.name) != getattr(back, field.name)
    }
    assert set(different) <= {"profile", "lines"}
    assert back.profile["customization"] == "urn:cen.eu:en16931:2017"
    assert [(one.text, one.quantity, one.price, one.amount) for one in back.lines] == [
        ("Aceite de oliva <5 L> #1", D(10), D("12.50"), D("125.00"))
    ]
    assert back.faults == ()


def test_the_xml_that_is_written_keeps_the_schema_and_every_rule_of_en_16931(made):
    library = importlib.import_module("facturx")
    xml = xml_of(made)
    assert library.xml_check_xsd(xml, flavor="factur-x", level="en16931")
    assert library.xml_check_schematron(xml, flavor="factur-x", level="en16931")


def test_the_file_says_that_it_is_pdf_a_3_and_how_it_carries_the_xml(made):
    found = inside.look_inside(made)
    assert found.claim == {
        "DocumentType": "INVOICE", "DocumentFileName": "factur-x.xml", "Version": "1.0", "ConformanceLevel": "EN 16931",
    }  # fmt: skip
    [file] = found.files
    assert (file.name, file.media_type, file.relationship) == ("factur-x.xml", "text/xml", "Alternative")
    assert b"<pdfaid:part>3</pdfaid:part>" in made
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in made


def test_the_page_shows_what_the_xml_says_in_the_language_asked(made):
    spanish = pypdf.PdfReader(io.BytesIO(made)).pages[0].extract_text()
    english = pypdf.PdfReader(io.BytesIO(write(invoice(), lang="en"))).pages[0].extract_text()
    for text in (
        "Factura",
        "F-2026-17",
        "Ultramarinos Peña & hijos",
        "Aceite de oliva <5 L> #1",
        "151,25 EUR",
        "Total a pagar",
    ):
        assert text in spanish
    for text in ("Invoice", "F-2026-17", "151.25 EUR", "To be paid"):
        assert text in english


def test_the_same_invoice_gives_the_same_bytes_whenever_it_is_written(made):
    time.sleep(1.1)
    assert write(invoice()) == made


def test_letters_that_the_font_lacks_do_not_stop_an_invoice():
    document = invoice(notes=("漢字 \N{PILE OF POO} \x07",))
    assert formats.read(write(document))[0].number == "F-2026-17"


def test_an_order_or_an_invoice_without_number_is_not_written_as_factur_x():
    with pytest.raises(CannotWrite, match="order"):
        write(invoice(kind="order"))
    with pytest.raises(CannotWrite, match="number"):
        write(replace(invoice(), number=None))


def test_the_registry_of_writers_writes_factur_x(made):
    written = formats.write(invoice(), format_="facturx")
    assert (written.content, written.content_type, written.extension) == (made, "application/pdf", "pdf")
