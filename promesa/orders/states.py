"""What people decide of an order. Held, in fulfilment, delivered, invoiced and late are derived."""

from __future__ import annotations

from enum import StrEnum


class OrderState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    REFUSED = "refused"


NEXT: dict[str, frozenset[str]] = {
    OrderState.DRAFT: frozenset({OrderState.SUBMITTED, OrderState.CANCELLED, OrderState.REFUSED}),
    OrderState.SUBMITTED: frozenset({OrderState.CONFIRMED, OrderState.CANCELLED, OrderState.REFUSED}),
    OrderState.CONFIRMED: frozenset({OrderState.CLOSED, OrderState.CANCELLED}),
    OrderState.CLOSED: frozenset(),
    OrderState.CANCELLED: frozenset(),
    OrderState.REFUSED: frozenset(),
}


class EntryKind(StrEnum):
    """Kinds of the line ledger, each the sum behind one column of the line."""

    CANCELLED_BY_CUSTOMER = "cancelled_by_customer"
    CANCELLED_BY_US = "cancelled_by_us"
    SUBSTITUTED = "substituted"
    DESPATCHED = "despatched"
    ACCEPTED = "accepted"
    REFUSED_FINAL = "refused_final"
    BROUGHT_BACK = "brought_back"
    RETURNED = "returned"
    INVOICED = "invoiced"
    CREDITED = "credited"


class Severity(StrEnum):
    BLOCKING = "blocking"
    WARNING = "warning"
    NOTE = "note"


class Aspect(StrEnum):
    REFERENCE = "reference"
    QUANTITY = "quantity"
    TIME = "time"
    ADDRESS = "address"
    PRICE = "price"
    DUPLICATE = "duplicate"
    CREDIT = "credit"


class Fault(StrEnum):
    """Whose mistake a finding is."""

    CUSTOMER = "customer"
    OURS = "ours"
    MASTERS = "masters"
    NOBODY = "nobody"


class HoldKind(StrEnum):
    CAPTURE = "capture"
    PRICE = "price"
    CREDIT = "credit"
    DUPLICATE = "duplicate"
    SHORTAGE = "shortage"
    MANUAL = "manual"


class Cause(StrEnum):
    """Root causes of lost service (C, X: ours; K: the customer's; U: not known)."""

    STOCK = "C1"
    CAPTURE = "C2"
    MASTERS = "C3"
    DOOR = "C4"
    LOGISTICS = "C5"
    CREDIT = "X1"
    DOCUMENT = "X2"
    QUALITY = "X3"
    PROMISE = "X4"
    OUTAGE = "X5"
    CUSTOMER_ORDER = "K1"
    CUSTOMER_CREDIT = "K2"
    CUSTOMER_ABSENT = "K3"
    CUSTOMER_CHANGE = "K4"
    UNKNOWN = "U"


class TellingBy(StrEnum):
    """How a customer was told of a promise."""

    PHONE = "phone"
    EMAIL = "email"
    IN_PERSON = "in_person"
    DOCUMENT = "document"  # a confirmation in their own system's form
    API = "api"  # our answer to their program
    PORTAL = "portal"
