"""What can happen to stock and receipts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class ReceiptPlanned:
    SUBJECT: ClassVar[str] = "receipt"
    receipt_id: int
    number: str
    item_id: int
    quantity: str


@dataclass(frozen=True, slots=True)
class ReceiptMoved:
    """A receipt will come at another time, or with another quantity."""

    SUBJECT: ClassVar[str] = "receipt"
    receipt_id: int
    number: str
    expected_before: str
    expected_at: str
    quantity: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReceiptCancelled:
    """Goods that were expected will not come; who had a claim on them has none any more."""

    SUBJECT: ClassVar[str] = "receipt"
    receipt_id: int
    number: str
    item_id: int
    quantity: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReceiptArrived:
    SUBJECT: ClassVar[str] = "receipt"
    receipt_id: int
    number: str
    item_id: int
    quantity: str


@dataclass(frozen=True, slots=True)
class StockChanged:
    """Stock was counted, opened, returned or scrapped (despatches speak for themselves)."""

    SUBJECT: ClassVar[str] = "item"
    item_id: int
    kind: str
    reference: str
    quantity: str
