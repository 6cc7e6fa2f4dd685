"""How EN 16931 is written in UBL: what may come once (UBL-SR), what isn't used (UBL-CR), how values look (UBL-DT)."""

from __future__ import annotations

from typing import Any

from promesa.exchange.formats.en16931.breaches import Breaches
from promesa.exchange.formats.en16931.model import BUYER, SELLER
from promesa.exchange.formats.en16931.tree import LINES, Node, decimals_of
from promesa.exchange.formats.en16931.unused import UNUSED

# Of the document, at most once.
_ONCE = (
    ("UBL-SR-01", "ContractDocumentReference/ID"),
    ("UBL-SR-02", "ReceiptDocumentReference/ID"),
    ("UBL-SR-03", "DespatchDocumentReference/ID"),
    ("UBL-SR-05", "PaymentTerms/Note"),
    ("UBL-SR-08", "InvoicePeriod"),
    ("UBL-SR-09", f"{SELLER}/PartyLegalEntity/RegistrationName"),
    ("UBL-SR-10", f"{SELLER}/PartyName/Name"),
    ("UBL-SR-11", f"{SELLER}/PartyLegalEntity/CompanyID"),
    ("UBL-SR-14", f"{SELLER}/PartyLegalEntity/CompanyLegalForm"),
    ("UBL-SR-15", f"{BUYER}/PartyLegalEntity/RegistrationName"),
    ("UBL-SR-16", f"{BUYER}/PartyIdentification/ID"),
    ("UBL-SR-17", f"{BUYER}/PartyLegalEntity/CompanyID"),
    ("UBL-SR-24", "Delivery"),
    ("UBL-SR-39", "ProjectReference/ID"),
    ("UBL-SR-40", f"{BUYER}/PartyName/Name"),
    ("UBL-SR-45", "PaymentMeans/PaymentDueDate"),
    ("UBL-SR-49", "InvoicePeriod/DescriptionCode"),
    ("UBL-SR-54", "PaymentMeans/CardAccount"),
    ("UBL-SR-55", "PaymentMeans/PaymentMandate"),
    ("BR-66", "PaymentMeans/CardAccount"),
    ("BR-67", "PaymentMeans/PaymentMandate"),
    ("UBL-SR-56", "OriginatorDocumentReference/ID"),
)
# Of a part, wherever it stands.
_ONCE_IN = (
    ("AdditionalDocumentReference", "UBL-SR-33", "DocumentDescription"),
    ("Delivery", "UBL-SR-25", "DeliveryParty/PartyName/Name"),
    ("PaymentMeans", "UBL-SR-26", "PaymentID"),
    ("PaymentMeans", "UBL-SR-27", "PaymentMeansCode"),
    ("PaymentMeans", "UBL-SR-28", "PaymentMandate/ID"),
    ("BillingReference", "UBL-SR-06", "InvoiceDocumentReference"),
    ("TaxRepresentativeParty", "UBL-SR-22", "PartyName/Name"),
    ("TaxRepresentativeParty", "UBL-SR-23", "PartyTaxScheme/CompanyID"),
    ("TaxSubtotal", "UBL-SR-32", "TaxCategory/TaxExemptionReason"),
    *((line, "UBL-SR-34", "Note") for line in LINES),
    *((line, "UBL-SR-35", "OrderLineReference/LineID") for line in LINES),
    *((line, "UBL-SR-36", "InvoicePeriod") for line in LINES),
    *((line, "UBL-SR-37", "Price/AllowanceCharge/Amount") for line in LINES),
    *((line, "UBL-SR-50", "Item/Description") for line in LINES),
    *((line, "UBL-SR-52", "DocumentReference") for line in LINES),
)
# Attributes that aren't used anywhere.
_ATTRIBUTES = {
    "schemeName": "UBL-DT-08",
    "schemeAgencyName": "UBL-DT-09",
    "schemeDataURI": "UBL-DT-10",
    "schemeURI": "UBL-DT-11",
    "format": "UBL-DT-12",
    "unitCodeListIdentifier": "UBL-DT-13",
    "unitCodeListAgencyIdentifier": "UBL-DT-14",
    "unitCodeListAgencyName": "UBL-DT-15",
    "listAgencyName": "UBL-DT-16",
    "listName": "UBL-DT-17",
    "name": "UBL-DT-18",
    "languageID": "UBL-DT-19",
    "listURI": "UBL-DT-20",
    "listSchemeURI": "UBL-DT-21",
    "languageLocaleID": "UBL-DT-22",
    "uri": "UBL-DT-23",
    "currencyCodeListVersionID": "UBL-DT-24",
    "characterSetCode": "UBL-DT-25",
    "encodingCode": "UBL-DT-26",
    "schemeAgencyID": "UBL-DT-27",
    "listAgencyID": "UBL-DT-28",
    "unitCodeListID": "UBL-CR-663",
}
# Attributes that aren't used of one element: its parents (none: of the document itself; `*`: any), its name, the attribute.
_ATTRIBUTES_OF = (
    ("", "CustomizationID", "schemeID", "UBL-CR-648"),
    ("", "ProfileID", "schemeID", "UBL-CR-649"),
    ("", "ID", "schemeID", "UBL-CR-650"),
    ("", "SalesOrderID", "schemeID", "UBL-CR-651"),
    ("PartyTaxScheme", "CompanyID", "schemeID", "UBL-CR-652"),
    ("PaymentMeans", "PaymentID", "schemeID", "UBL-CR-653"),
    ("PayeeFinancialAccount", "ID", "schemeID", "UBL-CR-654"),
    ("FinancialInstitutionBranch", "ID", "schemeID", "UBL-CR-655"),
    ("", "InvoiceTypeCode", "listID", "UBL-CR-656"),
    ("", "DocumentCurrencyCode", "listID", "UBL-CR-657"),
    ("", "TaxCurrencyCode", "listID", "UBL-CR-658"),
    ("AdditionalDocumentReference", "DocumentTypeCode", "listID", "UBL-CR-659"),
    ("Country", "IdentificationCode", "listID", "UBL-CR-660"),
    ("PaymentMeans", "PaymentMeansCode", "listID", "UBL-CR-661"),
    ("*", "AllowanceChargeReasonCode", "listID", "UBL-CR-662"),
    ("BuyersItemIdentification", "ID", "schemeID", "UBL-CR-667"),
    ("SellersItemIdentification", "ID", "schemeID", "UBL-CR-668"),
    ("", "CreditNoteTypeCode", "listID", "UBL-CR-672"),
    ("*", "PrimaryAccountNumberID", "schemeID", "UBL-CR-674"),
    ("CardAccount", "NetworkID", "schemeID", "UBL-CR-675"),
    ("PaymentMandate", "ID", "schemeID", "UBL-CR-676"),
    ("PayerFinancialAccount", "ID", "schemeID", "UBL-CR-677"),
    ("TaxCategory", "ID", "schemeID", "UBL-CR-678"),
    ("ClassifiedTaxCategory", "ID", "schemeID", "UBL-CR-679"),
)
_TRIE: dict[str, Any] = {}
for _path, _rules in UNUSED.items():
    _branch = _TRIE
    for _step in _path.split("/"):
        _branch = _branch.setdefault(_step, {})
    _branch[""] = _rules


