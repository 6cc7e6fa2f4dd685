"""Our catalogue as one customer gets it: their codes, their prices, packs and GTINs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from promesa.catalog import resolution
from promesa.core import bulk, prepared
from promesa.core.errors import NotFound, Refused
from promesa.customers.terms import Named
from promesa.exchange import formats
from promesa.exchange.formats.neutral import NeutralDocument, NeutralLine, Party
from promesa.exchange.queries.answering import company
from promesa.exchange.rules.answers import addressed

YEAR = timedelta(days=365)

_ITEMS = """
SELECT i.id, i.gtin, coalesce((SELECT min(k.code) FROM catalog_itemcode k WHERE k.item_id = i.id AND k.customer_id = %(customer)s), '')
FROM catalog_item i
WHERE (i.active_to IS NULL OR i.active_to > %(day)s) AND (%(every)s OR i.id IN (
    SELECT l.item_id FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
    WHERE o.customer_id = %(customer)s AND o.ordered_at >= %(since)s AND o.state NOT IN ('draft', 'refused')))
ORDER BY i.sku
"""
_CUSTOMER = "SELECT id, name, gln, currency, language FROM customers_customer WHERE number = %s"


class CatalogueUnwritable(Refused):
    """Something stands in the catalogue that its format cannot say, or what it cannot be without is not known."""


def catalogue_written(*, customer_number: str, number: str, at: datetime, every: bool = False) -> formats.Written:
    """Our catalogue for a customer as a PRICAT.

    :raises NotFound: if there is no such customer.
    :raises CatalogueUnwritable: if we have no identifier to send it under, or a value is longer than its element.
    """
    if not company(on=at.date()).identifier:
        raise CatalogueUnwritable(problem="company.gln")
    document = catalogue_of_us(customer_number=customer_number, number=number, at=at, every=every)
    try:
        return formats.write(document, format_="edifact-d96a")
    except formats.CannotWrite as problem:
        raise CatalogueUnwritable(problem=str(problem)[:200]) from problem


def catalogue_of_us(*, customer_number: str, number: str, at: datetime, every: bool = False) -> NeutralDocument:
    """As `catalogue_for`, as it goes to the customer's system: from us, what has a price.

    :raises NotFound: if there is no such customer.
    """
    us = company(on=at.date())
    found = catalogue_for(customer_number=customer_number, number=number, at=at, every=every)
    lines = tuple(line for line in found.lines if line.price is not None)
    document = replace(found, type_code="9", parties={**found.parties, "seller": us.party}, lines=lines)
    them = found.party("buyer")
    return addressed(document, us=us.identifier, them=them.gln or them.code or "", reference="1")


def catalogue_for(*, customer_number: str, number: str, at: datetime, every: bool = False) -> NeutralDocument:
    """A price catalogue for a customer: the active items that they bought within a year, or every one, with the customer's
    own codes and net prices (of one base unit) on that day, and base units in a case.

    :raises NotFound: if there is no such customer.
    """
    head = bulk.row(_CUSTOMER, [customer_number])
    if head is None:
        raise NotFound(what=f"customer {customer_number}")
    customer_id, name, gln, currency, _ = head
    day: date = at.date()
    rows = bulk.rows(_ITEMS, {"customer": customer_id, "day": day, "since": at - YEAR, "every": every})
    question = resolution.question(resolution.Asked(Named(ids=[customer_id]), ids=[row[0] for row in rows] or [0]))
    catalogue = question.read(prepared.together([(question.sql, question.params)])[0])
    prices = catalogue.prices(customer_id, currency, day)
    lines = []
    for place, (item_id, gtin, code) in enumerate(rows, 1):
        item = catalogue.items[item_id]
        found = prices.price(item_id, Decimal(1), day)
        case = next((factor for unit, factor in item.packs.items() if unit in ("CS", "CT", "BX")), None)
        per_pack = Decimal(case.numerator) / case.denominator if case else None
        lines.append(
            NeutralLine(
                line_number=str(place), gtin=(gtin.lstrip("0").zfill(13) if gtin else None), seller_code=item.sku, buyer_code=code or None,
                text=item.name, unit_code=item.base_unit, price=found.unit_price.normalize() if found else None,
                price_basis=found.basis_quantity if found and found.basis_quantity != 1 else None,
                quantities={"per_pack": per_pack} if per_pack else None,
            )
        )  # fmt: skip
    return NeutralDocument(
        format="neutral", kind="price_catalogue", number=number, issued_on=day, currency=currency,
        parties={"buyer": Party(gln=gln or None, code=customer_number, name=name)}, lines=tuple(lines),
    )  # fmt: skip
