"""Invoices: what was delivered (or despatched, by terms) and not invoiced, checked before it leaves."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from promesa.billing.events import InvoiceBlocked, InvoiceIssued
from promesa.billing.operations.applied import apply_open_credit, close_paid, converted
from promesa.billing.operations.written import ToWrite, Written, WrittenLine, write
from promesa.billing.rules import (
    Agreed,
    Billable,
    BilledLine,
    Draft,
    DraftLine,
    Fault,
    due_date,
    faults_of,
    invoice_sums,
)
from promesa.core import bulk, locks, words
from promesa.core.actors import Actor
from promesa.core.errors import NotFound, Refused, RefusedForFaults
from promesa.core.events import emit
from promesa.core.money import line_net
from promesa.core.verbs import verb
from promesa.customers.rules import CreditMove
from promesa.orders import operations as orders
from promesa.orders.operations import exposure
from promesa.orders.states import EntryKind
from promesa.work.operations import close_items, open_items
from promesa.work.rules import WorkDraft

ZERO = Decimal(0)


class NothingToInvoice(Refused):
    """Nothing was delivered that has not been invoiced."""


class InvoiceNotRight(RefusedForFaults):
    """The invoice differs from the order, the delivery or the price agreement; it did not leave."""


class InvoiceBeyondDelivered(RefusedForFaults):
    """More was asked to be invoiced than is left of what arrived: each line is named."""


class Invoiced(NamedTuple):
    """What became of an order that was to be invoiced: an invoice, or its faults, or nothing to bill (neither)."""

    order_id: int
    order: str
    invoice_id: int | None = None
    number: str = ""
    gross_amount: Decimal = ZERO
    faults: tuple[Fault, ...] = ()


@dataclass(slots=True)
class _Order:
    id: int
    number: str
    customer_id: int
    currency: str
    exchange_rate: Decimal
    payment_days: int
    lines: list[_Entry] = field(default_factory=list)


class _Entry(NamedTuple):
    """A ledger entry that is to be billed, whole or in part."""

    entry_id: int
    line_id: int
    line_number: int
    despatch_number: str
    text: str
    quantity: Decimal
    unit_code: str
    unit_price: Decimal
    price_basis: Decimal
    tax_category: str
    tax_rate: Decimal
    agreed_price: Decimal | None
    agreed_basis: Decimal | None


def issue_invoice(
    *, order_id: int, by: Actor, at: datetime, quantities: Mapping[int, Decimal] | None = None, despite: str = ""
) -> Invoiced:
    """Invoice what of one order was delivered (or despatched, by its terms) and is not invoiced.

    `quantities`: only so much (base units) of these lines, by line number. `despite` is
    the reason of a person with the right who lets an invoice leave although it differs.

    :raises NotFound: if there is no such order.
    :raises NothingToInvoice: if all of it is invoiced, or nothing has arrived.
    :raises InvoiceBeyondDelivered: with every line of which less is left than asked for.
    :raises InvoiceNotRight: with every difference; they are recorded, and the invoice did not leave.
    """
    wanted = None if quantities is None else {order_id: quantities}
    found = issue_invoices(order_ids=[order_id], by=by, at=at, quantities=wanted, despite=despite)
    if not found:
        raise NotFound(what=str(order_id))
    one = found[0]
    if one.faults and one.invoice_id is None:
        raise InvoiceNotRight(one.order, [_place(fault) for fault in one.faults], order=one.order)
    if one.invoice_id is None:
        raise NothingToInvoice(one.order, order=one.order)
    return one


def _place(fault: Fault) -> tuple[str, words.Sentence]:
    where = "invoice" if fault.line_number is None else f"lines.{fault.line_number}"
    return where, words.Sentence(fault.code, fault.params)


@verb
def issue_invoices(
    *,
    order_ids: Collection[int],
    by: Actor,
    at: datetime,
    moments: Mapping[int, datetime] | None = None,
    quantities: Mapping[int, Mapping[int, Decimal]] | None = None,
    despite: str = "",
) -> list[Invoiced]:
    """Invoice these orders, one invoice each, in the order of their moments (`at` where none is given).

    An invoice that differs from order, delivery or price agreement does not leave: its faults are recorded and given
    to finance, the others leave. Open credit notes of the customer are applied to what is issued.
    """
    _lock(order_ids)
    known = _read(order_ids)
    for order_id, wanted in (quantities or {}).items():
        _narrow(known[order_id], wanted)
    when = {order_id: (moments or {}).get(order_id, at) for order_id in known}
    turn = sorted(known.values(), key=lambda order: (when[order.id], order.id))
    faults: dict[int, list[Fault]] = {}
    good: list[ToWrite] = []
    for order in turn:
        if not any(line.unit_price for line in order.lines):
            continue  # nothing, or only free goods
        document, draft, agreed = _drafted(order, when[order.id])
        faults[order.id] = faults_of(draft=draft, agreed=agreed)
        if not faults[order.id] or despite:
            good.append(document)
    blocked = {order_id: found for order_id, found in faults.items() if found}
    if blocked:
        _record_faults(known, blocked, when, by, despite)
    written = _issue(good, by)
    _settle_faults([document.order_id for document in good], by, at)
    numbers = {document.order_id: one for document, one in zip(good, written, strict=True)}
    # Nothing (more) to pay: refused whole, or only free goods.
    close_paid({order.id: when[order.id] for order in turn if order.id not in faults}, by)
    return [
        Invoiced(
            order.id, order.number, numbers[order.id].id if order.id in numbers else None,
            numbers[order.id].number if order.id in numbers else "",
            next((d.sums.gross_amount for d in good if d.order_id == order.id), ZERO), tuple(faults.get(order.id, ())),
        )
        for order in turn
    ]  # fmt: skip


def _lock(order_ids: Collection[int]) -> None:
    found = bulk.rows("SELECT customer_id, id FROM orders_order WHERE id = ANY(%s::bigint[])", [list(order_ids)])
    locks.take(credit=[row[0] for row in found], orders=[row[1] for row in found])


# What is left of each entry, and at most what is left of its line (by despatch terms goods that came back are not
# billed). The price agreement that counted on the day of the order stands beside, unless a person set the price.
_BILLABLE = """
SELECT o.id, o.number, o.customer_id, o.currency, o.exchange_rate, o.payment_days,
    e.id, l.id, l.line_number, e.reference, i.name,
    least(e.quantity - coalesce((SELECT sum(b.quantity) FROM billing_invoiceline b JOIN billing_invoice v ON v.id = b.invoice_id
        WHERE b.entry_id = e.id AND v.kind = 'invoice'), 0), t.taken - l.invoiced),
    t.taken - l.invoiced, i.base_unit, coalesce(l.unit_price, 0), l.price_basis, l.tax_category, l.tax_rate,
    a.unit_price, a.basis_quantity
