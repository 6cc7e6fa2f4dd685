"""What the messages after an order say: invoices with their taxes, allowances and terms, answers, and their lines."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from promesa.exchange.formats import labels
from promesa.exchange.formats.edifact import codes, moments
from promesa.exchange.formats.edifact.bill import BillReader
from promesa.exchange.formats.edifact.header import MAX_KEPT, Elements
from promesa.exchange.formats.edifact.money import payments_of, terms_of
from promesa.exchange.formats.edifact.places import Places
from promesa.exchange.formats.edifact.syntax import Separators
from promesa.exchange.formats.neutral import Envelope, NeutralLine, Window

INVOICES = frozenset({"invoice", "credit_note", "debit_note"})


class TradeReader(BillReader):
    """Reads invoices, answers to orders, catalogues and reports. Which group a segment is in is told by the one before it."""

    __slots__ = (
        "days",
        "line_attributes", "line_days", "line_quantities", "preceding", "profile", "quote", "said_days",
        "tax_reasons", "terms",
    )  # fmt: skip

    TAGS = (*BillReader.TAGS, "QVR", "STS", "ALI")

    def __init__(
        self, places: Places, separators: Separators, header: Elements, index: int, envelope: Envelope
    ) -> None:
        super().__init__(places, separators, header, index, envelope)
        self.reads_plain_lines = False
        self.days: dict[str, Window] = {}
        self.line_days: dict[str, Window] | None = None
        self.said_days: list[tuple[NeutralLine, dict[str, Window]]] = []
        self.line_quantities: dict[str, Decimal] | None = None
        self.line_attributes: dict[str, str] | None = None
        self.quote: str | None = None
        self.terms: list[str] = []
        self.profile: dict[str, str] = {}
        self.preceding: list[dict[str, Any]] = []
        self.tax_reasons: dict[str, str] = {}

    @property
    def is_invoice(self) -> bool:
        return self.kind in INVOICES

    def lin(self, elements: Elements) -> None:
        self.close_groups()
        super().lin(elements)
        action = elements[2].strip() if len(elements) > 2 else ""
        if self.line is None or not action:
            return
        if self.kind == "order_response":
            self.line.response = codes.RESPONSES.get(action)
            if self.line.response is None:
                self.once("code_unknown", action, right="1, 2, 3, 5, 6, 7, 24", severity=labels.NOTE)
        elif action in codes.ACTIONS and self.line.attributes is None:
            self.attribute("action", codes.ACTIONS[action])

    def end_line(self) -> None:
        line = self.line
        if line is not None and line.place is not None:
            if self.line_days is not None:
                self.said_days.append((line, self.line_days))
            if self.line_allowances:
                line.allowances = tuple(one.frozen() for one in self.line_allowances)
        super().end_line()
        self.line_days = self.line_quantities = self.line_amounts = self.line_attributes = None
        self.line_allowances = []

    def attribute(self, name: str, value: str) -> None:
        """Keep a property of the open line."""
        if self.line is not None:
            if self.line_attributes is None:
                self.line_attributes = self.line.attributes = {}
            key, count = name, 2
            while key in self.line_attributes and self.line_attributes[key] != value:
                key, count = f"{name}#{count}", count + 1
            self.line_attributes[key] = value

    # -- dates

    def dtm(self, elements: Elements) -> None:
        if len(elements) < 2:
            return
        qualifier, window = self.window_in(elements[1], blocking=False)
        if window is None:
            return
        if self.reference_open is not None and qualifier in ("171", "4"):
            self.date_reference(window)
        elif self.instalment is not None and qualifier in moments.DUE:
            self.instalment["due"] = window.first_day
            self.days.setdefault(qualifier, window)
        elif self.line is not None:
            self.date_of_line(qualifier, window)
        else:
            self.delivery_at = self.at
            self.days.setdefault(qualifier, window)
            if qualifier in moments.ISSUED and window.first_day is not None:
                self.issued.setdefault(qualifier, window.first_day)

    def date_reference(self, window: Window) -> None:
        """The date of the document that was just referred to."""
        if self.line is not None or self.reference_open is None or window.first_day is None or not self.preceding:
            return
        if self.preceding[-1]["number"] == self.reference_open[1]:
            self.preceding[-1].setdefault("issued_on", window.first_day)

    def date_of_line(self, qualifier: str, window: Window) -> None:
        if self.line_days is None:
            self.line_days = {}
        self.line_days.setdefault(qualifier, window)

    # -- references, parties

    def rff(self, elements: Elements) -> None:
        if len(elements) < 2:
            return
        found = [part.strip() for part in self.parts(elements[1], 3)]
        qualifier, value, line_number = found[0], found[1], found[2]
        if not value:
            return
        self.reference_open = (qualifier, value)
        if self.line is None and qualifier == "PQ":
            self.quote = self.quote or self.kept(value)
        elif self.line is None and qualifier in codes.PRECEDING and self.is_invoice:
            if all(one["number"] != value for one in self.preceding) and len(self.preceding) < MAX_KEPT:
                self.preceding.append({"number": self.kept(value)})
            self.references.setdefault("invoice", self.kept(value))
        elif self.line is not None:
            name = "order_line" if qualifier == "LI" else codes.REFERENCES.get(qualifier, qualifier)
            self.refer_line(name, self.kept(value), line_number)
        elif self.party is not None and (
            qualifier in codes.PARTY_NUMBERS or qualifier not in codes.DOCUMENT_REFERENCES
        ):
            self.party.refer(qualifier, self.kept(value))
        elif len(self.references) < MAX_KEPT:
            name = (
                "buyer_reference"
                if qualifier == "CR" and self.is_invoice
                else codes.REFERENCES.get(qualifier, qualifier)
            )
            self.references.setdefault(name, self.kept(value))

    def refer_line(self, name: str, value: str, line_number: str) -> None:
        if self.line is None:
            return
        if self.line_references is None:
            self.line_references = self.line.references = {}
        self.line_references.setdefault(name, value)
        if line_number and name in ("order", "seller_order"):
            self.line_references.setdefault(f"{name}_line", self.kept(line_number))

    def nad(self, elements: Elements) -> None:
        self.close_groups()
        if self.line is None:
            super().nad(elements)
            return
        role, party = self.party_in(elements)
        if party.code or party.fields:
            self.refer_line(role, party.code or dict(party.fields).get("name", ""), "")

    def cux(self, elements: Elements) -> None:
        self.close_groups()
        self.party = None
        for element in elements[1:3]:
            usage, currency = [part.strip() for part in self.parts(element, 2)[:2]]
            if not currency:
                continue
            if len(currency) != 3 or not currency.isascii() or not currency.isalpha():
                self.fault("currency_wrong", received=currency, right="EUR")
            elif usage == "6":
                self.tax_currency = self.tax_currency or currency.upper()
            elif usage != "3" or self.currency is None:
                self.currency = self.currency or currency.upper()

    def loc(self, elements: Elements) -> None:
        self.close_groups()
        place = self.parts(elements[2], 1)[0].strip() if len(elements) > 2 else ""
        if place and self.line is not None:
            self.refer_line("location", self.kept(place), "")

    # -- texts

    def ftx(self, elements: Elements) -> None:
        elements += [""] * (5 - len(elements))
        subject, code = elements[1].strip(), self.parts(elements[3], 1)[0].strip()
        text = self.joined(elements[4])
        if self.line is not None:
            self.text_of_line(subject, code, text, elements)
        elif subject == "DOC" and (code or text):
            self.profile |= {"process": code} if code else {}
            self.profile |= {"customization": text} if text else {}
        elif subject == "AAB" and text:
            self.terms.append(text)
        elif subject == "TXD" and text and self.is_invoice:
            self.tax_reasons.setdefault(code, text)
        else:
            super().ftx(elements)

    def text_of_line(self, subject: str, code: str, text: str, elements: Elements) -> None:
        """A free text of a line: a property of the item, the reason of an answer, or a note."""
        assert self.line is not None
        if subject == "ACF":
            name, value = [part.strip() for part in self.parts(elements[4], 2)[:2]]
            if name and not value and ":" in name:
                name, _, value = name.partition(":")
            if name and value:
                self.attribute(self.kept(name), self.kept(value))
                return
        if code and not self.is_invoice:
            self.line.reason_code = self.line.reason_code or self.kept(code)
            if text:
                self.line.reason = self.line.reason or text
                return
        if subject in codes.REASON_SUBJECTS and text and self.kind in codes.ANSWERS:
            self.line.reason = self.line.reason or text
        elif text:
            super().ftx(elements)

    def imd(self, elements: Elements) -> None:
        line = self.line
        if line is None or len(elements) < 4:
            return
        text = self.described(elements[3])
        if not text:
            return
        if not self.is_invoice:
            line.text = text if line.text is None else f"{line.text} {text}"[:5000]
        elif line.text is None:
            line.text = text
        elif elements[1].strip() == "F" and line.description is None:
            line.text = f"{line.text} {text}"[:5000]
        else:  # the item has its name: what else is said describes it
            line.description = text if line.description is None else f"{line.description} {text}"[:5000]

    def pia(self, elements: Elements) -> None:
        if self.line is not None and len(elements) > 2 and elements[1] in codes.SUBSTITUTES:
            code = self.parts(elements[2], 1)[0].strip()
            if code:
                self.refer_line(codes.SUBSTITUTES[elements[1]], self.kept(code), "")
            return
        super().pia(elements)

    # -- quantities and prices

    def qty(self, elements: Elements) -> None:
        line = self.line
        if line is None or len(elements) < 2:
            return
        qualifier, text, unit = [part.strip() for part in self.parts(elements[1], 3)[:3]]
        name = codes.QUANTITIES.get(qualifier)
        if qualifier == self.main_quantity:
            self.measure(line, text, unit)
            if not self.is_invoice and not self.is_order and name is not None and line.quantity is not None:
                self.count_line(name, line.quantity)
            return
        value = self.number_in(text, field="QTY")
        if unit and line.unit_code is None:
            line.unit_code = unit[:40]
        if name is None:
            self.once("quantity_ignored", qualifier)
        elif name == "free":
            line.free = value
        elif value is not None:
            self.count_line(name, value)

    def count_line(self, name: str, value: Decimal) -> None:
        """Keep a quantity of the line; a second of its name is another part of it."""
        if self.line is not None:
            if self.line_quantities is None:
                self.line_quantities = self.line.quantities = {}
            self.line_quantities.setdefault(name, value)

    def pri(self, elements: Elements) -> None:
        line = self.line
        if line is None or len(elements) < 2:
            return
        found = [part.strip() for part in self.parts(elements[1], 6)]
        if codes.PRICES.get(found[0], (9, ""))[1] == "gross" and found[3] not in codes.RETAIL_PRICES and found[1]:
            value = self.number_in(found[1], field="PRI")
            if line.gross_price is None and value is not None and (self.is_invoice or line.price is not None):
                line.gross_price = value
                return
        was_gross = line.price if line.price_kind == "gross" else None
        super().pri(elements)
        if was_gross is not None and line.price_kind == "net":
            line.gross_price = line.gross_price or was_gross
        if found[5] and line.unit_code is None and self.kind == "price_catalogue":
            line.unit_code = found[5][:40]  # a price catalogue has no quantity that would say it
        if found[5] and line.price is not None and line.unit_code and found[5] != line.unit_code and self.is_invoice:
            self.code_of_line("price_basis_unit", self.kept(found[5]))

    def qvr(self, elements: Elements) -> None:
        """A difference to what was ordered or advised, with its reason."""
        line = self.line
        if line is None or len(elements) < 2:
            return
        difference, qualifier = [part.strip() for part in self.parts(elements[1], 2)[:2]]
        code = elements[2].strip() if len(elements) > 2 else ""
        change, text = "", ""
        if len(elements) > 3:
            found = [part.strip() for part in self.parts(elements[3], 4)]
            change, text = found[0], found[3]
        line.reason_code = line.reason_code or self.kept(code or change) or None
        line.reason = line.reason or self.kept(text) or None
        value = self.number_in(difference, field="QVR") if difference else None
        if value is not None:
            named = codes.DISCREPANCIES.get(code) or codes.QUANTITIES.get(qualifier)
            self.count_line("variance", value)
            if named in codes.DIFFERENCES:
                self.count_line(named, abs(value))

    def sts(self, elements: Elements) -> None:
        if self.line is not None:
            for element in elements[2:4]:
                code = self.parts(element, 1)[0].strip()
                if code:
                    self.line.reason_code = self.kept(code)

    def ali(self, elements: Elements) -> None:
        country = elements[1].strip() if len(elements) > 1 else ""
        if self.line is not None and len(country) == 2 and country.isalpha():
            self.line.origin_country = self.line.origin_country or country.upper()

    # -- the document

    def uns(self, elements: Elements) -> None:
        self.close_groups()
        super().uns(elements)

    def said(self) -> dict[str, Any]:
        for line, days in self.said_days:
            self.days_of_line(line, days)
        self.delivery = {code: one for code, one in self.days.items() if code in moments.REQUESTED}
        said = super().said()
        codes_of_notes = tuple(self.note_codes)
        said |= {
            "type_code": self.type_code or None,
            "profile": self.profile,
            "due_on": self.due_on(said["issued_on"]),
            "delivered_on": self.day(*moments.DELIVERED),
            "despatched_on": self.day(*moments.DESPATCHED),
            "tax_point_on": self.day("131"),
            "period": self.period(self.days),
            "promised": self.promise(self.days),
            "terms": terms_of(self.terms, self.instalments),
            "payments": payments_of(self.means, self.accounts, self.quote),
            "allowances": tuple(one.frozen() for one in self.allowances or self.summary_allowances),
            "taxes": tuple(one.frozen(self.tax_reasons) for one in self.taxes if one.says_something),
            "note_codes": codes_of_notes if any(codes_of_notes) and self.is_invoice else (),
            "preceding": tuple(self.preceding),
            "tax_currency": self.tax_currency,
        }
        if self.quote and not said["payments"]:
            self.references.setdefault("payment", self.quote)
        if self.kind in codes.ANSWERS:
            said["response"] = codes.DOCUMENT_RESPONSES.get(self.function_code)
        return said

    def day(self, *qualifiers: str) -> date | None:
        return next((self.days[code].first_day for code in qualifiers if code in self.days), None)

    def days_of_line(self, line: NeutralLine, days: dict[str, Window]) -> None:
        """Put the dates of a line where they belong."""
        requested = {code: one for code, one in days.items() if code in moments.REQUESTED}
        line.requested = self.window(requested, line) if requested else None
        line.promised = self.promise(days)
        line.period = self.period(days)

    def promise(self, days: dict[str, Window]) -> Window | None:
        return next((days[code] for code in moments.PROMISED if code in days), None)

    def period(self, days: dict[str, Window]) -> Window | None:
        for first, last in moments.PERIODS:
            if first in days or last in days:
                begins, ends = days.get(first), days.get(last)
                return Window(begins.from_ if begins else None, ends.to if ends else None)
        return next((days[code] for code in moments.WHOLE_PERIODS if code in days), None)

    def due_on(self, issued: date | None) -> date | None:
        """The day the document names, or so many days after its own day as its terms say."""
        said = self.day(*moments.DUE)
        if said is not None or issued is None:
            return said
        for one in self.instalments:
            if (
                one["type"] in ("1", "3")
                and one["after"] == ["5", "3", "D"]
                and "count" in one
                and "percent" not in one
            ):
                return issued + timedelta(days=one["count"])
        return None

    def totals(self) -> dict[str, Decimal]:
        return codes.named_totals(self.amounts) if self.is_invoice else super().totals()

    def check(self) -> None:
        if self.is_order:
            super().check()
            return
        self.check_directory()
        if not self.number:
            code = "number_missing" if self.kind == "order_response" else "segment_missing"
            self.fault(
                code, index=self.start, where="BGM", right="BGM", severity=labels.WARNING if self.type_code else None
            )
        self.check_lines(measured=False)

    def item_missing(self, line: NeutralLine) -> None:
        """Only orders need a code of the item: words are enough on other documents."""
        if not line.text:
            self.line_fault("item_missing", line, severity=labels.WARNING)
