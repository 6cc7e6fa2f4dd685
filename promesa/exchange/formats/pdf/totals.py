"""The totals of an order: labels with an amount beside or under them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from promesa.exchange.formats.pdf import vocabulary
from promesa.exchange.formats.pdf.page import Page, Phrase, Row, Word
from promesa.exchange.formats.pdf.values import has_figure, is_number


@dataclass(frozen=True, slots=True)
class Total:
    """An amount with what its label says it is (lines, tax, charge, allowance, payable); `percent` as in `IVA 21 %`."""

    field: str
    label: str
    words: tuple[Word, ...]
    percent: str | None = None

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def confidence(self) -> float:
        return 0.98 * min(word.confidence for word in self.words)


def find_totals(pages: Sequence[Page], below: dict[int, float]) -> list[Total]:
    """Totals under the last row of lines (`below` says where, by page), in the order they stand."""
    if not below:
        return []
    last = max(below)
    found: list[Total] = []
    for page in pages:
        if page.number < last:
            continue
        rows = [row for row in page.rows if page.number > last or row.middle > below[last]]
        for place, row in enumerate(rows):
            found += _of_row(row, rows[place + 1 : place + 3], page)
    return found


def _of_row(row: Row, under: Sequence[Row], page: Page) -> list[Total]:
    found: list[Total] = []
    taken: set[int] = set()
    for place, phrase in enumerate(row.phrases):
        words, value = _divided(phrase)
        text = " ".join(word.text for word in words)
        name = vocabulary.total(text) if words else None
        if name is None and not value and place + 1 < len(row.phrases):  # a label set wide: `TOTAL   EUR`
            following, value = _divided(row.phrases[place + 1])
            joined = " ".join(word.text for word in (*words, *following))
            name = vocabulary.total(joined) if following else None
            text = joined if name else text
            value = value if name else ()
        if name is None or id(phrase) in taken:
            continue
        percent = vocabulary.percent_in(text)
        if not value:
            right = _money_right(row.phrases[place + 1 :])
            if right is not None:
                value, seen = right.words, id(right)
                taken.add(seen)
                percent = percent or _percent_between(row.phrases[place + 1 :], right)
        if not value:
            value = _money_under(phrase, under)
        if value:
            found.append(Total(name, text, tuple(value), percent))
    return found


def _divided(phrase: Phrase) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
    """A phrase as label and amount: `Total: 1.234,00 €`."""
    words = phrase.words
    cut = len(words)
    while cut > 0 and (
        is_amount(words[cut - 1].text) or words[cut - 1].text.upper() in ("€", "$", "EUR", "USD", "£", "GBP")
    ):
        cut -= 1
    value = words[cut:]
    if cut and cut < len(words) and is_amount(" ".join(word.text for word in value)):
        return words[:cut], value
    return words, ()


def is_amount(text: str) -> bool:
    return has_figure(text) and not text.endswith("%") and is_number(text)


def _money_right(phrases: Sequence[Phrase]) -> Phrase | None:
    """The last amount right of a label before another label."""
    best: Phrase | None = None
    for phrase in phrases:
        if is_amount(phrase.text):
            best = phrase
        elif vocabulary.total(phrase.text) or vocabulary.label(phrase.text):
            break
    return best


def _percent_between(phrases: Sequence[Phrase], until: Phrase) -> str | None:
    for phrase in phrases:
        if phrase is until:
            return None
        percent = vocabulary.percent_in(phrase.text)
        if percent:
            return percent
    return None


def _money_under(phrase: Phrase, rows: Sequence[Row]) -> tuple[Word, ...]:
    for row in rows:
        if row.y0 - phrase.y1 > 2.5 * phrase.height:
            return ()
        over = [one for one in row.phrases if one.x0 < phrase.x1 + 0.03 and one.x1 > phrase.x0 - 0.03]
        for one in over:
            if is_amount(one.text):
                return one.words
        if over:
            return ()
    return ()
