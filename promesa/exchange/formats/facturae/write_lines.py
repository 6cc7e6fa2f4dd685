"""The lines of a Facturae, their discounts and charges, and taxes, written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from promesa.exchange.formats.facturae import codes
from promesa.exchange.formats.facturae.building import add, amount, day, figure, rounded, say, total, two
from promesa.exchange.formats.facturae.lines import LINE_DATES, LINE_REFERENCES
from promesa.exchange.formats.neutral import Allowance, CannotWrite, NeutralLine, Tax
from promesa.exchange.formats.xml.values import Element

_KIND_OF = {"L": "IGIC", "M": "IPSI"}


def write_line(parent: Element, line: NeutralLine) -> None:
    """One line.

    :raises CannotWrite: if it lacks text, quantity, price or amount.
    """
    text = line.text or line.name
    needed = {"text": text, "quantity": line.quantity, "price": line.price, "amount": line.amount}
    missing = [name for name, value in needed.items() if value is None]
    if missing or line.quantity is None or line.price is None or line.amount is None:
        raise CannotWrite(f"facturae: line {line.line_number} {', '.join(missing)}")
    element = add(parent, "InvoiceLine")
    _write_references(element, line)
    add(element, "ItemDescription", text)
    add(element, "Quantity", format(line.quantity, "f"))
    say(element, "UnitOfMeasure", _unit(line))
    price = line.price / line.price_basis if line.price_basis else line.price
    amount(element, "UnitPriceWithoutTax", price)
    said = (line.amounts or {}).get("cost")
    cost = rounded(line.quantity * price, 8) if said is None else said
    amount(element, "TotalCost", cost)
    write_allowances(element, "DiscountsAndRebates", "Discount", [one for one in line.allowances if not one.charge])
    write_allowances(element, "Charges", "Charge", [one for one in line.allowances if one.charge])
    amount(element, "GrossAmount", line.amount)
    taxes = taxes_of(line)
    write_taxes(element, "TaxesWithheld", [tax for tax in taxes if tax.withheld])
    write_taxes(element, "TaxesOutputs", [tax for tax in taxes if not tax.withheld])
    _write_end(element, line)


def _write_end(element: Element, line: NeutralLine) -> None:
    if line.period is not None:
        first, last = line.period.first_day, line.period.last_day
        if first is not None and last is not None and first != last:
            period = add(element, "LineItemPeriod")
            day(period, "StartDate", first)
            day(period, "EndDate", last)
        else:
            day(element, "TransactionDate", first or last)
    say(element, "AdditionalLineItemInformation", "\n".join(line.notes))
    event = codes.EVENT_CODES.get(line.tax_category or "") if not line.tax_rate else None
    if event is not None:
        special = add(element, "SpecialTaxableEvent")
        add(special, "SpecialTaxableEventCode", event)
        add(special, "SpecialTaxableEventReason", line.tax_reason or "")
    say(element, "ArticleCode", line.seller_code or line.gtin, limit=20)


def _unit(line: NeutralLine) -> str | None:
    if line.unit_received and codes.UNITS.get(line.unit_received) == line.unit_code:
        return line.unit_received
    if line.unit_code is None:
        return None
    return codes.UNIT_CODES.get(line.unit_code, "05")


def _write_references(element: Element, line: NeutralLine) -> None:
    said = line.references or {}
    for ours, theirs in LINE_REFERENCES.items():
        say(element, theirs, said.get(ours), limit=20)
        _write_day(element, LINE_DATES[f"{ours}_on"], said.get(f"{ours}_on"))
    place = said.get("order_line", "")
    if place.isascii() and place.isdigit():
        add(element, "SequenceNumber", place)
    numbers = said.get("despatch_advice", "").split(", ")
    days = said.get("despatch_advice_on", "").split(", ")
    if numbers[0]:
        group = add(element, "DeliveryNotesReferences")
        for place_, number in enumerate(numbers):
            note = add(group, "DeliveryNote")
            add(note, "DeliveryNoteNumber", number, limit=30)
            if len(days) == len(numbers):
                _write_day(note, "DeliveryNoteDate", days[place_])


def _write_day(element: Element, name: str, text: str | None) -> None:
    try:
        day(element, name, date.fromisoformat(text) if text else None)
    except ValueError as error:
        raise CannotWrite(f"facturae: {name} {text}") from error


def write_allowances(parent: Element, group: str, name: str, allowances: Sequence[Allowance]) -> None:
    if not allowances:
        return
    element = add(parent, group)
    for one in allowances:
        if one.amount is None:
            raise CannotWrite(f"facturae: {name} amount")
        row = add(element, name)
        add(row, f"{name}Reason", one.reason or "")
        amount(row, f"{name}Rate", one.percent)
        amount(row, f"{name}Amount", one.amount)


def taxes_of(line: NeutralLine) -> tuple[Tax, ...]:
    """The taxes of a line as they came, or the one that its rate and category say."""
    if line.taxes:
        return line.taxes
    rate = line.tax_rate or Decimal(0)
    base = line.amount or Decimal(0)
    kind = _KIND_OF.get(line.tax_category or "", "VAT")
    return (Tax(category=line.tax_category, rate=rate, base=base, amount=rounded(base * rate / 100, 2), kind=kind),)


def write_taxes(parent: Element, group: str, taxes: Iterable[Tax]) -> None:
    """Rows of taxes; a surcharge or a special base goes into the row of its tax, which stands before it."""
    taxes = list(taxes)
    if not taxes:
        return
    element = add(parent, group)
    row = None
    for place, tax in enumerate(taxes):
        kind = tax.kind or _KIND_OF.get(tax.category or "", "VAT")
        if row is not None and kind.endswith(codes.SPECIAL):
            total(row, "SpecialTaxableBase", tax.base)
            total(row, "SpecialTaxAmount", tax.amount)
            continue
        if row is not None and kind == codes.SURCHARGE:
            two(row, "EquivalenceSurcharge", tax.rate)
            total(row, "EquivalenceSurchargeAmount", tax.amount)
            continue
        row = add(element, "Tax")
        code = kind if kind in codes.TAXES else codes.TAX_CODES.get(kind, codes.OTHER_TAX)
        add(row, "TaxTypeCode", code)
        add(row, "TaxRate", figure(tax.rate or Decimal(0)))
        if tax.base is None:
            raise CannotWrite(f"facturae: {group} {place + 1} base")
        total(row, "TaxableBase", tax.base)
        total(row, "TaxAmount", tax.amount)
