"""Items with their stock, what is coming, and who waits for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.cache import cache

from promesa.core import bulk

PAGE = 50
PACE_KEPT = 600
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list is asked for; everything empty is every item that is not closed."""

    text: str = ""
    family: str = ""
    short: bool = False
    closed: bool = False

    @property
    def narrowed(self) -> bool:
        return self != Asked()


@dataclass(frozen=True, slots=True)
class Listed:
    """One item of the list; quantities in its base unit."""

    id: int
    sku: str
    name: str
    gtin: str
    family: str
    base_unit: str
    kind: str
    on_hand: Decimal
    claimed: Decimal
    blocked: Decimal
    coming: Decimal
    next_at: datetime | None
    missing: Decimal
    price: Decimal | None
    currency: str | None
    used: Decimal

    @property
    def free(self) -> Decimal:
        return self.on_hand - self.claimed - self.blocked

    @property
    def days(self) -> int | None:
        """For how many days the free stock lasts at the pace of the last 90."""
        return int(max(ZERO, self.free) / (self.used / 90)) if self.used > 0 else None


_OPEN = """greatest(l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us - l.substituted - l.accepted
    - l.refused_final - (l.despatched - l.accepted - l.refused_final - l.brought_back), 0)"""
_MISSING = f"""coalesce((SELECT sum(greatest({_OPEN} - coalesce((SELECT sum(k.quantity) FROM inventory_claim k
        WHERE k.demand_line_id = l.id), 0), 0))
    FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
    WHERE l.item_id = p.id AND {_OPEN} > 0 AND o.state IN ('submitted', 'confirmed') AND o.origin <> 'history'
      AND p.kind = 'goods'), 0)"""
_FILTER = """(i.active_to IS NULL OR i.active_to > %(today)s) <> %(closed)s AND (%(family)s = '' OR i.family = %(family)s)
    AND (%(text)s = '' OR i.sku ILIKE %(starts)s OR promesa_folded(i.name) LIKE promesa_folded(%(like)s)
         OR (%(gtin)s <> '' AND (i.gtin = %(gtin)s OR EXISTS (SELECT 1 FROM catalog_pack k
             WHERE k.item_id = i.id AND k.gtin = %(gtin)s))))
    AND (NOT %(short)s OR EXISTS (SELECT 1 FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
        WHERE l.item_id = i.id AND o.state IN ('submitted', 'confirmed') AND o.origin <> 'history'
          AND l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us - l.substituted - l.accepted - l.refused_final
              - (l.despatched - l.accepted - l.refused_final - l.brought_back) > coalesce(
                  (SELECT sum(k.quantity) FROM inventory_claim k WHERE k.demand_line_id = l.id), 0)))"""
_PAGE = f"""
WITH p AS (
    SELECT i.id, i.sku, i.name, i.gtin, i.family, i.base_unit, i.kind FROM catalog_item i
    WHERE {_FILTER} AND i.sku > %(after)s ORDER BY i.sku LIMIT %(limit)s
)
SELECT p.id, p.sku, p.name, p.gtin, p.family, p.base_unit, p.kind, coalesce(s.on_hand, 0), coalesce(s.claimed, 0),
    coalesce(s.blocked, 0), coalesce(r.coming, 0), r.next_at, {_MISSING}, c.unit_price, c.currency
FROM p
LEFT JOIN LATERAL (SELECT sum(x.on_hand) AS on_hand, sum(x.claimed) AS claimed,
    sum(x.on_hand - x.claimed) FILTER (WHERE x.blocked) AS blocked FROM inventory_stock x WHERE x.item_id = p.id) s ON true
LEFT JOIN LATERAL (SELECT sum(x.quantity - x.claimed) AS coming, min(x.expected_at) AS next_at
    FROM inventory_receipt x WHERE x.item_id = p.id AND x.state = 'expected') r ON true
LEFT JOIN LATERAL (SELECT y.unit_price / y.basis_quantity AS unit_price, t.currency FROM catalog_price y
    JOIN catalog_pricelist t ON t.id = y.price_list_id
    WHERE y.item_id = p.id AND t.is_default AND y.minimum_quantity = 0 AND y.valid_from <= %(today)s
      AND (y.valid_to IS NULL OR y.valid_to > %(today)s) ORDER BY y.valid_from DESC LIMIT 1) c ON true
ORDER BY p.sku
"""


