"""Invoices that are not simply paid: disputed ones, and overdue ones."""

from __future__ import annotations

from datetime import datetime, timedelta

from promesa.billing.events import DisputeSettled, InvoiceDisputed
from promesa.core import bulk, locks, parameters
from promesa.core.actors import Actor
from promesa.core.calendars import local_day
from promesa.core.errors import NotFound, Refused
from promesa.core.events import emit
from promesa.core.verbs import verb
from promesa.work.operations import close_items, open_items
from promesa.work.rules import WorkDraft

ASK_AGAIN = timedelta(days=7)


class AlreadyDisputed(Refused):
    """The invoice is disputed already."""


class NotDisputed(Refused):
    """The invoice is not disputed."""


@verb
def dispute(*, number: str, reason: str, by: Actor, at: datetime) -> None:
    """The customer disputes an invoice: it stays in the credit used, but nobody is reminded of it.

    :raises NotFound: if there is no such invoice.
    :raises AlreadyDisputed: if it is disputed already.
    """
    invoice_id, order_id, customer_id, customer, disputed = _locked(number)
    if disputed:
        raise AlreadyDisputed(number, invoice=number)
    bulk.run(
        "UPDATE billing_invoice SET disputed_at = %s, dispute_reason = %s WHERE id = %s", [at, reason[:200], invoice_id]
    )
    close_items(keys=[f"reminder:{number}"], state="dropped", by=by, at=at)
    draft = WorkDraft(
        kind="dispute", subject=f"order:{order_id}", key=f"dispute:{number}", role="finance", customer_id=customer_id,
        code="work_dispute", params={"invoice": number, "customer": customer, "reason": reason[:200]},
    )  # fmt: skip
    open_items(items=[draft], by=by, at=at)
    emit(InvoiceDisputed(order_id=order_id, invoice_id=invoice_id, number=number, reason=reason[:200]), by=by, at=at)


@verb
def undispute(*, number: str, by: Actor, at: datetime) -> None:
    """The dispute is settled: the invoice is to be paid.

    :raises NotFound: if there is no such invoice.
    :raises NotDisputed: if it isn't disputed.
    """
    invoice_id, order_id, _, _, disputed = _locked(number)
    if not disputed:
        raise NotDisputed(number, invoice=number)
    bulk.run("UPDATE billing_invoice SET disputed_at = NULL, dispute_reason = '' WHERE id = %s", [invoice_id])
    close_items(keys=[f"dispute:{number}"], by=by, at=at)
    emit(DisputeSettled(order_id=order_id, invoice_id=invoice_id, number=number), by=by, at=at)


def _locked(number: str) -> tuple[int, int, int, str, bool]:
    found = bulk.row("SELECT id, customer_id FROM billing_invoice WHERE number = %s AND kind = 'invoice'", [number])
    if found is None:
        raise NotFound(what=number)
    locks.take(credit=[found[1]])
    row = bulk.row(
        """SELECT i.id, i.order_id, i.customer_id, c.name, i.disputed_at IS NOT NULL
           FROM billing_invoice i JOIN customers_customer c ON c.id = i.customer_id WHERE i.id = %s""",
        [found[0]],
    )
    assert row is not None
    return row[0], row[1], row[2], row[3], row[4]


@verb
def remind_overdue(*, by: Actor, at: datetime) -> int:
    """Open one piece of work for each invoice that is overdue and not disputed; returns how many are new.

    What somebody asked for is left alone for a week: a customer who was called today is not called again tomorrow.
    """
    today = local_day(at, parameters.company_zone(on=at.date()))
    overdue = bulk.rows(
        """SELECT i.number, i.order_id, i.customer_id, c.name, i.due_on, i.currency, i.payable_amount - coalesce(
               (SELECT sum(a.amount) FROM billing_application a WHERE a.invoice_id = i.id), 0) AS open_amount
           FROM billing_invoice i JOIN customers_customer c ON c.id = i.customer_id
           WHERE i.kind = 'invoice' AND i.due_on < %s AND i.disputed_at IS NULL AND i.payable_amount > coalesce(
               (SELECT sum(a.amount) FROM billing_application a WHERE a.invoice_id = i.id), 0)
             AND NOT EXISTS (SELECT 1 FROM work_workitem w WHERE w.subject = 'order:' || i.order_id
                 AND w.key = 'reminder:' || i.number AND w.state = 'done' AND w.closed_at > %s)
           ORDER BY i.due_on, i.id""",
        [today, at - ASK_AGAIN],
    )
    return len(
        open_items(
            items=[
                WorkDraft(
                    kind="reminder", subject=f"order:{order_id}", key=f"reminder:{number}", role="finance",
                    customer_id=customer_id, code="work_reminder",
                    params={"invoice": number, "customer": customer, "due_on": due_on, "days": (today - due_on).days,
                            "open_amount": open_amount, "currency": currency},
                )
                for number, order_id, customer_id, customer, due_on, currency, open_amount in overdue
            ],
            by=by, at=at,
        )
    )  # fmt: skip
