"""What an invoice adds up to, when it is due, whether it is right, and what a payment pays.

The arithmetic is EN 16931's: every line is rounded, then added; tax is worked out once for each category and
rate on the sum of its lines. A credit note is an invoice of what is given back: its amounts are positive and the
mirror of what they correct, to the last cent.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from promesa.core.money import WIDE, round_money

ZERO = Decimal(0)
HUNDRED = Decimal(100)
# EN 16931 category codes that carry no tax, whatever the reason.
UNTAXED = frozenset({"Z", "E", "AE", "K", "G", "O"})


class BilledLine(NamedTuple):
    """The sums that one line brings: its rounded net amount and its tax."""

    net_amount: Decimal
    tax_category: str
    tax_rate: Decimal


class TaxSum(NamedTuple):
    """Tax of one category and rate (BG-23). `rate` is in per cent."""

    category: str
    rate: Decimal
    base_amount: Decimal
    tax_amount: Decimal


class InvoiceSums(NamedTuple):
    """The totals of an invoice, with the business terms of EN 16931."""

    line_amount: Decimal
    """BT-106, sum of the lines' net amounts."""
    net_amount: Decimal
    """BT-109, total without tax; there are no allowances or charges of the whole document, so it is BT-106."""
    tax_amount: Decimal
    """BT-110, sum of the tax of each category and rate."""
    gross_amount: Decimal
    """BT-112, total with tax."""
    prepaid_amount: Decimal
    """BT-113, paid already."""
    rounding_amount: Decimal
    """BT-114, added to make the payable amount round."""
    payable_amount: Decimal
    """BT-115 = BT-112 - BT-113 + BT-114."""
    taxes: tuple[TaxSum, ...]


def tax_on(base_amount: Decimal, rate: Decimal, currency: str) -> Decimal:
    """Tax of a base at a rate in per cent, rounded half up."""
    return round_money(WIDE.divide(WIDE.multiply(base_amount, rate), HUNDRED), currency)


def invoice_sums(
    *,
    lines: Iterable[BilledLine],
    currency: str,
    prepaid_amount: Decimal = ZERO,
    rounding_amount: Decimal = ZERO,
) -> InvoiceSums:
    """Add up an invoice. Lines come rounded (`core.money.line_net`); taxes come out by category, then rate."""
    bases = _bases(lines)
    taxes = tuple(
        TaxSum(category, rate, base, tax_on(base, rate, currency)) for (category, rate), base in sorted(bases.items())
    )
    return _totals(taxes, currency, prepaid_amount, rounding_amount)


def credit_sums(
    *, lines: Iterable[BilledLine], currency: str, left: Mapping[tuple[str, Decimal], TaxSum]
) -> InvoiceSums:
    """Add up a credit note against what is left to credit of its invoice, by category and rate.

    Crediting all that is left takes all the tax that is left, so that credits in several parts cancel the invoice
    to the cent.

    :raises ValueError: if a category and rate was not invoiced or the credit exceeds what is left of it.
    """
    taxes = []
    for key, base in sorted(_bases(lines).items()):
        most = left.get(key)
        if most is None or base > most.base_amount:
            raise ValueError(f"credit of {base} at {key} exceeds what was invoiced")
        tax = most.tax_amount
        if base != most.base_amount:
            tax = min(tax_on(base, key[1], currency), tax)
        taxes.append(TaxSum(*key, base, tax))
    return _totals(tuple(taxes), currency, ZERO, ZERO)


def left_to_credit(*, invoiced: Iterable[TaxSum], credited: Iterable[TaxSum] = ()) -> dict[tuple[str, Decimal], TaxSum]:
    """What is left of an invoice's taxes after its credit notes, by category and rate."""
    left = {(row.category, row.rate): row for row in invoiced}
    for row in credited:
        key = (row.category, row.rate)
        was = left[key]
        left[key] = TaxSum(*key, was.base_amount - row.base_amount, was.tax_amount - row.tax_amount)
    return left


