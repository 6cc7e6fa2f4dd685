"""The figures of a Facturae: lines, taxes and totals must follow from one another, as its specification says they do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from promesa.exchange.formats.facturae import codes
from promesa.exchange.formats.neutral import NeutralDocument, NeutralLine, Tax
from promesa.exchange.formats.xml.values import Element, Walk

# What rounding may do to one figure; sums of figures are exact, whatever their decimals.
CENT = Decimal("0.01")
BATCH = {
    "TotalInvoicesAmount": "InvoiceTotal",
    "TotalOutstandingAmount": "TotalOutstandingAmount",
    "TotalExecutableAmount": "TotalExecutableAmount",
}


def check_batch(walk: Walk, root: Element, invoices: Iterable[Element]) -> None:
    """The totals of the header are those of its invoices together, all in its currency."""
    quiet = Walk(walk.spaces)  # what can't be read is told by the invoice that holds it
    invoices = list(invoices)
    found = [walk.text(invoice, "InvoiceIssueData/InvoiceCurrencyCode") for invoice in invoices]
    currencies = sorted({currency for currency in found if currency})
    stated = walk.text(root, "FileHeader/Batch/InvoiceCurrencyCode")
    if len(currencies) > 1 or (stated and currencies and currencies != [stated]):
        walk.fault(
            "batch_currencies_mixed",
            root,
            "FileHeader/Batch/InvoiceCurrencyCode",
            received=", ".join(currencies),
            right=stated or "",
        )
    if len(currencies) > 1:
        return  # a sum of several currencies is none
    for header, total in BATCH.items():
        said = walk.decimal(root, f"FileHeader/Batch/{header}/TotalAmount")
        amounts = [quiet.decimal(invoice, f"InvoiceTotals/{total}") for invoice in invoices]
        if said is not None and amounts:
            _compare(walk, root, f"FileHeader/Batch/{header}/TotalAmount", said, [_sum(amounts)])


def check(walk: Walk, element: Element, document: NeutralDocument) -> None:
    """Note every figure of an invoice that does not follow from the others."""
    rows = walk.all(element, "Items/InvoiceLine")
    for row, line in zip(rows, document.lines, strict=True):
        walk.line = line.line_number
        _check_line(walk, row, line)
    walk.line = None
    _check_taxes(walk, element, document)
    _check_totals(walk, element, document)


def _check_line(walk: Walk, row: Element, line: NeutralLine) -> None:
    cost = (line.amounts or {}).get("cost")
    if line.quantity is not None and line.price is not None:
        right = line.quantity * line.price
        _compare(walk, row, "TotalCost", cost, [right], shown=right)
        cost = right if cost is None else cost
    if cost is not None:
        charges = _sum(one.amount for one in line.allowances if one.charge)
        discounts = _sum(one.amount for one in line.allowances if not one.charge)
        _compare(walk, row, "GrossAmount", line.amount, [cost - discounts + charges])
    for group in ("TaxesOutputs", "TaxesWithheld"):
        _check_rows(walk, row, group)


def _check_rows(
    walk: Walk, element: Element, group: str, others: dict[tuple[str, Decimal], Decimal] | None = None
) -> None:
    """Each tax is its rate of its base; or the sum of what the lines say of it."""
    quiet = Walk(walk.spaces)
    for one in walk.all(element, f"{group}/Tax"):
        rate, base = quiet.decimal(one, "TaxRate"), quiet.decimal(one, "TaxableBase/TotalAmount")
        code = quiet.text(one, "TaxTypeCode") or ""
        special = code in ("17", "18", "19") or walk.first(one, "SpecialTaxableBase") is not None
        if rate is not None and base is not None and not special:
            rights = [base * rate / 100]
            if others is not None and (code, rate) in others:
                rights.append(others[code, rate])
            _compare(walk, one, "TaxAmount/TotalAmount", quiet.decimal(one, "TaxAmount/TotalAmount"), rights)
        rate = quiet.decimal(one, "EquivalenceSurcharge")
        if rate is not None and base is not None:
            path = "EquivalenceSurchargeAmount/TotalAmount"
            _compare(walk, one, path, quiet.decimal(one, path), [base * rate / 100])


def _check_taxes(walk: Walk, element: Element, document: NeutralDocument) -> None:
    """The invoice's taxes against their own rates, and their bases against those of the lines."""
    amounts: dict[tuple[str, Decimal], Decimal] = defaultdict(Decimal)
    bases: dict[tuple[str, Decimal, bool], Decimal] = defaultdict(Decimal)
    for line in document.lines:
        for tax in line.taxes:
            if tax.rate is not None:
                amounts[codes.TAX_CODES.get(tax.kind or "", tax.kind or ""), tax.rate] += tax.amount or 0
                bases[tax.kind or "", tax.rate, tax.withheld] += tax.base or 0
    for group in ("TaxesOutputs", "TaxesWithheld"):
        _check_rows(walk, element, group, amounts)
    if document.allowances or not bases:
        return  # how they are shared among the bases is not said
    stated: dict[tuple[str, Decimal, bool], Decimal] = defaultdict(Decimal)
    for tax in document.taxes:
        if tax.rate is not None and not (tax.kind or "").endswith(codes.SPECIAL) and tax.kind != codes.SURCHARGE:
            stated[tax.kind or "", tax.rate, tax.withheld] += tax.base or 0
    for (kind, rate, withheld), base in stated.items():
        right = bases.get((kind, rate, withheld), Decimal(0))
        if abs(base - right) > CENT * max(1, len(document.lines)):
            group = "TaxesWithheld" if withheld else "TaxesOutputs"
            where = f"{walk.where(element)}/{group}/Tax[{kind} {rate} %]/TaxableBase"
            walk.fault("sum_wrong", element, where=where, received=_plain(base), right=_plain(right))


