"""Invoices and credit notes from the neutral form to UN/CEFACT CII (D16B), as EN 16931 wants them."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from datetime import date, datetime

from lxml import etree

from promesa.exchange.formats.cii.parts import SPACES
from promesa.exchange.formats.cii.read import ATTACHED, OBJECT, TAX_POINTS, TENDER
from promesa.exchange.formats.en16931.completing import completed
from promesa.exchange.formats.neutral import (
    Allowance,
    CannotWrite,
    NeutralDocument,
    NeutralLine,
    Party,
    Payment,
    Window,
)
from promesa.exchange.formats.ubl.invoice_parties import codes_of, scheme_of
from promesa.exchange.formats.ubl.invoice_write import DEFAULT_UNIT, VAT, money, plain
from promesa.exchange.formats.xml.building import Builder, serialised, without_empty
from promesa.exchange.formats.xml.values import Element

KINDS = frozenset({"invoice", "credit_note", "debit_note"})
CORE = "urn:cen.eu:en16931:2017"
_DAY = "102"
_TYPES = {"credit_note": "381", "debit_note": "383"}
_POINTS = {ours: theirs for theirs, ours in TAX_POINTS.items()}
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[ A-Z0-9]{8,40}")
_SCHEME = re.compile(r"[0-9]{4}")
_CLASS = "classification "


def write(document: NeutralDocument) -> bytes:
    """The CII of an invoice, a credit note or a debit note; our own are completed first.

    :raises CannotWrite: if it has no number.
    """
    if not document.number:
        raise CannotWrite("CII: number")
    return serialised(tree_of(completed(document)))


def write_version(document: NeutralDocument, version: str) -> bytes:
    """As `write`; one version is written, D16B."""
    return write(document)


def tree_of(document: NeutralDocument) -> Element:
    """The tree of the CII, without empty elements but the delivery, which must stand."""
    root = without_empty(_Writer(document).tree())
    settlement = root.find(f".//{{{SPACES['ram']}}}ApplicableHeaderTradeSettlement")
    delivery = f"{{{SPACES['ram']}}}ApplicableHeaderTradeDelivery"
    if settlement is not None and root.find(f".//{delivery}") is None:
        settlement.addprevious(etree.Element(delivery))
    return root


class _Writer:
    """One document on its way into CII; elements come in the order of the schema."""

    def __init__(self, document: NeutralDocument) -> None:
        self.document = document
        self.builder = Builder(SPACES)
        self.add, self.say = self.builder.add, self.builder.say
        self.root = self.builder.root(f"{{{SPACES['rsm']}}}CrossIndustryInvoice", SPACES)

    def tree(self) -> Element:
        self._head()
        trade = self.add(self.root, "rsm:SupplyChainTradeTransaction")
        for line in self.document.lines:
            self._line(self.add(trade, "ram:IncludedSupplyChainTradeLineItem"), line)
        self._agreement(self.add(trade, "ram:ApplicableHeaderTradeAgreement"))
        self._delivery(self.add(trade, "ram:ApplicableHeaderTradeDelivery"))
        self._settlement(self.add(trade, "ram:ApplicableHeaderTradeSettlement"))
        return self.root

    def _day(self, parent: Element, path: str, day: object, kind: str = "udt:DateTimeString") -> None:
        if isinstance(day, datetime):
            day = day.date()
        if isinstance(day, date):
            self.add(parent, f"{path}/{kind}", f"{day:%Y%m%d}", format=_DAY)

    # -- head

    def _head(self) -> None:
        document = self.document
        context = self.add(self.root, "rsm:ExchangedDocumentContext")
        process = document.profile.get("process")
        self.say(context, "ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID", process)
        specification = document.profile.get("customization") or CORE
        self.say(context, "ram:GuidelineSpecifiedDocumentContextParameter/ram:ID", specification)
        head = self.add(self.root, "rsm:ExchangedDocument")
        self.say(head, "ram:ID", document.number)
        self.say(head, "ram:TypeCode", document.type_code or _TYPES.get(document.kind, "380"))
        self._day(head, "ram:IssueDateTime", document.issued_on)
        codes = document.note_codes or ("",) * len(document.notes)
        for text, code in zip(document.notes, codes, strict=False):
            note = self.add(head, "ram:IncludedNote")
            self.say(note, "ram:Content", text)
            self.say(note, "ram:SubjectCode", code)

    # -- agreement and delivery

    def _agreement(self, agreement: Element) -> None:
        document, references, say = self.document, self.document.references, self.say
        say(agreement, "ram:BuyerReference", references.get("buyer_reference"))
        for role, name in (
            ("seller", "ram:SellerTradeParty"),
            ("buyer", "ram:BuyerTradeParty"),
            ("tax_representative", "ram:SellerTaxRepresentativeTradeParty"),
        ):
            if role in document.parties:
                self._party(self.add(agreement, name), document.party(role))
        for key, name in (
            ("seller_order", "SellerOrder"),
            ("order", "BuyerOrder"),
            ("contract", "Contract"),
        ):
            say(agreement, f"ram:{name}ReferencedDocument/ram:IssuerAssignedID", references.get(key))
        self._further(agreement)
        if references.get("project"):
            project = self.add(agreement, "ram:SpecifiedProcuringProject")
            say(project, "ram:ID", references["project"])
            say(project, "ram:Name", "Project reference")

    def _further(self, agreement: Element) -> None:
        """What is attached, the tender and the object that is invoiced."""
        references = self.document.references
        for attached in self.document.attachments:
            self._attachment(self.add(agreement, "ram:AdditionalReferencedDocument"), attached)
        for key, code in (("originator", TENDER), ("object", OBJECT)):
            if references.get(key):
                one = self.add(agreement, "ram:AdditionalReferencedDocument")
                self.say(one, "ram:IssuerAssignedID", references[key])
                self.say(one, "ram:TypeCode", code)
                if key == "object":
                    self.say(one, "ram:ReferenceTypeCode", references.get("object_scheme"))

    def _attachment(self, one: Element, attached: Mapping[str, object]) -> None:
        self.say(one, "ram:IssuerAssignedID", attached.get("number") or attached.get("filename"))
        self.say(one, "ram:URIID", attached.get("uri"))
        self.say(one, "ram:TypeCode", ATTACHED)
        self.say(one, "ram:Name", attached.get("description"))
        content = attached.get("content")
        if isinstance(content, bytes) and content:
            name, mime = attached.get("filename") or attached.get("number"), attached.get("mime")
            text = base64.b64encode(content).decode()
            path = "ram:AttachmentBinaryObject"
            self.say(one, path, text, mimeCode=str(mime or "application/pdf"), filename=str(name or "attachment"))

    def _delivery(self, delivery: Element) -> None:
        document, references = self.document, self.document.references
        if "ship_to" in document.parties:
            self._party(self.add(delivery, "ram:ShipToTradeParty"), document.party("ship_to"))
        path = "ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime"
        self._day(delivery, path, document.delivered_on)
        for key, name in (("despatch_advice", "DespatchAdvice"), ("receipt_advice", "ReceivingAdvice")):
            self.say(delivery, f"ram:{name}ReferencedDocument/ram:IssuerAssignedID", references.get(key))

    def _party(self, element: Element, party: Party) -> None:
        codes, say = codes_of(party), self.say
        for one in codes:
            if not one.scheme:
                say(element, "ram:ID", one.code)
        for one in codes:
            if one.scheme:
                say(element, "ram:GlobalID", one.code, schemeID=one.scheme)
        say(element, "ram:Name", party.name)
        say(element, "ram:Description", party.legal_form)
        legal = self.add(element, "ram:SpecifiedLegalOrganization")
        say(legal, "ram:ID", party.legal_id, schemeID=scheme_of(party.legal_id_scheme))
        say(legal, "ram:TradingBusinessName", party.trade_name)
        contact = self.add(element, "ram:DefinedTradeContact")
        say(contact, "ram:PersonName", party.contact)
        say(contact, "ram:TelephoneUniversalCommunication/ram:CompleteNumber", party.phone)
        say(contact, "ram:EmailURIUniversalCommunication/ram:URIID", party.email)
        address = self.add(element, "ram:PostalTradeAddress")
        say(address, "ram:PostcodeCode", party.postcode)
        say(address, "ram:LineOne", party.street)
        say(address, "ram:LineTwo", party.street_2)
        say(address, "ram:LineThree", party.street_3)
        say(address, "ram:CityName", party.city)
        say(address, "ram:CountryID", party.country)
        say(address, "ram:CountrySubDivisionName", party.region)
        say(element, "ram:URIUniversalCommunication/ram:URIID", party.endpoint, schemeID=party.endpoint_scheme)
        say(element, "ram:SpecifiedTaxRegistration/ram:ID", party.tax_id, schemeID="VA")
        say(element, "ram:SpecifiedTaxRegistration/ram:ID", party.tax_registration, schemeID="FC")

    # -- settlement

    def _settlement(self, settlement: Element) -> None:
        document, references, say = self.document, self.document.references, self.say
        quotes = [one.quote for one in document.payments if one.quote]
        say(settlement, "ram:CreditorReferenceID", references.get("creditor"))
        say(settlement, "ram:PaymentReference", quotes[0] if quotes else references.get("payment"))
        say(settlement, "ram:TaxCurrencyCode", document.tax_currency)
        say(settlement, "ram:InvoiceCurrencyCode", document.currency)
        if "payee" in document.parties:
            self._party(self.add(settlement, "ram:PayeeTradeParty"), document.party("payee"))
        for payment in document.payments:
            self._payment(self.add(settlement, "ram:SpecifiedTradeSettlementPaymentMeans"), payment)
        self._taxes(settlement)
        self._period(settlement, document.period)
        for allowance in document.allowances:
            self._allowance(settlement, allowance)
        self._terms(self.add(settlement, "ram:SpecifiedTradePaymentTerms"))
        self._sums(self.add(settlement, "ram:SpecifiedTradeSettlementHeaderMonetarySummation"))
        preceding = document.preceding
        if not preceding and references.get("invoice"):
            preceding = ({"number": references["invoice"]},)
        for earlier in preceding:
            one = self.add(settlement, "ram:InvoiceReferencedDocument")
            say(one, "ram:IssuerAssignedID", earlier.get("number"))
            self._day(one, "ram:FormattedIssueDateTime", earlier.get("issued_on"), "qdt:DateTimeString")
        say(settlement, "ram:ReceivableSpecifiedTradeAccountingAccount/ram:ID", references.get("accounting"))

    def _payment(self, means: Element, one: Payment) -> None:
        self.say(means, "ram:TypeCode", one.code or "1")
        self.say(means, "ram:Information", one.text)
        if one.card:
            card = self.add(means, "ram:ApplicableTradeSettlementFinancialCard")
            self.say(card, "ram:ID", one.card)
            self.say(card, "ram:CardholderName", one.card_holder)
        self.say(means, "ram:PayerPartyDebtorFinancialAccount/ram:IBANID", one.debited_account)
        account = self.add(means, "ram:PayeePartyCreditorFinancialAccount")
        iban = one.account is not None and _IBAN.fullmatch(one.account) is not None
        self.say(account, "ram:IBANID", one.account if iban else None)
        self.say(account, "ram:AccountName", one.account_name)
        self.say(account, "ram:ProprietaryID", None if iban else one.account)
        self.say(means, "ram:PayeeSpecifiedCreditorFinancialInstitution/ram:BICID", one.bank)

    def _taxes(self, settlement: Element) -> None:
        document = self.document
        code = _POINTS.get(document.tax_point_code or "", document.tax_point_code)
        for place, one in enumerate(row for row in document.taxes if not row.withheld):
            tax = self.add(settlement, "ram:ApplicableTradeTax")
            self.say(tax, "ram:CalculatedAmount", money(one.amount))
            self.say(tax, "ram:TypeCode", one.kind or VAT)
            self.say(tax, "ram:ExemptionReason", one.reason)
            self.say(tax, "ram:BasisAmount", money(one.base))
            self.say(tax, "ram:CategoryCode", one.category)
            self.say(tax, "ram:ExemptionReasonCode", one.reason_code)
            if place == 0:  # when VAT is due is told once
                self._day(tax, "ram:TaxPointDate", document.tax_point_on, "udt:DateString")
                self.say(tax, "ram:DueDateTypeCode", None if document.tax_point_on else code)
            self.say(tax, "ram:RateApplicablePercent", plain(one.rate))

    def _period(self, parent: Element, window: Window | None) -> None:
        if window is not None:
            period = self.add(parent, "ram:BillingSpecifiedPeriod")
            self._day(period, "ram:StartDateTime", window.first_day)
            self._day(period, "ram:EndDateTime", window.last_day)

    def _allowance(self, parent: Element, one: Allowance) -> None:
        element = self.add(parent, "ram:SpecifiedTradeAllowanceCharge")
        self.say(element, "ram:ChargeIndicator/udt:Indicator", "true" if one.charge else "false")
        self.say(element, "ram:CalculationPercent", plain(one.percent))
        self.say(element, "ram:BasisAmount", money(one.base))
        self.say(element, "ram:ActualAmount", money(one.amount))
        self.say(element, "ram:ReasonCode", one.reason_code)
        self.say(element, "ram:Reason", one.reason)
        if one.tax_category:
            tax = self.add(element, "ram:CategoryTradeTax")
            self.say(tax, "ram:TypeCode", VAT)
            self.say(tax, "ram:CategoryCode", one.tax_category)
            self.say(tax, "ram:RateApplicablePercent", plain(one.tax_rate))

    def _terms(self, terms: Element) -> None:
        document = self.document
        mandates = [one.mandate for one in document.payments if one.mandate]
        self.say(terms, "ram:Description", document.terms)
        self._day(terms, "ram:DueDateDateTime", document.due_on)
        mandate = mandates[0] if mandates else document.references.get("mandate")
        self.say(terms, "ram:DirectDebitMandateID", mandate)

    def _sums(self, sums: Element) -> None:
        document, totals = self.document, self.document.totals
        for key, name, currency in (
            ("lines", "LineTotalAmount", None),
            ("charges", "ChargeTotalAmount", None),
            ("allowances", "AllowanceTotalAmount", None),
            ("taxable", "TaxBasisTotalAmount", None),
            ("tax", "TaxTotalAmount", document.currency),
            ("tax_in_tax_currency", "TaxTotalAmount", document.tax_currency),
            ("rounding", "RoundingAmount", None),
            ("with_tax", "GrandTotalAmount", None),
            ("prepaid", "TotalPrepaidAmount", None),
            ("payable", "DuePayableAmount", None),
        ):
            self.say(sums, f"ram:{name}", money(totals.get(key)), currencyID=currency)

    # -- lines

    def _line(self, element: Element, line: NeutralLine) -> None:
        say, references = self.say, line.references or {}
        head = self.add(element, "ram:AssociatedDocumentLineDocument")
        say(head, "ram:LineID", line.line_number)
        if line.notes:
            say(head, "ram:IncludedNote/ram:Content", " ".join(line.notes))
        self._product(self.add(element, "ram:SpecifiedTradeProduct"), line)
        agreement = self.add(element, "ram:SpecifiedLineTradeAgreement")
        say(agreement, "ram:BuyerOrderReferencedDocument/ram:LineID", references.get("order_line"))
        unit = line.unit_code or DEFAULT_UNIT
        self._prices(agreement, line, (line.codes or {}).get("price_basis_unit") or unit)
        quantity = "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity"
        say(element, quantity, plain(line.quantity), unitCode=unit)
        settlement = self.add(element, "ram:SpecifiedLineTradeSettlement")
        if line.tax_category:
            tax = self.add(settlement, "ram:ApplicableTradeTax")
            say(tax, "ram:TypeCode", VAT)
            say(tax, "ram:CategoryCode", line.tax_category)
            say(tax, "ram:RateApplicablePercent", plain(line.tax_rate))
        self._period(settlement, line.period)
        for allowance in line.allowances:
            self._allowance(settlement, allowance)
        sums = "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"
        say(settlement, sums, money(line.amount))
        if references.get("object"):
            one = self.add(settlement, "ram:AdditionalReferencedDocument")
            say(one, "ram:IssuerAssignedID", references["object"])
            say(one, "ram:TypeCode", OBJECT)
            say(one, "ram:ReferenceTypeCode", references.get("object_scheme"))
        say(settlement, "ram:ReceivableSpecifiedTradeAccountingAccount/ram:ID", references.get("accounting"))

    def _product(self, product: Element, line: NeutralLine) -> None:
        say, attributes = self.say, dict(line.attributes or {})
        standard = next(((code, key) for key, code in (line.codes or {}).items() if _SCHEME.fullmatch(key)), None)
        code, scheme = (line.gtin, "0160") if line.gtin else standard or (None, None)
        say(product, "ram:GlobalID", code, schemeID=scheme)
        say(product, "ram:SellerAssignedID", line.seller_code)
        say(product, "ram:BuyerAssignedID", line.buyer_code)
        say(product, "ram:Name", line.text or line.name)
        say(product, "ram:Description", line.description)
        for name, value in attributes.items():
            if not name.startswith(_CLASS):
                one = self.add(product, "ram:ApplicableProductCharacteristic")
                say(one, "ram:Description", name)
                say(one, "ram:Value", value)
        for name, value in attributes.items():
            if name.startswith(_CLASS):
                path = "ram:DesignatedProductClassification/ram:ClassCode"
                say(product, path, value, listID=name.removeprefix(_CLASS))
        say(product, "ram:OriginTradeCountry/ram:ID", line.origin_country)

    def _prices(self, agreement: Element, line: NeutralLine, unit: str) -> None:
        if line.gross_price is not None:
            gross = self.add(agreement, "ram:GrossPriceProductTradePrice")
            self.say(gross, "ram:ChargeAmount", plain(line.gross_price))
            if line.price_discount is not None:
                one = self.add(gross, "ram:AppliedTradeAllowanceCharge")
                self.say(one, "ram:ChargeIndicator/udt:Indicator", "false")
                self.say(one, "ram:ActualAmount", plain(line.price_discount))
        net = self.add(agreement, "ram:NetPriceProductTradePrice")
        self.say(net, "ram:ChargeAmount", plain(line.price))
        self.say(net, "ram:BasisQuantity", plain(line.price_basis), unitCode=unit)
