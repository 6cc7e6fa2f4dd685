"""The money in a message: allowances, taxes, terms and accounts, each in its group of segments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from promesa.exchange.formats.edifact import codes
from promesa.exchange.formats.edifact.draft import number_of
from promesa.exchange.formats.edifact.header import MAX_KEPT, Elements
from promesa.exchange.formats.edifact.message import MessageReader
from promesa.exchange.formats.edifact.money import AllowanceDraft, TaxDraft
from promesa.exchange.formats.edifact.places import Places
from promesa.exchange.formats.edifact.syntax import Separators
from promesa.exchange.formats.neutral import Envelope


class BillReader(MessageReader):
    """Reads what is owed and how it is paid; which group an amount is of is told by the segment before it."""

    __slots__ = (
        "accounts", "allowance", "allowances", "instalment", "instalments", "line_allowances", "line_amounts", "means",
        "reference_open", "summary_allowances", "tax_currency", "tax_open", "taxes",
    )  # fmt: skip

    TAGS = (*MessageReader.TAGS, "PCD", "PAT", "PYT", "PAI", "FII")

    def __init__(
        self, places: Places, separators: Separators, header: Elements, index: int, envelope: Envelope
    ) -> None:
        super().__init__(places, separators, header, index, envelope)
        self.allowance: AllowanceDraft | None = None
        self.allowances: list[AllowanceDraft] = []
        self.summary_allowances: list[AllowanceDraft] = []
        self.line_allowances: list[AllowanceDraft] = []
        self.tax_open: TaxDraft | None = None
        self.taxes: list[TaxDraft] = []
        self.instalments: list[dict[str, Any]] = []
        self.instalment: dict[str, Any] | None = None
        self.means: list[str] = []
        self.accounts: list[tuple[str, str, str, str]] = []
        self.line_amounts: dict[str, Decimal] | None = None
        self.tax_currency: str | None = None
        self.reference_open: tuple[str, str] | None = None

    def close_groups(self) -> None:
        """A segment has come that begins a group: what belongs to the one before has all come."""
        self.allowance = self.tax_open = self.instalment = self.reference_open = None

    def alc(self, elements: Elements) -> None:
        self.close_groups()
        self.party = None
        elements += [""] * (6 - len(elements))
        found = AllowanceDraft.of(elements, self.colon)
        self.allowance = found
        kept = (
            self.line_allowances
            if self.line is not None
            else self.summary_allowances
            if self.summary
            else self.allowances
        )
        if len(kept) < MAX_KEPT:
            kept.append(found)

    def pcd(self, elements: Elements) -> None:
        if len(elements) < 2:
            return
        _, text = [part.strip() for part in self.parts(elements[1], 2)[:2]]
        value = self.number_in(text, field="PCD") if text else None
        if value is not None and self.allowance is not None:
            self.allowance.percent = value
        elif value is not None and self.instalment is not None:
            self.instalment["percent"] = value

    def moa(self, elements: Elements) -> None:
        if len(elements) < 2:
            return
        found = [part.strip() for part in self.parts(elements[1], 3)]
        qualifier, text, currency = found[0], found[1], found[2]
        if not text:
            return
        if self.allowance is not None and (qualifier in codes.ALLOWANCE_AMOUNTS or qualifier == "25"):
            value = self.number_in(text, field="MOA")
            if qualifier == "25":
                self.allowance.base = value
            elif self.allowance.amount is None:
                self.allowance.amount = value
        elif self.tax_open is not None and qualifier in ("124", "125") and self.line is None:
            value = self.number_in(text, field="MOA")
            if qualifier == "124":
                self.tax_open.amount = value
            else:
                self.tax_open.base = value
        elif self.line is not None:
            self.amount_of_line(qualifier, text, elements)
        elif self.instalment is None or self.summary:
            if currency and self.tax_currency and currency == self.tax_currency != self.currency and qualifier == "176":
                elements = [elements[0], self.colon.join(["2", text])]
            super().moa(elements)

    def amount_of_line(self, qualifier: str, text: str, elements: Elements) -> None:
        name = codes.LINE_AMOUNT_NAMES.get(qualifier)
        if name is None:
            super().moa(elements)
            return
        value = self.number_in(text, field="MOA")
        if value is not None and self.line is not None:
            if self.line_amounts is None:
                self.line_amounts = self.line.amounts = {}
            self.line_amounts.setdefault(name, value)

    def tax(self, elements: Elements) -> None:
        self.party = None
        elements += [""] * (9 - len(elements))
        found = TaxDraft.of(elements, self.colon)
        rate = self.parts(elements[5], 4)[3].strip()
        if rate:
            found.rate = self.number_in(rate, field="TAX")
        if self.allowance is not None and not self.summary:
            self.allowance.tax_category, self.allowance.tax_rate = found.category, found.rate
            return
        self.close_groups()
        line = self.line
        if line is not None:
            if line.tax_category is None and line.tax_rate is None:
                line.tax_category, line.tax_rate = found.category, found.rate
        elif len(self.taxes) < MAX_KEPT:
            self.tax_open = found
            self.taxes.append(found)

    def pat(self, elements: Elements) -> None:
        self.close_groups()
        self.party = None
        elements += [""] * (4 - len(elements))
        found = [part.strip() for part in self.parts(elements[3], 4)]
        self.instalment = {"type": elements[1].strip(), "after": found[:3]}
        days, _, _ = number_of(found[3], self.mark) if found[3] else (None, "", "")
        if days is not None and days == days.to_integral_value() and 0 <= days < 4000:
            self.instalment["count"] = int(days)
        text = self.parts(elements[2], 5)
        self.instalment["text"] = " ".join(part.strip() for part in text[3:5] if part.strip())
        if len(self.instalments) < MAX_KEPT:
            self.instalments.append(self.instalment)

    def pyt(self, elements: Elements) -> None:
        self.pat(elements)

    def pai(self, elements: Elements) -> None:
        means = self.parts(elements[1], 3)[2].strip() if len(elements) > 1 else ""
        if means and means not in self.means:
            self.means.append(means)

    def fii(self, elements: Elements) -> None:
        elements += [""] * (4 - len(elements))
        account = [part.strip() for part in self.parts(elements[2], 3)]
        bank = [part.strip() for part in self.parts(elements[3], 7)]
        if account[0] and len(self.accounts) < MAX_KEPT:
            name = " ".join(part for part in account[1:3] if part)
            self.accounts.append(
                (elements[1].strip(), self.kept(account[0]), self.kept(name), bank[0] or bank[3] or bank[6])
            )
