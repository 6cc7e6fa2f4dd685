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
            "Este aviso ya se contestó el {answered_on}. Si quiere otra cosa, llámenos.",
            "This notice was answered already on {answered_on}. Call us if you want something else.",
        ),
        # Why a line gets its share: the rule, and nothing of how others are ranked or what they may get
        "portal_share_by_proportional": (
            "Se reparte en proporción a lo que pide cada uno: le tocan {share_quantity}.",
            "It is shared in proportion to what everybody asks: your part is {share_quantity}.",
        ),
        "portal_share_by_max_min": (
            "Se reparte a partes iguales: le tocan {share_quantity}.",
            "It is shared in equal parts: your part is {share_quantity}.",
        ),
        "portal_share_by_weighted_max_min": (
            "Se reparte según lo acordado con cada uno: le tocan {share_quantity}.",
            "It is shared by what was agreed with everybody: your part is {share_quantity}.",
        ),
        "portal_share_by_equal_losses": (
            "A todos les falta lo mismo: le tocan {share_quantity}.",
            "Everybody lacks the same: your part is {share_quantity}.",
        ),
        "portal_share_by_days_of_supply": (
            "Se reparte para que a todos les dure los mismos días: le tocan {share_quantity}.",
            "It is shared so that it lasts everybody the same days: your part is {share_quantity}.",
        ),
        "portal_share_by_priority": (
            "Se sirve por orden: le tocan {share_quantity}.",
            "It is served in turn: your part is {share_quantity}.",
        ),
        "portal_share_ceiling": (
            "Lo acordado tiene un tope, y ya se ha alcanzado.",
            "What was agreed has a limit, and it is reached.",
        ),
        "portal_share_floor": (
            "Tiene un mínimo garantizado: le tocan {quantity}.",
            "You have a guaranteed minimum: you get {quantity} of it.",
        ),
        "portal_share_minimum": (
            "Con menos de {least_quantity} no le sirve, y no alcanzaba.",
            "Less than {least_quantity} is of no use to you, and there was not enough.",
        ),
        "portal_cannot_order": (
            "Ahora mismo no podemos tomar pedidos de esta cuenta. Llámenos.",
            "We cannot take orders of this account at the moment. Call us.",
        ),
    }
)

# Found by ourselves when we check our own work: nothing that a customer is asked.
NOT_TOLD = frozenset({"captured_wrong"})
