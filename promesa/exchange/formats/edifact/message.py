"""One message, from UNH to UNT, read segment by segment into a neutral document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, ClassVar

from promesa.exchange.formats import labels
from promesa.exchange.formats.edifact import codes, moments
from promesa.exchange.formats.edifact.draft import number_of
from promesa.exchange.formats.edifact.header import MAX_FAULTS, MAX_KEPT, Elements
from promesa.exchange.formats.edifact.lines import LineReader
from promesa.exchange.formats.edifact.places import Places
from promesa.exchange.formats.edifact.syntax import Separators
from promesa.exchange.formats.neutral import Envelope, NeutralDocument, NeutralLine, Window, document_of, fault

Handlers = Mapping[str, Callable[[Any, Elements], None]]


@lru_cache(maxsize=64)
def handlers_of(reader: Any, element: str) -> Handlers:
    """The method of each tag with the element separator after it, which is how most segments begin."""
    return {tag + element: getattr(reader, tag.lower()) for tag in reader.TAGS}


class MessageReader(LineReader):
    """Collects a message: `handlers` has the method of each tag, `finished` gives the document with its faults.

    This one reads orders and changes of orders; what reads other messages builds on it.
    """

    __slots__ = ("controls", "handlers", "reads_plain_lines")

    TAGS: ClassVar[tuple[str, ...]] = (
        "BGM", "DTM", "RFF", "NAD", "CTA", "COM", "CUX", "LIN", "PIA", "IMD", "QTY", "PRI", "MOA", "TAX", "FTX", "ALC",
        "UNS", "CNT", "LOC",
    )  # fmt: skip

    def __init__(
        self, places: Places, separators: Separators, header: Elements, index: int, envelope: Envelope
    ) -> None:
        super().__init__(places, separators, header, index, envelope)
        self.controls: list[tuple[str, str, int]] = []
        self.reads_plain_lines = self.type == "ORDERS"
        kind: Any = type(self)
        self.handlers = handlers_of(kind, separators.element)

    def bgm(self, elements: Elements) -> None:
        super().bgm(elements)
        self.reads_plain_lines = self.reads_plain_lines and self.kind == "order"

    def uns(self, _elements: Elements) -> None:
        self.end_line()
        self.summary, self.reads_plain_lines = True, False

    def cnt(self, elements: Elements) -> None:
        if len(elements) > 1 and len(self.controls) < MAX_KEPT:
            qualifier, value = (part.strip() for part in self.parts(elements[1], 2)[:2])
            self.controls.append((qualifier, value, self.at))

    def alc(self, _elements: Elements) -> None:
        self.party = None
        self.once("allowance_ignored", "ALC", line=False)

    def other(self, tag: str) -> None:
        """A segment that tells us nothing; a tag that no directory knows may be a damaged one."""
        if tag in codes.ENDS_PARTY:
            self.party = None
        if tag in codes.KNOWN_TAGS:
            return
        where = tag[:20] or "?"
        if len(tag) == 3 and tag.isascii() and tag.isalnum() and tag.isupper():
            self.once("segment_unknown", tag, line=False, where=where)
        else:
            self.fault("segment_unreadable", line=False, received=tag, where=where)

    def too_many(self, limit: int) -> None:
        """The message has more segments than are read of one."""
        if ("too_many_segments", "") not in self.noted:
            self.noted.add(("too_many_segments", ""))
            self.faults.append(fault("too_many_segments", where="UNH", segment=self.start + 1, limit=limit))

    # -- the end

    def trailer(self, elements: Elements) -> None:
        """UNT: the number of segments, UNH and UNT included, and the reference of UNH again."""
        self.end_line()
        elements += [""] * (3 - len(elements))
        counted = self.at - self.start + 1 - self.empty_segments
        declared = elements[1].strip()
        if not declared.isascii() or not declared.isdigit() or int(declared[:18]) != counted:
            self.fault("segment_count_wrong", where="UNT", received=declared, right=counted)
        reference = elements[2].strip()
        if reference != self.reference:
            self.fault("reference_mismatch", where="UNT", received=reference, right=self.reference, first="UNH")

    def unfinished(self) -> None:
        """The message ended without UNT."""
        self.end_line()
        right = f"UNT+{self.at - self.start + 2 - self.empty_segments}+{self.reference}"
        self.fault("message_trailer_missing", where="UNT", right=right)

    def finished(self) -> NeutralDocument:
        self.end_line()
        self._check_controls()
        self.check()
        for line, delivery in self.dated:
            self.date_line(line, delivery)
        said = self.said()
        if self.dropped_blocking is not None:
            severity = labels.BLOCKING if self.dropped_blocking else labels.NOTE
            self.faults.append(fault("more_faults", severity=severity, where="UNH", limit=MAX_FAULTS))
        said["faults"] = tuple(self.faults)
        return document_of(said)

    def said(self) -> dict[str, Any]:
        """The fields of the document."""
        return {
            "format": self.format,
            "kind": self.kind,
            "number": self.number or None,
            "function": self.function,
            "issued_on": next((self.issued[code] for code in moments.ISSUED if code in self.issued), None),
            "currency": self.currency,
            "parties": {role: party.frozen(lenient=self.is_order) for role, party in self.parties.items()},
            "requested": self.window(self.delivery, None),
            "references": self.references,
            "lines": tuple(self.lines),
            "totals": self.totals(),
            "notes": tuple(self.notes),
            "envelope": self.envelope,
        }

    def date_line(self, line: NeutralLine, delivery: dict[str, Window]) -> None:
        line.requested = self.window(delivery, line)

    # -- what must be there

    def check(self) -> None:
        if self.kind == "not_an_order":
            self.fault(
                "not_an_order", index=self.start, where="UNH", received=self.type, right="ORDERS", kind=self.kind
            )
            return
        self.check_directory()
        if not self.number:
            self.fault("number_missing", index=self.start, where="BGM")
        if "buyer" not in self.parties:
            self.fault("buyer_missing", index=self.start, where="NAD", right="NAD+BY")
        if not self.lines and self.kind == "order":
            self.fault("no_lines", index=self.start, where="LIN")
        self.check_lines(measured=self.kind == "order")

    def check_directory(self) -> None:
        if self.directory not in codes.READ_DIRECTORIES:
            self.fault(
                "directory_other", index=self.start, where="UNH", received=self.directory, right="D.93A, D.96A, D.01B"
            )

    def check_lines(self, *, measured: bool) -> None:
        """Every line has its quantity, its item and a number of its own."""
        unmeasured = {id(line) for line in self.unmeasured} if measured else set()
        numbers = set()
        for line in self.lines:
            numbers.add(line.line_number)
            if unmeasured and id(line) in unmeasured:
                self.line_fault("quantity_missing", line, right="QTY+21")
            if not (line.gtin or line.seller_code or line.buyer_code or line.codes):
                self.item_missing(line)
        if len(numbers) == len(self.lines):
            return
        repeated = Counter(line.line_number for line in self.lines)
        for line in self.lines:
            if repeated.pop(line.line_number, 0) > 1:
                self.line_fault("line_number_repeated", line, received=line.line_number)

    def item_missing(self, line: NeutralLine) -> None:
        self.line_fault("item_missing", line, severity=labels.WARNING if line.text else labels.BLOCKING)

    def line_fault(self, code: str, line: NeutralLine, **said: Any) -> None:
        """Something wrong with a whole line, told at its LIN."""
        self.fault(code, index=(line.place or 1) - 1, where="LIN", of_line=line.line_number, **said)

    def _check_controls(self) -> None:
        """CNT: 2 counts the lines, 1 adds up the quantities."""
        for qualifier, text, index in self.controls:
            value, _, _ = number_of(text, self.mark)
            if qualifier == "2" and value not in (len(self.lines), len(self.lines) + self.sublines):
                self.fault("line_count_wrong", index=index, where="CNT", received=text, right=len(self.lines))
            elif qualifier == "1":
                quantities = [line.quantity for line in self.lines]
                total = sum((one for one in quantities if one is not None), Decimal(0))
                if None not in quantities and value != total:
                    self.fault(
                        "quantity_total_wrong", index=index, where="CNT", received=text, right=format(total, "f")
                    )

    def window(self, delivery: dict[str, Window], line: NeutralLine | None) -> Window | None:
        """The requested window: not before and not after when they are said, else the day that is said."""
        if not delivery:
            return None
        if len(delivery) == 1:
            ((code, only),) = delivery.items()
            if code in moments.DELIVERY_EXACT and (only.from_ is only.to or not _is_reversed(only)):
                return only
        first = next((delivery[code].from_ for code in moments.DELIVERY_FROM if code in delivery), None)
        last = next((delivery[code].to for code in moments.DELIVERY_TO if code in delivery), None)
        exact = next((delivery[code] for code in moments.DELIVERY_EXACT if code in delivery), None)
        said: dict[str, Any] = {
            "of_line": line.line_number if line else None,
            "index": (line.place or 1) - 1 if line else self.delivery_at,
            "where": "DTM",
        }
        if exact is None and first is None and last is None:
            exact = next((delivery[code] for code in moments.SHIPMENT if code in delivery), None)
            if exact is None:
                return None
            self.fault("ship_date_used", received=exact.first_day, **said)
        if exact is not None:
            within = Window(first or exact.from_, last or exact.to)
            days = (within.first_day, exact.first_day, exact.last_day, within.last_day)
            if days != tuple(sorted(day for day in days if day is not None)):
                self.fault(
                    "dates_conflict", received=exact.first_day, right=f"{within.first_day} – {within.last_day}", **said
                )
            first, last = within.from_, within.to
        window = Window(first, last)
        if _is_reversed(window):
            self.fault("window_reversed", received=f"{window.first_day} – {window.last_day}", **said)
        return window

    def totals(self) -> dict[str, Decimal]:
        totals: dict[str, Decimal] = {}
        for name, qualifiers in codes.TOTALS.items():
            for qualifier in qualifiers:
                values = self.amounts.get(qualifier)
                if values and (len(values) == 1 or qualifier != "124"):
                    totals[name] = values[0]
                    break
        return totals


def _is_reversed(window: Window) -> bool:
    return window.first_day is not None and window.last_day is not None and window.first_day > window.last_day
