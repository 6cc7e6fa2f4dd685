"""What the API takes and tells of invoices and payments."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from promesa.core.api import Amount, Body, Currency, Moment, Number, Page, Quantity, Short, Told, once_each

Position = Annotated[int, Field(ge=1, le=100_000, strict=True)]


class NewInvoice(Body):
    """What of an order was delivered (or despatched, by its terms) and is not invoiced yet.

    `despite` is the reason to let an invoice leave although it differs from order, delivery or agreement.
    """

    order: Number
    despite: Short = ""
    at: Moment | None = None


class CreditedLine(Body):
    """Either a quantity (base units) that is given back, or a net amount where only the price was wrong."""

    position: Position
    quantity: Quantity | None = None
    amount: Amount | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> CreditedLine:
        if (self.quantity is None) == (self.amount is None):
            raise ValueError("either quantity or amount is wanted")
        return self


class NewCreditNote(Body):
    """Gives back part of an invoice, or without lines all that is left of it. A position comes once."""

    cause: Annotated[str, StringConstraints(pattern=r"^([CXK][1-9]|U)$")]
    note: Short = ""
    lines: Annotated[list[CreditedLine], Field(min_length=1, max_length=2000), once_each("position")] | None = None
    fault: Annotated[str, StringConstraints(max_length=40)] = ""
    at: Moment | None = None


class PaidInvoice(Body):
    """How much of the payment goes to an invoice; all that is open of it if no amount is said."""

    invoice: Number
    amount: Amount | None = None


class NewPayment(Body):
    """Money from a customer. Without applications it pays the oldest invoices due; an empty list leaves it unapplied."""

    customer: Number
    amount: Amount
    currency: Currency | None = None
    method: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,20}$")] = "transfer"
    reference: Annotated[str, StringConstraints(max_length=80)] = ""
    applications: Annotated[list[PaidInvoice], Field(max_length=500), once_each("invoice")] | None = None
    at: Moment | None = None


class InvoiceFilters(Page):
    customer: Annotated[str, StringConstraints(max_length=40)] = ""
    order: Annotated[str, StringConstraints(max_length=40)] = ""
    kind: Literal["", "invoice", "credit_note"] = ""


class PaymentFilters(Page):
    customer: Annotated[str, StringConstraints(max_length=40)] = ""


class ToldInvoiceLine(Told):
    position: int
    line_number: int | None
    despatch: str
    text: str
    quantity: str
    unit_code: str
    price: str
    price_basis: str
    net_amount: str
    tax_category: str
    tax_rate: str


class ToldTax(Told):
    category: str
    rate: str
    base_amount: str
    tax_amount: str


class ToldInvoice(Told):
    number: str
    kind: str
    customer: str
    order: str | None
    corrects: str | None
    cause: str
    cause_note: str
    issued_on: date
    issued_at: datetime
    due_on: date
    currency: str
    net_amount: str
    tax_amount: str
    gross_amount: str
    payable_amount: str
    open_amount: str
    disputed_at: datetime | None
    lines: list[ToldInvoiceLine] | None
    taxes: list[ToldTax] | None


class InvoicesPage(Told):
    items: list[ToldInvoice]
    next: str | None


class ToldApplication(Told):
    invoice: str
    amount: str
    applied_at: datetime


class ToldPayment(Told):
    number: str
    customer: str
    received_at: datetime
    currency: str
    amount: str
    method: str
    reference: str
    unapplied_amount: str
    applications: list[ToldApplication]


class PaymentsPage(Told):
    items: list[ToldPayment]
    next: str | None
