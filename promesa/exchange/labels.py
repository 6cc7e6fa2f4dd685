"""Words of what comes in: outcomes, rejections, findings on documents, events."""

from promesa.core import words

words.register(
    {
        # Outcomes
        "outcome_orders": ("Pedido", "Order"),
        "outcome_rejected": ("Rechazado", "Rejected"),
        "outcome_waiting": ("Espera a una persona", "Waits for a person"),
        "outcome_duplicate": ("Repetido", "Duplicate"),
        "outcome_applied": ("Aplicado", "Applied"),
        "outcome_filed": ("Archivado", "Filed"),
        # Findings on documents
        "unknown_buyer": (
            "No se sabe quién compra: «{received}» {name} no es ningún cliente. Diga de quién es ese código o dé de alta al cliente.",
            "It is not known who buys: “{received}” {name} is no customer. Say whose code it is, or create the customer.",
        ),
        "no_buyer": (
            "El documento no dice quién compra. Diga de qué cliente es.",
            "The document does not say who buys. Say which customer it comes from.",
        ),
        "inactive_buyer": (
            "El cliente «{received}» está cerrado: no se le toman pedidos.",
            "Customer “{received}” is closed: no orders are taken from them.",
        ),
        "no_order_inside": (
            "No es un pedido sino {received}; aquí sólo se toman pedidos.",
            "This is not an order but {received}; only orders are taken in here.",
        ),
        "reading_failed": (
            "No se ha podido tomar este documento por un fallo nuestro ({received}). Los bytes están guardados; vuelva a probar.",
            "This document could not be taken in through a fault of ours ({received}). The bytes are kept; try again.",
        ),
        "rejected_by_hand": ("Lo rechazó una persona: {received}", "A person rejected it: {received}"),
        # Names of rejections
        "rejected_empty": ("Está vacío", "It is empty"),
        "rejected_unreadable": ("No se puede leer", "It cannot be read"),
        "rejected_not_an_order": ("No es un pedido", "It is not an order"),
        "rejected_bad_envelope": ("El sobre está mal", "The envelope is wrong"),
        "rejected_bad_schema": ("No sigue su formato", "It does not follow its format"),
        "rejected_unknown_partner": ("Remitente desconocido", "Unknown partner"),
        "rejected_unknown_buyer": ("Comprador desconocido", "Unknown buyer"),
        "rejected_unknown_ship_to": ("Destino desconocido", "Unknown place of delivery"),
        "rejected_unknown_item": ("Artículo desconocido", "Unknown item"),
        "rejected_inactive_item": ("Artículo dado de baja", "Item no longer sold"),
        "rejected_bad_quantity": ("Cantidad incorrecta", "Wrong quantity"),
        "rejected_below_minimum": ("Por debajo del mínimo", "Below the minimum"),
        "rejected_not_pack_multiple": ("No son cajas enteras", "Not in whole packs"),
        "rejected_bad_date": ("Fecha incorrecta", "Wrong date"),
        "rejected_past_date": ("Fecha pasada", "Date in the past"),
        "rejected_price_mismatch": ("El precio no coincide", "The price does not agree"),
        "rejected_currency_mismatch": ("Otra moneda", "Another currency"),
        "rejected_duplicate": ("Repetido", "Duplicate"),
        "rejected_change_of_unknown": ("Cambia un pedido que no existe", "It changes an order that does not exist"),
        "rejected_change_too_late": ("El cambio llega tarde", "The change comes too late"),
        "rejected_credit_block": ("Crédito agotado", "Credit used up"),
        "rejected_not_authorised": ("Sin permiso", "Not authorised"),
        "rejected_too_large": ("Demasiado grande", "Too large"),
        "rejected_infected": ("Lleva un programa dañino", "It carries malware"),
        "rejected_encrypted": ("Está cifrado", "It is encrypted"),
        "rejected_signature_invalid": ("La firma no es válida", "The signature is not valid"),
        "rejected_replay": ("Es una repetición", "It is a replay"),
        # Causes with their doors
        "repair_unknown_buyer": (
            "«{received}» {item} no es ningún cliente: {documents:documento espera|documentos esperan}",
            "“{received}” {item} is no customer: {documents:document waits|documents wait}",
        ),
        "repair_no_buyer": (
            "{documents:documento no dice quién compra|documentos no dicen quién compra}",
            "{documents:document does not say who buys|documents do not say who buys}",
        ),
        "repair_unknown_item": (
            "Código {received} desconocido: {lines:línea|líneas}, {orders:pedido|pedidos}, {customers:cliente|clientes}",
            "Code {received} unknown: {lines:line|lines}, {orders:order|orders}, {customers:customer|customers}",
        ),
        "repair_ambiguous_item": (
            "El código {received} de {customer} vale por varios artículos: {lines:línea|líneas}, {orders:pedido|pedidos}",
            "Code {received} of {customer} means several items: {lines:line|lines}, {orders:order|orders}",
        ),
        "repair_codes_disagree": (
            "Los códigos de {received} nombran artículos distintos: {lines:línea|líneas}, {orders:pedido|pedidos}",
            "The codes of {received} name different items: {lines:line|lines}, {orders:order|orders}",
        ),
        "repair_unknown_unit": (
            "La unidad «{received}» de {customer} para {item} no se conoce: {lines:línea|líneas}, {orders:pedido|pedidos}",
            "Unit “{received}” of {customer} for {item} is not known: {lines:line|lines}, {orders:order|orders}",
        ),
        "repair_unknown_ship_to": (
            "El destino {received} de {customer} no existe: {orders:pedido|pedidos}",
            "Place {received} of {customer} does not exist: {orders:order|orders}",
        ),
        "repair_no_ship_to": (
            "{customer} no tiene un destino habitual: {orders:pedido|pedidos}",
            "{customer} has no usual place of delivery: {orders:order|orders}",
        ),
        "repair_no_price": (
            "{item} no tiene precio en {currency}: {lines:línea|líneas}, {orders:pedido|pedidos}, {customers:cliente|clientes}",
            "{item} has no price in {currency}: {lines:line|lines}, {orders:order|orders}, {customers:customer|customers}",
        ),
        "bill_number_again": (
            "Ya hay otro documento {received} de este emisor, con otro contenido. Pregúntele cuál vale.",
            "There is another document {received} of this issuer, which says otherwise. Ask them which one holds.",
        ),
        "repair_no_tax_rate": (
            "El impuesto «{received}» no tiene tipo en {country}: {lines:línea|líneas}, {orders:pedido|pedidos}",
            "Tax “{received}” has no rate in {country}: {lines:line|lines}, {orders:order|orders}",
        ),
        # What would be made
        "missing_customer": ("cliente {number} {name}", "customer {number} {name}"),
        "missing_site": ("destino {place} de {customer}", "place {place} of {customer}"),
        "missing_item": ("artículo {sku} {name}", "item {sku} {name}"),
        "missing_price": ("precio de {item}: {price} {currency}", "price of {item}: {price} {currency}"),
        "missing_tax_rate": ("impuesto {code} en {country}: {rate} %", "tax {code} in {country}: {rate} %"),
        # Work
        "work_document_buyer": (
            "El documento {document} no se puede tomar: no se sabe quién es {received} {name}",
            "Document {document} cannot be taken in: nobody knows who {received} {name} is",
        ),
        "work_document_failed": (
            "El documento {document} no se ha podido tomar por un fallo nuestro",
            "Document {document} could not be taken in through a fault of ours",
        ),
        # Events
        "file_received": ("Llegó {name} por {channel}", "{name} arrived by {channel}"),
        "file_read": (
            "Se leyó: {orders:pedido|pedidos}, {waiting} en espera, {rejected:rechazado|rechazados}, {duplicate:repetido|repetidos}",
            "It was read: {orders:order|orders}, {waiting} wait, {rejected} rejected, {duplicate} duplicates",
        ),
        "document_read": ("El documento se leyó", "The document was read"),
        "document_settled": ("El documento que esperaba quedó resuelto", "The document that waited was settled"),
        "master_repaired": (
            "Se arregló un dato maestro: {code} es {meaning}",
            "A master was mended: {code} is {meaning}",
        ),
        # Refusals
        "document_not_waiting": (
            "El documento ya no espera: es {outcome}.",
            "The document no longer waits: it is {outcome}.",
        ),
        "partner_unknown": (
            "No hay ningún interlocutor «{code}». Los que hay: {known}.",
            "There is no partner “{code}”. There are: {known}.",
        ),
        "mapping_unknown": ("La correspondencia no sirve: {problem}", "The mapping cannot be used: {problem}"),
        "code_taken": (
            "El código {code} ya es de {owner}. Cámbielo allí si está mal.",
            "Code {code} belongs to {owner} already. Change it there if it is wrong.",
        ),
        # Why a code that nobody knows may mean one that we know
        "near_written_alike": (
            "el código es el mismo salvo signos: {known}",
            "the code is the same but for signs: {known}",
        ),
        "near_other_pack": (
            "es el mismo producto en otro embalaje: {known}",
            "it is the same product in another pack: {known}",
        ),
        "near_one_sign": ("el código difiere en una cifra de {known}", "the code differs from {known} in one sign"),
        "near_two_signs": ("el código se parece a {known}", "the code looks like {known}"),
        "near_same_text": ("el texto es el mismo", "the text is the same"),
        "near_like_text": ("el texto se parece al {likeness} %", "the text is {likeness} % alike"),
        "near_bought": (
            "este cliente lo ha comprado {times} veces en un año",
            "this customer bought it {times} times within a year",
        ),
        "near_bought_once": (
            "este cliente lo ha comprado una vez en un año",
            "this customer bought it once within a year",
        ),
        "near_same_price": ("y al mismo precio, {price}", "and at the same price, {price}"),
        # Where a customer's catalogue differs from our masters
        "layout_learnt": ("Se aprendió el diseño de sus pedidos.", "The layout of their orders was learnt."),
        "masters_aligned": (
            "Se comparó su catálogo: {found} diferencias nuevas, {settled} resueltas.",
            "Their catalogue was compared: {found} new differences, {settled} settled.",
        ),
        "cannot_take": (
            "Esto no se puede tomar del cliente sin más: corríjalo en nuestros maestros o dígaselo al cliente.",
            "This cannot simply be taken over from the customer: correct it in our masters, or tell the customer.",
        ),
        "catalogue_unwritable": (
            "El catálogo no se puede escribir en este formato; corrija esto antes: {problem}.",
            "The catalogue cannot be written in this format; mend this first: {problem}.",
        ),
        "misaligned_item": (
            "{item}: no sabemos qué artículo es «{theirs}».",
            "{item}: we do not know which item “{theirs}” is.",
        ),
        "misaligned_codes": (
            "{item}: sus códigos «{theirs}» son de varios artículos nuestros: {ours}.",
            "{item}: its codes “{theirs}” are of several of our items: {ours}.",
        ),
        "misaligned_inactive": ("{item}: ya no vendemos {ours}.", "{item}: we no longer sell {ours}."),
        "misaligned_gtin": (
            "{item}: su GTIN es {theirs}, el nuestro {ours}.",
            "{item}: their GTIN is {theirs}, ours {ours}.",
        ),
        "misaligned_pack": (
            "{item}: para el cliente una caja lleva {theirs}, para nosotros {ours}.",
            "{item}: for the customer a case holds {theirs}, for us {ours}.",
        ),
        "misaligned_price": (
            "{item}: su precio es {theirs}, el nuestro {ours}.",
            "{item}: their price is {theirs}, ours {ours}.",
        ),
        "misaligned_currency": (
            "{item}: su precio está en {theirs}, el nuestro en {ours}.",
            "{item}: their price is in {theirs}, ours in {ours}.",
        ),
        "misaligned_unit": (
            "{item}: pide por {theirs}; nosotros vendemos por {ours}.",
            "{item}: they order by {theirs}; we sell by {ours}.",
        ),
        "misaligned_description": (
            "{item}: el cliente lo llama «{theirs}».",
            "{item}: the customer calls it “{theirs}”.",
        ),
        "misaligned_missing": (
            "{item}: lo compra y no está en su catálogo.",
            "{item}: they buy it and it is not in their catalogue.",
        ),
        # Asking the customer
        "ask_subject": ("Su pedido {orders}: una pregunta", "Your order {orders}: a question"),
        "ask_greeting": ("Buenos días, {name}:", "Dear {name},"),
        "ask_end": (
            "En cuanto nos lo diga, el pedido sigue su curso. Muchas gracias.",
            "As soon as you tell us, the order goes on. Thank you.",
        ),
        "ask_unknown_item": (
            "En su pedido {orders} viene el código «{received}» ({text}), que no conocemos. ¿A cuál de nuestros artículos corresponde?",
            "Your order {orders} has the code “{received}” ({text}), which we do not know. Which of our items is it?",
        ),
        "ask_ambiguous_item": (
            "En su pedido {orders} el código «{received}» puede ser varios artículos nuestros. ¿Cuál quiere?",
            "In your order {orders} the code “{received}” may be several of our items. Which one do you want?",
        ),
        "ask_codes_disagree": (
            "En su pedido {orders} los códigos de una línea ({received}) son de artículos distintos. ¿Cuál es el bueno?",
            "In your order {orders} the codes of a line ({received}) are of different items. Which one is right?",
        ),
        "ask_unknown_unit": (
            "En su pedido {orders} la unidad «{received}» no la conocemos. ¿Cuántas unidades son?",
            "In your order {orders} we do not know the unit “{received}”. How many pieces is one?",
        ),
        "ask_unknown_ship_to": (
            "Su pedido {orders} va a «{received}», un destino que no conocemos. ¿Nos da su dirección?",
            "Your order {orders} goes to “{received}”, a place that we do not know. What is its address?",
        ),
        "ask_no_ship_to": (
            "Su pedido {orders} no dice adónde va. ¿A qué destino?",
            "Your order {orders} does not say where it goes. To which place?",
        ),
        "ask_other": (
            "Su pedido {orders} espera por «{received}». ¿Nos ayuda a aclararlo?",
            "Your order {orders} waits because of “{received}”. Can you help us to clear it up?",
        ),
        "asked_customer": (
            "Se preguntó al cliente por «{received}», {how}.",
            "The customer was asked about “{received}”, {how}.",
        ),
    }
)
