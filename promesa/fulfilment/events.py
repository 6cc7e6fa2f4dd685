"""What can happen to goods on their way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Despatched:
    """Goods of an order left, with a delivery note."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    advice_id: int
    number: str
    lines: int
    carrier: str
    planned_on: str
    cause: str


@dataclass(frozen=True, slots=True)
class Delivered:
    """Goods of a delivery note arrived. `accepted` says whether anything was taken, `whole` whether all of it was."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    advice_id: int
    delivery_id: int
    number: str
    advice: str
    lines: int
    accepted: bool
    whole: bool
    signed_by: str
    cause: str
