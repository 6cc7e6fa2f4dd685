"""Words of what goes out: answers to customers, channels, acknowledgements, and what partners are set to."""

from promesa.core import words

words.register(
    {
        # What answers say to customers
        "answer_cancelled_as_asked": ("Anulado, como pidieron.", "Cancelled, as you asked."),
        "answer_refused": ("No podemos servir este pedido.", "We cannot supply this order."),
        "answer_substituted": ("Se sirve otro artículo en su lugar.", "Another item is supplied in its place."),
        "answer_cancelled_by_us": ("No podemos servir parte de lo pedido.", "We cannot supply part of what was asked."),
        "answer_held": (
            "Esta línea espera y el resto sigue. {problem}",
            "This line waits and the rest goes on. {problem}",
        ),
        "answer_short": (
            "Faltan {missing_quantity} de {quantity}: todavía no hay fecha para el resto.",
            "{missing_quantity} of {quantity} are missing: there is no date for the rest yet.",
        ),
        "answer_other_day": ("Llega en otra fecha que la pedida.", "It arrives on another day than asked."),
        "answer_other_price": (
            "El precio acordado es {right}, no {received}.",
            "The agreed price is {right}, not {received}.",
        ),
        "answer_part": ("{quantity} {unit} llegan el {arrives_on}.", "{quantity} {unit} arrive on {arrives_on}."),
        "answer_terms": ("Pago a {days:día|días}", "Payment in {days:day|days}"),
        # Kinds of documents
        "kind_order": ("pedido", "order"),
        "kind_order_change": ("cambio de pedido", "order change"),
        "kind_order_cancellation": ("anulación de pedido", "order cancellation"),
        "kind_order_response": ("confirmación de pedido", "order response"),
        "kind_despatch_advice": ("aviso de expedición", "despatch advice"),
        "kind_receipt_advice": ("aviso de recepción", "receipt advice"),
        "kind_invoice": ("factura", "invoice"),
        "kind_credit_note": ("abono", "credit note"),
        "kind_debit_note": ("nota de cargo", "debit note"),
        "kind_remittance_advice": ("aviso de pago", "remittance advice"),
        "kind_acknowledgement": ("acuse", "acknowledgement"),
        "kind_price_catalogue": ("catálogo de precios", "price catalogue"),
        "kind_quotation_request": ("petición de oferta", "quotation request"),
        "kind_sales_report": ("informe de ventas", "sales report"),
        "kind_e_mail": ("correo", "e-mail"),
        "subject_plan_notice": ("Qué recibe de sus pedidos ({number})", "What you get of your orders ({number})"),
        "letter_no_address": (
            "El cliente no tiene correo: llámelo, o póngale uno y envíelo otra vez.",
            "The customer has no e-mail address: call them, or write one down and send it again.",
        ),
        "kind_plan_notice": ("aviso de reparto", "notice of sharing"),
        # How far it has come
        "sending_to_send": ("Por enviar", "To send"),
        "sending_sent": ("Enviado", "Sent"),
        "sending_kept": ("Guardado", "Kept"),
        "sending_acknowledged": ("Acusado", "Acknowledged"),
        "sending_refused": ("Rechazado por el otro lado", "Refused by the other side"),
        "sending_failed": ("No se pudo enviar", "Could not be sent"),
        "sending_cancelled": ("Retirado", "Withdrawn"),
        # Why it did not get there
        "sending_unwritable": (
            "No se puede escribir en el formato {format}: {problem}. Complete los datos de la empresa o del cliente y reenvíelo.",
            "It cannot be written in format {format}: {problem}. Complete the company's or the customer's data and send it again.",
        ),
        "sending_defect": (
            "Falló por un error nuestro ({problem}).",
            "It failed through a fault of ours ({problem}).",
        ),
        "channel_unknown": ("No hay ningún canal «{channel}».", "There is no channel “{channel}”."),
        "folder_unwritable": (
            "No se puede escribir en la carpeta {folder}: {problem}.",
            "The folder {folder} cannot be written: {problem}.",
        ),
        "secret_missing": (
            "Falta el secreto {secret}: póngalo donde dice su nombre.",
            "The secret {secret} is missing: put it where its name says.",
        ),
        "secret_none": (
            "El interlocutor no tiene ningún secreto con que firmar: póngale uno.",
            "The partner has no secret to sign with: set one.",
        ),
        "http_bad_address": ("La dirección {address} no sirve.", "The address {address} cannot be used."),
        "http_not_secret": (
            "A {address} sólo se envía por https.",
            "To {address} documents are sent by https only.",
        ),
        "http_private_address": (
            "{host} está en una red interna ({address}): añádala a PROMESA_PRIVATE_HOSTS si es suya.",
            "{host} is in a private network ({address}): add it to PROMESA_PRIVATE_HOSTS if it is yours.",
        ),
        "http_unreachable": ("{host} no responde: {problem}.", "{host} cannot be reached: {problem}."),
        "http_too_slow": ("{host} tarda demasiado en contestar.", "{host} takes too long to answer."),
        "http_certificate": (
            "El certificado de {host} no vale: {problem}.",
            "The certificate of {host} is not valid: {problem}.",
        ),
        "http_redirected": (
            "{host} manda a otra dirección ({status}): ponga la definitiva.",
            "{host} points to another address ({status}): set the final one.",
        ),
        "http_refused": ("{host} no lo aceptó: contestó {status}.", "{host} did not take it: it answered {status}."),
        "http_gone": (
            "{host} ya no recibe en esa dirección (410). Ponga la nueva o reenvíe: hasta entonces no se le envía nada.",
            "{host} takes nothing at that address any more (410). Set the new one or resend: until then nothing is sent there.",
        ),
        "http_waits_gone": (
            "Espera: la dirección contestó que ya no recibe (410). Ponga la nueva o reenvíe.",
            "It waits: the address answered that it takes nothing any more (410). Set the new one or resend.",
        ),
        "http_busy": ("{host} pide esperar: contestó {status}.", "{host} asks us to wait: it answered {status}."),
        # Work
        "work_kind_outgoing_failed": ("Envío fallido", "Sending failed"),
        "work_kind_outgoing_refused": ("Documento rechazado", "Document refused"),
        "work_kind_outgoing_unanswered": ("Sin acuse de recibo", "Not acknowledged"),
        "work_outgoing_failed": (
            "No se pudo enviar {kind} {number} a {partner}. {problem}",
            "{kind} {number} could not be sent to {partner}. {problem}",
        ),
        "work_outgoing_refused": (
            "{partner} rechazó {kind} {number}: {problem}",
            "{partner} refused {kind} {number}: {problem}",
        ),
        "work_kind_outgoing_questioned": ("Factura con preguntas", "Invoice in question"),
        "work_outgoing_questioned": (
            "{partner} tiene una pregunta sobre {kind} {number} y espera respuesta: {problem}",
            "{partner} has a question about {kind} {number} and waits for an answer: {problem}",
        ),
        "work_outgoing_conditional": (
            "{partner} acepta {kind} {number} con una condición: {problem}",
            "{partner} accepts {kind} {number} on a condition: {problem}",
        ),
        "work_outgoing_unanswered": (
            "{partner} no ha acusado recibo de {kind} {number}; debía hacerlo antes de {acknowledge_at}.",
            "{partner} has not acknowledged {kind} {number}; it was due by {acknowledge_at}.",
        ),
        # Events
        "outgoing_made": ("Se preparó {number} para enviar", "{number} was laid out to be sent"),
        "outgoing_sent": ("Se envió {number} por {channel}", "{number} was sent by {channel}"),
        "outgoing_acknowledged": ("Acusaron recibo de {number}", "{number} was acknowledged"),
        "outgoing_refused": ("Rechazaron {number}", "{number} was refused"),
        "outgoing_failed": ("No se pudo enviar {number}", "{number} could not be sent"),
        "outgoing_stopped": ("Una persona cambió el envío de {number}", "A person changed the sending of {number}"),
        # How a partner cannot be set up
        "answer_unusable": ("{problem}", "{problem}"),
        "answer_bad_kind": (
            "«{received}» no es una clase de documento que se envíe: {right}.",
            "“{received}” is no kind of document that is sent: {right}.",
        ),
        "answer_bad_channel": ("No hay canal «{received}»: {right}.", "There is no channel “{received}”: {right}."),
        "answer_bad_format": (
            "En el formato «{received}» no se escribe: {kind}.",
            "Format “{received}” cannot say this: {kind}.",
        ),
        "answer_bad_mail": ("«{received}» no es una dirección de correo.", "“{received}” is no mail address."),
        "partner_bad_hour": (
            "«{received}» no es una hora: escríbala así, 14:00.",
            "“{received}” is no hour: write it like 14:00.",
        ),
        "answer_bad_secret": (
            "«{received}» no dice dónde está el secreto: env:PROMESA_PARTNER_NOMBRE o file:NOMBRE.",
            "“{received}” does not say where the secret is: env:PROMESA_PARTNER_NAME or file:NAME.",
        ),
        "answer_bad_minutes": (
            "{received} minutos no sirve: de 1 minuto a 90 días.",
            "{received} minutes will not do: from 1 minute to 90 days.",
        ),
        "answer_bad_value": ("«{received}» no vale: {right}.", "“{received}” will not do: {right}."),
        "watch_too_large": (
            "El archivo tiene {received} bytes; se admiten {right}. Divídalo en varios.",
            "The file has {received} bytes; {right} are taken. Split it into several.",
        ),
        "no_document": ("La petición no trae ningún documento.", "The request carries no document."),
        # Refusals
        "not_stoppable": (
            "{number} ya salió: no se puede retirar.",
            "{number} has left already: it cannot be withdrawn.",
        ),
        "not_sendable": (
            "Hay una versión más nueva de {number}: envíe esa.",
            "There is a newer version of {number}: send that one.",
        ),
        "not_yet_written": (
            "{number} aún no se ha escrito ({state}): se escribe al enviarlo. Hágalo con «{command}» y guárdelo después.",
            "{number} is not written yet ({state}): it is written when it is sent. Do so with “{command}”, then save it.",
        ),
    }
)
