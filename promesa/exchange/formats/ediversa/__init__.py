"""Ediversa's flat orders (Spain): a line a record, its fields between bars. Read only."""

from __future__ import annotations

import re

from promesa.exchange.formats.collected import MAX_KEPT, Collected, decoded
from promesa.exchange.formats.given import Given
from promesa.exchange.formats.neutral import Envelope, NeutralDocument, Window, fault, unreadable

__all__ = ["looks_like", "read"]

MAX_DOCUMENTS = 10_000
_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,99}([A-Z]{6})_D_?([0-9]{2}[AB])_UN(?:_(EAN[0-9]{3}))?\s*\r?\n")
_HEADER = re.compile(r"([A-Z]{6})_D_?([0-9]{2}[AB])_UN(?:_EAN[0-9]{3})?")
_KINDS = {
    "ORDERS": "order",
    "ORDCHG": "order_change",
    "ORDRSP": "order_response",
    "DESADV": "despatch_advice",
    "INVOIC": "invoice",
}
_FUNCTIONS = {"1": "cancel", "4": "change", "5": "replace", "7": "duplicate", "9": "original", "31": "copy"}
_ROLES = {
    "NADBY": "buyer", "NADSU": "seller", "NADDP": "ship_to", "NADIV": "invoicee", "NADMS": "message_sender",
    "NADMR": "message_receiver", "NADPR": "payer", "NADUC": "ultimate_consignee", "NADOB": "ordered_by", "NADDL": "forwarder",
}  # fmt: skip
_PRICES = {"AAA": "net", "NTP": "net", "INV": "net", "AAB": "gross", "GRP": "gross", "AAE": "information"}
_NET_FIRST = {"AAA": 0, "NTP": 1, "INV": 1, "AAB": 2, "GRP": 2, "AAE": 3}
_SELLER_TYPES, _BUYER_TYPES, _GTIN_TYPES = ("SA", "VN", "VP"), ("IN", "BP"), ("EN", "UP", "EAN", "GTIN")


def looks_like(content: bytes) -> bool:
    """Whether bytes begin with the name of a message of Ediversa's flat files, such as ORDERS_D_93A_UN_EAN007."""
    return _BEGINS.match(content) is not None


def read(content: bytes, given: Given | None = None) -> list[NeutralDocument]:
    """Every order of a flat file. Never raises."""
    documents: list[NeutralDocument] = []
    order: _Order | None = None
    for at, row in enumerate(decoded(content).splitlines()):
        row = row.strip()
        header = _HEADER.fullmatch(row)
        if header is not None:
            if order is not None:
                documents.append(order.finished())
            if len(documents) >= MAX_DOCUMENTS:
                return documents
            order = _Order(header.group(1), header.group(2), at)
        elif row and order is not None:
            order.take(row, at)
    if order is not None:
        documents.append(order.finished())
    return documents or [unreadable("ediversa", fault("no_messages", where="ORDERS"))]


