"""Readers of documents: bytes in, neutral documents out, whatever the format. Pure Python: no Django, no database, no clock."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as Mapping_
from itertools import chain
from typing import Any

from promesa.core.memory import collector_resting
from promesa.exchange.formats import edifact, ediversa, idoc, large_table, mail, order_table, pdf, scan, tradacoms, x12
from promesa.exchange.formats.facturx import read as facturx
from promesa.exchange.formats.given import MAX_DEPTH, Buffer, Format, Given
from promesa.exchange.formats.neutral import NeutralDocument, fault, unreadable
from promesa.exchange.formats.tabular import Mapping
from promesa.exchange.formats.writing import CannotWrite, Written, can_write, write
from promesa.exchange.formats.xml import documents as xml

__all__ = [
    "MAX_BYTES",
    "CannotWrite",
    "Mapping",
    "NeutralDocument",
    "Written",
    "can_write",
    "documents",
    "read",
    "write",
]

MAX_BYTES = 20_000_000

# What is recognised and not read yet, by how it begins; the sentence tells what to send instead.
_NOT_READ = (
    (re.compile(rb"\s*<!DOCTYPE html|\s*<html", re.IGNORECASE), "HTML"),
    (re.compile(rb"\s*[\[{]\s*[\"{\[]"), "JSON"),
    (re.compile(rb"BEGIN:V"), "vCard/iCalendar"),
    (re.compile(rb"GIF8|BM.{4}\x00\x00|RIFF....WEBP"), "image"),
    (re.compile(rb"\x1f\x8b|Rar!|7z\xbc\xaf"), "archive"),
)
READ = "EDIFACT, UBL, Facturae, X12, CSV, XLSX, PDF"
_TABLE_NAMES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".tab")


# In this order each is asked whether the bytes are its own; tables come last, since any text may be one.
FORMATS: tuple[Format, ...] = (mail, edifact, xml, x12, tradacoms, idoc, ediversa, facturx, pdf, scan)


def read(
    content: bytes,
    *,
    filename: str = "",
    mapping: Mapping | None = None,
    templates: Sequence[Mapping_[str, Any]] = (),
    depth: int = 0,
) -> list[NeutralDocument]:
    """Read a file: every document in it, each with all its faults. At least one document; never raises.

    The format is told by the content, then by the name. Files over `MAX_BYTES` aren't read; files within files are, to
    a depth of `MAX_DEPTH`.
    """
    with collector_resting():
        return list(_each(content, filename, mapping, templates, depth))


def _each(
    content: bytes, filename: str, mapping: Mapping | None, templates: Sequence[Mapping_[str, Any]], depth: int
) -> Iterable[NeutralDocument]:
    if not content.strip(b"\x00 \t\r\n\x1a"):
        return [unreadable("unknown", fault("file_empty"))]
    if len(content) > MAX_BYTES:
        return [unreadable("unknown", fault("file_too_large", received=len(content), right=MAX_BYTES))]
    if depth > MAX_DEPTH:
        return [unreadable("unknown", fault("too_deep", right=MAX_DEPTH))]

    def inside(part: bytes, name: str) -> list[NeutralDocument]:
        return read(part, filename=name, mapping=mapping, templates=templates, depth=depth + 1)

    given = Given(filename=filename, mapping=mapping, templates=templates, depth=depth, inside=inside)
    return _read(content, given)


def _read(content: bytes, given: Given) -> Iterable[NeutralDocument]:
    """Read with the first format that knows the file; else as a table, else as a message."""
    for format_ in FORMATS:
        if format_.looks_like(content):
            return format_.read(content, given)
    for begins, name in _NOT_READ:
        if begins.match(content):
            return [unreadable("unknown", fault("format_not_read", received=name, right=READ))]
    if _is_binary(content):
        return [unreadable("unknown", fault("format_unknown"))]
    documents = order_table.read_each(content, filename=given.filename, mapping=given.mapping)
    first = next(documents)
    if given.mapping is None and _no_table(first):
        if mail.looks_like_body(content):
            return mail.read_body(content, given)
        if not given.filename.lower().endswith(_TABLE_NAMES):
            return [unreadable("unknown", fault("format_unknown"))]
    return chain((first,), documents)


def documents(
    content: Buffer,
    *,
    filename: str = "",
    mapping: Mapping | None = None,
    templates: Sequence[Mapping_[str, Any]] = (),
) -> Iterator[NeutralDocument]:
    """The documents of a file one by one, in little memory where the format can be read so: then the file may be of any
    size, mapped from the disk, and what is limited is each document. Other files are read as `read` does. Never raises."""
    if edifact.looks_like(content) and not (len(content) <= MAX_BYTES and mail.looks_like(bytes(content))):
        yield from edifact.documents(content)
    elif len(content) > MAX_BYTES and x12.looks_like(content):
        yield from x12.read_each(content)
    elif len(content) > MAX_BYTES and _may_be_table(content[:65_536]):
        yield from large_table.read_each(content, mapping=mapping)
    elif len(content) > MAX_BYTES:
        yield unreadable("unknown", fault("file_too_large", received=len(content), right=MAX_BYTES))
    else:
        with collector_resting():
            found = _each(bytes(content), filename, mapping, templates, 0)
        yield from found


def _may_be_table(begins: bytes) -> bool:
    known = any(one.looks_like(begins) for one in FORMATS) or any(one.match(begins) for one, _ in _NOT_READ)
    return not known and not _is_binary(begins) and begins[:2] != b"PK"


def _is_binary(content: bytes) -> bool:
    """Whether bytes are neither text nor a workbook: control characters that no text has."""
    if content[:2] == b"PK" or content[:4] == b"\xd0\xcf\x11\xe0" or content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return False
    sample = content[:4096]
    if b"\x00" in sample[:4]:
        return False  # UTF-16 without its mark
    return sum(sample.count(code) for code in range(9)) * 20 > len(sample)


def _no_table(document: NeutralDocument) -> bool:
    return any(one.code == "header_not_found" for one in document.faults)
