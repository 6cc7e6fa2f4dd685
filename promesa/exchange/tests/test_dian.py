"""Invoices and notes of DIAN: what they say, whether their figures and their CUFE are right, and containers."""

import hashlib
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promesa.exchange import formats
from promesa.exchange.formats.dian.cufe import composition, cufe, truncated
from promesa.exchange.formats.neutral import Allowance, Payment, Tax

D = Decimal
KEY = "693ff6f2a553c3646a063436fd4dd9ded0311471"
UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
SPACES = (
    f'xmlns:cac="{UBL}CommonAggregateComponents-2" xmlns:cbc="{UBL}CommonBasicComponents-2" '
    f'xmlns:ext="{UBL}CommonExtensionComponents-2" xmlns:sts="dian:gov:co:facturaelectronica:Structures-2-1"'
)
# The example of the technical annex 1.9 (11.2.1).
ANNEX = {
    "NumFac": "323200000129", "FecFac": "2019-01-16", "HorFac": "10:53:10-05:00", "ValFac": "1500000.00", "CodImp1": "01",
    "ValImp1": "285000.00", "CodImp2": "04", "ValImp2": "0.00", "CodImp3": "03", "ValImp3": "0.00", "ValTot": "1785000.00",
    "NitOFE": "700085371", "NumAdq": "800199436", "ClTec": KEY, "TipoAmbiente": "1",
}  # fmt: skip
ANNEX_CUFE = "8bb918b19ba22a694f1da11c643b5e9de39adf60311cf179179e9b33381030bcd4c3c3f156c506ed5908f9276f5bd9b4"


def party(role, number, digit, name):
    return (
        f"<cac:Accounting{role}Party><cbc:AdditionalAccountID>1</cbc:AdditionalAccountID><cac:Party><cac:PartyTaxScheme>"
        f'<cbc:RegistrationName>{name}</cbc:RegistrationName><cbc:CompanyID schemeID="{digit}" schemeName="31">{number}'
        f"</cbc:CompanyID></cac:PartyTaxScheme></cac:Party></cac:Accounting{role}Party>"
    )


def tax(group, code, name, base, rate, amount):
    return (
        f"<cac:{group}><cbc:TaxAmount>{amount}</cbc:TaxAmount><cac:TaxSubtotal><cbc:TaxableAmount>{base}</cbc:TaxableAmount>"
        f"<cbc:TaxAmount>{amount}</cbc:TaxAmount><cac:TaxCategory><cbc:Percent>{rate}</cbc:Percent><cac:TaxScheme>"
        f"<cbc:ID>{code}</cbc:ID><cbc:Name>{name}</cbc:Name></cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal></cac:{group}>"
    )


VAT = tax("TaxTotal", "01", "IVA", "1500000.00", "19.00", "285000.00")
ITEM = "<cac:Item><cbc:Description>Aceite</cbc:Description></cac:Item>"
PRICE = '<cac:Price><cbc:PriceAmount>150000.00</cbc:PriceAmount><cbc:BaseQuantity unitCode="94">10</cbc:BaseQuantity></cac:Price>'
LINE = (
    '<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="94">10</cbc:InvoicedQuantity>'
    f"<cbc:LineExtensionAmount>1500000.00</cbc:LineExtensionAmount>{VAT}{ITEM}{PRICE}</cac:InvoiceLine>"
)
TOTAL = (
    "<cac:LegalMonetaryTotal><cbc:LineExtensionAmount>1500000.00</cbc:LineExtensionAmount><cbc:TaxExclusiveAmount>1500000.00"
    "</cbc:TaxExclusiveAmount><cbc:TaxInclusiveAmount>1785000.00</cbc:TaxInclusiveAmount><cbc:PayableAmount>1785000.00"
    "</cbc:PayableAmount></cac:LegalMonetaryTotal>"
)


