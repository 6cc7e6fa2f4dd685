"""What happened to an order line, as plain values: all that the judgement may look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import IntEnum, StrEnum

from promesa.core.calendars import ALWAYS_OPEN, BusinessCalendar

ZERO = Decimal(0)


class Basis(StrEnum):
    """Which word the line is held against."""

    REQUESTED = "requested"
    FEASIBLE = "feasible"
    FIRST = "first"
    LAST = "last"


class Point(StrEnum):
    """Where the clock is read."""

    SHIP = "ship"
    ARRIVE = "arrive"
    POD = "pod"


class Unit(StrEnum):
    """What is counted."""

    ORDER = "order"
    LINE = "line"
    CASE = "case"
    VALUE = "value"


class Component(StrEnum):
    """The four parts of a perfect order."""

    FULL = "full"
    ON_TIME = "on_time"
    DOCUMENTS = "documents"
    CONDITION = "condition"


class Party(StrEnum):
    CUSTOMER = "customer"
    US = "us"
    CARRIER = "carrier"


class Stage(IntEnum):
    """The causal chain: the first stage that left its plan is the primary cause."""

    MASTER_DATA = 1
    CUSTOMER_DOCUMENT = 2
    CAPTURE = 3
    PROMISE = 4
    CREDIT = 5
    STOCK = 6
    PICKING = 7
    TRANSPORT = 8
    DOOR = 9
    DOCUMENTS = 10
    HIDDEN_QUALITY = 11
    UNKNOWN = 12


# Where a cause sits in the chain unless the deviation says its own stage.
STAGE_OF: dict[str, Stage] = {
    "C3": Stage.MASTER_DATA,
    "K1": Stage.CUSTOMER_DOCUMENT,
    "K4": Stage.CUSTOMER_DOCUMENT,
    "C2": Stage.CAPTURE,
    "X4": Stage.PROMISE,
    "X1": Stage.CREDIT,
    "K2": Stage.CREDIT,
    "C1": Stage.STOCK,
    "X5": Stage.PICKING,
    "C5": Stage.TRANSPORT,
    "C4": Stage.DOOR,
    "K3": Stage.DOOR,
    "X2": Stage.DOCUMENTS,
    "X3": Stage.HIDDEN_QUALITY,
    "U": Stage.UNKNOWN,
}
CUSTOMERS_OWN = frozenset({"K1", "K2", "K3", "K4"})


@dataclass(frozen=True, slots=True)
class Part:
    """A quantity due in a window.

    `end` closes it: a midnight belongs to the next day already, any other moment still to the window.
    """

    quantity: Decimal
    start: datetime | None
    end: datetime
    ship_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What the customer lets pass: shares of the quantity, and business days of the ship-to's calendar."""

    under: Decimal = ZERO
    over: Decimal = ZERO
    early_days: int = 0
    late_days: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """A new window for the line, and who wanted it."""

    at: datetime
    initiator: Party
    parts: tuple[Part, ...]
    agreed: bool = True
    because_we_were_late: bool = False


@dataclass(frozen=True, slots=True)
class Despatch:
    """Goods that left."""

    quantity: Decimal
    shipped_at: datetime
    planned_on: date | None = None
    shipped_on: date | None = None
    substitute: bool = False
    ordered_item_on_note: bool = False
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A quantity that was not taken at the door."""

    quantity: Decimal
    reason: str
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One try at the customer's door. `at` is the proof's corrected moment, `arrived_at` a proved arrival.

    `cause` says why it came late; the other causes why goods were damaged, missing, or have to be brought again.
    """

    at: datetime
    accepted: Decimal = ZERO
    with_reserve: Decimal = ZERO
    damaged: Decimal = ZERO
    short: Decimal = ZERO
    brought_back: Decimal = ZERO
    refusals: tuple[Refusal, ...] = ()
    arrived_at: datetime | None = None
    right_site: bool = True
    customer_absent: bool = False
    substitute: bool = False
    clock_suspect: bool = False
    short_life: bool = False
    cause: str = ""
    damage_cause: str = ""
    short_cause: str = ""
    back_cause: str = ""

    @property
    def taken(self) -> Decimal:
        return self.accepted + self.with_reserve

    @property
    def refused(self) -> Decimal:
        return sum((refusal.quantity for refusal in self.refusals), ZERO)

    @property
    def offered(self) -> Decimal:
        return self.taken + self.damaged + self.refused


