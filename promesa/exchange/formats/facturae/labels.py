"""What Facturae can be found to have wrong beside what any XML can: severity, named reason, sentence in es and en."""

from __future__ import annotations

_B, _W, _N = "blocking", "warning", "note"

FAULTS: dict[str, tuple[str, str, str, str]] = {
    "signature_not_verified": (
        _N, "SIGNATURE_INVALID",
        "Lleva una firma electrónica ({received}) que no se ha comprobado.",
        "It carries an electronic signature ({received}) that was not verified.",
    ),
    "tax_id_wrong": (
        _W, "UNKNOWN_BUYER",
        "El NIF «{received}» no es correcto; con esas cifras sería «{right}».",
        "Tax number “{received}” is not right; with those figures it would be “{right}”.",
    ),
    "facturae_version_unclear": (
        _W, "BAD_SCHEMA",
        "Dice ser Facturae {received} y su espacio de nombres es el de {right}; se ha leído como {right}.",
        "It says that it is Facturae {received} and its namespace is that of {right}; it was read as {right}.",
    ),
    "facturae_version_other": (
        _N, "BAD_SCHEMA",
        "Es Facturae {received}; se leen {right}. Se ha leído igual.",
        "This is Facturae {received}; {right} are read. It was read the same way.",
    ),
    "facturae_namespace_inside": (
        _W, "BAD_SCHEMA",
        "Los elementos llevan el espacio de nombres de la raíz; en Facturae no llevan ninguno. Se han leído igual.",
        "The elements have the namespace of the root; in Facturae they have none. They were read the same way.",
    ),
    "batch_count_wrong": (
        _B, "BAD_ENVELOPE",
        "La cabecera dice {received} facturas y hay {right}.",
        "The header says {received} invoices and there are {right}.",
    ),
    "batch_currencies_mixed": (
        _W, "BAD_ENVELOPE",
        "Un lote lleva una sola moneda; la cabecera dice {right} y las facturas van en {received}.",
        "A lot has one currency; the header says {right} and the invoices are in {received}.",
    ),
    "corrective_unexplained": (
        _W, "BAD_SCHEMA",
        "Es una factura rectificativa y no dice qué rectifica (falta {right}).",
        "This is a corrective invoice and it does not say what it corrects ({right} is missing).",
    ),
    "attachment_broken": (
        _W, "UNREADABLE",
        "El anexo de {where} no se puede descodificar.",
        "The attachment in {where} cannot be decoded.",
    ),
    "installments_differ": (
        _W, "PRICE_MISMATCH",
        "Los vencimientos suman {received} y hay que pagar {right}.",
        "The instalments add up to {received} and {right} is to be paid.",
    ),
}  # fmt: skip
