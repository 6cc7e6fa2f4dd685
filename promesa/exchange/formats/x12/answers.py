"""Order responses (855) and invoices (810)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from promesa.exchange.formats.neutral import NeutralDocument, NeutralLine, Tax, Window
from promesa.exchange.formats.x12 import codes, values
from promesa.exchange.formats.x12.header import MAX_KEPT, Elements, Handler, element
from promesa.exchange.formats.x12.lines import ZERO, LineReader


class ResponseReader(LineReader):
    """855: each PO1 repeats a line of the order, and each ACK below it answers a part of it."""

    def handlers(self) -> dict[str, Handler]:
        return super().handlers() | {"BAK": self.bak, "PO1": self.baseline, "ACK": self.ack}

    def bak(self, elements: Elements) -> None:
        self.extra["begins"] = self.at
        self.function = codes.FUNCTIONS.get(element(elements, 1), element(elements, 1) or None)
        kind = element(elements, 2)
        self.extra["response"] = codes.ACKNOWLEDGEMENTS.get(kind)
        if kind not in codes.ACKNOWLEDGEMENTS:
            self.fault("x12_code_unknown", "BAK02", received=kind, right="AC, AD, AE, AK, AP, AT, RD, RJ")
        self.number = self.kept(element(elements, 3), "BAK03", limit=70) or ""
        if self.number:
            self.references["order"] = self.number
        for place, name in ((5, "release"), (7, "contract"), (8, "seller_order")):
            if element(elements, place):
                self.references.setdefault(name, element(elements, place)[:MAX_KEPT])
        ordered = self.day_in(element(elements, 4), "BAK04")
        answered = self.day_in(element(elements, 9), "BAK09")
        self.issued_on = answered or ordered
        if answered is not None and ordered is not None:
            self.references["order_date"] = ordered.isoformat()

    def ack(self, elements: Elements) -> None:
        line = self.line
        if line is None:
            self.fault("segment_out_of_place", "ACK", received="ACK", right="PO1")
            return
        code = element(elements, 1)
        answer = codes.RESPONSES.get(code)
        if answer is None and code not in codes.HOLDS:
            self.fault("x12_code_unknown", "ACK01", received=code, right="IA, IB, IC, IQ, IR…")
        self.extra.setdefault("acks", {}).setdefault(id(line), []).append((code, answer))
        quantity = self.number_in(element(elements, 2), "ACK02")
        if quantity is not None and answer is not None:
            self._count(line, code, answer, quantity)
        day = self.day_in(element(elements, 5), "ACK05")
        if day is not None:
            self.line_date(element(elements, 4), Window(day, day))
        for place in range(7, min(len(elements) - 1, 27), 2):
            kind, item = elements[place].strip(), elements[place + 1].strip()
            if item and code == "IS":
                self.keep_in("references", "substitute", item[:MAX_KEPT])
            elif item:
                self.keep_code(line, kind, item, f"ACK{place + 1:02d}")

    @staticmethod
    def _count(line: NeutralLine, code: str, answer: str, quantity: Decimal) -> None:
        name = {"IB": "back_ordered", "BP": "accepted"}.get(code, codes.ANSWERED[answer])
        quantities = dict(line.quantities or {})
        quantities[name] = quantities.get(name, ZERO) + quantity
        line.quantities = quantities

    def keep_dates(self, line: NeutralLine, known: dict[str, Window]) -> None:
        line.promised = promised(known)

    def check(self) -> None:
        super().check()
        acks = self.extra.get("acks", {})
        for line in self.lines:
            answers = acks.get(id(line))
            if answers:
                line.response = _of(answers, line)
                line.reason_code = next((code for code, answer in answers if answer != "accepted"), answers[0][0])
        if not self.number:
            self.number_missing("BAK03")

    def document(self, **more: Any) -> NeutralDocument:
        self.number = self.references.pop("document", self.number)
        return super().document(response=self.extra.get("response"), promised=promised(self.dates), **more)


def _of(answers: list[tuple[str, str | None]], line: NeutralLine) -> str | None:
    """The answer to a line: one when all parts agree, changed when they don't, or when less is accepted than was asked."""
    said = {answer for _, answer in answers if answer is not None}
    if not said:
        return None
    if len(said) > 1:
        return "changed"
    (answer,) = said
    accepted = (line.quantities or {}).get("accepted")
    if answer == "accepted" and accepted is not None and line.quantity is not None and accepted != line.quantity:
        return "changed"
    return answer


