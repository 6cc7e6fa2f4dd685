"""How much service pays: what stock costs at each level of service, what being short costs, and where they meet.

Demand over the time until goods can come again is taken as normal. At a cycle service level p, z is the normal quantile
and L(z) the loss function: per cycle zσ + σL(z) is left over and σL(z) is short. A leftover unit costs `overage` a cycle,
a short one `underage` (the newsvendor's co and cu), so that the best level is cu / (cu + co) and 100 % costs without end.

Items of a class add up, for at one level all of them share z: only their weighted spreads count. Binary floating point is
used inside, for quantiles; what comes out is rounded decimals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import sqrt
from statistics import NormalDist

NORMAL = NormalDist()
YEAR_DAYS = 365
LOWEST, HIGHEST, STEP = Decimal("0.5"), Decimal("0.995"), Decimal("0.005")
_CENT = Decimal("0.01")
_POINT = Decimal("0.0001")


def loss(z: float) -> float:
    """The normal loss function L(z): how much, in standard deviations, demand is expected to exceed z."""
    return NORMAL.pdf(z) - z * (1 - NORMAL.cdf(z))


def newsvendor(*, underage: Decimal, overage: Decimal) -> Decimal:
    """The share of cycles in which demand should be met: cu / (cu + co), to four decimals.

    :raises ValueError: if both cost nothing, or one less than nothing.
    """
    if underage < 0 or overage < 0 or not underage + overage:
        raise ValueError("costs are not below zero, and one of them is above")
    return (underage / (underage + overage)).quantize(_POINT)


@dataclass(frozen=True, slots=True)
class ItemEconomics:
    """One item: demand and its standard deviation a day in base units, and money for one base unit.

    `protected_days` is how long stock must last until goods can come again (lead time and the time between orders);
    `cycle_days` the time between orders. `holding` is what one unit costs a year (capital, space, ageing), `underage`
    what one short unit costs (margin lost, penalty, the customer's patience).
    """

    daily_demand: Decimal
    daily_deviation: Decimal
    protected_days: Decimal
    cycle_days: Decimal
    holding: Decimal
    underage: Decimal


@dataclass(frozen=True, slots=True)
class Level:
    """A class at one level of service: money a year, `fill` the share of units served at once.

    `step_cost` and `step_gain` are what the half point up to this level costs in stock and brings in fewer shortages.
    """

    service: Decimal
    z: Decimal
    fill: Decimal
    safety_stock: Decimal
    stock_cost: Decimal
    short_units: Decimal
    short_cost: Decimal
    step_cost: Decimal
    step_gain: Decimal

    @property
    def total(self) -> Decimal:
        return self.stock_cost + self.short_cost


@dataclass(frozen=True, slots=True)
class Curve:
    """The levels from the lowest; `best` is the newsvendor's, `economic` the last half point that still pays."""

    levels: tuple[Level, ...]
    best: Decimal
    economic: Decimal
    items: int


@dataclass(frozen=True, slots=True)
class Excess:
    """A target above the level that pays: what it costs more a year, and what a short unit would have to cost for it."""

    target: Decimal
    economic: Decimal
    cost: Decimal
    underage_factor: Decimal


@dataclass(frozen=True, slots=True)
class _Sums:
    """A class's items added up: everything but z."""

    deviation: float  # units
    stock: float  # money a year of one standard deviation of every item
    short: float  # money a year of one standard deviation short of every item in every cycle
    short_units: float  # units a year, likewise
    demand: float  # units a year


def _sums(items: Sequence[ItemEconomics]) -> _Sums:
    deviation = stock = short = short_units = demand = 0.0
    for item in items:
        spread = float(item.daily_deviation) * sqrt(float(item.protected_days))
        cycles = YEAR_DAYS / float(item.cycle_days)
        deviation += spread
        stock += spread * float(item.holding)
        short += spread * cycles * float(item.underage)
        short_units += spread * cycles
        demand += float(item.daily_demand) * YEAR_DAYS
    return _Sums(deviation, stock, short, short_units, demand)


def curve(*, items: Sequence[ItemEconomics]) -> Curve | None:
    """Stock cost against service for a class, by half points; None where demand never varies, so that stock is no matter.

    Money is a year's, rounded to cents.
    """
    sums = _sums(items)
    if not sums.stock + sums.short:
        return None
    best = Decimal(sums.short / (sums.short + sums.stock)).quantize(_POINT)
    grid = [LOWEST + STEP * n for n in range(int((HIGHEST - LOWEST) / STEP) + 1)]
    raw = [(service, *_costs(sums, service)) for service in grid]
    levels = [_level(sums, *raw[0], 0.0, 0.0)]
    economic = grid[0]
    for (_, _, stock_before, short_before), (service, z, stock, short) in pairwise(raw):
        step_cost, step_gain = stock - stock_before, short_before - short
        levels.append(_level(sums, service, z, stock, short, step_cost, step_gain))
        if step_gain >= step_cost:
            economic = service
    return Curve(tuple(levels), best, economic, len(items))


def excess(*, items: Sequence[ItemEconomics], target: Decimal) -> Excess | None:
    """What a target costs beyond the level that pays; None when it lies within it, or nothing varies.

    :raises ValueError: if the target is not a share below one: 100 % would need stock without end.
    """
    if not 0 < target < 1:
        raise ValueError("a target is above 0 and below 1: 100 % needs stock without end")
    sums, found = _sums(items), curve(items=items)
    if found is None or target <= max(found.best, found.economic):
        return None
    at_target, at_best = (_costs(sums, service) for service in (target, max(found.best, LOWEST)))
    needed = float(target) / (1 - float(target)) * sums.stock / sums.short if sums.short else 0.0
    more = at_target[1] + at_target[2] - at_best[1] - at_best[2]
    return Excess(target, found.economic, _money(more), Decimal(needed).quantize(Decimal("0.1")))


def _costs(sums: _Sums, service: Decimal) -> tuple[float, float, float]:
    """z, what stock costs a year and what shortages cost a year at a level."""
    z = NORMAL.inv_cdf(float(service))
    short = loss(z)
    return z, sums.stock * (z + short), sums.short * short


def _level(
    sums: _Sums, service: Decimal, z: float, stock: float, short: float, step_cost: float, step_gain: float
) -> Level:
    units = sums.short_units * loss(z)
    fill = max(1 - units / sums.demand, 0.0) if sums.demand else 1.0
    return Level(
        service=service, z=Decimal(z).quantize(Decimal("0.001")), fill=Decimal(fill).quantize(_POINT),
        safety_stock=_money(sums.deviation * z), stock_cost=_money(stock), short_units=_money(units),
        short_cost=_money(short), step_cost=_money(step_cost), step_gain=_money(step_gain),
    )  # fmt: skip


def _money(value: float) -> Decimal:
    return Decimal(value).quantize(_CENT)
