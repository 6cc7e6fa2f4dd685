"""The relay: brings each event to its later listeners, at least once, in order for each subject."""

from __future__ import annotations

import json
import logging
import threading
import time
import traceback
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import close_old_connections, connection, transaction

from promesa.core import bulk, events
from promesa.core.actors import Actor

log = logging.getLogger(__name__)

TRIES = 12
BATCH = 250
AT_A_STRETCH = 20 * BATCH  # between two signs of life
PATIENCE = 20  # batches for which patient listeners wait while there is something for the others
_LOCK = 7_204_511  # the key of the one relay at work; others wait their turn
_PAUSE_SECONDS = 0.5
_BEAT_SECONDS = 5.0

_PICK = """
SELECT d.id, d.listener, e.kind, e.subject_kind, e.subject_id, e.facts, e.actor, e.happened_at
FROM core_eventdelivery d JOIN core_event e ON e.id = d.event_id
WHERE d.state = 'waiting' AND d.listener <> ALL(%s::text[]) AND (d.next_try_at IS NULL OR d.next_try_at <= now())
  AND NOT EXISTS (
    SELECT 1 FROM core_eventdelivery b WHERE b.state = 'waiting' AND b.subject_kind = d.subject_kind
      AND b.subject_id = d.subject_id AND b.listener = d.listener AND b.id < d.id AND b.next_try_at > now())
ORDER BY d.id LIMIT %s FOR UPDATE OF d SKIP LOCKED
"""
# What else waits for the same listeners about the same subjects: heard together, looked at once.
AT_ONCE = 100
_PICK_TOO = """
SELECT d.id, d.listener, e.kind, e.subject_kind, e.subject_id, e.facts, e.actor, e.happened_at
FROM json_to_recordset(%s::json) AS p(listener text, kind text, subject bigint, last bigint)
CROSS JOIN LATERAL (
    SELECT d.id, d.event_id, d.listener FROM core_eventdelivery d
    WHERE d.state = 'waiting' AND d.subject_kind = p.kind AND d.subject_id = p.subject AND d.listener = p.listener
      AND d.id > p.last AND (d.next_try_at IS NULL OR d.next_try_at <= now()) AND NOT EXISTS (
        SELECT 1 FROM core_eventdelivery b WHERE b.state = 'waiting' AND b.subject_kind = d.subject_kind
          AND b.subject_id = d.subject_id AND b.listener = d.listener AND b.id < d.id AND b.next_try_at > now())
    ORDER BY d.id LIMIT %s FOR UPDATE OF d SKIP LOCKED
) d JOIN core_event e ON e.id = d.event_id ORDER BY d.id
"""


def drain(*, limit: int | None = None, batch: int = BATCH, leaving: Collection[str] = ()) -> int:
    """Deliver all that is waiting now; returns how many deliveries were made.

    Safe to call anywhere: where another relay is at work it does nothing and returns 0. Listeners named in `leaving`
    are left for another time: whoever writes many days at once lets those that only look again hear them together.
    """
    delivered = 0
    if not _lock():
        return 0
    try:
        patience = PATIENCE
        while limit is None or delivered < limit:
            waits = events.patient().difference(leaving) if patience else frozenset()
            count = _batch(batch, [*leaving, *waits])
            if not count and not waits:
                break
            patience = patience - 1 if count and waits else PATIENCE if count else 0
            delivered += count
    finally:
        bulk.rows("SELECT pg_advisory_unlock(%s)", [_LOCK])
    return delivered


def run(stop: threading.Event) -> None:
    """Deliver until told to stop. A lost connection is taken up again."""
    beaten = -_BEAT_SECONDS
    while not stop.is_set():
        try:
            close_old_connections()
            prepare_repeated()
            done = drain(limit=AT_A_STRETCH)
            if time.monotonic() - beaten >= _BEAT_SECONDS:
                beat()
                beaten = time.monotonic()
        except Exception:
            log.exception("relay stopped for a moment")
            connection.close()
            done = 0
        if not done:
            stop.wait(_PAUSE_SECONDS)
    connection.close()


def prepare_repeated() -> None:
    """Let the database keep the plans of statements that come again and again on this connection.

    Listeners repeat a few hundred large statements for ever: planning them anew each time doubles what they cost. Requests
    do otherwise (see `core.prepared`): there a refusal, which rolls back, would throw the plans away.
    """
    connection.ensure_connection()
    connection.connection.prepare_threshold = 5


def beat() -> None:
    """Leave a sign of life, which the readiness page reads."""
    bulk.run(
        """INSERT INTO core_parameter (code, value, valid_from, changed_by)
           VALUES ('relay.alive', to_jsonb(now()::text), '2000-01-01', 'promesa')
           ON CONFLICT (code, valid_from) DO UPDATE SET value = excluded.value"""
    )