@dataclass(frozen=True, slots=True)
class Cancellation:
    """A quantity taken off the line. `for_our_lateness`: the customer gave our delay or shortage as the reason."""

    quantity: Decimal
    by: Party
    at: datetime
    for_our_lateness: bool = False
    cause: str = ""


@dataclass(frozen=True, slots=True)
class CreditBlock:
    """The order stood still for credit, and since when the customer knew."""

    since: datetime
    until: datetime | None
    told_at: datetime | None


@dataclass(frozen=True, slots=True)
class DocumentFault:
    """What was wrong with a document. A fault of the customer's own is not counted against us."""

    code: str
    at: datetime
    ours: bool = True
    cause: str = ""
    on_invoice: bool = True


@dataclass(frozen=True, slots=True)
class Return:
    """Goods that came back after they were accepted."""

    quantity: Decimal
    at: datetime
    for_quality: bool = True
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Deviation:
    """A stage that left its plan, and which components it may have spoilt.

    `decisive` is False for a symptom: the failure would have come without it. `against` are the bases on which it is a
    deviation at all, if not on every one: a promise moved for lack of stock breaks the first promise, not the last.
    """

    cause: str
    affects: frozenset[Component]
    stage: Stage | None = None
    decisive: bool = True
    code: str = ""
    against: frozenset[Basis] | None = None

    @property
    def place(self) -> Stage:
        return self.stage if self.stage is not None else STAGE_OF.get(self.cause, Stage.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Overrun:
    """By how much a stage took longer than planned."""

    cause: str
    by: timedelta
    stage: Stage | None = None
    against: frozenset[Basis] | None = None

    @property
    def place(self) -> Stage:
        return self.stage if self.stage is not None else STAGE_OF.get(self.cause, Stage.UNKNOWN)


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One order line with everything that was promised for it and everything that became of it."""

    line_id: int
    order_id: int
    ordered: Decimal
    captured: Decimal | None = None
    unit_price: Decimal = ZERO
    case_size: Decimal = Decimal(1)
    free: bool = False
    substitute_of: int | None = None
    zone: str = "UTC"
    calendar: BusinessCalendar = ALWAYS_OPEN
    tolerance: Tolerance = Tolerance()
    confirmed_at: datetime | None = None
    released_at: datetime | None = None
    requested: tuple[Part, ...] = ()
    standard: Part | None = None
    feasible: tuple[Part, ...] = ()
    first: tuple[Part, ...] = ()
    last: tuple[Part, ...] = ()
    changes: tuple[Change, ...] = ()
    promise_changes: tuple[Change, ...] = ()
    despatches: tuple[Despatch, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    cancellations: tuple[Cancellation, ...] = ()
    substitutes_agreed: bool = False
    credit_blocks: tuple[CreditBlock, ...] = ()
    note_present: bool = True
    invoiced_at: datetime | None = None
    invoice_required: bool = True
    faults: tuple[DocumentFault, ...] = ()
    returns: tuple[Return, ...] = ()
    deviations: tuple[Deviation, ...] = ()
    overruns: tuple[Overrun, ...] = ()
    history: bool = False
    closed: bool = False
    void: str = ""

    def cancelled_by(self, party: Party) -> Decimal:
        """The quantity that one party took off the line."""
        return sum((c.quantity for c in self.cancellations if c.by == party), ZERO)

    @property
    def first_shipped_at(self) -> datetime | None:
        return min((d.shipped_at for d in self.despatches), default=None)

    @property
    def last_proof_at(self) -> datetime | None:
        return max((d.at for d in self.deliveries), default=None)


@dataclass(frozen=True, slots=True)
class Maturity:
    """How long a verdict may still change, in days after the proof of delivery or the invoice."""

    claim_visible: int = 7
    claim_hidden: int = 30
    dispute: int = 15
