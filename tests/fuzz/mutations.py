"""Files damaged at random: bytes, pieces, numbers, separators, characters, elements of XML and members of packages."""

from __future__ import annotations

import codecs
import copy
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from random import Random

from lxml import etree

MAX_BYTES = 60_000
NUMBERS = (
    b"0", b"-0", b"-1", b"1e30", b"1e999999", b"NaN", b"Infinity", b"9" * 40, b"9" * 5000, b"0." + b"0" * 40 + b"1", b"1,234.56",
    b"1.234,56", b"1.2.3", b"1 000", b"1_0", b"0x1F", b"\xd9\xa3", b"20261345", b"00000000", b"99991231", b"99999999999999",
)  # fmt: skip
PIECES = (
    b"\x00", b"\xff", b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\r\n", b"\n", b"\r", b"\x1a", b"\xc3", b"\xe2\x80\xae", b"\xed\xa0\x80",
    b"\xf0\x9f\x98\x80", "e\u0301".encode() * 50, b"=1+1", b"@SUM(A1)", b"%s%n{}", b"{0}", b"../../x", b"''", b'"',
    b" " * 300,
)  # fmt: skip
CHARSETS = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "cp037", "cp1252", "utf-8-sig", "shift_jis")
VALUES = (
    "", " ", "-0", "NaN", "1e400", "9" * 60, "1,5", "0.0000001", "2026-13-45", "0000-00-00", "9999-12-31", "25:61:00",
    "2026-03-02T10:00:00+99:99", "true", "\u202e", "Ñ" * 3000, "EUR", "0088", "٣", "=1+1", "{0}", "-1",
)  # fmt: skip
_NUMBER = re.compile(rb"\d+")
_WORD = re.compile(rb"[A-Za-z]{2,}")


def mutated(samples: Sequence[bytes], rng: Random, *, pieces: Sequence[bytes] = (), separators: bytes = b"") -> bytes:
    """One of the samples with one to six things done to it."""
    content = bytearray(rng.choice(samples))
    for _ in range(rng.randint(1, 6)):
        content = rng.choice(WAYS)(content, rng, samples, (*PIECES, *pieces), separators)[:MAX_BYTES] or bytearray(b"x")
    return bytes(content)


