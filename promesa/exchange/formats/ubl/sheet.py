"""Writing UBL: elements in the order that the schema asks for, and the parts that `parties` reads, the other way round.

A document that was read from UBL (its format says so) is written as it was. One of our own follows Peppol BIS 3: its parties
get the electronic address that Peppol asks for, and what BIS has no place for is left out.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lxml import etree

from promesa.exchange.formats.neutral import Allowance, NeutralDocument, NeutralLine, Party, Tax, Window
from promesa.exchange.formats.ubl import head
from promesa.exchange.formats.ubl.parties import BY_BUYER, BY_SELLER, CAC, CBC, SPACES, UBL, UNSAID, Element

GLN, GTIN = "0088", "0160"
_PREFIX = "urn:fdc:peppol.eu:poacc:"
_BAD = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ADDRESS = (
    ("cbc:StreetName", "street"),
    ("cbc:AdditionalStreetName", "street_2"),
    ("cbc:CityName", "city"),
    ("cbc:PostalZone", "postcode"),
    ("cbc:CountrySubentity", "region"),
)


def plain(value: Any) -> str:
    """A value as XML says it: decimals without exponent, days and moments as ISO 8601, no characters that XML lacks."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    return _BAD.sub("", str(value))


class Sheet:
    """A document while it is written."""

    def __init__(self, name: str, document: NeutralDocument, *, customization: str, process: str) -> None:
        namespace = f"{UBL}{name}-2"
        self.document = document
        self.own = not document.format.startswith("ubl")
        self.currency = document.currency
        prefixes: dict[Any, str] = {None: namespace, **SPACES}
        self.root = etree.Element(f"{{{namespace}}}{name}", nsmap=prefixes)
        ours = {"customization": _PREFIX + customization, "process": _PREFIX + process}
        profile = ours if self.own else document.profile
        self.text(self.root, "cbc:UBLVersionID", profile.get("version"))
        self.text(self.root, "cbc:CustomizationID", profile.get("customization"))
        self.text(self.root, "cbc:ProfileID", profile.get("process"))
        self.text(self.root, "cbc:ID", document.number)

    def bytes(self) -> bytes:
        return bytes(etree.tostring(self.root, xml_declaration=True, encoding="UTF-8", pretty_print=True))

    # -- elements

    def add(self, parent: Element, name: str) -> Element:
        prefix, _, tag = name.partition(":")
        return etree.SubElement(parent, f"{{{SPACES[prefix]}}}{tag}")

    def text(self, parent: Element, name: str, value: Any, **attributes: str | None) -> None:
        """An element with a text, if there is one; attributes that aren't said are left out."""
        if value is None or value == "":
            return
        element = self.add(parent, name)
        element.text = plain(value)
        for key, said in attributes.items():
            if said:
                element.set(key, plain(said))

    def path(self, parent: Element, path: str, value: Any, **attributes: str | None) -> None:
        """A text under elements that stand only for it, such as `cac:OrderReference/cbc:ID`."""
        if value is None or value == "":
            return
        *above, name = path.split("/")
        for step in above:
            parent = self.add(parent, step)
        self.text(parent, name, value, **attributes)

    def texts(self, parent: Element, name: str, values: Iterable[str]) -> None:
        for value in values:
            self.text(parent, name, value)

    def money(self, parent: Element, name: str, value: Decimal | None) -> None:
        self.text(parent, name, value, currencyID=self.currency)

    def reference(self, key: str) -> str | None:
        return self.document.references.get(key)

    # -- parties

    def party(self, parent: Element, role: str, name: str, *, contact: str = "", traded: bool = False) -> None:
        """A party of the document under its holder, with the code that the other side gave it beside it."""
        party = self.document.parties.get(role)
        if party is not None:
            self.one_party(self.add(parent, name), party, contact=contact, traded=traded)

    def one_party(self, holder: Element, party: Party, *, contact: str = "", traded: bool = False) -> None:
        names = names_of(party)
        customer = "Customer" in str(holder.tag)
        given = BY_SELLER if customer else BY_BUYER
        accounts = [one for one in names if one[1] == given]
        # What stands first is the party's own code, even under that agency, unless it is the only one.
        if accounts and (names[0][1] != given or len(names) == 1):
            tag = "cbc:SupplierAssignedAccountID" if customer else "cbc:CustomerAssignedAccountID"
            self.text(holder, tag, accounts[0][0])
            names.remove(accounts[0])
        inner = self.add(holder, "cac:Party")
        self.inner_party(inner, party, names, traded=traded, contact=not contact)
        if not len(inner):
            holder.remove(inner)
        if contact:
            self.contact(holder, contact, party)

    def bare_party(self, parent: Element, name: str, party: Party) -> None:
        """A party without a holder, such as a carrier or a sender."""
        self.inner_party(self.add(parent, name), party, names_of(party), traded=True)

    def inner_party(
        self, inner: Element, party: Party, names: list[tuple[str, str | None]], *, traded: bool, contact: bool = True
    ) -> None:
        """What stands in `cac:Party`; a name alone is the registered one, or the one it trades by."""
        endpoint, scheme = party.endpoint, party.endpoint_scheme
        if endpoint is None and self.own and party.gln:
            endpoint, scheme = party.gln, GLN
        self.text(inner, "cbc:EndpointID", endpoint, schemeID=scheme)
        for code, agency in names:
            self.path(inner, "cac:PartyIdentification/cbc:ID", code, schemeID=agency)
        registered = party.name if party.trade_name or not traded or party.legal_id else None
        self.path(inner, "cac:PartyName/cbc:Name", party.trade_name or (None if registered else party.name))
        self.address(inner, "cac:PostalAddress", party)
        for number, kind in ((party.tax_id, "VAT"), (party.tax_registration, "TAX")):
            if number:
                tax = self.add(inner, "cac:PartyTaxScheme")
                self.text(tax, "cbc:CompanyID", number)
                self.path(tax, "cac:TaxScheme/cbc:ID", kind)
        if registered or party.legal_id or party.legal_form:
            legal = self.add(inner, "cac:PartyLegalEntity")
            self.text(legal, "cbc:RegistrationName", registered)
            self.text(legal, "cbc:CompanyID", party.legal_id, schemeID=party.legal_id_scheme)
            self.text(legal, "cbc:CompanyLegalForm", party.legal_form)
        if contact:
            self.contact(inner, "cac:Contact", party)

    def contact(self, parent: Element, name: str, party: Party) -> None:
        if party.contact or party.phone or party.email:
            contact = self.add(parent, name)
            self.text(contact, "cbc:Name", party.contact)
            self.text(contact, "cbc:Telephone", party.phone)
            self.text(contact, "cbc:ElectronicMail", party.email)

    def address(self, parent: Element, name: str, party: Party) -> None:
        said = [(tag, getattr(party, key)) for tag, key in _ADDRESS]
        if not any(value for _, value in said) and not party.street_3 and not party.country:
            return
        address = self.add(parent, name)
        for tag, value in said:
            self.text(address, tag, value)
        self.path(address, "cac:AddressLine/cbc:Line", party.street_3)
        self.path(address, "cac:Country/cbc:IdentificationCode", party.country)

    def place(self, delivery: Element, party: Party) -> None:
        """Where goods go: its first code and its address as a location."""
        names = names_of(party)
        has_address = any(getattr(party, key) for _, key in _ADDRESS) or party.street_3 or party.country
        if names or has_address:
            location = self.add(delivery, "cac:DeliveryLocation")
            for code, agency in names[:1]:
                self.text(location, "cbc:ID", code, schemeID=agency)
            self.address(location, "cac:Address", party)

    def receiver(self, delivery: Element, party: Party) -> None:
        """Who takes goods in: name, further codes and contact of a place."""
        bare = Party(
            name=party.name, trade_name=party.trade_name, contact=party.contact, phone=party.phone, email=party.email,
            tax_id=party.tax_id, tax_registration=party.tax_registration, legal_id=party.legal_id,
            legal_id_scheme=party.legal_id_scheme, legal_form=party.legal_form, endpoint=party.endpoint,
            endpoint_scheme=party.endpoint_scheme,
        )  # fmt: skip
        further = names_of(party)[1:]
        if bare != Party() or further:
            self.inner_party(self.add(delivery, "cac:DeliveryParty"), bare, further, traded=True)

    # -- periods

    def period(self, parent: Element, name: str, window: Window | None) -> None:
        if window is None or (window.from_ is None and window.to is None):
            return
        period = self.add(parent, name)
        for tag, moment in (("Start", window.from_), ("End", window.to)):
            if isinstance(moment, datetime):
                self.text(period, f"cbc:{tag}Date", moment.date())
                self.text(period, f"cbc:{tag}Time", moment.time().isoformat("seconds"))
            else:
                self.text(period, f"cbc:{tag}Date", moment)

    # -- items, prices, allowances, totals

    def item(self, parent: Element, line: NeutralLine) -> None:
        item = self.add(parent, "cac:Item")
        self.text(item, "cbc:Description", line.description)
        self.text(item, "cbc:Name", line.text)
        self.path(item, "cac:BuyersItemIdentification/cbc:ID", line.buyer_code)
        self.path(item, "cac:SellersItemIdentification/cbc:ID", line.seller_code)
        codes = line.codes or {}
        self.path(item, "cac:ManufacturersItemIdentification/cbc:ID", codes.get("MF"))
        self.path(item, "cac:StandardItemIdentification/cbc:ID", line.gtin, schemeID=GTIN)
        for scheme, code in codes.items():
            if scheme != "MF":
                said = None if scheme == "standard" else scheme
                self.path(item, "cac:AdditionalItemIdentification/cbc:ID", code, schemeID=said)
        self.path(item, "cac:OriginCountry/cbc:IdentificationCode", line.origin_country)
        self._classified(item, line.attributes or {})
        if line.tax_category is not None or line.tax_rate is not None:
            self.tax_category(item, "cac:ClassifiedTaxCategory", line.tax_category, line.tax_rate)
        for name, value in (line.attributes or {}).items():
            if not name.startswith("classification"):
                attribute = self.add(item, "cac:AdditionalItemProperty")
                self.text(attribute, "cbc:Name", name)
                self.text(attribute, "cbc:Value", value)
        for lot in line.lots:
            instance = self.add(item, "cac:ItemInstance")
            self.text(instance, "cbc:BestBeforeDate", lot.expires_on if lot.number is None else None)
            self.text(instance, "cbc:SerialID", lot.serial)
            if lot.number is not None:
                numbered = self.add(instance, "cac:LotIdentification")
                self.text(numbered, "cbc:LotNumberID", lot.number)
                self.text(numbered, "cbc:ExpiryDate", lot.expires_on)
        if not len(item):
            parent.remove(item)

    def _classified(self, item: Element, attributes: Mapping[str, str]) -> None:
        for name, value in attributes.items():
            if name.startswith("classification"):
                listed = name.removeprefix("classification").strip()
                path = "cac:CommodityClassification/cbc:ItemClassificationCode"
                self.path(item, path, value, listID=listed or None)

    def tax_category(self, parent: Element, name: str, category: str | None, rate: Decimal | None) -> Element:
        element = self.add(parent, name)
        self.text(element, "cbc:ID", category)
        self.text(element, "cbc:Percent", rate)
        self.path(element, "cac:TaxScheme/cbc:ID", "VAT")
        return element

    def price(self, parent: Element, line: NeutralLine) -> None:
        if line.price is None and line.gross_price is None and line.price_basis is None:
            return
        price = self.add(parent, "cac:Price")
        self.money(price, "cbc:PriceAmount", line.price)
        self.text(price, "cbc:BaseQuantity", line.price_basis, unitCode=line.unit_code)
        if line.gross_price is not None or line.price_discount is not None:
            allowance = self.add(price, "cac:AllowanceCharge")
            self.text(allowance, "cbc:ChargeIndicator", "false")
            self.money(allowance, "cbc:Amount", line.price_discount)
            self.money(allowance, "cbc:BaseAmount", line.gross_price)

    def allowances(self, parent: Element, allowances: Iterable[Allowance]) -> None:
        for one in allowances:
            element = self.add(parent, "cac:AllowanceCharge")
            self.text(element, "cbc:ChargeIndicator", "true" if one.charge else "false")
            self.text(element, "cbc:AllowanceChargeReasonCode", one.reason_code)
            self.text(element, "cbc:AllowanceChargeReason", one.reason)
            self.text(element, "cbc:MultiplierFactorNumeric", one.percent)
            self.money(element, "cbc:Amount", one.amount)
            self.money(element, "cbc:BaseAmount", one.base)
            if one.tax_category is not None or one.tax_rate is not None:
                self.tax_category(element, "cac:TaxCategory", one.tax_category, one.tax_rate)

    def totals(self, name: str) -> None:
        """The tax and the totals of the document under an element of this name."""
        document = self.document
        if "tax" in document.totals or document.taxes:
            total = self.add(self.root, "cac:TaxTotal")
            self.money(total, "cbc:TaxAmount", document.totals.get("tax"))
            for row in document.taxes:
                self._tax_row(total, row)
        if any(key in document.totals for key in head.TOTALS):
            element = self.add(self.root, name)
            for key, tag in head.TOTALS.items():
                self.money(element, f"cbc:{tag}", document.totals.get(key))

    def _tax_row(self, total: Element, row: Tax) -> None:
        element = self.add(total, "cac:TaxSubtotal")
        self.money(element, "cbc:TaxableAmount", row.base)
        self.money(element, "cbc:TaxAmount", row.amount)
        category = self.add(element, "cac:TaxCategory")
        self.text(category, "cbc:ID", row.category)
        self.text(category, "cbc:Percent", row.rate)
        self.text(category, "cbc:TaxExemptionReasonCode", row.reason_code)
        self.text(category, "cbc:TaxExemptionReason", row.reason)
        self.path(category, "cac:TaxScheme/cbc:ID", row.kind or "VAT")

    def attachments(self) -> None:
        for one in self.document.attachments:
            element = self.add(self.root, "cac:AdditionalDocumentReference")
            self.text(element, "cbc:ID", one.get("number"))
            self.text(element, "cbc:DocumentTypeCode", one.get("type_code"))
            self.text(element, "cbc:DocumentType", one.get("type"))
            self.text(element, "cbc:DocumentDescription", one.get("description"))
            content, uri = one.get("content"), one.get("uri")
            if content is None and uri is None:
                continue
            attachment = self.add(element, "cac:Attachment")
            if content is not None:
                encoded = base64.b64encode(content).decode()
                path = "cbc:EmbeddedDocumentBinaryObject"
                self.text(attachment, path, encoded, mimeCode=one.get("mime"), filename=one.get("filename"))
            self.path(attachment, "cac:ExternalReference/cbc:URI", uri)


def names_of(party: Party) -> list[tuple[str, str | None]]:
    """The codes of a party with their schemes, the first first; its GLN when it has no other."""
    names = [(party.code, party.agency)] if party.code else []
    names += [(code, None if scheme == UNSAID else scheme) for scheme, code in party.codes.items()]
    if party.gln and party.gln not in [code for code, _ in names] and party.gln != party.endpoint:
        names.insert(0 if not names else len(names), (party.gln, GLN))
    return [(code, agency) for code, agency in names if code]


__all__ = ["CAC", "CBC", "Sheet", "names_of", "plain"]
