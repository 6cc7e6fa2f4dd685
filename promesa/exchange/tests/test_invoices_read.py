"""Invoices that others wrote, read against values taken from them by hand."""

import tarfile
from datetime import date
from decimal import Decimal

from promesa.exchange import formats
from promesa.exchange.formats.neutral import Window


def read(shared_data, name):
    path = shared_data / name
    if path.exists():
        return formats.read(path.read_bytes(), filename=name)[0]
    with tarfile.open(shared_data / "extra_documents.tar.gz") as archive:
        return formats.read(archive.extractfile(f"extra/{name}").read(), filename=name)[0]


def numbers(**said):
    return {key: Decimal(value) for key, value in said.items()}


def test_peppol_invoice_with_allowances_is_read_whole(shared_data):
    document = read(shared_data, "peppol-ubl/bill_Allowance-example.xml")
    assert (document.format, document.kind, document.number) == ("ubl-invoice", "invoice", "Snippet1")
    assert (document.issued_on, document.due_on) == (date(2017, 11, 13), date(2017, 12, 1))
    assert (document.currency, document.tax_currency) == ("EUR", "SEK")
    assert document.totals == numbers(
        lines="5900", taxable="5900", with_tax="7125", allowances="200", charges="200", prepaid="1000", payable="6125",
        tax="1225", tax_in_tax_currency="9324",
    )  # fmt: skip
    seller, buyer = document.party("seller"), document.party("buyer")
    assert (seller.name, seller.trade_name) == ("SupplierOfficialName Ltd", "SupplierTradingName Ltd.")
    assert (seller.tax_id, seller.legal_id, seller.gln) == ("GB1232434", "GB983294", "7300010000001")
    assert (buyer.tax_id, buyer.code, buyer.agency) == ("SE4598375937", "4598375937", "0002")
    assert (buyer.contact, buyer.email) == ("Lisa Johnson", "lj@buyer.se")
    assert [(one.charge, one.amount, one.percent) for one in document.allowances] == [
        (True, Decimal(200), Decimal(20)),
        (False, Decimal(200), None),
    ]
    assert [(tax.category, tax.rate, tax.base, tax.amount) for tax in document.taxes] == [
        ("S", Decimal(25), Decimal(4900), Decimal(1225)),
        ("E", Decimal(0), Decimal(1000), Decimal(0)),
    ]
    line = document.lines[0]
    assert (line.quantity, line.price, line.amount, line.tax_rate) == (10, Decimal(410), Decimal(4000), Decimal(25))
    assert (line.gross_price, line.price_discount) == (Decimal(450), Decimal(40))
    assert [one.charge for one in line.allowances] == [True, False]
    assert line.attributes == {"classification SRV": "09348023"}
    assert document.lines[1].price_basis == Decimal(2)
    assert document.lines[1].references["order_line"] == "124"
    assert document.references["object"] == "DR35141"
    assert document.faults == ()


def test_hybrid_invoice_in_cii_is_read_whole(shared_data):
    document = read(shared_data, "facturx-zugferd/EN16931_Einfach.cii.xml")
    assert (document.format, document.kind, document.number) == ("cii-invoice", "invoice", "471102")
    assert (document.issued_on, document.delivered_on) == (date(2018, 3, 5), date(2018, 3, 5))
    assert document.totals["payable"] == Decimal("529.87")
    assert document.totals["tax"] == Decimal("56.87")
    seller = document.party("seller")
    assert (seller.gln, seller.tax_id, seller.tax_registration) == ("4000001123452", "DE123456789", "201/113/40209")
    assert [(line.gtin, line.quantity, line.price, line.amount) for line in document.lines] == [
        ("4012345001235", Decimal(20), Decimal("9.9"), Decimal("198.00")),
        ("4000050986428", Decimal(50), Decimal("5.5"), Decimal("275.00")),
    ]
    assert document.note_codes == ("", "REG")


def test_licence_invoice_says_its_period_its_contract_and_its_bank(shared_data):
    document = read(shared_data, "en16931/ubl-tc434-example9.xml")
    assert document.period == Window(date(2016, 4, 1), date(2016, 6, 30))
    assert document.references["contract"] == "iExpress 20110412"
    (payment,) = document.payments
    assert (payment.account, payment.bank, payment.quote) == ("NL13RABO0377815500", "RABONL2U", "2015 0483 0000 0000")
    assert document.lines[0].attributes == {"Verbruikscategorie": "Start"}


