"""TRADACOMS: transmissions from STX to END, messages from MHD to MTR, an order in each message ORDERS.

Numbers have no decimal point: their places are the standard's (three in measures, four in costs). A number that has one
is believed as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from promesa.exchange.formats import labels
from promesa.exchange.formats.collected import MAX_KEPT, Collected, decoded
from promesa.exchange.formats.given import Given
from promesa.exchange.formats.neutral import (
    Envelope,
    Fault,
    NeutralDocument,
    NeutralLine,
    Party,
    Window,
    fault,
    unreadable,
)

MAX_MESSAGES = 10_000
MAX_SEGMENT = 8_000
MAX_ENVELOPE_FAULTS = 40
_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,99}STX=ANA[A-Z]?:")
_STX = re.compile(r"STX=ANA[A-Z]?:")
_ASIDE = "\ufdd0\ufdd1\ufdd2\ufdd3\ufdd4"
_RELEASED = "?'+:="
_BACK = {ord(aside): char for aside, char in zip(_ASIDE, _RELEASED, strict=True)}
_FILES = {
    "ORDHDR": "order",
    "ACKHDR": "order_response",
    "DELHDR": "despatch_advice",
    "INVFIL": "invoice",
    "CREDHR": "credit_note",
}
_UNITS = {"KG": "KGM", "G": "GRM", "LT": "LTR", "L": "LTR", "ML": "MLT", "M": "MTR", "EA": "EA", "T": "TNE"}

Elements = list[list[str]]


def looks_like(content: bytes) -> bool:
    """Whether bytes begin with STX=ANA, the start of a transmission."""
    return _BEGINS.match(content) is not None


def read(content: bytes, given: Given | None = None) -> list[NeutralDocument]:
    """Every order of every transmission. Never raises; at most `MAX_MESSAGES` orders of a file are read."""
    text = decoded(content)
    starts = [match.start() for match in _STX.finditer(text)] or [0]
    documents: list[NeutralDocument] = []
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        documents.extend(_Transmission(text[start:end], room=MAX_MESSAGES - len(documents)).read())
        if len(documents) >= MAX_MESSAGES:
            break
    return documents


class _Transmission:
    """One transmission: its header messages say who buys and who sells, for every order in it."""

    def __init__(self, text: str, *, room: int) -> None:
        for char in _ASIDE:
            text = text.replace(char, "\ufffd")
        if "?" in text:
            for char, aside in zip(_RELEASED, _ASIDE, strict=True):
                text = text.replace("?" + char, aside)
        self.raws = text.split("'")
        self.tail = self.raws.pop().strip()
        self.room = room
        self.faults: list[Fault] = []
        self.documents: list[NeutralDocument] = []
        self.shared: dict[str, Party] = {}
        self.names: dict[str, str] = {}
        self.at = 0
        self.kind = ""
        self.envelope = Envelope()
        self.order: _Order | None = None
        self.message: tuple[str, str, int] | None = None
        self.messages = self.orders = 0
        self.ended = False

    def _fault(self, code: str, where: str, **said: Any) -> None:
        blocks = (said.get("severity") or labels.SEVERITIES[code]) == labels.BLOCKING
        if len(self.faults) < (2 * MAX_ENVELOPE_FAULTS if blocks else MAX_ENVELOPE_FAULTS):
            self.faults.append(fault(code, where=where, segment=self.at + 1, **said))

    def read(self) -> list[NeutralDocument]:
        for at, raw in enumerate(self.raws):
            self.at = at
            raw = raw.strip()[:MAX_SEGMENT]
            if raw:
                tag, _, rest = raw.partition("=")
                self._segment(tag.strip().upper(), _elements(rest))
                if self.room <= 0:
                    break
        self.at = len(self.raws)
        if self.tail:
            self._fault(
                "segment_cut_short" if not self.ended else "noise_around", self.tail[:3], received=self.tail[:60]
            )
        self._close_message()
        if not self.ended and self.room > 0:
            self._fault("interchange_trailer_missing", "END", right=f"END={self.messages}")
        if not self.documents:
            self._fault("no_messages", "MHD")
            return [unreadable("tradacoms", *self.faults, envelope=self.envelope)]
        if self.faults:
            return [replace(one, faults=(*one.faults, *self.faults)) for one in self.documents]
        return self.documents

    def _segment(self, tag: str, elements: Elements) -> None:
        if tag == "STX":
            self._begins(elements)
        elif tag == "MHD":
            self._close_message()
            self._opens(elements)
        elif tag == "MTR":
            self._closes(elements)
        elif tag == "END":
            self._close_message()
            self.ended = True
            declared = _at(elements, 0)
            if declared != str(self.messages):
                self._fault("group_count_wrong", "END", received=declared, right=str(self.messages))
        elif self.order is not None:
            self.order.take(tag, elements, self.at)
        else:
            self._header(tag, elements)

    def _begins(self, elements: Elements) -> None:
        sender, receiver = _at(elements, 1), _at(elements, 2)
        self.names = {
            _at(elements, place): _at(elements, place, 1)[:MAX_KEPT] for place in (1, 2) if _at(elements, place, 1)
        }
        application = _at(elements, 6) or _at(elements, 5)
        self.kind = _FILES.get(application[:6], "")
        self.envelope = Envelope(
            sender[:MAX_KEPT] or None, receiver[:MAX_KEPT] or None, _at(elements, 4)[:MAX_KEPT] or None
        )

    def _opens(self, elements: Elements) -> None:
        number, type_ = _at(elements, 0), _at(elements, 1).upper()
        self.messages += 1
        self.message = (number, type_, self.at)
        if number != str(self.messages):
            self._fault(
                "reference_mismatch", "MHD", received=number, right=str(self.messages), first="MHD", severity="warning"
            )
        if type_ == "ORDERS":
            self.orders += 1
            self.room -= 1
            envelope = replace(self.envelope, message_reference=number or None)
            self.order = _Order(envelope, self.shared, self.at)
        elif type_ in ("INVOIC", "CREDIT", "DELIVR", "ACKMNT", "PRICES", "STOCKS"):
            self.room -= 1
            document = Collected(f"tradacoms-{type_.lower()}", "not_an_order", envelope=self.envelope, begins="MHD")
            document.at = document.start = self.at
            self.documents.append(document.finished())

    def _closes(self, elements: Elements) -> None:
        """MTR: the number of segments of the message, MHD and MTR included."""
        if self.message is None:
            self._fault("segment_out_of_place", "MTR", received="MTR", right="MHD")
            return
        declared, counted = _at(elements, 0), self.at - self.message[2] + 1
        if declared != str(counted):
            target = self.order
            if target is not None:
                target.at = self.at
                target.fault("segment_count_wrong", "MTR", received=declared, right=str(counted))
            else:
                self._fault("segment_count_wrong", "MTR", received=declared, right=str(counted))
        self.message = None
        self._finish()

    def _close_message(self) -> None:
        if self.message is not None:
            self._fault("message_trailer_missing", "MTR", right=f"MTR={self.at - self.message[2] + 1}")
        self.message = None
        self._finish()

    def _finish(self) -> None:
        if self.order is not None:
            self.documents.append(self.order.finished())
            self.order = None

    def _header(self, tag: str, elements: Elements) -> None:
        """What stands in the messages around the orders: who sells, who buys, how many orders there are."""
        if tag in ("SDT", "CDT"):
            role = "seller" if tag == "SDT" else "buyer"
            collected = Collected("tradacoms", "order", envelope=self.envelope, begins=tag)
            collected.at = self.at
            _party(collected, role, elements, tag)
            one = collected.parties[role]
            if one.name is None and one.code and one.code in self.names:
                one = replace(one, name=self.names[one.code])
            self.shared[role] = one
            self.faults += collected.faults[:MAX_ENVELOPE_FAULTS]
        elif tag == "OFT" and _at(elements, 0) != str(self.orders):
            self._fault("group_count_wrong", "OFT", received=_at(elements, 0), right=str(self.orders))
        elif tag == "RSG" and self.envelope.reference and _at(elements, 0) != self.envelope.reference:
            self._fault(
                "reference_mismatch", "RSG", received=_at(elements, 0), right=self.envelope.reference, first="STX"
            )


def _elements(text: str) -> Elements:
    parts = [element.split(":") for element in text.split("+")[:60]]
    if any(char in text for char in _ASIDE):
        parts = [[part.translate(_BACK) for part in element] for element in parts]
    return parts


def _at(elements: Elements, place: int, part: int = 0) -> str:
    if place < len(elements) and part < len(elements[place]):
        return elements[place][part].strip()
    return ""


def _party(collected: Collected, role: str, elements: Elements, tag: str) -> None:
    """SDT, CDT, CLO: the code by GS1 and by the other side, the name, five lines of address."""
    address = [_at(elements, 2, part) for part in range(4)]
    own = _at(elements, 0, 1)
    fields = {
        "name": _at(elements, 1), "street": ", ".join(filter(None, address)), "postcode": _at(elements, 2, 4),
        "tax_id": _at(elements, 3) if tag != "CLO" else "",
    }  # fmt: skip
    gln = _at(elements, 0)
    collected.party(role, gln or own, fields, tag)
    if own and role in collected.parties:
        references = {"code": own[:MAX_KEPT]} | (
            {"seller_code": _at(elements, 0, 2)[:MAX_KEPT]} if _at(elements, 0, 2) else {}
        )
        collected.parties[role] = replace(collected.parties[role], references=references)


class _Order(Collected):
    """A message ORDERS: where to (CLO), which order (ORD), when (DIN), what (OLD), how many lines (OTR)."""

    def __init__(self, envelope: Envelope, shared: dict[str, Party], at: int) -> None:
        super().__init__("tradacoms-orders", "order", envelope=envelope, begins="ORD")
        self.at = self.start = at
        self.parties.update(shared)

    def take(self, tag: str, elements: Elements, at: int) -> None:
        self.at = at
        handler = _HANDLERS.get(tag)
        if handler is not None:
            handler(self, elements)
        elif not re.fullmatch(r"[A-Z]{3}", tag):
            self.once("segment_unreadable", tag[:20] or "?", tag[:20] or "?")

    def clo(self, elements: Elements) -> None:
        _party(self, "ship_to", elements, "CLO")

    def ord(self, elements: Elements) -> None:
        self.number = _at(elements, 0)[:70]
        if _at(elements, 0, 1):
            self.references["seller_order"] = _at(elements, 0, 1)[:MAX_KEPT]
        self.issued_on = self.day_in(_at(elements, 0, 2), "ORD")
        indicator = _at(elements, 1) or _at(elements, 2)
        if indicator:
            self.references["order_type"] = indicator[:MAX_KEPT]

    def din(self, elements: Elements) -> None:
        """The earliest and the latest day of delivery."""
        first, last = self.day_in(_at(elements, 0), "DIN", grave=True), self.day_in(_at(elements, 1), "DIN", grave=True)
        if first is not None or last is not None:
            self.requested = Window(first, last)
        if first is not None and last is not None and last < first:
            self.fault("window_reversed", "DIN", received=f"{first} – {last}")

    def dna(self, elements: Elements) -> None:
        text = " ".join(_at(elements, 3, part) for part in range(4)).strip()
        if text and self.line is None:
            self.note(text)
        elif text and self.line is not None and len(self.line.notes) < MAX_KEPT:
            self.line.notes = (*self.line.notes, text[:1000])

    def old(self, elements: Elements) -> None:
        """Number, the seller's codes, the consumer unit's, the buyer's, units in one ordered, how many, at what cost."""
        line = self.begin_line(_at(elements, 0))
        traded, consumer = _at(elements, 1), _at(elements, 2)
        self.keep_gtin(line, traded or _at(elements, 1, 2) or consumer, "OLD")
        line.seller_code = _at(elements, 1, 1)[:MAX_KEPT] or None
        line.buyer_code = (_at(elements, 3, 1) or _at(elements, 3))[:MAX_KEPT] or None
        others = {"consumer_unit": consumer if line.gtin != consumer else "", "dun14": _at(elements, 1, 2)}
        line.codes = {name: code[:MAX_KEPT] for name, code in others.items() if code} or None
        held = self._scaled(_at(elements, 4), 0, line)
        if held is not None:
            line.quantities = {"per_pack": held}
        self._quantity(line, elements)
        price = self._scaled(_at(elements, 6), 4, line, grave=True)
        if price is not None:
            line.price, line.price_kind = price, "net"
            if price < 0:
                self.fault("price_negative", "OLD", line=line, received=_at(elements, 6))
        texts = [_at(elements, place, part) for place in (8,) for part in (0, 1)]
        line.text = " ".join(filter(None, texts))[:500] or None

    def _quantity(self, line: NeutralLine, elements: Elements) -> None:
        """So many units, or, of what is sold by measure, so much of it."""
        units, measure, indicator = (_at(elements, 5, part) for part in range(3))
        if units or not measure:
            self.keep_quantity(line, units, "", "OLD")
            return
        line.quantity_received = measure[:MAX_KEPT]
        line.quantity = self._scaled(measure, 3, line, grave=True)
        if indicator:
            line.unit_code = _UNITS.get(indicator.upper(), indicator[:40])
            line.unit_received = indicator[:40] if line.unit_code != indicator else None

    def _scaled(self, text: str, decimals: int, line: NeutralLine, *, grave: bool = False) -> Decimal | None:
        value = self.number_in(text, "OLD", line=line, grave=grave)
        return value if value is None or "." in text or "," in text else value.scaleb(-decimals)

    def otr(self, elements: Elements) -> None:
        declared = _at(elements, 0)
        if declared != str(len(self.lines)):
            self.fault("line_count_wrong", "OTR", received=declared, right=str(len(self.lines)))


_HANDLERS: dict[str, Callable[[_Order, Elements], None]] = {
    "CLO": _Order.clo, "ORD": _Order.ord, "DIN": _Order.din, "OLD": _Order.old, "OTR": _Order.otr, "DNA": _Order.dna, "DNB": _Order.dna,
}  # fmt: skip
