"""What headers say: encoded words, names and addresses, identifiers, parameters and dates (RFC 2047, 2231, 5322)."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_tz
from functools import lru_cache
from urllib.parse import unquote_to_bytes

MAX_ADDRESSES = 500
MAX_IDS = 200
_WORD = re.compile(r"=\?([A-Za-z0-9_.:()+-]{1,60})(?:\*[A-Za-z0-9-]{0,40})?\?([bBqQ])\?([^?\r\n]{0,4000})\?=")
_BETWEEN = re.compile(r"(\?=)[ \t\r\n]+(?==\?)")
_ESCAPED = re.compile(rb"=([0-9A-Fa-f]{2})")
_ID = re.compile(r"<([^<>]{1,600})>")
_BARE_ID = re.compile(r"[^\s<>,;]{1,300}@[^\s<>,;]{1,300}")
_PARAM = re.compile(r';\s*([A-Za-z0-9_.-]{1,40})(\*\d{1,3})?(\*)?\s*=\s*("(?:[^"\\]|\\.){0,4000}"?|[^;]{0,4000})')
_ADDRESS = re.compile(r"[^\s<>()\"',;:]{1,200}@[^\s<>()\"',;:]{1,200}")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_MARKS = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_NO_TEXT = frozenset({"idna", "punycode", "undefined", "mbcs", "oem", "palmos"})
_ALIASES = {
    "ansi": "cp1252", "x-ansi": "cp1252", "ansi_x3.110-1983": "latin-1", "iso-8859-8-i": "iso-8859-8", "iso-8859-8-e": "iso-8859-8",
    "utf8mb4": "utf-8", "unicode": "utf-8", "unicode-1-1-utf-8": "utf-8", "unicode-1-1-utf-7": "utf-7", "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman", "x-sjis": "shift_jis", "gb2312": "gb18030", "x-gbk": "gbk", "ks_c_5601-1987": "cp949",
}  # fmt: skip
# What is declared as these is, on the wire, their superset.
_SUPERSETS = {"iso8859-1": "cp1252", "latin-1": "cp1252", "ascii": "cp1252"}


@lru_cache(maxsize=512)
def charset_of(name: str) -> str:
    """Python's name of a character set, or an empty text if there is none."""
    plain = name.strip().strip("\"'").lower()
    plain = _ALIASES.get(plain, plain)
    try:
        found = codecs.lookup(plain)
    except (LookupError, ValueError, TypeError):
        return ""
    if not getattr(found, "_is_text_encoding", True) or found.name in _NO_TEXT or "escape" in found.name:
        return ""
    return found.name


def in_charset(content: bytes, charset: str) -> str | None:
    """Bytes in a known character set, or None when they are not in it."""
    try:
        return content.decode(charset)
    except (UnicodeError, ValueError):
        return None


def western(content: bytes) -> tuple[str, str]:
    """Bytes of which nobody says the character set: UTF-8 if they are, else Windows-1252."""
    text = in_charset(content, "utf-8")
    if text is not None:
        return text, "UTF-8"
    text = in_charset(content, "cp1252")
    return (text, "Windows-1252") if text is not None else (content.decode("latin-1"), "ISO 8859-1")


def body_text(content: bytes, declared: str) -> tuple[str, str]:
    """The text of a body and, when it is not in the declared character set, the one that it was read in."""
    charset = charset_of(declared) if declared else ""
    if charset:
        text = in_charset(content, charset)
        if text is not None and not (charset in _SUPERSETS and _has_c1(text)):
            return text, ""
        if charset in _SUPERSETS and charset != "ascii":
            text = in_charset(content, _SUPERSETS[charset])
            if text is not None:
                return text, ""
    text, used = western(content)
    if charset in ("utf-8", "utf-16", "utf-16-le", "utf-16-be") and used == "ISO 8859-1":
        return content.decode(charset, "replace"), ""
    return text, "" if not declared and used == "UTF-8" else used


def _has_c1(text: str) -> bool:
    return any("\x80" <= letter <= "\x9f" for letter in text)


def header_text(raw: bytes) -> tuple[str, str]:
    """The words of a header, and the first encoded word that could not be decoded (else empty)."""
    text, _ = western(raw)
    if "=?" not in text:
        return clean(text), ""
    text = _BETWEEN.sub(r"\1", text)
    found: list[str] = []
    place, held, charset, broken = 0, b"", "", ""
    for word in _WORD.finditer(text):
        between = text[place : word.start()]
        named, content = charset_of(word.group(1)), _word_bytes(word.group(2), word.group(3))
        if held and (between or named != charset):
            found.append(_words(held, charset))
            held = b""
        found.append(between)
        place = word.end()
        if content is None or not named:
            broken = broken or word.group(0)
            found.append(word.group(0))
            continue
        held, charset = held + content, named
    if held:
        found.append(_words(held, charset))
    found.append(text[place:])
    rest = "".join(found)
    if not broken and "=?" in rest:
        broken = rest[rest.index("=?") :][:80]
    return clean(rest), broken


