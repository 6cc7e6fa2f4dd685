"""Money received, and what it pays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from promesa.billing.events import CreditApplied, PaymentReceived
from promesa.billing.operations.applied import Ledger, Owed, Source, converted, open_credits, owed_by
from promesa.core import bulk, locks, money, words
from promesa.core.actors import Actor
from promesa.core.errors import NotFound, Refused, RefusedForFaults
from promesa.core.events import emit
from promesa.core.verbs import verb
from promesa.customers.rules import CreditMove

ZERO = Decimal(0)
Wanted = Mapping[str, Decimal | None]


class PaymentNotRight(RefusedForFaults):
    """The payment cannot be recorded as told: every fault is named."""


class NothingUnapplied(Refused):
    """All of it has paid invoices already."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money that came in. `applications`: what of it pays which invoice (by number; no amount: all it can), in the order
    given; none: the oldest due first. Without a currency, the customer's."""

    customer_id: int
    amount: Decimal
    currency: str = ""
    applications: Wanted | None = None
    method: str = "transfer"
    reference: str = ""
    exchange_rate: Decimal | None = None
    at: datetime | None = None


class Paid(NamedTuple):
    """A payment that was recorded: the invoices it paid, and what of it lies open."""

    payment_id: int
    number: str
    customer_id: int
    amount: Decimal
    currency: str
    applications: tuple[tuple[str, Decimal], ...]
    unapplied_amount: Decimal


@verb
def receive_payment(
    *,
    customer_id: int,
    amount: Decimal,
    by: Actor,
    at: datetime,
    currency: str = "",
    applications: Wanted | None = None,
    method: str = "transfer",
    reference: str = "",
    exchange_rate: Decimal | None = None,
) -> Paid:
    """Record money from a customer and let it pay invoices. See `receive_payments`."""
    receipt = Receipt(customer_id, amount, currency, applications, method, reference, exchange_rate)
    return receive_payments(receipts=[receipt], by=by, at=at)[0]


@verb
def receive_payments(*, receipts: Sequence[Receipt], by: Actor, at: datetime) -> list[Paid]:
    """Record money in the order given. What pays no invoice stays the customer's, unapplied.

    :raises NotFound: if there is no such customer.
    :raises PaymentNotRight: if an amount isn't positive, or an invoice named is unknown, paid, another customer's, in
        another currency, or less of it is open than told; all faults at once.
    """
    if not receipts:
        return []
    customers = {receipt.customer_id for receipt in receipts}
    locks.take(credit=customers)
    currencies = dict(
        bulk.rows("SELECT id, currency FROM customers_customer WHERE id = ANY(%s::bigint[])", [list(customers)])
    )
    ledger = Ledger.of(owed_by(customers))
    sources = []
    for receipt in receipts:
        if receipt.customer_id not in currencies:
            raise NotFound(what=str(receipt.customer_id))
        currency = receipt.currency or currencies[receipt.customer_id]
        rate = receipt.exchange_rate or _rate(ledger, receipt.customer_id, currency)
        sources.append(Source(receipt.customer_id, currency, rate, receipt.amount))
    _number(receipts, sources, by, at)
    made = [_apply(ledger, receipt, source, at) for receipt, source in zip(receipts, sources, strict=True)]
    for receipt, paid in zip(receipts, made, strict=True):
        emit(
            PaymentReceived(
                customer_id=paid.customer_id, payment_id=paid.payment_id, number=paid.number, amount=str(paid.amount),
                currency=paid.currency, unapplied_amount=str(paid.unapplied_amount),
            ),
            by=by, at=receipt.at or at,
        )  # fmt: skip
    ledger.write(by, at)
    return made


def _rate(ledger: Ledger, customer_id: int, currency: str) -> Decimal:
    """The rate of the oldest open invoice in that currency, which is the one the money is meant for."""
    rates = (
        one.exchange_rate for one in ledger.owed.values() if (one.customer_id, one.currency) == (customer_id, currency)
    )
    return next(rates, Decimal(1))


