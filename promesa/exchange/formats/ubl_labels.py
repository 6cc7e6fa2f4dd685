"""What readers can find in UBL orders and their answers: severity, named reason, sentence in es and en."""

from __future__ import annotations

_B, _W, _N = "blocking", "warning", "note"

FAULTS: dict[str, tuple[str, str, str, str]] = {
    "order_reference_missing": (
        _B, "CHANGE_OF_UNKNOWN",
        "No dice de qué pedido se trata.",
        "It does not say which order it is about.",
    ),
    "too_many_lines": (
        _B, "TOO_LARGE",
        "El documento tiene {received} líneas; se leen {right}. Envíelo en varios.",
        "The document has {received} lines; {right} are read. Send it as several.",
    ),
    "embedded_unreadable": (
        _W, "UNREADABLE",
        "El archivo adjunto dentro del documento no se puede leer: «{received}».",
        "The file embedded in the document cannot be read: “{received}”.",
    ),
    "profile_other": (
        _W, "BAD_SCHEMA",
        "El perfil «{received}» no es de este documento; sería {right}.",
        "Profile “{received}” is not one of this document; it would be {right}.",
    ),
    "customization_other": (
        _N, "BAD_SCHEMA",
        "La especificación «{received}» no es la de Peppol BIS 3 ({right}); se ha leído igual.",
        "Specification “{received}” is not that of Peppol BIS 3 ({right}); it was read the same way.",
    ),
    "currency_mixed": (
        _W, "CURRENCY_MISMATCH",
        "Un importe viene en {received} y el documento en {right}.",
        "An amount is in {received} and the document in {right}.",
    ),
    "amount_decimals": (
        _W, "PRICE_MISMATCH",
        "El importe {received} tiene más de dos decimales.",
        "Amount {received} has more than two decimals.",
    ),
    "amount_negative": (
        _W, "PRICE_MISMATCH",
        "El importe es negativo: {received}.",
        "The amount is negative: {received}.",
    ),
    "percent_without_base": (
        _W, "PRICE_MISMATCH",
        "El descuento o cargo trae porcentaje o base, pero no ambos: falta {right}.",
        "The allowance or charge has a percentage or a base but not both: {right} is missing.",
    ),
    "tax_rate_wrong": (
        _W, "BAD_SCHEMA",
        "El tipo de la categoría de impuesto {category} es «{received}»; debería ser {right}.",
        "The rate of tax category {category} is “{received}”; it should be {right}.",
    ),
    "tax_category_unmatched": (
        _W, "BAD_SCHEMA",
        "La categoría de impuesto «{received}» no está en el desglose del documento ({right}).",
        "Tax category “{received}” is not in the breakdown of the document ({right}).",
    ),
    "vat_prefix_wrong": (
        _W, "BAD_SCHEMA",
        "El número de IVA «{received}» no empieza por un código de país.",
        "VAT number “{received}” does not begin with a country code.",
    ),
    "identifier_wrong": (
        _W, "BAD_SCHEMA",
        "«{received}» no es un identificador válido del esquema {scheme} ({right}).",
        "“{received}” is not a valid identifier of scheme {scheme} ({right}).",
    ),
    "answer_lines_wrong": (
        _W, "BAD_SCHEMA",
        "La respuesta {received} trae {count} líneas; {right}.",
        "Response {received} has {count} lines; {right}.",
    ),
    "schema_location": (
        _N, "BAD_SCHEMA",
        "El documento nombra dónde está su esquema; no se ha usado.",
        "The document names where its schema is; it was not used.",
    ),
}  # fmt: skip
