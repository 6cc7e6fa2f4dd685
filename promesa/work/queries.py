"""What waits for a person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from promesa.core import bulk
from promesa.work.models import WorkItem
from promesa.work.states import WorkState


@dataclass(frozen=True, slots=True)
class QueueCount:
    """How much of one kind waits for a role, and how much of it should have been done by now."""

    role: str
    kind: str
    open: int
    overdue: int


def queue(
    *,
    role: str = "",
    owner_id: int | None = None,
    kinds: Collection[str] = (),
    customer_id: int | None = None,
    unowned: bool = False,
) -> QuerySet[WorkItem]:
    """Open items, the soonest due first. Of a role, an owner, a customer or some kinds, as asked."""
    found = WorkItem.objects.filter(state=WorkState.OPEN).select_related("owner").order_by("due_at", "id")
    if role:
        found = found.filter(role=role)
    if owner_id is not None:
        found = found.filter(owner_id=owner_id)
    if unowned:
        found = found.filter(owner__isnull=True)
    if kinds:
        found = found.filter(kind__in=list(kinds))
    if customer_id is not None:
        found = found.filter(customer_id=customer_id)
    return found


def of_subject(*, subject: str) -> QuerySet[WorkItem]:
    """All items about one thing, open and closed, the newest first."""
    return WorkItem.objects.filter(subject=subject).select_related("owner").order_by("-opened_at", "-id")


def counts(*, at: datetime, role: str = "", owner_id: int | None = None) -> list[QueueCount]:
    """Open and overdue items by role and kind."""
    found = bulk.rows(
        """SELECT role, kind, count(*), count(*) FILTER (WHERE due_at < %s) FROM work_workitem
           WHERE state = 'open' AND (%s = '' OR role = %s) AND (%s::bigint IS NULL OR owner_id = %s)
           GROUP BY role, kind ORDER BY role, kind""",
        [at, role, role, owner_id, owner_id],
    )
    return [QueueCount(*row) for row in found]
