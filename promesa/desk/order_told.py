"""The parts of an order's page in words: lines, the history of its promises, what happened, what was agreed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.utils.translation import gettext

from promesa.core import words
from promesa.core.calendars import local_day
from promesa.core.quantities import to_base
from promesa.core.ui.format import (
    DAYS,
    EN_DASH,
    format_date,
    format_money,
    format_number,
    format_quantity,
    format_unit,
    format_window,
    joined,
)
from promesa.desk import telling
from promesa.desk.labels import actor_word
from promesa.orders.queries.page import FindingRow, Head, LineRow, OrderPage, PromiseRow, RequestRow
from promesa.orders.states import OrderState, TellingBy

ZERO = Decimal(0)
# In which ways a person tells a customer; and when a promise is more than a proposal.
WAYS = (TellingBy.PHONE, TellingBy.EMAIL, TellingBy.IN_PERSON, TellingBy.DOCUMENT)
CERTAIN = (OrderState.CONFIRMED, OrderState.CLOSED)


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line as its row shows it, in the unit in which it was ordered where that comes out whole."""

    line: LineRow
    unit: str
    pack: str
    ordered: str
    cells: tuple[tuple[str, str, str], ...]  # name of the column, quantity, how it looks
    for_day: str
    later: str
    price: str
    received: str
    warn: bool
    short: bool


def shown_lines(page: OrderPage, lang: str, today: date) -> list[ShownLine]:
    """The rows of the lines."""
    zone = page.standing.site_zone
    force: dict[int, list[PromiseRow]] = {}
    for promise in page.promises:
        if promise.in_force:
            force.setdefault(promise.line_number, []).append(promise)
    return [_line(line, force.get(line.line_number, []), page, zone, lang, today) for line in page.lines]


def _line(
    line: LineRow, promises: Sequence[PromiseRow], page: OrderPage, zone: str, lang: str, today: date
) -> ShownLine:
    unit, whole = unit_of(line)

    def said(value: Decimal) -> str:
        return format_number(_in_unit(line, value) if whole else value, lang)

    live = page.standing.state in ("submitted", "confirmed") and page.standing.origin != "history"
    short = live and line.missing > ZERO
    quantities = (
        (gettext("Ordered"), line.stands, ""),
        (gettext("Promised"), line.promised, "short" if short else ""),
        (gettext("Reserved"), line.reserved, ""),
        (gettext("Despatched"), line.despatched - line.brought_back, ""),
        (gettext("Accepted"), line.accepted, "short" if line.refused_final else ""),
        (gettext("Invoiced"), line.invoiced - line.credited, ""),
    )
    parts = [one for one in promises if one.quantity]
    return ShownLine(
        line=line,
        unit=unit,
        pack=_pack(line, unit, lang),
        ordered=said(line.stands),
        cells=tuple((name, said(value), css if value else "zero") for name, value, css in quantities),
        for_day=_day(parts[0], zone, lang, today) if parts else "",
        later=", ".join(f"{said(one.quantity)}, {_day(one, zone, lang, today)}" for one in parts[1:]),
        price=_price(line, unit, page.standing.currency, lang),
        received=received_words(line, lang),
        short=short,
        warn=short or line.line_number in {one.line_number for one in page.open_findings},
    )


def unit_of(line: LineRow) -> tuple[str, bool]:
    """The unit to speak of, and whether it is the ordered one: it is, if every quantity comes out whole in it."""
    amounts = (line.stands, line.promised, line.reserved, line.despatched, line.accepted, line.invoiced)
    whole = all(_in_unit(line, value) == _in_unit(line, value).to_integral_value() for value in amounts)
    return (line.unit_code, True) if whole else (line.base_unit, False)


def quantity_words(line: LineRow, base: Decimal, lang: str) -> str:
    """A quantity in the ordered unit where it comes out whole: 40 cajas."""
    whole = _in_unit(line, base)
    if whole == whole.to_integral_value():
        return format_quantity(whole, line.unit_code, lang)
    return format_quantity(base, line.base_unit, lang)


def _in_unit(line: LineRow, base: Decimal) -> Decimal:
    return to_base(base, line.denominator, line.numerator)


def _pack(line: LineRow, unit: str, lang: str) -> str:
    """`caja de 12 unidades`, or the plain unit."""
    word = format_unit(1, unit, lang)
    if unit == line.base_unit or line.numerator == line.denominator:
        return word
    held = format_quantity(to_base(Decimal(1), line.numerator, line.denominator), line.base_unit, lang)
    return gettext("%(pack)s of %(held)s") % {"pack": word, "held": held}


