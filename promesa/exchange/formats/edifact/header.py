"""The head of a message: its name, dates, references and parties; and what every segment handler uses."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from promesa.core import identifiers
from promesa.exchange.formats import labels
from promesa.exchange.formats.edifact import codes, moments
from promesa.exchange.formats.edifact.draft import PartyDraft, number_of
from promesa.exchange.formats.edifact.places import Places
from promesa.exchange.formats.edifact.syntax import Separators
from promesa.exchange.formats.neutral import ORDER_KINDS, Envelope, Fault, NeutralLine, Window, fault

MAX_FAULTS = 300
MAX_NUMBER = 70
MAX_KEPT = 1_000
MAX_NOTE = 5_000
ORDER_NUMBERS = frozenset({"QTY", "PRI"})  # a wrong one of these makes the line worthless
Elements = list[str]


@lru_cache(maxsize=256)
def identity_of(element: str, colon: str) -> tuple[str, str, str]:
    """The type of a message, its directory and the name of its format, by what UNH says."""
    found = [part.strip() for part in element.split(colon)] + [""] * 3
    type_ = found[0].upper()
    return type_, found[2].upper(), "-".join(filter(None, ["edifact", (found[1] + found[2]).lower(), type_.lower()]))


class HeaderReader:
    """What a message holds, how its segments are read, and the segments that stand before the lines."""

    __slots__ = (
        "at", "colon", "currency", "delivery", "delivery_at", "directory", "dropped_blocking", "empty_segments", "envelope",
        "faults", "format", "function", "function_code", "is_order", "issued", "kind", "line", "line_delivery",
        "line_references", "mark", "note_codes", "noted", "notes", "number", "parties", "party", "places", "reference",
        "references", "separators", "start", "summary", "type", "type_code",
    )  # fmt: skip

    def __init__(
        self, places: Places, separators: Separators, header: Elements, index: int, envelope: Envelope
    ) -> None:
        self.places = places
        self.separators = separators
        self.colon = separators.component
        self.mark = separators.decimal
        self.start = self.at = index
        self.empty_segments = 0
        self.faults: list[Fault] = []
        self.dropped_blocking: bool | None = None
        self.noted: set[tuple[str, str]] = set()
        header += [""] * (3 - len(header))
        self.reference = header[1].strip()
        self.type, self.directory, self.format = identity_of(header[2], self.colon)
        self.kind = codes.KINDS.get(self.type, "not_an_order")
        self.is_order = self.kind in ORDER_KINDS
        self.envelope = Envelope(
            envelope.sender, envelope.receiver, envelope.reference, self.reference or None, envelope.test,
            first_segment=index + 1,
        )  # fmt: skip
        self.number = ""
        self.function: str | None = None
        self.function_code = self.type_code = ""
        self.issued: dict[str, date] = {}
        self.delivery: dict[str, Window] = {}
        self.delivery_at = index
        self.currency: str | None = None
        self.parties: dict[str, PartyDraft] = {}
        self.party: PartyDraft | None = None
        self.references: dict[str, str] = {}
        self.notes: list[str] = []
        self.note_codes: list[str] = []
        self.line: NeutralLine | None = None
        self.line_delivery: dict[str, Window] | None = None
        self.line_references: dict[str, str] | None = None
        self.summary = False

    # -- reading what stands in a segment

    def parts(self, element: str, count: int) -> list[str]:
        """The components of an element, at least `count` of them."""
        found = element.split(self.colon)
        return found if len(found) >= count else found + [""] * (count - len(found))

    def fault(self, code: str, *, where: str = "", line: bool = True, index: int | None = None, **said: Any) -> None:
        """Note something wrong at the segment that is being read."""
        if len(self.faults) >= MAX_FAULTS:
            blocks = (said.get("severity") or labels.SEVERITIES[code]) == labels.BLOCKING
            self.dropped_blocking = bool(self.dropped_blocking) or blocks
            return
        at = self.at if index is None else index
        number = self.line.line_number if line and self.line is not None else said.pop("of_line", None)
        said.pop("of_line", None)
        where = where or self.places.tag(at)
        self.faults.append(fault(code, where=where, line=number, segment=at + 1, offset=self.places.offset(at), **said))

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

    def kept(self, text: str) -> str:
        """A value as it is kept: one that is too long is told, never cut in silence."""
        text = text.strip()
        if len(text) > MAX_KEPT:
            self.fault("value_too_long", received=text, right=MAX_KEPT, limit=MAX_KEPT, severity=labels.WARNING)
            return text[:MAX_KEPT]
        return text

    # -- header

    def bgm(self, elements: Elements) -> None:
        elements += [""] * (5 - len(elements))
        self.type_code = self.parts(elements[1], 1)[0].strip()
        self.number = self.parts(elements[2], 1)[0].strip()
        self.function_code = code = elements[3].strip()
        self.function = codes.FUNCTIONS.get(code, code or None)
        if self.type == "INVOIC":
            self.kind = codes.INVOICE_KINDS.get(self.type_code, "invoice")
        if self.kind == "order" and code:
            if self.function == "cancel":
                self.kind = "order_cancellation"
            elif self.function in codes.CHANGING:
                self.kind = "order_change"
            elif self.function in codes.COPIES:
                self.fault("copy_of_document", received=code)
            elif self.function != "original":
                self.fault("function_unusual", received=code, right="9")
        elif self.kind == "order_change" and self.function == "cancel":
            self.kind = "order_cancellation"
        if len(self.number) > MAX_NUMBER:
            self.fault("value_too_long", received=self.number, right=str(MAX_NUMBER), limit=MAX_NUMBER)
            self.number = self.number[:MAX_NUMBER]

    def window_in(self, element: str, *, blocking: bool) -> tuple[str, Window | None]:
        """The qualifier and the window of a C507; none when it is no date, which is told."""
        qualifier, value, form = (part.strip() for part in self.parts(element, 3)[:3])
        if not value:
            return qualifier, None
        try:
            return qualifier, moments.window_of(value, form)
        except moments.UnknownFormat:
            severity = labels.BLOCKING if blocking else labels.WARNING
            self.fault("date_format_unknown", received=f"{value}:{form}", right="102", severity=severity)
        except ValueError:
            if form == "102" and len(value) in (12, 14) and value.isdigit() and self._is_day(value[:8]):
                self.fault("date_wrong", received=value, right=value[:8], severity=labels.WARNING)
                return qualifier, moments.window_of(value[:8], form)
            right = {"102": "CCYYMMDD", "203": "CCYYMMDDHHMM"}.get(form)
            self.fault(
                "date_wrong", received=value, right=right, severity=labels.BLOCKING if blocking else labels.WARNING
            )
        return qualifier, None

    @staticmethod
    def _is_day(text: str) -> bool:
        try:
            return bool(moments.window_of(text, "102"))
        except ValueError:
            return False

    def dtm(self, elements: Elements) -> None:
        if len(elements) < 2:
            return
        qualifier, wanted, window = _moment_said(elements[1], self.colon)
        if not wanted and (self.line is not None or qualifier not in moments.ISSUED):
            return
        if window is None:
            _, window = self.window_in(elements[1], blocking=wanted)
            if window is None:
                return
        if not wanted:
            if window.first_day is not None:
                self.issued.setdefault(qualifier, window.first_day)
        elif self.line is None:
            self.delivery_at = self.at
            self.delivery.setdefault(qualifier, window)
        else:
            if self.line_delivery is None:
                self.line_delivery = {}
            self.line_delivery.setdefault(qualifier, window)

    def rff(self, elements: Elements) -> None:
        if len(elements) < 2:
            return
        found = elements[1].split(self.colon)
        if len(found) < 2 or not found[1]:
            return
        qualifier = found[0]
        value = self.kept(found[1])
        if self.line is not None:
            if self.line_references is None:
                self.line_references = self.line.references = {}
            self.line_references.setdefault(codes.REFERENCES.get(qualifier, qualifier), value)
        elif self.party is not None:
            self.party.refer(qualifier, value)
        elif len(self.references) < MAX_KEPT:
            self.references.setdefault(codes.REFERENCES.get(qualifier, qualifier), value)

    def nad(self, elements: Elements) -> None:
        if self.line is not None and self.is_order:
            self.once("line_party_ignored", elements[1].strip() if len(elements) > 1 else "")
            return
        role, party = self.party_in(elements)
        self.party = party
        known = self.parties.setdefault(role, party)
        if known is not party and known.code != party.code:
            self.fault("party_repeated", line=False, received=party.code, right=known.code, role=elements[1].strip())

    def party_in(self, elements: Elements) -> tuple[str, PartyDraft]:
        """The role and the party of a NAD segment."""
        role, gln, code, agency, fields, plain = _party_said(tuple(elements), self.colon)
        if plain:
            return role, PartyDraft(gln, code, agency, fields)
        if gln is not None:
            if not identifiers.is_gln(gln):
                self.once("check_digit_wrong", gln, line=False, right=identifiers.with_check_digit(gln), field="GLN")
        elif agency in ("9", "0088") and code:
            self.once("not_a_gln", code, line=False)
        if len(code or "") > MAX_KEPT or any(len(value) > MAX_KEPT for _, value in fields):
            fields = tuple((name, self.kept(value)) for name, value in fields)
            code = self.kept(code or "") or None
        return role, PartyDraft(gln, code, agency, fields)

    def joined(self, element: str, space: str = " ") -> str:
        return _joined(element, self.colon, space)

    def cta(self, elements: Elements) -> None:
        if self.party is not None and self.line is None and len(elements) > 2:
            code, name = self.parts(elements[2], 2)[:2]
            self.party.contact = self.party.contact or self.kept(name or code) or None

    def com(self, elements: Elements) -> None:
        if self.party is None or self.line is not None:
            return
        for element in elements[1:4]:
            value, channel = self.parts(element, 2)[:2]
            if channel == "EM":
                self.party.email = self.party.email or self.kept(value) or None
            elif channel in ("TE", "AL"):
                self.party.phone = self.party.phone or self.kept(value) or None

    def cux(self, elements: Elements) -> None:
        self.party = None
        currency = self.parts(elements[1], 2)[1].strip() if len(elements) > 1 else ""
        if len(currency) == 3 and currency.isascii() and currency.isalpha():
            self.currency = self.currency or currency.upper()
        elif currency:
            self.fault("currency_wrong", received=currency, right="EUR")

    def ftx(self, elements: Elements) -> None:
        text = self.joined(elements[4]) if len(elements) > 4 else ""
        if not text:
            return
        if len(text) > MAX_NOTE:
            self.fault("value_too_long", received=text, right=MAX_NOTE, limit=MAX_NOTE, severity=labels.WARNING)
            text = text[:MAX_NOTE]
        if self.line is not None:
            if len(self.line.notes) < MAX_KEPT:
                self.line.notes += (text,)
        elif len(self.notes) < MAX_KEPT:
            self.notes.append(text)
            self.note_codes.append("" if elements[1].strip() in codes.PLAIN_NOTES else elements[1].strip())

    def loc(self, _elements: Elements) -> None:
        if self.line is not None and self.is_order:
            self.once("delivery_split_ignored", "LOC")


Said = tuple[str, str | None, str | None, str | None, tuple[tuple[str, str], ...], bool]


@lru_cache(maxsize=4096)
def _moment_said(element: str, colon: str) -> tuple[str, bool, Window | None]:
    """The qualifier of a C507, whether it is a day that is wanted, and its window; none when there is something to say."""
    qualifier, value, form = ([part.strip() for part in element.split(colon)] + ["", ""])[:3]
    try:
        window = moments.window_of(value, form) if value else None
    except ValueError:
        window = None
    return qualifier, qualifier in moments.WANTED, window


@lru_cache(maxsize=4096)
def _party_said(elements: tuple[str, ...], colon: str) -> Said:
    """Role, GLN, code, agency and the further fields of a NAD, and whether there is nothing to say about it. Files name the
    same few parties again and again."""
    elements += ("",) * (10 - len(elements))
    role = codes.ROLES.get(elements[1].strip(), elements[1].strip().lower() or "unknown")
    code, scheme, agency = ([part.strip() for part in elements[2].split(colon)] + [""] * 3)[:3]
    if not agency and len(scheme) == 4 and scheme.isdigit():
        agency = scheme  # an ICD of ISO 6523 stands in the place of the code list
    is_gln = agency in ("9", "0088", "") and len(code) == 13 and code.isascii() and code.isdigit()
    lines = [part.strip() for part in elements[5].split(colon) if part.strip()]
    fields = {
        "name": _joined(elements[4], colon) or _joined(elements[3], colon, ", "),
        "street": lines[0] if lines else "",
        "street_2": lines[1] if len(lines) > 1 else "",
        "street_3": ", ".join(lines[2:]),
        "city": elements[6].strip(),
        "postcode": elements[8].strip(),
        "country": elements[9].strip(),
        "region": next((part.strip() for part in elements[7].split(colon)[::3] if part.strip()), ""),
    }
    said = tuple((name, value) for name, value in fields.items() if value)
    named = identifiers.is_gln(code) if is_gln else agency not in ("9", "0088") or not code
    plain = named and len(code) <= MAX_KEPT and all(len(value) <= MAX_KEPT for _, value in said)
    return role, code if is_gln else None, code or None, agency or None, said, plain


def _joined(element: str, colon: str, space: str = " ") -> str:
    return space.join(part.strip() for part in element.split(colon)[:5] if part.strip()) if element else ""