def waiting() -> int:
    """How many deliveries wait."""
    found = bulk.row("SELECT count(*) FROM core_eventdelivery WHERE state = 'waiting'")
    return int(found[0]) if found else 0


@dataclass(frozen=True, slots=True)
class Failed:
    """A delivery that failed so often that it is left alone: what should have been heard, by whom, and why it was not."""

    id: int
    listener: str
    kind: str
    subject_kind: str
    subject_id: int
    happened_at: datetime
    attempts: int
    error: str


def failed(*, limit: int = 500) -> list[Failed]:
    """The deliveries that are left alone, the oldest first."""
    rows = bulk.rows(
        """SELECT d.id, d.listener, e.kind, e.subject_kind, e.subject_id, e.happened_at, d.attempts, d.last_error
           FROM core_eventdelivery d JOIN core_event e ON e.id = d.event_id WHERE d.state = 'dead' ORDER BY d.id LIMIT %s""",
        [limit],
    )
    return [Failed(*row) for row in rows]


def retry(*, ids: Collection[int] | None = None) -> int:
    """Let deliveries that were left alone be tried again, as often as new ones; all of them, or those named.

    Says how many. Listeners look at the truth, so that it does no harm that later events were heard meanwhile.
    """
    return bulk.run(
        """UPDATE core_eventdelivery SET state = 'waiting', attempts = 0, next_try_at = NULL
           WHERE state = 'dead' AND (%(ids)s::bigint[] IS NULL OR id = ANY(%(ids)s::bigint[]))""",
        {"ids": None if ids is None else list(ids)},
    )


def unheard(*, ids: Collection[int]) -> set[int]:
    """Those of these deliveries that are not made."""
    rows = bulk.rows("SELECT id FROM core_eventdelivery WHERE id = ANY(%s::bigint[]) AND state <> 'done'", [list(ids)])
    return {row[0] for row in rows}


def _lock() -> bool:
    found = bulk.row("SELECT pg_try_advisory_lock(%s)", [_LOCK])
    return bool(found and found[0])


def _batch(size: int, leaving: Collection[str]) -> int:
    """One batch in one transaction; if a listener fails, each delivery by itself."""
    try:
        with transaction.atomic():
            picked = bulk.rows(_PICK, [list(leaving), size])
            if picked:
                picked += _about_the_same(picked)
                _deliver(picked)
        return len(picked)
    except Exception:
        log.warning("a batch failed; delivering one by one", exc_info=True)
    return sum(_single(record) for record in _waiting_now(size, leaving))


def _about_the_same(picked: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Deliveries behind these that tell the same listeners of the same subjects: what happens to an order in one go is
    looked at once, wherever a batch ends."""
    last = {(name, subject_kind, subject_id): id_ for id_, name, _, subject_kind, subject_id, *_ in picked}
    records = [{"listener": name, "kind": kind, "subject": id_, "last": at} for (name, kind, id_), at in last.items()]
    return bulk.rows(_PICK_TOO, [bulk.as_json(records), AT_ONCE])


def _waiting_now(size: int, leaving: Collection[str]) -> list[tuple[Any, ...]]:
    with transaction.atomic():
        return bulk.rows(_PICK, [list(leaving), size])


def _single(record: tuple[Any, ...]) -> int:
    try:
        with transaction.atomic():
            if bulk.row("SELECT 1 FROM core_eventdelivery WHERE id = %s AND state = 'waiting' FOR UPDATE", [record[0]]):
                _deliver([record])
        return 1
    except Exception as error:
        _failed(record[0], error)
        return 0


def _deliver(picked: Sequence[tuple[Any, ...]]) -> None:
    by_listener: dict[str, list[events.Heard]] = {}
    for _, name, kind, subject_kind, subject_id, facts, actor, at in picked:
        heard = events.Heard(kind, subject_kind, subject_id, _facts(facts), Actor(actor), at)
        by_listener.setdefault(name, []).append(heard)
    for name, heard_events in by_listener.items():
        listen = events.listener(name)
        if listen is not None:
            listen(heard_events)
    bulk.run(
        "UPDATE core_eventdelivery SET state = 'done', attempts = attempts + 1 WHERE id = ANY(%s)",
        [[record[0] for record in picked]],
    )


def _facts(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else json.loads(value)


def _failed(delivery_id: int, error: Exception) -> None:
    log.error("delivery %s failed: %s", delivery_id, error)
    text = "".join(traceback.format_exception(error))[-4000:]
    bulk.run(
        """UPDATE core_eventdelivery SET attempts = attempts + 1, last_error = %s,
               state = CASE WHEN attempts + 1 >= %s THEN 'dead' ELSE 'waiting' END,
               next_try_at = now() + least(interval '2 hours', interval '2 seconds' * power(2, attempts)) * (0.8 + random() * 0.4)
           WHERE id = %s""",
        [text, TRIES, delivery_id],
    )
