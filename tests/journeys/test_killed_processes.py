"""kill -9 of the web process and of the worker while they take in 200 orders: nothing is lost, nothing is doubled."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from django.conf import global_settings
from django.db import close_old_connections
from pytest_django import DjangoDbBlocker

from promesa.access.operations import add_user
from promesa.cli.check import broken
from promesa.core import bulk
from promesa.core.actors import Actor
from promesa.exchange.models import Document, InboxFile
from promesa.exchange.operations import receive_file
from promesa.exchange.tasks import defer_reading
from promesa.exchange.tests.company import CSV, add_customer, add_item, open_shop
from promesa.orders.models import Order
from tests.running import PASSWORD, Running, barred, kill, kill_the_child, kill_the_first, own_database, until

pytestmark = pytest.mark.durable
COUNT = 200
SOON = (datetime.now(UTC) + timedelta(days=5)).date()
BY = Actor("command")


def orders_of(name: str, numbers: range = range(COUNT)) -> bytes:
    """A file of orders of one line each."""
    return (CSV + "".join(f"{name}-{n};C-1;A1;1;{SOON}\n" for n in numbers)).encode()


@pytest.fixture
def running(
    django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path, settings: Any, wired: None
) -> Iterator[Running]:
    """A shop with one customer and one item, and nobody at work in it yet."""
    with own_database(django_db_blocker, "killed") as url:
        settings.HOME = tmp_path
        settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS  # those of the processes
        now = datetime.now(UTC) - timedelta(days=1)
        open_shop(now)
        add_item("A1", stock=100_000, at=now)
        add_customer("C-1", at=now)
        add_user(username="ana", password=PASSWORD, role="customer_service", name="Ana", by=BY, at=now)
        system = Running(url, tmp_path)
        try:
            yield system
        finally:
            system.end()


def all_is_done() -> bool:
    """Whether every file is read, every event heard and no job left."""
    close_old_connections()
    return not bulk.rows(
        """SELECT 1 FROM exchange_inboxfile WHERE state <> 'done'
           UNION ALL SELECT 1 FROM core_eventdelivery WHERE state = 'waiting'
           UNION ALL SELECT 1 FROM procrastinate_jobs WHERE status = 'doing'
           UNION ALL SELECT 1 FROM procrastinate_jobs WHERE status = 'todo' AND queue_name = 'exchange'
             AND coalesce(scheduled_at, now()) <= now() LIMIT 1"""
    )


def assert_nothing_is_lost_or_doubled(*names: str) -> None:
    """Every document has an outcome, every order is there once, and the books agree."""
    until(all_is_done, 90)  # a busy machine needs its time; a system that forgot a file never gets there
    assert set(Document.objects.values_list("outcome", flat=True)) <= {"orders", "duplicate"}
    assert Document.objects.filter(outcome="orders").count() == COUNT * len(names)
    wanted = {f"{name}-{n}": 1 for name in names for n in range(COUNT)}
    assert Counter(Order.objects.values_list("po_number", flat=True)) == wanted
    assert set(Order.objects.values_list("state", flat=True)) == {"confirmed"}
    in_order = bulk.rows("SELECT array_agg(position ORDER BY position) FROM exchange_document GROUP BY file_id")
    assert all(positions == list(range(1, len(positions) + 1)) for (positions,) in in_order)
    assert len(in_order) == InboxFile.objects.count()
    assert not bulk.rows("SELECT 1 FROM core_eventdelivery WHERE state = 'dead'")
    assert [(one["invariant"], one["keys"]) for one in broken() if one["rows"]] == []


def bring(running: Running, browser: requests.Session, *files: tuple[str, bytes]) -> requests.Response | None:
    """Bring files on the page of intake; none is the answer of a server that was killed meanwhile."""
    try:
        return running.post(browser, "/intake/upload", {}, [("file", one) for one in files])
    except requests.ConnectionError:
        return None


# --- The web process -------------------------------------------------------------------------------------------------


def test_a_web_process_killed_in_the_midst_of_a_file_of_200_orders_loses_and_doubles_nothing(running: Running) -> None:
    # Where it stands when it is killed: the bytes are on the disk and not in the inbox; orders are about to be
    # promised; they are written and their documents not.
    moments = {"exchange_inboxfile": kill, "inventory_stock": kill_the_first, "exchange_document": kill_the_child}
    web = running.web()
    browser = running.signed_in()
    for done, (table, ends) in enumerate(moments.items()):
        file = (f"{table}.csv", orders_of(table))
        with barred(running.url, table) as somebody_waits, ThreadPoolExecutor() as hands:
            sent = hands.submit(bring, running, browser, file)
            until(somebody_waits)
            ends(web)
            assert sent.result(20) is None
        assert Order.objects.count() == done * COUNT
        web = running.web() if web.poll() is not None else web
        until(running.answers)
        # Nobody told the person that the file was in: they bring it again.
        answer = bring(running, browser, file)
        assert answer is not None
        assert answer.status_code == 200
    running.start("worker")
    assert_nothing_is_lost_or_doubled(*moments)


def test_a_web_process_killed_in_the_midst_of_200_files_loses_and_doubles_nothing(running: Running) -> None:
    web = running.web()
    browser = running.signed_in()
    files = [(f"{n}.csv", orders_of("PO", range(n, n + 1))) for n in range(COUNT)]
    with ThreadPoolExecutor() as hands:
        sent = [hands.submit(bring, running, browser, *files[start : start + 100]) for start in (0, 100)]
        until(lambda: Order.objects.count() > 20)
        kill(web)
        assert [one.result(20) for one in sent] == [None, None]
    taken = Order.objects.count()
    assert 20 < taken < COUNT
    running.web()
    running.start("worker")
    for start in (0, 100):
        answer = bring(running, browser, *files[start : start + 100])
        assert answer is not None
        assert answer.status_code == 200
    assert_nothing_is_lost_or_doubled("PO")


# --- The worker ------------------------------------------------------------------------------------------------------


def test_a_worker_killed_in_the_midst_of_a_file_of_200_orders_loses_and_doubles_nothing(running: Running) -> None:
    moments = ("orders_promise", "exchange_document", "core_event")
    for done, table in enumerate(moments):
        file = receive_file(content=orders_of(table), name=f"{table}.csv", by=BY, at=datetime.now(UTC))
        with barred(running.url, table) as somebody_waits:
            defer_reading(file_id=file.pk)
            worker = running.start("worker")
            until(somebody_waits)
            kill(worker)
        assert Order.objects.count() == done * COUNT
        if table != moments[-1]:  # the last one finds what all of them left
            worker = running.start("worker")
            until(lambda made=(done + 1) * COUNT: Order.objects.count() == made)
            kill(worker)
    assert bulk.rows("SELECT 1 FROM procrastinate_jobs WHERE status = 'doing'")
    running.start("worker")
    # Time passes: those who were killed have been silent for long.
    bulk.run("UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 minute'")
    assert_nothing_is_lost_or_doubled(*moments)
    assert not bulk.rows("SELECT 1 FROM procrastinate_jobs WHERE status = 'doing'")


def test_the_job_of_a_dead_worker_is_taken_up_again_by_one_that_lives(running: Running) -> None:
    living = running.start("worker")
    until(lambda: bulk.rows("SELECT 1 FROM procrastinate_workers"))
    dead = bulk.row("SELECT id FROM procrastinate_register_worker_v1() AS t(id)")
    file = receive_file(content=orders_of("PO"), name="orders.csv", by=BY, at=datetime.now(UTC))
    assert dead is not None
    bulk.run(
        """INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, worker_id)
           VALUES ('exchange', 'exchange.read_file', %s::jsonb, 'doing', %s)""",
        [json.dumps({"file_id": file.pk}), dead[0]],
    )
    bulk.run("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute' WHERE id = %s", [dead[0]])
    assert_nothing_is_lost_or_doubled("PO")
    jobs = bulk.rows("SELECT status::text, attempts FROM procrastinate_jobs WHERE task_name = 'exchange.read_file'")
    assert jobs == [("succeeded", 2)]
    assert living.poll() is None
