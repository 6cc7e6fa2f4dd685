"""What allocation decides, as pure functions over plain values: promises, and shares of what is scarce."""

from promesa.allocation.rules.promise import (
    AgreedCutOff,
    GOODS,
    RECEIPT,
    SERVICE,
    STOCK,
    Claim,
    DeliveryTerms,
    Demand,
    LinePromise,
    OrderPromise,
    Part,
    Slot,
    Supply,
    SupplyPool,
    earliest_window,
    promise_order,
)

__all__ = [
    "AgreedCutOff",
    "GOODS",
    "RECEIPT",
    "SERVICE",
    "STOCK",
    "Claim",
    "DeliveryTerms",
    "Demand",
    "LinePromise",
    "OrderPromise",
    "Part",
    "Slot",
    "Supply",
    "SupplyPool",
    "earliest_window",
    "promise_order",
]