class _Order(Collected):
    def __init__(self, message: str, directory: str, at: int) -> None:
        super().__init__(
            f"ediversa-{message.lower()}", _KINDS.get(message, "not_an_order"), envelope=Envelope(), begins="ORD"
        )
        self.at = self.start = at
        self.directory = directory
        self.price_rank = 9

    def take(self, row: str, at: int) -> None:
        self.at = at
        fields = [field.strip() for field in row[:8_000].split("|")]
        fields += [""] * (12 - len(fields))
        tag = fields[0].upper()
        if tag in _ROLES:
            self._party(tag, fields)
        elif (handler := _HANDLERS.get(tag)) is not None:
            handler(self, fields)
        elif tag.endswith("LIN") and tag != "LIN":
            self._other(tag)

    def _other(self, tag: str) -> None:
        if tag.startswith("ALC"):
            self.once("allowance_ignored", tag, tag)
        elif tag.startswith(("LOC", "SCC")):
            self.once("delivery_split_ignored", tag, tag)

    def ord(self, fields: list[str]) -> None:
        self.number = fields[1][:70]
        self.type_code = fields[2] or None
        if fields[3]:
            self.function = _FUNCTIONS.get(fields[3], fields[3])
        if self.kind == "order" and self.function == "cancel":
            self.kind = "order_cancellation"
        elif self.kind == "order" and self.function in ("change", "replace"):
            self.kind = "order_change"
        elif self.kind == "order" and self.function in ("duplicate", "copy"):
            self.fault("copy_of_document", "ORD", received=fields[3])

    def dtm(self, fields: list[str]) -> None:
        self.issued_on = self.day_in(fields[1], "DTM")
        wanted, last = self.day_in(fields[2], "DTM", grave=True), self.day_in(fields[3], "DTM", grave=True)
        if wanted is not None or last is not None:
            self.requested = Window(wanted, last or wanted)
        if wanted is not None and last is not None and last < wanted:
            self.fault("window_reversed", "DTM", received=f"{wanted} – {last}")

    def ftx(self, fields: list[str]) -> None:
        self.note(" ".join(part for part in fields[3:8] if part) or fields[2])

    def ftxlin(self, fields: list[str]) -> None:
        if self.line is not None:
            text = " ".join(part for part in fields[3:8] if part) or fields[2]
            self.line.notes = (
                (*self.line.notes, text[:1000]) if text and len(self.line.notes) < MAX_KEPT else self.line.notes
            )

    def rff(self, fields: list[str]) -> None:
        if fields[1] and fields[2] and len(self.references) < MAX_KEPT:
            names = {"ON": "order", "CT": "contract", "VN": "seller_order", "CR": "customer", "BO": "blanket_order"}
            self.references.setdefault(names.get(fields[1], fields[1]), fields[2][:MAX_KEPT])

    def _party(self, tag: str, fields: list[str]) -> None:
        # The buyer has two fields more (department, internal code) before its name.
        first = 5 if tag in ("NADBY", "NADOB") else 3
        said = dict(zip(("name", "street", "city", "postcode"), fields[first : first + 4], strict=True))
        said["tax_id"] = next((one for one in fields[first + 4 : first + 6] if _tax_id(one)), "")
        self.party(_ROLES[tag], fields[1], said, tag)

    def cux(self, fields: list[str]) -> None:
        currency = next((one for one in fields[1:4] if len(one) == 3 and one.isalpha()), "")
        if currency:
            self.currency = currency.upper()
        elif fields[1]:
            self.fault("currency_wrong", "CUX", received=fields[1], right="EUR")

    def lin(self, fields: list[str]) -> None:
        self.price_rank = 9
        line = self.begin_line(fields[3])
        self._code(fields[2], fields[1], "LIN")
        assert line is self.line

    def _code(self, kind: str, code: str, where: str) -> None:
        line = self.line
        if line is None or not code:
            return
        if kind in _GTIN_TYPES:
            self.keep_gtin(line, code, where)
        elif kind in _SELLER_TYPES:
            line.seller_code = line.seller_code or code[:MAX_KEPT]
        elif kind in _BUYER_TYPES:
            line.buyer_code = line.buyer_code or code[:MAX_KEPT]
        elif kind:
            line.codes = {**(line.codes or {}), kind[:20]: code[:MAX_KEPT]}
        else:
            self.once("item_code_type_missing", where, code, right="EN, SA, IN")
            line.seller_code = line.seller_code or code[:MAX_KEPT]

    def pialin(self, fields: list[str]) -> None:
        """Pairs of kind and code, whichever of the two stands first."""
        known = {*_SELLER_TYPES, *_BUYER_TYPES, *_GTIN_TYPES, "NB", "SN", "DW", "HS", "MF", "PV", "GB", "CNA", "BT"}
        for place in range(1, 11):
            if fields[place] in known:
                beside = (
                    fields[place + 1] if fields[place + 1] and fields[place + 1] not in known else fields[place - 1]
                )
                if beside != "PIALIN":
                    self._code(fields[place], beside, "PIALIN")

    def imdlin(self, fields: list[str]) -> None:
        text = " ".join(part for part in fields[4:6] if part)
        if self.line is not None and text:
            self.line.text = f"{self.line.text} {text}"[:1000] if self.line.text else text[:1000]

    def qtylin(self, fields: list[str]) -> None:
        line = self.line
        if line is None:
            return
        if fields[1] == "21" and line.quantity_received is None:
            self.keep_quantity(line, fields[2], fields[3], "QTYLIN")
        elif fields[1] == "21":
            self.fault("quantity_repeated", "QTYLIN", line=line, received=fields[2], right=line.quantity_received)
        elif fields[1] == "192":
            line.free = self.number_in(fields[2], "QTYLIN", line=line)
        elif fields[1] in ("59", "52"):
            value = self.number_in(fields[2], "QTYLIN", line=line)
            if value is not None:
                line.quantities = {**(line.quantities or {}), "per_pack": value}
        else:
            self.once("quantity_ignored", "QTYLIN", fields[1])

    def prilin(self, fields: list[str]) -> None:
        line = self.line
        if line is None or _NET_FIRST.get(fields[1], 8) >= self.price_rank or not fields[2]:
            return
        value = self.number_in(fields[2], "PRILIN", line=line, grave=True)
        if value is None:
            return
        if value < 0:
            self.fault("price_negative", "PRILIN", line=line, received=fields[2])
        self.price_rank = _NET_FIRST.get(fields[1], 8)
        line.price, line.price_kind = value, _PRICES.get(fields[1], "net")

    def moalin(self, fields: list[str]) -> None:
        line = self.line
        text = fields[2] if fields[1] in ("203", "66", "38") else fields[1]
        if line is not None and text and line.amount is None:
            line.amount = self.number_in(text, "MOALIN", line=line)

    def taxlin(self, fields: list[str]) -> None:
        line = self.line
        rate = fields[2] if fields[1].isalpha() else fields[1]
        if line is not None and rate and line.tax_rate is None:
            line.tax_rate = self.number_in(rate, "TAXLIN", line=line)

    def moares(self, fields: list[str]) -> None:
        for place, name in ((1, "lines"), (5, "payable")):
            value = self.number_in(fields[place], "MOARES")
            if value is not None:
                self.totals[name] = value

    def cntres(self, fields: list[str]) -> None:
        value = self.number_in(fields[2], "CNTRES") if fields[1] == "2" else None
        if value is not None and value != len(self.lines):
            self.fault("line_count_wrong", "CNTRES", received=fields[2], right=str(len(self.lines)))


def _tax_id(text: str) -> bool:
    return re.fullmatch(r"(?:[A-Z]{2})?[A-Z0-9][0-9]{7}[A-Z0-9]", text) is not None


_HANDLERS = {
    "ORD": _Order.ord, "DTM": _Order.dtm, "FTX": _Order.ftx, "FTXLIN": _Order.ftxlin, "RFF": _Order.rff, "CUX": _Order.cux,
    "LIN": _Order.lin, "PIALIN": _Order.pialin, "IMDLIN": _Order.imdlin, "QTYLIN": _Order.qtylin, "PRILIN": _Order.prilin,
    "MOALIN": _Order.moalin, "TAXLIN": _Order.taxlin, "MOARES": _Order.moares, "CNTRES": _Order.cntres,
}  # fmt: skip
