"""Two senders for one document, and a sender that is killed between bringing and saying so."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from promesa.core import bulk, relay
from promesa.exchange import operations
from promesa.exchange.channels import Brought
from promesa.exchange.models import Document, OutgoingDocument, SendingAttempt
from promesa.exchange.operations import sending
from promesa.exchange.tests.company import AT, BY, CSV, add_customer, add_item, open_shop, take_in
from promesa.exchange.tests.partners import add_partner, application_response, order_change, read_neutral
from promesa.exchange.tests.test_races_and_stops import together
from promesa.orders.models import OrderChange

CHECKOUT = Path(__file__).parents[3]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.wired]


@pytest.fixture
def shop():
    open_shop()
    add_customer("C-1", name="Almacenes Uno")
    add_item("A1", stock=100_000)
    add_partner(channel="http", address="https://edi.example/in", kinds=["order_response"])


def some_orders(count):
    take_in((CSV + "".join(f"PO-{n};C-1;A1;4;2026-03-10\n" for n in range(count))).encode())
    relay.drain()


@pytest.fixture
def brought(monkeypatch):
    """What channels were asked to bring, by control reference."""
    seen = Counter()

    def bring(parcel, *, channel, at):
        seen[parcel.message_id] += 1
        return Brought(message_id=parcel.message_id)

    monkeypatch.setattr(sending.channels, "bring", bring)
    return seen


def test_four_senders_at_once_bring_each_document_once(shop, brought):
    some_orders(12)
    together(*[lambda: operations.send_due(by=BY, at=AT)] * 4)
    assert sorted(brought.values()) == [1] * 12
    assert Counter(OutgoingDocument.objects.values_list("state", "attempts")) == {("sent", 1): 12}
    assert SendingAttempt.objects.count() == 12


def test_without_the_lock_two_senders_do_bring_the_same_document(shop, brought, monkeypatch):
    """The control: the race is there, and only the lock keeps it from happening."""
    some_orders(1)
    meeting = threading.Barrier(2)
    look = "SELECT id FROM exchange_outgoingdocument WHERE state = 'to_send'"
    take = sending._CLAIM.replace(" FOR UPDATE SKIP LOCKED", "").replace(
        "WHERE state = 'to_send' AND (next_try_at IS NULL OR next_try_at <= %(at)s) AND", "WHERE %(at)s IS NOT NULL AND"
    )
    real = sending.bulk.rows

    def unlocked(sql, params=()):
        if sql is sending._CLAIM:
            due = real(look)
            if due:
                meeting.wait(10)  # both have seen that nobody was first
                return real(take, params)
            return []
        return real(sql, params)

    monkeypatch.setattr(sending.bulk, "rows", unlocked)
    monkeypatch.setattr(sending, "_note_tries", lambda **said: None)
    claimed = []
    together(*[lambda: claimed.append(sending.claim(near=False, by=BY, at=AT))] * 2)
    assert [len(one) for one in claimed] == [1, 1]


def test_what_a_sender_has_is_nobody_elses_until_its_time_is_over(shop, brought):
    some_orders(1)
    (ours,) = sending.claim(near=False, by=BY, at=AT)
    assert operations.send_due(by=BY, at=AT) == 0
    assert operations.send_due(by=BY, at=AT + sending.LEASE - timedelta(seconds=1)) == 0
    assert operations.send_due(by=BY, at=AT + sending.LEASE) == 1
    assert brought == {f"promesa-{ours.reference}": 1}


def test_two_relays_that_answer_one_order_make_one_response(shop):
    some_orders(1)
    OutgoingDocument.objects.all().delete()
    order_id = bulk.row("SELECT id FROM orders_order")[0]
    together(*[lambda: operations.answer_orders(order_ids=[order_id], by=BY, at=AT)] * 6)
    assert list(OutgoingDocument.objects.values_list("version", flat=True)) == [1]


def test_the_same_change_in_four_files_at_once_is_done_once(shop, monkeypatch):
    some_orders(1)
    monkeypatch.setattr("promesa.exchange.operations.reading.formats.documents", read_neutral)
    said = [
        order_change({"line_number": "1", "seller_code": "A1", "quantity": "3"}, po="PO-0", envelope={"reference": str(n)})
        for n in range(4)
    ]  # fmt: skip
    together(*[lambda one=one: take_in(json.dumps([one]).encode(), "change.json") for one in said])
    assert Counter(Document.objects.filter(kind="order_change").values_list("outcome", flat=True)) == {
        "applied": 1, "duplicate": 3,
    }  # fmt: skip
    assert OrderChange.objects.count() == 1


def test_an_acknowledgement_and_a_mark_at_once_leave_it_acknowledged(shop, brought):
    some_orders(1)
    claimed = sending.claim(near=False, by=BY, at=AT)
    (ready,) = sending.begin(claimed=claimed, by=BY, at=AT)
    result = sending.Sent(ready, Brought(message_id="x"))
    answer = application_response(ready.number)
    together(
        lambda: sending.settle_tries(results=[result], by=BY, at=AT),
        lambda: take_in(answer, "answer.xml", partner_code="P-1"),
    )
    row = OutgoingDocument.objects.get()
    assert (row.state, row.sent_at) == ("acknowledged", AT)


# --- Killed --------------------------------------------------------------------------------------------------------

SENDER = """
import time
from datetime import UTC, datetime
import django
django.setup()
from promesa.core.actors import Actor
from promesa.exchange.operations import sending
real = sending.{inside}
def told(*args, **said):
    {first}
    print("step", flush=True)
    time.sleep(30)
    {last}
