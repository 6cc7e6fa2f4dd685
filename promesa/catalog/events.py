"""What can happen to the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class ItemChanged:
    """`what`: created, changed, packs, substitutes."""

    SUBJECT: ClassVar[str] = "item"
    item_id: int
    what: str


@dataclass(frozen=True, slots=True)
class PricesChanged:
    """Prices of a list were created or changed."""

    SUBJECT: ClassVar[str] = "price_list"
    price_list_id: int
    count: int


@dataclass(frozen=True, slots=True)
class AgreementsChanged:
    """What was agreed with a customer: `what` is price, code, unit or list."""

    SUBJECT: ClassVar[str] = "customer"
    customer_id: int
    what: str
    count: int
