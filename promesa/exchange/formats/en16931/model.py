"""What EN 16931 asks of the parts of an invoice (BR, BR-CO, BR-DEC), each where the part stands. VAT has `vat`, codes `lists`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from promesa.exchange.formats.en16931 import codes
from promesa.exchange.formats.en16931.breaches import Breaches, Check
from promesa.exchange.formats.en16931.tree import LINES, Node, rounded, total, whole
from promesa.exchange.formats.xml.values import day_of

_ZERO, _ONE = Decimal(0), Decimal(1)
SELLER, BUYER = "AccountingSupplierParty/Party", "AccountingCustomerParty/Party"
TRANSFERS = frozenset({"30", "58"})
VAT_PREFIXES = codes.COUNTRIES | {"EL"}


def document(found: Breaches, root: Node) -> None:
    for rule, path in (
        ("BR-01", "CustomizationID"),
        ("BR-02", "ID"),
        ("BR-03", "IssueDate"),
        ("BR-05", "DocumentCurrencyCode"),
        ("BR-06", f"{SELLER}/PartyLegalEntity/RegistrationName"),
        ("BR-07", f"{BUYER}/PartyLegalEntity/RegistrationName"),
    ):
        found.need_text(rule, root, path)
    if not root.text_at("InvoiceTypeCode") and not root.text_at("CreditNoteTypeCode"):
        name = "CreditNoteTypeCode" if found.tree.credit_note else "InvoiceTypeCode"
        found.broken("rule_missing", "BR-04", root, name, right=name)
    found.need("BR-08", root, f"{SELLER}/PostalAddress")
    found.need("BR-10", root, f"{BUYER}/PostalAddress")
    line = LINES[found.tree.credit_note]
    found.need("BR-16", root, line, ok=bool(found.tree.lines))
    currencies = {one.attribute("currencyID") for one in found.tree.named("TaxAmount") if one.under("TaxTotal")}
    for currency in root.all("TaxCurrencyCode"):
        found.true("BR-53", currency, currency.text in currencies, right="TaxTotal/TaxAmount/@currencyID")
    point = root.first("InvoicePeriod/DescriptionCode")
    if root.has("TaxPointDate") and point is not None:
        found.broken("rule_value", "BR-CO-03", point, received=point.said, right="TaxPointDate | DescriptionCode")
    found.need("BR-CO-18", root, "TaxTotal/TaxSubtotal")
    _tax_included(found, root)
    for rule, name in (("BR-DEC-13", "DocumentCurrencyCode"), ("BR-DEC-15", "TaxCurrencyCode")):
        currency_said = root.text_at(name)
        for amount in root.all("TaxTotal/TaxAmount"):
            if currency_said and amount.attribute("currencyID") == currency_said:
                found.decimals(rule, _parent(amount), "TaxAmount")


def _tax_included(found: Breaches, root: Node) -> None:
    """Total with VAT = total without VAT + VAT, in the currency of the document."""
    for currency in root.all("DocumentCurrencyCode")[:2]:
        taxes = [one for one in root.all("TaxTotal/TaxAmount") if one.attribute("currencyID") == currency.text]
        if len(taxes) != 1:
            found.broken("rule_value", "BR-CO-15", root, "TaxTotal", received=str(len(taxes)), right="count = 1")
            continue
        sums = root.first("LegalMonetaryTotal")
        before, tax = root.number("LegalMonetaryTotal/TaxExclusiveAmount"), taxes[0].value
        right = rounded(before + tax) if before is not None and tax is not None else None
        found.sums("BR-CO-15", sums or root, "TaxInclusiveAmount" if sums else "LegalMonetaryTotal", right)


def totals(found: Breaches, node: Node) -> None:
    for rule, name in (
        ("BR-12", "LineExtensionAmount"),
        ("BR-13", "TaxExclusiveAmount"),
        ("BR-14", "TaxInclusiveAmount"),
        ("BR-15", "PayableAmount"),
    ):
        found.need(rule, node, name)
    for rule, name in (
        ("BR-DEC-09", "LineExtensionAmount"),
        ("BR-DEC-10", "AllowanceTotalAmount"),
        ("BR-DEC-11", "ChargeTotalAmount"),
        ("BR-DEC-12", "TaxExclusiveAmount"),
        ("BR-DEC-14", "TaxInclusiveAmount"),
        ("BR-DEC-16", "PrepaidAmount"),
        ("BR-DEC-17", "PayableRoundingAmount"),
        ("BR-DEC-18", "PayableAmount"),
    ):
        found.decimals(rule, node, name)
    of_lines = [
        one.number("LineExtensionAmount")
        for name in LINES
        for one in found.tree.named(name)
        if one.has("LineExtensionAmount")
    ]
    counted = None if None in of_lines else rounded(total(of_lines))
    found.sums("BR-CO-10", node, "LineExtensionAmount", counted)
    above = _parent(node)
    for rule, charge, name in (
        ("BR-CO-11", False, "AllowanceTotalAmount"),
        ("BR-CO-12", True, "ChargeTotalAmount"),
    ):
        of_kind = [one for one in above.all("AllowanceCharge") if one.charge is charge]
        if of_kind or node.has(name):
            found.sums(rule, node, name, rounded(total([one.number("Amount") for one in of_kind])))
    _without_tax(found, node)
    _payable(found, node)


def _without_tax(found: Breaches, node: Node) -> None:
    lines = node.number("LineExtensionAmount")
    right = lines
    for name, sign in (("ChargeTotalAmount", 1), ("AllowanceTotalAmount", -1)):
        if node.has(name) and right is not None:
            part = node.number(name)
            right = None if part is None else right + sign * part
    if right is not None and (node.has("ChargeTotalAmount") or node.has("AllowanceTotalAmount")):
        right = rounded(right)
    found.sums("BR-CO-13", node, "TaxExclusiveAmount", right)


def _payable(found: Breaches, node: Node) -> None:
    """Payable = total with VAT - prepaid + rounding."""
    payable, with_tax = node.number("PayableAmount"), node.number("TaxInclusiveAmount")
    prepaid = node.number("PrepaidAmount") if node.has("PrepaidAmount") else _ZERO
    rounding = node.number("PayableRoundingAmount") if node.has("PayableRoundingAmount") else _ZERO
    if payable is None or with_tax is None or prepaid is None or rounding is None:
        found.broken("rule_sum", "BR-CO-16", node, "PayableAmount", received=node.text_at("PayableAmount"))
        return
    left, right = payable, with_tax
    if node.has("PayableRoundingAmount"):
        left = rounded(payable - rounding)
    if node.has("PrepaidAmount"):
        right = rounded(with_tax - prepaid)
    found.sums("BR-CO-16", node, "PayableAmount", payable if left == right else with_tax - prepaid + rounding)


def to_pay(found: Breaches, node: Node) -> None:
    """An amount to be paid needs a day or terms."""
    if not node.under("LegalMonetaryTotal") or found.tree.credit_note or _parent(node).parent is not found.tree.root:
        return
    due = found.tree.named("DueDate") or any(one.has("Note") for one in found.tree.named("PaymentTerms"))
    value = node.value
    if value is not None and value > 0 and not due:
        found.broken("rule_missing", "BR-CO-25", found.tree.root, right="DueDate / PaymentTerms")


def allowance(found: Breaches, node: Node) -> None:
    """Of the document and of its lines, each with rules of its own."""
    charge = node.charge
    if charge is None or node.parent is None:
        return
    on_line = node.parent.name in LINES
    if on_line:
        amount, reason, reason_again, first, second = (
            ("BR-43", "BR-44", "BR-CO-24", "BR-DEC-27", "BR-DEC-28")
            if charge
            else ("BR-41", "BR-42", "BR-CO-23", "BR-DEC-24", "BR-DEC-25")
        )
    elif node.parent is found.tree.root:
        amount, reason, reason_again, first, second = (
            ("BR-36", "BR-38", "BR-CO-22", "BR-DEC-05", "BR-DEC-06")
            if charge
            else ("BR-31", "BR-33", "BR-CO-21", "BR-DEC-01", "BR-DEC-02")
        )
        category = any(one.is_vat and one.has("ID") for one in node.all("TaxCategory"))
        found.need("BR-37" if charge else "BR-32", node, "TaxCategory/ID", ok=category)
    else:
        return
    found.need(amount, node, "Amount")
    for rule in (reason, reason_again):
        found.need_one_of(rule, node, "AllowanceChargeReason", "AllowanceChargeReasonCode")
    found.decimals(first, node, "Amount")
    found.decimals(second, node, "BaseAmount")


def line(found: Breaches, node: Node) -> None:
    quantity = "CreditedQuantity" if node.name == "CreditNoteLine" else "InvoicedQuantity"
    quantities = [*node.all("InvoicedQuantity"), *node.all("CreditedQuantity")]
    found.need_text("BR-21", node, "ID")
    found.need("BR-22", node, quantity, ok=bool(quantities))
    unit = any(one.attribute("unitCode") is not None for one in quantities)
    found.need("BR-23", node, f"{quantity}/@unitCode", ok=unit)
    found.need("BR-24", node, "LineExtensionAmount")
    found.need_text("BR-25", node, "Item/Name")
    found.need("BR-26", node, "Price/PriceAmount")
    price = node.number("Price/PriceAmount")
    found.true("BR-27", node, price is not None and price >= 0, "Price/PriceAmount", right=">= 0")
    gross = "Price/AllowanceCharge/BaseAmount"
    if node.has(gross):
        found.true("BR-28", node, (node.number(gross) or _ZERO) >= 0, gross, right=">= 0")
    category = any(one.is_vat and one.has("ID") for one in node.all("Item/ClassifiedTaxCategory"))
    found.need("BR-CO-04", node, "Item/ClassifiedTaxCategory/ID", ok=category)
    found.decimals("BR-DEC-23", node, "LineExtensionAmount")


def period(found: Breaches, node: Node) -> None:
    order, one_of = ("BR-30", "BR-CO-20") if node.under(*LINES) else ("BR-29", "BR-CO-19")
    if node.has("StartDate") and node.has("EndDate"):
        start, end = day_of(node.text_at("StartDate")), day_of(node.text_at("EndDate"))
        received = f"{node.text_at('StartDate')} / {node.text_at('EndDate')}"
        found.true(order, node, _in_order(start, end), received=received, right="StartDate <= EndDate")
    elif one_of == "BR-CO-20" or not node.has("DescriptionCode"):
        found.need_one_of(one_of, node, "StartDate", "EndDate")


def _in_order(start: date | None, end: date | None) -> bool:
    return start is not None and end is not None and start <= end


def tax_total(found: Breaches, node: Node) -> None:
    if node.parent is not found.tree.root or not node.has("TaxSubtotal"):
        return
    parts = [one.number("TaxAmount") for one in node.all("TaxSubtotal") if one.has("TaxAmount")]
    found.sums("BR-CO-14", node, "TaxAmount", None if None in parts else rounded(total(parts)))


def tax_subtotal(found: Breaches, node: Node) -> None:
    if not node.under("TaxTotal"):
        return
    found.need("BR-45", node, "TaxableAmount")
    found.need("BR-46", node, "TaxAmount")
    categories = [one for one in node.all("TaxCategory") if one.is_vat]
    found.need("BR-47", node, "TaxCategory/ID", ok=any(one.has("ID") for one in categories))
    rated = any(one.has("Percent") or one.text_at("ID") == "O" for one in categories)
    found.need("BR-48", node, "TaxCategory/Percent", ok=rated)
    found.decimals("BR-DEC-19", node, "TaxableAmount")
    found.decimals("BR-DEC-20", node, "TaxAmount")
    tax, base = node.number("TaxAmount"), node.number("TaxableAmount")
    rate = next((one.number("Percent") for one in categories if one.has("Percent")), None)
    if rate is None or whole(rate) == 0:
        found.true("BR-CO-17", node, tax is not None and whole(tax) == 0, "TaxAmount", right="0")
    else:
        right = rounded(abs(base) * rate / 100) if base is not None else None
        near = tax is not None and right is not None and abs(tax) - 1 < right < abs(tax) + 1
        if not near:
            found.broken("rule_sum", "BR-CO-17", node, "TaxAmount", received=node.text_at("TaxAmount"), right=right)


def payment_means(found: Breaches, node: Node) -> None:
    found.need("BR-49", node, "PaymentMeansCode")
    codes_said = [one.said for one in node.all("PaymentMeansCode")]
    if not codes_said:
        return
    if codes_said[0] in TRANSFERS:
        found.need("BR-61", node, "PayeeFinancialAccount/ID")
        for account in node.all("PayeeFinancialAccount"):
            found.need_text("BR-50", account, "ID")


def payee(found: Breaches, node: Node) -> None:
    above = _parent(node)
    name = node.first("PartyName/Name")
    same_name = name is not None and any(one.text == name.text for one in above.all(f"{SELLER}/PartyName/Name"))
    own = {one.text for one in node.all("PartyIdentification/ID")}
    same_id = any(one.text in own for one in above.all(f"{SELLER}/PartyIdentification/ID"))
    if name is None:
        found.need("BR-17", node, "PartyName/Name")
    else:
        found.true("BR-17", node, not same_name and not same_id, "PartyName/Name", right="!= AccountingSupplierParty")


def seller(found: Breaches, node: Node) -> None:
    known = (
        any(one.is_vat and one.has("CompanyID") for one in node.all("Party/PartyTaxScheme"))
        or any(one.attribute("schemeID") != "SEPA" for one in node.all("Party/PartyIdentification/ID"))
        or node.has("Party/PartyLegalEntity/CompanyID")
    )
    if not known:
        right = "PartyTaxScheme/CompanyID / PartyIdentification/ID / PartyLegalEntity/CompanyID"
        found.broken("rule_missing", "BR-CO-26", node, right=right)


def tax_representative(found: Breaches, node: Node) -> None:
    found.need_text("BR-18", node, "PartyName/Name")
    found.need("BR-19", node, "PostalAddress")
    vat = any(one.is_vat and one.has("CompanyID") for one in node.all("PartyTaxScheme"))
    found.need("BR-56", node, "PartyTaxScheme/CompanyID", ok=vat)


def address(found: Breaches, node: Node) -> None:
    above = _parent(node)
    role = _parent(above).name if above.name == "Party" else above.name
    rule = {
        "AccountingSupplierParty": "BR-09",
        "AccountingCustomerParty": "BR-11",
        "TaxRepresentativeParty": "BR-20",
    }.get(role)
    if rule:
        found.need_text(rule, node, "Country/IdentificationCode")


def delivery_address(found: Breaches, node: Node) -> None:
    if node.under("DeliveryLocation") and _parent(_parent(node)).name == "Delivery":
        found.need("BR-57", node, "Country/IdentificationCode")


def endpoint(found: Breaches, node: Node) -> None:
    party = _parent(node)
    rule = {"AccountingSupplierParty": "BR-62", "AccountingCustomerParty": "BR-63"}.get(_parent(party).name)
    if rule and party.name == "Party" and node.attribute("schemeID") is None:
        found.broken("rule_missing", rule, node, "@schemeID", right="@schemeID")


def tax_scheme(found: Breaches, node: Node) -> None:
    if node.is_vat and node.text_at("CompanyID"):
        found.code("BR-CO-09", node, node.text_at("CompanyID")[:2], VAT_PREFIXES, "ISO 3166-1 + EL")


def card_number(found: Breaches, node: Node) -> None:
    if node.under("CardAccount"):
        found.true("BR-51", node, len(node.said) <= 10, right="<= 10")


def earlier_invoice(found: Breaches, node: Node) -> None:
    found.need("BR-55", node, "InvoiceDocumentReference/ID")


def attached(found: Breaches, node: Node) -> None:
    found.need_text("BR-52", node, "ID")


def item_property(found: Breaches, node: Node) -> None:
    found.need("BR-54", node, "Name")
    if node.has("Name"):
        found.need("BR-54", node, "Value")


def item_class(found: Breaches, node: Node) -> None:
    if node.attribute("listID") is None:
        found.broken("rule_missing", "BR-65", node, "@listID", right="@listID")


def standard_item(found: Breaches, node: Node) -> None:
    found.need("BR-64", node, "ID/@schemeID", ok=all(one.attribute("schemeID") is not None for one in node.all("ID")))


def _parent(node: Node) -> Node:
    return node.parent or node


CHECKS: dict[str, Check] = {
    "LegalMonetaryTotal": totals,
    "PayableAmount": to_pay,
    "AllowanceCharge": allowance,
    "InvoiceLine": line,
    "CreditNoteLine": line,
    "InvoicePeriod": period,
    "TaxTotal": tax_total,
    "TaxSubtotal": tax_subtotal,
    "PaymentMeans": payment_means,
    "PayeeParty": payee,
    "AccountingSupplierParty": seller,
    "TaxRepresentativeParty": tax_representative,
    "PostalAddress": address,
    "Address": delivery_address,
    "EndpointID": endpoint,
    "PartyTaxScheme": tax_scheme,
    "PrimaryAccountNumberID": card_number,
    "BillingReference": earlier_invoice,
    "AdditionalDocumentReference": attached,
    "AdditionalItemProperty": item_property,
    "ItemClassificationCode": item_class,
    "StandardItemIdentification": standard_item,
}
