"""Order quality at capture: what we got right at the first pass."""

from decimal import Decimal

from promesa.results.measures.base import BASES, POINTS, Measure, Words
from promesa.results.rules.facts import Basis, Point, Unit


def _words(basis: Basis, point: Point, unit: Unit) -> Words:
    return Words(
        es="Pedidos sin ningún error nuestro de captura (referencia, cantidad, fecha o dirección), aunque se "
        "corrigiera antes de preparar, entre los pedidos capturados en el periodo. El error del propio "
        "cliente y el desajuste de maestros se cuentan aparte. Escapados: los que llegaron al almacén o al cliente. "
        "Solo errores registrados, sin muestra de auditoría.",
        en="Orders without any capture error of ours (reference, quantity, time or address), even if put right before "
        "picking, of the orders captured in the period. The customer's own error and a mismatch of masters are told "
        "apart. Escaped: those that reached the warehouse or the customer. Reported errors only, no audit sample.",
    )


MEASURE = Measure(
    name="order-quality",
    version=1,
    title=Words(es="Calidad del pedido", en="Order quality"),
    bases=BASES,
    points=POINTS,
    units=(Unit.ORDER,),
    words=_words,
    target=(Decimal("0.96"), Decimal("0.99")),
)
