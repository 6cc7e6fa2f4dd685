"""What exchange hears: an order that left its draft settles the document that it came in; what partners are to be told is
made ready to send."""

from __future__ import annotations

from collections.abc import Sequence

from promesa.allocation.queries.letters import notices_of_run
from promesa.core.actors import PROMESA
from promesa.core.events import Heard
from promesa.exchange.operations import (
    acknowledge_files,
    advise_despatches,
    answer_orders,
    send_invoices,
    settle_documents,
)
from promesa.exchange.operations.letters import write_letters
from promesa.exchange.operations.mail_answers import note_sent_documents


def settle(events: Sequence[Heard]) -> None:
    """Heard on FindingResolved (a mended draft was submitted), OrderCancelled and OrderRefused; a repeat finds nothing."""
    last = events[-1]
    settle_documents(order_ids=sorted({one.subject_id for one in events}), by=last.by, at=last.at)


def answer(events: Sequence[Heard]) -> None:
    """Heard on all that changes what an order was promised: partners that are to know get an order response of its state as
    it is now. A state that was told is not told again."""
    answer_orders(order_ids=sorted({one.subject_id for one in events}), by=PROMESA, at=max(one.at for one in events))


def advise(events: Sequence[Heard]) -> None:
    """Heard on Despatched: the despatch advice."""
    advise_despatches(
        advice_ids=sorted({int(one.facts["advice_id"]) for one in events}), by=PROMESA, at=max(one.at for one in events)
    )


def send_invoice(events: Sequence[Heard]) -> None:
    """Heard on InvoiceIssued and CreditNoteIssued: the invoice or credit note itself."""
    ids = {int(one.facts.get("invoice_id") or one.facts["credit_note_id"]) for one in events}
    send_invoices(invoice_ids=sorted(ids), by=PROMESA, at=max(one.at for one in events))


def tell_customers(events: Sequence[Heard]) -> None:
    """Heard on PlanPublished: every customer whom the run touched gets a letter, once."""
    for event in events:
        notices = notices_of_run(plan_id=event.subject_id, run=int(event.facts["run"]))
        write_letters(notice_ids=notices, by=PROMESA, at=event.at)


def enter_thread(events: Sequence[Heard]) -> None:
    """Heard on OutgoingSent: a document that left by e-mail stands in the thread that answers to it will name."""
    ids = sorted({one.subject_id for one in events if one.facts.get("channel") == "mail"})
    if ids:
        note_sent_documents(outgoing_ids=ids, by=PROMESA, at=max(one.at for one in events))


def acknowledge(events: Sequence[Heard]) -> None:
    """Heard on FileRead: partners whose files are acknowledged get a CONTRL, 997 or APERAK."""
    acknowledge_files(file_ids=sorted({one.subject_id for one in events}), by=PROMESA, at=max(one.at for one in events))
