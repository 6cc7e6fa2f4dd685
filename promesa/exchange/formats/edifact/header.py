"""The head of a message: its name, dates, references and parties; and what every segment handler uses."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from promesa.core import identifiers
from promesa.exchange.formats import labels
from promesa.exchange.formats.edifact import codes, moments
from promesa.exchange.formats.edifact.draft import LineDraft, PartyDraft, number_of
from promesa.exchange.formats.edifact.syntax import COLON_ASIDE, Segments
from promesa.exchange.formats.neutral import ORDER_KINDS, Envelope, Fault, Window, fault

MAX_FAULTS = 300
MAX_NUMBER = 70
MAX_KEPT = 200
ORDER_NUMBERS = frozenset({"QTY", "PRI"})  # a wrong one of these makes the line worthless
Elements = list[str]
_PADDING = tuple(("",) * count for count in range(8))


class HeaderReader:
    """What a message holds, how its segments are read, and the segments that stand before the lines."""

    def __init__(self, segments: Segments, header: Elements, index: int, envelope: Envelope) -> None:
        self.segments = segments
        self.colon = segments.separators.component
        self.aside = segments.released
        self.mark = segments.separators.decimal
        self.start = self.at = index
        self.tag = "UNH"
        self.empty_segments = 0
        self.faults: list[Fault] = []
        self.dropped_blocking: bool | None = None
        self.noted: set[tuple[str, str]] = set()
        header += [""] * (3 - len(header))
        self.reference = header[1].strip()
        identity = self.parts(header[2], 5)
        self.type, self.directory = identity[0].strip().upper(), identity[2].strip().upper()
        self.format = "-".join(
            filter(None, ["edifact", (identity[1] + identity[2]).strip().lower(), self.type.lower()])
        )
        self.kind = codes.KINDS.get(self.type, "not_an_order")
        self.envelope = Envelope(
            envelope.sender, envelope.receiver, envelope.reference, self.reference or None, envelope.test
        )
        self.main_quantity = codes.MAIN_QUANTITY.get(self.kind, codes.ORDERED)
        self.number = ""
        self.function: str | None = None
        self.issued: dict[str, date] = {}
        self.delivery: dict[str, Window] = {}
        self.delivery_at = index
        self.currency: str | None = None
        self.parties: dict[str, PartyDraft] = {}
        self.party: PartyDraft | None = None
        self.references: dict[str, str] = {}
        self.notes: list[str] = []
        self.amounts: dict[str, list[Decimal]] = {}
        self.lines: list[LineDraft] = []
        self.line: LineDraft | None = None
        self.sublines = 0
        self.summary = False
        self.controls: list[tuple[str, str, int]] = []

    # -- reading what stands in a segment

    def parts(self, element: str, count: int) -> list[str]:
        """The components of an element, at least `count` of them."""
        found = element.split(self.colon)
        if self.aside and COLON_ASIDE in element:
            found = [part.replace(COLON_ASIDE, self.colon) for part in found]
        missing = count - len(found)
        if missing > 0:
            found += _PADDING[missing]
        return found

    def fault(self, code: str, *, where: str = "", line: bool = True, index: int | None = None, **said: Any) -> None:
        """Note something wrong at the segment that is being read."""
        if len(self.faults) >= MAX_FAULTS:
            blocks = (said.get("severity") or labels.SEVERITIES[code]) == labels.BLOCKING
            self.dropped_blocking = bool(self.dropped_blocking) or blocks
            return
        at = self.at if index is None else index
        number = self.line.line_number if line and self.line is not None else said.pop("of_line", None)
        said.pop("of_line", None)
        self.faults.append(
            fault(code, where=where or self.tag, line=number, segment=at + 1, offset=self.segments.offset(at), **said)
        )

    def once(self, code: str, key: str, **said: Any) -> None:
        """Note something that is worth saying once a message, however often it comes."""
        if (code, key) not in self.noted:
            self.noted.add((code, key))
            self.fault(code, received=key, **said)

    def number_in(self, text: str, *, field: str) -> Decimal | None:
        value, code, right = number_of(text, self.mark)
        if code:
            severity = labels.WARNING if value is None and field not in ORDER_NUMBERS else None
            self.fault(code, received=text, right=right or None, field=field, severity=severity)
        return value

    # -- header

    def bgm(self, elements: Elements) -> None:
        self.tag = "BGM"
        elements += [""] * (4 - len(elements))
        name = self.parts(elements[1], 1)[0].strip()
        self.number = self.parts(elements[2], 1)[0].strip()
        code = elements[3].strip()
        self.function = codes.FUNCTIONS.get(code, code or None)
        if self.type == "INVOIC":
            self.kind = codes.INVOICE_KINDS.get(name, "invoice")  # all of them are about the invoiced quantity
        if self.kind == "order" and code:
            if self.function == "cancel":
                self.kind = "order_cancellation"
            elif self.function in codes.CHANGING:
                self.kind = "order_change"
            elif self.function in codes.COPIES:
                self.fault("copy_of_document", received=code)
            elif self.function != "original":
                self.fault("function_unusual", received=code, right="9")
        if len(self.number) > MAX_NUMBER:
            self.fault("value_too_long", received=self.number, right=str(MAX_NUMBER), limit=MAX_NUMBER)
            self.number = self.number[:MAX_NUMBER]

    def dtm(self, elements: Elements) -> None:
        if len(elements) < 2:
            return
        self.tag = "DTM"
        qualifier, value, form = self.parts(elements[1], 3)[:3]
        line = self.line
        wanted = (
            qualifier in moments.DELIVERY_EXACT
            or qualifier in moments.DELIVERY_FROM
            or qualifier in moments.DELIVERY_TO
        )
        wanted = wanted or qualifier in moments.SHIPMENT
        if not wanted and (line is not None or qualifier not in moments.ISSUED):
            return
        try:
            window = moments.window_of(value.strip(), form.strip())
        except moments.UnknownFormat:
            severity = labels.BLOCKING if wanted else labels.WARNING
            self.fault("date_format_unknown", received=f"{value}:{form}", right="102", severity=severity)
            return
        except ValueError:
            right = {"102": "CCYYMMDD", "203": "CCYYMMDDHHMM"}.get(form)
            self.fault(
                "date_wrong", received=value, right=right, severity=labels.BLOCKING if wanted else labels.WARNING
            )
            return
        if not wanted:
            if window.first_day is not None:
                self.issued.setdefault(qualifier, window.first_day)
        elif line is None:
            self.delivery_at = self.at
            self.delivery.setdefault(qualifier, window)
        else:
            line.delivery = line.delivery or {}
            line.delivery.setdefault(qualifier, window)

    def rff(self, elements: Elements) -> None:
        if len(elements) < 2:
            return
        qualifier, value = self.parts(elements[1], 2)[:2]
        if not value:
            return
        if self.line is not None:
            kept = self.line.references
            if kept is None:
                kept = self.line.references = {}
            kept.setdefault(codes.REFERENCES.get(qualifier, qualifier), value[:MAX_KEPT])
        elif self.party is not None:
            if qualifier in codes.TAX_REFERENCES and self.party.tax_id is None:
                self.party.tax_id = value[:MAX_KEPT]
            else:
                self.party.references.setdefault(codes.REFERENCES.get(qualifier, qualifier), value[:MAX_KEPT])
        elif len(self.references) < MAX_KEPT:
            self.references.setdefault(codes.REFERENCES.get(qualifier, qualifier), value[:MAX_KEPT])

    def nad(self, elements: Elements) -> None:
        self.tag = "NAD"
        elements += [""] * (10 - len(elements))
        role = codes.ROLES.get(elements[1].strip(), elements[1].strip().lower() or "unknown")
        code, _, agency = (part.strip() for part in self.parts(elements[2], 3)[:3])
        if self.line is not None and self.kind in ORDER_KINDS:
            self.once("line_party_ignored", elements[1])
            return
        gln = None
        if agency in ("9", "") and len(code) == 13 and code.isascii() and code.isdigit():
            gln = code
            if not identifiers.is_gln(code):
                self.once("check_digit_wrong", code, line=False, right=identifiers.with_check_digit(code), field="GLN")
        elif agency == "9":
            self.once("not_a_gln", code, line=False)
        name = self._joined(elements[4]) or self._joined(elements[3], ", ")
        fields = {
            "name": name,
            "street": self._joined(elements[5], ", "),
            "city": elements[6],
            "postcode": elements[8],
            "country": elements[9],
        }
        if elements[7]:
            fields["region"] = self.parts(elements[7], 1)[0]
        kept = {
            key: value.replace(COLON_ASIDE, self.colon).strip()[:MAX_KEPT] for key, value in fields.items() if value
        }
        party = PartyDraft(gln, code[:MAX_KEPT] or None, agency or None, kept)
        self.party = party
        known = self.parties.setdefault(role, party)
        if known is not party and known.code != party.code:
            self.fault("party_repeated", line=False, received=code, right=known.code, role=elements[1])

    def _joined(self, element: str, space: str = " ") -> str:
        return space.join(part.strip() for part in self.parts(element, 1)[:5] if part.strip()) if element else ""

    def cta(self, elements: Elements) -> None:
        if self.party is not None and self.line is None and len(elements) > 2:
            code, name = self.parts(elements[2], 2)[:2]
            self.party.contact = self.party.contact or (name or code)[:MAX_KEPT] or None

    def com(self, elements: Elements) -> None:
        if self.party is None or self.line is not None or len(elements) < 2:
            return
        value, channel = self.parts(elements[1], 2)[:2]
        if channel == "EM":
            self.party.email = self.party.email or value[:MAX_KEPT]
        elif channel == "TE":
            self.party.phone = self.party.phone or value[:MAX_KEPT]

    def cux(self, elements: Elements) -> None:
        self.tag, self.party = "CUX", None
        currency = self.parts(elements[1], 2)[1].strip() if len(elements) > 1 else ""
        if len(currency) == 3 and currency.isascii() and currency.isalpha():
            self.currency = self.currency or currency.upper()
        elif currency:
            self.fault("currency_wrong", received=currency, right="EUR")

    def ftx(self, elements: Elements) -> None:
        text = self._joined(elements[4]) if len(elements) > 4 else ""
        if not text:
            return
        if self.line is None:
            if len(self.notes) < MAX_KEPT:
                self.notes.append(text[:1000])
        else:
            self.line.notes = self.line.notes or []
            self.line.notes.append(text[:1000])

    def alc(self, _elements: Elements) -> None:
        self.tag, self.party = "ALC", None
        if self.kind in ORDER_KINDS:
            self.once("allowance_ignored", "ALC", line=False)

    def loc(self, _elements: Elements) -> None:
        self.tag = "LOC"
        if self.line is not None and self.kind in ORDER_KINDS:
            self.once("delivery_split_ignored", "LOC")
