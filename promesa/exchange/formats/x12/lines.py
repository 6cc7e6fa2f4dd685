"""Orders, changes, order responses and invoices: sets whose lines stand in PO1, POC or IT1."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from functools import lru_cache
from typing import Any

from promesa.core import identifiers
from promesa.core.quantities import is_known, unit_code
from promesa.exchange.formats.gtins import wrong_gtin
from promesa.exchange.formats.neutral import NeutralDocument, NeutralLine, Window
from promesa.exchange.formats.x12 import codes, values
from promesa.exchange.formats.x12.header import MAX_KEPT, Elements, Handler, SetReader, element

ZERO = Decimal(0)


ORDERED_KINDS = frozenset({"order", "order_change", "order_cancellation", "order_response"})


@lru_cache(maxsize=1024)
def unit_of(received: str) -> tuple[str, str | None, bool]:
    """The unit of Recommendation 20 that a code of element 355 means, the code as received when it is another, and
    whether it is one that we know."""
    mapped = codes.UNITS.get(received)
    if mapped is not None:
        return mapped, received if mapped != received else None, True
    return received, None, received in codes.SAME_UNITS or is_known(unit_code(received))


@lru_cache(maxsize=256)
def basis_of(basis: str) -> tuple[str, Decimal | None]:
    """What kind of price a code of element 639 means, and of how many units it is."""
    count = codes.PRICE_BASES.get(basis)
    gross = "gross" if basis in codes.GROSS_PRICES else "net"
    kind = "information" if basis in codes.INFORMATIVE_PRICES else gross
    return kind, None if count is None else Decimal(count)


class LineReader(SetReader):
    """What lines have in every set: codes, quantity, unit, price, texts."""

    tag = "PO1"
    quantity_place = 2

    def line_handlers(self) -> dict[str, Handler]:
        return {"PID": self.pid, "CTT": self.ctt, "AMT": self.amt, "PAM": self.pam, "PO4": self.po4, "SDQ": self.sdq,
                "SCH": self.sch, "SLN": self.sln, "CTP": self.ctp, "TDS": self.summary}  # fmt: skip

    def handlers(self) -> dict[str, Handler]:
        return super().handlers() | self.line_handlers()

    def begin_line(self, number: str) -> NeutralLine:
        if self.party is not None:
            self.close_party()
        line = NeutralLine(number or str(len(self.lines) + 1), place=self.at + 1)
        self.line = line
        self.lines.append(line)
        return line

    def baseline(self, elements: Elements) -> None:
        """PO1 and IT1: number, quantity, unit, price and its basis, pairs of qualifier and code."""
        count = len(elements)
        if count < 6:
            elements = elements + [""] * (6 - count)
        _, number, quantity, unit, price, basis = elements[:6]
        line = self.begin_line(number.strip()[:MAX_KEPT])
        self.keep_quantity(line, quantity.strip(), unit.strip(), self.quantity_place)
        if price:
            self.keep_price(line, price.strip(), basis.strip(), f"{self.tag}04")
        if count > 7:
            self.keep_codes(line, elements, 6)

    def keep_quantity(self, line: NeutralLine, text: str, unit: str, place: int) -> None:
        if text:
            line.quantity_received = text[:MAX_KEPT]
            value, code, _ = values.number_of(text)
            if code:
                value = self.number_in(text, f"{self.tag}{place:02d}", grave=self.kind in ORDERED_KINDS)
            line.quantity = value
            if value is not None and value <= 0 and self.kind == "order":
                self.fault("quantity_not_positive", f"{self.tag}{place:02d}", received=text)
        if unit:
            line.unit_code, line.unit_received, known = unit_of(unit[:40])
            if not known:
                self.once("unit_unknown", f"{self.tag}{place + 1:02d}", unit)
        elif text and self.kind == "order":
            self.once("x12_unit_missing", f"{self.tag}{place + 1:02d}", "")

    def keep_price(self, line: NeutralLine, text: str, basis: str, where: str) -> None:
        value, code, _ = values.number_of(text)
        if code:
            value = self.number_in(text, where, grave=True)
        if value is None:
            return
        if value < 0:
            self.fault("price_negative", where, received=text)
        line.price = value
        line.price_kind, line.price_basis = basis_of(basis)

    def keep_codes(self, line: NeutralLine, elements: Elements, first: int) -> None:
        fields = codes.ITEM_FIELDS
        for place in range(first, min(len(elements) - 1, first + 40), 2):
            code = elements[place + 1].strip()
            if not code:
                continue
            field = fields.get(elements[place])
            if field == "gtin" and line.gtin is None and identifiers.is_gtin(code):
                line.gtin = code
            elif field == "seller_code" and line.seller_code is None and len(code) <= MAX_KEPT:
                line.seller_code = code
            elif field == "buyer_code" and line.buyer_code is None and len(code) <= MAX_KEPT:
                line.buyer_code = code
            else:
                self.keep_code(line, elements[place].strip(), code, f"{self.tag}{place + 1:02d}")

    def keep_code(self, line: NeutralLine, kind: str, code: str, where: str) -> None:
        """Put an item code where its qualifier says; the first of a kind counts."""
        if len(code) > MAX_KEPT:
            self.fault("value_too_long", where, received=code, right=str(MAX_KEPT), limit=MAX_KEPT)
            code = code[:MAX_KEPT]
        if kind in codes.GTIN_TYPES:
            if line.gtin is None or (line.codes is not None and "UA" in line.codes and identifiers.is_gtin(code)):
                line.gtin = code
                if (wrong := wrong_gtin(code)) is not None:
                    self.fault(wrong.code, where, received=code, right=wrong.right, field="GTIN")
            elif line.gtin != code:
                self.keep_in("codes", kind, code)
        elif kind in codes.SELLER_TYPES and line.seller_code is None:
            line.seller_code = code
        elif kind in codes.BUYER_TYPES and line.buyer_code is None:
            line.buyer_code = code
        elif kind in ("LT", "SN", "SE") and self.kind == "despatch_advice":
            self.extra.setdefault("lot", {})["number" if kind == "LT" else "serial"] = code
        elif not kind:
            self.once("item_code_type_missing", where, code, right="VP, BP, UP")
            line.seller_code = line.seller_code or code
        else:
            self.keep_in("codes", kind, code)
            self._close_gtin(line, kind, code)

    def _close_gtin(self, line: NeutralLine, kind: str, code: str) -> None:
        """UA and UI are GTIN without their check digit; a book's number of 13 figures is one whole."""
        if line.gtin is not None or not (code.isascii() and code.isdigit()):
            return
        if (kind, len(code)) in (("UA", 12), ("UI", 11)):
            line.gtin = code + identifiers.check_digit(code)
        elif kind == "IB" and identifiers.is_gtin(code):
            line.gtin = code

    # -- what follows a line

    def pid(self, elements: Elements) -> None:
        line = self.line
        text = elements[5].strip() if len(elements) > 5 else ""
        if not text:
            return
        if line is None:
            self.note(text)
            return
        kind = elements[2].strip()
        name = codes.ATTRIBUTES.get(kind)
        if name is not None:
            self.keep_in("attributes", name, text[:MAX_KEPT])
        elif line.text is None:
            line.text = text[:500]
        elif len(line.text) + len(text) < 2000:
            line.text = f"{line.text} {text[:500]}"

    def po4(self, elements: Elements) -> None:
        if self.line is not None:
            pack = self.number_in(element(elements, 1), "PO401")
            if pack is not None:
                self.line.quantities = {**(self.line.quantities or {}), "per_pack": pack}

    def ctp(self, elements: Elements) -> None:
        """A price beside the one of the line: kept when the line has none."""
        line = self.line
        if line is None:
            return
        multiplier, factor = element(elements, 6), element(elements, 7)
        if multiplier and factor:
            self.keep_in("attributes", f"price_multiplier_{multiplier.lower()}"[:MAX_KEPT], factor[:MAX_KEPT])
        text = element(elements, 3)
        if not text or line.price is not None:
            return
        qualifier = element(elements, 2)
        if qualifier in ("MSR", "RTL", "RES", "SRP", "MRP", "RTP"):
            self.once("price_ignored", "CTP02", qualifier)
            return
        self.keep_price(line, text, element(elements, 9), "CTP03")

    def amt(self, elements: Elements) -> None:
        kind = element(elements, 1)
        value = self.number_in(element(elements, 2), "AMT02")
        if value is None:
            return
        if self.line is not None and kind == "1":
            self.line.amount = value
        elif self.line is None and kind in ("TT", "1"):
            self.totals.setdefault("payable" if kind == "TT" else "lines", value)

    def pam(self, elements: Elements) -> None:
        if self.line is not None and element(elements, 4) == "1":
            value = self.number_in(element(elements, 5), "PAM05")
            if value is not None:
                self.line.amount = value

    def sdq(self, elements: Elements) -> None:
        """A line for many places: whose code it is, then pairs of place and quantity."""
        line = self.line
        if line is None:
            return
        self.once("delivery_split_ignored", "SDQ", "SDQ")
        total = ZERO
        for place in range(3, min(len(elements) - 1, 23), 2):
            code, text = elements[place].strip(), elements[place + 1].strip()
            value = self.number_in(text, f"SDQ{place + 1:02d}") if text else None
            if code and value is not None:
                total += value
                self.keep_in("attributes", f"place {code}"[:MAX_KEPT], format(value, "f"))
        split = self.extra.setdefault("split", {})
        split[id(line)] = split.get(id(line), ZERO) + total

    def sch(self, elements: Elements) -> None:
        """A part of the line on a day of its own. One part is the line's date; several are said and kept."""
        line = self.line
        if line is None:
            return
        value = self.number_in(element(elements, 1), "SCH01")
        for place in (5, 8):
            day = self.day_in(element(elements, place + 1), f"SCH{place + 1:02d}", grave=self.kind == "order")
            if day is not None:
                moment = values.moment_of(day, element(elements, place + 2))
                self.line_date(element(elements, place), Window(moment, moment))
        parts = self.extra.setdefault("schedule", {}).setdefault(id(line), [])
        if len(parts) < MAX_KEPT:
            parts.append((value, element(elements, 6)))

    def sln(self, elements: Elements) -> None:
        self.once("subline_ignored", "SLN01", element(elements, 1) or "SLN", line=False)

    def summary(self, _elements: Elements) -> None:
        self.line = None

    # -- control totals

    def ctt(self, elements: Elements) -> None:
        self.close_party()
        self.line = None
        self.extra["ctt"] = (element(elements, 1), element(elements, 2), self.at)

    def check(self) -> None:
        dates, schedule = self.extra.get("dates", {}), self.extra.get("schedule", {})
        split = self.extra.get("split", {})
        if dates or schedule or split:
            for line in self.lines:
                if id(line) in dates:
                    self.keep_dates(line, dates[id(line)])
                if id(line) in schedule:
                    self._check_schedule(line, schedule[id(line)])
                if id(line) in split and line.quantity is not None and split[id(line)] != line.quantity:
                    self._differs(line, "SDQ", split[id(line)])
        self.check_controls()

    def keep_dates(self, line: NeutralLine, known: dict[str, Window]) -> None:
        """What the dates of a line mean in this set."""
        line.requested = self.requested(known, line)

    def _check_schedule(self, line: NeutralLine, parts: list[tuple[Decimal | None, str]]) -> None:
        if len(parts) > 1:
            days = ", ".join(
                f"{format(value, 'f') if value is not None else '?'} / {day or '?'}" for value, day in parts
            )
            self.fault(
                "delivery_split_ignored", "SCH", index=(line.place or 1) - 1, of_line=line.line_number, received=days
            )
        sums = [value for value, _ in parts if value is not None]
        if sums and line.quantity is not None and sum(sums, ZERO) != line.quantity:
            self._differs(line, "SCH01", sum(sums, ZERO))

    def _differs(self, line: NeutralLine, where: str, total: Decimal) -> None:
        assert line.quantity is not None
        self.fault("x12_split_differs", where, index=(line.place or 1) - 1, of_line=line.line_number,
                   received=format(total, "f"), right=format(line.quantity, "f"))  # fmt: skip

    def check_controls(self) -> None:
        """CTT: the number of lines, and the sum of their quantities as a hash total."""
        if "ctt" not in self.extra:
            return
        count, total, at = self.extra["ctt"]
        if count and count.lstrip("0") not in self.counts():
            self.fault("line_count_wrong", "CTT01", index=at, received=count, right=str(len(self.lines)))
        quantities = [line.quantity for line in self.lines]
        if not total or any(quantity is None for quantity in quantities):
            return
        value = self.number_in(total, "CTT02")
        right = sum((quantity for quantity in quantities if quantity is not None), ZERO)
        if value is not None and value not in _hashes(quantities, right):
            self.fault("quantity_total_wrong", "CTT02", index=at, received=total, right=format(right, "f"))

    def counts(self) -> set[str]:
        """What CTT01 may say."""
        return {str(len(self.lines)) if self.lines else ""}

    def requested(self, known: dict[str, Window], line: NeutralLine | None) -> Window | None:
        """The requested window: not before and not after when they are said, else the day; of delivery, else of shipment."""
        if not known:
            return None
        first = next((known[code].from_ for code in values.DELIVERY_FROM if code in known), None)
        last = next((known[code].to for code in values.DELIVERY_TO if code in known), None)
        exact = next((known[code] for code in values.DELIVERY_EXACT if code in known), None)
        said: dict[str, Any] = {"index": (line.place or 1) - 1 if line else self.dates_at}
        if line is not None:
            said["of_line"] = line.line_number
        if exact is None and first is None and last is None:
            first = next((known[code].from_ for code in values.SHIPMENT_FROM if code in known), None)
            last = next((known[code].to for code in values.SHIPMENT_TO if code in known), None)
            exact = next((known[code] for code in values.SHIPMENT_EXACT if code in known), None)
            if exact is None and first is None and last is None:
                return None
            shown = exact.first_day if exact else Window(first, last).first_day or Window(first, last).last_day
            self.fault("ship_date_used", "DTM", received=shown, **said)
        if exact is not None:
            within = Window(first or exact.from_, last or exact.to)
            days = (within.first_day, exact.first_day, exact.last_day, within.last_day)
            if days != tuple(sorted(day for day in days if day is not None)):
                right = f"{within.first_day} – {within.last_day}"
                self.fault("dates_conflict", "DTM", received=exact.first_day, right=right, **said)
            first, last = within.from_, within.to
        window = Window(first, last)
        if window.first_day and window.last_day and window.first_day > window.last_day:
            self.fault("window_reversed", "DTM", received=f"{window.first_day} – {window.last_day}", **said)
        return window


