"""What is answered to a file that came: that its syntax is sound (CONTRL, 997), or what became of each document (APERAK)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from promesa.exchange.formats.edifact.acknowledge import acknowledgement_of, reported
from promesa.exchange.formats.edifact.write_control import control_of
from promesa.exchange.formats.neutral import NeutralDocument, Reported
from promesa.exchange.formats.writing import family_of
from promesa.exchange.formats.x12.write_acknowledgement import acknowledge
from promesa.exchange.states import REASON_OF, Outcome

_RESPONSES = {
    Outcome.ORDERS: "accepted", Outcome.APPLIED: "accepted", Outcome.FILED: "received", Outcome.WAITING: "received",
    Outcome.DUPLICATE: "rejected", Outcome.REJECTED: "rejected",
}  # fmt: skip


class Became:
    """What became of one document: its outcome, and what stands against it as (code, sentence, line)."""

    __slots__ = ("found", "outcome", "reason")

    def __init__(self, outcome: str, reason: str, found: Sequence[tuple[str, str, str]]) -> None:
        self.outcome, self.reason, self.found = outcome, reason, found


def acknowledgements(
    documents: Sequence[NeutralDocument],
    became: Mapping[int, Became],
    *,
    format_: str,
    number: str,
    issued_on: date,
    lang: str,
) -> list[NeutralDocument]:
    """The acknowledgements of a file in the form that its partner wants; `became` by position from 1.

    Acknowledgements are not acknowledged: two systems would go on for ever.
    """
    told = [(place, one) for place, one in enumerate(documents, 1) if one.kind != "acknowledgement"]
    if not told:
        return []
    if format_.endswith("contrl"):
        control = control_of([one for _, one in told]) if _is_enveloped(told[0][1]) else None
        return [replace(control, issued_on=issued_on)] if control else []
    if family_of(format_) == "x12":
        return [replace(one, issued_on=issued_on) for one in acknowledge([one for _, one in told])]
    return [
        acknowledgement_of(
            one, number=number if len(told) == 1 else f"{number}-{place}", issued_on=issued_on,
            response=_RESPONSES[Outcome(became[place].outcome)], found=_found(became[place]), lang=lang,
        )
        for place, one in told if place in became and one.kind != "unreadable"
    ]  # fmt: skip


def _is_enveloped(document: NeutralDocument) -> bool:
    return document.format.startswith("edifact") and document.envelope is not None and bool(document.envelope.reference)


def _found(became: Became) -> Iterable[Reported]:
    for code, sentence, line in became.found:
        yield reported(REASON_OF.get(code, became.reason), sentence, line=line)
