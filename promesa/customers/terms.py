"""Reading the terms of customers: one statement for one customer or a thousand."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
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
    "ids": "c.id = ANY(ARRAY(SELECT unnest(%(customer_ids)s::bigint[])))",
    "numbers": "c.number = ANY(ARRAY(SELECT unnest(%(customer_numbers)s::text[])))",
    "glns": "(c.gln <> '' AND c.gln = ANY(ARRAY(SELECT unnest(%(customer_glns)s::text[]))))",
}


@dataclass(frozen=True, slots=True)
class Named:
    """Customers by whatever names them, for a statement that looks them up itself."""

    ids: Collection[int] = ()
    numbers: Collection[str] = ()
    glns: Collection[str] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """Which kinds of name are used; none is nobody."""
        return tuple(kind for kind in _WHO if getattr(self, kind))

    @property
    def params(self) -> dict[str, Any]:
        """The parameters of `who`."""
        return {
            "customer_ids": list(self.ids),
            "customer_numbers": list(self.numbers),
            "customer_glns": list(self.glns),
        }


def who(kinds: Sequence[str]) -> str:
    """SQL: whether the row `c` of customers_customer is one of those named in these ways."""
    return " OR ".join(_WHO[kind] for kind in kinds) or "false"


def terms_of(
    *,
    ids: Collection[int] = (),
    numbers: Collection[str] = (),
    glns: Collection[str] = (),
) -> list[Terms]:
    """Terms of these customers, by id."""
    named = Named(ids, numbers, glns)
    if not named.kinds:
        return []
    return [_terms(row) for row in prepared.rows(_statement(named.kinds, lock_credit=False), named.params)]


def question(named: Named) -> prepared.Question[list[Terms]]:
    """What is asked for the terms of these customers, by id; their credit is locked in the same statement."""
    return prepared.Question(_statement(named.kinds, lock_credit=True), named.params, _locked)


def _locked(rows: Sequence[tuple[Any, ...]]) -> list[Terms]:
    found = [_terms(row) for row in rows]
    locks.note("credit", [one.id for one in found])
    return found


@cache
def _statement(kinds: tuple[str, ...], lock_credit: bool) -> str:
    text = _TERMS.replace("{who}", who(kinds))
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
