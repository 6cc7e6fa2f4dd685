"""The reasons of a promise, in words."""

from promesa.core import words

words.register(
    {
        "promise_as_requested": (
            "Hay existencias y llega cuando se pidió.",
            "In stock, and it arrives when asked.",
        ),
        "promise_first_possible": (
            "No se pidió fecha: llega lo antes posible.",
            "No date was asked for: it arrives as soon as it can.",
        ),
        "promise_service": (
            "Es un servicio: no necesita existencias.",
            "It is a service: it needs no stock.",
        ),
        "promise_lead_time": (
            "Se pidió antes de lo que permite el plazo ({lead_days} días hábiles): sale {ship_date}, lo antes posible.",
            (
                "Asked for sooner than the lead time allows ({lead_days} business days): it leaves {ship_date}, "
                "the first day it can."
            ),
        ),
        "promise_supplier_lead_time": (
            (
                "Se pidió antes de lo que permite el plazo de {supplier} ({lead_days} de sus días hábiles): sale {ship_date}, "
                "lo antes posible."
            ),
            (
                "Asked for sooner than the lead time of {supplier} allows ({lead_days} of their working days): it leaves "
                "{ship_date}, the first day it can."
            ),
        ),
        "promise_too_late_for_wish": (
            "Ya no da tiempo a lo que se pidió: sale {ship_date}, lo antes posible.",
            "There is no time left for what was asked: it leaves {ship_date}, the first day it can.",
        ),
        "promise_after_cut_off": (
            "El pedido entró después de las {cut_off}, la hora de corte, y sale un día hábil más tarde.",
            "The order came after {cut_off}, the cut-off, so it leaves one business day later.",
        ),
        "promise_after_agreed_cut_off": (
            "El pedido entró después de las {cut_off}, la hora acordada con quien lo envía, y cuenta desde el día hábil siguiente.",
            "The order came after {cut_off}, the hour agreed with its sender, and counts from the next open day.",
        ),
        "promise_site_closed": (
            "El destino no recibe mercancía cuando se pidió: llega en su siguiente horario de descarga.",
            "The site takes no goods at the time asked: it arrives in its next receiving hours.",
        ),
        "promise_receipt_in_time": (
            "Con la mercancía que llega {expected_on}: a tiempo para lo pedido.",
            "From goods that come in {expected_on}: in time for what was asked.",
        ),
        "promise_waits_for_receipt": (
            "Espera la mercancía que llega {expected_on}.",
            "It waits for goods that come in {expected_on}.",
        ),
        "promise_waits_for_supplier": (
            "Espera la mercancía de {supplier} que llega {expected_on}.",
            "It waits for goods of {supplier} that come in {expected_on}.",
        ),
        "promise_undivided": (
            "La línea no se parte: sale completa cuando llega la última unidad.",
            "The line is not split: it leaves whole when its last unit is in.",
        ),
        "promise_with_the_rest": (
            "Todo en una sola entrega: espera a las demás líneas.",
            "All in one delivery: it waits for the other lines.",
        ),
        "promise_no_window": (
            "El destino no tiene ningún horario de descarga en un día hábil.",
            "The site has no receiving hours on any open day.",
        ),
        "promise_no_supply": (
            "Faltan {missing_quantity} de {quantity}: no hay existencias libres ni llegadas previstas.",
            "{missing_quantity} of {quantity} are missing: there is neither free stock nor goods on their way.",
        ),
        "promise_protected": (
            "Faltan {missing_quantity} de {quantity}: lo que queda está garantizado a otros clientes.",
            "{missing_quantity} of {quantity} are missing: what is left is guaranteed to other customers.",
        ),
        "promise_at_ceiling": (
            "Faltan {missing_quantity} de {quantity}: se llega al máximo acordado mientras el artículo escasee.",
            "{missing_quantity} of {quantity} are missing: that is the most that was agreed while the item is scarce.",
        ),
        "promise_short_life": (
            (
                "Faltan {missing_quantity} de {quantity}: quedan {stock_quantity}, pero caducan antes de los "
                "{life_days} días de vida que hacen falta al entregar."
            ),
            (
                "{missing_quantity} of {quantity} are missing: {stock_quantity} are left, but they expire within the "
                "{life_days} days of life needed on delivery."
            ),
        ),
        "promise_broken_packs": (
            (
                "Faltan {missing_quantity} de {quantity}: quedan {stock_quantity} sueltas, que no llenan un envase "
                "de {pack_quantity}."
            ),
            (
                "{missing_quantity} of {quantity} are missing: {stock_quantity} are left loose, which do not fill a "
                "pack of {pack_quantity}."
            ),
        ),
        "promise_line_incomplete": (
            "La línea no se parte y faltan {missing_quantity} de {quantity}: no se promete nada.",
            "The line is not split and {missing_quantity} of {quantity} are missing: nothing is promised.",
        ),
        "promise_order_incomplete": (
            "Todo en una sola entrega, y otra línea no tiene existencias: no se promete nada.",
            "All in one delivery, and another line has no supply: nothing is promised.",
        ),
    }
)
