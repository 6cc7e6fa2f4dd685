"""Letters to customers of what a plan gives them: their sentences and the choices they offer."""

from promesa.core import words

words.register(
    {
        "letter_hello": ("Estimado equipo de {customer}:", "Dear team of {customer},"),
        "letter_why": (
            "Estos días no tenemos para todos. Lo que hay se reparte por reglas acordadas, y a sus pedidos les toca esto:",
            "These days we do not have enough for everybody. What there is, is shared by agreed rules; your orders get this:",
        ),
        "letter_ask": (
            "Díganos qué prefiere para lo que falta. Si no contesta, esperamos a que llegue más.",
            "Tell us what you prefer for what is missing. If we hear nothing, it waits until more comes.",
        ),
        "letter_all": (
            "Su pedido {order}: recibe las {open_quantity} de {item}.",
            "Your order {order}: you get all {open_quantity} of {item}.",
        ),
        "letter_part": (
            "Su pedido {order}: recibe {share_quantity} de {open_quantity} de {item}.",
            "Your order {order}: you get {share_quantity} of {open_quantity} of {item}.",
        ),
        "letter_nothing": (
            "Su pedido {order}: por ahora no podemos enviarle {item} ({open_quantity}).",
            "Your order {order}: for now we cannot send you {item} ({open_quantity}).",
        ),
        "choice_accept_partial": ("Acepto lo que hay y anulen el resto", "I take what there is; cancel the rest"),
        "choice_substitute": ("Envíenme un sustituto por lo que falta", "Send me a substitute for what is missing"),
        "choice_wait": ("Espero lo que falta", "I wait for what is missing"),
        "choice_cancel": ("Anulen la línea", "Cancel the line"),
        # What each choice does to the line
        "choice_does_accept_partial": ("Se anulan {quantity}.", "{quantity} are cancelled."),
        "choice_does_substitute": (
            "{substitute_quantity} de {substitute} en lugar de {quantity}.",
            "{substitute_quantity} of {substitute} in place of {quantity}.",
        ),
        "choice_does_wait": ("{quantity} siguen pedidas.", "{quantity} stay on order."),
        "choice_does_cancel": ("No recibe nada: se anulan {quantity}.", "You get nothing: {quantity} are cancelled."),
        # The letter as an e-mail
        "letter_arrives": ("Llegan {quantity} el {arrives_on}.", "{quantity} arrive on {arrives_on}."),
        "letter_choices": ("Puede elegir: {choices}.", "You may choose: {choices}."),
        "letter_until": ("Puede contestar hasta el {answer_by} aquí:", "You can answer until {answer_by} here:"),
        "letter_look": ("Lo ve en todo momento aquí:", "You can see it at any time here:"),
        "letter_no_account": (
            "Si no tiene acceso, conteste a este correo o llámenos.",
            "If you have no access, answer this e-mail or call us.",
        ),
        "letter_bye": ("Un saludo,", "Kind regards,"),
    }
)
