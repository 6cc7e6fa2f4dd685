"""What can be wrong with an invoice, in words."""

from promesa.core import words

words.register(
    {
        "invoice_wrong_customer": (
            "La factura es de otro cliente que el del pedido.",
            "The invoice is for another customer than the order.",
        ),
        "invoice_wrong_currency": (
            "La factura está en {received} y el pedido en {right}.",
            "The invoice is in {received} and the order in {right}.",
        ),
        "invoice_wrong_terms": (
            "Vence {received_on}; según las condiciones del pedido es {right_on}.",
            "It is due {received_on}; by the terms of the order it is {right_on}.",
        ),
        "invoice_empty": (
            "La factura no tiene líneas.",
            "The invoice has no lines.",
        ),
        "invoice_not_delivered": (
            "Factura {quantity} que no constan como entregadas.",
            "It bills {quantity} that were never delivered.",
        ),
        "invoice_duplicate": (
            "Esta entrega ya está facturada.",
            "This delivery has been invoiced already.",
        ),
        "invoice_wrong_quantity": (
            "Factura {received_quantity} y quedan {right_quantity} por facturar.",
            "It bills {received_quantity} and {right_quantity} are left to invoice.",
        ),
        "invoice_wrong_price": (
            "El precio es {received_price} y el acordado {right_price}.",
            "The price is {received_price} and the one agreed is {right_price}.",
        ),
        "invoice_wrong_tax": (
            "El impuesto es {received} al {received_rate} % y debe ser {right} al {right_rate} %.",
            "The tax is {received} at {received_rate}% and should be {right} at {right_rate}%.",
        ),
        "invoice_wrong_sum": (
            "Las líneas no suman lo que dice el total: {received_amount} en vez de {right_amount}.",
            "The lines do not add up to the total: {received_amount} instead of {right_amount}.",
        ),
        "invoice_corrected": (
            "Se corrigió con el abono {credit_note}.",
            "It was corrected by credit note {credit_note}.",
        ),
        # Refusals
        "nothing_to_invoice": (
            "No hay nada que facturar de {order}: nada se ha entregado (o, según sus condiciones, ha salido) sin facturarse.",
            "There is nothing to invoice of {order}: nothing was delivered (or, by its terms, left) that is not invoiced.",
        ),
        "invoice_beyond_delivered": (
            "De {order} no se puede facturar tanto. {faults}",
            "So much of {order} cannot be invoiced. {faults}",
        ),
        "invoice_not_right": (
            "La factura de {order} no sale hasta que cuadre. {faults}",
            "The invoice of {order} does not leave until it is right. {faults}",
        ),
        "credit_needs_cause": (
            "Un abono dice por qué: elija la causa.",
            "A credit note says why: choose the cause.",
        ),
        "nothing_to_credit": (
            "La factura {invoice} ya está abonada entera.",
            "Invoice {invoice} has been credited whole.",
        ),
        "credit_beyond_invoice": (
            "El abono de {invoice} no puede ser así. {faults}",
            "The credit of {invoice} cannot be like this. {faults}",
        ),
        "credit_no_such_line": (
            "No hay línea {line} en la factura, o se abona dos veces.",
            "There is no line {line} on the invoice, or it is credited twice.",
        ),
        "credit_beyond_quantity": (
            "Línea {line}: se abonan {quantity} y quedan {left_quantity}.",
            "Line {line}: {quantity} would be credited and {left_quantity} are left.",
        ),
        "credit_beyond_amount": (
            "Línea {line}: se abonan {amount} y quedan {left_amount}.",
            "Line {line}: {amount} would be credited and {left_amount} is left.",
        ),
        "credit_beyond_sum": (
            "Se abonaría más de lo que se facturó.",
            "More would be credited than was invoiced.",
        ),
        "credit_empty": ("No se abona nada: diga qué líneas.", "Nothing is credited: say which lines."),
        "payment_not_right": ("El cobro no se puede anotar así. {faults}", "The payment cannot be recorded. {faults}"),
        "payment_bad_amount": (
            "El importe {received} no vale.",
            "The amount {received} cannot be used.",
        ),
        "payment_too_fine": (
            "El importe {received} tiene demasiados decimales: {currency} lleva {places}.",
            "The amount {received} has too many decimals: {currency} has {places}.",
        ),
        "payment_invoice_not_open": (
            "La factura {invoice} no está pendiente de este cliente.",
            "Invoice {invoice} is not open for this customer.",
        ),
        "payment_other_currency": (
            "La factura {invoice} está en {right} y el cobro en {received}.",
            "Invoice {invoice} is in {right} and the payment in {received}.",
        ),
        "payment_beyond_open": (
            "De {invoice} quedan {open_amount} y se aplicarían {amount}.",
            "{open_amount} of {invoice} is open and {amount} would be applied.",
        ),
        "payment_beyond_amount": (
            "Se aplicarían {total_amount} y el cobro es de {amount}.",
            "{total_amount} would be applied and the payment is {amount}.",
        ),
        "nothing_unapplied": (
            "De {number} no queda nada por aplicar.",
            "Nothing of {number} is left to apply.",
        ),
        "already_disputed": ("La factura {invoice} ya está en disputa.", "Invoice {invoice} is disputed already."),
        "not_disputed": ("La factura {invoice} no está en disputa.", "Invoice {invoice} is not disputed."),
        # Timeline
        "invoice_issued": (
            "Se emitió la factura {number} por {gross_amount} {currency}; vence {due_on}.",
            "Invoice {number} was issued for {gross_amount} {currency}; due {due_on}.",
        ),
        "invoice_blocked": (
            "La factura no salió: hay {faults} diferencias que resolver.",
            "The invoice did not leave: {faults} differences have to be settled.",
        ),
        "credit_note_issued": (
            "Se abonaron {gross_amount} {currency} de {invoice} con {number}: {note}.",
            "{gross_amount} {currency} of {invoice} was credited by {number}: {note}.",
        ),
        "invoice_paid": ("Se cobró la factura {number}.", "Invoice {number} was paid."),
        "invoice_disputed": (
            "El cliente disputa la factura {number}: {reason}.",
            "The customer disputes invoice {number}: {reason}.",
        ),
        "dispute_settled": ("Se resolvió la disputa de {number}.", "The dispute of {number} was settled."),
        "payment_received": (
            "Se cobraron {amount} {currency} ({number}); {unapplied_amount} sin aplicar.",
            "{amount} {currency} was received ({number}); {unapplied_amount} unapplied.",
        ),
        "credit_applied": (
            "Se aplicaron {amount} {currency} de {source}.",
            "{amount} {currency} of {source} was applied.",
        ),
        # Work
        "work_invoice_blocked": (
            "La factura de {order} no cuadra ({count}): {first}",
            "The invoice of {order} is not right ({count}): {first}",
        ),
        "work_dispute": (
            "{customer} disputa {invoice}: {reason}",
            "{customer} disputes {invoice}: {reason}",
        ),
        "work_reminder": (
            "Reclamar {open_amount} {currency} a {customer}: {invoice} venció hace {days} días",
            "Remind {customer} of {open_amount} {currency}: {invoice} has been due for {days} days",
        ),
    }
)
