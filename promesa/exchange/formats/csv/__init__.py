"""Delimited text: characters, delimiter and rows, guessed from the bytes when nobody says them."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter

from promesa.exchange.formats.headings import recognised
from promesa.exchange.formats.neutral import Fault, fault

DELIMITERS = (";", ",", "\t", "|")
MAX_ROWS = 200_000
_SAMPLE_ROWS = 30
_SEP = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


def decoded(content: bytes, *, encoding: str | None = None) -> tuple[str, list[Fault]]:
    """The characters of a file: by its mark, by the mapping, as UTF-8, else as Windows-1252 with a note."""
    faults: list[Fault] = []
    text = None
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            text = content.decode(name, "replace")
    if text is None and encoding:
        try:
            text = content.decode(encoding)
        except (LookupError, UnicodeError):
            faults.append(fault("mapping_wrong", field="encoding", received=encoding, right="utf-8, cp1252, utf-16"))
    if text is None and len(content) > 3 and b"\x00" in content[:4]:
        name = "utf-16-le" if content[1:2] == b"\x00" else "utf-16-be"
        text = content.decode(name, "replace")
        faults.append(fault("encoding_guessed", received=name.upper()))
    if text is None:
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            text, name = _western(content)
            faults.append(fault("encoding_guessed", received=name))
    if "\x00" in text:
        faults.append(fault("nul_characters", count=text.count("\x00")))
        text = text.replace("\x00", "")
    if "\ufffd" in text:
        place = text.index("\ufffd")
        around = text[max(0, place - 20) : place + 20].splitlines()
        faults.append(fault("text_damaged", received=" ".join(around), count=text.count("\ufffd")))
    return text, faults


def _western(content: bytes) -> tuple[str, str]:
    try:
        return content.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        return content.decode("latin-1"), "ISO 8859-1"


def rows_of(
    content: bytes, *, encoding: str | None = None, delimiter: str | None = None
) -> tuple[list[list[str]], list[Fault]]:
    """All rows of a delimited file, as text cells. At most `MAX_ROWS` are read. Never raises."""
    text, faults = decoded(content, encoding=encoding)
    said = said_delimiter(text)
    if said:
        text = text.partition("\n")[2]
        delimiter = delimiter or said
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        faults.append(fault("mapping_wrong", field="delimiter", received=delimiter, right="; , | tab"))
        delimiter = None
    if text.count('"') % 2:
        faults.append(fault("quotes_broken", received='"'))
    rows: list[list[str]] = []
    for row in _reader(text, delimiter or delimiter_of(text)):
        if len(rows) >= MAX_ROWS:
            faults.append(fault("too_many_rows", right=MAX_ROWS))
            break
        rows.append(row)
    return rows, faults


def said_delimiter(text: str) -> str | None:
    """The delimiter that the first line says (`sep=;`), as Excel writes it."""
    said = _SEP.match(text)
    return said.group(1) if said else None


def _reader(text: str, delimiter: str) -> list[list[str]]:
    """The rows by Python's reader; what it refuses (an endless field) is read without quotes."""
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        return [line.split(delimiter) for line in text.splitlines()]


def delimiter_of(text: str) -> str:
    """The delimiter that makes the best table of the first rows: known headings first, then rows of equal length."""
    sample = text[:65536]
    if len(text) > len(sample) and "\n" in sample:
        sample = sample[: sample.rindex("\n")]
    return max(DELIMITERS, key=lambda delimiter: _worth(sample, delimiter))


def _worth(sample: str, delimiter: str) -> tuple[int, int]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            if any(row):
                rows.append(row)
            if len(rows) >= _SAMPLE_ROWS:
                break
    except csv.Error:
        return 0, 0
    if not rows:
        return 0, 0
    width, times = Counter(map(len, rows)).most_common(1)[0]
    return max(recognised(list(row)) for row in rows), times * width if width > 1 else 0
