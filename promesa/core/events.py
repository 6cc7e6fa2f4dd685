"""The journal: what happened, written in the transaction in which it happened, and heard at least once."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar, Protocol

from promesa.core import bulk, prepared, verbs
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


# So many are written before the transaction ends.
MANY = 1_000


class _Wiring:
    def __init__(self) -> None:
        self.now: dict[type, tuple[NowListener, ...]] = {}
        self.later: dict[str, tuple[str, ...]] = {}
        self.listeners: dict[str, LaterListener] = {}
        self.patient: frozenset[str] = frozenset()
        self.muted = False


_wiring = _Wiring()


def connect(
    *,
    now: Mapping[type, Sequence[NowListener]],
    later: Mapping[type, Sequence[tuple[str, LaterListener]]],
    patient: Collection[str] = (),
) -> None:
    """Say who listens to what. Called once, by the wiring table. Later listeners that are `patient` wait until the others
    have heard what there is."""
    _wiring.now = {kind: tuple(listeners) for kind, listeners in now.items()}
    _wiring.later = {kind.__name__: tuple(name for name, _ in listeners) for kind, listeners in later.items()}
    _wiring.listeners = {name: listener for listeners in later.values() for name, listener in listeners}
    _wiring.patient = frozenset(patient)


def mute(muted: bool = True) -> None:
    """Turn all listeners off (room tests) or on again."""
    _wiring.muted = muted


def listener(name: str) -> LaterListener | None:
    """The later listener of that name; none if it was unwired since the event was written."""
    return _wiring.listeners.get(name)


def patient() -> frozenset[str]:
    """The later listeners that wait until the others have heard."""
    return _wiring.patient


def emit(*events: Event, by: Actor, at: datetime) -> None:
    """Write events into the journal and let the now-listeners act, in this very transaction.

    The rows are written at the end of the outermost verb, in the order of the calls; of a transaction with thousands of
    them, those of so far whenever a thousand are gathered.
    """
    if not events:
        return
    work = verbs.current()
    if _write not in work.before_commit:
        work.before_commit.append(_write)
    work.events.extend((event, by, at) for event in events)
    if not _wiring.muted and _wiring.now:
        _act_now(events, by, at)
    if len(work.events) >= MANY:
        _write()


def _act_now(events: Sequence[Event], by: Actor, at: datetime) -> None:
    by_kind: dict[type, list[Event]] = defaultdict(list)
    for event in events:
        by_kind[type(event)].append(event)
    for kind, same in by_kind.items():
        for act in _wiring.now.get(kind, ()):
            act(same, by, at)


# Numbers go on from the subject's last; the statement sees the journal as it was before it, so `n` counts within it.
# Who hears an event does so in the order of the wiring: a changed line is promised anew before its customer is told.
_INSERT = """
WITH written AS (
    INSERT INTO core_event (kind, version, subject_kind, subject_id, number, actor, happened_at, recorded_at, facts)
    SELECT t.k, t.v, t.sk, t.si, t.n + coalesce((
            SELECT max(e.number) FROM core_event e WHERE e.subject_kind = t.sk AND e.subject_id = t.si), 0),
        t.a, t.h, now(), t.f
    FROM json_to_recordset(%(events)s::json) AS t(n int, k text, v smallint, sk text, si bigint, a text, h timestamptz, f jsonb)
    RETURNING id, kind, subject_kind, subject_id
)
INSERT INTO core_eventdelivery (event_id, listener, subject_kind, subject_id, state, attempts, last_error)
SELECT w.id, l.listener, w.subject_kind, w.subject_id, 'waiting', 0, ''
FROM written w JOIN json_to_recordset(%(told)s::json) AS l(n int, kind text, listener text) ON l.kind = w.kind ORDER BY w.id, l.n
"""


def _write() -> None:
    work = verbs.current()
    gathered, work.events = work.events, []
    if not gathered:
        return
    listeners = [
        {"n": n, "kind": kind, "listener": name}
        for kind in sorted({type(event).__name__ for event, _, _ in gathered})
        for n, name in enumerate(() if _wiring.muted else _wiring.later.get(kind, ()))
    ]
    count: dict[tuple[str, int], int] = {}
    records: list[dict[str, Any]] = []
    for event, by, at in gathered:
        kind: Any = type(event)
        subject = (event.SUBJECT, getattr(event, event.SUBJECT + "_id"))
        count[subject] = number = count.get(subject, 0) + 1
        records.append({
            "n": number, "k": kind.__name__, "v": getattr(event, "VERSION", 1), "sk": subject[0], "si": subject[1],
            "a": by, "h": at, "f": {name: getattr(event, name) for name in _fields(kind)},
        })  # fmt: skip
    prepared.effect(_INSERT, {"events": bulk.as_json(records), "told": bulk.as_json(listeners)})


@lru_cache
def _fields(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))
