"""Putting floors and ceilings of a plan in force, so that promises keep to them, and ending them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from promesa.allocation.models import Protection
from promesa.allocation.rules.agreement import Agreement, Guarantee, Quota, written
from promesa.allocation.states import ProtectionKind
from promesa.core import bulk
from promesa.core.actors import Actor
from promesa.inventory import operations as inventory


def protect(*, plan_id: int, warehouse_id: int, agreement: Agreement, by: Actor, at: datetime) -> int:
    """Put the floors and ceilings of an agreement (its names are ids) in force in place of the plan's earlier ones.

    Part of a verb; says how many stand.
    """
    _end(plan_id, at)
    begins, ends = agreement.valid_from or at.date(), agreement.valid_to
    assert ends is not None
    # An order that is named is there already: nothing that is promised later can be of it.
    limits = [one for one in agreement.limits if "order" not in dict(one.group)]
    Protection.objects.bulk_create([_row(one, plan_id, warehouse_id, begins, ends, agreement.items) for one in limits])
    _guard(warehouse_id, agreement.items, by, at)
    return len(limits)


def _row(
    one: Guarantee | Quota, plan_id: int, warehouse_id: int, begins: date, ends: date, items: Sequence[int]
) -> Protection:
    traits: dict[str, Any] = {name: value for name, value in one.group if name not in ("customer", "item", "order")}
    named = dict(one.group)
    is_floor = isinstance(one, Guarantee)
    return Protection(
        plan_id=plan_id, warehouse_id=warehouse_id, kind=ProtectionKind.FLOOR if is_floor else ProtectionKind.CEILING,
        item_id=one.item or named.get("item"), items=list(items), customer_id=named.get("customer"),
        quantity=Decimal(written(one.quantity)), rank=one.rank if isinstance(one, Guarantee) else 1,
        decay=one.decay if isinstance(one, Guarantee) else "none",
        valid_from=one.valid_from or begins, valid_to=one.valid_to or ends, **traits,
    )  # fmt: skip


def end_protection(*, plan_id: int, warehouse_id: int, by: Actor, at: datetime) -> int:
    """The floors and ceilings of this plan bind nobody any more; says how many stood. Part of a verb."""
    ended = _end(plan_id, at)
    if ended:
        _guard(warehouse_id, (), by, at)
    return ended


def _end(plan_id: int, at: datetime) -> int:
    return bulk.run(
        "UPDATE allocation_protection SET ended_at = %s WHERE plan_id = %s AND ended_at IS NULL", [at, plan_id]
    )


def _guard(warehouse_id: int, items: Iterable[int], by: Actor, at: datetime) -> None:
    """Whoever promises goods of the warehouse is told whether a plan binds them; `items` may have been bound so far."""
    found = bulk.row(
        """SELECT coalesce(array_agg(DISTINCT x.item), '{}') FROM allocation_protection p, LATERAL (
               SELECT p.item_id AS item WHERE p.item_id IS NOT NULL
               UNION SELECT e::bigint FROM jsonb_array_elements_text(p.items) e WHERE p.item_id IS NULL) x
           WHERE p.warehouse_id = %s AND p.ended_at IS NULL""",
        [warehouse_id],
    )
    bound = bulk.rows(
        """SELECT item_id FROM inventory_stock WHERE warehouse_id = %(w)s AND guarded
           UNION SELECT item_id FROM inventory_receipt WHERE warehouse_id = %(w)s AND guarded""",
        {"w": warehouse_id},
    )
    others = {*items, *(row[0] for row in bound)}
    inventory.guard_supply(warehouse_id=warehouse_id, items=found[0] if found else (), others=others, by=by, at=at)
