"""Findings, holds and states as we say them to the customer, Spanish and English."""

from __future__ import annotations

from promesa.core import words

words.register(
    {
        "portal_unknown_item": (
            "No conocemos el código {received}. Compruébelo, o envíe el pedido y lo buscamos nosotros.",
            "We do not know the code {received}. Check it, or send the order and we shall look for it.",
        ),
        "portal_inactive_item": (
            "{item} ya no se vende. Elija otro artículo.",
            "{item} is no longer sold. Choose another item.",
        ),
        "portal_ambiguous_item": (
            "El código {received} puede ser más de un artículo: {items}. Escriba el que quiere.",
            "The code {received} may be more than one item: {items}. Write the one you want.",
        ),
        "portal_no_price": (
            "No hay precio acordado de {item} para ese día. Al recibir el pedido lo completamos.",
            "No price of {item} is agreed for that day. We complete it when we get the order.",
        ),
        "portal_price_mismatch": (
            "{item}: usted pone {theirs_price} y lo acordado es {ours_price}. Lo revisamos con usted.",
            "{item}: you write {theirs_price}, the agreed price is {ours_price}. We shall look at it with you.",
        ),
        "portal_price_within_tolerance": (
            "{item}: usted pone {theirs_price}; vale lo acordado, {ours_price}.",
            "{item}: you write {theirs_price}; the agreed {ours_price} holds.",
        ),
        "portal_no_tax_rate": (
            "Nos falta el impuesto de un artículo. Al recibir el pedido lo completamos.",
            "We lack the tax of an item. We complete it when we get the order.",
        ),
        "portal_unknown_ship_to": (
            "No conocemos el lugar de entrega {received}. Elija uno de los suyos.",
            "We do not know delivery place {received}. Choose one of yours.",
        ),
        "portal_no_ship_to": ("Falta el lugar de entrega. Elija uno.", "The delivery place is missing. Choose one."),
        "portal_po_repeated_same": (
            "Su pedido {po} ya entró como {order}, con las mismas líneas.",
            "Your order {po} came in before as {order}, with the same lines.",
        ),
        "portal_po_repeated_other": (
            "Su pedido {po} ya entró como {order}, con otras líneas.",
            "Your order {po} came in before as {order}, with other lines.",
        ),
        "portal_credit_exceeded": (
            "El pedido supera el crédito acordado. Lo revisa nuestro departamento financiero.",
            "The order exceeds the agreed credit. Our finance department is looking at it.",
        ),
        "portal_supply_short": (
            "De {item} falta género y aún no tiene fecha. Le avisaremos.",
            "Some of {item} is missing and has no date yet. We shall tell you.",
        ),
        "portal_supply_short_one_delivery": (
            "De {item} falta género y usted quiere una sola entrega. Le llamaremos.",
            "Some of {item} is missing and you want one delivery. We shall call you.",
        ),
        "portal_hold_credit": (
            "Lo revisa nuestro departamento financiero, porque supera el crédito acordado.",
            "Our finance department is looking at it, since it exceeds the agreed credit.",
        ),
        "portal_hold_price": ("Estamos revisando un precio.", "We are looking at a price."),
        "portal_hold_duplicate": (
            "Parece que repite otro pedido suyo; lo comprobamos antes de servirlo.",
            "It seems to repeat another order of yours; we check before serving it.",
        ),
        "portal_hold_shortage": (
            "Falta género; buscamos una solución.",
            "Goods are missing; we are looking for a way.",
        ),
        "portal_hold_other": ("Lo estamos revisando.", "We are looking at it."),
        "portal_cannot_order": (
            "Ahora mismo no podemos tomar pedidos de esta cuenta. Llámenos.",
            "We cannot take orders of this account at the moment. Call us.",
        ),
    }
)

# Found by ourselves when we check our own work: nothing that a customer is asked.
NOT_TOLD = frozenset({"captured_wrong"})


def code_for_customers(code: str) -> str:
    """The sentence as the customer is told it, where it differs from what staff read."""
    mine = f"portal_{code}"
    return mine if words.known(mine) else code
