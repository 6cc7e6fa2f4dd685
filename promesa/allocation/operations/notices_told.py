"""That customers know of their notices: the letter got there, or they answered."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from promesa.core import bulk
from promesa.core.actors import Actor
from promesa.core.verbs import verb


@verb
def record_notices_told(*, notice_ids: Collection[int], how: str, by: Actor, at: datetime) -> int:
    """Say of notices that their customers know of them, and how (`email`, `portal`, `phone`); what was told stays told.

    Returns how many were not told before.
    """
    if not notice_ids:
        return 0
    return bulk.run(
        "UPDATE allocation_notice SET told_at = %s, told_how = %s WHERE id = ANY(%s::bigint[]) AND told_at IS NULL",
        [at, how, list(notice_ids)],
    )


@verb
def record_notices_not_told(
    *, notice_ids: Collection[int], moments: Collection[datetime], by: Actor, at: datetime
) -> int:
    """The letters that told of these notices at these moments came back: their customers do not know of them, unless they
    answered. Returns how many."""
    return bulk.run(
        """UPDATE allocation_notice SET told_at = NULL, told_how = ''
           WHERE id = ANY(%s::bigint[]) AND told_how = 'email' AND told_at = ANY(%s::timestamptz[]) AND answered_at IS NULL""",
        [list(notice_ids), sorted(moments)],
    )
