"""Holds and refusals as we say them to the customer, Spanish and English; findings are in `orders.labels_customer`."""

from __future__ import annotations

from promesa.core import words

words.register(
    {
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
        "portal_notice_already_answered": (
            "Este aviso ya se contestó el {answered_at}. Si quiere otra cosa, llámenos.",
            "This notice was answered already on {answered_at}. Call us if you want something else.",
        ),
        "portal_cannot_order": (
            "Ahora mismo no podemos tomar pedidos de esta cuenta. Llámenos.",
            "We cannot take orders of this account at the moment. Call us.",
        ),
    }
)

# Found by ourselves when we check our own work: nothing that a customer is asked.
NOT_TOLD = frozenset({"captured_wrong"})
