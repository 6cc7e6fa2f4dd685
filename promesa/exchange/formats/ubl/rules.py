"""The rules of Peppol's order documents (BIS 3), named by our own faults: `rule` says which one is broken.

One pass over the elements of a document, each looked at by what its name asks for. A document that says which
specification it follows is judged by that one; one that says none by every one that its root may be; one that follows
another (not Peppol's) only by what holds in any order: sums, signs, dates, numbers of lines.
"""

from __future__ import annotations

from promesa.exchange.formats.ubl.judged import Judged
from promesa.exchange.formats.ubl.lines import TOO_MANY
from promesa.exchange.formats.ubl.parties import Element
from promesa.exchange.formats.ubl.rule_checks import CHECKS, Look
from promesa.exchange.formats.ubl.rule_names import CUSTOMIZATIONS, MANDATORY, RULES
from promesa.exchange.formats.xml.values import Walk

MAX_TAGS = 5000
_LINES = frozenset({"OrderLine", "DespatchLine", "ReceiptLine"})
_BY_TAG: dict[str, tuple[bool, tuple[Look, ...]]] = {}


def check(walk: Walk, root: Element) -> None:
    """Look at every element of a document; what breaks a rule becomes a fault of the walk.

    One with more lines than are read isn't looked at: it is refused anyway.
    """
    if any(one.code == TOO_MANY for one in walk.faults):
        return
    judged = Judged(walk, root)
    if not judged.transactions:
        return
    _specification(judged)
    if judged.is_peppol:
        _mandatory(judged)
    for element in root.iter():
        tag = element.tag
        known = _BY_TAG.get(tag)
        if known is None:
            known = _looks_of(tag)
        is_line, looks = known
        if is_line:
            walk.line = _line_number(walk, element)
        for look in looks:
            look(judged, element)
        if not len(element) and not (element.text or "").strip() and not judged.is_other:
            judged.common("R001", "element_empty", element)
    walk.line = None


def _looks_of(tag: str) -> tuple[bool, tuple[Look, ...]]:
    """Whether an element of this name begins a line, and what looks at it; remembered for names that are known."""
    name = tag.rpartition("}")[2]
    known = (name in _LINES, CHECKS.get(name, ()))
    if len(_BY_TAG) < MAX_TAGS:
        _BY_TAG[tag] = known
    return known


def _line_number(walk: Walk, element: Element) -> str | None:
    raw = walk.raw(element, "cac:LineItem/cbc:ID") or walk.raw(element, "cbc:ID")
    return raw.strip()[:40] if raw and raw.strip() else None


def _specification(judged: Judged) -> None:
    walk, root = judged.walk, judged.root
    if judged.said and not judged.is_peppol:
        expected = CUSTOMIZATIONS[judged.transactions[0]]
        number = RULES["customization"][judged.transactions[0]]
        walk.fault(
            "customization_other",
            root,
            "cbc:CustomizationID",
            received=judged.said,
            right=expected,
            severity="note" if judged.is_other else "warning",
            rule=f"PEPPOL-{judged.transactions[0]}-{number}",
        )
    if not judged.is_other and any("schemaLocation" in str(key) for key in root.attrib):
        judged.common("R003", "schema_location", root)


def _mandatory(judged: Judged) -> None:
    for path in MANDATORY.get(judged.transactions[0], ()):
        if judged.walk.first(judged.root, path) is None:
            judged.walk.fault("element_missing", judged.root, path, right=path)
