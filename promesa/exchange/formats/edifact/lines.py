"""The lines of a message: what is ordered, how much of it, at what price."""

from __future__ import annotations

from functools import lru_cache

from promesa.core import identifiers
from promesa.core.quantities import is_known, unit_code
from promesa.exchange.formats.edifact import codes
from promesa.exchange.formats.edifact.draft import LineDraft, number_of
from promesa.exchange.formats.edifact.header import MAX_KEPT, Elements, HeaderReader
from promesa.exchange.formats.neutral import ORDER_KINDS


@lru_cache(maxsize=1024)
def _unit_known(unit: str) -> bool:
    return is_known(unit_code(unit))


class LineReader(HeaderReader):
    """The segments that stand in a line."""

    def lin(self, elements: Elements) -> None:
        self.tag, self.party, self.line = "LIN", None, None
        if len(elements) < 5:
            elements += [""] * (5 - len(elements))
        number = elements[1].strip()[:MAX_KEPT]
        if self.summary:
            self.fault("segment_out_of_place", received="LIN", right="UNS+S")
        if elements[4]:
            self.sublines += 1
            self.line = LineDraft(number, self.at, subline=True)
            self.once("subline_ignored", number or elements[4], line=False)
            return
        if not number:
            number = str(len(self.lines) + 1)
            if self.kind in ORDER_KINDS:
                self.fault("line_number_missing", right=number, of_line=number)
        line = self.line = LineDraft(number, self.at)
        self.lines.append(line)
        if self.kind == "order_response":
            line.response = codes.RESPONSES.get(elements[2])
        if elements[3]:
            found = self.parts(elements[3], 2)
            self._keep_code(line, found[0].strip(), found[1].strip())

    def pia(self, elements: Elements) -> None:
        line = self.line
        if line is None or len(elements) < 3:
            return
        self.tag = "PIA"
        if elements[1] not in ("1", "5"):
            if self.kind in ORDER_KINDS:
                self.once("other_item_ignored", elements[1])
            return
        for element in elements[2:7]:
            if element:
                found = self.parts(element, 2)
                self._keep_code(line, found[0].strip(), found[1].strip())

    def _keep_code(self, line: LineDraft, code: str, kind: str) -> None:
        """Put an item code where its type says; the first of a type counts."""
        if not code:
            return
        if len(code) > MAX_KEPT:
            self.fault("value_too_long", received=code, right=MAX_KEPT, limit=MAX_KEPT)
            code = code[:MAX_KEPT]
        if kind in codes.GTIN_TYPES or (not kind and identifiers.is_gtin(code)):
            if line.gtin is None:
                line.gtin = code
                if not identifiers.is_gtin(code):
                    right = identifiers.with_check_digit(code) if len(code) in identifiers.GTIN_LENGTHS else None
                    self.fault("check_digit_wrong" if right else "not_a_gtin", received=code, right=right, field="GTIN")
        elif kind in codes.SELLER_TYPES:
            line.seller_code = line.seller_code or code
        elif kind in codes.BUYER_TYPES:
            line.buyer_code = line.buyer_code or code
        elif not kind:
            self.once("item_code_type_missing", code, right="SA, BP, EN")
            line.seller_code = line.seller_code or code
        else:
            line.codes = line.codes or {}
            line.codes.setdefault(kind, code)

    def imd(self, elements: Elements) -> None:
        line = self.line
        if line is None or len(elements) < 4:
            return
        self.tag = "IMD"
        found = self.parts(elements[3], 5)
        text = whole = f"{found[3].strip()} {found[4].strip()}".strip() if found[4] else found[3].strip()
        if len(found) > 6 or (len(found) == 6 and not self._is_language(found[5])):
            text = self.colon.join([whole, *found[5:]]).rstrip(self.colon)
            if text != whole:
                self.fault(
                    "text_split",
                    received=self.colon.join(found[3:]),
                    right=self.colon.join(found[4:]).replace(":", "?:"),
                )
        if text:
            line.texts = line.texts or []
            if len(line.texts) < 20:
                line.texts.append(text[:500])

    @staticmethod
    def _is_language(code: str) -> bool:
        return not code or (len(code) <= 3 and code.isascii() and code.isalpha())

    def qty(self, elements: Elements) -> None:
        line = self.line
        if line is None or len(elements) < 2:
            return
        self.tag = "QTY"
        found = self.parts(elements[1], 3)
        qualifier, text = found[0], found[1]
        if qualifier == self.main_quantity:
            self._main_quantity(line, text.strip(), found[2].strip())
        elif self.kind in ORDER_KINDS:
            if qualifier == codes.FREE:
                line.free = self.number_in(text.strip(), field="QTY")
            else:
                self.once("quantity_ignored", qualifier)
        name = codes.QUANTITIES.get(qualifier)
        if name is not None and self.kind not in ORDER_KINDS:
            value, _, _ = number_of(text.strip(), self.mark)
            if value is not None:
                line.quantities = line.quantities or {}
                line.quantities.setdefault(name, value)

    def _main_quantity(self, line: LineDraft, text: str, unit: str) -> None:
        if line.ordered_seen:
            if text != line.quantity_received or (unit or None) != line.unit:
                self.fault("quantity_repeated", received=text, right=line.quantity_received)
            return
        line.ordered_seen, line.quantity_received = True, text[:MAX_KEPT]
        line.unit = unit[:40] or None
        line.quantity = value = self.number_in(text, field="QTY")
        if unit and not _unit_known(unit):
            self.once("unit_unknown", unit)
        if value is not None and value <= 0 and self.kind in ORDER_KINDS and not line.subline:
            self.fault("quantity_not_positive", received=text)

    def pri(self, elements: Elements) -> None:
        line = self.line
        if line is None or len(elements) < 2:
            return
        self.tag = "PRI"
        found = self.parts(elements[1], 6)
        qualifier, text, specification, basis = found[0], found[1].strip(), found[3], found[4].strip()
        rank, kind = codes.PRICES.get(qualifier, (8, ""))
        if not kind:
            self.once("price_ignored", qualifier)
            return
        if specification in codes.RETAIL_PRICES and self.kind in ORDER_KINDS:
            self.once("price_ignored", f"{qualifier}:{specification}")
            return
        if rank >= line.price_rank or not text:
            return
        value = self.number_in(text, field="PRI")
        if value is None:
            return
        if value < 0:
            self.fault("price_negative", received=text)
        line.price, line.price_kind, line.price_rank = value, kind, rank
        line.price_basis = self.number_in(basis, field="PRI") if basis else None
        if line.price_basis is not None and line.price_basis <= 0:
            self.fault("price_basis_wrong", received=basis, right="1")
            line.price_basis = None

    def moa(self, elements: Elements) -> None:
        self.tag = "MOA"
        if len(elements) < 2:
            return
        qualifier, text = (part.strip() for part in self.parts(elements[1], 2)[:2])
        line = self.line
        if not text:
            return
        if line is None:
            value = self.number_in(text, field="MOA")
            if value is not None and len(self.amounts) < MAX_KEPT:
                self.amounts.setdefault(qualifier, []).append(value)
        elif qualifier in codes.LINE_AMOUNTS:
            value = self.number_in(text, field="MOA")
            if value is not None:
                line.amounts = line.amounts or {}
                line.amounts.setdefault(qualifier, value)

    def tax(self, elements: Elements) -> None:
        self.party = None
        if self.line is None or self.line.tax_rate is not None or len(elements) < 6:
            return
        rate = self.parts(elements[5], 4)[3].strip()
        if rate:
            self.tag = "TAX"
            self.line.tax_rate = self.number_in(rate, field="TAX")
