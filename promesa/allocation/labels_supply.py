"""What is said of goods held for a quotation, of substitutes, and of what runs short."""

from promesa.core import words

words.register(
    {
        "not_a_quotation": (
            "{order} ya no es un borrador: tiene su promesa y no hace falta apartar mercancía.",
            "{order} is no longer a draft: it has its promise, and no goods need be held for it.",
        ),
        "nothing_held": (
            "Ya no hay mercancía apartada para {order}. Vuelva a apartarla.",
            "No goods are held for {order} any more. Hold them anew.",
        ),
        "hold_too_long": (
            "Se puede apartar mercancía desde ahora y {days:día|días} como mucho; no hasta {until}.",
            "Goods can be held from now on and for {days:day|days} at most; not until {until}.",
        ),
        "substitute_agreed": (
            "En su lugar puede ir {substitute}: {quantity}, salida {ship_date}. El cliente acepta sustitutos.",
            "{substitute} can go in its place: {quantity}, leaving {ship_date}. The customer accepts substitutes.",
        ),
        "substitute_to_ask": (
            "En su lugar puede ir {substitute}: {quantity}, salida {ship_date}. Hay que preguntárselo al cliente.",
            "{substitute} can go in its place: {quantity}, leaving {ship_date}. The customer has to be asked.",
        ),
        "substitute_needs_consent": (
            "{order} no acepta sustitutos sin preguntar. ¿Ha dicho el cliente que quiere {substitute} en lugar de {item}?",
            "{order} takes no substitutes unasked. Has the customer said that they want {substitute} for {item}?",
        ),
        "no_such_substitute": (
            "{substitute} no figura como sustituto de {item}. Añádalo al catálogo o elija otro.",
            "{substitute} is not a substitute of {item}. Add it to the catalogue, or choose another.",
        ),
        "nothing_to_substitute": (
            "De la línea {line} de {order} no queda tanto por servir: {open_quantity} como mucho.",
            "Line {line} of {order} has not so much left to serve: {open_quantity} at most.",
        ),
        "work_protected_short": (
            (
                "{customer} es un cliente protegido y {order} no llega como se prometió: {item}, faltan "
                "{missing_quantity}, por la entrada {receipt}. Libere mercancía o avísele."
            ),
            (
                "{customer} is a protected customer and {order} will not arrive as promised: {item}, "
                "{missing_quantity} are missing, because of receipt {receipt}. Free goods for it, or tell them."
            ),
        ),
        "work_protected_late": (
            (
                "{customer} es un cliente protegido y {order} llega más tarde de lo prometido: {item}, ahora el "
                "{promised_on}, por la entrada {receipt}. Adelante mercancía o avísele."
            ),
            (
                "{customer} is a protected customer and {order} will arrive later than promised: {item}, now on "
                "{promised_on}, because of receipt {receipt}. Bring goods forward, or tell them."
            ),
        ),
        "receipt_cancelled": ("Se anuló una entrada", "A receipt was cancelled"),
        "goods_held": ("Se apartó mercancía", "Goods were held"),
        "hold_lapsed": ("La mercancía apartada quedó libre", "The goods held became free"),
    }
)
