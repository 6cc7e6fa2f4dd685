"""What only EDIFACT documents can have wrong with them: severity, reason, Spanish, English."""

from __future__ import annotations

EDIFACT_FAULTS: dict[str, tuple[str, str, str, str]] = {
    "segment_missing": (
        "blocking", "BAD_SCHEMA",
        "Falta el segmento obligatorio {right}.",
        "The mandatory segment {right} is missing.",
    ),
    "segment_late": (
        "warning", "BAD_SCHEMA",
        "El segmento {received} llega tarde: debe ir antes de {right}.",
        "Segment {received} comes late: it must stand before {right}.",
    ),
    "quantity_of_line_missing": (
        "warning", "BAD_QUANTITY",
        "La línea no dice ninguna cantidad; se espera {right}.",
        "The line says no quantity; {right} is expected.",
    ),
}  # fmt: skip
