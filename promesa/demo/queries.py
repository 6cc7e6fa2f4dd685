"""What is known of the demo company: whether it stands, who may sign in, and what waits to leave."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from promesa.core import bulk
from promesa.demo.people import ACCOUNTS, Account
from promesa.inventory.operations import StockRow

BUILT, BEGUN = "demo.built", "demo.begun"


def is_built() -> bool:
    """Whether the company was built to its last day."""
    return _says(BUILT)


def is_begun() -> bool:
    """Whether somebody began to build it; without `is_built` they were interrupted."""
    return _says(BEGUN)


def _says(code: str) -> bool:
    return bulk.row("SELECT 1 FROM core_parameter WHERE code = %s", [code]) is not None


def is_empty() -> bool:
    """Whether the database holds nothing of a company's."""
    found = bulk.row(
        """SELECT NOT EXISTS (SELECT 1 FROM customers_customer) AND NOT EXISTS (SELECT 1 FROM catalog_item)
           AND NOT EXISTS (SELECT 1 FROM orders_order) AND NOT EXISTS (SELECT 1 FROM exchange_inboxfile)"""
    )
    return bool(found and found[0])


def accounts() -> list[Account]:
    """The accounts to try, one for each role."""
    return [account for account in ACCOUNTS if account.shown]


class Ready(NamedTuple):
    """A quantity (base units) of an order's line that is due to leave, and when it is promised to arrive."""

    order_id: int
    line_number: int
    quantity: Decimal
    ship_date: date
    window_from: datetime


# What is claimed on stock, as far as parts of the promise in force are due and have not left since it was made.
_READY = """
WITH c AS MATERIALIZED (
    SELECT c.demand_line_id AS line, sum(c.quantity) AS there FROM inventory_claim c
    JOIN inventory_stock s ON s.id = c.stock_id WHERE NOT s.blocked GROUP BY 1
)
SELECT o.id, l.line_number, least(c.there, p.due - left_.quantity) AS quantity, p.ship_date, p.window_from
FROM c JOIN orders_orderline l ON l.id = c.line JOIN orders_order o ON o.id = l.order_id
CROSS JOIN LATERAL (SELECT sum(quantity) AS due, max(ship_date) AS ship_date, max(window_from) AS window_from,
    min(made_at) AS made_at FROM orders_promise
    WHERE line_id = l.id AND sequence = l.promise_sequence AND ship_date <= %s::date) p
CROSS JOIN LATERAL (SELECT coalesce(sum(CASE WHEN kind = 'despatched' THEN quantity ELSE -quantity END), 0) AS quantity
    FROM orders_lineentry WHERE line_id = l.id AND kind IN ('despatched', 'brought_back') AND happened_at >= p.made_at) left_
WHERE o.state = 'confirmed' AND p.due > left_.quantity
  AND NOT EXISTS (SELECT 1 FROM orders_hold h WHERE h.order_id = o.id AND h.released_at IS NULL)
ORDER BY o.id, l.line_number
"""


def ready_to_leave(*, day: date) -> dict[int, list[Ready]]:
    """Order -> what of it should leave on a day or should have left before."""
    found: dict[int, list[Ready]] = {}
    for row in bulk.rows(_READY, [day]):
        found.setdefault(row[0], []).append(Ready(*row))
    return found


def free_stock(*, on: date) -> dict[int, list[tuple[date | None, Decimal]]]:
    """Item -> (last day, free quantity) of each of its lots that may be sold."""
    found: dict[int, list[tuple[date | None, Decimal]]] = {}
    for item, expires, free in bulk.rows(
        """SELECT item_id, expires_on, on_hand - claimed FROM inventory_stock
           WHERE NOT blocked AND on_hand > claimed AND (expires_on IS NULL OR expires_on > %s::date)""",
        [on],
    ):
        found.setdefault(item, []).append((expires, free))
    return found


def free_lots(*, item_id: int) -> list[StockRow]:
    """What is free of an item in each lot, as rows that would take it away."""
    return [
        StockRow(*row)
        for row in bulk.rows(
            """SELECT item_id, warehouse_id, lot, expires_on, claimed - on_hand FROM inventory_stock
               WHERE item_id = %s AND NOT blocked AND on_hand > claimed ORDER BY id""",
            [item_id],
        )
    ]


class Billed(NamedTuple):
    """An invoice, as whoever waits for its money needs it."""

    id: int
    number: str
    customer_id: int
    order_id: int
    issued_at: datetime
    due_on: date
    first_net: Decimal


