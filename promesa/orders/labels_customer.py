"""Findings as their customer is told them, in the portal and in answers to their documents, Spanish and English.

What staff read says what staff can do about it; a customer is told what it means for them, and what they can do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from promesa.core import words

words.register(
    {
        "customer_unknown_item": (
            "No conocemos el código {received}. Compruébelo; si es correcto, lo buscamos nosotros y le avisamos.",
            "We do not know the code {received}. Check it; if it is right, we shall look for it and tell you.",
        ),
        "customer_ambiguous_item": (
            "El código {received} puede ser más de un artículo: {items}. Díganos cuál quiere.",
            "The code {received} may be more than one item: {items}. Tell us which one you want.",
        ),
        "customer_codes_disagree": (
            "Los códigos de la línea son de artículos distintos: {items}. Díganos cuál quiere.",
            "The codes of the line are of different items: {items}. Tell us which one you want.",
        ),
        "customer_inactive_item": (
            "{item} ya no se vende. Elija otro artículo.",
            "{item} is no longer sold. Choose another item.",
        ),
        "customer_bad_quantity": (
            "No entendemos la cantidad «{received}». Escriba un número mayor que cero.",
            "We cannot read the quantity “{received}”. Write a number above zero.",
        ),
        "customer_unknown_unit": (
            "No sabemos cuánto es una unidad «{received}» de {item}. Puede pedirlo por: {right}.",
            "We do not know how much one “{received}” of {item} is. You can order it by: {right}.",
        ),
        "customer_below_minimum": (
            "De {item} servimos {right} como mínimo, y pide {received}.",
            "The least we serve of {item} is {right}, and you ask for {received}.",
        ),
        "customer_not_pack_multiple": (
            "{item} va en cajas de {pack}: {received} no llena cajas enteras. Lo siguiente es {right}.",
            "{item} comes in cases of {pack}: {received} does not fill whole cases. The next is {right}.",
        ),
        "customer_too_large": (
            "{received} es más de lo que podemos tomar: {right}. Compruebe la cifra o llámenos.",
            "{received} is more than we can take: {right}. Check the figure or call us.",
        ),
        "customer_unusual_quantity": (
            "Pide {received}; lo suyo suele ser {right}. Confírmenos que es correcto.",
            "You ask for {received}; usually it is {right}. Tell us that it is right.",
        ),
        "customer_unknown_ship_to": (
            "No conocemos el lugar de entrega {received}. Elija uno de los suyos.",
            "We do not know delivery place {received}. Choose one of yours.",
        ),
        "customer_no_ship_to": ("Falta el lugar de entrega. Elija uno.", "The delivery place is missing. Choose one."),
        "customer_bad_date": (
            "No entendemos la fecha «{received}». Escríbala otra vez.",
            "We cannot read the date “{received}”. Write it again.",
        ),
        "customer_past_date": (
            "La fecha que pide, {received}, ya ha pasado. Se lo llevamos lo antes posible.",
            "The date you ask for, {received}, has passed. We bring it as soon as we can.",
        ),
        "customer_far_date": (
            "La fecha que pide, {received}, está a más de {limit_days} días. Compruébela.",
            "The date you ask for, {received}, is more than {limit_days} days away. Check it.",
        ),
        "customer_no_price": (
            "Aún no hay precio acordado de {item} para ese día. Lo completamos nosotros y le avisamos.",
            "No price of {item} is agreed for that day yet. We complete it and tell you.",
        ),
        "customer_price_mismatch": (
            "{item}: usted pone {theirs_price} y lo acordado es {ours_price}. Lo revisamos con usted.",
            "{item}: you write {theirs_price}, the agreed price is {ours_price}. We shall look at it with you.",
        ),
        "customer_price_within_tolerance": (
            "{item}: usted pone {theirs_price}; vale lo acordado, {ours_price}.",
            "{item}: you write {theirs_price}; the agreed {ours_price} holds.",
        ),
        "customer_negative_price": (
            "El precio «{received}» de {item} no puede ser. Déjelo en blanco y vale el acordado.",
            "The price “{received}” of {item} cannot be. Leave it empty and the agreed one holds.",
        ),
        "customer_currency_mismatch": (
            "Su pedido viene en {received} y con usted trabajamos en {right}.",
            "Your order is in {received}; with you we work in {right}.",
        ),
        "customer_no_tax_rate": (
            "Nos falta el impuesto de un artículo. Lo completamos nosotros y le avisamos.",
            "We lack the tax of an item. We complete it and tell you.",
        ),
        "customer_po_repeated_same": (
            "Su pedido {po} ya entró como {order}, con las mismas líneas.",
            "Your order {po} came in before as {order}, with the same lines.",
        ),
        "customer_po_repeated_other": (
            "Su pedido {po} ya entró como {order}, con otras líneas.",
            "Your order {po} came in before as {order}, with other lines.",
        ),
        "customer_credit_exceeded": (
            "El pedido supera el crédito acordado. Lo revisa nuestro departamento financiero.",
            "The order exceeds the agreed credit. Our finance department is looking at it.",
        ),
        "customer_supply_short": (
            "De {item} falta género y aún no tiene fecha. Le avisaremos.",
            "Some of {item} is missing and has no date yet. We shall tell you.",
        ),
        "customer_supply_short_one_delivery": (
            "De {item} falta género y usted quiere una sola entrega. Le llamaremos.",
            "Some of {item} is missing and you want one delivery. We shall call you.",
        ),
        "customer_no_lines": (
            "El pedido no tiene ninguna línea. Escriba qué quiere.",
            "The order has no lines. Write what you want.",
        ),
    }
)


def code_for_customers(code: str) -> str:
    """The sentence of a finding as its customer is told it."""
    mine = f"customer_{code}"
    return mine if words.known(mine) else code


# Who supplies us is nobody's business but ours: what a promise says of it to others.
_OUTWARD = {
    "promise_supplier_lead_time": "promise_lead_time",
    "promise_waits_for_supplier": "promise_waits_for_receipt",
}


def outward(code: str, params: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """The reason of a promise as its customer is told it."""
    if code not in _OUTWARD:
        return code, params
    return _OUTWARD[code], {name: value for name, value in params.items() if name != "supplier"}


# The same in SQL, of a promise `p`, for whoever asks within one customer.
OUTWARD_SQL = """CASE WHEN %(within)s::bigint IS NULL OR NOT p.reason->'params' ? 'supplier' THEN p.reason
    ELSE jsonb_set(p.reason #- '{params,supplier}', '{code}', to_jsonb(CASE p.reason->>'code'
        WHEN 'promise_supplier_lead_time' THEN 'promise_lead_time' ELSE 'promise_waits_for_receipt' END)) END"""