def _check_totals(walk: Walk, element: Element, document: NeutralDocument) -> None:
    said = document.totals

    def total(name: str) -> Decimal:
        return said.get(name, Decimal(0))

    def compare(path: str, name: str, *rights: Decimal) -> None:
        _compare(walk, element, f"InvoiceTotals/{path}", said.get(name), rights)

    if document.lines:
        compare("TotalGrossAmount", "lines", _sum(line.amount for line in document.lines))
    for path, name, charge in (
        ("TotalGeneralDiscounts", "allowances", False),
        ("TotalGeneralSurcharges", "charges", True),
    ):
        amounts = [one.amount for one in document.allowances if one.charge is charge]
        compare(path, name, _sum(amounts))
    discounts = said.get("allowances", _sum(one.amount for one in document.allowances if not one.charge))
    charges = said.get("charges", _sum(one.amount for one in document.allowances if one.charge))
    compare("TotalGrossAmountBeforeTaxes", "taxable", total("lines") - discounts + charges)
    compare("TotalTaxOutputs", "tax", _sum(_due(tax) for tax in document.taxes if not tax.withheld))
    compare("TotalTaxesWithheld", "withheld", _sum(tax.amount for tax in document.taxes if tax.withheld))
    with_tax = total("taxable") + total("tax") - total("withheld")
    compare("InvoiceTotal", "with_tax", with_tax)
    less = total("subsidies") + total("prepaid")
    compare("TotalOutstandingAmount", "outstanding", total("with_tax") - less, with_tax - less)
    more = total("reimbursed") + total("financial") - total("retained") - total("in_kind")
    compare("TotalExecutableAmount", "payable", total("outstanding") + more)
    dues = [payment.amount for payment in document.payments if payment.amount is not None]
    payable = said.get("payable")
    if dues and payable is not None and abs(_sum(dues) - payable) > CENT:
        received, right = _plain(_sum(dues)), _plain(payable)
        walk.fault("installments_differ", element, "PaymentDetails", received=received, right=right)


def _due(tax: Tax) -> Decimal | None:
    """What a row of tax adds to the total: a row without amount what its rate gives."""
    if tax.amount is None and tax.base is not None and tax.rate is not None:
        return tax.base * tax.rate / 100
    return tax.amount


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal(0))


def _compare(
    walk: Walk,
    element: Element,
    path: str,
    said: Decimal | None,
    rights: Iterable[Decimal],
    *,
    shown: Decimal | None = None,
) -> None:
    """A fault when a figure is none of those that would be right, a cent of rounding apart."""
    rights = list(rights)
    if said is None or any(abs(said - right) <= CENT for right in rights):
        return
    walk.fault("sum_wrong", element, path, received=_plain(said), right=_plain(rights[0] if shown is None else shown))


def _plain(value: Decimal) -> str:
    """A figure with two decimals at least and no empty ones beyond them."""
    whole, _, decimals = format(value, "f").partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"
