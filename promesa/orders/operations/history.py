"""Orders of the past, as another system kept them: written as they were, without checks, claims, moves or invoices.

Rows are copied, so that a year of orders takes seconds. The ledger entries and the lines' columns are written together
here and nowhere else outside `record`; a test holds the two ways to the same sums.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from promesa.core import bulk
from promesa.core.actors import Actor
from promesa.core.verbs import verb
from promesa.orders.states import EntryKind, OrderState

ZERO = Decimal(0)
HISTORY = "history"


class PastEntry(NamedTuple):
    """Something that happened to a line, in base units."""

    kind: str
    quantity: Decimal
    happened_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PastLine:
    """A line of the past. `price` is net for one base unit; `promised` is the window that was given, if it is known."""

    item_id: int | None
    quantity: Decimal
    price: Decimal | None
    net: Decimal
    received: dict[str, Any]
    entries: tuple[PastEntry, ...] = ()
    promised: tuple[datetime, datetime] | None = None
    requested: tuple[datetime, datetime] | None = None


@dataclass(frozen=True, slots=True)
class PastOrder:
    """An order of the past under its old number. `terms` are the customer's, as the order's columns have them."""

    number: str
    customer_id: int
    ship_to_id: int | None
    warehouse_id: int | None
    ordered_at: datetime
    currency: str
    lines: tuple[PastLine, ...]
    po_number: str = ""
    channel: str = "csv"
    requested: tuple[datetime, datetime] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was written: ids by number of the new orders, of those that were there as history, and numbers that are
    taken by orders of another origin."""

    ids: dict[str, int]
    known: dict[str, int]
    taken: frozenset[str]


_ORDER = (
    "id", "number", "customer_id", "ship_to_id", "warehouse_id", "po_number", "channel", "origin", "state", "captured_by",
    "ordered_at", "received_at", "captured_at", "submitted_at", "confirmed_at", "released_at", "closed_at", "requested_from",
    "requested_to", "first_promised_to", "promised_to", "currency", "payment_days", "invoice_from", "early_days", "late_days",
    "under_percent", "over_percent", "one_delivery", "partial_deliveries", "substitutes", "segment", "tier", "line_count",
    "net_amount", "tax_amount", "total_amount", "content_hash", "note",
)  # fmt: skip
_LINE = (
    "id", "order_id", "line_number", "item_id", "received", "ordered_quantity", "unit_quantity", "unit_code",
    "pack_numerator", "pack_denominator", "unit_price", "price_basis", "price_origin", "price_reference", "net_amount",
    "tax_category", "tax_rate", "free", "requested_from", "requested_to", "promised", "promise_sequence", "released_at",
    "despatched", "accepted", "refused_final", "returned", "cancelled_by_customer", "cancelled_by_us",
)  # fmt: skip
_ENTRY = ("line_id", "kind", "quantity", "happened_at", "recorded_at", "actor", "reference", "cause", "reason")
_REQUEST = (
    "order_id", "line_id", "sequence", "window_from", "window_to", "initiator", "agreed", "because_we_were_late", "reason",
    "actor", "happened_at", "recorded_at",
)  # fmt: skip
_PROMISE = (
    "line_id", "sequence", "part", "quantity", "ship_date", "window_from", "window_to", "is_first", "initiator", "cause",
    "reason", "actor", "made_at", "told_at",
)  # fmt: skip
_TERMS = """
SELECT c.id, c.payment_days, c.invoice_from, c.early_days, c.late_days, c.under_percent, c.over_percent, c.one_delivery,
       c.partial_deliveries, c.substitutes, coalesce(s.code, ''), coalesce(s.tier, 9)
FROM customers_customer c LEFT JOIN customers_segment s ON s.id = c.segment_id WHERE c.id = ANY(%s::bigint[])
"""


@verb
def record_history(*, orders: Sequence[PastOrder], by: Actor, at: datetime) -> Recorded:
    """Write orders of the past with their lines, requested windows, promises and ledger; `at` is when we learnt them.

    A number that is there already is left as it is, so that the same history can be loaded again.
    """
    numbers = [order.number for order in orders]
    found = bulk.rows("SELECT number, origin, id FROM orders_order WHERE number = ANY(%s::text[])", [numbers])
    stored = {number for number, _, _ in found}
    known = {number: id_ for number, origin, id_ in found if origin == HISTORY}
    taken = frozenset(stored - known.keys())
    fresh = list({order.number: order for order in orders if order.number not in stored}.values())
    if not fresh:
        return Recorded({}, known, taken)
    terms = {row[0]: row[1:] for row in bulk.rows(_TERMS, [sorted({order.customer_id for order in fresh})])}
    order_ids = _ids("orders_order_id_seq", len(fresh))
    line_ids = iter(_ids("orders_orderline_id_seq", sum(len(order.lines) for order in fresh)))
    placed = [(order, id_, [next(line_ids) for _ in order.lines]) for order, id_ in zip(fresh, order_ids, strict=True)]
    bulk.copy(
        "orders_order", _ORDER, (_order_row(order, id_, terms[order.customer_id], by) for order, id_, _ in placed)
    )
    bulk.copy("orders_orderline", _LINE, (row for one in placed for row in _line_rows(*one)))
    bulk.copy("orders_requestedwindow", _REQUEST, (row for one in placed for row in _request_rows(*one, by, at)))
    bulk.copy("orders_promise", _PROMISE, (row for one in placed for row in _promise_rows(*one, by)))
    bulk.copy("orders_lineentry", _ENTRY, (row for one in placed for row in _entry_rows(*one, by, at)))
    return Recorded({order.number: id_ for order, id_, _ in placed}, known, taken)


