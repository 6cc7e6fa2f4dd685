"""Reading the terms of customers: one statement for one customer or a thousand."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, time
from functools import cache
from typing import Any

from promesa.core import bulk, locks, prepared
from promesa.customers.rules import SiteTerms, Terms

# The counters come from the locked row itself, so they are the latest even if the lock had to be waited for.
# ARRAY(SELECT unnest(...)) hides the number of names from the planner, so that one plan serves for good.
_TERMS = """
SELECT c.id, c.number, c.name, c.gln, c.currency, c.country, coalesce(g.code, ''), coalesce(g.tier, 9), c.payment_days,
       c.credit_limit, k.receivable + k.delivered_not_invoiced + k.released_not_delivered - k.unapplied_credit,
       c.invoice_from, c.early_days, c.late_days, c.under_percent, c.over_percent, c.one_delivery, c.partial_deliveries,
       c.substitutes, c.price_tolerance_percent, c.active_to, c.service_owner_id,
       (SELECT json_agg(json_build_array(s.id, s.number, s.gln, s.time_zone, s.calendar_id, s.transit_days, s.is_default,
                   s.active_to, s.country,
                   (SELECT json_agg(json_build_array(w.weekday, w.opens, w.closes) ORDER BY w.weekday, w.opens)
                    FROM customers_receivingwindow w WHERE w.site_id = s.id)) ORDER BY s.id)
        FROM customers_site s WHERE s.customer_id = c.id)::text
FROM customers_customer c
JOIN customers_creditstanding k ON k.customer_id = c.id
LEFT JOIN customers_segment g ON g.id = c.segment_id
WHERE {who}
ORDER BY c.id
"""
# A name that nobody is asked for by is not in the statement: what remains is found by its index.
_WHO = {
    "ids": "c.id = ANY(ARRAY(SELECT unnest(%(ids)s::bigint[])))",
    "numbers": "c.number = ANY(ARRAY(SELECT unnest(%(numbers)s::text[])))",
    "glns": "(c.gln <> '' AND c.gln = ANY(ARRAY(SELECT unnest(%(glns)s::text[]))))",
}


def terms_of(
    *, ids: Iterable[int] = (), numbers: Iterable[str] = (), glns: Iterable[str] = (), lock_credit: bool = False
) -> list[Terms]:
    """Terms of these customers, by id. With `lock_credit` their credit is locked in the same statement."""
    names = {"ids": list(ids), "numbers": list(numbers), "glns": list(glns)}
    asked = tuple(kind for kind, values in names.items() if values)
    if not asked:
        return []
    found = [_terms(row) for row in prepared.rows(_statement(asked, lock_credit), names)]
    if lock_credit:
        locks.note("credit", [one.id for one in found])
    return found


@cache
def _statement(asked: tuple[str, ...], lock_credit: bool) -> str:
    text = _TERMS.replace("{who}", " OR ".join(_WHO[kind] for kind in asked))
    return text + " FOR UPDATE OF k" if lock_credit else text


def _terms(row: tuple[Any, ...]) -> Terms:
    *plain, sites = row
    return bulk.made(Terms, *plain, tuple(_site(one) for one in json.loads(sites or "[]")))


def _site(row: list[Any]) -> SiteTerms:
    *plain, active_to, country, windows = row
    return bulk.made(
        SiteTerms,
        *plain,
        date.fromisoformat(active_to) if active_to else None,
        country,
        tuple((day, time.fromisoformat(opens), time.fromisoformat(closes)) for day, opens, closes in windows or ()),
    )