FROM orders_order o
LEFT JOIN orders_orderline l ON l.order_id = o.id AND l.item_id IS NOT NULL
LEFT JOIN catalog_item i ON i.id = l.item_id
LEFT JOIN LATERAL (SELECT CASE WHEN o.invoice_from = 'despatch'
    THEN l.despatched - l.brought_back - l.refused_final ELSE l.accepted END AS taken) t ON true
LEFT JOIN orders_lineentry e ON e.line_id = l.id AND t.taken > l.invoiced
    AND e.kind = CASE WHEN o.invoice_from = 'despatch' THEN 'despatched' ELSE 'accepted' END
LEFT JOIN LATERAL (SELECT p.unit_price, p.basis_quantity FROM catalog_priceagreement p
    WHERE l.price_origin NOT IN ('received', 'manual') AND NOT l.free AND p.customer_id = o.customer_id
      AND p.item_id = l.item_id AND p.currency = o.currency AND p.minimum_quantity <= l.ordered_quantity
      AND p.valid_from <= o.ordered_at::date AND (p.valid_to IS NULL OR o.ordered_at::date < p.valid_to)
    ORDER BY p.minimum_quantity DESC, p.valid_from DESC LIMIT 1) a ON e.id IS NOT NULL
WHERE o.id = ANY(%s::bigint[]) AND o.origin <> 'history' ORDER BY o.id, l.line_number, e.id
"""


def _read(order_ids: Collection[int]) -> dict[int, _Order]:
    found: dict[int, _Order] = {}
    left_of_line: dict[int, Decimal] = {}
    for row in bulk.rows(_BILLABLE, [list(order_ids)]):
        order = found.setdefault(row[0], _Order(*row[:6]))
        entry_id, line_id, line_number, reference, text, of_entry, of_line, *terms = row[6:]
        if entry_id is None:
            continue
        left = left_of_line.setdefault(line_id, of_line)
        quantity = min(of_entry, left)
        if quantity <= 0:
            continue
        left_of_line[line_id] = left - quantity
        order.lines.append(_Entry(entry_id, line_id, line_number, reference, text, quantity, *terms))
    return found


def _narrow(order: _Order, wanted: Mapping[int, Decimal]) -> None:
    """Leave of the order's billable entries only so much of these lines, the oldest entries first."""
    left: dict[int, Decimal] = {}
    for entry in order.lines:
        left[entry.line_number] = left.get(entry.line_number, ZERO) + entry.quantity
    faults = [
        (
            f"lines.{number}",
            words.Sentence("invoice_wrong_quantity", {"received_quantity": asked, "right_quantity": there}),
        )
        for number, asked in wanted.items()
        if not ZERO < asked <= (there := left.get(number, ZERO))
    ]
    if faults:
        raise InvoiceBeyondDelivered(order.number, faults, order=order.number)
    still, kept = dict(wanted), []
    for entry in order.lines:
        quantity = min(entry.quantity, still.get(entry.line_number, ZERO))
        if quantity > 0:
            still[entry.line_number] -= quantity
            kept.append(entry._replace(quantity=quantity))
    order.lines = kept


