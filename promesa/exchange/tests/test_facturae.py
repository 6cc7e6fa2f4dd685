"""Facturae read and written: what it says, what is wrong in it, and that writing loses nothing."""

import tarfile
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal

import pytest

from promesa.exchange import formats
from promesa.exchange.formats.facturae import codes
from promesa.exchange.formats.facturae.parties import divided, right_nif
from promesa.exchange.formats.facturae.write import write, write_lot
from promesa.exchange.formats.neutral import (
    Allowance,
    NeutralDocument,
    NeutralLine,
    Party,
    Payment,
    Tax,
)

D = Decimal
SELLER = Party(
    tax_id="B23103039", name="Aceites del Sur S.L.", street="Camino Viejo 3", postcode="23001", city="Jaén", region="Jaén", country="ES"
)  # fmt: skip
BUYER = Party(
    tax_id="B77436020", name="Ultramarinos Peña", street="Plaza Mayor 1", postcode="45083", city="Nombela", region="Toledo", country="ES"
)  # fmt: skip


def line(number="1", *, quantity="10", price="12.50", amount="125.00", rate="21", **more):
    base = D(amount)
    tax = Tax(category="S", rate=D(rate), base=base, amount=(base * D(rate) / 100).quantize(D("0.01")), kind="VAT")
    return NeutralLine(
        line_number=number,
        text="Aceite de oliva 5 L",
        quantity=D(quantity),
        quantity_received=quantity,
        price=D(price),
        price_kind="net",
        amount=base,
        tax_rate=D(rate),
        tax_category="S",
        amounts={"cost": D(quantity) * D(price)},
        **{"taxes": (tax,), **more},
    )


def invoice(*lines, **more):
    lines = lines or (line(),)
    net = sum(one.amount for one in lines)
    tax = sum(row.amount for one in lines for row in one.taxes if not row.withheld)
    withheld = sum(row.amount for one in lines for row in one.taxes if row.withheld)
    said = {
        "number": "F-2026-17",
        "function": "original",
        "type_code": "380",
        "issued_on": date(2026, 3, 2),
        "currency": "EUR",
        "profile": {"document_type": "FC", "class": "OO", "language": "es", "issuer": "EM"},
        "parties": {"seller": SELLER, "buyer": BUYER},
        "totals": {
            "lines": net, "taxable": net, "tax": tax, "withheld": D(withheld), "with_tax": net + tax - withheld,
            "outstanding": net + tax - withheld, "payable": net + tax - withheld,
        },
        "taxes": tuple(row for one in lines for row in one.taxes),
        "lines": tuple(lines),
    }  # fmt: skip
    return NeutralDocument("facturae-3.2.2-invoice", more.pop("kind", "invoice"), **(said | more))


def again(document):
    [read] = formats.read(write(document))
    return read


def differences(one, other, *, beside=()):
    """What two documents say differently, their faults and envelope apart."""
    apart = {"faults", "envelope", *beside}
    return {
        field.name: (getattr(one, field.name), getattr(other, field.name))
        for field in fields(one)
        if field.name not in apart and getattr(one, field.name) != getattr(other, field.name)
    }


def said(document, *severities):
    return [
        (one.code, one.received, one.right) for one in document.faults if not severities or one.severity in severities
    ]


def changed(document, *changes):
    """A written document with pieces of its XML replaced, read."""
    content = write(document).decode()
    for old, new in changes:
        assert old in content, old
        content = content.replace(old, new, 1)
    return formats.read(content.encode())


# -- documents that others wrote


@pytest.fixture
def real(shared_data):
    return lambda name: formats.read((shared_data / "facturae" / name).read_bytes(), filename=name)


