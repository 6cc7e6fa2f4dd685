"""The table of lines: its row of headings, what each column spans, and the rows that belong to it, page by page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise

from promesa.exchange.formats.pdf import vocabulary
from promesa.exchange.formats.pdf.learnt import best_of, widen, without_foot
from promesa.exchange.formats.pdf.page import Page, Phrase, Row, Word, distance, phrases_of
from promesa.exchange.formats.pdf.values import has_figure, is_number

ITEM = frozenset({"gtin", "seller_code", "buyer_code", "item_code", "item_or_line", "text", "other_item"})
NUMERIC = frozenset({"quantity", "price", "amount", "discount", "tax"})
MONEY = ("price", "amount")
_LONGEST_HEADING = 5
_WORDY = frozenset({"text", "other_item", "unknown"})  # columns whose words say nothing of where another begins
_NARROW = 4  # words of narrow columns that stand together at most
_LAST = frozenset({"amount", "price", "tax"})  # of several columns of a name, the last is the one that counts
_BODY_GAP = 0.6
_FINAL = re.compile(r"(?:sub)?total\b|importe total\b|base imponible\b", re.IGNORECASE)


@dataclass(slots=True)
class Column:
    """A column: what it holds, its heading's words, and what it spans of the page's width."""

    field: str
    words: tuple[Word, ...]
    left: float
    right: float

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


@dataclass(slots=True)
class Heading:
    """A row of headings (of one or two rows of words) on a page."""

    page: int
    top: float
    bottom: float
    columns: list[Column]
    learnt: bool = False  # what its columns span is known from the sender's layout
    phrases: tuple[Phrase, ...] = ()  # of the row of headings, where the layout was learnt

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(column.field for column in self.columns)


@dataclass(slots=True)
class TableRow:
    """A row of the body: its words by column."""

    row: Row
    page: int
    cells: dict[str, list[Word]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return " ".join(word.text for word in self.cells.get(name, ()))


@dataclass(slots=True)
class Table:
    """The table of lines over all pages: its headings, and the rows of its body."""

    headings: list[Heading]
    rows: list[TableRow] = field(default_factory=list)
    assumed: list[int] = field(default_factory=list)  # pages where the table goes on without headings

    @property
    def fields(self) -> set[str]:
        return {name for heading in self.headings for name in heading.fields}

    @property
    def tops(self) -> dict[int, float]:
        return {heading.page: heading.top for heading in reversed(self.headings)}


def find_table(pages: Sequence[Page], *, headings: Callable[[Page], list[Heading]] | None = None) -> Table | None:
    """The table of lines, or None when no row of headings names a quantity and an item. `headings` finds those that a
    sender's layout knows."""
    find = headings or _headings
    table = Table([])
    last: Heading | None = None
    ended = False
    for page in pages:
        here = find(page)
        found_any = bool(here)
        if not here and (last is None or ended):
            continue
        if found_any:
            best = max(here, key=lambda one: len(one.columns))
            here = [one for one in here if set(one.fields) == set(best.fields)]
            if last is not None and len(set(best.fields) & set(last.fields)) < 2:
                continue
        else:
            assert last is not None
            here = [Heading(page.number, 0.0, 0.0, last.columns, learnt=last.learnt)]
        rows_before = len(table.rows)
        for place, heading in enumerate(here):
            bottom = here[place + 1].top if place + 1 < len(here) else 1.1
            ended = _read_body(table, page, heading, bottom, spanned=heading.bottom > 0 and not heading.learnt)
        if not found_any:
            if len(table.rows) == rows_before or not any(
                is_anchor(row, set(here[0].fields)) for row in table.rows[rows_before:]
            ):
                del table.rows[rows_before:]
                continue
            table.assumed.append(page.number)
        else:
            table.headings += here
        last = here[-1]
    return table if table.headings else None


# -- headings


