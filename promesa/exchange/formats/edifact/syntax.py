"""The syntax of UN/EDIFACT (ISO 9735): interchanges in bytes, their characters, their segments.

The bytes are cut into interchanges first, since each may have separators and characters of its own. Segments are made by
`str.split`, which is fast; released characters are put aside as noncharacters before the cut and put back after it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate

from promesa.exchange.formats.neutral import Fault, fault

MAX_SEGMENTS = 2_000_000

CHARSETS = {
    "UNOA": "ascii",
    "UNOB": "ascii",
    "UNOC": "iso8859_1",
    "UNOD": "iso8859_2",
    "UNOE": "iso8859_5",
    "UNOF": "iso8859_7",
    "UNOG": "iso8859_3",
    "UNOH": "iso8859_4",
    "UNOI": "iso8859_6",
    "UNOJ": "iso8859_8",
    "UNOK": "iso8859_9",
    "UNOL": "iso8859_15",
    "UNOW": "utf-8",
    "UNOX": "utf-8",
    "UNOY": "utf-8",
}

# Where released characters wait while the text is cut: release, terminator, element and component separator.
ASIDE = "\ufdd0\ufdd1\ufdd2\ufdd3"
COLON_ASIDE = ASIDE[3]
_ASIDE = re.compile(f"[{ASIDE}]")
_START = re.compile(rb"UNA(?P<service>.{6})\s{0,99}(?:UNB|UNG|UNH)(?=[^A-Za-z0-9\s])|UNB(?=\+)", re.DOTALL)
_BOUNDARY = re.compile(rb"UN[ABZ]")
_BARE = re.compile(rb"\s*UN[GH]\+")
_C1 = re.compile("[\x80-\x9f]")


@dataclass(frozen=True, slots=True)
class Separators:
    """The service characters of one interchange; `decimal` is what UNA says, None without UNA."""

    component: str = ":"
    element: str = "+"
    decimal: str | None = None
    release: str = "?"
    terminator: str = "'"

    @classmethod
    def of_service(cls, service: bytes) -> Separators | None:
        """The separators of the six bytes after UNA; None when they can't be what somebody meant."""
        try:
            text = service.decode("ascii")
        except UnicodeDecodeError:
            return None
        if len(text) != 6:
            return None
        component, element, decimal, release, terminator = text[0], text[1], text[2], text[3], text[5]
        cutting = [component, element, terminator] + ([release] if release != " " else [])
        if len(set(cutting)) < len(cutting) or any(char.isalnum() or char == " " for char in cutting):
            return None
        return cls(component, element, decimal if decimal in ".," else None, release.strip(), terminator)


@dataclass(frozen=True, slots=True)
class RawInterchange:
    """The bytes of one interchange and what was found wrong while cutting it out."""

    content: bytes
    separators: Separators
    faults: tuple[Fault, ...] = ()


def interchanges(content: bytes) -> list[RawInterchange]:
    """Cut a file into interchanges; an empty list when there is none."""
    found: list[RawInterchange] = []
    place = 0
    while (start := _START.search(content, place)) is not None:
        noise = content[place : start.start()].strip(b" \t\r\n\x00\x1a\xef\xbb\xbf")
        separators, body, faults = _opening(content, start)
        if noise:
            faults.append(fault("noise_around", where="UNB", received=noise[:60].decode("latin-1")))
        end = _end(content, body, separators)
        found.append(RawInterchange(content[body:end], separators, tuple(faults)))
        place = max(end, start.start() + 3)
    if not found:
        bare = _BARE.match(content)
        return [RawInterchange(content[bare.start() :], Separators())] if bare else []
    tail = content[place:].strip(b" \t\r\n\x00\x1a")
    if tail:
        last = found[-1]
        noise_fault = fault("noise_around", where="UNZ", received=tail[:60].decode("latin-1"))
        found[-1] = RawInterchange(last.content, last.separators, (*last.faults, noise_fault))
    return found


def _opening(content: bytes, start: re.Match[bytes]) -> tuple[Separators, int, list[Fault]]:
    """Separators, where the first segment begins, and faults of the service string."""
    service = start.group("service")
    if service is None:
        return Separators(), start.start(), []
    separators = Separators.of_service(service)
    body = start.end() - 3
    follows = content[start.end() : start.end() + 1].decode("latin-1")
    if separators is not None and follows == separators.element:
        return separators, body, []
    return (
        Separators(),
        body,
        [fault("service_string_wrong", where="UNA", received=service.decode("latin-1"), right=":+.? '")],
    )


def _end(content: bytes, body: int, separators: Separators) -> int:
    """Where the interchange ends: after its UNZ, before the next UNA or UNB, or at the end of the file."""
    terminator, release = separators.terminator.encode(), separators.release.encode()
    follows = (separators.element.encode(), terminator)
    for found in _BOUNDARY.finditer(content, body + 3):
        if not _begins_segment(content, found.start(), terminator, release):
            continue
        tag, after = found.group(), content[found.end() : found.end() + 1]
        if tag == b"UNZ" and after in follows:
            closed = content.find(terminator, found.end())
            return len(content) if closed < 0 else closed + 1
        if (tag == b"UNB" and after == follows[0]) or (tag == b"UNA" and _START.match(content, found.start())):
            return found.start()
    return len(content)


