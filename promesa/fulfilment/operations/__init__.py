"""What may be done with goods on their way."""

from promesa.fulfilment.operations.deliver import (
    DeliveredGoods,
    DeliveryDoesNotAddUp,
    deliver,
    deliver_many,
)
from promesa.fulfilment.operations.despatch import (
    CannotDespatch,
    DespatchedGoods,
    OrderNotShippable,
    OrderOnHold,
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
    "OrderNotShippable",
    "OrderOnHold",
    "ProofNotAnImage",
    "ProofTooLarge",
    "call_late_lines",
    "deliver",
    "deliver_many",
    "despatch",
    "despatch_many",
]