def _hashes(quantities: list[Decimal | None], right: Decimal) -> tuple[Decimal, ...]:
    """What a hash total may be: the sum, the sum without decimal points, or the last ten figures of either."""
    pointless = sum((Decimal(format(one, "f").replace(".", "")) for one in quantities if one is not None), ZERO)
    return right, pointless, right % 10_000_000_000, pointless % 10_000_000_000


class OrderReader(LineReader):
    """850 and 860."""

    def handlers(self) -> dict[str, Handler]:
        return super().handlers() | {
            "BEG": self.beg,
            "BCH": self.bch,
            "PO1": self.baseline,
            "POC": self.poc,
            "ITD": self.itd,
        }

    def beg(self, elements: Elements) -> None:
        self._begin(elements, element(elements, 5), element(elements, 6), "BEG")

    def bch(self, elements: Elements) -> None:
        self._begin(elements, element(elements, 11) or element(elements, 6), element(elements, 8), "BCH")
        if element(elements, 5):
            self.references["change"] = element(elements, 5)[:MAX_KEPT]
        if self.number:
            self.references["order"] = self.number

    def _begin(self, elements: Elements, issued: str, contract: str, tag: str) -> None:
        self.extra["begins"] = self.at
        code, kind = element(elements, 1), element(elements, 2)
        self.function = codes.FUNCTIONS.get(code, code or None)
        self.extra["type"] = codes.ORDER_TYPES.get(kind)
        self.number = self.kept(element(elements, 3), f"{tag}03", limit=70) or ""
        if element(elements, 4):
            self.references["release"] = element(elements, 4)[:MAX_KEPT]
        if contract:
            self.references["contract"] = contract[:MAX_KEPT]
        self.issued_on = self.day_in(issued, f"{tag}05" if tag == "BEG" else f"{tag}11")
        if self.function == "cancel":
            self.kind = "order_cancellation"
        elif self.kind == "order" and self.function in codes.CHANGING:
            self.kind = "order_change"
        elif self.kind == "order" and self.function in codes.COPIES:
            self.fault("copy_of_document", f"{tag}01", received=code)
        elif self.kind == "order" and self.function != "original":
            self.fault("function_unusual", f"{tag}01", received=code, right="00")

    def poc(self, elements: Elements) -> None:
        """A line of a change: POC02 says what changes; POC04 is what is left to receive."""
        self.tag = "POC"
        line = self.begin_line(element(elements, 1)[:MAX_KEPT])
        action = element(elements, 2)
        self.keep_quantity(line, element(elements, 3), element(elements, 5), 3)
        if element(elements, 6):
            self.keep_price(line, element(elements, 6), element(elements, 7), "POC06")
        self.keep_codes(line, elements, 8)
        line.reason_code = action or None
        line.attributes = {"action": codes.CHANGES.get(action, action)} if action else None
        left = self.number_in(element(elements, 4), "POC04")
        if left is not None:
            line.quantities = {"to_be_delivered": left}

    def itd(self, elements: Elements) -> None:
        self.close_party()
        text = element(elements, 12)
        if text and self.line is None:
            self.extra.setdefault("terms", text[:MAX_KEPT])

    def check(self) -> None:
        super().check()
        if self.number == "":
            self.number_missing("BEG03")
        if self.kind == "order":
            self._check_order()

    def _check_order(self) -> None:
        if not any(role in self.parties for role in ("buyer", "ordered_by", "sold_to", "invoicee")):
            severity = None if not self.parties else "note"
            self.fault("buyer_missing", "N1", index=self.start, right="N1 BY", severity=severity)
        if not self.lines:
            self.fault("no_lines", "PO1", index=self.start)
        for line in self.lines:
            if line.quantity_received is None:
                self.fault(
                    "quantity_missing", "PO102", index=(line.place or 1) - 1, of_line=line.line_number, right="PO102"
                )
            if not (line.gtin or line.seller_code or line.buyer_code or line.codes):
                severity = "warning" if line.text else "blocking"
                self.fault(
                    "item_missing", "PO1", index=(line.place or 1) - 1, of_line=line.line_number, severity=severity
                )
        if len({line.line_number for line in self.lines}) < len(self.lines):
            repeated = Counter(line.line_number for line in self.lines)
            for line in self.lines:
                if repeated.pop(line.line_number, 0) > 1:
                    self.fault("line_number_repeated", "PO101", index=(line.place or 1) - 1, of_line=line.line_number,
                               received=line.line_number)  # fmt: skip

    def document(self, **more: Any) -> NeutralDocument:
        for code in values.CANCEL_AFTER:
            if code in self.dates:
                self.references.setdefault("cancel_after", str(self.dates[code].first_day))
        return super().document(
            requested=self.requested(self.dates, None),
            type_code=self.extra.get("type"),
            terms=self.extra.get("terms"),
            **more,
        )
