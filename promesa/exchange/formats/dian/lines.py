"""The lines of an invoice of DIAN, and the taxes of lines and documents."""

from __future__ import annotations

from decimal import Decimal

from promesa.exchange.formats.dian import codes
from promesa.exchange.formats.gtins import wrong_gtin
from promesa.exchange.formats.neutral import NeutralLine, Tax, Window
from promesa.exchange.formats.ubl.parties import Element, allowances
from promesa.exchange.formats.xml.values import Walk

CENT = Decimal("0.01")


def read_line(walk: Walk, element: Element, place: int, quantity_path: str) -> NeutralLine:
    number = walk.text(element, "cbc:ID", limit=40)
    walk.line = number or str(place)
    if number is None:
        walk.fault("line_number_missing", element, "cbc:ID", right=str(place))
    quantity = walk.quantity(element, quantity_path)
    if quantity is None and walk.text(element, quantity_path) is None:
        walk.fault("quantity_missing", element, right=quantity_path)
    item = walk.first(element, "cac:Item")
    words = " ".join(walk.texts(item, "cbc:Description")) or None
    name = walk.text(item, "cbc:Name")
    gtin, item_codes = _standard_codes(walk, item)
    price = walk.decimal(element, "cac:Price/cbc:PriceAmount")
    amount = walk.decimal(element, "cbc:LineExtensionAmount")
    taxes = read_taxes(walk, element)
    main = next((tax for tax in taxes if tax.kind == "VAT" and not tax.withheld), None)
    free = (walk.text(element, "cbc:FreeOfChargeIndicator") or "").lower() in ("true", "1")
    reference = walk.decimal(element, "cac:PricingReference/cac:AlternativeConditionPrice/cbc:PriceAmount")
    price_type = walk.text(element, "cac:PricingReference/cac:AlternativeConditionPrice/cbc:PriceTypeCode")
    if price_type:
        item_codes["price_type"] = price_type
    line = NeutralLine(
        line_number=walk.line,
        gtin=gtin,
        seller_code=walk.text(item, "cac:SellersItemIdentification/cbc:ID", limit=200),
        buyer_code=walk.text(item, "cac:BuyersItemIdentification/cbc:ID", limit=200),
        text=name or words,
        description=words if name is not None and words != name else None,
        quantity=quantity,
        quantity_received=walk.text(element, quantity_path, limit=200),
        unit_code=walk.text(element, f"{quantity_path}/@unitCode", limit=40),
        price=price,
        price_kind="net" if price is not None else None,
        amount=amount,
        free=quantity if free else None,
        tax_rate=main.rate if main is not None else None,
        tax_category=main.category if main is not None else None,
        taxes=taxes,
        amounts={"reference_price": reference} if reference is not None else None,
        allowances=allowances(walk, element),
        notes=walk.texts(element, "cbc:Note"),
        codes=item_codes or None,
        references=_references(walk, element) or None,
        period=_period(walk, element),
        attributes=_attributes(walk, item) or None,
        origin_country=walk.text(item, "cac:OriginCountry/cbc:IdentificationCode"),
        place=place,
    )
    line.price_basis = _basis(walk, element, line)
    if line.text is None:
        walk.fault("item_missing", element, "cac:Item", severity="warning")
    walk.line = None
    return line


def _basis(walk: Walk, element: Element, line: NeutralLine) -> Decimal | None:
    """For how many units the price is. DIAN's BaseQuantity is most often the quantity itself, at a price for one unit."""
    said = walk.decimal(element, "cac:Price/cbc:BaseQuantity")
    if said is None or said <= 0 or said == 1 or line.quantity is None or line.price is None or line.amount is None:
        return said if said is not None and said > 0 else None
    net = line.amount + net_of_allowances(line)
    by_one = line.quantity * line.price
    return said if abs(by_one / said - net) < abs(by_one - net) else None


