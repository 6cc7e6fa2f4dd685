"""Applying money and credit notes to invoices: who owes what, and which counter moves by how much."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from promesa.billing.events import InvoicePaid
from promesa.billing.rules import OpenInvoice, apply_money
from promesa.core import bulk, locks
from promesa.core.actors import Actor
from promesa.core.events import emit
from promesa.core.verbs import verb
from promesa.customers.operations import move_credit
from promesa.customers.rules import CreditMove
from promesa.orders import operations as orders
from promesa.work.operations import close_items

ZERO = Decimal(0)
CENT = Decimal("0.01")


def converted(amount: Decimal, exchange_rate: Decimal) -> Decimal:
    """An amount in the company's currency, as the credit counters count it."""
    return (amount * exchange_rate).quantize(CENT, rounding=ROUND_HALF_UP)


@dataclass(slots=True)
class Owed:
    """An invoice and what of it is open."""

    id: int
    number: str
    customer_id: int
    order_id: int
    due_on: date
    issued_on: date
    currency: str
    exchange_rate: Decimal
    open_amount: Decimal
    disputed: bool

    def as_open(self) -> OpenInvoice:
        return OpenInvoice(self.id, self.due_on, self.issued_on, self.open_amount, self.disputed)


@dataclass(slots=True)
class Source:
    """Money or a credit note, and what of it has not paid anything yet."""

    customer_id: int
    currency: str
    exchange_rate: Decimal
    left: Decimal
    payment_id: int | None = None
    credit_note_id: int | None = None
    number: str = ""


_OWED = """
SELECT i.id, i.number, i.customer_id, i.order_id, i.due_on, i.issued_on, i.currency, i.exchange_rate,
    i.payable_amount - coalesce(a.paid, 0), i.disputed_at IS NOT NULL
FROM billing_invoice i LEFT JOIN LATERAL (
    SELECT sum(x.amount) AS paid FROM billing_application x WHERE x.invoice_id = i.id) a ON true
WHERE i.kind = 'invoice' AND (i.customer_id = ANY(%s::bigint[]) OR i.id = ANY(%s::bigint[]))
  AND i.payable_amount > coalesce(a.paid, 0)
ORDER BY i.due_on, i.id
"""


def owed_by(customer_ids: Collection[int] = (), invoice_ids: Collection[int] = ()) -> list[Owed]:
    """Open invoices of these customers, or these very ones; ask under the credit lock."""
    return [Owed(*row) for row in bulk.rows(_OWED, [list(customer_ids), list(invoice_ids)])]


_CREDITS = """
SELECT i.customer_id, i.currency, i.exchange_rate, i.payable_amount - coalesce(a.used, 0), NULL, i.id, i.number
FROM billing_invoice i LEFT JOIN LATERAL (
    SELECT sum(x.amount) AS used FROM billing_application x WHERE x.credit_note_id = i.id) a ON true
WHERE i.kind = 'credit_note' AND i.customer_id = ANY(%s::bigint[]) AND i.payable_amount > coalesce(a.used, 0)
ORDER BY i.id
"""


def open_credits(customer_ids: Collection[int]) -> list[Source]:
    """Credit notes of these customers that have not been used up; ask under the credit lock."""
    return [Source(*row) for row in bulk.rows(_CREDITS, [list(customer_ids)])]


