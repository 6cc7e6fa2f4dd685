"""The shortage board: which items run short up to a horizon, who is hit, what it is worth; and the same if receipts came late or
light. One reckoning, whoever asks: the page, programs, the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from promesa.allocation.queries.protection import kept_by_item
from promesa.allocation.queries.shortage_sql import FILTERS, HAVING, OPEN_VALUE, ORDER, PAGE, SHOWN, lines_sql
from promesa.allocation.rules.shortage import Figures, figures
from promesa.core import bulk
from promesa.core.calendars import end_of_day, local_day

ZERO = Decimal(0)
# Of what is there, so little free is tight.
TIGHT = Decimal("0.1")
COVER_DAYS = 3
DAYS_AHEAD = 7
SORTS = tuple(ORDER)
VIEWS = ("", "short", "all")


@dataclass(frozen=True, slots=True)
class Supposed:
    """What if: a receipt (or all of them, `*`) comes so many days later, and so much per cent lighter."""

    receipt: str = ""
    late: int = 0
    less: Decimal = ZERO

    @property
    def anything(self) -> bool:
        return bool(self.receipt and (self.late or self.less))


@dataclass(frozen=True, slots=True)
class Asked:
    """What the board is asked for. `until` is the first moment after the horizon; a warehouse's id, none is all of them. `view`: the
    items that are short or tight, only the `short` ones, or `all` that are asked for. `items`: these only, short or not."""

    until: datetime
    at: datetime
    warehouse_id: int | None = None
    text: str = ""
    family: str = ""
    items: Sequence[int] | None = None
    view: str = ""
    sort: str = "cover"
    cover_days: int = COVER_DAYS
    supposed: Supposed = field(default_factory=Supposed)


@dataclass(frozen=True, slots=True)
class ShortItem:
    """One item of the board, in base units. `stock` and `coming` make its supply; `value` is the net price of what lacks, in the
    company's currency; `loses` what lines lose by what is supposed; `next_on` the day and `next_quantity` the size of the next receipt,
    whether inside the horizon or after it. `unit` is the one that people speak of, `pack` base units of it."""

    item_id: int
    sku: str
    name: str
    family: str
    base_unit: str
    unit: str
    pack: Decimal
    stock: Decimal
    coming: Decimal
    figures: Figures
    loses: Decimal
    lines: int
    orders: int
    customers: int
    value: Decimal
    next_at: datetime | None
    next_on: date | None
    next_quantity: Decimal | None
    next_number: str


@dataclass(frozen=True, slots=True)
class Board:
    """A page of the board and the sums of all of it. `loss` is the share of what is ordered up to the horizon, by value, that will not
    be served in time; `asked_value` what is asked of the items that lack something; `short_items` counts items with something missing."""

    items: Sequence[ShortItem]
    count: int
    short_items: int
    lines: int
    orders: int
    customers: int
    missing: Decimal
    value: Decimal
    asked_value: Decimal
    open_value: Decimal
    until: datetime
    horizon_to: date
    at: datetime

    @property
    def loss(self) -> Decimal:
        return (self.value / self.open_value).quantize(Decimal("0.0001")) if self.open_value else Decimal(0)

    @property
    def served(self) -> Decimal | None:
        """The share of the value asked of the items that are short which will be served in time."""
        return 1 - self.value / self.asked_value if self.asked_value else None


@dataclass(frozen=True, slots=True)
class Home:
    """The default warehouse, and whether a plan in force guards any goods."""

    id: int | None = None
    time_zone: str = "UTC"
    guarded: bool = False


def home_of_goods() -> Home:
    """Where goods are when nobody says. One statement."""
    found = bulk.row(
        """SELECT id, time_zone, (SELECT bool_or(g.guarded) FROM inventory_warehouse g) FROM inventory_warehouse
           WHERE is_default LIMIT 1"""
    )
    return Home(*found) if found else Home()


def params_of(asked: Asked, home: Home) -> dict[str, Any]:
    """What the statements of `shortage_sql` are given. One statement where a plan is in force."""
    escaped = asked.text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    today = local_day(asked.at, home.time_zone)
    kept = kept_by_item(warehouse_id=asked.warehouse_id, on=today) if home.guarded else {}
    return {
        "until": asked.until, "at": asked.at, "today": today, "home": home.id, "warehouse": asked.warehouse_id,
        "items": None if asked.items is None else [*asked.items], "family": asked.family, "starts": f"{escaped}%",
        "like": f"%{escaped}%", "cover": asked.cover_days, "tight": TIGHT, "receipt": asked.supposed.receipt,
        "late": asked.supposed.late, "less": asked.supposed.less, "floor_items": [*kept], "floor_quantities": [*kept.values()],
    }  # fmt: skip


def board(
    asked: Asked, *, limit: int = 50, offset: int = 0, home: Home | None = None, with_open_value: bool = True
) -> Board:
    """The items that are asked for, the worst first, and the sums of all of them. Two statements whatever there is, three where a
    plan is in force."""
    home = home or home_of_goods()
    view = "these" if asked.items is not None else asked.view
    filters = [FILTERS[name] for name in ("family", "text") if getattr(asked, name)]
    sql = lines_sql(supposed=asked.supposed.anything) + PAGE.format(
        having=HAVING[view], shown=" AND ".join([SHOWN.get(view, "true"), *filters]), order=ORDER[asked.sort],
        open_value=OPEN_VALUE if with_open_value else "0::numeric",
    )  # fmt: skip
    found = bulk.rows(sql, {**params_of(asked, home), "limit": limit, "offset": offset})
    rows = [_item(row, home.time_zone) for row in found if row[0] is not None]
    until = local_day(asked.until - timedelta(microseconds=1), home.time_zone)
    return bulk.made(Board, rows, *found[0][-9:], asked.until, until, asked.at)


def shortage_board(
    *,
    horizon_to: date,
    at: datetime,
    sort: str = "cover",
    limit: int = 50,
    offset: int = 0,
    items: Sequence[int] | None = None,
    cover_days: int = COVER_DAYS,
    view: str = "",
    supposed: Supposed | None = None,
) -> Board:
    """The board up to the end of a day at the default warehouse: items that run short, are tight, or have not `cover_days` of free
    stock left. `items` asks for these only, short or not."""
    home = home_of_goods()
    asked = Asked(
        until=end_of_day(horizon_to, home.time_zone), at=at, sort=sort, items=items, cover_days=cover_days, view=view,
        supposed=supposed or Supposed(), warehouse_id=home.id,
    )  # fmt: skip
    return board(asked, limit=limit, offset=offset, home=home)


def _item(row: tuple[Any, ...], zone: str) -> ShortItem:
    (item_id, sku, name, family, base_unit, unit, pack, stock, coming, promised, protected, lacking, late, loses, rate, lines, orders,
     customers, value, next_at, next_quantity, next_number, *_) = row  # fmt: skip
    counted = figures(
        supply=stock + coming, promised=promised, protected=protected, lacking=lacking, late=late, daily_demand=rate
    )
    return ShortItem(
        item_id, sku, name, family, base_unit, unit, pack, stock, coming, counted, loses, lines, orders, customers, value, next_at,
        local_day(next_at, zone) if next_at else None, next_quantity, next_number,
    )  # fmt: skip
