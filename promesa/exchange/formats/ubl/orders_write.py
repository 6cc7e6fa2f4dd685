"""UBL Order, OrderChange and OrderCancellation from the neutral form."""

from __future__ import annotations

from promesa.exchange.formats.neutral import NeutralDocument, NeutralLine
from promesa.exchange.formats.ubl.orders_read import ACTIONS
from promesa.exchange.formats.ubl.parties import Element
from promesa.exchange.formats.ubl.sheet import Sheet

_CODES = {action: code for code, action in reversed(ACTIONS.items())}


def write_order(document: NeutralDocument) -> bytes:
    """An Order; ours is one of the profile "order only"."""
    sheet = Sheet("Order", document, customization="trns:order:3", process="bis:order_only:3")
    root = sheet.root
    sheet.text(root, "cbc:SalesOrderID", sheet.reference("seller_order"))
    sheet.text(root, "cbc:IssueDate", document.issued_on)
    sheet.text(root, "cbc:OrderTypeCode", document.type_code)
    _head(sheet)
    sheet.path(root, "cac:QuotationDocumentReference/cbc:ID", sheet.reference("quotation"))
    sheet.path(root, "cac:OrderDocumentReference/cbc:ID", sheet.reference("previous_order"))
    sheet.path(root, "cac:OriginatorDocumentReference/cbc:ID", sheet.reference("originator"))
    sheet.path(root, "cac:CatalogueReference/cbc:ID", sheet.reference("catalogue"))
    _body(sheet)
    return sheet.bytes()


def write_change(document: NeutralDocument) -> bytes:
    """An OrderChange: what becomes of each line is its `references["action"]`."""
    sheet = Sheet("OrderChange", document, customization="trns:order_change:3", process="bis:advanced_ordering:3")
    root = sheet.root
    sheet.text(root, "cbc:SalesOrderID", sheet.reference("seller_order"))
    sheet.text(root, "cbc:IssueDate", document.issued_on)
    sheet.text(root, "cbc:SequenceNumberID", sheet.reference("sequence") or ("1" if sheet.own else None))
    _head(sheet)
    order_reference(sheet)
    sheet.path(root, "cac:QuotationDocumentReference/cbc:ID", sheet.reference("quotation"))
    sheet.path(root, "cac:OriginatorDocumentReference/cbc:ID", sheet.reference("originator"))
    _body(sheet)
    return sheet.bytes()


def write_cancellation(document: NeutralDocument) -> bytes:
    """An OrderCancellation: the first note says why."""
    sheet = Sheet(
        "OrderCancellation", document, customization="trns:order_cancellation:3", process="bis:advanced_ordering:3"
    )
    root = sheet.root
    sheet.text(root, "cbc:IssueDate", document.issued_on)
    sheet.texts(root, "cbc:Note", document.notes[1:])
    sheet.texts(root, "cbc:CancellationNote", document.notes[:1])
    order_reference(sheet)
    sheet.path(root, "cac:Contract/cbc:ID", sheet.reference("contract"))
    parties(sheet)
    return sheet.bytes()


def order_reference(sheet: Sheet, *, with_seller_order: bool = False) -> None:
    """The order that a document is about."""
    if sheet.reference("order") or (with_seller_order and sheet.reference("seller_order")):
        reference = sheet.add(sheet.root, "cac:OrderReference")
        sheet.text(reference, "cbc:ID", sheet.reference("order") or ("NA" if sheet.own else None))
        sheet.text(reference, "cbc:SalesOrderID", sheet.reference("seller_order") if with_seller_order else None)
        sheet.text(reference, "cbc:IssueDate", None if sheet.own else sheet.reference("order_date"))


def parties(sheet: Sheet) -> None:
    sheet.party(sheet.root, "buyer", "cac:BuyerCustomerParty")
    sheet.party(sheet.root, "seller", "cac:SellerSupplierParty")
    sheet.party(sheet.root, "originator", "cac:OriginatorCustomerParty", traded=True)


def _head(sheet: Sheet) -> None:
    root, document = sheet.root, sheet.document
    sheet.texts(root, "cbc:Note", document.notes)
    sheet.text(root, "cbc:DocumentCurrencyCode", document.currency)
    sheet.text(root, "cbc:CustomerReference", sheet.reference("customer"))
    sheet.text(root, "cbc:AccountingCostCode", sheet.reference("accounting_code"))
    sheet.text(root, "cbc:AccountingCost", sheet.reference("accounting"))
    sheet.period(root, "cac:ValidityPeriod", document.period)


def _body(sheet: Sheet) -> None:
    root, document = sheet.root, sheet.document
    sheet.attachments()
    sheet.path(root, "cac:Contract/cbc:ID", sheet.reference("contract"))
    sheet.path(root, "cac:ProjectReference/cbc:ID", sheet.reference("project"))
    parties(sheet)
    sheet.party(root, "invoicee", "cac:AccountingCustomerParty")
    _delivery(sheet)
    sheet.path(root, "cac:PaymentTerms/cbc:Note", document.terms)
    sheet.allowances(root, document.allowances)
    sheet.totals("cac:AnticipatedMonetaryTotal")
    for line in document.lines:
        holder = sheet.add(root, "cac:OrderLine")
        order_line(sheet, sheet.add(holder, "cac:LineItem"), line)


def _delivery(sheet: Sheet) -> None:
    where = sheet.document.parties.get("ship_to")
    carrier = sheet.document.parties.get("carrier")
    if where is None and carrier is None and sheet.document.requested is None:
        return
    delivery = sheet.add(sheet.root, "cac:Delivery")
    if where is not None:
        sheet.place(delivery, where)
    sheet.period(delivery, "cac:RequestedDeliveryPeriod", sheet.document.requested)
    if carrier is not None:
        sheet.bare_party(delivery, "cac:CarrierParty", carrier)
    if where is not None:
        sheet.receiver(delivery, where)


def order_line(sheet: Sheet, item: Element, line: NeutralLine) -> None:
    """The `cac:LineItem` of an order or of a change."""
    references = line.references or {}
    sheet.text(item, "cbc:ID", line.line_number)
    sheet.text(item, "cbc:SalesOrderID", references.get("seller_order"))
    sheet.texts(item, "cbc:Note", line.notes)
    action = references.get("action")
    sheet.text(item, "cbc:LineStatusCode", _CODES.get(action, action) if action else None)
    sheet.text(item, "cbc:Quantity", line.quantity, unitCode=line.unit_code)
    sheet.money(item, "cbc:LineExtensionAmount", line.amount)
    sheet.text(item, "cbc:PartialDeliveryIndicator", references.get("partial_delivery"))
    sheet.text(item, "cbc:AccountingCostCode", references.get("accounting_code"))
    sheet.text(item, "cbc:AccountingCost", references.get("accounting"))
    if line.requested is not None:
        sheet.period(sheet.add(item, "cac:Delivery"), "cac:RequestedDeliveryPeriod", line.requested)
    sheet.allowances(item, line.allowances)
    sheet.price(item, line)
    sheet.item(item, line)