def _params(asked: Asked, today: date) -> dict[str, Any]:
    escaped = asked.text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    gtin = asked.text.zfill(14) if asked.text.isdecimal() and 8 <= len(asked.text) <= 14 else ""
    return {
        "text": asked.text, "starts": f"{escaped}%", "like": f"%{escaped}%", "gtin": gtin, "family": asked.family,
        "short": asked.short, "closed": asked.closed, "today": today,
    }  # fmt: skip


def items_page(asked: Asked, *, now: datetime, today: date, after: str = "", limit: int = PAGE) -> list[Listed]:
    """Items by SKU, one more than `limit` if there are more. One statement, by the key; another for items whose pace
    nobody has asked for lately."""
    rows = bulk.rows(_PAGE, {**_params(asked, today), "after": after, "limit": limit + 1})
    used = used_of([row[0] for row in rows], now=now)
    return [bulk.made(Listed, *row, used[row[0]]) for row in rows]


def used_of(item_ids: Sequence[int], *, now: datetime) -> dict[int, Decimal]:
    """What left of each item in 90 days, in base units. It is kept for some minutes: a pace of three months does not
    change with the next lorry, and to add it up is the dearest part of the list."""
    if not item_ids:
        return {}
    key = f"desk:pace:{item_ids[0]}:{item_ids[-1]}:{len(item_ids)}"
    kept: dict[int, Decimal] = cache.get(key, {})
    if not kept.keys() >= set(item_ids):
        kept = dict.fromkeys(item_ids, ZERO) | dict(
            bulk.rows(
                """SELECT g.item_id, -sum(g.quantity) FROM inventory_stockleg g JOIN inventory_stockmove m ON m.id = g.move_id
                   WHERE g.item_id = ANY(%s::bigint[]) AND g.stock_id IS NOT NULL AND m.kind = 'despatch'
                     AND m.happened_at >= %s GROUP BY g.item_id""",
                [list(item_ids), now - timedelta(days=90)],
            )
        )
        cache.set(key, kept, PACE_KEPT)
    return kept


def items_count(asked: Asked, *, today: date) -> int:
    """How many items the filters mean."""
    found = bulk.row(f"SELECT count(*) FROM catalog_item i WHERE {_FILTER}", _params(asked, today))
    return int(found[0]) if found else 0


def families() -> list[str]:
    """Families of items."""
    return [row[0] for row in bulk.rows("SELECT DISTINCT family FROM catalog_item WHERE family <> '' ORDER BY family")]


def one_item(*, sku: str, now: datetime, today: date) -> Listed | None:
    """The figures of one item, closed or not. One statement."""
    params = {"today": today, "sku": sku}
    sql = _PAGE.replace(
        f"WHERE {_FILTER} AND i.sku > %(after)s ORDER BY i.sku LIMIT %(limit)s", "WHERE i.sku = %(sku)s"
    )
    found = bulk.row(sql, params)
    return bulk.made(Listed, *found, used_of([found[0]], now=now)[found[0]]) if found else None


# --- The page of an item -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lot:
    """Stock of one lot in one warehouse."""

    id: int
    warehouse: str
    warehouse_code: str
    lot: str
    expires_on: date | None
    on_hand: Decimal
    claimed: Decimal
    blocked: bool

    @property
    def free(self) -> Decimal:
        return ZERO if self.blocked else self.on_hand - self.claimed


