"""A run as it was worked out, and what has changed since."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from promesa.core import bulk


class PartLine(NamedTuple):
    """A line that a part of a run changes. Base units."""

    line_id: int
    order_id: int
    item_id: int
    open_quantity: Decimal
    before_quantity: Decimal
    share_quantity: Decimal


class PartShare(NamedTuple):
    """What a line of a part gets of one stock row or receipt."""

    line_id: int
    stock_id: int | None
    receipt_id: int | None
    quantity: Decimal


def lines_of_part(*, run_id: int, part: int) -> list[PartLine]:
    """The lines that a part changes."""
    return [
        PartLine(*row)
        for row in bulk.rows(
            """SELECT r.line_id, l.order_id, l.item_id, r.open_quantity, r.before_quantity, r.share_quantity
               FROM allocation_runline r JOIN orders_orderline l ON l.id = r.line_id
               WHERE r.run_id = %s AND r.part = %s ORDER BY r.line_id""",
            [run_id, part],
        )
    ]


def shares_of_part(*, run_id: int, part: int) -> dict[int, list[PartShare]]:
    """Line -> what it gets of which stock row or receipt."""
    found: dict[int, list[PartShare]] = {}
    for row in bulk.rows(
        """SELECT r.line_id, s.stock_id, s.receipt_id, s.quantity FROM allocation_runshare s
           JOIN allocation_runline r ON r.id = s.run_line_id WHERE r.run_id = %s AND r.part = %s ORDER BY s.id""",
        [run_id, part],
    ):
        found.setdefault(row[0], []).append(PartShare(*row))
    return found


def pool_of_part(*, run_id: int, part: int) -> set[tuple[int | None, int | None]]:
    """The stock rows and receipts (one of the two is None) that were shared of the items of a part."""
    return {
        (row[0], row[1])
        for row in bulk.rows(
            """SELECT s.stock_id, s.receipt_id FROM allocation_runsupply s WHERE s.run_id = %(run)s AND s.item_id IN (
                   SELECT l.item_id FROM allocation_runline r JOIN orders_orderline l ON l.id = r.line_id
                   WHERE r.run_id = %(run)s AND r.part = %(part)s)""",
            {"run": run_id, "part": part},
        )
    }


# What each line had open and claimed when the run was made, and now. Claims on what was no part of the supply do not count. A lot is
# a stock row, or a receipt with the sign turned.
_LINES = """
WITH mine AS MATERIALIZED (
    SELECT r.line_id, r.open_quantity, r.before_quantity FROM allocation_runline r WHERE r.run_id = %(run)s AND r.part = %(part)s
), lots AS MATERIALIZED (
    SELECT coalesce(s.stock_id, -s.receipt_id) AS lot FROM allocation_runsupply s WHERE s.run_id = %(run)s
), claimed AS MATERIALIZED (
    SELECT c.demand_line_id, sum(c.quantity) AS quantity FROM inventory_claim c
    WHERE c.demand_line_id IN (SELECT line_id FROM mine) AND coalesce(c.stock_id, -c.receipt_id) IN (SELECT lot FROM lots) GROUP BY 1
)
SELECT o.number AS order, l.line_number AS line, m.open_quantity, m.before_quantity,
    l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us - l.substituted - l.despatched + l.brought_back AS open_now,
    coalesce(c.quantity, 0) AS claimed_now, l.released_at IS NOT NULL AS released, o.state NOT IN ('submitted', 'confirmed') AS gone