def _price(line: LineRow, unit: str, currency: str, lang: str) -> str:
    """The price of one unit spoken of, and where it comes from."""
    if line.unit_price is None:
        return gettext("no price")
    price = line.unit_price / line.price_basis
    if unit == line.unit_code:
        price = price * line.numerator / line.denominator
    decimals = max(2, -int(round_price(price).normalize().as_tuple().exponent))
    origin = words.say(f"price_{line.price_origin}", {}, lang) if line.price_origin else ""
    return f"{format_money(price, currency, lang, decimals=decimals)}" + (f" · {origin}" if origin else "")


def round_price(price: Decimal) -> Decimal:
    """A price as it is shown: at most four decimals."""
    return price.quantize(Decimal("0.0001"))


def received_words(line: LineRow, lang: str) -> str:
    """What came in, where it differs from what it was resolved to: a code of theirs, another text, another price."""
    got = line.received
    codes = [got[name] for name in ("sku", "gtin", "buyer_code", "code") if got.get(name)]
    said = [code for code in dict.fromkeys(codes) if code != line.sku]
    text = got.get("text", "")
    if text and text.casefold() != line.item.casefold() and text not in said:
        said.append(f"“{text}”")
    if not line.unit_quantity and got.get("quantity"):
        said.append(f"{got['quantity']} {got.get('unit', '')}".strip())
    if got.get("price"):
        said.append(gettext("price %(price)s") % {"price": got["price"]})
    return " · ".join(said)


def _day(promise: PromiseRow, zone: str, lang: str, today: date) -> str:
    if promise.window_to is None:
        return ""
    return format_date(local_day(promise.window_to - timedelta(microseconds=1), zone), lang, today=today)


# --- The history of the promises -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """One row of the history of a line: what was asked or promised, when, by whom and why, and whether they know."""

    name: str
    quantity: str
    window: str
    why: str
    who: str
    told: datetime | None
    untold: bool
    tone: str


@dataclass(frozen=True, slots=True)
class History:
    """The promises of one line."""

    line: LineRow
    rows: tuple[Told, ...]


def histories(page: OrderPage, names: dict[str, str], lang: str, today: date) -> list[History]:
    """The promises of the lines that have more than one, or none for all; the others say the same in their row."""
    by_line = {number: list(rows) for number, rows in groupby(page.promises, key=lambda one: one.line_number)}
    found = []
    for line in page.lines:
        promises = by_line.get(line.line_number, [])
        sequences = {promise.sequence for promise in promises}
        if len(sequences) > 1 or len(promises) > 1:
            found.append(History(line, tuple(_history(page, line, promises, names, lang, today))))
    return found[:20]


def _history(
    page: OrderPage, line: LineRow, promises: Sequence[PromiseRow], names: dict[str, str], lang: str, today: date
) -> Iterable[Told]:
    zone = page.standing.site_zone
    whole = unit_of(line)[1]
    for request in page.requests:
        if request.line_number in (None, line.line_number):
            yield _asked(request, line, whole, names, zone, lang, today)
    for sequence, rows in groupby(promises, key=lambda one: one.sequence):
        parts = list(rows)
        yield _promised(sequence, parts, line, whole, names, zone, lang, today, page.standing.state in CERTAIN)


def _asked(
    request: RequestRow, line: LineRow, whole: bool, names: dict[str, str], zone: str, lang: str, today: date
) -> Told:
    quantity = format_number(_in_unit(line, line.ordered) if whole else line.ordered, lang)
    who = words.say(f"initiator_{request.initiator}", {}, lang)
    return Told(
        name=gettext("Asked for"),
        quantity=quantity,
        window=format_window(request.window_from, request.window_to, lang, zone, today=today),
        why=request.reason or (gettext("in their order") if request.sequence == 1 else gettext("another date")),
        who=who,
        told=request.happened_at,
        untold=False,
        tone="",
    )


def _promised(
    sequence: int, parts: Sequence[PromiseRow], line: LineRow, whole: bool, names: dict[str, str], zone: str, lang: str,
    today: date, is_certain: bool,
) -> Told:  # fmt: skip
    one = parts[0]
    said = [format_number(_in_unit(line, part.quantity) if whole else part.quantity, lang) for part in parts]
    windows = [
        format_window(part.window_from, part.window_to, lang, zone, today=today)
        for part in parts
        if part.window_from and part.window_to
    ]
    reasons = [
        words.say(part.reason.get("code", ""), part.reason.get("params", {}), lang) for part in parts if part.reason
    ]
    cause = words.say(f"cause_{one.cause}", {}, lang) if one.cause and words.known(f"cause_{one.cause}") else ""
    who = words.say(f"initiator_{one.initiator}", {}, lang)
    untold = one.told_at is None and one.in_force and is_certain
    return Told(
        name=gettext("First") if one.is_first else gettext("In force") if one.in_force else gettext("Proposed"),
        quantity=" + ".join(said),
        window=joined(windows, lang) if windows else gettext("no date yet"),
        why=" ".join(dict.fromkeys(reasons)),
        who=f"{who}: {cause}" if cause else actor_word(one.actor, names, lang),
        told=one.told_at,
        untold=untold,
        tone="warn" if untold and sequence > 1 else "",
    )


