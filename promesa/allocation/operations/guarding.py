"""Putting floors and ceilings of a plan in force, so that promises keep to them, and ending them."""

from __future__ import annotations

from datetime import datetime

from promesa.core import bulk


def end_protection(*, plan_id: int, at: datetime) -> int:
    """The floors and ceilings of this plan bind nobody any more; says how many stood. Part of a verb."""
    return bulk.run(
        "UPDATE allocation_protection SET ended_at = %s WHERE plan_id = %s AND ended_at IS NULL", [at, plan_id]
    )
