"""The syntax of ANSI X12: interchanges in bytes, their separators as ISA tells them, their characters, their segments.

ISA is meant to be 106 characters long, and often isn't; so its elements are counted instead. X12 has no release character:
a separator can't stand in data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from promesa.exchange.formats.given import Buffer
from promesa.exchange.formats.neutral import Fault, fault

MAX_SEGMENTS = 2_000_000
PIECE = 4_000_000
BLANK = " \t\r\n\x00\x1a"

# ISA, its separator, and fifteen elements that end with it; what follows the last are the component separator and the terminator.
ISA = re.compile(rb"ISA(?P<e>[^A-Za-z0-9 \r\n])(?:(?:(?!(?P=e)).){0,60}?(?P=e)){15}", re.DOTALL)
_ENDS = re.compile(
    rb"(?P<component>[^A-Za-z0-9]?)(?P<terminator>\r\n|[^A-Za-z0-9])[ \t\r\n]*(?=GS|TA1|IEA|ISA)", re.DOTALL
)
BARE = re.compile(rb"\s*(?:GS(?P<g>[^A-Za-z0-9\s])[A-Z]{2}(?P=g)|ST(?P<s>[^A-Za-z0-9\s])[0-9]{3}(?P=s))", re.DOTALL)
_BARE_END = re.compile(
    rb"(?P<t>\r\n|[^A-Za-z0-9 ])[ \t\r\n]*(?=(?:ST|B[A-Z][A-Z0-9]|AK1|ISA|SE)[^A-Za-z0-9\s])", re.DOTALL
)
_C1 = re.compile("[\x80-\x9f]")


@dataclass(frozen=True, slots=True)
class Separators:
    """The separators of one interchange; `repetition` is empty before version 00402 of the envelope."""

    element: str = "*"
    component: str = ">"
    terminator: str = "~"
    repetition: str = ""


@dataclass(frozen=True, slots=True)
class RawInterchange:
    """The bytes of one interchange and what was found wrong while cutting it out."""

    content: bytes
    separators: Separators
    faults: tuple[Fault, ...] = ()


def interchanges(content: Buffer) -> list[RawInterchange]:
    """Cut a file into interchanges; an empty list when there is none."""
    found: list[RawInterchange] = []
    starts = _starts(content)
    for number, start in enumerate(starts):
        end = starts[number + 1].start() if number + 1 < len(starts) else len(content)
        separators, faults = _separators(content, start, end)
        if number == 0:
            noise = content[: start.start()].strip(b" \t\r\n\x00\x1a\xef\xbb\xbf")
            if noise:
                faults.append(fault("noise_around", where="ISA", received=noise[:60].decode("latin-1")))
        found.append(RawInterchange(content[start.start() : end], separators, tuple(faults)))
    return found or _bare(content)


def _starts(content: Buffer) -> list[re.Match[bytes]]:
    """Where interchanges begin: an ISA at the start of a segment. The text LISA*00* in a name begins none."""
    found: list[re.Match[bytes]] = []
    for match in ISA.finditer(content):
        before = content[max(0, match.start() - 1) : match.start()]
        blank = before == b" " and not content[: match.start()].strip()
        if blank or not (before.isalnum() or before in (match.group("e"), b" ")):
            found.append(match)
    return found


def _separators(content: Buffer, start: re.Match[bytes], end: int) -> tuple[Separators, list[Fault]]:
    element = start.group("e").decode("latin-1")
    elements = start.group().decode("latin-1").split(element)
    repetition = elements[11] if len(elements[11]) == 1 and not elements[11].isalnum() and elements[11] != " " else ""
    after = _ENDS.match(content, start.end())
    faults: list[Fault] = []
    if after is None:
        # No group follows at once: the standard's places are believed, one character each.
        tail = content[start.end() : min(end, start.end() + 2)].decode("latin-1")
        component, terminator = (tail + "~")[0], tail[1:2] or "~"
        if terminator.isalnum() or terminator == element:
            component, terminator = ":", "~"
            faults.append(fault("x12_separators_wrong", where="ISA16", received=tail, right=":~"))
    else:
        component, terminator = after.group("component").decode("latin-1"), after.group("terminator").decode("latin-1")
    if component in (element, terminator):
        faults.append(fault("x12_separators_wrong", where="ISA16", received=component + terminator, right=":~"))
        component = ""
    if terminator in ("\r", "\n", "\r\n"):
        terminator = _line_end(content[start.start() : end], terminator)
    return Separators(element, component, terminator, repetition), faults


def _line_end(content: bytes, terminator: str) -> str:
    """The line end that terminates segments: both characters when they always come together, else the line feed."""
    pairs = content.count(b"\r\n")
    if pairs and pairs == content.count(b"\n") == content.count(b"\r"):
        return "\r\n"
    return "\n" if b"\n" in content else terminator[0]


def _bare(content: Buffer) -> list[RawInterchange]:
    """A file whose envelope was taken off: its first segment is GS or ST."""
    bare = BARE.match(content)
    if bare is None:
        return []
    element = (bare.group("g") or bare.group("s")).decode("latin-1")
    end = _BARE_END.search(content, bare.end(), bare.end() + 200)
    terminator = end.group("t").decode("latin-1") if end else "~"
    if terminator == element:
        return []
    if terminator in ("\r", "\n", "\r\n"):
        terminator = _line_end(content[:], terminator)
    return [RawInterchange(content[:], Separators(element, "", terminator))]


def text_of(raw: RawInterchange) -> tuple[str, list[Fault]]:
    """The characters of an interchange, and what was odd about them. X12 is ASCII; more of it comes as UTF-8 or Windows-1252."""
    content = raw.content
    faults: list[Fault] = []
    if content.isascii():
        text = content.decode("ascii")
    else:
        text, used = _decoded(content)
        faults.append(
            fault(
                "charset_wrong", severity="note", where="ISA", received="ASCII", right=used, declared="ASCII", used=used
            )
        )
    if "\x00" in text:
        faults.append(fault("nul_characters", where="ISA", count=text.count("\x00")))
        text = text.replace("\x00", "")
    if "\ufffd" in text:
        place = text.index("\ufffd")
        around = text[max(0, place - 20) : place + 20].replace("\r", "").replace("\n", " ")
        faults.append(fault("text_damaged", where="ISA", received=around, count=text.count("\ufffd")))
    return text, faults


def _decoded(content: bytes) -> tuple[str, str]:
    try:
        return content.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        pass
    text = content.decode("latin-1")
    if not _C1.search(text):
        return text, "ISO 8859-1"
    try:
        return content.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        return text, "ISO 8859-1"


class Segments:
    """The segments of one interchange or of a piece of it, and the place of each in its characters. `first` and `start`: how many
    segments and characters stand before the piece.
    """

    __slots__ = (
        "_offsets",
        "_width",
        "cut_short",
        "first",
        "folded",
        "longest",
        "raws",
        "separators",
        "start",
        "too_many",
    )

    def __init__(self, text: str, separators: Separators, *, first: int = 0, start: int = 0) -> None:
        self.separators, self.first, self.start = separators, first, start
        terminator = separators.terminator
        if terminator == "\n" and "\r" in text:
            text = text.replace("\r", "")
        count = text.count(terminator)
        self.too_many = count > MAX_SEGMENTS
        if "\n" not in terminator and "\n" in text:
            # Line breaks after every terminator are cut off with it, which spares looking at each segment for them.
            terminator = next(
                (one for one in (terminator + "\r\n", terminator + "\n") if text.count(one) == count), terminator
            )
        self.raws = text.split(terminator, MAX_SEGMENTS) if self.too_many else text.split(terminator)
        tail = self.raws.pop()
        self.cut_short = "" if self.too_many else tail.strip(BLANK)
        self.longest = max(map(len, self.raws), default=0)
        # Line breaks do no harm after terminators; anywhere else some system has folded the file.
        breaks = text.count("\n")
        self.folded = breaks > 0 and "\n" not in terminator and breaks != _between(text, terminator)
        self._width = len(terminator)
        self._offsets: list[int] | None = None

    def offset(self, index: int) -> int:
        """Where a segment begins, in characters; counted once, when the first fault asks for it."""
        if self._offsets is None:
            self._offsets = [0, *accumulate(map(len, self.raws))]
        if index < self.first:
            return 0  # only the beginning of a file is spoken of when it is over
        index = min(index - self.first, len(self.raws))
        start = self.start + self._offsets[index] + index * self._width
        raw = self.raws[index] if index < len(self.raws) else ""
        return start + len(raw) - len(raw.lstrip(BLANK))


def pieces(text: str, separators: Separators) -> Iterator[Segments]:
    """The same segments in pieces of whole sets, of about `PIECE` characters or as many as one set has."""
    begins = re.compile(f"{re.escape(separators.terminator)}[{BLANK}]*(?=ST{re.escape(separators.element)})")
    first = start = 0
    while start < len(text):
        found = begins.search(text, start + PIECE)
        end = found.end() if found else len(text)
        segments = Segments(text[start:end], separators, first=first, start=start)
        yield segments
        first, start = first + len(segments.raws), end


def _between(text: str, terminator: str) -> int:
    """How many line feeds follow a terminator at once, over any number of blank lines."""
    return sum(gap.count("\n") for gap in re.findall(re.escape(terminator) + r"[ \t\r\n]*", text))
