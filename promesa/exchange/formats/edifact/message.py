"""One message, from UNH to UNT, read segment by segment into a neutral document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from promesa.exchange.formats import labels
from promesa.exchange.formats.edifact import codes, moments
from promesa.exchange.formats.edifact.draft import LineDraft, number_of
from promesa.exchange.formats.edifact.header import MAX_FAULTS, Elements
from promesa.exchange.formats.edifact.lines import LineReader
from promesa.exchange.formats.neutral import ORDER_KINDS, NeutralDocument, NeutralLine, Window, fault


class MessageReader(LineReader):
    """Collects a message: `handlers` gives the method of each tag, `finished` the document with its faults."""

    def handlers(self) -> dict[str, Callable[[Elements], None]]:
        return {
            "BGM": self.bgm,
            "DTM": self.dtm,
            "RFF": self.rff,
            "NAD": self.nad,
            "CTA": self.cta,
            "COM": self.com,
            "CUX": self.cux,
            "LIN": self.lin,
            "PIA": self.pia,
            "IMD": self.imd,
            "QTY": self.qty,
            "PRI": self.pri,
            "MOA": self.moa,
            "TAX": self.tax,
            "FTX": self.ftx,
            "ALC": self.alc,
            "UNS": self.uns,
            "CNT": self.cnt,
            "LOC": self.loc,
        }

    def uns(self, _elements: Elements) -> None:
        self.tag, self.line, self.party, self.summary = "UNS", None, None, True

    def cnt(self, elements: Elements) -> None:
        if len(elements) > 1:
            qualifier, value = (part.strip() for part in self.parts(elements[1], 2)[:2])
            self.controls.append((qualifier, value, self.at))

    def other(self, tag: str) -> None:
        """A segment that tells us nothing; a tag that no directory knows may be a damaged one."""
        if tag in codes.ENDS_PARTY:
            self.party = None
        if tag in codes.KNOWN_TAGS:
            return
        self.tag = tag[:20] or "?"
        if len(tag) == 3 and tag.isascii() and tag.isalnum() and tag.isupper():
            self.once("segment_unknown", tag, line=False)
        else:
            self.fault("segment_unreadable", line=False, received=tag)

    # -- the end

    def trailer(self, elements: Elements) -> None:
        """UNT: the number of segments, UNH and UNT included, and the reference of UNH again."""
        self.tag, self.line = "UNT", None
        elements += [""] * (3 - len(elements))
        counted = self.at - self.start + 1 - self.empty_segments
        declared = elements[1].strip()
        if not declared.isascii() or not declared.isdigit() or int(declared[:18]) != counted:
            self.fault("segment_count_wrong", received=declared, right=counted)
        reference = elements[2].strip()
        if reference != self.reference:
            self.fault("reference_mismatch", received=reference, right=self.reference, first="UNH")

    def unfinished(self) -> None:
        """The message ended without UNT."""
        self.tag, self.line = "UNT", None
        self.fault(
            "message_trailer_missing", right=f"UNT+{self.at - self.start + 2 - self.empty_segments}+{self.reference}"
        )

    def finished(self) -> NeutralDocument:
        self.line = None
        self._check_controls()
        if self.kind not in ORDER_KINDS:
            self.tag = "UNH"
            self.fault("not_an_order", index=self.start, received=self.type, right="ORDERS", kind=self.kind)
        else:
            self._check_order()
        lines = tuple(self._frozen(line) for line in self.lines)
        requested = self._window(self.delivery, None)
        if self.dropped_blocking is not None:
            severity = labels.BLOCKING if self.dropped_blocking else labels.NOTE
            self.faults.append(fault("more_faults", severity=severity, where="UNH", limit=MAX_FAULTS))
        return NeutralDocument(
            format=self.format,
            kind=self.kind,
            number=self.number or None,
            function=self.function,
            issued_on=next((self.issued[code] for code in moments.ISSUED if code in self.issued), None),
            currency=self.currency,
            parties={role: party.frozen() for role, party in self.parties.items()},
            requested=requested,
            references=self.references,
            lines=lines,
            totals=self._totals(),
            notes=tuple(self.notes),
            envelope=self.envelope,
            faults=tuple(self.faults),
        )

    def _frozen(self, line: LineDraft) -> NeutralLine:
        requested = self._window(line.delivery, line) if line.delivery else None
        amounts = line.amounts
        amount = next((amounts[code] for code in codes.LINE_AMOUNTS if code in amounts), None) if amounts else None
        return line.frozen(requested, amount, show_quantities=self.kind not in ORDER_KINDS)

    def _check_order(self) -> None:
        self.tag = "UNH"
        if self.kind != "order":
            self.fault("not_a_new_order", index=self.start, received=self.function or self.type, kind=self.kind)
        if self.directory not in codes.READ_DIRECTORIES:
            self.fault("directory_other", index=self.start, received=self.directory, right="D.93A, D.96A, D.01B")
        if not self.number:
            self.fault("number_missing", index=self.start, where="BGM")
        if "buyer" not in self.parties:
            self.fault("buyer_missing", index=self.start, where="NAD", right="NAD+BY")
        if not self.lines and self.kind == "order":
            self.fault("no_lines", index=self.start, where="LIN")
        for line in self.lines:
            if not line.ordered_seen and self.kind == "order":
                self.fault("quantity_missing", index=line.index, where="LIN", of_line=line.line_number, right="QTY+21")
            if not (line.gtin or line.seller_code or line.buyer_code or line.codes):
                severity = labels.WARNING if line.texts else labels.BLOCKING
                self.fault("item_missing", index=line.index, where="LIN", of_line=line.line_number, severity=severity)
        self._check_line_numbers()

    def _check_line_numbers(self) -> None:
        if len({line.line_number for line in self.lines}) == len(self.lines):
            return
        repeated = Counter(line.line_number for line in self.lines)
        for line in self.lines:
            if repeated.pop(line.line_number, 0) > 1:
                self.fault(
                    "line_number_repeated",
                    index=line.index,
                    where="LIN",
                    of_line=line.line_number,
                    received=line.line_number,
                )

    def _check_controls(self) -> None:
        """CNT: 2 counts the lines, 1 adds up the quantities."""
        for qualifier, text, index in self.controls:
            value, _, _ = number_of(text, self.mark)
            if qualifier == "2" and value not in (len(self.lines), len(self.lines) + self.sublines):
                self.fault("line_count_wrong", index=index, where="CNT", received=text, right=len(self.lines))
            elif qualifier == "1" and all(line.quantity is not None for line in self.lines):
                total = sum((line.quantity for line in self.lines if line.quantity is not None), Decimal(0))
                if value != total:
                    self.fault(
                        "quantity_total_wrong", index=index, where="CNT", received=text, right=format(total, "f")
                    )

    def _window(self, delivery: dict[str, Window] | None, line: LineDraft | None) -> Window | None:
        """The requested window: not before and not after when they are said, else the day that is said."""
        if not delivery:
            return None
        first = next((delivery[code].from_ for code in moments.DELIVERY_FROM if code in delivery), None)
        last = next((delivery[code].to for code in moments.DELIVERY_TO if code in delivery), None)
        exact = next((delivery[code] for code in moments.DELIVERY_EXACT if code in delivery), None)
        said: dict[str, Any] = {
            "of_line": line.line_number if line else None,
            "index": line.index if line else self.delivery_at,
            "where": "DTM",
        }
        if exact is None and first is None and last is None:
            exact = next(delivery[code] for code in moments.SHIPMENT if code in delivery)
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
        if window.first_day is not None and window.last_day is not None and window.first_day > window.last_day:
            self.fault("window_reversed", received=f"{window.first_day} – {window.last_day}", **said)
        return window

    def _totals(self) -> dict[str, Decimal]:
        totals: dict[str, Decimal] = {}
        for name, qualifiers in codes.TOTALS.items():
            for qualifier in qualifiers:
                values = self.amounts.get(qualifier)
                if values and (len(values) == 1 or qualifier != "124"):
                    totals[name] = values[0]
                    break
        return totals
