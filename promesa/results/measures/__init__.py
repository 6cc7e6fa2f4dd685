"""The measures, one a module: what each counts, in words, with the version of its rule."""

from promesa.results.measures import fill_rate, on_time, order_quality, perfect_order
from promesa.results.measures.base import Measure, UnknownMeasure

MEASURES: dict[str, Measure] = {
    measure.name: measure
    for measure in (
        perfect_order.MEASURE,
        on_time.MEASURE,
        fill_rate.MEASURE,
        order_quality.MEASURE,
    )
}


def measure_named(name: str) -> Measure:
    """A measure by its name, as people write it.

    :raises UnknownMeasure: if there is none.
    """
    try:
        return MEASURES[name]
    except KeyError:
        raise UnknownMeasure(name, names=", ".join(MEASURES)) from None


__all__ = ["MEASURES", "Measure", "UnknownMeasure", "measure_named"]
