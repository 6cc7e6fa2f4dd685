"""Customers as their list and their page show them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from promesa.core import bulk
from promesa.desk.queries.changes import WORTH_TELLING, Change

PAGE = 50
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list is asked for; everything empty is every customer that is not closed."""

    text: str = ""
    segment: str = ""
    owner_id: int | None = None
    closed: bool = False
    trouble: bool = False

    @property
    def narrowed(self) -> bool:
        return self != Asked()


@dataclass(frozen=True, slots=True)
class Listed:
    """One customer of the list."""

    id: int
    number: str
    name: str
    segment: str
    segment_es: str
    segment_en: str
    owner: str
    city: str
    currency: str
    credit_limit: Decimal | None
    exposure: Decimal
    open_orders: int
    held: int
    overdue_amount: Decimal
    due: int
    perfect: int

    @property
    def used(self) -> Decimal | None:
        """The share of the credit limit that is used."""
        return self.exposure / self.credit_limit if self.credit_limit else None

    @property
    def rate(self) -> Decimal | None:
        """The share of perfect orders, if there are enough to speak of one."""
        return Decimal(self.perfect) / self.due if self.due >= 5 else None


_FILTER = """
    (%(closed)s OR c.active_to IS NULL OR c.active_to > %(today)s)
    AND (NOT %(closed)s OR c.active_to <= %(today)s)
    AND (%(text)s = '' OR c.number = %(text)s OR promesa_folded(c.name) LIKE promesa_folded(%(like)s) OR c.gln = %(text)s
         OR c.tax_id = %(text)s OR (%(digits)s <> '' AND regexp_replace(c.phone, '[^0-9]', '', 'g') LIKE %(digits)s))
    AND (%(segment)s = '' OR g.code = %(segment)s) AND (%(owner)s::bigint IS NULL OR c.service_owner_id = %(owner)s)
    AND (NOT %(trouble)s OR EXISTS (SELECT 1 FROM orders_order o JOIN orders_hold h ON h.order_id = o.id
        WHERE o.customer_id = c.id AND h.released_at IS NULL)
        OR EXISTS (SELECT 1 FROM orders_order o WHERE o.customer_id = c.id AND o.state IN ('submitted', 'confirmed')
            AND o.promised_to > o.first_promised_to)
        OR k.receivable + k.delivered_not_invoiced + k.released_not_delivered - k.unapplied_credit > c.credit_limit)
"""
_PAGE = f"""
WITH page AS (
    SELECT c.id, c.number, c.name, coalesce(g.code, '') AS segment, coalesce(g.name_es, '') AS segment_es,
        coalesce(g.name_en, '') AS segment_en, coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username, '') AS owner,
        c.currency, c.credit_limit,
        k.receivable + k.delivered_not_invoiced + k.released_not_delivered - k.unapplied_credit AS exposure
    FROM customers_customer c LEFT JOIN customers_segment g ON g.id = c.segment_id
    LEFT JOIN access_user u ON u.id = c.service_owner_id LEFT JOIN customers_creditstanding k ON k.customer_id = c.id
    WHERE {_FILTER} AND (%(key)s = '' OR (promesa_folded(c.name), c.id) > (%(key)s, %(last)s::bigint))
    ORDER BY promesa_folded(c.name), c.id LIMIT %(limit)s
)
SELECT p.id, p.number, p.name, p.segment, p.segment_es, p.segment_en, p.owner,
    coalesce((SELECT s.city FROM customers_site s WHERE s.customer_id = p.id ORDER BY s.is_default DESC, s.id LIMIT 1), ''),
    p.currency, p.credit_limit, coalesce(p.exposure, 0),
    (SELECT count(*) FROM orders_order o WHERE o.customer_id = p.id AND o.state IN ('submitted', 'confirmed')),
    (SELECT count(DISTINCT o.id) FROM orders_order o JOIN orders_hold h ON h.order_id = o.id
        WHERE o.customer_id = p.id AND o.state IN ('submitted', 'confirmed') AND h.released_at IS NULL),
    coalesce((SELECT sum(i.payable_amount - coalesce((SELECT sum(a.amount) FROM billing_application a WHERE a.invoice_id = i.id), 0))
        FROM billing_invoice i WHERE i.customer_id = p.id AND i.kind = 'invoice' AND i.due_on < %(today)s), 0),
    coalesce(v.due, 0), coalesce(v.perfect, 0)
FROM page p LEFT JOIN LATERAL (
    SELECT count(*) AS due, count(*) FILTER (WHERE x.in_full AND x.on_time AND x.documents AND x.condition) AS perfect
    FROM results_orderverdict x JOIN results_orderfact f ON f.order_id = x.order_id
    WHERE f.customer_id = p.id AND x.basis = 'first' AND x.counted AND x.countable_at <= %(now)s AND x.due_at >= %(since)s
) v ON true
ORDER BY promesa_folded(p.name), p.id
"""


