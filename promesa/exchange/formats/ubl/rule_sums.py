"""Sums, allowances and taxes of orders and agreements against Peppol's rules."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal

from promesa.exchange.formats.ubl.judged import Judged, amount
from promesa.exchange.formats.ubl.parties import Element
from promesa.exchange.formats.xml.values import local

ZERO = Decimal(0)
HUNDRED = Decimal(100)
_SLACK = Decimal("0.02")
_CENT = Decimal("0.01")
_HALF = Decimal("0.5")


def _cents(value: Decimal) -> Decimal:
    """Two decimals as the rules round: halves upwards, below zero too."""
    return (value * HUNDRED + _HALF).to_integral_value(ROUND_FLOOR) / HUNDRED


def _differs(said: Decimal, right: Decimal) -> bool:
    return not said - _SLACK <= right <= said + _SLACK


def _sum(judged: Judged, element: Element, path: str) -> Decimal:
    values = (amount(found, judged.walk, "") for found in judged.walk.all(element, path))
    return _cents(sum((value for value in values if value is not None), ZERO))


def _allowed(judged: Judged, element: Element, charge: str) -> Decimal:
    """What the allowances (or charges) right under an element come to."""
    walk = judged.walk
    total = ZERO
    for one in walk.all(element, "cac:AllowanceCharge"):
        if (walk.raw(one, "cbc:ChargeIndicator") or "").strip() == charge:
            total += amount(one, walk, "cbc:Amount") or ZERO
    return _cents(total)


def _unread(judged: Judged, element: Element, *paths: str) -> bool:
    """Whether an amount that is there could not be read: the sums that it goes into can't be judged then."""
    walk = judged.walk
    found = (one for path in paths for one in walk.all(element, path))
    return any((one.text or "").strip() and amount(one, walk, "") is None for one in found)


# -- lines

_FACTORS = (
    "cbc:Quantity", "cac:Price/cbc:PriceAmount", "cac:Price/cbc:BaseQuantity", "cac:AllowanceCharge/cbc:Amount",
    "cbc:LineExtensionAmount",
)  # fmt: skip


def line(judged: Judged, element: Element, quantity: Decimal | None) -> None:
    """The amount of a line: quantity by price per basis, plus charges, less allowances."""
    walk = judged.walk
    said = amount(element, walk, "cbc:LineExtensionAmount")
    if said is None and not judged.is_peppol:
        return
    if _unread(judged, element, *_FACTORS):
        return
    net = amount(element, walk, "cac:Price/cbc:PriceAmount") or ZERO
    basis = amount(element, walk, "cac:Price/cbc:BaseQuantity") or Decimal(1)
    if quantity is None:
        quantity = Decimal(1)
    right = quantity * net / basis + _allowed(judged, element, "true") - _allowed(judged, element, "false")
    if _differs(said or ZERO, right):
        shown = _cents(right)
        judged.broke("line_sum", "sum_wrong", element, "cbc:LineExtensionAmount", received=said or "—", right=shown)


# -- allowances and charges


def allowance(judged: Judged, element: Element) -> None:
    """An allowance or charge: percentage and base together, the product right, a reason, no sign."""
    walk = judged.walk
    parent = element.getparent()
    under = local(parent) if parent is not None else ""
    percent = walk.first(element, "cbc:MultiplierFactorNumeric")
    base = walk.first(element, "cbc:BaseAmount")
    if percent is not None and base is None:
        judged.broke("base_missing", "percent_without_base", element, right="cbc:BaseAmount")
        return
    if under == "Price" or not (parent is judged.root or under == "LineItem"):
        return
    if base is not None and percent is None:
        judged.broke("percent_missing", "percent_without_base", element, right="cbc:MultiplierFactorNumeric")
    value = amount(element, walk, "cbc:Amount")
    whole, part = amount(base, walk, ""), amount(percent, walk, "")
    if whole is not None and part is not None and _differs(value or ZERO, whole * part / HUNDRED):
        right = _cents(whole * part / HUNDRED)
        judged.broke("allowance_product", "sum_wrong", element, "cbc:Amount", received=value or "—", right=right)
    reason = walk.first(element, "cbc:AllowanceChargeReason")
    if reason is None and walk.first(element, "cbc:AllowanceChargeReasonCode") is None:
        right_reason = "cbc:AllowanceChargeReason, cbc:AllowanceChargeReasonCode"
        judged.broke("allowance_reason", "element_missing", element, right=right_reason)
    if value is not None and value < 0:
        judged.broke("allowance_negative", "amount_negative", element, "cbc:Amount", received=value)


