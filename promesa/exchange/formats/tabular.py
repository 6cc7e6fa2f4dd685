"""Tables in files (CSV, XLSX): rows under headings, columns of text, numbers and days, every fault with row and column.

    table = tabular.read_rows(content, filename="stock.csv", mapping=None, wanted=("sku", "quantity"))
    quantities = table.quantities("quantity")      # Decimal or None a row; what can't be read is in table.faults

Order files use it (`order_table`), and so does whoever loads masters and stock.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Mapping as Mappings
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from promesa.exchange.formats import csv, xlsx
from promesa.exchange.formats.cells import (
    DATE_ORDERS,
    DECIMAL_MARKS,
    Cell,
    Trouble,
    Unreadable,
    parse_date,
    parse_money,
    parse_quantity,
    read_dates,
    read_numbers,
    text_of,
)
from promesa.exchange.formats.headings import meaning, plain
from promesa.exchange.formats.neutral import Fault, fault

__all__ = [
    "Cell",
    "Mapping",
    "Table",
    "Unreadable",
    "parse_date",
    "parse_money",
    "parse_quantity",
    "read_rows",
    "text_of",
]

HEADING_ROWS = 25
MAX_BYTES = 20_000_000
MAX_FAULTS = 500


@dataclass(frozen=True, slots=True)
class Mapping:
    """How a partner writes tables; whatever is silent is found out from the file, or asked for.

    `columns` says ours = theirs, by heading or by place (1 is the first); `constants` says ours = value for what no column
    holds (the buyer, say). `header_row` counts from 1; 0 says that there are no headings, so that columns go by place.
    """

    delimiter: str | None = None
    encoding: str | None = None
    decimal: str | None = None
    dates: str | None = None
    header_row: int | None = None
    sheet: str | None = None
    columns: Mappings[str, str | int] = field(default_factory=dict)
    constants: Mappings[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, stored: Mappings[str, Any] | None) -> Mapping:
        """A mapping from how it is stored (JSON); keys that it doesn't know are left aside."""
        stored = stored if isinstance(stored, Mappings) else {}
        known = {name: stored[name] for name in cls.__slots__ if stored.get(name) not in (None, "")}
        for name in ("columns", "constants"):
            given = known.pop(name, None)
            if isinstance(given, Mappings):
                known[name] = {str(ours): theirs for ours, theirs in given.items() if isinstance(theirs, str | int)}
        for name in ("delimiter", "encoding", "decimal", "dates", "sheet"):
            if name in known:
                known[name] = str(known[name])
        if known.get("delimiter", "").lower() in ("tab", "\\t"):
            known["delimiter"] = "\t"
        if "header_row" in known and not isinstance(known["header_row"], int):
            said = str(known["header_row"]).strip()
            known["header_row"] = int(said) if said.isascii() and said.isdigit() and len(said) < 9 else -1
        return cls(**known)

    @property
    def date_order(self) -> str | None:
        return (
            DATE_ORDERS.get(self.dates.lower().replace("dd", "d").replace("mm", "m").replace("yyyy", "y"))
            if self.dates
            else None
        )

    def faults(self) -> list[Fault]:
        """What the mapping itself says wrong."""
        found = []
        if self.decimal is not None and self.decimal not in DECIMAL_MARKS:
            found.append(fault("mapping_wrong", field="decimal", received=self.decimal, right=", ."))
        if self.dates and self.date_order is None:
            found.append(fault("mapping_wrong", field="dates", received=self.dates, right="d/m/y, m/d/y, y/m/d, iso"))
        if self.header_row is not None and self.header_row < 0:
            found.append(fault("mapping_wrong", field="header_row", received=self.header_row, right="0, 1, 2"))
        return found


