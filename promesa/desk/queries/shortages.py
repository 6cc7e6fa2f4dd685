"""What runs short, as its pages ask it: the board is allocation's; here are who asks for one item, what comes, and the plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from promesa.allocation.queries import shortage
from promesa.allocation.queries.shortage import Board, ShortItem, Supposed
from promesa.allocation.queries.shortage_sql import lines_sql
from promesa.core import bulk

LIMIT = 60
SORTS = {"": "value", "missing": "missing", "service": "service", "name": "name"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the board is asked for by an address. `until` is the first moment after the horizon."""

    until: datetime
    text: str = ""
    family: str = ""
    warehouse: str = ""
    view: str = ""
    sort: str = ""
    sku: str = ""
    supposed: Supposed = field(default_factory=Supposed)

    def of_board(self, now: datetime, items: Sequence[int] | None = None) -> shortage.Asked:
        """The same as the board takes it."""
        known = [one for one in warehouses() if one[1] == self.warehouse] if self.warehouse else []
        return shortage.Asked(
            until=self.until, at=now, warehouse_id=known[0][0] if known else None, text=self.text, family=self.family,
            items=items, view=self.view, sort=SORTS.get(self.sort, SORTS[""]), supposed=self.supposed,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Short:
    """One item of the board as a page draws it; quantities in its base unit, worth in company currency."""

    of: ShortItem

    @property
    def id(self) -> int:
        return self.of.item_id

    @property
    def sku(self) -> str:
        return self.of.sku

    @property
    def name(self) -> str:
        return self.of.name

    @property
    def family(self) -> str:
        return self.of.family

    @property
    def base_unit(self) -> str:
        return self.of.base_unit

    @property
    def stock(self) -> Decimal:
        return self.of.stock

    @property
    def coming(self) -> Decimal:
        return self.of.coming

    @property
    def has(self) -> Decimal:
        return self.of.figures.supply

    @property
    def promised(self) -> Decimal:
        return self.of.figures.promised

    @property
    def protected(self) -> Decimal:
        return self.of.figures.protected

    @property
    def free(self) -> Decimal:
        return self.of.figures.free

    @property
    def missing(self) -> Decimal:
        return self.of.figures.missing

    @property
    def waits(self) -> Decimal:
        """For how much of what is missing there are goods all the same: its orders wait for another of their lines, a quota or a day."""
        return min(self.missing, self.free)

    @property
    def missing_now(self) -> Decimal:
        """Without what is supposed."""
        return self.missing - self.of.loses

    @property
    def asked(self) -> Decimal:
        return self.of.figures.demand

    @property
    def next_at(self) -> datetime | None:
        return self.of.next_at

    @property
    def next_quantity(self) -> Decimal | None:
        return self.of.next_quantity

    @property
    def lines(self) -> int:
        return self.of.lines

    @property
    def orders(self) -> int:
        return self.of.orders

    @property
    def customers(self) -> int:
        return self.of.customers

    @property
    def worth(self) -> Decimal:
        return self.of.value

    @property
    def served(self) -> Decimal | None:
        """The share of what is asked that has its goods."""
        return 1 - self.missing / self.asked if self.asked else None

    @property
    def cover(self) -> int | None:
        """For how many days what there is lasts at the usual daily demand."""
        return None if self.of.figures.days_of_cover is None else int(self.of.figures.days_of_cover)


def board(asked: Asked, *, now: datetime, limit: int = LIMIT) -> tuple[list[Short], Board]:
    """The items that the filters mean, and all of them together."""
    found = shortage.board(asked.of_board(now), limit=limit, with_open_value=False)
    return [Short(one) for one in found.items], found


def one(asked: Asked, *, item_id: int, now: datetime) -> Short | None:
    """The figures of one item; none if nobody asks for it within the horizon."""
    found = shortage.board(
        replace(asked, text="", family="").of_board(now, [item_id]), limit=1, with_open_value=False
    ).items
    return Short(found[0]) if found and found[0].figures.demand else None


# --- Who gets what today -----------------------------------------------------------------------------------------------


class Wants(NamedTuple):
    """One line that asks for the item: what it has within the horizon and what it lacks."""

    line_id: int
    line_number: int
    order: str
    customer_number: str
    customer: str
    segment: str
    tier: int
    wanted_at: datetime | None
    zone: str
    open: Decimal
    has: Decimal
    missing: Decimal
    loses: Decimal
    worth: Decimal
    released: bool
    promised_to: datetime | None
    plan: str


_WANTS = """
SELECT w.id, w.line_number, o.number, c.number, c.name, o.segment, o.tier, coalesce(l.requested_to, o.requested_to),
    coalesce(s.time_zone, 'UTC'), w.to_send, w.to_send - w.missing, w.missing, w.loses, round(w.lacking * w.worth, 2),
    w.released_at IS NOT NULL,
    (SELECT max(p.window_to) FROM orders_promise p WHERE p.line_id = w.id AND p.sequence = l.promise_sequence), coalesce(r.number, '')
FROM risk w JOIN orders_orderline l ON l.id = w.id JOIN orders_order o ON o.id = w.order_id
JOIN customers_customer c ON c.id = w.customer_id LEFT JOIN customers_site s ON s.id = o.ship_to_id
LEFT JOIN LATERAL (SELECT p.number FROM allocation_runline a JOIN allocation_run n ON n.id = a.run_id
    JOIN allocation_plan p ON p.id = n.plan_id
    WHERE a.line_id = w.id AND n.state = 'published' ORDER BY n.published_at DESC LIMIT 1) r ON true
ORDER BY w.missing = 0, w.tier, w.ordered_at, w.id LIMIT %(limit)s"""


def wants(asked: Asked, *, item_id: int, now: datetime, limit: int = 200) -> list[Wants]:
    """Lines that ask for one item: who goes short first."""
    home = shortage.home_of_goods()
    params = shortage.params_of(asked.of_board(now, [item_id]), home)
    sql = lines_sql(supposed=asked.supposed.anything, all_lines=True) + _WANTS
    return [Wants(*row) for row in bulk.rows(sql, {**params, "limit": limit})]


# --- What comes, and the plans -----------------------------------------------------------------------------------------


class Coming(NamedTuple):
    """A receipt of which something may be supposed."""

    number: str
    sku: str
    item: str
    quantity: Decimal
    base_unit: str
    expected_at: datetime


def receipts(*, item_ids: Sequence[int], limit: int = 60) -> list[Coming]:
    """Receipts expected of these items, the soonest first. One statement."""
    return [
        Coming(*row)
        for row in bulk.rows(
            """SELECT r.number, i.sku, i.name, r.quantity, i.base_unit, r.expected_at FROM inventory_receipt r
               JOIN catalog_item i ON i.id = r.item_id
               WHERE r.state = 'expected' AND r.item_id = ANY(%s::bigint[]) ORDER BY r.expected_at, r.id LIMIT %s""",
            [list(item_ids), limit],
        )
    ]


class OpenPlan(NamedTuple):
    """A plan that is not closed, and one item that it shares."""

    number: str
    name: str
    state: str
    sku: str


def open_plans(*, skus: Sequence[str]) -> list[OpenPlan]:
    """Plans that are not closed and share any of these items, the newest first. One statement."""
    return [
        OpenPlan(*row)
        for row in bulk.rows(
            """SELECT DISTINCT p.number, p.name, p.state, x.sku FROM allocation_plan p
               JOIN allocation_scenario s ON s.id = coalesce(p.scenario_id,
                   (SELECT max(y.id) FROM allocation_scenario y WHERE y.plan_id = p.id))
               CROSS JOIN LATERAL jsonb_array_elements_text(s.content->'items') AS x(sku)
               WHERE p.state <> 'closed' AND x.sku = ANY(%s::text[]) ORDER BY p.number DESC""",
            [list(skus)],
        )
    ]


def warehouses() -> list[tuple[int, str, str]]:
    """Id, code and name of every warehouse, the default one first."""
    return bulk.rows("SELECT id, code, name FROM inventory_warehouse ORDER BY is_default DESC, code")