def test_a_professional_s_invoice_with_vat_and_withheld_income_tax_is_read_whole(real):
    [document] = real("invoice-vat-irpf.xml")
    assert (document.format, document.kind, document.number) == ("facturae-3.2.2-invoice", "invoice", "TEST01002F")
    assert (document.issued_on, document.delivered_on, document.currency) == (
        date(2021, 12, 8),
        date(2021, 12, 8),
        "EUR",
    )
    seller, buyer, third = (document.party(role) for role in ("seller", "buyer", "third_party"))
    assert (seller.tax_id, seller.name) == ("37221735F", "Maria Remedios Sanchez Nuñez")
    assert (seller.street, seller.postcode, seller.city) == ("Campo Real, 74", "28023", "Torrejón De La Calzada")
    assert (seller.region, seller.country, seller.phone) == ("Madrid", "ES", "+34612123123")
    assert (buyer.tax_id, buyer.name, buyer.postcode, buyer.region) == ("B77436020", "Moniward Sl", "45083", "Toledo")
    assert (third.tax_id, third.name) == ("B23103039", "Hypeprop S.L.")
    assert [(one.text, one.quantity, one.price, one.amount, one.tax_rate) for one in document.lines] == [
        ("Operations and development - day rate", D("20"), D("200"), D("3800.00"), D("21.0")),
        ("Additional Overtime", D("2"), D("101"), D("202.00"), D("21.0")),
        ("Extra food costs", D("1"), D("35"), D("35.00"), D("10.0")),
    ]
    assert document.lines[0].allowances == (Allowance(amount=D("200.00"), percent=D("5.0"), reason="just because"),)
    assert document.taxes == (
        Tax("S", D("21.0"), D("4002.00"), D("840.42"), "VAT"),
        Tax("S", D("10.0"), D("35.00"), D("3.50"), "VAT"),
        Tax(None, D("15.0"), D("4002.00"), D("600.30"), "IRPF", withheld=True),
    )
    assert document.allowances == (Allowance(charge=True, amount=D("200.00")),)
    assert document.totals == {
        "lines": D("4037.00"), "charges": D("200.00"), "taxable": D("4237.00"), "tax": D("843.92"), "withheld": D("600.30"),
        "with_tax": D("5080.92"), "outstanding": D("4480.62"), "payable": D("4480.62"),
    }  # fmt: skip


def test_an_unverified_signature_and_a_total_that_forgets_what_is_withheld_are_told(real):
    [document] = real("invoice-vat-irpf.xml")
    assert said(document) == [
        ("signature_not_verified", "CN=AC FNMT Usuarios,OU=Ceres,O=FNMT-RCM,C=ES", None),
        ("sum_wrong", "5080.92", "4480.62"),
    ]
    assert document.faults[1].where == "/Facturae/Invoices/Invoice/InvoiceTotals/InvoiceTotal"
    assert not document.blocked


def test_a_signed_3_2_file_with_taxes_that_do_not_add_up_says_each(real):
    [document] = real("oca_facturae_01.xsig")
    assert (document.format, document.number, document.issued_on) == (
        "facturae-3.2-invoice",
        "18972",
        date(2017, 12, 4),
    )
    [one] = document.lines
    assert (one.seller_code, one.text, one.quantity, one.unit_code) == ("RX", "Invoice Line", D("1"), "C62")
    assert (one.price, one.amount, one.tax_rate) == (D("100"), D("100"), D("21"))
    assert (document.totals["payable"], document.totals["tax"]) == (D("121.00"), D("21.00"))
    assert (document.party("seller").tax_id, document.party("buyer").tax_id) == ("R3028604A", "Q3831135C")
    assert said(document, "warning") == [
        ("sum_wrong", "0.00", "4.41"),
        ("sum_wrong", "21.00", "100.00"),
        ("sum_wrong", "21.00", "0.00"),
    ]


