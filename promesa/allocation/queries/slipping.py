"""What if a receipt came later, or with less? Worked out at once by the promise's own rules, and nothing written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from promesa.allocation.queries.protection import Guard
from promesa.allocation.queries.shortage import ShortItem, shortage_board
from promesa.allocation.queries.waiting import orders_hit
from promesa.allocation.rules import RECEIPT, STOCK, Claim, LinePromise, Supply, SupplyPool
from promesa.allocation.rules.shortage import fitting
from promesa.allocation.terms import promise_wanted
from promesa.core import bulk, parameters
from promesa.core.calendars import local_day
from promesa.core.errors import NotFound
from promesa.inventory import queries as inventory
from promesa.orders.queries import Wanted, lines_to_promise

PROTECTED_PARAMETER = "allocation.protected_segments"
PROTECTED = ["protect"]
ZERO = Decimal(0)
_STEP = Decimal("0.000001")
_MOMENT = timedelta(microseconds=1)


class Word(NamedTuple):
    """What a line is promised: how much, by the end of which day at its site (none: nothing)."""

    quantity: Decimal
    day: date | None


@dataclass(frozen=True, slots=True)
class Hit:
    """A line whose word would change. `value` is the net price of what would be missing or later, company currency."""

    order: str
    customer: str
    customer_name: str
    line: int
    sku: str
    asked: Decimal
    now: Word
    then: Word
    value: Decimal
    protected: bool


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A receipt as it is and as it might be; the item's numbers up to the horizon by today's orders; the lines that would
    lose, worst first, and those that would gain."""

    receipt: str
    sku: str
    expected_at: datetime
    quantity: Decimal
    then_expected_at: datetime
    then_quantity: Decimal
    item: ShortItem | None
    worse: Sequence[Hit]
    better: Sequence[Hit]

    @property
    def orders(self) -> int:
        return len({hit.order for hit in self.worse})

    @property
    def customers(self) -> int:
        return len({hit.customer for hit in self.worse})

    @property
    def value(self) -> Decimal:
        return sum((hit.value for hit in self.worse), ZERO)


def what_if(
    *,
    receipt: str,
    at: datetime,
    horizon_to: date,
    late_days: int = 0,
    short_percent: Decimal = ZERO,
) -> WhatIf:
    """Promise anew, in memory, all that hangs on a receipt which comes so many days later and so much per cent short (100: not
    at all). Nine statements for any number of lines.

    :raises NotFound: if no such receipt is expected.
    """
    found = bulk.row(
        """SELECT r.id, r.item_id, i.sku, r.expected_at, r.quantity, r.warehouse_id FROM inventory_receipt r
           JOIN catalog_item i ON i.id = r.item_id WHERE r.number = %s AND r.state = 'expected'""",
        [receipt],
    )
    if found is None:
        raise NotFound(receipt, what=receipt)
    receipt_id, item_id, sku, expected_at, quantity, warehouse_id = found
    then_at = expected_at + timedelta(days=late_days)
    then = (quantity * (100 - short_percent) / 100).quantize(_STEP, ROUND_HALF_UP)
    wanted = lines_to_promise(orders_hit(receipt_id=receipt_id))
    own, lost, claimed = _claims(wanted, receipt_id, then)
    items = {line.item_id for order in wanted for line in order.lines} | {item_id}
    rows = inventory.free_supply(items=items, warehouses=[warehouse_id])
    pool = SupplyPool(
        Supply(row.id, row.item_id, max(then - claimed, ZERO), row.expires_on, then_at, row.supplier)
        if row.expected_at is not None and row.id == receipt_id
        else Supply(row.id, row.item_id, row.free, row.expires_on, row.expected_at, row.supplier)
        for row in rows
    )
    if any(row.guarded for row in rows):
        pool.guard = Guard(warehouse_id, items)
        for order in wanted:
            pool.guard.lost(order, {item_id: lost.get(order.order_id, ZERO)}, at)
    facts = _facts(wanted, at)
    hits: list[Hit] = []
    for order in wanted:
        pool.give_back(own.get(order.order_id, ()))
        answer = promise_wanted(order, pool, at)
        hits += [hit for line in answer.lines if (hit := _hit(order, line, facts[line.key]))]
    board = shortage_board(horizon_to=horizon_to, at=at, items=[item_id])
    return WhatIf(
        receipt=receipt, sku=sku, expected_at=expected_at, quantity=quantity, then_expected_at=then_at, then_quantity=then,
        item=board.items[0] if board.items else None,
        worse=sorted((hit for hit in hits if _worse(hit)), key=lambda hit: (not hit.protected, -hit.value, hit.order, hit.line)),
        better=[hit for hit in hits if not _worse(hit)],
    )  # fmt: skip


