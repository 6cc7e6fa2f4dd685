"""What a move at the last minute would touch: the two lines, their goods, floors in force, and what was moved today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from promesa.allocation.queries.protection import HAD, OVER, STANDS
from promesa.allocation.rules.protecting import standing
from promesa.core import bulk

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class DeskLine:
    """A line as the release desk sees it. Quantities in base units; `claimed` is what it has, `planned` what the plan gives it."""

    line_id: int
    order_id: int
    order_number: str
    order_state: str
    line_number: int
    customer_id: int
    customer: str
    segment: str
    tier: int
    region: str
    channel: str
    item_id: int
    sku: str
    item: str
    warehouse_id: int
    open_quantity: Decimal
    claimed: Decimal
    unit_price: Decimal
    released_at: datetime | None
    promised_to: datetime | None
    plan_id: int | None
    planned: Decimal | None

    @property
    def lacking(self) -> Decimal:
        return max(ZERO, self.open_quantity - self.claimed)


# The plan in force that gave the line its share last.
_LINES = """
SELECT l.id, o.id, o.number, o.state, l.line_number, o.customer_id, c.name, o.segment, o.tier, coalesce(s.region, ''), o.channel,
    l.item_id, i.sku, i.name, coalesce(o.warehouse_id, w.id),
    l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us - l.substituted - l.despatched + l.brought_back,
    coalesce(k.quantity, 0), coalesce(l.unit_price / nullif(l.price_basis, 0) * o.exchange_rate, 0), l.released_at,
    o.promised_to, g.plan_id, g.share_quantity
FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id JOIN customers_customer c ON c.id = o.customer_id
JOIN catalog_item i ON i.id = l.item_id LEFT JOIN customers_site s ON s.id = o.ship_to_id
LEFT JOIN inventory_warehouse w ON w.is_default
LEFT JOIN LATERAL (SELECT sum(x.quantity) AS quantity FROM inventory_claim x WHERE x.demand_line_id = l.id) k ON true
LEFT JOIN LATERAL (
    SELECT u.plan_id, r.share_quantity FROM allocation_runline r JOIN allocation_run u ON u.id = r.run_id AND u.state = 'published'
    JOIN allocation_plan p ON p.id = u.plan_id AND p.state = 'published'
    WHERE r.line_id = l.id ORDER BY u.published_at DESC, u.id DESC LIMIT 1
) g ON true
"""


def desk_lines(*, line_ids: Sequence[int]) -> dict[int, DeskLine]:
    """These lines, by id. One statement."""
    return {row[0]: DeskLine(*row) for row in bulk.rows(_LINES + "WHERE l.id = ANY(%s::bigint[])", [list(line_ids)])}


def line_named(*, order: str, line: int) -> int | None:
    """The id of a line by the number of its order and its own."""
    found = bulk.row(
        """SELECT l.id FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
           WHERE o.number = %s AND l.line_number = %s""",
        [order, line],
    )
    return int(found[0]) if found else None


def lines_of_item(*, item_id: int, warehouse_id: int, limit: int = 200) -> list[DeskLine]:
    """The open lines of an item that have goods or lack some, the better tier and the older first."""
    return [
        DeskLine(*row)
        for row in bulk.rows(
            _LINES
            + """WHERE l.item_id = %s AND coalesce(o.warehouse_id, w.id) = %s AND o.state IN ('submitted', 'confirmed')
                   AND l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us - l.substituted - l.despatched
                       + l.brought_back > 0
                 ORDER BY o.tier, o.ordered_at, l.id LIMIT %s""",
            [item_id, warehouse_id, limit],
        )
    ]


@dataclass(frozen=True, slots=True)
class Goods:
    """What there is of an item: on hand and not blocked, coming, and how much of both somebody has claimed."""

    on_hand: Decimal
    coming: Decimal
    claimed: Decimal

    @property
    def supply(self) -> Decimal:
        return self.on_hand + self.coming


def goods_of(*, item_id: int, warehouse_id: int) -> Goods:
    """The supply of an item in a warehouse."""
    found = bulk.row(
        """SELECT coalesce(sum(t.on_hand) FILTER (WHERE NOT t.blocked), 0),
               (SELECT coalesce(sum(r.quantity), 0) FROM inventory_receipt r
                WHERE r.item_id = %(item)s AND r.warehouse_id = %(warehouse)s AND r.state = 'expected'),
               coalesce(sum(t.claimed) FILTER (WHERE NOT t.blocked), 0)
                + (SELECT coalesce(sum(r.claimed), 0) FROM inventory_receipt r
                   WHERE r.item_id = %(item)s AND r.warehouse_id = %(warehouse)s AND r.state = 'expected')
           FROM inventory_stock t WHERE t.item_id = %(item)s AND t.warehouse_id = %(warehouse)s""",
        {"item": item_id, "warehouse": warehouse_id},
    )
    return Goods(*found) if found else Goods(ZERO, ZERO, ZERO)


def moved_by(*, actor: str, item_id: int, since: datetime) -> Decimal:
    """How much of an item a person has moved since a moment."""
    found = bulk.row(
        """SELECT coalesce(sum(quantity), 0) FROM allocation_override
           WHERE decided_by = %s AND item_id = %s AND decided_at >= %s""",
        [actor, item_id, since],
    )
    return Decimal(found[0]) if found else ZERO


@dataclass(frozen=True, slots=True)
class FloorHit:
    """A floor in force, what its group holds of it now (claimed or despatched since it stands) and would hold after the move."""

    plan: str
    who: str
    floor: Decimal
    has: Decimal
    keeps: Decimal


_FLOORS = f"""
WITH p AS MATERIALIZED (
    SELECT p.*, {OVER} AS over FROM allocation_protection p
    WHERE p.kind = 'floor' AND p.warehouse_id = %(warehouse)s AND {STANDS}
)
SELECT n.number, coalesce(c.name, nullif(p.segment, ''), nullif(p.region, ''), nullif(p.channel, ''), '') AS who,
    p.quantity, p.decay, p.valid_from, p.valid_to, p.customer_id, p.segment, p.region, p.channel, p.tier, {HAD} AS has
FROM p JOIN allocation_plan n ON n.id = p.plan_id LEFT JOIN customers_customer c ON c.id = p.customer_id
WHERE p.over @> to_jsonb(%(item)s::bigint) ORDER BY p.rank, p.id
"""


def floors_hit(
    *, item_id: int, warehouse_id: int, donor: DeskLine, receiver: DeskLine, quantity: Decimal, on: date
) -> list[FloorHit]:
    """The floors whose group would hold less than its floor after the move, and holds less by it."""
    found = []
    for row in bulk.named(_FLOORS, {"item": item_id, "warehouse": warehouse_id, "on": on}):
        if not _is_of(row, donor) or _is_of(row, receiver):
            continue
        floor = standing(row["quantity"], row["decay"], row["valid_from"], row["valid_to"], on)
        if row["has"] - quantity < floor:
            found.append(FloorHit(row["number"], row["who"], floor, row["has"], row["has"] - quantity))
    return found


def _is_of(floor: dict[str, Any], line: DeskLine) -> bool:
    return (
        floor["customer_id"] in (None, line.customer_id)
        and floor["segment"] in ("", line.segment)
        and floor["region"] in ("", line.region)
        and floor["channel"] in ("", line.channel)
        and floor["tier"] in (None, line.tier)
    )
