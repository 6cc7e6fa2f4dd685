"""Ratios with their intervals, and the two indices of perfect orders with the bounds that they must keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt

# Two-sided 95 % of the normal distribution.
Z_95 = 1.959963984540054
SMALLEST_SAMPLE = 30
_SIX_PLACES = Decimal("0.000001")


def ratio(numerator: Decimal | int, denominator: Decimal | int) -> Decimal | None:
    """A share to six places; none when there is nothing to divide by."""
    if not denominator:
        return None
    return (Decimal(numerator) / Decimal(denominator)).quantize(_SIX_PLACES)


def wilson(successes: int, trials: int, z: float = Z_95) -> tuple[Decimal, Decimal] | None:
    """Wilson's interval of a share, to six places; none without trials.

    :raises ValueError: if there are more successes than trials, or fewer than none.
    """
    if not 0 <= successes <= trials:
        raise ValueError("successes lie between none and all trials")
    if trials == 0:
        return None
    share = successes / trials
    squared = z * z
    middle = (share + squared / (2 * trials)) / (1 + squared / trials)
    half = z / (1 + squared / trials) * sqrt(share * (1 - share) / trials + squared / (4 * trials * trials))
    low = 0.0 if successes == 0 else max(0.0, middle - half)
    high = 1.0 if successes == trials else min(1.0, middle + half)
    return Decimal(repr(low)).quantize(_SIX_PLACES), Decimal(repr(high)).quantize(_SIX_PLACES)


def product_index(rates: Sequence[Decimal]) -> Decimal:
    """The rates multiplied: what the perfect orders would be if failures fell independently."""
    product = Decimal(1)
    for rate in rates:
        product *= rate
    return product


def frechet_bounds(rates: Sequence[Decimal]) -> tuple[Decimal, Decimal]:
    """Between which two values the share of orders that keep all of these must lie, whatever their dependence."""
    return max(Decimal(0), sum(rates, Decimal(0)) - (len(rates) - 1)), min(rates)


@dataclass(frozen=True, slots=True)
class Indices:
    """Perfect orders counted one by one, and by multiplied rates."""

    orders: int
    perfect: int
    rates: tuple[Decimal, ...]

    @property
    def and_index(self) -> Decimal | None:
        return ratio(self.perfect, self.orders)

    @property
    def product_index(self) -> Decimal | None:
        return product_index(self.rates).quantize(_SIX_PLACES) if self.orders else None

    @property
    def gap(self) -> Decimal | None:
        """Counted less multiplied: above zero, failures come together."""
        if not self.orders:
            return None
        return (Decimal(self.perfect) / self.orders - product_index(self.rates)).quantize(_SIX_PLACES)

    @property
    def consistent(self) -> bool:
        """Whether the counted index lies where any dependence of the four would let it lie."""
        if not self.orders:
            return True
        low, high = frechet_bounds(self.rates)
        tolerance = Decimal("1e-20")
        return low - tolerance <= Decimal(self.perfect) / self.orders <= high + tolerance


def indices_of(verdicts: Sequence[tuple[bool, ...]]) -> Indices:
    """Both indices of orders given as their kept components."""
    orders = len(verdicts)
    if not orders:
        return Indices(orders=0, perfect=0, rates=())
    rates = tuple(Decimal(sum(kept)) / orders for kept in zip(*verdicts, strict=True))
    return Indices(orders=orders, perfect=sum(all(kept) for kept in verdicts), rates=rates)


def indices_of_counts(orders: int, perfect: int, kept: Sequence[int]) -> Indices:
    """Both indices from how many orders kept each component."""
    if not orders:
        return Indices(orders=0, perfect=0, rates=())
    return Indices(orders=orders, perfect=perfect, rates=tuple(Decimal(k) / orders for k in kept))
