"""Words of goods on their way."""

from promesa.core import words

words.register(
    {
        # Refusals
        "order_not_shippable": (
            "El pedido {order} no está confirmado: no puede salir.",
            "Order {order} is not confirmed: it cannot leave.",
        ),
        "order_over": (
            "El pedido {order} está {state}. No queda nada que pueda salir.",
            "Order {order} is {state}. Nothing of it is left to leave.",
        ),
        "order_on_hold": (
            "El pedido {order} está retenido. Libere la retención antes de que salga.",
            "Order {order} is on hold. Release the hold before it leaves.",
        ),
        "cannot_despatch": ("{order} no puede salir así. {faults}", "{order} cannot leave like this. {faults}"),
        "nothing_to_despatch": (
            "No hay nada que pueda salir: ninguna línea tiene existencias reservadas y liberadas.",
            "There is nothing that could leave: no line has stock claimed and released.",
        ),
        "despatch_no_such_line": ("No hay línea {line} en el pedido.", "There is no line {line} on the order."),
        "despatch_negative": (
            "Línea {line}, {item}: la cantidad {quantity} no vale.",
            "Line {line}, {item}: the quantity {quantity} cannot be used.",
        ),
        "despatch_line_not_released": (
            "Línea {line}, {item}: falta liberarla.",
            "Line {line}, {item}: it has not been released yet.",
        ),
        "despatch_beyond_open": (
            "Línea {line}, {item}: se piden {quantity} y quedan {left_quantity} por salir.",
            "Line {line}, {item}: {quantity} are asked for and {left_quantity} are left to leave.",
        ),
        "despatch_beyond_claimed": (
            "Línea {line}, {item}: se piden {quantity} y hay {left_quantity} reservadas.",
            "Line {line}, {item}: {quantity} are asked for and {left_quantity} are claimed.",
        ),
        "delivery_does_not_add_up": (
            "La entrega del albarán {number} no cuadra. {faults}",
            "The delivery of note {number} does not add up. {faults}",
        ),
        "already_delivered": (
            "La entrega de este albarán ya está anotada.",
            "The delivery of this note is recorded already.",
        ),
        "delivery_no_such_line": ("No hay línea {line} en el albarán.", "There is no line {line} on the note."),
        "delivery_beyond_note": (
            "Línea {line}: se anotan {quantity} y el albarán lleva {note_quantity}.",
            "Line {line}: {quantity} are recorded and the note has {note_quantity}.",
        ),
        "delivery_below_note": (
            "Línea {line}: se anotan {quantity} de {note_quantity}. Diga qué pasó con el resto.",
            "Line {line}: {quantity} of {note_quantity} are recorded. Say what became of the rest.",
        ),
        "delivery_not_positive": (
            "Línea {line}: la cantidad {quantity} no vale.",
            "Line {line}: the quantity {quantity} cannot be used.",
        ),
        "delivery_unknown_outcome": (
            "Línea {line}: «{outcome}» no es un resultado de entrega.",
            "Line {line}: “{outcome}” is no outcome of a delivery.",
        ),
        "delivery_needs_reason": ("Línea {line}: falta el motivo.", "Line {line}: the reason is missing."),
        "delivery_unknown_reason": (
            "Línea {line}: «{reason}» no es un motivo conocido.",
            "Line {line}: “{reason}” is no known reason.",
        ),
        "excess_without_stock": (
            "Línea {line}, {item}: llegaron {quantity} de más y en el lote constan {free_quantity} libres. Cuente las existencias.",
            "Line {line}, {item}: {quantity} too many arrived and the lot has {free_quantity} free. Count the stock first.",
        ),
        "proof_not_an_image": (
            "La firma debe ser una imagen PNG, JPEG o GIF.",
            "The signature must be a PNG, JPEG or GIF image.",
        ),
        "proof_too_large": (
            "La imagen de la firma ocupa {size} bytes; el máximo es {limit}.",
            "The image of the signature has {size} bytes; the most is {limit}.",
        ),
        # Timeline
        "despatched": (
            "Salió el albarán {number} con {lines:línea|líneas}.",
            "Delivery note {number} left with {lines:line|lines}.",
        ),
        "delivered": (
            "Se entregó el albarán {advice}; firmó {signed_by}.",
            "Delivery note {advice} was delivered; signed by {signed_by}.",
        ),
        # Work
        "work_late_line": (
            "{order} ({customer}) debía salir el {planned_on}: {item} y {count:línea|líneas} en total",
            "{order} ({customer}) should have left on {planned_on}: {item}, {count:line|lines} in all",
        ),
        "work_redeliver": (
            "Volver a llevar {quantity} de {order} a {customer} (entrega {number})",
            "Bring {quantity} of {order} to {customer} again (delivery {number})",
        ),
        "work_replace": (
            "Reponer {quantity} de {order} a {customer}: faltaron o llegaron dañadas",
            "Replace {quantity} of {order} for {customer}: missing or damaged on arrival",
        ),
        "work_count_stock": (
            "Contar {quantity} que no iban en el camión (entrega {number}, {order})",
            "Count {quantity} that were not in the lorry (delivery {number}, {order})",
        ),
        "work_refused_goods": (
            "Revisar {quantity} devueltas en la entrega {number} de {order} ({customer})",
            "Look at {quantity} that came back from delivery {number} of {order} ({customer})",
        ),
        # Outcomes
        "outcome_accepted": ("Aceptado", "Accepted"),
        "outcome_reserve": ("Aceptado con reserva", "Accepted with reserve"),
        "outcome_short": ("Faltaba", "Short"),
        "outcome_damaged": ("Dañado", "Damaged"),
        "outcome_refused": ("Rechazado", "Refused"),
        "outcome_redeliver": ("Para volver a entregar", "To be brought again"),
        # Reasons
        "reason_not_ordered": ("no lo habían pedido", "not ordered"),
        "reason_duplicate": ("repetido", "duplicate"),
        "reason_wrong_item": ("artículo equivocado", "wrong item"),
        "reason_damage": ("daños", "damage"),
        "reason_quality": ("calidad", "quality"),
        "reason_shelf_life": ("caducidad corta", "short shelf life"),
        "reason_label": ("etiqueta o aviso electrónico", "label or electronic notice"),
        "reason_price": ("precio", "price"),
        "reason_late": ("llegó tarde", "came late"),
        "reason_early": ("llegó antes de tiempo", "came early"),
        "reason_timetable": ("fuera de horario", "outside opening hours"),
        "reason_no_appointment": ("sin cita", "no appointment"),
        "reason_no_staff": ("no había quien descargara", "nobody to unload"),
        "reason_absent": ("no había nadie", "nobody there"),
        "reason_left_behind": ("no iba en el camión", "not in the lorry"),
        "reason_lost": ("perdido", "lost"),
        "reason_other": ("otro motivo", "another reason"),
        "reason_excess": ("llegó de más y se quedaron con ello", "came on top and was kept"),
    }
)
