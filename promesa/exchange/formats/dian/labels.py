"""What an invoice of DIAN can be found to have wrong beside what any XML can: severity, named reason, sentence in es and en."""

from __future__ import annotations

_B, _W, _N = "blocking", "warning", "note"

FAULTS: dict[str, tuple[str, str, str, str]] = {
    "cufe_wrong": (
        _B, "SIGNATURE_INVALID",
        "El {scheme} {received} no corresponde a los datos del documento; sería {right}.",
        "{scheme} {received} does not belong to what the document says; it would be {right}.",
    ),
    "cufe_note_wrong": (
        _W, "SIGNATURE_INVALID",
        "El {scheme} {received} no es el SHA-384 de la composición que trae la nota del documento, que es {right}.",
        "{scheme} {received} is not the SHA-384 of the composition in the document's own note, which is {right}.",
    ),
    "cufe_note_differs": (
        _W, "SIGNATURE_INVALID",
        "La composición del {scheme} que trae la nota no es la de los datos del documento: «{received}»; sería «{right}».",
        "The composition of the {scheme} in the note is not that of the document's values: “{received}”; it would be “{right}”.",
    ),
    "cufe_not_checked": (
        _N, "SIGNATURE_INVALID",
        "El {scheme} no se ha comprobado: su clave, u otro valor con el que se hace, no viene en el documento.",
        "The {scheme} was not checked: its key, or another value that it is made of, is not in the document.",
    ),
    "cufe_missing": (
        _B, "SIGNATURE_INVALID",
        "Falta el {scheme}: sin él no es un documento válido ante la DIAN.",
        "The {scheme} is missing: without it the document is not valid before DIAN.",
    ),
    "cufe_malformed": (
        _B, "SIGNATURE_INVALID",
        "El {scheme} «{received}» no puede ser; son {right} cifras hexadecimales.",
        "{scheme} “{received}” cannot be; it has {right} hexadecimal figures.",
    ),
    "qr_wrong": (
        _W, "SIGNATURE_INVALID",
        "El código QR es de otro documento: lleva {received} y este tiene {right}.",
        "The QR code is of another document: it has {received} and this one has {right}.",
    ),
    "authorisation_number_wrong": (
        _W, "NOT_AUTHORISED",
        "El número {received} está fuera de la numeración autorizada ({right}).",
        "Number {received} is outside the authorised numbers ({right}).",
    ),
    "authorisation_date_wrong": (
        _W, "NOT_AUTHORISED",
        "La fecha {received} está fuera de la vigencia de la autorización ({right}).",
        "Date {received} is outside the days of the authorisation ({right}).",
    ),
    "due_before_issue": (
        _W, "BAD_DATE",
        "Vence el {received}, antes de su emisión ({right}).",
        "It is due on {received}, before its issue ({right}).",
    ),
    "preceding_missing": (
        _W, "BAD_SCHEMA",
        "La nota no dice a qué factura se refiere (falta {right}).",
        "The note does not say which invoice it is about ({right} is missing).",
    ),
    "container_empty": (
        _B, "EMPTY",
        "El contenedor no trae ningún documento (falta {right}).",
        "The container holds no document ({right} is missing).",
    ),
    "container_differs": (
        _W, "BAD_ENVELOPE",
        "El contenedor dice que trae {received} y trae {right}.",
        "The container says that it holds {received} and it holds {right}.",
    ),
    "not_validated": (
        _W, "SIGNATURE_INVALID",
        "La DIAN no dio por válido el documento (resultado {received}; sería {right}).",
        "DIAN did not hold the document valid (result {received}; it would be {right}).",
    ),
}  # fmt: skip
