"""SAP IDocs of orders: the flat file of ORDERS01 to ORDERS05, and the same segments as XML. Read only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from promesa.exchange.formats.collected import MAX_KEPT, Collected, decoded
from promesa.exchange.formats.given import Given
from promesa.exchange.formats.idoc import layout
from promesa.exchange.formats.neutral import Envelope, NeutralDocument, NeutralLine, Window, fault, unreadable

MAX_DOCUMENTS = 10_000
_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,99}EDI_DC(?:40)?[ \t]")
_NAME = re.compile(r"E[12](ED[A-Z][A-Z0-9]{2})(?:[0-9]{3}|GRP)?")
_KINDS = {"ORDERS": "order", "ORDCHG": "order_change", "ORDRSP": "order_response"}
_ROLES = {
    "AG": "buyer", "LF": "seller", "WE": "ship_to", "RE": "invoicee", "RG": "payer", "RS": "payee", "BK": "ordered_by",
    "SP": "forwarder", "EK": "ordered_by", "UC": "ultimate_consignee",
}  # fmt: skip
_CHANGES = {"001": "add", "002": "change", "003": "delete", "004": "change", "005": "replace"}
Fields = Mapping[str, str]
Segment = tuple[str, Fields]


def looks_like(content: bytes) -> bool:
    """Whether bytes begin with the control record of an IDoc (EDI_DC40, or EDI_DC of release 3)."""
    return _BEGINS.match(content) is not None


def read(content: bytes, given: Given | None = None) -> list[NeutralDocument]:
    """Every IDoc of a flat file. Never raises."""
    documents: list[NeutralDocument] = []
    order: _Order | None = None
    start = 63
    for at, row in enumerate(decoded(content).split("\n")):
        row = row.rstrip("\r")[:4_000]
        if not row.strip():
            continue
        if row.lstrip().startswith("EDI_DC"):
            row = row.lstrip()
            if order is not None:
                documents.append(order.finished())
            if len(documents) >= MAX_DOCUMENTS:
                return documents
            new = row.startswith("EDI_DC40")
            start = 63 if new else 43
            order = _Order(layout.fields_of(layout.CONTROL if new else layout.CONTROL_OLD, row), at)
        elif order is not None:
            name = row[: 30 if start == 63 else 10].strip()
            order.take(name, row[start:], at)
    if order is not None:
        documents.append(order.finished())
    return documents or [unreadable("idoc", fault("no_messages", where="EDI_DC40"))]


def recognises(root: Any) -> bool:
    """Whether an XML document is an IDoc: an element IDOC within the root, that begins with its control record."""
    inside = next((one for one in root if isinstance(one.tag, str)), None)
    return inside is not None and inside.tag == "IDOC" and inside.find("EDI_DC40") is not None


def read_root(root: Any, given: Given | None = None) -> list[NeutralDocument]:
    """Every IDoc of an XML document; its segments have the names of the flat file, and stand in one another."""
    documents: list[NeutralDocument] = []
    for inside in root.findall("IDOC")[:MAX_DOCUMENTS]:
        control = inside.find("EDI_DC40")
        order = _Order(_said(control) if control is not None else {}, 0)
        for at, element in enumerate(inside.iter()):
            if isinstance(element.tag, str) and _NAME.fullmatch(element.tag):
                order.at = at
                order.segment(element.tag, _said(element))
        documents.append(order.finished())
    return documents or [unreadable("idoc", fault("no_messages", where="IDOC"))]


def _said(element: Any) -> dict[str, str]:
    found: Iterable[Any] = (one for one in element if isinstance(one.tag, str) and not len(one))
    return {one.tag: one.text.strip() for one in found if one.text and one.text.strip()}


def _kind(message: str, type_: str) -> str:
    """What a message type means; companies put letters of their own before it (ZZORDERS)."""
    for name, kind in _KINDS.items():
        if name in message.upper():
            return kind
    return "order" if type_.startswith("orders") and not message else "not_an_order"


class _Order(Collected):
    """Segments of the header (K), of the items (P) and of the sums (S)."""

    def __init__(self, control: Fields, at: int) -> None:
        kind = control.get("MESTYP", "")
        type_ = (control.get("IDOCTYP") or control.get("DOCTYP") or kind or "orders").lower()
        sender, receiver = control.get("SNDPRN"), control.get("RCVPRN")
        envelope = Envelope(sender, receiver, control.get("DOCNUM"), control.get("REFMES"), control.get("TEST") == "X")
        super().__init__(f"idoc-{type_[:30]}", _kind(kind, type_), envelope=envelope, begins="E1EDK01")
        self.at = self.start = at
        self.split: dict[int, list[tuple[Decimal | None, str]]] = {}
        if envelope.test:
            self.fault("test_indicator", "EDI_DC40", received="X")

    def take(self, name: str, text: str, at: int) -> None:
        self.at = at
        found = _NAME.fullmatch(name)
        if found is None:
            if not re.fullmatch(r"[A-Z][A-Z0-9_/]{2,29}", name):
                self.once("segment_unreadable", "EDI_DD40", name[:20] or "?")
            return
        known = layout.SEGMENTS.get(found.group(1))
        if known is not None:
            self.segment(name, layout.fields_of(known, text))

    def segment(self, name: str, fields: Fields) -> None:
        found = _NAME.fullmatch(name)
        handler = _HANDLERS.get(found.group(1)) if found else None
        if handler is not None:
            handler(self, fields)

    def k01(self, said: Fields) -> None:
        self.number = self.number or said.get("BELNR", "")[:70]
        self.currency = said.get("CURCY") or self.currency
        if self.kind == "order" and said.get("ACTION") == "003":
            self.kind = "order_cancellation"
        elif self.kind == "order" and said.get("ACTION") in ("002", "004"):
            self.kind = "order_change"

    def k02(self, said: Fields) -> None:
        kind, number = said.get("QUALF", ""), said.get("BELNR", "")
        if kind == "001" and number:
            self.number = number[:70]
            self.issued_on = self.issued_on or self.day_in(said.get("DATUM", ""), "E1EDK02 DATUM")
        elif number:
            names = {"002": "seller_order", "003": "customer", "004": "quotation", "005": "contract", "006": "contract"}
            self.references.setdefault(names.get(kind, f"idoc-{kind}"), number[:MAX_KEPT])

    def k03(self, said: Fields) -> None:
        kind, text = said.get("IDDAT", ""), said.get("DATUM", "")
        if kind == "012":
            self.issued_on = self.day_in(text, "E1EDK03 DATUM") or self.issued_on
        elif kind == "002":
            day = self.day_in(text, "E1EDK03 DATUM", grave=True)
            self.requested = Window(day, day) if day is not None else None

    def k17(self, said: Fields) -> None:
        kind, text = said.get("QUALF"), " ".join(filter(None, [said.get("LKOND"), said.get("LKTEXT")]))
        if kind == "001" and text:
            self.references.setdefault("delivery_terms", text[:MAX_KEPT])

    def k18(self, said: Fields) -> None:
        days, percent = said.get("TAGE"), said.get("PRZNT")
        text = said.get("ZTERM_TXT") or (f"{days}, {percent}%" if days and percent else days)
        if text:
            self.terms = f"{self.terms}; {text}" if self.terms else text

    def kt2(self, said: Fields) -> None:
        self.note(said.get("TDLINE", ""))

    def ka1(self, said: Fields) -> None:
        role = said.get("PARVW", "")
        code = said.get("PARTN") or said.get("LIFNR") or ""
        name = " ".join(filter(None, [said.get("NAME1"), said.get("NAME2")]))
        if role == "AG" and not name:
            name = said.get("ORGTX", "")
        street = " ".join(filter(None, [said.get("STRAS"), said.get("HAUSN")]))
        fields = {
            "name": name, "street": ", ".join(filter(None, [street, said.get("STRS2")])), "city": said.get("ORT01"),
            "postcode": said.get("PSTLZ"), "country": said.get("ISOAL") or said.get("LAND1"), "region": said.get("REGIO"),
            "phone": said.get("TELF1"), "contact": said.get("BNAME"),
        }  # fmt: skip
        self.party(_ROLES.get(role, role.lower() or "unknown"), code, fields, "E1EDKA1", gln=said.get("ILNNR", ""))

    def p01(self, said: Fields) -> None:
        line = self.begin_line(said.get("POSEX", ""))
        self.keep_quantity(line, said.get("MENGE", ""), said.get("MENEE", ""), "E1EDP01 MENGE")
        price = self.number_in(said.get("VPREI", ""), "E1EDP01 VPREI", line=line, grave=True)
        if price is not None:
            line.price, line.price_kind = price, "net"
            line.price_basis = self._basis(line, said)
            if price < 0:
                self.fault("price_negative", "E1EDP01 VPREI", line=line, received=said["VPREI"])
        line.amount = self.number_in(said.get("NETWR", ""), "E1EDP01 NETWR", line=line)
        self.currency = self.currency or said.get("CURCY")
        if self.kind in ("order_change", "order_response") and said.get("ACTION"):
            line.attributes = {"action": _CHANGES.get(said["ACTION"], said["ACTION"])}
        if said.get("ABGRU"):
            line.reason_code, line.reason = said["ABGRU"], said.get("ABGRT")
            line.response = "rejected" if self.kind == "order_response" else None

    def _basis(self, line: NeutralLine, said: Fields) -> Decimal | None:
        """Of how many ordered units the price is: SAP may say it of another unit, in which the quantity stands too."""
        per = self.number_in(said.get("PEINH", ""), "E1EDP01 PEINH", line=line) or Decimal(1)
        if per <= 0:
            self.fault("price_basis_wrong", "E1EDP01 PEINH", line=line, received=said["PEINH"], right="1")
            return None
        other = self.number_in(said.get("BMNG2", ""), "E1EDP01 BMNG2", line=line)
        if said.get("PMENE", said.get("MENEE")) != said.get("MENEE") and other and line.quantity:
            per = per * line.quantity / other
            per = per.quantize(Decimal(1)) if per == per.to_integral_value() else round(per, 6)
        return per if per != 1 else None

    def p02(self, said: Fields) -> None:
        line, number = self.line, said.get("BELNR")
        if line is not None and number:
            names = {"001": "order", "002": "seller_order", "005": "contract"}
            name = names.get(said.get("QUALF", ""), f"idoc-{said.get('QUALF', '')}")
            line.references = {name: number[:MAX_KEPT], **(line.references or {})}

    def p03(self, said: Fields) -> None:
        if self.line is not None and said.get("IDDAT") == "002":
            self._wanted(self.line, said.get("DATUM", ""), "E1EDP03 DATUM")

    def p04(self, said: Fields) -> None:
        if self.line is not None and self.line.tax_rate is None:
            self.line.tax_rate = self.number_in(said.get("MSATZ", ""), "E1EDP04 MSATZ", line=self.line)

    def p19(self, said: Fields) -> None:
        line, code, kind = self.line, said.get("IDTNR", "")[:MAX_KEPT], said.get("QUALF", "")
        if line is None:
            return
        if said.get("KTEXT") and (line.text is None or kind == "001"):
            line.text = said["KTEXT"]
        if not code:
            return
        if kind == "003":
            self.keep_gtin(line, code, "E1EDP19 IDTNR")
        elif kind == "002":
            line.seller_code = line.seller_code or code
        elif kind == "001":
            line.buyer_code = line.buyer_code or code
        else:
            line.codes = {f"idoc-{kind}": code, **(line.codes or {})}

    def p20(self, said: Fields) -> None:
        """A schedule line: one of them is the line's date, several are named."""
        if self.line is None:
            return
        parts = self.split.setdefault(id(self.line), [])
        value = self.number_in(said.get("WMENG", ""), "E1EDP20 WMENG", line=self.line)
        if len(parts) < MAX_KEPT:
            parts.append((value, said.get("EDATU", "")))
        self._wanted(self.line, said.get("EDATU", ""), "E1EDP20 EDATU")

    def _wanted(self, line: NeutralLine, text: str, where: str) -> None:
        day = self.day_in(text, where, grave=True)
        if day is not None and line.requested is None:
            line.requested = Window(day, day)

    def pa1(self, said: Fields) -> None:
        self.once("line_party_ignored", "E1EDPA1", said.get("PARVW", "?"))

    def pt2(self, said: Fields) -> None:
        if self.line is not None and said.get("TDLINE") and len(self.line.notes) < MAX_KEPT:
            self.line.notes = (*self.line.notes, said["TDLINE"])

    def s01(self, said: Fields) -> None:
        value = self.number_in(said.get("SUMME", ""), "E1EDS01 SUMME")
        if said.get("SUMID") == "001" and value is not None and value != len(self.lines):
            self.fault("line_count_wrong", "E1EDS01", received=said["SUMME"], right=str(len(self.lines)))
        elif said.get("SUMID") == "002" and value is not None:
            self.totals["lines"] = value
            self.currency = self.currency or said.get("SUNIT") or said.get("WAERQ")

    def finished(self) -> NeutralDocument:
        for line in self.lines:
            parts = self.split.get(id(line), [])
            if len(parts) > 1:
                days = ", ".join(f"{value if value is not None else '?'} / {day or '?'}" for value, day in parts)
                self.fault("delivery_split_ignored", "E1EDP20", line=line, received=days)
        return super().finished()


_HANDLERS = {
    "EDK01": _Order.k01, "EDK02": _Order.k02, "EDK03": _Order.k03, "EDK17": _Order.k17, "EDK18": _Order.k18, "EDKT2": _Order.kt2,
    "EDKA1": _Order.ka1, "EDP01": _Order.p01, "EDP02": _Order.p02, "EDP03": _Order.p03, "EDP04": _Order.p04, "EDP19": _Order.p19,
    "EDP20": _Order.p20, "EDPA1": _Order.pa1, "EDPT2": _Order.pt2, "EDS01": _Order.s01,
}  # fmt: skip
