"""Where a price comes from, or why there is none, in words."""

from promesa.core import words

words.register(
    {
        "price_from_agreement": (
            "Precio acordado con el cliente ({reference}).",
            "Price agreed with the customer ({reference}).",
        ),
        "substitute_of_itself": (
            "Un artículo no puede sustituirse a sí mismo ({received}).",
            "An item cannot stand in for itself ({received}).",
        ),
        "price_from_list": (
            "Precio de la tarifa del cliente ({reference}).",
            "Price of the customer's list ({reference}).",
        ),
        "price_from_default": (
            "Precio de la tarifa general ({reference}).",
            "Price of the general list ({reference}).",
        ),
        "price_missing": (
            "El artículo no tiene precio en {currency}.",
            "The item has no price in {currency}.",
        ),
        "price_in_other_currency": (
            "El artículo tiene precio en {other}, pero no en {currency}.",
            "The item has a price in {other}, but none in {currency}.",
        ),
        "price_not_in_force": (
            "Ningún precio del artículo está en vigor el {day}.",
            "No price of the item is in force on {day}.",
        ),
        "price_below_first_break": (
            "El precio empieza en {break_quantity} y se piden {quantity}.",
            "The price starts at {break_quantity} and {quantity} are asked for.",
        ),
    }
)
