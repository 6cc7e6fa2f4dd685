"""Learn a sender's layout from what a person corrected: where each right value stands, and how the sender writes."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from promesa.exchange.formats.headings import plain
from promesa.exchange.formats.pdf import vocabulary
from promesa.exchange.formats.pdf.page import Page, Row, Word
from promesa.exchange.formats.pdf.template import occurrences
from promesa.exchange.formats.pdf.values import day_readings, has_figure, numeral, readings

VERSION = 1
_HEADER = ("number", "issued_on", "requested", "currency")
_NUMERIC = ("quantity", "price", "amount", "discount", "tax")
_MOST_ANCHORS = 10
_LONGEST_VALUE = 8


def learn(pages: Sequence[Page], corrected: Mapping[str, str], *, name: str = "") -> dict[str, Any]:
    """The layout that a document shows, given its right fields (keys as in `places`: `number`, `lines.1.quantity`).

    Values are as JSON says them: days as YYYY-MM-DD, numbers with a point. What stands nowhere on the pages teaches nothing.
    """
    pages = [page if page.rows else page.settle() for page in pages]
    template: dict[str, Any] = {
        "version": VERSION,
        "name": name,
        "anchors": [],
        "fields": {},
        "columns": [],
        "heading": "",
    }
    anchors: list[tuple[Word, ...]] = []
    marks: list[str] = []
    for key, value in corrected.items():
        if key in _HEADER or key.startswith("parties."):
            found = _learn_field(pages, key, value, template)
            if found is not None:
                anchors.append(found)
    _learn_table(pages, corrected, template, anchors, marks)
    if marks and len(set(marks)) == 1:
        template["decimal"] = marks[0]
    if corrected.get("currency"):
        template["currency"] = corrected["currency"]
    anchors += _fixed_words(pages)
    seen: set[str] = set()
    for words in anchors:
        text = _text(words)
        if plain(text) and plain(text) not in seen and len(template["anchors"]) < _MOST_ANCHORS:
            seen.add(plain(text))
            template["anchors"].append({"text": text, "at": [_short(words[0].x0), _short(words[0].y0)]})
    return template


def _text(words: Iterable[Word]) -> str:
    return " ".join(word.text for word in words)


def _short(value: float) -> float:
    return round(value, 4)


def _fixed_words(pages: Sequence[Page]) -> Iterator[tuple[Word, ...]]:
    """Phrases without figures at the head of the first page: they are likely to be on every document of the sender."""
    for page in pages[:1]:
        for row in page.rows[:6]:
            for phrase in row.phrases:
                if not has_figure(phrase.text) and len(plain(phrase.text)) > 3:
                    yield phrase.words


# -- header


def _learn_field(pages: Sequence[Page], key: str, value: str, template: dict[str, Any]) -> tuple[Word, ...] | None:
    """Note where a value stands from its anchor; returns the anchor's words."""
    for words, order in _saying(pages, key, value):
        page = next(one for one in pages if one.number == words[0].page)
        anchor = _anchor(page, words)
        if anchor is None:
            continue
        if order in ("dmy", "mdy"):
            template["date_order"] = order
        left, top = anchor[0].x0, min(word.y0 for word in anchor)
        box = (min(word.x0 for word in words) - left, min(word.y0 for word in words) - top, max(word.x1 for word in words) - left,
               max(word.y1 for word in words) - top)  # fmt: skip
        template["fields"][key] = {
            "anchor": _text(anchor),
            "at": [_short(left), _short(top)],
            "box": [_short(one) for one in box],
        }
        return anchor
    return None


def _saying(pages: Sequence[Page], key: str, value: str) -> Iterator[tuple[tuple[Word, ...], str]]:
    """Where a value stands: the words, and for days the order of their parts that makes them right."""
    if key in ("issued_on", "requested"):
        try:
            wanted = date.fromisoformat(value)
        except ValueError:
            return
        for words in _runs(pages):
            meant = day_readings(_text(words))
            if wanted in meant.values():
                orders = [order for order, day in meant.items() if day == wanted]
                yield words, orders[0] if len(set(meant.values())) > 1 else ""
        return
    for words in occurrences(pages, value):
        yield words, ""


def _runs(pages: Sequence[Page]) -> Iterator[tuple[Word, ...]]:
    for page in pages:
        for row in page.rows:
            words = row.words
            for start in range(len(words)):
                if has_figure(words[start].text) or words[start].text[:1].isalpha():
                    for length in range(1, min(6, len(words) - start) + 1):
                        yield words[start : start + length]


def _anchor(page: Page, words: Sequence[Word]) -> tuple[Word, ...] | None:
    """The fixed words that a value goes with: before it in its row, else above it."""
    row = next((one for one in page.rows if words[0] in one.words), None)
    if row is None:
        return None
    before = [word for word in row.words if word.x1 <= words[0].x0 + 1e-6]
    run: list[Word] = []
    for word in reversed(before):
        if has_figure(word.text) or (run and run[0].x0 - word.x1 > 0.03) or len(run) >= 4:
            break
        run.insert(0, word)
    if run and plain(_text(run)) and words[0].x0 - run[-1].x1 < 0.3:
        return tuple(run)
    for above in reversed([one for one in page.rows if one.middle < row.middle - 0.4 * row.height]):
        if row.y0 - above.y1 > 0.12:
            break
        for phrase in above.phrases:
            if (
                phrase.x0 < words[-1].x1
                and phrase.x1 > words[0].x0 - 0.02
                and not has_figure(phrase.text)
                and plain(phrase.text)
            ):
                return phrase.words[:_LONGEST_VALUE]
    return None


