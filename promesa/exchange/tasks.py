"""Jobs of the worker: read what came in and sweep up what is still to be read; send what is to go out; watch the inbox."""

from __future__ import annotations

import contextlib
import logging
from datetime import UTC, datetime

from django.db import close_old_connections, connection
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from promesa.core.actors import Actor
from promesa.exchange import queries
from promesa.exchange.connectors import Unreachable
from promesa.exchange.operations import (
    call_unanswered,
    read_file,
    route_waiting,
    send_due,
    settle_left_behind,
    watch_inbox,
)
from promesa.exchange.operations.checking import learn_layout
from promesa.exchange.operations.erp import pull, push
from promesa.exchange.operations.mail_answers import answer_all
from promesa.exchange.operations.mailbox import fetch_mailbox, mailboxes

BY = Actor("schedule:take-in")
SENDER = Actor("schedule:send")
WATCHER = Actor("schedule:inbox")
POSTMAN = Actor("schedule:mail")
log = logging.getLogger(__name__)
# What is to go out after so many seconds waits for the next minute: a worker has more to do than to send.
A_RUN = 50.0


def _fresh_connection() -> None:
    """A job may find the connection of hours ago: drop it if it is dead. Inside a transaction it is somebody's."""
    if not connection.in_atomic_block:
        close_old_connections()


def defer_reading(*, file_id: int) -> None:
    """Ask the worker to read a file. Call it after the file's row is committed; the sweep finds what it misses."""
    with contextlib.suppress(AlreadyEnqueued):
        read_file_task.configure(queueing_lock=f"file:{file_id}").defer(file_id=file_id)


@app.task(name="exchange.read_file", queue="exchange", pass_context=False)
def read_file_task(*, file_id: int) -> None:
    """Read one file. A failure leaves it in the inbox for the sweep."""
    _fresh_connection()
    read_file(file_id=file_id, by=BY, at=datetime.now(UTC))


def defer_learning(*, document_id: int, by: str) -> None:
    """Ask the worker to learn the layout of a paper that a person checked."""
    with contextlib.suppress(AlreadyEnqueued):
        learn_layout_task.configure(queueing_lock=f"layout:{document_id}").defer(document_id=document_id, by=by)


@app.task(name="exchange.learn_layout", queue="exchange", pass_context=False)
def learn_layout_task(*, document_id: int, by: str) -> None:
    """Learn a sender's layout. Nothing waits for it: should it fail, the next paper is checked by a person again."""
    _fresh_connection()
    learn_layout(document_id=document_id, by=Actor(by), at=datetime.now(UTC))


@app.periodic(cron="* * * * *")
@app.task(name="exchange.sweep", queue="exchange", queueing_lock="exchange.sweep", pass_context=False)
def sweep_task(timestamp: int) -> None:
    """Once a minute: read every file that waits, and say aloud which have waited too long."""
    _fresh_connection()
    at = datetime.fromtimestamp(timestamp, UTC)
    for file_id in queries.pending_files():
        try:
            read_file(file_id=file_id, by=BY, at=datetime.now(UTC))
        except Exception:
            log.exception("file %s could not be read; it stays in the inbox", file_id)
    settle_left_behind(by=BY, at=at)
    route_waiting(by=BY)  # what a stop kept from its turn
    for late in queries.stuck_files(at=at):
        log.error(
            "file %s (%s) has waited since %s, tried %s times", late.id, late.name, late.received_at, late.attempts
        )


@app.periodic(cron="* * * * *")
@app.task(name="exchange.send", queue="exchange", queueing_lock="exchange.send", pass_context=False)
def send_task(timestamp: int) -> None:
    """Once a minute: bring documents whose time has come to the other side."""
    _fresh_connection()
    send_due(by=SENDER, at=datetime.now(UTC), seconds=A_RUN)


@app.periodic(cron="* * * * *")
@app.task(name="exchange.watch", queue="exchange", queueing_lock="exchange.watch", pass_context=False)
def watch_task(timestamp: int) -> None:
    """Once a minute: take in what lies in the inbox folder."""
    _fresh_connection()
    watch_inbox(by=WATCHER, now=lambda: datetime.now(UTC))


@app.periodic(cron="*/5 * * * *")
@app.task(name="exchange.unanswered", queue="exchange", queueing_lock="exchange.unanswered", pass_context=False)
def unanswered_task(timestamp: int) -> None:
    """Every five minutes: call a person for what should have been acknowledged and was not."""
    _fresh_connection()
    call_unanswered(by=SENDER, at=datetime.fromtimestamp(timestamp, UTC))


@app.periodic(cron="*/2 * * * *")
@app.task(name="exchange.mail", queue="exchange", queueing_lock="exchange.mail", pass_context=False)
def mail_task(timestamp: int) -> None:
    """Every two minutes: take in what came to the mailboxes; the sweep reads it."""
    _fresh_connection()
    for box in mailboxes():
        fetched = fetch_mailbox(box=box, by=POSTMAN, at=datetime.now(UTC))
        for taken in fetched.taken:
            defer_reading(file_id=taken.file_id)
        answer_all(box=box, mail_ids=[one.mail_id for one in fetched.taken], by=POSTMAN, at=datetime.now(UTC))
        if fetched.trouble:
            log.warning("mailbox %s: %s", box.name, fetched.trouble)


@app.periodic(cron="*/10 * * * *")
@app.task(name="exchange.erp", queue="exchange", queueing_lock="exchange.erp", pass_context=False)
def erp_task(timestamp: int) -> None:
    """Every ten minutes: read from the systems beside this one, and give them what they lack. One that cannot be asked says so
    on its page and is asked again next time."""
    _fresh_connection()
    for code in queries.erp_systems():
        for act in (pull, push):
            try:
                act(code=code, by=Actor("schedule:erp"), at=datetime.now(UTC))
            except Unreachable:
                break  # it is noted beside the system
            except Exception:
                log.exception("system %s failed", code)
                break
