"""What readers of flat orders share: an order while its records come in, its faults, and the checks at its end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from promesa.core import identifiers
from promesa.core.quantities import is_known, unit_code
from promesa.exchange.formats import labels
from promesa.exchange.formats.gtins import wrong_gtin
from promesa.exchange.formats.neutral import (
    ORDER_KINDS,
    Envelope,
    Fault,
    NeutralDocument,
    NeutralLine,
    Party,
    Window,
    fault,
)
from promesa.exchange.formats.x12 import values

MAX_FAULTS = 300
MAX_KEPT = 200


class Collected:
    """An order that is being read. `at` is the place of the record, counted from 0."""

    def __init__(self, format_: str, kind: str, *, envelope: Envelope, begins: str) -> None:
        self.format, self.kind, self.envelope, self.begins = format_, kind, envelope, begins
        self.at = self.start = 0
        self.faults: list[Fault] = []
        self.dropped_blocking = False
        self.noted: set[tuple[str, str]] = set()
        self.number = ""
        self.function: str | None = "original"
        self.type_code: str | None = None
        self.issued_on: date | None = None
        self.currency: str | None = None
        self.parties: dict[str, Party] = {}
        self.requested: Window | None = None
        self.references: dict[str, str] = {}
        self.notes: list[str] = []
        self.totals: dict[str, Decimal] = {}
        self.terms: str | None = None
        self.lines: list[NeutralLine] = []

    @property
    def line(self) -> NeutralLine | None:
        return self.lines[-1] if self.lines else None

    def fault(self, code: str, where: str, *, line: NeutralLine | None = None, **said: Any) -> None:
        severity = said.get("severity") or labels.SEVERITIES[code]
        if len(self.faults) >= MAX_FAULTS:
            self.dropped_blocking |= severity == labels.BLOCKING
            return
        place = (
            (line.place if line is not None and line.place else self.at + 1)
            if "segment" not in said
            else said.pop("segment")
        )
        number = line.line_number if line is not None else None
        self.faults.append(fault(code, where=where, line=number, segment=place, **said))

    def once(self, code: str, where: str, key: str, **said: Any) -> None:
        if (code, key) not in self.noted:
            self.noted.add((code, key))
            self.fault(code, where, received=key, **said)

    def number_in(
        self, text: str, where: str, *, line: NeutralLine | None = None, grave: bool = False
    ) -> Decimal | None:
        if not text:
            return None
        value, code, right = values.number_of(text)
        if code == "x12_decimal_comma":
            return value  # these formats leave the mark to the partners
        if code:
            severity = labels.WARNING if not grave else None
            self.fault(code, where, line=line, received=text, right=right or None, severity=severity)
        return value

    def day_in(self, text: str, where: str, *, grave: bool = False) -> date | None:
        if not text.strip("0 "):
            return None
        try:
            return values.day_of(text[:8] if len(text) > 8 else text)
        except ValueError:
            right = "CCYYMMDD" if len(text) != 6 else "YYMMDD"
            self.fault("date_wrong", where, received=text, right=right, severity=None if grave else labels.WARNING)
            return None

    def begin_line(self, number: str) -> NeutralLine:
        line = NeutralLine(number[:MAX_KEPT] or str(len(self.lines) + 1), place=self.at + 1)
        self.lines.append(line)
        return line

    def keep_gtin(self, line: NeutralLine, code: str, where: str) -> None:
        if not code or line.gtin is not None:
            return
        line.gtin = code[:MAX_KEPT]
        if (wrong := wrong_gtin(code)) is not None:
            self.fault(wrong.code, where, line=line, received=code, right=wrong.right, field="GTIN")

    def keep_quantity(self, line: NeutralLine, text: str, unit: str, where: str) -> None:
        line.quantity_received = text[:MAX_KEPT] or None
        line.quantity = self.number_in(text, where, line=line, grave=True)
        if line.quantity is not None and line.quantity <= 0 and self.kind == "order":
            self.fault("quantity_not_positive", where, line=line, received=text)
        if unit:
            line.unit_code = unit[:40]
            if not is_known(unit_code(unit)):
                self.once("unit_unknown", where, unit)

    def party(self, role: str, code: str, fields: Mapping[str, str | None], where: str, *, gln: str = "") -> None:
        """A party; its code is a GLN when it is said to be, or has the figures of one."""
        found = gln or (code if len(code) == 13 and code.isascii() and code.isdigit() else "")
        if found and not identifiers.is_gln(found):
            right = identifiers.with_check_digit(found) if len(found) == 13 else None
            self.once("check_digit_wrong" if right else "not_a_gln", where, found, right=right, field="GLN")
            found = found if right else ""
        kept: dict[str, Any] = {name: value[:MAX_KEPT] for name, value in fields.items() if value}
        self.parties.setdefault(
            role, Party(gln=found or None, code=(code or gln)[:MAX_KEPT] or None, agency="9" if found else None, **kept)
        )

    def note(self, text: str) -> None:
        if text and len(self.notes) < MAX_KEPT:
            self.notes.append(text[:1000])

    def finished(self) -> NeutralDocument:
        if self.kind not in ORDER_KINDS:
            self.fault(
                "not_an_order",
                self.begins,
                segment=self.start + 1,
                received=self.format,
                right="ORDERS",
                kind=self.kind,
            )
        else:
            self._check()
        if len(self.faults) >= MAX_FAULTS:
            severity = labels.BLOCKING if self.dropped_blocking else labels.NOTE
            self.faults.append(fault("more_faults", severity=severity, where=self.begins, limit=MAX_FAULTS))
        return NeutralDocument(
            format=self.format, kind=self.kind, number=self.number or None, function=self.function, issued_on=self.issued_on,
            currency=self.currency, parties=self.parties, requested=self.requested, references=self.references,
            lines=tuple(self.lines), totals=self.totals, notes=tuple(self.notes), envelope=self.envelope, type_code=self.type_code,
            terms=self.terms, faults=tuple(self.faults),
        )  # fmt: skip

    def _check(self) -> None:
        if not self.number:
            self.fault("number_missing", self.begins, segment=self.start + 1)
        if "buyer" not in self.parties:
            self.fault("buyer_missing", self.begins, segment=self.start + 1)
        if not self.lines and self.kind == "order":
            self.fault("no_lines", self.begins, segment=self.start + 1)
        for line in self.lines:
            if line.quantity_received is None and self.kind == "order":
                self.fault("quantity_missing", self.begins, line=line, right="0")
            if not (line.gtin or line.seller_code or line.buyer_code or line.codes):
                self.fault(
                    "item_missing", self.begins, line=line, severity=labels.WARNING if line.text else labels.BLOCKING
                )
        seen: set[str] = set()
        for line in self.lines:
            if line.line_number in seen:
                self.once("line_number_repeated", self.begins, line.line_number, line=line)
            seen.add(line.line_number)


def decoded(content: bytes) -> str:
    """The characters of a flat file: UTF-8, else Windows-1252, else ISO 8859-1."""
    for charset in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(charset).replace("\x00", "")
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1").replace("\x00", "")
