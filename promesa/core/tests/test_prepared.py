"""Prepared statements give what Django's cursor gives, and survive a session that forgets them."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from promesa.core import prepared
from promesa.core.verbs import verb

pytestmark = pytest.mark.django_db(transaction=True)

VALUES = """SELECT %(text)s::text, %(nothing)s::text, %(whole)s::bigint, %(exact)s::numeric, %(yes)s::boolean, %(moment)s::timestamptz,
    %(day)s::date, %(hour)s::time, %(names)s::text[], %(ids)s::bigint[], '{"a": [1, null]}'::json, '100%%', %(text)s::text"""
GIVEN: dict[str, Any] = {
    "text": "Ñandú 'x' \\ \"y\"\n", "nothing": None, "whole": -(2**62), "exact": Decimal("1E+3"), "yes": True,
    "moment": datetime(2026, 3, 2, 9, 0, 0, 120_000, tzinfo=UTC), "day": date(2026, 3, 2), "hour": time(14, 30),
    "names": ['a"b', "c\\d", "e,f", "{g}", "", "NULL", "ñ\n"], "ids": [1, -2, 2**62],
}  # fmt: skip


def asked() -> list[tuple[Any, ...]]:
    return prepared.rows(VALUES.replace("%(names)s::text[]", "array_to_json(%(names)s::text[])").replace(
        "%(ids)s::bigint[]", "array_to_json(%(ids)s::bigint[])"), GIVEN)  # fmt: skip


def _insert_twice() -> None:
    for _ in range(2):
        assert prepared.rows("INSERT INTO of_a_test VALUES (%(n)s)", {"n": 1}) == []


def session_statements() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'promesa%'")
        return int(cursor.fetchone()[0])


def test_every_kind_of_value_comes_back_as_it_went_and_as_through_a_cursor() -> None:
    (fast,) = asked()
    assert fast == (
        GIVEN["text"], None, GIVEN["whole"], Decimal(1000), True, GIVEN["moment"], GIVEN["day"], GIVEN["hour"],
        GIVEN["names"], GIVEN["ids"], {"a": [1, None]}, "100%", GIVEN["text"],
    )  # fmt: skip
    with CaptureQueriesContext(connection) as told:
        (slow,) = asked()
    assert slow == fast
    assert len(told.captured_queries) == 1


def test_a_statement_is_prepared_once_a_session() -> None:
    connection.close()
    for _ in range(3):
        assert prepared.row("SELECT %(a)s::int + 1", {"a": 1}) == (2,)
    assert session_statements() == 1
    assert prepared.row("SELECT 1 WHERE false", {}) is None


def test_it_runs_inside_the_transaction_of_django_and_goes_with_it() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE of_a_test (n int PRIMARY KEY)")
    try:
        with pytest.raises(IntegrityError), transaction.atomic():
            _insert_twice()
        assert prepared.row("SELECT count(*) FROM of_a_test", {}) == (0,)
        with transaction.atomic():
            transaction.set_rollback(True)
            with pytest.raises(TransactionManagementError):
                prepared.rows("SELECT 1", {})
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE of_a_test")


def test_text_with_a_nul_is_refused_and_not_cut() -> None:
    with pytest.raises(DataError):
        prepared.rows("SELECT %(a)s::text", {"a": "a\0b"})
    with pytest.raises(DataError):
        prepared.rows("SELECT %(a)s::text[]", {"a": ["a\0b"]})


def test_a_verb_is_done_again_when_the_session_forgot_its_statements() -> None:
    tries: list[int] = []

    @verb
    def act() -> Any:
        tries.append(1)
        return prepared.row("SELECT %(a)s::int", {"a": 7})

    assert act() == (7,)
    for _ in range(2):
        with connection.cursor() as cursor:
            cursor.execute("DEALLOCATE ALL")
        assert act() == (7,)
        with connection.cursor() as cursor:
            cursor.execute("DEALLOCATE ALL")
        assert prepared.row("SELECT %(a)s::int", {"a": 7}) == (7,)
    assert len(tries) == 5


def test_other_threads_work_while_a_statement_runs() -> None:
    waited = threading.Event()
    thread = threading.Thread(
        target=lambda: (prepared.rows("SELECT pg_sleep(0.5)", {}), waited.set(), connection.close())
    )
    thread.start()
    turns = 0
    while not waited.is_set():
        turns += 1
    thread.join()
    assert turns > 1000
