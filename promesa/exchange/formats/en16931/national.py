"""The national rules that Peppol BIS Billing carries: asked of invoices from (and to) those countries. Germany's have `german`."""

from __future__ import annotations

import re

from promesa.exchange.formats.en16931 import german, greek, identifiers
from promesa.exchange.formats.en16931.breaches import Breaches
from promesa.exchange.formats.en16931.codes import listed
from promesa.exchange.formats.en16931.model import BUYER, SELLER
from promesa.exchange.formats.en16931.tree import LINES, Node
from promesa.exchange.formats.xml.values import day_of

_NORWEGIAN_VAT = re.compile(r"[0-9]{9}MVA")
_DANISH_MEANS = listed("1 10 31 42 48 49 50 58 59 93 97")
_DUTCH_MEANS = listed("30 48 49 57 58 59")
_DUTCH_SCHEMES = frozenset({"0106", "0190"})
_SWEDISH_RATES = frozenset({6, 12, 25})
_UNSPSC = frozenset({"19.05.01", "19.0501", "26.08.01", "26.0801"})
_NUMBER = re.compile(r"\s*-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*")


def check(found: Breaches) -> None:
    tree = found.tree
    seller, buyer = tree.country("AccountingSupplierParty", True), tree.country("AccountingCustomerParty")
    at_seller = tree.root.text_at(f"{SELLER}/PostalAddress/Country/IdentificationCode")
    at_buyer = tree.root.text_at(f"{BUYER}/PostalAddress/Country/IdentificationCode")
    if seller == "NO":
        _norway(found)
    if at_seller == "DK":
        _denmark(found, at_buyer == "DK")
    if seller == "IT":
        _italy(found)
    if at_seller == "SE":
        _sweden(found, at_buyer == "SE")
    if at_seller == "IS":
        _iceland(found, at_buyer == "IS")
    if at_seller.upper() == "NL":
        _netherlands(found, at_buyer.upper() == "NL")
    if at_seller.upper() == "DE" and at_buyer.upper() == "DE":
        german.check(found)
    greek.check(found, seller in ("GR", "EL"), buyer in ("GR", "EL"))


def schemes_of(party: Node, name: str) -> list[Node]:
    """The tax registrations of a party under a scheme (VAT, TAX)."""
    return [one for one in party.all("PartyTaxScheme") if one.text_at("TaxScheme/ID") == name]


