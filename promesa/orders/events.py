"""What can happen to an order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class _OfOrder:
    SUBJECT: ClassVar[str] = "order"
    order_id: int


@dataclass(frozen=True, slots=True)
class OrderCaptured(_OfOrder):
    """A draft was made that cannot be submitted yet."""

    lines: int
    findings: int
    channel: str
    po_number: str


@dataclass(frozen=True, slots=True)
class OrderSubmitted(_OfOrder):
    """An order passed its checks (perhaps with holds) and asks for a promise."""

    lines: int
    findings: int
    channel: str
    po_number: str


@dataclass(frozen=True, slots=True)
class LinesPromised(_OfOrder):
    """Dates and quantities were given, and claimed."""

    lines: int
    short_lines: int


@dataclass(frozen=True, slots=True)
class OrderConfirmed(_OfOrder):
    lines: int


@dataclass(frozen=True, slots=True)
class OrderHeld(_OfOrder):
    kind: str
    role: str


@dataclass(frozen=True, slots=True)
class HoldReleased(_OfOrder):
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class FindingResolved(_OfOrder):
    code: str
    resolution: str


@dataclass(frozen=True, slots=True)
class PromisesChanged(_OfOrder):
    """A later promise replaced the one in force."""

    lines: int
    initiator: str
    cause: str


@dataclass(frozen=True, slots=True)
class CustomerTold(_OfOrder):
    """They know of so many promises in force; none: of what holds the order up. `how`: phone, email, api ..."""

    promises: int
    how: str = ""


@dataclass(frozen=True, slots=True)
class CustomerNotReached(_OfOrder):
    """What told them of so many promises came back: they do not know of them."""

    promises: int


@dataclass(frozen=True, slots=True)
class LinesReleased(_OfOrder):
    lines: int


@dataclass(frozen=True, slots=True)
class LineChanged(_OfOrder):
    line_number: int
    kind: str
    before: str
    after: str
    initiator: str


@dataclass(frozen=True, slots=True)
class RequestMoved(_OfOrder):
    """The customer wants it at another time."""

    initiator: str
    because_we_were_late: bool


@dataclass(frozen=True, slots=True)
class OrderCancelled(_OfOrder):
    initiator: str
    cause: str
    reason: str


@dataclass(frozen=True, slots=True)
class OrderRefused(_OfOrder):
    reason: str


@dataclass(frozen=True, slots=True)
class OrderNoted(_OfOrder):
    """Somebody wrote a note for whoever looks at the order next."""

    text: str


@dataclass(frozen=True, slots=True)
class OrderClosed(_OfOrder):
    pass