def _headings(page: Page) -> list[Heading]:
    """Every row of headings on a page, the best reading of each: alone, or with the row above or below it."""
    found: list[Heading] = []
    skip = -1
    for place, row in enumerate(page.rows):
        if place <= skip:
            continue
        tries: list[tuple[Row, ...]] = [(row,)]
        if place + 1 < len(page.rows) and _close(row, page.rows[place + 1]):
            tries.append((row, page.rows[place + 1]))
            if place + 2 < len(page.rows) and _close(page.rows[place + 1], page.rows[place + 2]):
                tries.append((row, page.rows[place + 1], page.rows[place + 2]))
        best: tuple[float, list[Column], tuple[Row, ...]] | None = None
        for rows in tries:
            if len(rows) > 1 and any(_has_number(one) for one in rows):
                continue
            columns = _heading_columns(rows, page.ratio)
            fields = [column.field for column in columns if column.field != "unknown"]
            score = (
                len(set(fields)) - 0.3 * sum(column.field == "unknown" for column in columns) + 0.06 * (len(rows) - 1)
            )
            if _is_heading(fields) and (best is None or score > best[0] + 0.05):
                best = (score, columns, rows)
        if best is None:
            continue
        _, columns, rows = best
        skip = place + len(rows) - 1
        top, bottom = min(one.y0 for one in rows), max(one.y1 for one in rows)
        found.append(Heading(page.number, top, bottom, _settled(columns)))
    return found


def _close(above: Row, below: Row) -> bool:
    return below.y0 - above.y1 < 0.6 * min(above.height, below.height)


def _has_number(row: Row) -> bool:
    return any(is_number(word.text) and has_figure(word.text) for word in row.words)


def _is_heading(fields: Sequence[str]) -> bool:
    named = set(fields)
    if not named & {"quantity", "uds"} or not named & ITEM:
        return False
    return len(named) >= 3 or (len(named) == 2 and len(fields) == 2)


def _heading_columns(rows: Sequence[Row], ratio: float) -> list[Column]:
    """The columns that one row of headings names, or several rows that are read downwards."""
    groups = _segments(rows[0].words, ratio) if len(rows) == 1 else _stacked(rows, ratio)
    columns = []
    for words in groups:
        text = " ".join(word.text for word in words)
        name = vocabulary.column(text) or vocabulary.column(text.replace("- ", "")) or "unknown"
        columns.append(Column(name, tuple(words), min(word.x0 for word in words), max(word.x1 for word in words)))
    return sorted(columns, key=lambda one: one.left)


def _stacked(rows: Sequence[Row], ratio: float) -> list[list[Word]]:
    """Headings that break over rows: words that stand above each other are one heading."""
    groups: list[list[Word]] = []
    for row in rows:
        for words in (list(phrase.words) for phrase in phrases_of(row.words, ratio, _BODY_GAP)):
            left, right = min(word.x0 for word in words), max(word.x1 for word in words)
            over = [
                group
                for group in groups
                if min(max(word.x1 for word in group), right) - max(min(word.x0 for word in group), left) > 0
            ]
            if len(over) == 1:
                over[0].extend(words)
            else:
                groups.append(list(words))
    return groups


def _segments(words: Sequence[Word], ratio: float) -> list[list[Word]]:
    """Words of a row as headings: the division that names most columns, against the grain of the spaces between."""
    count = len(words)
    if count > 40:
        return [list(phrase.words) for phrase in phrases_of(words, ratio)]
    gaps = [distance(words[place], words[place + 1], ratio) for place in range(count - 1)]
    best: list[tuple[float, int]] = [(0.0, 0)] + [(-1e9, 0)] * count
    for end in range(1, count + 1):
        for start in range(max(0, end - _LONGEST_HEADING), end):
            text = " ".join(word.text for word in words[start:end])
            score = (end - start) + 0.1 if vocabulary.column(text) else 0.0
            score -= 0.2
            score -= sum(1.6 if gap > 1.1 else 0.5 for gap in gaps[start : end - 1] if gap > 0.55)
            if start > 0 and gaps[start - 1] < 0.4:
                score -= 1.5
            if best[start][0] + score > best[end][0]:
                best[end] = (best[start][0] + score, start)
    groups: list[list[Word]] = []
    end = count
    while end > 0:
        start = best[end][1]
        groups.append(list(words[start:end]))
        end = start
    return groups[::-1]