def invoice(
    *, uuid=ANNEX_CUFE, note="", root="Invoice", more="", line=LINE, total=TOTAL, taxes=VAT, scheme="CUFE-SHA384"
):
    return (
        f'<{root} xmlns="{UBL}{root}-2" {SPACES}><cbc:UBLVersionID>UBL 2.1</cbc:UBLVersionID><cbc:CustomizationID>10'
        "</cbc:CustomizationID><cbc:ProfileID>DIAN 2.1: Factura Electrónica de Venta</cbc:ProfileID>"
        "<cbc:ProfileExecutionID>1</cbc:ProfileExecutionID><cbc:ID>323200000129</cbc:ID>"
        f'<cbc:UUID schemeID="1" schemeName="{scheme}">{uuid}</cbc:UUID><cbc:IssueDate>2019-01-16</cbc:IssueDate>'
        f"<cbc:IssueTime>10:53:10-05:00</cbc:IssueTime>{note}<cbc:DocumentCurrencyCode>COP</cbc:DocumentCurrencyCode>{more}"
        f"{party('Supplier', '700085371', 1, 'Facturador')}{party('Customer', '800199436', 4, 'Adquiriente')}{taxes}{total}{line}</{root}>"
    ).encode()


def keyed(*keys):
    return [{"technical_key": list(keys)}]


def said(document, *severities):
    return [
        (one.code, one.received, one.right) for one in document.faults if not severities or one.severity in severities
    ]


# -- CUFE


def test_the_cufe_of_the_annex_s_own_example_comes_out():
    assert cufe(ANNEX) == ANNEX_CUFE
    ours = {
        "number": "323200000129", "issue_date": date(2019, 1, 16), "issue_time": "10:53:10-05:00", "amount": D("1500000"),
        "iva": D("285000"), "total": D("1785000"), "issuer": "700085371", "buyer": "800199436", "key": KEY, "environment": 1,
    }  # fmt: skip
    assert cufe(ours) == ANNEX_CUFE


def test_the_cude_of_a_credit_note_and_of_a_contingency_invoice_come_out_with_the_pin():
    note = {
        "NumCr": "8110007871", "FecCr": "2019-01-12", "HorCr": "07:00:00-05:00", "ValCr": "5000.00", "ValImp1": "950.00",
        "ValTot": "5950.00", "NitOFE": "900373076", "NumAdq": "8355990", "Software-PIN": "12301", "TipoAmb": "1",
    }  # fmt: skip
    assert (
        cufe(note) == "907e4444decc9e59c160a2fb3b6659b33dc5b632a5008922b9a62f83f757b1c448e47f5867f2b50dbdb96f48c7681168"
    )
    contingency = {
        "NumFac": "8110007871", "FecFac": "2019-02-20", "HorFac": "16:46:55-05:00", "ValFac": "235.28", "ValImp1": "19.00",
        "ValImp3": "8.28", "ValTot": "262.569", "NitOFE": "900373076", "NumAdq": "8355990", "Software-PIN": "12345", "TipoAmb": "2",
    }  # fmt: skip
    assert (
        composition(contingency)
        == "81100078712019-02-2016:46:55-05:00235.280119.00040.00038.28262.569003730768355990123452"
    )
    assert (
        cufe(contingency)
        == "955327eb55f8bdf16d069358a063d87e1577a292cb088ec186ed60bbc38e750b7b3980659b278ead789b95f9c51a9ef7"
    )


def test_amounts_are_cut_to_two_decimals_and_not_rounded():
    assert [truncated(text) for text in ("262.569", "0", "1e3", " 7.1 ")] == ["262.56", "0.00", "1000.00", "7.10"]


@pytest.mark.parametrize("change", [{"ClTec": ""}, {"ValFac": "mucho"}, {"CodImp1": "02"}, {"ValTot": None}])
def test_a_cufe_is_not_made_of_what_is_missing_or_no_amount(change):
    with pytest.raises(ValueError, match="cufe"):
        cufe(ANNEX | change)


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(ANNEX)), st.text(max_size=12)))
def test_whatever_is_given_a_cufe_is_made_or_refused(change):
    try:
        made = cufe(ANNEX | change)
    except ValueError:
        return
    assert len(made) == 96


# -- the CUFE of documents


def test_a_cufe_that_a_given_key_confirms_brings_no_fault():
    [document] = formats.read(invoice(), templates=keyed("another", KEY))
    assert document.faults == ()
    assert document.references["cufe"] == ANNEX_CUFE