def check(found: Breaches) -> None:
    """All rules of the syntax over a whole invoice."""
    root = found.tree.root
    for rule, path in _ONCE:
        found.at_most(rule, root, path)
    for name, rule, path in _ONCE_IN:
        for node in found.tree.named(name):
            found.at_most(rule, node, path)
    _identifiers(found)
    _parts(found)
    _payments(found)
    _values(found)
    _unused(found, root, _TRIE, set())
    _unused_otherwise(found)
    _attributes(found)


def _identifiers(found: Breaches) -> None:
    root = found.tree.root
    objects = [
        number
        for one in root.all("AdditionalDocumentReference")
        if any(code.text == "130" for code in one.all("DocumentTypeCode"))
        for number in one.all("ID")
    ]
    _limit(found, "UBL-SR-04", objects)
    for rule, path, vat in (
        ("UBL-SR-12", f"{SELLER}/PartyTaxScheme", True),
        ("UBL-SR-13", f"{SELLER}/PartyTaxScheme", False),
        ("UBL-SR-18", f"{BUYER}/PartyTaxScheme", True),
    ):
        schemes = [one for one in root.all(path) if one.has("TaxScheme")]
        of_kind = [one for one in schemes if (one.text_at("TaxScheme/ID").upper() == "VAT") is vat]
        _limit(found, rule, [number for one in of_kind for number in one.all("CompanyID")])
    creditors = [
        number
        for one in found.tree.named("PartyIdentification")
        for number in one.all("ID")
        if (number.attribute("schemeID") or "").upper() == "SEPA"
    ]
    _limit(found, "UBL-SR-29", creditors)
    for party in root.all(SELLER):
        found.at_most("UBL-SR-42", party, "PartyTaxScheme", 2)


