"""What documents about things of ours are about: the order of a purchase order number, its lines, the delivery note, the
document of ours that an acknowledgement answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from promesa.core import bulk
from promesa.exchange.rules.routing import KnownLine

OPEN = frozenset({"draft", "submitted", "confirmed"})


class OrderFound(NamedTuple):
    """An order that a document may be about."""

    id: int
    number: str
    state: str
    zone: str


def orders_named(*, customer_id: int, po_number: str, our_number: str = "") -> list[OrderFound]:
    """The customer's orders of that purchase order number (or that number of ours), those that stand first, then newest."""
    rows = bulk.rows(
        """SELECT o.id, o.number, o.state, coalesce(s.time_zone, 'UTC') FROM orders_order o
           LEFT JOIN customers_site s ON s.id = o.ship_to_id
           WHERE o.customer_id = %(customer)s AND o.origin = 'live'
             AND ((o.po_number = %(po)s AND o.po_number <> '') OR (o.number = %(ours)s AND %(ours)s <> ''))
           ORDER BY o.state IN ('draft', 'submitted', 'confirmed') DESC, o.id DESC""",
        {"customer": customer_id, "po": po_number[:60], "ours": our_number[:20]},
    )
    return [OrderFound(*row) for row in rows]


def lines_known(*, order_id: int) -> tuple[KnownLine, ...]:
    """The lines of an order with every code by which its customer may name them."""
    rows = bulk.rows(
        """SELECT l.id, l.line_number, coalesce(l.received->>'line', l.line_number::text), array_remove(ARRAY[
                  i.sku, ltrim(i.gtin, '0'), ltrim(l.received->>'gtin', '0'), l.received->>'sku', l.received->>'buyer_code',
                  l.received->>'code'] || ARRAY(SELECT c.code::text FROM catalog_itemcode c WHERE c.item_id = l.item_id
                  AND c.customer_id = o.customer_id) || ARRAY(SELECT ltrim(p.gtin, '0') FROM catalog_pack p
                  WHERE p.item_id = l.item_id), NULL), l.unit_code, coalesce(l.received->>'unit', ''),
               coalesce(i.base_unit, l.unit_code), l.pack_numerator, l.pack_denominator,
               l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us - l.substituted,
               greatest(l.despatched - l.brought_back, l.invoiced - l.credited), l.unit_price, l.price_basis
           FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id LEFT JOIN catalog_item i ON i.id = l.item_id
           WHERE l.order_id = %s ORDER BY l.line_number""",
        [order_id],
    )
    return tuple(bulk.made(KnownLine, *row[:3], frozenset(code for code in row[3] if code), *row[4:13]) for row in rows)


class NoteFound(NamedTuple):
    """A delivery note of a customer, and how much of each order line is still on its way or was on it."""

    id: int
    number: str
    order_id: int
    order: str
    zone: str
    open: dict[int, Decimal]
    offered: dict[int, Decimal]


def notes_named(*, customer_id: int, number: str = "", order_ids: Collection[int] = ()) -> list[NoteFound]:
    """The customer's delivery notes of that number, or of these orders; the oldest first."""
    rows = bulk.rows(
        """SELECT a.id, a.number, o.id, o.number, coalesce(s.time_zone, 'UTC'), ol.line_number, sum(l.quantity),
               sum(l.quantity - coalesce((SELECT sum(x.quantity) FROM fulfilment_deliveryline x
                   WHERE x.despatch_line_id = l.id), 0))
           FROM fulfilment_despatchadvice a JOIN orders_order o ON o.id = a.order_id
           JOIN fulfilment_despatchline l ON l.advice_id = a.id JOIN orders_orderline ol ON ol.id = l.order_line_id
           LEFT JOIN customers_site s ON s.id = a.ship_to_id
           WHERE o.customer_id = %(customer)s AND ((%(number)s <> '' AND a.number = %(number)s)
               OR (%(number)s = '' AND o.id = ANY(%(orders)s::bigint[])))
           GROUP BY a.id, o.id, s.time_zone, ol.line_number ORDER BY a.id, ol.line_number""",
        {"customer": customer_id, "number": number[:20], "orders": list(order_ids)},
    )
    found: dict[int, NoteFound] = {}
    for note_id, note, order_id, order, zone, line, offered, left in rows:
        one = found.setdefault(note_id, NoteFound(note_id, note, order_id, order, zone, {}, {}))
        one.offered[line] = offered
        if left > 0:
            one.open[line] = left
    return list(found.values())


