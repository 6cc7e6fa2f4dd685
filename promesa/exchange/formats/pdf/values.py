"""Numbers, days and currencies as they stand on paper, and what the document itself says about how it writes them.

What can be read in two ways is never guessed: the layout of the sender decides, or another value of the document that can
only be read in one way, or the country and the language that the document names; else both readings are told.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from promesa.exchange.formats.cells import date_readings, number_readings
from promesa.exchange.formats.headings import plain


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


CURRENCIES = _set(
    "EUR USD GBP CHF MXN COP CLP PEN ARS BRL UYU BOB PYG CAD AUD NZD JPY CNY SEK NOK DKK PLN CZK HUF RON "
    "MAD TRY INR ZAR"
)
_SIGNS = {
    "€": "EUR",
    "£": "GBP",
    "US$": "USD",
    "R$": "BRL",
    "MX$": "MXN",
    "C$": "CAD",
    "A$": "AUD",
    "¥": None,
    "$": None,
}
_NUMBER = re.compile(r"[+-]?[0-9][0-9.,'’]*(?: [0-9]{3}(?![0-9])[0-9.,]*)*|[+-]?[.,][0-9]+")
_SIGN = re.compile(
    r"US\$|MX\$|R\$|C\$|A\$|€|£|\$|¥|\b(?:EUR|USD|GBP|MXN|COP|CLP|PEN|ARS|BRL|CHF|CAD|Eur|euros?|Euros?)\b"
)
_UNIT = re.compile(r"[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ.()/²³º0-9-]{0,20}(?: [A-Za-zÀ-ÿ.()]{1,12})?")
_WEEKDAY = re.compile(
    r"\b(?:lunes|martes|mi[eé]rcoles|jueves|viernes|s[aá]bado|domingo|monday|tuesday|wednesday|thursday|friday|saturday|sunday|"
    r"mon|tue|wed|thu|fri|sat|sun|lun|mar|mie|jue|vie|sab|dom)\b[.,]?\s+(?=[0-9A-Za-z])",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?<![0-9])(?:[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}\s?[-/.]\s?[0-9]{1,2}\s?[-/.]\s?(?:[0-9]{4}|[0-9]{2})"
    r"|[0-9]{1,2}(?:st|nd|rd|th|º)?[-/. ]+(?:(?:de|of|d['’]) ?)?[A-Za-zÀ-ÿ]{3,12}\.?[-/., ]+(?:(?:de|del|of) )?(?:[0-9]{4}|[0-9]{2})"
    r"|[A-Za-zÀ-ÿ]{3,12}\.? [0-9]{1,2}(?:st|nd|rd|th)?,? [0-9]{4})(?![0-9])"
)
_FOREIGN_MONTHS = {
    "janvier": "january", "fevrier": "february", "fev": "feb", "mars": "march", "avril": "april", "avr": "apr", "mai": "may",
    "juin": "june", "juillet": "july", "juil": "jul", "aout": "august", "septembre": "september", "octobre": "october",
    "novembre": "november", "decembre": "december", "janeiro": "january", "fevereiro": "february", "marco": "march",
    "maio": "may", "junho": "june", "julho": "july", "setembro": "september", "set": "sep", "outubro": "october", "out": "oct",
    "novembro": "november", "dezembro": "december", "dez": "dec",
}  # fmt: skip
_SPANISH = _set(
    "pedido fecha cantidad precio importe proveedor entrega descripcion comprador cliente unidad "
    "direccion compra orden facturar referencia codigo iva cant moneda forma pago observaciones subtotal "
    "telefono nif cif"
)
_ENGLISH = _set(
    "order date quantity price amount vendor supplier ship description buyer customer unit address "
    "purchase bill item qty delivery currency payment terms notes phone"
)
_LATIN = _set(
    "commande quantite prix montant fournisseur livraison encomenda quantidade preco fornecedor entrega tva designation"
)
_STATE = re.compile(
    r"\b(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY])"
    r"\.?,? [0-9]{5}(?:-[0-9]{4})?\b"
)
_BRITISH = re.compile(r"\b[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}\b")
_DAY_FIRST_LANDS = _set(
    "spain espana mexico colombia chile peru argentina france portugal germany deutschland italy italia "
    "ireland belgium netherlands uk austria switzerland denmark norway finland poland uruguay ecuador "
    "brasil brazil australia"
)


@dataclass(frozen=True, slots=True)
class Customs:
    """How a document writes: decimal mark, order of the parts of a day and what says so, the land its dollar is of."""

    decimal: str | None = None
    date_order: str | None = None
    date_evidence: str = ""
    currency: str | None = None
    currency_sign: str = ""
    american: bool = False
    sure: bool = False  # told by the sender's layout


# -- numbers


@lru_cache(maxsize=65536)
def readings(text: str) -> tuple[Decimal | None, Decimal | None]:
    """What a text on paper says with a decimal point, and with a decimal comma."""
    bare = _SIGN.sub("", text).strip().strip("*:").strip()
    if bare[:1] == "(" and bare[-1:] == ")":
        bare = "-" + bare[1:-1].strip()
    bare = re.sub(r"\s*([.,])\s+(?=[0-9])", r"\1", bare)
    if re.fullmatch(r"[0-9.,'’]+,-+|[0-9.,'’]+\.-+", bare):
        bare = bare.split("-")[0][:-1]
    return number_readings(bare) if bare and len(bare) <= 32 else (None, None)


def numeral(text: str) -> str | None:
    """The first number of a text, as written."""
    match = _NUMBER.search(_SIGN.sub(" ", text))
    return match.group(0).rstrip(".,") if match else None


def is_number(text: str) -> bool:
    return any(one is not None for one in readings(text))


def has_figure(text: str) -> bool:
    return any("0" <= character <= "9" for character in text)


def number(text: str, decimal: str | None) -> Decimal | None:
    """The number a text says, None when it is none or has two readings."""
    point, comma = readings(text)
    if point is None or comma is None or point == comma:
        return comma if point is None else point
    if decimal is None:
        return None
    return point if decimal == "." else comma


def decimal_mark(texts: Iterable[str]) -> str | None:
    """The decimal mark that a document's numbers say, by those that can be read in one way only."""
    points = commas = 0
    for text in texts:
        point, comma = readings(text)
        if point is not None and comma is None:
            points += 1
        elif comma is not None and point is None:
            commas += 1
    if points == commas:
        return None
    if min(points, commas) * 4 > max(points, commas):
        return None
    return "." if points > commas else ","


