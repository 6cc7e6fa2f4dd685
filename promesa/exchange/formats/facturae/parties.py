"""The parties of a Facturae: issuer, receiver, their centres, third party; and whether their tax numbers can be right."""

from __future__ import annotations

import string
from dataclasses import replace

from stdnum.es import nif
from stdnum.eu import vat

from promesa.exchange.formats.facturae import codes
from promesa.exchange.formats.neutral import Party
from promesa.exchange.formats.xml.values import Element, Walk

# Ours in the references of a party <- theirs in its contact details and its entry in the register.
CONTACT = {
    "fax": "TeleFax",
    "web": "WebAddress",
    "cnae": "CnoCnae",
    "ine_town": "INETownCode",
    "contact_note": "AdditionalContactDetails",
}
REGISTRATION = {
    "register_book": "Book", "register_place": "RegisterOfCompaniesLocation", "register_sheet": "Sheet", "register_folio": "Folio",
    "register_section": "Section", "register_volume": "Volume", "register_more": "AdditionalRegistrationData",
}  # fmt: skip


def read_parties(walk: Walk, root: Element) -> dict[str, Party]:
    """Every party that the file names, by its role."""
    found: dict[str, Party] = {}
    for role, path in (
        ("seller", "Parties/SellerParty"),
        ("buyer", "Parties/BuyerParty"),
        ("third_party", "FileHeader/ThirdParty"),
        ("factor", "FileHeader/FactoringAssignmentData/Assignee"),
    ):
        element = walk.first(root, path)
        if element is None:
            if role in ("seller", "buyer"):
                walk.fault("element_missing", root, right=path)
            continue
        found[role] = _party(walk, element)
        for centre in walk.all(element, "AdministrativeCentres/AdministrativeCentre"):
            name = f"{role}_{codes.CENTRES.get(walk.text(centre, 'RoleTypeCode') or '', 'centre')}"
            while name in found:
                stem, _, count = name.rpartition("#")
                name = f"{stem}#{int(count) + 1}" if stem else f"{name}#2"
            found[name] = _centre(walk, centre)
    return found


def _party(walk: Walk, element: Element) -> Party:
    legal, person = walk.first(element, "LegalEntity"), walk.first(element, "Individual")
    entity = legal if legal is not None else person
    references: dict[str, str] = {}
    if legal is not None:
        name = walk.text(legal, "CorporateName")
        for ours, theirs in REGISTRATION.items():
            _keep(references, ours, walk.text(legal, f"RegistrationData/{theirs}"))
    else:
        parts = [walk.text(person, part) for part in ("Name", "FirstSurname", "SecondSurname")]
        name = " ".join(part for part in parts if part) or None
        for ours, part in zip(("given_name", "first_surname", "second_surname"), parts, strict=True):
            _keep(references, ours, part)
    if entity is None or name is None:
        walk.fault("element_missing", element, right="LegalEntity/CorporateName, Individual/Name")
    address = _address(walk, entity)
    residence = walk.text(element, "TaxIdentification/ResidenceTypeCode")
    if residence and residence != residence_of(address.country):
        references["residence"] = residence
    kind = walk.text(element, "TaxIdentification/PersonTypeCode")
    if kind and kind != ("F" if legal is None else "J"):
        references["person"] = kind
    tax_id = walk.text(element, "TaxIdentification/TaxIdentificationNumber")
    if tax_id is None:
        walk.fault("element_missing", element, right="TaxIdentification/TaxIdentificationNumber")
    else:
        _check_tax_id(walk, element, tax_id, residence=residence, country=address.country)
    return replace(
        address,
        code=walk.text(element, "PartyIdentification"),
        tax_id=tax_id,
        name=name,
        trade_name=walk.text(legal, "TradeName"),
        contact=walk.text(entity, "ContactDetails/ContactPersons"),
        phone=walk.text(entity, "ContactDetails/Telephone"),
        email=walk.text(entity, "ContactDetails/ElectronicMail"),
        references=references | _contact(walk, entity),
    )


