"""The sentences about rules of EN 16931 and Peppol that an invoice breaks. The rule is always named."""

from __future__ import annotations

_W = "warning"

FAULTS: dict[str, tuple[str, str, str, str]] = {
    "rule_missing": (
        _W, "BAD_SCHEMA",
        "Incumple {rule}: falta {right} en {where}.",
        "Breaks {rule}: {right} is missing in {where}.",
    ),
    "rule_sum": (
        _W, "PRICE_MISMATCH",
        "Incumple {rule}: {where} dice {received} y la cuenta da {right}.",
        "Breaks {rule}: {where} says {received} and it adds up to {right}.",
    ),
    "rule_code": (
        _W, "BAD_SCHEMA",
        "Incumple {rule}: «{received}» no está en la lista {right} ({where}).",
        "Breaks {rule}: “{received}” is not in the list {right} ({where}).",
    ),
    "rule_decimals": (
        _W, "BAD_SCHEMA",
        "Incumple {rule}: {received} tiene más de {right} decimales ({where}).",
        "Breaks {rule}: {received} has more than {right} decimals ({where}).",
    ),
    "rule_unused": (
        _W, "BAD_SCHEMA",
        "Incumple {rule}: {where} no se usa en esta clase de factura.",
        "Breaks {rule}: {where} is not used in this kind of invoice.",
    ),
    "rule_repeated": (
        _W, "BAD_SCHEMA",
        "Incumple {rule}: {where} viene {received} veces; cabe {right}.",
        "Breaks {rule}: {where} comes {received} times; {right} fits.",
    ),
    "rule_value": (
        _W, "BAD_SCHEMA",
        "Incumple {rule}: en {where} viene «{received}» y tendría que cumplirse {right}.",
        "Breaks {rule}: {where} says “{received}” where {right} must hold.",
    ),
    "rule_identifier": (
        _W, "BAD_SCHEMA",
        "Incumple {rule}: «{received}» no es un identificador {right} válido ({where}).",
        "Breaks {rule}: “{received}” is not a valid {right} identifier ({where}).",
    ),
}  # fmt: skip

# The same where nothing came, or nothing can be counted.
BARE = {
    "rule_value": (
        "Incumple {rule}: en {where} tendría que cumplirse {right}.",
        "Breaks {rule}: {right} must hold in {where}.",
    ),
    "rule_sum": (
        "Incumple {rule}: {where} falta o no se puede comprobar.",
        "Breaks {rule}: {where} is missing or cannot be checked.",
    ),
}
