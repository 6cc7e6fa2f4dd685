"""The figures of an invoice of DIAN: each must follow from the others, as the rules of the technical annex say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from promesa.exchange.formats.dian.lines import net_of_allowances
from promesa.exchange.formats.neutral import NeutralDocument, NeutralLine
from promesa.exchange.formats.ubl.parties import Element
from promesa.exchange.formats.xml.values import Walk

CENT = Decimal("0.01")
# What the annex lets an approximation be (5.1.1): two units of the currency in totals.
NEAR = Decimal(2)


def check(walk: Walk, root: Element, document: NeutralDocument, rows: Sequence[Element], total: str) -> None:
    """Note every figure that does not follow from the others."""
    for row, line in zip(rows, document.lines, strict=True):
        walk.line = line.line_number
        _check_line(walk, row, line)
    walk.line = None
    _check_allowances(walk, root)
    _check_taxes(walk, root)
    _check_against_lines(walk, root, document)
    _check_totals(walk, root, document, total)


def _check_line(walk: Walk, row: Element, line: NeutralLine) -> None:
    if line.quantity is not None and line.price is not None and line.amount is not None:
        off = net_of_allowances(line)
        rights = [line.quantity * line.price - off]
        said = Walk(walk.spaces).decimal(row, "cac:Price/cbc:BaseQuantity")
        if said is not None and said > 0:
            rights += [line.quantity * line.price / said - off, said * line.price - off]
        _compare(walk, row, "cbc:LineExtensionAmount", line.amount, rights, near=NEAR)
    _check_allowances(walk, row)
    _check_taxes(walk, row, quantity=line.quantity)


def _check_allowances(walk: Walk, element: Element) -> None:
    """An amount with a percentage and a base is that percentage of it."""
    quiet = Walk(walk.spaces)
    for one in walk.all(element, "cac:AllowanceCharge"):
        percent, base = quiet.decimal(one, "cbc:MultiplierFactorNumeric"), quiet.decimal(one, "cbc:BaseAmount")
        if percent and base:
            amount = quiet.decimal(one, "cbc:Amount")
            # The factor is a percentage; some write it as a fraction of one.
            _compare(walk, one, "cbc:Amount", amount, [base * percent / 100, base * percent], near=NEAR)


def _check_taxes(walk: Walk, element: Element, *, quantity: Decimal | None = None) -> None:
    """Each tax is its rate of its base (or so much a unit), and each group the sum of its rows."""
    quiet = Walk(walk.spaces)
    for name in ("cac:TaxTotal", "cac:WithholdingTaxTotal"):
        for group in walk.all(element, name):
            rows = walk.all(group, "cac:TaxSubtotal")
            for row in rows:
                amount, base = quiet.decimal(row, "cbc:TaxAmount"), quiet.decimal(row, "cbc:TaxableAmount")
                rate = quiet.decimal(row, "cac:TaxCategory/cbc:Percent")
                unit, count = quiet.decimal(row, "cbc:PerUnitAmount"), quiet.decimal(row, "cbc:BaseUnitMeasure")
                if rate is not None and base is not None and not unit:
                    # Withholdings on a tax are a rate of its base or a rate per thousand (ICA).
                    rights = [base * rate / 100]
                    _compare(
                        walk, row, "cbc:TaxAmount", amount, [*rights, base * rate / 1000] if rate else rights, near=NEAR
                    )
                elif unit is not None and count and quantity is not None:
                    _compare(
                        walk,
                        row,
                        "cbc:TaxAmount",
                        amount,
                        [unit * count, unit * quantity / count, unit * quantity],
                        near=NEAR,
                    )
            amounts = [quiet.decimal(row, "cbc:TaxAmount") for row in rows]
            if rows:
                _compare(
                    walk, group, "cbc:TaxAmount", quiet.decimal(group, "cbc:TaxAmount"), [_sum(amounts)], near=NEAR
                )


def _check_against_lines(walk: Walk, root: Element, document: NeutralDocument) -> None:
    """A tax of the document is what its lines say of it."""
    by_lines: dict[tuple[str | None, Decimal | None], Decimal] = defaultdict(Decimal)
    for line in document.lines:
        for tax in line.taxes:
            if not tax.withheld:
                by_lines[tax.kind, tax.rate] += tax.amount or 0
    stated: dict[tuple[str | None, Decimal | None], Decimal] = defaultdict(Decimal)
    for tax in document.taxes:
        if not tax.withheld:
            stated[tax.kind, tax.rate] += tax.amount or 0
    for kind, rate in {**by_lines, **stated}:
        received, right = stated.get((kind, rate), Decimal(0)), by_lines.get((kind, rate), Decimal(0))
        if document.lines and abs(received - right) > NEAR:
            where = f"{walk.where(root)}/TaxTotal[{kind}{f' {rate} %' if rate is not None else ''}]/TaxAmount"
            walk.fault("sum_wrong", root, where=where, received=format(received, "f"), right=format(right, "f"))


def _check_totals(walk: Walk, root: Element, document: NeutralDocument, total: str) -> None:
    said = document.totals

    def of(name: str) -> Decimal:
        return said.get(name, Decimal(0))

    def compare(tag: str, name: str, *rights: Decimal) -> None:
        _compare(walk, root, f"{total}/cbc:{tag}", said.get(name), rights, near=NEAR)

    if document.lines:
        compare("LineExtensionAmount", "lines", _sum(line.amount for line in document.lines))
        once = [
            next((tax.base for tax in line.taxes if not tax.withheld and tax.base is not None), None)
            for line in document.lines
        ]
        every = [tax.base for line in document.lines for tax in line.taxes if not tax.withheld]
        compare("TaxExclusiveAmount", "taxable", _sum(once), _sum(every))
    compare("TaxInclusiveAmount", "with_tax", of("lines") + of("tax"))
    compare("AllowanceTotalAmount", "allowances", _sum(one.amount for one in document.allowances if not one.charge))
    compare("ChargeTotalAmount", "charges", _sum(one.amount for one in document.allowances if one.charge))
    payable = of("with_tax") - of("allowances") + of("charges") - of("prepaid") + of("rounding")
    compare("PayableAmount", "payable", payable)


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal(0))


def _compare(
    walk: Walk, element: Element, path: str, said: Decimal | None, rights: Iterable[Decimal], *, near: Decimal = CENT
) -> None:
    rights = list(rights)
    if said is None or any(abs(said - right) <= near for right in rights):
        return
    walk.fault("sum_wrong", element, path, received=format(said, "f"), right=_plain(rights[0]))


def _plain(value: Decimal) -> str:
    whole, _, decimals = format(value, "f").partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"
