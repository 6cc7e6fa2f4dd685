"""What sentences of an order tell: its number and day, `Les pasamos el pedido núm. 2026/118 de fecha 12/11/2026`, and the day
that it is wanted on, `Entregar el martes 24.11.2026 antes de las 11 h`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from promesa.exchange.formats.pdf.fields import Label, Value, is_date, is_order_number
from promesa.exchange.formats.pdf.page import Page, Phrase, Row, Word
from promesa.exchange.formats.wishes import Wish, wish_in

CERTAINTY = 0.9
_ORDER = r"(?:pedido|orden|encomenda|order|po)(?: de compra)?"
_SIGN = r"(?:n[uú]m(?:ero)?\.?|n\.?\s?[º°o]\.?|nro\.?|number|#)(?![^\W\d])\s?:?"
_FROM = r",?\s(?:de|con|y|of)?\s?(?:fecha|fechado|dated|date)(?: de| el| del)?:?\s|\s(?:del|of)\s"
_SENTENCE = re.compile(
    rf"(?<!\w)(?P<head>{_ORDER}\s{_SIGN})\s?(?P<number>[A-Za-z0-9][\w./-]*?)(?:(?:{_FROM})(?P<day>[\w/., -]{{6,40}})|[,.;:]?(?:\s|$))",
    re.IGNORECASE,
)
# Who answers an order, bills it or sends its goods names it too: `su pedido`, `your order`, `confirmamos el pedido`.
_OF_ANOTHER = re.compile(
    r"(?:\b(?:su|sus|vuestro|vuestra|your|s/)|\b(?:confirm|acept|factur|albar|anul|cancel|reclam|modific|acknowledg|invoic|deliver)"
    r"\w*(?:\s\w+){0,4})\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Told:
    """What a sentence tells of the order."""

    number: Value | None = None
    day: Value | None = None


def told(pages: Sequence[Page], tops: Mapping[int, float]) -> Told:
    """The number and the day that the first sentence above the table tells of the order."""
    for page in pages[:1]:
        words = [word for row in page.rows if row.y1 <= tops.get(page.number, 0.5) for word in row.words]
        text, starts = "", []
        for word in words:
            starts.append(len(text))
            text += word.text + " "
        for found in _SENTENCE.finditer(text):
            if _OF_ANOTHER.search(text[: found.start()]) or not is_order_number(found["number"]):
                continue
            number = _value("number", words, starts, found.span("number"))
            return Told(number, _day(words, starts, found) if found["day"] else None)
    return Told()


def wanted(
    pages: Sequence[Page], lines: Sequence[Row], written_on: date | None
) -> tuple[Wish | None, tuple[Word, ...]]:
    """The day that sentences outside the table of lines want the goods on, and its words on the page."""
    within = {id(row) for row in lines}
    text, places = "", []
    for page in pages:
        for row in page.rows:
            if id(row) in within:
                continue
            for word in row.words:
                places.append((len(text), word))
                text += word.text + " "
            text = text[:-1] + "\n"
        text += "\n"
    wish = wish_in(text, written_on=written_on)
    if wish is None or wish.window is None:
        return wish, ()
    return wish, tuple(word for start, word in places if start < wish.end and start + len(word.text) > wish.start)


def surer(labelled: Value | None, in_prose: Value | None) -> Value | None:
    """The number beside a label, unless that is the weaker of the two."""
    if labelled is None or (in_prose is not None and in_prose.certainty > labelled.certainty):
        return in_prose
    return labelled


def _day(words: Sequence[Word], starts: Sequence[int], found: re.Match[str]) -> Value | None:
    """The shortest beginning of what follows that is a day: `12 de noviembre de 2026, para entregar el 20`."""
    first, last = found.span("day")
    taken = [place for place, start in enumerate(starts) if first <= start < last]
    for length in range(1, min(len(taken), 6) + 1):
        here = [words[place] for place in taken[:length]]
        said = " ".join(word.text for word in here).rstrip(".,;")
        if is_date(said):
            return Value(tuple(here), CERTAINTY, _label("issued_on", here))
    return None


def _value(field: str, words: Sequence[Word], starts: Sequence[int], span: tuple[int, int]) -> Value:
    here = [
        word for word, start in zip(words, starts, strict=True) if start < span[1] and start + len(word.text) > span[0]
    ]
    return Value(tuple(here), CERTAINTY, _label(field, here))


def _label(field: str, words: Sequence[Word]) -> Label:
    return Label(field, tuple(words), (), Phrase(tuple(words)), marked=True)
