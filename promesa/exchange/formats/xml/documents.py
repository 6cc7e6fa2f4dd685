"""The door of every XML document: parsed once, safely, then handed to the format that knows its root element.

A format of XML adds itself here: one import and one entry in `XML_FORMATS`. It is a module (or object) with

    recognises(root) -> bool                            by its name and namespace alone; quick, never raises
    read_root(root, given) -> list[NeutralDocument]     all it holds, with all faults; at least one; never raises

`root` is an lxml element of a tree without comments, processing instructions or entities (see `parsing`). Faults of the
parsing itself (a charset that lies) are added in front of those of each document here. Values are read through
`values.Walk`, which notes what is wrong with its place. Formats import `xml.parsing` and `xml.values`, never this module.
The first that recognises the root reads it, so a narrower kind (DIAN's invoice) stands before the wider (UBL's).

An SBDH envelope (StandardBusinessDocument) is opened here: what is in it is read as if it came alone, with its sender
and receiver as envelope.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from lxml import etree

from promesa.exchange.formats import cii, idoc, ubl, voxel
from promesa.exchange.formats.dian import read as dian
from promesa.exchange.formats.facturae import read as facturae
from promesa.exchange.formats.facturx import order_x
from promesa.exchange.formats.given import Given
from promesa.exchange.formats.neutral import Envelope, Fault, NeutralDocument, fault, unreadable
from promesa.exchange.formats.xml import parsing
from promesa.exchange.formats.xml.parsing import looks_like

__all__ = ["XML_FORMATS", "XmlFormat", "looks_like", "read", "read_tree"]

READ_KINDS = "UBL, CII, Facturae, DIAN, Voxel, IDoc"
_SBDH = "{http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader}"


class XmlFormat(Protocol):
    """What a format of XML documents offers."""

    def recognises(self, root: etree._Element) -> bool:
        """Whether a document with this root is of this format."""

    def read_root(self, root: etree._Element, given: Given) -> list[NeutralDocument]:
        """Every document under the root, with all faults; at least one, never an exception."""


# The first that recognises a root reads it.
XML_FORMATS: tuple[XmlFormat, ...] = (dian, facturae, ubl, cii, voxel, order_x, idoc)


def read(content: bytes, given: Given | None = None) -> list[NeutralDocument]:
    """The documents in an XML file. At least one; never raises."""
    root, faults = parsing.parse(content)
    if root is None:
        return [unreadable("xml", *faults)]
    return read_tree(root, given or Given(), faults)


def read_tree(root: etree._Element, given: Given, faults: Sequence[Fault] = ()) -> list[NeutralDocument]:
    """The documents of a parsed file, each with the faults of its parsing in front of its own."""
    envelope = None
    if root.tag == _SBDH + "StandardBusinessDocument":
        envelope = _envelope(root)
        inner = next((child for child in root if child.tag != _SBDH + "StandardBusinessDocumentHeader"), None)
        if inner is None:
            return [
                unreadable("xml", *faults, fault("file_empty", where="/StandardBusinessDocument"), envelope=envelope)
            ]
        root = inner
    for format_ in XML_FORMATS:
        if format_.recognises(root):
            documents = format_.read_root(root, given)
            break
    else:
        return [unreadable("xml", *faults, _unknown(root), envelope=envelope)]
    if not faults and envelope is None:
        return documents
    return [
        replace(document, faults=(*faults, *document.faults), envelope=document.envelope or envelope)
        for document in documents
    ]


def _unknown(root: etree._Element) -> Fault:
    name = etree.QName(root)
    shown = f"{name.localname} ({name.namespace})" if name.namespace else name.localname
    return fault("xml_kind_unknown", where=f"/{name.localname}", received=shown, right=READ_KINDS)


def _envelope(root: etree._Element) -> Envelope:
    header = f"{_SBDH}StandardBusinessDocumentHeader/{_SBDH}"

    def text(path: str) -> str | None:
        found = root.findtext(header + path)
        return (found.strip()[:200] or None) if found else None

    return Envelope(
        sender=text(f"Sender/{_SBDH}Identifier"),
        receiver=text(f"Receiver/{_SBDH}Identifier"),
        reference=text(f"DocumentIdentification/{_SBDH}InstanceIdentifier"),
    )
