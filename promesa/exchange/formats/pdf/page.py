"""The page that every reader of paper works on, whether its words came from a text layer or from a picture.

A word has a box in fractions of its page (0 is left and top). Words make rows, rows make phrases: what stands together
with no wide gap. Distances across are compared with heights, so a page carries the ratio of its sides.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

PHRASE_GAP = 0.75  # of the height of the letters: a space between words is about 0.3
_GLUED = re.compile(r"([A-Za-zÀ-ÿ][A-Za-zÀ-ÿ./ºª°#]*[:#]+)(\S+)")
_DRAWN = re.compile(r"[-_=—–.·*~+|]{3,}")  # lines drawn with letters
MOST_WORDS = 150  # of a row: no page people read has more
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Word:
    """One word: its text, its page (from 1), its box and how sure the reader is of it (1 is certain)."""

    text: str
    page: int
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: float = 1.0

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2

    @property
    def height(self) -> float:
        return self.y1 - self.y0


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand together in one row."""

    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def page(self) -> int:
        return self.words[0].page

    @property
    def x0(self) -> float:
        return self.words[0].x0

    @property
    def x1(self) -> float:
        return max(word.x1 for word in self.words)

    @property
    def y0(self) -> float:
        return min(word.y0 for word in self.words)

    @property
    def y1(self) -> float:
        return max(word.y1 for word in self.words)

    @property
    def height(self) -> float:
        return max(word.height for word in self.words)

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2

    @property
    def confidence(self) -> float:
        return min(word.confidence for word in self.words)

    @property
    def box(self) -> Box:
        return (self.x0, self.y0, self.x1, self.y1)


@dataclass(frozen=True, slots=True)
class Row:
    """What stands at one height, from left to right."""

    phrases: tuple[Phrase, ...]

    @property
    def words(self) -> tuple[Word, ...]:
        return tuple(word for phrase in self.phrases for word in phrase.words)

    @property
    def text(self) -> str:
        return " ".join(phrase.text for phrase in self.phrases)

    @property
    def y0(self) -> float:
        return min(phrase.y0 for phrase in self.phrases)

    @property
    def y1(self) -> float:
        return max(phrase.y1 for phrase in self.phrases)

    @property
    def middle(self) -> float:
        return sum(word.middle for word in self.words) / len(self.words)

    @property
    def height(self) -> float:
        heights = sorted(word.height for word in self.words)
        return heights[len(heights) // 2]


@dataclass(slots=True)
class Page:
    """A page: its number from 1, width / height, its words, and its rows once they are made. `scanned` says that the words
    were read from a picture, `turn` by how many degrees (clockwise) and `quarters` by how many quarter turns its lines were
    off before they were set straight."""

    number: int
    ratio: float
    words: list[Word] = field(default_factory=list)
    scanned: bool = False
    turn: float = 0.0
    quarters: int = 0
    rows: list[Row] = field(default_factory=list)

    def settle(self) -> Page:
        """Make the rows of the words."""
        self.words = [part for word in self.words if not _DRAWN.fullmatch(word.text) for part in _unglued(word)]
        self.rows = rows_of(self.words, self.ratio)
        return self


def as_it_lies(page: Page, box: Sequence[float]) -> Box:
    """A box of the straight page on the page as it came, in fractions of that."""
    x0, y0, x1, y1 = box
    if page.turn:
        turned = math.radians(page.turn)
        points = []
        for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1)):
            off_x, off_y = (x - 0.5) * page.ratio, y - 0.5
            points.append(
                (
                    0.5 + (off_x * math.cos(turned) - off_y * math.sin(turned)) / page.ratio,
                    0.5 + off_x * math.sin(turned) + off_y * math.cos(turned),
                )
            )
        x0, x1 = min(x for x, _ in points), max(x for x, _ in points)
        y0, y1 = min(y for _, y in points), max(y for _, y in points)
    for _ in range(page.quarters % 4):  # each quarter undone: the picture was turned against the clock
        x0, y0, x1, y1 = 1 - y1, x0, 1 - y0, x1
    return (x0, y0, x1, y1)


def _unglued(word: Word) -> tuple[Word, ...]:
    """A label and its value that stand without a space between (`Fecha:12/03/2026`, `PO#123`) as two words."""
    match = _GLUED.fullmatch(word.text)
    if match is None or match.group(2).startswith("//"):
        return (word,)
    before, after = match.groups()
    cut = word.x0 + (word.x1 - word.x0) * len(before) / len(word.text)
    return (
        Word(before, word.page, word.x0, word.y0, cut, word.y1, word.confidence),
        Word(after, word.page, cut, word.y0, word.x1, word.y1, word.confidence),
    )


def rows_of(words: Iterable[Word], ratio: float) -> list[Row]:
    """Words by rows, top to bottom: a word belongs to the row whose middle is within half the smaller height."""
    gathered: list[list[Word]] = []
    middles: list[float] = []
    for word in sorted(words, key=lambda one: (one.middle, one.x0)):
        place = None
        for back in range(1, min(4, len(gathered)) + 1):
            row = gathered[-back]
            height = min(word.height, sum(one.height for one in row) / len(row))
            if abs(word.middle - middles[-back]) <= 0.5 * height:
                place = len(gathered) - back
                break
        if place is None:
            gathered.append([word])
            middles.append(word.middle)
        else:
            gathered[place].append(word)
            middles[place] = sum(one.middle for one in gathered[place]) / len(gathered[place])
    order = sorted(range(len(gathered)), key=lambda place: middles[place])
    return [Row(tuple(phrases_of(gathered[place][:MOST_WORDS], ratio))) for place in order]


def phrases_of(words: Sequence[Word], ratio: float, gap: float = PHRASE_GAP) -> list[Phrase]:
    """The words of a row as phrases, split where the space between them is wide."""
    ordered = sorted(words, key=lambda one: one.x0)
    found: list[list[Word]] = []
    for word in ordered:
        if found and distance(found[-1][-1], word, ratio) <= gap:
            found[-1].append(word)
        else:
            found.append([word])
    return [Phrase(tuple(group)) for group in found]


def distance(left: Word, right: Word, ratio: float) -> float:
    """The space between two words of a row, in heights of the lower of them."""
    return (right.x0 - left.x1) * ratio / max(min(left.height, right.height), 1e-6)


def place_of(words: Sequence[Word], confidence: float) -> dict[str, Any]:
    """Where words stand, as a document's `places` say it."""
    fractions = (
        min(word.x0 for word in words),
        min(word.y0 for word in words),
        max(word.x1 for word in words),
        max(word.y1 for word in words),
    )
    return {
        "page": words[0].page,
        "box": [rounded(min(max(one, 0.0), 1.0)) for one in fractions],
        "confidence": rounded(min(max(confidence, 0.0), 1.0)),
    }


def rounded(value: float) -> Decimal:
    return Decimal(str(round(value, 4)))