def untold_lines(page: OrderPage) -> int:
    """Of how many lines the customer does not know the promise in force; before it is confirmed there is none to know,
    and when all is done nothing to tell."""
    if page.standing.state != OrderState.CONFIRMED:
        return 0
    return len({one.line_number for one in page.promises if one.in_force and one.told_at is None})


def untold_holds(page: OrderPage) -> bool:
    """Whether something holds the order up that nobody has told the customer."""
    return any(one.told_customer_at is None for one in page.open_holds)


# --- What happened, what was found, what was agreed ----------------------------------------------------------------


def timeline(page: OrderPage, names: dict[str, str], lang: str) -> list[dict[str, Any]]:
    """The journal of the order, newest first."""
    return [
        {"at": event.happened_at, **telling.told(event.kind, event.facts, event.actor, names, lang)}
        for event in page.events
    ]


WAITS = "promise_order_incomplete"


def lacking(page: OrderPage) -> dict[int, Decimal]:
    """Lines for which nothing could be promised for want of supply: line -> what is missing, in base units.

    Those that only wait for the others of a single delivery are not among them.
    """
    return {
        one.line_number: Decimal(str(one.reason["params"]["missing_quantity"]))
        for one in page.promises
        if one.in_force and not one.quantity and one.reason.get("code") != WAITS
        and "missing_quantity" in one.reason.get("params", {})
    }  # fmt: skip


def finding_words(finding: FindingRow, page: OrderPage, lang: str) -> str:
    """A finding as a sentence, what is missing in the unit that was ordered."""
    if finding.code.startswith("supply_short"):
        if finding.params.get("reason") == WAITS:
            return words.say(WAITS, {}, lang)
        line = next((one for one in page.lines if one.line_number == finding.line_number), None)
        if line is not None:
            missing = lacking(page).get(line.line_number, Decimal(str(finding.params.get("missing_quantity", 0))))
            params = {**finding.params, "missing_quantity": quantity_words(line, missing, lang)}
            return words.say(finding.code, params, lang)
    return telling.finding(finding.code, finding.params, finding.received, finding.right, lang)


def window_words(head: Head, lang: str) -> str:
    """`lun–vie 08:00–14:00`: when the site takes goods; nothing said is all day."""
    if not head.windows:
        return gettext("receives all day")
    by_hours: dict[tuple[str, str], list[int]] = {}
    for day, opens, closes in head.windows:
        by_hours.setdefault((opens, closes), []).append(day)
    return "; ".join(f"{_days(days, lang)} {opens}{EN_DASH}{closes}" for (opens, closes), days in by_hours.items())


def _days(days: Sequence[int], lang: str) -> str:
    names = DAYS["es" if lang == "es" else "en"]
    if len(days) > 2 and list(days) == list(range(days[0], days[0] + len(days))):
        return f"{names[days[0]]}{EN_DASH}{names[days[-1]]}"
    return joined([names[day] for day in days], lang)


def actors_of(page: OrderPage) -> set[str]:
    """Everybody who is named on the page."""
    return {
        page.head.captured_by,
        *(event.actor for event in page.events),
        *(promise.actor for promise in page.promises),
        *(hold.opened_by for hold in page.holds),
        *(hold.released_by for hold in page.holds if hold.released_by),
        *(finding.resolved_by for finding in page.findings if finding.resolved_by),
    }


# --- The form that changes it --------------------------------------------------------------------------------------


def ordered_now(line: LineRow) -> Decimal:
    """What is still ordered of a line, in the unit in which it was ordered."""
    return _in_unit(line, line.stands)


def change_rows(
    page: OrderPage, typed: Mapping[str, str], errors: Mapping[str, str], lang: str
) -> list[dict[str, str]]:
    """The lines of the form that changes quantities, with what was typed."""
    rows = []
    for line in page.lines:
        now, field = format_number(ordered_now(line), lang), f"quantity-{line.line_number}"
        rows.append({
            "number": str(line.line_number), "item": line.item or received_words(line, lang), "now": now,
            "unit": format_unit(ordered_now(line), line.unit_code, lang), "typed": typed.get(field, now),
            "error": errors.get(field, ""),
        })  # fmt: skip
    return rows


def requested_day(page: OrderPage) -> str:
    """The day that the customer wants, as a field of a browser has it."""
    wanted = page.head.requested_to
    if wanted is None:
        return ""
    return local_day(wanted - timedelta(microseconds=1), page.standing.site_zone).isoformat()
