"""The lines of a Facturae invoice, their discounts and charges, and the taxes of lines and invoices."""

from __future__ import annotations

import re
from decimal import Decimal

from promesa.exchange.formats.facturae import codes
from promesa.exchange.formats.neutral import Allowance, NeutralLine, Tax, Window
from promesa.exchange.formats.xml.values import Element, Walk

_DOUBLE = re.compile(r"[+-]?(?:[0-9]{1,20}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})[eE][+-]?[0-9]{1,2}")
LINE_REFERENCES = {
    "seller_contract": "IssuerContractReference",
    "seller_order": "IssuerTransactionReference",
    "contract": "ReceiverContractReference",
    "order": "ReceiverTransactionReference",
    "file": "FileReference",
}
LINE_DATES = {
    "seller_contract_on": "IssuerContractDate",
    "seller_order_on": "IssuerTransactionDate",
    "contract_on": "ReceiverContractDate",
    "order_on": "ReceiverTransactionDate",
    "file_on": "FileDate",
}


def read_line(walk: Walk, element: Element, count: int) -> NeutralLine:
    walk.line = str(count)
    received = walk.text(element, "UnitOfMeasure")
    if received is not None and received not in codes.UNITS:
        walk.fault("unit_unknown", element, "UnitOfMeasure", received=received)
    quantity = number(walk, element, "Quantity", severity="blocking")
    if quantity is None and walk.text(element, "Quantity") is None:
        walk.fault("quantity_missing", element, right="Quantity")
    price = walk.decimal(element, "UnitPriceWithoutTax")
    amount = walk.decimal(element, "GrossAmount")
    for name, value in (("UnitPriceWithoutTax", price), ("GrossAmount", amount)):
        if value is None and walk.text(element, name) is None:
            walk.fault("element_missing", element, right=name)
    text = walk.text(element, "ItemDescription", limit=2500)
    if text is None:
        walk.fault("item_missing", element, "ItemDescription", severity="warning")
    taxes = (*read_taxes(walk, element, "TaxesOutputs"), *read_taxes(walk, element, "TaxesWithheld"))
    event = codes.EVENTS.get(walk.text(element, "SpecialTaxableEvent/SpecialTaxableEventCode") or "")
    main = main_tax(taxes)
    rate, category = (main.rate, main.category) if main is not None else (None, None)
    if event is not None and not rate:
        category = event
    if category != (main.category if main is not None else None):
        taxes = tuple(_with_category(tax, category) if tax is main else tax for tax in taxes)
    cost = walk.decimal(element, "TotalCost")
    line = NeutralLine(
        line_number=str(count),
        seller_code=walk.text(element, "ArticleCode"),
        text=text,
        quantity=quantity,
        quantity_received=(walk.raw(element, "Quantity") or "").strip() or None,
        unit_code=codes.UNITS.get(received, received) if received else None,
        unit_received=received,
        price=price,
        price_kind="net" if price is not None else None,
        amount=amount,
        tax_rate=rate,
        tax_category=category,
        tax_reason=walk.text(element, "SpecialTaxableEvent/SpecialTaxableEventReason"),
        notes=walk.texts(element, "AdditionalLineItemInformation"),
        references=_references(walk, element) or None,
        period=_period(walk, element),
        allowances=(
            *read_allowances(walk, element, "DiscountsAndRebates/Discount", charge=False),
            *read_allowances(walk, element, "Charges/Charge", charge=True),
        ),
        amounts={"cost": cost} if cost is not None else None,
        taxes=taxes,
    )
    walk.line = None
    return line


def number(walk: Walk, element: Element, path: str, *, severity: str) -> Decimal | None:
    """A number that may be written with an exponent, as `xs:double` allows."""
    raw = (walk.raw(element, path) or "").strip()
    if _DOUBLE.fullmatch(raw):
        value = Decimal(raw)
        if abs(value.adjusted()) <= 12:
            return Decimal(format(value, "f"))
    return walk.quantity(element, path, severity=severity)