def net_of_allowances(line: NeutralLine) -> Decimal:
    """What was taken off a line less what was put on it."""
    return sum(
        (-one.amount if one.charge else one.amount for one in line.allowances if one.amount is not None), Decimal(0)
    )


def _standard_codes(walk: Walk, item: Element | None) -> tuple[str | None, dict[str, str]]:
    """The GTIN when a code is one and says so; other codes by their standard (UNSPSC, tariff heading, own)."""
    gtin = None
    found: dict[str, str] = {}
    for one in walk.all(item, "cac:StandardItemIdentification/cbc:ID"):
        code = walk.text(one, limit=200)
        if code is None:
            continue
        standard = (one.get("schemeID") or "").strip()
        name = (one.get("schemeName") or "").strip()
        if standard == codes.GTIN_STANDARD or name.upper().replace("-", "").replace(" ", "") in (
            "GTIN",
            "EAN13",
            "EAN",
            "UPC",
        ):
            wrong = wrong_gtin(code)
            if gtin is None and wrong is None:
                gtin = code
                continue
            if wrong is not None:
                walk.fault(wrong.code, one, received=code, right=wrong.right, field="GTIN")
        found.setdefault(name or standard or "standard", code)
    made = walk.text(item, "cac:ManufacturersItemIdentification/cbc:ID", limit=200)
    if made is not None:
        found["MF"] = made
    return gtin, found


def _references(walk: Walk, element: Element) -> dict[str, str]:
    said = {
        "order": walk.text(element, "cac:OrderLineReference/cac:OrderReference/cbc:ID"),
        "order_line": walk.text(element, "cac:OrderLineReference/cbc:LineID"),
        "despatch_advice": walk.text(element, "cac:DespatchLineReference/cac:DocumentReference/cbc:ID"),
        "accounting": walk.text(element, "cbc:AccountingCost"),
    }
    return {name: text for name, text in said.items() if text is not None}


def _period(walk: Walk, element: Element) -> Window | None:
    start, end = (
        walk.day(element, "cac:InvoicePeriod/cbc:StartDate"),
        walk.day(element, "cac:InvoicePeriod/cbc:EndDate"),
    )
    return Window(start, end) if start or end else None


def _attributes(walk: Walk, item: Element | None) -> dict[str, str]:
    said = {
        "brand": walk.text(item, "cbc:BrandName"),
        "model": walk.text(item, "cbc:ModelName"),
        "pack_quantity": walk.text(item, "cbc:PackSizeNumeric"),
    }
    for one in walk.all(item, "cac:AdditionalItemProperty"):
        name, value = walk.text(one, "cbc:Name"), walk.text(one, "cbc:Value")
        if name is not None:
            said.setdefault(name, value)
    return {name: text for name, text in said.items() if text is not None}


def read_taxes(walk: Walk, element: Element) -> tuple[Tax, ...]:
    """Every tax of a line or a document, those withheld last."""
    found = []
    for group, withheld in (("cac:TaxTotal", False), ("cac:WithholdingTaxTotal", True)):
        for row in walk.all(element, f"{group}/cac:TaxSubtotal"):
            code = walk.text(row, "cac:TaxCategory/cac:TaxScheme/cbc:ID")
            kind = codes.TAXES.get(code or "") or walk.text(row, "cac:TaxCategory/cac:TaxScheme/cbc:Name") or code
            rate = walk.decimal(row, "cac:TaxCategory/cbc:Percent")
            found.append(
                Tax(
                    category=("S" if rate else "Z") if kind == "VAT" and rate is not None and not withheld else None,
                    rate=rate,
                    base=walk.decimal(row, "cbc:TaxableAmount"),
                    amount=walk.decimal(row, "cbc:TaxAmount"),
                    kind=kind,
                    reason=walk.text(row, "cac:TaxCategory/cbc:TaxExemptionReason"),
                    withheld=withheld,
                )
            )
    return tuple(found)
