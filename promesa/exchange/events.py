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
class ErpPulled:
    """Masters, stock and deliveries were read from another system."""

    SUBJECT: ClassVar[str] = "erp_system"
    erp_system_id: int
    rows: int
    changed: int
    rejected: int
    deliveries: int


@dataclass(frozen=True, slots=True)
class ErpPushed:
    """An order or invoice is known to another system now."""

    SUBJECT: ClassVar[str] = "erp_system"
    erp_system_id: int
    kind: str
    number: str
    reference: str


@dataclass(frozen=True, slots=True)
class LayoutLearnt:
    """A sender's layout was learnt from what a person corrected on one of their papers."""

    SUBJECT: ClassVar[str] = "document"
    document_id: int
    sender: str


@dataclass(frozen=True, slots=True)
class MastersAligned:
    """A customer's catalogue was compared with our masters, and something differs newly or no longer."""

    SUBJECT: ClassVar[str] = "customer"
    customer_id: int
    items: int
    found: int
    settled: int


@dataclass(frozen=True, slots=True)
class MasterRepaired:
    """A missing master or cross-reference was made so that documents could go on."""

    SUBJECT: ClassVar[str] = "customer"
    customer_id: int
    repair: str
    code: str
    meaning: str


@dataclass(frozen=True, slots=True)
class _OfOutgoing:
    SUBJECT: ClassVar[str] = "outgoing"
    outgoing_id: int
    kind: str
    about: str
    number: str


@dataclass(frozen=True, slots=True)
class OutgoingMade(_OfOutgoing):
    """A document for a partner was laid out to be sent. `about`: `order:17`, `despatch:3`, `invoice:5`."""

    version: int


@dataclass(frozen=True, slots=True)
class OutgoingSent(_OfOutgoing):
    """It reached the other side's door."""

    channel: str
    attempts: int


@dataclass(frozen=True, slots=True)
class OutgoingAcknowledged(_OfOutgoing):
    """The other side says that it has it. `how`: document, transport, person."""

    how: str


@dataclass(frozen=True, slots=True)
class OutgoingRefused(_OfOutgoing):
    """The other side refused it."""

    reported: int


@dataclass(frozen=True, slots=True)
class OutgoingFailed(_OfOutgoing):
    """It could not be written, or not be brought there however often it was tried."""

    code: str
    attempts: int


@dataclass(frozen=True, slots=True)
class OutgoingStopped(_OfOutgoing):
    """A person stopped it before it left, or sent it once more: `to_send` or `cancelled`."""

    state: str
