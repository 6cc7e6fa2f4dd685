"""What Peppol BIS Billing 3 asks beside EN 16931, for every country. National rules have `national`."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from promesa.exchange.formats.en16931 import codes, identifiers
from promesa.exchange.formats.en16931.breaches import Breaches, plain
from promesa.exchange.formats.en16931.codes import listed
from promesa.exchange.formats.en16931.lists import AMOUNTS, MEDIA
from promesa.exchange.formats.en16931.model import BUYER, SELLER
from promesa.exchange.formats.en16931.tree import LINES, Node, rounded, total
from promesa.exchange.formats.xml.values import day_of

BILLING = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
PROCESS = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
_PROCESS = re.compile(r"urn:fdc:peppol\.eu:2017:poacc:billing:([0-9]{2}):1\.0")
_ZERO, _ONE = Decimal(0), Decimal(1)
_SLACK = Decimal("0.02")
_DEBITS = frozenset({"49", "59"})
_DATES = ("IssueDate", "DueDate", "TaxPointDate", "StartDate", "EndDate", "ActualDeliveryDate")
_CURRENCIES = codes.CURRENCIES - {"CNH", "STD", "XCG"} | {"ANG", "BGN", "STN"}
_NOT_IN_PEPPOL = "0219 0220 0242 0244 0245 0246 0248 AN AQ AS AU EM"
_ENDPOINTS = codes.ENDPOINTS - listed(_NOT_IN_PEPPOL)
_INVOICES = listed(
    "71 80 82 84 102 218 219 326 331 380 382 383 384 386 388 393 395 553 575 623 780 817 870 875 876 877"
)
_CREDIT_NOTES = listed("381 396 81 83 532")
_GERMAN_ONLY = frozenset({"326", "384"})
# An exemption reason that belongs to one category.
_REASONS = {
    "VATEX-EU-G": ("PEPPOL-EN16931-P0104", "G"),
    "VATEX-EU-O": ("PEPPOL-EN16931-P0105", "O"),
    "VATEX-EU-IC": ("PEPPOL-EN16931-P0106", "K"),
    "VATEX-EU-AE": ("PEPPOL-EN16931-P0107", "AE"),
    "VATEX-EU-D": ("PEPPOL-EN16931-P0108", "E"),
    "VATEX-EU-F": ("PEPPOL-EN16931-P0109", "E"),
    "VATEX-EU-I": ("PEPPOL-EN16931-P0110", "E"),
    "VATEX-EU-J": ("PEPPOL-EN16931-P0111", "E"),
}
# Identifiers with check figures: scheme, rule, check, only as an electronic address.
_SCHEMES: dict[str, tuple[str, Callable[[str], bool], bool]] = {
    "0088": ("PEPPOL-COMMON-R040", identifiers.gs1, False),
    "0192": ("PEPPOL-COMMON-R041", identifiers.norwegian, False),
    "0184": ("PEPPOL-COMMON-R042", identifiers.danish, False),
    "0208": ("PEPPOL-COMMON-R043", identifiers.belgian, False),
    "0201": ("PEPPOL-COMMON-R044", identifiers.italian_office, False),
    "0210": ("PEPPOL-COMMON-R045", identifiers.italian_fiscal, False),
    "9907": ("PEPPOL-COMMON-R046", identifiers.italian_fiscal, True),
    "0211": ("PEPPOL-COMMON-R047", identifiers.italian_vat, False),
    "0007": ("PEPPOL-COMMON-R049", identifiers.swedish, False),
    "0151": ("PEPPOL-COMMON-R050", identifiers.australian, False),
}


def check(found: Breaches) -> None:
    """All of Peppol's own rules over a whole invoice, the national ones apart."""
    _document(found)
    _tax_totals(found)
    _allowances(found)
    for name in LINES:
        for line in found.tree.named(name):
            _line(found, line)
    _prices(found)
    _periods(found)
    _values(found)
    _identified(found)
    for means in found.tree.named("PaymentMeans"):
        if means.text_at("PaymentMeansCode") in _DEBITS:
            found.need("PEPPOL-EN16931-R061", means, "PaymentMandate/ID")
    for tax in found.tree.named("TaxCategory"):
        rule, category = _REASONS.get(tax.text_at("TaxExemptionReasonCode").upper(), ("", ""))
        if rule:
            found.true(rule, tax, tax.text_at("ID") == category, "ID", right=category)


