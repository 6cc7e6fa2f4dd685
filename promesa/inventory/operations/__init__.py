"""What may be done to stock, receipts and claims."""

from promesa.inventory.masters import put_warehouses
from promesa.inventory.operations.claims import (
    ClaimRefused,
    Given,
    Left,
    Reserving,
    consume,
    consume_many,
    convert_claims,
    free_claims,
    give_up_claims,
    reserve,
    set_expiry,
)
from promesa.inventory.operations.expected import ClosedDay, closed_days, put_receipts
from promesa.inventory.operations.receipts import (
    ReceiptNotExpected,
    ReceiptPlan,
    cancel_receipt,
    change_receipt_quantity,
    move_receipt,
    plan_receipts,
    receive,
)
from promesa.inventory.operations.stock import NotEnoughStock, StockRow, add_stock, count_stock, guard_supply, take_back

__all__ = [
    "ClaimRefused",
    "ClosedDay",
    "Given",
    "Left",
    "NotEnoughStock",
    "ReceiptNotExpected",
    "ReceiptPlan",
    "Reserving",
    "StockRow",
    "add_stock",
    "cancel_receipt",
    "change_receipt_quantity",
    "closed_days",
    "consume",
    "consume_many",
    "convert_claims",
    "count_stock",
    "free_claims",
    "give_up_claims",
    "guard_supply",
    "move_receipt",
    "plan_receipts",
    "put_receipts",
    "put_warehouses",
    "receive",
    "reserve",
    "set_expiry",
    "take_back",
]