def invoices_after(*, invoice_id: int) -> list[Billed]:
    """Invoices issued since that one, in order; `first_net` is the net amount of their first line."""
    return [
        Billed(*row)
        for row in bulk.rows(
            """SELECT i.id, i.number, i.customer_id, i.order_id, i.issued_at, i.due_on, l.net_amount
               FROM billing_invoice i JOIN billing_invoiceline l ON l.invoice_id = i.id AND l.position = 1
               WHERE i.kind = 'invoice' AND i.id > %s ORDER BY i.id""",
            [invoice_id],
        )
    ]


def promised_after(*, event_id: int, until: datetime) -> tuple[int, list[int]]:
    """The journal's last entry, and the orders that were confirmed or promised anew since that one, up to a moment."""
    (found,) = bulk.rows(
        """SELECT coalesce(max(id), %(after)s), coalesce(array_agg(DISTINCT subject_id ORDER BY subject_id) FILTER (
               WHERE kind IN ('OrderConfirmed', 'PromisesChanged') AND happened_at <= %(until)s), '{}')
           FROM core_event WHERE id > %(after)s""",
        {"after": event_id, "until": until},
    )
    return found[0], found[1]


def open_of(*, invoice_ids: Collection[int]) -> list[tuple[int, str, Decimal]]:
    """Customer, number and what is left to pay of these invoices, if anything is and nobody disputes it."""
    return bulk.rows(
        """SELECT customer_id, number, payable_amount - paid FROM billing_invoice i CROSS JOIN LATERAL (
               SELECT coalesce(sum(a.amount), 0) AS paid FROM billing_application a WHERE a.invoice_id = i.id) a
           WHERE i.id = ANY(%s::bigint[]) AND payable_amount > paid AND disputed_at IS NULL
           ORDER BY customer_id, i.id""",
        [list(invoice_ids)],
    )


def first_ship_date(*, order_id: int) -> date | None:
    """The day on which the first goods of an order are to leave, by the promise in force."""
    found = bulk.row(
        """SELECT min(p.ship_date) FROM orders_orderline l
           JOIN orders_promise p ON p.line_id = l.id AND p.sequence = l.promise_sequence WHERE l.order_id = %s""",
        [order_id],
    )
    return found[0] if found else None


def open_hold(*, order_id: int) -> int | None:
    """The hold on which an order stands."""
    found = bulk.row("SELECT id FROM orders_hold WHERE order_id = %s AND released_at IS NULL ORDER BY id", [order_id])
    return found[0] if found else None


def open_work(*, kinds: Sequence[str], before: datetime) -> list[tuple[str, str, int, date]]:
    """What of these kinds was opened before a moment and waits: kind, key, id, and the day on which it was opened."""
    return bulk.rows(
        """SELECT kind, key, id, opened_at::date FROM work_workitem
           WHERE state = 'open' AND kind = ANY(%s::text[]) AND opened_at < %s ORDER BY id""",
        [list(kinds), before],
    )


def exposure_of(*, number: str) -> Decimal:
    """How much of a customer's credit is used."""
    found = bulk.row(
        """SELECT k.receivable + k.delivered_not_invoiced + k.released_not_delivered - k.unapplied_credit
           FROM customers_creditstanding k JOIN customers_customer c ON c.id = k.customer_id WHERE c.number = %s""",
        [number],
    )
    return found[0] if found else Decimal(0)


def recent_invoices(*, segment: str, on: date) -> list[tuple[str, Decimal]]:
    """Number and open amount of a segment's invoices that are not due yet and wholly unpaid, the newest first."""
    return bulk.rows(
        """SELECT i.number, i.payable_amount FROM billing_invoice i JOIN orders_order o ON o.id = i.order_id
           WHERE i.kind = 'invoice' AND o.segment = %s AND i.due_on > %s::date AND i.issued_on < %s::date - 6
             AND NOT EXISTS (SELECT 1 FROM billing_application a WHERE a.invoice_id = i.id)
           ORDER BY i.issued_on DESC, i.id DESC LIMIT 4""",
        [segment, on, on],
    )


def customer_of_invoice(*, number: str) -> int:
    """Whose invoice it is."""
    found = bulk.row("SELECT customer_id FROM billing_invoice WHERE number = %s", [number])
    assert found is not None
    return int(found[0])
