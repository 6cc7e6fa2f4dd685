"""The syntax of UN/EDIFACT (ISO 9735): interchanges in bytes, their characters, their segments.

The bytes are cut into interchanges first, since each may have separators and characters of its own. Segments are made by
`str.split`, which is fast; released characters are put aside as noncharacters before the cut and put back after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import SupportsIndex

from promesa.exchange.formats.given import Buffer
from promesa.exchange.formats.neutral import Fault, fault

# Of one message: a file may hold any number of them.
MAX_SEGMENTS = 1_000_000
MAX_BYTES = 20_000_000
MAX_NOISE = 1_000_000
CHUNK = 1 << 20

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
    """Where one interchange stands in a file, and what was found wrong while cutting it out."""

    content: Buffer
    start: int
    end: int
    separators: Separators
    faults: tuple[Fault, ...] = ()

    def chunks(self) -> Iterator[bytes]:
        """Its bytes in pieces of whole segments, so that a file of any size is read in little memory."""
        place = self.start
        while place < self.end:
            cut = self._cut(place + CHUNK)
            yield self.content[place:cut]
            place = cut

    def _cut(self, place: int) -> int:
        """After the first unreleased terminator from a place on; bytes without any are cut where they get too many."""
        terminator, release = self.separators.terminator.encode(), self.separators.release.encode()
        limit = min(self.end, place + MAX_BYTES)
        while place < limit:
            found = self.content.find(terminator, place, limit)
            if found < 0:
                return limit
            before = found
            while release and before > self.start and self.content[before - 1 : before] == release:
                before -= 1
            if (found - before) % 2 == 0:
                return found + 1
            place = found + 1
        return limit


def interchanges(content: Buffer) -> list[RawInterchange]:
    """Where each interchange of a file stands; an empty list when there is none."""
    found: list[RawInterchange] = []
    place = 0
    while (start := _START.search(content, place)) is not None:
        noise = content[place : start.start()][:MAX_NOISE].strip(b" \t\r\n\x00\x1a\xef\xbb\xbf")
        separators, body, faults = _opening(content, start)
        if noise:
            faults.append(fault("noise_around", where="UNB", received=noise[:60].decode("latin-1")))
        end = _end(content, body, separators)
        found.append(RawInterchange(content, body, end, separators, tuple(faults)))
        place = max(end, start.start() + 3)
    if not found:
        bare = _BARE.match(content)
        return [RawInterchange(content, bare.start(), len(content), Separators())] if bare else []
    tail = content[place:][:MAX_NOISE].strip(b" \t\r\n\x00\x1a")
    if tail:
        noise_fault = fault("noise_around", where="UNZ", received=tail[:60].decode("latin-1"))
        found[-1] = replace(found[-1], faults=(*found[-1].faults, noise_fault))
    return found


def _opening(content: Buffer, start: re.Match[bytes]) -> tuple[Separators, int, list[Fault]]:
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


def _end(content: Buffer, body: int, separators: Separators) -> int:
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


def _begins_segment(content: Buffer, place: int, terminator: bytes, release: bytes) -> bool:
    """Whether an unreleased terminator stands before a place, line breaks between them left aside."""
    before = content[max(0, place - 200) : place].rstrip(b" \t\r\n" if terminator not in b" \t\r\n" else b" \t")
    if not before.endswith(terminator):
        return False
    before = before[:-1]
    return not release or (len(before) - len(before.rstrip(release))) % 2 == 0


class Characters:
    """The characters of an interchange by its syntax identifier, piece by piece, and what didn't fit.

    Never fails: what isn't of the declared set is read as well as can be.
    """

    def __init__(self, raw: RawInterchange) -> None:
        self.faults: list[Fault] = []
        self.nuls = self.lost = 0
        self.around = ""
        element = re.escape(raw.separators.element.encode())
        named = re.match(rb"UNB%s(\w{4})" % element, raw.content[raw.start : raw.start + 16])
        syntax = named.group(1).decode("latin-1").upper() if named else "UNOA"
        if syntax not in CHARSETS:
            self.faults.append(fault("charset_unknown", where="UNB", received=syntax, right="UNOA, UNOB, UNOC, UNOY"))
        self.codec, used = _codec(raw, CHARSETS.get(syntax, "utf-8"))
        if used and syntax in CHARSETS:
            self.faults.append(
                fault("charset_wrong", where="UNB", received=syntax, right=used, declared=syntax, used=used)
            )

    def text(self, chunk: bytes) -> str:
        text = chunk.decode(self.codec, "replace")
        if "\x00" in text:
            self.nuls += text.count("\x00")
            text = text.replace("\x00", "")
        if not text.isascii():
            if _ASIDE.search(text):
                text = _ASIDE.sub("\ufffd", text)
            if "\ufffd" in text:
                self.around = self.around or _around(text)
                self.lost += text.count("\ufffd")
        return text

    def found(self) -> list[Fault]:
        """What is wrong with the characters read so far."""
        found = list(self.faults)
        if self.nuls:
            found.append(fault("nul_characters", where="UNB", count=self.nuls))
        if self.lost:
            found.append(fault("text_damaged", where="UNB", received=self.around, count=self.lost))
        return found


def _codec(raw: RawInterchange, charset: str) -> tuple[str, str]:
    """How to decode, and the name of the character set that is used instead of the declared one (empty when that fits)."""
    if all(chunk.isascii() for chunk in raw.chunks()):
        return "ascii", ""
    if _fits(raw, "utf-8"):
        return "utf-8", "" if charset == "utf-8" else "UTF-8"
    if charset not in ("utf-8", "ascii") and _fits(raw, charset):
        return charset, ""
    if _fits(raw, "cp1252"):
        return "cp1252", "Windows-1252"
    return "iso8859_1", "ISO 8859-1" if charset != "iso8859_1" else ""


def _fits(raw: RawInterchange, codec: str) -> bool:
    """Whether all bytes are characters of a set; control characters of ISO 8859-1 are none that anybody means."""
    try:
        for chunk in raw.chunks():
            text = chunk.decode(codec)
            if codec == "iso8859_1" and _C1.search(text):
                return False
    except UnicodeDecodeError:
        return False
    return True


def _around(text: str) -> str:
    """The word around the first character that was lost before the document reached us."""
    place = text.index("\ufffd")
    return text[max(0, place - 20) : place + 20].replace("\r", "").replace("\n", " ")


class Released(str):
    """An element that holds released component separators: cut, they stay; cleaned, they come back."""

    colon: str

    def __new__(cls, text: str, colon: str) -> Released:
        made = super().__new__(cls, text)
        made.colon = colon
        return made

    def split(self, sep: str | None = None, maxsplit: SupportsIndex = -1) -> list[str]:
        return [part.replace(COLON_ASIDE, self.colon) for part in str.split(self, sep, maxsplit)]

    def strip(self, chars: str | None = None) -> str:
        return str.strip(self, chars).replace(COLON_ASIDE, self.colon)


class Segments:
    """The segments of a piece of an interchange, and the place of each in its characters.

    `first` is the number of its first segment, `start` the place of its first character, in the whole interchange.
    """

    __slots__ = (
        "_offsets",
        "_raws",
        "_text",
        "count",
        "cut_short",
        "first",
        "folded",
        "released",
        "separators",
        "start",
        "text",
    )

    def __init__(self, text: str, separators: Separators, *, first: int = 0, start: int = 0) -> None:
        self.separators, self.first, self.start = separators, first, start
        release, terminator = separators.release, separators.terminator
        self.released = bool(release) and release in text
        if self.released:
            for char, aside in zip((release, terminator, separators.element, separators.component), ASIDE, strict=True):
                text = text.replace(release + char, aside)
            text = text.replace(release, "")
        self._text = text
        self.folded = False
        if terminator not in "\r\n" and ("\n" in text or "\r" in text):
            for breaks in ("\r\n", "\n", "\r"):
                text = text.replace(terminator + breaks, terminator)
            self.folded = "\n" in text or "\r" in text
        self.text = text
        self.count = text.count(terminator)
        self.cut_short = text[text.rfind(terminator) + 1 :].strip()
        self._offsets: list[int] | None = None
        self._raws: list[str] | None = None

    def tag(self, index: int) -> str:
        """The name of a segment, for the faults in it."""
        return self._uncut()[self._place(index)].strip()[:3]

    def offset(self, index: int) -> int:
        """Where a segment begins, in characters; counted once, when the first fault asks for it."""
        if self._offsets is None:
            uncut = self._uncut()
            lengths = map(self._length, uncut) if self.released else map(len, uncut)
            starts = accumulate(lengths, initial=self.start)
            self._offsets = [
                start + place + len(raw) - len(raw.lstrip())
                for place, (start, raw) in enumerate(zip(starts, uncut, strict=False))
            ]
        return self._offsets[self._place(index)]

    def _uncut(self) -> list[str]:
        """The segments with all that stands between them."""
        if self._raws is None:
            self._raws = self._text.split(self.separators.terminator)
        return self._raws

    def _place(self, index: int) -> int:
        return max(0, min(index - self.first, len(self._uncut()) - 1))

    @property
    def end(self) -> int:
        """The place after its last character."""
        return self.start + (self._length(self._text) if self.released else len(self._text))

    @staticmethod
    def _length(raw: str) -> int:
        return len(raw) + (0 if raw.isascii() else len(_ASIDE.findall(raw)))

    def elements(self, raw: str) -> list[str]:
        """The elements of a segment; those with released component separators cut as if they were none."""
        elements = raw.split(self.separators.element)
        if not self.released or not _ASIDE.search(raw):
            return elements
        back = {
            ord(ASIDE[0]): self.separators.release,
            ord(ASIDE[1]): self.separators.terminator,
            ord(ASIDE[2]): self.separators.element,
        }
        elements = [element.translate(back) for element in elements]
        colon = self.separators.component
        return [Released(one, colon) if COLON_ASIDE in one else one for one in elements]
