"""What the readers of paper (PDF, scans) can find: severity, named reason, sentence in es and en."""

from __future__ import annotations

_B, _W, _N = "blocking", "warning", "note"

PAPER_FAULTS: dict[str, tuple[str, str, str, str]] = {
    "low_confidence": (
        _B, "UNREADABLE",
        "No es seguro que {field} sea «{received}» (seguridad {confidence}; hace falta {right}). Compruébelo en la página {page}.",
        "It is not certain that {field} is “{received}” (certainty {confidence}; {right} is needed). Check it on page {page}.",
    ),
    "says_no_order": (
        _B, "NOT_AN_ORDER",
        "No es un pedido: dice «{received}». Aquí se toman pedidos ({right}).",
        "This is not an order: it says “{received}”. Orders are taken in here ({right}).",
    ),
    "nothing_says_order": (
        _B, "NOT_AN_ORDER",
        "No es un pedido: ninguna palabra dice que lo sea ({right}). Empieza por «{received}».",
        "This is not an order: no word says that it is one ({right}). It begins with “{received}”.",
    ),
    "pdf_encrypted": (
        _B, "ENCRYPTED",
        "El PDF está protegido con contraseña; envíelo sin ella.",
        "The PDF is protected by a password; send it without one.",
    ),
    "pdf_damaged": (
        _B, "UNREADABLE",
        "El PDF está dañado o cortado; envíelo otra vez.",
        "The PDF is damaged or cut short; send it again.",
    ),
    "page_damaged": (
        _B, "UNREADABLE",
        "La página {received} está dañada y no se ha leído.",
        "Page {received} is damaged and was not read.",
    ),
    "pdf_unpacks_too_far": (
        _B, "TOO_LARGE",
        "El PDF se descomprime a más de {right} bytes; no se ha leído.",
        "The PDF unpacks to more than {right} bytes; it was not read.",
    ),
    "pdf_too_heavy": (
        _B, "TOO_LARGE",
        "El PDF pide demasiado trabajo o memoria; no se ha leído.",
        "The PDF asks for too much work or memory; it was not read.",
    ),
    "too_many_pages": (
        _B, "TOO_LARGE",
        "Tiene {received} páginas; se leen {right} como mucho. Envíe el pedido solo.",
        "It has {received} pages; at most {right} are read. Send the order by itself.",
    ),
    "pages_missing": (
        _B, "UNREADABLE",
        "El documento dice tener {right} páginas y han llegado {received}: faltan las demás.",
        "The document says that it has {right} pages and {received} came: the others are missing.",
    ),
    "too_much_text": (
        _B, "TOO_LARGE",
        "Tiene más de {right} letras; no se ha leído entero.",
        "It has more than {right} letters; not all was read.",
    ),
    "picture_too_large": (
        _B, "TOO_LARGE",
        "La imagen tiene {received} puntos; se leen {right} como mucho.",
        "The picture has {received} pixels; at most {right} are read.",
    ),
    "picture_damaged": (
        _B, "UNREADABLE",
        "La imagen está dañada o cortada; envíela otra vez.",
        "The picture is damaged or cut short; send it again.",
    ),
    "nothing_on_page": (
        _B, "EMPTY",
        "No se ve ningún texto en el documento.",
        "No text is to be seen in the document.",
    ),
    "scan_reader_missing": (
        _B, "UNREADABLE",
        "Es una imagen y aquí no está instalado el lector de imágenes: instale el extra «scan» ({right}).",
        "This is a picture and the reader of pictures is not installed here: install the extra “scan” ({right}).",
    ),
    "scan_turned": (
        _N, "UNREADABLE",
        "La imagen venía girada {received} grados; se ha enderezado.",
        "The picture was turned by {received} degrees; it was set straight.",
    ),
    "table_not_found": (
        _B, "UNREADABLE",
        "No se encuentra la tabla de líneas: hace falta una fila de títulos como {right}.",
        "The table of lines was not found: a row of headings such as {right} is needed.",
    ),
    "date_read_as": (
        _N, "BAD_DATE",
        "«{received}» se ha leído como {right}: el orden lo dice {evidence}.",
        "“{received}” was read as {right}: the order of its parts is told by {evidence}.",
    ),
    "currency_read_as": (
        _N, "CURRENCY_MISMATCH",
        "«{received}» se ha leído como {right}, por las direcciones del documento.",
        "“{received}” was read as {right}, by the addresses in the document.",
    ),
    "currency_unclear": (
        _N, "CURRENCY_MISMATCH",
        "«{received}» puede ser de varias monedas; no se ha tomado ninguna.",
        "“{received}” may be one of several currencies; none was taken.",
    ),
    "amount_not_product": (
        _B, "PRICE_MISMATCH",
        "{quantity} × {price} no da el importe de la línea, «{received}»; daría {right}. Compruebe los tres.",
        "{quantity} × {price} is not the amount of the line, “{received}”; it would be {right}. Check the three.",
    ),
    "sum_not_subtotal": (
        _B, "PRICE_MISMATCH",
        "Las líneas suman {right} y el documento dice {received}: puede faltar o sobrar una línea.",
        "The lines add up to {right} and the document says {received}: a line may be missing or one too many.",
    ),
    "total_not_sum": (
        _W, "PRICE_MISMATCH",
        "El total es {received} y con sus partes sería {right}.",
        "The total is {received}; by its parts it would be {right}.",
    ),
    "corrected_by_arithmetic": (
        _N, "BAD_QUANTITY",
        "{field}: se leyó «{received}» y es {right}, porque sólo así cuadran las cuentas ({proof}).",
        "{field}: “{received}” was read and it is {right}, since only so do the sums close ({proof}).",
    ),
    "lines_after_gap": (
        _W, "BAD_SCHEMA",
        "En la página {received} la tabla sigue sin títulos; se han supuesto los de la página anterior.",
        "On page {received} the table goes on without headings; those of the page before were assumed.",
    ),
    "read_by_template": (
        _N, "BAD_SCHEMA",
        "Se ha leído con la plantilla del remitente «{received}».",
        "It was read by the sender's layout “{received}”.",
    ),
}  # fmt: skip