def lots(*, item_id: int) -> list[Lot]:
    """Stock by lot, what expires first at the head; empty lots are left out. One statement."""
    rows = bulk.rows(
        """SELECT s.id, w.name, w.code, s.lot, s.expires_on, s.on_hand, s.claimed, s.blocked
           FROM inventory_stock s JOIN inventory_warehouse w ON w.id = s.warehouse_id
           WHERE s.item_id = %s AND s.on_hand > 0 ORDER BY s.blocked, s.expires_on NULLS LAST, s.lot, s.id LIMIT 200""",
        [item_id],
    )
    return [Lot(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Coming:
    """A receipt that is expected."""

    number: str
    warehouse: str
    supplier: str
    expected_at: datetime
    quantity: Decimal
    claimed: Decimal
    sku: str
    item: str
    base_unit: str


_COMING = """
SELECT r.number, w.name, r.supplier, r.expected_at, r.quantity, r.claimed, i.sku, i.name, i.base_unit
FROM inventory_receipt r JOIN inventory_warehouse w ON w.id = r.warehouse_id JOIN catalog_item i ON i.id = r.item_id
WHERE r.state = 'expected'
"""


def coming(*, item_id: int | None = None, limit: int = 100) -> list[Coming]:
    """Receipts that are expected, the soonest first. One statement."""
    rows = bulk.rows(
        f"{_COMING} AND (%(item)s::bigint IS NULL OR r.item_id = %(item)s) ORDER BY r.expected_at, r.id LIMIT %(limit)s",
        {"item": item_id, "limit": limit},
    )
    return [Coming(*row) for row in rows]


def receipt(*, number: str) -> Coming | None:
    """One receipt that is expected."""
    found = bulk.row(f"{_COMING} AND r.number = %s", [number])
    return Coming(*found) if found else None


@dataclass(frozen=True, slots=True)
class Waiting:
    """An order line that wants the item: what of it is reserved, what hangs on a receipt, what is missing."""

    order_id: int
    order: str
    customer: str
    tier: int
    line_number: int
    wanted: Decimal
    on_stock: Decimal
    on_receipt: Decimal
    promised_to: datetime | None
    zone: str

    @property
    def missing(self) -> Decimal:
        return max(ZERO, self.wanted - self.on_stock - self.on_receipt)


def waiting_for(*, item_id: int, limit: int = 60) -> list[Waiting]:
    """Open lines of an item: the better tier and the older order first, as it would be served. One statement."""
    rows = bulk.rows(
        f"""SELECT o.id, o.number, c.name, o.tier, l.line_number, {_OPEN}, coalesce(k.stock, 0), coalesce(k.receipt, 0),
                o.promised_to, coalesce(s.time_zone, 'UTC')
            FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id JOIN customers_customer c ON c.id = o.customer_id
            LEFT JOIN customers_site s ON s.id = o.ship_to_id
            LEFT JOIN LATERAL (SELECT sum(x.quantity) FILTER (WHERE x.stock_id IS NOT NULL) AS stock,
                sum(x.quantity) FILTER (WHERE x.receipt_id IS NOT NULL) AS receipt
                FROM inventory_claim x WHERE x.demand_line_id = l.id) k ON true
            WHERE l.item_id = %s AND o.state IN ('submitted', 'confirmed') AND o.origin <> 'history' AND {_OPEN} > 0
            ORDER BY coalesce(k.stock, 0) >= {_OPEN}, o.tier, o.ordered_at, o.id LIMIT %s""",
        [item_id, limit],
    )
    return [Waiting(*row) for row in rows]


def prices(*, item_id: int, today: date) -> list[dict[str, Any]]:
    """Prices of an item that count now or later, by list and break. One statement."""
    return bulk.named(
        """SELECT t.code, t.name, t.currency, t.is_default, y.unit_price, y.basis_quantity, y.minimum_quantity, y.valid_from, y.valid_to
           FROM catalog_price y JOIN catalog_pricelist t ON t.id = y.price_list_id
           WHERE y.item_id = %s AND (y.valid_to IS NULL OR y.valid_to > %s)
           ORDER BY t.is_default DESC, t.code, y.minimum_quantity, y.valid_from DESC LIMIT 60""",
        [item_id, today],
    )


def agreements(*, item_id: int, today: date) -> list[dict[str, Any]]:
    """Who has a price agreed for an item. One statement."""
    return bulk.named(
        """SELECT c.number, c.name, a.currency, a.unit_price, a.basis_quantity, a.minimum_quantity, a.valid_to, a.reference
           FROM catalog_priceagreement a JOIN customers_customer c ON c.id = a.customer_id
           WHERE a.item_id = %s AND (a.valid_to IS NULL OR a.valid_to > %s) ORDER BY c.name, a.minimum_quantity LIMIT 60""",
        [item_id, today],
    )


def codes(*, item_id: int) -> list[dict[str, Any]]:
    """What customers call an item. One statement."""
    return bulk.named(
        """SELECT c.number, c.name, x.code, x.unit_code FROM catalog_itemcode x JOIN customers_customer c ON c.id = x.customer_id
           WHERE x.item_id = %s ORDER BY c.name, x.code LIMIT 60""",
        [item_id],
    )


def moves(*, item_id: int, limit: int = 12) -> list[dict[str, Any]]:
    """The last moves of an item, the newest first. One statement."""
    return bulk.named(
        """SELECT m.kind, m.reference, m.actor, m.happened_at, sum(g.quantity) AS quantity
           FROM inventory_stockleg g JOIN inventory_stockmove m ON m.id = g.move_id
           WHERE g.item_id = %s AND g.stock_id IS NOT NULL GROUP BY m.id ORDER BY m.id DESC LIMIT %s""",
        [item_id, limit],
    )


def warehouses() -> list[tuple[int, str, str]]:
    """Id, code and name of every warehouse, the default one first."""
    return bulk.rows("SELECT id, code, name FROM inventory_warehouse ORDER BY is_default DESC, code")
