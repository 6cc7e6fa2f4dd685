"""Credit notes: they always refer to an invoice and say why, and never give back more than it asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from promesa.billing.events import CreditNoteIssued
from promesa.billing.operations.applied import Ledger, Source, converted, owed_by
from promesa.billing.operations.written import ToWrite, WrittenLine, write
from promesa.billing.rules import BilledLine, InvoiceSums, TaxSum, credit_net, credit_sums, left_to_credit
from promesa.core import bulk, locks, money, words
from promesa.core.actors import Actor
from promesa.core.errors import NotFound, Refused, RefusedForFaults
from promesa.core.events import emit
from promesa.core.verbs import verb
from promesa.customers.rules import CreditMove
from promesa.orders import operations as orders
from promesa.orders.states import Cause, EntryKind

ZERO = Decimal(0)
# Causes for which the invoice itself was wrong, so that it counts as a fault of ours in the month of the invoice.
OUR_DOCUMENT = frozenset({Cause.CAPTURE, Cause.MASTERS, Cause.DOCUMENT})


class CreditNeedsCause(Refused):
    """A credit note says why."""

    status = 422


class NothingToCredit(Refused):
    """All of the invoice has been given back."""


class CreditBeyondInvoice(RefusedForFaults):
    """More would be given back than the invoice asked for: each line is named."""


class Credited(NamedTuple):
    """A credit note that was issued, how much of it paid its invoice, and how much lies open."""

    credit_note_id: int
    number: str
    invoice: str
    gross_amount: Decimal
    applied_amount: Decimal
    open_amount: Decimal


class _Line(NamedTuple):
    """A line of the invoice and what of it was given back before."""

    position: int
    order_line_id: int
    entry_id: int | None
    despatch_number: str
    text: str
    quantity: Decimal
    unit_code: str
    unit_price: Decimal
    price_basis: Decimal
    net_amount: Decimal
    tax_category: str
    tax_rate: Decimal
    credited_quantity: Decimal
    credited_amount: Decimal

    @property
    def left_quantity(self) -> Decimal:
        return self.quantity - self.credited_quantity

    @property
    def left_amount(self) -> Decimal:
        return self.net_amount - self.credited_amount


class _Head(NamedTuple):
    id: int
    number: str
    kind: str
    customer_id: int
    order_id: int
    currency: str
    exchange_rate: Decimal


@verb
def issue_credit_note(
    *,
    by: Actor,
    at: datetime,
    cause: str,
    note: str = "",
    invoice_id: int | None = None,
    invoice: str = "",
    lines: Mapping[int, Decimal] | None = None,
    amounts: Mapping[int, Decimal] | None = None,
    fault: str = "",
) -> Credited:
    """Give back part or all of an invoice, named by id or number.

    `lines`: quantities (base units) by position of the invoice; `amounts`: net amounts by position, where the price
    was wrong and not the quantity; neither: all that is left. The credit pays its own invoice as far as that is open;
    the rest lies open for the next one. `fault` names what was wrong with the invoice, if that was the reason.

    :raises NotFound: if there is no such invoice.
    :raises CreditNeedsCause: without a known cause.
    :raises NothingToCredit: if all of it was given back before.
    :raises CreditBeyondInvoice: with every line of which more would be given back than is left.
    """
    if cause not in set(Cause):
        raise CreditNeedsCause(invoice, invoice=invoice, cause=cause)
    head = _locked(invoice_id, invoice)
    billed = _lines(head.id)
    wanted = _wanted(head, billed, lines, amounts)
    sums = _summed(head, wanted)
    document = ToWrite(
        "credit_note", head.customer_id, head.order_id, head.currency, head.exchange_rate, 0, at, tuple(wanted), sums,
        head.id, cause, note,
    )  # fmt: skip
    ledger = Ledger.of(owed_by(invoice_ids=[head.id]))
    written = write([document], by)[0]
    orders.record(
        entries=[
            orders.Entry(line.order_line_id, EntryKind.CREDITED, line.quantity, written.number, cause, note)
            for line in wanted if line.entry_id is not None
        ],
        by=by, at=at,
    )  # fmt: skip
    if fault or cause in OUR_DOCUMENT:
        _record_fault(head, fault or "invoice_corrected", written.number, cause, by, at)
    source = Source(
        head.customer_id, head.currency, head.exchange_rate, sums.payable_amount, None, written.id, written.number
    )
    ledger.move(head.customer_id, CreditMove(unapplied_credit=converted(source.left, source.exchange_rate)))
    emit(
        CreditNoteIssued(
            order_id=head.order_id, credit_note_id=written.id, number=written.number, invoice=head.number,
            gross_amount=str(sums.gross_amount), currency=head.currency, cause=cause, note=note[:200],
        ),
        by=by, at=at,
    )  # fmt: skip
    ledger.share(source, at)
    ledger.write(by, at)
    applied = sums.payable_amount - source.left
    return Credited(written.id, written.number, head.number, sums.gross_amount, applied, source.left)


def _locked(invoice_id: int | None, number: str) -> _Head:
    found = bulk.row(
        """SELECT id, number, kind, customer_id, order_id, currency, exchange_rate FROM billing_invoice
           WHERE kind = 'invoice' AND (id = %s OR (%s::bigint IS NULL AND number = %s))""",
        [invoice_id, invoice_id, number],
    )
    if found is None:
        raise NotFound(what=number or str(invoice_id))
    head = _Head(*found)
    locks.take(credit=[head.customer_id], orders=[head.order_id])
    return head


# A line of a credit note bears the position of the line that it corrects; without a ledger entry it corrects an amount.
_BILLED = """
SELECT l.position, l.order_line_id, l.entry_id, l.despatch_number, l.text, l.quantity, l.unit_code, l.unit_price,
    l.price_basis, l.net_amount, l.tax_category, l.tax_rate,
    coalesce(sum(c.quantity) FILTER (WHERE c.entry_id IS NOT NULL), 0), coalesce(sum(c.net_amount), 0)
