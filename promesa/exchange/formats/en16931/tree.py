"""An invoice as the rules look at it: a tree of nodes by local names, walked once; numbers and codes as rules count them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_FLOOR, Decimal

from lxml import etree

from promesa.exchange.formats.xml.values import decimal_of, path_of

_CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
_CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
_EXT = "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"
_KNOWN = frozenset({_CAC, _CBC, _EXT})
LINES = ("InvoiceLine", "CreditNoteLine")

_STEPS: dict[str, tuple[str, ...]] = {}


class Node:
    """An element: its local name when it is UBL's own (else its whole name), its text, its children by name."""

    __slots__ = ("children", "element", "name", "parent", "text")

    def __init__(self, element: etree._Element, name: str, parent: Node | None) -> None:
        self.element = element
        self.name = name
        self.parent = parent
        self.text = element.text or ""
        self.children: dict[str, list[Node]] = {}

    # -- finding

    def all(self, path: str) -> list[Node]:
        """Every node at a path of names parted by `/`."""
        steps = _STEPS.get(path)
        if steps is None:
            steps = _STEPS[path] = tuple(path.split("/"))
        found = self.children.get(steps[0], [])
        for step in steps[1:]:
            found = [child for node in found for child in node.children.get(step, ())]
        return found

    def has(self, path: str) -> bool:
        return bool(self.all(path))

    def first(self, path: str) -> Node | None:
        found = self.all(path)
        return found[0] if found else None

    def up(self, name: str) -> Node | None:
        """The nearest node above of this name."""
        node = self.parent
        while node is not None and node.name != name:
            node = node.parent
        return node

    def under(self, *names: str) -> bool:
        return self.parent is not None and self.parent.name in names

    # -- what it says

    @property
    def said(self) -> str:
        """Its text with runs of spaces made one."""
        return " ".join(self.text.split())

    def text_at(self, path: str) -> str:
        found = self.first(path)
        return found.said if found is not None else ""

    def attribute(self, name: str) -> str | None:
        value = self.element.get(name)
        return None if value is None else str(value)

    @property
    def value(self) -> Decimal | None:
        return decimal_of(self.text.strip())

    def number(self, path: str) -> Decimal | None:
        found = self.first(path)
        return found.value if found is not None else None

    @property
    def charge(self) -> bool | None:
        """Of an AllowanceCharge: a charge, an allowance, or neither said."""
        return {"true": True, "1": True, "false": False, "0": False}.get(self.text_at("ChargeIndicator"))

    @property
    def is_vat(self) -> bool:
        """Of a category or a registration: whether its scheme is VAT."""
        return any(one.said.upper() == "VAT" for one in self.all("TaxScheme/ID"))

    @property
    def where(self) -> str:
        return path_of(self.element)

    @property
    def line(self) -> str | None:
        """The number of the invoice line that it is or stands in."""
        node: Node | None = self
        while node is not None and node.name not in LINES:
            node = node.parent
        return (node.text_at("ID")[:40] or None) if node is not None else None


class Tree:
    """A whole invoice: its root and every node by name."""

    def __init__(self, root: etree._Element) -> None:
        self.everywhere: dict[str, list[Node]] = {}
        self.root = self._grown(root)
        self.credit_note = str(root.tag).endswith("}CreditNote")
        self.lines = [line for name in LINES for line in self.root.children.get(name, ())]

    def _grown(self, root: etree._Element) -> Node:
        everywhere = self.everywhere
        top = Node(root, _name(root), None)
        waiting = [(top, root)]
        while waiting:
            node, element = waiting.pop()
            children = node.children
            for child in element:
                name = _name(child)
                grown = Node(child, name, node)
                children.setdefault(name, []).append(grown)
                everywhere.setdefault(name, []).append(grown)
                waiting.append((grown, child))
        return top

    def named(self, name: str) -> list[Node]:
        return self.everywhere.get(name, [])

    def nodes(self) -> Iterator[Node]:
        yield self.root
        for found in self.everywhere.values():
            yield from found

    def country(self, role: str, representative: bool = False) -> str:
        """The country of a party by its VAT number, else by its address, else XX."""
        party = f"{role}/Party"
        for scheme in self.root.all(f"{party}/PartyTaxScheme"):
            if scheme.text_at("TaxScheme/ID") == "VAT" and scheme.text_at("CompanyID"):
                return scheme.text_at("CompanyID")[:2].upper()
        if representative:
            for scheme in self.root.all("TaxRepresentativeParty/PartyTaxScheme"):
                if scheme.text_at("TaxScheme/ID") == "VAT" and scheme.text_at("CompanyID"):
                    return scheme.text_at("CompanyID")[:2].upper()
        found = self.root.first(f"{party}/PostalAddress/Country/IdentificationCode")
        return found.said.upper() if found is not None else "XX"

    def address_country(self, role: str) -> str:
        return self.root.text_at(f"{role}/PostalAddress/Country/IdentificationCode").upper()


def _name(element: etree._Element) -> str:
    namespace, _, local = str(element.tag)[1:].rpartition("}")
    return local if namespace in _KNOWN or element.getparent() is None else f"{{{namespace}}}{local}"


def rounded(value: Decimal) -> Decimal:
    """To two decimals, a half upwards, as the rules round."""
    return whole(value * 100) / 100


def whole(value: Decimal) -> Decimal:
    return (value + Decimal("0.5")).to_integral_value(rounding=ROUND_FLOOR)


def total(values: list[Decimal | None]) -> Decimal:
    return sum((value for value in values if value is not None), Decimal(0))


def decimals_of(text: str) -> int:
    """How many figures stand behind the point."""
    return len(text.partition(".")[2])
