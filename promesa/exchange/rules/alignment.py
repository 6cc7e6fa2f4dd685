"""Where a customer's catalogue and our masters say different things of one item: field by field, with who has to mend it.

Prices are compared for one base unit. What one side does not say is no difference.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from rapidfuzz import fuzz

ALIKE = 55.0  # texts less alike than this (0 to 100) speak of different things
HALF_A_CENT = Decimal("0.005")


class Field(StrEnum):
    """What can differ. The words are in `labels`."""

    ITEM = "item"
    CODES = "codes"
    INACTIVE = "inactive"
    GTIN = "gtin"
    PACK = "pack"
    PRICE = "price"
    CURRENCY = "currency"
    UNIT = "unit"
    DESCRIPTION = "description"
    MISSING = "missing"


# Who has to mend it at first; a person gives it to somebody else.
OWNERS: dict[Field, str] = {
    Field.ITEM: "back_office", Field.CODES: "customer", Field.INACTIVE: "customer", Field.GTIN: "back_office",
    Field.PACK: "back_office", Field.PRICE: "sales", Field.CURRENCY: "sales", Field.UNIT: "back_office",
    Field.DESCRIPTION: "back_office", Field.MISSING: "customer",
}  # fmt: skip
OWNED_BY = frozenset({"back_office", "sales", "customer"})


@dataclass(frozen=True, slots=True)
class Theirs:
    """An item as the customer's catalogue has it. `pack` is base units in one `unit_code`, or,
    beside the base unit, in a case; price net, for `price_basis` of it."""

    key: str
    buyer_code: str = ""
    gtin: str = ""
    seller_code: str = ""
    text: str = ""
    unit_code: str = ""
    pack: Decimal | None = None
    price: Decimal | None = None
    price_basis: Decimal = Decimal(1)
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Ours:
    """An item as we have it for that customer: GTINs by unit, base units in each unit, the net price of one base unit.

    `unit` is our code for the unit that the entry is in, where the customer's own word for it is known."""

    item_id: int
    sku: str
    name: str
    base_unit: str
    packs: Mapping[str, Decimal] = field(default_factory=dict)
    gtins: Mapping[str, str] = field(default_factory=dict)
    price: Decimal | None = None
    currency: str = ""
    active: bool = True
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one item on which the two sides do not agree."""

    key: str
    item_id: int | None
    field: Field
    ours: str
    theirs: str

    @property
    def owner(self) -> str:
        return OWNERS[self.field]


def compare(theirs: Theirs, candidates: Collection[Ours]) -> list[Difference]:
    """What differs of one entry; `candidates` are the items that its codes name: none, one, or several that disagree."""
    named = {one.item_id: one for one in candidates}
    if not named:
        return [Difference(theirs.key, None, Field.ITEM, "", _codes(theirs))]
    if len(named) > 1:
        several = " / ".join(sorted(one.sku for one in named.values()))
        return [Difference(theirs.key, None, Field.CODES, several, _codes(theirs))]
    (ours,) = named.values()
    if not ours.active:
        return [Difference(theirs.key, ours.item_id, Field.INACTIVE, ours.sku, _codes(theirs))]
    found = [*_gtin(theirs, ours), *_unit(theirs, ours), *_price(theirs, ours)]
    if theirs.text and fuzz.token_set_ratio(theirs.text.casefold(), ours.name.casefold()) < ALIKE:
        found.append((Field.DESCRIPTION, ours.name, theirs.text))
    return [Difference(theirs.key, ours.item_id, *one) for one in found]


def _gtin(theirs: Theirs, ours: Ours) -> list[tuple[Field, str, str]]:
    if not theirs.gtin or not ours.gtins or theirs.gtin.zfill(14) in {one.zfill(14) for one in ours.gtins.values()}:
        return []
    own = (
        ours.gtins.get(ours.unit or theirs.unit_code)
        or ours.gtins.get(ours.base_unit)
        or next(iter(ours.gtins.values()))
    )
    return [(Field.GTIN, own, theirs.gtin)]


def _unit(theirs: Theirs, ours: Ours) -> list[tuple[Field, str, str]]:
    known = {ours.base_unit: Decimal(1), **ours.packs}
    unit = ours.unit or theirs.unit_code
    if unit and unit not in known:
        return [(Field.UNIT, ", ".join(sorted(known)), theirs.unit_code)]
    if theirs.pack is None:
        return []
    # Beside the base unit a pack says what a case holds, whatever the unit of a case.
    own = known[unit] if unit and unit != ours.base_unit else None
    if own is None:
        cases = sorted({one for one in known.values() if one != 1}) or [Decimal(1)]
        return (
            [] if theirs.pack in known.values() else [(Field.PACK, ", ".join(map(_plain, cases)), _plain(theirs.pack))]
        )
    return [] if own == theirs.pack else [(Field.PACK, _plain(own), _plain(theirs.pack))]


def _price(theirs: Theirs, ours: Ours) -> list[tuple[Field, str, str]]:
    own = ours.price
    if theirs.price is None or own is None:
        return []
    if theirs.currency and ours.currency and theirs.currency != ours.currency:
        return [(Field.CURRENCY, ours.currency, theirs.currency)]
    unit, price = ours.unit or theirs.unit_code, theirs.price / (theirs.price_basis or 1)
    if unit:
        factors = [{ours.base_unit: Decimal(1), **ours.packs}.get(unit) or theirs.pack or Decimal(1)]
    else:  # a price that names no unit may be for one piece or for a case
        factors = [Decimal(1), *([theirs.pack] if theirs.pack else ())]
    # What rounds to the same cent for the customer's own unit is the same price.
    if any(abs(price / factor - own) * factor <= HALF_A_CENT for factor in factors):
        return []
    near = min(factors, key=lambda factor: abs(price / factor - own))
    return [(Field.PRICE, _plain(round(own * near, 6)), _plain(price))]


def health(*, items: int, wrong: int) -> Decimal | None:
    """The share of items on which both sides agree, 0 to 100; none without items."""
    return None if not items else (Decimal(100 * (items - wrong)) / items).quantize(Decimal("0.1"))


def _codes(theirs: Theirs) -> str:
    return " / ".join(dict.fromkeys(one for one in (theirs.gtin, theirs.seller_code, theirs.buyer_code) if one))


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")