# -- taxes


def tax_category(judged: Judged, element: Element) -> None:
    """A category of tax: its rate, and whether the document's breakdown has it."""
    walk = judged.walk
    category = (walk.raw(element, "cbc:ID") or "").strip()
    rate = walk.first(element, "cbc:Percent")
    percent = amount(rate, walk, "")
    parent = element.getparent()
    if parent is not None and local(parent) == "TaxSubtotal":
        _exemption(judged, element, category)
        if judged.kind == "OrderResponse":
            return
    if rate is None and category != "O":
        judged.broke("tax_rate", "tax_rate_wrong", element, received="—", right="cbc:Percent", category=category)
    if category == "S" and (percent is None or percent <= 0):
        judged.broke(
            "standard_rate", "tax_rate_wrong", element, received=percent if percent is not None else "—",
            right="> 0", category=category,
        )  # fmt: skip
    if not judged.has_tax or not judged.applies("tax_pair"):
        return
    pairs = judged.once("tax_pairs", lambda: _tax_pairs(judged))
    names = judged.once("tax_names", lambda: {name for name, _ in pairs})
    shown = ", ".join(f"{name} {value}" for name, value in list(pairs)[:10]) or "—"
    if percent is not None and (category, percent) not in pairs:
        received = f"{category} {percent}"
        judged.broke("tax_pair", "tax_category_unmatched", element, received=received, right=shown)
    if category not in names:
        judged.broke("tax_category", "tax_category_unmatched", element, received=category, right=shown)


def _tax_pairs(judged: Judged) -> dict[tuple[str, Decimal | None], None]:
    """The categories and rates of the breakdown, in its order."""
    walk = judged.walk
    rows = walk.all(judged.root, "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory")
    return dict.fromkeys(((walk.raw(row, "cbc:ID") or "").strip(), amount(row, walk, "cbc:Percent")) for row in rows)


def _exemption(judged: Judged, element: Element, category: str) -> None:
    reason = judged.walk.first(element, "cbc:TaxExemptionReason")
    if reason is None and category not in ("S", "Z", "L", "M"):
        judged.broke("exemption_missing", "element_missing", element, "cbc:TaxExemptionReason",
                     right="cbc:TaxExemptionReason")  # fmt: skip
    if reason is not None and category not in ("E", "AE", "O", "K", "G"):
        judged.broke("exemption_extra", "element_unexpected", element, "cbc:TaxExemptionReason")


def tax_row(judged: Judged, element: Element) -> None:
    walk = judged.walk
    rate = amount(element, walk, "cac:TaxCategory/cbc:Percent") or ZERO
    base = amount(element, walk, "cbc:TaxableAmount") or ZERO
    said = amount(element, walk, "cbc:TaxAmount")
    if said is None:
        return
    right = _cents(base * rate / HUNDRED)
    # A rate that rounds to nothing has a tax that rounds to nothing; any other is counted to the cent.
    wrong = abs(said) >= _HALF if abs(rate) < _HALF else said != right
    if wrong:
        judged.broke("tax_row", "sum_wrong", element, "cbc:TaxAmount", received=said, right=right)


def tax_total(judged: Judged, element: Element) -> None:
    rows = judged.walk.all(element, "cac:TaxSubtotal/cbc:TaxAmount")
    said = amount(element, judged.walk, "cbc:TaxAmount")
    if rows and said is not None:
        right = _sum(judged, element, "cac:TaxSubtotal/cbc:TaxAmount")
        if said != right:
            judged.broke("tax_sum", "sum_wrong", element, "cbc:TaxAmount", received=said, right=right)


# -- totals


_ADDENDS = (
    "cac:OrderLine/cac:LineItem/cbc:LineExtensionAmount", "cac:OrderLine/cac:LineItem/cbc:Quantity",
    "cac:AllowanceCharge/cbc:Amount", "cac:TaxTotal/cbc:TaxAmount",
)  # fmt: skip
_TOTALS = (
    "LineExtensionAmount", "TaxExclusiveAmount", "TaxInclusiveAmount", "AllowanceTotalAmount", "ChargeTotalAmount",
    "PrepaidAmount", "PayableRoundingAmount", "PayableAmount",
)  # fmt: skip


