"""The tale is told before anything is built: the same every time, and everything that goes wrong in it is planted."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from promesa.demo.clock import last_moment
from promesa.demo.story import BY_NAME, CHAPTERS, DRY_SPELLS, Act
from promesa.demo.tale import Tale, tell

NOW = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def tale() -> Tale:
    return tell(now=NOW)


def test_the_same_moment_tells_the_same_tale(tale: Tale) -> None:
    again = tell(now=NOW)
    assert again.wishes == tale.wishes
    assert again.planted == tale.planted


def test_there_are_about_three_thousand_orders_in_the_twelve_months(tale: Tale) -> None:
    assert 2_850 <= len(tale.wishes) <= 3_200
    assert {wish.at.month for wish in tale.wishes} == set(range(1, 13))
    assert max(wish.at for wish in tale.wishes) <= NOW
    assert len({wish.po for wish in tale.wishes}) == len(tale.wishes)
    assert {wish.channel for wish in tale.wishes} == {"edi", "portal", "phone", "csv"}


def test_every_chapter_happens_and_no_order_is_in_two_of_them(tale: Tale) -> None:
    happens = Counter(wish.chapter.name for wish in tale.wishes if wish.chapter is not None)
    assert set(happens) == set(BY_NAME)
    assert len({one.po for one in tale.planted}) == len(tale.planted)
    total = len(tale.wishes)
    for chapter in CHAPTERS:
        assert abs(happens[chapter.name] - chapter.per_thousand * total / 1000) <= 5, chapter.name


def test_what_is_planted_leaves_the_perfect_order_between_75_and_85_and_the_quality_between_96_and_99(
    tale: Tale,
) -> None:
    assert Decimal("0.76") <= 1 - Decimal(len(tale.planted)) / len(tale.wishes) <= Decimal("0.84")
    ours = sum(wish.chapter is not None and wish.chapter.fault == "ours" for wish in tale.wishes)
    assert Decimal("0.965") <= 1 - Decimal(ours) / len(tale.wishes) <= Decimal("0.985")


def test_every_cause_of_ours_and_the_customers_is_planted_and_every_component_broken(tale: Tale) -> None:
    assert {one.cause for one in tale.planted} == {
        "C1", "C2", "C3", "C4", "C5", "X1", "X2", "X3", "X4", "X5", "K1", "K4",
    }  # fmt: skip
    assert {letter for one in tale.planted for letter in one.breaks} == set("FTDC")


def test_an_item_that_ran_dry_is_only_in_the_orders_chosen_to_wait_for_it(tale: Tale) -> None:
    assert [spell.sku for spell in tale.spells] == [sku for sku, _ in DRY_SPELLS]
    for spell in tale.spells:
        assert spell.starts < spell.moved_on < spell.expected < spell.arrives
        waiting = [
            wish for wish in tale.wishes if spell.starts <= wish.day <= spell.arrives and spell.sku in dict(wish.lines)
        ]
        assert sum(dict(wish.lines)[spell.sku] for wish in waiting) == spell.cases
        let_down = [wish for wish in waiting if wish.chapter is not None]
        assert {wish.chapter.act for wish in let_down if wish.chapter} == {Act.DRY}
        assert all(spell.starts <= wish.day < spell.moved_on for wish in let_down)


def test_a_tenth_of_the_tale_still_has_every_chapter() -> None:
    tenth = tell(now=NOW, scale=Decimal("0.1"))
    assert 240 <= len(tenth.wishes) <= 380
    assert {wish.chapter.name for wish in tenth.wishes if wish.chapter is not None} == set(BY_NAME)


def test_the_story_ends_at_half_past_eleven_of_the_last_working_day() -> None:
    sunday = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    friday = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
    assert last_moment(sunday) == friday
    assert last_moment(friday) == friday
    assert last_moment(friday - timedelta(minutes=1)) == friday - timedelta(days=1)
    # Christmas, and the day after it a Saturday: back to the 24th.
    assert last_moment(datetime(2026, 12, 26, 20, 0, tzinfo=UTC)) == datetime(2026, 12, 24, 10, 30, tzinfo=UTC)