def _settled(columns: list[Column]) -> list[Column]:
    """Doubtful headings decided by their neighbours: a second quantity is the unit, a lone unit may be the price."""
    names = [column.field for column in columns]
    for column in columns:
        if column.field == "uds":
            column.field = "unit" if "quantity" in names else "quantity"
    names = [column.field for column in columns]
    if "price" not in names and names.count("amount") > 1:
        next(column for column in columns if column.field == "amount").field = "price"
        names = [column.field for column in columns]
    if "price" in names and "amount" not in names and names.count("price") > 1:
        [column for column in columns if column.field == "price"][-1].field = "amount"
    items = [column for column in columns if column.field == "item_code"]
    if len(items) > 1:
        items[1].field = "text" if "text" in names else "other_item"
    doubtful = [column for column in columns if column.field == "item_or_line"]
    if len(doubtful) > 1:
        doubtful[0].field, doubtful[1].field = "line_number", "item_code"
    for name in {column.field for column in columns}:
        same = [column for column in columns if column.field == name]
        if len(same) > 1 and name != "unknown":
            kept = same[-1] if name in _LAST else same[0]
            for column in same:
                if column is not kept:
                    column.field = "unknown"
    return columns


# -- body


def _read_body(table: Table, page: Page, heading: Heading, bottom: float, *, spanned: bool) -> bool:
    """Add the rows under a row of headings to the table; whether the table ends on this page."""
    rows: list[Row] = []
    ended = False
    for row in page.rows:
        if row.middle <= heading.bottom or row.middle >= bottom:
            continue
        if ends_table(row, heading):
            ended = True
            break
        if vocabulary.is_carried(row.text):
            continue
        rows.append(row)
    if spanned:
        spans(heading, rows, page.ratio)
    elif heading.learnt:
        rows = without_foot(rows)
        _lay(heading, rows, page.ratio)
    for row in rows:
        table.rows.append(TableRow(row, page.number, cells_of(row, heading, page.ratio)))
    return ended


def _lay(heading: Heading, rows: Sequence[Row], ratio: float) -> None:
    """Take a learnt layout's columns as they were learnt, or as wide as this paper needs them, or by its own headings."""
    plain = [replace(one) for one in heading.columns]
    wide = [replace(one) for one in heading.columns]
    widen(wide, [phrases_of(row.words, ratio, _BODY_GAP) for row in rows])
    ways = [plain, wide]
    if len(heading.phrases) == len(plain):
        headed = [
            replace(one, words=phrase.words, left=phrase.x0, right=phrase.x1)
            for one, phrase in zip(plain, heading.phrases, strict=True)
        ]
        spans(replace(heading, columns=headed), rows, ratio)
        ways.append(headed)
    tried = [partial(cells_of, heading=replace(heading, columns=way), ratio=ratio) for way in ways]
    heading.columns = ways[best_of(tried, rows, NUMERIC)]


def ends_table(row: Row, heading: Heading) -> bool:
    """Whether a row is the first of the totals (a phrase that names one, and no quantity), or closes a letter."""
    if vocabulary.is_closing(row.text):
        return True
    quantity = next((column for column in heading.columns if column.field == "quantity"), None)
    counted = quantity is not None and any(
        word.x0 < quantity.right and word.x1 > quantity.left and has_figure(word.text) for word in row.words
    )
    if not counted and _FINAL.match(row.text) and any(is_number(word.text) for word in row.words[1:]):
        return True
    for phrase in (*row.phrases, Phrase(row.words)):
        words = phrase.words
        while words and is_number(words[-1].text) and not words[-1].text.endswith("%"):
            words = words[:-1]
        text = " ".join(word.text for word in words)
        named = vocabulary.total(text) if words else None
        if named in ("lines", "payable") and not _is_column_value(phrase, heading):
            return True
        if named is not None and not counted:
            return True
        if text.rstrip(": ").lower() in (
            "comments or special instructions",
            "observaciones",
            "total unidades",
            "total bultos",
        ):
            return True
    return False


