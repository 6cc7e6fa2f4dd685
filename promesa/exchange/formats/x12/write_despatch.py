"""Despatch advices as segments: a level for the shipment, each order, each parcel and each item."""

from __future__ import annotations

from collections.abc import Iterable

from promesa.exchange.formats.neutral import NeutralDocument, NeutralLine, Package
from promesa.exchange.formats.x12 import codes
from promesa.exchange.formats.x12.wrapping import Segment, day, number, refuse, text, unit
from promesa.exchange.formats.x12.write_lines import described, item_codes, notes, pack, parties, references, window

MAX_DEPTH = 8
_APART = frozenset({"order", "order_date", "carrier", "seller_order"})


class _Levels:
    """Segments of levels while they are written, numbered from 1."""

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self.count = 0

    def open(self, parent: int, kind: str) -> int:
        self.count += 1
        self.segments.append(["HL", str(self.count), str(parent) if parent else "", kind])
        return self.count


def despatch_segments(document: NeutralDocument) -> list[Segment]:
    if not document.number:
        raise refuse("number_missing", "BSN02")
    issued = document.issued_on or document.despatched_on
    if issued is None:
        raise refuse("x12_element_missing", "BSN03", right="CCYYMMDD")
    levels = _Levels()
    function = codes.FUNCTION_CODES.get(document.function or "original", "00")
    levels.segments.append(["BSN", function, text(document.number, "BSN02", limit=30), day(issued), "0000", "0001"])
    shipment = levels.open(0, "S")
    levels.segments += _shipment(document)
    tree = _Tree(document)
    for order, lines in tree.orders.items():
        above = shipment
        if order or len(tree.orders) > 1:
            above = levels.open(shipment, "O")
            levels.segments += _order(order, lines, document)
        tree.write(levels, above, order, lines)
    total = sum(1 for segment in levels.segments if segment[0] == "HL")
    return [*levels.segments, ["CTT", str(total)]]


def _shipment(document: NeutralDocument) -> Iterable[Segment]:
    packages, weight = document.totals.get("packages"), document.totals.get("weight")
    if packages is not None or weight is not None:
        yield [
            "TD1",
            "",
            number(packages),
            "",
            "",
            "",
            "G" if weight is not None else "",
            number(weight),
            "LB" if weight is not None else "",
        ]
    carrier = document.references.get("carrier")
    if carrier:
        yield ["TD5", "", "2", text(carrier, "TD503", limit=80)]
    yield from references(document.references, apart=_APART)
    if document.references.get("seller_order"):
        yield ["REF", "VN", text(document.references["seller_order"], "REF02", limit=50)]
    yield from notes(document.notes)
    if document.despatched_on is not None:
        yield ["DTM", "011", day(document.despatched_on)]
    if document.delivered_on is not None:
        yield ["DTM", "035", day(document.delivered_on)]
    yield from window(document.promised, "017", "070", "073")
    yield from parties(document)


def _order(order: str, lines: list[NeutralLine], document: NeutralDocument) -> Iterable[Segment]:
    if order:
        same = document.references if order == document.references.get("order") else {}
        date = (
            (same.get("order_date") or (lines[0].references or {}).get("order_date") or "").replace("-", "")
            if lines
            else ""
        )
        yield ["PRF", text(order, "PRF01", limit=22), "", "", date]


class _Tree:
    """Which lines and parcels stand under which order, each in the order in which they came."""

    def __init__(self, document: NeutralDocument) -> None:
        self.packages = {one.number or f"?{place}": one for place, one in enumerate(document.packages)}
        self.orders: dict[str, list[NeutralLine]] = {}
        only = document.references.get("order", "")
        for line in document.lines:
            self.orders.setdefault((line.references or {}).get("order", only), []).append(line)
        if not self.orders:
            self.orders[only] = []
        self.owner: dict[str, str] = {}
        for order, lines in self.orders.items():
            for line in lines:
                self._own(line.package, order)
        first = next(iter(self.orders))
        for name in self.packages:
            self._own(name, first)

    def _own(self, name: str | None, order: str) -> None:
        """A parcel goes with the order of its first line, and so does what holds it."""
        for _ in range(MAX_DEPTH):
            if name is None or name not in self.packages or name in self.owner:
                return
            self.owner[name] = order
            name = self.packages[name].within

    def write(self, levels: _Levels, above: int, order: str, lines: list[NeutralLine]) -> None:
        for line in lines:
            if line.package not in self.packages:
                _item(levels, above, line)
        for name, package in self.packages.items():
            held = package.within in self.packages and self.owner.get(package.within or "") == order
            if self.owner.get(name) == order and not held:
                self._package(levels, above, name, package, order, lines, MAX_DEPTH)
        for line in lines:
            # A parcel with goods of two orders was written with the first: its other goods stand below their order.
            if line.package in self.packages and self.owner.get(line.package or "") != order:
                _item(levels, above, line, self.packages[line.package or ""])

    def _package(
        self, levels: _Levels, above: int, name: str, package: Package, order: str, lines: list[NeutralLine], room: int
    ) -> None:
        inside = [
            (key, one) for key, one in self.packages.items() if one.within == name and self.owner.get(key) == order
        ]
        level = levels.open(above, "T" if inside else "P")
        levels.segments += _marks(package)
        for line in lines:
            if line.package == name:
                _item(levels, level, line)
        if room:
            for key, one in inside:
                self._package(levels, level, key, one, order, lines, room - 1)


def _marks(package: Package) -> Iterable[Segment]:
    if package.kind or package.count is not None or package.weight is not None:
        heavy = package.weight is not None
        measure = codes.UNIT_CODES.get(package.weight_unit or "", package.weight_unit or "") if heavy else ""
        yield ["TD1", text(package.kind, "TD101", limit=5), number(package.count), "", "", "",
               "G" if heavy else "", number(package.weight), measure]  # fmt: skip
    if package.sscc:
        yield ["MAN", "GM", f"00{package.sscc}" if len(package.sscc) == 18 else package.sscc]


def _item(levels: _Levels, above: int, line: NeutralLine, package: Package | None = None) -> None:
    levels.open(above, "I")
    measure = unit(line.unit_code, line.unit_received)
    said = line.quantities or {}
    ordered = said.get("ordered")
    levels.segments.append(["LIN", text(line.line_number, "LIN01", limit=20), *item_codes(line)])
    levels.segments.append(
        ["SN1", "", number(said.get("despatched", line.quantity)), measure, "", number(ordered),
         measure if ordered is not None else "", "", line.reason_code if line.reason_code in codes.RESPONSES else ""]
    )  # fmt: skip
    levels.segments += [
        *pack(line),
        *described(line),
        *references(line.references, apart=frozenset({"order", "order_date"})),
    ]
    levels.segments += notes(line.notes)
    for lot in line.lots:
        levels.segments += _lot(lot.number, lot.serial, number(lot.quantity))
        if lot.expires_on is not None:
            levels.segments.append(["DTM", "036", day(lot.expires_on)])
    if package is not None and package.sscc:
        levels.segments.append(["MAN", "GM", f"00{package.sscc}" if len(package.sscc) == 18 else package.sscc])


def _lot(lot: str | None, serial: str | None, quantity: str) -> Iterable[Segment]:
    if lot:
        yield ["REF", "LT", text(lot, "REF02", limit=50), quantity]
    if serial:
        yield ["REF", "SE", text(serial, "REF02", limit=50), "" if lot else quantity]