def split_unit(text: str) -> tuple[str, str]:
    """A quantity with its unit beside it: `6.000 Unit(s)`, `24 UD`, `CAJAS 12`."""
    figure = numeral(text)
    if figure is None:
        return text, ""
    rest = text.replace(figure, " ", 1).strip(" .,;:x×*")
    match = _UNIT.fullmatch(rest) if rest else None
    return figure, match.group(0) if match else ""


# -- days


def dates_in(text: str) -> list[tuple[str, dict[str, date]]]:
    """Every day named in a text: as written, and what it may mean by the order of its parts."""
    found = []
    for match in _DATE.finditer(_WEEKDAY.sub("", text[:200])):
        meant = day_readings(match.group(0))
        if meant:
            found.append((match.group(0), meant))
    return found


@lru_cache(maxsize=4096)
def day_readings(text: str) -> dict[str, date]:
    """What a day as written may mean: `ymd` (certain), `dmy`, `mdy`."""
    said = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    said = re.sub(r"(?<=[0-9])(?:st|nd|rd|th|o)\b", "", said)
    said = re.sub(r"\b(?:of|del|d')\s*", "de ", said)
    said = re.sub(r"[a-z]+", lambda word: _FOREIGN_MONTHS.get(word.group(0), word.group(0)), said)
    said = re.sub(r"\s*([-/.])\s*", r"\1", said) if re.fullmatch(r"[0-9\s./-]+", said) else said
    return {order: day for order, day in date_readings(said.strip()).items() if 1990 <= day.year <= 2100}


