"""The same request twice does its work once: the answer is stored in the transaction of the effect.

One statement looks for a stored answer and takes the lock of the key; another stores. Refusals are not stored, since
they changed nothing and may be mended. Natural keys and the unique index stand behind, as the last wall.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from promesa.core import bulk, prepared, words
from promesa.core.errors import NotFound, Refused
from promesa.core.verbs import verb

KEPT = timedelta(hours=72)


class IdempotencyKeyMissing(Refused):
    """A request that creates something must carry a key, or its repetition could create it twice."""

    status = 400


class IdempotencyKeyUnusable(Refused):
    """A key is 1 to 255 printable characters of ASCII."""

    status = 400


class IdempotencyKeyReused(Refused):
    """The key came before with another request."""

    status = 422


class StillRunning(Refused):
    """The first request with this key is not done yet."""

    status = 409
    retry_after = 1


words.register(
    {
        "idempotency_key_missing": (
            "Falta la cabecera Idempotency-Key. Envíe un valor único (un UUID) y repítalo si reintenta.",
            "The header Idempotency-Key is missing. Send a unique value (a UUID), and the same one when you retry.",
        ),
        "idempotency_key_unusable": (
            "La cabecera Idempotency-Key admite de 1 a 255 caracteres ASCII visibles.",
            "The header Idempotency-Key takes 1 to 255 visible ASCII characters.",
        ),
        "idempotency_key_reused": (
            "Esa Idempotency-Key ya vino con otra petición. Use una clave nueva para una petición nueva.",
            "That Idempotency-Key came before with another request. Use a new key for a new request.",
        ),
        "still_running": (
            "La primera petición con esa clave sigue en curso. Repítala en un segundo.",
            "The first request with that key is still running. Repeat it in a second.",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered: a status and a body of JSON text.

    `composed` is an SQL expression of text, with its parameters, that gives the body where the database has all of it
    already: then storing and reading are one statement. If it gives nothing, what was made is out of the actor's reach
    and is not made.
    """

    status: int
    body: str = ""
    composed: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    replayed: bool = False
    kept: bool = True  # not when something was written down although the request was refused


class _Known(Exception):
    """The key came before, or its first request still runs."""


class _Collided(Exception):
    """Another transaction stored its answer between our look and our store."""


def fingerprint(path: str, body: Any) -> str:
    """What makes two requests the same: the address and the body, however its keys are ordered and spaced."""
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(f"{path}\n{canonical}".encode("utf-8", "surrogatepass")).hexdigest()


def usable_key(key: str | None) -> str:
    """The key as sent.

    :raises IdempotencyKeyMissing: without one.
    :raises IdempotencyKeyUnusable: if it is too long or holds what no header should.
    """
    if not key:
        raise IdempotencyKeyMissing
    if len(key) > 255 or not key.isascii() or not key.isprintable():
        raise IdempotencyKeyUnusable
    return key


def once(
    *,
    principal: str,
    route: str,
    key: str,
    print_: str,
    act: Callable[[], Answer],
    at: datetime,
    opening: Callable[[], None] | None = None,
) -> Answer:
    """Act, unless this principal did so already on this route with this key; then give the stored answer.

    With an `opening` the look for a stored answer goes with the first statement of `act`, which reads only through
    `prepared` and `bulk`, and before it what `opening` says to the database: if there is an answer, what `act` did is undone.

    :raises IdempotencyKeyReused: if the key came with another request.
    :raises StillRunning: if the first request is not done.
    """
    names = {"principal": str(principal), "route": route, "key": key, "oldest": at - KEPT}
    if opening is not None:
        with suppress(_Known, _Collided):
            return _act_first(names, print_, act, at, opening)
    try:
        return _once(names, print_, act, at)
    except _Collided:
        return _once(names, print_, act, at)


_LOCK = "pg_try_advisory_xact_lock(hashtextextended(%(principal)s::text || ' ' || %(route)s::text || ' ' || %(key)s::text, 0))"
_STORED = """core_idempotentanswer a
    WHERE a.principal = %(principal)s AND a.route = %(route)s AND a.key = %(key)s AND a.created_at > %(oldest)s"""
_LOOK = f"SELECT {_LOCK}, a.fingerprint, a.status, a.body FROM (SELECT 1) AS always LEFT JOIN {_STORED.replace('WHERE', 'ON')}"
_IS_FIRST = f"SELECT 1 / ({_LOCK} AND NOT EXISTS (SELECT 1 FROM {_STORED}))::int"

