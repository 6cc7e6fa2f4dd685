"""Words of work."""

from promesa.core import words

words.register(
    {
        "work_not_open": ("Este asunto ya está cerrado.", "This item is closed already."),
        "work_already_taken": (
            "Otra persona ya lo tiene. Hable con ella o elija otro.",
            "Somebody else has it already. Talk to them or choose another.",
        ),
        "work_opened": ("Pasó a la cola", "Went to the queue"),
        "work_taken": ("Alguien lo tomó", "Somebody took it"),
        "work_closed": ("Se cerró", "It was closed"),
        # Kinds, as lists show them
        "work_kind_draft": ("Pedido incompleto", "Incomplete order"),
        "work_kind_hold": ("Pedido retenido", "Order on hold"),
        "work_kind_document": ("Documento en espera", "Document waiting"),
        "work_kind_shortage": ("Falta de existencias", "Shortage"),
        "work_kind_protected_short": ("Cliente protegido sin lo suyo", "Protected customer short"),
        "work_kind_late_line": ("Línea con retraso", "Late line"),
        "work_kind_redeliver": ("Volver a entregar", "Deliver again"),
        "work_kind_replace": ("Reponer al cliente", "Replace for the customer"),
        "work_kind_count_stock": ("Contar existencias", "Count stock"),
        "work_kind_refused_goods": ("Mercancía rechazada", "Refused goods"),
        "work_kind_invoice_blocked": ("Factura retenida", "Invoice held back"),
        "work_kind_reminder": ("Reclamar un cobro", "Remind of a payment"),
        "work_kind_dispute": ("Factura en disputa", "Disputed invoice"),
    }
)