sending.{inside} = told
sending.send_due(by=Actor("command"), at=datetime(2026, 3, 2, 9, tzinfo=UTC))
"""


def killed_in(tmp_path, inside, *, after):
    """Start a sender of its own and kill it with SIGKILL before or after this step."""
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}&port={database['PORT']}"
    environment = {**os.environ, "PROMESA_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "promesa.config.settings"}
    calls = ("result = real(*args, **said)", "return result") if after else ("pass", "return real(*args, **said)")
    script = SENDER.format(inside=inside, first=calls[0], last=calls[1])
    sender = subprocess.Popen(
        [sys.executable, "-c", script], env={**environment, "DATABASE_URL": url}, cwd=CHECKOUT, stdout=subprocess.PIPE
    )
    assert sender.stdout.readline() == b"step\n"
    os.kill(sender.pid, signal.SIGKILL)
    assert sender.wait() == -signal.SIGKILL
    sender.stdout.close()


@pytest.mark.parametrize(
    ("inside", "after", "tries", "was_there"),
    [
        ("begin", False, 0, False),  # claimed, no bytes yet
        ("begin", True, 1, False),  # the try is noted, nothing was brought
        ("settle_tries", False, 1, True),  # brought, not marked
        ("settle_tries", True, 1, True),  # marked
    ],
)
def test_a_sender_killed_at_any_moment_leaves_the_same_bytes_to_be_brought_under_the_same_name(
    tmp_path, inside, after, tries, was_there
):
    open_shop()
    add_customer("C-1", name="Almacenes Uno")
    add_item("A1")
    add_partner(kinds=["order_response"])
    some_orders(1)
    box = tmp_path / "exchange" / "outbox" / "P-1"
    killed_in(tmp_path, inside, after=after)
    before = {path.name: path.read_bytes() for path in box.glob("*")} if box.exists() else {}
    assert (SendingAttempt.objects.count(), bool(before)) == (tries, was_there)
    marked = inside == "settle_tries" and after
    assert OutgoingDocument.objects.get().state == ("sent" if marked else "to_send")

    again = operations.send_due(by=BY, at=AT + sending.LEASE)
    assert again == (0 if marked else 1)
    row = OutgoingDocument.objects.get()
    assert row.state == "sent"
    files = {path.name: path.read_bytes() for path in box.glob("*")}
    assert len(files) == 1
    assert not before or files == before
    assert set(SendingAttempt.objects.values_list("sha256", flat=True)) == {row.sha256}
