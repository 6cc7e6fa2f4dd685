"""The parties of an invoice written in UBL: each kind has what EN 16931 lets it say."""

from __future__ import annotations

import re

from promesa.exchange.formats.neutral import Party
from promesa.exchange.formats.ubl.invoice_read import CREDITOR
from promesa.exchange.formats.ubl.parties import GLN_SCHEMES, UNSAID, Identifier
from promesa.exchange.formats.xml.building import Builder
from promesa.exchange.formats.xml.values import Element

_ICD = re.compile(r"[0-9]{4}")
_GLN = "0088"
_TRADE_NAME_WANTED = frozenset({"GR", "EL"})  # where a party must say one, be it its name again


def scheme_of(agency: str | None) -> str | None:
    """A scheme of ISO 6523, or none: agencies of other lists don't stand in an invoice."""
    if agency in GLN_SCHEMES or agency == "9":
        return _GLN
    return agency if agency and _ICD.fullmatch(agency) else None


def codes_of(party: Party) -> list[Identifier]:
    """The codes of a party with their schemes, the first one first; a GLN that is only an address isn't one of them."""
    found = []
    if party.code:
        found.append(Identifier(party.code, scheme_of(party.agency)))
    elif party.gln and party.gln != party.endpoint:
        found.append(Identifier(party.gln, _GLN))
    further = [Identifier(code, None if key == UNSAID else scheme_of(key)) for key, code in party.codes.items()]
    return found + [one for one in further if one not in found]


class PartyWriter:
    """Writes parties under the element that is theirs."""

    def __init__(self, builder: Builder) -> None:
        self.add, self.say = builder.add, builder.say

    def whole(self, parent: Element, party: Party, *, creditor: str | None = None, only_one_code: bool = False) -> None:
        """The seller or the buyer, under its `cac:Party`."""
        self.say(parent, "cbc:EndpointID", party.endpoint, schemeID=party.endpoint_scheme)
        codes = codes_of(party)
        self._codes(parent, codes[:1] if only_one_code else codes)
        self.say(parent, "cac:PartyIdentification/cbc:ID", creditor, schemeID=CREDITOR)
        greek = party.name if party.country in _TRADE_NAME_WANTED else None
        self.say(parent, "cac:PartyName/cbc:Name", party.trade_name or greek)
        self._address(parent, "cac:PostalAddress", party)
        self._tax(parent, party.tax_id, "VAT")
        self._tax(parent, party.tax_registration, "TAX")
        legal = self.add(parent, "cac:PartyLegalEntity")
        self.say(legal, "cbc:RegistrationName", party.name)
        self.say(legal, "cbc:CompanyID", party.legal_id, schemeID=scheme_of(party.legal_id_scheme))
        self.say(legal, "cbc:CompanyLegalForm", party.legal_form)
        contact = self.add(parent, "cac:Contact")
        self.say(contact, "cbc:Name", party.contact)
        self.say(contact, "cbc:Telephone", party.phone)
        self.say(contact, "cbc:ElectronicMail", party.email)

    def payee(self, parent: Element, party: Party, creditor: str | None) -> None:
        self._codes(parent, codes_of(party)[:1])
        self.say(parent, "cac:PartyIdentification/cbc:ID", creditor, schemeID=CREDITOR)
        self.say(parent, "cac:PartyName/cbc:Name", party.name or party.trade_name)
        scheme = scheme_of(party.legal_id_scheme)
        self.say(parent, "cac:PartyLegalEntity/cbc:CompanyID", party.legal_id, schemeID=scheme)

    def representative(self, parent: Element, party: Party) -> None:
        self.say(parent, "cac:PartyName/cbc:Name", party.name or party.trade_name)
        self._address(parent, "cac:PostalAddress", party)
        self._tax(parent, party.tax_id, "VAT")

    def place(self, parent: Element, party: Party) -> None:
        """Where the goods went, under `cac:Delivery`."""
        location = self.add(parent, "cac:DeliveryLocation")
        for one in codes_of(party)[:1]:
            self.say(location, "cbc:ID", one.code, schemeID=one.scheme)
        self._address(location, "cac:Address", party)
        self.say(parent, "cac:DeliveryParty/cac:PartyName/cbc:Name", party.name or party.trade_name)

    def _codes(self, parent: Element, codes: list[Identifier]) -> None:
        for one in codes:
            self.say(parent, "cac:PartyIdentification/cbc:ID", one.code, schemeID=one.scheme)

    def _tax(self, parent: Element, number: str | None, scheme: str) -> None:
        if number:
            element = self.add(parent, "cac:PartyTaxScheme")
            self.say(element, "cbc:CompanyID", number)
            self.say(element, "cac:TaxScheme/cbc:ID", scheme)

    def _address(self, parent: Element, name: str, party: Party) -> None:
        element = self.add(parent, name)
        self.say(element, "cbc:StreetName", party.street)
        self.say(element, "cbc:AdditionalStreetName", party.street_2)
        self.say(element, "cbc:CityName", party.city)
        self.say(element, "cbc:PostalZone", party.postcode)
        self.say(element, "cbc:CountrySubentity", party.region)
        self.say(element, "cac:AddressLine/cbc:Line", party.street_3)
        self.say(element, "cac:Country/cbc:IdentificationCode", party.country)
