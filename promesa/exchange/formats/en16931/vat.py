"""The VAT rules: for each category the same ten questions, answered as the category wants. One table says how."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from promesa.exchange.formats.en16931.breaches import Breaches, plain
from promesa.exchange.formats.en16931.tree import Node, Tree, rounded

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Category:
    """How one VAT category is treated. `rate`: what the percentage must be (`>0`, `>=0`, `=0`, or none at all); `seller`:
    `any` tax number, a `vat` number or `none`; `buyer`: nothing, a `vat` number, or that `or_legal` registration;
    `by_rate`: bases and taxes are counted for each rate, within one; `reason`: an exemption reason must (not) be there."""

    code: str
    prefix: str
    rate: str = "=0"
    seller: str = "any"
    buyer: str = ""
    by_rate: bool = False
    reason: bool = True


CATEGORIES = (
    Category("S", "BR-S", rate=">0", by_rate=True, reason=False),
    Category("Z", "BR-Z", reason=False),
    Category("E", "BR-E"),
    Category("AE", "BR-AE", buyer="or_legal"),
    Category("K", "BR-IC", seller="vat", buyer="vat"),
    Category("G", "BR-G", seller="vat"),
    Category("O", "BR-O", rate="", seller="none"),
    Category("L", "BR-AF", rate=">=0", by_rate=True, reason=False),
    Category("M", "BR-AG", rate=">=0", by_rate=True, reason=False),
)
_BY_CODE = {category.code: category for category in CATEGORIES}


class Numbers:
    """The tax numbers that an invoice gives."""

    def __init__(self, tree: Tree) -> None:
        def schemes(role: str, party: str) -> list[Node]:
            return [scheme for one in tree.named(role) for scheme in one.all(party) if scheme.has("CompanyID")]

        seller = schemes("AccountingSupplierParty", "Party/PartyTaxScheme")
        self.seller_any = bool(seller)
        self.seller_vat = any(one.is_vat for one in seller)
        self.representative = any(one.is_vat for one in schemes("TaxRepresentativeParty", "PartyTaxScheme"))
        self.buyer_vat = any(one.is_vat for one in schemes("AccountingCustomerParty", "Party/PartyTaxScheme"))
        buyers = tree.named("AccountingCustomerParty")
        self.buyer_legal = any(one.has("Party/PartyLegalEntity/CompanyID") for one in buyers)

    def missing(self, category: Category) -> str:
        """What number is missing (or, for what isn't subject to VAT, in excess), or nothing."""
        if category.seller == "none":
            return "no VAT" if self.seller_vat or self.representative or self.buyer_vat else ""
        known = self.seller_any if category.seller == "any" else self.seller_vat
        if not known and not self.representative:
            return "AccountingSupplierParty/Party/PartyTaxScheme/CompanyID"
        if category.buyer and not self.buyer_vat and not (category.buyer == "or_legal" and self.buyer_legal):
            return "AccountingCustomerParty/Party/PartyTaxScheme/CompanyID"
        return ""


def check(found: Breaches) -> None:
    """All VAT rules over a whole invoice."""
    tree = found.tree
    item_taxes = tree.named("ClassifiedTaxCategory")
    other_taxes = tree.named("TaxCategory")
    breakdown = tree.root.all("TaxTotal/TaxSubtotal/TaxCategory")
    on_allowances = [one for one in other_taxes if one.under("AllowanceCharge")]
    numbers, bases = Numbers(tree), Bases(tree)
    for category in CATEGORIES:
        mine = _of(item_taxes, category.code), _of(on_allowances, category.code), _of(breakdown, category.code)
        if not any(mine) and not _of(other_taxes, category.code):
            continue
        _breakdown_count(found, category, *mine)
        _parties(found, category, mine[0], mine[1], numbers)
        _rates(found, category, mine[0], mine[1])
        for row in mine[2]:
            if row.is_vat:
                _row(found, category, row, bases)
    _not_subject(found, item_taxes, breakdown)
    _intra_community(found, breakdown)
    _split_payment(found)


def _of(taxes: Iterable[Node], code: str) -> list[Node]:
    return [one for one in taxes if one.text_at("ID") == code]


def _breakdown_count(
    found: Breaches, category: Category, items: list[Node], allowances: list[Node], rows: list[Node]
) -> None:
    """-01: what is used has a row in the breakdown (one row, when the rate is fixed), and no row is there for nothing."""
    root = found.tree.root
    if category.by_rate:
        loose = category.code == "S"
        used = sum(1 for one in (*items, *allowances) if loose or one.is_vat)
        ok = bool(rows) if used else not any(loose or one.is_vat for one in rows)
        right = ">= 1" if used else "0"
    else:
        ok = sum(1 for one in rows if one.is_vat) == 1
        right = "1"
        if not any(one.is_vat for one in (*items, *allowances, *rows)):
            return
    if not ok:
        rule, path = f"{category.prefix}-01", "TaxTotal/TaxSubtotal/TaxCategory"
        found.broken("rule_value", rule, root, path, received=str(len(rows)), right=f"count({category.code}) {right}")


def _parties(found: Breaches, category: Category, items: list[Node], allowances: list[Node], numbers: Numbers) -> None:
    """-02, -03, -04: the tax numbers that must be given when the category is on a line, an allowance, a charge."""
    missing = numbers.missing(category)
    on_root = category.code == "O"
    for number, used in (("02", items), ("03", _side(allowances, False)), ("04", _side(allowances, True))):
        if number != "02" and on_root:
            used = [one for one in used if one.parent is not None and one.parent.parent is found.tree.root]
        here = [one for one in used if one.is_vat]
        loose = number == "02" and category.code == "S" and bool(used) and not here
        if (here and missing) or loose:
            node = (here or used)[0]
            found.broken("rule_value", f"{category.prefix}-{number}", node, received=node.text_at("ID"), right=missing)


def _side(allowances: list[Node], charge: bool) -> list[Node]:
    return [one for one in allowances if one.parent is not None and one.parent.charge is charge]


def _rates(found: Breaches, category: Category, items: list[Node], allowances: list[Node]) -> None:
    """-05, -06, -07: the rate on lines, allowances and charges."""
    on_lines = [one for one in items if one.under("Item")]
    for number, used in (("05", on_lines), ("06", _side(allowances, False)), ("07", _side(allowances, True))):
        for one in used:
            if one.is_vat and not _rate_ok(category, one):
                right = category.rate.replace("=0", "= 0") if category.rate else "-"
                found.broken(
                    "rule_value",
                    f"{category.prefix}-{number}",
                    one,
                    "Percent",
                    received=one.text_at("Percent") or None,
                    right=f"Percent {right}",
                )


def _rate_ok(category: Category, tax: Node) -> bool:
    if not category.rate:
        return not tax.has("Percent")
    rate = tax.number("Percent")
    if rate is None:
        return False
    return {">0": rate > 0, ">=0": rate >= 0, "=0": rate == 0}[category.rate]


def _row(found: Breaches, category: Category, tax: Node, bases: Bases) -> None:
    """-08, -09, -10: a row of the breakdown: its base, its tax, and whether it may be exempt."""
    subtotal = tax.parent or tax
    base, amount, rate = subtotal.number("TaxableAmount"), subtotal.number("TaxAmount"), tax.number("Percent")
    if not category.by_rate or tax.has("Percent"):
        right = bases.of(category, rate)
        close = base is not None and right is not None and abs(base - right) < 1
        if not (close if category.by_rate else base is not None and base == right):
            said = subtotal.text_at("TaxableAmount") or None
            shown = None if right is None else plain(right)
            rule = f"{category.prefix}-08"
            found.broken("rule_sum", rule, subtotal, "TaxableAmount", received=said, right=shown)
    expected: Decimal | None = _ZERO
    if category.by_rate:
        expected = rounded(abs(base) * rate / 100) if base is not None and rate is not None else None
    near = amount is not None and expected is not None
    if amount is not None and expected is not None:
        near = abs(amount) - 1 < expected < abs(amount) + 1 if category.by_rate else amount == 0
    if not near:
        said = subtotal.text_at("TaxAmount") or None
        shown = None if expected is None else plain(expected)
        found.broken("rule_sum", f"{category.prefix}-09", subtotal, "TaxAmount", received=said, right=shown)
    given = tax.first("TaxExemptionReason") or tax.first("TaxExemptionReasonCode")
    rule = f"{category.prefix}-10"
    if category.reason and given is None:
        found.need_one_of(rule, tax, "TaxExemptionReason", "TaxExemptionReasonCode")
    elif given is not None and not category.reason:
        found.unused(rule, given)


class Bases:
    """Lines plus charges minus allowances, by category, and by category and rate."""

    def __init__(self, tree: Tree) -> None:
        self.any_line = bool(tree.lines)
        self.sums: dict[tuple[str, Decimal | None], Decimal] = {}
        self.used: set[tuple[str, Decimal | None]] = set()
        for line in tree.lines:
            self._add(line.all("Item/ClassifiedTaxCategory"), line.number("LineExtensionAmount"), 1)
        for one in tree.named("AllowanceCharge"):
            sign = 0 if one.charge is None else 1 if one.charge else -1
            self._add(one.all("TaxCategory"), one.number("Amount"), sign if one.parent is tree.root else 0)

    def _add(self, taxes: list[Node], amount: Decimal | None, sign: int) -> None:
        keys: set[tuple[str, Decimal | None]] = set()
        for tax in taxes:
            code = tax.text_at("ID")
            keys |= {(code, None), (code, tax.number("Percent"))}
        self.used |= keys
        for key in keys:
            self.sums[key] = self.sums.get(key, _ZERO) + sign * (amount or _ZERO)

    def of(self, category: Category, rate: Decimal | None) -> Decimal | None:
        """What the base of a row should be; nothing when there is nothing that it is of."""
        key = (category.code, rate if category.by_rate else None)
        if (category.code == "S" and key not in self.used) or (category.code != "S" and not self.any_line):
            return None
        return self.sums.get(key, _ZERO)


def _not_subject(found: Breaches, items: list[Node], breakdown: list[Node]) -> None:
    """BR-O-11 to 14: what isn't subject to VAT stands alone."""
    if not any(one.is_vat and one.text_at("ID") == "O" for one in breakdown):
        return
    allowances = [one for one in found.tree.named("TaxCategory") if one.under("AllowanceCharge")]
    for rule, taxes in (
        ("BR-O-11", breakdown),
        ("BR-O-12", items),
        ("BR-O-13", _side(allowances, False)),
        ("BR-O-14", _side(allowances, True)),
    ):
        other = next((one for one in taxes if one.is_vat and one.has("ID") and one.text_at("ID") != "O"), None)
        if other is not None:
            found.broken("rule_value", rule, other, "ID", received=other.text_at("ID"), right="O")


def _intra_community(found: Breaches, breakdown: list[Node]) -> None:
    """BR-IC-11, 12: when the goods went, and to which country."""
    if not any(one.is_vat and one.text_at("ID") == "K" for one in breakdown):
        return
    root = found.tree.root
    delivered = len(root.text_at("Delivery/ActualDeliveryDate")) > 1
    if not delivered and not any(one.children for one in root.all("InvoicePeriod")):
        found.need_one_of("BR-IC-11", root, "Delivery/ActualDeliveryDate", "InvoicePeriod/*")
    country = "Delivery/DeliveryLocation/Address/Country/IdentificationCode"
    if len(root.text_at(country)) <= 1:
        found.broken("rule_missing", "BR-IC-12", root, country, right="IdentificationCode")


def _split_payment(found: Breaches) -> None:
    """BR-B-01, 02: Italian split payment: only in Italy, and never beside the standard rate."""
    tree = found.tree
    taxes = [*tree.named("TaxCategory"), *tree.named("ClassifiedTaxCategory")]
    split = next((one for one in taxes if one.text_at("ID") == "B"), None)
    if split is None:
        return
    abroad = next((one for one in tree.named("IdentificationCode") if one.text != "IT"), None)
    if abroad is not None:
        found.broken("rule_value", "BR-B-01", abroad, received=abroad.said, right="IT")
    if any(one.text_at("ID") == "S" for one in taxes):
        found.broken("rule_value", "BR-B-02", split, "ID", received="B", right="!= S")
