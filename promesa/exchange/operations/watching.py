"""The folder door: what lies in `inbox/<partner>/` is taken in and moved to `done/` or `refused/`, with a note that says why.

Files that are still being written are left. A watcher that dies between taking a file in and moving it finds it again, knows
it by its bytes, and only moves it. One watcher works at a time.
"""

from __future__ import annotations

import fcntl
import logging
import os
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from promesa.core import store, words
from promesa.core.actors import Actor
from promesa.exchange import queries
from promesa.exchange.channels import folders
from promesa.exchange.models import Document, InboxFile, Partner
from promesa.exchange.operations.inbox import receive_file
from promesa.exchange.operations.reading import read_file
from promesa.exchange.queries.recipients import partners_on
from promesa.exchange.states import FileState, Outcome

log = logging.getLogger(__name__)

CHANNEL = "folder"
# What writers call a file until it is whole.
UNFINISHED = (".part", ".tmp", ".filepart", ".partial", ".crdownload", ".swp", ".writing")
# A file is whole when nothing of it changed for so long.
QUIET_SECONDS = 1.0
MAX_FILE = 500_000_000  # bytes; how large each document in it may be, its reader says
GOOD = frozenset({Outcome.ORDERS, Outcome.APPLIED, Outcome.FILED})


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that was taken in: where it lies now, and what its documents became."""

    name: str
    partner: str
    place: str
    outcomes: tuple[str, ...]


def watch_inbox(*, by: Actor, now: Callable[[], datetime]) -> list[Taken]:
    """Take in every file that is whole, the oldest first; `now` says when. Another watcher at work: nothing is done."""
    root = folders.root()
    _make_folders(root, now().date())
    with _alone(root) as is_ours:
        if not is_ours:
            return []
        candidates = _whole(_candidates(root))
        return [taken for path in candidates if (taken := _take_safely(root, path, by, now)) is not None]


def _make_folders(root: Path, on: date) -> None:
    for code in partners_on(on=on).values_list("code", flat=True):
        (root / "inbox" / folders.safe(code)).mkdir(parents=True, exist_ok=True)


@contextmanager
def _alone(root: Path) -> Iterator[bool]:
    """Hold the folder's lock, unless somebody has it."""
    root.mkdir(parents=True, exist_ok=True)
    handle = os.open(root / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(handle)


def _candidates(root: Path) -> list[tuple[Path, os.stat_result]]:
    """Plain files in the inbox and in its partners' folders; nothing hidden, unfinished or pointing elsewhere."""
    box = root / "inbox"
    box.mkdir(parents=True, exist_ok=True)
    found = []
    for folder in [box, *sorted(one for one in box.iterdir() if one.is_dir() and not one.is_symlink())]:
        for path in folder.iterdir():
            if path.name.startswith(".") or path.name.lower().endswith(UNFINISHED):
                continue
            about = path.lstat()
            if stat.S_ISREG(about.st_mode):
                found.append((path, about))
    return sorted(found, key=lambda one: (one[1].st_mtime_ns, one[0].name))


def _whole(candidates: Sequence[tuple[Path, os.stat_result]]) -> list[Path]:
    """Those of which nothing changed while we looked."""
    if candidates:
        time.sleep(QUIET_SECONDS)
    whole = []
    for path, before in candidates:
        try:
            after = path.lstat()
        except FileNotFoundError:
            continue
        if (after.st_size, after.st_mtime_ns, after.st_ino) == (before.st_size, before.st_mtime_ns, before.st_ino):
            whole.append(path)
    return whole


def _take_safely(root: Path, path: Path, by: Actor, now: Callable[[], datetime]) -> Taken | None:
    """One file; a fault with it leaves it where it is for the next time, and the others go on."""
    try:
        return _take(root, path, by, now)
    except Exception:
        log.exception("file %s of the inbox could not be taken in; it stays there", path.name)
        return None


def _take(root: Path, path: Path, by: Actor, now: Callable[[], datetime]) -> Taken | None:
    folder = "" if path.parent == root / "inbox" else path.parent.name
    partner = _partner_of(folder, now().date())
    if folder and partner is None:
        log.warning("the inbox has a folder %s and no partner of that name: its files stay", folder)
        return None
    lang = partner.customer.language if partner is not None and partner.customer is not None else "es"
    size = path.lstat().st_size
    if size > MAX_FILE:
        note = words.say("watch_too_large", {"received": size, "right": MAX_FILE}, lang)
        return _away(root, path, folder, "refused", note, ("rejected",))
    file = _received(path.read_bytes(), path, partner, by, now())
    while file.state != FileState.DONE and not read_file(file_id=file.pk, by=by, at=now(), wait=True):
        time.sleep(0.2)
    documents = queries.documents_of_file(file_id=file.pk)
    outcomes = tuple(one.outcome for one in documents)
    box = "refused" if set(outcomes) <= {Outcome.REJECTED} else "done"
    return _away(root, path, folder, box, _note(documents, lang), outcomes)


def _received(content: bytes, path: Path, partner: Partner | None, by: Actor, at: datetime) -> InboxFile:
    return _entered(content, path, partner) or receive_file(
        content=content, name=path.name, channel=CHANNEL, partner_code=partner.code if partner else "", by=by, at=at
    )


def _partner_of(folder: str, on: date) -> Partner | None:
    if not folder:
        return None
    for partner in partners_on(on=on):
        if folder in (partner.code, folders.safe(partner.code)):
            return partner
    return None


def _entered(content: bytes, path: Path, partner: Partner | None) -> InboxFile | None:
    """The row of this very file, if it was entered and not moved: its bytes came after it lay there."""
    since = datetime.fromtimestamp(path.lstat().st_ctime, UTC)
    return (
        InboxFile.objects.filter(
            sha256=store.digest(content), name=path.name[:255], channel=CHANNEL, partner=partner, received_at__gte=since
        )
        .order_by("id")
        .last()
    )


def _note(documents: Sequence[Document], lang: str) -> str:
    """What the sender should know of documents that were not simply taken; nothing if all were."""
    found = queries.findings_of(document_ids=[one.pk for one in documents])
    lines: list[str] = []
    for document in documents:
        if document.outcome in GOOD:
            continue
        said = words.say("outcome_" + document.outcome, lang=lang)
        if document.outcome == Outcome.REJECTED:
            said += f" ({words.say('rejected_' + document.reason.lower(), lang=lang)})"
        lines.append(f"{document.position}. {document.number or '—'}: {said}")
        for one in found.get(document.pk, []):
            if one.open and one.severity != "note":
                lines.append("   " + (f"{one.line}: " if one.line else "") + one.sentence(lang))
    return "\n".join(lines)


def _away(root: Path, path: Path, folder: str, box: str, note: str, outcomes: tuple[str, ...]) -> Taken:
    """Move a file out of the inbox, under a name that is free; beside it the note, written first."""
    target = root / box / folder if folder else root / box
    target.mkdir(parents=True, exist_ok=True)
    place = _free(target, path.name)
    if note:
        folders.put(target, place.name + ".txt", (note + "\n").encode())
    path.rename(place)
    folders.sync(target)
    folders.sync(path.parent)
    return Taken(path.name, folder, str(place.relative_to(root)), outcomes)


def _free(folder: Path, name: str) -> Path:
    """A name in a folder that nothing bears: the second of a name gets `-2` before its ending."""
    place, number = folder / name, 1
    stem, ending = os.path.splitext(name)
    while place.exists():
        number += 1
        place = folder / f"{stem}-{number}{ending}"
    return place