def _is_column_value(phrase: Phrase, heading: Heading) -> bool:
    """A unit or a text that only looks like the name of a total (`Net`, `Base`) where the row goes on with figures."""
    return len(phrase.words) == 1 and phrase.text.lower() in ("base", "net", "suma") and phrase.x0 < 0.5


def spans(heading: Heading, rows: Sequence[Row], ratio: float) -> None:
    """Set what the columns span, by the figures and words that stand under their headings."""
    clusters = _clusters(heading, rows, ratio)
    columns = heading.columns
    pairs = _matched(columns, clusters)
    edges: list[tuple[float, float]] = []
    for column, pair in zip(columns, pairs, strict=True):
        left, right = min(word.x0 for word in column.words), max(word.x1 for word in column.words)
        if pair is not None:
            left, right = min(left, pair[0]) if column.field not in NUMERIC else pair[0], pair[1]
            if column.field not in NUMERIC:
                right = max(right, min(word.x1 for word in column.words))
        edges.append((left, right))
    for place, column in enumerate(columns):
        column.left = 0.0 if place == 0 else (_cut(edges[place - 1], edges[place]))
        column.right = 1.0 if place == len(columns) - 1 else _cut(edges[place], edges[place + 1])


def _cut(left: tuple[float, float], right: tuple[float, float]) -> float:
    if left[1] <= right[0]:
        return (left[1] + right[0]) / 2
    return (max(left[0], min(left[1], right[0])) + right[0]) / 2 if left[0] < right[0] else right[0]


def _clusters(heading: Heading, rows: Sequence[Row], ratio: float) -> list[tuple[float, float]]:
    """What the phrases of rows with figures span across, joined where they overlap in most rows."""
    counted = [
        row for row in rows if sum(has_figure(phrase.text) for phrase in row.phrases) >= 2 and len(row.phrases) >= 2
    ]
    counted = counted or [row for row in rows if len(row.phrases) >= 2]
    counted = counted[:120]
    if not counted:
        return []
    columns = heading.columns
    steps = 1000
    seen = [0] * (steps + 1)
    for row in counted:
        for phrase in _parted(phrases_of(row.words, ratio, _BODY_GAP), columns):
            for step in range(max(0, int(phrase.x0 * steps)), min(steps, int(phrase.x1 * steps)) + 1):
                seen[step] += 1
    few = len(counted) * 0.08
    clusters: list[tuple[float, float]] = []
    start: int | None = None
    for step in range(steps + 1):
        if seen[step] > few and start is None:
            start = step
        elif seen[step] <= few and start is not None:
            clusters.append((start / steps, step / steps))
            start = None
    if start is not None:
        clusters.append((start / steps, 1.0))
    return clusters


def _parted(phrases: Iterable[Phrase], columns: Sequence[Column]) -> Iterator[Phrase]:
    """Phrases divided where two narrow columns touch: `48 UN` where a quantity stands beside its unit, `12 4,50` before a price."""
    pairs = [
        (one, other)
        for one, other in pairwise(columns)
        if (one.field in NUMERIC or other.field in NUMERIC) and not {one.field, other.field} & _WORDY
    ]
    for phrase in phrases:
        cut = next((cut for one, other in pairs if (cut := _cut_between(phrase, one, other))), 0)
        if cut:
            yield Phrase(phrase.words[:cut])
            yield from _parted([Phrase(phrase.words[cut:])], columns)
        else:
            yield phrase