def day(meant: dict[str, date], order: str | None) -> date | None:
    """The day that readings say: the only one, or the one of the given order."""
    days = set(meant.values())
    if len(days) == 1:
        return next(iter(days))
    return meant.get(order) if order else None


def customs_of(
    texts: list[str], *, decimal: str | None = None, date_order: str | None = None, currency: str | None = None
) -> Customs:
    """What a document says of its own way of writing; what is given (by the sender's layout) goes first."""
    whole = "\n".join(texts)
    american = bool(_STATE.search(whole)) and not _BRITISH.search(whole)
    if decimal is None:
        decimal = decimal_mark(one for text in texts for one in text.split() if has_figure(one) and len(one) < 24)
    sign, code = _currency_of(whole, american)
    order, evidence = (date_order, "") if date_order else _order_of(texts, whole, american)
    return Customs(
        decimal=decimal,
        date_order=order,
        date_evidence=evidence,
        currency=currency or code,
        currency_sign=sign,
        american=american,
        sure=date_order is not None,
    )


def _order_of(texts: list[str], whole: str, american: bool) -> tuple[str | None, str]:
    """The order of the parts of a day, and what says so: another day of the document, or its land and language."""
    only: dict[str, str] = {}
    for text in texts:
        for written, meant in dates_in(text):
            if len(set(meant.values())) == 1 and len(meant) == 1:
                only.setdefault(next(iter(meant)), written)
    told = {order for order in ("dmy", "mdy") if order in only}
    if len(told) == 1:
        order = told.pop()
        return order, f"«{only[order]}»"
    if told:
        return None, ""
    said = plain_words(whole)
    spanish, english = len(said & _SPANISH), len(said & _ENGLISH)
    latin = len(said & _LATIN)
    day_first = bool(_BRITISH.search(whole)) or bool(said & _DAY_FIRST_LANDS)
    match = _STATE.search(whole)
    if american and match and english > spanish and not day_first:
        return "mdy", f"«{match.group(0)}»"
    if american:
        return None, ""
    if max(spanish, latin) >= 4 and max(spanish, latin) > english:
        words = sorted(said & (_SPANISH if spanish >= latin else _LATIN), key=lambda word: whole.lower().find(word))
        return "dmy", f"«{', '.join(words[:3])}»"
    if day_first:
        british = _BRITISH.search(whole)
        return "dmy", f"«{british.group(0) if british else sorted(said & _DAY_FIRST_LANDS)[0]}»"
    return None, ""


def plain_words(text: str) -> set[str]:
    found: set[str] = set()
    for line in text.split("\n"):
        found.update(plain(line).split())
    return found


def _currency_of(whole: str, american: bool) -> tuple[str, str | None]:
    """The currency that signs and codes say: the sign as written and its code, if it is of one land only."""
    counts: dict[str, int] = {}
    for match in _SIGN.finditer(whole):
        sign = match.group(0)
        counts[sign] = counts.get(sign, 0) + 1
    codes = {sign: _code_of(sign, american) for sign in counts}
    named = {code for code in codes.values() if code}
    if len(named) == 1:
        code = named.pop()
        return next(sign for sign, one in codes.items() if one == code), code
    if not counts:
        return "", None
    return max(counts, key=lambda one: counts[one]), None


def _code_of(sign: str, american: bool) -> str | None:
    if sign.upper() in CURRENCIES:
        return sign.upper()
    if sign.lower().startswith("euro") or sign == "Eur":
        return "EUR"
    if sign == "$" and american:
        return "USD"
    return _SIGNS.get(sign)
