"""What every transaction set has: parties, references, dates, notes, allowances; and what each segment handler uses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from promesa.core import identifiers
from promesa.exchange.formats import labels
from promesa.exchange.formats.neutral import (
    Allowance,
    Envelope,
    Fault,
    NeutralDocument,
    NeutralLine,
    Party,
    Tax,
    Window,
    document_of,
    fault,
)
from promesa.exchange.formats.x12 import codes, values
from promesa.exchange.formats.x12.syntax import Segments

MAX_FAULTS = 300
MAX_KEPT = 200
MAX_NUMBER = 70
MAX_NOTES = 200
Elements = list[str]
Handler = Callable[[Elements], None]


class SetReader:
    """Collects one transaction set: `handlers` gives the method of each segment, `finished` the document with its faults."""

    def __init__(self, segments: Segments, header: Elements, index: int, envelope: Envelope) -> None:
        self.segments = segments
        self.start = self.at = index
        self.empty_segments = 0
        self.faults: list[Fault] = []
        self.dropped_blocking: bool | None = None
        self.noted: set[tuple[str, str]] = set()
        self.set_id, self.control = element(header, 1), element(header, 2)
        version = (element(header, 3) or envelope.version or "")[:12]
        self.version = version
        self.format = "-".join(filter(None, ["x12", version[:6].lower(), self.set_id.lower()[:6]]))
        self.kind = codes.SETS.get(self.set_id, ("not_an_order", ""))[0]
        self.envelope = Envelope(
            envelope.sender, envelope.receiver, envelope.reference, self.control or None, envelope.test,
            envelope.group, envelope.group_kind, envelope.version,
        )  # fmt: skip
        self.number = ""
        self.function: str | None = None
        self.issued_on: date | None = None
        self.currency: str | None = None
        self.parties: dict[str, Party] = {}
        self.party: dict[str, Any] | None = None
        self.party_roles: tuple[str, ...] = ()
        self.references: dict[str, str] = {}
        self.dates: dict[str, Window] = {}
        self.dates_at = index
        self.notes: list[str] = []
        self.allowances: list[Allowance] = []
        self.taxes: list[Tax] = []
        self.totals: dict[str, Decimal] = {}
        self.lines: list[NeutralLine] = []
        self.line: NeutralLine | None = None
        self.extra: dict[str, Any] = {}

    def handlers(self) -> dict[str, Handler]:
        return {
            "N1": self.n1, "N2": self.n2, "N3": self.n3, "N4": self.n4, "PER": self.per, "REF": self.ref, "N9": self.ref,
            "DTM": self.dtm, "CUR": self.cur, "MSG": self.msg, "MTX": self.mtx, "NTE": self.mtx, "SAC": self.sac,
            "TXI": self.txi,
        }  # fmt: skip

    # -- faults

    def fault(self, code: str, where: str, *, line: bool = True, index: int | None = None, **said: Any) -> None:
        """Note something wrong at the segment that is being read; `where` is a segment or, with its number, an element."""
        severity = said.get("severity") or labels.SEVERITIES[code]
        if len(self.faults) >= MAX_FAULTS:
            self.dropped_blocking = bool(self.dropped_blocking) or severity == labels.BLOCKING
            return
        at = self.at if index is None else index
        number = said.pop("of_line", None) or (self.line.line_number if line and self.line is not None else None)
        said.setdefault("position", at - self.start + 1)
        self.faults.append(
            fault(code, where=where, line=number, segment=at + 1, offset=self.segments.offset(at), **said)
        )

    def once(self, code: str, where: str, key: str, **said: Any) -> None:
        """Note something that is worth saying once a set, however often it comes."""
        if (code, key) not in self.noted:
            self.noted.add((code, key))
            self.fault(code, where, received=key, **said)

    def number_in(self, text: str, where: str, *, grave: bool = False, implied: bool = False) -> Decimal | None:
        """The number of an element; a wrong one blocks only where it is `grave` (what is ordered, and its price)."""
        if not text:
            return None
        value, code, right = values.hundredths_of(text) if implied else values.number_of(text)
        if code:
            severity = labels.WARNING if value is None and not grave else None
            self.fault(code, where, received=text, right=right or None, severity=severity)
        return value

    def day_in(self, text: str, where: str, *, grave: bool = False, century: str = "") -> date | None:
        if not text:
            return None
        try:
            return values.day_of(text, century)
        except ValueError:
            severity = None if grave else labels.WARNING
            self.fault("date_wrong", where, received=text, right="CCYYMMDD", severity=severity)
            return None

    def kept(self, text: str, where: str, *, limit: int = MAX_KEPT) -> str | None:
        if len(text) > limit:
            self.fault("value_too_long", where, received=text, right=str(limit), limit=limit)
            return text[:limit]
        return text or None

    # -- parties

    def n1(self, elements: Elements) -> None:
        self.close_party()
        code = element(elements, 1)
        if self.line is not None:
            self.once("line_party_ignored", "N1", code or "?")
            self.party, self.party_roles = {}, ()
            return
        self.party_roles = (
            ("ship_to", "invoicee") if code == "BS" else (codes.ROLES.get(code, code.lower() or "unknown"),)
        )
        qualifier, number = element(elements, 3), element(elements, 4)[:MAX_KEPT]
        self.party = {"name": element(elements, 2)[:MAX_KEPT] or None}
        if qualifier in codes.TAX_CODES:
            self.party["tax_id"] = number or None
        elif number:
            self.party["code"] = number
            self.party["agency"] = codes.AGENCIES.get(qualifier) or (f"x12-{qualifier[:8]}" if qualifier else None)
        if qualifier == codes.GLN and number:
            self._gln(number)

    def _gln(self, number: str) -> None:
        assert self.party is not None
        if len(number) == 13 and number.isascii() and number.isdigit():
            self.party["gln"] = number
            if not identifiers.is_gln(number):
                right = identifiers.with_check_digit(number)
                self.once("check_digit_wrong", "N104", number, line=False, right=right, field="GLN")
        else:
            self.once("not_a_gln", "N104", number, line=False)

    def close_party(self) -> None:
        """Keep the party that was being read; the first of a role counts."""
        party, self.party = self.party, None
        if not party:
            return
        frozen = Party(**party)
        for role in self.party_roles:
            known = self.parties.setdefault(role, frozen)
            if known is not frozen and known != frozen and known.code != frozen.code:
                self.fault("party_repeated", "N1", line=False, received=frozen.code or frozen.name,
                           right=known.code or known.name, role=role)  # fmt: skip

    def n2(self, elements: Elements) -> None:
        if self.party is not None:
            more = " ".join(part.strip() for part in elements[1:3] if part.strip())[:MAX_KEPT]
            if more:
                self._party_reference("additional_name", more)

    def _party_reference(self, name: str, value: str) -> None:
        assert self.party is not None
        references = self.party.setdefault("references", {})
        if len(references) < MAX_KEPT:
            references.setdefault(name, value)

    def n3(self, elements: Elements) -> None:
        if self.party is not None:
            street = ", ".join(part.strip() for part in elements[1:3] if part.strip())
            known = self.party.get("street")
            self.party["street"] = (f"{known}, {street}" if known else street)[:MAX_KEPT] or None

    def n4(self, elements: Elements) -> None:
        if self.party is not None:
            for place, name in enumerate(("city", "region", "postcode", "country"), 1):
                self.party[name] = element(elements, place)[:MAX_KEPT] or None

    def per(self, elements: Elements) -> None:
        if self.party is None:
            return
        self.party.setdefault("contact", element(elements, 2)[:MAX_KEPT] or None)
        for place in (3, 5, 7):
            name = {"TE": "phone", "EM": "email"}.get(element(elements, place))
            if name and element(elements, place + 1):
                self.party.setdefault(name, element(elements, place + 1)[:MAX_KEPT])

    # -- references, dates, texts

    def ref(self, elements: Elements) -> None:
        qualifier, value = element(elements, 1), element(elements, 2)[:MAX_KEPT]
        if qualifier == "L1":  # letters or notes: a text, in the description or in MSG below
            self.note(element(elements, 3) or (element(elements, 2) if elements[0] == "REF" else ""))
            return
        value = value or element(elements, 3)[:MAX_KEPT]
        if not qualifier or not value:
            return
        if self.party is not None:
            if qualifier in codes.PARTY_TAX_REFERENCES and not self.party.get("tax_id"):
                self.party["tax_id"] = value
            else:
                self._party_reference(codes.REFERENCES.get(qualifier, qualifier), value)
            return
        name = codes.REFERENCES.get(qualifier, qualifier)
        if self.line is None:
            if len(self.references) < MAX_KEPT:
                self.references.setdefault(name, value)
            return
        self.keep_in("references", name, value)

    def keep_in(self, name: str, key: str, value: Any) -> None:
        """Keep one more value in a mapping of the line that is being read."""
        assert self.line is not None
        mapping = getattr(self.line, name)
        if mapping is None:
            mapping = {}
            setattr(self.line, name, mapping)
        if len(mapping) < MAX_KEPT:
            mapping.setdefault(key, value)

    def dtm(self, elements: Elements) -> None:
        qualifier = element(elements, 1)
        window = self.window_in(elements, qualifier)
        if window is None:
            return
        if self.line is None:
            self.dates_at = self.at
            self.dates.setdefault(qualifier, window)
        else:
            self.line_date(qualifier, window)

    def window_in(self, elements: Elements, qualifier: str) -> Window | None:
        """What a DTM says: a day, a moment, or a period (DTM05 RD8, DTM06)."""
        grave = qualifier in values.REQUESTED and self.kind == "order"
        text = element(elements, 2)
        if text:
            day = self.day_in(text, "DTM02", grave=grave, century=element(elements, 5))
            if day is None:
                return None
            moment = values.moment_of(day, element(elements, 3))
            return Window(moment, moment)
        form, text = element(elements, 5), element(elements, 6)
        if not text:
            return None
        first, dash, last = text.partition("-")
        start = self.day_in(first, "DTM06", grave=grave)
        end = self.day_in(last, "DTM06", grave=grave) if dash and form.startswith("RD") else start
        return Window(start, end) if start is not None and end is not None else None

    def line_date(self, qualifier: str, window: Window) -> None:
        """A date of the line that is being read."""
        known = self.extra.setdefault("dates", {}).setdefault(id(self.line), {})
        known.setdefault(qualifier, window)

    def cur(self, elements: Elements) -> None:
        self.close_party()
        currency = element(elements, 2).upper()
        if len(currency) == 3 and currency.isascii() and currency.isalpha():
            self.currency = self.currency or currency
        elif currency:
            self.fault("currency_wrong", "CUR02", received=currency, right="USD")

    def note(self, text: str) -> None:
        text = text.strip()[:1000]
        if not text:
            return
        if self.line is None:
            if len(self.notes) < MAX_NOTES:
                self.notes.append(text)
        elif len(self.line.notes) < MAX_NOTES:
            self.line.notes = (*self.line.notes, text)

    def msg(self, elements: Elements) -> None:
        self.note(element(elements, 1))

    def mtx(self, elements: Elements) -> None:
        self.note(element(elements, 2))

    # -- money beside the lines

    def sac(self, elements: Elements) -> None:
        indicator, code = element(elements, 1), element(elements, 2)
        amount = self.number_in(element(elements, 5), "SAC05", implied=True)
        percent = self.number_in(element(elements, 7), "SAC07")
        reason = element(elements, 15)[:MAX_KEPT] or None
        if indicator not in ("A", "C") or (amount is None and percent is None and not element(elements, 8)):
            return  # nothing is taken off or put on: a promotion, a service for information
        kind = codes.TAX_CHARGES.get(code)
        if indicator == "C" and kind is not None:
            self.tax(kind, percent, amount, reason)
            return
        rate = self.number_in(element(elements, 8), "SAC08")
        if amount is None and rate is not None:
            count = self.number_in(element(elements, 10), "SAC10") or (self.line.quantity if self.line else None)
            amount = rate * count if count is not None else None
        one = Allowance(
            charge=indicator == "C", amount=amount, percent=percent, reason=reason, reason_code=code or None
        )
        self.allow(one)

    def allow(self, one: Allowance) -> None:
        if self.line is None:
            if len(self.allowances) < MAX_KEPT:
                self.allowances.append(one)
        elif len(self.line.allowances) < MAX_KEPT:
            self.line.allowances = (*self.line.allowances, one)

    def tax(
        self,
        kind: str,
        rate: Decimal | None,
        amount: Decimal | None,
        reason: str | None = None,
        base: Decimal | None = None,
    ) -> None:
        """A tax: of the line, which has one rate, or of the document."""
        if self.line is None:
            if len(self.taxes) < MAX_KEPT:
                self.taxes.append(Tax(rate=rate, base=base, amount=amount, kind=kind or None, reason=reason))
            return
        if self.line.tax_rate is None:
            self.line.tax_rate = rate
        if amount is not None:
            amounts = self.line.amounts = dict(self.line.amounts or {})
            amounts["tax"] = amounts.get("tax", Decimal(0)) + amount
            self.extra.setdefault("line_taxes", {}).setdefault((kind, rate), []).append(amount)

    def txi(self, elements: Elements) -> None:
        kind = element(elements, 1)
        self.tax(
            codes.TAX_KINDS.get(kind, kind),
            self.number_in(element(elements, 3), "TXI03"),
            self.number_in(element(elements, 2), "TXI02"),
            base=self.number_in(element(elements, 8), "TXI08"),
        )

    # -- the end

    def other(self, tag: str) -> None:
        """A segment that tells us nothing; a tag that no version knows may be a damaged one."""
        if tag in codes.KNOWN_TAGS:
            return
        shown = tag[:20] or "?"
        if 2 <= len(tag) <= 3 and tag.isascii() and tag.isalnum() and tag.isupper():
            self.once("segment_unknown", shown, shown, line=False)
        else:
            self.fault("segment_unreadable", shown, line=False, received=shown)

    def trailer(self, elements: Elements) -> None:
        """SE: the number of segments, ST and SE included, and the control number of ST again."""
        self.line = None
        counted = self.at - self.start + 1 - self.empty_segments
        declared, control = element(elements, 1), element(elements, 2)
        if not declared.isascii() or not declared.isdigit() or int(declared[:18]) != counted:
            self.fault("segment_count_wrong", "SE01", received=declared, right=str(counted))
        if control != self.control:
            self.fault("reference_mismatch", "SE02", received=control, right=self.control, first="ST02")

    def unfinished(self) -> None:
        """The set ended without SE."""
        self.line = None
        separator = self.segments.separators.element
        right = separator.join(["SE", str(self.at - self.start + 2 - self.empty_segments), self.control])
        self.fault("message_trailer_missing", "SE", right=right)

    def number_missing(self, where: str) -> None:
        """The number that a set cannot be without isn't there, or not even the segment that has it."""
        began = self.extra.get("begins")
        self.fault("number_missing", where if began else where[:3], index=began or self.start + 1)

    def check(self) -> None:
        """What can only be said once the whole set was read."""

    def finished(self) -> NeutralDocument:
        self.line = None
        self.close_party()
        self.check()
        if self.kind == "not_an_order":
            self.fault("not_an_order", "ST01", index=self.start, received=self.set_id, right="850", kind=self.kind)
        if self.version[:6] not in codes.USUAL_VERSIONS:
            self.fault(
                "x12_version_other", "GS08", index=self.start, received=self.version or "?", right="004010, 005010"
            )
        if self.dropped_blocking is not None:
            severity = labels.BLOCKING if self.dropped_blocking else labels.NOTE
            self.faults.append(fault("more_faults", severity=severity, where="ST", limit=MAX_FAULTS))
        return self.document()

    def document(self, **more: Any) -> NeutralDocument:
        return document_of({
            "format": self.format,
            "kind": self.kind,
            "number": self.number or None,
            "function": self.function,
            "issued_on": self.issued_on,
            "currency": self.currency,
            "parties": self.parties,
            "references": self.references,
            "lines": tuple(self.lines),
            "totals": self.totals,
            "notes": tuple(self.notes),
            "envelope": self.envelope,
            "allowances": tuple(self.allowances),
            "taxes": tuple(self.taxes),
            "faults": tuple(self.faults),
            **more,
        })  # fmt: skip


def element(elements: Elements, place: int) -> str:
    """An element without its blanks; empty when the segment is shorter."""
    return elements[place].strip() if place < len(elements) else ""
