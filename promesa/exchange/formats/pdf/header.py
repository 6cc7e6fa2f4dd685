"""The header of an order: its number, days, currency and references, each by the likeliest label."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from promesa.exchange.formats.headings import plain
from promesa.exchange.formats.pdf import vocabulary
from promesa.exchange.formats.pdf.fields import Label, Labels, Value, is_date, is_order_number, is_text
from promesa.exchange.formats.pdf.kind import Title
from promesa.exchange.formats.pdf.page import Page, Phrase, Word
from promesa.exchange.formats.pdf.values import CURRENCIES, dates_in

_WEAK = 0.78
_PLAIN = 0.92
_LONE = 0.85
_TITLE = 0.97
_MOST_NOTES = 12
REFERENCES = ("contract", "quotation")


@dataclass(frozen=True, slots=True)
class Note:
    """Free words of the order, with their place."""

    text: str
    words: tuple[Word, ...]


def number_of(labels: Labels, title: Title | None, tops: dict[int, float]) -> Value | None:
    """The order number: by a label that says so, in the title, else by a label that may."""
    best: tuple[float, Value] | None = None
    for label in labels.of("number"):
        if not above(label, tops):
            continue
        for value in labels.values(label, is_order_number):
            weight = value.certainty + (0.02 if label.marked else 0.0) - 0.01 * (label.phrase.page - 1)
            if not label.marked and plain(" ".join(word.text for word in label.words)) in ("delivery", "orden", "to"):
                weight -= 0.05
            if best is None or weight > best[0] + 0.005:
                best = (weight, _trimmed(value))
            break
    if best is not None:
        return best[1]
    within = _in_title(title)
    if within is not None:
        return within
    for label in (*labels.of("bare_number"), *labels.of("weak_number")):
        if not above(label, tops):
            continue
        for value in labels.values(label, is_order_number):
            trimmed = _trimmed(value)
            plainly = label.field == "bare_number" and title is not None and title.is_order
            return Value(trimmed.words, _PLAIN if plainly else _WEAK, label)
    return None


def above(label: Label, tops: dict[int, float]) -> bool:
    """Whether a label stands above the table of lines."""
    return label.phrase.y1 <= tops.get(label.phrase.page, 2.0) + 0.002


def _trimmed(value: Value) -> Value:
    """Without the words that are of another field: `4500123 / 2026` stays, `4500123 Fecha` does not come here."""
    words = value.words
    while len(words) > 1 and not re.search(r"\w", words[0].text):
        words = words[1:]
    while len(words) > 1 and not re.search(r"\w", words[-1].text):
        words = words[:-1]
    return Value(words, value.certainty, value.label)


def _in_title(title: Title | None) -> Value | None:
    """`Purchase order 4500123`: what follows the words of the title."""
    if title is None or not title.is_order:
        return None
    words = title.phrase.words
    for length in range(len(words) - 1, 0, -1):
        if plain(" ".join(word.text for word in words[:length])) in vocabulary.TITLES:
            rest = words[length:]
            while rest and not any(character.isdigit() for character in rest[0].text):
                rest = rest[1:]
            if rest and is_order_number(" ".join(word.text for word in rest)):
                label = Label("number", words[:length], rest, title.phrase, True)
                return Value(rest, _TITLE, label)
    return None


def first_value(labels: Labels, field: str, accepts: Callable[[str], bool]) -> Value | None:
    return next(values_of(labels, field, accepts), None)


def values_of(labels: Labels, field: str, accepts: Callable[[str], bool]) -> Iterator[Value]:
    for label in labels.of(field):
        value = next(labels.values(label, accepts), None)
        if value is not None:
            yield value


def issued_on(labels: Labels, tops: dict[int, float]) -> Value | None:
    """The day of the order: the first label that says it above the table; one that names the order goes first."""
    found = [value for value in values_of(labels, "issued_on", is_date) if above(value.label, tops)]
    found = found or list(values_of(labels, "issued_on", is_date))
    named = [value for value in found if len(value.label.words) > 1]
    return next(iter(named or found), None)


def lone_day(pages: Sequence[Page], labels: Labels, tops: dict[int, float]) -> Value | None:
    """The only day above the table of the first page, when it stands without a label."""
    found: list[Phrase] = []
    for page in pages[:1]:
        for row in page.rows:
            if row.y1 > tops.get(page.number, 0.5):
                break
            found += [phrase for phrase in row.phrases if dates_in(phrase.text) and len(phrase.words) <= 8]
    if len(found) != 1 or labels.label_of(found[0]) is not None:
        return None
    return Value(found[0].words, _LONE, Label("issued_on", found[0].words, (), found[0], False))


def requested(labels: Labels, tops: dict[int, float]) -> list[Value]:
    """The days of delivery: one, or the first and the last."""
    found = [
        value
        for name in ("requested", "requested_to")
        for value in values_of(labels, name, is_date)
        if above(value.label, tops)
    ]
    if not found:
        found = [value for value in values_of(labels, "requested", is_date) if value.label.words[-1].text.endswith(":")]
    return found[:2]


def currency(labels: Labels) -> Value | None:
    """The currency that a label names: a code, or the word for it."""
    return first_value(labels, "currency", lambda text: code_of(text) is not None)


def code_of(text: str) -> str | None:
    for word in re.findall(r"[A-Za-z€£$]+", text):
        if word.upper() in CURRENCIES:
            return str(word.upper())
        if word.lower() in ("euro", "euros", "€"):
            return "EUR"
        if word == "£":
            return "GBP"
    return None


def reference(labels: Labels, field: str) -> Value | None:
    return first_value(labels, field, is_order_number)


def text_value(labels: Labels, field: str) -> Value | None:
    return first_value(labels, field, is_text)


def notes(labels: Labels) -> list[Note]:
    """What stands under or beside a label of remarks, row by row."""
    found: list[Note] = []
    for label in labels.of("notes"):
        if label.rest:
            found.append(Note(Phrase(label.rest).text, label.rest))
        page = labels.pages_by_number[label.phrase.page]
        last, height = label.y1, label.height
        for row in page.rows:
            if row.middle <= label.phrase.middle + 0.5 * label.height:
                continue
            here = [
                phrase
                for phrase in row.phrases
                if phrase.x0 >= label.x0 - 0.02 and phrase.x0 < max(label.x1, label.x0 + 0.12)
            ]
            if not here:
                if row.y0 - last > 1.5 * height:
                    break
                continue
            phrase = here[0]
            if phrase.y0 - last > 1.8 * height or labels.is_label(phrase) or vocabulary.total(phrase.text):
                break
            found.append(Note(phrase.text, phrase.words))
            last = phrase.y1
            if len(found) >= _MOST_NOTES:
                return found
    return found
