"""Header fields: labels and the values beside, within or below them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from promesa.exchange.formats.pdf import vocabulary
from promesa.exchange.formats.pdf.page import Page, Phrase, Word
from promesa.exchange.formats.pdf.values import dates_in, has_figure, is_number

_WITHIN, _BESIDE, _BELOW = 0.99, 0.97, 0.96
_LONGEST_LABEL = 7
_PLAIN_LABELS = frozenset({"number", "issued_on", "requested", "gln", "tax_id", "phone"})
_SIGNS = frozenset({"", "-", "–", "#", "Nº", "N°", "NO", "N", "NUM", "N.º"})
_NO_NUMBERS = frozenset({"BOX", "TEL", "FAX", "DATE", "PAGE"})
_NUMBER = re.compile(r"(?=[^0-9]*[0-9])[A-Za-z0-9][A-Za-z0-9._/\\-]*(?: ?[-/] ?[A-Za-z0-9]+| [0-9][A-Za-z0-9-]*)*")


@dataclass(frozen=True, slots=True)
class Label:
    """A label on a page: its field, the words that say it, and the words of the same phrase after it."""

    field: str
    words: tuple[Word, ...]
    rest: tuple[Word, ...]
    phrase: Phrase
    marked: bool

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
        return self.y1 - self.y0


@dataclass(frozen=True, slots=True)
class Value:
    """What stands for a field: its words and how sure it is that they are its value."""

    words: tuple[Word, ...]
    certainty: float
    label: Label

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def confidence(self) -> float:
        return self.certainty * min(word.confidence for word in self.words)


class Labels:
    """All labels of the pages, and the values that go with them."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self.pages = pages
        self.found: list[Label] = []
        self._of_phrase: dict[int, Label] = {}
        for page in pages:
            for row in page.rows:
                for phrase in row.phrases:
                    for label in labels_in(phrase):
                        self.found.append(label)
                        self._of_phrase.setdefault(id(phrase), label)

    def of(self, *fields: str) -> Iterator[Label]:
        return (label for label in self.found if label.field in fields)

    def is_label(self, phrase: Phrase) -> bool:
        """Whether a phrase is a label and nothing else."""
        label = self._of_phrase.get(id(phrase))
        return label is not None and (not label.rest or label.words[-1].text.endswith(":"))

    def label_of(self, phrase: Phrase) -> Label | None:
        return self._of_phrase.get(id(phrase))

    def values(self, label: Label, accepts: Callable[[str], bool]) -> Iterator[Value]:
        """Values of a label, the likeliest first: after it, beside it, below it."""
        if label.rest:
            if accepts(" ".join(word.text for word in label.rest)):
                yield Value(label.rest, _WITHIN, label)
            return
        beside = self.beside(label)
        if beside is not None and accepts(beside.text):
            yield Value(beside.words, _BESIDE, label)
        for phrase in self.below(label):
            if accepts(phrase.text):
                yield Value(phrase.words, _BELOW, label)
                break

    def beside(self, label: Label) -> Phrase | None:
        """The phrase right of a label, unless it is a label itself."""
        page = self.pages_by_number[label.phrase.page]
        best: Phrase | None = None
        for row in page.rows:
            if abs(row.middle - label.phrase.middle) > label.height:
                continue
            for phrase in row.phrases:
                if (
                    phrase.x0 < label.x1
                    or phrase is label.phrase
                    or abs(phrase.middle - label.phrase.middle) > 0.6 * label.height
                ):
                    continue
                if best is None or phrase.x0 < best.x0:
                    best = phrase
        if best is None or best.x0 - label.x1 > 0.45 or self.is_label(best):
            return None
        return best

    def below(self, label: Label, rows: int = 2) -> Iterator[Phrase]:
        """Phrases under a label, nearest first, as far as they are near and no labels."""
        page = self.pages_by_number[label.phrase.page]
        seen = 0
        for row in page.rows:
            if row.middle <= label.y1 or row.y0 - label.y1 > 2.6 * label.height:
                continue
            here = [phrase for phrase in row.phrases if phrase.x0 < label.x1 + 0.01 and phrase.x1 > label.x0 - 0.01]
            if not here:
                continue
            seen += 1
            for phrase in here:
                if self.is_label(phrase):
                    return
                yield phrase
            if seen >= rows:
                return

    @property
    def pages_by_number(self) -> dict[int, Page]:
        return {page.number: page for page in self.pages}


def labels_in(phrase: Phrase) -> list[Label]:
    """The labels of a phrase: the longest at its beginning, and further ones after values (`Nº: 12 Fecha: 3/4/26`)."""
    found: list[Label] = []
    words = phrase.words
    start = 0
    while start < len(words):
        label = _label_at(phrase, words, start, first=start == 0)
        if label is None:
            if start == 0 and not any(word.text.endswith(":") for word in words[1:]):
                return []
            start += 1
            continue
        if found:
            cut = words.index(label.words[0])
            last = found[-1]
            rest = tuple(word for word in last.rest if words.index(word) < cut)
            found[-1] = Label(last.field, last.words, rest, phrase, last.marked)
        found.append(label)
        start += len(label.words)
    return found


def _label_at(phrase: Phrase, words: tuple[Word, ...], start: int, *, first: bool) -> Label | None:
    for length in range(min(_LONGEST_LABEL, len(words) - start), 0, -1):
        taken, rest = words[start : start + length], words[start + length :]
        text = " ".join(word.text for word in taken)
        if not first and not text.endswith(":"):
            continue
        field = vocabulary.label(text)
        if field is None:
            continue
        ends = text.endswith((":", "#", "º", "°"))
        while rest and rest[0].text.strip(".:").upper() in _SIGNS:
            taken, rest, ends = (*taken, rest[0]), rest[1:], True
        if rest and not ends and field not in _PLAIN_LABELS and not _named(field, rest, len(words)):
            continue  # a sentence that begins with the word
        return Label(field, taken, rest, phrase, ends or vocabulary.is_marked(text))
    return None


def _named(field: str, rest: tuple[Word, ...], count: int) -> bool:
    """Whether a party stands right after its label without a colon: `Supplier Veg Direct`."""
    return (
        field in ("seller", "ship_to")
        and count <= 7
        and rest[0].text[:1].isupper()
        and vocabulary.label(rest[0].text) is None
    )


# -- what may be the value of what


def is_order_number(text: str) -> bool:
    """Whether a text may be the number of an order: a figure in it, no day, no money, no telephone."""
    text = text.strip().strip(".:#")
    if not 1 <= len(text) <= 35 or not has_figure(text) or len(text.split()) > 3:
        return False
    if dates_in(text) or "@" in text or "%" in text or "€" in text or "$" in text:
        return False
    if re.fullmatch(r"[0-9]{1,3}(?:[.,][0-9]{3})*[.,][0-9]{2}", text):
        return False
    if any(word.isalpha() and (len(word) > 4 or not word.isupper() or word in _NO_NUMBERS) for word in text.split()):
        return False
    return bool(_NUMBER.fullmatch(text))


def is_date(text: str) -> bool:
    return bool(dates_in(text))


def is_text(text: str) -> bool:
    return any(character.isalpha() for character in text)


def is_money(text: str) -> bool:
    return is_number(text) and has_figure(text)
