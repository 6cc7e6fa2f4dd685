"""Layouts learnt per sender: where its fields stand, so that what a person corrected once is read right from then on.

A layout is a plain dict (it is kept as JSON): `anchors` tell whether a page is of this layout, `fields` say where a value
stands from the words that it goes with, `columns` what each column spans under the row of headings `heading`; `date_order`
(dmy, mdy), `decimal` and `currency` say how the sender writes. All places are fractions of the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from promesa.exchange.formats.headings import plain
from promesa.exchange.formats.pdf.fields import Label, Value
from promesa.exchange.formats.pdf.page import Page, Phrase, Row, Word, distance, place_of
from promesa.exchange.formats.pdf.parties import ROLES, Found
from promesa.exchange.formats.pdf.table import Column, Heading, Table, find_table
from promesa.exchange.formats.pdf.values import dates_in

_FITS = 0.6
_NEAR_X, _NEAR_Y = 0.06, 0.10
_CERTAIN = 0.98
_PARTY_FIELDS = frozenset({"name", "tax_id", "gln", "street", "city", "postcode", "contact", "phone", "email"})
_LONGEST = 8


@dataclass(slots=True)
class Layout:
    """A learnt layout laid on the pages of a document: the values it points at, its table, how its sender writes."""

    name: str = ""
    decimal: str | None = None
    date_order: str | None = None
    currency: str | None = None
    values: dict[str, Value] = field(default_factory=dict)
    table: Table | None = None


def fitting(pages: Sequence[Page], templates: Sequence[Mapping[str, Any]]) -> Layout:
    """The layout that fits best, laid on the pages; an empty one when none fits."""
    scored = [(_fit(pages, one), one) for one in templates if isinstance(one, Mapping)]
    scored = [pair for pair in scored if pair[0] >= _FITS]
    if not scored:
        return Layout()
    _, best = max(scored, key=lambda pair: pair[0])
    layout = Layout(
        name=str(best.get("name") or "1"),
        decimal=best.get("decimal") if best.get("decimal") in (".", ",") else None,
        date_order=best.get("date_order") if best.get("date_order") in ("dmy", "mdy", "ymd") else None,
        currency=best.get("currency"),
    )
    for name, where in _mapping(best.get("fields")).items():
        value = _value(pages, str(name), _mapping(where))
        if value is not None:
            layout.values[str(name)] = value
    layout.table = _table(pages, best)
    return layout


def put_parties(parties: dict[str, Found], layout: Layout) -> None:
    """Put what the layout says of the parties in place of what was read without it."""
    for key, value in layout.values.items():
        parts = key.split(".")
        if len(parts) != 3 or parts[0] != "parties" or parts[1] not in ROLES or parts[2] not in _PARTY_FIELDS:
            continue
        found = parties.setdefault(parts[1], Found())
        said: dict[str, Any] = {parts[2]: value.text.strip(" ,;:")}
        found.party = replace(found.party, **said)
        found.places[parts[2]] = place_of(value.words, value.confidence)


def _mapping(value: Any) -> Mapping[Any, Any]:
    return value if isinstance(value, Mapping) else {}


def _numbers(value: Any, count: int) -> list[float] | None:
    """That many numbers of a list that came from outside."""
    try:
        found = [float(one) for one in value]
    except (TypeError, ValueError):
        return None
    return found if len(found) == count and all(-2 < one < 3 for one in found) else None


def _fit(pages: Sequence[Page], template: Mapping[str, Any]) -> float:
    """The share of a layout's anchors that stand on the pages where they should."""
    anchors = template.get("anchors")
    if not isinstance(anchors, Sequence) or isinstance(anchors, str) or not anchors:
        return 0.0
    hits = 0
    for one in anchors:
        place = _numbers(_mapping(one).get("at"), 2)
        text = _mapping(one).get("text")
        if place is not None and isinstance(text, str):
            found = nearest(pages, text, place)
            hits += (
                found is not None and abs(found[0].x0 - place[0]) < _NEAR_X and abs(found[0].y0 - place[1]) < _NEAR_Y
            )
    return hits / len(anchors)


