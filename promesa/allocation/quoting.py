"""What an order would become if it were sent now: checked, priced and promised on a copy of what is free, nothing written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal

from promesa.allocation.rules import DeliveryTerms, Demand, LinePromise, Supply, SupplyPool, promise_order
from promesa.catalog.resolution import Catalogue, Hit
from promesa.core.calendar_store import calendar
from promesa.core.calendars import ReceivingWindows
from promesa.core.identifiers import pad_gtin
from promesa.customers.rules import SiteTerms, Terms
from promesa.customers.terms import terms_of
from promesa.inventory import queries as inventory
from promesa.orders import checks
from promesa.orders.checks import CheckedOrder
from promesa.orders.operations import read_catalogue
from promesa.orders.queries import by_po_number
from promesa.orders.queries.habits import usual_quantities
from promesa.orders.rules import DraftLine, OrderDraft

UNUSUAL = Decimal(3)


@dataclass(frozen=True, slots=True)
class Typed:
    """One line of a form as it was typed, read as far as it could be."""

    place: int
    code: str
    quantity: Decimal | None
    quantity_text: str
    unit: str
    price: Decimal | None


@dataclass(frozen=True, slots=True)
class Quote:
    """The order as it would be. `promises` and `usual` by position of the line, from 1; `repeats` are order numbers."""

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


def quote(
    *, customer: str, ship_to: str, po_number: str, requested_on: date | None, lines: Sequence[Typed], at: datetime
) -> Quote | None:
    """Check, price and promise; None when the customer is not known. Seven statements for any number of lines."""
    buyers = terms_of(numbers=[customer]) if customer else []
    if not buyers:
        return None
    terms = buyers[0]
    draft, catalogue = draft_of(
        terms, ship_to=ship_to, po_number=po_number, requested_on=requested_on, lines=lines, at=at
    )
    checked = checks.check(draft, terms, catalogue, at)
    site = terms.site(number=ship_to)
    found = by_po_number([(terms.id, po_number)]).get((terms.id, po_number), []) if po_number else []
    items = {line.item.id for line in checked.lines if line.item is not None}
    promises, arrivals = _promise(checked, site, at)
    return Quote(
        terms=terms,
        site=site,
        checked=checked,
        catalogue=catalogue,
        lines=tuple(lines),
        promises=promises,
        usual=_unusual(checked, usual_quantities(customer_id=terms.id, items=items)),
        next_receipt=arrivals,
        repeat=found[-1][0] if found else "",
        same_lines=any(content == checked.content_hash for _, content in found),
    )


def draft_of(
    terms: Terms,
    *,
    ship_to: str,
    po_number: str,
    requested_on: date | None,
    lines: Sequence[Typed],
    at: datetime,
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
        requested_to=requested_on,
        ordered_at=at,
        received_at=at,
        repeat_allowed=repeat_allowed,
        note=note,
    )
    return draft, catalogue


def _draft_line(one: Typed) -> DraftLine:
    return DraftLine(
        code=one.code, quantity=one.quantity, quantity_text=one.quantity_text, unit=one.unit, price=one.price
    )


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


def _promise(
    checked: CheckedOrder, site: SiteTerms | None, at: datetime
) -> tuple[dict[int, LinePromise], dict[int, date]]:
    """Promise the lines that can be, on a copy of what is free; and when more of each item comes."""
    warehouse = inventory.default_warehouse()
    lines = [(position, line) for position, line in enumerate(checked.lines, 1) if line.item and line.quantity > 0]
    if warehouse is None or site is None or not lines:
        return {}, {}
    rows = inventory.free_supply(items={line.item.id for _, line in lines if line.item}, warehouses=[warehouse.id])
    pool = SupplyPool(Supply(row.id, row.item_id, row.free, row.expires_on, row.expected_at) for row in rows)
    arrivals: dict[int, date] = {}
    for row in rows:
        if row.expected_at is not None and row.free > 0:
            day = row.expected_at.date()
            arrivals[row.item_id] = min(day, arrivals.get(row.item_id, day))
    demands = [
        Demand(
            position, line.item.id, line.quantity, checked.requested_from, checked.requested_to,
            line.item.minimum_life_days, line.item.lead_days, line.item.kind,
        )
        for position, line in lines if line.item
    ]  # fmt: skip
    answer = promise_order(lines=demands, supply=pool, terms=_delivery_terms(checked.terms, site, warehouse), at=at)
    return {promise.key: promise for promise in answer.lines}, arrivals


def _delivery_terms(terms: Terms, site: SiteTerms, warehouse: inventory.ShippingTerms) -> DeliveryTerms:
    hours: dict[int, list[tuple[time, time]]] = {}
    for weekday, opens, closes in site.windows:
        hours.setdefault(weekday, []).append((opens, closes))
    return DeliveryTerms(
        warehouse=calendar(calendar_id=warehouse.calendar_id, zone=warehouse.time_zone),
        site=ReceivingWindows.of(
            site.time_zone, hours, calendar(calendar_id=site.calendar_id, zone=site.time_zone)
        ),
        cut_off=warehouse.cut_off, ships_at=warehouse.ships_at, transit_days=site.transit_days,
        one_delivery=terms.one_delivery, partial_deliveries=terms.partial_deliveries,
    )  # fmt: skip