def both_german(found: Breaches) -> bool:
    tree = found.tree
    return tree.address_country(SELLER) == "DE" and tree.address_country(BUYER) == "DE"


def _document(found: Breaches) -> None:
    root, german = found.tree.root, both_german(found)
    found.need("PEPPOL-EN16931-R001", root, "ProfileID")
    process = _PROCESS.search(root.text_at("ProfileID"))
    right = "urn:fdc:peppol.eu:2017:poacc:billing:NN:1.0"
    found.true("PEPPOL-EN16931-R007", root, process is not None, "ProfileID", right=right)
    if not german:
        found.at_most("PEPPOL-EN16931-R002", root, "Note")
    found.need_one_of("PEPPOL-EN16931-R003", root, "BuyerReference", "OrderReference/ID")
    named = root.text_at("CustomizationID").startswith(BILLING)
    found.true("PEPPOL-EN16931-R004", root, named, "CustomizationID", right=BILLING)
    for rule, role in (("PEPPOL-EN16931-R010", BUYER), ("PEPPOL-EN16931-R020", SELLER)):
        for party in root.all(role):
            found.need(rule, party, "EndpointID")
    if found.tree.credit_note:
        projects = [
            one
            for one in root.all("AdditionalDocumentReference")
            if any(code.text == "50" for code in one.all("DocumentTypeCode"))
        ]
        if len(projects) > 1:
            found.broken("rule_repeated", "PEPPOL-EN16931-R080", projects[1], received=len(projects), right=1)
    first = process is not None and process.group(1) == "01"
    for kind in found.tree.named("InvoiceTypeCode"):
        if first:
            found.code("PEPPOL-EN16931-P0100", kind, kind.text, _INVOICES, "UNCL1001")
        if not german:
            found.true("PEPPOL-EN16931-P0112", kind, kind.said not in _GERMAN_ONLY, right="!= 326, 384")
    for kind in found.tree.named("CreditNoteTypeCode"):
        if first:
            found.code("PEPPOL-EN16931-P0101", kind, kind.text, _CREDIT_NOTES, "UNCL1001")


def _tax_totals(found: Breaches) -> None:
    root = found.tree.root
    totals = root.all("TaxTotal")
    broken_down = [one for one in totals if one.has("TaxSubtotal")]
    plainly = [one for one in totals if not one.has("TaxSubtotal")]
    told = root.first("TaxCurrencyCode")
    wanted = 1 if told is not None else 0
    if len(broken_down) != 1:
        rule, count = "PEPPOL-EN16931-R053", len(broken_down)
        found.broken("rule_value", rule, root, "TaxTotal[TaxSubtotal]", received=count, right="count = 1")
    if len(plainly) != wanted:
        rule, count = "PEPPOL-EN16931-R054", len(plainly)
        found.broken("rule_value", rule, root, "TaxTotal", received=count, right=f"count = {wanted}")
    if told is None:
        return
    currency = root.text_at("DocumentCurrencyCode")
    found.true("PEPPOL-EN16931-R005", told, told.said != currency, right=f"!= {currency}")

    def amounts(code: str) -> list[Decimal]:
        found_ = [one for one in root.all("TaxTotal/TaxAmount") if one.attribute("currencyID") == code]
        return [value for one in found_ if (value := one.value) is not None]

    first, second = amounts(told.said), amounts(currency)
    same_sign = any(one <= 0 for one in first) and any(one <= 0 for one in second)
    same_sign = same_sign or (any(one >= 0 for one in first) and any(one >= 0 for one in second))
    if not same_sign:
        received = " / ".join(plain(one) for one in (*first, *second)) or None
        found.broken("rule_value", "PEPPOL-EN16931-R055", root, "TaxTotal", received=received, right="+/+ | -/-")


