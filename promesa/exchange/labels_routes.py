"""Words of documents that change something of ours: what is in their way, what they found."""

from promesa.core import words

words.register(
    {
        "work_document_waits": (
            "{kind} {document} espera: {problem}",
            "{kind} {document} waits: {problem}",
        ),
        "route_refused": ("{problem}", "{problem}"),
        # Changes of orders
        "change_of_unknown": (
            "No hay ningún pedido con el número «{received}» de este cliente.",
            "This customer has no order with the number “{received}”.",
        ),
        "change_ambiguous": (
            "El número «{received}» es de varios pedidos: {right}. Diga cuál cambia.",
            "The number “{received}” belongs to several orders: {right}. Say which one it changes.",
        ),
        "change_too_late": (
            "El pedido {right} ya está terminado: el cambio llega tarde.",
            "Order {right} is over already: the change comes too late.",
        ),
        "change_line_unknown": (
            "La línea {line} ({received}) no está en el pedido.",
            "Line {line} ({received}) is not in the order.",
        ),
        "change_adds_line": (
            "Pide una línea nueva ({received}): hágala como otro pedido o añádala a mano.",
            "It asks for a new line ({received}): take it as another order, or add it by hand.",
        ),
        "change_below_floor": (
            "La línea {line} no puede bajar de {right}: eso ya ha salido, ha llegado o está facturado.",
            "Line {line} cannot go below {right}: so much has left, arrived or is invoiced.",
        ),
        "change_unit_differs": (
            "La línea {line} viene en «{received}» y el pedido en «{right}».",
            "Line {line} comes in “{received}” and the order in “{right}”.",
        ),
        "change_says_nothing": ("La línea {line} no dice qué cambia.", "Line {line} does not say what changes."),
        "change_bad_quantity": (
            "La cantidad {received} de la línea {line} no sirve.",
            "The quantity {received} of line {line} cannot be used.",
        ),
        "change_line_date": (
            "La línea {line} pide otra fecha: se cambia para el pedido entero o a mano.",
            "Line {line} asks for another day: that is changed for the whole order, or by hand.",
        ),
        "change_price_differs": (
            "La línea {line} dice {received} y el precio acordado es {right}: vale el acordado.",
            "Line {line} says {received} and the agreed price is {right}: the agreed one counts.",
        ),
        # What was received
        "receipt_of_unknown": (
            "No hay ningún albarán «{received}» de este cliente.",
            "This customer has no delivery note “{received}”.",
        ),
        "receipt_ambiguous": (
            "«{received}» puede ser varios albaranes: {right}. Diga cuál es.",
            "“{received}” may be several delivery notes: {right}. Say which one it is.",
        ),
        "receipt_line_unknown": (
            "La línea {line} ({received}) no está en el albarán.",
            "Line {line} ({received}) is not on the delivery note.",
        ),
        "receipt_unit_differs": (
            "La línea {line} viene en «{received}» y el albarán en «{right}».",
            "Line {line} comes in “{received}” and the note in “{right}”.",
        ),
        "receipt_does_not_add_up": (
            "La línea {line} no cuadra: dice {received} de {right} que salieron.",
            "Line {line} does not add up: it says {received} of {right} that left.",
        ),
        "receipt_recorded_otherwise": (
            "La línea {line} dice {received}; en la entrega se anotó {right}.",
            "Line {line} says {received}; at the door {right} was recorded.",
        ),
        "receipt_short": (
            "Faltaron {quantity} {unit} en la línea {line}.",
            "{quantity} {unit} of line {line} were missing.",
        ),
        "receipt_damaged": (
            "Llegaron dañadas {quantity} {unit} de la línea {line}.",
            "{quantity} {unit} of line {line} arrived damaged.",
        ),
        "receipt_refused": (
            "Rechazaron {quantity} {unit} de la línea {line}.",
            "{quantity} {unit} of line {line} were refused.",
        ),
        "receipt_excess": (
            "Recibieron {quantity} {unit} de más en la línea {line}.",
            "They received {quantity} {unit} too many of line {line}.",
        ),
        # What was paid
        "remittance_line_unclear": (
            "La línea {line} no dice qué factura paga o cuánto ({received}).",
            "Line {line} does not say which invoice it pays, or how much ({received}).",
        ),
        "remittance_does_not_add_up": (
            "El pago es de {received} y sus líneas suman {right}.",
            "The payment is {received} and its lines come to {right}.",
        ),
        "remittance_nothing_paid": (
            "No dice que se pague nada ({received}).",
            "It does not say that anything is paid ({received}).",
        ),
        "remittance_invoice_unknown": (
            "La factura {received} no es de este cliente o no existe.",
            "Invoice {received} is not this customer's, or does not exist.",
        ),
        "remittance_credit_unknown": (
            "El abono {received} no es de este cliente o no existe.",
            "Credit note {received} is not this customer's, or does not exist.",
        ),
        "remittance_beyond_open": (
            "Pagan {received} de {invoice} y sólo quedan {right}.",
            "They pay {received} of {invoice} and only {right} is open.",
        ),
        "remittance_other_currency": (
            "Pagan en {received} una factura en {right}.",
            "They pay in {received} an invoice in {right}.",
        ),
        "remittance_kept_back": (
            "De {invoice} retienen {amount}: {reason}.",
            "Of {invoice} they keep back {amount}: {reason}.",
        ),
        # Acknowledgements
        "acknowledgement_of_unknown": (
            "Contesta a un documento que no enviamos ({received}).",
            "It answers a document that we did not send ({received}).",
        ),
        "acknowledgement_unclear": (
            "No dice si acepta o rechaza {received}.",
            "It does not say whether it accepts or refuses {received}.",
        ),
    }
)
