"""What was found broken: a fault a breach, named by the rule, with its place, what came and what would be right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container
from decimal import Decimal

from promesa.exchange.formats.en16931.tree import Node, Tree, decimals_of
from promesa.exchange.formats.neutral import Fault, fault

MAX_OF_A_RULE = 25
MAX_FAULTS = 300


class Breaches:
    """The breaches of one invoice, in the order they are found; many of one rule are cut short."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.faults: list[Fault] = []
        self._of_rule: Counter[str] = Counter()

    def broken(
        self, code: str, rule: str, node: Node, path: str = "", *, received: object = None, right: object = None
    ) -> None:
        """Note that a node breaks a rule; `path` is where under the node."""
        self._of_rule[rule] += 1
        if self._of_rule[rule] > MAX_OF_A_RULE or len(self.faults) >= MAX_FAULTS:
            return
        where = f"{node.where}/{path}" if path else node.where
        self.faults.append(fault(code, where=where, received=received, right=right, line=node.line, rule=rule))

    # -- the shapes that most rules have

    def need(self, rule: str, node: Node, path: str, *, ok: bool | None = None) -> None:
        """Something must be there (`ok` says so when the path alone doesn't)."""
        if not (node.has(path) if ok is None else ok):
            self.broken("rule_missing", rule, node, path, right=path.rpartition("/")[2])

    def need_text(self, rule: str, node: Node, path: str) -> None:
        """Something must be there and say something."""
        if not node.text_at(path):
            self.broken("rule_missing", rule, node, path, right=path.rpartition("/")[2])

    def need_one_of(self, rule: str, node: Node, *paths: str) -> None:
        if not any(node.has(path) for path in paths):
            self.broken("rule_missing", rule, node, right=" / ".join(path.rpartition("/")[2] for path in paths))

    def at_most(self, rule: str, node: Node, path: str, limit: int = 1) -> None:
        found = node.all(path)
        if len(found) > limit:
            self.broken("rule_repeated", rule, found[limit], received=len(found), right=limit)

    def unused(self, rule: str, found: Node | None, attribute: str = "") -> None:
        if found is not None:
            self.broken("rule_unused", rule, found, f"@{attribute}" if attribute else "", received=found.said or None)

    def code(self, rule: str, node: Node, value: str | None, codes: Container[str], name: str) -> None:
        """A code must be of a list."""
        said = " ".join((value or "").split())
        if said not in codes:
            self.broken("rule_code", rule, node, received=said, right=name)

    def decimals(self, rule: str, node: Node, path: str) -> None:
        """At most two figures behind the point."""
        found = node.first(path)
        if found is not None and decimals_of(found.text) > 2:
            self.broken("rule_decimals", rule, found, received=found.said, right=2)

    def sums(self, rule: str, node: Node, path: str, right: Decimal | None, *, given: Decimal | None = None) -> None:
        """An amount must be what others make; what can't be counted is wrong."""
        found = node.number(path) if given is None else given
        if found is None or right is None or found != right:
            said = node.text_at(path) or None
            self.broken("rule_sum", rule, node, path, received=said, right=None if right is None else plain(right))

    def true(self, rule: str, node: Node, ok: bool, path: str = "", *, right: str, received: str | None = None) -> None:
        """Anything else that must hold; `right` says it in signs that need no language."""
        if not ok:
            said = received if received is not None else (node.text_at(path) if path else node.said)
            self.broken("rule_value", rule, node, path, received=said or None, right=right)


def plain(value: Decimal) -> str:
    """A number without an exponent and without figures that say nothing, at least as money is written."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text


Check = Callable[[Breaches, Node], None]