def _allowances(found: Breaches) -> None:
    for one in found.tree.named("AllowanceCharge"):
        if one.under("Price"):
            if one.parent is not None and one.parent.under(*LINES):
                _price_allowance(found, one)
            continue
        if one.parent is not found.tree.root and not one.under(*LINES):
            continue
        percent, base = one.has("MultiplierFactorNumeric"), one.has("BaseAmount")
        if percent and not base:
            found.need("PEPPOL-EN16931-R041", one, "BaseAmount")
        elif base and not percent:
            found.need("PEPPOL-EN16931-R042", one, "MultiplierFactorNumeric")
        else:
            if percent:
                _counted(found, one)
            indicator = one.text_at("ChargeIndicator") in ("true", "false")
            found.true("PEPPOL-EN16931-R043", one, indicator, "ChargeIndicator", right="true | false")


def _counted(found: Breaches, one: Node) -> None:
    """Amount = base x percent / 100, within two hundredths."""
    amount = one.number("Amount") if one.has("Amount") else _ZERO
    base, percent = one.number("BaseAmount"), one.number("MultiplierFactorNumeric")
    right = base * percent / 100 if base is not None and percent is not None else None
    if amount is None or right is None or abs(amount - right) > _SLACK:
        shown = None if right is None else plain(right)
        received = one.text_at("Amount") or None
        found.broken("rule_sum", "PEPPOL-EN16931-R040", one, "Amount", received=received, right=shown)


def _price_allowance(found: Breaches, one: Node) -> None:
    said = one.text_at("ChargeIndicator")
    found.true("PEPPOL-EN16931-R044", one, said == "false", "ChargeIndicator", right="false")
    if one.has("BaseAmount") and one.parent is not None:
        base, amount = one.number("BaseAmount"), one.number("Amount")
        right = base - amount if base is not None and amount is not None else None
        found.sums("PEPPOL-EN16931-R046", one.parent, "PriceAmount", right)


def _line(found: Breaches, line: Node) -> None:
    name = "CreditedQuantity" if found.tree.credit_note else "InvoicedQuantity"
    quantity = _number(line, name, _ONE)
    price, basis = _number(line, "Price/PriceAmount", _ZERO), _number(line, "Price/BaseQuantity", _ONE)
    net = _number(line, "LineExtensionAmount", _ZERO)
    sides = {
        said: [one.number("Amount") for one in line.all("AllowanceCharge") if one.text_at("ChargeIndicator") == said]
        for said in ("true", "false")
    }
    if quantity is not None and price is not None and basis is not None and net is not None:
        right = quantity * (price / (basis or _ONE)) + rounded(total(sides["true"])) - rounded(total(sides["false"]))
        if abs(net - right) > _SLACK:
            received = line.text_at("LineExtensionAmount") or None
            shown = plain(rounded(right))
            found.broken("rule_sum", "PEPPOL-EN16931-R120", line, "LineExtensionAmount", received=received, right=shown)
    if line.has("Price/BaseQuantity"):
        found.true("PEPPOL-EN16931-R121", line, (basis or _ZERO) > 0, "Price/BaseQuantity", right="> 0")
        _basis_unit(found, line)
    found.at_most("PEPPOL-EN16931-R100", line, "DocumentReference")
    references = line.all("DocumentReference")
    kinds = [code.text for one in references for code in one.all("DocumentTypeCode")]
    if references and "130" not in kinds:
        rule, where = "PEPPOL-EN16931-R101", "DocumentTypeCode"
        found.broken("rule_value", rule, references[0], where, received=", ".join(kinds) or None, right="130")


def _number(node: Node, path: str, absent: Decimal) -> Decimal | None:
    return node.number(path) if node.has(path) else absent


def _basis_unit(found: Breaches, line: Node) -> None:
    """The price is per the unit that is invoiced."""
    basis = line.first("Price/BaseQuantity")
    unit = basis.attribute("unitCode") if basis is not None else None
    quantity = line.first("CreditedQuantity" if found.tree.credit_note else "InvoicedQuantity")
    invoiced = line.has("InvoicedQuantity") or line.has("CreditedQuantity")
    if basis is None or unit is None or not invoiced:
        return
    right = quantity.attribute("unitCode") if quantity is not None else None
    if unit != right:
        found.broken("rule_value", "PEPPOL-EN16931-R130", basis, "@unitCode", received=unit, right=right or "@unitCode")


