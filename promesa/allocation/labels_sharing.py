"""What shaped a share, what could not be kept, and what is wrong with an instance, in words to be read aloud."""

from promesa.core import words

words.register(
    {
        "share_supply": (
            "Hay {supply_quantity} para {asked_quantity} pedidas.",
            "There are {supply_quantity} for {asked_quantity} asked.",
        ),
        "share_no_lot": (
            "Nada de eso le sirve: llega tarde para su fecha o no tiene la vida que pide.",
            "None of it serves: it comes too late for its date, or does not keep the life it needs.",
        ),
        "share_usable": (
            "Le sirven {usable_quantity}; lo demás llega tarde para su fecha o no tiene la vida que pide.",
            "It can use {usable_quantity}; the rest comes too late for its date, or does not keep the life it needs.",
        ),
        "share_fixed": (
            "Lo que ya tiene no se toca: {quantity}.",
            "What it already has is not touched: {quantity}.",
        ),
        "share_kept": (
            "Conserva lo que ya tenía: {quantity}.",
            "It keeps what it already had: {quantity}.",
        ),
        "share_had": (
            "Recupera lo que ya tenía: {quantity}.",
            "It gets back what it already had: {quantity}.",
        ),
        "share_floor": (
            "Su grupo tiene un mínimo garantizado: le tocan {quantity}.",
            "Its group has a guaranteed minimum: it gets {quantity} of it.",
        ),
        "share_by_proportional": (
            "Su grupo (nivel {tier}) va a partes proporcionales: le tocan {share_quantity}.",
            "Its group (tier {tier}) shares in proportion: its part is {share_quantity}.",
        ),
        "share_by_max_min": (
            "Su grupo (nivel {tier}) va a partes iguales: le tocan {share_quantity}.",
            "Its group (tier {tier}) shares equally: its part is {share_quantity}.",
        ),
        "share_by_weighted_max_min": (
            "Su grupo (nivel {tier}) va a partes según su peso: le tocan {share_quantity}.",
            "Its group (tier {tier}) shares by weight: its part is {share_quantity}.",
        ),
        "share_by_equal_losses": (
            "En su grupo (nivel {tier}) todos pierden lo mismo: le tocan {share_quantity}.",
            "In its group (tier {tier}) all lose the same: its part is {share_quantity}.",
        ),
        "share_by_days_of_supply": (
            "A todos los de su grupo (nivel {tier}) les debe durar los mismos días: le tocan {share_quantity}.",
            "In its group (tier {tier}) everybody's stock is to last the same days: its part is {share_quantity}.",
        ),
        "share_by_priority": (
            "Su grupo (nivel {tier}) se sirve por orden de prioridad: le tocan {share_quantity}.",
            "Its group (tier {tier}) is served by priority: its part is {share_quantity}.",
        ),
        "share_minimum": (
            "Con menos de {least_quantity} no le sirve, y no alcanzaba para todos.",
            "Less than {least_quantity} is of no use to it, and there was not enough for all.",
        ),
        "share_incomplete": (
            "El pedido {order} lo quiere todo o nada, y no se puede completar.",
            "Order {order} wants all or nothing, and cannot be completed.",
        ),
        "share_packs": (
            "En envases enteros de {pack_quantity}, {quantity}.",
            "In whole packs of {pack_quantity}, {quantity}.",
        ),
        "share_units": ("En unidades enteras, {quantity}.", "In whole units, {quantity}."),
        "share_ceiling": (
            "Su cupo es de {ceiling_quantity} y no puede pasar de ahí.",
            "Its quota is {ceiling_quantity}, and it cannot pass that.",
        ),
        "share_all": ("Recibe todo lo que pide: {quantity}.", "It gets all it asks: {quantity}."),
        "share_part": (
            "Recibe {quantity} de {open_quantity}.",
            "It gets {quantity} of {open_quantity}.",
        ),
        "share_result": (
            "Recibe {quantity} de {open_quantity}.",
            "It gets {quantity} of {open_quantity}.",
        ),
        "share_nothing": ("No recibe nada.", "It gets nothing."),
        "fixed_short": (
            "La línea {line} ya tenía {quantity} y solo quedan {given_quantity}.",
            "Line {line} already had {quantity}, and only {given_quantity} are left.",
        ),
        "kept_short": (
            "La línea {line} debía conservar {quantity} y solo hay {given_quantity}.",
            "Line {line} was to keep {quantity}, and there are only {given_quantity}.",
        ),
        "guarantee_short": (
            "La línea {line} tiene garantizadas {quantity} y solo hay {given_quantity}.",
            "Line {line} is guaranteed {quantity}, and there are only {given_quantity}.",
        ),
        "floor_short": (
            "Al mínimo garantizado de {quantity} ({group}) le faltan {missing_quantity}.",
            "The guaranteed minimum of {quantity} ({group}) lacks {missing_quantity}.",
        ),
        "other_floor_short": (
            "El plan {plan}, en vigor, garantiza {quantity} ({group}) y aquí se quedaría con {given_quantity}.",
            "Plan {plan}, in force, guarantees {quantity} ({group}), which would be left with {given_quantity} here.",
        ),
        "ceiling_passed": (
            "El cupo de {quantity} ({group}) ya estaba superado: tienen {given_quantity}. No se añade nada.",
            "The quota of {quantity} ({group}) was already passed: they have {given_quantity}. Nothing is added.",
        ),
        "instance_not_json": (
            "No es JSON: algo falla en la fila {row}, columna {column}.",
            "This is not JSON: something is wrong in row {row}, column {column}.",
        ),
        "instance_not_utf8": ("No es texto UTF-8 (octeto {place}).", "This is not UTF-8 text (byte {place})."),
        "instance_too_deep": ("Está anidado demasiado hondo.", "It is nested too deep."),
        "instance_too_big": ("Es demasiado grande: como mucho {most} MB.", "It is too big: {most} MB at most."),
        "instance_not_object": ("Se esperaba un objeto, no {value}.", "An object was expected, not {value}."),
        "instance_not_list": ("Se esperaba una lista, no {value}.", "A list was expected, not {value}."),
        "instance_too_many": ("Demasiadas filas: como mucho {most}.", "Too many rows: {most} at most."),
        "instance_missing": ("Falta.", "It is missing."),
        "instance_bad_text": (
            "{value} no es un texto de entre 1 y {most} letras.",
            "{value} is not a text of 1 to {most} letters.",
        ),
        "instance_bad_number": (
            "{value} no es un número: 12 o 12.5, con punto.",
            "{value} is not a number: 12 or 12.5.",
        ),
        "instance_negative": ("{value} es menor que cero.", "{value} is less than zero."),
        "instance_too_small": ("{value} es demasiado pequeño.", "{value} is too small."),
        "instance_too_large": ("{value} es demasiado grande.", "{value} is too large."),
        "instance_too_fine": ("{value} tiene más de seis decimales.", "{value} has more than six decimals."),
        "instance_not_whole": ("{value} no es un número entero.", "{value} is not a whole number."),
        "instance_out_of_range": (
            "{value} no está entre {least_value} y {most_value}.",
            "{value} is not between {least_value} and {most_value}.",
        ),
        "instance_not_flag": ("Se esperaba true o false, no {value}.", "true or false was expected, not {value}."),
        "instance_unknown": ("{value} no se conoce. Se conocen: {known}.", "{value} is unknown. Known are: {known}."),
        "instance_taken": (
            "{value} ya es un campo de la línea; un grupo necesita otro nombre.",
            "{value} is already a field of the line; a group needs another name.",
        ),
        "instance_twice": ("{value} está dos veces.", "{value} is there twice."),
        "instance_bad_day": ("{value} no es un día: 2026-11-24.", "{value} is not a day: 2026-11-24."),
        "instance_bad_moment": (
            "{value} no es un momento: 2026-11-20T10:00:00Z.",
            "{value} is not a moment: 2026-11-20T10:00:00Z.",
        ),
    }
)
