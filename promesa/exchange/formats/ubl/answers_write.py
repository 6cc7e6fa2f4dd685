"""UBL OrderResponse and ApplicationResponse from the neutral form."""

from __future__ import annotations

from collections.abc import Mapping

from promesa.core import identifiers
from promesa.exchange.formats.neutral import NeutralDocument, NeutralLine
from promesa.exchange.formats.ubl.answers_read import PLAIN_CODES
from promesa.exchange.formats.ubl.orders_write import order_reference
from promesa.exchange.formats.ubl.parties import Element
from promesa.exchange.formats.ubl.sheet import Sheet

_CODES = {"accepted": "AP", "changed": "CA", "rejected": "RE", "received": "AB"}


def write_response(document: NeutralDocument) -> bytes:
    """An OrderResponse. One of our own has lines only when it changes something, as Peppol asks.

    What was accepted as it stands, or refused as a whole, is told by its code; reasons become notes.
    """
    sheet = Sheet("OrderResponse", document, customization="trns:order_response:3", process="bis:ordering:3")
    root = sheet.root
    code = sheet.reference("status")
    if code is None and (sheet.own or not document.lines):  # else it was read from one without, told by its lines
        code = _CODES.get(_response(document)) or ("AB" if sheet.own else None)
    lines = document.lines if code == "CA" or not sheet.own else ()
    notes = document.notes
    if not lines and document.lines:
        notes = (*notes, *dict.fromkeys(line.reason for line in document.lines if line.reason))
    sheet.text(root, "cbc:SalesOrderID", sheet.reference("seller_order"))
    sheet.text(root, "cbc:IssueDate", document.issued_on)
    sheet.text(root, "cbc:OrderResponseCode", code)
    sheet.texts(root, "cbc:Note", notes)
    sheet.text(root, "cbc:DocumentCurrencyCode", document.currency)
    sheet.text(root, "cbc:CustomerReference", sheet.reference("customer"))
    sheet.text(root, "cbc:AccountingCostCode", sheet.reference("accounting_code"))
    sheet.text(root, "cbc:AccountingCost", sheet.reference("accounting"))
    order_reference(sheet)
    sheet.path(root, "cac:OriginatorDocumentReference/cbc:ID", sheet.reference("originator"))
    sheet.path(root, "cac:OrderChangeDocumentReference/cbc:ID", sheet.reference("order_change"))
    sheet.path(root, "cac:Contract/cbc:ID", sheet.reference("contract"))
    sheet.party(root, "seller", "cac:SellerSupplierParty")
    sheet.party(root, "buyer", "cac:BuyerCustomerParty")
    sheet.party(root, "originator", "cac:OriginatorCustomerParty", traded=True)
    sheet.party(root, "invoicee", "cac:AccountingCustomerParty")
    _delivery(sheet)
    sheet.path(root, "cac:PaymentTerms/cbc:Note", document.terms)
    if not sheet.own:
        sheet.allowances(root, document.allowances)
        sheet.totals("cac:LegalMonetaryTotal")
    for line in lines:
        _line(sheet, line)
    return sheet.bytes()


def _response(document: NeutralDocument) -> str:
    """What a response of ours says of the whole: accepted lines with days of their own make it one with lines."""
    said = document.response or ""
    apart = any(line.promised not in (None, document.promised) or line.reason for line in document.lines)
    return "changed" if said == "accepted" and apart else said


def _delivery(sheet: Sheet) -> None:
    where = sheet.document.parties.get("ship_to")
    where = None if sheet.own else where
    if where is None and sheet.document.promised is None:
        return
    delivery = sheet.add(sheet.root, "cac:Delivery")
    if where is not None:
        sheet.place(delivery, where)
    sheet.period(delivery, "cac:PromisedDeliveryPeriod", sheet.document.promised)
    if where is not None:
        sheet.receiver(delivery, where)


