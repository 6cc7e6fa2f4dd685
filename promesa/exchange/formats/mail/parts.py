"""The parts of an e-mail: where each begins and ends, with its headers. Nothing is copied until a part is asked for.

A reader of our own, since whoever sends an e-mail chooses how deep and how long it is: each level is one pass over its
bytes, levels and parts are counted, and damage is named instead of raised (RFC 2045, 2046, 5322).
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from dataclasses import dataclass, field

from promesa.exchange.formats.mail.headers import parameters, western
from promesa.exchange.formats.neutral import Fault, fault

MAX_LEVELS = 20
MAX_PARTS = 1_000
MAX_HEADERS = 1_000
MAX_HEADER = 64_000
MAX_BLOCK = 1_000_000
_LINE = 998
_NAME = re.compile(rb"([!-9;-~]{1,100})[ \t]*:")
_BLANK = re.compile(rb"\r?\n[ \t]*\r?\n")
_GUESSED = re.compile(rb"^--([^\s-][^\r\n]{0,69}?)[ \t]*\r?\n", re.MULTILINE)
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_TYPE = re.compile(r"\s*([A-Za-z0-9!#$&^_.+-]{1,60})\s*/\s*([A-Za-z0-9!#$&^_.+-]{1,100})")


@dataclass(slots=True)
class Part:
    """A part of an e-mail: its headers (names in small letters, values unfolded), and its body as a stretch of the bytes.

    `place` is how IMAP numbers it: `1.2` is the second part of the first.
    """

    content: bytes
    start: int
    end: int
    headers: list[tuple[str, bytes]] = field(default_factory=list)
    place: str = ""
    media_type: str = "text/plain"
    params: dict[str, str] = field(default_factory=dict)
    disposition: str = ""
    filename: str = ""
    parts: list[Part] = field(default_factory=list)

    def first(self, name: str) -> bytes:
        return next((value for one, value in self.headers if one == name), b"")

    def all(self, name: str) -> list[bytes]:
        return [value for one, value in self.headers if one == name]

    @property
    def raw(self) -> bytes:
        return self.content[self.start : self.end]

    def walk(self) -> list[Part]:
        """This part and all in it, in the order they are written."""
        found, waiting = [], [self]
        while waiting:
            part = waiting.pop()
            found.append(part)
            waiting.extend(reversed(part.parts))
        return found


def parse(content: bytes) -> tuple[Part, list[Fault]]:
    """The parts of an e-mail and what is wrong with them. Never raises; bounded in levels, parts and headers."""
    if b"\n" not in content:
        content = content.replace(b"\r", b"\n")
    faults: list[Fault] = []
    root = _part(content, _after_envelope(content), len(content), "", faults, "text/plain")
    waiting, count = [(root, 1)], 1
    while waiting:
        part, level = waiting.pop()
        if not part.media_type.startswith("multipart/"):
            continue
        if level > MAX_LEVELS:
            faults.append(fault("mime_too_deep", where=part.place, right=MAX_LEVELS))
            break
        inner = "message/rfc822" if part.media_type == "multipart/digest" else "text/plain"
        for number, (start, end) in enumerate(_stretches(part, faults), 1):
            count += 1
            if count > MAX_PARTS:
                faults.append(fault("mime_too_many_parts", right=MAX_PARTS))
                return root, faults
            place = f"{part.place}.{number}" if part.place else str(number)
            part.parts.append(_part(content, start, end, place, faults, inner))
        waiting.extend((one, level + 1) for one in part.parts)
    return root, faults


def _after_envelope(content: bytes) -> int:
    """Past empty lines and the `From ` line that mailboxes put before a message."""
    start = len(content) - len(content.lstrip(b"\r\n \t\xef\xbb\xbf\x00"))
    while content.startswith((b"From ", b">From "), start):
        line_end = content.find(b"\n", start)
        start = len(content) if line_end < 0 else line_end + 1
    return start


def _part(content: bytes, start: int, end: int, place: str, faults: list[Fault], usual: str) -> Part:
    part = Part(content=content, start=start, end=end, place=place, media_type=usual)
    part.start = _read_headers(part, faults)
    said = western(part.first("content-type"))[0]
    found = _TYPE.match(said)
    if found:
        part.media_type = f"{found.group(1)}/{found.group(2)}".lower()
    part.params = parameters(said)
    disposition = western(part.first("content-disposition"))[0]
    part.disposition = disposition.split(";", 1)[0].strip().lower()
    part.filename = parameters(disposition).get("filename") or part.params.get("name", "")
    return part


def _read_headers(part: Part, faults: list[Fault]) -> int:
    """Take the headers of a part; returns where its body begins."""
    content, start, end = part.content, part.start, part.end
    if content.startswith(b"\n", start) or content.startswith(b"\r\n", start):
        return start + (1 if content.startswith(b"\n", start) else 2)
    blank = _BLANK.search(content, start, min(end, start + MAX_BLOCK))
    if blank:
        stop, body = blank.start(), blank.end()
    else:
        stop = body = end if end - start <= MAX_BLOCK else start + MAX_BLOCK
    lines = content[start:stop].split(b"\n")
    rows: list[list[bytes]] = []
    names: list[str] = []
    for line in lines:
        line = line.rstrip(b"\r")
        if line[:1] in (b" ", b"\t") and rows:
            rows[-1].append(line)
            continue
        found = _NAME.match(line)
        if found:
            names.append(found.group(1).decode("ascii").lower())
            rows.append([line[found.end() :]])
        elif not rows:
            return start  # a body without headers
        elif line.strip():
            faults.append(fault("mail_header_cut", where=names[-1], received=line[:80].decode("latin-1")))
    if len(rows) > MAX_HEADERS:
        faults.append(fault("mail_too_many_headers", where=part.place, received=len(rows), right=MAX_HEADERS))
    for name, row in zip(names[:MAX_HEADERS], rows, strict=False):
        value = b"\n".join(row).replace(b"\n", b"").strip()
        if len(value) > MAX_HEADER:
            faults.append(fault("mail_header_too_long", where=name, received=len(value), right=MAX_HEADER))
            value = value[:MAX_HEADER]
        part.headers.append((name, value))
    return body


def _stretches(part: Part, faults: list[Fault]) -> list[tuple[int, int]]:
    """Where the parts of a multipart begin and end. One that is never closed ends with its parent."""
    boundary = part.params.get("boundary", "").rstrip().encode("utf-8", "replace")
    if not boundary:
        guessed = _GUESSED.search(part.content, part.start, min(part.end, part.start + 10_000))
        if guessed is None:
            part.media_type = "text/plain"
            faults.append(fault("mime_boundary_missing", where=part.place, right="text/plain"))
            return []
        boundary = guessed.group(1)
        faults.append(fault("mime_boundary_missing", where=part.place, right=boundary.decode("latin-1")))
    content, mark = part.content, b"--" + boundary
    found: list[tuple[int, int]] = []
    begun = -1
    place = part.start if content.startswith(mark, part.start) else _next_mark(content, mark, part.start, part.end)
    while place >= 0:
        after = place + len(mark)
        near = min(part.end, after + _LINE)
        line_end = content.find(b"\n", after, near)
        rest = content[after : near if line_end < 0 else line_end].strip()
        next_line = near if line_end < 0 else line_end + 1
        if rest not in (b"", b"--") or (line_end < 0 and near < part.end):
            place = _next_mark(content, mark, after, part.end)
            continue
        if begun >= 0:
            found.append((begun, _before_break(content, begun, place)))
            if len(found) > MAX_PARTS:
                return found
        if rest == b"--":
            return found
        begun = next_line
        place = _next_mark(content, mark, max(after, next_line - 1), part.end)
    if begun >= 0:
        found.append((begun, part.end))
    right = (mark + b"--").decode("latin-1")
    faults.append(fault("mime_not_closed", where=part.place or part.media_type, right=right))
    return found


def _next_mark(content: bytes, mark: bytes, start: int, end: int) -> int:
    """Where the next line that begins with the boundary begins."""
    found = content.find(b"\n" + mark, start, end)
    return found + 1 if found >= 0 else -1


def _before_break(content: bytes, start: int, end: int) -> int:
    """The line break before a boundary belongs to the boundary."""
    if end > start and content[end - 1 : end] == b"\n":
        end -= 1
    if end > start and content[end - 1 : end] == b"\r":
        end -= 1
    return end


def decoded(part: Part, faults: list[Fault]) -> bytes:
    """The bytes of a part without its transfer encoding; what cannot be decoded is named, and as much is kept as can be."""
    encoding = part.first("content-transfer-encoding").decode("latin-1").split(";")[0].strip().strip("\"'").lower()
    raw = part.raw
    if encoding in ("", "7bit", "8bit", "binary", "7-bit", "8-bit", "8bits", "7bits"):
        return raw
    if encoding == "quoted-printable":
        return quopri.decodestring(raw)
    if encoding == "base64":
        return _from_base64(part, raw, faults)
    if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return _from_uu(raw)
    faults.append(fault("mime_encoding_unknown", where=part.place, received=encoding))
    return raw


def _from_base64(part: Part, raw: bytes, faults: list[Fault]) -> bytes:
    padded = raw.rstrip()
    kept = _NOT_BASE64.sub(b"", raw)
    foreign = len(b"".join(padded.split())) - len(kept) - padded.count(b"=")
    if foreign * 20 > len(kept) + 20 or (foreign and len(kept) < 64):
        name = part.filename or part.place or "?"
        received = raw.strip()[:60].decode("latin-1")
        faults.append(fault("attachment_damaged", where=part.place, received=received, name=name))
        return b""
    if len(kept) % 4 == 1:
        kept = kept[:-1]
    try:
        return base64.b64decode(kept + b"=" * (-len(kept) % 4))
    except (binascii.Error, ValueError):
        return b""


def _from_uu(raw: bytes) -> bytes:
    found = []
    for line in raw.splitlines():
        if line.startswith((b"begin ", b"end")) or not line:
            continue
        try:
            found.append(binascii.a2b_uu(line))
        except binascii.Error:
            continue
    return b"".join(found)
