"""Set-based SQL: many rows in one statement, passed as one JSON document or copied.

One JSON parameter beats dozens of array parameters: it is built by C code on both sides and keeps the statement
the same for one row and for a thousand, so that the server prepares it once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, time
from decimal import Decimal
from itertools import islice
from typing import Any, TypeVar

from django.db import connection
from pydantic_core import PydanticSerializationError, to_json

from promesa.core import prepared

T = TypeVar("T")


def as_json(value: Any) -> str:
    """JSON text of rows that may hold decimals (as text), dates and moments."""
    try:
        return to_json(value).decode()
    except (PydanticSerializationError, UnicodeError):
        # Half of a character, as broken files have them: whoever stores it decides what becomes of it.
        return json.dumps(value, default=_written, ensure_ascii=False, separators=(",", ":"))


def _written(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date | time):
        return value.isoformat()
    raise TypeError(f"no row value: {value!r}")


def rows(sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
    """Run one statement and return its rows."""
    prepared.send()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def row(sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> tuple[Any, ...] | None:
    """Run one statement and return its first row, if any."""
    found = rows(sql, params)
    return found[0] if found else None


def run(sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> int:
    """Run one statement and return how many rows it touched."""
    prepared.send()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def named(sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[dict[str, Any]]:
    """Run one statement and return its rows by column name."""
    prepared.send()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


def copy(table: str, columns: Sequence[str], records: Iterable[Sequence[Any]]) -> None:
    """COPY finished rows into a table of ours. Table and columns are names from the code, never from outside."""
    prepared.send()
    with connection.cursor() as cursor:
        sql = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
        with cursor.copy(sql) as stream:
            for record in records:
                stream.write_row(record)


def copy_text(table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
    """As `copy`, of rows that are laid out already: values between tabs, \\N for nothing, backslashes doubled, no line ends."""
    prepared.send()
    with connection.cursor() as cursor:
        sql = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
        with cursor.copy(sql) as stream:
            waiting = iter(lines)
            while some := [*islice(waiting, 5_000)]:
                stream.write("\n".join(some) + "\n")


def made(kind: Callable[..., T], *values: Any) -> T:
    """A record of this kind from the values of a row: what the database gives has no types to hold against the fields."""
    return kind(*values)
