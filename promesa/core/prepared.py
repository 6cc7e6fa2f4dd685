"""Statements of the hot path, prepared once a connection and run straight on libpq.

A cursor costs ten times the round trip it makes: adapting parameters, choosing formats, wrapping errors. Capturing an
order runs a dozen statements that are the same every time, with a handful of plain parameters each; here they cost what
they do. Only psycopg's documented `pq` layer is used, on Django's own connection, inside Django's own transaction.

Whoever counts or logs statements (tests, debugging) sees these too: then they go through Django's cursor. psycopg itself
prepares nothing (`prepare_threshold` is None in the settings): after a rollback it would deallocate every prepared statement
of the session, ours included.
"""

from __future__ import annotations

import itertools
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.utils import DataError, OperationalError
from psycopg import errors, pq

from promesa.core import pipeline

T = TypeVar("T")
U = TypeVar("U")
V = TypeVar("V")
W = TypeVar("W")

_PLACE = re.compile(r"%(?:\((\w+)\)s|%)")
_kept: WeakKeyDictionary[Any, dict[str, bytes]] = WeakKeyDictionary()
_numbers = itertools.count()
_GOOD = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)

Statement = tuple[str, Mapping[str, Any]]
# What is raised instead of the division by zero with which a statement refuses.
Refusal = Callable[[], Exception]
Effect = tuple[str, Mapping[str, Any], Refusal | None]


class _Late(threading.local):
    """Effects of the running transaction that are not sent yet; None while each is run at once."""

    effects: list[Effect] | None = None
    ahead = False  # send each at once, and look at its answer later
    flown: list[Effect] | None = None  # those on their way
    begun = False  # the first of them is BEGIN
    flight: pipeline.Pipeline | None = None


_late = _Late()


