"""What readers can find in any XML document: severity, named reason, sentence in es and en."""

from __future__ import annotations

_B, _W, _N = "blocking", "warning", "note"

FAULTS: dict[str, tuple[str, str, str, str]] = {
    "xml_doctype": (
        _B, "UNREADABLE",
        "El XML declara un DOCTYPE o entidades ({received}), que no se admiten. Envíelo sin ellos.",
        "The XML declares a DOCTYPE or entities ({received}), which are not allowed. Send it without them.",
    ),
    "xml_broken": (
        _B, "UNREADABLE",
        "El XML está mal formado (línea {at_line}, columna {at_column}): {received}.",
        "The XML is not well formed (line {at_line}, column {at_column}): {received}.",
    ),
    "xml_too_deep": (
        _B, "TOO_LARGE",
        "El XML anida más de {right} elementos (línea {at_line}).",
        "The XML nests more than {right} elements (line {at_line}).",
    ),
    "xml_too_large": (
        _B, "TOO_LARGE",
        "El XML pasa de lo que se lee: {received}; el máximo es {right}.",
        "The XML is more than what is read: {received}; the most is {right}.",
    ),
    "xml_charset_wrong": (
        _B, "UNREADABLE",
        "El XML dice estar en {received} y no lo está (línea {at_line}, columna {at_column}); parece {right}.",
        "The XML says that it is {received} and it is not (line {at_line}, column {at_column}); it seems to be {right}.",
    ),
    "xml_charset_unknown": (
        _B, "UNREADABLE",
        "El XML dice estar en «{received}», que no se lee; use {right}.",
        "The XML says that it is “{received}”, which is not read; use {right}.",
    ),
    "xml_charset_other": (
        _N, "UNREADABLE",
        "El XML dice estar en {received} y está en {right}; se ha leído así.",
        "The XML says that it is {received} and it is {right}; it was read so.",
    ),
    "xml_leading_text": (
        _N, "UNREADABLE",
        "Hay caracteres delante del XML; se han quitado.",
        "There are characters before the XML; they were taken out.",
    ),
    "xml_kind_unknown": (
        _B, "UNREADABLE",
        "Es un XML «{received}», de un tipo que no se lee. Se leen {right}.",
        "This is a “{received}” XML, of a kind that is not read. {right} are read.",
    ),
    "element_missing": (
        _W, "BAD_SCHEMA",
        "Falta {right} en {where}.",
        "{right} is missing in {where}.",
    ),
    "element_empty": (
        _W, "BAD_SCHEMA",
        "{where} está vacío.",
        "{where} is empty.",
    ),
    "element_unexpected": (
        _W, "BAD_SCHEMA",
        "{where} no debería estar aquí.",
        "{where} should not be here.",
    ),
    "element_repeated": (
        _W, "BAD_SCHEMA",
        "{where} viene más de una vez: se ha tomado «{right}» y no «{received}».",
        "{where} comes more than once: “{right}” was taken, not “{received}”.",
    ),
    "code_unknown": (
        _W, "BAD_SCHEMA",
        "«{received}» no es un código válido en {where}; sería {right}.",
        "“{received}” is not a valid code in {where}; it would be {right}.",
    ),
    "sum_wrong": (
        _W, "PRICE_MISMATCH",
        "{where} dice {received} y la cuenta da {right}.",
        "{where} says {received} and it adds up to {right}.",
    ),
}  # fmt: skip
