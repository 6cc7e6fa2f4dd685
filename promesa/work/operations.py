"""Opening, taking and closing what needs a person."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from promesa.core import bulk, parameters, words
from promesa.core.actors import Actor
from promesa.core.errors import NotFound, Refused
from promesa.core.events import emit
from promesa.core.verbs import verb
from promesa.work.events import WorkClosed, WorkOpened, WorkTaken
from promesa.work.rules import STANDARDS_PARAMETER, WorkDraft, due_after
from promesa.work.states import NEXT, WorkState


class WorkNotOpen(Refused):
    """The item is done or dropped already."""


class WorkAlreadyTaken(Refused):
    """Somebody else has it."""


_OPEN = """
INSERT INTO work_workitem (kind, subject, key, role, owner_id, customer_id, title, due_at, opened_at, state, closed_by)
SELECT DISTINCT ON (key) kind, subject, key, role, owner_id, customer_id, title, due_at, %s::timestamptz, 'open', ''
FROM json_to_recordset(%s::json) AS t(n int, kind text, subject text, key text, role text, owner_id bigint,
    customer_id bigint, title jsonb, due_at timestamptz)
ORDER BY key, n
ON CONFLICT (key) WHERE state = 'open' DO NOTHING
RETURNING id, kind, subject, role
"""


@verb
def open_items(*, items: Sequence[WorkDraft], by: Actor, at: datetime) -> list[int]:
    """Open these items and return the ids of the new ones; a key that is open already is left as it is."""
    if not items:
        return []
    standards: dict[str, int] = {}
    if any(item.due_at is None for item in items):
        standards = parameters.value(code=STANDARDS_PARAMETER, on=at.date(), default={})
    records = [
        {
            "n": n, "kind": item.kind, "subject": item.subject, "key": item.key, "role": item.role,
            "owner_id": item.owner_id, "customer_id": item.customer_id,
            "title": {"code": item.code, "params": words.plain(item.params)},
            "due_at": item.due_at or due_after(item.kind, at, standards),
        }
        for n, item in enumerate(items)
    ]  # fmt: skip
    opened = bulk.rows(_OPEN, [at, bulk.as_json(records)])
    emit(
        *(WorkOpened(work_item_id=item, kind=kind, about=about, role=role) for item, kind, about, role in opened),
        by=by, at=at,
    )  # fmt: skip
    return [row[0] for row in opened]


@verb
def close_items(
    *,
    keys: Collection[str] = (),
    subject: str = "",
    kinds: Collection[str] = (),
    state: str = WorkState.DONE,
    by: Actor,
    at: datetime,
) -> int:
    """Close what is open under these keys, or of this subject (of these kinds, if any are named); returns how many."""
    if not keys and not subject:
        return 0
    closed = bulk.rows(
        """UPDATE work_workitem SET state = %s, closed_at = %s, closed_by = %s
           WHERE state = 'open' AND (key = ANY(%s::text[]) OR (subject = %s AND %s <> ''))
             AND (cardinality(%s::text[]) = 0 OR kind = ANY(%s::text[])) RETURNING id""",
        [str(state), at, by, list(keys), subject, subject, list(kinds), list(kinds)],
    )
    emit(*(WorkClosed(work_item_id=item, state=str(state)) for (item,) in sorted(closed)), by=by, at=at)
    return len(closed)


@verb
def take(*, item_id: int, user_id: int, by: Actor, at: datetime) -> None:
    """Give an open item to a person; taking one's own again does nothing.

    :raises WorkNotOpen: if it is done or dropped.
    :raises WorkAlreadyTaken: if somebody else has it.
    """
    state, owner_id = _locked(item_id)
    if WorkState(state) is not WorkState.OPEN:
        raise WorkNotOpen(subject=f"work_item:{item_id}")
    if owner_id == user_id:
        return
    if owner_id is not None:
        raise WorkAlreadyTaken(subject=f"work_item:{item_id}")
    bulk.run("UPDATE work_workitem SET owner_id = %s WHERE id = %s", [user_id, item_id])
    emit(WorkTaken(work_item_id=item_id, owner_id=user_id), by=by, at=at)


@verb
def finish(*, item_id: int, state: str = WorkState.DONE, by: Actor, at: datetime) -> None:
    """Close one item by hand, as done or as needed no more.

    :raises WorkNotOpen: if it is closed already.
    """
    now, _ = _locked(item_id)
    if state not in NEXT[now]:
        raise WorkNotOpen(subject=f"work_item:{item_id}")
    bulk.run(
        "UPDATE work_workitem SET state = %s, closed_at = %s, closed_by = %s WHERE id = %s",
        [str(state), at, by, item_id],
    )
    emit(WorkClosed(work_item_id=item_id, state=str(state)), by=by, at=at)


def _locked(item_id: int) -> tuple[str, int | None]:
    found = bulk.row("SELECT state, owner_id FROM work_workitem WHERE id = %s FOR UPDATE", [item_id])
    if found is None:
        raise NotFound(what=f"work item {item_id}")
    return found[0], found[1]
