"""Effects that wait for the commit are done with it or not at all, and whoever reads sees them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.test.utils import CaptureQueriesContext

from promesa.core import bulk, prepared
from promesa.core.verbs import verb

pytestmark = pytest.mark.django_db(transaction=True)

ADD = "INSERT INTO of_a_test VALUES (%(n)s)"
MUST_BE_ONE = "WITH added AS (INSERT INTO of_a_test VALUES (%(n)s) RETURNING n) SELECT 1 / (n = 1)::int FROM added"


class TooMuch(Exception):
    """What the statement refuses."""


@pytest.fixture(autouse=True)
def table() -> Iterator[None]:
    bulk.run("CREATE TABLE of_a_test (n int PRIMARY KEY, above int REFERENCES of_a_test DEFERRABLE INITIALLY DEFERRED)")
    yield
    bulk.run("DROP TABLE of_a_test")


def numbers() -> list[int]:
    return [n for (n,) in bulk.rows("SELECT n FROM of_a_test ORDER BY n")]


def test_effects_that_wait_are_there_after_the_commit() -> None:
    @verb
    def act() -> None:
        prepared.defer()
        for n in (1, 2, 3):
            prepared.effect(ADD, {"n": n})

    act()
    assert numbers() == [1, 2, 3]


def test_who_reads_sees_what_waited() -> None:
    seen: list[object] = []

    @verb
    def act() -> None:
        prepared.defer()
        prepared.effect(ADD, {"n": 1})
        seen.append(prepared.row("SELECT count(*) FROM of_a_test", {}))
        prepared.effect(ADD, {"n": 2})
        seen.append(bulk.row("SELECT count(*) FROM of_a_test"))

    act()
    assert seen == [(1,), (2,)]


@pytest.mark.parametrize("waits", [True, False])
@pytest.mark.parametrize("watched", [True, False])
def test_what_is_refused_undoes_the_whole_transaction(waits: bool, watched: bool) -> None:
    @verb
    def act() -> None:
        if waits:
            prepared.defer()
        prepared.effect(ADD, {"n": 5})
        prepared.effect(MUST_BE_ONE, {"n": 2}, TooMuch)
        prepared.effect(ADD, {"n": 6})

    with CaptureQueriesContext(connection) if watched else nullcontext(), pytest.raises(TooMuch):
        act()
    assert numbers() == []
    assert connection.connection.info.transaction_status.name == "IDLE"


def test_what_only_the_commit_finds_wrong_undoes_it_too() -> None:
    @verb
    def act() -> None:
        prepared.defer()
        prepared.effect("INSERT INTO of_a_test VALUES (1, 99)", {})

    with pytest.raises(IntegrityError):
        act()
    assert numbers() == []


def test_effects_sent_ahead_are_done_when_the_block_ends() -> None:
    @verb
    def act() -> list[int]:
        with prepared.ahead():
            for n in range(200):
                prepared.effect(ADD, {"n": n})
        return numbers()

    assert act() == list(range(200))
    assert numbers() == list(range(200))


def test_more_than_the_socket_holds_can_be_sent_ahead() -> None:
    text = "ñ" * 300_000

    @verb
    def act() -> None:
        with prepared.ahead():
            for n in range(12):
                prepared.effect(
                    "INSERT INTO of_a_test SELECT %(n)s::int WHERE length(%(text)s::text) = 300000",
                    {"n": n, "text": text},
                )

    act()
    assert numbers() == list(range(12))


def test_a_defect_while_effects_are_on_their_way_leaves_nothing_and_a_good_connection() -> None:
    @verb
    def act() -> None:
        with prepared.ahead():
            prepared.effect(ADD, {"n": 1})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert numbers() == []


def test_a_defect_is_told_even_if_the_connection_is_lost_meanwhile() -> None:
    @verb
    def act() -> None:
        with prepared.ahead():
            prepared.effect("SELECT pg_terminate_backend(pg_backend_pid())", {})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    connection.close_if_unusable_or_obsolete()
    assert numbers() == []


def test_the_first_fault_of_those_on_their_way_is_told() -> None:
    @verb
    def act() -> None:
        with prepared.ahead():
            prepared.effect(MUST_BE_ONE, {"n": 3}, TooMuch)
            prepared.effect(ADD, {"n": 3})

    with pytest.raises(TooMuch):
        act()
    assert numbers() == []


def test_a_connection_that_is_lost_on_the_way_is_told_and_replaced() -> None:
    @verb
    def act() -> None:
        prepared.defer()
        prepared.effect("SELECT pg_terminate_backend(pg_backend_pid())", {})
        prepared.effect(ADD, {"n": 1})

    with pytest.raises(OperationalError):
        act()
    connection.close_if_unusable_or_obsolete()
    assert numbers() == []
