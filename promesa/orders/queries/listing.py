"""The list of orders: filters, views, one page by its keys, and how many there are and what they add up to.

A page reads headers only; what has become of its rows is read for them alone (`standings`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from promesa.core import bulk
from promesa.core.calendars import end_of_day, start_of_day

PAGE = 50
COUNTED = 10_000
COUNTED_DEAR = 500
OPEN = "o.state IN ('submitted', 'confirmed')"
PROMISES = ("kept", "risk", "broken", "pending")
LAST = "\U0010ffff"


def _any(rows: str) -> str:
    """Whether there is such a row, asked order by order: EXISTS may become a join of whole tables, which no page needs."""
    return f"coalesce((SELECT true FROM {rows} LIMIT 1), false)"


# Something of the order has still to arrive.
_OPEN_LINE = _any("""orders_orderline l WHERE l.order_id = o.id AND l.ordered_quantity - l.cancelled_by_customer
    - l.cancelled_by_us - l.substituted - l.accepted - l.refused_final > 0""")
_HELD = _any("orders_hold h WHERE h.order_id = o.id AND h.released_at IS NULL")
_FOUND = _any("orders_finding f WHERE f.order_id = o.id AND f.resolved_at IS NULL AND f.severity <> 'note'")
_UNINVOICED = _any("""orders_orderline l WHERE l.order_id = o.id AND NOT l.free AND l.unit_price <> 0
    AND CASE WHEN o.invoice_from = 'despatch' THEN l.despatched - l.brought_back - l.refused_final ELSE l.accepted END > l.invoiced""")
_TO_INVOICE = f"{OPEN} AND o.released_at IS NOT NULL AND {_UNINVOICED}"
_BROKEN = f"{OPEN} AND o.first_promised_to < %(now)s AND {_OPEN_LINE}"
_ARRIVED_LATE = _any("""orders_orderline l JOIN orders_lineentry e ON e.line_id = l.id
    WHERE l.order_id = o.id AND e.kind = 'accepted' AND e.happened_at > o.first_promised_to""")

_PROMISE = {
    "risk": f"""{OPEN} AND (o.first_promised_to IS NULL OR o.first_promised_to >= %(now)s)
        AND (o.promised_to > o.first_promised_to OR {_HELD} OR {_FOUND})""",
    "broken": f"o.first_promised_to < %(now)s AND (({_BROKEN}) OR {_ARRIVED_LATE})",
    "kept": f"""o.first_promised_to IS NOT NULL AND o.state IN ('confirmed', 'closed') AND o.released_at IS NOT NULL
        AND NOT {_OPEN_LINE} AND NOT {_ARRIVED_LATE}""",
    "pending": f"""{OPEN} AND (o.first_promised_to IS NULL OR o.first_promised_to >= %(now)s)
        AND {_OPEN_LINE} AND NOT ({_HELD})""",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list is asked for; everything empty is everything. Days are the company's."""

    customer: str = ""
    owner_id: int | None = None
    state: str = ""
    open_only: bool = False
    channel: str = ""
    promise: str = ""
    held: bool = False
    due_from: date | None = None
    due_to: date | None = None
    to_invoice: bool = False
    item: str = ""
    ordered_from: date | None = None
    ordered_to: date | None = None
    text: str = ""
    sort: str = ""

    @property
    def dear(self) -> bool:
        """Whether each order has to be looked into, so that fewer are counted."""
        return bool(self.promise or self.to_invoice or self.item)

    @property
    def narrowed(self) -> bool:
        """Whether any filter is set."""
        return replace(self, sort="") != Asked()


class Totals(NamedTuple):
    """How many orders are meant and their net sum in the company's currency; `capped` when there are more than counted."""

    orders: int
    net_amount: Decimal
    capped: bool


class Listed(NamedTuple):
    """The ids of one page, and the key after which the next begins."""

    ids: list[int]
    after: str


# How each order of the list runs: expression, ascending or not, type of its key. Nulls go last by way of infinity.
SORTS: dict[str, tuple[str, bool, str]] = {
    "": ("o.ordered_at", False, "timestamptz"),
    "ordered": ("o.ordered_at", True, "timestamptz"),
    "-ordered": ("o.ordered_at", False, "timestamptz"),
    "promised": ("coalesce(o.promised_to, 'infinity')", True, "timestamptz"),
    "-promised": ("coalesce(o.promised_to, '-infinity')", False, "timestamptz"),
    "net": ("o.net_amount * o.exchange_rate", True, "numeric"),
    "-net": ("o.net_amount * o.exchange_rate", False, "numeric"),
    "number": ("o.id", True, "bigint"),
    "-number": ("o.id", False, "bigint"),
}


def page_of(asked: Asked, *, now: datetime, zone: str, after: str = "", limit: int = PAGE) -> Listed:
    """The ids of the orders after a key, in the order asked. One statement, by the key: no page is counted through."""
    expression, ascending, kind = SORTS.get(asked.sort, SORTS[""])
    where, params = conditions(asked, now=now, zone=zone)
    key, _, last = after.rpartition("~")
    if last.isdecimal() and len(last) < 18 and _is_key(key, kind):
        where.append(f"({expression}, o.id) {'>' if ascending else '<'} (%(key)s::{kind}, %(last)s::bigint)")
        params |= {"key": key, "last": int(last)}
    way = "" if ascending else " DESC"
    found = bulk.rows(
        f"""SELECT o.id, ({expression})::text FROM orders_order o WHERE {" AND ".join(where) or "true"}
            ORDER BY {expression}{way}, o.id{way} LIMIT %(limit)s""",
        {**params, "limit": limit + 1},
    )
    more = f"{found[limit - 1][1]}~{found[limit - 1][0]}" if len(found) > limit else ""
    return Listed([row[0] for row in found[:limit]], more)


