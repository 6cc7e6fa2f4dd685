"""From the fields of pages to a neutral document, with the place and the certainty of each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from promesa.core.quantities import unit_code
from promesa.exchange.formats.gtins import wrong_gtin
from promesa.exchange.formats.neutral import Allowance, Fault, NeutralLine, Party, Tax, Window, fault
from promesa.exchange.formats.pdf import arithmetic, header, values
from promesa.exchange.formats.pdf.arithmetic import Figures
from promesa.exchange.formats.pdf.fields import Value
from promesa.exchange.formats.pdf.lines import RawLine
from promesa.exchange.formats.pdf.page import Word, place_of
from promesa.exchange.formats.pdf.parties import Found
from promesa.exchange.formats.pdf.reckoning import Reckoned, reckon
from promesa.exchange.formats.pdf.totals import Total
from promesa.exchange.formats.pdf.values import Customs

MAX_NUMBER = 60
_CODES = ("gtin", "seller_code", "buyer_code")
_UNSURE = 0.7
_LETTERS = re.compile(r"[A-Za-z]{1,3}-?[0-9]|[0-9][A-Za-z]|[A-Za-z]{4,}(?![A-Za-z]*$)")
_SEVERAL = re.compile(r"\((?:s|es)\)")  # Unit(s)


@dataclass(slots=True)
class Draft:
    """What is known of a document while it is read."""

    customs: Customs
    scanned: bool = False
    said: dict[str, Any] = field(default_factory=dict)
    parties: dict[str, Party] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    lines: list[NeutralLine] = field(default_factory=list)
    places: dict[str, dict[str, Any]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    named: set[str] = field(default_factory=set)  # fields whose doubt has a fault of its own

    def put(self, key: str, words: Sequence[Word], confidence: float, text: str) -> None:
        self.places[key] = place_of(words, confidence)
        self.texts[key] = text

    def add(self, code: str, **said: Any) -> None:
        self.faults.append(fault(code, **said))


# -- header


def put_value(draft: Draft, name: str, value: Value | None, text: str | None = None) -> None:
    if value is None:
        return
    said = text if text is not None else value.text.strip(" .:,;")
    draft.said[name] = said
    draft.put(name, value.words, value.confidence, said)


def put_day(draft: Draft, name: str, value: Value | None) -> date | None:
    """A day as far as it can be read in one way; else both readings are told."""
    if value is None:
        return None
    found = values.dates_in(value.text)
    written, meant = found[0]
    return read_day(draft, name, written, meant, value.words, value.confidence)


def read_day(
    draft: Draft,
    name: str,
    written: str,
    meant: Mapping[str, date],
    words: Sequence[Word],
    confidence: float,
    line: str | None = None,
) -> date | None:
    customs = draft.customs
    found = values.day(dict(meant), customs.date_order)
    page = words[0].page
    if found is None:
        shown = " / ".join(dict.fromkeys(meant[order].isoformat() for order in ("dmy", "mdy", "ymd") if order in meant))
        draft.add("ambiguous_date", received=written, right=shown, where=where(name, page), line=line)
        draft.put(name, words, 0.5, written)
        draft.named.add(name)
        return None
    if len(set(meant.values())) > 1 and not customs.sure:
        draft.add(
            "date_read_as",
            received=written,
            right=found.isoformat(),
            where=where(name, page),
            evidence=customs.date_evidence,
            line=line,
        )
        confidence *= 0.95
    draft.put(name, words, confidence, written)
    return found


def put_requested(draft: Draft, found: Sequence[Value]) -> Window | None:
    """The window of delivery: one day, two labels, or two days after one label."""
    days: list[date] = []
    for value in found:
        for written, meant in values.dates_in(value.text)[:2]:
            day = read_day(draft, "requested", written, meant, value.words, value.confidence)
            if day is not None:
                days.append(day)
    if not days:
        return None
    return Window(min(days), max(days))


def put_currency(draft: Draft, labelled: Value | None) -> None:
    customs = draft.customs
    if labelled is not None:
        code = header.code_of(labelled.text)
        draft.said["currency"] = code
        draft.put("currency", labelled.words, labelled.confidence, labelled.text)
        return
    if customs.currency:
        draft.said["currency"] = customs.currency
        if customs.currency_sign == "$":
            draft.add("currency_read_as", received="$", right=customs.currency)
    elif customs.currency_sign:
        draft.add("currency_unclear", received=customs.currency_sign)


def put_parties(draft: Draft, found: Mapping[str, Found]) -> None:
    for role, one in found.items():
        draft.parties[role] = one.party
        for name, place in one.places.items():
            if not name.startswith("_"):
                draft.places[f"parties.{role}.{name}"] = place
                draft.texts[f"parties.{role}.{name}"] = getattr(one.party, name) or ""


def where(name: str, page: int) -> str:
    return f"{name}, p. {page}"


# -- lines


def put_lines(draft: Draft, raw: Sequence[RawLine], totals: Sequence[Total]) -> Reckoned:
    """Lines with their figures settled by arithmetic, and the totals they add up to."""
    decimal = draft.customs.decimal
    figures = [_figures(line) for line in raw]
    first = reckon(totals, None, decimal)
    subtotal = first.lines
    if subtotal is None and first.payable is not None and first.tax is None and not first.charges:
        subtotal = first.payable
    arithmetic.settle(figures, decimal, subtotal, scanned=draft.scanned)
    numbers = _line_numbers(raw)
    for place, (line, figure) in enumerate(zip(raw, figures, strict=True)):
        draft.lines.append(_neutral(draft, line, figure, place + 1, numbers[place]))
    return put_totals(draft, totals, figures)


def _figures(line: RawLine) -> Figures:
    names = (*arithmetic.NAMES, "discount", "tax")
    figures = Figures({name: line.text(name) for name in names if line.text(name)})
    figures.sure = {name: line.cells[name].confidence for name in figures.texts}
    for name in ("price", "amount"):
        if name in figures.texts:
            figures.texts[name] = (
                figures.texts[name].split("/")[0].strip() if "/" in figures.texts[name] else figures.texts[name]
            )
            if not values.is_number(figures.texts[name]) and not _LETTERS.search(figures.texts[name]):
                figures.texts[name] = values.numeral(figures.texts[name]) or figures.texts[name]
    return figures


def _line_numbers(raw: Sequence[RawLine]) -> list[str]:
    said = [line.text("line_number").strip(".") for line in raw]
    if all(said) and len(set(said)) == len(said):
        return said
    return [str(place) for place in range(1, len(raw) + 1)]


def _neutral(draft: Draft, raw: RawLine, figures: Figures, place: int, number: str) -> NeutralLine:
    decimal = draft.customs.decimal
    line = NeutralLine(number, quantity_received=raw.text("quantity") or None, place=place)
    key = f"lines.{place}"
    for name in (*_CODES, "text"):
        cell = raw.cells.get(name)
        if cell is not None:
            setattr(line, name, cell.text)
            draft.put(f"{key}.{name}", cell.words, cell.confidence, cell.text)
    _check_codes(draft, line, key)
    for name in arithmetic.NAMES:
        if name in raw.cells:
            _put_figure(draft, line, raw, figures, name, key)
    if line.quantity is None and not raw.text("quantity"):
        draft.add("quantity_missing", line=number)
    elif line.quantity is not None and line.quantity <= 0:
        draft.add("quantity_not_positive", line=number, received=line.quantity)
    line.price_basis = figures.basis
    line.price_kind = "net" if line.price is not None else None
    if figures.with_tax and line.amount is not None:
        line.amounts, line.amount = {"with_tax": line.amount}, None
    unit = raw.text("unit")
    if unit:
        line.unit_received, line.unit_code = unit, unit_code(_SEVERAL.sub("", unit)) or None
        draft.put(f"{key}.unit_code", raw.cells["unit"].words, raw.cells["unit"].confidence, unit)
    line.tax_rate = values.number(values.numeral(raw.text("tax")) or "", decimal)
    _put_discount(line, raw, figures, decimal)
    _put_line_day(draft, line, raw, key)
    _check_product(draft, line, figures, key)
    if not any(getattr(line, name) for name in _CODES) and not line.text:
        draft.add("item_missing", line=number)
    return line


def _put_figure(draft: Draft, line: NeutralLine, raw: RawLine, figures: Figures, name: str, key: str) -> None:
    cell, value = raw.cells[name], figures.values.get(name)
    text = figures.texts.get(name, cell.text)
    if value is None:
        both = [one for one in values.readings(text) if one is not None]
        if len(both) == 2:
            draft.add(
                "ambiguous_number", received=text, right=f"{both[0]:f} / {both[1]:f}", line=line.line_number, where=name
            )
        else:
            draft.add("number_wrong", received=text, line=line.line_number, where=name)
        draft.named.add(f"{key}.{name}")
        draft.put(f"{key}.{name}", cell.words, 0.3, text)
        return
    setattr(line, name, value)
    if name in figures.corrected:
        draft.add(
            "corrected_by_arithmetic", received=cell.text, right=format(value, "f"), field=name, proof=figures.corrected[name],
            line=line.line_number, where=where(name, raw.page),
        )  # fmt: skip
    draft.put(f"{key}.{name}", cell.words, figures.sure.get(name, cell.confidence), cell.text)


def _check_codes(draft: Draft, line: NeutralLine, key: str) -> None:
    if line.gtin is None:
        return
    wrong = wrong_gtin(line.gtin)
    if wrong is None:
        place = draft.places[f"{key}.gtin"]
        place["confidence"] = max(place["confidence"], Decimal("0.97"))
        return
    draft.add(wrong.code, received=line.gtin, right=wrong.right, line=line.line_number, field="GTIN")
    if draft.scanned:
        draft.places[f"{key}.gtin"]["confidence"] = Decimal("0.7")


def _put_discount(line: NeutralLine, raw: RawLine, figures: Figures, decimal: str | None) -> None:
    rate = values.number(values.numeral(raw.text("discount")) or "", decimal)
    if not rate or "+" in raw.text("discount"):
        return
    net = line.quantity * line.price if line.quantity is not None and line.price is not None else None
    if net is None or line.amount is None:
        line.allowances = (Allowance(percent=rate),)
    elif arithmetic.equal(net * (100 - rate) / 100, line.amount):
        line.allowances = (Allowance(percent=rate, amount=net - line.amount, base=net),)
    elif arithmetic.equal(net - rate, line.amount):
        line.allowances = (Allowance(amount=rate),)


def _put_line_day(draft: Draft, line: NeutralLine, raw: RawLine, key: str) -> None:
    cell = raw.cells.get("requested_on")
    if cell is None:
        return
    found = values.dates_in(cell.text)
    if found:
        written, meant = found[0]
        day = read_day(draft, f"{key}.requested", written, meant, cell.words, cell.confidence, line.line_number)
        if day is not None:
            line.requested = Window(day, day)


def _check_product(draft: Draft, line: NeutralLine, figures: Figures, key: str) -> None:
    if figures.closes or any(figures.get(name) is None for name in arithmetic.NAMES):
        return
    quantity, price, amount = (figures.values[name] for name in arithmetic.NAMES)
    right = arithmetic.rounded(arithmetic.product(quantity, price, figures, draft.customs.decimal)[0][0])
    draft.add(
        "amount_not_product",
        received=amount,
        right=right,
        quantity=quantity,
        price=price,
        line=line.line_number,
        where="amount",
    )
    for name in arithmetic.NAMES:
        draft.named.add(f"{key}.{name}")
        draft.places[f"{key}.{name}"]["confidence"] = min(
            draft.places[f"{key}.{name}"]["confidence"], Decimal(str(_UNSURE))
        )


# -- totals


def put_totals(draft: Draft, totals: Sequence[Total], figures: Sequence[Figures]) -> Reckoned:
    """What the document says in total, checked against its lines and in itself."""
    lines = arithmetic.lines_sum(figures)
    found = reckon(totals, lines, draft.customs.decimal)
    said: dict[str, Decimal] = {}
    if found.lines is not None:
        said["lines"] = found.lines
    if found.allowances:
        said["allowances"] = found.allowed
    if found.charges:
        said["charges"] = found.charged
    if found.tax is not None:
        said["tax"] = found.tax
    if found.payable is not None:
        said["payable"] = found.payable
    draft.said["totals"] = said
    summed = lines is not None and found.lines is not None and arithmetic.equal(lines, found.lines)
    for name, one in found.places.items():
        sure = (name == "lines" and summed) or (found.closes and name in ("tax", "payable", "lines"))
        draft.put(f"totals.{name}", one.words, max(one.confidence, 0.97 if sure else 0.0), one.text)
    if found.charges:
        draft.put(
            "totals.charges",
            found.charges[0][0].words,
            0.97 if found.closes else found.charges[0][0].confidence,
            found.charges[0][0].text,
        )
    draft.said["allowances"] = tuple(
        Allowance(charge=charge, amount=abs(value), reason=one.label.strip(" :"))
        for charge, pairs in ((True, found.charges), (False, found.allowances))
        for one, value in pairs
    )
    draft.said["taxes"] = tuple(
        Tax(
            rate=values.number(one.percent, draft.customs.decimal or ("," if "," in one.percent else "."))
            if one.percent
            else None,
            amount=value,
        )
        for one, value in found.taxes
    )
    if lines is not None and found.lines is not None and not summed and not _explained(lines, found):
        draft.add("sum_not_subtotal", received=found.lines, right=lines, where="totals.lines")
        draft.named.add("totals.lines")
    elif found.payable is not None and not found.closes and found.right is not None:
        missing = found.lines is None and not figures_closed(figures)
        draft.add("total_not_sum", received=found.payable, right=found.right, where="totals.payable",
                  severity="blocking" if missing else None)  # fmt: skip
    return found


def figures_closed(figures: Sequence[Figures]) -> bool:
    return bool(figures) and all(one.closes for one in figures)


def _explained(lines: Decimal, found: Reckoned) -> bool:
    """Whether the subtotal differs from the lines only by discounts or charges that stand between them."""
    assert found.lines is not None
    return any(
        arithmetic.equal(lines + part, found.lines)
        for part in (found.charged, -found.allowed, found.charged - found.allowed)
        if part
    )
