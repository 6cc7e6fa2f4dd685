"""What the API takes and tells of documents."""

from __future__ import annotations

from datetime import datetime

from promesa.core.api import Told


class FoundTold(Told):
    """One thing that was found in a document, or in the order made of it; its sentence in both languages."""

    code: str
    aspect: str
    severity: str
    line: str | None = None
    field: str | None = None
    received: str | None = None
    right: str | None = None
    sentence: dict[str, str] = {}


class DocumentTold(Told):
    """A document and what became of it: orders, applied, filed, rejected (with its reason), waiting or duplicate."""

    document: int
    file: int
    position: int
    format: str
    kind: str
    number: str
    outcome: str
    reason: str | None = None
    orders: list[str] = []
    about: str | None = None
    duplicate_of: int | None = None
    decided_at: datetime
    findings: list[FoundTold] = []


class FileTold(Told):
    """A file that was received. `state` is `received` until it has been read, then `done`; then its documents are there."""

    file: int
    name: str
    sha256: str
    size: int
    state: str
    received_at: datetime
    documents: list[DocumentTold] = []


class SentTold(Told):
    """A document of ours and how far it has come."""

    id: int
    kind: str
    number: str
    version: int
    partner: str
    order: str | None = None
    about: str
    format: str
    channel: str
    state: str
    attempts: int
    next_try_at: datetime | None = None
    error: dict[str, str] | None = None
    made_at: datetime
    sent_at: datetime | None = None
    acknowledge_by: datetime | None = None
    acknowledged_at: datetime | None = None


class TryTold(Told):
    """One try to bring a document's bytes; `delivered` is null while it is under way, or where its sender died."""

    number: int
    began_at: datetime
    ended_at: datetime | None = None
    delivered: bool | None = None
    error: dict[str, str] | None = None


class SentWhole(SentTold):
    """A document of ours with its tries; `acknowledged_how` is document, transport or person."""

    acknowledged_how: str | None = None
    reported: list[str]
    tries: list[TryTold]


class SentPage(Told):
    items: list[SentTold]
    next: str | None = None
