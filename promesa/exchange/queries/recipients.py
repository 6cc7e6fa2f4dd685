"""Who is sent what: the answers that partners are to get about orders, despatches, invoices."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from django.db.models import Q, QuerySet

from promesa.core import bulk
from promesa.exchange.models import Partner


class Recipient(NamedTuple):
    """A partner, and how documents of one kind go to it; a letter goes to a customer and to no partner."""

    order_id: int
    partner_id: int | None
    kind: str
    format: str
    channel: str
    address: str
    secret: str
    acknowledge_minutes: int | None
    our_identifier: str
    identifier: str


# The partner whose file the order came in, if it may speak for that customer; else a partner of the customer's. A claim in
# an envelope is not enough: an answer must not go to whoever says a name.
_RECIPIENTS = """
WITH wanted AS (
    SELECT o.id, o.customer_id FROM orders_order o WHERE o.id = ANY(%(orders)s::bigint[]) AND o.origin = 'live'
), possible AS (
    SELECT w.id, f.partner_id, 1 AS rank FROM wanted w JOIN exchange_document d ON d.order_id = w.id AND d.kind = 'order'
    JOIN exchange_inboxfile f ON f.id = d.file_id JOIN exchange_partner p ON p.id = f.partner_id
    WHERE p.customer_id IS NULL OR p.customer_id = w.customer_id
    UNION ALL
    SELECT w.id, p.id, 2 FROM wanted w JOIN exchange_partner p ON p.customer_id = w.customer_id
)
SELECT DISTINCT ON (x.id, a.kind) x.id, p.id, a.kind, a.format, a.channel, a.address, a.secret, a.acknowledge_minutes,
    p.our_identifier, coalesce(nullif(p.identifier, ''), p.code)
FROM possible x JOIN exchange_partner p ON p.id = x.partner_id AND (p.active_to IS NULL OR p.active_to > %(on)s::date)
JOIN exchange_partneranswer a ON a.partner_id = p.id AND a.active AND a.kind = ANY(%(kinds)s::text[])
ORDER BY x.id, a.kind, x.rank, p.id
"""


def recipients(*, order_ids: Collection[int], kinds: Collection[str], on: date) -> dict[tuple[int, str], Recipient]:
    """By order and kind of document, the partner that is sent it; orders that nobody is told of are absent."""
    if not order_ids:
        return {}
    rows = bulk.rows(_RECIPIENTS, {"orders": list(order_ids), "kinds": list(kinds), "on": on})
    return {(row[0], row[2]): Recipient(*row) for row in rows}


def recipient_of_partner(*, partner_id: int, kind: str) -> Recipient | None:
    """How documents of one kind go to a partner, whatever they are about."""
    row = bulk.row(
        """SELECT 0, p.id, a.kind, a.format, a.channel, a.address, a.secret, a.acknowledge_minutes, p.our_identifier,
               coalesce(nullif(p.identifier, ''), p.code)
           FROM exchange_partner p JOIN exchange_partneranswer a ON a.partner_id = p.id AND a.active AND a.kind = %s
           WHERE p.id = %s""",
        [kind, partner_id],
    )
    return None if row is None else Recipient(*row)


def partners_on(*, on: date) -> QuerySet[Partner]:
    """Who is a partner on a day, with their customers: one that is until a later day still is."""
    still = Q(active_to=None) | Q(active_to__gt=on)
    return Partner.objects.select_related("customer").filter(still)


def partners_named(identifiers: Collection[str], *, on: date) -> dict[str, Partner]:
    """By identifier, the partners that envelopes name; those that are partners no more are absent."""
    if not identifiers:
        return {}
    return {one.identifier: one for one in partners_on(on=on).filter(identifier__in=list(identifiers))}


def partner_named(identifier: str, *, on: date) -> Partner | None:
    """The partner that an envelope names; None when nobody, or nobody any more, is called so."""
    return partners_named([identifier], on=on).get(identifier) if identifier else None
