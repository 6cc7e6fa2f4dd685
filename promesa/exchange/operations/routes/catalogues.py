"""A customer's price catalogue: kept beside our masters and compared; one of somebody who is no customer is only kept."""

from __future__ import annotations

from promesa.exchange.operations.alignment import DELETING, dropped_in, entries_in, take_catalogue
from promesa.exchange.operations.routes.routed import Case, Routed
from promesa.exchange.states import Outcome

# Functions that say a part of a catalogue: what is added, changed or taken out.
PARTIAL = frozenset({"change", "addition", "additional", *DELETING})


def route(case: Case) -> Routed:
    """Compare the catalogue of a customer."""
    entries, dropped = entries_in(case.neutral), dropped_in(case.neutral)
    if case.customer_id is None or not (entries or dropped):
        return Routed(Outcome.FILED)
    whole = (case.neutral.function or "") not in PARTIAL
    take_catalogue(
        customer_id=case.customer_id, entries=entries, whole=whole and bool(entries), dropped=dropped, by=case.by,
        at=case.at, document_id=case.document_id,
    )  # fmt: skip
    return Routed(Outcome.APPLIED, subject="catalogue")