def test_a_cufe_that_no_given_key_makes_is_wrong_and_the_right_one_is_said_in_full():
    [document] = formats.read(invoice(uuid="0" * 96), templates=keyed(KEY))
    assert said(document) == [("cufe_wrong", "0" * 96, ANNEX_CUFE)]
    assert document.blocked
    assert document.rejection_reason == "SIGNATURE_INVALID"
    assert ANNEX_CUFE in document.faults[0].sentence("es")


def test_without_a_key_the_cufe_is_not_checked_and_why_is_said():
    [document] = formats.read(invoice())
    assert [(one.code, one.severity, one.right) for one in document.faults] == [
        ("cufe_not_checked", "note", "la clave técnica")
    ]


def test_a_composition_in_the_note_confirms_the_cufe_and_is_held_against_the_values():
    text = composition(ANNEX)
    note = f"<cbc:Note>{text}</cbc:Note>"
    [document] = formats.read(invoice(note=note))
    assert document.faults == ()
    wrong = text.replace("285000.00", "0.00")
    uuid = hashlib.sha384(wrong.encode()).hexdigest()
    [document] = formats.read(invoice(uuid=uuid, note=f"<cbc:Note>{wrong}</cbc:Note>"))
    assert [one.code for one in document.faults] == ["cufe_note_differs"]
    assert KEY not in str(document.faults[0].values)


@pytest.mark.parametrize(
    ("uuid", "code"), [("", "cufe_missing"), ("abc", "cufe_malformed"), ("g" * 96, "cufe_malformed")]
)
def test_a_cufe_that_is_missing_or_cannot_be_one_is_told(uuid, code):
    [document] = formats.read(invoice(uuid=uuid), templates=keyed(KEY))
    assert [one.code for one in document.faults] == [code]
    assert document.blocked


# -- documents that others wrote


@pytest.fixture
def real(shared_data):
    return lambda name: formats.read((shared_data / "dian-ubl" / name).read_bytes(), filename=name)


def test_a_real_invoice_with_gifts_allowances_and_several_taxes_is_read_whole(real):
    [document] = real("dian_invoice_unsigned.xml")
    assert (document.format, document.kind, document.number) == ("dian-invoice", "invoice", "SETP990000008")
    assert (document.issued_on, document.currency, document.type_code) == (date(2019, 6, 12), "COP", "01")
    seller, buyer = document.party("seller"), document.party("buyer")
    assert (seller.tax_id, seller.name, seller.trade_name) == ("901210113", "FACTURADOR DE EJEMPLO", "Nombre Tienda")
    assert (seller.street, seller.city, seller.region, seller.country) == (
        "CR 9 A N0 99 - 07 OF 802",
        "Medellín",
        "Antioquia",
        "CO",
    )
    assert (buyer.tax_id, buyer.name, buyer.references["check_digit"]) == ("901210113", "ADQUIRIENTE DE EJEMPLO", "3")
    assert (document.party("carrier").name, document.party("carrier").tax_id) == ("Empresa de transporte", "981223983")
    assert document.party("ship_to").city == "BOGOTA"
    assert document.totals == {
        "lines": D("1720000.00"), "taxable": D("1800000.00"), "with_tax": D("2062060.00"), "allowances": D("59000.00"),
        "charges": D("20000.00"), "payable": D("2023060.00"), "tax": D("342060.00"),
    }  # fmt: skip
    assert [
        (one.line_number, one.text, one.quantity, one.price, one.amount, one.tax_rate) for one in document.lines
    ] == [
        ("1", "Base para TV", D(1), D(300000), D(250000), D(19)),
        ("2", "Antena (regalo)", D(1), D(0), D(0), D(19)),
        ("3", "TV", D(1), D(1400000), D(1410000), D(19)),
        ("4", "Servicio (excluido)", D(1), D(20000), D(20000), None),
        ("5", "Acarreo", D(1), D(40000), D(40000), D(19)),
        ("6", "Bolsas", D(2), D(0), D(0), None),
    ]
    assert [(one.free, one.amounts) for one in document.lines if one.free] == [
        (D(1), {"reference_price": D("100000.00")}),
        (D(2), {"reference_price": D("200.00")}),
    ]
    assert document.taxes == (
        Tax("S", D(19), D(1800000), D(342000), "VAT"),
        Tax(None, D(0), D(0), D(0), "IC"),
        Tax(None, D(0), D(0), D(0), "ICA"),
        Tax(amount=D(60), kind="INC Bolsas"),
    )
    assert document.allowances[0] == Allowance(
        amount=D(10000), base=D(1720000), percent=D("2.5"), reason="Descuento cliente frecuente", reason_code="11"
    )
    assert [one.charge for one in document.allowances] == [False, False, False, True, True]
    assert document.payments == (Payment(code="41", text="Contado", quote="1", due_on=date(2019, 6, 12)),)
    assert {name: document.references[name] for name in ("order", "despatch_advice", "receipt_advice", "authorisation")} == {
        "order": "546326432432", "despatch_advice": "DA53452416721", "receipt_advice": "GR23847134", "authorisation": "18760000001",
    }  # fmt: skip
    assert (document.due_on, document.delivered_on, document.tax_point_on) == (
        date(2019, 4, 4),
        date(2019, 2, 15),
        date(2019, 4, 30),
    )


