"""The totals of the whole document: which amounts are which, by what adds up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from promesa.exchange.formats.pdf.arithmetic import equal
from promesa.exchange.formats.pdf.totals import Total
from promesa.exchange.formats.pdf.values import number


@dataclass(slots=True)
class Reckoned:
    """The totals with their values; `right` is what the total would be when it doesn't close."""

    lines: Decimal | None = None
    tax: Decimal | None = None
    payable: Decimal | None = None
    charges: list[tuple[Total, Decimal]] = field(default_factory=list)
    allowances: list[tuple[Total, Decimal]] = field(default_factory=list)
    taxes: list[tuple[Total, Decimal]] = field(default_factory=list)
    places: dict[str, Total] = field(default_factory=dict)
    closes: bool = False
    right: Decimal | None = None

    @property
    def charged(self) -> Decimal:
        return sum((value for _, value in self.charges), Decimal(0))

    @property
    def allowed(self) -> Decimal:
        return sum((abs(value) for _, value in self.allowances), Decimal(0))


def reckon(totals: Sequence[Total], lines: Decimal | None, decimal: str | None) -> Reckoned:
    """Give every total its meaning; among several of a name the ones that close are taken."""
    values = [(one, value) for one in totals if (value := number(one.text, decimal)) is not None]
    found = Reckoned()
    subtotals = [pair for pair in values if pair[0].field == "lines"]
    payables = [pair for pair in values if pair[0].field == "payable"]
    found.charges = [pair for pair in values if pair[0].field == "charge"]
    found.allowances = [pair for pair in values if pair[0].field == "allowance"]
    found.taxes = _taxes([pair for pair in values if pair[0].field == "tax"])
    subtotal = next((pair for pair in subtotals if lines is not None and equal(pair[1], lines)), None) or next(
        iter(subtotals), None
    )
    if subtotal:
        found.lines, found.places["lines"] = subtotal[1], subtotal[0]
    if found.taxes:
        found.tax, found.places["tax"] = sum((value for _, value in found.taxes), Decimal(0)), found.taxes[0][0]
    base = found.lines if found.lines is not None else lines
    sums = [] if base is None else _sums(base, found)
    payable = next((pair for pair in reversed(payables) if any(equal(pair[1], one) for one in sums)), None)
    if payable is None and payables:
        payable = max(payables, key=lambda pair: pair[1])
    if payable:
        found.payable, found.places["payable"] = payable[1], payable[0]
        found.closes = any(equal(payable[1], one) for one in sums)
        found.right = None if found.closes or not sums else sums[0]
        if found.lines is None and len(payables) > 1:
            first = payables[0]
            if lines is not None and equal(first[1], lines) and first is not payable:
                found.lines, found.places["lines"] = first[1], first[0]
    return found


def _sums(base: Decimal, found: Reckoned) -> list[Decimal]:
    """What the total may be: all parts, or with charges or discounts that the subtotal holds already."""
    tax = found.tax or Decimal(0)
    return [
        base + tax + found.charged - found.allowed,
        base + tax - found.allowed,
        base + tax + found.charged,
        base + tax,
    ]


def _taxes(values: list[tuple[Total, Decimal]]) -> list[tuple[Total, Decimal]]:
    """Taxes by rate; a row that only sums the others is left out."""
    if len(values) > 1:
        for place, (_, value) in enumerate(values):
            others = [other for at, (_, other) in enumerate(values) if at != place]
            if equal(value, sum(others, Decimal(0))) and value:
                return [pair for at, pair in enumerate(values) if at != place]
    return values
