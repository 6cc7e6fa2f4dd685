"""What moves: despatch and receipt advices with their packages, batches and differences."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from promesa.core import identifiers
from promesa.exchange.formats import labels
from promesa.exchange.formats.edifact import codes
from promesa.exchange.formats.edifact.header import MAX_KEPT, Elements
from promesa.exchange.formats.edifact.places import Places
from promesa.exchange.formats.edifact.syntax import Separators
from promesa.exchange.formats.edifact.trade import TradeReader
from promesa.exchange.formats.neutral import Envelope, Lot, Package, Window

MAX_PACKAGES = 100_000
EXPIRES = ("361", "36")


class PackageDraft:
    """One CPS group, or one logistic unit of it."""

    __slots__ = ("count", "kind", "named", "number", "sscc", "weight", "weight_unit", "within")

    def __init__(self, number: str, within: str | None) -> None:
        self.number, self.within = number, within
        self.named = False
        self.sscc: str | None = None
        self.kind: str | None = None
        self.count: Decimal | None = None
        self.weight: Decimal | None = None
        self.weight_unit: str | None = None

    def frozen(self, known: set[str]) -> Package:
        within = self.within if self.within in known else None
        return Package(self.number, self.sscc, self.kind, self.count, within, self.weight, self.weight_unit)


class GoodsReader(TradeReader):
    """Reads DESADV and RECADV; and the batches of the lines of any other message."""

    __slots__ = ("lot", "lots", "marked", "package", "packages")

    TAGS = (*TradeReader.TAGS, "CPS", "PAC", "MEA", "PCI", "GIN", "GIR")

    def __init__(
        self, places: Places, separators: Separators, header: Elements, index: int, envelope: Envelope
    ) -> None:
        super().__init__(places, separators, header, index, envelope)
        self.packages: list[PackageDraft] = []
        self.package: PackageDraft | None = None
        self.lots: list[dict[str, Any]] = []
        self.lot: dict[str, Any] | None = None
        self.marked = False

    # -- packages

    def cps(self, elements: Elements) -> None:
        self.end_line()
        self.close_groups()
        elements += [""] * (3 - len(elements))
        number = self.kept(elements[1]) or str(len(self.packages) + 1)
        self.package = PackageDraft(number, self.kept(elements[2]) or None)
        if len(self.packages) < MAX_PACKAGES:
            self.packages.append(self.package)

    def pac(self, elements: Elements) -> None:
        self.party = None
        if self.line is not None or self.package is None:
            return
        elements += [""] * (4 - len(elements))
        self.package.named = True
        text = elements[1].strip()
        if self.package.count is None and text:
            self.package.count = self.number_in(text, field="PAC")
        kind = [part.strip() for part in self.parts(elements[3], 4)]
        self.package.kind = self.package.kind or self.kept(kind[0] or kind[3]) or None

    def mea(self, elements: Elements) -> None:
        elements += [""] * (4 - len(elements))
        if self.line is not None or self.package is None:
            return
        if self.parts(elements[2], 1)[0].strip() not in codes.WEIGHTS or self.package.weight is not None:
            return
        unit, text = [part.strip() for part in self.parts(elements[3], 2)[:2]]
        if text:
            self.package.weight = self.number_in(text, field="MEA")
            self.package.weight_unit = unit or None

    def pci(self, _elements: Elements) -> None:
        if self.line is not None:
            self.marked = True
            self.lot = None

    def gin(self, elements: Elements) -> None:
        qualifier = elements[1].strip() if len(elements) > 1 else ""
        for element in elements[2:7]:
            for number in (part.strip() for part in self.parts(element, 1)[:2]):
                if not number:
                    continue
                if self.line is not None:
                    self.number_of_line(qualifier, self.kept(number))
                elif qualifier in codes.SSCC and self.package is not None:
                    self.unit_number(self.kept(number))

    def unit_number(self, number: str) -> None:
        """The SSCC of the package; a second one is another package beside it."""
        if not identifiers.is_sscc(number):
            right = identifiers.with_check_digit(number) if len(number) == 18 else None
            self.once("check_digit_wrong", number, right=right or "18 × 0-9", field="SSCC")
        package = self.package
        assert package is not None
        if package.sscc is not None and len(self.packages) < MAX_PACKAGES:
            base, place = package.number.partition("#")[0], 2
            taken = {one.number for one in self.packages}
            while f"{base}#{place}" in taken:
                place += 1
            another = PackageDraft(f"{base}#{place}", package.within)
            another.kind = package.kind
            self.packages.append(another)
            package = another
        package.sscc, package.named = number, True

    # -- batches

    def number_of_line(self, qualifier: str, number: str) -> None:
        if qualifier in codes.BATCHES:
            self.name_lot("number", number)
        elif qualifier in codes.SERIALS:
            self.name_lot("serial", number)
        elif qualifier in codes.SSCC:
            self.refer_line("sscc", number, "")
        else:
            self.code_of_line(qualifier or "GIN", number)

    def name_lot(self, key: str, value: object) -> None:
        """Say something of the batch that is open; a second of its kind begins another."""
        if self.lot is None or key in self.lot:
            self.lot = {}
            if len(self.lots) < MAX_KEPT:
                self.lots.append(self.lot)
        self.lot[key] = value

    def gir(self, elements: Elements) -> None:
        for element in elements[2:7]:
            number, qualifier = [part.strip() for part in self.parts(element, 2)[:2]]
            if number and self.line is not None:
                self.number_of_line({"BX": "BX", "BN": "BN"}.get(qualifier, qualifier), self.kept(number))

    def date_of_line(self, qualifier: str, window: Window) -> None:
        if qualifier in EXPIRES and self.kind not in ("sales_report",):
            if window.last_day is not None:
                self.name_lot("expires_on", window.last_day)
            return
        super().date_of_line(qualifier, window)

    def refer_line(self, name: str, value: str, line_number: str) -> None:
        if name == "BT":
            self.name_lot("number", value)
        else:
            super().refer_line(name, value, line_number)

    def code_of_line(self, kind: str, code: str) -> None:
        if kind == "NB":
            self.name_lot("number", code)
        else:
            super().code_of_line(kind, code)

    def qty(self, elements: Elements) -> None:
        if self.marked and self.line is not None and len(elements) > 1:
            value = self.number_in(self.parts(elements[1], 2)[1].strip(), field="QTY")
            if value is not None:
                self.name_lot("quantity", value)
            return
        super().qty(elements)

    # -- the line and the document

    def lin(self, elements: Elements) -> None:
        super().lin(elements)
        if self.line is not None and self.package is not None:
            self.line.package = self.package.number

    def end_line(self) -> None:
        if self.line is not None and self.lots:
            self.line.lots = tuple(Lot(**lot) for lot in self.lots)
        self.lots, self.lot, self.marked = [], None, False
        super().end_line()

    def said(self) -> dict[str, Any]:
        """A CPS without a package is the whole consignment, and no package."""
        named = [one for one in self.packages if one.named]
        known = {one.number for one in named}
        for line in self.lines:
            if line.package not in known:
                line.package = None
        return super().said() | {"packages": tuple(one.frozen(known) for one in named)}

    def check(self) -> None:
        super().check()
        if self.kind not in ("despatch_advice", "receipt_advice"):
            return
        if not self.lines:
            self.fault("segment_missing", index=self.start, where="LIN", right="LIN", severity=labels.WARNING)
        for line in self.lines:
            if not line.quantities and line.quantity is None:
                self.line_fault("quantity_of_line_missing", line, right=f"QTY+{self.main_quantity}")
