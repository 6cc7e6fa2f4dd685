"""What only readers of ANSI X12 can find: severity, named reason, sentence in es and en."""

from __future__ import annotations

_B, _W, _N = "blocking", "warning", "note"

X12_FAULTS: dict[str, tuple[str, str, str, str]] = {
    "x12_no_interchange": (
        _B, "BAD_ENVELOPE",
        "No hay ningún intercambio X12 (ISA) en el archivo.",
        "There is no X12 interchange (ISA) in the file.",
    ),
    "x12_header_missing": (
        _B, "BAD_ENVELOPE",
        "Falta {where}: el archivo empieza por «{received}» y no se sabe quién lo envía.",
        "{where} is missing: the file begins with “{received}”, so nobody knows who sends it.",
    ),
    "x12_no_sets": (
        _B, "EMPTY",
        "El intercambio X12 no contiene ningún documento (ST).",
        "The X12 interchange holds no document (ST).",
    ),
    "x12_separators_wrong": (
        _W, "BAD_ENVELOPE",
        "Los separadores que declara la cabecera ISA («{received}») no pueden ser; se ha leído con «{right}».",
        "The separators that ISA declares (“{received}”) cannot be; “{right}” were used.",
    ),
    "x12_group_kind": (
        _W, "BAD_ENVELOPE",
        "El grupo (GS01) dice «{received}» y lleva un {document}: sería «{right}».",
        "The group (GS01) says “{received}” and carries an {document}: “{right}” would be right.",
    ),
    "x12_version_other": (
        _N, "BAD_SCHEMA",
        "La versión «{received}» no es una de las habituales ({right}); se ha leído igual.",
        "Version “{received}” is none of the usual ones ({right}); it was read the same way.",
    ),
    "x12_element_missing": (
        _B, "BAD_SCHEMA",
        "Falta {where}: {right}.",
        "{where} is missing: {right}.",
    ),
    "x12_decimal_comma": (
        _W, "BAD_QUANTITY",
        "«{received}» lleva coma; en X12 el decimal es el punto: se ha leído como {right}.",
        "“{received}” has a comma; X12 uses the point: it was read as {right}.",
    ),
    "x12_implied_decimals": (
        _W, "PRICE_MISMATCH",
        "{where} va en céntimos y sin punto; llegó «{received}» y se ha leído como {right}.",
        "{where} is in hundredths without a point; “{received}” came and was read as {right}.",
    ),
    "x12_code_unknown": (
        _W, "BAD_SCHEMA",
        "El código «{received}» de {where} no es conocido ({right}).",
        "Code “{received}” in {where} is not known ({right}).",
    ),
    "x12_unit_missing": (
        _N, "BAD_QUANTITY",
        "La cantidad viene sin unidad; en X12 va en {where}.",
        "The quantity has no unit; X12 has it in {where}.",
    ),
    "x12_split_differs": (
        _W, "BAD_QUANTITY",
        "El reparto de la línea suma {received} y la línea dice {right}.",
        "The places or dates of the line add up to {received}; the line says {right}.",
    ),
    "x12_total_differs": (
        _W, "PRICE_MISMATCH",
        "El total es {received}, pero las líneas, cargos, descuentos e impuestos suman {right}.",
        "The total is {received}, but lines, charges, allowances and taxes add up to {right}.",
    ),
    "x12_payment_differs": (
        _W, "PRICE_MISMATCH",
        "El pago es {received}, pero lo pagado por factura y los ajustes suman {right}.",
        "The payment is {received}, but what is paid by invoice and the adjustments add up to {right}.",
    ),
    "x12_level_wrong": (
        _W, "BAD_SCHEMA",
        "El nivel HL {received} cuelga de {right}, que no existe.",
        "Level HL {received} hangs from {right}, which does not exist.",
    ),
    "x12_not_an_sscc": (
        _W, "UNKNOWN_ITEM",
        "«{received}» no es un SSCC: tiene que tener 18 cifras.",
        "“{received}” is not an SSCC: it must have 18 figures.",
    ),
    "x12_separator_inside": (
        _B, "BAD_SCHEMA",
        "«{received}» ({where}) lleva «{right}», que es un separador acordado y no puede ir en un dato.",
        "“{received}” ({where}) has “{right}”, which is an agreed separator and cannot stand in a value.",
    ),
    "x12_character_inside": (
        _B, "BAD_SCHEMA",
        "«{received}» ({where}) lleva un carácter de control, que X12 no admite.",
        "“{received}” ({where}) has a control character, which X12 does not allow.",
    ),
    "x12_only_hundredths": (
        _B, "BAD_SCHEMA",
        "{where} solo admite dos decimales; hay {received}.",
        "{where} takes two decimals only; there is {received}.",
    ),
    "x12_price_basis": (
        _B, "PRICE_MISMATCH",
        "X12 no sabe decir un precio por {received} unidades; puede ser por {right}.",
        "X12 cannot say a price for {received} units; it may be for {right}.",
    ),
}  # fmt: skip
