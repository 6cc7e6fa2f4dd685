"""The parties of a Facturae, written."""

from __future__ import annotations

from collections.abc import Mapping

from promesa.exchange.formats.facturae import codes
from promesa.exchange.formats.facturae.building import add, say
from promesa.exchange.formats.facturae.parties import CONTACT, REGISTRATION, residence_of
from promesa.exchange.formats.neutral import CannotWrite, Party
from promesa.exchange.formats.xml.values import Element


def write_party(parent: Element, name: str, role: str, parties: Mapping[str, Party]) -> None:
    """A party with its tax number, its centres, its names and address.

    :raises CannotWrite: if it lacks what Facturae asks of every party.
    """
    party = parties.get(role) or Party()
    if not party.tax_id:
        raise CannotWrite(f"facturae: {role} tax_id")
    if not party.name:
        raise CannotWrite(f"facturae: {role} name")
    element = add(parent, name)
    individual = _is_individual(party)
    identification = add(element, "TaxIdentification")
    add(identification, "PersonTypeCode", party.references.get("person") or ("F" if individual else "J"))
    add(identification, "ResidenceTypeCode", party.references.get("residence") or residence_of(party.country))
    add(identification, "TaxIdentificationNumber", party.tax_id, limit=30)
    if role in ("seller", "buyer"):
        if party.code and party.code.isdigit() and len(party.code) <= 10:
            add(element, "PartyIdentification", party.code)
        _write_centres(element, role, parties, party)
    if individual:
        entity = add(element, "Individual")
        for tag, part in zip(("Name", "FirstSurname", "SecondSurname"), _names(role, party), strict=True):
            say(entity, tag, part, limit=40)
    else:
        entity = add(element, "LegalEntity")
        add(entity, "CorporateName", party.name, limit=80)
        say(entity, "TradeName", party.trade_name, limit=40)
        if any(ours in party.references for ours in REGISTRATION):
            registration = add(entity, "RegistrationData")
            for ours, theirs in REGISTRATION.items():
                say(registration, theirs, party.references.get(ours), limit=20)
    _write_address(entity, role, party)
    _write_contact(entity, party)


def _is_individual(party: Party) -> bool:
    """A person: by the parts of the name as they came, else by a number that only people have (DNI, NIE, K, L, M)."""
    if "first_surname" in party.references:
        return True
    number = (party.tax_id or "").upper().removeprefix("ES")
    return (
        not party.references.get("person")
        and residence_of(party.country) == "R"
        and len(number) == 9
        and (number[0].isdigit() or number[0] in "XYZKLM")
    )


def _names(role: str, party: Party) -> tuple[str | None, str | None, str | None]:
    said = party.references
    if "first_surname" in said:
        given = said.get("given_name") or said["first_surname"]
        return given, said["first_surname"], said.get("second_surname")
    given, _, surname = (party.name or "").partition(" ")
    if not surname:
        raise CannotWrite(f"facturae: {role} first_surname")
    return given, surname.strip(), None


def _write_address(entity: Element, role: str, party: Party) -> None:
    country = codes.alpha3_of(party.country or "ES")
    street = " ".join(part for part in (party.street, party.street_2, party.street_3) if part)
    if country is None:
        raise CannotWrite(f"facturae: {role} country {party.country}")
    if country == "ESP":
        postcode = party.postcode or ""
        region = party.region or codes.province_of(postcode)
        needed = {"street": street, "city": party.city, "region": region}
        if len(postcode) != 5 or not postcode.isdigit():
            needed["postcode"] = None
        element = add(entity, "AddressInSpain")
    else:
        town = " ".join(part for part in (party.postcode, party.city) if part)
        region = party.region or party.city
        needed = {"street": street, "city": town, "region": region}
        element = add(entity, "OverseasAddress")
    missing = [name for name, value in needed.items() if not value]
    if missing:
        raise CannotWrite(f"facturae: {role} {', '.join(missing)}")
    add(element, "Address", street, limit=80)
    if country == "ESP":
        add(element, "PostCode", postcode)
        add(element, "Town", party.city, limit=50)
    else:
        add(element, "PostCodeAndTown", town, limit=50)
    add(element, "Province", region, limit=20)
    add(element, "CountryCode", country)


def _write_contact(entity: Element, party: Party) -> None:
    said = party.references
    # What is too long for the schema would be cut to something untrue, so it is left out.
    values = {
        "Telephone": _short(party.phone, 15),
        "TeleFax": _short(said.get("fax"), 15),
        "WebAddress": _short(said.get("web"), 60),
        "ElectronicMail": _short(party.email, 60),
        "ContactPersons": (party.contact or "")[:40],
        "CnoCnae": said.get("cnae"),
        "INETownCode": said.get("ine_town"),
        "AdditionalContactDetails": (
            said.get(next(k for k, v in CONTACT.items() if v == "AdditionalContactDetails")) or ""
        )[:60],
    }
    if any(values.values()):
        element = add(entity, "ContactDetails")
        for tag, text in values.items():
            say(element, tag, text)


def _short(text: str | None, limit: int) -> str | None:
    return text if text and len(text) <= limit else None


def _write_centres(element: Element, role: str, parties: Mapping[str, Party], owner: Party) -> None:
    found = [(name, party) for name, party in parties.items() if name.startswith(f"{role}_")]
    if not found:
        return
    group = add(element, "AdministrativeCentres")
    for name, party in found:
        centre = add(group, "AdministrativeCentre")
        say(centre, "CentreCode", party.code, limit=10)
        say(centre, "RoleTypeCode", codes.CENTRE_CODES.get(name.removeprefix(f"{role}_").partition("#")[0]))
        surnames = [party.references.get(key) for key in ("first_surname", "second_surname")]
        tail = " ".join(part for part in surnames if part)
        say(centre, "Name", (party.name or "").removesuffix(tail).strip() if tail else party.name, limit=40)
        say(centre, "FirstSurname", surnames[0], limit=40)
        say(centre, "SecondSurname", surnames[1], limit=40)
        _write_address(centre, name, party if party.street else owner)
        _write_contact(centre, party)
        say(centre, "PhysicalGLN", party.gln or party.references.get("physical_point"), limit=14)
        say(centre, "LogicalOperationalPoint", party.references.get("operational_point"), limit=14)
        say(centre, "CentreDescription", party.references.get("description"))