def _begins_segment(content: bytes, place: int, terminator: bytes, release: bytes) -> bool:
    """Whether an unreleased terminator stands before a place, line breaks between them left aside."""
    before = content[max(0, place - 200) : place].rstrip(b" \t\r\n" if terminator not in b" \t\r\n" else b" \t")
    if not before.endswith(terminator):
        return False
    before = before[:-1]
    return not release or (len(before) - len(before.rstrip(release))) % 2 == 0


def text_of(raw: RawInterchange) -> tuple[str, list[Fault]]:
    """The characters of an interchange by its syntax identifier, and what didn't fit. Never fails: the rest is read as well as can be."""
    content = raw.content
    faults: list[Fault] = []
    element = re.escape(raw.separators.element.encode())
    named = re.match(rb"UNB%s(\w{4})" % element, content)
    syntax = named.group(1).decode("latin-1").upper() if named else "UNOA"
    if syntax not in CHARSETS:
        faults.append(fault("charset_unknown", where="UNB", received=syntax, right="UNOA, UNOB, UNOC, UNOY"))
    text, used = _decoded(content, CHARSETS.get(syntax, "utf-8"))
    if used and syntax in CHARSETS:
        faults.append(fault("charset_wrong", where="UNB", received=syntax, right=used, declared=syntax, used=used))
    if "\x00" in text:
        faults.append(fault("nul_characters", where="UNB", count=text.count("\x00")))
        text = text.replace("\x00", "")
    if _ASIDE.search(text):
        text = _ASIDE.sub("\ufffd", text)
    if "\ufffd" in text:
        faults.append(fault("text_damaged", where="UNB", received=_around(text), count=text.count("\ufffd")))
    return text, faults


def _decoded(content: bytes, charset: str) -> tuple[str, str]:
    """Text, and the name of the character set that was used instead of the declared one (empty when that one fits)."""
    if content.isascii():
        return content.decode("ascii"), ""
    try:
        text = content.decode("utf-8")
        return text, "" if charset == "utf-8" else "UTF-8"
    except UnicodeDecodeError:
        pass
    if charset not in ("utf-8", "ascii"):
        try:
            text = content.decode(charset)
            if charset != "iso8859_1" or not _C1.search(text):
                return text, ""
        except UnicodeDecodeError:
            pass
    try:
        return content.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        return content.decode("iso8859_1"), "ISO 8859-1" if charset != "iso8859_1" else ""


def _around(text: str) -> str:
    """The word around the first character that was lost before the document reached us."""
    place = text.index("\ufffd")
    return text[max(0, place - 20) : place + 20].replace("\r", "").replace("\n", " ")


def _between(text: str, terminator: str) -> int:
    """How many line breaks follow a terminator at once, which is where they do no harm."""
    pairs = text.count(terminator + "\r\n")
    return 2 * pairs + text.count(terminator + "\n") + text.count(terminator + "\r") - pairs


class Segments:
    """The segments of one interchange, and the place of each in its characters."""

    __slots__ = ("_offsets", "_released", "cut_short", "folded", "longest", "raws", "separators", "too_many")

    def __init__(self, text: str, separators: Separators) -> None:
        self.separators = separators
        release, terminator = separators.release, separators.terminator
        self._released = bool(release) and release in text
        if self._released:
            for char, aside in zip((release, terminator, separators.element, separators.component), ASIDE, strict=True):
                text = text.replace(release + char, aside)
            text = text.replace(release, "")
        self.too_many = text.count(terminator) > MAX_SEGMENTS
        self.raws = text.split(terminator, MAX_SEGMENTS) if self.too_many else text.split(terminator)
        tail = self.raws.pop()
        self.cut_short = "" if self.too_many else tail.strip()
        self.longest = max(map(len, self.raws), default=0)
        breaks = text.count("\n") + text.count("\r")
        self.folded = breaks > 0 and breaks != _between(text, terminator)
        self._offsets: list[int] | None = None

    @property
    def released(self) -> bool:
        """Whether any segment may hold characters put aside."""
        return self._released

    def offset(self, index: int) -> int:
        """Where a segment begins, in characters; counted once, when the first fault asks for it."""
        if self._offsets is None:
            lengths = map(self._length, self.raws) if self._released else map(len, self.raws)
            self._offsets = [0, *accumulate(lengths)]
        index = min(index, len(self.raws))
        start = self._offsets[index] + index
        raw = self.raws[index] if index < len(self.raws) else ""
        return start + len(raw) - len(raw.lstrip())

    @staticmethod
    def _length(raw: str) -> int:
        return len(raw) + len(_ASIDE.findall(raw))

    def elements(self, raw: str) -> list[str]:
        """The elements of a segment that may hold characters put aside; a component separator stays aside until `parts`."""
        elements = raw.split(self.separators.element)
        if self._released and _ASIDE.search(raw):
            back = {
                ord(ASIDE[0]): self.separators.release,
                ord(ASIDE[1]): self.separators.terminator,
                ord(ASIDE[2]): self.separators.element,
            }
            elements = [element.translate(back) for element in elements]
        return elements
