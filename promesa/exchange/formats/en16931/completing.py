"""An invoice of our own as EN 16931 and Peppol want it: what follows from the rest is said, in the codes that they know.

Only documents that name no specification are completed: what others wrote is theirs, and stays as it came. Nothing is
summed anew; a total that is missing is left missing when it doesn't follow from others.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from promesa.exchange.formats.en16931 import codes, units
from promesa.exchange.formats.neutral import Allowance, NeutralDocument, NeutralLine, Party, Tax

# Units as UN/EDIFACT messages write them, by the codes of UN/ECE Rec 20 that invoices know.
_UNITS = {"PCE": "H87", "PC": "H87", "ST": "H87", "UN": "C62", "UND": "C62", "KG": "KGM", "LT": "LTR", "BOX": "XBX"}
# Electronic addresses by VAT number: the schemes of EAS, by country.
_VAT_ADDRESSES = {
    "AD": "9922", "AL": "9923", "AT": "9914", "BA": "9924", "BE": "9925", "BG": "9926", "CH": "9927", "CY": "9928",
    "CZ": "9929", "DE": "9930", "EE": "9931", "ES": "9920", "FR": "9957", "GB": "9932", "GR": "9933", "HR": "9934",
    "HU": "9910", "IE": "9935", "LI": "9936", "LT": "9937", "LU": "9938", "LV": "9939", "MC": "9940", "ME": "9941",
    "MK": "9942", "MT": "9943", "NL": "9944", "PL": "9945", "PT": "9946", "RO": "9947", "RS": "9948", "SI": "9949",
    "SK": "9950", "SM": "9951", "TR": "9952", "VA": "9953",
}  # fmt: skip
# Why a category bears no VAT, when nothing else is said.
_REASONS = {"AE": "VATEX-EU-AE", "K": "VATEX-EU-IC", "G": "VATEX-EU-G", "O": "VATEX-EU-O"}
_EXEMPT = "Exento de IVA / Exempt from VAT"
_GLN = "0088"
_ZERO = Decimal(0)


def completed(document: NeutralDocument) -> NeutralDocument:
    """The document with what follows from it; one that names its specification is given back as it is."""
    if document.profile.get("customization"):
        return document
    parties = {role: party for role, party in document.parties.items() if party != Party()}
    for role in ("seller", "buyer"):
        if role in parties:
            parties[role] = _addressed(_numbered(parties[role]))
    taxes = tuple(_reasoned(tax) for tax in document.taxes)
    rows = [tax for tax in taxes if not tax.withheld]
    only = rows[0] if len(rows) == 1 else None
    return replace(
        document,
        parties=parties,
        taxes=taxes,
        lines=tuple(_known(line, only) for line in document.lines),
        allowances=tuple(_taxed(allowance, only) for allowance in document.allowances),
        totals=_totals(document),
        references=_references(document),
    )


def _numbered(party: Party) -> Party:
    """A party whose VAT number begins with its country."""
    number, country = party.tax_id, party.country
    if not number or not country or number[:2].upper() in codes.COUNTRIES | {"EL"}:
        return party
    return replace(party, tax_id=("EL" if country == "GR" else country) + number)


def _addressed(party: Party) -> Party:
    """A party with an electronic address: its GLN, or its VAT number."""
    if party.endpoint:
        return party
    if party.gln:
        return replace(
            party, endpoint=party.gln, endpoint_scheme=_GLN, code=party.code or party.gln, agency=party.agency or _GLN
        )
    scheme = _VAT_ADDRESSES.get(party.country or "")
    if party.tax_id and scheme:
        return replace(party, endpoint=party.tax_id, endpoint_scheme=scheme)
    return party


def _reasoned(tax: Tax) -> Tax:
    """A row of the breakdown that says why there is no VAT, where it must."""
    if tax.withheld or tax.reason or tax.reason_code or tax.category not in (*_REASONS, "E"):
        return tax
    if tax.category == "E":
        return replace(tax, reason=_EXEMPT)
    rate = None if tax.category == "O" else tax.rate
    return replace(tax, reason_code=_REASONS[tax.category], rate=rate)


def _known(line: NeutralLine, only: Tax | None) -> NeutralLine:
    """A line with a unit and a VAT category that the lists know."""
    unit = (line.unit_code or "").strip().upper()
    if unit and unit not in units.UNITS:
        unit = _UNITS.get(unit) or (f"X{unit}" if f"X{unit}" in units.UNITS else "C62")
    category = line.tax_category or (only.category if only else None)
    rate = line.tax_rate if line.tax_rate is not None else (only.rate if only else None)
    if category == "O":
        rate = None
    elif category is not None and rate is None and category not in ("S", "L", "M"):
        rate = _ZERO
    return replace(line, unit_code=unit or None, tax_category=category, tax_rate=rate, text=line.text or _named(line))


def _named(line: NeutralLine) -> str | None:
    """What to call an item without words: its codes."""
    return line.description or line.name or line.seller_code or line.gtin or line.buyer_code


def _taxed(allowance: Allowance, only: Tax | None) -> Allowance:
    if allowance.tax_category or only is None:
        return allowance
    return replace(allowance, tax_category=only.category, tax_rate=only.rate)


def _totals(document: NeutralDocument) -> dict[str, Decimal]:
    """The totals with those of allowances and charges, which must be there when there are any."""
    totals = dict(document.totals)
    for name, charge in (("allowances", False), ("charges", True)):
        amounts = [one.amount for one in document.allowances if one.charge is charge and one.amount is not None]
        if amounts and name not in totals:
            totals[name] = sum(amounts, _ZERO)
    if "tax" not in totals and document.taxes:
        rows = [tax.amount for tax in document.taxes if not tax.withheld and tax.amount is not None]
        totals["tax"] = sum(rows, _ZERO)
    return totals


def _references(document: NeutralDocument) -> dict[str, str]:
    """The references; one of the buyer's must be there, and the number of what was ordered from us is the next best."""
    references = dict(document.references)
    if not references.get("order") and not references.get("buyer_reference") and references.get("seller_order"):
        references["buyer_reference"] = references["seller_order"]
    return references