class _Totals:
    """The amounts of a total: those it says, and what the document comes to."""

    def __init__(self, judged: Judged, element: Element) -> None:
        self.judged, self.element = judged, element
        path = "cac:OrderLine/cac:LineItem/cbc:LineExtensionAmount"
        self.lines_sum = judged.once("lines_sum", lambda: _sum(judged, judged.root, path))
        self.allowances = judged.once("allowances", lambda: _allowed(judged, judged.root, "false"))
        self.charges = judged.once("charges", lambda: _allowed(judged, judged.root, "true"))
        self.unread = judged.once("unread", lambda: _unread(judged, judged.root, *_ADDENDS)) or _unread(
            judged, element, *(f"cbc:{name}" for name in _TOTALS)
        )
        self.tax = amount(judged.root, judged.walk, "cac:TaxTotal/cbc:TaxAmount") or ZERO

    def said(self, name: str) -> Decimal | None:
        return amount(self.element, self.judged.walk, f"cbc:{name}")

    def compare(self, rule: str, name: str, right: Decimal, *, always: bool = False) -> None:
        """Whether an amount that is said (or, `always`, also one that is not, as zero) is the right one."""
        said = self.said(name)
        if self.unread or (said is None and not always):
            return
        if (said or ZERO) != right:
            received = "—" if said is None else said
            self.judged.broke(rule, "sum_wrong", self.element, f"cbc:{name}", received=received, right=right)

    def not_negative(self, rule: str, name: str) -> None:
        said = self.said(name)
        if said is not None and said < 0:
            self.judged.broke(rule, "amount_negative", self.element, f"cbc:{name}", received=said)


def anticipated(judged: Judged, element: Element) -> None:
    """The expected totals of an order."""
    totals = _Totals(judged, element)
    totals.not_negative("payable_negative", "PayableAmount")
    totals.not_negative("lines_negative", "LineExtensionAmount")
    totals.compare("lines_sum", "LineExtensionAmount", totals.lines_sum)
    strict = not judged.is_other
    totals.compare("allowances_sum", "AllowanceTotalAmount", totals.allowances, always=strict)
    totals.compare("charges_sum", "ChargeTotalAmount", totals.charges, always=strict)
    lines = totals.said("LineExtensionAmount")
    counted = (lines or ZERO) - (totals.said("AllowanceTotalAmount") or ZERO)
    counted += totals.said("ChargeTotalAmount") or ZERO
    if lines is not None:
        totals.compare("taxable_sum", "TaxExclusiveAmount", counted)
    taxable = totals.said("TaxExclusiveAmount")
    with_tax = totals.said("TaxInclusiveAmount")
    if with_tax:
        due = with_tax - (totals.said("PrepaidAmount") or ZERO) + (totals.said("PayableRoundingAmount") or ZERO)
        totals.compare("payable_sum", "PayableAmount", due)
        if judged.has_tax and (taxable is not None or lines is not None):
            right = (counted if taxable is None else taxable) + totals.tax
            totals.compare("with_tax_sum", "TaxInclusiveAmount", right)


def legal(judged: Judged, element: Element) -> None:
    """The totals of an agreement."""
    totals = _Totals(judged, element)
    walk = judged.walk
    path = "cac:OrderLine/cac:LineItem/cbc:LineExtensionAmount"
    lines = judged.once("lines", lambda: len(walk.all(judged.root, "cac:OrderLine")))
    if lines != judged.once("line_amounts", lambda: len(walk.all(judged.root, path))):
        judged.broke("lines_without_amount", "element_missing", element, right="cac:LineItem/cbc:LineExtensionAmount")
    totals.not_negative("payable_negative", "PayableAmount")
    totals.not_negative("lines_negative", "LineExtensionAmount")
    totals.compare("lines_sum", "LineExtensionAmount", totals.lines_sum)
    totals.compare("charges_sum", "ChargeTotalAmount", totals.charges)
    totals.compare("allowances_sum", "AllowanceTotalAmount", totals.allowances)
    counted = (totals.said("LineExtensionAmount") or ZERO) + (totals.said("ChargeTotalAmount") or ZERO)
    counted -= totals.said("AllowanceTotalAmount") or ZERO
    totals.compare("taxable_sum", "TaxExclusiveAmount", counted)
    taxable = totals.said("TaxExclusiveAmount") or ZERO
    totals.compare("with_tax_sum", "TaxInclusiveAmount", taxable + totals.tax, always=not judged.is_other)
    due = (totals.said("TaxInclusiveAmount") or ZERO) - (totals.said("PrepaidAmount") or ZERO)
    due += totals.said("PayableRoundingAmount") or ZERO
    totals.compare("payable_sum", "PayableAmount", due)