FROM billing_invoiceline l
LEFT JOIN (billing_invoiceline c JOIN billing_invoice n ON n.id = c.invoice_id)
    ON n.corrects_id = l.invoice_id AND c.position = l.position
WHERE l.invoice_id = %s GROUP BY l.id ORDER BY l.position
"""


def _lines(invoice_id: int) -> dict[int, _Line]:
    return {row[0]: _Line(*row) for row in bulk.rows(_BILLED, [invoice_id])}


def _wanted(
    head: _Head,
    billed: Mapping[int, _Line],
    lines: Mapping[int, Decimal] | None,
    amounts: Mapping[int, Decimal] | None,
) -> list[WrittenLine]:
    """The lines of the credit note; or every reason why there can be none."""
    if lines is None and amounts is None:
        lines = {line.position: line.left_quantity for line in billed.values() if line.left_quantity > 0}
        amounts = {
            line.position: line.left_amount
            for line in billed.values()
            if not line.left_quantity and line.left_amount > 0
        }
        if not lines and not amounts:
            raise NothingToCredit(head.number, invoice=head.number)
    faults = _faults(billed, lines or {}, amounts or {})
    if faults:
        raise CreditBeyondInvoice(head.number, faults, invoice=head.number)
    wanted = [_by_quantity(billed[position], quantity, head.currency) for position, quantity in (lines or {}).items()]
    wanted += [_by_amount(billed[position], amount) for position, amount in (amounts or {}).items()]
    return sorted(wanted, key=lambda line: line.position)


def _faults(
    billed: Mapping[int, _Line], lines: Mapping[int, Decimal], amounts: Mapping[int, Decimal]
) -> list[tuple[str, words.Sentence]]:
    faults: list[tuple[str, words.Sentence]] = []
    for position, quantity in lines.items():
        line = billed.get(position)
        if line is None or position in amounts:
            faults.append((f"lines.{position}", words.Sentence("credit_no_such_line", {"line": position})))
        elif not ZERO < quantity <= line.left_quantity:
            params = {"line": position, "quantity": quantity, "left_quantity": line.left_quantity}
            faults.append((f"lines.{position}", words.Sentence("credit_beyond_quantity", params)))
    for position, amount in amounts.items():
        line = billed.get(position)
        if line is None:
            faults.append((f"lines.{position}", words.Sentence("credit_no_such_line", {"line": position})))
        elif not ZERO < amount <= line.left_amount:
            params = {"line": position, "amount": amount, "left_amount": line.left_amount}
            faults.append((f"lines.{position}", words.Sentence("credit_beyond_amount", params)))
    if not lines and not amounts:
        faults.append(("lines", words.Sentence("credit_empty")))
    return faults


def _by_quantity(line: _Line, quantity: Decimal, currency: str) -> WrittenLine:
    net = credit_net(
        quantity=quantity, invoiced_quantity=line.quantity, invoiced_amount=line.net_amount,
        credited_quantity=line.credited_quantity, credited_amount=line.credited_amount, currency=currency,
    )  # fmt: skip
    return WrittenLine(*line[:5], quantity, *line[6:9], net, line.tax_category, line.tax_rate)


def _by_amount(line: _Line, amount: Decimal) -> WrittenLine:
    """An amount without a quantity is written as one unit at that price."""
    return WrittenLine(
        line.position, line.order_line_id, None, line.despatch_number, line.text, Decimal(1), "C62", amount, Decimal(1),
        amount, line.tax_category, line.tax_rate,
    )  # fmt: skip


def _summed(head: _Head, wanted: Sequence[WrittenLine]) -> InvoiceSums:
    taxes: dict[bool, list[TaxSum]] = {True: [], False: []}
    for own, *tax in bulk.rows(
        """SELECT t.invoice_id = %s, t.category, t.rate, t.base_amount, t.tax_amount FROM billing_invoicetax t
           JOIN billing_invoice i ON i.id = t.invoice_id WHERE i.id = %s OR i.corrects_id = %s""",
        [head.id, head.id, head.id],
    ):
        taxes[own].append(TaxSum(*tax))
    try:
        return credit_sums(
            lines=[BilledLine(money.round_money(x.net_amount, head.currency), x.tax_category, x.tax_rate) for x in wanted],
            currency=head.currency, left=left_to_credit(invoiced=taxes[True], credited=taxes[False]),
        )  # fmt: skip
    except ValueError as error:
        raise CreditBeyondInvoice(
            head.number, [("lines", words.Sentence("credit_beyond_sum"))], invoice=head.number
        ) from error


def _record_fault(head: _Head, code: str, credit_note: str, cause: str, by: Actor, at: datetime) -> None:
    bulk.run(
        """INSERT INTO billing_invoicefault (invoice_id, order_id, code, params, ours, cause, found_at, resolved_at, resolved_by)
           VALUES (%s, %s, %s, %s::jsonb, true, %s, %s, %s, %s)""",
        [head.id, head.order_id, code, bulk.as_json({"credit_note": credit_note}), cause, at, at, by],
    )