def _word_bytes(encoding: str, text: str) -> bytes | None:
    if encoding in "qQ":
        plain = text.replace("_", " ").encode("utf-8", "replace")
        return _ESCAPED.sub(lambda found: bytes([int(found.group(1), 16)]), plain)
    kept = text.strip().encode("ascii", "replace").rstrip(b"=")
    try:
        return base64.b64decode(kept + b"=" * (-len(kept) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _words(content: bytes, charset: str) -> str:
    text = in_charset(content, _SUPERSETS.get(charset, charset))
    return text if text is not None else western(content)[0]


def clean(text: str) -> str:
    """Text in one line, without controls and without the marks that turn the direction of writing around."""
    return " ".join(_CONTROLS.sub(" ", _MARKS.sub("", text)).encode("utf-8", "replace").decode("utf-8").split())


def parameters(value: str) -> dict[str, str]:
    """The parameters of a header (`; name=value`), continued and encoded ones put together (RFC 2231)."""
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for number, found in enumerate(_PARAM.finditer(value[:16_000])):
        if number >= 200:
            break
        name, turn, encoded, said = found.groups()
        said = said.strip()
        if said.startswith('"'):
            said = re.sub(r"\\(.)", r"\1", said[1:-1] if len(said) > 1 and said.endswith('"') else said[1:])
        pieces.setdefault(name.lower(), []).append((int(turn[1:]) if turn else 0, bool(encoded), said))
    return {name: _joined(said) for name, said in pieces.items()}


def _joined(pieces: list[tuple[int, bool, str]]) -> str:
    if len(pieces) == 1 and not pieces[0][1]:
        return header_text(pieces[0][2].encode("utf-8", "replace"))[0] if "=?" in pieces[0][2] else clean(pieces[0][2])
    charset, content = "", b""
    for number, (_, encoded, said) in enumerate(sorted(pieces)):
        if encoded and number == 0 and said.count("'") >= 2:
            charset, _, said = said.split("'", 2)
        content += unquote_to_bytes(said) if encoded else said.encode("utf-8", "replace")
    text = in_charset(content, charset_of(charset)) if charset_of(charset) else None
    return clean(text if text is not None else western(content)[0])


def addresses(raw: bytes) -> list[dict[str, str]]:
    """Names and addresses of a header, in order; encoded words are decoded after the commas have divided it."""
    found: list[dict[str, str]] = []
    for one in _divided(western(raw)[0]):
        entry = _address(one)
        if entry:
            found.append(entry)
        if len(found) >= MAX_ADDRESSES:
            break
    return found


def _divided(text: str) -> list[str]:
    """The entries of a list of addresses: commas and semicolons outside quotation marks, brackets and comments."""
    entries, begun, depth, quoted, angle, skip = [], 0, 0, False, False, False
    for place, letter in enumerate(text):
        if skip:
            skip = False
        elif letter == "\\" and (quoted or depth):
            skip = True
        elif letter == '"' and not depth:
            quoted = not quoted
        elif quoted:
            continue
        elif letter == "(":
            depth += 1
        elif letter == ")":
            depth = max(0, depth - 1)
        elif depth:
            continue
        elif letter in "<>":
            angle = letter == "<"
        elif letter in ",;" and not angle:
            entries.append(text[begun:place])
            begun = place + 1
            if len(entries) > MAX_ADDRESSES:
                return entries
        elif letter == ":" and not angle and "@" not in text[begun:place]:
            begun = place + 1  # the name of a group
    entries.append(text[begun:])
    return entries


def _address(text: str) -> dict[str, str]:
    text = text.strip()[:2000]
    opened, closed = text.rfind("<"), text.rfind(">")
    if 0 <= opened < closed:
        address, name = text[opened + 1 : closed].strip(), text[:opened].strip() or text[closed + 1 :].strip()
    elif (found := _ADDRESS.search(text)) is not None:
        address, name = found.group(0), (text[: found.start()] + text[found.end() :]).strip()
    else:
        address, name = "", text
    name = name.strip("()") if name.startswith("(") else name
    if len(name) > 1 and name.startswith('"') and name.endswith('"'):
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    address = clean(address.removeprefix("mailto:")).replace(" ", "")
    entry = {"name": header_text(name.encode("utf-8", "replace"))[0].strip("'\"<> "), "address": address}
    return {key: value for key, value in entry.items() if value}


def identifiers(raw: bytes) -> list[str]:
    """Message identifiers of a header, without their brackets and each once; bare ones are taken when none has brackets."""
    text = western(raw)[0]
    found = [one.strip() for one in _ID.findall(text)] or _BARE_ID.findall(text)
    return [clean(one) for one in dict.fromkeys(found) if one][:MAX_IDS]


def moment_of(raw: bytes) -> datetime | None:
    """A date of a header as a moment, in the zone that it names (UTC if none); None when it is no date."""
    text = clean(raw[:200].decode("latin-1"))
    try:
        found = parsedate_tz(text)
        if found is None:
            return None
        return datetime(*found[:6], tzinfo=timezone(timedelta(seconds=found[9] or 0)))  # type: ignore[misc]
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError, OSError):
        return None
