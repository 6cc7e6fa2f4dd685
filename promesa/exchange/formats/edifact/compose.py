"""Segments out of values: escaped, counted, none cut short; and the envelope around a message."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from promesa.exchange.formats.neutral import CannotWrite, Window

_RELEASED = str.maketrans({"?": "??", "+": "?+", ":": "?:", "'": "?'"})
_BREAK = re.compile(r"\s*[\t-\r\x1c-\x1f\x85\u2028\u2029]\s*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
SERVICE = "UNA:+.? '"
MAX_SERVICE = 14


class ValueTooLong(CannotWrite):
    """A value is longer than its element holds; it is never cut."""

    def __init__(self, *, where: str, value: str, limit: int) -> None:
        super().__init__(f"{where}: {len(value)} > {limit}: {value[:60]}")
        self.where, self.value, self.limit = where, value, limit


class NoPlaceFor(CannotWrite):
    """The message has no element that says this."""

    def __init__(self, *, what: str, value: object) -> None:
        super().__init__(f"{what}: {value}")
        self.what, self.value = what, value


class Widths(NamedTuple):
    """How many characters the elements of a directory hold."""

    code: int  # 3039, a party
    reference: int  # 1154
    text: int  # 4440, five of them
    description: int  # 7008, two of them
    street: int  # how many lines of 3042
    postcode: int
    figures: int
    package: int
    reason: int
    service: int  # 7161
    unit: int


WIDTHS = {
    "96A": Widths(17, 35, 70, 35, 3, 9, 18, 12, 35, 3, 3),
    "01B": Widths(35, 70, 512, 256, 4, 17, 35, 35, 256, 17, 8),
}


class Composer:
    """The segments of one message, as they are said."""

    def __init__(self, directory: str, association: str, *, version: str = "") -> None:
        self.directory, self.association, self.version = directory, association, version or directory
        self.widths = WIDTHS[directory]
        self.segments: list[str] = []
        self.reference = ""

    def say(self, tag: str, *elements: str | Iterable[str]) -> None:
        """A segment of elements: text, or the components of a composite. Empty ones at the end are left out."""
        found = [one if isinstance(one, str) else ":".join(_trimmed(one)) for one in elements]
        self.segments.append("+".join([tag, *_trimmed(found)]))

    def text(self, value: str, limit: int, where: str) -> str:
        """A value for one component, in one line, its service characters released."""
        plain = clean(value, where)
        if len(plain) > limit:
            raise ValueTooLong(where=where, value=plain, limit=limit)
        return plain.translate(_RELEASED)

    def words(self, value: str, limit: int, count: int, where: str) -> list[str]:
        """A text for so many components, parted between words."""
        plain = clean(value, where)
        found: list[str] = []
        while len(plain) > limit:
            place = _gap(plain, limit)
            if place <= 0 or len(found) + 1 >= count:
                raise ValueTooLong(where=where, value=plain, limit=limit)
            found.append(plain[:place].translate(_RELEASED))
            plain = plain[place + 1 :]
        return [*found, plain.translate(_RELEASED)]

    def parts(self, value: str, limit: int, count: int, where: str) -> Iterator[list[str]]:
        """A text for as many segments of so many components as it needs, parted between words."""
        pieces = self.words(value, limit, 200, where)
        for place in range(0, len(pieces), count):
            yield pieces[place : place + count]

    def number(self, value: Decimal, where: str, *, limit: int | None = None) -> str:
        """A decimal with a point, as many decimals as it has."""
        limit = limit or self.widths.figures
        if not value.is_finite():
            raise NoPlaceFor(what=where, value=value)
        text = format(value, "f")
        if sum(char.isdigit() for char in text) > limit:
            raise ValueTooLong(where=where, value=text, limit=limit)
        return text

    def day(self, qualifier: str, value: date | datetime) -> None:
        self.say("DTM", [qualifier, *_date(value)])

    def window(self, window: Window | None, *, exact: str, first: str, last: str) -> None:
        """A window by the qualifiers of both ends, or by one of its own when both are the same."""
        if window is None:
            return
        if window.from_ is not None and window.from_ == window.to:
            self.day(exact, window.from_)
            return
        if window.from_ is not None:
            self.day(first, window.from_)
        if window.to is not None:
            self.day(last, window.to)

    def span(self, window: Window | None, qualifier: str) -> None:
        """A window in one segment: a moment, or a period from its first to its last day."""
        if window is None:
            return
        first, last = window.from_ or window.to, window.to or window.from_
        if first is None or last is None:
            return
        if first == last:
            self.day(qualifier, first)
            return
        (begins, form), (ends, other) = _date(first), _date(last)
        if form != "102" or other != "102":
            begins, ends = (_moment(one) for one in (first, last))
            self.say("DTM", [qualifier, f"{begins}-{ends}", "719"])
        else:
            self.say("DTM", [qualifier, f"{begins}-{ends}", "718"])


def clean(value: str, where: str) -> str:
    """A text in one line, without characters that no document may hold."""
    plain = _BREAK.sub(" ", value).strip()
    if _CONTROL.search(plain) or _SURROGATE.search(plain):
        raise NoPlaceFor(what=where, value=ascii(plain[:60]))
    return plain


def _gap(text: str, limit: int) -> int:
    """The last single space that leaves at most so many characters before it; 0 when there is none."""
    place = text.rfind(" ", 0, limit + 1)
    while place > 0 and (text[place - 1].isspace() or text[place + 1].isspace()):
        place = text.rfind(" ", 0, place)
    return max(place, 0)


def _trimmed(values: Iterable[str]) -> list[str]:
    found = list(values)
    while found and not found[-1]:
        found.pop()
    return found


def _date(value: date | datetime) -> tuple[str, str]:
    if not isinstance(value, datetime):
        return f"{value.year:04}{value.month:02}{value.day:02}", "102"
    if value.second:
        return f"{_moment(value)}{value.second:02}", "204"
    return _moment(value), "203"


def _moment(value: date | datetime) -> str:
    hour, minute = (value.hour, value.minute) if isinstance(value, datetime) else (0, 0)
    return f"{value.year:04}{value.month:02}{value.day:02}{hour:02}{minute:02}"


class Sheet(NamedTuple):
    """What stands on the outside of an interchange."""

    sender: str
    receiver: str
    reference: str
    prepared_at: datetime
    test: bool = False


def enclosed(messages: Iterable[tuple[str, Composer]], sheet: Sheet) -> bytes:
    """An interchange of messages, each with its reference, counted and in characters that hold all of it."""
    bodies: list[str] = []
    count = 0
    for kind, message in messages:
        count += 1
        reference = _service(message.reference or str(count), "UNH 0062")
        head = f"UNH+{reference}+{kind}:D:{message.version}:UN:{message.association}".rstrip(":")
        bodies += [head, *message.segments, f"UNT+{len(message.segments) + 2}+{reference}"]
    text = "'\n".join(bodies)
    charset, codec = ("UNOC:3", "iso8859_1") if _fits_latin(text) else ("UNOW:4", "utf-8")
    outer = "+".join([
        "UNB", charset, _partner(sheet.sender), _partner(sheet.receiver), f"{sheet.prepared_at:%y%m%d:%H%M}",
        _service(sheet.reference, "UNB 0020"), *(["", "", "", "", "", "1"] if sheet.test else []),
    ])  # fmt: skip
    closing = f"UNZ+{count}+{_service(sheet.reference, 'UNZ 0020')}"
    return f"{SERVICE}\n{outer}'\n{text}'\n{closing}'\n".encode(codec)


def _fits_latin(text: str) -> bool:
    try:
        text.encode("iso8859_1")
    except UnicodeEncodeError:
        return False
    return True


def _partner(code: str) -> str:
    plain = clean(code, "UNB 0004")
    if len(plain) > 35:
        raise ValueTooLong(where="UNB 0004", value=plain, limit=35)
    return plain.translate(_RELEASED) + (":14" if len(plain) == 13 and plain.isascii() and plain.isdigit() else "")


def _service(reference: str, where: str) -> str:
    plain = clean(reference, where)
    if len(plain) > MAX_SERVICE:
        raise ValueTooLong(where=where, value=plain, limit=MAX_SERVICE)
    return plain.translate(_RELEASED)