def test_the_stale_cufe_of_the_real_invoice_is_told_against_its_own_note(real):
    [document] = real("dian_invoice_unsigned.xml")
    printed = "e633d09279badff1414e7e00f0c9322c01879754c0349e2ea8acd357a474962e17729d393a8bb4094ff3f29dbf0e3af1"
    by_note = "2ce4dcbf9668fd6616d0a8d410be53bcefd7a059c6f7e0051f52dbcad9bfc9a7be031a5aa1b2a6d0d34d0477e4c7f75a"
    by_values = hashlib.sha384(
        b"SETP9900000082019-06-1212:53:36-05:001720000.0001342000.00040.00030.002023060.00901210113901210113"
        b"dd85db55545bd6566f36b0fd3be9fd8555c36e2"
    ).hexdigest()
    found = {one.code: (one.received, one.right) for one in document.faults if one.code.startswith("cufe")}
    assert found["cufe_note_wrong"] == (printed, by_note)
    assert found["cufe_wrong"] == (printed, by_values)
    assert set(found) == {"cufe_note_wrong", "cufe_wrong", "cufe_note_differs"}
    assert document.blocked


def test_the_other_faults_of_the_real_invoice_are_its_true_ones(real):
    [document] = real("dian_invoice_unsigned.xml")
    found = [one for one in said(document) if not one[0].startswith("cufe")]
    assert found[:5] == [
        ("check_digit_wrong", "3543542234414", "3543542234412"),
        ("check_digit_wrong", "12435423151234", "12435423151230"),
        ("due_before_issue", "2019-04-04", "2019-06-12"),
        ("test_indicator", "2", None),
        (
            "qr_wrong",
            "bf8b43bc09bdf01204dd2f1dcae2b51ea02e849f29257140fc00dc9b65aa953e",
            document.references["cufe"][:79] + "…",
        ),
    ]
    # 25 % of 300,000 and 2.5 % of 1,720,000 are not what is taken off.
    assert found[5:] == [("sum_wrong", "50000.00", "75000.00")] + [
        ("sum_wrong", amount, "43000.00") for amount in ("10000.00", "19000.00", "30000.00", "15000.00", "5000.00")
    ]


def test_a_real_credit_note_without_cude_is_read_and_refused(real):
    [document] = real("dian_creditnote_unsigned.xml")
    assert (document.format, document.kind, document.number) == ("dian-credit-note", "credit_note", "NC1000")
    assert (document.issued_on, document.type_code, document.totals["payable"]) == (date(2019, 6, 27), "91", D("0.00"))
    [line] = document.lines
    assert (line.text, line.quantity, line.unit_code, line.price) == ("Base para TV", D(1), "EA", D(0))
    assert [one for one in said(document) if one[0] != "qr_wrong"] == [
        ("check_digit_wrong", "9000000-9", "9000000-3"),
        ("cufe_missing", None, None),
        ("test_indicator", "2", None),
        ("preceding_missing", None, "cac:BillingReference"),
    ]


