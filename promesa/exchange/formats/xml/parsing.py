"""Bytes to a tree of XML elements, whatever comes: hostile, broken, in any charset. The only XML parser of the exchange.

No DOCTYPE, so no entities; nothing is fetched, included or transformed. Characters are decoded here and not by the XML
library, so that a declaration can't choose a codec. Bytes, elements, attributes and depth are bounded, comments and
processing instructions are dropped (the text around them stays whole).
"""

from __future__ import annotations

import codecs
import re
from typing import Any

from lxml import etree

from promesa.exchange.formats.neutral import Fault, fault

MAX_BYTES = 20_000_000
MAX_ELEMENTS = 400_000
MAX_ATTRIBUTES = 800_000
MAX_DEPTH = 250

# What the declaration may say, by the name of Python's codec.
_CHARSETS = frozenset(
    {"utf-8", "ascii", "utf-16", "utf-16-le", "utf-16-be", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1257"}
    | {"iso8859-1", *(f"iso8859-{part}" for part in (2, 3, 4, 5, 7, 9, 10, 13, 14, 15, 16))}
)
_WIDE = frozenset({"utf-16", "utf-16-le", "utf-16-be"})
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DECLARATION = re.compile(r"""<\?xml\s[^>]{0,200}?\?>""")
_ENCODING = re.compile(r"""\sencoding\s*=\s*["']([^"']{0,60})["']""")
_LOOKS = re.compile(
    rb"\s{0,1000}<(?:\?xml\s|!--|!DOCTYPE(?!\s+html)|(?!html)[A-Za-z_][\w.-]{0,99}(?::[\w.-]{1,99})?(?:\s|/?>))"
)
_DOCTYPE = re.compile(r"<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)")
_SPACES = re.compile(r"\s+")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ROOT_NAME = re.compile(r"<([^\s<>/]{1,200})")


def looks_like(content: bytes) -> bool:
    """Whether bytes begin as XML does, in UTF-8, in an ASCII superset or in UTF-16; XHTML and HTML do not count."""
    head = content[:4096]
    if head.startswith(codecs.BOM_UTF8):
        head = head[3:]
    elif head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        head = head[2:].replace(b"\x00", b"")
    elif b"\x00" in head[:4]:
        head = head.replace(b"\x00", b"")
    return _LOOKS.match(head) is not None


def parse(content: bytes) -> tuple[etree._Element | None, list[Fault]]:
    """The root element, or nothing and why. Never raises; where it went wrong is said as line and column."""
    if len(content) > MAX_BYTES:
        return None, [fault("xml_too_large", received=f"{len(content)} bytes", right=f"{MAX_BYTES} bytes")]
    text, faults = _text_of(content)
    if text is None:
        return None, faults
    refused = _refused(text)
    if refused is not None:
        return None, [*faults, refused]
    # Made anew each time: a parser keeps the errors and names of what it read before.
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        return None, [*faults, _broken(error, text)]
    except (ValueError, LookupError, MemoryError) as error:
        return None, [*faults, _at("xml_broken", 0, text, received=str(error) or type(error).__name__)]
    if root.getroottree().docinfo.internalDTD is not None:
        return None, [*faults, _at("xml_doctype", 0, text, received="DOCTYPE")]
    return root, faults


def root_name(content: bytes) -> str:
    """The name that the first element seems to have, for sentences about what could not be parsed."""
    found = _ROOT_NAME.search(
        content[:4096].replace(b"\x00", b"").decode("latin-1").replace("<?", " ").replace("<!", " ")
    )
    return found.group(1) if found else ""


# -- characters


def _text_of(content: bytes) -> tuple[str | None, list[Fault]]:
    """The characters of the file without mark and declaration's charset: by mark, by zero bytes, by declaration."""
    faults: list[Fault] = []
    marked = next(((mark, name) for mark, name in _MARKS if content.startswith(mark)), None)
    if marked is not None:
        content = content[len(marked[0]) :]
        actual: str | None = marked[1]
    elif content[:1] == b"\x00" and content[1:2] == b"<":
        actual = "utf-16-be"
    elif content[:1] == b"<" and content[1:2] == b"\x00":
        actual = "utf-16-le"
    else:
        actual = None
    said, declared = _declared(content, actual)
    if said and declared is None and actual is None:
        return None, [fault("xml_charset_unknown", received=said, right="UTF-8, UTF-16, ISO-8859-1, Windows-1252")]
    if declared in _WIDE and actual not in _WIDE:  # bytes that were wide would have shown it
        faults.append(fault("xml_charset_other", received=said, right="UTF-8"))
        declared = None
    elif actual is not None and said and not _same(declared, actual):
        faults.append(fault("xml_charset_other", received=said, right=actual.upper()))
    codec = actual or declared or "utf-8"
    text = _decoded(content, codec, faults)
    stripped = text.lstrip("\ufeff \t\r\n")
    if stripped.startswith("<?xml") and len(stripped) < len(text):
        faults.append(fault("xml_leading_text"))
        text = stripped
    return text, faults


def _declared(content: bytes, actual: str | None) -> tuple[str, str | None]:
    """The charset as the declaration says it, and its codec when it is one that is read."""
    head = content[:600]
    found = _DECLARATION.search(head.decode(actual if actual in _WIDE else "latin-1", "replace"))
    encoding = _ENCODING.search(found.group()) if found else None
    if encoding is None:
        return "", None
    said = encoding.group(1).strip()
    try:
        codec = codecs.lookup(said).name
    except (LookupError, ValueError):
        return said, None
    return said, codec if codec in _CHARSETS else None


def _same(declared: str | None, actual: str) -> bool:
    return (
        declared == actual or (declared == "utf-16" and actual in _WIDE) or (declared == "ascii" and actual == "utf-8")
    )


def _decoded(content: bytes, codec: str, faults: list[Fault]) -> str:
    try:
        return content.decode(codec)
    except UnicodeDecodeError as error:
        before = content[: error.start].decode(codec, "replace")
        fallback = "cp1252" if codec in ("utf-8", "ascii") else codec
        if codec == "ascii":
            try:
                text, seems = content.decode("utf-8"), "UTF-8"
            except UnicodeDecodeError:
                text, seems = content.decode(fallback, "replace"), "Windows-1252"
        else:
            text = content.decode(fallback, "replace")
            seems = "Windows-1252" if fallback != codec else "?"
        faults.append(_at("xml_charset_wrong", len(before), before, received=codec.upper(), right=seems))
        return text


# -- what is not let in


def _refused(text: str) -> Fault | None:
    """What makes a text not worth parsing: declarations of types or entities, characters no XML has, sheer size."""
    place = _prologue_end(text)
    doctype = _DOCTYPE.match(text, place)
    if doctype is not None:
        return _at("xml_doctype", place, text, received=text[place : place + 60].splitlines()[0])
    control = _CONTROL.search(text)
    if control is not None:
        return _at("xml_broken", control.start(), text, received=f"U+{ord(control.group()):04X}")
    elements = text.count("<") - text.count("</")
    if elements > MAX_ELEMENTS:
        return fault("xml_too_large", received=f"{elements} <…>", right=f"{MAX_ELEMENTS} <…>")
    attributes = text.count('="') + text.count("='")
    if attributes > MAX_ATTRIBUTES:
        return fault("xml_too_large", received=f'{attributes} ="…"', right=f'{MAX_ATTRIBUTES} ="…"')
    return None


def _prologue_end(text: str) -> int:
    """Where the first thing stands that is no space, comment or processing instruction."""
    place = 0
    while True:
        spaces = _SPACES.match(text, place)
        place = spaces.end() if spaces else place
        closing = "-->" if text.startswith("<!--", place) else "?>" if text.startswith("<?", place) else ""
        end = text.find(closing, place + 2) if closing else -1
        if end < 0:
            return place
        place = end + len(closing)


def _broken(error: etree.XMLSyntaxError, text: str) -> Fault:
    line, column = error.position
    said = (error.msg or "XML").split(", line ")[0].strip()
    place: dict[str, Any] = {"where": f"{line}:{column}", "at_line": line, "at_column": column}
    if "depth" in said.lower():
        return fault("xml_too_deep", right=MAX_DEPTH, **place)
    if "Entity" in said:
        return fault("xml_doctype", received=said, **place)
    if "huge" in said or "too long" in said.lower() or "lookup limit" in said or "limit" in said.lower():
        return fault("xml_too_large", received=said, right="10 MB", **place)
    return fault("xml_broken", received=said, **place)


def _at(code: str, place: int, text: str, *, received: str, right: str | None = None) -> Fault:
    """A fault at a place in the characters, said as line and column from 1."""
    line = text.count("\n", 0, place) + 1
    column = place - (text.rfind("\n", 0, place) + 1) + 1
    return fault(
        code, where=f"{line}:{column}", received=received, right=right, offset=place, at_line=line, at_column=column
    )
