"""What allocation asks: which orders want another look."""

from promesa.allocation.queries.waiting import (
    free_to_settle,
    lacking_of,
    orders_lacking,
    orders_on_receipt,
    still_to_promise,
    why_brought_back,
)

__all__ = [
    "free_to_settle",
    "lacking_of",
    "orders_lacking",
    "orders_on_receipt",
    "still_to_promise",
    "why_brought_back",
]
