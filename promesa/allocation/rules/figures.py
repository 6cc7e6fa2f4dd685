"""What a sharing is worth, in the figures by which two are compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

ZERO, ONE = Decimal(0), Decimal(1)
CENT = Decimal("0.01")
FOURTH = Decimal("0.0001")


class Served(NamedTuple):
    """The lines of one order in a run, summed: quantities in base units, money net in company currency."""

    customer: int
    segment: str
    order: int
    asked: Decimal
    got: Decimal
    money: Decimal
    missing_money: Decimal
    complete: bool
    on_time: bool
    lines: int
    full_lines: int
    broken_lines: int
    broken: Decimal
    broken_money: Decimal
    penalty: Decimal
    moved: Decimal
    moved_lines: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of one sharing, or of one group in it. Fill rates and Jain's index are fractions.

    Broken promises are lines that get less than they have; moved is what goes to or from somebody.
    """

    units_asked: Decimal
    units: Decimal
    fill: Decimal
    lines: int
    full_lines: int
    orders: int
    complete_orders: int
    on_time_orders: int
    money: Decimal
    missing_money: Decimal
    broken_promises: int
    broken_units: Decimal
    broken_money: Decimal
    penalties: Decimal
    moved_units: Decimal
    moved_lines: int
    minimum_fill: Decimal
    jain: Decimal


def figures(served: Sequence[Served]) -> Figures:
    """Add up orders. Fairness is judged over the fill rates of customers."""
    asked, got = _sum(one.asked for one in served), _sum(one.got for one in served)
    fills = list(fill_of_customers(served).values())
    return Figures(
        units_asked=asked, units=got, fill=_rate(got, asked), lines=sum(one.lines for one in served),
        full_lines=sum(one.full_lines for one in served), orders=len(served),
        complete_orders=sum(one.complete for one in served),
        on_time_orders=sum(one.complete and one.on_time for one in served),
        money=_sum(one.money for one in served).quantize(CENT, ROUND_HALF_UP),
        missing_money=_sum(one.missing_money for one in served).quantize(CENT, ROUND_HALF_UP),
        broken_promises=sum(one.broken_lines for one in served), broken_units=_sum(one.broken for one in served),
        broken_money=_sum(one.broken_money for one in served).quantize(CENT, ROUND_HALF_UP),
        penalties=_sum(one.penalty for one in served).quantize(CENT, ROUND_HALF_UP),
        moved_units=_sum(one.moved for one in served), moved_lines=sum(one.moved_lines for one in served),
        minimum_fill=min(fills, default=ONE).quantize(FOURTH, ROUND_HALF_UP), jain=jain(fills),
    )  # fmt: skip


def fill_of_customers(served: Iterable[Served]) -> dict[int, Decimal]:
    """Customer -> what part of what they ask they get."""
    asked: dict[int, Decimal] = {}
    got: dict[int, Decimal] = {}
    for one in served:
        asked[one.customer] = asked.get(one.customer, ZERO) + one.asked
        got[one.customer] = got.get(one.customer, ZERO) + one.got
    return {customer: got[customer] / whole if whole else ONE for customer, whole in asked.items()}


def jain(fills: Sequence[Decimal]) -> Decimal:
    """Jain's index of fairness: 1 when all are served alike, 1/n when one gets all."""
    squares = sum((one * one for one in fills), ZERO)
    if not squares:
        return ONE.quantize(FOURTH)
    whole = sum(fills, ZERO)
    return (whole * whole / (len(fills) * squares)).quantize(FOURTH, ROUND_HALF_UP)


def _sum(values: Iterable[Decimal]) -> Decimal:
    return sum(values, ZERO)


def _rate(part: Decimal, whole: Decimal) -> Decimal:
    return (part / whole if whole else ONE).quantize(FOURTH, ROUND_HALF_UP)
