"""What is free of each item: the rows are locked as they are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from promesa.core import bulk, locks, prepared, verbs
from promesa.core.errors import NotFound


class FreeRow(NamedTuple):
    """Free supply: a stock row, or a receipt when `expected_at` is given. Quantity in base units."""

    id: int
    warehouse_id: int
    item_id: int
    free: Decimal
    expires_on: date | None
    expected_at: datetime | None
    guarded: bool = False
    supplier: str = ""


# FOR UPDATE gives the latest version of each row even if it had to wait for it, so lock and read are one statement. A guard
# that was set meanwhile is seen on the row; rows that came in since have that of their warehouse.
_GUARDS = "SELECT g.id FROM inventory_warehouse g WHERE g.guarded"
_FREE = """s AS MATERIALIZED (
    SELECT id, warehouse_id, item_id, on_hand - claimed AS free, expires_on, guarded FROM inventory_stock
    WHERE item_id = ANY({items}) AND warehouse_id = ANY({warehouses}) AND NOT blocked
    ORDER BY id FOR UPDATE
), r AS MATERIALIZED (
    SELECT id, warehouse_id, item_id, quantity - claimed AS free, expires_on, expected_at, guarded, supplier
    FROM inventory_receipt
    WHERE item_id = ANY({items}) AND warehouse_id = ANY({warehouses}) AND state = 'expected'
    ORDER BY id FOR UPDATE
)
SELECT id, warehouse_id, item_id, free, expires_on, NULL::timestamptz, guarded OR warehouse_id IN ({guards}), '' FROM s
UNION ALL SELECT id, warehouse_id, item_id, free, expires_on, expected_at, guarded OR warehouse_id IN ({guards}), supplier FROM r
""".replace("{guards}", _GUARDS)
_THESE = "WITH " + _FREE.format(items="%(items)s::bigint[]", warehouses="%(warehouses)s::bigint[]")
_NAMED = _FREE.format(
    items="ARRAY(SELECT item_id FROM hit)", warehouses="ARRAY(SELECT id FROM inventory_warehouse WHERE is_default)"
)
_HELD = "inventory.held"


def lock_free_supply(*, items: Iterable[int], warehouses: Iterable[int]) -> list[FreeRow]:
    """Lock all supply of these items in these warehouses and say what is free. One statement, or none if it was just
    read and locked (`holding`)."""
    items, warehouses = set(items), set(warehouses)
    held: Held | None = verbs.current().notes.pop(_HELD, None)
    if held is not None and items <= held.items and warehouses <= {held.warehouse_id}:
        return [row for row in held.rows if row.item_id in items]
    return _locked(prepared.rows(_THESE, {"items": sorted(items), "warehouses": sorted(warehouses)}))


@cache
def _named_statement(named: str) -> str:
    return f"WITH {named}, {_NAMED}"


def supply_named(named: str, params: Mapping[str, Any]) -> prepared.Question[list[FreeRow]]:
    """What is asked to lock and read the default warehouse's supply of items that are still to be looked up: `named` is
    SQL that makes a table expression `hit` with their `item_id`."""
    return prepared.Question(_named_statement(named), params, _locked)


class Held(NamedTuple):
    """Supply that the running transaction has locked and not touched: all of these items at a warehouse."""

    rows: list[FreeRow]
    items: Set[int]
    warehouse_id: int


@contextmanager
def holding(held: Held | None) -> Iterator[None]:
    """Within this, who first asks for supply that was read by `supply_named` is answered from here."""
    notes = verbs.current().notes
    if held is not None:
        notes[_HELD] = held
    try:
        yield
    finally:
        notes.pop(_HELD, None)


def _locked(rows: list[tuple[Any, ...]]) -> list[FreeRow]:
    found = [FreeRow(*row) for row in rows]
    locks.note("stock", [row.id for row in found if row.expected_at is None])
    locks.note("receipts", [row.id for row in found if row.expected_at is not None])
    return found


def claimed_on_stock(line_ids: Iterable[int]) -> dict[int, Decimal]:
    """Demand line -> quantity that it has claimed on stock that is there."""
    return dict(
        bulk.rows(
            """SELECT demand_line_id, sum(quantity) FROM inventory_claim
               WHERE stock_id IS NOT NULL AND demand_line_id = ANY(%s::bigint[]) GROUP BY 1""",
            [list(line_ids)],
        )
    )


_STOCK = """
    s.id, i.sku AS item, w.code AS warehouse, s.lot, s.expires_on, s.on_hand, s.claimed,
    CASE WHEN s.blocked THEN 0 ELSE s.on_hand - s.claimed END AS free, s.blocked
    FROM inventory_stock s JOIN catalog_item i ON i.id = s.item_id JOIN inventory_warehouse w ON w.id = s.warehouse_id