def _prices(found: Breaches) -> None:
    """Amounts are in the currency of the document."""
    root = found.tree.root
    currencies = {one.text for one in root.all("DocumentCurrencyCode")}
    shown = ", ".join(sorted(currencies)) or "DocumentCurrencyCode"
    for name in AMOUNTS:
        for amount in found.tree.named(name):
            parent = amount.parent
            if name == "TaxAmount" and not (
                amount.under("TaxSubtotal") or (amount.under("TaxTotal") and parent and parent.has("TaxSubtotal"))
            ):
                continue
            currency = amount.attribute("currencyID")
            if currency not in currencies:
                found.broken("rule_value", "PEPPOL-EN16931-R051", amount, "@currencyID", received=currency, right=shown)


def _periods(found: Breaches) -> None:
    """What a line is for lies within what the invoice is for."""
    root = found.tree.root
    for rule, name, sign in (("PEPPOL-EN16931-R110", "StartDate", ">="), ("PEPPOL-EN16931-R111", "EndDate", "<=")):
        outer = root.first(f"InvoicePeriod/{name}")
        if outer is None:
            continue
        limit = day_of(outer.said)
        for line in found.tree.lines:
            for inner in line.all(f"InvoicePeriod/{name}"):
                day = day_of(inner.said)
                ok = day is not None and limit is not None and (day >= limit if sign == ">=" else day <= limit)
                found.true(rule, inner, ok, right=f"{sign} {outer.said}")


def _values(found: Breaches) -> None:
    tree = found.tree
    for node in tree.nodes():
        if not node.children and not node.said:
            found.broken("rule_missing", "PEPPOL-EN16931-R008", node, right=node.name)
    for name in AMOUNTS:
        for node in tree.named(name):
            found.code("PEPPOL-EN16931-CL007", node, node.attribute("currencyID"), _CURRENCIES, "ISO 4217")
    for node in tree.named("EmbeddedDocumentBinaryObject"):
        if node.attribute("mimeCode") is not None:
            found.code("PEPPOL-EN16931-CL001", node, node.attribute("mimeCode"), MEDIA, "MIME")
    for node in tree.named("AllowanceChargeReasonCode"):
        said = node.parent.text_at("ChargeIndicator") if node.parent and node.under("AllowanceCharge") else ""
        if said == "false":
            found.code("PEPPOL-EN16931-CL002", node, node.text, codes.ALLOWANCE_REASONS, "UNCL5189")
        elif said == "true":
            found.code("PEPPOL-EN16931-CL003", node, node.text, codes.CHARGE_REASONS, "UNCL7161")
    for node in tree.named("DescriptionCode"):
        if node.under("InvoicePeriod"):
            found.code("PEPPOL-EN16931-CL006", node, node.text, codes.TAX_POINTS, "UNCL2005")
    for node in tree.named("EndpointID"):
        if node.attribute("schemeID") is not None:
            found.code("PEPPOL-EN16931-CL008", node, node.attribute("schemeID"), _ENDPOINTS, "EAS")
    for name in _DATES:
        for node in tree.named(name):
            ok = len(node.text) == 10 and day_of(node.text) is not None
            found.true("PEPPOL-EN16931-F001", node, ok, right="YYYY-MM-DD")


def _identified(found: Breaches) -> None:
    """Identifiers with check figures."""
    for name in ("EndpointID", "ID", "CompanyID"):
        for node in found.tree.named(name):
            scheme = node.attribute("schemeID")
            if scheme is None or scheme not in _SCHEMES or (name == "ID" and not node.under("PartyIdentification")):
                continue
            rule, right, address_only = _SCHEMES[scheme]
            if address_only and name != "EndpointID":
                continue
            if not right(node.text if scheme == "0184" else node.said):
                found.broken("rule_identifier", rule, node, received=node.said, right=scheme)
