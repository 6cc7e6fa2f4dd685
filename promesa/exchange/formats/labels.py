"""What readers can find in a document: how grave it is, the named reason when it rejects, the sentence in es and en.

One row a code: severity, reason (of the closed list of rejections), Spanish, English. Sentences speak to whoever sent the
document or has to mend it: what came, and what would be right.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from promesa.core import words
from promesa.exchange.formats.dian.labels import FAULTS as DIAN_FAULTS
from promesa.exchange.formats.edifact_labels import EDIFACT_FAULTS
from promesa.exchange.formats.en16931.labels import BARE as BARE_RULES
from promesa.exchange.formats.en16931.labels import FAULTS as RULE_FAULTS
from promesa.exchange.formats.facturae.labels import FAULTS as FACTURAE_FAULTS
from promesa.exchange.formats.facturx.labels import FAULTS as FACTURX_FAULTS
from promesa.exchange.formats.mail_labels import MAIL_FAULTS
from promesa.exchange.formats.paper_labels import PAPER_FAULTS
from promesa.exchange.formats.table_labels import TABLE_FAULTS
from promesa.exchange.formats.ubl_labels import FAULTS as UBL_FAULTS
from promesa.exchange.formats.x12_labels import X12_FAULTS
from promesa.exchange.formats.xml.labels import FAULTS as XML_FAULTS

BLOCKING, WARNING, NOTE = "blocking", "warning", "note"
_B, _W, _N = BLOCKING, WARNING, NOTE

_FILE = {
    "file_empty": (_B, "EMPTY", "El archivo está vacío.", "The file is empty."),
    "file_too_large": (
        _B, "TOO_LARGE",
        "El archivo ocupa {received} bytes; el máximo son {right}.",
        "The file has {received} bytes; {right} is the most that is read.",
    ),
    "format_unknown": (
        _B, "UNREADABLE",
        "No se reconoce qué es este archivo. Se leen EDIFACT, UBL, CII, Facturae, X12, CSV, XLSX, PDF, fotos y correos.",
        "This file is of no known kind. EDIFACT, UBL, CII, Facturae, X12, CSV, XLSX, PDF, photos and mails are read.",
    ),
    "format_not_read": (
        _B, "UNREADABLE",
        "Es un archivo {received}, que esta versión todavía no lee. Envíelo como {right}.",
        "This is a {received} file, which this version does not read yet. Send it as {right}.",
    ),
    "too_deep": (
        _B, "TOO_LARGE",
        "Hay archivos dentro de archivos a más de {right} niveles; envíe el documento suelto.",
        "There are files within files more than {right} levels deep; send the document by itself.",
    ),
    "more_faults": (
        _N, "BAD_SCHEMA", "Hay más errores; se muestran los primeros {limit}.", "There are more faults; the first {limit} are shown.",
    ),
    "value_too_long": (
        _B, "BAD_SCHEMA",
        "«{received}» es demasiado largo; caben {limit} caracteres.",
        "“{received}” is too long; {limit} characters fit.",
    ),
}  # fmt: skip

_ENVELOPE = {
    "no_interchange": (_B, "BAD_ENVELOPE", "No hay ningún intercambio (UNB) en el archivo.", "There is no interchange (UNB) in the file."),
    "no_messages": (
        _B, "EMPTY", "El archivo no contiene ningún mensaje que leer.", "The file holds no message to read.",
    ),
    "noise_around": (
        _W, "BAD_ENVELOPE",
        "Hay texto ajeno alrededor del intercambio: «{received}».",
        "There is foreign text around the interchange: “{received}”.",
    ),
    "service_string_wrong": (
        _W, "BAD_ENVELOPE",
        "La cadena UNA «{received}» no puede ser; se ha leído con los separadores habituales «{right}».",
        "The UNA string “{received}” cannot be right; it was read with the usual separators “{right}”.",
    ),
    "charset_unknown": (
        _W, "BAD_ENVELOPE",
        "El juego de caracteres «{received}» no existe; lo correcto sería uno de {right}.",
        "The character set “{received}” does not exist; one of {right} would be right.",
    ),
    "charset_wrong": (
        _W, "BAD_ENVELOPE",
        "El documento declara {declared}, pero sus caracteres son {used}; se ha leído como {used}.",
        "The document declares {declared}, but its characters are {used}; it was read as {used}.",
    ),
    "nul_characters": (
        _W, "UNREADABLE", "Se han quitado {count} caracteres nulos.", "{count} NUL characters were taken out.",
    ),
    "text_damaged": (
        _W, "UNREADABLE",
        "{count} caracteres llegaron perdidos (�), por ejemplo en «{received}»: se estropearon antes de enviarse.",
        "{count} characters arrived lost (�), for example in “{received}”: they were damaged before sending.",
    ),
    "test_indicator": (
        _W, "BAD_ENVELOPE",
        "El remitente ha marcado el intercambio como prueba.",
        "The sender has marked the interchange as a test.",
    ),
    "interchange_header_missing": (
        _B, "BAD_ENVELOPE", "Falta la cabecera del intercambio (UNB).", "The header of the interchange (UNB) is missing.",
    ),
    "interchange_trailer_missing": (
        _B, "BAD_ENVELOPE",
        "El intercambio no termina: falta {right}. Puede haberse cortado al enviarlo; envíelo otra vez entero.",
        "The interchange has no end: {right} is missing. It may have been cut in transit; send it again whole.",
    ),
    "message_count_wrong": (
        _B, "BAD_ENVELOPE",
        "UNZ declara {received} mensajes y hay {right}.",
        "UNZ declares {received} messages and there are {right}.",
    ),
    "group_count_wrong": (
        _B, "BAD_ENVELOPE",
        "{where} declara {received} y hay {right}.",
        "{where} declares {received} and there are {right}.",
    ),
    "segment_count_wrong": (
        _B, "BAD_ENVELOPE",
        "{where} declara {received} segmentos y hay {right}.",
        "{where} declares {received} segments and there are {right}.",
    ),
    "reference_mismatch": (
        _B, "BAD_ENVELOPE",
        "La referencia de {where} es «{received}» y la de {first} es «{right}»: deben ser iguales.",
        "The reference in {where} is “{received}” and the one in {first} is “{right}”: they must be equal.",
    ),
    "message_trailer_missing": (
        _B, "BAD_ENVELOPE",
        "El mensaje no termina: falta {right}.",
        "The message has no end: {right} is missing.",
    ),
    "message_reference_repeated": (
        _W, "BAD_ENVELOPE",
        "La referencia de mensaje «{received}» se repite en el intercambio.",
        "The message reference “{received}” is used twice in the interchange.",
    ),
    "segment_cut_short": (
        _B, "BAD_ENVELOPE",
        "El último segmento está cortado: «{received}».",
        "The last segment is cut short: “{received}”.",
    ),
    "segment_empty": (_N, "BAD_SCHEMA", "Hay segmentos vacíos.", "There are empty segments."),
    "segment_too_long": (
        _W, "BAD_SCHEMA",
        "El segmento {where} pasa de {limit} caracteres; se ha recortado.",
        "Segment {where} is longer than {limit} characters; it was cut.",
    ),
    "segment_unknown": (
        _W, "BAD_SCHEMA",
        "El segmento «{received}» no existe; puede ser uno estropeado.",
        "There is no segment “{received}”; it may be a damaged one.",
    ),
    "segment_unreadable": (
        _B, "BAD_SCHEMA",
        "Aquí debería empezar un segmento y hay «{received}».",
        "A segment should begin here, and there is “{received}”.",
    ),
    "segment_out_of_place": (
        _W, "BAD_SCHEMA",
        "El segmento {received} está fuera de sitio: falta {right}.",
        "Segment {received} is out of place: {right} is missing.",
    ),
    "line_breaks_inside": (
        _N, "BAD_SCHEMA",
        "Hay saltos de línea dentro de los segmentos; se han quitado.",
        "There are line breaks inside segments; they were taken out.",
    ),
    "too_many_segments": (_B, "TOO_LARGE", "Pasa de {limit} segmentos.", "There are more than {limit} segments."),
    "too_many_messages": (
        _B, "TOO_LARGE",
        "Pasa de {limit} mensajes; envíelo en varios archivos.",
        "There are more than {limit} messages; send several files.",
    ),
}  # fmt: skip

_ORDER = {
    "not_an_order": (
        _B, "NOT_AN_ORDER",
        "No es un pedido: es {received}; aquí se toman {right}.",
        "This is not an order: it is {received}; {right} is what is taken in here.",
    ),
    "not_a_new_order": (
        _B, "NOT_AN_ORDER",
        "No es un pedido nuevo sino un cambio o una anulación ({received}), que esta versión todavía no toma sola.",
        "This is not a new order but a change or a cancellation ({received}), which this version does not take in by itself yet.",
    ),
    "directory_other": (
        _N, "BAD_SCHEMA",
        "El directorio «{received}» no es uno de los habituales ({right}); se ha leído igual.",
        "Directory “{received}” is none of the usual ones ({right}); it was read the same way.",
    ),
    "copy_of_document": (
        _W, "DUPLICATE",
        "El remitente dice que es una copia (función {received}): quizá el pedido ya llegó.",
        "The sender says that this is a copy (function {received}): the order may be here already.",
    ),
    "function_unusual": (
        _W, "BAD_SCHEMA",
        "La función del mensaje es {received}; la de un pedido es {right}.",
        "The message function is {received}; that of an order is {right}.",
    ),
    "number_missing": (_B, "BAD_SCHEMA", "Falta el número de pedido.", "The order number is missing."),
    "buyer_missing": (_W, "UNKNOWN_BUYER", "No dice quién compra.", "It does not say who buys."),
    "no_lines": (_B, "EMPTY", "El pedido no tiene ninguna línea.", "The order has no lines."),
    "quantity_missing": (_B, "BAD_QUANTITY", "Falta la cantidad pedida.", "The ordered quantity is missing."),
    "quantity_repeated": (
        _B, "BAD_QUANTITY",
        "Hay dos cantidades pedidas en la línea: «{right}» y «{received}».",
        "The line has two ordered quantities: “{right}” and “{received}”.",
    ),
    "quantity_not_positive": (
        _B, "BAD_QUANTITY",
        "La cantidad es {received}; tiene que ser mayor que cero.",
        "The quantity is {received}; it must be more than zero.",
    ),
    "quantity_ignored": (
        _N, "BAD_QUANTITY",
        "No se ha usado la cantidad de tipo {received}: sólo cuenta la pedida (21).",
        "A quantity of kind {received} was not used: only the ordered one (21) counts.",
    ),
    "number_wrong": (
        _B, "BAD_QUANTITY",
        "«{received}» no es un número; debería ser, por ejemplo, {right}.",
        "“{received}” is not a number; it should be, for example, {right}.",
    ),
    "ambiguous_number": (
        _B, "BAD_QUANTITY",
        "«{received}» puede leerse de dos maneras: {right}. Escríbalo sin separador de miles.",
        "“{received}” can be read in two ways: {right}. Write it without a separator of thousands.",
    ),
    "number_too_large": (
        _B, "BAD_QUANTITY",
        "«{received}» es demasiado grande: caben doce cifras enteras.",
        "“{received}” is too large: twelve figures before the decimals fit.",
    ),
    "too_many_decimals": (
        _B, "BAD_QUANTITY",
        "«{received}» tiene más de seis decimales.",
        "“{received}” has more than six decimals.",
    ),
    "decimal_mark_other": (
        _N, "BAD_QUANTITY",
        "«{received}» no usa el signo decimal declarado en UNA; sería «{right}».",
        "“{received}” does not use the decimal mark that UNA declares; it would be “{right}”.",
    ),
    "unit_unknown": (
        _N, "BAD_QUANTITY",
        "La unidad «{received}» no es conocida; se guarda como llegó.",
        "Unit “{received}” is not known; it is kept as it came.",
    ),
    "price_negative": (_B, "PRICE_MISMATCH", "El precio es negativo: {received}.", "The price is negative: {received}."),
    "price_basis_wrong": (
        _B, "PRICE_MISMATCH",
        "La cantidad base del precio es «{received}»; tiene que ser mayor que cero.",
        "The price basis is “{received}”; it must be more than zero.",
    ),
    "price_ignored": (
        _N, "PRICE_MISMATCH",
        "No se ha usado el precio de tipo {received}.",
        "A price of kind {received} was not used.",
    ),
    "allowance_ignored": (
        _W, "PRICE_MISMATCH",
        "El pedido trae descuentos o cargos (ALC) que no se han leído: compruebe el precio.",
        "The order carries allowances or charges (ALC) that were not read: check the price.",
    ),
    "currency_wrong": (
        _W, "CURRENCY_MISMATCH",
        "«{received}» no es una moneda; sería un código como {right}.",
        "“{received}” is not a currency; it would be a code such as {right}.",
    ),
    "date_wrong": (
        _B, "BAD_DATE",
        "«{received}» no es una fecha; debería ser {right}.",
        "“{received}” is not a date; it should be {right}.",
    ),
    "date_format_unknown": (
        _B, "BAD_DATE",
        "La fecha «{received}» viene en un formato que no se conoce; use {right}.",
        "The date “{received}” comes in a format that is not known; use {right}.",
    ),
    "dates_conflict": (
        _W, "BAD_DATE",
        "La fecha pedida {received} no cae en la ventana {right}; se ha tomado la ventana.",
        "The requested date {received} is outside the window {right}; the window was taken.",
    ),
    "window_reversed": (
        _B, "BAD_DATE",
        "La ventana de entrega termina antes de empezar: {received}.",
        "The delivery window ends before it begins: {received}.",
    ),
    "ship_date_used": (
        _N, "BAD_DATE",
        "Sólo dice cuándo embarcar ({received}); se ha tomado como fecha pedida.",
        "It says only when to ship ({received}); that was taken as the requested date.",
    ),
    "check_digit_wrong": (
        _W, "UNKNOWN_ITEM",
        "El dígito de control del {field} «{received}» no cuadra; con esas cifras sería «{right}».",
        "The check digit of the {field} “{received}” is wrong; with those figures it would be “{right}”.",
    ),
    "not_a_gtin": (_W, "UNKNOWN_ITEM", "«{received}» no es un GTIN.", "“{received}” is not a GTIN."),
    "not_a_gln": (
        _N, "UNKNOWN_BUYER",
        "«{received}» viene como GLN y no lo es; se ha tomado como código.",
        "“{received}” is sent as a GLN and is none; it was taken as a code.",
    ),
    "party_repeated": (
        _N, "UNKNOWN_BUYER",
        "La parte {role} viene dos veces: se ha tomado «{right}» y no «{received}».",
        "Party {role} comes twice: “{right}” was taken, not “{received}”.",
    ),
    "line_party_ignored": (
        _W, "UNKNOWN_SHIP_TO",
        "Una línea nombra su propio destino ({received}), que no se ha leído: compruebe dónde se entrega.",
        "A line names a place of its own ({received}), which was not read: check where it is delivered.",
    ),
    "delivery_split_ignored": (
        _W, "UNKNOWN_SHIP_TO",
        "Una línea se reparte entre lugares ({received}), lo que no se ha leído.",
        "A line is divided among places ({received}), which was not read.",
    ),
    "item_missing": (_B, "UNKNOWN_ITEM", "No dice de qué artículo se trata.", "It does not say which item."),
    "item_code_type_missing": (
        _N, "UNKNOWN_ITEM",
        "El código «{received}» viene sin tipo ({right}); se ha tomado como código del vendedor.",
        "Code “{received}” comes without a type ({right}); it was taken as the seller's code.",
    ),
    "other_item_ignored": (
        _N, "UNKNOWN_ITEM",
        "No se han usado los códigos de artículos sustitutos (PIA {received}).",
        "Codes of substitute items (PIA {received}) were not used.",
    ),
    "text_split": (
        _W, "BAD_SCHEMA",
        "El texto «{received}» parece partido por dos puntos sin liberar; debería ser «{right}».",
        "The text “{received}” seems split by an unreleased colon; it should be “{right}”.",
    ),
    "subline_ignored": (
        _N, "BAD_SCHEMA",
        "No se han leído las sublíneas (la primera, {received}).",
        "Sub-lines were not read (the first, {received}).",
    ),
    "line_number_missing": (
        _N, "BAD_SCHEMA", "La línea viene sin número; se ha contado como {right}.", "The line has no number; it was counted as {right}.",
    ),
    "line_number_repeated": (
        _W, "BAD_SCHEMA",
        "El número de línea {received} se repite.",
        "Line number {received} is used more than once.",
    ),
    "line_count_wrong": (
        _B, "BAD_ENVELOPE",
        "El control dice {received} líneas y hay {right}.",
        "The control count says {received} lines and there are {right}.",
    ),
    "quantity_total_wrong": (
        _B, "BAD_ENVELOPE",
        "El control dice que las cantidades suman {received} y suman {right}.",
        "The control total says that quantities add up to {received}; they add up to {right}.",
    ),
}  # fmt: skip

FAULTS: dict[str, tuple[str, str, str, str]] = {
    **_FILE,
    **_ENVELOPE,
    **_ORDER,
    **TABLE_FAULTS,
    **PAPER_FAULTS,
    **X12_FAULTS,
    **EDIFACT_FAULTS,
    **MAIL_FAULTS,
    **XML_FAULTS,
    **UBL_FAULTS,
    **RULE_FAULTS,
    **FACTURAE_FAULTS,
    **DIAN_FAULTS,
    **FACTURX_FAULTS,
}
SEVERITIES = {code: row[0] for code, row in FAULTS.items()}
REASONS = {code: row[1] for code, row in FAULTS.items()}
# Orders have findings of the same names (no_lines), so the sentences of readers stand under names of their own.
SENTENCES = {"format_" + code: (row[2], row[3]) for code, row in FAULTS.items()}

words.register(SENTENCES)
# The same, where nothing of what came tells what would be right.
BARE = {
    **BARE_RULES,
    "number_wrong": (
        "«{received}» no es un número. Escríbalo solo con cifras, como 12 o 12,5.",
        "“{received}” is not a number. Write it with figures only, such as 12 or 12.5.",
    ),
    "date_wrong": (
        "«{received}» no es una fecha; debería escribirse AAAA-MM-DD.",
        "“{received}” is not a date; it should be written YYYY-MM-DD.",
    ),
    "header_not_found": (
        "No se encuentra la fila de títulos. Se ha leído: {received}. Ponga una: Pedido, Cliente, Referencia, Cantidad.",
        "The row of headings was not found. What was read: {received}. Add one: Order, Customer, SKU, Quantity.",
    ),
}
BARE_WITHOUT = dict.fromkeys(BARE_RULES, ("received", "right"))  # what must be missing; else only `right`
words.register({"format_bare_" + code: pair for code, pair in BARE.items()})


def sentence(code: str, values: Mapping[str, Any], lang: str = "es") -> str:
    """The sentence of a fault, with the line or the cell that it is about."""
    spanish = lang.startswith("es")
    bare = code in BARE and any(values.get(name) in (None, "") for name in BARE_WITHOUT.get(code, ("right",)))
    said = words.say(("format_bare_" if bare else "format_") + code, values, lang)
    if values.get("row"):
        column = values.get("column")
        place = f"Fila {values['row']}" if spanish else f"Row {values['row']}"
        return (
            f"{place}, «{column}»: {said}"
            if spanish and column
            else f"{place}, “{column}”: {said}"
            if column
            else f"{place}: {said}"
        )
    if values.get("line"):
        return f"Línea {values['line']}: {said}" if spanish else f"Line {values['line']}: {said}"
    return said