"""


def stock_page(*, after: int = 0, limit: int = 50, item: str = "", warehouse: str = "") -> list[dict[str, Any]]:
    """Stock by item, warehouse and lot, one row more than `limit` if there are more."""
    return bulk.named(
        f"""SELECT {_STOCK} WHERE s.id > %(after)s AND (%(item)s = '' OR i.sku = %(item)s)
            AND (%(warehouse)s = '' OR w.code = %(warehouse)s) ORDER BY s.id LIMIT %(limit)s""",
        {"after": after, "item": item, "warehouse": warehouse, "limit": limit + 1},
    )


def stock_rows(*, ids: Iterable[int]) -> list[dict[str, Any]]:
    """These stock rows."""
    return bulk.named(f"SELECT {_STOCK} WHERE s.id = ANY(%s) ORDER BY s.id", [sorted(ids)])


_RECEIPT = """
    r.number, i.sku AS item, w.code AS warehouse, r.supplier, r.expected_at, r.quantity, r.claimed, r.received, r.lot,
    r.expires_on, r.state
    FROM inventory_receipt r JOIN catalog_item i ON i.id = r.item_id JOIN inventory_warehouse w ON w.id = r.warehouse_id
"""


def receipts_page(*, after: str = "", limit: int = 50, item: str = "", state: str = "") -> list[dict[str, Any]]:
    """Receipts by number, one more than `limit` if there are more."""
    return bulk.named(
        f"""SELECT {_RECEIPT} WHERE r.number > %(after)s AND (%(item)s = '' OR i.sku = %(item)s)
            AND (%(state)s = '' OR r.state = %(state)s) ORDER BY r.number LIMIT %(limit)s""",
        {"after": after, "item": item, "state": state, "limit": limit + 1},
    )


def receipt(*, number: str) -> dict[str, Any]:
    """A receipt.

    :raises NotFound: if there is none.
    """
    found = bulk.named(f"SELECT {_RECEIPT} WHERE r.number = %s", [number])
    if not found:
        raise NotFound(number, what=number)
    return found[0]


def warehouse_ids() -> dict[str, int]:
    """Ids of warehouses by code; the default one also under the empty code."""
    found = bulk.rows("SELECT code, id, is_default FROM inventory_warehouse ORDER BY is_default, id")
    known = {code: id_ for code, id_, _ in found}
    default = next((id_ for _, id_, is_default in found if is_default), None)
    return known if default is None else {**known, "": default}


_LOOK = _THESE.replace("FOR UPDATE", "")


def free_supply(*, items: Iterable[int], warehouses: Iterable[int]) -> list[FreeRow]:
    """What is free of these items now, without locking it: for a preview that claims nothing. One statement."""
    return [
        FreeRow(*row) for row in bulk.rows(_LOOK, {"items": sorted(set(items)), "warehouses": sorted(set(warehouses))})
    ]


class NamedRow(NamedTuple):
    """Free supply as `FreeRow`, and what people call it: the lot, or the receipt's number."""

    id: int
    warehouse_id: int
    item_id: int
    free: Decimal
    expires_on: date | None
    expected_at: datetime | None
    name: str
    guarded: bool
    supplier: str


_LOOK_NAMED = """
SELECT id, warehouse_id, item_id, on_hand - claimed, expires_on, NULL::timestamptz, lot, guarded OR warehouse_id IN ({guards}), ''
FROM inventory_stock
WHERE item_id = ANY(%(items)s::bigint[]) AND warehouse_id = ANY(%(warehouses)s::bigint[]) AND NOT blocked
UNION ALL
SELECT id, warehouse_id, item_id, quantity - claimed, expires_on, expected_at, number, guarded OR warehouse_id IN ({guards}), supplier
FROM inventory_receipt
WHERE item_id = ANY(%(items)s::bigint[]) AND warehouse_id = ANY(%(warehouses)s::bigint[]) AND state = 'expected'
""".replace("{guards}", _GUARDS)


def named_supply(*, items: Iterable[int], warehouses: Iterable[int]) -> list[NamedRow]:
    """As `free_supply`, with names to show. One statement."""
    wanted = {"items": sorted(set(items)), "warehouses": sorted(set(warehouses))}
    return [NamedRow(*row) for row in bulk.rows(_LOOK_NAMED, wanted)]


class ShippingTerms(NamedTuple):
    """How a warehouse ships."""

    id: int
    time_zone: str
    calendar_id: int | None
    cut_off: time
    ships_at: time
    code: str


_SHIPS = "SELECT id, time_zone, calendar_id, cut_off, ships_at, code FROM inventory_warehouse WHERE "


def default_warehouse() -> ShippingTerms | None:
    """The warehouse that serves whoever names none."""
    found = bulk.row(_SHIPS + "is_default LIMIT 1")
    return None if found is None else ShippingTerms(*found)


def shipping_terms(*, warehouse_id: int) -> ShippingTerms | None:
    """How this warehouse ships."""
    found = bulk.row(_SHIPS + "id = %s", [warehouse_id])
    return None if found is None else ShippingTerms(*found)