def test_intra_community_invoice_has_no_tax_and_says_why(shared_data):
    document = read(shared_data, "facturx-zugferd/EN16931_Innergemeinschaftliche_Lieferungen.cii.xml")
    (tax,) = document.taxes
    assert (tax.category, tax.rate, tax.base, tax.amount) == ("K", Decimal(0), Decimal(2000), Decimal(0))
    assert tax.reason
    assert document.totals["payable"] == Decimal(2000)


OLD = b"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryDocument xmlns:rsm="urn:ferd:CrossIndustryDocument:invoice:1p0"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:12"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:15">
 <rsm:SpecifiedExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter>
  <ram:ID>urn:ferd:CrossIndustryDocument:invoice:1p0:comfort</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter>
 </rsm:SpecifiedExchangedDocumentContext>
 <rsm:HeaderExchangedDocument><ram:ID>R-1</ram:ID><ram:TypeCode>380</ram:TypeCode>
  <ram:IssueDateTime><udt:DateTimeString format="102">20140305</udt:DateTimeString></ram:IssueDateTime>
 </rsm:HeaderExchangedDocument>
 <rsm:SpecifiedSupplyChainTradeTransaction>
  <ram:ApplicableSupplyChainTradeAgreement><ram:SellerTradeParty><ram:Name>Alt GmbH</ram:Name></ram:SellerTradeParty>
  </ram:ApplicableSupplyChainTradeAgreement>
  <ram:ApplicableSupplyChainTradeSettlement><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
   <ram:SpecifiedTradeSettlementMonetarySummation><ram:GrandTotalAmount currencyID="EUR">119.00</ram:GrandTotalAmount>
   </ram:SpecifiedTradeSettlementMonetarySummation></ram:ApplicableSupplyChainTradeSettlement>
  <ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument><ram:LineID>1</ram:LineID>
   </ram:AssociatedDocumentLineDocument>
   <ram:SpecifiedSupplyChainTradeAgreement><ram:NetPriceProductTradePrice><ram:ChargeAmount>10</ram:ChargeAmount>
    </ram:NetPriceProductTradePrice></ram:SpecifiedSupplyChainTradeAgreement>
   <ram:SpecifiedSupplyChainTradeDelivery><ram:BilledQuantity unitCode="C62">10</ram:BilledQuantity>
   </ram:SpecifiedSupplyChainTradeDelivery>
   <ram:SpecifiedSupplyChainTradeSettlement><ram:ApplicableTradeTax><ram:ApplicablePercent>19</ram:ApplicablePercent>
    </ram:ApplicableTradeTax><ram:SpecifiedTradeSettlementMonetarySummation><ram:LineTotalAmount>100</ram:LineTotalAmount>
    </ram:SpecifiedTradeSettlementMonetarySummation></ram:SpecifiedSupplyChainTradeSettlement>
   <ram:SpecifiedTradeProduct><ram:Name>Papier</ram:Name></ram:SpecifiedTradeProduct>
  </ram:IncludedSupplyChainTradeLineItem>
 </rsm:SpecifiedSupplyChainTradeTransaction>
</rsm:CrossIndustryDocument>"""


def test_an_invoice_of_the_first_zugferd_is_read_by_its_older_names():
    (document,) = formats.read(OLD)
    assert (document.format, document.number, document.issued_on) == ("cii-invoice", "R-1", date(2014, 3, 5))
    assert document.totals == {"with_tax": Decimal("119.00")}
    (line,) = document.lines
    assert (line.text, line.quantity, line.price, line.amount) == ("Papier", Decimal(10), Decimal(10), Decimal(100))
    assert line.tax_rate == Decimal(19)


def test_an_invoice_without_a_number_is_blocked():
    content = OLD.replace(b"<ram:ID>R-1</ram:ID>", b"")
    (document,) = formats.read(content)
    assert document.blocked
    assert [fault.code for fault in document.faults if fault.blocking] == ["element_missing"]


def test_a_quantity_that_is_none_is_blocked_with_its_line():
    content = OLD.replace(b">10</ram:BilledQuantity>", b">ten</ram:BilledQuantity>")
    (document,) = formats.read(content)
    (fault,) = [one for one in document.faults if one.blocking]
    assert (fault.code, fault.line, fault.received) == ("number_wrong", "1", "ten")
    assert document.lines[0].quantity is None
