"""UBL DespatchAdvice and ReceiptAdvice from the neutral form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from promesa.exchange.formats.neutral import NeutralDocument, NeutralLine, Package
from promesa.exchange.formats.ubl.despatch_read import NO_SHIPMENT
from promesa.exchange.formats.ubl.orders_write import order_reference
from promesa.exchange.formats.ubl.parties import Element
from promesa.exchange.formats.ubl.sheet import Sheet


def write_despatch(document: NeutralDocument) -> bytes:
    """A DespatchAdvice. A line out of several lots becomes one line for each, since UBL has no quantity for a lot."""
    document = _with_shippers(document)
    sheet = Sheet("DespatchAdvice", document, customization="trns:despatch_advice:3", process="bis:despatch_advice:3")
    root = sheet.root
    sheet.text(root, "cbc:IssueDate", document.issued_on)
    sheet.text(root, "cbc:DespatchAdviceTypeCode", None if sheet.own else document.type_code)
    sheet.texts(root, "cbc:Note", document.notes)
    order_reference(sheet, with_seller_order=True)
    sheet.party(root, "ship_from", "cac:DespatchSupplierParty")
    sheet.party(root, "ship_to", "cac:DeliveryCustomerParty", contact="cac:DeliveryContact")
    for role, name in (
        ("buyer", "cac:BuyerCustomerParty"),
        ("seller", "cac:SellerSupplierParty"),
        ("originator", "cac:OriginatorCustomerParty"),
    ):
        sheet.party(root, role, name, traded=True)
    on_lines = {name for line in document.lines for name in _packages_of(line)}
    _shipment(sheet, [one for one in document.packages if one.within is None and one.number not in on_lines])
    for line in document.lines:
        for part in _by_lot(line):
            _despatch_line(sheet, part)
    return sheet.bytes()


def _with_shippers(document: NeutralDocument) -> NeutralDocument:
    """A document of our own with who sends and who receives, which Peppol asks for: else they are seller and buyer."""
    if document.format.startswith("ubl"):
        return document
    parties = dict(document.parties)
    for role, other in (("ship_from", "seller"), ("ship_to", "buyer")):
        if role not in parties and other in parties:
            parties[role] = parties[other]
    return replace(document, parties=parties)


def _shipment(sheet: Sheet, packages: list[Package]) -> None:
    document = sheet.document
    shipment = sheet.add(sheet.root, "cac:Shipment")
    sheet.text(shipment, "cbc:ID", sheet.reference("shipment") or NO_SHIPMENT)
    carrier = document.parties.get("carrier")
    if carrier is not None or sheet.reference("consignment"):
        consignment = sheet.add(shipment, "cac:Consignment")
        sheet.text(consignment, "cbc:ID", sheet.reference("consignment") or (NO_SHIPMENT if sheet.own else None))
        if carrier is not None:
            sheet.bare_party(consignment, "cac:CarrierParty", carrier)
    if document.promised or document.despatched_on or document.requested or sheet.reference("tracking"):
        delivery = sheet.add(shipment, "cac:Delivery")
        sheet.text(delivery, "cbc:TrackingID", sheet.reference("tracking"))
        sheet.period(delivery, "cac:RequestedDeliveryPeriod", document.requested)
        sheet.period(delivery, "cac:EstimatedDeliveryPeriod", document.promised)
        sheet.path(delivery, "cac:Despatch/cbc:ActualDespatchDate", document.despatched_on)
    for package in packages:
        _package(sheet, shipment, package, "cac:TransportHandlingUnit", "cbc:TransportHandlingUnitTypeCode")


def _package(sheet: Sheet, parent: Element, package: Package, name: str, kind: str) -> None:
    unit = sheet.add(parent, name)
    sheet.text(unit, "cbc:ID", package.number or package.sscc)
    if name == "cac:Package":
        sheet.text(unit, "cbc:Quantity", package.count)
    sheet.text(unit, kind, package.kind)
    if package.weight is not None:
        measured = sheet.add(unit, "cac:MeasurementDimension")
        sheet.text(measured, "cbc:AttributeID", "AAB")
        sheet.text(measured, "cbc:Measure", package.weight, unitCode=package.weight_unit)
    if package.number is None:
        return
    for inner in sheet.document.packages:
        if inner.within == package.number and inner is not package and inner.number != package.number:
            _package(sheet, unit, inner, "cac:Package", "cbc:PackagingTypeCode")


def _packages_of(line: NeutralLine) -> list[str]:
    """The numbers of the units that hold a line."""
    several = (line.references or {}).get("packages")
    return several.split("|") if several else [line.package] if line.package else []


def _by_lot(line: NeutralLine) -> Iterator[NeutralLine]:
    amounts = [lot.quantity for lot in line.lots]
    known = [amount for amount in amounts if amount is not None]
    if len(line.lots) < 2 or len(known) < len(amounts) or sum(known) != line.quantity:
        yield line
        return
    for place, lot in enumerate(line.lots, 1):
        references = {"line": line.line_number} | dict(line.references or {})
        quantities = {"despatched": lot.quantity} if lot.quantity is not None else None
        yield replace(
            line,
            line_number=f"{line.line_number}.{place}",
            quantity=lot.quantity,
            quantities=dict(line.quantities or {}) | (quantities or {}) if place == 1 else quantities,
            reason=line.reason if place == 1 else None,
            references=references,
            lots=(lot,),
        )


def _despatch_line(sheet: Sheet, line: NeutralLine) -> None:
    said = dict(line.quantities or {})
    holder = sheet.add(sheet.root, "cac:DespatchLine")
    sheet.text(holder, "cbc:ID", line.line_number)
    sheet.texts(holder, "cbc:Note", line.notes)
    sheet.text(holder, "cbc:DeliveredQuantity", line.quantity, unitCode=line.unit_code)
    outstanding = said.get("outstanding")
    back = said.get("back_ordered")
    if outstanding is None:
        outstanding, back = back, None
    sheet.text(holder, "cbc:BackorderQuantity", back, unitCode=line.unit_code)
    sheet.text(holder, "cbc:OutstandingQuantity", outstanding, unitCode=line.unit_code)
    sheet.text(holder, "cbc:OutstandingReason", line.reason)
    sheet.text(holder, "cbc:OversupplyQuantity", said.get("oversupplied"), unitCode=line.unit_code)
    _order_line_reference(sheet, holder, line)
    sheet.item(holder, line)
    numbers = _packages_of(line)
    held = [package for number in numbers for package in sheet.document.packages if package.number == number]
    if held:
        shipment = sheet.add(holder, "cac:Shipment")
        sheet.text(shipment, "cbc:ID", NO_SHIPMENT)
        for package in held:
            _package(sheet, shipment, package, "cac:TransportHandlingUnit", "cbc:TransportHandlingUnitTypeCode")


def _order_line_reference(sheet: Sheet, holder: Element, line: NeutralLine) -> None:
    references = line.references or {}
    reference = sheet.add(holder, "cac:OrderLineReference")
    sheet.text(reference, "cbc:LineID", references.get("line") or line.line_number)
    sheet.path(reference, "cac:OrderReference/cbc:ID", references.get("order"))


def write_receipt(document: NeutralDocument) -> bytes:
    """A ReceiptAdvice: received, short, rejected and oversupplied quantities by line, with their reasons."""
    sheet = Sheet("ReceiptAdvice", document, customization="trns:receipt_advice:3", process="bis:receipt_advice:3")
    root = sheet.root
    sheet.text(root, "cbc:IssueDate", document.issued_on)
    sheet.text(root, "cbc:ReceiptAdviceTypeCode", None if sheet.own else document.type_code)
    sheet.texts(root, "cbc:Note", document.notes)
    order_reference(sheet)
    sheet.path(root, "cac:DespatchDocumentReference/cbc:ID", sheet.reference("despatch_advice"))
    sheet.party(root, "ship_to", "cac:DeliveryCustomerParty", contact="cac:DeliveryContact")
    sheet.party(root, "ship_from", "cac:DespatchSupplierParty")
    sheet.party(root, "buyer", "cac:BuyerCustomerParty")
    sheet.party(root, "seller", "cac:SellerSupplierParty")
    if document.delivered_on or document.packages or sheet.reference("shipment") or sheet.reference("consignment"):
        shipment = sheet.add(root, "cac:Shipment")
        sheet.text(shipment, "cbc:ID", sheet.reference("shipment") or NO_SHIPMENT)
        sheet.path(shipment, "cac:Consignment/cbc:ID", sheet.reference("consignment"))
        sheet.path(shipment, "cac:Delivery/cbc:ActualDeliveryDate", document.delivered_on)
        for package in document.packages:
            if package.within is None:
                name = "cac:TransportHandlingUnit"
                _package(sheet, shipment, package, name, "cbc:TransportHandlingUnitTypeCode")
    for line in document.lines:
        _receipt_line(sheet, line)
    return sheet.bytes()


def _receipt_line(sheet: Sheet, line: NeutralLine) -> None:
    said, references = dict(line.quantities or {}), line.references or {}
    holder = sheet.add(sheet.root, "cac:ReceiptLine")
    sheet.text(holder, "cbc:ID", line.line_number)
    sheet.texts(holder, "cbc:Note", line.notes)
    unit = line.unit_code
    sheet.text(holder, "cbc:ReceivedQuantity", line.quantity, unitCode=unit)
    sheet.text(holder, "cbc:ShortQuantity", said.get("short"), unitCode=unit)
    sheet.text(holder, "cbc:ShortageActionCode", references.get("shortage_action"))
    sheet.text(holder, "cbc:RejectedQuantity", said.get("rejected"), unitCode=unit)
    sheet.text(holder, "cbc:RejectReasonCode", line.reason_code)
    sheet.text(holder, "cbc:RejectReason", line.reason)
    sheet.text(holder, "cbc:RejectActionCode", references.get("action"))
    sheet.text(holder, "cbc:QuantityDiscrepancyCode", references.get("discrepancy"))
    sheet.text(holder, "cbc:OversupplyQuantity", said.get("oversupplied"), unitCode=unit)
    if references.get("line") or references.get("order") or sheet.own:
        _order_line_reference(sheet, holder, line)
    if references.get("despatch_line") or references.get("despatch_advice"):
        despatch = sheet.add(holder, "cac:DespatchLineReference")
        sheet.text(despatch, "cbc:LineID", references.get("despatch_line"))
        sheet.path(despatch, "cac:DocumentReference/cbc:ID", references.get("despatch_advice"))
    sheet.item(holder, line)
