"""Words of e-mail: what is found in it, what a mailbox says, why nobody is answered."""

from promesa.core import words

words.register(
    {
        # Findings
        "paper_in_doubt": (
            "Es un pedido en papel que no se ha podido leer entero: compruébelo junto a su imagen.",
            "This is an order on paper that could not be read whole: check it beside its picture.",
        ),
        "mail_sender_unproven": (
            "Llegó por correo de {received}, y cualquiera puede firmar así: confírmelo, o diga que se fía de esa dirección.",
            "It came by e-mail from {received}, and anybody can sign so: confirm it, or say that the address is trusted.",
        ),
        "buyer_is_another": (
            "Es de otro cliente: nombra a {received} y lo trae un socio de otro. Confírmelo, o que lo traiga quien es.",
            "It is of another customer: it names {received}, and another's partner brought it. Confirm it, or have its own bring it.",
        ),
        "confirmed_by_hand": ("Lo confirmó {received}", "{received} confirmed it"),
        "work_document_confirm": (
            "El documento {document} espera a que una persona lo confirme",
            "Document {document} waits for a person to confirm it",
        ),
        # Mailboxes
        "mailbox_unknown": (
            "No hay ningún buzón «{name}». Los que hay: {known}.",
            "There is no mailbox “{name}”. There are: {known}.",
        ),
        "mailbox_wrong": (
            "El buzón {name} no sirve así: {problem}",
            "Mailbox {name} cannot be used like this: {problem}",
        ),
        "mail_server_unreachable": (
            "No se llega al servidor {host}: {problem}.",
            "Server {host} cannot be reached: {problem}.",
        ),
        "mail_server_unproven": (
            "El servidor {host} no demuestra ser quien dice: {problem}. No se le ha dado la contraseña.",
            "Server {host} does not prove to be who it says: {problem}. It was not given the password.",
        ),
        "mail_login_refused": (
            "El servidor {host} no acepta al usuario {user}: {problem}.",
            "Server {host} does not accept user {user}: {problem}.",
        ),
        "mail_insecure": (
            "Sin cifrar sólo se habla con esta misma máquina, no con {host}. Use tls o starttls.",
            "Without encryption only this machine is spoken to, not {host}. Use tls or starttls.",
        ),
        "mail_folder_missing": (
            "En {host} no hay carpeta «{folder}»: {problem}.",
            "There is no folder “{folder}” on {host}: {problem}.",
        ),
        "mail_server_refused": (
            "El servidor {host} no ha hecho lo que se le pidió ({what}): {problem}.",
            "Server {host} did not do what it was asked ({what}): {problem}.",
        ),
        "mail_secret_missing": (
            "Falta la contraseña en {secret}.",
            "The password is missing in {secret}.",
        ),
        "mail_message_failed": (
            "No se pudo guardar el mensaje {uid}: {problem}. Se queda en su carpeta y se volverá a probar.",
            "Message {uid} could not be kept: {problem}. It stays in its folder and is tried again.",
        ),
        "mail_too_large": (
            "El mensaje {uid} ocupa {received} bytes; el máximo son {right}. Se queda sin tomar.",
            "Message {uid} has {received} bytes; {right} is the most. It was not taken.",
        ),
        "work_kind_mail_refused": ("Correo sin tomar", "Mail not taken"),
        "work_mail_too_large": (
            "Un correo de {sender} («{text}») ocupa {received} MB, más de los {right} que se toman: está en la carpeta «{folder}».",
            "A mail from {sender} (“{text}”) has {received} MB, more than the {right} that are taken: it is in the folder “{folder}”.",
        ),
        # Sending
        "mail_not_set_up": (
            "No hay ningún buzón desde el que enviar: diga su servidor SMTP.",
            "There is no mailbox to send from: say its SMTP server.",
        ),
        "mail_address_wrong": ("«{address}» no es una dirección de correo.", "“{address}” is no e-mail address."),
        "mail_refused": (
            "El servidor {host} no acepta el correo para {address}: {problem}.",
            "Server {host} does not accept the mail for {address}: {problem}.",
        ),
        "mail_rate": (
            "Ya se han enviado {count} correos a {address} en una hora; se espera.",
            "{count} mails were sent to {address} within an hour already; this one waits.",
        ),
        "mail_bounced": ("El correo volvió: {problem}", "The mail came back: {problem}"),
        # Why nobody is answered
        "mail_answer_automatic": (
            "Es un aviso automático: no se contesta.",
            "It is an automatic message: it is not answered.",
        ),
        "mail_answer_bulk": ("Es un envío a muchos: no se contesta.", "It went to many: it is not answered."),
        "mail_answer_nobody": ("No hay nadie a quien contestar.", "There is nobody to answer."),
        "mail_answer_ourselves": ("Lo enviamos nosotros.", "We sent it ourselves."),
        "mail_answer_enough": ("Ya se le contestó hoy.", "They were answered today already."),
        # Letters
        "letter_subject": ("{kind} {number}", "{kind} {number}"),
        "letter_text": (
            "Hola:\n\nLes enviamos {kind} {number}, en el archivo adjunto {name}.\n\nUn saludo,\n{company}\n",
            "Hello,\n\nPlease find attached {kind} {number} ({name}).\n\nKind regards,\n{company}\n",
        ),
        "letter_received": (
            "Hola:\n\nHemos recibido su mensaje «{subject}» y lo tramitamos. Este mensaje es automático.\n\nUn saludo,\n{company}\n",
            "Hello,\n\nWe have received your message “{subject}”. This message is automatic.\n\nKind regards,\n{company}\n",
        ),
    }
)
