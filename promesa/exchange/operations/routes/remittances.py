"""Remittance advices: money recorded and applied as told; what was kept back leaves its invoice open, with the reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from promesa.billing import operations as billing
from promesa.core import bulk, locks, words
from promesa.exchange.operations.routes.routed import Case, Routed, unknown_sender, waits
from promesa.exchange.queries.concerned import InvoiceFound, credits_applied, invoices_named
from promesa.exchange.rules.remittances import Paid, RemittancePlan, plan_remittance
from promesa.exchange.rules.routing import Problem
from promesa.exchange.states import Outcome

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Before:
    """What credit notes that are named here had paid before, of invoices that are named here: nobody pays that again."""

    of_invoice: dict[str, Decimal] = field(default_factory=dict)
    by_credit: dict[str, Decimal] = field(default_factory=dict)


def route(case: Case) -> Routed:
    """Record the payment and let it pay the invoices named. An invoice that nobody knows, or of which less is open than
    was paid, leaves all of it to a person: nothing is recorded."""
    if case.customer_id is None:
        return unknown_sender(case)
    locks.take(credit=[case.customer_id])
    reference = (case.neutral.number or "")[:80]
    before = _recorded(case.customer_id, reference)
    if before is not None:
        return _known_already(before)
    plan = plan_remittance(case.neutral)
    known = invoices_named(customer_id=case.customer_id, numbers={*plan.invoices, *plan.credited})
    earlier = _before(case.customer_id, plan, known)
    problems = [*plan.problems, *_problems(case, plan, known, earlier)]
    if problems:
        return waits(*problems)
    left = _set_off(case, plan, earlier)
    paid = billing.receive_payment(
        customer_id=case.customer_id, amount=plan.amount, currency=case.neutral.currency or "", reference=reference,
        applications={number: amount for number, amount in left.items() if amount > 0}, by=case.by, at=case.at,
    )  # fmt: skip
    kept = [_keep_open(case, one) for one in plan.invoices.values() if one.kept > 0]
    return Routed(Outcome.APPLIED, subject=f"payment:{paid.payment_id}", problems=tuple(kept))


def _known_already(payment_id: int) -> Routed:
    """The money was recorded before: by another document, which this one repeats, or by a person."""
    subject = f"payment:{payment_id}"
    first = bulk.row(
        "SELECT id FROM exchange_document WHERE subject = %s AND outcome = 'applied' ORDER BY id LIMIT 1", [subject]
    )
    if first is None:
        return Routed(Outcome.FILED, subject=subject)
    return Routed(Outcome.DUPLICATE, "DUPLICATE", subject=subject, duplicate_of=first[0])


def _recorded(customer_id: int, reference: str) -> int | None:
    """The payment that was recorded under this reference before, if any."""
    if not reference:
        return None
    row = bulk.row(
        "SELECT id FROM billing_payment WHERE customer_id = %s AND reference = %s ORDER BY id LIMIT 1",
        [customer_id, reference],
    )
    return row[0] if row else None


def _before(customer_id: int, plan: RemittancePlan, known: dict[str, InvoiceFound]) -> Before:
    """A credit note pays its own invoice when it is issued; they set it off now. It counts once."""
    earlier = Before()
    applied = credits_applied(customer_id=customer_id, numbers=plan.credited)
    for number, amount in plan.credited.items():
        missing = amount - known[number].open_amount if number in known else ZERO
        for invoice, paid in applied.get(number, {}).items():
            told = (
                plan.invoices[invoice].paid - earlier.of_invoice.get(invoice, ZERO)
                if invoice in plan.invoices
                else ZERO
            )
            share = min(missing, paid, told)
            if share > 0:
                earlier.of_invoice[invoice] = earlier.of_invoice.get(invoice, ZERO) + share
                earlier.by_credit[number] = earlier.by_credit.get(number, ZERO) + share
                missing -= share
    return earlier


def _problems(case: Case, plan: RemittancePlan, known: dict[str, InvoiceFound], earlier: Before) -> list[Problem]:
    found = []
    if plan.amount <= 0:
        found.append(Problem("remittance_nothing_paid", "", "amount", f"{plan.amount:f}", aspect="price"))
    for number, one in plan.invoices.items():
        invoice = known.get(number)
        if invoice is None or invoice.kind != "invoice":
            found.append(Problem("remittance_invoice_unknown", one.line, "invoice", number))
        elif one.paid - earlier.of_invoice.get(number, ZERO) > invoice.open_amount:
            found.append(
                Problem("remittance_beyond_open", one.line, "amount", f"{one.paid:f}", f"{invoice.open_amount:f}", "price",
                        params={"invoice": number})
            )  # fmt: skip
        elif case.neutral.currency and case.neutral.currency != invoice.currency:
            found.append(
                Problem(
                    "remittance_other_currency", one.line, "currency", case.neutral.currency, invoice.currency, "price"
                )
            )
    for number, amount in plan.credited.items():
        note = known.get(number)
        if note is None or note.kind != "credit_note":
            found.append(Problem("remittance_credit_unknown", "", "credit_note", number))
        elif amount - earlier.by_credit.get(number, ZERO) > note.open_amount:
            found.append(
                Problem("remittance_beyond_open", "", "amount", f"{amount:f}", f"{note.open_amount:f}", "price",
                        params={"invoice": number})
            )  # fmt: skip
    return found


def _set_off(case: Case, plan: RemittancePlan, earlier: Before) -> dict[str, Decimal]:
    """Let the credit notes pay first, the invoices in the order told; what of each invoice the money has to pay."""
    left = {number: one.paid - earlier.of_invoice.get(number, ZERO) for number, one in plan.invoices.items()}
    for number, told in plan.credited.items():
        amount = told - earlier.by_credit.get(number, ZERO)
        shares: dict[str, Decimal | None] = {}
        for invoice in left:
            share = min(left[invoice], amount)
            if share > 0:
                shares[invoice], left[invoice], amount = share, left[invoice] - share, amount - share
        if shares:
            billing.apply_credit(number=number, applications=shares, by=case.by, at=case.at)
    return left


def _keep_open(case: Case, one: Paid) -> Problem:
    """What they kept back stays open: the invoice is in dispute for the reason they give, unless it is so already."""
    reason = "; ".join(one.reasons)[:120]
    said = words.say("remittance_kept_back", {"amount": one.kept, "invoice": one.number, "reason": reason})
    assert case.customer_id is not None
    invoice = invoices_named(customer_id=case.customer_id, numbers=[one.number])[one.number]
    if not invoice.disputed and invoice.open_amount > 0:
        billing.dispute(number=one.number, reason=said, by=case.by, at=case.at)
    return Problem(
        "remittance_kept_back", one.line, "amount", f"{one.kept:f}", "", "price", "warning",
        {"amount": one.kept, "invoice": one.number, "reason": reason},
    )  # fmt: skip
