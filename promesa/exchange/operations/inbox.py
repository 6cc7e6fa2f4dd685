"""Taking bytes in: they are on the disk before anything says that they have come."""

from __future__ import annotations

from datetime import datetime

from promesa.access.queries import insist
from promesa.core import store
from promesa.core.actors import Actor
from promesa.core.errors import Refused
from promesa.core.events import emit
from promesa.core.verbs import verb
from promesa.exchange.events import FileReceived
from promesa.exchange.models import InboxFile, Partner


class PartnerUnknown(Refused):
    """There is no partner of that code."""


def receive_file(
    *,
    content: bytes,
    name: str,
    channel: str = "file",
    partner_code: str = "",
    by: Actor,
    at: datetime,
    received_at: datetime | None = None,
) -> InboxFile:
    """Keep the bytes of a file and enter it in the inbox; whoever gets an answer may forget the file.

    `at` is the moment that counts for the orders in it, `received_at` when it reached us (the same if not said).
    Reading it comes after: `read_file`, or the sweep of the worker, which finds every file that is not read.

    :raises PartnerUnknown: if a partner is named that does not exist.
    :raises NotAllowed: without the right to take in documents.
    """
    insist(by, "take_in")
    partner = _partner(partner_code)
    sha256 = store.keep(content)
    return _enter(
        sha256=sha256, size=len(content), name=name, channel=channel, partner=partner, by=by, at=at,
        received_at=received_at or at,
    )  # fmt: skip


def _partner(code: str) -> Partner | None:
    if not code:
        return None
    partner = Partner.objects.filter(code=code).first()
    if partner is None:
        known = ", ".join(Partner.objects.order_by("code").values_list("code", flat=True)[:20])
        raise PartnerUnknown(code=code, known=known or "—")
    return partner


@verb
def _enter(
    *,
    sha256: str,
    size: int,
    name: str,
    channel: str,
    partner: Partner | None,
    by: Actor,
    at: datetime,
    received_at: datetime,
) -> InboxFile:
    file = InboxFile.objects.create(
        sha256=sha256, name=_shown(name), size=size, channel=channel[:20], partner=partner, brought_by=by, happened_at=at,
        received_at=received_at,
    )  # fmt: skip
    emit(FileReceived(file_id=file.pk, name=file.name, sha256=sha256, channel=file.channel), by=by, at=at)
    return file


def _shown(name: str) -> str:
    """A file name that can be stored and shown: its last part, without what no text column holds."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1].replace("\x00", "")
    return last.encode("utf-8", "replace").decode("utf-8")[:255] or "?"