def _params(asked: Asked, now: datetime, today: date) -> dict[str, Any]:
    escaped = asked.text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    digits = "".join(letter for letter in asked.text if letter.isdigit())
    return {
        "text": asked.text, "like": f"%{escaped}%", "digits": f"%{digits}" if len(digits) >= 6 else "",
        "segment": asked.segment, "owner": asked.owner_id, "closed": asked.closed, "trouble": asked.trouble, "today": today,
        "now": now, "since": now - timedelta(days=90),
    }  # fmt: skip


def customers_page(
    asked: Asked, *, now: datetime, today: date, after: str = "", limit: int = PAGE
) -> tuple[list[Listed], str]:
    """Customers by name, and the key after which the next page begins. One statement, by the key."""
    key, _, last = after.rpartition("~")
    params = {
        **_params(asked, now, today), "limit": limit + 1, "key": key if last.isdecimal() and len(last) < 18 else "",
        "last": int(last) if last.isdecimal() and len(last) < 18 else 0,
    }  # fmt: skip
    rows = [Listed(*row) for row in bulk.rows(_PAGE, params)]
    if len(rows) <= limit:
        return rows, ""
    end = rows[limit - 1]
    folded = bulk.row("SELECT promesa_folded(%s)", [end.name])
    return rows[:limit], f"{folded[0] if folded else end.name}~{end.id}"


def customers_count(asked: Asked, *, now: datetime, today: date) -> int:
    """How many customers the filters mean."""
    found = bulk.row(
        f"""SELECT count(*) FROM customers_customer c LEFT JOIN customers_segment g ON g.id = c.segment_id
            LEFT JOIN customers_creditstanding k ON k.customer_id = c.id WHERE {_FILTER}""",
        _params(asked, now, today),
    )
    return int(found[0]) if found else 0


def segments() -> list[dict[str, Any]]:
    """Segments by tier."""
    return bulk.named("SELECT code, name_es, name_en, tier FROM customers_segment ORDER BY tier, code")


def owners() -> list[tuple[int, str, str]]:
    """People who may own customers: id, user name, name."""
    return bulk.rows(
        """SELECT id, username, coalesce(nullif(trim(first_name || ' ' || last_name), ''), username) FROM access_user
           WHERE is_active ORDER BY 3"""
    )


# --- The page --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Aspect:
    """Findings of one aspect: how many, and whose fault."""

    aspect: str
    total: int
    customers: int
    ours: int
    masters: int
    open: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What the strip of facts tells of a customer."""

    sales: Decimal
    orders: int
    open_orders: int
    receivable: Decimal
    overdue: Decimal
    pays_in: Decimal | None
    last_broken_id: int | None
    owner: str
    segment_es: str
    segment_en: str
    open_ids: Sequence[int]
    aspects: Sequence[Aspect]


_FIGURES = """
SELECT
    coalesce((SELECT sum(o.net_amount * o.exchange_rate) FROM orders_order o WHERE o.customer_id = %(id)s
        AND o.state IN ('confirmed', 'closed') AND o.ordered_at >= %(year)s), 0),
    (SELECT count(*) FROM orders_order o WHERE o.customer_id = %(id)s AND o.ordered_at >= %(year)s),
    (SELECT count(*) FROM orders_order o WHERE o.customer_id = %(id)s AND o.state IN ('submitted', 'confirmed')),
    coalesce(m.owed, 0), coalesce(m.overdue, 0),
    (SELECT sum(a.amount * (a.applied_at::date - i.issued_on)) / nullif(sum(a.amount), 0) FROM billing_application a
        JOIN billing_invoice i ON i.id = a.invoice_id
        WHERE i.customer_id = %(id)s AND a.payment_id IS NOT NULL AND a.applied_at >= %(year)s),
    (SELECT x.order_id FROM results_orderverdict x JOIN results_orderfact f ON f.order_id = x.order_id
        WHERE f.customer_id = %(id)s AND x.basis = 'first' AND x.counted AND NOT x.on_time AND x.countable_at <= %(now)s
          AND x.due_at >= %(recent)s ORDER BY x.due_at DESC LIMIT 1),
    w.owner, w.segment_es, w.segment_en,
    ARRAY(SELECT o.id FROM orders_order o WHERE o.customer_id = %(id)s AND o.state IN ('draft', 'submitted', 'confirmed')
        AND (o.state <> 'confirmed' OR EXISTS (SELECT 1 FROM orders_orderline l WHERE l.order_id = o.id
            AND l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us - l.substituted - l.accepted
                - l.refused_final > 0))
        ORDER BY coalesce(o.promised_to, o.ordered_at), o.id LIMIT %(open)s),
    coalesce((SELECT json_agg(json_build_array(f.aspect, f.total, f.customers, f.ours, f.masters, f.open)
            ORDER BY f.total DESC, f.aspect)
        FROM (SELECT f.aspect, count(*) AS total, count(*) FILTER (WHERE f.fault = 'customer') AS customers,
                  count(*) FILTER (WHERE f.fault = 'ours') AS ours, count(*) FILTER (WHERE f.fault = 'masters') AS masters,
                  count(*) FILTER (WHERE f.resolved_at IS NULL) AS open
              FROM orders_finding f JOIN orders_order o ON o.id = f.order_id
              WHERE o.customer_id = %(id)s AND f.found_at >= %(recent)s AND f.severity <> 'note' GROUP BY f.aspect) f), '[]')
