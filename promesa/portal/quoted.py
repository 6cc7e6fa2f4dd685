"""A quote in the customer's words, in the form that the order pad reads: lines, faults, totals, what will arrive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from promesa.allocation.quoting import Quote
from promesa.catalog.resolution import Catalogue, ItemRecord
from promesa.catalog.rules import PriceBook
from promesa.core.calendars import local_day
from promesa.core.money import round_money
from promesa.core.quantities import to_base
from promesa.core.ui.format import (
    format_date,
    format_long_date,
    format_money,
    format_number,
    format_quantity,
    format_unit,
)
from promesa.orders.checks import CheckedLine
from promesa.orders.states import Severity
from promesa.portal import told
from promesa.portal.queries import Item as Suggested

ZERO = Decimal(0)
WAITS = "promise_order_incomplete"
TONES = {Severity.BLOCKING: "broken", Severity.WARNING: "risk", Severity.NOTE: "note"}
FIELDS = {"ship_to": "ship_to", "po_number": "po_number", "requested": "requested_on"}
Error = dict[str, str]


def as_json(quote: Quote, lang: str, today: date) -> dict[str, Any]:
    """The answer that the pad draws."""
    return {
        "lines": [_line(quote, position, line, lang, today) for position, line in enumerate(quote.checked.lines, 1)],
        "errors": order_errors(quote, lang),
        "totals": totals(quote, lang),
        "say": what_arrives(quote, lang),
    }


def order_errors(quote: Quote, lang: str) -> list[Error]:
    """What is wrong with the order as a whole, each at its field."""
    errors = [
        {
            "field": FIELDS.get(one.field, one.field),
            "text": told.finding(one.code, one.params, one.received, one.right, lang),
        }
        for one in quote.checked.findings
        if one.line == 0 and one.severity == Severity.BLOCKING and one.code != "no_lines"
    ]
    if quote.repeat:
        code = "po_repeated_same" if quote.same_lines else "po_repeated_other"
        params = {"po": quote.checked.draft.po_number, "order": quote.repeat}
        errors.append({
            "field": "po_number", "text": told.finding(code, params, "", "", lang),
            "help": gettext("Change the number, or look at that order."),
            "href": reverse("portal_order", args=[quote.repeat]),
        })  # fmt: skip
    return errors


def line_errors(quote: Quote, lang: str) -> list[Error]:
    """What keeps single lines from being served."""
    return [
        {
            "field": "",
            "line": str(one.line),
            "text": gettext("Line %(n)s: %(text)s")
            % {"n": one.line, "text": told.finding(one.code, one.params, one.received, one.right, lang)},
        }
        for one in quote.checked.findings
        if one.line and one.severity == Severity.BLOCKING
    ]


def _line(quote: Quote, position: int, line: CheckedLine, lang: str, today: date) -> dict[str, Any]:
    typed, item = quote.lines[position - 1], line.item
    shown: dict[str, Any] = {"index": typed.place, "warnings": _warnings(quote, position, line, lang, today)}
    if item is None:
        return shown
    shown |= {
        "item": item.sku,
        "text": item.name,
        "unit": unit_word(item, line.unit_code, lang),
        "unit_code": line.unit_code,
        "units": [
            {"code": code, "word": unit_word(item, code, lang)} for code in dict.fromkeys((*item.packs, item.base_unit))
        ],
        "promise": _promise(quote, position, line, lang, today),
    }
    if line.unit_price is not None:
        shown["price"] = format_number(line.unit_price * line.numerator / line.denominator / line.price_basis, lang, 2)
    if line.net:
        shown["amount"] = format_number(line.net, lang, 2)
    return shown


def unit_word(item: ItemRecord, code: str, lang: str) -> str:
    """A unit, and how many it holds when it is a pack: `caja de 12`."""
    factor, word = item.packs.get(code), format_unit(1, code, lang)
    if factor is None or code == item.base_unit or factor.denominator != 1 or factor.numerator == 1:
        return word
    return gettext("%(pack)s of %(held)s") % {"pack": word, "held": factor.numerator}


def _in_unit(line: CheckedLine, base: Decimal) -> Decimal:
    return to_base(base, line.denominator, line.numerator)


def _promise(quote: Quote, position: int, line: CheckedLine, lang: str, today: date) -> list[dict[str, str]]:
    promise = quote.promises.get(position)
    if promise is None or quote.site is None:
        return []
    several, wanted, said = len(promise.parts) > 1 or promise.missing_quantity > 0, quote.checked.requested_to, []
    for part in promise.parts:
        day = format_date(_arrival(part.window_to, quote.site.time_zone), lang, today=today)
        text = f"{format_number(_in_unit(line, part.quantity), lang)}, {day}" if several else day
        said.append({"tone": "risk" if wanted is not None and part.window_from >= wanted else "", "text": text})
    if promise.missing_quantity:
        left = format_number(_in_unit(line, promise.missing_quantity), lang)
        tone = "" if promise.missing_reason == WAITS else "risk"
        said.append({"tone": tone, "text": gettext("%(quantity)s without a date") % {"quantity": left}})
    return said


def _arrival(until: Any, zone: str) -> date:
    return local_day(until - timedelta(microseconds=1), zone)


def _warnings(quote: Quote, position: int, line: CheckedLine, lang: str, today: date) -> list[dict[str, str]]:
    """What is wrong or odd about a line; nothing of one that is still being typed."""
    if not quote.lines[position - 1].quantity_text:
        return []
    found = [
        {
            "tone": TONES[Severity(one.severity)],
            "text": told.finding(one.code, one.params, one.received, one.right, lang),
        }
        for one in quote.checked.findings
        if one.line == position
    ]
    if position in quote.usual:
        usual = format_quantity(_in_unit(line, quote.usual[position]), line.unit_code, lang)
        found.append({"tone": "risk", "text": gettext("You usually order %(usual)s. Is it right?") % {"usual": usual}})
    promise, wanted = quote.promises.get(position), quote.checked.requested_to
    if promise is not None and promise.missing_quantity and promise.missing_reason != WAITS:
        left = format_quantity(_in_unit(line, promise.missing_quantity), line.unit_code, lang)
        found.append({"tone": "risk", "text": gettext("%(quantity)s have no date yet.") % {"quantity": left}})
    elif promise is not None and wanted is not None:
        late = sum((part.quantity for part in promise.parts if part.window_from >= wanted), ZERO)
        if late:
            left = format_quantity(_in_unit(line, late), line.unit_code, lang)
            text = gettext("%(quantity)s arrive after the day you want.") % {"quantity": left}
            found.append({"tone": "risk", "text": text})
    return found


def totals(quote: Quote, lang: str) -> list[dict[str, Any]]:
    """Net by tax rate, the tax, what is to be paid."""
    checked, currency = quote.checked, quote.checked.currency
    bases: dict[Decimal, Decimal] = {}
    for line in checked.lines:
        if line.net:
            bases[line.tax_rate] = bases.get(line.tax_rate, ZERO) + line.net
    rows: list[dict[str, Any]] = [
        {
            "label": gettext("Net, tax %(rate)s %%") % {"rate": format_number(rate, lang)},
            "amount": format_money(base, currency, lang),
        }
        for rate, base in sorted(bases.items())
    ]
    if not rows:
        return []
    tax = sum((round_money(base * rate / 100, currency) for rate, base in bases.items()), ZERO)
    rows.append({"label": gettext("Tax"), "amount": format_money(tax, currency, lang)})
    return [*rows, {"label": gettext("To pay"), "amount": format_money(checked.net + tax, currency, lang), "sum": True}]


def what_arrives(quote: Quote, lang: str) -> str:
    """How much arrives on which day, in a sentence a day."""
    if quote.site is None:
        return ""
    by_day: dict[date, list[tuple[CheckedLine, Decimal]]] = {}
    for position, promise in quote.promises.items():
        for part in promise.parts:
            day = _arrival(part.window_to, quote.site.time_zone)
            by_day.setdefault(day, []).append((quote.checked.lines[position - 1], part.quantity))
    return " ".join(_of_day(day, parts, lang) for day, parts in sorted(by_day.items()))


def _of_day(day: date, parts: Sequence[tuple[CheckedLine, Decimal]], lang: str) -> str:
    units = {line.unit_code for line, _ in parts}
    if len(units) == 1:
        total = sum((_in_unit(line, quantity) for line, quantity in parts), ZERO)
        what = format_quantity(total, units.pop(), lang)
    else:
        what = gettext("%(n)s lines") % {"n": len(parts)}
    said = format_long_date(day, lang).removesuffix(f" de {day.year}").removesuffix(f" {day.year}")
    return gettext("%(quantity)s arrive on %(day)s.") % {"quantity": what, "day": said}


# --- Suggestions ---------------------------------------------------------------------------------------------------


def option(
    found: Suggested, catalogue: Catalogue, book: PriceBook, currency: str, on: date, lang: str
) -> dict[str, Any]:
    """One suggestion of an item, with the customer's price of the unit that it is sold in."""
    item = catalogue.items[found.id]
    unit = item.sales_unit if item.sales_unit in item.packs else item.base_unit
    price, factor, note = book.price(found.id, Decimal(1), on), item.packs.get(unit), ""
    if price is not None:
        whole = price.unit_price / price.basis_quantity
        note = format_money(whole * factor.numerator / factor.denominator if factor else whole, currency, lang)
    word = unit_word(item, unit, lang)
    return {"value": found.sku, "text": found.name, "sub": word, "note": note, "unit_code": unit, "unit": word}