@dataclass(slots=True)
class Table:
    """A table: `columns` says where each field is, `rows` holds the cells, `numbers` the row of each in the file."""

    format: str
    headers: list[str]
    rows: list[list[Cell]]
    numbers: list[int]
    columns: dict[str, int]
    mapping: Mapping = field(default_factory=Mapping)
    faults: list[Fault] = field(default_factory=list)
    above: list[list[Cell]] = field(default_factory=list)
    sheet: str = ""
    full: bool = False  # more faults of cells than anybody reads: it is said that there are more, and no more are kept

    @property
    def blocked(self) -> bool:
        return any(one.blocking for one in self.faults)

    def has(self, name: str) -> bool:
        return name in self.columns or name in self.mapping.constants

    def cells(self, name: str) -> list[Cell]:
        """The cells of a field, a row each; the mapping's constant where there is no column or the cell is empty."""
        constant = self.mapping.constants.get(name)
        place = self.columns.get(name)
        if place is None:
            return [constant] * len(self.rows)
        found = [row[place] for row in self.rows]
        return found if constant is None else [constant if cell in (None, "") else cell for cell in found]

    def texts(self, name: str) -> list[str]:
        """The cells of a field as text, empty where nothing stands."""
        if not self.has(name):
            return [""] * len(self.rows)
        cells = self.cells(name)
        known = {cell: text_of(cell) for cell in set(cells)}
        texts = [known[cell] for cell in cells]
        for error in xlsx.ERRORS.intersection(known.values()):
            for place, text in enumerate(texts):
                if text == error:
                    self.trouble(name, Trouble("cell_error", place, error))
        return texts

    def quantities(self, name: str) -> list[Decimal | None]:
        """The cells of a field as quantities; what can't be read is None and a fault."""
        return self._read(name, lambda cells: read_numbers(cells, decimal=self._decimal))

    moneys = quantities  # currency signs are left aside in every number

    def dates(self, name: str) -> list[date | None]:
        """The cells of a field as days; what can't be read is None and a fault."""
        return self._read(name, lambda cells: read_dates(cells, order=self.mapping.date_order))

    @property
    def _decimal(self) -> str | None:
        return self.mapping.decimal if self.mapping.decimal in DECIMAL_MARKS else None

    def _read(self, name: str, reader: Callable[[Sequence[Cell]], tuple[list[Any], list[Trouble]]]) -> list[Any]:
        if not self.has(name):
            return [None] * len(self.rows)
        values, troubles = reader(self.cells(name))
        for trouble in troubles:
            self.trouble(name, trouble)
        return values

    def trouble(self, name: str, trouble: Trouble, **said: Any) -> None:
        """Add a fault of a cell of a field (or of its whole column)."""
        if len(self.faults) >= MAX_FAULTS:
            if not self.full:
                self.full = True
                self.faults.append(fault("more_faults", severity="blocking", limit=MAX_FAULTS))
            return
        params = dict(trouble.params)
        if "decided_in" in params:
            params["decided_in"] = self.numbers[params["decided_in"]]
        row = self.numbers[trouble.place] if trouble.place is not None else None
        if row is not None:
            params["row"] = row
        self.faults.append(
            fault(
                trouble.code,
                where=self.where(name, row),
                received=trouble.received,
                right=trouble.right,
                column=self.heading(name),
                **params,
                **said,
            )
        )

    def where(self, name: str, row: int | None) -> str:
        """The address of a cell as spreadsheets write it: `D7`."""
        place = self.columns.get(name)
        if place is None:
            return name
        return f"{letters(place)}{row or ''}"

    def heading(self, name: str) -> str:
        place = self.columns.get(name)
        return (self.headers[place] if place is not None and place < len(self.headers) else "") or name


