"""Scarcity plans, in words: faults of an agreement, refusals, what changed since a run."""

from promesa.core import words

words.register(
    {
        # Faults of an agreement
        "agreement_invalid": (
            "El acuerdo tiene {count:dato|datos} que corregir. {faults}",
            "The agreement has {count:value|values} to mend. {faults}",
        ),
        "agreement_not_an_object": (
            "Se espera un objeto con nombres y valores.",
            "An object of names and values is wanted.",
        ),
        "agreement_not_a_list": ("Se espera una lista.", "A list is wanted."),
        "agreement_no_items": ("Diga qué artículos se reparten.", "Say which items are shared."),
        "agreement_no_group": (
            "Diga a quién se refiere: cliente, segmento, región, canal o pedido.",
            "Say whom it is about: customer, segment, region, channel or order.",
        ),
        "agreement_unknown_key": (
            "«{received}» no es parte de un acuerdo.",
            "“{received}” is no part of an agreement.",
        ),
        "agreement_unknown_choice": (
            "«{received}» no es ninguno de estos: {known}.",
            "“{received}” is none of these: {known}.",
        ),
        "agreement_not_a_number": (
            "«{received}» no es un número entero entre {least} y {most}.",
            "“{received}” is no whole number between {least} and {most}.",
        ),
        "agreement_not_a_quantity": (
            "«{received}» no es una cantidad: un número desde 0, con seis decimales como mucho.",
            "“{received}” is no quantity: a number from 0 on, with at most six decimals.",
        ),
        "agreement_not_a_day": ("«{received}» no es un día: 2026-12-24.", "“{received}” is no day: 2026-12-24."),
        "agreement_ends_before": (
            "Termina ({received}) antes de empezar: el último día va después del primero.",
            "It ends ({received}) before it begins: the end comes after the first day.",
        ),
        "agreement_says_nothing": (
            "No dice nada: ponga estrategia, nivel o peso.",
            "It says nothing: give a strategy, a tier or a weight.",
        ),
        "agreement_no_reason": ("Toda excepción necesita su motivo.", "Every exception needs its reason."),
        "agreement_missing": ("Falta «{name}».", "“{name}” is missing."),
        "agreement_item_outside": (
            "El artículo {received} no está entre los que se reparten.",
            "Item {received} is not among those that are shared.",
        ),
        "agreement_no_quotas": (
            "La base es por cuotas y no hay ninguna cuota escrita.",
            "The base is by quota, and no quota is written.",
        ),
        "agreement_unknown_reference": (
            "No existe {what}: {received}.",
            "There is no {what}: {received}.",
        ),
        # Refusals
        "plan_not_changeable": (
            "El plan {plan} está {state_name}: ya no se cambia.",
            "Plan {plan} is {state_name}: it is not changed any more.",
        ),
        "plan_not_proposed": (
            "El plan {plan} está {state_name}. Antes de firmarlo hay que proponerlo.",
            "Plan {plan} is {state_name}. It must be proposed before it is signed.",
        ),
        "agreement_changed": (
            "Lo que iba a firmar del plan {plan} ha cambiado. Lea la propuesta {letter} y fírmela si está de acuerdo.",
            "What you were about to sign of plan {plan} has changed. Read proposal {letter} and sign it if you agree.",
        ),
        "side_already_signed": (
            "{side_name} ya firmó la propuesta {letter} del plan {plan}.",
            "{side_name} has already signed proposal {letter} of plan {plan}.",
        ),
        "same_signer": (
            "Usted ya firmó la propuesta {letter} por la otra parte. Tienen que firmar dos personas distintas.",
            "You signed proposal {letter} for the other side already. Two different people have to sign.",
        ),
        "signer_not_a_person": (
            "Un plan lo firman personas, no programas.",
            "People sign a plan, programs do not.",
        ),
        "plan_not_signed": (
            "El plan {plan} está {state_name}. Se publica cuando lo han firmado ventas y atención al cliente.",
            "Plan {plan} is {state_name}. It is published when sales and customer service have signed it.",
        ),
        "run_of_other_agreement": (
            "El cálculo {run} se hizo con la propuesta {letter}, y la firmada es la {signed}. Calcule de nuevo.",
            "Run {run} was made with proposal {letter}, and the signed one is {signed}. Run it again.",
        ),
        "nothing_to_share": (
            "No hay ninguna línea abierta ni existencias de estos artículos en el plan {plan}.",
            "There is neither an open line nor any supply of these items in plan {plan}.",
        ),
        "run_is_being_published": (
            "Alguien está publicando el plan {plan} ahora mismo. Espere a que termine.",
            "Somebody is publishing plan {plan} right now. Wait until that is done.",
        ),
        "notice_already_answered": (
            "El cliente ya contestó a este aviso el {answered_on}.",
            "The customer answered this notice already on {answered_on}.",
        ),
        "answer_not_offered": (
            "«{received}» no es una de las respuestas que se ofrecieron para la línea {line}.",
            "“{received}” is not among the answers offered for line {line}.",
        ),
        "notice_over": (
            "El reparto {plan} ya terminó y este aviso no admite respuesta. Si quiere cambiar su pedido, llámenos.",
            "Sharing {plan} is over, and this notice takes no answer any more. Call us if you want your order changed.",
        ),
        "notice_late": (
            "Se podía contestar hasta el {answer_by}. Lo que falta espera a que llegue más; si prefiere otra cosa, llámenos.",
            "Answers were taken until {answer_by}. What is missing waits until more comes; call us if you prefer otherwise.",
        ),
        "notice_line_newer": (
            "{order}, línea {line}: hubo otro reparto después de este aviso. Conteste al aviso más nuevo.",
            "{order}, line {line}: it was shared anew after this notice. Answer the newer notice.",
        ),
        "notice_line_gone": (
            "{order}, línea {line}: el pedido ya no está abierto.",
            "{order}, line {line}: the order is open no more.",
        ),
        "notice_line_changed": (
            "{order}, línea {line}: cambió después del aviso (quedaban {before_quantity}, ahora {after_quantity}). Mire el pedido.",
            "{order}, line {line}: it changed after the notice ({before_quantity} open then, {after_quantity} now). See the order.",
        ),
        "notice_line_served": (
            "{order}, línea {line}: ya no falta nada. No hace falta que conteste.",
            "{order}, line {line}: nothing is missing any more. No answer is needed.",
        ),
        "notice_line_released": (
            "{order}, línea {line}: ya se está preparando en el almacén y no se puede anular. Elija otra respuesta o llámenos.",
            "{order}, line {line}: the warehouse has it already and it cannot be cancelled. Choose another answer or call us.",
        ),
        # What changed since a run
        "changed_quantity": (
            "{order}, línea {line}: quedaban {before_quantity} por servir y ahora {after_quantity}.",
            "{order}, line {line}: {before_quantity} were open, now {after_quantity}.",
        ),
        "changed_claims": (
            "{order}, línea {line}: tenía reservadas {before_quantity} y ahora {after_quantity}.",
            "{order}, line {line}: it had {before_quantity} reserved, now {after_quantity}.",
        ),
        "changed_released": (
            "{order}, línea {line}: ya está en el almacén.",
            "{order}, line {line}: it is in the warehouse already.",
        ),
        "changed_gone": (
            "{order}, línea {line}: el pedido ya no está abierto.",
            "{order}, line {line}: the order is open no more.",
        ),
        "changed_stock": (
            "{item}, lote {lot}: había {before_quantity} para repartir y ahora {after_quantity}.",
            "{item}, lot {lot}: there were {before_quantity} to share, now {after_quantity}.",
        ),
        "changed_receipt": (
            "{item}, entrada {number}: se esperaban {before_quantity} y ahora {after_quantity}.",
            "{item}, receipt {number}: {before_quantity} were expected, now {after_quantity}.",
        ),
        "changed_receipt_day": (
            "{item}, entrada {number}: llegaba {before_on} y ahora {after_on}.",
            "{item}, receipt {number}: it was to come {before_on}, now {after_on}.",
        ),
        # Reasons of promises
        "promise_less_by_plan": (
            "Faltan {missing_quantity} de {quantity}: es su parte según el plan {plan}.",
            "{missing_quantity} of {quantity} are missing: it is their share by plan {plan}.",
        ),
        "plan_state_draft": ("en borrador", "a draft"),
        "plan_state_proposed": ("propuesto", "proposed"),
        "plan_state_signed": ("firmado", "signed"),
        "plan_state_published": ("publicado", "published"),
        "plan_state_closed": ("cerrado", "closed"),
        "plan_side_sales": ("Ventas", "Sales"),
        "plan_side_customer_service": ("Atención al cliente", "Customer service"),
    }
)