def number_like(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


def _norway(found: Breaches) -> None:
    for party in found.tree.root.all(SELLER):
        register = any(one.text_at("CompanyID") == "Foretaksregisteret" for one in schemes_of(party, "TAX"))
        right = "Foretaksregisteret"
        found.true("NO-R-002", party, register, "PartyTaxScheme/CompanyID", received="", right=right)
        for scheme in schemes_of(party, "VAT"):
            number = scheme.text_at("CompanyID")
            if number.startswith("NO"):
                ok = _NORWEGIAN_VAT.fullmatch(number[2:]) is not None and identifiers.mod11(number[2:11])
                found.true("NO-R-001", scheme, ok, "CompanyID", right="NO999999999MVA")


def _denmark(found: Breaches, both: bool) -> None:
    root, tree = found.tree.root, found.tree
    number = root.first(f"{SELLER}/PartyLegalEntity/CompanyID")
    found.need_text("DK-R-002", root, f"{SELLER}/PartyLegalEntity/CompanyID")
    if number is not None:
        found.true("DK-R-014", number, number.attribute("schemeID") == "0184", right="@schemeID = 0184")
    if not both:
        return
    if tree.credit_note:
        payable = root.number("LegalMonetaryTotal/PayableAmount")
        where = "LegalMonetaryTotal/PayableAmount"
        found.true("DK-R-016", root, payable is None or payable >= 0, where, right=">= 0")
    for role in (SELLER, BUYER):
        for one in root.all(f"{role}/PartyIdentification"):
            known = one.first("ID")
            if known is not None and not (known.attribute("schemeID") or "").strip():
                found.broken("rule_missing", "DK-R-013", known, "@schemeID", right="@schemeID")
    if not tree.credit_note:
        for means in root.all("PaymentMeans"):
            _danish_payment(found, means)
    for name in LINES:
        for line in root.all(name):
            classes = line.all("Item/CommodityClassification/ItemClassificationCode")
            listed = any(one.attribute("listID") == "TST" for one in classes)
            known_version = any(one.attribute("listVersionID") in _UNSPSC for one in classes)
            found.true("DK-R-003", line, not listed or known_version, right="@listVersionID = 19.05.01 | 26.08.01")
    for allowance in tree.named("AllowanceCharge"):
        if any(one.text == "ZZZ" for one in allowance.all("AllowanceChargeReasonCode")):
            said = allowance.first("AllowanceChargeReason")
            text = said.text if said is not None else ""
            four = len(text.split()) == 1 and len(text.strip()) == 4 and text.strip().isdigit()
            pair = "#" in text and not text.startswith("#") and not text.endswith("#")
            found.true("DK-R-004", allowance, four or pair, "AllowanceChargeReason", right="9999 | X#Y")


def _danish_payment(found: Breaches, means: Node) -> None:
    code, payment = means.text_at("PaymentMeansCode"), means.text_at("PaymentID")
    account = means.text_at("PayeeFinancialAccount/ID")
    found.true("DK-R-005", means, code in _DANISH_MEANS, "PaymentMeansCode", right=" ".join(sorted(_DANISH_MEANS)))
    if code in ("31", "42"):
        branch = means.text_at("PayeeFinancialAccount/FinancialInstitutionBranch/ID")
        found.true("DK-R-006", means, bool(account and branch), right="ID, FinancialInstitutionBranch/ID")
    elif code == "49":
        mandate = means.text_at("PaymentMandate/ID") and means.text_at("PaymentMandate/PayerFinancialAccount/ID")
        found.true("DK-R-007", means, bool(mandate), right="PaymentMandate/ID, PayerFinancialAccount/ID")
    elif code == "50":
        known = payment[:3] in ("01#", "04#", "15#")
        giro = re.fullmatch(r"[0-9]{7,8}", account) is not None
        found.true("DK-R-008", means, known and giro, right="01#|04#|15#, 9999999(9)", received=f"{payment} {account}")
        if payment[:3] in ("04#", "15#"):
            found.true("DK-R-009", means, len(payment) == 19, "PaymentID", right="length = 19")
    elif code == "93":
        known = payment[:3] in ("71#", "73#", "75#")
        found.true("DK-R-010", means, known and len(account) == 8, right="71#|73#|75#, 99999999", received=payment)
        if payment[:3] in ("71#", "75#"):
            found.true("DK-R-011", means, len(payment) in (18, 19), "PaymentID", right="length = 18 | 19")


def _italy(found: Breaches) -> None:
    for party in found.tree.root.all(SELLER):
        for scheme in party.all("PartyTaxScheme"):
            if scheme.has("TaxScheme/ID") and scheme.text_at("TaxScheme/ID") != "VAT":
                ok = re.fullmatch(r"[A-Z0-9]{11,16}", scheme.text_at("CompanyID")) is not None
                found.true("IT-R-001", scheme, ok, "CompanyID", right="[A-Z0-9]{11,16}")
        for rule, name in (("IT-R-002", "StreetName"), ("IT-R-003", "CityName"), ("IT-R-004", "PostalZone")):
            found.need(rule, party, f"PostalAddress/{name}")


def _sweden(found: Breaches, both: bool) -> None:
    tree = found.tree
    for party in tree.root.all(SELLER):
        for scheme in schemes_of(party, "VAT")[:1]:
            number = scheme.text_at("CompanyID")
            if number.startswith("SE"):
                found.true("SE-R-001", scheme, len(number) == 14, "CompanyID", right="length = 14")
                found.true("SE-R-002", scheme, number_like(number[2:14]), "CompanyID", right="SE999999999999")
                _swedish_rates(found)
        for entity in party.all("PartyLegalEntity"):
            if entity.has("CompanyID"):
                number = entity.text_at("CompanyID")
                found.true("SE-R-003", entity, number_like(number), "CompanyID", right="9999999999")
                found.true("SE-R-004", entity, len(number) == 10, "CompanyID", right="length = 10")
                if not identifiers.swedish(number):
                    found.broken("rule_identifier", "SE-R-013", entity, "CompanyID", received=number, right="SE")
        if party.has("PartyLegalEntity/CompanyID"):
            for scheme in party.all("PartyTaxScheme"):
                if scheme.text_at("TaxScheme/ID").upper() != "VAT" and scheme.has("CompanyID"):
                    approved = scheme.text_at("CompanyID").upper() == "GODKÄND FÖR F-SKATT"
                    found.true("SE-R-005", scheme, approved, "CompanyID", right="Godkänd för F-skatt")
    for means in tree.named("PaymentMeans"):
        code = means.text_at("PaymentMeansCode")
        account = means.text_at("PayeeFinancialAccount/ID")
        branch = means.text_at("PayeeFinancialAccount/FinancialInstitutionBranch/ID")
        if code == "30" and branch in ("SE:PLUSGIRO", "SE:BANKGIRO") and means.has("PayeeFinancialAccount/ID"):
            plus = branch == "SE:PLUSGIRO"
            where = "PayeeFinancialAccount/ID"
            found.true("SE-R-007" if plus else "SE-R-008", means, number_like(account), where, right="99999999")
            length = 2 <= len(account) <= 8 if plus else len(account) in (7, 8)
            limits = "2 <= length <= 8" if plus else "7 <= length <= 8"
            found.true("SE-R-010" if plus else "SE-R-009", means, length, where, right=limits)
        found.true("SE-R-011", means, code not in ("50", "56"), "PaymentMeansCode", right="30")
        found.true("SE-R-012", means, not (both and code == "31"), "PaymentMeansCode", right="30")


def _swedish_rates(found: Breaches) -> None:
    for name in ("TaxCategory", "ClassifiedTaxCategory"):
        for tax in found.tree.named(name):
            if tax.text_at("ID") == "S":
                found.true("SE-R-006", tax, tax.number("Percent") in _SWEDISH_RATES, "Percent", right="6 | 12 | 25")


def _iceland(found: Breaches, both: bool) -> None:
    root = found.tree.root
    kind = root.text_at("InvoiceTypeCode") or root.text_at("CreditNoteTypeCode")
    found.true("IS-R-001", root, kind in ("380", "381"), received=kind, right="380 | 381")
    for rule, wide, role in (("IS-R-002", "IS-R-003", SELLER), ("IS-R-004", "IS-R-005", BUYER)):
        if role is BUYER and (not both or not root.has("AccountingCustomerParty")):
            continue
        numbers = root.all(f"{role}/PartyLegalEntity/CompanyID")
        known = any(one.attribute("schemeID") == "0196" for one in numbers)
        found.true(rule, root, known, f"{role}/PartyLegalEntity/CompanyID", right="@schemeID = 0196")
        for name in ("StreetName", "PostalZone"):
            if not root.has(f"{role}/PostalAddress/{name}"):
                found.need(wide, root, f"{role}/PostalAddress/{name}")
                break
    for rule, code in (("IS-R-006", "9"), ("IS-R-007", "42")):
        means = [one for one in root.all("PaymentMeans") if one.text_at("PaymentMeansCode") == code]
        accounts = [one.said for mean in means for one in mean.all("PayeeFinancialAccount/ID")]
        if means:
            where = "PaymentMeans/PayeeFinancialAccount/ID"
            found.true(rule, root, bool(accounts) and len(accounts[0]) == 12, where, right="length = 12")
    finals = [
        one
        for one in root.all("AdditionalDocumentReference")
        if any(text.text == "EINDAGI" for text in one.all("DocumentDescription"))
    ]
    if finals:
        last = finals[0].text_at("ID")
        found.true("IS-R-008", finals[0], len(last) == 10 and day_of(last) is not None, "ID", right="YYYY-MM-DD")
        found.need("IS-R-009", root, "DueDate")
        due = root.text_at("DueDate")
        found.true("IS-R-010", root, bool(due) and due <= last, "DueDate", right=f"<= {last}")


def _netherlands(found: Breaches, both: bool) -> None:
    tree, root = found.tree, found.tree.root
    earlier = root.has("BillingReference/InvoiceDocumentReference/ID")
    for kind in tree.named("CreditNoteTypeCode"):
        found.true("NL-R-001", kind, earlier, right="BillingReference/InvoiceDocumentReference/ID")
    for address_rule, number_rule, role in (("NL-R-002", "NL-R-003", SELLER), ("NL-R-004", "NL-R-005", BUYER)):
        if role is BUYER and not both:
            continue
        for address in root.all(f"{role}/PostalAddress"):
            _whole_address(found, address_rule, address)
        for number in root.all(f"{role}/PartyLegalEntity/CompanyID"):
            ok = number.attribute("schemeID") in _DUTCH_SCHEMES and bool(number.said)
            found.true(number_rule, number, ok, right="@schemeID = 0106 | 0190")
    if tree.root.text_at("TaxRepresentativeParty/PostalAddress/Country/IdentificationCode").upper() == "NL":
        for address in root.all("TaxRepresentativeParty/PostalAddress"):
            _whole_address(found, "NL-R-006", address)
    for totals in tree.named("LegalMonetaryTotal"):
        payable = totals.number("PayableAmount")
        nothing = payable is not None and (payable >= 0 if tree.credit_note else payable <= 0)
        found.true("NL-R-007", root, nothing or bool(tree.named("PaymentMeans")), right="PaymentMeans", received="")
    if both:
        for means in tree.named("PaymentMeans"):
            ok = means.text_at("PaymentMeansCode") in _DUTCH_MEANS
            found.true("NL-R-008", means, ok, "PaymentMeansCode", right=" | ".join(sorted(_DUTCH_MEANS)))
    for reference in tree.named("OrderLineReference"):
        if reference.has("LineID"):
            found.true("NL-R-009", root, root.has("OrderReference/ID"), "OrderReference/ID", right="OrderReference/ID")


def _whole_address(found: Breaches, rule: str, address: Node) -> None:
    for name in ("StreetName", "CityName", "PostalZone"):
        if not address.has(name):
            found.need(rule, address, name)
            return
