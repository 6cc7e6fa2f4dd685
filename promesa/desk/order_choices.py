"""What can be done about an order that stands still, and the flower that each choice leads to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from promesa.access.rules import hold_verb
from promesa.desk.order_told import lacking, quantity_words
from promesa.orders.queries.page import HoldRow, OrderPage
from promesa.orders.states import HoldKind

GOOD = "pppp"


@dataclass(frozen=True, slots=True)
class Choice:
    """One way on: what it does, what it leads to."""

    value: str
    title: str
    text: str
    flower: str
    reason: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A hold that somebody has to decide about."""

    hold: HoldRow
    code: str
    params: Mapping[str, Any]
    choices: tuple[Choice, ...]
    mine: bool


def decision_of(page: OrderPage, hold: HoldRow, verbs: frozenset[str], lang: str) -> Decision:
    """The choices of one hold, those that the person may take."""
    choices = _CHOICES.get(hold.kind, _manual)(page)
    if "cancel_order" in verbs:
        choices = (*choices, _cancel(hold.kind))
    code, params = str(hold.reason.get("code") or f"next_hold_{hold.kind}"), dict(hold.reason.get("params", {}))
    short = [(line, lacking(page)[line.line_number]) for line in page.lines if line.line_number in lacking(page)]
    if hold.kind == HoldKind.SHORTAGE and short:
        line, missing = short[0]
        code, params = "decide_shortage", {"missing": quantity_words(line, missing, lang), "item": line.item}
    return Decision(
        hold=hold,
        code=code,
        params=params,
        choices=choices,
        mine=hold_verb(hold.kind) in verbs,
    )


def _price(page: OrderPage) -> tuple[Choice, ...]:
    return (
        Choice(
            "release",
            gettext("The agreed price holds"),
            gettext("The order goes on at our price. Tell the customer before the invoice does."),
            GOOD,
            gettext("the agreed price holds"),
        ),
    )


def _credit(page: OrderPage) -> tuple[Choice, ...]:
    return (
        Choice(
            "release",
            gettext("Let it go beyond the limit, this once"),
            gettext("It is promised anew and leaves with the next lorry."),
            GOOD,
            gettext("let beyond the credit limit"),
        ),
    )


def _duplicate(page: OrderPage) -> tuple[Choice, ...]:
    return (
        Choice(
            "release",
            gettext("It is a new order"),
            gettext("Both orders are served."),
            GOOD,
            gettext("it is a new order"),
        ),
    )


def _shortage(page: OrderPage) -> tuple[Choice, ...]:
    missing, lines = lacking(page), {line.line_number: line for line in page.lines}
    something = any(missing.get(number, 0) < line.to_ship for number, line in lines.items())
    ways = (
        Choice(
            "release",
            gettext("Look for supply again"),
            gettext("It is promised whole as soon as there is stock for all of it; until then it stays here."),
            "pbpp",
            gettext("supply looked for again"),
        ),
        Choice(
            "reduce",
            gettext("Send what there is and take the rest off"),
            gettext("The missing quantity is taken off the order, with the customer's consent."),
            "bppp",
            gettext("the rest was taken off, out of stock"),
        ),
    )
    return ways if missing and something else ways[:1]


def _manual(page: OrderPage) -> tuple[Choice, ...]:
    return (Choice("release", gettext("Let it go on"), "", GOOD, gettext("looked at and let go")),)


def _cancel(kind: str) -> Choice:
    repeated = kind == HoldKind.DUPLICATE
    return Choice(
        "cancel",
        gettext("It is a repeat: cancel this one") if repeated else gettext("Cancel the order"),
        gettext("Its stock becomes free for others."),
        "nnnn",
        gettext("it repeats another order") if repeated else "",
    )


_CHOICES: dict[str, Callable[[OrderPage], tuple[Choice, ...]]] = {
    HoldKind.PRICE: _price,
    HoldKind.CREDIT: _credit,
    HoldKind.DUPLICATE: _duplicate,
    HoldKind.SHORTAGE: _shortage,
}
