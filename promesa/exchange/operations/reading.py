"""Reading a file: each document in it becomes an order, is rejected by name, waits for a person, or repeats another.

A file is read whole in one transaction, or, when it holds very many documents, in slices of a thousand, of which only one
is in memory. A slice that
fails through a fault of ours is halved until the one document that fails is alone; that one waits, the others go on.
"""

from __future__ import annotations

import logging
import mmap
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import Enum
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.utils import InterfaceError, OperationalError

from promesa.core import bulk, prepared, store
from promesa.core.actors import Actor
from promesa.core.events import emit
from promesa.core.verbs import verb
from promesa.exchange import formats
from promesa.exchange.channels import NotBrought, secrets
from promesa.exchange.events import FileRead
from promesa.exchange.formats import mail, pdf, scan
from promesa.exchange.formats.neutral import NeutralDocument
from promesa.exchange.models import InboxFile
from promesa.exchange.operations.outcomes import Numbered, failed, write_outcomes
from promesa.exchange.operations.routing import route_waiting
from promesa.exchange.queries.layouts import templates_of
from promesa.exchange.rules.routing import ROUTED
from promesa.exchange.states import FileState, Outcome

log = logging.getLogger(__name__)

SLICE = 1_000


class Turn(Enum):
    """Whether a file is ours to read, somebody else's just now, or read."""

    OURS = "ours"
    LATER = "later"
    OVER = "over"


def read_file(*, file_id: int, by: Actor, at: datetime, wait: bool = False) -> bool:
    """Read a file of the inbox and give every document in it an outcome.

    Orders count from the moment the file was said to have happened, or from `at` if that was simply its arrival.
    Returns False when another reader is at it (or at the same bytes) and the file stays to be read; with `wait` the
    reader waits for its turn first. Reading what is read already does nothing.
    """
    file = InboxFile.objects.select_related("partner").get(pk=file_id)
    if file.state == FileState.DONE:
        return True
    moment = at if file.happened_at == file.received_at else file.happened_at
    turn = _repeats(file_id=file_id, by=by, at=moment, wait=wait)
    if turn is not Turn.OURS:
        return turn is Turn.OVER
    InboxFile.objects.filter(pk=file_id).update(attempts=F("attempts") + 1)
    routed = False
    for numbered, last in _slices(_documents(file)):
        total = numbered[-1][0] if last else numbered[-1][0] + 1  # with more to come, the file isn't read yet
        turn = _take(file_id, numbered, total, by, moment, wait)
        if turn is not Turn.OURS:
            return turn is Turn.OVER
        routed = routed or any(one.kind in ROUTED for _, one in numbered)
    if routed:
        route_waiting(file_id=file_id, by=by, at=moment)
    return True


def _slices(documents: Iterator[NeutralDocument]) -> Iterator[tuple[list[Numbered], bool]]:
    """The documents in slices, numbered through, and whether a slice is the last. Only one slice is in memory."""
    numbered = enumerate(documents, 1)
    ahead = next(numbered, None)
    while ahead is not None:
        found = [ahead, *islice(numbered, SLICE - 1)]
        ahead = next(numbered, None)
        yield found, ahead is None


def _documents(file: InboxFile) -> Iterator[NeutralDocument]:
    """What the readers make of the bytes. They never raise; if one does, the file waits for a person instead of vanishing."""
    with _content(file) as content:
        try:
            yield from formats.documents(
                content, filename=file.name, mapping=mapping_of(file), templates=_templates(content, file)
            )
        except Exception as error:
            log.exception("file %s could not be read", file.pk)
            yield failed(type(error).__name__)


def _templates(content: bytes | mmap.mmap, file: InboxFile) -> list[dict[str, Any]]:
    """The layouts learnt for a sender, if the file is a paper or may bring one; the keys to check its documents with."""
    begins = content[:1024]
    is_paper = pdf.looks_like(begins) or scan.looks_like(begins) or mail.looks_like(begins)
    layouts = templates_of(partner_id=file.partner_id) if is_paper else []
    return [*layouts, *_keys(file)]


def _keys(file: InboxFile) -> list[dict[str, Any]]:
    """What its sender's documents are checked with. A key that is not where it should be leaves them unchecked, which
    they say."""
    if file.partner is None or not file.partner.keys:
        return []
    try:
        return [{"technical_key": secrets.read(file.partner.keys)}]
    except NotBrought:
        log.warning("the keys of partner %s are not there", file.partner.code)
        return []


@contextmanager
def _content(file: InboxFile) -> Iterator[bytes | mmap.mmap]:
    """The bytes of a file; those of a large one stay on the disk."""
    if file.size <= formats.MAX_BYTES:
        yield store.load(file.sha256)
        return
    with (
        store.place_of(file.sha256).open("rb") as opened,
        mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as mapped,
    ):
        yield mapped


def mapping_of(file: InboxFile) -> formats.Mapping | None:
    """How the partner of a file writes tables; none when nobody said."""
    return formats.Mapping.of(file.partner.mapping) if file.partner and file.partner.mapping else None


