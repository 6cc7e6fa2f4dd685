"""A customer's price catalogue: kept beside our masters and compared; one of somebody who is no customer is only kept."""

from __future__ import annotations

from promesa.exchange.operations.alignment import entries_in, take_catalogue
from promesa.exchange.operations.routes.routed import Case, Routed
from promesa.exchange.states import Outcome

PARTIAL = frozenset({"change", "addition", "4", "2", "5"})  # functions that say a part of a catalogue


def route(case: Case) -> Routed:
    """Compare the catalogue of a customer."""
    entries = entries_in(case.neutral)
    if case.customer_id is None or not entries:
        return Routed(Outcome.FILED)
    whole = (case.neutral.function or "") not in PARTIAL
    take_catalogue(
        customer_id=case.customer_id, entries=entries, whole=whole, by=case.by, at=case.at, document_id=case.document_id
    )
    return Routed(Outcome.APPLIED, subject="catalogue")