def _limit(found: Breaches, rule: str, nodes: list[Node]) -> None:
    if len(nodes) > 1:
        found.broken("rule_repeated", rule, nodes[1], received=len(nodes), right=1)


def _parts(found: Breaches) -> None:
    tree = found.tree
    for name in ("PostalAddress", "Address"):
        for address in tree.named(name):
            found.at_most("UBL-SR-51", address, "AddressLine")
    for reference in tree.named("AdditionalDocumentReference"):
        kinds = {one.text for one in reference.all("DocumentTypeCode")}
        project = tree.credit_note and "50" in kinds
        bare = not kinds and all(one.attribute("schemeID") is None for one in reference.all("ID"))
        if "130" not in kinds and not project and not bare:
            right = "130 / 50" if tree.credit_note else "130"
            found.broken("rule_value", "UBL-SR-43", reference, received=", ".join(kinds) or None, right=right)
    for allowance in tree.named("AllowanceCharge"):
        if allowance.charge is not None:
            found.at_most("UBL-SR-31" if allowance.charge else "UBL-SR-30", allowance, "AllowanceChargeReason")
    for scheme in tree.named("PartyTaxScheme"):
        found.need("UBL-SR-53", scheme, "TaxScheme/ID")
        if scheme.has("TaxScheme/ID"):
            found.need("UBL-SR-53", scheme, "CompanyID")
    for reference in tree.named("BillingReference"):
        found.need("UBL-SR-07", reference, "InvoiceDocumentReference/ID")
    for name in LINES:
        for line in tree.named(name):
            taxes = line.all("Item/ClassifiedTaxCategory")
            if len(taxes) != 1:
                where = "Item/ClassifiedTaxCategory"
                found.broken("rule_repeated", "UBL-SR-48", line, where, received=len(taxes), right=1)
    for payee in tree.named("PayeeParty")[:2]:
        _payee(found, payee)


def _payee(found: Breaches, payee: Node) -> None:
    """The payee is another than the seller, and is told once."""
    name = payee.first("PartyName/Name")
    above = payee.parent or payee
    sellers = [one.text for one in above.all(f"{SELLER}/PartyLegalEntity/RegistrationName")]
    other = name is not None and any(one != name.text for one in sellers)
    numbers = [one for one in payee.all("PartyIdentification/ID") if one.attribute("schemeID") is not None]
    plain = [one for one in numbers if (one.attribute("schemeID") or "").upper() != "SEPA"]
    for rule, count in (
        ("UBL-SR-19", len(payee.all("PartyName/Name"))),
        ("UBL-SR-20", len(plain)),
        ("UBL-SR-21", len(payee.all("PartyLegalEntity/CompanyID"))),
    ):
        if count > 1 or not other:
            received = str(count) if count > 1 else payee.text_at("PartyName/Name") or None
            found.broken("rule_value", rule, payee, received=received, right="<= 1, != AccountingSupplierParty")


