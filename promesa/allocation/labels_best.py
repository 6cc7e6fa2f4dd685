"""Why the best sharing gave a line what it gave, in words to be read aloud."""

from promesa.core import words

words.register(
    {
        "best_stays": (
            "Lo que ya tiene no se toca: {quantity}.",
            "What it already has is not touched: {quantity}.",
        ),
        "best_full": (
            "Hay para todos: recibe lo que pide, {asked_quantity}.",
            "There is enough for all: it gets what it asks, {asked_quantity}.",
        ),
        "best_full_scarce": (
            "De {item} no hay para todos y aun así recibe lo que pide, {asked_quantity}: así se cumple más de lo acordado.",
            "There is not enough {item} for all and yet it gets what it asks, {asked_quantity}: more of what was agreed is met this way.",
        ),
        "best_part": (
            "Recibe {share_quantity} de {asked_quantity}.",
            "It gets {share_quantity} of {asked_quantity}.",
        ),
        "best_none": (
            "No recibe nada de {asked_quantity}.",
            "It gets nothing of {asked_quantity}.",
        ),
        "best_no_supply": (
            "De {item} no hay existencias ni llegadas.",
            "There is no {item}, in stock or on its way.",
        ),
        "best_scarce": (
            "De {item} hay {supply_quantity} para {asked_quantity} pedidas.",
            "There are {supply_quantity} of {item} for {asked_quantity} asked.",
        ),
        "best_order_gives_way": (
            "Su pedido necesita {quantity} de {item}, lo más escaso; otros pedidos completan más con ello.",
            "Its order needs {quantity} of {item}, the scarcest; other orders complete more with it.",
        ),
        "best_order_beyond": (
            "Su pedido necesita {quantity} de {item} y solo hay {supply_quantity}: no se puede completar.",
            "Its order needs {quantity} of {item} and there are only {supply_quantity}: it cannot be completed.",
        ),
        "best_price": (
            "Una unidad más de {item} valdría {price} de peso de pedidos completos.",
            "One more unit of {item} would be worth {price} of weight of complete orders.",
        ),
        "best_proved": (
            "Está probado que no hay mejor reparto.",
            "It is proved that there is no better sharing.",
        ),
        "best_gap": (
            "El mejor reparto posible valdría a lo sumo un {percent} % más.",
            "The best possible sharing would be worth at most {percent}% more.",
        ),
        "best_trouble": (
            "El optimizador no supo resolver {parts} partes: en ellas queda el reparto por prioridad.",
            "The optimiser could not solve {parts} parts: they keep the sharing by priority.",
        ),
    }
)
