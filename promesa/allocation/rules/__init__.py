"""What allocation decides, as pure functions over plain values: promises, and shares of what is scarce."""

from promesa.allocation.rules.promise import (
    GOODS,
    SERVICE,
    AgreedCutOff,
    DeliveryTerms,
    Demand,
    LinePromise,
    OrderPromise,
    Part,
    Slot,
    Source,
    earliest_window,
    promise_order,
)
from promesa.allocation.rules.supply import RECEIPT, STOCK, Claim, Supply, SupplyPool

__all__ = [
    "GOODS",
    "RECEIPT",
    "SERVICE",
    "STOCK",
    "AgreedCutOff",
    "Claim",
    "DeliveryTerms",
    "Demand",
    "LinePromise",
    "OrderPromise",
    "Part",
    "Slot",
    "Source",
    "Supply",
    "SupplyPool",
    "earliest_window",
    "promise_order",
]
