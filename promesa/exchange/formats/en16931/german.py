"""The German rules of Peppol BIS Billing, between parties in Germany."""

from __future__ import annotations

import re

from promesa.exchange.formats.en16931 import identifiers
from promesa.exchange.formats.en16931.breaches import Breaches
from promesa.exchange.formats.en16931.codes import listed
from promesa.exchange.formats.en16931.model import BUYER, SELLER
from promesa.exchange.formats.en16931.tree import LINES, Node

_TYPES = listed("326 380 384 389 381 875 876 877")
_CATEGORIES = listed("S Z E AE K G L M")
_DISCOUNT = re.compile(r"#(SKONTO)#TAGE=([0-9]+#PROZENT=[0-9]+\.[0-9]{2})(#BASISBETRAG=-?[0-9]+\.[0-9]{2})?#$")
_BREAK = re.compile(r"\r?\n")
_MAIL = re.compile(
    r"[a-zA-Z0-9!#$%&\"*+/=?^_`{|}~-]+(\.[a-zA-Z0-9!#$%&\"*+/=?^_`{|}~-]+)*"
    r"@([a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?\.)+[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?"
)
_ACCOUNTS = ("PayeeFinancialAccount", "CardAccount", "PaymentMandate")
# What a kind of means needs, and so what it can't have beside it.
_MEANS = {
    "30": ("DE-R-023", "PayeeFinancialAccount"),
    "58": ("DE-R-023", "PayeeFinancialAccount"),
    "48": ("DE-R-024", "CardAccount"),
    "54": ("DE-R-024", "CardAccount"),
    "55": ("DE-R-024", "CardAccount"),
    "59": ("DE-R-025", "PaymentMandate"),
}


def check(found: Breaches) -> None:
    root = found.tree.root
    found.need("DE-R-001", root, "PaymentMeans")
    found.need_text("DE-R-015", root, "BuyerReference")
    kind = root.text_at("InvoiceTypeCode") or root.text_at("CreditNoteTypeCode")
    found.true("DE-R-017", root, kind in _TYPES, received=kind, right=" | ".join(sorted(_TYPES)))
    if kind == "384":
        where = "BillingReference/InvoiceDocumentReference"
        if not root.has(where):
            found.need("DE-R-026", root, where)
    _tax_number(found, root)
    _terms(found, root)
    _attached(found, root)
    _debit(found, root)
    _parties(found, root)
    for means in root.all("PaymentMeans"):
        _means(found, means)
    for subtotal in root.all("TaxTotal/TaxSubtotal"):
        found.need_text("DE-R-014", subtotal, "TaxCategory/Percent")


def _tax_number(found: Breaches, root: Node) -> None:
    taxes = [tax for line in LINES for one in root.all(line) for tax in one.all("Item/ClassifiedTaxCategory")]
    taxes += [tax for one in root.all("AllowanceCharge") for tax in one.all("TaxCategory")]
    if any(tax.text_at("ID") in _CATEGORIES for tax in taxes):
        known = any(one.said for one in root.all(f"{SELLER}/PartyTaxScheme/CompanyID"))
        ok = known or root.has("TaxRepresentativeParty")
        found.need("DE-R-016", root, f"{SELLER}/PartyTaxScheme/CompanyID", ok=ok)


def _terms(found: Breaches, root: Node) -> None:
    """Discounts are written #SKONTO#TAGE=..#PROZENT=..#, each on a line of its own that ends."""
    note = root.first("PaymentTerms/Note")
    text = note.text if note is not None else ""
    rows = [row for row in _BREAK.split(text) if row.strip().startswith("#")]
    if note is None or not rows:
        return
    ends = re.match(r"\s*\n", re.split(r"#.+#", text)[-1]) is not None
    ok = ends and all(_DISCOUNT.search(" ".join(row.split())) for row in rows)
    found.true("DE-R-018", note, ok, right="#SKONTO#TAGE=14#PROZENT=2.00#")


def _attached(found: Breaches, root: Node) -> None:
    seen: set[str] = set()
    for reference in root.all("AdditionalDocumentReference"):
        for name in (one.attribute("filename") for one in reference.all("Attachment/EmbeddedDocumentBinaryObject")):
            if name is not None and name in seen:
                found.broken("rule_value", "DE-R-022", reference, "@filename", received=name, right=f"!= {name}")
            seen.add(name or "")


def _debit(found: Breaches, root: Node) -> None:
    if not root.has("PaymentMeans/PaymentMandate"):
        return
    numbers = [*root.all(f"{SELLER}/PartyIdentification/ID"), *root.all("PayeeParty/PartyIdentification/ID")]
    creditor = any(one.attribute("schemeID") == "SEPA" for one in numbers)
    found.need("DE-R-030", root, f"{SELLER}/PartyIdentification/ID[@schemeID='SEPA']", ok=creditor)
    found.need("DE-R-031", root, "PaymentMeans/PaymentMandate/PayerFinancialAccount/ID")


def _parties(found: Breaches, root: Node) -> None:
    for supplier in root.all("AccountingSupplierParty"):
        found.need("DE-R-002", supplier, "Party/Contact")
    for contact in root.all(f"{SELLER}/Contact"):
        for rule, name in (("DE-R-005", "Name"), ("DE-R-006", "Telephone"), ("DE-R-007", "ElectronicMail")):
            found.need_text(rule, contact, name)
        phone, mail = contact.text_at("Telephone"), contact.text_at("ElectronicMail")
        digits = sum(one.isascii() and one.isdigit() for one in phone)
        found.true("DE-R-027", contact, digits >= 3, "Telephone", right="999")
        found.true("DE-R-028", contact, _MAIL.fullmatch(mail) is not None, "ElectronicMail", right="name@domain.tld")
    for path, city, zone in (
        (f"{SELLER}/PostalAddress", "DE-R-003", "DE-R-004"),
        (f"{BUYER}/PostalAddress", "DE-R-008", "DE-R-009"),
        ("Delivery/DeliveryLocation/Address", "DE-R-010", "DE-R-011"),
    ):
        for address in root.all(path):
            found.need_text(city, address, "CityName")
            found.need_text(zone, address, "PostalZone")


def _means(found: Breaches, means: Node) -> None:
    code = means.text_at("PaymentMeansCode")
    if code not in _MEANS:
        return
    rule, needed = _MEANS[code]
    found.need(f"{rule}-1", means, needed)
    for other in _ACCOUNTS:
        if other != needed and means.has(other):
            found.unused(f"{rule}-2", means.first(other))
            break
    if code in ("58", "59"):
        where = "PayeeFinancialAccount/ID" if code == "58" else "PaymentMandate/PayerFinancialAccount/ID"
        ok = identifiers.iban(means.text_at(where))
        found.true("DE-R-019" if code == "58" else "DE-R-020", means, ok, where, right="IBAN")