def _centre(walk: Walk, element: Element) -> Party:
    """A centre of a party: for public bodies its code is that of DIR3."""
    references: dict[str, str] = {}
    gln = walk.text(element, "PhysicalGLN")
    _keep(references, "operational_point", walk.text(element, "LogicalOperationalPoint"))
    _keep(references, "description", walk.text(element, "CentreDescription"))
    parts = [walk.text(element, part) for part in ("Name", "FirstSurname", "SecondSurname")]
    for ours, part in zip(("first_surname", "second_surname"), parts[1:], strict=True):
        _keep(references, ours, part)
    if gln is not None and not _is_gln(gln):
        walk.fault("not_a_gln", element, "PhysicalGLN", received=gln)
        references["physical_point"], gln = gln, None
    return replace(
        _address(walk, element),
        gln=gln,
        code=walk.text(element, "CentreCode"),
        name=" ".join(part for part in parts if part) or None,
        contact=walk.text(element, "ContactDetails/ContactPersons"),
        phone=walk.text(element, "ContactDetails/Telephone"),
        email=walk.text(element, "ContactDetails/ElectronicMail"),
        references=references | _contact(walk, element),
    )


def _is_gln(text: str) -> bool:
    if len(text) != 13 or not (text.isascii() and text.isdigit()):
        return False
    total = sum(int(figure) * (3 if place % 2 else 1) for place, figure in enumerate(text[:12]))
    return (10 - total % 10) % 10 == int(text[12])


def _address(walk: Walk, entity: Element | None) -> Party:
    """A party of which only the address is known."""
    home, abroad = walk.first(entity, "AddressInSpain"), walk.first(entity, "OverseasAddress")
    element = home if home is not None else abroad
    if element is None:
        return Party()
    country = walk.text(element, "CountryCode")
    if home is not None:
        postcode, city = walk.text(home, "PostCode"), walk.text(home, "Town")
    else:
        postcode, city = divided(walk.text(abroad, "PostCodeAndTown") or "")
    return Party(
        street=walk.text(element, "Address"),
        postcode=postcode,
        city=city,
        region=walk.text(element, "Province"),
        country=codes.country_of(country) if country else None,
    )


def divided(text: str) -> tuple[str | None, str | None]:
    """Postcode and town of an address abroad: the words with figures that it begins with, and the rest."""
    words = text.split()
    count = 0
    while count < len(words) and any(letter.isdigit() for letter in words[count]):
        count += 1
    return " ".join(words[:count]) or None, " ".join(words[count:]) or None


def residence_of(country: str | None) -> str:
    """Resident, of the European Union, or foreign."""
    return "R" if country in ("ES", None) else "U" if country in codes.EUROPEAN_UNION else "E"


def _contact(walk: Walk, entity: Element | None) -> dict[str, str]:
    said: dict[str, str] = {}
    for ours, theirs in CONTACT.items():
        _keep(said, ours, walk.text(entity, f"ContactDetails/{theirs}"))
    return said


def _keep(said: dict[str, str], name: str, text: str | None) -> None:
    if text:
        said[name] = text


def _check_tax_id(walk: Walk, element: Element, tax_id: str, *, residence: str | None, country: str | None) -> None:
    """A resident's number has its check digit; one of the European Union has its country's, when it names the country."""
    text = tax_id.replace(" ", "").replace("-", "").replace(".", "").upper()
    if residence == "R" and country in ("ES", None):
        bare = text.removeprefix("ES")
        if not nif.is_valid(bare):
            walk.fault(
                "tax_id_wrong",
                element,
                "TaxIdentification/TaxIdentificationNumber",
                received=tax_id,
                right=right_nif(bare),
            )
    elif residence == "U" and text[:2] in {*codes.EUROPEAN_UNION, "EL"} and not vat.is_valid(text):
        walk.fault("tax_id_wrong", element, "TaxIdentification/TaxIdentificationNumber", received=tax_id)


_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"


def right_nif(text: str) -> str | None:
    """The number with the check digit that its other figures ask for, or nothing."""
    if len(text) == 8 and text.isdigit():  # the letter left out
        candidates = [text + letter for letter in _LETTERS]
    elif len(text) == 9:
        # Bodies of P, Q, R, S, N and W have a letter at the end, other companies a figure.
        figures = "" if text[0] in "PQRSNW" or not text[0].isalpha() or text[0] in "XYZKLM" else "0123456789"
        candidates = [text[:-1] + last for last in figures or string.ascii_uppercase]
    else:
        return None
    return next((candidate for candidate in candidates if nif.is_valid(candidate)), None)
