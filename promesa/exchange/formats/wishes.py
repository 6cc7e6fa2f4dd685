"""The day that running text wants goods on: `para el jueves 3 de diciembre`, `entrega lunes 14/12`, `by Friday 4 December`.

A day without its year is the next one after the text was written; a weekday beside it has to agree. What can still be read
in two ways, what lies in the past, and several days that make no period are told as unclear and never taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from promesa.exchange.formats.neutral import Fault, Window, fault

MOST = 60_000  # letters that are searched
_MOST_DAYS = 200  # of a kind of writing them: no order names more
_AHEAD = timedelta(days=200)  # a day without its year lies no further ahead
_MONTH_NAMES = (
    ("enero", "january", "jan", "ene"), ("febrero", "february", "feb"), ("marzo", "march", "mar"), ("abril", "april", "apr", "abr"),
    ("mayo", "may"), ("junio", "june", "jun"), ("julio", "july", "jul"), ("agosto", "august", "aug", "ago"),
    ("septiembre", "setiembre", "september", "sep", "sept"), ("octubre", "october", "oct"), ("noviembre", "november", "nov"),
    ("diciembre", "december", "dec", "dic"),
)  # fmt: skip
_MONTHS = {name: place for place, names in enumerate(_MONTH_NAMES, 1) for name in names}
_WEEKDAY_NAMES = (
    ("lunes", "monday", "mon"), ("martes", "tuesday", "tue"), ("miércoles", "miercoles", "wednesday", "wed"),
    ("jueves", "thursday", "thu"), ("viernes", "friday", "fri"), ("sábado", "sabado", "saturday", "sat"), ("domingo", "sunday", "sun"),
)  # fmt: skip
_WEEKDAYS = {name: place for place, names in enumerate(_WEEKDAY_NAMES) for name in names}


def _any(names: dict[str, int]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


_WEEKDAY = rf"(?:(?P<weekday>{_any(_WEEKDAYS)})\.?,?\s+(?:(?:d[ií]a|the)\s+)?)"
_MONTH = rf"(?P<month>{_any(_MONTHS)})\b\.?"
_YEAR = r"(?:,?\s+(?:de\s+|del\s+)?(?P<year>20\d\d)\b)?"
_SINCE = r"(?:(?P<since>\d{1,2})(?:st|nd|rd|th)?\s*(?:y(?:\s+el)?|al?|and|to|-|–)\s*)?"
_UNITS = r"x\b|cajas?|uds?|unidades|palets?|botellas?|sacos?|kilos?|kg|boxes|cases|packs?|units|pieces|pallets?"
_BEGINS = r"(?<![^\W_])"  # no day begins within a word or a number
_DAYS = (
    re.compile(_BEGINS + r"(?P<year>20\d\d)-(?P<number>\d\d)-(?P<day>\d\d)(?!\d)"),
    re.compile(
        _BEGINS + rf"{_WEEKDAY}?{_SINCE}(?P<day>\d{{1,2}})(?:st|nd|rd|th|º)?\s+(?:de\s+|of\s+)?{_MONTH}{_YEAR}", re.I
    ),
    re.compile(
        _BEGINS + rf"{_WEEKDAY}?{_MONTH}\s+(?:the\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d/.-]){_YEAR}", re.I
    ),
    re.compile(
        _BEGINS
        + rf"{_WEEKDAY}?(?P<first>\d{{1,2}})[/.-](?P<second>\d{{1,2}})(?:[/.-](?P<year>20\d\d|\d\d))?(?![\d/%-]|[.,]\d)",
        re.I,
    ),
    re.compile(
        _BEGINS
        + rf"(?:{_WEEKDAY}|d[ií]a\s+)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d/.,-]\d|\d|\s*(?:de\b|of\b|h\b|:|{_UNITS}))",
        re.I,
    ),
    re.compile(_BEGINS + rf"(?P<alone>{_any(_WEEKDAYS)})\b(?!\s*(?:,\s*)?(?:d[ií]a\s+)?\d|\s+(?:pasado|last))", re.I),
    re.compile(_BEGINS + r"(?P<tomorrow>pasado mañana|(?<!la )mañana|tomorrow)\b", re.I),
)
# Beside these the day follows at once; beside those below a few words may stand between.
_NEAR = re.compile(
    r"\b(?:para|antes|a\s+partir|desde|hasta|no\s+m[aá]s\s+tarde|a\s+m[aá]s\s+tardar|for|by|on|before|until|from|no\s+later\s+than)"
    r"(?:\s+(?:del?|el|la|the|d[ií]a(?=\s+[^\d\s])|este|this|pr[oó]ximo|entre|on))*\s*:?\s+$",
    re.I,
)
_ON = re.compile(r"\bel\s+(?:d[ií]a\s+)?$", re.I)  # only before a day in figures: `hablamos el jueves` wants nothing
_TALKED = re.compile(r"^(?:on|from|until|desde|hasta|a\s+partir)\b", re.I)  # as little before a weekday alone
_FAR = re.compile(
    r"\b(?:entrega(?:r(?:nos|lo|la|los|las)?|dl[oae]s?)?|entr[eé]g(?:uen|u)(?:nos|lo|la|los|las)?|recibir(?:l[oa]s?)?|servir(?:nos|l[oa]s?)?"
    r"|suministr(?:o|ar)|lleg(?:ue|uen|ar|ada)|descarga|necesit(?:o|amos)|deliver(?:y|ies)?|delivered\s+(?:by|on)|arriv(?:e|al|ing)"
    r"|need(?:ed)?|required?|receive|due|ship(?:ping)?\s+date)\b(?P<between>[^.;!?\n]{0,40})$",
    re.I,
)
_PAST = re.compile(r"\b(?:pedido|factura|albar[aá]n|order|invoice|correo|mail|oferta|quote)\b", re.I)
_JOINS = re.compile(r"^\s*(?:,?\s*(?:y|al?|o|and|to|or|-|–)\s+)?(?:el\s+|the\s+)?$", re.I)
_SPANISH = re.compile(
    r"[áéíóúñ]|\b(?:entrega\w*|para|antes|del?|el|d[ií]a|lunes|martes|jueves|viernes|pedido|gracias|saludos)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Wish:
    """The window that a text wants, with its words; or its words alone where they are unclear."""

    window: Window | None
    words: str
    start: int = 0
    end: int = 0
    reckoned: bool = False  # the words alone do not say the year

    def fault(self, where: str = "") -> Fault | None:
        """What has to be said of it: that it is unclear, or from what the year was taken."""
        if self.window is None:
            return fault("wanted_day_unclear", received=self.words, where=where)
        if not self.reckoned:
            return None
        first, last = self.window.first_day, self.window.last_day
        right = f"{first:%Y-%m-%d}" if first == last else f"{first:%Y-%m-%d} / {last:%Y-%m-%d}"
        return fault("wanted_day_reckoned", received=self.words, right=right, where=where)


@dataclass(frozen=True, slots=True)
class _Said:
    start: int
    end: int
    days: tuple[date, ...]  # the readings; none: unclear
    reckoned: bool
    since: date | None = None


def wish_in(text: str, *, written_on: date | None = None) -> Wish | None:
    """The day or the period that a text wants goods on; None when it says nothing of it."""
    text = re.sub(r"(?<!\n)\n(?!\s*\n)", " ", text[:MOST])
    found = list(_wanted(text, written_on))
    if not found:
        return None
    first, last = found[0], found[-1]
    words = (
        text[first.start : first.end].rstrip(".") if len(found) == 1 else f"{_cut(text, first)} / {_cut(text, last)}"
    )
    if any(len(one.days) != 1 for one in found):
        return Wish(None, words)
    days = sorted({one.days[0] for one in found} | {one.since for one in found if one.since})
    joined = len(found) == 2 and _JOINS.match(text[first.end : last.start]) is not None
    if len(days) > 1 and not joined and first.since is None:
        return Wish(None, words)
    return Wish(Window(days[0], days[-1]), words, first.start, last.end, any(one.reckoned for one in found))


def _cut(text: str, said: _Said) -> str:
    return text[said.start : said.end]


def _wanted(text: str, written_on: date | None) -> Iterator[_Said]:
    """The days beside words that want them, in their order; a day joined to one that is wanted is wanted too."""
    spanish = _SPANISH.search(text) is not None
    taken: list[tuple[int, int, re.Match[str]]] = []
    for pattern in _DAYS:
        for match in islice(pattern.finditer(text), _MOST_DAYS):
            if all(match.end() <= start or match.start() >= end for start, end, _ in taken):
                taken.append((match.start(), match.end(), match))
    after: int | None = None
    for start, end, match in sorted(taken, key=lambda one: one[0]):
        before = text[max(0, start - 90) : start]
        joined = after is not None and start > after and _JOINS.match(text[after:start]) is not None
        strength = 2 if joined else _strength(match, before)
        said = _said(match, written_on, spanish) if strength else None
        if said is not None and (said.days or strength > 1):
            after = end
            yield said


def _strength(match: re.Match[str], before: str) -> int:
    """How surely the words before a day want something on it: 0 not at all, 1 as far as it can be a wish, 2 surely."""
    far = _FAR.search(before)
    if far is not None and not _PAST.search(far["between"]):
        return 2
    near = _NEAR.search(before)
    named = match.groupdict()
    if named.get("alone") or named.get("tomorrow"):
        return 2 if near is not None and not _TALKED.match(near[0]) else 0
    return 2 if near is not None else int(_ON.search(before) is not None)


def _said(match: re.Match[str], written_on: date | None, spanish: bool) -> _Said | None:
    """What a day as written may mean; None when it lies before the text was written or names no day."""
    named = match.groupdict()
    if named.get("alone") or named.get("tomorrow"):
        return _from_today(match, written_on)
    weekday = named.get("weekday")
    year = int(named["year"]) if named.get("year") else None
    year = 2000 + year if year is not None and year < 100 else year
    if named.get("first"):
        if year is None and weekday is None and "/" not in match[0]:
            return None  # 3-4 may be many things
        first, second = int(named["first"]), int(named["second"])
        pairs = [(second, first)] if spanish else [(second, first), (first, second)]
    elif named.get("month"):
        pairs = [(_MONTHS[named["month"].lower()], int(named["day"]))]
    elif named.get("number"):
        pairs = [(int(named["number"]), int(named["day"]))]
    else:
        return _next_of_that_number(match, int(named["day"]), weekday, written_on)
    days = {day for month, number in pairs if (day := _day(year, month, number, written_on)) is not None}
    agreeing = {day for day in days if weekday is None or day.weekday() == _WEEKDAYS[weekday.lower()]}
    if not days and (year is not None or written_on is None or named.get("first")):
        return None
    if year is not None and written_on is not None and all(day < written_on for day in days):
        return None
    since = None
    if agreeing and named.get("since"):
        since = _day(min(agreeing).year, min(agreeing).month, int(named["since"]), None)
    return _Said(match.start(), match.end(), tuple(sorted(agreeing)), year is None, since)


def _from_today(match: re.Match[str], written_on: date | None) -> _Said | None:
    if written_on is None:
        return None
    if said := match.groupdict().get("tomorrow"):
        later = 2 if said.lower().startswith("pasado") else 1
    else:
        later = (_WEEKDAYS[match["alone"].lower()] - written_on.weekday() - 1) % 7 + 1
    return _Said(match.start(), match.end(), (written_on + timedelta(days=later),), True)


def _next_of_that_number(
    match: re.Match[str], number: int, weekday: str | None, written_on: date | None
) -> _Said | None:
    """`el día 3`, `lunes 30`: the next day of that number; a weekday beside it has to agree."""
    if written_on is None or not 1 <= number <= 31:
        return None
    # No day of a month is further off than 62 days.
    day = next(one for ahead in range(63) if (one := written_on + timedelta(days=ahead)).day == number)
    agrees = weekday is None or day.weekday() == _WEEKDAYS[weekday.lower()]
    return _Said(match.start(), match.end(), (day,) if agrees else (), True)


def _day(year: int | None, month: int, number: int, written_on: date | None) -> date | None:
    """The day; without a year the next one after the text was written, if that is near enough."""
    try:
        if year is not None:
            return date(year, month, number)
        if written_on is None:
            return None
        here = date(written_on.year, month, number)
        here = here if here >= written_on else date(written_on.year + 1, month, number)
        return here if here - written_on <= _AHEAD else None
    except ValueError:
        return None