def swollen(content: bytes, rng: Random, *, size: int = 1_000_000) -> bytes:
    """A file with a piece of it, of one byte to all of it, repeated where it stands until the file is of that size."""
    start = rng.randrange(len(content))
    piece = content[start : start + rng.choice((1, rng.randint(2, 30), rng.randint(30, 400), len(content)))]
    return content[:start] + piece * ((size - len(content)) // len(piece) + 1) + content[start:]


Way = Callable[[bytearray, Random, Sequence[bytes], Sequence[bytes], bytes], bytearray]


def _flipped(content: bytearray, rng: Random, *_: object) -> bytearray:
    for _place in range(rng.choice((1, 1, 1, 20))):
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    return content


def _replaced(content: bytearray, rng: Random, *_: object) -> bytearray:
    content[rng.randrange(len(content))] = rng.randrange(256)
    return content


def _cut(content: bytearray, rng: Random, *_: object) -> bytearray:
    place = rng.randrange(len(content))
    del content[place : place + rng.choice((1, rng.randint(1, 60), rng.randint(1, 2000)))]
    return content


def _ended(content: bytearray, rng: Random, *_: object) -> bytearray:
    return content[: rng.randrange(len(content))] if rng.random() < 0.8 else content[rng.randrange(len(content)) :]


def _doubled(content: bytearray, rng: Random, *_: object) -> bytearray:
    place = rng.randrange(len(content))
    piece = content[place : place + rng.choice((1, rng.randint(1, 60), rng.randint(1, 1500)))]
    where = place if rng.random() < 0.5 else rng.randrange(len(content))
    content[where:where] = piece * rng.choice((1, 1, 2, 50))
    return content


def _spliced(content: bytearray, rng: Random, samples: Sequence[bytes], *_: object) -> bytearray:
    other = rng.choice(samples)
    start = rng.randrange(len(other))
    place = rng.randrange(len(content))
    if rng.random() < 0.5:
        return content[:place] + other[start:]
    content[place:place] = other[start : start + rng.randint(1, 400)]
    return content


def _inserted(
    content: bytearray, rng: Random, samples: Sequence[bytes], pieces: Sequence[bytes], separators: bytes
) -> bytearray:
    place = rng.randrange(len(content) + 1)
    content[place:place] = rng.choice(pieces) * rng.choice((1, 1, 1, 3, 200))
    return content


def _numbered(content: bytearray, rng: Random, *_: object) -> bytearray:
    found = list(_NUMBER.finditer(content))
    for one in rng.sample(found, min(len(found), rng.choice((1, 1, 3))))[:1]:
        content[one.start() : one.end()] = rng.choice(NUMBERS)
    return content


def _worded(content: bytearray, rng: Random, *_: object) -> bytearray:
    """A word put in the place of another: a tag, a code, a name."""
    found = list(_WORD.finditer(content))
    if found:
        one, other = rng.choice(found), rng.choice(found)
        content[one.start() : one.end()] = bytes(other.group())
    return content


def _separated(
    content: bytearray, rng: Random, samples: Sequence[bytes], pieces: Sequence[bytes], separators: bytes
) -> bytearray:
    """A separator put in the place of another: once, or everywhere; or pieces between separators moved, dropped, doubled."""
    if not separators:
        return _replaced(content, rng)
    one, other = rng.choice(separators), rng.choice(separators)
    if rng.random() < 0.3:
        return content.replace(bytes([one]), bytes([other]))
    parts = content.split(bytes([one]))
    if len(parts) < 3 or rng.random() < 0.3:
        place = content.find(bytes([one]), rng.randrange(len(content)))
        if place >= 0:
            content[place] = other
        return content
    place, way = rng.randrange(len(parts)), rng.randrange(4)
    if way == 0:
        del parts[place]
    elif way == 1:
        parts.insert(rng.randrange(len(parts)), parts[place])
    elif way == 2:
        where = rng.randrange(len(parts))
        parts[place], parts[where] = parts[where], parts[place]
    else:
        parts[place] = bytearray()
    return bytearray(bytes([one]).join(parts))


def _recoded(content: bytearray, rng: Random, *_: object) -> bytearray:
    charset = rng.choice(CHARSETS)
    try:
        text = content.decode(rng.choice(("utf-8", "latin-1")), "replace")
        coded = bytearray(text.encode(charset, "replace"))
    except (UnicodeError, LookupError):
        return content
    mark = rng.choice((b"", b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return bytearray(mark) + coded[rng.choice((0, 0, 1)) :]


def _reversed(content: bytearray, rng: Random, *_: object) -> bytearray:
    place = rng.randrange(len(content))
    end = place + rng.randint(2, 200)
    content[place:end] = content[place:end][::-1]
    return content


# What stands here twice is done twice as often.
WAYS: tuple[Way, ...] = (
    _flipped, _flipped, _replaced, _cut, _cut, _ended, _doubled, _doubled, _spliced, _inserted, _inserted, _numbered, _numbered,
    _numbered, _worded, _separated, _separated, _separated, _recoded, _reversed,
)  # fmt: skip


def mutated_xml(samples: Sequence[bytes], rng: Random, *, pieces: Sequence[bytes] = ()) -> bytes:
    """Half of the times bytes are damaged; else it stays well formed: values that are none, elements gone, twice, elsewhere."""
    if rng.random() < 0.5:
        return mutated(samples, rng, pieces=(*pieces, *XML_PIECES), separators=b"<>\"'/ =&:")
    root = etree.fromstring(rng.choice(samples))
    for _ in range(rng.randint(1, 8)):
        elements = [one for one in root.iter() if isinstance(one.tag, str)]
        element, way = rng.choice(elements), rng.randrange(7)
        parent = element.getparent()
        if way <= 1 or parent is None:
            element.text = rng.choice(VALUES)
        elif way == 2:
            parent.remove(element)
        elif way == 3:
            parent.insert(rng.randrange(len(parent) + 1), copy.deepcopy(element))
        elif way == 4:
            names = sorted(element.attrib) or ["schemeID", "unitCode", "currencyID", "listID"]
            element.set(rng.choice(names), rng.choice(VALUES))
        elif way == 5:
            element.tag = rng.choice(elements).tag
        else:
            other = etree.fromstring(rng.choice(samples))
            parent.append(copy.deepcopy(rng.choice([one for one in other.iter() if isinstance(one.tag, str)])))
    return etree.tostring(root, encoding=rng.choice(["UTF-8", "UTF-16", "ISO-8859-1"]), xml_declaration=True)


XML_PIECES = (
    b"<!DOCTYPE a>", b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///dev/null'>]>", b"&x;", b"&#0;", b"&#x10FFFF;", b"<a>", b"</a>", b"]]>",
    b"<![CDATA[", b"<!--", b"-->", b"<?xml version='1.0' encoding='UTF-7'?>", b"xmlns=''", b" xsi:nil='true'", b"<a>" * 300,
)  # fmt: skip


def mutated_package(samples: Sequence[bytes], rng: Random) -> bytes:
    """A package (XLSX) with its bytes damaged, or with its members damaged and packed again."""
    if rng.random() < 0.3:
        return mutated(samples, rng, pieces=(b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"))
    with zipfile.ZipFile(io.BytesIO(rng.choice(samples))) as package:
        members = [(name, package.read(name)) for name in package.namelist()]
    for _ in range(rng.randint(1, 3)):
        place = rng.randrange(len(members))
        name, data = members[place]
        way = rng.randrange(8)
        if way == 0:
            del members[place]
        elif way == 1:
            members[place] = (rng.choice(("../x", "xl/a.xml", "", name.upper())), data)
        else:
            try:
                damaged = mutated_xml([data], rng) if name.endswith((".xml", ".rels")) else mutated([data], rng)
            except (etree.XMLSyntaxError, ValueError):
                damaged = mutated([data], rng)
            members[place] = (name, damaged)
        if not members:
            break
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, data in members:
            package.writestr(zipfile.ZipInfo(name or "x"), data)
    return stream.getvalue()
