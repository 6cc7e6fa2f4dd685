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
        "goods_held": ("Se apartó mercancía", "Goods were held"),
        "hold_lapsed": ("La mercancía apartada quedó libre", "The goods held became free"),
    }
)
