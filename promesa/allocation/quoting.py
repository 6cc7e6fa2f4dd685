"""What an order would become if it were sent now: checked, priced and promised on a copy of what is free, nothing written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from promesa.allocation.offering import Ground, Offer, offers_for
from promesa.allocation.queries.holding import own_claims
from promesa.allocation.rules import LinePromise
from promesa.allocation.terms import promise_wanted
from promesa.catalog.resolution import Catalogue, Hit
from promesa.core.identifiers import pad_gtin
from promesa.core.quantities import to_base
from promesa.customers.rules import SiteTerms, Terms
from promesa.customers.terms import terms_of
from promesa.inventory import queries as inventory
from promesa.orders import checks
from promesa.orders.checks import CheckedOrder
from promesa.orders.operations import read_catalogue
from promesa.orders.queries import Shipper, Wanted, by_po_number, lines_to_promise, wanted_of
from promesa.orders.queries.habits import usual_quantities
from promesa.orders.queries.told import id_of
from promesa.orders.rules import DraftLine, OrderDraft

UNUSUAL = Decimal(3)


@dataclass(frozen=True, slots=True)
class Typed:
    """One line of a form as it was typed, read as far as it could be. `substitute` is the SKU of the one that was accepted for
    what the line runs short of."""

    place: int
    code: str
    quantity: Decimal | None
    quantity_text: str
    unit: str
    price: Decimal | None
    requested_from: date | None = None
    requested_to: date | None = None
    substitute: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """The order as it would be. `taken` are the offers that were accepted, by position; `whole` is the order with them, for its
    totals and days, where there are any. `promises`, `usual` and `substitutes` by position of the line, from 1; `repeat` is an
    order's number. `sources` says of each lot and receipt that serves it how people call it."""

    terms: Terms
    site: SiteTerms | None
    checked: CheckedOrder
    catalogue: Catalogue
    lines: tuple[Typed, ...]
    promises: dict[int, LinePromise]
    usual: dict[int, Decimal]
    next_receipt: dict[int, date]
    repeat: str
    same_lines: bool
    substitutes: dict[int, tuple[Offer, ...]] = field(default_factory=dict)
    sources: dict[tuple[str, int], str] = field(default_factory=dict)
    warehouse: str = ""
    taken: dict[int, Offer] = field(default_factory=dict)
    whole: Quote | None = None

    @property
    def agreed(self) -> list[tuple[int, str, str, str]]:
        """What was accepted in place of what, as text holds it: line, SKU, so much of the line, so much of the other."""
        return [(line, one.item.sku, str(one.replaces), str(one.quantity)) for line, one in sorted(self.taken.items())]


def quote(
    *,
    customer: str,
    ship_to: str,
    po_number: str,
    requested_on: date | None,
    lines: Sequence[Typed],
    at: datetime,
    requested_to: date | None = None,
    order: str = "",
    channel: str = "phone",
) -> Quote | None:
    """Check, price and promise; None when the customer is not known. Seven statements for any number of lines, three more
    where something runs short and may be substituted.

    Days and moments: a day means all of it at the site. `order` is the number of one that would be changed to this: what
    it has already is offered to it again, by its own terms, and its own purchase order number is no repeat. `channel` is how
    the order would come.
    """
    buyers = terms_of(numbers=[customer]) if customer else []
    if not buyers:
        return None
    terms = buyers[0]
    order_id = id_of(number=order, within=terms.id) if order else None
    draft, catalogue = draft_of(
        terms, ship_to=ship_to, po_number=po_number, requested_on=requested_on, requested_to=requested_to, lines=lines,
        at=at, channel=channel,
    )  # fmt: skip
    checked = checks.check(draft, terms, catalogue, at)
    site = terms.site(number=ship_to)
    found = by_po_number([(terms.id, po_number)]).get((terms.id, po_number), []) if po_number else []
    found = [one for one in found if one[0] != order]
    items = {line.item.id for line in checked.lines if line.item is not None}
    promises, ground = _promise(checked, at, order_id)
    offers = offers_for(checked, promises, ground, at) if ground else {}
    taken = _taken(lines, offers)
    whole = None
    if taken:
        whole = quote(
            customer=customer, ship_to=ship_to, po_number=po_number, requested_on=requested_on, requested_to=requested_to,
            lines=_with_taken(lines, checked, taken), at=at, order=order, channel=channel,
        )  # fmt: skip
    return Quote(
        terms=terms,
        site=site,
        checked=checked,
        catalogue=catalogue,
        lines=tuple(lines),
        promises=promises,
        usual=_unusual(checked, usual_quantities(customer_id=terms.id, items=items)),
        next_receipt=ground.arrivals if ground else {},
        repeat=found[-1][0] if found else "",
        same_lines=any(content == checked.content_hash for _, content in found),
        substitutes=offers,
        sources=ground.names if ground else {},
        warehouse=ground.warehouse.code if ground else "",
        taken=taken,
        whole=whole,
    )


def _taken(lines: Sequence[Typed], offers: Mapping[int, tuple[Offer, ...]]) -> dict[int, Offer]:
    """Of the offers, those that somebody said yes to; what has no price cannot be sold."""
    return {
        position: offer
        for position, line in enumerate(lines, 1)
        for offer in offers.get(position, ())
        if line.substitute and line.substitute == offer.item.sku and offer.price is not None
    }


