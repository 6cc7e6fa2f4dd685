"""What a document becomes, and the only names a rejection may have."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    ORDERS = "orders"
    APPLIED = "applied"  # it changed what it names: an order, a delivery, money, a document of ours
    FILED = "filed"  # read and kept; there is nothing to do
    REJECTED = "rejected"
    WAITING = "waiting"
    DUPLICATE = "duplicate"


class SendingState(StrEnum):
    """How far a document of ours has come."""

    TO_SEND = "to_send"
    SENT = "sent"
    KEPT = "kept"  # by agreement it is only kept, to be fetched
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"  # the other side refused it
    FAILED = "failed"  # it could not be written or brought there
    CANCELLED = "cancelled"  # a newer version replaced it before it left, or a person stopped it


class FileState(StrEnum):
    RECEIVED = "received"
    DONE = "done"


# A waiting document ends as orders, is applied, repeats another or is rejected by a person; everything else is final.
NEXT: dict[str, frozenset[str]] = {
    Outcome.ORDERS: frozenset(),
    Outcome.APPLIED: frozenset(),
    Outcome.FILED: frozenset(),
    Outcome.REJECTED: frozenset(),
    Outcome.WAITING: frozenset({Outcome.ORDERS, Outcome.APPLIED, Outcome.FILED, Outcome.REJECTED, Outcome.DUPLICATE}),
    Outcome.DUPLICATE: frozenset(),
}

# Closed list: the only alternatives to an order.
REASONS: frozenset[str] = frozenset({
    "EMPTY", "UNREADABLE", "NOT_AN_ORDER", "BAD_ENVELOPE", "BAD_SCHEMA", "UNKNOWN_PARTNER", "UNKNOWN_BUYER",
    "UNKNOWN_SHIP_TO", "UNKNOWN_ITEM", "INACTIVE_ITEM", "BAD_QUANTITY", "BELOW_MINIMUM", "NOT_PACK_MULTIPLE", "BAD_DATE",
    "PAST_DATE", "PRICE_MISMATCH", "CURRENCY_MISMATCH", "DUPLICATE", "CHANGE_OF_UNKNOWN", "CHANGE_TOO_LATE",
    "CREDIT_BLOCK", "NOT_AUTHORISED", "TOO_LARGE", "INFECTED", "ENCRYPTED", "SIGNATURE_INVALID", "REPLAY",
})  # fmt: skip

# Named by the checks of orders too: a person who rejects a waiting document gets the name of its first finding.
REASON_OF: dict[str, str] = {
    "unknown_buyer": "UNKNOWN_BUYER",
    "no_buyer": "UNKNOWN_BUYER",
    "inactive_buyer": "UNKNOWN_BUYER",
    "unknown_item": "UNKNOWN_ITEM",
    "ambiguous_item": "UNKNOWN_ITEM",
    "codes_disagree": "UNKNOWN_ITEM",
    "inactive_item": "INACTIVE_ITEM",
    "bad_quantity": "BAD_QUANTITY",
    "unknown_unit": "BAD_QUANTITY",
    "no_lines": "BAD_QUANTITY",
    "too_large": "TOO_LARGE",
    "below_minimum": "BELOW_MINIMUM",
    "not_pack_multiple": "NOT_PACK_MULTIPLE",
    "unknown_ship_to": "UNKNOWN_SHIP_TO",
    "no_ship_to": "UNKNOWN_SHIP_TO",
    "bad_date": "BAD_DATE",
    "far_date": "BAD_DATE",
    "past_date": "PAST_DATE",
    "currency_mismatch": "CURRENCY_MISMATCH",
    "change_waits": "NOT_AUTHORISED",
}
