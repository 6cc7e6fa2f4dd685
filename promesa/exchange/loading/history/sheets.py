"""The files of a history as columns: text, numbers and days read, rows with a fault set aside and listed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from promesa.core import words
from promesa.exchange.formats import csv as delimited
from promesa.exchange.formats import tabular
from promesa.exchange.loading.history.mapping import FileMapping
from promesa.exchange.loading.tables import Loaded

NUMBERS = frozenset(
    {
        "quantity",
        "quantity_ordered",
        "quantity_delivered",
        "returned_quantity",
        "price",
        "discount",
        "amount",
        "cost",
        "freight",
        "score",
    }
)


@dataclass(slots=True)
class Sheet:
    """One file of the history, read by its mapping."""

    mapping: FileMapping
    loaded: Loaded
    numbers: list[int] = field(default_factory=list)
    columns: dict[str, list[Any]] = field(default_factory=dict)
    bad: set[int] = field(default_factory=set)

    @property
    def role(self) -> str:
        return self.mapping.role

    def rows(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Place and values of every row that has no fault; empty cells are left out."""
        for place in range(len(self.numbers)):
            if place not in self.bad:
                yield (
                    place,
                    {name: cells[place] for name, cells in self.columns.items() if cells[place] not in (None, "")},
                )

    def set_aside(self, place: int, name: str, received: object, code: str, **params: Any) -> None:
        """Leave a row out and say why."""
        self.bad.add(place)
        shown = "" if received is None else str(received)[:100]
        self.loaded.rejected.append({
            "row": self.numbers[place], "field": name, "received": shown, "code": code,
            "sentence": words.both(code, {"field": name, "received": shown, **params}),
        })  # fmt: skip


def read_sheets(files: Sequence[tuple[str, bytes]], mappings: Sequence[FileMapping]) -> list[Sheet]:
    """Every block of the mapping with its file; a block whose file was not given is left out, and said."""
    sheets: list[Sheet] = []
    for mapping in mappings:
        matching = [one for one in files if _is(one[0], mapping.path)]
        for name, content in matching:
            sheets.append(_sheet(name, content, mapping))
        if not matching:
            loaded = Loaded(mapping.path, mapping.role)
            loaded.rejected.append({
                "row": None, "field": "path", "received": mapping.path, "code": "file_not_given",
                "sentence": words.both("file_not_given", {"received": mapping.path}),
            })  # fmt: skip
            sheets.append(Sheet(mapping, loaded))
    return sheets


def _is(given: str, path: str) -> bool:
    """Whether a file is the one that a mapping names: by the end of its path, or by its name."""
    if not path:
        return True
    one, other = PurePath(given), PurePath(path)
    return one == other or one.parts[-len(other.parts) :] == other.parts


def mended(content: bytes, mapping: FileMapping) -> bytes:
    """The file with the cells of each row that is too long joined again where the mapping says that a text may hold the
    delimiter without quotes."""
    rows, _ = delimited.rows_of(content, encoding=mapping.table.encoding, delimiter=mapping.table.delimiter)
    head = rows[0] if rows else []
    if mapping.overflow not in head:
        return content
    place, written = head.index(mapping.overflow), io.StringIO()
    for row in rows:
        extra = len(row) - len(head)
        if extra > 0:
            row[place : place + extra + 1] = [",".join(row[place : place + extra + 1])]
    csv.writer(written, delimiter=mapping.table.delimiter or ",").writerows(rows)
    return written.getvalue().encode()


def _sheet(name: str, content: bytes, mapping: FileMapping) -> Sheet:
    if mapping.overflow:
        content = mended(content, mapping)
    table = tabular.read_rows(content, filename=name, mapping=mapping.table, meanings=lambda heading: None)
    sheet = Sheet(mapping, Loaded(name, mapping.role, len(table.rows)), table.numbers)
    for cells in table.rows:
        for place, cell in enumerate(cells):
            if isinstance(cell, str) and cell.strip().lower() in mapping.nulls:
                cells[place] = ""
    for column in table.columns:
        sheet.columns[column] = _cells(table, column)
    by_number = {number: place for place, number in enumerate(table.numbers)}
    for fault in table.faults:
        if not fault.blocking:
            continue
        row: int | None = fault.params.get("row")
        sheet.loaded.rejected.append({
            "row": row, "field": fault.params.get("column") or fault.where or None, "received": fault.received,
            "code": fault.code, "sentence": {lang: fault.sentence(lang) for lang in words.LANGUAGES},
        })  # fmt: skip
        sheet.bad.update(by_number.values() if row is None else [by_number[row]])
    return sheet


def _cells(table: tabular.Table, column: str) -> list[Any]:
    if column in NUMBERS:
        return list(table.quantities(column))
    if column.endswith("_on") or column == "active_to":
        return list(table.dates(column))
    return list(table.texts(column))


def texts(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The named values that are there."""
    return {name: values[name] for name in names if name in values}


words.register(
    {
        "file_not_given": (
            "La correspondencia nombra {received}, que no se ha dado.",
            "The mapping names {received}, which was not given.",
        ),
        "order_set_aside": (
            "Su pedido {received} no se ha cargado.",
            "Its order {received} was not loaded.",
        ),
        "number_taken": (
            "El número {received} ya es de un pedido de esta instalación.",
            "Number {received} belongs to an order of this installation already.",
        ),
        "promised_in_history": ("Prometido según el histórico", "Promised as the history says"),
        "mapping_refused": ("La correspondencia no sirve: {problem}", "The mapping cannot be used: {problem}"),
    }
)