def letters(place: int) -> str:
    """The letters of a column by its place (0 is A)."""
    name, place = "", place + 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def read_rows(
    content: bytes,
    *,
    filename: str = "",
    mapping: Mapping | None = None,
    meanings: Callable[[str], str | None] = meaning,
    wanted: Sequence[str] = (),
    skipped: int = 0,
) -> Table:
    """Read a CSV or XLSX file as a table. Never raises; what is wrong is in `faults`.

    `meanings` says which field a heading names when the mapping doesn't (by default those of orders); `wanted` are the fields
    whose absence is a fault. `skipped` rows are left out below the headings, which the numbers of the rows tell.
    """
    mapping = mapping or Mapping()
    problems = mapping.faults()
    if not content.strip():
        return Table("csv", [], [], [], {}, mapping, [*problems, fault("file_empty")])
    if len(content) > MAX_BYTES:
        return Table(
            "csv", [], [], [], {}, mapping, [*problems, fault("file_too_large", received=len(content), right=MAX_BYTES)]
        )
    sheet, kind = "", "csv"
    rows: list[list[Cell]]
    if content[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        kind = "xlsx"
        sheet, rows, found = xlsx.rows_of(
            content, sheet=mapping.sheet, has_headings=lambda rows: bool(_heading_row(rows, mapping, meanings))
        )
    elif content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        kind, rows, found = "xlsx", [], [fault("spreadsheet_encrypted")]
    else:
        rows, found = csv.rows_of(content, encoding=mapping.encoding, delimiter=mapping.delimiter)
    table = Table(kind, [], [], [], {}, mapping, problems + found, sheet=sheet)
    if not rows and not table.blocked:
        table.faults.append(fault("file_empty"))
    if rows and not table.blocked:
        _fill(table, rows, meanings, wanted, skipped)
    return table


def _fill(
    table: Table,
    rows: list[list[Cell]],
    meanings: Callable[[str], str | None],
    wanted: Sequence[str],
    skipped: int,
) -> None:
    start = _heading_row(rows, table.mapping, meanings)
    if start is None:
        seen = next((row for row in rows if any(row)), [])
        table.faults.append(
            fault(
                "header_not_found",
                received=", ".join(text_of(cell) for cell in seen[:8]),
                right=", ".join(wanted) or None,
            )
        )
        return
    table.headers = [text_of(cell) for cell in rows[start - 1]] if start else []
    table.above = rows[: start - 1] if start else []
    _place_columns(table, meanings, width=len(table.headers) or max(map(len, rows)))
    width = len(table.headers) or max(map(len, rows))
    for number, row in enumerate(rows[start:], start=start + 1 + skipped):
        if len(row) != width:
            if len(row) > width:
                extra = [cell for cell in row[width:] if cell not in (None, "")]
                if extra and any(cell not in (None, "") for cell in row[:width]):
                    table.faults.append(
                        fault("row_too_long", where=f"A{number}", received=len(row), right=width, row=number)
                    )
                row = row[:width]
            else:
                row = row + [""] * (width - len(row))
        if any(row):
            table.rows.append(row)
            table.numbers.append(number)
    missing = [name for name in wanted if not table.has(name)]
    for name in missing:
        table.faults.append(fault("column_missing", field=name, received=", ".join(table.headers)))
    if not table.rows and not missing:
        table.faults.append(fault("no_rows"))


def _heading_row(rows: list[list[Cell]], mapping: Mapping, meanings: Callable[[str], str | None]) -> int | None:
    """Number of the row of headings: as the mapping says, else the one that names most fields; 0 when there is none."""
    if mapping.header_row is not None:
        return mapping.header_row if 0 <= mapping.header_row <= len(rows) else None
    theirs = {plain(str(name)) for name in mapping.columns.values() if not _by_place(name)}
    if mapping.columns and not theirs:
        return 0
    best, found = None, 1 if theirs else 2
    for number, row in enumerate(rows[:HEADING_ROWS], start=1):
        # `Pedido: | 4501 | Fecha: | ...` names values, not columns.
        texts = [cell for cell in row if isinstance(cell, str) and cell and not cell.rstrip().endswith(":")]
        names = {plain(text) for text in texts if plain(text) in theirs}
        names |= {name for text in texts if (name := meanings(text)) is not None}
        if len(names) >= found:
            best, found = number, len(names) + 1
    return best


def _by_place(name: str | int) -> bool:
    return isinstance(name, int) or (name.isascii() and name.isdigit())


def _place_columns(table: Table, meanings: Callable[[str], str | None], *, width: int) -> None:
    """Where each field is: as the mapping says, and by the headings for what it doesn't say."""
    headings = {plain(header): place for place, header in reversed(list(enumerate(table.headers))) if header}
    taken: set[int] = set()
    for name, theirs in table.mapping.columns.items():
        place = headings.get(plain(str(theirs)))
        if place is None and _by_place(theirs) and 1 <= int(theirs) <= width:
            place = int(theirs) - 1
        if place is None:
            table.faults.append(
                fault("mapping_column_missing", field=name, received=", ".join(table.headers), right=theirs)
            )
        else:
            table.columns[name] = place
            taken.add(place)
    for place, header in enumerate(table.headers):
        found = meanings(header) if header and place not in taken else None
        if found is None or found in table.mapping.columns:
            continue
        if found in table.columns:
            first = table.headers[table.columns[found]]
            table.faults.append(
                fault("column_repeated", where=letters(place), field=found, received=header, right=first)
            )
        elif found not in table.mapping.constants:
            table.columns[found] = place