def _ids(sequence: str, count: int) -> list[int]:
    return [row[0] for row in bulk.rows("SELECT nextval(%s::regclass) FROM generate_series(1, %s)", [sequence, count])]


def _sum(line: PastLine, kind: str) -> Decimal:
    return sum((one.quantity for one in line.entries if one.kind == kind), ZERO)


def _order_row(order: PastOrder, id_: int, terms: Sequence[Any], by: Actor) -> tuple[Any, ...]:
    left = [one.happened_at for line in order.lines for one in line.entries if one.kind == EntryKind.DESPATCHED]
    net = sum((line.net for line in order.lines), ZERO)
    promised = max((line.promised[1] for line in order.lines if line.promised), default=None)
    closed_at = _closed_at(order)
    wanted = order.requested or (None, None)
    return (
        id_, order.number, order.customer_id, order.ship_to_id, order.warehouse_id, order.po_number, order.channel, HISTORY,
        OrderState.CLOSED if closed_at else OrderState.CONFIRMED, str(by), order.ordered_at, order.ordered_at,
        order.ordered_at, order.ordered_at, order.ordered_at, min(left, default=None), closed_at, *wanted, promised, promised,
        order.currency, *terms, len(order.lines), net, ZERO, net, _content_hash(order), order.note,
    )  # fmt: skip


def _closed_at(order: PastOrder) -> datetime | None:
    """When nothing was left to do: all of every line had left, or was taken, refused or cancelled."""
    last: datetime | None = None
    for line in order.lines:
        given_up = _sum(line, EntryKind.CANCELLED_BY_CUSTOMER) + _sum(line, EntryKind.CANCELLED_BY_US)
        if max(_sum(line, EntryKind.DESPATCHED), _sum(line, EntryKind.ACCEPTED)) + given_up < line.quantity:
            return None
        for one in line.entries:
            last = max(last or one.happened_at, one.happened_at)
    return last


def _content_hash(order: PastOrder) -> str:
    content = "\n".join(sorted(f"{line.item_id}|{line.quantity.normalize():f}" for line in order.lines))
    return hashlib.sha256(f"{order.customer_id}\n{content}".encode()).hexdigest()


def _line_rows(order: PastOrder, order_id: int, line_ids: Sequence[int]) -> Iterable[tuple[Any, ...]]:
    for position, (line, line_id) in enumerate(zip(order.lines, line_ids, strict=True), 1):
        wanted = line.requested or (None, None)
        released = min((one.happened_at for one in line.entries if one.kind == EntryKind.DESPATCHED), default=None)
        yield (
            line_id, order_id, position, line.item_id, bulk.as_json(line.received), line.quantity, line.quantity, "C62", 1, 1,
            line.price, 1, "received", "", line.net, "O", 0, False, *wanted, line.quantity if line.promised else ZERO,
            1 if line.promised else 0, released, _sum(line, EntryKind.DESPATCHED), _sum(line, EntryKind.ACCEPTED),
            _sum(line, EntryKind.REFUSED_FINAL), _sum(line, EntryKind.RETURNED),
            _sum(line, EntryKind.CANCELLED_BY_CUSTOMER), _sum(line, EntryKind.CANCELLED_BY_US),
        )  # fmt: skip


def _request_rows(
    order: PastOrder, order_id: int, line_ids: Sequence[int], by: Actor, at: datetime
) -> Iterable[tuple[Any, ...]]:
    told = ("customer", True, False, "", str(by), order.ordered_at, at)
    if order.requested:
        yield (order_id, None, 1, *order.requested, *told)
    for line, line_id in zip(order.lines, line_ids, strict=True):
        if line.requested:
            yield (order_id, line_id, 1, *line.requested, *told)


def _promise_rows(order: PastOrder, order_id: int, line_ids: Sequence[int], by: Actor) -> Iterable[tuple[Any, ...]]:
    for line, line_id in zip(order.lines, line_ids, strict=True):
        if line.promised:
            yield (
                line_id, 1, 1, line.quantity, None, *line.promised, True, "us", "", '{"code": "promised_in_history"}', str(by),
                order.ordered_at, order.ordered_at,
            )  # fmt: skip


def _entry_rows(
    order: PastOrder, order_id: int, line_ids: Sequence[int], by: Actor, at: datetime
) -> Iterable[tuple[Any, ...]]:
    for line, line_id in zip(order.lines, line_ids, strict=True):
        for one in line.entries:
            yield (line_id, one.kind, one.quantity, one.happened_at, at, str(by), order.number, "", one.reason[:200])