def _payments(found: Breaches) -> None:
    """One reference of payment and one kind of means an invoice."""
    for rule, name in (("UBL-SR-44", "PaymentID"), ("UBL-SR-47", "PaymentMeansCode")):
        nodes = found.tree.named(name)
        different = {one.text for one in nodes}
        if len(different) > 1:
            other = next(one for one in nodes if one.text != nodes[0].text)
            found.broken("rule_value", rule, other, received=other.said, right=nodes[0].said)
    named = [one for one in found.tree.root.all("PaymentMeans/PaymentMeansCode") if one.attribute("name") is not None]
    _limit(found, "UBL-SR-46", named)


def _values(found: Breaches) -> None:
    for node in found.tree.nodes():
        name = node.name
        if name.endswith("Amount") and not name.endswith("PriceAmount") and decimals_of(node.text) > 2:
            parent = node.parent
            while parent is not None and not (parent.name == "AllowanceCharge" and parent.under("Price")):
                parent = parent.parent
            if parent is None:
                found.broken("rule_decimals", "UBL-DT-01", node, received=node.said, right=2)
        elif name.endswith("BinaryObject"):
            for rule, attribute in (("UBL-DT-06", "mimeCode"), ("UBL-DT-07", "filename")):
                if node.attribute(attribute) is None:
                    found.broken("rule_missing", rule, node, f"@{attribute}", right=f"@{attribute}")


def _unused(found: Breaches, node: Node, branch: dict[str, Any], told: set[str]) -> None:
    """Follow only what is in the table of the unused; each rule is told once."""
    for name, children in node.children.items():
        under = branch.get("LINE" if name in LINES else name)
        if under is None:
            continue
        for rule in under.get("", ()):
            if rule not in told:
                told.add(rule)
                found.unused(rule, children[0])
        for child in children:
            if child.children:
                _unused(found, child, under, told)


def _unused_otherwise(found: Breaches) -> None:
    """The unused that depend on something else."""
    tree, root = found.tree, found.tree.root
    version = root.first("UBLVersionID")
    if version is not None and version.text != "2.1":
        found.broken("rule_value", "UBL-CR-002", version, received=version.said, right="2.1")
    if not tree.credit_note:
        found.unused("UBL-CR-412", root.first("PaymentMeans/PaymentDueDate"))
    found.unused("UBL-CR-664", next(iter(tree.named("FinancialInstitution")), None))
    found.unused(
        "UBL-CR-680", next((one for one in tree.named("PayerFinancialAccount") if one.under("PaymentMeans")), None)
    )
    for reference in tree.named("AdditionalDocumentReference"):
        if any(one.text == "130" for one in reference.all("DocumentTypeCode")):
            found.unused("UBL-CR-666", reference.first("Attachment"))
            found.unused("UBL-CR-673", reference.first("DocumentDescription"))
        else:
            schemed = next((one for one in reference.all("ID") if one.attribute("schemeID") is not None), None)
            found.unused("UBL-CR-665", schemed, "schemeID")
    for rule, name in (
        ("UBL-CR-669", "AllowanceChargeReasonCode"),
        ("UBL-CR-670", "AllowanceChargeReason"),
        ("UBL-CR-671", "MultiplierFactorNumeric"),
    ):
        of_price = (one for one in tree.named(name) if one.under("AllowanceCharge") and one.parent is not None)
        found.unused(rule, next((one for one in of_price if one.parent and one.parent.under("Price")), None))


def _attributes(found: Breaches) -> None:
    told: set[str] = set()
    for node in found.tree.nodes():
        for key in node.element.attrib:
            rule = _ATTRIBUTES.get(str(key))
            if rule is None or rule in told or (key == "name" and node.name == "PaymentMeansCode"):
                continue
            told.add(rule)
            found.unused(rule, node, str(key))
    for parent, name, attribute, rule in _ATTRIBUTES_OF:
        nodes = found.tree.root.all(name) if not parent else found.tree.named(name)
        for node in nodes:
            if (parent in ("", "*") or node.under(parent)) and node.attribute(attribute) is not None:
                found.unused(rule, node, attribute)
                break