class InvoiceReader(LineReader):
    """810: lines in IT1, the total in TDS in hundredths."""

    tag = "IT1"

    def handlers(self) -> dict[str, Handler]:
        return super().handlers() | {
            "BIG": self.big, "IT1": self.baseline, "TDS": self.tds, "ITD": self.itd, "CAD": self.cad, "IT3": self.it3,
        }  # fmt: skip

    def big(self, elements: Elements) -> None:
        self.extra["begins"] = self.at
        self.issued_on = self.day_in(element(elements, 1), "BIG01")
        self.number = self.kept(element(elements, 2), "BIG02", limit=70) or ""
        ordered = self.day_in(element(elements, 3), "BIG03")
        if ordered is not None:
            self.references["order_date"] = ordered.isoformat()
        for place, name in ((4, "order"), (5, "release")):
            if element(elements, place):
                self.references[name] = element(elements, place)[:MAX_KEPT]
        self.kind = codes.INVOICE_KINDS.get(element(elements, 7), "invoice")
        purpose = element(elements, 8)
        self.function = codes.FUNCTIONS.get(purpose, purpose or None)

    def itd(self, elements: Elements) -> None:
        self.close_party()
        self.line = None
        due = self.day_in(element(elements, 6), "ITD06")
        if due is not None:
            self.extra.setdefault("due", due)
        text = element(elements, 12) or _terms(elements)
        if text:
            self.extra.setdefault("terms", text[:MAX_KEPT])

    def tds(self, elements: Elements) -> None:
        self.close_party()
        self.line = None
        total = self.number_in(element(elements, 1), "TDS01", implied=True)
        if total is not None:
            self.totals["payable"] = total
            self.extra["tds"] = self.at

    def cad(self, _elements: Elements) -> None:
        self.line = None

    def it3(self, elements: Elements) -> None:
        """Shipped, or back-ordered: said beside the invoiced quantity."""
        line = self.line
        value = self.number_in(element(elements, 1), "IT301")
        name = {"BO": "back_ordered", "BK": "back_ordered", "SH": "despatched", "CL": "despatched"}.get(
            element(elements, 3)
        )
        if line is not None and value is not None and name:
            line.quantities = {**(line.quantities or {}), name: value}

    def keep_dates(self, line: NeutralLine, known: dict[str, Window]) -> None:
        if "150" in known or "151" in known:
            start, end = known.get("150"), known.get("151")
            line.period = Window(start.from_ if start else None, end.to if end else None)

    def check(self) -> None:
        line_taxes = {} if self.taxes else self.extra.get("line_taxes", {})
        for (kind, rate), amounts in line_taxes.items():
            self.taxes.append(Tax(rate=rate, amount=sum(amounts, ZERO), kind=kind))
        known = [tax.amount for tax in self.taxes if tax.amount is not None]
        if known:
            self.totals["tax"] = sum(known, ZERO)
        super().check()
        if not self.number:
            self.number_missing("BIG02")
        if "payable" not in self.totals:
            self.fault("x12_element_missing", "TDS01", index=self.start, right="TDS01", severity="warning")
        elif "tds" in self.extra:
            self._check_total()

    def _check_total(self) -> None:
        """Whether the lines add up to the total, when every line says its quantity and its price."""
        total = sum((tax.amount for tax in self.taxes if tax.amount is not None), ZERO)
        for line in self.lines:
            amount = line.amount
            if amount is None:
                if line.quantity is None or line.price is None or line.price_kind != "net":
                    return
                amount = line.quantity * line.price / (line.price_basis or 1)
            total += amount
            for one in line.allowances:
                total += (one.amount or ZERO) * (1 if one.charge else -1)
        for one in self.allowances:
            if one.amount is None:
                return
            total += one.amount * (1 if one.charge else -1)
        room = Decimal("0.005") * (len(self.lines) + len(self.allowances) + 1)
        if abs(abs(total) - abs(self.totals["payable"])) > room:
            right = format(total.quantize(Decimal("0.01")), "f")
            self.fault("x12_total_differs", "TDS01", index=self.extra["tds"], right=right,
                       received=format(self.totals["payable"], "f"))  # fmt: skip

    def document(self, **more: Any) -> NeutralDocument:
        start, end = self.dates.get("186") or self.dates.get("150"), self.dates.get("187") or self.dates.get("151")
        period = Window(start.from_ if start else None, end.to if end else None) if start or end else None
        return super().document(
            type_code=codes.INVOICE_TYPES[self.kind], due_on=self.extra.get("due"), terms=self.extra.get("terms"),
            despatched_on=first_day(self.dates, values.DESPATCHED), delivered_on=first_day(self.dates, values.DELIVERED),
            period=period, **more,
        )  # fmt: skip


def promised(known: dict[str, Window], qualifiers: tuple[str, ...] = values.PROMISED) -> Window | None:
    """When goods will arrive: on a day, or within a window; else when they will leave."""
    exact = next((known[code] for code in qualifiers if code in known), None)
    if exact is not None:
        return exact
    first = next((known[code].from_ for code in values.PROMISED_FROM if code in known), None)
    last = next((known[code].to for code in values.PROMISED_TO if code in known), None)
    return Window(first, last) if first is not None or last is not None else None


def first_day(dates: dict[str, Window], qualifiers: tuple[str, ...]) -> Any:
    return next((dates[code].first_day for code in qualifiers if code in dates), None)


def _terms(elements: Elements) -> str:
    """What terms say in figures: so much off within so many days, all due in so many."""
    percent, discount_days, net_days = element(elements, 3), element(elements, 5), element(elements, 7)
    said = f"{percent}% {discount_days}, net {net_days}" if percent and discount_days and net_days else ""
    return said or (f"net {net_days}" if net_days else "")
