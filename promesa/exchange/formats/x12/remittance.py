"""Remittance advices (820): one payment, the invoices it pays, and what was kept back."""

from __future__ import annotations

from typing import Any

from promesa.exchange.formats.neutral import Allowance, NeutralDocument, NeutralLine, Payment, Window
from promesa.exchange.formats.x12 import codes
from promesa.exchange.formats.x12.answers import first_day
from promesa.exchange.formats.x12.header import MAX_KEPT, Elements, Handler, SetReader, element
from promesa.exchange.formats.x12.lines import ZERO

_NAMES = {
    "IV": "invoice",
    "PO": "order",
    "CM": "credit_note",
    "DL": "debit_note",
    "DB": "debit_note",
    "BM": "bill_of_lading",
}
_AMOUNTS = ((4, "paid"), (5, "due"), (6, "discount"), (8, "adjustment"))


class RemittanceReader(SetReader):
    """BPR is the payment, RMR a document that it pays, ADX money kept back or added."""

    def handlers(self) -> dict[str, Handler]:
        return super().handlers() | {"BPR": self.bpr, "TRN": self.trn, "RMR": self.rmr, "ADX": self.adx, "ENT": self.ent,
                                     "IT1": self.ent, "SLN": self.ent}  # fmt: skip

    def bpr(self, elements: Elements) -> None:
        amount = self.number_in(element(elements, 2), "BPR02")
        if amount is None:
            self.fault("x12_element_missing", "BPR02", right="BPR02")
        else:
            self.totals["payable"] = amount
        self.extra["bpr"] = self.at
        method, debit = element(elements, 4), element(elements, 3) == "D"
        means = {"ACH": "3"}.get(method, "31") if debit and method else codes.MEANS.get(method)
        self.extra["payment"] = Payment(
            code=means, text=method or None, account=element(elements, 15)[:MAX_KEPT] or None,
            bank=element(elements, 13)[:MAX_KEPT] or None, debited_account=element(elements, 9)[:MAX_KEPT] or None,
        )  # fmt: skip
        self.extra["due"] = self.day_in(element(elements, 16), "BPR16")

    def trn(self, elements: Elements) -> None:
        if not self.number:
            self.number = self.kept(element(elements, 2), "TRN02", limit=70) or ""

    def ent(self, _elements: Elements) -> None:
        self.close_party()
        self.line = None

    def n1(self, elements: Elements) -> None:
        if self.lines:
            self.close_party()  # the parties of a part of the payment
            return
        super().n1(elements)

    def rmr(self, elements: Elements) -> None:
        self.close_party()
        line = self.line = NeutralLine(str(len(self.lines) + 1), place=self.at + 1)
        self.lines.append(line)
        kind, number = element(elements, 1), element(elements, 2)[:MAX_KEPT]
        if number:
            line.references = {_NAMES.get(kind, kind.lower() or "document"): number}
        else:
            self.fault("x12_element_missing", "RMR02", right="RMR02", severity="warning")
        line.reason_code = element(elements, 7) or None
        amounts = {}
        for place, name in _AMOUNTS:
            value = self.number_in(element(elements, place), f"RMR{place:02d}")
            if value is not None:
                amounts[name] = value
        line.amounts = amounts or None
        line.amount = amounts.get("paid")

    def adx(self, elements: Elements) -> None:
        """Money kept back (below zero) or added, with its reason: of the invoice above it, else of the payment."""
        self.close_party()
        amount = self.number_in(element(elements, 1), "ADX01")
        if amount is None:
            return
        code, reference = element(elements, 2), element(elements, 4)[:MAX_KEPT]
        self.allow(Allowance(charge=amount > 0, amount=abs(amount), reason=reference or None, reason_code=code or None))

    def line_date(self, qualifier: str, window: Window) -> None:
        if qualifier in ("003", "097") and window.first_day is not None:
            self.keep_in("references", "invoice_date", window.first_day.isoformat())

    def dtm(self, elements: Elements) -> None:
        self.close_party()
        super().dtm(elements)

    def check(self) -> None:
        paid = ZERO
        for line in self.lines:
            if line.amounts is None or "paid" not in line.amounts:
                return
            paid += line.amounts["paid"]
        total = self.totals.get("payable")
        kept = [one for line in self.lines for one in line.allowances]
        added = sum(((one.amount or ZERO) * (1 if one.charge else -1) for one in [*kept, *self.allowances]), ZERO)
        # What RMR04 says was paid is before or after the adjustments of its own line, by custom.
        own = sum(((one.amount or ZERO) * (1 if one.charge else -1) for one in self.allowances), ZERO)
        if total is not None and self.lines and total not in (paid + added, paid + own, paid):
            self.fault("x12_payment_differs", "BPR02", index=self.extra.get("bpr", self.start), line=False,
                       received=format(total, "f"), right=format(paid + added, "f"))  # fmt: skip

    def document(self, **more: Any) -> NeutralDocument:
        payment = self.extra.get("payment")
        due = self.extra.get("due")
        if payment is not None and self.number:
            payment = Payment(**{name: getattr(payment, name) for name in payment.__slots__} | {"quote": self.number})
        issued = first_day(self.dates, ("020", "097", "009", "003"))
        self.issued_on = issued or due
        return super().document(due_on=due, payments=(payment,) if payment is not None else (), **more)
