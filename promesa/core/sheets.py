"""Tables for spreadsheets: CSV and XLSX in which no text can act as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

import xlsxwriter

ACTING = ("=", "+", "-", "@", "\t", "\r")
Cell = str | Decimal | int | date | datetime | None


def harmless(text: str) -> str:
    """The text as a spreadsheet shows it and never runs it."""
    return f"'{text}" if text.startswith(ACTING) else text


def csv_lines(heads: Sequence[str], rows: Iterable[Sequence[Cell]], *, spanish: bool) -> Iterator[bytes]:
    """The table as the reader's spreadsheet opens it: in Spanish with semicolons and decimal commas. UTF-8 with its mark."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";" if spanish else ",")
    buffer.write("\N{ZERO WIDTH NO-BREAK SPACE}")
    writer.writerow(harmless(head) for head in heads)
    for row in rows:
        writer.writerow([_written(cell, spanish) for cell in row])
        if buffer.tell() > 60_000:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _written(cell: Cell, spanish: bool) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return harmless(cell)
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, date):
        return cell.isoformat()
    text = f"{cell:f}" if isinstance(cell, Decimal) else str(cell)
    return text.replace(".", ",") if spanish else text


def xlsx(name: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The table as a workbook: numbers are numbers, days are days, text is only text."""
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(
        memory,
        {"in_memory": True, "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
         "strings_to_numbers": False, "remove_timezone": True},
    )  # fmt: skip
    sheet = book.add_worksheet(name[:31])
    bold, day, moment, money = (
        book.add_format(kind)
        for kind in (
            {"bold": True},
            {"num_format": "yyyy-mm-dd"},
            {"num_format": "yyyy-mm-dd hh:mm"},
            {"num_format": "#,##0.00"},
        )
    )
    sheet.freeze_panes(1, 0)
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, bold)
        sheet.set_column(column, column, max(12, min(40, len(head) + 4)))
    for at, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            if isinstance(cell, datetime):
                sheet.write_datetime(at, column, cell, moment)
            elif isinstance(cell, date):
                sheet.write_datetime(at, column, datetime(cell.year, cell.month, cell.day), day)  # noqa: DTZ001
            elif isinstance(cell, Decimal | int):
                sheet.write_number(at, column, cell, money if isinstance(cell, Decimal) else None)
            elif cell:
                sheet.write_string(at, column, harmless(cell))
    book.close()
    return memory.getvalue()
