"""The lines of a message: what is ordered, how much of it, at what price."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from promesa.core import identifiers
from promesa.core.quantities import is_known, unit_code
from promesa.exchange.formats.edifact import codes
from promesa.exchange.formats.edifact.draft import number_of
from promesa.exchange.formats.edifact.header import MAX_KEPT, Elements, HeaderReader
from promesa.exchange.formats.edifact.places import Places
from promesa.exchange.formats.edifact.syntax import Separators
from promesa.exchange.formats.gtins import wrong_gtin
from promesa.exchange.formats.neutral import Envelope, NeutralLine, Window

WORST = 9


@lru_cache(maxsize=1024)
def unit_known(unit: str) -> bool:
    return is_known(unit_code(unit))


class LineReader(HeaderReader):
    """The segments that stand in a line. Lines are made when they begin and filled while their segments come in."""

    __slots__ = (
        "amount_rank", "amounts", "dated", "line_codes", "lines", "main_quantity", "ordered_seen", "price_rank",
        "sublines", "unmeasured",
    )  # fmt: skip

    def __init__(
        self, places: Places, separators: Separators, header: Elements, index: int, envelope: Envelope
    ) -> None:
        super().__init__(places, separators, header, index, envelope)
        self.main_quantity = codes.MAIN_QUANTITY.get(self.kind, codes.ORDERED)  # invoices of all kinds have the same
        self.amounts: dict[str, list[Decimal]] = {}
        self.lines: list[NeutralLine] = []
        self.dated: list[tuple[NeutralLine, dict[str, Window]]] = []
        self.unmeasured: list[NeutralLine] = []
        self.sublines = 0
        self.ordered_seen = True
        self.price_rank = self.amount_rank = WORST
        self.line_codes: dict[str, str] | None = None

    def lin(self, elements: Elements) -> None:
        self.end_line()
        count = len(elements)
        number = elements[1].strip() if count > 1 else ""
        if count > 4 and elements[4]:
            self.sublines += 1
            self.line = NeutralLine(number)  # without a place it is filled and left aside
            self.ordered_seen = False
            self.price_rank = self.amount_rank = WORST
            self.once("subline_ignored", number or elements[4], line=False)
            return
        if self.summary:
            self.fault("segment_out_of_place", received="LIN", right="UNS+S")
        if len(number) > MAX_KEPT:
            number = self.kept(number)
        if not number:
            number = str(len(self.lines) + 1)
            if self.is_order:
                self.fault("line_number_missing", right=number, of_line=number)
        line = NeutralLine(number)
        line.place = self.at + 1
        self.line = line
        self.lines.append(line)
        if self.kind == "order_change" and count > 2 and elements[2].strip() in codes.ACTIONS:
            line.attributes = {"action": codes.ACTIONS[elements[2].strip()]}
        self.ordered_seen = False
        self.price_rank = self.amount_rank = WORST
        if count > 3 and elements[3]:
            found = elements[3].split(self.colon)
            self._keep_code(line, found[0].strip(), found[1].strip() if len(found) > 1 else "")

    def take_line(self, line: NeutralLine, measured: bool, price_rank: int, amount_rank: int) -> None:
        """Open a line that was read in one go; what follows of it comes segment by segment."""
        if self.line is None or not self.ordered_seen or self.line_delivery is not None or self.line.place is None:
            self.end_line()
        else:
            self.line_references = self.line_codes = None
        self.party = None
        self.line = line
        self.lines.append(line)
        self.ordered_seen, self.price_rank, self.amount_rank = measured, price_rank, amount_rank

    def end_line(self) -> None:
        """Close the line that is open, before another begins or the lines end."""
        line = self.line
        if line is not None and line.place is not None:
            if self.line_delivery is not None:
                self.dated.append((line, self.line_delivery))
            if not self.ordered_seen:
                self.unmeasured.append(line)
        self.line = self.party = self.line_delivery = self.line_references = self.line_codes = None

    def pia(self, elements: Elements) -> None:
        line = self.line
        if line is None or len(elements) < 3:
            return
        if elements[1] not in ("1", "5"):
            if self.is_order:
                self.once("other_item_ignored", elements[1])
            return
        for element in elements[2:7]:
            if element:
                found = element.split(self.colon)
                self._keep_code(line, found[0].strip(), found[1].strip() if len(found) > 1 else "")

    def _keep_code(self, line: NeutralLine, code: str, kind: str) -> None:
        """Put an item code where its type says; the first of a type counts."""
        if not code:
            return
        if len(code) > codes.MAX_CODE:
            self.fault("value_too_long", received=code, right=codes.MAX_CODE, limit=codes.MAX_CODE)
            code = code[: codes.MAX_CODE]
        if kind in codes.GTIN_TYPES or (not kind and identifiers.is_gtin(code)):
            if line.gtin is None:
                line.gtin = code
                if (wrong := wrong_gtin(code)) is not None:
                    self.fault(wrong.code, received=code, right=wrong.right, field="GTIN")
        elif kind in codes.SELLER_TYPES:
            line.seller_code = line.seller_code or code
        elif kind in codes.BUYER_TYPES:
            line.buyer_code = line.buyer_code or code
        elif not kind:
            if self.is_order:
                self.once("item_code_type_missing", code, right="SA, BP, EN")
            line.seller_code = line.seller_code or code
        else:
            self.code_of_line(kind, code)

    def code_of_line(self, kind: str, code: str) -> None:
        """Keep another code of the open line under its name."""
        if self.line_codes is None and self.line is not None:
            self.line_codes = self.line.codes = {}
        if self.line_codes is not None:
            self.line_codes.setdefault(kind, code)

    def imd(self, elements: Elements) -> None:
        line = self.line
        if line is None or len(elements) < 4:
            return
        text = self.described(elements[3])
        if text:
            line.text = text if line.text is None else f"{line.text} {text}"[:5000]

    def described(self, element: str) -> str:
        """The text of a C273; one that unreleased colons have split is put together again, and told."""
        found = element.split(self.colon)
        if len(found) < 4:
            return ""
        text = found[3].strip()
        if len(found) > 4:
            text = f"{text} {found[4].strip()}".strip() if found[4] else text
            if len(found) > 6 or (len(found) == 6 and not _is_language(found[5])):
                whole, text = text, self.colon.join([text, *found[5:]]).rstrip(self.colon)
                if text != whole:
                    self.fault(
                        "text_split",
                        received=self.colon.join(found[3:]),
                        right=self.colon.join(found[4:]).replace(":", "?:"),
                    )
        return text

    def qty(self, elements: Elements) -> None:
        line = self.line
        if line is None or len(elements) < 2:
            return
        found = elements[1].split(self.colon)
        if len(found) < 3:
            found = [*found, "", ""]
        qualifier, text = found[0], found[1].strip()
        if qualifier == codes.ORDERED:
            self.measure(line, text, found[2].strip())
        elif qualifier == codes.FREE:
            line.free = self.number_in(text, field="QTY")
        else:
            self.once("quantity_ignored", qualifier)

    def measure(self, line: NeutralLine, text: str, unit: str) -> None:
        """Take the quantity that a line is about."""
        if self.ordered_seen:
            if text != line.quantity_received or (unit or None) != line.unit_code:
                self.fault("quantity_repeated", received=text, right=line.quantity_received)
            return
        self.ordered_seen = True
        line.quantity_received = text if len(text) < codes.MAX_CODE else text[: codes.MAX_CODE]
        if unit:
            line.unit_code = unit if len(unit) <= 40 else unit[:40]
            if self.is_order:
                line.unit_received = line.unit_code
            if not unit_known(unit):
                self.once("unit_unknown", unit)
        value, code, right = number_of(text, self.mark)
        if code:
            self.fault(code, received=text, right=right or None, field="QTY")
        line.quantity = value
        if value is not None and value <= 0 and self.kind == "order" and line.place is not None:
            self.fault("quantity_not_positive", received=text)

    def pri(self, elements: Elements) -> None:
        line = self.line
        if line is None or len(elements) < 2:
            return
        found = elements[1].split(self.colon)
        if len(found) < 5:
            found += [""] * (5 - len(found))
        qualifier, text, specification, basis = found[0], found[1].strip(), found[3], found[4].strip()
        rank, kind = codes.PRICES.get(qualifier, (8, ""))
        if not kind:
            self.once("price_ignored", qualifier)
            return
        if specification in codes.RETAIL_PRICES and (self.is_order or self.kind == "price_catalogue"):
            self.once("price_ignored", f"{qualifier}:{specification}")
            return
        if rank >= self.price_rank or not text:
            return
        value = self.number_in(text, field="PRI")
        if value is None:
            return
        if value < 0 and self.is_order:
            self.fault("price_negative", received=text)
        line.price, line.price_kind, self.price_rank = value, kind, rank
        line.price_basis = self.basis_in(basis) if basis else None

    def basis_in(self, text: str) -> Decimal | None:
        basis = self.number_in(text, field="PRI")
        if basis is not None and basis <= 0:
            self.fault("price_basis_wrong", received=text, right="1")
            return None
        return basis

    def moa(self, elements: Elements) -> None:
        if len(elements) < 2:
            return
        found = elements[1].split(self.colon)
        text = found[1].strip() if len(found) > 1 else ""
        if not text:
            return
        line, qualifier = self.line, found[0].strip()
        if line is None:
            value = self.number_in(text, field="MOA")
            if value is not None and len(self.amounts) < MAX_KEPT:
                self.amounts.setdefault(qualifier, []).append(value)
            return
        rank = codes.LINE_AMOUNTS.get(qualifier, WORST)
        if rank < self.amount_rank:
            value = self.number_in(text, field="MOA")
            if value is not None:
                line.amount, self.amount_rank = value, rank

    def tax(self, elements: Elements) -> None:
        self.party = None
        if self.line is None or self.line.tax_rate is not None or len(elements) < 6:
            return
        rate = self.parts(elements[5], 4)[3].strip()
        if rate:
            self.line.tax_rate = self.number_in(rate, field="TAX")


def _is_language(code: str) -> bool:
    return not code or (len(code) <= 3 and code.isascii() and code.isalpha())
