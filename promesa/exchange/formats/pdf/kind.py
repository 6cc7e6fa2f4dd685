"""What a document says it is: an order, a change of one, or something else, by the words that stand out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from promesa.exchange.formats.headings import plain
from promesa.exchange.formats.pdf import vocabulary
from promesa.exchange.formats.pdf.page import Page, Phrase, Word
from promesa.exchange.formats.pdf.values import has_figure

_LONGEST = 6
_SIGNS = frozenset(["n", "o", "no", "num", "numero", "number", "nr", "ref", "id"])
_EMPTY_TITLES = frozenset(
    {"order", "po", "trade", "settlement", "report", "offer", "tarifa", "catalog", "oferta", "commande"}
)
_CITED = ("una oferta", "un contrato", "una lista", "una solicitud")  # what orders name by number


@dataclass(frozen=True, slots=True)
class Title:
    """A phrase that says what a document is: `kind` is order, order_change, order_cancellation or the words for another."""

    kind: str
    phrase: Phrase
    weight: float

    @property
    def is_order(self) -> bool:
        return self.kind in (vocabulary.ORDER, vocabulary.CHANGE, vocabulary.CANCEL)


def title_of(pages: Sequence[Page]) -> Title | None:
    """The heaviest title of a document: large letters, high on the first page, the phrase saying nothing else."""
    found = sorted(titles(pages), key=lambda one: -one.weight)
    return found[0] if found else None


def titles(pages: Sequence[Page]) -> list[Title]:
    """Every phrase of the first page that may be a title."""
    if not pages:
        return []
    page = pages[0]
    heights = sorted(word.height for word in page.words)
    usual = heights[len(heights) // 2] if heights else 1.0
    found = []
    for row in page.rows:
        for phrase in (*row.phrases, *_joined(row.phrases)):
            said = _title(phrase.words)
            if said is None:
                continue
            kind, words, alone = said
            size = min(max(word.height for word in words) / usual, 4.0)
            high = max(0.0, 1.0 - phrase.middle)
            capital = all(word.text.upper() == word.text for word in words)
            weight = size * (0.6 + 0.4 * high) * (1.0 if alone else 0.8) * (1.1 if capital else 1.0)
            if phrase.middle > 0.5:
                weight *= 0.4
            if (
                _beside_value(phrase, row.phrases)
                and size < 1.3
                and plain(" ".join(one.text for one in words)) in _EMPTY_TITLES
            ):
                weight *= 0.5
            if not alone and size < 1.3 and kind.startswith(_CITED):
                weight *= 0.5
            found.append(Title(kind, phrase, weight))
    return found


def _joined(phrases: Sequence[Phrase]) -> list[Phrase]:
    """Letters set wide apart make one phrase too: `PURCHASE   ORDER`."""
    if 2 <= len(phrases) <= 3:
        return [Phrase(tuple(word for phrase in phrases for word in phrase.words))]
    return []


def _beside_value(phrase: Phrase, others: Sequence[Phrase]) -> bool:
    return any(other.x0 >= phrase.x1 for other in others)


def _title(words: tuple[Word, ...]) -> tuple[str, tuple[Word, ...], bool] | None:
    """The kind that words name when they name one and nothing else but a number, and whether they stand alone."""
    for length in range(min(_LONGEST, len(words)), 0, -1):
        text = " ".join(word.text for word in words[:length])
        said = plain(text)
        if "/" in text and said not in vocabulary.TITLES:
            said = next((plain(part) for part in text.split("/") if plain(part) in vocabulary.TITLES), said)
        kind = vocabulary.TITLES.get(said)
        if kind is None:
            continue
        rest = [word.text for word in words[length:]]
        while rest and (set(plain(rest[0]).split()) <= _SIGNS or not re.search(r"[^\W_]", rest[0])):
            rest = rest[1:]
        if not rest:
            return kind, words[:length], len(words) == length
        if has_figure(rest[0]) and len(rest) <= 3:
            return kind, words[:length], False
        return None
    return None


def beginning(pages: Sequence[Page]) -> str:
    """The first words of a document, to say what was seen."""
    for page in pages:
        for row in page.rows:
            if row.text.strip():
                return row.text
    return ""
