"""What may be asked of the orders."""

from promesa.orders.pending import Shipper, turns
from promesa.orders.queries.release import waiting_for_release
from promesa.orders.queries.repeats import by_po_number
from promesa.orders.queries.to_promise import Wanted, WantedLine, known_before, lines_to_promise, wanted_of

__all__ = [
    "Shipper",
    "Wanted",
    "WantedLine",
    "by_po_number",
    "known_before",
    "lines_to_promise",
    "turns",
    "waiting_for_release",
    "wanted_of",
]