def _bad_amount(amount: Decimal, currency: str) -> words.Sentence:
    """What is wrong with an amount that cannot be used."""
    if amount.is_finite() and amount > 0 and money.fits(amount):
        params = {"received": str(amount), "currency": currency, "places": money.digits(currency)}
        return words.Sentence("payment_too_fine", params)
    return words.Sentence("payment_bad_amount", {"received": str(amount)})


def _number(receipts: Sequence[Receipt], sources: Sequence[Source], by: Actor, at: datetime) -> None:
    """Write the payments; their sources learn id and number."""
    faults = [
        (f"payments.{n}.amount" if len(receipts) > 1 else "amount", _bad_amount(receipt.amount, source.currency))
        for n, (receipt, source) in enumerate(zip(receipts, sources, strict=True), 1)
        if not receipt.amount.is_finite()
        or receipt.amount <= 0
        or not money.fits(receipt.amount)
        or money.round_money(receipt.amount, source.currency) != receipt.amount
    ]  # fmt: skip
    if faults:
        raise PaymentNotRight("", faults)
    records = [
        {
            "n": n, "customer": source.customer_id, "at_": receipt.at or at, "currency": source.currency,
            "rate": source.exchange_rate, "amount": receipt.amount, "method": receipt.method[:20],
            "reference": receipt.reference[:80],
        }
        for n, (receipt, source) in enumerate(zip(receipts, sources, strict=True))
    ]  # fmt: skip
    written = bulk.rows(
        """WITH src AS MATERIALIZED (
               SELECT nextval('billing_payment_id_seq') AS id,
                   'C-' || to_char(t.at_, 'YYYY') || '-' || lpad(nextval('billing_payment_number')::text, 6, '0') AS number, t.*
               FROM json_to_recordset(%s::json) AS t(n int, customer bigint, at_ timestamptz, currency text, rate numeric,
                   amount numeric, method text, reference text)
           ), p AS (
               INSERT INTO billing_payment (id, number, customer_id, received_at, recorded_at, currency, exchange_rate, amount,
                   method, reference, actor)
               SELECT id, number, customer, at_, now(), currency, rate, amount, method, reference, %s FROM src ORDER BY n
           )
           SELECT id, number FROM src ORDER BY n""",
        [bulk.as_json(records), by],
    )
    for source, (payment_id, number) in zip(sources, written, strict=True):
        source.payment_id, source.number = payment_id, number


def _apply(ledger: Ledger, receipt: Receipt, source: Source, at: datetime) -> Paid:
    """Let one payment pay; what it cannot pay is unapplied credit."""
    moment, first = receipt.at or at, len(ledger.rows)
    ledger.move(source.customer_id, CreditMove(unapplied_credit=converted(source.left, source.exchange_rate)))
    if receipt.applications is None:
        ledger.share(source, moment)
    else:
        _apply_as_told(ledger, source, receipt.applications, moment)
    applied = tuple((ledger.owed[row["i"]].number, row["amount"]) for row in ledger.rows[first:])
    assert source.payment_id is not None
    return Paid(
        source.payment_id, source.number, source.customer_id, receipt.amount, source.currency, applied, source.left
    )


def _apply_as_told(ledger: Ledger, source: Source, wanted: Wanted, at: datetime) -> None:
    """Pay these invoices, each so much or as much as it can."""
    by_number = {one.number: one for one in ledger.owed.values()}
    faults = _application_faults(by_number, source, wanted)
    if faults:
        raise PaymentNotRight(source.number, faults)
    for number, amount in wanted.items():
        invoice = by_number[number]
        paid = min(invoice.open_amount, source.left) if amount is None else amount
        if paid > 0:
            ledger.apply(source, invoice, paid, at)


