"""What a PDF carries beside its pages: the files attached to it, and what its metadata claim it to be. Bounded, never raises.

The pages are not touched, however many there are. pypdf bounds what a stream may unpack to (75 MB); here so are the files,
their tree and the metadata that are looked at.
"""

from __future__ import annotations

import importlib
import io
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

MAX_FILES = 200
MAX_TREE = 2_000
MAX_XML = 20_000_000
MAX_METADATA = 2_000_000
KNOWN_NAMES = (
    "factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml", "order-x.xml", "cross-industry-invoice.xml", "invoice.xml",
)  # fmt: skip
_CLAIM = re.compile(rb"urn:(?:factur-x|zugferd|ferd|order-x):pdfa:CrossIndustryDocument", re.IGNORECASE)
_SAID = re.compile(
    r"""(?:[\w.-]{1,20}:)?(DocumentType|DocumentFileName|Version|ConformanceLevel)\s{0,9}(?:=\s{0,9}["']([^"'<]{0,200})["']|>([^<]{0,200})</)"""
)
_MARKS = (b"EmbeddedFile", b"/ObjStm", b"CrossIndustryDocument")


@dataclass(frozen=True, slots=True)
class Attached:
    """A file inside a PDF. `content` is None when it is no XML (then nobody looked) or could not be unpacked."""

    name: str
    media_type: str = ""
    relationship: str = ""
    text: str = ""
    content: bytes | None = None
    is_xml: bool = False

    @property
    def safe_name(self) -> str:
        """The name without any folder and without what no file name has."""
        bare = self.name.replace("\\", "/").rsplit("/", 1)[-1]
        return re.sub(r"[\x00-\x1f:*?\"<>|]", "_", bare).strip(". ")[:150] or "file.xml"


@dataclass(slots=True)
class Inside:
    """What a PDF carries: `claim` holds what its metadata say of the XML (none when they say nothing)."""

    files: list[Attached] = field(default_factory=list)
    claim: dict[str, str] | None = None
    encrypted: bool = False
    damaged: bool = False

    @property
    def xml_files(self) -> list[Attached]:
        """The XML files, those with a name that the standards give first."""

        def rank(file: Attached) -> int:
            name = file.safe_name.lower()
            return KNOWN_NAMES.index(name) if name in KNOWN_NAMES else len(KNOWN_NAMES)

        return sorted((file for file in self.files if file.is_xml), key=rank)


@lru_cache(maxsize=1)
def _loaded() -> Any:
    """pypdf, loaded when the first PDF that may carry something comes: it takes its time."""
    logging.getLogger("pypdf").addHandler(logging.NullHandler())
    return importlib.import_module("pypdf")


def may_carry(content: bytes) -> bool:
    """Whether it is worth while to look inside: the words of attachments stand in the bytes, or could be packed."""
    return any(mark in content for mark in _MARKS)


def look_inside(content: bytes) -> Inside:
    """The files and the claim of a PDF; of what is damaged, what can be had."""
    found = Inside()
    try:
        reader = _loaded().PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            found.encrypted = True
        else:
            root = reader.root_object
            found.claim = _claim_of(root)
            found.files = _files_of(root)
    except Exception:
        found.damaged = True
    if found.claim is None and _CLAIM.search(content):
        found.claim = _said_in(content[: MAX_METADATA * 10].decode("latin-1")) if b"ConformanceLevel" in content else {}
    return found


def _claim_of(root: Any) -> dict[str, str] | None:
    """What the metadata say of the XML that they announce."""
    metadata = _get(root, "/Metadata")
    if not _is_stream(metadata):
        return None
    packet = metadata.get_data()[:MAX_METADATA]
    if b"\x00" in packet[:4]:
        packet = packet.decode("utf-16", "replace").encode()
    return _said_in(packet.decode("utf-8", "replace")) if _CLAIM.search(packet) else None


def _said_in(packet: str) -> dict[str, str]:
    said: dict[str, str] = {}
    for found in _SAID.finditer(packet):
        text = (found[2] or found[3] or "").strip()
        if text:
            said.setdefault(found[1], text)
    return said


def _files_of(root: Any) -> list[Attached]:
    """Files by the tree of names, and those that are only associated with the document."""
    found: dict[int, Attached] = {}
    names = _get(_get(root, "/Names"), "/EmbeddedFiles")
    associated = _get(root, "/AF")
    for spec in (*_specs_in(names), *_items(associated)):
        if len(found) >= MAX_FILES:
            break
        if not isinstance(spec, dict):
            continue
        stream = _stream_of(spec)
        if stream is not None and id(stream) not in found:
            found[id(stream)] = _attached(spec, stream)
    return list(found.values())


def _specs_in(names: Any) -> Iterator[Any]:
    """The file specifications in a tree of names, however its branches are knotted."""
    waiting = [names]
    seen: set[int] = set()
    while waiting and len(seen) < MAX_TREE:
        node = waiting.pop(0)
        if not isinstance(node, dict) or id(node) in seen:
            continue
        seen.add(id(node))
        pairs = _items(_get(node, "/Names"))
        yield from pairs[1::2][:MAX_FILES]
        waiting.extend(_items(_get(node, "/Kids")))


def _stream_of(spec: Any) -> Any:
    embedded = _get(spec, "/EF")
    for key in ("/UF", "/F"):
        stream = _get(embedded, key)
        if _is_stream(stream):
            return stream
    return None


def _attached(spec: Any, stream: Any) -> Attached:
    name = _text(_get(spec, "/UF")) or _text(_get(spec, "/F")) or "file"
    media_type = _text(_get(stream, "/Subtype")).lstrip("/").replace("#2F", "/").replace("#2f", "/").lower()
    is_xml = name.lower().endswith((".xml", ".xsig")) or media_type in ("text/xml", "application/xml")
    content = None
    if is_xml:
        try:
            content = stream.get_data()
        except Exception:
            content = None
        if content is not None and len(content) > MAX_XML:
            content = None
    return Attached(
        name=name[:300],
        media_type=media_type[:100],
        relationship=_text(_get(spec, "/AFRelationship")).lstrip("/")[:40],
        text=_text(_get(spec, "/Desc"))[:200],
        content=content,
        is_xml=is_xml,
    )


def _is_stream(value: Any) -> bool:
    return isinstance(value, dict) and hasattr(value, "get_data")


def _get(holder: Any, key: str) -> Any:
    if not isinstance(holder, dict) or key not in holder:
        return None
    value = holder[key]
    return value.get_object() if value is not None else None


def _items(holder: Any) -> list[Any]:
    if not isinstance(holder, list):
        return []
    return [one.get_object() for one in holder[: 2 * MAX_TREE]]


def _text(value: Any) -> str:
    return str(value) if isinstance(value, str) else ""