def _with_category(tax: Tax, category: str | None) -> Tax:
    return Tax(category=category, rate=tax.rate, base=tax.base, amount=tax.amount, kind=tax.kind)


def _period(walk: Walk, element: Element) -> Window | None:
    start, end = walk.day(element, "LineItemPeriod/StartDate"), walk.day(element, "LineItemPeriod/EndDate")
    if start is None and end is None:
        start = end = walk.day(element, "TransactionDate")
    return Window(start, end) if start or end else None


def _references(walk: Walk, element: Element) -> dict[str, str]:
    said = {ours: text for ours, theirs in LINE_REFERENCES.items() if (text := walk.text(element, theirs)) is not None}
    said |= {
        ours: day.isoformat() for ours, theirs in LINE_DATES.items() if (day := walk.day(element, theirs)) is not None
    }
    place = number(walk, element, "SequenceNumber", severity="warning")
    if place is not None:
        said["order_line"] = format(place.normalize(), "f")
    notes = walk.all(element, "DeliveryNotesReferences/DeliveryNote")
    numbers = [text for note in notes if (text := walk.text(note, "DeliveryNoteNumber"))]
    days = [day.isoformat() for note in notes if (day := walk.day(note, "DeliveryNoteDate"))]
    if numbers:
        said["despatch_advice"] = ", ".join(numbers)
    if days and len(days) == len(numbers):
        said["despatch_advice_on"] = ", ".join(days)
    return said


def read_allowances(walk: Walk, element: Element, path: str, *, charge: bool) -> tuple[Allowance, ...]:
    name = "Charge" if charge else "Discount"
    return tuple(
        Allowance(
            charge=charge,
            amount=walk.decimal(one, f"{name}Amount"),
            percent=walk.decimal(one, f"{name}Rate"),
            reason=walk.text(one, f"{name}Reason"),
        )
        for one in walk.all(element, path)
    )


def read_taxes(walk: Walk, element: Element, group: str) -> tuple[Tax, ...]:
    """The rows of taxes of a line or an invoice; equivalence surcharge and special base are rows after their own."""
    found: list[Tax] = []
    withheld = group == "TaxesWithheld"
    for one in walk.all(element, f"{group}/Tax"):
        code = walk.text(one, "TaxTypeCode")
        kind = codes.TAXES.get(code or "")
        if kind is None:
            walk.fault("code_unknown", one, "TaxTypeCode", received=code or "", right="01 … 29")
        rate, base = walk.decimal(one, "TaxRate"), walk.decimal(one, "TaxableBase/TotalAmount")
        category = codes.MAIN_TAXES.get(kind or "") if not withheld else None
        if category == "S" and not rate:
            category = "Z"
        found.append(
            Tax(
                category=category,
                rate=rate,
                base=base,
                amount=walk.decimal(one, "TaxAmount/TotalAmount"),
                kind=kind or code,
                withheld=withheld,
            )
        )
        special = walk.decimal(one, "SpecialTaxableBase/TotalAmount")
        if special is not None:
            amount = walk.decimal(one, "SpecialTaxAmount/TotalAmount")
            found.append(Tax(rate=rate, base=special, amount=amount, kind=f"{kind or code}{codes.SPECIAL}"))
        surcharge = walk.decimal(one, "EquivalenceSurcharge")
        if surcharge is not None:
            amount = walk.decimal(one, "EquivalenceSurchargeAmount/TotalAmount")
            found.append(Tax(rate=surcharge, base=base, amount=amount, kind=codes.SURCHARGE))
    return tuple(found)


def main_tax(taxes: tuple[Tax, ...]) -> Tax | None:
    """The tax that tells a line's rate: VAT, else that of the Canaries, Ceuta or Melilla."""
    for kind in codes.MAIN_TAXES:
        for tax in taxes:
            if tax.kind == kind and not tax.withheld:
                return tax
    return None
