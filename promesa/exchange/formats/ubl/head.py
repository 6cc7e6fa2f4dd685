"""The head of a UBL document: number, dates, references, parties, totals, taxes and attachments, as fields of the neutral form."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from promesa.exchange.formats.neutral import Party, Tax, Window
from promesa.exchange.formats.ubl import parties
from promesa.exchange.formats.ubl.parties import Element
from promesa.exchange.formats.xml.values import Walk

MAX_NUMBER = 70
MAX_ATTACHMENTS = 100
MAX_TAXES = 1000

# Under what name a reference of the document is kept, and where it stands.
REFERENCES = {
    "seller_order": "cbc:SalesOrderID",
    "customer": "cbc:CustomerReference",
    "accounting": "cbc:AccountingCost",
    "accounting_code": "cbc:AccountingCostCode",
    "sequence": "cbc:SequenceNumberID",
    "quotation": "cac:QuotationDocumentReference/cbc:ID",
    "originator": "cac:OriginatorDocumentReference/cbc:ID",
    "catalogue": "cac:CatalogueReference/cbc:ID",
    "contract": "cac:Contract/cbc:ID",
    "project": "cac:ProjectReference/cbc:ID",
}
ROLES = {
    "buyer": ("cac:BuyerCustomerParty", "", "cbc:SupplierAssignedAccountID=91"),
    "seller": ("cac:SellerSupplierParty", "", "cbc:CustomerAssignedAccountID=92"),
    "originator": ("cac:OriginatorCustomerParty", "", "cbc:SupplierAssignedAccountID=91"),
    "invoicee": ("cac:AccountingCustomerParty", "", "cbc:SupplierAssignedAccountID=91"),
    "ship_from": ("cac:DespatchSupplierParty", "cac:DespatchContact", "cbc:CustomerAssignedAccountID=92"),
    "ship_to": ("cac:DeliveryCustomerParty", "cac:DeliveryContact", "cbc:SupplierAssignedAccountID=91"),
    "message_sender": ("cac:SenderParty", "", ""),
    "message_receiver": ("cac:ReceiverParty", "", ""),
}
TOTALS = {
    "lines": "LineExtensionAmount",
    "taxable": "TaxExclusiveAmount",
    "with_tax": "TaxInclusiveAmount",
    "allowances": "AllowanceTotalAmount",
    "charges": "ChargeTotalAmount",
    "prepaid": "PrepaidAmount",
    "rounding": "PayableRoundingAmount",
    "payable": "PayableAmount",
}


def head(walk: Walk, root: Element, *, number_missing: str = "warning") -> dict[str, Any]:
    """The fields that every document has, as arguments of `NeutralDocument`."""
    number = walk.text(root, "cbc:ID", limit=MAX_NUMBER)
    if number is None:
        walk.fault("number_missing", root, "cbc:ID", severity=number_missing)
    profile = {
        "customization": walk.text(root, "cbc:CustomizationID"),
        "process": walk.text(root, "cbc:ProfileID"),
        "version": walk.text(root, "cbc:UBLVersionID"),
    }
    currency = walk.text(root, "cbc:DocumentCurrencyCode", limit=10)
    if currency is not None and not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        walk.fault("currency_wrong", root, "cbc:DocumentCurrencyCode", received=currency, right="EUR")
    if (walk.text(root, "cbc:CopyIndicator") or "").lower() in ("true", "1"):
        walk.fault("copy_of_document", root, "cbc:CopyIndicator", received="CopyIndicator")
    return {
        "number": number,
        "issued_on": walk.day(root, "cbc:IssueDate"),
        "currency": currency,
        "notes": walk.texts(root, "cbc:Note"),
        "profile": {key: value for key, value in profile.items() if value is not None},
    }


def references(walk: Walk, root: Element, further: Mapping[str, str] | None = None) -> dict[str, str]:
    """The references of a document: those of `REFERENCES` and of a further table of the same shape."""
    found: dict[str, str] = {}
    for name, path in (REFERENCES | dict(further or {})).items():
        text = walk.text(root, path)
        if text is not None:
            found[name] = text
    if "contract" not in found:
        text = walk.text(root, "cac:Contract/cac:ContractDocumentReference/cbc:ID")
        if text is not None:
            found["contract"] = text
    return found


def parties_of(walk: Walk, root: Element) -> dict[str, Party]:
    """The parties right under the root, by role."""
    found: dict[str, Party] = {}
    for role, (path, contact, account) in ROLES.items():
        one = parties.party(walk, walk.first(root, path), contact=contact, account=account)
        if one is not None:
            found[role] = one
    return found


def requested(walk: Walk, deliveries: list[Element], *, severity: str = "blocking") -> Window | None:
    """When delivery is wanted: the requested period of the first delivery, else its latest day, else when to ship."""
    for delivery in deliveries:
        window = parties.period(walk, walk.first(delivery, "cac:RequestedDeliveryPeriod"), severity=severity)
        if window is None:
            latest = walk.moment(delivery, "cbc:LatestDeliveryDate", "cbc:LatestDeliveryTime", severity=severity)
            window = Window(None, latest) if latest is not None else None
        if window is None:
            ship = walk.moment(
                delivery, "cac:Despatch/cbc:RequestedDespatchDate", "cac:Despatch/cbc:RequestedDespatchTime"
            )
            if ship is not None:
                walk.fault("ship_date_used", delivery, "cac:Despatch", received=ship.isoformat())
                window = Window(ship, ship)
        if window is not None:
            return window
    return None


def totals(walk: Walk, root: Element, path: str) -> dict[str, Decimal]:
    """The totals under the element at a path, and the tax of the document."""
    found: dict[str, Decimal] = {}
    under = walk.first(root, path)
    for name, tag in TOTALS.items():
        amount = walk.decimal(under, f"cbc:{tag}")
        if amount is not None:
            found[name] = amount
    tax = walk.decimal(root, "cac:TaxTotal/cbc:TaxAmount")
    return found if tax is None else found | {"tax": tax}


def taxes(walk: Walk, root: Element) -> tuple[Tax, ...]:
    """The rows of the tax breakdown, when there is one."""
    return tuple(
        Tax(
            category=walk.text(row, "cac:TaxCategory/cbc:ID"),
            rate=walk.decimal(row, "cac:TaxCategory/cbc:Percent"),
            base=walk.decimal(row, "cbc:TaxableAmount"),
            amount=walk.decimal(row, "cbc:TaxAmount"),
            kind=walk.text(row, "cac:TaxCategory/cac:TaxScheme/cbc:ID"),
            reason=walk.text(row, "cac:TaxCategory/cbc:TaxExemptionReason"),
            reason_code=walk.text(row, "cac:TaxCategory/cbc:TaxExemptionReasonCode"),
        )
        for row in walk.all(root, "cac:TaxTotal/cac:TaxSubtotal")[:MAX_TAXES]
    )


def attachments(walk: Walk, root: Element) -> tuple[dict[str, Any], ...]:
    """The further documents that one refers to or carries; what is embedded is decoded."""
    found = []
    for one in walk.all(root, "cac:AdditionalDocumentReference")[:MAX_ATTACHMENTS]:
        said: dict[str, Any] = {
            "number": walk.text(one, "cbc:ID"),
            "type_code": walk.text(one, "cbc:DocumentTypeCode"),
            "type": walk.text(one, "cbc:DocumentType"),
            "description": walk.text(one, "cbc:DocumentDescription"),
            "uri": walk.text(one, "cac:Attachment/cac:ExternalReference/cbc:URI"),
        }
        embedded = walk.first(one, "cac:Attachment/cbc:EmbeddedDocumentBinaryObject")
        if embedded is not None:
            said |= {"mime": embedded.get("mimeCode"), "filename": embedded.get("filename")}
            try:
                said["content"] = base64.b64decode("".join((embedded.text or "").split()), validate=True)
            except (binascii.Error, ValueError):
                walk.fault("embedded_unreadable", embedded, received=(embedded.text or "").strip()[:40])
        found.append({key: value for key, value in said.items() if value is not None})
    return tuple(found)
