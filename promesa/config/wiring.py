"""Who listens to what: the story of the system, from top to bottom.

NOW acts in the same transaction and may refuse it all (the promise is the only one). LATER acts after commit, at least
once, in order for each subject, and reads the truth again. JOURNAL_ONLY is told to nobody; it is kept.
"""

from __future__ import annotations

from promesa.access import events as access_events
from promesa.allocation import events as allocation_events
from promesa.allocation import handlers as allocation
from promesa.billing import events as billing_events
from promesa.billing import handlers as billing
from promesa.catalog import events as catalog_events
from promesa.core.events import LaterListener, NowListener, connect
from promesa.customers import events as customer_events
from promesa.exchange import events as exchange_events
from promesa.exchange import handlers as exchange
from promesa.fulfilment import events as fulfilment_events
from promesa.inventory import events as inventory_events
from promesa.orders import events as order_events
from promesa.orders import handlers as orders
from promesa.results import events as results_events
from promesa.results import handlers as results
from promesa.work import events as work_events

RELEASE = ("orders.release", orders.release_confirmed)
FACTS = ("results.facts", results.judge_again)
DOCUMENT = ("exchange.document", exchange.settle)
PROMISE_AGAIN = ("allocation.change", allocation.promise_after_change)
FREED = ("allocation.freed", allocation.promise_after_freed)
SUPPLY = ("allocation.supply", allocation.promise_after_supply)
ALARMS = ("allocation.alarms", allocation.settle_alarms)
# Partners are told: an order response whenever a confirmed day or quantity changes, what left, what is to be paid.
ANSWER = ("exchange.answer", exchange.answer)
ADVISE = ("exchange.advise", exchange.advise)
SEND_INVOICE = ("exchange.invoice", exchange.send_invoice)
THREAD = ("exchange.thread", exchange.enter_thread)
INVOICE = ("billing.invoice", billing.invoice_what_arrived)

NOW: dict[type, list[NowListener]] = {
    order_events.OrderSubmitted: [allocation.promise_submitted],
}

LATER: dict[type, list[tuple[str, LaterListener]]] = {
    # A file comes in, and with it an order
    exchange_events.FileRead: [("exchange.acknowledge", exchange.acknowledge)],
    order_events.OrderCaptured: [FACTS],
    order_events.OrderHeld: [FACTS],
    order_events.OrderConfirmed: [RELEASE, FACTS, ANSWER],
    order_events.HoldReleased: [("allocation.settle", allocation.settle_after_hold), RELEASE],
    order_events.FindingResolved: [DOCUMENT, FACTS],  # only a mended draft can settle a document that waited
    # It is changed, or what it was promised from changes
    order_events.LineChanged: [PROMISE_AGAIN, FACTS, ANSWER],
    order_events.RequestMoved: [PROMISE_AGAIN, FACTS],
    order_events.PromisesChanged: [RELEASE, FACTS, ANSWER],
    order_events.OrderCancelled: [DOCUMENT, FREED, FACTS, ANSWER],
    allocation_events.HoldLapsed: [FREED],
    order_events.OrderRefused: [DOCUMENT, FACTS, ANSWER],
    inventory_events.ReceiptPlanned: [SUPPLY],
    inventory_events.ReceiptMoved: [("allocation.receipt", allocation.promise_after_receipt_moved)],
    inventory_events.ReceiptCancelled: [("allocation.receipt", allocation.promise_after_receipt_moved)],
    inventory_events.StockChanged: [SUPPLY],
    inventory_events.ReceiptArrived: [("orders.release_arrived", orders.release_arrived)],
    # What is scarce is shared by a plan in force: customers are told
    allocation_events.PlanPublished: [("exchange.letters", exchange.tell_customers)],
    # It leaves, arrives, is invoiced and paid
    order_events.LinesReleased: [FACTS],
    fulfilment_events.Despatched: [INVOICE, FACTS, ADVISE, ALARMS],
    order_events.OrderClosed: [ALARMS],
    fulfilment_events.Delivered: [("allocation.door", allocation.promise_after_delivery), INVOICE, FACTS],
    billing_events.InvoiceIssued: [FACTS, SEND_INVOICE],
    billing_events.InvoiceBlocked: [FACTS],
    billing_events.CreditNoteIssued: [FACTS, SEND_INVOICE],
    exchange_events.OutgoingSent: [THREAD],
}

JOURNAL_ONLY: list[type] = [
    order_events.LinesPromised,
    order_events.CustomerTold,
    order_events.CustomerNotReached,
    order_events.OrderNoted,
    allocation_events.GoodsHeld,
    allocation_events.PlanOpened,
    allocation_events.ScenarioSaved,
    allocation_events.PlanProposed,
    allocation_events.PlanSigned,
    allocation_events.RunMade,
    allocation_events.PartPublished,
    allocation_events.PartRefused,
    allocation_events.NoticeAnswered,
    allocation_events.ShareMoved,
    allocation_events.PlanClosed,
    results_events.OrderAudited,
    billing_events.InvoicePaid,
    billing_events.InvoiceDisputed,
    billing_events.DisputeSettled,
    billing_events.PaymentReceived,
    billing_events.CreditApplied,
    exchange_events.FileReceived,
    exchange_events.DocumentRead,
    exchange_events.DocumentSettled,
    exchange_events.MasterRepaired,
    exchange_events.MastersAligned,
    exchange_events.LayoutLearnt,
    exchange_events.ErpPulled,
    exchange_events.ErpPushed,
    exchange_events.OutgoingMade,
    exchange_events.OutgoingAcknowledged,
    exchange_events.OutgoingRefused,
    exchange_events.OutgoingFailed,
    exchange_events.OutgoingStopped,
    work_events.WorkOpened,
    work_events.WorkTaken,
    work_events.WorkClosed,
    customer_events.CustomerChanged,
    catalog_events.ItemChanged,
    catalog_events.PricesChanged,
    catalog_events.AgreementsChanged,
    access_events.PersonAdded,
    access_events.PersonChanged,
    access_events.KeyCreated,
    access_events.KeyRevoked,
]


# Judging an order is worth doing once, when all that happened to it has been heard by those who act on it.
PATIENT = ("results.facts",)


def wire() -> None:
    """Put the table in force."""
    connect(now=NOW, later=LATER, patient=PATIENT)
