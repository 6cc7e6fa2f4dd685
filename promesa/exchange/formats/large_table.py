"""Order files in tables larger than is read at once: cut between two orders into pieces under the same headings, read one by one.

What is limited is each order. The rows of an order must stand together: where they don't, the order waits for a person.
"""

from __future__ import annotations

import csv
import io
from codecs import BOM_UTF8, getincrementaldecoder
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from promesa.exchange.formats import order_table, tabular
from promesa.exchange.formats.csv import MAX_ROWS, delimiter_of, said_delimiter
from promesa.exchange.formats.given import Buffer
from promesa.exchange.formats.neutral import Fault, NeutralDocument, fault, unreadable, with_faults
from promesa.exchange.formats.tabular import Mapping

HEAD = 200_000  # bytes in which the headings stand
PIECE, PIECE_SIZE = 50_000, 5_000_000  # rows and letters, more if the order at the end has more
_CHUNK = 1 << 20
_PLAIN = Mapping(delimiter=";", encoding="utf-8")


class _Shape(NamedTuple):
    """How a file is written: its characters, its delimiter, how many rows are above the orders, and where their number is."""

    encoding: str
    delimiter: str
    above: int
    number: int


def read_each(content: Buffer, *, mapping: Mapping | None = None) -> Iterator[NeutralDocument]:
    """The orders of a delimited file one by one. Never raises; what is no such table is said to be too large."""
    mapping = mapping or Mapping()
    shape, faults = _shape(content, mapping)
    if shape is None:
        yield unreadable("csv", fault("file_too_large", received=len(content), right=tabular.MAX_BYTES), *faults)
        return
    try:
        apart = _apart(content, shape)
        for piece, skipped in _pieces(content, shape):
            told = replace(mapping, delimiter=_PLAIN.delimiter, encoding=_PLAIN.encoding)
            for one in order_table.read_each(piece, mapping=told, skipped=skipped):
                torn = [fault("rows_apart", received=one.number)] if one.number in apart else []
                yield with_faults(one, [*faults, *torn]) if faults or torn else one
    except csv.Error:
        yield unreadable("csv", *faults, fault("quotes_broken", received='"', severity="blocking"))


def _shape(content: Buffer, mapping: Mapping) -> tuple[_Shape | None, list[Fault]]:
    head = content[:HEAD]
    if b"\n" not in head or b"\x00" in head:
        return None, []
    encoding, faults = _encoding(content, mapping.encoding)
    head = head[: head.rindex(b"\n") + 1]
    table = tabular.read_rows(head, mapping=replace(mapping, encoding=encoding))
    number = table.columns.get("po_number")
    if number is None:
        return None, [one for one in table.faults if one.blocking]
    text = head.decode(encoding, "replace")
    delimiter = said_delimiter(text) or mapping.delimiter or delimiter_of(text)
    return _Shape(encoding, delimiter, len(table.above) + bool(table.headers), number), faults


def _encoding(content: Buffer, given: str | None) -> tuple[str, list[Fault]]:
    """By the mapping, as UTF-8, else as Windows-1252 with a note."""
    for name in filter(None, (None if content[:3] == BOM_UTF8 else given, "utf-8-sig")):
        try:
            decoder = getincrementaldecoder(name)()
            for place in range(0, len(content), _CHUNK):
                decoder.decode(content[place : place + _CHUNK])
            decoder.decode(b"", final=True)
        except (LookupError, UnicodeError):
            continue
        return name, []
    return "cp1252", [fault("encoding_guessed", received="Windows-1252")]


def _rows(content: Buffer, shape: _Shape) -> Iterator[list[str]]:
    def lines() -> Iterator[str]:
        place = 0
        while place < len(content):
            end = content.find(b"\n", place) + 1 or len(content)
            line = content[place:end].decode(shape.encoding, "replace")
            if place or not said_delimiter(line):
                yield line.replace("\x00", "")
            place = end

    return csv.reader(lines(), delimiter=shape.delimiter)


def _numbered(content: Buffer, shape: _Shape) -> Iterator[tuple[list[str], str]]:
    """Rows below the headings with the number of their order; one without a number, or of totals, belongs to the one above."""
    above = ""
    for at, row in enumerate(_rows(content, shape)):
        if at >= shape.above:
            said = row[shape.number].strip() if shape.number < len(row) else ""
            above = above if not said or order_table.is_total(said) else said
            yield row, above


def _apart(content: Buffer, shape: _Shape) -> frozenset[str]:
    """Orders that begin again after another has begun."""
    begun: set[str] = set()
    apart: set[str] = set()
    last = None
    for _, number in _numbered(content, shape):
        if number != last:
            (apart if number in begun else begun).add(number)
            last = number
    return frozenset(apart)


def _pieces(content: Buffer, shape: _Shape) -> Iterator[tuple[bytes, int]]:
    """Pieces of whole orders, each with the headings above it, and how many rows of the file are left out in between."""
    rows = _rows(content, shape)
    headings = [row for _, row in zip(range(shape.above), rows, strict=False)]
    piece: list[list[str]] = []
    skipped, size, last = 0, 0, ""
    for at, (row, number) in enumerate(_numbered(content, shape)):
        if number != last and (len(piece) >= PIECE or size >= PIECE_SIZE):
            yield _written([*headings, *piece]), skipped
            piece, skipped, size = [], at, 0
        last = number
        if len(piece) <= MAX_ROWS:
            piece.append(row)
            size += sum(map(len, row))
    if piece:
        yield _written([*headings, *piece]), skipped


def _written(rows: list[list[str]]) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=";").writerows(rows)
    return stream.getvalue().encode()
