"""What only a person may let go on: an order written in running text, a sender that anybody could have pretended to be."""

from __future__ import annotations

from collections.abc import Iterable

from promesa.exchange.formats.neutral import Fault

SENDER_UNPROVEN = "mail_sender_unproven"
# Faults and findings with these codes do not reject a document: it waits until a person confirms it.
AWAITS_A_PERSON = frozenset({"order_in_text", "low_confidence", SENDER_UNPROVEN})


def awaits_a_person(faults: Iterable[Fault]) -> bool:
    """Whether a person has to confirm a document before anything is made of it."""
    return any(one.blocking and one.code in AWAITS_A_PERSON for one in faults)
