"""What may be done to an order: one verb, one transaction, its events."""

from promesa.orders.operations.capture import capture_order, capture_orders, read_catalogue
from promesa.orders.operations.changes import (
    BelowFloor,
    OrderNotCancellable,
    OrderNotChangeable,
    cancel_order,
    change_line,
    move_request,
    only_changed,
)
from promesa.orders.operations.errors import record_error
from promesa.orders.operations.holds import (
    HoldAlreadyReleased,
    OrderNotHoldable,
    open_hold,
    release_hold,
    resolve_finding,
)
from promesa.orders.operations.ledger import Entry, LineOverrun, record
from promesa.orders.operations.lines import (
    LineHeld,
    LinesNotAddable,
    LinesNotRight,
    TakenUp,
    add_lines,
    faults_of_lines,
    orders_with_held,
    take_up_lines,
)
from promesa.orders.operations.notes import note_order
from promesa.orders.operations.recheck import OrderNotDraft, recheck_orders, submit_orders
from promesa.orders.operations.release import close_if_done, release_lines
from promesa.orders.operations.settle import settle_orders
from promesa.orders.operations.substituting import NothingToSubstitute, substitute_line
from promesa.orders.operations.telling import NothingToTell, record_not_told, record_told, tell_customer

__all__ = [
    "BelowFloor",
    "Entry",
    "HoldAlreadyReleased",
    "LineHeld",
    "LineOverrun",
    "LinesNotAddable",
    "LinesNotRight",
    "NothingToSubstitute",
    "NothingToTell",
    "OrderNotCancellable",
    "OrderNotChangeable",
    "OrderNotDraft",
    "OrderNotHoldable",
    "TakenUp",
    "add_lines",
    "cancel_order",
    "capture_order",
    "capture_orders",
    "change_line",
    "close_if_done",
    "faults_of_lines",
    "move_request",
    "note_order",
    "only_changed",
    "open_hold",
    "orders_with_held",
    "read_catalogue",
    "recheck_orders",
    "record",
    "record_error",
    "record_not_told",
    "record_told",
    "release_hold",
    "release_lines",
    "resolve_finding",
    "settle_orders",
    "submit_orders",
    "substitute_line",
    "take_up_lines",
    "tell_customer",
]
