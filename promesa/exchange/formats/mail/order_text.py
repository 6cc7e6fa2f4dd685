"""An order written in the text of an e-mail: lines of a code, a quantity and perhaps a unit, or a table pasted into it.

Read carefully and never trusted: a person confirms it. What cannot be told apart is said to be in doubt, with the words
it stands in; a complaint about goods that came is no order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from promesa.core import identifiers
from promesa.core.quantities import unit_code
from promesa.exchange.formats import order_table
from promesa.exchange.formats.headings import meaning
from promesa.exchange.formats.mail.order_words import (
    CODE,
    COMPLAINT,
    COUNT,
    FILLING,
    INTENT,
    ITEM_WORDS,
    NAMED,
    NOT_CODES,
    NUMBER_WORDS,
    UNIT,
)  # fmt: skip
from promesa.exchange.formats.neutral import (
    Envelope,
    Fault,
    NeutralDocument,
    NeutralLine,
    Party,
    fault,
    shortened,
)
from promesa.exchange.formats.wishes import wish_in

FORMAT = "e-mail-order"
MAX_LINES = 2_000
MAX_ORDER_LINES = 500
MAX_WIDTH = 400
_PROSE = 300  # lines of running text that are searched for words
_DIGIT = re.compile(r"\d")
_OURS = re.compile(r"P-\d{4}-\d{6,9}")
_CELLS = re.compile(r"\t|\s*[|;]\s*|[ ]{3,}")
# Words and spaces between are taken once and for all (`*+`): tried in every way they could be parted, a run of spaces never ends.
_BEFORE = re.compile(rf"(?:^|(?<=[\s(,;:.\-+*•]))({COUNT})(?:\s*[x×]\s*|\s*)({UNIT})?(?:{FILLING})*+$", re.IGNORECASE)
_AFTER = re.compile(
    rf"^(?:{FILLING}|[\s:=,;\-–—>→\t(]|x\s*(?=\d)|×)*+({COUNT})(?![\w/%€$]|[.,]\d)\s*(?:x\s*)?({UNIT})?", re.IGNORECASE
)
_COUNTED = re.compile(rf"(?<![\w.,/-])({COUNT})\s*({UNIT})(?!\w)", re.IGNORECASE)
_BARE = re.compile(
    rf"^\s*(?:[-*•·]\s*|\d{{1,3}}[.)]\s+)?({COUNT})\s*(?:x\s*)?({UNIT})\s+(?:de(?:l| la| los| las)?\s+|of\s+)?([^\d\W][^\n]{{2,100}})$",
    re.IGNORECASE,
)
_WANTS = re.compile(
    rf"(?:{INTENT})[^\n.]{{0,40}}?\b({COUNT})\s*({UNIT})\s+(?:de(?:l| la| los| las)?|of)\s+([^\d\W][^\n,.;]{{2,80}})",
    re.IGNORECASE,
)
_INTENT, _COMPLAINT = re.compile(INTENT, re.IGNORECASE), re.compile(COMPLAINT, re.IGNORECASE)
_NAMED = re.compile(NAMED, re.IGNORECASE)
_NAMED_CODE = re.compile(rf"\b(?:{ITEM_WORDS})\W*$", re.IGNORECASE)
_FILLING = re.compile(rf"(?:{FILLING}|[\s:,;.-])++", re.IGNORECASE)


@dataclass(slots=True)
class _Found:
    """A line of an order as it stands in the text: at which line of it, and between which letters."""

    row: int
    start: int
    end: int
    words: str
    line: NeutralLine
    doubtful: bool = False


def order_in(
    text: str,
    *,
    mentioned: Sequence[str] = (),
    sender: Mapping[str, str] | None = None,
    issued_on: date | None = None,
    subject: str = "",
) -> NeutralDocument | None:
    """The order that a text holds, or None. Always with the blocking fault `order_in_text`: a person must confirm it."""
    rows = [row[:MAX_WIDTH] for row in text.split("\n")[:MAX_LINES]]
    if not any(letter.isdigit() for letter in text) and not _INTENT.search(text[:20_000]):
        return None
    table, used, table_faults = _table(rows)
    found = [] if table else sorted(_lines(rows), key=lambda one: (one.row, one.start))[:MAX_ORDER_LINES]
    lines = table.lines if table else _numbered(found)
    if not any(line.quantity_received for line in lines):
        return None
    intent = any(_INTENT.search(row) for row in rows[:_PROSE])
    if any(_COMPLAINT.search(row) for row in rows[:_PROSE]) and not (
        intent and any(line.gtin or line.seller_code for line in lines)
    ):
        return None
    faults = [fault("order_in_text", where=_where(found, used)), *table_faults]
    faults += [
        fault("order_text_doubtful", where=f"line {one.row + 1}", received=one.words, line=str(number))
        for number, one in enumerate(found, 1)
        if one.doubtful
    ]
    issued_on = (table.issued_on if table else None) or issued_on
    requested = table.requested if table else None
    if requested is None:
        wish = wish_in("\n".join((subject, "", *rows[:_PROSE])), written_on=issued_on)
        requested = wish.window if wish else None
        faults += [said for said in (wish.fault() if wish else None,) if said is not None]
    names = [one for one in mentioned if not _OURS.fullmatch(one)]
    number = (table.number if table else None) or (names[0] if len(names) == 1 else None)
    if not number:
        faults.append(fault("order_number_unknown"))
    said = sender or {}
    parties = {**(table.parties if table else {})}
    if said and "buyer" not in parties:
        parties["buyer"] = Party(name=said.get("name"), email=said.get("address"))
    return NeutralDocument(
        format=FORMAT,
        kind="order",
        number=number,
        issued_on=issued_on,
        currency=table.currency if table else None,
        parties=parties,
        requested=requested,
        lines=tuple(lines),
        envelope=Envelope(sender=said.get("address")) if said else None,
        places=_places(found, used),
        faults=tuple(faults),
    )


# --- Tables -------------------------------------------------------------------------------------------------------


def _table(rows: Sequence[str]) -> tuple[NeutralDocument | None, tuple[int, int], list[Fault]]:
    """A table pasted into the text, under headings that leave no doubt: a quantity and an item at least."""
    for place, row in enumerate(rows):
        cells = _CELLS.split(row.strip().strip("|"))
        names = [meaning(cell) for cell in cells]
        if "quantity" not in names or not any(
            name in names for name in ("gtin", "seller_code", "buyer_code", "item_code")
        ):
            continue
        body = [cells]
        last = place
        for further, other in enumerate(rows[place + 1 :], place + 1):
            if not other.strip() and last == place:
                continue
            found = _CELLS.split(other.strip().strip("|"))
            if not other.strip() or len(found) < 2:
                break
            if not re.fullmatch(r"[\s|:;+=-]*", other):
                body.append(found)
            last = further
        content = "\n".join("\t".join(re.sub(r"[\t\"]", " ", cell) for cell in one) for one in body).encode()
        documents = [one for one in order_table.read(content, filename="text.tsv") if one.lines]
        if len(documents) == 1:
            apart = ("order_number_unknown", "encoding_guessed")
            return documents[0], (place, last), [one for one in documents[0].faults if one.code not in apart]
    return None, (0, 0), []


# --- Lines --------------------------------------------------------------------------------------------------------


def _lines(rows: Sequence[str]) -> Iterable[_Found]:
    bare: list[_Found] = []
    coded = False
    for number, row in enumerate(rows):
        if row.startswith(">") or len(row) < 4:
            continue
        codes = _codes(row) if _DIGIT.search(row) else []
        if codes:
            if _COMPLAINT.search(row) and not _INTENT.search(row):
                continue
            for one in _coded(number, row, codes):
                coded = True
                yield one
        elif number < _PROSE and (described := _described(number, row)) is not None:
            bare.append(described)
    wants = coded or any(_INTENT.search(row) or _NAMED.search(row) for row in rows[:_PROSE])
    if wants and not any(_COMPLAINT.search(row) for row in rows[:_PROSE]):
        yield from bare


def _codes(row: str) -> list[tuple[int, int, str, str]]:
    """Codes of items in a row: where they begin and end, the code, and whether it is a GTIN, the seller's or in doubt."""
    found: list[tuple[int, int, str, str]] = []
    for one in islice(CODE.finditer(row), 80):
        said = one.group("code").rstrip(".,;:-/")
        start, end = one.start("code"), one.start("code") + len(said)
        kind = _kind(said, named=bool(one.group("word")))
        if kind and not NOT_CODES.fullmatch(said):
            found.append((start, end, said, kind))
            if len(found) == 10:
                break
    return found


