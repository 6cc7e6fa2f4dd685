"""A measure's answer, as programs and pages read it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from promesa.results.measures import Measure
from promesa.results.rules.facts import Basis, Point, Unit
from promesa.results.rules.indices import SMALLEST_SAMPLE, Indices, ratio, wilson

Number = Decimal | int


@dataclass(frozen=True, slots=True)
class Row:
    """One group's figure. `more` holds what only some measures tell."""

    group: str | None
    label: str | None
    numerator: Number
    denominator: Number
    interval: tuple[Decimal, Decimal] | None
    provisional: int = 0
    excluded: dict[str, int] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def value(self) -> Decimal | None:
        return ratio(self.numerator, self.denominator)

    @property
    def large_enough(self) -> bool:
        """Whether the sample may be coloured as good or bad."""
        return self.denominator >= SMALLEST_SAMPLE

    def as_json(self) -> dict[str, Any]:
        """The row in the shape that programs rely on: counts are integers, shares and quantities are strings."""
        return {
            "group": self.group,
            **({"label": self.label} if self.label is not None else {}),
            "numerator": _plain(self.numerator),
            "denominator": _plain(self.denominator),
            "value": _plain(self.value),
            "interval": None if self.interval is None else [_plain(limit) for limit in self.interval],
            "provisional": self.provisional,
            "excluded": self.excluded,
            **{name: _plain(value) for name, value in self.more.items()},
        }


@dataclass(frozen=True, slots=True)
class MeasureAnswer:
    """What a measure says, with the rule by which it was counted."""

    measure: Measure
    basis: Basis
    point: Point
    unit: Unit
    by: str | None
    from_: date | None
    to: date | None
    as_of: datetime
    rows: tuple[Row, ...]
    fresh_at: datetime | None

    @property
    def rule(self) -> dict[str, str]:
        return self.measure.rule(basis=self.basis, point=self.point, unit=self.unit).as_dict()

    @property
    def total(self) -> Row | None:
        """The only row of a question that was not divided."""
        return self.rows[0] if self.by is None and self.rows else None

    def as_json(self) -> dict[str, Any]:
        """The answer in the shape that programs rely on."""
        return {
            "measure": self.measure.name,
            "rule_version": self.measure.version,
            "rule": self.rule,
            "basis": self.basis.value,
            "point": self.point.value,
            "unit": self.unit.value,
            "by": self.by,
            "from": _plain(self.from_),
            "to": _plain(self.to),
            "as_of": _plain(self.as_of),
            "rows": [row.as_json() for row in self.rows],
            "fresh_at": _plain(self.fresh_at),
        }


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text and len(text.rsplit(".", 1)[1]) > 6 else text
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def interval_of(numerator: Number, denominator: Number, unit: Unit) -> tuple[Decimal, Decimal] | None:
    """Wilson's interval of counted orders or lines; cases and money are no trials and have none."""
    if unit in (Unit.CASE, Unit.VALUE):
        return None
    return wilson(int(numerator), int(denominator))


def index_columns(orders: int, perfect: int, kept: dict[str, int], provisional: int) -> dict[str, Any]:
    """What perfect order tells beside its figure: components, both indices, their gap, how many are final.

    :raises ArithmeticError: if the counted index lies where no dependence of the components could let it lie.
    """
    indices = Indices(
        orders=orders,
        perfect=perfect,
        rates=tuple(Decimal(count) / orders for count in kept.values()) if orders else (),
    )
    if not indices.consistent:
        raise ArithmeticError(f"{perfect} of {orders} perfect with {kept} is impossible")
    return {
        "components": {name: ratio(count, orders) for name, count in kept.items()},
        "component_counts": kept,
        "and_index": indices.and_index,
        "product_index": indices.product_index,
        "gap": indices.gap,
        "final": orders - provisional,
    }