def _line(sheet: Sheet, line: NeutralLine) -> None:
    references = line.references or {}
    holder = sheet.add(sheet.root, "cac:OrderLine")
    item = sheet.add(holder, "cac:LineItem")
    sheet.text(item, "cbc:ID", line.line_number)
    sheet.text(item, "cbc:SalesOrderID", references.get("seller_order"))
    sheet.texts(item, "cbc:Note", ((line.reason,) if line.reason else ()) + line.notes)
    sheet.text(item, "cbc:LineStatusCode", references.get("status") or PLAIN_CODES.get(line.response or ""))
    sheet.text(item, "cbc:Quantity", line.quantity, unitCode=line.unit_code)
    sheet.money(item, "cbc:LineExtensionAmount", None if sheet.own else line.amount)
    back = (line.quantities or {}).get("back_ordered")
    sheet.text(item, "cbc:MaximumBackorderQuantity", back, unitCode=line.unit_code)
    sheet.text(item, "cbc:PartialDeliveryIndicator", references.get("partial_delivery"))
    sheet.text(item, "cbc:AccountingCostCode", references.get("accounting_code"))
    sheet.text(item, "cbc:AccountingCost", references.get("accounting"))
    requested = None if sheet.own else line.requested
    if line.promised is not None or requested is not None:
        delivery = sheet.add(item, "cac:Delivery")
        sheet.period(delivery, "cac:RequestedDeliveryPeriod", requested)
        sheet.period(delivery, "cac:PromisedDeliveryPeriod", line.promised)
    sheet.allowances(item, () if sheet.own else line.allowances)
    sheet.price(item, line)
    sheet.item(item, line)
    _substitute(sheet, holder, references)
    reference = sheet.add(holder, "cac:OrderLineReference")
    sheet.text(reference, "cbc:LineID", references.get("line") or line.line_number)
    sheet.path(reference, "cac:OrderReference/cbc:ID", references.get("order"))


def _substitute(sheet: Sheet, holder: Element, references: Mapping[str, str]) -> None:
    """The item that takes the place of the ordered one."""
    code, seller_code = references.get("substitute"), references.get("substitute_seller_code")
    is_gtin = code is not None and (seller_code is not None or identifiers.is_gtin(code))
    line = NeutralLine(
        references.get("substitute_line", ""),
        gtin=code if is_gtin else None,
        seller_code=seller_code if is_gtin else code,
        text=references.get("substitute_text"),
    )
    if line != NeutralLine(""):
        inner = sheet.add(holder, "cac:SellerSubstitutedLineItem")
        sheet.text(inner, "cbc:ID", line.line_number)
        sheet.item(inner, line)


def write_application_response(document: NeutralDocument) -> bytes:
    """An ApplicationResponse; one of our own is a message response (MLR) on a document that came."""
    sheet = Sheet("ApplicationResponse", document, customization="trns:mlr:3", process="bis:mlr:3")
    root = sheet.root
    sheet.text(root, "cbc:IssueDate", document.issued_on)
    sheet.texts(root, "cbc:Note", document.notes)
    for role, name in (("message_sender", "cac:SenderParty"), ("message_receiver", "cac:ReceiverParty")):
        party = document.parties.get(role)
        if party is not None:
            sheet.bare_party(root, name, party)
    answer = sheet.add(root, "cac:DocumentResponse")
    response = sheet.add(answer, "cac:Response")
    code = sheet.reference("status") or _CODES.get(document.response or "") or ("AB" if sheet.own else None)
    sheet.text(response, "cbc:ResponseCode", code)
    for one in document.reported:
        if one.line is None:
            status = sheet.add(response, "cac:Status")
            sheet.text(status, "cbc:StatusReasonCode", one.code)
            sheet.text(status, "cbc:StatusReason", one.text)
            sheet.path(status, "cac:Condition/cbc:AttributeID", one.where)
    reference = sheet.add(answer, "cac:DocumentReference")
    sheet.text(reference, "cbc:ID", sheet.reference("acknowledged") or ("NA" if sheet.own else None))
    for key, code in (("invoice", "380"), ("order", "220"), ("order_response", "231")):
        if sheet.reference(key):
            sheet.text(reference, "cbc:DocumentTypeCode", code)
            break
    for role, name in (("issuer", "cac:IssuerParty"), ("recipient", "cac:RecipientParty")):
        party = document.parties.get(role)
        if party is not None:
            sheet.bare_party(answer, name, party)
    for one in document.reported:
        if one.line is not None:
            line = sheet.add(answer, "cac:LineResponse")
            sheet.path(line, "cac:LineReference/cbc:LineID", one.line)
            said = sheet.add(line, "cac:Response")
            sheet.text(said, "cbc:ResponseCode", _CODES["rejected"])
            status = sheet.add(said, "cac:Status")
            sheet.text(status, "cbc:StatusReasonCode", one.code)
            sheet.text(status, "cbc:StatusReason", one.text)
            sheet.path(status, "cac:Condition/cbc:AttributeID", one.where)
    return sheet.bytes()
