"""UBL DespatchAdvice and ReceiptAdvice."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from promesa.core import identifiers
from promesa.exchange.formats.given import Given
from promesa.exchange.formats.neutral import NeutralDocument, NeutralLine, Package, Party, Window
from promesa.exchange.formats.ubl import head, lines, parties, rules
from promesa.exchange.formats.ubl.parties import Element
from promesa.exchange.formats.xml.values import Walk

_SHIPPED = {
    "order": "cac:OrderReference/cbc:ID",
    "order_date": "cac:OrderReference/cbc:IssueDate",
    "seller_order": "cac:OrderReference/cbc:SalesOrderID",
    "shipment": "cac:Shipment/cbc:ID",
    "consignment": "cac:Shipment/cac:Consignment/cbc:ID",
    "tracking": "cac:Shipment/cac:Delivery/cbc:TrackingID",
}
_RECEIVED = {
    "order": "cac:OrderReference/cbc:ID",
    "order_date": "cac:OrderReference/cbc:IssueDate",
    "despatch_advice": "cac:DespatchDocumentReference/cbc:ID",
    "shipment": "cac:Shipment/cbc:ID",
    "consignment": "cac:Shipment/cac:Consignment/cbc:ID",
}
GROSS_WEIGHT = ("AAB", "AAF", "AAC", "G")
NO_SHIPMENT = "NA"


def read_despatch(root: Element, given: Given) -> list[NeutralDocument]:
    """A DespatchAdvice: what left, in what units, and what is still to come."""
    walk = parties.walk_of()
    fields = head.head(walk, root)
    shipment = walk.first(root, "cac:Shipment")
    delivery = walk.first(shipment, "cac:Delivery")
    left = walk.day(delivery, "cac:Despatch/cbc:ActualDespatchDate")
    packages = _packages(walk, [shipment] if shipment is not None else [])
    found: list[NeutralLine] = []
    for place, holder in enumerate(lines.rows(walk, root, "cac:DespatchLine"), 1):
        line, its_packages = _despatched(walk, holder, place)
        packages |= {key: package for key, package in its_packages.items() if key not in packages}
        found.append(line)
    walk.line = None
    fields |= {
        "type_code": walk.text(root, "cbc:DespatchAdviceTypeCode"),
        "references": _shipped(head.references(walk, root, _SHIPPED)),
        "parties": _with_carrier(walk, root, shipment),
        "promised": _expected(walk, delivery),
        "requested": head.requested(walk, [delivery] if delivery is not None else [], severity="warning"),
        "despatched_on": left,
        "packages": tuple(packages.values()),
        "lines": tuple(found),
    }
    return [_checked(walk, root, "ubl-despatch-advice", "despatch_advice", fields)]


def read_receipt(root: Element, given: Given) -> list[NeutralDocument]:
    """A ReceiptAdvice: what arrived, what was short, refused or too much, and why."""
    walk = parties.walk_of()
    fields = head.head(walk, root)
    shipment = walk.first(root, "cac:Shipment")
    found: list[NeutralLine] = []
    arrived = walk.day(shipment, "cac:Delivery/cbc:ActualDeliveryDate")
    for place, holder in enumerate(lines.rows(walk, root, "cac:ReceiptLine"), 1):
        found.append(_received(walk, holder, place))
        arrived = arrived or walk.day(holder, "cbc:ReceivedDate")
    walk.line = None
    fields |= {
        "type_code": walk.text(root, "cbc:ReceiptAdviceTypeCode"),
        "references": _shipped(head.references(walk, root, _RECEIVED)),
        "parties": _with_carrier(walk, root, shipment),
        "delivered_on": arrived,
        "packages": tuple(_packages(walk, [shipment] if shipment is not None else []).values()),
        "lines": tuple(found),
    }
    return [_checked(walk, root, "ubl-receipt-advice", "receipt_advice", fields)]


# -- heads


def _shipped(found: dict[str, str]) -> dict[str, str]:
    """References without the number of a shipment that says only that there is none."""
    return {key: value for key, value in found.items() if key != "shipment" or value != NO_SHIPMENT}


def _with_carrier(walk: Walk, root: Element, shipment: Element | None) -> dict[str, Party]:
    found = head.parties_of(walk, root)
    carrier = parties.party(walk, walk.first(shipment, "cac:Consignment/cac:CarrierParty"))
    if carrier is None:
        carrier = parties.party(walk, walk.first(shipment, "cac:Delivery/cac:CarrierParty"))
    if carrier is not None:
        found["carrier"] = carrier
    if "ship_to" not in found:
        where = parties.place(walk, walk.first(shipment, "cac:Delivery"))
        if where is not None:
            found["ship_to"] = where
    return found


def _expected(walk: Walk, delivery: Element | None) -> Window | None:
    """When goods that left will arrive: as estimated, else as promised."""
    for path in ("cac:EstimatedDeliveryPeriod", "cac:PromisedDeliveryPeriod"):
        window = parties.period(walk, walk.first(delivery, path))
        if window is not None:
            return window
    return None


def _checked(walk: Walk, root: Element, format_: str, kind: str, fields: dict[str, Any]) -> NeutralDocument:
    rules.check(walk, root)
    walk.line = None
    if not fields["lines"]:
        walk.fault("no_lines", root, severity="warning")
    return NeutralDocument(format_, kind, faults=walk.found(), **fields)


# -- units that goods travel in


def _packages(walk: Walk, shipments: list[Element]) -> dict[str, Package]:
    """The handling units of shipments by number, the packages within them after them."""
    found: dict[str, Package] = {}
    for shipment in shipments:
        for unit in walk.all(shipment, "cac:TransportHandlingUnit"):
            _add_package(walk, unit, found, None, "cbc:TransportHandlingUnitTypeCode")
    return found


def _add_package(walk: Walk, unit: Element, found: dict[str, Package], within: str | None, kind: str) -> None:
    number = walk.text(unit, "cbc:ID", limit=parties.MAX_CODE)
    weight, weight_unit = _weight(walk, unit)
    package = Package(
        number=number,
        sscc=number if number is not None and identifiers.is_sscc(number) else None,
        kind=walk.text(unit, kind),
        count=walk.decimal(unit, "cbc:Quantity"),
        within=within,
        weight=weight,
        weight_unit=weight_unit,
    )
    if package == Package(within=within):
        return
    found.setdefault(number or f"#{len(found) + 1}", package)
    for path in ("cac:Package", "cac:ActualPackage"):
        for inner in walk.all(unit, path):
            _add_package(walk, inner, found, number, "cbc:PackagingTypeCode")


def _weight(walk: Walk, unit: Element) -> tuple[Decimal | None, str | None]:
    for measured in walk.all(unit, "cac:MeasurementDimension"):
        if walk.text(measured, "cbc:AttributeID") in GROSS_WEIGHT:
            return walk.decimal(measured, "cbc:Measure"), walk.text(measured, "cbc:Measure/@unitCode")
    return None, None


# -- lines


def _despatched(walk: Walk, holder: Element, place: int) -> tuple[NeutralLine, dict[str, Package]]:
    number = lines.number_of(walk, holder, place)
    left, received, unit = lines.quantity(walk, holder, "cbc:DeliveredQuantity")
    backorder = walk.quantity(holder, "cbc:BackorderQuantity", severity="warning")
    outstanding = walk.quantity(holder, "cbc:OutstandingQuantity", severity="warning")
    said = {
        "despatched": left,
        "back_ordered": outstanding if backorder is None else backorder,
        "outstanding": outstanding if backorder is not None else None,
        "oversupplied": walk.quantity(holder, "cbc:OversupplyQuantity", severity="warning"),
    }
    reason = walk.text(holder, "cbc:OutstandingReason") or walk.text(holder, "cbc:BackorderReason")
    packages = _packages(walk, walk.all(holder, "cac:Shipment"))
    outer = [package.number for package in packages.values() if package.within is None and package.number]
    references = lines.named_lines(walk, holder, number)
    if len(outer) > 1:
        references["packages"] = "|".join(outer)
    fields = _item_fields(walk, holder) | {
        "line_number": number,
        "quantity": left,
        "quantity_received": received,
        "unit_code": unit,
        "quantities": {key: value for key, value in said.items() if value is not None} or None,
        "reason": reason,
        "references": references or None,
        "package": outer[0] if outer else None,
        "place": place,
        "notes": walk.texts(holder, "cbc:Note"),
    }
    return NeutralLine(**fields), packages


def _received(walk: Walk, holder: Element, place: int) -> NeutralLine:
    number = lines.number_of(walk, holder, place)
    arrived, received, unit = lines.quantity(walk, holder, "cbc:ReceivedQuantity")
    said: dict[str, Decimal | None] = {"received": arrived}
    for key, path in (
        ("short", "cbc:ShortQuantity"),
        ("rejected", "cbc:RejectedQuantity"),
        ("oversupplied", "cbc:OversupplyQuantity"),
    ):
        value, _, other = lines.quantity(walk, holder, path)
        said[key] = value
        unit = unit or other
    reasons = (*walk.texts(holder, "cbc:RejectReason"), *walk.texts(holder, "cbc:TimingComplaint"))
    references = lines.named_lines(walk, holder, number)
    for key, path in (
        ("despatch_line", "cac:DespatchLineReference/cbc:LineID"),
        ("despatch_advice", "cac:DespatchLineReference/cac:DocumentReference/cbc:ID"),
        ("action", "cbc:RejectActionCode"),
        ("shortage_action", "cbc:ShortageActionCode"),
        ("discrepancy", "cbc:QuantityDiscrepancyCode"),
    ):
        text = walk.text(holder, path)
        if text is not None:
            references[key] = text
    fields = _item_fields(walk, holder) | {
        "line_number": number,
        "quantity": arrived,
        "quantity_received": received,
        "unit_code": unit,
        "quantities": {key: value for key, value in said.items() if value is not None} or None,
        "reason": " ".join(reasons) or None,
        "reason_code": walk.text(holder, "cbc:RejectReasonCode") or walk.text(holder, "cbc:TimingComplaintCode"),
        "references": references or None,
        "place": place,
        "notes": walk.texts(holder, "cbc:Note"),
    }
    return NeutralLine(**fields)


def _item_fields(walk: Walk, holder: Element) -> dict[str, Any]:
    item = parties.item(walk, walk.first(holder, "cac:Item"))
    return {
        "gtin": item.gtin,
        "seller_code": item.seller_code,
        "buyer_code": item.buyer_code,
        "text": item.text,
        "description": item.description,
        "codes": item.codes,
        "attributes": item.attributes,
        "origin_country": item.origin_country,
        "lots": item.lots,
    }
