"""Workbooks (XLSX): opened only after the package has been weighed, since a small one may swell to anything."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import python_calamine

from promesa.exchange.formats.neutral import Fault, fault

MAX_PARTS = 2_000
MAX_SHEETS = 20
MAX_UNPACKED = 100_000_000
MAX_RATIO = 400
MAX_CELLS = 3_000_000
MAX_ROWS = 200_000
ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([^"']*)["']""")
# Where a cell or a row says it is. Readers make something of whatever stands there, so that all of it must be plain.
_PLACE = re.compile(rb"""[\s"']r\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*))""")
# How many of something a part says that it has: readers make room for so many before they have seen one.
_COUNT = re.compile(rb"""[cC]ount\s*=\s*["']?\s*\+?([0-9]+)""")
_PLAIN_PLACE = re.compile(rb"([A-Za-z]{0,3})([0-9]{1,7})")


def looks_like(content: bytes) -> bool:
    """Whether bytes are a ZIP package with a workbook in it."""
    return content[:4] == b"PK\x03\x04" and b"xl/" in content


def rows_of(
    content: bytes, *, sheet: str | None = None, has_headings: Callable[[list[list[Any]]], bool] | None = None
) -> tuple[str, list[list[Any]], list[Fault]]:
    """Name of the sheet, its rows with typed cells (text, numbers, days), and faults. Never raises.

    Of several sheets the one asked for, else the first under headings (`has_headings`), else the first with anything in it.
    """
    heavy = weighed(content)
    if heavy is not None:
        return "", [], [heavy]
    try:
        workbook = python_calamine.load_workbook(io.BytesIO(content))
        names = workbook.sheet_names
        if not names:
            return "", [], [fault("spreadsheet_unreadable", received="xl/worksheets")]
        if sheet is not None and sheet not in names:
            return "", [], [fault("sheet_missing", received=", ".join(names), right=sheet)]
        return _filled(workbook, names, sheet, has_headings)
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # the reader is Rust: its panics are no Exception
        return "", [], [fault("spreadsheet_unreadable", received=type(error).__name__)]


def _filled(
    workbook: Any, names: list[str], sheet: str | None, has_headings: Callable[[list[list[Any]]], bool] | None
) -> tuple[str, list[list[Any]], list[Fault]]:
    chosen = sheet or names[0]
    rows: list[list[Any]] = []
    for name in [sheet] if sheet else names[:MAX_SHEETS]:
        found = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
        found = [[None if cell == "" else cell for cell in row] for row in found]
        suits = bool(found) and has_headings is not None and len(names) > 1 and has_headings(found)
        if found and (suits or not rows):
            chosen, rows = name, found
        if suits or (rows and has_headings is None):
            break
    others = [name for name in names if name != chosen]
    faults = [fault("sheets_ignored", received=", ".join(others), right=chosen)] if others and sheet is None else []
    return chosen, rows, faults


def weighed(content: bytes) -> Fault | None:
    """What forbids opening a package: too many parts, too much inside, or a sheet with far-away cells."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            if len(parts) > MAX_PARTS:
                return _too_large(f"{len(parts)} partes", f"{MAX_PARTS}")
            if any(part.flag_bits & 1 for part in parts):
                return fault("spreadsheet_encrypted")
            total = 0
            for part in parts:
                if part.file_size > MAX_UNPACKED:
                    return _too_large(f"{part.file_size} bytes", f"{MAX_UNPACKED} bytes")
                if part.file_size > 1_000_000 and part.file_size > MAX_RATIO * part.compress_size:
                    times = part.file_size // max(part.compress_size, 1)
                    return fault("spreadsheet_swells", received=times, right=MAX_RATIO, part=part.filename)
                total += part.file_size
                if total > MAX_UNPACKED:
                    return _too_large(f"{total} bytes", f"{MAX_UNPACKED} bytes")
            for part in parts:
                # Sizes in the directory may lie: what really comes out is counted, and sheets are looked into.
                data = _unpacked(package, part)
                if data is None:
                    return fault("spreadsheet_unreadable", received=part.filename)
                wide = _too_wide(data)
                if wide is not None:
                    return wide
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as error:
        return fault("spreadsheet_unreadable", received=type(error).__name__)
    return None


def _unpacked(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes | None:
    with package.open(part) as stream:
        data = stream.read(part.file_size + 1)
    return data if len(data) == part.file_size else None


def _too_wide(sheet: bytes) -> Fault | None:
    """A fault when the cells of a part span more than can be held: readers make room for the whole rectangle.

    Any part may be a sheet, whatever its name; those that aren't XML in plain UTF-8 can't be looked into.
    """
    head = sheet[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head.startswith(b"<"):
        return fault("spreadsheet_unreadable", received="UTF-16") if b"\x00<" in head or b"<\x00" in head else None
    named = _ENCODING.search(head)
    if (named and named.group(1).lower() not in (b"utf-8", b"us-ascii")) or b"\x00" in head:
        return fault("spreadsheet_unreadable", received=named.group(1).decode("latin-1") if named else "NUL")
    if b"<!DOCTYPE" in sheet or b"<!ENTITY" in sheet:
        return fault("spreadsheet_unreadable", received="DOCTYPE")
    said = max((int(count[:20]) for count in _COUNT.findall(sheet)), default=0)
    if said > MAX_CELLS:
        return _too_large(f"{said}", f"{MAX_CELLS}")
    if b"sheetData" not in sheet:
        return None
    rows = columns = 0
    for place in {double or single or bare for double, single, bare in _PLACE.findall(sheet)}:
        plain = _PLAIN_PLACE.fullmatch(place)
        if plain is None:
            return fault("spreadsheet_unreadable", received=f"r={place[:20].decode('latin-1')}")
        rows, columns = max(rows, int(plain[2])), max(columns, _column(plain[1]))
    if rows > MAX_ROWS:
        return fault("too_many_rows", received=rows, right=MAX_ROWS)
    if rows * max(columns, 1) > MAX_CELLS:
        return _too_large(f"{rows} x {columns}", f"{MAX_CELLS}")
    return None


def _column(letters: bytes) -> int:
    """The number of a column by its letters; A is 1."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _too_large(received: str, right: str) -> Fault:
    return fault("spreadsheet_too_large", received=received, right=right)
