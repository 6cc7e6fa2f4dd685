"""An order in the customer's words: where it stands, what it waits for, what was promised, left and came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext, pgettext

from promesa.allocation.queries.explaining import Reason
from promesa.core import words
from promesa.core.calendars import local_day
from promesa.core.quantities import to_base
from promesa.core.ui.format import format_date, format_money, format_number, format_quantity, format_unit, joined
from promesa.orders.labels_customer import code_for_customers
from promesa.orders.queries.page import LineRow, OrderPage
from promesa.orders.stages import Standing
from promesa.orders.states import OrderState
from promesa.portal.labels import NOT_TOLD

INSTANT = timedelta(microseconds=1)


class Chip(NamedTuple):
    """A state in one word, with its tone."""

    word: str
    tone: str = ""
    mark: str = ""


def chip(order: Standing) -> Chip:
    """Where the order stands."""
    if order.state == OrderState.DRAFT:
        return Chip(gettext("Waits: something is missing"), "risk", "r")
    if order.state == OrderState.CANCELLED:
        return Chip(gettext("Cancelled"))
    if order.state == OrderState.REFUSED:
        return Chip(gettext("Not accepted"), "broken")
    if order.state == OrderState.CLOSED:
        return Chip(gettext("Done"), "kept")
    if order.hold_kind:
        return Chip(gettext("Being looked at"), "risk", "r")
    if order.state == OrderState.SUBMITTED:
        return Chip(gettext("Received"), "info")
    if order.delivered_at and not order.open:
        return Chip(pgettext("order", "Delivered"), "kept")
    if order.in_transit:
        return Chip(pgettext("order", "On its way"), "kept")
    return Chip(gettext("Confirmed"), "kept")


def promised_day(order: Standing, lang: str, today: date) -> str:
    """The day by which all of it is promised to be there."""
    if order.promised_to is None or order.state in (OrderState.CANCELLED, OrderState.REFUSED):
        return ""
    return _day(order.promised_to, order.site_zone, lang, today)


def _day(until: datetime, zone: str, lang: str, today: date) -> str:
    return format_date(local_day(until - INSTANT, zone), lang, today=today)


def finding(code: str, params: Mapping[str, Any], received: str, right: str, lang: str) -> str:
    """A finding as a sentence to the customer; units are said as words."""
    if code == "unknown_unit":
        right = joined([format_unit(1, unit.strip(), lang) for unit in right.split(",")], lang)
    return words.say(code_for_customers(code), {**params, "received": received, "right": right}, lang)


def reason(one: Reason, lang: str) -> str:
    """Why a line gets what it gets, to the customer."""
    own = f"portal_{one.code}"
    return words.say(own if words.known(own) else one.code, one.params, lang)


def waits_for(page: OrderPage, lang: str) -> list[str]:
    """All that the order waits for, in words."""
    said = []
    for one in page.open_findings:
        if one.code in NOT_TOLD:
            continue
        text = finding(one.code, one.params, one.received, one.right, lang)
        said.append(
            text if one.line_number is None else gettext("Line %(n)s: %(text)s") % {"n": one.line_number, "text": text}
        )
    for hold in page.open_holds:
        code = f"portal_hold_{hold.kind}"
        text = words.say(code if words.known(code) else "portal_hold_other", {}, lang)
        if not said or hold.kind == "manual":
            said.append(text)
    return list(dict.fromkeys(said))


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line as the page draws it."""

    number: int
    code: str
    text: str
    received: str
    ordered: str
    price: str
    amount: str
    promise: list[tuple[str, str]]  # tone, words
    left: str
    came: str


def shown_lines(page: OrderPage, lang: str, today: date) -> list[ShownLine]:
    """The lines of an order."""
    return [_shown(page, line, lang, today) for line in page.lines]


def _shown(page: OrderPage, line: LineRow, lang: str, today: date) -> ShownLine:
    currency = page.standing.currency
    price = ""
    if line.unit_price is not None and line.denominator and line.price_basis:
        of_unit = line.unit_price * line.numerator / line.denominator / line.price_basis
        price = format_money(of_unit, currency, lang)
    return ShownLine(
        number=line.line_number,
        code=line.sku or str(line.received.get("code", "")),
        text=line.item or gettext("Code not known yet"),
        received="" if line.item else str(line.received.get("quantity", "")),
        ordered=format_quantity(line.unit_quantity, line.unit_code, lang) if line.unit_quantity else "",
        price=price,
        amount=format_money(line.net_amount, currency, lang) if line.net_amount else "",
        promise=_promise(page, line, lang, today),
        left=_in_units(line, line.despatched, lang),
        came=_in_units(line, line.accepted, lang),
    )


def _in_units(line: LineRow, base: Decimal, lang: str) -> str:
    return format_number(to_base(base, line.denominator, line.numerator), lang) if base else ""


def _promise(page: OrderPage, line: LineRow, lang: str, today: date) -> list[tuple[str, str]]:
    """The parts of the promise in force: how much on which day; what has no date yet."""
    parts = [one for one in page.promises if one.line_number == line.line_number and one.in_force]
    dated = [one for one in parts if one.quantity and one.window_to]
    said = []
    for one in dated:
        assert one.window_to is not None
        day = _day(one.window_to, page.standing.site_zone, lang, today)
        several = len(parts) > 1
        said.append(("", f"{_in_units(line, one.quantity, lang)}, {day}" if several else day))
    if line.missing and line.stands and page.standing.state in (OrderState.SUBMITTED, OrderState.CONFIRMED):
        left = line.open - sum((one.quantity for one in dated), Decimal(0))
        if left > 0:
            said.append(("risk", gettext("%(quantity)s without a date") % {"quantity": _in_units(line, left, lang)}))
    return said
