"""What happened to files and documents that came in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FileReceived:
    """Bytes arrived and are kept; they have not been read yet."""

    SUBJECT: ClassVar[str] = "file"
    file_id: int
    name: str
    sha256: str
    channel: str


@dataclass(frozen=True, slots=True)
class FileRead:
    """Every document of a file has an outcome."""

    SUBJECT: ClassVar[str] = "file"
    file_id: int
    orders: int
    rejected: int
    waiting: int
    duplicate: int
    applied: int = 0
    filed: int = 0


@dataclass(frozen=True, slots=True)
class DocumentRead:
    """A document got its first outcome."""

    SUBJECT: ClassVar[str] = "document"
    document_id: int
    file_id: int
    outcome: str
    reason: str
    order_id: int | None


@dataclass(frozen=True, slots=True)
class DocumentSettled:
    """A document that waited became orders, or was rejected by a person."""

    SUBJECT: ClassVar[str] = "document"
    document_id: int
    outcome: str
    reason: str
    order_id: int | None


@dataclass(frozen=True, slots=True)
class MasterRepaired:
    """A missing master or cross-reference was made so that documents could go on."""

    SUBJECT: ClassVar[str] = "customer"
    customer_id: int
    repair: str
    code: str
    meaning: str
