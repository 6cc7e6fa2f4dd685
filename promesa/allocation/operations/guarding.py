"""Putting floors and ceilings of a plan in force, so that promises keep to them, and ending them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from promesa.allocation.models import Protection
from promesa.allocation.rules.agreement import Agreement, Guarantee, Quota, written
from promesa.allocation.states import ProtectionKind
from promesa.core import bulk


def protect(*, plan_id: int, warehouse_id: int, agreement: Agreement, at: datetime) -> int:
    """Put the floors and ceilings of an agreement (its names are ids) in force in place of the plan's earlier ones.

    Part of a verb; says how many stand.
    """
    end_protection(plan_id=plan_id, at=at)
    begins, ends = agreement.valid_from or at.date(), agreement.valid_to
    assert ends is not None
    # An order that is named is there already: nothing that is promised later can be of it.
    limits = [one for one in agreement.limits if "order" not in dict(one.group)]
    Protection.objects.bulk_create([_row(one, plan_id, warehouse_id, begins, ends) for one in limits])
    return len(limits)


def _row(one: Guarantee | Quota, plan_id: int, warehouse_id: int, begins: date, ends: date) -> Protection:
    traits: dict[str, Any] = {name: value for name, value in one.group if name not in ("customer", "item", "order")}
    named = dict(one.group)
    is_floor = isinstance(one, Guarantee)
    return Protection(
        plan_id=plan_id, warehouse_id=warehouse_id, kind=ProtectionKind.FLOOR if is_floor else ProtectionKind.CEILING,
        item_id=one.item or named.get("item"), customer_id=named.get("customer"), quantity=Decimal(written(one.quantity)),
        rank=one.rank if isinstance(one, Guarantee) else 1, decay=one.decay if isinstance(one, Guarantee) else "none",
        valid_from=one.valid_from or begins, valid_to=one.valid_to or ends, **traits,
    )  # fmt: skip


def end_protection(*, plan_id: int, at: datetime) -> int:
    """The floors and ceilings of this plan bind nobody any more; says how many stood. Part of a verb."""
    return bulk.run(
        "UPDATE allocation_protection SET ended_at = %s WHERE plan_id = %s AND ended_at IS NULL", [at, plan_id]
    )
