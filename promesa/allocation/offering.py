"""What else can be offered where something runs short: substitutes, with what they cost and when they arrive.

An offer claims nothing. All offers of a quote can be taken together: they are made of what the order itself leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from promesa.allocation.queries.protection import Guard
from promesa.allocation.rules import RECEIPT, STOCK, LinePromise, Supply, SupplyPool
from promesa.allocation.terms import promise_wanted
from promesa.catalog.queries import substitutes_of
from promesa.catalog.resolution import Catalogue, ItemRecord
from promesa.catalog.rules import Price
from promesa.core.quantities import next_multiple, to_base, whole_pack
from promesa.core.words import Sentence
from promesa.inventory import queries as inventory
from promesa.orders.checks import CheckedLine, CheckedOrder
from promesa.orders.operations import read_catalogue
from promesa.orders.queries import Wanted, WantedLine

MOST_OFFERS = 2
ZERO = Decimal(0)


@dataclass(slots=True)
class Ground:
    """What a quote stands on: a warehouse, the order as its promise takes it, what is free, how its lots and receipts are called."""

    warehouse: inventory.ShippingTerms
    order: Wanted
    pool: SupplyPool = field(default_factory=lambda: SupplyPool(()))
    names: dict[tuple[str, int], str] = field(default_factory=dict)
    arrivals: dict[int, date] = field(default_factory=dict)

    def alone(self, line: WantedLine) -> Wanted:
        """The same order for a line that need not wait for others."""
        return replace(self.order, lines=(line,), one_delivery=False, partial_deliveries=True)

    def add(self, items: Iterable[int]) -> None:
        """Read what is free of these items; of an item read before nothing changes."""
        wanted = {item for item in items if item not in self.pool.by_item}
        if not wanted:
            return
        rows = inventory.named_supply(items=wanted, warehouses=[self.warehouse.id])
        self.pool.add(
            Supply(row.id, row.item_id, row.free, row.expires_on, row.expected_at, row.supplier) for row in rows
        )
        if any(row.guarded for row in rows):
            guard = self.pool.guard = self.pool.guard or Guard(self.warehouse.id, ())
            guard.items |= wanted
        for row in rows:
            source = STOCK if row.expected_at is None else RECEIPT
            self.names[source, row.id] = row.name
            if row.expected_at is not None and row.free > 0:
                day = row.expected_at.date()
                self.arrivals[row.item_id] = min(day, self.arrivals.get(row.item_id, day))


@dataclass(frozen=True, slots=True)
class Offer:
    """So much of a substitute (its base units), promised, in place of so much of the line's item (the line's base units).

    `unit_price` is for `price_basis` base units of the substitute, none if it has no price for this customer.
    """

    item: ItemRecord
    quantity: Decimal
    replaces: Decimal
    promise: LinePromise
    price: Price | None
    needs_consent: bool

    @property
    def sentence(self) -> Sentence:
        """What is offered, in words."""
        code = "substitute_to_ask" if self.needs_consent else "substitute_agreed"
        return Sentence(code, self.params)

    @property
    def params(self) -> dict[str, Any]:
        return {"substitute": self.item.name, "quantity": self.quantity, "ship_date": self.promise.parts[0].ship_date}


def offers_for(
    checked: CheckedOrder, promises: Mapping[int, LinePromise], ground: Ground, at: datetime
) -> dict[int, tuple[Offer, ...]]:
    """Substitutes for what is missing of lines, or comes later than it is wanted: position -> offers, the best first."""
    lacking = {position: lack for position, promise in promises.items() if (lack := _lack(checked, position, promise))}
    items = {line.item.id for position in lacking if (line := checked.lines[position - 1]).item}
    stands_in = substitutes_of(items=items, on=at.date())
    if not stands_in:
        return {}
    catalogue = read_catalogue(customers=[checked.terms.id], lines=(), ids={one.substitute_id for one in stands_in})
    ground.add(one.substitute_id for one in stands_in)
    found: dict[int, tuple[Offer, ...]] = {}
    for position, lack in lacking.items():
        line = checked.lines[position - 1]
        offers: list[Offer] = []
        for one in stands_in:
            if line.item is None or one.item_id != line.item.id or len(offers) == MOST_OFFERS:
                continue
            substitute = catalogue.items[one.substitute_id]
            offer = _offer(checked, line, lack, substitute, (one.numerator, one.denominator), catalogue, ground, at)
            if offer is not None:
                offers.append(offer)
        if offers:
            found[position] = tuple(offers)
    return found


def _lack(checked: CheckedOrder, position: int, promise: LinePromise) -> Decimal:
    """How much of a line is not promised, or not for when it is wanted; nothing where only the rest of the order lacks."""
    until = checked.lines[position - 1].requested_to or checked.requested_to
    late = sum((part.quantity for part in promise.parts if until is not None and part.window_from >= until), ZERO)
    missing = Decimal(promise.missing_params.get("missing_quantity", promise.missing_quantity))
    return (ZERO if promise.missing_reason == "promise_order_incomplete" else missing) + late


def _sold_by(item: ItemRecord) -> Decimal:
    """The pack that an item is sold by, in base units; nothing where it is divided freely."""
    pack = item.packs.get(item.sales_unit)
    return whole_pack(*pack, item.sales_unit) if pack else ZERO


def whole_packs(item: ItemRecord, quantity: Decimal) -> Decimal:
    """At least so much of an item (base units), by the packs it is sold by."""
    return next_multiple(quantity, *item.packs[item.sales_unit]) if _sold_by(item) else quantity


def _offer(
    checked: CheckedOrder,
    line: CheckedLine,
    lack: Decimal,
    item: ItemRecord,
    factor: tuple[int, int],
    catalogue: Catalogue,
    ground: Ground,
    at: datetime,
) -> Offer | None:
    """So much of a substitute as there is in time, up to what is lacking; None if there is none."""
    unit = _sold_by(item)
    wanted = whole_packs(item, to_base(lack, *factor))
    asked_from = line.requested_from or checked.requested_from
    until = line.requested_to or checked.requested_to
    asked = WantedLine(
        0,
        item.id,
        item.kind,
        wanted,
        item.lead_days,
        item.minimum_life_days,
        asked_from,
        until,
        0,
        unit,
        item.supplier,
    )
    (promise,) = promise_wanted(ground.alone(asked), ground.pool, at, until=until).lines
    quantity = sum((part.quantity for part in promise.parts), ZERO)
    if not quantity:
        return None
    price = catalogue.prices(checked.terms.id, checked.currency, checked.ordered_at.date()).price(
        item.id, quantity, checked.ordered_at.date()
    )
    replaces = min(to_base(quantity, factor[1], factor[0]), lack)
    return Offer(item, quantity, replaces, promise, price, not checked.terms.substitutes)