def test_two_more_real_invoices_are_read_without_a_fault_but_the_unverified_signature(shared_data):
    with tarfile.open(shared_data / "extra_documents.tar.gz") as archive:
        contents = {
            name: archive.extractfile(f"extra/facturae/{name}.xml").read()
            for name in ("invoice-vat", "invoice-overseas-individual")
        }
    [vat] = formats.read(contents["invoice-vat"])
    assert (vat.number, vat.totals["payable"], vat.due_on) == ("TEST01001F", D("5084.42"), date(2021, 12, 30))
    assert vat.payments == (
        Payment("30", "Transferencia", "ES2501882570718544704761", due_on=date(2021, 12, 30), amount=D("5084.42")),
    )
    assert (vat.terms, vat.notes) == ("Some kind of payment term note", ("Thank you for your custom!",))
    assert [(one.quantity, one.price, one.amount) for one in vat.lines] == [
        (D("20"), D("200"), D("4000.00")),
        (D("2"), D("101"), D("202.00")),
    ]
    [overseas] = formats.read(contents["invoice-overseas-individual"])
    seller = overseas.party("seller")
    assert (seller.name, seller.tax_id) == ("Jean-Pierre Dubois Martin", "123456789012")
    assert (seller.postcode, seller.city, seller.region, seller.country) == ("75002", "Paris", "Île-de-France", "FR")
    assert overseas.totals["payable"] == D("1815.00")
    assert (
        said(vat)
        == said(overseas)
        == [("signature_not_verified", "CN=AC FNMT Usuarios,OU=Ceres,O=FNMT-RCM,C=ES", None)]
    )


def test_real_invoices_come_back_equal_after_writing(real):
    for name in ("invoice-vat-irpf.xml", "oca_facturae_01.xsig"):
        [document] = real(name)
        back = again(document)
        assert differences(document, back, beside=("format",)) == {}
        assert back.envelope == document.envelope


# -- what Facturae can say


def test_several_invoices_in_a_file_are_several_documents():
    lot = write_lot([invoice(), invoice(number="F-2026-18")])
    documents = formats.read(lot)
    assert [one.number for one in documents] == ["F-2026-17", "F-2026-18"]
    assert [said(one) for one in documents] == [[], []]
    assert b"<Modality>L</Modality>" in lot
    wrong = formats.read(lot.replace(b"<InvoicesCount>2<", b"<InvoicesCount>3<"))
    assert [said(one, "blocking") for one in wrong] == [[("batch_count_wrong", "3", "2")]] * 2


def test_a_lot_of_several_currencies_is_told_and_its_sums_are_not():
    lot = write_lot([invoice(), invoice(number="F-2026-18")])
    head, second = lot.rsplit(b"<InvoiceCurrencyCode>EUR<", 1)
    mixed = formats.read(head + b"<InvoiceCurrencyCode>USD<" + second)
    assert [said(one, "warning") for one in mixed] == [[("batch_currencies_mixed", "EUR, USD", "EUR")]] * 2
    other = formats.read(lot.replace(b"<InvoiceCurrencyCode>EUR<", b"<InvoiceCurrencyCode>USD<", 1))
    assert [said(one, "warning") for one in other] == [[("batch_currencies_mixed", "EUR", "USD")]] * 2


def test_a_corrective_invoice_is_a_credit_note_with_what_it_corrects_and_why():
    document = invoice(
        line(quantity="-2", amount="-25.00"),
        kind="credit_note",
        type_code="381",
        profile={"document_type": "FC", "class": "OR", "language": "es", "issuer": "EM"},
        references={"series": "R", "invoice": "F-2026-9"},
        preceding=(
            {
                "number": "F-2026-9", "series": "A", "issued_on": date(2026, 2, 1), "reason_code": "83",
                "reason": codes.REASONS["83"], "method": "02", "method_text": codes.METHODS["02"],
                "from": date(2026, 2, 1), "to": date(2026, 2, 28),
            },
        ),
    )  # fmt: skip
    back = again(document)
    assert differences(document, back) == {}
    assert back.faults == ()


def test_a_credit_note_from_elsewhere_is_written_as_a_correction_by_differences():
    document = invoice(kind="credit_note", profile={}, references={"invoice": "F-2026-9"})
    back = again(document)
    assert (back.kind, back.type_code, back.references["invoice"]) == ("credit_note", "381", "F-2026-9")
    assert (back.lines[0].quantity, back.lines[0].amount, back.totals["payable"]) == (D("-10"), D("-125"), D("-151.25"))
    assert back.preceding[0]["method"] == "02"
    assert back.preceding[0]["reason"] == "Detalle Operación"
    assert back.faults == ()


