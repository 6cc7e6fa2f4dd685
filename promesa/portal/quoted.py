"""A quote in the customer's words, in the form that the order pad reads: lines, faults, totals, what will arrive."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from promesa.allocation.quoted import FIELDS, TONES, WAITS, arrivals, arrive_on, in_unit, line_of, totals, unit_word
from promesa.allocation.quoting import Quote
from promesa.catalog.resolution import Catalogue
from promesa.catalog.rules import PriceBook
from promesa.core.ui.format import format_money, format_quantity
from promesa.orders.checks import CheckedLine
from promesa.orders.states import Severity
from promesa.portal import told
from promesa.portal.queries import Item as Suggested

Error = dict[str, str]
ZERO = Decimal(0)


def as_json(quote: Quote, lang: str, today: date) -> dict[str, Any]:
    """The answer that the pad draws."""
    return {
        "lines": [
            line_of(quote, position, line, _warnings(quote, position, line, lang), lang, today)
            for position, line in enumerate(quote.checked.lines, 1)
        ],
        "errors": order_errors(quote, lang),
        "totals": totals(quote.whole or quote, lang),
        "say": what_arrives(quote.whole or quote, lang),
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


def _warnings(quote: Quote, position: int, line: CheckedLine, lang: str) -> list[dict[str, str]]:
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
        usual = format_quantity(in_unit(line, quote.usual[position]), line.unit_code, lang)
        found.append({"tone": "risk", "text": gettext("You usually order %(usual)s. Is it right?") % {"usual": usual}})
    promise, wanted = quote.promises.get(position), quote.checked.requested_to
    if position in quote.taken:
        return found
    if promise is not None and promise.missing_quantity and promise.missing_reason != WAITS:
        left = format_quantity(in_unit(line, promise.missing_quantity), line.unit_code, lang)
        found.append({"tone": "risk", "text": gettext("%(quantity)s have no date yet.") % {"quantity": left}})
    elif promise is not None and wanted is not None:
        late = sum((part.quantity for part in promise.parts if part.window_from >= wanted), ZERO)
        if late:
            left = format_quantity(in_unit(line, late), line.unit_code, lang)
            text = gettext("%(quantity)s arrive after the day you want.") % {"quantity": left}
            found.append({"tone": "risk", "text": text})
    return found


def what_arrives(quote: Quote, lang: str) -> str:
    """How much arrives on which day, in a sentence a day."""
    return " ".join(arrive_on(day, parts, lang) for day, parts in arrivals(quote))


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