@dataclass(slots=True)
class Ledger:
    """What is applied in one verb: rows to write, counters to move, invoices that are paid by it."""

    owed: dict[int, Owed]
    rows: list[dict[str, Any]]
    moves: dict[int, CreditMove]
    paid: list[tuple[Owed, datetime]]

    @classmethod
    def of(cls, owed: Sequence[Owed]) -> Ledger:
        return cls({one.id: one for one in owed}, [], {}, [])

    def open_for(self, customer_id: int, currency: str) -> list[OpenInvoice]:
        """What a customer still owes in a currency."""
        return [
            one.as_open()
            for one in self.owed.values()
            if one.customer_id == customer_id and one.currency == currency and one.open_amount > 0
        ]

    def share(self, source: Source, at: datetime, named: Sequence[int] = ()) -> None:
        """Let a source pay what it can: the invoices named, in that order, or the oldest due first."""
        if source.left <= 0:
            return
        shared = apply_money(
            amount=source.left, invoices=self.open_for(source.customer_id, source.currency), named=named
        )
        for invoice_id, amount in shared.applications:
            self.apply(source, self.owed[invoice_id], amount, at)

    def apply(self, source: Source, invoice: Owed, amount: Decimal, at: datetime) -> None:
        """Let a source pay so much of one invoice."""
        owed_before = converted(invoice.open_amount, invoice.exchange_rate)
        left_before = converted(source.left, source.exchange_rate)
        invoice.open_amount -= amount
        source.left -= amount
        self.rows.append(
            {"p": source.payment_id, "c": source.credit_note_id, "i": invoice.id, "amount": amount, "at_": at}
        )
        self.move(
            source.customer_id,
            CreditMove(
                receivable=converted(invoice.open_amount, invoice.exchange_rate) - owed_before,
                unapplied_credit=converted(source.left, source.exchange_rate) - left_before,
            ),
        )
        if not invoice.open_amount:
            self.paid.append((invoice, at))

    def move(self, customer_id: int, by_so_much: CreditMove) -> None:
        self.moves[customer_id] = self.moves.get(customer_id, CreditMove()).and_also(by_so_much)

    def write(self, by: Actor, at: datetime) -> None:
        """Write the applications, move the counters, tell of what is paid, close orders that are done with."""
        if self.rows:
            bulk.run(
                """INSERT INTO billing_application (payment_id, credit_note_id, invoice_id, amount, applied_at, recorded_at,
                       actor)
                   SELECT p, c, i, amount, at_, now(), %s FROM json_to_recordset(%s::json)
                       AS t(p bigint, c bigint, i bigint, amount numeric, at_ timestamptz)""",
                [by, bulk.as_json(self.rows)],
            )
        move_credit(moves=self.moves)
        if not self.paid:
            return
        for invoice, moment in self.paid:
            emit(InvoicePaid(order_id=invoice.order_id, invoice_id=invoice.id, number=invoice.number), by=by, at=moment)
        close_items(
            keys=[f"{kind}:{invoice.number}" for invoice, _ in self.paid for kind in ("reminder", "dispute")],
            by=by,
            at=at,
        )
        close_paid({invoice.order_id: moment for invoice, moment in self.paid}, by)


@verb
def close_settled(*, order_ids: Mapping[int, datetime], by: Actor) -> None:
    """Close those of these orders, each at its moment, of which nothing is open, to be invoiced or unpaid."""
    customers = bulk.rows("SELECT customer_id FROM orders_order WHERE id = ANY(%s::bigint[])", [list(order_ids)])
    locks.take(credit=[row[0] for row in customers], orders=order_ids)
    close_paid(order_ids, by)


def close_paid(order_ids: Mapping[int, datetime], by: Actor) -> None:
    """Close the orders of which every invoice is paid, if nothing else is left to do."""
    if not order_ids:
        return
    locks.take(orders=order_ids)
    unpaid = {
        row[0]
        for row in bulk.rows(
            """SELECT DISTINCT i.order_id FROM billing_invoice i
               WHERE i.kind = 'invoice' AND i.order_id = ANY(%s::bigint[]) AND i.payable_amount > coalesce(
                   (SELECT sum(a.amount) FROM billing_application a WHERE a.invoice_id = i.id), 0)""",
            [list(order_ids)],
        )
    }
    moments: dict[datetime, list[int]] = {}
    for order_id, moment in order_ids.items():
        if order_id not in unpaid:
            moments.setdefault(moment, []).append(order_id)
    for moment, paid in sorted(moments.items(), key=lambda pair: pair[0]):
        orders.close_if_done(order_ids=paid, by=by, at=moment)


def apply_open_credit(*, invoice_ids: Collection[int], by: Actor, at: datetime) -> None:
    """Credit notes that lie open pay the invoices just issued to the same customer."""
    customers = {
        row[0]
        for row in bulk.rows(
            """SELECT DISTINCT c.customer_id FROM billing_invoice c
               WHERE c.kind = 'credit_note' AND c.customer_id IN (
                   SELECT n.customer_id FROM billing_invoice n WHERE n.id = ANY(%s::bigint[]))
                 AND c.payable_amount > coalesce(
                   (SELECT sum(a.amount) FROM billing_application a WHERE a.credit_note_id = c.id), 0)""",
            [list(invoice_ids)],
        )
    }
    if not customers:
        return
    ledger = Ledger.of(owed_by(invoice_ids=invoice_ids))
    for source in open_credits(customers):
        ledger.share(source, at)
    ledger.write(by, at)
