"""Invoices, credit notes and payments as programs are told of them: JSON that the database writes."""

from __future__ import annotations

from typing import Any

from promesa.core import bulk
from promesa.core.errors import NotFound

_INVOICE = """
    json_build_object('number', v.number, 'kind', v.kind, 'customer', c.number, 'order', o.number,
        'corrects', k.number, 'cause', v.cause, 'cause_note', v.cause_note, 'issued_on', v.issued_on,
        'issued_at', v.issued_at, 'due_on', v.due_on, 'currency', v.currency,
        'net_amount', trim_scale(v.net_amount)::text, 'tax_amount', trim_scale(v.tax_amount)::text,
        'gross_amount', trim_scale(v.gross_amount)::text, 'payable_amount', trim_scale(v.payable_amount)::text,
        'open_amount', trim_scale(v.payable_amount - coalesce((SELECT sum(a.amount) FROM billing_application a
            WHERE a.invoice_id = v.id OR a.credit_note_id = v.id), 0))::text,
        'disputed_at', v.disputed_at,
        'lines', (SELECT json_agg(json_build_object('position', x.position, 'line_number', l.line_number,
                      'despatch', x.despatch_number, 'text', x.text, 'quantity', trim_scale(x.quantity)::text,
                      'unit_code', x.unit_code, 'price', trim_scale(x.unit_price)::text,
                      'price_basis', trim_scale(x.price_basis)::text, 'net_amount', trim_scale(x.net_amount)::text,
                      'tax_category', x.tax_category, 'tax_rate', trim_scale(x.tax_rate)::text) ORDER BY x.position)
                  FROM billing_invoiceline x LEFT JOIN orders_orderline l ON l.id = x.order_line_id
                  WHERE x.invoice_id = v.id),
        'taxes', (SELECT json_agg(json_build_object('category', t.category, 'rate', trim_scale(t.rate)::text,
                      'base_amount', trim_scale(t.base_amount)::text, 'tax_amount', trim_scale(t.tax_amount)::text)
                      ORDER BY t.category, t.rate)
                  FROM billing_invoicetax t WHERE t.invoice_id = v.id))
    FROM billing_invoice v JOIN customers_customer c ON c.id = v.customer_id
    LEFT JOIN orders_order o ON o.id = v.order_id LEFT JOIN billing_invoice k ON k.id = v.corrects_id
"""

_PAYMENT = """
    json_build_object('number', p.number, 'customer', c.number, 'received_at', p.received_at, 'currency', p.currency,
        'amount', trim_scale(p.amount)::text, 'method', p.method, 'reference', p.reference,
        'unapplied_amount', trim_scale(p.amount - coalesce((SELECT sum(a.amount) FROM billing_application a
            WHERE a.payment_id = p.id), 0))::text,
        'applications', coalesce((SELECT json_agg(json_build_object('invoice', v.number,
                            'amount', trim_scale(a.amount)::text, 'applied_at', a.applied_at) ORDER BY a.id)
                        FROM billing_application a JOIN billing_invoice v ON v.id = a.invoice_id
                        WHERE a.payment_id = p.id), '[]'))
    FROM billing_payment p JOIN customers_customer c ON c.id = p.customer_id
"""


def invoices_page(
    *, after: str, limit: int, within: int | None = None, customer: str = "", order: str = "", kind: str = ""
) -> list[dict[str, Any]]:
    """Invoices and credit notes, the newest first, one more than `limit` if there are more."""
    return _rows(
        f"""SELECT {_INVOICE} WHERE (%(within)s::bigint IS NULL OR v.customer_id = %(within)s)
              AND (%(customer)s = '' OR c.number = %(customer)s) AND (%(order)s = '' OR o.number = %(order)s)
              AND (%(kind)s = '' OR v.kind = %(kind)s) AND (%(after)s = '' OR (v.issued_at, v.id) < (
                SELECT a.issued_at, a.id FROM billing_invoice a WHERE a.number = %(after)s))
            ORDER BY v.issued_at DESC, v.id DESC LIMIT %(limit)s""",
        {"after": after, "limit": limit + 1, "within": within, "customer": customer, "order": order, "kind": kind},
    )


def invoice(*, number: str, within: int | None = None) -> dict[str, Any]:
    """An invoice or credit note.

    :raises NotFound: if there is none, or none within reach.
    """
    sql = (
        f"SELECT {_INVOICE} WHERE v.number = %(number)s AND (%(within)s::bigint IS NULL OR v.customer_id = %(within)s)"
    )
    return _one(sql, number, within)


def payments_page(*, after: str, limit: int, within: int | None = None, customer: str = "") -> list[dict[str, Any]]:
    """Payments, the newest first, one more than `limit` if there are more."""
    return _rows(
        f"""SELECT {_PAYMENT} WHERE (%(within)s::bigint IS NULL OR p.customer_id = %(within)s)
              AND (%(customer)s = '' OR c.number = %(customer)s) AND (%(after)s = '' OR (p.received_at, p.id) < (
                SELECT a.received_at, a.id FROM billing_payment a WHERE a.number = %(after)s))
            ORDER BY p.received_at DESC, p.id DESC LIMIT %(limit)s""",
        {"after": after, "limit": limit + 1, "within": within, "customer": customer},
    )


def payment(*, number: str, within: int | None = None) -> dict[str, Any]:
    """A payment and what it paid.

    :raises NotFound: if there is none, or none within reach.
    """
    sql = (
        f"SELECT {_PAYMENT} WHERE p.number = %(number)s AND (%(within)s::bigint IS NULL OR p.customer_id = %(within)s)"
    )
    return _one(sql, number, within)


def _rows(sql: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    return [row[0] for row in bulk.rows(sql, params)]


def _one(sql: str, number: str, within: int | None) -> dict[str, Any]:
    found = _rows(sql, {"number": number, "within": within})
    if not found:
        raise NotFound(number, what=number)
    return found[0]
