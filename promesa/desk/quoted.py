"""A quote in words, as the order pad draws it: lines, warnings, totals, credit, what we shall tell the customer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from promesa.allocation.quoted import (
    FIELDS,
    TONES,
    WAITS,
    Parts,
    arrivals,
    arrive_on,
    in_unit,
    line_of,
    long_day,
    offers_of,
    totals,
    unit_word,
)
from promesa.allocation.quoting import Quote
from promesa.allocation.rules import LinePromise
from promesa.catalog.resolution import ItemRecord
from promesa.catalog.rules import Price
from promesa.core import words
from promesa.core.ui.format import format_date, format_money, format_number, format_quantity
from promesa.desk import telling
from promesa.desk.queries.found import Item as Suggested
from promesa.orders.checks import CheckedLine
from promesa.orders.rules import Found
from promesa.orders.states import Severity

ZERO = Decimal(0)
# Why something is missing although more is there.
OTHER_REASONS = ("promise_protected", "promise_at_ceiling", "promise_short_life", "promise_broken_packs")


def as_json(quote: Quote, lang: str, today: date) -> dict[str, Any]:
    """The whole answer of the pad's contract."""
    return {
        "lines": [_line(quote, position, line, lang, today) for position, line in enumerate(quote.checked.lines, 1)],
        "errors": order_errors(quote, lang),
        "totals": totals(quote.whole or quote, lang),
        "credit": _credit(quote.whole or quote, lang),
        "say": say_of(quote.whole or quote, lang),
    }


# --- Lines ---------------------------------------------------------------------------------------------------------


def _line(quote: Quote, position: int, line: CheckedLine, lang: str, today: date) -> dict[str, Any]:
    shown = line_of(quote, position, line, warnings_of(quote, position, line, lang, today), lang, today)
    if line.item is not None and line.unit_price is not None:
        shown["price_origin"] = words.say(f"price_{line.price_origin}", {}, lang)
    return shown


def warnings_of(quote: Quote, position: int, line: CheckedLine, lang: str, today: date) -> list[dict[str, str]]:
    """What is wrong or odd about a line, in words; nothing of one that is still being typed."""
    if not quote.lines[position - 1].quantity_text:
        return []
    found = [
        {"tone": TONES[Severity(one.severity)], "text": finding_words(one, lang)}
        for one in quote.checked.findings
        if one.line == position
    ]
    if position in quote.usual and line.item is not None:
        asked = format_number(in_unit(line, line.quantity), lang)
        usual = format_quantity(in_unit(line, quote.usual[position]), line.unit_code, lang)
        text = gettext("Asks for %(asked)s; %(usual)s is usual. Is that right?") % {"asked": asked, "usual": usual}
        found.append({"tone": "risk", "text": text})
    short = None if position in quote.taken else _short(quote, position, line, lang, today)
    if any(offer["ask"] and not offer["taken"] for offer in offers_of(quote, position, lang, today)):
        found.append({"tone": "note", "text": gettext("The customer takes no substitutes unasked: ask first.")})
    return [*found, short] if short else found


def _short(quote: Quote, position: int, line: CheckedLine, lang: str, today: date) -> dict[str, str] | None:
    """What is missing for the day that is wanted, and when more comes."""
    promise = quote.promises.get(position)
    if promise is None or line.item is None:
        return None
    wanted = quote.checked.requested_to
    late = sum((part.quantity for part in promise.parts if wanted and part.window_from >= wanted), ZERO)
    if promise.missing_quantity:
        if promise.missing_reason == WAITS:
            return {"tone": "note", "text": gettext("Waits for the other lines: one delivery.")}
        if promise.missing_reason in OTHER_REASONS:
            said = {
                name: in_unit(line, value) if name.endswith("quantity") else value
                for name, value in promise.missing_params.items()
            }
            return {"tone": "risk", "text": words.say(promise.missing_reason, said, lang)}
        missing = Decimal(promise.missing_params.get("missing_quantity", promise.missing_quantity))
        left = format_quantity(in_unit(line, missing), line.unit_code, lang)
        text = gettext("%(quantity)s are missing and no receipt is expected.") % {"quantity": left}
        if promise.missing_quantity != missing:
            text += " " + gettext("The customer takes no parts: the order will wait.")
        return {"tone": "risk", "text": text}
    if not late:
        return None
    left = format_quantity(in_unit(line, late), line.unit_code, lang)
    arrives = quote.next_receipt.get(line.item.id)
    text = gettext("%(quantity)s do not make the day that is wanted.") % {"quantity": left}
    if arrives:
        text += " " + gettext("More arrives %(day)s.") % {"day": format_date(arrives, lang, today=today)}
    return {"tone": "risk", "text": text}


