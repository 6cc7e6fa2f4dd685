"""A document while Peppol's rules are looked at: which specification it follows, and how a broken rule is told."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

from promesa.exchange.formats.ubl.parties import Element
from promesa.exchange.formats.ubl.rule_names import CUSTOMIZATIONS, PEPPOL_ONLY, RULES, TRANSACTIONS
from promesa.exchange.formats.xml.values import Walk, decimal_of, local

T = TypeVar("T")


class Judged:
    """A document while its rules are looked at."""

    def __init__(self, walk: Walk, root: Element) -> None:
        self.walk = walk
        self.root = root
        self.kind = local(root)
        self.currency = (walk.raw(root, "cbc:DocumentCurrencyCode") or "").strip() or None
        said = " ".join((walk.raw(root, "cbc:CustomizationID") or "").split())
        possible = TRANSACTIONS.get(self.kind, ())
        # Advanced and agreement begin as the plain response does, so the longest beginning counts.
        named = [one for one in possible if said.startswith(CUSTOMIZATIONS[one])]
        best = max(named, key=lambda one: len(CUSTOMIZATIONS[one]), default=None)
        self.transactions = (best,) if best else possible if not said else possible[:1]
        self.said = said
        self.is_peppol = best is not None
        self.is_other = bool(said) and "peppol" not in said
        self.line_ids: dict[str, int] = {}
        self.has_tax = walk.first(root, "cac:TaxTotal") is not None
        self.remembered: dict[str, Any] = {}

    def broke(self, name: str, code: str, element: Element, path: str = "", **said: Any) -> None:
        """Say that a rule is broken: once for each specification that has it; without a rule where none is told."""
        rules = RULES[name]
        if self.is_other:
            if name not in PEPPOL_ONLY:
                self.walk.fault(code, element, path, **said)
            return
        for transaction in self.transactions:
            number = rules.get(transaction)
            if number is not None:
                self.walk.fault(code, element, path, rule=f"PEPPOL-{transaction}-{number}", **said)

    def common(self, number: str, code: str, element: Element, **said: Any) -> None:
        """Say that a rule common to all Peppol documents is broken."""
        said.setdefault("rule", None if self.is_other else f"PEPPOL-COMMON-{number}")
        self.walk.fault(code, element, **said)

    def once(self, name: str, count: Callable[[], T]) -> T:
        """What is counted over the whole document, counted once however often it is asked for."""
        if name not in self.remembered:
            self.remembered[name] = count()
        found: T = self.remembered[name]
        return found

    def applies(self, name: str) -> bool:
        """Whether any specification of this document has a rule."""
        return any(one in RULES[name] for one in self.transactions)


def amount(element: Element | None, walk: Walk, path: str) -> Decimal | None:
    """A decimal without a word on what is wrong with it: readers say that."""
    raw = walk.raw(element, path)
    return decimal_of(raw.strip()) if raw is not None else None
