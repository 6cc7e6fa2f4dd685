"""Words of the pages: who has the ball, what comes next, what a number of a list means."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from promesa.core import words
from promesa.core.ui.format import format_quantity
from promesa.orders.stages import NextStep

words.register(
    {
        # Who has the ball
        "hands_customer_service": ("Atención al cliente", "Customer service"),
        "hands_back_office": ("Administración", "Back office"),
        "hands_sales": ("Ventas", "Sales"),
        "hands_finance": ("Finanzas", "Finance"),
        "hands_warehouse": ("Almacén", "Warehouse"),
        "hands_transport": ("Transporte", "Transport"),
        "hands_purchasing": ("Compras", "Purchasing"),
        "hands_manager": ("Dirección", "Manager"),
        "hands_customer": ("Cliente", "Customer"),
        "hands_promesa": ("Promesa", "Promesa"),
        # What comes next, short enough for a row of a list
        "next_mend": ("Arreglar {count:dato|datos}", "Mend {count:thing|things}"),
        "next_submit": ("Enviar el borrador", "Submit the draft"),
        "next_hold_capture": ("Revisar la captura", "Review the capture"),
        "decide_shortage": (
            "Faltan {missing} de {item} y el cliente quiere una sola entrega",
            "{missing} of {item} are missing and the customer wants one delivery",
        ),
        "next_hold_price": ("Decidir el precio de {item}", "Decide the price of {item}"),
        "next_hold_credit": ("Faltan {excess_amount} de crédito", "{excess_amount} of credit are missing"),
        "next_hold_duplicate": ("¿Repite {order}?", "A repeat of {order}?"),
        "next_hold_shortage": ("Faltan {missing} de {item}", "{missing} of {item} are missing"),
        "next_hold_manual": ("Decidir la retención", "Decide on the hold"),
        "next_wait_stock": ("Faltan {missing} de {item}", "{missing} of {item} are missing"),
        "next_despatch_part": ("Preparar lo que hay; faltan {missing}", "Prepare what there is; {missing} missing"),
        "next_promise": ("Prometer", "Promise"),
        "next_release": ("Pasar al almacén", "Release to the warehouse"),
        "next_despatch": ("Preparar y cargar", "Prepare and load"),
        "next_deliver": ("En reparto: anotar la entrega", "On its way: record the delivery"),
        "next_bring_again": ("Volver a llevar lo que falta", "Bring what is missing"),
        "next_invoice": ("Emitir factura", "Issue the invoice"),
        "next_dispute": ("Resolver la disputa de {invoice}", "Settle the dispute of {invoice}"),
        "next_wait_payment": ("Vence {due_on}", "Due {due_on}"),
        "next_close": ("Cerrar", "Close"),
        "next_closed": ("Cerrado", "Closed"),
        "next_cancelled": ("Anulado", "Cancelled"),
        "next_refused": ("Rechazado", "Refused"),
        # States
        "state_draft": ("Borrador", "Draft"),
        "state_submitted": ("Por confirmar", "Submitted"),
        "state_confirmed": ("Confirmado", "Confirmed"),
        "state_closed": ("Cerrado", "Closed"),
        "state_cancelled": ("Anulado", "Cancelled"),
        "state_refused": ("Rechazado", "Refused"),
        # Channels
        "channel_edi": ("EDI", "EDI"),
        "channel_api": ("API", "API"),
        "channel_portal": ("Portal", "Portal"),
        "channel_email": ("Correo", "Email"),
        "channel_csv": ("Hoja de cálculo", "Spreadsheet"),
        "channel_xlsx": ("Hoja de cálculo", "Spreadsheet"),
        "channel_phone": ("Teléfono", "Phone"),
        "channel_desk": ("Mesa", "Desk"),
        "channel_mail": ("Correo", "Email"),
        "channel_folder": ("Carpeta", "Folder"),
        "channel_file": ("Traído a mano", "Brought by hand"),
        "channel_http": ("HTTP", "HTTP"),
        "channel_webhook": ("Webhook", "Webhook"),
        "channel_none": ("Sólo se guarda", "Only kept"),
        "channel_history": ("Histórico", "History"),
        # Where a price comes from
        "price_agreement": ("acuerdo", "agreement"),
        "price_list": ("su tarifa", "their list"),
        "price_default": ("tarifa", "list"),
        "price_received": ("recibido", "as received"),
        "price_manual": ("a mano", "by hand"),
        "price_free": ("sin cargo", "free"),
        # Who changed a promise or a wish
        "initiator_customer": ("Cliente", "Customer"),
        "initiator_us": ("Nosotros", "We"),
        "initiator_carrier": ("Transportista", "Carrier"),
        # Causes
        # Actors that are not people
        "actor_promesa": ("Promesa", "Promesa"),
        "actor_edi": ("EDI", "EDI"),
        "actor_schedule": ("Tarea programada", "Scheduled task"),
        "actor_demo": ("Demostración", "Demo"),
        "actor_history": ("Histórico", "History"),
        "actor_command": ("Línea de comandos", "Command line"),
        "actor_cli": ("Línea de comandos", "Command line"),
    }
)


def hands_word(role: str, lang: str) -> str:
    """Who has the ball, as people call them; nobody is nothing."""
    return words.say(f"hands_{role}", {}, lang) if role else ""


def next_word(step: NextStep, lang: str) -> str:
    """What comes next, in a few words."""
    return words.say(step.code, said_params(step.params, lang), lang)


def said_params(params: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """Parameters with what is missing as a quantity in its unit."""
    if "missing" not in params:
        return dict(params)
    said = format_quantity(Decimal(params["missing"]), str(params.get("unit", "")), lang)
    return {**params, "missing": said}


def state_word(state: str, lang: str) -> str:
    return words.say(f"state_{state}", {}, lang)


def channel_word(channel: str, lang: str) -> str:
    code = f"channel_{channel}"
    return words.say(code, {}, lang) if words.known(code) else channel


def actor_word(actor: str, names: dict[str, str], lang: str) -> str:
    """The name of a person or key; what the system itself is called; else the label."""
    if actor in names:
        return names[actor]
    kind, _, reference = actor.partition(":")
    code = f"actor_{kind}"
    if not words.known(code):
        return actor
    word = words.say(code, {}, lang)
    return f"{word} {reference}" if kind == "edi" and reference else word
