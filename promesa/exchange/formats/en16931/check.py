"""What an invoice in UBL breaks of EN 16931 and of Peppol BIS Billing 3, each breach named by its rule.

`faults_of(root)` looks at the XML itself, also at a part of an invoice: a rule is asked wherever what it speaks of stands.
Peppol's rules are asked of what says to be Peppol's, or says nothing of what it follows.
"""

from __future__ import annotations

from lxml import etree

from promesa.exchange.formats.en16931 import lists, model, national, peppol, syntax, vat
from promesa.exchange.formats.en16931.breaches import Breaches, Check
from promesa.exchange.formats.en16931.tree import Tree
from promesa.exchange.formats.neutral import Fault

__all__ = ["faults_of", "follows"]

MAX_OF_THE_DOCUMENT = 50
# What a document has once or a few times, and whose checks look at all lines: more of it isn't looked at.
_OF_THE_DOCUMENT = frozenset(
    {"LegalMonetaryTotal", "PayableAmount", "PayeeParty", "TaxTotal", "TaxRepresentativeParty"}
)
_CORE = "urn:cen.eu:en16931:2017"
_NOT_PEPPOL = (
    "#conformant#",
    "xrechnung",
    "xeinkauf",
    "factur-x",
    "zugferd",
    "nlcius",
    "cius-ro",
    "cius-pt",
    "cius-at",
    "cius-ubl",
)


def follows(customization: str) -> tuple[bool, bool]:
    """Whether an invoice that names this specification follows EN 16931, and whether Peppol BIS Billing."""
    said = " ".join(customization.split()).lower()
    if not said:
        return True, True
    european = "en16931" in said
    if not european or said == _CORE or (any(name in said for name in _NOT_PEPPOL) and "peppol" not in said):
        return european, False
    return True, True


def faults_of(root: etree._Element, *, peppol_too: bool | None = None) -> tuple[Fault, ...]:
    """The breaches of an invoice or credit note in UBL, as warnings; `peppol_too` decides over what the invoice says."""
    found = Breaches(Tree(root))
    european, in_peppol = follows(found.tree.root.text_at("CustomizationID"))
    if not european and not peppol_too:
        return ()
    model.document(found, found.tree.root)
    for name, checks in _CHECKS.items():
        nodes = found.tree.named(name)
        for node in nodes[:MAX_OF_THE_DOCUMENT] if name in _OF_THE_DOCUMENT else nodes:
            for check in checks:
                check(found, node)
    vat.check(found)
    syntax.check(found)
    if in_peppol if peppol_too is None else peppol_too:
        peppol.check(found)
        national.check(found)
    return tuple(found.faults)


_CHECKS: dict[str, tuple[Check, ...]] = {
    name: tuple(table[name] for table in (model.CHECKS, lists.CHECKS) if name in table)
    for name in (*model.CHECKS, *(name for name in lists.CHECKS if name not in model.CHECKS))
}
