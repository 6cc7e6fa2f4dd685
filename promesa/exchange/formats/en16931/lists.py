"""The code lists of EN 16931 (BR-CL), each where the code stands."""

from __future__ import annotations

from promesa.exchange.formats.en16931 import codes, units
from promesa.exchange.formats.en16931.breaches import Breaches, Check
from promesa.exchange.formats.en16931.tree import Node

AMOUNTS = (
    "Amount",
    "BaseAmount",
    "PriceAmount",
    "TaxAmount",
    "TaxableAmount",
    "LineExtensionAmount",
    "TaxExclusiveAmount",
    "TaxInclusiveAmount",
    "AllowanceTotalAmount",
    "ChargeTotalAmount",
    "PrepaidAmount",
    "PayableRoundingAmount",
    "PayableAmount",
)
MEDIA = frozenset(
    {
        "application/pdf",
        "image/png",
        "image/jpeg",
        "text/csv",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.oasis.opendocument.spreadsheet",
    }
)
_ICD = "ISO 6523 ICD"
_REFERENCES = frozenset({"AdditionalDocumentReference", "DocumentReference"})


def _text(rule: str, list_: frozenset[str], name: str) -> Check:
    def check(found: Breaches, node: Node) -> None:
        found.code(rule, node, node.text, list_, name)

    return check


def _attribute(rule: str, attribute: str, list_: frozenset[str], name: str, *, required: bool = False) -> Check:
    def check(found: Breaches, node: Node) -> None:
        value = node.attribute(attribute)
        if value is not None or required:
            found.code(rule, node, value, list_, name)

    return check


def _under(parents: tuple[str, ...], check: Check) -> Check:
    def only(found: Breaches, node: Node) -> None:
        if node.under(*parents):
            check(found, node)

    return only


def _identifier(found: Breaches, node: Node) -> None:
    """An ID of any kind: which list its scheme must be of is told by what it is the ID of."""
    parent = node.parent
    scheme = node.attribute("schemeID")
    if parent is None:
        return
    if parent.name in ("TaxCategory", "ClassifiedTaxCategory"):
        rule = "BR-CL-17" if parent.name == "TaxCategory" else "BR-CL-18"
        found.code(rule, node, node.text, codes.VAT_CATEGORIES, "UNCL5305")
    if scheme is None:
        return
    if parent.name == "PartyIdentification":
        found.code("BR-CL-10", node, scheme, _PARTY_SCHEMES if _may_be_sepa(parent) else codes.ICD_SCHEMES, _ICD)
    elif parent.name == "StandardItemIdentification":
        found.code("BR-CL-21", node, scheme, codes.ICD_SCHEMES, _ICD)
    elif parent.name == "DeliveryLocation":
        found.code("BR-CL-26", node, scheme, codes.ICD_SCHEMES, _ICD)
    elif parent.name in _REFERENCES and any(one.text == "130" for one in parent.all("DocumentTypeCode")):
        found.code("BR-CL-07", node, scheme, units.OBJECT_SCHEMES, "UNCL1153")


_PARTY_SCHEMES = codes.ICD_SCHEMES | {"SEPA"}


def _may_be_sepa(identification: Node) -> bool:
    """A creditor's identifier may stand where the seller or the payee is named."""
    return identification.up("AccountingSupplierParty") is not None or identification.under("PayeeParty")


def _reason(found: Breaches, node: Node) -> None:
    charge = node.parent.charge if node.parent is not None and node.parent.name == "AllowanceCharge" else None
    if charge is True:
        found.code("BR-CL-20", node, node.text, codes.CHARGE_REASONS, "UNCL7161")
    elif charge is False:
        found.code("BR-CL-19", node, node.text, codes.ALLOWANCE_REASONS, "UNCL5189")


def _note(found: Breaches, node: Node) -> None:
    """A note that begins with #XXX# names its subject."""
    subject = node.text.partition("#")[2].partition("#")
    if node.parent is found.tree.root and subject[1] and len(subject[0]) == 3:
        found.code("BR-CL-08", node, subject[0], codes.NOTE_SUBJECTS, "UNCL4451")


def _country(found: Breaches, node: Node) -> None:
    if node.under("Country"):
        found.code("BR-CL-14", node, node.text, codes.COUNTRIES, "ISO 3166-1")
    elif node.under("OriginCountry"):
        found.code("BR-CL-15", node, node.text, codes.COUNTRIES, "ISO 3166-1")


def _exemption(found: Breaches, node: Node) -> None:
    found.code("BR-CL-22", node, node.text.upper(), codes.EXEMPTIONS, "VATEX")


_currency = _attribute("BR-CL-03", "currencyID", codes.CURRENCIES, "ISO 4217", required=True)
_quantity = _attribute("BR-CL-23", "unitCode", units.UNITS, "UN/ECE Rec 20")

CHECKS: dict[str, Check] = {
    "ID": _identifier,
    "InvoiceTypeCode": _text("BR-CL-01", codes.INVOICE_TYPES, "UNCL1001"),
    "CreditNoteTypeCode": _text("BR-CL-01", codes.CREDIT_NOTE_TYPES, "UNCL1001"),
    **dict.fromkeys(AMOUNTS, _currency),
    "DocumentCurrencyCode": _text("BR-CL-04", codes.CURRENCIES, "ISO 4217"),
    "TaxCurrencyCode": _text("BR-CL-05", codes.CURRENCIES, "ISO 4217"),
    "DescriptionCode": _under(("InvoicePeriod",), _text("BR-CL-06", codes.TAX_POINTS, "UNCL2005")),
    "CompanyID": _under(("PartyLegalEntity",), _attribute("BR-CL-11", "schemeID", codes.ICD_SCHEMES, _ICD)),
    "ItemClassificationCode": _under(
        ("CommodityClassification",), _attribute("BR-CL-13", "listID", codes.ITEM_LISTS, "UNCL7143")
    ),
    "IdentificationCode": _country,
    "PaymentMeansCode": _under(("PaymentMeans",), _text("BR-CL-16", codes.PAYMENT_MEANS, "UNCL4461")),
    "AllowanceChargeReasonCode": _reason,
    "TaxExemptionReasonCode": _exemption,
    "InvoicedQuantity": _quantity,
    "CreditedQuantity": _quantity,
    "BaseQuantity": _quantity,
    "EmbeddedDocumentBinaryObject": _attribute("BR-CL-24", "mimeCode", MEDIA, "MIME"),
    "EndpointID": _attribute("BR-CL-25", "schemeID", codes.ENDPOINTS, "EAS"),
    "Note": _note,
}
