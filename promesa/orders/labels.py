"""The words of the orders, Spanish and English."""

from __future__ import annotations

from promesa.core import words

words.register(
    {
        # Findings
        "unknown_item": (
            "No conocemos el artículo {received} ({text}). Cree el artículo o asigne ese código a uno.",
            "We do not know item {received} ({text}). Create the item or map the code to one.",
        ),
        "ambiguous_item": (
            "{received} puede ser más de un artículo: {items}.",
            "{received} may be more than one item: {items}.",
        ),
        "codes_disagree": (
            "Los códigos de la línea nombran artículos distintos: {items}. Corrija el que no valga.",
            "The codes on the line name different items: {items}. Correct the one that is wrong.",
        ),
        "inactive_item": (
            "{item} ya no se vende. Ofrezca otro artículo.",
            "{item} is no longer sold. Offer another item.",
        ),
        "bad_quantity": (
            "La cantidad «{received}» no vale: escriba un número mayor que cero.",
            "The quantity “{received}” cannot be used: write a number above zero.",
        ),
        "unknown_unit": (
            "No sabemos cuánto es una unidad «{received}» de {item}. Conocemos: {right}.",
            "We do not know how much one “{received}” of {item} is. We know: {right}.",
        ),
        "below_minimum": (
            "De {item} se sirven {right} como mínimo; se piden {received}.",
            "The least we serve of {item} is {right}; {received} are asked for.",
        ),
        "not_pack_multiple": (
            "{item} va en cajas de {pack}: {received} no es un múltiplo. El siguiente es {right}.",
            "{item} comes in cases of {pack}: {received} is no multiple. The next one is {right}.",
        ),
        "too_large": (
            "{received} es demasiado: el máximo es {right}. Compruebe la cifra.",
            "{received} is too much: the most is {right}. Check the figure.",
        ),
        "captured_wrong": (
            "Se capturó «{received}» y el cliente había dicho «{right}».",
            "“{received}” was captured where the customer had said “{right}”.",
        ),
        "unusual_quantity": (
            "Pide {received}; lo habitual son {right}. ¿Es correcto?",
            "{received} are asked for; {right} is usual. Is that right?",
        ),
        "unknown_ship_to": (
            "No conocemos el lugar de entrega {received} de {customer}. Créelo o elija otro.",
            "We do not know delivery place {received} of {customer}. Create it or choose another.",
        ),
        "no_ship_to": (
            "Falta el lugar de entrega y {customer} no tiene uno por omisión. Elija uno.",
            "The delivery place is missing and {customer} has no default. Choose one.",
        ),
        "bad_date": (
            "La fecha «{received}» no vale. Escríbala otra vez.",
            "The date “{received}” cannot be used. Write it again.",
        ),
        "past_date": (
            "La fecha pedida, {received}, ya pasó cuando llegó el pedido. Se promete lo antes posible.",
            "The requested date, {received}, had passed when the order came. The promise is the earliest possible.",
        ),
        "far_date": (
            "La fecha pedida, {received}, está a más de {limit_days} días. Compruébela.",
            "The requested date, {received}, is more than {limit_days} days away. Check it.",
        ),
        "no_price": (
            "No hay precio de {item} para este cliente en esa fecha. Añádalo a su tarifa o a su acuerdo.",
            "There is no price of {item} for this customer on that date. Add it to their list or agreement.",
        ),
        "price_mismatch": (
            "{item}: el cliente pone {theirs_price} y lo acordado es {ours_price}. Decida cuál vale.",
            "{item}: the customer writes {theirs_price}, the agreed price is {ours_price}. Decide which one holds.",
        ),
        "price_within_tolerance": (
            "{item}: el cliente pone {theirs_price}; vale lo acordado, {ours_price}, dentro de la tolerancia.",
            "{item}: the customer writes {theirs_price}; the agreed {ours_price} holds, within tolerance.",
        ),
        "negative_price": (
            "El precio «{received}» de {item} no vale.",
            "The price “{received}” of {item} cannot be used.",
        ),
        "currency_mismatch": (
            "El pedido viene en {received} y con este cliente se trabaja en {right}.",
            "The order is in {received}; this customer is served in {right}.",
        ),
        "no_tax_rate": (
            "No hay tipo de impuesto «{received}» para {country}. Añádalo a los impuestos.",
            "There is no tax rate “{received}” for {country}. Add it to the taxes.",
        ),
        "po_repeated_same": (
            "Su orden {po} ya entró como {order}, con las mismas líneas. ¿Es una repetición?",
            "Their order {po} came in before as {order}, with the same lines. Is it a repeat?",
        ),
        "po_repeated_other": (
            "Su orden {po} ya entró como {order}, con otras líneas. ¿Es un cambio o un pedido nuevo?",
            "Their order {po} came in before as {order}, with other lines. Is it a change or a new order?",
        ),
        "credit_exceeded": (
            "El pedido supera el crédito en {excess_amount} {currency} (límite {limit_amount}). Decide Finanzas.",
            "The order exceeds the credit by {excess_amount} {currency} (limit {limit_amount}). Finance decides.",
        ),
        "supply_short": (
            "Faltan {missing_quantity} de {item}: no hay existencias ni recepciones que se le puedan prometer.",
            "{missing_quantity} of {item} are missing: there is neither stock nor a receipt to promise it from.",
        ),
        "supply_short_one_delivery": (
            "Faltan {missing_quantity} de {item} y el cliente quiere una sola entrega. Decida qué hacer.",
            "{missing_quantity} of {item} are missing and the customer wants one delivery. Decide what to do.",
        ),
        "no_lines": ("El pedido no tiene ninguna línea.", "The order has no lines."),
        # Refusals
        "line_overrun": (
            "Se entregaría, facturaría o anularía más de lo que la línea permite. Vuelva a mirar el pedido.",
            "More would be delivered, invoiced or cancelled than the line allows. Look at the order again.",
        ),
        "order_not_changeable": (
            "El pedido {order} ya no se puede cambiar.",
            "Order {order} can no longer be changed.",
        ),
        "below_floor": (
            "La línea {line} del pedido {order} no puede bajar de {floor_quantity}: ya salió o se facturó.",
            "Line {line} of order {order} cannot go below {floor_quantity}: that much has left or was invoiced.",
        ),
        "order_not_cancellable": (
            "El pedido {order} ya tiene mercancía en camino o entregada. Anule lo que queda, línea por línea.",
            "Order {order} has goods on their way or delivered. Cancel what is left, line by line.",
        ),
        "hold_already_released": ("{by} ya liberó el pedido {order}.", "{by} has released order {order} already."),
        "order_not_holdable": ("El pedido {order} no se puede retener ahora.", "Order {order} cannot be held now."),
        "nothing_to_tell": (
            "No hay nada nuevo que decir al cliente del pedido {order}: o ya lo sabe, o aún no hay nada confirmado.",
            "There is nothing new to tell the customer about order {order}: they know, or nothing is confirmed yet.",
        ),
        "order_not_draft": ("El pedido {order} ya no es un borrador.", "Order {order} is no longer a draft."),
        "claim_refused": (
            "Ya no quedan existencias libres para todo. Vuelva a intentarlo.",
            "There is no longer enough free stock for all of it. Try again.",
        ),
        "not_enough_stock": (
            "De {item} quedan {free_quantity} sin comprometer y se quitarían {quantity}. Libere reservas antes.",
            "{free_quantity} of {item} are not promised and {quantity} would be taken. Free reservations first.",
        ),
        "receipt_not_expected": (
            "La recepción {receipt} ya llegó o se anuló.",
            "Receipt {receipt} has arrived or was cancelled.",
        ),
        # Work
        "work_hold_price": (
            "Decidir el precio de {item} en {order} ({customer})",
            "Decide the price of {item} on {order} ({customer})",
        ),
        "work_hold_credit": (
            "Decidir el crédito de {customer}: {order} lo supera en {excess_amount} {currency}",
            "Decide the credit of {customer}: {order} exceeds it by {excess_amount} {currency}",
        ),
        "work_hold_duplicate": (
            "{customer} repite su orden {po}: ¿{order} es nuevo, un cambio o una repetición?",
            "{customer} repeats its order {po}: is {order} new, a change or a repeat?",
        ),
        "work_hold_shortage": (
            "Faltan existencias para {order} ({customer})",
            "Stock is short for {order} ({customer})",
        ),
        "work_hold_capture": (
            "Revisar la captura de {order} ({customer})",
            "Review the capture of {order} ({customer})",
        ),
        "work_hold_manual": ("Decidir sobre {order} ({customer})", "Decide on {order} ({customer})"),
        "work_draft_blocked": (
            "Arreglar {count:dato|datos} de {order} ({customer}): {first}",
            "Mend {count:thing|things} on {order} ({customer}): {first}",
        ),
        "work_lines_held": (
            "Arreglar {count:línea|líneas} que esperan de {order} ({customer}): {first}",
            "Mend {count:line|lines} that wait of {order} ({customer}): {first}",
        ),
        "line_held": (
            "La línea {line} de {order} sigue sin poder servirse: {problem}",
            "Line {line} of {order} still cannot be served: {problem}",
        ),
        "lines_not_right": (
            "No se añade ninguna línea a {order}: {faults}",
            "No line is added to {order}: {faults}",
        ),
        "lines_not_addable": (
            "A {order} ya no se le pueden añadir líneas: está {state}.",
            "No lines can be added to {order} any more: it is {state}.",
        ),
        "work_shortage": (
            "Faltan {missing_quantity} de {item} en {order} ({customer})",
            "{missing_quantity} of {item} are missing on {order} ({customer})",
        ),
        # Timeline
        "order_captured": (
            "Entró el pedido con {lines:línea|líneas}; falta arreglar algo antes de seguir.",
            "The order came in with {lines:line|lines}; something has to be mended first.",
        ),
        "order_submitted": (
            "Entró el pedido con {lines:línea|líneas} y {findings:hallazgo|hallazgos}.",
            "The order came in with {lines:line|lines} and {findings:finding|findings}.",
        ),
        "order_submitted_clean": (
            "Entró el pedido con {lines:línea|líneas}, sin hallazgos.",
            "The order came in with {lines:line|lines}, without findings.",
        ),
        "lines_promised": (
            "Se prometió y reservó: {lines:línea|líneas}.",
            "Promised and reserved: {lines:line|lines}.",
        ),
        "lines_promised_short": (
            "Se prometió y reservó: {lines:línea|líneas}, {short_lines:incompleta|incompletas}.",
            "Promised and reserved: {lines:line|lines}, {short_lines:incomplete|incomplete}.",
        ),
        "order_confirmed": ("Se confirmó el pedido.", "The order was confirmed."),
        "order_held": ("Se retuvo el pedido: {kind}.", "The order was held: {kind}."),
        "hold_released": ("Se liberó la retención: {reason}.", "The hold was released: {reason}."),
        "finding_resolved": ("Se resolvió un hallazgo.", "A finding was resolved."),
        "promises_changed": (
            "Se dio una promesa nueva para {lines:línea|líneas}.",
            "A new promise was given for {lines:line|lines}.",
        ),
        "customer_told": (
            "Se avisó al cliente {how} de {promises:promesa|promesas}.",
            "The customer was told {how} of {promises:promise|promises}.",
        ),
        "customer_not_reached": (
            "Lo que avisó al cliente de {promises} promesas volvió: no las conoce",
            "What told the customer of {promises} promises came back: they do not know of them",
        ),
        "customer_told_of_hold": (
            "Se avisó al cliente {how} de lo que retiene el pedido.",
            "The customer was told {how} of what holds the order.",
        ),
        "told_by_phone": ("por teléfono", "by telephone"),
        "told_by_email": ("por correo", "by mail"),
        "told_by_in_person": ("en persona", "in person"),
        "told_by_document": ("con un documento", "with a document"),
        "told_by_api": ("en la respuesta a su programa", "in the answer to their program"),
        "told_by_portal": ("en el portal", "on the portal"),
        "lines_released": (
            "Pasaron al almacén: {lines:línea|líneas}.",
            "Released to the warehouse: {lines:line|lines}.",
        ),
        "line_changed": (
            "La línea {line_number} pasó de {before} a {after}.",
            "Line {line_number} went from {before} to {after}.",
        ),
        "request_moved": ("Se cambió la fecha pedida.", "The requested date was moved."),
        "order_cancelled": ("Se anuló el pedido: {reason}.", "The order was cancelled: {reason}."),
        "order_refused": ("Se rechazó el pedido: {reason}.", "The order was refused: {reason}."),
        "order_closed": ("Se cerró el pedido.", "The order was closed."),
        "order_noted": ("«{text}»", "“{text}”"),
        "hold_capture": ("captura", "capture"),
        "hold_price": ("precio", "price"),
        "hold_credit": ("crédito", "credit"),
        "hold_duplicate": ("posible repetición", "possible repeat"),
        "hold_shortage": ("falta de existencias", "short supply"),
        "hold_manual": ("a mano", "by hand"),
        "bad_note": ("Escriba la nota, de 500 letras como mucho.", "Write the note, 500 letters at most."),
    }
)

words.register(
    {
        "customer_unknown": (
            "No hay ningún cliente {number} a su alcance. Créelo o corrija el número.",
            "There is no customer {number} within reach. Create it or correct the number.",
        ),
        "customer_closed": (
            "El cliente {number} está dado de baja. Actívelo antes de pedir.",
            "Customer {number} is closed. Open it again before ordering.",
        ),
    }
)
