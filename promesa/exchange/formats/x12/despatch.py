"""Despatch advices (856): levels of shipment, orders, pallets, parcels and items, each hanging from another."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from promesa.core import identifiers
from promesa.exchange.formats.neutral import Lot, NeutralDocument, NeutralLine, Package, Window
from promesa.exchange.formats.x12 import codes, values
from promesa.exchange.formats.x12.answers import first_day, promised
from promesa.exchange.formats.x12.header import MAX_KEPT, Elements, Handler, element
from promesa.exchange.formats.x12.lines import LineReader

SHIPMENT, ORDER, ITEM, PACKAGES = "S", "O", "I", frozenset({"T", "P"})


class DespatchReader(LineReader):
    """Keeps the level that is open; what a level says of its order and its parcel holds for all below it."""

    tag = "SN1"

    def __init__(self, *said: Any) -> None:
        super().__init__(*said)
        self.level = ""
        self.levels: dict[str, dict[str, str]] = {}
        self.here: dict[str, str] = {}
        self.packages: dict[str, Package] = {}
        self.package: str | None = None
        self.lots: list[Lot] = []
        self.item_dates: dict[str, Window] = {}
        self.count = 0

    def handlers(self) -> dict[str, Handler]:
        return super().handlers() | {
            "BSN": self.bsn, "HL": self.hl, "PRF": self.prf, "MAN": self.man, "LIN": self.lin, "SN1": self.sn1, "TD1": self.td1,
            "TD5": self.td5, "PKG": self.pkg, "REF": self.ref, "DTM": self.dtm,
        }  # fmt: skip

    def bsn(self, elements: Elements) -> None:
        self.extra["begins"] = self.at
        self.function = codes.FUNCTIONS.get(element(elements, 1), element(elements, 1) or None)
        self.number = self.kept(element(elements, 2), "BSN02", limit=70) or ""
        self.issued_on = self.day_in(element(elements, 3), "BSN03")

    def hl(self, elements: Elements) -> None:
        self.close_party()
        self._close_item()
        number, parent = element(elements, 1)[:MAX_KEPT], element(elements, 2)[:MAX_KEPT]
        self.level, self.count = element(elements, 3), self.count + 1
        above = self.levels.get(parent)
        if above is None:
            if parent or (self.count > 1 and self.level != SHIPMENT):
                self.fault("x12_level_wrong", "HL02", line=False, received=number, right=parent or "?")
            above = self.here if self.level != SHIPMENT else {}
        self.here = dict(above)
        self.levels[number] = self.here
        if self.level in PACKAGES:
            within = above.get("package")
            name = str(len(self.packages) + 1)
            self.packages[name] = Package(number=name, within=within)
            self.here["package"] = name

    def _close_item(self) -> None:
        """What is known of an item is complete when the next level begins."""
        line, self.line = self.line, None
        lot = self.extra.pop("lot", None)
        if line is None:
            return
        expiry = next((self.item_dates[code].first_day for code in values.EXPIRY if code in self.item_dates), None)
        if lot or expiry is not None:
            self.lots.insert(0, Lot(**(lot or {}), expires_on=expiry))
        line.lots = tuple(self.lots)
        self.lots, self.item_dates = [], {}

    def prf(self, elements: Elements) -> None:
        self.here["order"] = element(elements, 1)[:MAX_KEPT]
        day = self.day_in(element(elements, 4), "PRF04")
        if day is not None:
            self.here["order_date"] = day.isoformat()

    def man(self, elements: Elements) -> None:
        """Marks: GM is an SSCC (two zeros before it are its application identifier)."""
        kind, number = element(elements, 1), element(elements, 2)[:MAX_KEPT]
        if not number:
            return
        package = self.here.get("package")
        if self.level == ITEM or package is None:
            # A parcel that has no level of its own: the item's mark is its parcel.
            if kind != "GM":
                return
            package = self._parcel(number)
            if self.line is not None:
                self.line.package = package
            else:
                self.here["package"] = package
        known = self.packages[package]
        if kind in ("GM", "AA") and known.sscc is None:
            self.packages[package] = replace(known, sscc=self._sscc(number))
        elif kind in ("CP", "UC", "PB"):
            self.packages[package] = replace(known, kind=known.kind)

    def _parcel(self, number: str) -> str:
        """The parcel of a mark that stands at an item: one that we know, or a new one."""
        bare = number[2:] if len(number) == 20 and number.startswith("00") else number
        known = next((name for name, one in self.packages.items() if one.sscc == bare), None)
        if known is None:
            known = str(len(self.packages) + 1)
            self.packages[known] = Package(number=known, within=self.here.get("package"))
        return known

    def _sscc(self, number: str) -> str:
        bare = number
        while len(bare) > 18 and bare.startswith("00"):
            bare = bare[2:]
        if len(bare) != 18 or not (bare.isascii() and bare.isdigit()):
            self.once("x12_not_an_sscc", "MAN02", number, line=False)
            return number
        if len(number) > 20:
            self.once("x12_not_an_sscc", "MAN02", number, line=False, right=bare)
        elif not identifiers.is_sscc(bare):
            self.once(
                "check_digit_wrong", "MAN02", number, line=False, right=identifiers.with_check_digit(bare), field="SSCC"
            )
        return bare

    def lin(self, elements: Elements) -> None:
        if self.line is None:
            self._begin_item(element(elements, 1))
        elif element(elements, 1) and self.line.line_number == str(len(self.lines)):
            self.line.line_number = element(elements, 1)[:MAX_KEPT]
        assert self.line is not None
        self.keep_codes(self.line, elements, 2)

    def _begin_item(self, number: str) -> NeutralLine:
        line = self.begin_line(number[:MAX_KEPT])
        line.package = self.here.get("package")
        if self.here.get("order"):
            line.references = {name: self.here[name] for name in ("order", "order_date") if name in self.here}
        return line

    def sn1(self, elements: Elements) -> None:
        line = self.line or self._begin_item(element(elements, 1))
        if element(elements, 1) and line.line_number == str(len(self.lines)):
            line.line_number = element(elements, 1)[:MAX_KEPT]
        self.keep_quantity(line, element(elements, 2), element(elements, 3), 2)
        quantities = dict(line.quantities or {})
        if line.quantity is not None:
            quantities["despatched"] = line.quantity
        ordered = self.number_in(element(elements, 5), "SN105")
        if ordered is not None:
            quantities["ordered"] = ordered
        line.quantities = quantities or None
        line.reason_code = element(elements, 8) or None

    def td1(self, elements: Elements) -> None:
        """Kind and number of parcels, and their weight: of the parcel whose level this is, else of the whole."""
        package = self.here.get("package") if self.level in PACKAGES else None
        count = self.number_in(element(elements, 2), "TD102")
        weight = self.number_in(element(elements, 7), "TD107")
        unit = element(elements, 8)
        if package is not None:
            self.packages[package] = replace(
                self.packages[package], kind=element(elements, 1)[:MAX_KEPT] or None, count=count, weight=weight,
                weight_unit=codes.UNITS.get(unit, unit) or None,
            )  # fmt: skip
        elif self.level == SHIPMENT or not self.level:
            for name, value in (("packages", count), ("weight", weight)):
                if value is not None:
                    self.totals.setdefault(name, value)

    def td5(self, elements: Elements) -> None:
        self.close_party()
        carrier = element(elements, 3) or element(elements, 5)
        if carrier and self.line is None:
            self.references.setdefault("carrier", carrier[:MAX_KEPT])

    def pkg(self, elements: Elements) -> None:
        if self.line is None and element(elements, 5):
            self.note(element(elements, 5))

    def ref(self, elements: Elements) -> None:
        qualifier, value = element(elements, 1), element(elements, 2)[:MAX_KEPT]
        if self.line is not None and self.party is None and qualifier in ("LT", "BT") and value:
            self.lots.append(Lot(number=value, quantity=self._lot_quantity(elements)))
        elif self.line is not None and self.party is None and qualifier == "SE" and value:
            if self.lots and self.lots[-1].serial is None and self.lots[-1].number and not element(elements, 3):
                self.lots[-1] = replace(self.lots[-1], serial=value)
            else:
                self.lots.append(Lot(serial=value, quantity=self._lot_quantity(elements)))
        else:
            super().ref(elements)

    @staticmethod
    def _lot_quantity(elements: Elements) -> Decimal | None:
        """How many of a lot: its description, when that is a number."""
        value, code, _ = values.number_of(element(elements, 3))
        return None if code else value

    def line_date(self, qualifier: str, window: Window) -> None:
        if qualifier in values.EXPIRY and self.lots and self.lots[-1].expires_on is None:
            self.lots[-1] = replace(self.lots[-1], expires_on=window.first_day)
        else:
            self.item_dates.setdefault(qualifier, window)

    def counts(self) -> set[str]:
        """CTT01 counts levels by the standard; many count the items."""
        return {str(len(self.lines)), str(self.count), str(self.count - 1)}

    def check(self) -> None:
        self._close_item()
        orders = {line.references["order"] for line in self.lines if line.references and "order" in line.references}
        if len(orders) == 1:
            (order,) = orders
            self.references.setdefault("order", order)
            day = next(filter(None, ((line.references or {}).get("order_date") for line in self.lines)), None)
            if day:
                self.references.setdefault("order_date", day)
        super().check()
        if not self.number:
            self.number_missing("BSN02")
        if not self.lines:
            self.fault("no_lines", "LIN", index=self.start)
        for line in self.lines:
            if line.quantity_received is None:
                self.fault(
                    "quantity_missing", "SN102", index=(line.place or 1) - 1, of_line=line.line_number, right="SN102"
                )

    def check_controls(self) -> None:
        if "ctt" not in self.extra:
            return
        count, total, at = self.extra["ctt"]
        if total and all(line.quantity is not None for line in self.lines):
            super().check_controls()
        elif count and count.lstrip("0") not in self.counts():
            self.fault("line_count_wrong", "CTT01", index=at, received=count, right=str(self.count))

    def ctt(self, elements: Elements) -> None:
        self._close_item()
        super().ctt(elements)

    def document(self, **more: Any) -> NeutralDocument:
        return super().document(
            packages=tuple(self.packages.values()), promised=promised(self.dates, ("017", "067", "069", "371", "002")),
            despatched_on=first_day(self.dates, values.DESPATCHED), delivered_on=first_day(self.dates, values.DELIVERED), **more,
        )  # fmt: skip
