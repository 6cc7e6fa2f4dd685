"""The numbers of orders that a text mentions, as they are written in it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from promesa.core import identifiers

MAX_MENTIONS = 50
_OURS = re.compile(r"(?<![\w-])P-\d{4}-\d{6,9}(?![\w-])")
_GLUED = re.compile(r"(?<![\w/-])(?:PO|OC|P\.O\.|O\.C\.)[-_]?\d[\w-]{2,24}(?<!-)(?!\w)", re.IGNORECASE)
_NUMBER = r"(?:PO|OC|PED|P|SO|PV|PC)?[-/]?[A-Z]{0,6}[-/]?\d[A-Z0-9./_-]{1,28}"
_WORDS = (
    r"(?:(?:su|nuestro|vuestro|s/|n/)\s?)?pedidos?(?: de compra| de cliente)?|[oó]rden(?:es)?(?: de compra)?|purchase orders?|orders?|"
    r"P\.?\s?O\.?s?|O\.?C\.?|comand(?:a|es)|encargos?|n/ped\.?|s/ped\.?|ped\."
)
_MARKS = (
    r"(?:\s|:|#|\.|n[º°o]s?\.?|"
    r"n\.[º°o]s?\.?|núm(?:ero)?s?\.?|num(?:ero|ber)?s?\.?|no\.|ref(?:erencia|erence)?\.?|cliente|de|[(\[\"'«“])"
)
_NAMED = re.compile(rf"(?<![\w-])(?:{_WORDS})(?![a-záéíóúñ]){_MARKS}{{0,12}}({_NUMBER})", re.IGNORECASE)
_SAYS_NUMBER = re.compile(r"n[º°]|n\.|\bn[uú]m|\bno\.|\bnumber\b|#|\bref", re.IGNORECASE)
_NEXT = re.compile(rf"\s*(?:,|;|y|e|and|&|/)\s*(?:(?:y|and)\s+)?(?:n[º°]\s*|#)?({_NUMBER})", re.IGNORECASE)
_DAY = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}|\d{1,3}[.,]\d{1,2}")
_COUNTED = re.compile(
    r"\s*(?:%|€|\$|eur\b|euros?\b|cajas?\b|uds?\b|unidad(?:es)?\b|palets?\b|pallets?\b|kg\b|kilos?\b|litros?\b|botes?\b|botellas?\b|"
    r"box(?:es)?\b|cases?\b|units?\b|pcs\b|pieces?\b|items?\b|l[ií]neas?\b|lines?\b|x\s*\d|de (?=\d{8}))",
    re.IGNORECASE,
)


def orders_mentioned(texts: Iterable[str]) -> list[str]:
    """The order numbers in texts, the first first, each once: ours, and those beside `PO`, `pedido`, `order` and the like."""
    found: dict[str, str] = {}
    for text in texts:
        text = text[:200_000]
        hits: list[tuple[int, str]] = [(one.start(), one.group(0)) for one in _OURS.finditer(text)]
        hits += [(one.start(), one.group(0)) for one in _GLUED.finditer(text)]
        for one in _NAMED.finditer(text):
            hits += _named(text, one)
        for _, number in sorted(hits):
            number = number.rstrip("./-_")
            found.setdefault(number.upper(), number)
            if len(found) >= MAX_MENTIONS:
                break
    numbers = list(found.values())
    return [one for one in numbers if not any(_is_part(one.upper(), other.upper()) for other in numbers)]


def _is_part(one: str, other: str) -> bool:
    """`28169` of `PO28169`, `OC-2026` of `OC-2026/17`: the same number, not seen whole."""
    return one != other and (other.endswith(one) or (other.startswith(one) and not other[len(one)].isalnum()))


def _named(text: str, found: re.Match[str]) -> list[tuple[int, str]]:
    """The number after a word for an order, and those listed after it; what is a date, a count or an item is none."""
    hits: list[tuple[int, str]] = []
    following: re.Match[str] | None = found
    while following is not None and len(hits) < MAX_MENTIONS:
        number, end = following.group(1), following.end(1)
        marked = _SAYS_NUMBER.search(text[found.start() : found.start(1)]) is not None
        if not _is_number(number, marked=marked) or _COUNTED.match(text, end) or _is_year(text, following, number):
            break
        hits.append((following.start(1), number))
        following = _NEXT.match(text, end)
    return hits


def _is_year(text: str, found: re.Match[str], number: str) -> bool:
    """`el pedido de 2024` names a year, `pedido 2024` a number."""
    between = text[max(found.start(), found.start(1) - 4) : found.start(1)].lower()
    return re.fullmatch(r"(?:19|20)\d\d", number) is not None and between.endswith(" de ")


def _is_number(said: str, *, marked: bool) -> bool:
    """Whether it can be the number of an order: three figures at least, two where it is said to be a number."""
    said = said.rstrip("./-_")
    digits = sum(letter.isdigit() for letter in said)
    if digits < (2 if marked else 3) or _DAY.fullmatch(said):
        return False
    return not (said.isdigit() and len(said) in (13, 14) and identifiers.is_gtin(said))
