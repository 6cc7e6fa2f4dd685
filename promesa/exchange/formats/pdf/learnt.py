"""A learnt table on another paper of its sender: texts that are longer, numbers that are wider, the foot of the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Protocol

from promesa.exchange.formats.pdf.page import Phrase, Row, Word
from promesa.exchange.formats.pdf.values import is_number

Cells = Callable[[Row], Mapping[str, Sequence[Word]]]

_TOUCH = 0.002
_FAR = 1.5  # heights of a row between the last line and what stands at the foot of the page


class Span(Protocol):
    """A column: from where to where."""

    left: float
    right: float


def without_foot(rows: Sequence[Row]) -> list[Row]:
    """The rows but those that stand alone at the end, far below the lines: of one phrase, as the foot of a page is."""
    kept = list(rows)
    while len(kept) > 1 and len(kept[-1].phrases) == 1:
        last, before = kept[-1], kept[-2]
        if last.y0 - before.y1 <= _FAR * before.height:
            break
        kept.pop()
    return kept


def widen(columns: Sequence[Span], rows: Sequence[Sequence[Phrase]]) -> None:
    """Move the edges between learnt columns that would cut through what stands in them here."""
    phrases = [phrase for row in rows if len(row) > 1 for phrase in row]
    for one, other in pairwise(columns):
        edge = one.right
        across = [phrase for phrase in phrases if phrase.x0 < edge - _TOUCH and phrase.x1 > edge + _TOUCH]
        if not across:
            continue
        if all(is_number(phrase.text) for phrase in across):  # numbers stand to the right: they grow to the left
            ends = [phrase.x1 for phrase in phrases if one.left <= phrase.x0 and phrase.x1 <= edge]
            begin = min(phrase.x0 for phrase in across)
            edge = max(one.left, min(begin, (max(ends, default=begin) + begin) / 2))
        else:
            begins = [phrase.x0 for phrase in phrases if edge < phrase.x0 < other.right and phrase not in across]
            end = max(phrase.x1 for phrase in across)
            edge = min(other.right, (end + min(begins, default=end)) / 2, min(begins, default=end))
        one.right = other.left = edge


def best_of(ways: Sequence[Cells], rows: Sequence[Row], numeric: frozenset[str]) -> int:
    """Of several ways to divide rows into cells, the place of that by which most cells of figures are figures; the first
    of equals."""

    def right(cells: Cells) -> int:
        found = 0
        for row in rows:
            if len(row.phrases) < 2:
                continue
            for name, words in cells(row).items():
                if name in numeric and words:
                    found += 1 if is_number(" ".join(word.text for word in words)) else -1
        return found

    scores = [right(cells) for cells in ways]
    return scores.index(max(scores))
