"""What all UBL documents have in common: names, parties, addresses, periods, items, prices, allowances.

A party becomes one `Party`: `code` and `agency` are its first identifier as received (`agency` the scheme: 0088, GLN, …),
`codes` the further ones by scheme, `gln` the first of them that is one. A code that the other side gave it
(SupplierAssignedAccountID, CustomerAssignedAccountID) stands under 91 or 92, as UN/EDIFACT calls those agencies.
An item's `text` is its name (the only thing that UBL always says of it), its `description` the longer words.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from lxml import etree

from promesa.core import identifiers
from promesa.exchange.formats.gtins import wrong_gtin
from promesa.exchange.formats.neutral import Allowance, Lot, Party, Window
from promesa.exchange.formats.xml.values import Walk

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
CAC = UBL + "CommonAggregateComponents-2"
CBC = UBL + "CommonBasicComponents-2"
SPACES = {"cac": CAC, "cbc": CBC}

GLN_SCHEMES = frozenset({"0088", "GLN", "88"})
GTIN_SCHEMES = frozenset({"0160", "GTIN", "EAN", "EAN13", "EAN-13", "SRV", "EN", "UPC", "GS1"})
MAX_CODE = 200
BY_SELLER, BY_BUYER = "91", "92"
UNSAID = "other"

Element = etree._Element


def walk_of() -> Walk:
    """A fresh reading of one UBL document: prefixes `cac` and `cbc`."""
    return Walk(SPACES)


# -- parties


class Identifier(NamedTuple):
    """A code of a party or place with the scheme that it belongs to."""

    code: str
    scheme: str | None


def identifier(walk: Walk, element: Element | None, path: str = "") -> Identifier | None:
    """The identifier at a path with its scheme: `schemeID`, or `schemeAgencyID` when there is no other."""
    found = walk.first(element, path)
    code = walk.text(found, limit=MAX_CODE)
    if found is None or code is None:
        return None
    scheme = (found.get("schemeID") or found.get("schemeAgencyID") or "").strip()[:40]
    return Identifier(code, scheme or None)


def party(walk: Walk, element: Element | None, *, contact: str = "", account: str = "") -> Party | None:
    """The party of an element that holds `cac:Party` (or is one). Nothing when it says nothing.

    :param contact: path of a contact beside the party, such as `cac:DeliveryContact`.
    :param account: path and agency of a code that the other side gave it, as `cbc:SupplierAssignedAccountID=91`.
    """
    if element is None:
        return None
    inner = walk.first(element, "cac:Party")
    inner = element if inner is None else inner
    names: list[Identifier] = []
    for one in walk.all(inner, "cac:PartyIdentification"):
        found = identifier(walk, one, "cbc:ID")
        if found is not None:
            names.append(found)
    if account:
        path, _, agency = account.partition("=")
        given = walk.text(element, path, limit=MAX_CODE)
        if given is not None:
            names.append(Identifier(given, agency))
    said = _said_of_party(walk, inner)
    said |= address(walk, walk.first(inner, "cac:PostalAddress"))
    said |= _contact(walk, walk.first(element, contact) if contact else None, inner)
    endpoint = identifier(walk, inner, "cbc:EndpointID")
    if endpoint is not None:
        said["endpoint"], said["endpoint_scheme"] = endpoint.code, endpoint.scheme
    found_party = with_identifiers(names, said, endpoint)
    return found_party if found_party != Party() else None


def with_identifiers(names: list[Identifier], said: dict[str, str | None], endpoint: Identifier | None = None) -> Party:
    """A party of what is said of it and of its codes; an endpoint that is a GLN counts when no code is one."""
    gln = next((one.code for one in names if is_gln(one)), None)
    if gln is None and endpoint is not None and endpoint.scheme in GLN_SCHEMES and is_gln(endpoint):
        gln = endpoint.code
    further: dict[str, str] = {}
    for one in names[1:]:
        further.setdefault(one.scheme or UNSAID, one.code)
    first = names[0] if names else Identifier("", None)
    return Party(gln=gln, code=first.code or None, agency=first.scheme, codes=further, **said)  # type: ignore[arg-type]


def is_gln(one: Identifier) -> bool:
    """Whether an identifier is meant as a GLN: by its scheme with thirteen figures, or by its check digit alone."""
    if one.scheme in GLN_SCHEMES:
        return len(one.code) == 13 and one.code.isascii() and one.code.isdigit()
    return one.scheme in (None, "9") and identifiers.is_gln(one.code)


def _said_of_party(walk: Walk, inner: Element) -> dict[str, str | None]:
    """Names and numbers of a party. The registered name comes first; a name beside it is its trade name."""
    traded = walk.text(inner, "cac:PartyName/cbc:Name")
    legal = walk.first(inner, "cac:PartyLegalEntity")
    registered = walk.text(legal, "cbc:RegistrationName")
    company = identifier(walk, legal, "cbc:CompanyID")
    said: dict[str, str | None] = {
        "name": registered or traded,
        "trade_name": traded if registered and traded != registered else None,
        "legal_id": company.code if company else None,
        "legal_id_scheme": company.scheme if company else None,
        "legal_form": walk.text(legal, "cbc:CompanyLegalForm"),
    }
    for scheme in walk.all(inner, "cac:PartyTaxScheme"):
        number = walk.text(scheme, "cbc:CompanyID", limit=MAX_CODE)
        kind = (walk.text(scheme, "cac:TaxScheme/cbc:ID") or "").upper()
        key = "tax_id" if not kind or "VAT" in kind or "IVA" in kind else "tax_registration"
        if number is not None and said.get(key) is None:
            said[key] = number
        said["name"] = said["name"] or walk.text(scheme, "cbc:RegistrationName")
    return said


def address(walk: Walk, found: Element | None) -> dict[str, str | None]:
    """The lines of an address, as arguments of `Party`."""
    if found is None:
        return {}
    street = walk.text(found, "cbc:StreetName")
    number = walk.text(found, "cbc:BuildingNumber")
    lines = walk.texts(found, "cac:AddressLine/cbc:Line")
    return {
        "street": f"{street} {number}" if street and number else street or number,
        "street_2": walk.text(found, "cbc:AdditionalStreetName"),
        "street_3": ", ".join(lines) or None,
        "city": walk.text(found, "cbc:CityName"),
        "postcode": walk.text(found, "cbc:PostalZone"),
        "region": walk.text(found, "cbc:CountrySubentity"),
        "country": walk.text(found, "cac:Country/cbc:IdentificationCode"),
    }


def _contact(walk: Walk, beside: Element | None, inner: Element) -> dict[str, str | None]:
    found = walk.first(inner, "cac:Contact") if beside is None else beside
    name = walk.text(found, "cbc:Name")
    if name is None:
        person = walk.first(inner, "cac:Person")
        first, last = walk.text(person, "cbc:FirstName"), walk.text(person, "cbc:FamilyName")
        name = " ".join(part for part in (first, last) if part) or None
    return {
        "contact": name,
        "phone": walk.text(found, "cbc:Telephone"),
        "email": walk.text(found, "cbc:ElectronicMail"),
    }


def place(walk: Walk, delivery: Element | None) -> Party | None:
    """Where goods go: the location and the party of a `cac:Delivery` as one party."""
    if delivery is None:
        return None
    location = walk.first(delivery, "cac:DeliveryLocation")
    receiver = party(walk, walk.first(delivery, "cac:DeliveryParty")) or Party()
    where = walk.first(location, "cac:Address")
    if where is None:
        where = walk.first(delivery, "cac:DeliveryAddress")
    names = []
    for found in (identifier(walk, location, "cbc:ID"), identifier(walk, where, "cbc:ID")):
        if found is not None and found not in names:
            names.append(found)
    if receiver.code:
        names.append(Identifier(receiver.code, receiver.agency))
    names += [Identifier(code, None if scheme == UNSAID else scheme) for scheme, code in receiver.codes.items()]
    said = {name: getattr(receiver, name) for name in Party.__slots__ if name not in _IDENTITY}
    said |= {key: value for key, value in address(walk, where).items() if value is not None}
    said["name"] = said["name"] or walk.text(location, "cbc:Name")
    endpoint = Identifier(receiver.endpoint, receiver.endpoint_scheme) if receiver.endpoint else None
    found_place = with_identifiers(names, said, endpoint)
    return found_place if found_place != Party() else None


_IDENTITY = frozenset({"gln", "code", "agency", "codes"})


# -- periods


def period(walk: Walk, element: Element | None, *, severity: str = "warning") -> Window | None:
    """The window of a period; an end before its beginning is a fault."""
    if element is None:
        return None
    start = walk.moment(element, "cbc:StartDate", "cbc:StartTime", severity=severity)
    end = walk.moment(element, "cbc:EndDate", "cbc:EndTime", severity=severity)
    if start is None and end is None:
        return None
    window = Window(start, end)
    if reversed_window(window):
        walk.fault("window_reversed", element, received=f"{start} > {end}", severity=severity)
    return window


def reversed_window(window: Window) -> bool:
    """Whether a window ends before it begins."""
    start, end = window.from_, window.to
    if start is None or end is None:
        return False
    if isinstance(start, datetime) and isinstance(end, datetime):
        return start > end
    first, last = window.first_day, window.last_day
    return first is not None and last is not None and first > last


def day_part(moment: date | datetime | None) -> date | None:
    return moment.date() if isinstance(moment, datetime) else moment


# -- items


class Item(NamedTuple):
    """What a line says of its item."""

    gtin: str | None
    seller_code: str | None
    buyer_code: str | None
    text: str | None
    description: str | None
    codes: dict[str, str] | None
    attributes: dict[str, str] | None
    tax_category: str | None
    tax_rate: Decimal | None
    origin_country: str | None
    lots: tuple[Lot, ...]


def item(walk: Walk, element: Element | None) -> Item:
    """Codes, words, properties, tax and lots of a `cac:Item`."""
    name = walk.text(element, "cbc:Name")
    description = " ".join(walk.texts(element, "cbc:Description")) or None
    codes: dict[str, str] = {}
    gtin = None
    standard = identifier(walk, element, "cac:StandardItemIdentification/cbc:ID")
    if standard is not None:
        scheme = (standard.scheme or "").upper()
        if scheme in GTIN_SCHEMES or (scheme in ("", "9") and identifiers.is_gtin(standard.code)):
            gtin = standard.code
            check_gtin(walk, element, gtin)
        else:
            codes[standard.scheme or "standard"] = standard.code
    made = walk.text(element, "cac:ManufacturersItemIdentification/cbc:ID", limit=MAX_CODE)
    if made is not None:
        codes["MF"] = made
    for further in walk.all(element, "cac:AdditionalItemIdentification"):
        found = identifier(walk, further, "cbc:ID")
        if found is not None:
            codes.setdefault(found.scheme or "standard", found.code)
    tax = walk.first(element, "cac:ClassifiedTaxCategory")
    return Item(
        gtin,
        walk.text(element, "cac:SellersItemIdentification/cbc:ID", limit=MAX_CODE),
        walk.text(element, "cac:BuyersItemIdentification/cbc:ID", limit=MAX_CODE),
        name or description,
        description if name is not None and description != name else None,
        codes or None,
        _attributes(walk, element),
        walk.text(tax, "cbc:ID"),
        walk.decimal(tax, "cbc:Percent"),
        walk.text(element, "cac:OriginCountry/cbc:IdentificationCode"),
        _lots(walk, element),
    )


def check_gtin(walk: Walk, element: Element | None, gtin: str) -> None:
    if (wrong := wrong_gtin(gtin)) is not None:
        path = "cac:StandardItemIdentification/cbc:ID"
        walk.fault(wrong.code, element, path, received=gtin, right=wrong.right, field="GTIN")


def _attributes(walk: Walk, element: Element | None) -> dict[str, str] | None:
    """Properties by name, and classifications as `classification LIST`."""
    attributes: dict[str, str] = {}
    for found in walk.all(element, "cac:CommodityClassification/cbc:ItemClassificationCode"):
        code = walk.text(found)
        if code is not None:
            attributes.setdefault(f"classification {found.get('listID') or ''}".strip(), code)
    for found in walk.all(element, "cac:AdditionalItemProperty"):
        name, value = walk.text(found, "cbc:Name"), walk.text(found, "cbc:Value")
        if name is not None and value is not None:
            attributes.setdefault(name, value)
    return attributes or None


def _lots(walk: Walk, element: Element | None) -> tuple[Lot, ...]:
    lots = []
    for found in walk.all(element, "cac:ItemInstance"):
        expires = walk.day(found, "cac:LotIdentification/cbc:ExpiryDate") or walk.day(found, "cbc:BestBeforeDate")
        number = walk.text(found, "cac:LotIdentification/cbc:LotNumberID")
        serial = walk.text(found, "cbc:SerialID")
        if number or serial or expires:
            lots.append(Lot(number, expires, None, serial))
    return tuple(lots)


# -- prices and allowances


class Price(NamedTuple):
    """What a line says of its price: net per `basis` units, and the gross price less a discount that it comes from."""

    net: Decimal | None
    basis: Decimal | None
    gross: Decimal | None
    discount: Decimal | None


def price(walk: Walk, element: Element | None, *, severity: str = "warning") -> Price:
    """The `cac:Price` of a line."""
    if element is None:
        return Price(None, None, None, None)
    net = walk.decimal(element, "cbc:PriceAmount", severity=severity)
    basis = walk.decimal(element, "cbc:BaseQuantity", severity=severity)
    gross = walk.decimal(element, "cac:AllowanceCharge/cbc:BaseAmount")
    return Price(net, basis, gross, walk.decimal(element, "cac:AllowanceCharge/cbc:Amount"))


def allowances(walk: Walk, element: Element | None) -> tuple[Allowance, ...]:
    """The allowances and charges right under an element."""
    found = []
    for one in walk.all(element, "cac:AllowanceCharge"):
        found.append(
            Allowance(
                charge=(walk.text(one, "cbc:ChargeIndicator") or "").lower() in ("true", "1"),
                amount=walk.decimal(one, "cbc:Amount"),
                base=walk.decimal(one, "cbc:BaseAmount"),
                percent=walk.decimal(one, "cbc:MultiplierFactorNumeric"),
                reason=walk.text(one, "cbc:AllowanceChargeReason"),
                reason_code=walk.text(one, "cbc:AllowanceChargeReasonCode"),
                tax_category=walk.text(one, "cac:TaxCategory/cbc:ID"),
                tax_rate=walk.decimal(one, "cac:TaxCategory/cbc:Percent"),
            )
        )
    return tuple(found)
