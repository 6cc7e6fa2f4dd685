"""One module for each family of documents that change something of ours."""

from collections.abc import Callable

from promesa.exchange.operations.routes import acknowledgements, catalogues, changes, receipts, remittances
from promesa.exchange.operations.routes.routed import Case, Routed

ROUTES: dict[str, Callable[[Case], Routed]] = {
    "order_change": changes.route,
    "order_cancellation": changes.route,
    "receipt_advice": receipts.route,
    "remittance_advice": remittances.route,
    "acknowledgement": acknowledgements.route,
    "price_catalogue": catalogues.route,
}