FROM (SELECT sum(x.open) AS owed, sum(x.open) FILTER (WHERE x.due_on < %(today)s) AS overdue FROM (
    SELECT i.due_on, i.payable_amount - coalesce(
        (SELECT sum(a.amount) FROM billing_application a WHERE a.invoice_id = i.id), 0) AS open
    FROM billing_invoice i WHERE i.customer_id = %(id)s AND i.kind = 'invoice') x) m,
    (SELECT coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username, '') AS owner,
        coalesce(g.name_es, '') AS segment_es, coalesce(g.name_en, '') AS segment_en
     FROM customers_customer c LEFT JOIN customers_segment g ON g.id = c.segment_id
     LEFT JOIN access_user u ON u.id = c.service_owner_id WHERE c.id = %(id)s) w
"""


def figures(*, customer_id: int, now: datetime, today: date, open_orders: int = 10) -> Figures:
    """Sales of twelve months, what is owed, in how many days the customer pays, who looks after it, its first open
    orders, those promised first at the head, and what the checks found in its orders of 90 days. One statement."""
    found = bulk.row(
        _FIGURES,
        {
            "id": customer_id, "now": now, "today": today, "year": now - timedelta(days=365), "recent": now - timedelta(days=90),
            "open": open_orders,
        },
    )  # fmt: skip
    assert found is not None
    *plain, aspects = found
    return bulk.made(Figures, *plain, tuple(Aspect(*one) for one in aspects))


_AGREED = """
(SELECT 'price' AS what, i.sku, i.name, '' AS code, '' AS unit_code, a.currency, a.unit_price, a.basis_quantity,
    a.minimum_quantity, a.valid_to, a.reference
 FROM catalog_priceagreement a JOIN catalog_item i ON i.id = a.item_id
 WHERE %(prices)s AND a.customer_id = %(id)s AND (a.valid_to IS NULL OR a.valid_to > %(on)s)
 ORDER BY i.sku, a.minimum_quantity, a.valid_from LIMIT %(limit)s)
UNION ALL
(SELECT 'code', i.sku, i.name, x.code, x.unit_code, '', NULL, NULL, NULL, NULL, ''
 FROM catalog_itemcode x JOIN catalog_item i ON i.id = x.item_id WHERE x.customer_id = %(id)s ORDER BY x.code LIMIT %(limit)s)
"""


def agreed(
    *, customer_id: int, on: date, prices: bool, limit: int = 50
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Prices agreed with a customer that count now or later, by item (if they may be seen), and how the customer
    calls items, by its code. One statement."""
    rows = bulk.named(_AGREED, {"id": customer_id, "on": on, "prices": prices, "limit": limit + 1})
    return [row for row in rows if row["what"] == "price"], [row for row in rows if row["what"] == "code"]


def history(*, customer_id: int, limit: int = 8) -> tuple[list[Change], dict[str, str]]:
    """The last things worth telling that happened to a customer's orders, the newest first, and what those who did them
    are called. One statement."""
    rows = bulk.rows(
        """SELECT e.*, coalesce((SELECT coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username)
                   FROM access_user u WHERE 'user:' || u.id = e.actor),
               (SELECT k.name FROM access_apikey k WHERE 'key:' || k.prefix = e.actor), '')
           FROM (SELECT o.number, '', e.kind, e.actor, e.happened_at, e.facts::text
               FROM (SELECT id, number FROM orders_order WHERE customer_id = %s ORDER BY ordered_at DESC LIMIT 200) o
               JOIN core_event e ON e.subject_kind = 'order' AND e.subject_id = o.id
               WHERE e.kind = ANY(%s::text[]) ORDER BY e.id DESC LIMIT %s) e""",
        [customer_id, list(WORTH_TELLING), limit],
    )
    changes = [bulk.made(Change, *plain, json.loads(facts)) for *plain, facts, _ in rows]
    return changes, {one.actor: row[-1] for one, row in zip(changes, rows, strict=True) if row[-1]}