_STORE = """
INSERT INTO core_idempotentanswer AS a (principal, route, key, fingerprint, status, body, created_at)
VALUES (%(principal)s, %(route)s, %(key)s, %(print)s, %(status)s, {body}, %(at)s)
ON CONFLICT (principal, route, key) DO UPDATE
SET fingerprint = excluded.fingerprint, status = excluded.status, body = excluded.body, created_at = excluded.created_at
WHERE a.created_at <= %(oldest)s
RETURNING {told}
"""
# What we send need not come back. Nothing stored is a division by zero: another was first.
_STORE_BODY = f"WITH stored AS ({_STORE.format(body='%(body)s', told='1')}) SELECT 1 / count(*) FROM stored"


@verb
def _act_first(
    names: dict[str, Any], print_: str, act: Callable[[], Answer], at: datetime, opening: Callable[[], None]
) -> Answer:
    prepared.defer()
    opening()
    prepared.effect(_IS_FIRST, names, _Known)
    return _kept(names, print_, act(), at)


@verb
def _once(names: dict[str, Any], print_: str, act: Callable[[], Answer], at: datetime) -> Answer:
    found = prepared.row(_LOOK, names)
    assert found is not None
    is_ours, known, status, body = found
    if known is not None:
        if known != print_:
            raise IdempotencyKeyReused
        return Answer(status=status, body=body, replayed=True)
    if not is_ours:
        raise StillRunning
    return _kept(names, print_, act(), at)


# --- What takes several transactions -----------------------------------------------------------------------------------

# Stored in place of an answer while the work goes on, or after its process died.
GOING_ON = 102
_FOUND = f"SELECT a.fingerprint, a.status, a.body FROM {_STORED}"
_BEGIN = _STORE.format(body="''", told="fingerprint")
_END = f"""
UPDATE core_idempotentanswer SET status = %(status)s, body = %(body)s
WHERE principal = %(principal)s AND route = %(route)s AND key = %(key)s AND status = {GOING_ON} RETURNING 1
"""
_FORGET = f"""
DELETE FROM core_idempotentanswer WHERE principal = %(principal)s AND route = %(route)s AND key = %(key)s AND status = {GOING_ON}
"""


def in_steps(
    *, principal: str, route: str, key: str, print_: str, act: Callable[[], Answer], at: datetime
) -> Answer:  # fmt: skip
    """Like `once`, for work of several transactions, which goes on where it stopped and repeats nothing when it is done again.

    The key belongs to this request from the start. If the work is broken off, the same request goes on with it; once it is
    done, its answer is given again. A refusal that comes before any step is not stored.

    :raises IdempotencyKeyReused: if the key came with another request.
    """
    names = {"principal": str(principal), "route": route, "key": key, "oldest": at - KEPT}
    known = _claimed(names, print_, at)
    if known is not None:
        return known
    try:
        answer = act()
    except Refused:
        _forget(names)
        raise
    return _ended(names, answer)


@verb
def _claimed(names: dict[str, Any], print_: str, at: datetime) -> Answer | None:
    """The stored answer, if there is one; else the key is taken for this request."""
    bulk.rows(_BEGIN, {**names, "print": print_, "status": GOING_ON, "at": at})
    found = bulk.row(_FOUND, names)
    assert found is not None
    known, status, body = found
    if known != print_:
        raise IdempotencyKeyReused
    return None if status == GOING_ON else Answer(status=status, body=body, replayed=True)


@verb
def _forget(names: dict[str, Any]) -> None:
    bulk.run(_FORGET, names)


@verb
def _ended(names: dict[str, Any], answer: Answer) -> Answer:
    """The answer is stored, unless another who did the same work was first: then theirs is given."""
    if bulk.rows(_END, {**names, "status": answer.status, "body": answer.body}):
        return answer
    found = bulk.row(_FOUND, names)
    return answer if found is None else Answer(status=found[1], body=found[2], replayed=True)


def _kept(names: dict[str, Any], print_: str, answer: Answer, at: datetime) -> Answer:
    """The answer, stored if it is one to be kept."""
    if not answer.kept:
        return answer
    values = {**names, **answer.params, "print": print_, "status": answer.status, "at": at}
    if answer.composed:
        stored = bulk.row(_STORE.format(body=answer.composed, told="body"), values)
        if stored is None:
            raise _Collided
        if not stored[0]:
            raise NotFound(what=names["route"])
        return Answer(status=answer.status, body=stored[0])
    prepared.effect(_STORE_BODY, {**values, "body": answer.body}, _Collided)
    return Answer(status=answer.status, body=answer.body)


def clean_up(*, at: datetime) -> int:
    """Forget answers older than 72 hours; called hourly. Says how many went."""
    return bulk.run("DELETE FROM core_idempotentanswer WHERE created_at <= %s", [at - KEPT])