def _kind(said: str, *, named: bool) -> str:
    if said.isdigit():
        if len(said) in (8, 12, 13, 14):
            return "gtin" if identifiers.is_gtin(said) else "wrong_gtin" if len(said) >= 12 or named else ""
        return "seller" if named else ""
    letters = sum(one.isalpha() for one in said)
    digits = sum(one.isdigit() for one in said)
    return "seller" if (named and digits) or (letters and digits and said.upper() == said) else ""


def _coded(number: int, row: str, codes: Sequence[tuple[int, int, str, str]]) -> Iterable[_Found]:
    """A line for each code of a row. Whether quantities stand before or after the codes is told by the first of them."""
    before = _quantity_before(row[: codes[0][0]]) is not None
    unit = ""
    for place, (start, end, code, kind) in enumerate(codes):
        left = codes[place - 1][1] if place else 0
        right = codes[place + 1][0] if place + 1 < len(codes) else len(row)
        if before:
            counted = _quantity_before(row[left:start])
            rest = row[end:right]
        else:
            counted = _quantity_after(row[end:right]) or (_only(row[left:start]) if not place else None)
            rest = row[end:right]
        begin, finish = (left, end) if before else (start, right)
        words = shortened(row[begin:finish].strip(" ,;y"), limit=200)
        carried = bool(counted and not counted[1] and unit and before)
        if counted and counted[1]:
            unit = counted[1]
        if counted is None and kind == "seller":
            continue
        short = len(code) < 4 and not _NAMED_CODE.search(row[left:start])  # `12 B12` may be anything
        if short and not before and not _AFTER.match(rest):
            continue
        doubtful = counted is None or carried or short or kind == "wrong_gtin"
        said = (counted[0], counted[1] or (unit if carried else "")) if counted else ("", "")
        yield _Found(number, begin, finish, words, _line(code, kind, said, "" if before else rest), doubtful)


