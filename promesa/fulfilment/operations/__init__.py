"""What may be done with goods on their way."""

from promesa.fulfilment.operations.delivering import (
    DeliveredGoods,
    DeliveryDoesNotAddUp,
    deliver,
    deliver_many,
)
from promesa.fulfilment.operations.despatching import (
    CannotDespatch,
    DespatchedGoods,
    OrderHeldNow,
    OrderNotShippable,
    OrderOnHold,
    OrderOver,
    despatch,
    despatch_many,
)
from promesa.fulfilment.operations.late import call_late_lines
from promesa.fulfilment.operations.proofs import ProofNotAnImage, ProofTooLarge

__all__ = [
    "CannotDespatch",
    "DeliveredGoods",
    "DeliveryDoesNotAddUp",
    "DespatchedGoods",
    "OrderHeldNow",
    "OrderNotShippable",
    "OrderOnHold",
    "OrderOver",
    "ProofNotAnImage",
    "ProofTooLarge",
    "call_late_lines",
    "deliver",
    "deliver_many",
    "despatch",
    "despatch_many",
]
