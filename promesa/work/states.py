"""States of a work item."""

from __future__ import annotations

from enum import StrEnum


class WorkState(StrEnum):
    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


NEXT: dict[str, frozenset[str]] = {
    WorkState.OPEN: frozenset({WorkState.DONE, WorkState.DROPPED}),
    WorkState.DONE: frozenset(),
    WorkState.DROPPED: frozenset(),
}
