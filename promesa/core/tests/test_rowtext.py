"""Rows as text: whatever stands in a field comes back as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from promesa.core import bulk, prepared
from promesa.core.rowtext import array, plain, text

_TEXTS = some.text(some.characters(exclude_characters="\0", exclude_categories=["Cs"]))
_BACK = "SELECT line, stock, receipt, qty::text, strength FROM unnest(%(rows)s::inventory_claimrow[])"


@pytest.mark.django_db
@given(some.lists(some.tuples(some.integers(-(2**63), 2**63 - 1), _TEXTS, some.none() | some.integers(0, 9))))
def test_any_text_and_number_comes_back_and_nothing_stays_nothing(rows: list[tuple[int, str, int | None]]) -> None:
    said = array(f"{number},,{plain(perhaps)},12.50,{text(words)}" for number, words, perhaps in rows)
    expected = [(number, None, perhaps, "12.50", words) for number, words, perhaps in rows]
    assert prepared.rows(_BACK, {"rows": said}) == expected
    assert bulk.rows(_BACK, {"rows": said}) == expected


@pytest.mark.parametrize("words", ["", "NULL", "null", '"', "\\", '\\"', "a,b)", '")","(', "{}", " x ", "\n\t", "ñ€😀"])
@pytest.mark.django_db
def test_what_looks_like_the_frame_is_still_text(words: str) -> None:
    assert bulk.rows(_BACK, {"rows": array([f"1,,,2,{text(words)}"])}) == [(1, None, None, "2", words)]


@pytest.mark.django_db
def test_no_rows_are_no_rows() -> None:
    assert bulk.rows(_BACK, {"rows": array([])}) == []