def totals_of(asked: Asked, *, now: datetime, zone: str, cap: int = 0) -> Totals:
    """How many orders the filters mean, counted up to a cap, and their net sum. One statement."""
    cap = cap or (COUNTED_DEAR if asked.dear else COUNTED)
    where, params = conditions(asked, now=now, zone=zone)
    found = bulk.row(
        f"""SELECT count(*), coalesce(sum(net), 0) FROM (SELECT o.net_amount * o.exchange_rate AS net FROM orders_order o
            WHERE {" AND ".join(where) or "true"} LIMIT %(cap)s) t""",
        {**params, "cap": cap + 1},
    )
    count, net = found or (0, Decimal(0))
    return Totals(min(count, cap), net, count > cap)


def conditions(asked: Asked, *, now: datetime, zone: str) -> tuple[list[str], dict[str, Any]]:
    """The filters as SQL over `orders_order o`, and their parameters."""
    where: list[str] = []
    params: dict[str, Any] = {"now": now}
    plain = {
        "o.customer_id = (SELECT id FROM customers_customer WHERE number = %(customer)s)": ("customer", asked.customer),
        "o.customer_id IN (SELECT id FROM customers_customer WHERE service_owner_id = %(owner)s)": (
            "owner",
            asked.owner_id,
        ),
        "o.state = %(state)s": ("state", asked.state),
        "o.channel = %(channel)s": ("channel", asked.channel),
        """o.id IN (SELECT l.order_id FROM orders_orderline l
           WHERE l.item_id = (SELECT id FROM catalog_item WHERE sku = %(item)s))""": ("item", asked.item),
    }
    for sql, (name, value) in plain.items():
        if value:
            where.append(sql)
            params[name] = value
    if asked.open_only:
        where.append("o.state IN ('draft', 'submitted', 'confirmed')")
    if asked.promise in _PROMISE:
        where.append(f"({_PROMISE[asked.promise]})")
    if asked.held:
        where.append("o.id IN (SELECT h.order_id FROM orders_hold h WHERE h.released_at IS NULL)")
    if asked.to_invoice:
        where.append(f"({_TO_INVOICE})")
    _days(asked, zone, where, params)
    if asked.text:
        where.append(f"o.id IN ({MEANT_BY})")
        params |= meant_by(asked.text, now)
    return where, params


def _days(asked: Asked, zone: str, where: list[str], params: dict[str, Any]) -> None:
    bounds = (
        ("o.promised_to > %(due_from)s", "due_from", asked.due_from, start_of_day),
        ("o.promised_to <= %(due_to)s", "due_to", asked.due_to, end_of_day),
        ("o.ordered_at >= %(ordered_from)s", "ordered_from", asked.ordered_from, start_of_day),
        ("o.ordered_at < %(ordered_to)s", "ordered_to", asked.ordered_to, end_of_day),
    )
    for sql, name, day, moment in bounds:
        if day is not None:
            where.append(sql)
            params[name] = moment(day, zone)
    if asked.due_from or asked.due_to:
        where.append(OPEN)


# --- What a text can mean ----------------------------------------------------------------------------------------------

# Orders by number, by the customer's own number, or by the customer's name or number.
MEANT_BY = """
    SELECT id FROM orders_order WHERE number = ANY(%(numbers)s::text[])
    UNION SELECT id FROM orders_order WHERE po_number <> '' AND po_number >= %(text)s AND po_number < %(until)s
    UNION SELECT id FROM orders_order WHERE po_number <> '' AND po_number >= %(upper)s AND po_number < %(upper_until)s
    UNION SELECT id FROM orders_order WHERE customer_id IN (
        SELECT id FROM customers_customer WHERE number = %(text)s OR promesa_folded(name) LIKE promesa_folded(%(holds)s))
"""
_DIGITS = re.compile(r"(?:p-?)?(?:(20\d\d)-)?0*(\d{1,9})", re.IGNORECASE)
_OLDEST = timedelta(days=5 * 365)


def meant_by(text: str, now: datetime) -> dict[str, Any]:
    """Parameters of `MEANT_BY` for a text as typed."""
    text = " ".join(text.split())[:100]
    plain = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    upper = text.upper()
    return {
        "numbers": numbers_of(text, now), "holds": f"%{plain}%", "text": text, "until": text + LAST, "upper": upper,
        "upper_until": upper + LAST,
    }  # fmt: skip


def numbers_of(text: str, now: datetime) -> list[str]:
    """Order numbers that a text can name: `P-2026-000123` itself, and for `123` those of the last years."""
    found = _DIGITS.fullmatch(text.strip())
    if found is None:
        return [text.strip().upper()]
    year, digits = found.groups()
    years = [int(year)] if year else range(now.year, (now - _OLDEST).year, -1)
    return [f"P-{one}-{int(digits):06d}" for one in years]


def _is_key(key: str, kind: str) -> bool:
    if kind == "timestamptz":
        return re.fullmatch(r"-?infinity|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?[+-]\d\d(:\d\d)?", key) is not None
    return re.fullmatch(r"-?\d{1,40}(\.\d{1,20})?", key) is not None