def rows(sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Run one statement and return its rows.

    Parameters are text, numbers, moments, days, truth values, nothing, or lists of numbers or of text; each must have a
    type that the statement gives it, by a column beside it or by a cast.
    """
    return together([(sql, params)])[0]


def row(sql: str, params: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """Run one statement and return its first row, if any."""
    found = rows(sql, params)
    return found[0] if found else None


def together(statements: Sequence[Statement]) -> list[list[tuple[Any, ...]]]:
    """Run statements in turn, sent all at once, after the effects that wait. Returns the rows of each."""
    waiting = _waiting()
    return _together([*waiting, *((sql, params, None) for sql, params in statements)])[len(waiting) :]


@dataclass(frozen=True, slots=True)
class Question(Generic[T]):
    """A statement with its parameters, and how its rows are read."""

    sql: str
    params: Mapping[str, Any]
    read: Callable[[list[tuple[Any, ...]]], T]


def answer(question: Question[T]) -> T:
    """One question, asked alone."""
    return question.read(rows(question.sql, question.params))


def ask(first: Question[T], second: Question[U], third: Question[V], fourth: Question[W]) -> tuple[T, U, V, W]:
    """Four questions in one journey."""
    asked = together([(one.sql, one.params) for one in (first, second, third, fourth)])
    return first.read(asked[0]), second.read(asked[1]), third.read(asked[2]), fourth.read(asked[3])


def effect(sql: str, params: Mapping[str, Any], refusal: Refusal | None = None) -> None:
    """Run a statement whose rows nobody looks at: at once, or, after `defer`, together with the next or the commit.

    It refuses by dividing by zero; `refusal` makes what is raised then.
    """
    one = (sql, params, refusal)
    if _late.effects is None:
        _together([one])
        return
    _late.effects.append(one)
    if _late.ahead:
        _depart()


def defer() -> None:
    """From here to its end the transaction reads what it writes only through this module and `bulk`: effects may wait."""
    if _late.effects is None:
        _late.effects = []


@contextmanager
def ahead() -> Iterator[None]:
    """Within this, effects are sent at once and the program goes on while the server works on them.

    What is read here is read through this module or `bulk`. At the end all are done, unless `defer` was called before.
    """
    alone, _late.ahead = _late.effects is None, True
    defer()
    try:
        yield
        if alone:
            send()
    finally:
        _late.ahead = False
        if alone:
            forget()


def send() -> None:
    """Run the effects that wait and look at their answers; who reads past this module calls it first."""
    if _late.effects or _late.flight:
        _together(_waiting())


def finish() -> None:
    """The last word of a transaction: the effects that wait, and the commit with them if nothing stands around it."""
    own = connections[DEFAULT_DB_ALIAS]
    waiting = _waiting()
    if waiting or _late.flight:
        _together(waiting, commit=len(own.atomic_blocks) == 1 and not own.needs_rollback)


def forget() -> None:
    """The transaction is over: nothing waits, and effects are run at once again."""
    _late.effects, flight = None, _late.flight
    if flight is not None:
        _late.flight = _late.flown = None
        # Whatever they are, what is undone now needs the connection; if that is lost, what was raised before says why.
        with suppress(psycopg.Error):
            flight.results()


def _waiting() -> list[Effect]:
    waiting = _late.effects
    if not waiting:
        return []
    _late.effects = []
    return waiting


def _together(effects: Sequence[Effect], *, commit: bool = False) -> list[list[tuple[Any, ...]]]:
    own = connections[DEFAULT_DB_ALIAS]
    if own.queries_logged or own.execute_wrappers:
        return [_through_cursor(own, *one) for one in effects]
    own.ensure_connection()
    own.validate_no_broken_transaction()
    with own.wrap_database_errors:
        return _run(own.connection, effects, commit)


def _depart() -> None:
    """Send what waits without waiting for it."""
    own = connections[DEFAULT_DB_ALIAS]
    if own.queries_logged or own.execute_wrappers:
        return send()
    own.ensure_connection()
    own.validate_no_broken_transaction()
    with own.wrap_database_errors:
        raw: psycopg.Connection[Any] = own.connection
        if _late.flight is not None and any(sql not in _kept.get(raw, {}) for sql, _, _ in _late.effects or ()):
            return send()  # a statement is prepared between flights
        _take_off(raw, _waiting()).go()
    return None


def _take_off(raw: psycopg.Connection[Any], effects: Sequence[Effect]) -> pipeline.Pipeline:
    """Send these after those that are on their way already."""
    sent = [(_name(raw, sql), _values(sql, params)) for sql, params, _ in effects]
    if _late.flight is None:
        _late.begun = not raw.autocommit and raw.pgconn.transaction_status == pq.TransactionStatus.IDLE
        _late.flight, _late.flown = pipeline.Pipeline(raw.pgconn), []
        if _late.begun:
            _late.flight.send(b"BEGIN", None)
    for name, values in sent:
        _late.flight.send(name, values)
    assert _late.flown is not None
    _late.flown.extend(effects)
    return _late.flight


def _land() -> tuple[list[Any], list[Effect]]:
    """The results of those on their way, and which they are."""
    flight, flown, begun = _late.flight, _late.flown or [], _late.begun
    _late.flight = _late.flown = None
    assert flight is not None
    results = flight.results()
    if begun:
        _checked(results.pop(0))
    return results, flown


def _through_cursor(own: Any, sql: str, params: Mapping[str, Any], refusal: Refusal | None) -> list[tuple[Any, ...]]:
    with own.cursor() as cursor:
        try:
            cursor.execute(sql, params)
        except DataError as error:
            if refusal and isinstance(error.__cause__, errors.DivisionByZero):
                raise refusal() from None
            raise
        return cursor.fetchall() if cursor.description else []


def _run(raw: psycopg.Connection[Any], effects: Sequence[Effect], commit: bool) -> list[list[tuple[Any, ...]]]:
    """Run these after those on their way; the rows of these."""
    before = len(_late.flown or ())
    if before and any(sql not in _kept.get(raw, {}) for sql, _, _ in effects):
        _run(raw, [], commit=False)  # a statement is prepared between flights
        before = 0
    try:
        if _is_plain(raw, effects, commit):
            ((sql, params, refusal),) = effects
            return [_told(_checked(raw.pgconn.exec_prepared(_name(raw, sql), _values(sql, params)), refusal))]
        flight = _take_off(raw, effects)
        if commit:
            flight.send(b"COMMIT", None)
        results, flown = _land()
        found = [_told(_checked(result, refusal)) for result, (_, _, refusal) in zip(results, flown, strict=False)]
        _checked(results[-1])
        return found[before:]
    except errors.InvalidSqlStatementName as forgotten:
        _kept.pop(raw, None)
        if not raw.autocommit:
            # The transaction is broken: its verb does it all again.
            raise OperationalError("prepared statements were forgotten") from forgotten
        return _run(raw, effects, commit)


def _is_plain(raw: psycopg.Connection[Any], effects: Sequence[Effect], commit: bool) -> bool:
    """Whether it is one statement with nothing before it and nothing after it."""
    begins = not raw.autocommit and raw.pgconn.transaction_status == pq.TransactionStatus.IDLE
    return len(effects) == 1 and _late.flight is None and not begins and not commit


def _told(result: Any) -> list[tuple[Any, ...]]:
    loaders = [_LOADERS.get(result.ftype(column), _as_text) for column in range(result.nfields)]
    value = result.get_value
    return [
        tuple([
            None if (found := value(at, column)) is None else load(found) for column, load in enumerate(loaders)
        ])
        for at in range(result.ntuples)
    ]  # fmt: skip


def _name(raw: psycopg.Connection[Any], sql: str) -> bytes:
    """The name under which this session knows the statement; it is prepared now if it does not."""
    kept = _kept.get(raw)
    if kept is None:
        kept = _kept[raw] = {}
        pipeline.make_room(raw.pgconn)
    name = kept.get(sql)
    if name is None:
        name = b"promesa_%d" % next(_numbers)
        _checked(raw.pgconn.prepare(name, _compiled(sql)[0]))
        kept[sql] = name
    return name


def _values(sql: str, params: Mapping[str, Any]) -> list[Any]:
    return [_text(params[name]) for name in _compiled(sql)[1]]


@cache
def _compiled(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """The statement with numbered places, and the name of each."""
    names: list[str] = []

    def place(match: re.Match[str]) -> str:
        name = match[1]
        if name is None:
            return "%"
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    return _PLACE.sub(place, sql).encode(), tuple(names)


def _checked(result: Any, refusal: Refusal | None = None) -> Any:
    if result.status not in _GOOD:
        error = errors.error_from_result(result)
        raise refusal() if refusal and isinstance(error, errors.DivisionByZero) else error
    return result


# --- Values --------------------------------------------------------------------------------------------------------


def _text(value: Any) -> bytes | None:
    if value is None:
        return None
    if isinstance(value, str):
        if "\0" in value:
            raise psycopg.DataError("text in PostgreSQL holds no NUL")
        return value.encode()
    if isinstance(value, bool):
        return b"t" if value else b"f"
    if isinstance(value, int | Decimal):
        return str(value).encode()
    if isinstance(value, date | time):
        return value.isoformat().encode()
    if isinstance(value, list | tuple):
        return f"{{{','.join([_element(one) for one in value])}}}".encode()
    raise TypeError(f"no parameter: {value!r}")


def _element(value: Any) -> str:
    if isinstance(value, str):
        if "\0" in value:
            raise psycopg.DataError("text in PostgreSQL holds no NUL")
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise TypeError(f"no element: {value!r}")


def _as_text(value: bytes) -> str:
    return value.decode()


def _number(value: bytes) -> Decimal:
    return Decimal(value.decode())


def _moment(value: bytes) -> datetime:
    return datetime.fromisoformat(value.decode())


def _day(value: bytes) -> date:
    return date.fromisoformat(value.decode())


# By the number of the type in PostgreSQL's catalogue. What is not here is text, jsonb too, as Django has it.
_LOADERS: dict[int, Callable[[bytes], Any]] = {
    16: lambda value: value == b"t",
    20: int,
    21: int,
    23: int,
    114: json.loads,
    1082: _day,
    1083: lambda value: time.fromisoformat(value.decode()),
    1184: _moment,
    1700: _number,
}
