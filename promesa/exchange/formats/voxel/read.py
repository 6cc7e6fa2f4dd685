"""A Voxel Bavel "Pedido" to the neutral form. All it says stands in attributes, without a namespace.

Who orders is `Client`, where the goods go is the `Customer`, who delivers the `Supplier`. Codes that the supplier gave
are under agency 91, those that the customer gave under 92, as UN/EDIFACT calls them.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from promesa.core import identifiers, quantities
from promesa.exchange.formats.given import Given
from promesa.exchange.formats.neutral import Allowance, NeutralDocument, NeutralLine, Party, Window
from promesa.exchange.formats.ubl.lines import rows
from promesa.exchange.formats.ubl.parties import reversed_window
from promesa.exchange.formats.xml.values import Element, Walk

BY_SELLER, BY_BUYER = "91", "92"
ORDER_TYPES = frozenset({"pedido", "order", "comanda"})
MAX_NUMBER = 70
# Countries come with three letters; those of its market are told with two, the rest as they came.
_COUNTRIES = {
    "ESP": "ES", "PRT": "PT", "FRA": "FR", "AND": "AD", "ITA": "IT", "DEU": "DE", "GBR": "GB", "MEX": "MX", "COL": "CO",
    "DOM": "DO", "MAR": "MA", "NLD": "NL", "BEL": "BE", "CHE": "CH", "USA": "US", "CUB": "CU", "CRI": "CR", "CHL": "CL",
    "ARG": "AR", "PER": "PE", "GIB": "GI", "IRL": "IE", "AUT": "AT", "POL": "PL",
}  # fmt: skip
# Role -> where the party stands, the attributes of its codes with who gave them, that of its name.
_PARTIES = {
    "buyer": ("Client", (("SupplierClientID", BY_SELLER), ("ClientID", BY_BUYER)), "Company"),
    "ship_to": (
        "Customers/Customer",
        (("SupplierCustomerID", BY_SELLER), ("SupplierClientID", BY_SELLER), ("CustomerID", BY_BUYER)),
        "Customer",
    ),
    "seller": ("Supplier", (("CustomerSupplierID", BY_BUYER), ("SupplierID", BY_SELLER)), "Company"),
}
_FIELDS = {
    "street": "Address", "city": "City", "postcode": "PC", "region": "Province", "email": "Email", "phone": "Phone",
    "contact": "Contact", "tax_id": "CIF",
}  # fmt: skip
_TOTALS = {"lines": "SubTotal", "tax": "Tax", "payable": "Total"}


def recognises(root: Element) -> bool:
    """Whether a document is a Voxel transaction."""
    return root.tag == "Transaction" and root.find("GeneralData") is not None


def read_root(root: Element, given: Given) -> list[NeutralDocument]:
    """The document of a transaction; one that is no order says what it is."""
    walk = Walk({})
    general = walk.first(root, "GeneralData")
    type_ = walk.text(general, "@Type", limit=40) or ""
    fields = _head(walk, root, general)
    fields["lines"] = tuple(
        _line(walk, product, place) for place, product in enumerate(rows(walk, root, "ProductList/Product"), 1)
    )
    walk.line = None
    is_order = type_.lower() in ORDER_TYPES
    if not is_order:
        walk.fault("not_an_order", general, "@Type", received=type_ or "?", right="Pedido")
    if not fields["lines"]:
        walk.fault("no_lines", root, "ProductList/Product")
    name = "".join(letter for letter in type_.lower() if letter.isascii() and letter.isalnum())[:20]
    format_ = "voxel-pedido" if is_order else f"voxel-{name or 'transaction'}"
    return [NeutralDocument(format_, "order" if is_order else "not_an_order", faults=walk.found(), **fields)]


def _head(walk: Walk, root: Element, general: Element | None) -> dict[str, Any]:
    number = walk.text(general, "@Ref", limit=MAX_NUMBER)
    if number is None:
        walk.fault("number_missing", general, "@Ref")
    currency = walk.text(general, "@Currency", limit=10)
    if currency is not None and not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        walk.fault("currency_wrong", general, "@Currency", received=currency, right="EUR")
    parties = {}
    for role, (path, names, name) in _PARTIES.items():
        party = _party(walk, walk.first(root, path), names, name)
        if party is not None:
            parties[role] = party
    if "buyer" not in parties:
        walk.fault("buyer_missing", root, "Client")
    places = walk.all(root, "Customers/Customer")
    if len(places) > 1:
        received = walk.text(places[1], "@CustomerID") or walk.text(places[1], "@Customer") or "?"
        walk.fault("line_party_ignored", places[1], received=received)
    total = walk.first(root, "TotalSummary")
    totals = {key: walk.decimal(total, f"@{name}") for key, name in _TOTALS.items()}
    return {
        "number": number,
        "issued_on": walk.day(general, "@Date"),
        "currency": currency,
        "parties": parties,
        "requested": _requested(walk, general),
        "references": _references(walk, root),
        "notes": tuple(text for one in walk.all(root, "Comments/Comment") if (text := walk.text(one, "@Msg"))),
        "totals": {key: value for key, value in totals.items() if value is not None},
    }


def _requested(walk: Walk, general: Element | None) -> Window | None:
    """The days between which delivery is wanted."""
    start = walk.day(general, "@BeginDate", severity="blocking")
    end = walk.day(general, "@EndDate", severity="blocking")
    if start is None and end is None:
        return None
    window = Window(start, end)
    if reversed_window(window):
        walk.fault("window_reversed", general, "@EndDate", received=f"{start} > {end}")
    return window


def _references(walk: Walk, root: Element) -> dict[str, str]:
    said = {}
    first = walk.first(root, "References/Reference")
    for key, name in (("contract", "ContractRef"), ("previous_order", "PORef"), ("despatch_advice", "DNRef")):
        text = walk.text(first, f"@{name}")
        if text is not None:
            said[key] = text
    return said


def _party(walk: Walk, element: Element | None, names: tuple[tuple[str, str], ...], name: str) -> Party | None:
    """A party of its attributes; nothing when all are empty, as they often are."""
    codes = [(code, agency) for key, agency in names if (code := walk.text(element, f"@{key}", limit=200)) is not None]
    said = {field: walk.text(element, f"@{key}") for field, key in _FIELDS.items()}
    country = walk.text(element, "@Country")
    said["country"] = _COUNTRIES.get((country or "").upper(), country)
    said["name"] = walk.text(element, f"@{name}")
    further: dict[str, str] = {}
    for code, agency in codes[1:]:
        if agency != codes[0][1]:
            further.setdefault(agency, code)
    first = codes[0] if codes else None
    gln = next((one for one, _ in codes if identifiers.is_gln(one)), None)
    party = Party(gln=gln, code=first and first[0], agency=first and first[1], codes=further, **said)  # type: ignore[arg-type]
    return party if party != Party() else None


def _line(walk: Walk, product: Element, place: int) -> NeutralLine:
    number = walk.text(product, "@SysLineNumber", limit=40) or walk.text(product, "@LineNumber", limit=40) or str(place)
    walk.line = number
    quantity = walk.quantity(product, "@Qty")
    received = walk.text(product, "@Qty", limit=200)
    if received is None:
        walk.fault("quantity_missing", product, "@Qty")
    elif quantity is not None and quantity <= 0:
        walk.fault("quantity_not_positive", product, "@Qty", received=received)
    unit = walk.text(product, "@MU", limit=40)
    known = quantities.unit_code(unit) if unit else None
    if known is not None and not quantities.is_known(known):
        walk.fault("unit_unknown", product, "@MU", received=unit)
    price = walk.decimal(product, "@UP", severity="blocking")
    if price is not None and price < 0:
        walk.fault("price_negative", product, "@UP", received=price)
    gtin, seller, buyer = (walk.text(product, f"@{name}", limit=200) for name in ("EAN", "SupplierSKU", "CustomerSKU"))
    text = walk.text(product, "@Item")
    if not (gtin or seller or buyer or text):
        walk.fault("item_missing", product, "@SupplierSKU")
    if gtin is not None and not identifiers.is_gtin(gtin):
        walk.fault("not_a_gtin", product, "@EAN", received=gtin)
    allowances = tuple(_allowance(walk, one) for one in walk.all(product, "Discounts/Discount"))
    return NeutralLine(
        line_number=number,
        gtin=gtin,
        seller_code=seller,
        buyer_code=buyer,
        text=text,
        quantity=quantity,
        quantity_received=received,
        unit_code=known,
        unit_received=unit if unit != known else None,
        price=price,
        # A unit price is told before discounts.
        price_kind=None if price is None else "gross" if allowances else "net",
        amount=walk.decimal(product, "@Total"),
        tax_rate=_rate(walk, product),
        notes=tuple(note for name in ("Comment", "Observations") if (note := walk.text(product, f"@{name}"))),
        allowances=allowances,
        place=place,
    )


def _allowance(walk: Walk, element: Element) -> Allowance:
    qualifier = (walk.text(element, "@Qualifier") or "").lower()
    return Allowance(
        charge=qualifier in ("cargo", "charge"),
        amount=walk.decimal(element, "@Amount"),
        percent=walk.decimal(element, "@Rate"),
        reason=walk.text(element, "@Type"),
    )


def _rate(walk: Walk, product: Element) -> Decimal | None:
    for tax in walk.all(product, "Taxes/Tax"):
        if (walk.text(tax, "@Type") or "IVA").upper() in ("IVA", "IGIC", "IPSI"):
            return walk.decimal(tax, "@Rate")
    return None