def nearest(pages: Sequence[Page], text: str, place: Sequence[float]) -> tuple[Word, ...] | None:
    """The words that say a text, those nearest to a place when they stand more than once."""
    best: tuple[float, tuple[Word, ...]] | None = None
    for words in occurrences(pages, text):
        far = abs(words[0].x0 - place[0]) + abs(words[0].y0 - place[1]) + words[0].page - 1
        if best is None or far < best[0]:
            best = (far, words)
    return best[1] if best else None


def occurrences(pages: Sequence[Page], text: str) -> Iterator[tuple[Word, ...]]:
    """Where words of a row say a text, capitals, accents and signs aside."""
    wanted = plain(text)
    count = len(wanted.split())
    if not wanted or count > 4 * _LONGEST:
        return
    for page in pages:
        for row in page.rows:
            words = row.words
            for start in range(len(words)):
                for length in range(1, min(count + 3, len(words) - start) + 1):
                    if plain(" ".join(word.text for word in words[start : start + length])) == wanted:
                        yield words[start : start + length]
                        break


def _value(pages: Sequence[Page], name: str, where: Mapping[Any, Any]) -> Value | None:
    """The words that a layout points at from their anchor."""
    box, place, text = _numbers(where.get("box"), 4), _numbers(where.get("at"), 2), where.get("anchor")
    if box is None or place is None or not isinstance(text, str):
        return None
    anchor = nearest(pages, text, place)
    if anchor is None:
        return None
    page = next(one for one in pages if one.number == anchor[0].page)
    left, top = anchor[0].x0, min(word.y0 for word in anchor)
    x0, y0, x1, y1 = (box[0] + left, box[1] + top, box[2] + left, box[3] + top)
    kept = {id(word) for word in anchor}
    inside = [
        word
        for word in page.words
        if id(word) not in kept and word.x0 > x0 - 0.02 and word.x0 < x1 and y0 <= word.middle <= y1
    ]
    if not inside:
        return None
    words = _whole(page, inside)
    if name in ("issued_on", "requested") and not dates_in(" ".join(word.text for word in words)):
        return None
    return Value(tuple(words), _CERTAIN, Label(name, anchor, (), Phrase(anchor), True))


def _whole(page: Page, inside: Sequence[Word]) -> list[Word]:
    """The words inside a box, and those that follow them in the same phrase."""
    first = min(inside, key=lambda word: (round(word.middle / max(word.height, 1e-6)), word.x0))
    row = next((one for one in page.rows if first in one.words), None)
    if row is None:
        return [first]
    words = [first]
    for word in row.words[row.words.index(first) + 1 :]:
        if distance(words[-1], word, page.ratio) > 0.75 or word.text.endswith(":"):
            break
        words.append(word)
    return words


# -- the table of lines


def _table(pages: Sequence[Page], template: Mapping[str, Any]) -> Table | None:
    """The table under the learnt row of headings, with the learnt columns."""
    columns: list[tuple[str, float, float]] = []
    for one in template.get("columns") or ():
        span = _numbers((_mapping(one).get("x0"), _mapping(one).get("x1")), 2)
        if span is None or not isinstance(_mapping(one).get("field"), str):
            return None
        columns.append((str(one["field"]), span[0], span[1]))
    said = template.get("heading")
    if not columns or not isinstance(said, str) or not any(name == "quantity" for name, _, _ in columns):
        return None

    def headings(page: Page) -> list[Heading]:
        return [_heading(page, row, columns) for row in page.rows if is_heading(row, said)]

    return find_table(pages, headings=headings)


def is_heading(row: Row, said: str) -> bool:
    """Whether a row has nearly the words of the learnt headings."""
    wanted, here = plain(said).split(), plain(row.text).split()
    if not wanted or not here:
        return False
    common = sum(min(wanted.count(word), here.count(word)) for word in set(wanted))
    return common >= 0.8 * max(len(wanted), len(here))


def _heading(page: Page, row: Row, spans: Sequence[tuple[str, float, float]]) -> Heading:
    columns = [Column(name, row.words[:1], left, right) for name, left, right in spans]
    return Heading(page.number, row.y0, row.y1, columns, learnt=True, phrases=tuple(row.phrases))