def _quantity_before(text: str) -> tuple[str, str] | None:
    found = _BEFORE.search(text[-120:])
    return (found.group(1), found.group(2) or "") if found else None


def _quantity_after(text: str) -> tuple[str, str] | None:
    """The quantity after a code: at once, or behind a description, when there is only one that it can be."""
    found = _AFTER.match(text)
    if found:
        return found.group(1), found.group(2) or ""
    return _only(text)


def _only(text: str) -> tuple[str, str] | None:
    """The one quantity with a unit in a text; else the one number that stands by itself in a cell of its own."""
    counted = {(one.group(1), one.group(2)) for one in _COUNTED.finditer(text)}
    if len(counted) == 1:
        return next(iter(counted))
    cells = [cell.strip() for cell in re.split(r"\t|\||;|\s{2,}|\s[-–:=]\s", text)]
    numbers = [cell for cell in cells if re.fullmatch(COUNT, cell, re.IGNORECASE)]
    return (numbers[0], "") if not counted and len(numbers) == 1 else None


def _described(number: int, row: str) -> _Found | None:
    """A line that names its item in words only: `12 cajas de aceite de oliva`."""
    found = _BARE.match(row) or _WANTS.search(row)
    if found is None or not (_BARE.match(row) or _INTENT.search(row)):
        return None
    quantity, unit, words = found.groups()
    line = replace(_line("", "", (quantity, unit), ""), text=shortened(words.strip(" .,;"), limit=200))
    return _Found(
        number, found.start(1), found.end(), shortened(row[found.start(1) : found.end()], limit=200), line, True
    )


def _line(code: str, kind: str, counted: tuple[str, str], rest: str) -> NeutralLine:
    quantity, unit = counted
    text = re.sub(r"\s+", " ", rest).strip(" ,;:-–|\t.") if rest else ""
    words = re.sub(
        rf"(?<![\w])(?:{COUNT})\s*(?:{UNIT})?\s*$|^(?:[xX×:=\s-]*{COUNT})\s*(?:{UNIT})?\b",
        "",
        text,
        flags=re.IGNORECASE,
    ).strip(" ,;:-–|.")
    return NeutralLine(
        line_number="0",
        gtin=code if kind in ("gtin", "wrong_gtin") else None,
        seller_code=code if kind == "seller" else None,
        text=shortened(words, limit=200) if len(words) > 2 and not _FILLING.fullmatch(words) else None,
        quantity=number_of(quantity),
        quantity_received=quantity or None,
        unit_code=unit_code(unit) if unit else None,
        unit_received=unit or None,
    )


def number_of(said: str) -> Decimal | None:
    """A quantity in figures or in a word; one with a separator that may be of thousands or of decimals is none."""
    said = said.strip().lower()
    if said in NUMBER_WORDS:
        return Decimal(NUMBER_WORDS[said])
    if not re.fullmatch(r"\d{1,7}(?:[.,]\d{1,3})?", said):
        return None
    whole, _, decimals = said.replace(",", ".").partition(".")
    if len(decimals) == 3:
        return None
    return Decimal(f"{whole}.{decimals}" if decimals else whole)


def _numbered(found: Sequence[_Found]) -> list[NeutralLine]:
    for number, one in enumerate(found, 1):
        one.line = replace(one.line, line_number=str(number), place=one.row + 1)
        one.doubtful = one.doubtful or one.line.quantity is None or one.line.quantity <= 0
    return [one.line for one in found]


# --- Where in the text ----------------------------------------------------------------------------------


def _where(found: Sequence[_Found], used: tuple[int, int]) -> str:
    first, last = (found[0].row + 1, found[-1].row + 1) if found else (used[0] + 1, used[1] + 1)
    return f"text:{first}" if first == last else f"text:{first}-{last}"


def _places(found: Sequence[_Found], used: tuple[int, int]) -> dict[str, dict[str, Any]]:
    """Where in the text each line stands: the line of the text from 1, and between which letters, from 0."""
    if not found:
        return {"lines": {"row": used[0] + 1, "to_row": used[1] + 1}}
    return {
        f"lines.{number}": {"row": one.row + 1, "from": one.start, "to": one.end, "words": one.words}
        for number, one in enumerate(found, 1)
    }
