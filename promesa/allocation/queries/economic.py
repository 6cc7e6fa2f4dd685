"""What service pays, by item class: from how much is asked for, what it is worth, and what the company says stock and
shortages cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from promesa.allocation.rules.economic import Curve, Excess, ItemEconomics, curve, excess
from promesa.core import bulk, parameters

PARAMETER = "allocation.economics"
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What the company says of a class; rates and shares of the price or cost of a unit.

    `cost_share` of the net price is what a unit costs us. `holding_rate` of that cost is what a unit in stock costs a year,
    with `obsolescence_rate` for what grows old. Of a short unit `lost_share` is never sold, so its margin is gone;
    `penalty_share` of the price is paid or credited, `patience_share` is what future orders lose.
    """

    cost_share: Decimal = Decimal("0.70")
    holding_rate: Decimal = Decimal("0.25")
    obsolescence_rate: Decimal = Decimal("0.05")
    lost_share: Decimal = Decimal("0.50")
    penalty_share: Decimal = Decimal("0.02")
    patience_share: Decimal = Decimal("0.05")
    lead_days: Decimal = Decimal(7)
    cycle_days: Decimal = Decimal(7)
    target: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ClassService:
    """An item class: its curve (none where demand never varies), and the warning where its target lies above what pays."""

    name: str
    items: int
    assumptions: Assumptions
    curve: Curve | None
    excess: Excess | None


def assumptions_of(*, on: date) -> dict[str, Assumptions]:
    """By class, from the parameter `allocation.economics`: fields for all, and `classes` with what differs in one."""
    said: dict[str, Any] = parameters.value(code=PARAMETER, on=on, default={})
    usual = {name: value for name, value in said.items() if name != "classes"}
    classes = {name: _assumptions({**usual, **own}) for name, own in said.get("classes", {}).items()}
    return {"": _assumptions(usual), **classes}


def _assumptions(said: dict[str, Any]) -> Assumptions:
    known = {
        name: Decimal(str(value)) for name, value in said.items() if name in Assumptions.__slots__ and value is not None
    }
    return Assumptions(**known)


def economics_of(*, daily_demand: Decimal, deviation: Decimal, price: Decimal, given: Assumptions) -> ItemEconomics:
    """One item from its demand, its average net price and what is assumed of its class."""
    cost = price * given.cost_share
    return ItemEconomics(
        daily_demand=daily_demand,
        daily_deviation=deviation,
        protected_days=given.lead_days + given.cycle_days,
        cycle_days=given.cycle_days,
        holding=cost * (given.holding_rate + given.obsolescence_rate),
        underage=given.lost_share * (price - cost) + price * (given.penalty_share + given.patience_share),
    )


def service_of_classes(
    *, on: date, names: Sequence[str] | None = None, target: Decimal | None = None
) -> list[ClassService]:
    """The economic service level of item classes (families; these, or all), from the demand counted last. Two statements.

    `target` stands in for those of the parameter.

    :raises ValueError: if a target is not a share below one.
    """
    assumed = assumptions_of(on=on)
    by_class: dict[str, list[tuple[Decimal, Decimal, Decimal]]] = {}
    for name, daily, deviation, price in bulk.rows(
        """SELECT i.family, d.daily_quantity, d.daily_deviation, d.unit_value FROM inventory_demandrate d
           JOIN catalog_item i ON i.id = d.item_id AND i.kind = 'goods'
           WHERE %(names)s::text[] IS NULL OR i.family = ANY(%(names)s::text[]) ORDER BY i.family, i.id""",
        {"names": None if names is None else [*names]},
    ):
        by_class.setdefault(name, []).append((daily, deviation, price))
    found: list[ClassService] = []
    for name, rows in by_class.items():
        given = assumed.get(name, assumed[""])
        items = [
            economics_of(daily_demand=daily, deviation=deviation, price=price, given=given)
            for daily, deviation, price in rows
        ]
        wanted = given.target if target is None else target
        over = None if wanted is None else excess(items=items, target=wanted)
        found.append(ClassService(name, len(items), given, curve(items=items), over))
    return found
