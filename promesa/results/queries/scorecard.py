"""A customer's own scorecard: what was wrong in the last hundred orders that they sent, and what it cost them in days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from promesa.core import bulk, words
from promesa.core.errors import NotFound

LAST = 100


@dataclass(frozen=True, slots=True)
class Mistake:
    """One kind of error: in how many orders and lines, the days that these orders stood still for it, examples."""

    code: str
    orders: int
    lines: int
    days: Decimal
    examples: tuple[tuple[str, str, str], ...]

    def sentence(self, lang: str = "es") -> str:
        """The error and what it cost, in one line."""
        code = f"wrong_{self.code}"
        what = words.say(code if words.known(code) else "wrong_other", {}, lang)
        key = "score_mistake_days" if self.days else "score_mistake"
        params = {"orders": self.orders, "lines": self.lines, "days": self.days, "what": what}
        return words.say(key if self.orders != 1 else key + "_one", params, lang)


@dataclass(frozen=True, slots=True)
class Scorecard:
    """What one customer's orders were like, ours and theirs told apart."""

    number: str
    name: str
    language: str
    orders: int
    first: date | None
    last: date | None
    faultless: int
    ours: int
    days: Decimal
    mistakes: tuple[Mistake, ...]

    @property
    def wrong(self) -> int:
        """Orders with a mistake that the customer can mend."""
        return self.orders - self.faultless

    def sentence(self, lang: str = "es") -> str:
        """The whole of it in one sentence."""
        params = {"orders": self.orders, "wrong": self.wrong, "days": self.days}
        if not self.orders:
            return words.say("score_nothing", {}, lang)
        if not self.wrong:
            return words.say("score_faultless", params, lang)
        one = "_one" if self.wrong == 1 else ""
        return words.say(("score_cost" if self.days else "score_wrong") + one, params, lang)

    def as_json(self) -> dict[str, Any]:
        return {
            "customer": self.number, "name": self.name, "orders": self.orders, "faultless": self.faultless, "wrong": self.wrong,
            "ours": self.ours, "days": str(self.days), "from": self.first and self.first.isoformat(),
            "to": self.last and self.last.isoformat(), "sentence": {lang: self.sentence(lang) for lang in words.LANGUAGES},
            "mistakes": [
                {"code": one.code, "orders": one.orders, "lines": one.lines, "days": str(one.days),
                 "sentence": {lang: one.sentence(lang) for lang in words.LANGUAGES},
                 "examples": [{"order": order, "received": received, "right": right} for order, received, right in one.examples]}
                for one in self.mistakes
            ],
        }  # fmt: skip


_LAST_ORDERS = """
WITH o AS MATERIALIZED (
    SELECT o.id, o.number, o.po_number, o.captured_at FROM orders_order o
    WHERE o.customer_id = %(customer)s AND o.origin = 'live' AND o.state <> 'draft' AND o.captured_at <= %(as_of)s
    ORDER BY o.captured_at DESC, o.id DESC LIMIT %(last)s
), f AS MATERIALIZED (
    SELECT f.*, o.number, o.po_number,
           greatest(0, extract(epoch FROM coalesce(f.resolved_at, %(as_of)s) - f.found_at)) / 86400 AS stood
    FROM orders_finding f JOIN o ON o.id = f.order_id
    WHERE f.severity <> 'note' AND f.found_at <= %(as_of)s AND f.aspect <> 'credit'
      AND f.code NOT IN ('no_price', 'no_tax_rate', 'captured_wrong')  -- these only we can mend
      OR f.order_id IN (SELECT id FROM o) AND f.code = 'captured_wrong' AND f.found_at <= %(as_of)s
)
"""
_TOTALS = """
SELECT (SELECT count(*) FROM o), (SELECT min(captured_at)::date FROM o), (SELECT max(captured_at)::date FROM o),
       (SELECT count(DISTINCT order_id) FROM f WHERE fault IN ('customer', 'masters')),
       (SELECT count(DISTINCT order_id) FROM f WHERE fault = 'ours'),
       (SELECT coalesce(round(sum(d)::numeric, 1), 0) FROM (
            SELECT max(stood) AS d FROM f WHERE fault IN ('customer', 'masters') AND severity = 'blocking' GROUP BY order_id) x)
"""
_MISTAKES = """
SELECT code, count(DISTINCT order_id), count(DISTINCT line_id),
       coalesce(round((SELECT sum(d) FROM (SELECT max(g.stood) AS d FROM f g WHERE g.code = f.code AND g.severity = 'blocking'
           AND g.fault IN ('customer', 'masters') GROUP BY g.order_id) x)::numeric, 1), 0),
       (array_agg(ARRAY[coalesce(nullif(po_number, ''), number), received, "right"] ORDER BY found_at DESC, id DESC))[1:3]
FROM f WHERE fault IN ('customer', 'masters') GROUP BY code ORDER BY 2 DESC, 3 DESC, code
"""


def scorecard(*, customer_number: str, as_of: datetime, last: int = LAST) -> Scorecard:
    """The last orders of a customer: how many had something of theirs wrong, of which kind, and for how many days orders
    stood still for it (an order's days are those of its slowest mistake, in days of 24 hours).

    :raises NotFound: if there is no such customer.
    """
    head = bulk.row("SELECT id, number, name, language FROM customers_customer WHERE number = %s", [customer_number])
    if head is None:
        raise NotFound(what=f"customer {customer_number}")
    params = {"customer": head[0], "as_of": as_of, "last": last}
    totals = bulk.row(_LAST_ORDERS + _TOTALS, params)
    assert totals is not None
    orders, first, newest, wrong, ours, days = totals
    mistakes = tuple(
        Mistake(code, of_orders, of_lines, stood, tuple((one[0], one[1], one[2]) for one in examples))
        for code, of_orders, of_lines, stood, examples in bulk.rows(_LAST_ORDERS + _MISTAKES, params)
    )
    return Scorecard(head[1], head[2], head[3], orders, first, newest, orders - wrong, ours, days, mistakes)
