"""Statements of the hot path, prepared once a connection and run straight on libpq.

A cursor costs ten times the round trip it makes: adapting parameters, choosing formats, wrapping errors. Capturing an
order runs a dozen statements that are the same every time, with a handful of plain parameters each; here they cost what
they do. Only psycopg's documented `pq` layer is used, on Django's own connection, inside Django's own transaction.

Whoever counts or logs statements (tests, debugging) sees these too: then they go through Django's cursor. psycopg itself
prepares nothing (`prepare_threshold` is None in the settings): after a rollback it would deallocate every prepared statement
of the session, ours included.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.utils import OperationalError
from psycopg import errors, pq

_PLACE = re.compile(r"%(?:\((\w+)\)s|%)")
_kept: WeakKeyDictionary[Any, dict[str, bytes]] = WeakKeyDictionary()
_FORGOTTEN = b"26000"
_GOOD = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)


def rows(sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Run one statement and return its rows.

    Parameters are text, numbers, moments, days, truth values, nothing, or lists of numbers or of text; each must have a
    type that the statement gives it, by a column beside it or by a cast.
    """
    own = connections[DEFAULT_DB_ALIAS]
    if own.queries_logged or own.execute_wrappers:
        with own.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall() if cursor.description else []
    own.ensure_connection()
    own.validate_no_broken_transaction()
    with own.wrap_database_errors:
        return _run(own.connection, sql, params)


def row(sql: str, params: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """Run one statement and return its first row, if any."""
    found = rows(sql, params)
    return found[0] if found else None


def _run(raw: psycopg.Connection[Any], sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    text, names = _compiled(sql)
    server = raw.pgconn
    if not raw.autocommit and server.transaction_status == pq.TransactionStatus.IDLE:
        _checked(server.exec_(b"BEGIN"))
    values: list[Any] = [_text(params[one]) for one in names]  # None is NULL, whatever the annotation below says
    result = server.exec_prepared(_name(raw, sql, text), values)
    if result.status not in _GOOD and result.error_field(pq.DiagnosticField.SQLSTATE) == _FORGOTTEN:
        del _kept[raw]
        if not raw.autocommit:
            # The transaction is broken: its verb does it all again.
            raise OperationalError("prepared statements were forgotten") from errors.error_from_result(result)
        result = server.exec_prepared(_name(raw, sql, text), values)
    _checked(result)
    loaders = [_LOADERS.get(result.ftype(column), _as_text) for column in range(result.nfields)]
    value = result.get_value
    return [
        tuple([
            None if (found := value(at, column)) is None else load(found) for column, load in enumerate(loaders)
        ])
        for at in range(result.ntuples)
    ]  # fmt: skip


def _name(raw: psycopg.Connection[Any], sql: str, text: bytes) -> bytes:
    """The name under which this session knows the statement; it is prepared now if it does not."""
    kept = _kept.get(raw)
    if kept is None:
        kept = _kept[raw] = {}
    name = kept.get(sql)
    if name is None:
        name = b"promesa_%d" % len(kept)
        _checked(raw.pgconn.prepare(name, text))
        kept[sql] = name
    return name


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


def _checked(result: Any) -> None:
    if result.status not in _GOOD:
        raise errors.error_from_result(result)


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
