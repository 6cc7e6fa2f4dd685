"""The same file twice at once, and a reader that is killed: nothing lost, nothing doubled."""

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection, connections

from promesa.exchange import operations, queries
from promesa.exchange.models import Document, InboxFile
from promesa.exchange.operations import reading
from promesa.exchange.tests.company import AT, BY, CSV, add_customer, add_item, open_shop, receive
from promesa.orders.models import Order

CHECKOUT = Path(__file__).parents[3]
pytestmark = pytest.mark.django_db(transaction=True)


def content(count):
    return (CSV + "".join(f"PO-{n};C-1;A1;1;2026-03-05\n" for n in range(count))).encode()


@pytest.fixture
def shop():
    open_shop()
    add_item("A1", stock=100_000)
    return add_customer("C-1")


def together(*calls):
    """Run calls in threads of their own, each with its own connection, started at the same moment."""
    barrier = threading.Barrier(len(calls))
    faults = []

    def run(call):
        try:
            barrier.wait(10)
            call()
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []


def test_the_same_bytes_entering_eight_times_at_once_become_orders_exactly_once(shop):
    def bring():
        file = receive(content(5))
        assert operations.read_file(file_id=file.pk, by=BY, at=AT, wait=True)

    together(*[bring] * 8)
    outcomes = Counter(Document.objects.values_list("outcome", flat=True))
    assert outcomes == {"orders": 5, "duplicate": 35}
    assert Order.objects.count() == 5
    assert Order.objects.values("po_number").distinct().count() == 5
    first = Document.objects.filter(outcome="orders").values_list("pk", flat=True)
    assert set(Document.objects.filter(outcome="duplicate").values_list("duplicate_of_id", flat=True)) == set(first)


def test_without_the_lock_the_same_bytes_do_become_orders_more_than_once(shop, monkeypatch):
    """The control: the race is there, and only the lock keeps it from happening."""
    unlocked = reading._TRY_LOCK.replace("pg_try_advisory_xact_lock(%s)", "%s IS NOT NULL")
    monkeypatch.setattr(reading, "_TRY_LOCK", unlocked)
    monkeypatch.setattr(reading, "_LOCK", "SELECT %s")
    real, meeting = reading.write_outcomes, threading.Barrier(4)

    def met(**said):
        meeting.wait(10)  # all have seen that nobody was first
        return real(**said)

    monkeypatch.setattr(reading, "write_outcomes", met)
    files = [receive(content(1)) for _ in range(4)]
    together(*[lambda file=file: operations.read_file(file_id=file.pk, by=BY, at=AT, wait=True) for file in files])
    assert Document.objects.filter(outcome="orders").count() == 4


def test_two_workers_that_sweep_the_same_file_read_it_once(shop):
    file = receive(content(30))
    together(*[lambda: operations.read_file(file_id=file.pk, by=BY, at=AT)] * 4)
    if queries.pending_files():  # the winner of a try may be the one that left: the next sweep takes it
        operations.read_file(file_id=file.pk, by=BY, at=AT)
    assert Counter(Document.objects.values_list("outcome", flat=True)) == {"orders": 30}
    assert Order.objects.count() == 30


def test_while_another_reader_has_the_bytes_the_file_stays_to_be_read(shop):
    file = receive(content(1))
    held, done = threading.Event(), threading.Event()

    def hold():
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [reading.lock_key(file.sha256)])
            held.set()
            done.wait(20)
            cursor.execute("ROLLBACK")
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(10)
    assert operations.read_file(file_id=file.pk, by=BY, at=AT) is False
    assert queries.pending_files() == [file.pk]
    done.set()
    holder.join()
    assert operations.read_file(file_id=file.pk, by=BY, at=AT) is True


# --- Killed --------------------------------------------------------------------------------------------------------

READER = """
import os, sys, time
from datetime import UTC, datetime
import django
django.setup()
from promesa.core import events
from promesa.core.actors import Actor
from promesa.exchange import operations
from promesa.exchange.operations import outcomes, reading
reading.SLICE = {slice}
real = outcomes.{inside}
def told(*args, **said):
    result = real(*args, **said)
    print("step", flush=True)
    time.sleep({pause})
    return result
outcomes.{inside} = told
at = datetime(2026, 3, 2, 9, tzinfo=UTC)
file = operations.receive_file(content=sys.stdin.buffer.read(), name="orders.csv", by=Actor("command"), at=at, received_at=at)
print("received", flush=True)
operations.read_file(file_id=file.pk, by=Actor("command"), at=at)
print("read", flush=True)
"""


def killed(tmp_path, *, after, slice_, inside, count=200):
    """Start a reader of its own, kill it with SIGKILL after so many lines of its output; returns the lines."""
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}&port={database['PORT']}"
    environment = {**os.environ, "PROMESA_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "promesa.config.settings"}
    script = READER.format(slice=slice_, inside=inside, pause=0.2)
    reader = subprocess.Popen(
        [sys.executable, "-c", script], env={**environment, "DATABASE_URL": url}, cwd=CHECKOUT,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    reader.stdin.write(content(count))
    reader.stdin.close()
    lines = [reader.stdout.readline().decode().strip() for _ in range(after)]
    os.kill(reader.pid, signal.SIGKILL)
    assert reader.wait() == -signal.SIGKILL
    reader.stdout.close()
    return lines


@pytest.mark.parametrize(
    ("after", "slice_", "inside", "written"),
    [
        (1, 1000, "capture_orders", 0),  # received, nothing read
        (2, 1000, "capture_orders", 0),  # all 200 orders captured, not committed
        (2, 1000, "_write", 0),  # orders and documents written, not committed
        (4, 40, "_write", 80),  # in the third of five slices: two are committed
    ],
)
def test_a_reader_killed_at_any_moment_leaves_every_document_to_be_taken_in_once(
    shop, tmp_path, after, slice_, inside, written
):
    lines = killed(tmp_path, after=after, slice_=slice_, inside=inside)
    assert lines == ["received", *["step"] * (after - 1)]
    assert (Document.objects.count(), Order.objects.count()) == (written, written)
    (pending,) = queries.pending_files()
    assert operations.read_file(file_id=pending, by=BY, at=AT, wait=True)
    assert Counter(Document.objects.values_list("outcome", flat=True)) == {"orders": 200}
    assert Order.objects.count() == Order.objects.values("po_number").distinct().count() == 200
    assert list(Document.objects.order_by("position").values_list("position", flat=True)) == list(range(1, 201))
    assert InboxFile.objects.get().state == "done"
