"""Acknowledgements: what they say of a document of ours goes to the row of that document."""

from __future__ import annotations

from promesa.exchange.operations.acknowledging import acknowledge, follow_query
from promesa.exchange.operations.routes.routed import Case, Routed, waits
from promesa.exchange.queries.concerned import sent_documents
from promesa.exchange.rules.routing import Problem
from promesa.exchange.states import Outcome

# What an answer calls each kind of document of ours among its references.
_KINDS = {"invoice": "invoice", "credit_note": "credit_note", "order_response": "order_response",
          "despatch_advice": "despatch_advice"}  # fmt: skip


def route(case: Case) -> Routed:
    """Find the document that is answered, by its number or the control reference of its envelope, and note the answer.

    An answer to something that we never sent waits for a person.
    """
    said = case.neutral.references
    names = ("acknowledged", "acknowledged_message", "acknowledged_interchange", *_KINDS)
    numbers = list(dict.fromkeys(said[name] for name in names if said.get(name)))
    if not numbers:  # the sets of a group (`855 0001`) count from one in every group: they name nothing beside it
        numbers = [name.split(" ", 1)[1] for name in said if " " in name]
    kinds = [kind for name, kind in _KINDS.items() if said.get(name)]
    found = sent_documents(
        numbers=numbers, partner_id=case.partner_id, sender=case.sender, customer_id=case.customer_id, kinds=kinds
    )
    if not found:
        return waits(Problem("acknowledgement_of_unknown", field="acknowledged", received=", ".join(numbers)[:300]))
    sent = found[0]
    reported = [one.as_json() for one in case.neutral.reported]
    if case.neutral.response is None and not reported:
        return waits(Problem("acknowledgement_unclear", field="response", received=numbers[0]))
    status = (said.get("status") or "").upper()
    follow_query(outgoing_id=sent.id, status=status, reported=reported, by=case.by, at=case.at)
    accepted = case.neutral.response in ("accepted", "received", "changed") or case.neutral.response is None
    acknowledge(
        outgoing_id=sent.id, accepted=accepted, reported=reported, document_id=case.document_id, by=case.by, at=case.at
    )
    return Routed(Outcome.APPLIED, subject=f"outgoing:{sent.id}")
