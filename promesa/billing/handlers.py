"""What billing does when it hears something."""

from __future__ import annotations

from collections.abc import Sequence

from promesa.billing import operations, queries
from promesa.core import parameters
from promesa.core.actors import PROMESA
from promesa.core.events import Heard

AUTOMATIC = "billing.automatic"


def invoice_what_arrived(events: Sequence[Heard]) -> None:
    """Later: what was delivered (or despatched, by terms) is invoiced, if the company invoices by itself.

    If it does not, an order of which nothing is to be paid is closed all the same: nobody would ever invoice it.
    """
    moments = {event.subject_id: event.at for event in sorted(events, key=lambda event: event.at)}
    if not moments:
        return
    if not parameters.value(code=AUTOMATIC, on=max(moments.values()).date(), default=False):
        operations.close_settled(order_ids=moments, by=PROMESA)
        return
    waiting = queries.orders_to_settle(order_ids=moments)
    if waiting:
        operations.issue_invoices(order_ids=waiting, moments=moments, by=PROMESA, at=max(moments.values()))
