"""One verb, one transaction: the decorator of every operation."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection, transaction
from django.db.utils import OperationalError

from promesa.core import prepared

P = ParamSpec("P")
R = TypeVar("R")

RETRIES = 3
# Serialization failure, deadlock, lock time-out, prepared statements forgotten by the session.
_AGAIN = {"40001", "40P01", "55P03", "26000"}


class Work:
    """What the running transaction has gathered: events to write, locks held, verbs to call before it ends, and what a
    room notes for itself (`notes`, by a name that begins with the room's)."""

    __slots__ = ("before_commit", "events", "failed", "held", "notes", "rank")

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.held: dict[str, set[int]] = {}
        self.rank = 0
        self.failed: BaseException | None = None
        self.before_commit: list[Callable[[], None]] = []
        self.notes: dict[str, Any] = {}


class _Running(threading.local):
    work: Work | None = None


_running = _Running()


def current() -> Work:
    """The transaction in which the caller runs.

    :raises RuntimeError: outside any verb; locks and events exist only inside one.
    """
    if _running.work is None:
        raise RuntimeError("this works only inside a verb (a transaction)")
    return _running.work


def noted(name: str) -> Any:
    """What a room noted under this name in the running transaction; None without note or transaction."""
    return None if _running.work is None else _running.work.notes.get(name)


def verb(operation: Callable[P, R]) -> Callable[P, R]:
    """Run the operation in one transaction; inside another verb, in that one's.

    Events gathered are written by a single statement at the end. A refusal ends the whole transaction, whoever raised
    it. Deadlocks, serialization failures and lock time-outs repeat the whole transaction, at most three times.
    """

    @wraps(operation)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        outer = _running.work
        if outer is not None:
            try:
                return operation(*args, **kwargs)
            except BaseException as error:
                outer.failed = error
                raise
        alone = not connection.in_atomic_block
        for attempt in range(RETRIES + 1):
            try:
                return _transaction(operation, args, kwargs)
            except OperationalError as error:
                state = getattr(error.__cause__, "sqlstate", None)
                if not alone or state not in _AGAIN or attempt == RETRIES:
                    raise
                time.sleep(random.uniform(0.005, 0.05) * 2**attempt)
        raise AssertionError("unreachable")

    run.is_verb = True  # type: ignore[attr-defined]
    return run


def _transaction(operation: Callable[..., R], args: Any, kwargs: Any) -> R:
    work = _running.work = Work()
    try:
        with transaction.atomic():
            try:
                result = operation(*args, **kwargs)
                if work.failed is not None:
                    raise RuntimeError("a refusal was swallowed inside a verb") from work.failed
                prepared.defer()
                for last in work.before_commit:
                    last()
                prepared.finish()
                return result
            finally:
                prepared.forget()
    finally:
        _running.work = None
