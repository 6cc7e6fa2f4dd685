"""The audit of capture: who is drawn, and what counts as a difference."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from promesa.results.rules.audit import Kept, KeptLine, Typed, TypedLine, differences, drawn, sample_size

D = Decimal
DAY = date(2026, 11, 20)
OIL = KeptLine(1, frozenset({"AC-05", "08437002000202"}), D(12), "CS", D("31.20"), "AC-05")
TUNA = KeptLine(2, frozenset({"AT-12"}), D(6), "C62", None, "AT-12")
KEPT = Kept("PO-77", frozenset({"1", "8412345000010"}), date(2026, 11, 24), date(2026, 11, 24), (OIL, TUNA))
RIGHT = Typed(
    "po 77",
    "8412345000010",
    date(2026, 11, 24),
    None,
    (TypedLine("at12", D(6)), TypedLine("8437002000202", D("12.0"), "CS", D("31.2"))),
)


def told(typed):
    return [(one.aspect, one.field, one.line_number, one.stored, one.source) for one in differences(KEPT, typed)]


def test_a_day_has_one_per_cent_but_twenty_at_least_and_never_more_than_there_are():
    assert [sample_size(n) for n in (0, 7, 20, 500, 2000, 2001, 50_000)] == [0, 7, 20, 20, 20, 21, 500]


@given(st.sets(st.text(min_size=1, max_size=8), max_size=300))
def test_the_sample_depends_on_the_day_and_the_numbers_and_not_on_their_order(numbers):
    first = drawn(sorted(numbers), day=DAY)
    assert first == drawn(sorted(numbers, reverse=True), day=DAY)
    assert len(first) == len(set(first)) == sample_size(len(numbers))
    assert set(first) <= numbers


def test_two_days_draw_two_samples():
    numbers = [f"P-2026-{n:06d}" for n in range(400)]
    assert set(drawn(numbers, day=DAY)) != set(drawn(numbers, day=date(2026, 11, 21)))


def test_the_same_said_in_other_signs_and_another_order_of_lines_is_no_difference():
    assert told(RIGHT) == []


def test_what_the_source_does_not_say_is_not_compared():
    assert told(Typed(lines=(TypedLine("AC-05", D(12)), TypedLine("AT-12", D(6))))) == []


def test_each_aspect_is_told_by_its_name():
    typed = Typed(
        "PO-78",
        "2",
        date(2026, 11, 25),
        date(2026, 11, 26),
        (TypedLine("AC-05", D(10), "C62", D(30)), TypedLine("AT-12", D(6))),
    )
    assert told(typed) == [
        ("reference", "po_number", None, "PO-77", "PO-78"),
        ("address", "ship_to", None, "1", "2"),
        ("time", "requested_from", None, "2026-11-24", "2026-11-25"),
        ("time", "requested_to", None, "2026-11-24", "2026-11-26"),
        ("quantity", "quantity", 1, "12", "10"),
        ("reference", "unit", 1, "CS", "C62"),
        ("price", "price", 1, "31.2", "30"),
    ]


def test_a_line_that_is_missing_and_one_too_many_are_both_told():
    typed = Typed(lines=(TypedLine("AC-05", D(12)), TypedLine("SARD-1", D(6))))
    assert told(typed) == [("reference", "item", None, "", "SARD-1"), ("reference", "item", 2, "AT-12", "")]


def test_of_two_lines_of_one_item_the_one_with_the_same_quantity_is_meant():
    kept = Kept("", frozenset(), None, None, (OIL, KeptLine(2, OIL.codes, D(3), "CS", None, "AC-05")))
    typed = Typed(lines=(TypedLine("AC-05", D(3)), TypedLine("AC-05", D(11))))
    assert [(one.line_number, one.stored, one.source) for one in differences(kept, typed)] == [(1, "12", "11")]
