"""What can become of goods at the customer's door, and why."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """Parts of a delivered line. The parts sum to what was on the delivery note."""

    ACCEPTED = "accepted"
    RESERVE = "reserve"  # accepted, with a reserve written on the note
    SHORT = "short"  # on the note, not in the lorry
    DAMAGED = "damaged"  # not taken for its condition; the customer still wants it
    REFUSED = "refused"  # not taken, for good
    REDELIVER = "redeliver"  # not taken now; to be brought again


class Reason(StrEnum):
    """Why something was not simply taken."""

    NOT_ORDERED = "not_ordered"
    DUPLICATE = "duplicate"
    WRONG_ITEM = "wrong_item"
    DAMAGE = "damage"
    QUALITY = "quality"
    SHELF_LIFE = "shelf_life"
    LABEL = "label"
    PRICE = "price"
    LATE = "late"
    EARLY = "early"
    TIMETABLE = "timetable"
    NO_APPOINTMENT = "no_appointment"
    NO_STAFF = "no_staff"
    ABSENT = "absent"
    LEFT_BEHIND = "left_behind"
    LOST = "lost"
    OTHER = "other"