def _drafted(order: _Order, at: datetime) -> tuple[ToWrite, Draft, Agreed]:
    """The invoice as it would leave, and what order, delivery and agreement say of it."""
    lines, billables, draft_lines = [], [], []
    for position, entry in enumerate(order.lines, 1):
        net = line_net(entry.quantity, entry.unit_price, entry.price_basis, order.currency)
        lines.append(
            WrittenLine(
                position, entry.line_id, entry.entry_id, entry.despatch_number[:20], entry.text, entry.quantity,
                entry.unit_code, entry.unit_price, entry.price_basis, net, entry.tax_category, entry.tax_rate,
            )
        )  # fmt: skip
        draft_lines.append(
            DraftLine(
                entry.entry_id,
                entry.quantity,
                entry.unit_price,
                entry.price_basis,
                net,
                entry.tax_category,
                entry.tax_rate,
            )
        )
        billables.append(
            Billable(
                entry.entry_id, entry.line_number, entry.quantity, entry.unit_price, entry.price_basis, entry.tax_category,
                entry.tax_rate, entry.agreed_price, entry.agreed_basis or Decimal(1),
            )
        )  # fmt: skip
    sums = invoice_sums(
        lines=[BilledLine(line.net_amount, line.tax_category, line.tax_rate) for line in lines], currency=order.currency
    )
    document = ToWrite(
        "invoice",
        order.customer_id,
        order.id,
        order.currency,
        order.exchange_rate,
        order.payment_days,
        at,
        tuple(lines),
        sums,
    )
    due_on = due_date(issued_on=at.date(), payment_days=order.payment_days)
    draft = Draft(order.customer_id, order.currency, at.date(), due_on, tuple(draft_lines), sums)
    return document, draft, Agreed(order.customer_id, order.currency, order.payment_days, tuple(billables))


