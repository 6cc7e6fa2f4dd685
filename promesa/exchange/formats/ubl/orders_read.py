"""UBL Order, OrderChange, OrderCancellation and RequestForQuotation."""

from __future__ import annotations

from typing import Any

from promesa.exchange.formats.given import Given
from promesa.exchange.formats.neutral import NeutralDocument, Party
from promesa.exchange.formats.ubl import head, lines, parties, rules
from promesa.exchange.formats.ubl.parties import Element
from promesa.exchange.formats.xml.values import Walk

ABOUT_ORDER = {"order": "cac:OrderReference/cbc:ID", "order_date": "cac:OrderReference/cbc:IssueDate"}
# What a line of a change does (UNCL1229).
ACTIONS = {"1": "added", "2": "deleted", "3": "changed", "4": "unchanged", "5": "unchanged", "42": "delivered"}


def read_order(root: Element, given: Given) -> list[NeutralDocument]:
    """An Order; what it lacks to be taken in blocks it."""
    walk = parties.walk_of()
    fields = _ordering(walk, root, {"previous_order": "cac:OrderDocumentReference/cbc:ID"})
    fields["lines"] = tuple(
        lines.neutral(lines.order_line(walk, holder, place))
        for place, holder in enumerate(lines.rows(walk, root, "cac:OrderLine"), 1)
    )
    return [_checked(walk, root, "ubl-order", "order", fields)]


def read_change(root: Element, given: Given) -> list[NeutralDocument]:
    """An OrderChange: its lines say what becomes of them in `references["action"]`."""
    walk = parties.walk_of()
    fields = _ordering(walk, root, ABOUT_ORDER)
    found = []
    for place, holder in enumerate(lines.rows(walk, root, "cac:OrderLine"), 1):
        line = lines.order_line(walk, holder, place)
        status = walk.text(holder, "cac:LineItem/cbc:LineStatusCode")
        if status is not None:
            line["references"] = (line["references"] or {}) | {"action": ACTIONS.get(status, status)}
        found.append(lines.neutral(line))
    fields |= {"lines": tuple(found), "function": "change"}
    return [_checked(walk, root, "ubl-order-change", "order_change", fields)]


def read_cancellation(root: Element, given: Given) -> list[NeutralDocument]:
    """An OrderCancellation: the order that it cancels is its reference `order`, why stands in its notes."""
    walk = parties.walk_of()
    fields = head.head(walk, root, number_missing="blocking")
    fields["notes"] = (*walk.texts(root, "cbc:CancellationNote"), *fields["notes"])
    fields["references"] = head.references(walk, root, ABOUT_ORDER)
    fields["parties"] = head.parties_of(walk, root)
    fields["function"] = "cancel"
    return [_checked(walk, root, "ubl-order-cancellation", "order_cancellation", fields)]


def read_quotation_request(root: Element, given: Given) -> list[NeutralDocument]:
    """A RequestForQuotation: who asks is the buyer, whom is asked the seller."""
    walk = parties.walk_of()
    fields = head.head(walk, root)
    fields["references"] = head.references(
        walk,
        root,
        {
            "catalogue": "cac:CatalogueDocumentReference/cbc:ID",
            "previous": "cac:RequestForQuotationDocumentReference/cbc:ID",
        },
    )
    found = head.parties_of(walk, root)
    if "buyer" not in found and "originator" in found:
        found["buyer"] = found.pop("originator")
    deliveries = walk.all(root, "cac:Delivery")
    fields["parties"] = _with_place(walk, found, deliveries)
    fields["requested"] = head.requested(walk, deliveries, severity="warning")
    fields["terms"] = walk.text(root, "cac:DeliveryTerms/cbc:SpecialTerms")
    fields["attachments"] = head.attachments(walk, root)
    rows = []
    for place, holder in enumerate(lines.rows(walk, root, "cac:RequestForQuotationLine"), 1):
        rows.append(lines.neutral(lines.order_line(walk, holder, place)))
    fields["lines"] = tuple(rows)
    walk.line = None
    return [NeutralDocument("ubl-request-for-quotation", "quotation_request", faults=walk.found(), **fields)]


def _ordering(walk: Walk, root: Element, further: dict[str, str]) -> dict[str, Any]:
    """The head that orders and changes of orders share."""
    fields = head.head(walk, root, number_missing="blocking")
    deliveries = walk.all(root, "cac:Delivery")
    fields |= {
        "type_code": walk.text(root, "cbc:OrderTypeCode"),
        "references": head.references(walk, root, further),
        "parties": _with_place(walk, head.parties_of(walk, root), deliveries),
        "requested": head.requested(walk, deliveries),
        "period": parties.period(walk, walk.first(root, "cac:ValidityPeriod")),
        "terms": " ".join(walk.texts(root, "cac:PaymentTerms/cbc:Note")) or None,
        "allowances": parties.allowances(walk, root),
        "totals": head.totals(walk, root, "cac:AnticipatedMonetaryTotal"),
        "taxes": head.taxes(walk, root),
        "attachments": head.attachments(walk, root),
    }
    return fields


def _with_place(walk: Walk, found: dict[str, Party], deliveries: list[Element]) -> dict[str, Party]:
    """Parties with where the goods go, and who carries them."""
    for delivery in deliveries:
        where = parties.place(walk, delivery)
        if where is not None:
            found.setdefault("ship_to", where)
        carrier = parties.party(walk, walk.first(delivery, "cac:CarrierParty"))
        if carrier is not None:
            found.setdefault("carrier", carrier)
    return found


def _checked(walk: Walk, root: Element, format_: str, kind: str, fields: dict[str, Any]) -> NeutralDocument:
    """The document with what is missing in it and what breaks the rules."""
    walk.line = None
    rules.check(walk, root)
    walk.line = None
    if "buyer" not in fields["parties"]:
        walk.fault("buyer_missing", root, "cac:BuyerCustomerParty")
    if kind != "order" and "order" not in fields["references"]:
        walk.fault("order_reference_missing", root, "cac:OrderReference/cbc:ID")
    if kind == "order" and not fields["lines"]:
        walk.fault("no_lines", root, "cac:OrderLine")
    if kind != "order_cancellation":
        lines.own_places(walk, walk.all(root, "cac:OrderLine")[: lines.MAX_LINES])
        for line in fields["lines"]:
            if not (line.gtin or line.seller_code or line.buyer_code or line.codes or line.text):
                walk.line = line.line_number
                walk.fault(
                    "item_missing", root, where=f"/{root.tag.rpartition('}')[2]}/OrderLine[{line.place}]/LineItem/Item"
                )
        walk.line = None
    return NeutralDocument(format_, kind, faults=walk.found(), **fields)
