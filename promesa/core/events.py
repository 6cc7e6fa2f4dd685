"""The journal: what happened, written in the transaction in which it happened, and heard at least once."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol

from promesa.core import bulk, verbs
from promesa.core.actors import Actor


class Event(Protocol):
    """A frozen dataclass of ids and scalars. `SUBJECT` names the kind of thing; the field `<SUBJECT>_id` is its id."""

    SUBJECT: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Heard:
    """An event as a later listener hears it. It says where to look; the listener reads the truth again."""

    kind: str
    subject_kind: str
    subject_id: int
    facts: Mapping[str, Any]
    by: Actor
    at: datetime


NowListener = Callable[[Sequence[Any], Actor, datetime], None]
LaterListener = Callable[[Sequence[Heard]], None]


class _Wiring:
    def __init__(self) -> None:
        self.now: dict[type, tuple[NowListener, ...]] = {}
        self.later: dict[str, tuple[str, ...]] = {}
        self.listeners: dict[str, LaterListener] = {}
        self.muted = False


_wiring = _Wiring()


def connect(
    *,
    now: Mapping[type, Sequence[NowListener]],
    later: Mapping[type, Sequence[tuple[str, LaterListener]]],
) -> None:
    """Say who listens to what. Called once, by the wiring table."""
    _wiring.now = {kind: tuple(listeners) for kind, listeners in now.items()}
    _wiring.later = {kind.__name__: tuple(name for name, _ in listeners) for kind, listeners in later.items()}
    _wiring.listeners = {name: listener for listeners in later.values() for name, listener in listeners}


def mute(muted: bool = True) -> None:
    """Turn all listeners off (room tests) or on again."""
    _wiring.muted = muted


def listener(name: str) -> LaterListener | None:
    """The later listener of that name; none if it was unwired since the event was written."""
    return _wiring.listeners.get(name)


def emit(*events: Event, by: Actor, at: datetime) -> None:
    """Write events into the journal and let the now-listeners act, in this very transaction.

    The rows are written once, at the end of the outermost verb, in the order of the calls.
    """
    if not events:
        return
    work = verbs.current()
    if not work.events:
        work.before_commit.append(_write)
    work.events.extend((event, by, at) for event in events)
    if _wiring.muted or not _wiring.now:
        return
    by_kind: dict[type, list[Event]] = defaultdict(list)
    for event in events:
        by_kind[type(event)].append(event)
    for kind, same in by_kind.items():
        for act in _wiring.now.get(kind, ()):
            act(same, by, at)


_INSERT = """
WITH input AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%s::json) AS t(
        n int, k text, v smallint, sk text, si bigint, a text, h timestamptz, f jsonb)
), base AS (
    SELECT DISTINCT ON (sk, si) sk, si, (
        SELECT coalesce(max(e.number), 0) FROM core_event e WHERE e.subject_kind = sk AND e.subject_id = si) AS n
    FROM input
), written AS (
    INSERT INTO core_event (kind, version, subject_kind, subject_id, number, actor, happened_at, recorded_at, facts)
    SELECT i.k, i.v, i.sk, i.si, b.n + row_number() OVER (PARTITION BY i.sk, i.si ORDER BY i.n), i.a, i.h, now(), i.f
    FROM input i JOIN base b ON b.sk = i.sk AND b.si = i.si ORDER BY i.n
    RETURNING id, kind, subject_kind, subject_id
), told AS (
    INSERT INTO core_eventdelivery (event_id, listener, subject_kind, subject_id, state, attempts, last_error)
    SELECT w.id, l.listener, w.subject_kind, w.subject_id, 'waiting', 0, ''
    FROM written w JOIN unnest(%s::text[], %s::text[]) AS l(kind, listener) ON l.kind = w.kind ORDER BY w.id
    RETURNING 1
)
SELECT pg_notify('promesa_events', '') FROM told LIMIT 1
"""


def _write() -> None:
    gathered = verbs.current().events
    kinds: list[str] = []
    listeners: list[str] = []
    for kind in {type(event).__name__ for event, _, _ in gathered}:
        for name in () if _wiring.muted else _wiring.later.get(kind, ()):
            kinds.append(kind)
            listeners.append(name)
    records = [
        {
            "n": n, "k": type(event).__name__, "v": getattr(event, "VERSION", 1), "sk": event.SUBJECT,
            "si": getattr(event, event.SUBJECT + "_id"), "a": by, "h": at,
            "f": {field.name: getattr(event, field.name) for field in dataclasses.fields(event)},
        }
        for n, (event, by, at) in enumerate(gathered)
    ]  # fmt: skip
    bulk.rows(_INSERT, [bulk.as_json(records), kinds, listeners])
