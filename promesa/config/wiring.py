"""Who listens to what: the story of the system, from top to bottom.

NOW acts in the same transaction and may refuse it all (the promise is the only one). LATER acts after commit, at least
once, in order for each subject, and reads the truth again. JOURNAL_ONLY is told to nobody; it is kept.
"""

from __future__ import annotations

from promesa.allocation import handlers as allocation
from promesa.billing import events as billing_events
from promesa.billing import handlers as billing
from promesa.core.events import connect
from promesa.fulfilment import events as fulfilment_events
from promesa.inventory import events as inventory_events
from promesa.orders import events as order_events
from promesa.orders import handlers as orders
from promesa.work import events as work_events

NOW = {
    order_events.OrderSubmitted: [allocation.promise_submitted],
}

LATER = {
    order_events.OrderConfirmed: [("orders.release", orders.release_confirmed)],
    order_events.HoldReleased: [
        ("allocation.settle", allocation.settle_after_hold),
        ("orders.release", orders.release_confirmed),
    ],
    order_events.PromisesChanged: [("orders.release", orders.release_confirmed)],
    order_events.LineChanged: [("allocation.change", allocation.promise_after_change)],
    order_events.RequestMoved: [("allocation.change", allocation.promise_after_change)],
    inventory_events.ReceiptPlanned: [("allocation.supply", allocation.promise_after_supply)],
    inventory_events.ReceiptMoved: [("allocation.receipt", allocation.promise_after_receipt_moved)],
    inventory_events.StockChanged: [("allocation.supply", allocation.promise_after_supply)],
    inventory_events.ReceiptArrived: [("orders.release_arrived", orders.release_arrived)],
    fulfilment_events.Despatched: [("billing.invoice", billing.invoice_what_arrived)],
    fulfilment_events.Delivered: [("billing.invoice", billing.invoice_what_arrived)],
}

JOURNAL_ONLY = [
    order_events.OrderCaptured,
    order_events.LinesPromised,
    order_events.OrderHeld,
    order_events.FindingResolved,
    order_events.CustomerTold,
    order_events.LinesReleased,
    order_events.OrderCancelled,
    order_events.OrderRefused,
    order_events.OrderClosed,
    billing_events.InvoiceIssued,
    billing_events.InvoiceBlocked,
    billing_events.CreditNoteIssued,
    billing_events.InvoicePaid,
    billing_events.InvoiceDisputed,
    billing_events.DisputeSettled,
    billing_events.PaymentReceived,
    billing_events.CreditApplied,
    work_events.WorkOpened,
    work_events.WorkTaken,
    work_events.WorkClosed,
]


def wire() -> None:
    """Put the table in force."""
    connect(now=NOW, later=LATER)