def test_withheld_income_tax_equivalence_surcharge_and_the_canaries_tax_are_rows_of_their_own():
    taxes = (
        Tax("S", D("21"), D("100.00"), D("21.00"), "VAT"),
        Tax(None, D("5.20"), D("100.00"), D("5.20"), "RE"),
        Tax(None, D("15"), D("100.00"), D("15.00"), "IRPF", withheld=True),
    )
    canaries = Tax("L", D("7"), D("50.00"), D("3.50"), "IGIC")
    document = invoice(
        line(quantity="8", price="12.5", amount="100.00", taxes=taxes),
        replace(line("2", quantity="4", amount="50.00", rate="7"), taxes=(canaries,), tax_category="L"),
    )
    document = replace(document, taxes=(taxes[0], taxes[1], canaries, taxes[2]))
    back = again(document)
    assert differences(document, back) == {}
    assert back.faults == ()
    assert back.totals["payable"] == D("164.70")


def test_what_is_exempt_and_what_is_not_subject_keep_their_reasons():
    exempt = replace(
        line(rate="0"), tax_category="E", tax_reason="Artículo 20 LIVA", taxes=(Tax("E", D("0"), D("125.00"), D("0.00"), "VAT"),)
    )  # fmt: skip
    document = invoice(exempt, taxes=(Tax("E", D("0"), D("125.00"), D("0.00"), "VAT", "Artículo 20 LIVA"),))
    back = again(document)
    assert differences(document, back) == {}
    assert back.lines[0].tax_reason == "Artículo 20 LIVA"


def test_centres_of_a_public_body_are_parties_with_their_codes():
    centre = replace(BUYER, tax_id=None, name=None, code="L01280796", gln="8437000000006")
    document = invoice(
        parties={"seller": SELLER, "buyer": BUYER, "buyer_fiscal": centre, "buyer_payer": replace(centre, gln=None)}
    )
    back = again(document)
    assert list(back.parties) == ["seller", "buyer", "buyer_fiscal", "buyer_payer"]
    assert (back.party("buyer_fiscal").code, back.party("buyer_payer").code) == ("L01280796", "L01280796")
    assert back.party("buyer_fiscal").gln == "8437000000006"


def test_files_attached_to_an_invoice_come_back_with_their_bytes():
    attached = (
        {"description": "Parte de obra", "mime": "application/pdf", "encoding": "BASE64", "content": b"%PDF-1.7 \xff"},
    )
    document = invoice(attachments=attached)
    back = again(document)
    assert back.attachments == attached
    assert back.as_json()["attachments"] == [
        {"description": "Parte de obra", "mime": "application/pdf", "encoding": "BASE64"}
    ]


def test_an_attachment_that_cannot_be_decoded_is_told():
    attached = ({"description": "Parte", "mime": "application/pdf", "encoding": "BASE64", "content": b"abc"},)
    [document] = changed(invoice(attachments=attached), ("<AttachmentData>YWJj<", "<AttachmentData>Y*<"))
    assert [one.code for one in document.faults] == ["attachment_broken"]


def test_amounts_that_do_not_follow_name_where_what_and_what_would_be_right():
    [document] = changed(
        invoice(), ("<TotalCost>125.00<", "<TotalCost>126.00<"), ("<InvoiceTotal>151.25<", "<InvoiceTotal>150.00<")
    )
    assert [(one.code, one.where, one.line, one.received, one.right) for one in document.faults] == [
        ("sum_wrong", "/Facturae/FileHeader/Batch/TotalInvoicesAmount/TotalAmount", None, "151.25", "150.00"),
        ("sum_wrong", "/Facturae/Invoices/Invoice/Items/InvoiceLine/TotalCost", "1", "126.00", "125.00"),
        ("sum_wrong", "/Facturae/Invoices/Invoice/Items/InvoiceLine/GrossAmount", "1", "125.00", "126.00"),
        ("sum_wrong", "/Facturae/Invoices/Invoice/InvoiceTotals/InvoiceTotal", None, "150.00", "151.25"),
    ]
    assert document.faults[3].sentence("es").endswith("InvoiceTotal dice 150.00 y la cuenta da 151.25.")


