"""What a PDF with XML inside can be found to have wrong: severity, named reason, sentence in es and en."""

from __future__ import annotations

_B, _W, _N = "blocking", "warning", "note"

FAULTS: dict[str, tuple[str, str, str, str]] = {
    "pdf_xml_missing": (
        _B, "EMPTY",
        "El PDF dice ser {received} y no lleva dentro el XML ({right}). Pida al emisor el archivo completo.",
        "The PDF says that it is {received} and does not hold the XML ({right}). Ask the sender for the whole file.",
    ),
    "pdf_xml_unreadable": (
        _B, "UNREADABLE",
        "El archivo «{received}» de dentro del PDF no se puede extraer.",
        "File “{received}” inside the PDF cannot be taken out.",
    ),
    "pdf_profile_without_lines": (
        _N, "BAD_SCHEMA",
        "El perfil {received} no lleva líneas: el detalle está sólo en la página del PDF.",
        "Profile {received} has no lines: the detail is on the page of the PDF only.",
    ),
    "pdf_profile_unknown": (
        _B, "BAD_SCHEMA",
        "El perfil «{received}» no existe en Factur-X ni en ZUGFeRD; sería «{right}».",
        "Profile “{received}” does not exist in Factur-X or ZUGFeRD; it would be “{right}”.",
    ),
    "pdf_profile_differs": (
        _W, "BAD_SCHEMA",
        "El PDF dice que el perfil es {received} y el XML dice {right}.",
        "The PDF says that the profile is {received} and the XML says {right}.",
    ),
    "pdf_claim_missing": (
        _N, "BAD_SCHEMA",
        "El PDF lleva «{received}» y sus metadatos no dicen que sea una factura Factur-X o ZUGFeRD.",
        "The PDF holds “{received}” and its metadata do not say that it is a Factur-X or ZUGFeRD invoice.",
    ),
    "pdf_file_name_differs": (
        _W, "BAD_SCHEMA",
        "Los metadatos del PDF nombran el XML «{right}» y el archivo de dentro se llama «{received}».",
        "The PDF's metadata name the XML “{right}” and the file inside is called “{received}”.",
    ),
    "pdf_file_name_unsafe": (
        _W, "BAD_SCHEMA",
        "Un archivo de dentro del PDF se llama «{received}»; se ha tomado como «{right}».",
        "A file inside the PDF is called “{received}”; it was taken as “{right}”.",
    ),
    "pdf_several_xml": (
        _N, "BAD_SCHEMA",
        "El PDF lleva varios XML; se ha leído {right} y no {received}.",
        "The PDF holds several XML files; {right} was read, not {received}.",
    ),
    "invoice_negative": (
        _W, "NOT_AUTHORISED",
        "Es de tipo {type_code}, una factura, y su total es negativo ({received}): es un abono, que sería de tipo {right}.",
        "It is of type {type_code}, an invoice, and its total is negative ({received}): a credit note would be type {right}.",
    ),
}  # fmt: skip
