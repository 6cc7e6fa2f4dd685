"""UBL Quotation: a seller's offer. It is read whole and is no order: whoever wants the goods sends one."""

from __future__ import annotations

from promesa.exchange.formats.given import Given
from promesa.exchange.formats.neutral import NeutralDocument
from promesa.exchange.formats.ubl import head, lines, parties
from promesa.exchange.formats.ubl.parties import Element


def read_quotation(root: Element, given: Given) -> list[NeutralDocument]:
    """The offer with its parties, lines and totals, and the fault that it is no order."""
    walk = parties.walk_of()
    fields = head.head(walk, root)
    fields["currency"] = fields["currency"] or walk.text(root, "cbc:PricingCurrencyCode", limit=10)
    fields["references"] = head.references(
        walk, root, {"quotation_request": "cac:RequestForQuotationDocumentReference/cbc:ID"}
    )
    found = head.parties_of(walk, root)
    for delivery in walk.all(root, "cac:Delivery"):
        where = parties.place(walk, delivery)
        if where is not None:
            found.setdefault("ship_to", where)
    fields["parties"] = found
    fields["period"] = parties.period(walk, walk.first(root, "cac:ValidityPeriod"))
    fields["terms"] = walk.text(root, "cac:DeliveryTerms/cbc:SpecialTerms") or walk.text(
        root, "cac:DeliveryTerms/cbc:ID"
    )
    fields["totals"] = head.totals(walk, root, "cac:QuotedMonetaryTotal")
    fields["taxes"] = head.taxes(walk, root)
    fields["allowances"] = parties.allowances(walk, root)
    fields["lines"] = tuple(
        lines.neutral(lines.order_line(walk, holder, place))
        for place, holder in enumerate(walk.all(root, "cac:QuotationLine"), 1)
    )
    walk.line = None
    walk.fault("not_an_order", root, received="UBL Quotation", right="UBL Order")
    return [NeutralDocument("ubl-quotation", "not_an_order", faults=walk.found(), **fields)]
