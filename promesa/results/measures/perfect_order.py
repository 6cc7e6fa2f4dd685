"""Perfect order: full, on time, right documents, good condition, all at once (SCOR RL.1.1)."""

from decimal import Decimal

from promesa.results.measures.base import AGAINST, AT, BASES, POINTS, Measure, Words
from promesa.results.rules.facts import Basis, Point, Unit

_WHOLE = {
    Unit.ORDER: Words(
        es="Un pedido es perfecto si todas sus líneas llegan completas, a tiempo, con los documentos bien y en buen "
        "estado. Un fallo basta para perderlo. Entran los pedidos cuya última fecha cae en el periodo, hayan "
        "salido o no.",
        en="An order is perfect if all its lines arrive full, on time, with right documents and in good condition. "
        "One failure is enough to lose it. Orders whose last date falls in the period are counted, shipped or not.",
    ),
    Unit.LINE: Words(
        es="Una línea es perfecta si llega completa, a tiempo, con los documentos bien y en buen estado. Entran las "
        "líneas cuya fecha cae en el periodo, hayan salido o no.",
        en="A line is perfect if it arrives full, on time, with right documents and in good condition. Lines whose "
        "date falls in the period are counted, shipped or not.",
    ),
}


def _words(basis: Basis, point: Point, unit: Unit) -> Words:
    es_against, en_against = AGAINST[basis]
    es_at, en_at = AT[point]
    whole = _WHOLE[unit]
    return Words(
        es=f"{whole.es} Se mide contra {es_against}, {es_at}. Lo que canceló el cliente no entra, salvo si fue por "
        "nuestro retraso o nuestra falta.",
        en=f"{whole.en} It is held against {en_against}, {en_at}. What the customer cancelled is left out, unless "
        "our delay or shortage was the reason.",
    )


MEASURE = Measure(
    name="perfect-order",
    version=1,
    title=Words(es="Pedido perfecto", en="Perfect order"),
    bases=BASES,
    points=POINTS,
    units=(Unit.ORDER, Unit.LINE),
    words=_words,
    target=(Decimal("0.75"), Decimal("0.85")),
)
