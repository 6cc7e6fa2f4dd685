"""Stylesheets of rules, run over documents without any way out: no file, no network, no other code.

Documents come through the one hardened parser first (no DOCTYPE, no entities), and the processor is told to fetch nothing,
so that `doc()`, `unparsed-text()`, `document()` and includes of a stylesheet fail too. A stylesheet is compiled once.
"""

from __future__ import annotations

from typing import NamedTuple

from lxml import etree
from saxonche import PySaxonApiError, PySaxonProcessor

from promesa.exchange.formats.schematron.compiling import SVRL
from promesa.exchange.formats.xml import parsing
from promesa.exchange.formats.xml.values import Element

_CLOSED = {
    "http://saxon.sf.net/feature/allowedProtocols": "",
    "http://saxon.sf.net/feature/allow-external-functions": "false",
}


class NotRun(ValueError):
    """A stylesheet that can't be compiled, or a document that it can't be run over."""


class Breach(NamedTuple):
    """A rule that a document breaks: its name, how grave (`fatal`, `warning`), where, and its own words."""

    rule: str
    flag: str
    where: str
    text: str


class Rules:
    """One stylesheet, ready to be run. Not for several threads at once."""

    def __init__(self, stylesheet: bytes) -> None:
        """Compile a stylesheet that reports in SVRL.

        :raises NotRun: if it isn't one, or wants something from outside.
        """
        root, faults = parsing.parse(stylesheet)
        if root is None:
            raise NotRun(faults[0].sentence("en"))
        self._processor = PySaxonProcessor(license=False)
        for name, value in _CLOSED.items():
            self._processor.set_configuration_property(name, value)
        text = etree.tostring(root, encoding="unicode")
        try:
            compiler = self._processor.new_xslt30_processor()
            self._run = compiler.compile_stylesheet(stylesheet_text=text)
        except (PySaxonApiError, RuntimeError) as error:
            raise NotRun(str(error)[:500]) from error

    def breaches(self, document: bytes) -> list[Breach]:
        """What a document breaks.

        :raises NotRun: if it is no safe XML, or the stylesheet wants something from outside.
        """
        root, faults = parsing.parse(document)
        if root is None:
            raise NotRun(faults[0].sentence("en"))
        return self.breaches_of(root)

    def breaches_of(self, root: Element) -> list[Breach]:
        """What a parsed document breaks. Its tree must come from the hardened parser, or from one of our writers."""
        try:
            node = self._processor.parse_xml(xml_text=etree.tostring(root, encoding="unicode"))
            report = self._run.transform_to_string(xdm_node=node)
        except (PySaxonApiError, RuntimeError) as error:
            raise NotRun(str(error)[:500]) from error
        told = etree.fromstring((report or "").encode()) if report else etree.Element("none")
        return [
            Breach(
                one.get("id") or "",
                one.get("flag") or "",
                one.get("location") or "",
                " ".join("".join(str(piece) for piece in one.itertext()).split()),
            )
            for one in told.iter(f"{{{SVRL}}}failed-assert", f"{{{SVRL}}}successful-report")
        ]
