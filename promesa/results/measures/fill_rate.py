"""Fill rates: what the first shipment brought."""

from decimal import Decimal

from promesa.results.measures.base import BASES, POINTS, UNITS, Measure, Words
from promesa.results.rules.facts import Basis, Point, Unit

_WHOLE = {
    Unit.ORDER: ("Pedidos completos en su primer envío, entre los pedidos", "Orders complete at their first shipment"),
    Unit.LINE: (
        "Líneas servidas por entero en el primer envío del pedido, entre las líneas",
        "Lines served whole by the first shipment of their order, of the lines",
    ),
    Unit.CASE: (
        "Cajas servidas en el primer envío, entre las cajas pedidas",
        "Cases served by the first shipment, of the cases ordered",
    ),
    Unit.VALUE: (
        "Importe servido en el primer envío a precio de pedido, entre el importe pedido",
        "Value served by the first shipment at order prices, of the value ordered",
    ),
}


def _words(basis: Basis, point: Point, unit: Unit) -> Words:
    es_whole, en_whole = _WHOLE[unit]
    return Words(
        es=f"{es_whole}. El primer envío es lo que estaba previsto para la primera fecha, todos los almacenes juntos. "
        "Los sustitutos que el cliente aceptó de antemano cuentan; sin ellos se da la variante estricta. Entran los "
        "pedidos cuya fecha cae en el periodo.",
        en=f"{en_whole}. The first shipment is all that was planned for the first date, all warehouses together. "
        "Substitutes that the customer had agreed to count; the strict figure leaves them out. Orders whose date falls "
        "in the period are counted.",
    )


MEASURE = Measure(
    name="fill-rate",
    version=1,
    title=Words(es="Tasa de servicio", en="Fill rate"),
    bases=BASES,
    points=POINTS,
    units=UNITS,
    words=_words,
    target=(Decimal("0.97"), Decimal("1")),
)