# -- table


def _learn_table(
    pages: Sequence[Page],
    corrected: Mapping[str, str],
    template: dict[str, Any],
    anchors: list[tuple[Word, ...]],
    marks: list[str],
) -> None:
    lines: dict[str, dict[str, str]] = {}
    for key, value in corrected.items():
        match = re.fullmatch(r"lines\.([0-9]+)\.([a-z_]+)", key)
        if match:
            lines.setdefault(match.group(1), {})[match.group(2)] = value
    spans: dict[str, tuple[float, float]] = {}
    first: tuple[int, float] | None = None
    for fields in lines.values():
        found = _row_of(pages, fields)
        if found is None:
            continue
        row, cells = found
        for name, words in cells.items():
            left, right = words[0].x0, max(word.x1 for word in words)
            known = spans.get(name)
            spans[name] = (min(left, known[0]), max(right, known[1])) if known else (left, right)
            if name in _NUMERIC:
                marks += _mark(_text(words), fields[name])
        place = (row.words[0].page, row.middle)
        first = place if first is None else min(first, place)
    if first is None or "quantity" not in spans:
        return
    heading = _heading_above(pages, first)
    if heading is None:
        return
    template["heading"] = heading.text
    anchors += [phrase.words for phrase in heading.phrases]
    template["columns"] = _columns(spans, heading)


def _columns(spans: Mapping[str, tuple[float, float]], heading: Row) -> list[dict[str, Any]]:
    """Columns from side to side: what was taught, and headings that nothing was taught of as columns to be left aside."""
    taught = sorted((left, right, "unit" if name == "unit_code" else name) for name, (left, right) in spans.items())
    for phrase in heading.phrases:
        if not any(phrase.x0 < right + 0.01 and phrase.x1 > left - 0.01 for left, right, _ in taught):
            taught.append((phrase.x0, phrase.x1, _usual(phrase.text, spans)))
    taught.sort()
    edges = [0.0, *((a[1] + b[0]) / 2 for a, b in itertools.pairwise(taught)), 1.0]
    return [
        {"field": name, "x0": _short(edges[place]), "x1": _short(edges[place + 1])}
        for place, (_, _, name) in enumerate(taught)
    ]


def _usual(text: str, spans: Mapping[str, tuple[float, float]]) -> str:
    """What a heading means without being taught, unless another column was taught to be that."""
    name = {"uds": "unit", "item_or_line": "line_number"}.get(
        vocabulary.column(text) or "", vocabulary.column(text)
    ) or "unknown"
    return "unknown" if name in spans or (name == "unit" and "unit_code" in spans) or name == "item_code" else name


def _row_of(pages: Sequence[Page], fields: Mapping[str, str]) -> tuple[Row, dict[str, list[Word]]] | None:
    """The row where most of a line's right values stand, at least two of them."""
    best: tuple[int, Row, dict[str, list[Word]]] | None = None
    for page in pages:
        for row in page.rows:
            cells = {name: words for name, value in fields.items() if (words := _cell(row, name, value))}
            taken: set[int] = set()
            for name in sorted(cells, key=lambda one: one not in _NUMERIC):
                if any(id(word) in taken for word in cells[name]):
                    cells.pop(name)
                else:
                    taken |= {id(word) for word in cells[name]}
            if len(cells) >= 2 and (best is None or len(cells) > best[0]):
                best = (len(cells), row, cells)
    return (best[1], best[2]) if best else None


def _cell(row: Row, name: str, value: str) -> list[Word]:
    """The words of a row that say a value; of numbers the last that do, since quantities stand before amounts."""
    if name in _NUMERIC:
        try:
            wanted = Decimal(value)
        except InvalidOperation:
            return []
        same = [word for word in row.words if wanted in readings(numeral(word.text) or "")]
        return same[:1] if name == "quantity" else same[-1:]
    text = plain(value)
    for phrase in row.phrases:
        said = plain(phrase.text)
        if said and (said == text or (name == "text" and len(said) > 3 and said in text)):
            return list(phrase.words)
    for words in (
        row.words[start : start + length] for length in (1, 2, 3) for start in range(len(row.words) - length + 1)
    ):
        if plain(_text(words)) == text:
            return list(words)
    return []


def _mark(text: str, value: str) -> list[str]:
    """The decimal mark that makes a text say its right value, when the other would not."""
    point, comma = readings(numeral(text) or "")
    wanted = Decimal(value)
    if point == wanted and comma != wanted:
        return ["."]
    return [","] if comma == wanted and point != wanted else []


def _heading_above(pages: Sequence[Page], first: tuple[int, float]) -> Row | None:
    page = next(one for one in pages if one.number == first[0])
    above = [row for row in page.rows if row.middle < first[1]]
    for row in reversed(above[-6:]):
        if len(row.phrases) >= 2 and not any(has_figure(phrase.text) for phrase in row.phrases):
            return row
    return None