def finding_words(one: Found, lang: str) -> str:
    """A finding as a sentence."""
    return telling.finding(one.code, one.params, one.received, one.right, lang)


# --- The order -----------------------------------------------------------------------------------------------------


def order_errors(quote: Quote, lang: str) -> list[dict[str, str]]:
    """What is wrong with the order as a whole, each at its field."""
    errors = [
        {"field": FIELDS.get(one.field, one.field), "text": finding_words(one, lang)}
        for one in quote.checked.findings
        if one.line == 0 and one.severity == Severity.BLOCKING and one.code != "no_lines"
    ]
    if quote.repeat:
        errors.append({
            "field": "po_number",
            "text": gettext("This order number came in before, with the same lines") if quote.same_lines
            else gettext("This order number came in before, with other lines"),
            "help": gettext("Change it, or look at %(order)s.") % {"order": quote.repeat},
            "href": reverse("order", args=[quote.repeat]),
        })  # fmt: skip
    return errors


def _credit(quote: Quote, lang: str) -> dict[str, Any] | None:
    """How much of the credit is used and what this order adds; nothing where no limit was agreed."""
    terms, total = quote.terms, quote.checked.total
    if terms.credit_limit is None:
        return None
    left = terms.credit_limit - terms.exposure - total
    limit = terms.credit_limit or Decimal(1)
    said = format_money(abs(left), terms.currency, lang)
    sentence = (
        gettext("Credit: %(amount)s more fit") % {"amount": said}
        if left >= 0
        else gettext("Credit: %(amount)s too much. Finance will have to decide.") % {"amount": said}
    )
    return {
        "used": str(round(max(terms.exposure, ZERO) / limit, 4)),
        "this": str(round(total / limit, 4)),
        "sentence": sentence,
        "tone": "" if left >= 0 else "risk",
        "words": [
            gettext("used %(amount)s") % {"amount": format_money(terms.exposure, terms.currency, lang)},
            gettext("this order"),
            gettext("limit %(amount)s") % {"amount": format_money(terms.credit_limit, terms.currency, lang)},
        ],
    }


def say_of(quote: Quote, lang: str) -> str:
    """What we shall tell the customer: how much arrives when, the largest part first, then the rest by item."""
    if quote.site is None or not quote.promises:
        return ""
    days = arrivals(quote)
    sentences = [_of_day(day, parts, len(days) > 1, lang) for day, parts in days]
    sentences += _missing(quote, quote.promises.items(), lang)
    return " ".join(sentences)


def _of_day(day: date, parts: Parts, several: bool, lang: str) -> str:
    names = {line.item.name for line, _ in parts if line.item}
    if not several or len(names) != 1:
        return arrive_on(day, parts, lang)
    line, _ = parts[0]
    total = sum((in_unit(one, quantity) for one, quantity in parts), ZERO)
    return gettext("%(quantity)s of %(item)s arrive on %(day)s.") % {
        "quantity": format_quantity(total, line.unit_code, lang), "item": names.pop(), "day": long_day(day, lang),
    }  # fmt: skip


def _missing(quote: Quote, promises: Iterable[tuple[int, LinePromise]], lang: str) -> list[str]:
    found = []
    for position, promise in promises:
        line = quote.checked.lines[position - 1]
        if promise.missing_quantity and line.item is not None and promise.missing_reason != WAITS:
            missing = Decimal(promise.missing_params.get("missing_quantity", promise.missing_quantity))
            quantity = format_quantity(in_unit(line, missing), line.unit_code, lang)
            found.append(
                gettext("%(quantity)s of %(item)s have no date yet; we shall call.")
                % {"quantity": quantity, "item": line.item.name}
            )
    return found


# --- Suggestions ---------------------------------------------------------------------------------------------------


def option(
    found: Suggested, item: ItemRecord, unit: str, price: Price | None, currency: str, lang: str
) -> dict[str, Any]:
    """One suggestion of an item: its price for this customer, and what is free or when more comes."""
    factor = item.packs.get(unit)
    notes = []
    if price is not None:
        whole = price.unit_price / price.basis_quantity
        if factor is not None:
            whole = whole * factor.numerator / factor.denominator
        notes.append(format_money(whole, currency, lang))
    free = factor.from_base(found.free).quantize(Decimal(1), rounding=ROUND_FLOOR) if factor else found.free
    if free > 0:
        notes.append(gettext("%(quantity)s free") % {"quantity": format_number(free, lang)})
    elif found.next_at is not None:
        notes.append(gettext("arrives %(day)s") % {"day": format_date(found.next_at.date(), lang)})
    else:
        notes.append(gettext("none free"))
    return {
        "value": found.sku,
        "text": found.name,
        "sub": unit_word(item, unit, lang),
        "note": " · ".join(notes),
        "unit_code": unit,
        "unit": unit_word(item, unit, lang),
    }
