"""Files that have not been read yet. Nothing vanishes: what is here is read by the next sweep."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count

from promesa.core import bulk
from promesa.exchange.models import Document, InboxFile
from promesa.exchange.states import FileState

ALARM_AFTER = timedelta(minutes=5)


class FileWaiting(NamedTuple):
    """A file that has waited longer than it should."""

    id: int
    name: str
    channel: str
    received_at: datetime
    attempts: int


def pending_files(*, limit: int = 500) -> list[int]:
    """Files that are received and not read, the oldest first; but one that was tried in vain lets the others go before."""
    files = InboxFile.objects.filter(state=FileState.RECEIVED).order_by("attempts", "id")
    return list(files.values_list("id", flat=True)[:limit])


def stuck_files(*, at: datetime, after: timedelta = ALARM_AFTER) -> list[FileWaiting]:
    """Files that still wait to be read after five minutes: somebody has to look."""
    late = InboxFile.objects.filter(state=FileState.RECEIVED, received_at__lt=at - after).order_by("id")
    return [FileWaiting(*row) for row in late.values_list("id", "name", "channel", "received_at", "attempts")[:500]]


def counts(*, since: datetime | None = None) -> dict[str, int]:
    """How many documents have each outcome, since a moment if one is given; and the files still to read."""
    found = Document.objects.all()
    if since is not None:
        found = found.filter(decided_at__gte=since)
    numbers = {row["outcome"]: row["n"] for row in found.values("outcome").annotate(n=Count("id"))}
    numbers["unread"] = InboxFile.objects.filter(state=FileState.RECEIVED).count()
    return numbers


def erp_systems() -> list[str]:
    """The systems beside this one that are asked by the clock."""
    return [row[0] for row in bulk.rows("SELECT code FROM exchange_erpsystem WHERE active ORDER BY code")]
