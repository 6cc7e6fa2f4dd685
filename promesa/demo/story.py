"""The story: everything that goes wrong in the company's year, chapter by chapter, with its cause and what it breaks.

A chapter happens to so many of a thousand orders. Which orders those are is drawn by `tale` with a fixed seed, before
anything is built; `tale.Tale.planted` lists them one by one. Whatever is not planted here must come out perfect.

Causes: C1 stock, C2 capture, C3 masters, C4 the door, C5 logistics, X1 credit, X2 documents, X3 quality, X4 the promise
itself, X5 an outage; K1 the customer ordered wrongly, K4 changed too late. Components: F full, T on time, D documents,
C condition.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

SEED = 20261
ORDERS = 3_000


class Act(StrEnum):
    """What happens to an order."""

    DRY = "dry"  # promised from a receipt that then comes later
    CUT = "cut"  # the warehouse has less than the books said: part of a line is cancelled by us
    LEAVES_LATE = "leaves_late"
    ARRIVES_LATE = "arrives_late"
    REFUSED = "refused"  # part of a line, for good
    SHORT = "short"  # part of a line was left behind, and is brought later
    DAMAGED = "damaged"  # part of a line was broken, and is replaced
    BROUGHT_AGAIN = "brought_again"  # nobody could take it: the same goods come a second time
    RETURNED = "returned"  # accepted, and sent back a week later
    WRONG_INVOICE = "wrong_invoice"  # corrected by a credit note
    CREDIT_BLOCK = "credit_block"  # finance stops a confirmed order until it is too late
    # What breaks nothing
    CAUGHT = "caught"  # our own error at capture, found before anything left
    PRICE_HOLD = "price_hold"
    CANCELLED = "cancelled"
    MOVED = "moved"  # the customer wants it later
    ABSENT = "absent"  # we stood at a closed door, in time and with proof
    RESERVE = "reserve"


@dataclass(frozen=True, slots=True)
class Chapter:
    """One kind of trouble: how many of a thousand orders it befalls, and in which months more than in others."""

    name: str
    act: Act
    per_thousand: int
    cause: str = ""
    breaks: str = ""
    reason: str = ""
    by_hand: bool = False  # only orders that a person typed
    months: tuple[int, ...] = ()
    fault: str = ""  # whose error the order bears from its capture, if any


CHAPTERS = (
    # Stock
    Chapter("the_mill_stood_still", Act.DRY, 40, "C1", "T"),
    Chapter("fewer_than_counted", Act.CUT, 9, "C1", "F"),
    # The warehouse and the road
    Chapter("peak_in_the_warehouse", Act.LEAVES_LATE, 26, "C5", "T", months=(7, 11, 12)),
    Chapter("breakdown_on_the_road", Act.ARRIVES_LATE, 20, "C5", "T", months=(1, 2, 8, 12)),
    Chapter("a_pallet_left_behind", Act.SHORT, 8, "C5", "FT", "left_behind", months=(7, 12)),
    Chapter("the_neighbours_boxes", Act.REFUSED, 4, "C5", "F", "wrong_item"),
    # The door
    Chapter("the_dock_had_closed", Act.REFUSED, 9, "C4", "F", "timetable", months=(6, 7, 8)),
    Chapter("no_slot_was_booked", Act.BROUGHT_AGAIN, 8, "C4", "T", "no_appointment"),
    Chapter("crushed_boxes", Act.REFUSED, 8, "C4", "FC", "damage"),
    Chapter("broken_bottles", Act.DAMAGED, 5, "C4", "FTC", "damage"),
    # Capture and masters
    Chapter("typed_twice_as_much", Act.REFUSED, 8, "C2", "F", "not_ordered", by_hand=True, fault="ours"),
    Chapter("the_code_of_last_year", Act.REFUSED, 5, "C3", "F", "not_ordered", months=(3, 4, 5)),
    Chapter("a_label_of_last_year", Act.REFUSED, 4, "C3", "FD", "label", months=(3, 4, 5)),
    Chapter("the_tariff_was_loaded_late", Act.WRONG_INVOICE, 8, "C3", "D", months=(5, 6)),
    # Documents, quality, credit, the promise itself
    Chapter("a_discount_was_forgotten", Act.WRONG_INVOICE, 13, "X2", "D"),
    Chapter("a_rancid_lot", Act.REFUSED, 4, "X3", "FC", "quality", months=(8, 9)),
    Chapter("too_near_its_date", Act.REFUSED, 2, "X3", "FC", "shelf_life"),
    Chapter("rust_inside_the_tin", Act.RETURNED, 4, "X3", "C", "quality"),
    Chapter("finance_forgot_to_lift_it", Act.CREDIT_BLOCK, 6, "X1", "T"),
    Chapter("no_lorry_had_been_counted_on", Act.LEAVES_LATE, 6, "X4", "T", months=(4, 12)),
    Chapter("the_night_of_the_servers", Act.LEAVES_LATE, 3, "X5", "T", months=(10,)),
    # The customer
    Chapter("their_own_mistake", Act.REFUSED, 4, "K1", "F", "not_ordered"),
    Chapter("changed_their_mind", Act.REFUSED, 2, "K4", "F", "other"),
    # What breaks nothing
    Chapter("read_over_in_time", Act.CAUGHT, 13, by_hand=True, fault="ours"),
    Chapter("another_price_than_agreed", Act.PRICE_HOLD, 10, fault="masters"),
    Chapter("called_off", Act.CANCELLED, 6),
    Chapter("wanted_it_later", Act.MOVED, 6),
    Chapter("a_closed_door", Act.ABSENT, 4, "K3", reason="absent"),
    Chapter("signed_with_a_reserve", Act.RESERVE, 6, reason="damage"),
)
BY_NAME = {chapter.name: chapter for chapter in CHAPTERS}
# Items that once run dry, and how much of the year has gone by then.
DRY_SPELLS = (("AOV-04", 0.32), ("SAR-01", 0.52), ("LEG-02", 0.14), ("ACE-04", 0.66), ("AOV-03", 0.87))