def credit_net(
    *,
    quantity: Decimal,
    invoiced_quantity: Decimal,
    invoiced_amount: Decimal,
    credited_quantity: Decimal = ZERO,
    credited_amount: Decimal = ZERO,
    currency: str,
) -> Decimal:
    """Net amount of crediting part of an invoice line; the last part takes what rounding left.

    :raises ValueError: if more would be credited than was invoiced, or the quantity is not positive.
    """
    left = invoiced_quantity - credited_quantity
    if not ZERO < quantity <= left:
        raise ValueError(f"{quantity} cannot be credited: {left} are left of the invoice line")
    if quantity == left:
        return invoiced_amount - credited_amount
    share = WIDE.divide(WIDE.multiply(invoiced_amount, quantity), invoiced_quantity)
    rounded = round_money(share, currency)
    remaining = invoiced_amount - credited_amount
    return min(rounded, remaining) if remaining >= 0 else max(rounded, remaining)


def due_date(*, issued_on: date, payment_days: int) -> date:
    """The day on which an invoice is due: calendar days after its issue."""
    return issued_on + timedelta(days=payment_days)


# --- Checking before issue -------------------------------------------------------------------------------------------


class DraftLine(NamedTuple):
    """A line of an invoice about to be issued. It bills one entry of the line ledger."""

    entry_id: int
    quantity: Decimal
    unit_price: Decimal
    basis_quantity: Decimal
    net_amount: Decimal
    tax_category: str
    tax_rate: Decimal


class Draft(NamedTuple):
    """An invoice about to be issued."""

    customer_id: int
    currency: str
    issued_on: date
    due_on: date
    lines: tuple[DraftLine, ...]
    sums: InvoiceSums


class Billable(NamedTuple):
    """What the order, the delivery and the price agreement say of one ledger entry.

    `left_quantity` is what of it has not been invoiced yet; `agreed_price` and its basis are the customer's price
    agreement for the item, when there is one that nobody with the right set aside.
    """

    entry_id: int
    line_number: int
    left_quantity: Decimal
    unit_price: Decimal
    basis_quantity: Decimal
    tax_category: str
    tax_rate: Decimal
    agreed_price: Decimal | None = None
    agreed_basis: Decimal = Decimal(1)


class Agreed(NamedTuple):
    """What the order says of the invoice as a whole."""

    customer_id: int
    currency: str
    payment_days: int
    billables: tuple[Billable, ...]


class Fault(NamedTuple):
    """One thing that is wrong with an invoice; `line_number` is the order line's, None for the whole."""

    code: str
    line_number: int | None
    params: dict[str, Any]


def faults_of(*, draft: Draft, agreed: Agreed) -> list[Fault]:
    """Everything in which an invoice differs from its order, its deliveries and the price agreement."""
    faults = []
    if draft.customer_id != agreed.customer_id:
        faults.append(Fault("invoice_wrong_customer", None, {}))
    if draft.currency != agreed.currency:
        faults.append(Fault("invoice_wrong_currency", None, {"received": draft.currency, "right": agreed.currency}))
    due_on = due_date(issued_on=draft.issued_on, payment_days=agreed.payment_days)
    if draft.due_on != due_on:
        faults.append(Fault("invoice_wrong_terms", None, {"received_on": draft.due_on, "right_on": due_on}))
    if not draft.lines:
        faults.append(Fault("invoice_empty", None, {}))
    billables = {row.entry_id: row for row in agreed.billables}
    left = {row.entry_id: row.left_quantity for row in agreed.billables}
    for line in draft.lines:
        billable = billables.get(line.entry_id)
        if billable is None:
            faults.append(Fault("invoice_not_delivered", None, {"quantity": line.quantity}))
            continue
        faults += _quantity_faults(line, billable, left[line.entry_id])
        faults += _price_faults(line, billable)
        faults += _tax_faults(line, billable)
        left[line.entry_id] -= line.quantity
    return faults + _sum_faults(draft)


def _quantity_faults(line: DraftLine, billable: Billable, left: Decimal) -> list[Fault]:
    if ZERO < line.quantity <= left:
        return []
    code = "invoice_duplicate" if left <= 0 < line.quantity else "invoice_wrong_quantity"
    params = {"received_quantity": line.quantity, "right_quantity": max(left, ZERO)}
    return [Fault(code, billable.line_number, params)]


