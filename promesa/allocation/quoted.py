"""A quote as an order pad draws it, whoever types into it: units, lines, promises, totals, what arrives on a day. What is
said of it in words is said by the pages, each in its reader's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from promesa.allocation.offering import Offer
from promesa.allocation.quoting import Quote
from promesa.catalog.resolution import ItemRecord
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

ZERO = Decimal(0)
WAITS = "promise_order_incomplete"
TONES = {Severity.BLOCKING: "broken", Severity.WARNING: "risk", Severity.NOTE: "note"}
FIELDS = {"ship_to": "ship_to", "po_number": "po_number", "requested": "requested_on"}
Parts = Sequence[tuple[CheckedLine, Decimal]]


def line_of(
    quote: Quote, position: int, line: CheckedLine, warnings: list[dict[str, str]], lang: str, today: date
) -> dict[str, Any]:
    """A line with its warnings: unit, price, amount, promise; only the warnings while its item is not known."""
    item = line.item
    shown: dict[str, Any] = {"index": quote.lines[position - 1].place, "warnings": warnings}
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
        "substitutes": offers_of(quote, position, lang, today),
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


def in_unit(line: CheckedLine, base: Decimal) -> Decimal:
    """A quantity of base units in the unit that is ordered."""
    return to_base(base, line.denominator, line.numerator)


def _promise(quote: Quote, position: int, line: CheckedLine, lang: str, today: date) -> list[dict[str, str]]:
    promise, taken = quote.promises.get(position), quote.taken.get(position)
    if promise is None or quote.site is None:
        return []
    several, wanted, said = len(promise.parts) > 1 or promise.missing_quantity > 0, quote.checked.requested_to, []
    for part in promise.parts:
        day = format_date(_arrival(part.window_to, quote.site.time_zone), lang, today=today)
        text = f"{format_number(in_unit(line, part.quantity), lang)}, {day}" if several else day
        said.append({"tone": "risk" if wanted is not None and part.window_from >= wanted else "", "text": text})
    missing = promise.missing_quantity
    if taken is not None:
        missing = max(ZERO, missing - taken.replaces)
        text = gettext("%(quantity)s of the substitute, %(day)s") % {
            "quantity": format_number(taken.quantity, lang), "day": _day_of(quote, taken, lang, today),
        }  # fmt: skip
        said.append({"tone": "instead", "text": text})
    if missing:
        left = format_number(in_unit(line, missing), lang)
        tone = "" if promise.missing_reason == WAITS else "risk"
        said.append({"tone": tone, "text": gettext("%(quantity)s without a date") % {"quantity": left}})
    return said


def offers_of(quote: Quote, position: int, lang: str, today: date) -> list[dict[str, Any]]:
    """What may go in place of what a line runs short of: how much of what, when, at what price; taken only when it is said."""
    if quote.site is None or not quote.lines[position - 1].quantity_text:
        return []
    found: list[dict[str, Any]] = []
    for offer in quote.substitutes.get(position, ()):
        if offer.price is None:
            continue
        each = format_money(offer.price.unit_price / offer.price.basis_quantity, quote.checked.currency, lang)
        text = gettext("Send instead: %(what)s, at %(price)s each") % {
            "what": _instead(quote, offer, lang, today), "price": each,
        }  # fmt: skip
        found.append({
            "sku": offer.item.sku, "text": text, "taken": quote.taken.get(position) is offer, "ask": offer.needs_consent,
        })  # fmt: skip
    return found


def _instead(quote: Quote, offer: Offer, lang: str, today: date) -> str:
    """`17 unidades de Aceite 3 L, mar 24 nov`."""
    return gettext("%(quantity)s of %(item)s, %(day)s") % {
        "quantity": format_quantity(offer.quantity, offer.item.base_unit, lang), "item": offer.item.name,
        "day": _day_of(quote, offer, lang, today),
    }  # fmt: skip


def _day_of(quote: Quote, offer: Offer, lang: str, today: date) -> str:
    """The day by which all that is offered is there."""
    assert quote.site is not None
    day = max(_arrival(part.window_to, quote.site.time_zone) for part in offer.promise.parts)
    return format_date(day, lang, today=today)


def _arrival(until: Any, zone: str) -> date:
    return local_day(until - timedelta(microseconds=1), zone)


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


def arrivals(quote: Quote) -> list[tuple[date, Parts]]:
    """How much of which lines arrives on which day, the earliest first."""
    if quote.site is None:
        return []
    by_day: dict[date, list[tuple[CheckedLine, Decimal]]] = {}
    for position, line in enumerate(quote.checked.lines, 1):
        promise = quote.promises.get(position)
        for part in promise.parts if promise else ():
            day = _arrival(part.window_to, quote.site.time_zone)
            by_day.setdefault(day, []).append((line, part.quantity))
    return sorted(by_day.items())


def arrive_on(day: date, parts: Parts, lang: str) -> str:
    """`40 cajas llegan el martes 24 de noviembre.`"""
    units = {line.unit_code for line, _ in parts}
    if len(units) == 1:
        total = sum((in_unit(line, quantity) for line, quantity in parts), ZERO)
        what = format_quantity(total, units.pop(), lang)
    else:
        what = gettext("%(n)s lines") % {"n": len(parts)}
    return gettext("%(quantity)s arrive on %(day)s.") % {"quantity": what, "day": long_day(day, lang)}


def long_day(day: date, lang: str) -> str:
    """`martes 24 de noviembre`, without the year."""
    return format_long_date(day, lang).removesuffix(f" de {day.year}").removesuffix(f" {day.year}")
