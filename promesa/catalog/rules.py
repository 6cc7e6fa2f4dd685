"""Which price, which tax and which pack: pure choices over rows that are already read.

A price book is built once for a customer and a set of items, then asked for each line; it never looks
anything up. Periods are [from, to): the day in `valid_to` is the first on which a row no longer counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from promesa.core.quantities import ONE_TO_ONE, PackFactor, alike, is_multiple, measure_factor, unit_code

# Whose price goes first. The origin is stored on the line; the rank only orders.
AGREEMENT = "agreement"
OWN_LIST = "list"
DEFAULT_LIST = "default"
_RANK = {AGREEMENT: 0, OWN_LIST: 1, DEFAULT_LIST: 2}
# A price of so many figures, before the point or after it, is no price; comparing it would only overflow.
_ABSURD = 30
_ONE = Decimal(1)
_ZERO = Decimal(0)


class Offer(NamedTuple):
    """One price somebody could get: `unit_price` for `basis_quantity` base units from `minimum_quantity` on."""

    item_id: int
    origin: str
    currency: str
    unit_price: Decimal
    basis_quantity: Decimal = _ONE
    minimum_quantity: Decimal = _ZERO
    valid_from: date = date.min
    valid_to: date | None = None
    reference: str = ""


class Price(NamedTuple):
    """The price of a line and why it is that one. `unit_price` is for `basis_quantity` base units, net of tax."""

    unit_price: Decimal
    basis_quantity: Decimal
    origin: str
    reference: str
    reason: str
    params: dict[str, Any]


class PriceBook:
    """The prices that one customer can get, ready to be asked.

    The customer's agreement goes before their own list, and that before the default list; inside each, the
    largest break that the quantity reaches, then the row that came into force last. Another book may stand below: it
    is asked where this one has no price.
    """

    __slots__ = ("_below", "_by_item", "_others", "currency")

    def __init__(self, offers: Iterable[Offer], currency: str, *, below: PriceBook | None = None) -> None:
        self.currency = currency
        self._below = below
        self._by_item: dict[int, list[Offer]] = {}
        self._others: dict[int, str] = {}
        for offer in offers:
            if offer.currency == currency:
                self._by_item.setdefault(offer.item_id, []).append(offer)
            else:
                self._others[offer.item_id] = min(offer.currency, self._others.get(offer.item_id, offer.currency))
        for found in self._by_item.values():
            if len(found) > 1:
                found.sort(key=_precedence)

    def price(self, item_id: int, quantity: Decimal, on: date) -> Price | None:
        """The price of a base quantity on a day, or None; `missing` then says why."""
        for offer in self._by_item.get(item_id, ()):
            if (
                offer.minimum_quantity <= quantity
                and offer.valid_from <= on
                and (offer.valid_to is None or on < offer.valid_to)
            ):
                return Price(
                    offer.unit_price,
                    offer.basis_quantity,
                    offer.origin,
                    offer.reference,
                    "price_from_" + offer.origin,
                    {"reference": offer.reference, "break_quantity": offer.minimum_quantity},
                )
        return None if self._below is None else self._below.price(item_id, quantity, on)

    def missing(self, item_id: int, quantity: Decimal, on: date) -> tuple[str, dict[str, Any]]:
        """Why there is no price: a reason code and its parameters. Only for when `price` gave None."""
        offers = self._offers(item_id)
        in_force = [row for row in offers if row.valid_from <= on and (row.valid_to is None or on < row.valid_to)]
        if in_force:
            least = min(row.minimum_quantity for row in in_force)
            return "price_below_first_break", {"break_quantity": least, "quantity": quantity}
        if offers:
            return "price_not_in_force", {"day": on}
        other = self._other(item_id)
        if other:
            return "price_in_other_currency", {"currency": self.currency, "other": other}
        return "price_missing", {"currency": self.currency}

    def _offers(self, item_id: int) -> list[Offer]:
        own = self._by_item.get(item_id, [])
        return own if self._below is None else own + self._below._offers(item_id)

    def _other(self, item_id: int) -> str:
        """The first currency of the alphabet in which the item has a price after all."""
        found = [self._others.get(item_id, ""), self._below._other(item_id) if self._below else ""]
        return min(filter(None, found), default="")


def price_for(*, offers: Iterable[Offer], item_id: int, quantity: Decimal, on: date, currency: str) -> Price | None:
    """The price of one item; for more than one, build a `PriceBook` and ask it."""
    return PriceBook((row for row in offers if row.item_id == item_id), currency).price(item_id, quantity, on)


def _precedence(offer: Offer) -> tuple[int, Decimal, int, str, Decimal]:
    # The last two only make the choice the same whatever the order the rows came in.
    return (
        _RANK[offer.origin],
        -offer.minimum_quantity,
        -offer.valid_from.toordinal(),
        offer.reference,
        offer.unit_price,
    )


class PriceDifference(NamedTuple):
    """How a received price stands against ours. `percent` is of our price, positive when theirs is higher."""

    difference: Decimal
    percent: Decimal | None
    within: bool


def price_difference(
    *, received: Decimal, received_basis: Decimal, ours: Price, tolerance_percent: Decimal
) -> PriceDifference:
    """Compare a customer's price with ours per base unit; equal prices are within any tolerance.

    :raises ValueError: if a price basis is not positive.
    """
    if received_basis <= 0 or ours.basis_quantity <= 0:
        raise ValueError("a price basis must be positive")
    if max(abs(received.adjusted()), abs(received_basis.adjusted())) > _ABSURD:
        return PriceDifference(received, None, within=False)
    theirs, own = received / received_basis, ours.unit_price / ours.basis_quantity
    difference = theirs - own
    if not own:
        return PriceDifference(difference, None, not difference)
    percent = difference / own * 100
    return PriceDifference(difference, percent, abs(percent) <= tolerance_percent)


class TaxRule(NamedTuple):
    """A rate of a tax code in a country; `rate` in per cent, `category` as EN 16931 has it (S, Z, E, AE, K, G, O)."""

    code: str
    country: str
    category: str
    rate: Decimal
    valid_from: date = date.min
    valid_to: date | None = None


class Tax(NamedTuple):
    """The tax of a line."""

    category: str
    rate: Decimal


class TaxBook:
    """Tax rates, ready to be asked by code, country and day."""

    __slots__ = ("_rules",)

    def __init__(self, rules: Iterable[TaxRule]) -> None:
        self._rules: dict[tuple[str, str], list[TaxRule]] = {}
        for rule in sorted(rules, key=lambda row: row.valid_from, reverse=True):
            self._rules.setdefault((rule.code, rule.country), []).append(rule)

    def tax(self, code: str, country: str, on: date) -> Tax | None:
        """The category and rate of a tax code on a day; None when the country has no such rate then."""
        for rule in self._rules.get((code, country), ()):
            if rule.valid_from <= on and (rule.valid_to is None or on < rule.valid_to):
                return Tax(rule.category, rule.rate)
        return None


class OrderedUnit(NamedTuple):
    """The unit that an order line is in: its code and how many base units one of it holds."""

    unit_code: str
    numerator: int
    denominator: int

    @property
    def factor(self) -> PackFactor:
        return PackFactor(self.numerator, self.denominator)


def resolve_unit(
    *,
    received: str,
    base_unit: str,
    packs: Mapping[str, PackFactor],
    aliases: Mapping[str, str] | None = None,
    default: str = "",
) -> OrderedUnit | None:
    """What a received unit means for an item, or None when it cannot be known.

    `packs` maps unit code to factor, `aliases` what this customer writes to our codes; nothing received means
    `default`, or the base unit. A pack of like meaning (carton for case) serves when only one factor fits:
    two would be a guess.
    """
    written = received.strip()
    code = (aliases or {}).get(written) or unit_code(written or default or base_unit)
    factor = _factor(code, base_unit, packs)
    return None if factor is None else OrderedUnit(code, factor.numerator, factor.denominator)


def _factor(code: str, base_unit: str, packs: Mapping[str, PackFactor]) -> PackFactor | None:
    exact = packs.get(code)
    if exact is not None:
        return exact
    base = unit_code(base_unit)
    if code in (base, base_unit):
        return ONE_TO_ONE
    near = {packs[other] for other in alike(code) if other in packs}
    if len(near) == 1:
        return near.pop()
    return None if near else measure_factor(code, base)


def is_whole(quantity: Decimal, unit: PackFactor) -> bool:
    """Whether a base quantity is made of whole packs of this unit."""
    return is_multiple(quantity, unit.numerator, unit.denominator)
