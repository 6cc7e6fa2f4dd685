"""Words of results: refusals, dimensions, causes, steps at which units are lost."""

from promesa.core import words

words.register(
    {
        "unknown_measure": (
            "No hay ninguna medida con ese nombre. Hay estas: {names}.",
            "There is no measure of that name. There are: {names}.",
        ),
        "not_measurable": (
            "Esta medida no se da con «{given}». Pruebe: {choices}.",
            "This measure does not come with “{given}”. Try: {choices}.",
        ),
        "audited_already": ("El pedido {order} ya se ha auditado.", "Order {order} has been audited already."),
        "captured_by_auditor": (
            "El pedido {order} lo capturó usted: lo audita otra persona.",
            "You captured order {order} yourself: somebody else audits it.",
        ),
        # Scorecard of a customer
        "score_nothing": ("Todavía no hay pedidos suyos.", "There are no orders of yours yet."),
        "score_faultless": (
            "Sus últimos {orders} pedidos entraron sin ningún error. Gracias.",
            "Your last {orders} orders came in without a mistake. Thank you.",
        ),
        "score_wrong": (
            "Sus últimos {orders} pedidos: {wrong} con algún error.",
            "Your last {orders} orders: {wrong} with a mistake.",
        ),
        "score_wrong_one": (
            "Sus últimos {orders} pedidos: 1 con un error.",
            "Your last {orders} orders: 1 with a mistake.",
        ),
        "score_cost": (
            "Sus últimos {orders} pedidos: {wrong} con algún error. Le costaron {days} días de espera.",
            "Your last {orders} orders: {wrong} with a mistake. They cost you {days} days of waiting.",
        ),
        "score_cost_one": (
            "Sus últimos {orders} pedidos: 1 con un error. Le costó {days} días de espera.",
            "Your last {orders} orders: 1 with a mistake. It cost you {days} days of waiting.",
        ),
        "score_mistake": ("{orders} pedidos con {what}.", "{orders} orders with {what}."),
        "score_mistake_one": ("1 pedido con {what}.", "1 order with {what}."),
        "score_mistake_days": (
            "{orders} pedidos con {what}: {days} días parados.",
            "{orders} orders with {what}: they stood still for {days} days.",
        ),
        "score_mistake_days_one": (
            "1 pedido con {what}: {days} días parado.",
            "1 order with {what}: it stood still for {days} days.",
        ),
        "wrong_unknown_item": ("un código de artículo que no conocemos", "an item code that we do not know"),
        "wrong_ambiguous_item": ("un código que puede ser varios artículos", "a code that may be several items"),
        "wrong_codes_disagree": ("dos códigos que no son del mismo artículo", "two codes that are not of one item"),
        "wrong_inactive_item": ("un artículo que ya no se vende", "an item that is no longer sold"),
        "wrong_bad_quantity": ("una cantidad que no se puede leer", "a quantity that cannot be read"),
        "wrong_unknown_unit": ("una unidad que no conocemos", "a unit that we do not know"),
        "wrong_below_minimum": ("una cantidad por debajo del mínimo", "a quantity below the minimum"),
        "wrong_not_pack_multiple": ("cajas que no son enteras", "a wrong pack"),
        "wrong_too_large": ("una cantidad imposible", "an impossible quantity"),
        "wrong_unknown_ship_to": ("un destino que no conocemos", "a place of delivery that we do not know"),
        "wrong_no_ship_to": ("ningún destino", "no place of delivery"),
        "wrong_bad_date": ("una fecha que no se puede leer", "a date that cannot be read"),
        "wrong_past_date": ("una fecha ya pasada", "a date in the past"),
        "wrong_far_date": ("una fecha demasiado lejana", "a date too far away"),
        "wrong_price_mismatch": ("un precio que no es el acordado", "a price that was not agreed"),
        "wrong_negative_price": ("un precio negativo", "a negative price"),
        "wrong_currency_mismatch": ("otra moneda", "another currency"),
        "wrong_po_repeated_same": ("un número de pedido repetido", "an order number used before"),
        "wrong_po_repeated_other": (
            "un número de pedido repetido con otras líneas",
            "an order number used before with other lines",
        ),
        "wrong_no_lines": ("ninguna línea", "no lines"),
        "wrong_captured_wrong": ("un dato equivocado", "something said wrongly"),
        "wrong_other": ("otro error", "another mistake"),
        # Causes
        "cause_C1": ("Falta de stock", "Stock shortage"),
        "cause_C2": ("Error de captura", "Capture error"),
        "cause_C3": ("Datos maestros", "Master data"),
        "cause_C4": ("Rechazo en la entrega", "Refusal at delivery"),
        "cause_C5": ("Retraso logístico", "Logistic delay"),
        "cause_X1": ("Retención de crédito", "Credit hold"),
        "cause_X2": ("Documento o factura", "Document or invoice"),
        "cause_X3": ("Calidad o caducidad", "Quality or shelf life"),
        "cause_X4": ("Promesa equivocada", "Wrong promise"),
        "cause_X5": ("Fallo del sistema", "System outage"),
        "cause_K1": ("Pedido equivocado del cliente", "Customer's wrong order"),
        "cause_K2": ("Crédito del cliente", "Customer's credit"),
        "cause_K3": ("Cliente ausente", "Customer absent"),
        "cause_K4": ("Cambio tardío del cliente", "Customer's late change"),
        "cause_U": ("Sin causa conocida", "Cause not known"),
        # Components
        "component_full": ("Completo", "In full"),
        "component_on_time": ("A tiempo", "On time"),
        "component_documents": ("Documentos", "Documents"),
        "component_condition": ("Buen estado", "Condition"),
        # Why something is not counted
        "excluded_not_shipped": ("sin salir", "not shipped"),
        "excluded_delivery_unknown": ("histórico sin entregas", "history without deliveries"),
        "excluded_not_due": ("aún no vence", "not due yet"),
        "excluded_not_promised": ("sin promesa", "not promised"),
        "excluded_cancelled_by_customer": ("cancelado por el cliente", "cancelled by the customer"),
        "excluded_cancelled_after_release": (
            "cancelado por el cliente en preparación",
            "cancelled by the customer during preparation",
        ),
        "excluded_refused": ("no admitido", "refused"),
        "excluded_empty": ("sin cantidad", "without quantity"),
        "excluded_substitute": ("sustituto de otra línea", "substitute of another line"),
        "excluded_unordered": ("llegó sin pedirse", "came without being ordered"),
        "excluded_history": ("histórico, sin captura nuestra", "history, not captured by us"),
        "excluded_opening": ("abierto al empezar", "open at the start"),
        "order_audited": (
            "Se auditó la captura: {differences} diferencias.",
            "Its capture was audited: {differences} differences.",
        ),
        # Steps at which units are lost
        "loss_captured": ("Mal capturado", "Captured wrong"),
        "loss_cancelled": ("Cancelado", "Cancelled"),
        "loss_not_promised": ("Sin promesa", "Not promised"),
        "loss_not_shipped": ("Sin salir", "Not shipped"),
        "loss_not_offered": ("Sin llegar", "Did not arrive"),
        "loss_damaged": ("Dañado", "Damaged"),
        "loss_refused": ("Rechazado", "Refused"),
        "loss_short_at_door": ("Faltaba al entregar", "Missing at the door"),
        # Bases and points
        "basis_requested": ("lo pedido", "the request"),
        "basis_feasible": ("lo pedido, si daba tiempo", "the feasible request"),
        "basis_first": ("la primera promesa", "the first promise"),
        "basis_last": ("la última promesa", "the last promise"),
        "point_ship": ("salida", "shipping"),
        "point_arrive": ("llegada", "arrival"),
        "point_pod": ("firma", "signature"),
    }
)