def _price_faults(line: DraftLine, billable: Billable) -> list[Fault]:
    price, basis = billable.unit_price, billable.basis_quantity
    if billable.agreed_price is not None:
        price, basis = billable.agreed_price, billable.agreed_basis
    # Compared as fractions, so that 12.40 a hundred equals 0.124 each.
    if WIDE.multiply(line.unit_price, basis) == WIDE.multiply(price, line.basis_quantity):
        return []
    received = {"received_price": line.unit_price, "received_basis_quantity": line.basis_quantity}
    right = {"right_price": price, "right_basis_quantity": basis}
    return [Fault("invoice_wrong_price", billable.line_number, {**received, **right})]


def _tax_faults(line: DraftLine, billable: Billable) -> list[Fault]:
    untaxed = line.tax_category in UNTAXED
    possible = not line.tax_rate if untaxed else line.tax_category != "S" or line.tax_rate > 0
    if possible and (line.tax_category, line.tax_rate) == (billable.tax_category, billable.tax_rate):
        return []
    received = {"received": line.tax_category, "received_rate": line.tax_rate}
    right = {"right": billable.tax_category, "right_rate": billable.tax_rate}
    return [Fault("invoice_wrong_tax", billable.line_number, {**received, **right})]


def _sum_faults(draft: Draft) -> list[Fault]:
    right = invoice_sums(
        lines=[BilledLine(line.net_amount, line.tax_category, line.tax_rate) for line in draft.lines],
        currency=draft.currency,
        prepaid_amount=draft.sums.prepaid_amount,
        rounding_amount=draft.sums.rounding_amount,
    )
    if right == draft.sums:
        return []
    params = {"received_amount": draft.sums.payable_amount, "right_amount": right.payable_amount}
    return [Fault("invoice_wrong_sum", None, params)]


# --- Applying money --------------------------------------------------------------------------------------------------


class OpenInvoice(NamedTuple):
    """An invoice with something left to pay."""

    id: int
    due_on: date
    issued_on: date
    open_amount: Decimal
    disputed: bool = False


class Applied(NamedTuple):
    """How much of the money pays which invoice, and what is left of it."""

    applications: tuple[tuple[int, Decimal], ...]
    unapplied_amount: Decimal


def apply_money(*, amount: Decimal, invoices: Sequence[OpenInvoice], named: Sequence[int] = ()) -> Applied:
    """Share a payment or a credit among invoices: what pays what, and the remainder.

    When the payer names invoices, only those are paid, in the order named. Else the oldest due first (then issued,
    then id), the disputed ones after the others. Never more than an invoice has open; the rest stays unapplied.

    :raises ValueError: if the amount is not positive, or a named invoice is not among those open.
    """
    if amount <= 0:
        raise ValueError("only a positive amount can be applied")
    if named:
        by_id = {row.id: row for row in invoices}
        unknown = [number for number in named if number not in by_id]
        if unknown:
            raise ValueError(f"invoices {unknown} have nothing open")
        turn = [by_id[number] for number in dict.fromkeys(named)]
    else:
        turn = sorted(invoices, key=lambda row: (row.disputed, row.due_on, row.issued_on, row.id))
    applications, left = [], amount
    for row in turn:
        paid = min(left, row.open_amount)
        if paid > 0:
            applications.append((row.id, paid))
            left -= paid
    return Applied(tuple(applications), left)


def _bases(lines: Iterable[BilledLine]) -> dict[tuple[str, Decimal], Decimal]:
    bases: dict[tuple[str, Decimal], Decimal] = {}
    for net, category, rate in lines:
        bases[category, rate] = bases.get((category, rate), ZERO) + net
    return bases


def _totals(taxes: tuple[TaxSum, ...], currency: str, prepaid_amount: Decimal, rounding_amount: Decimal) -> InvoiceSums:
    net = round_money(sum((row.base_amount for row in taxes), ZERO), currency)
    tax = round_money(sum((row.tax_amount for row in taxes), ZERO), currency)
    gross = net + tax
    payable = gross - prepaid_amount + rounding_amount
    return InvoiceSums(net, net, tax, gross, prepaid_amount, rounding_amount, payable, taxes)
