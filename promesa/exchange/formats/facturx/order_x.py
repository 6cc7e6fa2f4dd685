"""Order-X: orders, their changes and responses as UN/CEFACT writes them (SCRDM-CI), alone or inside a PDF."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from promesa.exchange.formats.cii import parts
from promesa.exchange.formats.given import Given
from promesa.exchange.formats.neutral import NeutralDocument, NeutralLine, Party, Tax, Window
from promesa.exchange.formats.ubl.parties import MAX_CODE
from promesa.exchange.formats.xml.values import Element, Walk

_STANDARD = "urn:un:unece:uncefact:data:standard:"
NAMESPACE = "urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100"
SPACES = {
    "rsm": NAMESPACE,
    "ram": f"{_STANDARD}ReusableAggregateBusinessInformationEntity:128",
    "udt": f"{_STANDARD}UnqualifiedDataType:128",
    "qdt": f"{_STANDARD}QualifiedDataType:128",
}
KINDS = {"220": "order", "230": "order_change", "231": "order_response"}
FUNCTIONS = {"1": "cancel", "4": "change", "5": "replace", "7": "duplicate", "9": "original", "42": "confirmation"}
DOCUMENT_RESPONSES = {
    "29": "accepted",
    "30": "changed",
    "27": "rejected",
    "43": "accepted",
    "42": "received",
    "1": "accepted",
}
LINE_RESPONSES = {"5": "accepted", "3": "changed", "6": "changed", "1": "changed", "7": "rejected", "2": "rejected"}
REFERENCES = {
    "buyer_reference": "ram:BuyerReference",
    "seller_order": "ram:SellerOrderReferencedDocument/ram:IssuerAssignedID",
    "order": "ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID",
    "quotation": "ram:QuotationReferencedDocument/ram:IssuerAssignedID",
    "contract": "ram:ContractReferencedDocument/ram:IssuerAssignedID",
    "requisition": "ram:RequisitionReferencedDocument/ram:IssuerAssignedID",
    "catalogue": "ram:CatalogueReferencedDocument/ram:IssuerAssignedID",
    "blanket_order": "ram:BlanketOrderReferencedDocument/ram:IssuerAssignedID",
    "previous": "ram:PreviousOrderReferencedDocument/ram:IssuerAssignedID",
    "order_change": "ram:PreviousOrderChangeReferencedDocument/ram:IssuerAssignedID",
    "order_response": "ram:PreviousOrderResponseReferencedDocument/ram:IssuerAssignedID",
    "project": "ram:SpecifiedProcuringProject/ram:ID",
}
TOTALS = {
    "lines": "LineTotalAmount",
    "allowances": "AllowanceTotalAmount",
    "charges": "ChargeTotalAmount",
    "taxable": "TaxBasisTotalAmount",
    "tax": "TaxTotalAmount",
    "rounding": "RoundingAmount",
    "with_tax": "GrandTotalAmount",
    "prepaid": "TotalPrepaidAmount",
    "payable": "DuePayableAmount",
}
_MOMENT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?")
_TRADE = "rsm:SupplyChainTradeTransaction"


def recognises(root: Element) -> bool:
    return root.tag == f"{{{NAMESPACE}}}SCRDMCCBDACIOMessageStructure"


def read_root(root: Element, given: Given) -> list[NeutralDocument]:
    """The one order, change or response under a root, with its faults."""
    walk = Walk(SPACES)
    head, trade = walk.first(root, "rsm:ExchangedDocument"), walk.first(root, _TRADE)
    agreement = walk.first(trade, "ram:ApplicableHeaderTradeAgreement")
    delivery = walk.first(trade, "ram:ApplicableHeaderTradeDelivery")
    settlement = walk.first(trade, "ram:ApplicableHeaderTradeSettlement")
    number = walk.text(head, "ram:ID", limit=70)
    if number is None:
        walk.fault("number_missing", root, "rsm:ExchangedDocument/ram:ID")
    type_code = walk.text(head, "ram:TypeCode", limit=20)
    kind = KINDS.get(type_code or "")
    if kind is None:
        walk.fault("code_unknown", head, "ram:TypeCode", received=type_code or "", right="220, 230, 231")
        kind = "order"
    said = walk.text(head, "ram:PurposeCode", limit=20) or ""
    function = FUNCTIONS.get(said)
    if function == "duplicate" or (walk.text(head, "ram:CopyIndicator/udt:Indicator") or "").lower() in ("true", "1"):
        walk.fault("copy_of_document", head, "ram:PurposeCode", received=said or "CopyIndicator")
    currency = walk.text(settlement, "ram:OrderCurrencyCode", limit=10)
    rows = walk.all(trade, "ram:IncludedSupplyChainTradeLineItem")
    lines = tuple(_line(walk, row, place, kind) for place, row in enumerate(rows, 1))
    walk.line = None
    if not lines and kind == "order":
        walk.fault("no_lines", root)
    document = NeutralDocument(
        format=f"order-x-{kind.replace('_', '-')}",
        kind="order_cancellation" if kind == "order_change" and function == "cancel" else kind,
        number=number,
        type_code=type_code,
        function=function,
        response=DOCUMENT_RESPONSES.get(walk.text(head, "ram:StatusCode") or "") if kind == "order_response" else None,
        issued_on=parts.day(walk, head, "ram:IssueDateTime"),
        currency=currency,
        profile=_profile(walk, root),
        parties=_parties(walk, agreement, delivery, settlement),
        requested=_window(walk, delivery),
        references=_references(walk, agreement),
        lines=lines,
        allowances=parts.allowances(walk, settlement),
        taxes=_taxes(walk, settlement),
        totals=_totals(walk, settlement),
        terms=" ".join(walk.texts(settlement, "ram:SpecifiedTradePaymentTerms/ram:Description")) or None,
        notes=walk.texts(head, "ram:IncludedNote/ram:Content"),
        faults=walk.found(),
    )
    return [document]


def _profile(walk: Walk, root: Element) -> dict[str, str]:
    context = walk.first(root, "rsm:ExchangedDocumentContext")
    said = {
        "customization": walk.text(context, "ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"),
        "process": walk.text(context, "ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID"),
    }
    return {name: text for name, text in said.items() if text is not None}


def _parties(
    walk: Walk, agreement: Element | None, delivery: Element | None, settlement: Element | None
) -> dict[str, Party]:
    named = {
        "seller": (agreement, "ram:SellerTradeParty"),
        "buyer": (agreement, "ram:BuyerTradeParty"),
        "originator": (agreement, "ram:BuyerRequisitionerTradeParty"),
        "ship_to": (delivery, "ram:ShipToTradeParty"),
        "ultimate_consignee": (delivery, "ram:UltimateShipToTradeParty"),
        "ship_from": (delivery, "ram:ShipFromTradeParty"),
        "invoicee": (settlement, "ram:InvoiceeTradeParty"),
    }
    return parts.parties(walk, named)


def _references(walk: Walk, agreement: Element | None) -> dict[str, str]:
    return {name: text for name, path in REFERENCES.items() if (text := walk.text(agreement, path)) is not None}


def _window(walk: Walk, delivery: Element | None) -> Window | None:
    """When delivery is wanted: a moment or a period; when to ship, if that is all that is said."""
    for name in ("RequestedDeliverySupplyChainEvent", "RequestedDespatchSupplyChainEvent"):
        event = walk.first(delivery, f"ram:{name}")
        start = _moment(walk, event, "ram:OccurrenceDateTime")
        end = start
        if start is None:
            start = _moment(walk, event, "ram:OccurrenceSpecifiedPeriod/ram:StartDateTime")
            end = _moment(walk, event, "ram:OccurrenceSpecifiedPeriod/ram:EndDateTime")
        if start is None and end is None:
            continue
        if name.startswith("RequestedDespatch"):
            walk.fault("ship_date_used", event, received=str(start or end))
        window = Window(start, end)
        if window.first_day and window.last_day and window.first_day > window.last_day:
            walk.fault("window_reversed", event, received=f"{start} > {end}")
        return window
    return None


def _moment(walk: Walk, element: Element | None, path: str) -> date | datetime | None:
    text = walk.text(element, f"{path}/udt:DateTimeString")
    found = _MOMENT.fullmatch(text) if text else None
    if text is not None and found is None:
        walk.fault("date_wrong", element, f"{path}/udt:DateTimeString", received=text, right="CCYYMMDD (102)")
    if found is None:
        return None
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
        return (
            day if found[4] is None else datetime.combine(day, time(int(found[4]), int(found[5]), int(found[6] or 0)))
        )
    except ValueError:
        walk.fault("date_wrong", element, f"{path}/udt:DateTimeString", received=text, right="CCYYMMDD (102)")
        return None


def _line(walk: Walk, row: Element, place: int, kind: str) -> NeutralLine:
    number = walk.text(row, "ram:AssociatedDocumentLineDocument/ram:LineID", limit=40)
    walk.line = number or str(place)
    product = walk.first(row, "ram:SpecifiedTradeProduct")
    agreement = walk.first(row, "ram:SpecifiedLineTradeAgreement")
    delivery = walk.first(row, "ram:SpecifiedLineTradeDelivery")
    settlement = walk.first(row, "ram:SpecifiedLineTradeSettlement")
    agreed = walk.quantity(delivery, "ram:AgreedQuantity", severity="warning")
    path = (
        "ram:RequestedQuantity" if walk.first(delivery, "ram:RequestedQuantity") is not None else "ram:AgreedQuantity"
    )
    quantity = walk.quantity(delivery, path)
    if walk.text(delivery, path) is None:
        walk.fault("quantity_missing", row, right="ram:RequestedQuantity")
    name, description = walk.text(product, "ram:Name"), walk.text(product, "ram:Description")
    gtin, codes = parts.standard_code(walk, product)
    price = walk.decimal(agreement, "ram:NetPriceProductTradePrice/ram:ChargeAmount", severity="blocking")
    basis = walk.decimal(agreement, "ram:NetPriceProductTradePrice/ram:BasisQuantity")
    status = walk.text(row, "ram:AssociatedDocumentLineDocument/ram:LineStatusCode") or ""
    line_reference = walk.text(agreement, "ram:BuyerOrderReferencedDocument/ram:LineID")
    return NeutralLine(
        line_number=walk.line,
        gtin=gtin,
        seller_code=walk.text(product, "ram:SellerAssignedID", limit=MAX_CODE),
        buyer_code=walk.text(product, "ram:BuyerAssignedID", limit=MAX_CODE),
        text=name or description,
        quantity=quantity,
        quantity_received=walk.text(delivery, path, limit=MAX_CODE),
        unit_code=walk.text(delivery, f"{path}/@unitCode", limit=40),
        quantities={"accepted": agreed} if agreed is not None and kind == "order_response" else None,
        price=price,
        price_kind="net" if price is not None else None,
        price_basis=basis if basis is None or basis > 0 else None,
        gross_price=walk.decimal(agreement, "ram:GrossPriceProductTradePrice/ram:ChargeAmount"),
        amount=walk.decimal(settlement, "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"),
        requested=_window(walk, delivery),
        response=LINE_RESPONSES.get(status) if kind == "order_response" else None,
        tax_rate=walk.decimal(settlement, "ram:ApplicableTradeTax/ram:RateApplicablePercent"),
        tax_category=walk.text(settlement, "ram:ApplicableTradeTax/ram:CategoryCode"),
        notes=walk.texts(row, "ram:AssociatedDocumentLineDocument/ram:IncludedNote/ram:Content"),
        codes=codes or None,
        references={"order_line": line_reference} if line_reference else None,
        allowances=parts.allowances(walk, settlement),
        place=place,
        origin_country=walk.text(product, "ram:OriginTradeCountry/ram:ID"),
        description=description if name is not None and description != name else None,
    )


def _taxes(walk: Walk, settlement: Element | None) -> tuple[Tax, ...]:
    return tuple(
        Tax(
            category=walk.text(one, "ram:CategoryCode"),
            rate=walk.decimal(one, "ram:RateApplicablePercent"),
            base=walk.decimal(one, "ram:BasisAmount"),
            amount=walk.decimal(one, "ram:CalculatedAmount"),
            kind=walk.text(one, "ram:TypeCode"),
        )
        for one in walk.all(settlement, "ram:ApplicableTradeTax")
    )


def _totals(walk: Walk, settlement: Element | None) -> dict[str, Decimal]:
    sums: Any = walk.first(settlement, "ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    return {ours: value for ours, tag in TOTALS.items() if (value := walk.decimal(sums, f"ram:{tag}")) is not None}
