"""What can happen to invoices and money. What is about an invoice is told under its order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class InvoiceIssued:
    """An invoice left. Amounts with tax, in its currency."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    invoice_id: int
    number: str
    gross_amount: str
    currency: str
    due_on: str


@dataclass(frozen=True, slots=True)
class InvoiceBlocked:
    """An invoice differs from its order, delivery or price agreement, so it did not leave."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    faults: int
    first: str


@dataclass(frozen=True, slots=True)
class CreditNoteIssued:
    """Part or all of an invoice was given back."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    credit_note_id: int
    number: str
    invoice: str
    gross_amount: str
    currency: str
    cause: str
    note: str


@dataclass(frozen=True, slots=True)
class InvoicePaid:
    """Nothing of the invoice is open any more."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    invoice_id: int
    number: str


@dataclass(frozen=True, slots=True)
class InvoiceDisputed:
    """The customer disputes an invoice."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    invoice_id: int
    number: str
    reason: str


@dataclass(frozen=True, slots=True)
class DisputeSettled:
    """The invoice is disputed no longer."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    invoice_id: int
    number: str


@dataclass(frozen=True, slots=True)
class PaymentReceived:
    """Money came in. What is not applied stays the customer's."""

    SUBJECT: ClassVar[str] = "customer"
    customer_id: int
    payment_id: int
    number: str
    amount: str
    currency: str
    unapplied_amount: str


@dataclass(frozen=True, slots=True)
class CreditApplied:
    """Money or a credit note that lay open paid invoices."""

    SUBJECT: ClassVar[str] = "customer"
    customer_id: int
    source: str
    amount: str
    currency: str
