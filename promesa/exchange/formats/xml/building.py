"""XML written: elements of prefixes, empty ones left out, one document as bytes. The same document gives the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

from promesa.exchange.formats.xml.values import Element


class Builder:
    """Makes elements of the namespaces it knows: `builder.add(parent, "cbc:ID", "17", schemeID="0088")`."""

    def __init__(self, spaces: Mapping[str, str]) -> None:
        self._spaces = dict(spaces)
        self._names: dict[str, str] = {}

    def root(self, name: str, spaces: Mapping[Any, str]) -> Element:
        """The root, with the prefixes that the document declares."""
        return etree.Element(name, nsmap=dict(spaces))

    def add(self, parent: Element, path: str, text: object = None, **attributes: str | None) -> Element:
        """A new element under the parent, along a path of `prefix:Name` (all but the last are made anew too)."""
        element = parent
        for step in path.split("/"):
            name = self._names.get(step)
            if name is None:
                prefix, _, local = step.partition(":")
                name = self._names[step] = f"{{{self._spaces[prefix]}}}{local}"
            element = etree.SubElement(element, name)
        if text is not None:
            element.text = allowed(str(text))
        for key, value in attributes.items():
            if value:
                element.set(key, allowed(value))
        return element

    def say(self, parent: Element, path: str, text: object, **attributes: str | None) -> Element | None:
        """As `add`, when there is something to say."""
        return None if text is None or text == "" else self.add(parent, path, text, **attributes)


def allowed(text: str) -> str:
    """A text without the characters that XML can't hold."""
    return "".join(sign for sign in text if sign in "\t\n\r" or (sign >= " " and sign not in "\ufffe\uffff")).translate(
        _SURROGATES
    )


_SURROGATES = dict.fromkeys(range(55296, 57344))


def without_empty(element: Element) -> Element:
    """The element without those under it that say nothing."""
    for child in list(element):
        without_empty(child)
        if len(child) == 0 and not (child.text or "").strip():
            element.remove(child)
    return element


def serialised(root: Element) -> bytes:
    """A document as UTF-8 with its declaration, each element on a line of its own."""
    etree.indent(root, "  ")
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"
