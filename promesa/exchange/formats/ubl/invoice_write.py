"""Invoices and credit notes from the neutral form to UBL 2.1, as EN 16931 and Peppol BIS Billing 3 want them."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from promesa.exchange.formats.en16931.check import follows
from promesa.exchange.formats.en16931.completing import completed
from promesa.exchange.formats.en16931.notes import joined_note
from promesa.exchange.formats.en16931.peppol import BILLING, PROCESS
from promesa.exchange.formats.neutral import (
    Allowance,
    NeutralDocument,
    NeutralLine,
    Party,
    Payment,
    Window,
)
from promesa.exchange.formats.ubl.invoice_parties import PartyWriter
from promesa.exchange.formats.ubl.invoice_read import CREDIT_NOTES, NO_ORDER, OBJECT, PROJECT
from promesa.exchange.formats.ubl.parties import CAC, CBC, SPACES, UBL
from promesa.exchange.formats.xml.building import Builder, serialised, without_empty
from promesa.exchange.formats.xml.values import Element

VERSION, VAT = "2.1", "VAT"
DEFAULT_UNIT = "C62"
_SCHEME = re.compile(r"[0-9]{4}")
_CLASS = "classification"


def write(document: NeutralDocument) -> bytes:
    """The UBL of an invoice, a credit note or a debit note (an invoice of type 383); our own are completed first."""
    return serialised(tree_of(completed(document)))


def tree_of(document: NeutralDocument, *, bare: bool = False) -> Element:
    """The tree of the UBL, without empty elements; `bare` leaves out what every invoice says unless told otherwise."""
    return without_empty(_Writer(document, bare).tree())


def plain(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def money(value: Decimal | None) -> str | None:
    """An amount with two decimals when it has no more, so that nothing is rounded."""
    if value is None:
        return None
    whole, _, decimals = format(value, "f").partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


class _Writer:
    """One document on its way into UBL; elements come in the order of the schema."""

    def __init__(self, document: NeutralDocument, bare: bool) -> None:
        self.document = document
        self.usual: Callable[[str], str | None] = (lambda value: None) if bare else (lambda value: value)
        self.credit = document.kind == "credit_note"
        self.name = "CreditNote" if self.credit else "Invoice"
        self.currency = document.currency
        self.builder = Builder(SPACES)
        self.add, self.say = self.builder.add, self.builder.say
        self.parties = PartyWriter(self.builder)
        space = f"{UBL}{self.name}-2"
        self.root = self.builder.root(f"{{{space}}}{self.name}", {None: space, "cac": CAC, "cbc": CBC})
        _, self.peppol = follows(document.profile.get("customization", ""))

    def tree(self) -> Element:
        self._head()
        self._references()
        self._who()
        self._how_to_pay()
        for one in self.document.allowances:
            self._allowance(self.root, one, taxed=True)
        self._sums()
        for line in self.document.lines:
            self._line(line)
        return self.root

    # -- amounts

    def _amount(self, parent: Element, path: str, value: Decimal | None, currency: str | None = None) -> None:
        self.say(parent, path, money(value), currencyID=currency or self.currency)

    # -- head

    def _head(self) -> None:
        document, root, say = self.document, self.root, self.say
        say(root, "cbc:UBLVersionID", document.profile.get("version"))
        say(root, "cbc:CustomizationID", document.profile.get("customization") or self.usual(BILLING))
        process = document.profile.get("process") or (
            None if document.profile.get("customization") else self.usual(PROCESS)
        )
        say(root, "cbc:ProfileID", process)
        say(root, "cbc:ID", document.number)
        say(root, "cbc:IssueDate", document.issued_on)
        if self.credit:
            say(root, "cbc:TaxPointDate", document.tax_point_on)
            code = document.type_code if document.type_code in CREDIT_NOTES else self.usual("381")
            say(root, "cbc:CreditNoteTypeCode", code)
        else:
            say(root, "cbc:DueDate", document.due_on)
            usual = "383" if document.kind == "debit_note" else "380"
            say(root, "cbc:InvoiceTypeCode", document.type_code or self.usual(usual))
        for note in self._notes():
            say(root, "cbc:Note", note)
        if not self.credit:
            say(root, "cbc:TaxPointDate", document.tax_point_on)
        say(root, "cbc:DocumentCurrencyCode", self.currency)
        say(root, "cbc:TaxCurrencyCode", document.tax_currency)
        say(root, "cbc:AccountingCost", document.references.get("accounting"))
        say(root, "cbc:BuyerReference", document.references.get("buyer_reference"))
        point = None if document.tax_point_on else document.tax_point_code
        if document.period or point:
            period = self.add(root, "cac:InvoicePeriod")
            self._days(period, document.period)
            say(period, "cbc:DescriptionCode", point)

    def _notes(self) -> list[str]:
        """The notes; Peppol has room for one, unless both parties are German."""
        codes = self.document.note_codes or ("",) * len(self.document.notes)
        notes = [joined_note(note, code) for note, code in zip(self.document.notes, codes, strict=False)]
        german = self.document.party("seller").country == "DE" and self.document.party("buyer").country == "DE"
        return [" ".join(notes)] if self.peppol and len(notes) > 1 and not german else notes

    def _days(self, parent: Element, window: Window | None) -> None:
        if window is not None:
            self.say(parent, "cbc:StartDate", window.first_day)
            self.say(parent, "cbc:EndDate", window.last_day)

    # -- references

    def _references(self) -> None:
        references, root, say = self.document.references, self.root, self.say
        if references.get("order") or references.get("seller_order"):
            order = self.add(root, "cac:OrderReference")
            say(order, "cbc:ID", references.get("order") or NO_ORDER)
            say(order, "cbc:SalesOrderID", references.get("seller_order"))
        preceding = self.document.preceding
        if not preceding and references.get("invoice"):
            preceding = ({"number": references["invoice"]},)
        for one in preceding:
            earlier = self.add(root, "cac:BillingReference/cac:InvoiceDocumentReference")
            say(earlier, "cbc:ID", one.get("number"))
            say(earlier, "cbc:IssueDate", one.get("issued_on"))
        say(root, "cac:DespatchDocumentReference/cbc:ID", references.get("despatch_advice"))
        say(root, "cac:ReceiptDocumentReference/cbc:ID", references.get("receipt_advice"))
        contract, tender = references.get("contract"), references.get("originator")
        if not self.credit:
            say(root, "cac:OriginatorDocumentReference/cbc:ID", tender)
        say(root, "cac:ContractDocumentReference/cbc:ID", contract)
        self._further()
        if self.credit:
            say(root, "cac:OriginatorDocumentReference/cbc:ID", tender)
        else:
            say(root, "cac:ProjectReference/cbc:ID", references.get("project"))

    def _further(self) -> None:
        """What is attached, the object that is invoiced and, on a credit note, the project."""
        references, root, say = self.document.references, self.root, self.say
        for attached in self.document.attachments:
            self._attachment(attached)
        if references.get("object"):
            one = self.add(root, "cac:AdditionalDocumentReference")
            say(one, "cbc:ID", references["object"], schemeID=references.get("object_scheme"))
            say(one, "cbc:DocumentTypeCode", OBJECT)
        if self.credit and references.get("project"):
            one = self.add(root, "cac:AdditionalDocumentReference")
            say(one, "cbc:ID", references["project"])
            say(one, "cbc:DocumentTypeCode", PROJECT)

    def _attachment(self, attached: Mapping[str, object]) -> None:
        one = self.add(self.root, "cac:AdditionalDocumentReference")
        self.say(one, "cbc:ID", attached.get("number") or attached.get("filename"))
        self.say(one, "cbc:DocumentDescription", attached.get("description"))
        holder = self.add(one, "cac:Attachment")
        content = attached.get("content")
        if isinstance(content, bytes) and content:
            name, mime = attached.get("filename") or attached.get("number"), attached.get("mime")
            text = base64.b64encode(content).decode()
            path = "cbc:EmbeddedDocumentBinaryObject"
            self.say(holder, path, text, mimeCode=str(mime or "application/pdf"), filename=str(name or "attachment"))
        self.say(holder, "cac:ExternalReference/cbc:URI", attached.get("uri"))

    # -- parties

    def _who(self) -> None:
        document, root = self.document, self.root
        creditor = document.references.get("creditor")
        payee = document.parties.get("payee")
        of_seller = creditor if payee is None else None
        self.parties.whole(
            self.add(root, "cac:AccountingSupplierParty/cac:Party"), document.party("seller"), creditor=of_seller
        )
        self.parties.whole(
            self.add(root, "cac:AccountingCustomerParty/cac:Party"), document.party("buyer"), only_one_code=True
        )
        if payee is not None:
            self.parties.payee(self.add(root, "cac:PayeeParty"), payee, creditor)
        representative = document.parties.get("tax_representative")
        if representative is not None:
            self.parties.representative(self.add(root, "cac:TaxRepresentativeParty"), representative)
        place = document.parties.get("ship_to")
        if document.delivered_on or place is not None:
            delivery = self.add(root, "cac:Delivery")
            self.say(delivery, "cbc:ActualDeliveryDate", document.delivered_on)
            self.parties.place(delivery, place or Party())

    # -- payment

    def _how_to_pay(self) -> None:
        document = self.document
        due = document.due_on if self.credit else None
        for place, one in enumerate(document.payments):
            self._payment(one, due, first=place == 0)
        if document.terms:
            terms = document.terms
            if any(row.startswith("#") for row in terms.splitlines()):
                terms += "\n"  # a discount (#SKONTO#…#) ends its line
            self.say(self.root, "cac:PaymentTerms/cbc:Note", terms)

    def _payment(self, one: Payment, due: object, *, first: bool) -> None:
        """A way to pay. What an invoice says once (the name, the card, the mandate) stands in the first."""
        means = self.add(self.root, "cac:PaymentMeans")
        self.say(means, "cbc:PaymentMeansCode", one.code or self.usual("1"), name=one.text if first else None)
        self.say(means, "cbc:PaymentDueDate", due if first else None)
        self.say(means, "cbc:PaymentID", one.quote)
        if one.card and first:
            card = self.add(means, "cac:CardAccount")
            self.say(card, "cbc:PrimaryAccountNumberID", one.card)
            self.say(card, "cbc:NetworkID", "NA")
            self.say(card, "cbc:HolderName", one.card_holder)
        if one.account:
            account = self.add(means, "cac:PayeeFinancialAccount")
            self.say(account, "cbc:ID", one.account)
            self.say(account, "cbc:Name", one.account_name)
            self.say(account, "cac:FinancialInstitutionBranch/cbc:ID", one.bank)
        if first and (one.mandate or one.debited_account):
            mandate = self.add(means, "cac:PaymentMandate")
            self.say(mandate, "cbc:ID", one.mandate)
            self.say(mandate, "cac:PayerFinancialAccount/cbc:ID", one.debited_account)

    # -- allowances, taxes and sums

    def _allowance(self, parent: Element, one: Allowance, *, taxed: bool) -> None:
        element = self.add(parent, "cac:AllowanceCharge")
        self.say(element, "cbc:ChargeIndicator", "true" if one.charge else "false")
        self.say(element, "cbc:AllowanceChargeReasonCode", one.reason_code)
        self.say(element, "cbc:AllowanceChargeReason", one.reason)
        self.say(element, "cbc:MultiplierFactorNumeric", plain(one.percent))
        self._amount(element, "cbc:Amount", one.amount)
        self._amount(element, "cbc:BaseAmount", one.base)
        if taxed and one.tax_category:
            self._category(element, "cac:TaxCategory", one.tax_category, one.tax_rate)

    def _category(
        self,
        parent: Element,
        path: str,
        category: str | None,
        rate: Decimal | None,
        reasons: tuple[str | None, str | None] = (None, None),
        kind: str | None = None,
    ) -> None:
        element = self.add(parent, path)
        self.say(element, "cbc:ID", category)
        self.say(element, "cbc:Percent", plain(rate))
        self.say(element, "cbc:TaxExemptionReasonCode", reasons[1])
        self.say(element, "cbc:TaxExemptionReason", reasons[0])
        self.say(element, "cac:TaxScheme/cbc:ID", kind or VAT)

    def _sums(self) -> None:
        document, sums = self.document, self.document.totals
        taxes = [one for one in document.taxes if not one.withheld]
        if "tax" in sums or taxes:
            total = self.add(self.root, "cac:TaxTotal")
            self._amount(total, "cbc:TaxAmount", sums.get("tax"))
            for one in taxes:
                row = self.add(total, "cac:TaxSubtotal")
                self._amount(row, "cbc:TaxableAmount", one.base)
                self._amount(row, "cbc:TaxAmount", one.amount)
                reasons = (one.reason, one.reason_code)
                self._category(row, "cac:TaxCategory", one.category, one.rate, reasons, one.kind)
        if "tax_in_tax_currency" in sums:
            other = self.add(self.root, "cac:TaxTotal")
            self._amount(other, "cbc:TaxAmount", sums["tax_in_tax_currency"], document.tax_currency)
        total = self.add(self.root, "cac:LegalMonetaryTotal")
        for key, name in (
            ("lines", "LineExtensionAmount"),
            ("taxable", "TaxExclusiveAmount"),
            ("with_tax", "TaxInclusiveAmount"),
            ("allowances", "AllowanceTotalAmount"),
            ("charges", "ChargeTotalAmount"),
            ("prepaid", "PrepaidAmount"),
            ("rounding", "PayableRoundingAmount"),
            ("payable", "PayableAmount"),
        ):
            self._amount(total, f"cbc:{name}", sums.get(key))

    # -- lines

    def _line(self, line: NeutralLine) -> None:
        element = self.add(self.root, "cac:CreditNoteLine" if self.credit else "cac:InvoiceLine")
        references = line.references or {}
        unit = line.unit_code or self.usual(DEFAULT_UNIT)
        self.say(element, "cbc:ID", line.line_number)
        if line.notes:
            self.say(element, "cbc:Note", " ".join(line.notes))
        quantity = "cbc:CreditedQuantity" if self.credit else "cbc:InvoicedQuantity"
        self.say(element, quantity, plain(line.quantity), unitCode=unit)
        self._amount(element, "cbc:LineExtensionAmount", line.amount)
        self.say(element, "cbc:AccountingCost", references.get("accounting"))
        if line.period is not None:
            self._days(self.add(element, "cac:InvoicePeriod"), line.period)
        self.say(element, "cac:OrderLineReference/cbc:LineID", references.get("order_line"))
        if references.get("object"):
            one = self.add(element, "cac:DocumentReference")
            self.say(one, "cbc:ID", references["object"], schemeID=references.get("object_scheme"))
            self.say(one, "cbc:DocumentTypeCode", OBJECT)
        for allowance in line.allowances:
            self._allowance(element, allowance, taxed=False)
        self._item(element, line)
        self._price(element, line, unit)

    def _item(self, parent: Element, line: NeutralLine) -> None:
        item = self.add(parent, "cac:Item")
        self.say(item, "cbc:Description", line.description)
        self.say(item, "cbc:Name", line.text or line.name)
        self.say(item, "cac:BuyersItemIdentification/cbc:ID", line.buyer_code)
        self.say(item, "cac:SellersItemIdentification/cbc:ID", line.seller_code)
        standard = next(((code, key) for key, code in (line.codes or {}).items() if _SCHEME.fullmatch(key)), None)
        code, scheme = (line.gtin, "0160") if line.gtin else standard or (None, None)
        self.say(item, "cac:StandardItemIdentification/cbc:ID", code, schemeID=scheme)
        self.say(item, "cac:OriginCountry/cbc:IdentificationCode", line.origin_country)
        attributes = dict(line.attributes or {})
        for name in [name for name in attributes if name.startswith(f"{_CLASS} ")]:
            path = "cac:CommodityClassification/cbc:ItemClassificationCode"
            self.say(item, path, attributes.pop(name), listID=name.removeprefix(f"{_CLASS} "))
        if line.tax_category:
            self._category(item, "cac:ClassifiedTaxCategory", line.tax_category, line.tax_rate)
        for name, value in attributes.items():
            one = self.add(item, "cac:AdditionalItemProperty")
            self.say(one, "cbc:Name", name)
            self.say(one, "cbc:Value", value)

    def _price(self, parent: Element, line: NeutralLine, unit: str | None) -> None:
        price = self.add(parent, "cac:Price")
        self.say(price, "cbc:PriceAmount", plain(line.price), currencyID=self.currency)
        basis_unit = (line.codes or {}).get("price_basis_unit") or unit
        self.say(price, "cbc:BaseQuantity", plain(line.price_basis), unitCode=basis_unit)
        if line.gross_price is not None and line.price_discount is not None:
            one = self.add(price, "cac:AllowanceCharge")
            self.say(one, "cbc:ChargeIndicator", "false")
            self.say(one, "cbc:Amount", plain(line.price_discount), currencyID=self.currency)
            self.say(one, "cbc:BaseAmount", plain(line.gross_price), currencyID=self.currency)
