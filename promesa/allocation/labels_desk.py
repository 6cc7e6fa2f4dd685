"""The release desk and the keeping of plans, in words."""

from promesa.core import words

words.register(
    {
        # Refusals of a move
        "lines_not_alike": (
            "De {donor} a {receiver} no se puede mover: tienen que ser líneas distintas del mismo artículo y almacén.",
            "Nothing can be moved from {donor} to {receiver}: they must be two lines of one item in one warehouse.",
        ),
        "line_not_open": (
            "El pedido {order} ya no está abierto: no se le quita ni se le da nada.",
            "Order {order} is open no more: nothing is taken from it or given to it.",
        ),
        "donor_in_the_warehouse": (
            "El pedido {order} ya está en el almacén. Hable con el almacén antes de quitarle nada.",
            "Order {order} is in the warehouse already. Talk to the warehouse before taking anything from it.",
        ),
        "donor_has_less": (
            "Solo hay {has_quantity} para mover, y se piden {quantity}.",
            "There are only {has_quantity} to move, and {quantity} are asked for.",
        ),
        "nothing_to_move": (
            "{quantity} no se puede mover: escriba una cantidad mayor que cero.",
            "{quantity} cannot be moved: write a quantity above zero.",
        ),
        "receiver_wants_less": (
            "Al pedido {order} solo le faltan {lacking_quantity}, y se le quieren dar {quantity}.",
            "Order {order} lacks only {lacking_quantity}, and {quantity} are to be given to it.",
        ),
        "receiver_cannot_use": (
            "Esas {quantity} no le sirven al pedido {order}: caducan pronto o llegan tarde para su entrega.",
            "Those {quantity} are of no use to order {order}: they expire too soon or come too late for its delivery.",
        ),
        "beyond_authority": (
            "Hoy le quedan {left_quantity} por mover de este artículo, y son {quantity}. Pídaselo a su responsable.",
            "You may move {left_quantity} more of this item today, and these are {quantity}. Ask your manager.",
        ),
        "floor_undercut": (
            "El plan {plan} garantiza {floor} a {who} y le quedarían {keeps}. Solo su responsable puede decidirlo.",
            "Plan {plan} guarantees {floor} to {who}, who would be left with {keeps}. Only your manager can decide that.",
        ),
        "floor_hit": (
            "El plan {plan} garantiza {floor} a {who}, y le quedan {keeps}.",
            "Plan {plan} guarantees {floor} to {who}, who is left with {keeps}.",
        ),
        "move_reason_missing": (
            "Diga por qué se mueve y quién lo pide. Motivos: {known}; con «other», explíquelo.",
            "Say why it is moved and who asks for it. Reasons: {known}; with “other”, explain.",
        ),
        "share_moved": ("Recibió mercancía de otro pedido", "Got goods of another order"),
        # Why goods are moved
        "move_emergency": ("Urgencia del cliente", "The customer's emergency"),
        "move_contract_penalty": ("Hay penalización por contrato", "There is a contract penalty"),
        "move_our_error": ("Error nuestro", "Our error"),
        "move_promise_at_risk": ("Una promesa en riesgo", "A promise at risk"),
        "move_customer_agreed": ("El otro cliente está de acuerdo", "The other customer agrees"),
        "move_sales_request": ("Lo pide ventas", "Sales ask for it"),
        "move_other": ("Otro motivo", "Another reason"),
        # What the watch of a plan tells
        "work_plan_short": (
            "A {customer} le tocan {planned_quantity} de {item} por el plan {plan} y solo tiene {has_quantity}.",
            "{customer} is to get {planned_quantity} of {item} by plan {plan} and has only {has_quantity}.",
        ),
    }
)