def _application_faults(
    by_number: Mapping[str, Owed], source: Source, wanted: Wanted
) -> list[tuple[str, words.Sentence]]:
    faults: list[tuple[str, words.Sentence]] = []
    total = ZERO
    for number, amount in wanted.items():
        fault = _application_fault(by_number.get(number), number, amount, source)
        if fault is not None:
            faults.append((f"invoices.{number}", fault))
        total += amount or ZERO
    if total > source.left:
        faults.append(
            ("amount", words.Sentence("payment_beyond_amount", {"amount": source.left, "total_amount": total}))
        )
    return faults


def _application_fault(
    invoice: Owed | None, number: str, amount: Decimal | None, source: Source
) -> words.Sentence | None:
    params: dict[str, object] = {"invoice": number}
    if invoice is None or invoice.customer_id != source.customer_id or not invoice.open_amount:
        return words.Sentence("payment_invoice_not_open", params)
    if invoice.currency != source.currency:
        return words.Sentence(
            "payment_other_currency", {**params, "right": invoice.currency, "received": source.currency}
        )
    if amount is not None and not ZERO < amount <= invoice.open_amount:
        return words.Sentence("payment_beyond_open", {**params, "amount": amount, "open_amount": invoice.open_amount})
    return None


@verb
def apply_payment(
    *, number: str, by: Actor, at: datetime, applications: Wanted | None = None
) -> list[tuple[str, Decimal]]:
    """Let what lies unapplied of a payment pay invoices: as told, or the oldest due first.

    :raises NotFound: if there is no such payment.
    :raises NothingUnapplied: if all of it has paid invoices.
    :raises PaymentNotRight: as `receive_payments`.
    """
    found = bulk.row("SELECT id, customer_id FROM billing_payment WHERE number = %s", [number])
    if found is None:
        raise NotFound(what=number)
    locks.take(credit=[found[1]])
    currency, rate, left = _unapplied(found[0])
    return _apply_rest(Source(found[1], currency, rate, left, found[0], None, number), applications, by, at)


@verb
def apply_credit(
    *, number: str, by: Actor, at: datetime, applications: Wanted | None = None
) -> list[tuple[str, Decimal]]:
    """Let what lies open of a credit note pay invoices: as told, or the oldest due first.

    :raises NotFound: if there is no such credit note.
    :raises NothingUnapplied: if it is used up.
    :raises PaymentNotRight: as `receive_payments`.
    """
    found = bulk.row("SELECT customer_id FROM billing_invoice WHERE number = %s AND kind = 'credit_note'", [number])
    if found is None:
        raise NotFound(what=number)
    locks.take(credit=[found[0]])
    source = next((one for one in open_credits([found[0]]) if one.number == number), None)
    if source is None:
        raise NothingUnapplied(number, number=number)
    return _apply_rest(source, applications, by, at)


def _unapplied(payment_id: int) -> tuple[str, Decimal, Decimal]:
    found = bulk.row(
        """SELECT p.currency, p.exchange_rate, p.amount - coalesce(
               (SELECT sum(a.amount) FROM billing_application a WHERE a.payment_id = p.id), 0)
           FROM billing_payment p WHERE p.id = %s""",
        [payment_id],
    )
    assert found is not None
    return found[0], found[1], found[2]


def _apply_rest(source: Source, wanted: Wanted | None, by: Actor, at: datetime) -> list[tuple[str, Decimal]]:
    if source.left <= 0:
        raise NothingUnapplied(source.number, number=source.number)
    ledger = Ledger.of(owed_by([source.customer_id]))
    if wanted is None:
        ledger.share(source, at)
    else:
        _apply_as_told(ledger, source, wanted, at)
    applied = [(ledger.owed[row["i"]].number, row["amount"]) for row in ledger.rows]
    if applied:
        total = sum((amount for _, amount in applied), ZERO)
        emit(
            CreditApplied(
                customer_id=source.customer_id, source=source.number, amount=str(total), currency=source.currency
            ),
            by=by, at=at,
        )  # fmt: skip
    ledger.write(by, at)
    return applied
