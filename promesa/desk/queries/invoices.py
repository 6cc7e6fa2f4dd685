"""What is to be invoiced, owed, disputed and paid, for the lists of invoices and cash."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from promesa.core import bulk

PAGE = 50


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice or credit note of the list."""

    id: int
    number: str
    kind: str
    order: str
    customer: str
    customer_number: str
    corrects: str
    cause: str
    issued_on: date
    due_on: date
    currency: str
    gross_amount: Decimal
    open_amount: Decimal
    disputed_at: datetime | None
    dispute_reason: str


# The page is chosen first and told afterwards, so that what is paid is added up for its rows alone. The views of what is open
# add up all applications at once: asked invoice by invoice, the paid ones of years would be looked at one by one.
_PAGE = """
WITH page AS MATERIALIZED (SELECT i.id FROM billing_invoice i {paid} WHERE {where} ORDER BY {order} LIMIT %(limit)s)
SELECT i.id, i.number, i.kind, coalesce(o.number, ''), c.name, c.number, coalesce(k.number, ''), i.cause, i.issued_on, i.due_on,
    i.currency, i.gross_amount, i.payable_amount
        - coalesce((SELECT sum(a.amount) FROM billing_application a WHERE a.invoice_id = i.id), 0)
        - coalesce((SELECT sum(a.amount) FROM billing_application a WHERE a.credit_note_id = i.id), 0),
    i.disputed_at, i.dispute_reason
FROM page JOIN billing_invoice i ON i.id = page.id JOIN customers_customer c ON c.id = i.customer_id
LEFT JOIN orders_order o ON o.id = i.order_id LEFT JOIN billing_invoice k ON k.id = i.corrects_id
ORDER BY {order}
"""
_PAID = """LEFT JOIN (SELECT invoice_id, sum(amount) AS amount FROM billing_application GROUP BY invoice_id) p
    ON p.invoice_id = i.id"""
_OPEN = "i.kind = 'invoice' AND i.payable_amount > coalesce(p.amount, 0)"
_TEXT = """(i.number = %(text)s OR i.order_id IN (SELECT id FROM orders_order WHERE number = %(text)s)
    OR i.customer_id IN (SELECT id FROM customers_customer
        WHERE number = %(text)s OR promesa_folded(name) LIKE promesa_folded(%(like)s)))"""
# What each view keeps, and whether it runs by due date (the oldest debt first) or by issue (the newest first).
VIEWS: dict[str, tuple[str, bool]] = {
    "all": ("true", False),
    "open": (_OPEN, True),
    "overdue": (f"{_OPEN} AND i.due_on < %(today)s", True),
    "disputed": (f"i.disputed_at IS NOT NULL AND {_OPEN}", True),
    "credits": ("i.kind = 'credit_note'", False),
}


def bills(view: str, *, today: date, text: str = "", after: str = "", limit: int = PAGE) -> tuple[list[Bill], str]:
    """Invoices and credit notes of a view, and the key after which the next page begins. One statement, by the key."""
    where, by_due = VIEWS[view]
    escaped = text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    day, _, last = after.partition("~")
    known = last.isdecimal() and len(last) < 18
    params: dict[str, Any] = {
        "today": today, "text": text, "like": f"%{escaped}%", "limit": limit + 1, "last": int(last) if known else 0,
        "day": _day(day) if known else None,
    }  # fmt: skip
    wanted = [where]
    if text:
        wanted.append(_TEXT)
    if known and params["day"]:
        wanted.append(
            "(i.due_on, i.id) > (%(day)s::date, %(last)s)"
            if by_due
            else "(i.issued_on, i.id) < (%(day)s::date, %(last)s)"
        )
    statement = _PAGE.format(
        paid=_PAID if by_due else "",
        where=" AND ".join(wanted),
        order="i.due_on, i.id" if by_due else "i.issued_on DESC, i.id DESC",
    )
    rows = [Bill(*row) for row in bulk.rows(statement, params)]
    if len(rows) <= limit:
        return rows, ""
    end = rows[limit - 1]
    return rows[:limit], f"{end.due_on if by_due else end.issued_on}~{end.id}"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class ToInvoice:
    """An order of which something was delivered (or despatched, by its terms) and not invoiced."""

    order_id: int
    order: str
    customer: str
    customer_number: str
    net_amount: Decimal
    currency: str
    since: datetime | None
    faults: list[dict[str, Any]]


