"""Fill rates: what the first shipment brought of what was ordered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from promesa.results.rules.facts import ZERO, Despatch, LineFacts, Party
from promesa.results.rules.indices import ratio


@dataclass(frozen=True, slots=True)
class LineFill:
    """One line at the first shipment of its order, and at the end. Quantities in base units."""

    order_id: int
    ordered: Decimal
    filled: Decimal
    filled_strict: Decimal
    accepted: Decimal
    unit_price: Decimal = ZERO
    case_size: Decimal = Decimal(1)

    @property
    def full(self) -> bool:
        return self.filled >= self.ordered

    @property
    def full_strict(self) -> bool:
        return self.filled_strict >= self.ordered


@dataclass(frozen=True, slots=True)
class FillRates:
    """Line, case, order and value fill as (numerator, denominator); no order among them is a law."""

    line: tuple[Decimal, Decimal]
    case: tuple[Decimal, Decimal]
    order: tuple[Decimal, Decimal]
    value: tuple[Decimal, Decimal]

    def rate(self, unit: str) -> Decimal | None:
        numerator, denominator = getattr(self, unit)
        return ratio(numerator, denominator)


def shipping_group(despatch: Despatch) -> date:
    """The shipment that goods belong to: the date planned for them, else the day on which they left.

    All depots together, and a truck that left late for its date still belongs to it.
    """
    return despatch.planned_on or despatch.shipped_on or despatch.shipped_at.date()


def first_shipment(lines: Sequence[LineFacts]) -> date | None:
    """The date of the order's first shipment; none while nothing has left."""
    return min((shipping_group(despatch) for line in lines for despatch in line.despatches), default=None)


def line_fill(line: LineFacts, first: date | None) -> LineFill:
    """What the order's first shipment brought of one line.

    Substitutes that the customer had agreed to count in `filled`, never in `filled_strict`; what the customer took
    off the line is no longer asked for.
    """
    strict = with_substitutes = ZERO
    for despatch in line.despatches:
        if first is None or shipping_group(despatch) != first:
            continue
        if not despatch.substitute:
            strict += despatch.quantity
            with_substitutes += despatch.quantity
        elif line.substitutes_agreed:
            with_substitutes += despatch.quantity
    ordered = max(line.ordered - line.cancelled_by(Party.CUSTOMER), ZERO)
    accepted = sum(
        (d.taken for d in line.deliveries if not d.substitute or line.substitutes_agreed),
        ZERO,
    )
    return LineFill(
        order_id=line.order_id,
        ordered=ordered,
        filled=min(with_substitutes, ordered),
        filled_strict=min(strict, ordered),
        accepted=min(accepted, ordered),
        unit_price=ZERO if line.free else line.unit_price,
        case_size=line.case_size,
    )


def fill_rates(lines: Sequence[LineFill], *, strict: bool = False) -> FillRates:
    """The four rates over lines of any number of orders."""
    wanted = [line for line in lines if line.ordered > 0]

    def filled(line: LineFill) -> Decimal:
        return line.filled_strict if strict else line.filled

    orders: dict[int, bool] = {}
    for line in wanted:
        orders[line.order_id] = orders.get(line.order_id, True) and filled(line) >= line.ordered
    return FillRates(
        line=(Decimal(sum(filled(line) >= line.ordered for line in wanted)), Decimal(len(wanted))),
        case=(
            sum((filled(line) / line.case_size for line in wanted), ZERO),
            sum((line.ordered / line.case_size for line in wanted), ZERO),
        ),
        order=(Decimal(sum(orders.values())), Decimal(len(orders))),
        value=(
            sum((filled(line) * line.unit_price for line in wanted), ZERO),
            sum((line.ordered * line.unit_price for line in wanted), ZERO),
        ),
    )
