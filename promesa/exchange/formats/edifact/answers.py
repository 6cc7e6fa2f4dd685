"""What comes back on documents: acknowledgements of the application and of the syntax, and what was paid for invoices."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from promesa.exchange.formats import labels
from promesa.exchange.formats.edifact import codes
from promesa.exchange.formats.edifact.goods import GoodsReader
from promesa.exchange.formats.edifact.header import Elements
from promesa.exchange.formats.edifact.places import Places
from promesa.exchange.formats.edifact.syntax import Separators
from promesa.exchange.formats.neutral import Envelope, NeutralLine, Reported

MAX_REPORTED = 5_000


class AperakReader(GoodsReader):
    """APERAK: what an application made of a document, with each error it found."""

    __slots__ = ("error", "errors")

    TAGS = (*GoodsReader.TAGS, "ERC", "DOC")

    def __init__(
        self, places: Places, separators: Separators, header: Elements, index: int, envelope: Envelope
    ) -> None:
        super().__init__(places, separators, header, index, envelope)
        self.errors: list[dict[str, str]] = []
        self.error: dict[str, str] | None = None

    def erc(self, elements: Elements) -> None:
        self.close_groups()
        self.party = None
        code = self.parts(elements[1], 1)[0].strip() if len(elements) > 1 else ""
        self.error = {"code": self.kept(code)}
        if len(self.errors) < MAX_REPORTED:
            self.errors.append(self.error)

    def doc(self, elements: Elements) -> None:
        name = self.parts(elements[1], 1)[0].strip() if len(elements) > 1 else ""
        number = self.parts(elements[2], 1)[0].strip() if len(elements) > 2 else ""
        if number:
            self.references.setdefault(codes.DOCUMENTS.get(name, "acknowledged"), self.kept(number))

    def ftx(self, elements: Elements) -> None:
        if self.error is None:
            super().ftx(elements)
            return
        text = self.joined(elements[4]) if len(elements) > 4 else ""
        code = self.parts(elements[3], 1)[0].strip() if len(elements) > 3 else ""
        if text:
            self.error["text"] = f"{self.error['text']} {text}" if "text" in self.error else text
        elif code:
            self.error.setdefault("text", code)

    def rff(self, elements: Elements) -> None:
        if self.error is None:
            super().rff(elements)
            return
        qualifier, value, line = [part.strip() for part in self.parts(elements[1] if len(elements) > 1 else "", 3)[:3]]
        if qualifier == "LI" and value:
            self.error.setdefault("line", self.kept(value))
        elif value:
            self.error.setdefault(
                "where", self.kept(value) if qualifier == "ZZZ" else f"{qualifier} {self.kept(value)}"
            )
            if line:
                self.error.setdefault("line", self.kept(line))

    def loc(self, elements: Elements) -> None:
        if self.error is not None and len(elements) > 2:
            self.error.setdefault("where", self.kept(self.parts(elements[2], 1)[0]))

    def said(self) -> dict[str, Any]:
        said = super().said()
        said["reported"] = tuple(Reported(**one) for one in self.errors)
        if self.references:
            self.references.setdefault("acknowledged", next(iter(self.references.values())))
        response = codes.ACKNOWLEDGED.get(self.function_code) or codes.ACKNOWLEDGED_BY_NAME.get(self.type_code)
        said["response"] = response or ("rejected" if self.errors else "received")
        return said

    def check(self) -> None:
        super().check()
        if not self.references:
            self.fault("segment_missing", index=self.start, where="RFF", right="RFF", severity=labels.WARNING)


class ControlReader(AperakReader):
    """CONTRL: what the syntax check of a partner made of an interchange of ours, down to the element."""

    __slots__ = ("message_named", "outcome", "segment_named")

    TAGS = (*AperakReader.TAGS, "UCI", "UCF", "UCM", "UCS", "UCD")

    def __init__(
        self, places: Places, separators: Separators, header: Elements, index: int, envelope: Envelope
    ) -> None:
        super().__init__(places, separators, header, index, envelope)
        self.message_named = self.segment_named = ""
        self.outcome = ""

    def uci(self, elements: Elements) -> None:
        elements += [""] * (8 - len(elements))
        self.references.setdefault("acknowledged", self.kept(elements[1]))
        self.outcome = elements[4].strip()
        self._report(elements[5], "UCI", elements[6])

    def ucf(self, elements: Elements) -> None:
        elements += [""] * (8 - len(elements))
        self._report(elements[5], f"UNG {elements[1].strip()}", elements[6])

    def ucm(self, elements: Elements) -> None:
        elements += [""] * (8 - len(elements))
        kind = self.parts(elements[2], 1)[0].strip()
        self.message_named = f"{kind} {elements[1].strip()}".strip()
        self.segment_named = ""
        if elements[3].strip() == "4" and self.outcome in ("7", "8"):
            self.outcome = "partial"
        self._report(elements[4], self.message_named, elements[5], rejected=elements[3].strip() == "4")

    def ucs(self, elements: Elements) -> None:
        elements += [""] * (3 - len(elements))
        self.segment_named = f"{self.message_named}, {elements[1].strip()}"
        self._report(elements[2], self.segment_named, "")

    def ucd(self, elements: Elements) -> None:
        elements += [""] * (3 - len(elements))
        place = [part.strip() for part in self.parts(elements[2], 3)]
        named = ":".join(part for part in (place[0], place[1]) if part)
        self._report(elements[1], f"{self.segment_named}, {named}", "")

    def _report(self, error: str, where: str, segment: str, *, rejected: bool = False) -> None:
        code = self.parts(error, 1)[0].strip()
        if not (code or rejected) or len(self.errors) >= MAX_REPORTED:
            return
        found = {"where": ", ".join(part for part in (where, segment.strip()) if part)}
        if code:
            found |= {"code": code, "text": codes.SYNTAX_ERRORS.get(code, code)}
        self.errors.append(found)

    def said(self) -> dict[str, Any]:
        said = super().said()
        said["number"] = said["number"] or self.references.get("acknowledged")
        said["response"] = {"4": "rejected", "partial": "changed", "7": "accepted", "8": "received"}.get(self.outcome)
        said["type_code"] = None
        return said

    def check(self) -> None:
        """CONTRL belongs to the syntax, not to a directory."""
        if not self.references.get("acknowledged"):
            self.fault("segment_missing", index=self.start, where="UCI", right="UCI")


class RemittanceReader(AperakReader):
    """REMADV: a line for each invoice or credit that is paid, with what is due, paid and deducted, and why."""

    __slots__ = ("adjusting",)

    TAGS = (*AperakReader.TAGS, "AJT")

    def __init__(
        self, places: Places, separators: Separators, header: Elements, index: int, envelope: Envelope
    ) -> None:
        super().__init__(places, separators, header, index, envelope)
        self.adjusting = False

    def doc(self, elements: Elements) -> None:
        self.end_line()
        self.close_groups()
        elements += [""] * (3 - len(elements))
        name = self.parts(elements[1], 1)[0].strip()
        number = self.kept(self.parts(elements[2], 1)[0])
        line = NeutralLine(str(len(self.lines) + 1))
        line.place = self.at + 1
        if number:
            self.line_references = line.references = {codes.DOCUMENTS.get(name, "invoice"): number}
        else:
            self.fault("segment_missing", where="DOC", right="DOC C503 1004", severity=labels.WARNING)
        self.line, self.ordered_seen, self.adjusting = line, True, False
        self.lines.append(line)
        if name:
            self.attribute("document_type", name)

    def lin(self, elements: Elements) -> None:
        """Lines within a document are left aside: what is paid is said for the whole document."""

    def ajt(self, elements: Elements) -> None:
        self.close_groups()
        self.adjusting = True
        code = elements[1].strip() if len(elements) > 1 else ""
        if self.line is not None:
            self.line.reason_code = self.line.reason_code or self.kept(code) or None

    def text_of_line(self, subject: str, code: str, text: str, elements: Elements) -> None:
        if self.line is not None and self.adjusting:
            self.line.reason = self.line.reason or text or None
            self.line.reason_code = self.line.reason_code or code or None
            return
        super().text_of_line(subject, code, text, elements)

    def amount_of_line(self, qualifier: str, text: str, elements: Elements) -> None:
        value = self.number_in(text, field="MOA")
        if value is None or self.line is None:
            return
        if self.line_amounts is None:
            self.line_amounts = self.line.amounts = {}
        name = "deducted" if self.adjusting else codes.REMITTED.get(qualifier)
        if name is None:
            self.once("code_unknown", qualifier, right="9, 12, 52, 165", severity=labels.NOTE)
        elif name == "deducted":
            self.line_amounts[name] = self.line_amounts.get(name, Decimal(0)) + value
        else:
            self.line_amounts.setdefault(name, value)

    def said(self) -> dict[str, Any]:
        for line in self.lines:
            amounts = dict(line.amounts or {})
            if line.reason_code and "deducted" not in amounts and {"due", "paid"} <= amounts.keys():
                amounts["deducted"] = amounts["due"] - amounts["paid"]
                line.amounts = amounts
            line.amount = amounts.get("paid")
        said = super().said()
        said["reported"], said["response"] = (), None
        paid = next((self.amounts[code][0] for code in ("12", "11", "9", "86", "139") if code in self.amounts), None)
        said["totals"] = {"paid": paid} if paid is not None else {}
        return said

    def check(self) -> None:
        GoodsReader.check(self)
        if not self.lines:
            self.fault("segment_missing", index=self.start, where="DOC", right="DOC", severity=labels.WARNING)

    def check_lines(self, *, measured: bool) -> None:
        """Each line is a document, and has no item."""


class SalesReader(GoodsReader):
    """SLSRPT: what was sold where; a place holds for all lines up to the next."""

    __slots__ = ("where",)

    def __init__(
        self, places: Places, separators: Separators, header: Elements, index: int, envelope: Envelope
    ) -> None:
        super().__init__(places, separators, header, index, envelope)
        self.where: tuple[str, str] | None = None

    def loc(self, elements: Elements) -> None:
        place = self.kept(self.parts(elements[2], 1)[0]) if len(elements) > 2 else ""
        self.end_line()
        if place:
            self.where = ("location", place)

    def lin(self, elements: Elements) -> None:
        super().lin(elements)
        if self.where is not None:
            self.refer_line(*self.where, "")