def outcomes_of_note(*, note_id: int) -> dict[int, dict[str, Decimal]]:
    """What was recorded of a note: by order line, how much had each outcome."""
    found: dict[int, dict[str, Decimal]] = {}
    for line, outcome, quantity in bulk.rows(
        """SELECT ol.line_number, x.outcome, sum(x.quantity) FROM fulfilment_deliveryline x
           JOIN fulfilment_despatchline l ON l.id = x.despatch_line_id JOIN orders_orderline ol ON ol.id = l.order_line_id
           WHERE l.advice_id = %s GROUP BY 1, 2""",
        [note_id],
    ):
        found.setdefault(line, {})[outcome] = quantity
    return found


class InvoiceFound(NamedTuple):
    """An invoice or credit note of a customer's and what of it is open."""

    number: str
    kind: str
    currency: str
    open_amount: Decimal
    disputed: bool


def invoices_named(*, customer_id: int, numbers: Collection[str]) -> dict[str, InvoiceFound]:
    """The customer's invoices and credit notes of these numbers."""
    rows = bulk.rows(
        """SELECT v.number, v.kind, v.currency, v.payable_amount - coalesce((SELECT sum(a.amount) FROM billing_application a
               WHERE a.invoice_id = v.id OR a.credit_note_id = v.id), 0), v.disputed_at IS NOT NULL
           FROM billing_invoice v WHERE v.customer_id = %s AND v.number = ANY(%s::text[])""",
        [customer_id, list(numbers)],
    )
    return {row[0]: InvoiceFound(*row) for row in rows}


def credits_applied(*, customer_id: int, numbers: Collection[str]) -> dict[str, dict[str, Decimal]]:
    """What credit notes of the customer's have paid already: by their number, how much of which invoices."""
    found: dict[str, dict[str, Decimal]] = {}
    for note, invoice, amount in bulk.rows(
        """SELECT n.number, v.number, sum(a.amount) FROM billing_application a JOIN billing_invoice n ON n.id = a.credit_note_id
           JOIN billing_invoice v ON v.id = a.invoice_id WHERE n.customer_id = %s AND n.number = ANY(%s::text[])
           GROUP BY n.number, v.number, v.id ORDER BY v.id""",
        [customer_id, list(numbers)],
    ):
        found.setdefault(note, {})[invoice] = amount
    return found


class SentFound(NamedTuple):
    """A document of ours that may be meant."""

    id: int
    state: str
    kind: str


# Only the partner that it went to may speak for it: by the file's partner, the name on the envelope, or the buyer named.
_SENT = """
SELECT d.id, d.state, d.kind FROM exchange_outgoingdocument d JOIN exchange_partner p ON p.id = d.partner_id
WHERE d.attempts > 0 AND (d.number = ANY(%(numbers)s::text[]) OR d.reference = ANY(%(references)s::text[]))
  AND (%(kinds)s::text[] = '{}' OR d.kind = ANY(%(kinds)s::text[]))
  AND (p.id = %(partner)s OR (%(partner)s::bigint IS NULL AND (
       (p.identifier <> '' AND p.identifier = %(sender)s) OR (d.customer_id = %(customer)s))))
ORDER BY d.number = ANY(%(numbers)s::text[]) DESC, d.id DESC
"""


def sent_documents(
    *, numbers: Sequence[str], partner_id: int | None, sender: str, customer_id: int | None, kinds: Sequence[str] = ()
) -> list[SentFound]:
    """The documents of ours that bear one of these numbers or control references, the newest first."""
    references = [one.lstrip("0").zfill(9) for one in numbers if one.isdecimal()]
    rows = bulk.rows(
        _SENT,
        {"numbers": list(numbers), "references": references, "partner": partner_id, "sender": sender,
         "customer": customer_id, "kinds": list(kinds)},
    )  # fmt: skip
    return [SentFound(*row) for row in rows]


def window_wanted(*, order_id: int, line_number: int | None = None) -> tuple[datetime | None, datetime | None]:
    """When an order is wanted, as it stands; or one of its lines, which may be asked for at a time of its own."""
    row = bulk.row(
        """SELECT coalesce(l.requested_from, o.requested_from), coalesce(l.requested_to, o.requested_to) FROM orders_order o
           LEFT JOIN orders_orderline l ON l.order_id = o.id AND l.line_number = %s WHERE o.id = %s""",
        [line_number, order_id],
    )
    return (None, None) if row is None else (row[0], row[1])
