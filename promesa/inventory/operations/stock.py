"""Stock in and out, always with two legs that sum to zero."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from promesa.core import bulk, locks
from promesa.core.actors import Actor
from promesa.core.errors import Refused
from promesa.core.events import emit
from promesa.core.verbs import verb
from promesa.inventory.events import StockChanged


class StockRow(NamedTuple):
    """A quantity (base units) of an item in a warehouse and lot."""

    item_id: int
    warehouse_id: int
    lot: str
    expires_on: date | None
    quantity: Decimal
    blocked: bool = False


class NotEnoughStock(Refused):
    """Stock would fall below what is claimed or below zero."""


_ADD = """
WITH t AS MATERIALIZED (
    SELECT item, warehouse, lot, max(expires) AS expires, bool_or(blocked) AS blocked, sum(qty) AS qty
    FROM json_to_recordset(%(rows)s::json) AS t(item bigint, warehouse bigint, lot text, expires date, blocked boolean, qty numeric)
    GROUP BY item, warehouse, lot
), taken AS (
    -- What falls is there already; inserting less than nothing would break on_hand >= 0 before any conflict is seen.
    UPDATE inventory_stock s SET on_hand = s.on_hand + t.qty FROM t
    WHERE t.qty < 0 AND s.item_id = t.item AND s.warehouse_id = t.warehouse AND s.lot = t.lot
    RETURNING s.id, s.item_id, s.warehouse_id, s.lot
), given AS (
    INSERT INTO inventory_stock (item_id, warehouse_id, lot, expires_on, on_hand, claimed, blocked)
    SELECT item, warehouse, lot, expires, qty, 0, blocked FROM t WHERE qty >= 0 ORDER BY item, warehouse, lot
    ON CONFLICT (item_id, warehouse_id, lot) DO UPDATE SET on_hand = inventory_stock.on_hand + excluded.on_hand,
        expires_on = coalesce(inventory_stock.expires_on, excluded.expires_on)
    RETURNING id, item_id, warehouse_id, lot
), s AS (
    SELECT * FROM taken UNION ALL SELECT * FROM given
), m AS (
    INSERT INTO inventory_stockmove (kind, reference, actor, happened_at, recorded_at)
    SELECT %(kind)s, %(reference)s, %(by)s, %(at)s, now() WHERE EXISTS (SELECT 1 FROM t WHERE qty <> 0) RETURNING id
), legs AS (
    INSERT INTO inventory_stockleg (move_id, item_id, stock_id, account, quantity)
    SELECT m.id, s.item_id, s.id, '', t.qty FROM m, s JOIN t ON t.item = s.item_id AND t.warehouse = s.warehouse_id AND t.lot = s.lot
    WHERE t.qty <> 0
    UNION ALL SELECT m.id, t.item, NULL, %(account)s, -t.qty FROM m, t WHERE t.qty <> 0
)
SELECT s.id, t.item, t.warehouse, t.lot FROM s JOIN t ON t.item = s.item_id AND t.warehouse = s.warehouse_id AND t.lot = s.lot
"""

_ACCOUNT = {"opening": "count", "count": "count", "receipt": "supplier", "return": "customer", "scrap": "scrap"}


@verb
def add_stock(
    *, rows: Sequence[StockRow], kind: str, reference: str, by: Actor, at: datetime
) -> dict[tuple[int, int, str], int]:
    """Add (or, with negative quantities, take away) stock; `kind` is opening, count, receipt, return or scrap.

    Returns the stock row by (item, warehouse, lot).

    :raises NotEnoughStock: if a row would fall below zero or below its claims.
    """
    if not rows:
        return {}
    records = [
        {"item": r.item_id, "warehouse": r.warehouse_id, "lot": r.lot, "expires": r.expires_on, "blocked": r.blocked,
         "qty": r.quantity}
        for r in rows
    ]  # fmt: skip
    _refuse_below_claims(records)
    found = bulk.rows(
        _ADD,
        {"rows": bulk.as_json(records), "kind": kind, "reference": reference, "by": by, "at": at,
         "account": _ACCOUNT.get(kind, "count")},
    )  # fmt: skip
    totals: dict[int, Decimal] = {}
    for one in rows:
        totals[one.item_id] = totals.get(one.item_id, Decimal(0)) + one.quantity
    emit(
        *(
            StockChanged(item_id=item, kind=kind, reference=reference, quantity=f"{quantity.normalize():f}")
            for item, quantity in sorted(totals.items())
        ),
        by=by,
        at=at,
    )
    return {(item, warehouse, lot): stock_id for stock_id, item, warehouse, lot in found}


def _refuse_below_claims(records: Sequence[dict[str, Any]]) -> None:
    falling = [record for record in records if record["qty"] < 0]
    if not falling:
        return
    short = bulk.rows(
        """SELECT i.name, s.on_hand - s.claimed, t.qty FROM json_to_recordset(%s::json)
               AS t(item bigint, warehouse bigint, lot text, qty numeric)
           JOIN catalog_item i ON i.id = t.item
           LEFT JOIN inventory_stock s ON s.item_id = t.item AND s.warehouse_id = t.warehouse AND s.lot = t.lot
           WHERE coalesce(s.on_hand - s.claimed, 0) + t.qty < 0""",
        [bulk.as_json(falling)],
    )
    if short:
        raise NotEnoughStock(item=short[0][0], free_quantity=short[0][1] or Decimal(0), quantity=-short[0][2])


@verb
def count_stock(
    *, rows: Sequence[StockRow], reference: str, by: Actor, at: datetime
) -> dict[tuple[int, int, str], int]:
    """Set stock to what was counted; the difference is a move. Claims stand, so a count below them is refused.

    :raises NotEnoughStock: if less was counted than is claimed.
    """
    there = {
        (item, warehouse, lot): on_hand
        for item, warehouse, lot, on_hand in bulk.rows(
            """SELECT s.item_id, s.warehouse_id, s.lot, s.on_hand FROM inventory_stock s
               WHERE s.item_id = ANY(%s::bigint[]) ORDER BY s.id FOR UPDATE""",
            [sorted({row.item_id for row in rows})],
        )
    }
    last: dict[tuple[int, int, str], StockRow] = {}
    for row in rows:
        key = (row.item_id, row.warehouse_id, row.lot)
        kept = last.get(key)
        last[key] = row if kept is None else row._replace(quantity=kept.quantity + row.quantity)
    differences = [row._replace(quantity=row.quantity - there.get(key, Decimal(0))) for key, row in last.items()]
    return add_stock(rows=differences, kind="count", reference=reference, by=by, at=at)


@verb
def take_back(*, rows: Sequence[StockRow], reference: str, by: Actor, at: datetime) -> dict[tuple[int, int, str], int]:
    """Goods come back from a customer into a lot (blocked ones into a lot of their own)."""
    return add_stock(
        rows=[row._replace(lot=f"{row.lot}*") if row.blocked and not row.lot.endswith("*") else row for row in rows],
        kind="return",
        reference=reference,
        by=by,
        at=at,
    )


@verb
def guard_supply(
    *, warehouse_id: int, items: Collection[int], others: Collection[int], by: Actor, at: datetime
) -> None:
    """Say that a plan binds promises of these items of a warehouse (none: of nothing any more), and of `others` no longer.

    Whoever locks a row of them to promise it is told (`queries.FreeRow.guarded`).
    """
    params = {"warehouse": warehouse_id, "items": sorted(items), "all": sorted({*items, *others})}
    where = "item_id = ANY(%(all)s::bigint[]) AND warehouse_id = %(warehouse)s"
    stock, receipts = (
        [row[0] for row in bulk.rows(f"SELECT id FROM {table} WHERE {where} AND guarded <> (item_id = ANY(%(items)s::bigint[]))", params)]
        for table in ("inventory_stock", "inventory_receipt")
    )  # fmt: skip
    locks.take(stock=stock, receipts=receipts)
    for table, ids in (("inventory_stock", stock), ("inventory_receipt", receipts)):
        if ids:
            bulk.run(
                f"UPDATE {table} SET guarded = (item_id = ANY(%(items)s::bigint[])) WHERE id = ANY(%(ids)s::bigint[])",
                {**params, "ids": ids},
            )
    bulk.run(
        "UPDATE inventory_warehouse SET guarded = %(on)s WHERE id = %(warehouse)s AND guarded <> %(on)s",
        {**params, "on": bool(items)},
    )
