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
    }
)
