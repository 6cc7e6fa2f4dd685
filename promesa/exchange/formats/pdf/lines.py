"""The lines of a table: a row with a quantity begins one, rows with words alone go on with a description."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from promesa.core import identifiers
from promesa.exchange.formats.pdf.page import Word, place_of
from promesa.exchange.formats.pdf.table import Heading, Table, TableRow, is_anchor
from promesa.exchange.formats.pdf.values import has_figure, split_unit

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9./_#+-]*")
_BRACKETED = re.compile(r"\[([^\]]{2,30})\]\s*(.+)")
_LABELLED = re.compile(
    r"\(?\b(?:item code|item no|product code|part no|code|c[oó]digo|c[oó]d|ref(?:erencia)?|sku|art)\b\.?(?: ?n[oº]\.?)?\s*[:#]\s*"
    r"([A-Za-z0-9][A-Za-z0-9._/-]{1,24})\)?",
    re.IGNORECASE,
)
_GTIN = re.compile(
    r"\(?\b(?:EAN(?:[- ]?1[34])?|GTIN(?:[- ]?1[34])?|UPC|c[oó]d(?:igo|\.)? (?:de )?barras|barcode)\b[.:#]*\s*([0-9]{8}|[0-9]{12,14})\b\)?",
    re.IGNORECASE,
)
_TEXT_GAP = 2.0  # heights between a row and the words that go on with it
_LONE_PITCH = 1.42
_CODES = frozenset({"item_code", "seller_code", "buyer_code", "gtin"})


@dataclass(slots=True)
class Cell:
    """The words of one field of a line, and their text."""

    words: list[Word]
    text: str
    certainty: float = 0.99

    @property
    def confidence(self) -> float:
        return self.certainty * min((word.confidence for word in self.words), default=0.0)


@dataclass(slots=True)
class RawLine:
    """A line as it stands: its cells by field, and the page and height where it begins."""

    page: int
    cells: dict[str, Cell] = field(default_factory=dict)

    def text(self, name: str) -> str:
        cell = self.cells.get(name)
        return cell.text if cell else ""

    def put(self, name: str, words: Iterable[Word], *, certainty: float = 0.99) -> None:
        taken = list(words)
        if taken:
            self.cells[name] = Cell(taken, joined(taken), certainty)


def joined(words: Sequence[Word]) -> str:
    """Words as one text; a word divided at the end of a row is put together again."""
    text = ""
    for place, word in enumerate(words):
        if not text:
            text = word.text
        elif (
            place
            and text.endswith("-")
            and text[-2:-1].islower()
            and word.text[:1].islower()
            and word.y0 > words[place - 1].y1
        ):
            text = text[:-1] + word.text
        else:
            text += " " + word.text
    return text


def lines_of(table: Table, names: Sequence[str] = ()) -> list[RawLine]:
    """The lines of a table; rows that say one of `names` (the parties) belong to none."""
    fields = table.fields
    known = {_bare(name) for name in names if name}
    lines: list[RawLine] = []
    for page in dict.fromkeys(row.page for row in table.rows):
        rows = [row for row in table.rows if row.page == page]
        for group in _groups(rows, fields, known):
            lines.append(_line(group, fields))
    _settle_items(lines, table.headings[0] if table.headings else None)
    return lines


def _bare(text: str) -> str:
    return re.sub(r"\W", "", text).lower()


def _groups(rows: Sequence[TableRow], fields: set[str], known: set[str]) -> list[list[TableRow]]:
    """Rows by line: each row with figures and the rows of words that go with it."""
    anchors = [place for place, row in enumerate(rows) if is_anchor(row, fields)]
    if not anchors:
        return []
    groups: dict[int, list[TableRow]] = {place: [rows[place]] for place in anchors}
    pitch = _pitch(rows, anchors)
    owner: dict[int, int] = {place: place for place in anchors}
    for place in range(anchors[0] + 1, len(rows)):
        if place in owner:
            continue
        above, row = rows[place - 1], rows[place]
        if place - 1 not in owner or not _goes_on(row, above, known):
            continue
        if _is_prose(row, rows[owner[place - 1]]):
            continue
        following = next((one for one in anchors if one > place), None)
        gap_above = row.row.y0 - above.row.y1
        if following is not None and following == place + 1:
            gap_below = rows[following].row.y0 - row.row.y1
            if gap_below < 0.6 * gap_above and gap_below < 0.5 * row.row.height:
                continue  # it belongs to the line below, whose figures stand in the middle of its words
        elif following is None and place - 1 in anchors and pitch is not None and _stands_alone(row, above, pitch):
            continue
        owner[place] = owner[place - 1]
        groups[owner[place]].append(row)
    for place in reversed(range(len(rows))):  # words above the row of figures
        if place in owner or place + 1 not in owner or place + 1 >= len(rows):
            continue
        row, below = rows[place], rows[place + 1]
        gap = below.row.y0 - row.row.y1
        if (
            is_text_only(row)
            and gap < 0.5 * row.row.height
            and _bare(row.row.text) not in known
            and below is groups[owner[place + 1]][0]
        ):
            owner[place] = owner[place + 1]
            groups[owner[place]].insert(0, row)
    return [groups[place] for place in anchors]


def _pitch(rows: Sequence[TableRow], anchors: Sequence[int]) -> float | None:
    """The least distance between two rows of figures that follow each other."""
    near = [rows[b].row.middle - rows[a].row.middle for a, b in itertools.pairwise(anchors) if b == a + 1]
    return min(near) if near else None


def _stands_alone(row: TableRow, above: TableRow, pitch: float) -> bool:
    """Whether words after the last line stand as far from it as lines do from each other, and wider than text is set."""
    apart = row.row.middle - above.row.middle
    return apart > 0.93 * pitch and apart > _LONE_PITCH * row.row.height


def is_text_only(row: TableRow) -> bool:
    """Whether a row has words under item headings and no figures under the others."""
    return bool(row.cells) and set(row.cells) <= {
        "text",
        "item_code",
        "other_item",
        "seller_code",
        "buyer_code",
        "unit",
        "gtin",
    }


def _is_prose(row: TableRow, anchor: TableRow) -> bool:
    """Whether words begin where the codes stand, in a table whose texts stand elsewhere: no code goes on with them."""
    words = [word.text for name in _CODES for word in row.cells.get(name, ())]
    if not words or not set(row.cells) <= {*_CODES, "text"} or not anchor.cells.get("text"):
        return False
    if "text" in row.cells and len(row.row.phrases) > 1:
        return False  # a code and a text that both go on
    return not has_figure(" ".join(words)) and any(character.islower() for word in words for character in word)


def _goes_on(row: TableRow, above: TableRow, known: set[str]) -> bool:
    if not is_text_only(row) or _bare(row.row.text) in known:
        return False
    return row.row.y0 - above.row.y1 < _TEXT_GAP * above.row.height


def _line(group: Sequence[TableRow], fields: set[str]) -> RawLine:
    anchor = next(row for row in group if is_anchor(row, fields))
    line = RawLine(anchor.page)
    for name in fields:
        if name in ("text", "item_code", "other_item", "seller_code", "buyer_code", "gtin"):
            words = [word for row in group for word in row.cells.get(name, ())]
        else:
            words = anchor.cells.get(name, [])
        if words:
            line.put(name, words)
    return line


# -- which code is which


def _settle_items(lines: Sequence[RawLine], heading: Heading | None) -> None:
    """Doubtful columns by what stands in them: line numbers count up; codes have no spaces; texts have."""
    _number_or_code(lines)
    _text_or_code(lines)
    if lines and not any(line.text("text") for line in lines) and any(line.text("item_code") for line in lines):
        wordy = sum(len(line.text("item_code").split()) > 1 for line in lines)
        if wordy * 2 >= len(lines):
            for line in lines:
                if "item_code" in line.cells:
                    line.cells["text"] = line.cells.pop("item_code")
    for line in lines:
        _gtin_within_text(line)
        _code_within_text(line)
        _split_quantity(line)
        _whose_code(line)


def _text_or_code(lines: Sequence[RawLine]) -> None:
    """Of two columns that may be code or text, the one with more words is the text."""
    if not any(line.text("other_item") for line in lines):
        return
    first, second = (sum(len(line.text(name).split()) for line in lines) for name in ("item_code", "other_item"))
    for line in lines:
        one, other = line.cells.pop("item_code", None), line.cells.pop("other_item", None)
        if first > second:
            one, other = other, one
        for name, cell in (("item_code", one), ("text", other)):
            if cell is not None:
                line.cells[name] = cell


def _number_or_code(lines: Sequence[RawLine]) -> None:
    values = [line.text("item_or_line").rstrip(".") for line in lines]
    filled = [value for value in values if value]
    numbers = [int(value) for value in filled if re.fullmatch(r"[0-9]{1,5}", value)]
    steps = {b - a for a, b in itertools.pairwise(numbers)}
    coded = any(line.text(name) for line in lines for name in ("item_code", "seller_code", "buyer_code", "gtin"))
    counts = len(numbers) == len(filled) and len(steps) <= 1 and all(step > 0 for step in steps)
    if counts and numbers and len(numbers) == 1:
        counts = coded or numbers[0] in (1, 10, 100)
    if filled and not counts and len(numbers) == len(filled) and coded and all(step > 0 for step in steps):
        counts = True
    to = "line_number" if counts else "item_code"
    for line in lines:
        cell = line.cells.pop("item_or_line", None)
        if cell is None:
            continue
        if to == "item_code" and "item_code" in line.cells:
            continue
        to_here = "text" if to == "item_code" and len(cell.text.split()) > 2 and "text" not in line.cells else to
        line.cells[to_here] = cell


def _gtin_within_text(line: RawLine) -> None:
    """`EAN 8410010255017` within a text, where there is no column of GTINs; only a right one is taken."""
    cell = line.cells.get("text")
    if cell is None or line.text("gtin"):
        return
    found = _GTIN.search(cell.text)
    if found is None or not identifiers.is_gtin(found[1]):
        return
    words = [word for word in cell.words if found[1] in word.text]
    if not words:
        return
    line.cells["gtin"] = Cell(words[:1], found[1], 0.97)
    rest = (cell.text[: found.start()] + " " + cell.text[found.end() :]).strip(" -–·,;(/")
    if rest:
        # Its words stay those of the whole: the picture shows where the text was read.
        cell.text = " ".join(rest.split())


def _code_within_text(line: RawLine) -> None:
    """`[CODE] text`, and a code at the head of a text where there is no column of codes."""
    if any(line.text(name) for name in ("item_code", "seller_code", "buyer_code", "gtin")):
        return
    cell = line.cells.get("text")
    if cell is None:
        return
    match = _BRACKETED.match(cell.text)
    if match:
        count = len(match.group(1).split())
        code = [*cell.words[:count]]
        line.cells["item_code"] = Cell(code, match.group(1), 0.97)
        line.cells["text"] = Cell(cell.words[count:] or cell.words, match.group(2), cell.certainty)
        return
    labelled = _LABELLED.search(cell.text)
    if labelled:
        said = labelled.group(1)
        words = [word for word in cell.words if said in word.text][-1:] or cell.words
        line.cells["item_code"] = Cell(words, said, 0.95)
        cell.text = (cell.text[: labelled.start()] + " " + cell.text[labelled.end() :]).strip(" -–·,(")
        return
    first = cell.words[0]
    if (
        len(cell.words) > 1
        and has_figure(first.text)
        and _CODE.fullmatch(first.text)
        and len(first.text) >= 4
        and (re.fullmatch(r"[0-9]{5,14}|[A-Z0-9]+[-./][A-Z0-9./-]+|[A-Z]{2,}[0-9]{2,}[A-Z0-9]*", first.text))
    ):
        line.cells["item_code"] = Cell([first], first.text, 0.85)
        rest = cell.words[1:]
        while rest and rest[0].text in ("-", "–", "·", ":"):
            rest = rest[1:]
        if rest:
            line.cells["text"] = Cell(rest, joined(rest), cell.certainty)


def _split_quantity(line: RawLine) -> None:
    cell = line.cells.get("quantity")
    if cell is None:
        return
    figure, unit = split_unit(cell.text)
    if unit and "unit" not in line.cells and figure != cell.text:
        line.cells["unit"] = Cell(cell.words, unit, cell.certainty)
        cell.text = figure


def _whose_code(line: RawLine) -> None:
    """A code that doesn't say whose it is: a GTIN when it is one, else the seller's, since the order goes to the seller."""
    for name in ("item_code", "seller_code", "buyer_code", "gtin"):
        cell = line.cells.get(name)
        if cell is not None:
            cell.text = cell.text.replace(" ", "") if re.fullmatch(r"[0-9 ]{8,18}", cell.text) else cell.text
            if len(cell.text.split()) > 1 and cell.text.split()[0].endswith("-"):
                cell.text = cell.text.replace("- ", "-", 1)
    cell = line.cells.get("item_code")
    if cell is None:
        return
    if "gtin" not in line.cells and len(cell.text) >= 12 and identifiers.is_gtin(cell.text):
        line.cells["gtin"] = line.cells.pop("item_code")
    elif "seller_code" not in line.cells:
        line.cells["seller_code"] = line.cells.pop("item_code")
    elif "buyer_code" not in line.cells:
        line.cells["buyer_code"] = line.cells.pop("item_code")
    else:
        line.cells.pop("item_code")


def place(cell: Cell, confidence: float | None = None) -> dict[str, object]:
    return place_of(cell.words, cell.confidence if confidence is None else confidence)
