"""A schematron of query binding XSLT 2 as a stylesheet that reports what fails, each failure with its rule and place.

Of a pattern, a node is asked by the first rule whose context it fits, as the standard wants. Abstract patterns, includes
and phases are not known: what has them must be assembled before.
"""

from __future__ import annotations

from lxml import etree

from promesa.exchange.formats.xml import parsing
from promesa.exchange.formats.xml.values import Element

SCH = "{http://purl.oclc.org/dsdl/schematron}"
XSL = "http://www.w3.org/1999/XSL/Transform"
SVRL = "http://purl.oclc.org/dsdl/svrl"


class NoSchematron(ValueError):
    """What was given is no schematron that can be compiled."""


def stylesheet_of(schematron: bytes) -> bytes:
    """The stylesheet of a schematron.

    :raises NoSchematron: if it isn't one.
    """
    root, faults = parsing.parse(schematron)
    if root is None or root.tag != f"{SCH}schema":
        raise NoSchematron(faults[0].sentence("en") if faults else "schema")
    spaces: dict[str, str] = {"xsl": XSL, "svrl": SVRL}
    for space in root.iterfind(f"{SCH}ns"):
        spaces[str(space.get("prefix"))] = str(space.get("uri"))
    for prefix, uri in root.nsmap.items():
        if prefix:
            spaces.setdefault(prefix, uri)
    sheet = etree.Element(f"{{{XSL}}}stylesheet", nsmap=spaces, version="3.0")
    _add(sheet, "output", method="xml", indent="no")
    for function in root.iter(f"{{{XSL}}}function"):
        sheet.append(_copy(function))
    _variables(sheet, root)
    patterns = list(root.iterfind(f"{SCH}pattern"))
    start = _add(sheet, "template", match="/")
    output = etree.SubElement(start, f"{{{SVRL}}}schematron-output")
    for number, pattern in enumerate(patterns):
        _add(output, "apply-templates", select="/*", mode=f"m{number}")
        _variables(sheet, pattern)
        _pattern(sheet, pattern, f"m{number}")
    return etree.tostring(sheet, encoding="UTF-8", xml_declaration=True)


def _add(parent: Element, tag: str, /, **attributes: str) -> Element:
    return etree.SubElement(parent, f"{{{XSL}}}{tag}", attributes)


def _copy(element: Element) -> Element:
    new = etree.fromstring(etree.tostring(element))
    new.tail = None
    return new


def _variables(parent: Element, holder: Element) -> None:
    for let in holder.iterfind(f"{SCH}let"):
        _add(parent, "variable", name=str(let.get("name")), select=str(let.get("value")))


def _pattern(sheet: Element, pattern: Element, mode: str) -> None:
    """A template for each rule, the first with the highest priority; others pass on to what is below."""
    rules = list(pattern.iterfind(f"{SCH}rule"))
    for number, rule in enumerate(rules):
        context, priority = str(rule.get("context")), str(len(rules) - number + 10)
        template = _add(sheet, "template", match=context, mode=mode, priority=priority)
        for part in rule:
            if part.tag == f"{SCH}let":
                _add(template, "variable", name=str(part.get("name")), select=str(part.get("value")))
            elif part.tag in (f"{SCH}assert", f"{SCH}report"):
                _report(template, part)
        _add(template, "apply-templates", select="@* | *", mode=mode)
    below = _add(sheet, "template", match="@* | node()", mode=mode, priority="1")
    _add(below, "apply-templates", select="@* | *", mode=mode)


def _report(template: Element, part: Element) -> None:
    test = str(part.get("test"))
    broken = _add(template, "if", test=test if part.tag == f"{SCH}report" else f"not({test})")
    told = etree.SubElement(broken, f"{{{SVRL}}}failed-assert")
    told.set("id", part.get("id") or "")
    told.set("flag", part.get("flag") or "")
    told.set("location", "{path(.)}")
    text = etree.SubElement(told, f"{{{SVRL}}}text")
    text.text = " ".join("".join(str(piece) for piece in part.itertext()).split())
