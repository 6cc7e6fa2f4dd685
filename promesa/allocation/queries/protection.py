"""Floors and ceilings of plans in force, and how much of them is used up."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from promesa.allocation.rules.overlapping import set_aside
from promesa.allocation.rules.protecting import Asking, Protected, count, protect, standing
from promesa.allocation.rules.supply import SupplyPool
from promesa.core import bulk
from promesa.orders.queries import Wanted

ZERO = Decimal(0)


class Guard:
    """What plans in force keep of some items of a warehouse from whom: read when it is first asked for, by one statement.

    Ask before claims are given up that may be taken again: what a group had counts them.
    """

    def __init__(self, warehouse_id: int, items: Iterable[int]) -> None:
        self.warehouse_id, self.items = warehouse_id, set(items)
        self._read: set[int] = set()
        self._found: list[Protected] = []
        self._regions: dict[int, str] = {}

    def protections(self, at: datetime) -> list[Protected]:
        """The floors and ceilings in force, with what their groups have."""
        fresh = self.items - self._read
        if fresh:
            known = {one.id for one in self._found}
            found = in_force(warehouse_id=self.warehouse_id, items=fresh, on=at.date())
            self._found += [one for one in found if one.id not in known]
            self._read |= fresh
        return self._found

    def lost(self, order: Wanted, quantities: Mapping[int, Decimal], at: datetime) -> None:
        """An order has so much less of some items than it had: its groups may be promised that much more."""
        protections = self.protections(at)
        count(protections, self.traits(order), {item: -quantity for item, quantity in quantities.items()})

    def traits(self, order: Wanted) -> dict[str, Any]:
        """What says to which groups an order belongs."""
        return {"customer": order.customer_id, "segment": order.segment, "tier": order.tier, "channel": order.channel,
                "region": self._region(order.site_id)}  # fmt: skip

    def _region(self, site_id: int) -> str:
        """The region of a site; asked for only where a floor or ceiling names one."""
        if not any("region" in one.group for one in self._found):
            return ""
        if site_id not in self._regions:
            found = bulk.row("SELECT region FROM customers_site WHERE id = %s", [site_id])
            self._regions[site_id] = found[0] if found else ""
        return self._regions[site_id]


@contextmanager
def guarding(order: Wanted, pool: SupplyPool, at: datetime) -> Iterator[None]:
    """Within this, the pool holds what plans in force let the order be promised. Where none is in force nothing is asked."""
    guard: Guard | None = pool.guard
    protections = () if guard is None else guard.protections(at)
    if guard is None or not protections:
        yield
        return
    wanted: dict[int, Decimal] = {}
    for line in order.lines:
        wanted[line.item_id] = wanted.get(line.item_id, ZERO) + max(line.quantity, ZERO)
    own, pool.back = pool.back, {}
    with protect(pool, protections, Asking(guard.traits(order), wanted, own)):
        yield


# Of a floor or ceiling `p`: the items that it is over, whose lines count (with `o` and `s`, order and site of a line), and what
# its group has of them: its claims now, and what left for it in the period.
OVER = "CASE WHEN p.item_id IS NULL THEN p.items ELSE to_jsonb(ARRAY[p.item_id]) END"
OF_GROUP = """l.item_id = ANY(ARRAY(SELECT x::bigint FROM jsonb_array_elements_text(p.over) x))
          AND coalesce(o.warehouse_id, p.warehouse_id) = p.warehouse_id AND o.origin <> 'history'
          AND (p.customer_id IS NULL OR o.customer_id = p.customer_id) AND p.segment IN ('', o.segment)
          AND p.region IN ('', s.region) AND p.channel IN ('', o.channel) AND (p.tier IS NULL OR o.tier = p.tier)"""
CLAIMED = "coalesce((SELECT sum(c.quantity) FROM inventory_claim c WHERE c.demand_line_id = l.id), 0)"
HAD = f"""coalesce((
        SELECT sum({CLAIMED}
            + coalesce((SELECT sum(CASE e.kind WHEN 'despatched' THEN e.quantity ELSE -e.quantity END) FROM orders_lineentry e
                WHERE e.line_id = l.id AND e.kind IN ('despatched', 'brought_back') AND e.happened_at >= p.valid_from
                  AND e.happened_at < p.valid_to), 0))
        FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id LEFT JOIN customers_site s ON s.id = o.ship_to_id
        WHERE {OF_GROUP}
    ), 0)"""
STANDS = "p.ended_at IS NULL AND p.valid_from <= %(on)s::date AND p.valid_to > %(on)s::date"

_IN_FORCE = f"""
WITH p AS MATERIALIZED (
    SELECT p.*, {OVER} AS over FROM allocation_protection p
    WHERE (%(warehouse)s::bigint IS NULL OR p.warehouse_id = %(warehouse)s) AND {STANDS}
      AND CASE WHEN %(items)s::bigint[] IS NULL THEN p.kind = 'floor'
          ELSE CASE WHEN p.item_id IS NULL THEN EXISTS (SELECT 1 FROM jsonb_array_elements_text(p.items) x
            WHERE x::bigint = ANY(%(items)s::bigint[]))
          ELSE p.item_id = ANY(%(items)s::bigint[]) END END
)
SELECT p.id, p.kind, p.customer_id, p.segment, p.region, p.channel, p.tier, p.over::text, p.quantity, p.decay, p.valid_from,
    p.valid_to, {HAD},
    CASE WHEN p.customer_id IS NOT NULL THEN json_build_object('segment', ARRAY[coalesce(g.code, '')], 'tier', ARRAY[coalesce(g.tier, 9)],
        'region', ARRAY(SELECT DISTINCT s.region FROM customers_site s WHERE s.customer_id = p.customer_id))
      WHEN p.segment <> '' THEN json_build_object('tier', ARRAY(SELECT y.tier FROM customers_segment y WHERE y.code = p.segment))
    END::text
FROM p LEFT JOIN customers_customer c ON c.id = p.customer_id LEFT JOIN customers_segment g ON g.id = c.segment_id ORDER BY p.id
"""


def in_force(*, warehouse_id: int | None, items: Iterable[int] | None, on: date) -> list[Protected]:
    """The floors and ceilings that bind promises of these items on a day, with what their groups have: of all items the floors
    alone. One statement."""
    found: list[Protected] = []
    wanted = None if items is None else sorted(set(items))
    params: dict[str, Any] = {"warehouse": warehouse_id, "items": wanted, "on": on}
    for id_, kind, customer, segment, region, channel, tier, over, quantity, decay, start, end, had, known in bulk.rows(
        _IN_FORCE, params
    ):
        quantity = standing(quantity, decay, start, end, on)
        group = {"customer": customer, "segment": segment, "region": region, "channel": channel, "tier": tier}
        named = {name: value for name, value in group.items() if value not in (None, "")}
        more = {name: frozenset(values) for name, values in json.loads(known or "{}").items() if name not in named}
        found.append(Protected(kind == "floor", named, frozenset(json.loads(over)), quantity, had, id_, more))
    return found


def kept_by_item(*, warehouse_id: int | None, on: date) -> dict[int, Decimal]:
    """Item -> what the floors in force together still keep of it. One statement."""
    floors = in_force(warehouse_id=warehouse_id, items=None, on=on)
    by_item: dict[int, list[Protected]] = {}
    for floor in floors:
        for item in floor.items:
            by_item.setdefault(item, []).append(floor)
    return {item: set_aside(found) for item, found in by_item.items()}
