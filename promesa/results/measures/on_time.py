"""On time, against three words and at three points."""

from decimal import Decimal

from promesa.results.measures.base import AGAINST, AT, BASES, POINTS, UNITS, Measure, Words
from promesa.results.rules.facts import Basis, Point, Unit

_WHOLE = {
    Unit.ORDER: (
        "Pedidos con todas sus líneas a tiempo, entre los pedidos",
        "Orders with all their lines on time, of the orders",
    ),
    Unit.LINE: ("Líneas a tiempo, entre las líneas", "Lines on time, of the lines"),
    Unit.CASE: ("Cajas a tiempo, entre las cajas pedidas", "Cases on time, of the cases ordered"),
    Unit.VALUE: (
        "Importe a tiempo a precio de pedido, entre el importe pedido",
        "Value on time at order prices, of the value ordered",
    ),
}


def _words(basis: Basis, point: Point, unit: Unit) -> Words:
    es_whole, en_whole = _WHOLE[unit]
    es_against, en_against = AGAINST[basis]
    es_at, en_at = AT[point]
    if point == Point.SHIP:
        return Words(
            es=f"{es_whole} que han salido. Se mide contra {es_against}, {es_at}. Es puntualidad del almacén, no servicio: "
            "lo que no ha salido no entra y se cuenta aparte. Salir antes nunca es fallo.",
            en=f"{en_whole} that have left. It is held against {en_against}, {en_at}. This is the warehouse's "
            "punctuality, not service: what has not left is not counted and is told apart. Leaving early is never a "
            "failure.",
        )
    return Words(
        es=f"{es_whole} del periodo por su fecha, hayan salido o no. Se mide contra {es_against}, {es_at}, en el día y la "
        "hora del lugar de entrega y con la tolerancia del cliente. Llegar antes de tiempo es fallo. Si el cliente no "
        "estaba y la llegada está probada, cuenta la llegada.",
        en=f"{en_whole} whose date falls in the period, shipped or not. It is held against {en_against}, {en_at}, by the "
        "day and hour of the place of delivery and with the customer's tolerance. Too early is a failure. If the "
        "customer was absent and our arrival is proved, the arrival counts.",
    )


MEASURE = Measure(
    name="on-time",
    version=1,
    title=Words(es="A tiempo", en="On time"),
    bases=BASES,
    points=POINTS,
    units=UNITS,
    words=_words,
    target=(Decimal("0.95"), Decimal("1")),
)
