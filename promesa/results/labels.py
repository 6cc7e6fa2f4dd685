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
