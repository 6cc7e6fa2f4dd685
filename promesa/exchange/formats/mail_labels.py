"""What the reader of e-mail can find: severity, reason, the sentence in es and en."""

_B, _W, _N = "blocking", "warning", "note"

MAIL_FAULTS = {
    "mail_headers_missing": (
        _N, "BAD_ENVELOPE",
        "Es el texto de un correo sin sus cabeceras: no se sabe quién lo envió ni cuándo.",
        "This is the text of an e-mail without its headers: who sent it, and when, is not known.",
    ),
    "mail_sender_missing": (_W, "BAD_ENVELOPE", "El correo no dice quién lo envía (From).", "The e-mail does not say who sent it (From)."),
    "mail_date_wrong": (
        _W, "BAD_DATE", "La fecha del correo, «{received}», no es una fecha.", "The date of the e-mail, “{received}”, is not a date.",
    ),
    "mail_header_too_long": (
        _W, "TOO_LARGE",
        "La cabecera {where} ocupa {received} bytes; se ha leído hasta {right}.",
        "Header {where} has {received} bytes; {right} of them were read.",
    ),
    "mail_header_cut": (
        _W, "BAD_ENVELOPE",
        "La cabecera {where} está dañada: «{received}».",
        "Header {where} is damaged: “{received}”.",
    ),
    "mail_too_many_headers": (
        _W, "TOO_LARGE",
        "Hay {received} cabeceras; se han leído {right}.",
        "There are {received} headers; {right} were read.",
    ),
    "encoded_word_broken": (
        _N, "BAD_ENVELOPE",
        "En {where} hay una palabra codificada que no se puede descifrar: «{received}»; se deja como llegó.",
        "In {where} an encoded word cannot be decoded: “{received}”; it is left as it came.",
    ),
    "mime_boundary_missing": (
        _W, "BAD_ENVELOPE",
        "El correo dice tener varias partes y no dice qué las separa; {right}.",
        "The e-mail says that it has several parts and not what divides them; {right}.",
    ),
    "mime_not_closed": (
        _W, "BAD_ENVELOPE",
        "Las partes del correo no se cierran (falta {right}): puede haberse cortado al enviarlo.",
        "The parts of the e-mail are not closed ({right} is missing): it may have been cut in transit.",
    ),
    "mime_too_deep": (
        _B, "TOO_LARGE",
        "El correo tiene partes dentro de partes a más de {right} niveles.",
        "The e-mail has parts within parts more than {right} levels deep.",
    ),
    "mime_too_many_parts": (
        _B, "TOO_LARGE",
        "El correo tiene más de {right} partes.",
        "The e-mail has more than {right} parts.",
    ),
    "mime_encoding_unknown": (
        _W, "UNREADABLE",
        "La codificación «{received}» no existe; se ha leído tal cual.",
        "There is no transfer encoding “{received}”; the part was read as it is.",
    ),
    "attachment_damaged": (
        _W, "UNREADABLE",
        "El adjunto {name} está dañado: su base64 no se puede descifrar («{received}»). Pida que lo envíen otra vez.",
        "Attachment {name} is damaged: its base64 cannot be decoded (“{received}”). Ask for it to be sent again.",
    ),
    "attachment_empty": (_W, "EMPTY", "El adjunto {name} está vacío.", "Attachment {name} is empty."),
    "attachment_not_read": (
        _N, "UNREADABLE",
        "No se ha leído el adjunto {name} ({received}): no es un documento que se conozca.",
        "Attachment {name} ({received}) was not read: it is no document of a known kind.",
    ),
    "attachments_too_many": (
        _W, "TOO_LARGE",
        "Hay {received} adjuntos; se han leído los primeros {right}.",
        "There are {received} attachments; the first {right} were read.",
    ),
    "attachment_elsewhere": (
        _W, "UNREADABLE",
        "El adjunto {name} no viene en el correo sino en otra parte ({received}), de donde no se trae. Pida que lo adjunten.",
        "Attachment {name} is not in the e-mail but elsewhere ({received}), where nothing is fetched from. Ask for it to be attached.",
    ),
    "winmail_dat": (
        _W, "UNREADABLE",
        "Los adjuntos vienen dentro de {received} (formato propio de Outlook), que no se lee. Pida que los envíen en formato normal.",
        "The attachments are inside {received} (a format of Outlook's own), which is not read. Ask for them to be sent as usual.",
    ),
    "mail_encrypted": (
        _W, "ENCRYPTED",
        "El correo (o una parte: {where}) está cifrado y no se puede leer.",
        "The e-mail (or a part of it: {where}) is encrypted and cannot be read.",
    ),
    "archive_bomb": (
        _W, "TOO_LARGE",
        "El archivo comprimido {name} se hincha hasta más de {right}: no se ha abierto más.",
        "Archive {name} swells to more than {right}: it was not opened further.",
    ),
    "archive_damaged": (
        _W, "UNREADABLE", "El archivo comprimido {name} está dañado: {received}.", "Archive {name} is damaged: {received}.",
    ),
    "archive_encrypted": (
        _W, "ENCRYPTED",
        "El archivo comprimido {name} tiene contraseña. Pida que lo envíen sin ella.",
        "Archive {name} has a password. Ask for it to be sent without one.",
    ),
    "archive_too_many": (
        _W, "TOO_LARGE",
        "El archivo comprimido {name} tiene {received} ficheros; se han leído los primeros {right}.",
        "Archive {name} has {received} files; the first {right} were read.",
    ),
    "html_too_large": (
        _W, "TOO_LARGE",
        "El texto HTML ocupa {received} caracteres; se han leído los primeros {right}.",
        "The HTML text has {received} characters; the first {right} were read.",
    ),
    "order_in_text": (
        _B, "NOT_AUTHORISED",
        "El pedido viene escrito en el texto del correo: una persona tiene que confirmarlo.",
        "The order is written in the text of the e-mail: a person must confirm it.",
    ),
    "order_text_doubtful": (
        _W, "BAD_QUANTITY",
        "No está claro qué se pide en «{received}»: compruébelo.",
        "It is not clear what is ordered in “{received}”: check it.",
    ),
    "wanted_day_reckoned": (
        _N, "BAD_DATE",
        "«{received}» se ha leído como {right}: la próxima fecha así desde que se escribió.",
        "“{received}” was read as {right}: the next such day after it was written.",
    ),
    "wanted_day_unclear": (
        _W, "BAD_DATE",
        "No está claro para qué día se pide: «{received}». No se ha tomado ninguno.",
        "It is not clear for which day it is wanted: “{received}”. None was taken.",
    ),
}  # fmt: skip
