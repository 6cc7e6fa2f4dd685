"""A line of an order, of its change or of its answer: what stands in `cac:LineItem`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from promesa.exchange.formats.neutral import NeutralLine
from promesa.exchange.formats.ubl import head, parties
from promesa.exchange.formats.ubl.parties import Element
from promesa.exchange.formats.xml.values import Walk

MAX_LINE_NUMBER = 40
MAX_LINES = 10_000
TOO_MANY = "too_many_lines"
_REFERENCES = {
    "accounting": "cbc:AccountingCost",
    "accounting_code": "cbc:AccountingCostCode",
    "partial_delivery": "cbc:PartialDeliveryIndicator",
    "seller_order": "cbc:SalesOrderID",
}


def rows(walk: Walk, root: Element, path: str) -> list[Element]:
    """The lines of a document, at most `MAX_LINES`: more are a fault that blocks."""
    found = walk.all(root, path)
    if len(found) > MAX_LINES:
        walk.fault(TOO_MANY, root, path, received=len(found), right=MAX_LINES)
    return found[:MAX_LINES]


def number_of(walk: Walk, element: Element | None, place: int) -> str:
    """The number of a line, or its place when it has none; faults that follow are told of this line."""
    number = walk.text(element, "cbc:ID", limit=MAX_LINE_NUMBER)
    walk.line = number or str(place)
    return walk.line


def quantity(walk: Walk, element: Element | None, path: str) -> tuple[Decimal | None, str | None, str | None]:
    """A quantity, its text as it came and its unit."""
    value = walk.quantity(element, path)
    return value, walk.text(element, path, limit=parties.MAX_CODE), walk.text(element, f"{path}/@unitCode", limit=40)


def order_line(walk: Walk, holder: Element, place: int) -> dict[str, Any]:
    """The fields of a line of an order, as arguments of `NeutralLine`; `holder` has the `cac:LineItem`."""
    inner = walk.first(holder, "cac:LineItem")
    line = holder if inner is None else inner
    line_number = number_of(walk, line, place)
    ordered, received, unit = quantity(walk, line, "cbc:Quantity")
    item = parties.item(walk, walk.first(line, "cac:Item"))
    price = parties.price(walk, walk.first(line, "cac:Price"), severity="blocking")
    deliveries = walk.all(line, "cac:Delivery")
    notes = (*(() if inner is None else walk.texts(holder, "cbc:Note")), *walk.texts(line, "cbc:Note"))
    return {
        "line_number": line_number,
        "gtin": item.gtin,
        "seller_code": item.seller_code,
        "buyer_code": item.buyer_code,
        "text": item.text,
        "quantity": ordered,
        "quantity_received": received,
        "unit_code": unit,
        "price": price.net,
        "price_kind": "net" if price.net is not None else None,
        "price_basis": price.basis if price.basis is None or price.basis > 0 else None,
        "amount": walk.decimal(line, "cbc:LineExtensionAmount"),
        "requested": head.requested(walk, deliveries),
        "tax_rate": item.tax_rate,
        "notes": notes,
        "codes": item.codes,
        "references": _references(walk, holder, line) or None,
        "place": place,
        "tax_category": item.tax_category,
        "gross_price": price.gross,
        "price_discount": price.discount,
        "allowances": parties.allowances(walk, line),
        "lots": item.lots,
        "attributes": item.attributes,
        "origin_country": item.origin_country,
        "description": item.description,
    }


def _references(walk: Walk, holder: Element, line: Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, path in _REFERENCES.items():
        text = walk.text(line, path)
        if text is not None:
            found[name] = text
    return found | named_lines(walk, holder, walk.line or "")


def line_references(walk: Walk, holder: Element) -> dict[str, str]:
    """The line and document that a line is about: `line` and `order`."""
    found: dict[str, str] = {}
    for name, path in (
        ("line", "cac:OrderLineReference/cbc:LineID"),
        ("order", "cac:OrderLineReference/cac:OrderReference/cbc:ID"),
    ):
        text = walk.text(holder, path)
        if text is not None:
            found[name] = text
    return found


def named_lines(walk: Walk, holder: Element, line_number: str) -> dict[str, str]:
    """As `line_references`, without the order's line when it has the number of this one."""
    return {key: value for key, value in line_references(walk, holder).items() if key != "line" or value != line_number}


def own_places(walk: Walk, holders: list[Element]) -> None:
    """Say that lines name places of their own, or are divided over several deliveries: neither is taken."""
    for place, holder in enumerate(holders, 1):
        deliveries = walk.all(holder, "cac:LineItem/cac:Delivery")
        if not deliveries:
            continue
        walk.line = walk.text(holder, "cac:LineItem/cbc:ID", limit=MAX_LINE_NUMBER) or str(place)
        if len(deliveries) > 1:
            walk.fault("delivery_split_ignored", deliveries[1], received=str(len(deliveries)))
        where = parties.place(walk, deliveries[0])
        if where is not None:
            shown = where.gln or where.code or where.name or where.street or where.city or "?"
            walk.fault("line_party_ignored", deliveries[0], received=shown)
    walk.line = None


def neutral(fields: dict[str, Any]) -> NeutralLine:
    return NeutralLine(**fields)
