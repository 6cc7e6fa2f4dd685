"""What every measure states of itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from promesa.core.errors import NotFound, Refused
from promesa.results.rules.facts import Basis, Point, Unit

BASES = (Basis.REQUESTED, Basis.FEASIBLE, Basis.FIRST, Basis.LAST)
POINTS = (Point.SHIP, Point.ARRIVE, Point.POD)
UNITS = (Unit.ORDER, Unit.LINE, Unit.CASE, Unit.VALUE)
DIMENSIONS = ("month", "customer", "segment", "item", "channel", "cause", "carrier", "agent")

# Read aloud in the rules: what is compared, where, in what.
AGAINST = {
    Basis.REQUESTED: ("lo que pidió el cliente", "what the customer asked for"),
    Basis.FEASIBLE: (
        "lo que pidió el cliente, o lo primero que permitía el plazo acordado",
        "what the customer asked for, or the first that the agreed lead time allowed",
    ),
    Basis.FIRST: ("la primera promesa", "the first promise"),
    Basis.LAST: ("la última promesa", "the last promise"),
}
AT = {
    Point.SHIP: ("a la salida del almacén", "at the departure from our warehouse"),
    Point.ARRIVE: ("a la llegada probada al muelle", "at the proved arrival at the dock"),
    Point.POD: ("con la firma del cliente", "at the customer's signature"),
}


class UnknownMeasure(NotFound):
    """There is no measure of this name."""


class NotMeasurable(Refused):
    """The measure exists, but not in this form."""


@dataclass(frozen=True, slots=True)
class Words:
    """One sentence or more in both languages."""

    es: str
    en: str

    def as_dict(self) -> dict[str, str]:
        return {"es": self.es, "en": self.en}


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure: its name, the version of its rule, the forms it comes in, its words and its default target band."""

    name: str
    version: int
    title: Words
    bases: tuple[Basis, ...]
    points: tuple[Point, ...]
    units: tuple[Unit, ...]
    words: Callable[[Basis, Point, Unit], Words]
    target: tuple[Decimal, Decimal] | None = None

    def rule(self, *, basis: Basis, point: Point, unit: Unit) -> Words:
        """The rule in words for one form of the measure."""
        return self.words(basis, point, unit)

    def check(self, *, basis: Basis, point: Point, unit: Unit) -> None:
        """Refuse a form that the measure does not come in.

        :raises NotMeasurable: if it doesn't.
        """
        for given, allowed in ((basis, self.bases), (point, self.points), (unit, self.units)):
            if given not in allowed:
                choices = ", ".join(choice.value for choice in allowed)
                raise NotMeasurable(self.name, given=given.value, choices=choices)
