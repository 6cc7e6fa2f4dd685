"""Invoices and credit notes written as Factur-X, profile EN 16931: a PDF/A-3 whose page people read and whose XML counts.

The same document gives the same bytes: dates in the file are those of the document.
"""

from __future__ import annotations

import importlib
import json
import re
from dataclasses import replace
from functools import lru_cache
from typing import Any

import typst

from promesa.exchange.formats.cii.write import CORE
from promesa.exchange.formats.cii.write import write as write_cii
from promesa.exchange.formats.facturx import page
from promesa.exchange.formats.neutral import CannotWrite, NeutralDocument

KINDS = frozenset({"invoice", "credit_note", "debit_note"})
FILE_NAME = "factur-x.xml"
# The library stamps the file with the time of the clock; the same number of characters goes in its place.
_STAMPS = (
    (
        re.compile(rb"(<xmp:(?:Create|Modify|Metadata)Date>)[0-9T:+-]{25}(<)"),
        rb"\g<1>%s\g<2>",
        "%Y-%m-%dT00:00:00+00:00",
    ),
    (
        re.compile(rb"(/(?:Mod|Creation)Date \(D\\072)[0-9]{14}(\\05300\\04700\\047\))"),
        rb"\g<1>%s\g<2>",
        "%Y%m%d000000",
    ),
)
# Letters that the font of the page has; what it hasn't would make the file no PDF/A.
_UNSHOWN = re.compile("[^\t\n\x20-\x7e\u00a0-\u024f\u0370-\u03ff\u0400-\u04ff\u2010-\u2027\u2030-\u203a\u20ac\u2122]")

_NOT_WESTERN = re.compile("[^\t\n\x20-\x7e\u00a1-\u00ff\u20ac]")


def write(document: NeutralDocument, *, lang: str = "es") -> bytes:
    """The PDF/A-3 of an invoice or a credit note with its XML inside.

    :param lang: of the page that people read, `es` or `en`.
    :raises CannotWrite: if it is no invoice, or lacks number or day.
    """
    if document.kind not in KINDS:
        raise CannotWrite(f"factur-x: {document.kind}")
    if not document.number or document.issued_on is None:
        raise CannotWrite("factur-x: number, issued_on")
    document = replace(document, profile={**document.profile, "customization": CORE})
    shown = _shown(page.contents(document, lang=lang), _UNSHOWN)
    made: bytes = _loaded().generate_from_binary(
        _page(shown),
        write_cii(document),
        flavor="factur-x",
        level="en16931",
        check_xsd=False,
        check_schematron=False,
        pdf_metadata={
            "author": shown["author"],
            "keywords": "Factur-X",
            "title": shown["title"],
            "subject": f"Factur-X {shown['title']}",
        },
        lang="es-ES" if lang.startswith("es") else "en-GB",
        afrelationship="alternative",
        xmp_compression=False,
    )
    return _stamped(made, document)


@lru_cache(maxsize=1)
def _loaded() -> Any:
    """The library that puts the XML into the PDF, loaded when the first one is written: it takes its time."""
    return importlib.import_module("facturx")


def write_version(document: NeutralDocument, version: str) -> bytes:
    """One document for the registry of writers: `version` is the language of the page, Spanish when not said."""
    return write(document, lang="en" if version == "en" else "es")


def _page(shown: dict[str, Any]) -> bytes:
    try:
        return _set(shown)
    except typst.TypstError:  # a letter that the font lacks after all: those of Western Europe it has
        return _set(_shown(shown, _NOT_WESTERN))


def _set(shown: dict[str, Any]) -> bytes:
    compiled: bytes = typst.compile(
        page.SOURCE.encode(),
        format="pdf",
        sys_inputs={"data": json.dumps(shown, ensure_ascii=False)},
        pdf_standards=["a-3b"],
        ignore_system_fonts=True,
    )
    return compiled


def _shown(value: Any, unshown: re.Pattern[str]) -> Any:
    """The same with a question mark in the place of each letter that can't be shown."""
    if isinstance(value, str):
        return unshown.sub("?", value)
    if isinstance(value, list):
        return [_shown(one, unshown) for one in value]
    if isinstance(value, dict):
        return {name: _shown(one, unshown) for name, one in value.items()}
    return value


def _stamped(made: bytes, document: NeutralDocument) -> bytes:
    for pattern, put, shape in _STAMPS:
        on = document.issued_on
        stamp = on.strftime(shape).encode() if on is not None else b""
        made = pattern.sub(put.replace(b"%s", stamp), made)
    return made
