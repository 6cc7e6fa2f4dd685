"""Reading invoices, credit notes and money."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import DecimalField, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from promesa.billing.models import Application, Invoice, InvoiceFault, Payment
from promesa.core import bulk

_AMOUNT: DecimalField[Decimal, Decimal] = DecimalField(max_digits=18, decimal_places=2)


def orders_to_settle(*, order_ids: Collection[int]) -> list[int]:
    """Of these orders, those with something to invoice, and those delivered of which nothing is to be paid."""
    return [
        row[0]
        for row in bulk.rows(
            """SELECT o.id FROM orders_order o WHERE o.id = ANY(%s::bigint[]) AND o.state = 'confirmed'
               AND o.origin <> 'history' AND EXISTS (SELECT 1 FROM orders_orderline l WHERE l.order_id = o.id AND (
                   CASE WHEN o.invoice_from = 'despatch' THEN l.despatched - l.brought_back - l.refused_final
                        ELSE l.accepted END > l.invoiced OR l.refused_final > 0))
               ORDER BY o.id""",
            [list(order_ids)],
        )
    ]


def invoices(*, kind: str = "") -> QuerySet[Invoice]:
    """Invoices and credit notes, the newest first, each with `open_amount`: what is left to pay, or to be used up."""
    found = Invoice.objects.select_related("customer", "order", "corrects").order_by("-issued_at", "-id")
    if kind:
        found = found.filter(kind=kind)
    return found.annotate(open_amount=F("payable_amount") - _applied("invoice") - _applied("credit_note"))


def _applied(to: str) -> Coalesce:
    sums = (
        Application.objects.filter(**{to: OuterRef("pk")})
        .order_by()
        .values(to)
        .annotate(sum=Sum("amount"))
        .values("sum")
    )
    return Coalesce(Subquery(sums, output_field=_AMOUNT), Value(Decimal(0), output_field=_AMOUNT))


def open_invoices(*, customer_id: int | None = None) -> QuerySet[Invoice]:
    """Invoices with something left to pay, the soonest due first."""
    found = invoices(kind="invoice").alias(left=F("payable_amount") - _applied("invoice")).filter(left__gt=0)
    found = found.order_by("due_on", "id")
    return found if customer_id is None else found.filter(customer_id=customer_id)


def of_order(*, order_id: int) -> QuerySet[Invoice]:
    """Invoices and credit notes of an order in the order of their issue, with lines, taxes and what paid them."""
    return (
        invoices()
        .filter(order_id=order_id)
        .prefetch_related("lines__order_line", "taxes", "applications__payment", "applications__credit_note", "faults")
        .order_by("issued_at", "id")
    )


def invoice(*, number: str) -> Invoice | None:
    """One invoice or credit note with all that belongs to it."""
    return (
        invoices()
        .filter(number=number)
        .prefetch_related("lines__order_line", "taxes", "applications__payment", "corrections", "faults")
        .first()
    )


def payments(*, customer_id: int | None = None) -> QuerySet[Payment]:
    """Payments, the newest first, each with `unapplied_amount`."""
    found = Payment.objects.select_related("customer").order_by("-received_at", "-id")
    if customer_id is not None:
        found = found.filter(customer_id=customer_id)
    return found.annotate(unapplied_amount=F("amount") - _applied("payment"))


def open_faults() -> QuerySet[InvoiceFault]:
    """Faults that keep invoices from leaving, the oldest first."""
    return (
        InvoiceFault.objects.filter(resolved_at=None)
        .select_related("order__customer", "order_line__item")
        .order_by("found_at", "id")
    )


@dataclass(frozen=True, slots=True)
class Ageing:
    """What is owed in one currency by how long it has been due; disputed amounts are told apart and aged all the same."""

    currency: str
    current: Decimal
    to_30: Decimal
    to_60: Decimal
    to_90: Decimal
    beyond: Decimal
    disputed: Decimal
    unapplied: Decimal

    @property
    def total(self) -> Decimal:
        return self.current + self.to_30 + self.to_60 + self.to_90 + self.beyond


_AGEING = """
WITH open AS (
    SELECT i.currency, %(on)s::date - i.due_on AS days, i.disputed_at IS NOT NULL AS disputed, i.payable_amount - coalesce(
        (SELECT sum(a.amount) FROM billing_application a WHERE a.invoice_id = i.id), 0) AS amount, 0 AS unapplied
    FROM billing_invoice i WHERE i.kind = 'invoice' AND (%(customer)s::bigint IS NULL OR i.customer_id = %(customer)s)
    UNION ALL
    SELECT p.currency, 0, false, 0, p.amount - coalesce(
        (SELECT sum(a.amount) FROM billing_application a WHERE a.payment_id = p.id), 0)
    FROM billing_payment p WHERE %(customer)s::bigint IS NULL OR p.customer_id = %(customer)s
    UNION ALL
    SELECT n.currency, 0, false, 0, n.payable_amount - coalesce(
        (SELECT sum(a.amount) FROM billing_application a WHERE a.credit_note_id = n.id), 0)
    FROM billing_invoice n WHERE n.kind = 'credit_note' AND (%(customer)s::bigint IS NULL OR n.customer_id = %(customer)s)
)
SELECT currency, coalesce(sum(amount) FILTER (WHERE days <= 0), 0), coalesce(sum(amount) FILTER (WHERE days BETWEEN 1 AND 30), 0),
    coalesce(sum(amount) FILTER (WHERE days BETWEEN 31 AND 60), 0), coalesce(sum(amount) FILTER (WHERE days BETWEEN 61 AND 90), 0),
    coalesce(sum(amount) FILTER (WHERE days > 90), 0), coalesce(sum(amount) FILTER (WHERE disputed), 0), sum(unapplied)
FROM open GROUP BY currency HAVING sum(amount) <> 0 OR sum(unapplied) <> 0 ORDER BY currency
"""


def ageing(*, on: date, customer_id: int | None = None) -> list[Ageing]:
    """What is owed on a day by age, one row a currency; unapplied money and open credits stand beside, not netted."""
    return [Ageing(*row) for row in bulk.rows(_AGEING, {"on": on, "customer": customer_id})]
