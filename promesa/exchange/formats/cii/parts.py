"""The parts of a Cross Industry Invoice: names, days, parties, allowances, what was attached."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from promesa.exchange.formats.gtins import wrong_gtin
from promesa.exchange.formats.neutral import Allowance, Party, Window
from promesa.exchange.formats.ubl.parties import GTIN_SCHEMES, MAX_CODE, Identifier, reversed_window, with_identifiers
from promesa.exchange.formats.xml.values import Element, Walk, day_of

NAME = "urn:un:unece:uncefact:data:standard:"
SPACES = {
    "rsm": f"{NAME}CrossIndustryInvoice:100",
    "ram": f"{NAME}ReusableAggregateBusinessInformationEntity:100",
    "udt": f"{NAME}UnqualifiedDataType:100",
    "qdt": f"{NAME}QualifiedDataType:100",
}
MAX_ROWS = 200
_FIGURES = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{2,6})?")


def walk_of() -> Walk:
    """A fresh reading of one invoice."""
    return Walk(SPACES)


def day(walk: Walk, element: Element | None, path: str) -> date | None:
    """A day as CII writes it: figures with their format (102, 203), under a DateTimeString, a DateString or a DateTime."""
    holder = walk.first(element, path)
    if holder is None:
        return None
    for name in ("udt:DateTimeString", "qdt:DateTimeString", "udt:DateString", "udt:DateTime", "udt:Date"):
        text = walk.text(holder, name)
        if text is None:
            continue
        figures = _FIGURES.fullmatch(text)
        try:
            found = date(*(int(part) for part in figures.groups())) if figures else day_of(text[:10])
        except ValueError:
            found = None
        if found is None:
            walk.fault("date_wrong", holder, name, received=text, right="CCYYMMDD (102)", severity="warning")
        return found
    return None


def window(walk: Walk, element: Element | None, path: str) -> Window | None:
    """A period; an end before its beginning is a fault."""
    start, end = day(walk, element, f"{path}/ram:StartDateTime"), day(walk, element, f"{path}/ram:EndDateTime")
    if start is None and end is None:
        return None
    found = Window(start, end)
    if reversed_window(found):
        walk.fault("window_reversed", element, path, received=f"{start} > {end}", severity="warning")
    return found


def identifier(walk: Walk, element: Element | None, path: str = "") -> Identifier | None:
    found = walk.first(element, path)
    code = walk.text(found, limit=MAX_CODE)
    if found is None or code is None:
        return None
    return Identifier(code, (found.get("schemeID") or "").strip()[:40] or None)


def party(walk: Walk, element: Element | None) -> Party | None:
    """A trade party. Codes of a scheme (GlobalID) come before those without."""
    if element is None:
        return None
    names = [one for path in ("ram:GlobalID", "ram:ID") for one in _identifiers(walk, element, path)]
    registered = walk.text(element, "ram:Name")
    legal = walk.first(element, "ram:SpecifiedLegalOrganization")
    traded = walk.text(legal, "ram:TradingBusinessName")
    number = identifier(walk, legal, "ram:ID")
    endpoint = identifier(walk, element, "ram:URIUniversalCommunication/ram:URIID")
    contact = walk.first(element, "ram:DefinedTradeContact")
    said: dict[str, str | None] = {
        "name": registered or traded,
        "trade_name": traded if registered and traded != registered else None,
        "legal_id": number.code if number else None,
        "legal_id_scheme": number.scheme if number else None,
        "legal_form": walk.text(element, "ram:Description"),
        "contact": walk.text(contact, "ram:PersonName") or walk.text(contact, "ram:DepartmentName"),
        "phone": walk.text(contact, "ram:TelephoneUniversalCommunication/ram:CompleteNumber"),
        "email": walk.text(contact, "ram:EmailURIUniversalCommunication/ram:URIID"),
        "endpoint": endpoint.code if endpoint else None,
        "endpoint_scheme": endpoint.scheme if endpoint else None,
    }
    for one in walk.all(element, "ram:SpecifiedTaxRegistration"):
        tax = identifier(walk, one, "ram:ID")
        if tax is not None:
            key = "tax_registration" if tax.scheme == "FC" else "tax_id"
            said[key] = said.get(key) or tax.code
    said |= address(walk, walk.first(element, "ram:PostalTradeAddress"))
    found = with_identifiers(names, said, endpoint)
    return found if found != Party() else None


def _identifiers(walk: Walk, element: Element, path: str) -> list[Identifier]:
    found = [identifier(walk, one) for one in walk.all(element, path)[:MAX_ROWS]]
    return [one for one in found if one is not None]


def address(walk: Walk, found: Element | None) -> dict[str, str | None]:
    return {
        "street": walk.text(found, "ram:LineOne"),
        "street_2": walk.text(found, "ram:LineTwo"),
        "street_3": walk.text(found, "ram:LineThree"),
        "city": walk.text(found, "ram:CityName"),
        "postcode": walk.text(found, "ram:PostcodeCode"),
        "region": walk.text(found, "ram:CountrySubDivisionName"),
        "country": walk.text(found, "ram:CountryID"),
    }


def allowances(walk: Walk, element: Element | None) -> tuple[Allowance, ...]:
    """The allowances and charges of a settlement, of the whole document or of a line."""
    return tuple(
        Allowance(
            charge=(walk.text(one, "ram:ChargeIndicator/udt:Indicator") or "").lower() in ("true", "1"),
            amount=walk.decimal(one, "ram:ActualAmount"),
            base=walk.decimal(one, "ram:BasisAmount"),
            percent=walk.decimal(one, "ram:CalculationPercent"),
            reason=walk.text(one, "ram:Reason"),
            reason_code=walk.text(one, "ram:ReasonCode"),
            tax_category=walk.text(one, "ram:CategoryTradeTax/ram:CategoryCode"),
            tax_rate=walk.decimal(one, "ram:CategoryTradeTax/ram:RateApplicablePercent"),
        )
        for one in walk.all(element, "ram:SpecifiedTradeAllowanceCharge")
    )


def attachment(walk: Walk, one: Element) -> dict[str, Any]:
    """A further document that an invoice refers to or carries; what is embedded is decoded."""
    said: dict[str, Any] = {
        "number": walk.text(one, "ram:IssuerAssignedID"),
        "description": walk.text(one, "ram:Name"),
        "uri": walk.text(one, "ram:URIID"),
    }
    embedded = walk.first(one, "ram:AttachmentBinaryObject")
    if embedded is not None:
        said |= {"mime": embedded.get("mimeCode"), "filename": embedded.get("filename")}
        try:
            said["content"] = base64.b64decode("".join((embedded.text or "").split()), validate=True)
        except (binascii.Error, ValueError):
            walk.fault("embedded_unreadable", embedded, received=(embedded.text or "").strip()[:40])
    return {key: value for key, value in said.items() if value is not None}


def parties(walk: Walk, named: Mapping[str, tuple[Element | None, str]]) -> dict[str, Party]:
    """The parties that are there, by role; `named` says of each role where it stands."""
    found = {role: party(walk, walk.first(element, path)) for role, (element, path) in named.items()}
    return {role: one for role, one in found.items() if one is not None}


def standard_code(walk: Walk, product: Element | None) -> tuple[str | None, dict[str, str]]:
    """The GTIN of a product, or its standard code by scheme."""
    found = identifier(walk, product, "ram:GlobalID")
    if found is None:
        return None, {}
    scheme = (found.scheme or "").upper()
    wrong = wrong_gtin(found.code)
    if scheme not in GTIN_SCHEMES and (scheme or wrong is not None):
        return None, {found.scheme or "standard": found.code}
    if wrong is not None:
        walk.fault(wrong.code, product, "ram:GlobalID", received=found.code, right=wrong.right, field="GTIN")
    return found.code, {}