# -- what DIAN can say


def test_a_price_for_one_unit_beside_the_whole_quantity_has_no_basis():
    [document] = formats.read(invoice(), templates=keyed(KEY))
    assert (document.lines[0].price, document.lines[0].price_basis, document.lines[0].unit_code) == (
        D(150000),
        None,
        "94",
    )


def test_several_taxes_of_a_line_and_what_is_withheld_are_rows_of_their_own():
    inc = tax("TaxTotal", "04", "INC", "1500000.00", "8.00", "120000.00")
    withheld = tax("WithholdingTaxTotal", "06", "ReteRenta", "1500000.00", "2.50", "37500.00")
    line = LINE.replace(VAT, VAT + inc)
    total = TOTAL.replace("1785000.00", "1905000.00")
    [document] = formats.read(invoice(line=line, taxes=VAT + inc + withheld, total=total))
    assert [(row.kind, row.rate, row.amount, row.withheld) for row in document.taxes] == [
        ("VAT", D(19), D(285000), False),
        ("INC", D(8), D(120000), False),
        ("ReteRenta", D("2.50"), D(37500), True),
    ]
    assert [row.kind for row in document.lines[0].taxes] == ["VAT", "INC"]
    assert (document.totals["tax"], document.totals["withheld"]) == (D(405000), D(37500))
    assert [one.code for one in document.faults] == ["cufe_not_checked"]


def test_figures_that_do_not_follow_are_told_with_the_right_ones():
    total = TOTAL.replace("<cbc:PayableAmount>1785000.00", "<cbc:PayableAmount>1700000.00")
    line = LINE.replace("<cbc:PriceAmount>150000.00", "<cbc:PriceAmount>140000.00")
    [document] = formats.read(invoice(line=line, total=total))
    assert said(document, "warning") == [
        ("sum_wrong", "1500000.00", "1400000.00"),
        ("sum_wrong", "1700000.00", "1785000.00"),
    ]
    assert [one.line for one in document.faults if one.code == "sum_wrong"] == ["1", None]


def test_a_debit_note_says_what_it_is_about_and_why():
    more = (
        "<cac:DiscrepancyResponse><cbc:ReferenceID>SETP1</cbc:ReferenceID><cbc:ResponseCode>3</cbc:ResponseCode><cbc:Description>"
        "Cambio del valor</cbc:Description></cac:DiscrepancyResponse><cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>SETP1"
        f"</cbc:ID><cbc:UUID>{ANNEX_CUFE}</cbc:UUID><cbc:IssueDate>2019-01-02</cbc:IssueDate></cac:InvoiceDocumentReference>"
        "</cac:BillingReference>"
    )
    content = invoice(root="DebitNote", more=more, scheme="CUDE-SHA384").replace(b"InvoiceLine", b"DebitNoteLine")
    content = content.replace(b"InvoicedQuantity", b"DebitedQuantity").replace(
        b"LegalMonetaryTotal", b"RequestedMonetaryTotal"
    )
    [document] = formats.read(content, templates=keyed(KEY))
    assert (document.format, document.kind, document.references["invoice"]) == (
        "dian-debit-note",
        "debit_note",
        "SETP1",
    )
    assert document.preceding == (
        {
            "number": "SETP1",
            "issued_on": date(2019, 1, 2),
            "cufe": ANNEX_CUFE,
            "reason_code": "3",
            "reason": "Cambio del valor",
        },
    )
    assert (document.lines[0].quantity, document.totals["payable"], document.faults) == (D(10), D(1785000), ())
    assert document.references["cude"] == ANNEX_CUFE


def test_a_number_and_a_day_outside_the_authorisation_are_told():
    more = (
        "<ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent><sts:DianExtensions><sts:InvoiceControl><sts:AuthorizationPeriod>"
        "<cbc:StartDate>2020-01-01</cbc:StartDate><cbc:EndDate>2021-01-01</cbc:EndDate></sts:AuthorizationPeriod>"
        "<sts:AuthorizedInvoices><sts:Prefix>A</sts:Prefix><sts:From>1</sts:From><sts:To>9</sts:To></sts:AuthorizedInvoices>"
        "</sts:InvoiceControl></sts:DianExtensions></ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>"
    )
    [document] = formats.read(invoice(more=more), templates=keyed(KEY))
    assert said(document) == [
        ("authorisation_number_wrong", "323200000129", "A1 - A9"),
        ("authorisation_date_wrong", "2019-01-16", "2020-01-01 - 2021-01-01"),
    ]