def _claims(
    wanted: Sequence[Wanted], receipt_id: int, then: Decimal
) -> tuple[dict[int, list[Claim]], dict[int, Decimal], Decimal]:
    """What each order has, the receipt's claims cut to what would come; what it loses by that; and how much of the receipt stays
    claimed."""
    order_of = {line.id: order.order_id for order in wanted for line in order.lines}
    rows = bulk.rows(
        """SELECT id, demand_line_id, stock_id, receipt_id, quantity FROM inventory_claim
           WHERE demand_line_id = ANY(%s::bigint[]) OR receipt_id = %s ORDER BY id""",
        [list(order_of), receipt_id],
    )
    kept = fitting([(claim, quantity) for claim, _, _, receipt, quantity in rows if receipt == receipt_id], then)
    own: dict[int, list[Claim]] = {}
    lost: dict[int, Decimal] = {}
    for claim, line, stock, receipt, quantity in rows:
        left = kept.get(claim, ZERO) if receipt == receipt_id else quantity
        if line in order_of and left < quantity:
            lost[order_of[line]] = lost.get(order_of[line], ZERO) + quantity - left
        if line in order_of and left > 0:
            source = Claim(STOCK, stock, left) if stock is not None else Claim(RECEIPT, receipt, left)
            own.setdefault(order_of[line], []).append(source)
    return own, lost, sum(kept.values(), ZERO)


class _Fact(NamedTuple):
    order: str
    customer: str
    customer_name: str
    line: int
    sku: str
    asked: Decimal
    now: Word
    worth: Decimal
    protected: bool
    zone: str


def _facts(wanted: Sequence[Wanted], at: datetime) -> Mapping[int, _Fact]:
    """How lines are called, what they are worth a base unit, and the word in force."""
    segments = parameters.value(code=PROTECTED_PARAMETER, on=at.date(), default=PROTECTED)
    ids = [line.id for order in wanted for line in order.lines]
    found: dict[int, _Fact] = {}
    for line_id, order, number, name, line, sku, asked, promised, until, worth, segment, zone in bulk.rows(
        """SELECT l.id, o.number, c.number, c.name, l.line_number, i.sku,
               l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us - l.substituted - l.despatched
                   + l.brought_back, l.promised, p.until,
               coalesce(l.net_amount / nullif(l.ordered_quantity, 0) * o.exchange_rate, 0), o.segment,
               coalesce(s.time_zone, 'UTC')
           FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id JOIN customers_customer c ON c.id = o.customer_id
           JOIN catalog_item i ON i.id = l.item_id LEFT JOIN customers_site s ON s.id = o.ship_to_id
           LEFT JOIN LATERAL (SELECT max(p.window_to) AS until FROM orders_promise p
               WHERE p.line_id = l.id AND p.sequence = l.promise_sequence) p ON true
           WHERE l.id = ANY(%s::bigint[])""",
        [ids],
    ):
        day = local_day(until - _MOMENT, zone) if until else None
        word = Word(min(promised, asked), day)
        found[line_id] = _Fact(order, number, name, line, sku, asked, word, worth, segment in segments, zone)
    return found


def _hit(order: Wanted, line: LinePromise, fact: _Fact) -> Hit | None:
    quantity = sum((part.quantity for part in line.parts), ZERO)
    until = max((part.window_to for part in line.parts), default=None)
    then = Word(quantity, local_day(until - _MOMENT, fact.zone) if until else None)
    if then == fact.now:
        return None
    less = max(fact.now.quantity - then.quantity, ZERO)
    later = _late_part(line, fact)
    return Hit(
        fact.order, fact.customer, fact.customer_name, fact.line, fact.sku, fact.asked, fact.now, then,
        round((less + later) * fact.worth, 2), fact.protected,
    )  # fmt: skip


def _late_part(line: LinePromise, fact: _Fact) -> Decimal:
    """How much would come after the day that is promised now."""
    if fact.now.day is None:
        return ZERO
    return sum(
        (part.quantity for part in line.parts if local_day(part.window_to - _MOMENT, fact.zone) > fact.now.day), ZERO
    )


def _worse(hit: Hit) -> bool:
    if hit.then.quantity != hit.now.quantity:
        return hit.then.quantity < hit.now.quantity
    return hit.now.day is not None and (hit.then.day is None or hit.then.day > hit.now.day)
