"""The parties of an invoice of DIAN: who they are before the tax office, where they are, and whether their NIT can be right."""

from __future__ import annotations

from dataclasses import replace

from stdnum.co import nit

from promesa.exchange.formats.dian import codes
from promesa.exchange.formats.neutral import Party
from promesa.exchange.formats.ubl.parties import Element
from promesa.exchange.formats.xml.values import Walk

ROLES = {
    "seller": "cac:AccountingSupplierParty",
    "buyer": "cac:AccountingCustomerParty",
    "payee": "cac:PayeeParty",
    "downloader": "cac:TaxRepresentativeParty",
    "carrier": "cac:Delivery/cac:DeliveryParty",
    "originator": "cac:BuyerCustomerParty",
}


def read_parties(walk: Walk, root: Element) -> dict[str, Party]:
    """The parties by role; where goods are delivered is `ship_to`, who carries them `carrier`."""
    found: dict[str, Party] = {}
    for role, path in ROLES.items():
        element = walk.first(root, path)
        if element is None:
            if role in ("seller", "buyer"):
                walk.fault("element_missing", root, right=path)
            continue
        inner = walk.first(element, "cac:Party")
        party = _party(walk, element, element if inner is None else inner)
        if party != Party():
            found[role] = party
    place = walk.first(root, "cac:Delivery/cac:DeliveryAddress")
    if place is None:
        place = walk.first(root, "cac:Delivery/cac:DeliveryLocation/cac:Address")
    if place is not None:
        found["ship_to"] = _address(walk, place)
    return found


def _party(walk: Walk, element: Element, inner: Element) -> Party:
    scheme, legal = walk.first(inner, "cac:PartyTaxScheme"), walk.first(inner, "cac:PartyLegalEntity")
    names = walk.texts(inner, "cac:PartyName/cbc:Name")
    registered = walk.text(scheme, "cbc:RegistrationName") or walk.text(legal, "cbc:RegistrationName")
    holder, path = scheme, "cbc:CompanyID"
    if walk.text(holder, path) is None:
        holder, path = inner, "cac:PartyIdentification/cbc:ID"
    tax_id = walk.text(holder, path)
    check_digit, kind = walk.text(holder, f"{path}/@schemeID"), walk.text(holder, f"{path}/@schemeName")
    if tax_id is not None and kind == codes.NIT:
        _check_nit(walk, holder, path, tax_id, check_digit)
    place = walk.first(inner, "cac:PhysicalLocation/cac:Address")
    if place is None:
        place = walk.first(scheme, "cac:RegistrationAddress")
    references = {
        "check_digit": check_digit if kind == codes.NIT else None,
        "id_type": kind,
        "person": walk.text(element, "cbc:AdditionalAccountID"),
        "tax_level": walk.text(scheme, "cbc:TaxLevelCode"),
        "regime": walk.text(scheme, "cbc:TaxLevelCode/@listName"),
        "register_number": walk.text(legal, "cac:CorporateRegistrationScheme/cbc:Name"),
        "prefix": walk.text(legal, "cac:CorporateRegistrationScheme/cbc:ID"),
    }
    address = _address(walk, place)
    trade_name = next((name for name in names if name != registered), None) if registered else None
    legal_id = walk.text(legal, "cbc:CompanyID")
    return replace(
        address,
        tax_id=tax_id,
        name=registered or (names[0] if names else None),
        trade_name=trade_name,
        legal_id=legal_id if legal_id != tax_id else None,
        contact=walk.text(inner, "cac:Contact/cbc:Name") or _person(walk, inner),
        phone=walk.text(inner, "cac:Contact/cbc:Telephone"),
        email=walk.text(inner, "cac:Contact/cbc:ElectronicMail"),
        references={name: text for name, text in references.items() if text} | dict(address.references),
    )


def _person(walk: Walk, inner: Element) -> str | None:
    person = walk.first(inner, "cac:Person")
    parts = (walk.text(person, "cbc:FirstName"), walk.text(person, "cbc:FamilyName"))
    return " ".join(part for part in parts if part) or None


def _address(walk: Walk, element: Element | None) -> Party:
    """A party of which only the address is known; `municipality` is its code of DIVIPOLA."""
    if element is None:
        return Party()
    lines = walk.texts(element, "cac:AddressLine/cbc:Line")
    street = lines[0] if lines else walk.text(element, "cbc:StreetName")
    municipality = walk.text(element, "cbc:ID")
    return Party(
        street=street,
        street_2=", ".join(lines[1:]) or None,
        city=walk.text(element, "cbc:CityName"),
        region=walk.text(element, "cbc:CountrySubentity"),
        postcode=walk.text(element, "cbc:PostalZone"),
        country=walk.text(element, "cac:Country/cbc:IdentificationCode"),
        references={"municipality": municipality} if municipality else {},
    )


def _check_nit(walk: Walk, element: Element | None, path: str, number: str, check_digit: str | None) -> None:
    """The check digit of a NIT stands beside it; some write it after a dash."""
    bare, _, dashed = number.partition("-")
    bare = bare.replace(".", "").replace(" ", "")
    said = dashed or check_digit
    if not (bare.isascii() and bare.isdigit()) or len(bare) > 15 or not said:
        return
    right = nit.calc_check_digit(bare)
    if said.strip() != right:
        walk.fault("check_digit_wrong", element, path, received=f"{bare}-{said}", right=f"{bare}-{right}", field="NIT")