def _with_taken(lines: Sequence[Typed], checked: CheckedOrder, taken: Mapping[int, Offer]) -> list[Typed]:
    """The lines without what substitutes take the place of, and the substitutes."""
    rest: list[Typed] = []
    for position, line in enumerate(lines, 1):
        offer = taken.get(position)
        if offer is None:
            rest.append(line)
            continue
        known = checked.lines[position - 1]
        left = to_base(known.quantity - offer.replaces, known.denominator, known.numerator)
        if left > 0:
            rest.append(replace(line, quantity=left, quantity_text=str(left), unit=known.unit_code, substitute=""))
        rest.append(Typed(line.place, offer.item.sku, offer.quantity, str(offer.quantity), offer.item.base_unit, None))
    return rest


def draft_of(
    terms: Terms,
    *,
    ship_to: str,
    po_number: str,
    requested_on: date | None,
    lines: Sequence[Typed],
    at: datetime,
    requested_to: date | None = None,
    repeat_allowed: bool = False,
    note: str = "",
    channel: str = "phone",
) -> tuple[OrderDraft, Catalogue]:
    """The draft that a form means, and what is known of its items. Who types no unit means the item's sales unit."""
    plain = tuple(_draft_line(one) for one in lines)
    catalogue = read_catalogue(customers={terms.id: terms}, lines=plain)
    draft = OrderDraft(
        lines=tuple(
            line if line.unit else replace(line, unit=sales_unit(catalogue, terms.id, line.code)) for line in plain
        ),
        customer_id=terms.id,
        ship_to_number=ship_to,
        po_number=po_number,
        channel=channel,
        requested_from=requested_on,
        requested_to=requested_to or requested_on,
        ordered_at=at,
        received_at=at,
        repeat_allowed=repeat_allowed,
        note=note,
    )
    return draft, catalogue


def _draft_line(one: Typed) -> DraftLine:
    return DraftLine(
        code=one.code, quantity=one.quantity, quantity_text=one.quantity_text, unit=one.unit, price=one.price,
        requested_from=one.requested_from, requested_to=one.requested_to,
    )  # fmt: skip


def hit_of(catalogue: Catalogue, customer_id: int, code: str) -> Hit | None:
    """The item that a code means: ours, the customer's, or a GTIN."""
    return (
        catalogue.by_sku.get(code)
        or catalogue.by_customer_code.get((customer_id, code))
        or catalogue.by_gtin.get(pad_gtin(code))
    )


def sales_unit(catalogue: Catalogue, customer_id: int, code: str) -> str:
    """The unit in which an item is sold, if its code does not say another."""
    hit = hit_of(catalogue, customer_id, code)
    if hit is None or hit.unit_code:
        return hit.unit_code if hit else ""
    item = catalogue.items[hit.item_id]
    return item.sales_unit if item.sales_unit in item.packs else item.base_unit


def _unusual(checked: CheckedOrder, usual: dict[int, Decimal]) -> dict[int, Decimal]:
    """Lines that are three times what the customer usually orders, or a third of it: position -> the usual quantity."""
    found = {}
    for position, line in enumerate(checked.lines, 1):
        median = usual.get(line.item.id) if line.item else None
        if median and line.quantity and (line.quantity >= UNUSUAL * median or line.quantity * UNUSUAL <= median):
            found[position] = median
    return found


def _promise(checked: CheckedOrder, at: datetime, order_id: int | None) -> tuple[dict[int, LinePromise], Ground | None]:
    """Promise the lines that can be, on a copy of what is free; an order that is changed has its own goods too."""
    warehouse = inventory.default_warehouse()
    wanted = _wanted(checked, warehouse, order_id)
    if wanted is None or warehouse is None:
        return {}, None
    if wanted.warehouse_id != warehouse.id:
        warehouse = inventory.shipping_terms(warehouse_id=wanted.warehouse_id) or warehouse
    ground = Ground(warehouse, wanted)
    ground.add({line.item_id for line in wanted.lines})
    if order_id is not None:
        ground.pool.give_back(own_claims(order_id=order_id))
    answer = promise_wanted(wanted, ground.pool, at)
    return {promise.key: promise for promise in answer.lines}, ground


def _wanted(checked: CheckedOrder, warehouse: inventory.ShippingTerms | None, order_id: int | None) -> Wanted | None:
    """The lines whose item and quantity are known, called by their position from 1, under the terms that will bind them: those of
    the customer and the site, or those that the order to be changed was taken under. None if nothing can be promised."""
    shipper = None if warehouse is None else Shipper(*warehouse[:5])
    asked = wanted_of(checked, shipper, line_ids=range(1, len(checked.lines) + 1))
    if asked is None or not any(line.quantity > 0 for line in asked.lines):
        return None
    before = lines_to_promise([order_id]) if order_id is not None else []
    if not before:
        return asked
    site = {name: getattr(asked, name) for name in _OF_SITE}
    return replace(before[0], lines=asked.lines, **site)


_OF_SITE = ("site_id", "site_zone", "site_calendar_id", "transit_days", "windows")
