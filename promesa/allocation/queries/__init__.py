"""What allocation asks: which orders want another look."""

from promesa.allocation.queries.holding import HeldLine, held_for, items_of, lapsed_orders
from promesa.allocation.queries.waiting import (
    free_to_settle,
    items_lacking,
    lacking_of,
    orders_hit,
    orders_lacking,
    orders_on_receipt,
    still_to_promise,
    why_brought_back,
)

__all__ = [
    "HeldLine",
    "free_to_settle",
    "held_for",
    "items_lacking",
    "items_of",
    "lacking_of",
    "lapsed_orders",
    "orders_hit",
    "orders_lacking",
    "orders_on_receipt",
    "still_to_promise",
    "why_brought_back",
]
