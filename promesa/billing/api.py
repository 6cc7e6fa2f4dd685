"""Invoices, credit notes and payments over the API."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from promesa.access.doors import actor, key
from promesa.billing import operations, told
from promesa.billing.schemas import (
    InvoiceFilters,
    InvoicesPage,
    NewCreditNote,
    NewInvoice,
    NewPayment,
    PaymentFilters,
    PaymentsPage,
    ToldInvoice,
    ToldPayment,
)
from promesa.core.api import READ, WRITE, Made, answer, creating, paged, written_down
from promesa.core.idempotency import Answer
from promesa.core.moments import happened
from promesa.customers import queries as customers
from promesa.orders.queries.told import id_of

router = Router(tags=["invoices"])


@router.get("/invoices", auth=key("see_invoices"), response={200: InvoicesPage, **READ}, summary="List invoices")
def list_invoices(request: HttpRequest, filters: Query[InvoiceFilters]) -> HttpResponse:
    """Invoices and credit notes, the newest first, each with what is still open of it."""
    found = told.invoices_page(
        after=filters.after, limit=filters.limit, within=actor(request).customer_id, customer=filters.customer,
        order=filters.order, kind=filters.kind,
    )  # fmt: skip
    return answer(paged(found, limit=filters.limit, key=lambda one: one["number"]))


@router.get("/invoices/{number}", auth=key("see_invoices"), response={200: ToldInvoice, **READ}, summary="One invoice")
def one_invoice(request: HttpRequest, number: str) -> HttpResponse:
    """An invoice or a credit note, with lines and taxes."""
    return answer(told.invoice(number=number, within=actor(request).customer_id))


@router.post("/invoices", auth=key("invoice"), response={201: ToldInvoice, **WRITE}, summary="Invoice an order")
def create_invoice(request: HttpRequest, body: NewInvoice) -> HttpResponse:
    """What differs from order, delivery or price agreement does not leave: the faults are recorded and told."""

    def act(at: datetime) -> Made | Answer:
        order_id = id_of(number=body.order)
        try:
            done = operations.issue_invoice(
                order_id=order_id, by=actor(request), at=happened(body.at, at), despite=body.despite
            )
        except operations.InvoiceNotRight as refused:
            return written_down(request, refused)
        return Made(told.invoice(number=done.number))

    return creating(request, "create_invoice", act)


@router.post(
    "/invoices/{number}/credit-notes",
    auth=key("credit"),
    response={201: ToldInvoice, **WRITE},
    summary="Credit an invoice",
)
def create_credit_note(request: HttpRequest, number: str, body: NewCreditNote) -> HttpResponse:
    """Refers to the invoice and says why. It pays its own invoice as far as that is open."""

    def act(at: datetime) -> Made:
        given = body.lines or []
        done = operations.issue_credit_note(
            by=actor(request), at=happened(body.at, at), cause=body.cause, note=body.note, invoice=number,
            lines={one.position: one.quantity for one in given if one.quantity is not None} or None,
            amounts={one.position: one.amount for one in given if one.amount is not None} or None,
            fault=body.fault,
        )  # fmt: skip
        return Made(told.invoice(number=done.number))

    return creating(request, "create_credit_note", act)


@router.get("/payments", auth=key("see_invoices"), response={200: PaymentsPage, **READ}, summary="List payments")
def list_payments(request: HttpRequest, filters: Query[PaymentFilters]) -> HttpResponse:
    """The newest first, each with what it paid and what lies unapplied."""
    found = told.payments_page(
        after=filters.after, limit=filters.limit, within=actor(request).customer_id, customer=filters.customer
    )
    return answer(paged(found, limit=filters.limit, key=lambda one: one["number"]))


@router.get("/payments/{number}", auth=key("see_invoices"), response={200: ToldPayment, **READ}, summary="One payment")
def one_payment(request: HttpRequest, number: str) -> HttpResponse:
    """What it paid."""
    return answer(told.payment(number=number, within=actor(request).customer_id))


@router.post("/payments", auth=key("record_payment"), response={201: ToldPayment, **WRITE}, summary="Record a payment")
def create_payment(request: HttpRequest, body: NewPayment) -> HttpResponse:
    """Applied as told; what pays no invoice stays the customer's, unapplied."""

    def act(at: datetime) -> Made:
        wanted: dict[str, Decimal | None] | None = None
        if body.applications is not None:
            wanted = {one.invoice: one.amount for one in body.applications}
        done = operations.receive_payment(
            customer_id=customers.id_of(number=body.customer), amount=body.amount, by=actor(request),
            at=happened(body.at, at), currency=body.currency or "", applications=wanted, method=body.method,
            reference=body.reference,
        )  # fmt: skip
        return Made(told.payment(number=done.number))

    return creating(request, "create_payment", act)