def test_an_authorisation_with_raised_figures_is_read_without_stumbling():
    more = (
        "<ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent><sts:DianExtensions><sts:InvoiceControl>"
        "<sts:AuthorizedInvoices><sts:Prefix>A</sts:Prefix><sts:From>1²</sts:From><sts:To>9</sts:To></sts:AuthorizedInvoices>"
        "</sts:InvoiceControl></sts:DianExtensions></ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>"
    )
    [document] = formats.read(invoice(more=more), templates=keyed(KEY))
    assert (document.kind, document.faults) == ("invoice", ())


# -- containers


def container(inner, *, number="323200000129", uuid=ANNEX_CUFE, result="02"):
    return (
        f'<AttachedDocument xmlns="{UBL}AttachedDocument-2" {SPACES}><cbc:ProfileExecutionID>1</cbc:ProfileExecutionID><cbc:ID>C-1</cbc:ID>'
        f"<cbc:ParentDocumentID>{number}</cbc:ParentDocumentID><cac:SenderParty><cac:PartyTaxScheme><cbc:CompanyID>700085371"
        "</cbc:CompanyID></cac:PartyTaxScheme></cac:SenderParty><cac:ReceiverParty><cac:PartyTaxScheme><cbc:CompanyID>800199436"
        "</cbc:CompanyID></cac:PartyTaxScheme></cac:ReceiverParty><cac:Attachment><cac:ExternalReference><cbc:Description>"
        f"{inner}</cbc:Description></cac:ExternalReference></cac:Attachment><cac:ParentDocumentLineReference><cac:DocumentReference>"
        f"<cbc:UUID>{uuid}</cbc:UUID><cac:ResultOfVerification><cbc:ValidatorID>DIAN</cbc:ValidatorID><cbc:ValidationResultCode>{result}"
        "</cbc:ValidationResultCode><cbc:ValidationDate>2019-01-16</cbc:ValidationDate></cac:ResultOfVerification>"
        "</cac:DocumentReference></cac:ParentDocumentLineReference></AttachedDocument>"
    ).encode()  # fmt: skip


def test_the_invoice_in_a_container_is_read_as_if_it_came_alone_with_who_sent_it():
    for inner in (f"<![CDATA[{invoice().decode()}]]>", escape(invoice().decode())):
        [document] = formats.read(container(inner), templates=keyed(KEY))
        assert (document.format, document.number, document.totals["payable"]) == (
            "dian-invoice",
            "323200000129",
            D(1785000),
        )
        assert (document.envelope.sender, document.envelope.receiver, document.envelope.reference) == (
            "700085371",
            "800199436",
            "C-1",
        )
        assert (document.references["validation"], document.references["validated_at"]) == ("02", "2019-01-16")
        assert document.faults == ()


def test_a_container_that_speaks_of_another_document_or_one_not_validated_says_so():
    content = container(f"<![CDATA[{invoice().decode()}]]>", number="OTRA1", uuid="1" * 96, result="04")
    [document] = formats.read(content, templates=keyed(KEY))
    assert [one.code for one in document.faults] == ["container_differs", "container_differs", "not_validated"]
    assert document.faults[0].received == "OTRA1"


def test_an_empty_container_and_one_with_a_doctype_inside_are_refused_by_name():
    [document] = formats.read(container(""))
    assert [one.code for one in document.faults] == ["container_empty"]
    [document] = formats.read(container('<![CDATA[<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>]]>'))
    assert [one.code for one in document.faults] == ["xml_doctype"]


def test_containers_within_containers_end():
    content = container("<![CDATA[x]]>").decode()
    for _ in range(12):
        content = container(escape(content)).decode()
    documents = formats.read(content.encode())
    assert [one.code for one in documents[0].faults if one.blocking] == ["too_deep"]


# -- taken in, and shown