def _cut_between(phrase: Phrase, one: Column, other: Column) -> int:
    """Before which word a phrase goes from one column to the next; 0 if it doesn't."""
    words = phrase.words
    if not 2 <= len(words) <= _NARROW or not one.words[0].x0 <= (phrase.x0 + phrase.x1) / 2 <= other.words[-1].x1:
        return 0
    figures = [is_number(word.text) for word in words]
    for place in range(1, len(words)):
        if {one.field, other.field} <= NUMERIC:
            thousands = len(words[place].text.split(",")[0].split(".")[0]) == 3  # 1 250,00 is one number
            if all(figures) and not (thousands and len(words[place - 1].text) <= 3):
                return place
        elif figures[place - 1] is (one.field in NUMERIC) and figures[place] is (other.field in NUMERIC):
            return place
    return 0


def _matched(columns: Sequence[Column], clusters: Sequence[tuple[float, float]]) -> list[tuple[float, float] | None]:
    """Clusters to headings, both from left to right, so that they stand as near as can be; either may be left over."""
    rows, cols = len(columns), len(clusters)
    skip_column, skip_cluster = 0.10, 0.12
    cost = [[0.0] * (cols + 1) for _ in range(rows + 1)]
    step = [[""] * (cols + 1) for _ in range(rows + 1)]
    for r in range(rows + 1):
        for c in range(cols + 1):
            if r == c == 0:
                continue
            options = []
            if r and c:
                options.append((cost[r - 1][c - 1] + _apart(columns[r - 1], clusters[c - 1]), "both"))
            if r:
                options.append((cost[r - 1][c] + skip_column, "column"))
            if c:
                options.append((cost[r][c - 1] + skip_cluster, "cluster"))
            cost[r][c], step[r][c] = min(options)
    pairs: list[tuple[float, float] | None] = [None] * rows
    r, c = rows, cols
    while r or c:
        way = step[r][c]
        if way == "both":
            pairs[r - 1] = clusters[c - 1]
            r, c = r - 1, c - 1
        elif way == "column":
            r -= 1
        else:
            c -= 1
    return pairs


def _apart(column: Column, cluster: tuple[float, float]) -> float:
    left, right = min(word.x0 for word in column.words), max(word.x1 for word in column.words)
    edges = min(abs(left - cluster[0]), abs(right - cluster[1]), abs((left + right) - (cluster[0] + cluster[1])) / 2)
    overlap = min(right, cluster[1]) - max(left, cluster[0])
    return min(edges, 0.2) * (0.5 if overlap > 0 else 1.0) + (0.0 if overlap > 0 else min(-overlap, 0.3))


def cells_of(row: Row, heading: Heading, ratio: float) -> dict[str, list[Word]]:
    """The words of a row by column: a word belongs where its middle is; figures where a numeric column is nearest."""
    cells: dict[str, list[Word]] = {}
    for phrase in phrases_of(row.words, ratio, _BODY_GAP):
        parts = _by_column(phrase, heading)
        for name, words in parts:
            if name != "unknown":
                cells.setdefault(name, []).extend(words)
    return cells


def _by_column(phrase: Phrase, heading: Heading) -> list[tuple[str, list[Word]]]:
    columns = [column for column in heading.columns if phrase.x0 < column.right and phrase.x1 > column.left]
    if len(columns) <= 1:
        column = columns[0] if columns else min(heading.columns, key=lambda one: abs(one.middle - phrase.x0))
        return [(column.field, list(phrase.words))]
    parts: list[tuple[str, list[Word]]] = []
    for word in phrase.words:
        middle = (word.x0 + word.x1) / 2
        column = next((one for one in columns if one.left <= middle < one.right), columns[-1])
        parts.append((column.field, [word]))
    return parts


def is_anchor(row: TableRow, fields: set[str]) -> bool:
    """Whether a row begins a line: it has a quantity, and an item or a price."""
    if not has_figure(row.text("quantity")):
        return False
    named = ITEM | {"price", "amount"}
    return any(row.cells.get(name) for name in named) or fields <= {"quantity"}
