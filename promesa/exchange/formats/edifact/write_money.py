"""The money of a document as segments: how to pay, what is taken off, taxes and totals."""

from __future__ import annotations

from collections.abc import Iterable

from promesa.exchange.formats.edifact.compose import Composer, NoPlaceFor
from promesa.exchange.formats.neutral import Allowance, NeutralDocument

# By what EANCOM calls them where EN 16931 says the same; in the order they are written.
TOTALS = {
    "lines": "79", "allowances": "260", "charges": "259", "taxable": "389", "tax": "176", "tax_in_tax_currency": "2",
    "with_tax": "388", "prepaid": "113", "rounding": "366", "withheld": "402", "payable": "9",
}  # fmt: skip
OLD_TOTALS = TOTALS | {"taxable": "125", "with_tax": "77"}


def write_payments(composer: Composer, document: NeutralDocument) -> None:
    """The means of payment and the words to quote; what has no element is refused, since money would go astray."""
    for payment in document.payments:
        for name in ("text", "mandate", "card", "card_holder"):
            if getattr(payment, name):
                raise NoPlaceFor(what=f"PAI {name}", value=getattr(payment, name))
    for code in dict.fromkeys(payment.code for payment in document.payments if payment.code):
        composer.say("PAI", ["", "", composer.text(code, 3, "PAI 4461")])
    for quote in dict.fromkeys(payment.quote for payment in document.payments if payment.quote):
        composer.say("RFF", ["PQ", composer.text(quote, composer.widths.reference, "RFF+PQ 1154")])


def write_allowances(composer: Composer, allowances: Iterable[Allowance]) -> None:
    for one in allowances:
        code = composer.text(one.reason_code or "", composer.widths.service, "ALC 7161")
        words = composer.words(one.reason, 35, 2, "ALC 7160") if one.reason else []
        composer.say("ALC", "C" if one.charge else "A", "", "", "", [code, "", "", *words] if words else [code])
        if one.percent is not None:
            composer.say("PCD", ["2" if one.charge else "1", composer.number(one.percent, "PCD 5482")])
        if one.amount is not None:
            composer.say("MOA", ["8", composer.number(one.amount, "MOA+8 5004")])
        if one.base is not None:
            composer.say("MOA", ["25", composer.number(one.base, "MOA+25 5004")])
        if one.tax_category or one.tax_rate is not None:
            rate = composer.number(one.tax_rate, "TAX 5278") if one.tax_rate is not None else ""
            composer.say("TAX", "7", "VAT", "", "", ["", "", "", rate], one.tax_category or "")


def write_totals(composer: Composer, document: NeutralDocument) -> None:
    known = OLD_TOTALS if composer.directory == "96A" else TOTALS
    for name in document.totals:
        if name not in known:
            raise NoPlaceFor(what="MOA 5025", value=name)
    for name, qualifier in known.items():
        value = document.totals.get(name)
        if value is not None:
            composer.say("MOA", [qualifier, composer.number(value, f"MOA+{qualifier} 5004")])


def write_taxes(composer: Composer, document: NeutralDocument) -> None:
    """The tax breakdown, at the very end of an invoice."""
    if document.kind == "order":
        return
    for tax in document.taxes:
        if tax.withheld:
            raise NoPlaceFor(what="TAX 5153", value=tax.kind)
        rate = composer.number(tax.rate, "TAX 5278") if tax.rate is not None else ""
        kind = composer.text(tax.kind or "VAT", 3, "TAX 5153")
        composer.say("TAX", "7", kind, "", "", ["", "", "", rate], composer.text(tax.category or "", 3, "TAX 5305"))
        for qualifier, value in (("125", tax.base), ("124", tax.amount)):
            if value is not None:
                composer.say("MOA", [qualifier, composer.number(value, f"MOA+{qualifier} 5004")])