def _take(file_id: int, numbered: Sequence[Numbered], total: int, by: Actor, at: datetime, wait: bool) -> Turn:
    """One slice in one transaction; halved when it fails through a fault that is not the database's."""
    try:
        return _take_slice(file_id=file_id, numbered=numbered, total=total, by=by, at=at, wait=wait)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        if transaction.get_connection().in_atomic_block:
            raise  # the transaction of a caller is broken: it isn't ours to go on with
        log.exception("documents %s to %s of file %s failed", numbered[0][0], numbered[-1][0], file_id)
        if len(numbered) == 1:
            position, document = numbered[0]
            kept = [(position, failed(type(error).__name__, document))]
            return _take_slice(file_id=file_id, numbered=kept, total=total, by=by, at=at, wait=wait)
        half = len(numbered) // 2
        first = _take(file_id, numbered[:half], total, by, at, wait)
        return _take(file_id, numbered[half:], total, by, at, wait) if first is Turn.OURS else first


@verb
def _take_slice(*, file_id: int, numbered: Sequence[Numbered], total: int, by: Actor, at: datetime, wait: bool) -> Turn:
    """Take in the documents that have no outcome yet, under the lock of the file's bytes. With the last of `total` the
    file is read."""
    file, turn = _turn(file_id, wait, by, at)
    if file is not None and turn is Turn.OURS:
        done = dict(bulk.rows("SELECT position, outcome FROM exchange_document WHERE file_id = %s", [file_id]))
        fresh = [one for one in numbered if one[0] not in done]
        prepared.defer()
        outcomes = [*done.values(), *write_outcomes(file=file, numbered=fresh, by=by, at=at)]
        if len(outcomes) >= total:
            _finish(file_id, outcomes, by, at)
    return turn


@verb
def _repeats(*, file_id: int, by: Actor, at: datetime, wait: bool) -> Turn:
    """Settle a file whose bytes came before without reading it."""
    return _turn(file_id, wait, by, at)[1]


_LOCK = "SELECT pg_advisory_xact_lock(%s)"
_TRY_LOCK = "SELECT pg_try_advisory_xact_lock(%s)"


def lock_key(sha256: str) -> int:
    """The key of the lock on bytes: 60 bits of their digest."""
    return int(sha256[:15], 16)


def _turn(file_id: int, wait: bool, by: Actor, at: datetime) -> tuple[InboxFile | None, Turn]:
    """Lock the file together with every other that has the same bytes, and say whether it is ours to read.

    The key is the digest, not a row: the same bytes may be entering in rows that nobody can see yet.
    """
    found = bulk.row("SELECT sha256 FROM exchange_inboxfile WHERE id = %s", [file_id])
    assert found is not None
    key = lock_key(found[0])
    if wait:
        bulk.rows(_LOCK, [key])
    elif bulk.rows(_TRY_LOCK, [key]) != [(True,)]:
        return None, Turn.LATER
    rows = InboxFile.objects.select_for_update(of=("self",), skip_locked=not wait).select_related("partner")
    file = rows.filter(pk=file_id).first()
    if file is None:
        return None, Turn.LATER
    if file.state == FileState.DONE:
        return file, Turn.OVER
    return file, _first_or_repeat(file, by, at)


_FIRST = """
SELECT f.id, f.state FROM exchange_inboxfile f WHERE f.sha256 = %(sha256)s AND f.id <> %(file)s AND EXISTS (
    SELECT 1 FROM exchange_document d WHERE d.file_id = f.id AND d.outcome IN ('orders', 'applied', 'filed', 'waiting'))
ORDER BY f.id LIMIT 1
"""
_REPEAT = """
INSERT INTO exchange_document (file_id, position, format, kind, number, outcome, reason, neutral, duplicate_of_id, buyer_code,
    decided_at)
SELECT %(file)s, d.position, d.format, d.kind, d.number, 'duplicate', 'DUPLICATE', '{}', d.id, d.buyer_code, %(at)s
FROM exchange_document d WHERE d.file_id = %(first)s ORDER BY d.position
RETURNING id
"""


def _first_or_repeat(file: InboxFile, by: Actor, at: datetime) -> Turn:
    """Bytes that became orders, or wait, are not taken again: each document is a duplicate that points at the first."""
    if bulk.row("SELECT 1 FROM exchange_document WHERE file_id = %s LIMIT 1", [file.pk]) is not None:
        return Turn.OURS  # begun before a stop: its own documents are no repeats
    first = bulk.row(_FIRST, {"file": file.pk, "sha256": file.sha256})
    if first is None:
        return Turn.OURS
    if first[1] != FileState.DONE:
        return Turn.LATER  # the first is being read in slices
    written = bulk.rows(_REPEAT, {"file": file.pk, "first": first[0], "at": at})
    bulk.run("UPDATE exchange_inboxfile SET state = 'done', duplicate_of_id = %s WHERE id = %s", [first[0], file.pk])
    emit(FileRead(file_id=file.pk, orders=0, rejected=0, waiting=0, duplicate=len(written)), by=by, at=at)
    return Turn.OVER


def _finish(file_id: int, outcomes: Sequence[str], by: Actor, at: datetime) -> None:
    """Mark a file as read once all its documents have an outcome."""
    prepared.effect("UPDATE exchange_inboxfile SET state = 'done' WHERE id = %(file)s", {"file": file_id})
    counts = Counter(outcomes)
    emit(FileRead(file_id=file_id, **{str(one): counts[one] for one in Outcome}), by=by, at=at)