def test_instalments_that_do_not_add_up_to_what_is_to_be_paid_are_told():
    document = invoice(payments=(Payment("30", "Transferencia", due_on=date(2026, 4, 1), amount=D("150.00")),))
    assert said(again(document)) == [("installments_differ", "150.00", "151.25")]


@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("B23103030", "B23103039"),
        ("37221735A", "37221735F"),
        ("X1234567A", "X1234567L"),
        ("37221735", "37221735F"),
        ("nada", None),
    ],
)
def test_a_spanish_tax_number_with_a_wrong_check_digit_is_told_with_the_right_one(number, right):
    [document] = changed(invoice(), ("B77436020", number))
    assert said(document) == [("tax_id_wrong", number, right)]
    assert right_nif(number) == right


def test_a_foreign_tax_number_is_not_held_against_spanish_rules():
    buyer = replace(BUYER, tax_id="123456789012", country="FR", postcode="75002", city="Paris", region="Île-de-France")
    assert again(invoice(parties={"seller": SELLER, "buyer": buyer})).faults == ()


def test_postcode_and_town_abroad_are_divided_by_their_figures():
    assert divided("75002 Paris") == ("75002", "Paris")
    assert divided("SW1A 1AA London") == ("SW1A 1AA", "London")
    assert divided("Dublin") == (None, "Dublin")
    assert divided("") == (None, None)


def test_a_file_whose_elements_carry_the_namespace_is_read_and_told():
    content = write(invoice()).decode()
    content = content.replace("fe:Facturae", "Facturae").replace("xmlns:fe=", "xmlns=")
    [document] = formats.read(content.encode())
    assert (document.number, document.totals["payable"]) == ("F-2026-17", D("151.25"))
    assert [one.code for one in document.faults] == ["facturae_namespace_inside"]


def test_a_version_that_its_namespace_denies_is_told():
    [document] = changed(invoice(), ("<SchemaVersion>3.2.2<", "<SchemaVersion>3.2.1<"))
    assert said(document) == [("facturae_version_unclear", "3.2.1", "3.2.2")]
    assert document.format == "facturae-3.2.2-invoice"


def test_what_is_missing_is_named_and_nothing_is_invented():
    content = (
        f'<fe:Facturae xmlns:fe="{codes.NAMESPACE}"><FileHeader/><Parties/><Invoices><Invoice><Items><InvoiceLine/></Items>'
        "</Invoice></Invoices></fe:Facturae>"
    )
    [document] = formats.read(content.encode())
    assert document.number is None
    assert document.lines[0].quantity is None
    assert document.blocked
    assert {one.right for one in document.faults if one.code == "element_missing"} == {
        "Parties/SellerParty", "Parties/BuyerParty", "InvoiceHeader/InvoiceNumber", "InvoiceHeader/InvoiceClass",
        "InvoiceHeader/InvoiceDocumentType", "InvoiceIssueData/IssueDate", "UnitPriceWithoutTax", "GrossAmount",
    }  # fmt: skip


def test_a_file_without_invoices_is_unreadable_and_says_so():
    [document] = formats.read(f'<fe:Facturae xmlns:fe="{codes.NAMESPACE}"/>'.encode())
    assert (document.kind, document.blocked) == ("unreadable", True)


def test_a_doctype_is_refused_before_anything_is_read():
    content = write(invoice()).replace(
        b"<fe:Facturae", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><fe:Facturae', 1
    )
    [document] = formats.read(content)
    assert (document.kind, [one.code for one in document.faults]) == ("unreadable", ["xml_doctype"])
