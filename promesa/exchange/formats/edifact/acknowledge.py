"""What an application answers to a document it was sent: an acknowledgement out of what was found in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from promesa.exchange.formats import labels
from promesa.exchange.formats.neutral import Envelope, Fault, NeutralDocument, Reported

# Code list 9321 is left to those who exchange: ours numbers the closed list of reasons, in a fixed order.
ERRORS = {
    "EMPTY": "101", "UNREADABLE": "102", "NOT_AN_ORDER": "103", "BAD_ENVELOPE": "104", "BAD_SCHEMA": "105",
    "UNKNOWN_PARTNER": "201", "UNKNOWN_BUYER": "202", "UNKNOWN_SHIP_TO": "203", "UNKNOWN_ITEM": "301", "INACTIVE_ITEM": "302",
    "BAD_QUANTITY": "401", "BELOW_MINIMUM": "402", "NOT_PACK_MULTIPLE": "403", "BAD_DATE": "501", "PAST_DATE": "502",
    "PRICE_MISMATCH": "601", "CURRENCY_MISMATCH": "602", "DUPLICATE": "701", "CHANGE_OF_UNKNOWN": "702", "CHANGE_TOO_LATE": "703",
    "CREDIT_BLOCK": "801", "NOT_AUTHORISED": "802", "TOO_LARGE": "901", "INFECTED": "902", "ENCRYPTED": "903",
    "SIGNATURE_INVALID": "904", "REPLAY": "905",
}  # fmt: skip
OTHER = "999"
REFERENCES = {
    "order": "order", "order_change": "order", "order_cancellation": "order", "order_response": "order_response",
    "despatch_advice": "despatch_advice", "receipt_advice": "receipt_advice", "invoice": "invoice", "credit_note": "invoice",
    "debit_note": "invoice",
}  # fmt: skip


def reported_of(faults: Iterable[Fault], *, lang: str = "es") -> tuple[Reported, ...]:
    """What stands against a document, as an acknowledgement reports it: code, sentence, line. Notes are left out."""
    return tuple(
        reported(labels.REASONS.get(one.code, ""), one.sentence(lang), line=one.line)
        for one in faults
        if one.severity != labels.NOTE
    )


def reported(reason: str, text: str, *, line: str | None = None) -> Reported:
    """One rejection by its name of the closed list, in words, and the line that it is about."""
    return Reported(code=ERRORS.get(reason, OTHER), text=text, line=line or None)


def acknowledgement_of(
    document: NeutralDocument,
    *,
    number: str,
    issued_on: date,
    response: str | None = None,
    found: Iterable[Reported] | None = None,
    lang: str = "es",
) -> NeutralDocument:
    """The answer to a document: accepted, changed (taken with remarks), or rejected with each reason.

    Without `found` what its reader found is reported; without `response` it is rejected if that blocks, else received.
    """
    reports = reported_of(document.faults, lang=lang) if found is None else tuple(found)
    answer = response or ("rejected" if document.blocked or (found is not None and reports) else "received")
    name = REFERENCES.get(document.kind, "acknowledged")
    said = document.envelope or Envelope()
    parties = {role: party for role, party in document.parties.items() if role in ("buyer", "seller")}
    return NeutralDocument(
        format="edifact-aperak",
        kind="acknowledgement",
        number=number,
        issued_on=issued_on,
        type_code="313" if answer == "rejected" else "312",
        response=answer,
        references={name: document.number or "—"} | ({"acknowledged": document.number} if document.number else {}),
        parties=parties,
        reported=reports,
        envelope=Envelope(said.receiver, said.sender, None, None, said.test),
    )