def to_invoice(*, blocked: bool | None = None, text: str = "", limit: int = 200) -> list[ToInvoice]:
    """Orders with something to invoice, the oldest first, with the faults that keep invoices back. One statement."""
    escaped = text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    rows = bulk.rows(
        """SELECT o.id, o.number, c.name, c.number, sum(x.net), o.currency, max(e.at), f.faults::text
           FROM orders_order o JOIN customers_customer c ON c.id = o.customer_id
           JOIN LATERAL (SELECT l.id, (t.taken - l.invoiced) * coalesce(l.unit_price, 0) / nullif(l.price_basis, 0) AS net
               FROM orders_orderline l CROSS JOIN LATERAL (SELECT CASE WHEN o.invoice_from = 'despatch'
                   THEN l.despatched - l.brought_back - l.refused_final ELSE l.accepted END AS taken) t
               WHERE l.order_id = o.id AND NOT l.free AND t.taken > l.invoiced AND l.unit_price > 0) x ON true
           LEFT JOIN LATERAL (SELECT max(e.happened_at) AS at FROM orders_lineentry e WHERE e.line_id = x.id
               AND e.kind IN ('accepted', 'despatched')) e ON true
           CROSS JOIN LATERAL (SELECT coalesce(json_agg(json_build_object('code', f.code, 'params', f.params, 'line', l.line_number)
               ORDER BY f.id), '[]') AS faults FROM billing_invoicefault f LEFT JOIN orders_orderline l ON l.id = f.order_line_id
               WHERE f.order_id = o.id AND f.resolved_at IS NULL) f
           WHERE o.state = 'confirmed' AND o.origin <> 'history'
             AND (%(blocked)s::boolean IS NULL OR (json_array_length(f.faults) > 0) = %(blocked)s)
             AND (%(text)s = '' OR o.number = %(text)s OR c.number = %(text)s
                  OR promesa_folded(c.name) LIKE promesa_folded(%(like)s))
           GROUP BY o.id, c.id, f.faults::text ORDER BY max(e.at) NULLS LAST, o.id LIMIT %(limit)s""",
        {"blocked": blocked, "text": text, "like": f"%{escaped}%", "limit": limit},
    )
    return [bulk.made(ToInvoice, *row[:7], json.loads(row[7])) for row in rows]


def counts(*, today: date) -> dict[str, int]:
    """How many invoices are open, overdue and disputed. One statement."""
    found = bulk.row(
        f"""SELECT count(*), count(*) FILTER (WHERE i.due_on < %s), count(*) FILTER (WHERE i.disputed_at IS NOT NULL)
            FROM billing_invoice i {_PAID} WHERE {_OPEN}""",
        [today],
    )
    return dict(zip(("open", "overdue", "disputed"), found or (0, 0, 0), strict=True))


# --- Payments --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment of the list."""

    id: int
    number: str
    customer: str
    customer_number: str
    received_at: datetime
    amount: Decimal
    currency: str
    method: str
    reference: str
    unapplied: Decimal
    applied_to: list[dict[str, Any]]


def payments(*, text: str = "", unapplied: bool = False, after: int = 0, limit: int = PAGE) -> list[Paid]:
    """Payments, the newest first, with the invoices that they paid; one more than `limit` if there are more."""
    escaped = text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    rows = bulk.rows(
        """SELECT p.id, p.number, c.name, c.number, p.received_at, p.amount, p.currency, p.method, p.reference, p.amount - x.amount,
               x.applied
           FROM billing_payment p JOIN customers_customer c ON c.id = p.customer_id
           CROSS JOIN LATERAL (SELECT coalesce(sum(a.amount), 0) AS amount, coalesce(json_agg(json_build_object('number', i.number,
               'amount', a.amount::text) ORDER BY a.id), '[]') AS applied
               FROM billing_application a JOIN billing_invoice i ON i.id = a.invoice_id WHERE a.payment_id = p.id) x
           WHERE (%(after)s = 0 OR p.id < %(after)s) AND (NOT %(unapplied)s OR p.amount > x.amount)
             AND (%(text)s = '' OR p.number = %(text)s OR c.number = %(text)s OR p.reference ILIKE %(like)s
                  OR promesa_folded(c.name) LIKE promesa_folded(%(like)s))
           ORDER BY p.id DESC LIMIT %(limit)s""",
        {"after": after, "unapplied": unapplied, "text": text, "like": f"%{escaped}%", "limit": limit + 1},
    )
    return [Paid(*row) for row in rows]


# --- One invoice -----------------------------------------------------------------------------------------------------


def applied_to(*, invoice_id: int) -> list[dict[str, Any]]:
    """What paid an invoice (or what a credit note paid), in order. One statement."""
    return bulk.named(
        """SELECT a.amount, a.applied_at, coalesce(p.number, '') AS payment, coalesce(n.number, '') AS credit_note,
               i.number AS invoice, coalesce(p.reference, '') AS reference
           FROM billing_application a JOIN billing_invoice i ON i.id = a.invoice_id
           LEFT JOIN billing_payment p ON p.id = a.payment_id LEFT JOIN billing_invoice n ON n.id = a.credit_note_id
           WHERE a.invoice_id = %(id)s OR a.credit_note_id = %(id)s ORDER BY a.id""",
        {"id": invoice_id},
    )


def credited(*, invoice_id: int) -> dict[int, tuple[Decimal, Decimal]]:
    """Position of an invoice -> quantity and net amount that were given back. One statement."""
    rows = bulk.rows(
        """SELECT l.position, coalesce(sum(l.quantity) FILTER (WHERE l.entry_id IS NOT NULL), 0), sum(l.net_amount)
           FROM billing_invoiceline l JOIN billing_invoice n ON n.id = l.invoice_id WHERE n.corrects_id = %s GROUP BY l.position""",
        [invoice_id],
    )
    return {position: (quantity, amount) for position, quantity, amount in rows}
