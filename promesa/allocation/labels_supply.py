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
        "goods_held": ("Se apartó mercancía", "Goods were held"),
        "hold_lapsed": ("La mercancía apartada quedó libre", "The goods held became free"),
    }
)