FROM mine m JOIN orders_orderline l ON l.id = m.line_id JOIN orders_order o ON o.id = l.order_id
LEFT JOIN claimed c ON c.demand_line_id = m.line_id
ORDER BY o.number, l.line_number
"""

# What each lot of the part's items held for it, and now: without the claims of all other lines.
_SUPPLY = """
WITH mine AS MATERIALIZED (
    SELECT r.line_id, l.item_id FROM allocation_runline r JOIN orders_orderline l ON l.id = r.line_id
    WHERE r.run_id = %(run)s AND r.part = %(part)s
), supply AS MATERIALIZED (
    SELECT s.*, coalesce(s.stock_id, -s.receipt_id) AS lot FROM allocation_runsupply s
    WHERE s.run_id = %(run)s AND s.item_id IN (SELECT item_id FROM mine)
), kept AS MATERIALIZED (
    SELECT coalesce(x.stock_id, -x.receipt_id) AS lot, sum(x.quantity) AS quantity FROM allocation_runline r
    JOIN allocation_runshare x ON x.run_line_id = r.id JOIN orders_orderline l ON l.id = r.line_id
    WHERE r.run_id = %(run)s AND r.part <> %(part)s AND NOT r.frozen AND r.strategy <> 'untouched'
      AND l.item_id IN (SELECT item_id FROM mine) GROUP BY 1
), claimed AS MATERIALIZED (
    SELECT x.lot, sum(x.quantity) AS quantity FROM (
        SELECT c.stock_id AS lot, c.quantity, c.demand_line_id FROM inventory_claim c WHERE c.stock_id IN (SELECT stock_id FROM supply)
        UNION ALL
        SELECT -c.receipt_id, c.quantity, c.demand_line_id FROM inventory_claim c WHERE c.receipt_id IN (SELECT receipt_id FROM supply)
    ) x WHERE x.demand_line_id NOT IN (SELECT line_id FROM mine) GROUP BY 1
)
SELECT i.sku AS item, coalesce(t.lot, '') AS lot, coalesce(p.number, '') AS number, s.available_on,
    greatest((p.expected_at AT TIME ZONE w.time_zone)::date, run.as_of) AS available_now,
    s.quantity - coalesce(k.quantity, 0) AS before,
    CASE WHEN t.id IS NOT NULL THEN CASE WHEN t.blocked THEN 0 ELSE t.on_hand END
         WHEN p.state = 'expected' THEN p.quantity ELSE 0 END - coalesce(c.quantity, 0) AS now
FROM supply s JOIN allocation_run run ON run.id = s.run_id JOIN catalog_item i ON i.id = s.item_id
LEFT JOIN inventory_stock t ON t.id = s.stock_id LEFT JOIN inventory_receipt p ON p.id = s.receipt_id
LEFT JOIN inventory_warehouse w ON w.id = p.warehouse_id
LEFT JOIN kept k ON k.lot = s.lot LEFT JOIN claimed c ON c.lot = s.lot
ORDER BY i.sku, s.id
"""


def changes_since(*, run_id: int, part: int) -> list[dict[str, Any]]:
    """What changed of the lines and the supply of a part since its run: sentences as code and params. Two statements.

    Whoever acts on the answer holds the locks of the orders and of the supply.
    """
    params = {"run": run_id, "part": part}
    found: list[dict[str, Any]] = []
    for one in bulk.named(_LINES, params):
        place = {"order": one["order"], "line": one["line"]}
        if one["gone"]:
            found.append({"code": "changed_gone", "params": place})
        elif one["released"]:
            found.append({"code": "changed_released", "params": place})
        elif one["open_now"] != one["open_quantity"]:
            found.append(_changed("changed_quantity", place, one["open_quantity"], one["open_now"]))
        elif one["claimed_now"] != one["before_quantity"]:
            found.append(_changed("changed_claims", place, one["before_quantity"], one["claimed_now"]))
    for one in bulk.named(_SUPPLY, params):
        if one["now"] != one["before"]:
            place = (
                {"item": one["item"], "number": one["number"]}
                if one["number"]
                else {"item": one["item"], "lot": one["lot"]}
            )
            code = "changed_receipt" if one["number"] else "changed_stock"
            found.append(_changed(code, place, one["before"], one["now"]))
        elif one["available_now"] is not None and one["available_now"] != one["available_on"]:
            days = {"before_on": one["available_on"].isoformat(), "after_on": one["available_now"].isoformat()}
            params_ = {"item": one["item"], "number": one["number"], **days}
            found.append({"code": "changed_receipt_day", "params": params_})
    return found


def _changed(code: str, place: dict[str, Any], before: Decimal, after: Decimal) -> dict[str, Any]:
    said = {"before_quantity": f"{before.normalize():f}", "after_quantity": f"{after.normalize():f}"}
    return {"code": code, "params": {**place, **said}}


def waiting_parts(*, run_id: int) -> list[int]:
    """The parts of a run that are neither in force nor refused."""
    return [
        row[0]
        for row in bulk.rows(
            "SELECT number FROM allocation_runpart WHERE run_id = %s AND state = 'waiting' ORDER BY number", [run_id]
        )
    ]


def parts_by_state(*, run_id: int) -> dict[str, Sequence[int]]:
    """State -> the numbers of the parts in it."""
    found: dict[str, list[int]] = {}
    for state, number in bulk.rows(
        "SELECT state, number FROM allocation_runpart WHERE run_id = %s ORDER BY number", [run_id]
    ):
        found.setdefault(state, []).append(number)
    return dict(found)