def _issue(good: Sequence[ToWrite], by: Actor) -> list[Written]:
    """Ledger and credit first, then the numbers; what the series waits for is only the writing."""
    if not good:
        return []
    before = exposure.weights(line_ids=sorted({line.order_line_id for document in good for line in document.lines}))
    written = write(good, by)
    entries: list[orders.Entry] = []
    extra: dict[int, CreditMove] = {}
    told: list[tuple[InvoiceIssued, datetime]] = []
    for document, one in zip(good, written, strict=True):
        entries.extend(
            orders.Entry(line.order_line_id, EntryKind.INVOICED, line.quantity, one.number, at=document.at)
            for line in document.lines
        )
        owed = CreditMove(receivable=converted(document.sums.payable_amount, document.exchange_rate))
        extra[document.customer_id] = extra.get(document.customer_id, CreditMove()).and_also(owed)
        event = InvoiceIssued(
            order_id=document.order_id, invoice_id=one.id, number=one.number, currency=document.currency,
            gross_amount=str(document.sums.gross_amount), due_on=one.due_on.isoformat(),
        )  # fmt: skip
        told.append((event, document.at))
    orders.record(entries=entries, by=by, at=good[0].at)
    exposure.move_from(before, extra)
    for event, moment in told:
        emit(event, by=by, at=moment)
    apply_open_credit(invoice_ids=[one.id for one in written], by=by, at=good[-1].at)
    return written


_FAULTS = """
INSERT INTO billing_invoicefault (order_id, order_line_id, code, params, ours, cause, found_at, resolved_at, resolved_by)
SELECT t.o, l.id, t.code, t.params, true, t.cause, t.at_, t.done, t.done_by
FROM json_to_recordset(%s::json) AS t(o bigint, line int, code text, params jsonb, cause text, at_ timestamptz,
    done timestamptz, done_by text)
LEFT JOIN orders_orderline l ON l.order_id = t.o AND l.line_number = t.line
WHERE NOT EXISTS (SELECT 1 FROM billing_invoicefault f WHERE f.order_id = t.o AND f.code = t.code
    AND f.order_line_id IS NOT DISTINCT FROM l.id AND f.resolved_at IS NULL)
RETURNING order_id
"""
_CAUSE = {"invoice_wrong_price": "C3", "invoice_wrong_tax": "C3"}


def _record_faults(
    known: Mapping[int, _Order],
    blocked: Mapping[int, Sequence[Fault]],
    when: Mapping[int, datetime],
    by: Actor,
    despite: str,
) -> None:
    """Keep what was found, once; and ask finance to decide, unless somebody just did."""
    records: list[dict[str, Any]] = [
        {
            "o": order_id, "line": fault.line_number, "code": fault.code, "params": words.plain(fault.params),
            "cause": _CAUSE.get(fault.code, "X2"), "at_": when[order_id],
            "done": when[order_id] if despite else None, "done_by": by if despite else "",
        }
        for order_id, faults in blocked.items() for fault in faults
    ]  # fmt: skip
    new = {row[0] for row in bulk.rows(_FAULTS, [bulk.as_json(records)])}
    if despite:
        return
    for order_id in sorted(new):
        order, faults = known[order_id], blocked[order_id]
        first = words.both(faults[0].code, faults[0].params)
        draft = WorkDraft(
            kind="invoice_blocked", subject=f"order:{order_id}", key=f"invoice_blocked:{order_id}", role="finance",
            customer_id=order.customer_id, code="work_invoice_blocked",
            params={"order": order.number, "count": len(faults), "first": first},
        )  # fmt: skip
        open_items(items=[draft], by=by, at=when[order_id])
        emit(InvoiceBlocked(order_id=order_id, faults=len(faults), first=faults[0].code), by=by, at=when[order_id])


def _settle_faults(order_ids: Sequence[int], by: Actor, at: datetime) -> None:
    """The invoice left: what stood in its way is settled."""
    settled = bulk.rows(
        """UPDATE billing_invoicefault SET resolved_at = %s, resolved_by = %s
           WHERE order_id = ANY(%s::bigint[]) AND invoice_id IS NULL AND resolved_at IS NULL RETURNING order_id""",
        [at, by, list(order_ids)],
    )
    if settled:
        close_items(keys=[f"invoice_blocked:{row[0]}" for row in settled], by=by, at=at)
